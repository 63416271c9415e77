/*
 * lib/engine/cut.c: streams cut into PDUs; gaps and what is no PDU.
 */
#include "talk.h"

/* Named, with one operation of frames 4 and 5. */
static void
begin(void)
{
	handshake();
	ask(1, 0, 1);
	answer(1, 1);
}

static const struct ot_op_sum *
last_op(const struct ot_flow_sum *f)
{
	return op_at(f, f->ops.count - 1);
}

START_TEST(a_unit_in_many_segments_belongs_to_the_frame_that_completed_it)
{
	begin();
	say_hex(0, "00 02 00 00");
	say_hex(0, "00 06 01 03 00");
	say_hex(0, "64 00 02");
	answer(2, 2);
	const struct ot_op_sum *op = last_op(only_flow("modbus"));

	text_is(op->object, "unit 1 holding 100-101");
	ck_assert_uint_eq(op->evidence.at[0].frame, 8);
	ck_assert_uint_eq(op->evidence.at[0].reply, 9);
}
END_TEST

START_TEST(many_units_in_one_segment_are_all_read)
{
	begin();
	say_hex(0, "00 02 00 00 00 06 01 03 00 64 00 01"
		   "00 03 00 00 00 06 01 03 00 65 00 01"
		   "00 04 00 00 00 06 01 03 00 66 00 01 00 05");
	const struct ot_flow_sum *f = only_flow("modbus");

	ck_assert_uint_eq(f->ops.count, 4);
	ck_assert_uint_eq(f->coverage.cut, 1); /* the start of a fifth */
	ck_assert_uint_eq(f->coverage.identified, 2);
	ck_assert_uint_eq(f->coverage.decoded, 12 + 11 + 36);
}
END_TEST

START_TEST(a_gap_inside_a_unit_of_known_length_costs_only_that_unit)
{
	begin();
	say_hex(0, "00 02 00 00 00 06 01 03");
	talk.seq[0] += 4;
	ask(3, 200, 1);
	answer(3, 1);
	const struct ot_flow_sum *f = only_flow("modbus");

	ck_assert_uint_eq(f->ops.count, 2);
	text_is(last_op(f)->object, "unit 1 holding 200");
	ck_assert_uint_eq(f->tcp.gap_bytes, 4);
	ck_assert_uint_eq(f->coverage.cut, 1);
	ck_assert_uint_eq(f->coverage.malformed, 0);
}
END_TEST

START_TEST(behind_a_gap_the_next_unit_is_found)
{
	begin();
	talk.seq[0] += 7; /* whole units and a part of one */
	say_hex(0, "64 00 02 00 09 00 00 00 06 01 03 00 c8 00 01");
	answer(9, 1);
	const struct ot_flow_sum *f = only_flow("modbus");

	text_is(last_op(f)->object, "unit 1 holding 200");
	ck_assert_uint_eq(f->coverage.unknown, 3);
}
END_TEST

START_TEST(what_is_no_unit_is_skipped_until_one_begins)
{
	begin();
	say_hex(0, "ff ff ff ff ff ff ff ff");
	ask(2, 200, 1);
	answer(2, 1);
	const struct ot_flow_sum *f = only_flow("modbus");

	text_is(last_op(f)->object, "unit 1 holding 200");
	ck_assert_uint_eq(f->coverage.unknown, 8);
}
END_TEST

START_TEST(eight_failures_in_a_row_take_the_name_from_the_connection)
{
	begin();
	for (unsigned i = 0; i < 60; i++)
		say_hex(0, "ff ff ff ff ff ff ff ff");
	const struct ot_flow_sum *f = only_flow("modbus");
	bool lost = false;

	for (uint32_t i = 0; i < store.list[OT_STORE_EVENT].count; i++)
		lost |= ot_str_eq(event_at(i)->kind, ot_str("framing lost"));
	ck_assert_uint_eq(f->coverage.unknown, 480);
	/* where each is skipped as the rest of a failure, none follows */
	ck_assert(!lost || f->coverage.unknown == 480);
}
END_TEST

START_TEST(a_body_above_the_limit_is_skipped_to_its_end)
{
	static char body[3 * OT_LIMIT_PDU];
	char head[128];

	memset(body, 'x', sizeof(body));
	conversation(OT_TCP, 49152, 80);
	handshake();
	say(0, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
	snprintf(head, sizeof(head),
	    "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", sizeof(body));
	say(1, head);
	for (size_t i = 0; i < sizeof(body); i += 1024)
		send_bytes(1, body + i, 1024);
	say(0, "GET /b HTTP/1.1\r\nHost: a\r\n\r\n");
	say(1, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
	const struct ot_flow_sum *f = only_flow("http");

	ck_assert_uint_eq(f->ops.count, 2);
	ck_assert_uint_eq(op_at(f, 0)->errors.count, 0);
	ck_assert_uint_eq(op_at(f, 1)->errors.count, 1);
	ck_assert_uint_eq(op_at(f, 0)->unanswered, 0);
	ck_assert_uint_eq(f->coverage.malformed, 0);
	ck_assert_uint_eq(f->coverage.decoded + f->coverage.identified,
	    f->client.payload + f->server.payload);
}
END_TEST

START_TEST(every_byte_of_payload_is_in_one_counter_of_coverage)
{
	begin();
	say_hex(0, "00 02 00 00");
	say_hex(0, "00 06 01 03 00 64 00 01 ff ff ff ff ff ff ff ff 00 01");
	say_hex(1, "00 02 00 00 00 05 01 03 02 00 07");
	const struct ot_flow_sum *f = only_flow("modbus");
	const struct ot_flow_coverage *c = &f->coverage;

	ck_assert_uint_eq(
	    c->decoded + c->identified + c->encrypted + c->unknown,
	    f->client.payload + f->server.payload);
}
END_TEST

START_TEST(what_the_snap_length_cut_keeps_its_whole_parts)
{
	struct bytes b = { 0 };

	begin();
	hex(&b, "00 02 00 00 00 06 01 03 00 64 00 02");
	send_cut(0, OT_TCP_ACK, b.p, 8, 12);
	send_cut(0, OT_TCP_ACK, b.p, 8, 12);
	ask(4, 300, 1);
	drop(&b);
	const struct ot_flow_sum *f = only_flow("modbus");

	ck_assert_uint_eq(f->coverage.malformed, 0);
	ck_assert_uint_ge(f->coverage.cut, 1);
	ck_assert_uint_eq(f->tcp.gap_bytes, 0);
	text_is(last_op(f)->object, "unit 1 holding 300");
}
END_TEST

START_TEST(a_datagram_holds_whole_units_or_nothing)
{
	conversation(OT_UDP, 49152, 502);
	ask(1, 0, 1);
	answer(1, 1);
	say_hex(0, "00 02 00 00 00 06 01 03 00");
	ask(3, 200, 1);
	answer(3, 1);
	const struct ot_flow_sum *f = only_flow("modbus");

	ck_assert_uint_eq(f->ops.count, 2);
	ck_assert_uint_eq(f->coverage.unknown, 9);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_unit_in_many_segments_belongs_to_the_frame_that_completed_it,
		many_units_in_one_segment_are_all_read,
		a_gap_inside_a_unit_of_known_length_costs_only_that_unit,
		behind_a_gap_the_next_unit_is_found,
		what_is_no_unit_is_skipped_until_one_begins,
		eight_failures_in_a_row_take_the_name_from_the_connection,
		a_body_above_the_limit_is_skipped_to_its_end,
		every_byte_of_payload_is_in_one_counter_of_coverage,
		what_the_snap_length_cut_keeps_its_whole_parts,
		a_datagram_holds_whole_units_or_nothing,
	};

	return RUN("cut", tests, start, stop);
}
