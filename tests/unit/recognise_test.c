/*
 * lib/engine/recognise.c: what names a connection, and who is its client.
 */
#include "engine/ports.h"
#include "talk.h"

#define GET "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
#define OK  "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

/* 32 bytes that no protocol takes for its own, whatever follows. */
static void
say_nothing(void)
{
	say_hex(0, "00 01 ff ff ff ff ff ff ff ff ff ff ff ff ff ff "
		   "ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff");
}

static const struct ot_flow_sum *
named(const char *protocol, enum ot_named_by by)
{
	const struct ot_flow_sum *f = only_flow(protocol);

	ck_assert_int_eq(f->named_by, by);
	return f;
}

START_TEST(both_directions_name_a_medium_protocol_on_any_port)
{
	conversation(OT_TCP, 49152, 4711);
	handshake();
	ask(1, 0, 1);
	answer(1, 1);
	named("modbus", OT_NAMED_CONTENT);
}
END_TEST

START_TEST(one_direction_of_a_medium_protocol_is_not_enough_on_any_port)
{
	conversation(OT_TCP, 49152, 4711);
	handshake();
	ask(1, 0, 1);
	say(1, "this is no answer");
	const struct ot_flow_sum *f = named("unknown", OT_NAMED_NONE);

	ck_assert_uint_eq(f->ops.count, 0);
	ck_assert_uint_eq(f->coverage.unknown, 12 + 17);
	ck_assert_uint_eq(f->coverage.decoded, 0);
}
END_TEST

START_TEST(rubbish_for_an_answer_does_not_hide_what_a_known_port_was_asked)
{
	handshake();
	ask(1, 0, 1);
	say(1, "this is no answer");
	const struct ot_flow_sum *f = named("modbus", OT_NAMED_CONTENT);

	ck_assert_uint_eq(f->ops.count, 1);
	ck_assert_uint_eq(op_at(f, 0)->unanswered, 1);
	ck_assert_uint_eq(f->coverage.unknown, 17);
}
END_TEST

START_TEST(three_units_of_the_only_side_that_was_captured_are_enough)
{
	conversation(OT_TCP, 49152, 4711);
	ask(1, 0, 1);
	ask(2, 0, 1);
	ask(3, 0, 1);
	const struct ot_flow_sum *f = named("modbus", OT_NAMED_CONTENT);

	ck_assert_uint_eq(op_at(f, 0)->count, 3);
	ck_assert_uint_eq(f->coverage.decoded, 36);
}
END_TEST

START_TEST(a_port_stands_in_at_the_end_for_what_was_not_captured)
{
	handshake();
	ask(1, 0, 1);
	ck_assert_uint_eq(
	    op_at(named("modbus", OT_NAMED_CONTENT), 0)->count, 1);
}
END_TEST

START_TEST(one_unit_of_a_strong_protocol_is_enough)
{
	conversation(OT_TCP, 49152, 4711);
	handshake();
	say(0, GET);
	named("http", OT_NAMED_CONTENT);
}
END_TEST

START_TEST(content_beats_the_port)
{
	conversation(OT_TCP, 49152, 502);
	handshake();
	say(0, GET);
	say(1, OK);
	named("http", OT_NAMED_CONTENT);
}
END_TEST

START_TEST(bytes_one_by_one_name_a_stream)
{
	conversation(OT_TCP, 49152, 4711);
	handshake();
	for (const char *p = GET; *p; p++)
		send_bytes(0, p, 1);
	ck_assert_uint_eq(op_at(named("http", OT_NAMED_CONTENT), 0)->count, 1);
}
END_TEST

START_TEST(a_name_is_found_behind_segments_that_have_none)
{
	conversation(OT_TCP, 49152, 4711);
	handshake();
	say_nothing();
	say(0, GET);
	const struct ot_flow_sum *f = named("http", OT_NAMED_CONTENT);

	ck_assert_uint_eq(f->coverage.unknown, 32);
}
END_TEST

#define HELLO_BODY                                                             \
	"03 03 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 00 01 02 03 "   \
	"04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 00 00 02 c0 2f 01 00"
#define CLIENT_HELLO "16 03 01 00 2d 01 00 00 29 " HELLO_BODY
#define SERVER_HELLO                                                           \
	"16 03 03 00 2a 02 00 00 26 03 03 00 01 02 03 04 05 06 07 08 09 0a "   \
	"0b 0c 0d 0e 0f 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 00 "   \
	"c0 2f 00"

/* A connection that nobody knows, then STARTTLS. */
START_TEST(a_hello_behind_bytes_that_nobody_knows_names_the_stream)
{
	conversation(OT_TCP, 49152, 25);
	handshake();
	say(1, "220 mail ESMTP\r\n");
	say(0, "STARTTLS\r\n");
	say(1, "220 go ahead\r\n");
	say_hex(0, CLIENT_HELLO);
	say_hex(1, SERVER_HELLO);
	const struct ot_flow_sum *f = named("tls", OT_NAMED_CONTENT);

	ck_assert_uint_eq(f->security.facet[OT_S_JA3].count, 1);
	ck_assert_uint_eq(f->security.facet[OT_S_JA3S].count, 1);
	ck_assert_uint_eq(f->coverage.unknown, 16 + 10 + 14);
	ck_assert_uint_eq(f->coverage.decoded, 50 + 47);
}
END_TEST

START_TEST(a_hello_long_after_the_search_for_a_name_was_given_up)
{
	conversation(OT_TCP, 49152, 4711);
	handshake();
	for (unsigned i = 0; i < 40; i++)
		say_nothing();
	say_hex(0, CLIENT_HELLO);
	named("tls", OT_NAMED_CONTENT);
}
END_TEST

START_TEST(a_hello_in_tiny_segments_is_waited_for)
{
	static const char *const parts[] = { "16", "03 01 00", "2d",
		"01 00 00 29", HELLO_BODY };

	conversation(OT_TCP, 49152, 4711);
	handshake();
	for (unsigned i = 0; i < 40; i++)
		say_nothing();
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		say_hex(0, parts[i]);
	const struct ot_flow_sum *f = named("tls", OT_NAMED_CONTENT);

	ck_assert_uint_eq(f->coverage.decoded, 50);
}
END_TEST

START_TEST(records_without_a_hello_are_no_upgrade)
{
	conversation(OT_TCP, 49152, 4711);
	handshake();
	for (unsigned i = 0; i < 40; i++)
		say_nothing();
	say_hex(0, "17 03 03 00 05 01 02 03 04 05");
	say_hex(0, "16 03 03 00 05 10 00 00 01 00");
	named("unknown", OT_NAMED_NONE);
}
END_TEST

START_TEST(tls_behind_a_named_protocol_stands_beside_its_name)
{
	handshake();
	ask(1, 0, 1);
	answer(1, 1);
	say_hex(0, CLIENT_HELLO);
	say_hex(1, SERVER_HELLO);
	const struct ot_flow_sum *f = named("modbus", OT_NAMED_CONTENT);

	ck_assert(ot_counts_has(&f->also, ot_str("tls")));
	ck_assert_uint_eq(f->security.facet[OT_S_JA3].count, 1);
	ck_assert_uint_eq(f->coverage.malformed, 0);
}
END_TEST

START_TEST(what_has_no_name_after_many_segments_stays_without)
{
	conversation(OT_TCP, 49152, 4711);
	handshake();
	for (unsigned i = 0; i < 30; i++)
		say_nothing();
	say(0, GET);
	named("unknown", OT_NAMED_NONE);
}
END_TEST

START_TEST(a_gap_gives_another_chance)
{
	conversation(OT_TCP, 49152, 4711);
	handshake();
	for (unsigned i = 0; i < 30; i++)
		say_nothing();
	talk.seq[0] += 100;
	say(0, GET);
	flags(1, OT_TCP_ACK); /* acknowledges it all */
	say(0, GET);
	named("http", OT_NAMED_CONTENT);
}
END_TEST

START_TEST(a_probe_that_reads_too_far_hides_no_other_protocol)
{
	/* the first unit is long enough for CIP, too short for others */
	conversation(OT_UDP, 49152, 2222);
	say_hex(0, "02 00 02 80 08 00 03 06 4b 00 01 00 00 00 b1 00 06 00 "
		   "01 00 00 00 00 00");
	say_hex(1, "02 00 02 80 08 00 0b 40 8e 00 01 00 00 00 b1 00 02 00 "
		   "01 00");
	ck_assert_uint_eq(named("cip", OT_NAMED_CONTENT)->ops.count, 2);
}
END_TEST

START_TEST(datagrams_that_waited_for_a_name_are_read_in_their_order)
{
	conversation(OT_UDP, 49152, 4711);
	ask(1, 100, 1);
	ask(2, 200, 1);
	answer(1, 1);
	answer(2, 1);
	const struct ot_flow_sum *f = named("modbus", OT_NAMED_CONTENT);

	ck_assert_uint_eq(op_at(f, 0)->evidence.at[0].frame, 1);
	ck_assert_uint_eq(op_at(f, 0)->evidence.at[0].reply, 3);
	ck_assert_uint_eq(op_at(f, 1)->evidence.at[0].reply, 4);
}
END_TEST

START_TEST(a_port_table_suggests_a_name_and_says_so)
{
	struct ot_port_name rows[] = { { OT_TCP, 4711, { "edonkey", 7 } } };
	const struct ot_ports ports = { rows, 1 };

	stop();
	start_with(&(struct ot_engine_options){ .ports = &ports });
	conversation(OT_TCP, 49152, 4711);
	handshake();
	say(0, "hello there, this is no protocol at all\r\n");
	named("edonkey", OT_NAMED_PORT);
}
END_TEST

/* ---- roles ---- */

static void
client_is(const struct ot_flow_sum *f, const char *client, enum ot_roles_by by)
{
	struct ot_addr a = addr(client);

	ck_assert(ot_addr_eq(&f->client.addr, &a));
	ck_assert_int_eq(f->roles_by, by);
}

START_TEST(whoever_sent_the_syn_is_the_client)
{
	handshake();
	ask(1, 0, 1);
	answer(1, 1);
	client_is(only_flow("modbus"), "10.0.0.1", OT_ROLES_SYN);
}
END_TEST

START_TEST(a_protocol_tells_its_client_where_no_syn_was_seen)
{
	conversation(OT_TCP, 49152, 4711);
	answer(1, 1);
	ask(2, 0, 1);
	answer(2, 1);
	client_is(only_flow("modbus"), "10.0.0.1", OT_ROLES_PROTOCOL);
}
END_TEST

START_TEST(a_protocol_whose_client_was_called_turns_the_roles_of_the_syn)
{
	/* the server opens the connection, the client asks in it */
	conversation(OT_TCP, 49152, 4711);
	flags(1, OT_TCP_SYN);
	flags(0, OT_TCP_SYN | OT_TCP_ACK);
	flags(1, OT_TCP_ACK);
	say(0, GET);
	say(1, OK);
	client_is(only_flow("http"), "10.0.0.1", OT_ROLES_PROTOCOL);
}
END_TEST

START_TEST(a_low_port_is_the_servers_and_else_the_first_to_speak_asks)
{
	conversation(OT_UDP, 49152, 999);
	for (unsigned i = 0; i < 4; i++)
		say(1, "what is this, nobody knows");
	client_is(only_flow("unknown"), "10.0.0.1", OT_ROLES_PORT);
	stop();
	start();
	conversation(OT_UDP, 49152, 40000);
	for (unsigned i = 0; i < 4; i++)
		say(1, "what is this, nobody knows");
	const struct ot_flow_sum *f = only_flow("unknown");

	client_is(f, "10.0.0.2", OT_ROLES_FIRST);
	ck_assert_uint_eq(f->client.port, 40000);
	ck_assert_uint_eq(f->server.port, 49152);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		both_directions_name_a_medium_protocol_on_any_port,
		one_direction_of_a_medium_protocol_is_not_enough_on_any_port,
		rubbish_for_an_answer_does_not_hide_what_a_known_port_was_asked,
		three_units_of_the_only_side_that_was_captured_are_enough,
		a_port_stands_in_at_the_end_for_what_was_not_captured,
		one_unit_of_a_strong_protocol_is_enough,
		content_beats_the_port,
		bytes_one_by_one_name_a_stream,
		a_name_is_found_behind_segments_that_have_none,
		a_hello_behind_bytes_that_nobody_knows_names_the_stream,
		a_hello_long_after_the_search_for_a_name_was_given_up,
		a_hello_in_tiny_segments_is_waited_for,
		records_without_a_hello_are_no_upgrade,
		tls_behind_a_named_protocol_stands_beside_its_name,
		what_has_no_name_after_many_segments_stays_without,
		a_gap_gives_another_chance,
		a_probe_that_reads_too_far_hides_no_other_protocol,
		datagrams_that_waited_for_a_name_are_read_in_their_order,
		a_port_table_suggests_a_name_and_says_so,
		whoever_sent_the_syn_is_the_client,
		a_protocol_tells_its_client_where_no_syn_was_seen,
		a_protocol_whose_client_was_called_turns_the_roles_of_the_syn,
		a_low_port_is_the_servers_and_else_the_first_to_speak_asks,
	};

	return RUN("recognise", tests, start, stop);
}
