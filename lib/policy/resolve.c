/*
 * What rows say of other rows: ids, sites, zones, ends of conduits (DESIGN.md
 * section 4).
 */
#include <stdio.h>
#include <sys/stat.h>

#include "policy/calendar.h"
#include "policy/reader.h"
#include "zone/zone.h"

/* ---- names ---- */

static struct ot_str
joined(struct ot_reader *r, struct ot_str a, char mark, struct ot_str b)
{
	char *p = ot_alloc(r->arena, a.len + b.len + 2);

	if (!p) {
		r->lost = true;
		return (struct ot_str){ NULL, 0 };
	}
	memcpy(p, a.p, a.len);
	p[a.len] = mark;
	memcpy(p + a.len + 1, b.p, b.len);
	return (struct ot_str){ p, a.len + b.len + 1 };
}

/* A word among names of the policy: told with the nearest. */
static void
unknown(struct ot_reader *r, const struct ot_source *at, struct ot_str word,
    const char *what, const char *const *names)
{
	char shown[OT_SHOWN], hint[OT_HINT];

	ot_wrong(r, at, "%s is not %s%s", ot_shown(shown, word), what,
	    ot_hint(hint, ot_nearest(names, word)));
}

/* Room for n names and the words behind them, NULL at the end. */
static const char **
names_for(struct ot_reader *r, size_t n)
{
	const char **names = ot_alloc_array(r->arena, n + 1, sizeof(*names));

	if (!names)
		r->lost = true;
	return names;
}

static const char *
c_text(struct ot_reader *r, struct ot_str s)
{
	struct ot_str kept = ot_str_keep(r->arena, s);

	r->lost |= !kept.p;
	return kept.p ? kept.p : "";
}

static const char **
site_names(struct ot_reader *r)
{
	const char **names = names_for(r, r->policy->site_count);

	for (uint32_t i = 0; names && i < r->policy->site_count; i++)
		names[i] = c_text(r, r->policy->sites[i].id);
	return names;
}

/* Ids of the zones, then their names. */
static const char **
zone_names(struct ot_reader *r)
{
	const struct ot_policy *policy = r->policy;
	uint32_t n = policy->zone_count;
	const char **names = names_for(r, 2 * (size_t)n + 2);

	for (uint32_t i = 0; names && i < n; i++) {
		names[i] = c_text(r, policy->zones[i].id);
		names[n + i] = c_text(r, policy->zones[i].name);
	}
	if (names) {
		names[2 * n] = OT_ZONE_INTERNET;
		names[2 * n + 1] = OT_ZONE_UNASSIGNED;
	}
	return names;
}

static const char **
asset_names(struct ot_reader *r)
{
	const char **names = names_for(r, r->policy->asset_count);

	for (uint32_t i = 0; names && i < r->policy->asset_count; i++)
		names[i] = c_text(r, r->policy->assets[i].id);
	return names;
}

/* Ids of a table that were there before; rows begin with their place. */
struct ids {
	struct ot_map map;
	const char *what;
};

static void
take_id(struct ot_reader *r, struct ids *ids, struct ot_str id,
    const struct ot_source *at, const struct ot_source *row)
{
	char shown[OT_SHOWN];
	void **slot;

	if (id.len == 0)
		return;
	slot = ot_map_at(&ids->map, id.p, id.len);
	if (!slot) {
		r->lost = true;
		return;
	}
	if (*slot) {
		const struct ot_source *first = *slot;

		ot_wrong(r, at, "%s %s is there twice: first in %.*s line %u",
		    ids->what, ot_shown(shown, id), (int)first->file.len,
		    first->file.p, first->line);
		return;
	}
	/* the row's place lives as long as the policy; it is only read */
	*slot = ot_alloc(r->arena, sizeof(*row));
	if (*slot)
		memcpy(*slot, row, sizeof(*row));
	else
		r->lost = true;
}

/* ---- sites and zones ---- */

/* The table of its time zone. Where the machine has no tables, time windows
 * cannot be told; one that the tables do not have is an error. */
static void
set_clock(struct ot_reader *r, struct ot_site_row *row)
{
	const struct ot_source *at = ot_place_of(r, &row->timezone, &row->at);
	char shown[OT_SHOWN];
	struct ot_error error;
	struct stat st;

	if (!row->timezone.len || stat(OT_ZONEINFO_FOLDER, &st) != 0)
		return;
	if (ot_zoneinfo_load(&row->clock, r->arena, OT_ZONEINFO_FOLDER,
		row->timezone, &error) < 0)
		ot_wrong(r, at, "%s is not a time zone, as Africa/Lagos or UTC",
		    ot_shown(shown, row->timezone));
}

static void
resolve_sites(struct ot_reader *r)
{
	struct ids ids = { .what = "site" };

	for (uint32_t i = 0; i < r->policy->site_count; i++) {
		const struct ot_site_row *row = &r->policy->sites[i];
		const struct ot_source *at = ot_place_of(r, &row->id, &row->at);

		if (row->id.len == 0 && !ot_faulty(r, row))
			ot_wrong(r, at, "a site needs an id");
		take_id(r, &ids, row->id, at, &row->at);
		set_clock(r, &r->policy->sites[i]);
	}
	ot_map_done(&ids.map);
}

static void
name_zone(struct ot_reader *r, struct ot_zone_row *row)
{
	if (row->id.len)
		return;
	if (row->site.len && row->name.len)
		row->id = joined(r, row->site, '/', row->name);
	else if (row->name.len)
		row->id = row->name;
	else if (!ot_faulty(r, row))
		ot_wrong(r, &row->at, "a zone needs an id, or site and name");
}

static void
resolve_zones(struct ot_reader *r)
{
	const char **sites = site_names(r);
	struct ids ids = { .what = "zone" };

	for (uint32_t i = 0; i < r->policy->zone_count; i++) {
		struct ot_zone_row *row = &r->policy->zones[i];

		name_zone(r, row);
		if (row->site.len && !ot_zone_site(r->policy, row->site))
			unknown(r, ot_place_of(r, &row->site, &row->at),
			    row->site, "a declared site", sites);
		take_id(r, &ids, row->id, ot_place_of(r, &row->id, &row->at),
		    &row->at);
	}
	ot_map_done(&ids.map);
}

/* ---- ends ---- */

/* The zone that a text means: by id, or by a name that only one has. */
static const struct ot_zone_row *
zone_meant(const struct ot_policy *policy, struct ot_str text, bool *several)
{
	const struct ot_zone_row *row = ot_zone_row(policy, text),
				 *named = NULL;

	*several = false;
	if (row)
		return row;
	for (uint32_t i = 0; i < policy->zone_count; i++) {
		if (!ot_str_eq(policy->zones[i].name, text))
			continue;
		*several = named != NULL;
		named = &policy->zones[i];
		if (*several)
			return NULL;
	}
	return named;
}

static bool
starts(struct ot_str s, const char *with)
{
	return s.len >= strlen(with) && memcmp(s.p, with, strlen(with)) == 0;
}

static bool
is_asset(const struct ot_policy *policy, struct ot_str id)
{
	for (uint32_t i = 0; i < policy->asset_count; i++)
		if (ot_str_eq(policy->assets[i].id, id))
			return true;
	return false;
}

/* Without a registry any id may be one that the traffic shows. */
static void
check_asset(struct ot_reader *r, const struct ot_source *at, struct ot_str id,
    const char *const *assets)
{
	if (!id.len)
		ot_wrong(r, at, "asset: wants an id behind it");
	else if (r->registry && !is_asset(r->policy, id))
		unknown(r, at, id, "an asset of the registry", assets);
}

struct words {
	const char *const *zones, *const *assets;
};

/* Forms of ends that assertions have, and those that a later version of the
 * language has. */
static bool
other_form(struct ot_str text)
{
	static const char *const forms[] = { "kind:", "role:", "level<",
		"level>", "level=", "group:", "site:", "zone:" };

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (starts(text, forms[i]))
			return true;
	return false;
}

/* The end of a conduit or a waiver; a name becomes the zone's id. */
static void
resolve_end(struct ot_reader *r, struct ot_str *end, const struct ot_source *at,
    const struct words *words)
{
	static const char *const fixed[] = { OT_ZONE_INTERNET,
		OT_ZONE_UNASSIGNED, "*", NULL };
	char shown[OT_SHOWN];
	bool several;
	const struct ot_zone_row *row;

	if (ot_word(fixed, *end) >= 0)
		return;
	if (starts(*end, "asset:")) {
		check_asset(r, at, (struct ot_str){ end->p + 6, end->len - 6 },
		    words->assets);
		return;
	}
	row = zone_meant(r->policy, *end, &several);
	if (row)
		*end = row->id;
	else if (several)
		ot_wrong(r, at, "several zones are named %s: write the id",
		    ot_shown(shown, *end));
	else if (other_form(*end))
		ot_wrong(r, at,
		    "%s: this form is not supported yet; write a zone, "
		    "asset:ID, internet or *",
		    ot_shown(shown, *end));
	else
		unknown(r, at, *end, "a zone", words->zones);
}

/* ---- conduits ---- */

/* A window that the row itself holds, where the text is no name. */
static void
own_window(struct ot_reader *r, struct ot_conduit_row *row)
{
	struct ot_calendar_row *own = ot_alloc(r->arena, sizeof(*own));

	r->lost |= !own;
	if (own && !ot_calendar_read(r->arena, row->when, own, &r->lost)) {
		own->at = *ot_place_of(r, &row->when, &row->at);
		row->calendar = own;
	}
}

static void
check_when(struct ot_reader *r, struct ot_conduit_row *row)
{
	const struct ot_policy *policy = r->policy;
	const char **names;

	for (uint32_t i = 0; row->when.len && i < policy->calendar_count; i++)
		if (ot_str_eq(policy->calendars[i].name, row->when))
			row->calendar = &policy->calendars[i];
	if (row->when.len && !row->calendar)
		own_window(r, row);
	if (!row->when.len || row->calendar)
		return;
	names = names_for(r, policy->calendar_count);
	for (uint32_t i = 0; names && i < policy->calendar_count; i++)
		names[i] = c_text(r, policy->calendars[i].name);
	unknown(r, ot_place_of(r, &row->when, &row->at), row->when,
	    "one of the calendars", names);
}

static void
resolve_conduit(
    struct ot_reader *r, struct ot_conduit_row *row, const struct words *words)
{
	const struct ot_source *via = ot_place_of(r, &row->via, &row->at);

	if (row->from.len)
		resolve_end(
		    r, &row->from, ot_place_of(r, &row->from, &row->at), words);
	else if (!ot_faulty(r, row))
		ot_wrong(r, &row->at, "a conduit needs a from");
	if (row->to.len)
		resolve_end(
		    r, &row->to, ot_place_of(r, &row->to, &row->at), words);
	else if (!ot_faulty(r, row))
		ot_wrong(r, &row->at, "a conduit needs a to");
	for (uint32_t i = 0; i < row->via.count; i++)
		check_asset(r, via, row->via.at[i], words->assets);
	check_when(r, row);
}

/* The id of a row that has none: its ends, and its number where two rows have
 * the same. */
static void
name_conduit(
    struct ot_reader *r, struct ot_conduit_row *row, const struct ids *ids)
{
	char number[16];

	if (row->id.len || row->from.len == 0 || row->to.len == 0)
		return;
	row->id = joined(r, row->from, '>', row->to);
	if (!ot_map_get(&ids->map, row->id.p, row->id.len))
		return;
	(void)snprintf(number, sizeof(number), "%u",
	    (unsigned)(row - r->policy->conduits) + 1);
	row->id = joined(r, row->id, '#', ot_str(number));
}

static void
resolve_conduits(struct ot_reader *r, const struct words *words)
{
	struct ids ids = { .what = "conduit" };

	for (uint32_t i = 0; i < r->policy->conduit_count; i++) {
		struct ot_conduit_row *row = &r->policy->conduits[i];

		resolve_conduit(r, row, words);
		name_conduit(r, row, &ids);
		take_id(r, &ids, row->id, ot_place_of(r, &row->id, &row->at),
		    &row->at);
	}
	ot_map_done(&ids.map);
}

/* ---- registry and waivers ---- */

/* A row of an inventory without ids is called what it is known by. */
static void
name_asset(struct ot_reader *r, struct ot_asset_row *row)
{
	char text[OT_ADDR_TEXT];

	if (row->id.len)
		return;
	if (row->name.len)
		row->id = row->name;
	else if (row->ip_count && ot_addr_print(text, &row->ips[0]))
		row->id = ot_str_keep(r->arena, ot_str(text));
	else if (row->mac_count && ot_addr_print(text, &row->macs[0]))
		row->id = ot_str_keep(r->arena, ot_str(text));
	else if (!ot_faulty(r, row))
		ot_wrong(r, &row->at,
		    "an asset needs an id, a name, an IP or a MAC address");
}

static void
resolve_asset(
    struct ot_reader *r, struct ot_asset_row *row, const char *const *zones)
{
	const struct ot_source *at = ot_place_of(r, &row->zone, &row->at);
	const struct ot_zone_row *zone;
	char shown[OT_SHOWN];
	bool several;

	name_asset(r, row);
	if (row->zone.len == 0)
		return;
	zone = zone_meant(r->policy, row->zone, &several);
	if (zone) {
		row->zone = zone->id;
		row->site = zone->site;
	} else if (several) {
		ot_wrong(r, at, "several zones are named %s: write the id",
		    ot_shown(shown, row->zone));
	} else {
		unknown(r, at, row->zone, "a zone", zones);
	}
}

static void
resolve_assets(struct ot_reader *r, const char *const *zones)
{
	struct ids ids = { .what = "asset" };

	for (uint32_t i = 0; i < r->policy->asset_count; i++) {
		struct ot_asset_row *row = &r->policy->assets[i];

		resolve_asset(r, row, zones);
		take_id(r, &ids, row->id, ot_place_of(r, &row->id, &row->at),
		    &row->at);
	}
	ot_map_done(&ids.map);
}

static void
resolve_waiver(
    struct ot_reader *r, struct ot_waiver_row *row, const struct words *words)
{
	const char *const *checks = r->names ? r->names->checks : NULL;
	struct ot_service_row service;

	if (row->check.len && checks && ot_word(checks, row->check) < 0)
		unknown(r, ot_place_of(r, &row->check, &row->at), row->check,
		    "a check", checks);
	if (row->from.len)
		resolve_end(
		    r, &row->from, ot_place_of(r, &row->from, &row->at), words);
	if (row->to.len)
		resolve_end(
		    r, &row->to, ot_place_of(r, &row->to, &row->at), words);
	if (row->asset.len)
		check_asset(r, ot_place_of(r, &row->asset, &row->at),
		    row->asset, words->assets);
	if (row->service.len)
		(void)ot_read_service(r,
		    ot_place_of(r, &row->service, &row->at), row->service,
		    &service);
}

/* ---- assertions ---- */

/* "level<=2": a comparison and one digit. */
static bool
level_form(struct ot_str s)
{
	size_t digit = s.len == 7 ? 6 : s.len == 8 ? 7 : 0;
	bool equals = s.len == 8;

	if (!digit || !starts(s, "level") || !strchr("<>=", s.p[5]) ||
	    (equals && (s.p[5] == '=' || s.p[6] != '=')))
		return false;
	return s.p[digit] >= '0' && s.p[digit] <= '5';
}

static bool
selects(struct ot_reader *r, struct ot_str end, const struct ot_source *at)
{
	char shown[OT_SHOWN], hint[OT_HINT];
	struct ot_str rest;

	if (starts(end, "kind:")) {
		rest = (struct ot_str){ end.p + 5, end.len - 5 };
		if (ot_word(ot_zone_kinds, rest) < 0)
			unknown(r, at, rest, "a kind of zone", ot_zone_kinds);
		return true;
	}
	if (starts(end, "site:")) {
		rest = (struct ot_str){ end.p + 5, end.len - 5 };
		if (!ot_zone_site(r->policy, rest))
			ot_wrong(r, at, "%s is not a declared site%s",
			    ot_shown(shown, rest),
			    ot_hint(hint, ot_nearest(site_names(r), rest)));
		return true;
	}
	if (!starts(end, "level"))
		return false;
	if (!level_form(end))
		ot_wrong(r, at, "%s is not level<N, <=N, =N, >=N or >N, N 0-5",
		    ot_shown(shown, end));
	return true;
}

static void
resolve_selector(struct ot_reader *r, struct ot_str *end,
    const struct ot_assertion_row *row, const struct words *words)
{
	const struct ot_source *at = ot_place_of(r, end, &row->region.at);

	if (!end->len)
		ot_wrong(r, &row->region.at, "an assertion needs from and to");
	else if (!selects(r, *end, at))
		resolve_end(r, end, at, words);
}

/* One without an id is called by its place in the table. */
static void
resolve_assertion(struct ot_reader *r, struct ot_assertion_row *row,
    const struct words *words, struct ids *ids)
{
	char number[24];

	(void)snprintf(number, sizeof(number), "%u",
	    (unsigned)(row - r->policy->assertions) + 1);
	if (!row->id.len)
		row->id = joined(r, ot_str("assertion"), '-', ot_str(number));
	row->region.id = row->id;
	take_id(r, ids, row->id, ot_place_of(r, &row->id, &row->at), &row->at);
	if (ot_faulty(r, row))
		return;
	if (!row->region.at.line) {
		ot_wrong(r, &row->at, "an assertion needs never or always");
		return;
	}
	resolve_selector(r, &row->region.from, row, words);
	resolve_selector(r, &row->region.to, row, words);
}

static void
resolve_assertions(struct ot_reader *r, const struct words *words)
{
	struct ids ids = { .what = "assertion" };

	for (uint32_t i = 0; i < r->policy->assertion_count; i++)
		resolve_assertion(r, &r->policy->assertions[i], words, &ids);
	ot_map_done(&ids.map);
}

void
ot_resolve(struct ot_reader *r)
{
	struct words words;

	resolve_sites(r);
	resolve_zones(r);
	ot_compare_zones(r);
	words.zones = zone_names(r);
	resolve_assets(r, words.zones);
	words.assets = asset_names(r);
	resolve_conduits(r, &words);
	for (uint32_t i = 0; i < r->policy->waiver_count; i++)
		resolve_waiver(r, &r->policy->waivers[i], &words);
	resolve_assertions(r, &words);
}
