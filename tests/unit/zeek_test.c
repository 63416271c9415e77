/*
 * lib/render/zeek.c: a line of conn.log.
 */
#include "sample_report.h"
#include "suite.h"

static struct sample sample;
static struct ot_flow_sum *flow;

static void
init(void)
{
	sample_init(&sample);
	flow = sample.store.list[OT_STORE_FLOW].at[0];
	*flow = (struct ot_flow_sum){ .first = 1500000000123456789,
		.last = 1500000003000000000,
		.named_by = OT_NAMED_CONTENT,
		.network = { .transport = OT_TCP, .protocol = ot_str("tls") },
		.client = { .port = 49152, .packets = 4 },
		.server = { .port = 802, .packets = 3 },
		.connection = { .uid = ot_str("C0123456789abcdef"),
		    .state = ot_str("S1"),
		    .history = ot_str("ShADad"),
		    .duration = 2000001999,
		    .client_data = 10,
		    .client_ip_bytes = 170 } };
	ck_assert(ot_addr_parse(&flow->client.addr, ot_str("fe80::1")));
	ck_assert(ot_addr_parse(&flow->server.addr, ot_str("fe80::2")));
}

static void
done(void)
{
	sample_done(&sample);
}

START_TEST(keys_and_their_order_are_those_of_zeek)
{
	ck_assert_str_eq(sample_render(&sample, "zeek"),
	    "{\"ts\":1500000000.123456,\"uid\":\"C0123456789abcdef\","
	    "\"id.orig_h\":\"fe80::1\",\"id.orig_p\":49152,"
	    "\"id.resp_h\":\"fe80::2\",\"id.resp_p\":802,\"proto\":\"tcp\","
	    "\"service\":\"ssl\",\"duration\":2.000001,\"orig_bytes\":10,"
	    "\"resp_bytes\":0,\"conn_state\":\"S1\",\"missed_bytes\":0,"
	    "\"history\":\"ShADad\",\"orig_pkts\":4,\"orig_ip_bytes\":170,"
	    "\"resp_pkts\":3,\"resp_ip_bytes\":0}\n");
}
END_TEST

START_TEST(one_packet_has_no_duration_and_no_bytes)
{
	flow->connection.duration = 0;
	const char *text = sample_render(&sample, "zeek");

	ck_assert_ptr_null(strstr(text, "duration"));
	ck_assert_ptr_null(strstr(text, "orig_bytes"));
	HAS(text, "\"orig_pkts\":4");
}
END_TEST

START_TEST(a_port_names_no_service)
{
	flow->named_by = OT_NAMED_PORT;
	ck_assert_ptr_null(strstr(sample_render(&sample, "zeek"), "service"));
	flow->named_by = OT_NAMED_CONTENT;
	flow->network.protocol = ot_str("dnp3");
	HAS(sample_render(&sample, "zeek"), "\"dnp3_tcp\"");
	flow->network.transport = OT_UDP;
	HAS(sample_render(&sample, "zeek"), "\"dnp3_udp\"");
}
END_TEST

START_TEST(the_macs_that_sent_most)
{
	struct ot_arena *arena = &sample.arena;

	ot_counts_add(arena, &flow->client.mac, ot_str("02:00:00:00:00:01"), 1);
	ot_counts_add(arena, &flow->client.mac, ot_str("02:00:00:00:00:02"), 3);
	flow->network.vlan = (struct ot_vlans){ 3, { 10, 20, 30 } };
	const char *text = sample_render(&sample, "zeek");

	HAS(text, "\"orig_l2_addr\":\"02:00:00:00:00:02\"");
	HAS(text, "\"vlan\":10,\"inner_vlan\":20");
	ck_assert_ptr_null(strstr(text, "resp_l2_addr"));
}
END_TEST

START_TEST(what_has_no_ports_has_none_here)
{
	flow->network.transport = OT_IP;
	flow->client.port = 0;
	flow->server.port = 47;
	HAS(sample_render(&sample, "zeek"),
	    "\"id.resp_p\":0,\"proto\":\"unknown_transport\"");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		keys_and_their_order_are_those_of_zeek,
		one_packet_has_no_duration_and_no_bytes,
		a_port_names_no_service,
		the_macs_that_sent_most,
		what_has_no_ports_has_none_here,
	};

	return RUN("zeek", tests, init, done);
}
