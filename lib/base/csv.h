/*
 * Tables that people keep in spreadsheets, read whole, with the place of each
 * cell. A mark of UTF-8 is skipped, UTF-16 with its mark is converted; the
 * separator is ';', TAB or ',', whichever the header row has most of. Lines
 * that begin with '#', and rows without text, are skipped.
 */
#ifndef OT_BASE_CSV_H
#define OT_BASE_CSV_H

#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

struct ot_csv_cell {
	struct ot_str text;    /* without quotes; blanks around it cut */
	unsigned line, column; /* of its first byte, from 1; columns in bytes */
};

/* Each row has as many cells as the header: what is missing is empty and has
 * the place of the row's end. */
struct ot_csv_row {
	struct ot_csv_cell *cells;
	struct ot_csv_row *next;
};

struct ot_csv {
	char separator;
	size_t columns;		    /* cells of the header and of each row */
	struct ot_csv_cell *header; /* NULL where there is none */
	struct ot_csv_row *rows;
	unsigned errors; /* told; a row with one is left out */
};

/* Told of each error: a stray quote, a quote without an end, more cells than
 * the header, bytes that are no text. Place counts from 1. */
typedef void ot_csv_complain(
    void *user, unsigned line, unsigned column, const char *message);

/* All memory is the arena's. NULL only without memory. */
struct ot_csv *ot_csv_parse(struct ot_arena *arena, struct ot_str text,
    ot_csv_complain *complain, void *user);

#endif
