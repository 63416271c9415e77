/*
 * Times, dates and quarter hours as text (base/time.h).
 */
#include <check.h>
#include <stdlib.h>

#include "base/time.h"

static const char *
printed(int64_t t_ns)
{
	static char text[OT_TIME_TEXT];

	ck_assert_uint_eq(ot_time_print(text, t_ns), strlen(text));
	return text;
}

static int64_t
parsed(const char *text)
{
	int64_t t_ns = OT_TIME_NONE;

	ck_assert_msg(ot_time_parse(&t_ns, ot_str(text)), "%s", text);
	return t_ns;
}

START_TEST(nine_digits_and_z)
{
	ck_assert_str_eq(printed(0), "1970-01-01T00:00:00.000000000Z");
	ck_assert_str_eq(printed(1772432100 * OT_SECOND_NS + 5),
	    "2026-03-02T06:15:00.000000005Z");
}
END_TEST

START_TEST(before_1970_and_leap_days)
{
	ck_assert_str_eq(printed(-1), "1969-12-31T23:59:59.999999999Z");
	ck_assert_str_eq(printed(parsed("2000-02-29T00:00:00Z")),
	    "2000-02-29T00:00:00.000000000Z");
	ck_assert_str_eq(printed(parsed("1968-12-31T12:00:00Z")),
	    "1968-12-31T12:00:00.000000000Z");
	ck_assert_str_eq(printed(parsed("2100-03-01T00:00:00Z") - 1),
	    "2100-02-28T23:59:59.999999999Z");
}
END_TEST

START_TEST(ends_of_the_range)
{
	ck_assert_str_eq(printed(INT64_MIN), "1677-09-21T00:12:43.145224192Z");
	ck_assert_str_eq(printed(INT64_MAX), "2262-04-11T23:47:16.854775807Z");
	ck_assert_int_eq(parsed("1677-09-21T00:12:43.145224192Z"), INT64_MIN);
	ck_assert_int_eq(parsed("2262-04-11T23:47:16.854775807Z"), INT64_MAX);
}
END_TEST

START_TEST(outside_of_the_range_is_refused)
{
	int64_t t_ns = 7;

	ck_assert(
	    !ot_time_parse(&t_ns, ot_str("2262-04-11T23:47:16.854775808Z")));
	ck_assert(
	    !ot_time_parse(&t_ns, ot_str("1677-09-21T00:12:43.145224191Z")));
	ck_assert(!ot_time_parse(&t_ns, ot_str("9999-12-31T23:59:59Z")));
	ck_assert(!ot_time_parse(&t_ns, ot_str("0000-01-01T00:00:00Z")));
	ck_assert_int_eq(t_ns, 7);
}
END_TEST

START_TEST(fractions_offsets_and_leap_seconds)
{
	ck_assert_int_eq(parsed("1970-01-01T00:00:01.5Z"), 1500000000);
	ck_assert_int_eq(parsed("1970-01-01T00:00:00.0000000019Z"), 1);
	ck_assert_int_eq(parsed("1970-01-01t01:00:00+01:00"), 0);
	ck_assert_int_eq(parsed("1969-12-31T23:30:00-00:30"), 0);
	ck_assert_int_eq(
	    parsed("1972-06-30T23:59:60Z"), parsed("1972-07-01T00:00:00Z"));
}
END_TEST

START_TEST(what_is_no_time_leaves_out_alone)
{
	static const char *const bad[] = { "", "2026", "2026-03-02",
		"2026-03-02T06:15:00", "2026-03-02T06:15Z",
		"2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
		"2026-03-02T24:00:00Z", "2026-03-02T06:60:00Z",
		"2026-03-02T06:15:61Z", "2026-03-02T06:15:00.Z",
		"2026-03-02T06:15:00Zx", "2026-03-02 06:15:00Z",
		"2026-03-02T06:15:00+1:00", "-026-03-02T06:15:00Z" };
	int64_t t_ns = 7;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(
		    !ot_time_parse(&t_ns, ot_str(bad[i])), "%s", bad[i]);
	ck_assert_int_eq(t_ns, 7);
}
END_TEST

START_TEST(dates_are_their_first_nanosecond)
{
	int64_t t_ns = 7;

	ck_assert(ot_date_parse(&t_ns, ot_str("2027-01-31")));
	ck_assert_int_eq(t_ns, parsed("2027-01-31T00:00:00Z"));
	ck_assert(!ot_date_parse(&t_ns, ot_str("2027-02-30")));
	ck_assert(!ot_date_parse(&t_ns, ot_str("2027-1-1")));
	ck_assert(!ot_date_parse(&t_ns, ot_str("2027-01-31T")));
	ck_assert(ot_date_parse(&t_ns, ot_str("1970-01-01")));
	ck_assert_int_eq(t_ns, 0);
}
END_TEST

START_TEST(slots_round_down_also_before_1970)
{
	ck_assert_int_eq(ot_slot(0), 0);
	ck_assert_int_eq(ot_slot(900 * OT_SECOND_NS - 1), 0);
	ck_assert_int_eq(ot_slot(900 * OT_SECOND_NS), 1);
	ck_assert_int_eq(ot_slot(-1), -1);
	ck_assert_int_eq(ot_slot(-900 * OT_SECOND_NS), -1);
}
END_TEST

static const char *
slots(int32_t from, int32_t to)
{
	static char text[OT_SLOTS_TEXT];

	ck_assert_uint_eq(ot_slots_print(text, from, to), strlen(text));
	return text;
}

START_TEST(slots_print_the_end_behind_the_last)
{
	int32_t s = ot_slot(parsed("2026-03-02T06:15:00Z"));

	ck_assert_str_eq(slots(s, s), "2026-03-02T06:15Z/06:30Z");
	ck_assert_str_eq(slots(s, s + 3), "2026-03-02T06:15Z/07:15Z");
}
END_TEST

START_TEST(slots_over_midnight_carry_the_date)
{
	int32_t s = ot_slot(parsed("2026-03-02T23:45:00Z"));

	ck_assert_str_eq(slots(s, s), "2026-03-02T23:45Z/2026-03-03T00:00Z");
	ck_assert_str_eq(
	    slots(s, s + 1), "2026-03-02T23:45Z/2026-03-03T00:15Z");
}
END_TEST

START_TEST(slots_parse_what_they_print)
{
	for (int32_t from = -300; from < 300; from += 7)
		for (int32_t to = from; to < from + 200; to += 13) {
			int32_t a = 0, b = 0;

			ck_assert(
			    ot_slots_parse(&a, &b, ot_str(slots(from, to))));
			ck_assert_int_eq(a, from);
			ck_assert_int_eq(b, to);
		}
}
END_TEST

START_TEST(slots_that_are_none_are_refused)
{
	static const char *const bad[] = { "", "2026-03-02T06:15Z",
		"2026-03-02T06:15Z/06:15Z", "2026-03-02T06:15Z/06:00Z",
		"2026-03-02T06:10Z/06:30Z", "2026-03-02T06:15Z/06:31Z",
		"2026-03-02T06:15Z/06:30", "2026-03-02T06:15Z/24:00Z",
		"2026-03-02T06:15Z/2026-03-01T06:30Z",
		"2026-03-02T06:15Z/06:30Zx" };
	int32_t from = 7, to = 7;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(
		    !ot_slots_parse(&from, &to, ot_str(bad[i])), "%s", bad[i]);
	ck_assert_int_eq(from, 7);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("time");
	TCase *tcase = tcase_create("time");

	tcase_add_test(tcase, nine_digits_and_z);
	tcase_add_test(tcase, before_1970_and_leap_days);
	tcase_add_test(tcase, ends_of_the_range);
	tcase_add_test(tcase, outside_of_the_range_is_refused);
	tcase_add_test(tcase, fractions_offsets_and_leap_seconds);
	tcase_add_test(tcase, what_is_no_time_leaves_out_alone);
	tcase_add_test(tcase, dates_are_their_first_nanosecond);
	tcase_add_test(tcase, slots_round_down_also_before_1970);
	tcase_add_test(tcase, slots_print_the_end_behind_the_last);
	tcase_add_test(tcase, slots_over_midnight_carry_the_date);
	tcase_add_test(tcase, slots_parse_what_they_print);
	tcase_add_test(tcase, slots_that_are_none_are_refused);
	suite_add_tcase(suite, tcase);

	SRunner *runner = srunner_create(suite);

	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);

	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
