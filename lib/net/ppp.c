/*
 * PPP (RFC 1661, RFC 1662), PPPoE sessions (RFC 2516) and MPLS (RFC 3032, with
 * Ethernet inside by RFC 4448).
 */
#include "net/walk.h"

enum {
	PPP_IPV4 = 0x0021,
	PPP_IPV6 = 0x0057,
	PPP_MPLS = 0x0281,
	PPPOE_VERSION_TYPE = 0x11,
	MPLS_BOTTOM = 0x100,
};

static enum ot_walked
ppp_payload(struct ot_walk *w)
{
	/* an odd first byte is a protocol field shortened to one byte */
	uint16_t protocol =
	    ot_peek(&w->b, 0) & 1 ? ot_u8(&w->b) : ot_u16be(&w->b);

	if (!ot_ok(&w->b))
		return OT_WALKED_NOTHING;
	if (protocol == PPP_IPV4 || protocol == PPP_IPV6)
		return ot_ip(w);
	if (protocol == PPP_MPLS)
		return ot_walk_into(w, OT_TUNNEL_MPLS, ot_mpls);
	return OT_WALKED_NOTHING;
}

enum ot_walked
ot_ppp(struct ot_walk *w)
{
	if (ot_peek16be(&w->b, 0) == 0xff03) /* all stations, unnumbered */
		ot_skip(&w->b, 2);
	return ppp_payload(w);
}

enum ot_walked
ot_pppoe(struct ot_walk *w)
{
	uint8_t version_type = ot_u8(&w->b);
	uint8_t code = ot_u8(&w->b);

	ot_walk_tunnel(w)->id = ot_u16be(&w->b);
	uint16_t len = ot_u16be(&w->b);

	if (!ot_ok(&w->b) || version_type != PPPOE_VERSION_TYPE || code != 0)
		return OT_WALKED_NOTHING;
	if (len < ot_walk_wire(w))
		ot_walk_cut(w, len);
	return ppp_payload(w);
}

enum ot_walked
ot_pseudowire(struct ot_walk *w)
{
	enum ot_walked walked = ot_ethernet(w);

	if (walked == OT_WALKED_PACKET && !w->packet->ip &&
	    w->packet->ether_type != 0x0806)
		return OT_WALKED_NOTHING;
	return walked;
}

/* RFC 4385 section 3: the word's first nibble is 0. */
static enum ot_walked
controlled(struct ot_walk *w)
{
	ot_skip(&w->b, 4);
	return ot_pseudowire(w);
}

enum ot_walked
ot_mpls(struct ot_walk *w)
{
	uint32_t label;

	do
		label = ot_u32be(&w->b);
	while (!(label & MPLS_BOTTOM) && ot_ok(&w->b));
	if (!ot_ok(&w->b))
		return OT_WALKED_NOTHING;
	ot_walk_tunnel(w)->id = label >> 12;
	/* RFC 4928 section 3: the first nibble keeps the two apart */
	uint8_t nibble = ot_peek(&w->b, 0) >> 4;

	enum ot_walked walked = OT_WALKED_NOTHING;

	if (nibble == 4 || nibble == 6)
		walked = ot_walk_try(w, ot_ip);
	else if (nibble == 0)
		walked = ot_walk_try(w, controlled);
	return walked == OT_WALKED_NOTHING ? ot_pseudowire(w) : walked;
}
