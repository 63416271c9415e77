/*
 * lib/model/join.c: flows turned and folded into those with better evidence.
 */
#include "model/join.h"

#include "model.h"

static struct ot_store store;

static void
after(void)
{
	ot_store_done(&store);
	forget();
}

/* A flow of one packet from the client, "10.0.0.1:49152" or without a port. */
static struct ot_flow_sum *
flow(const char *client, uint32_t client_port, const char *server,
    uint32_t server_port, const char *protocol)
{
	struct ot_flow_sum *f = ot_store_add(&store, OT_STORE_FLOW);

	f->client.addr = addr(client);
	f->client.port = client_port;
	f->client.packets = 1;
	f->server.addr = addr(server);
	f->server.port = server_port;
	f->network.protocol = ot_str(protocol);
	f->roles_by = client_port ? OT_ROLES_FIRST : OT_ROLES_SYN;
	f->named_by =
	    strcmp(protocol, "unknown") == 0 ? OT_NAMED_NONE : OT_NAMED_CONTENT;
	return f;
}

static const struct ot_flow_sum *
joined(uint32_t count)
{
	ck_assert(ot_store_settle(&store));
	ck_assert(ot_join(&store));
	ck_assert_uint_eq(store.list[OT_STORE_FLOW].count, count);
	return store.list[OT_STORE_FLOW].at[0];
}

START_TEST(a_nameless_flow_joins_the_named_one)
{
	flow("10.0.0.1", 0, "10.0.0.2", 502, "unknown");
	flow("10.0.0.1", 0, "10.0.0.2", 502, "modbus");
	const struct ot_flow_sum *f = joined(1);

	ck_assert(ot_str_eq(f->network.protocol, ot_str("modbus")));
	ck_assert_uint_eq(f->client.packets, 2);
}
END_TEST

START_TEST(a_flow_named_by_its_port_joins_the_one_named_by_content)
{
	flow("10.0.0.1", 0, "10.0.0.2", 502, "asa-appl-proto")->named_by =
	    OT_NAMED_PORT;
	flow("10.0.0.1", 0, "10.0.0.2", 502, "modbus");
	const struct ot_flow_sum *f = joined(1);

	ck_assert_int_eq(f->named_by, OT_NAMED_CONTENT);
}
END_TEST

START_TEST(a_nameless_flow_of_another_port_vlan_sensor_or_transport_stays)
{
	flow("10.0.0.1", 0, "10.0.0.2", 502, "modbus");
	flow("10.0.0.1", 0, "10.0.0.2", 503, "unknown");
	flow("10.0.0.1", 0, "10.0.0.2", 502, "unknown")->sensor = ot_str("s");
	flow("10.0.0.1", 0, "10.0.0.2", 502, "unknown")->site = ot_str("s");
	flow("10.0.0.1", 0, "10.0.0.2", 502, "unknown")->network.transport =
	    OT_UDP;
	flow("10.0.0.1", 0, "10.0.0.2", 502, "unknown")->network.vlan.count = 1;
	flow("10.0.0.2", 0, "10.0.0.1", 502, "unknown");
	joined(7);
}
END_TEST

START_TEST(two_named_flows_stand_side_by_side)
{
	flow("10.0.0.1", 0, "10.0.0.2", 502, "modbus");
	flow("10.0.0.1", 0, "10.0.0.2", 502, "http");
	joined(2);
}
END_TEST

START_TEST(an_envelope_joins_the_flow_that_bears_it_in_also)
{
	struct ot_flow_sum *inner =
	    flow("10.0.0.1", 0, "10.0.0.2", 102, "s7comm");

	ck_assert(ot_counts_add(&store.arena, &inner->also, ot_str("tpkt"), 1));
	flow("10.0.0.1", 0, "10.0.0.2", 102, "tpkt");
	ck_assert_uint_eq(joined(1)->client.packets, 2);
}
END_TEST

START_TEST(what_joins_an_envelope_that_joins_another_is_not_lost)
{
	/* by the order of keys the envelope goes first */
	struct ot_flow_sum *inner = flow("10.0.0.1", 0, "10.0.0.2", 102, "zz");

	ck_assert(ot_counts_add(&store.arena, &inner->also, ot_str("aa"), 1));
	flow("10.0.0.1", 0, "10.0.0.2", 102, "aa");
	flow("10.0.0.1", 0, "10.0.0.2", 102, "unknown");
	ck_assert_uint_eq(joined(1)->client.packets, 3);
}
END_TEST

START_TEST(a_flow_by_its_first_packet_is_turned_into_the_one_with_a_syn)
{
	struct ot_flow_sum *weak =
	    flow("10.0.0.2", 502, "10.0.0.1", 49152, "modbus");

	/* the server was heard first: it stands as the client */
	weak->server.packets = 5;
	flow("10.0.0.1", 0, "10.0.0.2", 502, "modbus");
	/* turned, its service would be port 502 of 10.0.0.2 */
	const struct ot_flow_sum *f = joined(1);

	ck_assert_uint_eq(f->client.packets, 6);
	ck_assert_uint_eq(f->server.packets, 1);
	ck_assert_int_eq(f->roles_by, OT_ROLES_SYN);
	ck_assert_uint_eq(f->client.port, 0);
	ck_assert_uint_eq(f->server.port, 502);
}
END_TEST

START_TEST(a_flow_by_its_first_packet_that_is_right_is_folded_as_it_stands)
{
	flow("10.0.0.1", 49152, "10.0.0.2", 502, "modbus");
	flow("10.0.0.1", 0, "10.0.0.2", 502, "modbus");
	const struct ot_flow_sum *f = joined(1);

	ck_assert_uint_eq(f->client.packets, 2);
	ck_assert_uint_eq(f->client.port, 0);
}
END_TEST

START_TEST(flows_that_all_rest_on_their_first_packet_are_not_folded)
{
	flow("10.0.0.1", 49152, "10.0.0.2", 5000, "unknown");
	flow("10.0.0.1", 49153, "10.0.0.2", 5000, "unknown");
	flow("10.0.0.2", 5000, "10.0.0.1", 49154, "unknown");
	joined(3);
}
END_TEST

START_TEST(joining_again_changes_nothing)
{
	flow("10.0.0.1", 0, "10.0.0.2", 502, "unknown");
	flow("10.0.0.1", 0, "10.0.0.2", 502, "modbus");
	joined(1);
	ck_assert_uint_eq(joined(1)->client.packets, 2);
}
END_TEST

START_TEST(many_flows_of_two_hosts_are_joined_in_time)
{
	for (uint32_t port = 1; port < 60000; port++)
		flow("10.0.0.1", 40000, "10.0.0.2", port, "unknown");
	joined(59999);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_nameless_flow_joins_the_named_one,
		a_flow_named_by_its_port_joins_the_one_named_by_content,
		a_nameless_flow_of_another_port_vlan_sensor_or_transport_stays,
		two_named_flows_stand_side_by_side,
		an_envelope_joins_the_flow_that_bears_it_in_also,
		what_joins_an_envelope_that_joins_another_is_not_lost,
		a_flow_by_its_first_packet_is_turned_into_the_one_with_a_syn,
		a_flow_by_its_first_packet_that_is_right_is_folded_as_it_stands,
		flows_that_all_rest_on_their_first_packet_are_not_folded,
		joining_again_changes_nothing,
		many_flows_of_two_hosts_are_joined_in_time,
	};

	return RUN("join", tests, NULL, after);
}
