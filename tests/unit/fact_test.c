/*
 * lib/model/fact.c: the fact record.
 */
#include "model.h"

#define T1 "\"2026-03-02T06:15:00.000000001Z\""
#define T2 "\"2026-03-02T06:16:00.000000000Z\""
#define KEY                                                                    \
	"\"sensor\":\"s\",\"site\":\"Lagos\",\"subject\":\"10.0.0.1\","        \
	"\"nested\":\"unit 1\",\"fact\":\"vendor\",\"value\":\"Acme\","        \
	"\"protocol\":\"modbus\",\"message\":\"read device "                   \
	"identification\",\"by\":\"peer\""

START_TEST(a_fact_is_read_as_it_was_written)
{
	round_trip(&ot_fact_shape,
	    "{" KEY ",\"count\":3,\"first\":" T1 ",\"last\":" T2
	    ",\"evidence\":[{\"time\":" T1 ",\"file\":\"a\",\"frame\":1}]}");
}
END_TEST

START_TEST(an_unknown_key_word_is_refused)
{
	refused(&ot_fact_shape, "{\"fact\":\"colour\"}",
	    "1:9: \"fact\" is not a known word");
}
END_TEST

START_TEST(facts_merge_in_any_order)
{
	const char *const parts[3] = {
		"{" KEY ",\"count\":1,\"first\":" T2 ",\"last\":" T2 "}",
		"{" KEY ",\"count\":2,\"first\":" T1 ",\"last\":" T1 "}",
		"{" KEY ",\"count\":4}",
	};

	merged(&ot_fact_shape, parts,
	    "{" KEY ",\"count\":7,\"first\":" T1 ",\"last\":" T2 "}");
}
END_TEST

START_TEST(facts_that_disagree_in_any_part_of_the_key_stand_side_by_side)
{
	static const char *const others[] = { "\"sensor\":\"x\"",
		"\"site\":\"x\"", "\"subject\":\"10.0.0.9\"",
		"\"nested\":\"x\"", "\"fact\":\"model\"", "\"value\":\"x\"",
		"\"protocol\":\"x\"", "\"message\":\"x\"",
		"\"by\":\"broadcast\"" };
	const void *plain = read_from(&ot_fact_shape, "{}");

	ck_assert_int_eq(ot_fact_shape.cmp(plain, plain), 0);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		char text[64];

		snprintf(text, sizeof(text), "{%s}", others[i]);
		const void *other = read_from(&ot_fact_shape, text);

		ck_assert_int_gt(ot_fact_shape.cmp(other, plain), 0);
		ck_assert_int_lt(ot_fact_shape.cmp(plain, other), 0);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_fact_is_read_as_it_was_written,
		an_unknown_key_word_is_refused,
		facts_merge_in_any_order,
		facts_that_disagree_in_any_part_of_the_key_stand_side_by_side,
	};

	return RUN("fact", tests, NULL, forget);
}
