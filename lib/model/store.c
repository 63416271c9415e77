/*
 * The records of a run, settled: sorted by key, equals merged.
 */
#include "model/store.h"

#include <stdlib.h>

const struct ot_shape *const ot_store_shapes[OT_STORE_TYPES] = {
	[OT_STORE_CAPTURE] = &ot_capture_shape,
	[OT_STORE_FACT] = &ot_fact_shape,
	[OT_STORE_EVENT] = &ot_event_shape,
	[OT_STORE_FLOW] = &ot_flow_shape,
};

const char *const ot_store_names[] = { "capture", "fact", "event", "flow",
	NULL };

void *
ot_store_add(struct ot_store *store, enum ot_store_type type)
{
	const struct ot_shape *shape = ot_store_shapes[type];
	char *item = ot_alloc(&store->arena, shape->size);

	if (!item)
		return NULL;
	for (size_t i = 0; i < shape->count; i++)
		if (shape->fields[i].kind == OT_F_TIME)
			memcpy(item + shape->fields[i].at,
			    &(int64_t){ OT_TIME_NONE }, sizeof(int64_t));
	return ot_list_push(&store->arena, &store->list[type], item) ? item
								     : NULL;
}

void
ot_store_origin(enum ot_store_type type, void *record, struct ot_str **sensor,
    struct ot_str **site)
{
	switch (type) {
	case OT_STORE_CAPTURE: {
		struct ot_capture_sum *c = record;

		*sensor = &c->sensor;
		*site = &c->site;
		return;
	}
	case OT_STORE_FACT: {
		struct ot_fact_sum *f = record;

		*sensor = &f->sensor;
		*site = &f->site;
		return;
	}
	case OT_STORE_EVENT: {
		struct ot_event_sum *e = record;

		*sensor = &e->sensor;
		*site = &e->site;
		return;
	}
	case OT_STORE_FLOW:
	case OT_STORE_TYPES:
		break;
	}
	struct ot_flow_sum *f = record;

	*sensor = &f->sensor;
	*site = &f->site;
}

/* qsort has no room for a context: one comparison for each type. */
#define ORDER(name, shape)                                                     \
	static int name(const void *a, const void *b)                          \
	{                                                                      \
		return (shape).cmp(*(void *const *)a, *(void *const *)b);      \
	}
ORDER(by_capture, ot_capture_shape)
ORDER(by_fact, ot_fact_shape)
ORDER(by_event, ot_event_shape)
ORDER(by_flow, ot_flow_shape)

static int (*const orders[OT_STORE_TYPES])(const void *, const void *) = {
	[OT_STORE_CAPTURE] = by_capture,
	[OT_STORE_FACT] = by_fact,
	[OT_STORE_EVENT] = by_event,
	[OT_STORE_FLOW] = by_flow,
};

static bool
settle(struct ot_store *store, enum ot_store_type type)
{
	const struct ot_shape *shape = ot_store_shapes[type];
	struct ot_list *list = &store->list[type];
	uint32_t kept = 0;
	bool ok = true;

	if (list->count == store->settled[type])
		return true;
	qsort(list->at, list->count, sizeof(*list->at), orders[type]);
	for (uint32_t i = 0; i < list->count; i++) {
		if (kept && shape->cmp(list->at[kept - 1], list->at[i]) == 0)
			ok &= ot_shape_merge(&store->arena, shape,
			    list->at[kept - 1], list->at[i]);
		else
			list->at[kept++] = list->at[i];
	}
	list->count = store->settled[type] = kept;
	return ok;
}

bool
ot_store_settle(struct ot_store *store)
{
	bool ok = true;

	for (int type = 0; type < OT_STORE_TYPES; type++)
		ok &= settle(store, (enum ot_store_type)type);
	return ok;
}

void
ot_store_done(struct ot_store *store)
{
	ot_arena_done(&store->arena);
	*store = (struct ot_store){ 0 };
}
