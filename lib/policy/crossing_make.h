/*
 * Crossings in the making: found by what they have in common, grown by each
 * flow, finished in words.
 */
#ifndef OT_POLICY_CROSSING_MAKE_H
#define OT_POLICY_CROSSING_MAKE_H

#include "base/map.h"
#include "policy/crossing.h"

/* A crossing in the making, and what decided its verdict so far. */
struct ot_making {
	struct ot_crossing c;
	struct ot_judgement judgement;
	const struct ot_zone_row *server_row; /* NULL: internet, unassigned */
	uint32_t reasons;		      /* of what cannot be told */
	uint32_t notes; /* what was not seen, verdict or no verdict */
	bool judged;
};

struct ot_maker {
	struct ot_arena *arena;
	const struct ot_crossing_input *input;
	const struct ot_rules *rules;
	const struct ot_policy *policy;
	struct ot_map map; /* key -> struct ot_making */
	struct ot_making **made;
	size_t made_count, made_room;
	bool lost; /* no memory */
};

/* The crossing with this key: what is not summed of key is the key. NULL,
 * noted in lost, without memory. */
struct ot_making *ot_making_get(
    struct ot_maker *b, const struct ot_crossing *key);

/* One verdict more: the worst decides; of equals the first row of the
 * policy. */
void ot_making_decide(struct ot_making *m, const struct ot_judgement *j);

/* One operation more, with its verdict. */
void ot_making_op(struct ot_maker *b, struct ot_making *m,
    const struct ot_op_sum *op, const struct ot_judgement *j);

/* Times and totals of what is part of it. */
void ot_making_times(struct ot_crossing *c, int64_t first, int64_t last);
void ot_making_totals(struct ot_crossing *c, const struct ot_flow_sum *flow);

/* Nothing more is part of it: rule, reason and place. */
void ot_making_finish(struct ot_maker *b, struct ot_making *m);

struct ot_str ot_address_text(
    struct ot_arena *arena, const struct ot_addr *addr);

#endif
