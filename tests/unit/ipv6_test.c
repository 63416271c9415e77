/*
 * lib/net/ipv6.c: the header, its extensions, and lies in them.
 */
#include "packets.h"

START_TEST(fields)
{
	struct bytes b = { 0 };

	ethernet(&b, 0x86dd);
	ipv6(&b, 17, 8 + 2);
	udp_text(&b, 502, "ok");
	fill(&b, 0, 4); /* padding */
	const struct ot_packet *p = one(&b, LINK_ETHERNET);

	ends_are(p, "2001:db8::1", "2001:db8::2");
	ck_assert_uint_eq(p->ttl, 63);
	ck_assert_uint_eq(p->ip_id, 0);
	ck_assert_uint_eq(p->ip_protocol, 17);
	ck_assert(p->ip);
	payload_is(p, "ok");
	torture(&b, LINK_ETHERNET);
	drop(&b);
}
END_TEST

START_TEST(extension_headers_are_passed_over)
{
	struct bytes b = { 0 };

	ipv6(&b, 0, 8 + 16 + 8 + 16 + 8 + 2);
	hex(&b, "2b 00 05 02 00 00 00 00"); /* hop by hop, routing next */
	hex(&b, "3c 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
	hex(&b, "33 00 01 04 00 00 00 00"); /* destination options, AH next */
	hex(&b, "11 02 00 00 00 00 00 01 00 00 00 02 00 00 00 00");
	udp_text(&b, 502, "ok");
	const struct ot_packet *p = one(&b, LINK_RAW);

	ck_assert_int_eq(p->transport, OT_UDP);
	ck_assert_uint_eq(p->ip_protocol, 17);
	payload_is(p, "ok");
	torture(&b, LINK_RAW);
	drop(&b);
}
END_TEST

START_TEST(extension_above_the_frame_counts_for_its_addresses)
{
	struct bytes b = { 0 };

	ipv6(&b, 60, 8);
	hex(&b, "11 ff 00 00 00 00 00 00");
	const struct ot_packet *p = one(&b, LINK_RAW);

	ck_assert_int_eq(p->account, OT_ACC_IP);
	ck_assert_uint_eq(p->dst_port, 60);
	ends_are(p, "2001:db8::1", "2001:db8::2");
	drop(&b);
}
END_TEST

START_TEST(extension_bomb_stops_at_the_limit)
{
	struct bytes b = { 0 };

	ipv6(&b, 60, 8 * 1000);
	for (int n = 0; n < 1000; n++)
		hex(&b, "3c 00 01 04 00 00 00 00");
	ck_assert_int_eq(one(&b, LINK_RAW)->account, OT_ACC_IP);
	ck_assert_uint_eq(ot_decoder_counts(decoder)->depth, 1);
	drop(&b);
}
END_TEST

START_TEST(atomic_fragment_is_whole)
{
	struct bytes b = { 0 };

	ipv6(&b, 44, 8 + 8 + 2);
	hex(&b, "11 00 00 00 12 34 56 78");
	udp_text(&b, 502, "ok");
	const struct ot_packet *p = one(&b, LINK_RAW);

	payload_is(p, "ok");
	ck_assert(!p->fragmented);
	drop(&b);
}
END_TEST

START_TEST(payload_length_0_goes_to_the_end)
{
	struct bytes b = { 0 };

	ipv6(&b, 6, 0);
	tcp_text(&b, 502, "much");
	payload_is(one(&b, LINK_RAW), "much");
	drop(&b);
}
END_TEST

START_TEST(no_next_header_has_no_payload)
{
	struct bytes b = { 0 };

	ipv6(&b, 59, 0);
	fill(&b, 0, 6);
	const struct ot_packet *p = one(&b, LINK_RAW);

	ck_assert_uint_eq(p->dst_port, 59);
	ck_assert_uint_eq(p->wire, 0);
	drop(&b);
}
END_TEST

START_TEST(multicast_is_a_group)
{
	struct bytes b = { 0 };

	ipv6(&b, 17, 8 + 2);
	udp_text(&b, 502, "ok");
	b.p[24] = 0xff;
	ck_assert(one(&b, LINK_RAW)->group);
	drop(&b);
}
END_TEST

START_TEST(cut_header_is_malformed)
{
	struct bytes b = { 0 };

	ipv6(&b, 17, 8);
	for (size_t n = 0; n < 40; n++)
		ck_assert_int_eq(decode_cut(&b, LINK_RAW, n), OT_ACC_MALFORMED);
	ck_assert_int_eq(decode_cut(&b, LINK_RAW, 40), OT_ACC_IP);
	drop(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		fields,
		extension_headers_are_passed_over,
		extension_above_the_frame_counts_for_its_addresses,
		extension_bomb_stops_at_the_limit,
		atomic_fragment_is_whole,
		payload_length_0_goes_to_the_end,
		no_next_header_has_no_payload,
		multicast_is_a_group,
		cut_header_is_malformed,
	};

	return RUN("ipv6", tests, begin, end);
}
