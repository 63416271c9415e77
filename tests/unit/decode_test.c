/*
 * lib/net/decode.c: accounts, depth, what a frame as a whole comes to.
 */
#include "packets.h"

START_TEST(every_account_has_a_name)
{
	for (unsigned n = 0; n < OT_ACCOUNTS; n++)
		ck_assert_ptr_nonnull(ot_account_names[n]);
	ck_assert_ptr_null(ot_account_names[OT_ACCOUNTS]);
}
END_TEST

START_TEST(unknown_link_type_is_told_to_nobody)
{
	struct bytes b = { 0 };

	fill(&b, 0x45, 60);
	ck_assert_int_eq(decode(&b, 189), OT_ACC_LINK_TYPE);
	ck_assert_uint_eq(told_count, 0);
	drop(&b);
}
END_TEST

START_TEST(empty_frame_is_malformed)
{
	struct bytes b = { 0 };

	ck_assert_int_eq(decode(&b, LINK_ETHERNET), OT_ACC_MALFORMED);
	ck_assert_uint_eq(told_count, 0);
}
END_TEST

START_TEST(plain_packet_carries_frame_and_time)
{
	struct bytes b = { 0 };

	ethernet(&b, 0x0800);
	ipv4(&b, 17, 8 + 5);
	udp_text(&b, 502, "hello");
	frame_time = 77;
	frame_number = 41;
	const struct ot_packet *p = one(&b, LINK_ETHERNET);

	ck_assert_uint_eq(p->frame, 42);
	ck_assert_int_eq(p->time_ns, 77);
	ck_assert_int_eq(p->account, OT_ACC_UDP);
	ends_are(p, "10.0.0.1", "10.0.0.99");
	payload_is(p, "hello");
	torture(&b, LINK_ETHERNET);
	drop(&b);
}
END_TEST

START_TEST(nothing_of_a_packet_stays_in_the_next)
{
	struct bytes b = { 0 };

	ethernet(&b, 0x8100);
	hex(&b, "00 05 08 00");
	ipv4(&b, 6, 20 + 2);
	tcp_text(&b, 502, "ab");
	ck_assert_uint_eq(one(&b, LINK_ETHERNET)->vlans, 1);
	b.len = 0;
	ethernet(&b, 0x88b5);
	fill(&b, 1, 46);
	const struct ot_packet *p = one(&b, LINK_ETHERNET);

	ck_assert_uint_eq(p->vlans, 0);
	ck_assert_uint_eq(p->vlan[0], 0);
	ck_assert_uint_eq(p->tcp_flags, 0);
	ck_assert_uint_eq(p->seq, 0);
	ck_assert_uint_eq(p->src_port, 0);
	ck_assert(!p->ip);
	drop(&b);
}
END_TEST

START_TEST(depth_bomb_of_ip_in_ip_keeps_the_last_that_was_read)
{
	struct bytes b = { 0 };
	enum { LAYERS = 40 };

	ethernet(&b, 0x0800);
	for (size_t n = 0; n < LAYERS; n++)
		ipv4_from(&b, (uint8_t)n, 4, 0, 20 * (LAYERS - 1 - n));
	const struct ot_packet *p = one(&b, LINK_ETHERNET);

	ck_assert_int_eq(p->transport, OT_IP);
	ck_assert_uint_eq(p->tunnels, OT_LIMIT_DEPTH - 1);
	ck_assert_uint_eq(p->src.b[3], OT_LIMIT_DEPTH - 1);
	ck_assert_uint_eq(ot_decoder_counts(decoder)->depth, 1);
	drop(&b);
}
END_TEST

START_TEST(payload_cut_by_the_snap_length_keeps_its_wire_length)
{
	struct bytes b = { 0 };

	ethernet(&b, 0x0800);
	ipv4(&b, 17, 8 + 100);
	udp(&b, 1000, 502, 100);
	fill(&b, 7, 100);
	(void)decode_cut(&b, LINK_ETHERNET, 14 + 20 + 8 + 30);
	ck_assert_uint_eq(told_count, 1);
	ck_assert_uint_eq(told[0].captured, 30);
	ck_assert_uint_eq(told[0].wire, 100);
	ck_assert(told[0].cut);
	ck_assert_uint_eq(told[0].bytes, b.len);
	drop(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		every_account_has_a_name,
		unknown_link_type_is_told_to_nobody,
		empty_frame_is_malformed,
		plain_packet_carries_frame_and_time,
		nothing_of_a_packet_stays_in_the_next,
		depth_bomb_of_ip_in_ip_keeps_the_last_that_was_read,
		payload_cut_by_the_snap_length_keeps_its_wire_length,
	};

	return RUN("decode", tests, begin, end);
}
