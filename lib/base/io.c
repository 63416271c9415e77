/*
 * Reading and writing files by their descriptors: see io.h for what is
 * promised.
 */

#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/unpack.h"

enum { CHUNK = 256 * 1024 };

static int
io_error(struct ot_error *error, const char *path)
{
	int code = errno;

	return ot_error_set(error, code == EPIPE ? OT_ERR_PIPE : OT_ERR_IO,
	    "%s: %s", path, strerror(code));
}

static int
no_memory(struct ot_error *error, const char *path)
{
	return ot_error_set(error, OT_ERR_MEMORY, "%s: no memory", path);
}

/* Bytes read, 0 at the end, -1 with errno. */
static ssize_t
read_some(int fd, void *p, size_t cap)
{
	ssize_t n;

	do {
		n = read(fd, p, cap);
		if (n < 0 && errno == EAGAIN)
			(void)poll(&(struct pollfd){ fd, POLLIN, 0 }, 1, -1);
	} while (n < 0 && (errno == EINTR || errno == EAGAIN));
	return n;
}

static bool
write_all(int fd, const uint8_t *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EAGAIN)
			(void)poll(&(struct pollfd){ fd, POLLOUT, 0 }, 1, -1);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return false;
		if (n > 0) {
			p += n;
			len -= (size_t)n;
		}
	}
	return true;
}

/* The kernel keeps to the folder (openat2, Linux 5.6). Where it cannot, only
 * plain names that are no links are members. */
static int
open_member(const char *folder, const char *name)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NOCTTY,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
	int at = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	long fd;

	if (at < 0)
		return -1;
	fd = syscall(SYS_openat2, at, name, &how, sizeof(how));
	if (fd < 0 && (errno == ENOSYS || errno == EPERM)) {
		errno = EXDEV;
		if (!strchr(name, '/') && strcmp(name, "..") != 0)
			fd = openat(at, name,
			    O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW);
	}
	int code = errno;

	(void)close(at);
	errno = code;
	return (int)fd;
}

static int
read_whole(struct ot_sb *sb, int fd, size_t limit)
{
	char chunk[16 * 1024];
	ssize_t n;

	while ((n = read_some(fd, chunk, sizeof(chunk))) > 0) {
		ot_sb_add(sb, chunk, (size_t)n);
		if (sb->len > limit) {
			errno = EFBIG;
			return -1;
		}
	}
	return (int)n;
}

int
ot_file_read(struct ot_str *out, struct ot_arena *arena, const char *folder,
    const char *name, size_t limit, struct ot_error *error)
{
	int fd = folder ? open_member(folder, name)
			: open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct ot_sb sb = { .p = NULL };
	struct ot_str kept;
	char path[400];
	int rc = 0;

	(void)snprintf(path, sizeof(path), "%s%s%s", folder ? folder : "",
	    folder ? "/" : "", name);
	if (fd < 0 && folder && errno == EXDEV)
		return ot_error_set(
		    error, OT_ERR_IO, "%s: leads out of the folder", path);
	if (fd < 0)
		return io_error(error, path);
	if (read_whole(&sb, fd, limit) < 0)
		rc = io_error(error, path);
	(void)close(fd);
	kept = ot_str_keep(arena, ot_sb_str(&sb));
	if (rc == 0 && (sb.lost || !kept.p))
		rc = no_memory(error, path);
	if (rc == 0)
		*out = kept;
	ot_sb_done(&sb);
	return rc;
}

struct ot_out {
	int fd;
	int folder; /* where the new file lies; -1: nothing to put in place */
	char *path; /* as given, for messages */
	char *temp; /* its name in the folder until the commit */
	const char *name; /* and then; part of path */
	bool failed, done;
	struct ot_pack *pack;
	size_t len;
	uint8_t bytes[CHUNK];
};

/* The descriptor that a path stands for by convention, or -1. */
static int
descriptor_of(const char *path)
{
	static const char *const folders[] = { "/dev/fd/", "/proc/self/fd/" };
	char *end = NULL;
	long fd = -1;

	if (strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0)
		return STDOUT_FILENO;
	if (strcmp(path, "/dev/stderr") == 0)
		return STDERR_FILENO;
	for (size_t i = 0; i < 2; i++) {
		size_t len = strlen(folders[i]);

		if (strncmp(path, folders[i], len) == 0 && path[len] >= '0' &&
		    path[len] <= '9')
			fd = strtol(path + len, &end, 10);
	}
	return fd >= 0 && fd < 1 << 20 && *end == '\0' ? (int)fd : -1;
}

static int
open_folder(const char *path, const char *name)
{
	size_t len = (size_t)(name - path);
	char *folder = len ? strndup(path, len) : strdup(".");
	int fd = -1;

	if (folder)
		fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	return fd;
}

/* A new file beside the one that it will become. An old one's mode stays. */
static int
open_beside(struct ot_out *out, const struct stat *old, struct ot_error *error)
{
	uint64_t random[2];
	const size_t cap = 256;

	out->temp = ot_heap(1, cap);
	if (!out->temp)
		return no_memory(error, out->path);
	for (unsigned tries = 0; tries < 16 && out->fd < 0; tries++) {
		ot_hash_key(random);
		(void)snprintf(out->temp, cap, ".%.200s.%06x.tmp", out->name,
		    (unsigned)(random[0] + tries) & 0xffffff);
		out->fd = openat(out->folder, out->temp,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
		if (out->fd < 0 && errno != EEXIST)
			break;
	}
	if (out->fd < 0)
		return io_error(error, out->path);
	if (old)
		(void)fchmod(out->fd, old->st_mode & 0777);
	return 0;
}

/* A device, pipe or socket: written to as it is. */
static int
open_special(struct ot_out *out, struct ot_error *error)
{
	out->fd = openat(out->folder, out->name,
	    O_WRONLY | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	(void)close(out->folder);
	out->folder = -1;
	return out->fd < 0 ? io_error(error, out->path) : 0;
}

static int
open_path(struct ot_out *out, struct ot_error *error)
{
	const char *slash = strrchr(out->path, '/');
	struct stat st;

	out->name = slash ? slash + 1 : out->path;
	out->folder = open_folder(out->path, out->name);
	if (out->folder < 0)
		return io_error(error, out->path);
	if (*out->name == '\0')
		return ot_error_set(
		    error, OT_ERR_IO, "%s: is a folder", out->path);
	if (fstatat(out->folder, out->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? open_beside(out, NULL, error)
				       : io_error(error, out->path);
	if (S_ISLNK(st.st_mode))
		return ot_error_set(error, OT_ERR_IO,
		    "%s: is a link, which is not followed: name the file that "
		    "it leads to",
		    out->path);
	if (S_ISDIR(st.st_mode))
		return ot_error_set(
		    error, OT_ERR_IO, "%s: is a folder", out->path);
	return S_ISREG(st.st_mode) ? open_beside(out, &st, error)
				   : open_special(out, error);
}

static int
open_out(struct ot_out *out, struct ot_error *error)
{
	int fd = descriptor_of(out->path);
	enum ot_packing packing = ot_packing_of_name(ot_str(out->path));
	int rc = 0;

	if (fd >= 0) {
		out->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		if (out->fd < 0)
			return io_error(error, out->path);
	} else {
		rc = open_path(out, error);
	}
	if (rc == 0 && packing != OT_PACKING_NONE)
		rc = ot_pack_open(&out->pack, packing, error);
	return rc;
}

int
ot_out_open(struct ot_out **result, const char *path, struct ot_error *error)
{
	struct ot_out *out = ot_heap(1, sizeof(*out));
	int rc;

	if (!out)
		return no_memory(error, path);
	out->fd = out->folder = -1;
	out->path = strdup(path);
	rc = out->path ? open_out(out, error) : no_memory(error, path);
	if (rc < 0)
		ot_out_close(out);
	else
		*result = out;
	return rc;
}

static int
out_flush(struct ot_out *out, struct ot_error *error)
{
	if (!write_all(out->fd, out->bytes, out->len)) {
		out->failed = true;
		return io_error(error, strcmp(out->path, "-") == 0
					   ? "standard output"
					   : out->path);
	}
	out->len = 0;
	return 0;
}

static int
out_plain(
    struct ot_out *out, const uint8_t *p, size_t len, struct ot_error *error)
{
	while (len) {
		size_t part = CHUNK - out->len;

		part = part < len ? part : len;
		memcpy(out->bytes + out->len, p, part);
		out->len += part;
		p += part;
		len -= part;
		if (out->len == CHUNK) {
			int rc = out_flush(out, error);

			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

static int
out_packed(
    struct ot_out *out, const uint8_t *p, size_t len, struct ot_error *error)
{
	size_t given;

	do {
		int rc = ot_pack_run(out->pack, &p, &len, out->bytes + out->len,
		    CHUNK - out->len, &given, error);

		out->failed |= rc < 0;
		out->len += rc < 0 ? 0 : given;
		if (rc == 0 && out->len == CHUNK)
			rc = out_flush(out, error);
		if (rc < 0)
			return rc;
	} while (given);
	return 0;
}

/* The rest that the compressor holds. */
static int
out_pack_end(struct ot_out *out, struct ot_error *error)
{
	size_t given;

	do {
		int rc = ot_pack_end(out->pack, out->bytes + out->len,
		    CHUNK - out->len, &given, error);

		out->failed |= rc < 0;
		out->len += rc < 0 ? 0 : given;
		if (rc == 0)
			rc = out_flush(out, error);
		if (rc < 0)
			return rc;
	} while (given);
	return 0;
}

static int
failed_before(const struct ot_out *out, struct ot_error *error)
{
	return ot_error_set(
	    error, OT_ERR_IO, "%s: not written after an error", out->path);
}

int
ot_out_write(
    struct ot_out *out, const void *p, size_t len, struct ot_error *error)
{
	if (out->failed)
		return failed_before(out, error);
	if (len == 0)
		return 0;
	return out->pack ? out_packed(out, p, len, error)
			 : out_plain(out, p, len, error);
}

/* Some file systems tell only on close that the disk is full. */
static int
put_in_place(struct ot_out *out, struct ot_error *error)
{
	int fd = out->fd;

	out->fd = -1;
	if (close(fd) < 0 && errno != EINTR)
		return io_error(error, out->path);
	if (out->folder >= 0 &&
	    renameat(out->folder, out->temp, out->folder, out->name) < 0)
		return io_error(error, out->path);
	return 0;
}

int
ot_out_commit(struct ot_out *out, struct ot_error *error)
{
	int rc;

	if (out->failed)
		return failed_before(out, error);
	rc = out->pack ? out_pack_end(out, error) : out_flush(out, error);
	if (rc == 0)
		rc = put_in_place(out, error);
	out->failed = rc < 0;
	out->done = rc == 0;
	return rc;
}

void
ot_out_close(struct ot_out *out)
{
	if (!out)
		return;
	if (out->fd >= 0)
		(void)close(out->fd);
	if (out->folder >= 0) {
		if (out->temp && !out->done)
			(void)unlinkat(out->folder, out->temp, 0);
		(void)close(out->folder);
	}
	ot_pack_close(out->pack);
	ot_heap_free(out->temp);
	free(out->path);
	ot_heap_free(out);
}

struct ot_in {
	int fd;
	char *path;
	struct ot_unpack *unpack;
	bool ended; /* no more bytes come */
	bool open_end;
	uint64_t count;

	const uint8_t *raw_at; /* what the unpacker has not taken */
	size_t raw_left;

	char *text; /* heap; unpacked bytes from start to end are not given */
	size_t start, end, cap;
	size_t searched; /* from start: no LF in these */

	uint8_t raw[CHUNK];
};

static int
too_long(const struct ot_in *in, struct ot_error *error)
{
	return ot_error_set(error, OT_ERR_INPUT,
	    "%s: line %llu: longer than %d bytes", in->path,
	    (unsigned long long)in->count + 1, OT_LIMIT_LINE);
}

/* Room behind the text: by moving it to the front, or by growing. */
static int
in_room(struct ot_in *in, struct ot_error *error)
{
	size_t len = in->end - in->start;
	char *text;

	if (len > OT_LIMIT_LINE)
		return too_long(in, error);
	if (in->start)
		memmove(in->text, in->text + in->start, len);
	in->start = 0;
	in->end = len;
	if (in->cap - len >= CHUNK)
		return 0;
	text = ot_heap_grow(in->text, in->cap * 2 + 2 * CHUNK, 1);
	if (!text)
		return no_memory(error, in->path);
	in->text = text;
	in->cap = in->cap * 2 + 2 * CHUNK;
	return 0;
}

/* The first bytes say how the file is packed; a pipe may give them singly. */
static int
in_begin(struct ot_in *in, struct ot_error *error)
{
	struct ot_error why;
	ssize_t n = 1;
	int rc;

	in->raw_at = in->raw;
	while (n > 0 && in->raw_left < OT_PACKING_MAGIC) {
		n = read_some(in->fd, in->raw + in->raw_left,
		    sizeof(in->raw) - in->raw_left);
		if (n < 0)
			return io_error(error, in->path);
		in->raw_left += (size_t)n;
	}
	rc = ot_unpack_open(
	    &in->unpack, ot_packing_of(in->raw, in->raw_left), &why);
	if (rc < 0)
		return ot_error_set(
		    error, why.code, "%s: %s", in->path, why.text);
	return in_room(in, error);
}

int
ot_in_open(struct ot_in **result, const char *path, struct ot_error *error)
{
	bool std = strcmp(path, "-") == 0;
	struct ot_in *in = ot_heap(1, sizeof(*in));
	int rc = 0;

	if (!in)
		return no_memory(error, path);
	in->path = strdup(std ? "standard input" : path);
	in->fd = std ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
		     : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (!in->path)
		rc = no_memory(error, path);
	else if (in->fd < 0)
		rc = io_error(error, in->path);
	else
		rc = in_begin(in, error);
	if (rc < 0)
		ot_in_close(in);
	else
		*result = in;
	return rc;
}

static int
in_read(struct ot_in *in, struct ot_error *error)
{
	ssize_t n = read_some(in->fd, in->raw, sizeof(in->raw));

	if (n < 0)
		return io_error(error, in->path);
	in->raw_at = in->raw;
	in->raw_left = (size_t)n;
	in->ended = n == 0;
	if (in->ended && !ot_unpack_ended(in->unpack))
		return ot_error_set(error, OT_ERR_INPUT,
		    "%s: cut in the middle of compressed data", in->path);
	return 0;
}

/* More text, or the end. */
static int
in_fill(struct ot_in *in, struct ot_error *error)
{
	struct ot_error why;
	size_t given = 0;
	int rc = in_room(in, error);

	while (rc == 0 && !in->ended && given == 0) {
		rc = ot_unpack_run(in->unpack, &in->raw_at, &in->raw_left,
		    (uint8_t *)in->text + in->end, in->cap - in->end, &given,
		    &why);
		if (rc < 0)
			return ot_error_set(
			    error, why.code, "%s: %s", in->path, why.text);
		if (given == 0)
			rc = in_read(in, error);
	}
	in->end += given;
	return rc;
}

static int
in_give(
    struct ot_in *in, struct ot_str *line, size_t len, struct ot_error *error)
{
	if (len > OT_LIMIT_LINE)
		return too_long(in, error);
	*line = (struct ot_str){ in->text + in->start, len };
	in->start += len;
	in->searched = 0;
	in->count++;
	return 1;
}

int
ot_in_line(struct ot_in *in, struct ot_str *line, struct ot_error *error)
{
	for (;;) {
		size_t len = in->end - in->start;
		const char *from = in->text + in->start;
		const char *lf =
		    memchr(from + in->searched, '\n', len - in->searched);
		int rc;

		if (lf) {
			rc = in_give(in, line, (size_t)(lf - from), error);
			in->start += rc > 0; /* the LF */
			return rc;
		}
		in->searched = len;
		if (in->ended) {
			in->open_end = in->open_end || len;
			return len ? in_give(in, line, len, error) : 0;
		}
		rc = in_fill(in, error);
		if (rc < 0)
			return rc;
	}
}

uint64_t
ot_in_count(const struct ot_in *in)
{
	return in->count;
}

bool
ot_in_open_end(const struct ot_in *in)
{
	return in->open_end;
}

void
ot_in_close(struct ot_in *in)
{
	if (!in)
		return;
	if (in->fd >= 0)
		(void)close(in->fd);
	ot_unpack_close(in->unpack);
	ot_heap_free(in->text);
	free(in->path);
	ot_heap_free(in);
}
