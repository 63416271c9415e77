/*
 * Which conduits match a conversation by its ends and service, and where none
 * does, which was nearest.
 */
#include "policy/evaluate.h"

#include "policy/rules.h"

enum { ENDS = 4 }; /* any, the zone, the asset, the row of the registry */

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
span_holds(const struct ot_choice *choice, const struct ot_found *span)
{
	if (!span->ranges)
		return span->from < span->to;
	for (size_t i = span->from; i < span->to; i++)
		if (ot_entry_in_range(choice, &choice->rules->entries[i]))
			return true;
	return false;
}

static void
span_add(struct ot_arena *arena, struct ot_choice *choice, struct ot_found span)
{
	if (!span_holds(choice, &span))
		return;
	if (choice->count == choice->room) {
		uint32_t room = choice->room ? choice->room * 2 : 2;
		struct ot_found *spans =
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
	struct ot_found span = { .from = first_from(choice->rules, &key),
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
	struct ot_found span = { .from = first_from(choice->rules, &key),
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
	if (choice->nearest == ot_no_rule || failed > choice->failed ||
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

			if (other.spans[i].ranges &&
			    !ot_entry_in_range(choice, e))
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
	if (choice->nearest != ot_no_rule)
		return;
	for (uint32_t k = 0; k < to->count; k++)
		near_end(arena, choice, OT_END_ALL, to->at[k], OT_C_FROM);
	if (choice->nearest != ot_no_rule)
		return;
	for (uint32_t i = 0; i < from->count; i++)
		near_end(arena, choice, from->at[i], OT_END_ALL, OT_C_TO);
}

/* The local time of the server, else of the client. */
static const struct ot_zoneinfo *
clock_of(const struct ot_rules *rules, const struct ot_conversation *c)
{
	const struct ot_str zones[] = { c->to.zone, c->from.zone };

	for (size_t z = 0; z < 2; z++) {
		uint32_t lo = 0, hi = rules->clock_count;

		while (lo < hi) {
			uint32_t mid = lo + (hi - lo) / 2;
			int order =
			    ot_str_cmp(rules->clocks[mid].zone, zones[z]);

			if (order == 0)
				return rules->clocks[mid].clock;
			if (order < 0)
				lo = mid + 1;
			else
				hi = mid;
		}
	}
	return NULL;
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
	choice->nearest = ot_no_rule;
	choice->clock = clock_of(rules, conversation);
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
