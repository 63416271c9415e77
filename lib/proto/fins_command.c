/*
 * FINS commands and what they act on: "CS/CJ Series Communications Commands
 * Reference Manual" (W342), section 5, and "FINS Commands" (W227).
 */
#include "proto/fins.h"

enum {
	FILE_NAME = 12,
	COUNTERS = 0x8000, /* above the timers of one area */
	AREA_T = 6,
	AREA_C = 7,
};

const struct ot_name ot_fins_areas[] = {
	{ 1, "D" },
	{ 2, "CIO" },
	{ 3, "W" },
	{ 4, "H" },
	{ 5, "A" },
	{ 6, "T" },
	{ 7, "C" },
	{ 8, "TK" },
	{ 9, "IR" },
	{ 10, "DR" },
	{ 11, "EM" },
	{ 12, "E0_" },
	{ 13, "E1_" },
	{ 14, "E2_" },
	{ 15, "E3_" },
	{ 16, "E4_" },
	{ 17, "E5_" },
	{ 18, "E6_" },
	{ 19, "E7_" },
	{ 20, "E8_" },
	{ 21, "E9_" },
	{ 22, "EA_" },
	{ 23, "EB_" },
	{ 24, "EC_" },
	{ 0 },
};

/* Words and bits of one area have codes of their own. */
static const struct {
	uint8_t code, name;
	bool bits;
} areas[] = {
	{ 0x00, 2, true },
	{ 0x01, 6, false },
	{ 0x02, 1, true },
	{ 0x06, 8, true },
	{ 0x09, 6, false },
	{ 0x20, 12, true },
	{ 0x21, 13, true },
	{ 0x22, 14, true },
	{ 0x23, 15, true },
	{ 0x24, 16, true },
	{ 0x25, 17, true },
	{ 0x26, 18, true },
	{ 0x27, 19, true },
	{ 0x28, 20, true },
	{ 0x29, 21, true },
	{ 0x2a, 22, true },
	{ 0x2b, 23, true },
	{ 0x2c, 24, true },
	{ 0x30, 2, true },
	{ 0x31, 3, true },
	{ 0x32, 4, true },
	{ 0x33, 5, true },
	{ 0x40, 2, true },
	{ 0x41, 6, false },
	{ 0x46, 8, false },
	{ 0x49, 6, false },
	{ 0x70, 2, true },
	{ 0x71, 3, true },
	{ 0x72, 4, true },
	{ 0x80, 2, false },
	{ 0x81, 6, false },
	{ 0x82, 1, false },
	{ 0x89, 6, false },
	{ 0x90, 12, false },
	{ 0x91, 13, false },
	{ 0x92, 14, false },
	{ 0x93, 15, false },
	{ 0x94, 16, false },
	{ 0x95, 17, false },
	{ 0x96, 18, false },
	{ 0x97, 19, false },
	{ 0x98, 11, false },
	{ 0xa0, 12, false },
	{ 0xa1, 13, false },
	{ 0xa2, 14, false },
	{ 0xa3, 15, false },
	{ 0xa4, 16, false },
	{ 0xa5, 17, false },
	{ 0xa6, 18, false },
	{ 0xa7, 19, false },
	{ 0xa8, 20, false },
	{ 0xa9, 21, false },
	{ 0xaa, 22, false },
	{ 0xab, 23, false },
	{ 0xac, 24, false },
	{ 0xb0, 2, false },
	{ 0xb1, 3, false },
	{ 0xb2, 4, false },
	{ 0xb3, 5, false },
	{ 0xbc, 10, false },
	{ 0xc0, 2, false },
	{ 0xdc, 9, false },
	{ 0xf0, 2, false },
	{ 0xf1, 3, false },
	{ 0xf2, 4, false },
};

enum { AREAS = sizeof(areas) / sizeof(*areas) };

static size_t
area_of(uint8_t code)
{
	size_t i = 0;

	while (i < AREAS && areas[i].code != code)
		i++;
	return i;
}

/* A place in memory. */
struct place {
	uint8_t area, bit;
	uint16_t word;
};

static struct place
place_of(struct ot_buf *b)
{
	struct place at = { .area = ot_u8(b) };

	at.word = ot_u16be(b);
	at.bit = ot_u8(b);
	return at;
}

/* Behind a bit stands how many follow, as bits of PLCs are counted: a range
 * may go over words. */
static void
aim_at_bits(const struct ot_pdu *pdu, struct ot_op *op, size_t i,
    const struct place *at, uint32_t count)
{
	struct ot_text route = op->object.text;

	op->object.space = OT_FINS_TEXT;
	op->object.text = ot_format(pdu, "%.*s%s%u.%02u", (int)route.len,
	    (const char *)route.p, ot_name(ot_fins_areas, areas[i].name),
	    at->word, at->bit);
	if (count > 1)
		op->object.text =
		    ot_format(pdu, "%.*s+%u", (int)op->object.text.len,
			(const char *)op->object.text.p, count);
}

/* Point the op at count words or bits. */
static void
aim(const struct ot_pdu *pdu, struct ot_op *op, const struct place *at,
    uint32_t count)
{
	size_t i = area_of(at->area);

	if (!count)
		return;
	op->object.first = at->word;
	op->object.count = count;
	if (i == AREAS) {
		op->object.space = OT_FINS_OTHER_AREA;
		op->object.n[0] = at->area;
	} else if (areas[i].bits) {
		aim_at_bits(pdu, op, i, at, count);
	} else {
		op->object.space = OT_FINS_AREA;
		op->object.n[0] = areas[i].name;
		if (areas[i].name == AREA_T && at->word >= COUNTERS) {
			op->object.n[0] = AREA_C;
			op->object.first -= COUNTERS;
		}
	}
}

static void
memory(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	struct place at = place_of(b);
	uint16_t count = ot_u16be(b);

	aim(pdu, op, &at, count);
	ot_fins_ask(pdu, op);
}

/* One word or bit each. */
static void
memory_list(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	const struct ot_object base = op->object;

	while (b->left) {
		struct place at = place_of(b);

		op->object = base;
		aim(pdu, op, &at, 1);
		if (ot_ok(b))
			ot_fins_ask(pdu, op);
	}
}

/* From one place to another: a read and a write. */
static void
memory_transfer(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	struct place from = place_of(b);
	struct place to = place_of(b);
	uint16_t count = ot_u16be(b);
	struct ot_op read = *op;

	read.verb = OT_READ;
	aim(pdu, &read, &from, count);
	aim(pdu, op, &to, count);
	if (!ot_ok(b))
		return;
	ot_fins_ask(pdu, &read);
	ot_fins_ask(pdu, op);
}

/* Count, then what to do and where, each. */
static void
forces(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	const struct ot_object base = op->object;

	for (unsigned count = ot_u16be(b); count && ot_ok(b); count--) {
		ot_skip(b, 2); /* reset, set, released, … */
		struct place at = place_of(b);

		op->object = base;
		aim(pdu, op, &at, 1);
		if (ot_ok(b))
			ot_fins_ask(pdu, op);
	}
}

/* ---- parameters and programs ---- */

/* The highest bit of a count marks the last part. */
static uint32_t
count_of(struct ot_buf *b)
{
	return ot_u16be(b) & 0x7fff;
}

static void
parameter(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	op->object.space = OT_FINS_PARAMETER;
	op->object.n[0] = ot_u16be(b);
	op->object.first = ot_u16be(b);
	op->object.count = count_of(b);
	ot_fins_ask(pdu, op);
}

static void
program(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	op->object.space = OT_FINS_PROGRAM;
	op->object.n[0] = ot_u16be(b);
	op->object.first = ot_u32be(b);
	op->object.count = count_of(b);
	ot_fins_ask(pdu, op);
}

/* The number of the program is all that says on what; a few PLCs leave even
 * that out. */
static void
program_all(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	if (b->left) {
		op->object.space = OT_FINS_PROGRAM_ALL;
		op->object.n[0] = ot_u16be(b);
	}
	ot_fins_ask(pdu, op);
}

/* Into which mode: 2 is monitor, 4 run, which is also what is meant without. */
static void
run(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	if (b->left > 2)
		op->sub = OT_SUB(ot_peek(b, 2));
	program_all(b, pdu, op);
}

/* ---- files ---- */

static void
aim_at_file(const struct ot_pdu *pdu, struct ot_op *op, struct ot_buf name)
{
	struct ot_text text = ot_text_trim(ot_text_of(&name, OT_LATIN1));
	struct ot_text route = op->object.text;

	op->object.space = OT_FINS_TEXT;
	op->object.text = ot_format(pdu, "%.*sfile \"%.*s\"", (int)route.len,
	    (const char *)route.p, (int)text.len, (const char *)text.p);
}

/* A name behind so many bytes. */
static void
file_at(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op, size_t at)
{
	ot_skip(b, at);
	aim_at_file(pdu, op, ot_split(b, FILE_NAME));
	if (ot_ok(b))
		ot_fins_ask(pdu, op);
}

/* Disk, name. */
static void
file(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	file_at(b, pdu, op, 2);
}

/* Disk, how, name. */
static void
file_written(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	file_at(b, pdu, op, 4);
}

/* How, place or area and first, count, disk, name. */
static void
file_of_memory(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	file_at(b, pdu, op, 10);
}

/* How, program, first and count of four bytes, disk, name. */
static void
file_of_program(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	file_at(b, pdu, op, 14);
}

/* Disk, count, names. */
static void
files(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	const struct ot_object base = op->object;

	ot_skip(b, 2);
	for (unsigned count = ot_u16be(b); count && ot_ok(b); count--) {
		op->object = base;
		file_at(b, pdu, op, 0);
	}
}

/* Two names, each with a disk or both with one. */
static void
two_files(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	const struct ot_object base = op->object;

	file_at(b, pdu, op, 2);
	op->object = base;
	file_at(b, pdu, op, b->left > FILE_NAME ? 2 : 0);
}

/* ---- others ---- */

/* What is to be read or done with it is in the first byte, or not there. */
static void
choice(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	if (b->left)
		op->sub = OT_SUB(ot_u8(b));
	ot_fins_ask(pdu, op);
}

/* A code of two bytes: which messages, which error. */
static void
wide_choice(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	op->sub = OT_SUB(ot_u16be(b));
	ot_fins_ask(pdu, op);
}

/* Disk, what to do with its label, the label. */
static void
volume_label(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	ot_skip(b, 2);
	wide_choice(b, pdu, op);
}

/* Year, month, day, hour, minute as BCD; second and day of the week may be
 * left out. */
static void
clock_write(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	struct ot_buf set = ot_split(b, b->left < 5 ? 5 : b->left);

	if (!ot_ok(b))
		return;
	ot_fins_ask(pdu, op);
	ot_emit_event(
	    pdu, &(struct ot_event){ .kind = "clock set",
		     .detail = ot_format(pdu, "%02x-%02x-%02x %02x:%02x",
			 ot_peek(&set, 0), ot_peek(&set, 1), ot_peek(&set, 2),
			 ot_peek(&set, 3), ot_peek(&set, 4)) });
}

/* ---- all of them ---- */

#define ALTERS OT_OP_ALTERS

static const struct ot_fins_command commands[] = {
	{ 0x0101, OT_READ, 0, "memory area read", memory },
	{ 0x0102, OT_WRITE, 0, "memory area write", memory },
	{ 0x0103, OT_WRITE, 0, "memory area fill", memory },
	{ 0x0104, OT_READ, 0, "multiple memory area read", memory_list },
	{ 0x0105, OT_WRITE, 0, "memory area transfer", memory_transfer },
	{ 0x0201, OT_READ, 0, "parameter area read", parameter },
	{ 0x0202, OT_WRITE, 0, "parameter area write", parameter },
	{ 0x0203, OT_WRITE, 0, "parameter area clear", parameter },
	{ 0x0220, OT_READ, 0, "data link table read", NULL },
	{ 0x0221, OT_WRITE, 0, "data link table write", NULL },
	{ 0x0304, OT_AUTH, ALTERS, "program area protect", program_all },
	{ 0x0305, OT_AUTH, ALTERS, "program area protect clear", program_all },
	{ 0x0306, OT_UPLOAD, 0, "program area read", program },
	{ 0x0307, OT_PROGRAM, 0, "program area write", program },
	{ 0x0308, OT_PROGRAM, 0, "program area clear", program_all },
	{ 0x0401, OT_MODE, 0, "run", run },
	{ 0x0402, OT_MODE, 0, "stop", NULL },
	{ 0x0403, OT_MODE, 0, "reset", NULL },
	{ 0x0501, OT_IDENTIFY, 0, "controller data read", choice },
	{ 0x0502, OT_IDENTIFY, 0, "connection data read", choice },
	{ 0x0601, OT_DIAGNOSE, 0, "controller status read", NULL },
	{ 0x0602, OT_DIAGNOSE, 0, "network status read", NULL },
	{ 0x0603, OT_DIAGNOSE, 0, "data link status read", NULL },
	{ 0x0620, OT_DIAGNOSE, 0, "cycle time read", choice },
	{ 0x0701, OT_TIME, 0, "clock read", NULL },
	{ 0x0702, OT_TIME, ALTERS, "clock write", clock_write },
	{ 0x0801, OT_DIAGNOSE, 0, "loop-back test", NULL },
	{ 0x0802, OT_DIAGNOSE, 0, "broadcast test results read", NULL },
	{ 0x0803, OT_DIAGNOSE, 0, "broadcast test data send", NULL },
	{ 0x0920, OT_DIAGNOSE, 0, "message read", wide_choice },
	{ 0x0c01, OT_AUTH, ALTERS, "access right acquire", program_all },
	{ 0x0c02, OT_AUTH, ALTERS, "access right forced acquire", program_all },
	{ 0x0c03, OT_AUTH, ALTERS, "access right release", program_all },
	{ 0x2101, OT_DIAGNOSE, ALTERS, "error clear", wide_choice },
	{ 0x2102, OT_DIAGNOSE, 0, "error log read", NULL },
	{ 0x2103, OT_DIAGNOSE, ALTERS, "error log clear", NULL },
	{ 0x2201, OT_FILE, 0, "file name read", NULL },
	{ 0x2202, OT_FILE, 0, "single file read", file },
	{ 0x2203, OT_FILE, ALTERS, "single file write", file_written },
	{ 0x2204, OT_FILE, ALTERS, "file memory format", NULL },
	{ 0x2205, OT_FILE, ALTERS, "file delete", files },
	{ 0x2206, OT_FILE, ALTERS, "volume label create/delete", volume_label },
	{ 0x2207, OT_FILE, ALTERS, "file copy", two_files },
	{ 0x2208, OT_FILE, ALTERS, "file name change", two_files },
	{ 0x2209, OT_FILE, 0, "file data check", file },
	{ 0x220a, OT_FILE, ALTERS, "memory area-file transfer",
	    file_of_memory },
	{ 0x220b, OT_FILE, ALTERS, "parameter area-file transfer",
	    file_of_memory },
	{ 0x220c, OT_PROGRAM, 0, "program area-file transfer",
	    file_of_program },
	{ 0x220f, OT_FILE, 0, "file memory index read", NULL },
	{ 0x2210, OT_FILE, 0, "file memory read", NULL },
	{ 0x2211, OT_FILE, ALTERS, "file memory write", NULL },
	{ 0x2301, OT_CONTROL, 0, "forced set/reset", forces },
	{ 0x2302, OT_CONTROL, 0, "forced set/reset cancel", NULL },
	{ 0x230a, OT_READ, 0, "multiple forced status read", memory },
	{ 0x2601, OT_NAME, ALTERS, "name set", NULL },
	{ 0x2602, OT_NAME, ALTERS, "name delete", NULL },
	{ 0x2603, OT_IDENTIFY, 0, "name read", NULL },
};

const struct ot_fins_command *
ot_fins_command(uint16_t code)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (commands[i].code == code)
			return &commands[i];
	return NULL;
}
