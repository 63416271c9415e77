/*
 * otzones reach: from zone to zone by conduits, hop by hop. The last hop has
 * to allow the verb that is asked for; on the way any conduit may be one that
 * somebody goes through.
 */
#include "policy/plan.h"

#include <stdio.h>

enum { EDGES_DEFAULT = 1000000 };

static const uint32_t nowhere = UINT32_MAX;

struct reach {
	struct ot_arena *arena;
	const struct ot_plan *plan;
	struct ot_answers *answers;
	uint32_t verb;	      /* a bit; or all */
	uint64_t spent, most; /* links looked at */
	uint32_t *first;      /* of each zone its first link; and the end */
	uint32_t *before;     /* on a shortest way: the zone before, or none */
	uint32_t *hops;
	uint32_t *queue;
	bool lost;
};

static bool
spend(struct reach *r)
{
	return r->spent++ < r->most;
}

static const struct ot_plan_link *
links_of(const struct reach *r, uint32_t zone, uint32_t *count)
{
	*count = r->first[zone + 1] - r->first[zone];
	return &r->plan->links[r->first[zone]];
}

/* ---- shortest ways ---- */

/* Breadth first; nobody goes on from the zone to avoid. */
static void
walk(struct reach *r, uint32_t from, uint32_t avoid)
{
	uint32_t head = 0, tail = 0;

	for (uint32_t i = 0; i < r->plan->zone_count; i++)
		r->before[i] = r->hops[i] = nowhere;
	r->hops[from] = 0;
	r->queue[tail++] = from;
	while (head < tail) {
		uint32_t at = r->queue[head++], count;
		const struct ot_plan_link *links = links_of(r, at, &count);

		for (uint32_t i = 0; i < count; i++) {
			uint32_t to = links[i].to;

			if (!spend(r))
				return;
			if (!links[i].row || r->hops[to] != nowhere ||
			    to == avoid)
				continue;
			r->hops[to] = r->hops[at] + 1;
			r->before[to] = at;
			r->queue[tail++] = to;
		}
	}
}

/* The nearest zone from which a link with the verb leads to this one. */
static const struct ot_plan_link *
last_hop(struct reach *r, uint32_t to)
{
	const struct ot_plan_link *best = NULL;

	for (uint32_t i = 0; i < r->plan->zone_count; i++) {
		const struct ot_plan_link *link;

		if (r->hops[i] == nowhere || i == to || !spend(r))
			continue;
		link = ot_plan_find(r->plan, i, to);
		if (link && link->row && (link->verbs & r->verb) &&
		    (!best || r->hops[i] < r->hops[best->from]))
			best = link;
	}
	return best;
}

/* The first conduit of a link that allows one of the verbs. */
static const struct ot_conduit_row *
row_by(const struct ot_plan_link *link, uint32_t verbs)
{
	const struct ot_conduit_row *first = NULL;

	for (uint32_t v = 0; link && v < OT_VERBS; v++)
		if ((verbs >> v & 1) && link->by[v] &&
		    (!first || link->by[v] < first))
			first = link->by[v];
	return first;
}

static void
hop_text(const struct reach *r, uint32_t from, uint32_t to, uint32_t verbs,
    struct ot_sb *sb)
{
	const struct ot_conduit_row *row =
	    row_by(ot_plan_find(r->plan, from, to), verbs);
	struct ot_str id = r->plan->zones[to].id;

	ot_sb_puts(sb, " -> ");
	ot_sb_add(sb, id.p, id.len);
	if (row)
		ot_sb_printf(sb, " (%.*s)", (int)row->id.len, row->id.p);
}

/* Zones on the shortest way to a zone, in its order. As long as there are
 * zones at most. */
static void
way_text(const struct reach *r, uint32_t to, struct ot_sb *sb)
{
	uint32_t *way =
	    ot_alloc_array(r->arena, r->plan->zone_count, sizeof(*way));
	uint32_t count = 0;

	for (uint32_t at = to; way && at != nowhere; at = r->before[at])
		way[count++] = at;
	if (!count)
		return;
	ot_sb_add(sb, r->plan->zones[way[count - 1]].id.p,
	    r->plan->zones[way[count - 1]].id.len);
	for (uint32_t i = count - 1; i > 0; i--)
		hop_text(r, way[i], way[i - 1], UINT32_MAX, sb);
}

static struct ot_answer *
tell(struct reach *r, const char *kind, uint32_t zone, struct ot_str text)
{
	struct ot_answer *a = ot_answer_add(r->arena, r->answers, kind, false);

	if (a) {
		a->id = r->plan->zones[zone].id;
		a->text = ot_str_keep(r->arena, text);
	}
	r->lost |= !a || !a->text.p;
	return a;
}

/* How far somebody gets who has a zone. */
struct radius {
	uint32_t direct, all, far;
};

static void
tell_way(struct reach *r, uint32_t from, uint32_t to, struct radius *radius)
{
	const struct ot_plan_link *last = last_hop(r, to);
	struct ot_sb sb = { 0 };
	struct ot_answer *a;
	uint32_t hops;

	if (!last)
		return;
	hops = r->hops[last->from] + 1;
	radius->all++;
	radius->direct += hops == 1;
	if (hops > radius->far)
		radius->far = hops;
	ot_sb_printf(&sb, "%u hop%s: ", hops, hops == 1 ? "" : "s");
	way_text(r, last->from, &sb);
	hop_text(r, last->from, to, r->verb, &sb);
	a = tell(r, "reaches", from, ot_sb_str(&sb));
	if (a)
		a->at = row_by(last, r->verb)->at;
	ot_sb_done(&sb);
}

static void
tell_radius(struct reach *r, uint32_t from, const struct radius *radius)
{
	char text[256];

	if (!radius->all)
		return;
	(void)snprintf(text, sizeof(text),
	    "%.*s reaches %u zone%s directly, %u in all, in at most %u hop%s",
	    (int)r->plan->zones[from].id.len, r->plan->zones[from].id.p,
	    radius->direct, radius->direct == 1 ? "" : "s", radius->all,
	    radius->far, radius->far == 1 ? "" : "s");
	(void)tell(r, "radius", from, ot_str(text));
}

/* ---- zones without which the plan falls apart ---- */

/* A walk in depth without recursion: of each zone its number, the least
 * number that it or those below it see, and how far its links were looked at.
 */
struct depth {
	uint32_t *number, *low, *above, *next, *stack;
	bool *cuts;
	uint32_t count, top, root_children;
};

static bool
depth_init(struct reach *r, struct depth *d)
{
	uint32_t n = r->plan->zone_count;

	*d = (struct depth){ .number =
				 ot_alloc_array(r->arena, n, sizeof(uint32_t)),
		.low = ot_alloc_array(r->arena, n, sizeof(uint32_t)),
		.above = ot_alloc_array(r->arena, n, sizeof(uint32_t)),
		.next = ot_alloc_array(r->arena, n, sizeof(uint32_t)),
		.stack = ot_alloc_array(r->arena, n, sizeof(uint32_t)),
		.cuts = ot_alloc_array(r->arena, n, sizeof(bool)) };
	return d->number && d->low && d->above && d->next && d->stack &&
	       d->cuts;
}

static bool
joined(const struct reach *r, uint32_t a, uint32_t b)
{
	const struct ot_plan_link *there = ot_plan_find(r->plan, a, b),
				  *back = ot_plan_find(r->plan, b, a);

	return a != b && ((there && there->row) || (back && back->row));
}

static void
enter(struct depth *d, uint32_t zone, uint32_t above)
{
	d->number[zone] = d->low[zone] = ++d->count;
	d->above[zone] = above;
	d->stack[d->top++] = zone;
}

/* One zone is done: what it sees, the one above sees too. */
static void
leave(struct depth *d, uint32_t root)
{
	uint32_t zone = d->stack[--d->top], above = d->above[zone];

	if (above == nowhere)
		return;
	if (d->low[zone] < d->low[above])
		d->low[above] = d->low[zone];
	if (above == root)
		d->root_children++;
	else if (d->low[zone] >= d->number[above])
		d->cuts[above] = true;
}

static void
search(struct reach *r, struct depth *d, uint32_t root)
{
	d->root_children = 0;
	enter(d, root, nowhere);
	while (d->top) {
		uint32_t zone = d->stack[d->top - 1], to = d->next[zone]++;

		if (to >= r->plan->zone_count) {
			leave(d, root);
			continue;
		}
		if (!spend(r))
			return;
		if (!joined(r, zone, to) || to == d->above[zone])
			continue;
		if (!d->number[to])
			enter(d, to, zone);
		else if (d->number[to] < d->low[zone])
			d->low[zone] = d->number[to];
	}
	d->cuts[root] = d->root_children > 1;
}

static void
tell_articulations(struct reach *r)
{
	struct depth d;
	char text[256];

	if (!depth_init(r, &d)) {
		r->lost = true;
		return;
	}
	for (uint32_t i = 0; i < r->plan->zone_count; i++)
		if (!d.number[i])
			search(r, &d, i);
	for (uint32_t i = 0; i < r->plan->zone_count; i++) {
		if (!d.cuts[i])
			continue;
		(void)snprintf(text, sizeof(text),
		    "without %.*s the zones fall into parts that no conduit "
		    "joins",
		    (int)r->plan->zones[i].id.len, r->plan->zones[i].id.p);
		(void)tell(r, "articulation", i, ot_str(text));
	}
}

/* ---- the least zones between two ---- */

/* Each zone is two nodes, in (2z) and out (2z + 1), joined by an edge that one
 * way may use; flow is kept as the state of edges. */
struct cut {
	bool *through;	/* the edge in a zone is used */
	uint8_t *used;	/* of each link: the flow goes along it */
	uint32_t *from; /* of each node: the node before on a way */
	uint32_t *queue;
};

/* Go on from a node where the way is open. A link takes any number of ways, so
 * that what is short are zones. */
static void
visit(struct cut *c, uint32_t node, uint32_t by, uint32_t *tail)
{
	if (c->from[node] != nowhere)
		return;
	c->from[node] = by;
	c->queue[(*tail)++] = node;
}

static void
leave_zone(struct reach *r, struct cut *c, uint32_t zone, uint32_t *tail)
{
	uint32_t count;
	const struct ot_plan_link *links = links_of(r, zone, &count);

	for (uint32_t i = 0; i < count && spend(r); i++)
		if (links[i].row && links[i].to != zone)
			visit(c, 2 * links[i].to, 2 * zone + 1, tail);
	if (c->through[zone])
		visit(c, 2 * zone, 2 * zone + 1, tail);
}

/* Into a zone: on through it if nobody has, or back along who came in. */
static void
pass_zone(struct reach *r, struct cut *c, uint32_t zone, uint32_t *tail)
{
	if (!c->through[zone])
		visit(c, 2 * zone + 1, 2 * zone, tail);
	for (size_t i = 0; i < r->plan->link_count && spend(r); i++)
		if (c->used[i] && r->plan->links[i].to == zone)
			visit(
			    c, 2 * r->plan->links[i].from + 1, 2 * zone, tail);
}

/* One way more; false where there is none: then what was reached is the near
 * side of the cut. */
static bool
one_way(struct reach *r, struct cut *c, uint32_t from, uint32_t to)
{
	uint32_t head = 0, tail = 0;

	for (uint32_t i = 0; i < 2 * r->plan->zone_count; i++)
		c->from[i] = nowhere;
	visit(c, 2 * from + 1, 2 * from + 1, &tail);
	while (head < tail && c->from[2 * to] == nowhere) {
		uint32_t node = c->queue[head++];

		if (node & 1)
			leave_zone(r, c, node / 2, &tail);
		else
			pass_zone(r, c, node / 2, &tail);
	}
	return c->from[2 * to] != nowhere;
}

static void
take_way(struct reach *r, struct cut *c, uint32_t from, uint32_t to)
{
	uint32_t node = 2 * to;

	while (node != 2 * from + 1) {
		uint32_t by = c->from[node];
		const struct ot_plan_link *link;

		if (by / 2 == node / 2) { /* through a zone, or back */
			c->through[node / 2] = node & 1;
		} else if (by & 1) {
			link = ot_plan_find(r->plan, by / 2, node / 2);
			c->used[link - r->plan->links] = true;
		} else {
			link = ot_plan_find(r->plan, node / 2, by / 2);
			c->used[link - r->plan->links] = false;
		}
		node = by;
	}
}

static bool
cut_init(struct reach *r, struct cut *c)
{
	size_t n = r->plan->zone_count;

	c->through = ot_alloc_array(r->arena, n, sizeof(*c->through));
	c->used = ot_alloc_array(r->arena, r->plan->link_count + 1, 1);
	c->from = ot_alloc_array(r->arena, 2 * n, sizeof(*c->from));
	c->queue = ot_alloc_array(r->arena, 2 * n, sizeof(*c->queue));
	return c->through && c->used && c->from && c->queue;
}

static void
tell_choke(struct reach *r, uint32_t from, uint32_t to)
{
	const struct ot_plan_link *direct = ot_plan_find(r->plan, from, to);
	struct ot_sb sb = { 0 };
	uint32_t ways = 0, cut = 0;
	struct cut c;

	if (direct && direct->row) {
		ot_sb_printf(&sb,
		    "no zone lies between: conduit %.*s goes there directly",
		    (int)direct->row->id.len, direct->row->id.p);
		(void)tell(r, "choke", from, ot_sb_str(&sb));
		ot_sb_done(&sb);
		return;
	}
	r->lost |= !cut_init(r, &c);
	while (!r->lost && one_way(r, &c, from, to)) {
		take_way(r, &c, from, to);
		ways++;
	}
	for (uint32_t i = 0; !r->lost && ways && i < r->plan->zone_count; i++)
		if (c.from[2 * i] != nowhere && c.from[2 * i + 1] == nowhere) {
			ot_sb_printf(&sb, "%s%.*s", cut++ ? ", " : "",
			    (int)r->plan->zones[i].id.len,
			    r->plan->zones[i].id.p);
		}
	if (!r->lost && cut && r->spent <= r->most) {
		struct ot_sb text = { 0 };

		ot_sb_printf(&text, "every way goes through %s%.*s",
		    cut > 1 ? "one of " : "", (int)sb.len, sb.p);
		(void)tell(r, "choke", from, ot_sb_str(&text));
		ot_sb_done(&text);
	}
	ot_sb_done(&sb);
}

/* ---- the whole ---- */

static bool
reach_init(struct reach *r)
{
	uint32_t n = r->plan->zone_count;
	size_t link = 0;

	r->first = ot_alloc_array(r->arena, (size_t)n + 1, sizeof(*r->first));
	r->before = ot_alloc_array(r->arena, n, sizeof(*r->before));
	r->hops = ot_alloc_array(r->arena, n, sizeof(*r->hops));
	r->queue = ot_alloc_array(r->arena, n, sizeof(*r->queue));
	if (!r->first || !r->before || !r->hops || !r->queue)
		return false;
	for (uint32_t z = 0; z <= n; z++) {
		while (
		    link < r->plan->link_count && r->plan->links[link].from < z)
			link++;
		r->first[z] = (uint32_t)link;
	}
	return true;
}

static bool
word_value(const char *word, const char *key, struct ot_str *value)
{
	size_t len = strlen(key);

	if (strncmp(word, key, len) != 0)
		return false;
	*value = ot_str(word + len);
	return true;
}

/* A zone by id, or by a name that only one has. */
static int
zone_meant(const struct ot_plan *plan, struct ot_str text, uint32_t *zone,
    struct ot_error *error)
{
	uint32_t named = 0;

	*zone = nowhere;
	if (!text.len)
		return 0;
	for (uint32_t i = 0; i < plan->zone_count; i++)
		if (ot_str_eq(plan->zones[i].id, text)) {
			*zone = i;
			return 0;
		}
	for (uint32_t i = 0; i < plan->zone_count; i++)
		if (ot_str_eq(plan->zones[i].name, text)) {
			*zone = i;
			named++;
		}
	return named == 1 ? 0
			  : ot_error_set(error, OT_ERR_USAGE,
				"%.*s is no zone of the policy", (int)text.len,
				text.p);
}

static int
read_words(struct reach *r, const char *const *words, size_t count,
    uint32_t *ends, struct ot_error *error)
{
	struct ot_str from = { 0 }, to = { 0 }, verb = { 0 };
	int e;

	for (size_t i = 0; i < count; i++)
		if (!word_value(words[i], "from=", &from) &&
		    !word_value(words[i], "to=", &to) &&
		    !word_value(words[i], "verb=", &verb))
			return ot_error_set(error, OT_ERR_USAGE,
			    "'%s' is not from=, to= or verb=", words[i]);
	r->verb = (1U << OT_VERBS) - 1;
	if (verb.len && ot_word(ot_verb_names, verb) < 0)
		return ot_error_set(error, OT_ERR_USAGE, "%.*s is not a verb",
		    (int)verb.len, verb.p);
	if (verb.len)
		r->verb = 1U << ot_word(ot_verb_names, verb);
	e = zone_meant(r->plan, from, &ends[0], error);
	return e ? e : zone_meant(r->plan, to, &ends[1], error);
}

/* With a verb, the way to a zone must not lead through it: somebody would be
 * there by other verbs already. */
static void
answer_from(struct reach *r, uint32_t from, uint32_t to)
{
	bool any = r->verb == (1U << OT_VERBS) - 1;
	struct radius radius = { 0 };

	walk(r, from, nowhere);
	for (uint32_t k = 0; k < r->plan->zone_count && !r->lost; k++) {
		if (k == from || (to != nowhere && to != k))
			continue;
		if (!any)
			walk(r, from, k);
		tell_way(r, from, k, &radius);
	}
	if (to == nowhere)
		tell_radius(r, from, &radius);
}

static void
answer(struct reach *r, const uint32_t *ends)
{
	for (uint32_t i = 0; i < r->plan->zone_count && !r->lost; i++)
		if (ends[0] == nowhere || ends[0] == i)
			answer_from(r, i, ends[1]);
	if (ends[0] != nowhere && ends[1] != nowhere && ends[0] != ends[1])
		tell_choke(r, ends[0], ends[1]);
	else if (ends[0] == nowhere && ends[1] == nowhere)
		tell_articulations(r);
	r->answers->cut |= r->spent > r->most;
}

int
ot_plan_reach(struct ot_arena *arena, const struct ot_policy *policy,
    const char *const *words, size_t count, struct ot_answers *answers,
    struct ot_error *error)
{
	struct ot_plan plan;
	struct reach r = { .arena = arena,
		.plan = &plan,
		.answers = answers,
		.most = EDGES_DEFAULT };
	uint32_t ends[2];
	int e;

	answers->question = "reach";
	for (uint32_t i = 0; i < policy->limits.count; i++)
		if (ot_str_eq(policy->limits.at[i].text, ot_str("path_edges")))
			r.most = policy->limits.at[i].count;
	if (!ot_plan_make(arena, policy, NULL, &plan) || !reach_init(&r))
		return ot_error_set(error, OT_ERR_MEMORY, "out of memory");
	e = read_words(&r, words, count, ends, error);
	if (!e)
		answer(&r, ends);
	return r.lost ? ot_error_set(error, OT_ERR_MEMORY, "out of memory") : e;
}
