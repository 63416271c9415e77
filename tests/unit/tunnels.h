/*
 * Packets inside others, for the tests of encapsulations.
 */
#ifndef TESTS_UNIT_TUNNELS_H
#define TESTS_UNIT_TUNNELS_H

#include "packets.h"

/* What is inside: from 10.0.0.1 to 10.0.0.99, UDP to port 502, "ok". */
static inline void
inner_ip(struct bytes *b)
{
	ipv4(b, 17, 8 + 2);
	udp_text(b, 502, "ok");
}

static inline void
inner_frame(struct bytes *b)
{
	ethernet(b, 0x0800);
	inner_ip(b);
}

/* Outside: from 10.0.0.77, in a frame that has MACs of its own. */
static inline void
carry(struct bytes *b, uint8_t protocol, const struct bytes *inside)
{
	hex(b, "02 00 00 00 00 0b 02 00 00 00 00 0a 08 00");
	ipv4_from(b, 77, protocol, 0, inside->len);
	add_all(b, inside);
}

static inline void
carry_udp(
    struct bytes *b, uint16_t src, uint16_t dst, const struct bytes *inside)
{
	struct bytes datagram = { 0 };

	udp(&datagram, src, dst, inside->len);
	add_all(&datagram, inside);
	carry(b, 17, &datagram);
	drop(&datagram);
}

/* The packet inside was found; it has MACs if it came in a frame. */
static inline void
is_inner(struct bytes *b, bool framed)
{
	const struct ot_packet *p = one(b, LINK_ETHERNET);

	ends_are(p, "10.0.0.1", "10.0.0.99");
	payload_is(p, "ok");
	ck_assert_uint_eq(p->dst_port, 502);
	ck_assert_uint_eq(p->tunnels, 1);
	address_is(&p->src_mac, framed ? "00:1b:1b:00:00:01" : "none");
	torture(b, LINK_ETHERNET);
}

/* The outer packet stands, as if there were no tunnel. */
static inline void
is_outer(struct bytes *b, enum ot_transport transport)
{
	const struct ot_packet *p = one(b, LINK_ETHERNET);

	ends_are(p, "10.0.0.77", "10.0.0.99");
	ck_assert_int_eq(p->transport, transport);
	ck_assert_uint_eq(p->tunnels, 0);
	address_is(&p->src_mac, "02:00:00:00:00:0a");
	ck_assert(p->ip);
}

/* Behind a header in hex, on UDP: the packet inside is found, by this tunnel.
 */
static inline void
found(const char *header, uint16_t port, void (*inside)(struct bytes *b),
    enum ot_tunnel_kind kind, uint32_t id)
{
	struct bytes b = { 0 }, in = { 0 };

	hex(&in, header);
	inside(&in);
	carry_udp(&b, 50000, port, &in);
	is_inner(&b, inside == inner_frame);
	(void)one(&b, LINK_ETHERNET);
	ck_assert_int_eq(told[0].tunnel[0].kind, kind);
	ck_assert_uint_eq(told[0].tunnel[0].id, id);
	address_is(&told[0].tunnel[0].src, "10.0.0.77");
	address_is(&told[0].tunnel[0].dst, "10.0.0.99");
	drop(&b);
	drop(&in);
}

/* It is not: the outer datagram stands. */
static inline void
left(const char *header, uint16_t port, void (*inside)(struct bytes *b))
{
	struct bytes b = { 0 }, in = { 0 };

	hex(&in, header);
	inside(&in);
	carry_udp(&b, 50000, port, &in);
	is_outer(&b, OT_UDP);
	ck_assert_uint_eq(told[0].captured, in.len);
	torture(&b, LINK_ETHERNET);
	drop(&b);
	drop(&in);
}

#endif
