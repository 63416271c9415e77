/*
 * The verdict of the policy on a transaction (DESIGN.md section 4): allowed
 * where a conduit covers it, a violation where none does, and where the
 * capture does not show what a conduit asks it cannot be told.
 */
#include "policy/evaluate.h"

#include "policy/calendar.h"
#include "policy/rules.h"

const char *const ot_reason_names[] = {
	[OT_REASON_CALENDAR] = "no-input:calendar",
	[OT_REASON_CONDITION] = "no-input:condition",
	[OT_REASON_CONFLICT] = "zone-conflict",
	[OT_REASON_PORT] = "port-only",
	[OT_REASON_ROLES] = "role-guess",
	[OT_REASON_MIDSTREAM] = "midstream",
	[OT_REASON_ENCRYPTED] = "encrypted",
	[OT_REASON_UNDECODED] = "undecoded",
	[OT_REASON_ONE_SIDED] = "one-sided",
	[OT_REASON_GAP] = "gap",
	[OT_REASON_LIMIT] = "limit",
	[OT_REASON_OVERLAP] = "overlap",
	NULL,
};

const char *const ot_conduit_key_names[] = {
	[OT_C_FROM] = "from",
	[OT_C_TO] = "to",
	[OT_C_VIA] = "via",
	[OT_C_SERVICES] = "services",
	[OT_C_EXPIRES] = "expires",
	[OT_C_VERBS] = "verbs",
	[OT_C_OBJECTS] = "objects",
	[OT_C_ENCRYPTION] = "encryption",
	[OT_C_ONEWAY] = "oneway",
	[OT_C_WHEN] = "when",
	[OT_C_CONDITIONS] = "conditions",
	NULL,
};

enum {
	PARTS = 64,		/* rows that together may cover one range */
	SLOT = 15,		/* minutes of a quarter hour */
	WEEK_SLOTS = 7 * 96 + 4 /* and an hour, for when clocks change */
};

/* ---- does a row cover the transaction ---- */

enum answer { NO, PART, MAYBE, YES };

struct part {
	uint64_t lo, hi;
	uint32_t rule;
	bool sure;
};

/* One row against one act, and what came of the rows so far. */
struct trial {
	const struct ot_choice *choice;
	const struct ot_act *act;
	struct ot_extent object;
	uint64_t shape; /* of the object; 0: it has none */
	struct part parts[PARTS];
	uint32_t part_count;
	uint32_t rule, reasons; /* of the row in hand */
	int minute; /* of the week, where a quarter hour is asked; else -1 */
};

static enum answer
maybe(struct trial *t, uint32_t reasons)
{
	t->reasons |= reasons;
	return MAYBE;
}

static enum answer
row_verbs(struct trial *t, const struct ot_conduit_row *row)
{
	const struct ot_act *act = t->act;

	if (!row->verbs || t->choice->conversation.attempt)
		return YES;
	if (!act->whole)
		return row->verbs >> act->verb & 1 ? YES : NO;
	if (act->empty)
		return YES;
	return maybe(t, act->hidden ? act->hidden : 1U << OT_REASON_UNDECODED);
}

/* These never have an object, whatever the protocol. */
static bool
needs_no_object(uint8_t verb)
{
	const uint32_t verbs = 1U << OT_SESSION | 1U << OT_AUTH |
			       1U << OT_IDENTIFY | 1U << OT_NAME |
			       1U << OT_DIAGNOSE;

	return verbs >> verb & 1;
}

static enum answer
object_covered(struct trial *t)
{
	uint32_t from = t->part_count;
	const struct ot_rule_objects *objects =
	    &t->choice->rules->objects[t->rule];
	enum answer best = NO;

	for (uint32_t i = 0; i < objects->count; i++) {
		uint64_t lo = 0, hi = 0;

		enum ot_cover cover =
		    ot_extent_covers(&objects->at[i], &t->object, &lo, &hi);

		if (cover == OT_COVER_ALL)
			return YES;
		if (cover == OT_COVER_MAYBE) {
			best = maybe(t, 1U << OT_REASON_UNDECODED);
		} else if (cover == OT_COVER_PART) {
			if (t->part_count == PARTS) {
				best = maybe(t, 1U << OT_REASON_LIMIT);
				continue;
			}
			t->parts[t->part_count++] =
			    (struct part){ lo, hi, t->rule, true };
			if (best == NO)
				best = PART;
		}
	}
	if (best != PART)
		t->part_count = from;
	return best;
}

static enum answer
row_objects(struct trial *t, const struct ot_conduit_row *row)
{
	const struct ot_act *act = t->act;

	if (!row->objects.count || t->choice->conversation.attempt ||
	    act->empty)
		return YES;
	if (act->whole)
		return maybe(
		    t, act->hidden ? act->hidden : 1U << OT_REASON_UNDECODED);
	if (act->truncated)
		return maybe(t, 1U << OT_REASON_LIMIT);
	if (!act->object.len)
		return needs_no_object(act->verb)
			   ? YES
			   : maybe(t, 1U << OT_REASON_UNDECODED);
	return object_covered(t);
}

static bool
saw(const struct ot_conversation *c, const char *protection)
{
	return c->protection &&
	       ot_counts_has(c->protection, ot_str(protection));
}

static enum answer
row_encryption(struct trial *t, const struct ot_conduit_row *row)
{
	const struct ot_conversation *c = &t->choice->conversation;
	bool required = ot_str_eq(row->encryption, ot_str("required")) ||
			ot_str_eq(row->encryption, ot_str("end-to-end"));
	bool integrity = ot_str_eq(row->encryption, ot_str("integrity"));

	if ((!required && !integrity) || c->attempt || t->act->empty)
		return YES;
	if (saw(c, "none") || (required && saw(c, "integrity")))
		return NO;
	if (!c->protection || c->protection->other || saw(c, "unknown") ||
	    saw(c, "opaque"))
		return maybe(t, 1U << OT_REASON_UNDECODED);
	return saw(c, "encrypted") || saw(c, "integrity")
		   ? YES
		   : maybe(t, 1U << OT_REASON_UNDECODED);
}

/* The handshake and acknowledgements come back; nothing else may. */
static enum answer
row_oneway(struct trial *t, const struct ot_conduit_row *row)
{
	const struct ot_conversation *c = &t->choice->conversation;

	if (!row->oneway || c->attempt)
		return YES;
	if (c->server_payload)
		return NO;
	if (c->transport == OT_TCP && !c->server_seen)
		return maybe(t, 1U << OT_REASON_ONE_SIDED);
	return YES;
}

static enum answer
row_when(struct trial *t, const struct ot_conduit_row *row)
{
	if (!row->when.len)
		return YES;
	if (!row->calendar || t->minute < 0)
		return maybe(t, 1U << OT_REASON_CALENDAR);
	switch (ot_calendar_has(row->calendar, (uint32_t)t->minute, SLOT)) {
	case OT_WITHIN:
		return YES;
	case OT_OUTSIDE:
		return NO;
	case OT_PARTLY:
		break;
	}
	return maybe(t, 1U << OT_REASON_CALENDAR);
}

/* A condition that nothing judges may narrow the row to less than this. */
static enum answer
row_conditions(struct trial *t, const struct ot_conduit_row *row)
{
	return row->unjudged.count ? maybe(t, 1U << OT_REASON_CONDITION) : YES;
}

/* From its end on a row has no effect. */
static bool
expired(int64_t expires_ns, const struct ot_act *act)
{
	return expires_ns != OT_TIME_NONE && act->last_ns != OT_TIME_NONE &&
	       act->last_ns >= expires_ns;
}

/* The keys behind expires, each with what answers for it. */
static const struct {
	enum ot_conduit_key key;
	enum answer (*answer)(
	    struct trial *t, const struct ot_conduit_row *row);
} keys[] = {
	{ OT_C_VERBS, row_verbs },
	{ OT_C_OBJECTS, row_objects },
	{ OT_C_ENCRYPTION, row_encryption },
	{ OT_C_ONEWAY, row_oneway },
	{ OT_C_WHEN, row_when },
	{ OT_C_CONDITIONS, row_conditions },
};

/* The row's answer; *failed is the first key that said no. */
static enum answer
row_answers(
    struct trial *t, uint32_t rule, bool port_only, enum ot_conduit_key *failed)
{
	const struct ot_conduit_row *row =
	    &t->choice->rules->policy->conduits[rule];
	enum answer all = YES;

	t->reasons = 0;
	t->rule = rule;
	if (port_only)
		all = maybe(t, 1U << OT_REASON_PORT);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		enum answer one = keys[i].answer(t, row);

		if (one == NO) {
			*failed = keys[i].key;
			return NO;
		}
		if (one < all)
			all = one;
	}
	return all;
}

/* Do the parts that rows cover add up to the whole range? */
static bool
parts_cover(const struct trial *t, bool sure)
{
	const struct ot_extent_word *last =
	    &t->object.word[t->object.count - 1];
	uint64_t next = last->lo;
	bool further = true;

	while (further) {
		further = false;
		for (uint32_t i = 0; i < t->part_count; i++) {
			const struct part *p = &t->parts[i];

			if (p->lo > next || p->hi < next || (sure && !p->sure))
				continue;
			if (p->hi >= last->hi)
				return true;
			next = p->hi + 1;
			further = true;
		}
	}
	return false;
}

static const struct ot_conduit_row *
row_of(const struct ot_choice *choice, uint32_t rule)
{
	return rule == ot_no_rule ? NULL
				  : &choice->rules->policy->conduits[rule];
}

static struct ot_judgement
allowed(const struct ot_choice *choice, const struct ot_act *act, uint32_t rule)
{
	struct ot_judgement j = { .verdict = OT_ALLOWED,
		.rule = row_of(choice, rule) };

	if (act->unasked) { /* an answer alone proves no allowance */
		j.verdict = OT_CANNOT_TELL;
		j.reasons = 1U << OT_REASON_ONE_SIDED;
	}
	return j;
}

/* What the rows said so far: the first of those that said so. */
struct sums {
	uint32_t yes, possible, nearest;
	enum ot_conduit_key failed;
	uint32_t reasons, part_reasons;
};

static uint32_t
lesser(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static void
sums_nearest(struct sums *sums, uint32_t rule, enum ot_conduit_key failed)
{
	if (sums->nearest == ot_no_rule || failed > sums->failed ||
	    (failed == sums->failed && rule < sums->nearest)) {
		sums->nearest = rule;
		sums->failed = failed;
	}
}

/* Does the row say no at first sight, and by which key? */
static bool
glance_refuses(
    const struct trial *t, uint32_t rule, enum ot_conduit_key *failed)
{
	const struct ot_glance *g = &t->choice->rules->glances[rule];
	const struct ot_act *act = t->act;

	if (expired(g->expires_ns, act)) {
		*failed = OT_C_EXPIRES;
		return true;
	}
	if (act->whole || t->choice->conversation.attempt)
		return false;
	if (g->verbs && !(g->verbs >> act->verb & 1)) {
		*failed = OT_C_VERBS;
		return true;
	}
	if (!t->shape || g->shape != t->shape)
		return false;
	const struct ot_extent_word *last =
	    &t->object.word[t->object.count - 1];

	*failed = OT_C_OBJECTS;
	return g->hi < last->lo || last->hi < g->lo;
}

/* One row more; true where it allows. */
static bool
try_row(struct trial *t, struct sums *sums, uint32_t rule, bool port_only)
{
	enum ot_conduit_key failed = OT_C_OBJECTS;
	uint32_t parts = t->part_count;

	if (glance_refuses(t, rule, &failed)) {
		sums_nearest(sums, rule, failed);
		return false;
	}
	failed = OT_C_OBJECTS;
	enum answer answer = row_answers(t, rule, port_only, &failed);

	if (answer == YES) {
		sums->yes = lesser(sums->yes, rule);
		return true;
	}
	if (answer == NO)
		t->part_count = parts;
	for (; parts < t->part_count; parts++)
		t->parts[parts].sure = t->reasons == 0;
	if (answer == PART)
		sums->part_reasons |= t->reasons;
	if (answer == MAYBE) {
		sums->reasons |= t->reasons;
		sums->possible = lesser(sums->possible, rule);
	} else {
		sums_nearest(sums, rule, failed);
	}
	return false;
}

static void
try_span(struct trial *t, struct sums *sums, const struct ot_found *span)
{
	for (size_t i = span->from; i < span->to; i++) {
		const struct ot_entry *e = &t->choice->rules->entries[i];

		if (span->ranges && !ot_entry_in_range(t->choice, e))
			continue;
		if (try_row(t, sums, e->rule, span->port_only) && !span->ranges)
			return; /* the others stand behind it */
	}
}

static uint32_t
first_part(const struct trial *t)
{
	uint32_t first = ot_no_rule;

	for (uint32_t i = 0; i < t->part_count; i++)
		first = lesser(first, t->parts[i].rule);
	return first;
}

/* minute: of the week, or -1. */
static struct ot_judgement
judge_at(const struct ot_choice *choice, const struct ot_act *act, int minute)
{
	struct trial t;
	struct sums sums = { .yes = ot_no_rule,
		.possible = ot_no_rule,
		.nearest = choice->nearest,
		.failed = choice->failed };

	t.choice = choice;
	t.act = act;
	t.part_count = 0;
	t.minute = minute;
	t.object = ot_extent_of(act->object);
	t.shape = act->whole || act->truncated || choice->conversation.attempt
		      ? 0
		      : ot_extent_shape(&t.object);
	for (uint32_t i = 0; i < choice->count; i++)
		try_span(&t, &sums, &choice->spans[i]);
	if (sums.yes != ot_no_rule)
		return allowed(choice, act, sums.yes);
	/* no row alone covers it */
	if (t.part_count && parts_cover(&t, true))
		return allowed(choice, act, first_part(&t));
	if (t.part_count && parts_cover(&t, false)) {
		sums.possible = lesser(sums.possible, first_part(&t));
		sums.reasons |= sums.part_reasons;
	}
	if (sums.possible != ot_no_rule)
		return (struct ot_judgement){ .verdict = OT_CANNOT_TELL,
			.rule = row_of(choice, sums.possible),
			.reasons = sums.reasons };
	return (struct ot_judgement){ .verdict = OT_VIOLATION,
		.nearest = row_of(choice, sums.nearest),
		.failed = sums.failed };
}

/* ---- one quarter hour after the other ---- */

/* What was judged of an act so far: quarter hours of the week by the minute at
 * which they begin, and the worst verdict. */
struct hours {
	const struct ot_choice *choice;
	const struct ot_act *act;
	uint8_t seen[(OT_WEEK_MINUTES + 7) / 8];
	struct ot_judgement worst;
	bool any;
};

static void
judge_minute(struct hours *h, int minute)
{
	/* from the best to the worst */
	static const int rank[] = {
		[OT_ALLOWED] = 0, [OT_CANNOT_TELL] = 1, [OT_VIOLATION] = 2
	};
	struct ot_judgement j = judge_at(h->choice, h->act, minute);

	if (!h->any || rank[j.verdict] > rank[h->worst.verdict])
		h->worst = j;
	h->any = true;
}

/* A week has all minutes; what is longer adds none. */
static void
judge_range(struct hours *h, int32_t from, int32_t to)
{
	int64_t end = (int64_t)from + WEEK_SLOTS;

	for (int64_t slot = from; slot <= to && slot < end; slot++) {
		uint32_t minute =
		    ot_slot_minute(h->choice->clock, (int32_t)slot);

		if (h->seen[minute / 8] >> minute % 8 & 1)
			continue;
		h->seen[minute / 8] |= (uint8_t)(1 << minute % 8);
		judge_minute(h, (int)minute);
	}
}

struct ot_judgement
ot_rules_judge(const struct ot_choice *choice, const struct ot_act *act)
{
	struct hours h = { .choice = choice, .act = act };
	const struct ot_slots *slots = act->slots;

	if (!choice->rules->timed || !choice->clock)
		return judge_at(choice, act, -1);
	for (uint32_t i = 0; slots && i < slots->count; i++)
		judge_range(&h, slots->at[i].from, slots->at[i].to);
	/* a time by itself, or more of them than there was room for */
	if (!h.any && act->first_ns != OT_TIME_NONE &&
	    act->last_ns != OT_TIME_NONE &&
	    ot_slot(act->first_ns) == ot_slot(act->last_ns))
		judge_range(&h, ot_slot(act->last_ns), ot_slot(act->last_ns));
	if (!h.any || (slots && slots->other))
		judge_minute(&h, -1);
	return h.worst;
}
