/*
 * From nodes to assets: the addresses of each thing added up, and its values
 * put in order, the winner of each attribute first.
 */
#include "asset/build.h"

#include <stdlib.h>

enum { TRUSTED = 70 }; /* percent: a serial number worth an id */

/* ---- groups ---- */

/* Where packets went to all hosts of a subnet. Without a mask, .255 is taken
 * for it, unless something came from there. */
static bool
is_broadcast(const struct ot_asset_node *node)
{
	return node->addr.kind == OT_ADDR_IPV4 && node->packets == 0 &&
	       (node->broadcast || node->addr.b[3] == 255);
}

/* A MAC that was only seen beside an IP is no thing of its own, unless it is a
 * router's. */
static bool
is_thing(const struct ot_asset_node *node)
{
	return (node->seen && !is_broadcast(node)) || node->router;
}

static void
add_node(struct ot_asset_build *build, struct ot_asset_group *g,
    struct ot_asset_node *node)
{
	struct ot_asset *a = &g->asset;
	struct ot_asset_address *address =
	    ot_asset_alloc(build, sizeof(*address));

	if (!address)
		return;
	g->nodes[g->node_count++] = node;
	address->addr = node->addr;
	address->packets = node->packets;
	ot_asset_push(build, &a->addresses, address);
	a->packets += node->packets;
	a->router |= node->router;
	if (node->first != OT_TIME_NONE &&
	    (a->first == OT_TIME_NONE || node->first < a->first))
		a->first = node->first;
	if (node->last != OT_TIME_NONE &&
	    (a->last == OT_TIME_NONE || node->last > a->last))
		a->last = node->last;
	build->lost |=
	    !ot_counts_merge(&build->scratch, &a->sensors, &node->sensors) ||
	    !ot_counts_merge(&build->scratch, &a->vlans, &node->vlans);
}

static struct ot_asset_group *
group_of(struct ot_asset_build *build, const struct ot_asset_node *root)
{
	struct ot_asset_group *g = ot_asset_alloc(build, sizeof(*g));

	if (!g)
		return NULL;
	g->scope = root->scope;
	if (g->scope->site)
		g->asset.site = g->scope->text;
	g->asset.first = g->asset.last = OT_TIME_NONE;
	g->rank = build->groups.count;
	ot_asset_push(build, &build->groups, g);
	return g;
}

/* What a MAC sent counts there where it is told by the links. */
static void
count_senders(struct ot_asset_build *build)
{
	for (uint32_t i = 0; i < build->groups.count; i++) {
		struct ot_asset_group *g = build->groups.at[i];

		for (uint32_t k = 0; k < g->node_count; k++)
			g->nodes[k]->group = g;
	}
	for (uint32_t i = 0; i < build->links.count; i++) {
		const struct ot_asset_link *link = build->links.at[i];
		struct ot_asset_group *g = link->mac->group;

		if (!g)
			continue;
		struct ot_asset_address *a =
		    ot_list_find(&ot_asset_address_shape, &g->asset.addresses,
			&(struct ot_asset_address){ .addr = link->mac->addr });

		if (a)
			a->packets += link->packets;
	}
}

void
ot_asset_groups(struct ot_asset_build *build)
{
	struct ot_asset_node **nodes = (struct ot_asset_node **)build->nodes.at;
	uint32_t count = build->nodes.count;

	/* the root of a group is its smallest node, so it comes first */
	for (uint32_t i = 0; i < count; i++) {
		struct ot_asset_node *root = ot_asset_root(nodes[i]);

		root->count = 0;
		root->thing |= is_thing(nodes[i]);
	}
	for (uint32_t i = 0; i < count; i++)
		ot_asset_root(nodes[i])->count++;
	for (uint32_t i = 0; i < count; i++) {
		struct ot_asset_node *root = ot_asset_root(nodes[i]);

		if (!root->thing)
			continue;
		if (!root->group)
			root->group = group_of(build, root);
		if (!root->group)
			return;
		if (!root->group->nodes)
			root->group->nodes =
			    ot_asset_alloc(build, root->count * sizeof(*nodes));
		if (!root->group->nodes)
			return;
		add_node(build, root->group, nodes[i]);
	}
	count_senders(build);
}

/* ---- values ---- */

static int
three(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int
by_right(const struct ot_asset_value *x, const struct ot_asset_value *y)
{
	static const int order[] = {
		[OT_SELF] = 0, [OT_BROADCAST] = 1, [OT_PEER] = 2
	};
	int c = three(x->promoted, y->promoted);

	if (!c)
		c = order[x->by] - order[y->by];
	if (!c)
		c = three(y->confidence, x->confidence);
	if (!c)
		c = three(y->count, x->count);
	if (!c)
		c = ot_str_cmp(x->value, y->value);
	return c ? c : ot_str_cmp(x->source, y->source);
}

static int
by_attribute(const struct ot_asset_value *x, const struct ot_asset_value *y)
{
	int c = three(x->group->rank, y->group->rank);

	if (!c)
		c = ot_str_cmp(x->nested, y->nested);
	return c ? c : ot_str_cmp(x->key, y->key);
}

/* Equal values side by side, the best said first. */
static int
to_unite(const void *a, const void *b)
{
	const struct ot_asset_value *x = *(void *const *)a;
	const struct ot_asset_value *y = *(void *const *)b;
	int c = by_attribute(x, y);

	if (!c)
		c = ot_str_cmp(x->value, y->value);
	return c ? c : by_right(x, y);
}

/* Values of an attribute side by side, the winner first. */
static int
to_rank(const void *a, const void *b)
{
	const struct ot_asset_value *x = *(void *const *)a;
	const struct ot_asset_value *y = *(void *const *)b;
	int c = by_attribute(x, y);

	return c ? c : by_right(x, y);
}

/* into->evidence is a record's, or *own, a copy that may grow. */
static void
add_evidence(struct ot_asset_build *build, struct ot_asset_value *into,
    const struct ot_asset_value *from, struct ot_evidence **own)
{
	if (!from->evidence || from->evidence == into->evidence)
		return;
	if (!into->evidence) {
		into->evidence = from->evidence;
		return;
	}
	if (!*own) {
		*own = ot_asset_alloc(build, sizeof(**own));
		if (!*own)
			return;
		**own = *into->evidence;
		into->evidence = *own;
	}
	ot_evidence_merge(*own, from->evidence);
}

static void
unite_equals(struct ot_asset_build *build)
{
	struct ot_asset_value **v = (struct ot_asset_value **)build->values.at;
	struct ot_evidence *own = NULL;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < build->values.count; i++) {
		struct ot_asset_value *before = kept ? v[kept - 1] : NULL;

		if (!before || by_attribute(before, v[i]) != 0 ||
		    !ot_str_eq(before->value, v[i]->value)) {
			v[kept++] = v[i];
			own = NULL;
			continue;
		}
		before->count += v[i]->count;
		add_evidence(build, before, v[i], &own);
	}
	build->values.count = kept;
}

/* What the only part of a thing says, the thing may be taken to say, with a
 * little less right. */
static void
promote(struct ot_asset_build *build)
{
	uint32_t count = build->values.count;

	for (uint32_t i = 0; i < count; i++) {
		const struct ot_asset_value *v = build->values.at[i];
		struct ot_asset_value *copy;

		if (!v->nested.len || v->group->parts.count != 1 ||
		    v->group->parts.other)
			continue;
		copy = ot_asset_alloc(build, sizeof(*copy));
		if (!copy)
			return;
		*copy = *v;
		copy->nested = (struct ot_str){ 0 };
		copy->confidence = v->confidence - v->confidence / 10;
		copy->promoted = true;
		ot_asset_push(build, &build->values, copy);
	}
}

static void
add_attribute(struct ot_asset_build *build, const struct ot_asset_value *v)
{
	struct ot_attribute *a = ot_asset_alloc(build, sizeof(*a));

	if (!a)
		return;
	a->key = v->key;
	a->value = v->value;
	a->nested = v->nested;
	a->confidence = v->confidence;
	a->by = v->source;
	if (v->evidence)
		a->evidence = *v->evidence;
	ot_asset_push(build, &v->group->asset.attributes, a);
}

/* The values of one attribute, the winner first. A vendor by MAC alone does
 * not stand against a part's own word. */
static void
rank_values(
    struct ot_asset_build *build, struct ot_asset_value **v, uint32_t count)
{
	uint32_t own = 0, kept = 0;
	bool said = false; /* by the thing itself */

	while (own < count && !v[own]->promoted)
		said |= v[own++]->by == OT_SELF;
	if (own < count && !said) {
		for (uint32_t i = own; i < count; i++, kept++)
			if (kept < OT_LIMIT_SET)
				add_attribute(build, v[i]);
	}
	for (uint32_t i = 0; i < own; i++, kept++)
		if (kept < OT_LIMIT_SET)
			add_attribute(build, v[i]);
	if (kept > OT_LIMIT_SET)
		v[0]->group->asset.attributes.other += kept - OT_LIMIT_SET;
	if (!v[0]->nested.len && !v[0]->promoted && v[0]->by == OT_SELF &&
	    v[0]->confidence >= TRUSTED &&
	    ot_str_eq(v[0]->key, ot_str(ot_key_names[OT_K_SERIAL])))
		v[0]->group->serial = v[0]->value;
}

static void
finish(struct ot_asset_build *build, struct ot_asset_group *g)
{
	struct ot_asset *a = &g->asset;

	for (uint32_t i = 0; i < g->parts.count; i++)
		build->lost |= !ot_strings_add(
		    &build->scratch, &a->parts, g->parts.at[i].text);
	if (!a->class_.len)
		a->class_ = ot_str("unknown");
}

static int
by_confidence(const void *a, const void *b)
{
	const struct ot_role *x = *(void *const *)a;
	const struct ot_role *y = *(void *const *)b;
	int c = three(y->confidence, x->confidence);

	return c ? c : ot_str_cmp(x->role, y->role);
}

void
ot_asset_values(struct ot_asset_build *build)
{
	struct ot_list *values = &build->values;
	uint32_t from = 0;

	for (uint32_t i = 0; i < build->groups.count; i++) {
		struct ot_asset_group *g = build->groups.at[i];

		g->serial = (struct ot_str){ 0 };
		if (g->asset.roles.count)
			qsort(g->asset.roles.at, g->asset.roles.count,
			    sizeof(void *), by_confidence);
		finish(build, g);
	}
	promote(build);
	if (!values->count)
		return;
	qsort(values->at, values->count, sizeof(void *), to_unite);
	unite_equals(build);
	qsort(values->at, values->count, sizeof(void *), to_rank);
	for (uint32_t i = 1; i <= values->count; i++) {
		struct ot_asset_value **v =
		    (struct ot_asset_value **)values->at;

		if (i < values->count && by_attribute(v[from], v[i]) == 0)
			continue;
		rank_values(build, v + from, i - from);
		from = i;
	}
}
