/*
 * BACnet MS/TP as Cimetrics' analysers put it on Ethernet (SNAP 00-10-90,
 * 0001): three octets of theirs, then the frame without its preamble; ANSI/
 * ASHRAE 135-2020, clause 9.3 and annex G.1 (header CRC).
 */
#include "proto/bacnet.h"

enum {
	HEADER = 9, /* theirs, type, stations, length, CRC */
	THEIRS = 3,
	CRC_GOOD = 0x55,
	CRC_DATA = 2,
	DATA_REPLY = 5, /* BACnet data, an answer is expected */
	DATA = 6,
	POLL = 1,
	POLL_REPLY = 2,
	TEST = 3,
	TEST_REPLY = 4,
	TYPES = 8,
};

static const char *const types[TYPES] = { "token", "poll for master",
	"poll for master", "test", "test", NULL, NULL, "reply postponed" };

static uint8_t
crc(uint8_t crc, uint8_t octet)
{
	uint16_t n = crc ^ octet;

	n ^= (uint16_t)(n << 1 ^ n << 2 ^ n << 3 ^ n << 4 ^ n << 5 ^ n << 6 ^
			n << 7);
	return (uint8_t)((n & 0xfe) ^ (n >> 8 & 1));
}

bool
ot_bac_mstp_fits(const struct ot_buf *b, bool cut)
{
	uint8_t sum = 0xff;
	size_t len = ot_peek16be(b, 6);

	for (size_t i = THEIRS; i < HEADER; i++)
		sum = crc(sum, ot_peek(b, i));
	return b->left >= HEADER && sum == CRC_GOOD &&
	       ot_peek(b, THEIRS) < TYPES &&
	       (cut || b->left >= HEADER + len + (len ? CRC_DATA : 0));
}

/* The network layer's bytes; false: this frame keeps the bus going, and was
 * said. */
bool
ot_bac_mstp(struct ot_buf *b, const struct ot_bac_message *m)
{
	ot_skip(b, THEIRS);
	uint8_t type = ot_u8(b);

	ot_skip(b, 2); /* destination and source are in the MAC addresses */
	uint16_t len = ot_u16be(b);

	ot_skip(b, 1);
	if (!ot_expect(b, type < TYPES))
		return false;
	if (type == DATA || type == DATA_REPLY) {
		*b = ot_split(b, len);
		return true;
	}
	struct ot_op op = { .pair = type == POLL_REPLY	 ? POLL
				    : type == TEST_REPLY ? TEST
							 : type,
		.verb = type == TEST || type == TEST_REPLY ? OT_DIAGNOSE
							   : OT_SESSION,
		.name = types[type] };

	op.pair |= 0x1000;
	if (type == POLL_REPLY || type == TEST_REPLY) {
		ot_bac_reply(m, &(struct ot_reply){ .as = op });
		return false;
	}
	if (type != POLL && type != TEST)
		op.flags |= OT_OP_NO_ANSWER;
	ot_bac_ask(m, &op);
	return false;
}
