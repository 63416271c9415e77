/*
 * lib/model/record.c: each kind of field written, read, merged; what is of the
 * wrong kind; lists with a limit.
 */
#include "model.h"

/* ---- a shape with every kind ---- */

struct inner {
	uint64_t n;
};

struct item {
	uint32_t key;
	uint64_t count;
};

struct all {
	uint64_t u64, most, least;
	uint32_t u32;
	int64_t i64;
	bool yes, not_asked;
	struct ot_str str, nullable;
	uint8_t word;
	struct ot_addr end, any;
	int64_t first, last;
	struct ot_counts counts;
	struct ot_hist hist;
	struct ot_slots slots;
	struct ot_evidence evidence;
	struct ot_vlans vlan;
	struct inner inner;
	struct ot_list list;
	struct ot_strings strings;
};

#define TYPE struct inner
static const struct ot_field inner_fields[] = { OT_FIELD(
    TYPE, n, U64, SUM, 0) };
#undef TYPE
static const struct ot_shape inner_shape = { .size = sizeof(struct inner),
	OT_SHAPE_OF(inner_fields) };

static const struct ot_field item_fields[] = {
	OT_FIELD(struct item, key, U32, KEEP, OT_ALWAYS),
	OT_FIELD(struct item, count, U64, SUM, 0),
};

static int
item_cmp(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

static const struct ot_shape item_shape = { .size = sizeof(struct item),
	OT_SHAPE_OF(item_fields),
	.cmp = item_cmp,
	.cap = 4 };

static const char *const words[] = { "best", "good", "bad", NULL };

#define F(member, kind, rule, flags)                                           \
	OT_FIELD(struct all, member, kind, rule, flags)
static const struct ot_field fields[] = {
	F(u64, U64, SUM, 0),
	F(most, U64, MAX, 0),
	F(least, U64, MIN, OT_ALWAYS),
	F(u32, U32, SUM, 0),
	F(i64, I64, MAX, 0),
	F(yes, BOOL, UNITE, 0),
	OT_FIELD_AS("asked", struct all, not_asked, NOT, UNITE, 0),
	F(str, STR, KEEP, 0),
	F(nullable, STR, KEEP, OT_NULLABLE),
	OT_FIELD_WORD(struct all, word, MIN, words),
	OT_FIELD_AS("ip", struct all, end, IP, KEEP, 0),
	OT_FIELD_AS("address", struct all, end, ADDRESS, KEEP, 0),
	F(any, ADDR, KEEP, 0),
	F(first, TIME, MIN, 0),
	F(last, TIME, MAX, 0),
	F(counts, COUNTS, UNITE, 0),
	F(hist, HIST, UNITE, 0),
	F(slots, SLOTS, UNITE, 0),
	F(evidence, EVIDENCE, UNITE, 0),
	F(vlan, VLANS, KEEP, 0),
	OT_FIELD_SHAPE(struct all, inner, OBJECT, KEEP, &inner_shape),
	OT_FIELD_SHAPE(struct all, list, LIST, UNITE, &item_shape),
	F(strings, STRINGS, KEEP, 0),
};
#undef F

static const struct ot_shape shape = { .size = sizeof(struct all),
	OT_SHAPE_OF(fields) };

/* What stands between {…} besides the members that are always there. */
#define BARE "\"least\":0,\"nullable\":null,\"word\":\"best\""
#define T1   "\"2026-03-02T06:15:00.000000001Z\""
#define T2   "\"2026-03-02T06:16:00.000000000Z\""

START_TEST(an_empty_struct_has_what_is_always_written)
{
	round_trip(&shape, "{" BARE "}");
}
END_TEST

START_TEST(every_kind_is_read_as_it_was_written)
{
	round_trip(&shape,
	    "{\"u64\":18446744073709551615,\"most\":2,\"least\":3,"
	    "\"u32\":4294967295,\"i64\":-9223372036854775808,\"yes\":true,"
	    "\"asked\":false,\"str\":\"a \\\\x00 \\\" b\",\"nullable\":\"\","
	    "\"word\":\"bad\",\"ip\":\"10.0.0.1\",\"any\":\"2001:db8::1\","
	    "\"first\":" T1 ",\"last\":" T2 ",\"counts\":{\"\":1,\"b\":2},"
	    "\"counts_other\":7,\"hist\":{\"0\":1,\"975\":2},"
	    "\"slots\":[\"2026-03-02T06:15Z/06:30Z\"],\"slots_other\":3,"
	    "\"evidence\":[{\"time\":" T1 ",\"file\":\"a.pcap\","
	    "\"frame\":17,\"reply\":19}],\"vlan\":{\"id\":[10,4095]},"
	    "\"inner\":{\"n\":1},\"list\":[{\"key\":0},"
	    "{\"key\":1,\"count\":5}],\"list_other\":9,"
	    "\"strings\":[\"b\",\"a\"]}");
}
END_TEST

START_TEST(an_address_that_is_no_ip_has_a_key_of_its_own)
{
	round_trip(&shape, "{\"least\":0,\"nullable\":null,\"word\":\"best\","
			   "\"address\":\"02:00:00:00:00:01\"}");
}
END_TEST

START_TEST(an_absent_time_is_none_and_not_1970)
{
	const struct all *a = read_from(&shape, "{}");

	ck_assert(a->first == OT_TIME_NONE);
	a = read_from(&shape, "{\"first\":\"1970-01-01T00:00:00Z\"}");
	ck_assert_int_eq(a->first, 0);
}
END_TEST

START_TEST(unknown_members_are_left_alone)
{
	const struct all *a =
	    read_from(&shape, "{\"x-new\":{\"u64\":3},\"u64\":1}");

	ck_assert_uint_eq(a->u64, 1);
}
END_TEST

START_TEST(wrong_kinds_are_refused_with_line_and_column)
{
	static const struct {
		const char *text, *message;
	} wrong[] = {
		{ "{\"u64\":-1}", "1:8: \"u64\" is not a number" },
		{ "{\"u64\":\"1\"}", "1:8: \"u64\" is not a number" },
		{ "{\n \"u64\": 1.5}", "2:9: \"u64\" is not a number" },
		{ "{\"u64\":18446744073709551616}",
		    "1:8: \"u64\" is not a number" },
		{ "{\"u32\":4294967296}", "1:8: \"u32\" is not a number" },
		{ "{\"i64\":9223372036854775808}",
		    "1:8: \"i64\" is not a number" },
		{ "{\"yes\":1}", "1:8: \"yes\" is not true or false" },
		{ "{\"asked\":null}", "1:10: \"asked\" is not true or false" },
		{ "{\"str\":1}", "1:8: \"str\" is not a string" },
		{ "{\"str\":null}", "1:8: \"str\" is not a string" },
		{ "{\"nullable\":{}}", "1:13: \"nullable\" is not a string" },
		{ "{\"word\":\"worse\"}", "1:9: \"word\" is not a known word" },
		{ "{\"word\":0}", "1:9: \"word\" is not a string" },
		{ "{\"ip\":\"10.0.0\"}", "1:7: \"ip\" is not an address" },
		{ "{\"any\":[]}", "1:8: \"any\" is not a string" },
		{ "{\"first\":\"2026\"}", "1:10: \"first\" is not a time" },
		{ "{\"counts\":[]}",
		    "1:11: \"counts\" is not an object of counts" },
		{ "{\"counts\":{\"a\":-1}}",
		    "1:16: \"counts\" is not an object of counts" },
		{ "{\"counts\":{},\"counts_other\":\"\"}",
		    "1:29: \"counts_other\" is not a number" },
		{ "{\"hist\":[]}", "1:9: \"hist\" is not a histogram" },
		{ "{\"hist\":{\"a\":1}}", "1:14: \"hist\" is not a histogram" },
		{ "{\"hist\":{\"\":1}}", "1:13: \"hist\" is not a histogram" },
		{ "{\"hist\":{\"-1\":1}}",
		    "1:15: \"hist\" is not a histogram" },
		{ "{\"hist\":{\"65536\":1}}",
		    "1:18: \"hist\" is not a histogram" },
		{ "{\"slots\":{}}", "1:10: \"slots\" is not a list of slots" },
		{ "{\"slots\":[7]}",
		    "1:11: \"slots\" is not a range of slots" },
		{ "{\"evidence\":{}}",
		    "1:13: \"evidence\" is not a list of places" },
		{ "{\"evidence\":[1]}", "1:14: \"evidence\" is not a place" },
		{ "{\"evidence\":[{\"time\":" T1 ",\"file\":\"a\"}]}",
		    "1:14: \"evidence\" is not a place" },
		{ "{\"evidence\":[{\"time\":" T1
		  ",\"file\":\"a\",\"frame\":1,\"reply\":-1}]}",
		    "1:14: \"evidence\" is not a place" },
		{ "{\"vlan\":10}",
		    "1:9: \"vlan\" is not an object with a list id" },
		{ "{\"vlan\":{\"id\":[4096]}}",
		    "1:16: \"vlan\" is not a VLAN" },
		{ "{\"vlan\":{\"id\":[1,2,3,4,5]}}",
		    "1:24: \"vlan\" is not a VLAN" },
		{ "{\"inner\":1}", "1:10: \"record\" is not an object" },
		{ "{\"inner\":{\"n\":true}}", "1:15: \"n\" is not a number" },
		{ "{\"list\":{}}", "1:9: \"list\" is not a list" },
		{ "{\"list\":[1]}", "1:10: \"record\" is not an object" },
		{ "{\"list\":[{\"key\":true}]}",
		    "1:17: \"key\" is not a number" },
		{ "{\"strings\":\"a\"}",
		    "1:12: \"strings\" is not a list of strings" },
		{ "{\"strings\":[1]}",
		    "1:13: \"strings\" is not a list of strings" },
		{ "[]", "1:1: \"record\" is not an object" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		refused(&shape, wrong[i].text, wrong[i].message);
}
END_TEST

START_TEST(fields_merge_by_their_rules_in_any_order)
{
	const char *const parts[3] = {
		"{\"u64\":1,\"most\":5,\"least\":3,\"u32\":1,\"i64\":-3,"
		"\"str\":\"k\",\"word\":\"bad\",\"first\":" T2 ","
		"\"counts\":{\"a\":1},\"hist\":{\"7\":1},"
		"\"inner\":{\"n\":1},\"list\":[{\"key\":2,\"count\":1}]}",
		"{\"u64\":2,\"most\":9,\"least\":4,\"u32\":2,\"i64\":-2,"
		"\"str\":\"k\",\"word\":\"good\",\"first\":" T1 ","
		"\"last\":" T1 ",\"yes\":true,\"counts\":{\"b\":1},"
		"\"counts_other\":1,\"slots\":[\"2026-03-02T06:15Z/06:30Z\"]}",
		"{\"u64\":4,\"most\":7,\"least\":5,\"u32\":4,\"i64\":-5,"
		"\"str\":\"k\",\"word\":\"bad\",\"last\":" T2 ","
		"\"asked\":false,\"counts\":{\"a\":2},\"hist\":{\"7\":2},"
		"\"slots\":[\"2026-03-02T06:30Z/06:45Z\"],"
		"\"inner\":{\"n\":2},\"list\":[{\"key\":1},"
		"{\"key\":2,\"count\":2}],\"list_other\":3}",
	};

	merged(&shape, parts,
	    "{\"u64\":7,\"most\":9,\"least\":3,\"u32\":7,\"i64\":-2,"
	    "\"yes\":true,\"asked\":false,\"str\":\"k\",\"nullable\":null,"
	    "\"word\":\"good\",\"first\":" T1 ",\"last\":" T2 ","
	    "\"counts\":{\"a\":3,\"b\":1},\"counts_other\":1,"
	    "\"hist\":{\"7\":3},\"slots\":[\"2026-03-02T06:15Z/06:45Z\"],"
	    "\"inner\":{\"n\":3},\"list\":[{\"key\":1},"
	    "{\"key\":2,\"count\":3}],\"list_other\":3}");
}
END_TEST

START_TEST(a_copy_shares_no_list_and_no_text)
{
	const char *text = "{\"least\":0,\"str\":\"abc\",\"nullable\":null,"
			   "\"word\":\"best\",\"counts\":{\"a\":1},"
			   "\"list\":[{\"key\":1,\"count\":1}],"
			   "\"strings\":[\"s\"]}";
	struct all *from = read_from(&shape, text);
	const struct all *copy = copied(&shape, from);

	ck_assert_str_eq(written(&shape, copy), text);
	ck_assert_ptr_ne(copy->str.p, from->str.p);
	ck_assert_ptr_ne(copy->list.at[0], from->list.at[0]);
	ck_assert_ptr_ne(copy->strings.at[0].p, from->strings.at[0].p);
	from->counts.at[0].count = 9;
	((struct item *)from->list.at[0])->count = 9;
	ck_assert_str_eq(written(&shape, copy), text);
}
END_TEST

/* ---- lists ---- */

static void
add_item(struct ot_list *list, uint32_t key)
{
	ck_assert(ot_list_add(&arena, &item_shape, list,
	    &(struct item){ .key = key, .count = 1 }));
}

START_TEST(a_list_is_sorted_and_unites_equals)
{
	struct ot_list list = { 0 };
	const uint32_t keys[] = { 3, 1, 2, 3, 1 };

	for (size_t i = 0; i < 5; i++)
		add_item(&list, keys[i]);
	ck_assert_uint_eq(list.count, 3);
	for (uint32_t i = 0; i < 3; i++)
		ck_assert_uint_eq(((struct item *)list.at[i])->key, i + 1);
	const struct item *one =
	    ot_list_find(&item_shape, &list, &(struct item){ .key = 1 });

	ck_assert_uint_eq(one->count, 2);
	ck_assert_ptr_null(
	    ot_list_find(&item_shape, &list, &(struct item){ .key = 4 }));
}
END_TEST

START_TEST(a_full_list_keeps_the_smallest_whatever_came_first)
{
	for (unsigned turn = 0; turn < 2; turn++) {
		struct ot_list list = { 0 };

		for (uint32_t i = 0; i < 10; i++)
			add_item(&list, turn ? 9 - i : i);
		ck_assert_uint_eq(list.count, 4);
		ck_assert_uint_eq(list.other, 6);
		for (uint32_t i = 0; i < 4; i++)
			ck_assert_uint_eq(((struct item *)list.at[i])->key, i);
	}
}
END_TEST

START_TEST(a_list_that_is_read_is_bounded_too)
{
	const struct all *a = read_from(&shape,
	    "{\"list\":[{\"key\":5},{\"key\":4},{\"key\":3},{\"key\":2},"
	    "{\"key\":1}],\"list_other\":1}");

	ck_assert_uint_eq(a->list.count, 4);
	ck_assert_uint_eq(a->list.other, 2);
	ck_assert_uint_eq(((struct item *)a->list.at[0])->key, 1);
}
END_TEST

START_TEST(vlans_are_ordered_outermost_first)
{
	const struct ot_vlans none = { 0 }, ten = { 1, { 10 } },
			      ten_two = { 2, { 10, 2 } }, nine = { 1, { 9 } };

	ck_assert_int_lt(ot_vlans_cmp(&none, &nine), 0);
	ck_assert_int_lt(ot_vlans_cmp(&nine, &ten), 0);
	ck_assert_int_lt(ot_vlans_cmp(&ten, &ten_two), 0);
	ck_assert_int_gt(ot_vlans_cmp(&ten_two, &nine), 0);
	ck_assert_int_eq(ot_vlans_cmp(&ten, &ten), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		an_empty_struct_has_what_is_always_written,
		every_kind_is_read_as_it_was_written,
		an_address_that_is_no_ip_has_a_key_of_its_own,
		an_absent_time_is_none_and_not_1970,
		unknown_members_are_left_alone,
		wrong_kinds_are_refused_with_line_and_column,
		fields_merge_by_their_rules_in_any_order,
		a_copy_shares_no_list_and_no_text,
		a_list_is_sorted_and_unites_equals,
		a_full_list_keeps_the_smallest_whatever_came_first,
		a_list_that_is_read_is_bounded_too,
		vlans_are_ordered_outermost_first,
	};

	return RUN("record", tests, NULL, forget);
}
