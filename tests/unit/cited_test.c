/*
 * lib/engine/cited.c: places in records of any kind, and who cites them.
 */
#include "engine/cited.h"

#include "base/time.h"
#include "capture_file.h"

static struct ot_error error;
static struct ot_cited cited;

static int
read_text(const char *text)
{
	struct bytes b = { 0 };

	add(&b, text, strlen(text));
	write_file(&b);
	free(b.p);
	return ot_cited_read(&cited, path, &error);
}

static void
after(void)
{
	ot_cited_done(&cited);
	remove_folder();
}

static void
is(uint32_t i, const char *file, uint64_t frame, uint64_t asked,
    const char *label)
{
	const struct ot_citation *c = &cited.at[i];

	ck_assert_uint_lt(i, cited.count);
	ck_assert_str_eq(c->file.p, file);
	ck_assert_uint_eq(c->frame, frame);
	ck_assert_uint_eq(c->asked, asked);
	ck_assert_str_eq(cited.citers[c->citer].label.p, label);
}

START_TEST(operations_name_themselves)
{
	ck_assert_int_eq(
	    read_text("{\"type\":\"flow\",\"client\":{\"ip\":\"10.0.0.1\"},"
		      "\"server\":{\"ip\":\"10.0.0.2\",\"port\":502},"
		      "\"evidence\":[{\"time\":\"2026-03-02T06:15:00Z\","
		      "\"file\":\"b\",\"frame\":9}],\"ops\":[{\"name\":"
		      "\"read coils\",\"object\":\"unit 1\",\"evidence\":"
		      "[{\"file\":\"a\",\"frame\":7,\"reply\":8}]}]}\n"),
	    0);
	ck_assert_uint_eq(cited.count, 3);
	is(0, "a", 7, 0, "flow 10.0.0.1 10.0.0.2 502: read coils unit 1");
	is(1, "a", 8, 7, "flow 10.0.0.1 10.0.0.2 502: read coils unit 1");
	is(2, "b", 9, 0, "flow 10.0.0.1 10.0.0.2 502");
	ck_assert_int_eq(cited.at[0].time_ns, OT_TIME_NONE);
	ck_assert_int_eq(cited.at[2].time_ns, 1772432100 * OT_SECOND_NS);
	ck_assert_str_eq(cited.citers[0].name.p, "flow-1");
}
END_TEST

START_TEST(findings_alone_where_there_are_any)
{
	ck_assert_int_eq(
	    read_text("{\"type\":\"stream\",\"inputs\":[{\"name\":\"a\","
		      "\"sha256\":null},{\"name\":\"b\",\"sha256\":\"00\"}]}\n"
		      "{\"type\":\"fact\",\"evidence\":[{\"file\":\"a\","
		      "\"frame\":1}]}\n"
		      "{\"type\":\"finding\",\"check\":\"ZON-001\","
		      "\"fingerprint\":\"../otf1-5\",\"subject\":\"x\\u001b\","
		      "\"file\":\"zones.csv\",\"line\":2,"
		      "\"evidence\":[{\"file\":\"a\",\"frame\":2}]}\n"
		      "{\"type\":\"end\"}\n"),
	    0);
	ck_assert_uint_eq(cited.count, 1);
	is(0, "a", 2, 0, "ZON-001 ../otf1-5 x?");
	/* no path comes out of a record */
	ck_assert_str_eq(cited.citers[cited.at[0].citer].name.p, "___otf1-5");
	ck_assert_uint_eq(cited.input_count, 2);
	ck_assert_uint_eq(cited.inputs[0].sha256.len, 0);
	ck_assert_str_eq(cited.inputs[1].sha256.p, "00");
}
END_TEST

START_TEST(a_place_by_itself_and_twice)
{
	uint32_t count;

	ck_assert_int_eq(read_text("{\"file\":\"a\",\"frame\":4}\n\n"
				   "{\"x\":[[{\"file\":\"a\",\"frame\":4},"
				   "{\"file\":\"a\",\"frame\":4}]]}\n"
				   "{\"file\":\"a\",\"frame\":\"4\"}\n"),
	    0);
	ck_assert_uint_eq(cited.count, 2); /* once for each citer */
	ck_assert_uint_eq(ot_cited_of(&cited, ot_str("a"), &count), 0);
	ck_assert_uint_eq(count, 2);
	ot_cited_of(&cited, ot_str("b"), &count);
	ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(what_was_read_before_damage_stays)
{
	ck_assert_int_eq(read_text("{\"file\":\"a\",\"frame\":4}\n{\"file\":"),
	    -OT_ERR_INPUT);
	ck_assert_uint_eq(cited.count, 1);
}
END_TEST

START_TEST(a_stream_without_its_end_is_cut)
{
	ck_assert_int_eq(
	    read_text("{\"type\":\"stream\",\"inputs\":[]}\n"), -OT_ERR_INPUT);
	ck_assert_int_eq(read_text("[1]\n"), -OT_ERR_INPUT);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		operations_name_themselves,
		findings_alone_where_there_are_any,
		a_place_by_itself_and_twice,
		what_was_read_before_damage_stays,
		a_stream_without_its_end_is_cut,
	};

	return RUN("cited", tests, make_folder, after);
}
