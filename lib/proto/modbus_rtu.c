/*
 * Modbus RTU frames over TCP and UDP, as serial gateways send them: MODBUS over
 * Serial Line, Specification and Implementation Guide V1.02, section 2.5.1.
 * Unit, function, data, CRC; where a frame ends its function says.
 */
#include "proto/modbus.h"

enum {
	CRC = 2,
	FRAME_MIN = 4,	 /* unit, function, CRC */
	FRAME_MAX = 256, /* section 2.5.1 */
	UNIT_MAX = 247,	 /* section 2.2 */
};

/* Section 6.2.2: generator A001 reflected, all ones at first, so that the CRC
 * over a frame and its CRC is 0. */
static bool
verifies(const struct ot_buf *b, size_t len)
{
	unsigned crc = 0xffff;

	for (size_t i = 0; i < len; i++) {
		crc ^= ot_peek(b, i);
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xa001 : 0);
	}
	return crc == 0;
}

/* Bytes from the unit on that a request has before its CRC; 0: the function
 * does not tell. */
static size_t
request_len(const struct ot_buf *b, enum ot_modbus_shape shape)
{
	switch (shape) {
	case OT_MODBUS_READ:
	case OT_MODBUS_SINGLE:
	case OT_MODBUS_DIAGNOSTICS:
		return 6;
	case OT_MODBUS_MASK:
		return 8;
	case OT_MODBUS_MULTI:
		return 7 + (size_t)ot_peek(b, 6);
	case OT_MODBUS_BOTH:
		return 11 + (size_t)ot_peek(b, 10);
	case OT_MODBUS_STATUS:
	case OT_MODBUS_COUNTER:
	case OT_MODBUS_LIST:
		return 2;
	case OT_MODBUS_READ_FILES:
	case OT_MODBUS_WRITE_FILES:
		return 3 + (size_t)ot_peek(b, 2);
	case OT_MODBUS_QUEUE:
		return 4;
	case OT_MODBUS_ENCAPSULATED:
		return ot_peek(b, 2) == OT_MODBUS_IDENTIFICATION ? 5 : 0;
	case OT_MODBUS_OPEN:
		break;
	}
	return 0;
}

/* The list of objects of a device identification: id, length, value. */
static size_t
identification_len(const struct ot_buf *b)
{
	size_t len = 8;

	for (unsigned count = ot_peek(b, 7); count; count--)
		len += 2 + (size_t)ot_peek(b, len + 1);
	return len;
}

static size_t
answer_len(const struct ot_buf *b, enum ot_modbus_shape shape)
{
	switch (shape) {
	case OT_MODBUS_READ:
	case OT_MODBUS_BOTH:
	case OT_MODBUS_LIST:
	case OT_MODBUS_READ_FILES:
	case OT_MODBUS_WRITE_FILES:
		return 3 + (size_t)ot_peek(b, 2);
	case OT_MODBUS_SINGLE:
	case OT_MODBUS_MULTI:
	case OT_MODBUS_COUNTER:
	case OT_MODBUS_DIAGNOSTICS:
		return 6;
	case OT_MODBUS_MASK:
		return 8;
	case OT_MODBUS_STATUS:
		return 3;
	case OT_MODBUS_QUEUE:
		return 4 + (size_t)ot_peek16be(b, 2);
	case OT_MODBUS_ENCAPSULATED:
		return ot_peek(b, 2) == OT_MODBUS_IDENTIFICATION
			   ? identification_len(b)
			   : 0;
	case OT_MODBUS_OPEN:
		break;
	}
	return 0;
}

static size_t
frame_len(const struct ot_buf *b, bool to_server)
{
	uint8_t code = ot_peek(b, 1);
	enum ot_modbus_shape shape =
	    (enum ot_modbus_shape)ot_modbus_function(code)->shape;
	size_t len;

	if (code & OT_MODBUS_EXCEPTION)
		len = to_server ? 0 : 3;
	else
		len = to_server ? request_len(b, shape) : answer_len(b, shape);
	return len ? len + CRC : 0;
}

/* A function of which nobody knows how long it is must end with what came. One
 * that is known ends where it says: other protocols have the same CRC (ROC). */
static long
pdu_len(struct ot_buf b, const struct ot_pdu *pdu)
{
	size_t len = frame_len(&b, pdu->to_server);

	if (b.left < FRAME_MIN)
		return 0;
	if (!len)
		len = b.left;
	if (ot_peek(&b, 0) > UNIT_MAX || len > FRAME_MAX)
		return -1;
	if (len > b.left)
		return 0;
	return verifies(&b, len) ? (long)len : -1;
}

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	size_t len = b.left - CRC;

	if (pdu->rest || b.left < FRAME_MIN || ot_peek(&b, 0) > UNIT_MAX ||
	    !verifies(&b, b.left))
		return false;
	struct ot_buf frame = ot_split(&b, len);

	return pdu->to_server ? ot_modbus_asks(&frame, len)
			      : ot_modbus_answers(&frame, len);
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	if (b->left < FRAME_MIN || !verifies(b, b->left))
		ot_fail(b, pdu->cut ? OT_FAULT_SHORT : OT_FAULT_VALUE);
	struct ot_buf frame =
	    ot_split(b, b->left >= FRAME_MIN ? b->left - CRC : 0);
	uint8_t unit = ot_u8(&frame);

	if (pdu->to_server)
		ot_modbus_request(&frame, pdu, 0, unit);
	else
		ot_modbus_reply(&frame, pdu, 0, unit);
	ot_modbus_security(&frame, pdu);
}

static const struct ot_port ports[] = {
	{ "tcp", 502, 502 },
	{ "udp", 502, 502 },
	{ NULL, 0, 0 },
};

extern const struct ot_proto ot_proto_modbus_rtu;

/* The same protocol in another framing: the same name. */
const struct ot_proto ot_proto_modbus_rtu = {
	.name = "modbus",
	.over = { "tcp", "udp" },
	.strength = OT_MEDIUM,
	.mutual = true, /* a request of ROC may look like one, with its CRC */
	.ports = ports,
	.spaces = ot_modbus_spaces,
	.decimal = true,
	.state_size = sizeof(struct ot_modbus_state),
	.probe = probe,
	.pdu_len = pdu_len,
	.dissect = dissect,
};
