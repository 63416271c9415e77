/*
 * Sets of points with many whole coordinates as interval diagrams: a node has
 * an axis and, for stretches of its values, the set that the later axes may
 * have. Nodes are shared, no node is without use, and neighbours that lead to
 * the same node are one stretch. So a set has one form, whatever it was made
 * of: two sets are equal exactly when their pointers are.
 */
#ifndef OT_POLICY_DIAGRAM_H
#define OT_POLICY_DIAGRAM_H

#include "base/arena.h"
#include "base/map.h"

#include <stdint.h>

struct ot_set; /* one set; NULL is the empty one */

struct ot_interval {
	uint64_t lo, hi; /* both included */
};

/* The values of one axis: sorted, apart from each other. count 0: any. */
struct ot_span {
	const struct ot_interval *at;
	uint32_t count;
};

struct ot_stretch {
	struct ot_interval on;
	const struct ot_set *then;
};

struct ot_set {
	uint32_t axis, count;
	uint64_t number; /* of the node, in the order of making; from 1 */
	const struct ot_stretch *at;
};

enum { OT_AXES_MAX = 96 };

/* All sets that are compared are of one diagram. */
struct ot_diagram {
	struct ot_arena *arena;
	uint32_t axes;
	uint64_t top[OT_AXES_MAX]; /* the greatest value of each axis */
	const struct ot_set *all;  /* every point */
	struct ot_map nodes, results;
	uint64_t made;	    /* nodes */
	uint64_t forgotten; /* calls of ot_set_forget */
	uint64_t spent;	    /* stretches of nodes, and results */
	uint64_t most;	    /* stop there */
	bool full;	    /* it stopped: sets made from here on are wrong */
	bool lost;	    /* no memory; likewise */
};

/* top: of each axis. False without memory. */
bool ot_diagram_init(struct ot_diagram *d, struct ot_arena *arena,
    const uint64_t *top, uint32_t axes, uint64_t most);
void ot_diagram_done(struct ot_diagram *d);

/* Neither full nor without memory. */
static inline bool
ot_diagram_ok(const struct ot_diagram *d)
{
	return !d->full && !d->lost;
}

/* The product of a span for each axis. */
const struct ot_set *ot_set_box(
    struct ot_diagram *d, const struct ot_span *spans);

const struct ot_set *ot_set_unite(
    struct ot_diagram *d, const struct ot_set *a, const struct ot_set *b);
const struct ot_set *ot_set_common(
    struct ot_diagram *d, const struct ot_set *a, const struct ot_set *b);
/* Points of a that are not in b. */
const struct ot_set *ot_set_without(
    struct ot_diagram *d, const struct ot_set *a, const struct ot_set *b);

/* The union of many, which empties the list; halves first, so that the work
 * stays small. */
const struct ot_set *ot_set_unite_all(
    struct ot_diagram *d, const struct ot_set **sets, size_t count);

/* Have two sets a point in common? Makes nothing; for sets of one row or box,
 * which are small. */
bool ot_set_meets(
    const struct ot_diagram *d, const struct ot_set *a, const struct ot_set *b);

/* Is the point in it? */
bool ot_set_has(const struct ot_diagram *d, const struct ot_set *set,
    const uint64_t *point);

/* Forget an axis: points that agree with one of the set in all others. */
const struct ot_set *ot_set_forget(
    struct ot_diagram *d, const struct ot_set *set, const bool *forget);

#endif
