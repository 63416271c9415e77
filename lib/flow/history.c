/*
 * Rings of bytes that were given out.
 */
#include "flow/history.h"

#include "base/arena.h"

enum { STEPS = 1024 }; /* pieces looked at, to find one */

bool
ot_history_open(struct ot_ring *ring)
{
	ring->p = ot_heap(OT_HISTORY_RING, 1);
	ring->end = OT_HISTORY_RING;
	return ring->p != NULL;
}

void
ot_history_clear(struct ot_history *history)
{
	for (unsigned i = 0; i < OT_HISTORY_SHARDS; i++)
		history->ring[i].end = OT_HISTORY_RING;
}

void
ot_history_done(struct ot_history *history)
{
	for (unsigned i = 0; i < OT_HISTORY_SHARDS; i++)
		ot_heap_free(history->ring[i].p);
	*history = (struct ot_history){ 0 };
}

void
ot_history_begin(struct ot_history_walk *walk, const struct ot_history *history,
    const struct ot_conn *c, unsigned dir)
{
	*walk = (struct ot_history_walk){
		.ring = &history->ring[c->shard % OT_HISTORY_SHARDS],
		.at = c->half[dir].kept,
	};
}

bool
ot_history_next(struct ot_history_walk *w)
{
	if (!w->at || w->ring->end - w->at > OT_HISTORY_RING ||
	    w->steps++ == STEPS)
		return false;
	const uint8_t *p = w->ring->p + (w->at & (OT_HISTORY_RING - 1));

	memcpy(&w->kept, p, sizeof(w->kept));
	w->bytes = p + sizeof(w->kept);
	w->at = w->kept.back ? w->at - w->kept.back : 0;
	return true;
}
