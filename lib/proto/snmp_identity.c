/*
 * What SNMP objects say of the device: the system group (RFC 3418), entities
 * (RFC 6933); engine ids (RFC 3411, SnmpEngineID). Values: RFC 2578 section 7.
 */
#include "proto/snmp.h"

enum value {
	IP_ADDRESS = 0x40,
	COUNTER = 0x41,
	GAUGE = 0x42,
	TICKS = 0x43,
	COUNTER_64 = 0x46,
};

enum {
	ENTITY_COLUMN = 11, /* the sub-identifier that says which column */
	ENTITY_INDEX = 12,
	ENGINE_SHORTEST = 5,
	ENGINE_MAC = 3, /* formats of what follows the enterprise */
	ENGINE_IPV4 = 1,
	ENGINE_TEXT = 4,
	ENTERPRISE = 4,
};

static const uint32_t system_group[] = { 1, 3, 6, 1, 2, 1, 1 };
static const uint32_t entities[] = { 1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1 };

static const struct column {
	uint8_t n, key;
} system_columns[] = {
	{ 1, OT_K_DESCRIPTION },
	{ 2, OT_K_UID },
	{ 5, OT_K_NAME },
	{ 6, OT_K_LOCATION },
	{ 0, 0 },
}, entity_columns[] = {
	{ 2, OT_K_DESCRIPTION },
	{ 8, OT_K_HARDWARE },
	{ 9, OT_K_FIRMWARE },
	{ 10, OT_K_SOFTWARE },
	{ 11, OT_K_SERIAL },
	{ 12, OT_K_VENDOR },
	{ 13, OT_K_MODEL },
	{ 0, 0 },
};

static bool
printable(const struct ot_buf *b)
{
	for (size_t i = 0; i < b->left; i++)
		if (ot_peek(b, i) < 0x20 || ot_peek(b, i) == 0x7f)
			return i > 0 && i + 1 == b->left && !ot_peek(b, i);
	return true;
}

static struct ot_text
octets(const struct ot_pdu *pdu, struct ot_buf value)
{
	if (printable(&value))
		return ot_text_of(&value, OT_UTF8);
	return ot_format_hex(pdu, value.p, value.left < 64 ? value.left : 64);
}

static struct ot_text
oid_text(const struct ot_pdu *pdu, struct ot_buf value)
{
	char text[OT_LIMIT_TEXT];
	size_t len = ot_ber_print_oid(text, sizeof(text), value);

	return ot_format(pdu, "%.*s", (int)len, text);
}

struct ot_text
ot_snmp_value(const struct ot_pdu *pdu, const struct ot_snmp_binding *b)
{
	struct ot_buf value = b->value;
	const uint8_t *p;
	struct ot_addr ip;

	switch (b->tag) {
	case OT_BER_INTEGER:
		return ot_format(pdu, "%lld", (long long)ot_ber_int(value));
	case COUNTER:
	case GAUGE:
	case TICKS:
	case COUNTER_64:
		return ot_format(
		    pdu, "%llu", (unsigned long long)ot_ber_uint(value));
	case OT_BER_OCTET_STRING:
		return octets(pdu, value);
	case OT_BER_OID:
		return oid_text(pdu, value);
	case OT_BER_NULL:
		return ot_text("null");
	case IP_ADDRESS:
		p = ot_take(&value, 4);
		if (!p)
			return ot_text("");
		ip = ot_addr_ipv4(p);
		return ot_format_addr(pdu, &ip);
	default:
		return ot_format_hex(
		    pdu, value.p, value.left < 64 ? value.left : 64);
	}
}

static void
say(const struct ot_pdu *pdu, enum ot_key key, const char *message,
    struct ot_text value, struct ot_text nested)
{
	value = ot_text_trim(value);
	if (value.len)
		ot_emit_fact(pdu, &(struct ot_fact){ .key = key,
				      .value = value,
				      .message = message,
				      .by = OT_SELF,
				      .nested = nested });
}

static const struct column *
column_of(const struct column *columns, uint32_t n)
{
	while (columns->n && columns->n != n)
		columns++;
	return columns->n ? columns : NULL;
}

void
ot_snmp_identity(const struct ot_pdu *pdu, const struct ot_snmp_binding *b,
    const char *message)
{
	const size_t system_len = sizeof(system_group) / 4;
	const struct column *column;

	if (b->tag != OT_BER_OCTET_STRING && b->tag != OT_BER_OID)
		return;
	if (ot_snmp_under(b, system_group, system_len) &&
	    b->count == system_len + 2) {
		column = column_of(system_columns, b->oid[system_len]);
		if (column)
			say(pdu, (enum ot_key)column->key, message,
			    ot_snmp_value(pdu, b), ot_text(""));
	} else if (ot_snmp_under(b, entities, ENTITY_COLUMN) &&
		   b->count == ENTITY_INDEX + 1) {
		column = column_of(entity_columns, b->oid[ENTITY_COLUMN]);
		/* the first entity is the chassis, all others are in it */
		if (column)
			say(pdu, (enum ot_key)column->key, message,
			    ot_snmp_value(pdu, b),
			    b->oid[ENTITY_INDEX] == 1
				? ot_text("")
				: ot_format(
				      pdu, "entity %u", b->oid[ENTITY_INDEX]));
	}
}

void
ot_snmp_engine(const struct ot_pdu *pdu, struct ot_buf id)
{
	static const char message[] = "engine id";
	struct ot_text none = ot_text("");

	if (id.left < ENGINE_SHORTEST)
		return;
	say(pdu, OT_K_UID, message, ot_format_hex(pdu, id.p, id.left), none);
	uint32_t enterprise = ot_u32be(&id);

	say(pdu, OT_K_VENDOR_ID, message,
	    ot_format(pdu, "%u", enterprise & 0x7fffffff), none);
	if (!(enterprise >> 31)) /* RFC 1910: no format */
		return;
	uint8_t format = ot_u8(&id);

	if (format == ENGINE_MAC && id.left == 6) {
		struct ot_addr mac = ot_addr_mac(ot_take(&id, 6));

		say(pdu, OT_K_MAC, message, ot_format_addr(pdu, &mac), none);
	} else if (format == ENGINE_IPV4 && id.left == 4) {
		struct ot_addr ip = ot_addr_ipv4(ot_take(&id, 4));

		say(pdu, OT_K_IP, message, ot_format_addr(pdu, &ip), none);
	} else if (format == ENGINE_TEXT) {
		say(pdu, OT_K_NAME, message, ot_text_of(&id, OT_UTF8), none);
	}
}
