/*
 * Text for a terminal: what each tool has to say, and the coverage.
 */
#include "render/text.h"

#include "render/columns.h"
#include "render/view.h"

void
ot_text_coverage(struct ot_render *render)
{
	struct ot_sb sb = { .p = NULL };

	ot_sb_puts(&sb, "coverage: ");
	ot_view_coverage_line(&sb, render->report);
	ot_columns_text(render, ot_sb_str(&sb), OT_DIM);
	ot_sb_putc(&render->sb, '\n');
	ot_sb_done(&sb);
}

static void
captures(struct ot_render *render)
{
	const struct ot_list *list =
	    &render->report->store->list[OT_STORE_CAPTURE];
	struct ot_sb sb = { .p = NULL };

	for (uint32_t i = 0; i < list->count; i++) {
		const struct ot_capture_sum *capture = list->at[i];

		ot_view_place(&sb, capture->file, 0);
		ot_sb_puts(&sb, ": ");
		ot_view_count(&sb, capture->frames, "frame");
		ot_sb_puts(&sb, ", ");
		ot_view_bytes(&sb, capture->bytes);
		ot_sb_puts(&sb, ", ");
		ot_view_time(&sb, capture->first);
		ot_sb_puts(&sb, " to ");
		ot_view_time(&sb, capture->last);
		if (capture->damaged.len) {
			ot_sb_puts(&sb, "; damaged: ");
			ot_view_place(&sb, capture->damaged, 0);
		}
		ot_columns_text(render, ot_sb_str(&sb),
		    capture->damaged.len ? OT_YELLOW : OT_PLAIN);
		ot_sb_putc(&render->sb, '\n');
		sb.len = 0;
	}
	ot_sb_done(&sb);
}

static void
render_text(struct ot_render *render)
{
	static const struct {
		const char *tool;
		void (*part)(struct ot_render *render);
	} parts[] = { { "otcap", ot_text_flows },
		{ "otassets", ot_text_assets }, { "otzones", ot_text_zones },
		{ "otcheck", ot_text_findings } };
	struct ot_str tool = render->report->tool;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (ot_str_eq(tool, ot_str(parts[i].tool)))
			parts[i].part(render);
	ot_sb_putc(&render->sb, '\n');
	if (ot_str_eq(tool, ot_str("otcap")))
		captures(render);
	ot_text_coverage(render);
}

const struct ot_renderer ot_renderer_text = {
	.name = "text",
	.title = "tables and lists for a terminal",
	.render = render_text,
};
