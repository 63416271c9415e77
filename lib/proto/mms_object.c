/*
 * Names in MMS: ISO 9506-2 clauses 7.5.2 (ObjectName), 14.5 (what of the
 * variables is meant), FileName of 9506-2 annex D.
 */
#include "proto/mms.h"

struct ot_text
ot_mms_identifier(struct ot_buf b)
{
	/* A NUL would hide what follows it. */
	ot_expect(&b, ot_find(&b, 0) == b.left);
	return ot_text_of(&b, OT_LATIN1);
}

struct ot_text
ot_mms_name(struct ot_buf *b, const struct ot_pdu *pdu)
{
	uint32_t tag;
	struct ot_buf name = ot_ber_next(b, &tag);
	struct ot_text domain, item;

	switch (tag) {
	case 0x80: /* of the whole device */
		return ot_mms_identifier(name);
	case 0xa1:
		domain =
		    ot_mms_identifier(ot_ber_get(&name, OT_BER_VISIBLE_STRING));
		item =
		    ot_mms_identifier(ot_ber_get(&name, OT_BER_VISIBLE_STRING));
		return ot_format(pdu, "%.*s/%.*s", (int)domain.len,
		    (const char *)domain.p, (int)item.len,
		    (const char *)item.p);
	case 0x82: /* of this association */
		item = ot_mms_identifier(name);
		return ot_format(
		    pdu, "@%.*s", (int)item.len, (const char *)item.p);
	default:
		ot_expect(b, false);
		return (struct ot_text){ 0 };
	}
}

struct ot_text
ot_mms_file_name(struct ot_buf b, const struct ot_pdu *pdu)
{
	struct ot_text name = ot_text("");

	while (b.left) {
		uint32_t tag; /* GraphicString, or what servers take for it */
		struct ot_text part = ot_mms_identifier(ot_ber_next(&b, &tag));

		name = !name.len ? part
				 : ot_format(pdu, "%.*s/%.*s", (int)name.len,
				       (const char *)name.p, (int)part.len,
				       (const char *)part.p);
	}
	return name;
}

/* ---- parts of a variable: clause 14.5.5, AlternateAccess */

/* A component ("$q"), an index ("(3)"), several ("(3-7)"), all. */
static struct ot_text
selection(struct ot_buf b, uint32_t tag, const struct ot_pdu *pdu)
{
	struct ot_text name;
	int64_t low, count;

	switch (tag) {
	case 0x81:
		name = ot_mms_identifier(b);
		return ot_format(
		    pdu, "$%.*s", (int)name.len, (const char *)name.p);
	case 0x82:
		return ot_format(pdu, "(%lld)", (long long)ot_ber_int(b));
	case 0xa3:
		low = ot_ber_int(ot_ber_get(&b, 0x80));
		count = ot_ber_int(ot_ber_get(&b, 0x81));
		return ot_format(
		    pdu, "(%lld+%lld)", (long long)low, (long long)count);
	default:
		return ot_text("(*)");
	}
}

/* One selection after the other. One with selections of its own (0xa0) has a
 * tag that is one less, and they follow it. */
static struct ot_text
alternate(struct ot_buf b, const struct ot_pdu *pdu, unsigned depth)
{
	struct ot_text all = ot_text(""), deeper = ot_text("");

	if (depth >= OT_LIMIT_DEPTH)
		ot_fail(&b, OT_FAULT_DEPTH);
	while (b.left) {
		uint32_t tag;
		struct ot_buf value = ot_ber_next(&b, &tag), inner = value;

		if (tag == 0xa0) {
			value = ot_ber_next(&inner, &tag);
			tag++;
			deeper = alternate(ot_ber_get(&inner, OT_BER_SEQUENCE),
			    pdu, depth + 1);
		}
		struct ot_text one = selection(value, tag, pdu);

		all = ot_format(pdu, "%.*s%.*s%.*s", (int)all.len,
		    (const char *)all.p, (int)one.len, (const char *)one.p,
		    (int)deeper.len, (const char *)deeper.p);
	}
	return all;
}

/* ---- variables */

/* Address: a number, a symbol, or what the device likes. */
static struct ot_text
address(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint32_t tag;
	struct ot_buf value = ot_ber_next(&b, &tag);

	if (tag == 0x80)
		return ot_format(
		    pdu, "%llu", (unsigned long long)ot_ber_uint(value));
	if (tag == 0x81)
		return ot_mms_identifier(value);
	return ot_format_hex(pdu, value.p, value.left < 64 ? value.left : 64);
}

static struct ot_object
specification(struct ot_buf *b, const struct ot_pdu *pdu)
{
	uint32_t tag;
	struct ot_buf value = ot_ber_next(b, &tag);

	switch (tag) {
	case 0xa0:
		return (struct ot_object){ .space = OT_MMS_VARIABLE,
			.text = ot_mms_name(&value, pdu) };
	case 0xa1:
		return (struct ot_object){ .space = OT_MMS_ADDRESS,
			.text = address(value, pdu) };
	case 0xa2: /* address and type */
		return (struct ot_object){ .space = OT_MMS_ADDRESS,
			.text = address(ot_ber_get(&value, 0xa0), pdu) };
	case 0xa3:
		return (struct ot_object){ .space = OT_MMS_VARIABLE,
			.text = ot_text("scattered access") };
	default:
		return (struct ot_object){ .space = OT_MMS_VARIABLE,
			.text = ot_text("invalidated") };
	}
}

struct ot_mms_access
ot_mms_access(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_mms_access access = { .list = *b };
	uint32_t tag;
	struct ot_buf value = ot_ber_next(b, &tag);

	ot_expect(b, tag == 0xa0 || tag == 0xa1);
	access.list = value;
	if (tag == 0xa1) {
		access.named = true;
		access.object = (struct ot_object){ .space = OT_MMS_LIST,
			.text = ot_mms_name(&value, pdu) };
	}
	return access;
}

bool
ot_mms_access_next(struct ot_mms_access *access, const struct ot_pdu *pdu,
    struct ot_object *object)
{
	struct ot_buf *list = &access->list, parts;

	if (!list->left || !ot_ok(list))
		return false;
	if (access->named) {
		*object = access->object;
		list->left = 0;
		return true;
	}
	struct ot_buf one = ot_ber_get(list, OT_BER_SEQUENCE);

	*object = specification(&one, pdu);
	if (ot_ber_optional(&one, 0xa5, &parts)) {
		struct ot_text part = alternate(parts, pdu, 0);

		object->text = ot_format(pdu, "%.*s%.*s", (int)object->text.len,
		    (const char *)object->text.p, (int)part.len,
		    (const char *)part.p);
	}
	return ot_ok(list);
}

/* ---- looking at names */

bool
ot_mms_is(struct ot_text t, const char *s)
{
	return t.len == strlen(s) && memcmp(t.p, s, t.len) == 0;
}

bool
ot_mms_ends(struct ot_text t, const char *s)
{
	size_t len = strlen(s);

	return t.len >= len && memcmp(t.p + t.len - len, s, len) == 0;
}

struct ot_text
ot_mms_constraint(struct ot_text name)
{
	struct ot_text none = { name.p, 0, OT_LATIN1 };

	for (size_t i = 0; i + 2 < name.len; i++)
		if (name.p[i] == '$')
			return i + 3 == name.len || name.p[i + 3] == '$'
				   ? (struct ot_text){ name.p + i + 1, 2,
					     OT_LATIN1 }
				   : none;
	return none;
}
