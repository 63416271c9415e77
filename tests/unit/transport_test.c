/*
 * lib/net/transport.c: TCP, UDP, SCTP.
 */
#include "packets.h"

START_TEST(tcp_fields)
{
	struct bytes b = { 0 };

	ipv4(&b, 6, 20 + 3);
	tcp_text(&b, 502, "abc");
	const struct ot_packet *p = one(&b, LINK_RAW);

	ck_assert_int_eq(p->transport, OT_TCP);
	ck_assert_int_eq(p->account, OT_ACC_TCP);
	ck_assert_uint_eq(p->src_port, 40000);
	ck_assert_uint_eq(p->dst_port, 502);
	ck_assert_uint_eq(p->seq, 0x01020304);
	ck_assert_uint_eq(p->ack, 0x05060708);
	ck_assert_uint_eq(p->tcp_flags, OT_TCP_PSH | OT_TCP_ACK);
	ck_assert_uint_eq(p->window, 0x2000);
	ck_assert_uint_eq(p->checksum, 0xabcd);
	payload_is(p, "abc");
	torture(&b, LINK_RAW);
	drop(&b);
}
END_TEST

START_TEST(tcp_options_are_passed_over)
{
	struct bytes b = { 0 };

	ipv4(&b, 6, 20 + 4 + 3);
	tcp_text(&b, 502, "\1\1\1\1abc");
	b.p[20 + 12] = 0x60;
	payload_is(one(&b, LINK_RAW), "abc");
	drop(&b);
}
END_TEST

START_TEST(tcp_options_cut_by_the_snap_length)
{
	struct bytes b = { 0 };

	ipv4(&b, 6, 20 + 4 + 3);
	tcp_text(&b, 502, "\1\1\1\1abc");
	b.p[20 + 12] = 0x60;
	ck_assert_int_eq(decode_cut(&b, LINK_RAW, 42), OT_ACC_TCP);
	ck_assert_uint_eq(told[0].captured, 0);
	ck_assert_uint_eq(told[0].wire, 3);
	ck_assert(told[0].cut);
	drop(&b);
}
END_TEST

START_TEST(tcp_header_length_that_lies_counts_for_its_addresses)
{
	struct bytes b = { 0 };

	ipv4(&b, 6, 20 + 3);
	tcp_text(&b, 502, "abc");
	b.p[20 + 12] = 0x40; /* below 20 */
	ck_assert_int_eq(one(&b, LINK_RAW)->transport, OT_IP);
	b.p[20 + 12] = 0x60; /* 24, above the 23 that there are */
	const struct ot_packet *p = one(&b, LINK_RAW);

	ck_assert_int_eq(p->transport, OT_IP);
	ck_assert_uint_eq(p->src_port, 6);
	ck_assert_uint_eq(p->captured, 0);
	ck_assert_uint_eq(p->seq, 0);
	drop(&b);
}
END_TEST

START_TEST(udp_length_cuts_and_never_adds)
{
	struct bytes b = { 0 };

	ipv4(&b, 17, 8 + 5);
	udp_text(&b, 502, "hello");
	b.p[20 + 5] = 8 + 2;
	payload_is(one(&b, LINK_RAW), "he");
	b.p[20 + 5] = 200;
	const struct ot_packet *p = one(&b, LINK_RAW);

	payload_is(p, "hello");
	ck_assert_uint_eq(p->wire, 5);
	b.p[20 + 5] = 0;
	payload_is(one(&b, LINK_RAW), "hello");
	b.p[20 + 5] = 7;
	ck_assert_int_eq(one(&b, LINK_RAW)->transport, OT_IP);
	drop(&b);
}
END_TEST

START_TEST(udp_without_payload)
{
	struct bytes b = { 0 };

	ipv4(&b, 17, 8);
	udp_text(&b, 502, "");
	const struct ot_packet *p = one(&b, LINK_RAW);

	ck_assert_int_eq(p->transport, OT_UDP);
	ck_assert_uint_eq(p->checksum, 0xbeef);
	ck_assert_uint_eq(p->wire, 0);
	ck_assert_ptr_nonnull(p->payload);
	drop(&b);
}
END_TEST

START_TEST(sctp_ports_and_chunks)
{
	struct bytes b = { 0 };

	ipv4(&b, 132, 12 + 4);
	hex(&b, "0b 59 0b 5a 00 00 00 01 00 00 00 00");
	add(&b, "chnk", 4);
	const struct ot_packet *p = one(&b, LINK_RAW);

	ck_assert_int_eq(p->account, OT_ACC_SCTP);
	ck_assert_uint_eq(p->src_port, 2905);
	ck_assert_uint_eq(p->dst_port, 2906);
	payload_is(p, "chnk");
	torture(&b, LINK_RAW);
	drop(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		tcp_fields,
		tcp_options_are_passed_over,
		tcp_options_cut_by_the_snap_length,
		tcp_header_length_that_lies_counts_for_its_addresses,
		udp_length_cuts_and_never_adds,
		udp_without_payload,
		sctp_ports_and_chunks,
	};

	return RUN("transport", tests, begin, end);
}
