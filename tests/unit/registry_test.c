/*
 * Assets and the rows of a registry.
 */
#include "asset_records.h"

#define A_MAC "00:1b:1b:00:00:0a"
#define B_MAC "00:80:f4:00:00:0b"

static struct records r;
static struct ot_addr ips[4], macs[4];
static struct ot_asset_row rows[4];

static void
begin(void)
{
	records_begin(&r);
	memset(rows, 0, sizeof(rows));
	r.options.rows = rows;
}

static void
end(void)
{
	records_done(&r);
}

/* The next row; ip and mac may be NULL. */
static struct ot_asset_row *
row(const char *id, const char *ip, const char *mac, const char *site)
{
	uint32_t i = r.options.row_count++;
	struct ot_asset_row *row = &rows[i];

	row->id = ot_str(id);
	row->site = ot_str(site);
	if (ip) {
		ips[i] = addr(ip);
		row->ips = &ips[i];
		row->ip_count = 1;
	}
	if (mac) {
		macs[i] = addr(mac);
		row->macs = &macs[i];
		row->mac_count = 1;
	}
	return row;
}

START_TEST(row_gives_id_state_and_words)
{
	struct ot_asset_row *plc =
	    row("plc-1", "10.0.0.1", "00:1b:1b:00:00:0a", NULL);

	plc->name = ot_str("press");
	plc->zone = ot_str("lagos/factory");
	plc->owner = ot_str("ot");
	plc->importance = ot_str("high");
	ck_assert(ot_strings_add(&r.arena, &plc->roles, ot_str("plc")));
	ck_assert(ot_strings_add(&r.arena, &plc->roles, ot_str("mixer")));
	(void)talk(&r, "10.0.0.1", A_MAC, "10.0.0.2", B_MAC);
	build(&r);
	const struct ot_asset *a = asset_of(&r, "registry:plc-1");

	ASSERT_STR(a->registry, "registered");
	ASSERT_STR(a->zone, "lagos/factory");
	ASSERT_STR(a->zone_by, "registry");
	ASSERT_STR(a->owner, "ot");
	ASSERT_STR(a->importance, "high");
	ASSERT_STR(a->class_, "controller");
	ASSERT_STR(ot_asset_get(a, "name"), "press");
	ck_assert_uint_eq(role_of(a, "plc")->confidence, 100);
	ck_assert_uint_eq(role_of(a, "mixer")->confidence, 100);
	ASSERT_STR(asset_of(&r, "mac:" B_MAC)->registry, "unregistered");
}
END_TEST

START_TEST(rows_word_stands_before_the_wires)
{
	row("plc-1", "10.0.0.1", NULL, NULL)->vendor = ot_str("Acme");
	(void)fact(&r, "10.0.0.1", OT_K_VENDOR, "Other", "modbus");
	build(&r);
	ASSERT_STR(
	    ot_asset_get(asset_of(&r, "registry:plc-1"), "vendor"), "Acme");
}
END_TEST

START_TEST(addresses_of_one_row_are_one)
{
	(void)row("two-legs", "10.0.0.1", "00:1b:1b:00:00:0a", NULL);
	(void)talk(&r, "10.0.0.1", NULL, "10.0.0.2", B_MAC);
	(void)talk(&r, A_MAC, NULL, "10.0.0.2", B_MAC);
	build(&r);
	ck_assert_uint_eq(r.assets.count, 2);
	ck_assert(has(asset_of(&r, "registry:two-legs"), A_MAC));
}
END_TEST

START_TEST(row_of_a_site_holds_there_only)
{
	(void)row("plc-1", "10.0.0.1", NULL, "lagos");
	(void)row("panel-1", "10.0.0.1", NULL, "tianjin");
	r.site = "lagos";
	(void)talk(&r, "10.0.0.1", NULL, "10.0.0.2", NULL);
	r.site = "tianjin";
	(void)talk(&r, "10.0.0.1", NULL, "10.0.0.2", NULL);
	r.site = "paris";
	(void)talk(&r, "10.0.0.1", NULL, "10.0.0.2", NULL);
	build(&r);
	ASSERT_STR(asset_of(&r, "registry:plc-1")->site, "lagos");
	ASSERT_STR(asset_of(&r, "registry:panel-1")->site, "tianjin");
	ASSERT_STR(asset_of(&r, "ip:paris/10.0.0.1")->registry, "unregistered");
}
END_TEST

START_TEST(without_a_site_two_sites_rows_are_told_apart_by_mac)
{
	(void)row("plc-1", "10.0.0.1", "00:1b:1b:00:00:0a", "lagos");
	(void)row("panel-1", "10.0.0.1", "00:80:f4:00:00:0b", "tianjin");
	r.sensor = "one";
	(void)talk(&r, "10.0.0.1", B_MAC, "10.0.0.2", NULL);
	r.sensor = "two";
	(void)talk(&r, "10.0.0.1", NULL, "10.0.0.2", NULL);
	build(&r);
	ck_assert(has(asset_of(&r, "registry:panel-1"), "10.0.0.1"));
	ASSERT_STR(asset_of(&r, "ip:two/10.0.0.1")->registry, "unregistered");
}
END_TEST

START_TEST(row_without_a_site_holds_at_each_with_the_scope_in_the_id)
{
	(void)row("dns", "10.0.0.1", NULL, NULL);
	r.site = "lagos";
	(void)talk(&r, "10.0.0.1", NULL, "10.0.0.2", NULL);
	r.site = "paris";
	(void)talk(&r, "10.0.0.1", NULL, "10.0.0.2", NULL);
	build(&r);
	ck_assert_ptr_nonnull(asset_of(&r, "registry:lagos/dns"));
	ck_assert_ptr_nonnull(asset_of(&r, "registry:paris/dns"));
}
END_TEST

START_TEST(modules_that_share_an_ip_have_the_first_row)
{
	(void)row("rack-b", "10.0.0.1", NULL, NULL);
	(void)row("rack-a", "10.0.0.1", NULL, NULL);
	(void)talk(&r, "10.0.0.1", NULL, "10.0.0.2", NULL);
	build(&r);
	ck_assert_ptr_nonnull(asset_of(&r, "registry:rack-a"));
}
END_TEST

START_TEST(serial_number_finds_its_row)
{
	row("plc-1", NULL, NULL, NULL)->serial = ot_str("S C-1");
	(void)fact(&r, "10.0.0.1", OT_K_SERIAL, "S C-1", "s7comm");
	build(&r);
	ck_assert(has(asset_of(&r, "registry:plc-1"), "10.0.0.1"));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { row_gives_id_state_and_words,
		rows_word_stands_before_the_wires, addresses_of_one_row_are_one,
		row_of_a_site_holds_there_only,
		without_a_site_two_sites_rows_are_told_apart_by_mac,
		row_without_a_site_holds_at_each_with_the_scope_in_the_id,
		modules_that_share_an_ip_have_the_first_row,
		serial_number_finds_its_row };

	return RUN("registry", tests, begin, end);
}
