/*
 * What the checks share while they run. A check finds; a draft gathers what
 * one key was found with; the end of the run turns drafts into findings.
 */
#ifndef OT_CHECK_RUN_H
#define OT_CHECK_RUN_H

#include "base/map.h"
#include "check/check.h"

struct ot_check_run;
struct ot_draft;

/* The sentence of a finding, once all that it was found with is known. */
typedef void ot_tell_fn(struct ot_sb *sb, const struct ot_draft *draft);

/* One check of the catalogue. */
struct ot_check {
	const char *id;
	void (*run)(struct ot_check_run *run, const struct ot_check *check);
	bool keeps_severity; /* no step down for ends that matter little */
	bool cannot_be_waived;
};

/* The families, each a table with an empty row at its end. */
extern const struct ot_check ot_checks_zon[];
extern const struct ot_check ot_checks_policy[];
extern const struct ot_check ot_checks_assets[];
extern const struct ot_check ot_checks_cov[];

/* One end of what was found. */
struct ot_subject_end {
	struct ot_str zone, asset, address;
	const struct ot_asset *record; /* NULL: none */
};

struct ot_draft {
	const struct ot_check *check;
	const struct ot_check_row *row;
	enum ot_verdict verdict; /* violation or cannot-tell */
	enum ot_severity start;	 /* of the worst branch that was hit */
	const char *branch;	 /* that branch, in words */
	struct ot_subject_end client, server; /* of a pair */
	bool pair;
	bool named; /* all rows that were near name an outer end */
	struct ot_counts verbs;
	/* the earliest place: of a crossing, and what it says */
	const struct ot_crossing *crossing;
	const struct ot_crossing_op *op;
	const void *about; /* what else its sentence needs, as tell knows */
	uint64_t sums[2];
	ot_tell_fn *tell;
	struct ot_finding finding;
};

struct ot_check_run {
	struct ot_arena *arena;
	const struct ot_check_input *input;
	const struct ot_rules *rules;
	struct ot_map drafts[OT_CANNOT_TELL + 1]; /* fingerprint -> draft */
	struct ot_draft **at;
	uint32_t count, room;
	struct ot_map assets;		/* id -> struct ot_asset */
	struct ot_map registry;		/* id -> struct ot_asset_row */
	int64_t report_ns;		/* OT_TIME_NONE: nothing was captured */
	struct ot_rule_result *results; /* of each conduit */
	struct ot_map conduits;		/* id -> struct ot_rule_result */
	uint64_t *waived;		/* findings that each waiver matched */
	bool lost;			/* no memory */
};

/* What a finding is about: its parts are hashed in this order. */
struct ot_subject {
	const char *kind; /* pair, device, capture, row, zone */
	struct ot_subject_end client, server; /* pair: both; device: client */
	struct ot_str what; /* protocol, or what names a row or a capture */
	struct ot_str discriminator;
};

/* The draft of (check, subject, verdict): new ones have their subject filled,
 * tell unset and start info. NULL, and run->lost, without memory; NULL too
 * where the catalogue does not know the check. */
struct ot_draft *ot_draft_get(struct ot_check_run *run,
    const struct ot_check *check, enum ot_verdict verdict,
    const struct ot_subject *subject);

/* A branch was hit: the worst one starts the severity. */
void ot_draft_branch(
    struct ot_draft *draft, enum ot_severity severity, const char *branch);

/* Count sightings with their places and times. */
void ot_draft_count(struct ot_draft *draft, uint64_t n,
    const struct ot_evidence *evidence, int64_t first, int64_t last);

void ot_draft_missing(
    struct ot_check_run *run, struct ot_draft *draft, struct ot_str reason);

/* Where in the policy it was decided. */
void ot_draft_place(struct ot_draft *draft, const struct ot_source *at);

/* Severity, sentence, mappings: the draft is a finding (draft.c). */
void ot_draft_finish(struct ot_check_run *run, struct ot_draft *draft);

/* CHECKS.md section 4; sets severity and its steps. */
void ot_severity_steps(struct ot_check_run *run, struct ot_draft *draft);

/* CHECKS.md section 5: the id of what a check finds about a subject. Ids by
 * which it was or may be known otherwise go to aliases, which may be NULL. */
struct ot_str ot_fingerprint(struct ot_check_run *run,
    const struct ot_check *check, const struct ot_subject *subject,
    struct ot_strings *aliases);

/* CHECKS.md section 7; sets status and waiver, and counts in run->waived. */
void ot_waivers_apply(struct ot_check_run *run, struct ot_draft *draft);

/* A waiver without owner, reason or until has no effect. */
bool ot_waiver_void(const struct ot_waiver_row *row);

/* What is to be said of waivers once all were applied (zon_policy.c). */
void ot_waivers_idle(struct ot_check_run *run);

/* A limit of the policy, or its default. */
uint64_t ot_check_limit(
    const struct ot_check_run *run, const char *name, uint64_t otherwise);

/* Does the policy switch it off? */
bool ot_check_off(const struct ot_check_run *run, const char *id);

/* The asset of that id, or NULL. */
const struct ot_asset *ot_check_asset(
    const struct ot_check_run *run, struct ot_str id);

/* What the conduit of that id came to, or NULL. */
struct ot_rule_result *ot_check_conduit(
    const struct ot_check_run *run, struct ot_str id);

/* "PLC of the press (10.20.0.11)". */
void ot_tell_end(struct ot_sb *sb, const struct ot_subject_end *end);

/* "3 connections". */
void ot_tell_count(struct ot_sb *sb, uint64_t n, const char *noun);

/* "modbus", or "tcp/502" where only the port is known. */
void ot_tell_service(struct ot_sb *sb, const struct ot_crossing *crossing);

#endif
