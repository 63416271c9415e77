/*
 * TPKT (RFC 1006, section 6) with the ISO transport protocol in it (COTP:
 * ISO 8073, X.224; section 13 has the TPDUs), class 0. It carries S7, MMS and
 * others, which get the user data of a connection over "cotp".
 */
#include "proto/proto.h"

enum {
	TPKT_HEADER = 4,
	TPKT_MIN = 7,  /* with the shortest TPDU */
	FIXED_CR = 6,  /* of CR and CC after the length: type to class */
	DT_EOT = 0x80, /* the last part of a TSDU */
	PARAMETER_TSAP_CALLING = 0xc1,
	PARAMETER_TSAP_CALLED = 0xc2,
	TSAP_SHOWN = 64, /* octets of a TSAP that are written */
};

/* TPDU codes, without the credit in the low bits. */
enum tpdu {
	TPDU_CR = 0xe0,
	TPDU_CC = 0xd0,
	TPDU_DR = 0x80,
	TPDU_DC = 0xc0,
	TPDU_DT = 0xf0,
	TPDU_ER = 0x70,
};

enum { SPACE_TSAP = 1 };

static const struct ot_space spaces[] = {
	{ "tsap %t" },
	{ NULL },
};

/* Reasons of a disconnect request; X.224 section 13.5.3. */
static const struct ot_name reasons[] = {
	{ 0, "reason not specified" },
	{ 1, "congestion at tsap" },
	{ 2, "session entity not attached to tsap" },
	{ 3, "address unknown" },
	{ 128, "normal disconnect" },
	{ 129, "remote transport entity congestion" },
	{ 130, "connection negotiation failed" },
	{ 131, "duplicate source reference" },
	{ 132, "mismatched references" },
	{ 133, "protocol error" },
	{ 135, "reference overflow" },
	{ 136, "connection request refused" },
	{ 138, "header or parameter length invalid" },
	{ 0, NULL },
};

/* Kept for a connection: whether a direction waits for its last part. */
struct state {
	bool parts[2];
};

/* The TSAPs of a CR or CC; empty where the TPDU has none. */
struct tsaps {
	struct ot_buf calling, called;
};

static struct tsaps
parameters(struct ot_buf *b)
{
	struct tsaps found = { ot_buf(NULL, 0, b->fault),
		ot_buf(NULL, 0, b->fault) };

	while (b->left) {
		uint8_t code = ot_u8(b);
		struct ot_buf value = ot_split(b, ot_u8(b));

		if (code == PARAMETER_TSAP_CALLING)
			found.calling = value;
		else if (code == PARAMETER_TSAP_CALLED)
			found.called = value;
	}
	return found;
}

static bool
printable(const struct ot_buf *b)
{
	for (size_t i = 0; i < b->left; i++)
		if (ot_peek(b, i) < 0x21 || ot_peek(b, i) > 0x7e)
			return false;
	return true;
}

/* A TSAP is octets; those that are text are shown as text. */
static struct ot_object
object_of(const struct ot_pdu *pdu, struct ot_buf tsap)
{
	if (!tsap.left)
		return (struct ot_object){ 0 };
	if (tsap.left > TSAP_SHOWN)
		tsap.left = TSAP_SHOWN;

	struct ot_text text = { tsap.p, tsap.left, OT_LATIN1 };
	if (!printable(&tsap)) {
		struct ot_text hex = ot_format_hex(pdu, tsap.p, tsap.left);

		text =
		    ot_format(pdu, "0x%.*s", (int)hex.len, (const char *)hex.p);
	}
	return (struct ot_object){ .space = SPACE_TSAP, .text = text };
}

/* The TSAP of an S7 CPU: the kind of connection (1 to 3), then rack in three
 * bits and slot in five. Slot 0 is used where there is no rack. */
static bool
is_s7(const struct ot_buf *tsap)
{
	return tsap->left == 2 && ot_peek(tsap, 0) >= 1 &&
	       ot_peek(tsap, 0) <= 3 && (ot_peek(tsap, 1) & 0x1f);
}

static struct ot_op
connect_op(const struct ot_pdu *pdu, uint16_t reference, struct tsaps tsaps)
{
	return (struct ot_op){ .pair = reference,
		.verb = OT_SESSION,
		.name = "connection request",
		.has_code = true,
		.code = TPDU_CR,
		.object = object_of(pdu, tsaps.called) };
}

/* The client says which kind of S7 station it is. */
static void
role(const struct ot_pdu *pdu, const struct ot_buf *called)
{
	static const char *const kinds[] = { [1] = "s7 programming device",
		[2] = "s7 operator panel",
		[3] = "s7 basic" };

	if (!is_s7(called))
		return;
	ot_emit_fact(pdu, &(struct ot_fact){ .key = OT_K_ROLE,
			      .value = ot_text(kinds[ot_peek(called, 0)]),
			      .message = "connection request",
			      .by = OT_SELF });
}

static void
connect_request(struct ot_buf *b, const struct ot_pdu *pdu)
{
	ot_skip(b, 2); /* destination reference, not yet known: 0 */
	uint16_t reference = ot_u16be(b);
	ot_skip(b, 1); /* class and options */
	struct tsaps tsaps = parameters(b);

	if (!ot_ok(b))
		return;
	struct ot_op op = connect_op(pdu, reference, tsaps);
	ot_emit_op(pdu, &op);
	role(pdu, &tsaps.called);
}

static void
connect_confirm(struct ot_buf *b, const struct ot_pdu *pdu)
{
	uint16_t reference = ot_u16be(b);

	ot_skip(b, 3); /* source reference, class and options */
	struct tsaps tsaps = parameters(b);
	if (!ot_ok(b))
		return;
	ot_emit_reply(
	    pdu, &(struct ot_reply){ .as = connect_op(pdu, reference, tsaps) });
	if (!is_s7(&tsaps.called))
		return;

	uint8_t place = ot_peek(&tsaps.called, 1);
	ot_emit_fact(pdu, &(struct ot_fact){ .key = OT_K_SLOT,
			      .value = ot_format(pdu, "rack %u slot %u",
				  place >> 5, place & 0x1f),
			      .message = "connection confirm",
			      .by = OT_SELF });
}

/* Refuses a connection, or ends one. */
static void
disconnect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	uint16_t reference = ot_u16be(b);

	ot_skip(b, 2); /* source reference */
	uint8_t reason = ot_u8(b);
	const struct ot_op *asked = ot_asked(pdu, reference);

	if (!ot_ok(b))
		return;
	if (asked && asked->code == TPDU_CR) {
		ot_emit_reply(pdu, &(struct ot_reply){ .as = *asked,
				       .error = ot_name(reasons, reason),
				       .error_code = reason });
		return;
	}
	ot_emit_op(pdu, &(struct ot_op){ .pair = reference,
			    .verb = OT_SESSION,
			    .name = "disconnect request",
			    .has_code = true,
			    .code = TPDU_DR,
			    .flags = OT_OP_NO_ANSWER });
}

/* A TSDU comes in one DT or in several; only the last has the mark. */
static void
data(struct ot_buf *b, const struct ot_pdu *pdu, bool last)
{
	struct state *state = ot_state(pdu);
	bool *parts = &state->parts[pdu->to_server];

	if (!b->left && !last)
		return; /* an acknowledgement: S7 sends empty ones */
	if (!last || *parts) {
		if (!*parts)
			ot_gather_drop(pdu, 0);
		*parts = !last;
		if (!ot_gather(pdu, 0, b, last))
			return;
	}
	if (b->left)
		ot_hand(pdu, "cotp", b);
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	ot_skip(b, TPKT_HEADER); /* pdu_len has used it */
	struct ot_buf header = ot_split(b, ot_u8(b));
	uint8_t code = ot_u8(&header);
	bool last;

	switch (code & 0xf0) {
	case TPDU_CR:
		connect_request(&header, pdu);
		break;
	case TPDU_CC:
		connect_confirm(&header, pdu);
		break;
	case TPDU_DR:
		disconnect(&header, pdu);
		break;
	case TPDU_DT:
		last = ot_u8(&header) & DT_EOT;
		if (ot_ok(b))
			data(b, pdu, last);
		break;
	default:
		break;
	}
}

/* Do the parameters of a CR or CC close? Its fixed part was seen. Remote
 * desktop puts a cookie or a negotiation here: its own protocol. */
static bool
parameters_close(struct ot_buf b)
{
	while (b.left) {
		uint8_t code = ot_u8(&b);

		if (code < 0x80 || (code > 0x8f && code < 0xc0) ||
		    (code > 0xc8 && code != 0xf0))
			return false;
		ot_skip(&b, ot_u8(&b));
	}
	return ot_ok(&b);
}

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	size_t whole = b.left + pdu->rest;
	size_t header = ot_peek(&b, TPKT_HEADER);
	uint8_t code = ot_peek(&b, TPKT_HEADER + 1);

	if (ot_peek16be(&b, 0) != 0x0300 || ot_peek16be(&b, 2) != whole ||
	    whole < TPKT_MIN || TPKT_HEADER + 1 + header > whole)
		return false;
	switch (code) {
	case TPDU_DT:
		return header == 2 && (ot_peek(&b, 6) & 0x7f) == 0;
	case TPDU_CR:
	case TPDU_CC:
		if (header < FIXED_CR || pdu->to_server != (code == TPDU_CR))
			return false;
		ot_skip(&b, TPKT_HEADER + 1);
		b = ot_split(&b, pdu->rest ? b.left : header);
		ot_skip(&b, FIXED_CR);
		return pdu->rest || parameters_close(b);
	case TPDU_DR:
		return header >= 6;
	case TPDU_DC:
		return header >= 5;
	case TPDU_ER:
		return header >= 4;
	default:
		return false;
	}
}

static long
pdu_len(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint16_t len = ot_peek16be(&b, 2);

	(void)pdu;
	if (ot_peek(&b, 0) != 3 || ot_peek(&b, 1) != 0)
		return -1;
	if (b.left < TPKT_HEADER)
		return 0;
	return len < TPKT_MIN ? -1 : len;
}

static const struct ot_port ports[] = {
	{ "tcp", 102, 102 },
	{ NULL, 0, 0 },
};

extern const struct ot_proto ot_proto_tpkt;

const struct ot_proto ot_proto_tpkt = {
	.name = "tpkt",
	.over = { "tcp" },
	.strength = OT_MEDIUM,
	.ports = ports,
	.spaces = spaces,
	.envelope = true,
	.state_size = sizeof(struct state),
	.probe = probe,
	.pdu_len = pdu_len,
	.dissect = dissect,
};
