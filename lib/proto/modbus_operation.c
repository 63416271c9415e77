/*
 * Requests and answers of Modbus: MODBUS Application Protocol Specification
 * V1.1b3, section 6.
 */
#include "proto/modbus.h"

enum { FILE_REFERENCE = 6, MEI_CANOPEN = 13 };

/* Sub-functions of 8; section 6.8.1. */
static const struct diagnostic {
	const char *name;
	uint8_t verb, flags;
} diagnostics[] = {
	[0] = { "return query data", OT_DIAGNOSE, 0 },
	[1] = { "restart communications option", OT_MODE, 0 },
	[2] = { "return diagnostic register", OT_DIAGNOSE, 0 },
	[3] = { "change ascii input delimiter", OT_DIAGNOSE, OT_OP_ALTERS },
	[4] = { "force listen only mode", OT_MODE, OT_OP_NO_ANSWER },
	[10] = { "clear counters and diagnostic register", OT_DIAGNOSE,
	    OT_OP_ALTERS },
	[11] = { "return bus message count", OT_DIAGNOSE, 0 },
	[12] = { "return bus communication error count", OT_DIAGNOSE, 0 },
	[13] = { "return bus exception error count", OT_DIAGNOSE, 0 },
	[14] = { "return server message count", OT_DIAGNOSE, 0 },
	[15] = { "return server no response count", OT_DIAGNOSE, 0 },
	[16] = { "return server nak count", OT_DIAGNOSE, 0 },
	[17] = { "return server busy count", OT_DIAGNOSE, 0 },
	[18] = { "return bus character overrun count", OT_DIAGNOSE, 0 },
	[20] = { "clear overrun counter and flag", OT_DIAGNOSE, OT_OP_ALTERS },
};

/* An operation of this function on its unit as a whole. */
static struct ot_op
op_of(const struct ot_modbus_function *fn, uint16_t id, uint8_t unit,
    uint8_t code)
{
	/* The code is part of the pair: an answer must echo it, and many
	 * clients never change the transaction id. */
	return (struct ot_op){
		.pair = (uint64_t)id << 16 | (uint64_t)unit << 8 | code,
		.verb = (enum ot_verb)fn->verb,
		.name = fn->name,
		.has_code = true,
		.code = code,
		.object = { .space = OT_MODBUS_UNIT, .n = { unit } },
	};
}

/* Point the op at count items of the function's table. No items asked for is
 * an illegal quantity, which names no range. */
static void
aim(struct ot_op *op, uint8_t table, uint16_t first, uint16_t count)
{
	if (!count)
		return;
	op->object.space = table;
	op->object.first = first;
	op->object.count = count;
}

/* Section 6.8: what the sub-function makes of the operation. */
static void
diagnose(struct ot_op *op, uint16_t sub)
{
	op->sub = OT_SUB(sub);
	if (sub < sizeof(diagnostics) / sizeof(*diagnostics) &&
	    diagnostics[sub].name) {
		op->name = diagnostics[sub].name;
		op->verb = (enum ot_verb)diagnostics[sub].verb;
		op->flags = diagnostics[sub].flags;
	}
}

/* Section 6.19: the interface type says what the operation is. */
static void
encapsulate(struct ot_op *op, uint8_t mei)
{
	op->sub = OT_SUB(mei);
	if (mei == OT_MODBUS_IDENTIFICATION) {
		op->name = "read device identification";
		op->verb = OT_IDENTIFY;
	} else if (mei == MEI_CANOPEN) {
		op->name = "canopen general reference";
	}
}

/* Registers that a request carries, as far as they were captured. */
static void
set_registers(struct ot_op *op, const struct ot_buf *b, size_t len)
{
	for (size_t i = 0; i + 2 <= len && i + 2 <= b->left; i += 2)
		ot_value_add(&op->value, ot_peek16be(b, i));
}

/* Coils, the first in the lowest bit. */
static void
set_coils(struct ot_op *op, const struct ot_buf *b, size_t len, uint16_t count)
{
	for (size_t i = 0; i < count && i / 8 < len && i / 8 < b->left; i++)
		ot_value_add(&op->value, ot_peek(b, i / 8) >> i % 8 & 1);
}

/* The byte count and the values of functions 15 and 16. */
static void
set_many(struct ot_op *op, struct ot_buf b, uint8_t table)
{
	uint8_t len = ot_peek(&b, 0);

	if (!b.left)
		return;
	b.p++;
	b.left--;
	if (table == OT_MODBUS_COILS)
		set_coils(op, &b, len, (uint16_t)op->object.count);
	else
		set_registers(op, &b, len);
}

/* Section 6.5: a coil is on by 0xff00 and off by 0, all else is illegal. */
static void
set_one(struct ot_op *op, uint16_t value)
{
	bool on = op->object.space == OT_MODBUS_COILS && value == 0xff00;

	ot_value_add(&op->value, on ? 1 : value);
}

/* Section 6.16: what a mask leaves of the register is not known, unless it
 * leaves nothing. */
static void
set_masked(struct ot_op *op, struct ot_buf *b)
{
	uint16_t and_mask = ot_u16be(b);
	uint16_t or_mask = ot_u16be(b);

	if (!and_mask)
		ot_value_add(&op->value, or_mask);
}

/* Address and value, or masks, of functions 5, 6 and 22, and their echo. */
static void
set(struct ot_buf *b, struct ot_op *op, const struct ot_modbus_function *fn)
{
	aim(op, fn->table, ot_u16be(b), 1);
	if (fn->shape == OT_MODBUS_MASK)
		set_masked(op, b);
	else
		set_one(op, ot_u16be(b));
}

/* One record group of functions 20 and 21: reference type, file, record,
 * length. Sections 6.14 and 6.15. */
static void
group(struct ot_buf *b, struct ot_op *op)
{
	uint8_t reference = ot_u8(b);
	uint16_t file = ot_u16be(b);
	uint16_t record = ot_u16be(b);
	uint16_t count = ot_u16be(b);

	op->object = (struct ot_object){ .space = OT_MODBUS_UNIT,
		.n = { op->object.n[0], file } };
	op->value = (struct ot_value){ 0 };
	if (reference == FILE_REFERENCE)
		aim(op, OT_MODBUS_FILE, record, count);
	if (op->code == OT_MODBUS_FILE_WRITE) {
		set_registers(op, b, 2 * (size_t)count);
		ot_skip(b, 2 * (size_t)count);
	}
}

static void
request_files(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	struct ot_buf groups = ot_split(b, ot_u8(b));

	if (!groups.left && ot_ok(b))
		ot_emit_op(pdu, op);
	while (groups.left) {
		group(&groups, op);
		if (ot_ok(&groups))
			ot_emit_op(pdu, op);
	}
}

/* Section 6.17: the range read, then the range written. */
static void
request_both(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	uint16_t first = ot_u16be(b);
	uint16_t count = ot_u16be(b);
	uint16_t write_first = ot_u16be(b);
	uint16_t write_count = ot_u16be(b);
	struct ot_op read = *op;

	if (!ot_ok(b))
		return;
	read.verb = OT_READ;
	aim(&read, OT_MODBUS_HOLDING, first, count);
	ot_emit_op(pdu, &read);
	aim(op, OT_MODBUS_HOLDING, write_first, write_count);
	set_many(op, *b, OT_MODBUS_HOLDING);
	ot_emit_op(pdu, op);
	ot_skip(b, ot_u8(b));
}

void
ot_modbus_request(
    struct ot_buf *b, const struct ot_pdu *pdu, uint16_t id, uint8_t unit)
{
	uint8_t code = ot_u8(b);
	const struct ot_modbus_function *fn = ot_modbus_function(code);
	struct ot_op op = op_of(fn, id, unit, code);
	uint16_t first;

	switch ((enum ot_modbus_shape)fn->shape) {
	case OT_MODBUS_READ:
	case OT_MODBUS_MULTI:
		first = ot_u16be(b);
		aim(&op, fn->table, first, ot_u16be(b));
		if (fn->shape == OT_MODBUS_MULTI)
			set_many(&op, *b, fn->table);
		break;
	case OT_MODBUS_SINGLE:
	case OT_MODBUS_MASK:
		set(b, &op, fn);
		break;
	case OT_MODBUS_BOTH:
		request_both(b, pdu, &op);
		return;
	case OT_MODBUS_READ_FILES:
	case OT_MODBUS_WRITE_FILES:
		request_files(b, pdu, &op);
		return;
	case OT_MODBUS_QUEUE:
		op.object.space = OT_MODBUS_FIFO;
		op.object.n[1] = ot_u16be(b);
		break;
	case OT_MODBUS_DIAGNOSTICS:
		diagnose(&op, ot_u16be(b));
		break;
	case OT_MODBUS_ENCAPSULATED:
		encapsulate(&op, ot_u8(b));
		break;
	case OT_MODBUS_OPEN:
	case OT_MODBUS_STATUS:
	case OT_MODBUS_COUNTER:
	case OT_MODBUS_LIST:
		break;
	}
	if (!ot_ok(b))
		return;
	ot_emit_op(pdu, &op);
	if (fn->shape == OT_MODBUS_MULTI)
		ot_skip(b, ot_u8(b));
}

/* The answer to 21 is its request: each group answers one operation. */
static void
reply_files(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_reply *reply)
{
	struct ot_buf groups = ot_split(b, ot_u8(b));

	if (!groups.left && ot_ok(b))
		ot_emit_reply(pdu, reply);
	while (groups.left) {
		group(&groups, &reply->as);
		reply->item++;
		if (ot_ok(&groups))
			ot_emit_reply(pdu, reply);
	}
}

static void
exception(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_reply *reply)
{
	uint8_t code = ot_u8(b);

	if (!ot_ok(b))
		return;
	reply->error = ot_modbus_exception(code);
	reply->error_code = code;
	ot_emit_reply(pdu, reply);
}

/* What follows the function code in a good answer. */
static void
answer(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_modbus_function *fn, struct ot_reply *reply)
{
	struct ot_op *as = &reply->as;
	uint8_t unit = (uint8_t)as->object.n[0];
	uint16_t first;

	switch ((enum ot_modbus_shape)fn->shape) {
	case OT_MODBUS_MULTI:
		first = ot_u16be(b);
		aim(as, fn->table, first, ot_u16be(b));
		break;
	case OT_MODBUS_SINGLE:
	case OT_MODBUS_MASK:
		set(b, as, fn);
		break;
	case OT_MODBUS_DIAGNOSTICS:
		diagnose(as, ot_u16be(b));
		break;
	case OT_MODBUS_ENCAPSULATED:
		encapsulate(as, ot_u8(b));
		break;
	case OT_MODBUS_WRITE_FILES:
		reply_files(b, pdu, reply);
		return;
	case OT_MODBUS_STATUS:
		ot_skip(b, 1);
		break;
	case OT_MODBUS_COUNTER:
		ot_skip(b, 4);
		break;
	default:
		break;
	}
	if (!ot_ok(b))
		return;
	ot_emit_reply(pdu, reply);
	if (as->code == OT_MODBUS_SERVER_ID)
		ot_modbus_server_id(b, pdu, unit);
	else if (as->sub == OT_SUB(OT_MODBUS_IDENTIFICATION) &&
		 as->code == OT_MODBUS_MEI)
		ot_modbus_identification(b, pdu, unit);
	else if (fn->shape == OT_MODBUS_QUEUE)
		ot_skip(b, ot_u16be(b));
	else if (fn->shape == OT_MODBUS_READ || fn->shape == OT_MODBUS_BOTH ||
		 fn->shape == OT_MODBUS_LIST ||
		 fn->shape == OT_MODBUS_READ_FILES)
		ot_skip(b, ot_u8(b));
}

void
ot_modbus_reply(
    struct ot_buf *b, const struct ot_pdu *pdu, uint16_t id, uint8_t unit)
{
	uint8_t code = ot_u8(b);
	uint8_t asked = code & (uint8_t)~OT_MODBUS_EXCEPTION;
	const struct ot_modbus_function *fn = ot_modbus_function(asked);
	struct ot_reply r = { .as = op_of(fn, id, unit, asked) };

	if (!ot_ok(b))
		return;
	if (code & OT_MODBUS_EXCEPTION)
		exception(b, pdu, &r);
	else
		answer(b, pdu, fn, &r);
}

void
ot_modbus_security(const struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_modbus_state *state = ot_state(pdu);

	if (state->stated || !ot_ok(b))
		return;
	ot_emit_security(pdu, OT_S_PROTECTION, ot_text("none"));
	ot_emit_security(pdu, OT_S_AUTH, ot_text("none"));
	state->stated = true;
}
