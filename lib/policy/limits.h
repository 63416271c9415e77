/*
 * The names of the numbers that a policy may set: data/limits.csv.
 */
#ifndef OT_POLICY_LIMITS_H
#define OT_POLICY_LIMITS_H

#include "base/arena.h"
#include "base/err.h"

/* All names, NULL at the end, in the arena. */
int ot_limit_names_load(const char *const **names, struct ot_arena *arena,
    const char *folder, struct ot_error *error);

#endif
