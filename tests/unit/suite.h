/*
 * One suite of one case: what the main() of a unit test runs.
 */
#ifndef TESTS_UNIT_SUITE_H
#define TESTS_UNIT_SUITE_H

#include <check.h>
#include <stdlib.h>

/* before and after each test; may be NULL */
static inline int
run_suite(const char *name, const TTest *const *tests, size_t count,
    void (*before)(void), void (*after)(void))
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);

	tcase_set_timeout(tcase, 60); /* for slow machines and sanitizers */
	if (before)
		tcase_add_checked_fixture(tcase, before, after);
	for (size_t i = 0; i < count; i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);

	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);

	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#define RUN(name, tests, before, after)                                        \
	run_suite(name, tests, sizeof(tests) / sizeof(*(tests)), before, after)

#endif
