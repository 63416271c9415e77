/*
 * Reading and writing of a policy folder (DESIGN.md section 4,
 * otzt-policy(5)).
 */
#ifndef OT_POLICY_LOAD_H
#define OT_POLICY_LOAD_H

#include "base/err.h"
#include "model/policy.h"

/* Told of each error, in no order but that of reading. */
typedef void ot_policy_complain(
    void *user, const struct ot_source *at, const char *message);

/* The names that a policy may use, NULL at the end of each; NULL: any. */
struct ot_policy_names {
	const char *const *protocols; /* of services */
	const char *const *checks;
	const char *const *limits;
};

/*
 * Read a folder with a policy.json, or one JSON file. All errors are told to
 * complain (may be NULL), then -OT_ERR_USAGE is returned and policy is left
 * alone. A day ends a conduit or waiver at its end: expires_ns and until_ns
 * are the first instant at which it is over, since_ns that at which it begins.
 * All memory is the arena's; names and path may go afterwards.
 */
int ot_policy_load(struct ot_arena *arena, struct ot_policy *policy,
    const char *path, const struct ot_policy_names *names,
    ot_policy_complain *complain, void *user, struct ot_error *error);

/* Write policy.json, zones.csv, conduits.csv and, where the policy has any,
 * registry.csv and waivers.csv; if there is a review (struct ot_review, may be
 * NULL), review.csv; into a folder, which is made if it is
 * not there; one that has a policy is refused. Loading them gives the same
 * rows. */
int ot_policy_write(const struct ot_policy *policy,
    const struct ot_list *review, const char *folder, struct ot_error *error);

#endif
