/*
 * The words that the renderers share.
 */
#include "render/view.h"

#include "base/vocab.h"

enum { LLC = 0x1000000 }; /* enum ot_transport: a port of layer 2 */

void
ot_view_port(struct ot_sb *sb, uint8_t transport, uint32_t port)
{
	const char *name =
	    transport < OT_TRANSPORTS ? ot_transport_names[transport] : "?";

	if (transport == OT_ETH)
		ot_sb_printf(sb, port & LLC ? "llc/0x%02x" : "ethertype/0x%04x",
		    port & 0xffff);
	else if (transport == OT_ICMP)
		ot_sb_puts(sb, name);
	else
		ot_sb_printf(sb, "%s/%u", name, port);
}

void
ot_view_service(struct ot_sb *sb, const struct ot_crossing *crossing)
{
	if (crossing->protocol.len && crossing->named_by <= OT_NAMED_HINT &&
	    !ot_str_eq(crossing->protocol, ot_str("unknown")))
		ot_sb_add(sb, crossing->protocol.p, crossing->protocol.len);
	else
		ot_view_port(sb, crossing->transport, crossing->port);
}

void
ot_view_verbs(struct ot_sb *sb, uint32_t verbs)
{
	bool any = false;

	for (unsigned verb = 0; verb < OT_VERBS; verb++) {
		if (!(verbs >> verb & 1))
			continue;
		if (any)
			ot_sb_puts(sb, ", ");
		ot_sb_puts(sb, ot_verb_names[verb]);
		any = true;
	}
}

uint32_t
ot_view_flow_verbs(const struct ot_flow_sum *flow)
{
	uint32_t verbs = 0;

	for (uint32_t i = 0; i < flow->ops.count; i++) {
		const struct ot_op_sum *op = flow->ops.at[i];

		verbs |= UINT32_C(1) << op->verb;
	}
	return verbs;
}

void
ot_view_time(struct ot_sb *sb, int64_t t_ns)
{
	char text[OT_TIME_TEXT];

	if (t_ns == OT_TIME_NONE) {
		ot_sb_puts(sb, "unknown");
		return;
	}
	ot_time_print(text, t_ns);
	ot_sb_printf(sb, "%.10s %.8s UTC", text, text + 11);
}

void
ot_view_bytes(struct ot_sb *sb, uint64_t bytes)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB", "PB",
		"EB" };
	unsigned unit = 0;

	if (bytes < 1000) {
		ot_sb_printf(sb, "%u B", (unsigned)bytes);
		return;
	}
	while (bytes >= 1000000) {
		bytes /= 1000;
		unit++;
	}
	if (bytes < 100000)
		ot_sb_printf(sb, "%u.%u %s", (unsigned)(bytes / 1000),
		    (unsigned)(bytes / 100 % 10), units[unit]);
	else
		ot_sb_printf(
		    sb, "%u %s", (unsigned)(bytes / 1000), units[unit]);
}

void
ot_view_percent(struct ot_sb *sb, uint64_t part, uint64_t whole)
{
	/* a sum of bytes stays far below 2^64 / 1000 */
	unsigned permille = whole ? (unsigned)(part * 1000 / whole) : 0;

	if (part && !permille)
		ot_sb_puts(sb, "<0.1 %");
	else if (part >= whole || !permille)
		ot_sb_printf(sb, "%u %%", permille / 10);
	else
		ot_sb_printf(sb, "%u.%u %%", permille / 10, permille % 10);
}

void
ot_view_place(struct ot_sb *sb, struct ot_str file, uint64_t line)
{
	ot_sb_add(sb, file.p, file.len);
	if (line) {
		ot_sb_putc(sb, ':');
		ot_sb_u64(sb, line);
	}
}

void
ot_view_count(struct ot_sb *sb, uint64_t n, const char *noun)
{
	ot_sb_u64(sb, n);
	ot_sb_printf(sb, " %s%s", noun, n == 1 ? "" : "s");
}

struct ot_str
ot_view_asset(const struct ot_asset *asset)
{
	struct ot_str name = ot_asset_get(asset, "name");

	return name.len ? name : asset->id;
}

static void
add_capture(struct ot_view_coverage *sum, const struct ot_capture_sum *capture)
{
	sum->captures++;
	sum->frames += capture->frames;
	sum->bytes += capture->bytes;
	sum->cut_frames += capture->cut_frames;
	sum->malformed += capture->account.malformed;
	sum->damaged += capture->damaged.len > 0;
	sum->duplicates += capture->duplicates;
	sum->connections += capture->connections;
	sum->one_sided += capture->one_sided;
	for (uint32_t i = 0; i < capture->limits.count; i++)
		sum->limits += capture->limits.at[i].count;
	sum->limits += capture->limits.other;
}

struct ot_view_coverage
ot_view_coverage(const struct ot_report *report)
{
	struct ot_view_coverage sum = { .captures = 0 };
	const struct ot_list *captures = &report->store->list[OT_STORE_CAPTURE];
	const struct ot_list *flows = &report->store->list[OT_STORE_FLOW];

	for (uint32_t i = 0; i < captures->count; i++)
		add_capture(&sum, captures->at[i]);
	for (uint32_t i = 0; i < flows->count; i++) {
		const struct ot_flow_sum *flow = flows->at[i];

		sum.decoded += flow->coverage.decoded;
		sum.identified += flow->coverage.identified;
		sum.encrypted += flow->coverage.encrypted;
		sum.unknown += flow->coverage.unknown;
		sum.gap_bytes += flow->tcp.gap_bytes;
	}
	sum.payload =
	    sum.decoded + sum.identified + sum.encrypted + sum.unknown;
	return sum;
}

static void
share(struct ot_sb *sb, uint64_t part, uint64_t whole, const char *what)
{
	ot_view_percent(sb, part, whole);
	ot_sb_puts(sb, what);
}

void
ot_view_coverage_line(struct ot_sb *sb, const struct ot_report *report)
{
	struct ot_view_coverage c = ot_view_coverage(report);

	ot_view_count(sb, c.frames, "frame");
	ot_sb_puts(sb, " in ");
	ot_view_count(sb, c.captures, "capture");
	ot_sb_puts(sb, "; payload: ");
	share(sb, c.decoded, c.payload, " decoded, ");
	share(sb, c.identified, c.payload, " identified only, ");
	share(sb, c.encrypted, c.payload, " encrypted, ");
	share(sb, c.unknown, c.payload, " unknown; ");
	share(sb, c.one_sided, c.connections, " of connections one-sided; ");
	ot_view_bytes(sb, c.gap_bytes);
	ot_sb_puts(sb, " missing in gaps");
	if (c.malformed) {
		ot_sb_puts(sb, "; ");
		ot_view_count(sb, c.malformed, "malformed frame");
	}
	if (c.cut_frames) {
		ot_sb_puts(sb, "; ");
		ot_view_count(sb, c.cut_frames, "frame");
		ot_sb_puts(sb, " cut");
	}
	if (c.limits) {
		ot_sb_puts(sb, "; limits met ");
		ot_view_count(sb, c.limits, "time");
	}
	if (c.damaged) {
		ot_sb_puts(sb, "; ");
		ot_view_count(sb, c.damaged, "damaged capture");
	}
}

bool
ot_view_waived(const struct ot_finding *finding)
{
	return ot_str_eq(finding->status, ot_str("waived"));
}

bool
ot_view_cannot_tell(const struct ot_finding *finding)
{
	return ot_str_eq(finding->verdict, ot_str("cannot-tell"));
}

struct ot_view_counts
ot_view_counts(const struct ot_report *report)
{
	struct ot_view_counts counts = { .waived = 0 };

	for (uint32_t i = 0; i < report->findings->count; i++) {
		const struct ot_finding *finding = report->findings->at[i];

		if (ot_view_waived(finding)) {
			counts.waived++;
		} else if (ot_view_cannot_tell(finding)) {
			counts.cannot_tell++;
		} else {
			counts.violations++;
			if (finding->severity <= OT_SEVERITY_CRITICAL)
				counts.open[finding->severity]++;
		}
	}
	return counts;
}

/* Did its nearest conduit fail by what says whether it is about the crossing
 * at all? */
static bool
fails_by_ends(struct ot_str key)
{
	static const char *const keys[] = { "from", "to", "via", "services",
		NULL };

	return ot_word(keys, key) >= 0;
}

/* Is the finding about this crossing? */
static bool
is_about(const struct ot_finding *finding, const struct ot_crossing *c)
{
	struct ot_sb service = { .p = NULL };
	bool yes = ot_str_eq(finding->from_zone, c->client_zone) &&
		   ot_str_eq(finding->to_zone, c->server_zone) &&
		   (ot_str_eq(finding->from, c->client) ||
		       ot_str_eq(finding->from, c->client_address)) &&
		   (ot_str_eq(finding->to, c->server) ||
		       ot_str_eq(finding->to, c->server_address));

	ot_view_service(&service, c);
	yes = yes && ot_str_eq(finding->service, ot_sb_str(&service));
	ot_sb_done(&service);
	return yes;
}

/* All that was found about it is waived, and something was. */
static bool
is_waived(const struct ot_report *report, const struct ot_crossing *crossing)
{
	bool waived = false;

	for (uint32_t i = 0; i < report->findings->count; i++) {
		const struct ot_finding *finding = report->findings->at[i];

		if (!is_about(finding, crossing))
			continue;
		if (!ot_view_waived(finding))
			return false;
		waived = true;
	}
	return waived;
}

static bool
denied_by_default(const struct ot_crossing *crossing)
{
	if (crossing->verdict == OT_VIOLATION)
		return !crossing->nearest.len ||
		       fails_by_ends(crossing->failed);
	return crossing->verdict == OT_CANNOT_TELL && !crossing->rule.len;
}

bool
ot_view_unmanaged(
    const struct ot_report *report, const struct ot_crossing *crossing)
{
	return denied_by_default(crossing) && !is_waived(report, crossing);
}

bool
ot_view_against(const struct ot_report *report,
    const struct ot_crossing *crossing, const struct ot_conduit_row *conduit)
{
	struct ot_str id = crossing->verdict == OT_VIOLATION ? crossing->nearest
							     : crossing->rule;

	return crossing->verdict != OT_ALLOWED && ot_str_eq(id, conduit->id) &&
	       !denied_by_default(crossing) && !is_waived(report, crossing);
}

struct ot_view_rule
ot_view_rule(
    const struct ot_report *report, const struct ot_rule_result *result)
{
	struct ot_view_rule rule = { .used = result->used };

	for (uint32_t i = 0; i < report->crossings->count; i++) {
		const struct ot_crossing *c = report->crossings->at[i];

		if (!ot_view_against(report, c, result->conduit))
			continue;
		rule.violations += c->verdict == OT_VIOLATION;
		rule.cannot_tell += c->verdict == OT_CANNOT_TELL;
	}
	return rule;
}
