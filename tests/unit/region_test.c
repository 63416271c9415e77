/*
 * policy/region.c and policy/evaluate.c against a judge that knows nothing of
 * sets: small policies and transactions at random, with fixed seeds. What rows
 * cover, what differs, what is covered by others and what was not used have to
 * agree with going through all transactions one by one.
 */
#include <string.h>

#include "base/zoneinfo.h"
#include "plant.h"
#include "policy/question.h"

/* ---- a small world ---- */

enum {
	POLICIES = 3000, /* pairs of them */
	TRIALS = 48,	 /* transactions of each pair */
	CONDUITS = 5,
	WEEK = OT_WEEK_MINUTES
};

static const char *const zone_ids[] = { "s/a", "s/b", "s/c", "internet" };
static const char *const ends[] = { "s/a", "s/b", "s/c", "internet", "*",
	"asset:A", "asset:B" };
static const char *const assets[] = { "", "A", "B" };
static const char *const protocols[] = { "modbus", "s7comm", "dns" };
static const char *const objects[] = { "unit 1 holding 0-3",
	"unit 1 holding 2-5", "unit 1", "unit 2 holding 4", "unit * holding 1",
	"DB1", "DB1.DBX0.0", "DB1.DBX0.4+1", "unit 1 coils 7", "DB*" };
static const char *const seen_objects[] = { "unit 1 holding 0",
	"unit 1 holding 3", "unit 1 holding 5", "unit 1 holding 6",
	"unit 2 holding 4", "unit 2 holding 1", "unit 1 coils 7",
	"unit 3 inputs 1", "DB1", "DB1.DBX0.0", "DB1.DBX0.4", "DB1.DBX0.5",
	"DB1.DBX0.6", "DB2.DBX0.0", "DB2", "MW4" };
static const uint8_t verbs[] = { OT_READ, OT_WRITE, OT_SESSION, OT_UPLOAD };
static const uint32_t ports[] = { 102, 502, 600 };
static const int64_t times[] = { 100, 200, 300 };

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static uint64_t state;

static uint32_t
roll(uint32_t sides)
{
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((z ^ z >> 31) % sides);
}

#define PICK(list) ((list)[roll(COUNT(list))])

struct world {
	struct ot_arena arena;
	struct ot_policy policy[2];
	struct ot_site_row site;
	struct ot_zone_row zones[3];
	struct ot_asset_row assets[2];
	struct ot_conduit_row conduits[2][CONDUITS];
	struct ot_service_row services[2][CONDUITS][2];
	struct ot_calendar_row calendar[2];
	struct ot_week_span spans[2];
};

/* One transaction, with all that a conduit can ask known. */
struct deed {
	uint32_t from, to; /* zones */
	uint32_t from_asset, to_asset;
	uint8_t transport;
	uint32_t port, protocol; /* COUNT(protocols): none that is known */
	uint8_t verb;
	const char *object; /* NULL: none */
	uint32_t protection, minute;
	int64_t time;
	bool back;
};

static struct ot_conduit_row
random_row(struct world *w, uint32_t p, uint32_t i)
{
	struct ot_conduit_row row = { .from = ot_str(PICK(ends)),
		.to = ot_str(PICK(ends)),
		.expires_ns = OT_TIME_NONE,
		.services = w->services[p][i] };
	static const char *const protections[] = { "", "", "required",
		"integrity", "end-to-end", "none" };
	static const char *const jumps[] = { "A", "s/c", "asset:B" };

	for (uint32_t n = roll(3); n > 0; n--) {
		struct ot_service_row *s =
		    &w->services[p][i][row.service_count++];

		*s = (struct ot_service_row){ .kind = OT_SERVICE_PROTOCOL,
			.protocol = ot_str(protocols[roll(2)]) };
		if (roll(2))
			continue;
		*s = (struct ot_service_row){ .kind = OT_SERVICE_PORT,
			.transport = (uint8_t)roll(2),
			.first = 102 };
		s->last = roll(2) ? 102 : 502;
	}
	for (uint32_t n = roll(3); n > 0; n--)
		row.verbs |= 1U << verbs[roll(3)];
	for (uint32_t n = roll(3) ? roll(3) : 0; n > 0; n--)
		ck_assert(ot_strings_add(
		    &w->arena, &row.objects, ot_str(PICK(objects))));
	row.encryption = ot_str(PICK(protections));
	row.oneway = roll(6) == 0;
	if (roll(4) == 0)
		row.expires_ns = times[roll(2)] + 50;
	if (roll(4) == 0) {
		row.calendar = &w->calendar[roll(2)];
		row.when = ot_str("window");
	}
	if (roll(6) == 0)
		ck_assert(
		    ot_strings_add(&w->arena, &row.via, ot_str(PICK(jumps))));
	return row;
}

/* Universal time, as a table of the tz database says it. */
static const struct ot_zoneinfo *
utc(struct ot_arena *arena)
{
	static const char head[] =
	    "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4"
	    "\0\0\0\0\0\0UTC\0";
	char bytes[256];
	size_t len = sizeof(head) - 1;

	memcpy(bytes, head, len);
	memcpy(bytes + len, head, len);
	memcpy(bytes + 2 * len, "\nUTC0\n", 6);
	return ot_zoneinfo_of(arena, (struct ot_str){ bytes, 2 * len + 6 });
}

static void
world_make(struct world *w)
{
	*w = (struct world){ .spans = { { 90, 194 }, { 0, 149 } } };
	w->site =
	    (struct ot_site_row){ .id = ot_str("s"), .clock = utc(&w->arena) };
	ck_assert_ptr_nonnull(w->site.clock);
	for (uint32_t i = 0; i < 3; i++)
		w->zones[i] = (struct ot_zone_row){ .id = ot_str(zone_ids[i]),
			.site = ot_str("s"),
			.level = -1,
			.inside_conduits = roll(3) == 0 };
	w->assets[0] =
	    (struct ot_asset_row){ .id = ot_str("A"), .zone = ot_str("s/a") };
	w->assets[1] =
	    (struct ot_asset_row){ .id = ot_str("B"), .zone = ot_str("s/b") };
	for (uint32_t i = 0; i < 2; i++)
		w->calendar[i] =
		    (struct ot_calendar_row){ .spans = &w->spans[i],
			    .span_count = 1 };
	for (uint32_t p = 0; p < 2; p++) {
		w->policy[p] = (struct ot_policy){ .sites = &w->site,
			.site_count = 1,
			.zones = w->zones,
			.zone_count = 3,
			.assets = w->assets,
			.asset_count = 2,
			.conduits = w->conduits[p],
			.conduit_count = 1 + roll(CONDUITS) };
		for (uint32_t i = 0; i < w->policy[p].conduit_count; i++)
			w->conduits[p][i] = random_row(w, p, i);
	}
	/* a change of a policy is small, and often none */
	if (roll(2)) {
		w->policy[1].conduit_count = w->policy[0].conduit_count;
		memcpy(w->conduits[1], w->conduits[0], sizeof(w->conduits[0]));
		if (roll(2))
			w->conduits[1][0] = random_row(w, 1, 0);
	}
}

static struct deed
random_deed(void)
{
	struct deed d = { .from_asset = roll(3),
		.to_asset = roll(3),
		.from = roll(COUNT(zone_ids)),
		.to = roll(COUNT(zone_ids)),
		.transport = (uint8_t)roll(2),
		.port = PICK(ports),
		.protocol = roll(COUNT(protocols) + 1),
		.verb = PICK(verbs),
		.object = PICK(seen_objects),
		.protection = roll(3),
		.minute = 15 * roll(20),
		.time = PICK(times),
		.back = roll(2) };

	/* the registry says where its assets are */
	if (d.from_asset)
		d.from = d.from_asset - 1;
	if (d.to_asset)
		d.to = d.to_asset - 1;
	if (d.verb == OT_SESSION)
		d.object = NULL;
	return d;
}

/* ---- the judge that knows nothing of sets ---- */

static bool
is_end(const char *text, uint32_t zone, uint32_t asset)
{
	if (strncmp(text, "asset:", 6) == 0)
		return asset && strcmp(text + 6, assets[asset]) == 0;
	return strcmp(text, "*") == 0 || strcmp(text, zone_ids[zone]) == 0;
}

static bool
is_jump(const char *text, uint32_t zone, uint32_t asset)
{
	return is_end(text, zone, asset) ||
	       (asset && strcmp(text, assets[asset]) == 0);
}

static bool
ends_match(const struct ot_conduit_row *row, const struct deed *d)
{
	bool from = is_end(row->from.p, d->from, d->from_asset);
	bool to = is_end(row->to.p, d->to, d->to_asset);

	if (!row->via.count)
		return from && to;
	return (from && is_jump(row->via.at[0].p, d->to, d->to_asset)) ||
	       (to && is_jump(row->via.at[0].p, d->from, d->from_asset));
}

static bool
service_matches(const struct ot_conduit_row *row, const struct deed *d)
{
	for (uint32_t i = 0; i < row->service_count; i++) {
		const struct ot_service_row *s = &row->services[i];

		if (s->kind == OT_SERVICE_PROTOCOL
			? d->protocol < COUNT(protocols) &&
			      ot_str_eq(
				  s->protocol, ot_str(protocols[d->protocol]))
			: s->transport == d->transport && s->first <= d->port &&
			      d->port <= s->last)
			return true;
	}
	return !row->service_count;
}

static bool
object_matches(const struct ot_conduit_row *row, const struct deed *d)
{
	if (!d->object)
		return true;
	for (uint32_t i = 0; i < row->objects.count; i++) {
		struct ot_extent pattern = ot_extent_of(row->objects.at[i]),
				 object = ot_extent_of(ot_str(d->object));
		uint64_t lo, hi;

		if (ot_extent_covers(&pattern, &object, &lo, &hi) ==
		    OT_COVER_ALL)
			return true;
	}
	return !row->objects.count;
}

static bool
covers(const struct ot_conduit_row *row, const struct deed *d)
{
	uint32_t needed =
	    ot_str_eq(row->encryption, ot_str("integrity")) ? 1
	    : ot_str_eq(row->encryption, ot_str("required")) ||
		    ot_str_eq(row->encryption, ot_str("end-to-end"))
		? 2
		: 0;

	if (row->calendar && (d->minute < row->calendar->spans[0].from ||
				 d->minute > row->calendar->spans[0].to))
		return false;
	return ends_match(row, d) && service_matches(row, d) &&
	       object_matches(row, d) &&
	       (!row->verbs || (row->verbs >> d->verb & 1)) &&
	       d->protection >= needed &&
	       (row->expires_ns == OT_TIME_NONE || d->time < row->expires_ns) &&
	       (!row->oneway || !d->back);
}

static bool
any_covers(const struct ot_policy *policy, const struct deed *d, uint32_t but)
{
	for (uint32_t i = 0; i < policy->conduit_count; i++)
		if (i != but && covers(&policy->conduits[i], d))
			return true;
	return false;
}

/* ---- a transaction as a point, and as the evaluator sees it ---- */

static struct ot_rules_end
rules_end(uint32_t zone, uint32_t asset)
{
	return (struct ot_rules_end){ .zone = ot_str(zone_ids[zone]),
		.asset = asset ? ot_str(assets[asset]) : (struct ot_str){ 0 } };
}

static void
point_of(struct ot_universe *u, const struct deed *d, uint64_t *point)
{
	struct ot_span spans[OT_AXES_MAX] = { { NULL, 0 } };
	struct ot_rules_end from = rules_end(d->from, d->from_asset),
			    to = rules_end(d->to, d->to_asset);
	uint32_t atom;

	memset(point, 0, OT_AXES_MAX * sizeof(*point));
	ck_assert(ot_universe_atom(u, 0, &from, &atom));
	point[OT_X_FROM] = atom;
	ck_assert(ot_universe_atom(u, 0, &to, &atom));
	point[OT_X_TO] = atom;
	point[OT_X_WIRE] = (uint64_t)d->transport << 32 | d->port;
	if (d->protocol < COUNT(protocols))
		point[OT_X_PROTOCOL] =
		    ot_universe_protocol(u, ot_str(protocols[d->protocol]));
	point[OT_X_VERB] = d->verb;
	ck_assert(ot_universe_object(u, ot_str(d->object), spans));
	for (uint32_t i = OT_X_WORD; i < u->d.axes; i++)
		if (spans[i].count)
			point[i] = spans[i].at[0].lo;
	point[OT_X_PROTECTION] = d->protection;
	point[OT_X_WEEK] = d->minute;
	point[OT_X_UNTIL] = (uint64_t)d->time - (uint64_t)OT_TIME_NONE;
	point[OT_X_BACK] = d->back;
}

/* What ot_rules_judge says. Its quarter hour is of the week of 1970-01-05, a
 * Monday. */
static enum ot_verdict
judged(struct world *w, const struct ot_policy *policy, const struct deed *d)
{
	static const char *const words[] = { "none", "integrity", "encrypted" };
	struct ot_count seen = { ot_str(words[d->protection]), 1 };
	struct ot_counts protection = { &seen, 1, 1, 0 };
	struct ot_conversation c = {
		.from = rules_end(d->from, d->from_asset),
		.to = rules_end(d->to, d->to_asset),
		.transport = d->transport,
		.port = d->port,
		.protocol = ot_str(d->protocol < COUNT(protocols)
				       ? protocols[d->protocol]
				       : "unknown"),
		.protection = &protection,
		.server_payload = d->back,
		.server_seen = true,
	};
	struct ot_range slot = { 384 + (int32_t)d->minute / 15,
		384 + (int32_t)d->minute / 15 };
	struct ot_slots slots = { &slot, 1, 1, 0 };
	struct ot_act act = { .verb = d->verb,
		.object = ot_str(d->object),
		.first_ns = d->time,
		.last_ns = d->time,
		.slots = &slots };
	const struct ot_rules *rules = ot_rules_compile(&w->arena, policy);
	const struct ot_choice *choice =
	    ot_rules_choose(&w->arena, rules, &c, false);

	ck_assert_ptr_nonnull(choice);
	return ot_rules_judge(choice, &act).verdict;
}

/* An end of the internet has no clock, so that a window between two of them
 * cannot be told. */
static bool
has_clock(const struct deed *d)
{
	return d->from < COUNT(zone_ids) - 1 || d->to < COUNT(zone_ids) - 1;
}

/* ---- the properties ---- */

static void
check_verdict(struct world *w, const struct deed *d, bool expected)
{
	const struct ot_policy *policy = &w->policy[0];
	enum ot_verdict verdict = judged(w, policy, d);

	/* an object in other words is never taken as covered */
	if (expected || verdict == OT_CANNOT_TELL)
		ck_assert_int_eq(
		    verdict, expected ? OT_ALLOWED : OT_CANNOT_TELL);
	else
		ck_assert_int_eq(verdict, OT_VIOLATION);
}

static size_t
check_pair(struct world *w)
{
	const struct ot_policy *policies[] = { &w->policy[0], &w->policy[1] };
	const struct ot_set *sets[2], *more, *less;
	const struct ot_set *others[CONDUITS], *rows[CONDUITS];
	struct ot_universe u;
	uint32_t n = w->policy[0].conduit_count;

	ck_assert(ot_universe_init(&u, &w->arena, policies, 2, NULL));
	for (uint32_t p = 0; p < 2; p++)
		sets[p] = ot_universe_conduits(&u, p);
	more = ot_set_without(&u.d, sets[1], sets[0]);
	less = ot_set_without(&u.d, sets[0], sets[1]);
	ck_assert_int_eq(sets[0] == sets[1], !more && !less);
	for (uint32_t i = 0; i < n; i++) {
		others[i] = NULL;
		for (uint32_t k = 0; k < n; k++)
			if (k != i)
				others[i] = ot_set_unite(&u.d, others[i],
				    ot_universe_row(&u, 0,
					&w->policy[0].conduits[k], false));
		rows[i] =
		    ot_universe_row(&u, 0, &w->policy[0].conduits[i], false);
	}
	ck_assert(ot_universe_ok(&u));
	for (int t = 0; t < TRIALS; t++) {
		struct deed d = random_deed();
		uint64_t point[OT_AXES_MAX];
		bool was, is;

		point_of(&u, &d, point);
		was = any_covers(&w->policy[0], &d, UINT32_MAX);
		is = any_covers(&w->policy[1], &d, UINT32_MAX);
		ck_assert_int_eq(ot_set_has(&u.d, sets[0], point), was);
		ck_assert_int_eq(ot_set_has(&u.d, sets[1], point), is);
		ck_assert_int_eq(ot_set_has(&u.d, more, point), is && !was);
		ck_assert_int_eq(ot_set_has(&u.d, less, point), was && !is);
		for (uint32_t i = 0; i < n; i++) {
			bool by_row = covers(&w->policy[0].conduits[i], &d);
			bool by_others = any_covers(&w->policy[0], &d, i);

			ck_assert_int_eq(
			    ot_set_has(&u.d, rows[i], point), by_row);
			/* what lint calls covered has no counterexample */
			if (!ot_set_without(&u.d, rows[i], others[i]))
				ck_assert(!by_row || by_others);
		}
		if (has_clock(&d))
			check_verdict(w, &d, was);
	}
	ot_universe_done(&u);
	return TRIALS;
}

START_TEST(sets_and_verdicts_agree_with_one_by_one)
{
	static struct world w;
	size_t cases = 0;

	state = 1;
	for (int i = 0; i < POLICIES; i++) {
		world_make(&w);
		cases += check_pair(&w);
		ot_arena_done(&w.arena);
	}
	ck_assert_uint_ge(cases, 100000);
}
END_TEST

/* ---- boxes ---- */

static bool
box_has(
    const struct ot_diagram *d, const struct ot_box *box, const uint64_t *point)
{
	for (uint32_t axis = 0; axis < d->axes; axis++) {
		const struct ot_span *span = &box->spans[axis];
		bool in = !span->count;

		for (uint32_t i = 0; i < span->count; i++)
			in |= span->at[i].lo <= point[axis] &&
			      point[axis] <= span->at[i].hi;
		if (!in)
			return false;
	}
	return true;
}

START_TEST(boxes_are_apart_and_make_up_the_difference)
{
	static struct world w;

	state = 2;
	for (int i = 0; i < 300; i++) {
		const struct ot_policy *policies[] = { &w.policy[0],
			&w.policy[1] };
		struct ot_universe u;
		struct ot_boxes boxes;
		const struct ot_set *more;

		world_make(&w);
		ck_assert(ot_universe_init(&u, &w.arena, policies, 2, NULL));
		more = ot_set_without(&u.d, ot_universe_conduits(&u, 1),
		    ot_universe_conduits(&u, 0));
		ck_assert(ot_boxes_of(&u.d, more, 100000, &boxes));
		ck_assert(!boxes.cut);
		for (int t = 0; t < 100; t++) {
			struct deed d = random_deed();
			uint64_t point[OT_AXES_MAX];
			size_t in = 0;

			point_of(&u, &d, point);
			for (size_t k = 0; k < boxes.count; k++)
				in += box_has(&u.d, &boxes.at[k], point);
			ck_assert_uint_eq(in, ot_set_has(&u.d, more, point));
		}
		ot_universe_done(&u);
		ot_arena_done(&w.arena);
	}
}
END_TEST

/* ---- coverage and equality, all transactions of a smaller world ---- */

/* Every class that the rows of small_row can tell apart, and one that none
 * names. */
static bool
each_deed(bool (*hit)(const struct world *w, const struct deed *d, uint32_t i),
    const struct world *w, uint32_t i)
{
	for (uint32_t from = 0; from < 6; from++)
		for (uint32_t to = 0; to < 6; to++)
			for (uint32_t n = 0; n < 3 * 3 * 7; n++) {
				char object[32];
				struct deed d = { .from = from < 4 ? from
								   : from - 4,
					.from_asset = from < 4 ? 0 : from - 3,
					.to = to < 4 ? to : to - 4,
					.to_asset = to < 4 ? 0 : to - 3,
					.transport = OT_TCP,
					.port = 600,
					.protocol = n % 3,
					.verb = verbs[n / 3 % 3],
					.object = object };

				(void)snprintf(object, sizeof(object),
				    "unit 1 holding %u", n / 9);
				if (d.verb == OT_SESSION)
					d.object = NULL;
				if (hit(w, &d, i))
					return true;
			}
	return false;
}

static struct ot_conduit_row
small_row(struct world *w, uint32_t p, uint32_t i)
{
	static const char *const ranges[] = { "unit 1 holding 0-2",
		"unit 1 holding 3-5", "unit 1 holding 1-4" };
	struct ot_conduit_row row = { .from = ot_str(PICK(ends)),
		.to = ot_str(ends[roll(2)]),
		.expires_ns = OT_TIME_NONE,
		.services = w->services[p][i],
		.service_count = 1 };

	w->services[p][i][0] =
	    (struct ot_service_row){ .kind = OT_SERVICE_PROTOCOL,
		    .protocol = ot_str(protocols[roll(2)]) };
	row.verbs = roll(2) ? 1U << OT_READ : 1U << OT_READ | 1U << OT_WRITE;
	if (roll(3))
		ck_assert(ot_strings_add(
		    &w->arena, &row.objects, ot_str(PICK(ranges))));
	return row;
}

static bool
is_against_cover(const struct world *w, const struct deed *d, uint32_t i)
{
	return covers(&w->policy[0].conduits[i], d) &&
	       !any_covers(&w->policy[0], d, i);
}

static bool
is_difference(const struct world *w, const struct deed *d, uint32_t i)
{
	(void)i;
	return any_covers(&w->policy[0], d, UINT32_MAX) !=
	       any_covers(&w->policy[1], d, UINT32_MAX);
}

static size_t
count_kind(const struct ot_answers *answers, const char *kind)
{
	size_t n = 0;

	for (uint32_t i = 0; i < answers->rows.count; i++)
		n += strcmp(
			 ((const struct ot_answer *)answers->rows.at[i])->kind,
			 kind) == 0;
	return n;
}

START_TEST(lint_diff_and_equiv_agree_with_all_transactions)
{
	static struct world w;

	state = 3;
	for (int i = 0; i < 400; i++) {
		struct ot_question q = { .arena = &w.arena,
			.policy = &w.policy[0],
			.now_ns = OT_TIME_NONE };
		struct ot_answers lint = { .question = "" },
				  diff = { .question = "" };
		size_t covered = 0;

		world_make(&w);
		for (uint32_t p = 0; p < 2; p++)
			for (uint32_t k = 0; k < w.policy[p].conduit_count; k++)
				w.conduits[p][k] = small_row(&w, p, k);
		ck_assert(ot_policy_lint(&q, &lint));
		for (uint32_t k = 0; k < w.policy[0].conduit_count; k++)
			covered += !each_deed(is_against_cover, &w, k);
		ck_assert_uint_eq(count_kind(&lint, "covered"), covered);
		for (uint32_t z = 0; z < 3; z++)
			w.zones[z].inside_conduits = true;
		ck_assert(ot_policy_diff(&q, &w.policy[1], &diff));
		ck_assert_int_eq(
		    diff.counting > 0, each_deed(is_difference, &w, 0));
		ot_arena_done(&w.arena);
	}
}
END_TEST

/* ---- exposure ---- */

enum { FLOWS = 6 };

/* What was seen covers a deed by its port or by its name. */
static bool
was_seen(const struct deed *seen, const struct deed *d)
{
	bool wire = seen->transport == d->transport && seen->port == d->port;
	bool name =
	    seen->protocol == d->protocol && d->protocol < COUNT(protocols);

	return seen->from == d->from && seen->to == d->to &&
	       seen->from_asset == d->from_asset &&
	       seen->to_asset == d->to_asset && (wire || name) &&
	       seen->verb == d->verb &&
	       ot_str_eq(ot_str(seen->object), ot_str(d->object));
}

static struct ot_zone_end
zone_end(uint32_t zone, uint32_t asset)
{
	return (struct ot_zone_end){ .zone = ot_str(zone_ids[zone]),
		.asset = asset ? ot_str(assets[asset]) : (struct ot_str){ 0 } };
}

static void
seen_flow(struct ot_arena *arena, struct ot_store *store,
    struct ot_zone_pair *pair, const struct deed *d)
{
	struct ot_flow_sum *f = ot_alloc(arena, sizeof(*f));
	struct ot_op_sum *op = ot_alloc(arena, sizeof(*op));

	*op = (struct ot_op_sum){
		.verb = d->verb, .object = ot_str(d->object), .count = 1
	};
	f->network.transport = d->transport;
	f->network.protocol =
	    ot_str(d->protocol < COUNT(protocols) ? protocols[d->protocol]
						  : "unknown");
	f->named_by = OT_NAMED_CONTENT;
	f->server.port = d->port;
	ck_assert(ot_list_push(arena, &f->ops, op));
	ck_assert(ot_list_push(arena, &store->list[OT_STORE_FLOW], f));
	*pair = (struct ot_zone_pair){ zone_end(d->from, d->from_asset),
		zone_end(d->to, d->to_asset) };
}

START_TEST(what_was_seen_is_what_was_done)
{
	static struct world w;

	state = 4;
	for (int i = 0; i < 400; i++) {
		const struct ot_policy *policies[] = { &w.policy[0] };
		struct ot_zone_pair pairs[FLOWS];
		struct deed done[FLOWS];
		struct ot_store store = { .list = { { NULL, 0, 0, 0 } } };
		struct ot_zone_notes notes = { .flows = pairs };
		struct ot_question q = {
			.policy = &w.policy[0], .store = &store, .notes = &notes
		};
		struct ot_traffic traffic;
		struct ot_universe u;

		world_make(&w);
		q.arena = &w.arena;
		ck_assert(ot_universe_init(&u, &w.arena, policies, 1, NULL));
		for (int k = 0; k < FLOWS; k++) {
			done[k] = random_deed();
			done[k].from_asset = done[k].to_asset = 0;
			seen_flow(&w.arena, &store, &pairs[k], &done[k]);
		}
		ck_assert(ot_traffic_of(&u, 0, &q, &traffic));
		for (int t = 0; t < 60; t++) {
			struct deed d = random_deed();
			uint64_t point[OT_AXES_MAX];
			bool seen = false;

			/* what no row names is the zone's */
			d.from_asset = d.to_asset = 0;
			if (t < FLOWS)
				d = done[t];
			if (!ot_universe_protocol(
				&u, ot_str(d.protocol < COUNT(protocols)
					       ? protocols[d.protocol]
					       : "")))
				d.protocol = COUNT(protocols);
			point_of(&u, &d, point);
			for (int k = 0; k < FLOWS; k++)
				seen |= was_seen(&done[k], &d);
			/* words that no row has are one to it */
			if (seen)
				ck_assert(
				    ot_set_has(&u.d, traffic.sure, point));
			else
				ck_assert(
				    !ot_set_has(&u.d, traffic.sure, point) ||
				    d.object);
		}
		ot_universe_done(&u);
		ot_arena_done(&w.arena);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		sets_and_verdicts_agree_with_one_by_one,
		boxes_are_apart_and_make_up_the_difference,
		lint_diff_and_equiv_agree_with_all_transactions,
		what_was_seen_is_what_was_done,
	};

	return RUN("region", tests, NULL, NULL);
}
