/*
 * otzones diff: what a change of the policy allows and forbids, whatever the
 * rows look like.
 */
#include "policy/question.h"

#include "base/map.h"
#include "policy/rules.h"

struct diff {
	const struct ot_question *q;
	struct ot_universe *space;
	struct ot_answers *answers;
};

#define TEXT(s) (int)(s).len, (s).p

/* The first row of policy p that covers some of a box. */
static const struct ot_conduit_row *
row_of(struct ot_universe *space, uint32_t p, const struct ot_box *box,
    const struct ot_set *const *rows)
{
	const struct ot_policy *policy = space->policy[p];
	const struct ot_set *set = ot_set_box(&space->d, box->spans);

	for (uint32_t i = 0; i < policy->conduit_count; i++)
		if (ot_set_meets(&space->d, set, rows[i]))
			return &policy->conduits[i];
	return NULL;
}

/* Where no row is the reason, it is the zone within which all is allowed. */
static const struct ot_zone_row *
zone_of(const struct ot_universe *space, uint32_t p, const struct ot_box *box)
{
	const struct ot_span *from = &box->spans[OT_X_FROM];
	const struct ot_atom *atom =
	    &space->atoms[from->count ? from->at[0].lo : 0];

	return space->rows[p][atom->zone[p]];
}

static const struct ot_set **
rows_of(struct ot_universe *space, uint32_t p)
{
	const struct ot_policy *policy = space->policy[p];
	const struct ot_set **rows = ot_alloc_array(
	    space->arena, (size_t)policy->conduit_count + 1, sizeof(*rows));

	for (uint32_t i = 0; rows && i < policy->conduit_count; i++)
		rows[i] =
		    ot_universe_row(space, p, &policy->conduits[i], false);
	return rows;
}

/* Boxes of what one policy allows and the other does not; p: whose rows. */
static bool
tell_regions(
    struct diff *d, const struct ot_set *set, uint32_t p, const char *kind)
{
	const struct ot_set **rows = rows_of(d->space, p);
	struct ot_boxes boxes;

	if (!rows ||
	    !ot_boxes_of(&d->space->d, set, (size_t)d->space->d.most, &boxes))
		return false;
	for (size_t i = 0; i < boxes.count; i++) {
		const struct ot_conduit_row *row =
		    row_of(d->space, p, &boxes.at[i], rows);
		struct ot_answer *a =
		    ot_answer_add(d->q->arena, d->answers, kind, true);

		if (!a)
			return false;
		if (row) {
			a->at = row->at;
			a->id = row->id;
		} else if (zone_of(d->space, p, &boxes.at[i])) {
			a->at = zone_of(d->space, p, &boxes.at[i])->at;
			a->id = zone_of(d->space, p, &boxes.at[i])->id;
		}
		if (!ot_box_answer(d->space, &boxes.at[i], a))
			return false;
	}
	d->answers->cut |= boxes.cut;
	return true;
}

/* ---- what belongs to zones ---- */

static void
nets_text(const struct ot_zone_row *row, struct ot_sb *sb)
{
	char text[OT_ADDR_TEXT + 4];

	for (uint32_t i = 0; i < row->network_count; i++) {
		(void)ot_net_print(text, &row->networks[i]);
		ot_sb_printf(sb, " %s", text);
	}
}

static void
vlans_text(const struct ot_zone_row *row, struct ot_sb *sb)
{
	for (uint32_t i = 0; i < row->vlan_count; i++)
		ot_sb_printf(sb, " %u", row->vlans[i]);
}

static void
macs_text(const struct ot_zone_row *row, struct ot_sb *sb)
{
	char text[OT_ADDR_TEXT];

	for (uint32_t i = 0; i < row->mac_count; i++) {
		(void)ot_addr_print(text, &row->macs[i]);
		ot_sb_printf(sb, " %s", text);
	}
}

static void
sensors_text(const struct ot_zone_row *row, struct ot_sb *sb)
{
	for (uint32_t i = 0; i < row->sensors.count; i++)
		ot_sb_printf(sb, " %.*s", TEXT(row->sensors.at[i]));
}

static void
match_text(const struct ot_zone_row *row, struct ot_sb *sb)
{
	if (row->match.len)
		ot_sb_printf(sb, " %.*s", TEXT(row->match));
}

static void
site_text(const struct ot_zone_row *row, struct ot_sb *sb)
{
	if (row->site.len)
		ot_sb_printf(sb, " %.*s", TEXT(row->site));
}

static void
kind_text(const struct ot_zone_row *row, struct ot_sb *sb)
{
	if (row->kind.len)
		ot_sb_printf(sb, " %.*s", TEXT(row->kind));
}

static void
level_text(const struct ot_zone_row *row, struct ot_sb *sb)
{
	if (row->level >= 0)
		ot_sb_printf(sb, " %d", row->level);
}

/* What says who belongs to a zone, and what checks say of it. */
static const struct {
	const char *key;
	void (*text)(const struct ot_zone_row *row, struct ot_sb *sb);
} zone_keys[] = {
	{ "site", site_text },
	{ "kind", kind_text },
	{ "level", level_text },
	{ "networks", nets_text },
	{ "vlans", vlans_text },
	{ "macs", macs_text },
	{ "sensors", sensors_text },
	{ "match", match_text },
};

static bool
tell_zone(struct diff *d, const char *kind, const struct ot_zone_row *row,
    struct ot_str text)
{
	struct ot_answer *a =
	    ot_answer_add(d->q->arena, d->answers, kind, true);

	if (!a)
		return false;
	a->at = row->at;
	a->id = row->id;
	return ot_answer_say(
	    d->q->arena, a, "zone %.*s%.*s", TEXT(row->id), TEXT(text));
}

static bool
compare_zone(struct diff *d, const struct ot_zone_row *old,
    const struct ot_zone_row *new)
{
	struct ot_sb text = { 0 };
	bool ok = true;

	for (size_t i = 0; i < sizeof(zone_keys) / sizeof(zone_keys[0]); i++) {
		struct ot_sb a = { 0 }, b = { 0 };

		zone_keys[i].text(old, &a);
		zone_keys[i].text(new, &b);
		if (!ot_str_eq(ot_sb_str(&a), ot_sb_str(&b)))
			ot_sb_printf(&text, "%s %s:%.*s ->%.*s",
			    text.len ? ";" : "", zone_keys[i].key,
			    a.len ? (int)a.len : 5, a.len ? a.p : " none",
			    b.len ? (int)b.len : 5, b.len ? b.p : " none");
		ot_sb_done(&a);
		ot_sb_done(&b);
	}
	if (text.len)
		ok = tell_zone(d, "zone-changed", new, ot_sb_str(&text));
	ot_sb_done(&text);
	return ok;
}

static bool
compare_zones(
    struct diff *d, const struct ot_policy *old, const struct ot_policy *new)
{
	const struct ot_str none = { NULL, 0 };
	bool ok = true;

	for (uint32_t i = 0; ok && i < old->zone_count; i++)
		if (!ot_zone_row(new, old->zones[i].id))
			ok = tell_zone(d, "zone-gone", &old->zones[i], none);
	for (uint32_t i = 0; ok && i < new->zone_count; i++) {
		const struct ot_zone_row *was =
		    ot_zone_row(old, new->zones[i].id);

		ok = was ? compare_zone(d, was, &new->zones[i])
			 : tell_zone(d, "zone-new", &new->zones[i], none);
	}
	return ok;
}

bool
ot_policy_diff(const struct ot_question *before, const struct ot_policy *after,
    struct ot_answers *answers)
{
	const struct ot_policy *policies[] = { before->policy, after };
	struct ot_universe space;
	struct diff d = { before, &space, answers };
	const struct ot_set *sets[2];
	bool ok;

	answers->question = "diff";
	if (!ot_universe_init(&space, before->arena, policies, 2, NULL))
		return false;
	for (uint32_t p = 0; p < 2; p++)
		sets[p] =
		    ot_set_unite(&space.d, ot_universe_conduits(&space, p),
			ot_universe_inside(&space, p));
	ok = compare_zones(&d, before->policy, after);
	if (ok && ot_universe_ok(&space))
		ok =
		    tell_regions(&d, ot_set_without(&space.d, sets[1], sets[0]),
			1, "allowed") &&
		    tell_regions(&d, ot_set_without(&space.d, sets[0], sets[1]),
			0, "forbidden");
	answers->cut |= !ot_universe_ok(&space);
	ok &= !space.d.lost;
	ot_universe_done(&space);
	return ok;
}

/* ---- verdicts of what was seen ---- */

struct seen {
	const struct ot_crossing *crossing;
	const struct ot_crossing_op *op; /* NULL: the conversation as such */
};

static void
key_of(struct ot_sb *sb, const struct seen *s)
{
	const struct ot_crossing *c = s->crossing;

	sb->len = 0;
	ot_sb_printf(sb, "%.*s %.*s %.*s %.*s %u %u %d",
	    TEXT(c->client_address), TEXT(c->server_address), TEXT(c->sensor),
	    TEXT(c->protocol), c->transport, c->port, c->attempt);
	if (s->op)
		ot_sb_printf(sb, " %u %.*s %.*s", s->op->verb,
		    TEXT(s->op->name), TEXT(s->op->object));
}

/* All that crossings say, by key: struct seen. */
static bool
index_all(
    struct ot_arena *arena, const struct ot_list *crossings, struct ot_map *map)
{
	struct ot_sb sb = { 0 };
	bool ok = true;

	for (uint32_t i = 0; i < crossings->count; i++) {
		const struct ot_crossing *c = crossings->at[i];
		uint32_t ops = c->ops.count ? c->ops.count : 1;

		for (uint32_t k = 0; ok && k < ops; k++) {
			struct seen *s = ot_alloc(arena, sizeof(*s));
			struct ot_str key;
			void **at;

			if (s)
				*s = (struct seen){ c,
					c->ops.count ? c->ops.at[k] : NULL };
			if (s)
				key_of(&sb, s);
			key = ot_str_keep(arena, ot_sb_str(&sb));
			at = s && key.p && !sb.lost
				 ? ot_map_at(map, key.p, key.len)
				 : NULL;
			ok = at != NULL;
			if (at)
				*at = s;
		}
	}
	ot_sb_done(&sb);
	return ok;
}

static uint8_t
verdict_of(const struct seen *s)
{
	if (!s) /* within a zone: no crossing */
		return OT_ALLOWED;
	return s->op ? s->op->verdict : s->crossing->verdict;
}

static bool
tell_change(struct ot_arena *arena, const struct seen *now,
    const struct seen *was, bool reversed, struct ot_answers *answers)
{
	uint8_t old = verdict_of(reversed ? now : was),
		new = verdict_of(reversed ? was : now);
	const struct ot_crossing *c = now->crossing;
	struct ot_answer *a;

	if (old == new)
		return true;
	a = ot_answer_add(arena, answers, "verdict", true);
	if (!a)
		return false;
	a->at = (struct ot_source){ c->file, c->line, c->column, c->line,
		c->end_column };
	a->id = c->rule.len ? c->rule : c->nearest;
	return ot_answer_say(arena, a,
	    "%s -> %s: %.*s %.*s -> %.*s %.*s, %.*s%s%s%s%.*s",
	    ot_verdict_names[old], ot_verdict_names[new], TEXT(c->client_zone),
	    TEXT(c->client_address), TEXT(c->server_zone),
	    TEXT(c->server_address), TEXT(c->protocol), now->op ? ", " : "",
	    now->op ? ot_verb_names[now->op->verb] : "",
	    now->op && now->op->object.len ? " " : "",
	    now->op ? (int)now->op->object.len : 0,
	    now->op ? now->op->object.p : "");
}

/* What is in these and, where both asks, in the others. */
static bool
compare(struct ot_arena *arena, const struct ot_list *these,
    const struct ot_map *others, bool reversed, struct ot_answers *answers)
{
	struct ot_sb sb = { 0 };
	bool ok = true;

	for (uint32_t i = 0; i < these->count; i++) {
		const struct ot_crossing *c = these->at[i];
		uint32_t ops = c->ops.count ? c->ops.count : 1;

		for (uint32_t k = 0; ok && k < ops; k++) {
			struct seen now = { c,
				c->ops.count ? c->ops.at[k] : NULL };
			const struct seen *was;

			key_of(&sb, &now);
			was = ot_map_get(others, sb.p, sb.len);
			if (!reversed || !was)
				ok = tell_change(
				    arena, &now, was, reversed, answers);
		}
	}
	ok &= !sb.lost;
	ot_sb_done(&sb);
	return ok;
}

bool
ot_policy_changes(struct ot_arena *arena, const struct ot_list *before,
    const struct ot_list *after, struct ot_answers *answers)
{
	struct ot_map old = { 0 }, new = { 0 };
	bool ok = index_all(arena, before, &old) &&
		  index_all(arena, after, &new) &&
		  compare(arena, after, &old, false, answers) &&
		  compare(arena, before, &new, true, answers);

	ot_map_done(&old);
	ot_map_done(&new);
	return ok;
}
