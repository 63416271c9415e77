/*
 * The catalogue of checks: data/checks.csv.
 */
#include "check/check.h"

#include <stdlib.h>

#include "base/csv.h"
#include "base/io.h"

enum { FILE_MOST = 4 << 20 };

static const struct {
	const char *name;
	size_t at;
} columns[] = {
	{ "id", offsetof(struct ot_check_row, id) },
	{ "title", offsetof(struct ot_check_row, title) },
	{ "family", offsetof(struct ot_check_row, family) },
	{ "severity", offsetof(struct ot_check_row, severity) },
	{ "principle", offsetof(struct ot_check_row, principle) },
	{ "trigger", offsetof(struct ot_check_row, trigger) },
	{ "attack", offsetof(struct ot_check_row, attack) },
	{ "sr", offsetof(struct ot_check_row, sr) },
	{ "remediation", offsetof(struct ot_check_row, remediation) },
};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

struct complaint {
	struct ot_error *error;
	int rc;
};

static void
complain(void *user, unsigned line, unsigned column, const char *message)
{
	struct complaint *c = user;

	if (!c->rc)
		c->rc = ot_error_set(c->error, OT_ERR_IO,
		    "checks.csv:%u:%u: %s", line, column, message);
}

/* Where each column stands; false where one is missing. */
static bool
find_columns(const struct ot_csv *csv, size_t at[static COLUMNS])
{
	for (size_t i = 0; i < COLUMNS; i++) {
		for (at[i] = 0; at[i] < csv->columns; at[i]++)
			if (ot_str_eq(csv->header[at[i]].text,
				ot_str(columns[i].name)))
				break;
		if (at[i] == csv->columns)
			return false;
	}
	return true;
}

static int
row_cmp(const void *a, const void *b)
{
	const struct ot_check_row *x = a, *y = b;

	return ot_str_cmp(x->id, y->id);
}

static int
take_rows(struct ot_catalogue *catalogue, struct ot_arena *arena,
    const struct ot_csv *csv, struct ot_error *error)
{
	size_t at[COLUMNS];
	uint32_t count = 0;

	if (!csv->header || !find_columns(csv, at))
		return ot_error_set(
		    error, OT_ERR_IO, "checks.csv: a column is missing");
	for (const struct ot_csv_row *r = csv->rows; r; r = r->next)
		count++;
	struct ot_check_row *rows =
	    ot_alloc_array(arena, (size_t)count + 1, sizeof(*rows));

	if (!rows)
		return ot_error_set(error, OT_ERR_MEMORY, "no memory");
	count = 0;
	for (const struct ot_csv_row *r = csv->rows; r; r = r->next, count++)
		for (size_t i = 0; i < COLUMNS; i++)
			*(struct ot_str *)((char *)&rows[count] +
					   columns[i].at) =
			    r->cells[at[i]].text;
	if (count)
		qsort(rows, count, sizeof(*rows), row_cmp);
	*catalogue = (struct ot_catalogue){ rows, count };
	return 0;
}

int
ot_catalogue_load(struct ot_catalogue *catalogue, struct ot_arena *arena,
    const char *folder, struct ot_error *error)
{
	struct complaint complaint = { .error = error };
	struct ot_str text;
	int rc =
	    ot_file_read(&text, arena, folder, "checks.csv", FILE_MOST, error);

	if (rc < 0)
		return rc;
	const struct ot_csv *csv =
	    ot_csv_parse(arena, text, complain, &complaint);

	if (!csv)
		return ot_error_set(error, OT_ERR_MEMORY, "no memory");
	return complaint.rc ? complaint.rc
			    : take_rows(catalogue, arena, csv, error);
}

const struct ot_check_row *
ot_catalogue_find(const struct ot_catalogue *catalogue, struct ot_str id)
{
	uint32_t lo = 0, hi = catalogue->count;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int c = ot_str_cmp(catalogue->rows[mid].id, id);

		if (c == 0)
			return &catalogue->rows[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}
