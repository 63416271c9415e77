/*
 * The event record: a notable thing with its time. Repetitions fold.
 */
#ifndef OT_MODEL_EVENT_H
#define OT_MODEL_EVENT_H

#include "base/vocab.h"
#include "model/flow.h"
#include "model/record.h"

/* One target of the unanswered attempts of a source. */
struct ot_attempt {
	struct ot_addr address;
	uint32_t port;
	uint64_t packets, bytes;
	uint64_t refused; /* RST or ICMP unreachable came back */
	int64_t first, last;
	struct ot_evidence evidence;
};

struct ot_event_sum {
	struct ot_str sensor, site;
	struct ot_str kind; /* attempts, malformed, limit, … */
	uint8_t transport;
	struct ot_str protocol;
	struct ot_vlans vlan;
	struct ot_addr source, destination;
	uint32_t port; /* of the server */
	struct ot_str detail, object;
	uint64_t count;
	int64_t first, last;
	struct ot_evidence evidence;
	struct ot_list ops;	 /* malformed: struct ot_op_sum, complete before
				  * the fault */
	struct ot_list attempts; /* attempts: struct ot_attempt */
	uint64_t other_packets, other_bytes; /* of targets without room */
};

extern const struct ot_shape ot_event_shape;
extern const struct ot_shape ot_attempt_shape;

#endif
