/*
 * IEEE 802.11 section 9: data frames carry LLC and SNAP, unless they are
 * protected. All others are layer 2, with the addresses that they have.
 * Before it radiotap (radiotap.org) or PPI.
 */
#include "net/walk.h"

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
	if (!ot_ok(&w->b))
		return OT_WALKED_NOTHING;
	if (subtype & SUBTYPE_NO_DATA || flags & PROTECTED || qos & AGGREGATED)
		return ot_walk_layer2(w, 0);
	return ot_llc(w);
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

enum ot_walked
ot_wlan(struct ot_walk *w)
{
	uint8_t what = ot_u8(&w->b);
	uint8_t flags = ot_u8(&w->b);

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
ot_radiotap(struct ot_walk *w)
{
	size_t len = ot_peek16le(&w->b, 2);

	if (!ot_expect(&w->b, len >= RADIOTAP_HEADER))
		return OT_WALKED_NOTHING;
	ot_skip(&w->b, len);
	return ot_ok(&w->b) ? ot_wlan(w) : OT_WALKED_NOTHING;
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
