/*
 * SARIF 2.1.0 (render/sarif.c).
 */
#include "base/json.h"
#include "sample_report.h"
#include "suite.h"

static struct sample sample;

static void
init(void)
{
	sample_init(&sample);
}

static void
done(void)
{
	sample_done(&sample);
}

static const struct ot_json *
run(void)
{
	struct ot_str text = ot_str(sample_render(&sample, "sarif"));
	const struct ot_json *log =
	    ot_json_parse(&sample.arena, text, 0, NULL, NULL);

	ck_assert_ptr_nonnull(log);
	return ot_json_get(log, "runs")->first;
}

static const struct ot_json *
result(unsigned i)
{
	const struct ot_json *r = ot_json_get(run(), "results")->first;

	while (i--)
		r = r->next;
	return r;
}

/* The value behind a path of keys; an array's first item where a key is "0". */
static struct ot_str
at(const struct ot_json *value, const char *path)
{
	char key[64];

	while (*path) {
		size_t len = strcspn(path, "/");

		memcpy(key, path, len);
		key[len] = '\0';
		value = strcmp(key, "0") == 0 ? value->first
					      : ot_json_get(value, key);
		ck_assert_msg(value, "no %s", key);
		path += len + (path[len] == '/');
	}
	return value->kind == OT_JSON_STRING ? value->string : value->raw;
}

#define IS(value, path, text)                                                  \
	ck_assert_msg(ot_str_eq(at(value, path), ot_str(text)), "%s is %.*s",  \
	    path, (int)at(value, path).len, at(value, path).p)

START_TEST(a_finding_points_at_its_line_and_its_frames)
{
	struct ot_finding *f = sample.findings.at[0];

	f->file = ot_str("zones/c d.csv");
	f->line = 7;
	f->column = 1;
	f->end_column = 42;
	const struct ot_json *r = result(0);

#define PHYSICAL "locations/0/physicalLocation/"
	IS(r, PHYSICAL "artifactLocation/uri", "zones/c%20d.csv");
	IS(r, PHYSICAL "region/startLine", "7");
	IS(r, PHYSICAL "region/endColumn", "42");
	IS(r, "locations/0/logicalLocations/0/fullyQualifiedName",
	    "lagos/offices>lagos/factory");
	IS(r, "relatedLocations/0/physicalLocation/artifactLocation/uri",
	    "a%20b.pcap");
	IS(r, "relatedLocations/0/message/text",
	    "frame 17, reply 19, 1970-01-01 00:00:01 UTC");
	IS(r, "partialFingerprints/primaryLocationLineHash",
	    "0123456789abcdef:1");
	IS(r, "ruleIndex", "1");
	IS(r, "level", "error");
	IS(r, "kind", "fail");
}
END_TEST

START_TEST(no_line_has_no_region_but_a_location)
{
	const struct ot_json *r = result(0);
	const struct ot_json *physical =
	    ot_json_get(ot_json_get(r, "locations")->first, "physicalLocation");

	ck_assert_ptr_null(ot_json_get(physical, "region"));
	IS(physical, "artifactLocation/uri", "zones");
}
END_TEST

START_TEST(without_a_policy_the_location_is_what_was_read)
{
	sample.report.policy = NULL;
	IS(result(0), PHYSICAL "artifactLocation/uri", "a%20b.pcap");
	sample.inputs.count = 0;
	IS(result(0), PHYSICAL "artifactLocation/uri", "otcheck");
}
END_TEST

START_TEST(absolute_names_become_file_uris)
{
	((struct ot_finding *)sample.findings.at[0])->file =
	    ot_str("/p/50%:x.csv");
	IS(result(0), PHYSICAL "artifactLocation/uri",
	    "file:///p/50%25%3Ax.csv");
}
END_TEST

START_TEST(cannot_tell_is_a_review)
{
	IS(result(1), "kind", "review");
	IS(result(1), "level", "none");
	ck_assert_ptr_null(ot_json_get(result(1), "ruleIndex"));
}
END_TEST

START_TEST(waived_is_suppressed_and_all_others_say_that_they_are_not)
{
	IS(result(2), "suppressions/0/kind", "external");
	IS(result(2), "suppressions/0/status", "accepted");
	IS(result(0), "suppressions", "[]");
	sample.findings.count = 2;
	ck_assert_ptr_null(ot_json_get(result(0), "suppressions"));
}
END_TEST

START_TEST(rules_carry_severity_and_tags)
{
	const struct ot_json *rule = ot_json_get(
	    ot_json_get(ot_json_get(run(), "tool"), "driver"), "rules")
					 ->first->next;

	IS(rule, "id", "ZON-001");
	IS(rule, "name", "ZoneCrossingWithoutAConduit");
	IS(rule, "properties/security-severity", "8.0");
	IS(rule, "properties/tags",
	    "[\"security\",\"ot\",\"IEC62443-3-3:SR5.1\","
	    "\"IEC62443-3-2:ZCR3.1\",\"ATTACK-ICS:T0886\"]");
}
END_TEST

START_TEST(nothing_is_an_empty_string)
{
	HAS_NOT(sample_render(&sample, "sarif"), "\"\"");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_finding_points_at_its_line_and_its_frames,
		no_line_has_no_region_but_a_location,
		without_a_policy_the_location_is_what_was_read,
		absolute_names_become_file_uris,
		cannot_tell_is_a_review,
		waived_is_suppressed_and_all_others_say_that_they_are_not,
		rules_carry_severity_and_tags,
		nothing_is_an_empty_string,
	};

	return RUN("sarif", tests, init, done);
}
