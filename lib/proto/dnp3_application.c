/*
 * DNP3 (IEEE Std 1815-2012): the application layer (clause 4): requests,
 * responses, and the objects that they name.
 */
#include "proto/dnp3.h"

enum { APP_FIR = 0x80, APP_FIN = 0x40, APP_UNS = 0x10, APP_SEQUENCE = 0x0f };

enum function_code {
	F_CONFIRM = 0x00,
	F_READ = 0x01,
	F_WRITE = 0x02,
	F_SELECT = 0x03,
	F_OPERATE = 0x04,
	F_DIRECT_OPERATE = 0x05,
	F_DIRECT_OPERATE_NR = 0x06,
	F_FREEZE = 0x07,
	F_FREEZE_AT_TIME = 0x0b,
	F_FREEZE_AT_TIME_NR = 0x0c,
	F_ENABLE_UNSOLICITED = 0x14,
	F_ASSIGN_CLASS = 0x16,
	F_OPEN_FILE = 0x19,
	F_AUTHENTICATE_FILE = 0x1d,
	F_AUTHENTICATION = 0x20,
	F_AUTHENTICATION_NR = 0x21,
	F_RESPONSE = 0x81,
	F_UNSOLICITED = 0x82,
	F_AUTHENTICATION_RESPONSE = 0x83,
};

/* Clause 4.4. */
static const struct function {
	const char *name;
	uint8_t verb, flags;
} functions[] = {
	[0x00] = { "confirm", OT_SESSION, OT_OP_NO_ANSWER },
	[0x01] = { "read", OT_READ, 0 },
	[0x02] = { "write", OT_WRITE, 0 },
	[0x03] = { "select", OT_CONTROL, 0 },
	[0x04] = { "operate", OT_CONTROL, 0 },
	[0x05] = { "direct operate", OT_CONTROL, 0 },
	[0x06] = { "direct operate no response", OT_CONTROL, OT_OP_NO_ANSWER },
	[0x07] = { "immediate freeze", OT_CONTROL, 0 },
	[0x08] = { "immediate freeze no response", OT_CONTROL,
	    OT_OP_NO_ANSWER },
	[0x09] = { "freeze and clear", OT_CONTROL, 0 },
	[0x0a] = { "freeze and clear no response", OT_CONTROL,
	    OT_OP_NO_ANSWER },
	[0x0b] = { "freeze at time", OT_CONTROL, 0 },
	[0x0c] = { "freeze at time no response", OT_CONTROL, OT_OP_NO_ANSWER },
	[0x0d] = { "cold restart", OT_MODE, 0 },
	[0x0e] = { "warm restart", OT_MODE, 0 },
	[0x0f] = { "initialize data", OT_MODE, 0 },
	[0x10] = { "initialize application", OT_MODE, 0 },
	[0x11] = { "start application", OT_MODE, 0 },
	[0x12] = { "stop application", OT_MODE, 0 },
	[0x13] = { "save configuration", OT_WRITE, 0 },
	[0x14] = { "enable unsolicited responses", OT_EVENT, OT_OP_ALTERS },
	[0x15] = { "disable unsolicited responses", OT_EVENT, OT_OP_ALTERS },
	[0x16] = { "assign class", OT_WRITE, 0 },
	[0x17] = { "delay measurement", OT_TIME, 0 },
	[0x18] = { "record current time", OT_TIME, OT_OP_ALTERS },
	[0x19] = { "open file", OT_FILE, 0 },
	[0x1a] = { "close file", OT_FILE, 0 },
	[0x1b] = { "delete file", OT_FILE, OT_OP_ALTERS },
	[0x1c] = { "get file information", OT_FILE, 0 },
	[0x1d] = { "authenticate file", OT_AUTH, 0 },
	[0x1e] = { "abort file transfer", OT_FILE, 0 },
	[0x1f] = { "activate configuration", OT_PROGRAM, 0 },
	[0x20] = { "authentication request", OT_AUTH, 0 },
	[0x21] = { "authentication request no ack", OT_AUTH, OT_OP_NO_ANSWER },
};

static const struct function unknown = { "unknown function", OT_UNKNOWN, 0 };

/* Bits of the second octet of internal indications that refuse a request;
 * clause 4.2.2.6. */
static const struct ot_name indications[] = {
	{ 0x01, "function code not supported" },
	{ 0x02, "object unknown" },
	{ 0x04, "parameter error" },
	{ 0x20, "configuration corrupt" },
	{ 0, NULL },
};

/* Bits of the first that say how the device is. */
static const struct ot_name conditions[] = {
	{ 0x20, "local control" },
	{ 0x40, "device trouble" },
	{ 0x80, "restarted" },
	{ 0, NULL },
};

/* Status of an echoed control; table 4-14 and A.8.1. */
static const struct ot_name statuses[] = {
	{ 1, "timeout" },
	{ 2, "no select" },
	{ 3, "format error" },
	{ 4, "not supported" },
	{ 5, "already active" },
	{ 6, "hardware error" },
	{ 7, "local" },
	{ 8, "too many operations" },
	{ 9, "not authorized" },
	{ 10, "automation inhibit" },
	{ 11, "processing limited" },
	{ 12, "out of range" },
	{ 126, "non participating" },
	{ 127, "undefined" },
	{ 0, NULL },
};

/* What is being read, for the functions below. */
struct reading {
	const struct ot_pdu *pdu;
	const struct ot_dnp3_fragment *fragment;
	struct ot_op op; /* of the request */
	unsigned said;	 /* ops of it */
};

static struct ot_op
op_of(
    const struct ot_dnp3_fragment *fragment, uint8_t sequence, uint8_t function)
{
	const struct function *f =
	    function < sizeof(functions) / sizeof(*functions)
		? &functions[function]
		: &unknown;

	return (struct ot_op){
		.pair = (uint64_t)fragment->master << 32 |
			(uint64_t)fragment->outstation << 16 | sequence,
		.verb = (enum ot_verb)f->verb,
		.name = f->name,
		.has_code = true,
		.code = function,
		.flags = f->flags |
			 (fragment->broadcast ? (uint32_t)OT_OP_NO_ANSWER : 0)
	};
}

/* Some functions are what their objects make of them. */
static void
specialise(struct ot_op *op, uint8_t group)
{
	if (op->code != F_READ && op->code != F_WRITE)
		return;
	op->verb = op->code == F_READ ? OT_READ : OT_WRITE;
	op->flags &= ~(uint32_t)OT_OP_ALTERS;
	if (group == OT_DNP3_G_FILE) {
		op->verb = OT_FILE;
	} else if (op->code == F_READ) {
		if (group == OT_DNP3_G_ATTRIBUTE)
			op->verb = OT_IDENTIFY;
		return;
	} else if (group == OT_DNP3_G_TIME) {
		op->verb = OT_TIME;
	} else if (group == OT_DNP3_G_IIN) {
		op->verb = OT_DIAGNOSE;
	}
	if (op->verb != OT_WRITE)
		op->flags |= OT_OP_ALTERS;
}

static struct ot_object
object_of(const struct ot_dnp3_header *h)
{
	struct ot_object object = { .space = OT_DNP3_GROUP,
		.n = { h->group, h->variation } };

	if (h->all) {
		object.space = OT_DNP3_ALL;
	} else if (h->ranged) {
		object.space = OT_DNP3_RANGE;
		object.first = h->first;
		object.count = h->count;
	}
	return object;
}

static void
say_op(struct reading *r, struct ot_object object)
{
	r->op.object = object;
	r->said++;
	ot_emit_op(r->pdu, &r->op);
}

static bool
is_control(uint32_t function)
{
	return function >= F_SELECT && function <= F_DIRECT_OPERATE_NR;
}

/* Do the objects of this request stand in it, or only their names? */
static bool
has_data(uint32_t function, uint8_t group)
{
	if (function == F_FREEZE_AT_TIME || function == F_FREEZE_AT_TIME_NR)
		return group == OT_DNP3_G_TIME;
	return function == F_WRITE || is_control(function) ||
	       function > F_ASSIGN_CLASS;
}

/* The device is told to act, now: a select only prepares. */
static void
control_event(const struct reading *r, const struct ot_dnp3_header *h,
    struct ot_buf object)
{
	struct ot_text what;

	if (r->op.code == F_SELECT || h->group != OT_DNP3_G_CROB ||
	    h->variation != 1)
		return;
	what = ot_dnp3_control(object, r->pdu);
	ot_emit_event(
	    r->pdu, &(struct ot_event){ .kind = "control command",
			.detail = ot_format(r->pdu, "%s %.*s", r->op.name,
			    (int)what.len, (const char *)what.p),
			.object = r->op.object });
}

static uint64_t
read_index(struct ot_buf *b, uint8_t len)
{
	return len == 1 ? ot_u8(b) : len == 2 ? ot_u16le(b) : ot_u32le(b);
}

/* Objects with an index each. A control is said for each, for each has its
 * own status in the response; else what is contiguous is one range. */
static bool
request_indexed(
    struct ot_buf *b, struct reading *r, const struct ot_dnp3_header *h)
{
	int bits = has_data(r->op.code, h->group)
		       ? ot_dnp3_bits(h->group, h->variation)
		       : 0;
	struct ot_object object = { .space = OT_DNP3_INDEX,
		.n = { h->group, h->variation } };

	for (uint64_t count = h->count; count && ot_ok(b); count--) {
		uint64_t index = read_index(b, h->index_len);
		struct ot_buf data =
		    ot_split(b, bits < 0 ? 0 : ((size_t)bits + 7) / 8);
		bool next = object.count && !is_control(r->op.code) &&
			    index == object.first + object.count;

		if (!ot_ok(b))
			return false;
		if (object.count && !next)
			say_op(r, object);
		object.first = next ? object.first : index;
		object.count = next ? object.count + 1 : 1;
		if (is_control(r->op.code)) {
			say_op(r, object);
			object.count = 0;
			control_event(r, h, data);
		}
		if (bits < 0) {
			b->left = 0; /* of unknown length: the end */
			break;
		}
	}
	if (object.count)
		say_op(r, object);
	return bits >= 0;
}

/* Objects with a size each: files, authentication. */
static void
request_sized(
    struct ot_buf *b, struct reading *r, const struct ot_dnp3_header *h)
{
	struct ot_object object = { .space = OT_DNP3_GROUP,
		.n = { h->group, h->variation } };

	for (uint64_t count = h->count; count && ot_ok(b); count--) {
		struct ot_buf data =
		    ot_split(b, (size_t)read_index(b, h->size_len));
		struct ot_object file = object;

		if (!ot_ok(b))
			return;
		if (h->group == OT_DNP3_G_FILE) {
			file.text = ot_dnp3_file(data, h->variation);
			if (file.text.len)
				file.space = OT_DNP3_FILE;
		}
		if (!ot_ok(b))
			return;
		say_op(r, file);
		if (h->group == OT_DNP3_G_FILE && h->variation == 2) {
			struct ot_text user = ot_dnp3_user(data);

			if (!ot_ok(b))
				return;
			ot_emit_security(r->pdu, OT_S_AUTH, ot_text("clear"));
			ot_emit_security(r->pdu, OT_S_USER, user);
		}
	}
}

static void
request(struct ot_buf *b, struct reading *r)
{
	while (b->left) {
		struct ot_dnp3_header h = ot_dnp3_header(b);

		if (!ot_ok(b))
			return;
		specialise(&r->op, h.group);
		if (h.size_len) {
			request_sized(b, r, &h);
		} else if (h.index_len) {
			if (!request_indexed(b, r, &h))
				return;
		} else {
			say_op(r, object_of(&h));
			if (!has_data(r->op.code, h.group))
				continue;
			if (h.group == OT_DNP3_G_ATTRIBUTE ||
			    !ot_dnp3_skip(b, &h))
				return; /* of unknown length: the end */
		}
	}
	if (!r->said && ot_ok(b))
		say_op(r, (struct ot_object){ 0 });
}

/* ---- responses */

static struct ot_text
nested(const struct reading *r)
{
	return ot_format(r->pdu, "outstation %u", r->fragment->outstation);
}

static void
say_conditions(const struct reading *r, uint8_t indication)
{
	for (const struct ot_name *c = conditions; c->name; c++)
		if (indication & c->n)
			ot_emit_fact(
			    r->pdu, &(struct ot_fact){ .key = OT_K_STATE,
					.value = ot_text(c->name),
					.message = "internal indications",
					.by = OT_SELF,
					.nested = nested(r) });
}

/* What a response shows of a request that was not captured. */
static void
as_shown(struct ot_op *op, uint8_t group)
{
	if (group == OT_DNP3_G_CROB || group == OT_DNP3_G_ANALOG_OUTPUT)
		op->verb = OT_CONTROL;
	else if (group == OT_DNP3_G_DELAY)
		op->verb = OT_TIME;
	else if (group == OT_DNP3_G_FILE)
		op->verb = OT_FILE;
	else if (group == OT_DNP3_G_ATTRIBUTE)
		op->verb = OT_IDENTIFY;
	else
		op->verb =
		    group >= OT_DNP3_G_AUTHENTICATION ? OT_AUTH : OT_READ;
}

/* Echoed controls: each has a status, its last octet, which says more than
 * the internal indications do. */
static void
answer_controls(struct ot_buf *b, struct reading *r,
    const struct ot_dnp3_header *h, struct ot_reply *reply)
{
	int bits = ot_dnp3_bits(h->group, h->variation);

	for (uint64_t count = h->count; count && ot_ok(b); count--) {
		uint64_t index = read_index(b, h->index_len);
		struct ot_buf data = ot_split(b, ((size_t)bits + 7) / 8);

		ot_skip(&data, data.left ? data.left - 1 : 0);
		uint8_t status = ot_u8(&data) & 0x7f;
		if (!ot_ok(b))
			return;
		reply->item++;
		reply->error = status ? ot_name(statuses, status) : NULL;
		reply->error_code = status;
		reply->as.object = (struct ot_object){ .space = OT_DNP3_INDEX,
			.n = { h->group, h->variation },
			.first = index,
			.count = 1 };
		ot_emit_reply(r->pdu, reply);
	}
}

/* The data of other objects: only their facts are of interest. False: the
 * rest cannot be read. */
static bool
pass(struct ot_buf *b, const struct reading *r, const struct ot_dnp3_header *h)
{
	int bits = ot_dnp3_bits(h->group, h->variation);

	if (h->size_len) {
		for (uint64_t n = h->count; n && ot_ok(b); n--)
			ot_skip(b, (size_t)read_index(b, h->size_len));
		return true;
	}
	if (h->group == OT_DNP3_G_ATTRIBUTE && !h->index_len) {
		ot_dnp3_attributes(b, r->pdu, h, nested(r));
		return true;
	}
	if (bits < 0)
		return false;
	if (!h->index_len)
		return ot_dnp3_skip(b, h);
	/* At most 2^32 objects: no overflow. */
	ot_skip(
	    b, (size_t)(h->count * (h->index_len + ((uint64_t)bits + 7) / 8)));
	return true;
}

/* The number of the request that a fragment of a response answers: those
 * after the first count on. */
static uint8_t
series(const struct reading *r, uint8_t control)
{
	struct ot_dnp3_state *state = ot_state(r->pdu);
	struct ot_dnp3_series *s = &state->series;
	uint8_t number = control & APP_SEQUENCE;

	if (!(control & APP_FIR) && s->active &&
	    s->master == r->fragment->master &&
	    s->outstation == r->fragment->outstation)
		number = s->number;
	s->active = !(control & APP_FIN);
	s->number = number;
	s->master = r->fragment->master;
	s->outstation = r->fragment->outstation;
	return number;
}

static const char *
refusal(uint8_t indication)
{
	for (const struct ot_name *i = indications; i->name; i++)
		if (indication & i->n)
			return i->name;
	return NULL;
}

static void
response(struct ot_buf *b, struct reading *r, uint8_t control)
{
	uint8_t first = ot_u8(b);
	uint8_t second = ot_u8(b);
	const char *error = refusal(second);
	struct ot_reply reply = { .as = op_of(r->fragment, series(r, control),
				      F_RESPONSE),
		.error = error,
		.more = !(control & APP_FIN) };

	if (!ot_ok(b))
		return;
	reply.as.name = "response";
	if (b->left)
		as_shown(&reply.as, ot_peek(b, 0));
	while (b->left) {
		struct ot_dnp3_header h = ot_dnp3_header(b);

		if (!ot_ok(b))
			return;
		if (h.index_len &&
		    (h.group == OT_DNP3_G_CROB ||
			h.group == OT_DNP3_G_ANALOG_OUTPUT) &&
		    ot_dnp3_bits(h.group, h.variation) > 8)
			answer_controls(b, r, &h, &reply);
		else if (!pass(b, r, &h))
			break;
	}
	if (ot_ok(b) && !reply.item)
		ot_emit_reply(r->pdu, &reply);
	if (ot_ok(b))
		say_conditions(r, first);
}

/* What nobody asked for: an event, and its objects. */
static void
unsolicited(struct ot_buf *b, struct reading *r)
{
	uint8_t first = ot_u8(b);

	ot_skip(b, 1);
	r->op.verb = OT_EVENT;
	r->op.name = "unsolicited response";
	r->op.flags |= OT_OP_NO_ANSWER;
	if (!ot_ok(b))
		return;
	ot_emit_op(r->pdu, &r->op);
	while (b->left) {
		struct ot_dnp3_header h = ot_dnp3_header(b);

		if (!ot_ok(b) || !pass(b, r, &h))
			break;
	}
	if (ot_ok(b))
		say_conditions(r, first);
}

/* Authentication response (83): it answers a request of 20, or asks a master
 * for a proof in the place of a response. */
static void
authentication(struct ot_buf *b, struct reading *r, uint8_t control)
{
	struct ot_reply reply = { .as = r->op };

	ot_skip(b, 2);
	if (!ot_ok(b))
		return;
	reply.as.name = "authentication response";
	reply.as.verb = OT_AUTH;
	/* The request that is challenged stays open: its response follows. */
	reply.more = true;
	if (!(control & APP_UNS)) {
		ot_emit_reply(r->pdu, &reply);
		return;
	}
	reply.as.flags |= OT_OP_NO_ANSWER;
	ot_emit_op(r->pdu, &reply.as);
}

/* The protocol protects nothing; secure authentication proves single
 * requests, for which it is used. */
static void
state_security(const struct ot_pdu *pdu, uint8_t function)
{
	struct ot_dnp3_state *state = ot_state(pdu);

	bool proof = function == F_AUTHENTICATION ||
		     function == F_AUTHENTICATION_NR ||
		     function == F_AUTHENTICATION_RESPONSE;

	if (proof && !state->authenticated) {
		state->authenticated = true;
		ot_emit_security(pdu, OT_S_AUTH, ot_text("strong"));
		ot_emit_security(pdu, OT_S_AUTH_METHOD,
		    ot_text("dnp3 secure authentication"));
	}
	if (state->stated)
		return;
	state->stated = true;
	ot_emit_security(pdu, OT_S_PROTECTION, ot_text("none"));
	if (!proof && function != F_AUTHENTICATE_FILE)
		ot_emit_security(pdu, OT_S_AUTH, ot_text("none"));
}

void
ot_dnp3_fragment(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_dnp3_fragment *fragment)
{
	uint8_t control = ot_u8(b);
	uint8_t function = ot_u8(b);
	struct reading r = { .pdu = pdu,
		.fragment = fragment,
		.op = op_of(
		    fragment, control & (APP_UNS | APP_SEQUENCE), function) };

	if (!ot_ok(b))
		return;
	if (function == F_RESPONSE)
		response(b, &r, control);
	else if (function == F_UNSOLICITED)
		unsolicited(b, &r);
	else if (function == F_AUTHENTICATION_RESPONSE)
		authentication(b, &r, control);
	else
		request(b, &r);
	if (ot_ok(b))
		state_security(pdu, function);
}
