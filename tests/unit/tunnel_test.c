/*
 * lib/net/tunnel.c: packets inside GRE, ERSPAN, VXLAN, GENEVE, GTP-U, Teredo.
 */
#include "tunnels.h"

/* GRE: its header as hex, then IP or a frame. */
static void
gre(const char *header, void (*inside)(struct bytes *b), bool framed)
{
	struct bytes b = { 0 }, in = { 0 };

	hex(&in, header);
	inside(&in);
	carry(&b, 47, &in);
	is_inner(&b, framed);
	drop(&b);
	drop(&in);
}

START_TEST(gre_with_every_flag)
{
	gre("00 00 08 00", inner_ip, false);
	gre("80 00 08 00 00 00 00 00", inner_ip, false);
	gre("20 00 08 00 00 00 00 01", inner_ip, false);
	gre("b0 00 08 00 00 00 00 00 00 00 00 01 00 00 00 02", inner_ip, false);
	gre("00 00 65 58", inner_frame, true);
}
END_TEST

START_TEST(gre_of_pptp_carries_ppp)
{
	gre("30 81 88 0b 00 22 00 01 00 00 00 01 00 00 00 02 ff 03 00 21",
	    inner_ip, false);
	gre("30 01 88 0b 00 22 00 01 00 00 00 01 21", inner_ip, false);
}
END_TEST

START_TEST(erspan_of_every_type)
{
	gre("00 00 88 be", inner_frame, true);
	gre("10 00 88 be 00 00 00 01 10 05 00 64 00 00 00 00", inner_frame,
	    true);
	gre("10 00 22 eb 00 00 00 01 20 05 00 64 00 00 00 00 00 00 00 00",
	    inner_frame, true);
	gre("10 00 22 eb 00 00 00 01 20 05 00 64 00 00 00 00 00 00 00 01"
	    "00 00 00 00 00 00 00 00",
	    inner_frame, true);
	gre("10 00 22 eb 00 00 00 01 20 05 00 64 00 00 00 00 00 00 08 00",
	    inner_ip, false);
}
END_TEST

/* The innermost tunnel of a GRE packet with this header. */
static const struct ot_tunnel *
tunnel_of(const char *header, void (*inside)(struct bytes *b))
{
	struct bytes b = { 0 }, in = { 0 };

	hex(&in, header);
	inside(&in);
	carry(&b, 47, &in);
	(void)one(&b, LINK_ETHERNET);
	drop(&b);
	drop(&in);
	ck_assert_uint_eq(told[0].tunnels, 1);
	return &told[0].tunnel[0];
}

static void
tunnel_is(const struct ot_tunnel *t, enum ot_tunnel_kind kind, uint32_t id)
{
	ck_assert_int_eq(t->kind, kind);
	ck_assert_uint_eq(t->id, id);
	address_is(&t->src, "10.0.0.77");
	address_is(&t->dst, "10.0.0.99");
}

START_TEST(the_outer_path_has_kind_ends_and_id)
{
	tunnel_is(tunnel_of("00 00 08 00", inner_ip), OT_TUNNEL_GRE, 0);
	tunnel_is(
	    tunnel_of("20 00 08 00 00 00 00 07", inner_ip), OT_TUNNEL_GRE, 7);
	tunnel_is(tunnel_of("30 01 88 0b 00 22 00 09 00 00 00 01 21", inner_ip),
	    OT_TUNNEL_PPTP, 9);
	tunnel_is(tunnel_of("00 00 88 be", inner_frame), OT_TUNNEL_ERSPAN, 0);
	tunnel_is(tunnel_of("10 00 88 be 00 00 00 01 10 05 fc 64 00 00 00 00",
		      inner_frame),
	    OT_TUNNEL_ERSPAN, 0x64);
	tunnel_is(tunnel_of("10 00 22 eb 00 00 00 01 20 05 00 65 00 00 00 00 "
			    "00 00 00 00",
		      inner_frame),
	    OT_TUNNEL_ERSPAN, 0x65);
}
END_TEST

START_TEST(of_a_deep_path_the_outermost_and_the_innermost_are_kept)
{
	struct bytes b = { 0 }, in = { 0 };

	inner_ip(&in);
	for (uint8_t n = 6; n; n--) {
		struct bytes out = { 0 };

		ipv4_from(&out, (uint8_t)(100 + n), 4, 0, in.len);
		add_all(&out, &in);
		drop(&in);
		in = out;
	}
	ethernet(&b, 0x0800);
	add_all(&b, &in);
	const struct ot_packet *p = one(&b, LINK_ETHERNET);

	ends_are(p, "10.0.0.1", "10.0.0.99");
	ck_assert_uint_eq(p->tunnels, 6);
	ck_assert_uint_eq(ot_packet_path(p), OT_LIMIT_TUNNELS);
	address_is(&p->tunnel[0].src, "10.0.0.101");
	address_is(&p->tunnel[2].src, "10.0.0.103");
	address_is(&p->tunnel[3].src, "10.0.0.106");
	drop(&b);
	drop(&in);
}
END_TEST

START_TEST(a_frame_in_a_frame_has_macs_for_ends)
{
	struct bytes b = { 0 };

	hex(&b, "02 00 00 00 00 0b 02 00 00 00 00 0a 88 e7 c0 12 34 56");
	inner_frame(&b);
	const struct ot_packet *p = one(&b, LINK_ETHERNET);

	ck_assert_int_eq(p->tunnel[0].kind, OT_TUNNEL_PBB);
	ck_assert_uint_eq(p->tunnel[0].id, 0x123456);
	address_is(&p->tunnel[0].src, "02:00:00:00:00:0a");
	address_is(&p->tunnel[0].dst, "02:00:00:00:00:0b");
	drop(&b);
}
END_TEST

START_TEST(gre_of_what_is_not_read_leaves_the_outer_packet)
{
	static const char *const headers[] = { "00 00 00 00", "40 00 08 00",
		"00 02 08 00", "20 00", "00 00 08 00 45 00 00 00" };

	for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++) {
		struct bytes b = { 0 }, in = { 0 };

		hex(&in, headers[i]);
		carry(&b, 47, &in);
		is_outer(&b, OT_IP);
		ck_assert_uint_eq(told[0].dst_port, 47);
		drop(&b);
		drop(&in);
	}
}
END_TEST

START_TEST(vxlan_on_both_ports)
{
	static const uint16_t ports[] = { 4789, 8472 };

	for (size_t i = 0; i < 2; i++) {
		struct bytes b = { 0 }, in = { 0 };

		hex(&in, "08 00 00 00 00 00 64 00");
		inner_frame(&in);
		carry_udp(&b, 50000, ports[i], &in);
		is_inner(&b, true);
		drop(&b);
		drop(&in);
	}
}
END_TEST

START_TEST(vxlan_with_arp_is_the_layer_2_packet_inside)
{
	struct bytes b = { 0 }, in = { 0 };

	hex(&in, "08 00 00 00 00 00 64 00");
	ethernet(&in, 0x0806);
	fill(&in, 0, 28);
	carry_udp(&b, 50000, 4789, &in);
	const struct ot_packet *p = one(&b, LINK_ETHERNET);

	ends_are(p, "00:1b:1b:00:00:01", "00:1b:1b:00:00:02");
	ck_assert_int_eq(p->transport, OT_ETH);
	ck_assert_uint_eq(p->ether_type, 0x0806);
	ck_assert_uint_eq(p->src_port, 0);
	ck_assert_uint_eq(p->ip_protocol, 0);
	drop(&b);
	drop(&in);
}
END_TEST

START_TEST(vxlan_without_its_flag_is_plain_udp)
{
	struct bytes b = { 0 }, in = { 0 };

	hex(&in, "00 00 00 00 00 00 64 00");
	inner_frame(&in);
	carry_udp(&b, 50000, 4789, &in);
	is_outer(&b, OT_UDP);
	ck_assert_uint_eq(told[0].captured, in.len);
	drop(&b);
	drop(&in);
}
END_TEST

START_TEST(vlan_of_the_outer_and_of_the_inner_frame_are_kept)
{
	struct bytes b = { 0 }, in = { 0 }, outer = { 0 };

	hex(&in, "08 00 00 00 00 00 64 00");
	macs(&in);
	hex(&in, "81 00 00 16 08 00");
	inner_ip(&in);
	carry_udp(&outer, 50000, 4789, &in);
	add(&b, outer.p, 12);
	hex(&b, "81 00 00 0b");
	add(&b, outer.p + 12, outer.len - 12);
	is_inner(&b, true);
	(void)one(&b, LINK_ETHERNET);
	ck_assert_uint_eq(told[0].vlans, 2);
	ck_assert_uint_eq(told[0].vlan[0], 11);
	ck_assert_uint_eq(told[0].vlan[1], 22);
	drop(&b);
	drop(&in);
	drop(&outer);
}
END_TEST

START_TEST(geneve_with_and_without_options)
{
	static const struct {
		const char *header;
		bool framed;
	} cases[] = {
		{ "00 00 65 58 00 00 64 00", true },
		{ "02 00 65 58 00 00 64 00 01 02 03 01 00 00 00 00", true },
		{ "00 00 08 00 00 00 64 00", false },
	};

	for (size_t i = 0; i < 3; i++) {
		struct bytes b = { 0 }, in = { 0 };

		hex(&in, cases[i].header);
		(cases[i].framed ? inner_frame : inner_ip)(&in);
		carry_udp(&b, 50000, 6081, &in);
		is_inner(&b, cases[i].framed);
		drop(&b);
		drop(&in);
	}
}
END_TEST

START_TEST(gtp_u_with_extension_headers)
{
	static const char *const headers[] = {
		"30 ff 00 20 00 00 00 01",
		"32 ff 00 20 00 00 00 01 00 07 00 00",
		"34 ff 00 20 00 00 00 01 00 00 00 85 01 00 09 00",
	};

	for (size_t i = 0; i < 3; i++) {
		struct bytes b = { 0 }, in = { 0 };

		hex(&in, headers[i]);
		inner_ip(&in);
		carry_udp(&b, 2152, 2152, &in);
		is_inner(&b, false);
		drop(&b);
		drop(&in);
	}
}
END_TEST

START_TEST(gtp_u_extension_of_length_0_is_no_tunnel)
{
	struct bytes b = { 0 }, in = { 0 };

	hex(&in, "34 ff 00 20 00 00 00 01 00 00 00 85 00");
	inner_ip(&in);
	carry_udp(&b, 2152, 2152, &in);
	is_outer(&b, OT_UDP);
	drop(&b);
	drop(&in);
}
END_TEST

START_TEST(teredo_with_authentication_and_origin)
{
	static const char *const headers[] = { "", "00 00 0e 17 f5 ff ff fe",
		"00 01 00 00 00 00 00 00 00 00 00 01 00",
		"00 01 00 00 00 00 00 00 00 00 00 01 00 0000 0e17 f5fffffe" };

	for (size_t i = 0; i < 4; i++) {
		struct bytes b = { 0 }, in = { 0 };

		hex(&in, headers[i]);
		ipv6(&in, 17, 8 + 2);
		udp_text(&in, 502, "ok");
		carry_udp(&b, 3544, 50000, &in);
		const struct ot_packet *p = one(&b, LINK_ETHERNET);

		ends_are(p, "2001:db8::1", "2001:db8::2");
		payload_is(p, "ok");
		torture(&b, LINK_ETHERNET);
		drop(&b);
		drop(&in);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		gre_with_every_flag,
		gre_of_pptp_carries_ppp,
		erspan_of_every_type,
		the_outer_path_has_kind_ends_and_id,
		of_a_deep_path_the_outermost_and_the_innermost_are_kept,
		a_frame_in_a_frame_has_macs_for_ends,
		gre_of_what_is_not_read_leaves_the_outer_packet,
		vxlan_on_both_ports,
		vxlan_with_arp_is_the_layer_2_packet_inside,
		vxlan_without_its_flag_is_plain_udp,
		vlan_of_the_outer_and_of_the_inner_frame_are_kept,
		geneve_with_and_without_options,
		gtp_u_with_extension_headers,
		gtp_u_extension_of_length_0_is_no_tunnel,
		teredo_with_authentication_and_origin,
	};

	return RUN("tunnel", tests, begin, end);
}
