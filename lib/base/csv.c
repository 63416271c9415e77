/*
 * CSV (RFC 4180) through libcsv, which knows quoting but no places. So the
 * text is given to it in pieces that hold no more than one separator, quote
 * or line end: what it reports then belongs to the piece at hand.
 */
#include "base/csv.h"

#include <csv.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/utf.h"

enum { ERRORS_MAX = 100 }; /* told of one text */

struct reader {
	struct ot_arena *arena;
	struct ot_csv *csv;
	ot_csv_complain *complain;
	void *user;
	bool no_memory;

	struct ot_buf b;
	enum ot_fault fault;
	const uint8_t *line_start;
	unsigned line;

	struct csv_parser parser;
	bool begun; /* the row: something that is not blank was seen */
	bool fresh; /* the cell: nothing that is not blank was seen */
	unsigned cell_line, cell_column;
	bool quoted;   /* the cell begins with a quote */
	bool too_wide; /* told for this row */

	struct ot_csv_cell *cells; /* of this row; heap */
	size_t count, cap;
	struct ot_csv_row **end;
};

static unsigned
column(const struct reader *r)
{
	return (unsigned)(r->b.p - r->line_start) + 1;
}

__attribute__((format(printf, 4, 5))) static void
complain(struct reader *r, unsigned line, unsigned col, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	if (++r->csv->errors > ERRORS_MAX + 1 || !r->complain)
		return;
	if (r->csv->errors > ERRORS_MAX)
		fmt = "more errors behind this one are not shown";
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	r->complain(r->user, line, col, text);
}

/* Over n bytes that may hold line ends: LF, CR LF, or CR alone. */
static void
advance(struct reader *r, size_t n)
{
	while (n--) {
		uint8_t c = ot_u8(&r->b);

		if (c == '\n' || (c == '\r' && ot_peek(&r->b, 0) != '\n')) {
			r->line++;
			r->line_start = r->b.p;
		}
	}
}

static void
rewind_to(struct reader *r, struct ot_str text)
{
	r->b = ot_buf(text.p, text.len, &r->fault);
	r->line_start = r->b.p;
	r->line = 1;
}

/* UTF-16 behind its mark, as UTF-8 in the arena. */
static struct ot_str
from_utf16(struct reader *r, struct ot_str text, bool big_endian)
{
	char *out = ot_alloc_array(r->arena, text.len / 2 + 1, 3);
	size_t len = 0, line_at = 0;

	if (!out) {
		r->no_memory = true;
		return (struct ot_str){ NULL, 0 };
	}
	rewind_to(r, text);
	ot_skip(&r->b, 2);
	while (r->b.left) {
		uint32_t code = 0xfffd;
		size_t n = ot_utf16_peek(&r->b, big_endian, &code);

		if (n == 0) {
			complain(r, r->line, (unsigned)(len - line_at) + 1,
			    "this is not UTF-16");
			code = 0xfffd;
			n = r->b.left < 2 ? 1 : 2;
		}
		ot_skip(&r->b, n);
		len += ot_utf8_put(out + len, code);
		if (code == '\n') {
			r->line++;
			line_at = len;
		}
	}
	return (struct ot_str){ out, len };
}

/* The text as UTF-8 without a mark. */
static struct ot_str
to_utf8(struct reader *r, struct ot_str text)
{
	rewind_to(r, text);
	if (ot_starts(&r->b, "\xff\xfe", 2))
		return from_utf16(r, text, false);
	if (ot_starts(&r->b, "\xfe\xff", 2))
		return from_utf16(r, text, true);
	if (ot_starts(&r->b, "\xef\xbb\xbf", 3))
		return (struct ot_str){ text.p + 3, text.len - 3 };
	return text;
}

/* Tell the first byte of each line that is no text. */
static void
check_text(struct reader *r)
{
	unsigned told = 0;

	while (r->b.left) {
		uint8_t c = ot_peek(&r->b, 0);
		uint32_t code = 0;
		size_t len = ot_utf8_peek(&r->b, &code);
		bool control = c < 0x20 && c != '\t' && c != '\n' && c != '\r';

		if ((len == 0 || control) && told != r->line) {
			complain(r, r->line, column(r),
			    control ? "byte 0x%02x is a control character"
				    : "byte 0x%02x is not UTF-8: save the "
				      "table as UTF-8",
			    c);
			told = r->line;
		}
		advance(r, len ? len : 1);
	}
}

static bool
line_ends(uint8_t c)
{
	return c == '\n' || c == '\r';
}

static size_t
rest_of_line(const struct ot_buf *b)
{
	size_t n = 0;

	while (n < b->left && !line_ends(ot_peek(b, n)))
		n++;
	return n;
}

static bool
blank(const struct reader *r, uint8_t c)
{
	return (c == ' ' || c == '\t') && c != (uint8_t)r->csv->separator;
}

/* Lines without text and comments, up to the header row. */
static void
skip_to_header(struct reader *r)
{
	while (r->b.left) {
		size_t n = rest_of_line(&r->b), text = 0;

		while (text < n && (ot_peek(&r->b, text) == ' ' ||
				       ot_peek(&r->b, text) == '\t'))
			text++;
		if (text < n && ot_peek(&r->b, 0) != '#')
			return;
		advance(r, n < r->b.left ? n + 1 : n);
	}
}

/* The one that stands most often in the header row, outside of quotes. */
static char
sniff(const struct reader *r)
{
	static const char marks[] = ";\t,";
	size_t counts[3] = { 0 }, n = rest_of_line(&r->b), best = 2;
	bool quoted = false;

	for (size_t i = 0; i < n; i++) {
		uint8_t c = ot_peek(&r->b, i);
		const char *at = c ? strchr(marks, c) : NULL;

		if (c == '"')
			quoted = !quoted;
		if (at && !quoted)
			counts[at - marks]++;
	}
	for (size_t i = 0; i < 3; i++)
		if (counts[i] > counts[best])
			best = i;
	return marks[best];
}

static void
begin_cell(struct reader *r)
{
	r->cell_line = r->line;
	r->cell_column = column(r);
	r->quoted = ot_peek(&r->b, 0) == '"';
	r->fresh = false;
}

static void
begin_row(struct reader *r)
{
	r->count = 0;
	r->begun = false;
	r->fresh = true;
	r->too_wide = false;
}

static bool
cells_grow(struct reader *r)
{
	size_t cap = r->cap ? r->cap * 2 : 16;
	struct ot_csv_cell *cells = ot_heap_grow(r->cells, cap, sizeof(*cells));

	if (!cells) {
		r->no_memory = true;
		return false;
	}
	r->cells = cells;
	r->cap = cap;
	return true;
}

/* libcsv has a cell; the piece at hand is its separator or line end. */
static void
on_cell(void *p, size_t len, void *user)
{
	struct reader *r = user;
	struct ot_csv_cell cell = { .line = r->cell_line,
		.column = r->cell_column };

	r->fresh = true;
	if (r->csv->header && r->count == r->csv->columns) {
		if (len && !r->too_wide)
			complain(r, cell.line, cell.column,
			    "this row has more cells than the header");
		r->too_wide = r->too_wide || len;
		return;
	}
	if (r->count == r->cap && !cells_grow(r))
		return;
	cell.text = ot_str_keep(r->arena, (struct ot_str){ p, len });
	if (!cell.text.p)
		r->no_memory = true;
	r->cells[r->count++] = cell;
}

static struct ot_csv_cell *
keep_cells(struct reader *r, size_t count)
{
	struct ot_csv_cell *kept =
	    ot_alloc_array(r->arena, count, sizeof(*kept));

	if (!kept) {
		r->no_memory = true;
		return NULL;
	}
	memcpy(kept, r->cells, r->count * sizeof(*kept));
	for (size_t i = r->count; i < count; i++)
		kept[i] = (struct ot_csv_cell){
			.text = ot_str(""), .line = r->line, .column = column(r)
		};
	return kept;
}

/* Empty cells at the end of the header are no columns. */
static void
keep_header(struct reader *r)
{
	while (r->count && r->cells[r->count - 1].text.len == 0)
		r->count--;
	r->csv->columns = r->count;
	r->csv->header = keep_cells(r, r->count);
}

static void
keep_row(struct reader *r)
{
	struct ot_csv_row *row = ot_alloc(r->arena, sizeof(*row));

	if (!row) {
		r->no_memory = true;
		return;
	}
	row->cells = keep_cells(r, r->csv->columns);
	*r->end = row;
	r->end = &row->next;
}

static void
on_row(int end, void *user)
{
	struct reader *r = user;
	bool empty = true;

	(void)end;
	for (size_t i = 0; i < r->count; i++)
		if (r->cells[i].text.len)
			empty = false;
	if (!empty && !r->no_memory) {
		if (!r->csv->header)
			keep_header(r);
		else if (!r->too_wide)
			keep_row(r);
	}
	begin_row(r);
}

static bool
parser_open(struct reader *r)
{
	if (csv_init(&r->parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
		return false;
	csv_set_delim(&r->parser, (unsigned char)r->csv->separator);
	return true;
}

/* How much to give to libcsv at once: one byte that may mean something, or
 * all up to the next such. */
static size_t
piece(const struct reader *r)
{
	size_t n = 0;

	for (; n < r->b.left; n++) {
		uint8_t c = ot_peek(&r->b, n);

		if (c == '"' || c == (uint8_t)r->csv->separator ||
		    line_ends(c) || (r->fresh && blank(r, c)))
			break;
	}
	return n ? n : 1;
}

/* A quote where none may be: the row is lost, the next line is a new one. */
static void
misquoted(struct reader *r)
{
	complain(r, r->line, column(r),
	    r->quoted ? "text behind the closing quote of a cell"
		      : "a quote inside a cell that does not begin with one");
	advance(r, rest_of_line(&r->b));
	csv_free(&r->parser);
	if (!parser_open(r))
		r->no_memory = true;
	begin_row(r);
}

static void
feed(struct reader *r)
{
	uint8_t c = ot_peek(&r->b, 0);
	size_t n, taken;

	if (!r->begun && c == '#' && column(r) == 1) {
		advance(r, rest_of_line(&r->b));
		return;
	}
	if (r->fresh && !blank(r, c))
		begin_cell(r);
	if (!blank(r, c) && !line_ends(c))
		r->begun = true;
	n = piece(r);
	taken = csv_parse(&r->parser, r->b.p, n, on_cell, on_row, r);
	advance(r, taken);
	if (taken < n && csv_error(&r->parser) == CSV_EPARSE)
		misquoted(r);
	else if (taken < n)
		r->no_memory = true;
	else if (!r->begun)
		begin_row(r);
}

static void
finish(struct reader *r)
{
	if (r->fresh)
		begin_cell(r);
	if (csv_fini(&r->parser, on_cell, on_row, r) == 0)
		return;
	if (csv_error(&r->parser) == CSV_EPARSE)
		complain(r, r->cell_line, r->cell_column,
		    "the quote that begins here has no end");
	else
		r->no_memory = true;
}

struct ot_csv *
ot_csv_parse(struct ot_arena *arena, struct ot_str text, ot_csv_complain *told,
    void *user)
{
	struct reader r = { .arena = arena, .complain = told, .user = user };

	r.csv = ot_alloc(arena, sizeof(*r.csv));
	if (!r.csv)
		return NULL;
	r.end = &r.csv->rows;
	text = to_utf8(&r, text);
	rewind_to(&r, text);
	check_text(&r);
	rewind_to(&r, text);
	skip_to_header(&r);
	r.csv->separator = sniff(&r);
	begin_row(&r);
	if (!parser_open(&r))
		return NULL;
	while (r.b.left && !r.no_memory)
		feed(&r);
	if (!r.no_memory)
		finish(&r);
	csv_free(&r.parser);
	ot_heap_free(r.cells);
	return r.no_memory ? NULL : r.csv;
}
