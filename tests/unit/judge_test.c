/*
 * What statements make of assets: values, their order, classes and levels.
 */
#include "asset_records.h"

#include <stdio.h>

static struct records r;

static const struct ot_attribute *
attribute(const struct ot_asset *asset, const char *key, unsigned n)
{
	for (uint32_t i = 0; i < asset->attributes.count; i++) {
		const struct ot_attribute *a = asset->attributes.at[i];

		if (a->nested.len == 0 && ot_str_eq(a->key, ot_str(key)) &&
		    n-- == 0)
			return a;
	}
	return NULL;
}

START_TEST(own_word_goes_before_a_peers)
{
	records_begin(&r);
	struct ot_fact_sum *f = fact(&r, "10.0.0.1", OT_K_NAME, "wrong", "dns");

	f->by = OT_PEER;
	f->count = 1000;
	(void)fact(&r, "10.0.0.1", OT_K_NAME, "right", "mdns");
	build(&r);
	const struct ot_asset *a = asset_of(&r, "ip:10.0.0.1");

	ASSERT_STR(ot_asset_get(a, "name"), "right");
	ASSERT_STR(attribute(a, "name", 1)->value, "wrong");
	ASSERT_STR(attribute(a, "name", 0)->by, "fact mdns message");
	ck_assert_uint_eq(attribute(a, "name", 0)->evidence.count, 1);
	ck_assert_uint_eq(attribute(a, "name", 0)->evidence.at[0].frame, 7);
	records_done(&r);
}
END_TEST

START_TEST(equal_values_are_one_with_all_the_evidence)
{
	records_begin(&r);
	struct ot_fact_sum *f = fact(&r, "10.0.0.1", OT_K_NAME, "plc", "mdns");

	(void)fact(&r, "10.0.0.1", OT_K_NAME, "plc", "lldp");
	f->evidence.at[0].frame = 99;
	build(&r);
	const struct ot_asset *a = asset_of(&r, "ip:10.0.0.1");

	ck_assert_ptr_null(attribute(a, "name", 1));
	ck_assert_uint_eq(attribute(a, "name", 0)->confidence, 90);
	ck_assert_uint_eq(attribute(a, "name", 0)->evidence.count, 2);
	/* the records keep theirs */
	ck_assert_uint_eq(f->evidence.count, 1);
	records_done(&r);
}
END_TEST

START_TEST(count_decides_between_equals_then_text)
{
	records_begin(&r);
	fact(&r, "10.0.0.1", OT_K_NAME, "often", "mdns")->count = 5;
	(void)fact(&r, "10.0.0.1", OT_K_NAME, "b", "mdns");
	(void)fact(&r, "10.0.0.1", OT_K_NAME, "a", "mdns");
	build(&r);
	const struct ot_asset *a = asset_of(&r, "ip:10.0.0.1");

	ASSERT_STR(attribute(a, "name", 0)->value, "often");
	ASSERT_STR(attribute(a, "name", 1)->value, "a");
	ASSERT_STR(attribute(a, "name", 2)->value, "b");
	records_done(&r);
}
END_TEST

START_TEST(order_number_tells_maker_class_and_level)
{
	records_begin(&r);
	(void)fact(&r, "10.0.0.1", OT_K_ORDER, "6ES7 315-2EH14-0AB0", "s7comm");
	build(&r);
	const struct ot_asset *a = asset_of(&r, "ip:10.0.0.1");

	ASSERT_STR(ot_asset_get(a, "vendor"), "Siemens");
	ASSERT_STR(ot_asset_get(a, "product"), "S7-300");
	ASSERT_STR(attribute(a, "vendor", 0)->by, "fingerprint ORD-02");
	ASSERT_STR(a->class_, "controller");
	ASSERT_STR(a->class_reason, "order 6ES7 315-2EH14-0AB0 (ORD-02)");
	ASSERT_STR(a->level, "1");
	ck_assert_ptr_nonnull(role_of(a, "plc"));
	records_done(&r);
}
END_TEST

START_TEST(numbers_have_their_names_from_tables)
{
	records_begin(&r);
	fact(&r, "10.0.0.1", OT_K_VENDOR_ID, "1", "enip")->message =
	    ot_str("list identity");
	fact(&r, "10.0.0.1", OT_K_DEVICE_TYPE, "14", "enip")->message =
	    ot_str("list identity");
	(void)fact(&r, "00:1b:1b:00:00:01", OT_K_VENDOR_ID, "0x002a", "pn_dcp");
	build(&r);
	const struct ot_asset *a = asset_of(&r, "ip:10.0.0.1");

	ASSERT_STR(ot_asset_get(a, "vendor"), "Rockwell Automation");
	ASSERT_STR(a->class_, "controller");
	ASSERT_STR(
	    ot_asset_get(asset_of(&r, "mac:00:1b:1b:00:00:01"), "vendor"),
	    "Siemens");
	records_done(&r);
}
END_TEST

START_TEST(what_an_originator_expects_is_not_what_is_there)
{
	records_begin(&r);
	struct ot_fact_sum *f =
	    fact(&r, "10.0.0.1", OT_K_DEVICE_TYPE, "14", "cip");

	f->by = OT_PEER;
	f->message = ot_str("electronic key");
	f = fact(&r, "10.0.0.2", OT_K_SERIAL, "0x0000002a", "cip");
	f->message = ot_str("forward open");
	(void)fact(&r, "10.0.0.2", OT_K_VENDOR, "Acme", "modbus");
	build(&r);
	ASSERT_STR(asset_of(&r, "ip:10.0.0.1")->class_, "unknown");
	/* nor is a library's number a name */
	ck_assert_ptr_nonnull(asset_of(&r, "ip:10.0.0.2"));
	records_done(&r);
}
END_TEST

START_TEST(the_only_part_speaks_for_the_thing)
{
	records_begin(&r);
	fact(&r, "10.0.0.1", OT_K_VENDOR, "Acme", "modbus")->nested =
	    ot_str("unit 1");
	build(&r);
	const struct ot_asset *a = asset_of(&r, "ip:10.0.0.1");

	ASSERT_STR(ot_asset_get(a, "vendor"), "Acme");
	ck_assert_uint_eq(attribute(a, "vendor", 0)->confidence, 81);
	ck_assert_uint_eq(a->parts.count, 1);
	ASSERT_STR(a->parts.at[0], "unit 1");
	records_done(&r);
}
END_TEST

START_TEST(several_parts_do_not)
{
	records_begin(&r);
	fact(&r, "10.0.0.1", OT_K_VENDOR, "Acme", "modbus")->nested =
	    ot_str("unit 1");
	fact(&r, "10.0.0.1", OT_K_VENDOR, "Other", "modbus")->nested =
	    ot_str("unit 2");
	build(&r);
	const struct ot_asset *a = asset_of(&r, "ip:10.0.0.1");

	ck_assert_uint_eq(ot_asset_get(a, "vendor").len, 0);
	ck_assert_uint_eq(a->attributes.count, 2);
	records_done(&r);
}
END_TEST

START_TEST(the_things_own_word_goes_before_its_parts)
{
	records_begin(&r);
	fact(&r, "10.0.0.1", OT_K_MODEL, "CPU", "cip")->nested =
	    ot_str("path 1,0");
	(void)fact(&r, "10.0.0.1", OT_K_MODEL, "Adapter", "cip");
	build(&r);
	const struct ot_asset *a = asset_of(&r, "ip:10.0.0.1");

	ASSERT_STR(ot_asset_get(a, "model"), "Adapter");
	ck_assert_ptr_null(attribute(a, "model", 1));
	records_done(&r);
}
END_TEST

START_TEST(systems_tell_themselves_in_banners_and_leases)
{
	records_begin(&r);
	fact(&r, "10.0.0.1", OT_K_OS, "Debian-5+deb11u1", "ssh")->message =
	    ot_str("banner");
	(void)fact(&r, "10.0.0.2", OT_K_APP, "MSFT 5.0", "dhcp");
	(void)fact(&r, "10.0.0.2", OT_K_OPTIONS,
	    "1,3,6,15,31,33,43,44,46,47,119,121,249,252", "dhcp");
	(void)fact(&r, "10.0.0.3", OT_K_DESCRIPTION,
	    "Cisco IOS Software, C2960 Software (C2960-LANBASEK9-M), Version "
	    "12.2(55)SE, RELEASE SOFTWARE (fc2)",
	    "lldp");
	build(&r);
	ASSERT_STR(ot_asset_get(asset_of(&r, "ip:10.0.0.1"), "os"), "Debian");
	ASSERT_STR(
	    ot_asset_get(asset_of(&r, "ip:10.0.0.2"), "os"), "Windows 10");
	ck_assert_ptr_null(
	    attribute(asset_of(&r, "ip:10.0.0.2"), "options", 0));
	const struct ot_asset *a = asset_of(&r, "ip:10.0.0.3");

	ASSERT_STR(ot_asset_get(a, "vendor"), "Cisco");
	ASSERT_STR(ot_asset_get(a, "model"), "C2960");
	ASSERT_STR(ot_asset_get(a, "firmware"), "12.2(55)SE");
	records_done(&r);
}
END_TEST

START_TEST(names_asked_for_tell_of_the_client)
{
	records_begin(&r);
	struct ot_flow_sum *f = talk(&r, "10.0.0.1", NULL, "203.0.113.1", NULL);

	f->network.protocol = ot_str("tls");
	ck_assert(
	    ot_counts_add(&r.store.arena, &f->security.facet[OT_S_SERVER_NAME],
		ot_str("ctldl.windowsupdate.com"), 2));
	build(&r);
	ASSERT_STR(ot_asset_get(asset_of(&r, "ip:10.0.0.1"), "os"), "Windows");
	ck_assert_uint_eq(
	    ot_asset_get(asset_of(&r, "ip:203.0.113.1"), "os").len, 0);
	records_done(&r);
}
END_TEST

START_TEST(values_of_one_key_are_bounded)
{
	records_begin(&r);
	for (int i = 0; i < OT_LIMIT_SET + 10; i++) {
		char *name = ot_alloc(&r.arena, 32);

		(void)snprintf(name, 32, "name-%03d", i);
		(void)fact(&r, "10.0.0.1", OT_K_NAME, name, "dns");
	}
	build(&r);
	const struct ot_asset *a = asset_of(&r, "ip:10.0.0.1");

	ck_assert_uint_eq(a->attributes.count, OT_LIMIT_SET);
	ck_assert_uint_eq(a->attributes.other, 10);
	ASSERT_STR(ot_asset_get(a, "name"), "name-000");
	records_done(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { own_word_goes_before_a_peers,
		equal_values_are_one_with_all_the_evidence,
		count_decides_between_equals_then_text,
		order_number_tells_maker_class_and_level,
		numbers_have_their_names_from_tables,
		what_an_originator_expects_is_not_what_is_there,
		the_only_part_speaks_for_the_thing, several_parts_do_not,
		the_things_own_word_goes_before_its_parts,
		systems_tell_themselves_in_banners_and_leases,
		names_asked_for_tell_of_the_client,
		values_of_one_key_are_bounded };

	return RUN("judge", tests, NULL, NULL);
}
