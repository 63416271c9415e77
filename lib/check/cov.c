/*
 * Family COV, coverage: COV-008 limits that were met, and accounts of frames
 * that do not balance.
 */
#include "check/run.h"

#include <inttypes.h>
#include <stdio.h>

/* Frames of an account that are in some flow or attempt. */
static uint64_t
of_flows(const struct ot_capture_account *a)
{
	return a->tcp + a->udp + a->sctp + a->icmp + a->ip + a->layer2;
}

static uint64_t
of_all(const struct ot_capture_account *a)
{
	return of_flows(a) + a->twin + a->link_type + a->malformed;
}

/* ---- limits ---- */

static void
tell_limits(struct ot_sb *sb, const struct ot_draft *draft)
{
	const struct ot_capture_sum *c = draft->about;

	ot_sb_puts(sb, "Reading ");
	ot_sb_add(sb, c->file.p, c->file.len);
	ot_sb_puts(sb, " met the limits of");
	for (uint32_t i = 0; i < c->limits.count; i++) {
		const struct ot_count *limit = &c->limits.at[i];

		ot_sb_puts(sb, i ? ", " : " ");
		ot_sb_add(sb, limit->text.p, limit->text.len);
		ot_sb_puts(sb, " (");
		ot_tell_count(sb, limit->count, "time");
		ot_sb_putc(sb, ')');
	}
	ot_sb_puts(sb, "; what had no room was not judged.");
}

static void
tell_account(struct ot_sb *sb, const struct ot_draft *draft)
{
	const struct ot_capture_sum *c = draft->about;

	ot_sb_puts(sb, "The account of ");
	if (c)
		ot_sb_add(sb, c->file.p, c->file.len);
	else
		ot_sb_puts(sb, "all captures");
	ot_sb_printf(sb,
	    " does not balance: %" PRIu64 " frames %s, %" PRIu64 " %s.",
	    draft->sums[0],
	    c ? "were read" : "belong to conversations by the captures",
	    draft->sums[1],
	    c ? "were accounted for" : "are in flows and attempts");
}

static struct ot_draft *
capture_draft(struct ot_check_run *run, const struct ot_check *check,
    const struct ot_capture_sum *c, const char *what)
{
	struct ot_subject subject = { .kind = "capture",
		.what = c ? c->file : ot_str("all"),
		.discriminator = ot_str(what) };
	struct ot_draft *draft =
	    ot_draft_get(run, check, OT_VIOLATION, &subject);

	if (draft)
		draft->about = c;
	if (draft && c)
		ot_draft_count(draft, 0, NULL, c->first, c->last);
	return draft;
}

static void
met_limits(struct ot_check_run *run, const struct ot_check *check,
    const struct ot_capture_sum *c)
{
	struct ot_draft *draft = capture_draft(run, check, c, "limit");
	uint64_t n = c->limits.other;

	if (!draft)
		return;
	for (uint32_t i = 0; i < c->limits.count; i++)
		n += c->limits.at[i].count;
	draft->tell = tell_limits;
	draft->finding.count = n;
	ot_draft_branch(draft, OT_SEVERITY_HIGH, "a limit was met");
}

/* ---- accounts ---- */

static void
off_balance(struct ot_check_run *run, const struct ot_check *check,
    const struct ot_capture_sum *c, uint64_t whole, uint64_t sum)
{
	struct ot_draft *draft = capture_draft(run, check, c, "account");

	if (!draft)
		return;
	draft->tell = tell_account;
	draft->sums[0] = whole;
	draft->sums[1] = sum;
	draft->finding.count = whole > sum ? whole - sum : sum - whole;
	ot_draft_branch(
	    draft, OT_SEVERITY_HIGH, "the account does not balance");
}

static uint64_t
in_flows(const struct ot_store *store)
{
	const struct ot_list *flows = &store->list[OT_STORE_FLOW];
	uint64_t frames = 0;

	for (uint32_t i = 0; i < flows->count; i++) {
		const struct ot_flow_sum *f = flows->at[i];

		frames += f->client.packets + f->server.packets;
	}
	return frames;
}

static uint64_t
in_attempts(const struct ot_store *store)
{
	const struct ot_list *events = &store->list[OT_STORE_EVENT];
	uint64_t frames = 0;

	for (uint32_t i = 0; i < events->count; i++) {
		const struct ot_event_sum *e = events->at[i];

		frames += e->other_packets;
		for (uint32_t k = 0; k < e->attempts.count; k++)
			frames += ((const struct ot_attempt *)e->attempts.at[k])
				      ->packets;
	}
	return frames;
}

/* Captures of one folder share their flows, and the last of them has the
 * totals: only the sums over all can be compared. */
static void
balance_all(struct ot_check_run *run, const struct ot_check *check,
    const struct ot_list *captures)
{
	uint64_t account = 0, stated = 0, records = 0;

	for (uint32_t i = 0; i < captures->count; i++) {
		const struct ot_capture_sum *c = captures->at[i];

		account += of_flows(&c->account);
		stated += c->flow_frames + c->attempt_frames;
	}
	records = in_flows(run->input->store) + in_attempts(run->input->store);
	if (account != stated || (captures->count && account != records))
		off_balance(run, check, NULL, account,
		    account != stated ? stated : records);
}

static void
cov_008(struct ot_check_run *run, const struct ot_check *check)
{
	const struct ot_list *captures =
	    &run->input->store->list[OT_STORE_CAPTURE];

	for (uint32_t i = 0; i < captures->count && !run->lost; i++) {
		const struct ot_capture_sum *c = captures->at[i];

		if (c->limits.count || c->limits.other)
			met_limits(run, check, c);
		if (c->frames != of_all(&c->account))
			off_balance(
			    run, check, c, c->frames, of_all(&c->account));
	}
	balance_all(run, check, captures);
}

const struct ot_check ot_checks_cov[] = {
	{ .id = "COV-008", .run = cov_008, .cannot_be_waived = true },
	{ .id = NULL },
};
