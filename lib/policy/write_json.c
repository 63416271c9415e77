/*
 * policy.json of a policy that is written: sites and settings; its tables are
 * files beside it.
 */
#include "policy/write.h"

#include "base/json.h"

static void
member(struct ot_jw *w, const char *key, struct ot_str value)
{
	if (value.len == 0)
		return;
	ot_jw_key(w, key);
	ot_jw_str(w, value);
}

static void
site_object(struct ot_jw *w, const struct ot_site_row *row)
{
	ot_sb_puts(w->sb, "\n\t\t");
	ot_jw_open(w, '{');
	member(w, "id", row->id);
	member(w, "name", row->name);
	member(w, "timezone", row->timezone);
	member(w, "owner", row->owner);
	ot_jw_key(w, "sensors");
	ot_jw_open(w, '[');
	for (uint32_t i = 0; i < row->sensors.count; i++)
		ot_jw_str(w, row->sensors.at[i]);
	ot_jw_close(w, ']');
	ot_jw_close(w, '}');
}

static void
strings_member(
    struct ot_jw *w, const char *key, const struct ot_strings *strings)
{
	if (!strings->count)
		return;
	ot_jw_key(w, key);
	ot_jw_open(w, '[');
	for (uint32_t i = 0; i < strings->count; i++)
		ot_jw_str(w, strings->at[i]);
	ot_jw_close(w, ']');
}

static void
region_object(struct ot_jw *w, const struct ot_conduit_row *row)
{
	ot_jw_open(w, '{');
	member(w, "from", row->from);
	member(w, "to", row->to);
	if (row->service_count) {
		ot_jw_key(w, "services");
		ot_jw_open(w, '[');
		for (uint32_t i = 0; i < row->service_count; i++)
			ot_jw_str(w, row->services[i].text);
		ot_jw_close(w, ']');
	}
	if (row->verbs) {
		ot_jw_key(w, "verbs");
		ot_jw_open(w, '[');
		for (unsigned v = 0; v < OT_VERBS; v++)
			if (row->verbs >> v & 1)
				ot_jw_text(w, ot_verb_names[v]);
		ot_jw_close(w, ']');
	}
	strings_member(w, "objects", &row->objects);
	member(w, "encryption", row->encryption);
	ot_jw_close(w, '}');
}

static void
assertion_object(struct ot_jw *w, const struct ot_assertion_row *row)
{
	ot_sb_puts(w->sb, "\n\t\t");
	ot_jw_open(w, '{');
	member(w, "id", row->id);
	member(w, "owner", row->owner);
	member(w, "reason", row->reason);
	ot_jw_key(w, row->always ? "always" : "never");
	region_object(w, &row->region);
	ot_jw_close(w, '}');
}

/* The settings: each an object on a line of its own. */
static void
settings(struct ot_sb *sb, const struct ot_policy *policy)
{
	struct ot_jw w = { .sb = sb };

	for (uint32_t i = 0; i < policy->limits.count; i++) {
		ot_sb_puts(sb, i ? "" : "\t\"limits\": {");
		ot_jw_key_str(&w, policy->limits.at[i].text);
		ot_jw_u64(&w, policy->limits.at[i].count);
	}
	ot_sb_puts(sb, policy->limits.count ? "},\n" : "");
	w.comma = false;
	for (uint32_t i = 0; i < policy->checks.count; i++) {
		ot_sb_puts(sb, i ? "" : "\t\"checks\": {");
		ot_jw_key_str(&w, policy->checks.at[i].text);
		ot_jw_text(&w, policy->checks.at[i].count ? "on" : "off");
	}
	ot_sb_puts(sb, policy->checks.count ? "},\n" : "");
	w.comma = false;
	for (uint32_t i = 0; i < policy->calendar_count; i++) {
		ot_sb_puts(sb, i ? "" : "\t\"calendars\": {");
		ot_jw_key_str(&w, policy->calendars[i].name);
		ot_jw_str(&w, policy->calendars[i].text);
	}
	ot_sb_puts(sb, policy->calendar_count ? "},\n" : "");
	w.comma = false;
	for (uint32_t i = 0; i < policy->assertion_count; i++) {
		ot_sb_puts(sb, i ? "," : "\t\"assertions\": [");
		w.comma = false;
		assertion_object(&w, &policy->assertions[i]);
	}
	ot_sb_puts(sb, policy->assertion_count ? "\n\t],\n" : "");
}

void
ot_policy_json(struct ot_sb *sb, const struct ot_policy *policy)
{
	ot_sb_puts(sb, "{\n\t\"otzt\": 1,\n");
	if (policy->name.len) {
		ot_sb_puts(sb, "\t\"name\": \"");
		ot_json_escape(sb, policy->name);
		ot_sb_puts(sb, "\",\n");
	}
	if (policy->site_count)
		ot_sb_puts(sb, "\t\"sites\": [");
	for (uint32_t i = 0; i < policy->site_count; i++) {
		struct ot_jw w = { .sb = sb };

		if (i)
			ot_sb_putc(sb, ',');
		site_object(&w, &policy->sites[i]);
	}
	if (policy->site_count)
		ot_sb_puts(sb, "\n\t],\n");
	ot_sb_puts(sb, "\t\"zones\": \"zones.csv\",\n");
	if (policy->asset_count)
		ot_sb_puts(sb, "\t\"assets\": \"registry.csv\",\n");
	if (policy->waiver_count)
		ot_sb_puts(sb, "\t\"waivers\": \"waivers.csv\",\n");
	settings(sb, policy);
	ot_sb_puts(sb, "\t\"conduits\": \"conduits.csv\"\n}\n");
}
