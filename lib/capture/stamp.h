/*
 * Time stamps of pcapng: units since the epoch, of a resolution that each
 * interface states.
 */
#ifndef OT_CAPTURE_STAMP_H
#define OT_CAPTURE_STAMP_H

#include <stdint.h>

#include "base/time.h"

enum { OT_STAMP_MICRO = 6 }; /* if_tsresol where it is not stated */

struct ot_stamp {
	uint8_t resolution; /* if_tsresol: 10^-n s, or with its high bit 2^-n */
	uint32_t unit_ns;   /* where it is whole nanoseconds, else 0 */
	int64_t offset_ns;  /* if_tsoffset */
};

void ot_stamp_resolution(struct ot_stamp *stamp, uint8_t resolution);
void ot_stamp_offset(struct ot_stamp *stamp, int64_t seconds);

/* What is beyond OT_TIME_MOST ends there, on both sides. */
int64_t ot_stamp_far_ns(const struct ot_stamp *stamp, uint64_t units);

static inline int64_t
ot_stamp_ns(const struct ot_stamp *stamp, uint64_t units)
{
	if (stamp->unit_ns == 0 || stamp->offset_ns != 0 ||
	    units > (uint64_t)OT_TIME_MOST / stamp->unit_ns)
		return ot_stamp_far_ns(stamp, units);
	return (int64_t)(units * stamp->unit_ns);
}

#endif
