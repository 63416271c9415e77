/*
 * BACnet tags and values: ANSI/ASHRAE 135-2020, clause 20.2.
 */
#include "proto/bacnet.h"

enum {
	EXTENDED = 15, /* the tag number follows */
	LEN_EXTENDED = 5,
	LEN_OPENING = 6,
	LEN_CLOSING = 7,
	LEN_16 = 254,
	LEN_32 = 255,
	SHOWN = 16, /* values of one list */
};

/* Clause 20.2.1.3. */
static void
length(struct ot_buf *b, struct ot_bac_tag *tag, uint8_t lvt)
{
	tag->opening = tag->context && lvt == LEN_OPENING;
	tag->closing = tag->context && lvt == LEN_CLOSING;
	if (tag->opening || tag->closing)
		return;
	tag->len = lvt;
	if (lvt == LEN_EXTENDED)
		tag->len = ot_u8(b);
	if (lvt == LEN_EXTENDED && tag->len == LEN_16)
		tag->len = ot_u16be(b);
	else if (lvt == LEN_EXTENDED && tag->len == LEN_32)
		tag->len = ot_u32be(b);
	ot_expect(b, lvt <= LEN_EXTENDED);
}

struct ot_bac_tag
ot_bac_tag(struct ot_buf *b)
{
	uint8_t first = ot_u8(b);
	struct ot_bac_tag tag = {
		.number = first >> 4,
		.context = first & 8,
	};

	if (tag.number == EXTENDED)
		tag.number = ot_u8(b);
	length(b, &tag, first & 7);
	bool boolean = !tag.context && tag.number == OT_BAC_BOOLEAN;

	tag.value = ot_split(b, boolean ? 0 : tag.len);
	return tag;
}

/* What comes next, on a fault of its own. */
struct ot_bac_tag
ot_bac_peek(const struct ot_buf *b)
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf copy = ot_buf(b->p, b->left, &fault);
	struct ot_bac_tag tag = ot_bac_tag(&copy);

	tag.value.fault = b->fault;
	return fault ? (struct ot_bac_tag){ .value = *b } : tag;
}

bool
ot_bac_context(struct ot_buf *b, uint8_t n, struct ot_buf *value)
{
	uint8_t first = ot_peek(b, 0);

	if (!b->left || first >> 4 != n || !(first & 8) ||
	    (first & 7) >= LEN_OPENING)
		return false;
	*value = ot_bac_tag(b).value;
	return ot_ok(b);
}

bool
ot_bac_inside(struct ot_buf *b, uint8_t n, struct ot_buf *inside)
{
	uint8_t first = ot_peek(b, 0);

	if (!b->left || first != (uint8_t)(n << 4 | 8 | LEN_OPENING))
		return false;
	ot_skip(b, 1);
	struct ot_buf from = *b;
	size_t len = 0;

	for (uint32_t depth = 1; depth && ot_ok(b);) {
		len = from.left - b->left;
		struct ot_bac_tag tag = ot_bac_tag(b);

		depth += tag.opening;
		depth -= tag.closing;
		ot_expect(b, depth || tag.number == n);
	}
	*inside = ot_split(&from, ot_ok(b) ? len : 0);
	return ot_ok(b);
}

struct ot_buf
ot_bac_application(struct ot_buf *b, uint8_t number)
{
	struct ot_bac_tag tag = ot_bac_tag(b);

	ot_expect(b, !tag.context && tag.number == number);
	return tag.value;
}

uint32_t
ot_bac_unsigned(struct ot_buf value)
{
	uint32_t n = 0;

	ot_expect(&value, value.left >= 1 && value.left <= 4);
	while (value.left)
		n = n << 8 | ot_u8(&value);
	return n;
}

int32_t
ot_bac_signed(struct ot_buf value)
{
	uint32_t n = ot_peek(&value, 0) & 0x80 ? UINT32_MAX : 0;

	ot_expect(&value, value.left >= 1 && value.left <= 4);
	while (value.left)
		n = n << 8 | ot_u8(&value);
	return (int32_t)n;
}

void
ot_bac_object_id(struct ot_buf value, struct ot_bac_property *p)
{
	ot_expect(&value, value.left == 4);
	uint32_t n = ot_u32be(&value);

	p->type = (uint16_t)(n >> 22);
	p->instance = n & OT_BAC_ANY_INSTANCE;
}

struct ot_text
ot_bac_string(struct ot_buf value)
{
	static const enum ot_coding codings[] = { OT_UTF8, OT_LATIN1, OT_LATIN1,
		OT_LATIN1, OT_UTF16BE, OT_LATIN1 };
	uint8_t set = value.left ? ot_u8(&value) : 0;

	if (set == 1) /* DBCS: its code page first */
		ot_skip(&value, 2);
	return ot_text_of(&value, set < sizeof(codings) / sizeof(*codings)
				      ? codings[set]
				      : OT_LATIN1);
}

/* ---- as text ---- */

static struct ot_text
whole_number(const struct ot_pdu *pdu, struct ot_buf v, bool is_signed)
{
	uint64_t n = is_signed && ot_peek(&v, 0) & 0x80 ? UINT64_MAX : 0;

	if (v.left > 8)
		return ot_format_hex(pdu, v.p, v.left);
	while (v.left)
		n = n << 8 | ot_u8(&v);
	return is_signed ? ot_format(pdu, "%lld", (long long)(int64_t)n)
			 : ot_format(pdu, "%llu", (unsigned long long)n);
}

static struct ot_text
floating(const struct ot_pdu *pdu, struct ot_buf v)
{
	uint64_t bits = v.left == 8 ? ot_u64be(&v) : 0;
	uint32_t small = v.left == 4 ? ot_u32be(&v) : 0;
	double d;
	float f;

	memcpy(&d, &bits, sizeof(d));
	memcpy(&f, &small, sizeof(f));
	return ot_format(pdu, "%.7g", bits ? d : (double)f);
}

/* Clause 20.2.10: how many bits of the last octet are unused, then octets. */
static struct ot_text
bits(const struct ot_pdu *pdu, struct ot_buf v)
{
	char text[65];
	size_t count = 0;
	uint8_t unused = ot_u8(&v);
	size_t all = v.left * 8 - (v.left && unused < 8 ? unused : 0);

	for (size_t i = 0; i < all && count < sizeof(text) - 1; i++)
		text[count++] =
		    ot_peek(&v, i / 8) >> (7 - i % 8) & 1 ? '1' : '0';
	text[count] = 0;
	return ot_format(pdu, "%s%s", text, count < all ? "..." : "");
}

/* Two digits, or a star for 255, "any"; clauses 20.2.12 and 13. */
static struct ot_text
part_of_time(const struct ot_pdu *pdu, uint8_t n)
{
	return n == 255 ? ot_text("*") : ot_format(pdu, "%02u", n);
}

static struct ot_text
joined(const struct ot_pdu *pdu, struct ot_text a, const char *mark,
    struct ot_text b)
{
	return ot_format(pdu, "%.*s%s%.*s", (int)a.len, (const char *)a.p, mark,
	    (int)b.len, (const char *)b.p);
}

static struct ot_text
date(const struct ot_pdu *pdu, struct ot_buf v)
{
	uint8_t year = ot_u8(&v);
	struct ot_text text =
	    year == 255 ? ot_text("*") : ot_format(pdu, "%u", 1900u + year);

	text = joined(pdu, text, "-", part_of_time(pdu, ot_u8(&v)));
	return joined(pdu, text, "-", part_of_time(pdu, ot_u8(&v)));
}

static struct ot_text
time_of_day(const struct ot_pdu *pdu, struct ot_buf v)
{
	struct ot_text text = part_of_time(pdu, ot_u8(&v));

	text = joined(pdu, text, ":", part_of_time(pdu, ot_u8(&v)));
	text = joined(pdu, text, ":", part_of_time(pdu, ot_u8(&v)));
	return joined(pdu, text, ".", part_of_time(pdu, ot_u8(&v)));
}

static struct ot_text
object_id(const struct ot_pdu *pdu, struct ot_buf v)
{
	struct ot_bac_property p = { 0 };

	ot_bac_object_id(v, &p);
	const char *type = ot_name(ot_bac_object_types, p.type);

	return type ? ot_format(pdu, "%s,%u", type, p.instance)
		    : ot_format(pdu, "%u,%u", p.type, p.instance);
}

static struct ot_text
primitive(const struct ot_pdu *pdu, const struct ot_bac_tag *tag)
{
	struct ot_buf v = tag->value;

	if (tag->context)
		return ot_format_hex(pdu, v.p, v.left < 32 ? v.left : 32);
	switch ((enum ot_bac_application)tag->number) {
	case OT_BAC_NULL:
		return ot_text("null");
	case OT_BAC_BOOLEAN:
		return ot_text(tag->len ? "true" : "false");
	case OT_BAC_SIGNED:
		return whole_number(pdu, v, true);
	case OT_BAC_UNSIGNED:
	case OT_BAC_ENUMERATED:
		return whole_number(pdu, v, false);
	case OT_BAC_REAL:
	case OT_BAC_DOUBLE:
		return floating(pdu, v);
	case OT_BAC_STRING:
		return ot_bac_string(v);
	case OT_BAC_BITS:
		return bits(pdu, v);
	case OT_BAC_DATE:
		return date(pdu, v);
	case OT_BAC_TIME:
		return time_of_day(pdu, v);
	case OT_BAC_OBJECT_ID:
		return object_id(pdu, v);
	case OT_BAC_OCTETS:
		break;
	}
	return ot_format_hex(pdu, v.p, v.left < 32 ? v.left : 32);
}

struct ot_text
ot_bac_value(const struct ot_pdu *pdu, struct ot_buf value)
{
	struct ot_text all = ot_text("");

	for (unsigned count = 0; value.left && count < SHOWN; count++) {
		struct ot_bac_tag tag = ot_bac_tag(&value);

		if (!ot_ok(&value))
			break;
		struct ot_text one = tag.opening   ? ot_text("{")
				     : tag.closing ? ot_text("}")
						   : primitive(pdu, &tag);

		if (!count && !value.left) /* alone: in its own coding */
			return one;
		all = joined(pdu, all, all.len ? " " : "", one);
	}
	return value.left ? ot_format(pdu, "%.*s ...", (int)all.len,
				(const char *)all.p)
			  : all;
}
