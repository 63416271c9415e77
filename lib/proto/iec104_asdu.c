/*
 * What an ASDU says, asks for and answers: IEC 60870-5-101 clauses 7.2 and 7.3,
 * the procedures of IEC 60870-5-5.
 */
#include "proto/iec104.h"

/* A pair is type, common address and object address; these set apart what one
 * command has more than one of. */
#define SELECT_PAIR	  ((uint64_t)1 << 60)
#define DEACTIVATION_PAIR ((uint64_t)1 << 61)

/* What is being read, for the functions below. */
struct reading {
	const struct ot_pdu *pdu;
	const struct ot_iec104_asdu *asdu;
};

static uint64_t
pair_of(uint8_t type, uint16_t ca, uint32_t address)
{
	return (uint64_t)type << 40 | (uint64_t)ca << 24 | address;
}

/* The pair of the open request that this station answers: one to it, or one
 * to all stations. 0: none. */
static uint64_t
open_pair(const struct ot_pdu *pdu, uint64_t pair)
{
	uint64_t all = pair | (uint64_t)OT_IEC104_ALL_STATIONS << 24;

	return ot_asked(pdu, pair) ? pair : ot_asked(pdu, all) ? all : 0;
}

static void
remember(struct ot_iec104_set *set, uint64_t pair)
{
	set->pairs[set->next] = pair;
	set->next = (uint8_t)((set->next + 1) % OT_IEC104_OPEN_ACTS);
}

/* Was it in the set? It no longer is. */
static bool
forget(struct ot_iec104_set *set, uint64_t pair)
{
	for (unsigned i = 0; i < OT_IEC104_OPEN_ACTS; i++)
		if (set->pairs[i] == pair) {
			set->pairs[i] = 0;
			return true;
		}
	return false;
}

static struct ot_op
op_of(const struct ot_iec104_asdu *a)
{
	return (struct ot_op){ .verb = (enum ot_verb)a->type->verb,
		.name = a->type->name,
		.has_code = true,
		.code = a->id,
		.flags =
		    (a->id == OT_IEC104_CLOCK ? (uint32_t)OT_OP_ALTERS : 0) |
		    (a->ca == OT_IEC104_ALL_STATIONS
			    ? (uint32_t)OT_OP_MANY_ANSWERS
			    : 0),
		.object = { .space = OT_IEC104_STATION, .n = { a->ca } } };
}

static void
aim(struct ot_op *op, uint32_t first, uint64_t count)
{
	op->object.space = OT_IEC104_POINTS;
	op->object.first = first;
	op->object.count = count;
}

/* ---- monitor direction */

/* The station came up: what made it so, and were parameters changed? */
static void
initialized(const struct reading *r, const struct ot_op *op,
    const struct ot_buf *element)
{
	struct ot_text how = ot_iec104_value(*element, r->pdu, r->asdu->id);

	ot_emit_event(r->pdu,
	    &(struct ot_event){ .kind = "mode change",
		.detail = ot_format(r->pdu, "initialized, %.*s%s", (int)how.len,
		    (const char *)how.p,
		    ot_peek(element, 0) & 0x80 ? ", parameters changed" : ""),
		.object = op->object });
}

/* An object that was read for (type 102) is its answer. */
static bool
answers_read(const struct reading *r, const struct ot_op *op, uint32_t address)
{
	uint64_t pair =
	    open_pair(r->pdu, pair_of(OT_IEC104_READ, r->asdu->ca, address));
	struct ot_reply reply = { .as = *op };

	if (r->asdu->cause != OT_IEC104_REQUESTED || !pair)
		return false;
	reply.as.pair = pair;
	ot_emit_reply(r->pdu, &reply);
	return true;
}

static bool
is_event(const struct ot_iec104_asdu *a)
{
	return a->type->verb == OT_EVENT || a->cause == OT_IEC104_SPONTANEOUS ||
	       a->cause == OT_IEC104_INITIALIZED ||
	       a->cause == OT_IEC104_RETURN_REMOTE ||
	       a->cause == OT_IEC104_RETURN_LOCAL;
}

/* Addresses that follow each other are one operation. */
static void
say_run(const struct reading *r, struct ot_op *op)
{
	if (op->object.count)
		ot_emit_op(r->pdu, op);
	op->object.count = 0;
}

static void
monitor(struct ot_buf *b, const struct reading *r)
{
	const struct ot_iec104_asdu *a = r->asdu;
	struct ot_op op = op_of(a);
	uint32_t address = 0;

	op.verb = is_event(a) ? OT_EVENT : op.verb;
	op.flags = OT_OP_NO_ANSWER;
	for (unsigned i = 0; i < a->count; i++) {
		address = i && a->sequence ? address + 1 : ot_u24le(b);
		struct ot_buf element = ot_split(b, a->type->size);

		if (!ot_ok(b))
			return;
		if (op.object.count &&
		    address != op.object.first + op.object.count)
			say_run(r, &op);
		if (answers_read(r, &op, address))
			continue;
		if (op.object.count)
			op.object.count++;
		else
			aim(&op, address, 1);
		if (a->id == OT_IEC104_END_OF_INIT)
			initialized(r, &op, &element);
	}
	say_run(r, &op);
}

/* ---- commands */

/* What the qualifier of a command to a station makes of it. */
static void
qualify(struct ot_op *op, const struct ot_buf *element)
{
	static const char *const freezes[] = { "counter interrogation",
		"counter freeze", "counter freeze with reset",
		"counter reset" };
	uint8_t qualifier = ot_peek(element, 0);

	if (op->code != OT_IEC104_INTERROGATION &&
	    op->code != OT_IEC104_COUNTER_INTERROGATION &&
	    op->code != OT_IEC104_RESET)
		return;
	op->sub = OT_SUB(qualifier);
	if (op->code == OT_IEC104_COUNTER_INTERROGATION) {
		op->name = freezes[qualifier >> 6];
		op->verb = qualifier >> 6 ? OT_CONTROL : OT_READ;
	}
}

static const char *
event_kind(const struct ot_op *op)
{
	if (op->code >= OT_IEC104_P_NORMALIZED &&
	    op->code <= OT_IEC104_P_ACTIVATION)
		return "parameter change";
	return op->verb == OT_CONTROL ? "control command"
	       : op->verb == OT_MODE  ? "mode change"
				      : NULL;
}

/* The station is told to act, now: a select only prepares. The test bit asks
 * it not to, but not all stations heed it. */
static void
say_command(const struct reading *r, const struct ot_op *op,
    const struct ot_buf *element, bool selected)
{
	const struct ot_iec104_asdu *a = r->asdu;
	struct ot_text value = ot_iec104_value(*element, r->pdu, a->id);
	struct ot_event event = { .kind = event_kind(op),
		.object = op->object };

	if (!event.kind)
		return;
	struct ot_text by =
	    a->originator ? ot_format(r->pdu, ", originator %u", a->originator)
			  : ot_text("");
	event.detail = ot_format(r->pdu, "%s%s%.*s%s%.*s%s", op->name,
	    value.len ? " " : "", (int)value.len, (const char *)value.p,
	    selected ? ", after select" : "", (int)by.len, (const char *)by.p,
	    a->test ? ", test" : "");
	ot_emit_event(r->pdu, &event);
}

/* A select and its execute are one operation: the select opens it, and what
 * confirms the execute closes it. */
static void
ask(const struct reading *r, struct ot_op *op, const struct ot_buf *element)
{
	struct ot_iec104_state *state = ot_state(r->pdu);
	uint64_t select = op->pair | SELECT_PAIR;
	bool selected;

	if (r->asdu->cause == OT_IEC104_DEACTIVATION) {
		forget(&state->selected, select);
		op->pair |= DEACTIVATION_PAIR;
		op->name = "deactivation";
		ot_emit_op(r->pdu, op);
		return;
	}
	if (ot_iec104_selects(element, r->asdu->id)) {
		op->pair = select;
		if (!forget(&state->selected, select))
			ot_emit_op(r->pdu, op);
		remember(&state->selected, select);
		return;
	}
	selected = forget(&state->selected, select);
	if (!selected)
		ot_emit_op(r->pdu, op);
	say_command(r, op, element, selected);
}

/* Causes that refuse; IEC 60870-5-101, 7.2.3. */
static const struct ot_name unknowns[] = {
	{ 44, "unknown type identification" },
	{ 45, "unknown cause of transmission" },
	{ 46, "unknown common address" },
	{ 47, "unknown information object address" },
	{ 0, NULL },
};

static const struct ot_name refusals[] = {
	{ OT_IEC104_CONFIRMED, "negative confirmation" },
	{ OT_IEC104_DEACTIVATED, "negative confirmation of deactivation" },
	{ OT_IEC104_TERMINATED, "negative termination" },
	{ 0, NULL },
};

static const char *
error_of(const struct ot_iec104_asdu *a)
{
	const char *unknown = ot_name(unknowns, a->cause);

	return unknown	     ? unknown
	       : a->negative ? ot_name(refusals, a->cause)
			     : NULL;
}

static bool
is_answer(const struct ot_iec104_asdu *a)
{
	return ot_name(refusals, a->cause) || ot_name(unknowns, a->cause);
}

/* Answer the first of the pairs that is open, else the first. */
static void
answer_one(const struct reading *r, struct ot_reply *reply,
    const uint64_t *pairs, unsigned count)
{
	reply->as.pair = pairs[0];
	for (unsigned i = 0; i < count; i++) {
		uint64_t pair = open_pair(r->pdu, pairs[i]);

		if (pair) {
			reply->as.pair = pair;
			break;
		}
	}
	ot_emit_reply(r->pdu, reply);
}

/* A select that was confirmed says nothing yet. */
static void
confirmed(const struct reading *r, struct ot_reply *reply, bool selects)
{
	struct ot_iec104_state *state = ot_state(r->pdu);
	uint64_t pair = reply->as.pair;
	const uint64_t pairs[] = { pair, pair | SELECT_PAIR };

	if (selects) {
		if (!reply->error && open_pair(r->pdu, pairs[1]))
			return;
		forget(&state->selected, pairs[1]);
		answer_one(r, reply, &pairs[1], 1);
		return;
	}
	if (!reply->error && r->asdu->type->terminates)
		remember(&state->confirmed, pair);
	answer_one(r, reply, pairs, 2);
}

/* A command that was only selected came to nothing by this. */
static void
deactivated(const struct reading *r, struct ot_reply *reply)
{
	uint64_t pair = reply->as.pair;
	const uint64_t pairs[] = { pair | DEACTIVATION_PAIR };
	struct ot_reply cancelled = { .as = reply->as,
		.error = "deactivated before execute" };

	cancelled.as.pair = open_pair(r->pdu, pair | SELECT_PAIR);
	if (!reply->error && cancelled.as.pair)
		ot_emit_reply(r->pdu, &cancelled);
	reply->as.name = "deactivation";
	answer_one(r, reply, pairs, 1);
}

/* The end of what was confirmed is no answer of its own. */
static void
terminated(const struct reading *r, struct ot_reply *reply)
{
	struct ot_iec104_state *state = ot_state(r->pdu);
	uint64_t pair = reply->as.pair;
	const uint64_t pairs[] = { pair, pair | SELECT_PAIR };

	if (forget(&state->confirmed, pair) && !reply->error)
		return;
	answer_one(r, reply, pairs, 2);
}

static void
answer(const struct reading *r, const struct ot_op *op,
    const struct ot_buf *element)
{
	bool selects = ot_iec104_selects(element, r->asdu->id);
	struct ot_reply reply = { .as = *op, .error = error_of(r->asdu) };
	const uint64_t pairs[] = { selects ? op->pair | SELECT_PAIR : op->pair,
		op->pair | SELECT_PAIR, op->pair | DEACTIVATION_PAIR };

	switch (r->asdu->cause) {
	case OT_IEC104_CONFIRMED:
		confirmed(r, &reply, selects);
		break;
	case OT_IEC104_DEACTIVATED:
		deactivated(r, &reply);
		break;
	case OT_IEC104_TERMINATED:
		terminated(r, &reply);
		break;
	default:
		answer_one(r, &reply, pairs, 3);
		break;
	}
}

static void
command(const struct reading *r, uint32_t address, const struct ot_buf *element)
{
	const struct ot_iec104_asdu *a = r->asdu;
	struct ot_op op = op_of(a);

	op.pair = pair_of(a->id, a->ca, address);
	aim(&op, address, 1);
	qualify(&op, element);
	if (is_answer(a))
		answer(r, &op, element);
	else
		ask(r, &op, element);
}

static void
commands(struct ot_buf *b, const struct reading *r)
{
	uint32_t address = 0;

	for (unsigned i = 0; i < r->asdu->count; i++) {
		address = i && r->asdu->sequence ? address + 1 : ot_u24le(b);
		struct ot_buf element = ot_split(b, r->asdu->type->size);

		if (!ot_ok(b))
			return;
		command(r, address, &element);
	}
}

/* Of no known size: an address may come first, nothing else is certain. */
static void
other(struct ot_buf *b, const struct reading *r)
{
	struct ot_buf nothing = ot_split(b, 0);

	if (b->left >= 3 && is_answer(r->asdu)) {
		command(r, ot_u24le(b), &nothing);
	} else {
		struct ot_op op = op_of(r->asdu);

		op.flags |= OT_OP_NO_ANSWER;
		if (b->left >= 3 && r->asdu->type->kind == OT_IEC104_OTHER) {
			uint32_t address = ot_u24le(b);

			op.pair = pair_of(r->asdu->id, r->asdu->ca, address);
			aim(&op, address, 1);
			if (r->asdu->cause == OT_IEC104_ACTIVATION)
				op.flags &= ~(uint32_t)OT_OP_NO_ANSWER;
		}
		ot_emit_op(r->pdu, &op);
	}
	ot_skip(b, b->left);
}

void
ot_iec104_objects(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_iec104_asdu *asdu)
{
	struct reading r = { pdu, asdu };

	switch ((enum ot_iec104_kind)asdu->type->kind) {
	case OT_IEC104_MONITOR:
		monitor(b, &r);
		break;
	case OT_IEC104_COMMAND:
		commands(b, &r);
		break;
	default:
		other(b, &r);
		break;
	}
	ot_expect(b, !b->left); /* the header counts all of it */
}
