/*
 * KNXnet/IP: KNX Standard 03.08.01 to 03.08.05 (ISO 22510), secured services
 * 03.08.09.
 */
#include "proto/knxip.h"

extern const struct ot_proto ot_proto_knxip;

enum {
	HEADER = 6,
	VERSION = 0x10,
	LENGTH_MAX = 4096,
	CONNECTION = 4, /* length, channel, sequence, status */
	ENDPOINT = 8,
	DEVICE_INFO = 1,
	SERIAL = 6,
	FRIENDLY_NAME = 30,
};

enum service {
	SEARCH_RESPONSE = 0x0202,
	DESCRIPTION_RESPONSE = 0x0204,
	CONNECT_RESPONSE = 0x0206,
	STATE_REQUEST = 0x0207,
	STATE_RESPONSE = 0x0208,
	DISCONNECT_REQUEST = 0x0209,
	DISCONNECT_RESPONSE = 0x020a,
	SEARCH_RESPONSE_EXTENDED = 0x020c,
	CONFIGURATION_REQUEST = 0x0310,
	CONFIGURATION_ACK = 0x0311,
	TUNNELLING_REQUEST = 0x0420,
	TUNNELLING_ACK = 0x0421,
	FEATURE_GET = 0x0422,
	FEATURE_RESPONSE = 0x0423,
	FEATURE_SET = 0x0424,
	ROUTING_INDICATION = 0x0530,
	SECURE_WRAPPER = 0x0950,
	TIMER_NOTIFY = 0x0955,
};

static const struct ot_port ports[] = { { "udp", 3671, 3671 },
	{ "tcp", 3671, 3671 }, { NULL, 0, 0 } };

static const struct ot_space spaces[] = {
	{ "%0u/%1u/%2u" },
	{ "%0u.%1u.%2u" },
	{ "object %0u instance %1u property %2u" },
	{ NULL },
};

/* Who may send it. */
enum direction { BOTH, CLIENT, SERVER };

static const struct kind {
	uint16_t code;
	uint8_t verb, flags, from;
	uint16_t answers; /* this request; 0: none */
	const char *name;
} kinds[] = {
	{ 0x0201, OT_IDENTIFY, 0, CLIENT, 0, "search" },
	{ 0x0202, OT_IDENTIFY, 0, SERVER, 0x0201, "search" },
	{ 0x0203, OT_IDENTIFY, 0, CLIENT, 0, "description" },
	{ 0x0204, OT_IDENTIFY, 0, SERVER, 0x0203, "description" },
	{ 0x0205, OT_SESSION, 0, CLIENT, 0, "connect" },
	{ 0x0206, OT_SESSION, 0, SERVER, 0x0205, "connect" },
	{ 0x0207, OT_SESSION, 0, CLIENT, 0, "connection state" },
	{ 0x0208, OT_SESSION, 0, SERVER, 0x0207, "connection state" },
	{ 0x0209, OT_SESSION, 0, BOTH, 0, "disconnect" },
	{ 0x020a, OT_SESSION, 0, BOTH, 0x0209, "disconnect" },
	{ 0x020b, OT_IDENTIFY, 0, CLIENT, 0, "search extended" },
	{ 0x020c, OT_IDENTIFY, 0, SERVER, 0x020b, "search extended" },
	{ 0x0310, OT_UNKNOWN, 0, BOTH, 0, "device configuration" },
	{ 0x0311, OT_UNKNOWN, 0, BOTH, 0x0310, "device configuration" },
	{ 0x0420, OT_UNKNOWN, 0, BOTH, 0, "tunnelling" },
	{ 0x0421, OT_UNKNOWN, 0, BOTH, 0x0420, "tunnelling" },
	{ 0x0422, OT_SESSION, 0, CLIENT, 0, "tunnelling feature get" },
	{ 0x0423, OT_SESSION, 0, SERVER, 0x0422, "tunnelling feature" },
	{ 0x0424, OT_SESSION, 0, CLIENT, 0, "tunnelling feature set" },
	{ 0x0425, OT_SESSION, OT_OP_NO_ANSWER, SERVER, 0,
	    "tunnelling feature info" },
	{ 0x0530, OT_UNKNOWN, OT_OP_NO_ANSWER, BOTH, 0, "routing indication" },
	{ 0x0531, OT_SESSION, OT_OP_NO_ANSWER, BOTH, 0,
	    "routing lost message" },
	{ 0x0532, OT_SESSION, OT_OP_NO_ANSWER, BOTH, 0, "routing busy" },
	{ 0x0740, OT_DIAGNOSE, 0, CLIENT, 0, "remote diagnostic" },
	{ 0x0741, OT_DIAGNOSE, 0, SERVER, 0x0740, "remote diagnostic" },
	{ 0x0742, OT_WRITE, OT_OP_NO_ANSWER, CLIENT, 0,
	    "remote basic configuration" },
	{ 0x0743, OT_MODE, OT_OP_NO_ANSWER, CLIENT, 0, "remote reset" },
	{ 0x0950, OT_UNKNOWN, 0, BOTH, 0, "secure wrapper" },
	{ 0x0951, OT_AUTH, 0, CLIENT, 0, "session request" },
	{ 0x0952, OT_AUTH, 0, SERVER, 0x0951, "session request" },
	{ 0x0953, OT_AUTH, OT_OP_NO_ANSWER, CLIENT, 0, "session authenticate" },
	{ 0x0954, OT_AUTH, OT_OP_NO_ANSWER, BOTH, 0, "session status" },
	{ 0x0955, OT_AUTH, OT_OP_NO_ANSWER, BOTH, 0, "timer notify" },
};

enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

static const struct ot_name errors[] = { { 0x01, "host protocol type" },
	{ 0x02, "version not supported" }, { 0x04, "sequence number" },
	{ 0x0f, "error" }, { 0x21, "connection id" },
	{ 0x22, "connection type" }, { 0x23, "connection option" },
	{ 0x24, "no more connections" }, { 0x26, "data connection" },
	{ 0x27, "knx connection" }, { 0x28, "authorisation" },
	{ 0x29, "tunnelling layer" }, { 0x2d, "no tunnelling address" },
	{ 0x2e, "connection in use" }, { 0 } };

static const struct kind *
kind_of(uint16_t code)
{
	for (unsigned i = 0; i < KINDS; i++)
		if (kinds[i].code == code)
			return &kinds[i];
	return NULL;
}

static bool
is_tcp(const struct ot_pdu *pdu)
{
	return memcmp(pdu->over, "tcp", 4) == 0;
}

/* ---- identity: 03.08.02 section 7.5.4 ---- */

static void
say(const struct ot_pdu *pdu, enum ot_key key, const char *message,
    struct ot_text value)
{
	value = ot_text_trim(value);
	if (value.len)
		ot_emit_fact(pdu, &(struct ot_fact){ .key = key,
				      .value = value,
				      .message = message,
				      .by = OT_SELF });
}

static void
device_info(struct ot_buf b, const struct ot_pdu *pdu, const char *message)
{
	ot_skip(&b, 2); /* medium, status */
	uint16_t address = ot_u16be(&b);

	ot_skip(&b, 2); /* project and installation */
	struct ot_buf serial = ot_split(&b, SERIAL);

	ot_skip(&b, 4); /* multicast address */
	const uint8_t *mac = ot_take(&b, 6);
	struct ot_buf name = ot_split(&b, FRIENDLY_NAME);

	if (!ot_ok(&b))
		return;
	struct ot_addr addr = ot_addr_mac(mac);

	say(pdu, OT_K_UID, message, ot_knx_address(pdu, address));
	say(pdu, OT_K_SERIAL, message,
	    ot_format_hex(pdu, serial.p, serial.left));
	say(pdu, OT_K_VENDOR_ID, message,
	    ot_format(pdu, "0x%04x", ot_peek16be(&serial, 0)));
	say(pdu, OT_K_MAC, message, ot_format_addr(pdu, &addr));
	say(pdu, OT_K_NAME, message, ot_text_of(&name, OT_LATIN1));
}

/* Blocks of a length that counts itself, a type and what it means. */
static void
descriptions(struct ot_buf *b, const struct ot_pdu *pdu, const char *message)
{
	while (b->left) {
		uint8_t len = ot_u8(b);
		uint8_t type = ot_u8(b);

		if (!ot_expect(b, len >= 2))
			return;
		struct ot_buf block = ot_split(b, len - 2U);

		if (type == DEVICE_INFO)
			device_info(block, pdu, message);
	}
}

/* ---- services ---- */

/* A telegram in a connection: its sequence number pairs it with its
 * acknowledgement, which TCP does not need. */
static uint64_t
connection(struct ot_buf *b, uint16_t service, uint8_t *status)
{
	struct ot_buf head = ot_split(b, CONNECTION);

	ot_expect(b, ot_u8(&head) == CONNECTION);
	uint8_t channel = ot_u8(&head);
	uint8_t sequence = ot_u8(&head);

	*status = ot_u8(&head);
	return 1ULL << 40 | (uint64_t)service << 16 | (uint64_t)channel << 8 |
	       sequence;
}

static bool
has_connection(uint16_t code)
{
	return code == CONFIGURATION_REQUEST || code == CONFIGURATION_ACK ||
	       (code >= TUNNELLING_REQUEST && code <= 0x0425);
}

/* The answer's status, and what it says of the server. */
static void
answer(struct ot_buf *b, const struct ot_pdu *pdu, const struct kind *k,
    struct ot_op *op)
{
	struct ot_reply reply = { .as = *op };
	uint8_t status = 0;

	reply.as.code = k->answers;
	reply.as.pair = k->answers;
	switch (k->code) {
	case SEARCH_RESPONSE:
	case SEARCH_RESPONSE_EXTENDED:
		ot_skip(b, ENDPOINT);
		descriptions(b, pdu, k->name);
		break;
	case DESCRIPTION_RESPONSE:
		descriptions(b, pdu, k->name);
		break;
	case CONNECT_RESPONSE:
	case STATE_RESPONSE:
	case DISCONNECT_RESPONSE:
		ot_skip(b, 1); /* channel */
		status = ot_u8(b);
		break;
	case CONFIGURATION_ACK:
	case TUNNELLING_ACK:
	case FEATURE_RESPONSE:
		reply.as.pair = connection(b, k->answers, &status);
		break;
	default:
		break;
	}
	if (k->code == FEATURE_RESPONSE) /* to a get or to a set */
		reply.as.pair = FEATURE_GET;
	reply.error = status ? ot_name(errors, status) : NULL;
	reply.error_code = status;
	/* what is acknowledged may have been no request: a confirmation */
	bool transport =
	    k->code == CONFIGURATION_ACK || k->code == TUNNELLING_ACK;

	if (ot_ok(b) && (!transport || status || ot_asked(pdu, reply.as.pair)))
		ot_emit_reply(pdu, &reply);
}

static void
request(struct ot_buf *b, const struct ot_pdu *pdu, const struct kind *k,
    struct ot_op *op)
{
	uint8_t status;

	op->pair = k->code == FEATURE_SET ? FEATURE_GET : k->code;
	if (has_connection(k->code)) {
		uint64_t pair = connection(b, k->code, &status);

		if (k->code == CONFIGURATION_REQUEST ||
		    k->code == TUNNELLING_REQUEST) {
			ot_knx_cemi(b, pdu, is_tcp(pdu) ? 0 : pair);
			return;
		}
	} else if (k->code == ROUTING_INDICATION) {
		ot_knx_cemi(b, pdu, 0);
		return;
	}
	if (ot_ok(b))
		ot_emit_op(pdu, op);
}

static void
security(const struct ot_pdu *pdu, uint16_t code)
{
	struct ot_knx_state *state = ot_state(pdu);
	bool secured = code >= SECURE_WRAPPER && code <= TIMER_NOTIFY;

	if (secured && !state->secured) {
		state->secured = true;
		ot_emit_security(pdu, OT_S_PROTECTION, ot_text("encrypted"));
		ot_emit_security(pdu, OT_S_AUTH, ot_text("strong"));
		ot_emit_security(
		    pdu, OT_S_AUTH_METHOD, ot_text("knx ip secure"));
	} else if (!secured && !state->stated) {
		state->stated = true;
		ot_emit_security(pdu, OT_S_PROTECTION, ot_text("none"));
		ot_emit_security(pdu, OT_S_AUTH, ot_text("none"));
	}
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	ot_skip(b, 2); /* header size and version: probed */
	uint16_t code = ot_u16be(b);

	ot_skip(b, 2); /* length */
	const struct kind *k = kind_of(code);
	struct ot_op op = { .verb = k ? (enum ot_verb)k->verb : OT_UNKNOWN,
		.name = k ? k->name : "unknown service",
		.has_code = true,
		.code = code,
		.flags = k ? k->flags : OT_OP_NO_ANSWER };

	if (pdu->group)
		op.flags |= OT_OP_MANY_ANSWERS;
	if (!ot_ok(b))
		return;
	if (!k)
		ot_emit_op(pdu, &op);
	else if (k->answers)
		answer(b, pdu, k, &op);
	else if (code != SECURE_WRAPPER) /* what it holds cannot be seen */
		request(b, pdu, k, &op);
	if (ot_ok(b))
		security(pdu, code);
}

/* ---- could it be? ---- */

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	const struct kind *k = kind_of(ot_peek16be(&b, 2));
	size_t len = ot_peek16be(&b, 4);

	if (b.left < HEADER || ot_peek(&b, 0) != HEADER ||
	    ot_peek(&b, 1) != VERSION || !k ||
	    (len != b.left + pdu->rest && !(pdu->cut && len > b.left)))
		return false;
	return k->from == BOTH || (k->from == CLIENT) == pdu->to_server;
}

static long
pdu_len(struct ot_buf b, const struct ot_pdu *pdu)
{
	size_t len = ot_peek16be(&b, 4);

	if (!is_tcp(pdu))
		return (long)b.left;
	if (ot_peek(&b, 0) != HEADER ||
	    (b.left > 1 && ot_peek(&b, 1) != VERSION))
		return -1;
	if (b.left < HEADER)
		return 0;
	return len < HEADER || len > LENGTH_MAX ? -1 : (long)len;
}

const struct ot_proto ot_proto_knxip = {
	.name = "knxip",
	.over = { "udp", "tcp" },
	.strength = OT_MEDIUM,
	.ports = ports,
	.spaces = spaces,
	.state_size = sizeof(struct ot_knx_state),
	.probe = probe,
	.pdu_len = pdu_len,
	.dissect = dissect,
};
