/*
 * The keys of each table of a policy (DESIGN.md section 4; CHECKS.md sections
 * 2 and 7; FORMATS.md section 3 for registries). What a key may hold is in
 * cell.c.
 */
#include "policy/loader.h"

#include <ctype.h>

/* ---- tables ---- */

#define AT(row, member) offsetof(struct ot_##row##_row, member)

static const struct ot_column site_columns[] = {
	{ "id", ot_read_id, AT(site, id) },
	{ "name", ot_read_text, AT(site, name) },
	{ "timezone", ot_read_text, AT(site, timezone) },
	{ "owner", ot_read_text, AT(site, owner) },
	{ "sensors", ot_read_strings, AT(site, sensors) },
	{ .key = NULL },
};

static const struct ot_column zone_columns[] = {
	{ "id", ot_read_id, AT(zone, id) },
	{ "site", ot_read_text, AT(zone, site) },
	{ "name", ot_read_text, AT(zone, name) },
	{ "kind", ot_read_kind, AT(zone, kind) },
	{ "level", ot_read_level, AT(zone, level) },
	{ "sl_t", ot_read_sl, 0 },
	{ "networks", ot_read_networks, 0 },
	{ "vlans", ot_read_vlans, 0 },
	{ "macs", ot_read_macs, 0 },
	{ "sensors", ot_read_strings, AT(zone, sensors) },
	{ "match", ot_read_match, AT(zone, match) },
	{ "importance", ot_read_importance, AT(zone, importance) },
	{ "inside", ot_read_inside, AT(zone, inside_conduits) },
	{ "owner", ot_read_text, AT(zone, owner) },
	{ "consequence", ot_read_text, AT(zone, consequence) },
	{ .key = "layer" },
	{ .key = "redundant" },
	{ .key = "expects_inside" },
	{ .key = "dynamic_ranges" },
	{ .key = NULL },
};

static const struct ot_column conduit_columns[] = {
	{ "id", ot_read_id, AT(conduit, id) },
	{ "from", ot_read_text, AT(conduit, from) },
	{ "to", ot_read_text, AT(conduit, to) },
	{ "services", ot_read_services, 0 },
	{ "verbs", ot_read_verbs, AT(conduit, verbs) },
	{ "objects", ot_read_objects, AT(conduit, objects) },
	{ "via", ot_read_strings, AT(conduit, via) },
	{ "encryption", ot_read_encryption, AT(conduit, encryption) },
	{ "when", ot_read_text, AT(conduit, when) },
	{ "expires", ot_read_date_to, AT(conduit, expires_ns) },
	{ "oneway", ot_read_bool, AT(conduit, oneway) },
	{ "reason", ot_read_text, AT(conduit, reason) },
	{ "owner", ot_read_text, AT(conduit, owner) },
	{ "ticket", ot_read_text, AT(conduit, ticket) },
	{ "client", ot_read_unjudged, 0 },
	{ "server", ot_read_unjudged, 0 },
	{ "values", ot_read_unjudged, 0 },
	{ "authentication", ot_read_unjudged, 0 },
	{ "if", ot_read_unjudged, 0 },
	{ "max_bytes", ot_read_unjudged, 0 },
	{ "max_rate", ot_read_unjudged, 0 },
	{ "max_answer", ot_read_unjudged, 0 },
	{ .key = "skip_levels" },
	{ .key = NULL },
};

static const struct ot_column asset_columns[] = {
	{ "id", ot_read_id, AT(asset, id) },
	{ "name", ot_read_first_text, AT(asset, name) },
	{ "ip", ot_read_asset_ips, 0 },
	{ "mac", ot_read_asset_macs, 0 },
	{ "zone", ot_read_first_text, AT(asset, zone) },
	{ "vendor", ot_read_first_text, AT(asset, vendor) },
	{ "model", ot_read_first_text, AT(asset, model) },
	{ "firmware", ot_read_first_text, AT(asset, firmware) },
	{ "serial", ot_read_first_text, AT(asset, serial) },
	{ "importance", ot_read_first_text, AT(asset, importance) },
	{ "roles", ot_read_asset_roles, AT(asset, roles) },
	{ "type", ot_read_asset_role, AT(asset, roles) },
	{ "owner", ot_read_first_text, AT(asset, owner) },
	{ .key = NULL },
};

/* Headings of other inventories, in lower case without blanks and marks. */
static const struct {
	const char *heading, *key;
} aliases[] = {
	{ "id", "id" },
	{ "assetid", "id" },
	{ "name", "name" },
	{ "displayname", "name" },
	{ "hostname", "name" },
	{ "devicename", "name" },
	{ "assetname", "name" },
	{ "tag", "name" },
	{ "ip", "ip" },
	{ "ips", "ip" },
	{ "ipaddress", "ip" },
	{ "ipaddresses", "ip" },
	{ "ipv4", "ip" },
	{ "ipv6", "ip" },
	{ "ipv4address", "ip" },
	{ "ipv6address", "ip" },
	{ "address", "ip" },
	{ "primaryip", "ip" },
	{ "primaryip4", "ip" },
	{ "primaryip6", "ip" },
	{ "mac", "mac" },
	{ "macs", "mac" },
	{ "macaddress", "mac" },
	{ "macaddresses", "mac" },
	{ "zone", "zone" },
	{ "zones", "zone" },
	{ "virtualzonename", "zone" },
	{ "vendor", "vendor" },
	{ "manufacturer", "vendor" },
	{ "model", "model" },
	{ "productname", "model" },
	{ "partno", "model" },
	{ "partnumber", "model" },
	{ "firmware", "firmware" },
	{ "firmwareversion", "firmware" },
	{ "fw", "firmware" },
	{ "serial", "serial" },
	{ "serialnumber", "serial" },
	{ "sn", "serial" },
	{ "importance", "importance" },
	{ "criticality", "importance" },
	{ "role", "roles" },
	{ "roles", "roles" },
	{ "type", "type" },
	{ "assettype", "type" },
	{ "owner", "owner" },
};

static const struct ot_column waiver_columns[] = {
	{ "check", ot_read_text, AT(waiver, check) },
	{ "subject", ot_read_text, AT(waiver, subject) },
	{ "from", ot_read_text, AT(waiver, from) },
	{ "to", ot_read_text, AT(waiver, to) },
	{ "asset", ot_read_text, AT(waiver, asset) },
	{ "service", ot_read_text, AT(waiver, service) },
	{ "fingerprint", ot_read_text, AT(waiver, fingerprint) },
	{ "since", ot_read_date_from, AT(waiver, since_ns) },
	{ "until", ot_read_date_to, AT(waiver, until_ns) },
	{ "owner", ot_read_text, AT(waiver, owner) },
	{ "ticket", ot_read_text, AT(waiver, ticket) },
	{ "reason", ot_read_text, AT(waiver, reason) },
	{ "max_severity", ot_read_severity, AT(waiver, max_severity) },
	{ .key = NULL },
};

static const struct ot_column assertion_columns[] = {
	{ "id", ot_read_id, AT(assertion, id) },
	{ "never", ot_read_never, 0 },
	{ "always", ot_read_always, 0 },
	{ "owner", ot_read_text, AT(assertion, owner) },
	{ "reason", ot_read_text, AT(assertion, reason) },
	{ .key = NULL },
};

/* What an assertion is about. */
static const struct ot_column region_columns[] = {
	{ "from", ot_read_text, AT(conduit, from) },
	{ "to", ot_read_text, AT(conduit, to) },
	{ "services", ot_read_services, 0 },
	{ "verbs", ot_read_verbs, AT(conduit, verbs) },
	{ "objects", ot_read_objects, AT(conduit, objects) },
	{ "encryption", ot_read_encryption, AT(conduit, encryption) },
	{ .key = NULL },
};

/* Tables whose rows other checks will use: their keys are known. */

static const struct ot_column rule_columns[] = {
	{ .key = "id" },
	{ .key = "from" },
	{ .key = "to" },
	{ .key = "services" },
	{ .key = "verbs" },
	{ .key = "objects" },
	{ .key = "severity" },
	{ .key = "message" },
	{ .key = "owner" },
	{ .key = "reason" },
	{ .key = NULL },
};

static const struct ot_column internet_columns[] = {
	{ .key = "prefix" },
	{ .key = "name" },
	{ .key = "owner" },
	{ .key = "until" },
	{ .key = "reason" },
	{ .key = NULL },
};

static const struct ot_column session_columns[] = {
	{ .key = "start" },
	{ .key = "end" },
	{ .key = "client" },
	{ .key = "server" },
	{ .key = "proto" },
	{ .key = "user" },
	{ .key = "approved" },
	{ .key = "mfa" },
	{ .key = NULL },
};

static const struct ot_column firewall_columns[] = {
	{ .key = "device" },
	{ .key = "line" },
	{ .key = "action" },
	{ .key = "source" },
	{ .key = "destination" },
	{ .key = "service" },
	{ .key = "nat" },
	{ .key = NULL },
};

#define KEPT(row, list)                                                        \
	sizeof(struct ot_##row##_row), offsetof(struct ot_policy, list##s),    \
	    offsetof(struct ot_policy, list##_count)

const struct ot_table ot_tables[] = {
	{ "sites", site_columns, KEPT(site, site), false },
	{ "zones", zone_columns, KEPT(zone, zone), false },
	{ "conduits", conduit_columns, KEPT(conduit, conduit), false },
	{ "assets", asset_columns, KEPT(asset, asset), true },
	{ "waivers", waiver_columns, KEPT(waiver, waiver), false },
	{ "assertions", assertion_columns, KEPT(assertion, assertion), false },
	{ .key = "rules", .columns = rule_columns },
	{ .key = "internet", .columns = internet_columns },
	{ .key = "sessions", .columns = session_columns },
	{ .key = "firewall", .columns = firewall_columns },
	{ .key = NULL },
};

/* What an assertion is about: a row within a row. */
const struct ot_table ot_region_table = { .key = "an assertion",
	.columns = region_columns };

/* ---- looking up ---- */

bool
ot_own_key(struct ot_str key)
{
	return key.len >= 2 && key.p[0] == 'x' && key.p[1] == '-';
}

static const struct ot_column *
column_of(const struct ot_column *columns, struct ot_str key)
{
	for (; columns->key; columns++)
		if (ot_str_eq(key, ot_str(columns->key)))
			return columns;
	return NULL;
}

enum { HEADING_MAX = 40, COLUMNS_MAX = 64 };

static const struct ot_column *
registry_column(struct ot_str heading)
{
	char plain[HEADING_MAX];
	size_t len = 0;

	for (size_t i = 0; i < heading.len; i++) {
		int c = (unsigned char)heading.p[i];

		if (!isalnum(c) && c < 0x80)
			continue;
		if (len == sizeof(plain))
			return NULL;
		plain[len++] = (char)tolower(c);
	}
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
		if (ot_str_eq((struct ot_str){ plain, len },
			ot_str(aliases[i].heading)))
			return column_of(asset_columns, ot_str(aliases[i].key));
	return NULL;
}

/* The column of a key; an unknown one is told, but in a registry. */
const struct ot_column *
ot_find_column(struct ot_load *l, const struct ot_table *table,
    struct ot_str key, const struct ot_source *at)
{
	const char *names[COLUMNS_MAX];
	const struct ot_column *column;
	char shown[OT_SHOWN], hint[OT_HINT];
	size_t n = 0;

	if (table->registry)
		return registry_column(key);
	column = column_of(table->columns, key);
	if (column || ot_own_key(key))
		return column;
	for (; table->columns[n].key && n < COLUMNS_MAX - 1; n++)
		names[n] = table->columns[n].key;
	names[n] = NULL;
	ot_wrong(&l->r, at, "%s has no key %s%s", table->key,
	    ot_shown(shown, key), ot_hint(hint, ot_nearest(names, key)));
	return NULL;
}

/* What a row says where it says nothing. */
void
ot_begin_row(const struct ot_table *table, void *row)
{
	if (table->columns == zone_columns)
		((struct ot_zone_row *)row)->level = -1;
	if (table->columns == conduit_columns)
		((struct ot_conduit_row *)row)->expires_ns = OT_TIME_NONE;
	if (table->columns == waiver_columns) {
		((struct ot_waiver_row *)row)->since_ns = OT_TIME_NONE;
		((struct ot_waiver_row *)row)->until_ns = OT_TIME_NONE;
	}
}
