/*
 * Tables for a terminal. Widths are those of the terminal's cells, after the
 * East Asian Width property (UAX 11) and without the locale.
 */
#include "render/columns.h"

#include "base/utf.h"

struct ot_columns_cell {
	size_t at, len;
	enum ot_colour colour;
};

/* First and last code point of what takes no cell, or two. */
struct span {
	uint32_t first, last;
	uint8_t cells;
};

static const struct span spans[] = {
	{ 0x0300, 0x036f, 0 },	 /* combining marks */
	{ 0x0483, 0x0489, 0 },	 /* Cyrillic */
	{ 0x0591, 0x05bd, 0 },	 /* Hebrew points */
	{ 0x0610, 0x061a, 0 },	 /* Arabic marks */
	{ 0x064b, 0x065f, 0 },	 /* Arabic vowels */
	{ 0x1100, 0x115f, 2 },	 /* Hangul Jamo */
	{ 0x1ab0, 0x1aff, 0 },	 /* combining marks, extended */
	{ 0x1dc0, 0x1dff, 0 },	 /* combining marks, supplement */
	{ 0x200b, 0x200d, 0 },	 /* zero width space and joiners */
	{ 0x20d0, 0x20ff, 0 },	 /* marks for symbols */
	{ 0x2e80, 0x303e, 2 },	 /* CJK radicals and punctuation */
	{ 0x3041, 0x4dbf, 2 },	 /* kana to CJK extension A */
	{ 0x4e00, 0xa4cf, 2 },	 /* CJK, Yi */
	{ 0xac00, 0xd7a3, 2 },	 /* Hangul syllables */
	{ 0xf900, 0xfaff, 2 },	 /* CJK compatibility */
	{ 0xfe00, 0xfe0f, 0 },	 /* variation selectors */
	{ 0xfe20, 0xfe2f, 0 },	 /* half marks */
	{ 0xfe30, 0xfe6f, 2 },	 /* CJK compatibility forms */
	{ 0xfeff, 0xfeff, 0 },	 /* byte order mark */
	{ 0xff01, 0xff60, 2 },	 /* fullwidth forms */
	{ 0xffe0, 0xffe6, 2 },	 /* fullwidth signs */
	{ 0x1f300, 0x1f64f, 2 }, /* pictographs */
	{ 0x1f900, 0x1f9ff, 2 },
	{ 0x20000, 0x3fffd, 2 }, /* CJK extensions B and on */
};

static unsigned
cells_of(uint32_t code)
{
	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++)
		if (code >= spans[i].first && code <= spans[i].last)
			return spans[i].cells;
	return 1;
}

/* The start of text that takes at most that many cells; *width is what it
 * takes. */
static size_t
fit(struct ot_str text, size_t most, size_t *width)
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = ot_buf(text.p, text.len, &fault);

	*width = 0;
	while (b.left) {
		uint32_t code = 0;
		size_t len = ot_utf8_peek(&b, &code);
		unsigned cells = len ? cells_of(code) : 1;

		if (*width + cells > most)
			break;
		*width += cells;
		ot_skip(&b, len ? len : 1);
	}
	return text.len - b.left;
}

size_t
ot_columns_width(struct ot_str text)
{
	size_t width;

	fit(text, SIZE_MAX, &width);
	return width;
}

static const char *const colour_codes[] = { "", "\033[1m", "\033[2m",
	"\033[31m", "\033[32m", "\033[33m" };

static void
colour_on(struct ot_render *render, enum ot_colour colour)
{
	if (render->colour)
		ot_sb_puts(&render->sb, colour_codes[colour]);
}

static void
colour_off(struct ot_render *render, enum ot_colour colour)
{
	if (render->colour && colour != OT_PLAIN)
		ot_sb_puts(&render->sb, "\033[0m");
}

/* A line of a CI log that begins so is a command, blanks before it or not:
 * its first byte is written as \xNN. */
static bool
is_command(struct ot_str text)
{
	while (text.len && text.p[0] == ' ') {
		text.p++;
		text.len--;
	}
	return (text.len >= 2 && memcmp(text.p, "::", 2) == 0) ||
	       (text.len >= 3 && memcmp(text.p, "##[", 3) == 0);
}

static void
escape(struct ot_sb *sb, struct ot_str text, bool starts_line)
{
	if (starts_line && is_command(text)) {
		while (text.p[0] == ' ') {
			text.p++;
			text.len--;
		}
		ot_sb_printf(sb, "\\x%02x", (unsigned)text.p[0]);
		text.p++;
		text.len--;
	}
	ot_escape_terminal(sb, text);
}

static bool
at_line_start(const struct ot_sb *sb)
{
	size_t at = sb->len;

	while (at && sb->p[at - 1] == ' ')
		at--;
	return !at || sb->p[at - 1] == '\n';
}

void
ot_columns_text(
    struct ot_render *render, struct ot_str text, enum ot_colour colour)
{
	bool starts_line = at_line_start(&render->sb);

	colour_on(render, colour);
	escape(&render->sb, text, starts_line);
	colour_off(render, colour);
}

/* Room for one more cell. */
static struct ot_columns_cell *
next_cell(struct ot_columns *table)
{
	struct ot_columns_cell *cells = table->cells;

	if (table->count == table->room) {
		uint32_t room = table->room ? table->room * 2 : 256;

		cells = ot_alloc_array(&table->arena, room, sizeof(*cells));
		if (!cells) {
			table->lost = true;
			return NULL;
		}
		if (table->count)
			memcpy(
			    cells, table->cells, table->count * sizeof(*cells));
		table->cells = cells;
		table->room = room;
	}
	return &table->cells[table->count++];
}

void
ot_columns_add(
    struct ot_columns *table, struct ot_str text, enum ot_colour colour)
{
	struct ot_columns_cell *cell = next_cell(table);

	if (!cell)
		return;
	cell->at = table->text.len;
	cell->colour = colour;
	escape(&table->text, text,
	    table->count % table->width == 1 || table->width == 1);
	cell->len = table->text.len - cell->at;
}

void
ot_columns_u64(struct ot_columns *table, uint64_t n)
{
	struct ot_sb sb = { .p = NULL };

	ot_sb_u64(&sb, n);
	ot_columns_take(table, &sb, OT_PLAIN);
	ot_sb_done(&sb);
}

void
ot_columns_take(
    struct ot_columns *table, struct ot_sb *sb, enum ot_colour colour)
{
	ot_columns_add(table, ot_sb_str(sb), colour);
	sb->len = 0;
}

static struct ot_str
text_of(const struct ot_columns *table, const struct ot_columns_cell *cell)
{
	return cell->len
		   ? (struct ot_str){ table->text.p + cell->at, cell->len }
		   : ot_str("-");
}

static size_t
width_of(const struct ot_columns *table, uint32_t column)
{
	size_t most = table->column[column].most;
	size_t width = ot_columns_width(ot_str(table->column[column].title));

	for (uint32_t i = column; i < table->count; i += table->width) {
		size_t w = ot_columns_width(text_of(table, &table->cells[i]));

		width = w > width ? w : width;
	}
	return most && width > most ? most : width;
}

static void
blanks(struct ot_sb *sb, size_t n)
{
	while (n--)
		ot_sb_putc(sb, ' ');
}

/* One cell in its width; the last of a line is not padded. */
static void
print_cell(struct ot_columns *table, struct ot_str text, uint32_t column,
    size_t width, enum ot_colour colour)
{
	struct ot_render *render = table->render;
	bool cut = ot_columns_width(text) > width;
	size_t used;

	text.len = fit(text, cut ? width - 1 : width, &used);
	used += cut;
	if (column)
		ot_sb_puts(&render->sb, "  ");
	if (table->column[column].right)
		blanks(&render->sb, width - used);
	colour_on(render, colour);
	ot_sb_add(&render->sb, text.p, text.len);
	if (cut)
		ot_sb_puts(&render->sb, "\xe2\x80\xa6");
	colour_off(render, colour);
	if (!table->column[column].right && column + 1 < table->width)
		blanks(&render->sb, width - used);
}

static void
print_lines(struct ot_columns *table, const size_t *widths)
{
	for (uint32_t c = 0; c < table->width; c++)
		print_cell(table, ot_str(table->column[c].title), c, widths[c],
		    OT_BOLD);
	ot_sb_putc(&table->render->sb, '\n');
	for (uint32_t i = 0; i < table->count; i++) {
		const struct ot_columns_cell *cell = &table->cells[i];
		uint32_t c = i % table->width;

		print_cell(
		    table, text_of(table, cell), c, widths[c], cell->colour);
		if (c + 1 == table->width) {
			ot_sb_putc(&table->render->sb, '\n');
			ot_render_flush(table->render, false);
		}
	}
}

void
ot_columns_print(struct ot_columns *table)
{
	size_t *widths =
	    ot_alloc_array(&table->arena, table->width, sizeof(*widths));

	if (!widths || table->lost || table->text.lost) {
		table->render->sb.lost = true;
	} else {
		for (uint32_t c = 0; c < table->width; c++)
			widths[c] = width_of(table, c);
		print_lines(table, widths);
	}
	ot_sb_done(&table->text);
	ot_arena_done(&table->arena);
}
