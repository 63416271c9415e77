/*
 * Tables for a terminal (render/columns.c).
 */
#include "render/columns.h"
#include "sample_report.h"
#include "suite.h"

static struct ot_render render;

static void
init(void)
{
	render = (struct ot_render){ .write = sample_write };
}

static void
done(void)
{
	ot_sb_done(&render.sb);
}

static const struct ot_column two[] = { { "NAME", 6, false },
	{ "COUNT", 0, true } };

START_TEST(columns_are_as_wide_as_needed_and_numbers_stand_right)
{
	struct ot_columns t = { .render = &render, .column = two, .width = 2 };

	ot_columns_add(&t, ot_str("plc"), OT_PLAIN);
	ot_columns_u64(&t, 7);
	ot_columns_add(&t, ot_str(""), OT_PLAIN);
	ot_columns_u64(&t, 1234567);
	ot_columns_print(&t);
	ck_assert_str_eq(render.sb.p, "NAME    COUNT\n"
				      "plc         7\n"
				      "-     1234567\n");
}
END_TEST

START_TEST(wide_and_combining_characters_have_their_width)
{
	struct ot_columns t = { .render = &render, .column = two, .width = 2 };

	ck_assert_uint_eq(ot_columns_width(ot_str("\xe5\xa4\xa9")), 2);
	ck_assert_uint_eq(ot_columns_width(ot_str("e\xcc\x81")), 1);
	ot_columns_add(&t, ot_str("\xe5\xa4\xa9\xe6\xb4\xa5"), OT_PLAIN);
	ot_columns_u64(&t, 1);
	ot_columns_print(&t);
	HAS(render.sb.p, "\n\xe5\xa4\xa9\xe6\xb4\xa5      1\n");
}
END_TEST

START_TEST(what_is_cut_shows_it_and_no_character_is_halved)
{
	struct ot_columns t = { .render = &render, .column = two, .width = 2 };

	ot_columns_add(&t, ot_str("historian"), OT_PLAIN);
	ot_columns_u64(&t, 1);
	ot_columns_add(&t,
	    ot_str("\xe5\xa4\xa9\xe5\xa4\xa9\xe5\xa4\xa9\xe5\xa4\xa9"),
	    OT_PLAIN);
	ot_columns_u64(&t, 2);
	ot_columns_print(&t);
	HAS(render.sb.p, "\nhisto\xe2\x80\xa6      1\n");
	HAS(render.sb.p, "\n\xe5\xa4\xa9\xe5\xa4\xa9\xe2\x80\xa6       2\n");
}
END_TEST

START_TEST(colours_only_where_asked_for)
{
	ot_columns_text(&render, ot_str("bad"), OT_RED);
	ck_assert_str_eq(render.sb.p, "bad");
	render.sb.len = 0;
	render.colour = true;
	ot_columns_text(&render, ot_str("bad"), OT_RED);
	ck_assert_str_eq(render.sb.p, "\033[31mbad\033[0m");
}
END_TEST

START_TEST(no_line_begins_as_a_command_of_a_ci_log)
{
	struct ot_columns t = { .render = &render, .column = two, .width = 2 };

	ot_columns_add(&t, ot_str("::1"), OT_PLAIN);
	ot_columns_add(&t, ot_str("::2"), OT_PLAIN);
	ot_columns_print(&t);
	HAS(render.sb.p, "\n\\x3a:1    ::2\n");
	ot_sb_puts(&render.sb, "  ");
	ot_columns_text(&render, ot_str(" ##[error]x"), OT_PLAIN);
	HAS(render.sb.p, "\n  \\x23#[error]x");
	ot_columns_text(&render, ot_str("::x"), OT_PLAIN);
	HAS(render.sb.p, "x::x");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		columns_are_as_wide_as_needed_and_numbers_stand_right,
		wide_and_combining_characters_have_their_width,
		what_is_cut_shows_it_and_no_character_is_halved,
		colours_only_where_asked_for,
		no_line_begins_as_a_command_of_a_ci_log,
	};

	return RUN("columns", tests, init, done);
}
