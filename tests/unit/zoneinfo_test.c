/*
 * base/zoneinfo.c: tables made by hand, and those of the machine.
 */
#include "base/zoneinfo.h"

#include <stdio.h>

#include "base/time.h"
#include "suite.h"

static struct ot_arena arena;

static void
done(void)
{
	ot_arena_done(&arena);
}

static int64_t
at(const char *text)
{
	int64_t t;

	ck_assert(ot_time_parse(&t, ot_str(text)));
	return t;
}

/* utc, wall, leap, time, type, chars */
#define NOTHING "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4"
#define TYPE	"\0\0\0\0\0\0LMT\0"

/* A slim table: nothing but its footer's rule. */
static const struct ot_zoneinfo *
of_rule(const char *rule)
{
	static const char head[] =
	    "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" NOTHING TYPE
	    "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" NOTHING TYPE "\n";
	char bytes[256];
	size_t len = sizeof(head) - 1;

	memcpy(bytes, head, len);
	len += (size_t)snprintf(bytes + len, sizeof(bytes) - len, "%s\n", rule);
	return ot_zoneinfo_of(&arena, (struct ot_str){ bytes, len });
}

START_TEST(summer_time_by_rule)
{
	const struct ot_zoneinfo *paris = of_rule("CET-1CEST,M3.5.0,M10.5.0/3");

	ck_assert_ptr_nonnull(paris);
	ck_assert_int_eq(
	    ot_zoneinfo_offset(paris, at("2026-03-29T00:59:59Z")), 3600);
	ck_assert_int_eq(
	    ot_zoneinfo_offset(paris, at("2026-03-29T01:00:00Z")), 7200);
	ck_assert_int_eq(
	    ot_zoneinfo_offset(paris, at("2026-10-25T00:59:59Z")), 7200);
	ck_assert_int_eq(
	    ot_zoneinfo_offset(paris, at("2026-10-25T01:00:00Z")), 3600);
}
END_TEST

START_TEST(summer_over_new_year)
{
	const struct ot_zoneinfo *south =
	    of_rule("AEST-10AEDT,M10.1.0,M4.1.0/3");

	ck_assert_ptr_nonnull(south);
	ck_assert_int_eq(
	    ot_zoneinfo_offset(south, at("2026-01-15T00:00:00Z")), 39600);
	ck_assert_int_eq(
	    ot_zoneinfo_offset(south, at("2026-07-15T00:00:00Z")), 36000);
}
END_TEST

START_TEST(offsets_with_minutes_and_names_in_brackets)
{
	const struct ot_zoneinfo *zone = of_rule("<+0545>-5:45");

	ck_assert_ptr_nonnull(zone);
	ck_assert_int_eq(
	    ot_zoneinfo_offset(zone, at("2026-07-15T00:00:00Z")), 20700);
}
END_TEST

START_TEST(damaged_tables_are_refused)
{
	static const char *const rules[] = { "C-1", "CET-1CEST", "CET-200",
		"CET-1CEST,M13.1.0,M4.1.0", "CET-1CEST,M3.5.0,M10.5.0/3x" };

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		ck_assert_ptr_null(of_rule(rules[i]));
	ck_assert_ptr_null(ot_zoneinfo_of(&arena, ot_str("TZif2")));
	ck_assert_ptr_null(ot_zoneinfo_of(&arena, (struct ot_str){ NULL, 0 }));
}
END_TEST

START_TEST(every_cut_of_a_table_is_refused)
{
	struct ot_str bytes;
	FILE *f = fopen(OT_ZONEINFO_FOLDER "/Europe/Paris", "rb");
	static char file[1 << 16];

	if (!f)
		return; /* this machine has no tables */
	bytes = (struct ot_str){ file, fread(file, 1, sizeof(file), f) };
	(void)fclose(f);
	ck_assert_ptr_nonnull(ot_zoneinfo_of(&arena, bytes));
	for (size_t len = 0; len + 1 < bytes.len; len += 7)
		ck_assert_ptr_null(
		    ot_zoneinfo_of(&arena, (struct ot_str){ file, len }));
}
END_TEST

START_TEST(the_tables_of_the_machine)
{
	static const struct {
		const char *name, *time;
		int32_t offset;
	} known[] = {
		{ "Africa/Lagos", "2026-07-01T00:00:00Z", 3600 },
		{ "Europe/Paris", "2026-07-01T00:00:00Z", 7200 },
		{ "Europe/Paris", "1970-07-01T00:00:00Z", 3600 },
		{ "Europe/Paris", "2090-07-01T00:00:00Z", 7200 },
		{ "Asia/Shanghai", "1988-07-01T00:00:00Z", 32400 },
		{ "Asia/Dubai", "2026-01-01T00:00:00Z", 14400 },
	};
	struct ot_error error;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const struct ot_zoneinfo *zone;

		if (ot_zoneinfo_load(&zone, &arena, OT_ZONEINFO_FOLDER,
			ot_str(known[i].name), &error) < 0)
			return; /* this machine has no tables */
		ck_assert_int_eq(ot_zoneinfo_offset(zone, at(known[i].time)),
		    known[i].offset);
	}
}
END_TEST

START_TEST(a_name_leads_out_of_no_folder)
{
	const struct ot_zoneinfo *zone;
	struct ot_error error;

	ck_assert_int_lt(ot_zoneinfo_load(&zone, &arena, OT_ZONEINFO_FOLDER,
			     ot_str("../../../etc/passwd"), &error),
	    0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		summer_time_by_rule,
		summer_over_new_year,
		offsets_with_minutes_and_names_in_brackets,
		damaged_tables_are_refused,
		every_cut_of_a_table_is_refused,
		the_tables_of_the_machine,
		a_name_leads_out_of_no_folder,
	};

	return RUN("zoneinfo", tests, NULL, done);
}
