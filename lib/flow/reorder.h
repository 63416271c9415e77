/*
 * TCP streams, for the table: what waits behind holes.
 */
#ifndef OT_FLOW_REORDER_H
#define OT_FLOW_REORDER_H

#include "flow/history.h"

/* What waits in all connections together, and what was given out last. */
struct ot_reorder {
	uint64_t bytes;
	uint64_t unread; /* second copies: too many, too much work */
	struct ot_history history;
};

/* No more segments will come: holes become gaps, the rest is given out. */
void ot_stream_finish(struct ot_reorder *reorder,
    const struct ot_flow_sink *sink, struct ot_conn *conn);

/* Free what a connection holds. */
void ot_stream_drop(struct ot_reorder *reorder, struct ot_conn *conn);

/* Put one segment in order. Adds to dropped what had no room to wait. */
void ot_stream_segment(struct ot_reorder *reorder,
    const struct ot_flow_sink *sink, struct ot_conn *conn, unsigned dir,
    const struct ot_packet *packet, struct ot_tcp_health *health,
    uint64_t *dropped);

/* Compare a segment that may not have been the receiver's. */
void ot_stream_second(struct ot_reorder *reorder,
    const struct ot_flow_sink *sink, struct ot_conn *conn, unsigned dir,
    const struct ot_packet *packet);

#endif
