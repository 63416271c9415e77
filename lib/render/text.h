/*
 * The parts of the text for a terminal, each a table or a list of its own.
 */
#ifndef OT_RENDER_TEXT_H
#define OT_RENDER_TEXT_H

#include "render/render.h"

void ot_text_flows(struct ot_render *render);	 /* what otcap found */
void ot_text_assets(struct ot_render *render);	 /* otassets */
void ot_text_zones(struct ot_render *render);	 /* otzones */
void ot_text_findings(struct ot_render *render); /* otcheck */

/* The line that closes every report: what was seen, and what not. */
void ot_text_coverage(struct ot_render *render);

#endif
