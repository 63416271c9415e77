/*
 * KNX telegrams in KNXnet/IP: common external message interface (KNX Standard
 * 03.06.03), group and device services (03.03.07), both ISO/IEC 14543-3.
 */
#include "proto/knxip.h"

enum message {
	L_DATA_REQ = 0x11,
	L_DATA_IND = 0x29,
	L_DATA_CON = 0x2e,
	M_PROP_READ_REQ = 0xfc,
	M_PROP_READ_CON = 0xfb,
	M_PROP_WRITE_REQ = 0xf6,
	M_PROP_WRITE_CON = 0xf5,
	M_PROP_INFO_IND = 0xf7,
	M_FUNC_COMMAND_REQ = 0xf8,
	M_FUNC_READ_REQ = 0xf9,
	M_FUNC_CON = 0xfa,
	M_RESET_REQ = 0xf1,
	M_RESET_IND = 0xf0,
};

enum {
	TO_GROUP = 0x80, /* of the second control field */
	CONTROL = 0x80,	 /* of the transport's: no data follows */
	SMALL = 0x3f,	 /* a value in the service's own octet */
	SHOWN = 16,	 /* octets of a value */
	GROUP_WRITE = 2,
};

/* By the highest four bits of the application's control field. */
static const struct {
	const char *name;
	uint8_t verb, flags;
} services[16] = {
	{ "group value read", OT_READ, 0 },
	{ "group value response", OT_READ, 0 },
	{ "group value write", OT_WRITE, 0 },
	{ "individual address write", OT_NAME, OT_OP_ALTERS },
	{ "individual address read", OT_NAME, 0 },
	{ "individual address response", OT_NAME, 0 },
	{ "adc read", OT_DIAGNOSE, 0 },
	{ "adc response", OT_DIAGNOSE, 0 },
	{ "memory read", OT_DIAGNOSE, 0 },
	{ "memory response", OT_DIAGNOSE, 0 },
	{ "memory write", OT_PROGRAM, 0 },
	{ "user message", OT_UNKNOWN, 0 },
	{ "device descriptor read", OT_IDENTIFY, 0 },
	{ "device descriptor response", OT_IDENTIFY, 0 },
	{ "restart", OT_MODE, 0 },
	{ "extended service", OT_UNKNOWN, 0 },
};

static const struct management {
	uint8_t code, verb;
	bool answer;
	const char *name;
} managements[] = {
	{ M_PROP_READ_REQ, OT_READ, false, "property read" },
	{ M_PROP_READ_CON, OT_READ, true, "property read" },
	{ M_PROP_WRITE_REQ, OT_WRITE, false, "property write" },
	{ M_PROP_WRITE_CON, OT_WRITE, true, "property write" },
	{ M_PROP_INFO_IND, OT_READ, false, "property info" },
	{ M_FUNC_COMMAND_REQ, OT_WRITE, false, "function property command" },
	{ M_FUNC_READ_REQ, OT_READ, false, "function property state read" },
	{ M_FUNC_CON, OT_READ, true, "function property" },
	{ M_RESET_REQ, OT_MODE, false, "reset" },
	{ M_RESET_IND, OT_MODE, true, "reset" },
};

enum { MANAGEMENTS = sizeof(managements) / sizeof(*managements) };

struct ot_text
ot_knx_address(const struct ot_pdu *pdu, uint16_t address)
{
	return ot_format(
	    pdu, "%u.%u.%u", address >> 12, address >> 8 & 15, address & 255);
}

/* ---- what goes over the bus ---- */

static struct ot_object
destination(uint16_t address, bool group)
{
	struct ot_object o = { .space = OT_KNX_DEVICE };

	if (group) {
		o.space = OT_KNX_GROUP;
		o.n[0] = address >> 11;
		o.n[1] = address >> 8 & 7;
	} else {
		o.n[0] = address >> 12;
		o.n[1] = address >> 8 & 15;
	}
	o.n[2] = address & 255;
	return o;
}

/* Connections of the bus's own transport layer. */
static void
transport(struct ot_op *op, uint8_t control)
{
	static const char *const names[] = { "t connect", "t disconnect",
		"t ack", "t nak" };

	op->name = names[control & 3];
	op->verb = OT_SESSION;
}

/* The value of a group, as its bytes; six bits may stand in the service's
 * own octet. */
static void
value(struct ot_buf data, const struct ot_pdu *pdu, const struct ot_op *op,
    uint8_t small)
{
	size_t len = data.left < SHOWN ? data.left : SHOWN;

	ot_emit_event(
	    pdu, &(struct ot_event){ .kind = "write request",
		     .detail = len ? ot_format_hex(pdu, data.p, len)
				   : ot_format(pdu, "%02x", small & SMALL),
		     .object = op->object });
}

/* What a telegram confirms was said when it was asked, if that was seen. */
static void
say(const struct ot_pdu *pdu, const struct ot_op *op, uint8_t message)
{
	struct ot_knx_state *state = ot_state(pdu);

	if (message != L_DATA_CON) {
		state->asks |= message == L_DATA_REQ;
		ot_emit_op(pdu, op);
	} else if (!state->asks) {
		ot_emit_reply(pdu, &(struct ot_reply){ .as = *op });
	}
}

/* Control fields, source, destination, length, then transport and service. */
static void
data(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op,
    uint8_t message)
{
	ot_skip(b, 1);
	bool group = ot_u8(b) & TO_GROUP;

	ot_skip(b, 2); /* source */
	op->object = destination(ot_u16be(b), group);
	size_t len = ot_u8(b);
	struct ot_buf apdu = ot_split(b, len + 1);
	uint8_t control = ot_u8(&apdu);

	if (control & CONTROL) {
		transport(op, control);
	} else {
		uint8_t low = ot_u8(&apdu);
		uint8_t service = (uint8_t)((control & 3) << 2 | low >> 6);

		op->name = services[service].name;
		op->verb = (enum ot_verb)services[service].verb;
		op->flags |= services[service].flags;
		op->has_code = true;
		op->code = service;
		if (ot_ok(b) && service == GROUP_WRITE && group &&
		    message != L_DATA_CON)
			value(apdu, pdu, op, low);
	}
	if (ot_ok(b))
		say(pdu, op, message);
}

/* ---- what the server itself is asked ---- */

/* Object type, instance, property, count and start. */
static void
property(struct ot_buf *b, struct ot_op *op)
{
	if (op->code == M_RESET_REQ || op->code == M_RESET_IND)
		return;
	op->object.space = OT_KNX_PROPERTY;
	op->object.n[0] = ot_u16be(b);
	op->object.n[1] = ot_u8(b);
	op->object.n[2] = ot_u8(b);
}

static void
manage(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op,
    const struct management *m)
{
	op->name = m->name;
	op->verb = (enum ot_verb)m->verb;
	op->has_code = true;
	op->code = m->code;
	property(b, op);
	if (!ot_ok(b))
		return;
	if (m->answer) /* the request had a sequence number of its own */
		return;
	ot_emit_op(pdu, op);
}

void
ot_knx_cemi(struct ot_buf *b, const struct ot_pdu *pdu, uint64_t pair)
{
	struct ot_op op = { .pair = pair, .flags = pair ? 0 : OT_OP_NO_ANSWER };
	uint8_t message = ot_u8(b);

	for (unsigned i = 0; i < MANAGEMENTS; i++)
		if (managements[i].code == message) {
			manage(b, pdu, &op, &managements[i]);
			return;
		}
	ot_skip(b, ot_u8(b)); /* additional information */
	if (message == L_DATA_REQ || message == L_DATA_IND ||
	    message == L_DATA_CON) {
		data(b, pdu, &op, message);
		return;
	}
	op.verb = OT_UNKNOWN;
	op.name = "unknown telegram";
	op.has_code = true;
	op.code = message;
	if (ot_ok(b))
		ot_emit_op(pdu, &op);
}
