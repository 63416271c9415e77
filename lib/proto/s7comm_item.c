/*
 * Addresses in S7 communication: the variable specifications of read, write
 * and cyclic jobs, the items of variable tables, the names of blocks. Siemens
 * has published none of it; the layouts are those on which Wireshark and the
 * free S7 libraries agree.
 */
#include "proto/s7comm.h"

enum {
	VARIABLE_SPECIFICATION = 0x12,
	BLOCK_NAME = 8, /* type 2, number 5, file system 1 */
	DATA_BITS = 3,	/* transport sizes of data whose length is in bits: */
	DATA_INTEGER = 5,
};

enum syntax {
	SYNTAX_ANY = 0x10,
	SYNTAX_NCK = 0x82,
	SYNTAX_NCK_METRIC = 0x83,
	SYNTAX_NCK_INCH = 0x84,
	SYNTAX_DBREAD = 0xb0,
	SYNTAX_SYMBOL = 0xb2, /* S7-1200 and 1500 */
};

static const struct {
	uint8_t area, space;
} areas[] = {
	{ 0x84, OT_S7_DB },
	{ 0x83, OT_S7_M },
	{ 0x81, OT_S7_I },
	{ 0x82, OT_S7_Q },
	{ 0x85, OT_S7_DI },
	{ 0x86, OT_S7_L },
	{ 0x87, OT_S7_V },
	{ 0x80, OT_S7_P },
	{ 0x1c, OT_S7_C },
	{ 0x1d, OT_S7_T },
};

/* Areas of a variable table: the high four bits of its type. */
static const uint8_t table_areas[16] = { OT_S7_M, OT_S7_I, OT_S7_Q,
	OT_S7_P, [5] = OT_S7_T, [6] = OT_S7_C, [7] = OT_S7_DB };

static uint8_t
space_of(uint8_t area)
{
	for (size_t i = 0; i < sizeof(areas) / sizeof(*areas); i++)
		if (areas[i].area == area)
			return areas[i].space;
	return OT_S7_AREA;
}

/* Bytes of one element of a transport size; 0 for single bits. */
static uint32_t
size_of(uint8_t transport)
{
	switch (transport) {
	case 0x01: /* BIT */
		return 0;
	case 0x04: /* WORD, INT, DATE, S5TIME, COUNTER, TIMER */
	case 0x05:
	case 0x09:
	case 0x0c:
		return 2;
	case 0x06: /* DWORD, DINT, REAL, TIME_OF_DAY, TIME */
	case 0x07:
	case 0x08:
	case 0x0a:
	case 0x0b:
		return 4;
	case 0x0f: /* DATE_AND_TIME */
		return 8;
	default: /* BYTE, CHAR, and counters and timers, which are items */
		return 1;
	}
}

/* Syntax 10: transport size, elements, block, area, bit address. */
static void
any(struct ot_buf *b, struct ot_object *object)
{
	uint32_t size = size_of(ot_u8(b));
	uint32_t count = ot_u16be(b);
	uint16_t block = ot_u16be(b);
	uint8_t area = ot_u8(b);
	uint32_t address = ot_u24be(b);
	uint8_t space = space_of(area);

	object->space = space;
	if (space == OT_S7_C || space == OT_S7_T) {
		object->n[1] = address;
		object->n[3] = count;
		return;
	}
	object->n[0] = space == OT_S7_AREA ? area : block;
	object->n[1] = address >> 3;
	object->n[2] = address & 7;
	object->n[3] = size ? count * size : ((address & 7) + count + 7) / 8;
}

/* Syntax B2: the block or area, and a checksum of the symbol's name. */
static void
symbol(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_object *object)
{
	ot_skip(b, 1);
	uint16_t root = ot_u16be(b);
	uint16_t number = ot_u16be(b);
	uint32_t checksum = ot_u32be(b);

	object->space = OT_S7_SYMBOL;
	if (root == 0x8a0e)
		object->text =
		    ot_format(pdu, "DB%u.%08x", number, (unsigned)checksum);
	else
		object->text = ot_format(
		    pdu, "area 0x%02x.%08x", number & 0xff, (unsigned)checksum);
}

/* Syntax 82 to 84: area and unit, column, line, module. */
static void
nck(struct ot_buf *b, struct ot_object *object)
{
	object->space = OT_S7_NCK;
	object->n[0] = ot_u8(b);
	object->n[1] = ot_u16be(b);
	object->n[2] = ot_u16be(b);
	object->n[3] = ot_u8(b);
}

/* Syntax B0: many short areas in one specification. */
static void
dbread(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	for (unsigned count = ot_u8(b); count && ot_ok(b); count--) {
		op->object = (struct ot_object){ .space = OT_S7_DB };
		op->object.n[3] = ot_u8(b);
		op->object.n[0] = ot_u16be(b);
		op->object.n[1] = ot_u16be(b);
		if (ot_ok(b))
			ot_emit_op(pdu, op);
	}
}

/* The value of the next item of a write: return code, transport size, length
 * in bits or bytes, the value, a byte that fills up those of odd length. */
static struct ot_buf
value_of(struct ot_buf *data)
{
	ot_skip(data, 1);
	uint8_t transport = ot_u8(data);
	size_t len = ot_u16be(data);

	if (transport >= DATA_BITS && transport <= DATA_INTEGER)
		len = (len + 7) / 8;
	struct ot_buf value = ot_split(data, len);

	if (len % 2 && data->left)
		ot_skip(data, 1);
	return value;
}

/* One element of a transport size; false where it is no number. */
static bool
element(struct ot_buf *b, uint8_t transport, double *x)
{
	uint32_t n;
	float real;

	switch (transport) {
	case 0x01: /* BIT */
	case 0x02: /* BYTE */
		*x = ot_u8(b);
		return true;
	case 0x04: /* WORD, COUNTER, TIMER */
	case 0x1c:
	case 0x1d:
		*x = ot_u16be(b);
		return true;
	case 0x05: /* INT */
		*x = (int16_t)ot_u16be(b);
		return true;
	case 0x06: /* DWORD */
		*x = ot_u32be(b);
		return true;
	case 0x07: /* DINT, TIME */
	case 0x0b:
		*x = (int32_t)ot_u32be(b);
		return true;
	case 0x08: /* REAL */
		n = ot_u32be(b);
		memcpy(&real, &n, sizeof(real));
		*x = (double)real;
		return true;
	default:
		return false;
	}
}

/* What one item writes, as numbers of the size that its address names. */
static void
set(struct ot_op *op, struct ot_buf value, uint8_t transport)
{
	double x;

	while (value.left && element(&value, transport, &x) && ot_ok(&value))
		ot_value_add(&op->value, x);
}

/* One variable specification. */
static void
variable(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op,
    struct ot_buf *data)
{
	struct ot_buf item, value = { 0 };
	uint8_t syntax;

	op->value = (struct ot_value){ 0 };
	if (data)
		value = value_of(data);
	ot_expect(b, ot_u8(b) == VARIABLE_SPECIFICATION);
	item = ot_split(b, ot_u8(b));
	syntax = ot_u8(&item);
	op->object = (struct ot_object){ 0 };
	switch (syntax) {
	case SYNTAX_DBREAD:
		dbread(&item, pdu, op);
		return;
	case SYNTAX_ANY:
		if (data)
			set(op, value, ot_peek(&item, 0));
		any(&item, &op->object);
		break;
	case SYNTAX_SYMBOL:
		symbol(&item, pdu, &op->object);
		break;
	case SYNTAX_NCK:
	case SYNTAX_NCK_METRIC:
	case SYNTAX_NCK_INCH:
		nck(&item, &op->object);
		break;
	default:
		op->object.space = OT_S7_SYNTAX;
		op->object.n[0] = syntax;
		break;
	}
	if (ot_ok(b))
		ot_emit_op(pdu, op);
}

void
ot_s7_items(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op,
    unsigned count, const struct ot_buf *data)
{
	/* values that lie about their lengths are left out: the addresses,
	 * which say what is asked, stand before them */
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf values = ot_buf(NULL, 0, &fault);

	if (data)
		values = ot_buf(data->p, data->left, &fault);
	for (; count && ot_ok(b); count--) {
		size_t before = b->left;

		variable(b, pdu, op, data ? &values : NULL);
		/* A byte fills up those of odd length, but not the last. */
		if ((before - b->left) % 2 && count > 1)
			ot_skip(b, 1);
	}
}

void
ot_s7_table_items(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	for (unsigned count = ot_u16be(b); count && ot_ok(b); count--) {
		uint8_t type = ot_u8(b);
		uint32_t repeat = ot_u8(b);
		uint16_t block = ot_u16be(b);
		uint16_t address = ot_u16be(b);
		uint8_t space = table_areas[type >> 4];
		uint32_t size = type & 7;

		op->object = (struct ot_object){ .space = space,
			.n = { block, address, 0, repeat } };
		if (!space) {
			op->object.space = OT_S7_AREA;
			op->object.n[0] = type;
		} else if (space != OT_S7_T && space != OT_S7_C) {
			/* 1 byte, 2 word, 3 double word */
			op->object.n[3] = size == 3   ? 4 * repeat
					  : size == 2 ? 2 * repeat
						      : repeat;
		}
		if (ot_ok(b))
			ot_emit_op(pdu, op);
	}
}

const char *
ot_s7_block_type(struct ot_buf name)
{
	static const char *const types[] = { "OB", NULL, "DB", "SDB", "FC",
		"SFC", "FB", "SFB" };
	uint8_t digit = ot_peek(&name, 1);

	if (ot_peek(&name, 0) != '0')
		return NULL;
	if (digit == '8')
		return types[0];
	if (digit >= 'A' && digit <= 'F')
		return types[digit - 'A' + 2];
	return NULL;
}

struct ot_text
ot_s7_block(struct ot_buf name, const struct ot_pdu *pdu)
{
	const char *type = ot_s7_block_type(name);
	unsigned number = 0;
	uint8_t system = ot_peek(&name, BLOCK_NAME - 1);
	bool digits = name.left == BLOCK_NAME && system >= 'A' && system <= 'Z';

	for (size_t i = 2; i < BLOCK_NAME - 1; i++) {
		uint8_t c = ot_peek(&name, i);

		digits = digits && c >= '0' && c <= '9';
		number = number * 10 + (c - (unsigned)'0');
	}
	if (!digits || !type)
		return ot_text_trim(ot_text_of(&name, OT_LATIN1));
	return ot_format(pdu, "%s%u %c", type, number, system);
}
