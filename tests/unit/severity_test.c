/*
 * Steps of a severity: check/severity.c.
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
static struct ot_asset *
asset(const char *id, const char *ip, const char *importance,
    const char *registry)
{
	struct ot_asset *a = ot_alloc(&p.arena, sizeof(*a));
	struct ot_asset_address address = { .addr = plant_addr(ip) };

	ck_assert_ptr_nonnull(a);
	a->id = ot_str(id);
	a->importance = ot_str(importance);
	a->registry = ot_str(registry);
	ck_assert(ot_list_add(
	    &p.arena, &ot_asset_address_shape, &a->addresses, &address));
	ck_assert(ot_list_push(&p.arena, &p.assets, a));
	return a;
}

/* The one finding of a conversation between these two. */
static const struct ot_finding *
found(const char *client_ip, const char *client, const char *server)
{
	struct ot_flow_sum *f = plant_flow(&p, client_ip, "10.2.0.5", "modbus");

	f->client.asset = ot_str(client);
	f->server.asset = ot_str(server);
	plant_check(&p);
	return plant_finding(&p, "ZON-001");
}

START_TEST(no_step_says_the_branch_alone)
{
	const struct ot_finding *f = found("10.1.0.5", NULL, NULL);

	ck_assert_int_eq(f->severity, OT_SEVERITY_HIGH);
	ck_assert_uint_eq(f->severity_steps.count, 1);
}
END_TEST

START_TEST(an_important_server_is_one_more)
{
	asset("b", "10.2.0.5", "high", "registered");
	const struct ot_finding *f = found("10.1.0.5", NULL, "b");

	ck_assert_int_eq(f->severity, OT_SEVERITY_CRITICAL);
	ck_assert_text(
	    f->severity_steps.at[1], "+1: the server's importance is high");
	ck_assert_text(f->severity_steps.at[2], "critical: in the end");
}
END_TEST

START_TEST(ends_that_do_not_matter_are_one_less)
{
	p.zones[1].kind = ot_str("enterprise");
	ck_assert_int_eq(
	    found("10.1.0.5", NULL, NULL)->severity, OT_SEVERITY_MEDIUM);
}
END_TEST

START_TEST(low_importance_at_both_ends_is_one_less)
{
	asset("a", "10.1.0.5", "low", "registered");
	asset("b", "10.2.0.5", "low", "registered");
	ck_assert_int_eq(
	    found("10.1.0.5", "a", "b")->severity, OT_SEVERITY_MEDIUM);
}
END_TEST

START_TEST(a_guest_that_no_row_names_is_one_more)
{
	p.zones[0].kind = ot_str("guest");
	ck_assert_int_eq(
	    found("10.1.0.5", NULL, NULL)->severity, OT_SEVERITY_CRITICAL);
}
END_TEST

START_TEST(two_steps_up_are_the_most)
{
	p.zones[0].kind = ot_str("guest");
	asset("a", "10.1.0.5", "normal", "unregistered");
	asset("b", "10.2.0.5", "high", "registered");
	const struct ot_finding *f = found("10.1.0.5", "a", "b");

	ck_assert_uint_eq(f->severity_steps.count, 4);
	ck_assert_int_eq(f->severity, OT_SEVERITY_CRITICAL);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		no_step_says_the_branch_alone,
		an_important_server_is_one_more,
		ends_that_do_not_matter_are_one_less,
		low_importance_at_both_ends_is_one_less,
		a_guest_that_no_row_names_is_one_more,
		two_steps_up_are_the_most,
	};

	return RUN("severity", tests, begin, done);
}
