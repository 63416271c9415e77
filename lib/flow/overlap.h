/*
 * Bytes that came twice: do the copies agree? For lib/flow only.
 */
#ifndef OT_FLOW_OVERLAP_H
#define OT_FLOW_OVERLAP_H

#include "flow/reorder.h"

/* Bytes that may have come before. */
struct ot_copy {
	const uint8_t *p;
	uint32_t seq, len;
	uint64_t frame;
	int64_t time_ns;
};

/* Compare them with what was given out. Where they differ, or where what they
 * should be compared with is not there, the sink gets them as a second reading:
 * from the start of the PDU that they fall into, all later copies laid over the
 * first. */
void ot_overlap(struct ot_reorder *reorder, const struct ot_flow_sink *sink,
    struct ot_conn *conn, unsigned dir, const struct ot_copy *copy);

/* Is any byte of it kept? */
bool ot_overlap_known(const struct ot_history *history,
    const struct ot_conn *conn, unsigned dir, const struct ot_copy *copy);

#endif
