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

int
ot_merge(struct ot_stream *into, struct ot_part *parts, size_t count,
    void (*note)(void *user, const char *text), void *user,
    struct ot_error *error)
{
	char text[512];
	bool complete = true, refused = false;

	into->arena = &into->store.arena;
	qsort(parts, count, sizeof(*parts), by_name);
	for (size_t i = 0; i < count; i++) {
		const struct ot_list *inputs = &parts[i].stream.inputs;
		uint32_t there = 0;

		if (!parts[i].stream.any)
			continue; /* it could not be read */
		for (uint32_t k = 0; k < inputs->count; k++)
			there += has_input(&into->inputs, inputs->at[k]);
		if (there && there == inputs->count) {
			snprintf(text, sizeof(text),
			    "%s: dropped: all of its inputs are there already",
			    parts[i].name);
			note(user, text);
			continue;
		}
		if (there) {
			snprintf(text, sizeof(text),
			    "%s: refused: %u of its %u inputs are there "
			    "already, the others are not",
			    parts[i].name, (unsigned)there,
			    (unsigned)inputs->count);
			note(user, text);
			refused = true;
			continue;
		}
		if (parts[i].stream.assets.count ||
		    parts[i].stream.zones.count ||
		    parts[i].stream.crossings.count ||
		    parts[i].stream.findings.count) {
			snprintf(text, sizeof(text),
			    "%s: its assets, zones, crossings and findings are "
			    "left out: they are of that part alone",
			    parts[i].name);
			note(user, text);
		}
		complete &= parts[i].stream.complete;
		if (!take(into, &parts[i].stream))
			return ot_error_set(
			    error, OT_ERR_MEMORY, "out of memory");
	}
	into->complete = complete;
	if (!ot_store_settle(&into->store) || !ot_join(&into->store))
		return ot_error_set(error, OT_ERR_MEMORY, "out of memory");
	if (refused)
		return ot_error_set(error, OT_ERR_INPUT,
		    "some streams were refused: merge them from their parts");
	return 0;
}
