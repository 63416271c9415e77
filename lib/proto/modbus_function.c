/*
 * The functions of Modbus and how their PDUs are built: MODBUS Application
 * Protocol Specification V1.1b3, sections 6 and 7.
 */
#include "proto/modbus.h"

const struct ot_space ot_modbus_spaces[] = {
	{ "unit %0u" },
	{ "unit %0u coils %r" },
	{ "unit %0u discrete %r" },
	{ "unit %0u input %r" },
	{ "unit %0u holding %r" },
	{ "unit %0u file %1u record %r" },
	{ "unit %0u fifo %1u" },
	{ NULL },
};

static const struct ot_modbus_function functions[128] = {
	[1] = { "read coils", OT_READ, OT_MODBUS_READ, OT_MODBUS_COILS },
	[2] = { "read discrete inputs", OT_READ, OT_MODBUS_READ,
	    OT_MODBUS_DISCRETE },
	[3] = { "read holding registers", OT_READ, OT_MODBUS_READ,
	    OT_MODBUS_HOLDING },
	[4] = { "read input registers", OT_READ, OT_MODBUS_READ,
	    OT_MODBUS_INPUT },
	[5] = { "write single coil", OT_WRITE, OT_MODBUS_SINGLE,
	    OT_MODBUS_COILS },
	[6] = { "write single register", OT_WRITE, OT_MODBUS_SINGLE,
	    OT_MODBUS_HOLDING },
	[7] = { "read exception status", OT_DIAGNOSE, OT_MODBUS_STATUS,
	    OT_MODBUS_UNIT },
	[8] = { "diagnostics", OT_UNKNOWN, OT_MODBUS_DIAGNOSTICS,
	    OT_MODBUS_UNIT },
	[11] = { "get comm event counter", OT_DIAGNOSE, OT_MODBUS_COUNTER,
	    OT_MODBUS_UNIT },
	[12] = { "get comm event log", OT_DIAGNOSE, OT_MODBUS_LIST,
	    OT_MODBUS_UNIT },
	[15] = { "write multiple coils", OT_WRITE, OT_MODBUS_MULTI,
	    OT_MODBUS_COILS },
	[16] = { "write multiple registers", OT_WRITE, OT_MODBUS_MULTI,
	    OT_MODBUS_HOLDING },
	[17] = { "report server id", OT_IDENTIFY, OT_MODBUS_LIST,
	    OT_MODBUS_UNIT },
	[20] = { "read file record", OT_READ, OT_MODBUS_READ_FILES,
	    OT_MODBUS_FILE },
	[21] = { "write file record", OT_WRITE, OT_MODBUS_WRITE_FILES,
	    OT_MODBUS_FILE },
	[22] = { "mask write register", OT_WRITE, OT_MODBUS_MASK,
	    OT_MODBUS_HOLDING },
	[23] = { "read/write multiple registers", OT_WRITE, OT_MODBUS_BOTH,
	    OT_MODBUS_HOLDING },
	[24] = { "read fifo queue", OT_READ, OT_MODBUS_QUEUE, OT_MODBUS_FIFO },
	[43] = { "encapsulated interface transport", OT_UNKNOWN,
	    OT_MODBUS_ENCAPSULATED, OT_MODBUS_UNIT },
	[OT_MODBUS_UMAS] = { "umas", OT_UNKNOWN, OT_MODBUS_OPEN,
	    OT_MODBUS_UNIT },
};

static const struct ot_modbus_function unknown = { "unknown function",
	OT_UNKNOWN, OT_MODBUS_OPEN, OT_MODBUS_UNIT };

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

const struct ot_modbus_function *
ot_modbus_function(uint8_t code)
{
	return code < 128 && functions[code].name ? &functions[code] : &unknown;
}

const char *
ot_modbus_exception(uint8_t code)
{
	return code < sizeof(exceptions) / sizeof(*exceptions)
		   ? exceptions[code]
		   : NULL;
}

/* Does the count byte at this place end the PDU, fixed bytes being counted
 * apart from it? Where the frame was cut before it, it may. */
static bool
closes(const struct ot_buf *b, size_t at, size_t length, size_t fixed)
{
	return at >= b->left || length == fixed + ot_peek(b, at);
}

bool
ot_modbus_asks(const struct ot_buf *b, size_t length)
{
	uint8_t code = ot_peek(b, 1);

	switch ((enum ot_modbus_shape)ot_modbus_function(code)->shape) {
	case OT_MODBUS_READ:
	case OT_MODBUS_SINGLE:
		return length == 6;
	case OT_MODBUS_MASK:
		return length == 8;
	case OT_MODBUS_MULTI:
		return closes(b, 6, length, 7);
	case OT_MODBUS_BOTH:
		return closes(b, 10, length, 11);
	case OT_MODBUS_STATUS:
	case OT_MODBUS_COUNTER:
	case OT_MODBUS_LIST:
		return length >= 2; /* what more there is hides nothing */
	case OT_MODBUS_READ_FILES:
		return closes(b, 2, length, 3) && (length - 3) % 7 == 0;
	case OT_MODBUS_WRITE_FILES:
		return closes(b, 2, length, 3);
	case OT_MODBUS_QUEUE:
		return length == 4;
	case OT_MODBUS_DIAGNOSTICS:
		return length >= 4;
	case OT_MODBUS_ENCAPSULATED:
		return ot_peek(b, 2) != OT_MODBUS_IDENTIFICATION ||
		       (length >= 5 && length < 8);
	case OT_MODBUS_OPEN:
		break;
	}
	return code > 0 && code < OT_MODBUS_EXCEPTION;
}

bool
ot_modbus_answers(const struct ot_buf *b, size_t length)
{
	uint8_t code = ot_peek(b, 1);
	uint8_t next = ot_peek(b, 2);

	if (code & OT_MODBUS_EXCEPTION)
		return ot_modbus_exception(next) && length >= 3;
	switch ((enum ot_modbus_shape)ot_modbus_function(code)->shape) {
	case OT_MODBUS_READ:
	case OT_MODBUS_BOTH:
		return closes(b, 2, length, 3) && length > 3;
	case OT_MODBUS_LIST:
	case OT_MODBUS_READ_FILES:
	case OT_MODBUS_WRITE_FILES:
		return closes(b, 2, length, 3);
	case OT_MODBUS_SINGLE:
	case OT_MODBUS_MULTI:
	case OT_MODBUS_COUNTER:
		return length == 6;
	case OT_MODBUS_MASK:
		return length == 8;
	case OT_MODBUS_STATUS:
		return length == 3;
	case OT_MODBUS_QUEUE:
		return closes(b, 3, length, 4);
	case OT_MODBUS_DIAGNOSTICS:
		return length >= 4;
	case OT_MODBUS_ENCAPSULATED:
		return next != OT_MODBUS_IDENTIFICATION || length >= 8;
	case OT_MODBUS_OPEN:
		break;
	}
	return code > 0;
}
