/*
 * CAN as Linux captures it (LINKTYPE_CAN_SOCKETCAN): classic and FD frames. A
 * frame says what it is about, not who is meant: its id stands for the sender.
 */
#include "net/walk.h"

enum {
	IS_ERROR =
	    0x20000000, /* no frame of the bus: the id is what is wrong */
	ID_11 = 0x7ff,
	ID_29 = 0x1fffffff,
	CAN_MOST = 64, /* bytes of data */
};

enum ot_walked
ot_can(struct ot_walk *w)
{
	uint32_t id = ot_u32be(&w->b);
	uint8_t len = ot_u8(&w->b);

	ot_skip(&w->b, 3); /* flags of FD, reserved */
	if (!ot_ok(&w->b) || len > CAN_MOST || len > ot_walk_wire(w))
		return OT_WALKED_NOTHING;
	ot_walk_cut(w, len);
	w->broadcast = true;
	if (id & IS_ERROR)
		return ot_walk_link(w, OT_CAN, id & (IS_ERROR | ID_29));
	id = id & OT_CAN_EXTENDED ? id & (OT_CAN_EXTENDED | ID_29) : id & ID_11;
	w->packet->src_mac = ot_addr_link(OT_LINK_CAN, id);
	return ot_walk_link(w, OT_CAN, id);
}
