/*
 * lib/net/serial.c: a serial line as an RTAC captures it.
 */
#include "packets.h"

enum { RTAC = 250 };

static const struct ot_packet *
event(const char *digits)
{
	static struct bytes b;

	b.len = 0;
	hex(&b, "5e 66 ce 70 00 08 62 3d");
	hex(&b, digits);
	torture(&b, RTAC);
	const struct ot_packet *p = one(&b, RTAC);

	ck_assert_int_eq(p->account, OT_ACC_LAYER2);
	ck_assert_int_eq(p->transport, OT_SERIAL);
	return p;
}

START_TEST(what_was_sent_and_what_was_received)
{
	const struct ot_packet *p = event("01 34 00 00 6f 6b");

	ends_are(p, "serial:0", "serial:1");
	payload_is(p, "ok");
	p = event("02 34 00 00 6f 6b");
	ends_are(p, "serial:1", "serial:0");
	payload_is(p, "ok");
}
END_TEST

START_TEST(the_end_of_data_has_none)
{
	ends_are(event("03 34 00 00"), "serial:0", "serial:1");
	ck_assert_uint_eq(told[0].wire, 0);
	ends_are(event("04 34 00 00"), "serial:1", "serial:0");
}
END_TEST

START_TEST(other_events_are_the_recorders_own)
{
	ends_are(event("00 34 00 00"), "serial:0", "none");
	ends_are(event("0a 34 00 00"), "serial:0", "none");
}
END_TEST

START_TEST(half_a_header_is_malformed)
{
	struct bytes b = { 0 };

	hex(&b, "5e 66 ce 70 00 08 62 3d 01 34 00");
	ck_assert_int_eq(decode(&b, RTAC), OT_ACC_MALFORMED);
	drop(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		what_was_sent_and_what_was_received,
		the_end_of_data_has_none,
		other_events_are_the_recorders_own,
		half_a_header_is_malformed,
	};

	return RUN("serial", tests, begin, end);
}
