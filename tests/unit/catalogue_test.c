/*
 * data/checks.csv: check/catalogue.c.
 */
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
START_TEST(every_check_has_its_row)
{
	struct ot_error error;

	ck_assert_int_eq(ot_catalogue_load(&p.catalogue, &p.arena,
			     getenv("OTZT_DATA"), &error),
	    0);
	for (const char *const *id = ot_check_ids(); *id; id++) {
		const struct ot_check_row *row =
		    ot_catalogue_find(&p.catalogue, ot_str(*id));

		ck_assert_ptr_nonnull(row);
		ck_assert_uint_gt(row->title.len, 0);
		ck_assert_uint_gt(row->remediation.len, 0);
		ck_assert_int_ge(ot_word(ot_severity_names, row->severity), 0);
	}
}
END_TEST

START_TEST(an_id_that_nobody_knows)
{
	ck_assert_ptr_null(ot_catalogue_find(&p.catalogue, ot_str("ZON-999")));
}
END_TEST

START_TEST(a_folder_without_a_catalogue)
{
	struct ot_error error;

	ck_assert_int_lt(
	    ot_catalogue_load(&p.catalogue, &p.arena, "/nowhere", &error), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		every_check_has_its_row,
		an_id_that_nobody_knows,
		a_folder_without_a_catalogue,
	};

	return RUN("catalogue", tests, begin, done);
}
