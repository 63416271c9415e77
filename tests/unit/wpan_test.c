/*
 * lib/net/wpan.c: IEEE 802.15.4.
 */
#include "packets.h"

enum { WITH_FCS = 195, NO_FCS = 230, TAP = 283 };

static const struct ot_packet *
frame(const char *digits, uint32_t link_type)
{
	static struct bytes b;

	b.len = 0;
	hex(&b, digits);
	torture(&b, link_type);
	const struct ot_packet *p = one(&b, link_type);

	ck_assert_int_eq(p->account, OT_ACC_LAYER2);
	ck_assert_int_eq(p->transport, OT_WPAN);
	return p;
}

static void
malformed(const char *digits, uint32_t link_type)
{
	struct bytes b = { 0 };

	hex(&b, digits);
	ck_assert_int_eq(decode(&b, link_type), OT_ACC_MALFORMED);
	drop(&b);
}

START_TEST(short_addresses_in_one_pan)
{
	const struct ot_packet *p =
	    frame("41 88 01 62 1a 02 00 01 00 6f 6b", NO_FCS);

	ends_are(p, "short:1a62.0001", "short:1a62.0002");
	ck_assert_uint_eq(p->ether_type, 1); /* data */
	ck_assert(!p->group);
	payload_is(p, "ok");
	ck_assert(frame("41 88 01 62 1a ff ff 01 00 6f 6b", NO_FCS)->group);
}
END_TEST

START_TEST(short_addresses_in_two_pans)
{
	ends_are(frame("01 88 01 62 1a 02 00 63 1a 01 00 6f", NO_FCS),
	    "short:1a63.0001", "short:1a62.0002");
}
END_TEST

START_TEST(extended_addresses)
{
	ends_are(frame("41 cc 01 62 1a 08 07 06 05 04 03 02 01"
		       "18 17 16 15 14 13 12 11 6f",
		     NO_FCS),
	    "extended:11:12:13:14:15:16:17:18",
	    "extended:01:02:03:04:05:06:07:08");
}
END_TEST

START_TEST(frames_with_one_address_or_none)
{
	const struct ot_packet *p = frame("00 80 01 62 1a 00 00 ff", NO_FCS);

	ends_are(p, "short:1a62.0000", "none"); /* a beacon */
	ck_assert_uint_eq(p->ether_type, 0);
	p = frame("02 00 07", NO_FCS);
	ends_are(p, "none", "none"); /* an acknowledgement */
	ck_assert_uint_eq(p->ether_type, 2);
	ends_are(frame("03 08 07 ff ff ff ff 07", NO_FCS), "none",
	    "short:ffff.ffff"); /* a beacon request */
}
END_TEST

START_TEST(version_2_without_numbers_and_pans)
{
	/* no sequence number; PAN of the destination only */
	ends_are(frame("41 a9 62 1a 02 00 01 00 6f", NO_FCS), "short:1a62.0001",
	    "short:1a62.0002");
	/* both extended, compressed: no PAN at all */
	ends_are(frame("41 ed 08 07 06 05 04 03 02 01"
		       "18 17 16 15 14 13 12 11 6f",
		     NO_FCS),
	    "extended:11:12:13:14:15:16:17:18",
	    "extended:01:02:03:04:05:06:07:08");
	/* both extended, not compressed: the destination's */
	ends_are(frame("01 ec 05 62 1a 08 07 06 05 04 03 02 01"
		       "18 17 16 15 14 13 12 11 6f",
		     NO_FCS),
	    "extended:11:12:13:14:15:16:17:18",
	    "extended:01:02:03:04:05:06:07:08");
	/* only a source, and only a destination, compressed */
	ends_are(frame("41 a1 01 00 6f", NO_FCS), "short:0000.0001", "none");
	ends_are(frame("41 29 02 00 6f", NO_FCS), "none", "short:0000.0002");
}
END_TEST

START_TEST(the_check_sequence_is_cut)
{
	payload_is(
	    frame("41 88 01 62 1a 02 00 01 00 6f 6b fc fc", WITH_FCS), "ok");
}
END_TEST

START_TEST(tap_says_what_stands_behind_the_frame)
{
#define FRAME "41 88 01 62 1a 02 00 01 00 6f 6b"
	payload_is(
	    frame("00 00 0c 00 00 00 01 00 01 00 00 00" FRAME "fc fc", TAP),
	    "ok");
	payload_is(
	    frame(
		"00 00 0c 00 00 00 01 00 02 00 00 00" FRAME "fc fc fc fc", TAP),
	    "ok");
	payload_is(
	    frame("00 00 0c 00 00 00 01 00 00 00 00 00" FRAME, TAP), "ok");
	/* another TLV before it; none at all */
	payload_is(frame("00 00 14 00 03 00 03 00 0b 00 00 00"
			 "00 00 01 00 01 00 00 00" FRAME "fc fc",
		       TAP),
	    "ok");
	payload_is(frame("00 00 04 00" FRAME, TAP), "ok");
}
END_TEST

START_TEST(what_is_reserved_or_lies_is_malformed)
{
	malformed("41 84 01 62 1a 02 00 01 00 6f", NO_FCS); /* mode 1 */
	malformed("41 48 01 62 1a 02 00 01 00 6f", NO_FCS);
	malformed("41 b8 01 62 1a 02 00 01 00 6f", NO_FCS); /* version 3 */
	malformed("41 88 01 62 1a 02 00 01", NO_FCS);
	malformed("41", WITH_FCS);
	malformed("01 00 04 00" FRAME, TAP);
	malformed("00 00 03 00" FRAME, TAP);
	malformed("00 00 ff ff" FRAME, TAP);
	malformed("00 00 0c 00 00 00 ff ff 01 00 00 00" FRAME, TAP);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		short_addresses_in_one_pan,
		short_addresses_in_two_pans,
		extended_addresses,
		frames_with_one_address_or_none,
		version_2_without_numbers_and_pans,
		the_check_sequence_is_cut,
		tap_says_what_stands_behind_the_frame,
		what_is_reserved_or_lies_is_malformed,
	};

	return RUN("wpan", tests, begin, end);
}
