/*
 * From the rows of the policy to a sorted list of entries: one for each pair
 * of ends and each service that a conduit names. Finding what touches a
 * conversation takes a few binary searches, however many conduits there are.
 */
#include "policy/rules.h"

#include <stdlib.h>

static const char asset_mark[] = "asset:";

static int
text_cmp(const void *a, const void *b)
{
	return ot_str_cmp(*(const struct ot_str *)a, *(const struct ot_str *)b);
}

int
ot_entry_cmp(const void *a, const void *b)
{
	const struct ot_entry *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->transport != y->transport)
		return x->transport < y->transport ? -1 : 1;
	if (x->service != y->service)
		return x->service < y->service ? -1 : 1;
	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	return (x->last > y->last) - (x->last < y->last);
}

uint32_t
ot_text_find(const struct ot_str *sorted, uint32_t count, struct ot_str text)
{
	uint32_t lo = 0, hi = count;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int c = ot_str_cmp(sorted[mid], text);

		if (c == 0)
			return mid;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return count;
}

uint32_t
ot_end_zone(const struct ot_rules *rules, struct ot_str zone)
{
	uint32_t i = ot_text_find(rules->zones, rules->zone_count, zone);

	return i < rules->zone_count ? OT_END_FIRST + i : OT_END_ANY;
}

/* An asset that the registry has is "registry:ID", or "registry:SITE/ID" where
 * two sites have one. */
uint32_t
ot_end_asset(const struct ot_rules *rules, struct ot_str asset)
{
	static const char mark[] = "registry:";
	size_t len = sizeof(mark) - 1, at;
	bool has_row = asset.len > len && memcmp(asset.p, mark, len) == 0;

	if (has_row)
		asset = (struct ot_str){ asset.p + len, asset.len - len };
	uint32_t i = ot_text_find(rules->assets, rules->asset_count, asset);

	for (at = asset.len; has_row && at > 0 && asset.p[at - 1] != '/';)
		at--;
	if (i == rules->asset_count && has_row && at > 0)
		i = ot_text_find(rules->assets, rules->asset_count,
		    (struct ot_str){ asset.p + at, asset.len - at });
	return i < rules->asset_count ? OT_END_FIRST + rules->zone_count + i
				      : OT_END_ANY;
}

/* ---- names ---- */

static bool
is_any(struct ot_str s)
{
	return s.len == 0 || ot_str_eq(s, ot_str("*"));
}

/* "asset:ID" without its mark. */
static bool
is_asset(struct ot_str *s)
{
	size_t len = sizeof(asset_mark) - 1;

	if (s->len < len || memcmp(s->p, asset_mark, len) != 0)
		return false;
	s->p += len;
	s->len -= len;
	return true;
}

static bool
is_zone(const struct ot_policy *policy, struct ot_str s)
{
	for (uint32_t i = 0; i < policy->zone_count; i++)
		if (ot_str_eq(policy->zones[i].id, s))
			return true;
	return false;
}

/* What the entries of `via` mean: an asset, marked or not, or a zone. */
static bool
via_is_asset(const struct ot_policy *policy, struct ot_str *s)
{
	return is_asset(s) || !is_zone(policy, *s);
}

struct names {
	struct ot_str *at;
	uint32_t count;
};

static void
names_settle(struct names *names)
{
	uint32_t kept = 0;

	if (names->count)
		qsort(names->at, names->count, sizeof(*names->at), text_cmp);
	for (uint32_t i = 0; i < names->count; i++)
		if (!kept || !ot_str_eq(names->at[kept - 1], names->at[i]))
			names->at[kept++] = names->at[i];
	names->count = kept;
}

static void
add_end(struct names *zones, struct names *assets, struct ot_str s)
{
	if (is_any(s))
		return;
	if (is_asset(&s))
		assets->at[assets->count++] = s;
	else
		zones->at[zones->count++] = s;
}

static void
add_names(const struct ot_policy *policy, struct names *zones,
    struct names *assets, struct names *protocols)
{
	for (uint32_t i = 0; i < policy->conduit_count; i++) {
		const struct ot_conduit_row *row = &policy->conduits[i];

		add_end(zones, assets, row->from);
		add_end(zones, assets, row->to);
		for (uint32_t v = 0; v < row->via.count; v++) {
			struct ot_str s = row->via.at[v];

			if (via_is_asset(policy, &s))
				assets->at[assets->count++] = s;
			else
				zones->at[zones->count++] = s;
		}
		for (uint32_t s = 0; s < row->service_count; s++)
			if (row->services[s].kind == OT_SERVICE_PROTOCOL)
				protocols->at[protocols->count++] =
				    row->services[s].protocol;
	}
	names_settle(zones);
	names_settle(assets);
	names_settle(protocols);
}

static bool
names_make(struct ot_arena *arena, struct ot_rules *rules)
{
	const struct ot_policy *policy = rules->policy;
	struct names zones = { 0 }, assets = { 0 }, protocols = { 0 };
	size_t ends = 0, services = 0;

	for (uint32_t i = 0; i < policy->conduit_count; i++) {
		ends += 2 + (size_t)policy->conduits[i].via.count;
		services += policy->conduits[i].service_count;
	}
	zones.at = ot_alloc_array(arena, ends + 1, sizeof(*zones.at));
	assets.at = ot_alloc_array(arena, ends + 1, sizeof(*assets.at));
	protocols.at =
	    ot_alloc_array(arena, services + 1, sizeof(*protocols.at));
	if (!zones.at || !assets.at || !protocols.at)
		return false;
	add_names(policy, &zones, &assets, &protocols);
	rules->zones = zones.at;
	rules->zone_count = zones.count;
	rules->assets = assets.at;
	rules->asset_count = assets.count;
	rules->protocols = protocols.at;
	rules->protocol_count = protocols.count;
	return true;
}

/* ---- entries ---- */

static uint32_t
end_of(const struct ot_rules *rules, struct ot_str s)
{
	if (is_any(s))
		return OT_END_ANY;
	return is_asset(&s) ? ot_end_asset(rules, s) : ot_end_zone(rules, s);
}

static void
put(struct ot_rules *rules, struct ot_entry entry)
{
	rules->entries[rules->entry_count++] = entry;
}

static struct ot_entry
entry_of(const struct ot_rules *rules, const struct ot_service_row *service)
{
	struct ot_entry e = { .kind = OT_ENTRY_PORT,
		.transport = service->transport,
		.service = service->first,
		.last = service->last };

	if (service->kind == OT_SERVICE_PROTOCOL) {
		e = (struct ot_entry){ .kind = OT_ENTRY_PROTOCOL };
		e.service = ot_text_find(
		    rules->protocols, rules->protocol_count, service->protocol);
	} else if (service->first < service->last) {
		e.kind = OT_ENTRY_RANGE;
	}
	return e;
}

/* One leg of a conduit: its pair, and its services three times: for both
 * ends, and for each end alone, to find what was nearest. */
static void
put_leg(struct ot_rules *rules, uint32_t rule, uint32_t from, uint32_t to)
{
	const struct ot_conduit_row *row = &rules->policy->conduits[rule];
	struct ot_entry any = { .kind = OT_ENTRY_ANY };

	put(rules,
	    (struct ot_entry){
		.from = from, .to = to, .kind = OT_ENTRY_PAIR, .rule = rule });
	for (uint32_t i = 0; i == 0 || i < row->service_count; i++) {
		struct ot_entry e = row->service_count
					? entry_of(rules, &row->services[i])
					: any;

		e.rule = rule;
		e.from = from;
		e.to = to;
		put(rules, e);
		e.from = OT_END_ALL;
		put(rules, e);
		e.from = from;
		e.to = OT_END_ALL;
		put(rules, e);
	}
}

/* Of several jump hosts each may be the one. */
static void
put_rule(struct ot_rules *rules, uint32_t rule)
{
	const struct ot_conduit_row *row = &rules->policy->conduits[rule];
	uint32_t from = end_of(rules, row->from), to = end_of(rules, row->to);

	if (!row->via.count) {
		put_leg(rules, rule, from, to);
		return;
	}
	put(rules,
	    (struct ot_entry){
		.from = from, .to = to, .kind = OT_ENTRY_VIA, .rule = rule });
	for (uint32_t i = 0; i < row->via.count; i++) {
		struct ot_str s = row->via.at[i];
		uint32_t jump = via_is_asset(rules->policy, &s)
				    ? ot_end_asset(rules, s)
				    : ot_end_zone(rules, s);

		put_leg(rules, rule, from, jump);
		put_leg(rules, rule, jump, to);
	}
}

static bool
entries_make(struct ot_arena *arena, struct ot_rules *rules)
{
	const struct ot_policy *policy = rules->policy;
	size_t room = 1;

	for (uint32_t i = 0; i < policy->conduit_count; i++) {
		const struct ot_conduit_row *row = &policy->conduits[i];
		size_t legs = row->via.count ? 2 * (size_t)row->via.count : 1;

		room += 1 + legs * (4 + 3 * (size_t)row->service_count);
	}
	rules->entries = ot_alloc_array(arena, room, sizeof(*rules->entries));
	if (!rules->entries)
		return false;
	for (uint32_t i = 0; i < policy->conduit_count; i++)
		put_rule(rules, i);
	if (rules->entry_count)
		qsort(rules->entries, rules->entry_count,
		    sizeof(*rules->entries), ot_entry_cmp);
	return true;
}

/* ---- objects, registry ---- */

static bool
objects_make(struct ot_arena *arena, struct ot_rules *rules)
{
	rules->objects = ot_alloc_array(
	    arena, (size_t)rules->count + 1, sizeof(*rules->objects));
	if (!rules->objects)
		return false;
	for (uint32_t i = 0; i < rules->count; i++) {
		const struct ot_strings *texts =
		    &rules->policy->conduits[i].objects;
		struct ot_rule_objects *objects = &rules->objects[i];

		if (!texts->count)
			continue;
		objects->at =
		    ot_alloc_array(arena, texts->count, sizeof(*objects->at));
		if (!objects->at)
			return false;
		for (uint32_t k = 0; k < texts->count; k++)
			objects->at[objects->count++] =
			    ot_extent_of(texts->at[k]);
	}
	return true;
}

static struct ot_glance
glance_of(
    const struct ot_conduit_row *row, const struct ot_rule_objects *objects)
{
	struct ot_glance g = { .expires_ns = row->expires_ns,
		.verbs = row->verbs };

	if (objects->count != 1)
		return g;
	const struct ot_extent *e = &objects->at[0];

	g.shape = ot_extent_shape(e);
	if (g.shape) {
		g.lo = e->word[e->count - 1].lo;
		g.hi = e->word[e->count - 1].hi;
	}
	return g;
}

static bool
glances_make(struct ot_arena *arena, struct ot_rules *rules)
{
	rules->glances = ot_alloc_array(
	    arena, (size_t)rules->count + 1, sizeof(*rules->glances));
	for (uint32_t i = 0; rules->glances && i < rules->count; i++)
		rules->glances[i] =
		    glance_of(&rules->policy->conduits[i], &rules->objects[i]);
	return rules->glances;
}

static int
registered_cmp(const void *a, const void *b)
{
	const struct ot_registered *x = a, *y = b;
	int c = ot_addr_cmp(&x->addr, &y->addr);

	return c ? c : (x->row > y->row) - (x->row < y->row);
}

static bool
registered_make(struct ot_arena *arena, struct ot_rules *rules)
{
	const struct ot_policy *policy = rules->policy;
	size_t room = 1;

	for (uint32_t i = 0; i < policy->asset_count; i++)
		room += (size_t)policy->assets[i].ip_count +
			policy->assets[i].mac_count;
	rules->registered =
	    ot_alloc_array(arena, room, sizeof(*rules->registered));
	if (!rules->registered)
		return false;
	for (uint32_t i = 0; i < policy->asset_count; i++) {
		const struct ot_asset_row *row = &policy->assets[i];

		for (uint32_t k = 0; k < row->ip_count; k++)
			rules->registered[rules->registered_count++] =
			    (struct ot_registered){ row->ips[k], i };
		for (uint32_t k = 0; k < row->mac_count; k++)
			rules->registered[rules->registered_count++] =
			    (struct ot_registered){ row->macs[k], i };
	}
	if (rules->registered_count)
		qsort(rules->registered, rules->registered_count,
		    sizeof(*rules->registered), registered_cmp);
	return true;
}

/* ---- clocks ---- */

static int
clock_cmp(const void *a, const void *b)
{
	const struct ot_zone_clock *x = a, *y = b;

	return ot_str_cmp(x->zone, y->zone);
}

static const struct ot_zoneinfo *
site_clock(const struct ot_policy *policy, struct ot_str site)
{
	for (uint32_t i = 0; i < policy->site_count; i++)
		if (ot_str_eq(policy->sites[i].id, site))
			return policy->sites[i].clock;
	return NULL;
}

static bool
clocks_make(struct ot_arena *arena, struct ot_rules *rules)
{
	const struct ot_policy *policy = rules->policy;

	for (uint32_t i = 0; i < policy->conduit_count; i++)
		rules->timed |= policy->conduits[i].when.len > 0;
	if (!rules->timed)
		return true;
	rules->clocks = ot_alloc_array(
	    arena, (size_t)policy->zone_count + 1, sizeof(*rules->clocks));
	if (!rules->clocks)
		return false;
	for (uint32_t i = 0; i < policy->zone_count; i++) {
		const struct ot_zoneinfo *clock =
		    site_clock(policy, policy->zones[i].site);

		if (clock)
			rules->clocks[rules->clock_count++] =
			    (struct ot_zone_clock){ policy->zones[i].id,
				    clock };
	}
	if (rules->clock_count)
		qsort(rules->clocks, rules->clock_count, sizeof(*rules->clocks),
		    clock_cmp);
	return true;
}

const struct ot_rules *
ot_rules_compile(struct ot_arena *arena, const struct ot_policy *policy)
{
	static const struct ot_policy none;
	struct ot_rules *rules = ot_alloc(arena, sizeof(*rules));

	if (!rules)
		return NULL;
	rules->policy = policy ? policy : &none;
	rules->count = rules->policy->conduit_count;
	return names_make(arena, rules) && entries_make(arena, rules) &&
		       objects_make(arena, rules) &&
		       glances_make(arena, rules) &&
		       registered_make(arena, rules) &&
		       clocks_make(arena, rules)
		   ? rules
		   : NULL;
}
