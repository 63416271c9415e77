/*
 * Reading a policy: policy.json with its comments, and the tables in it or
 * beside it (DESIGN.md section 4; CHECKS.md sections 2 and 7; FORMATS.md
 * section 3 for registries). What a key may hold is in cell.c, what rows say
 * of each other in resolve.c.
 */
#include "policy/load.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/csv.h"
#include "base/hash.h"
#include "base/io.h"
#include "model/stream.h"
#include "policy/reader.h"

enum { FILE_MAX = 64 << 20 };

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

static ot_cell_read read_never, read_always;

static const struct ot_column assertion_columns[] = {
	{ "id", ot_read_id, AT(assertion, id) },
	{ "never", read_never, 0 },
	{ "always", read_always, 0 },
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

struct table {
	const char *key;
	const struct ot_column *columns;
	size_t row_size;    /* 0: its rows are not kept */
	size_t rows, count; /* offsets in the policy */
	bool registry;
};

#define KEPT(row, list)                                                        \
	sizeof(struct ot_##row##_row), offsetof(struct ot_policy, list##s),    \
	    offsetof(struct ot_policy, list##_count)

static const struct table tables[] = {
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
};

enum { TABLES = sizeof(tables) / sizeof(*tables) };

/* ---- files ---- */

struct load {
	struct ot_reader r;
	const char *folder;   /* that is read */
	struct ot_str shown;  /* the same without '/' at its end */
	struct ot_list files; /* struct file, as they were read */
	struct ot_str file;   /* that errors are in; as shown */
};

struct file {
	struct ot_str name, text;
};

static struct ot_str
keep_format(struct load *l, struct ot_str folder, struct ot_str name)
{
	struct ot_sb sb = { 0 };
	struct ot_str kept;

	if (folder.len) {
		ot_sb_add(&sb, folder.p, folder.len);
		if (folder.p[folder.len - 1] != '/')
			ot_sb_putc(&sb, '/');
	}
	ot_sb_add(&sb, name.p, name.len);
	kept = ot_str_keep(l->r.arena, ot_sb_str(&sb));
	l->r.lost |= sb.lost || !kept.p;
	ot_sb_done(&sb);
	return kept;
}

static int
open_file(struct load *l, struct ot_str name, struct ot_str *text,
    struct ot_error *error)
{
	struct ot_str path = ot_str_keep(l->r.arena, name);
	struct file *file = ot_alloc(l->r.arena, sizeof(*file));
	int rc;

	if (!path.p || !file || !ot_list_push(l->r.arena, &l->files, file)) {
		l->r.lost = true;
		return ot_error_set(error, OT_ERR_MEMORY, "out of memory");
	}
	rc = ot_file_read(text, l->r.arena, l->folder, path.p, FILE_MAX, error);
	if (rc < 0)
		l->files.count--;
	else
		*file = (struct file){ path, *text };
	l->file = keep_format(l, l->shown, path);
	return rc;
}

static int
by_name(const void *a, const void *b)
{
	const struct file *const *x = a, *const *y = b;

	return ot_str_cmp((*x)->name, (*y)->name);
}

static struct ot_str
digest(struct load *l, struct ot_sha256 *sha)
{
	uint8_t bytes[OT_SHA256_LEN];
	char hex[2 * OT_SHA256_LEN + 1];

	ot_sha256_end(sha, bytes);
	ot_hex(hex, bytes, sizeof(bytes));
	return ot_str_keep(l->r.arena, ot_str(hex));
}

/* The files that were read, by name; a file that two tables name is one. */
static void
keep_inputs(struct load *l)
{
	struct ot_policy *policy = l->r.policy;
	struct ot_sha256 all, one;

	ot_sha256_init(&all);
	if (l->files.count)
		qsort(
		    l->files.at, l->files.count, sizeof(*l->files.at), by_name);
	for (uint32_t i = 0; i < l->files.count; i++) {
		const struct file *file = l->files.at[i];
		struct ot_input *input = ot_alloc(l->r.arena, sizeof(*input));

		if (i && by_name(&l->files.at[i - 1], &l->files.at[i]) == 0)
			continue;
		ot_sha256_init(&one);
		ot_sha256_add(&one, file->text.p, file->text.len);
		ot_sha256_add(&all, file->name.p, file->name.len + 1);
		ot_sha256_add(&all, file->text.p, file->text.len);
		if (!input ||
		    !ot_list_push(l->r.arena, &policy->inputs, input)) {
			l->r.lost = true;
			return;
		}
		input->name = keep_format(l, l->shown, file->name);
		input->sha256 = digest(l, &one);
		input->bytes = file->text.len;
	}
	policy->sha256 = digest(l, &all);
}

/* ---- places ---- */

static struct ot_source
source_at(const struct load *l, unsigned line, unsigned column, size_t len)
{
	return (struct ot_source){ l->file, line, column, line,
		column + (uint32_t)len };
}

static struct ot_source
json_source(const struct load *l, const struct ot_json *v)
{
	return (struct ot_source){ l->file, v->line, v->column, v->end_line,
		v->end_column };
}

static struct ot_source
key_source(const struct load *l, const struct ot_json *v)
{
	return source_at(l, v->key_line, v->key_column, v->key.len + 2);
}

static void
on_json_error(void *user, unsigned line, unsigned column, const char *message)
{
	struct load *l = user;
	struct ot_source at = source_at(l, line, column, 0);

	ot_wrong(&l->r, &at, "%s", message);
}

/* ---- rows ---- */

static bool
own_key(struct ot_str key)
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
static const struct ot_column *
find_column(struct load *l, const struct table *table, struct ot_str key,
    const struct ot_source *at)
{
	const char *names[COLUMNS_MAX];
	const struct ot_column *column;
	char shown[OT_SHOWN], hint[OT_HINT];
	size_t n = 0;

	if (table->registry)
		return registry_column(key);
	column = column_of(table->columns, key);
	if (column || own_key(key))
		return column;
	for (; table->columns[n].key && n < COLUMNS_MAX - 1; n++)
		names[n] = table->columns[n].key;
	names[n] = NULL;
	ot_wrong(&l->r, at, "%s has no key %s%s", table->key,
	    ot_shown(shown, key), ot_hint(hint, ot_nearest(names, key)));
	return NULL;
}

/* Where a field of a row stands, for what is found out later. */
static void
keep_place(struct load *l, const void *field, const struct ot_source *at)
{
	const void **key = ot_alloc(l->r.arena, sizeof(*key));
	struct ot_source *kept = ot_alloc(l->r.arena, sizeof(*kept));
	void **slot;

	if (!key || !kept) {
		l->r.lost = true;
		return;
	}
	*key = field;
	*kept = *at;
	slot = ot_map_at(&l->r.places, key, sizeof(*key));
	if (slot)
		*slot = kept;
	else
		l->r.lost = true;
}

static void
read_cell(struct load *l, const struct ot_column *column,
    const struct ot_cell *cell, char *row)
{
	if (!column || !column->read || !row)
		return;
	if (column->at)
		keep_place(l, row + column->at, &cell->at);
	column->read(&l->r, cell, row + column->at);
}

/* Remember that a row has errors: what it lacks may be what they are about. */
static void
end_row(struct load *l, const char *row, const struct ot_source *at,
    uint32_t errors)
{
	if (row && l->r.errors != errors)
		keep_place(l, row, at);
}

/* What a row says where it says nothing. */
static void
begin_row(const struct table *table, void *row)
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

/* The rows of a table, zeroed; NULL where they are not kept. */
static char *
rows_for(struct load *l, const struct table *table, uint32_t count)
{
	char *policy = (char *)l->r.policy;
	char *rows;

	if (!table->row_size)
		return NULL;
	rows = ot_alloc_array(l->r.arena, (size_t)count + 1, table->row_size);
	if (!rows) {
		l->r.lost = true;
		return NULL;
	}
	for (uint32_t i = 0; i < count; i++)
		begin_row(table, rows + i * table->row_size);
	memcpy(policy + table->rows, &(void *){ rows }, sizeof(void *));
	memcpy(policy + table->count, &count, sizeof(count));
	return rows;
}

/* ---- a table in JSON ---- */

static struct ot_cell
json_cell(const struct load *l, const struct ot_json *v, const char *key)
{
	return (struct ot_cell){ .at = json_source(l, v),
		.json = v,
		.text = v->kind == OT_JSON_STRING ? v->string : v->raw,
		.key = key };
}

static bool
says_something(const struct ot_json *v)
{
	return v->kind != OT_JSON_NULL &&
	       (v->kind != OT_JSON_STRING || v->string.len);
}

static void
read_json_row(struct load *l, const struct table *table,
    const struct ot_json *object, char *row)
{
	for (const struct ot_json *v = object->first; v; v = v->next) {
		struct ot_source at = key_source(l, v);
		const struct ot_column *column =
		    find_column(l, table, v->key, &at);
		struct ot_cell cell =
		    json_cell(l, v, column ? column->key : "");

		if (says_something(v))
			read_cell(l, column, &cell, row);
	}
}

static void
read_json_table(
    struct load *l, const struct table *table, const struct ot_json *array)
{
	uint32_t count = 0;
	char *rows;

	for (const struct ot_json *v = array->first; v; v = v->next)
		count += v->kind == OT_JSON_OBJECT;
	rows = rows_for(l, table, count);
	for (const struct ot_json *v = array->first; v; v = v->next) {
		struct ot_source at = json_source(l, v);
		uint32_t errors = l->r.errors;

		if (v->kind != OT_JSON_OBJECT) {
			ot_wrong(
			    &l->r, &at, "a row of %s is an object", table->key);
			continue;
		}
		if (rows)
			memcpy(rows, &at, sizeof(at));
		read_json_row(l, table, v, rows);
		end_row(l, rows, &at, errors);
		if (rows)
			rows += table->row_size;
	}
}

/* The region of an assertion: an object with keys of a conduit. */
static void
read_region(
    struct ot_reader *r, const struct ot_cell *cell, void *into, bool always)
{
	static const struct table region = { .key = "an assertion",
		.columns = region_columns };
	/* the reader is the first member of what loads */
	struct load *l = (struct load *)r;
	struct ot_assertion_row *row = into;

	if (!cell->json || cell->json->kind != OT_JSON_OBJECT) {
		ot_wrong(r, &cell->at,
		    "%s is an object with from and to, in policy.json",
		    cell->key);
		return;
	}
	if (row->region.at.line)
		ot_wrong(r, &cell->at, "an assertion is never or always");
	row->always = always;
	row->region.at = cell->at;
	row->region.expires_ns = OT_TIME_NONE;
	read_json_row(l, &region, cell->json, (char *)&row->region);
}

static void
read_never(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	read_region(r, cell, into, false);
}

static void
read_always(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	read_region(r, cell, into, true);
}

/* ---- a table in a CSV file ---- */

static void
find_columns(struct load *l, const struct table *table,
    const struct ot_csv *csv, const struct ot_column **columns)
{
	char shown[OT_SHOWN];

	for (size_t i = 0; i < csv->columns; i++) {
		const struct ot_csv_cell *cell = &csv->header[i];
		struct ot_source at =
		    source_at(l, cell->line, cell->column, cell->text.len);

		columns[i] = find_column(l, table, cell->text, &at);
		for (size_t k = 0; k < i && !table->registry; k++)
			if (columns[i] && columns[k] == columns[i])
				ot_wrong(&l->r, &at,
				    "the column %s is there twice",
				    ot_shown(shown, cell->text));
	}
}

static void
read_csv_row(struct load *l, const struct ot_csv *csv,
    const struct ot_csv_row *line, const struct ot_column *const *columns,
    char *row)
{
	const struct ot_csv_cell *first = &line->cells[0],
				 *last = &line->cells[csv->columns - 1];
	struct ot_source at = { l->file, first->line, first->column, last->line,
		last->column + (uint32_t)last->text.len };

	uint32_t errors = l->r.errors;

	if (row)
		memcpy(row, &at, sizeof(at));
	for (size_t i = 0; i < csv->columns; i++) {
		const struct ot_csv_cell *c = &line->cells[i];
		struct ot_cell cell = {
			.at = source_at(l, c->line, c->column, c->text.len),
			.text = c->text,
			.key = columns[i] ? columns[i]->key : "",
		};

		if (c->text.len)
			read_cell(l, columns[i], &cell, row);
	}
	end_row(l, row, &at, errors);
}

static void
read_csv(struct load *l, const struct table *table, struct ot_str text)
{
	struct ot_csv *csv = ot_csv_parse(l->r.arena, text, on_json_error, l);
	const struct ot_column **columns =
	    csv ? ot_alloc_array(l->r.arena, csv->columns + 1, sizeof(*columns))
		: NULL;
	uint32_t count = 0;
	char *rows;

	if (!columns) {
		l->r.lost = true;
		return;
	}
	find_columns(l, table, csv, columns);
	for (const struct ot_csv_row *row = csv->rows; row; row = row->next)
		count++;
	rows = rows_for(l, table, count);
	for (const struct ot_csv_row *row = csv->rows; row; row = row->next) {
		read_csv_row(l, csv, row, columns, rows);
		if (rows)
			rows += table->row_size;
	}
}

static void
read_table(
    struct load *l, const struct table *table, const struct ot_json *value)
{
	struct ot_source at = json_source(l, value);
	struct ot_str before = l->file, text;
	struct ot_error error;
	int rc;

	if (table->registry)
		l->r.registry = true;
	if (value->kind == OT_JSON_ARRAY) {
		read_json_table(l, table, value);
		return;
	}
	if (value->kind != OT_JSON_STRING) {
		ot_wrong(&l->r, &at,
		    "%s is a list of objects, or the name of a CSV file",
		    table->key);
		return;
	}
	rc = open_file(l, value->string, &text, &error);
	if (rc < 0)
		ot_wrong(&l->r, &at, "%s", error.text);
	else
		read_csv(l, table, text);
	l->file = before;
}

/* ---- settings ---- */

static bool
is_object(struct load *l, const struct ot_json *value, const char *key)
{
	struct ot_source at = json_source(l, value);

	if (value->kind == OT_JSON_OBJECT)
		return true;
	ot_wrong(&l->r, &at, "%s is an object", key);
	return false;
}

static void
unknown_name(struct load *l, const struct ot_json *v, const char *what,
    const char *const *names)
{
	struct ot_source at = key_source(l, v);
	char shown[OT_SHOWN], hint[OT_HINT];

	ot_wrong(&l->r, &at, "%s is not %s%s", ot_shown(shown, v->key), what,
	    ot_hint(hint, ot_nearest(names, v->key)));
}

static void
read_checks(struct load *l, const struct ot_json *object)
{
	const char *const *known = l->r.names ? l->r.names->checks : NULL;

	if (!is_object(l, object, "checks"))
		return;
	for (const struct ot_json *v = object->first; v; v = v->next) {
		struct ot_source at = json_source(l, v);
		bool on = ot_str_eq(v->string, ot_str("on"));

		if (own_key(v->key))
			continue;
		if (known && ot_word(known, v->key) < 0)
			unknown_name(l, v, "a check", known);
		else if (v->kind != OT_JSON_STRING ||
			 (!on && !ot_str_eq(v->string, ot_str("off"))))
			ot_wrong(&l->r, &at,
			    "a check is \"on\" or \"off\"; other settings "
			    "are not supported yet");
		else
			l->r.lost |= !ot_counts_add(
			    l->r.arena, &l->r.policy->checks, v->key, on);
	}
}

static void
read_limits(struct load *l, const struct ot_json *object)
{
	const char *const *known = l->r.names ? l->r.names->limits : NULL;

	if (!is_object(l, object, "limits"))
		return;
	for (const struct ot_json *v = object->first; v; v = v->next) {
		struct ot_source at = json_source(l, v);
		uint64_t n;

		if (own_key(v->key))
			continue;
		if (known && ot_word(known, v->key) < 0)
			unknown_name(l, v, "a limit", known);
		else if (!ot_json_u64(v, &n))
			ot_wrong(&l->r, &at, "a limit is a whole number");
		else
			l->r.lost |= !ot_counts_add(
			    l->r.arena, &l->r.policy->limits, v->key, n);
	}
}

static void
read_calendar(
    struct load *l, const struct ot_json *v, struct ot_calendar_row *row)
{
	struct ot_cell cell = json_cell(l, v, "a calendar");

	*row =
	    (struct ot_calendar_row){ .at = json_source(l, v), .name = v->key };
	if (v->kind != OT_JSON_STRING)
		ot_wrong(&l->r, &row->at,
		    "a calendar is a text: \"Mon-Fri 06:00-22:00\"");
	else
		ot_read_calendar(&l->r, &cell, row);
}

static void
read_calendars(struct load *l, const struct ot_json *object)
{
	struct ot_policy *policy = l->r.policy;
	uint32_t count = 0;

	if (!is_object(l, object, "calendars"))
		return;
	for (const struct ot_json *v = object->first; v; v = v->next)
		count++;
	policy->calendars = ot_alloc_array(
	    l->r.arena, (size_t)count + 1, sizeof(*policy->calendars));
	l->r.lost |= !policy->calendars;
	for (const struct ot_json *v = object->first; v && policy->calendars;
	     v = v->next)
		if (!own_key(v->key))
			read_calendar(
			    l, v, &policy->calendars[policy->calendar_count++]);
}

static void
read_version(struct load *l, const struct ot_json *value)
{
	struct ot_source at = json_source(l, value);
	uint64_t version;

	if (!ot_json_u64(value, &version) || version != 1)
		ot_wrong(&l->r, &at,
		    "this version of libotzt reads policies with \"otzt\": 1");
}

static void
read_name(struct load *l, const struct ot_json *value)
{
	struct ot_cell cell = json_cell(l, value, "name");

	ot_read_text(&l->r, &cell, &l->r.policy->name);
}

/* Known; what it says is used by editors, or by other commands. */
static void
read_nothing(struct load *l, const struct ot_json *value)
{
	(void)l;
	(void)value;
}

static const struct {
	const char *key;
	void (*read)(struct load *l, const struct ot_json *value);
} settings[] = {
	{ "otzt", read_version },
	{ "name", read_name },
	{ "checks", read_checks },
	{ "limits", read_limits },
	{ "calendars", read_calendars },
	{ "groups", read_nothing },
	{ "indicators", read_nothing },
	{ "baseline", read_nothing },
	{ "advisories", read_nothing },
	{ "$schema", read_nothing },
};

enum { SETTINGS = sizeof(settings) / sizeof(*settings) };

static void
unknown_key(struct load *l, const struct ot_json *v)
{
	const char *names[SETTINGS + TABLES + 1];
	size_t n = 0;

	if (own_key(v->key))
		return;
	for (size_t i = 0; i < SETTINGS; i++)
		names[n++] = settings[i].key;
	for (size_t i = 0; i < TABLES; i++)
		names[n++] = tables[i].key;
	names[n] = NULL;
	unknown_name(l, v, "a key of a policy", names);
}

static void
read_member(struct load *l, const struct ot_json *v)
{
	for (size_t i = 0; i < SETTINGS; i++)
		if (ot_str_eq(v->key, ot_str(settings[i].key))) {
			settings[i].read(l, v);
			return;
		}
	for (size_t i = 0; i < TABLES; i++)
		if (ot_str_eq(v->key, ot_str(tables[i].key))) {
			read_table(l, &tables[i], v);
			return;
		}
	unknown_key(l, v);
}

static void
read_policy(struct load *l, struct ot_str text)
{
	struct ot_json *root =
	    ot_json_parse(l->r.arena, text, OT_JSON_COMMENTS, on_json_error, l);
	struct ot_source at;

	if (!root) {
		l->r.lost |= l->r.errors == 0;
		return;
	}
	at = json_source(l, root);
	if (root->kind != OT_JSON_OBJECT) {
		ot_wrong(&l->r, &at, "a policy is an object");
		return;
	}
	if (!ot_json_get(root, "otzt"))
		ot_wrong(&l->r, &at, "a policy says its version: \"otzt\": 1");
	for (const struct ot_json *v = root->first; v; v = v->next)
		read_member(l, v);
	ot_resolve(&l->r);
}

const struct ot_source *
ot_place_of(
    const struct ot_reader *r, const void *field, const struct ot_source *row)
{
	const struct ot_source *at =
	    ot_map_get(&r->places, &field, sizeof(field));

	return at ? at : row;
}

bool
ot_faulty(const struct ot_reader *r, const void *row)
{
	return ot_map_get(&r->places, &row, sizeof(row)) != NULL;
}

/* ---- the whole ---- */

/* Folder and name of what is read: policy.json in a folder, or a file. */
static int
open_operand(struct load *l, const char *path, struct ot_str *name,
    struct ot_error *error)
{
	struct stat st;
	const char *slash = strrchr(path, '/');

	if (stat(path, &st) != 0)
		return ot_error_set(
		    error, OT_ERR_USAGE, "%s: there is no such policy", path);
	if (S_ISDIR(st.st_mode)) {
		l->shown = ot_str(path);
		*name = ot_str("policy.json");
	} else {
		size_t len = slash ? (size_t)(slash - path) + 1 : 0;

		l->shown = (struct ot_str){ path, len };
		*name = ot_str(path + len);
	}
	l->shown = ot_str_keep(l->r.arena, l->shown);
	l->folder = l->shown.len ? l->shown.p : ".";
	return 0;
}

static int
load(struct load *l, const char *path, struct ot_error *error)
{
	struct ot_str name, text;
	int rc = open_operand(l, path, &name, error);

	if (rc == 0)
		rc = open_file(l, name, &text, error);
	if (rc < 0) {
		/* a policy that is not there is a wrong policy */
		if (error && rc == -OT_ERR_IO)
			error->code = OT_ERR_USAGE;
		return rc == -OT_ERR_IO ? -OT_ERR_USAGE : rc;
	}
	l->r.policy->path = ot_str_keep(l->r.arena, ot_str(path));
	read_policy(l, text);
	keep_inputs(l);
	if (l->r.lost)
		return ot_error_set(error, OT_ERR_MEMORY, "out of memory");
	if (l->r.errors)
		return ot_error_set(error, OT_ERR_USAGE,
		    "%s: %u error%s in the policy", path, l->r.errors,
		    l->r.errors == 1 ? "" : "s");
	return 0;
}

int
ot_policy_load(struct ot_arena *arena, struct ot_policy *policy,
    const char *path, const struct ot_policy_names *names,
    ot_policy_complain *complain, void *user, struct ot_error *error)
{
	struct ot_policy made = { 0 };
	struct load l = { .r = { .arena = arena,
			      .policy = &made,
			      .names = names,
			      .complain = complain,
			      .user = user } };
	int rc = load(&l, path, error);

	ot_map_done(&l.r.places);
	if (rc == 0)
		*policy = made;
	return rc;
}
