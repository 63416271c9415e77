/*
 * PROFINET real time: IEC 61158-6-10 clause 4.7 (RTC: cyclic data), 4.8 (RTA:
 * alarms), 4.5 (PTCP: time). The FrameID is all the header that frames have in
 * common; DCP, with FrameIDs of its own, is in pn_dcp.c. Between two stations
 * both come with one ethertype: each hands the other its frames.
 */
#include "proto/proto.h"

extern const struct ot_proto ot_proto_pn_rt;

enum {
	ETHERTYPE = 0x8892,
	UDP_PORT = 34962,
	FRAME_DCP = 0xfefc, /* to 0xfeff */
	FRAME_DCP_LAST = 0xfeff,
	FRAME_UDP = 0xc000, /* of RT_CLASS_UDP */
	FRAME_UDP_LAST = 0xfbff,
	TRAILER = 4, /* cycle counter, data status, transfer status */
	STREAMS = 16,
};

static const struct ot_port ports[] = {
	{ "eth", ETHERTYPE, ETHERTYPE },
	{ "udp", UDP_PORT, UDP_PORT },
	{ NULL, 0, 0 },
};

enum { SPACE_FRAME = 1, SPACE_SUBMODULE };

static const struct ot_space spaces[] = {
	{ "frame id %0x" },
	{ "api %0u slot %1u subslot %2u" },
	{ NULL },
};

enum kind { UNKNOWN, CYCLIC, ALARM, TIME };

/* Table 142 (FrameID). */
static const struct range {
	uint16_t lo, hi;
	uint8_t kind, verb;
	const char *name;
} ranges[] = {
	{ 0x0020, 0x0021, TIME, OT_TIME, "ptcp sync with follow up" },
	{ 0x0080, 0x0081, TIME, OT_TIME, "ptcp sync" },
	{ 0x0100, 0x0fff, CYCLIC, OT_UNKNOWN, "rt class 3 cyclic data" },
	{ 0x1000, 0x2fff, CYCLIC, OT_UNKNOWN, "rt class stream cyclic data" },
	{ 0x3800, 0x3fff, CYCLIC, OT_UNKNOWN, "rt class stream cyclic data" },
	{ 0x8000, 0xbfff, CYCLIC, OT_UNKNOWN, "rt class 1 cyclic data" },
	{ 0xc000, 0xfbff, CYCLIC, OT_UNKNOWN, "rt class 1 cyclic data" },
	{ 0xfc01, 0xfc01, ALARM, OT_EVENT, "alarm high" },
	{ 0xfe01, 0xfe01, ALARM, OT_EVENT, "alarm low" },
	{ 0xff00, 0xff01, TIME, OT_TIME, "ptcp announce" },
	{ 0xff20, 0xff21, TIME, OT_TIME, "ptcp follow up" },
	{ 0xff40, 0xff40, TIME, OT_TIME, "ptcp delay request" },
	{ 0xff41, 0xff43, TIME, OT_TIME, "ptcp delay response" },
	{ 0xff80, 0xff8f, UNKNOWN, OT_UNKNOWN, "rt fragment" },
};

static const struct range other = { 0, 0, UNKNOWN, OT_UNKNOWN,
	"unknown frame id" };

/* Data status. */
enum {
	STATUS_PRIMARY = 0x01,
	STATUS_VALID = 0x04,
	STATUS_RUN = 0x10,
	STATUS_GOOD = 0x20, /* no station problem */
	STATUS_SAID = STATUS_PRIMARY | STATUS_VALID | STATUS_RUN | STATUS_GOOD,
};

/* A sender's FrameID that was seen. */
struct stream {
	bool used;
	uint8_t status, verb;
	uint16_t id, len;
	struct ot_addr src;
};

struct state {
	bool stated;	       /* its security */
	struct ot_addr device; /* who answers the other's DCP; NONE: unknown */
	uint8_t next;
	struct stream streams[STREAMS];
};

static const struct range *
range_of(uint16_t id)
{
	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		if (id >= ranges[i].lo && id <= ranges[i].hi)
			return &ranges[i];
	return &other;
}

/* The stream's place; used is false where it is new. */
static struct stream *
stream_of(const struct ot_pdu *pdu, uint16_t id)
{
	struct state *state = ot_state(pdu);
	struct stream *s;

	for (unsigned i = 0; i < STREAMS; i++) {
		s = &state->streams[i];
		if (s->used && s->id == id && ot_addr_eq(&s->src, &pdu->src))
			return s;
	}
	s = &state->streams[state->next++ % STREAMS];
	*s = (struct stream){ .id = id, .src = pdu->src };
	return s;
}

static struct ot_op
op_of(const struct range *range, uint16_t id)
{
	return (struct ot_op){ .verb = (enum ot_verb)range->verb,
		.name = range->name,
		.flags = OT_OP_NO_ANSWER,
		.object = { .space = SPACE_FRAME, .n = { id } } };
}

/* ---- cyclic data */

static void
say_status(const struct ot_pdu *pdu, uint8_t status)
{
	ot_emit_fact(
	    pdu, &(struct ot_fact){ .key = OT_K_STATE,
		     .value = ot_format(pdu, "%s, data %s, %s%s",
			 status & STATUS_RUN ? "run" : "stop",
			 status & STATUS_VALID ? "valid" : "invalid",
			 status & STATUS_PRIMARY ? "primary" : "backup",
			 status & STATUS_GOOD ? "" : ", station problem"),
		     .message = "data status",
		     .by = pdu->group ? OT_BROADCAST : OT_SELF });
}

/* What cyclic data does: to the device it controls, from it it is read. The
 * frames themselves do not tell who is the device; where DCP came first, the
 * conversation has its roles, and who was asked is the server. */
static enum ot_verb
direction(const struct ot_pdu *pdu)
{
	const struct state *state = ot_state(pdu);
	bool asked_first = pdu->over[0] == 'p'; /* over "pn_dcp" */

	if (pdu->group || (!asked_first && state->device.kind == OT_ADDR_NONE))
		return OT_UNKNOWN;
	return (asked_first ? pdu->to_server
			    : ot_addr_eq(&pdu->dst, &state->device))
		   ? OT_CONTROL
		   : OT_READ;
}

/* One operation for a stream and for each change of its length, its status, or
 * what is known of its direction. */
static void
cyclic(struct ot_buf *b, const struct ot_pdu *pdu, const struct range *range,
    uint16_t id)
{
	/* the status may not have been captured */
	if (pdu->cut || !ot_expect(b, b->left >= TRAILER))
		return;
	uint16_t len = (uint16_t)(b->left - TRAILER);

	ot_skip(b, len);
	ot_skip(b, 2); /* cycle counter */
	uint8_t status = ot_u8(b) & STATUS_SAID;
	struct stream *s = stream_of(pdu, id);
	enum ot_verb verb = direction(pdu);

	if (s->used && s->status == status && s->len == len &&
	    s->verb == (uint8_t)verb)
		return;
	struct ot_op op = op_of(range, id);

	op.verb = verb;
	ot_emit_op(pdu, &op);
	if (!s->used || s->status != status)
		say_status(pdu, status);
	if (s->used && (s->status ^ status) & STATUS_RUN)
		ot_emit_event(pdu,
		    &(struct ot_event){ .kind = "mode change",
			.detail = ot_text(status & STATUS_RUN ? "run" : "stop"),
			.object = op.object });
	s->used = true;
	s->status = status;
	s->verb = (uint8_t)verb;
	s->len = len;
}

/* ---- time: once for each kind of message */

static void
once(const struct ot_pdu *pdu, const struct range *range, uint16_t id)
{
	struct stream *s = stream_of(pdu, id);
	struct ot_op op = op_of(range, id);

	if (s->used)
		return;
	s->used = true;
	ot_emit_op(pdu, &op);
}

/* ---- alarms */

enum rta { RTA_DATA = 1, RTA_NACK, RTA_ACK, RTA_ERROR };

enum block {
	NOTIFICATION_HIGH = 0x0001,
	NOTIFICATION_LOW = 0x0002,
	ACK_HIGH = 0x8001,
	ACK_LOW = 0x8002,
};

static const struct ot_name alarm_types[] = {
	{ 0x01, "diagnosis" },
	{ 0x02, "process" },
	{ 0x03, "pull" },
	{ 0x04, "plug" },
	{ 0x05, "status" },
	{ 0x06, "update" },
	{ 0x07, "redundancy" },
	{ 0x08, "controlled by supervisor" },
	{ 0x09, "released" },
	{ 0x0a, "plug wrong submodule" },
	{ 0x0b, "return of submodule" },
	{ 0x0c, "diagnosis disappears" },
	{ 0x0d, "multicast communication mismatch" },
	{ 0x0e, "port data change" },
	{ 0x0f, "sync data changed" },
	{ 0x10, "isochronous mode problem" },
	{ 0x11, "network component problem" },
	{ 0x12, "time data changed" },
	{ 0x1e, "upload and retrieval" },
	{ 0x1f, "pull module" },
	{ 0, NULL },
};

/* Type and length were read. Version, alarm type, where, what is plugged
 * there, then the specifier with a number that the answer repeats. */
static void
alarm_block(struct ot_buf b, const struct ot_pdu *pdu,
    const struct range *range, uint16_t block)
{
	bool asks = block == NOTIFICATION_HIGH || block == NOTIFICATION_LOW;
	struct ot_op op = op_of(range, 0);

	ot_skip(&b, 2);
	uint16_t type = ot_u16be(&b);
	const char *name = ot_name(alarm_types, type);

	op.flags = 0;
	op.has_code = true;
	op.code = type;
	op.object = (struct ot_object){ .space = SPACE_SUBMODULE };
	op.object.n[0] = ot_u32be(&b);
	op.object.n[1] = ot_u16be(&b);
	op.object.n[2] = ot_u16be(&b);
	ot_skip(&b, asks ? 8 : 0);
	uint16_t specifier = ot_u16be(&b);
	uint32_t status = asks ? 0 : ot_u32be(&b);

	op.pair = (uint64_t)type << 48 | (uint64_t)op.object.n[1] << 32 |
		  op.object.n[2] << 16 | (specifier & 0x07ff);
	if (!ot_ok(&b))
		return;
	if (!asks) {
		ot_emit_reply(
		    pdu, &(struct ot_reply){ .as = op, .error_code = status });
		return;
	}
	ot_emit_op(pdu, &op);
	ot_emit_event(pdu, &(struct ot_event){ .kind = "alarm",
			       .detail = name ? ot_text(name)
					      : ot_format(pdu, "type %u", type),
			       .object = op.object });
}

/* End points, type, flags, sequence numbers, length, then a block. */
static void
alarm(struct ot_buf *b, const struct ot_pdu *pdu, const struct range *range)
{
	ot_skip(b, 4);
	uint8_t type = ot_u8(b) & 0x0f;

	ot_skip(b, 5);
	size_t len = ot_u16be(b);
	struct ot_buf part = ot_split(b, len);

	if (type == RTA_ERROR) {
		uint32_t status = ot_u32be(&part);

		if (ot_ok(b))
			ot_emit_event(pdu,
			    &(struct ot_event){ .kind = "alarm channel closed",
				.detail =
				    ot_format(pdu, "status 0x%08x", status) });
		return;
	}
	if (type != RTA_DATA || !part.left)
		return; /* of the transport alone */
	uint16_t block = ot_u16be(&part);
	size_t block_len = ot_u16be(&part);

	if (block == NOTIFICATION_HIGH || block == NOTIFICATION_LOW ||
	    block == ACK_HIGH || block == ACK_LOW)
		alarm_block(ot_split(&part, block_len), pdu, range, block);
}

/* ---- frames */

static void
state_security(const struct ot_pdu *pdu)
{
	struct state *state = ot_state(pdu);

	if (state->stated)
		return;
	state->stated = true;
	ot_emit_security(pdu, OT_S_PROTECTION, ot_text("none"));
	ot_emit_security(pdu, OT_S_AUTH, ot_text("none"));
}

static bool
is_dcp(uint16_t id)
{
	return id >= FRAME_DCP && id <= FRAME_DCP_LAST;
}

/* FrameID, service, then its type: 0 asks. */
static void
dcp(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct state *state = ot_state(pdu);
	bool asks = ot_peek(b, 3) == 0;

	if (!pdu->group)
		state->device = asks ? pdu->dst : pdu->src;
	ot_hand(pdu, "pn_rt", b);
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	if (is_dcp(ot_peek16be(b, 0))) {
		dcp(b, pdu);
		return;
	}
	uint16_t id = ot_u16be(b);
	const struct range *range = range_of(id);

	if (!ot_ok(b))
		return;
	if (range->kind == CYCLIC)
		cyclic(b, pdu, range, id);
	else if (range->kind == ALARM)
		alarm(b, pdu, range);
	else
		once(pdu, range, id);
	if (ot_ok(b))
		state_security(pdu);
}

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint16_t id = ot_peek16be(&b, 0);

	if (pdu->ethertype)
		return pdu->ethertype == ETHERTYPE && b.left >= 2 &&
		       !is_dcp(id);
	return (pdu->src_port == UDP_PORT || pdu->dst_port == UDP_PORT) &&
	       id >= FRAME_UDP && id <= FRAME_UDP_LAST && b.left >= 2 + TRAILER;
}

const struct ot_proto ot_proto_pn_rt = {
	.name = "pn_rt",
	.over = { "eth", "udp", "pn_dcp" },
	.strength = OT_STRONG,
	.ports = ports,
	.spaces = spaces,
	.state_size = sizeof(struct state),
	.probe = probe,
	.dissect = dissect,
};
