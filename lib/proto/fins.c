/*
 * Omron FINS over UDP and TCP: header and end codes of "CS/CJ Series
 * Communications Commands Reference Manual" (W342), section 5, and "FINS
 * Commands" (W227); FINS/TCP of "Ethernet Units" (W420), section 7-4.
 */
#include "proto/fins.h"

extern const struct ot_proto ot_proto_fins;

enum {
	TCP_HEADER = 16, /* "FINS", length, command, error */
	TCP_COUNTED = 8, /* of it, what the length counts */
	TCP_MAX = 4096,	 /* far above the longest frame */
	HEADER = 10,
	ICF_ANSWER = 0x40,
	ICF_SILENT = 0x01, /* no answer is wanted */
	ICF_RESERVED = 0x3e,
	GATEWAYS = 7,
	NETWORKS = 127,
	END_FLAGS = 0x80c0, /* a relay failed; errors of the CPU unit */
	MODEL = 20,
	NODE_ADDRESS = 4,
};

enum tcp_command {
	TCP_CLIENT_NODE,
	TCP_SERVER_NODE,
	TCP_FRAME,
	TCP_REFUSAL,
	TCP_CONFIRM = 6,
};

enum {
	CONTROLLER_DATA = 0x0501,
	CONNECTION_DATA = 0x0502,
	STATUS = 0x0601,
	RUN = 0x0401,
	STOP = 0x0402,
	NAME_READ = 0x2603
};

static const struct ot_port ports[] = { { "udp", 9600, 9600 },
	{ "tcp", 9600, 9600 }, { NULL, 0, 0 } };

/* The text is a route, "net 1 node 5 ", or empty; or all that there is. */
static const struct ot_space spaces[] = {
	{ "%t" },
	{ "%t%0n%r" },
	{ "%tarea %0x %r" },
	{ "%tparameter %0x %r" },
	{ "%tprogram %0x %r" },
	{ "%tprogram %0x" },
	{ "%t" },
	{ NULL },
};

static const struct ot_name end_codes[] = {
	{ 0x0001, "service was interrupted" },
	{ 0x0101, "local node not part of Network" },
	{ 0x0102, "token time-out, node number too large" },
	{ 0x0103, "number of transmit retries exceeded" },
	{ 0x0104, "maximum number of frames exceeded" },
	{ 0x0105, "node number setting error (range)" },
	{ 0x0106, "node number duplication error" },
	{ 0x0201, "destination node not part of Network" },
	{ 0x0202, "no node with the specified node number" },
	{ 0x0203,
	    "third node not part of Network : Broadcasting was specified" },
	{ 0x0204, "busy error, destination node busy" },
	{ 0x0205, "response time-out" },
	{ 0x0301, "error occurred : ERC indicator is lit" },
	{ 0x0302, "CPU error occurred in the PC at the destination node" },
	{ 0x0303, "a controller error has prevented a normal response" },
	{ 0x0304, "node number setting error" },
	{ 0x0401, "an undefined command has been used" },
	{ 0x0402, "cannot process command because the specified unit model or "
		  "version is wrong" },
	{ 0x0501, "destination node number is not set in the routing table" },
	{ 0x0502, "routing table isn't registered" },
	{ 0x0503, "routing table error" },
	{ 0x0504, "max relay nodes (2) was exceeded" },
	{ 0x1001, "the command is longer than the max permissible length" },
	{ 0x1002, "the command is shorter than the min permissible length" },
	{ 0x1003, "the designated number of data items differs from the actual "
		  "number" },
	{ 0x1004, "an incorrect command format has been used" },
	{ 0x1005, "an incorrect header has been used" },
	{ 0x1101, "memory area code invalid or DM is not available" },
	{ 0x1102, "access size is wrong in command" },
	{ 0x1103, "first address in inaccessible area" },
	{ 0x1104, "the end of specified word range exceeds acceptable range" },
	{ 0x1106, "a non-existent program number" },
	{ 0x1109, "the size of data items in command block are wrong" },
	{ 0x110a, "the IOM break function cannot be executed" },
	{ 0x110b, "the response block is longer than the max length" },
	{ 0x110c, "an incorrect parameter code has been specified" },
	{ 0x2002, "the data is protected" },
	{ 0x2003, "registered table does not exist" },
	{ 0x2004, "search data does not exist" },
	{ 0x2005, "non-existent program number" },
	{ 0x2006, "non-existent file" },
	{ 0x2007, "verification error" },
	{ 0x2101, "specified area is read-only" },
	{ 0x2102, "the data is protected" },
	{ 0x2103, "too many files open" },
	{ 0x2105, "non-existent program number" },
	{ 0x2106, "non-existent file" },
	{ 0x2107, "file already exists" },
	{ 0x2108, "data cannot be changed" },
	{ 0x2201, "the mode is wrong (executing)" },
	{ 0x2202, "the mode is wrong (stopped)" },
	{ 0x2203, "the PC is in the PROGRAM mode" },
	{ 0x2204, "the PC is in the DEBUG mode" },
	{ 0x2205, "the PC is in the MONITOR mode" },
	{ 0x2206, "the PC is in the RUN mode" },
	{ 0x2207, "the specified node is not the control node" },
	{ 0x2208, "the mode is wrong and the step cannot be executed" },
	{ 0x2301, "the file device does not exist where specified" },
	{ 0x2302, "the specified memory does not exist" },
	{ 0x2303, "no clock exists" },
	{ 0x2401, "data link table is incorrect" },
	{ 0x2502, "parity / checksum error occurred" },
	{ 0x2503, "I/O setting error" },
	{ 0x2504, "too many I/O points" },
	{ 0x2505, "CPU bus error" },
	{ 0x2506, "I/O duplication error" },
	{ 0x2507, "I/O bus error" },
	{ 0x2509, "SYSMAC BUS/2 error" },
	{ 0x250a, "special I/O Unit error" },
	{ 0x250d, "duplication in SYSMAC BUS word allocation" },
	{ 0x250f, "a memory error has occurred" },
	{ 0x2510, "terminator not connected in SYSMAC BUS system" },
	{ 0x2601, "the specified area is not protected" },
	{ 0x2602, "an incorrect password has been specified" },
	{ 0x2604, "the specified area is protected" },
	{ 0x2605, "the service is being executed" },
	{ 0x2606, "the service is not being executed" },
	{ 0x2607, "service cannot be execute from local node" },
	{ 0x2608, "service cannot be executed settings are incorrect" },
	{ 0x2609,
	    "service cannot be executed incorrect settings in command data" },
	{ 0x260a, "the specified action has already been registered" },
	{ 0x260b, "cannot clear error, error still exists" },
	{ 0x3001, "the access right is held by another device" },
	{ 0x4001, "command aborted with ABORT command" },
	{ 0 },
};

static const struct ot_name tcp_errors[] = {
	{ 1, "header is not fins" },
	{ 2, "data length too long" },
	{ 3, "command not supported" },
	{ 0x20, "all connections in use" },
	{ 0x21, "node already connected" },
	{ 0x22, "protected node, unspecified ip address" },
	{ 0x23, "client node address out of range" },
	{ 0x24, "same node address used by client and server" },
	{ 0x25, "no node address left" },
	{ 0 },
};

static const struct ot_name modes[] = { { 0, "program" }, { 1, "debug" },
	{ 2, "monitor" }, { 4, "run" }, { 0 } };

/* Kept for a connection. */
struct state {
	bool stated;
};

/* An address: network, node, unit. */
struct node {
	uint8_t net, node, unit;
};

struct header {
	uint8_t icf, sid;
	struct node to, from;
	uint16_t command;
};

static struct node
node_of(struct ot_buf *b)
{
	struct node n = { .net = ot_u8(b) };

	n.node = ot_u8(b);
	n.unit = ot_u8(b);
	return n;
}

static struct header
header_of(struct ot_buf *b)
{
	struct header h = { .icf = ot_u8(b) };

	ot_skip(b, 2); /* reserved, gateways left */
	h.to = node_of(b);
	h.from = node_of(b);
	h.sid = ot_u8(b);
	h.command = ot_u16be(b);
	return h;
}

/* A node on another network, or a unit that is not the CPU, is behind the
 * host; its own node number says nothing more. */
static struct ot_text
nested(const struct ot_pdu *pdu, const struct node *n)
{
	if (n->net && n->unit)
		return ot_format(
		    pdu, "net %u node %u unit %u", n->net, n->node, n->unit);
	if (n->net)
		return ot_format(pdu, "net %u node %u", n->net, n->node);
	return n->unit ? ot_format(pdu, "unit %u", n->unit) : ot_text("");
}

static struct ot_text
route(const struct ot_pdu *pdu, const struct node *n)
{
	struct ot_text text = nested(pdu, n);

	return text.len ? ot_format(
			      pdu, "%.*s ", (int)text.len, (const char *)text.p)
			: text;
}

/* Who does not know a node number asks with 0, and the answer bears the right
 * one: network, unit and id of the client pair them. */
static struct ot_op
op_of(const struct ot_pdu *pdu, const struct header *h,
    const struct node *client, const struct node *server)
{
	const struct ot_fins_command *command = ot_fins_command(h->command);
	struct ot_text at = route(pdu, server);

	return (struct ot_op){ .pair = (uint64_t)h->command << 32 |
				       (uint64_t)client->net << 16 |

				       (uint64_t)client->unit << 8 | h->sid,
		.verb = command ? (enum ot_verb)command->verb : OT_UNKNOWN,
		.name = command ? command->name : "unknown command",
		.has_code = true,
		.code = h->command,
		.flags = command ? command->flags : 0,
		.object = { .space = at.len ? OT_FINS_ROUTE : OT_FINS_NONE,
		    .text = at } };
}

static void
ask(struct ot_buf *b, const struct ot_pdu *pdu, const struct header *h)
{
	const struct ot_fins_command *command = ot_fins_command(h->command);
	struct ot_op op = op_of(pdu, h, &h->from, &h->to);

	if (h->icf & ICF_SILENT)
		op.flags |= OT_OP_NO_ANSWER;
	if (command && command->ask)
		command->ask(b, pdu, &op);
	else
		ot_fins_ask(pdu, &op);
}

/* ---- answers ---- */

static void
say(const struct ot_pdu *pdu, const struct header *h, enum ot_key key,
    struct ot_text value)
{
	const struct ot_fins_command *command = ot_fins_command(h->command);

	if (value.len)
		ot_emit_fact(pdu, &(struct ot_fact){ .key = key,
				      .value = value,
				      .message = command->name,
				      .by = OT_SELF,
				      .nested = nested(pdu, &h->from) });
}

static struct ot_text
text_of(struct ot_buf *b, size_t len)
{
	struct ot_buf text = ot_split(b, len);

	return ot_text_trim(ot_text_of(&text, OT_LATIN1));
}

/* Section 5-3-16: model, version, and what else it has. */
static void
controller_data(
    struct ot_buf *b, const struct ot_pdu *pdu, const struct header *h)
{
	if (b->left < MODEL + MODEL)
		return; /* asked for the units only */
	say(pdu, h, OT_K_MODEL, text_of(b, MODEL));
	say(pdu, h, OT_K_FIRMWARE, text_of(b, MODEL));
}

/* Section 5-3-17: units on the bus, each with its model. */
static void
connection_data(
    struct ot_buf *b, const struct ot_pdu *pdu, const struct header *h)
{
	struct header unit = *h;

	for (unsigned count = ot_u8(b) & 0x7f; count && b->left; count--) {
		unit.from.unit = ot_u8(b);
		say(pdu, &unit, OT_K_MODEL, text_of(b, MODEL));
	}
}

/* Section 5-3-18: state, mode, errors. */
static void
status(struct ot_buf *b, const struct ot_pdu *pdu, const struct header *h)
{
	ot_skip(b, 1);
	const char *mode = ot_name(modes, ot_u8(b));

	if (mode && ot_ok(b))
		say(pdu, h, OT_K_STATE, ot_text(mode));
}

static void
mode_changed(const struct ot_pdu *pdu, const struct header *h, uint64_t pair)
{
	const struct ot_op *asked = ot_asked(pdu, pair);
	const char *mode = h->command == STOP ? "program" : "run";

	if (h->command == RUN && asked && asked->sub &&
	    ot_name(modes, asked->sub - 1))
		mode = ot_name(modes, asked->sub - 1);
	ot_emit_event(pdu, &(struct ot_event){ .kind = "mode change",
			       .detail = ot_text(mode) });
}

static void
answer(struct ot_buf *b, const struct ot_pdu *pdu, const struct header *h)
{
	struct ot_reply reply = { .as = op_of(pdu, h, &h->to, &h->from) };
	uint32_t end = ot_u16be(b);

	if (reply.as.object.space == OT_FINS_ROUTE)
		reply.as.object.text.len--;
	if (!ot_ok(b))
		return;
	if (end & ~(uint32_t)END_FLAGS) {
		reply.error_code = end & ~(uint32_t)END_FLAGS;
		reply.error = ot_name(end_codes, reply.error_code);
	} else if (end & 0x8000) {
		reply.error = "relay error";
	}
	ot_emit_reply(pdu, &reply);
	if (reply.error || reply.error_code)
		return;
	switch (h->command) {
	case CONTROLLER_DATA:
		controller_data(b, pdu, h);
		break;
	case CONNECTION_DATA:
		connection_data(b, pdu, h);
		break;
	case STATUS:
		status(b, pdu, h);
		break;
	case RUN:
	case STOP:
		mode_changed(pdu, h, reply.as.pair);
		break;
	case NAME_READ:
		say(pdu, h, OT_K_NAME, ot_text_trim(ot_text_of(b, OT_LATIN1)));
		break;
	default:
		break;
	}
}

static void
frame(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct state *state = ot_state(pdu);
	struct header h = header_of(b);

	if (!ot_ok(b))
		return;
	if (h.icf & ICF_ANSWER)
		answer(b, pdu, &h);
	else
		ask(b, pdu, &h);
	if (!state->stated && ot_ok(b)) {
		/* The protocol has neither. */
		ot_emit_security(pdu, OT_S_PROTECTION, ot_text("none"));
		ot_emit_security(pdu, OT_S_AUTH, ot_text("none"));
		state->stated = true;
	}
}

/* ---- FINS/TCP ---- */

/* The client asks for a node number, the server gives both. */
static void
node_address(const struct ot_pdu *pdu, uint32_t command, uint32_t error)
{
	struct ot_reply reply = {
		.as = { .pair = 1, .verb = OT_SESSION, .name = "node address" }
	};

	if (command == TCP_CLIENT_NODE) {
		ot_emit_op(pdu, &reply.as);
		return;
	}
	reply.error = ot_name(tcp_errors, error);
	reply.error_code = error;
	ot_emit_reply(pdu, &reply);
}

static void
tcp(struct ot_buf *b, const struct ot_pdu *pdu)
{
	ot_skip(b, 8); /* "FINS", length: pdu_len has used them */
	uint32_t command = ot_u32be(b);
	uint32_t error = ot_u32be(b);
	struct ot_op op = { .verb = OT_SESSION, .flags = OT_OP_NO_ANSWER };

	if (!ot_ok(b))
		return;
	switch (command) {
	case TCP_FRAME:
		frame(b, pdu);
		return;
	case TCP_CLIENT_NODE:
	case TCP_SERVER_NODE:
		ot_skip(b, command == TCP_CLIENT_NODE ? NODE_ADDRESS
						      : 2 * NODE_ADDRESS);
		node_address(pdu, command, error);
		return;
	case TCP_REFUSAL:
		op.name = "frame send error notification";
		ot_emit_reply(pdu, &(struct ot_reply){ .as = op,
				       .error = ot_name(tcp_errors, error),
				       .error_code = error });
		return;
	case TCP_CONFIRM:
		op.name = "connection confirmation";
		break;
	default:
		op.verb = OT_UNKNOWN;
		op.name = "unknown command";
		op.has_code = true;
		op.code = command;
		break;
	}
	ot_emit_op(pdu, &op);
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	if (memcmp(pdu->over, "tcp", 4) == 0)
		tcp(b, pdu);
	else
		frame(b, pdu);
}

/* ---- could it be? ---- */

static bool
frame_fits(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint8_t reserved = ot_peek(&b, 1), gateways = ot_peek(&b, 2);
	struct header h = header_of(&b);
	bool answers = h.icf & ICF_ANSWER;

	return ot_ok(&b) && !(h.icf & ICF_RESERVED) && !reserved &&
	       gateways <= GATEWAYS && h.to.net <= NETWORKS &&
	       h.from.net <= NETWORKS && answers != pdu->to_server &&
	       ot_fins_command(h.command) &&
	       (!answers || b.left >= 2 || pdu->cut || pdu->rest);
}

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	if (memcmp(pdu->over, "tcp", 4) != 0)
		return frame_fits(b, pdu);
	uint32_t command = ot_peek32be(&b, 8);

	if (!ot_starts(&b, "FINS", 4) || b.left < TCP_HEADER)
		return false;
	ot_skip(&b, TCP_HEADER);
	switch (command) {
	case TCP_CLIENT_NODE:
		return pdu->to_server;
	case TCP_SERVER_NODE:
	case TCP_REFUSAL:
		return !pdu->to_server;
	case TCP_FRAME:
		return frame_fits(b, pdu);
	default:
		return command == TCP_CONFIRM;
	}
}

static long
pdu_len(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint32_t len = ot_peek32be(&b, 4);

	if (memcmp(pdu->over, "tcp", 4) != 0)
		return (long)b.left;
	if (memcmp(b.p, "FINS", b.left < 4 ? b.left : 4) != 0)
		return -1;
	if (b.left < 8)
		return 0;
	if (len < TCP_COUNTED || len > TCP_MAX)
		return -1;
	return (long)(len + 8);
}

const struct ot_proto ot_proto_fins = {
	.name = "fins",
	.over = { "udp", "tcp" },
	.strength = OT_MEDIUM,
	.ports = ports,
	.spaces = spaces,
	.names = { ot_fins_areas },
	.state_size = sizeof(struct state),
	.probe = probe,
	.pdu_len = pdu_len,
	.dissect = dissect,
};
