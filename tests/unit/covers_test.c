/*
 * Objects as text of policy/covers.c.
 */
#include "policy/evaluate.h"
#include "suite.h"

static enum ot_cover
covers(const char *row, const char *object)
{
	struct ot_extent r = ot_extent_of(ot_str(row));
	struct ot_extent o = ot_extent_of(ot_str(object));
	uint64_t lo, hi;

	return ot_extent_covers(&r, &o, &lo, &hi);
}

START_TEST(a_range_holds_what_lies_in_it)
{
	ck_assert_int_eq(
	    covers("unit 1 holding 100-199", "unit 1 holding 100-109"),
	    OT_COVER_ALL);
	ck_assert_int_eq(
	    covers("unit 1 holding 5", "unit 1 holding 5"), OT_COVER_ALL);
	ck_assert_int_eq(
	    covers("unit 1-4 holding 0-9", "unit 3 holding 7"), OT_COVER_ALL);
	ck_assert_int_eq(covers("unit 1 holding 100-199", "unit 1 holding 200"),
	    OT_COVER_NO);
	ck_assert_int_eq(covers("unit 1 holding 100-199", "unit 2 holding 100"),
	    OT_COVER_NO);
	ck_assert_int_eq(
	    covers("unit 1 holding 100-199", "unit 1 coils 100"), OT_COVER_NO);
}
END_TEST

START_TEST(a_range_that_overlaps_is_a_part)
{
	struct ot_extent r = ot_extent_of(ot_str("unit 1 holding 100-149"));
	struct ot_extent o = ot_extent_of(ot_str("unit 1 holding 140-160"));
	uint64_t lo = 0, hi = 0;

	ck_assert_int_eq(ot_extent_covers(&r, &o, &lo, &hi), OT_COVER_PART);
	ck_assert_uint_eq(lo, 140);
	ck_assert_uint_eq(hi, 149);
}
END_TEST

START_TEST(a_container_holds_what_is_in_it)
{
	ck_assert_int_eq(covers("unit 1", "unit 1 holding 3"), OT_COVER_ALL);
	ck_assert_int_eq(covers("DB10", "DB10.DBX0.0+20"), OT_COVER_ALL);
	ck_assert_int_eq(covers("DB1", "DB10.DBX0.0+20"), OT_COVER_NO);
	ck_assert_int_eq(covers("tag Foo", "tag Foo[3]+10"), OT_COVER_ALL);
}
END_TEST

START_TEST(bytes_and_bits_of_a_block)
{
	ck_assert_int_eq(
	    covers("DB10.DBX0.0+100", "DB10.DBX4.2+8"), OT_COVER_ALL);
	ck_assert_int_eq(
	    covers("DB10.DBX0.0+4", "DB10.DBX2.0+8"), OT_COVER_PART);
	ck_assert_int_eq(covers("DB10.DBX0.0+4", "DB11.DBX0.0+4"), OT_COVER_NO);
	ck_assert_int_eq(covers("%MW100-199", "%MW150-151"), OT_COVER_ALL);
	ck_assert_int_eq(covers("M10", "M10.0"), OT_COVER_MAYBE);
}
END_TEST

START_TEST(what_is_of_another_form_cannot_be_told)
{
	/* the unit was left out */
	ck_assert_int_eq(
	    covers("holding 100-199", "unit 1 holding 100"), OT_COVER_MAYBE);
	/* less was asked for than the row tells apart */
	ck_assert_int_eq(
	    covers("unit 1 holding 100", "unit 1"), OT_COVER_MAYBE);
	ck_assert_int_eq(
	    covers("tag Foo[0-9]", "tag Foo[3]+10"), OT_COVER_MAYBE);
	ck_assert_int_eq(covers("DB1-20", "DB10.DBX0.0+20"), OT_COVER_MAYBE);
	ck_assert_int_eq(covers("", "unit 1"), OT_COVER_MAYBE);
}
END_TEST

START_TEST(names_that_look_like_ranges_are_none)
{
	ck_assert_int_eq(covers("host /line1-5", "host /line1-3"), OT_COVER_NO);
	ck_assert_int_eq(covers("plc-1-5", "plc-1-3"), OT_COVER_NO);
	ck_assert_int_eq(covers("plc-1-5", "plc-1-5"), OT_COVER_ALL);
}
END_TEST

START_TEST(patterns_stand_for_words)
{
	ck_assert_int_eq(
	    covers("unit * holding 1-9", "unit 7 holding 3"), OT_COVER_ALL);
	ck_assert_int_eq(covers("host /api/*", "host /api/x"), OT_COVER_ALL);
	ck_assert_int_eq(covers("host /api/*", "host /admin"), OT_COVER_NO);
}
END_TEST

START_TEST(hex_numbers_are_numbers)
{
	ck_assert_int_eq(
	    covers("class 0x6B", "class 0x6b instance 5"), OT_COVER_ALL);
	ck_assert_int_eq(covers("class 0x60-0x6F", "class 0x6B"), OT_COVER_ALL);
	ck_assert_int_eq(covers("class 0x6B", "class 0x6C"), OT_COVER_NO);
}
END_TEST

START_TEST(more_words_than_there_is_room_for)
{
	ck_assert_int_eq(
	    covers("a b c d e f g h i j k l m", "a b c d e f g h i j k l m"),
	    OT_COVER_MAYBE);
	ck_assert_int_eq(covers("9999999999999999999999", "1"), OT_COVER_NO);
}
END_TEST

static uint64_t
shape(const char *text)
{
	struct ot_extent e = ot_extent_of(ot_str(text));

	return ot_extent_shape(&e);
}

START_TEST(one_shape_differs_in_its_last_number_alone)
{
	ck_assert_uint_ne(shape("unit 1 holding 5"), 0);
	ck_assert(shape("unit 1 holding 5") == shape("unit 1 holding 7-9"));
	ck_assert(shape("unit 1 holding 5") != shape("unit 2 holding 5"));
	ck_assert(shape("unit 1 holding 5") != shape("unit 1 coils 5"));
	ck_assert(shape("M10.0") != shape("M10"));
	ck_assert_uint_eq(shape("unit * holding 5"), 0);
	ck_assert_uint_eq(shape("tag Foo"), 0);
	ck_assert_uint_eq(shape(""), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_range_holds_what_lies_in_it,
		a_range_that_overlaps_is_a_part,
		a_container_holds_what_is_in_it,
		bytes_and_bits_of_a_block,
		what_is_of_another_form_cannot_be_told,
		names_that_look_like_ranges_are_none,
		patterns_stand_for_words,
		hex_numbers_are_numbers,
		more_words_than_there_is_room_for,
		one_shape_differs_in_its_last_number_alone,
	};

	return RUN("covers", tests, NULL, NULL);
}
