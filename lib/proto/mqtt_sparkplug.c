/*
 * Sparkplug B (Eclipse, version 3.0): topics in section 4.1, payloads, which
 * are Protocol Buffers, in section 6.4.
 */
#include "proto/mqtt.h"

enum { METRICS = 16 }; /* told of one payload */

/* The third level of a topic; section 4.1.3. */
static const struct {
	const char *type, *name;
	enum ot_verb verb;
} types[] = {
	{ "NBIRTH", "sparkplug node birth", OT_IDENTIFY },
	{ "DBIRTH", "sparkplug device birth", OT_IDENTIFY },
	{ "NDATA", "sparkplug node data", OT_READ },
	{ "DDATA", "sparkplug device data", OT_READ },
	{ "NCMD", "sparkplug node command", OT_CONTROL },
	{ "DCMD", "sparkplug device command", OT_CONTROL },
	{ "NDEATH", "sparkplug node death", OT_EVENT },
	{ "DDEATH", "sparkplug device death", OT_EVENT },
	{ "STATE", "sparkplug host state", OT_EVENT },
};

static bool
equals(struct ot_text t, const char *s)
{
	return t.len == strlen(s) && memcmp(t.p, s, t.len) == 0;
}

/* The next level of a topic, taken off it. */
static struct ot_text
level(struct ot_text *topic)
{
	struct ot_text l = *topic;

	l.len = 0;
	while (l.len < topic->len && topic->p[l.len] != '/')
		l.len++;
	size_t used = l.len < topic->len ? l.len + 1 : l.len;
	topic->p += used;
	topic->len -= used;
	return l;
}

struct ot_sparkplug
ot_sparkplug_topic(const struct ot_pdu *pdu, struct ot_text topic)
{
	struct ot_sparkplug s = { NULL, OT_UNKNOWN, ot_text("") };
	struct ot_text rest = topic;
	struct ot_text first = level(&rest), group, type = first;

	if (equals(first, "spBv1.0")) {
		group = level(&rest);
		type = equals(group, "STATE") ? group : level(&rest);
		s.node = ot_format(pdu, "%.*s/%.*s", (int)group.len,
		    (const char *)group.p, (int)rest.len, (const char *)rest.p);
	} else if (!equals(first, "STATE") || !rest.len) {
		return s;
	}
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (equals(type, types[i].type)) {
			s.name = types[i].name;
			s.verb = types[i].verb;
		}
	return s;
}

/* ---- Protocol Buffers */

struct field {
	uint32_t number;
	uint64_t value;	     /* of the numeric wire types */
	struct ot_buf bytes; /* of type 2 */
};

static uint64_t
varint(struct ot_buf *b)
{
	uint64_t n = 0;
	uint8_t octet = 0x80;

	for (unsigned shift = 0; shift < 64 && octet & 0x80; shift += 7) {
		octet = ot_u8(b);
		n |= (uint64_t)(octet & 0x7f) << shift;
	}
	ot_expect(b, !(octet & 0x80));
	return n;
}

static struct field
field(struct ot_buf *b)
{
	uint64_t key = varint(b);
	struct field f = { .number = (uint32_t)(key >> 3), .bytes = *b };

	f.bytes.left = 0;
	switch (key & 7) {
	case 0:
		f.value = varint(b);
		break;
	case 1:
		f.value = ot_u64le(b);
		break;
	case 2:
		f.value = varint(b);
		ot_expect(b, f.value <= b->left);
		f.bytes = ot_split(b, ot_ok(b) ? (size_t)f.value : 0);
		break;
	case 5:
		f.value = ot_u32le(b);
		break;
	default:
		ot_expect(b, false);
		break;
	}
	return f;
}

/* ---- metrics */

enum { PAYLOAD_METRIC = 2 };

enum metric_field {
	M_NAME = 1,
	M_ALIAS = 2,
	M_INT = 10,
	M_LONG,
	M_FLOAT,
	M_DOUBLE,
	M_BOOLEAN,
	M_STRING,
};

struct metric {
	struct ot_text name;
	uint64_t alias;
	uint32_t kind; /* number of the field with the value; 0: none */
	uint64_t value;
	struct ot_text string;
};

static struct metric
metric(struct ot_buf *b)
{
	struct metric m = { .name = ot_text(""), .string = ot_text("") };

	while (b->left) {
		struct field f = field(b);

		if (f.number == M_NAME)
			m.name = ot_text_trim(ot_text_of(&f.bytes, OT_UTF8));
		else if (f.number == M_ALIAS)
			m.alias = f.value;
		else if (f.number >= M_INT)
			m.kind = f.number, m.value = f.value;
		if (f.number == M_STRING)
			m.string = ot_text_trim(ot_text_of(&f.bytes, OT_UTF8));
	}
	return m;
}

static double
real(const struct metric *m)
{
	uint32_t low = (uint32_t)m->value;
	float f;
	double d;

	memcpy(&f, &low, sizeof(f));
	memcpy(&d, &m->value, sizeof(d));
	return m->kind == M_FLOAT ? (double)f : d;
}

/* Numbers as they are; of texts only the length, for they may be secret. */
static struct ot_text
value(const struct metric *m, const struct ot_pdu *pdu)
{
	switch (m->kind) {
	case M_INT:
	case M_LONG:
		return ot_format(pdu, "%llu", (unsigned long long)m->value);
	case M_FLOAT:
	case M_DOUBLE:
		return ot_format(pdu, "%.7g", real(m));
	case M_BOOLEAN:
		return ot_text(m->value ? "true" : "false");
	case M_STRING:
		return ot_format(pdu, "text of %zu bytes", m->string.len);
	default:
		return ot_text("no number");
	}
}

/* Names that births use for who a node is, by the last part of the metric's
 * name, in lower case. */
static const struct {
	const char *name;
	enum ot_key key;
} identities[] = {
	{ "hardware make", OT_K_VENDOR },
	{ "manufacturer", OT_K_VENDOR },
	{ "vendor", OT_K_VENDOR },
	{ "hardware model", OT_K_MODEL },
	{ "model", OT_K_MODEL },
	{ "firmware version", OT_K_FIRMWARE },
	{ "fw version", OT_K_FIRMWARE },
	{ "firmware", OT_K_FIRMWARE },
	{ "serial number", OT_K_SERIAL },
	{ "serial", OT_K_SERIAL },
	{ "os", OT_K_OS },
};

static bool
is_called(struct ot_text name, const char *wanted)
{
	struct ot_text last = name;

	while (name.len)
		last = level(&name);
	if (last.len != strlen(wanted))
		return false;
	for (size_t i = 0; i < last.len; i++) {
		uint8_t c = last.p[i];

		c |= c >= 'A' && c <= 'Z' ? 0x20 : 0;
		if (c == '_')
			c = ' ';
		if (c != (uint8_t)wanted[i])
			return false;
	}
	return true;
}

static void
say_identity(const struct ot_pdu *pdu, const struct metric *m,
    const struct ot_sparkplug *topic)
{
	if (m->kind != M_STRING || !m->string.len)
		return;
	for (size_t i = 0; i < sizeof(identities) / sizeof(*identities); i++)
		if (is_called(m->name, identities[i].name))
			ot_emit_fact(
			    pdu, &(struct ot_fact){ .key = identities[i].key,
				     .value = m->string,
				     .message = "birth",
				     .by = OT_SELF,
				     .nested = topic->node });
}

static void
say_command(const struct ot_pdu *pdu, const struct metric *m,
    const struct ot_object *object)
{
	struct ot_text is = value(m, pdu);
	struct ot_text name = m->name.len ? m->name
					  : ot_format(pdu, "alias %llu",
						(unsigned long long)m->alias);

	ot_emit_event(
	    pdu, &(struct ot_event){ .kind = "control command",
		     .detail = ot_format(pdu, "%.*s %.*s", (int)name.len,
			 (const char *)name.p, (int)is.len, (const char *)is.p),
		     .object = *object });
}

/* A payload that is no Protocol Buffer leaves the publication as it is. A
 * birth is the word of the node only where it sends it itself. */
void
ot_sparkplug_payload(struct ot_buf payload, const struct ot_pdu *pdu,
    const struct ot_sparkplug *topic, const struct ot_object *object)
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = ot_buf(payload.p, payload.left, &fault);
	unsigned commands = 0;

	while (b.left) {
		struct field f = field(&b);

		if (!ot_ok(&b) || f.number != PAYLOAD_METRIC)
			continue;
		struct metric m = metric(&f.bytes);

		if (!ot_ok(&b))
			return;
		if (topic->verb == OT_IDENTIFY && pdu->to_server)
			say_identity(pdu, &m, topic);
		else if (topic->verb == OT_CONTROL && commands++ < METRICS)
			say_command(pdu, &m, object);
	}
}
