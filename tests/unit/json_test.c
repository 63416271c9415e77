/*
 * JSON: writer, scanner with places, foreign records (base/json.h).
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"

static struct ot_arena arena;
static struct ot_sb told; /* the errors of the last parse, a line each */

static void
complain(void *user, unsigned line, unsigned column, const char *message)
{
	ck_assert_ptr_eq(user, &told);
	ot_sb_printf(&told, "%u:%u %s\n", line, column, message);
}

static struct ot_json *
parse_bytes(const char *text, size_t len, unsigned flags)
{
	ot_sb_done(&told);
	ot_sb_puts(&told, "");
	return ot_json_parse(
	    &arena, (struct ot_str){ text, len }, flags, complain, &told);
}

static struct ot_json *
parse(const char *text)
{
	struct ot_json *json = parse_bytes(text, strlen(text), 0);

	ck_assert_msg(json != NULL, "%s: %s", text, told.p);
	return json;
}

/* The text is refused with exactly these errors. */
static void
refused(const char *text, const char *errors)
{
	ck_assert_ptr_null(parse_bytes(text, strlen(text), OT_JSON_COMMENTS));
	ck_assert_str_eq(told.p, errors);
}

static const char *
escaped(const char *text, size_t len)
{
	static struct ot_sb sb;

	ot_sb_done(&sb);
	ot_sb_puts(&sb, "");
	ot_json_escape(&sb, (struct ot_str){ text, len });
	return sb.p;
}

#define ESCAPED(text) escaped(text, sizeof(text) - 1)

START_TEST(escape_of_the_nasty_string)
{
	ck_assert_str_eq(
	    ESCAPED("\"\\/\b\f\n\r\t\0\x01\x1f\x7f</script>\xe2\x80\xa8"
		    "\xe2\x80\xa9\xc3\xbc\xf0\x9f\x98\x80"),
	    "\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u0001\\u001f\\u007f</script>"
	    "\\u2028\\u2029\xc3\xbc\xf0\x9f\x98\x80");
}
END_TEST

START_TEST(escape_replaces_what_is_not_utf8)
{
	ck_assert_str_eq(ESCAPED("a\xff"
				 "b"),
	    "a\xef\xbf\xbd"
	    "b");
	ck_assert_str_eq(ESCAPED("\xe2\x80"), "\xef\xbf\xbd\xef\xbf\xbd");
	ck_assert_str_eq(
	    ESCAPED("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	ck_assert_str_eq(ESCAPED("\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd");
	ck_assert_str_eq(ESCAPED(""), "");
}
END_TEST

/* The run of plain bytes is looked for eight at a time. */
START_TEST(escape_finds_each_special_byte_at_each_offset)
{
	static const char special[] = "\"\\\x7f\x1f\n\xff";

	for (size_t i = 0; i < sizeof(special) - 1; i++)
		for (size_t at = 0; at < 24; at++) {
			char text[24], one[16];
			const char *all;

			memset(text, 'a', sizeof(text));
			text[at] = special[i];
			(void)snprintf(
			    one, sizeof(one), "%s", escaped(special + i, 1));
			all = escaped(text, sizeof(text));
			ck_assert_uint_eq(strlen(all), 23 + strlen(one));
			ck_assert_mem_eq(all + at, one, strlen(one));
		}
}
END_TEST

START_TEST(writer_sets_commas_and_colons)
{
	struct ot_sb sb = { .p = NULL };
	struct ot_jw w = { .sb = &sb };

	ot_jw_open(&w, '{');
	ot_jw_key(&w, "a");
	ot_jw_open(&w, '[');
	ot_jw_u64(&w, UINT64_MAX);
	ot_jw_i64(&w, INT64_MIN);
	ot_jw_i64(&w, 7);
	ot_jw_open(&w, '{');
	ot_jw_close(&w, '}');
	ot_jw_close(&w, ']');
	ot_jw_key(&w, "b");
	ot_jw_bool(&w, true);
	ot_jw_key_str(&w, ot_str("c\""));
	ot_jw_null(&w);
	ot_jw_key(&w, "d");
	ot_jw_raw(&w, ot_str("[1]"));
	ot_jw_key(&w, "e");
	ot_jw_text(&w, "x\ny");
	ot_jw_key(&w, "f");
	ot_jw_bool(&w, false);
	ot_jw_close(&w, '}');
	ck_assert_str_eq(sb.p,
	    "{\"a\":[18446744073709551615,-9223372036854775808,7,{}],"
	    "\"b\":true,\"c\\\"\":null,\"d\":[1],\"e\":\"x\\ny\",\"f\":false}");
	ot_sb_done(&sb);
}
END_TEST

START_TEST(values_of_every_kind)
{
	const struct ot_json *j =
	    parse("{\"n\":null,\"f\":false,\"t\":true,\"i\":-1.5e+3,"
		  "\"s\":\"x\",\"a\":[],\"o\":{}}");
	static const enum ot_json_kind kinds[] = { OT_JSON_NULL, OT_JSON_FALSE,
		OT_JSON_TRUE, OT_JSON_NUMBER, OT_JSON_STRING, OT_JSON_ARRAY,
		OT_JSON_OBJECT };
	const struct ot_json *m = j->first;

	for (size_t i = 0; i < 7; i++, m = m->next)
		ck_assert_int_eq(m->kind, kinds[i]);
	ck_assert_ptr_null(m);
	ck_assert(ot_str_eq(ot_json_get(j, "i")->raw, ot_str("-1.5e+3")));
	ck_assert_ptr_null(ot_json_get(j, "x"));
	ck_assert_ptr_null(ot_json_get(NULL, "x"));
	ck_assert_ptr_null(ot_json_get(j->first, "x"));
}
END_TEST

START_TEST(places_count_from_one_in_bytes)
{
	const struct ot_json *j =
	    parse("{\n  \"\xc3\xbc\" :\t[1,\r\n\"x\"]\n}");
	const struct ot_json *m = j->first, *x = m->first->next;

	ck_assert_uint_eq(j->line, 1);
	ck_assert_uint_eq(j->end_line, 4);
	ck_assert_uint_eq(j->end_column, 2);
	ck_assert_uint_eq(m->key_line, 2);
	ck_assert_uint_eq(m->key_column, 3);
	ck_assert_uint_eq(m->line, 2);
	ck_assert_uint_eq(m->column, 10);
	ck_assert_uint_eq(m->end_line, 3);
	ck_assert_uint_eq(m->end_column, 5);
	ck_assert_uint_eq(x->line, 3);
	ck_assert_uint_eq(x->column, 1);
	ck_assert_uint_eq(x->end_column, 4);
}
END_TEST

START_TEST(raw_is_the_text_as_it_stood)
{
	const struct ot_json *j = parse("{ \"x-a\" : [1, 2 ] , \"b\":\"\\n\"}");
	const struct ot_json *m = j->first;

	ck_assert(ot_str_eq(m->raw, ot_str("[1, 2 ]")));
	ck_assert(ot_str_eq(m->raw_member, ot_str("\"x-a\" : [1, 2 ]")));
	ck_assert(ot_str_eq(m->next->raw, ot_str("\"\\n\"")));
	ck_assert(ot_str_eq(m->next->string, ot_str("\n")));
}
END_TEST

START_TEST(escapes_are_decoded_pairs_too)
{
	const struct ot_json *j = parse(
	    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00fc\\u20AC\\ud83d\\uDE00z\"");

	ck_assert(ot_str_eq(j->string,
	    ot_str("\"\\/\b\f\n\r\t\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80z")));
}
END_TEST

START_TEST(nul_is_a_character_like_others)
{
	const struct ot_json *j = parse("\"a\\u0000b\"");

	ck_assert_uint_eq(j->string.len, 3);
	ck_assert_mem_eq(j->string.p, "a\0b", 3);
}
END_TEST

START_TEST(whole_numbers_and_their_bounds)
{
	uint64_t u = 7;
	int64_t i = 7;

	ck_assert(ot_json_u64(parse("18446744073709551615"), &u));
	ck_assert_uint_eq(u, UINT64_MAX);
	ck_assert(!ot_json_u64(parse("18446744073709551616"), &u));
	ck_assert(!ot_json_u64(parse("-1"), &u));
	ck_assert(!ot_json_u64(parse("1.0"), &u));
	ck_assert(!ot_json_u64(parse("1e3"), &u));
	ck_assert(!ot_json_u64(parse("\"1\""), &u));
	ck_assert(!ot_json_u64(NULL, &u));
	ck_assert_uint_eq(u, UINT64_MAX);
	ck_assert(ot_json_i64(parse("-9223372036854775808"), &i));
	ck_assert_int_eq(i, INT64_MIN);
	ck_assert(!ot_json_i64(parse("-9223372036854775809"), &i));
	ck_assert(ot_json_i64(parse("9223372036854775807"), &i));
	ck_assert_int_eq(i, INT64_MAX);
	ck_assert(!ot_json_i64(parse("9223372036854775808"), &i));
	ck_assert(ot_json_i64(parse("-0"), &i));
	ck_assert_int_eq(i, 0);
}
END_TEST

START_TEST(numbers_that_are_none)
{
	static const char *const bad[] = { "01", "-", "-a", "1.", ".5", "1e",
		"1e+", "+1", "0x10", "1_000", "--1", "1.2.3", "NaN", "Infinity",
		"-Infinity" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(
		    !parse_bytes(bad[i], strlen(bad[i]), 0), "%s", bad[i]);
}
END_TEST

START_TEST(words_that_are_none)
{
	static const char *const bad[] = { "", " ", "True", "nul", "nulll",
		"true1", "'x'", "x", "]", "\xef\xbb\xbfnull" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(
		    !parse_bytes(bad[i], strlen(bad[i]), 0), "%s", bad[i]);
}
END_TEST

START_TEST(comments_only_where_asked_for)
{
	const char *text = "\xef\xbb\xbf// a\n/* b\n*/{/**/\"a\"/*:*/:1//\n}//";
	const struct ot_json *j =
	    parse_bytes(text, strlen(text), OT_JSON_COMMENTS);

	ck_assert_ptr_nonnull(j);
	ck_assert_uint_eq(j->line, 3);
	ck_assert_uint_eq(j->column, 3);
	ck_assert_ptr_null(parse_bytes(text + 3, strlen(text) - 3, 0));
	refused("[1] /* a", "1:5 this comment has no end\n");
}
END_TEST

START_TEST(all_errors_are_told_each_once)
{
	refused("{ \"a\": [1,,2 3, tru, 01],\n"
		"  \"b\": {\"x\":1 \"y\":2, z:3},\n"
		"  \"c\": \"open,\n"
		"  \"d\": \"a\tb\\q\",\n"
		"  \"a\": 1,\n"
		"}",
	    "1:11 expected a value, not ','\n"
	    "1:14 expected ',' or ']', not '3'\n"
	    "1:17 expected a value, not 't'\n"
	    "1:22 this is not a number\n"
	    "2:15 expected ',' or '}', not '\"'\n"
	    "2:22 expected a key in double quotes, not 'z'\n"
	    "3:8 this string has no end on its line\n"
	    "4:10 a control character (0x09) must be escaped\n"
	    "4:12 there is no such escape\n"
	    "5:3 this key stands here twice, first at 1:3\n"
	    "5:9 nothing follows this comma\n");
}
END_TEST

START_TEST(the_end_is_told_once_however_deep)
{
	refused("{\"a\":[{\"b\":[", "1:13 expected a value, not the end\n");
	refused("{\"a\"", "1:5 expected a colon, not the end\n");
	refused("[1,", "1:4 expected a value, not the end\n");
	refused("[1", "1:3 expected ',' or ']', not the end\n");
}
END_TEST

START_TEST(text_behind_the_value_is_an_error)
{
	refused("{} {}", "1:4 expected the end, not '{'\n");
	refused("1 \x01", "1:3 expected the end, not byte 0x01\n");
}
END_TEST

START_TEST(a_wrong_bracket_closes_what_is_open)
{
	refused("{\"a\":[1},\"b\":2}", "1:8 expected ',' or ']', not '}'\n");
}
END_TEST

START_TEST(bytes_that_are_not_utf8)
{
	refused("[\"\xff\",\"\xc0\xaf\",\"\xed\xa0\x80\"]",
	    "1:3 byte 0xff is not UTF-8\n"
	    "1:7 byte 0xc0 is not UTF-8\n"
	    "1:8 byte 0xaf is not UTF-8\n"
	    "1:12 byte 0xed is not UTF-8\n"
	    "1:13 byte 0xa0 is not UTF-8\n"
	    "1:14 byte 0x80 is not UTF-8\n");
}
END_TEST

START_TEST(halves_of_pairs_are_no_escapes)
{
	refused("\"\\ud83d\"", "1:2 there is no such escape\n");
	refused("\"\\ude00\"", "1:2 there is no such escape\n");
	refused("\"\\ud83d\\u0041\"", "1:2 there is no such escape\n");
	refused("\"\\u12G4\"", "1:2 there is no such escape\n");
}
END_TEST

static void
nested(char *text, size_t depth)
{
	memset(text, '[', depth);
	memset(text + depth, ']', depth);
	text[2 * depth] = '\0';
}

START_TEST(sixty_four_deep_and_not_deeper)
{
	char text[200];

	nested(text, 64);
	(void)parse(text);
	nested(text, 65);
	refused(text, "1:65 nested deeper than 64\n");
}
END_TEST

START_TEST(a_key_twice_among_many_is_found)
{
	struct ot_sb sb = { .p = NULL };

	ot_sb_puts(&sb, "{");
	for (unsigned i = 0; i < 5000; i++)
		ot_sb_printf(&sb, "\"k%u\":%u,", i, i);
	ot_sb_puts(&sb, "\n\"k\\u0030\":1}");
	refused(sb.p, "2:1 this key stands here twice, first at 1:2\n");
	ot_sb_done(&sb);
}
END_TEST

START_TEST(the_same_key_in_two_objects_is_none_twice)
{
	(void)parse("{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":1}}");
}
END_TEST

START_TEST(errors_without_end_are_cut_short)
{
	char text[3000];
	size_t lines = 0;

	memset(text, ',', sizeof(text));
	text[0] = '[';
	ck_assert_ptr_null(parse_bytes(text, sizeof(text), 0));
	for (const char *p = told.p; *p; p++)
		lines += *p == '\n';
	ck_assert_uint_eq(lines, 101);
}
END_TEST

START_TEST(nobody_need_listen)
{
	ck_assert_ptr_null(ot_json_parse(&arena, ot_str("[1,"), 0, NULL, NULL));
}
END_TEST

START_TEST(no_memory_is_no_value)
{
	struct ot_arena small = { .limit = 1000 };
	struct ot_str text = ot_str("[1,2,3,4,5,6,7,8,9,10]");

	ck_assert_ptr_null(ot_json_parse(&small, text, 0, NULL, NULL));
	ot_arena_done(&small);
}
END_TEST

static int
foreign(const char *text, size_t len)
{
	struct ot_error error;
	int rc = ot_json_foreign((struct ot_str){ text, len }, &error);

	ck_assert(rc == 0 || rc == -OT_ERR_INPUT);
	return rc;
}

#define FOREIGN(text) foreign(text, sizeof(text) - 1)

START_TEST(foreign_records_pass)
{
	ck_assert_int_eq(FOREIGN("{\"type\":\"x\",\"a\":[1,-2.5e3,null,"
				 "true,{\"b\":\"\xc3\xbc\\n\"}]}"),
	    0);
	ck_assert_int_eq(FOREIGN(" {} \r"), 0);
	/* a backslash and "u0000", not a NUL */
	ck_assert_int_eq(FOREIGN("{\"a\":\"\\\\u0000\"}"), 0);
}
END_TEST

START_TEST(foreign_what_cjson_would_let_pass)
{
	ck_assert_int_lt(FOREIGN("{\"a\":\"\xff\"}"), 0);
	ck_assert_int_lt(FOREIGN("{\"a\":1,\"a\":2}"), 0);
	ck_assert_int_lt(FOREIGN("{\"a\":[{\"b\":1,\"b\":2}]}"), 0);
	ck_assert_int_lt(FOREIGN("{} {}"), 0);
	ck_assert_int_lt(FOREIGN("{}\0"), 0);
	ck_assert_int_lt(FOREIGN("{}x"), 0);
	ck_assert_int_lt(FOREIGN("{\"a\":\"x\\u0000y\"}"), 0);
	ck_assert_int_lt(FOREIGN("{\"a\\u0000\":1}"), 0);
	ck_assert_int_lt(FOREIGN("{\"a\":\"x\ny\"}"), 0);
	ck_assert_int_lt(FOREIGN("{\"a\":01}"), 0);
	ck_assert_int_lt(FOREIGN("{\"a\":1.}"), 0);
	ck_assert_int_lt(FOREIGN("{\x01\"a\":1}"), 0);
	ck_assert_int_lt(FOREIGN("\xef\xbb\xbf{}"), 0);
	ck_assert_int_lt(FOREIGN("{\"a\":\"\\ud800\"}"), 0);
}
END_TEST

START_TEST(foreign_what_is_no_object)
{
	ck_assert_int_lt(FOREIGN(""), 0);
	ck_assert_int_lt(FOREIGN("[]"), 0);
	ck_assert_int_lt(FOREIGN("1"), 0);
	ck_assert_int_lt(FOREIGN("{"), 0);
	ck_assert_int_lt(FOREIGN("{\"a\":1,}"), 0);
	ck_assert_int_lt(FOREIGN("// x\n{}"), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("json");
	TCase *tcase = tcase_create("json");

	tcase_add_test(tcase, escape_of_the_nasty_string);
	tcase_add_test(tcase, escape_replaces_what_is_not_utf8);
	tcase_add_test(tcase, escape_finds_each_special_byte_at_each_offset);
	tcase_add_test(tcase, writer_sets_commas_and_colons);
	tcase_add_test(tcase, values_of_every_kind);
	tcase_add_test(tcase, places_count_from_one_in_bytes);
	tcase_add_test(tcase, raw_is_the_text_as_it_stood);
	tcase_add_test(tcase, escapes_are_decoded_pairs_too);
	tcase_add_test(tcase, nul_is_a_character_like_others);
	tcase_add_test(tcase, whole_numbers_and_their_bounds);
	tcase_add_test(tcase, numbers_that_are_none);
	tcase_add_test(tcase, words_that_are_none);
	tcase_add_test(tcase, comments_only_where_asked_for);
	tcase_add_test(tcase, all_errors_are_told_each_once);
	tcase_add_test(tcase, the_end_is_told_once_however_deep);
	tcase_add_test(tcase, text_behind_the_value_is_an_error);
	tcase_add_test(tcase, a_wrong_bracket_closes_what_is_open);
	tcase_add_test(tcase, bytes_that_are_not_utf8);
	tcase_add_test(tcase, halves_of_pairs_are_no_escapes);
	tcase_add_test(tcase, sixty_four_deep_and_not_deeper);
	tcase_add_test(tcase, a_key_twice_among_many_is_found);
	tcase_add_test(tcase, the_same_key_in_two_objects_is_none_twice);
	tcase_add_test(tcase, errors_without_end_are_cut_short);
	tcase_add_test(tcase, nobody_need_listen);
	tcase_add_test(tcase, no_memory_is_no_value);
	tcase_add_test(tcase, foreign_records_pass);
	tcase_add_test(tcase, foreign_what_cjson_would_let_pass);
	tcase_add_test(tcase, foreign_what_is_no_object);
	suite_add_tcase(suite, tcase);

	SRunner *runner = srunner_create(suite);

	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);

	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
