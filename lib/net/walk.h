/*
 * What the layers of a frame share while it is walked from the outside in. For
 * lib/net only.
 *
 * A layer reads its header from the walk's window, fills what it knows into the
 * packet and calls the next. What it gives says how far that came.
 */
#ifndef OT_NET_WALK_H
#define OT_NET_WALK_H

#include "base/buf.h"
#include "capture/capture.h"
#include "net/packet.h"

enum ot_walked {
	OT_WALKED_NOTHING, /* no addresses could be read */
	OT_WALKED_PACKET,  /* the packet is filled */
	OT_WALKED_WAITS,   /* a fragment: kept, or part of what was told */
	OT_WALKED_TWIN,	   /* seen already, by PRP or HSR */
	OT_WALKED_UNKNOWN, /* a link type that is not read */
};

struct ot_walk {
	struct ot_buf b;  /* bytes that are there, of the current layer */
	uint64_t missing; /* bytes that the current layer had behind them */
	struct ot_packet *packet;
	struct ot_decoder *decoder;
	const struct ot_frame *frame; /* NULL: of a datagram read again */
	enum ot_fault fault;
	unsigned depth;
	bool broadcast; /* the link says so */
	bool padded;	/* a 802.11 header is filled up to 4 bytes */
};

typedef enum ot_walked ot_layer(struct ot_walk *w);

/* Bytes that the current layer had left on the wire. */
static inline uint64_t
ot_walk_wire(const struct ot_walk *w)
{
	return w->b.left + w->missing;
}

/* The current layer is len bytes long, says its header; what lies behind is
 * padding. It may say more than the frame has: then that is missing. */
static inline void
ot_walk_cut(struct ot_walk *w, uint64_t len)
{
	if (w->b.left > len)
		w->b.left = (size_t)len;
	w->missing = len - w->b.left;
}

/* One layer more; false, counted, where there are too many. */
bool ot_walk_deeper(struct ot_walk *w);

/* Walk on by a layer that may not be there. Where it reads nothing, packet and
 * window are again as they were. */
enum ot_walked ot_walk_try(struct ot_walk *w, ot_layer *layer);

/* Walk into an encapsulation, whose ends are those of the packet so far. Where
 * nothing can be read there, the same. */
enum ot_walked ot_walk_into(
    struct ot_walk *w, enum ot_tunnel_kind kind, ot_layer *layer);

/* The encapsulation that the walk went into last. */
static inline struct ot_tunnel *
ot_walk_tunnel(struct ot_walk *w)
{
	return &w->packet->tunnel[ot_packet_path(w->packet) - 1];
}

/* The packet is done: what is left is its payload. */
enum ot_walked ot_walk_done(
    struct ot_walk *w, enum ot_transport transport, enum ot_account account);

/* A layer-2 packet: its addresses are the link's. */
enum ot_walked ot_walk_layer2(struct ot_walk *w, uint32_t ether_type);
/* The same of a link that is no Ethernet; port: see enum ot_transport. */
enum ot_walked ot_walk_link(
    struct ot_walk *w, enum ot_transport transport, uint32_t port);

/* Take an address from the front of the window; NONE and a fault if it is cut.
 * Written in place: a copy of a struct just written byte by byte stalls. */
static inline void
ot_walk_addr(
    struct ot_buf *b, struct ot_addr *addr, enum ot_addr_kind kind, size_t len)
{
	const uint8_t *p = ot_take(b, len);

	*addr = (struct ot_addr){ 0 };
	if (p) {
		addr->kind = (uint8_t)kind;
		memcpy(addr->b, p, len);
	}
}

/* LLC without its header: what BACnet has on links of its own. */
#define OT_LLC_BACNET 0x1008282U

/* Links. Each begins at the first byte of its header. */
enum ot_walked ot_link(struct ot_walk *w, uint32_t link_type);
ot_layer ot_ethernet;
ot_layer ot_wlan, ot_radiotap, ot_ppi;
/* Some controllers turn the two bytes of the frame control field. */
ot_layer ot_wlan_either;
ot_layer ot_netanalyzer, ot_netanalyzer_transparent;
ot_layer ot_can, ot_rtac_serial;
ot_layer ot_arcnet, ot_ms_tp;
ot_layer ot_wpan, ot_wpan_fcs, ot_wpan_tap;
ot_layer ot_ppp; /* at its protocol field, FF 03 before it or not */

/* What stands behind an ethertype. What no layer reads is layer 2, or nothing
 * where the packet has no addresses yet. */
enum ot_walked ot_ethertype(struct ot_walk *w, uint16_t type);
/* The same inside GRE, GENEVE and the like: what is not read is nothing. */
enum ot_walked ot_ethertype_inner(struct ot_walk *w, uint16_t type);
/* The same, tags in front of it taken first. */
enum ot_walked ot_tagged(struct ot_walk *w, uint16_t type);
/* The window being the LLC PDU, or what follows AA AA 03. */
ot_layer ot_llc, ot_snap;

ot_layer ot_mpls, ot_pppoe;

/* Ethernet that nothing says is there: believed where IP or ARP is in it. */
ot_layer ot_pseudowire;

/* PRP and HSR: is this the second copy? id: sequence number and which LAN. */
bool ot_twin(struct ot_walk *w, const struct ot_addr *src, uint16_t seq,
    uint8_t lan, struct ot_buf content);

/* IP, by the version nibble. */
ot_layer ot_ip, ot_ipv4, ot_ipv6;

/* What stands behind an IP header or an extension header. */
enum ot_walked ot_ip_protocol(struct ot_walk *w, uint8_t protocol);

/* The same in IPv6, whose extension headers stand before it. */
enum ot_walked ot_ipv6_next(struct ot_walk *w, uint8_t next);

/* What a protocol number is, where its header was not read. */
enum ot_transport ot_ip_transport(uint8_t protocol);
enum ot_account ot_ip_account(enum ot_transport transport);

/* An IP packet whose next header cannot be read: counted for its addresses. */
enum ot_walked ot_ip_unreadable(struct ot_walk *w);

/* A fragment: the window is its part of the datagram, from byte `offset` on.
 * Gives WAITS, or walks on in the whole datagram. key_id: the IP id. */
enum ot_walked ot_fragment(
    struct ot_walk *w, uint32_t key_id, uint32_t offset, bool more);

ot_layer ot_tcp, ot_udp, ot_sctp, ot_icmp, ot_icmpv6;
ot_layer ot_gre;
ot_layer ot_vxlan, ot_vxlan_gpe;
ot_layer ot_l2tp, ot_l2tp_ip; /* on UDP; on IP itself */
ot_layer ot_capwap;

/* What is carried on UDP, by port; NOTHING where it is no tunnel. */
enum ot_walked ot_udp_tunnel(struct ot_walk *w);
/* Could it be one, by its ports? */
bool ot_udp_may_tunnel(uint16_t src_port, uint16_t dst_port);

#endif
