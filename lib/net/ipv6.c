/*
 * IPv6, RFC 8200, with its extension headers; jumbograms by RFC 2675 are cut to
 * the frame.
 */
#include "net/walk.h"

enum {
	HEADER = 40,
	NEXT_HOP_BY_HOP = 0,
	NEXT_ROUTING = 43,
	NEXT_FRAGMENT = 44,
	NEXT_NONE = 59,
	NEXT_DESTINATION = 60,
	NEXT_MOBILITY = 135, /* RFC 6275 */
	NEXT_HIP = 139,	     /* RFC 7401 */
	NEXT_SHIM6 = 140,    /* RFC 5533 */
};

/* Headers whose second byte counts units of 8 bytes behind the first 8. */
static bool
is_extension(uint8_t next)
{
	switch (next) {
	case NEXT_HOP_BY_HOP:
	case NEXT_ROUTING:
	case NEXT_DESTINATION:
	case NEXT_MOBILITY:
	case NEXT_HIP:
	case NEXT_SHIM6:
		return true;
	default:
		return false;
	}
}

static enum ot_walked
fragment(struct ot_walk *w)
{
	uint8_t next = ot_u8(&w->b);

	ot_skip(&w->b, 1);
	uint16_t where = ot_u16be(&w->b);
	uint32_t id = ot_u32be(&w->b);

	if (!ot_ok(&w->b) || !ot_walk_deeper(w))
		return ot_ip_unreadable(w);
	w->packet->ip_protocol = next;
	if (where & 0xfff9)
		return ot_fragment(w, id, where & 0xfff8U, where & 1);
	/* an atomic fragment, RFC 6946: nothing is missing */
	return ot_ipv6_next(w, next);
}

enum ot_walked
ot_ipv6_next(struct ot_walk *w, uint8_t next)
{
	while (is_extension(next)) {
		uint8_t following = ot_u8(&w->b);
		size_t len = ((size_t)ot_u8(&w->b) + 1) * 8;

		ot_skip(&w->b, len - 2);
		if (!ot_ok(&w->b) || !ot_walk_deeper(w))
			return ot_ip_unreadable(w);
		next = w->packet->ip_protocol = following;
	}
	if (next == NEXT_FRAGMENT)
		return fragment(w);
	return ot_ip_protocol(w, next);
}

static bool
is_group(const struct ot_addr *dst)
{
	return dst->b[0] == 0xff;
}

enum ot_walked
ot_ipv6(struct ot_walk *w)
{
	struct ot_packet *p = w->packet;
	struct ot_buf h = ot_split(&w->b, HEADER);

	if (!ot_ok(&h))
		return OT_WALKED_NOTHING;
	if (ot_u32be(&h) >> 28 != 6)
		return OT_WALKED_NOTHING;
	uint16_t len = ot_u16be(&h);

	p->ip_protocol = ot_u8(&h);
	p->ttl = ot_u8(&h);
	p->ip_id = 0;
	ot_walk_addr(&h, &p->src, OT_ADDR_IPV6, 16);
	ot_walk_addr(&h, &p->dst, OT_ADDR_IPV6, 16);
	p->src_port = p->dst_port = 0;
	p->ip = true;
	p->group = is_group(&p->dst);
	/* 0 is a jumbogram, or what segmentation in the card leaves */
	if (len || p->ip_protocol == NEXT_NONE)
		ot_walk_cut(w, len);
	p->ip_bytes = (uint32_t)ot_walk_wire(w) + HEADER;
	return ot_ipv6_next(w, p->ip_protocol);
}
