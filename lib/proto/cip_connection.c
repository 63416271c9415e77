/*
 * CIP connections: Forward Open, Large Forward Open and Forward Close (ODVA
 * Volume 1, clause 3-5.5), the ids that they give to connections, and the
 * implicit messages on UDP port 2222 that then bear these ids (Volume 2,
 * clauses 2-6 and 3-3).
 *
 * A class 2 or 3 connection has two ids, one for each direction: a request
 * bears the O->T id, its answer the T->O id and the same sequence count. The
 * answer of the Forward Open shows both, so that the pair can be told for
 * both sides; for a connection opened before the capture there is no such
 * entry on either side, and the sequence count alone pairs.
 */
#include "proto/cip.h"
#include "proto/enip.h"

const struct ot_cip_connection *
ot_cip_connection(const struct ot_pdu *pdu, uint32_t id, bool request)
{
	const struct ot_cip_connections *all = ot_state(pdu);
	unsigned i;

	for (i = 0; all && i < OT_CIP_CONNECTIONS; i++)
		if (all->at[i].flags & OT_CIP_OPENED &&
		    id == (request ? all->at[i].ot : all->at[i].to))
			return &all->at[i];
	return NULL;
}

/* A connection by the name that its originator gave it. */
static struct ot_cip_connection *
named(struct ot_cip_connections *all, const struct ot_cip_connection *name)
{
	unsigned i;

	for (i = 0; i < OT_CIP_CONNECTIONS; i++) {
		struct ot_cip_connection *c = &all->at[i];

		if (c->flags && c->serial == name->serial &&
		    c->vendor == name->vendor &&
		    c->originator == name->originator)
			return c;
	}
	return NULL;
}

/* Keep a connection in the place of its namesake, or of the oldest. */
static void
keep(const struct ot_pdu *pdu, const struct ot_cip_connection *connection)
{
	struct ot_cip_connections *all = ot_state(pdu);
	struct ot_cip_connection *place;

	if (!all)
		return;
	place = named(all, connection);
	if (!place)
		place = &all->at[all->next++ % OT_CIP_CONNECTIONS];
	*place = *connection;
}

static void
read_name(struct ot_buf *b, struct ot_cip_connection *c)
{
	c->serial = ot_u16le(b);
	c->vendor = ot_u16le(b);
	c->originator = ot_u32le(b);
}

/* Network connection parameters: type in the top bits, size in the lower. */
struct parameters {
	unsigned type; /* 0 null, 1 multicast, 2 point to point */
	uint16_t size;
};

static struct parameters
parameters(struct ot_buf *b, bool large)
{
	uint32_t word = large ? ot_u32le(b) : ot_u16le(b);

	if (large)
		return (struct parameters){ word >> 29 & 3, (uint16_t)word };
	return (struct parameters){ word >> 13 & 3, word & 0x1ff };
}

/* The client's own identity, and what it expects of the target. */
static void
say_ends(const struct ot_pdu *pdu, const struct ot_cip_connection *c,
    const struct ot_cip_path *path, struct ot_text route)
{
	struct ot_cip_who self = { .message = "forward open", .by = OT_SELF };
	struct ot_cip_who key = {
		.message = "electronic key", .by = OT_PEER, .about = pdu->dst
	};
	bool none = !path->has_key || (!path->key.vendor && !path->key.type &&
					  !path->key.product);

	ot_cip_say(pdu, &self, OT_K_VENDOR_ID, ot_format(pdu, "%u", c->vendor));
	ot_cip_say(
	    pdu, &self, OT_K_SERIAL, ot_format(pdu, "0x%08x", c->originator));
	if (route.len > 0)
		key.nested = ot_format(
		    pdu, "path %.*s", (int)route.len, (const char *)route.p);
	if (none) {
		if (c->transport < 2)
			ot_cip_say(pdu, &key, OT_K_PROTECTION,
			    ot_text("no electronic key"));
		return;
	}
	/* A zero in the key means: any. */
	if (path->key.vendor)
		ot_cip_say(pdu, &key, OT_K_VENDOR_ID,
		    ot_format(pdu, "%u", path->key.vendor));
	if (path->key.type)
		ot_cip_say(pdu, &key, OT_K_DEVICE_TYPE,
		    ot_format(pdu, "%u", path->key.type));
	if (path->key.product)
		ot_cip_say(pdu, &key, OT_K_PRODUCT_CODE,
		    ot_format(pdu, "%u", path->key.product));
	if (path->key.major & 0x7f)
		ot_cip_say(pdu, &key, OT_K_REVISION,
		    ot_format(pdu, "%u.%u", path->key.major & 0x7fu,
			(unsigned)path->key.minor));
}

static void
keep_route(struct ot_cip_connection *c, struct ot_buf route)
{
	if (route.left > sizeof(c->route)) {
		c->flags |= OT_CIP_FAR;
		return;
	}
	c->route_len = (uint8_t)route.left;
	memcpy(c->route, route.p, route.left);
}

struct ot_object
ot_cip_open(struct ot_buf *b, const struct ot_pdu *pdu, uint8_t code)
{
	struct ot_cip_connection c = { .flags = OT_CIP_ASKED };
	bool large = code == OT_CIP_LARGE_OPEN;

	ot_skip(b, 2); /* priority, timeout ticks */
	c.ot = ot_u32le(b);
	c.to = ot_u32le(b);
	read_name(b, &c);
	ot_skip(b, 4); /* timeout multiplier, reserved */
	ot_skip(b, 4); /* requested packet interval O->T */
	struct parameters ot = parameters(b, large);
	ot_skip(b, 4);
	struct parameters to = parameters(b, large);
	uint8_t transport = ot_u8(b);
	struct ot_buf epath = ot_split(b, 2u * ot_u8(b));
	struct ot_cip_path path = ot_cip_path(&epath);

	if (!ot_ok(b))
		return (struct ot_object){ .space = 0 };
	c.size_ot = ot.size;
	c.size_to = to.size;
	c.transport = transport & 0x0f;
	if (to.type == 1)
		c.flags |= OT_CIP_MULTICAST;
	if (path.safety)
		c.flags |= OT_CIP_IS_SAFETY;
	keep_route(&c, path.route);
	keep(pdu, &c);
	struct ot_text route = ot_cip_route(pdu, path.route);
	say_ends(pdu, &c, &path, route);
	return ot_cip_object(pdu, &path, route);
}

struct ot_object
ot_cip_close(struct ot_buf *b, const struct ot_pdu *pdu)
{
	ot_skip(b, 2 + 8); /* priority, timeout ticks; name */
	uint8_t words = ot_u8(b);

	ot_skip(b, 1);
	struct ot_buf epath = ot_split(b, 2u * words);
	struct ot_cip_path path = ot_cip_path(&epath);

	if (!ot_ok(b))
		return (struct ot_object){ .space = 0 };
	return ot_cip_object(pdu, &path, ot_cip_route(pdu, path.route));
}

/* One direction of an I/O connection: its id is what the implicit messages
 * show, so that they can be told to belong to this request. */
static void
io_event(const struct ot_pdu *pdu, const struct ot_cip_connection *c, bool ot,
    uint32_t interval_us)
{
	ot_emit_event(pdu,
	    &(struct ot_event){ .kind = "i/o connection",
		.object = ot_cip_connection_object(ot ? c->ot : c->to),
		.detail =
		    ot_format(pdu, "%s%s class %u interval %u us size %u%s",
			ot ? "o->t" : "t->o",
			!ot && c->flags & OT_CIP_MULTICAST ? " multicast" : "",
			(unsigned)c->transport, interval_us,
			(unsigned)(ot ? c->size_ot : c->size_to),
			c->flags & OT_CIP_IS_SAFETY ? " safety" : "") });
}

/* Both ends use the port that the target names, by default 2222. */
static void
announce(const struct ot_pdu *pdu, uint16_t port_ot)
{
	ot_announce(pdu, &(struct ot_expect){ .transport = OT_UDP,
			     .port = port_ot ? port_ot : 2222,
			     .listener_is_server = true,
			     .proto = "cip" });
}

void
ot_cip_opened(struct ot_buf *b, const struct ot_pdu *pdu, uint16_t port_ot)
{
	struct ot_cip_connections *all = ot_state(pdu);
	struct ot_cip_connection said = { .flags = OT_CIP_OPENED }, *c;

	said.ot = ot_u32le(b);
	said.to = ot_u32le(b);
	read_name(b, &said);
	uint32_t interval_ot = ot_u32le(b);
	uint32_t interval_to = ot_u32le(b);
	uint8_t words = ot_u8(b);

	ot_skip(b, 1);
	ot_skip(b, 2u * words); /* application reply */
	if (!ot_ok(b) || !all)
		return;
	c = named(all, &said);
	if (!c) { /* not asked in this capture: class and route are unknown */
		said.transport = 3;
		said.flags |= OT_CIP_FAR;
		keep(pdu, &said);
		return;
	}
	c->ot = said.ot;
	c->to = said.to;
	c->flags |= OT_CIP_OPENED;
	if (c->transport < 2) {
		io_event(pdu, c, true, interval_ot);
		io_event(pdu, c, false, interval_to);
		announce(pdu, port_ot);
		*c = (struct ot_cip_connection){
			0
		}; /* its data comes over UDP */
	}
}

/* Two items: an address (sequenced: class 1, else class 0) and the data. */
bool
ot_cip_io_probe(struct ot_buf b)
{
	uint16_t count = ot_u16le(&b);
	uint16_t type = ot_u16le(&b);
	uint16_t len = ot_u16le(&b);

	if (count != 2 || !((type == OT_ENIP_ITEM_SEQUENCED && len == 8) ||
			      (type == OT_ENIP_ITEM_CONNECTION && len == 4)))
		return false;
	ot_skip(&b, len);
	type = ot_u16le(&b);
	len = ot_u16le(&b);
	return ot_ok(&b) && type == OT_ENIP_ITEM_CONNECTED && len == b.left;
}

/* Was this stream seen in this direction? It is now. */
static bool
seen(const struct ot_pdu *pdu, uint32_t id)
{
	struct ot_cip_connections *all = ot_state(pdu);
	unsigned i;

	if (!all)
		return false;
	struct ot_cip_streams *streams = &all->streams[pdu->to_server ? 0 : 1];

	for (i = 0; i < streams->count; i++)
		if (streams->id[i] == id)
			return true;
	if (streams->count < OT_CIP_STREAMS)
		streams->id[streams->count++] = id;
	else
		streams->id[streams->next++ % OT_CIP_STREAMS] = id;
	return false;
}

/* One operation for each stream, not for each packet. Which end is the
 * originator, and with it the verb, only the Forward Open tells. */
void
ot_cip_io(struct ot_buf *b, const struct ot_pdu *pdu)
{
	ot_skip(b, 2);
	struct ot_enip_item address = ot_enip_item(b, pdu);
	uint32_t id = ot_u32le(&address.body);
	struct ot_enip_item data = ot_enip_item(b, pdu);

	ot_expect(b, data.type == OT_ENIP_ITEM_CONNECTED);
	if (!ot_ok(b) || seen(pdu, id))
		return;
	ot_emit_op(pdu, &(struct ot_op){ .pair = id,
			    .verb = OT_UNKNOWN,
			    .name = "i/o data",
			    .flags = OT_OP_NO_ANSWER,
			    .object = ot_cip_connection_object(id) });
}
