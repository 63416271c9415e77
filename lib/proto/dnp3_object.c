/*
 * DNP3 objects (IEEE Std 1815-2012): object headers (clause 4.2.2.7), the
 * sizes of objects, device attributes, files, controls (annex A).
 */
#include "proto/dnp3.h"

enum {
	ATTRIBUTE_LISTS = 254, /* variations that ask for all, or list them */
	ATTRIBUTE_AUTH_VERSION = 209,
};

/* Data types of attributes; A.1. */
enum attribute_type {
	TYPE_VSTR = 1,
	TYPE_UINT = 2,
	TYPE_INT = 3,
	TYPE_OSTR = 5,
};

/* Bytes of the objects of a group by variation, from 1; 0 where there is
 * none of that number. Groups of bits and of variable size apart. */
static const struct sizes {
	uint8_t group;
	uint8_t bytes[12];
} sizes[] = {
	{ 2, { 1, 7, 3 } },
	{ 4, { 1, 7, 3 } },
	{ 11, { 1, 7 } },
	{ 13, { 1, 7 } },
	{ 20, { 5, 3, 5, 3, 4, 2, 4, 2 } },
	{ 21, { 5, 3, 5, 3, 11, 9, 11, 9, 4, 2, 4, 2 } },
	{ 22, { 5, 3, 5, 3, 11, 9, 11, 9 } },
	{ 23, { 5, 3, 5, 3, 11, 9, 11, 9 } },
	{ 30, { 5, 3, 4, 2, 5, 9 } },
	{ 31, { 5, 3, 11, 9, 4, 2, 5, 9 } },
	{ 32, { 5, 3, 11, 9, 5, 9, 11, 15 } },
	{ 33, { 5, 3, 11, 9, 5, 9, 11, 15 } },
	{ 34, { 2, 4, 4 } },
	{ 40, { 5, 3, 5, 9 } },
	{ 41, { 5, 3, 5, 9 } },
	{ 42, { 5, 3, 11, 9, 5, 9, 11, 15 } },
	{ 43, { 5, 3, 11, 9, 5, 9, 11, 15 } },
	{ 50, { 6, 10, 6, 11 } },
	{ 51, { 6, 6 } },
	{ 52, { 2, 2 } },
	{ 81, { 3 } },
	{ 101, { 2, 4, 8 } },
	{ 102, { 1 } },
	{ 121, { 7 } },
	{ 122, { 7, 13 } },
};

static int
bytes_of(uint8_t group, uint8_t variation)
{
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		if (sizes[i].group == group && variation > 0 &&
		    variation <= sizeof(sizes[i].bytes) &&
		    sizes[i].bytes[variation - 1])
			return sizes[i].bytes[variation - 1];
	return -1;
}

int
ot_dnp3_bits(uint8_t group, uint8_t variation)
{
	switch (group) {
	case 1: /* variation 1 is packed, 2 has flags */
	case 10:
		return variation == 1 ? 1 : variation == 2 ? 8 : -1;
	case 3:
		return variation == 1 ? 2 : variation == 2 ? 8 : -1;
	case OT_DNP3_G_CROB: /* block, pattern block, pattern mask */
		return variation == 1 || variation == 2 ? 88
		       : variation == 3			? 1
							: -1;
	case 60: /* classes */
		return 0;
	case OT_DNP3_G_IIN:
		return variation == 1 ? 1 : -1;
	case 110: /* octet strings: the variation is their length */
	case 111:
	case 112:
	case 113:
		return variation * 8;
	case OT_DNP3_G_AUTHENTICATION: /* user and sequence numbers */
		return variation == 3 ? 48 : variation == 4 ? 16 : -1;
	default:
		break;
	}
	int bytes = bytes_of(group, variation);
	return bytes < 0 ? -1 : bytes * 8;
}

static uint64_t
number(struct ot_buf *b, uint8_t len)
{
	return len == 1 ? ot_u8(b) : len == 2 ? ot_u16le(b) : ot_u32le(b);
}

struct ot_dnp3_header
ot_dnp3_header(struct ot_buf *b)
{
	static const uint8_t lens[] = { 0, 1, 2, 4 };
	struct ot_dnp3_header h = { .group = ot_u8(b) };
	uint8_t qualifier, prefix, range;

	h.variation = ot_u8(b);
	qualifier = ot_u8(b);
	prefix = qualifier >> 4 & 7;
	range = qualifier & 0x0f;
	ot_expect(b, prefix <= 6);
	if (prefix <= 3)
		h.index_len = lens[prefix & 3];
	else
		h.size_len = lens[(prefix - 3) & 3];
	if (range <= 5) { /* start and stop: indexes, or addresses */
		uint8_t len = lens[range % 3 + 1];

		h.ranged = true;
		h.first = number(b, len);
		uint64_t last = number(b, len);
		ot_expect(b, last >= h.first);
		h.count = last - h.first + 1;
	} else if (range == 6) {
		h.all = true;
	} else if (range <= 9) {
		h.count = number(b, lens[range - 6]);
	} else {
		ot_expect(b, range == 0x0b); /* variable format */
		h.count = ot_u8(b);
	}
	return h;
}

bool
ot_dnp3_skip(struct ot_buf *b, const struct ot_dnp3_header *header)
{
	int bits = ot_dnp3_bits(header->group, header->variation);

	if (bits < 0)
		return false;
	/* At most 2^32 objects of 255 bytes: no overflow. */
	ot_skip(b, (size_t)((header->count * (uint64_t)bits + 7) / 8));
	return true;
}

struct ot_text
ot_dnp3_file(struct ot_buf b, uint8_t variation)
{
	if (variation != 3 && variation != 7) /* command, descriptor */
		return ot_text("");
	ot_skip(&b, 2); /* offset: the name follows the fixed part */
	uint16_t len = ot_u16le(&b);
	ot_skip(&b, variation == 3 ? 22 : 16);
	struct ot_buf name = ot_split(&b, len);
	return ot_text_trim(ot_text_of(&name, OT_LATIN1));
}

struct ot_text
ot_dnp3_user(struct ot_buf b)
{
	ot_skip(&b, 2); /* offset */
	uint16_t len = ot_u16le(&b);
	ot_skip(&b, 8); /* password's place, key */
	struct ot_buf name = ot_split(&b, len);
	return ot_text_trim(ot_text_of(&name, OT_LATIN1));
}

struct ot_text
ot_dnp3_control(struct ot_buf b, const struct ot_pdu *pdu)
{
	static const char *const types[] = { "nul", "pulse on", "pulse off",
		"latch on", "latch off" };
	static const char *const sides[] = { "", "close ", "trip ",
		"reserved " };
	uint8_t code = ot_u8(&b);
	uint8_t type = code & 0x0f;

	return ot_format(pdu, "%s%s%s%s", sides[code >> 6],
	    type < sizeof(types) / sizeof(*types) ? types[type] : "reserved",
	    code & 0x10 ? ", queue" : "", code & 0x20 ? ", clear" : "");
}

/* Little-endian number of up to eight bytes. */
static uint64_t
little(struct ot_buf b)
{
	uint64_t n = 0;

	for (unsigned shift = 0; b.left && shift < 64; shift += 8)
		n |= (uint64_t)ot_u8(&b) << shift;
	return n;
}

static struct ot_text
attribute_value(struct ot_buf *b, const struct ot_pdu *pdu, uint8_t type)
{
	switch (type) {
	case TYPE_VSTR:
		return ot_text_trim(ot_text_of(b, OT_LATIN1));
	case TYPE_UINT:
	case TYPE_INT:
		return ot_format(pdu, "%llu", (unsigned long long)little(*b));
	case TYPE_OSTR:
		return ot_format_hex(pdu, b->p, b->left);
	default:
		return ot_text("");
	}
}

static const struct {
	uint8_t variation, key;
} attributes[] = {
	{ 196, OT_K_PROJECT }, /* configuration id, version */
	{ 197, OT_K_PROJECT },
	{ 208, OT_K_DESCRIPTION },
	{ 242, OT_K_SOFTWARE },
	{ 243, OT_K_HARDWARE },
	{ 245, OT_K_LOCATION },
	{ 246, OT_K_UID },
	{ 247, OT_K_NAME },
	{ 248, OT_K_SERIAL },
	{ 249, OT_K_PROFILE },
	{ 250, OT_K_MODEL },
	{ 252, OT_K_VENDOR },
};

static void
attribute(struct ot_buf *b, const struct ot_pdu *pdu, uint8_t variation,
    struct ot_text nested)
{
	uint8_t type = ot_u8(b);
	struct ot_buf raw = ot_split(b, ot_u8(b));
	struct ot_text value;

	if (!ot_ok(b))
		return;
	value = attribute_value(&raw, pdu, type);
	if (!value.len)
		return;
	if (variation == ATTRIBUTE_AUTH_VERSION)
		ot_emit_security(pdu, OT_S_VERSION,
		    ot_format(pdu, "secure authentication %.*s", (int)value.len,
			(const char *)value.p));
	for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++)
		if (attributes[i].variation == variation)
			ot_emit_fact(
			    pdu, &(struct ot_fact){
				     .key = (enum ot_key)attributes[i].key,
				     .value = value,
				     .message = "device attributes",
				     .by = OT_SELF,
				     .nested = nested });
}

void
ot_dnp3_attributes(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_dnp3_header *header, struct ot_text nested)
{
	for (uint64_t count = header->count; count && ot_ok(b); count--) {
		if (header->variation >= ATTRIBUTE_LISTS) {
			ot_skip(b, 1);
			ot_skip(b, ot_u8(b));
		} else {
			attribute(b, pdu, header->variation, nested);
		}
	}
}
