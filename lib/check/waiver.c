/*
 * Waivers: what somebody answers for, until when and why (CHECKS.md section
 * 7). A waived finding stays; it only does not count.
 */
#include "check/run.h"

static const int64_t day_ns = INT64_C(86400) * OT_SECOND_NS;

bool
ot_waiver_void(const struct ot_waiver_row *row)
{
	return !row->owner.len || !row->reason.len ||
	       row->until_ns == OT_TIME_NONE;
}

/* An empty cell matches all; '*' and '?' stand for others. */
static bool
fits(struct ot_str cell, struct ot_str value)
{
	return !cell.len || ot_str_glob(cell, value);
}

static bool
fits_asset(struct ot_str cell, const struct ot_subject_end *end)
{
	static const char *const marks[] = { "asset:", "registry:" };
	struct ot_str id = end->asset;

	for (size_t i = 0; i < 2; i++) {
		size_t len = strlen(marks[i]);

		if (cell.len > len && memcmp(cell.p, marks[i], len) == 0)
			cell = (struct ot_str){ cell.p + len, cell.len - len };
		if (id.len > len && memcmp(id.p, marks[i], len) == 0)
			id = (struct ot_str){ id.p + len, id.len - len };
	}
	return (id.len && ot_str_glob(cell, id)) ||
	       (end->address.len && ot_str_glob(cell, end->address));
}

/* A zone, or an asset: "asset:ID". */
static bool
fits_end(struct ot_str cell, const struct ot_subject_end *end)
{
	static const char mark[] = "asset:";
	size_t len = sizeof(mark) - 1;

	if (!cell.len)
		return true;
	if (cell.len > len && memcmp(cell.p, mark, len) == 0)
		return fits_asset(cell, end);
	return ot_str_glob(cell, end->zone);
}

/* By name, or by transport and port. */
static bool
fits_service(struct ot_str cell, const struct ot_draft *draft)
{
	const struct ot_crossing *c = draft->crossing;
	struct ot_sb sb = { 0 };

	if (!cell.len || ot_str_glob(cell, draft->finding.service))
		return true;
	if (!c)
		return false;
	ot_sb_printf(&sb, "%s/%u", ot_transport_names[c->transport], c->port);
	bool yes =
	    ot_str_glob(cell, c->protocol) || ot_str_glob(cell, ot_sb_str(&sb));

	ot_sb_done(&sb);
	return yes;
}

static bool
fits_fingerprint(struct ot_str cell, const struct ot_finding *f)
{
	if (!cell.len || ot_str_eq(cell, f->fingerprint))
		return true;
	for (uint32_t i = 0; i < f->aliases.count; i++)
		if (ot_str_eq(cell, f->aliases.at[i]))
			return true;
	return false;
}

static bool
matches(const struct ot_waiver_row *row, const struct ot_draft *draft)
{
	const struct ot_finding *f = &draft->finding;

	return fits(row->check, f->check) && fits(row->subject, f->subject) &&
	       fits_end(row->from, &draft->client) &&
	       fits_end(row->to, &draft->server) &&
	       (!row->asset.len || fits_asset(row->asset, &draft->client) ||
		   fits_asset(row->asset, &draft->server)) &&
	       fits_service(row->service, draft) &&
	       fits_fingerprint(row->fingerprint, f);
}

/* Does it still hold, and for one as bad as this? */
static bool
holds(const struct ot_check_run *run, const struct ot_waiver_row *row,
    const struct ot_finding *f)
{
	int most = row->max_severity.len
		       ? ot_word(ot_severity_names, row->max_severity)
		       : OT_SEVERITY_CRITICAL;
	int64_t days = (int64_t)ot_check_limit(run, "waiver_days", 90);
	int64_t now = run->report_ns;

	if (now != OT_TIME_NONE &&
	    (now >= row->until_ns ||
		(row->since_ns != OT_TIME_NONE && now < row->since_ns)))
		return false;
	int64_t since = row->since_ns != OT_TIME_NONE ? row->since_ns : now;

	if (f->severity == OT_SEVERITY_CRITICAL && since != OT_TIME_NONE &&
	    (row->until_ns - since) / day_ns > days)
		return false;
	return f->severity <= most;
}

static void
write_waiver(struct ot_check_run *run, struct ot_finding *f,
    const struct ot_waiver_row *row)
{
	char until[OT_TIME_TEXT];
	struct ot_sb sb = { 0 };

	/* until_ns is the first instant behind the last day */
	(void)ot_time_print(until, row->until_ns - 1);
	ot_sb_add(&sb, row->owner.p, row->owner.len);
	ot_sb_printf(&sb, ", until %.10s: ", until);
	ot_sb_add(&sb, row->reason.p, row->reason.len);
	if (row->ticket.len) {
		ot_sb_puts(&sb, " (");
		ot_sb_add(&sb, row->ticket.p, row->ticket.len);
		ot_sb_putc(&sb, ')');
	}
	f->waiver = ot_str_keep(run->arena, ot_sb_str(&sb));
	f->status = ot_str("waived");
	run->lost |= sb.lost || !f->waiver.p;
	ot_sb_done(&sb);
}

void
ot_waivers_apply(struct ot_check_run *run, struct ot_draft *draft)
{
	const struct ot_policy *policy = run->input->policy;
	struct ot_finding *f = &draft->finding;

	f->status = ot_str("open");
	if (draft->verdict != OT_VIOLATION || draft->check->cannot_be_waived)
		return; /* no waiver makes what cannot be told a pass */
	for (uint32_t i = 0; policy && i < policy->waiver_count; i++) {
		const struct ot_waiver_row *row = &policy->waivers[i];

		if (ot_waiver_void(row) || !matches(row, draft))
			continue;
		run->waived[i]++;
		if (!f->waiver.len && holds(run, row, f))
			write_waiver(run, f, row);
	}
}
