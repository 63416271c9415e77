/*
 * SHA-256 of a file in a thread of its own, over a ring of blocks that somebody
 * else fills. A file that ends in its first block costs no thread.
 */
#ifndef OT_CAPTURE_DIGEST_H
#define OT_CAPTURE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

/* Where byte n of the file lies: n % size in block n / size % count, and block
 * i at first + i * stride. */
struct ot_ring {
	const uint8_t *first;
	size_t stride, size;
	unsigned count;
};

struct ot_digest;

/* NULL without memory. */
struct ot_digest *ot_digest_new(const struct ot_ring *ring);

/* len more bytes lie in the ring. */
void ot_digest_add(struct ot_digest *digest, size_t len);

/* Come back once the first n bytes of the file are no longer needed; from the
 * first such call on there is a thread. */
void ot_digest_wait(struct ot_digest *digest, uint64_t n);

/* All is added: the hash. */
void ot_digest_end(struct ot_digest *digest, uint8_t out[static OT_SHA256_LEN]);

void ot_digest_free(struct ot_digest *digest);

#endif
