/*
 * The binary encoding of OPC UA: OPC 10000-6, clause 5.2.
 */
#include "proto/opcua.h"

/* ---- strings, arrays, identifiers */

struct ot_buf
ot_opcua_bytes(struct ot_buf *b)
{
	uint32_t len = ot_u32le(b);

	return ot_split(b, len == UINT32_MAX ? 0 : len);
}

struct ot_text
ot_opcua_text(struct ot_buf *b)
{
	struct ot_buf bytes = ot_opcua_bytes(b);

	return ot_text_trim(ot_text_of(&bytes, OT_UTF8));
}

uint32_t
ot_opcua_count(struct ot_buf *b)
{
	uint32_t count = ot_u32le(b);

	return count == UINT32_MAX ? 0 : count;
}

struct ot_text
ot_opcua_localized(struct ot_buf *b)
{
	uint8_t mask = ot_u8(b);

	if (mask & 1)
		ot_opcua_bytes(b); /* locale */
	return mask & 2 ? ot_opcua_text(b) : ot_text("");
}

struct ot_opcua_node
ot_opcua_node(struct ot_buf *b)
{
	enum { URI = 0x80, SERVER = 0x40, GUID = 16 };
	struct ot_opcua_node node = { .bytes = *b };
	uint8_t mask = ot_u8(b);
	uint8_t format = mask & 0x3f;

	ot_expect(b, format <= 5);
	if (format == 1)
		node.ns = ot_u8(b);
	else if (format >= 2)
		node.ns = ot_u16le(b);
	node.bytes.left = 0;
	if (format <= 2) {
		node.number = format == 0   ? ot_u8(b)
			      : format == 1 ? ot_u16le(b)
					    : ot_u32le(b);
	} else if (format == 4) {
		node.id = OT_OPCUA_GUID;
		node.bytes = ot_split(b, GUID);
	} else {
		node.id = format == 3 ? OT_OPCUA_STRING : OT_OPCUA_OPAQUE;
		node.bytes = ot_opcua_bytes(b);
	}
	if (mask & URI)
		ot_opcua_bytes(b);
	if (mask & SERVER)
		ot_skip(b, 4);
	return node;
}

bool
ot_opcua_is(const struct ot_opcua_node *node, uint32_t number)
{
	return node->id == OT_OPCUA_NUMBER && node->ns == 0 &&
	       node->number == number;
}

static struct ot_text
guid_text(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint32_t first = ot_u32le(&b);
	uint16_t second = ot_u16le(&b);
	uint16_t third = ot_u16le(&b);
	uint16_t fourth = ot_u16be(&b);
	uint16_t high = ot_u16be(&b);

	return ot_format(pdu, "%08x-%04x-%04x-%04x-%04x%08x", first, second,
	    third, fourth, high, ot_u32be(&b));
}

struct ot_text
ot_opcua_node_text(const struct ot_pdu *pdu, const struct ot_opcua_node *node)
{
	static const char letters[] = { 'i', 's', 'g', 'b' };
	struct ot_text t;
	struct ot_buf bytes = node->bytes;

	switch (node->id) {
	case OT_OPCUA_NUMBER:
		return ot_format(pdu, "ns=%u;i=%u", node->ns, node->number);
	case OT_OPCUA_STRING:
		t = ot_text_trim(ot_text_of(&bytes, OT_UTF8));
		break;
	case OT_OPCUA_GUID:
		t = guid_text(bytes, pdu);
		break;
	default:
		t = ot_format_hex(pdu, bytes.p, bytes.left);
		break;
	}
	return ot_format(pdu, "ns=%u;%c=%.*s", node->ns, letters[node->id],
	    (int)t.len, (const char *)t.p);
}

struct ot_buf
ot_opcua_extension(struct ot_buf *b, struct ot_opcua_node *type)
{
	uint8_t encoding;

	*type = ot_opcua_node(b);
	encoding = ot_u8(b); /* none, ByteString, XmlElement */
	ot_expect(b, encoding <= 2);
	return encoding ? ot_opcua_bytes(b) : ot_split(b, 0);
}

/* ---- shapes */

/* The shape of each built-in type, by its number; clause 5.1.2. Numbers 26 to
 * 31 are reserved and read as a ByteString. */
static const char *const builtins[] = { "", "1", "1", "1", "2", "2", "4", "4",
	"8", "8", "4", "8", "s", "8", "g", "s", "s", "n", "n", "4", "q", "l",
	"e", "d", "v", "i", "s", "s", "s", "s", "s", "s" };

enum { BUILTIN = 0x3f, DIMENSIONS = 0x40, ARRAY = 0x80, BUILTIN_LAST = 31 };

static void skip_shape(struct ot_buf *b, const char *shape, unsigned depth);

static void
skip_variant(struct ot_buf *b, unsigned depth)
{
	uint8_t mask = ot_u8(b);
	uint8_t type = mask & BUILTIN;
	uint32_t count = mask & ARRAY ? ot_opcua_count(b) : 1;

	if (!ot_expect(b, type <= BUILTIN_LAST) || !type)
		return;
	for (; count && ot_ok(b); count--)
		skip_shape(b, builtins[type], depth);
	if (mask & DIMENSIONS)
		skip_shape(b, "[4]", depth);
}

static struct ot_opcua_data
data_value(struct ot_buf *b, unsigned depth)
{
	enum {
		VALUE = 1,
		STATUS = 2,
		SOURCE = 4,
		SERVER = 8,
		PICO_SOURCE = 16,
		PICO_SERVER = 32
	};
	uint8_t mask = ot_u8(b);
	struct ot_opcua_data data = { .has_value = mask & VALUE, .value = *b };

	if (mask & VALUE)
		skip_variant(b, depth);
	data.value.left = ot_ok(b) ? data.value.left - b->left : 0;
	if (mask & STATUS)
		data.status = ot_u32le(b);
	ot_skip(b, mask & SOURCE ? 8 : 0);
	ot_skip(b, mask & PICO_SOURCE ? 2 : 0);
	ot_skip(b, mask & SERVER ? 8 : 0);
	ot_skip(b, mask & PICO_SERVER ? 2 : 0);
	return data;
}

struct ot_opcua_data
ot_opcua_data(struct ot_buf *b)
{
	return data_value(b, 0);
}

static void
skip_diagnostic(struct ot_buf *b, unsigned depth)
{
	enum { NUMBERS = 0x0f, INFO = 0x10, STATUS = 0x20, INNER = 0x40 };
	uint8_t mask = ot_u8(b);

	for (uint8_t bits = mask & NUMBERS; bits; bits = bits >> 1)
		ot_skip(b, bits & 1 ? 4 : 0);
	if (mask & INFO)
		ot_opcua_bytes(b);
	if (mask & STATUS)
		ot_skip(b, 4);
	if (mask & INNER)
		skip_shape(b, "i", depth);
}

/* The end of an array's shape, which begins at its bracket. */
static const char *
bracket(const char *shape)
{
	unsigned open = 0;

	do
		open += *shape == '[' ? 1U : *shape == ']' ? -1U : 0U;
	while (*shape++ && open);
	return shape;
}

static const char *
skip_one(struct ot_buf *b, const char *shape, unsigned depth)
{
	struct ot_opcua_node type;

	switch (*shape) {
	case '1':
	case '2':
	case '4':
	case '8':
		ot_skip(b, (size_t)(*shape - '0'));
		break;
	case 'g':
		ot_skip(b, 16);
		break;
	case 's':
		ot_opcua_bytes(b);
		break;
	case 'n':
		ot_opcua_node(b);
		break;
	case 'q':
		ot_skip(b, 2);
		ot_opcua_bytes(b);
		break;
	case 'l':
		ot_opcua_localized(b);
		break;
	case 'e':
		ot_opcua_extension(b, &type);
		break;
	case 'v':
		skip_variant(b, depth);
		break;
	case 'd':
		data_value(b, depth);
		break;
	case 'i':
		skip_diagnostic(b, depth);
		break;
	case '[':
		for (uint32_t n = ot_opcua_count(b); n && ot_ok(b); n--)
			skip_shape(b, shape + 1, depth);
		return bracket(shape);
	default:
		break;
	}
	return shape + 1;
}

/* To the end of the shape, or of the array that it stands in. */
static void
skip_shape(struct ot_buf *b, const char *shape, unsigned depth)
{
	if (depth > OT_LIMIT_DEPTH) {
		ot_fail(b, OT_FAULT_DEPTH);
		return;
	}
	while (*shape && *shape != ']' && ot_ok(b))
		shape = skip_one(b, shape, depth + 1);
}

void
ot_opcua_skip(struct ot_buf *b, const char *shape)
{
	skip_shape(b, shape, 0);
}

const char *
ot_opcua_skip_one(struct ot_buf *b, const char *shape)
{
	return skip_one(b, shape, 0);
}

/* ---- values */

enum builtin {
	BOOLEAN = 1,
	SBYTE,
	BYTE,
	INT16,
	UINT16,
	INT32,
	UINT32,
	INT64,
	UINT64,
	FLOAT,
	DOUBLE,
	STRING,
	BYTES = 15,
	XML = 16,
	NODE = 17,
	STATUS_CODE = 19,
};

static double
real(uint64_t bits, bool single)
{
	uint32_t low = (uint32_t)bits;
	float f;
	double d;

	memcpy(&f, &low, sizeof(f));
	memcpy(&d, &bits, sizeof(d));
	return single ? (double)f : d;
}

static struct ot_text
number(struct ot_buf *b, const struct ot_pdu *pdu, uint8_t type)
{
	switch (type) {
	case BOOLEAN:
		return ot_text(ot_u8(b) ? "true" : "false");
	case SBYTE:
		return ot_format(pdu, "%d", (int8_t)ot_u8(b));
	case BYTE:
		return ot_format(pdu, "%u", ot_u8(b));
	case INT16:
		return ot_format(pdu, "%d", (int16_t)ot_u16le(b));
	case UINT16:
		return ot_format(pdu, "%u", ot_u16le(b));
	case INT32:
		return ot_format(pdu, "%d", (int32_t)ot_u32le(b));
	case UINT32:
		return ot_format(pdu, "%u", ot_u32le(b));
	case INT64:
		return ot_format(pdu, "%lld", (long long)ot_u64le(b));
	case UINT64:
		return ot_format(pdu, "%llu", (unsigned long long)ot_u64le(b));
	case FLOAT:
		return ot_format(pdu, "%.7g", real(ot_u32le(b), true));
	default:
		return ot_format(pdu, "%.15g", real(ot_u64le(b), false));
	}
}

struct ot_text
ot_opcua_value(struct ot_buf variant, const struct ot_pdu *pdu)
{
	uint8_t mask = ot_u8(&variant);
	uint8_t type = mask & BUILTIN;
	struct ot_opcua_node node;

	if (mask & ARRAY)
		return ot_format(pdu, "array of %u", ot_opcua_count(&variant));
	if (type >= BOOLEAN && type <= DOUBLE)
		return number(&variant, pdu, type);
	if (type == STRING || type == XML)
		return ot_format(
		    pdu, "text of %zu bytes", ot_opcua_bytes(&variant).left);
	if (type == BYTES)
		return ot_format(
		    pdu, "%zu bytes", ot_opcua_bytes(&variant).left);
	if (type == NODE) {
		node = ot_opcua_node(&variant);
		return ot_opcua_node_text(pdu, &node);
	}
	if (type == STATUS_CODE)
		return ot_format(pdu, "status 0x%08x", ot_u32le(&variant));
	return type ? ot_format(pdu, "value of type %u", type)
		    : ot_text("null");
}
