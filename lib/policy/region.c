/*
 * What rows of a policy cover, as sets of a space. Each key of a row gives a
 * set of its own; what the row covers is common to all of them.
 */
#include "policy/universe.h"

#include "policy/calendar.h"
#include "policy/rules.h"
#include "zone/zone.h"

/* ---- spans ---- */

struct ot_span
ot_span_one(struct ot_universe *space, uint64_t lo, uint64_t hi)
{
	struct ot_interval *at = ot_alloc(space->arena, sizeof(*at));

	space->d.lost |= !at;
	if (!at)
		return (struct ot_span){ 0 };
	*at = (struct ot_interval){ lo, hi };
	return (struct ot_span){ at, 1 };
}

static const struct ot_set *
on_axis(struct ot_universe *space, uint32_t axis, struct ot_span span)
{
	struct ot_span spans[OT_AXES_MAX] = { { NULL, 0 } };

	spans[axis] = span;
	return ot_set_box(&space->d, spans);
}

const struct ot_set *
ot_universe_range(
    struct ot_universe *space, uint32_t axis, uint64_t lo, uint64_t hi)
{
	return on_axis(space, axis, ot_span_one(space, lo, hi));
}

/* set := set + more, both of one row. */
static void
also(struct ot_universe *space, const struct ot_set **set,
    const struct ot_set *more)
{
	*set = ot_set_unite(&space->d, *set, more);
}

static void
only(struct ot_universe *space, const struct ot_set **set,
    const struct ot_set *these)
{
	*set = ot_set_common(&space->d, *set, these);
}

/* ---- ends ---- */

enum match { NO, MAYBE, YES };

struct end {
	const struct ot_universe *space;
	uint32_t p;
	struct ot_str text;
	uint32_t zone, asset; /* numbers; their counts where it names none */
};

static bool
after(struct ot_str s, const char *mark, struct ot_str *rest)
{
	size_t len = strlen(mark);

	if (s.len < len || memcmp(s.p, mark, len) != 0)
		return false;
	*rest = (struct ot_str){ s.p + len, s.len - len };
	return true;
}

static enum match
level_matches(const struct end *e, const struct ot_atom *atom)
{
	struct ot_str id = e->space->zones[atom->zone[e->p]];
	int level = ot_zone_level(e->space->policy[e->p], id), n;
	struct ot_str rest = e->text;

	(void)after(e->text, "level", &rest);
	if (level < 0)
		return MAYBE;
	n = rest.p[rest.len - 1] - '0';
	if (rest.len == 3)
		return (rest.p[0] == '<' ? level <= n : level >= n) ? YES : NO;
	return (rest.p[0] == '<'      ? level < n
		   : rest.p[0] == '>' ? level > n
				      : level == n)
		   ? YES
		   : NO;
}

static enum match
site_matches(
    const struct end *e, const struct ot_atom *atom, struct ot_str site)
{
	const struct ot_zone_row *row = e->space->rows[e->p][atom->zone[e->p]];

	return row && ot_str_eq(row->site, site) ? YES : NO;
}

static enum match
end_matches(const struct end *e, const struct ot_atom *atom)
{
	struct ot_str rest;

	if (!e->text.len || ot_str_eq(e->text, ot_str("*")))
		return YES;
	if (e->asset < e->space->asset_count)
		return atom->asset == e->asset ? YES : NO;
	if (e->zone < e->space->zone_count)
		return atom->zone[e->p] == e->zone ? YES : NO;
	if (after(e->text, "kind:", &rest))
		return ot_str_eq(ot_zone_kind(e->space->policy[e->p],
				     e->space->zones[atom->zone[e->p]]),
			   rest)
			   ? YES
			   : NO;
	if (after(e->text, "site:", &rest))
		return site_matches(e, atom, rest);
	if (after(e->text, "level", &rest) && rest.len)
		return level_matches(e, atom);
	return NO;
}

static struct end
end_of(
    const struct ot_universe *space, uint32_t p, struct ot_str text, bool jump)
{
	struct end e = { space, p, text, space->zone_count,
		space->asset_count };
	struct ot_str asset;

	if (after(text, "asset:", &asset))
		e.asset =
		    ot_text_find(space->assets, space->asset_count, asset);
	else
		e.zone = ot_text_find(space->zones, space->zone_count, text);
	if (jump && e.zone == space->zone_count &&
	    e.asset == space->asset_count)
		e.asset = ot_text_find(space->assets, space->asset_count, text);
	return e;
}

/* The atoms of an end; false where it has none. */
static bool
end_span(struct ot_universe *space, const struct end *e, bool maybe,
    struct ot_span *span)
{
	uint32_t count = 0, runs = 0;
	struct ot_interval *at;
	bool in = false;

	for (uint32_t i = 0; i < space->atom_count; i++) {
		bool now =
		    end_matches(e, &space->atoms[i]) >= (maybe ? MAYBE : YES);

		runs += now && !in;
		in = now;
	}
	at = ot_alloc_array(space->arena, (size_t)runs + 1, sizeof(*at));
	space->d.lost |= !at;
	for (uint32_t i = 0; at && i < space->atom_count; i++) {
		if (end_matches(e, &space->atoms[i]) < (maybe ? MAYBE : YES))
			continue;
		if (count && at[count - 1].hi + 1 == i)
			at[count - 1].hi = i;
		else
			at[count++] = (struct ot_interval){ i, i };
	}
	*span = (struct ot_span){ at, count };
	return count > 0;
}

static const struct ot_set *
leg(struct ot_universe *space, const struct end *from, const struct end *to,
    bool maybe)
{
	struct ot_span spans[OT_AXES_MAX] = { { NULL, 0 } };

	if (!end_span(space, from, maybe, &spans[OT_X_FROM]) ||
	    !end_span(space, to, maybe, &spans[OT_X_TO]))
		return NULL;
	return ot_set_box(&space->d, spans);
}

/* By way of a jump host: to it and on from it, never past it. */
static const struct ot_set *
row_ends(struct ot_universe *space, uint32_t p,
    const struct ot_conduit_row *row, bool maybe)
{
	struct end from = end_of(space, p, row->from, false);
	struct end to = end_of(space, p, row->to, false);
	const struct ot_set *set = NULL;

	if (!row->via.count)
		return leg(space, &from, &to, maybe);
	for (uint32_t i = 0; i < row->via.count; i++) {
		struct end jump = end_of(space, p, row->via.at[i], true);

		also(space, &set, leg(space, &from, &jump, maybe));
		also(space, &set, leg(space, &jump, &to, maybe));
	}
	return set;
}

/* ---- services, verbs ---- */

uint64_t
ot_universe_protocol(const struct ot_universe *space, struct ot_str name)
{
	uint32_t i =
	    ot_text_find(space->protocols, space->protocol_count, name);

	return i < space->protocol_count ? i + 1 : 0;
}

static const struct ot_set *
row_services(struct ot_universe *space, const struct ot_conduit_row *row)
{
	const struct ot_set *set = row->service_count ? NULL : space->d.all;

	for (uint32_t i = 0; i < row->service_count; i++) {
		const struct ot_service_row *s = &row->services[i];
		uint64_t wire = (uint64_t)s->transport << 32;
		uint64_t protocol = ot_universe_protocol(space, s->protocol);

		also(space, &set,
		    s->kind == OT_SERVICE_PROTOCOL
			? ot_universe_range(
			      space, OT_X_PROTOCOL, protocol, protocol)
			: ot_universe_range(space, OT_X_WIRE, wire | s->first,
			      wire | s->last));
	}
	return set;
}

const struct ot_set *
ot_universe_verbs(struct ot_universe *space, uint32_t verbs)
{
	const struct ot_set *set = NULL;

	for (uint32_t v = 0; v < OT_VERBS; v++)
		if (verbs >> v & 1)
			also(space, &set,
			    ot_universe_range(space, OT_X_VERB, v, v));
	return set;
}

/* ---- the other keys ---- */

static bool
number(struct ot_str s, size_t *at, uint64_t *n)
{
	size_t from = *at;

	*n = 0;
	for (; *at < s.len && s.p[*at] >= '0' && s.p[*at] <= '9' &&
	       *at - from < 18;
	     ++*at)
		*n = *n * 10 + (uint64_t)(s.p[*at] - '0');
	return *at > from;
}

bool
ot_universe_sized(
    struct ot_str condition, uint32_t *axis, struct ot_interval *on)
{
	static const struct {
		const char *key;
		uint32_t axis;
	} keys[] = { { "values ", OT_X_VALUE }, { "max_bytes ", OT_X_BYTES },
		{ "max_rate ", OT_X_RATE }, { "max_answer ", OT_X_ANSWER } };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct ot_str rest;
		size_t at = 0;

		if (!after(condition, keys[i].key, &rest) ||
		    !number(rest, &at, &on->hi))
			continue;
		*axis = keys[i].axis;
		on->lo = i ? 0 : on->hi;
		if (i == 0 && at < rest.len && rest.p[at] == '-') {
			at++;
			if (!number(rest, &at, &on->hi))
				return false;
		}
		return at == rest.len && on->lo <= on->hi;
	}
	return false;
}

static const struct ot_set *
row_conditions(struct ot_universe *space, const struct ot_conduit_row *row)
{
	const struct ot_set *set = space->d.all;

	for (uint32_t i = 0; i < row->unjudged_texts.count; i++) {
		struct ot_str text = row->unjudged_texts.at[i];
		struct ot_interval on;
		uint32_t axis;

		if (ot_universe_sized(text, &axis, &on)) {
			only(space, &set,
			    ot_universe_range(space, axis, on.lo, on.hi));
			continue;
		}
		for (uint32_t f = 0; f < space->flag_count; f++)
			if (space->flags[f].word < 0 &&
			    ot_str_eq(space->flags[f].text, text))
				only(space, &set,
				    ot_universe_range(
					space, OT_X_FLAG + f, 1, 1));
	}
	return set;
}

static const struct ot_set *
row_protection(struct ot_universe *space, const struct ot_conduit_row *row)
{
	bool integrity = ot_str_eq(row->encryption, ot_str("integrity"));
	bool required = ot_str_eq(row->encryption, ot_str("required")) ||
			ot_str_eq(row->encryption, ot_str("end-to-end"));

	if (!integrity && !required)
		return space->d.all;
	return ot_universe_range(space, OT_X_PROTECTION, integrity ? 1 : 2, 2);
}

static const struct ot_set *
row_times(struct ot_universe *space, const struct ot_conduit_row *row)
{
	const struct ot_calendar_row *calendar = row->calendar;
	const struct ot_set *set = space->d.all;

	if (row->expires_ns != OT_TIME_NONE)
		set = ot_universe_range(space, OT_X_UNTIL, 0,
		    (uint64_t)row->expires_ns - (uint64_t)OT_TIME_NONE - 1);
	if (calendar) {
		const struct ot_set *week = NULL;

		for (uint32_t i = 0; i < calendar->span_count; i++)
			also(space, &week,
			    ot_universe_range(space, OT_X_WEEK,
				calendar->spans[i].from,
				calendar->spans[i].to));
		only(space, &set, week);
	}
	return set;
}

const struct ot_set *
ot_universe_row(struct ot_universe *space, uint32_t p,
    const struct ot_conduit_row *row, bool maybe)
{
	const struct ot_set *set = row_conditions(space, row);

	if (row->oneway)
		only(space, &set, ot_universe_range(space, OT_X_BACK, 0, 0));
	only(space, &set, row_times(space, row));
	only(space, &set, row_protection(space, row));
	only(space, &set, ot_universe_objects(space, row));
	if (row->verbs)
		only(space, &set, ot_universe_verbs(space, row->verbs));
	only(space, &set, row_services(space, row));
	only(space, &set, row_ends(space, p, row, maybe));
	return set;
}

const struct ot_set *
ot_universe_conduits(struct ot_universe *space, uint32_t p)
{
	const struct ot_policy *policy = space->policy[p];
	const struct ot_set **sets = ot_alloc_array(
	    space->arena, (size_t)policy->conduit_count + 1, sizeof(*sets));

	space->d.lost |= !sets;
	for (uint32_t i = 0; sets && i < policy->conduit_count; i++)
		sets[i] =
		    ot_universe_row(space, p, &policy->conduits[i], false);
	return sets ? ot_set_unite_all(&space->d, sets, policy->conduit_count)
		    : NULL;
}

const struct ot_set *
ot_universe_inside(struct ot_universe *space, uint32_t p)
{
	const struct ot_set **sets =
	    ot_alloc_array(space->arena, space->zone_count, sizeof(*sets));
	size_t count = 0;

	space->d.lost |= !sets;
	for (uint32_t z = 0; sets && z < space->zone_count; z++) {
		const struct ot_zone_row *row = space->rows[p][z];
		struct end end = end_of(space, p, space->zones[z], false);

		if (!row || !row->inside_conduits)
			sets[count++] = leg(space, &end, &end, false);
	}
	return sets ? ot_set_unite_all(&space->d, sets, count) : NULL;
}

/* ---- the atom of an end ---- */

/* An id of the registry, as records write it: "registry:ID", or
 * "registry:SITE/ID" where two sites have one. */
static uint32_t
asset_number(const struct ot_universe *space, struct ot_str asset)
{
	struct ot_str rest;
	bool has_row = after(asset, "registry:", &rest);
	uint32_t i;

	if (has_row)
		asset = rest;
	i = ot_text_find(space->assets, space->asset_count, asset);
	for (size_t at = asset.len;
	     has_row && i == space->asset_count && at > 0; at--)
		if (asset.p[at - 1] == '/')
			return ot_text_find(space->assets, space->asset_count,
			    (struct ot_str){ asset.p + at, asset.len - at });
	return i;
}

static uint32_t
by_address(
    const struct ot_universe *space, uint32_t p, const struct ot_rules_end *end)
{
	const struct ot_policy *policy = space->policy[p];
	uint32_t found = space->asset_count;

	for (uint32_t i = 0; end->addr && i < policy->asset_count; i++) {
		const struct ot_asset_row *row = &policy->assets[i];
		bool has = false;

		for (uint32_t k = 0; k < row->ip_count; k++)
			has |= ot_addr_eq(&row->ips[k], end->addr);
		for (uint32_t k = 0; k < row->mac_count; k++)
			has |= ot_addr_eq(&row->macs[k], end->addr);
		if (!has || !ot_str_eq(row->zone, end->zone))
			continue;
		if (found < space->asset_count)
			return space->asset_count; /* two rows claim it */
		found =
		    ot_text_find(space->assets, space->asset_count, row->id);
	}
	return found;
}

bool
ot_universe_atom(const struct ot_universe *space, uint32_t p,
    const struct ot_rules_end *end, uint32_t *atom)
{
	uint32_t zone =
	    ot_text_find(space->zones, space->zone_count, end->zone);
	uint32_t asset = asset_number(space, end->asset);
	bool found = false;

	if (asset == space->asset_count)
		asset = by_address(space, p, end);
	for (uint32_t i = 0; i < space->atom_count; i++) {
		const struct ot_atom *a = &space->atoms[i];

		if (a->zone[p] != zone)
			continue;
		if (a->asset == asset ||
		    (!found && a->asset == space->asset_count)) {
			*atom = i;
			found = true;
			if (a->asset == asset)
				return true;
		}
	}
	return found;
}
