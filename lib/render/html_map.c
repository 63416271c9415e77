/*
 * The zone map: levels from top to bottom, zones as boxes, what crosses as
 * arrows from whoever opens the conversation. Verdicts differ in colour and
 * dash, traffic in width, so that it reads without colours too.
 */
#include "render/html.h"

enum { LEGEND_HEIGHT = 34, NAME_CHARS = 24, KIND_CHARS = 14, DEPTH_MOST = 62 };

/* Levels of the Purdue model as ISA-95 and IEC 62443 number them. */
static const char *
level_name(struct ot_str level)
{
	static const char *const names[] = { "process", "basic control",
		"supervision", "site operations", "site business",
		"enterprise, outside" };

	if (level.len == 1 && level.p[0] >= '0' && level.p[0] <= '5')
		return names[level.p[0] - '0'];
	return "";
}

static void
label(struct ot_render *render, int y, struct ot_str level)
{
	struct ot_sb *sb = &render->sb;

	ot_sb_printf(sb, "<text class=\"level\" x=\"12\" y=\"%d\">",
	    y + OT_HTML_BOX_HEIGHT / 2 - 2);
	if (level.len) {
		ot_html_raw(render, "Level ");
		ot_html_text(render, level);
	} else {
		ot_html_raw(render, "No level");
	}
	ot_sb_printf(sb,
	    "</text><text class=\"note\" x=\"12\" y=\"%d\">%s</text>\n",
	    y + OT_HTML_BOX_HEIGHT / 2 + 14, level_name(level));
}

/* A band behind each second row, and the name of its level. */
static void
rows(struct ot_render *render, const struct ot_html_graph *graph,
    const struct ot_html_layout *layout)
{
	for (uint32_t i = 0; i < graph->node_count; i++) {
		int row = graph->nodes[i].row;

		if (i && graph->nodes[i - 1].row == row)
			continue;
		ot_sb_printf(&render->sb,
		    "<rect class=\"band\" x=\"0\" y=\"%d\" width=\"%d\" "
		    "height=\"%d\"/>\n",
		    layout->row_y[row] - 12, layout->width,
		    OT_HTML_BOX_HEIGHT + 24);
		label(render, layout->row_y[row], graph->nodes[i].level);
	}
}

/* 2 for little, one more for each factor of 32, at most 6. */
static unsigned
width_of(uint64_t bytes)
{
	unsigned width = 2;

	for (bytes /= 1024; bytes && width < 6; bytes /= 32)
		width++;
	return width;
}

static void
bend(struct ot_sb *sb, const struct ot_html_point *a,
    const struct ot_html_point *b)
{
	int far = a->x < b->x ? b->x - a->x : a->x - b->x;
	int depth = far / 8 + 26;

	if (depth > DEPTH_MOST)
		depth = DEPTH_MOST;
	ot_sb_printf(sb, "C%d %d %d %d %d %d", a->x, a->y + depth, b->x,
	    b->y + depth, b->x, b->y);
}

static void
path_data(struct ot_sb *sb, const struct ot_html_path *path)
{
	const struct ot_html_point *p = path->at;

	ot_sb_printf(sb, "M%d %d", p[0].x, p[0].y);
	if (path->bent) {
		bend(sb, &p[0], &p[1]);
		return;
	}
	for (uint32_t i = 1; i < path->count; i++) {
		int half = (p[i - 1].y + p[i].y) / 2;

		if (i % 2)
			ot_sb_printf(sb, "C%d %d %d %d %d %d", p[i - 1].x, half,
			    p[i].x, half, p[i].x, p[i].y);
		else
			ot_sb_printf(sb, "L%d %d", p[i].x, p[i].y);
	}
}

static void
edge(struct ot_render *render, const struct ot_html_graph *graph,
    const struct ot_html_edge *e, const struct ot_html_path *path)
{
	struct ot_sb *sb = &render->sb, text = { .p = NULL };
	const char *class = ot_html_verdict_class[e->verdict];

	ot_sb_printf(sb,
	    "<g class=\"edge %s\" data-from=\"%u\" data-to=\"%u\"><title>",
	    class, e->from, e->to);
	ot_view_place(&text, graph->nodes[e->from].id, 0);
	ot_sb_puts(&text, " to ");
	ot_view_place(&text, graph->nodes[e->to].id, 0);
	ot_sb_printf(&text, ", %s: ", ot_verdict_names[e->verdict]);
	ot_view_place(&text, e->services, 0);
	ot_sb_puts(&text, "; ");
	ot_view_bytes(&text, e->bytes);
	ot_html_take(render, &text);
	ot_sb_printf(sb,
	    "</title><path stroke-width=\"%u\" marker-end=\"url(#to-%s)\" "
	    "d=\"",
	    width_of(e->bytes), class);
	path_data(sb, path);
	ot_html_raw(render, "\"/></g>\n");
	ot_sb_done(&text);
}

/* What is allowed lies beneath what is not. */
static void
edges(struct ot_render *render, const struct ot_html_graph *graph,
    const struct ot_html_layout *layout)
{
	static const uint8_t order[] = { OT_ALLOWED, OT_CANNOT_TELL,
		OT_VIOLATION };

	for (size_t k = 0; k < sizeof(order); k++)
		for (uint32_t i = 0; i < graph->edge_count; i++)
			if (graph->edges[i].verdict == order[k])
				edge(render, graph, &graph->edges[i],
				    &layout->paths[i]);
}

/* A text as far as the box has room for it; the title has all of it. */
static void
short_text(struct ot_render *render, struct ot_str text, size_t most)
{
	size_t len = 0, chars = 0;

	for (; len < text.len; len++) {
		if (((unsigned char)text.p[len] & 0xc0) == 0x80)
			continue;
		if (++chars > most)
			break;
	}
	ot_html_text(render, (struct ot_str){ text.p, len });
	if (len < text.len)
		ot_html_raw(render, "…");
}

/* Under the name: kind, and how many assets. */
static void
subtitle(struct ot_render *render, const struct ot_html_node *node)
{
	struct ot_sb text = { .p = NULL };

	if (node->kind.len) {
		short_text(render, node->kind, KIND_CHARS);
		ot_html_raw(render, ", ");
	}
	ot_view_count(&text, node->assets, "asset");
	ot_html_take(render, &text);
	ot_sb_done(&text);
}

static void
box(struct ot_render *render, const struct ot_html_node *node,
    const struct ot_html_point *at, uint32_t number)
{
	struct ot_sb *sb = &render->sb;
	int middle = at->x + OT_HTML_BOX_WIDTH / 2;

	ot_sb_printf(sb,
	    "<g class=\"zone\" tabindex=\"0\" data-zone=\"%u\"><title>",
	    number);
	ot_html_text(render, node->id);
	ot_sb_printf(sb,
	    "</title><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
	    "rx=\"7\"/><text class=\"name\" x=\"%d\" y=\"%d\">",
	    at->x, at->y, OT_HTML_BOX_WIDTH, OT_HTML_BOX_HEIGHT, middle,
	    at->y + 22);
	short_text(render, node->id, NAME_CHARS);
	ot_sb_printf(sb, "</text><text class=\"note\" x=\"%d\" y=\"%d\">",
	    middle, at->y + 39);
	subtitle(render, node);
	ot_html_raw(render, "</text></g>\n");
}

static void
markers(struct ot_render *render)
{
	ot_html_raw(render, "<defs>\n");
	for (unsigned v = OT_ALLOWED; v <= OT_CANNOT_TELL; v++)
		ot_sb_printf(&render->sb,
		    "<marker id=\"to-%s\" class=\"%s\" viewBox=\"0 0 10 10\" "
		    "refX=\"2\" refY=\"5\" markerWidth=\"11\" "
		    "markerHeight=\"11\" markerUnits=\"userSpaceOnUse\" "
		    "orient=\"auto\"><path d=\"M0 0L10 5L0 10z\"/></marker>\n",
		    ot_html_verdict_class[v], ot_html_verdict_class[v]);
	ot_html_raw(render, "</defs>\n");
}

static void
legend(struct ot_render *render, int y)
{
	static const char *const words[] = { "allowed by a conduit",
		"violation: no conduit allows it",
		"cannot tell from what was captured" };
	static const int at[] = { 12, 216, 474 };
	struct ot_sb *sb = &render->sb;

	for (unsigned v = OT_ALLOWED; v <= OT_CANNOT_TELL; v++)
		ot_sb_printf(sb,
		    "<g class=\"edge %s\"><path stroke-width=\"2\" "
		    "marker-end=\"url(#to-%s)\" d=\"M%d %dH%d\"/></g>"
		    "<text class=\"key\" x=\"%d\" y=\"%d\">%s</text>\n",
		    ot_html_verdict_class[v], ot_html_verdict_class[v], at[v],
		    y, at[v] + 34, at[v] + 50, y + 4, words[v]);
}

void
ot_html_map(struct ot_render *render, const struct ot_html_graph *graph)
{
	struct ot_arena arena = { .blocks = NULL };
	struct ot_html_layout layout;

	ot_html_raw(render, "<section id=\"map\"><h2>Zone map</h2>\n<figure>"
			    "<div class=\"scroll\">");
	if (!ot_html_layout(&layout, &arena, graph)) {
		render->sb.lost = true;
		ot_arena_done(&arena);
		return;
	}
	ot_sb_printf(&render->sb,
	    "<svg class=\"map\" viewBox=\"0 0 %d %d\" width=\"%d\" "
	    "height=\"%d\" role=\"img\" aria-label=\"Zones by level and what "
	    "crosses between them\">\n",
	    layout.width, layout.height + LEGEND_HEIGHT, layout.width,
	    layout.height + LEGEND_HEIGHT);
	markers(render);
	rows(render, graph, &layout);
	edges(render, graph, &layout);
	for (uint32_t i = 0; i < graph->node_count; i++)
		box(render, &graph->nodes[i], &layout.boxes[i], i);
	legend(render, layout.height + LEGEND_HEIGHT / 2);
	ot_html_raw(render,
	    "</svg></div><figcaption>An arrow goes from the zone that opened "
	    "the conversation to the zone that answered. The wider the line, "
	    "the more bytes in both directions. Zones stand at their Purdue "
	    "level.</figcaption></figure></section>\n");
	ot_arena_done(&arena);
	ot_render_flush(render, false);
}
