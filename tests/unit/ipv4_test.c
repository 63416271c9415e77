/*
 * lib/net/ipv4.c and ip.c: headers that are right, cut, and lie.
 */
#include "packets.h"

static void
plain(struct bytes *b)
{
	ipv4(b, 17, 8 + 5);
	udp_text(b, 502, "hello");
}

START_TEST(fields)
{
	struct bytes b = { 0 };

	plain(&b);
	const struct ot_packet *p = one(&b, LINK_RAW);

	ck_assert(p->ip);
	ends_are(p, "10.0.0.1", "10.0.0.99");
	ck_assert_uint_eq(p->ip_id, 0x1234);
	ck_assert_uint_eq(p->ttl, 64);
	ck_assert_uint_eq(p->ip_protocol, 17);
	ck_assert_int_eq(p->src_mac.kind, OT_ADDR_NONE);
	ck_assert(!p->group);
	torture(&b, LINK_RAW);
	drop(&b);
}
END_TEST

START_TEST(options_are_passed_over)
{
	struct bytes b = { 0 };

	plain(&b);
	struct bytes c = { 0 };

	add(&c, b.p, 20);
	fill(&c, 1, 8);
	add(&c, b.p + 20, b.len - 20);
	c.p[0] = 0x47;
	c.p[3] = (uint8_t)c.len;
	payload_is(one(&c, LINK_RAW), "hello");
	torture(&c, LINK_RAW);
	drop(&b);
	drop(&c);
}
END_TEST

START_TEST(total_length_0_goes_to_the_end)
{
	struct bytes b = { 0 };

	plain(&b);
	b.p[2] = b.p[3] = 0;
	payload_is(one(&b, LINK_RAW), "hello");
	drop(&b);
}
END_TEST

START_TEST(total_length_above_a_cut_frame_is_missing)
{
	struct bytes b = { 0 };

	ipv4(&b, 6, 20 + 100);
	tcp_text(&b, 502, "abcd");
	decode_cut(&b, LINK_RAW, b.len - 1);
	ck_assert_uint_eq(told_count, 1);
	ck_assert_uint_eq(told[0].captured, 3);
	ck_assert_uint_eq(told[0].wire, 100);
	ck_assert(told[0].cut);
	drop(&b);
}
END_TEST

/* What a whole frame does not hold was not sent; of a datagram it is missing,
 * for no number says where the next one goes on. */
START_TEST(total_length_above_a_whole_frame_is_a_lie_in_tcp)
{
	struct bytes b = { 0 };

	ipv4(&b, 6, 20 + 100);
	tcp_text(&b, 502, "abc");
	const struct ot_packet *p = one(&b, LINK_RAW);

	ck_assert_uint_eq(p->captured, 3);
	ck_assert_uint_eq(p->wire, 3);
	ck_assert(!p->cut);
	drop(&b);
}
END_TEST

static void
counts_for_its_addresses(struct bytes *b, uint8_t protocol)
{
	const struct ot_packet *p = one(b, LINK_RAW);

	ck_assert_int_eq(p->transport, OT_IP);
	ck_assert_int_eq(p->account, OT_ACC_IP);
	ck_assert_uint_eq(p->src_port, protocol);
	ck_assert_uint_eq(p->dst_port, protocol);
	ck_assert_uint_eq(p->captured, 0);
	ends_are(p, "10.0.0.1", "10.0.0.99");
}

START_TEST(total_length_below_the_header_counts_for_its_addresses)
{
	struct bytes b = { 0 };

	plain(&b);
	b.p[3] = 19;
	counts_for_its_addresses(&b, 17);
	drop(&b);
}
END_TEST

START_TEST(options_above_the_frame_count_for_its_addresses)
{
	struct bytes b = { 0 };

	plain(&b);
	b.p[0] = 0x4f;
	counts_for_its_addresses(&b, 17);
	drop(&b);
}
END_TEST

START_TEST(header_length_below_20_is_malformed)
{
	struct bytes b = { 0 };

	plain(&b);
	b.p[0] = 0x44;
	ck_assert_int_eq(decode(&b, LINK_RAW), OT_ACC_MALFORMED);
	drop(&b);
}
END_TEST

START_TEST(other_version_is_malformed)
{
	struct bytes b = { 0 };

	plain(&b);
	b.p[0] = 0x55;
	ck_assert_int_eq(decode(&b, LINK_RAW), OT_ACC_MALFORMED);
	drop(&b);
}
END_TEST

START_TEST(cut_at_every_byte)
{
	struct bytes b = { 0 };

	plain(&b);
	for (size_t n = 0; n < b.len; n++) {
		enum ot_account account = decode_cut(&b, LINK_RAW, n);
		enum ot_account want = n < 20	? OT_ACC_MALFORMED
				       : n < 28 ? OT_ACC_IP
						: OT_ACC_UDP;

		ck_assert_int_eq(account, want);
		ck_assert_uint_eq(told_count, n >= 20);
	}
	drop(&b);
}
END_TEST

START_TEST(groups)
{
	struct bytes b = { 0 };

	plain(&b);
	b.p[16] = 224;
	ck_assert(one(&b, LINK_RAW)->group);
	memset(b.p + 16, 255, 4);
	ck_assert(one(&b, LINK_RAW)->group);
	drop(&b);
}
END_TEST

START_TEST(subnet_broadcast_is_known_by_its_mac_but_no_multicast_mac)
{
	struct bytes b = { 0 };

	ethernet(&b, 0x0800);
	plain(&b);
	memset(b.p, 0xff, 6);
	ck_assert(one(&b, LINK_ETHERNET)->group);
	memcpy(b.p, "\x03\xbf\x0a\0\0\x63", 6); /* a cluster */
	ck_assert(!one(&b, LINK_ETHERNET)->group);
	drop(&b);
}
END_TEST

START_TEST(other_protocols_have_their_number_as_port)
{
	struct bytes b = { 0 };

	ipv4(&b, 50, 4);
	add(&b, "espx", 4);
	const struct ot_packet *p = one(&b, LINK_RAW);

	ck_assert_int_eq(p->transport, OT_IP);
	ck_assert_uint_eq(p->dst_port, 50);
	payload_is(p, "espx");
	drop(&b);
}
END_TEST

START_TEST(authentication_header_is_passed_over)
{
	struct bytes b = { 0 };

	ipv4(&b, 51, 24 + 8 + 2);
	hex(&b, "11 04 00 00 00 00 00 01 00 00 00 02");
	fill(&b, 0xcc, 12);
	udp_text(&b, 502, "ok");
	const struct ot_packet *p = one(&b, LINK_RAW);

	ck_assert_int_eq(p->transport, OT_UDP);
	ck_assert_uint_eq(p->ip_protocol, 17);
	payload_is(p, "ok");
	torture(&b, LINK_RAW);
	drop(&b);
}
END_TEST

START_TEST(ip_in_ip_gives_the_inner_packet)
{
	struct bytes b = { 0 };

	ethernet(&b, 0x0800);
	ipv4_from(&b, 77, 4, 0, 20 + 8 + 2);
	ipv4(&b, 17, 8 + 2);
	udp_text(&b, 502, "ok");
	const struct ot_packet *p = one(&b, LINK_ETHERNET);

	ends_are(p, "10.0.0.1", "10.0.0.99");
	ck_assert_uint_eq(p->tunnels, 1);
	ck_assert_int_eq(p->src_mac.kind, OT_ADDR_NONE);
	payload_is(p, "ok");
	drop(&b);
}
END_TEST

START_TEST(ip_in_ip_that_cannot_be_read_leaves_the_outer_packet)
{
	struct bytes b = { 0 };

	ethernet(&b, 0x0800);
	ipv4(&b, 4, 5);
	add(&b, "\x45xxxx", 5);
	const struct ot_packet *p = one(&b, LINK_ETHERNET);

	ends_are(p, "10.0.0.1", "10.0.0.99");
	ck_assert_int_eq(p->transport, OT_IP);
	ck_assert_uint_eq(p->dst_port, 4);
	ck_assert_uint_eq(p->tunnels, 0);
	address_is(&p->src_mac, "00:1b:1b:00:00:01");
	ck_assert_uint_eq(p->captured, 5);
	drop(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		fields,
		options_are_passed_over,
		total_length_0_goes_to_the_end,
		total_length_above_a_cut_frame_is_missing,
		total_length_above_a_whole_frame_is_a_lie_in_tcp,
		total_length_below_the_header_counts_for_its_addresses,
		options_above_the_frame_count_for_its_addresses,
		header_length_below_20_is_malformed,
		other_version_is_malformed,
		cut_at_every_byte,
		groups,
		subnet_broadcast_is_known_by_its_mac_but_no_multicast_mac,
		other_protocols_have_their_number_as_port,
		authentication_header_is_passed_over,
		ip_in_ip_gives_the_inner_packet,
		ip_in_ip_that_cannot_be_read_leaves_the_outer_packet,
	};

	return RUN("ipv4", tests, begin, end);
}
