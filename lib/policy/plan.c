/*
 * From conduits and crossings to links between zones.
 */
#include "policy/plan.h"

#include <stdlib.h>

struct maker {
	struct ot_arena *arena;
	const struct ot_policy *policy;
	struct ot_plan *plan;
	struct ot_map map; /* pair of zones: struct ot_plan_link */
	struct ot_list links;
	struct ot_map zones; /* id: struct ot_plan_zone */
	bool lost;
};

static bool
zones_make(struct maker *m)
{
	const struct ot_policy *policy = m->policy;
	static const char *const fixed[] = { OT_ZONE_INTERNET,
		OT_ZONE_UNASSIGNED };
	struct ot_plan *plan = m->plan;

	plan->zones = ot_alloc_array(
	    m->arena, (size_t)policy->zone_count + 2, sizeof(*plan->zones));
	if (!plan->zones)
		return false;
	for (uint32_t i = 0; i < policy->zone_count; i++) {
		const struct ot_zone_row *row = &policy->zones[i];

		plan->zones[plan->zone_count++] =
		    (struct ot_plan_zone){ row->id, row->name, row->kind,
			    row->site, row->level };
	}
	for (size_t i = 0; i < 2; i++) {
		struct ot_str id = ot_str(fixed[i]);

		plan->zones[plan->zone_count++] =
		    (struct ot_plan_zone){ id, id, ot_zone_kind(policy, id),
			    { NULL, 0 }, ot_zone_level(policy, id) };
	}
	for (uint32_t i = 0; i < plan->zone_count; i++) {
		struct ot_plan_zone *zone = &plan->zones[i];
		void **at = ot_map_at(&m->zones, zone->id.p, zone->id.len);

		if (!at)
			return false;
		*at = zone;
	}
	return true;
}

static bool
zone_of(const struct maker *m, struct ot_str id, uint32_t *zone)
{
	const struct ot_plan_zone *at = ot_map_get(&m->zones, id.p, id.len);

	if (at)
		*zone = (uint32_t)(at - m->plan->zones);
	return at != NULL;
}

static struct ot_plan_link *
link_of(struct maker *m, uint32_t from, uint32_t to)
{
	uint32_t pair[] = { from, to }, *kept;
	struct ot_plan_link *link = ot_map_get(&m->map, pair, sizeof(pair));
	void **at;

	if (link)
		return link;
	link = ot_alloc(m->arena, sizeof(*link));
	kept = ot_alloc(m->arena, sizeof(pair));
	if (kept)
		memcpy(kept, pair, sizeof(pair));
	at = link && kept ? ot_map_at(&m->map, kept, sizeof(pair)) : NULL;
	if (!at || !ot_list_push(m->arena, &m->links, link)) {
		m->lost = true;
		return NULL;
	}
	*at = link;
	link->from = from;
	link->to = to;
	return link;
}

/* ---- conduits ---- */

static struct ot_str
row_text(struct maker *m, const struct ot_conduit_row *row)
{
	struct ot_sb sb = { 0 };
	struct ot_str kept;

	for (uint32_t i = 0; i < row->service_count; i++) {
		ot_sb_puts(&sb, i ? " " : "");
		ot_sb_add(
		    &sb, row->services[i].text.p, row->services[i].text.len);
	}
	if (!row->service_count)
		ot_sb_puts(&sb, "any service");
	for (uint32_t v = 0; v < OT_VERBS; v++)
		if (row->verbs >> v & 1)
			ot_sb_printf(&sb, "%s%s",
			    row->verbs & ((1U << v) - 1) ? " " : ": ",
			    ot_verb_names[v]);
	kept = ot_str_keep(m->arena, ot_sb_str(&sb));
	m->lost |= !kept.p || sb.lost;
	ot_sb_done(&sb);
	return kept;
}

static void
add_once(struct maker *m, struct ot_strings *strings, struct ot_str s)
{
	for (uint32_t i = 0; i < strings->count; i++)
		if (ot_str_eq(strings->at[i], s))
			return;
	m->lost |= !ot_strings_add(m->arena, strings, s);
}

static void
add_row(struct maker *m, uint32_t from, uint32_t to,
    const struct ot_conduit_row *row, struct ot_str text)
{
	struct ot_plan_link *link = link_of(m, from, to);
	uint32_t verbs = row->verbs ? row->verbs : (1U << OT_VERBS) - 1;

	if (!link)
		return;
	if (!link->row)
		link->row = row;
	for (uint32_t v = 0; v < OT_VERBS; v++)
		if ((verbs >> v & 1) && !link->by[v])
			link->by[v] = row;
	link->verbs |= verbs;
	add_once(m, &link->allows, text);
	add_once(m, &link->conduits, row->id);
}

/* Ends of a row: one zone, or all. */
struct end {
	uint32_t first, last;
};

/* The zone of an asset, marked or, of `via`, not. */
static bool
asset_zone(const struct maker *m, struct ot_str end, uint32_t *zone)
{
	static const char mark[] = "asset:";
	size_t len = sizeof(mark) - 1;

	if (end.len > len && memcmp(end.p, mark, len) == 0)
		end = (struct ot_str){ end.p + len, end.len - len };
	for (uint32_t i = 0; i < m->policy->asset_count; i++)
		if (ot_str_eq(m->policy->assets[i].id, end))
			return zone_of(m, m->policy->assets[i].zone, zone);
	return false;
}

static bool
end_of(const struct maker *m, struct ot_str text, struct end *end)
{
	*end = (struct end){ 0, m->plan->zone_count - 1 };
	if (!text.len || ot_str_eq(text, ot_str("*")))
		return true;
	if (!zone_of(m, text, &end->first) && !asset_zone(m, text, &end->first))
		return false;
	end->last = end->first;
	return true;
}

static void
add_leg(struct maker *m, const struct ot_conduit_row *row, struct ot_str from,
    struct ot_str to, struct ot_str text)
{
	struct end a, b;

	if (!end_of(m, from, &a) || !end_of(m, to, &b))
		return;
	for (uint32_t i = a.first; i <= a.last && !m->lost; i++)
		for (uint32_t k = b.first; k <= b.last && !m->lost; k++)
			if (i != k || (a.first == a.last && b.first == b.last))
				add_row(m, i, k, row, text);
}

static void
take_rows(struct maker *m)
{
	for (uint32_t i = 0; i < m->policy->conduit_count && !m->lost; i++) {
		const struct ot_conduit_row *row = &m->policy->conduits[i];
		struct ot_str text = row_text(m, row);

		if (!row->via.count)
			add_leg(m, row, row->from, row->to, text);
		for (uint32_t v = 0; v < row->via.count; v++) {
			add_leg(m, row, row->from, row->via.at[v], text);
			add_leg(m, row, row->via.at[v], row->to, text);
		}
	}
}

/* ---- what was seen ---- */

static void
take_crossings(struct maker *m, const struct ot_list *crossings)
{
	for (uint32_t i = 0; i < crossings->count && !m->lost; i++) {
		const struct ot_crossing *c = crossings->at[i];
		struct ot_plan_link *link = NULL;
		uint32_t from, to;

		if (zone_of(m, c->client_zone, &from) &&
		    zone_of(m, c->server_zone, &to))
			link = link_of(m, from, to);
		if (!link)
			continue;
		link->allowed += c->verdict == OT_ALLOWED;
		link->violations += c->verdict == OT_VIOLATION;
		link->untold += c->verdict == OT_CANNOT_TELL;
	}
}

static int
link_cmp(const void *a, const void *b)
{
	const struct ot_plan_link *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

static bool
hand_over(struct maker *m)
{
	struct ot_plan *plan = m->plan;

	plan->link_count = m->links.count;
	plan->links = ot_alloc_array(
	    m->arena, plan->link_count + 1, sizeof(*plan->links));
	if (!plan->links)
		return false;
	for (size_t i = 0; i < plan->link_count; i++)
		plan->links[i] = *(struct ot_plan_link *)m->links.at[i];
	qsort(plan->links, plan->link_count, sizeof(*plan->links), link_cmp);
	return true;
}

bool
ot_plan_make(struct ot_arena *arena, const struct ot_policy *policy,
    const struct ot_list *crossings, struct ot_plan *plan)
{
	struct maker m = { .arena = arena, .policy = policy, .plan = plan };
	bool ok;

	*plan =
	    (struct ot_plan){ .name = policy->name, .seen = crossings != NULL };
	ok = zones_make(&m);
	if (ok)
		take_rows(&m);
	if (ok && crossings)
		take_crossings(&m, crossings);
	ok = ok && !m.lost && hand_over(&m);
	ot_map_done(&m.map);
	ot_map_done(&m.zones);
	return ok;
}

const struct ot_plan_link *
ot_plan_find(const struct ot_plan *plan, uint32_t from, uint32_t to)
{
	const struct ot_plan_link key = { .from = from, .to = to };

	return plan->link_count ? bsearch(&key, plan->links, plan->link_count,
				      sizeof(*plan->links), link_cmp)
				: NULL;
}
