/*
 * A serial line as an RTAC of SEL captures it (LINKTYPE_RTAC_SERIAL): for each
 * event a header, and what was sent or received with it.
 */
#include "net/walk.h"

enum { TX_START = 1, RX_START, TX_END, RX_END };

enum { LOCAL = 0, PEER = 1 }; /* the two ends of the line */

enum ot_walked
ot_rtac_serial(struct ot_walk *w)
{
	struct ot_packet *p = w->packet;

	ot_skip(&w->b, 4 + 4); /* time */
	uint8_t event = ot_u8(&w->b);

	ot_skip(&w->b, 1 + 2); /* control lines, footer */
	if (!ot_ok(&w->b))
		return OT_WALKED_NOTHING;
	bool sent = event == TX_START || event == TX_END;
	bool received = event == RX_START || event == RX_END;

	p->src_mac = ot_addr_link(OT_LINK_SERIAL, received ? PEER : LOCAL);
	if (sent || received)
		p->dst_mac = ot_addr_link(OT_LINK_SERIAL, sent ? PEER : LOCAL);
	return ot_walk_link(w, OT_SERIAL, 0);
}
