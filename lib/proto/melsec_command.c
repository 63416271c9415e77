/*
 * Commands and devices of the MC protocol: Mitsubishi "MELSEC Communication
 * Protocol Reference Manual" (SH-080008), "SLMP Reference Manual"
 * (SH-080956).
 */
#include "proto/melsec.h"

enum shape {
	SHAPE_NONE,
	SHAPE_BATCH,  /* first device, count, data */
	SHAPE_RANDOM, /* counts of words and double words, devices */
	SHAPE_BLOCKS, /* counts of word and bit blocks, device and count each */
	SHAPE_MODULE, /* address, bytes, module */
	SHAPE_BUFFER, /* address, words */
};

enum {
	SUB_BITS = 1,	   /* in units of bits, not of words */
	SUB_WIDE = 2,	   /* longer numbers of devices */
	SUB_MODULE = 0x80, /* devices of another module: not read */
	WRITES = 0x1000,   /* of commands on devices: they write */
	SHOWN = 16,
};

const struct ot_name ot_mel_devices[] = {
	{ 0x90, "M" },
	{ 0x91, "SM" },
	{ 0x92, "L" },
	{ 0x93, "F" },
	{ 0x94, "V" },
	{ 0x98, "S" },
	{ 0x9c, "X" },
	{ 0x9d, "Y" },
	{ 0xa0, "B" },
	{ 0xa1, "SB" },
	{ 0xa2, "DX" },
	{ 0xa3, "DY" },
	{ 0xa8, "D" },
	{ 0xa9, "SD" },
	{ 0xaf, "R" },
	{ 0xb0, "ZR" },
	{ 0xb4, "W" },
	{ 0xb5, "SW" },
	{ 0xc0, "TC" },
	{ 0xc1, "TS" },
	{ 0xc2, "TN" },
	{ 0xc3, "CC" },
	{ 0xc4, "CS" },
	{ 0xc5, "CN" },
	{ 0xc6, "SC" },
	{ 0xc7, "SS" },
	{ 0xc8, "SN" },
	{ 0xcc, "Z" },
	{ 0 },
};

/* Their codes in hex digits; whether they are counted in hex. */
static const struct {
	char ascii[3];
	uint8_t code;
	bool hex;
} devices[] = {
	{ "M*", 0x90, false },
	{ "SM", 0x91, false },
	{ "L*", 0x92, false },
	{ "F*", 0x93, false },
	{ "V*", 0x94, false },
	{ "S*", 0x98, false },
	{ "X*", 0x9c, true },
	{ "Y*", 0x9d, true },
	{ "B*", 0xa0, true },
	{ "SB", 0xa1, true },
	{ "DX", 0xa2, true },
	{ "DY", 0xa3, true },
	{ "D*", 0xa8, false },
	{ "SD", 0xa9, false },
	{ "R*", 0xaf, false },
	{ "ZR", 0xb0, true },
	{ "W*", 0xb4, true },
	{ "SW", 0xb5, true },
	{ "TC", 0xc0, false },
	{ "TS", 0xc1, false },
	{ "TN", 0xc2, false },
	{ "CC", 0xc3, false },
	{ "CS", 0xc4, false },
	{ "CN", 0xc5, false },
	{ "SC", 0xc6, false },
	{ "SS", 0xc7, false },
	{ "SN", 0xc8, false },
	{ "Z*", 0xcc, false },
};

enum { DEVICES = sizeof(devices) / sizeof(*devices) };

static const struct ot_mel_command commands[] = {
	{ 0x0101, OT_IDENTIFY, 0, SHAPE_NONE, "read type name" },
	{ 0x0201, OT_FILE, 0, SHAPE_NONE, "read file information" },
	{ 0x0202, OT_FILE, 0, SHAPE_NONE, "read file information with title" },
	{ 0x0203, OT_FILE, 0, SHAPE_NONE, "read file usage state" },
	{ 0x0204, OT_FILE, 0, SHAPE_NONE, "search file" },
	{ 0x0205, OT_DIAGNOSE, 0, SHAPE_NONE, "read drive memory" },
	{ 0x0206, OT_FILE, 0, SHAPE_NONE, "read file" },
	{ 0x0401, OT_READ, 0, SHAPE_BATCH, "read" },
	{ 0x0403, OT_READ, 0, SHAPE_RANDOM, "read random" },
	{ 0x0406, OT_READ, 0, SHAPE_BLOCKS, "read block" },
	{ 0x0601, OT_READ, 0, SHAPE_MODULE, "intelligent module read" },
	{ 0x0613, OT_READ, 0, SHAPE_BUFFER, "memory read" },
	{ 0x0619, OT_DIAGNOSE, 0, SHAPE_NONE, "self test" },
	{ 0x0801, OT_READ, 0, SHAPE_RANDOM, "entry monitor device" },
	{ 0x0802, OT_READ, 0, SHAPE_NONE, "execute monitor" },
	{ 0x0808, OT_FILE, OT_OP_ALTERS, SHAPE_NONE, "change date of file" },
	{ 0x0e30, OT_IDENTIFY, 0, SHAPE_NONE, "node search" },
	{ 0x0e31, OT_NAME, OT_OP_ALTERS, SHAPE_NONE, "ip address set" },
	{ 0x0e32, OT_READ, 0, SHAPE_NONE, "device information read" },
	{ 0x0e33, OT_READ, 0, SHAPE_NONE, "cyclic status read" },
	{ 0x0e34, OT_WRITE, 0, SHAPE_NONE, "device information write" },
	{ 0x0e35, OT_WRITE, 0, SHAPE_NONE, "parameter write" },
	{ 0x0e36, OT_WRITE, 0, SHAPE_NONE, "parameter set" },
	{ 0x0e3a, OT_WRITE, 0, SHAPE_NONE, "parameter start" },
	{ 0x0e44, OT_DIAGNOSE, 0, SHAPE_NONE, "communication test" },
	{ 0x0e45, OT_DIAGNOSE, 0, SHAPE_NONE, "status read" },
	{ 0x0e53, OT_DIAGNOSE, 0, SHAPE_NONE, "history read" },
	{ 0x1001, OT_MODE, 0, SHAPE_NONE, "remote run" },
	{ 0x1002, OT_MODE, 0, SHAPE_NONE, "remote stop" },
	{ 0x1003, OT_MODE, 0, SHAPE_NONE, "remote pause" },
	{ 0x1005, OT_MODE, 0, SHAPE_NONE, "remote latch clear" },
	{ 0x1006, OT_MODE, 0, SHAPE_NONE, "remote reset" },
	{ 0x1202, OT_FILE, OT_OP_ALTERS, SHAPE_NONE, "new file" },
	{ 0x1203, OT_PROGRAM, 0, SHAPE_NONE, "write file" },
	{ 0x1204, OT_FILE, OT_OP_ALTERS, SHAPE_NONE, "lock file" },
	{ 0x1205, OT_FILE, OT_OP_ALTERS, SHAPE_NONE, "delete file" },
	{ 0x1206, OT_FILE, OT_OP_ALTERS, SHAPE_NONE, "copy file" },
	{ 0x1207, OT_FILE, OT_OP_ALTERS, SHAPE_NONE, "change file attribute" },
	{ 0x1401, OT_WRITE, 0, SHAPE_BATCH, "write" },
	{ 0x1402, OT_WRITE, 0, SHAPE_RANDOM, "write random" },
	{ 0x1406, OT_WRITE, 0, SHAPE_BLOCKS, "write block" },
	{ 0x1601, OT_WRITE, 0, SHAPE_MODULE, "intelligent module write" },
	{ 0x1613, OT_WRITE, 0, SHAPE_BUFFER, "memory write" },
	{ 0x1617, OT_DIAGNOSE, OT_OP_ALTERS, SHAPE_NONE, "clear error" },
	{ 0x1630, OT_AUTH, OT_OP_ALTERS, SHAPE_NONE,
	    "remote password lock or unlock" },
	{ 0x1631, OT_AUTH, OT_OP_ALTERS, SHAPE_NONE,
	    "remote password lock or unlock" },
	{ 0x1810, OT_FILE, 0, SHAPE_NONE, "read directory" },
	{ 0x1811, OT_FILE, 0, SHAPE_NONE, "search directory" },
	{ 0x1820, OT_FILE, OT_OP_ALTERS, SHAPE_NONE, "new file" },
	{ 0x1822, OT_FILE, OT_OP_ALTERS, SHAPE_NONE, "delete file" },
	{ 0x1824, OT_FILE, OT_OP_ALTERS, SHAPE_NONE, "copy file" },
	{ 0x1825, OT_FILE, OT_OP_ALTERS, SHAPE_NONE, "change file state" },
	{ 0x1826, OT_FILE, OT_OP_ALTERS, SHAPE_NONE, "change file date" },
	{ 0x1827, OT_FILE, 0, SHAPE_NONE, "open file" },
	{ 0x1828, OT_FILE, 0, SHAPE_NONE, "read file" },
	{ 0x1829, OT_PROGRAM, 0, SHAPE_NONE, "write file" },
	{ 0x182a, OT_FILE, 0, SHAPE_NONE, "close file" },
	{ 0x2101, OT_EVENT, 0, SHAPE_NONE, "on demand" },
};

const struct ot_mel_command *
ot_mel_command(uint16_t code)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (commands[i].code == code)
			return &commands[i];
	return NULL;
}

/* ---- numbers ---- */

static uint32_t
digit(struct ot_buf *b)
{
	uint8_t c = ot_u8(b);

	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10U;
	ot_expect(b, false);
	return 0;
}

uint32_t
ot_mel_number(struct ot_buf *b, bool ascii, unsigned bytes)
{
	uint32_t n = 0;

	for (unsigned i = 0; ascii && i < 2 * bytes; i++)
		n = n << 4 | digit(b);
	for (unsigned i = 0; !ascii && i < bytes; i++)
		n |= (uint32_t)ot_u8(b) << 8 * i;
	return n;
}

/* ---- devices ---- */

struct device {
	uint16_t code;
	uint32_t number;
	bool hex;
};

static bool
is_wide(const struct ot_mel_frame *f)
{
	return f->sub & SUB_WIDE;
}

static void
find_by_code(struct device *d)
{
	for (unsigned i = 0; i < DEVICES; i++)
		if (devices[i].code == d->code)
			d->hex = devices[i].hex;
}

/* Two letters, or three and a star; then six or eight digits, of a number
 * that is decimal or hex as the device is counted. */
static struct device
device_of_text(struct ot_buf *b, bool wide)
{
	struct device d = { 0 };
	struct ot_buf name = ot_split(b, wide ? 4 : 2);

	for (unsigned i = 0; i < DEVICES; i++)
		if (ot_starts(&name, devices[i].ascii, 2)) {
			d.code = devices[i].code;
			d.hex = devices[i].hex;
		}
	for (unsigned i = 0; i < (wide ? 8U : 6U); i++)
		d.number = d.number * (d.hex ? 16 : 10) + digit(b);
	return d;
}

static struct device
device_of(struct ot_buf *b, const struct ot_mel_frame *f)
{
	struct device d = { 0 };

	if (f->ascii)
		return device_of_text(b, is_wide(f));
	d.number = ot_mel_number(b, false, is_wide(f) ? 4 : 3);
	d.code = (uint16_t)ot_mel_number(b, false, is_wide(f) ? 2 : 1);
	find_by_code(&d);
	return d;
}

/* Point the op at count devices from this one on. */
static void
aim(const struct ot_mel_frame *f, struct ot_op *op, const struct device *d,
    uint32_t count)
{
	const char *name = ot_name(ot_mel_devices, d->code);
	struct ot_text route = op->object.text;

	if (!count)
		return;
	op->object.space = OT_MEL_DEVICE;
	op->object.n[0] = d->code;
	op->object.first = d->number;
	op->object.count = count;
	if (name && !d->hex)
		return;
	op->object.space = OT_MEL_TEXT;
	op->object.first = op->object.count = 0;
	if (!name)
		op->object.text =
		    ot_format(f->pdu, "%.*sdevice 0x%02X %u+%u", (int)route.len,
			(const char *)route.p, d->code, d->number, count);
	else if (count == 1)
		op->object.text = ot_format(f->pdu, "%.*s%s%X", (int)route.len,
		    (const char *)route.p, name, d->number);
	else
		op->object.text = ot_format(f->pdu, "%.*s%s%X-%X",
		    (int)route.len, (const char *)route.p, name, d->number,
		    d->number + count - 1);
}

static bool
writes(const struct ot_mel_frame *f)
{
	return f->command & WRITES;
}

/* How many bytes or digits a value takes. */
static size_t
size_of(const struct ot_mel_frame *f, size_t bytes)
{
	return f->ascii ? 2 * bytes : bytes;
}

static void
value(const struct ot_mel_frame *f, const struct ot_op *op, struct ot_buf data)
{
	struct ot_text text;

	if (!data.left)
		return;
	if (data.left > SHOWN)
		data = ot_split(&data, SHOWN);
	text = f->ascii ? ot_text_of(&data, OT_LATIN1)
			: ot_format_hex(f->pdu, data.p, data.left);
	ot_emit_event(f->pdu, &(struct ot_event){ .kind = "write request",
				  .detail = text,
				  .object = op->object });
}

static void
batch(struct ot_buf *b, const struct ot_mel_frame *f, struct ot_op *op)
{
	struct device d = device_of(b, f);
	uint32_t count = ot_mel_number(b, f->ascii, 2);

	aim(f, op, &d, count);
	if (!ot_ok(b))
		return;
	ot_emit_op(f->pdu, op);
	if (writes(f))
		value(f, op, ot_rest(b));
}

/* Each of these devices on its own, with its value where it is written. */
static void
each(struct ot_buf *b, const struct ot_mel_frame *f, struct ot_op *op,
    uint32_t count, size_t bytes)
{
	const struct ot_object base = op->object;

	for (; count && ot_ok(b); count--) {
		struct device d = device_of(b, f);
		struct ot_buf data =
		    ot_split(b, writes(f) ? size_of(f, bytes) : 0);

		op->object = base;
		aim(f, op, &d, bytes == 4 ? 2 : 1);
		if (!ot_ok(b))
			return;
		ot_emit_op(f->pdu, op);
		value(f, op, data);
	}
}

static void
random_access(struct ot_buf *b, const struct ot_mel_frame *f, struct ot_op *op)
{
	const struct ot_object base = op->object;
	uint32_t count = ot_mel_number(b, f->ascii, 1);

	if (f->sub & SUB_BITS) {
		each(b, f, op, count, is_wide(f) ? 2 : 1);
		return;
	}
	uint32_t doubles = ot_mel_number(b, f->ascii, 1);

	each(b, f, op, count, 2);
	op->object = base;
	each(b, f, op, doubles, 4);
}

/* Word blocks, then blocks of sixteen bits each. */
static void
blocks(struct ot_buf *b, const struct ot_mel_frame *f, struct ot_op *op)
{
	const struct ot_object base = op->object;
	uint32_t words = ot_mel_number(b, f->ascii, 1);
	uint32_t bits = ot_mel_number(b, f->ascii, 1);

	for (uint32_t i = 0; i < words + bits && ot_ok(b); i++) {
		struct device d = device_of(b, f);
		uint32_t count = ot_mel_number(b, f->ascii, 2);
		struct ot_buf data =
		    ot_split(b, writes(f) ? size_of(f, 2 * (size_t)count) : 0);

		op->object = base;
		aim(f, op, &d, i < words ? count : 16 * count);
		if (!ot_ok(b))
			return;
		ot_emit_op(f->pdu, op);
		value(f, op, data);
	}
}

/* Memory of the unit itself, or of an intelligent module. */
static void
memory(struct ot_buf *b, const struct ot_mel_frame *f, struct ot_op *op,
    bool module)
{
	struct ot_text route = op->object.text;

	op->object.space = OT_MEL_BUFFER;
	op->object.first = ot_mel_number(b, f->ascii, 4);
	op->object.count = ot_mel_number(b, f->ascii, 2);
	if (module)
		op->object.text =
		    ot_format(f->pdu, "%.*smodule 0x%X ", (int)route.len,
			(const char *)route.p, ot_mel_number(b, f->ascii, 2));
	if (ot_ok(b))
		ot_emit_op(f->pdu, op);
}

void
ot_mel_ask(struct ot_buf *b, const struct ot_mel_frame *f, struct ot_op *op)
{
	const struct ot_mel_command *command = ot_mel_command(f->command);
	enum shape shape = command ? (enum shape)command->shape : SHAPE_NONE;

	if (f->sub & SUB_MODULE)
		shape = SHAPE_NONE;
	switch (shape) {
	case SHAPE_BATCH:
		batch(b, f, op);
		return;
	case SHAPE_RANDOM:
		random_access(b, f, op);
		return;
	case SHAPE_BLOCKS:
		blocks(b, f, op);
		return;
	case SHAPE_MODULE:
	case SHAPE_BUFFER:
		memory(b, f, op, shape == SHAPE_MODULE);
		return;
	case SHAPE_NONE:
		break;
	}
	if (op->object.space == OT_MEL_ROUTE)
		op->object.text.len--;
	ot_emit_op(f->pdu, op);
}
