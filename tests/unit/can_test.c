/*
 * lib/net/can.c: CAN frames.
 */
#include "packets.h"

enum { CAN = 227 };

static const struct ot_packet *
frame(const char *digits)
{
	static struct bytes b;

	b.len = 0;
	hex(&b, digits);
	torture(&b, CAN);
	const struct ot_packet *p = one(&b, CAN);

	ck_assert_int_eq(p->account, OT_ACC_LAYER2);
	ck_assert_int_eq(p->transport, OT_CAN);
	ck_assert(p->group);
	return p;
}

static void
malformed(const char *digits)
{
	struct bytes b = { 0 };

	hex(&b, digits);
	ck_assert_int_eq(decode(&b, CAN), OT_ACC_MALFORMED);
	drop(&b);
}

START_TEST(the_id_is_the_sender_and_the_port)
{
	const struct ot_packet *p = frame("00 00 01 81 03 00 00 00 61 62 63");

	ends_are(p, "can:0x181", "none");
	ck_assert_uint_eq(p->ether_type, 0x181);
	payload_is(p, "abc");
}
END_TEST

START_TEST(an_id_of_29_bits_is_another_than_one_of_11)
{
	const struct ot_packet *p = frame("80 00 01 81 01 00 00 00 61");

	ends_are(p, "can:0x00000181", "none");
	ck_assert_uint_eq(p->ether_type, 0x80000181);
	ends_are(frame("98 ff 00 fe 01 00 00 00 61"), "can:0x18ff00fe", "none");
}
END_TEST

START_TEST(what_fills_the_frame_up_is_no_data)
{
	payload_is(frame("00 00 01 81 02 00 00 00 61 62 00 00 00 00"), "ab");
}
END_TEST

START_TEST(a_remote_request_has_the_id_that_it_asks_for)
{
	ends_are(frame("40 00 01 81 00 00 00 00"), "can:0x181", "none");
}
END_TEST

START_TEST(an_error_has_no_sender)
{
	const struct ot_packet *p =
	    frame("20 00 00 04 08 00 00 00 00 04 00 00 00 00 00 00");

	ends_are(p, "none", "none");
	ck_assert_uint_eq(p->ether_type, 0x20000004);
}
END_TEST

START_TEST(a_length_that_lies)
{
	malformed("00 00 01 81 03 00 00 00 61 62");
	malformed("00 00 01 81 41 00 00 00 61 62");
	malformed("00 00 01 81 ff 00 00 00 61 62");
	malformed("00 00 01");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		the_id_is_the_sender_and_the_port,
		an_id_of_29_bits_is_another_than_one_of_11,
		what_fills_the_frame_up_is_no_data,
		a_remote_request_has_the_id_that_it_asks_for,
		an_error_has_no_sender,
		a_length_that_lies,
	};

	return RUN("can", tests, begin, end);
}
