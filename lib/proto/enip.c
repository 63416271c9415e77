/*
 * EtherNet/IP encapsulation (ODVA Volume 2, chapter 2): sessions, discovery,
 * and the transport of CIP, which is handed on whole (see enip.h).
 */
#include "proto/enip.h"
#include "proto/cip.h"

enum { PORT = 44818 };

/* Of one connection. */
struct state {
	bool secured; /* its lack of security was said */
};

static const struct command {
	uint16_t n;
	enum ot_verb verb;
	uint32_t flags;
	const char *name;
} commands[] = {
	{ OT_ENIP_NOP, OT_SESSION, OT_OP_NO_ANSWER, "nop" },
	{ OT_ENIP_LIST_SERVICES, OT_IDENTIFY, 0, "list services" },
	{ OT_ENIP_LIST_IDENTITY, OT_IDENTIFY, 0, "list identity" },
	{ OT_ENIP_LIST_INTERFACES, OT_IDENTIFY, 0, "list interfaces" },
	{ OT_ENIP_REGISTER, OT_SESSION, 0, "register session" },
	{ OT_ENIP_UNREGISTER, OT_SESSION, OT_OP_NO_ANSWER,
	    "unregister session" },
	{ OT_ENIP_RR_DATA, OT_UNKNOWN, 0, "send rr data" },
	{ OT_ENIP_UNIT_DATA, OT_UNKNOWN, 0, "send unit data" },
	{ OT_ENIP_INDICATE, OT_SESSION, 0, "indicate status" },
	{ OT_ENIP_CANCEL, OT_SESSION, 0, "cancel" },
	{ OT_ENIP_START_DTLS, OT_SESSION, 0, "start dtls" },
};

static struct command
command_of(uint16_t n)
{
	size_t i, count = sizeof(commands) / sizeof(commands[0]);

	for (i = 0; i < count; i++)
		if (commands[i].n == n)
			return commands[i];
	return (struct command){ n, OT_UNKNOWN, 0, "unknown command" };
}

static bool
is_data(uint16_t command)
{
	return command == OT_ENIP_RR_DATA || command == OT_ENIP_UNIT_DATA;
}

/* A list of items that fills its window. */
static bool
is_list(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint16_t count = ot_u16le(&b);

	if (count > OT_ENIP_ITEMS)
		return false;
	for (; count > 0 && ot_ok(&b); count--)
		(void)ot_enip_item(&b, pdu);
	return ot_ok(&b) && b.left == 0;
}

/* SendRRData and SendUnitData: who asks is told by the message inside. */
static bool
data_probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	struct ot_enip_carried c = ot_enip_carried(&b, pdu);

	if (!ot_ok(&b) || b.left > 0)
		return false;
	return !c.message || c.body.left == 0 ||
	       !(ot_peek(&c.body, 0) & 0x80) == pdu->to_server;
}

static bool
own_port(const struct ot_pdu *pdu)
{
	return pdu->src_port == PORT || pdu->dst_port == PORT;
}

/* Requests of a list have no body, answers always. 01 is a list too, of a
 * time before the specification; only its framing is known. */
static bool
body_probe(const struct ot_enip *e, const struct ot_pdu *pdu)
{
	struct ot_buf body = e->body;

	switch (e->command) {
	case 0x01:
	case OT_ENIP_LIST_SERVICES:
	case OT_ENIP_LIST_IDENTITY:
	case OT_ENIP_LIST_INTERFACES:
		return pdu->to_server ? body.left == 0 : is_list(body, pdu);
	case OT_ENIP_REGISTER:
		return body.left == 4 && ot_peek16le(&body, 0) == 1 &&
		       (e->session == 0) == pdu->to_server;
	case OT_ENIP_UNREGISTER:
		return body.left == 0 && e->session != 0;
	case OT_ENIP_RR_DATA:
	case OT_ENIP_UNIT_DATA:
		return data_probe(body, pdu);
	case OT_ENIP_NOP: /* zeros alone prove nothing */
		return e->session == 0 &&
		       (body.left > 0 || e->context != 0 || own_port(pdu));
	case OT_ENIP_INDICATE:
	case OT_ENIP_CANCEL:
		return e->session != 0;
	case OT_ENIP_START_DTLS:
		return body.left <= 4;
	}
	return false;
}

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	struct ot_enip e = ot_enip_head(&b, pdu);

	if (!ot_ok(&b) || e.options != 0)
		return false;
	if (e.status == 0)
		return body_probe(&e, pdu);
	return ot_enip_status(e.status) && !pdu->to_server &&
	       (is_data(e.command) || command_of(e.command).verb != OT_UNKNOWN);
}

static long
pdu_len(struct ot_buf b, const struct ot_pdu *pdu)
{
	(void)pdu;
	/* options are zero, else the PDU is void; what is not there yet is
	 * zero here, so that other protocols are refused by their first bytes
	 */
	if (ot_peek16le(&b, 0) > 0xff || ot_peek32le(&b, 8) > 0xffff ||
	    ot_peek32le(&b, 20) != 0)
		return -1;
	if (b.left < OT_ENIP_HEAD)
		return 0;
	return OT_ENIP_HEAD + (long)ot_peek16le(&b, 2);
}

/* Item 0C: where the device believes that it is, and who it is. */
static void
identity_item(struct ot_buf *b, const struct ot_pdu *pdu)
{
	const struct ot_cip_who self = { .message = "list identity",
		.by = OT_SELF };

	ot_skip(b, 2 + 2 + 2); /* version; address family, port */
	const uint8_t *p = ot_take(b, 4);

	ot_skip(b, 8);
	if (p) {
		struct ot_addr addr = ot_addr_ipv4(p);

		if (!ot_addr_unspecified(&addr))
			ot_cip_say(
			    pdu, &self, OT_K_IP, ot_format_addr(pdu, &addr));
	}
	ot_cip_identity(b, pdu, &self);
	ot_cip_state(b, pdu, &self);
}

/* Item 86, CIP Security Information: profiles, state of CIP Security. */
static void
security_item(struct ot_buf *b, const struct ot_pdu *pdu)
{
	static const struct ot_name states[] = {
		{ 0, "factory default configuration" },
		{ 1, "configuration in progress" },
		{ 2, "configured" },
		{ 3, "incomplete configuration" },
		{ 0, NULL },
	};
	const struct ot_cip_who self = { .message = "list identity",
		.by = OT_SELF };
	uint16_t profiles = ot_u16le(b);
	uint8_t state = ot_u8(b);
	const char *name = ot_name(states, state);

	if (ot_ok(b))
		ot_cip_say(pdu, &self, OT_K_PROTECTION,
		    ot_format(pdu, "cip security %s, profiles 0x%04x",
			name ? name : "unknown state", (unsigned)profiles));
}

static void
list(struct ot_buf *b, const struct ot_pdu *pdu)
{
	uint16_t count = ot_u16le(b);

	if (count > OT_ENIP_ITEMS)
		ot_fail(b, OT_FAULT_LIMIT);
	for (; count > 0 && ot_ok(b); count--) {
		struct ot_enip_item item = ot_enip_item(b, pdu);

		if (item.type == OT_ENIP_ITEM_IDENTITY)
			identity_item(&item.body, pdu);
		else if (item.type == OT_ENIP_ITEM_SECURITY)
			security_item(&item.body, pdu);
	}
}

/* The answer echoes the context; the session of a registration is new in the
 * answer, and there is one session in a TCP connection. */
static uint64_t
pair_of(const struct ot_enip *e)
{
	return e->context ^ (uint64_t)e->command << 48;
}

static struct ot_op
operation(const struct ot_enip *e, const struct ot_pdu *pdu)
{
	struct command command = command_of(e->command);
	uint32_t flags = command.flags;

	if (pdu->group)
		flags |= OT_OP_MANY_ANSWERS;
	return (struct ot_op){ .pair = pair_of(e),
		.verb = command.verb,
		.name = command.name,
		.has_code = true,
		.code = e->command,
		.flags = flags };
}

static void
say(const struct ot_enip *e, const struct ot_pdu *pdu)
{
	struct ot_op op = operation(e, pdu);

	if (pdu->to_server || op.flags & OT_OP_NO_ANSWER)
		ot_emit_op(pdu, &op);
	else
		ot_emit_reply(pdu, &(struct ot_reply){ .as = op,
				       .error = ot_enip_status(e->status),
				       .error_code = e->status });
}

/* Both names of the carrier are told by four bytes, NUL included. */
static bool
is_tls(const struct ot_pdu *pdu)
{
	return pdu->over && (memcmp(pdu->over, "tls", 4) == 0 ||
				memcmp(pdu->over, "dtls", 4) == 0);
}

static void
security(const struct ot_enip *e, const struct ot_pdu *pdu)
{
	struct state *state = ot_state(pdu);

	if (!state || state->secured || e->command == OT_ENIP_START_DTLS ||
	    is_tls(pdu))
		return;
	state->secured = true;
	ot_emit_security(pdu, OT_S_AUTH, ot_text("none"));
	ot_emit_security(pdu, OT_S_PROTECTION, ot_text("none"));
}

/* Is there a message for CIP, or the refusal of one? */
static bool
for_cip(struct ot_enip *e, const struct ot_pdu *pdu)
{
	if (!is_data(e->command))
		return false;
	if (e->status != 0 && e->body.left == 0)
		return !ot_asked(pdu, pair_of(e));
	return ot_enip_carried(&e->body, pdu).message;
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_buf whole = *b;
	struct ot_enip e = ot_enip_head(b, pdu);
	bool handed = ot_ok(b) && for_cip(&e, pdu);

	if (!ot_ok(b))
		return;
	security(&e, pdu);
	if (handed) {
		ot_hand(pdu, "enip", &whole);
		return;
	}
	say(&e, pdu);
	if (e.command == OT_ENIP_LIST_IDENTITY && !pdu->to_server &&
	    e.status == 0)
		list(&e.body, pdu);
}

static const struct ot_port ports[] = {
	{ "tcp", PORT, PORT },
	{ "udp", PORT, PORT },
	{ NULL, 0, 0 },
};

extern const struct ot_proto ot_proto_enip;
const struct ot_proto ot_proto_enip = {
	.name = "enip",
	.over = { "tcp", "udp", "tls", "dtls" },
	.strength = OT_MEDIUM,
	.ports = ports,
	.state_size = sizeof(struct state),
	.probe = probe,
	.pdu_len = pdu_len,
	.dissect = dissect,
};
