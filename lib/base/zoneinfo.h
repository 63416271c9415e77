/*
 * The local time of a place, from the compiled tables of the tz database (RFC
 * 8536). Nothing of the process is changed: no TZ, no locale.
 */
#ifndef OT_BASE_ZONEINFO_H
#define OT_BASE_ZONEINFO_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define OT_ZONEINFO_FOLDER "/usr/share/zoneinfo"

struct ot_zoneinfo;

/* The table of a name ("Africa/Lagos") beneath a folder. -OT_ERR_IO where
 * there is none, -OT_ERR_INPUT where it is damaged. Memory is the arena's. */
int ot_zoneinfo_load(const struct ot_zoneinfo **zone, struct ot_arena *arena,
    const char *folder, struct ot_str name, struct ot_error *error);

/* The same from bytes. NULL where they are damaged or without memory. */
const struct ot_zoneinfo *ot_zoneinfo_of(
    struct ot_arena *arena, struct ot_str bytes);

/* Seconds east of UTC at that time. */
int32_t ot_zoneinfo_offset(const struct ot_zoneinfo *zone, int64_t t_ns);

#endif
