/*
 * The table of crossings: who reaches whom, by which service and verbs, what
 * the policy says to it, at which line, and the first frame that shows it.
 */
#include "render/columns.h"
#include "render/view.h"

static enum ot_colour
colour_of(uint8_t verdict)
{
	switch (verdict) {
	case OT_VIOLATION:
		return OT_RED;
	case OT_CANNOT_TELL:
		return OT_YELLOW;
	default:
		return OT_GREEN;
	}
}

static void
add_line(struct ot_columns *table, const struct ot_view_crossing *row)
{
	struct ot_sb sb = { .p = NULL };

	ot_columns_add(table, row->from, OT_PLAIN);
	ot_columns_add(table, row->to, OT_PLAIN);
	ot_columns_add(table, row->service, OT_PLAIN);
	ot_view_verbs(&sb, row->verbs);
	if (row->attempt && !row->verbs)
		ot_sb_puts(&sb, "(attempt)");
	ot_columns_take(table, &sb, OT_PLAIN);
	ot_columns_add(table, ot_str(ot_verdict_names[row->verdict]),
	    colour_of(row->verdict));
	if (row->first)
		ot_view_place(&sb, row->first->file, row->first->frame);
	ot_columns_take(table, &sb, OT_PLAIN);
	ot_view_place(&sb, row->file, row->line);
	ot_columns_take(table, &sb, OT_DIM);
	ot_sb_done(&sb);
}

void
ot_table_crossings(struct ot_render *render)
{
	static const struct ot_column columns[] = { { "FROM", 32, false },
		{ "TO", 32, false }, { "SERVICE", 20, false },
		{ "VERBS", 40, false }, { "VERDICT", 0, false },
		{ "FIRST FRAME", 48, false }, { "POLICY LINE", 64, false } };
	struct ot_columns table = { .render = render,
		.column = columns,
		.width = sizeof(columns) / sizeof(columns[0]) };
	struct ot_arena arena = { .blocks = NULL };
	uint32_t count;
	struct ot_view_crossing *rows =
	    ot_view_crossings(&arena, render->report, &count);

	if (!rows)
		render->sb.lost = true;
	for (uint32_t i = 0; i < count; i++)
		add_line(&table, &rows[i]);
	ot_columns_print(&table);
	ot_arena_done(&arena);
}

const struct ot_renderer ot_renderer_crossings = {
	.name = "crossings",
	.title = "one table of what crosses between zones",
	.render = ot_table_crossings,
};
