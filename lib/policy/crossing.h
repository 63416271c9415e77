/*
 * Crossings: what went from zone to zone, each operation with its verdict
 * (DESIGN.md sections 3.2 and 4).
 */
#ifndef OT_POLICY_CROSSING_H
#define OT_POLICY_CROSSING_H

#include "base/err.h"
#include "model/asset.h"
#include "policy/evaluate.h"
#include "zone/zone.h"

struct ot_crossing_input {
	const struct ot_policy *policy; /* NULL: nothing is allowed */
	const struct ot_store *store;	/* as it was when zones were assigned */
	const struct ot_zone_notes *notes; /* of that store */
	/* The protocol that a port suggests, {NULL, 0} where it suggests none:
	 * names of attempts. May be NULL. */
	struct ot_str (*port_name)(
	    void *user, uint8_t transport, uint32_t port);
	void *user;
};

/* Flows whose ends are in different zones, or in one whose inside=conduits,
 * and attempts at such. What agrees in zones, assets, addresses, service,
 * sensor and outcome is one crossing. Crossings (struct ot_crossing) are put
 * in the order of their shape. All memory is the arena's. */
int ot_crossings_build(struct ot_arena *arena,
    const struct ot_crossing_input *input, struct ot_list *crossings,
    struct ot_error *error);

#endif
