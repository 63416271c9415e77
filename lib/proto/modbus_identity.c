/*
 * What Modbus devices say of themselves: MODBUS Application Protocol
 * Specification V1.1b3, sections 6.13 and 6.21.
 */
#include "proto/modbus.h"

enum { UNIT_GATEWAY = 0xff }; /* as 0: the addressed host itself */

/* Objects of Read Device Identification; section 6.21. */
static const enum ot_key identity[] = { OT_K_VENDOR, OT_K_PRODUCT_CODE,
	OT_K_REVISION, OT_K_URL, OT_K_PRODUCT, OT_K_MODEL, OT_K_APP };

/* A unit is a device behind the host, 0 and 255 the host itself. */
struct ot_text
ot_modbus_nested(const struct ot_pdu *pdu, uint8_t unit)
{
	return unit == 0 || unit == UNIT_GATEWAY
		   ? ot_text("")
		   : ot_format(pdu, "unit %u", unit);
}

/* Section 6.21, from the read code on. */
void
ot_modbus_identification(
    struct ot_buf *b, const struct ot_pdu *pdu, uint8_t unit)
{
	struct ot_fact fact = { .message = "read device identification",
		.by = OT_SELF,
		.nested = ot_modbus_nested(pdu, unit) };

	ot_skip(b, 4); /* code, conformity, more follows, next object */
	for (unsigned count = ot_u8(b); count && ot_ok(b); count--) {
		uint8_t id = ot_u8(b);
		struct ot_buf value = ot_split(b, ot_u8(b));

		if (!ot_ok(b) || id >= sizeof(identity) / sizeof(*identity))
			continue;
		fact.key = identity[id];
		fact.value = ot_text_trim(ot_text_of(&value, OT_LATIN1));
		if (fact.value.len)
			ot_emit_fact(pdu, &fact);
	}
}

static bool
printable(const struct ot_buf *b)
{
	for (size_t i = 0; i < b->left; i++)
		if (ot_peek(b, i) < 0x20 || ot_peek(b, i) > 0x7e)
			return false;
	return true;
}

static bool
is_indicator(uint8_t run)
{
	return run == 0x00 || run == 0xff;
}

/* Section 6.13: id, run indicator, whatever. The id has as many bytes as the
 * vendor likes: one is usual, else what can be the indicator ends the data. */
void
ot_modbus_server_id(struct ot_buf *b, const struct ot_pdu *pdu, uint8_t unit)
{
	struct ot_buf data = ot_split(b, ot_u8(b));
	size_t len = data.left;
	struct ot_fact fact = { .key = OT_K_UID,
		.message = "report server id",
		.by = OT_SELF,
		.nested = ot_modbus_nested(pdu, unit) };

	if (len >= 2 && is_indicator(ot_peek(&data, 1)))
		len = 1;
	else if (len >= 2 && is_indicator(ot_peek(&data, len - 1)))
		len--;
	struct ot_buf id = ot_split(&data, len);
	if (!ot_ok(b))
		return;
	fact.value =
	    len > 1 && printable(&id)
		? ot_text_trim((struct ot_text){ id.p, id.left, OT_LATIN1 })
		: ot_format_hex(pdu, id.p, id.left);
	if (fact.value.len)
		ot_emit_fact(pdu, &fact);
	if (!data.left)
		return;
	fact.key = OT_K_STATE;
	fact.value = ot_text(ot_u8(&data) ? "run" : "stop");
	ot_emit_fact(pdu, &fact);
}
