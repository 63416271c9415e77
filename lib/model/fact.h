/*
 * The fact record: one statement seen on the wire.
 */
#ifndef OT_MODEL_FACT_H
#define OT_MODEL_FACT_H

#include "base/vocab.h"
#include "model/record.h"

struct ot_fact_sum {
	struct ot_str sensor, site;
	struct ot_addr subject;
	struct ot_str nested; /* unit, slot or station behind the subject */
	uint8_t key;	      /* enum ot_key; written as "fact" */
	struct ot_str value, protocol, message;
	uint8_t by; /* enum ot_by */
	uint64_t count;
	int64_t first, last;
	struct ot_evidence evidence;
};

extern const struct ot_shape ot_fact_shape;

#endif
