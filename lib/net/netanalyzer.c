/*
 * Ethernet as a netANALYZER of Hilscher captures it (LINKTYPE_NETANALYZER and
 * _TRANSPARENT): a word about the frame, in transparent mode the preamble, the
 * frame with its check sequence. What came in at a general purpose input is no
 * frame.
 */
#include "net/walk.h"

enum {
	FROM_INPUT = 0x100,
	PREAMBLE = 0x55,
	DELIMITER = 0xd5,
	FCS = 4,
};

/* The word, whose bits are little endian. */
static bool
is_frame(struct ot_walk *w)
{
	uint32_t bits = ot_u32le(&w->b);

	return !(bits & FROM_INPUT);
}

static enum ot_walked
frame(struct ot_walk *w)
{
	if (ot_walk_wire(w) >= FCS)
		ot_walk_cut(w, ot_walk_wire(w) - FCS);
	return ot_ethernet(w);
}

enum ot_walked
ot_netanalyzer(struct ot_walk *w)
{
	bool is = is_frame(w);

	if (!ot_ok(&w->b))
		return OT_WALKED_NOTHING;
	return is ? frame(w) : ot_walk_layer2(w, 0);
}

enum ot_walked
ot_netanalyzer_transparent(struct ot_walk *w)
{
	bool is = is_frame(w);

	if (!ot_ok(&w->b))
		return OT_WALKED_NOTHING;
	if (!is)
		return ot_walk_layer2(w, 0);
	while (ot_peek(&w->b, 0) == PREAMBLE)
		ot_skip(&w->b, 1);
	if (ot_u8(&w->b) != DELIMITER)
		return OT_WALKED_NOTHING;
	return frame(w);
}
