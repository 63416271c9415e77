/*
 * The parts of a policy that is written.
 */
#ifndef OT_POLICY_WRITE_H
#define OT_POLICY_WRITE_H

#include "model/policy.h"

/* The text of policy.json. */
void ot_policy_json(struct ot_sb *sb, const struct ot_policy *policy);

#endif
