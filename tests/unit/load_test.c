/*
 * A policy from its files: tables inline and beside, places, unknown keys,
 * settings, hashes (policy/load.h).
 */
#include "folder.h"

#include "model/stream.h"
#include "suite.h"

START_TEST(tables_inline_with_comments)
{
	ck_assert_str_eq(errors_of("// a plant\n{ \"otzt\": 1, \"name\": \"P\","
				   " /* one */ \"sites\": [ { \"id\": \"a\","
				   " \"sensors\": [\"a-*\", \"b\"] } ],\n"
				   "\"x-mine\": { \"any\": 1 } }"),
	    "");
	ck_assert(is(policy.name, "P"));
	ck_assert_uint_eq(policy.site_count, 1);
	ck_assert_uint_eq(policy.sites[0].sensors.count, 2);
	ck_assert_uint_eq(policy.sites[0].at.line, 2);
	ck_assert_uint_eq(policy.zone_count, 0);
	ck_assert_uint_eq(policy.inputs.count, 1);
}
END_TEST

START_TEST(rows_of_a_csv_file_have_their_places)
{
	folder_put("zones.csv", "id,site,networks,level\n"
				"a/one,a,10.1.0.0/16 10.2.0.0/16,3\n"
				"\n"
				"a/two,a,,\n");
	ck_assert_str_eq(errors_of("{\"otzt\":1,\"sites\":[{\"id\":\"a\"}],"
				   "\"zones\":\"zones.csv\"}"),
	    "");
	ck_assert_uint_eq(policy.zone_count, 2);
	ck_assert_uint_eq(policy.zones[0].network_count, 2);
	ck_assert_int_eq(policy.zones[0].level, 3);
	ck_assert_int_eq(policy.zones[1].level, -1);
	ck_assert_uint_eq(policy.zones[1].at.line, 4);
	ck_assert_uint_eq(policy.zones[1].at.column, 1);
	ck_assert_uint_eq(policy.zones[0].at.end_column, 34);
}
END_TEST

START_TEST(an_unknown_key_names_the_nearest)
{
	folder_put("zones.csv", "id,netwroks,x-own,colour\nz,,,\n");
	ck_assert_str_eq(
	    errors_of("{\"otzt\":1,\"zonse\":[],\n \"zones\":\"zones.csv\"}"),
	    "policy.json:1:11: \"zonse\" is not a key of a policy; did you "
	    "mean \"zones\"?\n"
	    "zones.csv:1:4: zones has no key \"netwroks\"; did you mean "
	    "\"networks\"?\n"
	    "zones.csv:1:19: zones has no key \"colour\"\n");
}
END_TEST

START_TEST(a_column_twice_is_an_error)
{
	folder_put("zones.csv", "id,kind,kind\nz,dmz,guest\n");
	ck_assert_str_eq(errors_of("{\"otzt\":1,\"zones\":\"zones.csv\"}"),
	    "zones.csv:1:9: the column \"kind\" is there twice\n");
}
END_TEST

START_TEST(the_version_is_asked_for)
{
	ck_assert_str_eq(errors_of("{}"),
	    "policy.json:1:1: a policy says its version: \"otzt\": 1\n");
	ck_assert_str_eq(errors_of("{\"otzt\":2}"),
	    "policy.json:1:9: this version of libotzt reads policies with "
	    "\"otzt\": 1\n");
	ck_assert_str_eq(
	    errors_of("[1]"), "policy.json:1:1: a policy is an object\n");
}
END_TEST

START_TEST(wrong_json_is_told_at_its_place)
{
	const char *text = errors_of("{ \"otzt\": 1,\n  \"sites\": [ } }");

	ck_assert_ptr_eq(strstr(text, "policy.json:2:"), text);
}
END_TEST

START_TEST(tables_of_other_shapes)
{
	const char *text = errors_of("{\"otzt\":1,\"zones\":17,\"sites\":[3],"
				     "\"conduits\":\"../x.csv\"}");

	ck_assert_ptr_nonnull(strstr(text,
	    "policy.json:1:19: zones is a list of objects, or the name of a "
	    "CSV file\n"));
	ck_assert_ptr_nonnull(
	    strstr(text, "policy.json:1:31: a row of sites is an object\n"));
	ck_assert_ptr_nonnull(strstr(text, "policy.json:1:45: "));
}
END_TEST

START_TEST(settings)
{
	ck_assert_str_eq(
	    errors_of("{\"otzt\":1,\"limits\":{\"scan_ports\":25},"
		      "\"checks\":{\"OPS-004\":\"off\",\"NET-001\":\"on\"}}"),
	    "");
	ck_assert_uint_eq(policy.limits.at[0].count, 25);
	ck_assert(is(policy.checks.at[0].text, "NET-001"));
	ck_assert_uint_eq(policy.checks.at[0].count, 1);
	ck_assert_uint_eq(policy.checks.at[1].count, 0);
	ck_assert_str_eq(errors_of("{\"otzt\":1,\"limits\":{\"a\":-1},"
				   "\"checks\":{\"b\":\"maybe\"}}"),
	    "policy.json:1:25: a limit is a whole number\n"
	    "policy.json:1:43: a check is \"on\" or \"off\"; other settings "
	    "are not supported yet\n");
}
END_TEST

START_TEST(names_of_checks_are_known)
{
	static const char *const checks[] = { "ZON-001", "ZON-002", NULL };
	struct ot_policy_names names = { .checks = checks };

	folder_put("policy.json",
	    "{\"otzt\":1,\"checks\":{\"ZON-0O2\":\"off\"},"
	    "\"waivers\":[{\"check\":\"ZON-003\"}]}");
	ck_assert_str_eq(load_errors(&names),
	    "policy.json:1:21: \"ZON-0O2\" is not a check; did you mean "
	    "\"ZON-002\"?\n"
	    "policy.json:1:58: \"ZON-003\" is not a check; did you mean "
	    "\"ZON-001\"?\n");
}
END_TEST

START_TEST(headings_of_other_inventories)
{
	folder_put("registry.csv",
	    "Name;IPv4 Address;MAC Address;Firmware version;S/N;Type;Rack\n"
	    "press;10.1.1.5, 10.1.1.6;001b.1b22.0012;V2;007;Programming "
	    "device;3\n");
	ck_assert_str_eq(
	    errors_of("{\"otzt\":1,\"assets\":\"registry.csv\"}"), "");
	ck_assert_uint_eq(policy.asset_count, 1);
	ck_assert(is(policy.assets[0].id, "press"));
	ck_assert_uint_eq(policy.assets[0].ip_count, 2);
	ck_assert_uint_eq(policy.assets[0].mac_count, 1);
	ck_assert(is(policy.assets[0].firmware, "V2"));
	ck_assert(is(policy.assets[0].serial, "007"));
	ck_assert_uint_eq(policy.assets[0].roles.count, 1);
	ck_assert(is(policy.assets[0].roles.at[0], "Programming device"));
}
END_TEST

START_TEST(each_file_is_an_input)
{
	struct ot_str first;
	const struct ot_input *input;

	folder_put("zones.csv", "id\nz\n");
	ck_assert_str_eq(errors_of("{\"otzt\":1,\"zones\":\"zones.csv\"}"), "");
	ck_assert_uint_eq(policy.inputs.count, 2);
	input = policy.inputs.at[1];
	ck_assert_uint_eq(input->bytes, 5);
	/* sha256sum of "id\nz\n" */
	ck_assert(is(input->sha256, "9310ed9577c22dcd6d2d1e51160c572e"
				    "dcf18836bddbc4c6523181f1cfe3cc91"));
	first = policy.sha256;
	folder_put("zones.csv", "id\ny\n");
	ck_assert_str_eq(load_errors(NULL), "");
	ck_assert(!ot_str_eq(first, policy.sha256));
}
END_TEST

START_TEST(one_file_may_be_a_policy)
{
	char path[96];
	struct ot_error error;

	folder_put("policy.json", "{\"otzt\":1,\"zones\":[{\"id\":\"z\"}]}");
	(void)snprintf(path, sizeof(path), "%s/policy.json", folder);
	ck_assert_int_eq(ot_policy_load(&arena, &policy, path, NULL, on_error,
			     &told, &error),
	    0);
	ck_assert_uint_eq(policy.zone_count, 1);
}
END_TEST

START_TEST(no_policy_is_a_usage_error)
{
	struct ot_error error;

	ck_assert_int_eq(ot_policy_load(&arena, &policy, "/nonexistent/x", NULL,
			     on_error, &told, &error),
	    -OT_ERR_USAGE);
	ck_assert_ptr_nonnull(strstr(error.text, "/nonexistent/x"));
	ck_assert_int_eq(ot_policy_load(&arena, &policy, folder, NULL, on_error,
			     &told, &error),
	    -OT_ERR_USAGE);
	ck_assert_ptr_nonnull(strstr(error.text, "policy.json"));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		tables_inline_with_comments,
		rows_of_a_csv_file_have_their_places,
		an_unknown_key_names_the_nearest,
		a_column_twice_is_an_error,
		the_version_is_asked_for,
		wrong_json_is_told_at_its_place,
		tables_of_other_shapes,
		settings,
		names_of_checks_are_known,
		headings_of_other_inventories,
		each_file_is_an_input,
		one_file_may_be_a_policy,
		no_policy_is_a_usage_error,
	};

	return RUN("load", tests, folder_open, folder_close);
}
