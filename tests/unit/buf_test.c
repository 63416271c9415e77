/*
 * The bounded window of base/buf.h.
 */
#include <check.h>
#include <stdlib.h>

#include "base/buf.h"

static enum ot_fault fault;

static struct ot_buf
window(const void *p, size_t len)
{
	fault = OT_FAULT_NONE;
	return ot_buf(p, len, &fault);
}

static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };

START_TEST(numbers_of_both_byte_orders)
{
	struct ot_buf b = window(bytes, 9);

	ck_assert_uint_eq(ot_u8(&b), 1);
	ck_assert_uint_eq(ot_u64be(&b), 0x0203040506070809);
	b = window(bytes, 9);
	ck_assert_uint_eq(ot_u64le(&b), 0x0807060504030201);
	b = window(bytes, 9);
	ck_assert_uint_eq(ot_u16be(&b), 0x0102);
	ck_assert_uint_eq(ot_u16le(&b), 0x0403);
	ck_assert_uint_eq(ot_u24be(&b), 0x050607);
	b = window(bytes, 9);
	ck_assert_uint_eq(ot_u24le(&b), 0x030201);
	ck_assert_uint_eq(ot_u32be(&b), 0x04050607);
	b = window(bytes, 9);
	ck_assert_uint_eq(ot_u32le(&b), 0x04030201);
	ck_assert(ot_ok(&b));
}
END_TEST

START_TEST(read_past_end_faults_and_empties)
{
	struct ot_buf b = window(bytes, 3);

	ck_assert_uint_eq(ot_u32be(&b), 0);
	ck_assert_int_eq(fault, OT_FAULT_SHORT);
	ck_assert_uint_eq(b.left, 0);
	ck_assert_uint_eq(ot_u8(&b), 0);
}
END_TEST

START_TEST(u64_cut_in_its_second_half_is_zero_there)
{
	struct ot_buf b = window(bytes, 6);

	ck_assert_uint_eq(ot_u64be(&b), UINT64_C(0x01020304) << 32);
	ck_assert(!ot_ok(&b));
}
END_TEST

START_TEST(first_fault_stays)
{
	struct ot_buf b = window(bytes, 3);

	ck_assert(!ot_expect(&b, false));
	(void)ot_u32be(&b);
	ot_fail(&b, OT_FAULT_DEPTH);
	ck_assert_int_eq(fault, OT_FAULT_VALUE);
}
END_TEST

START_TEST(all_windows_of_a_pdu_share_the_fault)
{
	struct ot_buf b = window(bytes, 9), part = ot_split(&b, 4);

	ck_assert_uint_eq(part.left, 4);
	ck_assert_uint_eq(b.left, 5);
	ot_skip(&part, 5);
	ck_assert(!ot_ok(&b));
	ck_assert_uint_eq(b.left, 5);
	ck_assert_ptr_null(ot_take(&b, 1));
	ck_assert_uint_eq(b.left, 0);
}
END_TEST

START_TEST(split_longer_than_window_is_empty)
{
	struct ot_buf b = window(bytes, 3), part = ot_split(&b, 4);

	ck_assert_uint_eq(part.left, 0);
	ck_assert_ptr_nonnull(part.p);
	ck_assert_int_eq(fault, OT_FAULT_SHORT);
}
END_TEST

START_TEST(split_by_size_max_does_not_wrap)
{
	struct ot_buf b = window(bytes, 3);

	ck_assert_uint_eq(ot_split(&b, SIZE_MAX).left, 0);
	ck_assert_int_eq(fault, OT_FAULT_SHORT);
}
END_TEST

START_TEST(rest_takes_all)
{
	struct ot_buf b = window(bytes, 3), rest = ot_rest(&b);

	ck_assert_uint_eq(rest.left, 3);
	ck_assert_uint_eq(b.left, 0);
	ck_assert_uint_eq(ot_rest(&b).left, 0);
	ck_assert(ot_ok(&b));
}
END_TEST

START_TEST(peeks_never_fault_nor_consume)
{
	struct ot_buf b = window(bytes, 3);

	ck_assert_uint_eq(ot_peek(&b, 2), 3);
	ck_assert_uint_eq(ot_peek(&b, 3), 0);
	ck_assert_uint_eq(ot_peek(&b, SIZE_MAX), 0);
	ck_assert_uint_eq(ot_peek16be(&b, 2), 0x0300);
	ck_assert_uint_eq(ot_peek16le(&b, 1), 0x0302);
	ck_assert_uint_eq(ot_peek32be(&b, 0), 0x01020300);
	ck_assert_uint_eq(ot_peek32le(&b, 0), 0x00030201);
	ck_assert_uint_eq(b.left, 3);
	ck_assert(ot_ok(&b));
}
END_TEST

START_TEST(starts_and_find)
{
	struct ot_buf b = window(bytes, 3);

	ck_assert(ot_starts(&b, "\x01\x02", 2));
	ck_assert(!ot_starts(&b, "\x01\x02\x03\x04", 4));
	ck_assert_uint_eq(ot_find(&b, 3), 2);
	ck_assert_uint_eq(ot_find(&b, 9), 3);
}
END_TEST

START_TEST(null_is_an_empty_window)
{
	struct ot_buf b = window(NULL, 0);

	ck_assert_ptr_nonnull(b.p);
	ck_assert_uint_eq(ot_find(&b, 0), 0);
	ck_assert(ot_starts(&b, "", 0));
	ck_assert_uint_eq(ot_u8(&b), 0);
	ck_assert(!ot_ok(&b));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("buf");
	TCase *reads = tcase_create("reads");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, reads);
	tcase_add_test(reads, numbers_of_both_byte_orders);
	tcase_add_test(reads, read_past_end_faults_and_empties);
	tcase_add_test(reads, u64_cut_in_its_second_half_is_zero_there);
	tcase_add_test(reads, first_fault_stays);
	tcase_add_test(reads, all_windows_of_a_pdu_share_the_fault);
	tcase_add_test(reads, split_longer_than_window_is_empty);
	tcase_add_test(reads, split_by_size_max_does_not_wrap);
	tcase_add_test(reads, rest_takes_all);
	tcase_add_test(reads, peeks_never_fault_nor_consume);
	tcase_add_test(reads, starts_and_find);
	tcase_add_test(reads, null_is_an_empty_window);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
