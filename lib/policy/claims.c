/*
 * Zones that claim the same with the same selectors: a policy error (DESIGN.md
 * section 4).
 */
#include "policy/reader.h"

static bool
shared_net(const struct ot_zone_row *a, const struct ot_zone_row *b)
{
	for (uint32_t i = 0; i < a->network_count; i++)
		for (uint32_t k = 0; k < b->network_count; k++)
			if (a->networks[i].bits == b->networks[k].bits &&
			    ot_addr_eq(
				&a->networks[i].addr, &b->networks[k].addr))
				return true;
	return a->network_count == 0 && b->network_count == 0;
}

static bool
shared_vlan(const struct ot_zone_row *a, const struct ot_zone_row *b)
{
	for (uint32_t i = 0; i < a->vlan_count; i++)
		for (uint32_t k = 0; k < b->vlan_count; k++)
			if (a->vlans[i] == b->vlans[k])
				return true;
	return a->vlan_count == 0 && b->vlan_count == 0;
}

static bool
shared_sensor(const struct ot_zone_row *a, const struct ot_zone_row *b)
{
	for (uint32_t i = 0; i < a->sensors.count; i++)
		for (uint32_t k = 0; k < b->sensors.count; k++)
			if (ot_str_eq(a->sensors.at[i], b->sensors.at[k]))
				return true;
	return a->sensors.count == 0 && b->sensors.count == 0;
}

static bool
shared_mac(const struct ot_zone_row *a, const struct ot_zone_row *b)
{
	for (uint32_t i = 0; i < a->mac_count; i++)
		for (uint32_t k = 0; k < b->mac_count; k++)
			if (ot_addr_eq(&a->macs[i], &b->macs[k]))
				return true;
	return false;
}

static bool
has_place(const struct ot_zone_row *row)
{
	return row->network_count || row->vlan_count || row->sensors.count;
}

/* Could one end be claimed by both with the same rank? */
static const char *
claimed_twice(const struct ot_zone_row *a, const struct ot_zone_row *b)
{
	if (!ot_str_eq(a->site, b->site))
		return NULL;
	if (shared_mac(a, b))
		return "MAC address";
	if (a->match.len && ot_str_eq(a->match, b->match))
		return "match";
	if (has_place(a) && has_place(b) && shared_net(a, b) &&
	    shared_vlan(a, b) && shared_sensor(a, b))
		return a->network_count ? "network"
		       : a->vlan_count	? "VLAN"
					: "sensor";
	return NULL;
}

void
ot_compare_zones(struct ot_reader *r)
{
	char shown[OT_SHOWN];

	for (uint32_t i = 0; i < r->policy->zone_count; i++)
		for (uint32_t k = 0; k < i; k++) {
			const struct ot_zone_row *a = &r->policy->zones[k],
						 *b = &r->policy->zones[i];
			const char *what = claimed_twice(a, b);

			if (what && !ot_faulty(r, a) && !ot_faulty(r, b))
				ot_wrong(r, &b->at,
				    "claims a %s that zone %s (line %u) "
				    "claims with the same selectors",
				    what, ot_shown(shown, a->id), a->at.line);
		}
}
