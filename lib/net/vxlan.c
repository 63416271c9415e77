/*
 * VXLAN (RFC 7348) and its generic extension (draft-ietf-nvo3-vxlan-gpe), which
 * says what is inside; there a network service header (RFC 8300) may stand
 * before it.
 */
#include "net/walk.h"

enum {
	VXLAN_VALID = 0x08,
	GPE_VERSION = 0x30,
	GPE_NEXT = 0x04, /* the protocol is stated */
	GPE_OAM = 0x01,
	NSH_VERSION = 0xc000,
	NSH_OAM = 0x2000,
	NSH_LENGTH = 0x003f, /* words of 4 bytes */
	NSH_BASE = 8,	     /* base header and service path */
};

/* Numbers that both share; 4 is a service header. */
enum { NEXT_IPV4 = 1, NEXT_IPV6, NEXT_ETHERNET, NEXT_NSH, NEXT_MPLS };

static enum ot_walked
next(struct ot_walk *w, uint8_t protocol)
{
	switch (protocol) {
	case NEXT_IPV4:
		return ot_ipv4(w);
	case NEXT_IPV6:
		return ot_ipv6(w);
	case NEXT_ETHERNET:
		return ot_ethernet(w);
	case NEXT_MPLS:
		return ot_walk_into(w, OT_TUNNEL_MPLS, ot_mpls);
	default:
		return OT_WALKED_NOTHING;
	}
}

static enum ot_walked
service_header(struct ot_walk *w)
{
	uint16_t head = ot_u16be(&w->b);

	ot_skip(&w->b, 1); /* kind of metadata */
	uint8_t protocol = ot_u8(&w->b);
	size_t len = (size_t)(head & NSH_LENGTH) * 4;

	if (head & (NSH_VERSION | NSH_OAM) ||
	    !ot_expect(&w->b, len >= NSH_BASE))
		return OT_WALKED_NOTHING;
	ot_skip(&w->b, len - 4);
	return ot_ok(&w->b) ? next(w, protocol) : OT_WALKED_NOTHING;
}

enum ot_walked
ot_vxlan(struct ot_walk *w)
{
	uint8_t flags = ot_u8(&w->b);

	ot_skip(&w->b, 3);
	ot_walk_tunnel(w)->id = ot_u32be(&w->b) >> 8;
	if (!(flags & VXLAN_VALID))
		return OT_WALKED_NOTHING;
	return ot_ethernet(w);
}

enum ot_walked
ot_vxlan_gpe(struct ot_walk *w)
{
	uint8_t flags = ot_u8(&w->b);

	ot_skip(&w->b, 2);
	uint8_t protocol = ot_u8(&w->b);

	ot_walk_tunnel(w)->id = ot_u32be(&w->b) >> 8;
	if (!ot_ok(&w->b) || flags & (GPE_VERSION | GPE_OAM) ||
	    !(flags & VXLAN_VALID))
		return OT_WALKED_NOTHING;
	if (!(flags & GPE_NEXT))
		return ot_ethernet(w);
	return protocol == NEXT_NSH ? service_header(w) : next(w, protocol);
}
