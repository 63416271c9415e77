/*
 * ADS commands, index groups, states and errors: Beckhoff Information System,
 * "ADS / AMS specification" (TE1000), and the groups of the system service as
 * TwinCAT's own libraries name them.
 */
#include "proto/ads.h"

enum {
	CONTROL_RESET = 2,
	CONTROL_RUN = 5,
	CONTROL_STOP = 6,
	CONTROL_CONFIG = 15,
	CONTROL_RECONFIG = 16,
	FILE_OPEN = 120,
	FILE_WRITE = 123,
	FILE_DELETE = 131,
	FILE_RENAME = 132,
	OPEN_FOR_WRITING = 6, /* bits of the mode: write, append */
};

static const struct {
	const char *name;
	uint8_t verb;
} commands[OT_ADS_COMMANDS] = {
	[OT_ADS_DEVICE_INFO] = { "read device info", OT_IDENTIFY },
	[OT_ADS_READ] = { "read", OT_READ },
	[OT_ADS_WRITE] = { "write", OT_WRITE },
	[OT_ADS_READ_STATE] = { "read state", OT_DIAGNOSE },
	[OT_ADS_WRITE_CONTROL] = { "write control", OT_CONTROL },
	[OT_ADS_ADD_NOTIFICATION] = { "add device notification", OT_READ },
	[OT_ADS_DELETE_NOTIFICATION] = { "delete device notification",
	    OT_READ },
	[OT_ADS_NOTIFICATION] = { "device notification", OT_READ },
	[OT_ADS_READ_WRITE] = { "read write", OT_WRITE },
};

static const char *const states[] = { "invalid", "idle", "reset", "init",
	"start", "run", "stop", "save config", "load config", "power failure",
	"power good", "error", "shutdown", "suspend", "resume", "config",
	"reconfig" };

enum { STATES = sizeof(states) / sizeof(*states) };

/* Index groups of the system service. */
static const struct {
	uint32_t lo, hi;
	uint8_t verb, flags;
} services[] = {
	{ FILE_OPEN, 133, OT_FILE, 0 },
	{ 200, 205, OT_ADMIN, 0 },
	{ 220, 220, OT_ADMIN, 0 },
	{ 400, 400, OT_TIME, 0 },
	{ 500, 500, OT_ADMIN, 0 },
	{ 600, 600, OT_NAME, OT_OP_ALTERS },
	{ 700, 703, OT_IDENTIFY, 0 },
	{ 801, 802, OT_NAME, OT_OP_ALTERS },
};

static const struct ot_name errors[] = {
	{ 0x01, "internal error" },
	{ 0x02, "no real-time" },
	{ 0x03, "allocation locked" },
	{ 0x04, "mailbox full" },
	{ 0x05, "wrong receive message" },
	{ 0x06, "target port not found" },
	{ 0x07, "target computer not found" },
	{ 0x08, "unknown command id" },
	{ 0x09, "invalid task id" },
	{ 0x0a, "no io" },
	{ 0x0b, "invalid ams command" },
	{ 0x0c, "win32 error" },
	{ 0x0d, "port not connected" },
	{ 0x0e, "invalid ams length" },
	{ 0x0f, "invalid ams net id" },
	{ 0x10, "low installation level" },
	{ 0x11, "no debugging available" },
	{ 0x12, "port disabled" },
	{ 0x13, "port already connected" },
	{ 0x14, "ams sync win32 error" },
	{ 0x15, "ams sync timeout" },
	{ 0x16, "ams sync error" },
	{ 0x17, "no index map" },
	{ 0x18, "invalid ams port" },
	{ 0x19, "no memory" },
	{ 0x1a, "tcp send error" },
	{ 0x1b, "host unreachable" },
	{ 0x1c, "invalid ams fragment" },
	{ 0x1d, "tls send error" },
	{ 0x1e, "access denied" },
	{ 0x700, "device error" },
	{ 0x701, "service not supported" },
	{ 0x702, "invalid index group" },
	{ 0x703, "invalid index offset" },
	{ 0x704, "reading or writing not permitted" },
	{ 0x705, "parameter size not correct" },
	{ 0x706, "invalid data values" },
	{ 0x707, "device not ready" },
	{ 0x708, "device busy" },
	{ 0x709, "invalid context" },
	{ 0x70a, "insufficient memory" },
	{ 0x70b, "invalid parameter values" },
	{ 0x70c, "not found" },
	{ 0x70d, "syntax error" },
	{ 0x70e, "objects do not match" },
	{ 0x70f, "object already exists" },
	{ 0x710, "symbol not found" },
	{ 0x711, "symbol version invalid" },
	{ 0x712, "invalid state" },
	{ 0x713, "transmission mode not supported" },
	{ 0x714, "notification handle invalid" },
	{ 0x715, "notification client not registered" },
	{ 0x716, "no more handles" },
	{ 0x717, "notification size too large" },
	{ 0x718, "device not initialised" },
	{ 0x719, "device timeout" },
	{ 0x71a, "interface query failed" },
	{ 0x71b, "wrong interface requested" },
	{ 0x71c, "class id invalid" },
	{ 0x71d, "object id invalid" },
	{ 0x71e, "request pending" },
	{ 0x71f, "request aborted" },
	{ 0x720, "signal warning" },
	{ 0x721, "invalid array index" },
	{ 0x722, "symbol not active" },
	{ 0x723, "access denied" },
	{ 0x724, "missing license" },
	{ 0x725, "license expired" },
	{ 0x740, "client error" },
	{ 0x745, "client timeout" },
	{ 0 },
};

struct ot_text
ot_ads_netid(const struct ot_pdu *pdu, const uint8_t netid[OT_ADS_NETID])
{
	return ot_format(pdu, "%u.%u.%u.%u.%u.%u", netid[0], netid[1], netid[2],
	    netid[3], netid[4], netid[5]);
}

const char *
ot_ads_error(uint32_t code)
{
	return ot_name(errors, code);
}

const char *
ot_ads_state_name(uint16_t state)
{
	return state < STATES ? states[state] : NULL;
}

void
ot_ads_name(struct ot_op *op, uint16_t command)
{
	bool known = command < OT_ADS_COMMANDS && commands[command].name;

	op->name = known ? commands[command].name : "unknown command";
	op->verb = known ? (enum ot_verb)commands[command].verb : OT_UNKNOWN;
	op->has_code = true;
	op->code = command;
}

/* ---- where ---- */

/* A text behind the NetId, where that is not the host's own. */
static void
aim_at_text(const struct ot_pdu *pdu, struct ot_op *op, const char *what,
    struct ot_text text)
{
	struct ot_text route = op->object.text;

	op->object.text = ot_format(pdu, "%.*sport %u %s%.*s", (int)route.len,
	    (const char *)route.p, op->object.n[0], what, (int)text.len,
	    (const char *)text.p);
	op->object.space = OT_ADS_TEXT;
}

static const struct ot_ads_symbol *
symbol_of(const struct ot_pdu *pdu, uint16_t port, uint32_t handle)
{
	const struct ot_ads_state *state = ot_state(pdu);

	for (unsigned i = 0; i < OT_ADS_HANDLES; i++)
		if (state->symbols[i].len && state->symbols[i].port == port &&
		    state->symbols[i].handle == handle)
			return &state->symbols[i];
	return NULL;
}

void
ot_ads_learn(const struct ot_pdu *pdu, const struct ot_ads_end *server,
    uint32_t handle, const struct ot_op *asked)
{
	static const char before[] = "symbol ";
	struct ot_ads_state *state = ot_state(pdu);
	struct ot_text text = asked->object.text;
	size_t at = 0;

	while (at + sizeof(before) - 1 < text.len &&
	       memcmp(text.p + at, before, sizeof(before) - 1) != 0)
		at++;
	at += sizeof(before) - 1;
	if (at >= text.len || text.len - at > OT_ADS_SYMBOL)
		return;
	state->turn = (state->turn + 1) % OT_ADS_HANDLES;
	struct ot_ads_symbol *s = &state->symbols[state->turn];

	s->port = server->port;
	s->handle = handle;
	s->len = (uint8_t)(text.len - at);
	memcpy(s->name, text.p + at, s->len);
}

static void
aim(const struct ot_pdu *pdu, struct ot_op *op, const uint32_t place[3])
{
	const struct ot_ads_symbol *symbol =
	    place[0] == OT_ADS_VALUE_BY_HANDLE
		? symbol_of(pdu, (uint16_t)op->object.n[0], place[1])
		: NULL;

	if (symbol) {
		aim_at_text(pdu, op, "symbol ",
		    (struct ot_text){ symbol->name, symbol->len, OT_UTF8 });
		return;
	}
	op->object.space = OT_ADS_PLACE;
	op->object.n[1] = place[0];
	op->object.n[2] = place[1];
	op->object.n[3] = place[2];
}

/* ---- what for ---- */

/* Names, types and tables of symbols. */
static bool
tells_symbols(uint32_t group)
{
	return group == OT_ADS_HANDLE_BY_NAME ||
	       (group >= 0xf009 && group <= 0xf011);
}

static void
serve(struct ot_op *op, uint32_t group, uint32_t offset)
{
	for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++)
		if (group >= services[i].lo && group <= services[i].hi) {
			op->verb = (enum ot_verb)services[i].verb;
			op->flags |= services[i].flags;
		}
	if (group == FILE_WRITE || group == FILE_DELETE ||
	    group == FILE_RENAME ||
	    (group == FILE_OPEN && offset & OPEN_FOR_WRITING))
		op->flags |= OT_OP_ALTERS;
}

static void
decide(const struct ot_ads_end *server, struct ot_op *op, uint32_t group,
    uint32_t offset)
{
	if (op->code == OT_ADS_READ_WRITE && tells_symbols(group))
		op->verb = OT_IDENTIFY;
	if (server->port == OT_ADS_SYSTEM)
		serve(op, group, offset);
}

/* ---- lists of places: index groups F080 to F082 ---- */

static void
sum(struct ot_buf *b, const struct ot_pdu *pdu, const struct ot_ads_end *server,
    struct ot_op *op, uint32_t group)
{
	const struct ot_op base = *op;

	for (uint32_t count = op->object.n[2]; count && b->left; count--) {
		uint32_t place[3];

		*op = base;
		op->object.space = OT_ADS_PORT;
		for (unsigned i = 0; i < 3; i++)
			place[i] = ot_u32le(b);
		ot_skip(b, group == OT_ADS_SUM_READ_WRITE ? 4 : 0);
		op->verb = group == OT_ADS_SUM_READ ? OT_READ : OT_WRITE;
		decide(server, op, place[0], place[1]);
		aim(pdu, op, place);
		if (ot_ok(b))
			ot_emit_op(pdu, op);
	}
}

static bool
is_sum(uint32_t group)
{
	return group >= OT_ADS_SUM_READ && group <= OT_ADS_SUM_READ_WRITE;
}

/* What is read and written at once: its data may name a symbol or a file. */
static void
read_write(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_ads_end *server, struct ot_op *op, const uint32_t place[3])
{
	struct ot_buf data = ot_split(b, ot_u32le(b));
	struct ot_text text;

	if (!ot_ok(b))
		return;
	if (is_sum(place[0]) && data.left) {
		op->object.n[2] = place[1];
		sum(&data, pdu, server, op, place[0]);
		return;
	}
	text = ot_text_trim(ot_text_of(&data, OT_LATIN1));
	if (place[0] == OT_ADS_HANDLE_BY_NAME)
		aim_at_text(pdu, op, "symbol ", text);
	else if (server->port == OT_ADS_SYSTEM && place[0] == FILE_OPEN)
		aim_at_text(pdu, op, "file ", text);
	ot_emit_op(pdu, op);
}

static void
access(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_ads_end *server, struct ot_op *op)
{
	uint32_t place[3];

	for (unsigned i = 0; i < 3; i++)
		place[i] = ot_u32le(b);
	decide(server, op, place[0], place[1]);
	if (op->code != OT_ADS_READ_WRITE || !is_sum(place[0]))
		aim(pdu, op, place);
	if (op->code == OT_ADS_READ_WRITE)
		read_write(b, pdu, server, op, place);
	else if (ot_ok(b))
		ot_emit_op(pdu, op);
}

/* Section "ADS Write Control": the state to go to. */
static void
write_control(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	uint16_t state = ot_u16le(b);

	op->sub = OT_SUB(state);
	if (state == CONTROL_RUN || state == CONTROL_STOP ||
	    state == CONTROL_RESET || state == CONTROL_CONFIG ||
	    state == CONTROL_RECONFIG)
		op->verb = OT_MODE;
	if (ot_ok(b))
		ot_emit_op(pdu, op);
}

void
ot_ads_ask(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_ads_end *server, struct ot_op *op)
{
	switch (op->code) {
	case OT_ADS_READ:
	case OT_ADS_WRITE:
	case OT_ADS_ADD_NOTIFICATION:
	case OT_ADS_READ_WRITE:
		access(b, pdu, server, op);
		break;
	case OT_ADS_WRITE_CONTROL:
		write_control(b, pdu, op);
		break;
	default:
		ot_emit_op(pdu, op);
		break;
	}
}
