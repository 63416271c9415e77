/*
 * SARIF 2.1.0 (OASIS, errata 01) for code scanning pages; which of its fields
 * those pages use stands in FORMATS.md section 1.
 */
#include "base/json.h"
#include "render/view.h"

#define SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"

/* Empty strings are not allowed where a page needs one: such a member is left
 * out. */
static void
member(struct ot_jw *w, const char *key, struct ot_str value)
{
	if (!value.len)
		return;
	ot_jw_key(w, key);
	ot_jw_str(w, value);
}

static void
message(struct ot_jw *w, const char *key, struct ot_str text)
{
	if (!text.len)
		return;
	ot_jw_key(w, key);
	ot_jw_open(w, '{');
	member(w, "text", text);
	ot_jw_close(w, '}');
}

static void
time_member(struct ot_jw *w, const char *key, int64_t t_ns)
{
	char text[OT_TIME_TEXT];

	if (t_ns == OT_TIME_NONE)
		return;
	member(w, key, (struct ot_str){ text, ot_time_print(text, t_ns) });
}

/* RFC 3986: unreserved characters and '/' stand for themselves. */
static bool
stands_in_path(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr("-._~/", c));
}

/* A file name as a URI reference; an absolute one becomes a file: URI. */
static void
artifact(struct ot_jw *w, struct ot_str file)
{
	struct ot_sb sb = { .p = NULL };

	if (file.len && file.p[0] == '/')
		ot_sb_puts(&sb, "file://");
	for (size_t i = 0; i < file.len; i++) {
		if (stands_in_path(file.p[i]))
			ot_sb_putc(&sb, file.p[i]);
		else
			ot_sb_printf(&sb, "%%%02X", (unsigned char)file.p[i]);
	}
	if (sb.lost)
		w->sb->lost = true;
	ot_jw_open(w, '{');
	member(w, "uri", ot_sb_str(&sb));
	ot_jw_close(w, '}');
	ot_sb_done(&sb);
}

/* Words of a title, each with a capital, without what is no letter. */
static void
rule_name(struct ot_jw *w, struct ot_str title)
{
	struct ot_sb sb = { .p = NULL };
	bool start = true;

	for (size_t i = 0; i < title.len; i++) {
		char c = title.p[i];
		bool lower = c >= 'a' && c <= 'z';

		if (lower || (c >= 'A' && c <= 'Z')) {
			ot_sb_putc(
			    &sb, lower && start ? (char)(c - 'a' + 'A') : c);
			start = false;
		} else {
			start = true;
		}
	}
	member(w, "name", ot_sb_str(&sb));
	ot_sb_done(&sb);
}

static const char *
level_of(unsigned severity)
{
	if (severity >= OT_SEVERITY_HIGH)
		return "error";
	return severity == OT_SEVERITY_MEDIUM ? "warning" : "note";
}

/* In the middle of the band that a page shows under the same word. */
static const char *
score_of(unsigned severity)
{
	static const char *const scores[] = { "0.0", "2.5", "5.5", "8.0",
		"9.5" };

	return scores[severity];
}

static unsigned
severity_of(struct ot_str word)
{
	for (unsigned i = 0; i <= OT_SEVERITY_CRITICAL; i++)
		if (ot_str_eq(word, ot_str(ot_severity_names[i])))
			return i;
	return OT_SEVERITY_INFO;
}

/* Which catalogue a word of a mapping is from. */
static const char *
catalogue_of(struct ot_str word)
{
	if (word.len > 2 && memcmp(word.p, "SR", 2) == 0)
		return "IEC62443-3-3:";
	if (word.len > 3 && memcmp(word.p, "ZCR", 3) == 0)
		return "IEC62443-3-2:";
	return "ATTACK-ICS:";
}

static void
tag(struct ot_jw *w, struct ot_str word)
{
	struct ot_sb sb = { .p = NULL };

	ot_sb_puts(&sb, catalogue_of(word));
	ot_sb_add(&sb, word.p, word.len);
	ot_jw_str(w, ot_sb_str(&sb));
	ot_sb_done(&sb);
}

/* A list of the catalogue, "SR 5.1,ZCR 3.1", as tags without blanks; "-" is
 * none. */
static void
tags(struct ot_jw *w, struct ot_str list)
{
	struct ot_sb word = { .p = NULL };

	for (size_t i = 0; i <= list.len; i++) {
		char c = i < list.len ? list.p[i] : ',';

		if (c == ',') {
			if (word.len)
				tag(w, ot_sb_str(&word));
			word.len = 0;
		} else if (c != ' ' && c != '-') {
			ot_sb_putc(&word, c);
		}
	}
	ot_sb_done(&word);
}

static void
rule_properties(struct ot_jw *w, const struct ot_check_row *check)
{
	ot_jw_key(w, "properties");
	ot_jw_open(w, '{');
	ot_jw_key(w, "tags");
	ot_jw_open(w, '[');
	ot_jw_text(w, "security");
	ot_jw_text(w, "ot");
	tags(w, check->sr);
	tags(w, check->attack);
	ot_jw_close(w, ']');
	ot_jw_key(w, "precision");
	ot_jw_text(w, "very-high");
	ot_jw_key(w, "security-severity");
	ot_jw_text(w, score_of(severity_of(check->severity)));
	ot_jw_close(w, '}');
}

static void
rule(struct ot_jw *w, const struct ot_check_row *check)
{
	ot_jw_open(w, '{');
	member(w, "id", check->id);
	rule_name(w, check->title);
	message(w, "shortDescription", check->title);
	message(w, "fullDescription", check->trigger);
	message(w, "help", check->remediation);
	ot_jw_key(w, "defaultConfiguration");
	ot_jw_open(w, '{');
	ot_jw_key(w, "level");
	ot_jw_text(w, level_of(severity_of(check->severity)));
	ot_jw_close(w, '}');
	rule_properties(w, check);
	ot_jw_close(w, '}');
}

static void
driver(struct ot_jw *w, const struct ot_report *report)
{
	ot_jw_key(w, "tool");
	ot_jw_open(w, '{');
	ot_jw_key(w, "driver");
	ot_jw_open(w, '{');
	ot_jw_key(w, "name");
	ot_jw_str(w, report->tool);
	member(w, "semanticVersion", report->version);
	ot_jw_key(w, "rules");
	ot_jw_open(w, '[');
	for (uint32_t i = 0; i < report->check_count; i++)
		rule(w, &report->checks[i]);
	ot_jw_close(w, ']');
	ot_jw_close(w, '}');
	ot_jw_close(w, '}');
}

/* What pages keep apart: the runs of one tool over one policy. */
static void
automation(struct ot_jw *w, const struct ot_report *report)
{
	struct ot_sb sb = { .p = NULL };

	ot_view_place(&sb, report->tool, 0);
	ot_sb_putc(&sb, '/');
	if (report->policy && report->policy->name.len) {
		ot_view_place(&sb, report->policy->name, 0);
		ot_sb_putc(&sb, '/');
	}
	ot_jw_key(w, "automationDetails");
	ot_jw_open(w, '{');
	member(w, "id", ot_sb_str(&sb));
	ot_jw_close(w, '}');
	ot_sb_done(&sb);
}

/* A finding that no line decided: the policy's own file, the policy, or what
 * was read; a location is never left out. */
static struct ot_str
file_of(const struct ot_report *report, const struct ot_finding *finding)
{
	const struct ot_policy *policy = report->policy;
	const struct ot_list *inputs =
	    policy && !policy->proposed ? &policy->inputs : report->inputs;

	if (finding->file.len)
		return finding->file;
	if (inputs->count)
		return ((const struct ot_input *)inputs->at[0])->name;
	return policy && policy->path.len ? policy->path : report->tool;
}

static void
region(struct ot_jw *w, const struct ot_finding *finding)
{
	if (!finding->line)
		return;
	ot_jw_key(w, "region");
	ot_jw_open(w, '{');
	ot_jw_key(w, "startLine");
	ot_jw_u64(w, finding->line);
	if (finding->column) {
		ot_jw_key(w, "startColumn");
		ot_jw_u64(w, finding->column);
	}
	if (finding->column && finding->end_column > finding->column) {
		ot_jw_key(w, "endLine");
		ot_jw_u64(w, finding->line);
		ot_jw_key(w, "endColumn");
		ot_jw_u64(w, finding->end_column);
	}
	ot_jw_close(w, '}');
}

static void
logical_location(struct ot_jw *w, const struct ot_finding *finding)
{
	struct ot_sb sb = { .p = NULL };
	const char *kind = finding->to_zone.len ? "conduit" : "zone";

	ot_view_place(&sb, finding->from_zone, 0);
	if (finding->to_zone.len) {
		ot_sb_putc(&sb, '>');
		ot_view_place(&sb, finding->to_zone, 0);
	}
	if (sb.len) {
		ot_jw_key(w, "logicalLocations");
		ot_jw_open(w, '[');
		ot_jw_open(w, '{');
		member(w, "fullyQualifiedName", ot_sb_str(&sb));
		ot_jw_key(w, "kind");
		ot_jw_text(w, kind);
		ot_jw_close(w, '}');
		ot_jw_close(w, ']');
	}
	ot_sb_done(&sb);
}

static void
location(struct ot_jw *w, const struct ot_report *report,
    const struct ot_finding *finding)
{
	ot_jw_key(w, "locations");
	ot_jw_open(w, '[');
	ot_jw_open(w, '{');
	ot_jw_key(w, "physicalLocation");
	ot_jw_open(w, '{');
	ot_jw_key(w, "artifactLocation");
	artifact(w, file_of(report, finding));
	region(w, finding);
	ot_jw_close(w, '}');
	logical_location(w, finding);
	ot_jw_close(w, '}');
	ot_jw_close(w, ']');
}

static void
frame(struct ot_jw *w, const struct ot_place *place, unsigned id)
{
	struct ot_sb sb = { .p = NULL };

	ot_sb_puts(&sb, "frame ");
	ot_sb_u64(&sb, place->frame);
	if (place->reply) {
		ot_sb_puts(&sb, ", reply ");
		ot_sb_u64(&sb, place->reply);
	}
	ot_sb_puts(&sb, ", ");
	ot_view_time(&sb, place->time_ns);
	ot_jw_open(w, '{');
	ot_jw_key(w, "id");
	ot_jw_u64(w, id);
	message(w, "message", ot_sb_str(&sb));
	ot_jw_key(w, "physicalLocation");
	ot_jw_open(w, '{');
	ot_jw_key(w, "artifactLocation");
	artifact(w, place->file);
	ot_jw_close(w, '}');
	ot_jw_close(w, '}');
	ot_sb_done(&sb);
}

static void
frames(struct ot_jw *w, const struct ot_evidence *evidence)
{
	unsigned id = 0;

	if (!evidence->count)
		return;
	ot_jw_key(w, "relatedLocations");
	ot_jw_open(w, '[');
	for (uint32_t i = 0; i < evidence->count; i++)
		if (evidence->at[i].file.len)
			frame(w, &evidence->at[i], ++id);
	ot_jw_close(w, ']');
}

enum { HASH_DIGITS = 16 }; /* of the line hash that pages compare */

static void
fingerprints(struct ot_jw *w, struct ot_str fingerprint)
{
	const char *dash = fingerprint.len
			       ? memchr(fingerprint.p, '-', fingerprint.len)
			       : NULL;
	size_t at = dash ? (size_t)(dash - fingerprint.p) + 1 : 0;
	size_t left = fingerprint.len - at;
	struct ot_sb sb = { .p = NULL };

	if (!left)
		return;
	ot_sb_add(
	    &sb, fingerprint.p + at, left < HASH_DIGITS ? left : HASH_DIGITS);
	ot_sb_puts(&sb, ":1");
	ot_jw_key(w, "partialFingerprints");
	ot_jw_open(w, '{');
	member(w, "primaryLocationLineHash", ot_sb_str(&sb));
	ot_jw_close(w, '}');
	ot_jw_key(w, "fingerprints");
	ot_jw_open(w, '{');
	member(w, "otzt/v1", fingerprint);
	ot_jw_close(w, '}');
	ot_sb_done(&sb);
}

/* Section 3.27.23: where one result of a run says whether it is suppressed,
 * all do. */
static void
suppressions(struct ot_jw *w, const struct ot_finding *finding)
{
	ot_jw_key(w, "suppressions");
	ot_jw_open(w, '[');
	if (ot_view_waived(finding)) {
		ot_jw_open(w, '{');
		ot_jw_key(w, "kind");
		ot_jw_text(w, "external");
		ot_jw_key(w, "status");
		ot_jw_text(w, "accepted");
		member(w, "justification", finding->waiver);
		ot_jw_close(w, '}');
	}
	ot_jw_close(w, ']');
}

static void
strings(struct ot_jw *w, const char *key, const struct ot_strings *list)
{
	if (!list->count)
		return;
	ot_jw_key(w, key);
	ot_jw_open(w, '[');
	for (uint32_t i = 0; i < list->count; i++)
		ot_jw_str(w, list->at[i]);
	ot_jw_close(w, ']');
}

static void
result_properties(struct ot_jw *w, const struct ot_finding *finding)
{
	ot_jw_key(w, "properties");
	ot_jw_open(w, '{');
	ot_jw_key(w, "severity");
	ot_jw_text(w, ot_severity_names[finding->severity]);
	ot_jw_key(w, "count");
	ot_jw_u64(w, finding->count);
	time_member(w, "first", finding->first);
	time_member(w, "last", finding->last);
	member(w, "rule", finding->rule);
	strings(w, "severitySteps", &finding->severity_steps);
	strings(w, "missing", &finding->missing);
	ot_jw_close(w, '}');
}

static void
rule_index(struct ot_jw *w, const struct ot_report *report, struct ot_str id)
{
	for (uint32_t i = 0; i < report->check_count; i++)
		if (ot_str_eq(report->checks[i].id, id)) {
			ot_jw_key(w, "ruleIndex");
			ot_jw_u64(w, i);
			return;
		}
}

static void
result(struct ot_jw *w, const struct ot_report *report,
    const struct ot_finding *finding, bool waivers)
{
	bool untold = ot_view_cannot_tell(finding);

	ot_jw_open(w, '{');
	ot_jw_key(w, "ruleId");
	ot_jw_str(w, finding->check);
	rule_index(w, report, finding->check);
	ot_jw_key(w, "kind");
	ot_jw_text(w, untold ? "review" : "fail");
	ot_jw_key(w, "level");
	ot_jw_text(w, untold ? "none" : level_of(finding->severity));
	message(w, "message",
	    finding->message.len ? finding->message
	    : finding->title.len ? finding->title
				 : finding->check);
	location(w, report, finding);
	frames(w, &finding->evidence);
	fingerprints(w, finding->fingerprint);
	if (waivers)
		suppressions(w, finding);
	result_properties(w, finding);
	ot_jw_close(w, '}');
}

static void
results(struct ot_jw *w, struct ot_render *render)
{
	const struct ot_list *findings = render->report->findings;
	bool waivers = ot_view_counts(render->report).waived > 0;

	ot_jw_key(w, "results");
	ot_jw_open(w, '[');
	for (uint32_t i = 0; i < findings->count; i++) {
		result(w, render->report, findings->at[i], waivers);
		ot_render_flush(render, false);
	}
	ot_jw_close(w, ']');
}

static void
input(struct ot_jw *w, const struct ot_input *input)
{
	ot_jw_open(w, '{');
	ot_jw_key(w, "location");
	artifact(w, input->name);
	ot_jw_key(w, "length");
	ot_jw_u64(w, input->bytes);
	if (input->sha256.len) {
		ot_jw_key(w, "hashes");
		ot_jw_open(w, '{');
		member(w, "sha-256", input->sha256);
		ot_jw_close(w, '}');
	}
	ot_jw_close(w, '}');
}

/* What was read, the policy's hash, the time seen, what was not. */
static void
inputs(struct ot_jw *w, const struct ot_report *report)
{
	struct ot_sb sb = { .p = NULL };

	ot_jw_key(w, "artifacts");
	ot_jw_open(w, '[');
	for (uint32_t i = 0; i < report->inputs->count; i++)
		input(w, report->inputs->at[i]);
	ot_jw_close(w, ']');
	ot_jw_key(w, "properties");
	ot_jw_open(w, '{');
	if (report->policy)
		member(w, "policySha256", report->policy->sha256);
	time_member(w, "first", report->first);
	time_member(w, "last", report->last);
	ot_view_coverage_line(&sb, report);
	member(w, "coverage", ot_sb_str(&sb));
	ot_jw_close(w, '}');
	ot_sb_done(&sb);
}

static void
render_sarif(struct ot_render *render)
{
	struct ot_jw w = { .sb = &render->sb };

	ot_jw_open(&w, '{');
	ot_jw_key(&w, "$schema");
	ot_jw_text(&w, SCHEMA);
	ot_jw_key(&w, "version");
	ot_jw_text(&w, "2.1.0");
	ot_jw_key(&w, "runs");
	ot_jw_open(&w, '[');
	ot_jw_open(&w, '{');
	driver(&w, render->report);
	automation(&w, render->report);
	results(&w, render);
	inputs(&w, render->report);
	ot_jw_close(&w, '}');
	ot_jw_close(&w, ']');
	ot_jw_close(&w, '}');
	ot_sb_putc(&render->sb, '\n');
}

const struct ot_renderer ot_renderer_sarif = {
	.name = "sarif",
	.title = "SARIF 2.1.0, for code scanning pages",
	.render = render_sarif,
};
