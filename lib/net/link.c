/*
 * Link types other than Ethernet and 802.11, as listed by tcpdump.org:
 * LINKTYPE_ NULL, LOOP, RAW, IPV4, IPV6, LINUX_SLL, LINUX_SLL2, PPP, PPP_HDLC,
 * C_HDLC, FRELAY, FDDI, SLIP, ATM_RFC1483, SUNATM, NFLOG; and the table of all
 * that are read.
 */
#include "net/walk.h"

enum {
	AF_INET_ALL = 2,
	AF_INET6_LINUX = 10,
	AF_INET6_BSD = 24,
	AF_INET6_FREEBSD = 28,
	AF_INET6_DARWIN = 30,
	SLL_BROADCAST = 1,
	SLL_802_3 = 1, /* no ethertypes: */
	SLL_802_2 = 4,
	SLL_CAN = 0x0c,
	SLL_CAN_FD = 0x0d,
	NFLOG_PAYLOAD = 9,
	NLPID_IPV4 = 0xcc, /* RFC 2427 */
	NLPID_IPV6 = 0x8e,
	NLPID_SNAP = 0x80,
	CISCO_CDP = 0x2000,
	PPP_ETHERTYPE = 0x880b,
	FDDI_LLC = 0x50, /* of the frame control: a frame with LLC */
	FDDI_KIND = 0xf0,
	SLIP_HEADER = 16,
	SUNATM_KIND = 0x0f,
	SUNATM_LLC = 2,
};

/* Written in the byte order of the host that captured: no family is above 255,
 * so the byte that is not 0 tells. */
static enum ot_walked
null(struct ot_walk *w)
{
	uint32_t family = ot_u32le(&w->b);

	if (family & 0xffff0000U)
		family = family >> 24 | (family >> 8 & 0xff00);
	switch (family) {
	case AF_INET_ALL:
	case AF_INET6_LINUX:
	case AF_INET6_BSD:
	case AF_INET6_FREEBSD:
	case AF_INET6_DARWIN:
		return ot_ip(w);
	default:
		return ot_ok(&w->b) ? ot_walk_layer2(w, 0) : OT_WALKED_NOTHING;
	}
}

static enum ot_walked
cooked_payload(struct ot_walk *w, uint16_t protocol)
{
	if (!ot_ok(&w->b))
		return OT_WALKED_NOTHING;
	if (protocol == SLL_802_2)
		return ot_llc(w);
	if (protocol == SLL_CAN || protocol == SLL_CAN_FD)
		return ot_can(w);
	if (protocol == SLL_802_3)
		return ot_walk_layer2(w, 0);
	return ot_tagged(w, protocol);
}

/* The sender's address where it is a MAC. The field is 8 bytes always. */
static void
cooked_source(struct ot_walk *w, size_t len)
{
	struct ot_buf field = ot_split(&w->b, 8);

	if (len == 6)
		ot_walk_addr(&field, &w->packet->src_mac, OT_ADDR_MAC, 6);
}

static enum ot_walked
cooked(struct ot_walk *w)
{
	w->broadcast = ot_u16be(&w->b) == SLL_BROADCAST;
	ot_skip(&w->b, 2);
	cooked_source(w, ot_u16be(&w->b));
	return cooked_payload(w, ot_u16be(&w->b));
}

static enum ot_walked
cooked_2(struct ot_walk *w)
{
	uint16_t protocol = ot_u16be(&w->b);

	ot_skip(&w->b, 2 + 4 + 2); /* reserved, interface, its kind */
	w->broadcast = ot_u8(&w->b) == SLL_BROADCAST;
	cooked_source(w, ot_u8(&w->b));
	return cooked_payload(w, protocol);
}

/* Negotiations have no addresses at all. */
static enum ot_walked
ppp(struct ot_walk *w)
{
	struct ot_buf before = w->b;
	enum ot_walked walked = ot_ppp(w);

	if (walked != OT_WALKED_NOTHING || w->packet->ip || before.left < 2)
		return walked;
	w->fault = OT_FAULT_NONE;
	w->b = before;
	return ot_walk_layer2(w, PPP_ETHERTYPE);
}

/* Cisco HDLC: unicast 0F or broadcast 8F, a zero, an ethertype. */
static enum ot_walked
cisco_hdlc(struct ot_walk *w)
{
	ot_skip(&w->b, 2);
	uint16_t type = ot_u16be(&w->b);

	return ot_ok(&w->b) ? ot_tagged(w, type) : OT_WALKED_NOTHING;
}

static enum ot_walked
ppp_hdlc(struct ot_walk *w)
{
	uint8_t address = ot_peek(&w->b, 0);

	if (address == 0x0f || address == 0x8f)
		return cisco_hdlc(w);
	return ppp(w);
}

/* Q.922 address up to the byte whose lowest bit is set; then RFC 2427, or
 * Cisco's ethertype. */
static enum ot_walked
frame_relay(struct ot_walk *w)
{
	for (unsigned n = 0; n < 4 && !(ot_u8(&w->b) & 1); n++)
		continue;
	if (ot_peek(&w->b, 0) != 3) {
		uint16_t type = ot_u16be(&w->b);

		return ot_ok(&w->b) ? ot_tagged(w, type) : OT_WALKED_NOTHING;
	}
	ot_skip(&w->b, 1);
	if (ot_peek(&w->b, 0) == 0) /* a pad for alignment */
		ot_skip(&w->b, 1);
	switch (ot_u8(&w->b)) {
	case NLPID_IPV4:
	case NLPID_IPV6:
		return ot_ip(w);
	case NLPID_SNAP:
		return ot_snap(w);
	default:
		return ot_ok(&w->b) ? ot_walk_layer2(w, 0) : OT_WALKED_NOTHING;
	}
}

/* ISO 9314-2: frame control and addresses, then LLC. */
static enum ot_walked
fddi(struct ot_walk *w)
{
	uint8_t control = ot_u8(&w->b);

	ot_walk_addr(&w->b, &w->packet->dst_mac, OT_ADDR_MAC, 6);
	ot_walk_addr(&w->b, &w->packet->src_mac, OT_ADDR_MAC, 6);
	if (!ot_ok(&w->b))
		return OT_WALKED_NOTHING;
	if ((control & FDDI_KIND) != FDDI_LLC)
		return ot_walk_layer2(w, 0);
	return ot_llc(w);
}

/* Behind a header that the kernel wrote; where TCP was compressed, what is left
 * of its header is not read. */
static enum ot_walked
slip(struct ot_walk *w)
{
	ot_skip(&w->b, SLIP_HEADER);
	if (!ot_ok(&w->b))
		return OT_WALKED_NOTHING;
	enum ot_walked walked = ot_walk_try(w, ot_ip);

	return walked == OT_WALKED_NOTHING ? ot_walk_layer2(w, 0) : walked;
}

/* Kind and circuit, then what the kind says. */
static enum ot_walked
sunatm(struct ot_walk *w)
{
	uint8_t kind = ot_u8(&w->b) & SUNATM_KIND;

	ot_skip(&w->b, 3);
	if (!ot_ok(&w->b))
		return OT_WALKED_NOTHING;
	return kind == SUNATM_LLC ? ot_llc(w) : ot_walk_layer2(w, 0);
}

static uint16_t
nflog_u16(struct ot_buf *b, bool big)
{
	return big ? ot_u16be(b) : ot_u16le(b);
}

/* Netlink attributes in the byte order of the host that captured. Types are
 * small: of the first one's two bytes, the one that is 0 tells. The family says
 * how to read the payload. */
static enum ot_walked
nflog(struct ot_walk *w)
{
	uint8_t family = ot_u8(&w->b);

	ot_skip(&w->b, 3);
	bool big = ot_peek(&w->b, 2) == 0 && ot_peek(&w->b, 3) != 0;

	while (w->b.left) {
		size_t len = nflog_u16(&w->b, big);
		uint16_t type = nflog_u16(&w->b, big) & 0x7fff;

		if (!ot_expect(&w->b, len >= 4))
			break;
		if (type != NFLOG_PAYLOAD) {
			size_t pad = (4 - len % 4) % 4;

			ot_skip(&w->b, len - 4 + pad);
			continue;
		}
		ot_walk_cut(w, len - 4);
		if (family == AF_INET_ALL || family == AF_INET6_LINUX)
			return ot_ip(w);
		return ot_walk_layer2(w, 0);
	}
	return ot_ok(&w->b) ? ot_walk_layer2(w, 0) : OT_WALKED_NOTHING;
}

static const struct {
	uint32_t type;
	ot_layer *layer;
} links[] = {
	{ 1, ot_ethernet },
	{ 0, null },
	{ 113, cooked },
	{ 276, cooked_2 },
	{ 12, ot_ip },
	{ 14, ot_ip },
	{ 101, ot_ip },
	{ 228, ot_ip },
	{ 229, ot_ip },
	{ 105, ot_wlan },
	{ 127, ot_radiotap },
	{ 192, ot_ppi },
	{ 108, null },
	{ 9, ppp },
	{ 50, ppp_hdlc },
	{ 104, ppp_hdlc },
	{ 107, frame_relay },
	{ 239, nflog },
	{ 8, slip },
	{ 10, fddi },
	{ 100, ot_llc },
	{ 123, sunatm },
	{ 129, ot_arcnet },
	{ 165, ot_ms_tp },
	{ 195, ot_wpan_fcs },
	{ 227, ot_can },
	{ 230, ot_wpan },
	{ 240, ot_netanalyzer },
	{ 241, ot_netanalyzer_transparent },
	{ 250, ot_rtac_serial },
	{ 283, ot_wpan_tap },
};

enum ot_walked
ot_link(struct ot_walk *w, uint32_t link_type)
{
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++) {
		if (links[i].type == link_type)
			return links[i].layer(w);
	}
	return OT_WALKED_UNKNOWN;
}
