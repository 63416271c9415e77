/*
 * HART-IP: HCF_SPEC-085 (messages over UDP and TCP), HCF_SPEC-081 section 7
 * (token-passing PDU), HCF_SPEC-307 (response codes).
 */
#include "proto/hartip.h"

extern const struct ot_proto ot_proto_hartip;

enum {
	HEADER = 8,
	MESSAGE_MAX = 8192,
	VERSION_LAST = 2,
	PREAMBLE = 0xff,
	UNIQUE = 0x80, /* bits of the delimiter */
	EXPANSION = 0x60,
	FRAME_TYPE = 7,
	FRAME_BURST = 1,
	POLL = 0x3f,
	COMMUNICATION_ERROR = 0x80,
	WRAPPED_PAIR = 1 << 24,
};

enum type { REQUEST, RESPONSE, PUBLISH, NAK = 15 };

enum id { INITIATE, CLOSE, KEEP_ALIVE, TOKEN, DIRECT, AUDIT_LOG, IDS };

static const struct ot_port ports[] = { { "udp", 5094, 5094 },
	{ "tcp", 5094, 5094 }, { NULL, 0, 0 } };

enum { SPACE_COMMAND = 1, SPACE_HOST };

static const struct ot_space spaces[] = { { "%t command %0u" },
	{ "command %0u" }, { NULL } };

static const struct {
	const char *name;
	uint8_t verb;
} messages[IDS] = {
	{ "session initiate", OT_SESSION },
	{ "session close", OT_SESSION },
	{ "keep alive", OT_SESSION },
	{ "token-passing pdu", OT_UNKNOWN },
	{ "direct pdu", OT_UNKNOWN },
	{ "read audit log", OT_DIAGNOSE },
};

/* HCF_SPEC-307: those that mean one thing in all commands. */
static const struct ot_name errors[] = {
	{ 1, "undefined" },
	{ 2, "invalid selection" },
	{ 3, "passed parameter too large" },
	{ 4, "passed parameter too small" },
	{ 5, "too few data bytes received" },
	{ 6, "device-specific command error" },
	{ 7, "in write protect mode" },
	{ 16, "access restricted" },
	{ 17, "invalid device variable index" },
	{ 18, "invalid units code" },
	{ 19, "device variable index not allowed" },
	{ 20, "invalid extended command number" },
	{ 21, "invalid i/o card number" },
	{ 22, "invalid channel number" },
	{ 23, "sub-device response too long" },
	{ 32, "busy" },
	{ 33, "delayed response initiated" },
	{ 34, "delayed response running" },
	{ 35, "delayed response dead" },
	{ 36, "delayed response conflict" },
	{ 64, "command not implemented" },
	{ 0 },
};

/* Codes that say that the command was done all the same. */
static bool
is_warning(uint8_t code)
{
	return code == 8 || code == 14 || (code >= 24 && code <= 27) ||
	       code == 30 || code == 31 || code >= 96;
}

struct header {
	uint8_t version, type, id, status;
	uint16_t sequence;
};

/* A command on its way, or its answer. */
struct message {
	const struct ot_pdu *pdu;
	uint64_t pair;
	bool answer, burst;
	bool direct;	/* to the host itself */
	unsigned depth; /* commands in commands */
	uint32_t item;	/* which of several in one message; 0: the only one */
};

static struct ot_op
op_of(const struct message *m, const struct ot_hart_device *device,
    uint16_t command)
{
	const uint8_t *id = device->id;
	bool direct = m->direct;
	struct ot_op op = { .pair = m->pair,
		.flags = m->burst ? OT_OP_NO_ANSWER : 0,
		.object = { .space = direct ? SPACE_HOST : SPACE_COMMAND,
		    .n = { command } } };

	ot_hart_command(&op, command);
	if (m->burst)
		op.verb = OT_EVENT;
	if (direct)
		return op;
	op.object.text =
	    device->unique ? ot_format(m->pdu, "device %02X %02X %02X%02X%02X",
				 id[0], id[1], id[2], id[3], id[4])
			   : ot_format(m->pdu, "poll %u", device->poll);
	return op;
}

static void command(struct ot_buf *b, const struct message *m,
    const struct ot_hart_device *device, uint16_t number);
static void token(struct ot_buf *b, const struct message *m);

/* ---- commands in commands: HCF_SPEC-151, commands 77 and 78 ---- */

/* Card, channel and, asked, preambles; then a frame without its check byte. */
static void
sub_device(struct ot_buf *b, const struct message *m)
{
	struct message inner = *m;

	inner.depth++;
	ot_skip(b, m->answer ? 2 : 3);
	token(b, &inner);
}

/* Count, then number, length and data of each. */
static void
aggregated(struct ot_buf *b, const struct message *m,
    const struct ot_hart_device *device)
{
	struct message inner = *m;

	inner.depth++;
	ot_skip(b, m->answer ? 1 : 0); /* extended device status */
	for (unsigned count = ot_u8(b); count && ot_ok(b); count--) {
		uint16_t number = ot_u16be(b);
		struct ot_buf data = ot_split(b, ot_u8(b));

		inner.item++;
		command(&data, &inner, device, number);
	}
}

/* True: it was one that holds others, which were said instead. */
static bool
unwrap(struct ot_buf *b, const struct message *m,
    const struct ot_hart_device *device, uint16_t number)
{
	if (m->depth || !b->left)
		return false;
	if (number == OT_HART_SUB_DEVICE)
		sub_device(b, m);
	else if (number == OT_HART_AGGREGATED)
		aggregated(b, m, device);
	else
		return false;
	return true;
}

/* ---- one command ---- */

static void
result(struct ot_reply *reply, uint8_t code)
{
	if (code & COMMUNICATION_ERROR) {
		reply->error = "communication error";
	} else if (code && !is_warning(code)) {
		reply->error = ot_name(errors, code);
		reply->error_code = code;
	}
}

/* Response code, and once a frame the device's status; then data. */
static void
answer(struct ot_buf *b, const struct message *m,
    const struct ot_hart_device *device, uint16_t number, bool has_status)
{
	struct ot_reply reply = { .as = op_of(m, device, number),
		.item = m->item };
	uint8_t code = ot_u8(b);

	ot_skip(b, has_status ? 1 : 0);
	if (!ot_ok(b))
		return;
	result(&reply, code);
	if (reply.error || reply.error_code || m->burst ||
	    !unwrap(b, m, device, number)) {
		if (m->burst)
			ot_emit_op(m->pdu, &reply.as);
		else
			ot_emit_reply(m->pdu, &reply);
	}
	if (!reply.error && !reply.error_code)
		ot_hart_identity(b, m->pdu, device, number);
}

static void
command(struct ot_buf *b, const struct message *m,
    const struct ot_hart_device *device, uint16_t number)
{
	if (m->answer) {
		answer(b, m, device, number, false);
		return;
	}
	struct ot_op op = op_of(m, device, number);

	if (ot_ok(b) && !unwrap(b, m, device, number))
		ot_emit_op(m->pdu, &op);
}

/* ---- token-passing PDU: HCF_SPEC-081 section 7 ---- */

static struct ot_hart_device
device_of(struct ot_buf *b, uint8_t delimiter)
{
	struct ot_hart_device device = { .unique = delimiter & UNIQUE };
	uint8_t first = ot_u8(b) & POLL; /* without master and burst bits */

	if (!device.unique) {
		device.poll = first;
		return device;
	}
	const uint8_t *rest = ot_take(b, OT_HART_ADDRESS - 1);

	device.id[0] = first;
	if (rest)
		memcpy(device.id + 1, rest, OT_HART_ADDRESS - 1);
	return device;
}

static void
token(struct ot_buf *b, const struct message *outer)
{
	struct message m = *outer;

	while (b->left && ot_peek(b, 0) == PREAMBLE)
		ot_skip(b, 1);
	uint8_t delimiter = ot_u8(b);
	struct ot_hart_device device = device_of(b, delimiter);

	ot_skip(b, (delimiter & EXPANSION) >> 5);
	uint16_t number = ot_u8(b);
	struct ot_buf data = ot_split(b, ot_u8(b));

	if (!ot_ok(b))
		return;
	m.burst |= (delimiter & FRAME_TYPE) == FRAME_BURST;
	if (!m.answer && !m.burst) {
		if (number == OT_HART_EXTENDED && data.left >= 2)
			number = ot_u16be(&data);
		command(&data, &m, &device, number);
		return;
	}
	uint8_t code = ot_peek(&data, 0);

	if (number == OT_HART_EXTENDED && !(code & COMMUNICATION_ERROR) &&
	    data.left >= 4) /* behind the status: HCF_SPEC-127 */
		number = ot_peek16be(&data, 2);
	answer(&data, &m, &device, number, true);
}

/* ---- direct PDU: HCF_SPEC-085 ---- */

/* Device status, extended status, then number, length and data of each. */
static void
direct(struct ot_buf *b, const struct message *outer)
{
	static const struct ot_hart_device host;
	struct message m = *outer;

	m.direct = true;
	ot_skip(b, 2);
	while (b->left) {
		uint16_t number = ot_u16be(b);
		struct ot_buf data = ot_split(b, ot_u8(b));

		m.item++;
		if (ot_ok(b))
			command(&data, &m, &host, number);
	}
}

/* ---- messages ---- */

static struct header
header_of(struct ot_buf *b)
{
	struct header h = { .version = ot_u8(b) };

	h.type = ot_u8(b) & 15;
	h.id = ot_u8(b);
	h.status = ot_u8(b);
	h.sequence = ot_u16be(b);
	ot_skip(b, 2); /* length: pdu_len has used it */
	return h;
}

static void
message(struct ot_buf *b, const struct ot_pdu *pdu, const struct header *h)
{
	struct message m = { .pdu = pdu,
		.pair = (uint64_t)WRAPPED_PAIR | (uint64_t)h->id << 16 |
			h->sequence,
		.answer = h->type != REQUEST,
		.burst = h->type == PUBLISH };
	struct ot_reply reply = { .as = { .pair = m.pair,
				      .verb =
					  (enum ot_verb)messages[h->id].verb,
				      .name = messages[h->id].name } };

	if (h->type == RESPONSE)
		result(&reply, h->status);
	if (h->type == NAK) {
		reply.error = ot_name(errors, h->status);
		reply.error = reply.error ? reply.error : "nak";
	}
	bool refused = reply.error || reply.error_code;

	if (!refused && b->left && h->id == TOKEN)
		token(b, &m);
	else if (!refused && b->left && h->id == DIRECT)
		direct(b, &m);
	else if (m.answer)
		ot_emit_reply(pdu, &reply);
	else
		ot_emit_op(pdu, &reply.as);
}

static void
unknown(const struct ot_pdu *pdu, const struct header *h)
{
	ot_emit_op(pdu, &(struct ot_op){ .verb = OT_UNKNOWN,
			    .name = "unknown message",
			    .has_code = true,
			    .code = h->id,
			    .flags = OT_OP_NO_ANSWER });
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_hart_state *state = ot_state(pdu);
	struct header h = header_of(b);

	if (!ot_ok(b))
		return;
	if (h.id < IDS && (h.type <= PUBLISH || h.type == NAK))
		message(b, pdu, &h);
	else
		unknown(pdu, &h);
	if (!state->stated && ot_ok(b)) {
		/* Version 2 is secured by TLS or DTLS outside of it. */
		ot_emit_security(
		    pdu, OT_S_VERSION, ot_format(pdu, "HART-IP %u", h.version));
		ot_emit_security(pdu, OT_S_PROTECTION, ot_text("none"));
		ot_emit_security(pdu, OT_S_AUTH, ot_text("none"));
		state->stated = true;
	}
}

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	size_t len = ot_peek16be(&b, 6);
	struct header h = header_of(&b);

	if (!ot_ok(&b) || h.version < 1 || h.version > VERSION_LAST ||
	    h.id >= IDS)
		return false;
	if (len != HEADER + b.left + pdu->rest &&
	    !(pdu->cut && len > HEADER + b.left))
		return false;
	if (h.type == REQUEST)
		return pdu->to_server && h.status == 0;
	return !pdu->to_server && (h.type <= PUBLISH || h.type == NAK);
}

static long
pdu_len(struct ot_buf b, const struct ot_pdu *pdu)
{
	size_t len = ot_peek16be(&b, 6);

	if (memcmp(pdu->over, "tcp", 4) != 0)
		return (long)b.left;
	if (b.left && (ot_peek(&b, 0) < 1 || ot_peek(&b, 0) > VERSION_LAST))
		return -1;
	if (b.left < HEADER)
		return 0;
	return len < HEADER || len > MESSAGE_MAX ? -1 : (long)len;
}

const struct ot_proto ot_proto_hartip = {
	.name = "hartip",
	.over = { "udp", "tcp" },
	.strength = OT_MEDIUM,
	.ports = ports,
	.spaces = spaces,
	.decimal = true,
	.state_size = sizeof(struct ot_hart_state),
	.probe = probe,
	.pdu_len = pdu_len,
	.dissect = dissect,
};
