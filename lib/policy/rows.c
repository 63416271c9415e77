/*
 * Tables of a policy, in JSON or in a CSV file: each row with its place, each
 * cell read by its column.
 */
#include "policy/loader.h"

#include "base/csv.h"

/* ---- places ---- */

struct ot_source
ot_source_at(
    const struct ot_load *l, unsigned line, unsigned column, size_t len)
{
	return (struct ot_source){ l->file, line, column, line,
		column + (uint32_t)len };
}

struct ot_source
ot_json_source(const struct ot_load *l, const struct ot_json *v)
{
	return (struct ot_source){ l->file, v->line, v->column, v->end_line,
		v->end_column };
}

struct ot_source
ot_key_source(const struct ot_load *l, const struct ot_json *v)
{
	return ot_source_at(l, v->key_line, v->key_column, v->key.len + 2);
}

void
ot_on_text_error(
    void *user, unsigned line, unsigned column, const char *message)
{
	struct ot_load *l = user;
	struct ot_source at = ot_source_at(l, line, column, 0);

	ot_wrong(&l->r, &at, "%s", message);
}

/* Where a field of a row stands, for what is found out later. */
static void
keep_place(struct ot_load *l, const void *field, const struct ot_source *at)
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
read_cell(struct ot_load *l, const struct ot_column *column,
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
end_row(struct ot_load *l, const char *row, const struct ot_source *at,
    uint32_t errors)
{
	if (row && l->r.errors != errors)
		keep_place(l, row, at);
}

/* The rows of a table, zeroed; NULL where they are not kept. */
static char *
rows_for(struct ot_load *l, const struct ot_table *table, uint32_t count)
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
		ot_begin_row(table, rows + i * table->row_size);
	memcpy(policy + table->rows, &(void *){ rows }, sizeof(void *));
	memcpy(policy + table->count, &count, sizeof(count));
	return rows;
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

/* ---- a table in JSON ---- */

struct ot_cell
ot_json_cell(const struct ot_load *l, const struct ot_json *v, const char *key)
{
	return (struct ot_cell){ .at = ot_json_source(l, v),
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
read_json_row(struct ot_load *l, const struct ot_table *table,
    const struct ot_json *object, char *row)
{
	for (const struct ot_json *v = object->first; v; v = v->next) {
		struct ot_source at = ot_key_source(l, v);
		const struct ot_column *column =
		    ot_find_column(l, table, v->key, &at);
		struct ot_cell cell =
		    ot_json_cell(l, v, column ? column->key : "");

		if (says_something(v))
			read_cell(l, column, &cell, row);
	}
}

static void
read_json_table(struct ot_load *l, const struct ot_table *table,
    const struct ot_json *array)
{
	uint32_t count = 0;
	char *rows;

	for (const struct ot_json *v = array->first; v; v = v->next)
		count += v->kind == OT_JSON_OBJECT;
	rows = rows_for(l, table, count);
	for (const struct ot_json *v = array->first; v; v = v->next) {
		struct ot_source at = ot_json_source(l, v);
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
	/* the reader is the first member of what loads */
	struct ot_load *l = (struct ot_load *)r;
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
	read_json_row(l, &ot_region_table, cell->json, (char *)&row->region);
}

void
ot_read_never(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	read_region(r, cell, into, false);
}

void
ot_read_always(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	read_region(r, cell, into, true);
}

/* ---- a table in a CSV file ---- */

static void
find_columns(struct ot_load *l, const struct ot_table *table,
    const struct ot_csv *csv, const struct ot_column **columns)
{
	char shown[OT_SHOWN];

	for (size_t i = 0; i < csv->columns; i++) {
		const struct ot_csv_cell *cell = &csv->header[i];
		struct ot_source at =
		    ot_source_at(l, cell->line, cell->column, cell->text.len);

		columns[i] = ot_find_column(l, table, cell->text, &at);
		for (size_t k = 0; k < i && !table->registry; k++)
			if (columns[i] && columns[k] == columns[i])
				ot_wrong(&l->r, &at,
				    "the column %s is there twice",
				    ot_shown(shown, cell->text));
	}
}

static void
read_csv_row(struct ot_load *l, const struct ot_csv *csv,
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
			.at = ot_source_at(l, c->line, c->column, c->text.len),
			.text = c->text,
			.key = columns[i] ? columns[i]->key : "",
		};

		if (c->text.len)
			read_cell(l, columns[i], &cell, row);
	}
	end_row(l, row, &at, errors);
}

static void
read_csv(struct ot_load *l, const struct ot_table *table, struct ot_str text)
{
	struct ot_csv *csv =
	    ot_csv_parse(l->r.arena, text, ot_on_text_error, l);
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

void
ot_read_table(struct ot_load *l, const struct ot_table *table,
    const struct ot_json *value)
{
	struct ot_source at = ot_json_source(l, value);
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
	rc = ot_open_file(l, value->string, &text, &error);
	if (rc < 0)
		ot_wrong(&l->r, &at, "%s", error.text);
	else
		read_csv(l, table, text);
	l->file = before;
}
