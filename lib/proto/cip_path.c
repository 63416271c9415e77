/*
 * CIP paths: padded EPATHs (ODVA Volume 1, appendix C-1).
 */
#include "proto/cip.h"

/* Port segment, C-1.4.1: a link address of one byte, or of the size that
 * follows; port 15 means that its number follows. */
static void
port_segment(struct ot_buf *b, uint8_t head, struct ot_cip_segment *s)
{
	const uint8_t *start = b->p;
	size_t len = head & 0x10 ? ot_u8(b) : 1;

	s->kind = OT_CIP_SEG_PORT;
	s->n = (head & 0x0f) == 0x0f ? ot_u16le(b) : head & 0x0f;
	s->bytes = ot_split(b, len);
	if ((b->p - start) % 2 == 0) /* with its head an odd number */
		ot_skip(b, 1);
}

static uint32_t
logical_value(struct ot_buf *b, unsigned format)
{
	switch (format) {
	case 0:
		return ot_u8(b);
	case 1:
		ot_skip(b, 1);
		return ot_u16le(b);
	default:
		ot_skip(b, 1);
		return ot_u32le(b);
	}
}

/* Extended logical segment: its type comes before the value; 1 is an index of
 * an array, 5 the number of a member of a structure. */
static void
extended_logical(struct ot_buf *b, unsigned format, struct ot_cip_segment *s)
{
	uint8_t type = ot_u8(b);

	s->kind =
	    type == 1 || type == 5 ? OT_CIP_SEG_MEMBER : OT_CIP_SEG_RESERVED;
	s->n = format == 0 ? ot_u8(b) : format == 1 ? ot_u16le(b) : ot_u32le(b);
	if (format == 0)
		ot_skip(b, 1);
}

/* Logical segment, C-1.4.2: type in bits 2 to 4, width in bits 0 and 1. */
static void
logical_segment(struct ot_buf *b, uint8_t head, struct ot_cip_segment *s)
{
	static const enum ot_cip_segment_kind kinds[] = { OT_CIP_SEG_CLASS,
		OT_CIP_SEG_INSTANCE, OT_CIP_SEG_MEMBER, OT_CIP_SEG_POINT,
		OT_CIP_SEG_ATTRIBUTE, OT_CIP_SEG_KEY, OT_CIP_SEG_OTHER,
		OT_CIP_SEG_OTHER };
	unsigned type = head >> 2 & 7, format = head & 3;

	s->kind = kinds[type];
	if (format == 3) {
		s->kind = OT_CIP_SEG_RESERVED;
	} else if (s->kind == OT_CIP_SEG_KEY) {
		ot_expect(b, head == 0x34);
		s->n = ot_u8(b);
		s->bytes = ot_split(b, s->n == 5 ? 12 : 8);
		if (s->n != 4 && s->n != 5)
			s->kind = OT_CIP_SEG_RESERVED;
	} else if (type == 7) {
		extended_logical(b, format, s);
	} else {
		s->n = logical_value(b, format);
	}
}

/* Network segment, C-1.4.3: one byte of data, or from type 16 on a number of
 * words. Type 16 is the safety segment of Volume 5. */
static void
network_segment(struct ot_buf *b, uint8_t head, struct ot_cip_segment *s)
{
	s->kind = head == 0x50 ? OT_CIP_SEG_SAFETY : OT_CIP_SEG_OTHER;
	ot_skip(b, head & 0x10 ? 2u * ot_u8(b) : 1);
}

/* Symbolic segment, C-1.4.4. In the extended form a byte tells width and
 * number of the characters. */
static void
symbolic_segment(struct ot_buf *b, uint8_t head, struct ot_cip_segment *s)
{
	size_t len = head & 0x1f;

	s->kind = OT_CIP_SEG_SYMBOL;
	if (len == 0) {
		uint8_t form = ot_u8(b);

		s->kind = OT_CIP_SEG_OTHER;
		len = form & 0x1f;
		if (form >> 5 == 1)
			len *= 2;
		else if (form >> 5 == 2)
			len *= 3;
		else if (form == 0xc6 || form == 0xc7 || form == 0xc8)
			len = form == 0xc6 ? 1 : form == 0xc7 ? 2 : 4;
		else
			s->kind = OT_CIP_SEG_RESERVED;
		s->bytes = ot_split(b, len);
		if (len % 2)
			ot_skip(b, 1);
		return;
	}
	s->bytes = ot_split(b, len);
	if (len % 2 == 0)
		ot_skip(b, 1);
}

/* Data segment, C-1.4.5: 80 simple data in words, 91 an ANSI symbol. */
static void
data_segment(struct ot_buf *b, uint8_t head, struct ot_cip_segment *s)
{
	uint8_t len = ot_u8(b);

	if (head == 0x91) {
		s->kind = OT_CIP_SEG_SYMBOL;
		s->bytes = ot_split(b, len);
		if (len % 2)
			ot_skip(b, 1);
	} else if (head == 0x80) {
		s->kind = OT_CIP_SEG_OTHER;
		ot_skip(b, 2u * len);
	}
}

struct ot_cip_segment
ot_cip_segment(struct ot_buf *b)
{
	uint8_t head = ot_u8(b);
	struct ot_cip_segment s = { .kind = OT_CIP_SEG_RESERVED, .bytes = *b };

	s.bytes.left = 0;
	switch (head >> 5) {
	case 0:
		port_segment(b, head, &s);
		break;
	case 1:
		logical_segment(b, head, &s);
		break;
	case 2:
		network_segment(b, head, &s);
		break;
	case 3:
		symbolic_segment(b, head, &s);
		break;
	case 4:
		data_segment(b, head, &s);
		break;
	}
	return s;
}

/* Keep one value; a second of its kind makes the path a mixed one. */
static void
one(struct ot_cip_path *path, unsigned part, uint32_t *at, uint32_t n)
{
	if (path->parts & part)
		path->parts |= OT_CIP_MIXED;
	path->parts |= part;
	*at = n;
}

/* A class and its instance; where both were there already, a second pair. */
static void
class_segment(struct ot_cip_path *path, uint32_t n)
{
	if (!(path->parts & OT_CIP_HAS_CLASS)) {
		path->parts |= OT_CIP_HAS_CLASS;
		path->class[0] = n;
		return;
	}
	if (path->parts != (OT_CIP_HAS_CLASS | OT_CIP_HAS_INSTANCE))
		path->parts |= OT_CIP_MIXED;
	path->parts |= OT_CIP_INNER_CLASS;
	path->class[1] = n;
}

static void
instance_segment(struct ot_cip_path *path, uint32_t n)
{
	if (path->parts & OT_CIP_INNER_CLASS)
		one(path, OT_CIP_INNER_INSTANCE, &path->instance[1], n);
	else
		one(path, OT_CIP_HAS_INSTANCE, &path->instance[0], n);
}

static void
point(struct ot_cip_path *path, uint32_t n)
{
	if (path->points == 2) {
		path->parts |= OT_CIP_MIXED;
		return;
	}
	path->point[path->points++] = n;
	path->parts |= OT_CIP_HAS_POINT;
}

static void
key(struct ot_cip_path *path, struct ot_buf b)
{
	path->has_key = true;
	path->key.vendor = ot_u16le(&b);
	path->key.type = ot_u16le(&b);
	path->key.product = ot_u16le(&b);
	path->key.major = ot_u8(&b);
	path->key.minor = ot_u8(&b);
}

static void
add(struct ot_cip_path *path, const struct ot_cip_segment *s)
{
	switch (s->kind) {
	case OT_CIP_SEG_CLASS:
		class_segment(path, s->n);
		break;
	case OT_CIP_SEG_INSTANCE:
		instance_segment(path, s->n);
		break;
	case OT_CIP_SEG_MEMBER:
		one(path, OT_CIP_HAS_MEMBER, &path->member, s->n);
		break;
	case OT_CIP_SEG_ATTRIBUTE:
		one(path, OT_CIP_HAS_ATTRIBUTE, &path->attribute, s->n);
		break;
	case OT_CIP_SEG_POINT:
		point(path, s->n);
		break;
	case OT_CIP_SEG_SYMBOL:
		if (path->parts)
			path->parts |= OT_CIP_MIXED;
		path->parts |= OT_CIP_HAS_TAG;
		path->tag =
		    (struct ot_text){ s->bytes.p, s->bytes.left, OT_LATIN1 };
		break;
	case OT_CIP_SEG_KEY:
		key(path, s->bytes);
		break;
	case OT_CIP_SEG_SAFETY:
		path->safety = true;
		break;
	case OT_CIP_SEG_RESERVED:
		path->unknown = true;
		break;
	case OT_CIP_SEG_PORT: /* behind the application path: no name of an
				 object */
	case OT_CIP_SEG_OTHER:
		break;
	}
}

struct ot_cip_path
ot_cip_path(struct ot_buf *epath)
{
	struct ot_cip_path path = { .route = *epath, .target = *epath };
	size_t hops = 0;

	while (epath->left > 0 && !path.unknown) {
		struct ot_cip_segment s = ot_cip_segment(epath);

		if (s.kind == OT_CIP_SEG_PORT && path.parts == 0) {
			hops = (size_t)(epath->p - path.route.p);
			path.target = *epath;
		}
		if (ot_ok(epath))
			add(&path, &s);
	}
	path.route.left = hops;
	if ((path.parts & (OT_CIP_HAS_TAG | OT_CIP_HAS_CLASS)) ==
	    (OT_CIP_HAS_TAG | OT_CIP_HAS_CLASS))
		path.parts |= OT_CIP_MIXED;
	return path;
}

uint32_t
ot_cip_path_class(const struct ot_cip_path *path)
{
	if (path->parts & OT_CIP_INNER_CLASS)
		return path->class[1];
	if (path->parts & OT_CIP_HAS_CLASS)
		return path->class[0];
	return path->parts & OT_CIP_HAS_TAG ? OT_CIP_SYMBOL : OT_CIP_NO_CLASS;
}
