/*
 * The run of the checks: check/check.c.
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
START_TEST(a_check_that_is_switched_off_does_not_run)
{
	ck_assert(
	    ot_counts_add(&p.arena, &p.policy.checks, ot_str("ZON-001"), 0));
	plant_flow(&p, "10.1.0.5", "10.2.0.5", "modbus");
	plant_check(&p);
	ck_assert_ptr_null(plant_finding(&p, "ZON-001"));
	ck_assert_uint_eq(p.result.check_count, 5);
}
END_TEST

START_TEST(without_013_the_internet_is_a_zone_like_others)
{
	ck_assert(
	    ot_counts_add(&p.arena, &p.policy.checks, ot_str("ZON-013"), 0));
	plant_flow(&p, "203.0.113.9", "10.2.0.5", "modbus");
	plant_check(&p);
	ck_assert_ptr_nonnull(plant_finding(&p, "ZON-001"));
}
END_TEST

START_TEST(a_violation_stands_whatever_else_cannot_be_told)
{
	struct ot_flow_sum *f =
	    plant_flow(&p, "10.1.0.5", "10.2.0.5", "modbus");

	f->server.port = 5020;
	f->named_by = OT_NAMED_PORT;
	plant_ports(&p,
	    plant_conduit(&p, "a", "s/office", "s/factory", NULL, 0), OT_TCP, 9,
	    9);
	plant_conduit(
	    &p, "b", "s/office", "s/factory", "modbus", 1U << OT_READ);
	plant_op(&p, plant_flow(&p, "10.1.0.5", "10.2.0.5", "modbus"), OT_WRITE,
	    "write", "unit 1 coils 1");
	plant_op(&p, f, OT_WRITE, "write", "unit 1 coils 1");
	plant_check(&p);
	ck_assert_text(plant_finding(&p, "ZON-002")->verdict, "violation");
}
END_TEST

START_TEST(what_each_conduit_came_to)
{
	plant_conduit(&p, "a", "s/office", "s/factory", "modbus", 0);
	plant_conduit(&p, "b", "s/factory", "s/office", "s7comm", 0);
	plant_flow(&p, "10.1.0.5", "10.2.0.5", "modbus");
	plant_flow(&p, "10.2.0.5", "10.1.0.5", "modbus");
	plant_check(&p);
	ck_assert_uint_eq(p.result.rule_count, 2);
	ck_assert_uint_eq(p.result.rules[0].used, 1);
	ck_assert_uint_eq(p.result.rules[1].violations, 1);
}
END_TEST

START_TEST(the_order_of_records_does_not_matter)
{
	static struct plant q;

	plant_begin(&q);
	for (int i = 0; i < 9; i++) {
		char a[24], b[24];

		(void)snprintf(a, sizeof(a), "10.1.0.%d", i + 1);
		(void)snprintf(b, sizeof(b), "10.1.0.%d", 9 - i);
		plant_flow(&p, a, "10.2.0.5", "modbus");
		plant_flow(&q, b, "10.2.0.5", "modbus");
	}
	plant_check(&p);
	plant_check(&q);
	ck_assert_uint_eq(p.result.findings.count, 9);
	for (uint32_t i = 0; i < 9; i++) {
		const struct ot_finding *x = p.result.findings.at[i],
					*y = q.result.findings.at[i];

		ck_assert(ot_str_eq(x->fingerprint, y->fingerprint));
		ck_assert(ot_str_eq(x->message, y->message));
	}
	plant_done(&q);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_check_that_is_switched_off_does_not_run,
		without_013_the_internet_is_a_zone_like_others,
		a_violation_stands_whatever_else_cannot_be_told,
		what_each_conduit_came_to,
		the_order_of_records_does_not_matter,
	};

	return RUN("check", tests, begin, done);
}
