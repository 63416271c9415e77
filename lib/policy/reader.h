/*
 * Rows of tables: what a key may hold, wherever it stands. policy/load.c reads
 * files and tables, policy/cell.c their cells, policy/resolve.c what one row
 * says of others.
 */
#ifndef OT_POLICY_READER_H
#define OT_POLICY_READER_H

#include "base/json.h"
#include "base/map.h"
#include "policy/load.h"

struct ot_reader {
	struct ot_arena *arena;
	struct ot_policy *policy; /* being made */
	const struct ot_policy_names *names;
	ot_policy_complain *complain;
	void *user;
	bool registry;	      /* there is one */
	struct ot_map places; /* of a field of a row: struct ot_source */
	uint32_t errors;
	bool lost; /* memory ran out */
};

/* One value as it stands: of a CSV file a text, of JSON a value. */
struct ot_cell {
	struct ot_source at;
	const struct ot_json *json; /* NULL: text of a CSV cell */
	struct ot_str text;
	const char *key; /* as the documents write it */
};

/* What a key holds. It reads one cell into a row at the key's place; where a
 * cell is wrong, it says so and leaves the row alone. */
typedef void ot_cell_read(
    struct ot_reader *r, const struct ot_cell *cell, void *into);

struct ot_column {
	const char *key;
	ot_cell_read *read; /* NULL: known, its use stands elsewhere */
	size_t at;	    /* offset in the row */
};

/* Tell an error; "%s" for texts of the policy wants ot_shown. */
void ot_wrong(struct ot_reader *r, const struct ot_source *at, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

/* A text for a message: quoted, cut, without controls. */
#define OT_SHOWN 64
const char *ot_shown(char out[static OT_SHOWN], struct ot_str s);

/* The name of n that is nearest to word, or NULL where none is near. */
const char *ot_nearest(const char *const *names, struct ot_str word);

/* "; did you mean \"lagos\"?" or "". */
#define OT_HINT 160
const char *ot_hint(char out[static OT_HINT], const char *nearest);

ot_cell_read ot_read_text;
ot_cell_read ot_read_id;
ot_cell_read ot_read_bool;
ot_cell_read ot_read_kind;
ot_cell_read ot_read_level;
ot_cell_read ot_read_sl;
ot_cell_read ot_read_inside;
ot_cell_read ot_read_importance;
ot_cell_read ot_read_encryption;
ot_cell_read ot_read_severity;
ot_cell_read ot_read_strings;
ot_cell_read ot_read_objects;
ot_cell_read ot_read_match;
ot_cell_read ot_read_date_from;
ot_cell_read ot_read_date_to;
/* Into the row that they belong to, which holds list and count. */
ot_cell_read ot_read_networks;
ot_cell_read ot_read_vlans;
ot_cell_read ot_read_macs;
ot_cell_read ot_read_services;
ot_cell_read ot_read_verbs;
ot_cell_read ot_read_unjudged;
/* Into a row of its own. */
ot_cell_read ot_read_calendar;
ot_cell_read ot_read_asset_ips;
ot_cell_read ot_read_asset_macs;
ot_cell_read ot_read_asset_roles;
ot_cell_read ot_read_asset_role;
/* Keeps what an earlier column said. */
ot_cell_read ot_read_first_text;

/* A service as it is written. False, told, where it is none. */
bool ot_read_service(struct ot_reader *r, const struct ot_source *at,
    struct ot_str text, struct ot_service_row *out);

/* Where a field of a row stands; the row where it does not. */
const struct ot_source *ot_place_of(
    const struct ot_reader *r, const void *field, const struct ot_source *row);

/* Was there an error in the cells of this row? Then nothing is told of what
 * it lacks. */
bool ot_faulty(const struct ot_reader *r, const void *row);

/* After all tables: sites of zones, zones of the registry, ends of conduits,
 * names that recur, rows that claim the same. */
void ot_resolve(struct ot_reader *r);

/* Of those, rows that claim the same. */
void ot_compare_zones(struct ot_reader *r);

#endif
