/*
 * policy/reach.c against small plans gone through one by one: ways, zones that
 * every way goes through, zones that hold the plan together.
 */
#include <stdio.h>

#include "policy/plan.h"
#include "suite.h"

enum { ZONES = 6, CONDUITS = 14, ALL = ZONES + 2 };

static const char *const ids[ALL] = { "a", "b", "c", "d", "e", "f", "internet",
	"unassigned" };

struct plant {
	struct ot_arena arena;
	struct ot_policy policy;
	struct ot_zone_row zones[ZONES];
	struct ot_conduit_row conduits[CONDUITS];
	bool joined[ALL][ALL];
	bool writes[ALL][ALL];
};

static struct plant p;
static uint64_t state;

static uint32_t
roll(uint32_t sides)
{
	state = state * UINT64_C(6364136223846793005) + 1442695040888963407U;
	return (uint32_t)(state >> 33) % sides;
}

static void
done(void)
{
	ot_arena_done(&p.arena);
}

static void
plant_make(uint32_t conduits)
{
	ot_arena_done(&p.arena);
	p = (struct plant){ .arena = { NULL, 0, 0, false, NULL } };
	for (uint32_t i = 0; i < ZONES; i++)
		p.zones[i] = (struct ot_zone_row){ .id = ot_str(ids[i]) };
	for (uint32_t i = 0; i < conduits; i++) {
		uint32_t from = roll(ZONES), to = roll(ZONES);
		bool writes = roll(3) == 0;

		if (from == to)
			to = (to + 1) % ZONES;
		p.conduits[i] = (struct ot_conduit_row){ .id = ot_str("x"),
			.from = ot_str(ids[from]),
			.to = ot_str(ids[to]),
			.verbs = 1U << (writes ? OT_WRITE : OT_READ) };
		p.joined[from][to] = true;
		p.writes[from][to] |= writes;
	}
	p.policy = (struct ot_policy){ .zones = p.zones,
		.zone_count = ZONES,
		.conduits = p.conduits,
		.conduit_count = conduits };
}

static struct ot_answers
ask(const char *from, const char *to, const char *verb)
{
	struct ot_answers answers = { .question = "" };
	const char *words[3];
	struct ot_error error;
	size_t count = 0;

	if (from)
		words[count++] = from;
	if (to)
		words[count++] = to;
	if (verb)
		words[count++] = verb;
	ck_assert_int_eq(
	    ot_plan_reach(&p.arena, &p.policy, words, count, &answers, &error),
	    0);
	return answers;
}

static size_t
count_kind(const struct ot_answers *answers, const char *kind)
{
	size_t n = 0;

	for (uint32_t i = 0; i < answers->rows.count; i++) {
		const struct ot_answer *a = answers->rows.at[i];

		n += strcmp(a->kind, kind) == 0;
	}
	return n;
}

/* Is there a way without the zones of a set, and not through `avoid`? */
static bool
way(uint32_t from, uint32_t to, uint32_t without)
{
	bool seen[ALL] = { false };
	bool more = true;

	seen[from] = true;
	while (more) {
		more = false;
		for (uint32_t i = 0; i < ZONES; i++)
			for (uint32_t k = 0; k < ZONES; k++)
				if (seen[i] && p.joined[i][k] && !seen[k] &&
				    !(without >> k & 1))
					more = seen[k] = true;
	}
	return seen[to];
}

/* Is there a way whose last step writes, not through where it ends? */
static bool
way_that_writes(uint32_t from, uint32_t to)
{
	for (uint32_t i = 0; i < ZONES; i++)
		if (i != to && p.writes[i][to] && way(from, i, 1U << to))
			return true;
	return false;
}

START_TEST(ways_agree_with_going_through_all)
{
	state = 11;
	for (int turn = 0; turn < 400; turn++) {
		size_t ways = 0, writes = 0;

		plant_make(2 + roll(CONDUITS - 2));
		for (uint32_t i = 0; i < ZONES; i++)
			for (uint32_t k = 0; k < ZONES; k++) {
				ways += i != k && way(i, k, 0);
				writes += i != k && way_that_writes(i, k);
			}
		struct ot_answers any = ask(NULL, NULL, NULL);
		struct ot_answers write = ask(NULL, NULL, "verb=write");

		ck_assert_uint_eq(count_kind(&any, "reaches"), ways);
		ck_assert_uint_eq(count_kind(&write, "reaches"), writes);
	}
}
END_TEST

/* The least number of zones without which there is no way; ZONES where a
 * conduit goes there directly. */
static uint32_t
least_cut(uint32_t from, uint32_t to)
{
	uint32_t least = ZONES;

	for (uint32_t set = 0; set < 1U << ZONES; set++) {
		uint32_t size = (uint32_t)__builtin_popcount(set);

		if (!(set >> from & 1) && !(set >> to & 1) && size < least &&
		    !way(from, to, set))
			least = size;
	}
	return least;
}

START_TEST(choke_points_are_a_least_cut)
{
	state = 12;
	for (int turn = 0; turn < 400; turn++) {
		plant_make(4 + roll(CONDUITS - 4));
		struct ot_answers answers = ask("from=a", "to=b", NULL);
		uint32_t least = least_cut(0, 1), named = 0, set = 0;
		const struct ot_answer *a = NULL;

		for (uint32_t i = 0; i < answers.rows.count; i++) {
			const struct ot_answer *each = answers.rows.at[i];

			if (strcmp(each->kind, "choke") == 0)
				a = each;
		}
		if (p.joined[0][1] || least == 0) {
			ck_assert_int_eq(a != NULL, p.joined[0][1]);
			continue;
		}
		ck_assert_ptr_nonnull(a);
		for (uint32_t i = 2; i < ZONES; i++) {
			char last[4];

			/* ids are single letters, set off by blanks */
			(void)snprintf(last, sizeof(last), " %s", ids[i]);
			for (size_t k = 0; k + 1 < a->text.len; k++)
				if (memcmp(a->text.p + k, last, 2) == 0 &&
				    (k + 2 == a->text.len ||
					a->text.p[k + 2] == ',')) {
					named++;
					set |= 1U << i;
				}
		}
		ck_assert_uint_eq(named, least);
		ck_assert(!way(0, 1, set));
	}
}
END_TEST

static uint32_t
parts(uint32_t without)
{
	bool seen[ZONES] = { false };
	uint32_t count = 0;

	for (uint32_t root = 0; root < ZONES; root++) {
		bool more = true;

		if (seen[root] || root == without)
			continue;
		count++;
		seen[root] = true;
		while (more) {
			more = false;
			for (uint32_t i = 0; i < ZONES; i++)
				for (uint32_t k = 0; k < ZONES; k++)
					if (seen[i] && i != without &&
					    k != without && !seen[k] &&
					    (p.joined[i][k] || p.joined[k][i]))
						more = seen[k] = true;
		}
	}
	return count;
}

/* Without a zone that stands alone there are fewer parts. */
START_TEST(articulation_points_make_more_parts)
{
	state = 13;
	for (int turn = 0; turn < 400; turn++) {
		size_t expected = 0;

		plant_make(2 + roll(CONDUITS - 2));
		for (uint32_t i = 0; i < ZONES; i++)
			expected += parts(i) > parts(ZONES);
		struct ot_answers answers = ask(NULL, NULL, NULL);

		ck_assert_uint_eq(
		    count_kind(&answers, "articulation"), expected);
	}
}
END_TEST

START_TEST(path_edges_is_a_limit_that_is_said)
{
	struct ot_count limit = { ot_str("path_edges"), 3 };

	state = 14;
	plant_make(CONDUITS);
	p.policy.limits = (struct ot_counts){ &limit, 1, 1, 0 };
	struct ot_answers answers = ask(NULL, NULL, NULL);

	ck_assert(answers.cut);
}
END_TEST

START_TEST(words_that_are_none)
{
	static const char *const words[] = { "from=nowhere", "verb=raed",
		"form=a" };
	struct ot_answers answers = { .question = "" };
	struct ot_error error;

	plant_make(3);
	for (size_t i = 0; i < 3; i++)
		ck_assert_int_lt(ot_plan_reach(&p.arena, &p.policy, &words[i],
				     1, &answers, &error),
		    0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		ways_agree_with_going_through_all,
		choke_points_are_a_least_cut,
		articulation_points_make_more_parts,
		path_edges_is_a_limit_that_is_said,
		words_that_are_none,
	};

	return RUN("reach", tests, NULL, done);
}
