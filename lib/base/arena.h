/*
 * Memory with one lifetime: frame, flow or run. Freed as a whole.
 */
#ifndef OT_BASE_ARENA_H
#define OT_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct ot_arena_block;

/* Zeroed is an empty arena without a limit. */
struct ot_arena {
	struct ot_arena_block *blocks; /* newest first */
	size_t used;		       /* bytes given out, for accounts */
	size_t limit; /* 0: none; else allocations above it give NULL */
	bool reuse;   /* what is given back is used again */
	void **idle;  /* what was given back, by its size; in the arena */
};

/* Zeroed memory, aligned for anything; NULL above the limit or without
 * memory. */
void *ot_alloc(struct ot_arena *arena, size_t size);

/* Room for count items of size bytes; NULL too where the product overflows. */
void *ot_alloc_array(struct ot_arena *arena, size_t count, size_t size);

/* The size bytes at p, as they were asked for, are of no use any more. Where
 * the arena is set to reuse them they must not be looked at again; elsewhere
 * they stay. p may be NULL. For what comes and goes while the arena lives. */
void ot_give_back(struct ot_arena *arena, void *p, size_t size);

/* Forget everything, keep one block for reuse. */
void ot_arena_reset(struct ot_arena *arena);

/* Free everything. */
void ot_arena_done(struct ot_arena *arena);

/* Plain heap for the few things that grow and shrink (tables, stream
 * buffers): only base and capture call malloc. Sizes that overflow give
 * NULL. */
void *ot_heap(size_t count, size_t size);		/* zeroed */
void *ot_heap_grow(void *p, size_t count, size_t size); /* not zeroed */
void ot_heap_free(void *p);

#endif
