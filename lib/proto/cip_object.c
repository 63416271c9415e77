/*
 * How the objects that CIP paths name are written. Numbers stay numbers; text
 * is made only for routes, for symbols with more than one part, and for paths
 * that no space of numbers can hold.
 */
#include "base/limits.h"
#include "proto/cip.h"

enum {
	SPACE_CLASS = 1,
	SPACE_INSTANCE,
	SPACE_ATTRIBUTE,
	SPACE_CLASS_ATTRIBUTE,
	SPACE_MEMBER,
	SPACE_INSTANCE_MEMBER,
	SPACE_NESTED,
	SPACE_POINT,
	SPACE_ASSEMBLY,
	SPACE_ASSEMBLY_ATTRIBUTE,
	SPACE_ASSEMBLIES,
	SPACE_ROUTED, /* this many on: the same behind a route */
	SPACE_TEXT = 2 * SPACE_ROUTED - 1,
	SPACE_TEXT_ELEMENTS,
	SPACE_ROUTE,
	SPACE_TAG,
	SPACE_TAG_ELEMENTS,
	SPACE_TAG_INDEX,
	SPACE_TAG_INDEX_ELEMENTS,
	SPACE_CONNECTION,
	SPACE_END,
};

#define ROUTED(space) [(space) + SPACE_ROUTED - 2]

extern const struct ot_space ot_cip_spaces[];
const struct ot_space ot_cip_spaces[] = {
	[SPACE_CLASS - 1] = { "class %0x" },
	[SPACE_INSTANCE - 1] = { "class %0x instance %1u" },
	[SPACE_ATTRIBUTE - 1] = { "class %0x instance %1u attribute %r" },
	[SPACE_CLASS_ATTRIBUTE - 1] = { "class %0x attribute %r" },
	[SPACE_MEMBER -
	    1] = { "class %0x instance %1u attribute %r member %2u" },
	[SPACE_INSTANCE_MEMBER - 1] = { "class %0x instance %1u member %2u" },
	[SPACE_NESTED - 1] = { "class %0x instance %1u class %2x instance "
			       "%3u" },
	[SPACE_POINT - 1] = { "class %0x connection point %1u" },
	[SPACE_ASSEMBLY - 1] = { "assembly %1u" },
	[SPACE_ASSEMBLY_ATTRIBUTE - 1] = { "assembly %1u attribute %r" },
	[SPACE_ASSEMBLIES - 1] = { "assembly %1u, %2u" },
	ROUTED(SPACE_CLASS) = { "path %t class %0x" },
	ROUTED(SPACE_INSTANCE) = { "path %t class %0x instance %1u" },
	ROUTED(SPACE_ATTRIBUTE) = { "path %t class %0x instance %1u "
				    "attribute %r" },
	ROUTED(SPACE_CLASS_ATTRIBUTE) = { "path %t class %0x attribute %r" },
	ROUTED(SPACE_MEMBER) = { "path %t class %0x instance %1u attribute %r "
				 "member %2u" },
	ROUTED(SPACE_INSTANCE_MEMBER) = { "path %t class %0x instance %1u "
					  "member %2u" },
	ROUTED(SPACE_NESTED) = { "path %t class %0x instance %1u class %2x "
				 "instance %3u" },
	ROUTED(SPACE_POINT) = { "path %t class %0x connection point %1u" },
	ROUTED(SPACE_ASSEMBLY) = { "path %t assembly %1u" },
	ROUTED(SPACE_ASSEMBLY_ATTRIBUTE) = { "path %t assembly %1u attribute "
					     "%r" },
	ROUTED(SPACE_ASSEMBLIES) = { "path %t assembly %1u, %2u" },
	[SPACE_TEXT - 1] = { "%t" },
	[SPACE_TEXT_ELEMENTS - 1] = { "%t+%0u" },
	[SPACE_ROUTE - 1] = { "path %t" },
	[SPACE_TAG - 1] = { "tag %t" },
	[SPACE_TAG_ELEMENTS - 1] = { "tag %t+%0u" },
	[SPACE_TAG_INDEX - 1] = { "tag %t[%0u]" },
	[SPACE_TAG_INDEX_ELEMENTS - 1] = { "tag %t[%0u]+%1u" },
	[SPACE_CONNECTION - 1] = { "connection %0x" },
	[SPACE_END - 1] = { NULL },
};

/* Text of at most OT_LIMIT_TEXT bytes, grown at its end. */
struct line {
	uint8_t *p;
	size_t len;
};

static void
put(struct line *line, const void *p, size_t len)
{
	size_t room = OT_LIMIT_TEXT - line->len;

	if (len > room)
		len = room;
	memcpy(line->p + line->len, p, len);
	line->len += len;
}

static void
put_word(struct line *line, const char *word)
{
	put(line, word, strlen(word));
}

static void
put_number(struct line *line, uint32_t n, uint32_t base)
{
	uint8_t digits[10];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (uint8_t) "0123456789ABCDEF"[n % base];
		n /= base;
	} while (n > 0);
	if (base == 16)
		put_word(line, "0x");
	put(line, digits + at, sizeof(digits) - at);
}

static void
put_part(struct line *line, const char *word, uint32_t n, uint32_t base)
{
	put_word(line, line->len > 0 ? " " : "");
	put_word(line, word);
	put_number(line, n, base);
}

static struct ot_text
line_text(const struct line *line)
{
	return (struct ot_text){ line->p, line->len, OT_LATIN1 };
}

static void
put_hop(struct line *line, const struct ot_cip_segment *s)
{
	if (line->len > 0)
		put_word(line, ",");
	put_number(line, s->n, 10);
	put_word(line, ",");
	if (s->bytes.left == 1) {
		struct ot_buf link = s->bytes;

		put_number(line, ot_u8(&link), 10);
	} else {
		put(line, s->bytes.p, s->bytes.left);
	}
}

struct ot_text
ot_cip_route(const struct ot_pdu *pdu, struct ot_buf segments)
{
	struct line line = { NULL, 0 };

	if (segments.left > 0)
		line.p = ot_scratch(pdu, OT_LIMIT_TEXT);
	while (line.p && segments.left > 0) {
		struct ot_cip_segment s = ot_cip_segment(&segments);

		if (ot_ok(&segments) && s.kind == OT_CIP_SEG_PORT)
			put_hop(&line, &s);
	}
	return line_text(&line);
}

/* An element or member: an index of a tag, "[3,4]". */
static void
put_index(struct line *line, uint32_t n, bool again)
{
	if (again)
		line->len--; /* the bracket closes after this one */
	put_word(line, again ? "," : "[");
	put_number(line, n, 10);
	put_word(line, "]");
}

static void
put_segment(struct line *line, const struct ot_cip_segment *s,
    enum ot_cip_segment_kind before, bool tag)
{
	switch (s->kind) {
	case OT_CIP_SEG_CLASS:
		put_part(line, "class ", s->n, 16);
		break;
	case OT_CIP_SEG_INSTANCE:
		put_part(line, "instance ", s->n, 10);
		break;
	case OT_CIP_SEG_ATTRIBUTE:
		put_part(line, "attribute ", s->n, 10);
		break;
	case OT_CIP_SEG_POINT:
		put_part(line, "connection point ", s->n, 10);
		break;
	case OT_CIP_SEG_MEMBER:
		if (tag)
			put_index(line, s->n, before == OT_CIP_SEG_MEMBER);
		else
			put_part(line, "member ", s->n, 10);
		break;
	case OT_CIP_SEG_SYMBOL:
		if (tag)
			put_word(line, ".");
		put(line, s->bytes.p, s->bytes.left);
		break;
	default:
		break;
	}
}

/* The whole path as text: for what the spaces of numbers do not hold. */
static struct ot_object
text_object(const struct ot_pdu *pdu, const struct ot_cip_path *path,
    struct ot_text route)
{
	struct line line = { ot_scratch(pdu, OT_LIMIT_TEXT), 0 };
	struct ot_object object = { .space = SPACE_TEXT };
	struct ot_buf b = path->target;
	enum ot_cip_segment_kind before = OT_CIP_SEG_OTHER;
	bool tag = false;

	if (!line.p)
		return object;
	if (route.len > 0) {
		put_word(&line, "path ");
		put(&line, route.p, route.len);
	}
	while (b.left > 0) {
		struct ot_cip_segment s = ot_cip_segment(&b);

		if (s.kind == OT_CIP_SEG_SYMBOL && !tag)
			put_word(&line, line.len > 0 ? " tag " : "tag ");
		put_segment(&line, &s, before, tag);
		tag = s.kind == OT_CIP_SEG_SYMBOL ||
		      (tag && (s.kind == OT_CIP_SEG_MEMBER ||
				  s.kind == OT_CIP_SEG_OTHER));
		before = s.kind;
	}
	object.text = line_text(&line);
	object.n[2] = ot_cip_path_class(path);
	object.n[3] = path->instance[path->parts & OT_CIP_INNER_CLASS ? 1 : 0];
	return object;
}

/* Class and instance, and at most one part more. */
static uint8_t
number_space(const struct ot_cip_path *path)
{
	bool assembly = path->class[0] == OT_CIP_ASSEMBLY;

	switch (path->parts) {
	case OT_CIP_HAS_CLASS:
		return SPACE_CLASS;
	case OT_CIP_HAS_CLASS | OT_CIP_HAS_INSTANCE:
		return assembly ? SPACE_ASSEMBLY : SPACE_INSTANCE;
	case OT_CIP_HAS_CLASS | OT_CIP_HAS_ATTRIBUTE:
		return SPACE_CLASS_ATTRIBUTE;
	case OT_CIP_HAS_CLASS | OT_CIP_HAS_INSTANCE | OT_CIP_HAS_ATTRIBUTE:
		if (!assembly)
			return SPACE_ATTRIBUTE;
		/* Attribute 3 is the assembly's data. */
		return path->attribute == 3 ? SPACE_ASSEMBLY
					    : SPACE_ASSEMBLY_ATTRIBUTE;
	case OT_CIP_HAS_CLASS | OT_CIP_HAS_INSTANCE | OT_CIP_HAS_ATTRIBUTE |
	    OT_CIP_HAS_MEMBER:
		return SPACE_MEMBER;
	case OT_CIP_HAS_CLASS | OT_CIP_HAS_INSTANCE | OT_CIP_HAS_MEMBER:
		return SPACE_INSTANCE_MEMBER;
	case OT_CIP_HAS_CLASS | OT_CIP_HAS_INSTANCE | OT_CIP_INNER_CLASS |
	    OT_CIP_INNER_INSTANCE:
		return SPACE_NESTED;
	case OT_CIP_HAS_CLASS | OT_CIP_HAS_POINT:
	case OT_CIP_HAS_CLASS | OT_CIP_HAS_INSTANCE | OT_CIP_HAS_POINT:
		if (assembly)
			return path->points == 2 ? SPACE_ASSEMBLIES
						 : SPACE_ASSEMBLY;
		return path->points == 1 ? SPACE_POINT : 0;
	}
	return 0;
}

static struct ot_object
number_object(const struct ot_cip_path *path, uint8_t space)
{
	struct ot_object object = { .space = space,
		.n = {
		    path->class[0], path -> instance[0], path -> member, 0 } };

	if (path->parts & OT_CIP_INNER_CLASS) {
		object.n[2] = path->class[1];
		object.n[3] = path->instance[1];
	}
	if (path->parts & OT_CIP_HAS_POINT) {
		object.n[1] = path->point[0];
		object.n[2] = path->point[1];
	}
	if (path->parts & OT_CIP_HAS_ATTRIBUTE) {
		object.first = path->attribute;
		object.count = 1;
	}
	return object;
}

struct ot_object
ot_cip_object(const struct ot_pdu *pdu, const struct ot_cip_path *path,
    struct ot_text route)
{
	uint8_t space = number_space(path);
	bool routed = route.len > 0;
	struct ot_object object = { .text = route };

	if (path->unknown)
		return (struct ot_object){ .space = 0 };
	if (path->parts == 0) {
		object.space = routed ? SPACE_ROUTE : 0;
	} else if (space) {
		object = number_object(path, space);
		object.text = route;
		if (routed)
			object.space += SPACE_ROUTED - 1;
	} else if (path->parts == OT_CIP_HAS_TAG && !routed) {
		object.space = SPACE_TAG;
		object.text = path->tag;
	} else if (path->parts == (OT_CIP_HAS_TAG | OT_CIP_HAS_MEMBER) &&
		   !routed) {
		object.space = SPACE_TAG_INDEX;
		object.text = path->tag;
		object.n[0] = path->member;
	} else {
		object = text_object(pdu, path, route);
	}
	return object;
}

void
ot_cip_elements(struct ot_object *object, uint16_t count)
{
	if (count < 2)
		return;
	switch (object->space) {
	case SPACE_TEXT:
	case SPACE_TAG:
		object->space++;
		object->n[0] = count;
		break;
	case SPACE_TAG_INDEX:
		object->space++;
		object->n[1] = count;
		break;
	}
}

void
ot_cip_attributes(struct ot_object *object, uint16_t first, uint16_t count)
{
	unsigned routed =
	    object->space >= SPACE_ROUTED && object->space < SPACE_TEXT
		? SPACE_ROUTED - 1
		: 0;

	switch (object->space - routed) {
	case SPACE_CLASS:
		object->space = (uint8_t)(SPACE_CLASS_ATTRIBUTE + routed);
		break;
	case SPACE_INSTANCE:
		object->space = (uint8_t)(SPACE_ATTRIBUTE + routed);
		break;
	default:
		return;
	}
	object->first = first;
	object->count = count;
}

struct ot_cip_target
ot_cip_target(const struct ot_object *object)
{
	struct ot_cip_target target = { OT_CIP_NO_CLASS, 0, 0 };
	unsigned space = object->space;

	if (space == 0 || space >= SPACE_ROUTE)
		return target;
	if (space >= SPACE_ROUTED && space < SPACE_TEXT)
		space -= SPACE_ROUTED - 1;
	if (space >= SPACE_TEXT || space == SPACE_NESTED) {
		target.class = object->n[2];
		target.instance = object->n[3];
	} else {
		target.class = object->n[0];
		target.instance = object->n[1];
	}
	if (object->count == 1)
		target.attribute = (uint32_t)object->first;
	return target;
}

struct ot_text
ot_cip_object_route(const struct ot_object *object)
{
	if ((object->space >= SPACE_ROUTED && object->space < SPACE_TEXT) ||
	    object->space == SPACE_ROUTE)
		return object->text;
	return (struct ot_text){ NULL, 0, OT_LATIN1 };
}

struct ot_object
ot_cip_connection_object(uint32_t id)
{
	return (struct ot_object){ .space = SPACE_CONNECTION, .n = { id } };
}
