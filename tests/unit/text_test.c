/*
 * Text for a terminal (render/text.c and its parts, crossings.c).
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

static const char *
said_by(const char *tool)
{
	sample.report.tool = ot_str(tool);
	return sample_render(&sample, "text");
}

START_TEST(no_tool_lets_text_command_the_terminal)
{
	static const char *const tools[] = { "otcap", "otassets", "otzones",
		"otcheck" };

	for (size_t i = 0; i < 4; i++) {
		const char *text = said_by(tools[i]);

		HAS_NOT(text, "\033");
		HAS_NOT(text, "\xc2\x9b");
		HAS_NOT(text, "\xe2\x80\xae");
		HAS_NOT(text, "\n::");
		HAS_NOT(text, "\n  ::");
		HAS_NOT(text, "\n    ::");
		HAS(text, "coverage: 1234567 frames in 1 capture; payload: "
			  "99.9 % decoded");
	}
}
END_TEST

START_TEST(each_tool_shows_what_it_adds)
{
	HAS(said_by("otcap"), "tcp/502");
	HAS(said_by("otassets"), "VENDOR");
	HAS(said_by("otzones"), "lagos/factory");
	HAS(said_by("otcheck"), "ZON-001");
}
END_TEST

START_TEST(findings_show_frames_and_sums)
{
	const char *text = said_by("otcheck");

	HAS(text, "frames   a b.pcap:17 (reply 19)\n");
	HAS(text, "1 violation: 1 high; 1 cannot be told; 1 waived\n");
	ck_assert(strstr(text, "high\n") < strstr(text, "cannot tell\n"));
	ck_assert(strstr(text, "cannot tell\n") < strstr(text, "waived\n"));
}
END_TEST

START_TEST(crossings_are_one_line_for_each_rule)
{
	ck_assert_str_eq(sample_render(&sample, "crossings"),
	    "FROM           TO             SERVICE  VERBS          VERDICT  "
	    "  FIRST FRAME  POLICY LINE\n"
	    "lagos/offices  lagos/factory  modbus   write          violation"
	    "  a b.pcap:9   zones/z.csv:3\n"
	    "lagos/offices  lagos/factory  tcp/445  (attempt)      violation"
	    "  -            zones/z.csv:3\n"
	    "lagos/offices  lagos/factory  modbus   read, session  allowed  "
	    "  a b.pcap:4   zones/c.csv:2\n");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		no_tool_lets_text_command_the_terminal,
		each_tool_shows_what_it_adds,
		findings_show_frames_and_sums,
		crossings_are_one_line_for_each_rule,
	};

	return RUN("text", tests, init, done);
}
