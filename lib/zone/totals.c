/*
 * The zone records: members and traffic of each zone.
 */
#include <stdlib.h>

#include "zone/assign.h"

struct totals {
	struct ot_arena *arena;
	struct ot_zone_sum **at; /* the rows', then internet, unassigned */
	const struct ot_policy *policy;
	bool lost;
};

enum { OUTSIDE = 2 };

static struct ot_zone_sum *
sum_of(const struct totals *t, const struct ot_zone_end *end)
{
	uint32_t rows = t->policy->zone_count;

	if (!end->zone.len)
		return NULL;
	if (end->row)
		return t->at[end->row - t->policy->zones];
	return t->at[rows + !ot_str_eq(end->zone, ot_str(OT_ZONE_INTERNET))];
}

static void
add_traffic(const struct totals *t, const struct ot_zone_end *x,
    const struct ot_zone_end *y, uint64_t packets, uint64_t bytes)
{
	struct ot_zone_sum *a = sum_of(t, x), *b = sum_of(t, y);

	if (a) {
		a->packets += packets;
		a->bytes += bytes;
	}
	if (a && a == b)
		a->inside_bytes += bytes;
	if (b && b != a) {
		b->packets += packets;
		b->bytes += bytes;
	}
}

static void
add_flow(const struct totals *t, const struct ot_flow_sum *flow,
    const struct ot_zone_pair *pair)
{
	add_traffic(t, &pair->client, &pair->server,
	    flow->client.packets + flow->server.packets,
	    flow->client.bytes + flow->server.bytes);
}

static void
add_event(const struct totals *t, const struct ot_event_sum *event,
    const struct ot_zone_event *ends)
{
	for (uint32_t i = 0; i < event->attempts.count; i++) {
		const struct ot_attempt *attempt = event->attempts.at[i];

		add_traffic(t, &ends->source, &ends->attempts[i],
		    attempt->packets, attempt->bytes);
	}
}

static struct ot_str
level_text(struct ot_arena *arena, int level)
{
	char digit = (char)('0' + level);

	return level < 0 ? (struct ot_str){ NULL, 0 }
			 : ot_str_keep(arena, (struct ot_str){ &digit, 1 });
}

static struct ot_str
or_absent(struct ot_str s)
{
	return s.len ? s : (struct ot_str){ NULL, 0 };
}

static void
fill(struct totals *t, struct ot_zone_sum *sum, const struct ot_zone_row *row)
{
	sum->id = row->id;
	sum->site = or_absent(row->site);
	sum->name = or_absent(row->name);
	sum->kind = ot_zone_kind(t->policy, row->id);
	sum->level = level_text(t->arena, row->level);
	sum->importance = or_absent(row->importance);
	sum->file = or_absent(row->at.file);
	sum->line = row->at.line;
	sum->column = row->at.column;
	sum->proposed = t->policy->proposed;
}

static bool
begin(struct totals *t)
{
	static const char *const outside[OUTSIDE] = { OT_ZONE_INTERNET,
		OT_ZONE_UNASSIGNED };
	uint32_t rows = t->policy->zone_count, count = rows + OUTSIDE;
	struct ot_zone_sum *sums =
	    ot_alloc_array(t->arena, count, sizeof(*sums));

	t->at = ot_alloc_array(t->arena, count, sizeof(struct ot_zone_sum *));
	if (!sums || !t->at)
		return false;
	for (uint32_t i = 0; i < count; i++)
		t->at[i] = &sums[i];
	for (uint32_t i = 0; i < rows; i++)
		fill(t, &sums[i], &t->policy->zones[i]);
	for (uint32_t i = 0; i < OUTSIDE; i++) {
		struct ot_zone_sum *sum = &sums[rows + i];

		sum->id = ot_str(outside[i]);
		sum->kind = ot_zone_kind(t->policy, sum->id);
		sum->level =
		    level_text(t->arena, ot_zone_level(t->policy, sum->id));
	}
	return true;
}

static int
by_text(const void *a, const void *b)
{
	return ot_str_cmp(*(const struct ot_str *)a, *(const struct ot_str *)b);
}

static void
add_member(struct totals *t, const struct ot_asset *asset)
{
	struct ot_zone_end end = { .zone = asset->zone,
		.row = ot_zone_row(t->policy, asset->zone) };
	struct ot_zone_sum *sum = sum_of(t, &end);

	if (sum && !ot_strings_add(t->arena, &sum->assets, asset->id))
		t->lost = true;
}

static bool
empty(const struct ot_zone_sum *sum)
{
	return sum->packets == 0 && sum->assets.count == 0;
}

bool
ot_zones_total(struct ot_arena *arena, const struct ot_policy *policy,
    const struct ot_list *assets, const struct ot_store *store,
    const struct ot_zone_notes *notes, struct ot_list *zones)
{
	struct totals t = { .arena = arena, .policy = policy };
	const struct ot_list *flows = &store->list[OT_STORE_FLOW];
	const struct ot_list *events = &store->list[OT_STORE_EVENT];

	if (!begin(&t))
		return false;
	for (uint32_t i = 0; i < assets->count; i++)
		add_member(&t, assets->at[i]);
	for (uint32_t i = 0; i < flows->count; i++)
		add_flow(&t, flows->at[i], &notes->flows[i]);
	for (uint32_t i = 0; i < events->count; i++)
		add_event(&t, events->at[i], &notes->events[i]);
	for (uint32_t i = 0; i < policy->zone_count + OUTSIDE; i++) {
		struct ot_zone_sum *sum = t.at[i];

		if (i >= policy->zone_count && empty(sum))
			continue;
		if (sum->assets.count)
			qsort(sum->assets.at, sum->assets.count,
			    sizeof(*sum->assets.at), by_text);
		t.lost |= !ot_list_add(arena, &ot_zone_shape, zones, sum);
	}
	return !t.lost;
}
