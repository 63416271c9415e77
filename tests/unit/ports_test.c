/*
 * lib/engine/ports.c: the names that ports suggest.
 */
#include "engine/ports.h"

#include <unistd.h>

#include "bytes.h"
#include "suite.h"

static struct ot_arena arena;
static struct ot_ports ports;
static char folder[64], path[96];

static void
before(void)
{
	snprintf(folder, sizeof(folder), "/tmp/otzt-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/ports.csv", folder);
}

static void
after(void)
{
	(void)unlink(path);
	(void)rmdir(folder);
	ot_arena_done(&arena);
}

static int
load(const char *text, struct ot_error *error)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	ck_assert_int_eq(fclose(f), 0);
	return ot_ports_load(&ports, &arena, folder, error);
}

static void
name_is(enum ot_transport transport, uint32_t port, const char *name)
{
	struct ot_str got = ot_ports_name(&ports, (uint8_t)transport, port);

	ck_assert(ot_str_eq(got, ot_str(name)));
}

START_TEST(names_are_found_by_transport_and_port_in_any_order_of_rows)
{
	struct ot_error error = { 0 };

	ck_assert_int_eq(load("# a comment\nport,name,transport\n"
			      "502,modbus,tcp\n53,dns,udp\n53,dns-tcp,tcp\n"
			      "34962,profinet,eth\n1,icmp,ip\n",
			     &error),
	    0);
	ck_assert_uint_eq(ports.count, 5);
	name_is(OT_TCP, 502, "modbus");
	name_is(OT_UDP, 53, "dns");
	name_is(OT_TCP, 53, "dns-tcp");
	name_is(OT_IP, 1, "icmp");
	name_is(OT_ETH, 34962, "profinet");
	ck_assert_ptr_null(ot_ports_name(&ports, OT_UDP, 502).p);
	ck_assert_ptr_null(ot_ports_name(&ports, OT_TCP, 0).p);
	ck_assert_ptr_null(ot_ports_name(&ports, OT_SCTP, UINT32_MAX).p);
}
END_TEST

START_TEST(a_table_without_rows_has_no_names)
{
	struct ot_error error = { 0 };

	ck_assert_int_eq(load("transport,port,name\n", &error), 0);
	ck_assert_ptr_null(ot_ports_name(&ports, OT_TCP, 502).p);
}
END_TEST

START_TEST(wrong_rows_are_refused_with_their_place)
{
	static const struct {
		const char *text, *message;
	} wrong[] = {
		{ "transport,port,name\ntcp,502,modbus\ntpc,1,x\n",
		    "ports.csv:3:1: not a transport and a port" },
		{ "transport,port,name\ntcp,-1,x\n",
		    "ports.csv:2:1: not a transport and a port" },
		{ "transport,port,name\ntcp,,x\n",
		    "ports.csv:2:1: not a transport and a port" },
		{ "transport,port,name\ntcp,1234567890,x\n",
		    "ports.csv:2:1: not a transport and a port" },
		{ "transport,port\ntcp,1\n",
		    "ports.csv: it has no column transport, port or name" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct ot_error error = { 0 };

		ck_assert_int_eq(load(wrong[i].text, &error), -OT_ERR_USAGE);
		ck_assert_str_eq(error.text, wrong[i].message);
	}
}
END_TEST

START_TEST(a_folder_without_the_table_is_an_error_that_names_it)
{
	struct ot_error error = { 0 };

	ck_assert_int_lt(ot_ports_load(&ports, &arena, folder, &error), 0);
	ck_assert_ptr_nonnull(strstr(error.text, "ports.csv"));
}
END_TEST

START_TEST(the_table_that_is_installed_can_be_read)
{
	struct ot_error error = { 0 };
	const char *data = getenv("OTZT_DATA");

	ck_assert_ptr_nonnull(data);
	ck_assert_msg(
	    ot_ports_load(&ports, &arena, data, &error) == 0, "%s", error.text);
	name_is(OT_TCP, 502, "modbus");
	name_is(OT_TCP, 22, "ssh");
	for (size_t i = 1; i < ports.count; i++)
		ck_assert(ports.at[i - 1].transport != ports.at[i].transport ||
			  ports.at[i - 1].port < ports.at[i].port);
	name_is(OT_ETH, 0x88e5, "macsec");
	name_is(OT_ETH, 0x888e, "eapol");
	name_is(OT_ETH, 0x8809, "lacp");
	name_is(OT_ETH, 0x1004242, "stp");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		names_are_found_by_transport_and_port_in_any_order_of_rows,
		a_table_without_rows_has_no_names,
		wrong_rows_are_refused_with_their_place,
		a_folder_without_the_table_is_an_error_that_names_it,
		the_table_that_is_installed_can_be_read,
	};

	return RUN("ports", tests, before, after);
}
