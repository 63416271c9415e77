/*
 * Family ZON, evidence: ZON-021 devices and captures that no zone claims, or
 * several do.
 */
#include "check/run.h"

#include <stdio.h>

/* ---- words ---- */

static void
tell_zones(struct ot_sb *sb, const struct ot_strings *zones)
{
	for (uint32_t i = 0; i < zones->count; i++) {
		if (i)
			ot_sb_puts(sb, i + 1 == zones->count ? " and " : ", ");
		ot_sb_add(sb, zones->at[i].p, zones->at[i].len);
	}
}

static void
tell_note(struct ot_sb *sb, const struct ot_draft *draft)
{
	const struct ot_zone_note *note = draft->about;
	struct ot_subject_end end = draft->client;

	end.zone = (struct ot_str){ 0 };
	if (note->trouble == OT_ZONE_CAPTURE) {
		ot_sb_puts(sb, "No zone can match what was captured in ");
		ot_sb_add(
		    sb, draft->finding.subject.p, draft->finding.subject.len);
		ot_sb_putc(sb, '.');
		return;
	}
	ot_tell_end(sb, &end);
	if (note->trouble == OT_ZONE_NO_ZONE) {
		ot_sb_puts(sb, " sent ");
		ot_tell_count(sb, draft->finding.count, "frame");
		ot_sb_puts(sb, " and is in no zone.");
		return;
	}
	ot_sb_puts(sb,
	    note->trouble == OT_ZONE_CONFLICT
		? " is claimed by zones of equal rank: "
		: " may be in any of several zones, and neither capture nor "
		  "VLAN tells which: ");
	tell_zones(sb, &note->zones);
	ot_sb_putc(sb, '.');
}

static void
tell_vlan(struct ot_sb *sb, const struct ot_draft *draft)
{
	const struct ot_zone_note *note = draft->about;

	ot_sb_puts(sb, "Frames with VLAN ");
	for (uint32_t i = 0; i < note->vlan.count; i++)
		ot_sb_printf(sb, "%s%u", i ? " in " : "", note->vlan.id[i]);
	if (note->sensor.len) {
		ot_sb_puts(sb, " were seen at ");
		ot_sb_add(sb, note->sensor.p, note->sensor.len);
	} else {
		ot_sb_puts(sb, " were seen");
	}
	if (note->zones.count) {
		ot_sb_puts(sb, " in ");
		tell_zones(sb, &note->zones);
		ot_sb_puts(sb, ", which does not declare it");
	}
	ot_sb_puts(sb, ": ");
	ot_tell_count(sb, draft->finding.count, "frame");
	ot_sb_putc(sb, '.');
}

/* ---- from notes ---- */

static struct ot_str
first_address(struct ot_check_run *run, const struct ot_asset *asset)
{
	const struct ot_asset_address *best = NULL;
	char text[OT_ADDR_TEXT];

	for (uint32_t i = 0; i < asset->addresses.count; i++) {
		const struct ot_asset_address *a = asset->addresses.at[i];

		if (!best || ot_addr_cmp(&a->addr, &best->addr) < 0)
			best = a;
	}
	if (!best)
		return (struct ot_str){ 0 };
	size_t len = ot_addr_print(text, &best->addr);
	struct ot_str kept =
	    ot_str_keep(run->arena, (struct ot_str){ text, len });

	run->lost |= !kept.p;
	return kept;
}

static const char *const letters[] = {
	[OT_ZONE_NO_ZONE] = "no zone",
	[OT_ZONE_CONFLICT] = "conflict",
	[OT_ZONE_CANDIDATES] = "candidates",
	[OT_ZONE_CAPTURE] = "capture",
	[OT_ZONE_VLAN] = "vlan",
};

static void
about_asset(struct ot_check_run *run, const struct ot_check *check,
    const struct ot_zone_note *note)
{
	const struct ot_asset *asset = note->asset;
	struct ot_subject subject = { .kind = "device",
		.client = { .zone = asset->zone,
		    .asset = asset->id,
		    .address = first_address(run, asset),
		    .record = asset },
		.discriminator = ot_str(letters[note->trouble]) };

	if (note->trouble == OT_ZONE_NO_ZONE &&
	    asset->packets < ot_check_limit(run, "asset_frames", 3))
		return;
	struct ot_draft *draft =
	    ot_draft_get(run, check, OT_VIOLATION, &subject);

	if (!draft)
		return;
	draft->about = note;
	draft->tell = tell_note;
	ot_draft_count(draft, asset->packets, NULL, asset->first, asset->last);
	for (uint32_t i = 0; i < asset->attributes.count; i++) {
		const struct ot_attribute *a = asset->attributes.at[i];

		ot_evidence_merge(&draft->finding.evidence, &a->evidence);
	}
	ot_draft_branch(draft, OT_SEVERITY_MEDIUM,
	    note->trouble == OT_ZONE_NO_ZONE ? "a device without a zone"
	    : note->trouble == OT_ZONE_CONFLICT
		? "zones of equal rank claim a device"
		: "an address is active in several zones");
}

static void
about_capture(struct ot_check_run *run, const struct ot_check *check,
    const struct ot_zone_note *note)
{
	const struct ot_capture_sum *capture = note->capture;
	struct ot_subject subject = { .kind = "capture",
		.what = capture->file };
	struct ot_draft *draft =
	    ot_draft_get(run, check, OT_VIOLATION, &subject);

	if (!draft)
		return;
	draft->about = note;
	draft->tell = tell_note;
	ot_draft_count(
	    draft, capture->frames, NULL, capture->first, capture->last);
	ot_draft_branch(draft, OT_SEVERITY_MEDIUM, "a capture without a zone");
}

static void
about_vlan(struct ot_check_run *run, const struct ot_check *check,
    const struct ot_zone_note *note)
{
	struct ot_sb sb = { 0 };

	ot_sb_add(&sb, note->sensor.p, note->sensor.len);
	for (uint32_t i = 0; i < note->vlan.count; i++)
		ot_sb_printf(&sb, "%s%u", i ? "." : " vlan ", note->vlan.id[i]);
	struct ot_subject subject = { .kind = "zone",
		.what = ot_str_keep(run->arena, ot_sb_str(&sb)),
		.discriminator = note->zones.count ? note->zones.at[0]
						   : (struct ot_str){ 0 } };

	run->lost |= sb.lost || !subject.what.p;
	ot_sb_done(&sb);
	struct ot_draft *draft =
	    ot_draft_get(run, check, OT_VIOLATION, &subject);

	if (!draft)
		return;
	draft->about = note;
	draft->tell = tell_vlan;
	ot_draft_count(draft, note->packets, &note->evidence,
	    note->evidence.count ? note->evidence.at[0].time_ns : OT_TIME_NONE,
	    OT_TIME_NONE);
	if (note->zones.count && run->input->policy) {
		const struct ot_zone_row *row =
		    ot_zone_row(run->input->policy, note->zones.at[0]);

		draft->finding.to_zone = note->zones.at[0];
		if (row)
			ot_draft_place(draft, &row->at);
	}
	ot_draft_branch(
	    draft, OT_SEVERITY_MEDIUM, "a VLAN that its zone does not declare");
}

/* ---- from the policy ---- */

struct about_row {
	const char *what; /* zone, site */
	struct ot_str id;
	const char *lacking;
};

static void
tell_row(struct ot_sb *sb, const struct ot_draft *draft)
{
	const struct about_row *about = draft->about;

	ot_sb_printf(sb, "The %s ", about->what);
	ot_sb_add(sb, about->id.p, about->id.len);
	ot_sb_printf(sb, " has no %s.", about->lacking);
}

static void
about_row(struct ot_check_run *run, const struct ot_check *check,
    const struct ot_source *at, struct about_row row)
{
	struct ot_subject subject = { .kind = row.what, .what = row.id };
	struct about_row *about = ot_alloc(run->arena, sizeof(*about));

	if (!row.lacking)
		return;
	struct ot_draft *draft =
	    ot_draft_get(run, check, OT_VIOLATION, &subject);

	run->lost |= !about;
	if (!draft || !about)
		return;
	*about = row;
	draft->about = about;
	draft->tell = tell_row;
	draft->finding.count = 1;
	ot_draft_place(draft, at);
	ot_draft_branch(draft, OT_SEVERITY_LOW, "a row is incomplete");
}

static const char *
two_lacks(struct ot_str a, const char *name_a, struct ot_str b,
    const char *name_b, const char *both)
{
	if (a.len && b.len)
		return NULL;
	return a.len ? name_b : b.len ? name_a : both;
}

static void
rows(struct ot_check_run *run, const struct ot_check *check,
    const struct ot_policy *policy)
{
	for (uint32_t i = 0; i < policy->zone_count && !run->lost; i++) {
		const struct ot_zone_row *z = &policy->zones[i];

		about_row(run, check, &z->at,
		    (struct about_row){ "zone", z->id,
			two_lacks(z->site, "site", z->name, "name",
			    "site and no name") });
	}
	for (uint32_t i = 0; i < policy->site_count && !run->lost; i++) {
		const struct ot_site_row *s = &policy->sites[i];

		about_row(run, check, &s->at,
		    (struct about_row){ "site", s->id,
			two_lacks(s->timezone, "time zone", s->owner, "owner",
			    "time zone and no owner") });
	}
}

static void
zon_021(struct ot_check_run *run, const struct ot_check *check)
{
	static void (*const about[])(struct ot_check_run * run,
	    const struct ot_check *check, const struct ot_zone_note *note) = {
		[OT_ZONE_NO_ZONE] = about_asset,
		[OT_ZONE_CONFLICT] = about_asset,
		[OT_ZONE_CANDIDATES] = about_asset,
		[OT_ZONE_CAPTURE] = about_capture,
		[OT_ZONE_VLAN] = about_vlan,
	};
	const struct ot_check_input *input = run->input;

	if (!input->policy || input->policy->proposed)
		return; /* nobody declared a zone */
	for (uint32_t i = 0;
	     input->notes && i < input->notes->notes.count && !run->lost; i++) {
		const struct ot_zone_note *note = input->notes->notes.at[i];

		about[note->trouble](run, check, note);
	}
	rows(run, check, input->policy);
}

const struct ot_check ot_checks_assets[] = {
	{ .id = "ZON-021", .run = zon_021 },
	{ .id = NULL },
};
