/*
 * lib/net/vxlan.c: VXLAN, its generic extension, network service headers.
 */
#include "tunnels.h"

enum { VXLAN = 4789, GPE = 4790 };

START_TEST(vxlan_carries_a_frame)
{
	found("08 00 00 00 00 01 64 00", VXLAN, inner_frame, OT_TUNNEL_VXLAN,
	    0x164);
	found("88 00 00 07 00 01 64 00", VXLAN, inner_frame, OT_TUNNEL_VXLAN,
	    0x164);
}
END_TEST

START_TEST(gpe_says_what_it_carries)
{
	found(
	    "0c 00 00 01 00 00 64 00", GPE, inner_ip, OT_TUNNEL_VXLAN_GPE, 100);
	found("0c 00 00 03 00 00 64 00", GPE, inner_frame, OT_TUNNEL_VXLAN_GPE,
	    100);
	found("08 00 00 00 00 00 64 00", GPE, inner_frame, OT_TUNNEL_VXLAN_GPE,
	    100);
}
END_TEST

START_TEST(gpe_with_a_service_header)
{
	/* metadata of kind 2, of no length and of one word */
	found("0c 00 00 04 00 00 64 00  0f c2 02 01 00 00 05 ff", GPE, inner_ip,
	    OT_TUNNEL_VXLAN_GPE, 100);
	found("0c 00 00 04 00 00 64 00  0f c3 02 03 00 00 05 ff 01 02 03 04",
	    GPE, inner_frame, OT_TUNNEL_VXLAN_GPE, 100);
}
END_TEST

START_TEST(gpe_with_mpls_has_two_tunnels)
{
	struct bytes b = { 0 }, in = { 0 };

	hex(&in, "0c 00 00 05 00 00 64 00  00 01 21 40");
	inner_ip(&in);
	carry_udp(&b, 50000, GPE, &in);
	const struct ot_packet *p = one(&b, LINK_ETHERNET);

	ends_are(p, "10.0.0.1", "10.0.0.99");
	ck_assert_uint_eq(p->tunnels, 2);
	ck_assert_int_eq(p->tunnel[1].kind, OT_TUNNEL_MPLS);
	ck_assert_uint_eq(p->tunnel[1].id, 0x12);
	address_is(&p->tunnel[1].src, "none");
	torture(&b, LINK_ETHERNET);
	drop(&b);
	drop(&in);
}
END_TEST

START_TEST(what_its_header_does_not_promise_is_not_read)
{
	left("00 00 00 00 00 00 64 00", VXLAN, inner_frame);
	left("0d 00 00 01 00 00 64 00", GPE, inner_ip); /* OAM */
	left("1c 00 00 01 00 00 64 00", GPE, inner_ip); /* version 1 */
	left("0c 00 00 7f 00 00 64 00", GPE, inner_ip); /* unknown */
	left("0c 00 00 02 00 00 64 00", GPE, inner_ip); /* IPv6 */
}
END_TEST

START_TEST(a_service_header_whose_length_lies)
{
	left("0c 00 00 04 00 00 64 00  0f c1 02 01 00 00 05 ff", GPE, inner_ip);
	left("0c 00 00 04 00 00 64 00  0f ff 02 01 00 00 05 ff", GPE, inner_ip);
	left("0c 00 00 04 00 00 64 00  8f c2 02 01 00 00 05 ff", GPE, inner_ip);
	/* one in another */
	left("0c 00 00 04 00 00 64 00  0f c2 02 04 00 00 05 ff", GPE, inner_ip);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		vxlan_carries_a_frame,
		gpe_says_what_it_carries,
		gpe_with_a_service_header,
		gpe_with_mpls_has_two_tunnels,
		what_its_header_does_not_promise_is_not_read,
		a_service_header_whose_length_lies,
	};

	return RUN("vxlan", tests, begin, end);
}
