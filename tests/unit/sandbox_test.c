/*
 * What is refused once the sandbox is entered (base/sandbox.h). Each test is a
 * process of its own; what this kernel does not offer is not tested.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sandbox.h"

static char folder[64], text[64];

static void
enter_scratch(void)
{
	(void)snprintf(folder, sizeof(folder), "/tmp/sandbox_test.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
	ck_assert_int_eq(mkdir("in", 0700), 0);
	ck_assert_int_eq(mkdir("out", 0700), 0);
	ck_assert_int_eq(close(creat("in/a", 0600)), 0);
	ck_assert_int_eq(close(creat("secret", 0600)), 0);
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
enter(void)
{
	static const char *const in[] = { "in", "nowhere", NULL };
	static const char *const out[] = { "out/report.json", NULL };
	struct ot_sandbox sandbox = { in, out };

	ot_sandbox_enter(&sandbox, text, sizeof(text));
}

static bool
landlocked(void)
{
	return strncmp(text, "landlock", 8) == 0;
}

static bool
filtered(void)
{
	return strstr(text, "seccomp") && !strstr(text, "no seccomp");
}

static void
check_errno(int rc, int want)
{
	ck_assert_int_eq(rc, -1);
	ck_assert_int_eq(errno, want);
}

START_TEST(says_what_is_in_force)
{
	enter();
	ck_assert(landlocked() || strstr(text, "no landlock") ||
		  strstr(text, "no sandbox"));
}
END_TEST

START_TEST(reads_beneath_the_inputs_only)
{
	enter();
	ck_assert_int_ge(open("in/a", O_RDONLY), 0);
	if (landlocked()) {
		check_errno(open("secret", O_RDONLY), EACCES);
		check_errno(open("/etc/passwd", O_RDONLY), EACCES);
		check_errno(open("in/a", O_WRONLY), EACCES);
		check_errno(open("in/b", O_WRONLY | O_CREAT, 0600), EACCES);
	}
}
END_TEST

START_TEST(makes_renames_and_removes_beside_the_outputs)
{
	enter();
	ck_assert_int_ge(open("out/x", O_WRONLY | O_CREAT | O_EXCL, 0600), 0);
	ck_assert_int_eq(rename("out/x", "out/report.json"), 0);
	ck_assert_int_eq(unlink("out/report.json"), 0);
	if (landlocked()) {
		check_errno(open("x", O_WRONLY | O_CREAT, 0600), EACCES);
		check_errno(mkdir("out/d", 0700), EACCES);
		check_errno(unlink("secret"), EACCES);
		check_errno(symlink("/etc/passwd", "out/l"), EACCES);
	}
}
END_TEST

START_TEST(what_was_open_stays_open)
{
	int fd = open("secret", O_RDWR);

	enter();
	ck_assert_int_eq(write(fd, "x", 1), 1);
}
END_TEST

START_TEST(no_sockets)
{
	enter();
	if (filtered()) {
		check_errno(socket(AF_INET, SOCK_STREAM, 0), EPERM);
		check_errno(socket(AF_UNIX, SOCK_DGRAM, 0), EPERM);
		check_errno(socket(AF_PACKET, SOCK_RAW, 0), EPERM);
	}
}
END_TEST

START_TEST(no_exec_and_no_ptrace)
{
	char *const argv[] = { NULL };

	enter();
	if (filtered() && !strstr(text, "exec free")) {
		check_errno(execv("/bin/true", argv), EPERM);
		check_errno((int)ptrace(PTRACE_TRACEME, 0, NULL, NULL), EPERM);
	}
}
END_TEST

START_TEST(lists_may_be_missing)
{
	struct ot_sandbox none = { NULL, NULL };

	ot_sandbox_enter(&none, text, sizeof(text));
	if (landlocked())
		check_errno(open("in/a", O_RDONLY), EACCES);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sandbox");
	TCase *tcase = tcase_create("sandbox");

	tcase_add_test(tcase, says_what_is_in_force);
	tcase_add_test(tcase, reads_beneath_the_inputs_only);
	tcase_add_test(tcase, makes_renames_and_removes_beside_the_outputs);
	tcase_add_test(tcase, what_was_open_stays_open);
	tcase_add_test(tcase, no_sockets);
	tcase_add_test(tcase, no_exec_and_no_ptrace);
	tcase_add_test(tcase, lists_may_be_missing);
	tcase_add_unchecked_fixture(tcase, enter_scratch, leave_scratch);
	suite_add_tcase(suite, tcase);

	SRunner *runner = srunner_create(suite);

	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);

	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
