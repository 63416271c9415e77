/*
 * IEEE 802.11 section 9: data frames carry LLC and SNAP, or several frames that
 * do (A-MSDU), unless they are protected. All others are layer 2, with the
 * addresses that they have. Before it radiotap (radiotap.org) or PPI.
 */
#include "net/decoder.h"

enum {
	TYPE_MANAGEMENT = 0,
	TYPE_DATA = 2,
	SUBTYPE_NO_DATA = 4, /* a bit of the subtype */
	SUBTYPE_QOS = 8,
	TO_DS = 0x01,
	FROM_DS = 0x02,
	PROTECTED = 0x40,
	ORDER = 0x80,
	AGGREGATED = 0x80, /* A-MSDU present, in QoS control */
	PPI_HEADER = 8,
	RADIOTAP_HEADER = 8,
	SUBFRAME = 14, /* receiver, sender, length */
	FCS = 4,
};

/* Of radiotap: bits of its first word, and of its flags. */
enum {
	HAS_TIME = 1 << 0,
	HAS_FLAGS = 1 << 1,
	FLAG_FCS = 0x10,
	FLAG_PADDED = 0x20,
};

/* Which of the addresses are receiver and sender, table 9-60. */
static void
take_addresses(struct ot_walk *w, const struct ot_addr a[static 4], uint8_t ds)
{
	struct ot_packet *p = w->packet;

	switch (ds) {
	case 0:
		p->dst_mac = a[0];
		p->src_mac = a[1];
		break;
	case TO_DS:
		p->dst_mac = a[2];
		p->src_mac = a[1];
		break;
	case FROM_DS:
		p->dst_mac = a[0];
		p->src_mac = a[2];
		break;
	default:
		p->dst_mac = a[2];
		p->src_mac = a[3];
		break;
	}
}

/* One frame of several; what stands behind it is not its own. */
static enum ot_walked
subframe(struct ot_walk *w)
{
	if (w->b.left < SUBFRAME)
		return ot_walk_layer2(w, 0);
	struct ot_buf h = ot_split(&w->b, SUBFRAME);

	ot_walk_addr(&h, &w->packet->dst_mac, OT_ADDR_MAC, 6);
	ot_walk_addr(&h, &w->packet->src_mac, OT_ADDR_MAC, 6);
	uint16_t len = ot_u16be(&h);

	if (len <= ot_walk_wire(w))
		ot_walk_cut(w, len);
	struct ot_buf content = w->b;
	uint64_t missing = w->missing;
	enum ot_walked walked = ot_walk_try(w, ot_llc);

	if (walked != OT_WALKED_NOTHING)
		return walked;
	w->b = content;
	w->missing = missing;
	return ot_walk_layer2(w, 0);
}

/* One that is not the frame's last. The frame itself is counted with that. */
static void
tell_subframe(const struct ot_walk *w, size_t len)
{
	struct ot_packet packet = *w->packet;
	struct ot_walk one = *w;

	one.packet = &packet;
	one.fault = OT_FAULT_NONE;
	one.b = ot_buf(w->b.p, len, &one.fault);
	one.missing = 0;
	packet.frames = 0;
	packet.bytes = 0;
	if (subframe(&one) == OT_WALKED_PACKET)
		w->decoder->sink(w->decoder->user, &packet);
}

/* Section 9.3.2.2: frames with addresses of their own, all but the last filled
 * up to 4 bytes. */
static enum ot_walked
aggregate(struct ot_walk *w)
{
	for (;;) {
		size_t len = SUBFRAME + (size_t)ot_peek16be(&w->b, 12);
		size_t padded = (len + 3) & ~(size_t)3;

		if (w->b.left < padded + SUBFRAME)
			return subframe(w);
		tell_subframe(w, len);
		ot_skip(&w->b, padded);
	}
}

static enum ot_walked
data(struct ot_walk *w, uint8_t subtype, uint8_t flags)
{
	struct ot_addr a[4] = { 0 };
	uint8_t ds = flags & (TO_DS | FROM_DS);
	uint8_t qos = 0;

	for (size_t i = 0; i < 3; i++)
		ot_walk_addr(&w->b, &a[i], OT_ADDR_MAC, 6);
	ot_skip(&w->b, 2); /* sequence control */
	if (ds == (TO_DS | FROM_DS))
		ot_walk_addr(&w->b, &a[3], OT_ADDR_MAC, 6);
	if (!ot_ok(&w->b))
		return OT_WALKED_NOTHING;
	take_addresses(w, a, ds);
	if (subtype & SUBTYPE_QOS) {
		qos = ot_u8(&w->b);
		ot_skip(&w->b, flags & ORDER ? 5 : 1);
	}
	size_t header = 24U + (ds == (TO_DS | FROM_DS) ? 6U : 0U) +
			(subtype & SUBTYPE_QOS ? flags & ORDER ? 6U : 2U : 0U);

	ot_skip(&w->b, w->padded ? (4 - header % 4) % 4 : 0);
	if (!ot_ok(&w->b))
		return OT_WALKED_NOTHING;
	if (subtype & SUBTYPE_NO_DATA || flags & PROTECTED)
		return ot_walk_layer2(w, 0);
	return qos & AGGREGATED ? aggregate(w) : ot_llc(w);
}

static enum ot_walked
management(struct ot_walk *w)
{
	ot_walk_addr(&w->b, &w->packet->dst_mac, OT_ADDR_MAC, 6);
	ot_walk_addr(&w->b, &w->packet->src_mac, OT_ADDR_MAC, 6);
	return ot_ok(&w->b) ? ot_walk_layer2(w, 0) : OT_WALKED_NOTHING;
}

/* Control frames have a receiver; only some have a sender. */
static enum ot_walked
control(struct ot_walk *w)
{
	ot_walk_addr(&w->b, &w->packet->dst_mac, OT_ADDR_MAC, 6);
	if (!ot_ok(&w->b))
		return OT_WALKED_NOTHING;
	if (w->b.left >= 6)
		ot_walk_addr(&w->b, &w->packet->src_mac, OT_ADDR_MAC, 6);
	return ot_walk_layer2(w, 0);
}

static enum ot_walked
wlan(struct ot_walk *w, uint8_t what, uint8_t flags)
{
	ot_skip(&w->b, 2);		      /* duration */
	if (!ot_ok(&w->b) || (what & 3) != 0) /* another version */
		return OT_WALKED_NOTHING;
	switch (what >> 2 & 3) {
	case TYPE_MANAGEMENT:
		return management(w);
	case TYPE_DATA:
		return data(w, what >> 4, flags);
	default:
		return control(w);
	}
}

enum ot_walked
ot_wlan(struct ot_walk *w)
{
	uint8_t what = ot_u8(&w->b);
	uint8_t flags = ot_u8(&w->b);

	return wlan(w, what, flags);
}

/* Version 0 stands in the two lowest bits of the first byte. */
enum ot_walked
ot_wlan_either(struct ot_walk *w)
{
	uint8_t first = ot_u8(&w->b);
	uint8_t second = ot_u8(&w->b);
	bool turned = (first & 3) != 0;

	return turned ? wlan(w, second, first) : wlan(w, first, second);
}

/* Of the header the flags, behind words that say what there is, and the time.
 * Fields stand at multiples of their size. */
static uint8_t
radiotap_flags(const struct ot_buf *h)
{
	uint32_t present = ot_peek32le(h, 4);
	uint32_t word = present;
	size_t at = RADIOTAP_HEADER;

	for (; word >> 31 && at < h->left; at += 4)
		word = ot_peek32le(h, at);
	if (!(present & HAS_FLAGS))
		return 0;
	if (present & HAS_TIME)
		at = ((at + 7) & ~(size_t)7) + 8;
	return ot_peek(h, at);
}

enum ot_walked
ot_radiotap(struct ot_walk *w)
{
	size_t len = ot_peek16le(&w->b, 2);

	if (!ot_expect(&w->b, len >= RADIOTAP_HEADER))
		return OT_WALKED_NOTHING;
	struct ot_buf h = ot_split(&w->b, len);

	if (!ot_ok(&h))
		return OT_WALKED_NOTHING;
	uint8_t flags = radiotap_flags(&h);

	w->padded = flags & FLAG_PADDED;
	if (flags & FLAG_FCS && ot_walk_wire(w) >= FCS)
		ot_walk_cut(w, ot_walk_wire(w) - FCS);
	return ot_wlan(w);
}

/* Per-packet information: length, and the link type of what follows. */
enum ot_walked
ot_ppi(struct ot_walk *w)
{
	size_t len = ot_peek16le(&w->b, 2);
	uint32_t link_type = ot_peek32le(&w->b, 4);

	if (!ot_expect(&w->b, len >= PPI_HEADER))
		return OT_WALKED_NOTHING;
	ot_skip(&w->b, len);
	if (!ot_ok(&w->b) || !ot_walk_deeper(w))
		return OT_WALKED_NOTHING;
	return ot_link(w, link_type);
}
