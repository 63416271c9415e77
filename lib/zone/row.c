/*
 * Looking things up in the rows of a policy.
 */
#include "zone/zone.h"

const char *const ot_zone_kinds[] = { "safety", "control", "supervision",
	"operations", "dmz", "access", "enterprise", "guest", "wireless",
	"external", "unknown", NULL };

const struct ot_zone_row *
ot_zone_row(const struct ot_policy *policy, struct ot_str id)
{
	for (uint32_t i = 0; i < policy->zone_count; i++)
		if (ot_str_eq(policy->zones[i].id, id))
			return &policy->zones[i];
	return NULL;
}

const struct ot_site_row *
ot_zone_site(const struct ot_policy *policy, struct ot_str id)
{
	for (uint32_t i = 0; i < policy->site_count; i++)
		if (ot_str_eq(policy->sites[i].id, id))
			return &policy->sites[i];
	return NULL;
}

static bool
has_sensor(const struct ot_site_row *site, struct ot_str sensor)
{
	for (uint32_t i = 0; i < site->sensors.count; i++)
		if (ot_str_glob(site->sensors.at[i], sensor))
			return true;
	return false;
}

struct ot_str
ot_zone_seen(
    const struct ot_policy *policy, struct ot_str site, struct ot_str sensor)
{
	if (site.len)
		return site;
	for (uint32_t i = 0; sensor.len && i < policy->site_count; i++)
		if (has_sensor(&policy->sites[i], sensor))
			return policy->sites[i].id;
	if (policy->site_count == 1 && policy->sites[0].sensors.count == 0)
		return policy->sites[0].id;
	return (struct ot_str){ NULL, 0 };
}

int
ot_zone_level(const struct ot_policy *policy, struct ot_str id)
{
	const struct ot_zone_row *row = ot_zone_row(policy, id);

	if (row)
		return row->level;
	return ot_str_eq(id, ot_str(OT_ZONE_INTERNET)) ? 5 : -1;
}

struct ot_str
ot_zone_kind(const struct ot_policy *policy, struct ot_str id)
{
	const struct ot_zone_row *row = ot_zone_row(policy, id);

	if (row && row->kind.len)
		return row->kind;
	return ot_str(!row && ot_str_eq(id, ot_str(OT_ZONE_INTERNET))
			  ? "external"
			  : "unknown");
}
