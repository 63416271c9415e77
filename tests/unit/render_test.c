/*
 * The table of renderers and how output is passed on (render/render.c).
 */
#include "sample_report.h"
#include "suite.h"

static struct sample sample;

static void
init(void)
{
	sample_init(&sample);
}

static void
done(void)
{
	sample_done(&sample);
}

START_TEST(each_format_has_one_name_and_writes_something)
{
	for (size_t i = 0; ot_renderers[i]; i++) {
		for (size_t k = 0; k < i; k++)
			ck_assert_str_ne(
			    ot_renderers[i]->name, ot_renderers[k]->name);
		sample_render(&sample, ot_renderers[i]->name);
	}
}
END_TEST

START_TEST(the_same_report_gives_the_same_bytes)
{
	for (size_t i = 0; ot_renderers[i]; i++) {
		struct ot_sb first = { .p = NULL };
		const char *name = ot_renderers[i]->name;

		ot_sb_puts(&first, sample_render(&sample, name));
		ck_assert_str_eq(first.p, sample_render(&sample, name));
		ot_sb_done(&first);
	}
}
END_TEST

START_TEST(an_empty_report_is_a_report)
{
	sample.report.policy = NULL;
	sample.report.rule_count = sample.report.check_count = 0;
	sample.report.first = sample.report.last = OT_TIME_NONE;
	sample.inputs.count = sample.assets.count = sample.zones.count = 0;
	sample.crossings.count = sample.findings.count = 0;
	sample.store.list[OT_STORE_FLOW].count = 0;
	sample.store.list[OT_STORE_CAPTURE].count = 0;
	for (size_t i = 0; ot_renderers[i]; i++)
		if (strcmp(ot_renderers[i]->name, "zeek") != 0)
			sample_render(&sample, ot_renderers[i]->name);
}
END_TEST

/* A log has no frame around its lines. */
START_TEST(a_log_of_no_connections_is_empty)
{
	struct ot_error error;
	struct ot_flow_sum *flow = sample.store.list[OT_STORE_FLOW].at[0];

	flow->connection.uid = (struct ot_str){ 0 };
	ck_assert_int_eq(ot_render_report(&sample.report, "zeek", false,
			     sample_write, &sample.out, &error),
	    0);
	ck_assert_uint_eq(sample.out.len, 0);
}
END_TEST

START_TEST(an_unknown_format_is_a_usage_error)
{
	struct ot_error error = { .code = OT_ERR_NONE };

	ck_assert_int_eq(ot_render_report(&sample.report, "docx", false,
			     sample_write, &sample.out, &error),
	    -OT_ERR_USAGE);
	HAS(error.text, "docx");
	ck_assert_uint_eq(sample.out.len, 0);
}
END_TEST

static int
refuse(void *user, struct ot_str bytes, struct ot_error *error)
{
	(void)bytes;
	++*(unsigned *)user;
	return ot_error_set(error, OT_ERR_IO, "full");
}

START_TEST(a_failed_write_ends_the_output)
{
	struct ot_error error;
	unsigned calls = 0;

	ck_assert_int_eq(ot_render_report(&sample.report, "html", false, refuse,
			     &calls, &error),
	    -OT_ERR_IO);
	ck_assert_uint_eq(calls, 1);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		each_format_has_one_name_and_writes_something,
		the_same_report_gives_the_same_bytes,
		an_empty_report_is_a_report,
		a_log_of_no_connections_is_empty,
		an_unknown_format_is_a_usage_error,
		a_failed_write_ends_the_output,
	};

	return RUN("render", tests, init, done);
}
