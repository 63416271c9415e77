/*
 * Zones and conduits from the traffic (zone/subnet.c, zone/propose.c).
 */
#include "suite.h"
#include "zone_records.h"

static struct ot_policy made;
static struct ot_list review;

static void
propose(const struct ot_policy *given)
{
	struct ot_error error;

	review = (struct ot_list){ .count = 0 };
	ck_assert_int_eq(ot_zones_propose(&plant.arena, given, &plant_assets,
			     &plant, &made, &review, &error),
	    0);
	ck_assert(made.proposed);
}

static bool
is(struct ot_str s, const char *text)
{
	return ot_str_eq(s, ot_str(text));
}

static const struct ot_review *
left(uint32_t i)
{
	ck_assert_uint_lt(i, review.count);
	return review.at[i];
}

START_TEST(subnets_become_zones)
{
	put_asset("x", NULL, NULL, "10.1.0.1 00:00:bc:00:00:01")->level =
	    ot_str("1");
	put_asset("y", NULL, NULL, "10.1.0.2 00:00:bc:00:00:02")->level =
	    ot_str("2");
	put_asset("z", NULL, NULL, "10.2.0.1");
	put_flow(NULL, 0, "10.2.0.1", "10.1.0.1", "modbus");
	propose(NULL);
	ck_assert_uint_eq(made.site_count, 0);
	ck_assert_uint_eq(made.zone_count, 2);
	ck_assert(is(made.zones[0].id, "10.1.0.0/24"));
	ck_assert_int_eq(made.zones[0].level, 1);
	ck_assert(is(made.zones[0].kind, "control"));
	ck_assert_int_eq(made.zones[1].level, -1);
	ck_assert_uint_eq(made.conduit_count, 1);
	ck_assert(is(made.conduits[0].from, "10.2.0.0/24"));
	ck_assert(is(made.conduits[0].services[0].protocol, "modbus"));
	ck_assert_uint_eq(made.conduits[0].verbs, 0);
	ck_assert_uint_eq(review.count, 0);
}
END_TEST

START_TEST(dhcp_tells_the_width)
{
	struct ot_fact_sum *fact;

	put_asset("x", NULL, NULL, "10.1.0.1 00:00:bc:00:00:01");
	put_asset("y", NULL, NULL, "10.1.1.7 00:00:bc:00:00:02");
	put_flow(NULL, 0, "10.1.0.1", "10.1.1.7", "http");
	fact = ot_store_add(&plant, OT_STORE_FACT);
	fact->key = OT_K_MASK;
	fact->subject = addr_of("00:00:bc:00:00:01");
	fact->value = ot_str("255.255.254.0");
	propose(NULL);
	ck_assert_uint_eq(made.zone_count, 1);
	ck_assert(is(made.zones[0].id, "10.1.0.0/23"));
	ck_assert_uint_eq(made.conduit_count, 0);
}
END_TEST

static void
tagged(const char *id, const char *addresses, const char *vlan)
{
	struct ot_asset *asset = put_asset(id, NULL, NULL, addresses);

	ck_assert(ot_counts_add(&plant.arena, &asset->vlans, ot_str(vlan), 3));
}

START_TEST(subnets_of_one_vlan_are_one_zone)
{
	tagged("x", "10.1.0.1 00:00:bc:00:00:01", "7");
	tagged("y", "10.2.0.1 00:00:bc:00:00:02", "7");
	tagged("z", "10.3.0.1 00:00:bc:00:00:03", "8");
	tagged("l2", "00:00:bc:00:00:04", "8");
	put_flow(NULL, 7, "10.1.0.1", "10.2.0.1", "http");
	propose(NULL);
	ck_assert_uint_eq(made.zone_count, 2);
	ck_assert(is(made.zones[0].id, "vlan-7"));
	ck_assert_uint_eq(made.zones[0].network_count, 2);
	ck_assert_uint_eq(made.zones[0].vlans[0], 7);
	ck_assert_uint_eq(made.zones[1].mac_count, 1);
}
END_TEST

START_TEST(a_dual_stack_is_one_zone)
{
	put_asset("x", NULL, NULL, "10.1.0.1 fd00:1::1 00:00:bc:00:00:01");
	put_flow(NULL, 0, "10.1.0.1", "8.8.8.8", "http");
	propose(NULL);
	ck_assert_uint_eq(made.zone_count, 1);
	ck_assert_uint_eq(made.zones[0].network_count, 2);
}
END_TEST

START_TEST(sensors_without_a_host_in_common_are_sites)
{
	put_asset("x", NULL, "s1", "10.1.0.1 00:00:bc:00:00:01");
	put_asset("y", NULL, "s2", "10.1.0.1 00:00:bc:00:00:02");
	put_asset("z", NULL, "s3", "10.1.0.1 00:00:bc:00:00:02");
	put_flow("s1", 0, "10.1.0.1", "10.1.0.2", "http");
	put_flow("s2", 0, "10.1.0.1", "10.1.0.2", "http");
	put_flow("s3", 0, "10.1.0.1", "10.1.0.2", "http");
	propose(NULL);
	ck_assert_uint_eq(made.site_count, 2);
	ck_assert(is(made.sites[0].id, "s1"));
	ck_assert_uint_eq(made.sites[1].sensors.count, 2);
	ck_assert_uint_eq(made.zone_count, 2);
	ck_assert(is(made.zones[1].id, "s2/10.1.0.0/24"));
}
END_TEST

START_TEST(what_nothing_confirms_is_left_over)
{
	struct ot_flow_sum *refused, *silent, *once;
	struct ot_op_sum op = { .verb = OT_READ, .count = 1 };

	refused = put_flow(NULL, 0, "10.1.0.1", "10.2.0.1", "unknown");
	refused->connections.established = 0;
	refused->connections.refused = 3;
	refused->named_by = OT_NAMED_NONE;
	silent = put_flow(NULL, 0, "10.1.0.1", "10.3.0.1", "http");
	silent->client.payload = silent->server.payload = 0;
	once = put_flow(NULL, 0, "10.1.0.1", "10.4.0.1", "http");
	once->connections.established = 1;
	ck_assert(ot_list_push(&plant.arena, &once->ops, &op));
	put_asset("x", NULL, NULL, "10.1.0.1");
	put_asset("y", NULL, NULL, "10.2.0.1");
	put_asset("z", NULL, NULL, "10.3.0.1");
	put_asset("w", NULL, NULL, "10.4.0.1");
	propose(NULL);
	ck_assert_uint_eq(made.conduit_count, 0);
	ck_assert_uint_eq(review.count, 3);
	ck_assert(is(left(0)->reason, "refused"));
	ck_assert(is(left(0)->service, "tcp/80"));
	ck_assert(is(left(0)->client, "10.1.0.1"));
	ck_assert(is(left(1)->reason, "opened, nothing said"));
	ck_assert(is(left(2)->reason, "seen once"));
	ck_assert(is(left(2)->verbs, "read"));
}
END_TEST

START_TEST(a_port_stands_for_what_has_no_name)
{
	struct ot_flow_sum *flow;

	flow = put_flow(NULL, 0, "10.1.0.1", "8.8.8.8", "https");
	flow->named_by = OT_NAMED_PORT;
	flow->server.port = 8080;
	flow = put_flow(NULL, 0, "10.1.0.1", "8.8.4.4", "unknown");
	flow->named_by = OT_NAMED_NONE;
	flow->network.transport = OT_ICMP;
	put_asset("x", NULL, NULL, "10.1.0.1");
	propose(NULL);
	ck_assert_uint_eq(made.conduit_count, 1);
	ck_assert_uint_eq(made.conduits[0].service_count, 2);
	ck_assert(is(made.conduits[0].services[0].text, "icmp"));
	ck_assert(is(made.conduits[0].services[1].text, "tcp/8080"));
	ck_assert_uint_eq(made.conduits[0].services[1].first, 8080);
}
END_TEST

START_TEST(zones_that_are_given_stay)
{
	struct ot_net net = { addr_of("10.0.0.0"), 8 };
	struct ot_zone_row row = { .id = ot_str("plant"),
		.level = -1,
		.networks = &net,
		.network_count = 1 };
	struct ot_policy given = { .zones = &row, .zone_count = 1 };

	put_flow(NULL, 0, "10.1.0.1", "10.2.0.1", "http");
	put_flow(NULL, 0, "10.1.0.1", "8.8.8.8", "http");
	propose(&given);
	ck_assert_uint_eq(made.zone_count, 1);
	ck_assert_uint_eq(made.conduit_count, 1);
	ck_assert(is(made.conduits[0].from, "plant"));
	ck_assert(is(made.conduits[0].to, "internet"));
}
END_TEST

START_TEST(nothing_gives_nothing)
{
	propose(NULL);
	ck_assert_uint_eq(made.zone_count, 0);
	ck_assert_uint_eq(made.conduit_count, 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		subnets_become_zones,
		dhcp_tells_the_width,
		subnets_of_one_vlan_are_one_zone,
		a_dual_stack_is_one_zone,
		sensors_without_a_host_in_common_are_sites,
		what_nothing_confirms_is_left_over,
		a_port_stands_for_what_has_no_name,
		zones_that_are_given_stay,
		nothing_gives_nothing,
	};

	return RUN("propose", tests, plant_open, plant_close);
}
