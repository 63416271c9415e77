/*
 * lib/engine/through.c: the tunnels of a flow.
 */
#include "talk.h"

/* A request in a tunnel of this kind and id from this outer address. */
static void
through(enum ot_tunnel_kind kind, uint32_t id, const char *source)
{
	struct ot_packet p = packet(0);

	p.payload = (const uint8_t *)"";
	p.tcp_flags = OT_TCP_ACK;
	p.seq = talk.seq[0];
	p.bytes = 60;
	p.tunnels = 1;
	p.tunnel[0] = (struct ot_tunnel){ .kind = (uint8_t)kind,
		.id = id,
		.src = addr(source),
		.dst = addr("192.0.2.9") };
	ot_engine_packet(engine, &p);
}

static const struct ot_tunnel_sum *
tunnel_at(const struct ot_flow_sum *flow, uint32_t i)
{
	ck_assert_uint_lt(i, flow->tunnels.count);
	return flow->tunnels.at[i];
}

START_TEST(a_flow_outside_tunnels_has_none)
{
	handshake();
	finish();
	ck_assert_uint_eq(flow_at(0)->tunnels.count, 0);
}
END_TEST

START_TEST(each_tunnel_is_counted_once_however_they_alternate)
{
	for (unsigned i = 0; i < 5; i++) {
		through(OT_TUNNEL_VXLAN, 7, "192.0.2.1");
		through(OT_TUNNEL_VXLAN, 8, "192.0.2.1");
		through(OT_TUNNEL_VXLAN, 8, "192.0.2.1");
	}
	finish();
	const struct ot_flow_sum *f = flow_at(0);

	ck_assert_uint_eq(f->tunnels.count, 2);
	ck_assert_uint_eq(tunnel_at(f, 0)->id, 7);
	ck_assert_uint_eq(tunnel_at(f, 0)->packets, 5);
	ck_assert_uint_eq(tunnel_at(f, 0)->depth, 1);
	ck_assert_int_eq(tunnel_at(f, 0)->kind, OT_TUNNEL_VXLAN);
	ck_assert_uint_eq(tunnel_at(f, 1)->id, 8);
	ck_assert_uint_eq(tunnel_at(f, 1)->packets, 10);
}
END_TEST

START_TEST(the_smallest_are_kept_and_the_rest_is_counted)
{
	for (unsigned turn = 0; turn < 2; turn++)
		for (uint32_t id = OT_LIMIT_THROUGH + 10; id; id--)
			through(OT_TUNNEL_GTP, id, "192.0.2.1");
	finish();
	const struct ot_flow_sum *f = flow_at(0);

	ck_assert_uint_eq(f->tunnels.count, OT_LIMIT_THROUGH);
	ck_assert_uint_eq(f->tunnels.other, 20);
	for (uint32_t i = 0; i < OT_LIMIT_THROUGH; i++) {
		ck_assert_uint_eq(tunnel_at(f, i)->id, i + 1);
		ck_assert_uint_eq(tunnel_at(f, i)->packets, 2);
	}
}
END_TEST

START_TEST(connections_of_one_flow_share_its_tunnels)
{
	for (uint16_t port = 40000; port < 40003; port++) {
		conversation(OT_TCP, port, 502);
		handshake();
		through(OT_TUNNEL_GRE, 0, "192.0.2.1");
	}
	finish();
	ck_assert_uint_eq(flow_at(0)->tunnels.count, 1);
	ck_assert_uint_eq(tunnel_at(flow_at(0), 0)->packets, 3);
}
END_TEST

START_TEST(an_erspan_session_is_the_sensor_where_none_is_named)
{
	through(OT_TUNNEL_ERSPAN, 5, "192.0.2.1");
	through(OT_TUNNEL_ERSPAN, 6, "192.0.2.1");
	through(OT_TUNNEL_ERSPAN, 5, "192.0.2.1");
	through(OT_TUNNEL_ERSPAN, 0, "192.0.2.1"); /* type I has none */
	finish();
	ck_assert_uint_eq(store.list[OT_STORE_FLOW].count, 3);
	ck_assert_uint_eq(flow_at(0)->sensor.len, 0);
	text_is(flow_at(1)->sensor, "erspan 5");
	ck_assert_uint_eq(flow_at(1)->client.packets, 2);
	text_is(flow_at(2)->sensor, "erspan 6");
}
END_TEST

START_TEST(a_sensor_that_is_named_stays)
{
	stop();
	store = (struct ot_store){ 0 };
	start_with(&(struct ot_engine_options){ .sensor = ot_str("north") });
	through(OT_TUNNEL_ERSPAN, 5, "192.0.2.1");
	finish();
	text_is(flow_at(0)->sensor, "north");
	ck_assert_uint_eq(tunnel_at(flow_at(0), 0)->id, 5);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_flow_outside_tunnels_has_none,
		each_tunnel_is_counted_once_however_they_alternate,
		the_smallest_are_kept_and_the_rest_is_counted,
		connections_of_one_flow_share_its_tunnels,
		an_erspan_session_is_the_sensor_where_none_is_named,
		a_sensor_that_is_named_stays,
	};

	return RUN("through", tests, start, stop);
}
