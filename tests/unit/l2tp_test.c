/*
 * lib/net/l2tp.c: L2TP of both versions.
 */
#include "tunnels.h"

enum { L2TP = 1701, PORT_OF_IP = 115 };

START_TEST(version_2_carries_ppp)
{
	/* tunnel 7, session 3 */
	found("00 02 00 07 00 03 ff 03 00 21", L2TP, inner_ip, OT_TUNNEL_L2TP,
	    0x70003);
	found("00 02 00 07 00 03 21", L2TP, inner_ip, OT_TUNNEL_L2TP, 0x70003);
}
END_TEST

START_TEST(version_2_with_every_field)
{
	/* length 48: 18 here, 30 of IP; Ns, Nr; offset of 2 bytes */
	found("4a 02 00 30 00 07 00 03 00 01 00 02 00 02 aa aa 00 21", L2TP,
	    inner_ip, OT_TUNNEL_L2TP, 0x70003);
}
END_TEST

START_TEST(version_2_is_cut_to_its_length)
{
	struct bytes b = { 0 }, in = { 0 };

	hex(&in, "40 02 00 28 00 07 00 03 00 21");
	inner_ip(&in);
	hex(&in, "ee ee ee ee");
	carry_udp(&b, L2TP, L2TP, &in);
	is_inner(&b, false);
	drop(&b);
	drop(&in);
}
END_TEST

START_TEST(version_3_carries_a_frame_behind_any_cookie)
{
	found("00 03 00 00 00 00 00 05", L2TP, inner_frame, OT_TUNNEL_L2TP, 5);
	found("00 03 00 00 00 00 00 05 11 22 33 44", L2TP, inner_frame,
	    OT_TUNNEL_L2TP, 5);
	found("00 03 00 00 00 00 00 05 11 22 33 44 55 66 77 88 00 00 00 00",
	    L2TP, inner_frame, OT_TUNNEL_L2TP, 5);
}
END_TEST

START_TEST(version_3_on_ip)
{
	struct bytes b = { 0 }, in = { 0 };

	hex(&in, "00 00 00 05 11 22 33 44");
	inner_frame(&in);
	carry(&b, PORT_OF_IP, &in);
	is_inner(&b, true);
	(void)one(&b, LINK_ETHERNET);
	ck_assert_int_eq(told[0].tunnel[0].kind, OT_TUNNEL_L2TP);
	ck_assert_uint_eq(told[0].tunnel[0].id, 5);
	in.p[3] = 0; /* a control message */
	b.len = 0;
	carry(&b, PORT_OF_IP, &in);
	is_outer(&b, OT_IP);
	drop(&b);
	drop(&in);
}
END_TEST

START_TEST(control_messages_and_negotiations_are_the_outer_packets)
{
	left("c8 02 00 0c 00 00 00 00 00 00 00 00", L2TP, inner_ip);
	left("00 02 00 07 00 03 ff 03 c0 21", L2TP, inner_ip);
	left("00 01 00 07 00 03 00 21", L2TP, inner_ip); /* L2F */
	left("00 03 00 00 00 00 00 00", L2TP, inner_frame);
	left("00 03 00 00 00 00 00 05", L2TP, inner_ip);
}
END_TEST

START_TEST(lengths_that_lie)
{
	left("40 02 ff ff 00 07 00 03 00 21", L2TP, inner_ip);
	left("40 02 00 03 00 07 00 03 00 21", L2TP, inner_ip);
	left("40 02 00 07 00 07 00 03 00 21", L2TP, inner_ip);
	left("02 02 00 07 00 03 ff ff 00 21", L2TP, inner_ip);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		version_2_carries_ppp,
		version_2_with_every_field,
		version_2_is_cut_to_its_length,
		version_3_carries_a_frame_behind_any_cookie,
		version_3_on_ip,
		control_messages_and_negotiations_are_the_outer_packets,
		lengths_that_lie,
	};

	return RUN("l2tp", tests, begin, end);
}
