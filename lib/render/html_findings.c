/*
 * The findings of the HTML report, each with its evidence.
 */
#include "render/html.h"

static void
field(struct ot_render *render, const char *name, struct ot_sb *value)
{
	if (!value->len)
		return;
	ot_sb_printf(&render->sb, "<dt>%s</dt><dd>", name);
	ot_html_take(render, value);
	ot_html_raw(render, "</dd>");
}

static void
str_field(struct ot_render *render, const char *name, struct ot_str value)
{
	struct ot_sb sb = { .p = NULL };

	ot_view_place(&sb, value, 0);
	field(render, name, &sb);
	ot_sb_done(&sb);
}

static void
add_list(struct ot_sb *sb, const struct ot_strings *list)
{
	for (uint32_t i = 0; i < list->count; i++) {
		if (sb->len)
			ot_sb_puts(sb, ", ");
		ot_view_place(sb, list->at[i], 0);
	}
}

static void
list_field(
    struct ot_render *render, const char *name, const struct ot_strings *list)
{
	struct ot_sb sb = { .p = NULL };

	add_list(&sb, list);
	field(render, name, &sb);
	ot_sb_done(&sb);
}

/* Requirements of IEC 62443 and techniques of ATT&CK for ICS. */
static void
mappings(struct ot_render *render, const struct ot_finding *finding)
{
	struct ot_sb sb = { .p = NULL };

	add_list(&sb, &finding->principle);
	add_list(&sb, &finding->sr);
	add_list(&sb, &finding->attack);
	field(render, "Maps to", &sb);
	ot_sb_done(&sb);
}

static void
frames(struct ot_render *render, const struct ot_evidence *evidence)
{
	if (!evidence->count)
		return;
	ot_html_raw(render, "<dt>Frames</dt><dd>");
	for (uint32_t i = 0; i < evidence->count; i++) {
		if (i)
			ot_html_raw(render, " ");
		ot_html_place(render, &evidence->at[i]);
	}
	ot_html_raw(render, "</dd>");
}

static void
policy_field(struct ot_render *render, const struct ot_finding *finding)
{
	struct ot_sb sb = { .p = NULL };

	if (finding->file.len)
		ot_view_place(&sb, finding->file, finding->line);
	if (finding->rule.len) {
		ot_sb_puts(&sb, sb.len ? ", conduit " : "conduit ");
		ot_view_place(&sb, finding->rule, 0);
	}
	field(render, "Policy line", &sb);
	ot_sb_done(&sb);
}

static void
time_field(struct ot_render *render, const struct ot_finding *finding)
{
	struct ot_sb sb = { .p = NULL };

	if (finding->first != OT_TIME_NONE) {
		ot_view_time(&sb, finding->first);
		ot_sb_puts(&sb, " to ");
		ot_view_time(&sb, finding->last);
	}
	if (finding->count) {
		ot_sb_puts(&sb, sb.len ? ", " : "");
		ot_view_count(&sb, finding->count, "time");
	}
	field(render, "Seen", &sb);
	ot_sb_done(&sb);
}

static void
ends_field(struct ot_render *render, const struct ot_finding *finding)
{
	struct ot_sb sb = { .p = NULL };

	if (finding->from_zone.len || finding->to_zone.len) {
		ot_view_place(&sb, finding->from_zone, 0);
		if (finding->to_zone.len)
			ot_sb_puts(&sb, " → ");
		ot_view_place(&sb, finding->to_zone, 0);
		if (finding->service.len) {
			ot_sb_puts(&sb, ", ");
			ot_view_place(&sb, finding->service, 0);
		}
	}
	field(render, "Zones", &sb);
	ot_sb_done(&sb);
}

static void
facts(struct ot_render *render, const struct ot_finding *finding)
{
	ot_html_raw(render, "<dl>");
	ends_field(render, finding);
	frames(render, &finding->evidence);
	policy_field(render, finding);
	time_field(render, finding);
	list_field(render, "Severity", &finding->severity_steps);
	list_field(render, "Cannot be told", &finding->missing);
	str_field(render, "Waived", finding->waiver);
	mappings(render, finding);
	str_field(render, "What helps", finding->remediation);
	str_field(render, "Fingerprint", finding->fingerprint);
	ot_html_raw(render, "</dl>");
}

/* The word on the badge: a severity, or why it does not count. */
static const char *
badge(const struct ot_finding *finding)
{
	if (ot_view_waived(finding))
		return "waived";
	return ot_view_cannot_tell(finding)
		   ? "cannot tell"
		   : ot_severity_names[finding->severity];
}

static const char *
badge_class(const struct ot_finding *finding)
{
	return !ot_view_waived(finding) && ot_view_cannot_tell(finding)
		   ? "untold"
		   : badge(finding);
}

static void
one(struct ot_render *render, const struct ot_finding *finding)
{
	ot_sb_printf(&render->sb,
	    "<article class=\"finding %s\"><h3><span class=\"badge\">%s</span> "
	    "<span class=\"id\">",
	    badge_class(finding), badge(finding));
	ot_html_text(render, finding->check);
	ot_html_raw(render, "</span> ");
	ot_html_text(render, finding->title);
	ot_html_raw(render, "</h3><p>");
	ot_html_text(render, finding->message);
	ot_html_raw(render, "</p>");
	facts(render, finding);
	ot_html_raw(render, "</article>\n");
	ot_render_flush(render, false);
}

/* Open violations by severity, then what cannot be told, then waived ones. */
static unsigned
rank_of(const struct ot_finding *finding)
{
	if (ot_view_waived(finding))
		return OT_SEVERITY_CRITICAL + 2;
	if (ot_view_cannot_tell(finding))
		return OT_SEVERITY_CRITICAL + 1;
	return OT_SEVERITY_CRITICAL - finding->severity;
}

void
ot_html_findings(struct ot_render *render)
{
	const struct ot_list *findings = render->report->findings;

	ot_html_raw(render, "<section id=\"findings\" data-filter=\"article\">"
			    "<h2>Findings</h2>\n");
	if (!findings->count)
		ot_html_raw(render, "<p class=\"lead\">None.</p>\n");
	for (unsigned rank = 0; rank <= OT_SEVERITY_CRITICAL + 2; rank++)
		for (uint32_t i = 0; i < findings->count; i++)
			if (rank_of(findings->at[i]) == rank)
				one(render, findings->at[i]);
	ot_html_raw(render, "</section>\n");
}
