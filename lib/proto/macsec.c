/*
 * MACsec, IEEE 802.1AE section 9: the tag before what it protects. Only frames
 * whose content is encrypted or changed are read here, and nothing behind the
 * tag; of one that is only signed the ethertype tells the name.
 */
#include "proto/proto.h"

enum {
	ENCRYPTED = 0x08,
	CHANGED = 0x04,
	VERSION = 0x80,
	END_STATION = 0x40,
	HAS_SCI = 0x20,
	SINGLE_COPY = 0x10,
	ASSOCIATION = 0x03,
	SCI = 8,
	SHORTEST_ICV = 8,
	SHORT = 48, /* a length from here on is not stated */
};

static const struct ot_port ports[] = { { "eth", 0x88e5, 0x88e5 }, { 0 } };

/* Section 9.5: a channel is named in one way only. */
static bool
is_tag(uint8_t control)
{
	bool implicit = control & (END_STATION | SINGLE_COPY);

	return !(control & VERSION) && control & (ENCRYPTED | CHANGED) &&
	       !(control & HAS_SCI && implicit);
}

static void
channel(struct ot_buf *b, const struct ot_pdu *pdu, uint8_t association)
{
	struct ot_buf sci = ot_split(b, SCI);
	struct ot_text hex = ot_format_hex(pdu, sci.p, sci.left);

	if (!ot_ok(b))
		return;
	ot_emit_fact(
	    pdu, &(struct ot_fact){ .key = OT_K_UID,
		     .value = ot_format(pdu, "sci %.*s an %u", (int)hex.len,
			 (const char *)hex.p, (unsigned)association),
		     .message = "security tag",
		     .by = OT_SELF });
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	uint8_t control = ot_u8(b);
	uint8_t len = ot_u8(b);

	ot_skip(b, 4); /* packet number */
	ot_expect(b, is_tag(control) && len < SHORT);
	if (control & HAS_SCI)
		channel(b, pdu, control & ASSOCIATION);
	ot_skip(b, len); /* 0: to the end */
	ot_expect(b, b->left >= SHORTEST_ICV);
	ot_emit_security(pdu, OT_S_PROTECTION, ot_text("encrypted"));
	ot_emit_security(pdu, OT_S_VERSION, ot_text("802.1AE"));
}

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint8_t control = ot_u8(&b);
	uint8_t len = ot_u8(&b);

	ot_skip(&b, 4 + (control & HAS_SCI ? SCI : 0));
	return pdu->ethertype == 0x88e5 && is_tag(control) && len < SHORT &&
	       ot_ok(&b) && b.left >= (size_t)len + SHORTEST_ICV;
}

const struct ot_proto ot_proto_macsec = {
	.name = "macsec",
	.over = { "eth" },
	.strength = OT_STRONG,
	.ports = ports,
	.probe = probe,
	.dissect = dissect,
};
