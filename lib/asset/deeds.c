/*
 * What a thing does makes its roles: whom it serves, whom it asks, by which
 * protocols and verbs; and that it sends for others, or is far away.
 */
#include "asset/build.h"

#include <stdlib.h>

/* One end of one flow. */
struct deed {
	struct ot_asset_group *group;
	const struct ot_asset_group *peer; /* NULL: a group of hosts */
	bool client;
	uint32_t verbs; /* a bit each, of operations that were not refused */
	uint64_t ops;
	const struct ot_str *protocol;
	const struct rules_of *rules;
};

/* The rules that speak of a protocol, by their index. */
struct rules_of {
	uint32_t count;
	uint32_t at[];
};

/* What the deeds of one group add up to under one rule. */
struct tally {
	bool any;
	uint64_t peers[2], ops; /* peers asked by it as server, as client */
	const struct ot_asset_group *last[2];
	uint32_t verbs;
	struct ot_counts protocols;
};

static bool
by_deed(const struct ot_asset_deed_rule *rule)
{
	return rule->end == OT_ASSET_SERVER || rule->end == OT_ASSET_CLIENT ||
	       rule->end == OT_ASSET_BOTH;
}

static const struct rules_of *
rules_of(struct ot_asset_build *build, struct ot_map *map,
    const struct ot_str *protocol)
{
	const struct ot_list *all = &build->rules->deeds;
	void **at = ot_map_at(map, protocol->p, protocol->len);

	if (!at) {
		build->lost = true;
		return NULL;
	}
	if (*at)
		return *at;
	struct rules_of *of =
	    ot_asset_alloc(build, sizeof(*of) + all->count * sizeof(of->at[0]));

	*at = of;
	for (uint32_t i = 0; of && i < all->count; i++) {
		const struct ot_asset_deed_rule *rule = all->at[i];

		if (by_deed(rule) &&
		    ot_asset_listed(rule->protocols, *protocol))
			of->at[of->count++] = i;
	}
	return of;
}

static void
add_op(struct deed *deed, const struct ot_op_sum *op)
{
	uint64_t refused = op->errors.other;

	for (uint32_t i = 0; i < op->errors.count; i++)
		refused += op->errors.at[i].count;
	if (refused >= op->count)
		return;
	deed->ops += op->count - refused;
	deed->verbs |= 1U << op->verb;
}

/* A protocol that rests on a port alone, or roles that rest on who was first,
 * make no deed; nor does a server that never said anything. */
static bool
is_deed(const struct ot_flow_sum *flow)
{
	return flow->named_by <= OT_NAMED_HINT &&
	       flow->roles_by != OT_ROLES_FIRST;
}

static bool
serves(const struct ot_flow_sum *flow)
{
	return flow->server.packets > 0 &&
	       (flow->server.payload > 0 || flow->network.transport == OT_ETH);
}

static bool
asks(const struct ot_flow_sum *flow, const struct deed *deed)
{
	return flow->client.packets > 0 &&
	       (deed->ops > 0 || flow->server.packets > 0);
}

static void
add_deeds(struct ot_asset_build *build, struct ot_map *map,
    const struct ot_flow_sum *flow, struct deed *deeds, uint32_t *count)
{
	struct ot_asset_node *client = ot_asset_end(build, flow, &flow->client);
	struct ot_asset_node *server = ot_asset_end(build, flow, &flow->server);
	struct ot_asset_group *c = client ? ot_asset_root(client)->group : NULL;
	struct ot_asset_group *s = server ? ot_asset_root(server)->group : NULL;
	struct deed deed = { .protocol = &flow->network.protocol,
		.rules = rules_of(build, map, &flow->network.protocol) };

	if (!deed.rules || !deed.rules->count || c == s)
		return;
	for (uint32_t i = 0; i < flow->ops.count; i++)
		add_op(&deed, flow->ops.at[i]);
	if (c && (asks(flow, &deed) || !s)) {
		deed.group = c;
		deed.peer = s;
		deed.client = true;
		deeds[(*count)++] = deed;
	}
	if (s && (serves(flow) || !c)) {
		deed.group = s;
		deed.peer = c;
		deed.client = false;
		deeds[(*count)++] = deed;
	}
}

static uint32_t
rank_of(const struct ot_asset_group *group)
{
	return group ? group->rank : UINT32_MAX;
}

static int
by_group(const void *a, const void *b)
{
	const struct deed *x = a, *y = b;

	if (x->group->rank != y->group->rank)
		return x->group->rank < y->group->rank ? -1 : 1;
	if (x->client != y->client)
		return x->client - y->client;
	return (rank_of(x->peer) > rank_of(y->peer)) -
	       (rank_of(x->peer) < rank_of(y->peer));
}

/* ---- one group ---- */

static void
count_deed(
    struct ot_asset_build *build, struct tally *tally, const struct deed *deed)
{
	tally->any = true;
	tally->ops += deed->ops;
	tally->verbs |= deed->verbs;
	if (deed->peer && tally->last[deed->client] != deed->peer) {
		tally->last[deed->client] = deed->peer;
		tally->peers[deed->client]++;
	}
	if (!ot_counts_add(
		&build->scratch, &tally->protocols, *deed->protocol, 1))
		build->lost = true;
}

static bool
holds(const struct ot_asset_deed_rule *rule, const struct tally *tally)
{
	if (!tally->any || tally->ops < rule->ops ||
	    (rule->verbs && !(rule->verbs & tally->verbs)) ||
	    (rule->without & tally->verbs))
		return false;
	return (rule->end == OT_ASSET_CLIENT ||
		   tally->peers[0] >= rule->peers) &&
	       (rule->end == OT_ASSET_SERVER || tally->peers[1] >= rule->peers);
}

static void
add_list(struct ot_sb *sb, const struct ot_counts *set)
{
	for (uint32_t i = 0; i < set->count; i++) {
		ot_sb_puts(sb, i ? ", " : "");
		ot_sb_add(sb, set->at[i].text.p, set->at[i].text.len);
	}
}

static void
add_verbs(struct ot_sb *sb, uint32_t verbs)
{
	const char *before = ": ";

	for (unsigned verb = 0; verb < OT_VERBS; verb++) {
		if (!(verbs >> verb & 1))
			continue;
		ot_sb_puts(sb, before);
		ot_sb_puts(sb, ot_verb_names[verb]);
		before = ", ";
	}
}

static void
add_peers(struct ot_sb *sb, uint64_t peers, const char *what)
{
	ot_sb_printf(sb, "%llu %s%s", (unsigned long long)peers, what,
	    peers == 1 ? "" : "s");
}

/* "serves modbus to 3 clients (PLC-1)" */
static struct ot_str
reason_of(struct ot_asset_build *build, const struct ot_asset_deed_rule *rule,
    const struct tally *tally)
{
	struct ot_sb sb = { 0 };
	struct ot_str kept;

	switch (rule->end) {
	case OT_ASSET_SERVER:
		ot_sb_puts(&sb, "serves ");
		add_list(&sb, &tally->protocols);
		ot_sb_puts(&sb, " to ");
		add_peers(&sb, tally->peers[0], "client");
		break;
	case OT_ASSET_CLIENT:
		ot_sb_puts(&sb, "asks ");
		add_peers(&sb, tally->peers[1], "server");
		ot_sb_puts(&sb, " by ");
		add_list(&sb, &tally->protocols);
		add_verbs(&sb, tally->verbs);
		break;
	case OT_ASSET_BOTH:
		add_list(&sb, &tally->protocols);
		ot_sb_puts(&sb, ": serves ");
		add_peers(&sb, tally->peers[0], "client");
		ot_sb_puts(&sb, " and asks ");
		add_peers(&sb, tally->peers[1], "server");
		break;
	case OT_ASSET_PUBLIC:
		ot_sb_puts(&sb, "has a public address and no MAC here");
		break;
	case OT_ASSET_ROUTER:
		ot_sb_puts(&sb, "its MAC sends for other addresses");
		break;
	case OT_ASSET_ENDS:
		break;
	}
	ot_sb_printf(&sb, " (%.*s)", (int)rule->id.len, rule->id.p);
	kept = ot_str_keep(&build->scratch, ot_sb_str(&sb));
	build->lost |= sb.lost || !kept.p;
	ot_sb_done(&sb);
	return kept;
}

static void
vote(struct ot_asset_build *build, struct ot_asset_group *g,
    const struct ot_asset_deed_rule *rule, const struct tally *tally)
{
	struct ot_str reason = reason_of(build, rule, tally);

	ot_asset_vote_class(g, rule->class_, rule->confidence, reason);
	ot_asset_vote_level(g, rule->level, rule->confidence, reason);
	ot_asset_vote_role(build, g,
	    &(struct ot_role){ rule->role, reason, rule->confidence });
}

static bool
rule_is_for(const struct ot_asset_deed_rule *rule, const struct deed *deed)
{
	return rule->end == OT_ASSET_BOTH ||
	       (rule->end == OT_ASSET_CLIENT) == deed->client;
}

/* The deeds of one group; tallies has room for every rule. */
static void
judge_deeds(struct ot_asset_build *build, const struct deed *deeds,
    uint32_t count, struct tally *tallies)
{
	const struct ot_list *rules = &build->rules->deeds;

	memset(tallies, 0, rules->count * sizeof(*tallies));
	for (uint32_t i = 0; i < count; i++) {
		const struct rules_of *of = deeds[i].rules;

		for (uint32_t k = 0; k < of->count; k++)
			if (rule_is_for(rules->at[of->at[k]], &deeds[i]))
				count_deed(
				    build, &tallies[of->at[k]], &deeds[i]);
	}
	for (uint32_t i = 0; i < rules->count; i++)
		if (holds(rules->at[i], &tallies[i]))
			vote(build, deeds->group, rules->at[i], &tallies[i]);
}

/* ---- what needs no flow ---- */

static bool
is_far(const struct ot_asset_group *g)
{
	bool far = false;

	for (uint32_t i = 0; i < g->node_count; i++) {
		if (!ot_addr_public(&g->nodes[i]->addr))
			return false;
		far = true;
	}
	return far;
}

static void
judge_place(struct ot_asset_build *build, struct ot_asset_group *g)
{
	const struct ot_list *rules = &build->rules->deeds;
	const struct tally none = { 0 };

	for (uint32_t i = 0; i < rules->count; i++) {
		const struct ot_asset_deed_rule *rule = rules->at[i];

		if ((rule->end == OT_ASSET_PUBLIC && is_far(g)) ||
		    (rule->end == OT_ASSET_ROUTER && g->asset.router))
			vote(build, g, rule, &none);
	}
}

void
ot_asset_deeds(struct ot_asset_build *build)
{
	const struct ot_list *flows = &build->store->list[OT_STORE_FLOW];
	struct deed *deeds = ot_alloc_array(
	    &build->scratch, (size_t)flows->count * 2 + 1, sizeof(*deeds));
	struct tally *tallies = ot_alloc_array(&build->scratch,
	    build->rules->deeds.count + (size_t)1, sizeof(*tallies));
	struct ot_map map = { 0 };
	uint32_t count = 0, from = 0;

	if (!deeds || !tallies) {
		build->lost = true;
		return;
	}
	for (uint32_t i = 0; i < build->groups.count; i++)
		judge_place(build, build->groups.at[i]);
	for (uint32_t i = 0; i < flows->count; i++)
		if (is_deed(flows->at[i]))
			add_deeds(build, &map, flows->at[i], deeds, &count);
	if (count)
		qsort(deeds, count, sizeof(*deeds), by_group);
	for (uint32_t i = 1; i <= count; i++) {
		if (i < count && deeds[i].group == deeds[from].group)
			continue;
		judge_deeds(build, deeds + from, i - from, tallies);
		from = i;
	}
	ot_map_done(&map);
}
