/*
 * Findings for a terminal, worst first, and their sums.
 */
#include "render/columns.h"
#include "render/text.h"
#include "render/view.h"

enum { PLACES_SHOWN = 3 }; /* frames of one finding; the record has all */

static const enum ot_colour severity_colours[] = { OT_DIM, OT_PLAIN, OT_YELLOW,
	OT_RED, OT_RED };

/* One line: a label, a text; nothing where the text is empty. */
static void
line(struct ot_render *render, const char *label, struct ot_str text)
{
	if (!text.len)
		return;
	ot_sb_printf(&render->sb, "    %-8s ", label);
	ot_columns_text(render, text, OT_PLAIN);
	ot_sb_putc(&render->sb, '\n');
}

static void
evidence(struct ot_render *render, const struct ot_evidence *evidence)
{
	struct ot_sb sb = { .p = NULL };
	uint32_t shown =
	    evidence->count < PLACES_SHOWN ? evidence->count : PLACES_SHOWN;

	for (uint32_t i = 0; i < shown; i++) {
		const struct ot_place *place = &evidence->at[i];

		if (i)
			ot_sb_puts(&sb, ", ");
		ot_view_place(&sb, place->file, place->frame);
		if (place->reply) {
			ot_sb_puts(&sb, " (reply ");
			ot_sb_u64(&sb, place->reply);
			ot_sb_putc(&sb, ')');
		}
	}
	if (evidence->count > shown)
		ot_sb_puts(&sb, ", …");
	line(render, "frames", ot_sb_str(&sb));
	ot_sb_done(&sb);
}

/* A row that was proposed stands in no file. */
static void
policy_line(struct ot_render *render, const struct ot_finding *finding)
{
	struct ot_sb sb = { .p = NULL };

	ot_view_place(&sb, finding->file, finding->line);
	if (finding->rule.len) {
		ot_sb_puts(&sb, finding->file.len ? " (" : "proposed (");
		ot_view_place(&sb, finding->rule, 0);
		ot_sb_putc(&sb, ')');
	}
	line(render, "policy", ot_sb_str(&sb));
	ot_sb_done(&sb);
}

static void
missing(struct ot_render *render, const struct ot_strings *reasons)
{
	struct ot_sb sb = { .p = NULL };

	for (uint32_t i = 0; i < reasons->count; i++) {
		if (i)
			ot_sb_puts(&sb, ", ");
		ot_view_place(&sb, reasons->at[i], 0);
	}
	line(render, "missing", ot_sb_str(&sb));
	ot_sb_done(&sb);
}

static void
one(struct ot_render *render, const struct ot_finding *finding)
{
	ot_sb_puts(&render->sb, "  ");
	ot_columns_text(render, finding->check, OT_BOLD);
	ot_sb_puts(&render->sb, "  ");
	ot_columns_text(render, finding->title, OT_PLAIN);
	ot_sb_putc(&render->sb, '\n');
	ot_sb_puts(&render->sb, "    ");
	ot_columns_text(render, finding->message, OT_PLAIN);
	ot_sb_putc(&render->sb, '\n');
	evidence(render, &finding->evidence);
	policy_line(render, finding);
	missing(render, &finding->missing);
	line(render, "waiver", finding->waiver);
	line(render, "fix", finding->remediation);
	ot_render_flush(render, false);
}

/* Severities, and behind them what is no open violation. */
enum group { CANNOT_TELL = OT_SEVERITY_CRITICAL + 1, WAIVED };

static unsigned
group_of(const struct ot_finding *finding)
{
	if (ot_view_waived(finding))
		return WAIVED;
	return ot_view_cannot_tell(finding) ? CANNOT_TELL : finding->severity;
}

static void
group(struct ot_render *render, unsigned which, const char *title,
    enum ot_colour colour)
{
	const struct ot_list *findings = render->report->findings;
	bool any = false;

	for (uint32_t i = 0; i < findings->count; i++) {
		if (group_of(findings->at[i]) != which)
			continue;
		if (!any) {
			ot_columns_text(render, ot_str(title), colour);
			ot_sb_putc(&render->sb, '\n');
		}
		any = true;
		one(render, findings->at[i]);
	}
	if (any)
		ot_sb_putc(&render->sb, '\n');
}

static void
head(struct ot_render *render)
{
	const struct ot_report *report = render->report;
	struct ot_sb sb = { .p = NULL };

	if (report->policy && !report->policy->proposed) {
		ot_sb_puts(&sb, "policy ");
		ot_view_place(&sb, report->policy->path, 0);
	} else if (report->policy) {
		ot_sb_puts(&sb, "no policy, zones proposed from the traffic");
	} else {
		ot_sb_puts(&sb, "no policy, zones as the stream has them");
	}
	ot_sb_puts(&sb, "; seen ");
	ot_view_time(&sb, report->first);
	ot_sb_puts(&sb, " to ");
	ot_view_time(&sb, report->last);
	ot_columns_text(render, ot_sb_str(&sb), OT_DIM);
	ot_sb_puts(&render->sb, "\n\n");
	ot_sb_done(&sb);
}

static void
sums(struct ot_render *render)
{
	struct ot_view_counts counts = ot_view_counts(render->report);
	struct ot_sb sb = { .p = NULL };
	const char *before = ": ";

	ot_view_count(&sb, counts.violations, "violation");
	for (unsigned i = OT_SEVERITY_CRITICAL + 1; i-- > 0;) {
		if (!counts.open[i])
			continue;
		ot_sb_puts(&sb, before);
		ot_sb_u64(&sb, counts.open[i]);
		ot_sb_printf(&sb, " %s", ot_severity_names[i]);
		before = ", ";
	}
	ot_sb_printf(&sb, "; %llu cannot be told; %llu waived",
	    (unsigned long long)counts.cannot_tell,
	    (unsigned long long)counts.waived);
	ot_columns_text(render, ot_sb_str(&sb), OT_BOLD);
	ot_sb_putc(&render->sb, '\n');
	ot_sb_done(&sb);
}

void
ot_text_findings(struct ot_render *render)
{
	head(render);
	for (unsigned i = OT_SEVERITY_CRITICAL + 1; i-- > 0;)
		group(render, i, ot_severity_names[i], severity_colours[i]);
	group(render, CANNOT_TELL, "cannot tell", OT_YELLOW);
	group(render, WAIVED, "waived", OT_DIM);
	sums(render);
}
