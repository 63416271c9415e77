/*
 * MQTT 3.1, 3.1.1 and 5.0 (OASIS; numbers of sections are those of 5.0).
 */
#include "proto/mqtt.h"

enum {
	PORT = 1883,
	VARINT_MAX = 4,
	VERSION_31 = 3,
	VERSION_311 = 4,
	VERSION_5 = 5,
	REFUSED = 0x80, /* and above: reason codes that refuse */
};

enum packet {
	CONNECT = 1,
	CONNACK,
	PUBLISH,
	PUBACK,
	PUBREC,
	PUBREL,
	PUBCOMP,
	SUBSCRIBE,
	SUBACK,
	UNSUBSCRIBE,
	UNSUBACK,
	PINGREQ,
	PINGRESP,
	DISCONNECT,
	AUTH,
};

/* Connect flags; section 3.1.2.3. */
enum { WILL = 0x04, PASSWORD = 0x40, USER = 0x80 };

/* Properties that say who somebody is; section 2.2.2.2. */
enum { ASSIGNED_CLIENT_ID = 0x12, AUTHENTICATION_METHOD = 0x15 };

enum { TOPIC_TEXT = 1 };

static const struct ot_space spaces[] = { { "%t" }, { NULL } };

/* Kept for a connection. */
struct state {
	uint8_t version; /* 0: CONNECT was not captured */
	bool stated;
	bool user; /* the client logged on with a name */
};

/* Return codes of CONNACK before 5.0. */
static const struct ot_name returns[] = {
	{ 1, "unacceptable protocol version" },
	{ 2, "identifier rejected" },
	{ 3, "server unavailable" },
	{ 4, "bad user name or password" },
	{ 5, "not authorized" },
	{ 0, NULL },
};

/* Reason codes; section 2.4. 80 is the failure of a SUBACK before 5.0 too. */
static const struct ot_name reasons[] = {
	{ 0x80, "unspecified error" },
	{ 0x81, "malformed packet" },
	{ 0x82, "protocol error" },
	{ 0x83, "implementation specific error" },
	{ 0x84, "unsupported protocol version" },
	{ 0x85, "client identifier not valid" },
	{ 0x86, "bad user name or password" },
	{ 0x87, "not authorized" },
	{ 0x88, "server unavailable" },
	{ 0x89, "server busy" },
	{ 0x8a, "banned" },
	{ 0x8b, "server shutting down" },
	{ 0x8c, "bad authentication method" },
	{ 0x8d, "keep alive timeout" },
	{ 0x8e, "session taken over" },
	{ 0x8f, "topic filter invalid" },
	{ 0x90, "topic name invalid" },
	{ 0x91, "packet identifier in use" },
	{ 0x92, "packet identifier not found" },
	{ 0x93, "receive maximum exceeded" },
	{ 0x94, "topic alias invalid" },
	{ 0x95, "packet too large" },
	{ 0x96, "message rate too high" },
	{ 0x97, "quota exceeded" },
	{ 0x98, "administrative action" },
	{ 0x99, "payload format invalid" },
	{ 0x9a, "retain not supported" },
	{ 0x9b, "qos not supported" },
	{ 0x9c, "use another server" },
	{ 0x9d, "server moved" },
	{ 0x9e, "shared subscriptions not supported" },
	{ 0x9f, "connection rate exceeded" },
	{ 0xa0, "maximum connect time" },
	{ 0xa1, "subscription identifiers not supported" },
	{ 0xa2, "wildcard subscriptions not supported" },
	{ 0, NULL },
};

/* ---- fields */

uint32_t
ot_mqtt_varint(struct ot_buf *b)
{
	uint32_t n = 0;
	uint8_t octet = 0x80;

	for (unsigned i = 0; i < VARINT_MAX && octet & 0x80; i++) {
		octet = ot_u8(b);
		n |= (uint32_t)(octet & 0x7f) << 7 * i;
	}
	ot_expect(b, !(octet & 0x80));
	return n;
}

static struct ot_buf
bytes(struct ot_buf *b)
{
	return ot_split(b, ot_u16be(b));
}

static struct ot_text
text(struct ot_buf *b)
{
	struct ot_buf w = bytes(b);

	return ot_text_trim(ot_text_of(&w, OT_UTF8));
}

/* A property's value; section 2.2.2.2. False: an identifier that none has. */
static bool
skip_property(struct ot_buf *b, uint32_t id)
{
	static const uint8_t ones[] = { 0x01, 0x17, 0x19, 0x24, 0x25, 0x28,
		0x29, 0x2a };
	static const uint8_t twos[] = { 0x13, 0x21, 0x22, 0x23 };
	static const uint8_t fours[] = { 0x02, 0x11, 0x18, 0x27 };
	static const uint8_t texts[] = { 0x03, 0x08, 0x09, 0x12, 0x15, 0x16,
		0x1a, 0x1c, 0x1f };

	if (id < 0x100 && memchr(ones, (int)id, sizeof(ones)))
		ot_skip(b, 1);
	else if (id < 0x100 && memchr(twos, (int)id, sizeof(twos)))
		ot_skip(b, 2);
	else if (id < 0x100 && memchr(fours, (int)id, sizeof(fours)))
		ot_skip(b, 4);
	else if (id < 0x100 && memchr(texts, (int)id, sizeof(texts)))
		bytes(b);
	else if (id == 0x0b) /* subscription identifier */
		ot_mqtt_varint(b);
	else if (id == 0x26) { /* user property: a name and a value */
		bytes(b);
		bytes(b);
	} else {
		return false;
	}
	return true;
}

/* The properties of a packet of version 5; gives the text of one of them. */
static struct ot_text
properties(struct ot_buf *b, uint32_t wanted)
{
	struct ot_buf list = ot_split(b, ot_mqtt_varint(b));
	struct ot_text found = ot_text("");

	while (list.left) {
		uint32_t id = ot_mqtt_varint(&list);

		if (id == wanted)
			found = text(&list);
		else
			ot_expect(&list, skip_property(&list, id));
	}
	return found;
}

static void
refuse(struct ot_reply *reply, uint8_t code)
{
	reply->error_code = code >= REFUSED ? code : 0;
	reply->error = code >= REFUSED ? ot_name(reasons, code) : NULL;
}

static struct ot_op
op_of(enum packet type, uint16_t id, const char *name, enum ot_verb verb)
{
	return (struct ot_op){ .pair = (uint64_t)type << 16 | id,
		.verb = verb,
		.name = name,
		.has_code = true,
		.code = type };
}

/* ---- log-on */

static const char *
version_name(uint8_t version)
{
	return version == VERSION_31	? "mqtt 3.1"
	       : version == VERSION_311 ? "mqtt 3.1.1"
	       : version == VERSION_5	? "mqtt 5.0"
					: "mqtt of unknown version";
}

static void
say_log_on(const struct ot_pdu *pdu, uint8_t flags, struct ot_text user,
    struct ot_text method)
{
	ot_emit_security(pdu, OT_S_AUTH,
	    ot_text(flags & PASSWORD ? "clear"
		    : method.len     ? "unknown"
				     : "none"));
	if (method.len)
		ot_emit_security(pdu, OT_S_AUTH_METHOD, method);
	else if (flags & USER)
		ot_emit_security(pdu, OT_S_AUTH_METHOD,
		    ot_text(flags & PASSWORD ? "password" : "user name only"));
	if (user.len)
		ot_emit_security(pdu, OT_S_USER, user);
}

/* Section 3.1. Of a password nothing leaves. */
static void
connect(struct ot_buf *b, const struct ot_pdu *pdu, struct state *state)
{
	struct ot_text client, user = ot_text(""), method = ot_text("");
	struct ot_op op = op_of(CONNECT, 0, "connect", OT_SESSION);

	bytes(b);			   /* the protocol's name */
	uint8_t version = ot_u8(b) & 0x7f; /* above it: a bridge */
	uint8_t flags = ot_u8(b);
	ot_skip(b, 2); /* keep alive */
	if (version >= VERSION_5)
		method = properties(b, AUTHENTICATION_METHOD);
	client = text(b);
	if (flags & WILL) {
		if (version >= VERSION_5)
			properties(b, 0);
		bytes(b); /* topic */
		bytes(b); /* message */
	}
	if (flags & USER)
		user = text(b);
	if (flags & PASSWORD)
		bytes(b);
	if (!ot_ok(b))
		return;
	state->version = version;
	state->user = flags & USER;
	if (flags & USER || method.len)
		op.verb = OT_AUTH;
	ot_emit_op(pdu, &op);
	ot_emit_security(pdu, OT_S_VERSION, ot_text(version_name(version)));
	say_log_on(pdu, flags, user, method);
	if (client.len)
		ot_emit_fact(pdu, &(struct ot_fact){ .key = OT_K_UID,
				      .value = client,
				      .message = "connect",
				      .by = OT_SELF });
}

static void
connected(struct ot_buf *b, const struct ot_pdu *pdu, struct state *state)
{
	struct ot_reply reply = { .as = op_of(CONNACK - 1, 0, "connect",
				      state->user ? OT_AUTH : OT_SESSION) };
	struct ot_text id = ot_text("");

	ot_skip(b, 1); /* session present */
	uint8_t code = ot_u8(b);
	if (state->version >= VERSION_5 && b->left)
		id = properties(b, ASSIGNED_CLIENT_ID);
	if (!ot_ok(b))
		return;
	refuse(&reply, code);
	if (code && code < REFUSED) {
		reply.error = ot_name(returns, code);
		reply.error_code = code;
	}
	if (state->user)
		ot_emit_event(pdu,
		    &(struct ot_event){ .kind = "login",
			.detail = ot_text(code ? "failed" : "succeeded") });
	ot_emit_reply(pdu, &reply);
	if (id.len)
		ot_emit_fact(pdu, &(struct ot_fact){ .key = OT_K_UID,
				      .value = id,
				      .message = "connack",
				      .by = OT_PEER,
				      .about = pdu->dst });
}

/* ---- publications */

/* Section 3.3. A client writes to its broker; what the broker passes on is
 * what the client subscribed to. */
static void
publish(struct ot_buf *b, const struct ot_pdu *pdu, const struct state *state,
    uint8_t flags)
{
	uint8_t qos = flags >> 1 & 3;
	struct ot_text topic = text(b);
	uint16_t id = qos ? ot_u16be(b) : 0;
	struct ot_op op =
	    op_of(PUBLISH, id, "publish", pdu->to_server ? OT_WRITE : OT_READ);
	struct ot_sparkplug sparkplug;

	ot_expect(b, qos < 3);
	if (state->version >= VERSION_5)
		properties(b, 0);
	if (!ot_ok(b))
		return;
	sparkplug = ot_sparkplug_topic(pdu, topic);
	if (sparkplug.name) {
		op.name = sparkplug.name;
		op.verb = sparkplug.verb;
	}
	if (topic.len) { /* else an alias of version 5 */
		op.object.space = TOPIC_TEXT;
		op.object.text = topic;
	}
	if (!qos)
		op.flags |= OT_OP_NO_ANSWER;
	ot_emit_op(pdu, &op);
	if (sparkplug.name && !pdu->rest)
		ot_sparkplug_payload(ot_rest(b), pdu, &sparkplug, &op.object);
}

/* Acknowledgements; sections 3.4 to 3.7. A release is a step of its own. */
static void
acknowledge(struct ot_buf *b, const struct ot_pdu *pdu, enum packet type)
{
	uint16_t id = ot_u16be(b);
	bool completes = type == PUBREL || type == PUBCOMP;
	struct ot_reply reply = { .as = op_of(completes ? PUBREL : PUBLISH, id,
				      completes ? "publish release" : "publish",
				      completes	       ? OT_SESSION
				      : pdu->to_server ? OT_READ
						       : OT_WRITE) };

	if (!ot_ok(b))
		return;
	if (type == PUBREL) {
		ot_emit_op(pdu, &reply.as);
		return;
	}
	refuse(&reply, b->left ? ot_u8(b) : 0);
	ot_emit_reply(pdu, &reply);
}

/* ---- subscriptions */

/* Topic filters, with options behind each in a SUBSCRIBE. */
static void
filters(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	while (b->left) {
		op->object.space = TOPIC_TEXT;
		op->object.text = text(b);
		if (op->code == SUBSCRIBE)
			ot_skip(b, 1);
		if (ot_ok(b))
			ot_emit_op(pdu, op);
	}
}

/* Do filters alone fill the window? Where the version is not known this tells
 * those before 5.0, which have no properties. */
static bool
only_filters(struct ot_buf window, bool options)
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = ot_buf(window.p, window.left, &fault);

	while (b.left) {
		bytes(&b);
		ot_skip(&b, options ? 1 : 0);
	}
	return ot_ok(&b);
}

static void
subscribe(struct ot_buf *b, const struct ot_pdu *pdu, const struct state *state,
    enum packet type)
{
	uint16_t id = ot_u16be(b);
	struct ot_op op = op_of(
	    type, id, type == SUBSCRIBE ? "subscribe" : "unsubscribe", OT_READ);

	if (state->version >= VERSION_5 ||
	    (!state->version && !only_filters(*b, type == SUBSCRIBE)))
		properties(b, 0);
	filters(b, pdu, &op);
}

/* A code for each filter; an UNSUBACK before 5.0 has none. */
static void
subscribed(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct state *state, enum packet type)
{
	uint16_t id = ot_u16be(b);
	struct ot_reply reply = {
		.as = op_of((enum packet)(type - 1), id,
		    type == SUBACK ? "subscribe" : "unsubscribe", OT_READ)
	};

	if (state->version >= VERSION_5)
		properties(b, 0);
	if (!ot_ok(b))
		return;
	if (!b->left || !ot_asked(pdu, reply.as.pair)) {
		ot_emit_reply(pdu, &reply);
		return;
	}
	while (b->left) {
		reply.item++;
		refuse(&reply, ot_u8(b));
		ot_emit_reply(pdu, &reply);
	}
}

/* ---- the rest */

static void
disconnect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_op op = op_of(DISCONNECT, 0, "disconnect", OT_SESSION);
	uint8_t code = b->left ? ot_u8(b) : 0;
	const char *reason = ot_name(reasons, code);

	op.flags = OT_OP_NO_ANSWER;
	ot_emit_op(pdu, &op);
	if (code >= REFUSED)
		ot_emit_event(pdu,
		    &(struct ot_event){ .kind = "alert",
			.detail = reason
				      ? ot_text(reason)
				      : ot_format(pdu, "code 0x%02x", code) });
}

static void
ping(const struct ot_pdu *pdu, enum packet type)
{
	struct ot_op op = op_of(PINGREQ, 0, "ping", OT_SESSION);

	if (type == PINGREQ)
		ot_emit_op(pdu, &op);
	else
		ot_emit_reply(pdu, &(struct ot_reply){ .as = op });
}

static void
authenticate(const struct ot_pdu *pdu)
{
	struct ot_op op = op_of(AUTH, 0, "authenticate", OT_AUTH);

	op.flags = OT_OP_NO_ANSWER;
	ot_emit_op(pdu, &op);
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct state *state = ot_state(pdu);
	uint8_t first = ot_u8(b);
	enum packet type = (enum packet)(first >> 4);

	ot_mqtt_varint(b); /* pdu_len has used it */
	switch (type) {
	case CONNECT:
		connect(b, pdu, state);
		break;
	case CONNACK:
		connected(b, pdu, state);
		break;
	case PUBLISH:
		publish(b, pdu, state, first);
		break;
	case PUBACK:
	case PUBREC:
	case PUBREL:
	case PUBCOMP:
		acknowledge(b, pdu, type);
		break;
	case SUBSCRIBE:
	case UNSUBSCRIBE:
		subscribe(b, pdu, state, type);
		break;
	case SUBACK:
	case UNSUBACK:
		subscribed(b, pdu, state, type);
		break;
	case PINGREQ:
	case PINGRESP:
		ping(pdu, type);
		break;
	case DISCONNECT:
		disconnect(b, pdu);
		break;
	case AUTH:
		authenticate(pdu);
		break;
	}
	if (ot_ok(b) && !state->stated) {
		state->stated = true;
		ot_emit_security(pdu, OT_S_PROTECTION, ot_text("none"));
	}
}

static long
pdu_len(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint8_t type = ot_peek(&b, 0) >> 4;
	uint32_t len = 0;

	(void)pdu;
	if (!type)
		return -1;
	for (unsigned i = 0; i < VARINT_MAX; i++) {
		uint8_t octet = ot_peek(&b, i + 1);

		if (i + 1 >= b.left)
			return 0;
		len |= (uint32_t)(octet & 0x7f) << 7 * i;
		if (!(octet & 0x80))
			return (long)(2 + i + len);
	}
	return -1;
}

/* ---- recognition */

/* Section 3.1.2: nothing else begins so. */
static bool
is_connect(struct ot_buf b)
{
	static const uint8_t modern[] = { 0, 4, 'M', 'Q', 'T', 'T' };
	static const uint8_t old[] = { 0, 6, 'M', 'Q', 'I', 's', 'd', 'p' };
	size_t len = ot_starts(&b, modern, sizeof(modern)) ? sizeof(modern)
		     : ot_starts(&b, old, sizeof(old))	   ? sizeof(old)
							   : 0;
	uint8_t version = ot_peek(&b, len) & 0x7f;

	return len && version >= VERSION_31 && version <= VERSION_5;
}

/* Bits 3 to 0 of the first byte; section 2.1.3. */
static bool
flags_fit(uint8_t first)
{
	enum packet type = (enum packet)(first >> 4);
	uint8_t flags = first & 0x0f;

	if (type == PUBLISH)
		return (flags & 6) != 6;
	return flags ==
	       (type == PUBREL || type == SUBSCRIBE || type == UNSUBSCRIBE ? 2
									   : 0);
}

/* The rest of the packet, as far as its type fixes it. */
static bool
body_fits(struct ot_buf b, uint8_t first, bool to_server)
{
	enum packet type = (enum packet)(first >> 4);
	uint16_t topic = ot_peek16be(&b, 0);

	switch (type) {
	case CONNACK:
		return !to_server && b.left >= 2 && ot_peek(&b, 0) <= 1;
	case PUBLISH:
		return topic && topic + (size_t)2 <= b.left;
	case SUBSCRIBE:
	case UNSUBSCRIBE:
		return to_server && b.left >= 5;
	case SUBACK:
	case UNSUBACK:
		return !to_server && b.left >= 2;
	case PINGREQ:
		return to_server && !b.left;
	case PINGRESP:
		return !to_server && !b.left;
	case DISCONNECT:
	case AUTH:
		return true;
	default: /* acknowledgements */
		return type >= PUBACK && type <= PUBCOMP && b.left >= 2;
	}
}

/* A CONNECT says what it is. What follows it is too little to go by, but at
 * the port. */
static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint8_t first = ot_u8(&b);

	ot_mqtt_varint(&b);
	if (!ot_ok(&b) || !flags_fit(first))
		return false;
	if (first >> 4 == CONNECT)
		return pdu->to_server && is_connect(b);
	return (pdu->to_server ? pdu->dst_port : pdu->src_port) == PORT &&
	       body_fits(b, first, pdu->to_server);
}

static const struct ot_port ports[] = {
	{ "tcp", PORT, PORT },
	{ NULL, 0, 0 },
};

extern const struct ot_proto ot_proto_mqtt;

const struct ot_proto ot_proto_mqtt = {
	.name = "mqtt",
	.over = { "tcp" },
	.strength = OT_STRONG,
	.ports = ports,
	.spaces = spaces,
	.decimal = true,
	.state_size = sizeof(struct state),
	.probe = probe,
	.pdu_len = pdu_len,
	.dissect = dissect,
};
