/*
 * Datagrams of Beckhoff's AMS router: who is there, and routes that are added
 * by name and password. Beckhoff has published none of it; the layout is that
 * on which the free ADS libraries agree, and which captures show.
 */
#include "proto/ads.h"

enum {
	HEADER = 24, /* to the count of tags */
	MAGIC = 0x71146603,
	INFO = 1,
	ADD_ROUTE = 6,
	TAG_STATUS = 1,
	TAG_PASSWORD = 2,
	TAG_VERSION = 3,
	TAG_OS = 4,
	TAG_HOST = 5,
	TAG_NETID = 7,
	TAG_ROUTE = 12,
	TAG_USER = 13,
	OS_NT = 2,
	OS_CE = 3,
};

static const uint32_t ANSWER = 0x80000000;

struct datagram {
	uint32_t service;
	const uint8_t *netid;
	bool has_password;
	size_t password;
	uint32_t status;
	struct ot_text host, route, user;
};

static void
say(const struct ot_pdu *pdu, enum ot_key key, struct ot_text value)
{
	value = ot_text_trim(value);
	if (value.len)
		ot_emit_fact(pdu, &(struct ot_fact){ .key = key,
				      .value = value,
				      .message = "router",
				      .by = OT_SELF });
}

/* The structure of Windows (OSVERSIONINFO): size, major, minor, build,
 * platform. */
static void
system_of(struct ot_buf b, const struct ot_pdu *pdu)
{
	ot_skip(&b, 4);
	uint32_t major = ot_u32le(&b);
	uint32_t minor = ot_u32le(&b);
	uint32_t build = ot_u32le(&b);
	uint32_t platform = ot_u32le(&b);

	if (!ot_ok(&b) || (platform != OS_NT && platform != OS_CE))
		return;
	say(pdu, OT_K_OS,
	    build ? ot_format(pdu, "%s %u.%u.%u",
			platform == OS_CE ? "Windows CE" : "Windows NT", major,
			minor, build)
		  : ot_format(pdu, "%s %u.%u",
			platform == OS_CE ? "Windows CE" : "Windows NT", major,
			minor));
}

static void
version_of(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint8_t major = ot_u8(&b);
	uint8_t minor = ot_u8(&b);
	uint16_t build = ot_u16le(&b);

	if (!ot_ok(&b))
		return;
	say(pdu, OT_K_APP, ot_text("TwinCAT"));
	say(pdu, OT_K_APP_VERSION,
	    ot_format(pdu, "%u.%u.%u", major, minor, build));
}

static void
tag(struct ot_buf b, const struct ot_pdu *pdu, uint16_t n, struct datagram *d)
{
	bool info = d->service == (INFO | ANSWER);

	switch (n) {
	case TAG_STATUS:
		d->status = ot_u32le(&b);
		break;
	case TAG_PASSWORD:
		d->has_password = true;
		d->password = ot_find(&b, 0);
		break;
	case TAG_VERSION:
		if (info)
			version_of(b, pdu);
		break;
	case TAG_OS:
		if (info)
			system_of(b, pdu);
		break;
	case TAG_HOST:
		d->host = ot_text_trim(ot_text_of(&b, OT_LATIN1));
		break;
	case TAG_ROUTE:
		d->route = ot_text_trim(ot_text_of(&b, OT_LATIN1));
		break;
	case TAG_USER:
		d->user = ot_text_trim(ot_text_of(&b, OT_LATIN1));
		break;
	default:
		break;
	}
}

/* The password goes over the wire in clear; it stays here. */
static void
add_route(const struct ot_pdu *pdu, const struct datagram *d, struct ot_op *op)
{
	op->object.space = OT_ADS_TEXT;
	op->object.text = ot_format(pdu, "route \"%.*s\" to %.*s",
	    (int)d->route.len, (const char *)d->route.p, (int)d->host.len,
	    (const char *)d->host.p);
	ot_emit_op(pdu, op);
	ot_emit_security(pdu, OT_S_AUTH, ot_text("clear"));
	ot_emit_security(pdu, OT_S_AUTH_METHOD, ot_text("route password"));
	if (d->user.len)
		ot_emit_security(pdu, OT_S_USER, d->user);
	ot_emit_event(
	    pdu, &(struct ot_event){ .kind = "route request",
		     .detail = !d->has_password ? ot_text("no password")
			       : d->password
				   ? ot_format(pdu, "password of %u octets",
					 (unsigned)d->password)
				   : ot_text("empty password"),
		     .object = op->object });
}

static struct ot_op
op_of(const struct datagram *d)
{
	uint32_t service = d->service & ~ANSWER;
	struct ot_op op = { .pair = 1ULL << 40 | service,
		.verb = OT_UNKNOWN,
		.name = "unknown service",
		.has_code = true,
		.code = service };

	if (service == INFO) {
		op.name = "router info";
		op.verb = OT_IDENTIFY;
	} else if (service == ADD_ROUTE) {
		op.name = "add route";
		op.verb = OT_NAME;
		op.flags = OT_OP_ALTERS;
	}
	return op;
}

void
ot_ads_router(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct datagram d = { 0 };

	ot_skip(b, 8); /* magic, invoke id that is not used */
	d.service = ot_u32le(b);
	d.netid = ot_take(b, OT_ADS_NETID);
	ot_skip(b, 2); /* port */
	for (uint32_t count = ot_u32le(b); count && ot_ok(b); count--) {
		uint16_t n = ot_u16le(b);
		struct ot_buf value = ot_split(b, ot_u16le(b));

		tag(value, pdu, n, &d);
	}
	if (!ot_ok(b) || !d.netid)
		return;
	struct ot_op op = op_of(&d);

	say(pdu, OT_K_NETID, ot_ads_netid(pdu, d.netid));
	if (d.service & ANSWER) {
		ot_emit_reply(pdu, &(struct ot_reply){ .as = op,
				       .error = ot_ads_error(d.status),
				       .error_code = d.status });
		if (d.service == (INFO | ANSWER))
			say(pdu, OT_K_NAME, d.host);
	} else if (d.service == ADD_ROUTE) {
		add_route(pdu, &d, &op);
	} else {
		ot_emit_op(pdu, &op);
	}
}

bool
ot_ads_router_fits(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint32_t magic = ot_u32le(&b);

	ot_skip(&b, 4);
	uint32_t service = ot_u32le(&b);

	return ot_ok(&b) && magic == MAGIC && b.left + 12 >= HEADER &&
	       (service & ~ANSWER) < 16 &&
	       !(service & ANSWER) == pdu->to_server;
}
