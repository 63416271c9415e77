/*
 * Makers by MAC, from registries made here.
 */
#include "asset_records.h"

#include <stdio.h>
#include <unistd.h>

#include "asset/oui.h"

#define HEAD "Registry,Assignment,Organization Name,Organization Address\n"

static char folder[] = "/tmp/oui_test.XXXXXX";
static char path[4][64];

static void
put(int i, const char *name, const char *text)
{
	(void)snprintf(path[i], sizeof(path[i]), "%s/%s", folder, name);
	FILE *f = fopen(path[i], "w");

	ck_assert_ptr_nonnull(f);
	(void)fputs(text, f);
	(void)fclose(f);
}

static void
begin(void)
{
	memcpy(folder + strlen("/tmp/oui_test."), "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	put(0, "oui.csv",
	    HEAD "MA-L,001B1B,\"Siemens AG,\",DE\n"
		 "MA-L,70B3D5,IEEE Registration Authority,US\n"
		 "MA-L,741AE0,Private,\n");
	put(1, "mam.csv", HEAD "MA-M,741AE09,Middle,\n");
	put(2, "oui36.csv", HEAD "MA-S,70B3D5F2F,Small,\n");
}

static void
end(void)
{
	for (int i = 0; i < 3; i++)
		(void)remove(path[i]);
	(void)rmdir(folder);
}

static struct ot_str
maker(const struct ot_oui *oui, const char *mac)
{
	struct ot_addr a = addr(mac);

	return ot_oui_vendor(oui, &a);
}

START_TEST(longest_block_wins)
{
	struct ot_arena arena = { 0 };
	struct ot_oui oui = { 0 };

	ck_assert_int_eq(ot_oui_load(&oui, &arena, folder), 3);
	ASSERT_STR(maker(&oui, "00:1b:1b:11:22:33"), "Siemens AG,");
	ASSERT_STR(maker(&oui, "74:1a:e0:91:22:33"), "Middle");
	ASSERT_STR(maker(&oui, "70:b3:d5:f2:f2:33"), "Small");
	ot_oui_done(&oui);
	ot_arena_done(&arena);
}
END_TEST

START_TEST(nobody_where_nobody_is_named)
{
	struct ot_arena arena = { 0 };
	struct ot_oui oui = { 0 };

	ck_assert_int_eq(ot_oui_load(&oui, &arena, folder), 3);
	ck_assert_uint_eq(maker(&oui, "70:b3:d5:00:00:33").len, 0);
	ck_assert_uint_eq(maker(&oui, "74:1a:e0:11:22:33").len, 0);
	ck_assert_uint_eq(maker(&oui, "00:00:01:11:22:33").len, 0);
	ck_assert_uint_eq(maker(&oui, "02:1b:1b:11:22:33").len, 0);
	ck_assert_uint_eq(maker(&oui, "01:1b:1b:11:22:33").len, 0);
	ot_oui_done(&oui);
	ot_arena_done(&arena);
}
END_TEST

static void
count_notes(void *user, const char *text)
{
	ck_assert_ptr_nonnull(strstr(text, "ieee-data"));
	++*(int *)user;
}

START_TEST(maker_of_a_card_is_a_weak_word_and_its_lack_is_told)
{
	struct records r;
	int notes = 0;

	records_begin(&r);
	r.options.ieee = folder;
	r.options.note = count_notes;
	r.options.user = &notes;
	(void)talk(&r, "10.0.0.1", "00:1b:1b:00:00:01", "10.0.0.2", NULL);
	(void)fact(&r, "10.0.0.1", OT_K_MODEL, "X", "modbus");
	build(&r);
	const struct ot_asset *a = asset_of(&r, "mac:00:1b:1b:00:00:01");

	ASSERT_STR(ot_asset_get(a, "vendor"), "Siemens");
	for (uint32_t i = 0; i < a->attributes.count; i++) {
		const struct ot_attribute *v = a->attributes.at[i];

		if (!ot_str_eq(v->key, ot_str("vendor")))
			continue;
		ASSERT_STR(v->by, "oui");
		ck_assert_uint_eq(v->confidence, 40);
	}
	ck_assert_int_eq(notes, 0);
	r.options.ieee = "/nowhere";
	build(&r);
	ck_assert_int_eq(notes, 1);
	records_done(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { longest_block_wins,
		nobody_where_nobody_is_named,
		maker_of_a_card_is_a_weak_word_and_its_lack_is_told };

	return RUN("oui", tests, begin, end);
}
