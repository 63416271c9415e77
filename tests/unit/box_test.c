/*
 * policy/diagram.c and policy/box.c: sets against lists of points.
 */
#include "policy/box.h"

#include "suite.h"

enum { SIDE = 6, AXES = 3, POINTS = SIDE * SIDE * SIDE };

static struct ot_arena arena;
static struct ot_diagram d;
static uint64_t state;

static uint32_t
roll(uint32_t sides)
{
	state = state * UINT64_C(6364136223846793005) + 1442695040888963407U;
	return (uint32_t)(state >> 33) % sides;
}

static void
begin(void)
{
	const uint64_t top[AXES] = { SIDE - 1, SIDE - 1, SIDE - 1 };

	state = 7;
	ck_assert(ot_diagram_init(&d, &arena, top, AXES, 1 << 20));
}

static void
done(void)
{
	ot_diagram_done(&d);
	ot_arena_done(&arena);
}

static void
point_of(int i, uint64_t *point)
{
	point[0] = (uint64_t)i % SIDE;
	point[1] = (uint64_t)i / SIDE % SIDE;
	point[2] = (uint64_t)i / SIDE / SIDE;
}

/* A box at random, and its points. */
static const struct ot_set *
random_box(bool *in)
{
	struct ot_interval at[AXES];
	struct ot_span spans[AXES];

	for (int i = 0; i < AXES; i++) {
		at[i].lo = roll(SIDE);
		at[i].hi = at[i].lo + roll(SIDE - (uint32_t)at[i].lo);
		spans[i] = (struct ot_span){ &at[i], roll(4) ? 1 : 0 };
	}
	for (int i = 0; i < POINTS; i++) {
		uint64_t point[AXES];
		bool inside = true;

		point_of(i, point);
		for (int k = 0; k < AXES; k++)
			inside &= !spans[k].count || (at[k].lo <= point[k] &&
							 point[k] <= at[k].hi);
		in[i] |= inside;
	}
	return ot_set_box(&d, spans);
}

static const struct ot_set *
random_set(bool *in, uint32_t boxes)
{
	const struct ot_set *set = NULL;

	memset(in, 0, POINTS);
	for (uint32_t i = 0; i < boxes; i++)
		set = ot_set_unite(&d, set, random_box(in));
	return set;
}

START_TEST(operations_agree_with_points)
{
	for (int turn = 0; turn < 300; turn++) {
		static bool a[POINTS], b[POINTS];
		const struct ot_set *x = random_set(a, roll(5)),
				    *y = random_set(b, roll(5));
		const struct ot_set *both = ot_set_common(&d, x, y),
				    *left = ot_set_without(&d, x, y),
				    *any = ot_set_unite(&d, x, y);

		for (int i = 0; i < POINTS; i++) {
			uint64_t p[AXES];

			point_of(i, p);
			ck_assert_int_eq(ot_set_has(&d, x, p), a[i]);
			ck_assert_int_eq(ot_set_has(&d, both, p), a[i] && b[i]);
			ck_assert_int_eq(
			    ot_set_has(&d, left, p), a[i] && !b[i]);
			ck_assert_int_eq(ot_set_has(&d, any, p), a[i] || b[i]);
		}
		ck_assert_int_eq(ot_set_meets(&d, x, y), both != NULL);
		/* one form, whichever way it was made */
		ck_assert_ptr_eq(ot_set_unite(&d, left, both), x);
		ck_assert_int_eq(x == y, memcmp(a, b, sizeof(a)) == 0);
	}
}
END_TEST

/* Do two boxes agree in all axes but one? Then they could be one. */
static bool
joinable(const struct ot_box *x, const struct ot_box *y)
{
	int apart = 0;

	for (int i = 0; i < AXES; i++) {
		const struct ot_span *a = &x->spans[i], *b = &y->spans[i];

		apart += a->count != b->count ||
			 (a->count && memcmp(a->at, b->at,
					  a->count * sizeof(*a->at)) != 0);
	}
	return apart <= 1;
}

static bool
in_box(const struct ot_box *box, const uint64_t *p)
{
	for (int axis = 0; axis < AXES; axis++) {
		const struct ot_span *span = &box->spans[axis];
		bool in = !span->count;

		for (uint32_t i = 0; i < span->count; i++)
			in |= span->at[i].lo <= p[axis] &&
			      p[axis] <= span->at[i].hi;
		if (!in)
			return false;
	}
	return true;
}

START_TEST(boxes_are_apart_complete_and_joined)
{
	for (int turn = 0; turn < 300; turn++) {
		static bool a[POINTS];
		const struct ot_set *x = random_set(a, roll(6));
		struct ot_boxes boxes;

		ck_assert(ot_boxes_of(&d, x, 1000, &boxes));
		ck_assert(!boxes.cut);
		for (int i = 0; i < POINTS; i++) {
			uint64_t p[AXES];
			int in = 0;

			point_of(i, p);
			for (size_t k = 0; k < boxes.count; k++)
				in += in_box(&boxes.at[k], p);
			ck_assert_int_eq(in, a[i]);
		}
		for (size_t i = 0; i < boxes.count; i++)
			for (size_t k = 0; k < i; k++)
				ck_assert(
				    !joinable(&boxes.at[i], &boxes.at[k]));
	}
}
END_TEST

START_TEST(forgetting_an_axis)
{
	static bool a[POINTS];
	const bool forget[AXES] = { false, true, false };
	const struct ot_set *x = random_set(a, 4),
			    *y = ot_set_forget(&d, x, forget);

	for (int i = 0; i < POINTS; i++) {
		bool any = false;
		uint64_t p[AXES];

		point_of(i, p);
		for (int k = 0; k < SIDE; k++)
			any |=
			    a[(int)p[0] + k * SIDE + (int)p[2] * SIDE * SIDE];
		ck_assert_int_eq(ot_set_has(&d, y, p), any);
	}
}
END_TEST

START_TEST(limits_are_met_and_said)
{
	static bool a[POINTS];
	struct ot_boxes boxes;
	const struct ot_set *x;

	do {
		x = random_set(a, 6);
		ck_assert(ot_boxes_of(&d, x, 1000, &boxes));
	} while (boxes.count < 2);
	ck_assert(ot_boxes_of(&d, x, 1, &boxes));
	ck_assert_uint_eq(boxes.count, 1);
	ck_assert(boxes.cut);
	ck_assert(!d.full);
	d.most = d.spent + 1;
	for (int i = 0; i < 20; i++)
		x = ot_set_unite(&d, x, random_box(a));
	ck_assert(d.full);
	ck_assert(!ot_diagram_ok(&d));
}
END_TEST

START_TEST(the_first_point)
{
	static bool a[POINTS];
	uint64_t p[AXES];
	const struct ot_set *x = random_set(a, 3);

	ot_set_first(&d, x, p);
	ck_assert(ot_set_has(&d, x, p));
	ck_assert(!ot_set_has(&d, NULL, p));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		operations_agree_with_points,
		boxes_are_apart_complete_and_joined,
		forgetting_an_axis,
		limits_are_met_and_said,
		the_first_point,
	};

	return RUN("box", tests, begin, done);
}
