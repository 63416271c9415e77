/*
 * ICMP (RFC 792) and ICMPv6 (RFC 4443). An error quotes the packet that it is
 * about: the packet then has the addresses of the quoted one, for it belongs to
 * that flow. The payload of all others is what stands behind the checksum.
 */
#include "net/walk.h"

enum {
	QUOTE_AT = 4, /* behind the checksum there are 4 bytes more */
	QUOTED_PORTS = 4,
};

int
ot_icmp_answer(bool v6, uint8_t type)
{
	/* RFC 792, 950, 1256; RFC 4443, 4861, 2710, 4620, 6275 */
	static const uint8_t pairs[2][6][2] = {
		{ { 8, 0 }, { 13, 14 }, { 15, 16 }, { 10, 9 }, { 17, 18 },
		    { 8, 0 } },
		{ { 128, 129 }, { 133, 134 }, { 135, 136 }, { 130, 131 },
		    { 144, 145 }, { 139, 140 } },
	};

	for (unsigned i = 0; i < 6; i++)
		for (unsigned k = 0; k < 2; k++)
			if (pairs[v6][i][k] == type)
				return pairs[v6][i][!k];
	return -1;
}

static void
set_ports(struct ot_packet *p, bool v6, uint8_t type, uint8_t code)
{
	int answer = ot_icmp_answer(v6, type);

	p->src_port = type;
	p->dst_port = answer < 0 ? code : (uint16_t)answer;
}

/* What the packet that is quoted says of itself. */
struct quote {
	struct ot_addr src, dst;
	uint8_t protocol;
	uint16_t id;
	bool first; /* not a later fragment: a header follows */
};

static bool
quote_ipv4(struct ot_buf *b, struct quote *quote)
{
	size_t header = (size_t)(ot_u8(b) & 15) * 4;

	ot_skip(b, 3);
	quote->id = ot_u16be(b);
	quote->first = (ot_u16be(b) & 0x1fff) == 0;
	ot_skip(b, 1);
	quote->protocol = ot_u8(b);
	ot_skip(b, 2);
	ot_walk_addr(b, &quote->src, OT_ADDR_IPV4, 4);
	ot_walk_addr(b, &quote->dst, OT_ADDR_IPV4, 4);
	if (!ot_ok(b))
		return false;
	if (header < 20 || header - 20 > b->left)
		quote->first = false;
	else
		ot_skip(b, header - 20);
	return true;
}

static bool
quote_ipv6(struct ot_buf *b, struct quote *quote)
{
	ot_skip(b, 6);
	quote->protocol = ot_u8(b);
	ot_skip(b, 1);
	ot_walk_addr(b, &quote->src, OT_ADDR_IPV6, 16);
	ot_walk_addr(b, &quote->dst, OT_ADDR_IPV6, 16);
	quote->first = true;
	return ot_ok(b);
}

static void
quote_ports(struct ot_buf *b, const struct quote *quote, struct ot_packet *p)
{
	p->src_port = p->dst_port = 0;
	if (p->transport == OT_IP)
		p->src_port = p->dst_port = quote->protocol;
	else if (!quote->first)
		return;
	else if (p->transport == OT_ICMP && b->left >= 2)
		set_ports(
		    p, quote->protocol == 58, ot_peek(b, 0), ot_peek(b, 1));
	else if (p->transport != OT_ICMP && b->left >= QUOTED_PORTS) {
		p->src_port = ot_u16be(b);
		p->dst_port = ot_u16be(b);
	}
}

/* Take the addresses of the quoted packet. False where there are none. */
static bool
take_quote(struct ot_walk *w)
{
	struct ot_packet *p = w->packet;
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = ot_buf(w->b.p, w->b.left, &fault);
	struct quote quote = { .first = false };
	bool whole = false;

	ot_skip(&b, QUOTE_AT);
	if (ot_peek(&b, 0) >> 4 == 4)
		whole = quote_ipv4(&b, &quote);
	else if (ot_peek(&b, 0) >> 4 == 6)
		whole = quote_ipv6(&b, &quote);
	if (!whole)
		return false;
	p->icmp_error = true;
	p->icmp_from = p->src;
	p->src = quote.src;
	p->dst = quote.dst;
	p->group = ot_addr_multicast(&p->dst) || ot_addr_broadcast(&p->dst);
	p->ip_protocol = quote.protocol;
	p->ip_id = quote.id;
	p->transport = ot_ip_transport(quote.protocol);
	quote_ports(&b, &quote, p);
	return true;
}

static enum ot_walked
message(struct ot_walk *w, bool error, bool v6)
{
	struct ot_packet *p = w->packet;

	if (error && take_quote(w)) {
		w->b.left = 0;
		w->missing = 0;
		return ot_walk_done(w, p->transport, OT_ACC_ICMP);
	}
	set_ports(p, v6, p->icmp_type, p->icmp_code);
	return ot_walk_done(w, OT_ICMP, OT_ACC_ICMP);
}

static bool
header(struct ot_walk *w)
{
	struct ot_packet *p = w->packet;

	p->icmp_type = ot_u8(&w->b);
	p->icmp_code = ot_u8(&w->b);
	p->checksum = ot_u16be(&w->b);
	return ot_ok(&w->b);
}

enum ot_walked
ot_icmp(struct ot_walk *w)
{
	if (!header(w))
		return ot_ip_unreadable(w);
	switch (w->packet->icmp_type) {
	case 3:	 /* destination unreachable */
	case 4:	 /* source quench */
	case 5:	 /* redirect */
	case 11: /* time exceeded */
	case 12: /* parameter problem */
		return message(w, true, false);
	default:
		return message(w, false, false);
	}
}

enum ot_walked
ot_icmpv6(struct ot_walk *w)
{
	if (!header(w))
		return ot_ip_unreadable(w);
	uint8_t type = w->packet->icmp_type;

	/* RFC 4443 section 2.1: errors are below 128; 1 to 4 are defined */
	return message(w, type >= 1 && type <= 4, true);
}
