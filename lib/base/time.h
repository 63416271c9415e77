/*
 * Times: int64_t nanoseconds since the Unix epoch, UTC, named *_ns.
 */
#ifndef OT_BASE_TIME_H
#define OT_BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define OT_TIME_TEXT 36 /* room for a time as text, NUL included */
#define OT_SECOND_NS INT64_C(1000000000)
#define OT_TIME_NONE INT64_MIN
/* No frame is further from 1970 (2116-02-20, or as long before), so that the
 * difference of two times never overflows. */
#define OT_TIME_MOST (INT64_MAX / 2)

/* RFC 3339, UTC, nine digits: 2026-03-02T06:15:00.000000000Z. Years outside
 * 0000 to 9999 are clamped. Gives the length. */
size_t ot_time_print(char out[static OT_TIME_TEXT], int64_t t_ns);

/* The reverse; also without a fraction. False leaves *out_ns alone. */
bool ot_time_parse(int64_t *out_ns, struct ot_str s);

/* A date YYYY-MM-DD as the nanosecond at its start, UTC. */
bool ot_date_parse(int64_t *out_ns, struct ot_str s);

/* Quarter hours since the epoch: floor(t / 900 s). */
int32_t ot_slot(int64_t t_ns);

/* A range of slots, both included, as "2026-03-02T06:15Z/06:30Z": its start
 * and its end (the start of the slot behind the last); the end carries its
 * date where that differs: "2026-03-02T23:45Z/2026-03-03T00:15Z". */
#define OT_SLOTS_TEXT 48
size_t ot_slots_print(char out[static OT_SLOTS_TEXT], int32_t from, int32_t to);
bool ot_slots_parse(int32_t *from, int32_t *to, struct ot_str s);

#endif
