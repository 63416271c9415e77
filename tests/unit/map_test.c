/*
 * The table of base/map.h.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"

START_TEST(an_empty_map_has_nothing)
{
	struct ot_map map = { .cap = 0 };

	ck_assert_ptr_null(ot_map_get(&map, "a", 1));
	ot_map_done(&map);
}
END_TEST

START_TEST(keeps_ten_thousand_keys_while_it_grows)
{
	static char keys[10000][8];
	struct ot_map map = { .cap = 0 };

	for (unsigned i = 0; i < 10000; i++) {
		(void)snprintf(keys[i], sizeof(keys[i]), "k%u", i);
		void **at = ot_map_at(&map, keys[i], strlen(keys[i]));

		ck_assert_ptr_nonnull(at);
		ck_assert_ptr_null(*at);
		*at = keys[i];
		ck_assert_uint_le(map.count * 2, map.cap);
	}
	ck_assert_uint_eq(map.count, 10000);
	for (unsigned i = 0; i < 10000; i++)
		ck_assert_ptr_eq(
		    ot_map_get(&map, keys[i], strlen(keys[i])), keys[i]);
	ck_assert_ptr_null(ot_map_get(&map, "k10000", 6));
	ot_map_done(&map);
}
END_TEST

START_TEST(the_same_bytes_are_the_same_place)
{
	struct ot_map map = { .cap = 0 };
	char one[] = "abc", two[] = "abc";

	*ot_map_at(&map, one, 3) = one;
	ck_assert_ptr_eq(*ot_map_at(&map, two, 3), one);
	ck_assert_uint_eq(map.count, 1);
	ck_assert_ptr_null(ot_map_get(&map, two, 2));
	ot_map_done(&map);
}
END_TEST

START_TEST(the_empty_key_is_a_key)
{
	struct ot_map map = { .cap = 0 };

	*ot_map_at(&map, NULL, 0) = &map;
	ck_assert_ptr_eq(ot_map_get(&map, "", 0), &map);
	ck_assert_ptr_eq(ot_map_get(&map, NULL, 0), &map);
	ot_map_done(&map);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("map");
	TCase *tcase = tcase_create("map");

	tcase_add_test(tcase, an_empty_map_has_nothing);
	tcase_add_test(tcase, keeps_ten_thousand_keys_while_it_grows);
	tcase_add_test(tcase, the_same_bytes_are_the_same_place);
	tcase_add_test(tcase, the_empty_key_is_a_key);
	suite_add_tcase(suite, tcase);

	SRunner *runner = srunner_create(suite);

	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);

	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
