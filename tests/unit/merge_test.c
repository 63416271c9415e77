/*
 * lib/model/merge.c: streams put together.
 */
#include "model/merge.h"

#include "model.h"

static struct ot_part parts[3];
static struct ot_stream whole;
static char notes[512];

static void
before(void)
{
	memset(parts, 0, sizeof(parts));
	notes[0] = 0;
}

static void
after(void)
{
	ot_stream_done(&whole);
	for (unsigned i = 0; i < 3; i++)
		ot_stream_done(&parts[i].stream);
	forget();
}

static void
note(void *user, const char *text)
{
	size_t len = strlen(notes);

	(void)user;
	ck_assert_uint_lt(len + strlen(text) + 1, sizeof(notes));
	memcpy(notes + len, text, strlen(text));
	memcpy(notes + len + strlen(text), "\n", 2);
}

static void
part(unsigned i, const char *name, const char *text)
{
	parts[i].name = name;
	feed_all(&parts[i].stream, text);
}

#define INPUT(name, hash)                                                      \
	"{\"name\":\"" name "\",\"sha256\":" hash ",\"bytes\":1}"
#define FACT(value, count)                                                     \
	"{\"type\":\"fact\",\"subject\":\"10.0.0.1\",\"fact\":\"vendor\","     \
	"\"value\":\"" value "\",\"by\":\"self\",\"count\":" count "}\n"
#define END(facts) "{\"type\":\"end\",\"records\":{\"fact\":" facts "}}\n"

static int
merge(unsigned count)
{
	struct ot_error error = { 0 };
	int e = ot_merge(&whole, parts, count, note, NULL, &error);

	if (e)
		note(NULL, error.text);
	return e;
}

START_TEST(parts_in_any_order_make_the_same_stream)
{
	for (unsigned turn = 0; turn < 2; turn++) {
		part(turn, "b.json",
		    HEADER(INPUT("b", "\"bb\"")) FACT("B", "2") FACT("C", "3")
			END("2"));
		part(!turn, "a.json",
		    HEADER(INPUT("a", "\"aa\"")) FACT("C", "1") FACT("A", "1")
			END("2"));
		ck_assert_int_eq(merge(2), 0);
		ck_assert_str_eq(stream_text(&whole),
		    HEADER(INPUT("a", "\"aa\"") "," INPUT("b", "\"bb\""))
			FACT("A", "1") FACT("B", "2") FACT("C", "4") END("3"));
		after();
		before();
	}
}
END_TEST

START_TEST(a_part_whose_inputs_are_all_there_is_dropped_and_named)
{
	part(0, "small.json",
	    HEADER(INPUT("b", "\"bb\"")) FACT("B", "2") END("1"));
	part(1, "big.json",
	    HEADER(INPUT("a", "\"aa\"") "," INPUT("b", "\"bb\"")) FACT("B", "2")
		END("1"));
	ck_assert_int_eq(merge(2), 0);
	ck_assert_str_eq(notes,
	    "small.json: dropped: all of its inputs are there already\n");
	ck_assert_str_eq(stream_text(&whole),
	    HEADER(INPUT("a", "\"aa\"") "," INPUT("b", "\"bb\"")) FACT("B", "2")
		END("1"));
}
END_TEST

START_TEST(a_part_that_shares_only_some_inputs_is_refused)
{
	part(0, "x.json",
	    HEADER(INPUT("a", "\"aa\"") "," INPUT("b", "\"bb\"")) END("0"));
	part(1, "y.json",
	    HEADER(INPUT("b", "\"bb\"") "," INPUT("c", "\"cc\"")) END("0"));
	ck_assert_int_eq(merge(2), -OT_ERR_INPUT);
	ck_assert_str_eq(notes,
	    "y.json: refused: 1 of its 2 inputs are there already, the "
	    "others are not\n"
	    "some streams were refused: merge them from their parts\n");
}
END_TEST

START_TEST(a_null_hash_equals_nothing)
{
	part(0, "x.json", HEADER(INPUT("a", "null")) FACT("A", "1") END("1"));
	part(1, "y.json", HEADER(INPUT("a", "null")) FACT("A", "1") END("1"));
	ck_assert_int_eq(merge(2), 0);
	ck_assert_str_eq(notes, "");
	ck_assert_ptr_nonnull(strstr(stream_text(&whole), FACT("A", "2")));
}
END_TEST

START_TEST(one_cut_part_makes_the_whole_incomplete)
{
	part(0, "x.json", HEADER(INPUT("a", "\"aa\"")) FACT("A", "1"));
	part(1, "y.json", HEADER(INPUT("b", "\"bb\"")) END("0"));
	ck_assert_int_eq(merge(2), 0);
	ck_assert(!whole.complete);
	ck_assert_ptr_null(strstr(stream_text(&whole), "\"end\""));
}
END_TEST

START_TEST(one_part_alone_is_itself)
{
	const char *text = HEADER(INPUT("a", "\"aa\"")) FACT("A", "1") END("1");

	part(0, "x.json", text);
	ck_assert_int_eq(merge(1), 0);
	ck_assert_str_eq(stream_text(&whole), text);
}
END_TEST

START_TEST(unknown_records_and_keys_go_into_the_whole)
{
	const char *text = HEADER(INPUT("a",
	    "\"aa\"")) "{\"type\":\"fact\",\"fact\":\"vendor\",\"by\":\"self\","
		       "\"count\":1,\"x-a\":1}\n"
		       "{\"type\":\"x-ours\"}\n"
		       "{\"type\":\"end\",\"records\":{\"fact\":1,\"unknown\":"
		       "1}}\n";

	part(0, "x.json", text);
	ck_assert_int_eq(merge(1), 0);
	ck_assert_str_eq(stream_text(&whole), text);
}
END_TEST

START_TEST(two_of_one_name_without_hashes_are_two)
{
	part(0, "a.json", HEADER(INPUT("x", "null")) FACT("A", "1") END("1"));
	part(1, "b.json", HEADER(INPUT("x", "null")) FACT("A", "2") END("1"));
	ck_assert_int_eq(merge(2), 0);
	ck_assert_str_eq(notes, "");
	ck_assert_str_eq(stream_text(&whole),
	    HEADER(INPUT("x", "null") "," INPUT("x", "null")) FACT("A", "3")
		END("1"));
}
END_TEST

#define SEEN(sensor, file, first, last)                                        \
	"{\"type\":\"capture\",\"sensor\":\"" sensor "\",\"file\":\"" file     \
	"\",\"first\":\"2026-03-02T06:" first                                  \
	"Z\",\"last\":\"2026-03-02T06:" last "Z\"}\n"
#define CAPTURES(n) "{\"type\":\"end\",\"records\":{\"capture\":" n "}}\n"

START_TEST(parts_of_one_sensor_that_overlap_are_told)
{
	part(0, "a.json",
	    HEADER(INPUT("a", "\"aa\"")) SEEN("s", "a", "10:00", "20:00")
		CAPTURES("1"));
	part(1, "b.json",
	    HEADER(INPUT("b", "\"bb\"")) SEEN("s", "b", "15:00", "16:00")
		CAPTURES("1"));
	ck_assert_int_eq(merge(2), 0);
	ck_assert_str_eq(notes,
	    "b.json: overlaps in time with a.json (sensor s): frames that "
	    "both saw count twice\n");
}
END_TEST

START_TEST(parts_that_follow_each_other_or_differ_in_sensor_do_not_overlap)
{
	part(0, "a.json",
	    HEADER(INPUT("a", "\"aa\"")) SEEN("s", "a", "10:00", "20:00")
		CAPTURES("1"));
	part(1, "b.json",
	    HEADER(INPUT("b", "\"bb\"")) SEEN("s", "b", "20:00", "30:00")
		CAPTURES("1"));
	part(2, "c.json",
	    HEADER(INPUT("c", "\"cc\"")) SEEN("t", "c", "10:00", "30:00")
		CAPTURES("1"));
	ck_assert_int_eq(merge(3), 0);
	ck_assert_str_eq(notes, "");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		parts_in_any_order_make_the_same_stream,
		a_part_whose_inputs_are_all_there_is_dropped_and_named,
		a_part_that_shares_only_some_inputs_is_refused,
		a_null_hash_equals_nothing,
		one_cut_part_makes_the_whole_incomplete,
		one_part_alone_is_itself,
		unknown_records_and_keys_go_into_the_whole,
		two_of_one_name_without_hashes_are_two,
		parts_of_one_sensor_that_overlap_are_told,
		parts_that_follow_each_other_or_differ_in_sensor_do_not_overlap,
	};

	return RUN("merge", tests, before, after);
}
