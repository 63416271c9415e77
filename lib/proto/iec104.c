/*
 * IEC 60870-5-104: the APCI (clause 5) and the header of the ASDU
 * (IEC 60870-5-101 clause 7.2), whose fields have the sizes that 104 fixes: a
 * cause of two octets, a common address of two, an object address of three.
 */
#include "proto/iec104.h"

enum {
	START = 0x68,
	APCI = 6, /* start, length, control field */
	LENGTH_MIN = 4,
	LENGTH_MAX = 253,
	ASDU_HEADER = 6,
	ADDRESS = 3, /* of an information object */
	PORT = 2404,
};

enum format { FORMAT_NONE, FORMAT_I, FORMAT_S, FORMAT_U };

enum { NEGATIVE = 0x40, TEST = 0x80, CAUSE = 0x3f, SEQUENCE = 0x80 };

/* Apart from the pairs of ASDUs by its highest bit. */
#define CONTROL_PAIR ((uint64_t)1 << 63)

/* Control functions of the U format; clause 5. */
static const struct control {
	const char *name;
	uint8_t act, con;
	bool from_client; /* the controlling station alone activates it */
} controls[] = {
	{ "start data transfer", 0x07, 0x0b, true },
	{ "stop data transfer", 0x13, 0x23, true },
	{ "test frame", 0x43, 0x83, false },
};

static const struct control *
control_of(uint8_t octet)
{
	for (size_t i = 0; i < sizeof(controls) / sizeof(*controls); i++)
		if (controls[i].act == octet || controls[i].con == octet)
			return &controls[i];
	return NULL;
}

static const struct ot_space spaces[] = {
	[OT_IEC104_STATION - 1] = { "ca %0u" },
	[OT_IEC104_POINTS - 1] = { "ca %0u ioa %r" },
	[OT_IEC104_FILE - 1] = { "ca %0u ioa %1u file %2u" },
	[OT_IEC104_SECTION - 1] = { "ca %0u ioa %1u file %2u section %3u" },
	[OT_IEC104_SECTION] = { NULL },
};

/* The format by the bits that tell it; those that are fixed must agree. */
static enum format
format_of(const struct ot_buf *b)
{
	uint8_t first = ot_peek(b, 2);
	bool fourth = !(ot_peek(b, 4) & 1);
	bool bare = ot_peek(b, 1) == LENGTH_MIN;

	if (!(first & 1))
		return fourth && !bare ? FORMAT_I : FORMAT_NONE;
	if (!bare || ot_peek(b, 3) != 0)
		return FORMAT_NONE;
	if (first == 0x01)
		return fourth ? FORMAT_S : FORMAT_NONE;
	return control_of(first) && ot_peek16be(b, 4) == 0 ? FORMAT_U
							   : FORMAT_NONE;
}

/* ---- ASDU */

static struct ot_iec104_asdu
header(struct ot_buf *b)
{
	struct ot_iec104_asdu a = { .id = ot_u8(b) };
	uint8_t qualifier = ot_u8(b);
	uint8_t cause = ot_u8(b);

	a.type = ot_iec104_type(a.id);
	a.sequence = qualifier & SEQUENCE;
	a.count = qualifier & (uint8_t)~SEQUENCE;
	a.cause = cause & CAUSE;
	a.negative = cause & NEGATIVE;
	a.test = cause & TEST;
	a.originator = ot_u8(b);
	a.ca = ot_u16le(b);
	return a;
}

/* The controlled station behind the server, once: a gateway has several. */
static void
say_station(const struct ot_pdu *pdu, const struct ot_iec104_asdu *a)
{
	struct ot_iec104_state *state = ot_state(pdu);

	if (a->ca == OT_IEC104_ALL_STATIONS ||
	    a->cause >= OT_IEC104_UNKNOWN_TYPE ||
	    state->station == a->ca + (uint32_t)1)
		return;
	state->station = a->ca + (uint32_t)1;
	ot_emit_fact(pdu, &(struct ot_fact){ .key = OT_K_ROLE,
			      .value = ot_text("controlled station"),
			      .message = "asdu",
			      .by = OT_SELF,
			      .nested = ot_format(pdu, "ca %u", a->ca) });
}

/* Where several controlling stations share a host, each has its number. */
static void
say_originator(const struct ot_pdu *pdu, const struct ot_iec104_asdu *a)
{
	struct ot_iec104_state *state = ot_state(pdu);

	if (state->originator == a->originator)
		return;
	state->originator = a->originator;
	if (a->originator)
		ot_emit_fact(pdu,
		    &(struct ot_fact){ .key = OT_K_NETID,
			.value = ot_format(pdu, "originator %u", a->originator),
			.message = "asdu",
			.by = OT_SELF });
}

static void
say_authentication(const struct ot_pdu *pdu)
{
	struct ot_iec104_state *state = ot_state(pdu);

	if (state->authenticated)
		return;
	state->authenticated = true;
	ot_emit_security(pdu, OT_S_AUTH, ot_text("strong"));
	ot_emit_security(pdu, OT_S_AUTH_METHOD, ot_text("iec 60870-5-7"));
}

static void
information(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_iec104_asdu a = header(b);

	if (!ot_ok(b))
		return;
	if (a.type->kind == OT_IEC104_FILES)
		ot_iec104_files(b, pdu, &a);
	else
		ot_iec104_objects(b, pdu, &a);
	if (!ot_ok(b))
		return;
	if (pdu->to_server)
		say_originator(pdu, &a);
	else
		say_station(pdu, &a);
	if (a.type->kind == OT_IEC104_AUTH)
		say_authentication(pdu);
}

/* ---- APCI */

static void
control(const struct ot_pdu *pdu, uint8_t octet)
{
	const struct control *c = control_of(octet);
	struct ot_op op = { .verb = OT_SESSION };

	if (!c) {
		op.verb = OT_UNKNOWN;
		op.name = "unknown control function";
		op.has_code = true;
		op.code = octet;
		op.flags = OT_OP_NO_ANSWER;
		ot_emit_op(pdu, &op);
		return;
	}
	op.name = c->name;
	op.pair = CONTROL_PAIR | c->act;
	if (octet == c->act)
		ot_emit_op(pdu, &op);
	else
		ot_emit_reply(pdu, &(struct ot_reply){ .as = op });
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_iec104_state *state = ot_state(pdu);

	ot_skip(b, 2); /* start and length: pdu_len has used them */
	uint8_t octet = ot_u8(b);
	ot_skip(b, 3); /* numbers of sequence */
	if (!ot_ok(b))
		return;
	if (!(octet & 1))
		information(b, pdu);
	else if ((octet & 3) == 1)
		ot_emit_op(pdu, &(struct ot_op){ .verb = OT_SESSION,
				    .name = "acknowledge",
				    .flags = OT_OP_NO_ANSWER });
	else
		control(pdu, octet);
	if (!ot_ok(b) || state->stated)
		return;
	state->stated = true;
	/* The protocol has neither but by the types of IEC TS 60870-5-7. */
	ot_emit_security(pdu, OT_S_PROTECTION, ot_text("none"));
	if (!state->authenticated)
		ot_emit_security(pdu, OT_S_AUTH, ot_text("none"));
}

static long
pdu_len(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint8_t length = ot_peek(&b, 1);

	(void)pdu;
	if (ot_peek(&b, 0) != START)
		return -1;
	if (b.left < 2)
		return 0;
	return length < LENGTH_MIN || length > LENGTH_MAX ? -1 : 2 + length;
}

/* ---- recognition */

static bool
cause_is_known(uint8_t cause)
{
	return (cause >= 1 && cause <= 16) || (cause >= 20 && cause <= 41) ||
	       (cause >= OT_IEC104_UNKNOWN_TYPE &&
		   cause <= OT_IEC104_UNKNOWN_OBJECT);
}

/* Do the objects that the header counts end the ASDU? */
static bool
closes(const struct ot_iec104_asdu *a, size_t left)
{
	size_t size = a->type->size;

	if (a->type->kind == OT_IEC104_AUTH || a->id == OT_IEC104_SEGMENT)
		return left >= ADDRESS;
	return left == (a->sequence ? ADDRESS + a->count * size
				    : a->count * (ADDRESS + size));
}

/* Who sends such an ASDU? Files and authentication come from both. */
static bool
fits_sender(const struct ot_iec104_asdu *a, const struct ot_pdu *pdu)
{
	switch ((enum ot_iec104_kind)a->type->kind) {
	case OT_IEC104_MONITOR: /* but who listens there is the server */
		return !pdu->to_server || pdu->dst_port == PORT;
	case OT_IEC104_COMMAND:
		return pdu->to_server ==
		       (a->cause == OT_IEC104_REQUESTED ||
			   a->cause == OT_IEC104_ACTIVATION ||
			   a->cause == OT_IEC104_DEACTIVATION);
	case OT_IEC104_AUTH:
	case OT_IEC104_FILES:
		return true;
	case OT_IEC104_OTHER:
		break;
	}
	return false;
}

static bool
probe_asdu(struct ot_buf b, const struct ot_pdu *pdu)
{
	size_t rest = pdu->rest;
	struct ot_iec104_asdu a;

	ot_skip(&b, APCI);
	a = header(&b);
	return ot_ok(&b) && a.count && cause_is_known(a.cause) &&
	       fits_sender(&a, pdu) && closes(&a, b.left + rest);
}

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	const struct control *c;

	if (b.left < APCI || ot_peek(&b, 0) != START ||
	    ot_peek(&b, 1) + (size_t)2 != b.left + pdu->rest)
		return false;
	switch (format_of(&b)) {
	case FORMAT_I:
		return probe_asdu(b, pdu);
	case FORMAT_S:
		return true;
	case FORMAT_U:
		c = control_of(ot_peek(&b, 2));
		return !c->from_client ||
		       pdu->to_server == (ot_peek(&b, 2) == c->act);
	case FORMAT_NONE:
		break;
	}
	return false;
}

static const struct ot_port ports[] = {
	{ "tcp", PORT, PORT },
	{ NULL, 0, 0 },
};

extern const struct ot_proto ot_proto_iec104;

const struct ot_proto ot_proto_iec104 = {
	.name = "iec104",
	.over = { "tcp" },
	.strength = OT_MEDIUM,
	.ports = ports,
	.spaces = spaces,
	.decimal = true,
	.state_size = sizeof(struct ot_iec104_state),
	.probe = probe,
	.pdu_len = pdu_len,
	.dissect = dissect,
};
