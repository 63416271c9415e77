/*
 * The HTML report (render/html*.c).
 */
#include "render/html.h"

#include <stdio.h>

#include "sample_report.h"
#include "suite.h"

static struct sample sample;

static void
init(void)
{
	sample_init(&sample);
}

static void
done(void)
{
	sample_done(&sample);
}

START_TEST(text_from_outside_is_escaped)
{
	const char *html = sample_render(&sample, "html");

	ck_assert_uint_eq(count_of(html, "<script"), 1);
	HAS(html, "::error::&lt;script&gt;&#39;&quot;&amp;");
	HAS_NOT(html, "\033");
	HAS_NOT(html, "\xe2\x80\xae");
	HAS_NOT(html, "\xff");
}
END_TEST

START_TEST(nothing_is_loaded_and_nothing_is_styled_inline)
{
	const char *html = sample_render(&sample, "html");

	HAS(html, "default-src 'none'; script-src 'sha256-");
	HAS_NOT(html, "unsafe");
	HAS_NOT(html, "style=");
	HAS_NOT(html, "src=");
	HAS_NOT(html, "http:");
	HAS_NOT(html, "https:");
	ck_assert_uint_eq(count_of(html, "<style>"), 1);
	HAS_NOT(html, "@import");
}
END_TEST

START_TEST(every_section_is_there)
{
	static const char *const ids[] = { "map", "matrix", "findings",
		"crossings", "conduits", "assets", "captures", "sources" };
	const char *html = sample_render(&sample, "html");

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		char id[32];

		snprintf(id, sizeof(id), "<section id=\"%s\"", ids[i]);
		HAS(html, id);
	}
	HAS(html, "1\xe2\x80\xaf"
		  "234\xe2\x80\xaf"
		  "567");
	HAS(html, "aac0");
	HAS(html, ">a b.pcap:17 (reply 19)</span>");
}
END_TEST

START_TEST(a_pair_has_an_edge_for_each_verdict)
{
	struct ot_html_graph graph;

	ck_assert(ot_html_graph(&graph, &sample.arena, &sample.report));
	ck_assert_uint_eq(graph.node_count, 2);
	ck_assert_int_eq(graph.rows, 2);
	ck_assert(ot_str_eq(graph.nodes[0].id, ot_str("lagos/offices")));
	ck_assert_uint_eq(graph.edge_count, 2);
	ck_assert_uint_eq(graph.edges[0].verdict, OT_ALLOWED);
	ck_assert(ot_str_eq(graph.edges[0].services, ot_str("modbus")));
	ck_assert_uint_eq(graph.edges[1].verdict, OT_VIOLATION);
	ck_assert(
	    ot_str_eq(graph.edges[1].services, ot_str("modbus, tcp/445")));
}
END_TEST

START_TEST(a_zone_that_only_a_crossing_names_is_drawn)
{
	struct ot_html_graph graph;

	sample_crossing(&sample, OT_ALLOWED)->server_zone = ot_str("internet");
	ck_assert(ot_html_graph(&graph, &sample.arena, &sample.report));
	ck_assert_uint_eq(graph.node_count, 3);
	ck_assert(ot_str_eq(graph.nodes[2].id, ot_str("internet")));
}
END_TEST

static void
zones_and_edges(void)
{
	static const char *const ids[] = { "a", "b", "c", "d", "e", "f" };
	static const char *const levels[] = { "5", "4", "4", "1", "1", "1" };

	sample.zones.count = sample.crossings.count = 0;
	for (unsigned i = 0; i < 6; i++)
		sample_zone(&sample, ids[i], levels[i]);
	for (unsigned i = 0; i < 36; i++) {
		struct ot_crossing *c = sample_crossing(&sample, OT_ALLOWED);

		c->client_zone = ot_str(ids[i / 6]);
		c->server_zone = ot_str(ids[i % 6]);
	}
}

START_TEST(boxes_of_a_row_do_not_touch_and_all_is_inside)
{
	struct ot_html_graph graph;
	struct ot_html_layout layout;

	zones_and_edges();
	ck_assert(ot_html_graph(&graph, &sample.arena, &sample.report));
	ck_assert(ot_html_layout(&layout, &sample.arena, &graph));
	for (uint32_t i = 0; i < graph.node_count; i++) {
		const struct ot_html_point *b = &layout.boxes[i];

		ck_assert_int_ge(b->x, 0);
		ck_assert_int_le(b->x + OT_HTML_BOX_WIDTH, layout.width);
		ck_assert_int_le(b->y + OT_HTML_BOX_HEIGHT, layout.height);
		for (uint32_t k = 0; k < i; k++)
			ck_assert(
			    graph.nodes[i].row != graph.nodes[k].row ||
			    abs(layout.boxes[k].x - b->x) > OT_HTML_BOX_WIDTH);
	}
	for (uint32_t i = 0; i < graph.edge_count; i++) {
		const struct ot_html_path *path = &layout.paths[i];

		ck_assert_uint_ge(path->count, 2);
		for (uint32_t k = 0; k < path->count; k++) {
			ck_assert_int_ge(path->at[k].x, 0);
			ck_assert_int_le(path->at[k].x, layout.width);
		}
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		text_from_outside_is_escaped,
		nothing_is_loaded_and_nothing_is_styled_inline,
		every_section_is_there,
		a_pair_has_an_edge_for_each_verdict,
		a_zone_that_only_a_crossing_names_is_drawn,
		boxes_of_a_row_do_not_touch_and_all_is_inside,
	};

	return RUN("html", tests, init, done);
}
