/*
 * The asset record: written, read back, and its winners.
 */
#include "asset_records.h"

static struct ot_arena arena;

static void
end(void)
{
	ot_arena_done(&arena);
}

static void
add_attribute(struct ot_asset *asset, const char *key, const char *value,
    const char *nested)
{
	struct ot_attribute *a = ot_alloc(&arena, sizeof(*a));

	a->key = ot_str(key);
	a->value = ot_str(value);
	a->nested = ot_str(nested);
	a->confidence = 80;
	a->by = ot_str("oui");
	ck_assert(ot_list_push(&arena, &asset->attributes, a));
}

static struct ot_sb
written(const struct ot_asset *asset)
{
	struct ot_sb sb = { 0 };
	struct ot_jw w = { .sb = &sb };

	ot_jw_open(&w, '{');
	ot_shape_write(&w, &ot_asset_shape, asset);
	ot_jw_close(&w, '}');
	return sb;
}

START_TEST(an_empty_asset_has_only_what_is_always_there)
{
	const struct ot_asset asset = { .id = ot_str("ip:10.0.0.1"),
		.first = OT_TIME_NONE,
		.last = OT_TIME_NONE };
	struct ot_sb sb = written(&asset);

	ck_assert_str_eq(sb.p, "{\"id\":\"ip:10.0.0.1\",\"packets\":0}");
	ot_sb_done(&sb);
}
END_TEST

START_TEST(class_is_written_under_its_name)
{
	const struct ot_asset asset = { .id = ot_str("a"),
		.class_ = ot_str("io"),
		.level = ot_str("1"),
		.router = true,
		.first = OT_TIME_NONE,
		.last = OT_TIME_NONE };
	struct ot_sb sb = written(&asset);

	ck_assert_str_eq(sb.p, "{\"id\":\"a\",\"class\":\"io\",\"level\":\"1\","
			       "\"router\":true,\"packets\":0}");
	ot_sb_done(&sb);
}
END_TEST

START_TEST(what_is_written_reads_back_the_same)
{
	struct ot_asset asset = { .id = ot_str("mac:00:1b:1b:00:00:01"),
		.site = ot_str("lagos"),
		.class_ = ot_str("controller"),
		.packets = 7,
		.first = 1000,
		.last = 2000 };
	struct ot_asset_address address = { addr("10.0.0.1"), 7, { 0 } };
	struct ot_role role = { ot_str("plc"), ot_str("serves"), 75 };
	struct ot_asset back = { .first = OT_TIME_NONE, .last = OT_TIME_NONE };
	struct ot_error error = { 0 };

	ck_assert(
	    ot_counts_add(&arena, &asset.sensors, ot_str("lagos-factory"), 7));
	ck_assert(ot_list_push(&arena, &asset.addresses, &address));
	ck_assert(ot_list_push(&arena, &asset.roles, &role));
	ck_assert(ot_strings_add(&arena, &asset.parts, ot_str("unit 1")));
	add_attribute(&asset, "vendor", "Siemens", NULL);
	add_attribute(&asset, "vendor", "Acme", "unit 1");
	struct ot_sb first = written(&asset);
	const struct ot_json *object =
	    ot_json_parse(&arena, ot_sb_str(&first), 0, NULL, NULL);

	ck_assert_ptr_nonnull(object);
	ck_assert_msg(
	    ot_shape_read(&arena, &ot_asset_shape, &back, object, &error) == 0,
	    "%s", error.text);
	struct ot_sb second = written(&back);

	ck_assert_str_eq(first.p, second.p);
	ot_sb_done(&first);
	ot_sb_done(&second);
}
END_TEST

START_TEST(winner_is_the_first_of_the_thing_itself)
{
	struct ot_asset asset = { 0 };

	add_attribute(&asset, "vendor", "Part", "unit 1");
	add_attribute(&asset, "vendor", "Winner", NULL);
	add_attribute(&asset, "vendor", "Loser", NULL);
	ASSERT_STR(ot_asset_get(&asset, "vendor"), "Winner");
	ck_assert_ptr_null(ot_asset_get(&asset, "model").p);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		an_empty_asset_has_only_what_is_always_there,
		class_is_written_under_its_name,
		what_is_written_reads_back_the_same,
		winner_is_the_first_of_the_thing_itself
	};

	return RUN("asset", tests, NULL, end);
}
