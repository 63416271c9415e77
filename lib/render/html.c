/*
 * One self-contained HTML file: readable without scripts, printable, nothing
 * loaded from elsewhere. A policy in its head (Content Security Policy 3)
 * lets no script or style run but the two that it holds, by their hashes.
 */
#include "render/html.h"

#include "base/hash.h"

const char *const ot_html_verdict_class[] = { "allowed", "violation",
	"untold" };
const char *const ot_html_verdict_sign[] = { "✓", "✕", "?" };

void
ot_html_raw(struct ot_render *render, const char *markup)
{
	ot_sb_puts(&render->sb, markup);
}

void
ot_html_text(struct ot_render *render, struct ot_str text)
{
	ot_escape_html(&render->sb, text);
}

void
ot_html_zone(struct ot_render *render, struct ot_str id)
{
	const char *slash = id.len ? memchr(id.p, '/', id.len) : NULL;
	size_t site = slash ? (size_t)(slash - id.p) + 1 : 0;

	ot_html_text(render, (struct ot_str){ id.p, site });
	if (site)
		ot_html_raw(render, "<wbr>");
	ot_html_text(render, (struct ot_str){ id.p + site, id.len - site });
}

void
ot_html_take(struct ot_render *render, struct ot_sb *sb)
{
	ot_escape_html(&render->sb, ot_sb_str(sb));
	sb->len = 0;
}

/* Groups of three digits, a narrow no-break space (U+202F) between them. */
void
ot_html_number(struct ot_render *render, uint64_t n)
{
	uint64_t unit = 1;

	while (n / unit >= 1000)
		unit *= 1000;
	ot_sb_u64(&render->sb, n / unit);
	while (unit > 1) {
		n %= unit;
		unit /= 1000;
		ot_sb_printf(
		    &render->sb, "\xe2\x80\xaf%03u", (unsigned)(n / unit));
	}
}

void
ot_html_cell(struct ot_render *render, struct ot_str text)
{
	ot_html_raw(render, "<td>");
	ot_html_text(render, text);
	ot_html_raw(render, "</td>");
}

static void
open_sorted(struct ot_render *render, uint64_t n)
{
	ot_html_raw(render, "<td class=\"number\" data-sort=\"");
	ot_sb_u64(&render->sb, n);
	ot_html_raw(render, "\">");
}

void
ot_html_number_cell(struct ot_render *render, uint64_t n)
{
	open_sorted(render, n);
	ot_html_number(render, n);
	ot_html_raw(render, "</td>");
}

void
ot_html_bytes_cell(struct ot_render *render, uint64_t bytes)
{
	open_sorted(render, bytes);
	ot_view_bytes(&render->sb, bytes);
	ot_html_raw(render, "</td>");
}

void
ot_html_place(struct ot_render *render, const struct ot_place *place)
{
	struct ot_sb sb = { .p = NULL };

	ot_html_raw(render, "<span class=\"frame\" title=\"");
	ot_view_time(&sb, place->time_ns);
	ot_html_take(render, &sb);
	ot_html_raw(render, "\">");
	ot_view_place(&sb, place->file, place->frame);
	if (place->reply) {
		ot_sb_puts(&sb, " (reply ");
		ot_sb_u64(&sb, place->reply);
		ot_sb_putc(&sb, ')');
	}
	ot_html_take(render, &sb);
	ot_html_raw(render, "</span>");
	ot_sb_done(&sb);
}

/* RFC 4648 section 4. */
static void
base64(struct ot_sb *sb, const uint8_t *p, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < len; i += 3) {
		uint32_t bits = (uint32_t)p[i] << 16;

		bits |= i + 1 < len ? (uint32_t)p[i + 1] << 8 : 0;
		bits |= i + 2 < len ? p[i + 2] : 0;
		ot_sb_putc(sb, digits[bits >> 18]);
		ot_sb_putc(sb, digits[bits >> 12 & 63]);
		ot_sb_putc(sb, i + 1 < len ? digits[bits >> 6 & 63] : '=');
		ot_sb_putc(sb, i + 2 < len ? digits[bits & 63] : '=');
	}
}

static void
hash_source(struct ot_sb *sb, const char *const *pieces)
{
	struct ot_sha256 sha;
	uint8_t digest[OT_SHA256_LEN];

	ot_sha256_init(&sha);
	for (size_t i = 0; pieces[i]; i++)
		ot_sha256_add(&sha, pieces[i], strlen(pieces[i]));
	ot_sha256_end(&sha, digest);
	ot_sb_puts(sb, "'sha256-");
	base64(sb, digest, sizeof(digest));
	ot_sb_putc(sb, '\'');
}

static void
pieces(struct ot_render *render, const char *element, const char *const *of)
{
	ot_sb_printf(&render->sb, "<%s>", element);
	for (size_t i = 0; of[i]; i++)
		ot_html_raw(render, of[i]);
	ot_sb_printf(&render->sb, "</%s>\n", element);
}

static struct ot_str
name_of(const struct ot_report *report)
{
	const struct ot_policy *policy = report->policy;

	if (!policy)
		return ot_str("Zones as the stream has them");
	if (policy->proposed)
		return ot_str("Zones proposed from the traffic");
	return policy->name.len ? policy->name : policy->path;
}

static void
head(struct ot_render *render)
{
	ot_html_raw(render, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
			    "<meta charset=\"utf-8\">\n"
			    "<meta http-equiv=\"Content-Security-Policy\" "
			    "content=\"default-src 'none'; script-src ");
	hash_source(&render->sb, ot_html_script);
	ot_html_raw(render, "; style-src ");
	hash_source(&render->sb, ot_html_style);
	ot_html_raw(render,
	    "; base-uri 'none'; form-action 'none'\">\n"
	    "<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	ot_html_text(render, name_of(render->report));
	ot_html_raw(render, ": zones and conduits</title>\n");
	pieces(render, "style", ot_html_style);
	ot_html_raw(render, "</head>\n");
}

static void
title(struct ot_render *render)
{
	const struct ot_report *report = render->report;
	struct ot_sb sb = { .p = NULL };

	ot_html_raw(
	    render, "<header><p class=\"kicker\">Zones and conduits</p><h1>");
	ot_html_text(render, name_of(report));
	ot_html_raw(render, "</h1><p class=\"lead\">Seen from ");
	ot_view_time(&sb, report->first);
	ot_sb_puts(&sb, " to ");
	ot_view_time(&sb, report->last);
	ot_sb_puts(&sb, ". Judged by ");
	ot_view_place(&sb, report->tool, 0);
	ot_sb_putc(&sb, ' ');
	ot_view_place(&sb, report->version, 0);
	if (report->policy && !report->policy->proposed) {
		ot_sb_puts(&sb, " against the policy ");
		ot_view_place(&sb, report->policy->path, 0);
	}
	ot_sb_putc(&sb, '.');
	ot_html_take(render, &sb);
	ot_html_raw(render,
	    "</p>\n<nav><a href=\"#map\">Map</a> "
	    "<a href=\"#matrix\">Matrix</a> "
	    "<a href=\"#findings\">Findings</a> "
	    "<a href=\"#crossings\">Crossings</a> "
	    "<a href=\"#assets\">Assets</a> "
	    "<a href=\"#captures\">Captures</a> "
	    "<a href=\"#sources\">Sources</a></nav></header>\n");
	ot_sb_done(&sb);
}

static void
tile(struct ot_render *render, const char *class, uint64_t n, const char *words,
    struct ot_sb *note)
{
	ot_sb_printf(&render->sb, "<div class=\"tile %s\"><dt>%s</dt><dd>",
	    n ? class : "", words);
	ot_html_number(render, n);
	ot_html_raw(render, "</dd><dd class=\"note\">");
	ot_html_take(render, note);
	ot_html_raw(render, "</dd></div>\n");
}

static void
severities(struct ot_sb *sb, const struct ot_view_counts *counts)
{
	for (unsigned i = OT_SEVERITY_CRITICAL + 1; i-- > 0;) {
		if (!counts->open[i])
			continue;
		ot_sb_puts(sb, sb->len ? ", " : "");
		ot_sb_u64(sb, counts->open[i]);
		ot_sb_printf(sb, " %s", ot_severity_names[i]);
	}
}

/* The numbers that an auditor asks for first, and what could not be seen. */
static void
summary(struct ot_render *render)
{
	const struct ot_report *report = render->report;
	struct ot_view_counts counts = ot_view_counts(report);
	struct ot_view_coverage coverage = ot_view_coverage(report);
	struct ot_sb note = { .p = NULL };

	ot_html_raw(render, "<section id=\"summary\"><dl class=\"tiles\">\n");
	severities(&note, &counts);
	tile(render, "violation", counts.violations, "Violations", &note);
	ot_sb_puts(&note, "for want of evidence");
	tile(render, "untold", counts.cannot_tell, "Cannot be told", &note);
	ot_sb_puts(&note, "accepted for a time");
	tile(render, "", counts.waived, "Waived", &note);
	ot_sb_puts(&note, "between zones");
	tile(render, "", report->crossings->count, "Crossings", &note);
	ot_sb_puts(&note, "in ");
	ot_view_count(&note, report->zones->count, "zone");
	tile(render, "", report->assets->count, "Assets", &note);
	ot_sb_puts(&note, "in ");
	ot_view_count(&note, coverage.captures, "capture");
	tile(render, "", coverage.frames, "Frames", &note);
	ot_html_raw(render, "</dl><p class=\"coverage\"><b>Coverage</b> ");
	ot_view_coverage_line(&note, report);
	ot_html_take(render, &note);
	ot_html_raw(render, ".</p></section>\n");
	ot_sb_done(&note);
}

static void
zones(struct ot_render *render)
{
	struct ot_arena arena = { .blocks = NULL };
	struct ot_html_graph graph;

	if (ot_html_graph(&graph, &arena, render->report)) {
		ot_html_map(render, &graph);
		ot_html_matrix(render, &graph);
	} else {
		render->sb.lost = true;
	}
	ot_arena_done(&arena);
}

static void
render_html(struct ot_render *render)
{
	head(render);
	ot_html_raw(render, "<body>\n");
	title(render);
	ot_html_raw(render, "<main>\n");
	summary(render);
	zones(render);
	ot_html_findings(render);
	ot_html_crossings(render);
	ot_html_conduits(render);
	ot_html_assets(render);
	ot_html_captures(render);
	ot_html_sources(render);
	ot_html_raw(render, "</main>\n");
	pieces(render, "script", ot_html_script);
	ot_html_raw(render, "</body>\n</html>\n");
}

const struct ot_renderer ot_renderer_html = {
	.name = "html",
	.title = "one self-contained page: map, matrix, findings, assets",
	.render = render_html,
};
