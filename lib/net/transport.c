/*
 * TCP (RFC 9293 section 3.1), UDP (RFC 768), SCTP (RFC 9260 section 3.1).
 * Checksums are kept, not checked.
 */
#include "net/walk.h"

enum {
	TCP_HEADER = 20,
	TCP_FLAGS = 0x3f,
	UDP_HEADER = 8,
	SCTP_HEADER = 12,
};

enum ot_walked
ot_tcp(struct ot_walk *w)
{
	struct ot_packet *p = w->packet;
	struct ot_buf h = ot_split(&w->b, TCP_HEADER);
	uint64_t wire = ot_walk_wire(w) + TCP_HEADER;

	if (!ot_ok(&h))
		return ot_ip_unreadable(w);
	uint16_t src_port = ot_u16be(&h);
	uint16_t dst_port = ot_u16be(&h);
	uint32_t seq = ot_u32be(&h);
	uint32_t ack = ot_u32be(&h);
	uint16_t bits = ot_u16be(&h);
	size_t header = (size_t)(bits >> 12) * 4;

	if (header < TCP_HEADER || header > wire)
		return ot_ip_unreadable(w);
	p->src_port = src_port;
	p->dst_port = dst_port;
	p->seq = seq;
	p->ack = ack;
	p->tcp_flags = bits & TCP_FLAGS;
	p->window = ot_u16be(&h);
	p->checksum = ot_u16be(&h);
	/* What a whole frame does not hold was not sent: the IP length lies,
	 * and the sequence numbers of what follows show it. */
	if (w->frame && w->frame->captured == w->frame->wire)
		w->missing = 0;
	size_t options = header - TCP_HEADER;

	if (options > w->b.left) { /* cut by the snap length */
		w->missing = wire - header;
		options = w->b.left;
	}
	ot_skip(&w->b, options);
	return ot_walk_done(w, OT_TCP, OT_ACC_TCP);
}

enum ot_walked
ot_udp(struct ot_walk *w)
{
	struct ot_packet *p = w->packet;
	struct ot_buf h = ot_split(&w->b, UDP_HEADER);

	if (!ot_ok(&h))
		return ot_ip_unreadable(w);
	p->src_port = ot_u16be(&h);
	p->dst_port = ot_u16be(&h);
	uint16_t len = ot_u16be(&h);

	/* 0: a jumbogram, or segmentation in the card */
	if (len && len < UDP_HEADER)
		return ot_ip_unreadable(w);
	p->checksum = ot_u16be(&h);
	if (len && len - UDP_HEADER < (int64_t)ot_walk_wire(w))
		ot_walk_cut(w, (uint64_t)len - UDP_HEADER);
	enum ot_walked walked = ot_udp_tunnel(w);

	if (walked != OT_WALKED_NOTHING)
		return walked;
	return ot_walk_done(w, OT_UDP, OT_ACC_UDP);
}

enum ot_walked
ot_sctp(struct ot_walk *w)
{
	struct ot_packet *p = w->packet;
	struct ot_buf h = ot_split(&w->b, SCTP_HEADER);

	if (!ot_ok(&h))
		return ot_ip_unreadable(w);
	p->src_port = ot_u16be(&h);
	p->dst_port = ot_u16be(&h);
	return ot_walk_done(w, OT_SCTP, OT_ACC_SCTP);
}
