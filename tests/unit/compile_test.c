/*
 * Conduits as entries: policy/compile.c.
 */
#include "policy/rules.h"

#include "plant.h"

static struct plant p;

static void
begin(void)
{
	plant_begin(&p);
}

static void
done(void)
{
	plant_done(&p);
}
START_TEST(no_policy_is_no_entries)
{
	const struct ot_rules *rules = ot_rules_compile(&p.arena, NULL);

	ck_assert_ptr_nonnull(rules);
	ck_assert_uint_eq(rules->entry_count, 0);
	ck_assert_uint_eq(ot_end_zone(rules, ot_str("z")), OT_END_ANY);
}
END_TEST

START_TEST(entries_are_sorted)
{
	plant_conduit(&p, "b", "z2", "z1", "modbus", 0);
	plant_conduit(&p, "a", "*", "asset:x", NULL, 0);
	plant_conduit(&p, "c", "z1", "z2", "s7comm", 0);
	const struct ot_rules *rules = ot_rules_compile(&p.arena, &p.policy);

	for (size_t i = 1; i < rules->entry_count; i++)
		ck_assert_int_le(
		    ot_entry_cmp(&rules->entries[i - 1], &rules->entries[i]),
		    0);
	ck_assert_uint_eq(rules->zone_count, 2);
	ck_assert_uint_eq(rules->protocol_count, 2);
}
END_TEST

START_TEST(zones_and_assets_are_different_ends)
{
	plant_conduit(&p, "a", "x", "asset:x", NULL, 0);
	const struct ot_rules *rules = ot_rules_compile(&p.arena, &p.policy);
	uint32_t zone = ot_end_zone(rules, ot_str("x"));
	uint32_t asset = ot_end_asset(rules, ot_str("x"));

	ck_assert_uint_ne(zone, OT_END_ANY);
	ck_assert_uint_ne(asset, OT_END_ANY);
	ck_assert_uint_ne(zone, asset);
	ck_assert_uint_eq(ot_end_asset(rules, ot_str("registry:x")), asset);
	ck_assert_uint_eq(ot_end_asset(rules, ot_str("registry:s/x")), asset);
	ck_assert_uint_eq(ot_end_asset(rules, ot_str("mac:x")), OT_END_ANY);
}
END_TEST

START_TEST(via_may_be_an_asset_or_a_zone)
{
	struct ot_conduit_row *row = plant_conduit(&p, "a", "x", "y", NULL, 0);

	ck_assert(ot_strings_add(&p.arena, &row->via, ot_str("s/office")));
	ck_assert(ot_strings_add(&p.arena, &row->via, ot_str("j")));
	const struct ot_rules *rules = ot_rules_compile(&p.arena, &p.policy);

	ck_assert_uint_ne(ot_end_zone(rules, ot_str("s/office")), OT_END_ANY);
	ck_assert_uint_ne(ot_end_asset(rules, ot_str("j")), OT_END_ANY);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		no_policy_is_no_entries,
		entries_are_sorted,
		zones_and_assets_are_different_ends,
		via_may_be_an_asset_or_a_zone,
	};

	return RUN("compile", tests, begin, done);
}
