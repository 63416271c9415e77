/*
 * Which protocol is this? PROTOCOLS.md section 1: content names, a port orders
 * the trials and breaks ties.
 */
#include "engine/ports.h"
#include "engine/state.h"

/* ---- who speaks over what ---- */

const struct carrier *
ot_carrier(const struct ot_engine *engine, const char *name)
{
	for (uint32_t i = 0; i < engine->carrier_count; i++)
		if (engine->carriers[i].name == name ||
		    strcmp(engine->carriers[i].name, name) == 0)
			return &engine->carriers[i];
	return NULL;
}

static struct carrier *
carrier_add(struct ot_engine *engine, const char *name, uint32_t protos)
{
	if (engine->carrier_count == CARRIERS)
		return NULL;
	struct carrier *c = &engine->carriers[engine->carrier_count];

	c->protos = ot_alloc_array(&engine->arena, protos, sizeof(*c->protos));
	if (!c->protos)
		return NULL;
	c->name = name;
	engine->carrier_count++;
	return c;
}

static bool
runs_over(const struct ot_proto *proto, const char *name)
{
	for (unsigned i = 0; i < 8 && proto->over[i]; i++)
		if (strcmp(proto->over[i], name) == 0)
			return true;
	return false;
}

static void
carrier_fill(struct carrier *c)
{
	for (int strength = OT_STRONG; strength >= OT_WEAK; strength--)
		for (const struct ot_proto *const *p = ot_protocols; *p; p++)
			if ((int)(*p)->strength == strength &&
			    runs_over(*p, c->name))
				c->protos[c->count++] = *p;
}

bool
ot_carriers_init(struct ot_engine *engine)
{
	uint32_t protos = 0;

	while (ot_protocols[protos])
		protos++;
	for (uint32_t i = 0; i < protos; i++)
		for (unsigned k = 0; k < 8 && ot_protocols[i]->over[k]; k++) {
			const char *name = ot_protocols[i]->over[k];

			if (ot_carrier(engine, name))
				continue;
			struct carrier *c = carrier_add(engine, name, protos);

			if (!c)
				return false;
			carrier_fill(c);
		}
	return true;
}

static bool
port_in(const struct ot_proto *proto, const char *carrier, uint64_t port)
{
	for (const struct ot_port *p = proto->ports; p && p->carrier; p++)
		if (port >= p->lo && port <= p->hi &&
		    strcmp(p->carrier, carrier) == 0)
			return true;
	return false;
}

bool
ot_port_prior(const struct ot_proto *proto, const char *carrier,
    const struct ot_conn *conn)
{
	return port_in(proto, carrier, conn->port[0]) ||
	       port_in(proto, carrier, conn->port[1]);
}

/* ---- one side against one protocol ---- */

enum match { MATCH_NO, MATCH_MORE, MATCH_YES };

struct trial {
	enum match match;
	unsigned pdus; /* whole ones that match */
};

/* Match the PDUs at the start of a stream, at most three. */
static struct trial
try_stream(struct ot_pdu *pdu, struct ot_buf b, bool last)
{
	struct trial t = { MATCH_MORE, 0 };

	while (b.left && t.pdus < 3) {
		long len = pdu->proto->pdu_len ? pdu->proto->pdu_len(b, pdu)
					       : (long)b.left;

		if (len < 0)
			return (struct trial){ MATCH_NO, 0 };
		if (len == 0)
			break;
		size_t have = (size_t)len < b.left ? (size_t)len : b.left;

		pdu->rest = (size_t)len - have;
		if (pdu->rest && have < OT_LIMIT_HEAD && !last)
			break;
		struct ot_buf one = ot_split(&b, have);

		if (!pdu->proto->probe(one, pdu))
			return (struct trial){ MATCH_NO, 0 };
		t.match = MATCH_YES;
		t.pdus++;
		if (pdu->rest)
			break;
	}
	pdu->rest = 0;
	return t;
}

/* Match datagrams, each by itself. */
static struct trial
try_datagrams(struct ot_pdu *pdu, const struct ot_pending *pending)
{
	struct trial t = { MATCH_MORE, 0 };
	uint32_t start = 0;

	for (uint32_t i = 0; i < pending->mark_count; i++) {
		enum ot_fault fault = OT_FAULT_NONE;
		struct ot_buf b = ot_buf(
		    pending->p + start, pending->marks[i].end - start, &fault);

		pdu->cut = pending->marks[i].cut;
		start = pending->marks[i].end;
		long len = pdu->proto->pdu_len ? pdu->proto->pdu_len(b, pdu)
					       : (long)b.left;

		if (len <= 0 || !pdu->proto->probe(b, pdu))
			return (struct trial){ MATCH_NO, 0 };
		t.match = MATCH_YES;
		t.pdus++;
	}
	return t;
}

struct side {
	const struct ot_pending *pending;
	struct ot_buf given; /* of a stream: not in pending */
	bool any;
};

static struct trial
try_side(struct ot_pdu *pdu, const struct ot_conn *conn,
    const struct side *side, bool last)
{
	if (conn->transport != OT_TCP)
		return try_datagrams(pdu, side->pending);
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b =
	    side->pending->len
		? ot_buf(side->pending->p, side->pending->len, &fault)
		: ot_buf(side->given.p, side->given.left, &fault);

	return try_stream(pdu, b, last);
}

/* ---- both sides against one protocol ---- */

struct verdict {
	const struct ot_proto *proto;
	int client_dir;	  /* -1: both ways are possible */
	bool prior, open; /* open: more bytes may still tell */
	bool enough;
	bool half; /* one side matches, the other one does not */
};

/* How far this protocol matches, if dir client is the client's. */
static void
try_roles(struct ot_engine *engine, struct ot_conn *conn,
    struct session *session, const struct ot_proto *proto,
    const struct side sides[2], int client, bool last, struct trial t[2])
{
	for (unsigned dir = 0; dir < 2; dir++) {
		t[dir] = (struct trial){ MATCH_MORE, 0 };
		if (!sides[dir].any)
			continue;
		struct ot_pdu pdu;

		ot_pdu_of(&pdu, conn, session, proto, dir);
		pdu.over = conn->transport == OT_TCP   ? "tcp"
			   : conn->transport == OT_UDP ? "udp"
						       : "eth";
		pdu.to_server = (int)dir == client;
		pdu.said = &engine->said;
		t[dir] = try_side(&pdu, conn, &sides[dir], last);
	}
}

/* Is what matched enough for a protocol of this strength? PROTOCOLS.md 1.1
 * point 2; at the end of a connection a port that fits stands in for the PDUs
 * that were not captured. */
static bool
enough(const struct ot_proto *proto, const struct trial t[2],
    const struct side sides[2], bool prior, bool last)
{
	unsigned sum = t[0].pdus + t[1].pdus;

	if (!sum || (proto->mutual && !(t[0].pdus && t[1].pdus)))
		return false;
	switch (proto->strength) {
	case OT_STRONG:
		return true;
	case OT_MEDIUM:
		if (t[0].pdus && t[1].pdus)
			return true;
		if (!(sides[0].any && sides[1].any) && sum >= 3)
			return true;
		return last && prior;
	case OT_WEAK:
		break;
	}
	return t[0].pdus && t[1].pdus && sum >= 3 && prior;
}

static bool
try_proto(struct ot_engine *engine, struct ot_conn *conn,
    struct session *session, const struct ot_proto *proto,
    const struct side sides[2], bool last, struct verdict *v)
{
	bool holds[2] = { false, false };
	int half_client = -1;

	v->proto = proto;
	v->open = false;
	for (int turn = 0; turn < 2; turn++) {
		/* the side of the SYN first: only if it does not fit, the
		 * other one */
		int client = conn->flags & OT_CONN_SYN
				 ? (turn ? !conn->syn_dir : conn->syn_dir)
				 : turn;
		struct trial t[2];

		try_roles(engine, conn, session, proto, sides, client, last, t);
		if (t[0].match == MATCH_NO || t[1].match == MATCH_NO) {
			if (!v->half && (t[0].pdus || t[1].pdus)) {
				v->half = true;
				half_client = client;
			}
			continue;
		}
		v->open = true;
		holds[client] = enough(proto, t, sides, v->prior, last);
		if (holds[client] && conn->flags & OT_CONN_SYN)
			break;
	}
	v->enough = holds[0] || holds[1];
	v->client_dir = !v->enough	       ? half_client
			: holds[0] && holds[1] ? -1
			: holds[0]	       ? 0
					       : 1;
	return v->enough;
}

/* ---- ports ---- */

/* What data/ports.csv calls the port of that end. */
static struct ot_str
name_of(const struct ot_engine *engine, const struct ot_conn *conn, int end)
{
	const struct ot_ports *ports = engine->options->ports;

	return ports ? ot_ports_name(ports, conn->transport, conn->port[end])
		     : (struct ot_str){ 0 };
}

struct ot_str
ot_name_by_port(const struct ot_engine *engine, const struct ot_conn *conn,
    const struct session *session)
{
	return name_of(engine, conn, !session->client_dir);
}

/* ---- roles ---- */

/* Which direction comes from the client, by ports alone; -1: neither tells. */
static int
client_by_port(const struct ot_engine *engine, const struct ot_conn *conn)
{
	if (conn->transport > OT_SCTP)
		return -1;
	bool known[2] = { name_of(engine, conn, 0).p != NULL,
		name_of(engine, conn, 1).p != NULL };

	if (known[0] != known[1])
		return known[0] ? 1 : 0;
	if ((conn->port[0] < 1024) != (conn->port[1] < 1024))
		return conn->port[0] < 1024 ? 1 : 0;
	return -1;
}

/* Roles that the content did not decide. */
void
ot_decide_roles(
    struct ot_engine *engine, struct ot_conn *conn, struct session *session)
{
	if (session->client_dir >= 0)
		return;
	if (conn->flags & OT_CONN_SYN) {
		session->client_dir = conn->syn_dir;
		session->roles_by = OT_ROLES_SYN;
		return;
	}
	int client = -1;

	if (session->level[0].proto) {
		const char *carrier = session->level[0].carrier;
		bool a =
		    port_in(session->level[0].proto, carrier, conn->port[0]);
		bool b =
		    port_in(session->level[0].proto, carrier, conn->port[1]);

		if (a != b && conn->transport <= OT_SCTP)
			client = a ? 1 : 0;
	}
	if (client < 0)
		client = client_by_port(engine, conn);
	session->roles_by = client < 0 ? OT_ROLES_FIRST : OT_ROLES_PORT;
	session->client_dir = client < 0 ? conn->first_dir : client;
}

/* ---- naming ---- */

static void
speak(struct ot_engine *engine, struct ot_conn *conn, struct session *session,
    const struct verdict *v, const char *carrier)
{
	session->state = NAMED;
	session->named_by = OT_NAMED_CONTENT;
	if (session->level[0].proto != v->proto)
		ot_levels_free(session); /* of another name, before a gap */
	session->level[0].proto = v->proto;
	session->level[0].carrier = carrier;
	if (v->client_dir >= 0 &&
	    !(conn->flags & OT_CONN_SYN && conn->syn_dir == v->client_dir)) {
		session->client_dir = v->client_dir;
		session->roles_by = OT_ROLES_PROTOCOL;
	}
	ot_decide_roles(engine, conn, session);
}

static void
name_it(struct ot_engine *engine, struct ot_conn *conn, struct session *session,
    const struct ot_proto *proto)
{
	session->live =
	    ot_live_get(engine, conn, session, ot_str(proto->name), proto);
}

/* ---- upgrades ---- */

static bool
speaks(const struct session *session, const struct ot_proto *proto)
{
	for (unsigned i = 0; i < LEVELS; i++)
		if (session->level[i].proto == proto)
			return true;
	return false;
}

/* From here on the stream is of another protocol. The flow keeps its name,
 * unless that was only the port's or an envelope's. */
static void
upgrade_to(struct ot_engine *engine, struct ot_conn *conn,
    struct session *session, const struct ot_proto *proto, int client)
{
	const struct ot_proto *outer =
	    session->state == NAMED ? session->level[0].proto : NULL;
	struct verdict v = { .proto = proto, .client_dir = client };
	bool keeps =
	    outer && !(outer->envelope && session->live->proto == outer);

	session->skip[0] = session->skip[1] = 0;
	session->resync[0] = session->resync[1] = false;
	session->failures = 0;
	ot_parts_free(engine, session);
	speak(engine, conn, session, &v, "tcp");
	if (!keeps)
		name_it(engine, conn, session, proto);
	if (outer)
		ot_counts_add(&engine->arena, &session->live->sum.also,
		    ot_str(keeps ? proto->name : outer->name), 1);
}

/* Could it begin here, if dir client is the client's? */
static enum match
may_begin(struct ot_engine *engine, struct ot_conn *conn,
    struct session *session, const struct ot_proto *proto, unsigned dir,
    int client, struct ot_buf b)
{
	struct ot_pdu pdu;

	ot_pdu_of(&pdu, conn, session, proto, dir);
	pdu.over = "tcp";
	pdu.to_server = (int)dir == client;
	pdu.said = &engine->said;
	long len = proto->pdu_len(b, &pdu);

	if (len < 0)
		return MATCH_NO;
	size_t have = (size_t)len < b.left ? (size_t)len : b.left;

	pdu.rest = (size_t)len - have;
	if (len == 0 || (pdu.rest && have < UPGRADE))
		return MATCH_MORE;
	return proto->begins(ot_split(&b, have), &pdu) ? MATCH_YES : MATCH_NO;
}

enum recognised
ot_upgrade(struct ot_engine *engine, struct ot_conn *conn,
    struct session *session, unsigned dir, struct ot_buf b)
{
	const struct carrier *carrier = ot_carrier(engine, "tcp");
	enum recognised result = ALL_SAY_NO;
	int guess = session->client_dir >= 0 ? session->client_dir : (int)dir;

	engine->said.engine = engine;
	engine->said.conn = conn;
	engine->said.session = session;
	engine->said.dir = dir;
	for (uint32_t i = 0; carrier && i < carrier->count; i++) {
		const struct ot_proto *proto = carrier->protos[i];

		if (!proto->begins || speaks(session, proto))
			continue;
		for (int turn = 0; turn < 2; turn++) {
			int client = turn ? !guess : guess;
			enum match match = may_begin(
			    engine, conn, session, proto, dir, client, b);

			if (match == MATCH_YES) {
				upgrade_to(
				    engine, conn, session, proto, client);
				return RECOGNISED;
			}
			if (match == MATCH_MORE)
				result = STILL_OPEN;
		}
	}
	return result;
}

static const struct ot_proto *
expected(const struct ot_engine *engine, const struct ot_conn *conn)
{
	const struct ot_proto *proto = NULL;
	struct expect e;

	for (unsigned k = 0; !proto && engine->expects.count && k < 2; k++) {
		memset(&e, 0, sizeof(e)); /* gaps too */
		e.listener = conn->end[k];
		e.other = conn->end[!k];
		e.port = (uint16_t)conn->port[k];
		e.transport = conn->transport;
		proto = ot_map_get(&engine->expects, &e, sizeof(e));
	}
	return proto;
}

enum recognised
ot_recognise(struct ot_engine *engine, struct ot_conn *conn,
    struct session *session, unsigned dir, struct ot_buf given, bool last)
{
	/* carriers of the first level have the names of transports */
	const char *name = ot_transport_names[conn->transport];
	const struct carrier *carrier = ot_carrier(engine, name);
	struct side sides[2];
	struct verdict best = { 0 }, half = { 0 };
	bool open = false;

	if (!carrier)
		return ALL_SAY_NO;
	for (unsigned k = 0; k < 2; k++) {
		sides[k].pending = &conn->half[k].pending;
		sides[k].given = given;
		if (k != dir)
			sides[k].given.left = 0;
		sides[k].any = sides[k].pending->len || sides[k].given.left;
	}
	engine->said.engine = engine;
	engine->said.conn = conn;
	engine->said.session = session;
	engine->said.dir = dir;
	const struct ot_proto *foretold = expected(engine, conn);

	for (uint32_t i = 0; i < carrier->count; i++) {
		struct verdict v = { 0 };

		v.prior = carrier->protos[i] == foretold ||
			  ot_port_prior(carrier->protos[i], name, conn);
		if (best.proto &&
		    best.proto->strength > carrier->protos[i]->strength)
			break;
		if (best.proto && (best.prior || !v.prior))
			continue;
		if (try_proto(engine, conn, session, carrier->protos[i], sides,
			last, &v))
			best = v;
		else if (!half.proto && v.half && v.prior && !v.proto->mutual &&
			 v.proto->strength >= OT_MEDIUM)
			half = v;
		open |= v.open;
	}
	/* whoever answers with rubbish does not hide what was asked */
	if (!best.proto && (last || !open))
		best = half;
	ot_arena_reset(&engine->frame);
	if (best.proto) {
		speak(engine, conn, session, &best, name);
		name_it(engine, conn, session, best.proto);
	}
	return best.proto ? RECOGNISED : open ? STILL_OPEN : ALL_SAY_NO;
}
