/*
 * IEEE 802.15.4 section 7.2: which addresses a frame has stands in its first
 * two bytes. LINKTYPE_IEEE802_15_4 _WITHFCS, _NOFCS, _TAP.
 */
#include "net/walk.h"

enum {
	TYPE = 0x0007,
	PAN_COMPRESSED = 0x0040,
	NO_SEQUENCE = 0x0100, /* of version 2 on */
	DST_SHIFT = 10,
	VERSION_SHIFT = 12,
	SRC_SHIFT = 14,
	VERSION_2015 = 2,
	FCS = 2,
	TAP_FCS = 0, /* a TLV: what stands behind the frame */
	TAP_FCS_16 = 1,
	TAP_FCS_32 = 2,
};

enum mode { MODE_NONE, MODE_RESERVED, MODE_SHORT, MODE_EXTENDED };

/* Which of the two PAN ids are there. */
struct pans {
	bool dst, src;
};

/* Table 7-2; before, the source's was left out where there was a destination's.
 */
static struct pans
pans_of(unsigned version, enum mode dst, enum mode src, bool compressed)
{
	if (version < VERSION_2015)
		return (struct pans){ dst != MODE_NONE,
			src != MODE_NONE && !(compressed && dst != MODE_NONE) };
	if (dst == MODE_NONE && src == MODE_NONE)
		return (struct pans){ compressed, false };
	if (src == MODE_NONE || (dst == MODE_EXTENDED && src == MODE_EXTENDED))
		return (struct pans){ !compressed, false };
	if (dst == MODE_NONE)
		return (struct pans){ false, !compressed };
	return (struct pans){ true, !compressed };
}

static void
take_address(
    struct ot_walk *w, struct ot_addr *addr, enum mode mode, uint16_t pan)
{
	if (mode == MODE_SHORT)
		*addr = ot_addr_link(
		    OT_LINK_SHORT, (uint64_t)pan << 16 | ot_u16le(&w->b));
	else if (mode == MODE_EXTENDED)
		*addr = ot_addr_link(OT_LINK_EXTENDED, ot_u64le(&w->b));
}

enum ot_walked
ot_wpan(struct ot_walk *w)
{
	struct ot_packet *p = w->packet;
	uint16_t control = ot_u16le(&w->b);
	unsigned version = control >> VERSION_SHIFT & 3;
	enum mode dst = control >> DST_SHIFT & 3, src = control >> SRC_SHIFT;
	struct pans pans = pans_of(version, dst, src, control & PAN_COMPRESSED);
	uint16_t pan = 0;

	if (dst == MODE_RESERVED || src == MODE_RESERVED || version == 3)
		return OT_WALKED_NOTHING;
	if (version < VERSION_2015 || !(control & NO_SEQUENCE))
		ot_skip(&w->b, 1);
	if (pans.dst)
		pan = ot_u16le(&w->b);
	take_address(w, &p->dst_mac, dst, pan);
	if (pans.src)
		pan = ot_u16le(&w->b);
	take_address(w, &p->src_mac, src, pan);
	if (!ot_ok(&w->b))
		return OT_WALKED_NOTHING;
	w->broadcast = ot_addr_broadcast(&p->dst_mac);
	return ot_walk_link(w, OT_WPAN, control & TYPE);
}

static enum ot_walked
without_fcs(struct ot_walk *w, size_t fcs)
{
	if (ot_walk_wire(w) < fcs)
		return OT_WALKED_NOTHING;
	ot_walk_cut(w, ot_walk_wire(w) - fcs);
	return ot_wpan(w);
}

enum ot_walked
ot_wpan_fcs(struct ot_walk *w)
{
	return without_fcs(w, FCS);
}

/* Bytes behind the frame, by a header's TLVs. */
static size_t
tap_fcs(struct ot_buf *h)
{
	while (h->left >= 4) {
		uint16_t type = ot_u16le(h);
		size_t len = ot_u16le(h);

		if (type == TAP_FCS && len == 1) {
			uint8_t kind = ot_u8(h);

			return kind == TAP_FCS_16   ? 2
			       : kind == TAP_FCS_32 ? 4
						    : 0;
		}
		ot_skip(h, (len + 3) & ~(size_t)3);
	}
	return 0;
}

enum ot_walked
ot_wpan_tap(struct ot_walk *w)
{
	uint8_t version = ot_u8(&w->b);

	ot_skip(&w->b, 1);
	size_t len = ot_u16le(&w->b);

	if (version != 0 || !ot_expect(&w->b, len >= 4))
		return OT_WALKED_NOTHING;
	struct ot_buf h = ot_split(&w->b, len - 4);
	size_t fcs = tap_fcs(&h);

	return ot_ok(&w->b) ? without_fcs(w, fcs) : OT_WALKED_NOTHING;
}
