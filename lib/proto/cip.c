/*
 * Common Industrial Protocol: explicit messages inside EtherNet/IP, implicit
 * ones on UDP port 2222 (ODVA Volume 1, clauses 2-4 message router, 3-5.5
 * connection manager, appendix A services; Volume 2, clause 3-2).
 *
 * Unconnected Send and Multiple Service Packet wrap other requests and are no
 * operations themselves; what they carry is. All operations of one PDU have
 * pairs of their own, made from that of the PDU and their places in it.
 */
#include "proto/cip.h"
#include "proto/enip.h"

/* Wrappers inside wrappers. */
enum { DEPTH = 4 };

/* What a message must know of the PDU around it. */
struct scope {
	uint64_t pair;
	struct ot_text route; /* of the Unconnected Send around it */
	bool connected;
	const struct ot_cip_connection *connection; /* where it is known */
	uint16_t port_ot;
	unsigned depth;
};

static uint64_t
mix(uint64_t x)
{
	return (x ^ x >> 29) * 0x9e3779b97f4a7c15u;
}

static struct scope
place(const struct scope *scope, unsigned at)
{
	struct scope inner = *scope;

	inner.pair = mix(scope->pair + 1 + at);
	inner.depth++;
	return inner;
}

static bool
too_deep(struct ot_buf *b, const struct scope *scope)
{
	if (scope->depth < DEPTH)
		return false;
	ot_fail(b, OT_FAULT_DEPTH);
	return true;
}

/* Get_Attribute_List and Set_Attribute_List begin with a count; the numbers
 * of a set are between its values, whose lengths only the class tells. */
static void
attribute_list(struct ot_buf *b, uint8_t code, struct ot_object *object)
{
	uint16_t count = ot_u16le(b), i;

	if (count == 0)
		return;
	uint16_t first = ot_u16le(b);
	bool run = true;

	if (code == OT_CIP_SET_LIST) {
		if (count == 1)
			ot_cip_attributes(object, first, 1);
		return;
	}
	for (i = 1; i < count && ot_ok(b); i++)
		if (ot_u16le(b) != (uint16_t)(first + i))
			run = false;
	if (run)
		ot_cip_attributes(object, first, count);
}

static void
tag_elements(struct ot_buf *b, uint8_t code, struct ot_object *object)
{
	if (code == OT_CIP_WRITE_TAG || code == OT_CIP_WRITE_FRAGMENT) {
		uint16_t type = ot_u16le(b);

		if (type == 0x02a0) /* a structure: its handle follows */
			ot_skip(b, 2);
	} else if (code != OT_CIP_READ_TAG && code != OT_CIP_READ_FRAGMENT) {
		return;
	}
	ot_cip_elements(object, ot_u16le(b));
}

static const char *
reset_name(uint8_t type)
{
	static const struct ot_name names[] = {
		{ 0, "reset" },
		{ 1, "reset to factory defaults" },
		{ 2, "reset to factory defaults except communication" },
		{ 0, NULL },
	};
	const char *name = ot_name(names, type);

	return name ? name : "reset";
}

/* What the data of a request adds to its operation. */
static void
request_data(struct ot_buf *b, const struct ot_pdu *pdu, uint32_t class,
    struct ot_op *op)
{
	uint8_t code = (uint8_t)op->code;

	if (code == OT_CIP_GET_LIST || code == OT_CIP_SET_LIST)
		attribute_list(b, code, &op->object);
	else if (class == OT_CIP_SYMBOL)
		tag_elements(b, code, &op->object);
	else if (class == OT_CIP_IDENTITY && code == OT_CIP_RESET)
		op->name = reset_name(ot_peek(b, 0));
	else if (class != OT_CIP_MANAGER)
		return;
	else if (code == OT_CIP_OPEN || code == OT_CIP_LARGE_OPEN)
		op->object = ot_cip_open(b, pdu, code);
	else if (code == OT_CIP_CLOSE)
		op->object = ot_cip_close(b, pdu);
}

static void message(
    struct ot_buf *b, const struct ot_pdu *pdu, const struct scope *scope);

/* Unconnected Send: the message, then the route that it is to take. */
static void
unconnected_send(
    struct ot_buf *b, const struct ot_pdu *pdu, const struct scope *scope)
{
	struct scope inner = *scope;

	if (too_deep(b, scope))
		return;
	ot_skip(b, 2); /* priority, timeout ticks */
	uint16_t len = ot_u16le(b);
	struct ot_buf window = ot_split(b, len);

	if (len % 2)
		ot_skip(b, 1);
	uint8_t words = ot_u8(b);

	ot_skip(b, 1);
	struct ot_buf segments = ot_split(b, 2u * words);
	struct ot_text route = ot_cip_route(pdu, segments);

	if (!ot_ok(b))
		return;
	inner.depth++;
	inner.route = scope->route.len == 0
			  ? route
			  : ot_format(pdu, "%.*s,%.*s", (int)scope->route.len,
				(const char *)scope->route.p, (int)route.len,
				(const char *)route.p);
	message(&window, pdu, &inner);
}

/* Multiple Service Packet: count, an offset for each, the messages. They are
 * in order and do not overlap, so that no byte is read twice. */
static void
multiple(struct ot_buf *b, const struct ot_pdu *pdu, const struct scope *scope)
{
	struct ot_buf start = *b;
	uint16_t count = ot_u16le(b);
	uint16_t offset = ot_u16le(b);
	unsigned i;

	if (too_deep(b, scope))
		return;
	ot_expect(b, count > 0 && offset >= 2u + 2u * count);
	ot_skip(&start, offset);
	for (i = 0; i < count && ot_ok(b); i++) {
		struct scope inner = place(scope, i);
		struct ot_buf window = start;

		if (i + 1u < count) {
			uint16_t next = ot_u16le(b);

			if (!ot_expect(b, next >= offset))
				return;
			window = ot_split(&start, (size_t)next - offset);
			offset = next;
		}
		if (ot_ok(b))
			message(&window, pdu, &inner);
	}
}

static void
request(struct ot_buf *b, const struct ot_pdu *pdu, const struct scope *scope)
{
	uint8_t code = ot_u8(b);
	struct ot_buf epath = ot_split(b, 2u * ot_u8(b));
	struct ot_cip_path path = ot_cip_path(&epath);
	uint32_t class = ot_cip_path_class(&path);

	if (!ot_ok(b))
		return;
	if (class == OT_CIP_MANAGER && code == OT_CIP_UNCONNECTED) {
		unconnected_send(b, pdu, scope);
		return;
	}
	if (code == OT_CIP_MULTIPLE) {
		multiple(b, pdu, scope);
		return;
	}
	struct ot_text route = scope->route.len > 0 || path.route.left == 0
				   ? scope->route
				   : ot_cip_route(pdu, path.route);
	struct ot_cip_service service =
	    ot_cip_service(code, class, path.class[0]);
	struct ot_op op = { .pair = scope->pair,
		.verb = service.verb,
		.name = service.name,
		.has_code = true,
		.code = code,
		.flags = service.flags,
		.object = ot_cip_object(pdu, &path, route) };

	request_data(b, pdu, class, &op);
	if (ot_ok(b))
		ot_emit_op(pdu, &op);
}

static void
answer(const struct ot_pdu *pdu, uint64_t pair, uint8_t code,
    struct ot_cip_service service, const struct ot_reply *outcome)
{
	struct ot_reply reply = *outcome;

	reply.as = (struct ot_op){ .pair = pair,
		.verb = service.verb,
		.name = service.name,
		.has_code = code != 0,
		.code = code,
		.flags = service.flags };
	ot_emit_reply(pdu, &reply);
}

/* One outcome for all that the PDU asked: its operation, or those that a
 * Multiple Service Packet held. */
static void
answer_all(const struct ot_pdu *pdu, const struct scope *scope, uint8_t code,
    const struct ot_reply *outcome)
{
	struct ot_cip_service service =
	    ot_cip_service(code, OT_CIP_NO_CLASS, OT_CIP_NO_CLASS);
	unsigned i;

	for (i = 0; i < OT_LIMIT_PAIRS; i++) {
		struct scope inner = place(scope, i);

		if (!ot_asked(pdu, inner.pair))
			break;
		answer(pdu, inner.pair, code, service, outcome);
	}
	if (i == 0)
		answer(pdu, scope->pair, code, service, outcome);
}

/* Behind which route the device is that answers. */
static struct ot_text
nested(const struct ot_pdu *pdu, const struct scope *scope,
    const struct ot_op *asked)
{
	struct ot_text route = ot_cip_object_route(&asked->object);
	const struct ot_cip_connection *c = scope->connection;
	enum ot_fault fault = OT_FAULT_NONE;

	if (route.len == 0 && scope->connected) {
		if (!c || c->flags & OT_CIP_FAR)
			return ot_text("path unknown");
		route =
		    ot_cip_route(pdu, ot_buf(c->route, c->route_len, &fault));
	}
	if (route.len == 0)
		return route;
	return ot_format(
	    pdu, "path %.*s", (int)route.len, (const char *)route.p);
}

static bool
tells_facts(uint8_t code)
{
	return code == OT_CIP_GET_ALL || code == OT_CIP_GET_LIST ||
	       code == OT_CIP_GET_SINGLE;
}

/* The data of a good answer to a request that is known. */
static void
answer_data(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct scope *scope, const struct ot_op *asked)
{
	uint8_t code = (uint8_t)asked->code;
	struct ot_cip_target target = ot_cip_target(&asked->object);

	if (asked->verb == OT_MODE) {
		ot_emit_event(pdu, &(struct ot_event){ .kind = "mode change",
				       .detail = ot_text(asked->name),
				       .object = asked->object });
	} else if (asked->verb == OT_SESSION &&
		   (code == OT_CIP_OPEN || code == OT_CIP_LARGE_OPEN)) {
		ot_cip_opened(b, pdu, scope->port_ot);
	} else if (tells_facts(code) && (target.class == OT_CIP_IDENTITY ||
					    target.class == OT_CIP_TCPIP ||
					    target.class == OT_CIP_ETHERNET ||
					    target.class == OT_CIP_LLDP)) {
		ot_cip_attributes_said(b, pdu, code, &target,
		    (struct ot_cip_who){ .message = asked->name,
			.by = OT_SELF,
			.nested = nested(pdu, scope, asked) });
	}
}

/* A Forward Open's answer is told by its length where the request is not
 * known. */
static bool
looks_opened(const struct ot_buf *b, uint8_t code, bool good)
{
	return good && (code == OT_CIP_OPEN || code == OT_CIP_LARGE_OPEN) &&
	       b->left >= 26 && b->left == 26u + 2u * ot_peek(b, 24);
}

static void
reply(struct ot_buf *b, const struct ot_pdu *pdu, const struct scope *scope)
{
	uint8_t code = ot_u8(b) & 0x7f;

	ot_skip(b, 1);
	uint8_t status = ot_u8(b);
	struct ot_buf words = ot_split(b, 2u * ot_u8(b));
	uint16_t extended = words.left > 0 ? ot_u16le(&words) : 0;
	bool good = status == 0 || status == 6; /* 6: more is to be fetched */
	struct ot_reply outcome = { .error_code = good ? 0 : status };

	if (!ot_ok(b))
		return;
	if (!good)
		outcome.error = ot_cip_status(status, extended);
	if (code == OT_CIP_MULTIPLE && b->left > 2) {
		multiple(b, pdu, scope);
		return;
	}
	const struct ot_op *asked = ot_asked(pdu, scope->pair);

	/* Also the router's word that it could not forward a message. */
	if (code == OT_CIP_MULTIPLE ||
	    (code == OT_CIP_UNCONNECTED && (!asked || asked->code != code))) {
		answer_all(pdu, scope, code, &outcome);
		return;
	}
	bool mine = asked && asked->code == code;
	bool opened = !mine && looks_opened(b, code, good);

	/* An answer to another service answers no request of this pair. */
	answer(pdu, !asked || mine ? scope->pair : ~scope->pair, code,
	    ot_cip_service(code, opened ? OT_CIP_MANAGER : OT_CIP_NO_CLASS,
		OT_CIP_NO_CLASS),
	    &outcome);
	/* 0A: some attributes of the list failed, and each tells. */
	if (mine &&
	    (status == 0 || (status == 0x0a && code == OT_CIP_GET_LIST)))
		answer_data(b, pdu, scope, asked);
	else if (opened)
		ot_cip_opened(b, pdu, scope->port_ot);
}

static void
message(struct ot_buf *b, const struct ot_pdu *pdu, const struct scope *scope)
{
	if (ot_peek(b, 0) & 0x80)
		reply(b, pdu, scope);
	else
		request(b, pdu, scope);
}

/* Unconnected messages are paired by the context, which the answer echoes;
 * connected ones by connection and sequence (see cip_connection.c). */
static void explicit(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_enip e = ot_enip_head(b, pdu);
	struct scope scope = { .pair = mix(e.context) };

	if (e.status != 0 && e.body.left == 0) {
		answer_all(pdu, &scope, 0,
		    &(struct ot_reply){ .error = ot_enip_status(e.status),
			.error_code = e.status });
		return;
	}
	struct ot_enip_carried c = ot_enip_carried(&e.body, pdu);

	if (!ot_ok(b) || !c.message)
		return;
	scope.port_ot = c.port_ot;
	if (c.connected) {
		bool asks = !(ot_peek(&c.body, 0) & 0x80);
		uint64_t id = 0;

		scope.connected = true;
		scope.connection = ot_cip_connection(pdu, c.connection, asks);
		if (scope.connection)
			id = scope.connection->to;
		scope.pair = mix(~(id << 16 | c.sequence));
	}
	message(&c.body, pdu, &scope);
}

static bool
is_explicit(const struct ot_buf *b)
{
	uint16_t command = ot_peek16le(b, 0);

	return command == OT_ENIP_RR_DATA || command == OT_ENIP_UNIT_DATA;
}

/* What stands in the items of an encapsulation is CIP by their types. */
static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	if (!is_explicit(&b))
		return ot_cip_io_probe(b);

	struct ot_enip e = ot_enip_head(&b, pdu);

	if (e.status != 0 && e.body.left == 0)
		return ot_ok(&b);

	struct ot_enip_carried c = ot_enip_carried(&e.body, pdu);

	return ot_ok(&b) && c.message;
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	if (is_explicit(b))
		explicit(b, pdu);
	else
		ot_cip_io(b, pdu);
}

static const struct ot_port ports[] = {
	{ "udp", 2222, 2222 },
	{ NULL, 0, 0 },
};

extern const struct ot_proto ot_proto_cip;
const struct ot_proto ot_proto_cip = {
	.name = "cip",
	.over = { "enip", "udp" },
	.strength = OT_MEDIUM,
	.ports = ports,
	.spaces = ot_cip_spaces,
	.state_size = sizeof(struct ot_cip_connections),
	.probe = probe,
	.dissect = dissect,
};
