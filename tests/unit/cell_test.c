/*
 * What the keys of a policy may hold, and where errors are told
 * (policy/cell.c).
 */
#include "folder.h"

#include "suite.h"

/* One zone row in JSON. */
static const char *
zone(const char *members)
{
	char text[1024];

	(void)snprintf(text, sizeof(text),
	    "{\"otzt\":1,\"zones\":[{\"id\":\"z\",\n%s}]}", members);
	return errors_of(text);
}

static const char *
conduit(const char *members)
{
	char text[1024];

	(void)snprintf(text, sizeof(text),
	    "{\"otzt\":1,\"conduits\":[{\"from\":\"*\",\"to\":\"*\",\n%s}]}",
	    members);
	return errors_of(text);
}

START_TEST(networks)
{
	ck_assert_str_eq(
	    zone("\"networks\":[\"10.0.0.0/8\",\"fd00::/64\",\"10.1.1.1\"]"),
	    "");
	ck_assert_uint_eq(policy.zones[0].network_count, 3);
	ck_assert_uint_eq(policy.zones[0].networks[2].bits, 32);
	ck_assert_str_eq(zone("\"networks\":\"10.0.0.0/8 10.0.0.1/8\""),
	    "policy.json:2:24: \"10.0.0.1/8\" is not a network: bits behind "
	    "the prefix are not zero\n");
	ck_assert_str_eq(zone("\"networks\":[\"10.0.0.0/33\", true]"),
	    "policy.json:2:13: \"10.0.0.0/33\" is not a network: the prefix "
	    "length is not 0 to 32\n"
	    "policy.json:2:28: networks is a list of texts\n");
}
END_TEST

START_TEST(vlans)
{
	ck_assert_str_eq(zone("\"vlans\":[1, \"4094\"]"), "");
	ck_assert_uint_eq(policy.zones[0].vlan_count, 2);
	ck_assert_uint_eq(policy.zones[0].vlans[1], 4094);
	ck_assert_str_eq(zone("\"vlans\":[0,4095]"),
	    "policy.json:2:10: \"0\" is not a VLAN from 1 to 4094\n"
	    "policy.json:2:12: \"4095\" is not a VLAN from 1 to 4094\n");
}
END_TEST

START_TEST(macs_in_six_notations)
{
	ck_assert_str_eq(zone("\"macs\":\"00:1b:1b:00:00:01 00-1B-1B-00-00-02;"
			      "001b.1b00.0003;00.1b.1b.00.00.04;001b1b-000005;"
			      "001b1b000006;00 1b 1b 00 00 07\""),
	    "");
	ck_assert_uint_eq(policy.zones[0].mac_count, 7);
	for (unsigned i = 0; i < 7; i++)
		ck_assert_uint_eq(policy.zones[0].macs[i].b[5], i + 1);
	ck_assert_str_eq(zone("\"macs\":\"00:1b:1b:00:00\""),
	    "policy.json:2:9: \"00:1b:1b:00:00\" is not a MAC address\n");
}
END_TEST

START_TEST(words)
{
	ck_assert_str_eq(zone("\"kind\":\"control\",\"importance\":\"high\","
			      "\"inside\":\"conduits\",\"sl_t\":2"),
	    "");
	ck_assert(policy.zones[0].inside_conduits);
	ck_assert_str_eq(zone("\"kind\":\"contrl\",\n\"level\":6,\n"
			      "\"inside\":\"some\",\n\"sl_t\":5"),
	    "policy.json:2:8: \"contrl\" is not one of the values of kind; "
	    "did you mean \"control\"?\n"
	    "policy.json:3:9: \"6\" is not a level from 0 to 5\n"
	    "policy.json:4:10: \"some\" is not one of the values of inside; "
	    "there are all conduits\n"
	    "policy.json:5:8: \"5\" is not a security level from 0 to 4\n");
}
END_TEST

START_TEST(ids_are_no_words_of_ends)
{
	ck_assert_str_eq(
	    errors_of("{\"otzt\":1,\"zones\":[{\"id\":\"internet\","
		      "\"name\":\"n\"},{\"id\":\"asset:x\"},"
		      "{\"id\":\"level<2\"},{\"id\":\"fd00::/64\"},"
		      "{\"id\":\"levels\"}]}"),
	    "policy.json:1:26: \"internet\" cannot be an id: it has a "
	    "meaning of its own in from and to\n"
	    "policy.json:1:55: \"asset:x\" cannot be an id: it has a "
	    "meaning of its own in from and to\n"
	    "policy.json:1:72: \"level<2\" cannot be an id: it has a "
	    "meaning of its own in from and to\n");
}
END_TEST

START_TEST(matches)
{
	ck_assert_str_eq(
	    zone("\"match\":\"vendor=Siemens class=plc; service=goose\""), "");
	ck_assert_str_eq(zone("\"match\":\"vendor=a tag=safety\""),
	    "policy.json:2:9: \"tag=safety\": match by tag is not supported "
	    "yet\n");
	ck_assert_str_eq(zone("\"match\":\"size=3\""),
	    "policy.json:2:9: \"size=3\": match knows vendor=, model=, "
	    "class=, role= and service=\n");
	ck_assert_str_eq(zone("\"match\":\"role=\""),
	    "policy.json:2:9: \"role=\": a match needs a value behind "
	    "'='\n");
}
END_TEST

START_TEST(services)
{
	const struct ot_service_row *s;

	ck_assert_str_eq(
	    conduit("\"services\":\"modbus tcp/502 tcp/1000-2000 udp/5140 "
		    "ip/50 ethertype/0x88b8 icmp ip/17\""),
	    "");
	ck_assert_uint_eq(policy.conduits[0].service_count, 8);
	s = policy.conduits[0].services;
	ck_assert_uint_eq(s[0].kind, OT_SERVICE_PROTOCOL);
	ck_assert(is(s[0].protocol, "modbus"));
	ck_assert_uint_eq(s[1].transport, OT_TCP);
	ck_assert_uint_eq(s[1].first, 502);
	ck_assert_uint_eq(s[2].last, 2000);
	ck_assert_uint_eq(s[4].transport, OT_IP);
	ck_assert_uint_eq(s[5].transport, OT_ETH);
	ck_assert_uint_eq(s[5].first, 0x88b8);
	ck_assert_uint_eq(s[6].transport, OT_ICMP);
	ck_assert_uint_eq(s[7].transport, OT_UDP);
	ck_assert_uint_eq(s[7].last, 65535);
}
END_TEST

START_TEST(services_that_are_none)
{
	ck_assert_str_eq(
	    conduit("\"services\":[\"tcp/70000\",\n\"tcp/9-3\",\n\"tcp/\",\n"
		    "\"tcp\",\n\"foo/3\"]"),
	    "policy.json:2:13: \"tcp/70000\" is not tcp/N or tcp/N-M\n"
	    "policy.json:3:1: \"tcp/9-3\" is not tcp/N or tcp/N-M\n"
	    "policy.json:4:1: \"tcp/\" is not tcp/N or tcp/N-M\n"
	    "policy.json:5:1: write tcp/ and a number\n"
	    "policy.json:6:1: \"foo/3\" is not a service: a protocol, or "
	    "tcp/, udp/, sctp/, ip/ or ethertype/ and a number\n");
}
END_TEST

START_TEST(protocols_are_known)
{
	static const char *const protocols[] = { "modbus", "s7comm", NULL };
	struct ot_policy_names names = { .protocols = protocols };

	folder_put("policy.json",
	    "{\"otzt\":1,\"conduits\":[{\"from\":\"*\",\"to\":\"*\","
	    "\"services\":[\"modbsu\"]}]}");
	ck_assert_str_eq(load_errors(&names),
	    "policy.json:1:56: \"modbsu\" is not a known service; did you "
	    "mean \"modbus\"?\n");
}
END_TEST

START_TEST(verbs_and_objects)
{
	ck_assert_str_eq(
	    conduit("\"verbs\":\"read write\",\"objects\":\"unit 1 holding "
		    "1-9; unit 2 coil 3\""),
	    "");
	ck_assert_uint_eq(policy.conduits[0].verbs,
	    UINT32_C(1) << OT_READ | UINT32_C(1) << OT_WRITE);
	ck_assert_uint_eq(policy.conduits[0].objects.count, 2);
	ck_assert(is(policy.conduits[0].objects.at[1], "unit 2 coil 3"));
	ck_assert_str_eq(conduit("\"verbs\":[\"read\",\"wirte\"]"),
	    "policy.json:2:17: \"wirte\" is not a verb; did you mean "
	    "\"write\"?\n");
}
END_TEST

START_TEST(a_day_ends_at_its_end)
{
	int64_t day;

	ck_assert(ot_date_parse(&day, ot_str("2027-01-31")));
	ck_assert_str_eq(conduit("\"expires\":\"2027-01-31\""), "");
	ck_assert_int_eq(
	    policy.conduits[0].expires_ns, day + 24 * 3600 * OT_SECOND_NS);
	ck_assert_str_eq(conduit("\"reason\":\"r\""), "");
	ck_assert_int_eq(policy.conduits[0].expires_ns, OT_TIME_NONE);
	ck_assert_str_eq(conduit("\"expires\":\"2027-02-30\""),
	    "policy.json:2:11: \"2027-02-30\" is not a date: YYYY-MM-DD\n");
}
END_TEST

START_TEST(booleans)
{
	folder_put("conduits.csv",
	    "from,to,oneway\n*,*,yes\n*,internet,NO\ninternet,*,1\n");
	ck_assert_str_eq(
	    errors_of("{\"otzt\":1,\"conduits\":\"conduits.csv\"}"),
	    "conduits.csv:4:12: oneway is yes or no\n");
	ck_assert_str_eq(conduit("\"oneway\":\"yes\""),
	    "policy.json:2:10: oneway is true or false\n");
	ck_assert_str_eq(conduit("\"oneway\":true"), "");
	ck_assert(policy.conduits[0].oneway);
}
END_TEST

START_TEST(keys_that_nothing_judges_are_kept)
{
	ck_assert_str_eq(conduit("\"values\":\"0-100\",\"authentication\":\"\","
				 "\"max_rate\":3"),
	    "");
	ck_assert_uint_eq(policy.conduits[0].unjudged.count, 2);
	ck_assert(is(policy.conduits[0].unjudged.at[0], "values"));
}
END_TEST

START_TEST(addresses_of_the_registry)
{
	ck_assert_str_eq(
	    errors_of("{\"otzt\":1,\"assets\":[{\"id\":\"a\","
		      "\"ip\":[\"10.1.30.1:Card 2 \\\\ Addr 255\","
		      "\"0.0.0.0\",\"10.1.30.2/24 fd00::1\"],"
		      "\"mac\":\"n/a\"},{\"id\":\"b\",\"ip\":\"10.1.1\"}]}"),
	    "policy.json:1:131: \"10.1.1\" is not an IP address\n");
}
END_TEST

START_TEST(registry_rows)
{
	folder_put("registry.csv", "id,ip,mac,roles\n"
				   "a,10.1.30.1:Card 2,-,plc hmi\n"
				   "b,\"10.1.1.1, 10.1.1.2\n10.1.1.3\",,\n");
	ck_assert_str_eq(
	    errors_of("{\"otzt\":1,\"assets\":\"registry.csv\"}"), "");
	ck_assert_uint_eq(policy.assets[0].ip_count, 1);
	ck_assert_uint_eq(policy.assets[0].mac_count, 0);
	ck_assert_uint_eq(policy.assets[0].roles.count, 2);
	ck_assert_uint_eq(policy.assets[1].ip_count, 3);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		networks,
		vlans,
		macs_in_six_notations,
		words,
		ids_are_no_words_of_ends,
		matches,
		services,
		services_that_are_none,
		protocols_are_known,
		verbs_and_objects,
		a_day_ends_at_its_end,
		booleans,
		keys_that_nothing_judges_are_kept,
		addresses_of_the_registry,
		registry_rows,
	};

	return RUN("cell", tests, folder_open, folder_close);
}
