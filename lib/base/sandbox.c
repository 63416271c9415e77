/*
 * Landlock (Documentation/userspace-api/landlock.rst of Linux) by its system
 * calls, and a seccomp filter in classic BPF. Sanitizers run a symbolizer and
 * trace their own process to find leaks: their builds leave both possible.
 */

#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif

#if defined(SANITIZED)
enum { EXEC_REFUSED = 0 };
#else
enum { EXEC_REFUSED = 1 };
#endif

/* Rights that came after the first Landlock, which system headers may lack. */
static const uint64_t FS_REFER = UINT64_C(1) << 13;	/* ABI 2 */
static const uint64_t FS_TRUNCATE = UINT64_C(1) << 14;	/* ABI 3 */
static const uint64_t FS_IOCTL_DEV = UINT64_C(1) << 15; /* ABI 5 */
static const uint64_t NET_TCP = 3; /* ABI 4: bind and connect */

/* struct landlock_ruleset_attr as of ABI 4. A longer one is taken by an older
 * kernel where its tail is zero. */
struct ruleset {
	uint64_t fs, net;
};

static uint64_t
rights_known(int abi)
{
	uint64_t rights =
	    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |
	    LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR |
	    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
	    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
	    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
	    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

	if (EXEC_REFUSED)
		rights |= LANDLOCK_ACCESS_FS_EXECUTE;
	if (abi >= 2)
		rights |= FS_REFER;
	if (abi >= 3)
		rights |= FS_TRUNCATE;
	if (abi >= 5)
		rights |= FS_IOCTL_DEV;
	return rights;
}

static uint64_t
rights_to_read(void)
{
	return LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
}

static uint64_t
rights_to_write(void)
{
	return LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
	       LANDLOCK_ACCESS_FS_REMOVE_FILE | FS_TRUNCATE;
}

/* Rights that a rule on a single file may have. */
static uint64_t
rights_of_file(void)
{
	return LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
	       LANDLOCK_ACCESS_FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV;
}

/* Give rights beneath a path, as far as this kernel knows them. */
static void
allow(int ruleset, int abi, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = { .parent_fd = -1 };
	struct stat st;
	int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd < 0)
		return;
	rights &= rights_known(abi);
	if (fstat(fd, &st) == 0) {
		rule.parent_fd = fd;
		rule.allowed_access =
		    S_ISDIR(st.st_mode) ? rights : rights & rights_of_file();
		(void)syscall(SYS_landlock_add_rule, ruleset,
		    LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	}
	(void)close(fd);
}

/* A file that is there and is none that is replaced (a device, a pipe) is
 * opened up itself, as a folder is; else the folder that it lies in. */
static void
allow_output(int ruleset, int abi, const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[4096] = ".";
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		allow(ruleset, abi, path, rights_to_write());
		return;
	}
	if (slash) {
		size_t len = slash == path ? 1 : (size_t)(slash - path);

		if (len >= sizeof(folder))
			return;
		memcpy(folder, path, len);
		folder[len] = '\0';
	}
	allow(ruleset, abi, folder, rights_to_write());
}

static void
allow_all(int ruleset, int abi, const struct ot_sandbox *sandbox)
{
	/* what symbolizers and leak finders of sanitizers read */
	static const char *const tools[] = { "/proc", "/usr", "/lib", "/lib64",
		"/etc/ld.so.cache", NULL };

	for (const char *const *p = sandbox->inputs; p && *p; p++)
		allow(ruleset, abi, *p, rights_to_read());
	for (const char *const *p = sandbox->outputs; p && *p; p++)
		allow_output(ruleset, abi, *p);
	for (const char *const *p = tools; !EXEC_REFUSED && *p; p++)
		allow(ruleset, abi, *p, rights_to_read());
}

/* The version of Landlock that is in force now; 0 for none. */
static int
enter_landlock(const struct ot_sandbox *sandbox)
{
	struct ruleset rights;
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	long ruleset, rc;

	if (abi < 1)
		return 0;
	rights =
	    (struct ruleset){ rights_known((int)abi), abi >= 4 ? NET_TCP : 0 };
	ruleset =
	    syscall(SYS_landlock_create_ruleset, &rights, sizeof(rights), 0);
	if (ruleset < 0)
		return 0;
	allow_all((int)ruleset, (int)abi, sandbox);
	rc = syscall(SYS_landlock_restrict_self, ruleset, 0);
	(void)close((int)ruleset);
	return rc == 0 ? (int)abi : 0;
}

/* How the kernel names the machine, and the first call number of another
 * table (x32). */
#if defined(__x86_64__)
static const uint32_t machine = AUDIT_ARCH_X86_64, foreign = 0x40000000;
#elif defined(__aarch64__)
static const uint32_t machine = AUDIT_ARCH_AARCH64, foreign = 0x80000000;
#elif defined(__riscv) && __riscv_xlen == 64
static const uint32_t machine = AUDIT_ARCH_RISCV64, foreign = 0x80000000;
#else
static const uint32_t machine = 0, foreign = 0; /* no filter */
#endif

/* io_uring opens sockets too, past any filter. */
static const uint32_t refused[] = {
	SYS_socket,
	SYS_socketpair,
	SYS_io_uring_setup,
#if !defined(SANITIZED)
	SYS_execve,
	SYS_execveat,
	SYS_ptrace,
#endif
};

enum { REFUSED = sizeof(refused) / sizeof(*refused) };

static struct sock_filter
load(size_t offset)
{
	return (struct sock_filter)BPF_STMT(
	    BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
}

static struct sock_filter
jump(uint16_t test, uint32_t value, size_t if_true, size_t if_false)
{
	return (struct sock_filter)BPF_JUMP(
	    BPF_JMP | test | BPF_K, value, (uint8_t)if_true, (uint8_t)if_false);
}

/* Calls of another architecture, of another table, or in the list: EPERM. */
static bool
enter_seccomp(void)
{
	struct sock_filter code[REFUSED + 6];
	const size_t deny = REFUSED + 5;
	size_t n = 0;

	if (machine == 0)
		return false;
	code[n++] = load(offsetof(struct seccomp_data, arch));
	code[n] = jump(BPF_JEQ, machine, 0, deny - n - 1);
	n++;
	code[n++] = load(offsetof(struct seccomp_data, nr));
	code[n] = jump(BPF_JGE, foreign, deny - n - 1, 0);
	n++;
	for (size_t i = 0; i < REFUSED; i++, n++)
		code[n] = jump(BPF_JEQ, refused[i], deny - n - 1, 0);
	code[n++] =
	    (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	code[n++] = (struct sock_filter)BPF_STMT(
	    BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);

	struct sock_fprog program = { (unsigned short)n, code };

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

void
ot_sandbox_enter(const struct ot_sandbox *sandbox, char *text, size_t cap)
{
	const char *filter = "no seccomp";
	int abi = 0;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
		abi = enter_landlock(sandbox);
		if (enter_seccomp())
			filter = EXEC_REFUSED
				     ? "seccomp"
				     : "seccomp (exec free: sanitizer)";
	}
	if (abi)
		(void)snprintf(text, cap, "landlock abi %d, %s", abi, filter);
	else
		(void)snprintf(
		    text, cap, "no landlock in this kernel, %s", filter);
}
