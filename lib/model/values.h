/*
 * Values that merge: whatever the order in which parts are put together, the
 * result is the same (DESIGN.md section 3). All memory is an arena's.
 */
#ifndef OT_MODEL_VALUES_H
#define OT_MODEL_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/str.h"

/* Texts with how often each was seen; the OT_LIMIT_SET smallest are kept, the
 * sightings of the rest add up in other. Written as {"text":count}; other
 * under the key with "_other" behind it. */
struct ot_count {
	struct ot_str text;
	uint64_t count;
};

struct ot_counts {
	struct ot_count *at; /* sorted by text */
	uint32_t count, room;
	uint64_t other;
};

/* False without memory. text is copied where it is new. */
bool ot_counts_add(struct ot_arena *arena, struct ot_counts *counts,
    struct ot_str text, uint64_t n);
bool ot_counts_merge(struct ot_arena *arena, struct ot_counts *into,
    const struct ot_counts *from);
bool ot_counts_has(const struct ot_counts *counts, struct ot_str text);
/* Empty it; its memory goes back to the arena. */
void ot_counts_done(struct ot_arena *arena, struct ot_counts *counts);

/* How often a duration was seen: 16 bins an octave of nanoseconds. Written as
 * {"bin":count}. */
struct ot_bin {
	uint16_t bin;
	uint64_t count;
};

struct ot_hist {
	struct ot_bin *at; /* sorted by bin, none empty */
	uint32_t count, room;
	uint32_t last; /* where the last one was put: a guess for the next */
};

uint16_t ot_hist_bin(uint64_t ns);
uint64_t ot_hist_floor(uint16_t bin); /* the smallest ns of a bin */
bool ot_hist_add(
    struct ot_arena *arena, struct ot_hist *hist, uint16_t bin, uint64_t n);
bool ot_hist_merge(
    struct ot_arena *arena, struct ot_hist *into, const struct ot_hist *from);
void ot_hist_done(struct ot_arena *arena, struct ot_hist *hist);
uint64_t ot_hist_total(const struct ot_hist *hist);
/* The floor of the bin that holds the n-th of 1000 parts; 0 if empty. */
uint64_t ot_hist_permille(const struct ot_hist *hist, unsigned permille);

/* The quarter hours in which something happened, as ranges of slots. */
struct ot_range {
	int32_t from, to; /* both included */
};

struct ot_slots {
	struct ot_range *at; /* sorted, apart from each other */
	uint32_t count, room;
	uint64_t other; /* slots behind the last range kept */
};

bool ot_slots_add(
    struct ot_arena *arena, struct ot_slots *slots, int32_t from, int32_t to);
bool ot_slots_merge(
    struct ot_arena *arena, struct ot_slots *into, const struct ot_slots *from);
void ot_slots_done(struct ot_arena *arena, struct ot_slots *slots);

/* Where something can be seen. */
struct ot_place {
	int64_t time_ns;
	struct ot_str file;
	uint64_t frame;
	uint64_t reply; /* 0: none seen */
};

/* The smallest by (time, file, frame), and the greatest. */
struct ot_evidence {
	struct ot_place at[OT_LIMIT_EVIDENCE + 1];
	uint32_t count;
};

int ot_place_cmp(const struct ot_place *a, const struct ot_place *b);
void ot_evidence_add(struct ot_evidence *evidence, const struct ot_place *p);
void ot_evidence_merge(
    struct ot_evidence *into, const struct ot_evidence *from);

/* What an operation set: the last number, the smallest and the greatest.
 * Written as {"last":3,"min":1,"max":5,"time":…,"file":…,"frame":…}, where the
 * last three are the place of the last number. */
struct ot_value_sum {
	bool known; /* last, min, max and at are */
	double last, min, max;
	struct ot_place at;
	uint64_t not_finite; /* numbers that JSON has no text for */
};

/* Of two at one place, the greater one is the last. */
void ot_value_merge(struct ot_value_sum *into, const struct ot_value_sum *from);

#endif
