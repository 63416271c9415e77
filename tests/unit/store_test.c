/*
 * lib/model/store.c: records in any order, settled.
 */
#include "model.h"

static struct ot_store store;

static void
after(void)
{
	ot_store_done(&store);
	forget();
}

static struct ot_fact_sum *
fact(const char *value)
{
	struct ot_fact_sum *f = ot_store_add(&store, OT_STORE_FACT);

	ck_assert_ptr_nonnull(f);
	f->value = ot_str(value);
	f->count = 1;
	return f;
}

static const struct ot_fact_sum *
fact_at(uint32_t i)
{
	return store.list[OT_STORE_FACT].at[i];
}

START_TEST(a_new_record_has_no_time_yet)
{
	const struct ot_flow_sum *flow = ot_store_add(&store, OT_STORE_FLOW);

	ck_assert(flow->first == OT_TIME_NONE);
	ck_assert(flow->last == OT_TIME_NONE);
	ck_assert_uint_eq(flow->duplicates, 0);
}
END_TEST

START_TEST(settling_sorts_and_merges_equals)
{
	fact("b")->first = 7;
	fact("a");
	fact("b")->first = 5;
	ck_assert(ot_store_settle(&store));
	ck_assert_uint_eq(store.list[OT_STORE_FACT].count, 2);
	ck_assert(ot_str_eq(fact_at(0)->value, ot_str("a")));
	ck_assert_uint_eq(fact_at(1)->count, 2);
	ck_assert_int_eq(fact_at(1)->first, 5);
}
END_TEST

START_TEST(settling_again_changes_nothing)
{
	fact("b");
	fact("a");
	ck_assert(ot_store_settle(&store));
	ck_assert(ot_store_settle(&store));
	ck_assert_uint_eq(store.list[OT_STORE_FACT].count, 2);
	ck_assert_uint_eq(fact_at(0)->count, 1);
}
END_TEST

START_TEST(records_added_to_a_settled_store_are_settled_too)
{
	fact("b");
	ck_assert(ot_store_settle(&store));
	fact("a");
	fact("b");
	ck_assert(ot_store_settle(&store));
	ck_assert_uint_eq(store.list[OT_STORE_FACT].count, 2);
	ck_assert(ot_str_eq(fact_at(0)->value, ot_str("a")));
	ck_assert_uint_eq(fact_at(1)->count, 2);
}
END_TEST

START_TEST(an_empty_store_settles)
{
	ck_assert(ot_store_settle(&store));
	ck_assert_uint_eq(store.list[OT_STORE_FLOW].count, 0);
}
END_TEST

START_TEST(each_type_has_a_shape_and_a_name)
{
	for (int t = 0; t < OT_STORE_TYPES; t++) {
		ck_assert_ptr_nonnull(ot_store_shapes[t]);
		ck_assert(ot_store_shapes[t]->cmp != NULL);
		ck_assert_ptr_nonnull(ot_store_names[t]);
	}
	ck_assert_ptr_null(ot_store_names[OT_STORE_TYPES]);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_new_record_has_no_time_yet,
		settling_sorts_and_merges_equals,
		settling_again_changes_nothing,
		records_added_to_a_settled_store_are_settled_too,
		an_empty_store_settles,
		each_type_has_a_shape_and_a_name,
	};

	return RUN("store", tests, NULL, after);
}
