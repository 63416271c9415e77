/*
 * lib/net/icmp.c: messages, and errors that quote a packet.
 */
#include "packets.h"

START_TEST(echo_has_its_type_and_its_answers_as_ports)
{
	struct bytes b = { 0 };

	ipv4(&b, 1, 8 + 4);
	hex(&b, "08 00 ab cd 12 34 00 01");
	add(&b, "ping", 4);
	const struct ot_packet *p = one(&b, LINK_RAW);

	ck_assert_int_eq(p->transport, OT_ICMP);
	ck_assert_int_eq(p->account, OT_ACC_ICMP);
	ck_assert_uint_eq(p->icmp_type, 8);
	ck_assert_uint_eq(p->src_port, 8);
	ck_assert_uint_eq(p->dst_port, 0);
	ck_assert_uint_eq(p->checksum, 0xabcd);
	ck_assert_uint_eq(p->captured, 8); /* id, sequence, "ping" */
	torture(&b, LINK_RAW);
	drop(&b);
}
END_TEST

static void
quoting(struct bytes *b, size_t quoted)
{
	ipv4_from(b, 55, 1, 0, 8 + quoted);
	hex(b, "03 03 00 00 00 00 00 00");
}

START_TEST(error_belongs_to_the_packet_that_it_quotes)
{
	struct bytes b = { 0 };

	quoting(&b, 28);
	ipv4(&b, 17, 8);
	udp(&b, 1000, 502, 0);
	const struct ot_packet *p = one(&b, LINK_RAW);

	ck_assert(p->icmp_error);
	ck_assert_int_eq(p->account, OT_ACC_ICMP);
	ck_assert_int_eq(p->transport, OT_UDP);
	ends_are(p, "10.0.0.1", "10.0.0.99");
	address_is(&p->icmp_from, "10.0.0.55");
	ck_assert_uint_eq(p->src_port, 1000);
	ck_assert_uint_eq(p->dst_port, 502);
	ck_assert_uint_eq(p->wire, 0);
	torture(&b, LINK_RAW);
	drop(&b);
}
END_TEST

START_TEST(error_about_a_later_fragment_has_no_ports)
{
	struct bytes b = { 0 };

	quoting(&b, 28);
	ipv4_from(&b, 1, 17, 0x0010, 8);
	udp(&b, 1000, 502, 0);
	const struct ot_packet *p = one(&b, LINK_RAW);

	ck_assert_int_eq(p->transport, OT_UDP);
	ck_assert_uint_eq(p->src_port, 0);
	drop(&b);
}
END_TEST

START_TEST(error_that_quotes_too_little_is_a_plain_message)
{
	struct bytes b = { 0 };

	quoting(&b, 19);
	add(&b, "\x45xxxxxxxxxxxxxxxxxx", 19);
	const struct ot_packet *p = one(&b, LINK_RAW);

	ck_assert(!p->icmp_error);
	ck_assert_int_eq(p->transport, OT_ICMP);
	ends_are(p, "10.0.0.55", "10.0.0.99");
	drop(&b);
}
END_TEST

START_TEST(icmpv6_errors_and_neighbour_discovery)
{
	struct bytes b = { 0 };

	ipv6(&b, 58, 8 + 40 + 8);
	hex(&b, "03 00 00 00 00 00 00 00");
	ipv6(&b, 17, 8);
	udp(&b, 1000, 502, 0);
	b.p[8 + 15] = 0x77; /* the sender of the error */
	const struct ot_packet *p = one(&b, LINK_RAW);

	ck_assert(p->icmp_error);
	address_is(&p->icmp_from, "2001:db8::77");
	ends_are(p, "2001:db8::1", "2001:db8::2");
	ck_assert_uint_eq(p->dst_port, 502);
	b.len = 0;
	ipv6(&b, 58, 24);
	hex(&b, "87 00 00 00 00 00 00 00");
	fill(&b, 0xfe, 16);
	p = one(&b, LINK_RAW);
	ck_assert_uint_eq(p->icmp_type, 135);
	ck_assert(!p->icmp_error);
	ck_assert_uint_eq(p->captured, 20);
	drop(&b);
}
END_TEST

START_TEST(message_shorter_than_its_header_counts_for_its_addresses)
{
	struct bytes b = { 0 };

	ipv4(&b, 1, 3);
	fill(&b, 8, 3);
	ck_assert_int_eq(one(&b, LINK_RAW)->account, OT_ACC_IP);
	drop(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		echo_has_its_type_and_its_answers_as_ports,
		error_belongs_to_the_packet_that_it_quotes,
		error_about_a_later_fragment_has_no_ports,
		error_that_quotes_too_little_is_a_plain_message,
		icmpv6_errors_and_neighbour_discovery,
		message_shorter_than_its_header_counts_for_its_addresses,
	};

	return RUN("icmp", tests, begin, end);
}
