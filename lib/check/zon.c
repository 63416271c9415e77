/*
 * Family ZON, crossings: ZON-001 without a conduit, ZON-002 beyond its
 * conduit, ZON-013 opened from the internet.
 */
#include "check/run.h"

static struct ot_subject_end
end_of(const struct ot_check_run *run, struct ot_str zone, struct ot_str asset,
    struct ot_str address)
{
	return (struct ot_subject_end){
		.zone = zone,
		.asset = asset,
		.address = address,
		.record = ot_check_asset(run, asset),
	};
}

/* A protocol's name, or where none is known transport and port. */
static struct ot_str
protocol_of(struct ot_check_run *run, const struct ot_crossing *c)
{
	struct ot_sb sb = { 0 };

	if (c->protocol.len && !ot_str_eq(c->protocol, ot_str("unknown")))
		return c->protocol;
	ot_tell_service(&sb, c);
	struct ot_str kept = ot_str_keep(run->arena, ot_sb_str(&sb));

	run->lost |= sb.lost || !kept.p;
	ot_sb_done(&sb);
	return kept;
}

static struct ot_subject
subject_of(struct ot_check_run *run, const struct ot_crossing *c,
    struct ot_str discriminator)
{
	return (struct ot_subject){
		.kind = "pair",
		.client =
		    end_of(run, c->client_zone, c->client, c->client_address),
		.server =
		    end_of(run, c->server_zone, c->server, c->server_address),
		.what = protocol_of(run, c),
		.discriminator = discriminator,
	};
}

/* The failed key of a row that matches by ends and service and is in force. */
static bool
beyond(struct ot_str failed)
{
	int key = ot_word(ot_conduit_key_names, failed);

	return key > OT_C_EXPIRES;
}

/* Does it cross at all, or only stay inside a zone that wants conduits? */
static bool
between_zones(const struct ot_crossing *c)
{
	return !ot_str_eq(c->client_zone, c->server_zone);
}

static bool
names_outer(const struct ot_conduit_row *row)
{
	return row && row->from.len && row->to.len &&
	       !ot_str_eq(row->from, ot_str("*")) &&
	       !ot_str_eq(row->to, ot_str("*"));
}

/* ---- what all three gather ---- */

static bool
earlier(const struct ot_crossing *a, const struct ot_crossing *b)
{
	if (!b || a->first != b->first)
		return !b || a->first < b->first;
	return ot_crossing_shape.cmp(a, b) < 0;
}

static void
set_service(struct ot_check_run *run, struct ot_draft *draft)
{
	struct ot_sb sb = { 0 };

	ot_tell_service(&sb, draft->crossing);
	draft->finding.service = ot_str_keep(run->arena, ot_sb_str(&sb));
	run->lost |= sb.lost || !draft->finding.service.p;
	ot_sb_done(&sb);
}

/* Whoever wrote the crossing had the policy. */
static void
place_of_stream(struct ot_draft *draft)
{
	const struct ot_crossing *c = draft->crossing;
	struct ot_source at = { c->file, c->line, c->column, c->line,
		c->end_column };

	draft->finding.rule = c->verdict == OT_VIOLATION ? c->nearest : c->rule;
	ot_draft_place(draft, &at);
}

static void
set_place(struct ot_check_run *run, struct ot_draft *draft,
    const struct ot_rule_result *near)
{
	const struct ot_policy *policy = run->input->policy;

	if (!policy) {
		place_of_stream(draft);
		return;
	}
	const struct ot_zone_row *zone =
	    ot_zone_row(policy, draft->server.zone);

	draft->finding.rule = near ? near->conduit->id : (struct ot_str){ 0 };
	if (near)
		ot_draft_place(draft, &near->conduit->at);
	else if (zone)
		ot_draft_place(draft, &zone->at);
}

/* One crossing more. The best known of the earliest stands for all. */
static void
gather(struct ot_check_run *run, struct ot_draft *draft,
    const struct ot_crossing *c, const struct ot_rule_result *near)
{
	const struct ot_crossing *was = draft->crossing;
	bool better = !was || was->attempt > c->attempt ||
		      (was->attempt == c->attempt && earlier(c, was));

	draft->named &= near && names_outer(near->conduit);
	if (!better)
		return;
	draft->crossing = c;
	draft->client.address = c->client_address;
	draft->server.address = c->server_address;
	set_service(run, draft);
	set_place(run, draft, near);
}

static void
gather_verbs(struct ot_check_run *run, struct ot_draft *draft,
    const struct ot_crossing *c)
{
	run->lost |= !ot_counts_merge(run->arena, &draft->verbs, &c->verbs);
}

static void
gather_missing(struct ot_check_run *run, struct ot_draft *draft,
    const struct ot_crossing *c)
{
	for (uint32_t i = 0; i < c->missing.count; i++)
		ot_draft_missing(run, draft, c->missing.at[i]);
}

static void
count_crossing(struct ot_draft *draft, const struct ot_crossing *c)
{
	ot_draft_count(draft, c->connections ? c->connections : 1, &c->evidence,
	    c->first, c->last);
}

/* ---- words ---- */

static void
tell_route(struct ot_sb *sb, const struct ot_draft *draft)
{
	const struct ot_crossing *c = draft->crossing;

	ot_sb_puts(sb, ", first ");
	ot_sb_add(sb, c->client_address.p, c->client_address.len);
	ot_sb_puts(sb, " -> ");
	ot_sb_add(sb, c->server_address.p, c->server_address.len);
	if (c->transport <= OT_UDP || c->transport == OT_SCTP)
		ot_sb_printf(sb, ":%u", c->port);
}

static void
tell_verbs(struct ot_sb *sb, const struct ot_draft *draft)
{
	const struct ot_counts *verbs = &draft->verbs;

	for (uint32_t i = 0; i < verbs->count; i++) {
		ot_sb_puts(sb, i ? ", " : " (");
		ot_sb_add(sb, verbs->at[i].text.p, verbs->at[i].text.len);
		ot_sb_putc(sb, ' ');
		ot_sb_u64(sb, verbs->at[i].count);
	}
	if (verbs->count)
		ot_sb_putc(sb, ')');
}

static void
tell_nearest(struct ot_sb *sb, const struct ot_draft *draft)
{
	const struct ot_crossing *c = draft->crossing;

	if (!c->nearest.len || draft->verdict != OT_VIOLATION)
		return;
	ot_sb_puts(sb, "; the nearest conduit, ");
	ot_sb_add(sb, c->nearest.p, c->nearest.len);
	if (ot_str_eq(c->failed, ot_str("expires"))) {
		ot_sb_puts(sb, ", has expired");
		return;
	}
	ot_sb_puts(sb, ", does not fit in ");
	ot_sb_add(sb, c->failed.p, c->failed.len);
}

static void
tell_doubt(struct ot_sb *sb, const struct ot_draft *draft)
{
	const struct ot_strings *missing = &draft->finding.missing;

	ot_sb_puts(sb, ": whether a conduit allows it cannot be told");
	for (uint32_t i = 0; i < missing->count; i++) {
		ot_sb_puts(sb, i ? ", " : " (");
		ot_sb_add(sb, missing->at[i].p, missing->at[i].len);
	}
	if (missing->count)
		ot_sb_putc(sb, ')');
}

static void
tell_crossing(struct ot_sb *sb, const struct ot_draft *draft)
{
	const struct ot_crossing *c = draft->crossing;
	struct ot_str service = draft->finding.service;

	ot_tell_end(sb, &draft->client);
	ot_sb_puts(sb, c->attempt ? " tried to reach " : " reached ");
	ot_tell_end(sb, &draft->server);
	ot_sb_puts(sb, " by ");
	ot_sb_add(sb, service.p, service.len);
	tell_verbs(sb, draft);
	if (draft->verdict == OT_CANNOT_TELL)
		tell_doubt(sb, draft);
	else
		ot_sb_puts(sb,
		    c->attempt ? ", got no connection, and no conduit allows it"
			       : ", and no conduit allows it");
	ot_sb_puts(sb, ": ");
	ot_tell_count(sb, draft->finding.count,
	    c->attempt		     ? "attempt"
	    : c->transport == OT_TCP ? "connection"
				     : "conversation");
	tell_route(sb, draft);
	tell_nearest(sb, draft);
	ot_sb_putc(sb, '.');
}

/* ---- ZON-001 ---- */

/* Does an operation of it fail for the crossing's sake? */
static bool
unmatched(const struct ot_crossing *c)
{
	if (c->verdict != OT_VIOLATION)
		return false;
	if (!beyond(c->failed))
		return true;
	for (uint32_t i = 0; i < c->ops.count; i++) {
		const struct ot_crossing_op *op = c->ops.at[i];

		if (op->verdict == OT_VIOLATION && !beyond(op->reason))
			return true;
	}
	return false;
}

static bool
from_internet(const struct ot_check_run *run, const struct ot_crossing *c)
{
	return ot_str_eq(c->client_zone, ot_str(OT_ZONE_INTERNET)) &&
	       run->input->policy &&
	       ot_zone_row(run->input->policy, c->server_zone);
}

/* Is there a conduit for it that names where it comes from, no wildcard? */
static enum ot_verdict
named_verdict(struct ot_check_run *run, const struct ot_crossing *c)
{
	const struct ot_rule_result *rule = ot_check_conduit(
	    run, c->verdict == OT_VIOLATION ? c->nearest : c->rule);
	struct ot_conversation conversation = {
		.from = { .zone = c->client_zone, .asset = c->client },
		.to = { .zone = c->server_zone, .asset = c->server },
		.transport = c->transport,
		.port = c->port,
		.protocol = c->protocol,
		.named_by = c->named_by,
		.attempt = true, /* what is done is ZON-002's */
	};
	struct ot_act act = {
		.whole = true, .empty = true, .last_ns = c->last
	};

	if (rule && names_outer(rule->conduit) &&
	    (c->verdict == OT_ALLOWED ||
		(c->verdict == OT_VIOLATION && beyond(c->failed))))
		return OT_ALLOWED;
	const struct ot_choice *choice =
	    ot_rules_choose(run->arena, run->rules, &conversation, true);

	run->lost |= !choice;
	return choice ? ot_rules_judge(choice, &act).verdict : OT_CANNOT_TELL;
}

static bool
has_missing(const struct ot_crossing *c, enum ot_reason reason)
{
	for (uint32_t i = 0; i < c->missing.count; i++)
		if (ot_str_eq(
			c->missing.at[i], ot_str(ot_reason_names[reason])))
			return true;
	return false;
}

/* Reasons that concern the crossing itself, not what was done in it. */
static bool
doubts_crossing(const struct ot_crossing *c)
{
	return has_missing(c, OT_REASON_PORT) ||
	       has_missing(c, OT_REASON_CONFLICT) ||
	       has_missing(c, OT_REASON_ROLES);
}

/* Who opened it is not proven. */
static bool
opener_unsure(const struct ot_crossing *c)
{
	return has_missing(c, OT_REASON_ROLES) ||
	       has_missing(c, OT_REASON_MIDSTREAM);
}

/* Does ZON-013 say all that is to be said of it? */
static bool
left_to_013(struct ot_check_run *run, const struct ot_crossing *c)
{
	return from_internet(run, c) && !ot_check_off(run, "ZON-013") &&
	       (c->verdict == OT_CANNOT_TELL || !opener_unsure(c)) &&
	       named_verdict(run, c) == OT_VIOLATION;
}

static void
no_conduit(struct ot_check_run *run, const struct ot_check *check,
    const struct ot_crossing *c, enum ot_verdict verdict)
{
	struct ot_subject subject = subject_of(run, c, (struct ot_str){ 0 });
	struct ot_draft *draft = ot_draft_get(run, check, verdict, &subject);

	if (!draft)
		return;
	draft->tell = tell_crossing;
	gather(run, draft, c,
	    ot_check_conduit(
		run, verdict == OT_VIOLATION ? c->nearest : c->rule));
	if (verdict == OT_VIOLATION)
		draft->named = false; /* what is near does not name it */
	if (verdict == OT_CANNOT_TELL)
		gather_missing(run, draft, c);
	gather_verbs(run, draft, c);
	count_crossing(draft, c);
	if (c->attempt)
		ot_draft_branch(draft, OT_SEVERITY_LOW,
		    "every connection was refused or not answered");
	else
		ot_draft_branch(draft, OT_SEVERITY_HIGH,
		    "no conduit matches zones and service");
}

static void
zon_001(struct ot_check_run *run, const struct ot_check *check)
{
	const struct ot_list *crossings = run->input->crossings;

	for (uint32_t i = 0; i < crossings->count && !run->lost; i++) {
		const struct ot_crossing *c = crossings->at[i];

		if (!between_zones(c) || left_to_013(run, c))
			continue;
		if (c->verdict == OT_CANNOT_TELL && doubts_crossing(c))
			no_conduit(run, check, c, OT_CANNOT_TELL);
		else if (unmatched(c))
			no_conduit(run, check, c, OT_VIOLATION);
	}
}

/* ---- ZON-002 ---- */

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The words of an object without its numbers: "unit 1 holding 100-109" is
 * "unit holding". What has no numbers is a name, and no space. */
static struct ot_str
space_of(struct ot_check_run *run, struct ot_str object)
{
	struct ot_sb sb = { 0 };
	bool numbers = false;

	for (size_t at = 0; at < object.len;) {
		size_t from = at;
		bool letters = true;

		while (at < object.len && object.p[at] != ' ')
			letters &= is_letter(object.p[at++]);
		if (at > from && letters) {
			if (sb.len)
				ot_sb_putc(&sb, ' ');
			ot_sb_add(&sb, object.p + from, at - from);
		}
		numbers |=
		    at > from && object.p[from] >= '0' && object.p[from] <= '9';
		at += at < object.len;
	}
	struct ot_str kept = numbers && sb.len
				 ? ot_str_keep(run->arena, ot_sb_str(&sb))
				 : (struct ot_str){ 0 };

	run->lost |= sb.lost;
	ot_sb_done(&sb);
	return kept;
}

static struct ot_str
discriminator_of(struct ot_check_run *run, const struct ot_crossing_op *op)
{
	struct ot_str space = space_of(run, op->object);
	struct ot_sb sb = { 0 };

	ot_sb_puts(&sb, ot_verb_names[op->verb]);
	if (space.len) {
		ot_sb_puts(&sb, ", ");
		ot_sb_add(&sb, space.p, space.len);
	}
	struct ot_str kept = ot_str_keep(run->arena, ot_sb_str(&sb));

	run->lost |= sb.lost || !kept.p;
	ot_sb_done(&sb);
	return kept;
}

static void
tell_failed(struct ot_sb *sb, const struct ot_draft *draft)
{
	static const struct {
		enum ot_conduit_key key;
		const char *words;
	} failures[] = {
		{ OT_C_VERBS, "does not list this" },
		{ OT_C_OBJECTS, "does not list this object" },
		{ OT_C_ENCRYPTION, "requires encryption, and there is none" },
		{ OT_C_ONEWAY, "lets nothing come back" },
		{ OT_C_WHEN, "does not hold at this time" },
	};
	const struct ot_crossing_op *op = draft->op;
	int key = ot_word(ot_conduit_key_names, op->reason);

	ot_sb_puts(sb, ", and conduit ");
	ot_sb_add(sb, op->rule.p, op->rule.len);
	ot_sb_putc(sb, ' ');
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		if ((int)failures[i].key == key)
			ot_sb_puts(sb, failures[i].words);
}

static void
tell_op(struct ot_sb *sb, const struct ot_draft *draft)
{
	const struct ot_crossing_op *op = draft->op;
	struct ot_str service = draft->finding.service;

	ot_tell_end(sb, &draft->client);
	ot_sb_puts(sb, " did ");
	ot_sb_add(sb, service.p, service.len);
	ot_sb_putc(sb, ' ');
	ot_sb_add(sb, op->name.p, op->name.len);
	ot_sb_printf(sb, " (%s)", ot_verb_names[op->verb]);
	if (op->object.len) {
		ot_sb_puts(sb, " on ");
		ot_sb_add(sb, op->object.p, op->object.len);
	}
	ot_sb_puts(sb, " at ");
	ot_tell_end(sb, &draft->server);
	if (draft->verdict == OT_CANNOT_TELL)
		tell_doubt(sb, draft);
	else
		tell_failed(sb, draft);
	ot_sb_puts(sb, ": ");
	ot_tell_count(sb, draft->finding.count, "operation");
	tell_route(sb, draft);
	ot_sb_putc(sb, '.');
}

static int64_t
first_of(const struct ot_crossing_op *op)
{
	return op->evidence.count ? op->evidence.at[0].time_ns : OT_TIME_NONE;
}

static int64_t
last_of(const struct ot_crossing_op *op)
{
	return op->evidence.count
		   ? op->evidence.at[op->evidence.count - 1].time_ns
		   : OT_TIME_NONE;
}

/* The one that a sentence names: the earliest, then the smallest. */
static bool
op_before(const struct ot_crossing_op *a, const struct ot_crossing_op *b)
{
	if (!b || first_of(a) != first_of(b))
		return !b || first_of(a) < first_of(b);
	return ot_crossing_op_shape.cmp(a, b) < 0;
}

static void
too_far(struct ot_check_run *run, const struct ot_check *check,
    const struct ot_crossing *c, const struct ot_crossing_op *op)
{
	struct ot_subject subject =
	    subject_of(run, c, discriminator_of(run, op));
	struct ot_draft *draft =
	    ot_draft_get(run, check, (enum ot_verdict)op->verdict, &subject);

	if (!draft)
		return;
	draft->tell = tell_op;
	if (op_before(op, draft->op))
		draft->op = op;
	gather(run, draft, c, ot_check_conduit(run, op->rule));
	if (op->verdict == OT_CANNOT_TELL)
		gather_missing(run, draft, c);
	ot_draft_count(
	    draft, op->count, &op->evidence, first_of(op), last_of(op));
	if (op->errors >= op->count)
		ot_draft_branch(draft, OT_SEVERITY_MEDIUM,
		    "beyond its conduit, and answered with an error");
	else
		ot_draft_branch(
		    draft, OT_SEVERITY_HIGH, "an operation beyond its conduit");
}

/* A conversation of which no operation is known, as one. */
static void
as_one(struct ot_check_run *run, const struct ot_check *check,
    const struct ot_crossing *c)
{
	struct ot_crossing_op *op = ot_alloc(run->arena, sizeof(*op));

	if (!op) {
		run->lost = true;
		return;
	}
	*op = (struct ot_crossing_op){ .verb = OT_UNKNOWN,
		.name = ot_str("what was not decoded"),
		.count = c->connections ? c->connections : 1,
		.verdict = c->verdict,
		.rule = c->verdict == OT_VIOLATION ? c->nearest : c->rule,
		.reason = c->failed,
		.evidence = c->evidence };
	too_far(run, check, c, op);
}

/* What the policy does not allow of a crossing that it does. */
static void
beyond_conduit(struct ot_check_run *run, const struct ot_check *check,
    const struct ot_crossing *c)
{
	bool any = false;

	for (uint32_t i = 0; i < c->ops.count; i++) {
		const struct ot_crossing_op *op = c->ops.at[i];

		if (op->verdict == OT_ALLOWED ||
		    (op->verdict == OT_VIOLATION && !beyond(op->reason)))
			continue;
		any = true;
		too_far(run, check, c, op);
	}
	if (!any && (c->verdict == OT_CANNOT_TELL || beyond(c->failed)))
		as_one(run, check, c);
}

static void
zon_002(struct ot_check_run *run, const struct ot_check *check)
{
	const struct ot_list *crossings = run->input->crossings;

	for (uint32_t i = 0; i < crossings->count && !run->lost; i++) {
		const struct ot_crossing *c = crossings->at[i];

		if (c->verdict == OT_VIOLATION ||
		    (c->verdict == OT_CANNOT_TELL && !doubts_crossing(c)))
			beyond_conduit(run, check, c);
	}
}

/* ---- ZON-013 ---- */

static void
tell_internet(struct ot_sb *sb, const struct ot_draft *draft)
{
	const struct ot_crossing *c = draft->crossing;
	struct ot_str service = draft->finding.service;

	ot_sb_add(sb, draft->client.address.p, draft->client.address.len);
	ot_sb_puts(sb, c->attempt
			   ? ", an address of the internet, tried to reach "
			   : ", an address of the internet, reached ");
	ot_tell_end(sb, &draft->server);
	ot_sb_puts(sb, " by ");
	ot_sb_add(sb, service.p, service.len);
	tell_verbs(sb, draft);
	if (draft->verdict == OT_CANNOT_TELL)
		ot_sb_puts(sb, ", and who opened it cannot be told");
	else
		ot_sb_puts(sb, ", and no conduit that names the internet "
			       "allows it");
	ot_sb_puts(sb, ": ");
	ot_tell_count(
	    sb, draft->finding.count, c->attempt ? "attempt" : "connection");
	tell_route(sb, draft);
	ot_sb_putc(sb, '.');
}

static void
exposed(struct ot_check_run *run, const struct ot_check *check,
    const struct ot_crossing *c, enum ot_verdict verdict)
{
	struct ot_subject subject = subject_of(run, c, (struct ot_str){ 0 });
	struct ot_draft *draft = ot_draft_get(run, check, verdict, &subject);

	if (!draft)
		return;
	draft->tell = tell_internet;
	gather(run, draft, c,
	    ot_check_conduit(
		run, c->verdict == OT_VIOLATION ? c->nearest : c->rule));
	draft->named = false;
	gather_verbs(run, draft, c);
	count_crossing(draft, c);
	if (verdict == OT_CANNOT_TELL)
		gather_missing(run, draft, c);
	if (c->attempt || !c->established)
		ot_draft_branch(
		    draft, OT_SEVERITY_LOW, "refused or not answered");
	else
		ot_draft_branch(draft, OT_SEVERITY_CRITICAL,
		    "a session from the internet was established");
}

static void
zon_013(struct ot_check_run *run, const struct ot_check *check)
{
	const struct ot_list *crossings = run->input->crossings;

	for (uint32_t i = 0; i < crossings->count && !run->lost; i++) {
		const struct ot_crossing *c = crossings->at[i];

		if (!from_internet(run, c))
			continue;
		enum ot_verdict verdict = named_verdict(run, c);
		bool unsure = opener_unsure(c);

		if (verdict == OT_ALLOWED)
			continue;
		if (verdict == OT_VIOLATION && unsure)
			verdict = OT_CANNOT_TELL;
		if (verdict == OT_CANNOT_TELL && !unsure)
			continue; /* named by its port alone: ZON-001 */
		exposed(run, check, c, verdict);
	}
}

const struct ot_check ot_checks_zon[] = {
	{ .id = "ZON-001", .run = zon_001 },
	{ .id = "ZON-002", .run = zon_002 },
	{ .id = "ZON-013", .run = zon_013, .keeps_severity = true },
	{ .id = NULL },
};
