/*
 * Mitsubishi MC protocol, frames 3E and 4E, and SLMP: "MELSEC Communication
 * Protocol Reference Manual" (SH-080008), "SLMP Reference Manual"
 * (SH-080956). Binary and in hex digits.
 */
#include "proto/melsec.h"

extern const struct ot_proto ot_proto_melsec;

enum {
	REQUEST_3E = 0x5000,
	REQUEST_4E = 0x5400,
	ANSWER_3E = 0xd000,
	ANSWER_4E = 0xd400,
	LENGTH_MAX = 8192,
	REQUEST_MIN = 6, /* timer, command, sub-command */
	ANSWER_MIN = 2,	 /* end code */
	ROUTE = 5,	 /* network, PC, module, station */
	NETWORKS = 239,
	PC_SELF = 0xff,
	MODULE_SELF = 0x3ff,
	READ_TYPE_NAME = 0x0101,
	REMOTE_RUN = 0x1001,
	REMOTE_STOP = 0x1002,
	REMOTE_PAUSE = 0x1003,
	REMOTE_RESET = 0x1006,
	ON_DEMAND = 0x2101,
	MODEL = 16,
	PAIR_3E = 1,
	PAIR_4E = 0x10000,
};

static const struct ot_port ports[] = { { "tcp", 5000, 5010 },
	{ "udp", 5000, 5010 }, { "tcp", 45237, 45239 }, { "udp", 45237, 45239 },
	{ NULL, 0, 0 } };

static const struct ot_space spaces[] = {
	{ "%t" },
	{ "%t%0n%r" },
	{ "%t" },
	{ "%tbuffer %r" },
	{ NULL },
};

static const struct ot_name end_codes[] = {
	{ 0x4000, "checksum error" },
	{ 0x4001, "unsupported request" },
	{ 0x4002, "unsupported request" },
	{ 0x4005, "size too large" },
	{ 0x4010, "cpu is running" },
	{ 0x4013, "cpu is not stopped" },
	{ 0x4021, "drive memory does not exist" },
	{ 0x4022, "file does not exist" },
	{ 0x4030, "device does not exist" },
	{ 0x4031, "device out of range" },
	{ 0x4080, "request data error" },
	{ 0xc050, "ascii code cannot be converted" },
	{ 0xc051, "count out of range" },
	{ 0xc052, "count out of range" },
	{ 0xc053, "count out of range" },
	{ 0xc054, "count out of range" },
	{ 0xc055, "file size out of range" },
	{ 0xc056, "address out of range" },
	{ 0xc058, "length disagrees" },
	{ 0xc059, "wrong command or sub-command" },
	{ 0xc05b, "module cannot read or write the device" },
	{ 0xc05c, "wrong request" },
	{ 0xc05d, "no monitor registration" },
	{ 0xc05e, "monitoring timer expired" },
	{ 0xc05f, "request cannot be executed" },
	{ 0xc060, "wrong bit data" },
	{ 0xc061, "length disagrees" },
	{ 0xc070, "extended memory cannot be specified" },
	{ 0xc0b5, "wrong data" },
	{ 0xc200, "wrong remote password" },
	{ 0xc201, "locked by remote password" },
	{ 0xc204, "unlocked by another device" },
	{ 0 },
};

/* Kept for a connection. */
struct state {
	bool stated;
};

struct header {
	bool ascii, answer;
	uint64_t pair;
	uint8_t net, pc, station;
	uint16_t module;
	size_t len;
};

/* The sub-header as it stands there, high byte first in both codes; 0: none
 * of them. */
static uint16_t
subheader(const struct ot_buf *b, bool *ascii)
{
	static const uint16_t known[] = { REQUEST_3E, REQUEST_4E, ANSWER_3E,
		ANSWER_4E };
	static const char *const texts[] = { "5000", "5400", "D000", "D400" };

	for (unsigned i = 0; i < 4; i++) {
		*ascii = ot_starts(b, texts[i], 4);
		if (*ascii || (b->left >= 2 && ot_peek16be(b, 0) == known[i]))
			return known[i];
	}
	return 0;
}

static struct header
header_of(struct ot_buf *b)
{
	struct header h = { .pair = PAIR_3E };
	uint16_t kind = subheader(b, &h.ascii);

	ot_expect(b, kind != 0);
	ot_skip(b, h.ascii ? 4 : 2);
	h.answer = kind == ANSWER_3E || kind == ANSWER_4E;
	if (kind == REQUEST_4E || kind == ANSWER_4E) {
		h.pair = PAIR_4E | ot_mel_number(b, h.ascii, 2);
		ot_skip(b, h.ascii ? 4 : 2);
	}
	h.net = (uint8_t)ot_mel_number(b, h.ascii, 1);
	h.pc = (uint8_t)ot_mel_number(b, h.ascii, 1);
	h.module = (uint16_t)ot_mel_number(b, h.ascii, 2);
	h.station = (uint8_t)ot_mel_number(b, h.ascii, 1);
	h.len = ot_mel_number(b, h.ascii, 2);
	return h;
}

/* Where the header ends and how long all is; 0: more bytes are needed. */
static size_t
header_len(const struct ot_buf *b)
{
	bool ascii;
	uint16_t kind = subheader(b, &ascii);
	size_t len = 2 + ROUTE + 2;

	if (kind == REQUEST_4E || kind == ANSWER_4E)
		len += 4;
	return ascii ? 2 * len : len;
}

/* What is not the connected CPU itself is behind it. */
static struct ot_text
nested(const struct ot_pdu *pdu, const struct header *h)
{
	if (h->net || (h->pc != PC_SELF && h->pc))
		return ot_format(pdu, "net %u pc %u", h->net, h->pc);
	if (h->station)
		return ot_format(
		    pdu, "module 0x%X station %u", h->module, h->station);
	return h->module == MODULE_SELF
		   ? ot_text("")
		   : ot_format(pdu, "module 0x%X", h->module);
}

static struct ot_op
op_of(const struct ot_pdu *pdu, const struct header *h)
{
	struct ot_text at = nested(pdu, h);
	struct ot_op op = { .pair = h->pair };

	if (at.len) {
		op.object.space = OT_MEL_ROUTE;
		op.object.text =
		    ot_format(pdu, "%.*s ", (int)at.len, (const char *)at.p);
	}
	return op;
}

static void
ask(struct ot_buf *b, const struct ot_pdu *pdu, const struct header *h)
{
	struct ot_mel_frame f = { .pdu = pdu, .ascii = h->ascii };
	struct ot_op op = op_of(pdu, h);

	(void)ot_mel_number(b, h->ascii, 2); /* monitoring timer */
	f.command = (uint16_t)ot_mel_number(b, h->ascii, 2);
	f.sub = (uint16_t)ot_mel_number(b, h->ascii, 2);
	const struct ot_mel_command *command = ot_mel_command(f.command);

	op.verb = command ? (enum ot_verb)command->verb : OT_UNKNOWN;
	op.name = command ? command->name : "unknown command";
	op.has_code = true;
	op.code = f.command;
	op.flags = command ? command->flags : 0;
	if (f.command == REMOTE_RESET || f.command == ON_DEMAND)
		op.flags |= OT_OP_NO_ANSWER;
	if (ot_ok(b))
		ot_mel_ask(b, &f, &op);
}

/* ---- answers ---- */

static void
say(const struct ot_pdu *pdu, const struct header *h, enum ot_key key,
    const char *message, struct ot_text value)
{
	value = ot_text_trim(value);
	if (value.len)
		ot_emit_fact(pdu, &(struct ot_fact){ .key = key,
				      .value = value,
				      .message = message,
				      .by = OT_SELF,
				      .nested = nested(pdu, h) });
}

/* Model as text, its code. */
static void
type_name(struct ot_buf *b, const struct ot_pdu *pdu, const struct header *h,
    const char *message)
{
	struct ot_buf model = ot_split(b, MODEL);

	if (!ot_ok(b))
		return;
	say(pdu, h, OT_K_MODEL, message, ot_text_of(&model, OT_LATIN1));
	say(pdu, h, OT_K_PRODUCT_CODE, message,
	    ot_format(pdu, "0x%04x", ot_mel_number(b, h->ascii, 2)));
}

static void
obeyed(struct ot_buf *b, const struct ot_pdu *pdu, const struct header *h,
    const struct ot_op *asked)
{
	const char *mode = asked->code == REMOTE_RUN	 ? "run"
			   : asked->code == REMOTE_STOP	 ? "stop"
			   : asked->code == REMOTE_PAUSE ? "pause"
							 : NULL;

	if (mode)
		ot_emit_event(pdu, &(struct ot_event){ .kind = "mode change",
				       .detail = ot_text(mode),
				       .object = asked->object });
	else if (asked->code == READ_TYPE_NAME)
		type_name(b, pdu, h, asked->name);
}

static void
answer(struct ot_buf *b, const struct ot_pdu *pdu, const struct header *h)
{
	const struct ot_op *asked = ot_asked(pdu, h->pair);
	struct ot_reply reply = { .as = op_of(pdu, h) };

	reply.error_code = ot_mel_number(b, h->ascii, 2);
	reply.error = ot_name(end_codes, reply.error_code);
	reply.as.verb = OT_UNKNOWN;
	reply.as.name = "answer";
	if (reply.as.object.space == OT_MEL_ROUTE)
		reply.as.object.text.len--;
	if (!ot_ok(b))
		return;
	ot_emit_reply(pdu, &reply);
	if (asked && !reply.error_code)
		obeyed(b, pdu, h, asked);
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct state *state = ot_state(pdu);
	struct header h = header_of(b);
	struct ot_buf body = ot_split(b, ot_ok(b) ? h.len : 0);

	if (!ot_ok(b))
		return;
	if (h.answer)
		answer(&body, pdu, &h);
	else
		ask(&body, pdu, &h);
	if (!state->stated && ot_ok(b)) {
		/* The remote password is a command, not of the protocol. */
		ot_emit_security(pdu, OT_S_PROTECTION, ot_text("none"));
		ot_emit_security(pdu, OT_S_AUTH, ot_text("none"));
		state->stated = true;
	}
}

/* ---- could it be? ---- */

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	struct header h = header_of(&b);
	size_t digits = h.ascii ? 2 : 1;

	if (!ot_ok(&b) || h.net > NETWORKS ||
	    h.len < digits * (h.answer ? ANSWER_MIN : REQUEST_MIN))
		return false;
	if (h.len != b.left + pdu->rest && !(pdu->cut && h.len > b.left))
		return false;
	if (pdu->rest &&
	    b.left < LENGTH_MAX / 4) /* half a frame proves nothing */
		return false;
	if (h.answer)
		return !pdu->to_server;
	(void)ot_mel_number(&b, h.ascii, 2);
	uint16_t command = (uint16_t)ot_mel_number(&b, h.ascii, 2);

	return ot_mel_command(command) &&
	       (pdu->to_server || command == ON_DEMAND);
}

static long
pdu_len(struct ot_buf b, const struct ot_pdu *pdu)
{
	enum ot_fault fault = OT_FAULT_NONE;
	bool ascii;
	size_t len = header_len(&b);

	if (memcmp(pdu->over, "tcp", 4) != 0)
		return (long)b.left;
	if (b.left >= 4 && !subheader(&b, &ascii))
		return -1;
	if (b.left < 4 || b.left < len)
		return 0;
	b.fault = &fault;
	struct header h = header_of(&b);

	if (fault || h.len < ANSWER_MIN || h.len > LENGTH_MAX)
		return -1;
	return (long)(len + h.len);
}

const struct ot_proto ot_proto_melsec = {
	.name = "melsec",
	.over = { "tcp", "udp" },
	.strength = OT_WEAK,
	.ports = ports,
	.spaces = spaces,
	.names = { ot_mel_devices },
	.state_size = sizeof(struct state),
	.probe = probe,
	.pdu_len = pdu_len,
	.dissect = dissect,
};
