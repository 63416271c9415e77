/*
 * The bytes of a capture file as windows: read in blocks of 1 MiB, from a file
 * or a pipe, unpacked where they are packed. Nothing is copied but what lies
 * across the border of two blocks.
 */
#ifndef OT_CAPTURE_SOURCE_H
#define OT_CAPTURE_SOURCE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"

enum ot_source_state {
	OT_SOURCE_OPEN,
	OT_SOURCE_END,	   /* there is no more */
	OT_SOURCE_FAILED,  /* read failed: bad surroundings */
	OT_SOURCE_DAMAGED, /* what was packed cannot be unpacked any further */
};

/* The part that readers see and walk. */
struct ot_source {
	const uint8_t *p;   /* next unread byte */
	const uint8_t *end; /* behind the last byte that is there */
	enum ot_source_state state;
	const char *trouble;	    /* of FAILED and DAMAGED */
	const char *compression;    /* "zstd", "gzip" or NULL */
	volatile sig_atomic_t stop; /* set by a signal: end here */
	/* called before bytes that were in the window go; may be NULL */
	void (*leaving)(void *user);
	void *user;
};

/* Open a file; "-" is standard input. */
int ot_source_open(struct ot_source **out, const char *path, bool no_hash,
    struct ot_error *error);

/* Get bytes until n are in the window; false where the file has fewer left,
 * then the state says why. */
bool ot_source_more(struct ot_source *source, size_t n);

static inline bool
ot_source_has(struct ot_source *source, size_t n)
{
	return (size_t)(source->end - source->p) >= n ||
	       ot_source_more(source, n);
}

static inline size_t
ot_source_left(const struct ot_source *source)
{
	return (size_t)(source->end - source->p);
}

/* Pass over n bytes, of which the window need not hold all. */
bool ot_source_skip(struct ot_source *source, uint64_t n);

/* Bytes before the window, unpacked. */
uint64_t ot_source_offset(const struct ot_source *source);

/* Read what is left, for the hash; gives the length of the file as it lies
 * there. True with out filled if there is a hash of all of it. */
bool ot_source_finish(struct ot_source *source, uint64_t *bytes,
    uint8_t out[static OT_SHA256_LEN]);

/* From a signal handler: no further bytes. */
void ot_source_stop(struct ot_source *source);

void ot_source_close(struct ot_source *source);

#endif
