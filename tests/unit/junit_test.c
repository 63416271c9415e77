/*
 * JUnit XML (render/junit.c).
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

START_TEST(a_rule_passes_fails_or_was_not_tried)
{
	const char *xml = sample_render(&sample, "junit");

	HAS(xml, "<testsuite name=\"conduits\" tests=\"3\" failures=\"1\" "
		 "errors=\"0\" skipped=\"1\" time=\"0\" "
		 "timestamp=\"1970-01-01T00:15:05\" file=\"zones/c.csv\">");
	HAS(xml, "name=\"held: lagos/offices to lagos/factory, modbus: read\" "
		 "time=\"0\"></testcase>");
	HAS(xml, "name=\"unused: lagos/offices to lagos/factory, modbus: "
		 "read\" time=\"0\"><skipped message=");
	HAS(xml, "<failure type=\"violation\" message=\"1 violation, 0 cannot "
		 "be told\">zones/c.csv:3\n");
	ck_assert_uint_eq(count_of(xml, "modbus: violation"), 1);
}
END_TEST

START_TEST(what_no_conduit_knows_fails_default_deny)
{
	const char *xml = sample_render(&sample, "junit");

	HAS(xml, "<testsuite name=\"default-deny\" tests=\"1\" "
		 "failures=\"1\"");
	HAS(xml, "<testcase classname=\"lagos.offices-factory\" "
		 "name=\"default-deny\" time=\"0\"><failure");
	HAS(xml, "tcp/445: violation");
}
END_TEST

START_TEST(what_is_allowed_passes_default_deny)
{
	for (uint32_t i = 0; i < sample.crossings.count; i++)
		((struct ot_crossing *)sample.crossings.at[i])->verdict =
		    OT_ALLOWED;
	HAS(sample_render(&sample, "junit"),
	    "name=\"default-deny\" time=\"0\"></testcase>");
}
END_TEST

START_TEST(what_cannot_be_told_is_an_error)
{
	struct ot_crossing *c = sample.crossings.at[0];

	c->verdict = OT_CANNOT_TELL;
	c->nearest = ot_str("");
	c->rule = ot_str("held");
	HAS(sample_render(&sample, "junit"),
	    "<error type=\"cannot-tell\" message=\"0 violations, 1 cannot be "
	    "told\">zones/c.csv:2\n");
}
END_TEST

START_TEST(what_is_waived_fails_nothing_and_is_told)
{
	struct ot_finding *f = sample.findings.at[2];
	struct ot_crossing *c = sample.crossings.at[1];

	f->from = c->client;
	f->to = c->server;
	f->service = ot_str("tcp/445");
	const char *xml = sample_render(&sample, "junit");

	HAS(xml, "<testsuite name=\"default-deny\" tests=\"1\" "
		 "failures=\"0\"");
	HAS(xml, "<system-out>ZON-001: ");
}
END_TEST

START_TEST(sums_are_those_of_both_suites)
{
	HAS(sample_render(&sample, "junit"),
	    "<testsuites name=\"otcheck\" tests=\"4\" failures=\"2\" "
	    "errors=\"0\" time=\"0\">");
}
END_TEST

START_TEST(classes_have_one_dot)
{
	sample.conduits[0].from = ot_str("*");
	sample.conduits[0].to = ot_str("internet");
	sample.conduits[1].from = ot_str("paris/a.b");
	const char *xml = sample_render(&sample, "junit");

	HAS(xml, "classname=\"any.*-internet\"");
	HAS(xml, "classname=\"lagos.paris/a_b-factory\"");
}
END_TEST

START_TEST(text_from_outside_is_escaped)
{
	const char *xml = sample_render(&sample, "junit");

	HAS_NOT(xml, "<script>");
	HAS_NOT(xml, "\033");
	HAS_NOT(xml, "]]>");
	HAS(xml, "&lt;script&gt;");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_rule_passes_fails_or_was_not_tried,
		what_no_conduit_knows_fails_default_deny,
		what_is_allowed_passes_default_deny,
		what_cannot_be_told_is_an_error,
		what_is_waived_fails_nothing_and_is_told,
		sums_are_those_of_both_suites,
		classes_have_one_dot,
		text_from_outside_is_escaped,
	};

	return RUN("junit", tests, init, done);
}
