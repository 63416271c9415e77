/*
 * Files in a scratch folder (base/io.h).
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/unpack.h"

static char folder[64];
static struct ot_arena arena;
static struct ot_error error;

static void
enter_scratch(void)
{
	(void)snprintf(folder, sizeof(folder), "/tmp/io_test.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
	(void)signal(SIGPIPE, SIG_IGN);
}

static void
leave_scratch(void)
{
	char command[100];

	(void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(system(command), 0);
}

static void
make(const char *path, const char *bytes, size_t len)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(bytes, 1, len, f), len);
	ck_assert_int_eq(fclose(f), 0);
}

/* The whole of a file in the scratch folder. */
static const char *
content(const char *path)
{
	struct ot_str s = { NULL, 0 };

	ck_assert_msg(
	    ot_file_read(&s, &arena, NULL, path, 1 << 20, &error) == 0, "%s",
	    error.text);
	return s.p;
}

/* How many names the scratch folder has. */
static unsigned
names(void)
{
	char text[16] = "";
	FILE *f = popen("ls -A | wc -l", "r");

	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(text, sizeof(text), f));
	(void)pclose(f);
	return (unsigned)strtoul(text, NULL, 10);
}

START_TEST(file_is_read_whole_up_to_its_limit)
{
	struct ot_str s = { NULL, 7 };

	make("a", "abc\0d", 5);
	ck_assert_int_eq(ot_file_read(&s, &arena, NULL, "a", 5, &error), 0);
	ck_assert_uint_eq(s.len, 5);
	ck_assert_mem_eq(s.p, "abc\0d", 6);
	ck_assert_int_eq(
	    ot_file_read(&s, &arena, NULL, "a", 4, &error), -OT_ERR_IO);
	ck_assert_str_eq(error.text, "a: File too large");
	ck_assert_uint_eq(s.len, 5);
}
END_TEST

START_TEST(file_that_is_not_there_or_a_folder)
{
	struct ot_str s = { NULL, 7 };

	ck_assert_int_eq(
	    ot_file_read(&s, &arena, NULL, "none", 9, &error), -OT_ERR_IO);
	ck_assert_str_eq(error.text, "none: No such file or directory");
	ck_assert_int_eq(
	    ot_file_read(&s, &arena, NULL, "/", 9, &error), -OT_ERR_IO);
	ck_assert_uint_eq(s.len, 7);
}
END_TEST

START_TEST(member_of_a_folder_is_read_and_named_by_its_path)
{
	struct ot_str s = { NULL, 0 };

	ck_assert_int_eq(mkdir("p", 0700), 0);
	ck_assert_int_eq(mkdir("p/sub", 0700), 0);
	make("p/sub/z.csv", "x", 1);
	ck_assert_int_eq(
	    ot_file_read(&s, &arena, "p", "sub/z.csv", 9, &error), 0);
	ck_assert_str_eq(s.p, "x");
	ck_assert_int_eq(
	    ot_file_read(&s, &arena, "p", "y.csv", 9, &error), -OT_ERR_IO);
	ck_assert_str_eq(error.text, "p/y.csv: No such file or directory");
}
END_TEST

START_TEST(member_that_leads_out_of_the_folder_is_refused)
{
	static const char *const out[] = { "../secret", "/etc/passwd", "link",
		"sub/../../secret" };
	struct ot_str s = { NULL, 7 };

	ck_assert_int_eq(mkdir("p", 0700), 0);
	ck_assert_int_eq(mkdir("p/sub", 0700), 0);
	make("secret", "x", 1);
	ck_assert_int_eq(symlink("../secret", "p/link"), 0);
	for (size_t i = 0; i < sizeof(out) / sizeof(*out); i++)
		ck_assert_msg(ot_file_read(&s, &arena, "p", out[i], 9,
				  &error) == -OT_ERR_IO,
		    "%s", out[i]);
	ck_assert_uint_eq(s.len, 7);
}
END_TEST

static struct ot_out *
out_open(const char *path)
{
	struct ot_out *out = NULL;

	ck_assert_msg(ot_out_open(&out, path, &error) == 0, "%s", error.text);
	return out;
}

START_TEST(output_appears_at_the_commit)
{
	struct ot_out *out = out_open("new.json");

	ck_assert_int_eq(ot_out_write(out, "abc", 3, &error), 0);
	ck_assert_int_ne(access("new.json", F_OK), 0);
	ck_assert_int_eq(ot_out_commit(out, &error), 0);
	ot_out_close(out);
	ck_assert_str_eq(content("new.json"), "abc");
	ck_assert_uint_eq(names(), 1);
}
END_TEST

START_TEST(output_without_commit_leaves_the_old_file)
{
	struct ot_out *out;

	make("a", "old", 3);
	out = out_open("a");
	ck_assert_int_eq(ot_out_write(out, "new", 3, &error), 0);
	ck_assert_uint_eq(names(), 2);
	ot_out_close(out);
	ck_assert_str_eq(content("a"), "old");
	ck_assert_uint_eq(names(), 1);
}
END_TEST

START_TEST(output_replaces_a_file_and_keeps_its_mode)
{
	struct stat st;
	struct ot_out *out;

	make("a", "old", 3);
	ck_assert_int_eq(chmod("a", 0640), 0);
	out = out_open("./a");
	ck_assert_int_eq(ot_out_write(out, "new", 3, &error), 0);
	ck_assert_int_eq(ot_out_commit(out, &error), 0);
	ot_out_close(out);
	ck_assert_str_eq(content("a"), "new");
	ck_assert_int_eq(stat("a", &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0640);
}
END_TEST

START_TEST(output_of_many_buffers_is_whole)
{
	struct ot_out *out = out_open("big");
	static char line[1000];
	struct stat st;

	memset(line, 'x', sizeof(line));
	for (unsigned i = 0; i < 1000; i++)
		ck_assert_int_eq(
		    ot_out_write(out, line, sizeof(line), &error), 0);
	ck_assert_int_eq(ot_out_commit(out, &error), 0);
	ot_out_close(out);
	ck_assert_int_eq(stat("big", &st), 0);
	ck_assert_int_eq(st.st_size, 1000000);
}
END_TEST

START_TEST(output_through_a_link_is_refused)
{
	struct ot_out *out = NULL;

	make("real", "old", 3);
	ck_assert_int_eq(symlink("real", "link"), 0);
	ck_assert_int_eq(ot_out_open(&out, "link", &error), -OT_ERR_IO);
	ck_assert_ptr_nonnull(strstr(error.text, "link: is a link"));
	ck_assert_int_eq(symlink("nowhere", "dangling"), 0);
	ck_assert_int_eq(ot_out_open(&out, "dangling", &error), -OT_ERR_IO);
	ck_assert_ptr_null(out);
	ck_assert_str_eq(content("real"), "old");
}
END_TEST

START_TEST(output_to_a_folder_or_into_none_is_refused)
{
	struct ot_out *out = NULL;

	ck_assert_int_eq(mkdir("d", 0700), 0);
	ck_assert_int_eq(ot_out_open(&out, "d", &error), -OT_ERR_IO);
	ck_assert_str_eq(error.text, "d: is a folder");
	ck_assert_int_eq(ot_out_open(&out, "d/", &error), -OT_ERR_IO);
	ck_assert_int_eq(ot_out_open(&out, "none/a", &error), -OT_ERR_IO);
	ck_assert_str_eq(error.text, "none/a: No such file or directory");
	ck_assert_ptr_null(out);
}
END_TEST

START_TEST(a_pipe_is_written_to_and_not_replaced)
{
	struct ot_out *out;
	struct stat st;
	char text[8] = "";
	int fd;

	ck_assert_int_eq(mkfifo("pipe", 0600), 0);
	fd = open("pipe", O_RDONLY | O_NONBLOCK);
	out = out_open("pipe");
	ck_assert_int_eq(ot_out_write(out, "abc", 3, &error), 0);
	ck_assert_int_eq(ot_out_commit(out, &error), 0);
	ot_out_close(out);
	ck_assert_int_eq(read(fd, text, sizeof(text)), 3);
	ck_assert_int_eq(close(fd), 0);
	ck_assert_int_eq(stat("pipe", &st), 0);
	ck_assert(S_ISFIFO(st.st_mode));
	ck_assert_uint_eq(names(), 1);
}
END_TEST

START_TEST(a_reader_that_has_gone_is_an_error_of_its_own)
{
	struct ot_out *out;
	int fd;

	ck_assert_int_eq(mkfifo("pipe", 0600), 0);
	fd = open("pipe", O_RDONLY | O_NONBLOCK);
	out = out_open("pipe");
	ck_assert_int_eq(close(fd), 0);
	ck_assert_int_eq(ot_out_write(out, "abc", 3, &error), 0);
	ck_assert_int_eq(ot_out_commit(out, &error), -OT_ERR_PIPE);
	ck_assert_int_eq(ot_out_commit(out, &error), -OT_ERR_IO);
	ot_out_close(out);
}
END_TEST

START_TEST(a_full_disk_is_an_error_and_stays_one)
{
	struct ot_out *out;
	static char bytes[300 * 1024];

	if (access("/dev/full", W_OK) != 0)
		return;
	out = out_open("/dev/full");
	ck_assert_int_eq(
	    ot_out_write(out, bytes, sizeof(bytes), &error), -OT_ERR_IO);
	ck_assert_str_eq(error.text, "/dev/full: No space left on device");
	ck_assert_int_eq(ot_out_write(out, bytes, 1, &error), -OT_ERR_IO);
	ck_assert_int_eq(ot_out_commit(out, &error), -OT_ERR_IO);
	ot_out_close(out);
}
END_TEST

START_TEST(descriptors_by_name_are_these_descriptors)
{
	int fds[2];
	char path[32], text[8] = "";
	struct ot_out *out;

	ck_assert_int_eq(pipe(fds), 0);
	(void)snprintf(path, sizeof(path), "/dev/fd/%d", fds[1]);
	out = out_open(path);
	ck_assert_int_eq(ot_out_write(out, "abc", 3, &error), 0);
	ck_assert_int_eq(ot_out_commit(out, &error), 0);
	ot_out_close(out);
	ck_assert_int_eq(read(fds[0], text, sizeof(text)), 3);
	ck_assert_int_eq(write(fds[1], "still open", 10), 10);
	ck_assert_int_eq(ot_out_open(&out, "/dev/fd/999", &error), -OT_ERR_IO);
}
END_TEST

static struct ot_in *
in_open(const char *path)
{
	struct ot_in *in = NULL;

	ck_assert_msg(ot_in_open(&in, path, &error) == 0, "%s", error.text);
	return in;
}

/* The next line is this one. */
static void
expect_line(struct ot_in *in, const char *want)
{
	struct ot_str line;

	ck_assert_msg(ot_in_line(in, &line, &error) == 1, "%s", want);
	ck_assert_uint_eq(line.len, strlen(want));
	ck_assert_mem_eq(line.p, want, line.len);
}

START_TEST(lines_come_one_by_one_empty_ones_too)
{
	struct ot_in *in;
	struct ot_str line;

	make("a", "one\n\nthree\r\n", 12);
	in = in_open("a");
	expect_line(in, "one");
	expect_line(in, "");
	expect_line(in, "three\r");
	ck_assert_int_eq(ot_in_line(in, &line, &error), 0);
	ck_assert_int_eq(ot_in_line(in, &line, &error), 0);
	ck_assert(!ot_in_open_end(in));
	ck_assert_uint_eq(ot_in_count(in), 3);
	ot_in_close(in);
}
END_TEST

START_TEST(a_last_line_without_lf_is_given_and_told)
{
	struct ot_in *in;
	struct ot_str line;

	make("a", "one\ntwo", 7);
	in = in_open("a");
	expect_line(in, "one");
	ck_assert(!ot_in_open_end(in));
	expect_line(in, "two");
	ck_assert(ot_in_open_end(in));
	ck_assert_int_eq(ot_in_line(in, &line, &error), 0);
	ck_assert(ot_in_open_end(in));
	ot_in_close(in);
}
END_TEST

START_TEST(an_empty_file_has_no_line)
{
	struct ot_in *in;
	struct ot_str line;

	make("a", "", 0);
	in = in_open("a");
	ck_assert_int_eq(ot_in_line(in, &line, &error), 0);
	ck_assert(!ot_in_open_end(in));
	ot_in_close(in);
	ot_in_close(NULL);
}
END_TEST

/* Lines whose ends fall on every place of the buffers. */
static void
write_lines(const char *path)
{
	struct ot_out *out = out_open(path);
	static char line[70000];

	memset(line, 'x', sizeof(line));
	for (size_t len = 0; len < sizeof(line); len += 997) {
		line[len] = '\n';
		ck_assert_int_eq(ot_out_write(out, line, len + 1, &error), 0);
		line[len] = 'x';
	}
	ck_assert_int_eq(ot_out_commit(out, &error), 0);
	ot_out_close(out);
}

static void
check_lines(const char *path)
{
	struct ot_in *in = in_open(path);
	struct ot_str line;
	size_t len = 0;

	while (ot_in_line(in, &line, &error) == 1) {
		ck_assert_uint_eq(line.len, len);
		len += 997;
	}
	ck_assert_uint_eq(ot_in_count(in), 71);
	ot_in_close(in);
}

START_TEST(lines_over_many_buffers_plain_and_zstd)
{
	write_lines("a");
	check_lines("a");
	write_lines("a.zst");
	check_lines("a.zst");
	ck_assert_int_eq(memcmp(content("a.zst"), "\x28\xb5\x2f\xfd", 4), 0);
}
END_TEST

START_TEST(zstd_without_commit_leaves_nothing)
{
	struct ot_out *out = out_open("a.zst");

	ck_assert_int_eq(ot_out_write(out, "abc", 3, &error), 0);
	ot_out_close(out);
	ck_assert_uint_eq(names(), 0);
}
END_TEST

START_TEST(cut_zstd_gives_its_lines_then_an_error)
{
	struct ot_in *in;
	struct ot_str line;
	struct stat st;
	int rc;

	write_lines("a.zst");
	ck_assert_int_eq(stat("a.zst", &st), 0);
	ck_assert_int_eq(truncate("a.zst", st.st_size - 1), 0);
	in = in_open("a.zst");
	while ((rc = ot_in_line(in, &line, &error)) == 1)
		;
	ck_assert_int_eq(rc, -OT_ERR_INPUT);
	ck_assert_str_eq(
	    error.text, "a.zst: cut in the middle of compressed data");
	ck_assert_uint_eq(ot_in_count(in), 71);
	ot_in_close(in);
}
END_TEST

START_TEST(a_line_at_the_limit_is_given_and_one_above_is_an_error)
{
	struct ot_sb sb = { .p = NULL };
	struct ot_in *in;
	struct ot_str line;

	for (size_t i = 0; i < OT_LIMIT_LINE / 1024; i++)
		ot_sb_printf(&sb, "%01024d", 0);
	ot_sb_puts(&sb, "\nnext\n");
	make("a", sb.p, sb.len);
	in = in_open("a");
	ck_assert_int_eq(ot_in_line(in, &line, &error), 1);
	ck_assert_uint_eq(line.len, OT_LIMIT_LINE);
	expect_line(in, "next");
	ot_in_close(in);
	sb.p[OT_LIMIT_LINE] = '1';
	make("a", sb.p, sb.len);
	in = in_open("a");
	ck_assert_int_eq(ot_in_line(in, &line, &error), -OT_ERR_INPUT);
	ck_assert_ptr_nonnull(strstr(error.text, "a: line 1: longer than"));
	ot_in_close(in);
	ot_sb_done(&sb);
}
END_TEST

START_TEST(inputs_that_cannot_be_read)
{
	struct ot_in *in = NULL;

	ck_assert_int_eq(ot_in_open(&in, "none", &error), -OT_ERR_IO);
	ck_assert_int_eq(ot_in_open(&in, "/", &error), -OT_ERR_IO);
	make("a",
	    "\xfd"
	    "7zXZ\0",
	    6);
	ck_assert_int_eq(ot_in_open(&in, "a", &error), -OT_ERR_INPUT);
	ck_assert_ptr_nonnull(strstr(error.text, "a: xz is not read"));
	ck_assert_ptr_null(in);
}
END_TEST

/* A pipe that gives the first bytes one by one. */
START_TEST(a_packing_is_seen_through_a_slow_pipe)
{
	const char *whole;
	struct stat st;
	struct ot_in *in;
	int fds[2];

	write_lines("a.zst");
	whole = content("a.zst");
	ck_assert_int_eq(stat("a.zst", &st), 0);
	ck_assert_int_eq(pipe(fds), 0);
	if (fork() == 0) {
		for (off_t i = 0; i < st.st_size; i++)
			if (write(fds[1], whole + i, 1) != 1)
				_exit(1);
		_exit(0);
	}
	(void)close(fds[1]);
	ck_assert_int_eq(dup2(fds[0], STDIN_FILENO), STDIN_FILENO);
	in = in_open("-");
	expect_line(in, "");
	ot_in_close(in);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("io");
	TCase *tcase = tcase_create("io");

	tcase_add_test(tcase, file_is_read_whole_up_to_its_limit);
	tcase_add_test(tcase, file_that_is_not_there_or_a_folder);
	tcase_add_test(tcase, member_of_a_folder_is_read_and_named_by_its_path);
	tcase_add_test(tcase, member_that_leads_out_of_the_folder_is_refused);
	tcase_add_test(tcase, output_appears_at_the_commit);
	tcase_add_test(tcase, output_without_commit_leaves_the_old_file);
	tcase_add_test(tcase, output_replaces_a_file_and_keeps_its_mode);
	tcase_add_test(tcase, output_of_many_buffers_is_whole);
	tcase_add_test(tcase, output_through_a_link_is_refused);
	tcase_add_test(tcase, output_to_a_folder_or_into_none_is_refused);
	tcase_add_test(tcase, a_pipe_is_written_to_and_not_replaced);
	tcase_add_test(tcase, a_reader_that_has_gone_is_an_error_of_its_own);
	tcase_add_test(tcase, a_full_disk_is_an_error_and_stays_one);
	tcase_add_test(tcase, descriptors_by_name_are_these_descriptors);
	tcase_add_test(tcase, lines_come_one_by_one_empty_ones_too);
	tcase_add_test(tcase, a_last_line_without_lf_is_given_and_told);
	tcase_add_test(tcase, an_empty_file_has_no_line);
	tcase_add_test(tcase, lines_over_many_buffers_plain_and_zstd);
	tcase_add_test(tcase, zstd_without_commit_leaves_nothing);
	tcase_add_test(tcase, cut_zstd_gives_its_lines_then_an_error);
	tcase_add_test(
	    tcase, a_line_at_the_limit_is_given_and_one_above_is_an_error);
	tcase_add_test(tcase, inputs_that_cannot_be_read);
	tcase_add_test(tcase, a_packing_is_seen_through_a_slow_pipe);
	tcase_add_checked_fixture(tcase, enter_scratch, leave_scratch);
	suite_add_tcase(suite, tcase);

	SRunner *runner = srunner_create(suite);

	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);

	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
