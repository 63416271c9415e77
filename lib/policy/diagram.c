/*
 * Interval diagrams: one form for each set, and operations that meet each
 * pair of nodes once.
 */
#include "policy/diagram.h"

#include <string.h>

enum operation { UNITE, COMMON, WITHOUT, FORGET };

static const struct ot_set *
fail(struct ot_diagram *d)
{
	d->lost = true;
	return NULL;
}

bool
ot_diagram_init(struct ot_diagram *d, struct ot_arena *arena,
    const uint64_t *top, uint32_t axes, uint64_t most)
{
	struct ot_set *all = ot_alloc(arena, sizeof(*all));

	if (!all || axes > OT_AXES_MAX)
		return false;
	*d = (struct ot_diagram){ .arena = arena,
		.axes = axes,
		.all = all,
		.made = 1,
		.most = most };
	memcpy(d->top, top, axes * sizeof(*top));
	*all = (struct ot_set){ .axis = axes, .number = 1 };
	return true;
}

void
ot_diagram_done(struct ot_diagram *d)
{
	ot_map_done(&d->nodes);
	ot_map_done(&d->results);
}

/* ---- nodes ---- */

/* A node in the making: its stretches grow by one. */
struct draft {
	struct ot_stretch *at;
	uint32_t count, room;
};

static bool
draft_add(struct ot_diagram *d, struct draft *draft, struct ot_interval on,
    const struct ot_set *then)
{
	struct ot_stretch *last =
	    draft->count ? &draft->at[draft->count - 1] : NULL;

	if (!then)
		return true;
	if (last && last->then == then && last->on.hi + 1 == on.lo) {
		last->on.hi = on.hi;
		return true;
	}
	if (draft->count == draft->room) {
		uint32_t room = draft->room ? draft->room * 2 : 4;
		struct ot_stretch *at =
		    ot_heap_grow(draft->at, room, sizeof(*at));

		if (!at) {
			d->lost = true;
			return false;
		}
		draft->at = at;
		draft->room = room;
	}
	draft->at[draft->count++] = (struct ot_stretch){ on, then };
	return true;
}

/* What tells nodes apart: axis, then stretches with the numbers of where they
 * lead. */
static uint64_t *
node_key(
    struct ot_diagram *d, uint32_t axis, const struct draft *draft, size_t *len)
{
	size_t words = 1 + 3 * (size_t)draft->count;
	uint64_t *key = ot_alloc_array(d->arena, words, sizeof(*key));

	if (!key)
		return NULL;
	key[0] = axis;
	for (uint32_t i = 0; i < draft->count; i++) {
		key[1 + 3 * i] = draft->at[i].on.lo;
		key[2 + 3 * i] = draft->at[i].on.hi;
		key[3 + 3 * i] = draft->at[i].then->number;
	}
	*len = words * sizeof(*key);
	return key;
}

static const struct ot_set *
node_make(struct ot_diagram *d, uint32_t axis, const struct draft *draft)
{
	struct ot_set *set = ot_alloc(d->arena, sizeof(*set));
	struct ot_stretch *at =
	    ot_alloc_array(d->arena, draft->count, sizeof(*at));

	if (!set || !at)
		return fail(d);
	d->spent += draft->count;
	if (d->spent > d->most)
		d->full = true;
	memcpy(at, draft->at, draft->count * sizeof(*at));
	*set = (struct ot_set){ axis, draft->count, ++d->made, at };
	return set;
}

/* The one node of that form; its draft goes. */
static const struct ot_set *
node_of(struct ot_diagram *d, uint32_t axis, struct draft *draft)
{
	const struct ot_set *set = NULL;
	uint64_t *key;
	size_t len;
	void **at;

	if (!draft->count || !ot_diagram_ok(d)) {
		ot_heap_free(draft->at);
		return NULL;
	}
	if (draft->count == 1 && draft->at[0].on.lo == 0 &&
	    draft->at[0].on.hi == d->top[axis]) {
		set = draft->at[0].then;
		ot_heap_free(draft->at);
		return set;
	}
	key = node_key(d, axis, draft, &len);
	if (key)
		set = ot_map_get(&d->nodes, key, len);
	if (set) {
		ot_give_back(d->arena, key, len);
	} else if (key) {
		at = ot_map_at(&d->nodes, key, len);
		set = at ? node_make(d, axis, draft) : NULL;
		/* a map holds what may be written; nodes never are again */
		if (at && set)
			memcpy(at, &set, sizeof(set));
	}
	ot_heap_free(draft->at);
	return set ? set : fail(d);
}

const struct ot_set *
ot_set_box(struct ot_diagram *d, const struct ot_span *spans)
{
	const struct ot_set *set = d->all;

	for (uint32_t axis = d->axes; axis-- > 0 && ot_diagram_ok(d);) {
		struct draft draft = { 0 };

		if (!spans[axis].count)
			continue;
		for (uint32_t i = 0; i < spans[axis].count; i++)
			if (!draft_add(d, &draft, spans[axis].at[i], set))
				break;
		set = node_of(d, axis, &draft);
	}
	return ot_diagram_ok(d) ? set : NULL;
}

/* ---- operations ---- */

/* A node as seen from an axis that it may leave out. */
struct view {
	struct ot_stretch whole;
	const struct ot_stretch *at;
	uint32_t count;
};

static void
view_init(struct view *v, const struct ot_diagram *d, const struct ot_set *set,
    uint32_t axis)
{
	v->at = NULL;
	v->count = 0;
	if (set && set->axis == axis) {
		v->at = set->at;
		v->count = set->count;
	} else if (set) {
		v->whole = (struct ot_stretch){ { 0, d->top[axis] }, set };
		v->at = &v->whole;
		v->count = 1;
	}
}

/* Where the value lies in a view: the set there, and where that ends. */
static const struct ot_set *
view_at(const struct view *v, uint32_t *i, uint64_t value, uint64_t *end)
{
	while (*i < v->count && v->at[*i].on.hi < value)
		(*i)++;
	if (*i == v->count)
		return NULL;
	if (v->at[*i].on.lo > value) {
		if (v->at[*i].on.lo - 1 < *end)
			*end = v->at[*i].on.lo - 1;
		return NULL;
	}
	if (v->at[*i].on.hi < *end)
		*end = v->at[*i].on.hi;
	return v->at[*i].then;
}

/* Results that need no work; *done says so. */
static const struct ot_set *
at_once(const struct ot_diagram *d, enum operation op, const struct ot_set *a,
    const struct ot_set *b, bool *done)
{
	*done = true;
	if (!a)
		return op == UNITE ? b : NULL;
	if (!b)
		return op == COMMON ? NULL : a;
	if (a == b)
		return op == WITHOUT ? NULL : a;
	if (op == UNITE && (a == d->all || b == d->all))
		return d->all;
	if (op == COMMON && a == d->all)
		return b;
	if (op == COMMON && b == d->all)
		return a;
	if (op == WITHOUT && b == d->all)
		return NULL;
	*done = false;
	return NULL;
}

/* What came of an operation, so that each pair of nodes is met once. */
struct outcome {
	uint64_t key[3];
	const struct ot_set *set;
	bool known;
};

/* Where the result of (op, a, b) is kept; NULL without memory. */
static struct outcome *
outcome_of(struct ot_diagram *d, enum operation op, uint64_t a, uint64_t b)
{
	uint64_t key[] = { (uint64_t)op, a, b };
	struct outcome *there = ot_map_get(&d->results, key, sizeof(key));
	void **at;

	if (there)
		return there;
	there = ot_alloc(d->arena, sizeof(*there));
	if (there)
		memcpy(there->key, key, sizeof(key));
	at = there ? ot_map_at(&d->results, there->key, sizeof(key)) : NULL;
	if (!at) {
		d->lost = true;
		return NULL;
	}
	if (++d->spent > d->most)
		d->full = true;
	*at = there;
	return there;
}

static const struct ot_set *apply(struct ot_diagram *d, enum operation op,
    const struct ot_set *a, const struct ot_set *b);

static const struct ot_set *
apply_stretches(struct ot_diagram *d, enum operation op, const struct ot_set *a,
    const struct ot_set *b)
{
	uint32_t axis = a->axis < b->axis ? a->axis : b->axis, i = 0, k = 0;
	struct draft draft = { 0 };
	struct view x, y;

	view_init(&x, d, a, axis);
	view_init(&y, d, b, axis);
	for (uint64_t value = 0; ot_diagram_ok(d);) {
		uint64_t end = d->top[axis];
		const struct ot_set *p = view_at(&x, &i, value, &end),
				    *q = view_at(&y, &k, value, &end);

		if (!draft_add(d, &draft, (struct ot_interval){ value, end },
			apply(d, op, p, q)) ||
		    end == d->top[axis])
			break;
		value = end + 1;
	}
	return node_of(d, axis, &draft);
}

/* As deep as there are axes. */
static const struct ot_set *
apply(struct ot_diagram *d, enum operation op, const struct ot_set *a,
    const struct ot_set *b)
{
	bool done;
	const struct ot_set *set = at_once(d, op, a, b, &done);
	struct outcome *outcome;

	if (done || !ot_diagram_ok(d))
		return set;
	if (op != WITHOUT && a->number > b->number) {
		set = a;
		a = b;
		b = set;
	}
	outcome = outcome_of(d, op, a->number, b->number);
	if (!outcome)
		return NULL;
	if (!outcome->known) {
		outcome->set = apply_stretches(d, op, a, b);
		outcome->known = true;
	}
	return outcome->set;
}

const struct ot_set *
ot_set_unite(
    struct ot_diagram *d, const struct ot_set *a, const struct ot_set *b)
{
	return apply(d, UNITE, a, b);
}

const struct ot_set *
ot_set_common(
    struct ot_diagram *d, const struct ot_set *a, const struct ot_set *b)
{
	return apply(d, COMMON, a, b);
}

const struct ot_set *
ot_set_without(
    struct ot_diagram *d, const struct ot_set *a, const struct ot_set *b)
{
	return apply(d, WITHOUT, a, b);
}

const struct ot_set *
ot_set_unite_all(struct ot_diagram *d, const struct ot_set **sets, size_t count)
{
	for (; count > 1; count = (count + 1) / 2)
		for (size_t i = 0; i < (count + 1) / 2; i++)
			sets[i] =
			    2 * i + 1 < count
				? ot_set_unite(d, sets[2 * i], sets[2 * i + 1])
				: sets[2 * i];
	return count ? sets[0] : NULL;
}

/* As deep as there are axes. */
bool
ot_set_meets(
    const struct ot_diagram *d, const struct ot_set *a, const struct ot_set *b)
{
	struct view x, y;
	uint32_t i = 0, k = 0;

	if (!a || !b || a == d->all || b == d->all)
		return a && b;
	uint32_t axis = a->axis < b->axis ? a->axis : b->axis;

	view_init(&x, d, a, axis);
	view_init(&y, d, b, axis);
	while (i < x.count && k < y.count) {
		const struct ot_stretch *p = &x.at[i], *q = &y.at[k];

		if (p->on.lo <= q->on.hi && q->on.lo <= p->on.hi &&
		    ot_set_meets(d, p->then, q->then))
			return true;
		if (p->on.hi < q->on.hi)
			i++;
		else
			k++;
	}
	return false;
}

bool
ot_set_has(
    const struct ot_diagram *d, const struct ot_set *set, const uint64_t *point)
{
	while (set && set != d->all) {
		uint64_t end = UINT64_MAX;
		struct view v = { .at = set->at, .count = set->count };
		uint32_t i = 0;

		set = view_at(&v, &i, point[set->axis], &end);
	}
	return set != NULL;
}

static const struct ot_set *
forget(struct ot_diagram *d, const struct ot_set *set, const bool *axes)
{
	const struct ot_set *out = NULL;
	struct draft draft = { 0 };
	struct outcome *outcome;

	if (!set || set == d->all || !ot_diagram_ok(d))
		return set;
	outcome = outcome_of(d, FORGET, set->number, d->forgotten);
	if (!outcome || outcome->known)
		return outcome ? outcome->set : NULL;
	for (uint32_t i = 0; i < set->count && ot_diagram_ok(d); i++) {
		const struct ot_set *then = forget(d, set->at[i].then, axes);

		if (axes[set->axis])
			out = ot_set_unite(d, out, then);
		else
			(void)draft_add(d, &draft, set->at[i].on, then);
	}
	if (!axes[set->axis])
		out = node_of(d, set->axis, &draft);
	outcome->set = out;
	outcome->known = true;
	return out;
}

const struct ot_set *
ot_set_forget(struct ot_diagram *d, const struct ot_set *set, const bool *axes)
{
	d->forgotten++; /* results hold for these axes only */
	return forget(d, set, axes);
}
