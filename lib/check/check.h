/*
 * The checks (CHECKS.md): from the records of a run and a policy to findings.
 * A family is one file with a table of its checks; the catalogue, from
 * data/checks.csv, says how each is called, how bad it is and what helps.
 */
#ifndef OT_CHECK_CHECK_H
#define OT_CHECK_CHECK_H

#include "base/err.h"
#include "model/asset.h"
#include "model/finding.h"
#include "model/policy.h"
#include "model/store.h"
#include "policy/evaluate.h"
#include "zone/zone.h"

/* ---- for the caller ---- */

struct ot_catalogue {
	struct ot_check_row *rows; /* sorted by id */
	uint32_t count;
};

/* Read checks.csv in that folder. */
int ot_catalogue_load(struct ot_catalogue *catalogue, struct ot_arena *arena,
    const char *folder, struct ot_error *error);

/* NULL where the id is not in it. */
const struct ot_check_row *ot_catalogue_find(
    const struct ot_catalogue *catalogue, struct ot_str id);

/* The ids of the checks that this library runs, NULL at the end: the names
 * that a policy may use. */
const char *const *ot_check_ids(void);

struct ot_check_input {
	const struct ot_catalogue *catalogue;
	const struct ot_policy *policy; /* NULL: none */
	const struct ot_store *store;	/* as it was when zones were assigned */
	const struct ot_list *assets;	/* struct ot_asset, zones assigned */
	const struct ot_list *zones;	/* struct ot_zone_sum */
	const struct ot_list *crossings;   /* struct ot_crossing */
	const struct ot_zone_notes *notes; /* NULL: crossings of a stream that
					    * nobody judged anew */
	int64_t report_ns; /* OT_TIME_NONE: the last captured time */
};

struct ot_check_result {
	struct ot_list findings;      /* struct ot_finding, in their order */
	struct ot_rule_result *rules; /* one for each conduit, in its order */
	uint32_t rule_count;
	struct ot_check_row *checks; /* those that ran, by id */
	uint32_t check_count;
};

/* Run all checks that the policy does not switch off. The result does not
 * depend on the order of records. All memory is the arena's. */
int ot_checks_run(struct ot_arena *arena, const struct ot_check_input *input,
    struct ot_check_result *result, struct ot_error *error);

#endif
