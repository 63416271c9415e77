/*
 * lib/model/event.c: the event record, and the attempts in it.
 */
#include "model.h"

#define T1 "\"2026-03-02T06:15:00.000000001Z\""
#define T2 "\"2026-03-02T06:16:00.000000000Z\""

START_TEST(an_event_is_read_as_it_was_written)
{
	round_trip(&ot_event_shape,
	    "{\"sensor\":\"s\",\"site\":\"Lagos\",\"event\":\"malformed\","
	    "\"transport\":\"tcp\",\"protocol\":\"modbus\",\"vlan\":{"
	    "\"id\":[10]},\"source\":\"10.0.0.1\","
	    "\"destination\":\"10.0.0.2\",\"port\":502,\"detail\":\"d\","
	    "\"object\":\"o\",\"count\":2,\"first\":" T1 ",\"last\":" T2
	    ",\"evidence\":[{\"time\":" T1
	    ",\"file\":\"a\",\"frame\":1}],\"ops\":[{\"verb\":\"write\","
	    "\"name\":\"write\",\"object\":\"o\",\"count\":1}]}");
}
END_TEST

START_TEST(attempts_are_read_as_they_were_written)
{
	round_trip(&ot_event_shape,
	    "{\"event\":\"attempts\",\"transport\":\"tcp\","
	    "\"source\":\"10.0.0.1\",\"count\":9,\"attempts\":[{"
	    "\"address\":\"10.0.0.2\",\"port\":0,\"packets\":1,"
	    "\"bytes\":60,\"refused\":1,\"first\":" T1 ",\"last\":" T2
	    "},{\"address\":\"10.0.0.2\",\"port\":80,\"packets\":2,"
	    "\"bytes\":120}],\"other_packets\":6,\"other_bytes\":360}");
}
END_TEST

/* An event whose targets are the ports from … to - 1, one packet each. */
static const char *
scan(unsigned from, unsigned to)
{
	struct ot_event_sum *e = ot_alloc(&arena, sizeof(*e));

	e->kind = ot_str("attempts");
	e->first = e->last = OT_TIME_NONE;
	for (unsigned port = to; port-- > from; e->count++)
		ck_assert(ot_list_add(&arena, &ot_attempt_shape, &e->attempts,
		    &(struct ot_attempt){ .address = addr("10.0.0.2"),
			.port = port,
			.packets = 1,
			.bytes = 60,
			.first = OT_TIME_NONE,
			.last = OT_TIME_NONE }));
	return written(&ot_event_shape, e);
}

START_TEST(targets_without_room_add_up_beside_the_list)
{
	const struct ot_event_sum *e =
	    read_from(&ot_event_shape, scan(100, 100 + OT_LIMIT_ATTEMPTS + 6));

	ck_assert_uint_eq(e->attempts.count, OT_LIMIT_ATTEMPTS);
	ck_assert_uint_eq(
	    ((const struct ot_attempt *)e->attempts.at[0])->port, 100);
	ck_assert_uint_eq(e->other_packets, 6);
	ck_assert_uint_eq(e->other_bytes, 360);
}
END_TEST

START_TEST(scans_merge_in_any_order)
{
	const char *const parts[3] = { scan(0, 100), scan(100, 300),
		scan(300, 310) };

	merged(&ot_event_shape, parts, scan(0, 310));
}
END_TEST

START_TEST(events_that_differ_in_any_part_of_the_key_stand_side_by_side)
{
	static const char *const others[] = { "\"sensor\":\"x\"",
		"\"site\":\"x\"", "\"event\":\"x\"", "\"vlan\":{\"id\":[1]}",
		"\"source\":\"10.0.0.9\"", "\"destination\":\"10.0.0.9\"",
		"\"transport\":\"udp\"", "\"port\":1", "\"protocol\":\"x\"",
		"\"detail\":\"x\"", "\"object\":\"x\"" };
	const void *plain = read_from(&ot_event_shape, "{}");

	ck_assert_int_eq(ot_event_shape.cmp(plain, plain), 0);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		char text[64];

		snprintf(text, sizeof(text), "{%s}", others[i]);
		const void *other = read_from(&ot_event_shape, text);

		ck_assert_int_gt(ot_event_shape.cmp(other, plain), 0);
		ck_assert_int_lt(ot_event_shape.cmp(plain, other), 0);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		an_event_is_read_as_it_was_written,
		attempts_are_read_as_they_were_written,
		targets_without_room_add_up_beside_the_list,
		scans_merge_in_any_order,
		events_that_differ_in_any_part_of_the_key_stand_side_by_side,
	};

	return RUN("event", tests, NULL, forget);
}
