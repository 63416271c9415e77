/*
 * Values in commands and parameters: IEC 60870-5-101, clause 7.2.6.
 */
#include "proto/iec104.h"

enum { SELECT = 0x80 };

/* The type without a time tag, whose elements come first in its twin too. */
static uint8_t
untagged(uint8_t type)
{
	return type >= OT_IEC104_SINGLE + OT_IEC104_TIME_TAGGED &&
		       type <= OT_IEC104_BITSTRING + OT_IEC104_TIME_TAGGED
		   ? (uint8_t)(type - OT_IEC104_TIME_TAGGED)
		   : type;
}

/* The octet with the bit S/E: the command itself, or behind a set-point its
 * qualifier. A bitstring has none. */
bool
ot_iec104_selects(const struct ot_buf *element, uint8_t type)
{
	static const uint8_t at[] = {
		[OT_IEC104_SINGLE - OT_IEC104_SINGLE] = 0,
		[OT_IEC104_DOUBLE - OT_IEC104_SINGLE] = 0,
		[OT_IEC104_STEP - OT_IEC104_SINGLE] = 0,
		[OT_IEC104_NORMALIZED - OT_IEC104_SINGLE] = 2,
		[OT_IEC104_SCALED - OT_IEC104_SINGLE] = 2,
		[OT_IEC104_FLOAT - OT_IEC104_SINGLE] = 4,
	};
	uint8_t plain = untagged(type);

	return plain >= OT_IEC104_SINGLE && plain <= OT_IEC104_FLOAT &&
	       ot_peek(element, at[plain - OT_IEC104_SINGLE]) & SELECT;
}

/* A command octet: the state in its low bits, the qualifier QU above. */
static struct ot_text
switched(uint8_t octet, const struct ot_pdu *pdu, const char *const *states,
    uint8_t mask)
{
	static const char *const pulses[] = { "", ", short pulse",
		", long pulse", ", persistent" };
	uint8_t qualifier = octet >> 2 & 0x1f;
	const char *state = states[octet & mask];

	if (qualifier < sizeof(pulses) / sizeof(*pulses))
		return ot_format(pdu, "%s%s", state, pulses[qualifier]);
	return ot_format(pdu, "%s, qualifier %u", state, qualifier);
}

static float
short_float(struct ot_buf *b)
{
	uint32_t bits = ot_u32le(b);
	float value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* The value of a set-point or a parameter, without its qualifier. */
static struct ot_text
measured(struct ot_buf *b, const struct ot_pdu *pdu, uint8_t type)
{
	switch (type) {
	case OT_IEC104_NORMALIZED:
	case OT_IEC104_P_NORMALIZED:
		return ot_format(pdu, "%.7g", (int16_t)ot_u16le(b) / 32768.0);
	case OT_IEC104_SCALED:
	case OT_IEC104_P_SCALED:
		return ot_format(pdu, "%d", (int16_t)ot_u16le(b));
	default:
		return ot_format(pdu, "%.7g", (double)short_float(b));
	}
}

/* QOS: bits 0 to 6 are the qualifier QL, 0 the default. */
static struct ot_text
set_point(struct ot_buf *b, const struct ot_pdu *pdu, uint8_t type)
{
	struct ot_text value = measured(b, pdu, type);
	uint8_t qualifier = ot_u8(b) & 0x7f;

	return qualifier ? ot_format(pdu, "%.*s, qualifier %u", (int)value.len,
			       (const char *)value.p, qualifier)
			 : value;
}

/* QPM: bits 0 to 5 are the kind of the parameter. */
static struct ot_text
parameter(struct ot_buf *b, const struct ot_pdu *pdu, uint8_t type)
{
	static const char *const kinds[] = { "unused", "threshold", "smoothing",
		"low limit", "high limit" };
	struct ot_text value = measured(b, pdu, type);
	uint8_t kind = ot_u8(b) & 0x3f;

	if (kind < sizeof(kinds) / sizeof(*kinds))
		return ot_format(pdu, "%s %.*s", kinds[kind], (int)value.len,
		    (const char *)value.p);
	return ot_format(pdu, "parameter %u %.*s", kind, (int)value.len,
	    (const char *)value.p);
}

/* QPA, QRP and COI: a word for each number, else the number. */
static struct ot_text
word(uint8_t n, const struct ot_pdu *pdu, const struct ot_name *words)
{
	const char *name = ot_name(words, n);

	return name ? ot_text(name) : ot_format(pdu, "qualifier %u", n);
}

static const struct ot_name activations[] = {
	{ 1, "loaded parameters" },
	{ 2, "parameter of the object" },
	{ 3, "cyclic transmission of the object" },
	{ 0, NULL },
};

static const struct ot_name resets[] = {
	{ 1, "general reset of the process" },
	{ 2, "reset of pending time-tagged information" },
	{ 0, NULL },
};

static const struct ot_name initializations[] = {
	{ 0, "local power switch on" },
	{ 1, "local manual reset" },
	{ 2, "remote reset" },
	{ 0, NULL },
};

struct ot_text
ot_iec104_value(struct ot_buf element, const struct ot_pdu *pdu, uint8_t type)
{
	static const char *const single[] = { "off", "on" };
	static const char *const doubled[] = { "not permitted 0", "off", "on",
		"not permitted 3" };
	static const char *const step[] = { "not permitted 0", "lower",
		"higher", "not permitted 3" };
	uint8_t plain = untagged(type);
	uint8_t first = ot_peek(&element, 0);

	switch (plain) {
	case OT_IEC104_SINGLE:
		return switched(first, pdu, single, 1);
	case OT_IEC104_DOUBLE:
		return switched(first, pdu, doubled, 3);
	case OT_IEC104_STEP:
		return switched(first, pdu, step, 3);
	case OT_IEC104_NORMALIZED:
	case OT_IEC104_SCALED:
	case OT_IEC104_FLOAT:
		return set_point(&element, pdu, plain);
	case OT_IEC104_BITSTRING:
		return ot_format(pdu, "0x%08x", ot_u32le(&element));
	case OT_IEC104_P_NORMALIZED:
	case OT_IEC104_P_SCALED:
	case OT_IEC104_P_FLOAT:
		return parameter(&element, pdu, plain);
	case OT_IEC104_P_ACTIVATION:
		return word(first, pdu, activations);
	case OT_IEC104_RESET:
		return word(first, pdu, resets);
	case OT_IEC104_END_OF_INIT:
		return word(first & 0x7f, pdu, initializations);
	default:
		return ot_text("");
	}
}
