/*
 * The tables of the HTML report: crossings, assets, conduits, captures, and
 * what the report was made from.
 */
#include "render/html.h"

static void
open_table(struct ot_render *render, const char *id, const char *title,
    const char *const *columns, size_t count)
{
	ot_sb_printf(&render->sb,
	    "<section id=\"%s\" data-filter=\"tbody tr\"><h2>%s</h2>\n"
	    "<div class=\"scroll\"><table class=\"list\"><thead><tr>",
	    id, title);
	for (size_t i = 0; i < count; i++)
		ot_sb_printf(
		    &render->sb, "<th scope=\"col\">%s</th>", columns[i]);
	ot_html_raw(render, "</tr></thead>\n<tbody>\n");
}

#define OPEN_TABLE(render, id, title, columns)                                 \
	open_table(render, id, title, columns,                                 \
	    sizeof(columns) / sizeof((columns)[0]))

static void
close_table(struct ot_render *render)
{
	ot_html_raw(render, "</tbody></table></div></section>\n");
}

static void
take_cell(struct ot_render *render, struct ot_sb *sb)
{
	ot_html_cell(render, ot_sb_str(sb));
	sb->len = 0;
}

static void
crossing(struct ot_render *render, const struct ot_view_crossing *row)
{
	struct ot_sb sb = { .p = NULL };

	ot_html_raw(render, "<tr>");
	ot_html_cell(render, row->from);
	ot_html_cell(render, row->to);
	ot_html_cell(render, row->service);
	ot_view_verbs(&sb, row->verbs);
	if (row->attempt && !row->verbs)
		ot_sb_puts(&sb, "(attempt)");
	take_cell(render, &sb);
	ot_sb_printf(&render->sb, "<td class=\"%s\"><b>%s</b> %s</td><td>",
	    ot_html_verdict_class[row->verdict],
	    ot_html_verdict_sign[row->verdict], ot_verdict_names[row->verdict]);
	if (row->first)
		ot_html_place(render, row->first);
	ot_html_raw(render, "</td>");
	ot_view_place(&sb, row->file, row->line);
	take_cell(render, &sb);
	ot_html_cell(render, row->rule);
	ot_html_raw(render, "</tr>\n");
	ot_render_flush(render, false);
	ot_sb_done(&sb);
}

void
ot_html_crossings(struct ot_render *render)
{
	static const char *const columns[] = { "From", "To", "Service", "Verbs",
		"Verdict", "First frame", "Policy line", "Conduit" };
	struct ot_arena arena = { .blocks = NULL };
	uint32_t count;
	struct ot_view_crossing *rows =
	    ot_view_crossings(&arena, render->report, &count);

	if (!rows)
		render->sb.lost = true;
	OPEN_TABLE(render, "crossings", "Crossings", columns);
	for (uint32_t i = 0; i < count; i++)
		crossing(render, &rows[i]);
	close_table(render);
	ot_arena_done(&arena);
}

static void
addresses(struct ot_render *render, const struct ot_asset *asset)
{
	struct ot_sb *sb = &render->sb;

	ot_html_raw(render, "<td class=\"code\">");
	for (uint32_t i = 0; i < asset->addresses.count; i++) {
		const struct ot_asset_address *at = asset->addresses.at[i];
		char text[OT_ADDR_TEXT];

		ot_addr_print(text, &at->addr);
		ot_sb_puts(sb, i ? "<br>" : "");
		ot_html_text(render, ot_str(text));
	}
	ot_html_raw(render, "</td>");
}

/* Roles, each with the reason that stands behind it. */
static void
roles(struct ot_render *render, const struct ot_asset *asset)
{
	ot_html_raw(render, "<td>");
	for (uint32_t i = 0; i < asset->roles.count; i++) {
		const struct ot_role *role = asset->roles.at[i];

		ot_html_raw(render, i ? ", <span" : "<span");
		if (role->reason.len) {
			ot_html_raw(render, " title=\"");
			ot_html_text(render, role->reason);
			ot_html_raw(render, "\"");
		}
		ot_html_raw(render, ">");
		ot_html_text(render, role->role);
		ot_html_raw(render, "</span>");
	}
	ot_html_raw(render, "</td>");
}

static void
asset(struct ot_render *render, const struct ot_asset *asset)
{
	ot_html_raw(render, "<tr><th scope=\"row\">");
	ot_html_text(render, ot_view_asset(asset));
	ot_html_raw(render, "</th>");
	addresses(render, asset);
	ot_html_cell(render, ot_asset_get(asset, "vendor"));
	ot_html_cell(render, ot_asset_get(asset, "model"));
	ot_html_cell(render, ot_asset_get(asset, "firmware"));
	ot_html_cell(render, asset->class_);
	ot_html_cell(render, asset->level);
	roles(render, asset);
	ot_html_cell(render, asset->zone);
	ot_html_cell(render, asset->registry);
	ot_html_raw(render, "</tr>\n");
	ot_render_flush(render, false);
}

void
ot_html_assets(struct ot_render *render)
{
	static const char *const columns[] = { "Asset", "Addresses", "Vendor",
		"Model", "Firmware", "Class", "Level", "Roles", "Zone",
		"Registry" };
	const struct ot_list *assets = render->report->assets;

	OPEN_TABLE(render, "assets", "Assets", columns);
	for (uint32_t i = 0; i < assets->count; i++)
		asset(render, assets->at[i]);
	close_table(render);
}

/* What a line of the policy came to. */
static void
state(struct ot_render *render, const struct ot_view_rule *rule)
{
	struct ot_sb sb = { .p = NULL };
	unsigned verdict = rule->violations    ? OT_VIOLATION
			   : rule->cannot_tell ? OT_CANNOT_TELL
					       : OT_ALLOWED;

	if (rule->violations) {
		ot_view_count(&sb, rule->violations, "violation");
	} else if (rule->cannot_tell) {
		ot_sb_u64(&sb, rule->cannot_tell);
		ot_sb_puts(&sb, " cannot be told");
	} else {
		ot_sb_puts(&sb, rule->used ? "held" : "no traffic seen");
	}
	if (rule->used || verdict != OT_ALLOWED)
		ot_sb_printf(&render->sb, "<td class=\"%s\"><b>%s</b> ",
		    ot_html_verdict_class[verdict],
		    ot_html_verdict_sign[verdict]);
	else
		ot_html_raw(render, "<td class=\"quiet\">");
	ot_html_take(render, &sb);
	ot_html_raw(render, "</td>");
	ot_sb_done(&sb);
}

static void
conduit(struct ot_render *render, const struct ot_rule_result *result)
{
	const struct ot_conduit_row *row = result->conduit;
	struct ot_view_rule rule = ot_view_rule(render->report, result);
	struct ot_sb sb = { .p = NULL };

	ot_html_raw(render, "<tr><th scope=\"row\">");
	ot_html_text(render, row->id);
	ot_html_raw(render, "</th>");
	ot_html_cell(render, row->from);
	ot_html_cell(render, row->to);
	for (uint32_t i = 0; i < row->service_count; i++) {
		ot_sb_puts(&sb, i ? ", " : "");
		ot_view_place(&sb, row->services[i].text, 0);
	}
	if (!row->service_count)
		ot_sb_puts(&sb, "any");
	take_cell(render, &sb);
	ot_view_verbs(&sb, row->verbs);
	if (!row->verbs)
		ot_sb_puts(&sb, "any");
	take_cell(render, &sb);
	state(render, &rule);
	ot_html_number_cell(render, rule.used);
	ot_html_cell(render, row->owner);
	ot_html_cell(render, row->reason);
	ot_view_place(&sb, row->at.file, row->at.line);
	take_cell(render, &sb);
	ot_html_raw(render, "</tr>\n");
	ot_sb_done(&sb);
}

void
ot_html_conduits(struct ot_render *render)
{
	static const char *const columns[] = { "Conduit", "From", "To",
		"Services", "Verbs", "State", "Crossings", "Owner", "Reason",
		"Policy line" };
	const struct ot_report *report = render->report;

	if (!report->rule_count)
		return;
	OPEN_TABLE(render, "conduits", "Conduits", columns);
	for (uint32_t i = 0; i < report->rule_count; i++) {
		conduit(render, &report->rules[i]);
		ot_render_flush(render, false);
	}
	close_table(render);
}

static void
account(struct ot_sb *sb, const struct ot_capture_account *a)
{
	const struct {
		const char *name;
		uint64_t n;
	} parts[] = { { "tcp", a->tcp }, { "udp", a->udp }, { "sctp", a->sctp },
		{ "icmp", a->icmp }, { "ip", a->ip }, { "layer 2", a->layer2 },
		{ "twin", a->twin }, { "link type", a->link_type },
		{ "malformed", a->malformed } };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!parts[i].n)
			continue;
		ot_sb_puts(sb, sb->len ? ", " : "");
		ot_sb_printf(sb, "%s ", parts[i].name);
		ot_sb_u64(sb, parts[i].n);
	}
}

static void
capture(struct ot_render *render, const struct ot_capture_sum *c)
{
	struct ot_sb sb = { .p = NULL };

	ot_html_raw(render, "<tr><th scope=\"row\">");
	ot_html_text(render, c->file);
	ot_html_raw(render, "</th>");
	ot_html_cell(render, c->sensor);
	ot_view_time(&sb, c->first);
	take_cell(render, &sb);
	ot_view_time(&sb, c->last);
	take_cell(render, &sb);
	ot_html_number_cell(render, c->frames);
	ot_html_bytes_cell(render, c->bytes);
	account(&sb, &c->account);
	take_cell(render, &sb);
	ot_html_number_cell(render, c->duplicates);
	ot_sb_u64(&sb, c->one_sided);
	ot_sb_puts(&sb, " of ");
	ot_sb_u64(&sb, c->connections);
	take_cell(render, &sb);
	ot_html_number_cell(render, c->cut_frames);
	ot_view_place(&sb, c->damaged, 0);
	take_cell(render, &sb);
	ot_html_raw(render, "</tr>\n");
	ot_sb_done(&sb);
}

void
ot_html_captures(struct ot_render *render)
{
	static const char *const columns[] = { "Capture", "Sensor", "First",
		"Last", "Frames", "Bytes", "Account of frames", "Duplicates",
		"One-sided connections", "Cut frames", "Damage" };
	const struct ot_list *captures =
	    &render->report->store->list[OT_STORE_CAPTURE];

	OPEN_TABLE(render, "captures", "Captures", columns);
	for (uint32_t i = 0; i < captures->count; i++) {
		capture(render, captures->at[i]);
		ot_render_flush(render, false);
	}
	close_table(render);
}

static void
source(struct ot_render *render, struct ot_str name, struct ot_str sha256,
    uint64_t bytes)
{
	ot_html_raw(render, "<tr><th scope=\"row\">");
	ot_html_text(render, name);
	ot_html_raw(render, "</th>");
	if (bytes)
		ot_html_bytes_cell(render, bytes);
	else
		ot_html_raw(render, "<td></td>");
	ot_html_raw(render, "<td class=\"code\">");
	ot_html_text(render, sha256.len ? sha256 : ot_str("not computed"));
	ot_html_raw(render, "</td></tr>\n");
}

void
ot_html_sources(struct ot_render *render)
{
	static const char *const columns[] = { "Input", "Size", "SHA-256" };
	const struct ot_report *report = render->report;

	OPEN_TABLE(render, "sources", "What this was made from", columns);
	if (report->policy && !report->policy->proposed)
		source(render, report->policy->path, report->policy->sha256, 0);
	for (uint32_t i = 0; i < report->inputs->count; i++) {
		const struct ot_input *input = report->inputs->at[i];

		source(render, input->name, input->sha256, input->bytes);
	}
	close_table(render);
}
