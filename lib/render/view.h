/*
 * What several renderers show in the same words: services, verbs, sizes,
 * places, the coverage of a run. Nothing here escapes.
 */
#ifndef OT_RENDER_VIEW_H
#define OT_RENDER_VIEW_H

#include "model/stream.h"
#include "render/render.h"

/* "tcp/502", "icmp", "ip/50", "ethertype/0x88b8", "llc/0x42": as conduits
 * write a service. */
void ot_view_port(struct ot_sb *sb, uint8_t transport, uint32_t port);

/* The protocol where content or a hint named it, else the port. */
void ot_view_service(struct ot_sb *sb, const struct ot_crossing *crossing);

/* A set of verbs, a bit for each: "write, read"; in the order of the
 * vocabulary, what weighs most first. */
void ot_view_verbs(struct ot_sb *sb, uint32_t verbs);
uint32_t ot_view_flow_verbs(const struct ot_flow_sum *flow);

/* "2026-03-02 06:15:00 UTC"; "unknown" for OT_TIME_NONE. */
void ot_view_time(struct ot_sb *sb, int64_t t_ns);

/* "812 B", "12.3 kB": powers of 1000, cut, not rounded. */
void ot_view_bytes(struct ot_sb *sb, uint64_t bytes);

/* "97.4 %"; a part that is not nothing is never shown as 0. */
void ot_view_percent(struct ot_sb *sb, uint64_t part, uint64_t whole);

/* "paris.pcapng:17", "policy.csv:7"; line 0: the file alone. */
void ot_view_place(struct ot_sb *sb, struct ot_str file, uint64_t line);

/* n and its noun: "1 finding", "2 findings". */
void ot_view_count(struct ot_sb *sb, uint64_t n, const char *noun);

/* The name of an asset, or else its id. */
struct ot_str ot_view_asset(const struct ot_asset *asset);

/* What was seen and what could not be, all captures and flows added up. */
struct ot_view_coverage {
	uint64_t captures, frames, bytes, cut_frames, malformed, damaged;
	uint64_t duplicates, connections, one_sided, limits;
	uint64_t gap_bytes; /* of TCP, not captured */
	/* bytes of payload by what became of them, and their sum */
	uint64_t decoded, identified, encrypted, unknown, payload;
};
struct ot_view_coverage ot_view_coverage(const struct ot_report *report);

/* One line of words: the coverage that closes every report. */
void ot_view_coverage_line(struct ot_sb *sb, const struct ot_report *report);

/* Findings by severity, waived ones and those that cannot be told apart. */
struct ot_view_counts {
	uint64_t open[OT_SEVERITY_CRITICAL + 1];
	uint64_t violations, cannot_tell, waived;
};
struct ot_view_counts ot_view_counts(const struct ot_report *report);
bool ot_view_waived(const struct ot_finding *finding);
bool ot_view_cannot_tell(const struct ot_finding *finding);

/* A crossing that is not allowed, not waived, and that no conduit matches by
 * its ends and service: the default denied it. */
bool ot_view_unmanaged(
    const struct ot_report *report, const struct ot_crossing *crossing);

/* Does it go against this conduit, without a waiver: ends and service match,
 * what was done does not, or cannot be told? */
bool ot_view_against(const struct ot_report *report,
    const struct ot_crossing *crossing, const struct ot_conduit_row *conduit);

/* What a conduit came to. */
struct ot_view_rule {
	uint64_t used, violations, cannot_tell; /* crossings */
};
struct ot_view_rule ot_view_rule(
    const struct ot_report *report, const struct ot_rule_result *result);

/* A line of the table of crossings: all that has the same zones, service,
 * verdict and rule. */
struct ot_view_crossing {
	struct ot_str from, to, service;
	uint32_t verbs;
	uint8_t verdict;
	bool attempt;		  /* nothing answered */
	struct ot_str rule, file; /* the policy's line that decided, or the
				   * nearest one */
	uint32_t line;
	const struct ot_place *first; /* NULL: no frame is known */
	uint64_t count;		      /* operations */
};

/* The lines in their order: violations, what cannot be told, what is allowed;
 * then by zones, service and rule. NULL without memory; *count is then 0. */
struct ot_view_crossing *ot_view_crossings(
    struct ot_arena *arena, const struct ot_report *report, uint32_t *count);

#endif
