/*
 * Values of MMS (Data: ISO 9506-2 clause 14.4.2) as text, and the two
 * structures of the control model of IEC 61850-8-1 (clause 20).
 */
#include "proto/mms.h"

enum data {
	DATA_ARRAY = 0xa1,
	DATA_STRUCTURE = 0xa2,
	DATA_BOOLEAN = 0x83,
	DATA_BITS = 0x84,
	DATA_INTEGER = 0x85,
	DATA_UNSIGNED = 0x86,
	DATA_FLOAT = 0x87,
	DATA_OCTETS = 0x89,
	DATA_STRING = 0x8a,
	DATA_MMS_STRING = 0x90,
};

enum {
	SHOWN = 24,	    /* octets of one value */
	SHOWN_TEXT = 120,   /* of a whole structure */
	FLOAT_EXPONENT = 8, /* bits: IEEE 754 of four octets */
};

static struct ot_text
text_of(struct ot_buf b, const struct ot_pdu *pdu)
{
	struct ot_text t = ot_text_of(&b, OT_LATIN1);

	if (t.len > SHOWN_TEXT)
		t.len = SHOWN_TEXT;
	return ot_format(pdu, "\"%.*s\"", (int)t.len, (const char *)t.p);
}

static struct ot_text
octets(struct ot_buf b, const struct ot_pdu *pdu)
{
	return ot_format_hex(pdu, b.p, b.left < SHOWN ? b.left : SHOWN);
}

/* Width of the exponent, then the number; eight octets long it is a double. */
static struct ot_text
real(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint8_t exponent = ot_u8(&b);
	float single;
	double twice;

	if (exponent == FLOAT_EXPONENT && b.left == sizeof(single)) {
		uint32_t bits = ot_u32be(&b);

		memcpy(&single, &bits, sizeof(single));
		return ot_format(pdu, "%g", (double)single);
	}
	if (b.left == sizeof(twice)) {
		uint64_t bits = ot_u64be(&b);

		memcpy(&twice, &bits, sizeof(twice));
		return ot_format(pdu, "%g", twice);
	}
	return octets(b, pdu);
}

/* Unused bits, then the bits, the first one in front. */
static struct ot_text
bits(struct ot_buf b, const struct ot_pdu *pdu)
{
	char text[8 * SHOWN];
	uint8_t unused = ot_u8(&b);
	size_t count = 0;

	if (!ot_expect(&b, unused < 8 && (b.left || !unused)))
		return ot_text("");
	size_t all = 8 * b.left - unused;

	while (b.left && count < sizeof(text)) {
		uint8_t octet = ot_u8(&b);

		for (int i = 7; i >= 0 && count < all && count < sizeof(text);
		     i--)
			text[count++] = octet >> i & 1 ? '1' : '0';
	}
	return ot_format(pdu, "%.*s", (int)count, text);
}

static struct ot_text
scalar(uint32_t tag, struct ot_buf b, const struct ot_pdu *pdu)
{
	switch (tag) {
	case DATA_BOOLEAN:
		return ot_text(ot_ber_bool(b) ? "true" : "false");
	case DATA_BITS:
		return bits(b, pdu);
	case DATA_INTEGER:
		return ot_format(pdu, "%lld", (long long)ot_ber_int(b));
	case DATA_UNSIGNED:
		return ot_format(
		    pdu, "%llu", (unsigned long long)ot_ber_uint(b));
	case DATA_FLOAT:
		return real(b, pdu);
	case DATA_STRING:
	case DATA_MMS_STRING:
		return text_of(b, pdu);
	default:
		return octets(b, pdu);
	}
}

static struct ot_text
value(struct ot_buf *b, const struct ot_pdu *pdu, unsigned depth)
{
	uint32_t tag;
	struct ot_buf contents = ot_ber_next(b, &tag);
	struct ot_text all = ot_text("{");

	if (tag != DATA_ARRAY && tag != DATA_STRUCTURE)
		return scalar(tag, contents, pdu);
	if (depth >= OT_LIMIT_DEPTH)
		ot_fail(b, OT_FAULT_DEPTH);
	while (contents.left && ot_ok(b)) {
		struct ot_text one = value(&contents, pdu, depth + 1);

		if (all.len < SHOWN_TEXT)
			all = ot_format(pdu, "%.*s%s%.*s", (int)all.len,
			    (const char *)all.p, all.len > 1 ? ", " : "",
			    (int)one.len, (const char *)one.p);
	}
	return ot_format(pdu, "%.*s}", (int)all.len, (const char *)all.p);
}

struct ot_text
ot_mms_value(struct ot_buf *b, const struct ot_pdu *pdu)
{
	return value(b, pdu, 0);
}

/* ---- the control model */

static const struct ot_name categories[] = { { 0, "not supported" },
	{ 1, "bay control" }, { 2, "station control" }, { 3, "remote control" },
	{ 4, "automatic bay" }, { 5, "automatic station" },
	{ 6, "automatic remote" }, { 7, "maintenance" }, { 8, "process" },
	{ 0, NULL } };

/* AddCause; IEC 61850-7-2. */
static const struct ot_name causes[] = { { 0, "unknown" },
	{ 1, "not supported" }, { 2, "blocked by switching hierarchy" },
	{ 3, "select failed" }, { 4, "invalid position" },
	{ 5, "position reached" }, { 6, "parameter change in execution" },
	{ 7, "step limit" }, { 8, "blocked by mode" },
	{ 9, "blocked by process" }, { 10, "blocked by interlocking" },
	{ 11, "blocked by synchrocheck" },
	{ 12, "command already in execution" }, { 13, "blocked by health" },
	{ 14, "1-of-n control" }, { 15, "abortion by cancel" },
	{ 16, "time limit over" }, { 17, "abortion by trip" },
	{ 18, "object not selected" }, { 19, "object already selected" },
	{ 20, "no access authority" }, { 21, "ended with overshoot" },
	{ 22, "abortion due to deviation" },
	{ 23, "abortion by communication loss" }, { 24, "blocked by command" },
	{ 25, "none" }, { 26, "inconsistent parameters" },
	{ 27, "locked by other client" }, { 0, NULL } };

/* Origin: a category and who it is, as octets that are mostly text. */
static struct ot_text
origin(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint32_t tag;
	struct ot_buf contents = ot_ber_next(&b, &tag);

	if (tag != DATA_INTEGER)
		return ot_text("unknown");
	int64_t n = ot_ber_int(contents);
	const char *name =
	    n >= 0 && n <= 8 ? ot_name(categories, (uint32_t)n) : NULL;
	struct ot_text who = ot_text("");

	if (b.left)
		who = text_of(ot_ber_next(&b, &tag), pdu);
	return ot_format(pdu, "%s %.*s", name ? name : "unknown", (int)who.len,
	    (const char *)who.p);
}

/* ctlVal, (operTm), origin, ctlNum, T, Test, (Check). The value may be a
 * structure too; the origin is the first one behind it. */
struct ot_text
ot_mms_command(struct ot_buf b, const struct ot_pdu *pdu)
{
	struct ot_buf members;

	if (ot_ber_peek(&b) != DATA_STRUCTURE)
		return ot_mms_value(&b, pdu);
	members = ot_ber_get(&b, DATA_STRUCTURE);
	struct ot_text what = ot_mms_value(&members, pdu);
	struct ot_text from = ot_text("unknown");
	bool test = false, known = false;

	while (members.left) {
		uint32_t tag;
		struct ot_buf member = ot_ber_next(&members, &tag);

		if (tag == DATA_STRUCTURE && !known) {
			from = origin(member, pdu);
			known = true;
		} else if (tag == DATA_BOOLEAN) {
			test = ot_ber_bool(member);
		}
	}
	return ot_format(pdu, "%.*s, origin %.*s%s", (int)what.len,
	    (const char *)what.p, (int)from.len, (const char *)from.p,
	    test ? ", test" : "");
}

/* CntrlObj, Error, Origin, ctlNum, AddCause. */
struct ot_text
ot_mms_refusal(struct ot_buf b, const struct ot_pdu *pdu)
{
	struct ot_buf members = ot_ber_get(&b, DATA_STRUCTURE);
	struct ot_text object =
	    ot_mms_identifier(ot_ber_get(&members, DATA_STRING));

	ot_ber_skip(&members);
	ot_ber_skip(&members);
	ot_ber_skip(&members);
	int64_t n = ot_ber_int(ot_ber_get(&members, DATA_INTEGER));
	const char *cause =
	    n >= 0 && n <= 27 ? ot_name(causes, (uint32_t)n) : NULL;

	return ot_format(pdu, "%.*s: %s", (int)object.len,
	    (const char *)object.p, cause ? cause : "unknown");
}
