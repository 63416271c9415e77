/*
 * The run of the checks: which there are, what they need, and from their
 * drafts to findings.
 */
#include "check/check.h"

#include <stdlib.h>

#include "check/run.h"

static const struct ot_check *const families[] = {
	ot_checks_zon,
	ot_checks_policy,
	ot_checks_assets,
	ot_checks_cov,
};
enum { FAMILIES = sizeof(families) / sizeof(families[0]), CHECKS_MOST = 160 };

const char *const *
ot_check_ids(void)
{
	static const char *ids[CHECKS_MOST + 1];
	size_t count = 0;

	for (size_t i = 0; i < FAMILIES; i++)
		for (const struct ot_check *c = families[i]; c->id; c++)
			if (count < CHECKS_MOST)
				ids[count++] = c->id;
	return ids;
}

/* ---- what checks ask ---- */

uint64_t
ot_check_limit(
    const struct ot_check_run *run, const char *name, uint64_t otherwise)
{
	const struct ot_policy *policy = run->input->policy;

	for (uint32_t i = 0; policy && i < policy->limits.count; i++)
		if (ot_str_eq(policy->limits.at[i].text, ot_str(name)))
			return policy->limits.at[i].count;
	return otherwise;
}

bool
ot_check_off(const struct ot_check_run *run, const char *id)
{
	const struct ot_policy *policy = run->input->policy;

	for (uint32_t i = 0; policy && i < policy->checks.count; i++)
		if (ot_str_eq(policy->checks.at[i].text, ot_str(id)))
			return policy->checks.at[i].count == 0;
	return false;
}

const struct ot_asset *
ot_check_asset(const struct ot_check_run *run, struct ot_str id)
{
	return id.len ? ot_map_get(&run->assets, id.p, id.len) : NULL;
}

struct ot_rule_result *
ot_check_conduit(const struct ot_check_run *run, struct ot_str id)
{
	return id.len ? ot_map_get(&run->conduits, id.p, id.len) : NULL;
}

/* ---- before ---- */

/* The last captured time: what is judged is judged as of then. */
static int64_t
last_captured(const struct ot_store *store)
{
	const struct ot_list *captures = &store->list[OT_STORE_CAPTURE];
	const struct ot_list *flows = &store->list[OT_STORE_FLOW];
	int64_t last = OT_TIME_NONE;

	for (uint32_t i = 0; i < captures->count; i++) {
		const struct ot_capture_sum *c = captures->at[i];

		last = c->last > last ? c->last : last;
	}
	for (uint32_t i = 0; i < flows->count; i++) {
		const struct ot_flow_sum *f = flows->at[i];

		last = f->last > last ? f->last : last;
	}
	return last;
}

/* The first of equal ids stays. */
static bool
index_add(struct ot_map *map, struct ot_str id, void *value)
{
	void **at = id.len ? ot_map_at(map, id.p, id.len) : NULL;

	if (at && !*at)
		*at = value;
	return at || !id.len;
}

static bool
prepare(struct ot_check_run *run)
{
	const struct ot_check_input *input = run->input;
	uint32_t conduits = input->policy ? input->policy->conduit_count : 0;
	uint32_t waivers = input->policy ? input->policy->waiver_count : 0;
	bool ok = true;

	for (uint32_t i = 0; i < input->assets->count; i++) {
		struct ot_asset *asset = input->assets->at[i];

		ok &= index_add(&run->assets, asset->id, asset);
	}
	for (uint32_t i = 0; input->policy && i < input->policy->asset_count;
	     i++)
		ok &= index_add(&run->registry, input->policy->assets[i].id,
		    &input->policy->assets[i]);
	run->results = ot_alloc_array(
	    run->arena, (size_t)conduits + 1, sizeof(*run->results));
	run->waived = ot_alloc_array(
	    run->arena, (size_t)waivers + 1, sizeof(*run->waived));
	run->rules = ot_rules_compile(run->arena, input->policy);
	if (!run->results || !run->waived || !run->rules)
		return false;
	for (uint32_t i = 0; i < conduits; i++) {
		run->results[i].conduit = &input->policy->conduits[i];
		ok &= index_add(&run->conduits, run->results[i].conduit->id,
		    &run->results[i]);
	}
	run->report_ns = input->report_ns != OT_TIME_NONE
			     ? input->report_ns
			     : last_captured(input->store);
	return ok;
}

/* What each conduit came to. */
static void
count_rules(struct ot_check_run *run)
{
	const struct ot_list *crossings = run->input->crossings;

	for (uint32_t i = 0; i < crossings->count; i++) {
		const struct ot_crossing *c = crossings->at[i];
		struct ot_rule_result *r = ot_check_conduit(
		    run, c->verdict == OT_VIOLATION ? c->nearest : c->rule);

		if (!r)
			continue;
		r->used += c->verdict == OT_ALLOWED;
		r->violations += c->verdict == OT_VIOLATION;
		r->cannot_tell += c->verdict == OT_CANNOT_TELL;
	}
}

static int
by_id(const void *a, const void *b)
{
	const struct ot_check_row *x = a, *y = b;

	return ot_str_cmp(x->id, y->id);
}

/* Its row where it is known and nobody switched it off, else NULL. */
static const struct ot_check_row *
row_to_run(const struct ot_check_run *run, const char *id)
{
	return ot_check_off(run, id)
		   ? NULL
		   : ot_catalogue_find(run->input->catalogue, ot_str(id));
}

/* All checks that the catalogue knows and nobody switched off. */
static bool
run_all(struct ot_check_run *run, struct ot_check_result *result)
{
	result->checks =
	    ot_alloc_array(run->arena, CHECKS_MOST, sizeof(*result->checks));
	if (!result->checks)
		return false;
	for (size_t i = 0; i < FAMILIES; i++)
		for (const struct ot_check *c = families[i]; c->id; c++) {
			const struct ot_check_row *row = row_to_run(run, c->id);

			if (!row || result->check_count == CHECKS_MOST)
				continue;
			result->checks[result->check_count++] = *row;
			c->run(run, c);
		}
	if (result->check_count)
		qsort(result->checks, result->check_count,
		    sizeof(*result->checks), by_id);
	return !run->lost;
}

/* ---- after ---- */

static int
by_fingerprint(const void *a, const void *b)
{
	const struct ot_draft *x = *(void *const *)a, *y = *(void *const *)b;
	int c = ot_str_cmp(x->finding.fingerprint, y->finding.fingerprint);

	return c ? c : (int)x->verdict - (int)y->verdict;
}

/* A violation stands, whatever else about the same cannot be told. */
static void
drop_doubts(struct ot_check_run *run)
{
	uint32_t kept = 0;

	if (run->count)
		qsort(run->at, run->count, sizeof(struct ot_draft *),
		    by_fingerprint);
	for (uint32_t i = 0; i < run->count; i++)
		if (!kept || !ot_str_eq(run->at[kept - 1]->finding.fingerprint,
				 run->at[i]->finding.fingerprint))
			run->at[kept++] = run->at[i];
	run->count = kept;
}

static int
by_shape(const void *a, const void *b)
{
	return ot_finding_shape.cmp(*(void *const *)a, *(void *const *)b);
}

static bool
hand_over(struct ot_check_run *run, struct ot_check_result *result)
{
	struct ot_list *findings = &result->findings;

	drop_doubts(run);
	for (uint32_t i = 0; i < run->count && !run->lost; i++) {
		ot_draft_finish(run, run->at[i]);
		ot_waivers_apply(run, run->at[i]);
	}
	uint32_t before = run->count;

	if (!run->lost && row_to_run(run, "ZON-020"))
		ot_waivers_idle(run);
	for (uint32_t i = before; i < run->count && !run->lost; i++)
		ot_draft_finish(run, run->at[i]);
	for (uint32_t i = 0; i < run->count && !run->lost; i++)
		run->lost |=
		    !ot_list_push(run->arena, findings, &run->at[i]->finding);
	if (findings->count)
		qsort(findings->at, findings->count, sizeof(*findings->at),
		    by_shape);
	return !run->lost;
}

int
ot_checks_run(struct ot_arena *arena, const struct ot_check_input *input,
    struct ot_check_result *result, struct ot_error *error)
{
	struct ot_check_run run = { .arena = arena, .input = input };
	struct ot_check_result made = {
		.rule_count = input->policy ? input->policy->conduit_count : 0
	};
	bool ok = prepare(&run);

	if (ok)
		count_rules(&run);
	ok = ok && run_all(&run, &made) && hand_over(&run, &made);
	made.rules = run.results;
	for (size_t i = 0; i <= OT_CANNOT_TELL; i++)
		ot_map_done(&run.drafts[i]);
	ot_map_done(&run.registry);
	ot_map_done(&run.assets);
	ot_map_done(&run.conduits);
	if (!ok)
		return ot_error_set(
		    error, OT_ERR_MEMORY, "no memory for the checks");
	*result = made;
	return 0;
}
