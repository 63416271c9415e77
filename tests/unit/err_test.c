/*
 * base/err.h: one code, one line.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

START_TEST(gives_the_negative_code_and_the_text)
{
	struct ot_error error;

	ck_assert_int_eq(
	    ot_error_set(&error, OT_ERR_IO, "%s: frame %d", "a.pcap", 17),
	    -OT_ERR_IO);
	ck_assert_int_eq(error.code, OT_ERR_IO);
	ck_assert_str_eq(error.text, "a.pcap: frame 17");
}
END_TEST

START_TEST(nobody_need_listen)
{
	ck_assert_int_eq(ot_error_set(NULL, OT_ERR_BUG, "x"), -OT_ERR_BUG);
}
END_TEST

START_TEST(long_text_is_cut_and_ended)
{
	struct ot_error error;
	char text[2000];

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ot_error_set(&error, OT_ERR_USAGE, "%s", text);
	ck_assert_uint_eq(strlen(error.text), sizeof(error.text) - 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("err");
	TCase *tcase = tcase_create("err");

	tcase_add_test(tcase, gives_the_negative_code_and_the_text);
	tcase_add_test(tcase, nobody_need_listen);
	tcase_add_test(tcase, long_text_is_cut_and_ended);
	suite_add_tcase(suite, tcase);

	SRunner *runner = srunner_create(suite);

	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);

	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
