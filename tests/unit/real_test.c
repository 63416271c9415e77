/*
 * lib/base/real.c: what is written is read as the same number again, and looks
 * the same in every locale.
 */
#include "base/real.h"

#include <float.h>
#include <locale.h>
#include <string.h>

#include "suite.h"

static struct ot_str
printed(double x)
{
	static char text[OT_REAL_TEXT];

	return (struct ot_str){ text, ot_real_print(text, x) };
}

START_TEST(the_shortest_text_that_is_the_same_number)
{
	static const struct {
		double x;
		const char *text;
	} all[] = { { 0, "0" }, { -0.0, "0" }, { 1, "1" }, { -40, "-40" },
		{ 0.1, "0.1" }, { 72.5, "72.5" }, { 65535, "65535" },
		{ 4294967295.0, "4294967295" }, { 1e300, "1e+300" },
		{ 1.0 / 3, "0.3333333333333333" },
		{ (double)0.1F, "0.10000000149011612" } };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		ck_assert_msg(ot_str_eq(printed(all[i].x), ot_str(all[i].text)),
		    "%s", all[i].text);
}
END_TEST

START_TEST(the_greatest_and_the_smallest_survive)
{
	static const double all[] = { DBL_MAX, -DBL_MAX, DBL_MIN, DBL_TRUE_MIN,
		9007199254740993.0, 1e-7, 123456789.0123456789 };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		double x = 0;

		ck_assert(ot_real_parse(&x, printed(all[i])));
		ck_assert(x == all[i]);
	}
}
END_TEST

START_TEST(what_is_no_json_number_is_refused)
{
	static const char *const all[] = { "", "-", ".5", "5.", "1e", "1e+",
		"01", "0x10", "nan", "inf", "1,5", " 1", "1 ", "+1", "1e999" };
	double x = 7;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		ck_assert_msg(!ot_real_parse(&x, ot_str(all[i])), "%s", all[i]);
	ck_assert(x == 7);
}
END_TEST

START_TEST(a_number_longer_than_any_double_is_refused)
{
	char text[1000];
	double x;

	memset(text, '1', sizeof(text));
	ck_assert(!ot_real_parse(&x, (struct ot_str){ text, sizeof(text) }));
}
END_TEST

START_TEST(the_locale_changes_nothing)
{
	double x = 0;

	if (!setlocale(LC_NUMERIC, "de_DE.UTF-8") &&
	    !setlocale(LC_NUMERIC, "fr_FR.UTF-8"))
		return; /* neither is installed */
	ck_assert(ot_str_eq(printed(72.5), ot_str("72.5")));
	ck_assert(ot_real_parse(&x, ot_str("72.5e1")));
	ck_assert(x == 725);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		the_shortest_text_that_is_the_same_number,
		the_greatest_and_the_smallest_survive,
		what_is_no_json_number_is_refused,
		a_number_longer_than_any_double_is_refused,
		the_locale_changes_nothing,
	};

	return RUN("real", tests, NULL, NULL);
}
