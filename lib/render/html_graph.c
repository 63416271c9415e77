/*
 * Zones and what crosses between them as a graph.
 */
#include "render/html.h"

#include <stdlib.h>

/* One service of one crossing with one verdict, before edges are made. */
struct part {
	struct ot_str from, to, service;
	uint8_t verdict;
	uint64_t bytes;
};

static int
part_cmp(const void *a, const void *b)
{
	const struct part *x = a, *y = b;
	int c = ot_str_cmp(x->from, y->from);

	if (!c)
		c = ot_str_cmp(x->to, y->to);
	if (!c)
		c = x->verdict - y->verdict;
	return c ? c : ot_str_cmp(x->service, y->service);
}

/* A bit for each verdict that an operation of the crossing has. */
static unsigned
verdicts_of(const struct ot_crossing *crossing)
{
	unsigned verdicts = 0;

	for (uint32_t i = 0; i < crossing->ops.count; i++) {
		const struct ot_crossing_op *op = crossing->ops.at[i];

		verdicts |= 1U << op->verdict;
	}
	return verdicts ? verdicts : 1U << crossing->verdict;
}

static struct part *
parts_of(
    struct ot_arena *arena, const struct ot_list *crossings, uint32_t *count)
{
	struct part *parts = ot_alloc_array(
	    arena, (size_t)crossings->count * 3 + 1, sizeof(*parts));
	struct ot_sb sb = { .p = NULL };

	*count = 0;
	for (uint32_t i = 0; parts && i < crossings->count; i++) {
		const struct ot_crossing *crossing = crossings->at[i];
		unsigned verdicts = verdicts_of(crossing);

		sb.len = 0;
		ot_view_service(&sb, crossing);
		struct ot_str service = ot_str_keep(arena, ot_sb_str(&sb));

		for (uint8_t v = OT_ALLOWED; v <= OT_CANNOT_TELL; v++)
			if (verdicts >> v & 1)
				parts[(*count)++] =
				    (struct part){ crossing->client_zone,
					    crossing->server_zone, service, v,
					    crossing->bytes };
	}
	ot_sb_done(&sb);
	if (parts && *count)
		qsort(parts, *count, sizeof(*parts), part_cmp);
	return parts;
}

/* Levels from 5 down; without one, last. */
static int
node_cmp(const void *a, const void *b)
{
	const struct ot_html_node *x = a, *y = b;
	int c = ot_str_cmp(y->level, x->level);

	return c ? c : ot_str_cmp(x->id, y->id);
}

static int
id_cmp(const void *a, const void *b)
{
	const struct ot_html_node *x = a, *y = b;

	return ot_str_cmp(x->id, y->id);
}

static struct ot_html_node
node_of_zone(const struct ot_zone_sum *zone)
{
	return (struct ot_html_node){ .id = zone->id,
		.name = zone->name,
		.site = zone->site,
		.kind = zone->kind,
		.level = zone->level,
		.assets = zone->assets.count };
}

/* Zones of the report, and those that only crossings name; each once, the one
 * that knows more. */
static uint32_t
collect_nodes(struct ot_html_node *nodes, const struct ot_list *zones,
    const struct part *parts, uint32_t part_count)
{
	uint32_t count = 0, kept = 0, known = zones->count;

	for (uint32_t i = 0; i < known; i++)
		nodes[count++] = node_of_zone(zones->at[i]);
	qsort(nodes, known, sizeof(*nodes), id_cmp);
	for (uint32_t i = 0; i < 2 * part_count; i++) {
		struct ot_html_node node = { .id = i % 2 ? parts[i / 2].to
							 : parts[i / 2].from };

		if (!known ||
		    !bsearch(&node, nodes, known, sizeof(node), id_cmp))
			nodes[count++] = node;
	}
	qsort(nodes, count, sizeof(*nodes), id_cmp);
	for (uint32_t i = 0; i < count; i++)
		if (!kept || id_cmp(&nodes[kept - 1], &nodes[i]) != 0)
			nodes[kept++] = nodes[i];
	return kept;
}

static void
number_rows(struct ot_html_graph *graph)
{
	graph->rows = graph->node_count ? 1 : 0;
	for (uint32_t i = 0; i < graph->node_count; i++) {
		if (i && !ot_str_eq(
			     graph->nodes[i].level, graph->nodes[i - 1].level))
			graph->rows++;
		graph->nodes[i].row = graph->rows - 1;
	}
}

static uint32_t
node_index(const struct ot_html_graph *graph, struct ot_str id)
{
	for (uint32_t i = 0; i < graph->node_count; i++)
		if (ot_str_eq(graph->nodes[i].id, id))
			return i;
	return 0;
}

/* Parts of one pair and verdict become one edge; gives the next part. */
static uint32_t
make_edge(struct ot_html_graph *graph, struct ot_arena *arena,
    const struct part *parts, uint32_t count, uint32_t i)
{
	struct ot_html_edge *edge = &graph->edges[graph->edge_count++];
	const struct part *first = &parts[i];
	struct ot_sb sb = { .p = NULL };

	edge->from = node_index(graph, first->from);
	edge->to = node_index(graph, first->to);
	edge->verdict = first->verdict;
	for (; i < count && ot_str_eq(parts[i].from, first->from) &&
	       ot_str_eq(parts[i].to, first->to) &&
	       parts[i].verdict == first->verdict;
	     i++) {
		edge->bytes += parts[i].bytes;
		if (&parts[i] != first &&
		    ot_str_eq(parts[i].service, parts[i - 1].service))
			continue;
		if (sb.len)
			ot_sb_puts(&sb, ", ");
		ot_view_place(&sb, parts[i].service, 0);
	}
	edge->services = ot_str_keep(arena, ot_sb_str(&sb));
	ot_sb_done(&sb);
	return i;
}

static int
edge_cmp(const void *a, const void *b)
{
	const struct ot_html_edge *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return x->verdict - y->verdict;
}

bool
ot_html_graph(struct ot_html_graph *graph, struct ot_arena *arena,
    const struct ot_report *report)
{
	uint32_t count;
	struct part *parts = parts_of(arena, report->crossings, &count);

	*graph = (struct ot_html_graph){ .nodes = NULL };
	graph->nodes =
	    ot_alloc_array(arena, report->zones->count + 2 * (size_t)count + 1,
		sizeof(*graph->nodes));
	graph->edges =
	    ot_alloc_array(arena, (size_t)count + 1, sizeof(*graph->edges));
	if (!parts || !graph->nodes || !graph->edges)
		return false;
	graph->node_count =
	    collect_nodes(graph->nodes, report->zones, parts, count);
	if (graph->node_count)
		qsort(graph->nodes, graph->node_count, sizeof(*graph->nodes),
		    node_cmp);
	number_rows(graph);
	for (uint32_t i = 0; i < count;)
		i = make_edge(graph, arena, parts, count, i);
	if (graph->edge_count)
		qsort(graph->edges, graph->edge_count, sizeof(*graph->edges),
		    edge_cmp);
	return true;
}
