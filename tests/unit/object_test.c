/*
 * lib/engine/object.c: objects and codes as text.
 */
#include "engine/object.h"

#include "suite.h"

static const struct ot_space spaces[] = { { "unit %0u holding %r" }, { "%t" },
	{ "%0x.%1x %2u/%3u" }, { "100 %%" }, { "%0u%" }, { "%0n,%1n" },
	{ NULL } };
static const struct ot_name kinds[] = { { 1, "one" }, { 0 } };
static const struct ot_proto proto = {
	.name = "p", .spaces = spaces, .names = { kinds }
};
static const struct ot_proto decimal = { .name = "d", .decimal = true };

static void
prints(const struct ot_object *object, const char *text)
{
	struct ot_sb sb = { 0 };

	ot_sb_puts(&sb, "");
	ot_object_print(&sb, &proto, object);
	ck_assert_uint_eq(sb.len, strlen(text));
	if (sb.len)
		ck_assert_str_eq(sb.p, text);
	ot_sb_done(&sb);
}

static void
code_prints(const struct ot_proto *of, const struct ot_op *op, const char *text)
{
	struct ot_sb sb = { 0 };

	ot_code_print(&sb, of, op);
	ck_assert_uint_eq(sb.len, strlen(text));
	if (sb.len)
		ck_assert_str_eq(sb.p, text);
	ot_sb_done(&sb);
}

START_TEST(a_range_of_one_of_many_and_without_a_count)
{
	prints(
	    &(struct ot_object){
		.space = 1, .n = { 1 }, .first = 100, .count = 1 },
	    "unit 1 holding 100");
	prints(
	    &(struct ot_object){
		.space = 1, .n = { 1 }, .first = 100, .count = 10 },
	    "unit 1 holding 100-109");
	prints(
	    &(struct ot_object){ .space = 1, .first = 7 }, "unit 0 holding 7");
}
END_TEST

START_TEST(names_of_numbers_and_numbers_without_a_name)
{
	prints(&(struct ot_object){ .space = 6, .n = { 1, 1 } }, "one,1");
	prints(&(struct ot_object){ .space = 6, .n = { 2, 0 } }, "2,0");
}
END_TEST

START_TEST(numbers_in_decimal_and_hex)
{
	prints(
	    &(struct ot_object){ .space = 3, .n = { 0xab, 0, UINT32_MAX, 4 } },
	    "0xAB.0x0 4294967295/4");
}
END_TEST

START_TEST(text_is_decoded_and_cut_at_its_limit)
{
	uint8_t longer[OT_LIMIT_TEXT + 10];
	char expected[OT_LIMIT_TEXT + 1];

	prints(&(struct ot_object){ .space = 2,
		   .text = { (const uint8_t *)"a\x01\\\xe9", 4, OT_LATIN1 } },
	    "a\\x01\\\\\xc3\xa9");
	memset(longer, 'x', sizeof(longer));
	memset(expected, 'x', OT_LIMIT_TEXT);
	expected[OT_LIMIT_TEXT] = 0;
	prints(&(struct ot_object){ .space = 2,
		   .text = { longer, sizeof(longer), OT_LATIN1 } },
	    expected);
}
END_TEST

START_TEST(what_is_no_directive_stands_as_it_is)
{
	prints(&(struct ot_object){ .space = 4 }, "100 %%");
	prints(&(struct ot_object){ .space = 5 }, "0%");
}
END_TEST

START_TEST(no_object_and_a_protocol_without_spaces_print_nothing)
{
	struct ot_sb sb = { 0 };

	prints(&(struct ot_object){ 0 }, "");
	ot_object_print(&sb, &decimal, &(struct ot_object){ .space = 1 });
	ck_assert_uint_eq(sb.len, 0);
	ot_sb_done(&sb);
}
END_TEST

START_TEST(codes_in_hex_or_decimal_with_and_without_a_sub_code)
{
	struct ot_op op = { .has_code = true, .code = 0x2b };

	code_prints(&proto, &op, "0x2b");
	code_prints(&decimal, &op, "43");
	op.sub = OT_SUB(14);
	code_prints(&proto, &op, "0x2b/0x0e");
	code_prints(&decimal, &op, "43/14");
	op.sub = OT_SUB(0);
	code_prints(&decimal, &op, "43/0");
	op.code = UINT32_MAX;
	op.sub = 0;
	code_prints(&proto, &op, "0xffffffff");
	code_prints(&decimal, &op, "4294967295");
	op.has_code = false;
	code_prints(&proto, &op, "");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_range_of_one_of_many_and_without_a_count,
		names_of_numbers_and_numbers_without_a_name,
		numbers_in_decimal_and_hex,
		text_is_decoded_and_cut_at_its_limit,
		what_is_no_directive_stands_as_it_is,
		no_object_and_a_protocol_without_spaces_print_nothing,
		codes_in_hex_or_decimal_with_and_without_a_sub_code,
	};

	return RUN("object", tests, NULL, NULL);
}
