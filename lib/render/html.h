/*
 * The parts of the HTML report. Each writes its own section.
 */
#ifndef OT_RENDER_HTML_H
#define OT_RENDER_HTML_H

#include "base/arena.h"
#include "render/view.h"

/* Pieces of the one style and the one script, NULL at the end. */
extern const char *const ot_html_style[];
extern const char *const ot_html_script[];

/* ---- small things; all but raw escape ---- */

void ot_html_raw(struct ot_render *render, const char *markup);
void ot_html_text(struct ot_render *render, struct ot_str text);
/* The id of a zone, which may be broken behind its site. */
void ot_html_zone(struct ot_render *render, struct ot_str id);
/* What sb holds as text; sb is then empty. */
void ot_html_take(struct ot_render *render, struct ot_sb *sb);
void ot_html_number(struct ot_render *render, uint64_t n);
void ot_html_cell(struct ot_render *render, struct ot_str text);
/* A number as text, with what it is sorted by. */
void ot_html_number_cell(struct ot_render *render, uint64_t n);
void ot_html_bytes_cell(struct ot_render *render, uint64_t bytes);
/* "file:frame", and the reply, of one place. */
void ot_html_place(struct ot_render *render, const struct ot_place *place);

/* The class of a verdict, which gives it colour and dash, and its sign. */
extern const char *const ot_html_verdict_class[];
extern const char *const ot_html_verdict_sign[];

/* ---- zones as a graph, for the map and the matrix ---- */

struct ot_html_node {
	struct ot_str id, name, site, kind, level;
	uint32_t assets;
	int row; /* of the map, 0 at the top */
};

/* All that crosses from one zone to another with one verdict. */
struct ot_html_edge {
	uint32_t from, to; /* nodes */
	uint8_t verdict;
	uint64_t bytes;
	struct ot_str services; /* "http, modbus" */
};

struct ot_html_graph {
	struct ot_html_node *nodes; /* by level, highest first, then by id */
	uint32_t node_count;
	struct ot_html_edge *edges; /* by from, to, verdict */
	uint32_t edge_count;
	int rows;
};

/* False without memory. */
bool ot_html_graph(struct ot_html_graph *graph, struct ot_arena *arena,
    const struct ot_report *report);

/* Where things are drawn: all in user units of the SVG. */
struct ot_html_point {
	int x, y;
};

/* An edge is drawn from point to point; between rows as a curve, through a row
 * as a straight line. An edge inside a row bends below it. */
struct ot_html_path {
	struct ot_html_point *at;
	uint32_t count;
	bool bent; /* two ends of one row */
};

struct ot_html_layout {
	struct ot_html_point *boxes; /* upper left corner of each node */
	struct ot_html_path *paths;  /* of each edge, from client to server */
	int *row_y;		     /* upper border of the boxes of each row */
	int width, height;
};

enum { OT_HTML_BOX_WIDTH = 178, OT_HTML_BOX_HEIGHT = 50 };

bool ot_html_layout(struct ot_html_layout *layout, struct ot_arena *arena,
    const struct ot_html_graph *graph);

/* ---- sections ---- */

void ot_html_map(struct ot_render *render, const struct ot_html_graph *graph);
void ot_html_matrix(
    struct ot_render *render, const struct ot_html_graph *graph);
void ot_html_findings(struct ot_render *render);
void ot_html_crossings(struct ot_render *render);
void ot_html_assets(struct ot_render *render);
void ot_html_conduits(struct ot_render *render);
void ot_html_captures(struct ot_render *render);
void ot_html_sources(struct ot_render *render);

#endif
