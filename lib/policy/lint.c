/*
 * otzones lint: rows that say nothing, too much, or nothing any more.
 */
#include "policy/lint.h"

#include <stdarg.h>
#include <stdio.h>

enum { NAMED = 4 }; /* rows that a message names */

/* Rows against each other, and against what was seen. */
struct rows {
	struct ot_lint lint;
	struct ot_universe *space;
	const struct ot_set **rows;   /* what each conduit covers */
	const struct ot_set **others; /* room for as many */
	const struct ot_set *inside;
	struct ot_traffic traffic;
};

struct ot_answer *
ot_lint_tell(struct ot_lint *lint, const char *kind, bool counts,
    const struct ot_source *at, struct ot_str id)
{
	struct ot_answer *a =
	    ot_answer_add(lint->q->arena, lint->answers, kind, counts);

	lint->lost |= !a;
	if (a) {
		a->at = *at;
		a->id = id;
	}
	return a;
}

void
ot_lint_say(
    struct ot_lint *lint, struct ot_answer *answer, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (answer)
		answer->text = ot_str_keep(lint->q->arena, ot_str(text));
	lint->lost |= !answer || !answer->text.p;
}

static struct ot_answer *
tell(struct rows *l, const char *kind, bool counts,
    const struct ot_conduit_row *row)
{
	return ot_lint_tell(&l->lint, kind, counts, &row->at, row->id);
}

/* ---- rows among rows ---- */

static bool
rows_make(struct rows *l)
{
	uint32_t n = l->lint.q->policy->conduit_count;

	l->rows =
	    ot_alloc_array(l->lint.q->arena, (size_t)n + 1, sizeof(*l->rows));
	l->others =
	    ot_alloc_array(l->lint.q->arena, (size_t)n + 1, sizeof(*l->others));
	if (!l->rows || !l->others)
		return false;
	for (uint32_t i = 0; i < n; i++)
		l->rows[i] = ot_universe_row(
		    l->space, 0, &l->lint.q->policy->conduits[i], false);
	return true;
}

/* What the other rows cover that have something in common with one. */
static const struct ot_set *
others_of(struct rows *l, uint32_t row)
{
	size_t count = 0;

	for (uint32_t i = 0; i < l->lint.q->policy->conduit_count; i++)
		if (i != row &&
		    ot_set_meets(&l->space->d, l->rows[row], l->rows[i]))
			l->others[count++] = l->rows[i];
	return ot_set_unite_all(&l->space->d, l->others, count);
}

/* The rows that have something in common with one. */
static void
name_others(struct rows *l, uint32_t row, struct ot_sb *sb)
{
	const struct ot_policy *policy = l->lint.q->policy;
	uint32_t named = 0, more = 0;

	for (uint32_t i = 0; i < policy->conduit_count; i++) {
		struct ot_str id = policy->conduits[i].id;

		if (i == row ||
		    !ot_set_meets(&l->space->d, l->rows[row], l->rows[i]))
			continue;
		if (named == NAMED) {
			more++;
			continue;
		}
		ot_sb_puts(sb, named++ ? ", " : "");
		ot_sb_add(sb, id.p, id.len);
	}
	if (more)
		ot_sb_printf(sb, " and %u more", (unsigned)more);
}

/* Could one row be left out? */
static void
look_covered(struct rows *l, uint32_t i)
{
	const struct ot_set *others = others_of(l, i);
	const struct ot_conduit_row *row = &l->lint.q->policy->conduits[i];
	struct ot_sb names = { 0 };

	if (!l->rows[i] || ot_set_without(&l->space->d, l->rows[i], others) ||
	    !ot_universe_ok(l->space))
		return;
	name_others(l, i, &names);
	ot_lint_say(&l->lint, tell(l, "covered", true, row),
	    "%.*s allows nothing that %.*s %s not allow already",
	    (int)row->id.len, row->id.p, (int)names.len, names.p,
	    memchr(names.p, ' ', names.len) ? "do" : "does");
	ot_sb_done(&names);
}

/* ---- rows by themselves ---- */

static bool
holds_nothing(const struct ot_policy *policy, const struct ot_zone_row *row)
{
	if (!row || row->network_count || row->vlan_count || row->mac_count ||
	    row->sensors.count || row->match.len)
		return false;
	for (uint32_t i = 0; i < policy->asset_count; i++)
		if (ot_str_eq(policy->assets[i].zone, row->id))
			return false;
	return true;
}

static void
look_never(struct rows *l, uint32_t i)
{
	const struct ot_policy *policy = l->lint.q->policy;
	const struct ot_conduit_row *row = &policy->conduits[i];
	const struct ot_str ends[] = { row->from, row->to };

	for (size_t k = 0; k < 2; k++)
		if (holds_nothing(policy, ot_zone_row(policy, ends[k]))) {
			ot_lint_say(&l->lint, tell(l, "never", true, row),
			    "%.*s can match nothing: zone %.*s holds nothing",
			    (int)row->id.len, row->id.p, (int)ends[k].len,
			    ends[k].p);
			return;
		}
	if (!l->rows[i])
		ot_lint_say(&l->lint, tell(l, "never", true, row),
		    "%.*s can match nothing: no end, service, verb and time "
		    "is left by its keys",
		    (int)row->id.len, row->id.p);
	else if (!ot_set_without(&l->space->d, l->rows[i], l->inside))
		ot_lint_say(&l->lint, tell(l, "inside", true, row),
		    "%.*s has no effect: both ends are in one zone, within "
		    "which all is allowed",
		    (int)row->id.len, row->id.p);
}

/* How much the keys leave open that a row does not name. */
static void
look_broad(struct rows *l, uint32_t i)
{
	const struct ot_conduit_row *row = &l->lint.q->policy->conduits[i];
	static const char *const words[] = { "any client", "any server",
		"any service", "any verb, unknown included", "any object" };
	const bool open[] = { !row->from.len ||
				  ot_str_eq(row->from, ot_str("*")),
		!row->to.len || ot_str_eq(row->to, ot_str("*")),
		!row->service_count, !row->verbs, !row->objects.count };
	struct ot_sb sb = { 0 };

	/* that no object is named is usual where verbs only read */
	if (!open[0] && !open[1] && !open[2])
		return;
	for (size_t k = 0; k < sizeof(open) / sizeof(open[0]); k++)
		if (open[k])
			ot_sb_printf(&sb, "%s%s", sb.len ? ", " : "", words[k]);
	ot_lint_say(&l->lint, tell(l, "broad", false, row), "%.*s allows %.*s",
	    (int)row->id.len, row->id.p, (int)sb.len, sb.p);
	ot_sb_done(&sb);
}

static int64_t
limit(const struct ot_policy *policy, const char *name, int64_t otherwise)
{
	for (uint32_t i = 0; i < policy->limits.count; i++)
		if (ot_str_eq(policy->limits.at[i].text, ot_str(name)))
			return (int64_t)policy->limits.at[i].count;
	return otherwise;
}

static void
look_expiry(struct rows *l, uint32_t i)
{
	const struct ot_conduit_row *row = &l->lint.q->policy->conduits[i];
	const int64_t day = 24 * 3600 * OT_SECOND_NS;
	int64_t left, soon = limit(l->lint.q->policy, "expiry_days", 14);
	char text[OT_TIME_TEXT];

	if (row->expires_ns == OT_TIME_NONE ||
	    l->lint.q->now_ns == OT_TIME_NONE)
		return;
	left = row->expires_ns - l->lint.q->now_ns;
	(void)ot_time_print(text, row->expires_ns - 1);
	text[10] = '\0';
	if (left <= 0)
		ot_lint_say(&l->lint, tell(l, "expired", true, row),
		    "%.*s is over: its last day was %s", (int)row->id.len,
		    row->id.p, text);
	else if (left / day < soon)
		ot_lint_say(&l->lint, tell(l, "expires", true, row),
		    "%.*s ends in %lld day%s: its last day is %s",
		    (int)row->id.len, row->id.p, (long long)(left / day),
		    left / day == 1 ? "" : "s", text);
}

/* ---- rows and traffic ---- */

static const struct ot_set *
forget_all_but(struct rows *l, const struct ot_set *set, uint32_t axis)
{
	bool axes[OT_AXES_MAX];

	for (uint32_t i = 0; i < l->space->d.axes; i++)
		axes[i] = i != axis;
	return ot_set_forget(&l->space->d, set, axes);
}

/* What is on an axis of the row and not of what was used. */
static void
unused_part(struct rows *l, const struct ot_set *row, const struct ot_set *used,
    enum ot_region_key key, struct ot_sb *sb)
{
	static const uint32_t axes[] = { [OT_R_FROM] = OT_X_FROM,
		[OT_R_TO] = OT_X_TO,
		[OT_R_SERVICES] = OT_X_PROTOCOL,
		[OT_R_VERBS] = OT_X_VERB };
	const struct ot_set *left =
	    ot_set_without(&l->space->d, forget_all_but(l, row, axes[key]),
		forget_all_but(l, used, axes[key]));
	struct ot_boxes boxes;

	if (!left || !ot_boxes_of(&l->space->d, left, 1, &boxes) ||
	    !boxes.count)
		return;
	ot_sb_printf(
	    sb, "%s%s ", sb->len ? "; " : "", ot_region_key_names[key]);
	ot_box_show(l->space, &boxes.at[0], key, sb);
}

static bool
names_protocols_alone(const struct ot_conduit_row *row)
{
	for (uint32_t i = 0; i < row->service_count; i++)
		if (row->services[i].kind != OT_SERVICE_PROTOCOL)
			return false;
	return row->service_count > 0;
}

static void
look_wide(struct rows *l, uint32_t i, const struct ot_set *sure)
{
	const struct ot_conduit_row *row = &l->lint.q->policy->conduits[i];
	const struct ot_set *used =
	    ot_set_common(&l->space->d, l->rows[i], sure);
	struct ot_sb sb = { 0 };

	if (!used)
		return;
	unused_part(l, l->rows[i], used, OT_R_FROM, &sb);
	unused_part(l, l->rows[i], used, OT_R_TO, &sb);
	if (names_protocols_alone(row))
		unused_part(l, l->rows[i], used, OT_R_SERVICES, &sb);
	unused_part(l, l->rows[i], used, OT_R_VERBS, &sb);
	if (sb.len)
		ot_lint_say(&l->lint, tell(l, "wide", false, row),
		    "%.*s is wider than the traffic; not seen: %.*s",
		    (int)row->id.len, row->id.p, (int)sb.len, sb.p);
	ot_sb_done(&sb);
}

static void
look_used(struct rows *l, uint32_t i)
{
	const struct ot_conduit_row *row = &l->lint.q->policy->conduits[i];
	bool objects = row->objects.count > 0;

	if (!l->rows[i])
		return;
	if (!ot_set_common(&l->space->d, l->rows[i],
		objects ? l->traffic.likely : l->traffic.likely_acts))
		ot_lint_say(&l->lint, tell(l, "unused", true, row),
		    "nothing in the stream used %.*s", (int)row->id.len,
		    row->id.p);
	else
		look_wide(
		    l, i, objects ? l->traffic.sure : l->traffic.sure_acts);
}

bool
ot_lint_rows(const struct ot_question *question, struct ot_universe *space,
    struct ot_answers *answers)
{
	struct rows l = { .lint = { question, answers, false },
		.space = space };

	if (!rows_make(&l))
		return false;
	l.inside = ot_universe_inside(space, 0);
	if (question->store && !ot_traffic_of(space, 0, question, &l.traffic))
		return false;
	for (uint32_t i = 0; i < question->policy->conduit_count; i++) {
		look_expiry(&l, i);
		look_broad(&l, i);
		if (!ot_universe_ok(space))
			continue;
		look_covered(&l, i);
		look_never(&l, i);
		if (question->store)
			look_used(&l, i);
	}
	answers->cut |= !ot_universe_ok(space);
	return !l.lint.lost && !space->d.lost;
}

bool
ot_policy_lint(const struct ot_question *question, struct ot_answers *answers)
{
	struct ot_universe space;
	bool ok;

	answers->question = "lint";
	if (!ot_universe_init(
		&space, question->arena, &question->policy, 1, NULL))
		return false;
	ok = ot_lint_rows(question, &space, answers) &&
	     ot_lint_zones(question, answers) && ot_lint_zcr(question, answers);
	ot_universe_done(&space);
	return ok;
}
