/*
 * otzones lint: zones that meet or hold nothing, names that recur, addresses
 * that no zone has.
 */
#include "policy/lint.h"

#define TEXT(s) (int)(s).len, (s).p

/* ---- zones that meet ---- */

/* Could tags or sensors tell two rows apart where their networks do not? */
static bool
kept_apart(const struct ot_zone_row *a, const struct ot_zone_row *b)
{
	bool vlans = a->vlan_count && b->vlan_count;
	bool sensors = a->sensors.count && b->sensors.count;

	for (uint32_t i = 0; i < a->vlan_count; i++)
		for (uint32_t k = 0; k < b->vlan_count; k++)
			vlans &= a->vlans[i] != b->vlans[k];
	for (uint32_t i = 0; i < a->sensors.count; i++)
		for (uint32_t k = 0; k < b->sensors.count; k++)
			sensors &=
			    !ot_str_glob(a->sensors.at[i], b->sensors.at[k]) &&
			    !ot_str_glob(b->sensors.at[k], a->sensors.at[i]);
	return vlans || sensors || !ot_str_eq(a->site, b->site);
}

static void
look_networks(
    struct ot_lint *l, const struct ot_zone_row *a, const struct ot_zone_row *b)
{
	char inner[OT_ADDR_TEXT + 4], outer[OT_ADDR_TEXT + 4];

	for (uint32_t i = 0; i < a->network_count; i++)
		for (uint32_t k = 0; k < b->network_count; k++) {
			const struct ot_net *x = &a->networks[i],
					    *y = &b->networks[k];

			if (x->bits < y->bits || !ot_net_has(y, &x->addr))
				continue;
			(void)ot_net_print(inner, x);
			(void)ot_net_print(outer, y);
			ot_lint_say(l,
			    ot_lint_tell(l, "overlap", false, &a->at, a->id),
			    "%s of zone %.*s lies within %s of zone %.*s: the "
			    "longer prefix decides",
			    inner, TEXT(a->id), outer, TEXT(b->id));
			return;
		}
}

static void
look_pairs(struct ot_lint *l)
{
	const struct ot_policy *policy = l->q->policy;

	for (uint32_t i = 0; i < policy->zone_count; i++)
		for (uint32_t k = 0; k < policy->zone_count; k++) {
			const struct ot_zone_row *a = &policy->zones[i],
						 *b = &policy->zones[k];

			if (i != k && !kept_apart(a, b))
				look_networks(l, a, b);
		}
}

/* ---- zones that hold nothing ---- */

static bool
has_selector(const struct ot_zone_row *row)
{
	return row->network_count || row->vlan_count || row->mac_count ||
	       row->sensors.count || row->match.len;
}

static bool
is_registered(const struct ot_policy *policy, const struct ot_zone_row *row)
{
	for (uint32_t i = 0; i < policy->asset_count; i++)
		if (ot_str_eq(policy->assets[i].zone, row->id))
			return true;
	return false;
}

static bool
was_seen(const struct ot_question *q, const struct ot_zone_row *row)
{
	const struct ot_list *flows = &q->store->list[OT_STORE_FLOW];

	for (uint32_t i = 0; i < flows->count; i++)
		if (ot_str_eq(q->notes->flows[i].client.zone, row->id) ||
		    ot_str_eq(q->notes->flows[i].server.zone, row->id))
			return true;
	for (uint32_t i = 0; i < q->assets->count; i++)
		if (ot_str_eq(((const struct ot_asset *)q->assets->at[i])->zone,
			row->id))
			return true;
	return false;
}

static void
look_empty(struct ot_lint *l)
{
	const struct ot_policy *policy = l->q->policy;

	for (uint32_t i = 0; i < policy->zone_count; i++) {
		const struct ot_zone_row *row = &policy->zones[i];

		if (!has_selector(row) && !is_registered(policy, row))
			ot_lint_say(l,
			    ot_lint_tell(l, "empty", true, &row->at, row->id),
			    "zone %.*s holds nothing: no networks, vlans, "
			    "sensors, macs or match, and no asset of the "
			    "registry",
			    TEXT(row->id));
		else if (l->q->store && !was_seen(l->q, row))
			ot_lint_say(l,
			    ot_lint_tell(l, "unseen", false, &row->at, row->id),
			    "nothing of zone %.*s is in the stream",
			    TEXT(row->id));
	}
}

/* ---- names that recur ---- */

static void
look_names(struct ot_lint *l)
{
	const struct ot_policy *policy = l->q->policy;

	for (uint32_t i = 0; i < policy->zone_count; i++)
		for (uint32_t k = 0; k < i; k++) {
			const struct ot_zone_row *a = &policy->zones[k],
						 *b = &policy->zones[i];

			if (!b->name.len || !ot_str_eq(a->name, b->name))
				continue;
			ot_lint_say(l,
			    ot_lint_tell(l, "name", false, &b->at, b->id),
			    "the name %.*s recurs: zone %.*s has it too (line "
			    "%u); write ids in conduits",
			    TEXT(b->name), TEXT(a->id), a->at.line);
			break;
		}
	for (uint32_t i = 0; i < policy->asset_count; i++)
		for (uint32_t k = 0; k < i; k++) {
			const struct ot_asset_row *a = &policy->assets[k],
						  *b = &policy->assets[i];

			if (!b->name.len || !ot_str_eq(a->name, b->name))
				continue;
			ot_lint_say(l,
			    ot_lint_tell(l, "name", false, &b->at, b->id),
			    "the name %.*s recurs: asset %.*s has it too (line "
			    "%u)",
			    TEXT(b->name), TEXT(a->id), a->at.line);
			break;
		}
}

/* ---- addresses in no zone ---- */

static bool
in_networks(const struct ot_policy *policy, const struct ot_addr *addr)
{
	for (uint32_t i = 0; i < policy->zone_count; i++)
		for (uint32_t k = 0; k < policy->zones[i].network_count; k++)
			if (ot_net_has(&policy->zones[i].networks[k], addr))
				return true;
	return false;
}

static void
look_registry(struct ot_lint *l)
{
	const struct ot_policy *policy = l->q->policy;
	char text[OT_ADDR_TEXT];

	for (uint32_t i = 0; i < policy->asset_count; i++) {
		const struct ot_asset_row *row = &policy->assets[i];

		for (uint32_t k = 0; !row->zone.len && k < row->ip_count; k++)
			if (!in_networks(policy, &row->ips[k]) &&
			    !ot_addr_public(&row->ips[k])) {
				(void)ot_addr_print(text, &row->ips[k]);
				ot_lint_say(l,
				    ot_lint_tell(
					l, "no-zone", true, &row->at, row->id),
				    "%s of asset %.*s is in no zone", text,
				    TEXT(row->id));
			}
	}
}

static void
look_seen(struct ot_lint *l)
{
	const struct ot_list *notes = &l->q->notes->notes;
	static const struct ot_source nowhere;

	for (uint32_t i = 0; i < notes->count; i++) {
		const struct ot_zone_note *note = notes->at[i];

		if (note->trouble == OT_ZONE_NO_ZONE)
			ot_lint_say(l,
			    ot_lint_tell(
				l, "no-zone", true, &nowhere, note->asset->id),
			    "%.*s was seen and is in no zone",
			    TEXT(note->asset->id));
	}
}

bool
ot_lint_zones(const struct ot_question *question, struct ot_answers *answers)
{
	struct ot_lint l = { question, answers, false };

	look_pairs(&l);
	look_empty(&l);
	look_names(&l);
	look_registry(&l);
	if (question->store)
		look_seen(&l);
	return !l.lost;
}
