/*
 * L2TP: PPP on UDP (RFC 2661, version 2), and version 3 (RFC 3931) on UDP or
 * on IP, of which only what can be told without the control connection: whole
 * Ethernet frames. Control messages are left to the outer packet.
 */
#include "net/walk.h"

enum {
	CONTROL = 0x8000,
	LENGTH = 0x4000,
	SEQUENCE = 0x0800,
	OFFSET = 0x0200,
	VERSION = 0x000f,
	WORD = 4,
	MOST_WORDS = 3, /* a cookie of 8 bytes and a sublayer of 4 */
};

/* RFC 2661 section 3.1. */
static enum ot_walked
version_2(struct ot_walk *w, uint16_t flags)
{
	if (flags & LENGTH) {
		uint16_t len = ot_u16be(&w->b);

		if (!ot_expect(&w->b, len >= 4 && len - 4U <= ot_walk_wire(w)))
			return OT_WALKED_NOTHING;
		ot_walk_cut(w, len - 4U);
	}
	ot_walk_tunnel(w)->id = ot_u32be(&w->b);
	ot_skip(&w->b, flags & SEQUENCE ? 4 : 0);
	if (flags & OFFSET)
		ot_skip(&w->b, ot_u16be(&w->b));
	return ot_ok(&w->b) ? ot_ppp(w) : OT_WALKED_NOTHING;
}

/* RFC 3931 section 4.1: which cookie and sublayer follow was agreed upon in
 * the control connection. */
static enum ot_walked
version_3(struct ot_walk *w)
{
	enum ot_walked walked = OT_WALKED_NOTHING;
	uint32_t session = ot_u32be(&w->b);

	if (!ot_ok(&w->b) || session == 0)
		return OT_WALKED_NOTHING;
	ot_walk_tunnel(w)->id = session;
	for (unsigned words = 0; words <= MOST_WORDS; words++) {
		walked = ot_walk_try(w, ot_pseudowire);
		if (walked != OT_WALKED_NOTHING)
			break;
		ot_skip(&w->b, WORD);
	}
	return walked;
}

enum ot_walked
ot_l2tp(struct ot_walk *w)
{
	uint16_t flags = ot_u16be(&w->b);

	if (!ot_ok(&w->b) || flags & CONTROL)
		return OT_WALKED_NOTHING;
	if ((flags & VERSION) == 2)
		return version_2(w, flags);
	ot_skip(&w->b, 2); /* reserved */
	return (flags & VERSION) == 3 ? version_3(w) : OT_WALKED_NOTHING;
}

enum ot_walked
ot_l2tp_ip(struct ot_walk *w)
{
	return version_3(w);
}
