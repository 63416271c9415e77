/*
 * System status lists (SZL) that say what a module is: "System Software for
 * S7-300/400, System and Standard Functions", chapter on system status lists.
 */
#include "proto/s7comm.h"

enum {
	ORDER_LEN = 20,
	NAME_LEN = 24,
	TEXT_LEN = 32,
	HEADER_ONLY = 0xf, /* the extract that has no records */
	RECORD_MAX = 1024, /* bytes; the longest known list has 116 */
};

/* One record: its index was read. */
static void
say(const struct ot_pdu *pdu, enum ot_key key, struct ot_text value)
{
	value = ot_text_trim(value);
	if (value.len)
		ot_emit_fact(pdu, &(struct ot_fact){ .key = key,
				      .value = value,
				      .message = "read szl",
				      .by = OT_SELF });
}

/* xy11: module identification. Order number, 2 reserved, then the version of
 * hardware as a number, or of software as a letter and three numbers. */
static void
module(struct ot_buf *b, const struct ot_pdu *pdu, uint16_t index)
{
	struct ot_buf order = ot_split(b, ORDER_LEN);

	ot_skip(b, 2);
	uint16_t version = ot_u16be(b);
	uint16_t release = ot_u16be(b);
	uint8_t letter = (uint8_t)(version >> 8);
	if (!ot_ok(b))
		return;
	if (index == 1)
		say(pdu, OT_K_ORDER, ot_text_of(&order, OT_LATIN1));
	if ((index == 1 || index == 6) && version) {
		say(pdu, OT_K_HARDWARE, ot_format(pdu, "%u", version));
	} else if ((index == 7 || index == 0x81) && letter >= 'A' &&
		   letter <= 'Z') {
		say(pdu, index == 7 ? OT_K_FIRMWARE : OT_K_BOOTLOADER,
		    ot_format(pdu, "%c%u.%u.%u", letter, version & 0xff,
			release >> 8, release & 0xff));
	}
}

/* xy1C: component identification, one text for each index. */
static void
component(struct ot_buf *b, const struct ot_pdu *pdu, uint16_t index)
{
	static const struct {
		uint8_t index, len;
		uint8_t key;
	} texts[] = {
		{ 0x1, NAME_LEN, OT_K_NAME },
		{ 0x2, NAME_LEN, OT_K_DESCRIPTION },
		{ 0x3, TEXT_LEN, OT_K_TAG },
		{ 0x5, NAME_LEN, OT_K_SERIAL },
		{ 0x7, TEXT_LEN, OT_K_MODEL },
		{ 0xb, TEXT_LEN, OT_K_LOCATION },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		if (texts[i].index != index)
			continue;
		struct ot_buf text = ot_split(b, texts[i].len);

		if (ot_ok(b))
			say(pdu, (enum ot_key)texts[i].key,
			    ot_text_of(&text, OT_LATIN1));
	}
	if (index == 9) { /* as in identification and maintenance data */
		uint16_t vendor = ot_u16be(b);

		if (vendor && ot_ok(b))
			say(pdu, OT_K_VENDOR_ID, ot_format(pdu, "%u", vendor));
	}
}

/* xy32 index 4: protection level and the position of the mode selector. */
static void
protection(struct ot_buf *b, const struct ot_pdu *pdu)
{
	static const struct ot_name selector[] = {
		{ 1, "run" },
		{ 2, "run-p" },
		{ 3, "stop" },
		{ 4, "mres" },
		{ 0, NULL },
	};

	ot_skip(b, 4); /* levels set by selector and by parameter */
	uint16_t level = ot_u16be(b);
	const char *position = ot_name(selector, ot_u16be(b));
	if (!ot_ok(b))
		return;
	if (level)
		say(pdu, OT_K_PROTECTION, ot_format(pdu, "level %u", level));
	if (position)
		say(pdu, OT_K_KEY_SWITCH, ot_text(position));
}

/* xy24: operating mode, in the low bits. There is no index here. */
static void
mode(struct ot_buf *b, const struct ot_pdu *pdu)
{
	static const struct ot_name modes[] = {
		{ 0x1, "stop" },
		{ 0x2, "stop" },    /* memory reset */
		{ 0x3, "stop" },    /* own initialisation */
		{ 0x4, "stop" },    /* internal */
		{ 0x5, "startup" }, /* cold restart */
		{ 0x6, "startup" }, /* warm restart */
		{ 0x7, "startup" }, /* hot restart */
		{ 0x8, "run" },
		{ 0x9, "run" }, /* redundant */
		{ 0xa, "hold" },
		{ 0xb, "link-up" },
		{ 0xc, "update" },
		{ 0xd, "defective" },
		{ 0xf, "no power" },
		{ 0, NULL },
	};

	ot_skip(b, 3); /* event, kind of information */
	const char *now = ot_name(modes, ot_u8(b) & 0x0fu);
	if (ot_ok(b) && now)
		say(pdu, OT_K_STATE, ot_text(now));
}

void
ot_s7_szl(struct ot_buf *b, const struct ot_pdu *pdu)
{
	uint16_t id = ot_u16be(b);

	ot_skip(b, 2); /* index asked for */
	uint16_t len = ot_u16be(b);
	uint16_t count = ot_u16be(b);
	if ((id >> 8 & 0x0f) == HEADER_ONLY)
		return;
	if (count)
		ot_expect(b, len >= 2 && len <= RECORD_MAX);
	for (; count && ot_ok(b); count--) {
		struct ot_buf record = ot_split(b, len);
		uint8_t list = (uint8_t)id;

		if (list == 0x24 && (id >> 8 & 0x0f) == 4) {
			mode(&record, pdu);
			continue;
		}
		uint16_t index = ot_u16be(&record);
		if (list == 0x11)
			module(&record, pdu, index);
		else if (list == 0x1c)
			component(&record, pdu, index);
		else if (list == 0x32 && index == 4)
			protection(&record, pdu);
	}
}
