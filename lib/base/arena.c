/*
 * Arenas and the checked heap. Blocks start at 4 KiB and double up to 1 MiB;
 * what would fill more than half of the next block gets a block of its own
 * size, behind the newest, so that the newest keeps its room.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	BLOCK_MIN = 4096,
	BLOCK_MAX = 1 << 20,
	UNIT = alignof(max_align_t),
	IDLE_MAX = 16384, /* greater pieces are not used again */
	IDLE_SIZES = IDLE_MAX / UNIT + 1,
};

struct ot_arena_block {
	struct ot_arena_block *next;
	size_t cap, len; /* of data */
	max_align_t data[];
};

static struct ot_arena_block *
block_new(size_t cap)
{
	struct ot_arena_block *block;

	if (cap > SIZE_MAX - sizeof(*block))
		return NULL;
	block = malloc(sizeof(*block) + cap);
	if (block)
		*block = (struct ot_arena_block){ .cap = cap };
	return block;
}

/* A block with room for size bytes, linked in. */
static struct ot_arena_block *
block_add(struct ot_arena *arena, size_t size)
{
	struct ot_arena_block *newest = arena->blocks;
	size_t cap = newest ? newest->cap : BLOCK_MIN / 2;
	struct ot_arena_block *block;

	cap = cap < BLOCK_MAX / 2 ? cap * 2 : BLOCK_MAX;
	bool single = size > cap / 2;
	block = block_new(single ? size : cap);
	if (!block)
		return NULL;
	if (single && newest) {
		block->next = newest->next;
		newest->next = block;
	} else {
		block->next = newest;
		arena->blocks = block;
	}
	return block;
}

static size_t
rounded(size_t size)
{
	return size ? (size + UNIT - 1) / UNIT * UNIT : UNIT;
}

/* A piece of this size that was given back, or NULL. Each begins with a pointer
 * to the next. */
static void *
take_idle(struct ot_arena *arena, size_t size)
{
	if (!arena->idle || size > IDLE_MAX)
		return NULL;
	void *p = arena->idle[size / UNIT];

	if (p)
		memcpy(&arena->idle[size / UNIT], p, sizeof(p));
	return p;
}

void
ot_give_back(struct ot_arena *arena, void *p, size_t size)
{
	if (!p || !arena->reuse || size > IDLE_MAX)
		return;
	if (!arena->idle)
		arena->idle =
		    ot_alloc_array(arena, IDLE_SIZES, sizeof(*arena->idle));
	if (!arena->idle)
		return;
	size = rounded(size);
	memcpy(p, &arena->idle[size / UNIT], sizeof(p));
	arena->idle[size / UNIT] = p;
	arena->used -= size;
}

void *
ot_alloc(struct ot_arena *arena, size_t size)
{
	struct ot_arena_block *block = arena->blocks;

	if (size > SIZE_MAX / 2)
		return NULL;
	size = rounded(size);
	if (arena->limit &&
	    (arena->used > arena->limit || size > arena->limit - arena->used))
		return NULL;
	void *p = take_idle(arena, size);

	if (!p) {
		if (!block || size > block->cap - block->len)
			block = block_add(arena, size);
		if (!block)
			return NULL;
		p = (unsigned char *)block->data + block->len;
		block->len += size;
	}
	arena->used += size;
	return memset(p, 0, size);
}

void *
ot_alloc_array(struct ot_arena *arena, size_t count, size_t size)
{
	size_t all;

	return __builtin_mul_overflow(count, size, &all) ? NULL
							 : ot_alloc(arena, all);
}

static void
blocks_free(struct ot_arena_block *block)
{
	while (block) {
		struct ot_arena_block *next = block->next;

		free(block);
		block = next;
	}
}

void
ot_arena_reset(struct ot_arena *arena)
{
	struct ot_arena_block *newest = arena->blocks;

	arena->used = 0;
	arena->idle = NULL;
	if (!newest)
		return;
	blocks_free(newest->next);
	newest->next = NULL;
	newest->len = 0;
}

void
ot_arena_done(struct ot_arena *arena)
{
	blocks_free(arena->blocks);
	arena->blocks = NULL;
	arena->idle = NULL;
	arena->used = 0;
}

void *
ot_heap(size_t count, size_t size)
{
	size_t all;

	if (__builtin_mul_overflow(count, size, &all))
		return NULL;
	return calloc(1, all ? all : 1);
}

void *
ot_heap_grow(void *p, size_t count, size_t size)
{
	size_t all;

	if (__builtin_mul_overflow(count, size, &all))
		return NULL;
	return realloc(p, all ? all : 1);
}

void
ot_heap_free(void *p)
{
	free(p);
}
