/*
 * DHCP for IPv4, and BOOTP with the vendor area of RFC 2132: RFC 2131
 * (message), RFC 2132 (options), RFC 3046 (relay agent), RFC 4702 (client
 * FQDN), RFC 4361 and 4578 (client identifiers), RFC 8520 (MUD URL).
 */
#include "proto/dns_message.h"

extern const struct ot_proto ot_proto_dhcp;

static const struct ot_port ports[] = { { "udp", 67, 68 }, { 0 } };

enum { ADDRESS = 1 };

static const struct ot_space spaces[] = { { "address %t" }, { 0 } };

enum {
	BOOT_REQUEST = 1,
	BOOT_REPLY = 2,
	HARDWARE_ETHERNET = 1,
	COOKIE = 0x63825363,
	FIXED = 240, /* bytes to the cookie's end */
};

enum type {
	DISCOVER = 1,
	OFFER,
	REQUEST,
	DECLINE,
	ACK,
	NAK,
	RELEASE,
	INFORM,
	FORCE_RENEW,
	LEASE_QUERY,
	LEASE_UNASSIGNED,
	LEASE_UNKNOWN,
	LEASE_ACTIVE,
};

enum option {
	PAD = 0,
	MASK = 1,
	ROUTER = 3,
	DNS_SERVER = 6,
	HOST_NAME = 12,
	DOMAIN_NAME = 15,
	NTP_SERVER = 42,
	REQUESTED_ADDRESS = 50,
	OVERLOAD = 52,
	MESSAGE_TYPE = 53,
	SERVER_ID = 54,
	PARAMETER_LIST = 55,
	VENDOR_CLASS = 60,
	CLIENT_ID = 61,
	USER_CLASS = 77,
	CLIENT_FQDN = 81,
	RELAY_AGENT = 82,
	MACHINE_ID = 97,
	MUD_URL = 161,
	END = 255,
};

/* What the operation and the subjects of the facts are made of. */
struct message {
	uint8_t op, type;
	const char *name;
	uint32_t xid;
	uint64_t hardware_hash;
	struct ot_addr client; /* its MAC; NONE if it has another kind */
	struct ot_addr client_ip, your_ip, relay_ip;
	struct ot_buf server_name, boot_file; /* may hold further options */
	struct ot_addr requested, server;     /* NONE where not stated */
	uint8_t overload;
};

static const char *
type_name(uint8_t type)
{
	static const struct ot_name names[] = { { DISCOVER, "discover" },
		{ OFFER, "offer" }, { REQUEST, "request" },
		{ DECLINE, "decline" }, { ACK, "ack" }, { NAK, "nak" },
		{ RELEASE, "release" }, { INFORM, "inform" },
		{ FORCE_RENEW, "force renew" }, { LEASE_QUERY, "lease query" },
		{ LEASE_UNASSIGNED, "lease unassigned" },
		{ LEASE_UNKNOWN, "lease unknown" },
		{ LEASE_ACTIVE, "lease active" }, { 14, "bulk lease query" },
		{ 15, "lease query done" }, { 16, "active lease query" },
		{ 17, "lease query status" }, { 18, "tls" }, { 0 } };

	return ot_name(names, type);
}

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	return ot_peek(&b, 0) == (pdu->to_server ? BOOT_REQUEST : BOOT_REPLY) &&
	       ot_peek(&b, 2) <= 16 && ot_peek(&b, 3) <= 16 &&
	       ot_peek32be(&b, FIXED - 4) == COOKIE;
}

static struct ot_addr
ipv4(struct ot_buf *b)
{
	const uint8_t *p = ot_take(b, 4);

	return p ? ot_addr_ipv4(p) : (struct ot_addr){ 0 };
}

/* The next option: its code, and its bytes in *value. END where there is no
 * further one; some senders leave END itself out. */
static uint8_t
next_option(struct ot_buf *b, struct ot_buf *value)
{
	while (b->left > 0 && ot_peek(b, 0) == PAD)
		ot_skip(b, 1);
	if (b->left == 0)
		return END;

	uint8_t code = ot_u8(b);

	if (code != END)
		*value = ot_split(b, ot_u8(b));
	return ot_ok(b) ? code : END;
}

/* The options that decide what the message is. They are looked for ahead of
 * the reading, with a fault of their own. */
static void
classify(struct ot_buf options, struct message *m)
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf value;
	uint8_t code;

	options.fault = &fault;
	while ((code = next_option(&options, &value)) != END) {
		if (code == MESSAGE_TYPE)
			m->type = ot_u8(&value);
		else if (code == REQUESTED_ADDRESS)
			m->requested = ipv4(&value);
		else if (code == SERVER_ID)
			m->server = ipv4(&value);
		else if (code == OVERLOAD)
			m->overload = ot_u8(&value);
	}
}

static bool
is_host(const struct ot_addr *ip)
{
	return ip->kind == OT_ADDR_IPV4 && !ot_addr_unspecified(ip) &&
	       !ot_addr_broadcast(ip) && !ot_addr_multicast(ip);
}

static enum ot_by
by_sender(const struct ot_pdu *pdu)
{
	return pdu->group ? OT_BROADCAST : OT_SELF;
}

/* About the client: its own word, or that of the server. */
static void
say(const struct ot_pdu *pdu, const struct message *m, enum ot_key key,
    struct ot_text value)
{
	bool own = m->op == BOOT_REQUEST;

	if (value.len == 0 || (!own && m->client.kind == OT_ADDR_NONE))
		return;
	ot_emit_fact(pdu, &(struct ot_fact){ .key = key,
			      .value = value,
			      .message = m->name,
			      .by = own ? by_sender(pdu) : OT_PEER,
			      .about = m->client });
}

/* About the server, by itself. */
static void
say_server(const struct ot_pdu *pdu, const struct message *m, enum ot_key key,
    struct ot_text value)
{
	if (value.len > 0)
		ot_emit_fact(pdu, &(struct ot_fact){ .key = key,
				      .value = value,
				      .message = m->name,
				      .by = by_sender(pdu),
				      .about = m->server });
}

static void
say_addr(const struct ot_pdu *pdu, const struct message *m, enum ot_key key,
    const struct ot_addr *addr)
{
	if (!ot_addr_unspecified(addr))
		say(pdu, m, key, ot_format_addr(pdu, addr));
}

static void
say_role(const struct ot_pdu *pdu, const struct message *m, const char *role,
    const struct ot_addr *who)
{
	if (is_host(who))
		ot_emit_fact(pdu,
		    &(struct ot_fact){ .key = OT_K_ROLE,
			.value = ot_text(role),
			.message = m->name,
			.by = ot_addr_eq(who, &pdu->src) ? OT_SELF : OT_PEER,
			.about = *who });
}

static struct ot_text
trimmed(struct ot_buf *b, enum ot_coding coding)
{
	return ot_text_trim(ot_text_of(b, coding));
}

static bool
is_text(struct ot_buf b)
{
	bool any = b.left > 0;

	while (b.left > 0) {
		uint8_t c = ot_u8(&b);

		if (c < 0x20 || c > 0x7e)
			return false;
	}
	return any;
}

/* Text where it is text, else hex. */
static struct ot_text
text_or_hex(const struct ot_pdu *pdu, struct ot_buf b)
{
	size_t len = b.left;

	if (is_text(b))
		return trimmed(&b, OT_LATIN1);
	return ot_format_hex(pdu, ot_take(&b, len), len);
}

/* Flags, two codes of no use, the name: bit 2 says whether it is in DNS's
 * wire format or, deprecated, plain (RFC 4702 section 2.1). */
static void
client_fqdn(const struct ot_pdu *pdu, const struct message *m, struct ot_buf b)
{
	uint8_t flags = ot_u8(&b);
	struct dns_name name = { .len = 0 };

	ot_skip(&b, 2);
	if (!(flags & 4)) {
		say(pdu, m, OT_K_FQDN, trimmed(&b, OT_UTF8));
		return;
	}
	/* A partial name ends without the root. */
	while (b.left > 0 && ot_peek(&b, 0) != 0) {
		uint8_t len = ot_u8(&b);
		const uint8_t *label = ot_take(&b, len);

		if (!label || !ot_expect(&b, len < 64))
			return;
		if (ot_expect(&b, name.len + len + 1 < DNS_NAME))
			dns_label(&name, label, len);
	}
	if (ot_ok(&b))
		say(pdu, m, OT_K_FQDN, dns_text(&name));
}

/* A type and an identifier: a MAC address under its hardware type, text under
 * type 0 by custom, else opaque (RFC 2132 section 9.14, RFC 4361). */
static struct ot_text
client_id(const struct ot_pdu *pdu, struct ot_buf b)
{
	struct ot_buf whole = b;
	uint8_t type = ot_u8(&b);

	if (type == HARDWARE_ETHERNET && b.left == 6) {
		struct ot_addr mac = ot_addr_mac(ot_take(&b, 6));

		return ot_format_addr(pdu, &mac);
	}
	return text_or_hex(pdu, type == 0 && is_text(b) ? b : whole);
}

/* Type 0 and a UUID whose first three fields are little endian, as the
 * system's firmware has them (RFC 4578 section 2.3). */
static struct ot_text
machine_id(const struct ot_pdu *pdu, struct ot_buf b)
{
	uint8_t type = ot_u8(&b);

	if (type != 0 || b.left != 16) {
		size_t len = b.left;

		return ot_format_hex(pdu, ot_take(&b, len), len);
	}

	uint32_t low = ot_u32le(&b);
	uint16_t mid = ot_u16le(&b);
	uint16_t high = ot_u16le(&b);
	uint16_t clock = ot_u16be(&b);
	uint16_t node_high = ot_u16be(&b);
	uint32_t node_low = ot_u32be(&b);

	return ot_format(pdu, "%08x-%04x-%04x-%04x-%04x%08x", low, mid, high,
	    clock, node_high, node_low);
}

/* Options asked for, in the client's order: a fingerprint of its system. */
static struct ot_text
parameter_list(const struct ot_pdu *pdu, struct ot_buf b)
{
	enum { MOST = 63 }; /* four characters each fill a text */
	char text[4 * MOST];
	size_t len = 0;

	for (int i = 0; i < MOST && b.left > 0; i++) {
		uint8_t n = ot_u8(&b);

		if (i > 0)
			text[len++] = ',';
		if (n >= 100)
			text[len++] = (char)('0' + n / 100);
		if (n >= 10)
			text[len++] = (char)('0' + n / 10 % 10);
		text[len++] = (char)('0' + n % 10);
	}
	return ot_format(pdu, "%.*s", (int)len, text);
}

/* One or more texts, each after its length (RFC 3004); many clients send one
 * text as it is. */
static void
user_class(const struct ot_pdu *pdu, const struct message *m, struct ot_buf b)
{
	size_t at = 0;

	while (at < b.left && ot_peek(&b, at) > 0)
		at += ot_peek(&b, at) + 1u;
	if (at != b.left) {
		say(pdu, m, OT_K_TAG, text_or_hex(pdu, b));
		return;
	}
	while (b.left > 0) {
		struct ot_buf one = ot_split(&b, ot_u8(&b));

		say(pdu, m, OT_K_TAG, text_or_hex(pdu, one));
	}
}

/* What the relay, not the client, says of the place of the client. */
static void
relay_agent(const struct ot_pdu *pdu, const struct message *m, struct ot_buf b)
{
	while (b.left > 0) {
		uint8_t code = ot_u8(&b);
		struct ot_buf value = ot_split(&b, ot_u8(&b));

		if (value.left == 0 || (code != 1 && code != 2) ||
		    m->client.kind == OT_ADDR_NONE)
			continue;
		ot_emit_fact(
		    pdu, &(struct ot_fact){
			     .key = code == 1 ? OT_K_PORT : OT_K_NEIGHBOUR,
			     .value = text_or_hex(pdu, value),
			     .message = m->name,
			     .by = OT_PEER,
			     .about = m->client });
	}
}

static void
client_option(const struct ot_pdu *pdu, const struct message *m, uint8_t code,
    struct ot_buf value)
{
	switch (code) {
	case HOST_NAME:
		say(pdu, m, OT_K_NAME, trimmed(&value, OT_UTF8));
		break;
	case CLIENT_FQDN:
		client_fqdn(pdu, m, value);
		break;
	case VENDOR_CLASS:
		say(pdu, m, OT_K_APP, trimmed(&value, OT_LATIN1));
		break;
	case CLIENT_ID:
		say(pdu, m, OT_K_UID, client_id(pdu, value));
		break;
	case USER_CLASS:
		user_class(pdu, m, value);
		break;
	case PARAMETER_LIST:
		say(pdu, m, OT_K_OPTIONS, parameter_list(pdu, value));
		break;
	case MACHINE_ID:
		say(pdu, m, OT_K_UID, machine_id(pdu, value));
		break;
	case MUD_URL:
		say(pdu, m, OT_K_URL, trimmed(&value, OT_UTF8));
		break;
	case RELAY_AGENT:
		relay_agent(pdu, m, value);
		break;
	}
}

static void
say_roles(const struct ot_pdu *pdu, const struct message *m, const char *role,
    struct ot_buf list)
{
	while (list.left >= 4) {
		struct ot_addr addr = ipv4(&list);

		say_role(pdu, m, role, &addr);
	}
}

/* A configuration is the client's once it is acknowledged; before, it is one
 * of several on offer. */
static void
server_option(const struct ot_pdu *pdu, const struct message *m, uint8_t code,
    struct ot_buf value)
{
	bool bound = m->type == ACK || m->type == 0;
	struct ot_addr addr;

	switch (code) {
	case HOST_NAME:
		say(pdu, m, OT_K_NAME, trimmed(&value, OT_UTF8));
		break;
	case CLIENT_FQDN:
		client_fqdn(pdu, m, value);
		break;
	case VENDOR_CLASS:
		say_server(pdu, m, OT_K_APP, trimmed(&value, OT_LATIN1));
		break;
	case DNS_SERVER:
		say_roles(pdu, m, "dns server", value);
		break;
	case NTP_SERVER:
		say_roles(pdu, m, "ntp server", value);
		break;
	case ROUTER:
		say_roles(pdu, m, "router", value);
		if (value.left < 4 || !bound)
			break;
		addr = ipv4(&value);
		say_addr(pdu, m, OT_K_GATEWAY, &addr);
		break;
	case MASK:
		addr = ipv4(&value);
		if (bound && ot_ok(&value))
			say_addr(pdu, m, OT_K_MASK, &addr);
		break;
	case DOMAIN_NAME:
		if (bound)
			say(pdu, m, OT_K_DOMAIN, trimmed(&value, OT_UTF8));
		break;
	case RELAY_AGENT:
		relay_agent(pdu, m, value);
		break;
	}
}

static void
options(struct ot_buf b, const struct ot_pdu *pdu, const struct message *m)
{
	struct ot_buf value;
	uint8_t code;

	while ((code = next_option(&b, &value)) != END) {
		if (value.left == 0)
			continue;
		if (m->op == BOOT_REQUEST)
			client_option(pdu, m, code, value);
		else
			server_option(pdu, m, code, value);
	}
}

/* Discover and request often bear one xid, so the pair holds the exchange
 * that the message belongs to as well. An acknowledgement that leases
 * nothing answers an inform. */
static uint64_t
pair_of(const struct message *m)
{
	uint64_t exchange = 3;

	if (m->type == DISCOVER || m->type == OFFER)
		exchange = 1;
	else if (m->type == INFORM ||
		 (m->type == ACK && ot_addr_unspecified(&m->your_ip)))
		exchange = 2;
	return m->hardware_hash ^ ((uint64_t)m->xid << 2 | exchange);
}

static struct ot_op
operation(const struct ot_pdu *pdu, const struct message *m)
{
	const struct ot_addr *ip = &m->your_ip;
	struct ot_op op = { .pair = pair_of(m),
		.verb =
		    m->type == 0 || type_name(m->type) ? OT_NAME : OT_UNKNOWN,
		.name = m->name,
		.has_code = m->type != 0,
		.code = m->type };

	if (m->op == BOOT_REQUEST)
		ip = is_host(&m->requested) ? &m->requested : &m->client_ip;
	if (is_host(ip))
		op.object = (struct ot_object){ .space = ADDRESS,
			.text = ot_format_addr(pdu, ip) };
	if (m->type == REQUEST || m->type == DECLINE || m->type == ACK ||
	    m->type == RELEASE)
		op.flags |= OT_OP_ALTERS;
	if (m->type == DECLINE || m->type == RELEASE || m->type == FORCE_RENEW)
		op.flags |= OT_OP_NO_ANSWER;
	else if (m->op == BOOT_REQUEST && pdu->group)
		op.flags |= OT_OP_MANY_ANSWERS;
	return op;
}

static void
said(const struct ot_pdu *pdu, const struct message *m)
{
	struct ot_op op = operation(pdu, m);

	if (m->op == BOOT_REQUEST || m->type == FORCE_RENEW)
		ot_emit_op(pdu, &op);
	else
		ot_emit_reply(
		    pdu, &(struct ot_reply){ .as = op,
			     .error = m->type == NAK ? "nak" : NULL });
}

/* What follows from the fixed part of the message. */
static void
addresses(const struct ot_pdu *pdu, const struct message *m)
{
	say_role(pdu, m, "dhcp relay", &m->relay_ip);
	if (m->op == BOOT_REQUEST) {
		if (is_host(&m->client_ip))
			say_addr(pdu, m, OT_K_IP, &m->client_ip);
		return;
	}
	say_server(pdu, m, OT_K_ROLE, ot_text("dhcp server"));
	if (is_host(&m->your_ip) && (m->type == ACK || m->type == 0))
		say_addr(pdu, m, OT_K_IP, &m->your_ip);
}

static void
fixed_part(struct ot_buf *b, struct message *m)
{
	m->op = ot_u8(b);

	uint8_t hardware = ot_u8(b);
	uint8_t len = ot_u8(b);

	ot_skip(b, 1); /* hops */
	m->xid = ot_u32be(b);
	ot_skip(b, 4); /* seconds, flags */
	m->client_ip = ipv4(b);
	m->your_ip = ipv4(b);
	ot_skip(b, 4); /* next server in the boot */
	m->relay_ip = ipv4(b);

	const uint8_t *address = ot_take(b, 16);

	m->server_name = ot_split(b, 64);
	m->boot_file = ot_split(b, 128);
	ot_expect(b, ot_u32be(b) == COOKIE);
	ot_expect(b, len <= 16 && m->op >= BOOT_REQUEST && m->op <= BOOT_REPLY);
	if (!ot_ok(b))
		return;
	m->hardware_hash = ot_hash_fixed(address, len);
	if (hardware == HARDWARE_ETHERNET && len == 6)
		m->client = ot_addr_mac(address);
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct message m = { .op = 0 };

	fixed_part(b, &m);
	if (!ot_ok(b))
		return;
	classify(*b, &m);
	if (m.type == 0)
		m.name = m.op == BOOT_REQUEST ? "bootp request" : "bootp reply";
	else
		m.name = type_name(m.type);
	if (!m.name)
		m.name = "unknown message";
	said(pdu, &m);
	addresses(pdu, &m);
	options(ot_rest(b), pdu, &m);
	/* The order that RFC 2131 section 4.1 gives. */
	if (m.overload & 1)
		options(m.boot_file, pdu, &m);
	if (m.overload & 2)
		options(m.server_name, pdu, &m);
	if (m.type == DECLINE && is_host(&m.requested))
		ot_emit_event(
		    pdu, &(struct ot_event){ .kind = "address conflict",
			     .detail = ot_format_addr(pdu, &m.requested) });
}

const struct ot_proto ot_proto_dhcp = {
	.name = "dhcp",
	.over = { "udp" },
	.strength = OT_STRONG,
	.ports = ports,
	.spaces = spaces,
	.probe = probe,
	.dissect = dissect,
};
