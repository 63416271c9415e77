/*
 * DNP3 (IEEE Std 1815-2012): the data link layer (clause 9), the transport
 * function (clause 8), over TCP and UDP (clause 13).
 */
#include "proto/dnp3.h"

enum {
	HEADER = 10, /* start, length, control, addresses, CRC */
	HEADER_CHECKED = 8,
	LENGTH_MIN = 5,	    /* control and addresses */
	BLOCK = 16,	    /* bytes that one CRC guards */
	BROADCAST = 0xfffd, /* to FFFF */
};

enum { DIR = 0x80, PRM = 0x40, LINK_FUNCTION = 0x0f };

enum { FIN = 0x80, FIR = 0x40, SEQUENCE = 0x3f };

enum link_function {
	CONFIRMED_DATA = 3,
	UNCONFIRMED_DATA = 4,
	ACK = 0,
	NACK = 1,
	LINK_STATUS = 11,
};

/* Link functions of the primary station: user data apart. */
static const struct ot_name requests[] = {
	{ 0, "reset link states" },
	{ 1, "reset user process" },
	{ 2, "test link states" },
	{ 9, "request link status" },
	{ 0, NULL },
};

/* Answers of the secondary station that are no success. */
static const struct ot_name refusals[] = {
	{ NACK, "nack" },
	{ 14, "link service not functioning" },
	{ 15, "link service not supported" },
	{ 0, NULL },
};

static const struct ot_space spaces[] = {
	[OT_DNP3_GROUP - 1] = { "g%0uv%1u" },
	[OT_DNP3_INDEX - 1] = { "g%0uv%1u index %r" },
	[OT_DNP3_RANGE - 1] = { "g%0uv%1u %r" },
	[OT_DNP3_ALL - 1] = { "g%0uv%1u all" },
	[OT_DNP3_FILE - 1] = { "file %t" },
	[OT_DNP3_FILE] = { NULL },
};

/* CRC-16/DNP (clause 9.2.5): polynomial 3D65, reflected, four bits a step. */
static uint16_t
crc(struct ot_buf b)
{
	static const uint16_t steps[16] = { 0x0000, 0xb26b, 0x29af, 0x9bc4,
		0x535e, 0xe135, 0x7af1, 0xc89a, 0xa6bc, 0x14d7, 0x8f13, 0x3d78,
		0xf5e2, 0x4789, 0xdc4d, 0x6e26 };
	uint16_t sum = 0;

	while (b.left) {
		sum ^= ot_u8(&b);
		sum = (uint16_t)(sum >> 4 ^ steps[sum & 0x0f]);
		sum = (uint16_t)(sum >> 4 ^ steps[sum & 0x0f]);
	}
	return (uint16_t)~sum;
}

static bool
header_verifies(struct ot_buf b)
{
	struct ot_buf checked;

	if (b.left < HEADER || ot_peek16be(&b, 0) != 0x0564 ||
	    ot_peek(&b, 2) < LENGTH_MIN)
		return false;
	checked = ot_split(&b, HEADER_CHECKED);
	return crc(checked) == ot_u16le(&b);
}

/* The user data of a frame, its CRCs verified and taken out. */
static struct ot_buf
user_data(struct ot_buf *b, const struct ot_pdu *pdu, size_t len)
{
	uint8_t *data = ot_scratch(pdu, len);
	size_t have = 0;

	if (!data)
		return ot_buf(NULL, 0, b->fault);
	while (have < len && ot_ok(b)) {
		size_t n = len - have < BLOCK ? len - have : BLOCK;
		bool cut = pdu->cut && b->left < n + 2;
		struct ot_buf block = ot_split(b, cut ? b->left : n);

		if (!cut)
			ot_expect(b, ot_u16le(b) == crc(block));
		if (!ot_ok(b))
			break;
		n = block.left < n ? block.left : n;
		memcpy(data + have, block.p, n);
		have += n;
		if (cut)
			break;
	}
	return ot_buf(data, ot_ok(b) ? have : 0, b->fault);
}

/* Clause 8.2: put the segments of a fragment together. A segment that does
 * not follow its predecessor ends the attempt. */
static void
transport(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_dnp3_fragment *fragment)
{
	struct ot_dnp3_state *state = ot_state(pdu);
	struct ot_dnp3_segments *s = &state->segments[fragment->from_master];
	uint32_t key = (uint32_t)fragment->master << 16 | fragment->outstation;
	uint8_t octet = ot_u8(b);
	bool last = octet & FIN;

	if (!ot_ok(b))
		return;
	if (octet & FIR) {
		if (s->active)
			ot_gather_drop(pdu, s->key);
		s->active = !last;
		s->key = key;
	} else if (!s->active || s->key != key ||
		   s->next != (octet & SEQUENCE)) {
		if (s->active)
			ot_gather_drop(pdu, s->key);
		s->active = false;
		return;
	}
	s->next = (octet + 1) & SEQUENCE;
	if (!(octet & FIR) || !last) {
		s->active = !last;
		if (!ot_gather(pdu, key, b, last))
			return;
	}
	ot_dnp3_fragment(b, pdu, fragment);
}

/* What the link layer does for itself. An acknowledgement of user data has no
 * request here, and says nothing. */
static void
link_service(const struct ot_pdu *pdu, const struct ot_dnp3_fragment *fragment,
    uint8_t control)
{
	uint8_t function = control & LINK_FUNCTION;
	const char *name = ot_name(requests, function);
	/* Apart from the fragments' pairs by its highest bit. */
	struct ot_op op = { .pair = (uint64_t)1 << 63 |
				    (uint64_t)fragment->master << 16 |
				    fragment->outstation,
		.verb = OT_SESSION,
		.name = "link service" };

	if (control & PRM) {
		op.name = name ? name : "unknown link service";
		op.verb = name ? OT_SESSION : OT_UNKNOWN;
		op.flags = fragment->broadcast ? OT_OP_NO_ANSWER : 0;
		ot_emit_op(pdu, &op);
		return;
	}
	if (function != LINK_STATUS && !ot_asked(pdu, op.pair))
		return;
	if (function == LINK_STATUS)
		op.name = "request link status";
	ot_emit_reply(pdu, &(struct ot_reply){ .as = op,
			       .error = ot_name(refusals, function) });
}

static void
frame(struct ot_buf *b, const struct ot_pdu *pdu)
{
	ot_skip(b, 2); /* start, verified */
	size_t len = ot_u8(b);
	uint8_t control = ot_u8(b);
	uint16_t destination = ot_u16le(b);
	uint16_t source = ot_u16le(b);
	ot_skip(b, 2); /* CRC, verified */
	uint8_t function = control & LINK_FUNCTION;
	struct ot_dnp3_fragment fragment = { .from_master = control & DIR,
		.broadcast = destination >= BROADCAST };

	ot_expect(b, len >= LENGTH_MIN);
	if (!ot_ok(b))
		return;
	fragment.master = fragment.from_master ? source : destination;
	fragment.outstation = fragment.from_master ? destination : source;
	if (!(control & PRM) ||
	    (function != CONFIRMED_DATA && function != UNCONFIRMED_DATA)) {
		link_service(pdu, &fragment, control);
		return;
	}
	struct ot_buf data = user_data(b, pdu, len - LENGTH_MIN);
	if (ot_ok(b))
		transport(&data, pdu, &fragment);
}

/* A datagram may hold several frames. */
static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	do
		frame(b, pdu);
	while (header_verifies(*b));
}

static long
pdu_len(struct ot_buf b, const struct ot_pdu *pdu)
{
	size_t data = ot_peek(&b, 2) - (size_t)LENGTH_MIN;

	(void)pdu;
	if (ot_peek(&b, 0) != 0x05 || (b.left > 1 && ot_peek(&b, 1) != 0x64))
		return -1;
	if (b.left < HEADER)
		return 0;
	if (!header_verifies(b))
		return -1;
	return (long)(HEADER + data + 2 * ((data + BLOCK - 1) / BLOCK));
}

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	return header_verifies(b) &&
	       pdu->to_server == ((ot_peek(&b, 3) & DIR) != 0);
}

static const struct ot_port ports[] = {
	{ "tcp", 20000, 20000 },
	{ "udp", 20000, 20000 },
	{ NULL, 0, 0 },
};

extern const struct ot_proto ot_proto_dnp3;

const struct ot_proto ot_proto_dnp3 = {
	.name = "dnp3",
	.over = { "tcp", "udp" },
	.strength = OT_STRONG,
	.ports = ports,
	.spaces = spaces,
	.state_size = sizeof(struct ot_dnp3_state),
	.probe = probe,
	.pdu_len = pdu_len,
	.dissect = dissect,
};
