/*
 * What HART devices say of themselves: HCF_SPEC-127 (commands 0, 11, 13, 20,
 * 21) and HCF_SPEC-151 (84).
 */
#include "proto/hartip.h"

enum {
	EXPANDED = 254, /* the device type has two bytes */
	SHORT_TAG = 6,	/* packed: four characters in three bytes */
	DESCRIPTOR = 12,
	LONG_TAG = 32,
	TEXT = 32,
	REVISION_7 = 7,
};

struct says {
	const struct ot_pdu *pdu;
	struct ot_text nested;
	const char *message;
};

static void
say(const struct says *s, enum ot_key key, struct ot_text value)
{
	value = ot_text_trim(value);
	if (value.len)
		ot_emit_fact(s->pdu, &(struct ot_fact){ .key = key,
					 .value = value,
					 .message = s->message,
					 .by = OT_SELF,
					 .nested = s->nested });
}

/* Its unique address, as in objects. */
static struct ot_text
address(const struct ot_pdu *pdu, const uint8_t id[OT_HART_ADDRESS])
{
	return ot_format(
	    pdu, "%02X %02X %02X%02X%02X", id[0], id[1], id[2], id[3], id[4]);
}

/* The host itself is no device behind it. */
static struct ot_text
nested(const struct ot_pdu *pdu, const struct ot_hart_device *device)
{
	const struct ot_hart_state *state = ot_state(pdu);

	if (!device->unique)
		return device->poll ? ot_format(pdu, "poll %u", device->poll)
				    : ot_text("");
	if (state->self_known &&
	    memcmp(state->self, device->id, OT_HART_ADDRESS) == 0)
		return ot_text("");
	struct ot_text text = address(pdu, device->id);

	return ot_format(
	    pdu, "device %.*s", (int)text.len, (const char *)text.p);
}

/* HCF_SPEC-127 section 5.7: six bits a character, of the columns 2 to 5 of
 * ASCII. Bytes of zero, which read as @, were never written. */
static struct ot_text
packed(struct ot_buf *b, size_t len, const struct ot_pdu *pdu)
{
	char text[TEXT + 1];
	size_t count = 0;
	uint32_t any = 0;

	for (size_t i = 0; i + 3 <= len && count + 4 <= TEXT; i += 3) {
		uint32_t four = ot_u24be(b);

		any |= four;
		for (int shift = 18; shift >= 0; shift -= 6) {
			char c = (char)(four >> shift & 0x3f);

			text[count++] = (char)(c & 0x20 ? c : c | 0x40);
		}
	}
	text[count] = 0;
	return any ? ot_format(pdu, "%s", text) : ot_text("");
}

/* Command 0, and those that ask for it by a tag. */
static void
unique_id(struct ot_buf *b, struct says *s, const struct ot_hart_device *device)
{
	struct ot_hart_state *state = ot_state(s->pdu);
	const struct ot_pdu *pdu = s->pdu;
	uint8_t id[OT_HART_ADDRESS] = { 0 };

	if (ot_u8(b) != EXPANDED)
		return;
	uint16_t type = ot_u16be(b);

	ot_skip(b, 1); /* preambles */
	uint8_t universal = ot_u8(b);
	uint8_t revision = ot_u8(b);
	uint8_t software = ot_u8(b);
	uint8_t hardware = ot_u8(b);

	ot_skip(b, 1); /* flags */
	uint32_t number = ot_u24be(b);

	if (!ot_ok(b))
		return;
	id[0] = type >> 8 & 0x3f;
	id[1] = (uint8_t)type;
	id[2] = (uint8_t)(number >> 16);
	id[3] = (uint8_t)(number >> 8);
	id[4] = (uint8_t)number;
	if (!device->unique && !device->poll) {
		state->self_known = true;
		memcpy(state->self, id, sizeof(id));
	}
	say(s, OT_K_UID, address(pdu, id));
	say(s, OT_K_DEVICE_TYPE, ot_format(pdu, "0x%04x", type));
	say(s, OT_K_REVISION, ot_format(pdu, "%u", revision));
	say(s, OT_K_SOFTWARE, ot_format(pdu, "%u", software));
	say(s, OT_K_HARDWARE, ot_format(pdu, "%u", hardware >> 3));
	if (universal < REVISION_7 || b->left < 9) {
		say(s, OT_K_VENDOR_ID, ot_format(pdu, "0x%02x", type >> 8));
		return;
	}
	ot_skip(b, 5); /* preambles, variables, changes, extended status */
	say(s, OT_K_VENDOR_ID, ot_format(pdu, "0x%04x", ot_u16be(b)));
	ot_skip(b, 2); /* private label */
	if (b->left)
		say(s, OT_K_PROFILE, ot_format(pdu, "%u", ot_u8(b)));
}

static void
long_tag(struct ot_buf *b, const struct says *s)
{
	struct ot_buf text =
	    ot_split(b, b->left < LONG_TAG ? b->left : LONG_TAG);

	say(s, OT_K_TAG, ot_text_of(&text, OT_LATIN1));
}

static void
tag_and_descriptor(struct ot_buf *b, const struct says *s)
{
	say(s, OT_K_TAG, packed(b, SHORT_TAG, s->pdu));
	say(s, OT_K_DESCRIPTION, packed(b, DESCRIPTOR, s->pdu));
}

/* HCF_SPEC-151 section 7.52: one device of an I/O system. */
static void
sub_device(struct ot_buf *b, struct says *s)
{
	uint8_t id[OT_HART_ADDRESS] = { 0 };

	ot_skip(b, 4); /* index, card, channel */
	uint16_t vendor = ot_u16be(b);
	uint16_t type = ot_u16be(b);
	uint32_t number = ot_u24be(b);

	ot_skip(b, 1); /* universal revision */
	if (!ot_ok(b))
		return;
	id[0] = type >> 8 & 0x3f;
	id[1] = (uint8_t)type;
	id[2] = (uint8_t)(number >> 16);
	id[3] = (uint8_t)(number >> 8);
	id[4] = (uint8_t)number;
	struct ot_text text = address(s->pdu, id);

	s->nested = ot_format(
	    s->pdu, "device %.*s", (int)text.len, (const char *)text.p);
	say(s, OT_K_UID, text);
	say(s, OT_K_VENDOR_ID, ot_format(s->pdu, "0x%04x", vendor));
	say(s, OT_K_DEVICE_TYPE, ot_format(s->pdu, "0x%04x", type));
	long_tag(b, s);
}

void
ot_hart_identity(struct ot_buf *data, const struct ot_pdu *pdu,
    const struct ot_hart_device *device, uint16_t command)
{
	struct ot_op named = { 0 };
	struct says s = { .pdu = pdu, .nested = nested(pdu, device) };

	ot_hart_command(&named, command);
	s.message = named.name;
	if (!data->left)
		return;
	switch (command) {
	case OT_HART_UNIQUE_ID:
	case OT_HART_UNIQUE_ID_BY_TAG:
	case OT_HART_UNIQUE_ID_BY_LONG_TAG:
		unique_id(data, &s, device);
		break;
	case OT_HART_TAG:
		tag_and_descriptor(data, &s);
		break;
	case OT_HART_LONG_TAG:
		long_tag(data, &s);
		break;
	case OT_HART_SUB_DEVICE_ID:
		sub_device(data, &s);
		break;
	default:
		break;
	}
}
