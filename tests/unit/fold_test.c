/*
 * lib/engine/fold.c: what was said becomes records.
 */
#include "talk.h"

static void
connection(uint16_t client_port)
{
	conversation(OT_TCP, client_port, 502);
	handshake();
	ask(1, 0, 1);
	answer(1, 1);
}

START_TEST(connections_of_one_client_to_one_service_are_one_flow)
{
	connection(49152);
	connection(49153);
	const struct ot_flow_sum *f = only_flow("modbus");

	ck_assert_uint_eq(f->client.port, 0);
	ck_assert_uint_eq(f->server.port, 502);
	ck_assert_uint_eq(f->connections.attempted, 2);
	ck_assert_uint_eq(f->connections.established, 2);
	ck_assert_uint_eq(f->client.packets, 6);
	ck_assert_uint_eq(f->server.packets, 4);
	ck_assert_uint_eq(f->client.bytes, 6 * 60 + 24);
	ck_assert_uint_eq(f->client.payload, 24);
	ck_assert_uint_eq(op_at(f, 0)->count, 2);
	ck_assert_int_eq(f->first, MS);
	ck_assert_int_eq(f->last, 10 * MS);
	ck_assert_uint_eq(f->evidence.count, 2);
	ck_assert_uint_eq(f->sides.count, 1);
	text_is(f->sides.at[0].text, "both");
	text_is(f->client.mac.at[0].text, "02:00:00:00:00:01");
	ck_assert_uint_eq(f->client.mac.at[0].count, 6);
	text_is(f->server.ttl.at[0].text, "64");
}
END_TEST

START_TEST(on_demand_each_connection_is_a_flow)
{
	stop();
	start_with(&(struct ot_engine_options){ .connections = true });
	connection(49152);
	connection(49153);
	finish();
	ck_assert_uint_eq(store.list[OT_STORE_FLOW].count, 2);
	ck_assert_uint_eq(flow_at(0)->client.port, 49152);
	ck_assert_uint_eq(flow_at(1)->client.port, 49153);
}
END_TEST

START_TEST(sensors_sites_and_vlans_keep_flows_apart)
{
	connection(49152);
	talk.vlan = 0;
	ck_assert(ot_engine_sensor(engine, ot_str("s1"), ot_str("Lagos")));
	connection(49152);
	conversation(OT_TCP, 49152, 502);
	talk.vlan = 10;
	handshake();
	ask(1, 0, 1);
	answer(1, 1);
	finish();
	ck_assert_uint_eq(store.list[OT_STORE_FLOW].count, 3);
	text_is(flow_at(1)->sensor, "s1");
	text_is(flow_at(2)->site, "Lagos");
	ck_assert_uint_eq(flow_at(2)->network.vlan.id[0], 10);
}
END_TEST

START_TEST(operations_without_room_add_up)
{
	handshake();
	for (uint32_t i = 0; i < 5 * OT_LIMIT_OPS; i++) {
		ask((uint16_t)i, (uint16_t)i, 1);
		answer((uint16_t)i, 1);
	}
	const struct ot_flow_sum *f = only_flow("modbus");
	uint64_t total = 0;

	ck_assert_uint_eq(f->ops.count, OT_LIMIT_OPS + 1);
	ck_assert(op_at(f, 0)->truncated);
	ck_assert_uint_eq(op_at(f, 0)->count, 4 * OT_LIMIT_OPS);
	for (uint32_t i = 0; i < f->ops.count; i++)
		total += op_at(f, i)->count;
	ck_assert_uint_eq(total, 5 * OT_LIMIT_OPS);
	/* the smallest by object as it is written */
	text_is(op_at(f, 1)->object, "unit 1 holding 0");
	text_is(op_at(f, 2)->object, "unit 1 holding 1");
	text_is(op_at(f, 3)->object, "unit 1 holding 10");
}
END_TEST

/* ---- attempts ---- */

START_TEST(a_syn_without_an_answer_is_an_attempt_and_no_flow)
{
	flags(0, OT_TCP_SYN);
	talk.seq[0]--;
	flags(0, OT_TCP_SYN);
	conversation(OT_TCP, 49152, 80);
	flags(0, OT_TCP_SYN);
	finish();
	ck_assert_uint_eq(store.list[OT_STORE_FLOW].count, 0);
	ck_assert_uint_eq(store.list[OT_STORE_EVENT].count, 1);
	const struct ot_event_sum *e = event_at(0);
	const struct ot_attempt *a = e->attempts.at[0];

	text_is(e->kind, "attempts");
	ck_assert_uint_eq(e->count, 3);
	ck_assert_uint_eq(e->attempts.count, 2);
	ck_assert_uint_eq(a->port, 80);
	a = e->attempts.at[1];
	ck_assert_uint_eq(a->port, 502);
	ck_assert_uint_eq(a->packets, 2);
	ck_assert_uint_eq(a->bytes, 120);
}
END_TEST

START_TEST(a_refused_connection_is_a_flow)
{
	flags(0, OT_TCP_SYN);
	flags(1, OT_TCP_RST | OT_TCP_ACK);
	const struct ot_flow_sum *f = only_flow("unknown");

	ck_assert_uint_eq(f->connections.attempted, 1);
	ck_assert_uint_eq(f->connections.refused, 1);
	ck_assert_uint_eq(f->connections.established, 0);
}
END_TEST

START_TEST(three_datagrams_without_an_answer_are_attempts_a_fourth_is_none)
{
	conversation(OT_UDP, 40000, 4711);
	for (unsigned i = 0; i < 3; i++)
		say(0, "anybody?");
	conversation(OT_UDP, 40000, 4712);
	for (unsigned i = 0; i < 4; i++)
		say(0, "anybody?");
	const struct ot_flow_sum *f = only_flow("unknown");

	ck_assert_uint_eq(f->client.packets, 4);
	ck_assert_uint_eq(event_at(0)->attempts.count, 1);
	ck_assert_uint_eq(event_at(0)->count, 3);
}
END_TEST

START_TEST(frames_and_bytes_are_in_flows_or_in_attempts)
{
	struct ot_capture_sum sum = { 0 };

	connection(49152);
	conversation(OT_TCP, 49152, 80);
	flags(0, OT_TCP_SYN);
	finish();
	ck_assert(ot_engine_totals(engine, &store.arena, &sum));
	ck_assert_uint_eq(sum.flow_frames, 5);
	ck_assert_uint_eq(sum.flow_bytes, 5 * 60 + 12 + 11);
	ck_assert_uint_eq(sum.attempt_frames, 1);
	ck_assert_uint_eq(sum.attempt_bytes, 60);
	ck_assert_uint_eq(sum.connections, 1);
	ck_assert_uint_eq(sum.one_sided, 0);
}
END_TEST

/* ---- facts and events ---- */

START_TEST(a_fact_is_one_record_however_often_it_was_said)
{
	conversation(OT_ETH, 0, 0);
	talk.client = "02:00:00:00:00:01";
	talk.server = "ff:ff:ff:ff:ff:ff";
	talk.ether_type = 0x0806;
	for (unsigned i = 0; i < 5; i++)
		say_hex(0, "00 01 08 00 06 04 00 01 02 00 00 00 00 01 "
			   "0a 00 00 01 00 00 00 00 00 00 0a 00 00 02");
	finish();
	const struct ot_list *facts = &store.list[OT_STORE_FACT];

	ck_assert_uint_eq(facts->count, 2); /* its IP and its MAC */
	const struct ot_fact_sum *f = facts->at[0];

	ck_assert_uint_eq(f->count, 5);
	ck_assert_int_eq(f->first, MS);
	ck_assert_int_eq(f->last, 5 * MS);
	ck_assert_uint_eq(f->evidence.count, 5);
	text_is(f->protocol, "arp");
}
END_TEST

START_TEST(a_malformed_unit_is_an_event_and_says_nothing_else)
{
	handshake();
	ask(1, 0, 1);
	answer(1, 1);
	/* write multiple registers: more bytes than there are */
	say_hex(0, "00 02 00 00 00 0b 01 10 00 01 00 02 05 00 0a 01 02");
	const struct ot_flow_sum *f = only_flow("modbus");

	ck_assert_uint_eq(f->coverage.malformed, 1);
	ck_assert_uint_eq(f->ops.count, 1);
	ck_assert_uint_eq(store.list[OT_STORE_EVENT].count, 1);
	text_is(event_at(0)->kind, "malformed");
	ck_assert_uint_eq(event_at(0)->evidence.at[0].frame, 6);
}
END_TEST

START_TEST(a_name_that_the_capture_gives_is_a_fact)
{
	struct ot_addr a = addr("10.0.0.9");

	ot_engine_name(engine, &a, ot_text("plc-1"));
	finish();
	const struct ot_fact_sum *f = store.list[OT_STORE_FACT].at[0];

	ck_assert_uint_eq(store.list[OT_STORE_FACT].count, 1);
	text_is(f->value, "plc-1");
	ck_assert_int_eq(f->key, OT_K_NAME);
}
END_TEST

/* ---- memory ---- */

START_TEST(an_engine_that_is_not_taken_leaves_nothing_behind)
{
	/* the leak checker of the sanitizer build looks at the exit */
	connection(49152);
	for (uint16_t i = 0; i < 100; i++)
		ask(i, i, 1);
	say_hex(0, "00 02 00");
}
END_TEST

START_TEST(an_engine_that_was_taken_can_go_on)
{
	connection(49152);
	finish();
	ot_store_done(&store);
	ck_assert(ot_engine_file(engine, ot_str("b.pcap")));
	connection(49152);
	const struct ot_flow_sum *f = only_flow("modbus");

	ck_assert_uint_eq(op_at(f, 0)->count, 1);
	text_is(f->evidence.at[0].file, "b.pcap");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		connections_of_one_client_to_one_service_are_one_flow,
		on_demand_each_connection_is_a_flow,
		sensors_sites_and_vlans_keep_flows_apart,
		operations_without_room_add_up,
		a_syn_without_an_answer_is_an_attempt_and_no_flow,
		a_refused_connection_is_a_flow,
		three_datagrams_without_an_answer_are_attempts_a_fourth_is_none,
		frames_and_bytes_are_in_flows_or_in_attempts,
		a_fact_is_one_record_however_often_it_was_said,
		a_malformed_unit_is_an_event_and_says_nothing_else,
		a_name_that_the_capture_gives_is_a_fact,
		an_engine_that_is_not_taken_leaves_nothing_behind,
		an_engine_that_was_taken_can_go_on,
	};

	return RUN("fold", tests, start, stop);
}
