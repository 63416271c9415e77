/*
 * CAPWAP data (RFC 5415 section 4): frames of a wireless station, Ethernet or
 * 802.11, between an access point and its controller. What DTLS protects, parts
 * of frames and keep-alives are left to the outer packet.
 */
#include "net/walk.h"

enum {
	PREAMBLE_PLAIN = 0, /* version 0, no DTLS */
	HEADER = 8,
	/* the 3 bytes behind the preamble */
	LENGTH_SHIFT = 19, /* in words of 4 bytes */
	LENGTH = 0x1f,
	RADIO_SHIFT = 14,
	RADIO = 0x1f,
	BINDING_SHIFT = 9,
	BINDING = 0x1f,
	BINDING_WLAN = 1, /* RFC 5416 */
	NATIVE = 0x100,
	FRAGMENT = 0x080,
	KEEP_ALIVE = 0x008,
};

enum ot_walked
ot_capwap(struct ot_walk *w)
{
	uint8_t preamble = ot_u8(&w->b);
	uint32_t bits = ot_u24be(&w->b);
	size_t len = (size_t)(bits >> LENGTH_SHIFT & LENGTH) * 4;

	if (!ot_ok(&w->b) || preamble != PREAMBLE_PLAIN ||
	    bits & (FRAGMENT | KEEP_ALIVE) || len < HEADER)
		return OT_WALKED_NOTHING;
	ot_walk_tunnel(w)->id = bits >> RADIO_SHIFT & RADIO;
	ot_skip(&w->b, len - 4);
	if (!ot_ok(&w->b))
		return OT_WALKED_NOTHING;
	if (!(bits & NATIVE))
		return ot_ethernet(w);
	if ((bits >> BINDING_SHIFT & BINDING) != BINDING_WLAN)
		return OT_WALKED_NOTHING;
	return ot_wlan_either(w);
}
