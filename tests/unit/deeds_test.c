/*
 * What flows make of assets: roles with their reasons.
 */
#include "asset_records.h"

static struct records r;

static struct ot_flow_sum *
ask(const char *client, const char *server, const char *protocol,
    enum ot_verb verb, uint64_t count)
{
	struct ot_flow_sum *f = talk(&r, client, NULL, server, NULL);

	f->network.protocol = ot_str(protocol);
	op(&r, f, verb, count);
	return f;
}

START_TEST(who_serves_modbus_is_a_controller)
{
	records_begin(&r);
	(void)ask("10.0.0.1", "10.0.0.9", "modbus", OT_READ, 5);
	(void)ask("10.0.0.2", "10.0.0.9", "modbus", OT_READ, 5);
	build(&r);
	const struct ot_asset *a = asset_of(&r, "ip:10.0.0.9");

	ASSERT_STR(a->class_, "controller");
	ASSERT_STR(a->level, "1");
	ASSERT_STR(
	    role_of(a, "plc")->reason, "serves modbus to 2 clients (PLC-1)");
	ASSERT_STR(asset_of(&r, "ip:10.0.0.1")->class_, "unknown");
	records_done(&r);
}
END_TEST

START_TEST(a_port_alone_makes_no_role)
{
	records_begin(&r);
	ask("10.0.0.1", "10.0.0.9", "modbus", OT_READ, 5)->named_by =
	    OT_NAMED_PORT;
	ask("10.0.0.1", "10.0.0.8", "modbus", OT_READ, 5)->roles_by =
	    OT_ROLES_FIRST;
	build(&r);
	ASSERT_STR(asset_of(&r, "ip:10.0.0.9")->class_, "unknown");
	ASSERT_STR(asset_of(&r, "ip:10.0.0.8")->class_, "unknown");
	records_done(&r);
}
END_TEST

START_TEST(a_server_that_never_answers_serves_nothing)
{
	records_begin(&r);
	struct ot_flow_sum *f =
	    ask("10.0.0.1", "10.0.0.9", "modbus", OT_READ, 5);

	f->server.packets = f->server.payload = 0;
	build(&r);
	ASSERT_STR(asset_of(&r, "ip:10.0.0.9")->class_, "unknown");
	records_done(&r);
}
END_TEST

START_TEST(who_loads_programs_is_an_engineering_station)
{
	records_begin(&r);
	struct ot_flow_sum *f =
	    ask("10.0.0.1", "10.0.0.9", "s7comm", OT_READ, 500);

	op(&r, f, OT_PROGRAM, 1);
	build(&r);
	const struct ot_asset *a = asset_of(&r, "ip:10.0.0.1");

	ck_assert_ptr_nonnull(role_of(a, "engineering-station"));
	ck_assert_ptr_null(role_of(a, "hmi"));
	ASSERT_STR(a->class_, "workstation");
	ASSERT_STR(
	    a->class_reason, "asks 1 server by s7comm: program, read (ENG-1)");
	records_done(&r);
}
END_TEST

START_TEST(what_was_refused_makes_no_role)
{
	records_begin(&r);
	struct ot_flow_sum *f =
	    ask("10.0.0.1", "10.0.0.9", "s7comm", OT_PROGRAM, 2);
	struct ot_op_sum *o = f->ops.at[0];

	ck_assert(
	    ot_counts_add(&r.store.arena, &o->errors, ot_str("denied"), 2));
	build(&r);
	ck_assert_uint_eq(asset_of(&r, "ip:10.0.0.1")->roles.count, 0);
	records_done(&r);
}
END_TEST

START_TEST(who_only_reads_from_several_is_a_historian)
{
	records_begin(&r);
	(void)ask("10.2.0.10", "10.20.0.11", "modbus", OT_READ, 30);
	(void)ask("10.2.0.10", "10.20.0.12", "s7comm", OT_READ, 30);
	(void)ask("10.2.0.11", "10.20.0.11", "modbus", OT_READ, 30);
	struct ot_flow_sum *f =
	    ask("10.2.0.12", "10.20.0.11", "modbus", OT_READ, 30);

	op(&r, f, OT_WRITE, 30);
	build(&r);
	const struct ot_asset *a = asset_of(&r, "ip:10.2.0.10");

	ASSERT_STR(role_of(a, "historian")->reason,
	    "asks 2 servers by modbus, s7comm: read (HIS-1)");
	ASSERT_STR(a->level, "3");
	ck_assert_ptr_null(role_of(asset_of(&r, "ip:10.2.0.11"), "historian"));
	ASSERT_STR(asset_of(&r, "ip:10.2.0.12")->class_, "hmi");
	records_done(&r);
}
END_TEST

START_TEST(jump_host_has_sessions_in_and_on)
{
	records_begin(&r);
	(void)ask("203.0.113.7", "10.2.0.20", "ssh", OT_ADMIN, 1);
	(void)ask("10.2.0.20", "10.20.0.30", "ssh", OT_ADMIN, 1);
	build(&r);
	const struct ot_asset *a = asset_of(&r, "ip:10.2.0.20");

	ASSERT_STR(role_of(a, "jump-host")->reason,
	    "ssh: serves 1 client and asks 1 server (JMP-1)");
	ck_assert_ptr_null(role_of(asset_of(&r, "ip:10.20.0.30"), "jump-host"));
	ASSERT_STR(asset_of(&r, "ip:203.0.113.7")->class_, "external");
	records_done(&r);
}
END_TEST

START_TEST(publisher_of_goose_is_an_ied)
{
	records_begin(&r);
	struct ot_flow_sum *f =
	    talk(&r, "00:30:a7:00:00:01", NULL, "01:0c:cd:01:00:01", NULL);

	f->network.protocol = ot_str("goose");
	f->network.transport = OT_ETH;
	f->server.packets = 0;
	build(&r);
	ck_assert_uint_eq(r.assets.count, 1);
	ck_assert_ptr_nonnull(role_of(r.assets.at[0], "ied"));
	records_done(&r);
}
END_TEST

START_TEST(roles_stand_best_first)
{
	records_begin(&r);
	(void)ask("10.0.0.1", "10.0.0.9", "s7comm", OT_READ, 5);
	(void)ask("10.0.0.1", "10.0.0.9", "http", OT_READ, 5);
	build(&r);
	const struct ot_asset *a = asset_of(&r, "ip:10.0.0.9");

	ck_assert_uint_eq(a->roles.count, 2);
	ASSERT_STR(((struct ot_role *)a->roles.at[0])->role, "plc");
	ASSERT_STR(((struct ot_role *)a->roles.at[1])->role, "web-server");
	records_done(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { who_serves_modbus_is_a_controller,
		a_port_alone_makes_no_role,
		a_server_that_never_answers_serves_nothing,
		who_loads_programs_is_an_engineering_station,
		what_was_refused_makes_no_role,
		who_only_reads_from_several_is_a_historian,
		jump_host_has_sessions_in_and_on, publisher_of_goose_is_an_ied,
		roles_stand_best_first };

	return RUN("deeds", tests, NULL, NULL);
}
