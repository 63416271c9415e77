/*
 * What IPv4 and IPv6 share: which of the two, and which protocol follows
 * (IANA's list of protocol numbers).
 */
#include "net/walk.h"

static enum ot_walked
authentication(struct ot_walk *w)
{
	/* RFC 4302: its length counts words of 4 bytes, less 2. */
	uint8_t next = ot_u8(&w->b);
	size_t len = ((size_t)ot_u8(&w->b) + 2) * 4;

	ot_skip(&w->b, len - 2);
	if (!ot_ok(&w->b) || !ot_walk_deeper(w))
		return ot_ip_unreadable(w);
	w->packet->ip_protocol = next;
	return ot_ip_protocol(w, next);
}

/* RFC 3378: a version nibble of 3, then Ethernet. */
static enum ot_walked
ether_ip(struct ot_walk *w)
{
	if (ot_u16be(&w->b) >> 12 != 3)
		return OT_WALKED_NOTHING;
	return ot_ethernet(w);
}

/* Headers that belong to this packet, and packets inside it. */
static const struct {
	ot_layer *layer, *tunnel;
	enum ot_tunnel_kind kind;
} protocols[256] = {
	[1] = { .layer = ot_icmp },
	[4] = { .tunnel = ot_ip, .kind = OT_TUNNEL_IPIP },
	[6] = { .layer = ot_tcp },
	[17] = { .layer = ot_udp },
	[41] = { .tunnel = ot_ip, .kind = OT_TUNNEL_IPIP },
	[47] = { .tunnel = ot_gre, .kind = OT_TUNNEL_GRE },
	[51] = { .layer = authentication },
	[58] = { .layer = ot_icmpv6 },
	[94] = { .tunnel = ot_ip, .kind = OT_TUNNEL_IPIP },
	[97] = { .tunnel = ether_ip, .kind = OT_TUNNEL_ETHERIP },
	[115] = { .tunnel = ot_l2tp_ip, .kind = OT_TUNNEL_L2TP },
	[132] = { .layer = ot_sctp },
	[137] = { .tunnel = ot_mpls, .kind = OT_TUNNEL_MPLS },
};

enum ot_transport
ot_ip_transport(uint8_t protocol)
{
	switch (protocol) {
	case 6:
		return OT_TCP;
	case 17:
		return OT_UDP;
	case 132:
		return OT_SCTP;
	case 1:
	case 58:
		return OT_ICMP;
	default:
		return OT_IP;
	}
}

enum ot_account
ot_ip_account(enum ot_transport transport)
{
	static const enum ot_account accounts[OT_TRANSPORTS] = {
		[OT_TCP] = OT_ACC_TCP,
		[OT_UDP] = OT_ACC_UDP,
		[OT_SCTP] = OT_ACC_SCTP,
		[OT_ICMP] = OT_ACC_ICMP,
		[OT_IP] = OT_ACC_IP,
		[OT_ETH] = OT_ACC_LAYER2,
		[OT_CAN] = OT_ACC_LAYER2,
		[OT_SERIAL] = OT_ACC_LAYER2,
		[OT_WPAN] = OT_ACC_LAYER2,
	};

	return accounts[transport];
}

enum ot_walked
ot_ip_protocol(struct ot_walk *w, uint8_t protocol)
{
	enum ot_walked walked = OT_WALKED_NOTHING;

	if (protocols[protocol].layer)
		return protocols[protocol].layer(w);
	if (protocols[protocol].tunnel)
		walked = ot_walk_into(
		    w, protocols[protocol].kind, protocols[protocol].tunnel);
	if (walked != OT_WALKED_NOTHING)
		return walked;
	w->packet->src_port = w->packet->dst_port = protocol;
	return ot_walk_done(w, OT_IP, OT_ACC_IP);
}

enum ot_walked
ot_ip_unreadable(struct ot_walk *w)
{
	w->fault = OT_FAULT_NONE;
	w->b.left = 0;
	w->packet->src_port = w->packet->dst_port = w->packet->ip_protocol;
	return ot_walk_done(w, OT_IP, OT_ACC_IP);
}

enum ot_walked
ot_ip(struct ot_walk *w)
{
	switch (ot_peek(&w->b, 0) >> 4) {
	case 4:
		return ot_ipv4(w);
	case 6:
		return ot_ipv6(w);
	default:
		return OT_WALKED_NOTHING;
	}
}
