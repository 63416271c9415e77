/*
 * Answers to questions about a policy, for a person and as records.
 */
#ifndef OT_RENDER_ANSWERS_H
#define OT_RENDER_ANSWERS_H

#include "model/answer.h"

/* A line for each: "FILE:LINE:COLUMN: KIND: TEXT". */
void ot_answers_text(
    const struct ot_answers *answers, bool colour, struct ot_sb *sb);

/* A JSON object for each, and one at the end that says how many there are and
 * whether that is all. */
void ot_answers_ndjson(const struct ot_answers *answers, struct ot_sb *sb);

#endif
