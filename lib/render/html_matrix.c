/*
 * The zone matrix: each pair of zones, the services between them and what the
 * policy says. An empty field is traffic that was not seen.
 */
#include "render/html.h"

/* Edges are sorted by from and to: the first of the pair, or the end. */
static uint32_t
first_edge(const struct ot_html_graph *graph, uint32_t from, uint32_t to)
{
	uint32_t low = 0, high = graph->edge_count;

	while (low < high) {
		uint32_t half = low + (high - low) / 2;
		const struct ot_html_edge *e = &graph->edges[half];

		if (e->from < from || (e->from == from && e->to < to))
			low = half + 1;
		else
			high = half;
	}
	return low;
}

static bool
is_pair(const struct ot_html_graph *graph, uint32_t edge, uint32_t from,
    uint32_t to)
{
	return edge < graph->edge_count && graph->edges[edge].from == from &&
	       graph->edges[edge].to == to;
}

/* The worst verdict of a pair gives the field its colour. */
static uint8_t
worst_of(const struct ot_html_graph *graph, uint32_t edge, uint32_t from,
    uint32_t to)
{
	uint8_t worst = OT_ALLOWED;

	for (; is_pair(graph, edge, from, to); edge++) {
		uint8_t verdict = graph->edges[edge].verdict;

		if (verdict == OT_VIOLATION || worst == OT_ALLOWED)
			worst = verdict;
	}
	return worst;
}

static void
field(struct ot_render *render, const struct ot_html_graph *graph,
    uint32_t from, uint32_t to)
{
	uint32_t edge = first_edge(graph, from, to);

	if (!is_pair(graph, edge, from, to)) {
		ot_html_raw(render,
		    from == to ? "<td class=\"self\"></td>" : "<td></td>");
		return;
	}
	ot_sb_printf(&render->sb, "<td class=\"%s\">",
	    ot_html_verdict_class[worst_of(graph, edge, from, to)]);
	for (; is_pair(graph, edge, from, to); edge++) {
		const struct ot_html_edge *e = &graph->edges[edge];

		ot_sb_printf(&render->sb, "<span class=\"%s\"><b>%s</b> ",
		    ot_html_verdict_class[e->verdict],
		    ot_html_verdict_sign[e->verdict]);
		ot_html_text(render, e->services);
		ot_html_raw(render, "</span>");
	}
	ot_html_raw(render, "</td>");
}

static void
head(struct ot_render *render, const struct ot_html_graph *graph)
{
	ot_html_raw(render,
	    "<thead><tr><th scope=\"col\" class=\"corner\">from, down; to, "
	    "across</th>");
	for (uint32_t i = 0; i < graph->node_count; i++) {
		ot_html_raw(render, "<th scope=\"col\">");
		ot_html_zone(render, graph->nodes[i].id);
		ot_html_raw(render, "</th>");
	}
	ot_html_raw(render, "</tr></thead>\n<tbody>\n");
}

void
ot_html_matrix(struct ot_render *render, const struct ot_html_graph *graph)
{
	ot_html_raw(render,
	    "<section id=\"matrix\"><h2>Zone matrix</h2>\n<p class=\"lead\">"
	    "Rows open conversations, columns answer. "
	    "<span class=\"allowed\"><b>✓</b> allowed</span> "
	    "<span class=\"violation\"><b>✕</b> violation</span> "
	    "<span class=\"untold\"><b>?</b> cannot tell</span> An empty "
	    "field: nothing was seen.</p>\n<div class=\"scroll\">"
	    "<table class=\"matrix\">\n");
	head(render, graph);
	for (uint32_t from = 0; from < graph->node_count; from++) {
		ot_html_raw(render, "<tr><th scope=\"row\">");
		ot_html_zone(render, graph->nodes[from].id);
		ot_html_raw(render, "</th>");
		for (uint32_t to = 0; to < graph->node_count; to++)
			field(render, graph, from, to);
		ot_html_raw(render, "</tr>\n");
		ot_render_flush(render, false);
	}
	ot_html_raw(render, "</tbody></table></div></section>\n");
}
