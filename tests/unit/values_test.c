/*
 * lib/model/values.c: whatever the order and the grouping of the parts, the
 * whole is the same.
 */
#include "model/values.h"

#include <stdio.h>

#include "suite.h"

static struct ot_arena arena;

static void
after(void)
{
	ot_arena_done(&arena);
}

/* The same numbers in every run. */
static uint64_t dice;

static uint64_t
roll(uint64_t sides)
{
	dice = dice * 6364136223846793005U + 1442695040888963407U;
	return (dice >> 33) % sides;
}

enum { ROUNDS = 200, PARTS = 3, THINGS = 300 };

/* The orders in which three parts are put together. */
static const unsigned orders[][PARTS] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
	{ 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

/* ---- counts ---- */

static void
counts_are(const struct ot_counts *a, const struct ot_counts *b)
{
	ck_assert_uint_eq(a->count, b->count);
	ck_assert_uint_eq(a->other, b->other);
	for (uint32_t i = 0; i < a->count; i++) {
		ck_assert(ot_str_eq(a->at[i].text, b->at[i].text));
		ck_assert_uint_eq(a->at[i].count, b->at[i].count);
	}
}

static struct ot_counts
counts_of(const struct ot_counts parts[PARTS], const unsigned order[PARTS])
{
	struct ot_counts all = { 0 };

	for (unsigned i = 0; i < PARTS; i++)
		ck_assert(ot_counts_merge(&arena, &all, &parts[order[i]]));
	return all;
}

/* One round: things of `kinds` kinds in three parts and in one. */
static void
counts_round(unsigned kinds)
{
	struct ot_counts parts[PARTS] = { 0 }, whole = { 0 }, late = { 0 };

	for (unsigned i = 0; i < THINGS; i++) {
		char text[16];
		uint64_t n = 1 + roll(5);
		unsigned part = (unsigned)roll(PARTS);

		snprintf(text, sizeof(text), "%u", (unsigned)roll(kinds));
		ck_assert(ot_counts_add(&arena, &parts[part], ot_str(text), n));
		ck_assert(ot_counts_add(&arena, &whole, ot_str(text), n));
	}
	for (unsigned i = 0; i < 6; i++) {
		struct ot_counts all = counts_of(parts, orders[i]);

		counts_are(&all, &whole);
	}
	/* a + (b + c) */
	ck_assert(ot_counts_merge(&arena, &late, &parts[1]));
	ck_assert(ot_counts_merge(&arena, &late, &parts[2]));
	ck_assert(ot_counts_merge(&arena, &parts[0], &late));
	counts_are(&parts[0], &whole);
}

START_TEST(counts_merge_in_any_order_and_grouping)
{
	for (unsigned i = 0; i < ROUNDS; i++)
		counts_round(40);
}
END_TEST

START_TEST(counts_beyond_their_limit_merge_in_any_order_and_grouping)
{
	for (unsigned i = 0; i < ROUNDS; i++)
		counts_round(4 * OT_LIMIT_SET);
}
END_TEST

START_TEST(counts_keep_the_smallest_and_add_up_the_rest)
{
	struct ot_counts c = { 0 };
	char text[16];

	for (unsigned i = 0; i < OT_LIMIT_SET + 10; i++) {
		snprintf(text, sizeof(text), "%03u",
		    OT_LIMIT_SET + 9 - i); /* the greatest come first */
		ck_assert(ot_counts_add(&arena, &c, ot_str(text), 2));
	}
	ck_assert_uint_eq(c.count, OT_LIMIT_SET);
	ck_assert_uint_eq(c.other, 20);
	ck_assert(ot_str_eq(c.at[0].text, ot_str("000")));
	ck_assert(ot_counts_has(&c, ot_str("063")));
	ck_assert(!ot_counts_has(&c, ot_str("064")));
}
END_TEST

START_TEST(counts_take_the_empty_text_and_copy_what_they_keep)
{
	struct ot_counts c = { 0 };
	char text[] = "abc";

	ck_assert(ot_counts_add(&arena, &c, ot_str(text), 1));
	memcpy(text, "xyz", 3);
	ck_assert(ot_counts_add(&arena, &c, ot_str(""), 1));
	ck_assert(ot_counts_add(&arena, &c, (struct ot_str){ 0 }, 1));
	ck_assert_uint_eq(c.count, 2);
	ck_assert_uint_eq(c.at[0].count, 2);
	ck_assert(ot_str_eq(c.at[1].text, ot_str("abc")));
}
END_TEST

/* ---- histograms ---- */

static void
hist_is(const struct ot_hist *a, const struct ot_hist *b)
{
	ck_assert_uint_eq(a->count, b->count);
	for (uint32_t i = 0; i < a->count; i++) {
		ck_assert_uint_eq(a->at[i].bin, b->at[i].bin);
		ck_assert_uint_eq(a->at[i].count, b->at[i].count);
	}
}

START_TEST(histograms_merge_in_any_order)
{
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct ot_hist parts[PARTS] = { 0 }, whole = { 0 };

		for (unsigned i = 0; i < THINGS; i++) {
			uint16_t bin = ot_hist_bin(roll(1U << 30));

			ck_assert(
			    ot_hist_add(&arena, &parts[roll(PARTS)], bin, 1));
			ck_assert(ot_hist_add(&arena, &whole, bin, 1));
		}
		for (unsigned i = 0; i < 6; i++) {
			struct ot_hist all = { 0 };

			for (unsigned k = 0; k < PARTS; k++)
				ck_assert(ot_hist_merge(
				    &arena, &all, &parts[orders[i][k]]));
			hist_is(&all, &whole);
		}
		ck_assert_uint_eq(ot_hist_total(&whole), THINGS);
	}
}
END_TEST

START_TEST(a_bin_begins_at_its_floor_from_zero_to_the_last)
{
	for (unsigned bin = 0; bin < 976; bin++) {
		uint64_t floor = ot_hist_floor((uint16_t)bin);

		ck_assert_uint_eq(ot_hist_bin(floor), bin);
		if (bin)
			ck_assert_uint_eq(ot_hist_bin(floor - 1), bin - 1);
	}
	ck_assert_uint_eq(ot_hist_bin(UINT64_MAX), 975);
	ck_assert_uint_eq(ot_hist_floor(976), UINT64_MAX);
	ck_assert_uint_eq(ot_hist_floor(UINT16_MAX), UINT64_MAX);
}
END_TEST

START_TEST(a_bin_is_a_sixteenth_of_its_octave)
{
	ck_assert_uint_eq(ot_hist_bin(2000) - ot_hist_bin(1000), 16);
	ck_assert_uint_eq(ot_hist_bin(1024), ot_hist_bin(1087));
	ck_assert_uint_ne(ot_hist_bin(1024), ot_hist_bin(1088));
}
END_TEST

START_TEST(permilles_of_a_histogram_with_and_without_counts)
{
	struct ot_hist h = { 0 };

	ck_assert_uint_eq(ot_hist_permille(&h, 500), 0);
	for (uint16_t i = 0; i < 10; i++)
		ck_assert(ot_hist_add(&arena, &h, i, 1));
	ck_assert_uint_eq(ot_hist_permille(&h, 500), 4);
	ck_assert_uint_eq(ot_hist_permille(&h, 950), 9);
	ck_assert_uint_eq(ot_hist_permille(&h, 1000), 9);
}
END_TEST

/* ---- slots ---- */

static void
slots_are(const struct ot_slots *a, const struct ot_slots *b)
{
	ck_assert_uint_eq(a->count, b->count);
	ck_assert_uint_eq(a->other, b->other);
	for (uint32_t i = 0; i < a->count; i++) {
		ck_assert_int_eq(a->at[i].from, b->at[i].from);
		ck_assert_int_eq(a->at[i].to, b->at[i].to);
	}
}

/* Ranges against a plain map of the slots. */
static void
slots_are_map(const struct ot_slots *s, const bool *map, int32_t len)
{
	uint32_t at = 0;

	for (int32_t i = 0; i < len; i++) {
		if (!map[i] || (i && map[i - 1]))
			continue;
		int32_t to = i;

		while (to + 1 < len && map[to + 1])
			to++;
		ck_assert_uint_lt(at, s->count);
		ck_assert_int_eq(s->at[at].from, i);
		ck_assert_int_eq(s->at[at].to, to);
		at++;
	}
	ck_assert_uint_eq(at, s->count);
}

START_TEST(slots_merge_in_any_order_into_ranges_that_do_not_touch)
{
	enum { LEN = 500 };

	for (unsigned round = 0; round < ROUNDS; round++) {
		struct ot_slots parts[PARTS] = { 0 }, whole = { 0 };
		bool map[LEN] = { false };

		for (unsigned i = 0; i < 80; i++) {
			int32_t from = (int32_t)roll(LEN - 10);
			int32_t to = from + (int32_t)roll(6);

			memset(map + from, true, (size_t)(to - from) + 1);
			ck_assert(ot_slots_add(
			    &arena, &parts[roll(PARTS)], from, to));
			ck_assert(ot_slots_add(&arena, &whole, from, to));
		}
		slots_are_map(&whole, map, LEN);
		for (unsigned i = 0; i < 6; i++) {
			struct ot_slots all = { 0 };

			for (unsigned k = 0; k < PARTS; k++)
				ck_assert(ot_slots_merge(
				    &arena, &all, &parts[orders[i][k]]));
			slots_are(&all, &whole);
		}
	}
}
END_TEST

START_TEST(slots_at_the_ends_of_time_do_not_wrap)
{
	struct ot_slots s = { 0 };

	ck_assert(ot_slots_add(&arena, &s, INT32_MAX, INT32_MAX));
	ck_assert(ot_slots_add(&arena, &s, INT32_MIN, INT32_MIN));
	ck_assert_uint_eq(s.count, 2);
	ck_assert(ot_slots_add(&arena, &s, INT32_MIN, INT32_MAX));
	ck_assert_uint_eq(s.count, 1);
	ck_assert_int_eq(s.at[0].from, INT32_MIN);
	ck_assert_int_eq(s.at[0].to, INT32_MAX);
}
END_TEST

START_TEST(slots_beyond_their_limit_are_counted)
{
	struct ot_slots s = { 0 };

	for (int32_t i = 0; i < OT_LIMIT_SLOTS + 5; i++)
		ck_assert(ot_slots_add(&arena, &s, 2 * i, 2 * i));
	ck_assert_uint_eq(s.count, OT_LIMIT_SLOTS);
	ck_assert_uint_eq(s.other, 5);
	ck_assert_int_eq(s.at[0].from, 0);
}
END_TEST

/* ---- evidence ---- */

static void
evidence_is(const struct ot_evidence *a, const struct ot_evidence *b)
{
	ck_assert_uint_eq(a->count, b->count);
	for (uint32_t i = 0; i < a->count; i++) {
		ck_assert_int_eq(ot_place_cmp(&a->at[i], &b->at[i]), 0);
		ck_assert_uint_eq(a->at[i].reply, b->at[i].reply);
	}
}

START_TEST(evidence_merges_in_any_order_and_grouping)
{
	static const char *const files[] = { "a", "b" };

	for (unsigned round = 0; round < ROUNDS; round++) {
		struct ot_evidence parts[PARTS] = { 0 }, whole = { 0 };
		struct ot_evidence late = { 0 };

		for (unsigned i = 0; i < 60; i++) {
			struct ot_place p = { .time_ns = (int64_t)roll(8),
				.file = ot_str(files[roll(2)]),
				.frame = roll(4),
				.reply = roll(3) };

			ot_evidence_add(&parts[roll(PARTS)], &p);
			ot_evidence_add(&whole, &p);
		}
		for (unsigned i = 0; i < 6; i++) {
			struct ot_evidence all = { 0 };

			for (unsigned k = 0; k < PARTS; k++)
				ot_evidence_merge(&all, &parts[orders[i][k]]);
			evidence_is(&all, &whole);
		}
		ot_evidence_merge(&late, &parts[1]);
		ot_evidence_merge(&late, &parts[2]);
		ot_evidence_merge(&parts[0], &late);
		evidence_is(&parts[0], &whole);
	}
}
END_TEST

START_TEST(evidence_keeps_the_smallest_and_the_greatest)
{
	struct ot_evidence e = { 0 };

	for (unsigned i = 0; i < 40; i++)
		ot_evidence_add(
		    &e, &(struct ot_place){ .time_ns = (int64_t)(i * 7 % 40),
			    .file = ot_str("f"),
			    .frame = 1 });
	ck_assert_uint_eq(e.count, OT_LIMIT_EVIDENCE + 1);
	for (unsigned i = 0; i < OT_LIMIT_EVIDENCE; i++)
		ck_assert_int_eq(e.at[i].time_ns, i);
	ck_assert_int_eq(e.at[OT_LIMIT_EVIDENCE].time_ns, 39);
}
END_TEST

START_TEST(places_are_ordered_by_time_then_file_then_frame)
{
	const struct ot_place p[] = { { 1, { "b", 1 }, 9, 0 },
		{ 2, { "a", 1 }, 9, 0 }, { 2, { "b", 1 }, 1, 0 },
		{ 2, { "b", 1 }, 2, 0 } };

	for (unsigned i = 0; i + 1 < 4; i++) {
		ck_assert_int_lt(ot_place_cmp(&p[i], &p[i + 1]), 0);
		ck_assert_int_gt(ot_place_cmp(&p[i + 1], &p[i]), 0);
	}
	ck_assert_int_eq(ot_place_cmp(&p[0], &p[0]), 0);
}
END_TEST

/* ---- values ---- */

static void
values_are(const struct ot_value_sum *a, const struct ot_value_sum *b)
{
	ck_assert(a->known == b->known);
	ck_assert(a->last == b->last && a->min == b->min && a->max == b->max);
	ck_assert_int_eq(ot_place_cmp(&a->at, &b->at), 0);
	ck_assert_uint_eq(a->not_finite, b->not_finite);
}

START_TEST(values_merge_in_any_order_and_grouping)
{
	for (dice = 1; dice < ROUNDS; dice++) {
		struct ot_value_sum parts[PARTS] = { 0 }, whole = { 0 };

		for (unsigned i = 0; i < THINGS / 10; i++) {
			double x = (double)roll(9);
			struct ot_value_sum one = { .known = roll(4),
				.last = x,
				.min = x,
				.max = x,
				.at = { (int64_t)roll(5), { "f", 1 }, 1, 0 },
				.not_finite = roll(2) };

			ot_value_merge(&parts[roll(PARTS)], &one);
			ot_value_merge(&whole, &one);
		}
		for (unsigned i = 0; i < 6; i++) {
			struct ot_value_sum all = { 0 };

			for (unsigned k = 0; k < PARTS; k++)
				ot_value_merge(&all, &parts[orders[i][k]]);
			values_are(&all, &whole);
		}
		ot_value_merge(&parts[1], &parts[2]);
		ot_value_merge(&parts[0], &parts[1]);
		values_are(&parts[0], &whole);
	}
}
END_TEST

START_TEST(the_last_value_is_the_one_with_the_greatest_place)
{
	struct ot_value_sum sum = { 0 };

	ot_value_merge(&sum, &(struct ot_value_sum){
				 true, 5, 4, 6, { 2, { "f", 1 }, 7, 0 }, 0 });
	ot_value_merge(&sum, &(struct ot_value_sum){
				 true, 9, 9, 9, { 1, { "f", 1 }, 3, 0 }, 1 });
	ot_value_merge(&sum, &(struct ot_value_sum){ .not_finite = 1 });
	values_are(&sum, &(struct ot_value_sum){
			     true, 5, 4, 9, { 2, { "f", 1 }, 7, 0 }, 2 });
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		counts_merge_in_any_order_and_grouping,
		counts_beyond_their_limit_merge_in_any_order_and_grouping,
		counts_keep_the_smallest_and_add_up_the_rest,
		counts_take_the_empty_text_and_copy_what_they_keep,
		histograms_merge_in_any_order,
		a_bin_begins_at_its_floor_from_zero_to_the_last,
		a_bin_is_a_sixteenth_of_its_octave,
		permilles_of_a_histogram_with_and_without_counts,
		slots_merge_in_any_order_into_ranges_that_do_not_touch,
		slots_at_the_ends_of_time_do_not_wrap,
		slots_beyond_their_limit_are_counted,
		evidence_merges_in_any_order_and_grouping,
		evidence_keeps_the_smallest_and_the_greatest,
		places_are_ordered_by_time_then_file_then_frame,
		values_merge_in_any_order_and_grouping,
		the_last_value_is_the_one_with_the_greatest_place,
	};

	return RUN("values", tests, NULL, after);
}
