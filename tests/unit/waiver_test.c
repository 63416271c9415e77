/*
 * Waivers: check/waiver.c, and what is said of them by check/zon_policy.c.
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

static struct ot_waiver_row *
waiver(const char *check)
{
	uint32_t i = p.policy.waiver_count++;

	p.waivers[i] = (struct ot_waiver_row){
		.at = { ot_str("p/waivers.csv"), 2 + i, 1, 2 + i, 9 },
		.check = ot_str(check),
		.owner = ot_str("o"),
		.reason = ot_str("r"),
		.since_ns = OT_TIME_NONE,
		.until_ns = plant_time + 30 * day,
	};
	return &p.waivers[i];
}

static const struct ot_finding *
found(void)
{
	plant_flow(&p, "10.1.0.5", "10.2.0.5", "modbus");
	plant_check(&p);
	return plant_finding(&p, "ZON-001");
}

START_TEST(a_waived_finding_stays)
{
	waiver("ZON-001")->ticket = ot_str("T-1");
	const struct ot_finding *f = found();

	ck_assert_text(f->status, "waived");
	ck_assert_text(f->waiver, "o, until 2026-01-30: r (T-1)");
	ck_assert_ptr_null(plant_finding(&p, "ZON-020"));
}
END_TEST

START_TEST(each_cell_must_fit)
{
	struct ot_waiver_row *w = waiver("ZON-*");

	w->from = ot_str("s/office");
	w->to = ot_str("s/factory");
	w->service = ot_str("tcp/502");
	w->asset = ot_str("10.2.0.5");
	ck_assert_text(found()->status, "waived");
}
END_TEST

START_TEST(a_cell_that_does_not_fit)
{
	waiver("ZON-001")->to = ot_str("s/office");
	ck_assert_text(found()->status, "open");
	const struct ot_finding *f = plant_finding(&p, "ZON-020");

	ck_assert_int_eq(f->severity, OT_SEVERITY_INFO); /* it is idle */
}
END_TEST

START_TEST(without_an_owner_it_is_void)
{
	waiver("ZON-001")->owner = ot_str("");
	ck_assert_text(found()->status, "open");
	const struct ot_finding *f = plant_finding(&p, "ZON-020");

	ck_assert_int_eq(f->severity, OT_SEVERITY_MEDIUM);
	ck_assert(plant_says(f->message, "has no owner"));
}
END_TEST

START_TEST(behind_its_end_it_is_open_again)
{
	waiver("ZON-001")->until_ns = plant_time;
	ck_assert_text(found()->status, "open");
	ck_assert_int_eq(
	    plant_finding(&p, "ZON-020")->severity, OT_SEVERITY_MEDIUM);
}
END_TEST

START_TEST(above_its_severity_it_is_open)
{
	waiver("ZON-001")->max_severity = ot_str("medium");
	ck_assert_text(found()->status, "open");
}
END_TEST

START_TEST(what_is_critical_only_for_a_while)
{
	p.zones[0].kind = ot_str("guest");
	waiver("ZON-001")->until_ns = plant_time + 100 * day;
	ck_assert_text(found()->status, "open");
}
END_TEST

START_TEST(what_cannot_be_told_is_not_waived)
{
	struct ot_flow_sum *f =
	    plant_flow(&p, "10.1.0.5", "10.2.0.5", "modbus");

	plant_conduit(&p, "c", "s/office", "s/factory", "modbus", 0);
	waiver("ZON-001");
	f->named_by = OT_NAMED_PORT;
	plant_check(&p);
	ck_assert_text(plant_finding(&p, "ZON-001")->status, "open");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_waived_finding_stays,
		each_cell_must_fit,
		a_cell_that_does_not_fit,
		without_an_owner_it_is_void,
		behind_its_end_it_is_open_again,
		above_its_severity_it_is_open,
		what_is_critical_only_for_a_while,
		what_cannot_be_told_is_not_waived,
	};

	return RUN("waiver", tests, begin, done);
}
