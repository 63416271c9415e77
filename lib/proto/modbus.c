/*
 * Modbus over TCP and UDP: MODBUS Messaging on TCP/IP Implementation Guide
 * V1.0b, section 3.1.3 (MBAP header).
 */
#include "proto/modbus.h"

enum {
	MBAP = 6,		/* bytes before those that the length counts */
	LENGTH_MIN = 2,		/* unit and function */
	LENGTH_MAX = 254,	/* unit and the longest PDU */
	LENGTH_MAX_UMAS = 2048, /* vendor's limit is negotiated, ~1 KiB */
};

/* UMAS pairs by the header too: it gets all of the message. */
static bool
is_umas(uint8_t code)
{
	return (code & ~OT_MODBUS_EXCEPTION) == OT_MODBUS_UMAS;
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_buf whole = *b;
	uint16_t id = ot_u16be(b);

	ot_skip(b, 4); /* protocol 0 and length: pdu_len has used them */
	uint8_t unit = ot_u8(b);

	if (is_umas(ot_peek(b, 0)))
		ot_hand(pdu, "modbus", &whole);
	else if (pdu->to_server)
		ot_modbus_request(b, pdu, id, unit);
	else
		ot_modbus_reply(b, pdu, id, unit);
	ot_modbus_security(b, pdu);
}

/* Bytes that the header's length may count. */
static size_t
length_max(const struct ot_buf *b)
{
	return is_umas(ot_peek(b, MBAP + 1)) ? LENGTH_MAX_UMAS : LENGTH_MAX;
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
	ot_skip(&b, MBAP);
	return pdu->to_server ? ot_modbus_asks(&b, length)
			      : ot_modbus_answers(&b, length);
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
	.spaces = ot_modbus_spaces,
	.decimal = true,
	.state_size = sizeof(struct ot_modbus_state),
	.probe = probe,
	.pdu_len = pdu_len,
	.dissect = dissect,
};
