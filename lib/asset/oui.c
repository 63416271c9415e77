/*
 * Who was given a MAC. Assignments are blocks of 24, 28 or 36 bits; the longer
 * one is the more exact.
 */
#include "asset/oui.h"

#include "base/csv.h"
#include "base/io.h"

enum { FILE_MAX = 64 << 20 };
enum { ASSIGNMENT = 1, ORGANISATION = 2 }; /* columns */

/* Blocks that are handed on in pieces, or whose owner stays unnamed. */
static bool
says_nothing(struct ot_str name)
{
	return name.len == 0 || ot_str_eq(name, ot_str("Private")) ||
	       ot_str_eq(name, ot_str("IEEE Registration Authority"));
}

static bool
keep(struct ot_oui *oui, struct ot_csv_row *row)
{
	struct ot_str prefix = row->cells[ASSIGNMENT].text;
	struct ot_str *name = &row->cells[ORGANISATION].text;
	void **at;

	if (says_nothing(*name))
		return true;
	at = ot_map_at(&oui->names, prefix.p, prefix.len);
	if (!at)
		return false;
	/* a block given twice: the smaller name, whatever the order */
	if (!*at || ot_str_cmp(*name, *(struct ot_str *)*at) < 0)
		*at = name;
	return true;
}

static bool
read_registry(struct ot_oui *oui, struct ot_arena *arena, struct ot_str text)
{
	struct ot_csv *csv = ot_csv_parse(arena, text, NULL, NULL);

	if (!csv)
		return false;
	if (csv->columns <= ORGANISATION)
		return true;
	for (struct ot_csv_row *row = csv->rows; row; row = row->next)
		if (!keep(oui, row))
			return false;
	return true;
}

int
ot_oui_load(struct ot_oui *oui, struct ot_arena *arena, const char *folder)
{
	static const char *const files[] = { "oui.csv", "mam.csv", "oui36.csv",
		"iab.csv" };
	int found = 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		struct ot_error error;
		struct ot_str text;
		int rc = ot_file_read(
		    &text, arena, folder, files[i], FILE_MAX, &error);

		if (rc == -OT_ERR_MEMORY)
			return rc;
		if (rc < 0)
			continue;
		if (!read_registry(oui, arena, text))
			return -OT_ERR_MEMORY;
		found++;
	}
	return found;
}

struct ot_str
ot_oui_vendor(const struct ot_oui *oui, const struct ot_addr *mac)
{
	static const char digits[] = "0123456789ABCDEF";
	char hex[9];

	if (!ot_addr_mac_global(mac))
		return (struct ot_str){ 0 };
	for (size_t i = 0; i < sizeof(hex); i++)
		hex[i] =
		    digits[i % 2 ? mac->b[i / 2] & 15 : mac->b[i / 2] >> 4];
	for (size_t len = sizeof(hex); len >= 6; len--) {
		const struct ot_str *name = ot_map_get(&oui->names, hex, len);

		if (name)
			return *name;
	}
	return (struct ot_str){ 0 };
}

void
ot_oui_done(struct ot_oui *oui)
{
	ot_map_done(&oui->names);
}
