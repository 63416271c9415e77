/*
 * What readers of cells share: the items of a cell, and numbers.
 */
#ifndef OT_POLICY_CELLS_H
#define OT_POLICY_CELLS_H

#include "policy/reader.h"

/* The items of a list of JSON, or of a text with marks between. */
struct ot_items {
	struct ot_reader *r;
	struct ot_cell cell;
	const char *marks;	    /* that separate items of a text */
	const struct ot_json *next; /* of a JSON list */
	size_t at;		    /* in a text */
};

extern const char ot_list_marks[]; /* blanks and ';' */

struct ot_items ot_items_of(
    struct ot_reader *r, const struct ot_cell *cell, const char *marks);
bool ot_next_item(struct ot_items *it, struct ot_cell *item);
size_t ot_count_items(
    struct ot_reader *r, const struct ot_cell *cell, const char *marks);

/* Room for the items of a cell behind those that there are. */
void *ot_room_for(struct ot_reader *r, size_t more, const void *old,
    uint32_t count, size_t size);

/* Is it one text; a number's digits too where those are allowed? Told if
 * not. */
bool ot_one_text(struct ot_reader *r, const struct ot_cell *cell, bool number);

/* Is it a list, or a text that holds one? Told if not. */
bool ot_list_like(struct ot_reader *r, const struct ot_cell *cell);

/* All items as they are. */
void ot_read_list(struct ot_reader *r, const struct ot_cell *cell,
    const char *marks, struct ot_strings *into);

/* Tell of a word that is none of these. */
void ot_unknown_word(struct ot_reader *r, const struct ot_cell *item,
    const char *what, const char *const *names);

/* A whole number up to most, decimal or with 0x; false where it is none. */
bool ot_whole_number(struct ot_str s, uint32_t most, uint32_t *out);

#endif
