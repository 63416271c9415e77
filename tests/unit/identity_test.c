/*
 * Which addresses are one asset, which MACs are routers', and the ids.
 */
#include "asset_records.h"

#include <stdio.h>

#define A_MAC "00:1b:1b:00:00:0a"
#define B_MAC "00:80:f4:00:00:0b"
#define R_MAC "00:80:63:00:00:01"

static struct records r;

START_TEST(mac_and_its_only_ip_are_one)
{
	records_begin(&r);
	(void)talk(&r, "10.0.0.1", A_MAC, "10.0.0.2", B_MAC);
	build(&r);
	ck_assert_uint_eq(r.assets.count, 2);
	const struct ot_asset *a = asset_of(&r, "mac:" A_MAC);

	ck_assert(has(a, "10.0.0.1"));
	ck_assert(has(a, A_MAC));
	ck_assert_uint_eq(a->packets, 10);
	ck_assert_int_eq(a->first, 1000);
	ck_assert_int_eq(a->last, 2000);
	ASSERT_STR(a->class_, "unknown");
	ck_assert_uint_eq(a->registry.len, 0);
	records_done(&r);
}
END_TEST

START_TEST(router_is_never_merged_through)
{
	records_begin(&r);
	(void)talk(&r, "10.1.0.5", R_MAC, "10.0.0.2", B_MAC);
	(void)talk(&r, "10.2.0.6", R_MAC, "10.0.0.2", B_MAC);
	(void)talk(&r, "10.3.0.7", R_MAC, "10.0.0.2", B_MAC);
	build(&r);
	ck_assert_uint_eq(r.assets.count, 5);
	ck_assert(!has(asset_of(&r, "ip:10.1.0.5"), R_MAC));
	const struct ot_asset *router = asset_of(&r, "mac:" R_MAC);

	ck_assert(router->router);
	ck_assert_uint_eq(router->addresses.count, 1);
	ASSERT_STR(router->class_, "network");
	ck_assert_ptr_nonnull(role_of(router, "router"));
	records_done(&r);
}
END_TEST

START_TEST(router_has_the_address_that_it_claims)
{
	records_begin(&r);
	claim(&r, R_MAC, "10.0.0.1");
	(void)talk(&r, "10.1.0.5", R_MAC, "10.0.0.2", B_MAC);
	build(&r);
	const struct ot_asset *router = asset_of(&r, "ip:10.0.0.1");

	ck_assert(router->router);
	ck_assert(has(router, R_MAC));
	ck_assert(!has(router, "10.1.0.5"));
	ck_assert(!has(asset_of(&r, "ip:10.1.0.5"), R_MAC));
	records_done(&r);
}
END_TEST

START_TEST(router_that_answers_for_others_has_none_of_them)
{
	records_begin(&r);
	claim(&r, R_MAC, "10.0.0.1");
	claim(&r, R_MAC, "10.0.0.8");
	claim(&r, R_MAC, "10.0.0.9");
	(void)talk(&r, "10.1.0.5", R_MAC, "10.0.0.2", B_MAC);
	build(&r);
	ck_assert_uint_eq(asset_of(&r, "mac:" R_MAC)->addresses.count, 1);
	records_done(&r);

	records_begin(&r);
	claim(&r, R_MAC, "10.0.0.1");
	claim(&r, R_MAC, "10.0.0.9");
	(void)talk(&r, "10.1.0.5", R_MAC, "10.0.0.2", B_MAC);
	(void)fact(&r, "10.0.0.2", OT_K_GATEWAY, "10.0.0.1", "dhcp");
	build(&r);
	ck_assert(has(asset_of(&r, "ip:10.0.0.1"), R_MAC));
	ck_assert(!has(asset_of(&r, "ip:10.0.0.9"), R_MAC));
	records_done(&r);
}
END_TEST

START_TEST(public_address_beside_a_private_one_came_by_a_router)
{
	records_begin(&r);
	(void)talk(&r, "203.0.113.7", R_MAC, "10.0.0.2", B_MAC);
	build(&r);
	const struct ot_asset *far = asset_of(&r, "ip:203.0.113.7");

	ck_assert(!has(far, R_MAC));
	ASSERT_STR(far->class_, "external");
	ASSERT_STR(far->level, "5");
	ck_assert(asset_of(&r, "mac:" R_MAC)->router);
	records_done(&r);
}
END_TEST

START_TEST(public_addresses_of_one_link_are_hosts)
{
	records_begin(&r);
	(void)talk(&r, "203.0.113.7", A_MAC, "203.0.113.9", B_MAC);
	build(&r);
	ck_assert_uint_eq(r.assets.count, 2);
	ASSERT_STR(asset_of(&r, "mac:" A_MAC)->class_, "unknown");
	records_done(&r);
}
END_TEST

START_TEST(ttls_tell_who_is_behind_a_router)
{
	struct ot_flow_sum *f;

	records_begin(&r);
	f = flow(&r, "unknown");
	flow_end(&r, &f->client, "10.0.0.1", R_MAC, "64");
	flow_end(&r, &f->server, "10.0.0.2", B_MAC, "128");
	f = flow(&r, "unknown");
	flow_end(&r, &f->client, "10.0.0.77", R_MAC, "62");
	flow_end(&r, &f->server, "10.0.0.2", B_MAC, "128");
	build(&r);
	ck_assert(asset_of(&r, "mac:" R_MAC)->router);
	ck_assert(!has(asset_of(&r, "ip:10.0.0.77"), R_MAC));
	records_done(&r);
}
END_TEST

START_TEST(nearer_of_two_macs_is_the_hosts)
{
	struct ot_flow_sum *f;

	records_begin(&r);
	r.site = "lagos";
	r.sensor = "a";
	f = flow(&r, "unknown");
	flow_end(&r, &f->client, "10.1.0.5", A_MAC, "64");
	flow_end(&r, &f->server, "10.0.0.2", NULL, NULL);
	r.sensor = "b";
	f = flow(&r, "modbus");
	flow_end(&r, &f->client, "10.1.0.5", R_MAC, "63");
	flow_end(&r, &f->server, "10.0.0.2", B_MAC, "64");
	build(&r);
	ck_assert(has(asset_of(&r, "mac:" A_MAC), "10.1.0.5"));
	ck_assert(asset_of(&r, "mac:lagos/" R_MAC)->router);
	records_done(&r);
}
END_TEST

START_TEST(several_ips_of_one_mac_need_arp_for_each)
{
	records_begin(&r);
	(void)talk(&r, "10.0.0.1", A_MAC, "10.0.0.2", B_MAC);
	(void)talk(&r, "10.0.0.3", A_MAC, "10.0.0.2", B_MAC);
	build(&r);
	ck_assert_ptr_nonnull(asset_of(&r, "ip:10.0.0.1"));
	ck_assert_ptr_nonnull(asset_of(&r, "ip:10.0.0.3"));
	records_done(&r);

	records_begin(&r);
	(void)talk(&r, "10.0.0.1", A_MAC, "10.0.0.2", B_MAC);
	(void)talk(&r, "10.0.0.3", A_MAC, "10.0.0.2", B_MAC);
	claim(&r, A_MAC, "10.0.0.1");
	claim(&r, A_MAC, "10.0.0.3");
	build(&r);
	ck_assert(has(asset_of(&r, "mac:" A_MAC), "10.0.0.1"));
	ck_assert(has(asset_of(&r, "mac:" A_MAC), "10.0.0.3"));
	records_done(&r);
}
END_TEST

START_TEST(ipv6_addresses_of_one_mac_are_one)
{
	records_begin(&r);
	(void)talk(&r, "fe80::1", A_MAC, "fe80::2", B_MAC);
	(void)talk(&r, "2001:db8::1", A_MAC, "2001:db8::2", B_MAC);
	(void)talk(&r, "10.0.0.1", A_MAC, "10.0.0.2", B_MAC);
	build(&r);
	ck_assert_uint_eq(r.assets.count, 2);
	ck_assert_uint_eq(asset_of(&r, "mac:" A_MAC)->addresses.count, 4);
	records_done(&r);
}
END_TEST

START_TEST(groups_of_hosts_are_no_assets)
{
	records_begin(&r);
	(void)talk(&r, "10.0.0.1", A_MAC, "10.0.0.2", B_MAC);
	(void)talk(&r, "10.0.0.1", A_MAC, "255.255.255.255", NULL);
	(void)talk(&r, "10.0.0.1", A_MAC, "224.0.0.251", NULL);
	(void)talk(&r, A_MAC, NULL, "01:80:c2:00:00:0e", NULL);
	(void)talk(&r, A_MAC, NULL, "ff:ff:ff:ff:ff:ff", NULL);
	build(&r);
	ck_assert_uint_eq(r.assets.count, 2);
	records_done(&r);
}
END_TEST

START_TEST(broadcast_address_of_a_subnet_is_no_asset)
{
	records_begin(&r);
	talk(&r, "10.0.0.1", A_MAC, "10.0.0.255", NULL)->server.packets = 0;
	talk(&r, "10.0.0.1", A_MAC, "10.0.0.127", NULL)->server.packets = 0;
	(void)fact(&r, "10.0.0.1", OT_K_MASK, "255.255.255.128", "cip");
	build(&r);
	ck_assert_uint_eq(r.assets.count, 1);
	records_done(&r);

	records_begin(&r);
	(void)talk(&r, "10.0.0.1", A_MAC, "10.0.0.255", B_MAC);
	build(&r);
	ck_assert(has(asset_of(&r, "mac:" B_MAC), "10.0.0.255"));
	records_done(&r);
}
END_TEST

START_TEST(device_that_is_its_own_gateway_is_no_router)
{
	records_begin(&r);
	(void)fact(&r, A_MAC, OT_K_GATEWAY, "10.0.0.1", "pn_dcp");
	(void)fact(&r, A_MAC, OT_K_IP, "10.0.0.1", "pn_dcp");
	build(&r);
	ck_assert(!asset_of(&r, "mac:" A_MAC)->router);
	records_done(&r);
}
END_TEST

START_TEST(unspecified_address_is_the_macs)
{
	records_begin(&r);
	struct ot_flow_sum *f =
	    talk(&r, "0.0.0.0", A_MAC, "255.255.255.255", NULL);

	build(&r);
	ck_assert_uint_eq(r.assets.count, 1);
	ck_assert_uint_eq(asset_of(&r, "mac:" A_MAC)->packets, 10);
	ck_assert(ot_assets_label(&r.store, &r.assets));
	ASSERT_STR(f->client.asset, "mac:" A_MAC);
	ck_assert_uint_eq(f->server.asset.len, 0);
	records_done(&r);
}
END_TEST

START_TEST(same_address_at_two_sites_is_two_assets)
{
	records_begin(&r);
	r.site = "lagos";
	struct ot_flow_sum *lagos =
	    talk(&r, "10.20.0.11", NULL, "10.20.0.12", NULL);

	r.site = "tianjin";
	struct ot_flow_sum *tianjin =
	    talk(&r, "10.20.0.11", NULL, "10.20.0.12", NULL);

	build(&r);
	ck_assert_uint_eq(r.assets.count, 4);
	ASSERT_STR(asset_of(&r, "ip:lagos/10.20.0.11")->site, "lagos");
	ck_assert(ot_assets_label(&r.store, &r.assets));
	ASSERT_STR(lagos->client.asset, "ip:lagos/10.20.0.11");
	ASSERT_STR(tianjin->client.asset, "ip:tianjin/10.20.0.11");
	records_done(&r);
}
END_TEST

START_TEST(sensors_of_one_site_see_one_asset)
{
	records_begin(&r);
	r.site = "lagos";
	r.sensor = "one";
	(void)talk(&r, "10.0.0.1", A_MAC, "10.0.0.2", B_MAC);
	r.sensor = "two";
	(void)talk(&r, "10.0.0.1", A_MAC, "10.0.0.2", B_MAC);
	build(&r);
	ck_assert_uint_eq(r.assets.count, 2);
	const struct ot_asset *a = asset_of(&r, "mac:" A_MAC);

	ck_assert_uint_eq(a->sensors.count, 2);
	ck_assert_uint_eq(a->packets, 20);
	records_done(&r);

	records_begin(&r);
	r.sensor = "one";
	(void)talk(&r, "10.0.0.1", NULL, "10.0.0.2", NULL);
	r.sensor = "two";
	(void)talk(&r, "10.0.0.1", NULL, "10.0.0.2", NULL);
	build(&r);
	ck_assert_uint_eq(r.assets.count, 4);
	ck_assert_uint_eq(asset_of(&r, "ip:one/10.0.0.1")->site.len, 0);
	records_done(&r);
}
END_TEST

START_TEST(address_of_another_sites_zone_is_that_sites)
{
	struct ot_net nets[2];
	const char *why;

	records_begin(&r);
	ck_assert(ot_net_parse(&nets[0], ot_str("10.2.0.0/16"), &why));
	ck_assert(ot_net_parse(&nets[1], ot_str("10.1.0.0/16"), &why));
	struct ot_zone_row rows[2] = {
		{ .site = ot_str("lagos"),
		    .networks = &nets[0],
		    .network_count = 1 },
		{ .site = ot_str("paris"),
		    .networks = &nets[1],
		    .network_count = 1 },
	};

	r.options.zones = rows;
	r.options.zone_count = 2;
	r.site = "lagos";
	r.sensor = "lagos-offices";
	(void)talk(&r, "10.2.0.9", B_MAC, "10.2.0.10", A_MAC);
	r.site = "paris";
	r.sensor = "paris";
	struct ot_flow_sum *f =
	    talk(&r, "10.1.0.5", "02:00:00:00:00:05", "10.2.0.10", R_MAC);

	build(&r);
	ck_assert(has(asset_of(&r, "mac:" A_MAC), "10.2.0.10"));
	ck_assert(asset_of(&r, "mac:paris/" R_MAC)->router);
	ck_assert(ot_assets_label(&r.store, &r.assets));
	ASSERT_STR(f->server.asset, "mac:" A_MAC);
	ASSERT_STR(f->client.asset, "ip:paris/10.1.0.5");
	records_done(&r);
}
END_TEST

START_TEST(one_mac_at_two_sites_has_the_scope_in_its_id)
{
	records_begin(&r);
	r.site = "lagos";
	(void)talk(&r, "10.0.0.1", A_MAC, "10.0.0.2", B_MAC);
	r.site = "paris";
	(void)talk(&r, "10.0.0.1", A_MAC, "10.0.0.2", NULL);
	build(&r);
	ck_assert_ptr_nonnull(asset_of(&r, "mac:lagos/" A_MAC));
	ck_assert_ptr_nonnull(asset_of(&r, "mac:paris/" A_MAC));
	ck_assert_ptr_nonnull(asset_of(&r, "mac:" B_MAC));
	records_done(&r);
}
END_TEST

START_TEST(serial_number_names_the_asset_unless_it_is_shared)
{
	records_begin(&r);
	(void)talk(&r, "10.0.0.1", A_MAC, "10.0.0.2", B_MAC);
	(void)fact(&r, "10.0.0.1", OT_K_SERIAL, "S C-1", "s7comm");
	(void)fact(&r, "10.0.0.1", OT_K_VENDOR, "Siemens AG", "s7comm");
	build(&r);
	ck_assert_ptr_nonnull(asset_of(&r, "serial:Siemens/S C-1"));
	records_done(&r);

	records_begin(&r);
	(void)talk(&r, "10.0.0.1", A_MAC, "10.0.0.2", B_MAC);
	for (int i = 1; i <= 2; i++) {
		const char *ip = i == 1 ? "10.0.0.1" : "10.0.0.2";

		(void)fact(&r, ip, OT_K_SERIAL, "S C-1", "s7comm");
		(void)fact(&r, ip, OT_K_VENDOR, "Siemens AG", "s7comm");
	}
	build(&r);
	ck_assert_ptr_nonnull(asset_of(&r, "mac:" A_MAC));
	ck_assert_ptr_nonnull(asset_of(&r, "mac:" B_MAC));
	records_done(&r);
}
END_TEST

START_TEST(ip_claimed_by_two_macs_is_of_the_one_that_claims_more)
{
	records_begin(&r);
	claim(&r, A_MAC, "10.0.0.1");
	fact(&r, A_MAC, OT_K_IP, "10.0.0.1", "arp")->count = 50;
	claim(&r, B_MAC, "10.0.0.1");
	build(&r);
	ck_assert(has(asset_of(&r, "mac:" A_MAC), "10.0.0.1"));
	ck_assert(!has(asset_of(&r, "mac:" B_MAC), "10.0.0.1"));
	records_done(&r);
}
END_TEST

START_TEST(two_macs_that_a_host_calls_its_own_are_one)
{
	records_begin(&r);
	(void)fact(&r, A_MAC, OT_K_MAC, B_MAC, "lldp");
	(void)fact(&r, A_MAC, OT_K_NAME, "switch-1", "lldp");
	build(&r);
	ck_assert_uint_eq(r.assets.count, 1);
	ck_assert(has(asset_of(&r, "mac:" A_MAC), B_MAC));
	records_done(&r);
}
END_TEST

START_TEST(what_peers_say_of_far_hosts_makes_no_asset)
{
	records_begin(&r);
	fact(&r, "203.0.113.9", OT_K_FQDN, "example.org", "dns")->by = OT_PEER;
	fact(&r, "10.0.0.9", OT_K_NAME, "printer", "dns")->by = OT_PEER;
	build(&r);
	ck_assert_uint_eq(r.assets.count, 1);
	ASSERT_STR(
	    ot_asset_get(asset_of(&r, "ip:10.0.0.9"), "name"), "printer");
	records_done(&r);
}
END_TEST

START_TEST(who_only_asked_in_vain_is_an_asset)
{
	records_begin(&r);
	struct ot_event_sum *e = ot_store_add(&r.store, OT_STORE_EVENT);

	e->kind = ot_str("attempts");
	e->source = addr("10.0.0.66");
	e->other_packets = 5;
	build(&r);
	ck_assert_uint_eq(asset_of(&r, "ip:10.0.0.66")->packets, 5);
	records_done(&r);
}
END_TEST

/* Fills the store with the same records, first to last or last to first. */
static struct ot_sb
assets_of(bool backwards)
{
	struct ot_sb sb = { 0 };
	struct ot_jw w = { .sb = &sb };
	enum { COUNT = 60 };

	records_begin(&r);
	for (int k = 0; k < COUNT; k++) {
		int i = backwards ? COUNT - 1 - k : k;
		char *ip = ot_alloc(&r.arena, 32),
		     *mac = ot_alloc(&r.arena, 32);

		(void)snprintf(ip, 32, "10.%d.%d.%d", i % 3, i % 7, 1 + i % 5);
		(void)snprintf(mac, 32, "00:1b:1b:00:00:%02x", i % 11);
		r.site = i % 2 ? "lagos" : NULL;
		r.sensor = i % 3 ? "one" : "two";
		(void)talk(
		    &r, ip, mac, i % 4 ? "10.0.0.2" : "192.0.2.1", B_MAC);
		if (i % 5 == 0)
			claim(&r, mac, ip);
		(void)fact(&r, ip, OT_K_NAME, mac, i % 2 ? "dns" : "dhcp");
	}
	build(&r);
	ot_jw_open(&w, '[');
	for (uint32_t i = 0; i < r.assets.count; i++) {
		ot_jw_open(&w, '{');
		ot_shape_write(&w, &ot_asset_shape, r.assets.at[i]);
		ot_jw_close(&w, '}');
	}
	ot_jw_close(&w, ']');
	records_done(&r);
	return sb;
}

START_TEST(order_of_records_does_not_matter)
{
	struct ot_sb forth = assets_of(false), back = assets_of(true);

	ck_assert_str_eq(forth.p, back.p);
	ot_sb_done(&forth);
	ot_sb_done(&back);
}
END_TEST

START_TEST(no_records_no_assets)
{
	records_begin(&r);
	build(&r);
	ck_assert_uint_eq(r.assets.count, 0);
	ck_assert(ot_assets_label(&r.store, &r.assets));
	records_done(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { mac_and_its_only_ip_are_one,
		router_is_never_merged_through,
		router_has_the_address_that_it_claims,
		router_that_answers_for_others_has_none_of_them,
		public_address_beside_a_private_one_came_by_a_router,
		public_addresses_of_one_link_are_hosts,
		ttls_tell_who_is_behind_a_router,
		nearer_of_two_macs_is_the_hosts,
		several_ips_of_one_mac_need_arp_for_each,
		ipv6_addresses_of_one_mac_are_one,
		groups_of_hosts_are_no_assets,
		broadcast_address_of_a_subnet_is_no_asset,
		device_that_is_its_own_gateway_is_no_router,
		unspecified_address_is_the_macs,
		same_address_at_two_sites_is_two_assets,
		sensors_of_one_site_see_one_asset,
		address_of_another_sites_zone_is_that_sites,
		one_mac_at_two_sites_has_the_scope_in_its_id,
		serial_number_names_the_asset_unless_it_is_shared,
		ip_claimed_by_two_macs_is_of_the_one_that_claims_more,
		two_macs_that_a_host_calls_its_own_are_one,
		what_peers_say_of_far_hosts_makes_no_asset,
		who_only_asked_in_vain_is_an_asset,
		order_of_records_does_not_matter, no_records_no_assets };

	return RUN("identity", tests, NULL, NULL);
}
