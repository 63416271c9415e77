/*
 * The plan of a policy as a matrix and as a map.
 */
#ifndef OT_RENDER_PLAN_H
#define OT_RENDER_PLAN_H

#include "base/err.h"
#include "model/plan.h"

/* Formats, NULL at the end: text csv markdown html; svg dot mermaid. */
extern const char *const ot_matrix_names[];
extern const char *const ot_map_names[];

/* The whole document. False where the name is none of the formats. */
bool ot_matrix_render(
    const struct ot_plan *plan, const char *format, struct ot_sb *sb);
bool ot_map_render(
    const struct ot_plan *plan, const char *format, struct ot_sb *sb);

/* What stands for a link: allowed, violation, cannot-tell, none. */
enum ot_link_state {
	OT_LINK_NONE,
	OT_LINK_ALLOWED,
	OT_LINK_UNTOLD,
	OT_LINK_BAD
};
enum ot_link_state ot_link_state(const struct ot_plan_link *link);

#endif
