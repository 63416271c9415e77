/*
 * OPC UA binary: connection and secure channel (OPC 10000-6, clauses 6.7 and
 * 7.1). The mode of a channel stands in the body of its opening, which is
 * encrypted but for the policy None: a message that can be read was only
 * signed.
 */
#include "proto/opcua.h"

enum {
	HEADER = 8,	     /* type, chunk, size */
	CHANNEL_HEADER = 8,  /* channel, token */
	SEQUENCE_HEADER = 8, /* sequence number, request id */
	SIZE_MAX_CHUNK = 1 << 26,
	HELLO_MIN = HEADER + 20 + 4,
	ACK_SIZE = HEADER + 20,
	ERROR_MIN = HEADER + 8,
	REVERSE_MIN = HEADER + 8,
	OPEN_MIN = HEADER + 4 + 12 + SEQUENCE_HEADER,
	MESSAGE_MIN = HEADER + CHANNEL_HEADER + SEQUENCE_HEADER,
};

enum type { HELLO, ACKNOWLEDGE, ERROR, REVERSE, OPEN, MESSAGE, CLOSE, NONE };

static const struct {
	char type[4];
	uint32_t least;
} types[] = {
	[HELLO] = { "HEL", HELLO_MIN },
	[ACKNOWLEDGE] = { "ACK", ACK_SIZE },
	[ERROR] = { "ERR", ERROR_MIN },
	[REVERSE] = { "RHE", REVERSE_MIN },
	[OPEN] = { "OPN", OPEN_MIN },
	[MESSAGE] = { "MSG", MESSAGE_MIN },
	[CLOSE] = { "CLO", MESSAGE_MIN },
};

/* Apart from the pairs of requests, channel and request id. */
#define HELLO_PAIR UINT64_MAX
#define OPEN_PAIR  (UINT64_MAX - 1)

/* Bytes of the signature behind a chunk that is signed; OPC 10000-7. */
static const struct policy {
	const char *name;
	uint8_t signature;
} policies[] = {
	{ "None", 0 },
	{ "Basic128Rsa15", 20 },
	{ "Basic256", 20 },
	{ "Basic256Sha256", 32 },
	{ "Aes128_Sha256_RsaOaep", 32 },
	{ "Aes256_Sha256_RsaPss", 32 },
};

enum {
	POLICY_NONE = 1,
	POLICY_OTHER = sizeof(policies) / sizeof(*policies) + 1
};

static const char policy_base[] = "http://opcfoundation.org/UA/SecurityPolicy#";

static const struct ot_space spaces[] = { { "%t" }, { NULL } };

static enum type
type_of(const struct ot_buf *b)
{
	enum type t = HELLO;

	while (t < NONE && !ot_starts(b, types[t].type, 3))
		t++;
	return t;
}

/* ---- connection */

static void
hello(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_text url;

	ot_skip(b, 20); /* version, sizes */
	url = ot_opcua_text(b);
	if (!ot_ok(b))
		return;
	ot_emit_op(
	    pdu, &(struct ot_op){
		     .pair = HELLO_PAIR, .verb = OT_SESSION, .name = "hello" });
	if (url.len)
		ot_emit_fact(pdu, &(struct ot_fact){ .key = OT_K_URL,
				      .value = url,
				      .message = "hello",
				      .by = OT_PEER,
				      .about = pdu->dst });
}

static void
error(struct ot_buf *b, const struct ot_pdu *pdu)
{
	uint32_t status = ot_u32le(b);
	struct ot_text reason = ot_opcua_text(b);
	const char *name = ot_opcua_status(status);
	struct ot_reply reply = { .as = { .pair = HELLO_PAIR,
				      .verb = OT_SESSION,
				      .name = "hello" },
		.error = name,
		.error_code = status };

	if (!ot_ok(b))
		return;
	if (!ot_asked(pdu, HELLO_PAIR) && ot_asked(pdu, OPEN_PAIR)) {
		reply.as.pair = OPEN_PAIR;
		reply.as.name = "open secure channel";
	}
	if (ot_asked(pdu, reply.as.pair))
		ot_emit_reply(pdu, &reply);
	struct ot_text code =
	    name ? ot_text(name) : ot_format(pdu, "code 0x%08x", status);
	ot_emit_event(
	    pdu, &(struct ot_event){ .kind = "alert",
		     .detail = ot_format(pdu, "%.*s%s%.*s", (int)code.len,
			 (const char *)code.p, reason.len ? ": " : "",
			 (int)reason.len, (const char *)reason.p) });
}

/* The server calls the client, which then speaks first all the same. */
static void
reverse_hello(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_text uri = ot_opcua_text(b);
	struct ot_text url = ot_opcua_text(b);
	struct ot_fact fact = { .key = OT_K_APP,
		.value = uri,
		.message = "reverse hello",
		.by = OT_SELF };

	if (!ot_ok(b))
		return;
	ot_emit_op(pdu, &(struct ot_op){ .verb = OT_SESSION,
			    .name = "reverse hello",
			    .flags = OT_OP_NO_ANSWER });
	if (uri.len)
		ot_emit_fact(pdu, &fact);
	fact.key = OT_K_URL;
	fact.value = url;
	if (url.len)
		ot_emit_fact(pdu, &fact);
}

/* ---- security */

/* The policy that a channel is opened with: 1 + its index. */
static uint8_t
policy_of(struct ot_text uri, struct ot_text *name)
{
	size_t base = sizeof(policy_base) - 1;
	bool known = uri.len >= base && memcmp(uri.p, policy_base, base) == 0;

	*name = known
		    ? (struct ot_text){ uri.p + base, uri.len - base, OT_UTF8 }
		    : uri;
	if (!uri.len)
		return POLICY_NONE;
	for (size_t i = 0; known && i < POLICY_OTHER - 1; i++)
		if (name->len == strlen(policies[i].name) &&
		    memcmp(name->p, policies[i].name, name->len) == 0)
			return (uint8_t)(i + 1);
	return POLICY_OTHER;
}

static size_t
signature_len(const struct ot_opcua_state *state)
{
	return state->policy && state->policy < POLICY_OTHER
		   ? policies[state->policy - 1].signature
		   : 0;
}

/* What is known of the channel's mode, once for each. */
static void
state_protection(const struct ot_pdu *pdu, struct ot_opcua_state *state,
    enum ot_opcua_mode mode)
{
	static const char *const words[] = {
		[OT_OPCUA_MODE_UNKNOWN] = "unknown",
		[OT_OPCUA_MODE_NONE] = "none",
		[OT_OPCUA_MODE_SIGN] = "integrity",
		[OT_OPCUA_MODE_ENCRYPT] = "encrypted",
	};

	if (state->stated >> mode & 1)
		return;
	state->stated |= (uint8_t)(1U << mode);
	ot_emit_security(pdu, OT_S_PROTECTION, ot_text(words[mode]));
}

/* What cannot be read: encrypted, or of a channel whose opening was not
 * captured. */
static void
state_opaque(const struct ot_pdu *pdu, struct ot_opcua_state *state)
{
	if (state->policy > POLICY_NONE)
		state_protection(pdu, state, OT_OPCUA_MODE_ENCRYPT);
	else if (!state->opaque)
		ot_emit_security(pdu, OT_S_PROTECTION, ot_text("opaque"));
	state->opaque = true;
}

/* ---- messages */

/* The number of the type that a body begins with: the encoding that all
 * stacks use for these, four bytes. 0: it begins with something else. */
static uint32_t
peek_type(const struct ot_buf *b, size_t at)
{
	if (ot_peek(b, at) == 1 && ot_peek(b, at + 1) == 0)
		return ot_peek16le(b, at + 2);
	if (ot_peek(b, at) == 2 && ot_peek16le(b, at + 1) == 0)
		return ot_peek32le(b, at + 3);
	return 0;
}

static bool
is_known(uint32_t type)
{
	return ot_opcua_is_request(type) || ot_opcua_is_response(type);
}

/* Forget what a first chunk began: another message came, or its end. */
static void
start_drop(const struct ot_pdu *pdu, struct ot_opcua_start *start)
{
	if (start->active)
		ot_gather_drop(pdu, 0);
	*start = (struct ot_opcua_start){ 0 };
}

static void
start_with(struct ot_opcua_start *start, struct ot_buf body, uint32_t request)
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = ot_buf(body.p, body.left, &fault);
	struct ot_opcua_node type = ot_opcua_node(&b);

	start->active = true;
	start->request = request;
	start->type =
	    ot_ok(&b) && ot_opcua_is(&type, type.number) ? type.number : 0;
	start->result = ot_opcua_result(b, start->type);
}

/* A chunk joins its message. True with the last one: the window is then the
 * body, and whole tells whether all of it is there. */
static bool
join(struct ot_buf *body, const struct ot_pdu *pdu,
    struct ot_opcua_start *start, uint32_t request, bool last, bool *whole)
{
	if (start->active && start->request != request)
		start_drop(pdu, start);
	bool first = !start->active;

	if (first)
		start_with(start, *body, request);
	start->bytes += body->left;
	start->lost |= pdu->rest > 0;
	*whole = !start->lost;
	if (first && last)
		return true;
	if (start->lost)
		body->left = 0;
	else /* what broke a limit on its way has other bytes */
		*whole =
		    ot_gather(pdu, 0, body, last) && body->left == start->bytes;
	return last;
}

static void
message(struct ot_buf *b, const struct ot_pdu *pdu,
    struct ot_opcua_state *state, uint32_t channel, bool last)
{
	struct ot_opcua_start *start = &state->starts[pdu->to_server];
	size_t signature = signature_len(state);
	struct ot_opcua_message m = { 0 };
	struct ot_opcua_node type;

	ot_skip(b, 4); /* sequence number */
	uint32_t request = ot_u32le(b);
	if (!pdu->rest && !pdu->cut) {
		ot_expect(b, b->left >= signature);
		b->left -= ot_ok(b) ? signature : 0;
	}
	if (!ot_ok(b) || !join(b, pdu, start, request, last, &m.whole))
		return;
	m.pair = (uint64_t)channel << 32 | request;
	m.type = start->type;
	m.result = start->result;
	if (!m.whole)
		ot_gather_drop(pdu, 0);
	*start = (struct ot_opcua_start){ 0 };
	if (m.whole) {
		type = ot_opcua_node(b);
		m.type = type.number;
		ot_expect(b, ot_opcua_is(&type, type.number));
	}
	if (ot_ok(b))
		ot_opcua_message(b, pdu, &m);
}

/* A sender gives up its message in the midst of its chunks. */
static void
abort_message(struct ot_buf *b, const struct ot_pdu *pdu,
    struct ot_opcua_state *state, uint32_t channel)
{
	ot_skip(b, 4);
	uint32_t request = ot_u32le(b);
	uint32_t status = ot_u32le(b);

	ot_opcua_bytes(b); /* reason */
	if (!ot_ok(b))
		return;
	start_drop(pdu, &state->starts[pdu->to_server]);
	if (pdu->to_server)
		return;
	ot_emit_reply(
	    pdu, &(struct ot_reply){
		     .as = { .pair = (uint64_t)channel << 32 | request,
			 .verb = OT_UNKNOWN,
			 .name = "aborted message" },
		     .error = ot_opcua_status(status),
		     .error_code = status });
}

static void
secured(struct ot_buf *b, const struct ot_pdu *pdu, char chunk)
{
	struct ot_opcua_state *state = ot_state(pdu);
	uint32_t channel = ot_u32le(b);

	ot_skip(b, 4); /* token of the channel */
	uint32_t request = ot_peek32le(b, 4);
	const struct ot_opcua_start *start = &state->starts[pdu->to_server];
	bool goes_on = start->active && start->request == request;
	bool readable = state->mode == OT_OPCUA_MODE_NONE ||
			state->mode == OT_OPCUA_MODE_SIGN || goes_on ||
			is_known(peek_type(b, SEQUENCE_HEADER));

	if (!ot_ok(b))
		return;
	if (!readable) {
		state_opaque(pdu, state);
		return;
	}
	if (state->mode == OT_OPCUA_MODE_UNKNOWN && state->policy > POLICY_NONE)
		state->mode = OT_OPCUA_MODE_SIGN;
	state_protection(pdu, state, (enum ot_opcua_mode)state->mode);
	if (chunk == 'A')
		abort_message(b, pdu, state, channel);
	else
		message(b, pdu, state, channel, chunk == 'F');
}

/* The asymmetric header is never encrypted, what follows it only with the
 * policy None is not. */
static void
open_channel(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_opcua_state *state = ot_state(pdu);
	struct ot_opcua_message m = { .pair = OPEN_PAIR, .whole = true };
	struct ot_text name;

	ot_skip(b, 4); /* channel */
	uint8_t policy = policy_of(ot_opcua_text(b), &name);
	struct ot_buf certificate = ot_opcua_bytes(b);

	ot_opcua_bytes(b); /* thumbprint of the receiver's certificate */
	m.type = peek_type(b, SEQUENCE_HEADER);
	if (!ot_ok(b))
		return;
	if (policy != state->policy) {
		state->mode = OT_OPCUA_MODE_UNKNOWN;
		ot_emit_security(
		    pdu, OT_S_CIPHER, name.len ? name : ot_text("None"));
	}
	state->policy = policy;
	ot_opcua_certificate(certificate, pdu);
	if (policy == POLICY_NONE || is_known(m.type)) {
		ot_skip(b, SEQUENCE_HEADER);
		struct ot_opcua_node type = ot_opcua_node(b);

		m.type = type.number;
		ot_expect(b, ot_opcua_is(&type, type.number));
		if (ot_ok(b))
			ot_opcua_message(b, pdu, &m);
		/* whatever the body says: there is nothing to protect with */
		if (policy == POLICY_NONE)
			state->mode = OT_OPCUA_MODE_NONE;
		return;
	}
	m.whole = false;
	m.type =
	    pdu->to_server ? OT_OPCUA_OPEN_REQUEST : OT_OPCUA_OPEN_RESPONSE;
	ot_opcua_message(b, pdu, &m);
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	enum type type = type_of(b);
	char chunk = (char)ot_peek(b, 3);

	ot_skip(b, HEADER); /* pdu_len has used it */
	switch (type) {
	case HELLO:
		hello(b, pdu);
		break;
	case ACKNOWLEDGE:
		ot_skip(b, ACK_SIZE - HEADER);
		if (ot_ok(b))
			ot_emit_reply(
			    pdu, &(struct ot_reply){ .as = { .pair = HELLO_PAIR,
							 .verb = OT_SESSION,
							 .name = "hello" } });
		break;
	case ERROR:
		error(b, pdu);
		break;
	case REVERSE:
		reverse_hello(b, pdu);
		break;
	case OPEN:
		open_channel(b, pdu);
		break;
	case MESSAGE:
	case CLOSE:
		secured(b, pdu, chunk);
		break;
	case NONE:
		ot_expect(b, false);
		break;
	}
}

static long
pdu_len(struct ot_buf b, const struct ot_pdu *pdu)
{
	enum type type = type_of(&b);
	uint8_t chunk = ot_peek(&b, 3);
	uint32_t size = ot_peek32le(&b, 4);

	(void)pdu;
	if (b.left < 3)
		return 0;
	if (type == NONE ||
	    (b.left > 3 && chunk != 'F' &&
		(type < MESSAGE || (chunk != 'C' && chunk != 'A'))))
		return -1;
	if (b.left < HEADER)
		return 0;
	return size < types[type].least || size > SIZE_MAX_CHUNK ? -1
								 : (long)size;
}

/* Who sends a body of this type? Those that cannot be read, anybody. */
static bool
fits_sender(uint32_t type, bool to_server)
{
	return !is_known(type) || ot_opcua_is_request(type) == to_server;
}

/* A string whose length fits the rest, and begins as it should. */
static bool
begins(struct ot_buf b, const char *with)
{
	uint32_t len = ot_u32le(&b);

	return len == 0 || len == UINT32_MAX ||
	       (len <= b.left && ot_starts(&b, with, strlen(with)));
}

static bool
ends_with_text(struct ot_buf b)
{
	ot_opcua_bytes(&b);
	return ot_ok(&b) && !b.left;
}

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	enum type type = type_of(&b);
	struct ot_buf open = b;

	if (type == NONE || ot_peek32le(&b, 4) != b.left + pdu->rest ||
	    b.left + pdu->rest < types[type].least)
		return false;
	switch (type) {
	case HELLO:
		ot_skip(&b, HELLO_MIN - 4);
		return pdu->to_server && ends_with_text(b);
	case ACKNOWLEDGE:
		return !pdu->to_server && b.left == ACK_SIZE;
	case ERROR:
		ot_skip(&b, ERROR_MIN - 4);
		return !pdu->to_server && ends_with_text(b);
	case REVERSE:
		ot_skip(&b, HEADER);
		return !pdu->to_server && ot_opcua_bytes(&b).left <= 4096 &&
		       ot_opcua_bytes(&b).left <= 4096 && ot_ok(&b) && !b.left;
	case OPEN:
		ot_skip(&open, HEADER + 4);
		if (!begins(open, policy_base))
			return false;
		ot_opcua_skip(&open, "sss8");
		return !ot_ok(&open) ||
		       fits_sender(peek_type(&open, 0), pdu->to_server);
	default:
		return ot_peek32le(&b, HEADER) != 0 &&
		       fits_sender(peek_type(&b, MESSAGE_MIN), pdu->to_server);
	}
}

static const struct ot_port ports[] = {
	{ "tcp", 4840, 4840 },
	{ NULL, 0, 0 },
};

extern const struct ot_proto ot_proto_opcua;

const struct ot_proto ot_proto_opcua = {
	.name = "opcua",
	.over = { "tcp" },
	.strength = OT_STRONG,
	.ports = ports,
	.spaces = spaces,
	.decimal = true,
	.state_size = sizeof(struct ot_opcua_state),
	.probe = probe,
	.pdu_len = pdu_len,
	.dissect = dissect,
};
