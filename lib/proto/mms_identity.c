/*
 * Name plates of IEC 61850: LPHD.PhyNam of the physical device (class DPL) and
 * LLN0.NamPlt of a logical one (class LPL; IEC 61850-7-3 clause 7.8). Most of
 * their attributes may be left out, so that the place of one in the structure
 * is known only by the variable's type; the vendor always comes first.
 */
#include "proto/mms.h"

enum {
	TYPE_STRUCTURE = 0xa2,
	TYPE_ARRAY = 0xa1,
	DATA_STRUCTURE = 0xa2,
	DATA_STRING = 0x8a,
	DATA_MMS_STRING = 0x90
};

static const struct attribute {
	const char *name;
	enum ot_key key;
} attributes[] = {
	{ "vendor", OT_K_VENDOR },
	{ "hwRev", OT_K_HARDWARE },
	{ "swRev", OT_K_SOFTWARE },
	{ "serNum", OT_K_SERIAL },
	{ "model", OT_K_MODEL },
	{ "location", OT_K_LOCATION },
	{ "configRev", OT_K_REVISION },
	{ "d", OT_K_DESCRIPTION },
};

void
ot_mms_say(const struct ot_pdu *pdu, enum ot_key key, struct ot_text value,
    const char *message)
{
	value = ot_text_trim(value);
	if (value.len)
		ot_emit_fact(pdu, &(struct ot_fact){ .key = key,
				      .value = value,
				      .message = message,
				      .by = OT_SELF });
}

/* 1 + the key of an attribute; 0: none. */
static uint8_t
key_of(struct ot_text name)
{
	for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++)
		if (ot_mms_is(name, attributes[i].name))
			return (uint8_t)(attributes[i].key + 1);
	return 0;
}

/* Which name plate this is the name of; NULL: none. */
static struct ot_mms_plate *
plate_of(const struct ot_pdu *pdu, struct ot_text name)
{
	struct ot_mms_state *state = ot_state(pdu);

	return ot_mms_ends(name, "PhyNam")   ? &state->physical
	       : ot_mms_ends(name, "NamPlt") ? &state->logical
					     : NULL;
}

/* ---- types */

/* Components of a structure: names, and their types. Gives the window of the
 * next one's type. */
static bool
component(struct ot_buf *list, struct ot_text *name, struct ot_buf *type)
{
	struct ot_buf one, text;

	if (!list->left)
		return false;
	one = ot_ber_get(list, OT_BER_SEQUENCE);
	*name = ot_text("");
	if (ot_ber_optional(&one, 0x80, &text))
		*name = ot_mms_identifier(text);
	*type = ot_ber_get(&one, 0xa1);
	return ot_ok(list);
}

/* packed, then the components: [1] of a structure's type. */
static struct ot_buf
components(struct ot_buf type)
{
	struct ot_buf structure, packed;

	if (!ot_ber_optional(&type, TYPE_STRUCTURE, &structure)) {
		type.left = 0;
		return type;
	}
	ot_ber_optional(&structure, 0x80, &packed);
	return ot_ber_get(&structure, 0xa1);
}

static void
learn(struct ot_mms_plate *plate, struct ot_buf type)
{
	struct ot_buf list = components(type), member;
	struct ot_text name;

	*plate = (struct ot_mms_plate){ 0 };
	while (plate->count < OT_MMS_PLATE && component(&list, &name, &member))
		plate->keys[plate->count++] = key_of(name);
}

static void
walk(struct ot_buf type, const struct ot_pdu *pdu, struct ot_text name,
    unsigned depth)
{
	struct ot_mms_plate *plate = plate_of(pdu, name);
	struct ot_buf list = components(type), member;

	if (plate) {
		learn(plate, type);
		return;
	}
	if (depth >= OT_LIMIT_DEPTH)
		return;
	while (component(&list, &name, &member))
		walk(member, pdu, name, depth + 1);
}

/* mmsDeletable, address, typeDescription [2]. */
void
ot_mms_identity_type(
    struct ot_buf b, const struct ot_pdu *pdu, struct ot_text name)
{
	while (b.left) {
		uint32_t tag;
		struct ot_buf value = ot_ber_next(&b, &tag);

		if (tag == 0xa2)
			walk(value, pdu, name, 0);
	}
}

/* ---- values */

static bool
is_text(uint32_t tag)
{
	return tag == DATA_STRING || tag == DATA_MMS_STRING;
}

static void
read_plate(
    struct ot_buf b, const struct ot_pdu *pdu, const struct ot_mms_plate *plate)
{
	struct ot_buf members = ot_ber_get(&b, DATA_STRUCTURE);

	for (unsigned i = 0; members.left && i < OT_MMS_PLATE; i++) {
		uint32_t tag;
		struct ot_buf value = ot_ber_next(&members, &tag);
		uint8_t key = i < plate->count ? plate->keys[i] : 0;

		if (!plate->count && i == 0)
			key = OT_K_VENDOR + 1;
		if (key && is_text(tag))
			ot_mms_say(pdu, (enum ot_key)(key - 1),
			    ot_text_of(&value, OT_LATIN1), "read");
	}
}

/* A whole name plate, or one attribute of it: "…$NamPlt$vendor". */
void
ot_mms_identity_read(
    struct ot_buf b, const struct ot_pdu *pdu, struct ot_text name)
{
	const struct ot_mms_plate *plate = plate_of(pdu, name);
	struct ot_text element = name;
	uint32_t tag = ot_ber_peek(&b);

	if (plate && tag == DATA_STRUCTURE) {
		read_plate(b, pdu, plate);
		return;
	}
	while (element.len && element.p[element.len - 1] != '$')
		element.len--;
	if (!element.len || !is_text(tag))
		return;
	struct ot_text parent = { element.p, element.len - 1, OT_LATIN1 };
	uint8_t key = key_of((struct ot_text){
	    name.p + element.len, name.len - element.len, OT_LATIN1 });

	if (!plate_of(pdu, parent) || !key)
		return;
	struct ot_buf value = ot_ber_get(&b, tag);

	ot_mms_say(
	    pdu, (enum ot_key)(key - 1), ot_text_of(&value, OT_LATIN1), "read");
}
