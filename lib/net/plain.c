/*
 * The commonest frame, read at one go: Ethernet, IPv4 without options or
 * fragments, TCP or UDP. It is what the walk would read, at a third of its
 * cost; tests/unit/plain_test.c compares the two. Whatever is not so plain is
 * left to the walk.
 */
#include "net/decoder.h"

enum {
	ETHERNET = 14,
	IPV4 = 20,
	TCP = 20,
	UDP = 8,
	TYPE_IPV4 = 0x0800,
	PLAIN_IPV4 = 0x45,    /* version 4, five words of header */
	FRAGMENT = 0x3fff,    /* more, or an offset */
	PRP_SUFFIX = 0x88fb,  /* a trailer, see ether.c */
	SWITCH_LINK = 0x0101, /* a header before Ethernet, see ether.c */
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,
};

/* len bytes at offset `at` of a window that holds them. */
static inline void
addr_at(struct ot_addr *addr, const struct ot_buf *b, size_t at,
    enum ot_addr_kind kind, size_t len)
{
	memset(addr->b, 0, sizeof(addr->b));
	memcpy(addr->b, b->p + at, len);
	addr->kind = (uint8_t)kind;
}

/* Payload behind `header` bytes of a datagram of `len` bytes, of which b holds
 * what was captured. */
static inline void
payload(
    struct ot_packet *p, const struct ot_buf *b, uint32_t header, uint32_t len)
{
	uint32_t there = (uint32_t)b->left < len ? (uint32_t)b->left : len;

	p->payload = b->p + header;
	p->captured = there - header;
	p->wire = len - header;
	p->cut = there < len;
}

/* whole: nothing of the frame was cut off. What it then does not hold was not
 * sent, see transport.c. */
static inline bool
tcp(struct ot_packet *p, const struct ot_buf *b, uint32_t len, bool whole)
{
	if (b->left < TCP)
		return false;
	if (whole && len > b->left)
		len = (uint32_t)b->left;
	uint16_t bits = ot_peek16be(b, 12);
	uint32_t header = (uint32_t)(bits >> 12) * 4;

	if (header < TCP || header > len || header > b->left)
		return false;
	p->src_port = ot_peek16be(b, 0);
	p->dst_port = ot_peek16be(b, 2);
	p->seq = ot_peek32be(b, 4);
	p->ack = ot_peek32be(b, 8);
	p->tcp_flags = bits & 0x3f;
	p->window = ot_peek16be(b, 14);
	p->checksum = ot_peek16be(b, 16);
	p->transport = OT_TCP;
	p->account = OT_ACC_TCP;
	payload(p, b, header, len);
	return true;
}

static inline bool
udp(struct ot_packet *p, const struct ot_buf *b, uint32_t len)
{
	if (b->left < UDP || len < UDP)
		return false;
	uint32_t own = ot_peek16be(b, 4);

	p->src_port = ot_peek16be(b, 0);
	p->dst_port = ot_peek16be(b, 2);
	if (own < UDP || own > len ||
	    ot_udp_may_tunnel(p->src_port, p->dst_port))
		return false;
	p->seq = p->ack = 0;
	p->tcp_flags = 0;
	p->window = 0;
	p->checksum = ot_peek16be(b, 6);
	p->transport = OT_UDP;
	p->account = OT_ACC_UDP;
	payload(p, b, UDP, own);
	return true;
}

/* Is it to a group by either address? */
static inline bool
to_group(const struct ot_buf *b)
{
	uint32_t to = ot_peek32be(b, ETHERNET + 16);

	return to >> 28 == 0xe || to == 0xffffffff ||
	       (ot_peek32be(b, 0) == 0xffffffff && ot_peek16be(b, 4) == 0xffff);
}

bool
ot_plain(struct ot_packet *p, const struct ot_frame *frame)
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = ot_buf(frame->bytes, frame->captured, &fault);

	if (frame->link_type != 1 || b.left < ETHERNET + IPV4)
		return false;
	uint32_t total = ot_peek16be(&b, ETHERNET + 2);

	if (ot_peek16be(&b, 12) != TYPE_IPV4 ||
	    ot_peek(&b, ETHERNET) != PLAIN_IPV4 || total < IPV4 ||
	    ot_peek16be(&b, ETHERNET + 6) & FRAGMENT ||
	    ot_peek16be(&b, 0) == SWITCH_LINK ||
	    ot_peek16be(&b, b.left - 2) == PRP_SUFFIX)
		return false;
	uint8_t protocol = ot_peek(&b, ETHERNET + 9);
	struct ot_buf h = { b.p + ETHERNET + IPV4, b.left - ETHERNET - IPV4,
		&fault };

	if (protocol == PROTOCOL_TCP
		? !tcp(p, &h, total - IPV4, frame->captured == frame->wire)
		: protocol != PROTOCOL_UDP || !udp(p, &h, total - IPV4))
		return false;
	p->time_ns = frame->time_ns;
	p->frame = frame->number;
	p->interface = frame->interface;
	p->frames = 1;
	p->bytes = frame->wire;
	addr_at(&p->dst_mac, &b, 0, OT_ADDR_MAC, 6);
	addr_at(&p->src_mac, &b, 6, OT_ADDR_MAC, 6);
	addr_at(&p->src, &b, ETHERNET + 12, OT_ADDR_IPV4, 4);
	addr_at(&p->dst, &b, ETHERNET + 16, OT_ADDR_IPV4, 4);
	p->ip_protocol = protocol;
	p->ttl = ot_peek(&b, ETHERNET + 8);
	p->ip_id = ot_peek16be(&b, ETHERNET + 4);
	p->ip_bytes = total;
	p->ip = true;
	p->group = to_group(&b);
	memset((char *)p + OT_PACKET_RARE, 0, OT_PACKET_RARE_LEN);
	return true;
}
