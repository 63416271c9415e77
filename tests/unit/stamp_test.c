/*
 * lib/capture/stamp.c: resolutions of pcapng.
 */
#include "capture/stamp.h"

#include "base/time.h"
#include "suite.h"

static int64_t
ns(uint8_t resolution, int64_t offset, uint64_t units)
{
	struct ot_stamp stamp = { 0 };

	ot_stamp_resolution(&stamp, resolution);
	ot_stamp_offset(&stamp, offset);
	return ot_stamp_ns(&stamp, units);
}

START_TEST(powers_of_ten)
{
	ck_assert_int_eq(ns(0, 0, 3), 3 * OT_SECOND_NS);
	ck_assert_int_eq(ns(6, 0, 3), 3000);
	ck_assert_int_eq(ns(9, 0, 3), 3);
	ck_assert_int_eq(ns(12, 0, 3999), 3);
	ck_assert_int_eq(ns(0x7f, 0, UINT64_MAX), 0);
}
END_TEST

START_TEST(powers_of_two)
{
	ck_assert_int_eq(ns(0x80, 0, 5), 5 * OT_SECOND_NS);
	ck_assert_int_eq(ns(0x81, 0, 5), 2 * OT_SECOND_NS + 500000000);
	ck_assert_int_eq(ns(0xa0, 0, UINT64_C(0x180000000)), 1500000000);
	ck_assert_int_eq(ns(0xbf, 0, UINT64_C(1) << 62), 500000000);
	ck_assert_int_eq(ns(0xc0, 0, UINT64_C(1) << 63), 500000000);
	ck_assert_int_eq(ns(0xff, 0, UINT64_MAX), 0);
}
END_TEST

START_TEST(offsets_may_be_negative)
{
	ck_assert_int_eq(ns(6, -1, 2000000), OT_SECOND_NS);
	ck_assert_int_eq(ns(6, -3, 2000000), -OT_SECOND_NS);
	ck_assert_int_eq(ns(6, 3, 2000000), 5 * OT_SECOND_NS);
}
END_TEST

START_TEST(what_is_too_far_away_ends_at_the_ends)
{
	ck_assert_int_eq(ns(0, 0, UINT64_MAX), OT_TIME_MOST);
	ck_assert_int_eq(ns(6, 0, UINT64_MAX), OT_TIME_MOST);
	ck_assert_int_eq(ns(9, 0, UINT64_MAX), OT_TIME_MOST);
	ck_assert_int_eq(ns(0x80, 0, UINT64_MAX), OT_TIME_MOST);
	ck_assert_int_eq(ns(6, INT64_MAX, 1), OT_TIME_MOST);
	ck_assert_int_eq(ns(6, INT64_MIN, 0), -OT_TIME_MOST);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		powers_of_ten,
		powers_of_two,
		offsets_may_be_negative,
		what_is_too_far_away_ends_at_the_ends,
	};

	return RUN("stamp", tests, NULL, NULL);
}
