/*
 * IPv4, RFC 791 section 3.1. Options are passed over; a header checksum is not
 * checked, for cards write it after the capture.
 */
#include "net/walk.h"

enum {
	HEADER = 20,
	MORE_FRAGMENTS = 0x2000,
	OFFSET_MASK = 0x1fff, /* in units of 8 bytes */
};

static bool
is_group(const struct ot_walk *w, const struct ot_addr *dst)
{
	static const uint8_t ones[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	const struct ot_packet *p = w->packet;

	/* a multicast MAC alone proves nothing: clusters share them */
	return (dst->b[0] & 0xf0) == 0xe0 || memcmp(dst->b, ones, 4) == 0 ||
	       memcmp(p->dst_mac.b, ones, 6) == 0 || w->broadcast;
}

/* Cut to what the header says; 0 is what segmentation in the card leaves. */
static bool
fit(struct ot_walk *w, uint16_t total, size_t header)
{
	if (total == 0)
		return header <= ot_walk_wire(w) + HEADER;
	if (total < header)
		return false;
	ot_walk_cut(w, total - HEADER);
	return true;
}

enum ot_walked
ot_ipv4(struct ot_walk *w)
{
	struct ot_packet *p = w->packet;
	struct ot_buf h = ot_split(&w->b, HEADER);

	if (!ot_ok(&h))
		return OT_WALKED_NOTHING;
	uint8_t version = ot_u8(&h);
	size_t header = (size_t)(version & 15) * 4;

	if (version >> 4 != 4 || header < HEADER)
		return OT_WALKED_NOTHING;
	ot_skip(&h, 1);
	uint16_t total = ot_u16be(&h);

	p->ip_id = ot_u16be(&h);
	uint16_t fragment = ot_u16be(&h);

	p->ttl = ot_u8(&h);
	p->ip_protocol = ot_u8(&h);
	ot_skip(&h, 2);
	ot_walk_addr(&h, &p->src, OT_ADDR_IPV4, 4);
	ot_walk_addr(&h, &p->dst, OT_ADDR_IPV4, 4);
	p->src_port = p->dst_port = 0;
	p->ip = true;
	p->group = is_group(w, &p->dst);
	if (!fit(w, total, header))
		return ot_ip_unreadable(w);
	p->ip_bytes = (uint32_t)ot_walk_wire(w) + HEADER;
	ot_skip(&w->b, header - HEADER);
	if (!ot_ok(&w->b))
		return ot_ip_unreadable(w);
	if (fragment & (MORE_FRAGMENTS | OFFSET_MASK))
		return ot_fragment(w, p->ip_id, (fragment & OFFSET_MASK) * 8U,
		    fragment & MORE_FRAGMENTS);
	return ot_ip_protocol(w, p->ip_protocol);
}
