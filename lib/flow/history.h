/*
 * The bytes that streams gave out last, to compare with what is sent again.
 * For lib/flow only.
 *
 * The connections of a shard share a ring: memory does not grow with them, and
 * how long a byte is kept does not depend on the number of threads.
 */
#ifndef OT_FLOW_HISTORY_H
#define OT_FLOW_HISTORY_H

#include <string.h>

#include "flow/flow.h"

enum {
	OT_HISTORY_RING = 256 * 1024, /* a power of two */
	OT_HISTORY_SHARDS = 64,
};

struct ot_history {
	struct ot_ring {
		uint8_t *p;   /* NULL until the first byte comes */
		uint64_t end; /* bytes ever written, one round more */
	} ring[OT_HISTORY_SHARDS];
};

/* Bytes of one direction; in the ring they stand behind this. */
struct ot_kept {
	uint32_t back; /* so far back lie those kept before, 0: nowhere */
	uint32_t seq, len;
	uint32_t lead; /* bytes of the same PDU that came before, and flags */
};

enum {
	OT_KEPT_MIDWAY = 1U << 30, /* no: the lead is not known */
	OT_KEPT_SECOND = 1 << 29,  /* no first copy: it differed */
	OT_KEPT_LEAD = OT_KEPT_SECOND - 1,
};

/* Make the ring; false without memory. */
bool ot_history_open(struct ot_ring *ring);

/* Forget all, keep the memory. */
void ot_history_clear(struct ot_history *history);
void ot_history_done(struct ot_history *history);

/* Most pieces are short: no call for them. */
static inline void
ot_history_copy(uint8_t *to, const uint8_t *from, uint32_t len)
{
	uint32_t at = 0;

	if (len > 256) {
		memcpy(to, from, len);
		return;
	}
	for (; len - at >= 16; at += 16)
		memcpy(to + at, from + at, 16);
	if (len - at >= 8) {
		memcpy(to + at, from + at, 8);
		at += 8;
	}
	for (; at < len; at++)
		to[at] = from[at];
}

/* Keep bytes of a direction. What is longer than the ring allows is not kept.
 * lead: with flags. */
static inline void
ot_history_add(struct ot_history *history, struct ot_conn *c, unsigned dir,
    uint32_t seq, uint32_t lead, const uint8_t *p, uint32_t len)
{
	struct ot_ring *ring = &history->ring[c->shard % OT_HISTORY_SHARDS];
	uint64_t *last = &c->half[dir].kept, before = *last;
	uint32_t size = ((uint32_t)sizeof(struct ot_kept) + len + 15) & ~15U;

	if (len > OT_HISTORY_RING / 2 || (!ring->p && !ot_history_open(ring)))
		return;
	uint32_t at = (uint32_t)ring->end & (OT_HISTORY_RING - 1);

	if (OT_HISTORY_RING - at < size) {
		ring->end += OT_HISTORY_RING - at;
		at = 0;
	}
	uint64_t back = ring->end - before;
	struct ot_kept kept = { back <= OT_HISTORY_RING ? (uint32_t)back : 0,
		seq, len, lead };

	memcpy(ring->p + at, &kept, sizeof(kept));
	ot_history_copy(ring->p + at + sizeof(kept), p, len);
	*last = ring->end;
	ring->end += size;
	__builtin_prefetch(ring->p + at + size + 64, 1);
}

/* From the newest to the oldest of what is still kept of a direction. */
struct ot_history_walk {
	const struct ot_ring *ring;
	uint64_t at;
	unsigned steps;
	struct ot_kept kept;
	const uint8_t *bytes;
};

void ot_history_begin(struct ot_history_walk *walk,
    const struct ot_history *history, const struct ot_conn *c, unsigned dir);
bool ot_history_next(struct ot_history_walk *walk);

#endif
