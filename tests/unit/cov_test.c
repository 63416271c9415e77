/*
 * COV-008: check/cov.c.
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
/* A capture of the ten frames of one conversation. */
static struct ot_capture_sum *
capture(void)
{
	struct ot_capture_sum *c = ot_store_add(&p.store, OT_STORE_CAPTURE);

	ck_assert_ptr_nonnull(c);
	c->file = ot_str("a.pcap");
	c->frames = c->account.tcp = c->flow_frames = 10;
	plant_flow(&p, "10.2.0.4", "10.2.0.5", "modbus");
	return c;
}

START_TEST(an_account_that_balances)
{
	capture();
	plant_check(&p);
	ck_assert_ptr_null(plant_finding(&p, "COV-008"));
}
END_TEST

START_TEST(a_frame_in_no_counter)
{
	capture()->frames = 11;
	plant_check(&p);
	const struct ot_finding *f = plant_finding(&p, "COV-008");

	ck_assert_int_eq(f->severity, OT_SEVERITY_HIGH);
	ck_assert_text(f->message,
	    "The account of a.pcap does not balance: 11 frames were read, 10 "
	    "were accounted for.");
}
END_TEST

START_TEST(a_frame_in_no_conversation)
{
	struct ot_capture_sum *c = capture();

	c->frames = c->account.tcp = 11;
	plant_check(&p);
	ck_assert_text(plant_finding(&p, "COV-008")->subject, "all");
}
END_TEST

START_TEST(a_flow_that_the_stream_lacks)
{
	struct ot_capture_sum *c = capture();

	c->frames = c->account.tcp = c->flow_frames = 12;
	plant_check(&p);
	ck_assert_ptr_nonnull(plant_finding(&p, "COV-008"));
}
END_TEST

START_TEST(a_limit_that_was_met_is_named_and_not_waived)
{
	p.waivers[0] = (struct ot_waiver_row){ .owner = ot_str("o"),
		.reason = ot_str("r"),
		.since_ns = OT_TIME_NONE,
		.until_ns = INT64_MAX };
	p.policy.waiver_count = 1;
	ck_assert(ot_counts_add(
	    &p.store.arena, &capture()->limits, ot_str("reorder"), 4));
	plant_check(&p);
	const struct ot_finding *f = plant_finding(&p, "COV-008");

	ck_assert_text(f->message,
	    "Reading a.pcap met the limits of reorder (4 times); what had no "
	    "room was not judged.");
	ck_assert_text(f->status, "open");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		an_account_that_balances,
		a_frame_in_no_counter,
		a_frame_in_no_conversation,
		a_flow_that_the_stream_lacks,
		a_limit_that_was_met_is_named_and_not_waived,
	};

	return RUN("cov", tests, begin, done);
}
