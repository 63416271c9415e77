/*
 * otzones exposure: what conduits allow and nobody did; otzones assert: what
 * must never, or always, be allowed.
 */
#include "policy/question.h"

enum { BOXES_SHOWN = 64 }; /* of one row */

/* ---- exposure ---- */

/* A row by names of protocols says nothing of ports; of any service, any verb
 * or any object it says only that something of it was used. */
static void
open_axes(const struct ot_universe *space, const struct ot_conduit_row *row,
    bool *axes)
{
	for (uint32_t i = 0; i < space->d.axes; i++)
		axes[i] =
		    i >= OT_X_VALUE || (i >= OT_X_WORD && !row->objects.count);
	axes[OT_X_WIRE] = axes[OT_X_PROTOCOL] = true;
	for (uint32_t i = 0; i < row->service_count; i++)
		axes[row->services[i].kind == OT_SERVICE_PROTOCOL
			 ? OT_X_PROTOCOL
			 : OT_X_WIRE] = false;
}

static bool
row_exposure(const struct ot_question *q, struct ot_universe *space,
    const struct ot_traffic *traffic, const struct ot_conduit_row *row,
    struct ot_answers *answers)
{
	const struct ot_set *covers = ot_universe_row(space, 0, row, false);
	const struct ot_set *seen =
	    row->objects.count ? traffic->sure : traffic->sure_acts;
	const struct ot_set *used = ot_set_common(&space->d, covers, seen);
	bool axes[OT_AXES_MAX];
	struct ot_boxes boxes;

	open_axes(space, row, axes);
	covers =
	    ot_set_without(&space->d, ot_set_forget(&space->d, covers, axes),
		ot_set_forget(&space->d, used, axes));
	if (!ot_boxes_of(&space->d, covers, BOXES_SHOWN, &boxes))
		return false;
	for (size_t i = 0; i < boxes.count && ot_universe_ok(space); i++) {
		struct ot_answer *a = ot_answer_add(
		    q->arena, answers, used ? "exposed" : "unused", true);

		if (!a)
			return false;
		a->at = row->at;
		a->id = row->id;
		if (!ot_answer_say(
			q->arena, a, "%.*s: ", (int)row->id.len, row->id.p) ||
		    !ot_box_answer(space, &boxes.at[i], a))
			return false;
	}
	answers->cut |= boxes.cut;
	return true;
}

bool
ot_policy_exposure(
    const struct ot_question *question, struct ot_answers *answers)
{
	const struct ot_policy *policy = question->policy;
	struct ot_traffic traffic;
	struct ot_universe space;
	bool ok;

	answers->question = "exposure";
	if (!ot_universe_init(&space, question->arena, &policy, 1, NULL))
		return false;
	ok = ot_traffic_of(&space, 0, question, &traffic);
	for (uint32_t i = 0; ok && i < policy->conduit_count; i++)
		ok = row_exposure(
		    question, &space, &traffic, &policy->conduits[i], answers);
	answers->cut |= !ot_universe_ok(&space);
	ok &= !space.d.lost;
	ot_universe_done(&space);
	return ok;
}

/* ---- assertions ---- */

/* The rows that have something in common with a region, for the message. */
static const struct ot_conduit_row *
first_row(struct ot_universe *space, uint32_t p, const struct ot_set *region)
{
	const struct ot_policy *policy = space->policy[p];

	for (uint32_t i = 0; i < policy->conduit_count; i++)
		if (ot_set_meets(&space->d, region,
			ot_universe_row(space, p, &policy->conduits[i], false)))
			return &policy->conduits[i];
	return NULL;
}

/* What refutes it: one box. */
static bool
refute(const struct ot_question *q, struct ot_universe *space,
    const struct ot_assertion_row *row, const struct ot_set *against,
    struct ot_answers *answers)
{
	const struct ot_conduit_row *by =
	    row->always ? NULL : first_row(space, 0, against);
	struct ot_answer *a = ot_answer_add(q->arena, answers, "fails", true);
	struct ot_boxes boxes;

	if (!a || !ot_boxes_of(&space->d, against, 1, &boxes) || !boxes.count)
		return false;
	a->at = row->at;
	a->id = row->id;
	if (!ot_answer_say(q->arena, a,
		"%.*s fails: %s%s%.*s: ", (int)row->id.len, row->id.p,
		row->always ? "not allowed" : "allowed",
		by ? " by conduit " : "", by ? (int)by->id.len : 0,
		by ? by->id.p : ""))
		return false;
	return ot_box_answer(space, &boxes.at[0], a);
}

static bool
judge(const struct ot_question *q, struct ot_universe *space,
    const struct ot_assertion_row *row, const struct ot_set *allowed,
    struct ot_answers *answers)
{
	const struct ot_set *sure =
	    ot_universe_row(space, 0, &row->region, false);
	const struct ot_set *likely =
	    ot_universe_row(space, 0, &row->region, true);
	struct ot_diagram *d = &space->d;
	const struct ot_set *against = row->always
					   ? ot_set_without(d, sure, allowed)
					   : ot_set_common(d, sure, allowed);
	const struct ot_set *perhaps = row->always
					   ? ot_set_without(d, likely, allowed)
					   : ot_set_common(d, likely, allowed);
	struct ot_answer *a;

	if (!ot_universe_ok(space))
		return !d->lost;
	if (against)
		return refute(q, space, row, against, answers);
	a = ot_answer_add(
	    q->arena, answers, perhaps ? "cannot-tell" : "holds", false);
	answers->untold |= perhaps != NULL;
	if (!a)
		return false;
	a->at = row->at;
	a->id = row->id;
	return ot_answer_say(q->arena, a, "%.*s %s", (int)row->id.len,
	    row->id.p,
	    perhaps ? "cannot be told: it is about zones without a level"
		    : "holds");
}

bool
ot_policy_assert(const struct ot_question *question, struct ot_answers *answers)
{
	const struct ot_policy *policy = question->policy;
	const struct ot_set *allowed;
	struct ot_universe space;
	bool ok = true;

	answers->question = "assert";
	if (!ot_universe_init(&space, question->arena, &policy, 1, NULL))
		return false;
	allowed = ot_set_unite(&space.d, ot_universe_conduits(&space, 0),
	    ot_universe_inside(&space, 0));
	for (uint32_t i = 0; ok && i < policy->assertion_count; i++)
		ok = judge(
		    question, &space, &policy->assertions[i], allowed, answers);
	answers->cut |= !ot_universe_ok(&space);
	ok &= !space.d.lost;
	ot_universe_done(&space);
	return ok;
}
