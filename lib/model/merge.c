/*
 * Streams put together; DESIGN.md section 3, "Mergeable".
 */
#include "model/merge.h"

#include <stdio.h>
#include <stdlib.h>

#include "model/join.h"

static int
by_name(const void *a, const void *b)
{
	const struct ot_part *x = a, *y = b;
	const struct ot_list *p = &x->stream.inputs, *q = &y->stream.inputs;

	if (p->count != q->count)
		return p->count > q->count ? -1 : 1;
	for (uint32_t i = 0; i < p->count; i++) {
		const struct ot_input *m = p->at[i], *n = q->at[i];
		int c = ot_str_cmp(m->sha256, n->sha256);

		if (!c)
			c = ot_str_cmp(m->name, n->name);
		if (c)
			return c;
	}
	return strcmp(x->name, y->name);
}

/* A null hash equals nothing. */
static bool
has_input(const struct ot_list *inputs, const struct ot_input *input)
{
	for (uint32_t i = 0; input->sha256.p && i < inputs->count; i++) {
		const struct ot_input *there = inputs->at[i];

		if (there->sha256.p && ot_str_eq(there->sha256, input->sha256))
			return true;
	}
	return false;
}

static bool
take_tools(struct ot_stream *into, const struct ot_stream *from)
{
	bool ok = true;

	for (uint32_t i = 0; i < from->tools.count; i++) {
		bool there = false;

		for (uint32_t k = 0; k < into->tools.count; k++)
			there |=
			    ot_str_eq(into->tools.at[k], from->tools.at[i]);
		if (!there)
			ok &= ot_strings_add(
			    into->arena, &into->tools, from->tools.at[i]);
	}
	return ok;
}

static bool
take_list(
    struct ot_stream *into, struct ot_list *to, const struct ot_list *from)
{
	bool ok = true;

	for (uint32_t i = 0; i < from->count; i++)
		ok &= ot_list_push(into->arena, to, from->at[i]);
	return ok;
}

static bool
take(struct ot_stream *into, const struct ot_stream *from)
{
	bool ok = take_tools(into, from);

	for (int t = 0; t < OT_STORE_TYPES; t++)
		ok &=
		    take_list(into, &into->store.list[t], &from->store.list[t]);
	for (uint32_t i = 0; i < from->inputs.count; i++)
		ok &= ot_list_add(into->arena, &ot_input_shape, &into->inputs,
		    from->inputs.at[i]);
	ok &= take_list(into, &into->unknown, &from->unknown);
	ok &= take_list(into, &into->extra, &from->extra);
	into->any |= from->any;
	return ok;
}

/* ---- parts that saw the same time ---- */

struct span {
	struct ot_str sensor, site;
	int64_t first, last;
	const char *part;
};

static int
by_time(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	int c = ot_str_cmp(x->sensor, y->sensor);

	if (!c)
		c = ot_str_cmp(x->site, y->site);
	if (!c)
		c = (x->first > y->first) - (x->first < y->first);
	if (!c)
		c = (x->last > y->last) - (x->last < y->last);
	return c ? c : strcmp(x->part, y->part);
}

static bool
same_sensor(const struct span *a, const struct span *b)
{
	return ot_str_eq(a->sensor, b->sensor) && ot_str_eq(a->site, b->site);
}

static void
tell_overlap(const struct span *a, const struct span *b,
    void (*note)(void *user, const char *text), void *user)
{
	char text[512];

	snprintf(text, sizeof(text),
	    "%s: overlaps in time with %s (%s%.*s): frames that both saw "
	    "count twice",
	    b->part, a->part, a->sensor.len ? "sensor " : "no sensor is named",
	    (int)a->sensor.len, a->sensor.len ? a->sensor.p : "");
	note(user, text);
}

/* Each part is told with the one that reached furthest before it, and no two
 * parts twice in a row. */
static void
tell_overlaps(struct span *spans, size_t count,
    void (*note)(void *user, const char *text), void *user)
{
	const struct span *furthest = NULL;
	const char *told[2] = { NULL, NULL };

	if (count)
		qsort(spans, count, sizeof(*spans), by_time);
	for (size_t i = 0; i < count; i++) {
		const struct span *s = &spans[i];
		bool same = furthest && same_sensor(furthest, s);

		if (same && s->first < furthest->last &&
		    s->part != furthest->part && s->part != told[0] &&
		    !(s->part == told[1] && furthest->part == told[0])) {
			tell_overlap(furthest, s, note, user);
			told[0] = s->part;
			told[1] = furthest->part;
		}
		if (!same || s->last > furthest->last)
			furthest = s;
	}
}

static size_t
add_spans(struct span *spans, size_t count, const struct ot_part *part)
{
	const struct ot_list *captures =
	    &part->stream.store.list[OT_STORE_CAPTURE];

	for (uint32_t i = 0; i < captures->count; i++) {
		const struct ot_capture_sum *c = captures->at[i];

		if (c->first != OT_TIME_NONE)
			spans[count++] = (struct span){ c->sensor, c->site,
				c->first, c->last, part->name };
	}
	return count;
}

/* ---- putting together ---- */

static bool
has_judged(const struct ot_stream *s)
{
	return s->assets.count || s->zones.count || s->crossings.count ||
	       s->findings.count;
}

/* Is a part to be taken? What is not, is told. */
static bool
is_new(const struct ot_stream *into, const struct ot_part *part, bool *refused,
    void (*note)(void *user, const char *text), void *user)
{
	const struct ot_list *inputs = &part->stream.inputs;
	uint32_t there = 0;
	char text[512];

	for (uint32_t k = 0; k < inputs->count; k++)
		there += has_input(&into->inputs, inputs->at[k]);
	if (!there)
		return true;
	if (there == inputs->count) {
		snprintf(text, sizeof(text),
		    "%s: dropped: all of its inputs are there already",
		    part->name);
	} else {
		snprintf(text, sizeof(text),
		    "%s: refused: %u of its %u inputs are there already, the "
		    "others are not",
		    part->name, (unsigned)there, (unsigned)inputs->count);
		*refused = true;
	}
	note(user, text);
	return false;
}

static int
no_memory(struct ot_error *error)
{
	return ot_error_set(error, OT_ERR_MEMORY, "out of memory");
}

/* All parts that can be taken; *spans of their captures on the heap. */
static int
take_parts(struct ot_stream *into, struct ot_part *parts, size_t count,
    struct span *spans, bool *refused,
    void (*note)(void *user, const char *text), void *user)
{
	size_t span_count = 0;
	char text[512];

	into->complete = true;
	for (size_t i = 0; i < count; i++) {
		if (!parts[i].stream.any) /* it could not be read */
			continue;
		if (!is_new(into, &parts[i], refused, note, user))
			continue;
		if (has_judged(&parts[i].stream)) {
			snprintf(text, sizeof(text),
			    "%s: its assets, zones, crossings and findings are "
			    "left out: they are of that part alone",
			    parts[i].name);
			note(user, text);
		}
		into->complete &= parts[i].stream.complete;
		span_count = add_spans(spans, span_count, &parts[i]);
		if (!take(into, &parts[i].stream))
			return -OT_ERR_MEMORY;
	}
	tell_overlaps(spans, span_count, note, user);
	return 0;
}

int
ot_merge(struct ot_stream *into, struct ot_part *parts, size_t count,
    void (*note)(void *user, const char *text), void *user,
    struct ot_error *error)
{
	bool refused = false;
	size_t captures = 1;

	into->arena = &into->store.arena;
	qsort(parts, count, sizeof(*parts), by_name);
	for (size_t i = 0; i < count; i++)
		captures += parts[i].stream.store.list[OT_STORE_CAPTURE].count;
	struct span *spans = ot_heap(captures, sizeof(*spans));

	if (!spans)
		return no_memory(error);
	int e = take_parts(into, parts, count, spans, &refused, note, user);

	ot_heap_free(spans);
	if (e || !ot_store_settle(&into->store) || !ot_join(&into->store))
		return no_memory(error);
	if (refused)
		return ot_error_set(error, OT_ERR_INPUT,
		    "some streams were refused: merge them from their parts");
	return 0;
}
