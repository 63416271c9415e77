/*
 * From the paths of a diagram to boxes: stretches of a node that lead to one
 * set are one span; then boxes that differ in one axis alone are joined, until
 * none do.
 */
#include "policy/box.h"

#include <stdlib.h>
#include <string.h>

struct builder {
	struct ot_diagram *d;
	struct ot_boxes boxes;
	size_t room, most;
	struct ot_span path[OT_AXES_MAX];
	bool lost;
};

static void
box_add(struct builder *b)
{
	struct ot_boxes *boxes = &b->boxes;
	size_t bytes = b->d->axes * sizeof(*b->path);
	struct ot_span *spans;

	if (boxes->count == b->most) {
		boxes->cut = true;
		return;
	}
	if (boxes->count == b->room) {
		size_t room = b->room ? 2 * b->room : 16;
		struct ot_box *at =
		    ot_alloc_array(b->d->arena, room, sizeof(*at));

		if (at && boxes->count)
			memcpy(at, boxes->at, boxes->count * sizeof(*at));
		b->lost |= !at;
		if (!at)
			return;
		boxes->at = at;
		b->room = room;
	}
	spans = ot_alloc(b->d->arena, bytes);
	b->lost |= !spans;
	if (!spans)
		return;
	memcpy(spans, b->path, bytes);
	boxes->at[boxes->count++].spans = spans;
}

/* All stretches of a node that lead where the i-th does. */
static bool
gather(struct builder *b, const struct ot_set *set, uint32_t i,
    struct ot_span *span)
{
	struct ot_interval *at =
	    ot_alloc_array(b->d->arena, set->count - i, sizeof(*at));
	uint32_t count = 0;

	b->lost |= !at;
	for (uint32_t k = i; at && k < set->count; k++)
		if (set->at[k].then == set->at[i].then)
			at[count++] = set->at[k].on;
	*span = (struct ot_span){ at, count };
	return at;
}

static bool
led_before(const struct ot_set *set, uint32_t i)
{
	for (uint32_t k = 0; k < i; k++)
		if (set->at[k].then == set->at[i].then)
			return true;
	return false;
}

/* As deep as there are axes. */
static void
walk(struct builder *b, const struct ot_set *set)
{
	if (set == b->d->all) {
		box_add(b);
		return;
	}
	for (uint32_t i = 0; i < set->count && !b->lost && !b->boxes.cut; i++) {
		if (led_before(set, i) ||
		    !gather(b, set, i, &b->path[set->axis]))
			continue;
		walk(b, set->at[i].then);
		b->path[set->axis] = (struct ot_span){ NULL, 0 };
	}
}

/* ---- joining ---- */

static int
span_cmp(const struct ot_span *a, const struct ot_span *b)
{
	if (a->count != b->count)
		return a->count < b->count ? -1 : 1;
	for (uint32_t i = 0; i < a->count; i++) {
		const struct ot_interval *x = &a->at[i], *y = &b->at[i];

		if (x->lo != y->lo)
			return x->lo < y->lo ? -1 : 1;
		if (x->hi != y->hi)
			return x->hi < y->hi ? -1 : 1;
	}
	return 0;
}

/* A box with what qsort has to know: the axes, and one that comes last. */
struct sortable {
	struct ot_box box;
	uint32_t axes, last;
};

static int
apart_from_last(const struct sortable *x, const struct sortable *y)
{
	for (uint32_t i = 0; i < x->axes; i++) {
		int c = i == x->last
			    ? 0
			    : span_cmp(&x->box.spans[i], &y->box.spans[i]);

		if (c)
			return c;
	}
	return 0;
}

static int
sortable_cmp(const void *a, const void *b)
{
	const struct sortable *x = a, *y = b;
	int c = apart_from_last(x, y);

	return c || x->last == x->axes
		   ? c
		   : span_cmp(&x->box.spans[x->last], &y->box.spans[y->last]);
}

static int
interval_cmp(const void *a, const void *b)
{
	const struct ot_interval *x = a, *y = b;

	return (x->lo > y->lo) - (x->lo < y->lo);
}

/* a := a + b, which have nothing in common. */
static bool
span_join(struct ot_diagram *d, uint32_t axis, struct ot_span *a,
    const struct ot_span *b)
{
	uint32_t count = 0, all = a->count + b->count;
	struct ot_interval *at = ot_alloc_array(d->arena, all, sizeof(*at));

	if (!at)
		return false;
	memcpy(at, a->at, a->count * sizeof(*at));
	memcpy(at + a->count, b->at, b->count * sizeof(*at));
	qsort(at, all, sizeof(*at), interval_cmp);
	for (uint32_t i = 0; i < all; i++)
		if (count && at[count - 1].hi + 1 == at[i].lo)
			at[count - 1].hi = at[i].hi;
		else
			at[count++] = at[i];
	*a = (struct ot_span){ at, count };
	if (count == 1 && at[0].lo == 0 && at[0].hi == d->top[axis])
		*a = (struct ot_span){ NULL, 0 };
	return true;
}

/* Join what differs in this axis alone; the number of boxes that went. */
static size_t
join_axis(struct builder *b, struct sortable *at, size_t *count, uint32_t axis)
{
	size_t kept = 0, before = *count;

	for (size_t i = 0; i < *count; i++)
		at[i].last = axis;
	qsort(at, *count, sizeof(*at), sortable_cmp);
	for (size_t i = 0; i < *count; i++)
		if (kept && apart_from_last(&at[kept - 1], &at[i]) == 0)
			b->lost |= !span_join(b->d, axis,
			    &at[kept - 1].box.spans[axis],
			    &at[i].box.spans[axis]);
		else
			at[kept++] = at[i];
	*count = kept;
	return before - kept;
}

static bool
join(struct builder *b)
{
	size_t count = b->boxes.count, gone = 1;
	struct sortable *at =
	    ot_alloc_array(b->d->arena, count + 1, sizeof(*at));

	if (!at)
		return false;
	for (size_t i = 0; i < count; i++)
		at[i] = (struct sortable){ b->boxes.at[i], b->d->axes, 0 };
	while (gone && !b->lost) { /* each turn has fewer boxes */
		gone = 0;
		for (uint32_t axis = b->d->axes; axis-- > 0;)
			gone += join_axis(b, at, &count, axis);
	}
	for (size_t i = 0; i < count; i++)
		at[i].last = b->d->axes;
	qsort(at, count, sizeof(*at), sortable_cmp);
	for (size_t i = 0; i < count; i++)
		b->boxes.at[i] = at[i].box;
	b->boxes.count = count;
	return !b->lost;
}

bool
ot_boxes_of(struct ot_diagram *d, const struct ot_set *set, size_t most,
    struct ot_boxes *boxes)
{
	struct builder b = { .d = d, .most = most };

	if (set)
		walk(&b, set);
	b.lost |= !join(&b);
	*boxes = b.boxes;
	return !b.lost;
}

void
ot_set_first(
    const struct ot_diagram *d, const struct ot_set *set, uint64_t *point)
{
	memset(point, 0, d->axes * sizeof(*point));
	for (; set != d->all; set = set->at[0].then)
		point[set->axis] = set->at[0].on.lo;
}
