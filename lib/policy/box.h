/*
 * A set as boxes that a person can read: apart from each other, all of the set
 * together, and no two of them could be one. The same set gives the same boxes.
 */
#ifndef OT_POLICY_BOX_H
#define OT_POLICY_BOX_H

#include "policy/diagram.h"

/* One product: a span for each axis of the diagram. */
struct ot_box {
	struct ot_span *spans;
};

struct ot_boxes {
	struct ot_box *at;
	size_t count;
	bool cut; /* there are more than may be */
};

/* At most `most` boxes; what they leave out is said by cut. Memory is the
 * diagram's arena; false without. */
bool ot_boxes_of(struct ot_diagram *d, const struct ot_set *set, size_t most,
    struct ot_boxes *boxes);

/* The first point of a set that is not empty. */
void ot_set_first(
    const struct ot_diagram *d, const struct ot_set *set, uint64_t *point);

#endif
