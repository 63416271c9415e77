/*
 * A table from bytes to a pointer, for keys that input chose: hashed with a
 * key of its own, open addressing, at most half full. It has no order, so
 * that nothing is ever written by walking it.
 */
#ifndef OT_BASE_MAP_H
#define OT_BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

struct ot_map_slot;

/* Zeroed is empty. */
struct ot_map {
	struct ot_map_slot *slots;
	size_t cap, count; /* cap is 0 or a power of two */
	uint64_t key[2];
};

/* The value kept under these bytes, or NULL. */
void *ot_map_get(const struct ot_map *map, const void *key, size_t len);

/* Where the value for these bytes is kept: points to NULL when they are new.
 * The bytes are borrowed until ot_map_done, the place only until the next
 * call. NULL without memory. */
void **ot_map_at(struct ot_map *map, const void *key, size_t len);

void ot_map_done(struct ot_map *map);

#endif
