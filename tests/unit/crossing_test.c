/*
 * From flows and attempts to crossings: policy/crossing.c.
 */
#include "plant.h"

static struct plant p;

static void
begin(void)
{
	plant_begin(&p);
}

static void
done(void)
{
	plant_done(&p);
}

static struct ot_flow_sum *
modbus(void)
{
	return plant_flow(&p, "10.1.0.5", "10.2.0.5", "modbus");
}

START_TEST(within_a_zone_nothing_crosses)
{
	plant_flow(&p, "10.2.0.4", "10.2.0.5", "modbus");
	plant_cross(&p);
	ck_assert_uint_eq(p.crossings.count, 0);
}
END_TEST

START_TEST(a_zone_that_wants_conduits_inside)
{
	p.zones[1].inside_conduits = true;
	plant_flow(&p, "10.2.0.4", "10.2.0.5", "modbus");
	plant_cross(&p);
	ck_assert_int_eq(plant_crossing(&p, 0)->verdict, OT_VIOLATION);
}
END_TEST

START_TEST(without_a_row_the_servers_zone_is_the_place)
{
	plant_op(&p, modbus(), OT_READ, "read", "unit 1 holding 1");
	plant_cross(&p);
	const struct ot_crossing *c = plant_crossing(&p, 0);

	ck_assert_int_eq(c->verdict, OT_VIOLATION);
	ck_assert_text(c->basis, "none");
	ck_assert_text(c->file, "p/zones.csv");
	ck_assert_uint_eq(c->line, 3);
	ck_assert_text(c->reason, "no conduit allows it");
	ck_assert_uint_eq(c->ops.count, 1);
}
END_TEST

START_TEST(the_worst_operation_decides)
{
	struct ot_flow_sum *f = modbus();

	plant_conduit(
	    &p, "c", "s/office", "s/factory", "modbus", 1U << OT_READ);
	plant_op(&p, f, OT_READ, "read", "unit 1 holding 1");
	plant_op(&p, f, OT_WRITE, "write", "unit 1 holding 1");
	plant_cross(&p);
	const struct ot_crossing *c = plant_crossing(&p, 0);

	ck_assert_int_eq(c->verdict, OT_VIOLATION);
	ck_assert_text(c->nearest, "c");
	ck_assert_text(c->failed, "verbs");
	const struct ot_crossing_op *write = c->ops.at[0], *read = c->ops.at[1];

	ck_assert_int_eq(write->verdict, OT_VIOLATION);
	ck_assert_int_eq(read->verdict, OT_ALLOWED);
	ck_assert_text(read->rule, "c");
}
END_TEST

START_TEST(what_a_proposal_allows_is_learned)
{
	plant_conduit(&p, "c", "s/office", "s/factory", "modbus", 0);
	p.policy.proposed = true;
	modbus();
	plant_cross(&p);
	ck_assert_text(plant_crossing(&p, 0)->basis, "learned");
}
END_TEST

START_TEST(a_refused_connection_is_an_attempt)
{
	struct ot_flow_sum *f = modbus();

	f->connections.established = 0;
	f->connections.refused = 1;
	f->client.payload = f->server.payload = 0;
	plant_cross(&p);
	ck_assert(plant_crossing(&p, 0)->attempt);
	ck_assert_uint_eq(plant_crossing(&p, 0)->established, 0);
}
END_TEST

START_TEST(entries_of_attempts_cross)
{
	struct ot_event_sum *e = ot_store_add(&p.store, OT_STORE_EVENT);
	struct ot_attempt a = { .address = plant_addr("10.2.0.7"),
		.port = 445,
		.packets = 2,
		.first = plant_time,
		.last = plant_time };

	e->kind = ot_str("attempts");
	e->source = plant_addr("10.1.0.5");
	ck_assert(
	    ot_list_add(&p.store.arena, &ot_attempt_shape, &e->attempts, &a));
	plant_cross(&p);
	const struct ot_crossing *c = plant_crossing(&p, 0);

	ck_assert(c->attempt);
	ck_assert_int_eq(c->verdict, OT_VIOLATION);
	ck_assert_uint_eq(c->port, 445);
	ck_assert_text(c->server_zone, "s/factory");
}
END_TEST

START_TEST(who_opened_it_is_a_guess)
{
	struct ot_flow_sum *f = modbus();

	plant_conduit(&p, "c", "s/factory", "s/office", NULL, 0);
	f->roles_by = OT_ROLES_FIRST;
	f->client.port = 40000;
	plant_cross(&p);
	ck_assert_int_eq(plant_crossing(&p, 0)->verdict, OT_CANNOT_TELL);
	ck_assert_text(plant_crossing(&p, 0)->missing.at[0], "role-guess");
}
END_TEST

START_TEST(what_a_malformed_pdu_said_is_no_proof)
{
	struct ot_flow_sum *f = modbus();
	struct ot_event_sum *e = ot_store_add(&p.store, OT_STORE_EVENT);
	struct ot_op_sum op = { .verb = OT_READ,
		.name = ot_str("read"),
		.count = 1,
		.first = plant_time,
		.last = plant_time };

	plant_conduit(
	    &p, "c", "s/office", "s/factory", "modbus", 1U << OT_READ);
	plant_op(&p, f, OT_READ, "read", "unit 1 holding 1");
	e->kind = ot_str("malformed");
	e->protocol = ot_str("modbus");
	e->source = f->client.addr;
	e->destination = f->server.addr;
	e->port = 502;
	ck_assert(ot_list_add(&p.store.arena, &ot_op_shape, &e->ops, &op));
	plant_cross(&p);
	ck_assert_int_eq(plant_crossing(&p, 0)->verdict, OT_CANNOT_TELL);
	ck_assert_text(plant_crossing(&p, 0)->missing.at[0], "undecoded");
}
END_TEST

START_TEST(a_malformed_pdu_proves_what_no_row_would_allow)
{
	struct ot_flow_sum *f = modbus();
	struct ot_event_sum *e = ot_store_add(&p.store, OT_STORE_EVENT);
	struct ot_op_sum op = {
		.verb = OT_WRITE, .name = ot_str("write"), .count = 1
	};

	plant_conduit(
	    &p, "c", "s/office", "s/factory", "modbus", 1U << OT_READ);
	plant_op(&p, f, OT_READ, "read", "unit 1 holding 1");
	e->kind = ot_str("malformed");
	e->source = f->server.addr; /* told of the other direction */
	e->destination = f->client.addr;
	e->port = 502;
	ck_assert(ot_list_add(&p.store.arena, &ot_op_shape, &e->ops, &op));
	plant_cross(&p);
	ck_assert_int_eq(plant_crossing(&p, 0)->verdict, OT_VIOLATION);
}
END_TEST

START_TEST(bytes_that_were_not_decoded)
{
	struct ot_flow_sum *f = modbus();

	plant_conduit(
	    &p, "c", "s/office", "s/factory", "modbus", 1U << OT_READ);
	plant_op(&p, f, OT_READ, "read", "unit 1 holding 1");
	f->coverage.unknown = 5000;
	plant_cross(&p);
	ck_assert_int_eq(plant_crossing(&p, 0)->verdict, OT_CANNOT_TELL);
	ck_assert_uint_eq(plant_crossing(&p, 0)->ops.count, 2);
}
END_TEST

START_TEST(a_connection_that_was_open_before_loses_one_pdu)
{
	struct ot_flow_sum *f = modbus();

	plant_conduit(
	    &p, "c", "s/office", "s/factory", "modbus", 1U << OT_READ);
	plant_op(&p, f, OT_READ, "read", "unit 1 holding 1");
	f->coverage.partial = 5000;
	f->connections.midstream = 1;
	plant_cross(&p);
	ck_assert_int_eq(plant_crossing(&p, 0)->verdict, OT_ALLOWED);
}
END_TEST

START_TEST(a_connection_that_was_open_before_hides_no_more_than_that)
{
	struct ot_flow_sum *f = modbus();

	plant_conduit(
	    &p, "c", "s/office", "s/factory", "modbus", 1U << OT_READ);
	plant_op(&p, f, OT_READ, "read", "unit 1 holding 1");
	f->coverage.unknown = 1;
	f->connections.midstream = 1;
	plant_cross(&p);
	ck_assert_int_eq(plant_crossing(&p, 0)->verdict, OT_CANNOT_TELL);
}
END_TEST

/* A flow that reads, and what another version of its bytes does. */
static void
second_reading(uint8_t verb, const char *object)
{
	struct ot_flow_sum *f = modbus();
	struct ot_event_sum *e = ot_store_add(&p.store, OT_STORE_EVENT);
	struct ot_op_sum op = { .verb = verb,
		.name = ot_str("it"),
		.object = ot_str(object),
		.reading = ot_str("second"),
		.count = 1,
		.first = plant_time,
		.last = plant_time };

	plant_op(&p, f, OT_READ, "read", "unit 1 holding 1");
	f->overlaps = 1;
	e->kind = ot_str("overlap");
	e->protocol = ot_str("modbus");
	e->source = f->client.addr;
	e->destination = f->server.addr;
	e->port = 502;
	ck_assert(ot_list_add(&p.store.arena, &ot_op_shape, &e->ops, &op));
	plant_cross(&p);
}

START_TEST(a_second_reading_violates_where_nothing_allows_it)
{
	plant_conduit(
	    &p, "c", "s/office", "s/factory", "modbus", 1U << OT_READ);
	second_reading(OT_WRITE, "unit 1 holding 100");
	ck_assert_int_eq(plant_crossing(&p, 0)->verdict, OT_VIOLATION);
	ck_assert_text(plant_crossing(&p, 0)->failed, "verbs");
}
END_TEST

START_TEST(what_a_second_reading_does_is_never_allowed)
{
	plant_conduit(
	    &p, "c", "s/office", "s/factory", "modbus", 1U << OT_READ);
	second_reading(OT_READ, "unit 1 holding 1");
	ck_assert_int_eq(plant_crossing(&p, 0)->verdict, OT_CANNOT_TELL);
	ck_assert_text(plant_crossing(&p, 0)->missing.at[0], "overlap");
}
END_TEST

START_TEST(two_versions_that_nobody_could_read_prove_no_allowance)
{
	struct ot_flow_sum *f = modbus();

	plant_conduit(
	    &p, "c", "s/office", "s/factory", "modbus", 1U << OT_READ);
	plant_op(&p, f, OT_READ, "read", "unit 1 holding 1");
	f->overlaps = 1;
	plant_cross(&p);
	ck_assert_int_eq(plant_crossing(&p, 0)->verdict, OT_CANNOT_TELL);
	ck_assert_text(plant_crossing(&p, 0)->missing.at[0], "overlap");
}
END_TEST

START_TEST(conversations_that_agree_are_one)
{
	struct ot_flow_sum *f = modbus(), *g = modbus();

	f->network.vlan.count = 1;
	f->network.vlan.id[0] = 10;
	plant_op(&p, f, OT_READ, "read", "unit 1 holding 1");
	plant_op(&p, g, OT_READ, "read", "unit 1 holding 1");
	plant_cross(&p);
	const struct ot_crossing *c = plant_crossing(&p, 0);
	const struct ot_crossing_op *op = c->ops.at[0];

	ck_assert_uint_eq(p.crossings.count, 1);
	ck_assert_uint_eq(c->connections, 2);
	ck_assert_uint_eq(op->count, 6);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		within_a_zone_nothing_crosses,
		a_zone_that_wants_conduits_inside,
		without_a_row_the_servers_zone_is_the_place,
		the_worst_operation_decides,
		what_a_proposal_allows_is_learned,
		a_refused_connection_is_an_attempt,
		entries_of_attempts_cross,
		who_opened_it_is_a_guess,
		what_a_malformed_pdu_said_is_no_proof,
		a_malformed_pdu_proves_what_no_row_would_allow,
		bytes_that_were_not_decoded,
		a_connection_that_was_open_before_loses_one_pdu,
		a_connection_that_was_open_before_hides_no_more_than_that,
		a_second_reading_violates_where_nothing_allows_it,
		what_a_second_reading_does_is_never_allowed,
		two_versions_that_nobody_could_read_prove_no_allowance,
		conversations_that_agree_are_one,
	};

	return RUN("crossing", tests, begin, done);
}
