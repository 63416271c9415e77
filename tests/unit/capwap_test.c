/*
 * lib/net/capwap.c: CAPWAP data.
 */
#include "tunnels.h"

enum { CAPWAP = 5247 };

/* Of 802.11, from the distribution system: MACs of inner_frame's. */
#define TO_STATION                                                             \
	"00 00 00 1b 1b 00 00 02 02 00 00 00 00 01 "                           \
	"00 1b 1b 00 00 01 00 00 aa aa 03 00 00 00 08 00"

static void
wireless(struct bytes *b)
{
	hex(b, "08 02 " TO_STATION);
	inner_ip(b);
}

static void
turned(struct bytes *b)
{
	hex(b, "02 08 " TO_STATION);
	inner_ip(b);
}

/* Header of 8 bytes, radio 3, 802.11. */
#define PLAIN "00 10 c2 00 00 00 00 00"
#define WLAN  "00 10 c3 00 00 00 00 00"

static void
inside_is_found(const char *header, void (*inside)(struct bytes *b))
{
	struct bytes b = { 0 }, in = { 0 };

	hex(&in, header);
	inside(&in);
	carry_udp(&b, CAPWAP, 40000, &in);
	is_inner(&b, true);
	(void)one(&b, LINK_ETHERNET);
	address_is(&told[0].dst_mac, "00:1b:1b:00:00:02");
	ck_assert_int_eq(told[0].tunnel[0].kind, OT_TUNNEL_CAPWAP);
	ck_assert_uint_eq(told[0].tunnel[0].id, 3);
	drop(&b);
	drop(&in);
}

START_TEST(a_frame_as_802_3)
{
	inside_is_found(PLAIN, inner_frame);
}
END_TEST

START_TEST(a_frame_of_802_11_and_with_its_control_turned)
{
	inside_is_found(WLAN, wireless);
	inside_is_found(WLAN, turned);
}
END_TEST

START_TEST(optional_fields_are_passed_over)
{
	/* 16 bytes: radio MAC and its padding */
	inside_is_found(
	    "00 20 c2 10 00 00 00 00 06 02 00 00 00 00 09 00", inner_frame);
}
END_TEST

START_TEST(what_is_protected_parted_or_alive_is_the_outer_packet)
{
	left("01 00 00 00 16 fe fd 00", CAPWAP, inner_frame);
	left("00 10 c2 80 00 01 00 00", CAPWAP, inner_frame);
	left("00 10 c2 08 00 00 00 00", CAPWAP, inner_frame);
	left("10 10 c2 00 00 00 00 00", CAPWAP, inner_frame); /* version 1 */
	left("00 10 c7 00 00 00 00 00", CAPWAP, wireless);    /* binding 3 */
}
END_TEST

START_TEST(a_header_length_that_lies)
{
	left("00 00 c2 00 00 00 00 00", CAPWAP, inner_frame);
	left("00 08 c2 00 00 00 00 00", CAPWAP, inner_frame);
	left("00 f8 c2 00 00 00 00 00", CAPWAP, inner_frame);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_frame_as_802_3,
		a_frame_of_802_11_and_with_its_control_turned,
		optional_fields_are_passed_over,
		what_is_protected_parted_or_alive_is_the_outer_packet,
		a_header_length_that_lies,
	};

	return RUN("capwap", tests, begin, end);
}
