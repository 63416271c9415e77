/*
 * The zone and the crossing record.
 */
#ifndef OT_MODEL_ZONE_H
#define OT_MODEL_ZONE_H

#include "model/flow.h"
#include "model/record.h"

struct ot_zone_sum {
	struct ot_str id, site, name, kind;
	struct ot_str level; /* "0" to "5"; absent: none */
	struct ot_str importance;
	struct ot_strings assets; /* ids of its members, sorted */
	uint64_t packets, bytes, inside_bytes;
	struct ot_str file; /* where the policy declares it */
	uint32_t line, column;
	bool proposed;
};

enum ot_verdict {
	OT_ALLOWED,
	OT_VIOLATION,
	OT_CANNOT_TELL,
};
extern const char *const ot_verdict_names[]; /* allowed violation cannot-tell */

/* One conversation across zones, as the policy sees it: two zones, two assets,
 * a service; its operations each with a verdict of its own. */
struct ot_crossing_op {
	uint8_t verb;
	struct ot_str name, object;
	uint64_t count, errors;
	uint8_t verdict;
	struct ot_str rule;   /* id of the conduit that decided, if any */
	struct ot_str reason; /* of a verdict that is not allowed */
	struct ot_evidence evidence;
};

struct ot_crossing {
	struct ot_str client_site, client_zone, server_site, server_zone;
	struct ot_str client, server;		      /* assets' ids */
	struct ot_str client_address, server_address; /* of the flow */
	uint8_t transport;
	uint32_t port;
	struct ot_str protocol;
	uint8_t named_by, roles_by;
	struct ot_str sensor;
	struct ot_counts verbs;
	struct ot_list ops; /* struct ot_crossing_op */
	uint64_t connections, established, packets, bytes;
	bool attempt; /* nothing but unanswered or refused attempts */
	struct ot_str protection;
	int64_t first, last;
	struct ot_evidence evidence;
	uint8_t verdict;     /* the worst of what was judged */
	struct ot_str basis; /* declared, learned, waived, none */
	struct ot_str rule;  /* id of the conduit that decided */
	struct ot_str nearest,
	    failed; /* nearest conduit, the key that failed */
	struct ot_str
	    file; /* where the rule, or else the server's zone stands */
	uint32_t line, column, end_column;
	struct ot_str reason;	   /* in words */
	struct ot_strings missing; /* why it cannot be told */
};

extern const struct ot_shape ot_zone_shape;
extern const struct ot_shape ot_crossing_shape;
extern const struct ot_shape ot_crossing_op_shape;

#endif
