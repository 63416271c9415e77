/*
 * lib/engine/pair.c: answers find their requests.
 */
#include "talk.h"

START_TEST(a_request_and_its_answer_are_one_operation)
{
	handshake();
	ask(1, 100, 10);
	answer(1, 10);
	const struct ot_flow_sum *f = only_flow("modbus");
	const struct ot_op_sum *op = op_at(f, 0);

	ck_assert_uint_eq(f->ops.count, 1);
	ck_assert_int_eq(op->verb, OT_READ);
	text_is(op->name, "read holding registers");
	text_is(op->code, "3");
	text_is(op->object, "unit 1 holding 100-109");
	ck_assert_uint_eq(op->count, 1);
	ck_assert_uint_eq(op->unanswered, 0);
	ck_assert(!op->unasked);
	ck_assert_uint_eq(op->evidence.count, 1);
	ck_assert_uint_eq(op->evidence.at[0].frame, 4);
	ck_assert_uint_eq(op->evidence.at[0].reply, 5);
	text_is(op->evidence.at[0].file, "a.pcap");
	ck_assert_uint_eq(ot_hist_total(&f->timing.response), 1);
	ck_assert_uint_eq(f->timing.response.at[0].bin, ot_hist_bin(MS));
}
END_TEST

START_TEST(a_request_without_an_answer_is_unanswered)
{
	handshake();
	ask(1, 100, 10);
	answer(1, 10);
	ask(2, 100, 10);
	const struct ot_op_sum *op = op_at(only_flow("modbus"), 0);

	ck_assert_uint_eq(op->count, 2);
	ck_assert_uint_eq(op->unanswered, 1);
	ck_assert_uint_eq(op->evidence.at[1].reply, 0);
}
END_TEST

START_TEST(an_answer_without_a_request_is_an_operation_of_its_own)
{
	handshake();
	ask(1, 100, 10);
	answer(9, 4);
	answer(1, 10);
	const struct ot_flow_sum *f = only_flow("modbus");

	ck_assert_uint_eq(f->ops.count, 2);
	ck_assert_uint_eq(op_at(f, 0)->unasked + op_at(f, 1)->unasked, 1);
	const struct ot_op_sum *own = op_at(f, op_at(f, 1)->unasked);

	ck_assert_uint_eq(own->count, 1);
	ck_assert_uint_eq(own->unanswered, 0);
	ck_assert_uint_eq(own->evidence.at[0].frame, 5);
}
END_TEST

START_TEST(a_refusal_is_an_error_of_its_operation)
{
	handshake();
	ask(1, 100, 10);
	refuse(1);
	ask(2, 100, 10);
	answer(2, 10);
	const struct ot_op_sum *op = op_at(only_flow("modbus"), 0);

	ck_assert_uint_eq(op->count, 2);
	ck_assert_uint_eq(op->errors.count, 1);
	text_is(op->errors.at[0].text, "illegal data address");
	ck_assert_uint_eq(op->errors.at[0].count, 1);
	ck_assert_uint_eq(op->unanswered, 0);
}
END_TEST

START_TEST(answers_in_another_order_find_their_requests)
{
	handshake();
	ask(1, 100, 1);
	ask(2, 200, 2);
	ask(3, 300, 3);
	answer(3, 3);
	refuse(1);
	answer(2, 2);
	const struct ot_flow_sum *f = only_flow("modbus");

	ck_assert_uint_eq(f->ops.count, 3);
	for (uint32_t i = 0; i < 3; i++) {
		ck_assert_uint_eq(op_at(f, i)->count, 1);
		ck_assert_uint_eq(op_at(f, i)->unanswered, 0);
		ck_assert_uint_eq(op_at(f, i)->errors.count, i == 0);
	}
	ck_assert_uint_eq(op_at(f, 0)->evidence.at[0].reply, 8);
	ck_assert_uint_eq(op_at(f, 1)->evidence.at[0].reply, 9);
	ck_assert_uint_eq(op_at(f, 2)->evidence.at[0].reply, 7);
}
END_TEST

START_TEST(requests_with_one_constant_id_are_answered_in_their_order)
{
	handshake();
	ask(0, 100, 1);
	ask(0, 200, 2);
	answer(0, 1);
	refuse(0);
	const struct ot_flow_sum *f = only_flow("modbus");

	ck_assert_uint_eq(op_at(f, 0)->errors.count, 0);
	ck_assert_uint_eq(op_at(f, 0)->evidence.at[0].reply, 6);
	ck_assert_uint_eq(op_at(f, 1)->errors.count, 1);
	ck_assert_uint_eq(op_at(f, 1)->evidence.at[0].reply, 7);
}
END_TEST

START_TEST(a_request_is_given_up_after_half_a_minute)
{
	handshake();
	ask(1, 100, 1);
	answer(1, 1);
	ask(2, 100, 1);
	now_ns += 31LL * 1000 * MS;
	ask(3, 200, 1);
	answer(2, 1);
	answer(3, 1);
	const struct ot_flow_sum *f = only_flow("modbus");
	const struct ot_op_sum *op = op_at(f, 0);

	ck_assert_uint_eq(f->ops.count, 3);
	text_is(op_at(f, 1)->object, "unit 1 holding 100");
	ck_assert_uint_eq(op_at(f, 1)->unanswered, 1);
	ck_assert_uint_eq(op_at(f, 2)->unanswered, 0);
	ck_assert(op->unasked);
}
END_TEST

START_TEST(too_many_open_requests_give_up_the_oldest_and_are_counted)
{
	handshake();
	ask(0, 100, 1);
	answer(0, 1);
	for (uint16_t i = 1; i <= OT_LIMIT_PAIRS + 5; i++)
		ask(i, 100, 1);
	const struct ot_op_sum *op = op_at(only_flow("modbus"), 0);

	ck_assert_uint_eq(op->count, OT_LIMIT_PAIRS + 6);
	ck_assert_uint_eq(op->unanswered, OT_LIMIT_PAIRS + 5);
	ck_assert_uint_eq(limit_count("requests"), 5);
}
END_TEST

START_TEST(a_request_again_over_udp_counts_once_over_tcp_twice)
{
	conversation(OT_UDP, 49152, 502);
	ask(1, 100, 1);
	ask(1, 100, 1);
	answer(1, 1);
	ck_assert_uint_eq(op_at(only_flow("modbus"), 0)->count, 1);
	stop();
	start();
	handshake();
	ask(1, 100, 1);
	ask(1, 100, 1);
	answer(1, 1);
	ck_assert_uint_eq(op_at(only_flow("modbus"), 0)->count, 2);
}
END_TEST

START_TEST(a_question_to_the_group_counts_each_time)
{
	conversation(OT_UDP, 5353, 5353);
	talk.server = "224.0.0.251";
	for (unsigned i = 0; i < 3; i++)
		say_hex(0, "00 00 00 00 00 01 00 00 00 00 00 00 "
			   "01 61 05 6c 6f 63 61 6c 00 00 01 00 01");
	const struct ot_op_sum *op = op_at(only_flow("mdns"), 0);

	ck_assert_uint_eq(op->count, 3);
	ck_assert_uint_eq(op->unanswered, 0);
}
END_TEST

/* Function 23 reads and writes: two operations of one PDU, here of one range
 * each. */
START_TEST(all_operations_of_a_request_again_over_udp_count_once)
{
	static const char both[] = "0001 0000 000d 01 17 0064 0001 0064 0001 02"
				   "0005";

	conversation(OT_UDP, 49152, 502);
	say_hex(0, both);
	say_hex(0, both);
	say_hex(1, "0001 0000 0005 01 17 02 0007");
	const struct ot_flow_sum *f = only_flow("modbus");

	ck_assert_uint_eq(f->ops.count, 2);
	ck_assert_uint_eq(op_at(f, 0)->count, 1);
	ck_assert_uint_eq(op_at(f, 1)->count, 1);
	ck_assert_uint_eq(op_at(f, 0)->unanswered, 0);
	ck_assert_uint_eq(op_at(f, 1)->unanswered, 0);
}
END_TEST

START_TEST(intervals_are_measured_between_the_requests_of_one_connection)
{
	handshake();
	for (uint16_t i = 0; i < 5; i++) {
		ask(i, 100, 1);
		answer(i, 1);
	}
	const struct ot_flow_sum *f = only_flow("modbus");

	ck_assert_uint_eq(ot_hist_total(&f->timing.interval), 4);
	ck_assert_uint_eq(f->timing.interval.at[0].bin, ot_hist_bin(2 * MS));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_request_and_its_answer_are_one_operation,
		a_request_without_an_answer_is_unanswered,
		an_answer_without_a_request_is_an_operation_of_its_own,
		a_refusal_is_an_error_of_its_operation,
		answers_in_another_order_find_their_requests,
		requests_with_one_constant_id_are_answered_in_their_order,
		a_request_is_given_up_after_half_a_minute,
		too_many_open_requests_give_up_the_oldest_and_are_counted,
		a_request_again_over_udp_counts_once_over_tcp_twice,
		a_question_to_the_group_counts_each_time,
		all_operations_of_a_request_again_over_udp_count_once,
		intervals_are_measured_between_the_requests_of_one_connection,
	};

	return RUN("pair", tests, start, stop);
}
