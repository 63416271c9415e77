/*
 * BACnet: ANSI/ASHRAE 135-2020, clause 6 (network layer), 7 (ISO 8802-3) and
 * annexes J and U (BACnet/IP, over IPv4 and IPv6).
 */
#include "proto/bacnet.h"

extern const struct ot_proto ot_proto_bacnet;

enum {
	BIP = 0x81,
	BIP6 = 0x82,
	HEADER = 4, /* of the virtual link: type, function, length */
	VERSION = 1,
	LLC_BACNET = 0x1008282,
	SNAP_MSTP = 0x2000001,
	CONTROL_MESSAGE = 0x80, /* bits of the network layer's control */
	CONTROL_TO = 0x20,
	CONTROL_FROM = 0x08,
	CONTROL_RESERVED = 0x50,
	PROPRIETARY = 0x80, /* first network message of vendors */
	EVERYWHERE = 0xffff,
	ENTRY = 10, /* of a table: address, port, mask or two times */
	VIRTUAL = 3,
	ADDRESS_IP6 = 18,
	ADDRESS_MAX = 18,
};

enum { PORT_FIRST = 47808, PORT_LAST = 47823 };

static const struct ot_port ports[] = { { "udp", PORT_FIRST, PORT_LAST },
	{ "eth", LLC_BACNET, LLC_BACNET }, { "eth", SNAP_MSTP, SNAP_MSTP },
	{ NULL, 0, 0 } };

static const struct ot_space spaces[] = {
	{ "%t" },
	{ "%t%0n,%1u" },
	{ "%tdevice,%r" },
	{ "%t%0n,%1u %2n" },
	{ "%t%0n,%1u %2n[%3u]" },
	{ "%t%0n,%1u %2n@%r" },
	{ "%t%0n,%1u %2n[%3u]@%r" },
	{ "%tfile,%1u %r" },
	{ "%tfile,%1u record %r" },
	{ "%tfile,%1u end" },
	{ "name \"%t\"" },
	{ "%tvendor %0u service %1u" },
	{ "%tgroup %0u@%r" },
	{ "net %0u" },
	{ "%t" },
	{ NULL },
};

/* ---- the virtual link ---- */

/* What a function's bytes are. */
enum shape {
	SHAPE_NPDU,
	SHAPE_FORWARDED, /* the true source, then an NPDU */
	SHAPE_RESULT,
	SHAPE_EMPTY,
	SHAPE_TABLE,
	SHAPE_ENTRY, /* the address of an entry to delete */
	SHAPE_TTL,
	SHAPE_ADDRESSES, /* virtual ones, of IPv6 */
	SHAPE_OPAQUE,
};

struct function {
	const char *name;
	uint8_t verb, flags, shape;
	uint8_t answers; /* this function of the other end; 0: none */
	uint8_t fixed;	 /* bytes in front, virtual addresses */
};

/* Annex J.2. */
static const struct function functions[] = {
	[0] = { "bvlc result", OT_SESSION, 0, SHAPE_RESULT, 0, 0 },
	[1] = { "write broadcast distribution table", OT_NAME, OT_OP_ALTERS,
	    SHAPE_TABLE, 0, 0 },
	[2] = { "read broadcast distribution table", OT_NAME, 0, SHAPE_EMPTY, 0,
	    0 },
	[3] = { "read broadcast distribution table", OT_NAME, 0, SHAPE_TABLE, 2,
	    0 },
	[4] = { "forwarded npdu", OT_SESSION, 0, SHAPE_FORWARDED, 0, 0 },
	[5] = { "register foreign device", OT_SESSION, 0, SHAPE_TTL, 0, 0 },
	[6] = { "read foreign device table", OT_NAME, 0, SHAPE_EMPTY, 0, 0 },
	[7] = { "read foreign device table", OT_NAME, 0, SHAPE_TABLE, 6, 0 },
	[8] = { "delete foreign device table entry", OT_NAME, OT_OP_ALTERS,
	    SHAPE_ENTRY, 0, 0 },
	[9] = { "distribute broadcast to network", OT_SESSION, 0, SHAPE_NPDU, 0,
	    0 },
	[10] = { "original unicast npdu", OT_SESSION, 0, SHAPE_NPDU, 0, 0 },
	[11] = { "original broadcast npdu", OT_SESSION, 0, SHAPE_NPDU, 0, 0 },
	[12] = { "secured bvll", OT_UNKNOWN, 0, SHAPE_OPAQUE, 0, 0 },
};

/* Annex U.2. */
static const struct function functions6[] = {
	[0] = { "bvlc result", OT_SESSION, 0, SHAPE_RESULT, 0, VIRTUAL },
	[1] = { "original unicast npdu", OT_SESSION, 0, SHAPE_NPDU, 0,
	    2 * VIRTUAL },
	[2] = { "original broadcast npdu", OT_SESSION, 0, SHAPE_NPDU, 0,
	    VIRTUAL },
	[3] = { "address resolution", OT_NAME, 0, SHAPE_ADDRESSES, 0, VIRTUAL },
	[4] = { "forwarded address resolution", OT_NAME, 0, SHAPE_ADDRESSES, 0,
	    VIRTUAL },
	[5] = { "address resolution", OT_NAME, 0, SHAPE_ADDRESSES, 3, VIRTUAL },
	[6] = { "virtual address resolution", OT_NAME, 0, SHAPE_ADDRESSES, 0,
	    VIRTUAL },
	[7] = { "virtual address resolution", OT_NAME, 0, SHAPE_ADDRESSES, 6,
	    VIRTUAL },
	[8] = { "forwarded npdu", OT_SESSION, 0, SHAPE_FORWARDED, 0, VIRTUAL },
	[9] = { "register foreign device", OT_SESSION, 0, SHAPE_TTL, 0,
	    VIRTUAL },
	[10] = { "delete foreign device table entry", OT_NAME, OT_OP_ALTERS,
	    SHAPE_ENTRY, 0, VIRTUAL },
	[11] = { "secured bvll", OT_UNKNOWN, 0, SHAPE_OPAQUE, 0, 0 },
	[12] = { "distribute broadcast to network", OT_SESSION, 0, SHAPE_NPDU,
	    0, VIRTUAL },
};

enum { FUNCTIONS = 13, FORWARDED6 = 8, BROADCAST = 11, BROADCAST6 = 2 };

/* Results that refuse, by type of link; annexes J.2.1.1 and U.2.1.1. */
static const struct ot_name refusals[] = {
	{ 0x10, "write-broadcast-distribution-table nak" },
	{ 0x20, "read-broadcast-distribution-table nak" },
	{ 0x30, "register-foreign-device nak" },
	{ 0x40, "read-foreign-device-table nak" },
	{ 0x50, "delete-foreign-device-table-entry nak" },
	{ 0x60, "distribute-broadcast-to-network nak" },
	{ 0 },
};

static const struct ot_name refusals6[] = {
	{ 0x30, "address-resolution nak" },
	{ 0x60, "virtual-address-resolution nak" },
	{ 0x90, "register-foreign-device nak" },
	{ 0xa0, "delete-foreign-device-table-entry nak" },
	{ 0xc0, "distribute-broadcast-to-network nak" },
	{ 0 },
};

/* A result does not say of what: such requests share one pair. */
enum { PAIR_RESULT = 2, PAIR_FUNCTION = 0x100, PAIR_NETWORK = 0x200 };

static const struct function *
function_of(uint8_t type, uint8_t code)
{
	return code >= FUNCTIONS ? NULL
	       : type == BIP6	 ? &functions6[code]
				 : &functions[code];
}

static const struct ot_addr self; /* a fact's subject: who sends it */

static void
say_role(const struct ot_pdu *pdu, const char *role, const char *message,
    const struct ot_addr *about)
{
	ot_emit_fact(
	    pdu, &(struct ot_fact){ .key = OT_K_ROLE,
		     .value = ot_text(role),
		     .message = message,
		     .by = about->kind == OT_ADDR_NONE ? OT_SELF : OT_PEER,
		     .about = *about });
}

static struct ot_addr
address(struct ot_buf *b, uint8_t type)
{
	const uint8_t *p = ot_take(b, type == BIP6 ? 16 : 4);

	if (!p)
		return (struct ot_addr){ 0 };
	return type == BIP6 ? ot_addr_ipv6(p) : ot_addr_ipv4(p);
}

/* The hosts that a table names. */
static void
table(struct ot_buf *b, const struct ot_pdu *pdu, const struct function *fn,
    const char *role)
{
	while (b->left) {
		struct ot_addr host = address(b, BIP);

		ot_skip(b, ENTRY - 4); /* port, mask or two times */
		if (ot_ok(b) && !ot_addr_unspecified(&host))
			say_role(pdu, role, fn->name, &host);
	}
}

static struct ot_text
entry_text(struct ot_buf *b, const struct ot_pdu *pdu, uint8_t type)
{
	struct ot_addr host = address(b, type);
	uint16_t port = ot_u16be(b);
	struct ot_text text = ot_format_addr(pdu, &host);

	return ot_format(
	    pdu, "%.*s port %u", (int)text.len, (const char *)text.p, port);
}

static void
result(struct ot_buf *b, const struct ot_pdu *pdu, const struct ot_op *op,
    uint8_t type)
{
	struct ot_reply reply = { .as = *op };

	reply.error_code = ot_u16be(b);
	reply.error =
	    ot_name(type == BIP6 ? refusals6 : refusals, reply.error_code);
	reply.as.pair = PAIR_RESULT;
	if (ot_ok(b))
		ot_emit_reply(pdu, &reply);
}

/* What speaks to the virtual link itself, and asks for an answer. */
static void
link_request(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct function *fn, struct ot_op *op, uint8_t type)
{
	switch ((enum shape)fn->shape) {
	case SHAPE_TTL:
		ot_emit_op(pdu, op);
		ot_emit_event(
		    pdu, &(struct ot_event){ .kind = "foreign device",
			     .detail = ot_format(
				 pdu, "registers for %u s", ot_u16be(b)) });
		say_role(pdu, "bacnet foreign device", fn->name, &self);
		return;
	case SHAPE_ENTRY:
		op->object.space = OT_BAC_TABLE_ENTRY;
		op->object.text = entry_text(b, pdu, type);
		break;
	case SHAPE_TABLE:
		table(b, pdu, fn, "bacnet bbmd");
		break;
	default:
		break;
	}
	ot_emit_op(pdu, op);
}

static void
link_answer(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct function *fn, struct ot_op *op)
{
	op->code = fn->answers;
	op->pair = PAIR_FUNCTION | fn->answers;
	ot_emit_reply(pdu, &(struct ot_reply){ .as = *op });
	if (fn->shape != SHAPE_TABLE)
		return;
	say_role(pdu, "bacnet bbmd", fn->name, &self);
	table(b, pdu, fn,
	    fn->answers == 2 ? "bacnet bbmd" : "bacnet foreign device");
}

/* What a result answers. */
static bool
wants_result(const struct function *fn)
{
	return fn->shape == SHAPE_TTL || fn->shape == SHAPE_ENTRY ||
	       fn->shape == SHAPE_TABLE;
}

/* ---- the network layer ---- */

struct message {
	const char *name;
	uint8_t verb, flags;
};

/* Clause 6.4. */
static const struct message messages[] = {
	[0] = { "who is router to network", OT_NAME, 0 },
	[1] = { "i am router to network", OT_NAME, 0 },
	[2] = { "i could be router to network", OT_NAME, 0 },
	[3] = { "reject message to network", OT_NAME, 0 },
	[4] = { "router busy to network", OT_NAME, 0 },
	[5] = { "router available to network", OT_NAME, 0 },
	[6] = { "initialize routing table", OT_NAME, OT_OP_ALTERS },
	[7] = { "initialize routing table", OT_NAME, 0 },
	[8] = { "establish connection to network", OT_SESSION, 0 },
	[9] = { "disconnect connection to network", OT_SESSION, 0 },
	[10] = { "challenge request", OT_AUTH, 0 },
	[11] = { "security payload", OT_AUTH, 0 },
	[12] = { "security response", OT_AUTH, 0 },
	[13] = { "request key update", OT_AUTH, 0 },
	[14] = { "update key set", OT_AUTH, 0 },
	[15] = { "update distribution key", OT_AUTH, 0 },
	[16] = { "request master key", OT_AUTH, 0 },
	[17] = { "set master key", OT_AUTH, 0 },
	[18] = { "what is network number", OT_NAME, 0 },
	[19] = { "network number is", OT_NAME, 0 },
};

enum {
	M_WHO_IS_ROUTER = 0,
	M_I_AM_ROUTER = 1,
	M_REJECT = 3,
	M_INITIALIZE = 6,
	M_INITIALIZED = 7,
	MESSAGES = sizeof(messages) / sizeof(*messages),
};

static const struct message unknown_message = { "unknown network message",
	OT_UNKNOWN, 0 };

/* Of these the networks, two bytes each, are all there is. */
static bool
lists_networks(uint8_t type)
{
	return type == M_WHO_IS_ROUTER || type == M_I_AM_ROUTER || type == 4 ||
	       type == 5;
}

/* Of these one network comes first. */
static bool
names_network(uint8_t type)
{
	return type == 2 || type == 8 || type == 9 || type == 19;
}

static void
at_network(struct ot_op *op, uint16_t net)
{
	op->object.space = OT_BAC_NETWORK;
	op->object.n[0] = net;
}

static void
network_message(struct ot_buf *b, const struct ot_bac_message *m)
{
	uint8_t type = ot_u8(b);
	const struct message *known =
	    type < MESSAGES ? &messages[type] : &unknown_message;
	struct ot_op op = { .verb = (enum ot_verb)known->verb,
		.name = known->name,
		.has_code = true,
		.code = type,
		.flags = known->flags | OT_OP_NO_ANSWER };

	if (type >= PROPRIETARY) {
		op.object.space = OT_BAC_VENDOR_SERVICE;
		op.object.n[0] = ot_u16be(b);
		op.object.n[1] = type;
	}
	if (type == M_REJECT)
		ot_skip(b, 1); /* reason */
	if (type == M_INITIALIZE || type == M_INITIALIZED) {
		op.code = M_INITIALIZE;
		op.pair = PAIR_NETWORK;
		op.flags &= ~(uint32_t)OT_OP_NO_ANSWER;
	}
	if (names_network(type) || type == M_REJECT)
		at_network(&op, ot_u16be(b));
	if (!ot_ok(b))
		return;
	if (type == M_I_AM_ROUTER || type == M_INITIALIZED)
		say_role(m->pdu, "bacnet router", op.name, &m->source);
	if (type == M_INITIALIZED) {
		ot_emit_reply(m->pdu, &(struct ot_reply){ .as = op });
		return;
	}
	if (!lists_networks(type) || !b->left)
		ot_emit_op(m->pdu, &op);
	while (lists_networks(type) && b->left) {
		at_network(&op, ot_u16be(b));
		if (ot_ok(b))
			ot_emit_op(m->pdu, &op);
	}
}

static struct ot_bac_address
network_address(struct ot_buf *b)
{
	struct ot_bac_address a = { .given = true, .net = ot_u16be(b) };

	a.len = ot_u8(b);
	a.p = ot_take(b, a.len);
	ot_expect(b, a.len <= ADDRESS_MAX);
	if (!a.p)
		a.len = 0;
	return a;
}

/* Clause 6.2: who it is for, who it is from; the control octet. */
static uint8_t
network_header(struct ot_buf *b, struct ot_bac_message *m)
{
	ot_expect(b, ot_u8(b) == VERSION);
	uint8_t control = ot_u8(b);

	if (control & CONTROL_TO)
		m->to = network_address(b);
	if (control & CONTROL_FROM)
		m->from = network_address(b);
	if (control & CONTROL_TO)
		ot_skip(b, 1); /* hop count */
	if (m->to.net == EVERYWHERE) {
		m->to.given = false;
		m->broadcast = true;
	}
	if (m->to.given && !m->to.len)
		m->broadcast = true;
	return control;
}

static void
npdu(struct ot_buf *b, struct ot_bac_message *m)
{
	struct ot_bac_state *state = ot_state(m->pdu);
	uint8_t control = network_header(b, m);

	if (!ot_ok(b))
		return;
	if (m->from.given && !state->router && m->source.kind == OT_ADDR_NONE) {
		say_role(m->pdu, "bacnet router", "npdu", &m->source);
		state->router = true;
	}
	if (control & CONTROL_MESSAGE)
		network_message(b, m);
	else
		ot_bac_apdu(b, m);
}

static void
link(struct ot_buf *b, struct ot_bac_message *m)
{
	const struct ot_pdu *pdu = m->pdu;
	uint8_t type = ot_u8(b);
	uint8_t code = ot_u8(b);
	const struct function *fn = function_of(type, code);
	size_t len = ot_u16be(b);

	if (!ot_expect(b, fn != NULL))
		return;
	if (len != HEADER + b->left && !pdu->cut)
		ot_emit_event(
		    pdu, &(struct ot_event){ .kind = "length disagrees",
			     .detail = ot_format(pdu,
				 "the link's header says %zu, there are %zu",
				 len, HEADER + b->left) });
	struct ot_op op = { .pair = wants_result(fn) ? PAIR_RESULT
						     : PAIR_FUNCTION | code,
		.verb = (enum ot_verb)fn->verb,
		.name = fn->name,
		.has_code = true,
		.code = code,
		.flags = fn->flags };

	ot_skip(b, fn->fixed);
	if (fn->shape == SHAPE_FORWARDED) {
		m->source = address(b, type);
		ot_skip(b, 2); /* its port */
		m->broadcast = true;
	}
	m->broadcast |= code == (type == BIP6 ? BROADCAST6 : BROADCAST);
	if (ot_addr_eq(&m->source, &pdu->src))
		m->source = (struct ot_addr){ 0 };
	if (fn->shape <= SHAPE_FORWARDED)
		npdu(b, m);
	else if (fn->shape == SHAPE_RESULT)
		result(b, pdu, &op, type);
	else if (fn->answers)
		link_answer(b, pdu, fn, &op);
	else
		link_request(b, pdu, fn, &op, type);
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_bac_state *state = ot_state(pdu);

	struct ot_bac_message m = {
		.pdu = pdu, .fault = b->fault, .broadcast = pdu->group
	};

	if (pdu->ethertype == LLC_BACNET)
		npdu(b, &m);
	else if (pdu->ethertype != SNAP_MSTP)
		link(b, &m);
	else if (ot_bac_mstp(b, &m))
		npdu(b, &m);
	if (!state->stated && ot_ok(b)) {
		/* The protocol has neither. */
		ot_emit_security(pdu, OT_S_PROTECTION, ot_text("none"));
		ot_emit_security(pdu, OT_S_AUTH, ot_text("none"));
		state->stated = true;
	}
}

/* ---- could it be? ---- */

static bool
npdu_fits(struct ot_buf b, const struct ot_pdu *pdu)
{
	struct ot_bac_message m = { .pdu = pdu };

	if (ot_peek(&b, 0) != VERSION || ot_peek(&b, 1) & CONTROL_RESERVED)
		return false;
	uint8_t control = network_header(&b, &m);

	if (!ot_ok(&b))
		return pdu->cut;
	if (control & CONTROL_MESSAGE)
		return b.left >= 1 && (ot_peek(&b, 0) < MESSAGES ||
					  ot_peek(&b, 0) >= PROPRIETARY);
	return ot_bac_apdu_fits(&b, pdu) || pdu->cut;
}

/* Does the rest of the datagram have the length that the function wants? */
static bool
body_fits(struct ot_buf b, const struct ot_pdu *pdu, uint8_t type,
    const struct function *fn)
{
	ot_skip(&b, fn->fixed);
	if (fn->shape == SHAPE_FORWARDED)
		ot_skip(&b, type == BIP6 ? ADDRESS_IP6 : 6);
	if (!ot_ok(&b))
		return pdu->cut;
	switch ((enum shape)fn->shape) {
	case SHAPE_NPDU:
	case SHAPE_FORWARDED:
		return npdu_fits(b, pdu);
	case SHAPE_EMPTY:
		return b.left == 0;
	case SHAPE_RESULT:
	case SHAPE_TTL:
		return b.left == 2;
	case SHAPE_TABLE:
		return b.left % ENTRY == 0;
	case SHAPE_ENTRY:
		return b.left == (type == BIP6 ? ADDRESS_IP6 : 6);
	case SHAPE_ADDRESSES:
		return b.left == 0 || b.left == VIRTUAL ||
		       b.left == VIRTUAL + ADDRESS_IP6;
	case SHAPE_OPAQUE:
		break;
	}
	return true;
}

static bool
direction_fits(const struct function *fn, bool to_server)
{
	if (fn->shape <= SHAPE_FORWARDED || fn->shape == SHAPE_OPAQUE)
		return true;
	return (fn->shape == SHAPE_RESULT || fn->answers) != to_server;
}

static bool
at_port(uint16_t port)
{
	return port >= PORT_FIRST && port <= PORT_LAST;
}

/* Some stacks write a wrong length, and others obey them all the same. What is
 * at BACnet's own port and fits in all else is taken for BACnet. */
static bool
length_fits(const struct ot_buf *b, const struct ot_pdu *pdu)
{
	size_t len = ot_peek16be(b, 2);

	return b->left >= HEADER &&
	       (len == b->left || (pdu->cut && len > b->left) ||
		   at_port(pdu->src_port) || at_port(pdu->dst_port));
}

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	if (pdu->ethertype == SNAP_MSTP)
		return ot_bac_mstp_fits(&b, pdu->cut);
	if (pdu->ethertype)
		return pdu->ethertype == LLC_BACNET && npdu_fits(b, pdu);
	uint8_t type = ot_peek(&b, 0);
	const struct function *fn = function_of(type, ot_peek(&b, 1));

	if ((type != BIP && type != BIP6) || !fn || !length_fits(&b, pdu))
		return false;
	ot_skip(&b, HEADER);
	return direction_fits(fn, pdu->to_server) &&
	       body_fits(b, pdu, type, fn);
}

const struct ot_proto ot_proto_bacnet = {
	.name = "bacnet",
	.over = { "udp", "eth" },
	.strength = OT_MEDIUM,
	.ports = ports,
	.spaces = spaces,
	.names = { ot_bac_object_types, NULL, ot_bac_properties, NULL },
	.decimal = true,
	.state_size = sizeof(struct ot_bac_state),
	.probe = probe,
	.dissect = dissect,
};
