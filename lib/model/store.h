/*
 * The records of a run: added in any order, then settled into the order of the
 * stream, equal keys merged.
 */
#ifndef OT_MODEL_STORE_H
#define OT_MODEL_STORE_H

#include "base/arena.h"
#include "model/capture.h"
#include "model/event.h"
#include "model/fact.h"
#include "model/flow.h"
#include "model/record.h"

/* The types of a stream that merge, in its order. */
enum ot_store_type {
	OT_STORE_CAPTURE,
	OT_STORE_FACT,
	OT_STORE_EVENT,
	OT_STORE_FLOW,
	OT_STORE_TYPES,
};

/* The shape of each type and its name as "type". */
extern const struct ot_shape *const ot_store_shapes[OT_STORE_TYPES];
extern const char *const ot_store_names[];

struct ot_store {
	struct ot_arena arena;
	struct ot_list list[OT_STORE_TYPES]; /* structs of that type */
	uint32_t settled[OT_STORE_TYPES]; /* items already sorted and unique */
};

/* A new item, zeroed, its times OT_TIME_NONE where the shape has them; in the
 * store from now on. NULL without memory. */
void *ot_store_add(struct ot_store *store, enum ot_store_type type);

/* Which sensor saw what a record of that type is about, and at which site. */
void ot_store_origin(enum ot_store_type type, void *record,
    struct ot_str **sensor, struct ot_str **site);

/* Sort by key and merge equals. False without memory. */
bool ot_store_settle(struct ot_store *store);

void ot_store_done(struct ot_store *store);

#endif
