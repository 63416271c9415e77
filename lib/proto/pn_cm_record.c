/*
 * What the records of a device say of it: identification and maintenance (IEC
 * 61158-6-10 clause 5.2.18, I&M0 to 3), its interface and its ports with the
 * neighbours that they see (PDInterfaceDataReal, PDPortDataReal).
 */
#include "proto/pn_cm.h"

static struct ot_text
text(struct ot_buf *b, size_t len)
{
	struct ot_buf w = ot_split(b, len);

	return ot_text_of(&w, OT_LATIN1);
}

/* Behind what was read of the block so far, up to the next multiple of 4. */
static void
align(struct ot_buf *b, const struct ot_pn_part *part, size_t whole)
{
	size_t at = part->start + whole - b->left;

	ot_skip(b, (4 - at % 4) % 4);
}

/* Slot 0 is the device itself. */
static struct ot_text
nested_of(const struct ot_pdu *pdu, uint16_t slot, uint16_t subslot)
{
	if (slot == 0)
		return (struct ot_text){ 0 };
	return ot_format(pdu, "slot %u subslot %u", slot, subslot);
}

/* ---- identification and maintenance */

/* A letter for the kind of release (V, R, P, U, T), then three numbers. */
static struct ot_text
software(struct ot_buf *b, const struct ot_pdu *pdu)
{
	uint8_t prefix = ot_u8(b);
	unsigned functional = ot_u8(b);
	unsigned fix = ot_u8(b);
	unsigned internal = ot_u8(b);

	return ot_format(pdu, "%c%u.%u.%u",
	    prefix >= 'A' && prefix <= 'Z' ? prefix : '?', functional, fix,
	    internal);
}

static void
im0(struct ot_buf b, const struct ot_pdu *pdu, struct ot_text nested)
{
	uint16_t vendor = ot_u16be(&b);
	struct ot_text order = text(&b, 20);
	struct ot_text serial = text(&b, 16);
	uint16_t hardware = ot_u16be(&b);
	struct ot_text release = software(&b, pdu);

	ot_skip(&b, 2); /* revision counter */
	uint16_t profile = ot_u16be(&b);

	ot_skip(&b, 2 + 2 + 2); /* type, version, what is supported */
	if (!ot_ok(&b))
		return;
	ot_pn_say(pdu, OT_K_VENDOR_ID, ot_format(pdu, "0x%04x", vendor), "im0",
	    nested);
	ot_pn_say(pdu, OT_K_ORDER, order, "im0", nested);
	ot_pn_say(pdu, OT_K_SERIAL, serial, "im0", nested);
	ot_pn_say(
	    pdu, OT_K_HARDWARE, ot_format(pdu, "%u", hardware), "im0", nested);
	ot_pn_say(pdu, OT_K_SOFTWARE, release, "im0", nested);
	ot_pn_say(pdu, OT_K_PROFILE, ot_format(pdu, "0x%04x", profile), "im0",
	    nested);
}

static void
im1(struct ot_buf b, const struct ot_pdu *pdu, struct ot_text nested)
{
	struct ot_text function = text(&b, 32);
	struct ot_text location = text(&b, 22);

	if (!ot_ok(&b))
		return;
	ot_pn_say(pdu, OT_K_TAG, function, "im1", nested);
	ot_pn_say(pdu, OT_K_LOCATION, location, "im1", nested);
}

static void
im2(struct ot_buf b, const struct ot_pdu *pdu, struct ot_text nested)
{
	struct ot_text date = text(&b, 16);

	if (ot_ok(&b))
		ot_pn_say(pdu, OT_K_PROJECT_TIME, date, "im2", nested);
}

static void
im3(struct ot_buf b, const struct ot_pdu *pdu, struct ot_text nested)
{
	struct ot_text description = text(&b, 54);

	if (ot_ok(&b))
		ot_pn_say(pdu, OT_K_DESCRIPTION, description, "im3", nested);
}

/* Submodule numbers and idents: which they are, I&M0 of each tells. */
static void
submodules(struct ot_buf *b)
{
	unsigned count = ot_u16be(b);

	for (; count && ot_ok(b); count--)
		ot_skip(b, 2 + 4);
}

/* I&M0FilterData: for each API its modules by slot, with their idents. */
static void
filter(struct ot_buf b, const struct ot_pdu *pdu)
{
	for (unsigned apis = ot_u16be(&b); apis && ot_ok(&b); apis--) {
		ot_skip(&b, 4); /* API */
		unsigned modules = ot_u16be(&b);

		for (; modules && ot_ok(&b); modules--) {
			uint16_t slot = ot_u16be(&b);
			uint32_t ident = ot_u32be(&b);

			submodules(&b);
			if (ot_ok(&b))
				ot_pn_say(pdu, OT_K_PRODUCT_CODE,
				    ot_format(pdu, "0x%08x", ident),
				    "im0 filter data",
				    ot_format(pdu, "slot %u", slot));
		}
	}
}

/* ---- interface and ports */

static void
say_ipv4(const struct ot_pdu *pdu, enum ot_key key, const uint8_t *p)
{
	struct ot_addr addr;

	if (!p)
		return;
	addr = ot_addr_ipv4(p);
	if (!ot_addr_unspecified(&addr))
		ot_pn_say(pdu, key, ot_format_addr(pdu, &addr),
		    "interface data", (struct ot_text){ 0 });
}

/* Name, MAC, IP address, mask, gateway. */
static void
interface_real(const struct ot_pn_part *part, const struct ot_pdu *pdu)
{
	struct ot_buf b = part->contents;
	size_t whole = b.left, len = ot_u8(&b);
	struct ot_text name = text(&b, len), none = { 0 };

	align(&b, part, whole);
	const uint8_t *mac = ot_take(&b, 6);

	align(&b, part, whole);
	const uint8_t *ip = ot_take(&b, 4);
	const uint8_t *mask = ot_take(&b, 4);
	const uint8_t *gateway = ot_take(&b, 4);

	if (!ot_ok(&b) || !mac)
		return;
	struct ot_addr addr = ot_addr_mac(mac);

	ot_pn_say(pdu, OT_K_NAME, name, "interface data", none);
	ot_pn_say(
	    pdu, OT_K_MAC, ot_format_addr(pdu, &addr), "interface data", none);
	say_ipv4(pdu, OT_K_IP, ip);
	say_ipv4(pdu, OT_K_MASK, mask);
	say_ipv4(pdu, OT_K_GATEWAY, gateway);
}

/* A peer as this device sees it: "port-001.name", and of the peer itself its
 * name, said by another. */
static void
neighbour(const struct ot_pdu *pdu, struct ot_text own, struct ot_text port,
    struct ot_text chassis, const uint8_t *mac)
{
	struct ot_addr about = ot_addr_mac(mac);
	struct ot_text where = ot_format(pdu, "%.*s%s%.*s", (int)port.len,
	    (const char *)port.p, chassis.len ? "." : "", (int)chassis.len,
	    (const char *)chassis.p);

	ot_pn_say(pdu, OT_K_NEIGHBOUR, where, "port data", own);
	if (ot_text_trim(chassis).len && !ot_addr_unspecified(&about))
		ot_emit_fact(pdu, &(struct ot_fact){ .key = OT_K_NAME,
				      .value = ot_text_trim(chassis),
				      .message = "port data",
				      .by = OT_PEER,
				      .about = about });
}

/* Padding, slot, subslot, own port, peers. */
static void
port_real(const struct ot_pn_part *part, const struct ot_pdu *pdu)
{
	struct ot_buf b = part->contents;
	size_t whole = b.left, len;

	align(&b, part, whole);
	ot_skip(&b, 2 + 2);
	len = ot_u8(&b);
	struct ot_text own = text(&b, len);
	unsigned peers = ot_u8(&b);

	align(&b, part, whole);
	for (; peers && ot_ok(&b); peers--) {
		len = ot_u8(&b);
		struct ot_text port = text(&b, len);

		len = ot_u8(&b);
		struct ot_text chassis = text(&b, len);

		align(&b, part, whole);
		ot_skip(&b, 4); /* delay of the line */
		const uint8_t *mac = ot_take(&b, 6);

		align(&b, part, whole);
		if (ot_ok(&b) && mac)
			neighbour(pdu, own, port, chassis, mac);
	}
}

/* ---- records */

static void
block(const struct ot_pn_part *part, const struct ot_pdu *pdu, uint16_t slot,
    uint16_t subslot)
{
	struct ot_text nested = nested_of(pdu, slot, subslot);

	switch (part->type) {
	case OT_PN_IM0:
		im0(part->contents, pdu, nested);
		break;
	case OT_PN_IM0_FILTER:
		filter(part->contents, pdu);
		break;
	case OT_PN_IM1:
		im1(part->contents, pdu, nested);
		break;
	case OT_PN_IM2:
		im2(part->contents, pdu, nested);
		break;
	case OT_PN_IM3:
		im3(part->contents, pdu, nested);
		break;
	case OT_PN_INTERFACE_REAL:
		interface_real(part, pdu);
		break;
	case OT_PN_PORT_REAL:
		port_real(part, pdu);
		break;
	}
}

/* Padding, API, slot, subslot, then blocks of their own. */
static void
several(struct ot_buf b, const struct ot_pdu *pdu)
{
	ot_skip(&b, 2 + 4);
	uint16_t slot = ot_u16be(&b);
	uint16_t subslot = ot_u16be(&b);

	while (b.left >= 4) {
		struct ot_pn_part part = ot_pn_next(&b);

		if (ot_ok(&b))
			block(&part, pdu, slot, subslot);
	}
}

/* A record of the maker's own need not consist of blocks: what does not look
 * like one ends the reading, without a fault. */
void
ot_pn_record(
    struct ot_buf b, const struct ot_pdu *pdu, uint16_t slot, uint16_t subslot)
{
	while (b.left >= 6 && ot_peek16be(&b, 2) >= 2 &&
	       (size_t)ot_peek16be(&b, 2) + 4 <= b.left) {
		struct ot_pn_part part = ot_pn_next(&b);

		if (part.type == OT_PN_MULTIPLE)
			several(part.contents, pdu);
		else
			block(&part, pdu, slot, subslot);
	}
}
