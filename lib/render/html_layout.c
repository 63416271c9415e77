/*
 * The places of zones and edges on the map, after Sugiyama, Tagawa and Toda
 * (1981): rows are levels, an edge over several rows goes through a gap in
 * each, order within a row follows the mean place of the neighbours
 * (barycentre), places are those nearest to it that keep their distance. All
 * in integers, so that the same zones give the same map.
 */
#include "render/html.h"

#include <stdlib.h>

enum {
	GAP = 30,     /* between two boxes of a row */
	NARROW = 10,  /* beside an edge that passes */
	LANE = 14,    /* room for an edge that passes through a row */
	MARGIN = 12,  /* around all */
	LABELS = 118, /* for the names of levels, at the left */
	ROW_GAP = 92, /* between rows, and more for many edges */
	ROW_GAP_MOST = 170,
	SWEEPS = 12,
	WIDTH_LEAST = 760, /* room for the legend */
	BEND = 60,	   /* depth of an edge that stays in its row */
	ARROW = 8, /* an edge ends before the box that its arrow touches */
};

/* Something in a row: a node's box, or an edge that passes through. */
struct vertex {
	uint32_t row, rank; /* its place in the order of the row */
	int width, x;	    /* x: its middle */
	uint32_t tie;	    /* number, for an order where all else is equal */
	int64_t key;	    /* what its row is sorted by */
};

/* A piece of an edge, from a row to the one below. */
struct piece {
	uint32_t upper, lower; /* vertices */
};

/* The vertices that an edge goes through, from its client to its server. */
struct chain {
	uint32_t first, count; /* in links */
};

struct drawing {
	const struct ot_html_graph *graph;
	struct vertex *vertices;
	uint32_t vertex_count;
	struct piece *pieces;
	uint32_t piece_count;
	uint32_t *links;
	struct chain *chains;  /* of each edge */
	struct vertex **order; /* all vertices, row by row, in order */
	uint32_t *row_at;      /* where each row begins in it, and the end */
	struct ot_html_layout *to; /* the result */
};

static uint32_t
rows_between(const struct ot_html_graph *graph, const struct ot_html_edge *e)
{
	int d = graph->nodes[e->from].row - graph->nodes[e->to].row;

	return (uint32_t)(d < 0 ? -d : d);
}

static bool
allocate(struct drawing *d, struct ot_arena *arena)
{
	const struct ot_html_graph *graph = d->graph;
	size_t most = graph->node_count, rows = (size_t)graph->rows;

	for (uint32_t i = 0; i < graph->edge_count; i++)
		most += rows_between(graph, &graph->edges[i]) + 2;
	d->vertices = ot_alloc_array(arena, most + 1, sizeof(*d->vertices));
	d->order = ot_alloc_array(arena, most + 1, sizeof(*d->order));
	d->pieces = ot_alloc_array(arena, most + 1, sizeof(*d->pieces));
	d->links = ot_alloc_array(arena, most + 1, sizeof(*d->links));
	d->chains = ot_alloc_array(
	    arena, (size_t)graph->edge_count + 1, sizeof(*d->chains));
	d->row_at = ot_alloc_array(arena, rows + 2, sizeof(*d->row_at));
	return d->vertices && d->order && d->pieces && d->links && d->chains &&
	       d->row_at;
}

static uint32_t
add_vertex(struct drawing *d, uint32_t row, int width)
{
	uint32_t i = d->vertex_count++;

	d->vertices[i] =
	    (struct vertex){ .row = row, .width = width, .tie = i };
	return i;
}

/* The vertices and pieces of one edge. */
static uint32_t
thread_edge(struct drawing *d, uint32_t edge, uint32_t at)
{
	const struct ot_html_edge *e = &d->graph->edges[edge];
	uint32_t rows = rows_between(d->graph, e), start = at;
	uint32_t row = d->vertices[e->from].row;
	bool down = d->vertices[e->to].row > row;

	d->links[at++] = e->from;
	for (uint32_t k = 1; k < rows; k++) {
		row = down ? row + 1 : row - 1;
		d->links[at++] = add_vertex(d, row, LANE);
	}
	d->links[at++] = e->to;
	d->chains[edge] = (struct chain){ start, at - start };
	for (uint32_t k = start; rows && k + 1 < at; k++)
		d->pieces[d->piece_count++] =
		    down ? (struct piece){ d->links[k], d->links[k + 1] }
			 : (struct piece){ d->links[k + 1], d->links[k] };
	return at;
}

static int
order_cmp(const void *a, const void *b)
{
	const struct vertex *x = *(struct vertex *const *)a;
	const struct vertex *y = *(struct vertex *const *)b;

	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->tie < y->tie ? -1 : x->tie > y->tie;
}

/* Sort the rows by their vertices' keys and number them again. */
static void
settle_order(struct drawing *d)
{
	qsort(d->order, d->vertex_count, sizeof(*d->order), order_cmp);
	for (uint32_t i = 0; i < d->vertex_count; i++) {
		struct vertex *v = d->order[i];

		if (!i || d->order[i - 1]->row != v->row)
			d->row_at[v->row] = i;
		v->rank = i - d->row_at[v->row];
		v->tie = v->rank;
	}
	d->row_at[d->graph->rows] = d->vertex_count;
}

enum { SCALE = 4096 }; /* of keys, so that a mean is finer than a rank */

/* Where neighbours are, summed up: ranks for the order, middles for places. */
struct mean {
	int64_t sum, count;
};

static void
gather(const struct drawing *d, struct mean *means, bool from_above,
    bool from_below)
{
	for (uint32_t i = 0; i < d->vertex_count; i++)
		means[i] = (struct mean){ 0, 0 };
	for (uint32_t i = 0; i < d->piece_count; i++) {
		const struct piece *p = &d->pieces[i];

		if (from_above) {
			means[p->lower].sum += d->vertices[p->upper].x;
			means[p->lower].count++;
		}
		if (from_below) {
			means[p->upper].sum += d->vertices[p->lower].x;
			means[p->upper].count++;
		}
	}
}

/* What lies between two neighbours of a row. */
static int
gap(const struct vertex *a, const struct vertex *b)
{
	return a->width == LANE || b->width == LANE ? NARROW : GAP;
}

static int
apart(const struct vertex *a, const struct vertex *b)
{
	return (a->width + b->width) / 2 + gap(a, b);
}

/* Rows packed and centred: the places before anything is known. */
static void
pack(struct drawing *d)
{
	for (int row = 0; row < d->graph->rows; row++) {
		uint32_t from = d->row_at[row], to = d->row_at[row + 1];
		int x = 0;

		for (uint32_t i = from; i < to; i++) {
			if (i > from)
				x += apart(d->order[i - 1], d->order[i]);
			d->order[i]->x = x;
		}
		for (uint32_t i = from; i < to; i++)
			d->order[i]->x -= x / 2;
	}
}

/* Sweeps down and up: each row is sorted by where the last one has its
 * neighbours; who has none stays where it is. */
static void
find_order(struct drawing *d, struct mean *means)
{
	for (unsigned sweep = 0; sweep < SWEEPS; sweep++) {
		gather(d, means, sweep % 2 == 0, sweep % 2 == 1);
		for (uint32_t i = 0; i < d->vertex_count; i++) {
			struct vertex *v = &d->vertices[i];

			v->key = means[i].count
				     ? means[i].sum * SCALE / means[i].count
				     : (int64_t)v->x * SCALE;
		}
		settle_order(d);
		pack(d);
	}
}

/* Vertices of a row that touch each other and are moved together. */
struct block {
	int64_t sum, count;
	uint32_t last;
};

static int64_t
middle(const struct block *b)
{
	return b->sum / b->count;
}

/* The places of a row that are nearest, in squares, to where its vertices
 * would be, in their order and apart: isotonic regression by the pooling of
 * neighbours that are in each other's way. */
static void
place_row(struct drawing *d, struct block *blocks, uint32_t from, uint32_t to)
{
	uint32_t count = 0, next = from;
	int64_t shift = 0;

	for (uint32_t i = from; i < to; i++) {
		if (i > from)
			shift += apart(d->order[i - 1], d->order[i]);
		blocks[count++] =
		    (struct block){ d->order[i]->key - shift, 1, i };
		while (count > 1 && middle(&blocks[count - 2]) >
					middle(&blocks[count - 1])) {
			blocks[count - 2].sum += blocks[count - 1].sum;
			blocks[count - 2].count += blocks[count - 1].count;
			blocks[count - 2].last = blocks[count - 1].last;
			count--;
		}
	}
	shift = 0;
	for (uint32_t k = 0; k < count; k++)
		for (; next <= blocks[k].last; next++) {
			if (next > from)
				shift +=
				    apart(d->order[next - 1], d->order[next]);
			d->order[next]->x = (int)(middle(&blocks[k]) + shift);
		}
}

static void
find_places(struct drawing *d, struct mean *means, struct block *blocks)
{
	for (unsigned sweep = 0; sweep < SWEEPS; sweep++) {
		gather(d, means, true, true);
		for (uint32_t i = 0; i < d->vertex_count; i++) {
			struct vertex *v = &d->vertices[i];

			v->key = means[i].count ? means[i].sum / means[i].count
						: v->x;
		}
		for (int row = 0; row < d->graph->rows; row++)
			place_row(
			    d, blocks, d->row_at[row], d->row_at[row + 1]);
	}
}

/* Move all to the right of the labels; the result is as wide as needed. */
static void
set_boxes(struct drawing *d)
{
	int left = 0, right = 0;

	for (uint32_t i = 0; i < d->vertex_count; i++) {
		const struct vertex *v = &d->vertices[i];

		if (!i || v->x - v->width / 2 < left)
			left = v->x - v->width / 2;
		if (!i || v->x + v->width / 2 > right)
			right = v->x + v->width / 2;
	}
	d->to->width = right - left + LABELS + 2 * MARGIN;
	if (d->to->width < WIDTH_LEAST) {
		left -= (WIDTH_LEAST - d->to->width) / 2;
		d->to->width = WIDTH_LEAST;
	}
	for (uint32_t i = 0; i < d->vertex_count; i++)
		d->vertices[i].x += LABELS + MARGIN - left;
	for (uint32_t i = 0; i < d->graph->node_count; i++)
		d->to->boxes[i] = (struct ot_html_point){
			d->vertices[i].x - OT_HTML_BOX_WIDTH / 2,
			d->to->row_y[d->vertices[i].row]
		};
}

/* Does an edge bend below the last row? */
static bool
bends_below(const struct drawing *d)
{
	for (uint32_t i = 0; i < d->graph->edge_count; i++) {
		const struct ot_html_edge *e = &d->graph->edges[i];

		if (d->graph->nodes[e->from].row == d->graph->rows - 1 &&
		    rows_between(d->graph, e) == 0)
			return true;
	}
	return false;
}

/* Rows are further apart where more edges are between them. */
static int
gap_below_row(const struct drawing *d, uint32_t row)
{
	int gap_below = ROW_GAP;

	for (uint32_t i = 0; i < d->piece_count; i++)
		if (d->vertices[d->pieces[i].upper].row == row)
			gap_below += 3;
	return gap_below < ROW_GAP_MOST ? gap_below : ROW_GAP_MOST;
}

static void
set_rows(struct drawing *d)
{
	int y = MARGIN + 16, last = y;

	for (int row = 0; row < d->graph->rows; row++) {
		d->to->row_y[row] = y;
		last = y + OT_HTML_BOX_HEIGHT;
		y = last + gap_below_row(d, (uint32_t)row);
	}
	d->to->height = last + MARGIN + (bends_below(d) ? BEND : MARGIN);
}

/* An end of an edge at a side of a box, before it has its place there. */
struct port {
	uint32_t node;
	bool below;
	int towards; /* x of where it goes */
	uint32_t edge;
	bool server;
};

static int
port_cmp(const void *a, const void *b)
{
	const struct port *x = a, *y = b;

	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	if (x->below != y->below)
		return x->below - y->below;
	if (x->towards != y->towards)
		return x->towards < y->towards ? -1 : 1;
	if (x->edge != y->edge)
		return x->edge < y->edge ? -1 : 1;
	return x->server - y->server;
}

static struct port
port_of(const struct drawing *d, uint32_t edge, bool server)
{
	const struct chain *c = &d->chains[edge];
	const uint32_t *links = &d->links[c->first];
	uint32_t own = server ? links[c->count - 1] : links[0];
	uint32_t next = server ? links[c->count - 2] : links[1];

	return (struct port){ own,
		d->vertices[next].row >= d->vertices[own].row,
		d->vertices[next].x, edge, server };
}

/* Spread the ends at one side of a box over its width. */
static void
place_ports(struct drawing *d, const struct port *ports, uint32_t count)
{
	const struct ot_html_point *box = &d->to->boxes[ports->node];
	int y = box->y + (ports->below ? OT_HTML_BOX_HEIGHT : 0);
	int room = OT_HTML_BOX_WIDTH - 24;

	for (uint32_t i = 0; i < count; i++) {
		const struct port *p = &ports[i];
		struct ot_html_path *path = &d->to->paths[p->edge];
		int x = box->x + 12 +
			(int)(room * (int64_t)(2 * i + 1) / (2 * count));
		int end = p->below ? y + ARROW : y - ARROW;

		path->at[p->server ? path->count - 1 : 0] =
		    (struct ot_html_point){ x, p->server ? end : y };
	}
}

static bool
set_ends(struct drawing *d, struct ot_arena *arena)
{
	uint32_t edges = d->graph->edge_count, from = 0;
	struct port *ports =
	    ot_alloc_array(arena, 2 * (size_t)edges + 1, sizeof(*ports));

	if (!ports)
		return false;
	for (uint32_t i = 0; i < 2 * edges; i++)
		ports[i] = port_of(d, i / 2, i % 2 == 1);
	if (edges)
		qsort(ports, 2 * (size_t)edges, sizeof(*ports), port_cmp);
	for (uint32_t i = 1; i <= 2 * edges; i++)
		if (i == 2 * edges || ports[i].node != ports[from].node ||
		    ports[i].below != ports[from].below) {
			place_ports(d, ports + from, i - from);
			from = i;
		}
	return true;
}

/* Through each row that an edge passes: two points, one above the other. */
static bool
set_paths(struct drawing *d, struct ot_arena *arena)
{
	for (uint32_t i = 0; i < d->graph->edge_count; i++) {
		const struct chain *c = &d->chains[i];
		struct ot_html_path *path = &d->to->paths[i];
		uint32_t at = 1;

		path->count = 2 * c->count - 2;
		path->bent = rows_between(d->graph, &d->graph->edges[i]) == 0;
		path->at =
		    ot_alloc_array(arena, path->count, sizeof(*path->at));
		if (!path->at)
			return false;
		for (uint32_t k = 1; k + 1 < c->count; k++) {
			const struct vertex *v =
			    &d->vertices[d->links[c->first + k]];
			const struct vertex *last =
			    &d->vertices[d->links[c->first + k - 1]];
			int y = d->to->row_y[v->row];
			int other = y + OT_HTML_BOX_HEIGHT;
			bool down = v->row > last->row;

			path->at[at++] =
			    (struct ot_html_point){ v->x, down ? y : other };
			path->at[at++] =
			    (struct ot_html_point){ v->x, down ? other : y };
		}
	}
	return true;
}

static void
build(struct drawing *d)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < d->graph->node_count; i++)
		add_vertex(
		    d, (uint32_t)d->graph->nodes[i].row, OT_HTML_BOX_WIDTH);
	for (uint32_t i = 0; i < d->graph->edge_count; i++)
		at = thread_edge(d, i, at);
	for (uint32_t i = 0; i < d->vertex_count; i++)
		d->order[i] = &d->vertices[i];
	settle_order(d);
	pack(d);
}

bool
ot_html_layout(struct ot_html_layout *layout, struct ot_arena *arena,
    const struct ot_html_graph *graph)
{
	struct drawing d = { .graph = graph, .to = layout };

	*layout = (struct ot_html_layout){ .boxes = NULL };
	layout->boxes = ot_alloc_array(
	    arena, (size_t)graph->node_count + 1, sizeof(*layout->boxes));
	layout->paths = ot_alloc_array(
	    arena, (size_t)graph->edge_count + 1, sizeof(*layout->paths));
	layout->row_y = ot_alloc_array(
	    arena, (size_t)graph->rows + 1, sizeof(*layout->row_y));
	if (!allocate(&d, arena) || !layout->boxes || !layout->paths ||
	    !layout->row_y)
		return false;
	build(&d);

	struct mean *means =
	    ot_alloc_array(arena, (size_t)d.vertex_count + 1, sizeof(*means));
	struct block *blocks =
	    ot_alloc_array(arena, (size_t)d.vertex_count + 1, sizeof(*blocks));

	if (!means || !blocks)
		return false;
	find_order(&d, means);
	find_places(&d, means, blocks);
	set_rows(&d);
	set_boxes(&d);
	return set_paths(&d, arena) && set_ends(&d, arena);
}
