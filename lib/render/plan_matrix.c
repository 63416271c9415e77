/*
 * The zone matrix: a row for each zone that begins, a column for each that is
 * asked; what conduits allow, and what was seen.
 */
#include "render/plan.h"

#include "render/render.h"

#define TEXT(s) (int)(s).len, (s).p

const char *const ot_matrix_names[] = { "text", "csv", "markdown", "html",
	NULL };

enum ot_link_state
ot_link_state(const struct ot_plan_link *link)
{
	if (!link)
		return OT_LINK_NONE;
	if (link->violations)
		return OT_LINK_BAD;
	if (link->untold)
		return OT_LINK_UNTOLD;
	return link->row || link->allowed ? OT_LINK_ALLOWED : OT_LINK_NONE;
}

static const struct ot_plan_link *
find(const struct ot_plan *plan, uint32_t from, uint32_t to)
{
	size_t lo = 0, hi = plan->link_count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct ot_plan_link *l = &plan->links[mid];

		if (l->from == from && l->to == to)
			return l;
		if (l->from < from || (l->from == from && l->to < to))
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

/* "modbus: read; ssh (2 allowed, 1 violation)". */
static void
cell_text(const struct ot_plan *plan, const struct ot_plan_link *link,
    struct ot_sb *sb)
{
	if (!link)
		return;
	for (uint32_t i = 0; i < link->allows.count; i++)
		ot_sb_printf(
		    sb, "%s%.*s", i ? "; " : "", TEXT(link->allows.at[i]));
	if (!plan->seen || !(link->allowed + link->violations + link->untold))
		return;
	ot_sb_printf(sb,
	    "%sseen: %llu allowed, %llu violation, %llu "
	    "cannot-tell",
	    link->allows.count ? "; " : "", (unsigned long long)link->allowed,
	    (unsigned long long)link->violations,
	    (unsigned long long)link->untold);
}

/* How a format writes a text, and what stands around it. */
struct form {
	void (*put)(struct ot_sb *sb, struct ot_str s);
	const char *begin, *row, *first, *cell, *end_row, *end;
	const char *rule; /* between the heading and the rows */
};

/* ---- each format's escapes ---- */

/* A spreadsheet takes what begins so for a formula. */
static void
put_csv(struct ot_sb *sb, struct ot_str s)
{
	ot_sb_puts(sb, s.len && strchr("=+-@\t\r", s.p[0]) ? "\"'" : "\"");
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			ot_sb_putc(sb, '"');
		ot_sb_putc(sb, s.p[i]);
	}
	ot_sb_putc(sb, '"');
}

static void
put_markdown(struct ot_sb *sb, struct ot_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '<' || s.p[i] == '&') {
			ot_sb_puts(sb, s.p[i] == '<' ? "&lt;" : "&amp;");
			continue;
		}
		if (strchr("\\`*_{}[]()#!|~>", s.p[i]))
			ot_sb_putc(sb, '\\');
		ot_sb_putc(sb, s.p[i] == '\n' ? ' ' : s.p[i]);
	}
}

static const struct form csv_form = { .put = put_csv,
	.begin = "",
	.row = "",
	.first = "",
	.cell = ",",
	.end_row = "\n",
	.end = "" };

static const struct form markdown_form = { .put = put_markdown,
	.begin = "",
	.row = "| ",
	.first = "",
	.cell = " | ",
	.end_row = " |\n",
	.end = "",
	.rule = "---" };

static const struct form html_form = { .put = ot_escape_html,
	.begin =
	    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	    "<title>Zone matrix</title><style>body{font:14px sans-serif}"
	    "table{border-collapse:collapse}td{border:1px solid #999;"
	    "padding:4px;vertical-align:top}tr:first-child td,td:first-child"
	    "{font-weight:bold}</style></head><body>\n<table>\n",
	.row = "<tr><td>",
	.first = "",
	.cell = "</td><td>",
	.end_row = "</td></tr>\n",
	.end = "</table>\n</body></html>\n" };

/* ---- tables ---- */

static void
heading(const struct ot_plan *plan, const struct form *form, struct ot_sb *sb)
{
	ot_sb_puts(sb, form->row);
	form->put(sb, ot_str("from \\ to"));
	for (uint32_t to = 0; to < plan->zone_count; to++) {
		ot_sb_puts(sb, form->cell);
		form->put(sb, plan->zones[to].id);
	}
	ot_sb_puts(sb, form->end_row);
	if (!form->rule)
		return;
	ot_sb_puts(sb, form->row);
	ot_sb_puts(sb, form->rule);
	for (uint32_t to = 0; to < plan->zone_count; to++) {
		ot_sb_puts(sb, form->cell);
		ot_sb_puts(sb, form->rule);
	}
	ot_sb_puts(sb, form->end_row);
}

static void
table(const struct ot_plan *plan, const struct form *form, struct ot_sb *sb)
{
	ot_sb_puts(sb, form->begin);
	heading(plan, form, sb);
	for (uint32_t from = 0; from < plan->zone_count; from++) {
		ot_sb_puts(sb, form->row);
		form->put(sb, plan->zones[from].id);
		for (uint32_t to = 0; to < plan->zone_count; to++) {
			struct ot_sb text = { 0 };

			cell_text(plan, find(plan, from, to), &text);
			ot_sb_puts(sb, form->cell);
			form->put(sb, ot_sb_str(&text));
			sb->lost |= text.lost;
			ot_sb_done(&text);
		}
		ot_sb_puts(sb, form->end_row);
	}
	ot_sb_puts(sb, form->end);
}

/* ---- a terminal ---- */

static uint32_t
widest(const struct ot_plan *plan)
{
	uint32_t most = 0;

	for (uint32_t i = 0; i < plan->zone_count; i++)
		if (plan->zones[i].id.len > most)
			most = (uint32_t)plan->zones[i].id.len;
	return most;
}

static void
grid(const struct ot_plan *plan, struct ot_sb *sb)
{
	static const char marks[] = { [OT_LINK_NONE] = '.',
		[OT_LINK_ALLOWED] = '+',
		[OT_LINK_UNTOLD] = '?',
		[OT_LINK_BAD] = '!' };
	uint32_t wide = widest(plan);

	ot_sb_printf(sb, "%*s", (int)wide + 4, "");
	for (uint32_t to = 0; to < plan->zone_count; to++)
		ot_sb_printf(sb, " %3u", to + 1);
	ot_sb_putc(sb, '\n');
	for (uint32_t from = 0; from < plan->zone_count; from++) {
		struct ot_str id = plan->zones[from].id;

		ot_sb_printf(sb, "%3u ", from + 1);
		ot_escape_terminal(sb, id);
		ot_sb_printf(sb, "%*s", (int)(wide - id.len), "");
		for (uint32_t to = 0; to < plan->zone_count; to++)
			ot_sb_printf(sb, "   %c",
			    from == to && !find(plan, from, to)
				? '='
				: marks[ot_link_state(find(plan, from, to))]);
		ot_sb_putc(sb, '\n');
	}
	ot_sb_puts(sb, plan->seen ? "+ allowed  ! violations seen  ? cannot "
				    "be told  . denied  = within\n"
				  : "+ allowed  . denied  = within\n");
}

static void
text(const struct ot_plan *plan, struct ot_sb *sb)
{
	grid(plan, sb);
	for (size_t i = 0; i < plan->link_count; i++) {
		const struct ot_plan_link *link = &plan->links[i];
		struct ot_sb cell = { 0 };

		cell_text(plan, link, &cell);
		ot_escape_terminal(sb, plan->zones[link->from].id);
		ot_sb_puts(sb, " -> ");
		ot_escape_terminal(sb, plan->zones[link->to].id);
		ot_sb_puts(sb, ": ");
		ot_escape_terminal(sb, ot_sb_str(&cell));
		ot_sb_putc(sb, '\n');
		sb->lost |= cell.lost;
		ot_sb_done(&cell);
	}
}

bool
ot_matrix_render(
    const struct ot_plan *plan, const char *format, struct ot_sb *sb)
{
	static const struct form *const forms[] = { NULL, &csv_form,
		&markdown_form, &html_form };
	int i = ot_word(ot_matrix_names, ot_str(format));

	if (i < 0)
		return false;
	if (forms[i])
		table(plan, forms[i], sb);
	else
		text(plan, sb);
	return true;
}
