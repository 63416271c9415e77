/*
 * Buses whose stations have numbers of one byte: ARCNET (LINKTYPE_ARCNET_LINUX;
 * IP by RFC 1051 and RFC 1201, BACnet by ASHRAE 135 clause 8) and MS/TP
 * (LINKTYPE_BACNET_MS_TP; ASHRAE 135 clause 9.3).
 */
#include "net/walk.h"

enum {
	ARCNET_BROADCAST = 0,
	ARCNET_BACNET = 0xcd,
	ARCNET_IP_1201 = 0xd4,
	ARCNET_IP_1051 = 0xf0,
	MS_TP_PREAMBLE = 0x55ff,
	MS_TP_ASKS = 5, /* data that expects a reply, and that does not */
	MS_TP_SAYS = 6,
	MS_TP_BROADCAST = 0xff,
};

static void
take_stations(struct ot_walk *w, uint8_t src, uint8_t dst)
{
	w->packet->src_mac = ot_addr_link(OT_LINK_STATION, src);
	w->packet->dst_mac = ot_addr_link(OT_LINK_STATION, dst);
}

enum ot_walked
ot_arcnet(struct ot_walk *w)
{
	uint8_t src = ot_u8(&w->b);
	uint8_t dst = ot_u8(&w->b);

	ot_skip(&w->b, 2); /* where it lay in the card */
	uint8_t protocol = ot_u8(&w->b);

	if (!ot_ok(&w->b))
		return OT_WALKED_NOTHING;
	take_stations(w, src, dst);
	w->broadcast = dst == ARCNET_BROADCAST;
	switch (protocol) {
	case ARCNET_BACNET:
		return ot_llc(w);
	case ARCNET_IP_1201:
		ot_skip(&w->b, 1 + 2); /* whether it was parted, number */
		return ot_ok(&w->b) ? ot_ip(w) : OT_WALKED_NOTHING;
	case ARCNET_IP_1051:
		return ot_ip(w);
	default:
		return ot_walk_layer2(w, 0);
	}
}

enum ot_walked
ot_ms_tp(struct ot_walk *w)
{
	uint16_t preamble = ot_u16be(&w->b);
	uint8_t type = ot_u8(&w->b);
	uint8_t dst = ot_u8(&w->b);
	uint8_t src = ot_u8(&w->b);
	uint16_t len = ot_u16be(&w->b);

	ot_skip(&w->b, 1); /* check of the header */
	if (!ot_ok(&w->b) || preamble != MS_TP_PREAMBLE)
		return OT_WALKED_NOTHING;
	take_stations(w, src, dst);
	w->broadcast = dst == MS_TP_BROADCAST;
	if (len > ot_walk_wire(w))
		return OT_WALKED_NOTHING;
	ot_walk_cut(w, len); /* the check of the data behind it */
	return ot_walk_layer2(
	    w, type == MS_TP_ASKS || type == MS_TP_SAYS ? OT_LLC_BACNET : 0);
}
