/*
 * Crossings joined into the lines of one table: what has the same zones,
 * service, verdict and rule is one line, its verbs together.
 */
#include "render/view.h"

#include <stdlib.h>

static const struct ot_conduit_row *
conduit_of(const struct ot_policy *policy, struct ot_str id)
{
	for (uint32_t i = 0; policy && id.len && i < policy->conduit_count; i++)
		if (ot_str_eq(policy->conduits[i].id, id))
			return &policy->conduits[i];
	return NULL;
}

/* An op was decided by its own rule, or else as its crossing was. */
static void
set_rule(struct ot_view_crossing *row, const struct ot_report *report,
    const struct ot_crossing *crossing, struct ot_str rule)
{
	const struct ot_conduit_row *conduit = conduit_of(report->policy, rule);

	row->rule = rule;
	if (conduit) {
		row->file = conduit->at.file;
		row->line = conduit->at.line;
	} else if (row->verdict == crossing->verdict) {
		row->file = crossing->file;
		row->line = crossing->line;
	}
}

static uint32_t
verbs_of(const struct ot_counts *words)
{
	uint32_t verbs = 0;

	for (uint32_t i = 0; i < words->count; i++) {
		int verb = ot_word(ot_verb_names, words->at[i].text);

		if (verb >= 0)
			verbs |= UINT32_C(1) << verb;
	}
	return verbs;
}

static const struct ot_place *
first_of(const struct ot_evidence *own, const struct ot_evidence *all)
{
	if (own->count)
		return &own->at[0];
	return all->count ? &all->at[0] : NULL;
}

/* The lines of one crossing, one for each op; gives how many. */
static uint32_t
lines_of(struct ot_view_crossing *rows, const struct ot_report *report,
    const struct ot_crossing *crossing, struct ot_str service)
{
	struct ot_view_crossing common = { .from = crossing->client_zone,
		.to = crossing->server_zone,
		.service = service,
		.attempt = crossing->attempt };

	for (uint32_t i = 0; i < crossing->ops.count; i++) {
		const struct ot_crossing_op *op = crossing->ops.at[i];

		rows[i] = common;
		rows[i].verbs = UINT32_C(1) << op->verb;
		rows[i].verdict = op->verdict;
		rows[i].count = op->count;
		rows[i].first = first_of(&op->evidence, &crossing->evidence);
		set_rule(&rows[i], report, crossing, op->rule);
	}
	if (crossing->ops.count)
		return crossing->ops.count;
	rows[0] = common;
	rows[0].verbs = verbs_of(&crossing->verbs);
	rows[0].verdict = crossing->verdict;
	rows[0].first = first_of(&crossing->evidence, &crossing->evidence);
	set_rule(&rows[0], report, crossing, crossing->rule);
	return 1;
}

/* Violations first, then what cannot be told. */
static int
rank_of(uint8_t verdict)
{
	switch (verdict) {
	case OT_VIOLATION:
		return 0;
	case OT_CANNOT_TELL:
		return 1;
	default:
		return 2;
	}
}

static int
row_cmp(const void *a, const void *b)
{
	const struct ot_view_crossing *x = a, *y = b;
	int c = rank_of(x->verdict) - rank_of(y->verdict);

	if (!c)
		c = ot_str_cmp(x->from, y->from);
	if (!c)
		c = ot_str_cmp(x->to, y->to);
	if (!c)
		c = ot_str_cmp(x->service, y->service);
	if (!c)
		c = ot_str_cmp(x->file, y->file);
	if (!c)
		c = (x->line > y->line) - (x->line < y->line);
	if (!c)
		c = ot_str_cmp(x->rule, y->rule);
	return c ? c : x->attempt - y->attempt;
}

static bool
earlier(const struct ot_place *a, const struct ot_place *b)
{
	return a && (!b || ot_place_cmp(a, b) < 0);
}

/* Sort, and add up what is one line; gives how many are left. */
static uint32_t
join(struct ot_view_crossing *rows, uint32_t count)
{
	uint32_t kept = 0;

	if (!count)
		return 0;
	qsort(rows, count, sizeof(*rows), row_cmp);
	for (uint32_t i = 1; i < count; i++) {
		struct ot_view_crossing *row = &rows[kept];

		if (row_cmp(row, &rows[i]) != 0) {
			rows[++kept] = rows[i];
			continue;
		}
		row->verbs |= rows[i].verbs;
		row->count += rows[i].count;
		if (earlier(rows[i].first, row->first))
			row->first = rows[i].first;
	}
	return kept + 1;
}

static size_t
most_lines(const struct ot_list *crossings)
{
	size_t most = 1; /* so that no crossing is not no memory */

	for (uint32_t i = 0; i < crossings->count; i++) {
		const struct ot_crossing *crossing = crossings->at[i];

		most += crossing->ops.count ? crossing->ops.count : 1;
	}
	return most;
}

struct ot_view_crossing *
ot_view_crossings(
    struct ot_arena *arena, const struct ot_report *report, uint32_t *count)
{
	const struct ot_list *crossings = report->crossings;
	struct ot_view_crossing *rows =
	    ot_alloc_array(arena, most_lines(crossings), sizeof(*rows));
	struct ot_sb sb = { .p = NULL };
	uint32_t n = 0;

	*count = 0;
	for (uint32_t i = 0; rows && i < crossings->count; i++) {
		const struct ot_crossing *crossing = crossings->at[i];

		sb.len = 0;
		ot_view_service(&sb, crossing);
		n += lines_of(rows + n, report, crossing,
		    ot_str_keep(arena, ot_sb_str(&sb)));
	}
	ot_sb_done(&sb);
	if (rows)
		*count = join(rows, n);
	return rows;
}
