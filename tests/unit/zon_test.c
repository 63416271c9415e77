/*
 * ZON-001, ZON-002, ZON-013 of check/zon.c.
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

static struct ot_flow_sum *
modbus(const char *client)
{
	return plant_flow(&p, client, "10.2.0.5", "modbus");
}

START_TEST(a_crossing_without_a_conduit)
{
	plant_op(&p, modbus("10.1.0.5"), OT_READ, "read", "unit 1 coils 1");
	plant_check(&p);
	const struct ot_finding *f = plant_finding(&p, "ZON-001");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(f->severity, OT_SEVERITY_HIGH);
	ck_assert_text(f->verdict, "violation");
	ck_assert_text(f->service, "modbus");
	ck_assert_text(f->file, "p/zones.csv");
	ck_assert_uint_eq(f->count, 1);
	ck_assert_uint_eq(f->evidence.at[0].frame, 7);
	ck_assert(plant_says(f->message, "10.1.0.5 -> 10.2.0.5:502"));
	ck_assert_text(f->attack.at[0], "T0886");
	ck_assert_uint_eq(f->sr.count, 3);
	ck_assert_ptr_null(plant_finding(&p, "ZON-002"));
}
END_TEST

START_TEST(what_was_only_tried_is_low)
{
	struct ot_flow_sum *f = modbus("10.1.0.5");

	f->connections.established = 0;
	f->client.payload = f->server.payload = 0;
	plant_check(&p);
	ck_assert_int_eq(
	    plant_finding(&p, "ZON-001")->severity, OT_SEVERITY_LOW);
}
END_TEST

START_TEST(an_operation_beyond_its_conduit)
{
	struct ot_flow_sum *f = modbus("10.1.0.5");

	plant_conduit(
	    &p, "c", "s/office", "s/factory", "modbus", 1U << OT_READ);
	plant_op(&p, f, OT_READ, "read", "unit 1 holding 1");
	plant_op(&p, f, OT_WRITE, "write", "unit 1 holding 1");
	plant_op(&p, f, OT_WRITE, "write", "unit 1 holding 8-9");
	plant_check(&p);
	const struct ot_finding *g = plant_finding(&p, "ZON-002");

	ck_assert_ptr_nonnull(g);
	ck_assert_text(g->discriminator, "write, unit holding");
	ck_assert_uint_eq(g->count, 6);
	ck_assert_text(g->rule, "c");
	ck_assert_uint_eq(g->line, 2);
	ck_assert_ptr_null(plant_finding(&p, "ZON-001"));
	ck_assert_uint_eq(p.result.rules[0].violations, 1);
}
END_TEST

START_TEST(answered_with_an_error_it_is_medium)
{
	struct ot_flow_sum *f = modbus("10.1.0.5");

	plant_conduit(
	    &p, "c", "s/office", "s/factory", "modbus", 1U << OT_READ);
	plant_op(&p, f, OT_WRITE, "write", "unit 1 holding 1");
	struct ot_op_sum *op = f->ops.at[0];

	ck_assert(ot_counts_add(
	    &p.store.arena, &op->errors, ot_str("illegal function"), 3));
	plant_check(&p);
	ck_assert_int_eq(
	    plant_finding(&p, "ZON-002")->severity, OT_SEVERITY_MEDIUM);
}
END_TEST

START_TEST(what_an_encrypted_conversation_did)
{
	struct ot_flow_sum *f = modbus("10.1.0.5");

	plant_conduit(
	    &p, "c", "s/office", "s/factory", "modbus", 1U << OT_READ);
	f->coverage.encrypted = 100;
	plant_check(&p);
	const struct ot_finding *g = plant_finding(&p, "ZON-002");

	ck_assert_ptr_nonnull(g);
	ck_assert_text(g->verdict, "cannot-tell");
	ck_assert_text(g->missing.at[0], "encrypted");
}
END_TEST

START_TEST(from_the_internet_it_replaces_the_other)
{
	modbus("203.0.113.9");
	plant_check(&p);
	const struct ot_finding *f = plant_finding(&p, "ZON-013");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(f->severity, OT_SEVERITY_CRITICAL);
	ck_assert_ptr_null(plant_finding(&p, "ZON-001"));
}
END_TEST

START_TEST(a_wildcard_does_not_name_the_internet)
{
	plant_conduit(&p, "any", "*", "s/factory", "modbus", 0);
	modbus("203.0.113.9");
	plant_check(&p);
	ck_assert_ptr_nonnull(plant_finding(&p, "ZON-013"));
	ck_assert_int_eq(plant_crossing(&p, 0)->verdict, OT_ALLOWED);
}
END_TEST

START_TEST(a_row_that_names_the_internet_does)
{
	plant_conduit(&p, "any", "*", "s/factory", "modbus", 0);
	plant_conduit(&p, "in", "internet", "s/factory", "modbus", 0);
	modbus("203.0.113.9");
	plant_check(&p);
	ck_assert_ptr_null(plant_finding(&p, "ZON-013"));
}
END_TEST

START_TEST(unanswered_from_the_internet_starts_low)
{
	struct ot_flow_sum *f = modbus("203.0.113.9");

	f->connections.established = 0;
	f->client.payload = f->server.payload = 0;
	plant_check(&p);
	const struct ot_finding *g = plant_finding(&p, "ZON-013");

	ck_assert_text(g->severity_steps.at[0], "low: refused or not answered");
	ck_assert_int_eq(g->severity, OT_SEVERITY_MEDIUM);
}
END_TEST

START_TEST(open_before_the_capture_both_are_told)
{
	struct ot_flow_sum *f = modbus("203.0.113.9");

	f->connections.established = 0;
	f->connections.midstream = 1;
	plant_check(&p);
	ck_assert_text(plant_finding(&p, "ZON-013")->verdict, "cannot-tell");
	ck_assert_text(plant_finding(&p, "ZON-001")->verdict, "violation");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_crossing_without_a_conduit,
		what_was_only_tried_is_low,
		an_operation_beyond_its_conduit,
		answered_with_an_error_it_is_medium,
		what_an_encrypted_conversation_did,
		from_the_internet_it_replaces_the_other,
		a_wildcard_does_not_name_the_internet,
		a_row_that_names_the_internet_does,
		unanswered_from_the_internet_starts_low,
		open_before_the_capture_both_are_told,
	};

	return RUN("zon", tests, begin, done);
}
