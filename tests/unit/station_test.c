/*
 * lib/net/station.c: ARCNET and MS/TP.
 */
#include "packets.h"

enum { ARCNET = 129, MS_TP = 165, BACNET = 0x1008282 };

static const struct ot_packet *
frame(const char *digits, uint32_t link_type)
{
	static struct bytes b;

	b.len = 0;
	hex(&b, digits);
	torture(&b, link_type);
	return one(&b, link_type);
}

START_TEST(bacnet_on_arcnet)
{
	const struct ot_packet *p =
	    frame("c0 3d 00 00 cd 82 82 03 6f 6b", ARCNET);

	ends_are(p, "station:192", "station:61");
	ck_assert_uint_eq(p->ether_type, BACNET);
	ck_assert(!p->group);
	payload_is(p, "ok");
	ck_assert(frame("c0 00 00 00 cd 82 82 03 6f 6b", ARCNET)->group);
}
END_TEST

START_TEST(ip_on_arcnet_of_both_kinds)
{
	static const char *const headers[] = { "01 02 00 00 d4 00 00 01",
		"01 02 00 00 f0" };

	for (size_t i = 0; i < 2; i++) {
		struct bytes b = { 0 };

		hex(&b, headers[i]);
		ipv4(&b, 17, 8 + 2);
		udp_text(&b, 502, "ok");
		torture(&b, ARCNET);
		ends_are(one(&b, ARCNET), "10.0.0.1", "10.0.0.99");
		address_is(&told[0].src_mac, "station:1");
		drop(&b);
	}
}
END_TEST

START_TEST(other_protocols_on_arcnet_are_layer_2)
{
	const struct ot_packet *p = frame("01 02 00 00 dd 6f 6b", ARCNET);

	ck_assert_uint_eq(p->ether_type, 0);
	ends_are(p, "station:1", "station:2");
}
END_TEST

START_TEST(ms_tp_data_is_bacnet_without_llc)
{
	const struct ot_packet *p =
	    frame("55 ff 05 02 01 00 02 12 6f 6b 99 99", MS_TP);

	ends_are(p, "station:1", "station:2");
	ck_assert_uint_eq(p->ether_type, BACNET);
	payload_is(p, "ok");
	ck_assert(frame("55 ff 06 ff 01 00 02 12 6f 6b 99 99", MS_TP)->group);
}
END_TEST

START_TEST(ms_tp_token)
{
	const struct ot_packet *p = frame("55 ff 00 02 01 00 00 12", MS_TP);

	ck_assert_uint_eq(p->ether_type, 0);
	ck_assert_uint_eq(p->wire, 0);
}
END_TEST

START_TEST(ms_tp_that_lies_is_malformed)
{
	static const char *const frames[] = { "55 fe 05 02 01 00 02 12 6f 6b",
		"55 ff 05 02 01 ff ff 12 6f 6b", "55 ff 05 02 01 00 00" };

	for (size_t i = 0; i < sizeof(frames) / sizeof(*frames); i++) {
		struct bytes b = { 0 };

		hex(&b, frames[i]);
		ck_assert_int_eq(decode(&b, MS_TP), OT_ACC_MALFORMED);
		drop(&b);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		bacnet_on_arcnet,
		ip_on_arcnet_of_both_kinds,
		other_protocols_on_arcnet_are_layer_2,
		ms_tp_data_is_bacnet_without_llc,
		ms_tp_token,
		ms_tp_that_lies_is_malformed,
	};

	return RUN("station", tests, begin, end);
}
