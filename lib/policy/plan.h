/*
 * The plan of a policy, and who can reach whom by it.
 */
#ifndef OT_POLICY_PLAN_H
#define OT_POLICY_PLAN_H

#include "model/answer.h"
#include "model/plan.h"
#include "policy/question.h"

/* crossings (struct ot_crossing): what was seen; or NULL. False without
 * memory. */
bool ot_plan_make(struct ot_arena *arena, const struct ot_policy *policy,
    const struct ot_list *crossings, struct ot_plan *plan);

/* The link, or NULL. */
const struct ot_plan_link *ot_plan_find(
    const struct ot_plan *plan, uint32_t from, uint32_t to);

/* otzones reach: words are from=, to= and verb=, each of which may be absent.
 * -OT_ERR_USAGE where they are wrong. */
int ot_plan_reach(struct ot_arena *arena, const struct ot_policy *policy,
    const char *const *words, size_t count, struct ot_answers *answers,
    struct ot_error *error);

/* ---- for other programs (export.c) ---- */

/* The i-th port of a protocol; false behind the last. */
typedef bool ot_port_of(void *user, struct ot_str protocol, size_t i,
    uint8_t *transport, uint32_t *port);

/* Formats, NULL at the end: nftables, pcap. */
extern const char *const ot_export_names[];

/* The conduits as rules of another program; what it cannot express goes to
 * answers, each with its row. False without memory. */
bool ot_policy_export(const struct ot_question *question, const char *format,
    ot_port_of *port_of, void *user, struct ot_sb *sb,
    struct ot_answers *answers);

#endif
