/*
 * Resolutions and offsets of draft-ietf-opsawg-pcapng section 4.2.
 */
#include "capture/stamp.h"

#include <stdbool.h>

/* Fractions of 2^-bits seconds as nanoseconds. Below 2^-34 s there is nothing
 * that nanoseconds could show. */
static bool
binary_ns(uint64_t stamp, unsigned bits, int64_t *out)
{
	uint64_t seconds = bits < 64 ? stamp >> bits : 0;
	uint64_t part = bits < 64 ? stamp - (seconds << bits) : stamp;

	if (seconds > INT64_MAX / OT_SECOND_NS - 1)
		return false;
	if (bits > 34) {
		part = bits - 34 < 64 ? part >> (bits - 34) : 0;
		bits = 34;
	}
	*out = (int64_t)seconds * OT_SECOND_NS +
	       (int64_t)(part * (uint64_t)OT_SECOND_NS >> bits);
	return true;
}

static bool
decimal_ns(uint64_t stamp, unsigned digits, int64_t *out)
{
	for (; digits > 9; digits--)
		stamp /= 10;
	for (; digits < 9; digits++) {
		if (__builtin_mul_overflow(stamp, 10, &stamp))
			return false;
	}
	if (stamp > INT64_MAX)
		return false;
	*out = (int64_t)stamp;
	return true;
}

int64_t
ot_stamp_far_ns(const struct ot_stamp *stamp, uint64_t units)
{
	unsigned exponent = stamp->resolution & 0x7f;
	bool binary = stamp->resolution & 0x80;
	int64_t ns;

	if (!(binary ? binary_ns(units, exponent, &ns)
		     : decimal_ns(units, exponent, &ns)))
		ns = INT64_MAX;
	if (__builtin_add_overflow(ns, stamp->offset_ns, &ns))
		ns = stamp->offset_ns < 0 ? -INT64_MAX : INT64_MAX;
	return ns < -OT_TIME_MOST  ? -OT_TIME_MOST
	       : ns > OT_TIME_MOST ? OT_TIME_MOST
				   : ns;
}

void
ot_stamp_resolution(struct ot_stamp *stamp, uint8_t resolution)
{
	stamp->resolution = resolution;
	stamp->unit_ns = 0;
	if (resolution > 9)
		return;
	stamp->unit_ns = 1;
	for (unsigned n = resolution; n < 9; n++)
		stamp->unit_ns *= 10;
}

void
ot_stamp_offset(struct ot_stamp *stamp, int64_t seconds)
{
	if (__builtin_mul_overflow(seconds, OT_SECOND_NS, &stamp->offset_ns))
		stamp->offset_ns = seconds < 0 ? -INT64_MAX : INT64_MAX;
}
