/*
 * Encapsulations on IP: GRE (RFC 2784, RFC 2890; version 1 of RFC 2637) with
 * ERSPAN inside (draft-foschiano-erspan); on UDP GENEVE (RFC 8926), GTP-U (3GPP
 * TS 29.281), Teredo (RFC 4380), and by port those that have files of their
 * own. What cannot be read inside leaves the outer packet.
 */
#include "net/walk.h"

enum {
	GRE_CHECKSUM = 0x8000,
	GRE_ROUTING = 0x4000,
	GRE_KEY = 0x2000,
	GRE_SEQUENCE = 0x1000,
	GRE_ACK = 0x0080, /* version 1 */
	GRE_VERSION = 0x0007,
	GRE_PPP = 0x880b,
	GRE_ERSPAN_1_2 = 0x88be,
	GRE_ERSPAN_3 = 0x22eb,
	ERSPAN_SESSION = 0x03ff,
	ERSPAN_3_HEADER = 12,
	ERSPAN_3_OPTION = 8,
	GTP_1 = 3, /* version 1, protocol type GTP */
	GTP_USER_DATA = 255,
	GTP_OPTIONAL = 0x07, /* any of the three: 4 bytes more */
	GTP_EXTENSION = 0x04,
	TEREDO_AUTHENTICATION = 1,
	TEREDO_ORIGIN = 0,
};

/* Types II and III begin alike: version and VLAN, then the session's id. */
static void
erspan_session(struct ot_walk *w)
{
	ot_skip(&w->b, 2);
	ot_walk_tunnel(w)->id = ot_u16be(&w->b) & ERSPAN_SESSION;
}

/* ERSPAN type I has no header of its own; GRE has a sequence number exactly
 * where there is type II. */
static enum ot_walked
erspan_1_2(struct ot_walk *w, uint16_t flags)
{
	ot_walk_tunnel(w)->kind = OT_TUNNEL_ERSPAN;
	ot_walk_tunnel(w)->id = 0;
	if (flags & GRE_SEQUENCE) {
		erspan_session(w);
		ot_skip(&w->b, 4); /* index */
	}
	return ot_ethernet(w);
}

static enum ot_walked
erspan_3(struct ot_walk *w)
{
	ot_walk_tunnel(w)->kind = OT_TUNNEL_ERSPAN;
	erspan_session(w);
	ot_skip(&w->b, ERSPAN_3_HEADER - 4 - 2);
	uint16_t bits = ot_u16be(&w->b);
	unsigned frame_type = bits >> 10 & 0x1f;

	if (bits & 1)
		ot_skip(&w->b, ERSPAN_3_OPTION);
	if (frame_type == 2)
		return ot_ip(w);
	return ot_ethernet(w);
}

/* RFC 2637 section 4.1: the key is there always: length and call. */
static enum ot_walked
gre_1(struct ot_walk *w, uint16_t flags, uint16_t type)
{
	ot_walk_tunnel(w)->kind = OT_TUNNEL_PPTP;
	ot_skip(&w->b, 2);
	ot_walk_tunnel(w)->id = ot_u16be(&w->b);
	ot_skip(&w->b, flags & GRE_SEQUENCE ? 4 : 0);
	ot_skip(&w->b, flags & GRE_ACK ? 4 : 0);
	if (!ot_ok(&w->b) || type != GRE_PPP)
		return OT_WALKED_NOTHING;
	return ot_ppp(w);
}

enum ot_walked
ot_gre(struct ot_walk *w)
{
	uint16_t flags = ot_u16be(&w->b);
	uint16_t type = ot_u16be(&w->b);

	if ((flags & GRE_VERSION) == 1)
		return gre_1(w, flags, type);
	if (flags & (GRE_VERSION | GRE_ROUTING)) /* RFC 1701, in disuse */
		return OT_WALKED_NOTHING;
	ot_skip(&w->b, flags & GRE_CHECKSUM ? 4 : 0);
	if (flags & GRE_KEY)
		ot_walk_tunnel(w)->id = ot_u32be(&w->b);
	ot_skip(&w->b, flags & GRE_SEQUENCE ? 4 : 0);
	if (!ot_ok(&w->b))
		return OT_WALKED_NOTHING;
	if (type == GRE_ERSPAN_1_2)
		return erspan_1_2(w, flags);
	if (type == GRE_ERSPAN_3)
		return erspan_3(w);
	return ot_ethertype_inner(w, type);
}

static enum ot_walked
geneve(struct ot_walk *w)
{
	uint8_t version_len = ot_u8(&w->b);

	ot_skip(&w->b, 1);
	uint16_t type = ot_u16be(&w->b);

	ot_walk_tunnel(w)->id = ot_u32be(&w->b) >> 8;
	ot_skip(&w->b, (version_len & 0x3f) * 4U);
	if (!ot_ok(&w->b) || version_len >> 6 != 0)
		return OT_WALKED_NOTHING;
	return ot_ethertype_inner(w, type);
}

/* 3GPP TS 29.281 section 5: user data only. */
static enum ot_walked
gtp_u(struct ot_walk *w)
{
	uint8_t flags = ot_u8(&w->b);
	uint8_t type = ot_u8(&w->b);

	ot_skip(&w->b, 2); /* length */
	ot_walk_tunnel(w)->id = ot_u32be(&w->b);
	if (flags >> 4 != GTP_1 || type != GTP_USER_DATA)
		return OT_WALKED_NOTHING;
	if (flags & GTP_OPTIONAL) {
		ot_skip(&w->b, 3);
		uint8_t next = ot_u8(&w->b);

		while (flags & GTP_EXTENSION && next && ot_ok(&w->b)) {
			size_t len = ot_u8(&w->b) * (size_t)4;

			if (!ot_expect(&w->b, len > 0))
				break;
			ot_skip(&w->b, len - 2);
			next = ot_u8(&w->b);
		}
	}
	return ot_ok(&w->b) ? ot_ip(w) : OT_WALKED_NOTHING;
}

/* RFC 4380 section 5.1.1: authentication and origin may stand before it. */
static enum ot_walked
teredo(struct ot_walk *w)
{
	if (ot_peek16be(&w->b, 0) == TEREDO_AUTHENTICATION) {
		size_t id = ot_peek(&w->b, 2), value = ot_peek(&w->b, 3);

		ot_skip(&w->b, 4 + id + value + 8 + 1); /* nonce, confirmed */
	}
	if (ot_peek16be(&w->b, 0) == TEREDO_ORIGIN)
		ot_skip(&w->b, 8);
	return ot_ok(&w->b) ? ot_ipv6(w) : OT_WALKED_NOTHING;
}

static const struct udp_tunnel {
	uint16_t port;
	bool both; /* it may be the source's only */
	enum ot_tunnel_kind kind;
	ot_layer *layer;
} tunnels[] = {
	{ 4789, false, OT_TUNNEL_VXLAN, ot_vxlan },
	/* Linux before the port was assigned */
	{ 8472, false, OT_TUNNEL_VXLAN, ot_vxlan },
	{ 4790, false, OT_TUNNEL_VXLAN_GPE, ot_vxlan_gpe },
	{ 6081, false, OT_TUNNEL_GENEVE, geneve },
	{ 2152, true, OT_TUNNEL_GTP, gtp_u },
	{ 3544, true, OT_TUNNEL_TEREDO, teredo },
	{ 1701, true, OT_TUNNEL_L2TP, ot_l2tp },
	{ 5247, true, OT_TUNNEL_CAPWAP, ot_capwap },
};

static const struct udp_tunnel *
udp_tunnel_of(uint16_t src_port, uint16_t dst_port)
{
	for (size_t i = 0; i < sizeof(tunnels) / sizeof(*tunnels); i++) {
		if (tunnels[i].port == dst_port ||
		    (tunnels[i].both && tunnels[i].port == src_port))
			return &tunnels[i];
	}
	return NULL;
}

bool
ot_udp_may_tunnel(uint16_t src_port, uint16_t dst_port)
{
	return udp_tunnel_of(src_port, dst_port) != NULL;
}

enum ot_walked
ot_udp_tunnel(struct ot_walk *w)
{
	const struct udp_tunnel *t =
	    udp_tunnel_of(w->packet->src_port, w->packet->dst_port);

	return t ? ot_walk_into(w, t->kind, t->layer) : OT_WALKED_NOTHING;
}
