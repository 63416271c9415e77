/*
 * UMAS, the programming protocol of Schneider Electric's controllers inside
 * Modbus function 90. It has no public specification: codes and layouts are
 * those on which public parsers and captures agree (PROTOCOLS.md, umas). Modbus
 * hands over whole messages, for only their header pairs answers.
 */
#include "proto/modbus.h"

enum {
	CODE_AT = 9, /* of the code in a message: header, unit, 90, key */
	DONE = 0xfe,
	REFUSED = 0xfd,

	INIT = 0x01,
	READ_ID = 0x02,
	PROJECT_INFO = 0x03,
	READ_BLOCK = 0x20,
	WRITE_BLOCK = 0x21,
	READ_VARIABLES = 0x22,
	WRITE_VARIABLES = 0x23,
	READ_IO = 0x70,
	SIGNED = 0x38,

	SIGNATURE = 33,	     /* magic byte and hash, before what is signed */
	VARIABLES_MAX = 250, /* the count is one byte, a frame shorter */
};

enum space { SPACE_NONE, SPACE_BLOCK, SPACE_VARIABLE };

static const struct ot_space spaces[] = {
	{ "block %0u+%1u" },
	{ "var block %0u offset %r" },
	{ NULL },
};

static const struct code {
	uint8_t code, verb, flags;
	const char *name;
} codes[] = {
	{ INIT, OT_SESSION, 0, "init communication" },
	{ READ_ID, OT_IDENTIFY, 0, "read id" },
	{ PROJECT_INFO, OT_IDENTIFY, 0, "read project info" },
	{ 0x04, OT_DIAGNOSE, 0, "read plc info" },
	{ 0x05, OT_IDENTIFY, 0, "read loader info" },
	{ 0x06, OT_IDENTIFY, 0, "read memory card info" },
	{ 0x07, OT_DIAGNOSE, 0, "read block info" },
	{ 0x0a, OT_DIAGNOSE, 0, "repeat" },
	{ 0x10, OT_SESSION, OT_OP_ALTERS, "take plc reservation" },
	{ 0x11, OT_SESSION, OT_OP_ALTERS, "release plc reservation" },
	{ 0x12, OT_SESSION, 0, "keep alive" },
	{ READ_BLOCK, OT_READ, 0, "read memory block" },
	{ WRITE_BLOCK, OT_WRITE, 0, "write memory block" },
	{ READ_VARIABLES, OT_READ, 0, "read variables" },
	{ WRITE_VARIABLES, OT_WRITE, 0, "write variables" },
	{ 0x24, OT_READ, 0, "read coils and registers" },
	{ 0x25, OT_WRITE, 0, "write coils and registers" },
	{ 0x26, OT_IDENTIFY, 0, "read data dictionary" },
	{ 0x27, OT_IDENTIFY, 0, "preload data dictionary" },
	{ 0x28, OT_READ, 0, "read physical address" },
	{ 0x29, OT_WRITE, 0, "write physical address" },
	{ 0x2a, OT_DIAGNOSE, 0, "browse events" },
	{ 0x30, OT_PROGRAM, 0, "begin transfer to plc" },
	{ 0x31, OT_PROGRAM, 0, "transfer block to plc" },
	{ 0x32, OT_PROGRAM, 0, "end transfer to plc" },
	{ 0x33, OT_UPLOAD, 0, "begin transfer from plc" },
	{ 0x34, OT_UPLOAD, 0, "transfer block from plc" },
	{ 0x35, OT_UPLOAD, 0, "end transfer from plc" },
	{ 0x36, OT_PROGRAM, 0, "backup" },
	{ 0x37, OT_PROGRAM, 0, "preload blocks" },
	{ 0x39, OT_DIAGNOSE, 0, "read ethernet master data" },
	{ 0x40, OT_MODE, 0, "start plc" },
	{ 0x41, OT_MODE, 0, "stop plc" },
	{ 0x42, OT_MODE, 0, "init plc" },
	{ 0x43, OT_PROGRAM, 0, "swap" },
	{ 0x50, OT_READ, 0, "monitor plc" },
	{ 0x51, OT_DIAGNOSE, 0, "check auto-modification" },
	{ 0x52, OT_DIAGNOSE, 0, "read forced bits" },
	{ 0x53, OT_DIAGNOSE, 0, "read selected blocks" },
	{ 0x58, OT_SESSION, 0, "check plc" },
	{ 0x60, OT_CONTROL, 0, "set breakpoint" },
	{ 0x61, OT_CONTROL, 0, "delete breakpoint" },
	{ 0x62, OT_CONTROL, 0, "step over" },
	{ 0x63, OT_CONTROL, 0, "step in" },
	{ 0x64, OT_CONTROL, 0, "step out" },
	{ 0x65, OT_DIAGNOSE, 0, "read call stack" },
	{ 0x66, OT_DIAGNOSE, 0, "check debug allowed" },
	{ 0x6c, OT_UNKNOWN, 0, "process message" },
	{ 0x6d, OT_UNKNOWN, 0, "private message" },
	{ 0x6e, OT_AUTH, 0, "exchange reservation nonces" },
	{ READ_IO, OT_READ, 0, "read i/o object" },
	{ 0x71, OT_WRITE, 0, "write i/o object" },
	{ 0x72, OT_IDENTIFY, 0, "read rack" },
	{ 0x73, OT_DIAGNOSE, 0, "read module status" },
	{ 0x74, OT_IDENTIFY, 0, "read device data" },
	{ 0, OT_UNKNOWN, 0, NULL },
};

/* A message's header, and what follows the code. */
struct message {
	uint64_t pair; /* transaction and unit */
	uint8_t unit, function, code;
};

static struct message
message(struct ot_buf *b)
{
	struct message m = { .pair = (uint64_t)ot_u16be(b) << 8 };

	ot_skip(b, 4);
	m.unit = ot_u8(b);
	m.pair |= m.unit;
	m.function = ot_u8(b);
	if (m.function & OT_MODBUS_EXCEPTION)
		return m;
	ot_skip(b, 1); /* key of the session */
	m.code = ot_u8(b);
	return m;
}

static struct ot_op
op_of(const struct message *m, uint8_t code)
{
	const struct code *c = codes;

	while (c->name && c->code != code)
		c++;
	return (struct ot_op){ .pair = m->pair,
		.verb = (enum ot_verb)c->verb,
		.name = c->name ? c->name : "unknown code",
		.has_code = true,
		.code = code,
		.flags = c->flags };
}

/* ---- requests ---- */

/* Range, block, offset, bytes. */
static void
block(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	ot_skip(b, 1);
	op->object.space = SPACE_BLOCK;
	op->object.n[0] = ot_u16le(b);
	op->object.n[1] = ot_u32le(b);
	ot_skip(b, 2);
	if (ot_ok(b))
		ot_emit_op(pdu, op);
}

/* Bytes of a variable by its class of size; 0: not known. */
static size_t
size_of(uint8_t class)
{
	static const uint8_t sizes[] = { 0, 1, 2, 4, 8 };

	return class < sizeof(sizes) ? sizes[class] : 0;
}

/* One variable of a list: class of size, block, base, offset, items of an
 * array; in a write its value. */
static void
variable(struct ot_buf *b, struct ot_op *op)
{
	bool writes = op->code == WRITE_VARIABLES;
	uint8_t kind = ot_u8(b);
	size_t size = size_of(kind & 0x0f);

	op->object.space = SPACE_VARIABLE;
	op->object.n[0] = ot_u16le(b);
	ot_skip(b, writes ? 0 : 1);
	uint32_t base = ot_u16le(b);
	uint32_t offset = writes ? ot_u16le(b) : ot_u8(b);
	uint32_t items = kind & 0xf0 ? ot_u16le(b) : 1;

	ot_expect(b, size && items);
	op->object.first = base + offset;
	op->object.count = items * size;
	op->value = (struct ot_value){ 0 };
	/* of longer ones nobody knows whether they are integers */
	if (writes && size == 1 && items == 1)
		ot_value_add(&op->value, ot_peek(b, 0));
	else if (writes && size == 2 && items == 1)
		ot_value_add(&op->value, ot_peek16le(b, 0));
	ot_skip(b, writes ? items * size : 0);
}

/* Does the list close? Otherwise its layout is not the one that is known. */
static bool
list_closes(struct ot_buf b, struct ot_op op, unsigned count)
{
	enum ot_fault fault = OT_FAULT_NONE;

	b.fault = &fault;
	for (unsigned i = 0; i < count && ot_ok(&b); i++)
		variable(&b, &op);
	return ot_ok(&b) && !b.left;
}

static void
variables(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	ot_skip(b, 4); /* CRC of the project */
	unsigned count = ot_u8(b);
	bool known =
	    count && count <= VARIABLES_MAX && list_closes(*b, *op, count);

	if (!known && ot_ok(b))
		ot_emit_op(pdu, op);
	for (unsigned i = 0; known && i < count; i++) {
		variable(b, op);
		ot_emit_op(pdu, op);
	}
}

static void
request(struct ot_buf *b, const struct ot_pdu *pdu, struct message *m)
{
	if (m->code == SIGNED) { /* the verb is that of what is signed */
		ot_skip(b, SIGNATURE);
		ot_expect(b, ot_u8(b) == OT_MODBUS_UMAS);
		ot_skip(b, 1);
		m->code = ot_u8(b);
		if (ot_ok(b))
			ot_emit_security(
			    pdu, OT_S_AUTH_METHOD, ot_text("signed message"));
	}
	struct ot_op op = op_of(m, m->code);

	if (!ot_ok(b))
		return;
	switch (m->code) {
	case READ_BLOCK:
	case WRITE_BLOCK:
		block(b, pdu, &op);
		break;
	case READ_VARIABLES:
	case WRITE_VARIABLES:
		variables(b, pdu, &op);
		break;
	default:
		ot_emit_op(pdu, &op);
		break;
	}
}

/* ---- answers ---- */

static void
say(const struct ot_pdu *pdu, const struct message *m, const char *by,
    enum ot_key key, struct ot_text value)
{
	if (value.len)
		ot_emit_fact(
		    pdu, &(struct ot_fact){ .key = key,
			     .value = value,
			     .message = by,
			     .by = OT_SELF,
			     .nested = ot_modbus_nested(pdu, m->unit) });
}

static struct ot_text
text(struct ot_buf *b)
{
	struct ot_buf t = ot_split(b, ot_u8(b));

	return ot_text_trim(ot_text_of(&t, OT_LATIN1));
}

/* 0x0270 is 2.70. */
static struct ot_text
version(const struct ot_pdu *pdu, uint16_t v)
{
	return ot_format(pdu, "%x.%02x", v >> 8, v & 0xffU);
}

/* Longest frame, a version that is not the firmware's, codes, the name. */
static void
init_answer(struct ot_buf *b, const struct ot_pdu *pdu, const struct message *m)
{
	ot_skip(b, 12);
	struct ot_text name = text(b);

	if (ot_ok(b))
		say(pdu, m, "init communication", OT_K_NAME, name);
}

/* Range, id, model, three versions, hardware, crash code; then the type's name
 * and its memories. */
static void
id_answer(struct ot_buf *b, const struct ot_pdu *pdu, const struct message *m)
{
	ot_skip(b, 2);
	uint32_t id = ot_u32le(b);

	ot_skip(b, 2);
	uint16_t firmware = ot_u16le(b);

	ot_skip(b, 4);
	uint16_t hardware = ot_u16le(b);

	ot_skip(b, 6);
	struct ot_text model = text(b);

	if (!ot_ok(b))
		return;
	say(pdu, m, "read id", OT_K_VENDOR, ot_text("Schneider Electric"));
	say(pdu, m, "read id", OT_K_MODEL, model);
	say(pdu, m, "read id", OT_K_PRODUCT_CODE, ot_format(pdu, "0x%08x", id));
	say(pdu, m, "read id", OT_K_FIRMWARE, version(pdu, firmware));
	say(pdu, m, "read id", OT_K_HARDWARE, ot_format(pdu, "%u", hardware));
}

/* Weekday, second, minute, hour, day, month, year. */
static struct ot_text
moment(struct ot_buf *b, const struct ot_pdu *pdu)
{
	ot_skip(b, 1);
	unsigned second = ot_u8(b);
	unsigned minute = ot_u8(b);
	unsigned hour = ot_u8(b);
	unsigned day = ot_u8(b);
	unsigned month = ot_u8(b);
	unsigned year = ot_u16le(b);

	ot_expect(b, second < 60 && minute < 60 && hour < 24 && day &&
			 day <= 31 && month && month <= 12);
	return ot_format(pdu, "%04u-%02u-%02u %02u:%02u:%02u", year, month, day,
	    hour, minute, second);
}

/* Of sub-code 0: two blocks of versions, when it was made and changed, and its
 * name. Other sub-codes have other layouts, which nobody has published. */
static void
project_answer(
    struct ot_buf b, const struct ot_pdu *pdu, const struct message *m)
{
	enum ot_fault fault = OT_FAULT_NONE;

	b.fault = &fault;
	ot_skip(&b, 18);
	moment(&b, pdu);
	struct ot_text changed = moment(&b, pdu);

	ot_skip(&b, 4);
	struct ot_text name = text(&b);

	if (!ot_ok(&b))
		return;
	say(pdu, m, "read project info", OT_K_PROJECT, name);
	say(pdu, m, "read project info", OT_K_PROJECT_TIME, changed);
}

static void
facts(struct ot_buf *b, const struct ot_pdu *pdu, const struct message *m,
    uint32_t asked)
{
	switch (asked) {
	case INIT:
		init_answer(b, pdu, m);
		break;
	case READ_ID:
		id_answer(b, pdu, m);
		break;
	case PROJECT_INFO:
		project_answer(*b, pdu, m);
		break;
	default:
		break;
	}
}

/* An answer has no code: what it answers is found by the transaction. */
static void
reply(struct ot_buf *b, const struct ot_pdu *pdu, const struct message *m)
{
	const struct ot_op *asked = ot_asked(pdu, m->pair);
	struct ot_reply r = { .as = op_of(m, m->code) };

	if (!asked) {
		r.as.name = "answer";
		r.as.has_code = false;
	}
	if (m->function & OT_MODBUS_EXCEPTION) {
		uint8_t code = ot_u8(b);

		r.error = ot_modbus_exception(code);
		r.error_code = code;
	} else if (m->code == REFUSED) {
		r.error = "refused";
	} else {
		ot_expect(b, m->code == DONE);
	}
	if (!ot_ok(b))
		return;
	ot_emit_reply(pdu, &r);
	if (asked && m->code == DONE)
		facts(b, pdu, m, asked->code);
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct message m = message(b);

	if (pdu->to_server)
		request(b, pdu, &m);
	else
		reply(b, pdu, &m);
}

/* Modbus has looked at the header and the function. */
static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint8_t code = ot_peek(&b, CODE_AT);

	if (ot_peek(&b, 7) & OT_MODBUS_EXCEPTION)
		return !pdu->to_server;
	return b.left > CODE_AT &&
	       pdu->to_server == (code != DONE && code != REFUSED);
}

extern const struct ot_proto ot_proto_umas;

const struct ot_proto ot_proto_umas = {
	.name = "umas",
	.over = { "modbus" },
	.strength = OT_MEDIUM,
	.spaces = spaces,
	.probe = probe,
	.dissect = dissect,
};
