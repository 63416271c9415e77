/*
 * The `match` of a zone (zone/attribute.c).
 */
#include "suite.h"

#include "zone/match.h"
#include "zone/zone.h"

static struct ot_arena arena;

static void
done(void)
{
	ot_arena_done(&arena);
}

static void
nothing(void)
{
}

static void
put(struct ot_asset *asset, const char *key, const char *value)
{
	struct ot_attribute *a = ot_alloc(&arena, sizeof(*a));

	*a =
	    (struct ot_attribute){ .key = ot_str(key), .value = ot_str(value) };
	ck_assert(ot_list_push(&arena, &asset->attributes, a));
}

/* Does a Siemens S7-300, class controller, role plc, serving s7comm, match? */
static bool
matches(const char *match)
{
	struct ot_zone_row row = { .match = ot_str(match) };
	struct ot_policy policy = { .zones = &row, .zone_count = 1 };
	struct ot_role role = { .role = ot_str("plc") };
	struct ot_asset asset = { .class_ = ot_str("controller") };
	struct ot_counts services = { .count = 0 };
	struct ot_claim claim = { .count = 0 };
	struct ot_matcher m;

	put(&asset, "vendor", "Siemens AG");
	put(&asset, "model", "CPU 315-2 PN/DP");
	ck_assert(ot_list_push(&arena, &asset.roles, &role));
	ck_assert(ot_counts_add(&arena, &services, ot_str("s7comm"), 1));
	ot_matcher_init(&m, &arena, &policy);
	ot_match_asset(&m, ot_str("a"), &asset, &services, &claim);
	ot_matcher_done(&m);
	return claim.count == 1;
}

START_TEST(tokens_must_all_hold)
{
	ck_assert(matches("vendor=Siemens class=plc"));
	ck_assert(!matches("vendor=Siemens class=hmi"));
	ck_assert(matches("class=controller role=plc service=s7comm"));
	ck_assert(!matches("service=modbus"));
}
END_TEST

START_TEST(alternatives_are_enough)
{
	ck_assert(matches("vendor=ABB; vendor=Siemens"));
	ck_assert(!matches("vendor=ABB;vendor=Sie"));
	ck_assert(!matches(""));
	ck_assert(!matches(" ; "));
}
END_TEST

START_TEST(patterns_and_case)
{
	ck_assert(matches("vendor=SIEMENS"));
	ck_assert(matches("vendor=sie*"));
	ck_assert(matches("model=cpu*315*"));
	ck_assert(matches("model=CPU"));
	ck_assert(!matches("model=315"));
}
END_TEST

START_TEST(what_cannot_be_judged)
{
	struct ot_str token = { NULL, 0 };

	ck_assert_ptr_null(ot_zone_match_wrong(ot_str("role=plc"), &token));
	ck_assert_ptr_null(ot_zone_match_wrong(ot_str(""), &token));
	ck_assert_ptr_nonnull(
	    ot_zone_match_wrong(ot_str("role=plc; tag=x"), &token));
	ck_assert(ot_str_eq(token, ot_str("tag=x")));
	ck_assert_ptr_nonnull(ot_zone_match_wrong(ot_str("plc"), &token));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		tokens_must_all_hold,
		alternatives_are_enough,
		patterns_and_case,
		what_cannot_be_judged,
	};

	return RUN("attribute", tests, nothing, done);
}
