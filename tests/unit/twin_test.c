/*
 * lib/net/twin.c: the second copies of PRP and HSR, and what is none.
 */
#include "packets.h"

/* PRP: lan 0xa or 0xb. The size counts what stands behind the type. */
static void
prp(struct bytes *b, uint16_t seq, uint8_t lan, const char *text)
{
	size_t size = strlen(text) + 6;

	b->len = 0;
	ethernet(b, 0x88b5);
	add(b, text, strlen(text));
	u16(b, seq);
	u16(b, (uint16_t)((size_t)lan << 12 | size));
	u16(b, 0x88fb);
}

START_TEST(prp_trailer_is_cut_off_and_the_twin_dropped)
{
	struct bytes b = { 0 };

	prp(&b, 7, 0xa, "text");
	payload_is(one(&b, LINK_ETHERNET), "text");
	frame_time += 1000000;
	prp(&b, 7, 0xb, "text");
	ck_assert_int_eq(decode(&b, LINK_ETHERNET), OT_ACC_TWIN);
	ck_assert_uint_eq(told_count, 0);
	torture(&b, LINK_ETHERNET);
	drop(&b);
}
END_TEST

START_TEST(prp_third_copy_is_a_packet)
{
	struct bytes b = { 0 };

	prp(&b, 7, 0xa, "text");
	(void)one(&b, LINK_ETHERNET);
	prp(&b, 7, 0xb, "text");
	ck_assert_int_eq(decode(&b, LINK_ETHERNET), OT_ACC_TWIN);
	prp(&b, 7, 0xa, "text");
	(void)one(&b, LINK_ETHERNET);
	drop(&b);
}
END_TEST

START_TEST(prp_same_lan_is_no_twin)
{
	struct bytes b = { 0 };

	prp(&b, 7, 0xa, "text");
	(void)one(&b, LINK_ETHERNET);
	(void)one(&b, LINK_ETHERNET);
	drop(&b);
}
END_TEST

START_TEST(prp_other_bytes_are_no_twin)
{
	struct bytes b = { 0 };

	prp(&b, 7, 0xa, "text");
	(void)one(&b, LINK_ETHERNET);
	prp(&b, 7, 0xb, "evil");
	payload_is(one(&b, LINK_ETHERNET), "evil");
	drop(&b);
}
END_TEST

START_TEST(prp_twin_after_half_a_second_is_none)
{
	struct bytes b = { 0 };

	prp(&b, 7, 0xa, "text");
	(void)one(&b, LINK_ETHERNET);
	frame_time += INT64_C(500000000);
	prp(&b, 7, 0xb, "text");
	(void)one(&b, LINK_ETHERNET);
	drop(&b);
}
END_TEST

START_TEST(prp_size_that_lies_is_payload)
{
	struct bytes b = { 0 };

	prp(&b, 7, 0xa, "text");
	b.p[b.len - 3]++;
	ck_assert_uint_eq(one(&b, LINK_ETHERNET)->captured, 10);
	drop(&b);
}
END_TEST

static void
hsr(struct bytes *b, uint16_t seq)
{
	b->len = 0;
	ethernet(b, 0x892f);
	u16(b, 0x1040);
	u16(b, seq);
	u16(b, 0x0800);
	ipv4(b, 17, 8 + 2);
	udp_text(b, 502, "ok");
}

START_TEST(hsr_tag_is_passed_over_and_the_twin_dropped)
{
	struct bytes b = { 0 };

	hsr(&b, 9);
	payload_is(one(&b, LINK_ETHERNET), "ok");
	b.p[14] ^= 0x10; /* the other path */
	ck_assert_int_eq(decode(&b, LINK_ETHERNET), OT_ACC_TWIN);
	hsr(&b, 10);
	payload_is(one(&b, LINK_ETHERNET), "ok");
	torture(&b, LINK_ETHERNET);
	drop(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		prp_trailer_is_cut_off_and_the_twin_dropped,
		prp_third_copy_is_a_packet,
		prp_same_lan_is_no_twin,
		prp_other_bytes_are_no_twin,
		prp_twin_after_half_a_second_is_none,
		prp_size_that_lies_is_payload,
		hsr_tag_is_passed_over_and_the_twin_dropped,
	};

	return RUN("twin", tests, begin, end);
}
