/*
 * Questions about policies, answered on sets and not by trying (DESIGN.md
 * section 4, "Algebra"). Answers are put behind those that are there, in an
 * order that depends on the policy and the stream alone. Functions that give
 * bool give false without memory.
 */
#ifndef OT_POLICY_QUESTION_H
#define OT_POLICY_QUESTION_H

#include "base/err.h"
#include "model/asset.h"
#include "policy/universe.h"
#include "zone/zone.h"

struct ot_question {
	struct ot_arena *arena;
	const struct ot_policy *policy;
	/* what was seen, its ends placed by this policy; NULL: no stream */
	const struct ot_store *store;
	const struct ot_zone_notes *notes;
	const struct ot_list *assets;
	int64_t now_ns; /* OT_TIME_NONE: ends of rows are not looked at */
};

bool ot_policy_lint(
    const struct ot_question *question, struct ot_answers *answers);

/* What is allowed, and nobody did. Wants a stream. */
bool ot_policy_exposure(
    const struct ot_question *question, struct ot_answers *answers);

/* Assertions: hold, or a counterexample. */
bool ot_policy_assert(
    const struct ot_question *question, struct ot_answers *answers);

/* What the second policy allows and the first does not, and the reverse. */
bool ot_policy_diff(const struct ot_question *before,
    const struct ot_policy *after, struct ot_answers *answers);

/* Which operations of a stream change verdict: the crossings (struct
 * ot_crossing) that both policies make of it. */
bool ot_policy_changes(struct ot_arena *arena, const struct ot_list *before,
    const struct ot_list *after, struct ot_answers *answers);

/* One transaction in words: KEY=VALUE each, the keys from, to, service, verb,
 * object, time. The rule that allows it, or the nearest and the key that
 * failed. -OT_ERR_USAGE where the words are wrong. */
int ot_policy_explain(const struct ot_question *question,
    const char *const *words, size_t count, struct ot_answers *answers,
    struct ot_error *error);

/* ---- what was seen, as sets (traffic.c) ---- */

struct ot_traffic {
	const struct ot_set *sure;   /* operations that were understood */
	const struct ot_set *likely; /* and what may have been any */
	/* the same without objects, for rows that name none */
	const struct ot_set *sure_acts, *likely_acts;
};
bool ot_traffic_of(struct ot_universe *space, uint32_t p,
    const struct ot_question *question, struct ot_traffic *traffic);

#endif
