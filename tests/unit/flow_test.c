/*
 * lib/model/flow.c: the flow record and its parts.
 */
#include "model.h"

#define T1 "\"2026-03-02T06:15:00.000000001Z\""
#define T2 "\"2026-03-02T06:16:00.000000000Z\""

#define ENDS                                                                   \
	"\"network\":{\"transport\":\"tcp\",\"protocol\":\"modbus\","          \
	"\"vlan\":{\"id\":[10]}},\"client\":{\"ip\":\"10.0.0.1\","             \
	"\"packets\":0,\"bytes\":0,\"payload\":0},\"server\":{"                \
	"\"ip\":\"10.0.0.2\",\"port\":502,\"packets\":0,\"bytes\":0,"          \
	"\"payload\":0},\"roles_by\":\"syn\",\"named_by\":\"content\""

START_TEST(a_whole_flow_is_read_as_it_was_written)
{
	round_trip(&ot_flow_shape,
	    "{\"sensor\":\"s\",\"site\":\"Lagos\",\"network\":{"
	    "\"transport\":\"tcp\",\"protocol\":\"modbus\",\"vlan\":{"
	    "\"id\":[10,20]}},\"client\":{\"ip\":\"10.0.0.1\",\"mac\":{"
	    "\"02:00:00:00:00:01\":3},\"port\":49152,\"packets\":3,"
	    "\"bytes\":180,\"payload\":12,\"ttl\":{\"64\":3},"
	    "\"asset\":\"a1\",\"zone\":\"Lagos/Offices\"},\"server\":{"
	    "\"ip\":\"10.0.0.2\",\"port\":502,\"packets\":2,\"bytes\":120,"
	    "\"payload\":0},\"also\":{\"tpkt\":1},\"roles_by\":\"first\","
	    "\"named_by\":\"port\",\"first\":" T1 ",\"last\":" T2 ","
	    "\"slots\":[\"2026-03-02T06:15Z/06:30Z\"],\"evidence\":[{"
	    "\"time\":" T1 ",\"file\":\"a\",\"frame\":1}],\"connections\":{"
	    "\"attempted\":1,\"established\":2,\"refused\":3,\"reset\":4,"
	    "\"closed\":5,\"midstream\":6},\"sides\":{\"both\":1},\"tcp\":{"
	    "\"retransmitted\":1,\"out_of_order\":2,\"gap_bytes\":3,"
	    "\"zero_window\":4,\"duplicate_acks\":5,"
	    "\"rtt\":{\"300\":1}},\"timing\":{\"interval\":{\"1\":1},"
	    "\"response\":{\"2\":1}},\"security\":{\"protection\":{"
	    "\"none\":1},\"user\":{\"root\":1},\"certificates\":[{"
	    "\"sha256\":\"aa\",\"by\":\"peer\",\"subject\":\"CN=a\","
	    "\"not_before\":" T1 ",\"self_signed\":false,\"count\":1}],"
	    "\"certificates_other\":2},\"coverage\":{\"decoded\":1,"
	    "\"identified\":2,\"encrypted\":3,\"unknown\":4,"
	    "\"malformed\":5,\"cut\":6},\"duplicates\":1,"
	    "\"vlan_one_way\":2,\"icmp_errors\":3,\"fragments\":4,"
	    "\"tunnels\":[{\"depth\":1,\"kind\":\"vxlan\","
	    "\"source\":\"192.0.2.1\",\"destination\":\"192.0.2.9\","
	    "\"id\":42,\"packets\":5}],\"tunnels_other\":3,"
	    "\"ops\":[{\"verb\":\"write\",\"object\":null,"
	    "\"truncated\":true,\"count\":9},{\"verb\":\"write\","
	    "\"name\":\"write single coil\",\"code\":\"5\","
	    "\"object\":\"unit 1 coil 3\",\"alters\":true,"
	    "\"request\":false,\"count\":2,\"errors\":{"
	    "\"illegal function\":1},\"unanswered\":1,\"first\":" T1 ","
	    "\"last\":" T2 ",\"slots\":[\"2026-03-02T06:15Z/06:30Z\"],"
	    "\"evidence\":[{\"time\":" T1 ",\"file\":\"a\",\"frame\":1,"
	    "\"reply\":2}],\"value\":{\"last\":72.5,\"min\":-1,"
	    "\"max\":80,\"time\":" T1 ",\"file\":\"a\",\"frame\":1,"
	    "\"not_finite\":2}}],\"sessions\":[{\"start\":" T1 ",\"end\":" T2
	    ","
	    "\"client_port\":49152,\"state\":\"open\",\"bytes\":300,"
	    "\"user\":\"root\"}],\"sessions_other\":1}");
}
END_TEST

START_TEST(a_bare_flow_has_no_empty_parts)
{
	round_trip(&ot_flow_shape, "{" ENDS "}");
}
END_TEST

START_TEST(flows_are_ordered_by_the_parts_of_their_key)
{
	static const char *const sorted[] = {
		"{}",
		"{\"server\":{\"port\":1}}",
		"{\"network\":{\"transport\":\"udp\"}}",
		"{\"server\":{\"ip\":\"1.2.3.4\"}}",
		"{\"server\":{\"ip\":\"9.2.3.4\"}}",
		"{\"client\":{\"ip\":\"9.9.9.9\"}}",
		"{\"client\":{\"ip\":\"10.0.0.1\"}}",
		"{\"client\":{\"ip\":\"::1\"}}",
		"{\"client\":{\"address\":\"00:00:00:00:00:01\"}}",
		"{\"network\":{\"vlan\":{\"id\":[1]}}}",
		"{\"site\":\"a\"}",
		"{\"sensor\":\"a\"}",
	};

	for (size_t i = 0; i < sizeof(sorted) / sizeof(*sorted); i++)
		for (size_t k = 0; k < sizeof(sorted) / sizeof(*sorted); k++) {
			int c = ot_flow_shape.cmp(
			    read_from(&ot_flow_shape, sorted[i]),
			    read_from(&ot_flow_shape, sorted[k]));

			ck_assert_int_eq((c > 0) - (c < 0), (i > k) - (i < k));
		}
}
END_TEST

START_TEST(flows_merge_in_any_order)
{
	const char *const parts[3] = {
		"{" ENDS ",\"first\":" T2 ",\"last\":" T2 ",\"ops\":["
		"{\"verb\":\"read\",\"code\":\"3\",\"object\":\"a\","
		"\"count\":1,\"errors\":{\"x\":1}}]}",
		"{" ENDS ",\"first\":" T1 ",\"last\":" T1 ",\"ops\":["
		"{\"verb\":\"read\",\"code\":\"3\",\"object\":\"a\","
		"\"count\":2,\"request\":false}],\"duplicates\":1}",
		"{" ENDS ",\"connections\":{\"attempted\":1},\"ops\":["
		"{\"verb\":\"read\",\"code\":\"3\",\"object\":\"a\","
		"\"count\":4,\"errors\":{\"x\":1},\"alters\":true}]}",
	};

	merged(&ot_flow_shape, parts,
	    "{" ENDS ",\"first\":" T1 ",\"last\":" T2 ",\"connections\":{"
	    "\"attempted\":1},\"duplicates\":1,\"ops\":[{\"verb\":\"read\","
	    "\"code\":\"3\",\"object\":\"a\",\"alters\":true,\"count\":5,"
	    "\"errors\":{\"x\":2}},{\"verb\":\"read\",\"code\":\"3\","
	    "\"object\":\"a\",\"request\":false,\"count\":2}]}");
}
END_TEST

/* ---- operations without room ---- */

static void
add_op(struct ot_list *ops, enum ot_verb verb, unsigned object)
{
	char text[16];
	struct ot_op_sum op = { .verb = (uint8_t)verb,
		.name = ot_str("op"),
		.code = ot_str("0x01"),
		.count = 1,
		.first = object,
		.last = object };

	snprintf(text, sizeof(text), "%08u", object);
	op.object = ot_str(text);
	ck_assert(ot_list_add(&arena, &ot_op_shape, ops, &op));
}

/* `more` operations than there is room, of two verbs. */
static struct ot_flow_sum *
crowded(unsigned from, unsigned to, int step)
{
	struct ot_flow_sum *f = ot_alloc(&arena, sizeof(*f));

	f->first = f->last = OT_TIME_NONE;
	for (unsigned i = 0; i < to - from; i++) {
		unsigned n = step > 0 ? from + i : to - 1 - i;

		add_op(&f->ops, n % 2 ? OT_READ : OT_WRITE, n);
	}
	return f;
}

static uint64_t
total(const struct ot_list *ops)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < ops->count; i++)
		n += ((const struct ot_op_sum *)ops->at[i])->count;
	return n;
}

START_TEST(operations_without_room_add_up_in_one_of_their_verb)
{
	struct ot_flow_sum *f = crowded(0, 3 * OT_LIMIT_OPS, 1);
	const struct ot_op_sum *rest = f->ops.at[0];

	/* all writes come before all reads: only reads are kept out */
	ck_assert_uint_eq(f->ops.count, OT_LIMIT_OPS + 2);
	ck_assert(rest->truncated);
	ck_assert_int_eq(rest->verb, OT_WRITE);
	ck_assert_ptr_null(rest->object.p);
	ck_assert_uint_eq(rest->count, OT_LIMIT_OPS / 2);
	rest = f->ops.at[1];
	ck_assert(rest->truncated);
	ck_assert_int_eq(rest->verb, OT_READ);
	ck_assert_uint_eq(rest->count, 3 * OT_LIMIT_OPS / 2);
	rest = f->ops.at[2];
	ck_assert(!rest->truncated);
	ck_assert_uint_eq(total(&f->ops), 3 * OT_LIMIT_OPS);
}
END_TEST

START_TEST(a_full_flow_is_the_same_whatever_came_first)
{
	ck_assert_str_eq(
	    written(&ot_flow_shape, crowded(0, 3 * OT_LIMIT_OPS, 1)),
	    written(&ot_flow_shape, crowded(0, 3 * OT_LIMIT_OPS, -1)));
}
END_TEST

START_TEST(a_full_flow_is_read_as_it_was_written)
{
	round_trip(&ot_flow_shape,
	    written(&ot_flow_shape, crowded(0, 3 * OT_LIMIT_OPS, 1)));
}
END_TEST

START_TEST(full_flows_merge_in_any_order)
{
	const char *const parts[3] = {
		written(&ot_flow_shape, crowded(0, 1500, 1)),
		written(&ot_flow_shape, crowded(1500, 3000, 1)),
		written(&ot_flow_shape, crowded(3000, 4000, 1)),
	};

	merged(&ot_flow_shape, parts,
	    written(&ot_flow_shape, crowded(0, 4000, 1)));
}
END_TEST

/* ---- sessions and certificates ---- */

START_TEST(sessions_that_differ_in_what_cannot_merge_stand_side_by_side)
{
	const char *const parts[3] = {
		"{" ENDS ",\"sessions\":[{\"start\":" T1
		",\"client_port\":1,\"state\":\"open\",\"bytes\":1}]}",
		"{" ENDS ",\"sessions\":[{\"start\":" T1
		",\"client_port\":1,\"state\":\"reset\",\"bytes\":1}]}",
		"{" ENDS ",\"sessions\":[{\"start\":" T1 ",\"end\":" T2
		",\"client_port\":1,\"state\":\"open\",\"bytes\":1}]}",
	};

	merged(&ot_flow_shape, parts,
	    "{" ENDS ",\"sessions\":[{\"start\":" T1 ",\"end\":" T2
	    ",\"client_port\":1,\"state\":\"open\",\"bytes\":1},"
	    "{\"start\":" T1
	    ",\"client_port\":1,\"state\":\"reset\",\"bytes\":1}]}");
}
END_TEST

START_TEST(certificates_without_room_are_counted_by_their_sightings)
{
	struct ot_list list = { 0 };

	for (unsigned i = 0; i < OT_LIMIT_SET + 2; i++) {
		char text[16];
		struct ot_certificate_sum c = { .count = 5 };

		snprintf(text, sizeof(text), "%03u", i);
		c.sha256 = ot_str(text);
		ck_assert(
		    ot_list_add(&arena, &ot_certificate_shape, &list, &c));
	}
	ck_assert_uint_eq(list.count, OT_LIMIT_SET);
	ck_assert_uint_eq(list.other, 10);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_whole_flow_is_read_as_it_was_written,
		a_bare_flow_has_no_empty_parts,
		flows_are_ordered_by_the_parts_of_their_key,
		flows_merge_in_any_order,
		operations_without_room_add_up_in_one_of_their_verb,
		a_full_flow_is_the_same_whatever_came_first,
		a_full_flow_is_read_as_it_was_written,
		full_flows_merge_in_any_order,
		sessions_that_differ_in_what_cannot_merge_stand_side_by_side,
		certificates_without_room_are_counted_by_their_sightings,
	};

	return RUN("flow", tests, NULL, forget);
}
