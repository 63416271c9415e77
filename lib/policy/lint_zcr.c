/*
 * otzones lint: what IEC 62443-3-2 asks of the partition into zones, ZCR 3.2
 * to 3.6, as far as a policy, its registry and a stream show it.
 */
#include "policy/lint.h"

static const char *const ot_kinds[] = { "safety", "control", "supervision",
	"operations", NULL };
static const char *const business_kinds[] = { "enterprise", "guest", NULL };
static const char *const between_kinds[] = { "dmz", "access", NULL };
static const char *const outside_kinds[] = { "external", NULL };
static const char *const wireless_kinds[] = { "wireless", NULL };
static const char *const safety_kinds[] = { "safety", NULL };

static const char *const control_roles[] = { "plc", "rtu", "ied", "dcs",
	"drive", "robot", "safety-controller", "controller", "hmi", NULL };
static const char *const business_roles[] = { "office", "mail-server",
	"printer", "domain-controller", NULL };
static const char *const safety_roles[] = { "safety-controller", "sis",
	"safety", NULL };
static const char *const transient_roles[] = { "laptop", "transient",
	"contractor", "test-tool", "service-laptop", NULL };
static const char *const wireless_roles[] = { "wireless", "access-point",
	"wlan-controller", NULL };

/* Where a role must not be. */
struct placing {
	const char *rule, *what;
	const char *const *roles;
	const char *const *kinds; /* the roles belong only there, or … */
	bool only;		  /* … must not be there */
};

static const struct placing placings[] = {
	{ "zcr-3.2", "a control device in a business zone", control_roles,
	    business_kinds, false },
	{ "zcr-3.2", "a business device in a control system zone",
	    business_roles, ot_kinds, false },
	{ "zcr-3.3", "a safety device outside the safety zones", safety_roles,
	    safety_kinds, true },
	{ "zcr-3.4", "a device that comes and goes in a control system zone",
	    transient_roles, ot_kinds, false },
	{ "zcr-3.5", "a wireless device outside the wireless zones",
	    wireless_roles, wireless_kinds, true },
};

#define TEXT(s) (int)(s).len, (s).p

static bool
is_kind(const struct ot_policy *policy, struct ot_str zone,
    const char *const *kinds)
{
	return ot_word(kinds, ot_zone_kind(policy, zone)) >= 0;
}

/* ---- zones ---- */

/* Business at a level of control, control at a level of business. */
static void
look_levels(struct ot_lint *l)
{
	const struct ot_policy *policy = l->q->policy;

	for (uint32_t i = 0; i < policy->zone_count; i++) {
		const struct ot_zone_row *row = &policy->zones[i];
		bool ot = ot_word(ot_kinds, row->kind) >= 0;
		bool business = ot_word(business_kinds, row->kind) >= 0;

		if (row->level < 0 ||
		    !((ot && row->level >= 4) || (business && row->level <= 3)))
			continue;
		ot_lint_say(l,
		    ot_lint_tell(l, "zcr-3.2", true, &row->at, row->id),
		    "ZCR 3.2: zone %.*s of kind %.*s is at level %d: business "
		    "and control systems are to be apart",
		    TEXT(row->id), TEXT(row->kind), row->level);
	}
}

/* One range of addresses for both: a mistake in one prefix joins them. */
static void
look_shared(struct ot_lint *l)
{
	const struct ot_policy *policy = l->q->policy;

	for (uint32_t i = 0; i < policy->zone_count; i++)
		for (uint32_t k = 0; k < policy->zone_count; k++) {
			const struct ot_zone_row *a = &policy->zones[i],
						 *b = &policy->zones[k];
			bool meet = false;

			if (ot_word(ot_kinds, a->kind) < 0 ||
			    ot_word(business_kinds, b->kind) < 0)
				continue;
			for (uint32_t v = 0; v < a->vlan_count; v++)
				for (uint32_t w = 0; w < b->vlan_count; w++)
					meet |= ot_str_eq(a->site, b->site) &&
						a->vlans[v] == b->vlans[w];
			if (meet)
				ot_lint_say(l,
				    ot_lint_tell(
					l, "zcr-3.2", true, &a->at, a->id),
				    "ZCR 3.2: zones %.*s and %.*s share a "
				    "VLAN: business and control systems are to "
				    "be apart",
				    TEXT(a->id), TEXT(b->id));
		}
}

/* ---- devices ---- */

static void
look_role(struct ot_lint *l, const struct ot_source *at, struct ot_str asset,
    struct ot_str zone, struct ot_str role)
{
	for (size_t i = 0; i < sizeof(placings) / sizeof(placings[0]); i++) {
		const struct placing *p = &placings[i];

		if (ot_word(p->roles, role) < 0 ||
		    is_kind(l->q->policy, zone, p->kinds) == p->only)
			continue;
		ot_lint_say(l, ot_lint_tell(l, p->rule, true, at, asset),
		    "ZCR %s: %s: %.*s (%.*s) is in %.*s", p->rule + 4, p->what,
		    TEXT(asset), TEXT(role), TEXT(zone));
	}
}

static void
look_registry(struct ot_lint *l)
{
	const struct ot_policy *policy = l->q->policy;

	for (uint32_t i = 0; i < policy->asset_count; i++) {
		const struct ot_asset_row *row = &policy->assets[i];

		for (uint32_t k = 0; row->zone.len && k < row->roles.count; k++)
			look_role(
			    l, &row->at, row->id, row->zone, row->roles.at[k]);
	}
}

/* Of what was seen, the roles that the registry does not give. */
static void
look_seen(struct ot_lint *l)
{
	static const struct ot_source nowhere;
	const struct ot_list *assets = l->q->assets;

	for (uint32_t i = 0; i < assets->count; i++) {
		const struct ot_asset *asset = assets->at[i];

		if (ot_str_eq(asset->registry, ot_str("registered")) ||
		    !asset->zone.len)
			continue;
		for (uint32_t k = 0; k < asset->roles.count; k++)
			look_role(l, &nowhere, asset->id, asset->zone,
			    ((const struct ot_role *)asset->roles.at[k])->role);
	}
}

/* ---- conduits ---- */

static uint32_t
changing(void)
{
	uint32_t verbs = 0;

	for (uint32_t v = 0; v < OT_VERBS; v++)
		if (ot_verb_alters((enum ot_verb)v))
			verbs |= 1U << v;
	return verbs;
}

/* The zone of a row's end; {NULL, 0}: any, or an asset without a zone. */
static struct ot_str
zone_of(const struct ot_policy *policy, struct ot_str end)
{
	static const char mark[] = "asset:";
	size_t len = sizeof(mark) - 1;

	if (end.len < len || memcmp(end.p, mark, len) != 0)
		return end;
	for (uint32_t i = 0; i < policy->asset_count; i++)
		if (ot_str_eq(policy->assets[i].id,
			(struct ot_str){ end.p + len, end.len - len }))
			return policy->assets[i].zone;
	return (struct ot_str){ NULL, 0 };
}

static void
look_conduit(struct ot_lint *l, const struct ot_conduit_row *row)
{
	const struct ot_policy *policy = l->q->policy;
	struct ot_str from = zone_of(policy, row->from),
		      to = zone_of(policy, row->to);
	uint32_t verbs = row->verbs ? row->verbs : UINT32_MAX;

	if (is_kind(policy, to, safety_kinds) && !ot_str_eq(from, to) &&
	    !is_kind(policy, from, safety_kinds) && (verbs & changing()))
		ot_lint_say(l,
		    ot_lint_tell(l, "zcr-3.3", true, &row->at, row->id),
		    "ZCR 3.3: %.*s lets another zone change what is in the "
		    "safety zone %.*s",
		    TEXT(row->id), TEXT(to));
	if (row->via.count)
		return;
	if ((is_kind(policy, from, outside_kinds) &&
		is_kind(policy, to, ot_kinds)) ||
	    (is_kind(policy, to, outside_kinds) &&
		is_kind(policy, from, ot_kinds)))
		ot_lint_say(l,
		    ot_lint_tell(l, "zcr-3.6", true, &row->at, row->id),
		    "ZCR 3.6: %.*s joins %.*s and %.*s directly: what comes "
		    "by an external network is to end in a zone of kind %s "
		    "or %s",
		    TEXT(row->id), TEXT(from), TEXT(to), between_kinds[0],
		    between_kinds[1]);
}

bool
ot_lint_zcr(const struct ot_question *question, struct ot_answers *answers)
{
	struct ot_lint l = { question, answers, false };

	look_levels(&l);
	look_shared(&l);
	look_registry(&l);
	if (question->assets)
		look_seen(&l);
	for (uint32_t i = 0; i < question->policy->conduit_count; i++)
		look_conduit(&l, &question->policy->conduits[i]);
	return !l.lost;
}
