/*
 * Text: comparison, patterns, decoding, growing strings (base/str.h).
 */
#include <check.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/str.h"

static struct ot_arena arena;

/* Decode n bytes; the result lives in the arena of the process. */
static const char *
decoded(const char *bytes, size_t n, enum ot_coding coding)
{
	struct ot_str s = ot_text_decode(
	    &arena, (struct ot_text){ (const uint8_t *)bytes, n, coding });

	ck_assert_ptr_nonnull(s.p);
	ck_assert_uint_eq(strlen(s.p), s.len);
	return s.p;
}

#define DECODED(bytes, coding) decoded(bytes, sizeof(bytes) - 1, coding)

START_TEST(order_is_bytewise_and_a_prefix_comes_first)
{
	ck_assert_int_lt(ot_str_cmp(ot_str("ab"), ot_str("abc")), 0);
	ck_assert_int_gt(ot_str_cmp(ot_str("b"), ot_str("abc")), 0);
	ck_assert_int_gt(ot_str_cmp(ot_str("\xc3"), ot_str("z")), 0);
	ck_assert_int_eq(ot_str_cmp(ot_str(NULL), ot_str("")), 0);
	ck_assert(ot_str_eq(ot_str(NULL), ot_str("")));
}
END_TEST

START_TEST(keep_ends_with_nul)
{
	struct ot_str kept =
	    ot_str_keep(&arena, (struct ot_str){ "abcdef", 3 });

	ck_assert_str_eq(kept.p, "abc");
	ck_assert_uint_eq(kept.len, 3);
	ck_assert_str_eq(ot_str_keep(&arena, ot_str(NULL)).p, "");
}
END_TEST

START_TEST(keep_above_the_limit_is_null)
{
	struct ot_arena small = { .limit = 16 };

	ck_assert_ptr_null(
	    ot_str_keep(&small, ot_str("longer than sixteen bytes")).p);
	ot_arena_done(&small);
}
END_TEST

START_TEST(glob_stars_and_question_marks)
{
	ck_assert(ot_str_glob(ot_str("lagos-*"), ot_str("lagos-1")));
	ck_assert(ot_str_glob(ot_str("*"), ot_str("")));
	ck_assert(ot_str_glob(ot_str("a*b*c"), ot_str("aXbbYc")));
	ck_assert(ot_str_glob(ot_str("a?c"), ot_str("abc")));
	ck_assert(ot_str_glob(ot_str(""), ot_str("")));
	ck_assert(!ot_str_glob(ot_str("a?c"), ot_str("ac")));
	ck_assert(!ot_str_glob(ot_str("a*b"), ot_str("abc")));
	ck_assert(!ot_str_glob(ot_str(""), ot_str("a")));
	ck_assert(!ot_str_glob(ot_str("lagos"), ot_str("lagos-1")));
}
END_TEST

START_TEST(glob_of_many_stars_ends_soon)
{
	char text[4001], pattern[101];

	memset(text, 'a', 4000);
	for (size_t i = 0; i < 100; i++)
		pattern[i] = i % 2 ? 'a' : '*';
	text[4000] = pattern[100] = '\0';
	pattern[99] = 'b';
	ck_assert(!ot_str_glob(ot_str(pattern), ot_str(text)));
}
END_TEST

START_TEST(distance_counts_the_four_edits)
{
	ck_assert_uint_eq(
	    ot_str_distance(ot_str("zone"), ot_str("zone"), 3), 0);
	ck_assert_uint_eq(
	    ot_str_distance(ot_str("zone"), ot_str("zoen"), 3), 1);
	ck_assert_uint_eq(
	    ot_str_distance(ot_str("zone"), ot_str("zones"), 3), 1);
	ck_assert_uint_eq(ot_str_distance(ot_str("zone"), ot_str("one"), 3), 1);
	ck_assert_uint_eq(
	    ot_str_distance(ot_str("zone"), ot_str("bone"), 3), 1);
	ck_assert_uint_eq(
	    ot_str_distance(ot_str("kitten"), ot_str("sitting"), 9), 3);
	ck_assert_uint_eq(ot_str_distance(ot_str(""), ot_str("abc"), 9), 3);
}
END_TEST

START_TEST(distance_is_capped)
{
	char longer[200];

	memset(longer, 'a', sizeof(longer));
	ck_assert_uint_eq(
	    ot_str_distance(ot_str("abc"), ot_str("xyzuvw"), 2), 3);
	ck_assert_uint_eq(ot_str_distance((struct ot_str){ longer, 200 },
			      (struct ot_str){ longer, 199 }, 2),
	    3);
	ck_assert_uint_eq(ot_str_distance((struct ot_str){ longer, 200 },
			      (struct ot_str){ longer, 200 }, 2),
	    0);
}
END_TEST

START_TEST(latin1_is_decoded_and_controls_are_escaped)
{
	ck_assert_str_eq(
	    DECODED("Gr\xfc\xdf", OT_LATIN1), "Gr\xc3\xbc\xc3\x9f");
	ck_assert_str_eq(DECODED("a\tb\r\n\x7f\x80\x9f\xa0", OT_LATIN1),
	    "a\\x09b\\x0d\\x0a\\x7f\\x80\\x9f\xc2\xa0");
	ck_assert_str_eq(DECODED("a\0b", OT_LATIN1), "a\\x00b");
	ck_assert_str_eq(DECODED("", OT_LATIN1), "");
}
END_TEST

START_TEST(backslash_is_doubled_so_that_the_original_can_be_had_back)
{
	ck_assert_str_eq(DECODED("\\x41", OT_LATIN1), "\\\\x41");
	ck_assert_str_eq(DECODED("\\x41", OT_UTF8), "\\\\x41");
	ck_assert_str_eq(DECODED("\\\0", OT_UTF16LE), "\\\\");
}
END_TEST

START_TEST(utf8_that_is_none_is_escaped_byte_by_byte)
{
	ck_assert_str_eq(DECODED("\xc3\xbc", OT_UTF8), "\xc3\xbc");
	ck_assert_str_eq(DECODED("\xc3", OT_UTF8), "\\xc3");
	ck_assert_str_eq(DECODED("\xc3(", OT_UTF8), "\\xc3(");
	ck_assert_str_eq(DECODED("\xfc", OT_UTF8), "\\xfc");
	/* an overlong slash, a surrogate, above U+10FFFF, a tail alone */
	ck_assert_str_eq(DECODED("\xc0\xaf", OT_UTF8), "\\xc0\\xaf");
	ck_assert_str_eq(DECODED("\xe0\x80\xaf", OT_UTF8), "\\xe0\\x80\\xaf");
	ck_assert_str_eq(DECODED("\xed\xa0\x80", OT_UTF8), "\\xed\\xa0\\x80");
	ck_assert_str_eq(
	    DECODED("\xf4\x90\x80\x80", OT_UTF8), "\\xf4\\x90\\x80\\x80");
	ck_assert_str_eq(DECODED("\x80", OT_UTF8), "\\x80");
	ck_assert_str_eq(DECODED("\xf0\x9f\x98", OT_UTF8), "\\xf0\\x9f\\x98");
	ck_assert_str_eq(
	    DECODED("\xf0\x9f\x98\x80", OT_UTF8), "\xf0\x9f\x98\x80");
}
END_TEST

START_TEST(c1_and_bidi_controls_in_utf8_are_escaped)
{
	ck_assert_str_eq(DECODED("\xc2\x9b"
				 "31m",
			     OT_UTF8),
	    "\\xc2\\x9b31m");
	ck_assert_str_eq(DECODED("a\xe2\x80\xae"
				 "b",
			     OT_UTF8),
	    "a\\xe2\\x80\\xae"
	    "b");
	ck_assert_str_eq(DECODED("\xe2\x81\xa6", OT_UTF8), "\\xe2\\x81\\xa6");
	ck_assert_str_eq(DECODED("\xd8\x9c", OT_UTF8), "\\xd8\\x9c");
	ck_assert_str_eq(DECODED("\xe2\x80\x8f", OT_UTF8), "\\xe2\\x80\\x8f");
}
END_TEST

START_TEST(utf16_of_both_orders)
{
	ck_assert_str_eq(DECODED("S\0\xfc\0", OT_UTF16LE), "S\xc3\xbc");
	ck_assert_str_eq(DECODED("\0S\0\xfc", OT_UTF16BE), "S\xc3\xbc");
	ck_assert_str_eq(
	    DECODED("\x3d\xd8\x00\xde", OT_UTF16LE), "\xf0\x9f\x98\x80");
}
END_TEST

START_TEST(utf16_that_is_none_is_escaped_byte_by_byte)
{
	/* half a pair, the other half, half a unit, a control */
	ck_assert_str_eq(DECODED("\x3d\xd8S\0", OT_UTF16LE), "\\x3d\\xd8S");
	ck_assert_str_eq(DECODED("\xde\x00", OT_UTF16BE), "\\xde\\x00");
	ck_assert_str_eq(DECODED("S\0T", OT_UTF16LE), "S\\x54");
	ck_assert_str_eq(DECODED("\x0a\0", OT_UTF16LE), "\\x0a\\x00");
	ck_assert_str_eq(DECODED("\x20\x2e", OT_UTF16BE), "\\x20\\x2e");
}
END_TEST

START_TEST(decode_into_stops_before_what_does_not_fit)
{
	struct ot_text t = { (const uint8_t *)"ab\xfc\n", 4, OT_LATIN1 };
	char out[16];

	ck_assert_uint_eq(ot_text_decode_into(out, 16, t), 8);
	ck_assert_int_eq(memcmp(out, "ab\xc3\xbc\\x0a", 8), 0);
	ck_assert_uint_eq(ot_text_decode_into(out, 7, t), 4);
	ck_assert_uint_eq(ot_text_decode_into(out, 3, t), 2);
	ck_assert_uint_eq(ot_text_decode_into(out, 0, t), 0);
}
END_TEST

START_TEST(decode_above_the_limit_is_null)
{
	struct ot_arena small = { .limit = 16 };

	ck_assert_ptr_null(
	    ot_text_decode(&small, ot_text("sixteen bytes or more")).p);
	ot_arena_done(&small);
}
END_TEST

static const char *
trimmed(const char *bytes, size_t n, enum ot_coding coding)
{
	struct ot_text t =
	    ot_text_trim((struct ot_text){ (const uint8_t *)bytes, n, coding });

	return ot_text_decode(&arena, t).p;
}

#define TRIMMED(bytes, coding) trimmed(bytes, sizeof(bytes) - 1, coding)

START_TEST(trim_cuts_at_nul_and_blanks_off_both_ends)
{
	ck_assert_str_eq(TRIMMED("  CPU 315-2 \0junk", OT_LATIN1), "CPU 315-2");
	ck_assert_str_eq(TRIMMED("   ", OT_LATIN1), "");
	ck_assert_str_eq(TRIMMED("\0abc", OT_LATIN1), "");
	ck_assert_str_eq(TRIMMED("", OT_LATIN1), "");
	ck_assert_str_eq(TRIMMED("\ta b\t ", OT_UTF8), "a b");
}
END_TEST

START_TEST(trim_of_utf16_goes_by_units)
{
	ck_assert_str_eq(TRIMMED(" \0A\0 \0B\0 \0\0\0X\0", OT_UTF16LE), "A B");
	ck_assert_str_eq(
	    TRIMMED("\1\0\0\1\0\0", OT_UTF16BE), "\xc4\x80\\x00\\x01");
}
END_TEST

START_TEST(trim_caps_at_255_bytes_before_a_whole_character)
{
	char text[300];

	memset(text, 'a', sizeof(text));
	ck_assert_uint_eq(strlen(trimmed(text, 300, OT_LATIN1)), 255);
	ck_assert_uint_eq(strlen(trimmed(text, 255, OT_LATIN1)), 255);
	memcpy(text + 254, "\xc3\xbc", 2);
	ck_assert_uint_eq(strlen(trimmed(text, 300, OT_UTF8)), 254);
	memset(text + 200, ' ', 60);
	ck_assert_uint_eq(strlen(trimmed(text, 300, OT_UTF8)), 200);
}
END_TEST

START_TEST(trim_of_utf16_caps_before_a_pair)
{
	uint8_t text[300];
	struct ot_text t = { text, sizeof(text), OT_UTF16BE };

	memset(text, 'a', sizeof(text));
	ck_assert_uint_eq(ot_text_trim(t).len, 254);
	memcpy(text + 252, "\xd8\x3d\xde\x00", 4);
	ck_assert_uint_eq(ot_text_trim(t).len, 252);
}
END_TEST

START_TEST(growing_strings_end_with_nul)
{
	struct ot_sb sb = { .p = NULL };

	for (unsigned i = 0; i < 1000; i++)
		ot_sb_putc(&sb, (char)('a' + i % 26));
	ck_assert_uint_eq(sb.len, 1000);
	ck_assert_uint_eq(strlen(sb.p), 1000);
	ot_sb_u64(&sb, 0);
	ot_sb_u64(&sb, UINT64_MAX);
	ot_sb_puts(&sb, "!");
	ot_sb_printf(&sb, "%s-%d", "x", -5);
	ck_assert_str_eq(sb.p + 1000, "018446744073709551615!x--5");
	ot_sb_done(&sb);
	ck_assert_ptr_null(sb.p);
}
END_TEST

START_TEST(a_printf_longer_than_the_room_grows_it)
{
	struct ot_sb sb = { .p = NULL };

	ot_sb_printf(&sb, "%0*d", 500, 7);
	ck_assert_uint_eq(sb.len, 500);
	ck_assert_int_eq(sb.p[499], '7');
	ot_sb_done(&sb);
}
END_TEST

START_TEST(a_string_that_lost_text_takes_no_more)
{
	struct ot_sb sb = { .p = NULL };

	ot_sb_puts(&sb, "kept");
	ot_sb_add(&sb, "x", SIZE_MAX / 2);
	ck_assert(sb.lost);
	ot_sb_putc(&sb, 'y');
	ot_sb_printf(&sb, "%d", 1);
	ck_assert_str_eq(sb.p, "kept");
	ot_sb_done(&sb);
	ck_assert(!sb.lost);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("str");
	TCase *tcase = tcase_create("str");

	tcase_add_test(tcase, order_is_bytewise_and_a_prefix_comes_first);
	tcase_add_test(tcase, keep_ends_with_nul);
	tcase_add_test(tcase, keep_above_the_limit_is_null);
	tcase_add_test(tcase, glob_stars_and_question_marks);
	tcase_add_test(tcase, glob_of_many_stars_ends_soon);
	tcase_add_test(tcase, distance_counts_the_four_edits);
	tcase_add_test(tcase, distance_is_capped);
	tcase_add_test(tcase, latin1_is_decoded_and_controls_are_escaped);
	tcase_add_test(
	    tcase, backslash_is_doubled_so_that_the_original_can_be_had_back);
	tcase_add_test(tcase, utf8_that_is_none_is_escaped_byte_by_byte);
	tcase_add_test(tcase, c1_and_bidi_controls_in_utf8_are_escaped);
	tcase_add_test(tcase, utf16_of_both_orders);
	tcase_add_test(tcase, utf16_that_is_none_is_escaped_byte_by_byte);
	tcase_add_test(tcase, decode_into_stops_before_what_does_not_fit);
	tcase_add_test(tcase, decode_above_the_limit_is_null);
	tcase_add_test(tcase, trim_cuts_at_nul_and_blanks_off_both_ends);
	tcase_add_test(tcase, trim_of_utf16_goes_by_units);
	tcase_add_test(tcase, trim_caps_at_255_bytes_before_a_whole_character);
	tcase_add_test(tcase, trim_of_utf16_caps_before_a_pair);
	tcase_add_test(tcase, growing_strings_end_with_nul);
	tcase_add_test(tcase, a_printf_longer_than_the_room_grows_it);
	tcase_add_test(tcase, a_string_that_lost_text_takes_no_more);
	suite_add_tcase(suite, tcase);

	SRunner *runner = srunner_create(suite);

	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);

	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
