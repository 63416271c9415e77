/*
 * The parts of reading a policy: load.c files, settings.c policy.json, rows.c
 * tables, keys.c the keys of each.
 */
#ifndef OT_POLICY_LOADER_H
#define OT_POLICY_LOADER_H

#include "policy/reader.h"

/* What is being read. */
struct ot_load {
	struct ot_reader r;   /* the first: what reads cells is given this */
	const char *folder;   /* that is read */
	struct ot_str shown;  /* the same without '/' at its end */
	struct ot_list files; /* as they were read */
	struct ot_str file;   /* that errors are in; as shown */
};

/* A table of the policy. */
struct ot_table {
	const char *key;
	const struct ot_column *columns;
	size_t row_size;    /* 0: its rows are not kept */
	size_t rows, count; /* offsets in the policy */
	bool registry;
};

extern const struct ot_table ot_tables[]; /* key NULL at the end */
extern const struct ot_table ot_region_table;

/* A key that is the site's own: "x-…". */
bool ot_own_key(struct ot_str key);

/* The column of a key; an unknown one is told, but in a registry. */
const struct ot_column *ot_find_column(struct ot_load *l,
    const struct ot_table *table, struct ot_str key,
    const struct ot_source *at);

/* What a row says where it says nothing. */
void ot_begin_row(const struct ot_table *table, void *row);

/* The whole text of a file beside policy.json. */
int ot_open_file(struct ot_load *l, struct ot_str name, struct ot_str *text,
    struct ot_error *error);

/* Places of what is read. */
struct ot_source ot_source_at(
    const struct ot_load *l, unsigned line, unsigned column, size_t len);
struct ot_source ot_json_source(
    const struct ot_load *l, const struct ot_json *v);
struct ot_source ot_key_source(
    const struct ot_load *l, const struct ot_json *v);

/* Errors of JSON and CSV; user is the ot_load. */
void ot_on_text_error(
    void *user, unsigned line, unsigned column, const char *message);

struct ot_cell ot_json_cell(
    const struct ot_load *l, const struct ot_json *v, const char *key);

/* A table as it stands in policy.json: rows, or the name of a file. */
void ot_read_table(struct ot_load *l, const struct ot_table *table,
    const struct ot_json *value);

/* Regions of assertions. */
ot_cell_read ot_read_never;
ot_cell_read ot_read_always;

/* The text of policy.json. */
void ot_read_policy(struct ot_load *l, struct ot_str text);

#endif
