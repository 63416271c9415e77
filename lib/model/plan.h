/*
 * Zones and what may go between them, and what did: the matrix, the map and
 * the paths of otzones are made of this.
 */
#ifndef OT_MODEL_PLAN_H
#define OT_MODEL_PLAN_H

#include "model/policy.h"

struct ot_plan_zone {
	struct ot_str id, name, kind, site;
	int level; /* -1: none */
};

/* From one zone to another, or within one. */
struct ot_plan_link {
	uint32_t from, to;	    /* zones */
	struct ot_strings allows;   /* of each conduit: "modbus read session" */
	struct ot_strings conduits; /* their ids */
	uint32_t verbs;		    /* what may be done; a bit for each */
	const struct ot_conduit_row *row;	   /* the first */
	const struct ot_conduit_row *by[OT_VERBS]; /* for each verb */
	uint64_t allowed, violations, untold; /* crossings that were seen */
};

struct ot_plan {
	struct ot_str name;
	struct ot_plan_zone *zones; /* as the policy has them */
	uint32_t zone_count;
	struct ot_plan_link *links; /* by from, to */
	size_t link_count;
	bool seen; /* there was a stream */
};

#endif
