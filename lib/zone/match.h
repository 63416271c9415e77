/*
 * What the rows of a policy claim: selectors and their order (DESIGN.md
 * section 4, "Zones").
 */
#ifndef OT_ZONE_MATCH_H
#define OT_ZONE_MATCH_H

#include "base/map.h"
#include "model/asset.h"
#include "model/policy.h"

/* Why a row claims, the strongest last. */
enum ot_claim_by {
	OT_CLAIM_NONE,
	OT_CLAIM_PREFIX,
	OT_CLAIM_MATCH,
	OT_CLAIM_HOST,
	OT_CLAIM_MAC,
	OT_CLAIM_REGISTRY,
};
extern const char *const ot_claim_names[];

/* The rows that claim something with the greatest rank, as they came. */
struct ot_claim {
	uint32_t rank; /* enum ot_claim_by << 16, below it the finer order */
	uint32_t count, room;
	const struct ot_zone_row **rows;
};

static inline enum ot_claim_by
ot_claim_by(const struct ot_claim *claim)
{
	return (enum ot_claim_by)(claim->rank >> 16);
}

/* Where something is seen, and the rows that can match there. */
struct ot_scope {
	struct ot_str site; /* {NULL, 0}: not known */
	struct ot_str sensor;
	struct ot_vlans vlan;
	struct ot_str realm; /* in which addresses are unique: the site, else
			      * the sensor */
	const struct ot_zone_row **rows; /* NULL at the end */
};

struct ot_matcher {
	struct ot_arena *arena;
	const struct ot_policy *policy;
	struct ot_map scopes;	/* sensor, site, tags: struct ot_scope */
	struct ot_map registry; /* site, address: struct ot_registered */
	bool lost;		/* memory ran out */
};

/* policy is borrowed until done. */
void ot_matcher_init(struct ot_matcher *m, struct ot_arena *arena,
    const struct ot_policy *policy);
void ot_matcher_done(struct ot_matcher *m);

/* NULL without memory. */
const struct ot_scope *ot_matcher_scope(struct ot_matcher *m,
    struct ot_str site, struct ot_str sensor, const struct ot_vlans *vlan);

void ot_claim_add(struct ot_matcher *m, struct ot_claim *claim, uint32_t rank,
    const struct ot_zone_row *row);
/* into := the greater of both; of equal rank the union. */
void ot_claim_merge(
    struct ot_matcher *m, struct ot_claim *into, const struct ot_claim *from);

/* Claims by networks, tags and sensors where it is seen. Rows without
 * networks claim only what stands on the link itself. */
void ot_match_address(struct ot_matcher *m, const struct ot_scope *scope,
    const struct ot_addr *addr, bool on_link, struct ot_claim *claim);
/* Claims of a hardware address by the macs of the rows of a site. */
void ot_match_mac(struct ot_matcher *m, struct ot_str site,
    const struct ot_addr *mac, struct ot_claim *claim);
/* The zone that the registry gives to an address of a site, to an id. */
void ot_match_registry(struct ot_matcher *m, struct ot_str site,
    const struct ot_addr *addr, struct ot_claim *claim);
void ot_match_registry_id(
    struct ot_matcher *m, struct ot_str id, struct ot_claim *claim);
/* Claims by `match` of the rows of a site. services: protocols that the asset
 * serves. */
void ot_match_asset(struct ot_matcher *m, struct ot_str site,
    const struct ot_asset *asset, const struct ot_counts *services,
    struct ot_claim *claim);
/* Claims by networks alone, and by the registry, of all sites but one: the
 * strongest rows of each site, sites in the policy's order. */
void ot_match_elsewhere(struct ot_matcher *m, struct ot_str site,
    const struct ot_addr *addr, struct ot_claim *claim);
/* The registry's row of an address at a site, or NULL. */
const struct ot_asset_row *ot_match_registered(
    const struct ot_matcher *m, struct ot_str site, const struct ot_addr *addr);

#endif
