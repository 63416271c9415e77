/*
 * Tables with the place of each cell (base/csv.h).
 */
#include <check.h>
#include <stdlib.h>

#include "base/csv.h"

static struct ot_arena arena;
static struct ot_sb shown; /* errors, then cells, of the last table */

static void
complain(void *user, unsigned line, unsigned column, const char *message)
{
	ck_assert_ptr_eq(user, &shown);
	ot_sb_printf(&shown, "%u:%u %s\n", line, column, message);
}

static void
show_cells(const struct ot_csv_cell *cells, size_t count)
{
	for (size_t i = 0; i < count; i++)
		ot_sb_printf(&shown, "%s%u:%u[%s]", i ? " " : "", cells[i].line,
		    cells[i].column, cells[i].text.p);
	ot_sb_puts(&shown, "\n");
}

/* Errors a line each, then each row a line. */
static const char *
table_of(const char *text, size_t len)
{
	struct ot_csv *csv;

	ot_sb_done(&shown);
	ot_sb_puts(&shown, "");
	csv = ot_csv_parse(
	    &arena, (struct ot_str){ text, len }, complain, &shown);
	ck_assert_ptr_nonnull(csv);
	if (csv->header)
		show_cells(csv->header, csv->columns);
	for (const struct ot_csv_row *row = csv->rows; row; row = row->next)
		show_cells(row->cells, csv->columns);
	return shown.p;
}

#define TABLE(text) table_of(text, sizeof(text) - 1)

START_TEST(cells_have_their_places)
{
	ck_assert_str_eq(TABLE("site,name\nlagos,plc 1\n"),
	    "1:1[site] 1:6[name]\n2:1[lagos] 2:7[plc 1]\n");
}
END_TEST

START_TEST(last_line_needs_no_end)
{
	ck_assert_str_eq(TABLE("a,b\n1,2"), "1:1[a] 1:3[b]\n2:1[1] 2:3[2]\n");
	ck_assert_str_eq(
	    TABLE("a,b\n1,\"2\""), "1:1[a] 1:3[b]\n2:1[1] 2:3[2]\n");
	ck_assert_str_eq(TABLE("a,b\n1,"), "1:1[a] 1:3[b]\n2:1[1] 2:3[]\n");
}
END_TEST

START_TEST(lines_end_with_lf_crlf_or_cr)
{
	ck_assert_str_eq(TABLE("a\r\n1\r\n2"), "1:1[a]\n2:1[1]\n3:1[2]\n");
	ck_assert_str_eq(TABLE("a\r1\r2"), "1:1[a]\n2:1[1]\n3:1[2]\n");
}
END_TEST

START_TEST(newlines_inside_quotes_keep_lines_right)
{
	ck_assert_str_eq(TABLE("a,b\n\"x\n#y\n\",\"z\"\"\"\n3,4\n"),
	    "1:1[a] 1:3[b]\n2:1[x\n#y\n] 4:3[z\"]\n5:1[3] 5:3[4]\n");
}
END_TEST

START_TEST(blanks_around_cells_are_cut_and_columns_know)
{
	ck_assert_str_eq(TABLE("a , b\n  1\t,  \" 2 \" \n"),
	    "1:1[a] 1:5[b]\n2:3[1] 2:8[ 2 ]\n");
}
END_TEST

START_TEST(separator_is_what_the_header_has_most_of)
{
	ck_assert_str_eq(TABLE("a;b,c;d\n1;2,5;x\n"),
	    "1:1[a] 1:3[b,c] 1:7[d]\n2:1[1] 2:3[2,5] 2:7[x]\n");
	ck_assert_str_eq(
	    TABLE("a\tb\n1\t\t\n"), "1:1[a] 1:3[b]\n2:1[1] 2:3[]\n");
	ck_assert_str_eq(
	    TABLE("\"a;;;b\",c\n1,2\n"), "1:1[a;;;b] 1:9[c]\n2:1[1] 2:3[2]\n");
}
END_TEST

START_TEST(comments_and_rows_without_text_are_skipped)
{
	ck_assert_str_eq(
	    TABLE("# one\n\n  \n#a;b;c\na,b\n\n,,,\n \t\n#x\n1,#2\n #3,4\n"),
	    "5:1[a] 5:3[b]\n10:1[1] 10:3[#2]\n11:2[#3] 11:5[4]\n");
}
END_TEST

START_TEST(short_rows_are_filled_up)
{
	ck_assert_str_eq(TABLE("a,b,c\n1\n2,x\n"),
	    "1:1[a] 1:3[b] 1:5[c]\n2:1[1] 2:2[] 2:2[]\n"
	    "3:1[2] 3:3[x] 3:4[]\n");
}
END_TEST

START_TEST(empty_cells_behind_the_header_are_no_matter)
{
	ck_assert_str_eq(
	    TABLE("a,b,,\n1,2,,,,\n"), "1:1[a] 1:3[b]\n2:1[1] 2:3[2]\n");
}
END_TEST

START_TEST(text_behind_the_header_is_an_error_once_a_row)
{
	ck_assert_str_eq(TABLE("a,b\n1,2,,x,y\n3,4\n"),
	    "2:6 this row has more cells than the header\n"
	    "1:1[a] 1:3[b]\n3:1[3] 3:3[4]\n");
}
END_TEST

START_TEST(stray_quotes_lose_their_row_only)
{
	ck_assert_str_eq(TABLE("a,b\nx\"y,1\n\"x\"y,2\n3,4\n"),
	    "2:2 a quote inside a cell that does not begin with one\n"
	    "3:4 text behind the closing quote of a cell\n"
	    "1:1[a] 1:3[b]\n4:1[3] 4:3[4]\n");
}
END_TEST

START_TEST(a_quote_without_end_is_told_where_it_begins)
{
	ck_assert_str_eq(TABLE("a,b\n1,2\n3,\"x\n4,5\n"),
	    "3:3 the quote that begins here has no end\n"
	    "1:1[a] 1:3[b]\n2:1[1] 2:3[2]\n");
}
END_TEST

START_TEST(bytes_that_are_no_text_are_told_once_a_line)
{
	ck_assert_str_eq(TABLE("a,b\n\xfc\xfc,1\nx,\x01\n"),
	    "2:1 byte 0xfc is not UTF-8: save the table as UTF-8\n"
	    "3:3 byte 0x01 is a control character\n"
	    "1:1[a] 1:3[b]\n2:1[\xfc\xfc] 2:4[1]\n3:1[x] 3:3[\x01]\n");
}
END_TEST

START_TEST(a_mark_of_utf8_is_skipped)
{
	ck_assert_str_eq(TABLE("\xef\xbb\xbf"
			       "a,b\n1,2\n"),
	    "1:1[a] 1:3[b]\n2:1[1] 2:3[2]\n");
}
END_TEST

START_TEST(utf16_of_both_orders_is_converted)
{
	ck_assert_str_eq(TABLE("\xff\xfe"
			       "a\0;\0\xfc\0\n\0"
			       "1\0;\0"
			       "2\0"),
	    "1:1[a] 1:3[\xc3\xbc]\n2:1[1] 2:3[2]\n");
	ck_assert_str_eq(TABLE("\xfe\xff\0a\0;\0\xfc\0\n\0"
			       "1\0;\0"
			       "2"),
	    "1:1[a] 1:3[\xc3\xbc]\n2:1[1] 2:3[2]\n");
}
END_TEST

START_TEST(utf16_that_is_none_is_told)
{
	ck_assert_str_eq(TABLE("\xff\xfe"
			       "a\0\n\0x\0\x00\xd8"),
	    "2:2 this is not UTF-16\n1:1[a]\n2:1[x\xef\xbf\xbd]\n");
	ck_assert_str_eq(TABLE("\xff\xfe"
			       "a\0b"),
	    "1:2 this is not UTF-16\n1:1[a\xef\xbf\xbd]\n");
}
END_TEST

START_TEST(nothing_is_a_table_without_header)
{
	ck_assert_str_eq(TABLE(""), "");
	ck_assert_str_eq(TABLE("\n# x\n ,,\n"), "");
	ck_assert_str_eq(TABLE("\xff\xfe"), "");
}
END_TEST

START_TEST(no_memory_is_no_table)
{
	struct ot_arena small = { .limit = 300 };

	ck_assert_ptr_null(ot_csv_parse(
	    &small, ot_str("a,b\n1,2\n3,4\n5,6\n7,8\n9,10\n"), NULL, NULL));
	ot_arena_done(&small);
}
END_TEST

START_TEST(errors_without_end_are_cut_short)
{
	struct ot_sb sb = { .p = NULL };
	size_t lines = 0;

	for (unsigned i = 0; i < 500; i++)
		ot_sb_puts(&sb, "x\"\n");
	for (const char *p = table_of(sb.p, sb.len); *p; p++)
		lines += *p == '\n';
	ck_assert_uint_eq(lines, 101);
	ot_sb_done(&sb);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("csv");
	TCase *tcase = tcase_create("csv");

	tcase_add_test(tcase, cells_have_their_places);
	tcase_add_test(tcase, last_line_needs_no_end);
	tcase_add_test(tcase, lines_end_with_lf_crlf_or_cr);
	tcase_add_test(tcase, newlines_inside_quotes_keep_lines_right);
	tcase_add_test(tcase, blanks_around_cells_are_cut_and_columns_know);
	tcase_add_test(tcase, separator_is_what_the_header_has_most_of);
	tcase_add_test(tcase, comments_and_rows_without_text_are_skipped);
	tcase_add_test(tcase, short_rows_are_filled_up);
	tcase_add_test(tcase, empty_cells_behind_the_header_are_no_matter);
	tcase_add_test(tcase, text_behind_the_header_is_an_error_once_a_row);
	tcase_add_test(tcase, stray_quotes_lose_their_row_only);
	tcase_add_test(tcase, a_quote_without_end_is_told_where_it_begins);
	tcase_add_test(tcase, bytes_that_are_no_text_are_told_once_a_line);
	tcase_add_test(tcase, a_mark_of_utf8_is_skipped);
	tcase_add_test(tcase, utf16_of_both_orders_is_converted);
	tcase_add_test(tcase, utf16_that_is_none_is_told);
	tcase_add_test(tcase, nothing_is_a_table_without_header);
	tcase_add_test(tcase, no_memory_is_no_table);
	tcase_add_test(tcase, errors_without_end_are_cut_short);
	suite_add_tcase(suite, tcase);

	SRunner *runner = srunner_create(suite);

	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);

	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
