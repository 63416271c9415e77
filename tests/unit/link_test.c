/*
 * lib/net/link.c: link types other than Ethernet and 802.11.
 */
#include "packets.h"

enum {
	LOOP = 108,
	SLL = 113,
	SLL2 = 276,
	PPP = 9,
	PPP_HDLC = 50,
	C_HDLC = 104,
	FRELAY = 107,
	NFLOG = 239,
	SLIP = 8,
	FDDI = 10,
	ATM_RFC1483 = 100,
	SUNATM = 123,
	USB = 189,
};

static void
inner_ip(struct bytes *b)
{
	ipv4(b, 17, 8 + 2);
	udp_text(b, 502, "ok");
}

/* The header as hex, then IP. */
static const struct ot_packet *
behind(const char *header, uint32_t link_type)
{
	static struct bytes b;

	b.len = 0;
	hex(&b, header);
	inner_ip(&b);
	torture(&b, link_type);
	const struct ot_packet *p = one(&b, link_type);

	ends_are(p, "10.0.0.1", "10.0.0.99");
	payload_is(p, "ok");
	return p;
}

/* Something else, without addresses. */
static void
no_addresses(const char *frame, uint32_t link_type, uint32_t ether_type)
{
	struct bytes b = { 0 };

	hex(&b, frame);
	const struct ot_packet *p = one(&b, link_type);

	ck_assert_int_eq(p->account, OT_ACC_LAYER2);
	ck_assert_int_eq(p->src.kind, OT_ADDR_NONE);
	ck_assert_uint_eq(p->ether_type, ether_type);
	drop(&b);
}

START_TEST(raw_ip_by_its_version)
{
	static const uint32_t links[] = { 12, 14, 101, 228, 229 };

	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		(void)behind("", links[i]);
}
END_TEST

START_TEST(null_and_loop_in_either_byte_order)
{
	(void)behind("02 00 00 00", LINK_NULL);
	(void)behind("00 00 00 02", LINK_NULL);
	(void)behind("00 00 00 02", LOOP);
	(void)behind("1e 00 00 00", LINK_NULL);
	no_addresses("11 00 00 00 01 02 03", LINK_NULL, 0);
}
END_TEST

START_TEST(cooked_has_the_senders_mac)
{
	const struct ot_packet *p =
	    behind("00 00 00 01 00 06 00 1b 1b 00 00 01 00 00 08 00", SLL);

	address_is(&p->src_mac, "00:1b:1b:00:00:01");
	ck_assert_int_eq(p->dst_mac.kind, OT_ADDR_NONE);
	ck_assert(!p->group);
}
END_TEST

START_TEST(cooked_broadcast_is_a_group)
{
	ck_assert(behind("00 01 00 01 00 06 00 1b 1b 00 00 01 00 00 08 00", SLL)
		      ->group);
}
END_TEST

START_TEST(cooked_with_a_vlan_tag)
{
	const struct ot_packet *p = behind(
	    "00 00 00 01 00 06 00 1b 1b 00 00 01 00 00 81 00 00 05 08 00", SLL);

	ck_assert_uint_eq(p->vlans, 1);
	ck_assert_uint_eq(p->vlan[0], 5);
}
END_TEST

START_TEST(cooked_llc)
{
	struct bytes b = { 0 };

	hex(&b, "00 02 00 01 00 06 00 1b 1b 00 00 01 00 00 00 04");
	hex(&b, "42 42 03 00 00");
	const struct ot_packet *p = one(&b, SLL);

	ck_assert_uint_eq(p->ether_type, 0x1004242);
	ends_are(p, "00:1b:1b:00:00:01", "none");
	drop(&b);
}
END_TEST

START_TEST(cooked_2)
{
	const struct ot_packet *p = behind("08 00 00 00 00 00 00 02 00 01 00 "
					   "06 00 1b 1b 00 00 01 00 00",
	    SLL2);

	address_is(&p->src_mac, "00:1b:1b:00:00:01");
}
END_TEST

START_TEST(ppp_with_and_without_its_address)
{
	(void)behind("00 21", PPP);
	(void)behind("21", PPP);
	(void)behind("ff 03 00 21", PPP);
	(void)behind("ff 03 00 21", PPP_HDLC);
	no_addresses("c0 21 09 00 00 04", PPP, 0x880b);
}
END_TEST

START_TEST(cisco_hdlc)
{
	(void)behind("0f 00 08 00", C_HDLC);
	(void)behind("8f 00 08 00", PPP_HDLC);
	no_addresses("8f 00 80 35 00 00", C_HDLC, 0x8035);
}
END_TEST

START_TEST(frame_relay_of_both_kinds)
{
	(void)behind("18 41 03 cc", FRELAY);
	(void)behind("18 41 03 00 80 00 00 00 08 00", FRELAY);
	(void)behind("18 41 08 00", FRELAY);
	no_addresses("00 01 03 08 00 75", FRELAY, 0);
}
END_TEST

START_TEST(nflog_payload_behind_other_attributes)
{
	(void)behind("02 00 00 05 08 00 01 00 08 00 01 00"
		     "05 00 0a 00 00 00 00 00 22 00 09 00",
	    NFLOG);
	no_addresses("02 00 00 05 08 00 01 00 08 00 01 00", NFLOG, 0);
}
END_TEST

START_TEST(nflog_of_a_host_of_the_other_byte_order)
{
	(void)behind("02 00 00 05 00 08 00 01 08 00 01 00"
		     "00 05 00 0a 00 00 00 00 00 22 00 09",
	    NFLOG);
	(void)behind("02 00 00 05 00 22 00 09", NFLOG);
	no_addresses("02 00 00 05 00 08 00 01 08 00 01 00", NFLOG, 0);
}
END_TEST

START_TEST(fddi_with_llc_and_without)
{
	const struct ot_packet *p =
	    behind("50 00 1b 1b 00 00 02 00 1b 1b 00 00 01"
		   "aa aa 03 00 00 00 08 00",
		FDDI);

	address_is(&p->src_mac, "00:1b:1b:00:00:01");
	address_is(&p->dst_mac, "00:1b:1b:00:00:02");
	struct bytes b = { 0 };

	hex(&b, "41 00 1b 1b 00 00 02 00 1b 1b 00 00 01 01 02");
	ends_are(one(&b, FDDI), "00:1b:1b:00:00:01", "00:1b:1b:00:00:02");
	ck_assert_uint_eq(told[0].captured, 2);
	drop(&b);
}
END_TEST

START_TEST(slip_and_what_it_compressed)
{
	(void)behind("00 45 00 00 00 00 00 00 00 00 00 00 00 00 00 00", SLIP);
	no_addresses(
	    "00 80 00 00 00 00 00 00 00 00 00 00 00 00 00 00 1f 02", SLIP, 0);
}
END_TEST

START_TEST(atm_of_both_kinds)
{
	(void)behind("aa aa 03 00 00 00 08 00", ATM_RFC1483);
	(void)behind("02 00 00 21 aa aa 03 00 00 00 08 00", SUNATM);
	no_addresses("06 00 00 05 09 03 00 01", SUNATM, 0);
}
END_TEST

START_TEST(usb_is_counted)
{
	struct bytes b = { 0 };

	fill(&b, 0, 64);
	ck_assert_int_eq(decode(&b, USB), OT_ACC_LINK_TYPE);
	ck_assert_uint_eq(told_count, 0);
	drop(&b);
}
END_TEST

START_TEST(cooked_can)
{
	struct bytes b = { 0 };

	hex(&b, "00 01 01 18 00 00 00 00 00 00 00 00 00 00 00 0c");
	hex(&b, "00 00 01 81 02 00 00 00 01 02");
	ends_are(one(&b, SLL), "can:0x181", "none");
	ck_assert_int_eq(told[0].transport, OT_CAN);
	drop(&b);
}
END_TEST

START_TEST(nflog_attribute_that_lies_is_malformed)
{
	struct bytes b = { 0 };

	hex(&b, "02 00 00 05 03 00 01 00");
	ck_assert_int_eq(decode(&b, NFLOG), OT_ACC_MALFORMED);
	b.len = 4;
	hex(&b, "ff ff 00 09 45");
	(void)decode(&b, NFLOG);
	ck_assert_uint_eq(told[0].captured, 0);
	drop(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		raw_ip_by_its_version,
		null_and_loop_in_either_byte_order,
		cooked_has_the_senders_mac,
		cooked_broadcast_is_a_group,
		cooked_with_a_vlan_tag,
		cooked_llc,
		cooked_2,
		ppp_with_and_without_its_address,
		cisco_hdlc,
		frame_relay_of_both_kinds,
		nflog_payload_behind_other_attributes,
		nflog_of_a_host_of_the_other_byte_order,
		fddi_with_llc_and_without,
		slip_and_what_it_compressed,
		atm_of_both_kinds,
		usb_is_counted,
		cooked_can,
		nflog_attribute_that_lies_is_malformed,
	};

	return RUN("link", tests, begin, end);
}
