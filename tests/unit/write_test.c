/*
 * A policy that is written and read again is the same (policy/write.c).
 */
#include <limits.h>
#include <unistd.h>

#include "folder.h"

#include "base/io.h"
#include "suite.h"
#include "zone/zone.h"

static void
write_it(const struct ot_policy *made, const struct ot_list *review)
{
	struct ot_error error;

	ck_assert_int_eq(ot_policy_write(made, review, folder, &error), 0);
}

static const char *
file(const char *name)
{
	struct ot_str text;
	struct ot_error error;

	ck_assert_int_eq(
	    ot_file_read(&text, &arena, folder, name, 1 << 20, &error), 0);
	return text.p;
}

START_TEST(what_is_read_is_written)
{
	const char *zones, *conduits;
	struct ot_policy made;

	folder_put("zones.csv",
	    "id,site,name,kind,level,networks,vlans,macs,sensors,match,"
	    "importance,inside,owner,consequence\n"
	    "a/x,a,\"X, the first\",control,1,10.1.0.0/16 fd00::/64,7 8,"
	    "00:00:bc:00:00:01,a-1 a-2,class=plc,high,conduits,me,\n"
	    "a/y,a,\"Y \"\"quoted\"\"\",,,,,,,,,,,\n");
	folder_put("conduits.csv",
	    "id,from,to,services,verbs,objects,via,encryption,when,expires,"
	    "oneway,owner,ticket,reason\n"
	    "c1,a/x,internet,modbus tcp/1-9 ethertype/0x88b8,write read,"
	    "\"unit 1 holding 1-9;unit 2\",,required,,2027-01-31,yes,o,t,r\n"
	    "c2,*,a/y,,,,,,,,,,,\n");
	zones = file("zones.csv");
	conduits = file("conduits.csv");
	ck_assert_str_eq(
	    errors_of("{\"otzt\":1,\"name\":\"a \\\"name\\\"\",\"sites\":[{"
		      "\"id\":\"a\",\"sensors\":[\"a b\",\"c\"]}],"
		      "\"zones\":\"zones.csv\","
		      "\"conduits\":\"conduits.csv\"}"),
	    "");
	made = policy;
	/* what is there is not overwritten */
	struct ot_error error;

	ck_assert_int_eq(
	    ot_policy_write(&made, NULL, folder, &error), -OT_ERR_IO);
	ck_assert_ptr_nonnull(strstr(error.text, "has a policy"));
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/policy.json", folder);
	ck_assert_int_eq(unlink(path), 0);
	write_it(&made, NULL);
	ck_assert_str_eq(file("zones.csv"), zones);
	ck_assert_str_eq(file("conduits.csv"), conduits);
	ck_assert_str_eq(load_errors(NULL), "");
	ck_assert(is(policy.name, "a \"name\""));
	ck_assert_uint_eq(policy.sites[0].sensors.count, 2);
	ck_assert(is(policy.sites[0].sensors.at[0], "a b"));
	ck_assert_int_eq(
	    policy.conduits[0].expires_ns, made.conduits[0].expires_ns);
}
END_TEST

START_TEST(settings_and_waivers_are_written)
{
	static const char text[] =
	    "{\"otzt\":1,\"zones\":[{\"id\":\"a\"},{\"id\":\"b\"}],"
	    "\"conduits\":[{\"id\":\"c\",\"from\":\"a\",\"to\":\"b\","
	    "\"when\":\"shift\",\"values\":\"0-9\",\"if\":\"stopped\"},"
	    "{\"id\":\"d\",\"from\":\"b\",\"to\":\"a\"}],"
	    "\"waivers\":[{\"check\":\"ZON-001\",\"from\":\"a\","
	    "\"since\":\"2026-01-01\",\"until\":\"2026-12-31\","
	    "\"owner\":\"o\",\"reason\":\"because, well\"}],"
	    "\"limits\":{\"boxes\":9,\"scan_ports\":25},"
	    "\"checks\":{\"ZON-001\":\"off\",\"ZON-002\":\"on\"},"
	    "\"calendars\":{\"shift\":\"Mon-Fri 06:00-22:00\"},"
	    "\"assertions\":[{\"never\":{\"from\":\"kind:guest\","
	    "\"to\":\"level<=2\",\"services\":[\"tcp/1-9\"],"
	    "\"verbs\":[\"write\"],\"objects\":[\"unit 1\"],"
	    "\"encryption\":\"none\"}},"
	    "{\"id\":\"x\",\"always\":{\"from\":\"a\",\"to\":\"b\"}}]}";
	struct ot_policy made;
	char path[PATH_MAX];

	ck_assert_str_eq(errors_of(text), "");
	made = policy;
	(void)snprintf(path, sizeof(path), "%s/policy.json", folder);
	ck_assert_int_eq(unlink(path), 0);
	write_it(&made, NULL);
	ck_assert_str_eq(load_errors(NULL), "");
	ck_assert_uint_eq(policy.waiver_count, 1);
	ck_assert(is(policy.waivers[0].reason, "because, well"));
	ck_assert_int_eq(policy.waivers[0].since_ns, made.waivers[0].since_ns);
	ck_assert_int_eq(policy.waivers[0].until_ns, made.waivers[0].until_ns);
	ck_assert_uint_eq(policy.limits.count, 2);
	ck_assert_uint_eq(policy.limits.at[0].count, 9);
	ck_assert_uint_eq(policy.checks.count, 2);
	ck_assert_uint_eq(policy.checks.at[0].count, 0);
	ck_assert_uint_eq(policy.checks.at[1].count, 1);
	ck_assert_uint_eq(policy.calendar_count, 1);
	ck_assert_ptr_eq(policy.conduits[0].calendar, &policy.calendars[0]);
	ck_assert_uint_eq(policy.conduits[0].unjudged.count, 2);
	ck_assert(is(policy.conduits[0].unjudged_texts.at[0], "values 0-9"));
	ck_assert_uint_eq(policy.conduits[1].unjudged.count, 0);
	ck_assert_uint_eq(policy.assertion_count, 2);
	ck_assert(!policy.assertions[0].always);
	ck_assert(is(policy.assertions[0].id, "assertion-1"));
	ck_assert(is(policy.assertions[0].region.to, "level<=2"));
	ck_assert_uint_eq(policy.assertions[0].region.verbs, 1U << OT_WRITE);
	ck_assert_uint_eq(policy.assertions[0].region.services[0].last, 9);
	ck_assert(policy.assertions[1].always);
}
END_TEST

START_TEST(what_is_left_over_is_listed)
{
	struct ot_review one = { .from = ot_str("a"),
		.to = ot_str("b"),
		.client = ot_str("10.1.0.1"),
		.server = ot_str("10.2.0.1"),
		.service = ot_str("tcp/445"),
		.reason = ot_str("refused"),
		.packets = 2,
		.first = 0 };
	struct ot_list review = { .count = 0 };
	struct ot_policy made = { .proposed = true };
	struct ot_place place = { .file = ot_str("x,y.pcap"), .frame = 7 };

	ot_evidence_add(&one.evidence, &place);
	ck_assert(ot_list_push(&arena, &review, &one));
	write_it(&made, &review);
	ck_assert_str_eq(file("review.csv"),
	    "from,to,client,server,service,verbs,packets,first,file,frame,"
	    "reason\n"
	    "a,b,10.1.0.1,10.2.0.1,tcp/445,,2,"
	    "1970-01-01T00:00:00.000000000Z,\"x,y.pcap\",7,refused\n");
	ck_assert_str_eq(load_errors(NULL), "");
	ck_assert_uint_eq(policy.zone_count, 0);
}
END_TEST

START_TEST(a_folder_that_cannot_be)
{
	struct ot_policy made = { .proposed = true };
	struct ot_error error;

	ck_assert_int_eq(
	    ot_policy_write(&made, NULL, "/nonexistent/x/y", &error),
	    -OT_ERR_IO);
	ck_assert_ptr_nonnull(strstr(error.text, "/nonexistent/x/y"));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		what_is_read_is_written,
		settings_and_waivers_are_written,
		what_is_left_over_is_listed,
		a_folder_that_cannot_be,
	};

	return RUN("write", tests, folder_open, folder_close);
}
