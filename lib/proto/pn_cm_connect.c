/*
 * The blocks with which an application relation is made: IEC 61158-6-10 clause
 * 5.2.4. What is expected to be plugged (ExpectedSubmodule) is no fact.
 */
#include "proto/pn_cm.h"

enum { AR_SUPERVISOR = 0x0006 };

static const struct ot_name ar_types[] = {
	{ 0x0001, "io-controller" },
	{ AR_SUPERVISOR, "io-supervisor" },
	{ 0x0010, "io-controller" }, /* IOCARSingle with RT_CLASS_3 */
	{ 0x0020, "io-controller" }, /* IOCARSR */
	{ 0, NULL },
};

static const struct ot_name iocr_types[] = { { 1, "input" }, { 2, "output" },
	{ 3, "multicast provider" }, { 4, "multicast consumer" }, { 0, NULL } };

void
ot_pn_say(const struct ot_pdu *pdu, enum ot_key key, struct ot_text value,
    const char *message, struct ot_text nested)
{
	value = ot_text_trim(value);
	if (value.len)
		ot_emit_fact(pdu, &(struct ot_fact){ .key = key,
				      .value = value,
				      .message = message,
				      .by = OT_SELF,
				      .nested = nested });
}

static void
say(const struct ot_pdu *pdu, enum ot_key key, struct ot_text value)
{
	ot_pn_say(pdu, key, value, "connect", (struct ot_text){ 0 });
}

static void
say_mac(const struct ot_pdu *pdu, const uint8_t *mac)
{
	struct ot_addr addr;

	if (!mac)
		return;
	addr = ot_addr_mac(mac);
	say(pdu, OT_K_MAC, ot_format_addr(pdu, &addr));
}

/* Type, UUID, session key, MAC, object, properties, timeout, port, name. */
static void
ar_request(struct ot_buf b, const struct ot_pdu *pdu)
{
	const char *role = ot_name(ar_types, ot_u16be(&b));

	ot_skip(&b, 16 + 2);
	const uint8_t *mac = ot_take(&b, 6);

	ot_skip(&b, 16 + 4 + 2 + 2);
	size_t len = ot_u16be(&b);
	struct ot_buf name = ot_split(&b, len);

	if (!ot_ok(&b))
		return;
	say(pdu, OT_K_NAME, ot_text_of(&name, OT_LATIN1));
	say_mac(pdu, mac);
	if (role)
		say(pdu, OT_K_ROLE, ot_text(role));
}

static void
ar_response(struct ot_buf b, const struct ot_pdu *pdu)
{
	ot_skip(&b, 2 + 16 + 2);
	const uint8_t *mac = ot_take(&b, 6);

	if (!ot_ok(&b))
		return;
	say_mac(pdu, mac);
	say(pdu, OT_K_ROLE, ot_text("io-device"));
}

/* Type, reference, LT, properties, length, FrameID. The FrameID is what cyclic
 * frames show, so that they can be told to belong to this relation. */
static void
iocr(struct ot_buf b, const struct ot_pdu *pdu, bool request)
{
	uint16_t type = ot_u16be(&b);
	const char *name = ot_name(iocr_types, type);

	ot_skip(&b, request ? 2 + 2 + 4 : 2);
	uint16_t len = request ? ot_u16be(&b) : 0;
	uint16_t id = ot_u16be(&b);

	if (!ot_ok(&b))
		return;
	if (!name)
		name = "other";
	ot_emit_event(pdu,
	    &(struct ot_event){ .kind = "i/o connection",
		.detail =
		    request
			? ot_format(pdu, "%s frame id 0x%04x size %u asked for",
			      name, id, len)
			: ot_format(pdu, "%s frame id 0x%04x", name, id) });
}

void
ot_pn_connect(const struct ot_pn_part *part, const struct ot_pdu *pdu)
{
	switch (part->type) {
	case OT_PN_AR_REQUEST:
		ar_request(part->contents, pdu);
		break;
	case OT_PN_AR_RESPONSE:
		ar_response(part->contents, pdu);
		break;
	case OT_PN_IOCR_REQUEST:
	case OT_PN_IOCR_RESPONSE:
		iocr(part->contents, pdu, part->type == OT_PN_IOCR_REQUEST);
		break;
	case OT_PN_MODULE_DIFF:
		ot_emit_event(
		    pdu, &(struct ot_event){ .kind = "module difference" });
		break;
	}
}
