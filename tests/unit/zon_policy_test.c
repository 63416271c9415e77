/*
 * ZON-020: check/zon_policy.c.
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
static const int64_t day = INT64_C(86400) * OT_SECOND_NS;

static struct ot_conduit_row *
conduit(void)
{
	p.report_ns = plant_time;
	return plant_conduit(&p, "c", "s/office", "s/factory", "modbus", 0);
}

START_TEST(a_row_in_order_is_no_finding)
{
	conduit()->expires_ns = plant_time + 14 * day;
	plant_check(&p);
	ck_assert_ptr_null(plant_finding(&p, "ZON-020"));
}
END_TEST

START_TEST(expired)
{
	conduit()->expires_ns = plant_time;
	plant_check(&p);
	const struct ot_finding *f = plant_finding(&p, "ZON-020");

	ck_assert_int_eq(f->severity, OT_SEVERITY_MEDIUM);
	ck_assert_text(f->message,
	    "Conduit c ended on 2025-12-31 and allows nothing since; 0 "
	    "crossings rely on it.");
	ck_assert_uint_eq(f->line, 2);
	ck_assert_text(f->subject, "conduits.csv: c");
}
END_TEST

START_TEST(soon_expiring_is_an_info)
{
	conduit()->expires_ns = plant_time + 14 * day - 1;
	plant_check(&p);
	ck_assert_int_eq(
	    plant_finding(&p, "ZON-020")->severity, OT_SEVERITY_INFO);
}
END_TEST

START_TEST(without_a_reason)
{
	conduit()->reason = ot_str("");
	plant_flow(&p, "10.1.0.5", "10.2.0.5", "modbus");
	plant_check(&p);
	ck_assert_text(plant_finding(&p, "ZON-020")->message,
	    "Conduit c has no reason; 1 crossing relies on it.");
}
END_TEST

START_TEST(nobody_wrote_a_proposal)
{
	conduit()->reason = ot_str("");
	p.policy.proposed = true;
	plant_check(&p);
	ck_assert_ptr_null(plant_finding(&p, "ZON-020"));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_row_in_order_is_no_finding,
		expired,
		soon_expiring_is_an_info,
		without_a_reason,
		nobody_wrote_a_proposal,
	};

	return RUN("zon_policy", tests, begin, done);
}
