/*
 * The bounded window: the only way in which libotzt reads untrusted bytes.
 *
 * Reads never go past the end. The first failed read sets the shared fault
 * and empties the window; from then on every read gives zero, so that a run
 * of fields is read straight down and the fault is looked at once.
 */
#ifndef OT_BASE_BUF_H
#define OT_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum ot_fault {
	OT_FAULT_NONE,
	OT_FAULT_SHORT, /* the bytes end before the structure does */
	OT_FAULT_VALUE, /* a field has a value that its format forbids */
	OT_FAULT_DEPTH, /* nesting above OT_LIMIT_DEPTH */
	OT_FAULT_LIMIT, /* more items than a limit allows */
};

/* A window on bytes it does not own. All windows of a PDU share one fault. */
struct ot_buf {
	const uint8_t *p;     /* next unread byte; never NULL */
	size_t left;	      /* bytes that may still be read */
	enum ot_fault *fault; /* the first fault; once set, reads give 0 */
};

/* A window on len bytes at p; p may be NULL when len is 0. */
static inline struct ot_buf
ot_buf(const void *p, size_t len, enum ot_fault *fault)
{
	return (struct ot_buf){ p ? (const uint8_t *)p : (const uint8_t *)"",
		len, fault };
}

static inline bool
ot_ok(const struct ot_buf *b)
{
	return *b->fault == OT_FAULT_NONE;
}

/* Set the fault, if none is set yet, and empty the window. */
static inline void
ot_fail(struct ot_buf *b, enum ot_fault fault)
{
	if (*b->fault == OT_FAULT_NONE)
		*b->fault = fault;
	b->left = 0;
}

/* A condition of the format: false is a fault. Gives what it was given. */
static inline bool
ot_expect(struct ot_buf *b, bool holds)
{
	if (!holds)
		ot_fail(b, OT_FAULT_VALUE);
	return holds;
}

/* The next n bytes, consumed; NULL and a fault if there are fewer. */
static inline const uint8_t *
ot_take(struct ot_buf *b, size_t n)
{
	const uint8_t *p = b->p;

	if (n > b->left || !ot_ok(b)) {
		ot_fail(b, OT_FAULT_SHORT);
		return NULL;
	}
	b->p += n;
	b->left -= n;
	return p;
}

static inline void
ot_skip(struct ot_buf *b, size_t n)
{
	(void)ot_take(b, n);
}

static inline uint8_t
ot_u8(struct ot_buf *b)
{
	const uint8_t *p = ot_take(b, 1);

	return p ? p[0] : 0;
}

static inline uint16_t
ot_u16be(struct ot_buf *b)
{
	const uint8_t *p = ot_take(b, 2);

	return (uint16_t)(p ? p[0] << 8 | p[1] : 0);
}

static inline uint16_t
ot_u16le(struct ot_buf *b)
{
	const uint8_t *p = ot_take(b, 2);

	return (uint16_t)(p ? p[1] << 8 | p[0] : 0);
}

static inline uint32_t
ot_u24be(struct ot_buf *b)
{
	const uint8_t *p = ot_take(b, 3);

	return p ? (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2] : 0;
}

static inline uint32_t
ot_u24le(struct ot_buf *b)
{
	const uint8_t *p = ot_take(b, 3);

	return p ? (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0] : 0;
}

static inline uint32_t
ot_u32be(struct ot_buf *b)
{
	const uint8_t *p = ot_take(b, 4);

	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
		       (uint32_t)p[2] << 8 | p[3]
		 : 0;
}

static inline uint32_t
ot_u32le(struct ot_buf *b)
{
	const uint8_t *p = ot_take(b, 4);

	return p ? (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 |
		       (uint32_t)p[1] << 8 | p[0]
		 : 0;
}

static inline uint64_t
ot_u64be(struct ot_buf *b)
{
	uint64_t hi = ot_u32be(b);

	return hi << 32 | ot_u32be(b);
}

static inline uint64_t
ot_u64le(struct ot_buf *b)
{
	uint64_t lo = ot_u32le(b);

	return (uint64_t)ot_u32le(b) << 32 | lo;
}

/* Cut the next n bytes off as a window that can see nothing else. */
static inline struct ot_buf
ot_split(struct ot_buf *b, size_t n)
{
	const uint8_t *p = ot_take(b, n);

	return (struct ot_buf){ p ? p : b->p, p ? n : 0, b->fault };
}

/* All that is left, as a window of its own; b is then empty. */
static inline struct ot_buf
ot_rest(struct ot_buf *b)
{
	return ot_split(b, b->left);
}

/* The byte at offset i without consuming it; 0, without a fault, past the end.
 * For probes and lengths, which look before anything is known. */
static inline uint8_t
ot_peek(const struct ot_buf *b, size_t i)
{
	return i < b->left ? b->p[i] : 0;
}

static inline uint16_t
ot_peek16be(const struct ot_buf *b, size_t i)
{
	return (uint16_t)(ot_peek(b, i) << 8 | ot_peek(b, i + 1));
}

static inline uint16_t
ot_peek16le(const struct ot_buf *b, size_t i)
{
	return (uint16_t)(ot_peek(b, i + 1) << 8 | ot_peek(b, i));
}

static inline uint32_t
ot_peek32be(const struct ot_buf *b, size_t i)
{
	return (uint32_t)ot_peek16be(b, i) << 16 | ot_peek16be(b, i + 2);
}

static inline uint32_t
ot_peek32le(const struct ot_buf *b, size_t i)
{
	return (uint32_t)ot_peek16le(b, i + 2) << 16 | ot_peek16le(b, i);
}

/* Does the window begin with these n bytes? Consumes nothing. */
static inline bool
ot_starts(const struct ot_buf *b, const void *with, size_t n)
{
	return b->left >= n && memcmp(b->p, with, n) == 0;
}

/* Bytes before the first byte c; b->left where there is none. */
static inline size_t
ot_find(const struct ot_buf *b, uint8_t c)
{
	const uint8_t *at = b->left ? memchr(b->p, c, b->left) : NULL;

	return at ? (size_t)(at - b->p) : b->left;
}

#endif
