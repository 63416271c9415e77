/*
 * lib/engine/operand.c: a file is itself, a folder is its captures.
 */
#include "engine/operand.h"

#include "capture_file.h"

static struct ot_error error;
static struct ot_arena arena;
static struct ot_input_files files;
static unsigned left;
static bool left_unreadable;

static void
left_out(void *user, const char *why, bool unreadable)
{
	(void)user;
	(void)why;
	left++;
	left_unreadable |= unreadable;
}

static int
list(const char *operand)
{
	return ot_input_files(&files, &arena, operand, left_out, NULL, &error);
}

static void
before(void)
{
	make_folder();
	left = 0;
	left_unreadable = false;
}

static void
after(void)
{
	ot_input_files_done(&files);
	ot_arena_done(&arena);
	remove_folder();
}

/* A pcap of one empty frame at a time. */
static void
put(const char *name, uint32_t seconds)
{
	struct bytes b = { 0 };

	hex(&b, "d4 c3 b2 a1 02 00 04 00 00 00 00 00 00 00 00 00");
	add_number(&b, 65535, 4, 0);
	add_number(&b, 1, 4, 0);
	add_number(&b, seconds, 4, 0);
	fill(&b, 0, 12);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	write_file(&b);
	free(b.p);
}

static void
gone(const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	(void)unlink(path);
}

START_TEST(a_file_stands_for_itself)
{
	ck_assert_int_eq(list("a/b.pcap"), 0);
	ck_assert_uint_eq(files.count, 1);
	ck_assert_str_eq(files.at[0].path, "a/b.pcap");
	ck_assert_str_eq(files.at[0].name, "a/b.pcap");
	ot_input_files_done(&files);
	ck_assert_int_eq(list("-"), 0);
	ck_assert_str_eq(files.at[0].name, "-");
}
END_TEST

START_TEST(a_folder_is_its_captures_by_time)
{
	struct bytes note = { 0 };

	put("a", 30);
	put("b", 10);
	put("c", 10);
	put(".hidden", 5);
	snprintf(path, sizeof(path), "%s/note", folder);
	add(&note, "visited", 7);
	write_file(&note);
	free(note.p);
	ck_assert_int_eq(list(folder), 0);
	ck_assert_uint_eq(files.count, 3);
	ck_assert_str_eq(files.at[0].name, "b");
	ck_assert_str_eq(files.at[1].name, "c");
	ck_assert_str_eq(files.at[2].name, "a");
	ck_assert_uint_eq(left, 1);
	ck_assert(!left_unreadable);
	gone("a");
	gone("b");
	gone("c");
	gone(".hidden");
	gone("note");
}
END_TEST

START_TEST(a_folder_without_captures_is_an_error)
{
	ck_assert_int_eq(list(folder), -OT_ERR_INPUT);
	ck_assert_uint_eq(files.count, 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_file_stands_for_itself,
		a_folder_is_its_captures_by_time,
		a_folder_without_captures_is_an_error,
	};

	return RUN("operand", tests, before, after);
}
