/*
 * Drafts: what one key was found with, until the run is over. Ten thousand
 * packets with one key are one finding (CHECKS.md section 5).
 */
#include "check/run.h"

#include <inttypes.h>

/* ---- by key ---- */

static struct ot_str
who(const struct ot_subject_end *end)
{
	return end->asset.len ? end->asset : end->address;
}

static void
say_end(struct ot_sb *sb, const struct ot_subject_end *end)
{
	struct ot_str name = who(end);

	if (end->zone.len) {
		ot_sb_add(sb, end->zone.p, end->zone.len);
		ot_sb_putc(sb, ' ');
	}
	ot_sb_add(sb, name.p, name.len);
}

/* The subject as people see it. */
static struct ot_str
subject_text(struct ot_check_run *run, const struct ot_subject *subject)
{
	struct ot_sb sb = { 0 };

	if (who(&subject->client).len)
		say_end(&sb, &subject->client);
	if (who(&subject->server).len) {
		ot_sb_puts(&sb, " -> ");
		say_end(&sb, &subject->server);
	}
	if (subject->what.len) {
		if (sb.len)
			ot_sb_puts(&sb, ", ");
		ot_sb_add(&sb, subject->what.p, subject->what.len);
	}
	struct ot_str kept = ot_str_keep(run->arena, ot_sb_str(&sb));

	run->lost |= sb.lost || !kept.p;
	ot_sb_done(&sb);
	return kept;
}

static bool
remember(struct ot_check_run *run, struct ot_draft *draft)
{
	if (run->count == run->room) {
		uint32_t room = run->room ? run->room * 2 : 64;
		struct ot_draft **at =
		    ot_alloc_array(run->arena, room, sizeof(struct ot_draft *));

		if (!at)
			return false;
		if (run->count)
			memcpy(at, run->at,
			    run->count * sizeof(struct ot_draft *));
		run->at = at;
		run->room = room;
	}
	run->at[run->count++] = draft;
	return true;
}

static struct ot_draft *
draft_new(struct ot_check_run *run, const struct ot_check *check,
    enum ot_verdict verdict, const struct ot_subject *subject)
{
	const struct ot_check_row *row =
	    ot_catalogue_find(run->input->catalogue, ot_str(check->id));
	struct ot_draft *draft = ot_alloc(run->arena, sizeof(*draft));

	if (!draft || !remember(run, draft))
		return NULL;
	draft->check = check;
	draft->row = row;
	draft->verdict = verdict;
	draft->client = subject->client;
	draft->server = subject->server;
	draft->pair = who(&subject->server).len > 0;
	draft->named = true;
	draft->finding = (struct ot_finding){
		.check = ot_str_keep(run->arena, ot_str(check->id)),
		.verdict = ot_str(ot_verdict_names[verdict]),
		.status = ot_str("open"),
		.subject_kind = ot_str(subject->kind),
		.subject = subject_text(run, subject),
		.discriminator = subject->discriminator,
		.from_zone = subject->client.zone,
		.from = who(&subject->client),
		.to_zone = subject->server.zone,
		.to = who(&subject->server),
		.first = OT_TIME_NONE,
		.last = OT_TIME_NONE,
	};
	draft->finding.fingerprint =
	    ot_fingerprint(run, check, subject, &draft->finding.aliases);
	return draft;
}

struct ot_draft *
ot_draft_get(struct ot_check_run *run, const struct ot_check *check,
    enum ot_verdict verdict, const struct ot_subject *subject)
{
	struct ot_str key = ot_fingerprint(run, check, subject, NULL);
	void **at =
	    key.p ? ot_map_at(&run->drafts[verdict], key.p, key.len) : NULL;

	if (at && !*at)
		*at = draft_new(run, check, verdict, subject);
	run->lost |= !at || !*at;
	return at ? *at : NULL;
}

/* ---- what it was found with ---- */

void
ot_draft_branch(
    struct ot_draft *draft, enum ot_severity severity, const char *branch)
{
	if (draft->branch && severity <= draft->start)
		return;
	draft->start = severity;
	draft->branch = branch;
}

void
ot_draft_count(struct ot_draft *draft, uint64_t n,
    const struct ot_evidence *evidence, int64_t first, int64_t last)
{
	struct ot_finding *f = &draft->finding;

	f->count += n;
	if (evidence)
		ot_evidence_merge(&f->evidence, evidence);
	if (first != OT_TIME_NONE &&
	    (f->first == OT_TIME_NONE || first < f->first))
		f->first = first;
	if (last != OT_TIME_NONE && (f->last == OT_TIME_NONE || last > f->last))
		f->last = last;
}

void
ot_draft_missing(
    struct ot_check_run *run, struct ot_draft *draft, struct ot_str reason)
{
	struct ot_strings *missing = &draft->finding.missing;
	uint32_t i = 0;

	while (i < missing->count && ot_str_cmp(missing->at[i], reason) < 0)
		i++;
	if (i < missing->count && ot_str_eq(missing->at[i], reason))
		return;
	if (!ot_strings_add(run->arena, missing, reason)) {
		run->lost = true;
		return;
	}
	struct ot_str added = missing->at[missing->count - 1];

	memmove(missing->at + i + 1, missing->at + i,
	    (missing->count - 1 - i) * sizeof(*missing->at));
	missing->at[i] = added;
}

void
ot_draft_place(struct ot_draft *draft, const struct ot_source *at)
{
	struct ot_finding *f = &draft->finding;

	f->file = at->file;
	f->line = at->line;
	f->column = at->column;
	f->end_column = at->end_line == at->line ? at->end_column : 0;
}

/* ---- words ---- */

void
ot_tell_end(struct ot_sb *sb, const struct ot_subject_end *end)
{
	struct ot_str name = { 0 };

	if (end->record)
		name = ot_asset_get(end->record, "name");
	if (name.len) {
		ot_sb_add(sb, name.p, name.len);
		ot_sb_puts(sb, " (");
	}
	ot_sb_add(sb, end->address.p, end->address.len);
	if (!end->address.len)
		ot_sb_add(sb, end->asset.p, end->asset.len);
	if (name.len)
		ot_sb_putc(sb, ')');
	if (end->zone.len) {
		ot_sb_puts(sb, " in ");
		ot_sb_add(sb, end->zone.p, end->zone.len);
	}
}

void
ot_tell_count(struct ot_sb *sb, uint64_t n, const char *noun)
{
	ot_sb_u64(sb, n);
	ot_sb_putc(sb, ' ');
	ot_sb_puts(sb, noun);
	if (n != 1)
		ot_sb_putc(sb, 's');
}

void
ot_tell_service(struct ot_sb *sb, const struct ot_crossing *crossing)
{
	bool named =
	    crossing->named_by <= OT_NAMED_HINT && crossing->protocol.len;

	if (named)
		ot_sb_add(sb, crossing->protocol.p, crossing->protocol.len);
	else if (crossing->transport == OT_ICMP)
		ot_sb_puts(sb, "icmp");
	else if (crossing->transport == OT_ETH)
		ot_sb_printf(sb, "ethertype/0x%04" PRIx32, crossing->port);
	else
		ot_sb_printf(sb, "%s/%" PRIu32,
		    ot_transport_names[crossing->transport], crossing->port);
}

/* ---- the end ---- */

/* A list of the catalogue, "SR 5.1,SR 5.2"; "-" is none. */
static void
split(struct ot_check_run *run, struct ot_strings *into, struct ot_str list)
{
	size_t from = 0;

	while (from < list.len && !ot_str_eq(list, ot_str("-"))) {
		size_t to = from;

		while (to < list.len && list.p[to] != ',')
			to++;
		run->lost |= !ot_strings_add(run->arena, into,
		    (struct ot_str){ list.p + from, to - from });
		from = to + 1;
	}
}

void
ot_draft_finish(struct ot_check_run *run, struct ot_draft *draft)
{
	struct ot_finding *f = &draft->finding;
	struct ot_sb sb = { 0 };

	f->title = draft->row->title;
	f->remediation = draft->row->remediation;
	split(run, &f->attack, draft->row->attack);
	split(run, &f->sr, draft->row->sr);
	split(run, &f->principle, draft->row->principle);
	ot_severity_steps(run, draft);
	draft->tell(&sb, draft);
	f->message = ot_str_keep(run->arena, ot_sb_str(&sb));
	run->lost |= sb.lost || !f->message.p;
	ot_sb_done(&sb);
}
