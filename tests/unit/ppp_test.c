/*
 * lib/net/ppp.c: PPPoE sessions and MPLS.
 */
#include "packets.h"

static void
inner_ip(struct bytes *b)
{
	ipv4(b, 17, 8 + 2);
	udp_text(b, 502, "ok");
}

static void
is_inner(struct bytes *b)
{
	const struct ot_packet *p = one(b, LINK_ETHERNET);

	ends_are(p, "10.0.0.1", "10.0.0.99");
	payload_is(p, "ok");
	torture(b, LINK_ETHERNET);
}

static void
is_layer_2(struct bytes *b, uint16_t type)
{
	const struct ot_packet *p = one(b, LINK_ETHERNET);

	ck_assert_int_eq(p->transport, OT_ETH);
	ck_assert_uint_eq(p->ether_type, type);
	ends_are(p, "00:1b:1b:00:00:01", "00:1b:1b:00:00:02");
}

START_TEST(pppoe_session_with_ip)
{
	struct bytes b = { 0 };

	ethernet(&b, 0x8864);
	hex(&b, "11 00 00 07 00 20 00 21");
	inner_ip(&b);
	fill(&b, 0xee, 6);
	is_inner(&b);
	drop(&b);
}
END_TEST

START_TEST(pppoe_with_a_negotiation_is_layer_2)
{
	struct bytes b = { 0 };

	ethernet(&b, 0x8864);
	hex(&b, "11 00 00 07 00 06 c0 21 09 00 00 04");
	is_layer_2(&b, 0x8864);
	drop(&b);
}
END_TEST

START_TEST(pppoe_discovery_is_layer_2)
{
	struct bytes b = { 0 };

	ethernet(&b, 0x8863);
	hex(&b, "11 09 00 00 00 00");
	is_layer_2(&b, 0x8863);
	drop(&b);
}
END_TEST

START_TEST(mpls_stack_with_ip)
{
	struct bytes b = { 0 };

	ethernet(&b, 0x8847);
	hex(&b, "00 01 00 40 00 02 01 40");
	inner_ip(&b);
	is_inner(&b);
	drop(&b);
}
END_TEST

START_TEST(mpls_with_ethernet_with_and_without_control_word)
{
	for (int control = 0; control <= 1; control++) {
		struct bytes b = { 0 };

		ethernet(&b, 0x8847);
		hex(&b, "00 01 01 40");
		if (control)
			hex(&b, "00 00 00 00");
		ethernet(&b, 0x0800);
		inner_ip(&b);
		is_inner(&b);
		address_is(&told[0].src_mac, "00:1b:1b:00:00:01");
		drop(&b);
	}
}
END_TEST

START_TEST(mpls_with_something_else_is_layer_2)
{
	struct bytes b = { 0 };

	ethernet(&b, 0x8847);
	hex(&b, "00 01 01 40 10 00 00 07");
	fill(&b, 0x33, 30);
	is_layer_2(&b, 0x8847);
	drop(&b);
}
END_TEST

START_TEST(mpls_stack_without_bottom_is_layer_2)
{
	struct bytes b = { 0 };

	ethernet(&b, 0x8847);
	for (int n = 0; n < 300; n++)
		hex(&b, "00 01 00 40");
	is_layer_2(&b, 0x8847);
	drop(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		pppoe_session_with_ip,
		pppoe_with_a_negotiation_is_layer_2,
		pppoe_discovery_is_layer_2,
		mpls_stack_with_ip,
		mpls_with_ethernet_with_and_without_control_word,
		mpls_with_something_else_is_layer_2,
		mpls_stack_without_bottom_is_layer_2,
	};

	return RUN("ppp", tests, begin, end);
}
