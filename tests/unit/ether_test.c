/*
 * lib/net/ether.c: type and length frames, tags, SNAP, PRP and HSR headers.
 */
#include "packets.h"

START_TEST(layer_2_has_macs_and_the_payload_behind_the_type)
{
	struct bytes b = { 0 };

	ethernet(&b, 0x88b8);
	add(&b, "goose", 5);
	const struct ot_packet *p = one(&b, LINK_ETHERNET);

	ck_assert_int_eq(p->transport, OT_ETH);
	ck_assert_int_eq(p->account, OT_ACC_LAYER2);
	ck_assert_uint_eq(p->ether_type, 0x88b8);
	ends_are(p, "00:1b:1b:00:00:01", "00:1b:1b:00:00:02");
	payload_is(p, "goose");
	ck_assert(!p->group);
	torture(&b, LINK_ETHERNET);
	drop(&b);
}
END_TEST

START_TEST(group_is_by_the_destination)
{
	struct bytes b = { 0 };

	ethernet(&b, 0x0806);
	fill(&b, 0, 28);
	ck_assert(!one(&b, LINK_ETHERNET)->group);
	memset(b.p, 0xff, 6);
	ck_assert(one(&b, LINK_ETHERNET)->group);
	memset(b.p, 0x01, 1);
	ck_assert(one(&b, LINK_ETHERNET)->group);
	drop(&b);
}
END_TEST

static const struct ot_packet *
tagged(struct bytes *b, const char *tags)
{
	macs(b);
	hex(b, tags);
	hex(b, "08 00");
	ipv4(b, 17, 8 + 2);
	udp_text(b, 502, "ok");
	return one(b, LINK_ETHERNET);
}

START_TEST(vlan_tags_of_every_kind)
{
	struct bytes b = { 0 };
	const struct ot_packet *p =
	    tagged(&b, "88a8 00 07 91 00 20 08 81 00 e0 09");

	ck_assert_uint_eq(p->vlans, 3);
	ck_assert_uint_eq(p->vlan[0], 7);
	ck_assert_uint_eq(p->vlan[1], 8);
	ck_assert_uint_eq(p->vlan[2], 9);
	payload_is(p, "ok");
	torture(&b, LINK_ETHERNET);
	drop(&b);
}
END_TEST

START_TEST(vlan_0_is_only_a_priority)
{
	struct bytes b = { 0 };
	const struct ot_packet *p = tagged(&b, "81 00 e0 00");

	ck_assert_uint_eq(p->vlans, 0);
	payload_is(p, "ok");
	drop(&b);
}
END_TEST

START_TEST(vlan_x4_is_kept_whole)
{
	struct bytes b = { 0 };
	const struct ot_packet *p =
	    tagged(&b, "81 00 00 01 81 00 00 02 81 00 00 03 81 00 00 04");

	ck_assert_uint_eq(p->vlans, 4);
	for (uint16_t n = 0; n < 4; n++)
		ck_assert_uint_eq(p->vlan[n], n + 1);
	drop(&b);
}
END_TEST

START_TEST(more_tags_than_room_keep_outer_and_innermost)
{
	struct bytes b = { 0 }, more = { 0 };

	for (int n = 0; n < 100; n++)
		hex(&more, "81 00 00 05");
	macs(&b);
	hex(&b, "81 00 00 01");
	add_all(&b, &more);
	hex(&b, "81 00 00 09 08 00");
	ipv4(&b, 17, 8 + 2);
	udp_text(&b, 502, "ok");
	const struct ot_packet *p = one(&b, LINK_ETHERNET);

	ck_assert_uint_eq(p->vlans, OT_LIMIT_VLANS);
	ck_assert_uint_eq(p->vlan[0], 1);
	ck_assert_uint_eq(p->vlan[OT_LIMIT_VLANS - 1], 9);
	payload_is(p, "ok");
	drop(&b);
	drop(&more);
}
END_TEST

START_TEST(llc_is_cut_to_its_length)
{
	struct bytes b = { 0 };

	ethernet(&b, 3 + 4);
	hex(&b, "42 42 03");
	add(&b, "bpdu", 4);
	fill(&b, 0, 39);
	const struct ot_packet *p = one(&b, LINK_ETHERNET);

	ck_assert_uint_eq(p->ether_type, 0x1004242);
	payload_is(p, "bpdu");
	torture(&b, LINK_ETHERNET);
	drop(&b);
}
END_TEST

START_TEST(llc_information_frames_have_two_control_bytes)
{
	struct bytes b = { 0 };

	ethernet(&b, 4 + 1);
	hex(&b, "f0 f0 02 00");
	add(&b, "x", 1);
	const struct ot_packet *p = one(&b, LINK_ETHERNET);

	ck_assert_uint_eq(p->ether_type, 0x100f0f0);
	payload_is(p, "x");
	drop(&b);
}
END_TEST

START_TEST(raw_ipx_has_no_llc)
{
	struct bytes b = { 0 };

	ethernet(&b, 6);
	hex(&b, "ff ff 00 06 00 11");
	const struct ot_packet *p = one(&b, LINK_ETHERNET);

	ck_assert_uint_eq(p->ether_type, 0x100ffff);
	ck_assert_uint_eq(p->captured, 6);
	drop(&b);
}
END_TEST

START_TEST(length_too_short_for_llc_is_layer_2)
{
	struct bytes b = { 0 };

	ethernet(&b, 0);
	fill(&b, 0, 46);
	const struct ot_packet *p = one(&b, LINK_ETHERNET);

	ck_assert_int_eq(p->account, OT_ACC_LAYER2);
	ck_assert_uint_eq(p->ether_type, 0);
	drop(&b);
}
END_TEST

START_TEST(snap_with_oui_0_is_an_ethertype)
{
	struct bytes b = { 0 };

	ethernet(&b, 8 + 20 + 8 + 2);
	hex(&b, "aa aa 03 00 00 00 08 00");
	ipv4(&b, 17, 8 + 2);
	udp_text(&b, 502, "ok");
	payload_is(one(&b, LINK_ETHERNET), "ok");
	torture(&b, LINK_ETHERNET);
	drop(&b);
}
END_TEST

START_TEST(snap_of_a_vendor_keeps_its_oui)
{
	struct bytes b = { 0 };

	ethernet(&b, 8 + 3);
	hex(&b, "aa aa 03 00 00 0c 20 00");
	add(&b, "cdp", 3);
	const struct ot_packet *p = one(&b, LINK_ETHERNET);

	ck_assert_uint_eq(p->ether_type, 0x2002000);
	ck_assert_uint_eq(p->snap, 0x00000c2000);
	payload_is(p, "cdp");
	drop(&b);
}
END_TEST

START_TEST(ip_that_cannot_be_read_is_malformed)
{
	struct bytes b = { 0 };

	ethernet(&b, 0x0800);
	hex(&b, "45 00 00 30");
	ck_assert_int_eq(decode(&b, LINK_ETHERNET), OT_ACC_MALFORMED);
	ck_assert_uint_eq(told_count, 0);
	drop(&b);
}
END_TEST

START_TEST(padding_is_not_payload)
{
	struct bytes b = { 0 };

	ethernet(&b, 0x0800);
	ipv4(&b, 17, 8 + 2);
	udp_text(&b, 502, "ok");
	fill(&b, 0, 16);
	const struct ot_packet *p = one(&b, LINK_ETHERNET);

	payload_is(p, "ok");
	ck_assert_uint_eq(p->wire, 2);
	ck_assert(!p->cut);
	drop(&b);
}
END_TEST

START_TEST(backbone_tag_carries_a_whole_frame)
{
	struct bytes b = { 0 };

	hex(&b, "01 02 03 04 05 06 0a 0b 0c 0d 0e 0f 88 e7 00 00 00 05");
	ethernet(&b, 0x0800);
	ipv4(&b, 17, 8 + 2);
	udp_text(&b, 502, "ok");
	const struct ot_packet *p = one(&b, LINK_ETHERNET);

	payload_is(p, "ok");
	address_is(&p->src_mac, "00:1b:1b:00:00:01");
	torture(&b, LINK_ETHERNET);
	drop(&b);
}
END_TEST

START_TEST(switch_link_of_beckoff_is_passed_over)
{
	struct bytes b = { 0 };

	hex(&b, "01 01 05 11 00 00 00 80 00 00 00 00 00 00 00 00");
	hex(&b, "01 01 05 01 00 00 00 00 00 00 00 00 88 a4");
	add(&b, "ecat", 4);
	const struct ot_packet *p = one(&b, LINK_ETHERNET);

	ck_assert_uint_eq(p->ether_type, 0x88a4);
	payload_is(p, "ecat");
	drop(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		layer_2_has_macs_and_the_payload_behind_the_type,
		group_is_by_the_destination,
		vlan_tags_of_every_kind,
		vlan_0_is_only_a_priority,
		vlan_x4_is_kept_whole,
		more_tags_than_room_keep_outer_and_innermost,
		llc_is_cut_to_its_length,
		llc_information_frames_have_two_control_bytes,
		raw_ipx_has_no_llc,
		length_too_short_for_llc_is_layer_2,
		snap_with_oui_0_is_an_ethertype,
		snap_of_a_vendor_keeps_its_oui,
		ip_that_cannot_be_read_is_malformed,
		padding_is_not_payload,
		backbone_tag_carries_a_whole_frame,
		switch_link_of_beckoff_is_passed_over,
	};

	return RUN("ether", tests, begin, end);
}
