/*
 * What lint finds in small policies: policy/lint.c, lint_zones.c, lint_zcr.c,
 * and assertions (policy/exposure.c).
 */
#include "folder.h"

#include "policy/question.h"
#include "suite.h"

/* "KIND ID" of each answer, one a line. */
static const char *
answers_text(const struct ot_answers *answers)
{
	static struct ot_sb sb;

	ot_sb_done(&sb);
	ot_sb_puts(&sb, "");
	for (uint32_t i = 0; i < answers->rows.count; i++) {
		const struct ot_answer *a = answers->rows.at[i];

		ot_sb_printf(
		    &sb, "%s %.*s\n", a->kind, (int)a->id.len, a->id.p);
	}
	return sb.p;
}

static struct ot_question
question(void)
{
	return (struct ot_question){
		.arena = &arena, .policy = &policy, .now_ns = OT_TIME_NONE
	};
}

static const char *
lint(const char *json, const char *now)
{
	struct ot_answers answers = { .question = "" };
	struct ot_question q = question();

	ck_assert_str_eq(errors_of(json), "");
	q.policy = &policy;
	if (now)
		ck_assert(ot_date_parse(&q.now_ns, ot_str(now)));
	ck_assert(ot_policy_lint(&q, &answers));
	return answers_text(&answers);
}

#define ZONES                                                                  \
	"\"zones\":[{\"id\":\"a\",\"kind\":\"enterprise\",\"level\":4,"        \
	"\"networks\":[\"10.1.0.0/16\"]},{\"id\":\"b\",\"kind\":\"control\","  \
	"\"level\":1,\"networks\":[\"10.2.0.0/16\"]},{\"id\":\"s\","           \
	"\"kind\":\"safety\",\"level\":1,\"networks\":[\"10.3.0.0/16\"]},"     \
	"{\"id\":\"d\",\"kind\":\"dmz\",\"level\":3,\"networks\":["            \
	"\"10.4.0.0/16\"]}]"
#define POLICY(rest)   "{\"otzt\":1," ZONES rest "}"
#define CONDUITS(rows) POLICY(",\"conduits\":[" rows "]")
#define ROW(id, from, to, rest)                                                \
	"{\"id\":\"" id "\",\"from\":\"" from "\",\"to\":\"" to                \
	"\",\"services\":[\"modbus\"],\"verbs\":[\"read\"]" rest "}"

START_TEST(a_plain_policy_has_nothing_to_say)
{
	ck_assert_str_eq(lint(CONDUITS(ROW("x", "a", "b", "")), NULL), "");
}
END_TEST

START_TEST(covered_by_the_union_of_others)
{
	ck_assert_str_eq(lint(CONDUITS(ROW("x", "a", "b",
				  ",\"objects\":[\"unit 1 "
				  "holding 0-5\"]") "," ROW("y", "a", "b",
				  ",\"objects\":[\"unit 1 holding "
				  "6-9\"]") "," ROW("z", "a", "b",
				  ",\"objects\":[\"unit 1 holding "
				  "3-8\"]")),
			     NULL),
	    "covered z\n");
}
END_TEST

START_TEST(an_obligation_is_no_cover)
{
	ck_assert_str_eq(
	    lint(CONDUITS(ROW("x", "a", "b", ",\"oneway\":true") "," ROW(
		     "y", "a", "b", ",\"max_bytes\":100") "," ROW("z", "a", "b",
		     ",\"max_bytes\":90")),
		NULL),
	    "covered z\n");
}
END_TEST

START_TEST(rows_that_match_nothing_or_have_no_effect)
{
	ck_assert_str_eq(lint("{\"otzt\":1,\"zones\":[{\"id\":\"a\","
			      "\"networks\":[\"10.1.0.0/16\"]},{\"id\":\"e\"}],"
			      "\"conduits\":[" ROW("x", "a", "e", "") "," ROW(
				  "y", "a", "a", "") "]}",
			     NULL),
	    "never x\ninside y\nempty e\n");
}
END_TEST

START_TEST(the_end_of_a_row)
{
	static const char policy_text[] =
	    CONDUITS(ROW("x", "a", "b", ",\"expires\":\"2027-01-31\""));

	ck_assert_str_eq(lint(policy_text, "2027-01-01"), "");
	ck_assert_str_eq(lint(policy_text, "2027-01-31"), "expires x\n");
	ck_assert_str_eq(lint(policy_text, "2027-02-01"), "expired x\n");
	ck_assert_str_eq(lint(policy_text, NULL), "");
}
END_TEST

START_TEST(how_broad_a_row_is)
{
	ck_assert_str_eq(
	    lint(CONDUITS("{\"id\":\"x\",\"from\":\"*\",\"to\":\"b\"}"), NULL),
	    "broad x\n");
}
END_TEST

START_TEST(zones_that_meet_and_names_that_recur)
{
	ck_assert_str_eq(
	    lint("{\"otzt\":1,\"sites\":[{\"id\":\"p\"},{\"id\":\"q\"}],"
		 "\"zones\":[{\"site\":\"p\",\"name\":\"X\",\"networks\":["
		 "\"10.0.0.0/8\"]},{\"site\":\"p\",\"name\":\"Y\","
		 "\"networks\":[\"10.1.0.0/16\"]},{\"site\":\"q\","
		 "\"name\":\"X\",\"networks\":[\"10.1.0.0/24\"]}]}",
		NULL),
	    "overlap p/Y\nname q/X\n");
}
END_TEST

START_TEST(an_address_of_the_registry_in_no_zone)
{
	ck_assert_str_eq(lint(POLICY(",\"assets\":[{\"id\":\"k\",\"ip\":"
				     "\"192.168.7.7\"},{\"id\":\"l\","
				     "\"ip\":\"10.1.0.7\"}]"),
			     NULL),
	    "no-zone k\n");
}
END_TEST

START_TEST(the_zones_of_iec_62443)
{
	ck_assert_str_eq(
	    lint("{\"otzt\":1,\"zones\":[{\"id\":\"a\",\"kind\":"
		 "\"enterprise\",\"level\":2,\"networks\":[\"10.1.0.0/16\"]},"
		 "{\"id\":\"b\",\"kind\":\"control\",\"level\":4,"
		 "\"networks\":[\"10.2.0.0/16\"]}]}",
		NULL),
	    "zcr-3.2 a\nzcr-3.2 b\n");
	ck_assert_str_eq(
	    lint(POLICY(",\"assets\":["
			"{\"id\":\"1\",\"zone\":\"a\",\"roles\":\"plc\"},"
			"{\"id\":\"2\",\"zone\":\"b\",\"roles\":\"sis\"},"
			"{\"id\":\"3\",\"zone\":\"b\",\"roles\":\"laptop\"},"
			"{\"id\":\"4\",\"zone\":\"b\",\"roles\":"
			"\"access-point\"},"
			"{\"id\":\"5\",\"zone\":\"b\",\"roles\":\"plc\"}]"),
		NULL),
	    "zcr-3.2 1\nzcr-3.3 2\nzcr-3.4 3\nzcr-3.5 4\n");
	ck_assert_str_eq(
	    lint(CONDUITS(ROW("x", "internet", "b", "") "," ROW("y", "internet",
		     "d", "") ","
			      "{\"id\":\"z\",\"from\":\"b\",\"to\":\"s\","
			      "\"services\":["
			      "\"modbus\"],\"verbs\":[\"write\"]}"),
		NULL),
	    "zcr-3.6 x\nzcr-3.3 z\n");
}
END_TEST

START_TEST(where_the_limit_is_met_it_is_said)
{
	struct ot_answers answers = { .question = "" };
	struct ot_question q = question();

	ck_assert_str_eq(
	    errors_of(POLICY(",\"limits\":{\"boxes\":3},\"conduits\":[" ROW(
		"x", "a", "b", "") "," ROW("y", "a", "b", "") "]")),
	    "");
	ck_assert(ot_policy_lint(&q, &answers));
	ck_assert(answers.cut);
	ck_assert_str_eq(answers_text(&answers), "");
}
END_TEST

START_TEST(assertions_hold_fail_or_cannot_be_told)
{
	struct ot_answers answers = { .question = "" };
	struct ot_question q = question();

	ck_assert_str_eq(
	    errors_of(POLICY(",\"conduits\":[" ROW("x", "a", "b", "") "," ROW(
		"y", "d", "unassigned",
		"") "],\"assertions\":["
		    "{\"id\":\"1\",\"never\":{\"from\":\"kind:enterprise\","
		    "\"to\":\"level<=2\",\"verbs\":[\"write\"]}},"
		    "{\"id\":\"2\",\"never\":{\"from\":\"kind:enterprise\","
		    "\"to\":\"level<=2\"}},"
		    "{\"id\":\"3\",\"never\":{\"from\":\"d\",\"to\":\"level<"
		    "3\"}},"
		    "{\"id\":\"4\",\"always\":{\"from\":\"a\",\"to\":\"b\","
		    "\"services\":[\"modbus\"],\"verbs\":[\"read\"]}},"
		    "{\"id\":\"5\",\"always\":{\"from\":\"a\",\"to\":\"b\"}}"
		    "]")),
	    "");
	ck_assert(ot_policy_assert(&q, &answers));
	ck_assert_str_eq(answers_text(&answers),
	    "holds 1\nfails 2\ncannot-tell 3\nholds 4\nfails 5\n");
	ck_assert(answers.untold);
	ck_assert_uint_eq(answers.counting, 2);
}
END_TEST

/* ---- explain ---- */

static const char *
explain(const char *const *words, size_t count)
{
	struct ot_answers answers = { .question = "" };
	struct ot_question q = question();
	struct ot_error error;
	int e = ot_policy_explain(&q, words, count, &answers, &error);

	return e ? "wrong" : answers_text(&answers);
}

#define EXPLAIN(...)                                                           \
	explain((const char *const[]){ __VA_ARGS__ },                          \
	    sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

START_TEST(one_transaction)
{
	ck_assert_str_eq(
	    errors_of(POLICY(",\"assets\":[{\"id\":\"k\",\"ip\":"
			     "\"10.2.0.7\",\"zone\":\"b\"}],\"conduits\":[" ROW(
				 "x", "a", "asset:k",
				 ",\"objects\":[\"unit 1\"],"
				 "\"expires\":\"2027-01-31\"") "]")),
	    "");
	ck_assert_str_eq(
	    EXPLAIN("from=10.1.0.1", "to=10.2.0.7", "service=modbus",
		"verb=read", "object=unit 1 holding 3"),
	    "allowed x\n");
	ck_assert_str_eq(EXPLAIN("from=a", "to=10.2.0.8", "service=modbus"),
	    "violation x\n");
	ck_assert_str_eq(EXPLAIN("from=a", "to=asset:k", "service=modbus",
			     "verb=read", "object=unit 2"),
	    "violation x\n");
	ck_assert_str_eq(EXPLAIN("from=a", "to=asset:k", "service=modbus",
			     "verb=read", "object=unit 1", "time=2027-02-01"),
	    "violation x\n");
	ck_assert_str_eq(EXPLAIN("from=a", "to=a"), "allowed \n");
	ck_assert_str_eq(EXPLAIN("from=8.8.8.8", "to=b"), "violation \n");
}
END_TEST

START_TEST(words_that_explain_does_not_know)
{
	ck_assert_str_eq(errors_of(POLICY("")), "");
	ck_assert_str_eq(EXPLAIN("from=a"), "wrong");
	ck_assert_str_eq(EXPLAIN("from=a", "to=nowhere"), "wrong");
	ck_assert_str_eq(EXPLAIN("from=a", "to=b", "verb=raed"), "wrong");
	ck_assert_str_eq(EXPLAIN("from=a", "to=b", "service=tcp/x"), "wrong");
	ck_assert_str_eq(EXPLAIN("from=a", "to=b", "time=noon"), "wrong");
	ck_assert_str_eq(EXPLAIN("from=a", "to=b", "form=c"), "wrong");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_plain_policy_has_nothing_to_say,
		covered_by_the_union_of_others,
		an_obligation_is_no_cover,
		rows_that_match_nothing_or_have_no_effect,
		the_end_of_a_row,
		how_broad_a_row_is,
		zones_that_meet_and_names_that_recur,
		an_address_of_the_registry_in_no_zone,
		the_zones_of_iec_62443,
		where_the_limit_is_met_it_is_said,
		assertions_hold_fail_or_cannot_be_told,
		one_transaction,
		words_that_explain_does_not_know,
	};

	return RUN("lint", tests, folder_open, folder_close);
}
