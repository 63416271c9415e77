/*
 * Synchrophasors: IEEE Std C37.118.2-2011, clause 6 (frames), annex D
 * (configuration frame 3 and its parts).
 */
#include "proto/proto.h"

enum {
	SYNC = 0xaa,
	HEADER = 14, /* sync, size, id, seconds, fraction */
	CHECK = 2,
	FRAME_MIN = HEADER + CHECK,
	VERSION_LAST = 3,
	NAME = 16,     /* bytes of a fixed name */
	DIGITALS = 16, /* names for each digital word */
	STREAMS = 8,   /* kept of one connection */
	CHANNELS = 32, /* told of one unit */
	TCP_PORT = 4712,
	UDP_PORT = 4713,
	WHOLE = 0, /* continuation index: no parts */
	LAST_PART = 0xffff,
};

enum type { DATA, DESCRIPTION, CONFIG_1, CONFIG_2, COMMAND, CONFIG_3, TYPES };

/* Clause 6.1, table 2; verbs of what nobody asked for. */
static const struct {
	const char *name;
	enum ot_verb verb;
} types[] = {
	[DATA] = { "data", OT_READ },
	[DESCRIPTION] = { "header", OT_READ },
	[CONFIG_1] = { "configuration 1", OT_IDENTIFY },
	[CONFIG_2] = { "configuration 2", OT_IDENTIFY },
	[COMMAND] = { "command", OT_UNKNOWN },
	[CONFIG_3] = { "configuration 3", OT_IDENTIFY },
};

/* Clause 6.6, table 15. */
static const struct command {
	uint16_t code;
	const char *name;
	enum ot_verb verb;
	enum type answer; /* COMMAND: none */
} commands[] = {
	{ 1, "turn off transmission", OT_CONTROL, COMMAND },
	{ 2, "turn on transmission", OT_CONTROL, COMMAND },
	{ 3, "send header", OT_IDENTIFY, DESCRIPTION },
	{ 4, "send configuration 1", OT_IDENTIFY, CONFIG_1 },
	{ 5, "send configuration 2", OT_IDENTIFY, CONFIG_2 },
	{ 6, "send configuration 3", OT_IDENTIFY, CONFIG_3 },
	{ 8, "extended frame", OT_UNKNOWN, COMMAND },
};

enum { ID_TEXT = 1 };

static const struct ot_space spaces[] = { { "id %0u" }, { NULL } };

/* Kept for a connection. */
struct state {
	bool stated; /* its security */
	/* Streams whose data is flowing: id + 1, 0 for none. */
	uint32_t streams[STREAMS];
};

/* CRC-CCITT, clause 6.2: polynomial 1021, from FFFF. */
static uint16_t
crc(struct ot_buf b)
{
	uint16_t sum = 0xffff;

	while (b.left) {
		uint8_t octet = ot_u8(&b);
		uint16_t t = (uint16_t)(sum >> 8 ^ octet);

		t ^= (uint16_t)(t >> 4);
		sum = (uint16_t)(sum << 8 ^ t << 12 ^ t << 5 ^ t);
	}
	return sum;
}

static enum type
type_of(const struct ot_buf *b)
{
	return (enum type)(ot_peek(b, 1) >> 4);
}

static bool
header_fits(const struct ot_buf *b)
{
	uint8_t version = ot_peek(b, 1) & 0x0f;

	return ot_peek(b, 0) == SYNC && type_of(b) < TYPES && version > 0 &&
	       version <= VERSION_LAST && ot_peek16be(b, 2) >= FRAME_MIN;
}

/* ---- streams */

static void
stream_forget(struct state *state, uint16_t id)
{
	for (unsigned i = 0; i < STREAMS; i++)
		if (state->streams[i] == id + (uint32_t)1)
			state->streams[i] = 0;
}

/* Is this its first data? It then is one of the streams, as far as there is
 * room. */
static bool
stream_begins(struct state *state, uint16_t id)
{
	uint32_t *free = NULL;

	for (unsigned i = 0; i < STREAMS; i++) {
		if (state->streams[i] == id + (uint32_t)1)
			return false;
		if (!state->streams[i])
			free = &state->streams[i];
	}
	if (free)
		*free = id + (uint32_t)1;
	return true;
}

/* ---- configurations */

/* A unit of a configuration. */
struct unit {
	struct ot_text name;
	uint16_t id;
	uint16_t phasors, analogs, digitals;
	struct ot_text nested; /* empty: it is the host itself */
};

static void
say(const struct ot_pdu *pdu, enum ot_key key, struct ot_text value,
    struct ot_text nested)
{
	if (value.len)
		ot_emit_fact(pdu, &(struct ot_fact){ .key = key,
				      .value = value,
				      .message = "configuration",
				      .by = OT_SELF,
				      .nested = nested });
}

static struct ot_text
fixed_name(struct ot_buf *b)
{
	struct ot_buf name = ot_split(b, NAME);

	return ot_text_trim(ot_text_of(&name, OT_LATIN1));
}

static struct ot_text
counted_name(struct ot_buf *b)
{
	struct ot_buf name = ot_split(b, ot_u8(b));

	return ot_text_trim(ot_text_of(&name, OT_UTF8));
}

/* Names of phasors and analog values are told, those of single bits not. */
static void
channels(struct ot_buf *b, const struct ot_pdu *pdu, const struct unit *unit,
    struct ot_text (*name)(struct ot_buf *))
{
	uint32_t told = (uint32_t)unit->phasors + unit->analogs;
	uint32_t count = told + (uint32_t)DIGITALS * unit->digitals;

	for (uint32_t i = 0; i < count && ot_ok(b); i++) {
		struct ot_text channel = name(b);

		if (i < told && i < CHANNELS && ot_ok(b))
			say(pdu, OT_K_TAG, channel, unit->nested);
	}
}

static void
counts(struct ot_buf *b, struct unit *unit)
{
	ot_skip(b, 2); /* format */
	unit->phasors = ot_u16be(b);
	unit->analogs = ot_u16be(b);
	unit->digitals = ot_u16be(b);
}

/* Clause 6.4: a unit in configuration 1 and 2. */
static void
unit_fixed(struct ot_buf *b, const struct ot_pdu *pdu, struct unit *unit)
{
	counts(b, unit);
	channels(b, pdu, unit, fixed_name);
	ot_skip(
	    b, 4 * ((size_t)unit->phasors + unit->analogs + unit->digitals));
	ot_skip(b, 4); /* frequency, count of changes */
}

static float
real(struct ot_buf *b)
{
	uint32_t bits = ot_u32be(b);
	float f;

	memcpy(&f, &bits, sizeof(f));
	return f;
}

/* Degrees; what is not known is infinite. */
static void
say_location(
    const struct ot_pdu *pdu, const struct unit *unit, float lat, float lon)
{
	if (lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180)
		say(pdu, OT_K_LOCATION,
		    ot_format(pdu, "%.5f %.5f", (double)lat, (double)lon),
		    unit->nested);
}

/* Clause 6.5: a unit in configuration 3. */
static void
unit_counted(struct ot_buf *b, const struct ot_pdu *pdu, struct unit *unit)
{
	struct ot_buf global = ot_split(b, 16);

	counts(b, unit);
	channels(b, pdu, unit, counted_name);
	ot_skip(b, 12 * (size_t)unit->phasors + 8 * (size_t)unit->analogs +
		       4 * (size_t)unit->digitals);
	float lat = real(b);
	float lon = real(b);
	ot_skip(b, 4 + 1 + 4 + 4 + 4); /* elevation, class, window, delay */
	if (!ot_ok(b))
		return;
	say(pdu, OT_K_UID, ot_format_hex(pdu, global.p, global.left),
	    unit->nested);
	say_location(pdu, unit, lat, lon);
}

static void
configuration(
    struct ot_buf *b, const struct ot_pdu *pdu, enum type type, uint16_t stream)
{
	ot_skip(b, 4); /* time base */
	uint16_t count = ot_u16be(b);

	for (uint16_t i = 0; i < count && ot_ok(b); i++) {
		struct unit unit = { .name = type == CONFIG_3 ? counted_name(b)
							      : fixed_name(b) };

		unit.id = ot_u16be(b);
		unit.nested = count > 1 || unit.id != stream
				  ? ot_format(pdu, "pmu %u", unit.id)
				  : ot_text("");
		if (type == CONFIG_3)
			unit_counted(b, pdu, &unit);
		else
			unit_fixed(b, pdu, &unit);
		if (!ot_ok(b))
			return;
		say(pdu, OT_K_NAME, unit.name, unit.nested);
		say(pdu, OT_K_UID, ot_format(pdu, "id %u", unit.id),
		    unit.nested);
	}
	ot_skip(b, 2); /* data rate */
}

/* ---- frames */

static struct ot_op
op_of(uint16_t id, enum type type)
{
	return (struct ot_op){ .pair = (uint64_t)type << 16 | id,
		.verb = types[type].verb,
		.name = types[type].name,
		.object = { .space = ID_TEXT, .n = { id } } };
}

static void
command(struct ot_buf *b, const struct ot_pdu *pdu, struct state *state,
    uint16_t id)
{
	uint16_t code = ot_u16be(b);
	struct ot_op op = op_of(id, COMMAND);

	op.name = "unknown command";
	op.has_code = true;
	op.code = code;
	op.flags = OT_OP_NO_ANSWER;
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		const struct command *c = &commands[i];

		if (c->code != code)
			continue;
		op.name = c->name;
		op.verb = c->verb;
		if (c->answer != COMMAND) {
			op.pair = op_of(id, c->answer).pair;
			op.flags = 0;
		}
	}
	if (!ot_ok(b))
		return;
	if (op.verb == OT_CONTROL) /* what follows is a stream anew */
		stream_forget(state, id);
	ot_emit_op(pdu, &op);
}

/* What was asked for, or is sent unasked: at its beginning, or to many. */
static void
answer(const struct ot_pdu *pdu, uint16_t id, enum type type)
{
	struct ot_reply reply = { .as = op_of(id, type) };

	if (ot_asked(pdu, reply.as.pair)) {
		ot_emit_reply(pdu, &reply);
		return;
	}
	reply.as.flags = OT_OP_NO_ANSWER;
	ot_emit_op(pdu, &reply.as);
}

static void
description(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_text text = ot_text_trim(ot_text_of(b, OT_LATIN1));

	if (text.len)
		ot_emit_fact(pdu, &(struct ot_fact){ .key = OT_K_DESCRIPTION,
				      .value = text,
				      .message = "header",
				      .by = OT_SELF });
}

/* Configuration 3 may come in parts; clause 6.5. */
static void
configuration_3(struct ot_buf *b, const struct ot_pdu *pdu, uint16_t id)
{
	uint16_t part = ot_u16be(b);

	if (!ot_ok(b))
		return;
	if (part == 1)
		ot_gather_drop(pdu, id);
	if (part != WHOLE && !ot_gather(pdu, id, b, part == LAST_PART))
		return;
	answer(pdu, id, CONFIG_3);
	configuration(b, pdu, CONFIG_3, id);
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct state *state = ot_state(pdu);
	enum type type = type_of(b);
	uint16_t size = ot_peek16be(b, 2);
	uint16_t id = ot_peek16be(b, 4);

	ot_expect(b, header_fits(b) && (pdu->cut || size == b->left));
	if (!pdu->cut && ot_ok(b)) {
		struct ot_buf checked = *b;

		checked.left -= CHECK;
		ot_expect(b, crc(checked) == ot_peek16be(b, checked.left));
		b->left -= ot_ok(b) ? CHECK : 0;
	}
	ot_skip(b, HEADER);
	if (!ot_ok(b))
		return;
	if (type == COMMAND) {
		command(b, pdu, state, id);
	} else if (type == DATA) {
		if (stream_begins(state, id))
			answer(pdu, id, DATA);
	} else if (type == CONFIG_3) {
		configuration_3(b, pdu, id);
	} else {
		answer(pdu, id, type);
		if (type == DESCRIPTION)
			description(b, pdu);
		else
			configuration(b, pdu, type, id);
	}
	if (!ot_ok(b) || state->stated)
		return;
	state->stated = true;
	ot_emit_security(pdu, OT_S_PROTECTION, ot_text("none"));
	ot_emit_security(pdu, OT_S_AUTH, ot_text("none"));
}

static long
pdu_len(struct ot_buf b, const struct ot_pdu *pdu)
{
	(void)pdu;
	if (ot_peek(&b, 0) != SYNC)
		return -1;
	if (b.left < 4)
		return 0;
	return header_fits(&b) ? ot_peek16be(&b, 2) : -1;
}

/* The check closes it; of a frame that was cut its header must do. */
static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	struct ot_buf checked = b;

	if (b.left < FRAME_MIN || !header_fits(&b) ||
	    ot_peek16be(&b, 2) != b.left + pdu->rest ||
	    (type_of(&b) == COMMAND) != pdu->to_server)
		return false;
	checked.left -= CHECK;
	return !pdu->rest && crc(checked) == ot_peek16be(&b, checked.left);
}

static const struct ot_port ports[] = {
	{ "tcp", TCP_PORT, TCP_PORT },
	{ "udp", UDP_PORT, UDP_PORT },
	{ NULL, 0, 0 },
};

extern const struct ot_proto ot_proto_synchrophasor;

const struct ot_proto ot_proto_synchrophasor = {
	.name = "synchrophasor",
	.over = { "tcp", "udp" },
	.strength = OT_STRONG,
	.ports = ports,
	.spaces = spaces,
	.decimal = true,
	.state_size = sizeof(struct state),
	.probe = probe,
	.pdu_len = pdu_len,
	.dissect = dissect,
};
