/*
 * The first column of data/limits.csv.
 */
#include "policy/limits.h"

#include "base/csv.h"
#include "base/io.h"

enum { FILE_MOST = 1 << 20 };

int
ot_limit_names_load(const char *const **names, struct ot_arena *arena,
    const char *folder, struct ot_error *error)
{
	struct ot_str text;
	const struct ot_csv *csv;
	const char **made;
	size_t count = 0;
	int e =
	    ot_file_read(&text, arena, folder, "limits.csv", FILE_MOST, error);

	if (e)
		return e;
	csv = ot_csv_parse(arena, text, NULL, NULL);
	if (csv && (csv->errors || !csv->header || !csv->columns))
		return ot_error_set(
		    error, OT_ERR_IO, "limits.csv: is no table");
	for (const struct ot_csv_row *r = csv ? csv->rows : NULL; r;
	     r = r->next)
		count++;
	made = ot_alloc_array(arena, count + 1, sizeof(*made));
	if (!csv || !made)
		return ot_error_set(error, OT_ERR_MEMORY, "out of memory");
	count = 0;
	for (const struct ot_csv_row *r = csv->rows; r; r = r->next) {
		made[count] = ot_str_keep(arena, r->cells[0].text).p;
		if (!made[count++])
			return ot_error_set(
			    error, OT_ERR_MEMORY, "out of memory");
	}
	*names = made;
	return 0;
}
