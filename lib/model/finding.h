/*
 * The finding record, and the report that renderers write.
 */
#ifndef OT_MODEL_FINDING_H
#define OT_MODEL_FINDING_H

#include "model/asset.h"
#include "model/policy.h"
#include "model/store.h"
#include "model/zone.h"

enum ot_severity {
	OT_SEVERITY_INFO,
	OT_SEVERITY_LOW,
	OT_SEVERITY_MEDIUM,
	OT_SEVERITY_HIGH,
	OT_SEVERITY_CRITICAL,
};
extern const char *const ot_severity_names[];

/* One step of a severity; CHECKS.md section 4. */
struct ot_finding {
	struct ot_str check, title, verdict; /* violation, cannot-tell */
	uint8_t severity;
	struct ot_strings severity_steps; /* "high: the branch", "+1: …" */
	struct ot_str subject_kind,
	    subject; /* of the key, CHECKS.md section 5 */
	struct ot_str discriminator;
	struct ot_str message;
	struct ot_str from_zone, to_zone, from, to,
	    service; /* where it has them */
	struct ot_str rule;
	struct ot_str file; /* the line of the policy that decided */
	uint32_t line, column, end_column;
	struct ot_evidence evidence;
	uint64_t count;
	int64_t first, last;
	struct ot_str fingerprint; /* otf1-… */
	struct ot_strings aliases;
	struct ot_str status; /* open, waived */
	struct ot_str waiver; /* who, until when, why */
	struct ot_strings missing;
	struct ot_strings attack, sr, principle; /* mappings */
	struct ot_str remediation;
};

extern const struct ot_shape ot_finding_shape; /* cmp: severity, check, … */

/* One row of the catalogue (data/checks.csv). */
struct ot_check_row {
	struct ot_str id, title, family, severity, principle, remediation,
	    attack, sr, trigger;
};

/* What a policy line came to: the third state of JUnit. */
struct ot_rule_result {
	const struct ot_conduit_row *conduit;
	uint64_t used;			  /* crossings that it allowed */
	uint64_t violations, cannot_tell; /* that it was nearest to */
};

/* All that a renderer sees. Read only; the run's. */
struct ot_report {
	struct ot_str tool, version;
	const struct ot_policy *policy;	 /* NULL: none */
	const struct ot_list *inputs;	 /* struct ot_input */
	const struct ot_store *store;	 /* captures, flows, events */
	const struct ot_list *assets;	 /* struct ot_asset */
	const struct ot_list *zones;	 /* struct ot_zone_sum */
	const struct ot_list *crossings; /* struct ot_crossing */
	const struct ot_list *findings;	 /* struct ot_finding */
	const struct ot_rule_result *rules;
	uint32_t rule_count;
	const struct ot_check_row *checks; /* those that ran */
	uint32_t check_count;
	int64_t first, last; /* time span seen */
};

#endif
