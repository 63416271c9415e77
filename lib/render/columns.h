/*
 * A table for a terminal: cells are given row by row, columns become as wide
 * as they need, up to a limit; what is cut shows it by an ellipsis.
 */
#ifndef OT_RENDER_COLUMNS_H
#define OT_RENDER_COLUMNS_H

#include "base/arena.h"
#include "render/render.h"

enum ot_colour {
	OT_PLAIN,
	OT_BOLD,
	OT_DIM,
	OT_RED,
	OT_GREEN,
	OT_YELLOW,
};

struct ot_column {
	const char *title;
	uint32_t most; /* width of the terminal's cells; 0: no limit */
	bool right;    /* numbers */
};

struct ot_columns {
	struct ot_render *render;
	const struct ot_column *column;
	uint32_t width;	   /* columns */
	struct ot_sb text; /* of all cells, escaped, in their order */
	struct ot_arena arena;
	struct ot_columns_cell *cells;
	uint32_t count, room;
	bool lost;
};

/* Zeroed but for render, column and width. */
void ot_columns_add(
    struct ot_columns *table, struct ot_str text, enum ot_colour colour);
void ot_columns_u64(struct ot_columns *table, uint64_t n);
/* The text that sb holds; sb is then empty and ready for the next cell. */
void ot_columns_take(
    struct ot_columns *table, struct ot_sb *sb, enum ot_colour colour);

/* Write the table, a head line first, and free it. */
void ot_columns_print(struct ot_columns *table);

/* Write the text in a colour, where there are colours. It is escaped, and a
 * line never begins as a command of a CI log (FORMATS.md). */
void ot_columns_text(
    struct ot_render *render, struct ot_str text, enum ot_colour colour);

/* The table of crossings, as -f crossings and otzones print it. */
void ot_table_crossings(struct ot_render *render);

/* Cells of a terminal that a UTF-8 text takes. */
size_t ot_columns_width(struct ot_str text);

#endif
