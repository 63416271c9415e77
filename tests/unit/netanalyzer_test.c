/*
 * lib/net/netanalyzer.c: Ethernet behind the word of a netANALYZER.
 */
#include "packets.h"

enum { NETANALYZER = 240, TRANSPARENT = 241 };

/* An ethertype of its own, so that the payload ends where the frame does. */
static void
frame(struct bytes *b)
{
	ethernet(b, 0x88cc);
	hex(b, "6f 6b de ad be ef");
}

static void
is_frame(const char *header, uint32_t link_type)
{
	struct bytes b = { 0 };

	hex(&b, header);
	frame(&b);
	torture(&b, link_type);
	ends_are(one(&b, link_type), "00:1b:1b:00:00:01", "00:1b:1b:00:00:02");
	payload_is(&told[0], "ok");
	drop(&b);
}

START_TEST(the_check_sequence_is_no_payload)
{
	is_frame("00 04 14 00", NETANALYZER);
	is_frame("04 44 14 00", NETANALYZER); /* with an error, port 1 */
}
END_TEST

START_TEST(in_transparent_mode_the_preamble_is_passed_over)
{
	is_frame("00 06 1c 00 55 55 55 55 55 55 55 d5", TRANSPARENT);
	is_frame("40 06 18 00 55 55 55 d5", TRANSPARENT);
	is_frame("40 06 15 00 d5", TRANSPARENT);
}
END_TEST

START_TEST(an_input_gives_no_frame)
{
	struct bytes b = { 0 };

	hex(&b, "00 45 00 00 00 00 00 00 01");
	for (uint32_t link = NETANALYZER; link <= TRANSPARENT; link++) {
		ends_are(one(&b, link), "none", "none");
		ck_assert_int_eq(told[0].account, OT_ACC_LAYER2);
	}
	drop(&b);
}
END_TEST

START_TEST(a_preamble_without_its_end_is_malformed)
{
	struct bytes b = { 0 };

	hex(&b, "00 06 1c 00 55 55 55 55");
	ck_assert_int_eq(decode(&b, TRANSPARENT), OT_ACC_MALFORMED);
	hex(&b, "54");
	frame(&b);
	ck_assert_int_eq(decode(&b, TRANSPARENT), OT_ACC_MALFORMED);
	b.len = 3;
	ck_assert_int_eq(decode(&b, NETANALYZER), OT_ACC_MALFORMED);
	drop(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		the_check_sequence_is_no_payload,
		in_transparent_mode_the_preamble_is_passed_over,
		an_input_gives_no_frame,
		a_preamble_without_its_end_is_malformed,
	};

	return RUN("netanalyzer", tests, begin, end);
}
