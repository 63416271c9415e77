/*
 * lib/model/stream.c: the stream of records, read and written.
 */
#include "model.h"

static struct ot_stream stream;

static void
after(void)
{
	ot_stream_done(&stream);
	forget();
}

/* Lines that must come out as they went in. */
static void
passes(const char *text)
{
	feed_all(&stream, text);
	ck_assert_str_eq(stream_text(&stream), text);
}

#define ALWAYS                                                                 \
	"\"file_bytes\":0,\"frames\":0,\"bytes\":0,\"account\":{},"            \
	"\"flow_frames\":0,\"flow_bytes\":0,\"attempt_frames\":0,"             \
	"\"attempt_bytes\":0,\"connections\":0,\"one_sided\":0"
#define CAPTURE                                                                \
	"{\"type\":\"capture\",\"file\":\"a\",\"sha256\":\"aa\"," ALWAYS "}\n"
#define FACT                                                                   \
	"{\"type\":\"fact\",\"subject\":\"10.0.0.1\",\"fact\":\"vendor\","     \
	"\"value\":\"Acme\",\"by\":\"self\",\"count\":1}\n"
#define EVENT                                                                  \
	"{\"type\":\"event\",\"event\":\"limit\",\"transport\":\"tcp\","       \
	"\"count\":1}\n"
#define FLOW(protocol, more)                                                   \
	"{\"type\":\"flow\",\"network\":{\"transport\":\"tcp\","               \
	"\"protocol\":\"" protocol "\"},\"client\":{\"ip\":\"10.0.0.1\","      \
	"\"packets\":1,\"bytes\":1,\"payload\":1},\"server\":{"                \
	"\"ip\":\"10.0.0.2\",\"port\":502,\"packets\":0,\"bytes\":0,"          \
	"\"payload\":0},\"roles_by\":\"syn\",\"named_by\":\"content\"" more    \
	"}\n"
#define INPUT(name, hash)                                                      \
	"{\"name\":\"" name "\",\"sha256\":" hash ",\"bytes\":1}"

START_TEST(a_stream_of_every_type_that_merges_comes_out_as_it_went_in)
{
	passes(HEADER(INPUT("a", "\"aa\"")) CAPTURE FACT EVENT FLOW("modbus",
	    "") "{\"type\":\"end\",\"records\":{\"capture\":1,\"fact\":1,"
		"\"event\":1,\"flow\":1}}\n");
	ck_assert(stream.any);
	ck_assert(stream.complete);
}
END_TEST

START_TEST(asset_zone_crossing_and_finding_come_out_as_they_went_in)
{
	/* as bare as their own tables write them */
	const struct ot_shape *const shapes[] = { &ot_asset_shape,
		&ot_zone_shape, &ot_crossing_shape, &ot_finding_shape };
	static const char *const names[] = { "asset", "zone", "crossing",
		"finding" };
	struct ot_sb sb = { 0 };

	ot_sb_puts(&sb, HEADER(""));
	for (unsigned i = 0; i < 4; i++) {
		const char *object =
		    written(shapes[i], read_from(shapes[i], "{}"));

		ot_sb_printf(&sb, "{\"type\":\"%s\"%s%s\n", names[i],
		    object[1] == '}' ? "" : ",", object + 1);
	}
	ot_sb_puts(&sb, "{\"type\":\"end\",\"records\":{\"asset\":1,\"zone\":1,"
			"\"crossing\":1,\"finding\":1}}\n");
	passes(sb.p);
	ot_sb_done(&sb);
}
END_TEST

START_TEST(records_in_another_order_come_out_in_the_streams_order)
{
	feed_all(&stream, HEADER("") EVENT FACT CAPTURE);
	ck_assert_str_eq(stream_text(&stream), HEADER("") CAPTURE FACT EVENT);
}
END_TEST

START_TEST(unknown_types_pass_through_before_the_end)
{
	passes(HEADER("") FACT
	    "{ \"type\":\"score\", \"x\":[1, 2.50, \"\\u00e9\"] }\n"
	    "{\"type\":\"x-ours\"}\n"
	    "{\"type\":\"end\",\"records\":{\"fact\":1,\"unknown\":2}}\n");
	ck_assert_uint_eq(stream.unknown.count, 2);
}
END_TEST

START_TEST(unknown_keys_of_known_records_pass_through)
{
	passes(HEADER("") FLOW(
	    "modbus", ",\"x-a\":{\"b\":[1, 2.50]},\"port_other\":null"));
	ck_assert_uint_eq(stream.extra.count, 1);
}
END_TEST

START_TEST(unknown_keys_of_the_stream_record_pass_through)
{
	passes("{\"type\":\"stream\",\"schema\":\"otzt/1\",\"tools\":[],"
	       "\"inputs\":[],\"limits\":{\"ops\":1024}}\n");
}
END_TEST

START_TEST(unknown_keys_of_many_records_are_found_in_time)
{
	feed_all(&stream, HEADER(""));
	for (unsigned i = 0; i < 20000; i++) {
		char line[256];

		snprintf(line, sizeof(line),
		    "{\"type\":\"fact\",\"fact\":\"vendor\",\"by\":\"self\","
		    "\"count\":%u,\"x\":%u}\n",
		    i, i);
		feed_all(&stream, line);
	}
	ck_assert_ptr_nonnull(
	    strstr(stream_text(&stream), "\"count\":19999,\"x\":19999}\n"));
}
END_TEST

START_TEST(a_stream_without_an_end_record_gets_none)
{
	passes(HEADER("") FACT);
	ck_assert(!stream.complete);
}
END_TEST

static void
is_refused(const char *line, const char *message)
{
	struct ot_error error = { 0 };

	ck_assert_int_eq(feed(&stream, line, &error), -OT_ERR_INPUT);
	ck_assert_str_eq(error.text, message);
}

START_TEST(another_schema_is_refused)
{
	is_refused("{\"type\":\"stream\",\"schema\":\"otzt/2\"}",
	    "the stream is not of schema otzt/1");
	is_refused(
	    "{\"type\":\"stream\"}", "the stream is not of schema otzt/1");
	ck_assert(!stream.any);
}
END_TEST

START_TEST(a_cut_line_is_refused_with_its_column)
{
	struct ot_error error = { 0 };

	feed_all(&stream, HEADER(""));
	ck_assert_int_eq(
	    feed(&stream, "{\"type\":\"fact\",\"val", &error), -OT_ERR_INPUT);
	ck_assert_int_eq(strncmp(error.text, "column ", 7), 0);
	ck_assert_uint_eq(stream.store.list[OT_STORE_FACT].count, 0);
}
END_TEST

START_TEST(a_line_that_is_no_record_is_refused)
{
	is_refused("[]", "a record without a type");
	is_refused("{\"type\":1}", "a record without a type");
	is_refused("{}", "a record without a type");
}
END_TEST

START_TEST(a_value_of_the_wrong_kind_is_refused_with_its_place)
{
	is_refused("{\"type\":\"fact\",\"count\":\"many\"}",
	    "1:24: \"count\" is not a number");
}
END_TEST

START_TEST(two_streams_one_behind_the_other_are_refused)
{
	struct ot_error error = { 0 };

	feed_all(&stream, HEADER(""));
	ck_assert_int_eq(
	    feed(
		&stream, "{\"type\":\"stream\",\"schema\":\"otzt/1\"}", &error),
	    -OT_ERR_INPUT);
}
END_TEST

START_TEST(a_record_behind_the_end_is_refused)
{
	feed_all(&stream, HEADER("") "{\"type\":\"end\",\"records\":{}}\n");
	is_refused("{\"type\":\"fact\"}", "a record behind the end record");
}
END_TEST

static int
broken(void *user, struct ot_str bytes, struct ot_error *error)
{
	unsigned *calls = user;

	(void)bytes;
	(*calls)++;
	return ot_error_set(error, OT_ERR_PIPE, "gone");
}

START_TEST(writing_stops_at_the_first_error)
{
	struct ot_error error = { 0 };
	unsigned calls = 0;

	feed_all(&stream, HEADER(""));
	for (unsigned i = 0; i < 5000; i++)
		feed_all(&stream, FACT);
	ck_assert_int_eq(
	    ot_stream_write(&stream, broken, &calls, &error), -OT_ERR_PIPE);
	ck_assert_uint_eq(calls, 1);
	ck_assert_str_eq(error.text, "gone");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_stream_of_every_type_that_merges_comes_out_as_it_went_in,
		asset_zone_crossing_and_finding_come_out_as_they_went_in,
		records_in_another_order_come_out_in_the_streams_order,
		unknown_types_pass_through_before_the_end,
		unknown_keys_of_known_records_pass_through,
		unknown_keys_of_the_stream_record_pass_through,
		unknown_keys_of_many_records_are_found_in_time,
		a_stream_without_an_end_record_gets_none,
		another_schema_is_refused,
		a_cut_line_is_refused_with_its_column,
		a_line_that_is_no_record_is_refused,
		a_value_of_the_wrong_kind_is_refused_with_its_place,
		two_streams_one_behind_the_other_are_refused,
		a_record_behind_the_end_is_refused,
		writing_stops_at_the_first_error,
	};

	return RUN("stream", tests, NULL, after);
}
