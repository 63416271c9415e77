/*
 * policy/calendar.c: windows of a week.
 */
#include "policy/calendar.h"

#include <stdio.h>

#include "suite.h"

static struct ot_arena arena;
static struct ot_calendar_row row;

static void
done(void)
{
	ot_arena_done(&arena);
}

static const char *
read_text(const char *text)
{
	bool lost = false;
	const char *why = ot_calendar_read(&arena, ot_str(text), &row, &lost);

	ck_assert(!lost);
	return why;
}

static void
has(uint32_t i, uint32_t from, uint32_t to)
{
	ck_assert_uint_lt(i, row.span_count);
	ck_assert_uint_eq(row.spans[i].from, from);
	ck_assert_uint_eq(row.spans[i].to, to - 1);
}

enum { DAY = 1440 };

START_TEST(days_and_times)
{
	ck_assert_ptr_null(read_text("Mon-Tue 06:00-22:00; sat 8:00-12:00"));
	ck_assert_uint_eq(row.span_count, 3);
	has(0, 360, 1320);
	has(1, DAY + 360, DAY + 1320);
	has(2, 5 * DAY + 480, 5 * DAY + 720);
}
END_TEST

START_TEST(whole_days_that_touch_are_one)
{
	ck_assert_ptr_null(read_text("Mon,Tue; Wed"));
	ck_assert_uint_eq(row.span_count, 1);
	has(0, 0, 3 * DAY);
	ck_assert_ptr_null(read_text("daily"));
	has(0, 0, 7 * DAY);
}
END_TEST

START_TEST(over_midnight_and_over_the_week)
{
	ck_assert_ptr_null(read_text("Sun 22:00-06:00"));
	ck_assert_uint_eq(row.span_count, 2);
	has(0, 0, 360);
	has(1, 6 * DAY + 1320, 7 * DAY);
	ck_assert_ptr_null(read_text("Sat-Mon 23:00-24:00"));
	ck_assert_uint_eq(row.span_count, 3);
	has(0, 1380, DAY);
}
END_TEST

START_TEST(what_is_no_window)
{
	static const char *const texts[] = { "", "shift", "Mon-", "Mon 6",
		"Mon 06:00", "Mon 06:00-25:00", "Mon 06:00-06:00",
		"Mon 06:60-07:00", "Monday 06:00-07:00", "06:00-07:00",
		"Mon 06:00-07:00 x", "Mon 24:30-07:00", ";" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ck_assert_ptr_nonnull(read_text(texts[i]));
}
END_TEST

START_TEST(more_times_than_there_is_room_for)
{
	char text[16384];
	size_t len = 0;

	for (int i = 0; i < 400; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%sdaily 06:00-07:00", i ? ";" : "");
	ck_assert_ptr_nonnull(read_text(text));
}
END_TEST

START_TEST(a_quarter_hour_in_out_and_between)
{
	ck_assert_ptr_null(read_text("Mon 06:00-06:20"));
	ck_assert_int_eq(ot_calendar_has(&row, 360, 15), OT_WITHIN);
	ck_assert_int_eq(ot_calendar_has(&row, 375, 15), OT_PARTLY);
	ck_assert_int_eq(ot_calendar_has(&row, 390, 15), OT_OUTSIDE);
	ck_assert_int_eq(ot_calendar_has(&row, 350, 15), OT_PARTLY);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		days_and_times,
		whole_days_that_touch_are_one,
		over_midnight_and_over_the_week,
		what_is_no_window,
		more_times_than_there_is_room_for,
		a_quarter_hour_in_out_and_between,
	};

	return RUN("calendar", tests, NULL, done);
}
