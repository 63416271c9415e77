/*
 * One PDU: what its dissector may ask, what it says, and what is kept of it.
 */
#include "engine/state.h"

#include <stdarg.h>
#include <stdio.h>

/* ---- what a dissector says ---- */

static struct saying *
say(const struct ot_pdu *pdu, enum saying_kind kind)
{
	struct ot_said *said = pdu->said;

	if (said->count == said->cap) {
		uint32_t cap = said->cap ? said->cap * 2 : 16;
		struct saying *at =
		    cap > 4 * OT_LIMIT_SAID
			? NULL
			: ot_heap_grow(said->at, cap, sizeof(*at));

		if (!at) {
			said->dropped++;
			return NULL;
		}
		said->at = at;
		said->cap = cap;
	}
	struct saying *s = &said->at[said->count++];

	s->kind = kind;
	s->proto = pdu->proto;
	return s;
}

/* Texts may lie on the dissector's stack: what was said outlives the call. */
static void
keep(const struct ot_pdu *pdu, struct ot_text *text, size_t limit)
{
	if (!text->len)
		return;
	if (text->len > limit)
		text->len = limit;
	uint8_t *p = ot_scratch(pdu, text->len);

	if (p)
		memcpy(p, text->p, text->len);
	else
		text->len = 0;
	text->p = p;
}

void
ot_emit_op(const struct ot_pdu *pdu, const struct ot_op *op)
{
	struct saying *s = say(pdu, SAID_OP);

	if (s) {
		s->as.op = *op;
		keep(pdu, &s->as.op.object.text, OT_LIMIT_TEXT);
	}
}

void
ot_emit_reply(const struct ot_pdu *pdu, const struct ot_reply *reply)
{
	struct saying *s = say(pdu, SAID_REPLY);

	if (s) {
		s->as.reply = *reply;
		keep(pdu, &s->as.reply.as.object.text, OT_LIMIT_TEXT);
	}
}

void
ot_emit_fact(const struct ot_pdu *pdu, const struct ot_fact *fact)
{
	struct saying *s = say(pdu, SAID_FACT);

	if (s) {
		s->as.fact = *fact;
		keep(pdu, &s->as.fact.value, OT_LIMIT_TEXT);
		keep(pdu, &s->as.fact.nested, OT_LIMIT_TEXT);
	}
}

void
ot_emit_event(const struct ot_pdu *pdu, const struct ot_event *event)
{
	struct saying *s = say(pdu, SAID_EVENT);

	if (s) {
		s->as.event = *event;
		keep(pdu, &s->as.event.detail, OT_LIMIT_TEXT);
		keep(pdu, &s->as.event.object.text, OT_LIMIT_TEXT);
	}
}

void
ot_emit_security(
    const struct ot_pdu *pdu, enum ot_facet facet, struct ot_text value)
{
	struct saying *s = say(pdu, SAID_SECURITY);

	if (s) {
		s->as.security.facet = facet;
		s->as.security.value = value;
		keep(pdu, &s->as.security.value, OT_LIMIT_TEXT);
	}
}

void
ot_emit_certificate(
    const struct ot_pdu *pdu, const struct ot_certificate *certificate)
{
	struct saying *s = say(pdu, SAID_CERTIFICATE);

	if (!s)
		return;
	struct ot_certificate *c = &s->as.certificate;

	*c = *certificate;
	keep(pdu, &c->subject, OT_LIMIT_HEAD);
	keep(pdu, &c->issuer, OT_LIMIT_HEAD);
	keep(pdu, &c->names, OT_LIMIT_HEAD);
	keep(pdu, &c->serial, OT_LIMIT_TEXT);
	keep(pdu, &c->sha256, OT_LIMIT_TEXT);
	keep(pdu, &c->key, OT_LIMIT_TEXT);
	keep(pdu, &c->signature, OT_LIMIT_TEXT);
}

/* ---- what a dissector may ask ---- */

void *
ot_scratch(const struct ot_pdu *pdu, size_t size)
{
	return ot_alloc(&pdu->said->engine->frame, size);
}

struct ot_text
ot_format(const struct ot_pdu *pdu, const char *fmt, ...)
{
	char text[OT_LIMIT_TEXT + 1];
	va_list args;

	va_start(args, fmt);
	int len = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (len < 0)
		len = 0;
	if (len > OT_LIMIT_TEXT)
		len = OT_LIMIT_TEXT;
	uint8_t *p = ot_scratch(pdu, (size_t)len + 1);

	if (!p)
		return ot_text("");
	memcpy(p, text, (size_t)len);
	return (struct ot_text){ p, (size_t)len, OT_UTF8 };
}

struct ot_text
ot_format_hex(const struct ot_pdu *pdu, const uint8_t *p, size_t len)
{
	char *hex = ot_scratch(pdu, 2 * len + 1);

	if (!hex)
		return ot_text("");
	ot_hex(hex, p, len);
	return (struct ot_text){ (const uint8_t *)hex, 2 * len, OT_UTF8 };
}

struct ot_text
ot_format_addr(const struct ot_pdu *pdu, const struct ot_addr *addr)
{
	char text[OT_ADDR_TEXT];

	ot_addr_print(text, addr);
	return ot_format(pdu, "%s", text);
}

void *
ot_state(const struct ot_pdu *pdu)
{
	const struct ot_said *said = pdu->said;
	struct session *session = said->session;

	for (unsigned i = 0; i < LEVELS; i++)
		if (session->level[i].proto == pdu->proto) {
			struct level *level = &session->level[i];

			if (!level->state && pdu->proto->state_size)
				level->state =
				    ot_heap(1, pdu->proto->state_size);
			if (level->state)
				return level->state;
		}
	/* while a name is looked for, or without memory: a fresh one */
	return memset(said->engine->spare_state, 0, said->engine->spare_size);
}

const struct ot_op *
ot_asked(const struct ot_pdu *pdu, uint64_t pair)
{
	const struct ot_said *said = pdu->said;

	return ot_pair_find(said->session, pdu->proto, !said->dir, pair);
}

const struct ot_op *
ot_asked_item(const struct ot_pdu *pdu, uint64_t pair, uint32_t item)
{
	const struct ot_said *said = pdu->said;

	return ot_pair_item(said->session, pdu->proto, !said->dir, pair, item);
}

/* ---- parts of PDUs ---- */

static void
part_free(struct ot_engine *engine, struct part **at)
{
	struct part *part = *at;

	*at = part->next;
	engine->gathered -= part->cap;
	ot_heap_free(part->p);
	ot_heap_free(part);
}

void
ot_parts_free(struct ot_engine *engine, struct session *session)
{
	while (session->parts)
		part_free(engine, &session->parts);
}

static struct part **
part_find(const struct ot_pdu *pdu, uint32_t key)
{
	const struct ot_said *said = pdu->said;
	struct part **at = &said->session->parts;

	while (*at && ((*at)->whole || (*at)->proto != pdu->proto ||
			  (*at)->key != key || (*at)->dir != said->dir))
		at = &(*at)->next;
	return at;
}

void
ot_gather_drop(const struct ot_pdu *pdu, uint32_t key)
{
	struct part **at = part_find(pdu, key);

	if (*at)
		part_free(pdu->said->engine, at);
}

/* Append to a part; false above the limits. */
static bool
part_add(struct ot_engine *engine, struct part *part, const struct ot_buf *w)
{
	if (part->len + w->left > OT_LIMIT_GATHER)
		return false;
	if (part->len + w->left > part->cap) {
		size_t cap = part->cap ? part->cap : 512;

		while (cap < part->len + w->left)
			cap *= 2;
		if (engine->gathered + cap - part->cap > OT_LIMIT_GATHER_ALL)
			return false;
		uint8_t *p = ot_heap_grow(part->p, cap, 1);

		if (!p)
			return false;
		engine->gathered += cap - part->cap;
		part->p = p;
		part->cap = cap;
	}
	if (w->left)
		memcpy(part->p + part->len, w->p, w->left);
	part->len += w->left;
	return true;
}

/* Where one more part goes, `end` being the end of the list. Of too many the
 * oldest is let go, but not what this PDU was given. */
static struct part **
part_room(struct ot_engine *engine, struct session *session, struct part **end)
{
	struct part **oldest = &session->parts;
	unsigned count = 0;

	for (const struct part *p = session->parts; p; p = p->next)
		count++;
	while (*oldest && (*oldest)->whole)
		oldest = &(*oldest)->next;
	if (count < PARTS || !*oldest)
		return end;
	if (end == &(*oldest)->next)
		end = oldest;
	part_free(engine, oldest);
	engine->limit_gather++;
	return end;
}

bool
ot_gather(
    const struct ot_pdu *pdu, uint32_t key, struct ot_buf *window, bool last)
{
	struct ot_engine *engine = pdu->said->engine;
	struct part **at = part_find(pdu, key), *part = *at;

	if (!part) {
		if (last) /* the only part is the whole */
			return ot_ok(window);
		at = part_room(engine, pdu->said->session, at);
		part = *at = ot_heap(1, sizeof(*part));
		if (!part)
			return false;
		part->proto = pdu->proto;
		part->key = key;
		part->dir = pdu->said->dir;
	}
	if (!ot_ok(window) || !part_add(engine, part, window)) {
		engine->limit_gather += ot_ok(window);
		part_free(engine, at);
		window->left = 0;
		return false;
	}
	if (!last) {
		window->left = 0;
		return false;
	}
	part->whole = true;
	window->p = part->p;
	window->left = part->len;
	return true;
}

/* What was given out whole for this PDU is done with. */
void
ot_parts_sweep(struct ot_engine *engine, struct session *session)
{
	struct part **at = &session->parts;

	while (*at)
		if ((*at)->whole)
			part_free(engine, at);
		else
			at = &(*at)->next;
}

/* ---- foretold connections ---- */

void
ot_announce(const struct ot_pdu *pdu, const struct ot_expect *expect)
{
	struct ot_said *said = pdu->said;
	struct ot_engine *engine = said->engine;
	const struct ot_proto *proto = NULL;

	for (const struct ot_proto *const *p = ot_protocols; *p; p++)
		if (strcmp((*p)->name, expect->proto) == 0)
			proto = *p;
	if (!proto || said->second)
		return;
	struct expect *e = ot_alloc(&engine->arena, sizeof(*e));

	if (!e)
		return;
	unsigned server = said->session->client_dir == 0;
	unsigned listener = expect->listener_is_server ? server : !server;

	e->listener = said->conn->end[listener];
	e->other = said->conn->end[!listener];
	e->port = expect->port;
	e->transport = (uint16_t)expect->transport;
	if (engine->expects.count >= OT_LIMIT_DATAGRAMS &&
	    !ot_map_get(&engine->expects, e, sizeof(*e))) {
		engine->limit_expects++;
		ot_give_back(&engine->arena, e, sizeof(*e));
		return;
	}
	size_t before = engine->expects.count;
	void **at = ot_map_at(&engine->expects, e, sizeof(*e));

	if (at)
		*at = (void *)(uintptr_t)proto;
	if (engine->expects.count == before) /* known already */
		ot_give_back(&engine->arena, e, sizeof(*e));
}

/* ---- keeping and dropping ---- */

/* Field by field: to clear the whole first takes longer. */
void
ot_pdu_of(struct ot_pdu *pdu, const struct ot_conn *conn,
    const struct session *session, const struct ot_proto *proto, unsigned dir)
{
	pdu->proto = proto;
	pdu->over = NULL;
	pdu->time_ns = 0;
	pdu->to_server = (int)dir == session->client_dir;
	pdu->cut = false;
	pdu->rest = 0;
	pdu->src = conn->end[dir];
	pdu->dst = conn->end[!dir];
	pdu->src_mac = ot_mac_addr(conn->half[dir].mac);
	pdu->dst_mac = ot_mac_addr(conn->half[!dir].mac);
	pdu->src_port = (uint16_t)conn->port[dir];
	pdu->dst_port = (uint16_t)conn->port[!dir];
	pdu->ethertype = conn->transport >= OT_ETH ? conn->port[0] : 0;
	pdu->group = conn->flags & OT_CONN_GROUP &&
		     (ot_addr_multicast(&conn->end[!dir]) ||
			 ot_addr_broadcast(&conn->end[!dir]));
	pdu->said = NULL;
}

static void
tap_saying(
    const struct ot_tap *tap, const struct ot_pdu *pdu, const struct saying *s)
{
	struct ot_pdu from = *pdu;

	from.proto = s->proto;
	switch (s->kind) {
	case SAID_OP:
		tap->op(tap->user, &from, &s->as.op);
		break;
	case SAID_REPLY: {
		const struct ot_op *asked = ot_pair_find(pdu->said->session,
		    s->proto, !pdu->said->dir, s->as.reply.as.pair);

		tap->reply(tap->user, &from, asked, &s->as.reply);
		break;
	}
	case SAID_FACT:
		tap->fact(tap->user, &from, &s->as.fact);
		break;
	case SAID_EVENT:
		tap->event(tap->user, &from, &s->as.event);
		break;
	case SAID_SECURITY:
		tap->security(tap->user, &from, s->as.security.facet,
		    s->as.security.value);
		break;
	case SAID_CERTIFICATE:
		tap->certificate(tap->user, &from, &s->as.certificate);
		break;
	}
}

void
ot_user_done(struct ot_engine *engine, struct session *session)
{
	ot_give_back(&engine->arena, (void *)(uintptr_t)session->user.p,
	    session->user.len + 1);
	session->user = (struct ot_str){ 0 };
}

static void
take_security(
    struct ot_engine *engine, struct session *session, const struct saying *s)
{
	char text[4 * OT_LIMIT_TEXT];
	struct ot_text value = s->as.security.value;

	if (value.len > OT_LIMIT_TEXT)
		value.len = OT_LIMIT_TEXT;
	size_t len = ot_text_decode_into(text, sizeof(text), value);
	struct ot_str str = { text, len };

	ot_counts_add(&engine->arena,
	    &session->live->sum.security.facet[s->as.security.facet], str, 1);
	if (s->as.security.facet == OT_S_PROTECTION &&
	    ot_str_eq(str, ot_str("encrypted")))
		session->encrypted = true;
	if (s->as.security.facet == OT_S_USER &&
	    !ot_str_eq(session->user, str)) {
		ot_user_done(engine, session);
		session->user = ot_str_keep(&engine->arena, str);
	}
}

/* What was said counts from now on. */
static void
commit(struct ot_said *said, const struct ot_pdu *pdu)
{
	struct ot_engine *engine = said->engine;
	struct session *session = said->session;

	for (uint32_t i = 0; i < said->count; i++) {
		const struct saying *s = &said->at[i];

		if (engine->options->tap)
			tap_saying(engine->options->tap, pdu, s);
		switch (s->kind) {
		case SAID_OP:
			ot_pair_open(engine, session, said, s);
			break;
		case SAID_REPLY:
			ot_pair_close(engine, session, said, s);
			break;
		case SAID_FACT:
			ot_fold_fact(engine, said, pdu, s);
			break;
		case SAID_EVENT:
			ot_fold_event(engine, said, pdu, s);
			break;
		case SAID_SECURITY:
			take_security(engine, session, s);
			break;
		case SAID_CERTIFICATE:
			ot_fold_certificate(
			    engine, session->live, &s->as.certificate);
			break;
		}
	}
}

/* Call the dissector with a fault of its own. What it said from `from` on is
 * withdrawn if the PDU was malformed; false then. A PDU that the snap length
 * cut may end early: its whole parts stay. */
static bool
dissect(struct ot_pdu *pdu, const uint8_t *p, size_t len)
{
	struct ot_said *said = pdu->said;
	uint32_t from = said->count;
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = ot_buf(p, len, &fault);

	pdu->proto->dissect(&b, pdu);
	if (fault == OT_FAULT_NONE)
		return true;
	if ((pdu->cut || pdu->rest) && fault == OT_FAULT_SHORT) {
		if (said->session->live && !said->second)
			said->session->live->sum.coverage.cut++;
		return true;
	}
	if (said->second) { /* whoever reads twice says so himself */
		said->failed = true;
		return false;
	}
	ot_fold_malformed(said->engine, said, pdu, from, fault);
	if (said->engine->options->tap)
		said->engine->options->tap->malformed(
		    said->engine->options->tap->user, pdu);
	said->count = from;
	return false;
}

void
ot_pdu_begin(struct ot_pdu *pdu, struct ot_engine *engine, struct ot_conn *conn,
    struct session *session, unsigned dir)
{
	struct ot_said *said = &engine->said;

	ot_pdu_of(pdu, conn, session, session->level[0].proto, dir);
	pdu->over = session->level[0].carrier;
	pdu->said = said;
	said->engine = engine;
	said->conn = conn;
	said->session = session;
	said->dir = dir;
}

/* A PDU of which nothing was said yet. */
static void
pdu_at(struct ot_pdu *pdu, uint64_t rest, bool cut, const struct ot_mark *mark)
{
	struct ot_said *said = pdu->said;

	pdu->to_server = (int)said->dir == said->session->client_dir;
	pdu->time_ns = mark->time_ns;
	pdu->cut = cut;
	pdu->rest = (size_t)rest;
	said->depth = 0;
	said->frame = mark->frame;
	said->time_ns = mark->time_ns;
	said->count = 0;
	said->dropped = 0;
}

bool
ot_pdu_try(struct ot_pdu *pdu, const uint8_t *p, size_t len, size_t rest,
    const struct ot_mark *mark)
{
	struct ot_said *said = pdu->said;

	pdu_at(pdu, rest, mark->cut, mark);
	said->failed = false;
	dissect(pdu, p, len);
	pdu->rest = 0;
	said->engine->limit_said += said->dropped;
	return !said->failed;
}

bool
ot_pdu_dissect(struct ot_pdu *pdu, const uint8_t *p, size_t len, uint64_t rest,
    bool cut, const struct ot_mark *mark)
{
	struct ot_said *said = pdu->said;
	struct ot_engine *engine = said->engine;
	struct session *session = said->session;

	pdu_at(pdu, rest, cut, mark);
	said->pdu++;
	bool good = dissect(pdu, p, len);

	pdu->rest = 0;
	commit(said, pdu);
	engine->limit_said += said->dropped;
	struct ot_flow_coverage *c = &session->live->sum.coverage;

	if (session->encrypted)
		c->encrypted += len;
	else if (good)
		c->decoded += len;
	else
		c->identified += len;
	if (session->parts)
		ot_parts_sweep(engine, session);
	if (engine->frame.used)
		ot_arena_reset(&engine->frame);
	return good;
}

/* ---- protocols in protocols ---- */

/* Which inner protocol could these bytes be? With open roles also: whose. */
static const struct ot_proto *
inner(const struct ot_pdu *outer, struct ot_pdu *pdu, const char *name,
    struct ot_buf w)
{
	const struct ot_said *said = outer->said;
	const struct carrier *carrier = ot_carrier(said->engine, name);
	bool fixed = said->session->roles_by <= OT_ROLES_SYN;

	if (!carrier)
		return NULL;
	for (uint32_t i = 0; i < carrier->count; i++) {
		enum ot_fault fault = OT_FAULT_NONE;
		struct ot_buf b = ot_buf(w.p, w.left, &fault);

		pdu->proto = carrier->protos[i];
		pdu->to_server = outer->to_server;
		if (pdu->proto->probe(b, pdu))
			return pdu->proto;
		fault = OT_FAULT_NONE;
		pdu->to_server = !outer->to_server;
		if (!fixed && pdu->proto->probe(b, pdu))
			return pdu->proto;
	}
	return NULL;
}

/* The inner protocol says that the roles are the other way round. */
static void
turn_roles(struct ot_said *said, const struct ot_proto *proto)
{
	struct session *session = said->session;

	session->client_dir = !session->client_dir;
	session->roles_by = OT_ROLES_PROTOCOL;
	if (said->second)
		return;
	session->live = ot_live_get(said->engine, said->conn, session,
	    ot_str(session->level[0].proto->envelope
		       ? proto->name
		       : session->level[0].proto->name),
	    session->level[0].proto);
}

/* An inner protocol was found: an envelope takes its name. */
static void
name_inner(struct ot_said *said, struct level *level,
    const struct ot_proto *proto, const char *carrier)
{
	struct session *session = said->session;
	const struct ot_proto *outer = session->level[said->depth - 1].proto;

	level->proto = proto;
	level->carrier = carrier;
	if (said->second)
		return;
	if (outer->envelope)
		session->live = ot_live_get(said->engine, said->conn, session,
		    ot_str(proto->name), proto);
	/* the name that the record does not bear stands in also, by which
	 * model/join.c brings together what was said before */
	ot_counts_add(&said->engine->arena, &session->live->sum.also,
	    ot_str(outer->envelope ? outer->name : proto->name), 1);
}

void
ot_hand(const struct ot_pdu *outer, const char *carrier, struct ot_buf *window)
{
	struct ot_said *said = outer->said;
	unsigned depth = said->depth + 1;
	struct ot_buf w = ot_rest(window);

	if (!w.left || !ot_ok(window) || depth >= LEVELS)
		return;
	struct ot_pdu pdu = *outer;
	struct level *level = &said->session->level[depth];

	pdu.over = carrier;
	said->depth = depth;
	if (!level->proto) {
		const struct ot_proto *proto = inner(outer, &pdu, carrier, w);

		if (proto) {
			name_inner(said, level, proto, carrier);
			if (pdu.to_server != outer->to_server)
				turn_roles(said, proto);
		}
	}
	pdu.proto = level->proto;
	pdu.to_server = (int)said->dir == said->session->client_dir;
	if (pdu.proto && !dissect(&pdu, w.p, w.left))
		said->failed = true;
	said->depth = depth - 1;
}
