/*
 * The parts of an assignment: places of ends, and the totals of the zones.
 */
#ifndef OT_ZONE_ASSIGN_H
#define OT_ZONE_ASSIGN_H

#include "zone/match.h"
#include "zone/zone.h"

/* One record for each zone, from assets and ends that have theirs. False
 * without memory. */
bool ot_zones_total(struct ot_arena *arena, const struct ot_policy *policy,
    const struct ot_list *assets, const struct ot_store *store,
    const struct ot_zone_notes *notes, struct ot_list *zones);

#endif
