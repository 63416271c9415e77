/*
 * Escaping (render/escape.c): one nasty string for each medium.
 */
#include "sample_report.h"
#include "suite.h"

static struct ot_sb sb;

static void
done(void)
{
	ot_sb_done(&sb);
}

static const char *
escaped(void (*escape)(struct ot_sb *sb, struct ot_str s), const char *text)
{
	sb.len = 0;
	escape(&sb, ot_str(text));
	return sb.p;
}

#define FFFD "\xef\xbf\xbd"

START_TEST(html_has_no_markup_no_control_no_turned_text)
{
	ck_assert_str_eq(escaped(ot_escape_html, NASTY),
	    "::error::&lt;script&gt;&#39;&quot;&amp;\\x41\\\\]]&gt;--&gt;" FFFD
	    "[31m" FFFD "\n" FFFD FFFD FFFD FFFD);
}
END_TEST

START_TEST(xml_has_no_markup_and_legal_characters_only)
{
	ck_assert_str_eq(escaped(ot_escape_xml, NASTY),
	    "::error::&lt;script&gt;&#39;&quot;&amp;\\x41\\\\]]&gt;--&gt;" FFFD
	    "[31m" FFFD "\n" FFFD FFFD "\xc2\x9b\xe2\x80\xae");
}
END_TEST

START_TEST(terminal_has_no_control_in_any_coding)
{
	ck_assert_str_eq(escaped(ot_escape_terminal, NASTY),
	    "::error::<script>'\"&\\x41\\\\]]>-->\\x1b[31m\\x0b\\x0a"
	    "\xef\xbf\xbe\\xff\\xc2\\x9b\\xe2\\x80\\xae");
}
END_TEST

START_TEST(letters_of_all_lengths_stay)
{
	const char *text = "Z\xc3\xbcrich \xe5\xa4\xa9\xe6\xb4\xa5 \xf0\x9f"
			   "\x8f\xad";

	ck_assert_str_eq(escaped(ot_escape_html, text), text);
	ck_assert_str_eq(escaped(ot_escape_xml, text), text);
	ck_assert_str_eq(escaped(ot_escape_terminal, text), text);
}
END_TEST

START_TEST(half_a_character_at_the_end_is_replaced)
{
	ck_assert_str_eq(escaped(ot_escape_xml, "a\xe5\xa4"), "a" FFFD FFFD);
	ck_assert_str_eq(escaped(ot_escape_terminal, "\xc3"), "\\xc3");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		html_has_no_markup_no_control_no_turned_text,
		xml_has_no_markup_and_legal_characters_only,
		terminal_has_no_control_in_any_coding,
		letters_of_all_lengths_stay,
		half_a_character_at_the_end_is_replaced,
	};

	return RUN("escape", tests, NULL, done);
}
