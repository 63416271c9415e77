/*
 * Reports in the formats of FORMATS.md: one table of renderers over one
 * report. A renderer escapes for its medium; nothing before it does.
 */
#ifndef OT_RENDER_RENDER_H
#define OT_RENDER_RENDER_H

#include "base/err.h"
#include "base/str.h"
#include "model/finding.h"

/* What is written: text goes to write whenever there is enough of it. */
struct ot_render {
	const struct ot_report *report;
	struct ot_sb sb; /* the renderer appends here */
	bool colour;	 /* a terminal that knows colours */
	int (*write)(void *user, struct ot_str bytes, struct ot_error *error);
	void *user;
	struct ot_error *error;
	int failed; /* the first negative enum ot_err of write */
};

/* Pass on what has gathered in sb, if it is much or if all. */
void ot_render_flush(struct ot_render *render, bool all);

struct ot_renderer {
	const char *name;  /* as in -f NAME */
	const char *title; /* for --help and the manual */
	void (*render)(struct ot_render *render);
};

/* NULL at the end, in the order of renderers.am. */
extern const struct ot_renderer *const ot_renderers[];

/* Render a report in that format. Negative enum ot_err; -OT_ERR_USAGE for an
 * unknown name. */
int ot_render_report(const struct ot_report *report, const char *name,
    bool colour,
    int (*write)(void *user, struct ot_str bytes, struct ot_error *error),
    void *user, struct ot_error *error);

/* ---- escaping, FORMATS.md's matrix ---- */

void ot_escape_html(
    struct ot_sb *sb, struct ot_str s); /* text and attributes */
void ot_escape_xml(struct ot_sb *sb, struct ot_str s);
void ot_escape_terminal(struct ot_sb *sb, struct ot_str s);

#endif
