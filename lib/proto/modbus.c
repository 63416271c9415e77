/*
 * Modbus over TCP and UDP: MODBUS Messaging on TCP/IP Implementation Guide
 * V1.0b, section 3.1.3 (MBAP header), and MODBUS Application Protocol
 * Specification V1.1b3, sections 6 (functions) and 7 (exceptions).
 */
#include "proto/proto.h"

enum {
	MBAP = 6,		/* bytes before those that the length counts */
	LENGTH_MIN = 2,		/* unit and function */
	LENGTH_MAX = 254,	/* unit and the longest PDU */
	LENGTH_MAX_UMAS = 2048, /* vendor's limit is negotiated, ~1 KiB */
	UMAS = 90,
	EXCEPTION = 0x80,
	FILE_REFERENCE = 6,
	MEI_DEVICE_IDENTIFICATION = 14,
	UNIT_GATEWAY = 0xff, /* as 0: the addressed host itself */
};

enum table {
	TABLE_NONE,
	TABLE_UNIT,
	TABLE_COILS,
	TABLE_DISCRETE,
	TABLE_INPUT,
	TABLE_HOLDING,
	TABLE_FILE,
	TABLE_FIFO,
};

static const struct ot_space tables[] = {
	{ "unit %0u" },
	{ "unit %0u coils %r" },
	{ "unit %0u discrete %r" },
	{ "unit %0u input %r" },
	{ "unit %0u holding %r" },
	{ "unit %0u file %1u record %r" },
	{ "unit %0u fifo %1u" },
	{ NULL },
};

/* How request and answer are built, after the function code. */
enum shape {
	SHAPE_OPEN,   /* not known: any bytes, both ways */
	SHAPE_READ,   /* address, quantity; answer: count, bytes */
	SHAPE_SINGLE, /* address, value; answer: the same */
	SHAPE_MASK,   /* address, and mask, or mask; answer: the same */
	SHAPE_MULTI,  /* address, quantity, count, bytes; answer: the first 2 */
	SHAPE_BOTH, /* two of address, quantity; count, bytes; answer as read */
	SHAPE_STATUS,  /* nothing; answer: one byte */
	SHAPE_COUNTER, /* nothing; answer: two words */
	SHAPE_LIST,    /* nothing; answer: count, bytes */
	SHAPE_FILE_READ,
	SHAPE_FILE_WRITE,
	SHAPE_FIFO,
	SHAPE_DIAGNOSTICS,
	SHAPE_ENCAPSULATED,
};

struct function {
	const char *name;
	uint8_t verb, shape, table;
};

static const struct function functions[128] = {
	[1] = { "read coils", OT_READ, SHAPE_READ, TABLE_COILS },
	[2] = { "read discrete inputs", OT_READ, SHAPE_READ, TABLE_DISCRETE },
	[3] = { "read holding registers", OT_READ, SHAPE_READ, TABLE_HOLDING },
	[4] = { "read input registers", OT_READ, SHAPE_READ, TABLE_INPUT },
	[5] = { "write single coil", OT_WRITE, SHAPE_SINGLE, TABLE_COILS },
	[6] = { "write single register", OT_WRITE, SHAPE_SINGLE,
	    TABLE_HOLDING },
	[7] = { "read exception status", OT_DIAGNOSE, SHAPE_STATUS,
	    TABLE_UNIT },
	[8] = { "diagnostics", OT_UNKNOWN, SHAPE_DIAGNOSTICS, TABLE_UNIT },
	[11] = { "get comm event counter", OT_DIAGNOSE, SHAPE_COUNTER,
	    TABLE_UNIT },
	[12] = { "get comm event log", OT_DIAGNOSE, SHAPE_LIST, TABLE_UNIT },
	[15] = { "write multiple coils", OT_WRITE, SHAPE_MULTI, TABLE_COILS },
	[16] = { "write multiple registers", OT_WRITE, SHAPE_MULTI,
	    TABLE_HOLDING },
	[17] = { "report server id", OT_IDENTIFY, SHAPE_LIST, TABLE_UNIT },
	[20] = { "read file record", OT_READ, SHAPE_FILE_READ, TABLE_FILE },
	[21] = { "write file record", OT_WRITE, SHAPE_FILE_WRITE, TABLE_FILE },
	[22] = { "mask write register", OT_WRITE, SHAPE_MASK, TABLE_HOLDING },
	[23] = { "read/write multiple registers", OT_WRITE, SHAPE_BOTH,
	    TABLE_HOLDING },
	[24] = { "read fifo queue", OT_READ, SHAPE_FIFO, TABLE_FIFO },
	[43] = { "encapsulated interface transport", OT_UNKNOWN,
	    SHAPE_ENCAPSULATED, TABLE_UNIT },
	[UMAS] = { "umas", OT_UNKNOWN, SHAPE_OPEN, TABLE_UNIT },
};

static const struct function unknown = { "unknown function", OT_UNKNOWN,
	SHAPE_OPEN, TABLE_UNIT };

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

/* Section 7. */
static const char *const exceptions[] = {
	[1] = "illegal function",
	[2] = "illegal data address",
	[3] = "illegal data value",
	[4] = "server device failure",
	[5] = "acknowledge",
	[6] = "server device busy",
	[8] = "memory parity error",
	[10] = "gateway path unavailable",
	[11] = "gateway target device failed to respond",
};

enum { EXCEPTION_LAST = 11 };

/* Objects of Read Device Identification; section 6.21. */
static const enum ot_key identity[] = { OT_K_VENDOR, OT_K_PRODUCT_CODE,
	OT_K_REVISION, OT_K_URL, OT_K_PRODUCT, OT_K_MODEL, OT_K_APP };

/* Kept for a connection: whether its security was stated. */
struct state {
	bool stated;
};

static const struct function *
function_of(uint8_t code)
{
	return code < 128 && functions[code].name ? &functions[code] : &unknown;
}

/* An operation of this function on its unit as a whole. */
static struct ot_op
op_of(const struct function *fn, uint16_t id, uint8_t unit, uint8_t code)
{
	/* The code is part of the pair: an answer must echo it, and many
	 * clients never change the transaction id. */
	return (struct ot_op){
		.pair = (uint64_t)id << 16 | (uint64_t)unit << 8 | code,
		.verb = (enum ot_verb)fn->verb,
		.name = fn->name,
		.has_code = true,
		.code = code,
		.object = { .space = TABLE_UNIT, .n = { unit } },
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
	if (mei == MEI_DEVICE_IDENTIFICATION) {
		op->name = "read device identification";
		op->verb = OT_IDENTIFY;
	} else if (mei == 13) {
		op->name = "canopen general reference";
	}
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

	op->object = (struct ot_object){ .space = TABLE_UNIT,
		.n = { op->object.n[0], file } };
	if (reference == FILE_REFERENCE)
		aim(op, TABLE_FILE, record, count);
	if (op->code == 21)
		ot_skip(b, 2 * (size_t)count);
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
	aim(&read, TABLE_HOLDING, first, count);
	ot_emit_op(pdu, &read);
	aim(op, TABLE_HOLDING, write_first, write_count);
	ot_emit_op(pdu, op);
	ot_skip(b, ot_u8(b));
}

static void
request(struct ot_buf *b, const struct ot_pdu *pdu, uint16_t id, uint8_t unit)
{
	uint8_t code = ot_u8(b);
	const struct function *fn = function_of(code);
	struct ot_op op = op_of(fn, id, unit, code);
	uint16_t first;

	switch ((enum shape)fn->shape) {
	case SHAPE_READ:
	case SHAPE_MULTI:
		first = ot_u16be(b);
		aim(&op, fn->table, first, ot_u16be(b));
		break;
	case SHAPE_SINGLE:
	case SHAPE_MASK:
		aim(&op, fn->table, ot_u16be(b), 1);
		ot_skip(b, fn->shape == SHAPE_MASK ? 4 : 2);
		break;
	case SHAPE_BOTH:
		request_both(b, pdu, &op);
		return;
	case SHAPE_FILE_READ:
	case SHAPE_FILE_WRITE:
		request_files(b, pdu, &op);
		return;
	case SHAPE_FIFO:
		op.object.space = TABLE_FIFO;
		op.object.n[1] = ot_u16be(b);
		break;
	case SHAPE_DIAGNOSTICS:
		diagnose(&op, ot_u16be(b));
		break;
	case SHAPE_ENCAPSULATED:
		encapsulate(&op, ot_u8(b));
		break;
	case SHAPE_OPEN:
	case SHAPE_STATUS:
	case SHAPE_COUNTER:
	case SHAPE_LIST:
		break;
	}
	if (!ot_ok(b))
		return;
	ot_emit_op(pdu, &op);
	if (fn->shape == SHAPE_MULTI)
		ot_skip(b, ot_u8(b));
}

/* A unit is a device behind the host, 0 and 255 the host itself. */
static struct ot_text
nested(const struct ot_pdu *pdu, uint8_t unit)
{
	return unit == 0 || unit == UNIT_GATEWAY
		   ? ot_text("")
		   : ot_format(pdu, "unit %u", unit);
}

/* Section 6.21, from the read code on. */
static void
device_identification(struct ot_buf *b, const struct ot_pdu *pdu, uint8_t unit)
{
	struct ot_fact fact = { .message = "read device identification",
		.by = OT_SELF,
		.nested = nested(pdu, unit) };

	ot_skip(b, 4); /* code, conformity, more follows, next object */
	for (unsigned count = ot_u8(b); count && ot_ok(b); count--) {
		uint8_t id = ot_u8(b);
		struct ot_buf value = ot_split(b, ot_u8(b));

		if (!ot_ok(b) || id >= sizeof(identity) / sizeof(*identity))
			continue;
		fact.key = identity[id];
		fact.value = ot_text_trim(ot_text_of(&value, OT_LATIN1));
		if (fact.value.len)
			ot_emit_fact(pdu, &fact);
	}
}

static bool
printable(const struct ot_buf *b)
{
	for (size_t i = 0; i < b->left; i++)
		if (ot_peek(b, i) < 0x20 || ot_peek(b, i) > 0x7e)
			return false;
	return true;
}

static bool
is_indicator(uint8_t run)
{
	return run == 0x00 || run == 0xff;
}

/* Section 6.13: id, run indicator, whatever. The id has as many bytes as the
 * vendor likes: one is usual, else what can be the indicator ends the data. */
static void
server_id(struct ot_buf *b, const struct ot_pdu *pdu, uint8_t unit)
{
	struct ot_buf data = ot_split(b, ot_u8(b));
	size_t len = data.left;
	struct ot_fact fact = { .key = OT_K_UID,
		.message = "report server id",
		.by = OT_SELF,
		.nested = nested(pdu, unit) };

	if (len >= 2 && is_indicator(ot_peek(&data, 1)))
		len = 1;
	else if (len >= 2 && is_indicator(ot_peek(&data, len - 1)))
		len--;
	struct ot_buf id = ot_split(&data, len);
	if (!ot_ok(b))
		return;
	fact.value =
	    len > 1 && printable(&id)
		? ot_text_trim((struct ot_text){ id.p, id.left, OT_LATIN1 })
		: ot_format_hex(pdu, id.p, id.left);
	if (fact.value.len)
		ot_emit_fact(pdu, &fact);
	if (!data.left)
		return;
	fact.key = OT_K_STATE;
	fact.value = ot_text(ot_u8(&data) ? "run" : "stop");
	ot_emit_fact(pdu, &fact);
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
	reply->error = code <= EXCEPTION_LAST ? exceptions[code] : NULL;
	reply->error_code = code;
	ot_emit_reply(pdu, reply);
}

/* What follows the function code in a good answer. */
static void
answer(struct ot_buf *b, const struct ot_pdu *pdu, const struct function *fn,
    struct ot_reply *reply)
{
	struct ot_op *as = &reply->as;
	uint8_t unit = (uint8_t)as->object.n[0];
	uint16_t first;

	switch ((enum shape)fn->shape) {
	case SHAPE_MULTI:
		first = ot_u16be(b);
		aim(as, fn->table, first, ot_u16be(b));
		break;
	case SHAPE_SINGLE:
	case SHAPE_MASK:
		aim(as, fn->table, ot_u16be(b), 1);
		ot_skip(b, fn->shape == SHAPE_MASK ? 4 : 2);
		break;
	case SHAPE_DIAGNOSTICS:
		diagnose(as, ot_u16be(b));
		break;
	case SHAPE_ENCAPSULATED:
		encapsulate(as, ot_u8(b));
		break;
	case SHAPE_FILE_WRITE:
		reply_files(b, pdu, reply);
		return;
	case SHAPE_STATUS:
		ot_skip(b, 1);
		break;
	case SHAPE_COUNTER:
		ot_skip(b, 4);
		break;
	default:
		break;
	}
	if (!ot_ok(b))
		return;
	ot_emit_reply(pdu, reply);
	if (as->code == 17)
		server_id(b, pdu, unit);
	else if (as->sub == OT_SUB(MEI_DEVICE_IDENTIFICATION) && as->code == 43)
		device_identification(b, pdu, unit);
	else if (fn->shape == SHAPE_FIFO)
		ot_skip(b, ot_u16be(b));
	else if (fn->shape == SHAPE_READ || fn->shape == SHAPE_BOTH ||
		 fn->shape == SHAPE_LIST || fn->shape == SHAPE_FILE_READ)
		ot_skip(b, ot_u8(b));
}

static void
reply(struct ot_buf *b, const struct ot_pdu *pdu, uint16_t id, uint8_t unit)
{
	uint8_t code = ot_u8(b);
	uint8_t asked = code & (uint8_t)~EXCEPTION;
	const struct function *fn = function_of(asked);
	struct ot_reply r = { .as = op_of(fn, id, unit, asked) };

	if (!ot_ok(b))
		return;
	if (code & EXCEPTION)
		exception(b, pdu, &r);
	else
		answer(b, pdu, fn, &r);
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct state *state = ot_state(pdu);
	uint16_t id = ot_u16be(b);

	ot_skip(b, 4); /* protocol 0 and length: pdu_len has used them */
	uint8_t unit = ot_u8(b);

	if (pdu->to_server)
		request(b, pdu, id, unit);
	else
		reply(b, pdu, id, unit);
	if (!state->stated && ot_ok(b)) {
		/* The protocol has neither. */
		ot_emit_security(pdu, OT_S_PROTECTION, ot_text("none"));
		ot_emit_security(pdu, OT_S_AUTH, ot_text("none"));
		state->stated = true;
	}
}

/* Does the count byte at this place end the PDU, fixed bytes being counted
 * apart from it? Where the frame was cut before it, it may. */
static bool
closes(const struct ot_buf *b, size_t at, size_t length, size_t fixed)
{
	return at >= b->left || length == fixed + ot_peek(b, at);
}

/* Could these length bytes from the unit on be a request? */
static bool
asks(const struct ot_buf *b, size_t length)
{
	uint8_t code = ot_peek(b, MBAP + 1);

	switch ((enum shape)function_of(code)->shape) {
	case SHAPE_READ:
	case SHAPE_SINGLE:
		return length == 6;
	case SHAPE_MASK:
		return length == 8;
	case SHAPE_MULTI:
		return closes(b, MBAP + 6, length, 7);
	case SHAPE_BOTH:
		return closes(b, MBAP + 10, length, 11);
	case SHAPE_STATUS:
	case SHAPE_COUNTER:
	case SHAPE_LIST:
		return length == 2;
	case SHAPE_FILE_READ:
		return closes(b, MBAP + 2, length, 3) && (length - 3) % 7 == 0;
	case SHAPE_FILE_WRITE:
		return closes(b, MBAP + 2, length, 3);
	case SHAPE_FIFO:
		return length == 4;
	case SHAPE_DIAGNOSTICS:
		return length >= 4;
	case SHAPE_ENCAPSULATED:
		return ot_peek(b, MBAP + 2) != MEI_DEVICE_IDENTIFICATION ||
		       (length >= 5 && length < 8);
	case SHAPE_OPEN:
		break;
	}
	return code > 0 && code < EXCEPTION;
}

/* Or an answer? */
static bool
answers(const struct ot_buf *b, size_t length)
{
	uint8_t code = ot_peek(b, MBAP + 1);
	uint8_t next = ot_peek(b, MBAP + 2);

	if (code & EXCEPTION)
		return next <= EXCEPTION_LAST && exceptions[next] &&
		       length >= 3;
	switch ((enum shape)function_of(code)->shape) {
	case SHAPE_READ:
	case SHAPE_BOTH:
		return closes(b, MBAP + 2, length, 3) && length > 3;
	case SHAPE_LIST:
	case SHAPE_FILE_READ:
	case SHAPE_FILE_WRITE:
		return closes(b, MBAP + 2, length, 3);
	case SHAPE_SINGLE:
	case SHAPE_MULTI:
	case SHAPE_COUNTER:
		return length == 6;
	case SHAPE_MASK:
		return length == 8;
	case SHAPE_STATUS:
		return length == 3;
	case SHAPE_FIFO:
		return closes(b, MBAP + 3, length, 4);
	case SHAPE_DIAGNOSTICS:
		return length >= 4;
	case SHAPE_ENCAPSULATED:
		return next != MEI_DEVICE_IDENTIFICATION || length >= 8;
	case SHAPE_OPEN:
		break;
	}
	return code > 0;
}

/* Bytes that the header's length may count. */
static size_t
length_max(const struct ot_buf *b)
{
	return ot_peek(b, MBAP + 1) == UMAS ? LENGTH_MAX_UMAS : LENGTH_MAX;
}

static long
pdu_len(struct ot_buf b, const struct ot_pdu *pdu)
{
	size_t length = ot_peek16be(&b, 4);

	(void)pdu;
	if (ot_peek16be(&b, 2) != 0)
		return -1;
	if (b.left < MBAP + LENGTH_MIN)
		return 0;
	if (length < LENGTH_MIN || length > length_max(&b))
		return -1;
	return (long)(MBAP + length);
}

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	size_t length = ot_peek16be(&b, 4);

	if (b.left < MBAP + LENGTH_MIN || ot_peek16be(&b, 2) != 0 ||
	    length > length_max(&b) || MBAP + length != b.left + pdu->rest)
		return false;
	return pdu->to_server ? asks(&b, length) : answers(&b, length);
}

static const struct ot_port ports[] = {
	{ "tcp", 502, 502 },
	{ "udp", 502, 502 },
	{ NULL, 0, 0 },
};

extern const struct ot_proto ot_proto_modbus;

const struct ot_proto ot_proto_modbus = {
	.name = "modbus",
	.over = { "tcp", "udp" },
	.strength = OT_MEDIUM,
	.ports = ports,
	.spaces = tables,
	.decimal = true,
	.state_size = sizeof(struct state),
	.probe = probe,
	.pdu_len = pdu_len,
	.dissect = dissect,
};
