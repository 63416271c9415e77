/*
 * One key, one finding: check/draft.c.
 */
#include "plant.h"

static struct plant p;

static void
begin(void)
{
	plant_begin(&p);
}

static void
done(void)
{
	plant_done(&p);
}
START_TEST(connections_with_one_key_are_one_finding)
{
	struct ot_flow_sum *f =
	    plant_flow(&p, "10.1.0.5", "10.2.0.5", "modbus");

	f->server.port = 5020;
	f->last = plant_time + 9 * OT_SECOND_NS;
	plant_flow(&p, "10.1.0.5", "10.2.0.5", "modbus");
	plant_check(&p);
	const struct ot_finding *g = plant_finding(&p, "ZON-001");

	ck_assert_uint_eq(g->count, 2);
	ck_assert_int_eq(g->first, plant_time);
	ck_assert_int_eq(g->last, plant_time + 9 * OT_SECOND_NS);
	ck_assert_text(g->from, "10.1.0.5");
	ck_assert_text(
	    g->subject, "s/office 10.1.0.5 -> s/factory 10.2.0.5, modbus");
}
END_TEST

START_TEST(the_worst_branch_starts_the_severity)
{
	struct ot_draft draft = { .branch = NULL };

	ot_draft_branch(&draft, OT_SEVERITY_INFO, "a");
	ck_assert_str_eq(draft.branch, "a");
	ot_draft_branch(&draft, OT_SEVERITY_HIGH, "b");
	ot_draft_branch(&draft, OT_SEVERITY_LOW, "c");
	ck_assert_str_eq(draft.branch, "b");
	ck_assert_int_eq(draft.start, OT_SEVERITY_HIGH);
}
END_TEST

START_TEST(reasons_are_a_sorted_set)
{
	struct ot_check_run run = { .arena = &p.arena };
	struct ot_draft draft = { .branch = NULL };

	ot_draft_missing(&run, &draft, ot_str("gap"));
	ot_draft_missing(&run, &draft, ot_str("encrypted"));
	ot_draft_missing(&run, &draft, ot_str("gap"));
	ck_assert_uint_eq(draft.finding.missing.count, 2);
	ck_assert_text(draft.finding.missing.at[0], "encrypted");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		connections_with_one_key_are_one_finding,
		the_worst_branch_starts_the_severity,
		reasons_are_a_sorted_set,
	};

	return RUN("draft", tests, begin, done);
}
