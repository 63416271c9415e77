/*
 * The rules of lib/data: every fingerprint matches its own example, and what
 * the reader refuses.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "asset/rules.h"
#include "base/csv.h"
#include "base/io.h"
#include "suite.h"

static struct ot_arena arena;
static struct ot_asset_rules rules;

static void
setup(void)
{
	struct ot_error error = { 0 };
	const char *folder = getenv("OTZT_DATA");

	ck_assert_ptr_nonnull(folder);
	ck_assert_msg(ot_asset_rules_load(&rules, &arena, folder, &error) == 0,
	    "%s", error.text);
}

static void
teardown(void)
{
	ot_asset_rules_done(&rules);
	ot_arena_done(&arena);
}

/* The first word of a list. */
static struct ot_str
first(struct ot_str list)
{
	const char *blank = list.len ? memchr(list.p, ' ', list.len) : NULL;

	return blank ? (struct ot_str){ list.p, (size_t)(blank - list.p) }
		     : list;
}

/* A statement as the rule wants it, with its example. */
static struct ot_asset_statement
example_of(const struct ot_asset_rule *rule)
{
	int by = rule->by.len ? ot_word(ot_by_names, first(rule->by)) : OT_SELF;

	ck_assert_int_ge(by, 0);
	return (struct ot_asset_statement){ .key = rule->key,
		.value = rule->example,
		.protocol = first(rule->protocols),
		.message = rule->message,
		.by = (uint8_t)by,
		.count = 1 };
}

START_TEST(every_fingerprint_matches_its_example)
{
	ck_assert_uint_gt(rules.rules.count, 100);
	for (uint32_t i = 0; i < rules.rules.count; i++) {
		const struct ot_asset_rule *rule = rules.rules.at[i];
		struct ot_asset_statement said = example_of(rule);
		struct ot_str caught[OT_ASSET_STARS];

		ck_assert_msg(rule->id.len && rule->example.len,
		    "a rule without id or example");
		ck_assert_msg(ot_asset_rule_match(rule, &said, caught),
		    "%.*s does not match its example", (int)rule->id.len,
		    rule->id.p);
	}
}
END_TEST

START_TEST(every_value_that_a_rule_sets_has_text)
{
	for (uint32_t i = 0; i < rules.rules.count; i++) {
		const struct ot_asset_rule *rule = rules.rules.at[i];
		struct ot_asset_statement said = example_of(rule);
		struct ot_str caught[OT_ASSET_STARS];

		(void)ot_asset_rule_match(rule, &said, caught);
		for (uint32_t k = 0; k < rule->set_count; k++)
			ck_assert_msg(
			    ot_asset_rule_value(&arena, &rules,
				rule->sets[k].value, said.value, caught)
				    .len > 0,
			    "%.*s sets nothing", (int)rule->id.len, rule->id.p);
	}
}
END_TEST

START_TEST(no_fingerprint_matches_the_empty_text_by_its_pattern)
{
	for (uint32_t i = 0; i < rules.rules.count; i++) {
		const struct ot_asset_rule *rule = rules.rules.at[i];
		struct ot_asset_statement said = example_of(rule);
		struct ot_str caught[OT_ASSET_STARS];

		said.value = ot_str("");
		if (rule->pattern.len && !ot_str_eq(rule->pattern, ot_str("*")))
			ck_assert(!ot_asset_rule_match(rule, &said, caught));
	}
}
END_TEST

START_TEST(ids_are_unique_and_classes_known)
{
	const struct ot_str classes = ot_str("controller io drive hmi "
					     "workstation server network "
					     "printer camera phone external");

	for (uint32_t i = 0; i < rules.rules.count; i++) {
		const struct ot_asset_rule *rule = rules.rules.at[i];

		for (uint32_t k = 0; k < i; k++)
			ck_assert(!ot_str_eq(rule->id,
			    ((struct ot_asset_rule *)rules.rules.at[k])->id));
		for (uint32_t k = 0; k < rule->set_count; k++)
			if (ot_str_eq(rule->sets[k].key, ot_str("class")))
				ck_assert(ot_asset_listed(
				    classes, rule->sets[k].value));
	}
	for (uint32_t i = 0; i < rules.deeds.count; i++) {
		const struct ot_asset_deed_rule *rule = rules.deeds.at[i];

		ck_assert(!rule->class_.len ||
			  ot_asset_listed(classes, rule->class_));
		for (uint32_t k = 0; k < i; k++)
			ck_assert(!ot_str_eq(rule->id,
			    ((struct ot_asset_deed_rule *)rules.deeds.at[k])
				->id));
	}
}
END_TEST

START_TEST(every_maker_has_the_name_of_its_example)
{
	struct ot_error error = { 0 };
	struct ot_str text;

	ck_assert_int_eq(ot_file_read(&text, &arena, getenv("OTZT_DATA"),
			     "vendors.csv", 1 << 20, &error),
	    0);
	struct ot_csv *csv = ot_csv_parse(&arena, text, NULL, NULL);

	ck_assert_uint_eq(csv->columns, 3);
	for (struct ot_csv_row *row = csv->rows; row; row = row->next)
		ck_assert_msg(
		    ot_str_eq(ot_asset_vendor(&rules, row->cells[2].text),
			row->cells[1].text),
		    "line %u", row->cells[0].line);
	ck_assert(
	    ot_str_eq(ot_asset_vendor(&rules, ot_str("Acme")), ot_str("Acme")));
}
END_TEST

START_TEST(stars_are_caught_in_the_case_of_the_text)
{
	const struct ot_asset_rule rule = { .pattern = ot_str("cpu *, v*") };
	struct ot_asset_statement said = { .value = ot_str(
					       "CPU 315-2 PN/DP, V3.2") };
	struct ot_str caught[OT_ASSET_STARS];

	ck_assert(ot_asset_rule_match(&rule, &said, caught));
	ck_assert(ot_str_eq(caught[0], ot_str("315-2 PN/DP")));
	ck_assert(ot_str_eq(caught[1], ot_str("3.2")));
	ck_assert(ot_str_eq(ot_asset_rule_value(&arena, &rules,
				ot_str("$2 of $1"), said.value, caught),
	    ot_str("3.2 of 315-2 PN/DP")));
}
END_TEST

START_TEST(a_star_may_be_empty_and_goes_back)
{
	const struct ot_asset_rule rule = { .pattern = ot_str("a*b*c*") };
	struct ot_asset_statement said = { .value = ot_str("abxbc") };
	struct ot_str caught[OT_ASSET_STARS];

	ck_assert(ot_asset_rule_match(&rule, &said, caught));
	ck_assert_uint_eq(caught[0].len, 0);
	ck_assert(ot_str_eq(caught[1], ot_str("xb")));
	ck_assert_uint_eq(caught[2].len, 0);
	said.value = ot_str("abxb");
	ck_assert(!ot_asset_rule_match(&rule, &said, caught));
}
END_TEST

START_TEST(tables_know_ids_in_either_case)
{
	ck_assert(
	    ot_str_eq(ot_asset_rule_value(&arena, &rules,
			  ot_str("@vendors_profinet"), ot_str("0x002A"), NULL),
		ot_str("Siemens")));
	ck_assert_uint_eq(ot_asset_rule_value(&arena, &rules,
			      ot_str("@vendors_cip"), ot_str("999999"), NULL)
			      .len,
	    0);
}
END_TEST

/* A folder with one wrong file. */
static int
load(const char *name, const char *text, struct ot_error *error)
{
	char folder[] = "/tmp/rules_test.XXXXXX", path[128];
	struct ot_asset_rules read = { 0 };
	struct ot_arena scratch = { 0 };

	ck_assert_ptr_nonnull(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	(void)fputs(text, f);
	(void)fclose(f);
	int rc = ot_asset_rules_load(&read, &scratch, folder, error);

	ot_asset_rules_done(&read);
	ot_arena_done(&scratch);
	(void)remove(path);
	(void)rmdir(folder);
	return rc;
}

#define HEAD                                                                   \
	"id,key,protocols,message,by,pattern,sets,confidence,example,note\n"

START_TEST(a_bad_row_is_named_with_its_place)
{
	static const char *const rows[] = {
		HEAD "A,os,,,,x,os=$1,50,x,\n",
		HEAD "A,os,,,,x,os,50,x,\n",
		HEAD "A,os,,,,x,os=y,0,x,\n",
		HEAD "A,os,,,,x,os=y,101,x,\n",
		HEAD "A,os,,,,x,os=y,9x,x,\n",
		HEAD "A,os,,,,*********,os=y,50,x,\n",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct ot_error error = { 0 };

		ck_assert_int_eq(
		    load("fingerprints.csv", rows[i], &error), -OT_ERR_INPUT);
		ck_assert_ptr_nonnull(
		    strstr(error.text, "fingerprints.csv:2:"));
	}
}
END_TEST

START_TEST(a_missing_column_and_a_missing_file_are_told)
{
	struct ot_error error = { 0 };

	ck_assert_int_eq(
	    load("fingerprints.csv", "id,key\nA,os\n", &error), -OT_ERR_INPUT);
	ck_assert_int_eq(load("other.csv", "x\n", &error), -OT_ERR_IO);
	ck_assert_ptr_nonnull(strstr(error.text, "fingerprints.csv"));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { every_fingerprint_matches_its_example,
		every_value_that_a_rule_sets_has_text,
		no_fingerprint_matches_the_empty_text_by_its_pattern,
		ids_are_unique_and_classes_known,
		every_maker_has_the_name_of_its_example,
		stars_are_caught_in_the_case_of_the_text,
		a_star_may_be_empty_and_goes_back,
		tables_know_ids_in_either_case,
		a_bad_row_is_named_with_its_place,
		a_missing_column_and_a_missing_file_are_told };

	return RUN("rules", tests, setup, teardown);
}
