/*
 * Time windows that recur every week: "Mon-Fri 06:00-22:00; Sat 08:00-12:00".
 */
#ifndef OT_POLICY_CALENDAR_H
#define OT_POLICY_CALENDAR_H

#include "base/arena.h"
#include "base/zoneinfo.h"
#include "model/policy.h"

/* Read a window. NULL if it is one, else what is wrong with it; `*lost` is set
 * without memory. Parts are separated by ';'; a part is days (Mon, Mon-Fri,
 * Mon,Wed, daily) and times (06:00-14:00,22:00-02:00); without times the whole
 * day. A time range that ends before it begins goes over midnight. */
const char *ot_calendar_read(struct ot_arena *arena, struct ot_str text,
    struct ot_calendar_row *row, bool *lost);

/* How a quarter hour relates to a window. */
enum ot_within { OT_OUTSIDE, OT_PARTLY, OT_WITHIN };

/* The minute of the week at which a slot begins, by a clock. */
uint32_t ot_slot_minute(const struct ot_zoneinfo *clock, int32_t slot);

enum ot_within ot_calendar_has(
    const struct ot_calendar_row *row, uint32_t minute, uint32_t minutes);

/* The name of a day of the week, 0 is Monday. */
extern const char *const ot_day_names[];

#endif
