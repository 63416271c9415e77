/*
 * Blocks of a file. Each has headroom before it: what the last block left over
 * is copied there, so that a record across the border is whole again. What is
 * longer than the headroom is gathered in a buffer beside the blocks.
 */
#include "capture/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/unpack.h"
#include "capture/digest.h"

enum {
	BLOCK = 1 << 20,
	HEADROOM = 1 << 16, /* a multiple of the cache line */
	STRIDE = HEADROOM + BLOCK,
	HASHED_BLOCKS = 4, /* the ring, where a hash is made beside */
};

struct source {
	struct ot_source window; /* first */
	uint8_t *memory;
	unsigned count, current; /* blocks */
	size_t filled;		 /* of the current block */
	uint64_t total;		 /* bytes that came */
	uint8_t *gathered;	 /* NULL until a record is that long */
	size_t gathered_cap;
	bool gathering; /* the window lies there */
	/* At most room bytes to `to`; 0 sets the state. */
	size_t (*fill)(struct source *s, uint8_t *to, size_t room);
	int fd;
	struct ot_digest *digest;
	struct source *packed; /* what this is unpacked from */
	struct ot_unpack *unpack;
	struct ot_error error; /* what trouble points to */
};

static struct source *
own(struct ot_source *source)
{
	return (struct source *)source;
}

static uint8_t *
block(const struct source *s)
{
	return s->memory + (size_t)s->current * STRIDE + HEADROOM;
}

static size_t
give_up(struct source *s, enum ot_source_state state, const char *trouble)
{
	s->window.state = state;
	s->window.trouble = trouble;
	return 0;
}

static size_t
fill_from_file(struct source *s, uint8_t *to, size_t room)
{
	ssize_t got;

	do
		got = s->window.stop ? 0 : read(s->fd, to, room);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return give_up(s, OT_SOURCE_FAILED, strerror(errno));
	if (got == 0)
		return give_up(s, OT_SOURCE_END, NULL);
	if (s->digest)
		ot_digest_add(s->digest, (size_t)got);
	return (size_t)got;
}

static size_t
fill_by_unpacking(struct source *s, uint8_t *to, size_t room)
{
	struct ot_source *in = &s->packed->window;
	size_t given = 0;

	while (given == 0) {
		bool more = ot_source_has(in, 1);
		size_t left = ot_source_left(in);

		if (in->state == OT_SOURCE_FAILED)
			return give_up(s, in->state, in->trouble);
		if (ot_unpack_run(s->unpack, &in->p, &left, to, room, &given,
			&s->error) < 0)
			return give_up(s, OT_SOURCE_DAMAGED, s->error.text);
		if (given || more)
			continue;
		if (ot_unpack_ended(s->unpack) || in->stop)
			return give_up(s, OT_SOURCE_END, NULL);
		return give_up(s, OT_SOURCE_DAMAGED,
		    "the compressed data end in the middle");
	}
	return given;
}

/* Put the window and len bytes behind it into the buffer beside the blocks. */
static bool
gather(struct source *s, const uint8_t *from, size_t len)
{
	size_t left = ot_source_left(&s->window);
	size_t need = left + len;

	if (s->gathering && s->window.p != s->gathered)
		memmove(s->gathered, s->window.p, left);
	if (need > s->gathered_cap) {
		size_t cap = need * 2;
		uint8_t *grown = ot_heap_grow(s->gathered, cap, 1);

		if (!grown)
			return false;
		s->gathered = grown;
		s->gathered_cap = cap;
	}
	if (!s->gathering)
		memcpy(s->gathered, s->window.p, left);
	if (len)
		memcpy(s->gathered + left, from, len);
	s->gathering = true;
	s->window.p = s->gathered;
	s->window.end = s->gathered + need;
	return true;
}

/* Go on in the next block of the ring, once the hash is done with it. */
static bool
turn(struct source *s)
{
	size_t left = ot_source_left(&s->window);

	if (left > HEADROOM && !s->gathering && !gather(s, NULL, 0))
		return false;
	if (s->digest)
		ot_digest_wait(
		    s->digest, s->total > (s->count - 1) * (uint64_t)BLOCK
				   ? s->total - (s->count - 1) * (uint64_t)BLOCK
				   : 0);
	s->current = (s->current + 1) % s->count;
	s->filled = 0;
	if (left > HEADROOM)
		return true;
	uint8_t *to = block(s);

	if (left)
		memcpy(to - left, s->window.p, left);
	s->window.p = to - left;
	s->window.end = to;
	s->gathering = false;
	return true;
}

static bool
advance(struct source *s)
{
	if (s->window.state != OT_SOURCE_OPEN)
		return false;
	if (s->filled == BLOCK && !turn(s))
		return give_up(s, OT_SOURCE_FAILED, "no memory");
	uint8_t *to = block(s) + s->filled;
	size_t got = s->fill(s, to, BLOCK - s->filled);

	s->filled += got;
	s->total += got;
	if (got == 0)
		return false;
	if (!s->gathering)
		s->window.end += got;
	else if (!gather(s, to, got))
		return give_up(s, OT_SOURCE_FAILED, "no memory");
	return true;
}

bool
ot_source_more(struct ot_source *source, size_t n)
{
	if (source->leaving)
		source->leaving(source->user);
	while (ot_source_left(source) < n) {
		if (!advance(own(source)))
			return false;
	}
	return true;
}

bool
ot_source_skip(struct ot_source *source, uint64_t n)
{
	if (n > ot_source_left(source) && source->leaving)
		source->leaving(source->user);
	while (n > ot_source_left(source)) {
		n -= ot_source_left(source);
		source->p = source->end;
		if (!advance(own(source)))
			return false;
	}
	source->p += n;
	return true;
}

uint64_t
ot_source_offset(const struct ot_source *source)
{
	const struct source *s = (const struct source *)source;

	return s->total - ot_source_left(source);
}

static struct source *
new_source(unsigned blocks)
{
	struct source *s = ot_heap(1, sizeof(*s));

	if (!s)
		return NULL;
	s->fd = -1;
	s->count = blocks;
	s->memory = ot_heap(blocks, STRIDE);
	if (!s->memory) {
		ot_heap_free(s);
		return NULL;
	}
	s->window.p = s->window.end = block(s);
	return s;
}

static int
no_memory(const char *path, struct ot_error *error)
{
	return ot_error_set(error, OT_ERR_MEMORY, "%s: no memory", path);
}

static int
open_fd(const char *path, struct ot_error *error)
{
	struct stat st;
	int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC)
				   : fcntl(0, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return ot_error_set(
		    error, OT_ERR_IO, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		close(fd);
		return ot_error_set(error, OT_ERR_IO, "%s: is a folder", path);
	}
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return fd;
}

static int
open_file(
    struct source **out, const char *path, bool no_hash, struct ot_error *error)
{
	int fd = open_fd(path, error);

	if (fd < 0)
		return fd;
	struct source *s = new_source(no_hash ? 1 : HASHED_BLOCKS);

	if (!s) {
		close(fd);
		return no_memory(path, error);
	}
	s->fd = fd;
	s->fill = fill_from_file;
	if (!no_hash) {
		struct ot_ring ring = { s->memory + HEADROOM, STRIDE, BLOCK,
			s->count };

		s->digest = ot_digest_new(&ring);
		if (!s->digest) {
			ot_source_close(&s->window);
			return no_memory(path, error);
		}
	}
	*out = s;
	return 0;
}

/* A source over the file, whose bytes it unpacks. */
static int
open_packed(struct source **out, struct source *file, enum ot_packing packing,
    const char *path, struct ot_error *error)
{
	struct ot_error why;
	struct source *s = new_source(1);

	if (!s)
		return no_memory(path, error);
	int got = ot_unpack_open(&s->unpack, packing, &why);

	if (got < 0) {
		ot_source_close(&s->window);
		return ot_error_set(error, why.code, "%s: %s", path, why.text);
	}
	s->packed = file;
	s->fill = fill_by_unpacking;
	s->window.compression = ot_packing_names[packing];
	*out = s;
	return 0;
}

int
ot_source_open(struct ot_source **out, const char *path, bool no_hash,
    struct ot_error *error)
{
	struct source *file = NULL, *s = NULL;
	int got = open_file(&file, path, no_hash, error);

	if (got < 0)
		return got;
	(void)ot_source_has(&file->window, OT_PACKING_MAGIC);
	enum ot_packing packing =
	    ot_packing_of(file->window.p, ot_source_left(&file->window));

	if (packing != OT_PACKING_ZSTD && packing != OT_PACKING_GZIP) {
		*out = &file->window;
		return 0;
	}
	got = open_packed(&s, file, packing, path, error);
	if (got < 0) {
		ot_source_close(&file->window);
		return got;
	}
	*out = &s->window;
	return 0;
}

bool
ot_source_finish(struct ot_source *source, uint64_t *bytes,
    uint8_t out[static OT_SHA256_LEN])
{
	struct source *s = own(source);

	if (s->packed)
		s = s->packed;
	do
		s->window.p = s->window.end;
	while (advance(s));
	*bytes = s->total;
	if (!s->digest || s->window.state != OT_SOURCE_END || s->window.stop)
		return false;
	ot_digest_end(s->digest, out);
	return true;
}

void
ot_source_stop(struct ot_source *source)
{
	struct source *s = own(source);

	s->window.stop = 1;
	if (s->packed)
		s->packed->window.stop = 1;
}

void
ot_source_close(struct ot_source *source)
{
	struct source *s = source ? own(source) : NULL;

	if (!s)
		return;
	if (s->packed)
		ot_source_close(&s->packed->window);
	ot_digest_free(s->digest);
	ot_unpack_close(s->unpack);
	if (s->fd >= 0)
		close(s->fd);
	ot_heap_free(s->gathered);
	ot_heap_free(s->memory);
	ot_heap_free(s);
}
