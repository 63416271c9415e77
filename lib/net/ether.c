/*
 * Ethernet: IEEE 802.3 (length and LLC, ISO/IEC 8802-2) and type frames, tags
 * of IEEE 802.1Q and 802.1ad, SNAP (RFC 1042), PBB (IEEE 802.1ah), VN-tags, and
 * the redundancy of IEC 62439-3: PRP trailers, HSR tags.
 */
#include "net/walk.h"

enum {
	HEADER = 14,
	LONGEST_LENGTH = 1500, /* above it is no length */
	VLAN_ID = 0x0fff,
	BRIDGED = 0x6558, /* transparent Ethernet bridging */
	SHORTEST_LLC = 3,
	SWITCH_LINK = 16,
	PRP_TRAILER = 6,
	PRP_SUFFIX = 0x88fb,
	HSR_TAG = 6,
	LLC_SNAP = 0xaaaa,
	LLC_IP = 0x0606,
	LLC_IPX = 0xffff, /* no LLC at all: IPX begins with its checksum */
	LLC_UNNUMBERED = 3,
	KIND_LLC = 0x1000000,
	KIND_SNAP = 0x2000000,
};

static bool
is_tag(uint16_t type)
{
	return type == 0x8100 || type == 0x88a8 || type == 0x9100;
}

/* Id 0 only carries a priority. Of more tags than there is room for, the last
 * place keeps the innermost. */
static void
keep_tag(struct ot_packet *p, uint16_t id)
{
	if (id == 0)
		return;
	if (p->vlans == OT_LIMIT_VLANS)
		p->vlans--;
	p->vlan[p->vlans++] = id;
}

static uint16_t
tags(struct ot_walk *w, uint16_t type)
{
	while (is_tag(type) && w->b.left >= 4) {
		keep_tag(w->packet, ot_u16be(&w->b) & VLAN_ID);
		type = ot_u16be(&w->b);
	}
	return type;
}

/* IEC 62439-3 section 4.1.10: sequence number, LAN A or B with the size of what
 * stands behind the type, suffix. What is told from payload by the size alone
 * needs a whole frame. Cuts the trailer off. */
static bool
is_prp_twin(struct ot_walk *w)
{
	size_t left = w->b.left;

	if (w->missing || left < PRP_TRAILER ||
	    ot_peek16be(&w->b, left - 2) != PRP_SUFFIX)
		return false;
	uint16_t seq = ot_peek16be(&w->b, left - 6);
	uint16_t lan_size = ot_peek16be(&w->b, left - 4);
	uint8_t lan = (uint8_t)(lan_size >> 12);

	if ((lan_size & 0x0fff) != left || (lan != 0xa && lan != 0xb))
		return false;
	w->b.left -= PRP_TRAILER;
	return ot_twin(w, &w->packet->src_mac, seq, lan, w->b);
}

/* IEC 62439-3 section 5.7: path and size, sequence number, the type. A ring
 * sends a frame both ways: which, does not matter here. */
static enum ot_walked
hsr(struct ot_walk *w)
{
	ot_skip(&w->b, 2);
	uint16_t seq = ot_u16be(&w->b);
	uint16_t type = tags(w, ot_u16be(&w->b));

	if (!ot_ok(&w->b) || !ot_walk_deeper(w))
		return OT_WALKED_NOTHING;
	if (ot_twin(w, &w->packet->src_mac, seq, 0, w->b))
		return OT_WALKED_TWIN;
	return ot_ethertype(w, type);
}

/* IEEE 802.1ah: the customer's frame stands whole behind 4 bytes, of which 3
 * are the service's id. */
static enum ot_walked
backbone(struct ot_walk *w)
{
	ot_walk_tunnel(w)->id = ot_u32be(&w->b) & 0xffffff;
	return ot_ethernet(w);
}

/* A VN-tag is 4 bytes and the type. */
static enum ot_walked
vn_tag(struct ot_walk *w)
{
	ot_skip(&w->b, 4);
	uint16_t type = tags(w, ot_u16be(&w->b));

	if (!ot_ok(&w->b) || !ot_walk_deeper(w))
		return OT_WALKED_NOTHING;
	return ot_ethertype(w, type);
}

/* IP must be readable behind these types. */
static const struct {
	uint16_t type;
	ot_layer *layer;
} headers[] = {
	{ 0x0800, ot_ip },
	{ 0x86dd, ot_ip },
	{ 0x892f, hsr },
	{ 0x8926, vn_tag },
};

/* And these may carry something else, which then is layer 2. */
static const struct {
	uint16_t type;
	enum ot_tunnel_kind kind;
	ot_layer *layer;
} tunnels[] = {
	{ 0x8847, OT_TUNNEL_MPLS, ot_mpls },
	{ 0x8848, OT_TUNNEL_MPLS, ot_mpls },
	{ 0x8864, OT_TUNNEL_PPPOE, ot_pppoe },
	{ 0x88e7, OT_TUNNEL_PBB, backbone },
	{ BRIDGED, OT_TUNNEL_ETHERNET, ot_ethernet },
};

static enum ot_walked
into_tunnel(struct ot_walk *w, uint16_t type)
{
	for (size_t i = 0; i < sizeof(tunnels) / sizeof(*tunnels); i++) {
		if (tunnels[i].type == type)
			return ot_walk_into(
			    w, tunnels[i].kind, tunnels[i].layer);
	}
	return OT_WALKED_NOTHING;
}

enum ot_walked
ot_ethertype(struct ot_walk *w, uint16_t type)
{
	for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++) {
		if (headers[i].type == type)
			return headers[i].layer(w);
	}
	enum ot_walked walked = into_tunnel(w, type);

	return walked == OT_WALKED_NOTHING ? ot_walk_layer2(w, type) : walked;
}

enum ot_walked
ot_tagged(struct ot_walk *w, uint16_t type)
{
	return ot_ethertype(w, tags(w, type));
}

enum ot_walked
ot_ethertype_inner(struct ot_walk *w, uint16_t type)
{
	type = tags(w, type);
	if (type == 0x0800 || type == 0x86dd)
		return ot_ip(w);
	return type == BRIDGED ? ot_ethernet(w) : into_tunnel(w, type);
}

/* SNAP: OUI 0 means that an ethertype follows, 0000F8 too (RFC 1042, and IEEE
 * 802.1H for what 802.3 would not carry). */
enum ot_walked
ot_snap(struct ot_walk *w)
{
	uint32_t oui = ot_u24be(&w->b);
	uint16_t type = ot_u16be(&w->b);

	if (!ot_ok(&w->b) || !ot_walk_deeper(w))
		return OT_WALKED_NOTHING;
	if (oui == 0 || oui == 0x0000f8)
		return ot_tagged(w, type);
	w->packet->snap = (uint64_t)oui << 16 | type;
	return ot_walk_layer2(w, KIND_SNAP | type);
}

enum ot_walked
ot_llc(struct ot_walk *w)
{
	if (ot_peek16be(&w->b, 0) == LLC_IPX && w->b.left >= 2)
		return ot_walk_layer2(w, KIND_LLC | LLC_IPX);
	uint16_t saps = ot_u16be(&w->b);
	uint8_t control = ot_u8(&w->b);

	if ((control & LLC_UNNUMBERED) != LLC_UNNUMBERED)
		ot_skip(&w->b, 1);
	if (!ot_ok(&w->b))
		return OT_WALKED_NOTHING;
	if (saps == LLC_SNAP && control == LLC_UNNUMBERED)
		return ot_snap(w);
	if (saps == LLC_IP && control == LLC_UNNUMBERED)
		return ot_ip(w);
	return ot_walk_layer2(w, KIND_LLC | saps);
}

/* What a Beckoff ET2000 puts before each frame: 01 01 05 1x and a time.
 * EtherCAT itself has 01 01 05 01. */
static bool
is_switch_link(const struct ot_buf *b)
{
	return ot_peek(b, 0) == 1 && b->left > SWITCH_LINK &&
	       ot_peek32be(b, 0) >> 4 == 0x0101051 &&
	       (ot_peek(b, 3) & 0x0e) == 0;
}

enum ot_walked
ot_ethernet(struct ot_walk *w)
{
	struct ot_packet *p = w->packet;

	if (is_switch_link(&w->b))
		ot_skip(&w->b, SWITCH_LINK);
	struct ot_buf h = ot_split(&w->b, HEADER);

	if (!ot_ok(&h) || !ot_walk_deeper(w))
		return OT_WALKED_NOTHING;
	ot_walk_addr(&h, &p->dst_mac, OT_ADDR_MAC, 6);
	ot_walk_addr(&h, &p->src_mac, OT_ADDR_MAC, 6);
	uint16_t type = tags(w, ot_u16be(&h));

	if (is_prp_twin(w))
		return OT_WALKED_TWIN;
	if (type > LONGEST_LENGTH)
		return ot_ethertype(w, type);
	if (type < SHORTEST_LLC)
		return ot_walk_layer2(w, type);
	if (type < ot_walk_wire(w))
		ot_walk_cut(w, type);
	return ot_llc(w);
}
