/*
 * BACnet application layer: the kinds of APDU, segments, answers and refusals
 * (ANSI/ASHRAE 135-2020, clauses 5.4 and 20.1).
 */
#include "base/hash.h"
#include "proto/bacnet.h"

enum kind {
	CONFIRMED,
	UNCONFIRMED,
	SIMPLE_ACK,
	COMPLEX_ACK,
	SEGMENT_ACK,
	ERROR,
	REJECT,
	ABORT,
};

enum {
	SEGMENTED = 8, /* bits of the first octet */
	MORE = 4,
	BY_SERVER = 1,
	WRITE_MULTIPLE_SERVICE = 16,
	ADDRESS_HASHED = 18, /* the longest, B/IPv6 */
};

/* ---- whose ---- */

struct ot_text
ot_bac_nested(const struct ot_pdu *pdu, const struct ot_bac_address *a)
{
	if (!a->given)
		return ot_text("");
	if (!a->len)
		return ot_format(pdu, "net %u", a->net);
	if (a->len == 1)
		return ot_format(pdu, "net %u addr %u", a->net, a->p[0]);
	struct ot_text hex = ot_format_hex(pdu, a->p, a->len);

	return ot_format(
	    pdu, "net %u addr %.*s", a->net, (int)hex.len, (const char *)hex.p);
}

struct ot_text
ot_bac_route(const struct ot_pdu *pdu, const struct ot_bac_address *a)
{
	struct ot_text nested = ot_bac_nested(pdu, a);

	return nested.len ? ot_format(pdu, "%.*s ", (int)nested.len,
				(const char *)nested.p)
			  : nested;
}

void
ot_bac_say(const struct ot_bac_message *m, enum ot_key key, const char *message,
    struct ot_text value)
{
	if (value.len)
		ot_emit_fact(
		    m->pdu, &(struct ot_fact){ .key = key,
				.value = value,
				.message = message,
				.by = m->broadcast ? OT_BROADCAST : OT_SELF,
				.nested = ot_bac_nested(m->pdu, &m->from),
				.about = m->source });
}

/* ---- pairs: invoke id and both network addresses, client first ---- */

static size_t
add_address(uint8_t *key, size_t len, const struct ot_bac_address *a)
{
	uint8_t n = a->len < ADDRESS_HASHED ? a->len : ADDRESS_HASHED;

	if (!a->given)
		return len;
	key[len++] = (uint8_t)(a->net >> 8);
	key[len++] = (uint8_t)a->net;
	key[len++] = n;
	if (n)
		memcpy(key + len, a->p, n);
	return len + n;
}

static uint64_t
pair_of(const struct ot_bac_message *m, uint8_t invoke, bool answer)
{
	uint8_t key[2 * (3 + ADDRESS_HASHED) + 2];
	size_t len = 0;

	key[len++] = invoke;
	len = add_address(key, len, answer ? &m->to : &m->from);
	key[len++] = 0xff;
	len = add_address(key, len, answer ? &m->from : &m->to);
	return ot_hash_fixed(key, len) | 1;
}

/* ---- segments; clause 5.3 ---- */

enum part { PART_WHOLE, PART_WAITS, PART_LOST };

static struct ot_bac_segments *
segments_of(struct ot_bac_state *state, uint64_t pair, bool first)
{
	for (unsigned i = 0; i < OT_BAC_SEGMENTED; i++)
		if (state->segments[i].active &&
		    state->segments[i].pair == pair)
			return &state->segments[i];
	if (!first)
		return NULL;
	state->turn = (state->turn + 1) % OT_BAC_SEGMENTED;
	return &state->segments[state->turn];
}

/* Add a segment; PART_WHOLE: the window holds the whole message; PART_LOST:
 * this was the last one, and one before it was not captured. */
static enum part
segment(struct ot_buf *b, const struct ot_bac_message *m, uint64_t pair,
    uint8_t sequence, bool more)
{
	struct ot_bac_state *state = ot_state(m->pdu);
	struct ot_bac_segments *s =
	    segments_of(state, pair, sequence == 0 && more);
	uint32_t key = (uint32_t)pair;

	if (s && sequence == 0) {
		if (s->active)
			ot_gather_drop(m->pdu, (uint32_t)s->pair);
		*s = (struct ot_bac_segments){ true, 0, pair };
	}
	if (!s)
		return more ? PART_WAITS : PART_LOST;
	uint8_t ahead = (uint8_t)(sequence - s->next);

	if (ahead >= 128) /* again */
		return PART_WAITS;
	s->next++;
	if (ahead) {
		ot_gather_drop(m->pdu, key);
		s->active = false;
		return more ? PART_WAITS : PART_LOST;
	}
	s->active = more;
	if (ot_gather(m->pdu, key, b, !more))
		return PART_WHOLE;
	return more ? PART_WAITS : PART_LOST;
}

/* The header of a segment, where there is one; true: `b` holds all of the
 * service's parameters, or nothing of them (*lost). */
static bool
whole(struct ot_buf *b, const struct ot_bac_message *m, uint8_t first,
    uint8_t *choice, bool *lost)
{
	uint8_t sequence = first & SEGMENTED ? ot_u8(b) : 0;

	ot_skip(b, first & SEGMENTED ? 1 : 0); /* proposed window size */
	*choice = ot_u8(b);
	*lost = false;
	if (!(first & SEGMENTED) || !ot_ok(b))
		return ot_ok(b);
	/* request and answer of one pair apart */
	enum part part = segment(b, m, m->pair << 1 | (first >> 4 == CONFIRMED),
	    sequence, first & MORE);

	*lost = part == PART_LOST;
	return part != PART_WAITS;
}

/* ---- requests ---- */

static struct ot_op
op_of(const struct ot_bac_message *m, const struct ot_bac_service *service,
    uint8_t choice, const struct ot_bac_address *about)
{
	struct ot_text route = ot_bac_route(m->pdu, about);

	return (struct ot_op){ .pair = m->pair,
		.verb = (enum ot_verb)service->verb,
		.name = service->name,
		.has_code = true,
		.code = choice,
		.flags = service->flags,
		.object = { .space = route.len ? OT_BAC_ROUTE : OT_BAC_NONE,
		    .text = route } };
}

static void
confirmed(struct ot_buf *b, struct ot_bac_message *m, uint8_t first)
{
	uint8_t choice;
	bool lost;

	ot_skip(b, 1); /* what the client can take */
	m->pair = pair_of(m, ot_u8(b), false);
	if (!whole(b, m, first, &choice, &lost))
		return;
	const struct ot_bac_service *service = ot_bac_confirmed(choice);
	struct ot_op op = op_of(m, service, choice, &m->to);

	if (service->request && !lost)
		service->request(b, m, &op);
	else
		ot_bac_ask(m, &op);
}

static void
unconfirmed(struct ot_buf *b, const struct ot_bac_message *m)
{
	uint8_t choice = ot_u8(b);
	const struct ot_bac_service *service = ot_bac_unconfirmed(choice);
	struct ot_op op = op_of(m, service, choice, &m->to);

	op.flags |= OT_OP_NO_ANSWER;
	if (service->request)
		service->request(b, m, &op);
	else
		ot_bac_ask(m, &op);
}

/* ---- answers ---- */

static void
ack(struct ot_buf *b, struct ot_bac_message *m, uint8_t first)
{
	uint8_t choice;
	bool lost;

	m->pair = pair_of(m, ot_u8(b), true);
	if (!whole(b, m, first, &choice, &lost))
		return;
	const struct ot_bac_service *service = ot_bac_confirmed(choice);
	struct ot_reply reply = { .as = op_of(m, service, choice, &m->from) };

	if (service->answer && !lost)
		service->answer(b, m, &reply);
	else
		ot_bac_reply(m, &reply);
}

/* Clause 21: class and code, which some services put into [0]. */
static void
error(struct ot_buf *b, struct ot_bac_message *m)
{
	m->pair = pair_of(m, ot_u8(b), true);
	uint8_t choice = ot_u8(b);
	struct ot_reply reply = { .as = op_of(m, ot_bac_confirmed(choice),
				      choice, &m->from) };
	struct ot_buf inside = *b;

	if (!ot_bac_inside(b, 0, &inside))
		inside = ot_rest(b);
	(void)ot_bac_application(&inside, OT_BAC_ENUMERATED);
	struct ot_buf value = ot_bac_application(&inside, OT_BAC_ENUMERATED);

	if (!ot_ok(b))
		return;
	reply.error_code = ot_bac_unsigned(value);
	reply.error = ot_name(ot_bac_errors, reply.error_code);
	if (choice != WRITE_MULTIPLE_SERVICE ||
	    !ot_bac_write_multiple_error(b, m, &reply))
		ot_bac_reply(m, &reply);
}

/* A refusal that does not say which service. Proprietary reasons have no
 * name. */
static void
refusal(struct ot_buf *b, struct ot_bac_message *m, const char *name,
    const struct ot_name *reasons)
{
	m->pair = pair_of(m, ot_u8(b), true);
	uint8_t reason = ot_u8(b);
	struct ot_text route = ot_bac_route(m->pdu, &m->from);
	const char *error = ot_name(reasons, reason);

	ot_bac_reply(m,
	    &(struct ot_reply){
		.as = { .pair = m->pair,
		    .verb = OT_UNKNOWN,
		    .name = name,
		    .object = { .space = route.len ? OT_BAC_ROUTE : OT_BAC_NONE,
			.text = route } },
		.error = error ? error : name,
		.error_code = reason });
}

void
ot_bac_apdu(struct ot_buf *b, struct ot_bac_message *m)
{
	uint8_t first = ot_u8(b);

	switch ((enum kind)(first >> 4)) {
	case CONFIRMED:
		confirmed(b, m, first);
		return;
	case UNCONFIRMED:
		unconfirmed(b, m);
		return;
	case SIMPLE_ACK:
	case COMPLEX_ACK:
		ack(b, m, first >> 4 == COMPLEX_ACK ? first : 0);
		return;
	case ERROR:
		error(b, m);
		return;
	case REJECT:
		refusal(b, m, "reject", ot_bac_rejects);
		return;
	case ABORT:
		if (first & BY_SERVER) /* else a client's of its own */
			refusal(b, m, "abort", ot_bac_aborts);
		return;
	case SEGMENT_ACK: /* transport of a transaction */
		return;
	}
	ot_expect(b, false);
}

/* Services by which a server says what it was told to say. */
static bool
is_notification(uint8_t choice)
{
	return choice == 1 || choice == 2 || choice == 31 || choice == 32;
}

/* Could this be an APDU of this direction? Both may ask in one connection; who
 * answers, notifications aside, is the server. What goes to a group has no
 * other direction. */
bool
ot_bac_apdu_fits(const struct ot_buf *b, const struct ot_pdu *pdu)
{
	uint8_t first = ot_peek(b, 0);
	bool segmented = first & SEGMENTED;
	bool asks = pdu->to_server || pdu->group;
	bool answers = !pdu->to_server || pdu->group;

	switch ((enum kind)(first >> 4)) {
	case CONFIRMED:
		return b->left >= (segmented ? 6 : 4) && !(first & 1) &&
		       (asks || is_notification(ot_peek(b, segmented ? 5 : 3)));
	case UNCONFIRMED:
		return b->left >= 2 && !(first & 15) && ot_peek(b, 1) < 32;
	case SIMPLE_ACK:
		return b->left == 3 && !(first & 15) &&
		       (answers || is_notification(ot_peek(b, 2)));
	case COMPLEX_ACK:
		return b->left >= (segmented ? 5 : 3) && !(first & 3) &&
		       answers;
	case SEGMENT_ACK:
		return b->left == 4 && !(first & 12) &&
		       (first & BY_SERVER ? answers : asks);
	case ERROR:
		return b->left >= 7 && !(first & 15);
	case REJECT:
		return b->left == 3 && !(first & 15);
	case ABORT:
		return b->left == 3 && !(first & 14);
	}
	return false;
}
