/*
 * PROFINET IO context management: IEC 61158-6-10 clause 5, in connectionless
 * DCE/RPC (The Open Group C706, chapter 12) over UDP. A controller connects to
 * a device, writes its parameters, reads its records. Headers and arguments
 * come in the sender's byte order, blocks in big-endian.
 */
#include "proto/pn_cm.h"

extern const struct ot_proto ot_proto_pn_cm;

enum {
	PORT = 34964,
	HEADER = 80,
	LITTLE_ENDIAN = 0x10, /* of the first octet of drep */
	FLAG_LAST_FRAGMENT = 0x02,
	FLAG_FRAGMENT = 0x04,
	UUID = 16,
	RECORD_HEADER = 64, /* a block of a read or write */
	SHOWN = 24,	    /* octets of a written record */
};

static const struct ot_port ports[] = {
	{ "udp", PORT, PORT },
	{ NULL, 0, 0 },
};

enum { SPACE_RECORD = 1 };

static const struct ot_space spaces[] = {
	{ "api %0u slot %1u subslot %2u index %3x" },
	{ NULL },
};

enum packet { REQUEST, PING, RESPONSE, FAULT, WORKING, NOCALL, REJECT };

enum opnum { CONNECT, RELEASE, READ, WRITE, CONTROL, READ_IMPLICIT };

enum { EPM_LOOKUP = 2 };

enum { MULTIPLE_WRITE = 0xe040 };

static const char *const names[] = { "connect", "release", "read", "write",
	"control", "read implicit" };

/* DEA0000x-6C97-11D1-8271-00A02442DF7D without its first four octets, and the
 * endpoint mapper's E1AF8308-5D1F-11C9-91A4-08002B14A0FA, both big-endian. */
static const uint8_t pnio[] = { 0x6c, 0x97, 0x11, 0xd1, 0x82, 0x71, 0x00, 0xa0,
	0x24, 0x42, 0xdf, 0x7d };
static const uint8_t mapper[] = { 0x5d, 0x1f, 0x11, 0xc9, 0x91, 0xa4, 0x08,
	0x00, 0x2b, 0x14, 0xa0, 0xfa };

enum interface { NO_INTERFACE, INTERFACE_PNIO, INTERFACE_MAPPER };

/* The header, as far as it matters. */
struct call {
	bool little;
	uint8_t packet, flags;
	uint8_t interface;
	uint16_t opnum, len, fragment;
	uint64_t pair; /* activity and sequence */
	uint32_t key;  /* the same, for fragments */
};

struct state {
	bool stated;	  /* its security */
	uint16_t next[2]; /* fragment of each direction */
};

static uint16_t
u16(struct ot_buf *b, bool little)
{
	return little ? ot_u16le(b) : ot_u16be(b);
}

static uint32_t
u32(struct ot_buf *b, bool little)
{
	return little ? ot_u32le(b) : ot_u32be(b);
}

/* ---- header */

/* Octets 4 to 15 of a UUID, whose second and third fields have the sender's
 * byte order. */
static bool
uuid_is(const struct ot_buf *b, size_t at, bool little,
    const uint8_t tail[static 12])
{
	for (size_t i = 0; i < 12; i++) {
		size_t from = little && i < 4 ? i ^ 1 : i;

		if (ot_peek(b, at + 4 + from) != tail[i])
			return false;
	}
	return true;
}

static enum interface
interface_of(const struct ot_buf *b, bool little)
{
	uint32_t first = little ? ot_peek32le(b, 24) : ot_peek32be(b, 24);

	if (first >= 0xdea00001 && first <= 0xdea00004 &&
	    uuid_is(b, 24, little, pnio))
		return INTERFACE_PNIO;
	if (first == 0xe1af8308 && uuid_is(b, 24, little, mapper))
		return INTERFACE_MAPPER;
	return NO_INTERFACE;
}

/* FNV-1a over the activity, its octets in the order of a big-endian sender: it
 * only tells calls of one conversation apart. */
static uint64_t
activity(struct ot_buf uuid, bool little)
{
	static const uint8_t order[UUID] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10,
		11, 12, 13, 14, 15 };
	uint64_t h = 0xcbf29ce484222325U;

	for (size_t i = 0; i < UUID; i++)
		h = (h ^ ot_peek(&uuid, little ? order[i] : i)) *
		    0x100000001b3U;
	return h;
}

static struct call
read_header(struct ot_buf *b)
{
	struct call c = { .little = ot_peek(b, 4) & LITTLE_ENDIAN };

	c.interface = (uint8_t)interface_of(b, c.little);
	ot_skip(b, 1); /* version */
	c.packet = ot_u8(b);
	c.flags = ot_u8(b);
	ot_skip(b, 1 + 3 + 1 + UUID + UUID);
	uint64_t who = activity(ot_split(b, UUID), c.little);

	ot_skip(b, 4 + 4); /* boot time, version of the interface */
	uint32_t sequence = u32(b, c.little);

	c.opnum = u16(b, c.little);
	ot_skip(b, 2 + 2); /* hints */
	c.len = u16(b, c.little);
	c.fragment = u16(b, c.little);
	ot_skip(b, 2); /* authentication, serial number */
	c.pair = who ^ (uint64_t)sequence << 32;
	c.key = (uint32_t)(who ^ who >> 32) ^ sequence;
	return c;
}

/* ---- operations */

/* Clause 5.2.3: what the record with this index is. */
static enum ot_verb
read_verb(uint16_t index)
{
	static const struct {
		uint16_t lo, hi;
		uint8_t verb;
	} indexes[] = {
		{ 0x800a, 0x8013, OT_DIAGNOSE },
		{ 0x802a, 0x802a, OT_DIAGNOSE },
		{ 0xaff0, 0xaff4, OT_IDENTIFY },
		{ 0xc00a, 0xc013, OT_DIAGNOSE },
		{ 0xe00a, 0xe013, OT_DIAGNOSE },
		{ 0xf80c, 0xf80c, OT_DIAGNOSE },
		{ 0xf830, 0xf830, OT_DIAGNOSE },
		{ 0xf840, 0xf840, OT_IDENTIFY },
		{ 0xf841, 0xf841, OT_DIAGNOSE },
		{ 0xf880, 0xf889, OT_IDENTIFY },
	};

	for (size_t i = 0; i < sizeof(indexes) / sizeof(*indexes); i++)
		if (index >= indexes[i].lo && index <= indexes[i].hi)
			return (enum ot_verb)indexes[i].verb;
	return OT_READ;
}

static struct ot_op
op_of(const struct call *c)
{
	struct ot_op op = { .pair = c->pair,
		.verb = OT_UNKNOWN,
		.name = "unknown operation",
		.has_code = true,
		.code = c->opnum };

	if (c->interface == INTERFACE_MAPPER) {
		op.name = c->opnum == EPM_LOOKUP ? "endpoint lookup"
						 : "endpoint mapper";
		op.verb = c->opnum == EPM_LOOKUP ? OT_IDENTIFY : OT_NAME;
	} else if (c->opnum <= READ_IMPLICIT) {
		op.name = names[c->opnum];
		op.verb = c->opnum == WRITE ? OT_WRITE
			  : c->opnum == READ || c->opnum == READ_IMPLICIT
			      ? OT_READ
			      : OT_SESSION;
	}
	return op;
}

/* The header of a record: which it is, how long its data is. */
struct record {
	struct ot_op op;
	uint16_t slot, subslot, index;
	uint32_t len;
	uint32_t status; /* of the answer to a write */
};

/* Sequence, AR, API, slot, subslot, padding, index, length; of an answer two
 * values, and to a write the status. */
static struct record
read_record(const struct ot_pn_part *part, const struct call *c)
{
	struct ot_buf b = part->contents;
	struct record r = { .op = op_of(c) };
	uint32_t api;

	ot_skip(&b, 2 + UUID);
	api = ot_u32be(&b);
	r.slot = ot_u16be(&b);
	r.subslot = ot_u16be(&b);
	ot_skip(&b, 2);
	r.index = ot_u16be(&b);
	r.len = ot_u32be(&b);
	if (part->type == OT_PN_WRITE_RESPONSE) {
		ot_skip(&b, 2 + 2);
		r.status = ot_u32be(&b);
	}
	if (r.op.verb == OT_READ)
		r.op.verb = read_verb(r.index);
	r.op.object = (struct ot_object){ .space = SPACE_RECORD,
		.n = { api, r.slot, r.subslot, r.index } };
	return r;
}

static bool
is_record(uint16_t type)
{
	return type == OT_PN_READ_REQUEST || type == OT_PN_WRITE_REQUEST ||
	       type == OT_PN_READ_RESPONSE || type == OT_PN_WRITE_RESPONSE;
}

static void
written(const struct ot_pdu *pdu, const struct record *r, struct ot_buf data)
{
	struct ot_text hex =
	    ot_format_hex(pdu, data.p, data.left < SHOWN ? data.left : SHOWN);

	ot_emit_event(
	    pdu, &(struct ot_event){ .kind = "value written",
		     .detail = ot_format(pdu, "%u bytes, %.*s%s",
			 (unsigned)data.left, (int)hex.len, (const char *)hex.p,
			 data.left > SHOWN ? "…" : ""),
		     .object = r->op.object });
}

/* Records of one write follow each other, at multiples of 4. */
static void
request_records(struct ot_buf b, const struct ot_pdu *pdu, const struct call *c)
{
	while (b.left >= RECORD_HEADER) {
		struct ot_pn_part part = ot_pn_next(&b);
		struct record r = read_record(&part, c);

		ot_expect(&b, is_record(part.type));
		if (!ot_ok(&b))
			return;
		if (part.type == OT_PN_WRITE_REQUEST &&
		    r.index == MULTIPLE_WRITE)
			continue;
		ot_emit_op(pdu, &r.op);
		if (part.type == OT_PN_READ_REQUEST)
			return;
		struct ot_buf data = ot_split(&b, r.len);

		if (ot_ok(&b))
			written(pdu, &r, data);
		ot_skip(&b, b.left < (4 - r.len % 4) % 4 ? b.left
							 : (4 - r.len % 4) % 4);
	}
}

/* An answer to each record that was written, in their order. */
static void
response_records(
    struct ot_buf b, const struct ot_pdu *pdu, const struct call *c)
{
	uint32_t item = 0;
	bool multiple = false;

	while (b.left >= RECORD_HEADER) {
		struct ot_pn_part part = ot_pn_next(&b);
		struct record r = read_record(&part, c);
		struct ot_reply reply = { .as = r.op };

		ot_expect(&b, is_record(part.type));
		if (!ot_ok(&b))
			return;
		if (r.index == MULTIPLE_WRITE && b.left >= RECORD_HEADER) {
			multiple = true;
			continue;
		}
		reply.item = multiple ? ++item : 0;
		reply.error = r.status ? ot_pn_error(r.status) : NULL;
		reply.error_code = r.status;
		ot_emit_reply(pdu, &reply);
		if (part.type == OT_PN_READ_RESPONSE) {
			struct ot_buf data = ot_split(&b, r.len);

			if (ot_ok(&b))
				ot_pn_record(data, pdu, r.slot, r.subslot);
			return;
		}
	}
}

/* ---- connect, release, control */

static void
blocks(struct ot_buf b, const struct ot_pdu *pdu, bool connect)
{
	while (b.left) {
		struct ot_pn_part part = ot_pn_next(&b);

		if (ot_ok(&b) && connect)
			ot_pn_connect(&part, pdu);
	}
}

/* ControlCommand of a control block: behind 2 octets, the AR, its session key
 * and 2 more. */
static const char *
command_name(struct ot_buf b)
{
	static const struct ot_name commands[] = { { 0x01, "parameter end" },
		{ 0x02, "application ready" }, { 0x04, "release" },
		{ 0x10, "ready for companion" },
		{ 0x20, "ready for rt class 3" }, { 0x40, "parameter begin" },
		{ 0, NULL } };
	struct ot_pn_part part = ot_pn_next(&b);

	ot_skip(&part.contents, 2 + UUID + 2 + 2);
	const char *name = ot_name(commands, ot_u16be(&part.contents));

	return name ? name : "control";
}

static bool
has_records(const struct call *c)
{
	return c->opnum == READ || c->opnum == WRITE ||
	       c->opnum == READ_IMPLICIT;
}

/* ---- arguments: NDR lengths, then the blocks */

static struct ot_buf
arguments(struct ot_buf *b, const struct call *c)
{
	size_t len = u32(b, c->little);

	ot_skip(b, 4 + 4 + 4); /* maximum, offset, actual */
	return ot_split(b, len);
}

static void
request(struct ot_buf *b, const struct ot_pdu *pdu, const struct call *c)
{
	struct ot_op op = op_of(c);

	if (c->interface == INTERFACE_MAPPER || c->opnum > READ_IMPLICIT) {
		ot_emit_op(pdu, &op);
		return;
	}
	ot_skip(b, 4); /* room for the answer */
	struct ot_buf args = arguments(b, c);

	if (!ot_ok(b))
		return;
	if (has_records(c)) {
		request_records(args, pdu, c);
		return;
	}
	if (c->opnum == CONTROL)
		op.name = command_name(args);
	if (!ot_ok(b))
		return;
	ot_emit_op(pdu, &op);
	blocks(args, pdu, c->opnum == CONNECT);
}

static void
response(struct ot_buf *b, const struct ot_pdu *pdu, const struct call *c)
{
	struct ot_reply reply = { .as = op_of(c) };

	if (c->interface == INTERFACE_MAPPER || c->opnum > READ_IMPLICIT) {
		ot_emit_reply(pdu, &reply);
		return;
	}
	uint32_t status = u32(b, c->little);
	struct ot_buf args = arguments(b, c);

	if (!ot_ok(b))
		return;
	if (status) {
		reply.error = ot_pn_error(status);
		reply.error_code = status;
		ot_emit_reply(pdu, &reply);
	} else if (has_records(c)) {
		response_records(args, pdu, c);
	} else {
		ot_emit_reply(pdu, &reply);
		blocks(args, pdu, c->opnum == CONNECT);
	}
}

/* ---- packets */

/* C706 appendix E. */
static const struct ot_name faults[] = {
	{ 0x1c000009, "context mismatch" },
	{ 0x1c00000d, "cancelled" },
	{ 0x1c010002, "operation out of range" },
	{ 0x1c010003, "unknown interface" },
	{ 0x1c01000b, "protocol error" },
	{ 0x1c010014, "server too busy" },
	{ 0, NULL },
};

static void
fault(struct ot_buf *b, const struct ot_pdu *pdu, const struct call *c)
{
	uint32_t status = u32(b, c->little);
	struct ot_reply reply = { .as = op_of(c),
		.error = ot_name(faults, status),
		.error_code = status };

	if (!status)
		reply.error = "fault";
	if (ot_ok(b))
		ot_emit_reply(pdu, &reply);
}

/* Fragments of a call that come in their order; others are given up. */
static bool
whole(struct ot_buf *body, const struct ot_pdu *pdu, const struct call *c)
{
	struct state *state = ot_state(pdu);
	uint16_t *next = &state->next[pdu->to_server];

	if (!(c->flags & FLAG_FRAGMENT))
		return true;
	if (c->fragment == 0)
		ot_gather_drop(pdu, c->key);
	else if (c->fragment != *next)
		return false;
	*next = (uint16_t)(c->fragment + 1);
	return ot_gather(pdu, c->key, body, c->flags & FLAG_LAST_FRAGMENT);
}

/* Nothing proves who sends it. */
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

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct call c = read_header(b);
	struct ot_buf body =
	    pdu->cut && c.len > b->left ? ot_rest(b) : ot_split(b, c.len);

	if (!ot_ok(b) || !ot_expect(b, c.interface != NO_INTERFACE))
		return;
	if (!whole(&body, pdu, &c))
		return;
	if (c.packet == REQUEST)
		request(&body, pdu, &c);
	else if (c.packet == RESPONSE)
		response(&body, pdu, &c);
	else if (c.packet == FAULT || c.packet == REJECT)
		fault(&body, pdu, &c);
	if (ot_ok(b))
		state_security(pdu);
}

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	bool little = ot_peek(&b, 4) & LITTLE_ENDIAN;
	uint8_t packet = ot_peek(&b, 1);
	enum interface interface = interface_of(&b, little);
	size_t len = little ? ot_peek16le(&b, 74) : ot_peek16be(&b, 74);
	bool client = packet == REQUEST || packet == PING || packet > REJECT;

	if (b.left < HEADER || ot_peek(&b, 0) != 4 || packet > 10 ||
	    (HEADER + len > b.left && !pdu->cut))
		return false;
	if (interface == INTERFACE_MAPPER && pdu->src_port != PORT &&
	    pdu->dst_port != PORT)
		return false;
	return interface != NO_INTERFACE && client == pdu->to_server;
}

const struct ot_proto ot_proto_pn_cm = {
	.name = "pn_cm",
	.over = { "udp" },
	.strength = OT_STRONG,
	.ports = ports,
	.spaces = spaces,
	.decimal = true,
	.state_size = sizeof(struct state),
	.probe = probe,
	.dissect = dissect,
};
