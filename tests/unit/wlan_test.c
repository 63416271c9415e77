/*
 * lib/net/wlan.c: IEEE 802.11, radiotap, PPI.
 */
#include "packets.h"

enum { WLAN = 105, RADIOTAP = 127, PPI = 192 };

#define A1  "02 00 00 00 00 01 "
#define A2  "02 00 00 00 00 02 "
#define A3  "02 00 00 00 00 03 "
#define A4  "02 00 00 00 00 04 "
#define LLC "aa aa 03 00 00 00 08 00 "

static const struct ot_packet *
data(const char *header, uint32_t link_type)
{
	static struct bytes b;

	b.len = 0;
	hex(&b, header);
	ipv4(&b, 17, 8 + 2);
	udp_text(&b, 502, "ok");
	torture(&b, link_type);
	const struct ot_packet *p = one(&b, link_type);

	payload_is(p, "ok");
	return p;
}

static void
macs_are(const struct ot_packet *p, const char *src, const char *dst)
{
	address_is(&p->src_mac, src);
	address_is(&p->dst_mac, dst);
}

START_TEST(addresses_by_the_direction)
{
	macs_are(data("08 00 00 00 " A1 A2 A3 "00 00 " LLC, WLAN),
	    "02:00:00:00:00:02", "02:00:00:00:00:01");
	macs_are(data("08 01 00 00 " A1 A2 A3 "00 00 " LLC, WLAN),
	    "02:00:00:00:00:02", "02:00:00:00:00:03");
	macs_are(data("08 02 00 00 " A1 A2 A3 "00 00 " LLC, WLAN),
	    "02:00:00:00:00:03", "02:00:00:00:00:01");
	macs_are(data("08 03 00 00 " A1 A2 A3 "00 00 " A4 LLC, WLAN),
	    "02:00:00:00:00:04", "02:00:00:00:00:03");
}
END_TEST

START_TEST(qos_and_ht_control_are_passed_over)
{
	(void)data("88 01 00 00 " A1 A2 A3 "00 00 00 00 " LLC, WLAN);
	(void)data(
	    "88 81 00 00 " A1 A2 A3 "00 00 00 00 00 00 00 00 " LLC, WLAN);
}
END_TEST

/* A frame whose content is not read: layer 2 with its MACs. */
static void
opaque(const char *frame, const char *src, const char *dst)
{
	struct bytes b = { 0 };

	hex(&b, frame);
	const struct ot_packet *p = one(&b, WLAN);

	ck_assert_int_eq(p->account, OT_ACC_LAYER2);
	ck_assert_uint_eq(p->ether_type, 0);
	ends_are(p, src, dst);
	torture(&b, WLAN);
	drop(&b);
}

START_TEST(protected_data_and_half_an_aggregate_are_opaque)
{
	opaque("08 41 00 00 " A1 A2 A3 "00 00 01 02 03 04", "02:00:00:00:00:02",
	    "02:00:00:00:00:03");
	opaque("88 01 00 00 " A1 A2 A3 "00 00 80 00 01 02", "02:00:00:00:00:02",
	    "02:00:00:00:00:03");
}
END_TEST

/* Frames of one aggregate: receiver, sender, length, LLC, and IP with this
 * text; filled up to 4 bytes where another follows. */
static void
part(struct bytes *b, const char *addresses, const char *text, bool last)
{
	size_t len = 8 + 20 + 8 + strlen(text);

	hex(b, addresses);
	u16(b, (uint16_t)len);
	hex(b, LLC);
	ipv4(b, 17, 8 + strlen(text));
	udp_text(b, 502, text);
	if (!last)
		fill(b, 0, (4 - (14 + len) % 4) % 4);
}

#define AGGREGATE "88 01 00 00 " A1 A2 A3 "00 00 80 00 "

START_TEST(every_frame_of_an_aggregate_is_told)
{
	struct bytes b = { 0 };

	hex(&b, AGGREGATE);
	part(&b, A4 A1, "one", false);
	part(&b, A3 A2, "second", false);
	part(&b, A4 A2, "3", true);
	ck_assert_int_eq(decode(&b, WLAN), OT_ACC_UDP);
	ck_assert_uint_eq(told_count, 3);
	payload_is(&told[0], "one");
	macs_are(&told[0], "02:00:00:00:00:01", "02:00:00:00:00:04");
	ck_assert_uint_eq(told[0].frames, 0);
	ck_assert_uint_eq(told[0].bytes, 0);
	payload_is(&told[1], "second");
	ck_assert_uint_eq(told[1].frames, 0);
	payload_is(&told[2], "3");
	ck_assert_uint_eq(told[2].frames, 1);
	ck_assert_uint_eq(told[2].bytes, b.len);
	macs_are(&told[2], "02:00:00:00:00:02", "02:00:00:00:00:04");
	torture(&b, WLAN);
	drop(&b);
}
END_TEST

START_TEST(an_aggregate_whose_length_lies)
{
	struct bytes b = { 0 };

	hex(&b, AGGREGATE);
	part(&b, A4 A1, "one", true);
	b.p[26 + 12] = 0xff;
	payload_is(one(&b, WLAN), "one");
	b.p[26 + 12] = 0;
	b.p[26 + 13] = 2; /* half an LLC header, then what looks like a frame */
	ck_assert_int_eq(decode(&b, WLAN), OT_ACC_LAYER2);
	ck_assert_uint_eq(told[0].frames, 0);
	ck_assert_int_eq(told[0].account, OT_ACC_LAYER2);
	drop(&b);
}
END_TEST

START_TEST(the_flags_of_radiotap_say_what_to_cut)
{
	/* no LLC length: the payload ends where the frame does */
#define OTHER "08 01 00 00 " A1 A2 A3 "00 00 aa aa 03 00 00 00 88 cc 01 02"
	struct bytes b = { 0 };

	hex(&b, "00 00 09 00 02 00 00 00 10 " OTHER "fc fc fc fc");
	ck_assert_uint_eq(one(&b, RADIOTAP)->wire, 2);
	b.p[8] = 0;
	ck_assert_uint_eq(one(&b, RADIOTAP)->wire, 6);
	b.len = 0;
	/* the time before the flags, at a multiple of 8; two words more */
	hex(&b, "00 00 19 00 03 00 00 80 00 00 00 00 00 00 00 00"
		"00 00 00 00 00 00 00 00 10 " OTHER "fc fc fc fc");
	ck_assert_uint_eq(one(&b, RADIOTAP)->wire, 2);
	torture(&b, RADIOTAP);
	drop(&b);
}
END_TEST

START_TEST(padding_behind_the_header_is_passed_over)
{
	(void)data("00 00 09 00 02 00 00 00 20 "
		   "88 01 00 00 " A1 A2 A3 "00 00 00 00 ee ee " LLC,
	    RADIOTAP);
}
END_TEST

START_TEST(null_data_management_and_control)
{
	opaque("48 01 00 00 " A1 A2 A3 "00 00", "02:00:00:00:00:02",
	    "02:00:00:00:00:03");
	opaque("80 00 00 00 " A1 A2 A3 "00 00 01 02", "02:00:00:00:00:02",
	    "02:00:00:00:00:01");
	opaque("d4 00 00 00 " A1, "none", "02:00:00:00:00:01");
	opaque("b4 00 00 00 " A1 A2, "02:00:00:00:00:02", "02:00:00:00:00:01");
}
END_TEST

START_TEST(radiotap_and_ppi_are_passed_over)
{
	(void)data("00 00 09 00 00 00 00 00 55 "
		   "08 01 00 00 " A1 A2 A3 "00 00 " LLC,
	    RADIOTAP);
	(void)data("00 00 08 00 69 00 00 00 "
		   "08 01 00 00 " A1 A2 A3 "00 00 " LLC,
	    PPI);
}
END_TEST

START_TEST(headers_whose_length_lies_are_malformed)
{
	struct bytes b = { 0 };

	hex(&b, "00 00 ff 00 00 00 00 00 08 01 00 00");
	ck_assert_int_eq(decode(&b, RADIOTAP), OT_ACC_MALFORMED);
	ck_assert_int_eq(decode(&b, PPI), OT_ACC_MALFORMED);
	b.p[2] = 4;
	ck_assert_int_eq(decode(&b, RADIOTAP), OT_ACC_MALFORMED);
	ck_assert_int_eq(decode(&b, PPI), OT_ACC_MALFORMED);
	drop(&b);
}
END_TEST

START_TEST(ppi_in_ppi_ends_at_the_limit)
{
	struct bytes b = { 0 };

	for (int n = 0; n < 50; n++)
		hex(&b, "00 00 08 00 c0 00 00 00");
	ck_assert_int_eq(decode(&b, PPI), OT_ACC_MALFORMED);
	ck_assert_uint_eq(ot_decoder_counts(decoder)->depth, 1);
	drop(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		addresses_by_the_direction,
		qos_and_ht_control_are_passed_over,
		protected_data_and_half_an_aggregate_are_opaque,
		every_frame_of_an_aggregate_is_told,
		an_aggregate_whose_length_lies,
		the_flags_of_radiotap_say_what_to_cut,
		padding_behind_the_header_is_passed_over,
		null_data_management_and_control,
		radiotap_and_ppi_are_passed_over,
		headers_whose_length_lies_are_malformed,
		ppi_in_ppi_ends_at_the_limit,
	};

	return RUN("wlan", tests, begin, end);
}
