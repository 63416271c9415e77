/*
 * The parts of a proposal: zones from addresses, conduits from traffic.
 */
#ifndef OT_ZONE_PROPOSE_H
#define OT_ZONE_PROPOSE_H

#include "zone/zone.h"

/* Sites and zones of what the assets and facts show, sorted by id. False
 * without memory. */
bool ot_propose_zones(struct ot_arena *arena, const struct ot_list *assets,
    const struct ot_store *store, struct ot_policy *policy);

#endif
