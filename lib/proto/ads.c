/*
 * Beckhoff ADS over TCP, and the router's datagrams: Beckhoff Information
 * System, "ADS / AMS specification" (TE1000).
 */
#include "proto/ads.h"

extern const struct ot_proto ot_proto_ads;

enum {
	TCP_HEADER = 6,	 /* reserved, length */
	AMS_HEADER = 32, /* ends, command, flags, length, error, invoke id */
	LENGTH_MAX = 16 << 20,
	FLAG_ANSWER = 1,
	FLAG_SILENT = 2,
	FLAG_ADS = 4,
	NAME = 16,
};

static const struct ot_port ports[] = { { "tcp", 48898, 48898 },
	{ "udp", 48899, 48899 }, { NULL, 0, 0 } };

static const struct ot_space spaces[] = {
	{ "%tport %0u" },
	{ "%tport %0u %1x:%2x+%3u" },
	{ "%t" },
	{ NULL },
};

struct header {
	struct ot_ads_end to, from;
	uint16_t command, flags;
	uint32_t error, invoke;
};

static struct ot_ads_end
end_of(struct ot_buf *b)
{
	struct ot_ads_end end = { 0 };
	const uint8_t *netid = ot_take(b, OT_ADS_NETID);

	if (netid)
		memcpy(end.netid, netid, OT_ADS_NETID);
	end.port = ot_u16le(b);
	return end;
}

static struct header
header_of(struct ot_buf *b)
{
	struct header h = { .to = end_of(b) };

	h.from = end_of(b);
	h.command = ot_u16le(b);
	h.flags = ot_u16le(b);
	ot_skip(b, 4); /* length: what is left */
	h.error = ot_u32le(b);
	h.invoke = ot_u32le(b);
	return h;
}

/* ---- whose ---- */

/* The first one that is spoken to is the host; others are behind it. */
static bool
is_host(const struct ot_pdu *pdu, const struct ot_ads_end *server)
{
	struct ot_ads_state *state = ot_state(pdu);

	if (!state->server_known) {
		state->server_known = true;
		memcpy(state->server, server->netid, OT_ADS_NETID);
	}
	return memcmp(state->server, server->netid, OT_ADS_NETID) == 0;
}

static struct ot_text
nested(const struct ot_pdu *pdu, const struct ot_ads_end *server)
{
	struct ot_text netid = ot_text("");

	if (!is_host(pdu, server)) {
		netid = ot_ads_netid(pdu, server->netid);
		return ot_format(pdu, "netid %.*s port %u", (int)netid.len,
		    (const char *)netid.p, server->port);
	}
	return server->port == OT_ADS_SYSTEM
		   ? ot_text("")
		   : ot_format(pdu, "port %u", server->port);
}

static struct ot_op
op_of(const struct ot_pdu *pdu, const struct header *h,
    const struct ot_ads_end *server, const struct ot_ads_end *client)
{
	struct ot_op op = { .pair = (uint64_t)h->invoke << 32 |
				    (uint64_t)client->port << 16 | server->port,
		.object = { .space = OT_ADS_PORT, .n = { server->port } } };

	ot_ads_name(&op, h->command);
	if (!is_host(pdu, server)) {
		struct ot_text netid = ot_ads_netid(pdu, server->netid);

		op.object.text = ot_format(
		    pdu, "netid %.*s ", (int)netid.len, (const char *)netid.p);
	}
	return op;
}

static void
say(const struct ot_pdu *pdu, const struct ot_ads_end *server, enum ot_key key,
    const char *message, struct ot_text value)
{
	value = ot_text_trim(value);
	if (value.len)
		ot_emit_fact(pdu, &(struct ot_fact){ .key = key,
				      .value = value,
				      .message = message,
				      .by = OT_SELF,
				      .nested = nested(pdu, server) });
}

/* ---- answers ---- */

/* Major, minor, build; the name of what listens at the port. */
static void
device_info(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_ads_end *server, const char *message)
{
	uint8_t major = ot_u8(b);
	uint8_t minor = ot_u8(b);
	uint16_t build = ot_u16le(b);
	struct ot_buf name = ot_split(b, NAME);

	if (!ot_ok(b))
		return;
	say(pdu, server, OT_K_APP, message, ot_text_of(&name, OT_LATIN1));
	say(pdu, server, OT_K_APP_VERSION, message,
	    ot_format(pdu, "%u.%u.%u", major, minor, build));
}

static void
state(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_ads_end *server, const char *message)
{
	const char *name = ot_ads_state_name(ot_u16le(b));

	if (name && ot_ok(b))
		say(pdu, server, OT_K_STATE, message, ot_text(name));
}

static void
control_obeyed(const struct ot_pdu *pdu, const struct ot_op *asked)
{
	const char *name = asked && asked->sub
			       ? ot_ads_state_name((uint16_t)(asked->sub - 1))
			       : NULL;

	if (name)
		ot_emit_event(pdu, &(struct ot_event){ .kind = "mode change",
				       .detail = ot_text(name),
				       .object = asked->object });
}

/* How many bytes came; the handle that was asked for is four. */
static void
handle(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_ads_end *server, const struct ot_op *asked)
{
	uint32_t len = ot_u32le(b);

	if (asked && asked->object.space == OT_ADS_TEXT && len == 4 &&
	    asked->verb == OT_IDENTIFY)
		ot_ads_learn(pdu, server, ot_u32le(b), asked);
}

/* Several places in one: a result for each, before all data. */
static bool
answer_each(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_reply *reply)
{
	if (!ot_asked_item(pdu, reply->as.pair, 2))
		return false;
	ot_skip(b, 4); /* length */
	for (reply->item = 1;
	     ot_asked_item(pdu, reply->as.pair, reply->item) && b->left;
	     reply->item++) {
		reply->error_code = ot_u32le(b);
		reply->error = ot_ads_error(reply->error_code);
		if (ot_ok(b))
			ot_emit_reply(pdu, reply);
	}
	return true;
}

static void
answer(struct ot_buf *b, const struct ot_pdu *pdu, const struct header *h)
{
	struct ot_reply reply = { .as = op_of(pdu, h, &h->from, &h->to) };
	const struct ot_op *asked = ot_asked(pdu, reply.as.pair);
	const char *message = reply.as.name;

	reply.error_code = h->error;
	if (!h->error && b->left)
		reply.error_code = ot_u32le(b);
	reply.error = ot_ads_error(reply.error_code);
	if (!reply.error_code && h->command == OT_ADS_READ_WRITE &&
	    answer_each(b, pdu, &reply))
		return;
	if (ot_ok(b))
		ot_emit_reply(pdu, &reply);
	if (!reply.error_code && h->command == OT_ADS_WRITE_CONTROL)
		control_obeyed(pdu, asked);
	if (reply.error_code || !b->left)
		return;
	if (h->command == OT_ADS_DEVICE_INFO)
		device_info(b, pdu, &h->from, message);
	else if (h->command == OT_ADS_READ_STATE)
		state(b, pdu, &h->from, message);
	else if (h->command == OT_ADS_READ_WRITE)
		handle(b, pdu, &h->from, asked);
}

static void
ask(struct ot_buf *b, const struct ot_pdu *pdu, const struct header *h)
{
	bool notifies = h->command == OT_ADS_NOTIFICATION;
	const struct ot_ads_end *server = notifies ? &h->from : &h->to;
	struct ot_op op = op_of(pdu, h, server, notifies ? &h->to : &h->from);

	if (notifies || h->flags & FLAG_SILENT)
		op.flags |= OT_OP_NO_ANSWER;
	ot_ads_ask(b, pdu, server, &op);
}

/* Each end says its own NetId. */
static void
netids(const struct ot_pdu *pdu, const struct header *h)
{
	struct ot_ads_state *s = ot_state(pdu);
	bool *known = pdu->to_server ? &s->client_known : &s->stated;

	if (*known)
		return;
	*known = true;
	ot_emit_fact(pdu, &(struct ot_fact){ .key = OT_K_NETID,
			      .value = ot_ads_netid(pdu, h->from.netid),
			      .message = "ams header",
			      .by = OT_SELF });
	if (pdu->to_server)
		return;
	/* The protocol has neither. */
	ot_emit_security(pdu, OT_S_PROTECTION, ot_text("none"));
	ot_emit_security(pdu, OT_S_AUTH, ot_text("none"));
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	if (memcmp(pdu->over, "tcp", 4) != 0) {
		ot_ads_router(b, pdu);
		return;
	}
	ot_skip(b, TCP_HEADER);
	struct header h = header_of(b);

	if (!ot_ok(b))
		return;
	if (h.flags & FLAG_ANSWER)
		answer(b, pdu, &h);
	else
		ask(b, pdu, &h);
	if (ot_ok(b))
		netids(pdu, &h);
}

/* ---- could it be? ---- */

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	if (memcmp(pdu->over, "tcp", 4) != 0)
		return ot_ads_router_fits(b, pdu);
	uint32_t len = ot_peek32le(&b, 2);
	uint32_t data = ot_peek32le(&b, TCP_HEADER + 20);
	uint16_t flags = ot_peek16le(&b, TCP_HEADER + 18);
	uint16_t command = ot_peek16le(&b, TCP_HEADER + 16);
	bool answers = flags & FLAG_ANSWER;

	if (b.left < TCP_HEADER + AMS_HEADER || ot_peek16le(&b, 0) != 0 ||
	    len != AMS_HEADER + (uint64_t)data || !(flags & FLAG_ADS) ||
	    flags >> 9 || command < 1 || command >= OT_ADS_COMMANDS)
		return false;
	if (command == OT_ADS_NOTIFICATION)
		return !pdu->to_server;
	return answers != pdu->to_server;
}

static long
pdu_len(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint32_t len = ot_peek32le(&b, 2);

	if (memcmp(pdu->over, "tcp", 4) != 0)
		return (long)b.left;
	if (ot_peek16le(&b, 0) != 0)
		return -1;
	if (b.left < TCP_HEADER)
		return 0;
	return len < AMS_HEADER || len > LENGTH_MAX ? -1
						    : (long)len + TCP_HEADER;
}

const struct ot_proto ot_proto_ads = {
	.name = "ads",
	.over = { "tcp", "udp" },
	.strength = OT_MEDIUM,
	.ports = ports,
	.spaces = spaces,
	.state_size = sizeof(struct ot_ads_state),
	.probe = probe,
	.pdu_len = pdu_len,
	.dissect = dissect,
};
