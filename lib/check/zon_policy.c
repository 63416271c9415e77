/*
 * Family ZON, the policy's own rows: ZON-020 expired, ownerless or idle.
 */
#include "check/run.h"

#include <stdio.h>

static const int64_t day_ns = INT64_C(86400) * OT_SECOND_NS;

/* The name of a file without the folder that the policy was read from. */
static struct ot_str
base_name(struct ot_str path)
{
	size_t from = path.len;

	while (from > 0 && path.p[from - 1] != '/')
		from--;
	return (struct ot_str){ path.p + from, path.len - from };
}

static void
tell_date(struct ot_sb *sb, int64_t end_ns)
{
	char text[OT_TIME_TEXT];

	/* the end is the first instant behind the last day */
	(void)ot_time_print(text, end_ns - 1);
	ot_sb_printf(sb, "%.10s", text);
}

/* What a row has not, as "no owner"; NULL: it has both. */
static const char *
lacks(struct ot_str owner, struct ot_str reason)
{
	if (owner.len && reason.len)
		return NULL;
	return owner.len    ? "no reason"
	       : reason.len ? "no owner"
			    : "neither owner nor reason";
}

/* Its end against the date of the report: -1 past, 0 within days, 1 later. */
static int
end_is(const struct ot_check_run *run, int64_t end_ns)
{
	int64_t days = (int64_t)ot_check_limit(run, "expiry_days", 14);

	if (end_ns == OT_TIME_NONE || run->report_ns == OT_TIME_NONE)
		return 1;
	if (end_ns <= run->report_ns)
		return -1;
	return (end_ns - run->report_ns) / day_ns < days ? 0 : 1;
}

static struct ot_draft *
row_draft(struct ot_check_run *run, const struct ot_check *check,
    const struct ot_source *at, struct ot_str id)
{
	struct ot_sb sb = { 0 };
	struct ot_str file = base_name(at->file);

	ot_sb_add(&sb, file.p, file.len);
	ot_sb_puts(&sb, ": ");
	ot_sb_add(&sb, id.p, id.len);
	struct ot_subject subject = { .kind = "row",
		.what = ot_str_keep(run->arena, ot_sb_str(&sb)) };

	run->lost |= sb.lost || !subject.what.p;
	ot_sb_done(&sb);
	struct ot_draft *draft =
	    ot_draft_get(run, check, OT_VIOLATION, &subject);

	if (draft) {
		ot_draft_place(draft, at);
		draft->finding.count = 1;
	}
	return draft;
}

static void
branch(struct ot_draft *draft, int end, const char *lacking, bool idle)
{
	if (end < 0)
		ot_draft_branch(draft, OT_SEVERITY_MEDIUM,
		    "its end is before the date of the report");
	if (lacking)
		ot_draft_branch(
		    draft, OT_SEVERITY_MEDIUM, "it lacks owner or reason");
	if (end == 0)
		ot_draft_branch(draft, OT_SEVERITY_INFO, "it soon expires");
	if (idle)
		ot_draft_branch(
		    draft, OT_SEVERITY_INFO, "it matched no finding");
}

/* ---- conduits ---- */

struct row_state {
	int end;
	const char *lacking;
};

static struct row_state
conduit_state(const struct ot_check_run *run, const struct ot_conduit_row *row)
{
	return (struct row_state){ end_is(run, row->expires_ns),
		lacks(row->owner, row->reason) };
}

struct about_conduit {
	const struct ot_rule_result *result;
	struct row_state state;
};

static void
tell_conduit(struct ot_sb *sb, const struct ot_draft *draft)
{
	const struct about_conduit *about = draft->about;
	const struct ot_conduit_row *row = about->result->conduit;
	uint64_t used = about->result->used;

	ot_sb_puts(sb, "Conduit ");
	ot_sb_add(sb, row->id.p, row->id.len);
	if (about->state.end < 0) {
		ot_sb_puts(sb, " ended on ");
		tell_date(sb, row->expires_ns);
		ot_sb_puts(sb, " and allows nothing since");
	} else if (about->state.end == 0) {
		ot_sb_puts(sb, " ends on ");
		tell_date(sb, row->expires_ns);
	}
	if (about->state.lacking) {
		ot_sb_puts(sb, about->state.end <= 0 ? ", and has " : " has ");
		ot_sb_puts(sb, about->state.lacking);
	}
	ot_sb_puts(sb, "; ");
	ot_tell_count(sb, used, "crossing");
	ot_sb_puts(sb, used == 1 ? " relies on it." : " rely on it.");
}

static void
judge_conduit(struct ot_check_run *run, const struct ot_check *check,
    const struct ot_rule_result *result)
{
	const struct ot_conduit_row *row = result->conduit;
	struct about_conduit *about = ot_alloc(run->arena, sizeof(*about));
	struct row_state state = conduit_state(run, row);

	if (state.end > 0 && !state.lacking)
		return;
	struct ot_draft *draft = row_draft(run, check, &row->at, row->id);

	run->lost |= !about;
	if (!draft || !about)
		return;
	*about = (struct about_conduit){ result, state };
	draft->about = about;
	draft->tell = tell_conduit;
	draft->finding.rule = row->id;
	draft->finding.from_zone = row->from;
	draft->finding.to_zone = row->to;
	branch(draft, state.end, state.lacking, false);
}

/* Waivers are judged once they have been applied: see ot_waivers_idle. */
static void
zon_020(struct ot_check_run *run, const struct ot_check *check)
{
	const struct ot_policy *policy = run->input->policy;

	if (!policy || policy->proposed)
		return; /* nobody wrote these rows */
	for (uint32_t i = 0; i < policy->conduit_count && !run->lost; i++)
		judge_conduit(run, check, &run->results[i]);
}

const struct ot_check ot_checks_policy[] = {
	{ .id = "ZON-020", .run = zon_020 },
	{ .id = NULL },
};

/* ---- waivers ---- */

struct about_waiver {
	const struct ot_waiver_row *row;
	struct row_state state;
	bool idle;
	uint64_t matched;
};

static void
tell_waiver(struct ot_sb *sb, const struct ot_draft *draft)
{
	const struct about_waiver *about = draft->about;
	const struct ot_waiver_row *row = about->row;
	const char *and = "";

	ot_sb_printf(sb, "The waiver in line %u", row->at.line);
	if (about->state.end < 0 || about->state.end == 0) {
		ot_sb_puts(
		    sb, about->state.end < 0 ? " ended on " : " ends on ");
		tell_date(sb, row->until_ns);
		and = ", and";
	}
	if (about->state.lacking) {
		ot_sb_printf(sb, "%s has %s, so that it has no effect", and,
		    about->state.lacking);
		and = ", and";
	}
	if (about->idle)
		ot_sb_printf(sb, "%s matched no finding", and);
	ot_sb_puts(sb, "; it matches ");
	ot_tell_count(sb, about->matched, "finding");
	ot_sb_putc(sb, '.');
}

/* What names a waiver: its cells, for it has no id. */
static struct ot_str
waiver_name(struct ot_check_run *run, const struct ot_waiver_row *row)
{
	const struct ot_str cells[] = { row->check, row->subject, row->from,
		row->to, row->asset, row->service, row->fingerprint };
	struct ot_sb sb = { 0 };

	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		if (!cells[i].len)
			continue;
		if (sb.len)
			ot_sb_putc(&sb, ' ');
		ot_sb_add(&sb, cells[i].p, cells[i].len);
	}
	if (!sb.len)
		ot_sb_puts(&sb, "all");
	struct ot_str kept = ot_str_keep(run->arena, ot_sb_str(&sb));

	run->lost |= sb.lost || !kept.p;
	ot_sb_done(&sb);
	return kept;
}

static const char *
waiver_lacks(const struct ot_waiver_row *row)
{
	const char *lacking = lacks(row->owner, row->reason);

	return !lacking && row->until_ns == OT_TIME_NONE ? "no end" : lacking;
}

static void
judge_waiver(
    struct ot_check_run *run, const struct ot_waiver_row *row, uint64_t matched)
{
	struct row_state state = { end_is(run, row->until_ns),
		waiver_lacks(row) };
	struct about_waiver *about = ot_alloc(run->arena, sizeof(*about));
	bool idle = !matched && !state.lacking && state.end >= 0;

	if (state.end > 0 && !state.lacking && !idle)
		return;
	struct ot_draft *draft =
	    row_draft(run, ot_checks_policy, &row->at, waiver_name(run, row));

	run->lost |= !about;
	if (!draft || !about)
		return;
	*about = (struct about_waiver){ row, state, idle, matched };
	draft->about = about;
	draft->tell = tell_waiver;
	branch(draft, state.end, state.lacking, idle);
}

void
ot_waivers_idle(struct ot_check_run *run)
{
	const struct ot_policy *policy = run->input->policy;

	for (uint32_t i = 0; policy && i < policy->waiver_count && !run->lost;
	     i++)
		judge_waiver(run, &policy->waivers[i], run->waived[i]);
}
