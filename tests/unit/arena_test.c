/*
 * Arenas and the checked heap of base/arena.h.
 */
#include <check.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

START_TEST(memory_is_zero_and_aligned)
{
	struct ot_arena arena = { .limit = 0 };

	for (size_t size = 0; size < 300; size++) {
		unsigned char *p = ot_alloc(&arena, size);

		ck_assert_ptr_nonnull(p);
		ck_assert_uint_eq((uintptr_t)p % alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			ck_assert_uint_eq(p[i], 0);
		memset(p, 0xff, size);
	}
	ot_arena_done(&arena);
}
END_TEST

START_TEST(memory_is_zero_again_after_reset)
{
	struct ot_arena arena = { .limit = 0 };
	unsigned char *p = ot_alloc(&arena, 100);

	memset(p, 0xff, 100);
	ot_arena_reset(&arena);
	ck_assert_uint_eq(arena.used, 0);
	ck_assert_ptr_eq(ot_alloc(&arena, 100), p);
	ck_assert_uint_eq(p[99], 0);
	ot_arena_done(&arena);
}
END_TEST

START_TEST(reset_of_an_empty_arena_does_nothing)
{
	struct ot_arena arena = { .limit = 0 };

	ot_arena_reset(&arena);
	ot_arena_done(&arena);
	ck_assert_ptr_null(arena.blocks);
}
END_TEST

START_TEST(a_piece_above_a_block_has_its_own)
{
	struct ot_arena arena = { .limit = 0 };
	char *small = ot_alloc(&arena, 16);
	char *large = ot_alloc(&arena, 5 << 20);

	ck_assert_ptr_nonnull(large);
	memset(large, 1, 5 << 20);
	ck_assert_ptr_eq(ot_alloc(&arena, 16), small + 16);
	ot_arena_done(&arena);
}
END_TEST

START_TEST(above_the_limit_is_null_and_what_fits_still_fits)
{
	struct ot_arena arena = { .limit = 1000 };

	ck_assert_ptr_nonnull(ot_alloc(&arena, 900));
	ck_assert_ptr_null(ot_alloc(&arena, 200));
	ck_assert_ptr_nonnull(ot_alloc(&arena, 64));
	ck_assert_uint_le(arena.used, 1000);
	ot_arena_done(&arena);
}
END_TEST

START_TEST(what_was_given_back_is_used_again_where_the_arena_says_so)
{
	struct ot_arena arena = { .reuse = true }, keeps = { .limit = 0 };
	unsigned char *p = ot_alloc(&arena, 40), *q = ot_alloc(&keeps, 40);

	memset(p, 0xff, 40);
	ot_give_back(&arena, p, 40);
	ot_give_back(&arena, NULL, 40);
	ck_assert_ptr_ne(ot_alloc(&arena, 100), p);
	ck_assert_ptr_eq(ot_alloc(&arena, 33), p); /* rounds to the same */
	for (size_t i = 0; i < 33; i++)
		ck_assert_uint_eq(p[i], 0);
	ck_assert_ptr_ne(ot_alloc(&arena, 40), p);
	ot_give_back(&keeps, q, 40);
	ck_assert_ptr_ne(ot_alloc(&keeps, 40), q);
	ot_give_back(&arena, p, 33);
	ot_arena_reset(&arena);
	ck_assert_ptr_null(arena.idle);
	ot_arena_done(&arena);
	ot_arena_done(&keeps);
}
END_TEST

START_TEST(sizes_that_overflow_are_null)
{
	struct ot_arena arena = { .limit = 0 };

	ck_assert_ptr_null(ot_alloc(&arena, SIZE_MAX));
	ck_assert_ptr_null(ot_alloc(&arena, SIZE_MAX - 15));
	ck_assert_ptr_null(ot_alloc_array(&arena, SIZE_MAX / 2, 3));
	ck_assert_ptr_nonnull(ot_alloc_array(&arena, 0, 3));
	ck_assert_ptr_null(ot_heap(SIZE_MAX / 2, 3));
	ck_assert_ptr_null(ot_heap_grow(NULL, SIZE_MAX / 2, 3));
	ot_arena_done(&arena);
}
END_TEST

START_TEST(heap_grows_and_keeps)
{
	unsigned char *p = ot_heap(4, 1);

	ck_assert_uint_eq(p[3], 0);
	p[3] = 7;
	p = ot_heap_grow(p, 100, 100);
	ck_assert_uint_eq(p[3], 7);
	ot_heap_free(p);
	ot_heap_free(NULL);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("arena");
	TCase *tcase = tcase_create("arena");

	tcase_add_test(tcase, memory_is_zero_and_aligned);
	tcase_add_test(tcase, memory_is_zero_again_after_reset);
	tcase_add_test(tcase, reset_of_an_empty_arena_does_nothing);
	tcase_add_test(tcase, a_piece_above_a_block_has_its_own);
	tcase_add_test(tcase, above_the_limit_is_null_and_what_fits_still_fits);
	tcase_add_test(
	    tcase, what_was_given_back_is_used_again_where_the_arena_says_so);
	tcase_add_test(tcase, sizes_that_overflow_are_null);
	tcase_add_test(tcase, heap_grows_and_keeps);
	suite_add_tcase(suite, tcase);

	SRunner *runner = srunner_create(suite);

	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);

	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
