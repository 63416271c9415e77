/*
 * Writing a policy that was proposed, as a person would keep it: policy.json
 * with the sites, zones and conduits as tables, review.csv for what was left
 * out; of a policy that was given, its registry, waivers and settings too.
 * Reading it gives the same rows.
 */
#include "policy/write.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "policy/load.h"
#include "zone/zone.h"

/* A table that is being written. */
struct table {
	struct ot_sb sb;
	bool begun; /* the row has a cell */
};

/* Text that a spreadsheet or the reader would take for more than a text is
 * quoted. */
static bool
plain(struct ot_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (strchr(",;\t\r\n\"", s.p[i]))
			return false;
	return s.len == 0 ||
	       (s.p[0] != '#' && s.p[0] != ' ' && s.p[s.len - 1] != ' ');
}

static void
cell(struct table *t, struct ot_str s)
{
	if (t->begun)
		ot_sb_putc(&t->sb, ',');
	t->begun = true;
	if (plain(s)) {
		ot_sb_add(&t->sb, s.p, s.len);
		return;
	}
	ot_sb_putc(&t->sb, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			ot_sb_putc(&t->sb, '"');
		ot_sb_putc(&t->sb, s.p[i]);
	}
	ot_sb_putc(&t->sb, '"');
}

static void
end_row(struct table *t)
{
	ot_sb_putc(&t->sb, '\n');
	t->begun = false;
}

/* A list in a cell: its items, blanks between. */
struct list {
	struct ot_sb sb;
	char between;
};

static void
item(struct list *l, struct ot_str s)
{
	if (l->sb.len)
		ot_sb_putc(&l->sb, l->between);
	ot_sb_add(&l->sb, s.p, s.len);
}

static void
list_cell(struct table *t, struct list *l)
{
	cell(t, ot_sb_str(&l->sb));
	t->sb.lost |= l->sb.lost;
	ot_sb_done(&l->sb);
}

static void
strings_cell(struct table *t, const struct ot_strings *strings, char between)
{
	struct list l = { .between = between };

	for (uint32_t i = 0; i < strings->count; i++)
		item(&l, strings->at[i]);
	list_cell(t, &l);
}

/* ---- zones ---- */

static void
networks_cell(struct table *t, const struct ot_zone_row *row)
{
	struct list l = { .between = ' ' };
	char text[OT_ADDR_TEXT + 4];

	for (uint32_t i = 0; i < row->network_count; i++) {
		(void)ot_net_print(text, &row->networks[i]);
		item(&l, ot_str(text));
	}
	list_cell(t, &l);
}

static void
vlans_cell(struct table *t, const struct ot_zone_row *row)
{
	struct list l = { .between = ' ' };

	for (uint32_t i = 0; i < row->vlan_count; i++) {
		item(&l, ot_str(""));
		ot_sb_u64(&l.sb, row->vlans[i]);
	}
	list_cell(t, &l);
}

static void
macs_cell(struct table *t, const struct ot_zone_row *row)
{
	struct list l = { .between = ' ' };
	char text[OT_ADDR_TEXT];

	for (uint32_t i = 0; i < row->mac_count; i++) {
		(void)ot_addr_print(text, &row->macs[i]);
		item(&l, ot_str(text));
	}
	list_cell(t, &l);
}

static void
zone_row(struct table *t, const struct ot_zone_row *row)
{
	char level = (char)('0' + row->level);

	cell(t, row->id);
	cell(t, row->site);
	cell(t, row->name);
	cell(t, row->kind);
	cell(t, (struct ot_str){ &level, row->level >= 0 });
	networks_cell(t, row);
	vlans_cell(t, row);
	macs_cell(t, row);
	strings_cell(t, &row->sensors, ' ');
	cell(t, row->match);
	cell(t, row->importance);
	cell(t, ot_str(row->inside_conduits ? "conduits" : ""));
	cell(t, row->owner);
	cell(t, row->consequence);
	end_row(t);
}

static void
zones_table(struct table *t, const struct ot_policy *policy)
{
	ot_sb_puts(&t->sb,
	    "id,site,name,kind,level,networks,vlans,macs,sensors,match,"
	    "importance,inside,owner,consequence\n");
	for (uint32_t i = 0; i < policy->zone_count; i++)
		zone_row(t, &policy->zones[i]);
}

/* ---- conduits ---- */

static void
services_cell(struct table *t, const struct ot_conduit_row *row)
{
	struct list l = { .between = ' ' };

	for (uint32_t i = 0; i < row->service_count; i++)
		item(&l, row->services[i].text);
	list_cell(t, &l);
}

static void
verbs_cell(struct table *t, uint32_t verbs)
{
	struct list l = { .between = ' ' };

	for (unsigned v = 0; v < OT_VERBS; v++)
		if (verbs >> v & 1)
			item(&l, ot_str(ot_verb_names[v]));
	list_cell(t, &l);
}

/* The last instant that is covered; a whole day as that day. */
static void
expires_cell(struct table *t, int64_t expires_ns)
{
	const int64_t day = 24 * 3600 * OT_SECOND_NS;
	char text[OT_TIME_TEXT] = "";
	size_t len = 0;

	if (expires_ns != OT_TIME_NONE && expires_ns % day == 0) {
		(void)ot_time_print(text, expires_ns - day);
		len = sizeof("YYYY-MM-DD") - 1;
	} else if (expires_ns != OT_TIME_NONE) {
		len = ot_time_print(text, expires_ns);
	}
	cell(t, (struct ot_str){ text, len });
}

/* Keys that nothing judges yet; a table has those that some row has. */
static const char *const unjudged_keys[] = { "client", "server", "values",
	"authentication", "if", "max_bytes", "max_rate", "max_answer", NULL };

static struct ot_str
unjudged_text(const struct ot_conduit_row *row, const char *key)
{
	size_t len = strlen(key) + 1;

	for (uint32_t i = 0; i < row->unjudged.count; i++)
		if (ot_str_eq(row->unjudged.at[i], ot_str(key)))
			return (
			    struct ot_str){ row->unjudged_texts.at[i].p + len,
				row->unjudged_texts.at[i].len - len };
	return (struct ot_str){ NULL, 0 };
}

static bool
has_unjudged(const struct ot_policy *policy, const char *key)
{
	for (uint32_t i = 0; i < policy->conduit_count; i++)
		if (unjudged_text(&policy->conduits[i], key).len)
			return true;
	return false;
}

static void
conduit_row(struct table *t, const struct ot_policy *policy,
    const struct ot_conduit_row *row)
{
	cell(t, row->id);
	cell(t, row->from);
	cell(t, row->to);
	services_cell(t, row);
	verbs_cell(t, row->verbs);
	strings_cell(t, &row->objects, ';');
	strings_cell(t, &row->via, ' ');
	cell(t, row->encryption);
	cell(t, row->when);
	expires_cell(t, row->expires_ns);
	cell(t, ot_str(row->oneway ? "yes" : ""));
	cell(t, row->owner);
	cell(t, row->ticket);
	cell(t, row->reason);
	for (const char *const *key = unjudged_keys; *key; key++)
		if (has_unjudged(policy, *key))
			cell(t, unjudged_text(row, *key));
	end_row(t);
}

static void
conduits_table(struct table *t, const struct ot_policy *policy)
{
	ot_sb_puts(&t->sb,
	    "id,from,to,services,verbs,objects,via,encryption,when,expires,"
	    "oneway,owner,ticket,reason");
	for (const char *const *key = unjudged_keys; *key; key++)
		if (has_unjudged(policy, *key))
			ot_sb_printf(&t->sb, ",%s", *key);
	ot_sb_putc(&t->sb, '\n');
	for (uint32_t i = 0; i < policy->conduit_count; i++)
		conduit_row(t, policy, &policy->conduits[i]);
}

/* ---- the registry of a policy that was given ---- */

static void
addresses_cell(struct table *t, const struct ot_addr *at, uint32_t count)
{
	struct list l = { .between = ' ' };
	char text[OT_ADDR_TEXT];

	for (uint32_t i = 0; i < count; i++) {
		(void)ot_addr_print(text, &at[i]);
		item(&l, ot_str(text));
	}
	list_cell(t, &l);
}

static void
assets_table(struct table *t, const struct ot_policy *policy)
{
	ot_sb_puts(&t->sb,
	    "id,ip,mac,name,zone,vendor,model,firmware,serial,importance,"
	    "roles,owner\n");
	for (uint32_t i = 0; i < policy->asset_count; i++) {
		const struct ot_asset_row *row = &policy->assets[i];

		cell(t, row->id);
		addresses_cell(t, row->ips, row->ip_count);
		addresses_cell(t, row->macs, row->mac_count);
		cell(t, row->name);
		cell(t, row->zone);
		cell(t, row->vendor);
		cell(t, row->model);
		cell(t, row->firmware);
		cell(t, row->serial);
		cell(t, row->importance);
		strings_cell(t, &row->roles, ' ');
		cell(t, row->owner);
		end_row(t);
	}
}

/* ---- waivers ---- */

/* A day as that day, another time as it is. */
static void
since_cell(struct table *t, int64_t since_ns)
{
	char text[OT_TIME_TEXT] = "";
	size_t len = 0;

	if (since_ns != OT_TIME_NONE) {
		len = ot_time_print(text, since_ns);
		if (since_ns % (24 * 3600 * OT_SECOND_NS) == 0)
			len = sizeof("YYYY-MM-DD") - 1;
	}
	cell(t, (struct ot_str){ text, len });
}

static void
waivers_table(struct table *t, const struct ot_policy *policy)
{
	ot_sb_puts(&t->sb,
	    "check,subject,from,to,asset,service,fingerprint,since,until,"
	    "owner,ticket,reason,max_severity\n");
	for (uint32_t i = 0; i < policy->waiver_count; i++) {
		const struct ot_waiver_row *row = &policy->waivers[i];

		cell(t, row->check);
		cell(t, row->subject);
		cell(t, row->from);
		cell(t, row->to);
		cell(t, row->asset);
		cell(t, row->service);
		cell(t, row->fingerprint);
		since_cell(t, row->since_ns);
		expires_cell(t, row->until_ns);
		cell(t, row->owner);
		cell(t, row->ticket);
		cell(t, row->reason);
		cell(t, row->max_severity);
		end_row(t);
	}
}

/* ---- what is left to a person ---- */

static void
review_table(struct table *t, const struct ot_list *reviews)
{
	ot_sb_puts(&t->sb,
	    "from,to,client,server,service,verbs,packets,first,file,frame,"
	    "reason\n");
	for (uint32_t i = 0; reviews && i < reviews->count; i++) {
		const struct ot_review *review = reviews->at[i];
		const struct ot_evidence *seen = &review->evidence;
		char first[OT_TIME_TEXT] = "";
		struct table number = { .begun = false };

		if (review->first != OT_TIME_NONE)
			(void)ot_time_print(first, review->first);
		cell(t, review->from);
		cell(t, review->to);
		cell(t, review->client);
		cell(t, review->server);
		cell(t, review->service);
		cell(t, review->verbs);
		ot_sb_u64(&number.sb, review->packets);
		cell(t, ot_sb_str(&number.sb));
		ot_sb_done(&number.sb);
		cell(t, ot_str(first));
		cell(t, seen->count ? seen->at[0].file : ot_str(""));
		if (seen->count)
			ot_sb_u64(&number.sb, seen->at[0].frame);
		cell(t, ot_sb_str(&number.sb));
		ot_sb_done(&number.sb);
		cell(t, review->reason);
		end_row(t);
	}
}

/* ---- files ---- */

static int
put(const char *folder, const char *name, struct table *t,
    struct ot_error *error)
{
	struct ot_sb path = { 0 };
	struct ot_out *out = NULL;
	int rc = 0;

	ot_sb_puts(&path, folder);
	ot_sb_putc(&path, '/');
	ot_sb_puts(&path, name);
	if (path.lost || t->sb.lost)
		rc = ot_error_set(error, OT_ERR_MEMORY, "out of memory");
	if (rc == 0)
		rc = ot_out_open(&out, path.p, error);
	if (rc == 0)
		rc = ot_out_write(out, t->sb.p, t->sb.len, error);
	if (rc == 0)
		rc = ot_out_commit(out, error);
	ot_out_close(out);
	ot_sb_done(&path);
	ot_sb_done(&t->sb);
	return rc;
}

static bool
has_policy(const char *folder)
{
	char path[PATH_MAX];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/policy.json", folder);
	return lstat(path, &st) == 0;
}

int
ot_policy_write(const struct ot_policy *policy, const struct ot_list *review,
    const char *folder, struct ot_error *error)
{
	struct table zones = { .begun = false }, conduits = { .begun = false },
		     assets = { .begun = false }, left = { .begun = false },
		     waivers = { .begun = false }, whole = { .begun = false };
	int rc = 0;

	if (mkdir(folder, 0777) != 0 && errno != EEXIST)
		return ot_error_set(
		    error, OT_ERR_IO, "%s: %s", folder, strerror(errno));
	if (has_policy(folder))
		return ot_error_set(error, OT_ERR_IO,
		    "%s: has a policy, which is not overwritten: name another "
		    "folder",
		    folder);
	zones_table(&zones, policy);
	conduits_table(&conduits, policy);
	assets_table(&assets, policy);
	waivers_table(&waivers, policy);
	review_table(&left, review);
	ot_policy_json(&whole.sb, policy);
	/* policy.json last: a folder that has one is complete */
	rc = put(folder, "zones.csv", &zones, error);
	if (rc == 0)
		rc = put(folder, "conduits.csv", &conduits, error);
	if (rc == 0 && policy->asset_count)
		rc = put(folder, "registry.csv", &assets, error);
	if (rc == 0 && policy->waiver_count)
		rc = put(folder, "waivers.csv", &waivers, error);
	if (rc == 0 && review)
		rc = put(folder, "review.csv", &left, error);
	if (rc == 0)
		rc = put(folder, "policy.json", &whole, error);
	ot_sb_done(&zones.sb);
	ot_sb_done(&conduits.sb);
	ot_sb_done(&assets.sb);
	ot_sb_done(&waivers.sb);
	ot_sb_done(&left.sb);
	ot_sb_done(&whole.sb);
	return rc;
}
