/*
 * Flows get the ids of the assets at their ends.
 */
#include "asset_records.h"

#define A_MAC "00:1b:1b:00:00:0a"

static struct records r;

static void
begin(void)
{
	records_begin(&r);
}

static void
end(void)
{
	records_done(&r);
}

START_TEST(both_ends_are_labelled)
{
	struct ot_flow_sum *f = talk(&r, "10.0.0.1", A_MAC, "10.0.0.2", NULL);

	build(&r);
	ck_assert(ot_assets_label(&r.store, &r.assets));
	ASSERT_STR(f->client.asset, "mac:" A_MAC);
	ASSERT_STR(f->server.asset, "ip:10.0.0.2");
}
END_TEST

START_TEST(groups_of_hosts_are_not)
{
	struct ot_flow_sum *f = talk(&r, "10.0.0.1", A_MAC, "224.0.0.1", NULL);

	build(&r);
	ck_assert(ot_assets_label(&r.store, &r.assets));
	ck_assert_uint_eq(f->server.asset.len, 0);
}
END_TEST

START_TEST(every_sensor_has_its_own_hosts)
{
	r.sensor = "one";
	struct ot_flow_sum *one = talk(&r, "10.0.0.1", NULL, "10.0.0.2", NULL);

	r.sensor = "two";
	struct ot_flow_sum *two = talk(&r, "10.0.0.1", NULL, "10.0.0.2", NULL);

	build(&r);
	ck_assert(ot_assets_label(&r.store, &r.assets));
	ASSERT_STR(one->client.asset, "ip:one/10.0.0.1");
	ASSERT_STR(two->client.asset, "ip:two/10.0.0.1");
}
END_TEST

START_TEST(an_address_that_several_have_is_nobodys_elsewhere)
{
	r.sensor = "one";
	(void)talk(&r, "10.0.0.1", NULL, "10.0.0.2", NULL);
	r.sensor = "two";
	(void)talk(&r, "10.0.0.1", NULL, "10.0.0.3", NULL);
	build(&r);
	r.sensor = "three";
	struct ot_flow_sum *f = talk(&r, "10.0.0.1", NULL, "10.0.0.3", NULL);

	ck_assert(ot_assets_label(&r.store, &r.assets));
	ck_assert_uint_eq(f->client.asset.len, 0);
	ASSERT_STR(f->server.asset, "ip:two/10.0.0.3");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { both_ends_are_labelled,
		groups_of_hosts_are_not, every_sensor_has_its_own_hosts,
		an_address_that_several_have_is_nobodys_elsewhere };

	return RUN("label", tests, begin, end);
}
