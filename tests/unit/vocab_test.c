/*
 * The words of base/vocab.h.
 */
#include <check.h>
#include <stdlib.h>

#include "base/vocab.h"

static const char *const *const lists[] = { ot_verb_names, ot_key_names,
	ot_by_names, ot_facet_names, ot_roles_by_names, ot_named_by_names,
	ot_transport_names, ot_tunnel_names };

START_TEST(every_word_finds_itself_so_none_stands_twice)
{
	for (size_t k = 0; k < sizeof(lists) / sizeof(*lists); k++)
		for (int i = 0; lists[k][i]; i++)
			ck_assert_int_eq(
			    ot_word(lists[k], ot_str(lists[k][i])), i);
}
END_TEST

START_TEST(lists_are_as_long_as_their_enums)
{
	ck_assert_ptr_null(ot_verb_names[OT_VERBS]);
	ck_assert_ptr_null(ot_key_names[OT_KEYS]);
	ck_assert_ptr_null(ot_by_names[OT_BYS]);
	ck_assert_ptr_null(ot_facet_names[OT_FACETS]);
	ck_assert_ptr_null(ot_roles_by_names[OT_ROLES_FIRST + 1]);
	ck_assert_ptr_null(ot_named_by_names[OT_NAMED_NONE + 1]);
	ck_assert_ptr_null(ot_transport_names[OT_TRANSPORTS]);
	ck_assert_ptr_null(ot_tunnel_names[OT_TUNNELS]);
}
END_TEST

START_TEST(words_match_whole)
{
	ck_assert_int_eq(ot_word(ot_verb_names, ot_str("write")), OT_WRITE);
	ck_assert_int_eq(ot_word(ot_verb_names, ot_str("writ")), -1);
	ck_assert_int_eq(ot_word(ot_verb_names, ot_str("writes")), -1);
	ck_assert_int_eq(ot_word(ot_verb_names, ot_str("Write")), -1);
	ck_assert_int_eq(ot_word(ot_verb_names, ot_str("")), -1);
	ck_assert_int_eq(
	    ot_word(ot_key_names, ot_str("vendor_id")), OT_K_VENDOR_ID);
}
END_TEST

START_TEST(five_verbs_alter_by_what_they_are)
{
	unsigned count = 0;

	for (int verb = 0; verb < OT_VERBS; verb++)
		count += ot_verb_alters((enum ot_verb)verb);
	ck_assert_uint_eq(count, 5);
	ck_assert(ot_verb_alters(OT_CONTROL));
	ck_assert(!ot_verb_alters(OT_UNKNOWN));
	ck_assert(!ot_verb_alters(OT_AUTH));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("vocab");
	TCase *tcase = tcase_create("vocab");

	tcase_add_test(tcase, every_word_finds_itself_so_none_stands_twice);
	tcase_add_test(tcase, lists_are_as_long_as_their_enums);
	tcase_add_test(tcase, words_match_whole);
	tcase_add_test(tcase, five_verbs_alter_by_what_they_are);
	suite_add_tcase(suite, tcase);

	SRunner *runner = srunner_create(suite);

	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);

	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
