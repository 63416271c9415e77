/*
 * The verdict of the policy on a transaction (DESIGN.md section 4): allowed
 * where a conduit covers it, a violation where none does, and where the
 * capture does not show what a conduit asks it cannot be told.
 */
#include "policy/evaluate.h"

#include <stdlib.h>

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
	ENDS = 4,   /* any, the zone, the asset, the row of the registry */
	PARTS = 64, /* rows that together may cover one range */
};

static const uint32_t no_rule = UINT32_MAX;

/* Entries that match by ends and service: a stretch of the sorted list, so
 * that a choice is small however many rows there are. */
struct span {
	size_t from, to;
	bool port_only; /* by a name that only the port suggests */
	bool ranges;	/* of ports: each has to be looked at */
};

struct ot_choice {
	const struct ot_rules *rules;
	struct ot_conversation conversation;
	struct span *spans;
	uint32_t count, room;
	bool lost; /* no memory */
	/* where there are no spans: the row that was nearest */
	uint32_t nearest;
	enum ot_conduit_key failed;
};

/* ---- which rows match by ends and service ---- */

struct ends {
	uint32_t at[ENDS];
	uint32_t count;
};

/* The id in the registry of whoever has this address in this zone. */
static struct ot_str
registered_as(const struct ot_rules *rules, const struct ot_rules_end *end)
{
	struct ot_str found = { 0 };
	uint32_t lo = 0, hi = rules->registered_count;

	if (!end->addr)
		return found;
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (ot_addr_cmp(&rules->registered[mid].addr, end->addr) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < rules->registered_count &&
	       ot_addr_eq(&rules->registered[lo].addr, end->addr);
	     lo++) {
		const struct ot_asset_row *row =
		    &rules->policy->assets[rules->registered[lo].row];

		if (!ot_str_eq(row->zone, end->zone))
			continue;
		if (found.len)
			return (struct ot_str){ 0 }; /* two rows claim it */
		found = row->id;
	}
	return found;
}

static void
ends_add(struct ends *ends, uint32_t id)
{
	for (uint32_t i = 0; i < ends->count; i++)
		if (ends->at[i] == id)
			return;
	ends->at[ends->count++] = id;
}

static struct ends
ends_of(const struct ot_rules *rules, const struct ot_rules_end *end, bool any)
{
	struct ends ends = { .count = 0 };
	uint32_t ids[] = { ot_end_zone(rules, end->zone),
		ot_end_asset(rules, end->asset),
		ot_end_asset(rules, registered_as(rules, end)) };

	if (any)
		ends_add(&ends, OT_END_ANY);
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (ids[i] != OT_END_ANY)
			ends_add(&ends, ids[i]);
	return ends;
}

/* The first entry not below key. */
static size_t
first_from(const struct ot_rules *rules, const struct ot_entry *key)
{
	size_t lo = 0, hi = rules->entry_count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (ot_entry_cmp(&rules->entries[mid], key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool
same_pair(const struct ot_entry *a, const struct ot_entry *b)
{
	return a->from == b->from && a->to == b->to;
}

/* Entry i if it is of key's pair, kind, transport and service. */
static const struct ot_entry *
entry_at(const struct ot_rules *rules, size_t i, const struct ot_entry *key)
{
	const struct ot_entry *e = &rules->entries[i];

	return i < rules->entry_count && same_pair(e, key) &&
		       e->kind == key->kind && e->transport == key->transport &&
		       e->service == key->service
		   ? e
		   : NULL;
}

static bool
in_range(const struct ot_choice *choice, const struct ot_entry *e)
{
	return e->last >= choice->conversation.port;
}

static bool
span_holds(const struct ot_choice *choice, const struct span *span)
{
	if (!span->ranges)
		return span->from < span->to;
	for (size_t i = span->from; i < span->to; i++)
		if (in_range(choice, &choice->rules->entries[i]))
			return true;
	return false;
}

static void
span_add(struct ot_arena *arena, struct ot_choice *choice, struct span span)
{
	if (!span_holds(choice, &span))
		return;
	if (choice->count == choice->room) {
		uint32_t room = choice->room ? choice->room * 2 : 2;
		struct span *spans =
		    ot_alloc_array(arena, room, sizeof(*spans));

		if (!spans) {
			choice->lost = true;
			return;
		}
		if (choice->count)
			memcpy(spans, choice->spans,
			    choice->count * sizeof(*spans));
		choice->spans = spans;
		choice->room = room;
	}
	choice->spans[choice->count++] = span;
}

/* All entries of key's pair, kind, transport and service. */
static void
pick_all(struct ot_arena *arena, struct ot_choice *choice, struct ot_entry key,
    bool port_only)
{
	struct span span = { .from = first_from(choice->rules, &key),
		.port_only = port_only };

	key.rule = key.last = UINT32_MAX;
	span.to = first_from(choice->rules, &key);
	span_add(arena, choice, span);
}

/* Ranges that begin at the port or before. */
static void
pick_range(
    struct ot_arena *arena, struct ot_choice *choice, struct ot_entry key)
{
	key.kind = OT_ENTRY_RANGE;
	key.transport = choice->conversation.transport;
	struct span span = { .from = first_from(choice->rules, &key),
		.ranges = true };

	key.service = choice->conversation.port;
	key.rule = key.last = UINT32_MAX;
	span.to = first_from(choice->rules, &key);
	span_add(arena, choice, span);
}

static void
pick_protocol(struct ot_arena *arena, struct ot_choice *choice,
    struct ot_entry key, struct ot_str name, bool port_only)
{
	const struct ot_rules *rules = choice->rules;

	key.kind = OT_ENTRY_PROTOCOL;
	key.service =
	    ot_text_find(rules->protocols, rules->protocol_count, name);
	if (key.service < rules->protocol_count)
		pick_all(arena, choice, key, port_only);
}

/* All services between two ends that the conversation could be. */
static void
pick_services(
    struct ot_arena *arena, struct ot_choice *choice, struct ot_entry key)
{
	const struct ot_conversation *c = &choice->conversation;
	struct ot_entry port = key;

	key.kind = OT_ENTRY_ANY;
	pick_all(arena, choice, key, false);
	if (c->protocol.len)
		pick_protocol(arena, choice, key, c->protocol,
		    c->named_by > OT_NAMED_HINT);
	for (uint32_t i = 0; c->also && i < c->also->count; i++)
		pick_protocol(arena, choice, key, c->also->at[i].text, false);
	port.kind = OT_ENTRY_PORT;
	port.transport = c->transport;
	port.service = c->port;
	pick_all(arena, choice, port, false);
	pick_range(arena, choice, key);
}

/* The later the key, the nearer; of equals the first row. */
static void
nearer(struct ot_choice *choice, uint32_t rule, enum ot_conduit_key failed)
{
	if (choice->nearest == no_rule || failed > choice->failed ||
	    (failed == choice->failed && rule < choice->nearest)) {
		choice->nearest = rule;
		choice->failed = failed;
	}
}

/* What is in the way between two ends that have rows. */
static void
near_pair(struct ot_choice *choice, struct ot_entry key)
{
	const struct ot_rules *rules = choice->rules;
	const struct ot_entry *e;

	key.kind = OT_ENTRY_VIA;
	for (size_t i = first_from(rules, &key); (e = entry_at(rules, i, &key));
	     i++)
		nearer(choice, e->rule, OT_C_VIA);
	key.kind = OT_ENTRY_PAIR;
	e = entry_at(rules, first_from(rules, &key), &key);
	if (e)
		nearer(choice, e->rule, OT_C_SERVICES);
}

static void
near_end(struct ot_arena *arena, struct ot_choice *choice, uint32_t from,
    uint32_t to, enum ot_conduit_key failed)
{
	struct ot_choice other = { .rules = choice->rules,
		.conversation = choice->conversation };

	pick_services(
	    arena, &other, (struct ot_entry){ .from = from, .to = to });
	for (uint32_t i = 0; i < other.count; i++)
		for (size_t k = other.spans[i].from; k < other.spans[i].to;
		     k++) {
			const struct ot_entry *e = &choice->rules->entries[k];

			if (other.spans[i].ranges && !in_range(choice, e))
				continue;
			nearer(choice, e->rule, failed);
			if (!other.spans[i].ranges)
				break; /* the others stand behind it */
		}
	choice->lost |= other.lost;
}

static void
find_nearest(struct ot_arena *arena, struct ot_choice *choice,
    const struct ends *from, const struct ends *to)
{
	for (uint32_t i = 0; i < from->count; i++)
		for (uint32_t k = 0; k < to->count; k++)
			near_pair(
			    choice, (struct ot_entry){
					.from = from->at[i], .to = to->at[k] });
	if (choice->nearest != no_rule)
		return;
	for (uint32_t k = 0; k < to->count; k++)
		near_end(arena, choice, OT_END_ALL, to->at[k], OT_C_FROM);
	if (choice->nearest != no_rule)
		return;
	for (uint32_t i = 0; i < from->count; i++)
		near_end(arena, choice, from->at[i], OT_END_ALL, OT_C_TO);
}

const struct ot_choice *
ot_rules_choose(struct ot_arena *arena, const struct ot_rules *rules,
    const struct ot_conversation *conversation, bool named)
{
	struct ot_choice *choice = ot_alloc(arena, sizeof(*choice));

	if (!choice)
		return NULL;
	choice->rules = rules;
	choice->conversation = *conversation;
	choice->nearest = no_rule;
	struct ends from = ends_of(rules, &conversation->from, !named);
	struct ends to = ends_of(rules, &conversation->to, true);

	for (uint32_t i = 0; i < from.count; i++)
		for (uint32_t k = 0; k < to.count; k++) {
			struct ot_entry key = { .from = from.at[i],
				.to = to.at[k] };
			size_t at = first_from(rules, &key);

			if (at < rules->entry_count &&
			    same_pair(&rules->entries[at], &key))
				pick_services(arena, choice, key);
		}
	if (!choice->count)
		find_nearest(arena, choice, &from, &to);
	return choice->lost ? NULL : choice;
}

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
	return row->when.len ? maybe(t, 1U << OT_REASON_CALENDAR) : YES;
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
	return rule == no_rule ? NULL : &choice->rules->policy->conduits[rule];
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
	if (sums->nearest == no_rule || failed > sums->failed ||
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
try_span(struct trial *t, struct sums *sums, const struct span *span)
{
	for (size_t i = span->from; i < span->to; i++) {
		const struct ot_entry *e = &t->choice->rules->entries[i];

		if (span->ranges && !in_range(t->choice, e))
			continue;
		if (try_row(t, sums, e->rule, span->port_only) && !span->ranges)
			return; /* the others stand behind it */
	}
}

static uint32_t
first_part(const struct trial *t)
{
	uint32_t first = no_rule;

	for (uint32_t i = 0; i < t->part_count; i++)
		first = lesser(first, t->parts[i].rule);
	return first;
}

struct ot_judgement
ot_rules_judge(const struct ot_choice *choice, const struct ot_act *act)
{
	struct trial t;
	struct sums sums = { .yes = no_rule,
		.possible = no_rule,
		.nearest = choice->nearest,
		.failed = choice->failed };

	t.choice = choice;
	t.act = act;
	t.part_count = 0;
	t.object = ot_extent_of(act->object);
	t.shape = act->whole || act->truncated || choice->conversation.attempt
		      ? 0
		      : ot_extent_shape(&t.object);
	for (uint32_t i = 0; i < choice->count; i++)
		try_span(&t, &sums, &choice->spans[i]);
	if (sums.yes != no_rule)
		return allowed(choice, act, sums.yes);
	/* no row alone covers it */
	if (t.part_count && parts_cover(&t, true))
		return allowed(choice, act, first_part(&t));
	if (t.part_count && parts_cover(&t, false)) {
		sums.possible = lesser(sums.possible, first_part(&t));
		sums.reasons |= sums.part_reasons;
	}
	if (sums.possible != no_rule)
		return (struct ot_judgement){ .verdict = OT_CANNOT_TELL,
			.rule = row_of(choice, sums.possible),
			.reasons = sums.reasons };
	return (struct ot_judgement){ .verdict = OT_VIOLATION,
		.nearest = row_of(choice, sums.nearest),
		.failed = sums.failed };
}
