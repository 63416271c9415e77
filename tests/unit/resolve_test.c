/*
 * What the rows of a policy say of each other (policy/resolve.c).
 */
#include "folder.h"

#include "suite.h"

#define HEAD                                                                   \
	"{\"otzt\":1,\"sites\":[{\"id\":\"a\"},"                               \
	"{\"id\":\"b\"}],\n\"zones\":["                                        \
	"{\"site\":\"a\",\"name\":\"Offices\"},"                               \
	"{\"site\":\"b\",\"name\":\"Offices\"},"                               \
	"{\"id\":\"b/plant\",\"site\":\"b\",\"name\":\"Factory\"}]"

START_TEST(an_id_is_site_and_name)
{
	ck_assert_str_eq(errors_of(HEAD "}"), "");
	ck_assert(is(policy.zones[0].id, "a/Offices"));
	ck_assert(is(policy.zones[2].id, "b/plant"));
}
END_TEST

START_TEST(ends_of_conduits)
{
	ck_assert_str_eq(
	    errors_of(HEAD ",\n\"conduits\":["
			   "{\"from\":\"a/Offices\",\"to\":\"Factory\"},"
			   "{\"from\":\"internet\",\"to\":\"unassigned\"},"
			   "{\"from\":\"*\",\"to\":\"asset:x\"}]}"),
	    "");
	ck_assert(is(policy.conduits[0].to, "b/plant"));
	ck_assert(is(policy.conduits[0].id, "a/Offices>b/plant"));
}
END_TEST

START_TEST(rows_without_ids_have_their_own)
{
	ck_assert_str_eq(errors_of("{\"otzt\":1,\"conduits\":["
				   "{\"from\":\"*\",\"to\":\"*\"},"
				   "{\"from\":\"*\",\"to\":\"*\"}]}"),
	    "");
	ck_assert(is(policy.conduits[0].id, "*>*"));
	ck_assert(is(policy.conduits[1].id, "*>*#2"));
}
END_TEST

START_TEST(ends_that_are_none)
{
	ck_assert_str_eq(
	    errors_of(HEAD ",\n\"conduits\":["
			   "{\"from\":\"a/Ofices\",\"to\":\"Offices\"},\n"
			   "{\"from\":\"kind:guest\",\"to\":\"levle\"},\n"
			   "{\"id\":\"x\",\"to\":\"*\"}]}"),
	    "policy.json:3:21: \"a/Ofices\" is not a zone; did you mean "
	    "\"a/Offices\"?\n"
	    "policy.json:3:37: several zones are named \"Offices\": write "
	    "the id\n"
	    "policy.json:4:9: \"kind:guest\": this form is not supported "
	    "yet; write a zone, asset:ID, internet or *\n"
	    "policy.json:4:27: \"levle\" is not a zone\n"
	    "policy.json:5:1: a conduit needs a from\n");
}
END_TEST

START_TEST(ids_are_there_once)
{
	ck_assert_ptr_nonnull(
	    strstr(errors_of("{\"otzt\":1,\"sites\":[{\"id\":\"a\"},\n"
			     "{\"id\":\"a\"}]}"),
		"policy.json:2:7: site \"a\" is there twice: first in "));
	ck_assert_ptr_nonnull(
	    strstr(errors_of("{\"otzt\":1,\"zones\":[{\"id\":\"a\"},\n"
			     "{\"name\":\"a\"}]}"),
		"policy.json:2:1: zone \"a\" is there twice: first in "));
}
END_TEST

START_TEST(sites_are_declared)
{
	ck_assert_str_eq(
	    errors_of("{\"otzt\":1,\"sites\":[{\"id\":\"lagos\"},{}],\n"
		      "\"zones\":[{\"id\":\"z\",\"site\":\"lagso\"},{}]}"),
	    "policy.json:1:35: a site needs an id\n"
	    "policy.json:2:27: \"lagso\" is not a declared site; did you "
	    "mean \"lagos\"?\n"
	    "policy.json:2:36: a zone needs an id, or site and name\n");
}
END_TEST

START_TEST(two_rows_that_claim_the_same)
{
	static const char zones[] = "id,site,networks,vlans,macs,sensors\n"
				    "p,a,10.1.0.0/16,,,\n"
				    "q,a,10.1.0.0/16,7,,\n"
				    "r,b,10.1.0.0/16,,,\n"
				    "s,a,10.2.0.0/16 10.1.0.0/16,,,\n"
				    "t,a,,,00:00:bc:00:00:01,\n"
				    "u,a,,,00:00:bc:00:00:01,\n"
				    "v,a,,9,,\n"
				    "w,a,,9 10,,\n"
				    "x,a,,,,\n"
				    "y,a,,,,\n";

	folder_put("zones.csv", zones);
	ck_assert_str_eq(errors_of("{\"otzt\":1,\"sites\":[{\"id\":\"a\"},"
				   "{\"id\":\"b\"}],\"zones\":\"zones.csv\"}"),
	    "zones.csv:5:1: claims a network that zone \"p\" (line 2) claims "
	    "with the same selectors\n"
	    "zones.csv:7:1: claims a MAC address that zone \"t\" (line 6) "
	    "claims with the same selectors\n"
	    "zones.csv:9:1: claims a VLAN that zone \"v\" (line 8) claims "
	    "with the same selectors\n");
}
END_TEST

START_TEST(the_registry)
{
	ck_assert_str_eq(
	    errors_of(HEAD ",\n\"assets\":["
			   "{\"id\":\"one\",\"zone\":\"Factory\"},\n"
			   "{\"id\":\"two\",\"zone\":\"Factroy\"},\n"
			   "{\"ip\":\"10.1.1.1\"},\n{\"vendor\":\"v\"},\n"
			   "{\"ip\":\"10.1\"}],\n"
			   "\"conduits\":[{\"from\":\"asset:onne\","
			   "\"to\":\"*\",\"via\":[\"two\"]}]}"),
	    "policy.json:7:8: \"10.1\" is not an IP address\n"
	    "policy.json:4:20: \"Factroy\" is not a zone; did you mean "
	    "\"Factory\"?\n"
	    "policy.json:6:1: an asset needs an id, a name, an IP or a MAC "
	    "address\n"
	    "policy.json:8:21: \"onne\" is not an asset of the registry; "
	    "did you mean \"one\"?\n");
}
END_TEST

START_TEST(an_asset_is_of_the_site_of_its_zone)
{
	ck_assert_str_eq(errors_of(HEAD ",\"assets\":[{\"ip\":\"10.1.1.1\","
					"\"zone\":\"Factory\"}]}"),
	    "");
	ck_assert(is(policy.assets[0].id, "10.1.1.1"));
	ck_assert(is(policy.assets[0].site, "b"));
	ck_assert(is(policy.assets[0].zone, "b/plant"));
}
END_TEST

START_TEST(calendars)
{
	ck_assert_str_eq(
	    errors_of("{\"otzt\":1,\"conduits\":[{\"from\":\"*\","
		      "\"to\":\"*\",\"when\":\"shfit\"},{\"id\":\"b\","
		      "\"from\":\"*\",\"to\":\"*\",\"when\":\"shift\"}],"
		      "\"calendars\":{\"shift\":\"Mon-Fri 06:00-22:00\"}}"),
	    "policy.json:1:51: \"shfit\" is not one of the calendars; did "
	    "you mean \"shift\"?\n");
}
END_TEST

START_TEST(waivers)
{
	ck_assert_str_eq(
	    errors_of(HEAD ",\n\"waivers\":[{\"from\":\"Factory\","
			   "\"service\":\"tcp/80\",\"until\":\"2027-01-01\","
			   "\"max_severity\":\"high\"},\n"
			   "{\"to\":\"Factoy\",\"service\":\"tpc/80\"}]}"),
	    "policy.json:4:7: \"Factoy\" is not a zone; did you mean "
	    "\"Factory\"?\n"
	    "policy.json:4:26: \"tpc/80\" is not a service: a protocol, or "
	    "tcp/, udp/, sctp/, ip/ or ethertype/ and a number\n");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		an_id_is_site_and_name,
		ends_of_conduits,
		rows_without_ids_have_their_own,
		ends_that_are_none,
		ids_are_there_once,
		sites_are_declared,
		two_rows_that_claim_the_same,
		the_registry,
		an_asset_is_of_the_site_of_its_zone,
		calendars,
		waivers,
	};

	return RUN("resolve", tests, folder_open, folder_close);
}
