/*
 * JUnit XML (junit-10.xsd of Jenkins): a test case for each conduit, so that
 * passed means that the rule held and skipped that nothing was seen for it,
 * and one "default-deny" for each pair of zones with crossings.
 */
#include "render/view.h"

enum outcome { PASSED, SKIPPED, ERROR, FAILED, OUTCOMES };

/* A suite is counted before it is written. */
struct suite {
	uint64_t tests, of[OUTCOMES];
};

static void
count(struct suite *suite, enum outcome outcome)
{
	suite->tests++;
	suite->of[outcome]++;
}

static enum outcome
outcome_of_rule(const struct ot_view_rule *rule)
{
	if (rule->violations)
		return FAILED;
	if (rule->cannot_tell)
		return ERROR;
	return rule->used ? PASSED : SKIPPED;
}

static void
attribute(struct ot_sb *sb, const char *name, struct ot_str value)
{
	ot_sb_printf(sb, " %s=\"", name);
	ot_escape_xml(sb, value);
	ot_sb_putc(sb, '"');
}

static void
number(struct ot_sb *sb, const char *name, uint64_t n)
{
	ot_sb_printf(sb, " %s=\"", name);
	ot_sb_u64(sb, n);
	ot_sb_putc(sb, '"');
}

/* "lagos/factory" is site "lagos", name "factory"; no slash: no site. */
static struct ot_str
site_of(struct ot_str zone)
{
	const char *slash = zone.len ? memchr(zone.p, '/', zone.len) : NULL;

	return slash ? (struct ot_str){ zone.p, (size_t)(slash - zone.p) }
		     : (struct ot_str){ NULL, 0 };
}

/* Viewers make packages of what dots divide: only ours is one. */
static void
undotted(struct ot_sb *sb, struct ot_str text)
{
	for (size_t i = 0; i < text.len; i++)
		ot_sb_putc(sb, text.p[i] == '.' ? '_' : text.p[i]);
}

/* The name of a zone within a site, its whole id outside of it. */
static void
zone_in(struct ot_sb *sb, struct ot_str zone, struct ot_str site)
{
	size_t skip = site.len + 1;

	if (site.len && ot_str_eq(site_of(zone), site))
		zone = (struct ot_str){ zone.p + skip, zone.len - skip };
	undotted(sb, zone);
}

/* SITE.FROM-TO, the site of the server before that of the client. */
static void
class_name(struct ot_sb *out, struct ot_str from, struct ot_str to)
{
	struct ot_str site = site_of(to).len ? site_of(to) : site_of(from);
	struct ot_sb sb = { .p = NULL };

	if (site.len)
		undotted(&sb, site);
	else
		ot_sb_puts(&sb, "any");
	ot_sb_putc(&sb, '.');
	zone_in(&sb, from, site);
	ot_sb_putc(&sb, '-');
	zone_in(&sb, to, site);
	attribute(out, "classname", ot_sb_str(&sb));
	ot_sb_done(&sb);
}

static void
conduit_name(struct ot_sb *out, const struct ot_conduit_row *conduit)
{
	struct ot_sb sb = { .p = NULL };

	ot_view_place(&sb, conduit->id, 0);
	ot_sb_puts(&sb, ": ");
	ot_view_place(&sb, conduit->from, 0);
	ot_sb_puts(&sb, " to ");
	ot_view_place(&sb, conduit->to, 0);
	for (uint32_t i = 0; i < conduit->service_count; i++) {
		ot_sb_puts(&sb, i ? " " : ", ");
		ot_view_place(&sb, conduit->services[i].text, 0);
	}
	if (conduit->verbs) {
		ot_sb_puts(&sb, ": ");
		ot_view_verbs(&sb, conduit->verbs);
	}
	attribute(out, "name", ot_sb_str(&sb));
	ot_sb_done(&sb);
}

/* One crossing in words, a line of a failure's text. */
static void
crossing_line(struct ot_sb *out, const struct ot_crossing *crossing)
{
	struct ot_sb sb = { .p = NULL };

	ot_view_place(&sb, crossing->client, 0);
	ot_sb_puts(&sb, " to ");
	ot_view_place(&sb, crossing->server, 0);
	ot_sb_puts(&sb, ", ");
	ot_view_service(&sb, crossing);
	ot_sb_puts(&sb, ": ");
	ot_sb_puts(&sb, ot_verdict_names[crossing->verdict]);
	if (crossing->reason.len) {
		ot_sb_puts(&sb, ", ");
		ot_view_place(&sb, crossing->reason, 0);
	}
	if (crossing->evidence.count) {
		ot_sb_puts(&sb, " [");
		ot_view_place(&sb, crossing->evidence.at[0].file,
		    crossing->evidence.at[0].frame);
		ot_sb_putc(&sb, ']');
	}
	ot_sb_putc(&sb, '\n');
	ot_escape_xml(out, ot_sb_str(&sb));
	ot_sb_done(&sb);
}

static void
open_outcome(struct ot_sb *sb, enum outcome outcome, struct ot_str text)
{
	ot_sb_puts(sb, outcome == FAILED ? "<failure" : "<error");
	attribute(sb, "type",
	    ot_str(outcome == FAILED ? "violation" : "cannot-tell"));
	attribute(sb, "message", text);
	ot_sb_putc(sb, '>');
}

static void
close_outcome(struct ot_sb *sb, enum outcome outcome)
{
	ot_sb_puts(sb, outcome == FAILED ? "</failure>" : "</error>");
}

static void
where(struct ot_sb *out, struct ot_str file, uint32_t line)
{
	struct ot_sb sb = { .p = NULL };

	if (file.len)
		ot_view_place(&sb, file, line);
	if (sb.len)
		ot_sb_putc(&sb, '\n');
	ot_escape_xml(out, ot_sb_str(&sb));
	ot_sb_done(&sb);
}

/* Why a rule did not hold: its line, then what went against it. */
static void
rule_outcome(struct ot_render *render, const struct ot_conduit_row *conduit,
    const struct ot_view_rule *rule, enum outcome outcome)
{
	const struct ot_list *crossings = render->report->crossings;
	struct ot_sb text = { .p = NULL };

	ot_view_count(&text, rule->violations, "violation");
	ot_sb_printf(&text, ", %llu cannot be told",
	    (unsigned long long)rule->cannot_tell);
	open_outcome(&render->sb, outcome, ot_sb_str(&text));
	where(&render->sb, conduit->at.file, conduit->at.line);
	for (uint32_t i = 0; i < crossings->count; i++)
		if (ot_view_against(render->report, crossings->at[i], conduit))
			crossing_line(&render->sb, crossings->at[i]);
	close_outcome(&render->sb, outcome);
	ot_sb_done(&text);
}

static void
rule_case(struct ot_render *render, const struct ot_rule_result *result)
{
	const struct ot_conduit_row *conduit = result->conduit;
	struct ot_view_rule rule = ot_view_rule(render->report, result);
	enum outcome outcome = outcome_of_rule(&rule);
	struct ot_sb *sb = &render->sb;

	ot_sb_puts(sb, "<testcase");
	class_name(sb, conduit->from, conduit->to);
	conduit_name(sb, conduit);
	ot_sb_puts(sb, " time=\"0\">");
	if (outcome == SKIPPED)
		ot_sb_puts(sb, "<skipped message=\"no traffic seen for it\"/>");
	else if (outcome != PASSED)
		rule_outcome(render, conduit, &rule, outcome);
	ot_sb_puts(sb, "</testcase>\n");
	ot_render_flush(render, false);
}

/* Crossings are sorted by client and server zone: the end of the run of one
 * pair that begins at i. */
static uint32_t
pair_end(const struct ot_list *crossings, uint32_t i)
{
	const struct ot_crossing *first = crossings->at[i];

	for (i++; i < crossings->count; i++) {
		const struct ot_crossing *crossing = crossings->at[i];

		if (!ot_str_eq(crossing->client_zone, first->client_zone) ||
		    !ot_str_eq(crossing->server_zone, first->server_zone))
			break;
	}
	return i;
}

static enum outcome
outcome_of_pair(const struct ot_report *report, uint32_t from, uint32_t to)
{
	enum outcome worst = PASSED;

	for (uint32_t i = from; i < to; i++) {
		const struct ot_crossing *crossing = report->crossings->at[i];

		if (!ot_view_unmanaged(report, crossing))
			continue;
		if (crossing->verdict == OT_VIOLATION)
			return FAILED;
		worst = ERROR;
	}
	return worst;
}

static void
pair_case(struct ot_render *render, uint32_t from, uint32_t to)
{
	const struct ot_list *crossings = render->report->crossings;
	const struct ot_crossing *first = crossings->at[from];
	enum outcome outcome = outcome_of_pair(render->report, from, to);
	struct ot_sb *sb = &render->sb;

	ot_sb_puts(sb, "<testcase");
	class_name(sb, first->client_zone, first->server_zone);
	ot_sb_puts(sb, " name=\"default-deny\" time=\"0\">");
	if (outcome != PASSED) {
		open_outcome(sb, outcome, ot_str("no conduit allows it"));
		for (uint32_t i = from; i < to; i++)
			if (ot_view_unmanaged(render->report, crossings->at[i]))
				crossing_line(sb, crossings->at[i]);
		close_outcome(sb, outcome);
	}
	ot_sb_puts(sb, "</testcase>\n");
	ot_render_flush(render, false);
}

static struct suite
count_rules(const struct ot_report *report)
{
	struct suite suite = { .tests = 0 };

	for (uint32_t i = 0; i < report->rule_count; i++) {
		struct ot_view_rule rule =
		    ot_view_rule(report, &report->rules[i]);

		count(&suite, outcome_of_rule(&rule));
	}
	return suite;
}

static struct suite
count_pairs(const struct ot_report *report)
{
	struct suite suite = { .tests = 0 };

	for (uint32_t i = 0, end; i < report->crossings->count; i = end) {
		end = pair_end(report->crossings, i);
		count(&suite, outcome_of_pair(report, i, end));
	}
	return suite;
}

/* The last captured time, so that the same captures give the same report. */
static void
timestamp(struct ot_sb *sb, int64_t last_ns)
{
	char text[OT_TIME_TEXT];

	if (last_ns == OT_TIME_NONE)
		return;
	ot_time_print(text, last_ns);
	ot_sb_printf(sb, " timestamp=\"%.19s\"", text);
}

static void
open_suite(struct ot_render *render, const char *name,
    const struct suite *suite, struct ot_str file)
{
	struct ot_sb *sb = &render->sb;

	ot_sb_puts(sb, "<testsuite");
	attribute(sb, "name", ot_str(name));
	number(sb, "tests", suite->tests);
	number(sb, "failures", suite->of[FAILED]);
	number(sb, "errors", suite->of[ERROR]);
	number(sb, "skipped", suite->of[SKIPPED]);
	ot_sb_puts(sb, " time=\"0\"");
	timestamp(sb, render->report->last);
	if (file.len)
		attribute(sb, "file", file);
	ot_sb_puts(sb, ">\n");
}

static void
property(struct ot_sb *sb, const char *name, struct ot_str value)
{
	if (!value.len)
		return;
	ot_sb_puts(sb, "<property");
	attribute(sb, "name", ot_str(name));
	attribute(sb, "value", value);
	ot_sb_puts(sb, "/>\n");
}

/* What was judged: versions, hashes, coverage. */
static void
properties(struct ot_render *render)
{
	const struct ot_report *report = render->report;
	struct ot_sb line = { .p = NULL };

	ot_sb_puts(&render->sb, "<properties>\n");
	property(&render->sb, "version", report->version);
	if (report->policy) {
		property(&render->sb, "policy", report->policy->path);
		property(&render->sb, "policy.sha256", report->policy->sha256);
	}
	ot_view_coverage_line(&line, report);
	property(&render->sb, "coverage", ot_sb_str(&line));
	for (uint32_t i = 0; i < report->inputs->count; i++) {
		const struct ot_input *input = report->inputs->at[i];

		line.len = 0;
		ot_view_place(&line, input->name, 0);
		ot_sb_puts(&line, " sha256 ");
		ot_view_place(&line,
		    input->sha256.len ? input->sha256 : ot_str("unknown"), 0);
		property(&render->sb, "input", ot_sb_str(&line));
	}
	ot_sb_puts(&render->sb, "</properties>\n");
	ot_sb_done(&line);
}

/* What was waived fails nothing, but is not kept quiet about. */
static void
waivers(struct ot_render *render)
{
	const struct ot_list *findings = render->report->findings;
	struct ot_sb text = { .p = NULL };

	for (uint32_t i = 0; i < findings->count; i++) {
		const struct ot_finding *finding = findings->at[i];

		if (!ot_view_waived(finding))
			continue;
		ot_view_place(&text, finding->check, 0);
		ot_sb_puts(&text, ": ");
		ot_view_place(&text, finding->message, 0);
		ot_sb_puts(&text, "\n    waived: ");
		ot_view_place(&text, finding->waiver, 0);
		ot_sb_putc(&text, '\n');
	}
	if (text.len) {
		ot_sb_puts(&render->sb, "<system-out>");
		ot_escape_xml(&render->sb, ot_sb_str(&text));
		ot_sb_puts(&render->sb, "</system-out>\n");
	}
	ot_sb_done(&text);
}

static void
suites(struct ot_render *render, const struct suite *rules,
    const struct suite *pairs)
{
	const struct ot_report *report = render->report;
	const struct ot_list *crossings = report->crossings;

	open_suite(render, "conduits", rules,
	    report->rule_count ? report->rules[0].conduit->at.file
			       : (struct ot_str){ NULL, 0 });
	properties(render);
	for (uint32_t i = 0; i < report->rule_count; i++)
		rule_case(render, &report->rules[i]);
	ot_sb_puts(&render->sb, "</testsuite>\n");
	open_suite(render, "default-deny", pairs, (struct ot_str){ NULL, 0 });
	for (uint32_t i = 0, end; i < crossings->count; i = end) {
		end = pair_end(crossings, i);
		pair_case(render, i, end);
	}
	waivers(render);
	ot_sb_puts(&render->sb, "</testsuite>\n");
}

static void
render_junit(struct ot_render *render)
{
	struct suite rules = count_rules(render->report);
	struct suite pairs = count_pairs(render->report);
	struct ot_sb *sb = &render->sb;

	ot_sb_puts(sb, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		       "<testsuites");
	attribute(sb, "name", render->report->tool);
	number(sb, "tests", rules.tests + pairs.tests);
	number(sb, "failures", rules.of[FAILED] + pairs.of[FAILED]);
	number(sb, "errors", rules.of[ERROR] + pairs.of[ERROR]);
	ot_sb_puts(sb, " time=\"0\">\n");
	suites(render, &rules, &pairs);
	ot_sb_puts(sb, "</testsuites>\n");
}

const struct ot_renderer ot_renderer_junit = {
	.name = "junit",
	.title = "JUnit XML, a test case for each conduit",
	.render = render_junit,
};
