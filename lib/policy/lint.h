/*
 * The parts of otzones lint.
 */
#ifndef OT_POLICY_LINT_H
#define OT_POLICY_LINT_H

#include "policy/question.h"

struct ot_lint {
	const struct ot_question *q;
	struct ot_answers *answers;
	bool lost; /* no memory */
};

/* A new answer with its place; NULL, noted, without memory. */
struct ot_answer *ot_lint_tell(struct ot_lint *lint, const char *kind,
    bool counts, const struct ot_source *at, struct ot_str id);

/* Its text; answer may be NULL. */
void ot_lint_say(struct ot_lint *lint, struct ot_answer *answer,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Conduits, zones, and the zone requirements of IEC 62443-3-2. */
bool ot_lint_rows(const struct ot_question *question, struct ot_universe *space,
    struct ot_answers *answers);
bool ot_lint_zones(
    const struct ot_question *question, struct ot_answers *answers);
bool ot_lint_zcr(
    const struct ot_question *question, struct ot_answers *answers);

#endif
