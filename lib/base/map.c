/*
 * The hash table behind map.h: linear probing, the hash kept in each slot.
 */
#include "base/map.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"

enum { CAP_MIN = 16 };

struct ot_map_slot {
	uint64_t hash;
	const void *key; /* NULL: free */
	size_t len;
	void *value;
};

/* The slot of this key, or the free one where it would go. */
static struct ot_map_slot *
find(const struct ot_map *map, uint64_t hash, const void *key, size_t len)
{
	size_t i = hash & (map->cap - 1);

	for (;; i = (i + 1) & (map->cap - 1)) {
		struct ot_map_slot *slot = &map->slots[i];

		if (!slot->key || (slot->hash == hash && slot->len == len &&
				      memcmp(slot->key, key, len) == 0))
			return slot;
	}
}

static bool
grow(struct ot_map *map)
{
	struct ot_map bigger = *map;

	bigger.cap = map->cap ? map->cap * 2 : CAP_MIN;
	bigger.slots = ot_heap(bigger.cap, sizeof(*bigger.slots));
	if (!bigger.slots)
		return false;
	if (map->cap == 0)
		ot_hash_key(bigger.key);
	for (size_t i = 0; i < map->cap; i++) {
		const struct ot_map_slot *slot = &map->slots[i];

		if (slot->key)
			*find(&bigger, slot->hash, slot->key, slot->len) =
			    *slot;
	}
	ot_heap_free(map->slots);
	*map = bigger;
	return true;
}

void *
ot_map_get(const struct ot_map *map, const void *key, size_t len)
{
	if (map->cap == 0)
		return NULL;
	key = len ? key : "";
	return find(map, ot_hash_keyed(map->key, key, len), key, len)->value;
}

void **
ot_map_at(struct ot_map *map, const void *key, size_t len)
{
	struct ot_map_slot *slot;
	uint64_t hash;

	if (map->count >= map->cap / 2 && !grow(map))
		return NULL;
	key = len ? key : "";
	hash = ot_hash_keyed(map->key, key, len);
	slot = find(map, hash, key, len);
	if (!slot->key) {
		*slot = (struct ot_map_slot){ hash, key, len, NULL };
		map->count++;
	}
	return &slot->value;
}

void
ot_map_done(struct ot_map *map)
{
	ot_heap_free(map->slots);
	*map = (struct ot_map){ .cap = 0 };
}
