/*
 * What was said, folded into the records in the making.
 */
#include "engine/state.h"

#include <stdio.h>

enum {
	OPS_LIVE = 2 * OT_LIMIT_OPS, /* then the greatest are let go */
	FACTS = 16384,		     /* of a shard */
	EVENTS = 4096,
};

struct ot_place
ot_frame_place(const struct ot_engine *engine, uint64_t frame, int64_t time_ns)
{
	uint64_t file = frame >> OT_FRAME_BITS;
	struct ot_place place = { .time_ns = time_ns,
		.frame = ot_frame_number(frame) };

	if (file < engine->file_count)
		place.file = engine->files[file];
	return place;
}

/* ---- hash chains ---- */

static unsigned
shard_of(const struct ot_conn *conn)
{
	return ot_shard(&conn->end[0], &conn->end[1]);
}

static uint64_t
add_hash(uint64_t h, const void *p, size_t len)
{
	return (h ^ ot_hash_fixed(p, len)) * 0x9e3779b97f4a7c15U;
}

static uint64_t
add_number(uint64_t h, uint64_t n)
{
	h = (h ^ n) * 0x9e3779b97f4a7c15U;
	return h ^ h >> 29;
}

/* Twice as many chains, when they have become long. */
static bool
chains_grow(struct chain ***chains, uint32_t count, uint32_t *cap)
{
	if (count < *cap)
		return true;
	uint32_t more = *cap ? *cap * 2 : 256;
	struct chain **old = *chains;
	struct chain **at = ot_heap(more, sizeof(*at));

	if (!at)
		return false;
	for (uint32_t i = 0; i < *cap; i++)
		for (struct chain *c = old[i], *next; c; c = next) {
			next = c->next;
			c->next = at[c->hash & (more - 1)];
			at[c->hash & (more - 1)] = c;
		}
	ot_heap_free(old);
	*chains = at;
	*cap = more;
	return true;
}

/* ---- flows ---- */

static void
live_key(struct ot_engine *engine, struct ot_flow_sum *key,
    const struct ot_conn *conn, const struct session *session,
    struct ot_str protocol)
{
	unsigned client = (unsigned)session->client_dir;

	memset(key, 0, sizeof(*key));
	key->sensor = engine->sensors[conn->sensor];
	key->site = engine->sites[conn->sensor];
	key->network.transport = conn->transport;
	key->network.protocol = protocol;
	key->network.vlan.count = conn->vlans;
	memcpy(key->network.vlan.id, conn->vlan,
	    conn->vlans * sizeof(conn->vlan[0]));
	key->client.addr = conn->end[client];
	key->server.addr = conn->end[!client];
	key->server.port = conn->port[!client];
	if (engine->options->connections
		? conn->transport <= OT_SCTP || conn->transport == OT_ICMP
		: conn->transport <= OT_SCTP &&
		      session->roles_by == OT_ROLES_FIRST)
		key->client.port = conn->port[client];
}

static uint64_t
live_hash(const struct ot_flow_sum *k, uint32_t sensor)
{
	uint64_t h = add_hash(sensor, &k->client.addr, sizeof(struct ot_addr));

	h = add_hash(h, &k->server.addr, sizeof(struct ot_addr));
	h = add_number(h, (uint64_t)k->server.port << 32 | k->client.port);
	h = add_hash(h, k->network.protocol.p, k->network.protocol.len);
	h = add_hash(h, k->network.vlan.id, sizeof(k->network.vlan.id));
	return add_number(h, k->network.transport);
}

/* A record of one connection is its own; another name may come for it. */
static struct live *
rename_live(struct ot_engine *engine, const struct ot_flow_sum *key,
    const struct session *session, const struct ot_proto *proto)
{
	struct ot_flow_sum *sum = &session->live->sum;

	if (!ot_str_eq(sum->network.protocol, key->network.protocol)) {
		ot_counts_add(
		    &engine->arena, &sum->also, sum->network.protocol, 1);
		sum->network.protocol =
		    ot_str_keep(&engine->arena, key->network.protocol);
	}
	sum->client.addr = key->client.addr;
	sum->client.port = key->client.port;
	sum->server.addr = key->server.addr;
	sum->server.port = key->server.port;
	sum->roles_by = session->roles_by;
	sum->named_by = session->named_by;
	session->live->proto = proto;
	return session->live;
}

struct live *
ot_live_get(struct ot_engine *engine, const struct ot_conn *conn,
    const struct session *session, struct ot_str protocol,
    const struct ot_proto *proto)
{
	struct ot_flow_sum key;

	live_key(engine, &key, conn, session, protocol);
	if (session->story && session->live != &engine->nowhere)
		return rename_live(engine, &key, session, proto);
	uint64_t h = live_hash(&key, conn->sensor);

	if (!chains_grow(&engine->lives, engine->live_count, &engine->live_cap))
		return &engine->nowhere;
	struct chain **at = &engine->lives[h & (engine->live_cap - 1)];

	for (struct chain *c = *at; c; c = c->next) {
		struct live *l = (struct live *)c;

		if (session->story || c->hash != h ||
		    ot_flow_shape.cmp(&l->sum, &key) != 0)
			continue;
		if (session->roles_by < l->sum.roles_by)
			l->sum.roles_by = session->roles_by;
		if (session->named_by < l->sum.named_by)
			l->sum.named_by = session->named_by;
		return l;
	}
	uint32_t *count = &engine->shard_flows[shard_of(conn)];

	if (*count >= SHARD_FLOWS)
		return &engine->nowhere;
	struct live *l = ot_heap(1, sizeof(*l));

	if (!l) {
		engine->limit_memory++;
		return &engine->nowhere;
	}
	l->sum = key;
	l->sum.network.protocol = ot_str_keep(&engine->arena, protocol);
	l->sum.roles_by = session->roles_by;
	l->sum.named_by = session->named_by;
	l->sum.first = l->sum.last = OT_TIME_NONE;
	l->proto = proto;
	l->chain = (struct chain){ *at, h };
	*at = &l->chain;
	*(engine->newest ? &engine->newest->newer : &engine->oldest) = l;
	engine->newest = l;
	engine->live_count++;
	(*count)++;
	return l;
}

/* ---- operations ---- */

static uint64_t
op_hash(const struct ot_op *op, const struct ot_proto *proto, bool unasked)
{
	uint64_t h = add_number((uintptr_t)proto, (uintptr_t)op->name);

	h = add_number(
	    h, (uint64_t)op->verb << 33 | (uint64_t)unasked << 32 | op->code);
	h = add_number(h, (uint64_t)op->sub << 8 | op->object.space);
	h = add_number(h, (uint64_t)op->object.n[0] << 32 | op->object.n[1]);
	h = add_number(h, (uint64_t)op->object.n[2] << 32 | op->object.n[3]);
	h = add_number(h, op->object.first);
	h = add_number(h, op->object.count);
	if (op->object.text.len)
		h = add_hash(h, op->object.text.p, op->object.text.len);
	return h;
}

bool
ot_op_same(const struct ot_op *x, const struct ot_op *y)
{
	const struct ot_object *a = &x->object, *b = &y->object;

	return x->verb == y->verb && x->name == y->name &&
	       x->has_code == y->has_code && x->code == y->code &&
	       x->sub == y->sub && a->space == b->space &&
	       memcmp(a->n, b->n, sizeof(a->n)) == 0 && a->first == b->first &&
	       a->count == b->count && a->text.len == b->text.len &&
	       (!a->text.len || memcmp(a->text.p, b->text.p, a->text.len) == 0);
}

static bool
op_same(const struct op_live *l, const struct ot_op *op,
    const struct ot_proto *proto, bool unasked)
{
	return l->proto == proto && l->unasked == unasked &&
	       ot_op_same(&l->op, op);
}

static void
op_free(struct op_live *op)
{
	ot_heap_free((void *)(uintptr_t)op->op.object.text.p);
	ot_heap_free(op);
}

/* An operation as its record has it. Texts are in sb's order in the arena. */
static bool
op_record(
    struct ot_arena *arena, struct ot_op_sum *sum, const struct op_live *op)
{
	struct ot_sb sb = { 0 };
	bool has_object = op->op.object.space != 0;

	*sum = (struct ot_op_sum){
		.verb = (uint8_t)op->op.verb,
		.name = ot_str(op->op.name),
		.alters =
		    ot_verb_alters(op->op.verb) || op->op.flags & OT_OP_ALTERS,
		.unasked = op->unasked,
		.count = op->count,
		.errors = op->errors,
		.unanswered = op->unanswered,
		.first = op->evidence.at[0].time_ns,
		.last = op->evidence.at[op->evidence.count - 1].time_ns,
		.slots = op->slots,
		.evidence = op->evidence,
		.value = op->value,
	};
	ot_code_print(&sb, op->proto, &op->op);
	if (sb.len)
		sum->code = ot_str_keep(arena, ot_sb_str(&sb));
	sb.len = 0;
	ot_object_print(&sb, op->proto, &op->op.object);
	if (has_object)
		sum->object =
		    sb.len ? ot_str_keep(arena, ot_sb_str(&sb)) : ot_str("");
	bool ok = !sb.lost;

	ot_sb_done(&sb);
	return ok;
}

/* Move the operations in numbers into the bounded list of the record, which
 * lets the greatest go into the rest of their verb. What they held goes back to
 * the engine's arena. */
static bool
ops_settle(struct ot_engine *engine, struct ot_arena *arena, struct live *live)
{
	bool ok = true;

	for (uint32_t i = 0; i < live->op_cap; i++) {
		struct ot_op_sum sum;

		if (!live->ops[i])
			continue;
		ok &= op_record(arena, &sum, live->ops[i]) &&
		      ot_list_add(arena, &ot_op_shape, &live->sum.ops, &sum);
		ot_counts_done(&engine->arena, &live->ops[i]->errors);
		ot_slots_done(&engine->arena, &live->ops[i]->slots);
		op_free(live->ops[i]);
		live->ops[i] = NULL;
	}
	live->op_count = 0;
	live->recent = NULL;
	return ok;
}

/* More operations than a flow keeps: settle them into an arena of their own,
 * made anew each time, so that memory does not grow with packets. */
static void
ops_spill(struct ot_engine *engine, struct live *live)
{
	struct ot_arena scratch = { 0 }, *kept = ot_heap(1, sizeof(*kept));
	struct ot_list list = { 0 };
	bool ok = kept && ops_settle(engine, &scratch, live);

	for (uint32_t i = 0; ok && i < live->sum.ops.count; i++)
		ok =
		    ot_list_add(kept, &ot_op_shape, &list, live->sum.ops.at[i]);
	if (!ok) {
		engine->limit_memory++;
		if (kept)
			ot_arena_done(kept);
		ot_heap_free(kept);
		kept = NULL;
		list = (struct ot_list){ 0 };
	}
	if (live->spilled)
		ot_arena_done(live->spilled);
	ot_heap_free(live->spilled);
	live->spilled = kept;
	live->sum.ops = list;
	ot_arena_done(&scratch);
}

static bool
ops_grow(struct live *live)
{
	uint32_t cap = live->op_cap ? live->op_cap * 2 : 8;
	struct op_live **ops = ot_heap(cap, sizeof(*ops));

	if (!ops)
		return false;
	for (uint32_t i = 0; i < live->op_cap; i++) {
		if (!live->ops[i])
			continue;
		uint32_t at = (uint32_t)live->ops[i]->hash & (cap - 1);

		while (ops[at])
			at = (at + 1) & (cap - 1);
		ops[at] = live->ops[i];
	}
	ot_heap_free(live->ops);
	live->ops = ops;
	live->op_cap = cap;
	return true;
}

static struct op_live *
op_new(const struct asked *asked, bool unasked, uint64_t hash)
{
	struct op_live *op = ot_heap(1, sizeof(*op));

	if (!op)
		return NULL;
	op->hash = hash;
	op->op = asked->op;
	op->proto = asked->proto;
	op->unasked = unasked;
	op->slot = NO_SLOT;
	if (asked->op.object.text.len) {
		uint8_t *p = ot_heap(asked->op.object.text.len, 1);

		if (!p) {
			ot_heap_free(op);
			return NULL;
		}
		memcpy(p, asked->op.object.text.p, asked->op.object.text.len);
		op->op.object.text.p = p;
	} else {
		op->op.object.text.p = NULL;
	}
	return op;
}

static struct op_live *
op_get(struct ot_engine *engine, struct live *live, const struct asked *asked,
    bool unasked)
{
	if (live->op_count >= OPS_LIVE)
		ops_spill(engine, live);
	struct op_live *op = live->recent;

	/* most flows do the same all the time: no need to hash it */
	if (op && op_same(op, &asked->op, asked->proto, unasked))
		return op;
	uint64_t h = op_hash(&asked->op, asked->proto, unasked);

	if (live->op_count * 2 >= live->op_cap && !ops_grow(live))
		return NULL;
	uint32_t mask = live->op_cap - 1, at = (uint32_t)h & mask;

	for (; live->ops[at]; at = (at + 1) & mask)
		if (live->ops[at]->hash == h &&
		    op_same(live->ops[at], &asked->op, asked->proto, unasked))
			return live->recent = live->ops[at];
	op = op_new(asked, unasked, h);
	if (op) {
		live->ops[at] = live->recent = op;
		live->op_count++;
	}
	return op;
}

bool
ot_fold_has(const struct live *live, const struct ot_proto *proto,
    const struct ot_op *op)
{
	uint64_t h = op_hash(op, proto, false);
	uint32_t mask = live->op_cap - 1, at = (uint32_t)h & mask;

	for (; live->op_cap && live->ops[at]; at = (at + 1) & mask)
		if (live->ops[at]->hash == h &&
		    op_same(live->ops[at], op, proto, false))
			return true;
	return false;
}

static void
op_error(struct ot_engine *engine, struct op_live *op, const char *error,
    uint32_t code)
{
	char text[32];

	if (!error) {
		if (!code)
			return;
		snprintf(text, sizeof(text), "code 0x%02x", code);
		error = text;
	}
	ot_counts_add(&engine->arena, &op->errors, ot_str(error), 1);
}

static void
op_value(struct op_live *op, const struct ot_value *value,
    const struct ot_place *place)
{
	struct ot_value_sum sum = { .known = value->count,
		.last = value->last,
		.min = value->min,
		.max = value->max,
		.at = *place,
		.not_finite = value->not_finite };

	/* of two PDUs in one frame the second one is later */
	if (sum.known && op->value.known &&
	    ot_place_cmp(place, &op->value.at) == 0)
		op->value.last = sum.last;
	ot_value_merge(&op->value, &sum);
}

void
ot_fold_op(struct ot_engine *engine, struct live *live,
    const struct asked *asked, uint64_t reply_frame, const char *error,
    uint32_t error_code, bool unasked)
{
	struct op_live *op = op_get(engine, live, asked, unasked);

	if (!op) {
		engine->limit_memory++;
		return;
	}
	struct ot_place place =
	    ot_frame_place(engine, asked->frame, asked->time_ns);
	int32_t slot = ot_slot(asked->time_ns);

	/* its number in the next file of a folder would name no frame here */
	if ((asked->frame ^ reply_frame) >> OT_FRAME_BITS == 0)
		place.reply = ot_frame_number(reply_frame);
	op->count++;
	if (asked->op.flags & OT_OP_ALTERS)
		op->op.flags |= OT_OP_ALTERS;
	if (!reply_frame && !unasked && !(asked->op.flags & OT_OP_NO_ANSWER))
		op->unanswered++;
	if (slot != op->slot) {
		ot_slots_add(&engine->arena, &op->slots, slot, slot);
		op->slot = op->slots.other ? NO_SLOT : slot;
	}
	ot_evidence_add(&op->evidence, &place);
	if (asked->op.value.count || asked->op.value.not_finite)
		op_value(op, &asked->op.value, &place);
	op_error(engine, op, error, error_code);
}

/* ---- facts ---- */

static struct ot_addr
subject_of(const struct ot_pdu *pdu, const struct ot_fact *fact)
{
	if (fact->about.kind != OT_ADDR_NONE)
		return fact->about;
	if (ot_addr_is_ip(&pdu->src) && ot_addr_unspecified(&pdu->src))
		return pdu->src_mac;
	return pdu->src;
}

/* What the shards know is kept apart, and merged when it is taken: so that a
 * limit takes the same from each, whatever the number of threads. */
static void
fold_fact(struct ot_engine *engine, unsigned shard,
    const struct ot_fact_sum *key, const struct ot_place *place)
{
	uint64_t h = add_hash((uint64_t)shard << 8 | key->key, &key->subject,
	    sizeof(key->subject));

	h = add_hash(h, key->value.p, key->value.len);
	h = add_hash(h, key->nested.p, key->nested.len);
	h = add_hash(h, key->message.p, key->message.len);
	if (!chains_grow(&engine->facts, engine->fact_count, &engine->fact_cap))
		return;
	struct chain **at = &engine->facts[h & (engine->fact_cap - 1)],
		     *c = *at;
	struct fact_live *f;

	while (c &&
	       (c->hash != h || ((struct fact_live *)c)->shard != shard ||
		   ot_fact_shape.cmp(&((struct fact_live *)c)->sum, key) != 0))
		c = c->next;
	f = (struct fact_live *)c;
	if (!f) {
		if (engine->shard_facts[shard] >= FACTS) {
			engine->limit_facts++;
			return;
		}
		f = ot_alloc(&engine->arena, sizeof(*f));
		if (!f || !ot_shape_copy(
			      &engine->arena, &ot_fact_shape, &f->sum, key)) {
			engine->limit_memory++;
			return;
		}
		f->chain = (struct chain){ *at, h };
		f->shard = shard;
		engine->shard_facts[shard]++;
		*at = &f->chain;
		engine->fact_count++;
		f->sum.first = f->sum.last = place->time_ns;
	}
	f->sum.count++;
	if (place->time_ns < f->sum.first)
		f->sum.first = place->time_ns;
	if (place->time_ns > f->sum.last)
		f->sum.last = place->time_ns;
	ot_evidence_add(&f->sum.evidence, place);
}

void
ot_fold_fact(struct ot_engine *engine, const struct ot_said *said,
    const struct ot_pdu *pdu, const struct saying *s)
{
	char value[4 * OT_LIMIT_TEXT], nested[4 * OT_LIMIT_TEXT];
	const struct ot_fact *fact = &s->as.fact;
	struct ot_text v = fact->value, n = fact->nested;
	struct ot_place place =
	    ot_frame_place(engine, said->frame, said->time_ns);

	if (v.len > OT_LIMIT_TEXT)
		v.len = OT_LIMIT_TEXT;
	if (n.len > OT_LIMIT_TEXT)
		n.len = OT_LIMIT_TEXT;
	struct ot_fact_sum key = {
		.sensor = engine->sensors[said->conn->sensor],
		.site = engine->sites[said->conn->sensor],
		.subject = subject_of(pdu, fact),
		.key = (uint8_t)fact->key,
		.value = { value,
		    ot_text_decode_into(value, sizeof(value), v) },
		.protocol = ot_str(s->proto->name),
		.message = ot_str(fact->message),
		.by = (uint8_t)fact->by,
		.first = OT_TIME_NONE,
		.last = OT_TIME_NONE,
	};
	if (n.len)
		key.nested = (struct ot_str){ nested,
			ot_text_decode_into(nested, sizeof(nested), n) };
	if (key.subject.kind != OT_ADDR_NONE && key.value.len)
		fold_fact(engine, shard_of(said->conn), &key, &place);
}

void
ot_fold_name(
    struct ot_engine *engine, const struct ot_addr *addr, struct ot_text name)
{
	char value[4 * OT_LIMIT_TEXT];
	struct ot_place place = ot_frame_place(engine,
	    ot_frame_in(engine->file_count ? engine->file_count - 1 : 0, 0),
	    ot_engine_account(engine)->first);

	if (name.len > OT_LIMIT_TEXT)
		name.len = OT_LIMIT_TEXT;
	fold_fact(engine, SHARDS,
	    &(struct ot_fact_sum){ .sensor = engine->sensors[engine->sensor],
		.site = engine->sites[engine->sensor],
		.subject = *addr,
		.key = OT_K_NAME,
		.value = { value,
		    ot_text_decode_into(value, sizeof(value), name) },
		.protocol = ot_str("capture"),
		.message = ot_str("name resolution block"),
		.by = OT_PEER,
		.first = OT_TIME_NONE,
		.last = OT_TIME_NONE },
	    &place);
}

/* ---- events ---- */

/* The event record with this key; NULL above the limit. */
static struct event_live *
event_get(struct ot_engine *engine, unsigned shard,
    const struct ot_event_sum *key, const struct ot_place *place)
{
	uint64_t h = add_hash(shard, &key->source, sizeof(key->source));

	h = add_hash(h, &key->destination, sizeof(key->destination));
	h = add_hash(h, key->kind.p, key->kind.len);
	h = add_hash(h, key->detail.p, key->detail.len);
	h = add_hash(h, key->object.p, key->object.len);
	h = add_hash(h, key->protocol.p, key->protocol.len);
	if (!chains_grow(
		&engine->events, engine->event_count, &engine->event_cap))
		return NULL;
	struct chain **at = &engine->events[h & (engine->event_cap - 1)],
		     *c = *at;
	struct event_live *e;

	while (c && (c->hash != h || ((struct event_live *)c)->shard != shard ||
			ot_event_shape.cmp(
			    &((struct event_live *)c)->sum, key) != 0))
		c = c->next;
	e = (struct event_live *)c;
	if (!e) {
		if (engine->shard_events[shard] >= EVENTS) {
			engine->limit_events++;
			return NULL;
		}
		e = ot_alloc(&engine->arena, sizeof(*e));
		if (!e || !ot_shape_copy(
			      &engine->arena, &ot_event_shape, &e->sum, key)) {
			engine->limit_memory++;
			return NULL;
		}
		e->chain = (struct chain){ *at, h };
		e->shard = shard;
		engine->shard_events[shard]++;
		*at = &e->chain;
		engine->event_count++;
		e->sum.first = e->sum.last = place->time_ns;
	}
	if (place->time_ns < e->sum.first)
		e->sum.first = place->time_ns;
	if (place->time_ns > e->sum.last)
		e->sum.last = place->time_ns;
	ot_evidence_add(&e->sum.evidence, place);
	return e;
}

static struct ot_event_sum
event_key(const struct ot_engine *engine, const struct ot_conn *conn,
    const struct session *session, const char *kind, const char *protocol)
{
	struct ot_event_sum key = {
		.sensor = engine->sensors[conn->sensor],
		.site = engine->sites[conn->sensor],
		.kind = ot_str(kind),
		.transport = conn->transport,
		.protocol = ot_str(protocol),
		.port = conn->port[!session->client_dir],
		.first = OT_TIME_NONE,
		.last = OT_TIME_NONE,
	};

	key.vlan.count = conn->vlans;
	memcpy(key.vlan.id, conn->vlan, conn->vlans * sizeof(conn->vlan[0]));
	return key;
}

void
ot_fold_event(struct ot_engine *engine, const struct ot_said *said,
    const struct ot_pdu *pdu, const struct saying *s)
{
	char detail[4 * OT_LIMIT_TEXT];
	const struct ot_event *event = &s->as.event;
	struct ot_text d = event->detail;
	struct ot_sb sb = { 0 };
	struct ot_place place =
	    ot_frame_place(engine, said->frame, said->time_ns);
	struct ot_event_sum key = event_key(
	    engine, said->conn, said->session, event->kind, s->proto->name);

	key.source = pdu->src;
	key.destination = pdu->dst;
	if (d.len > OT_LIMIT_TEXT)
		d.len = OT_LIMIT_TEXT;
	if (d.len)
		key.detail = (struct ot_str){ detail,
			ot_text_decode_into(detail, sizeof(detail), d) };
	ot_object_print(&sb, s->proto, &event->object);
	if (sb.len)
		key.object = ot_sb_str(&sb);
	struct event_live *e =
	    event_get(engine, shard_of(said->conn), &key, &place);

	if (e)
		e->sum.count++;
	ot_sb_done(&sb);
}

static const char *const faults[] = {
	[OT_FAULT_NONE] = "",
	[OT_FAULT_SHORT] = "it ends before its structure does",
	[OT_FAULT_VALUE] = "a field has a value that its format forbids",
	[OT_FAULT_DEPTH] = "it is nested too deeply",
	[OT_FAULT_LIMIT] = "it has more items than a limit allows",
};

/* The operations of a PDU that the flow does not count, from `from` on. */
static void
event_ops(struct ot_engine *engine, struct event_live *e,
    const struct ot_said *said, uint32_t from, const struct ot_place *place)
{
	for (uint32_t i = from; i < said->count; i++) {
		if (said->at[i].kind != SAID_OP)
			continue;
		struct op_live op = { .op = said->at[i].as.op,
			.proto = said->at[i].proto,
			.count = 1 };
		struct ot_op_sum sum;

		ot_evidence_add(&op.evidence, place);
		op_value(&op, &said->at[i].as.op.value, place);
		if (!op_record(&engine->frame, &sum, &op))
			continue;
		if (said->second)
			sum.reading = ot_str("second");
		ot_list_add(&engine->arena, &ot_op_shape, &e->sum.ops, &sum);
	}
}

/* The event of what direction dir sent in two versions. */
static struct event_live *
second_event(struct ot_engine *engine, struct ot_conn *conn,
    const struct session *session, unsigned dir, const char *detail,
    const struct ot_place *place)
{
	struct session as = *session;

	ot_decide_roles(engine, conn, &as);
	struct ot_event_sum key = event_key(engine, conn, &as, "overlap",
	    as.level[0].proto ? as.level[0].proto->name : "unknown");

	if (session->live->sum.network.protocol.len)
		key.protocol = session->live->sum.network.protocol;
	key.source = conn->end[dir];
	key.destination = conn->end[!dir];
	key.detail = ot_str(detail);
	return event_get(engine, shard_of(conn), &key, place);
}

void
ot_fold_malformed(struct ot_engine *engine, const struct ot_said *said,
    const struct ot_pdu *pdu, uint32_t from, enum ot_fault fault)
{
	struct ot_place place =
	    ot_frame_place(engine, said->frame, said->time_ns);
	struct ot_event_sum key = event_key(
	    engine, said->conn, said->session, "malformed", pdu->proto->name);

	key.source = pdu->src;
	key.destination = pdu->dst;
	key.detail = ot_str(faults[fault]);
	said->session->live->sum.coverage.malformed++;
	struct event_live *e =
	    event_get(engine, shard_of(said->conn), &key, &place);

	if (!e)
		return;
	e->sum.count++;
	event_ops(engine, e, said, from, &place);
}

void
ot_fold_second(struct ot_engine *engine, const struct ot_said *said,
    const char *detail, bool once)
{
	struct ot_place place =
	    ot_frame_place(engine, said->frame, said->time_ns);
	struct event_live *e = second_event(
	    engine, said->conn, said->session, said->dir, detail, &place);

	if (!e)
		return;
	e->sum.count += once;
	event_ops(engine, e, said, 0, &place);
}

void
ot_fold_second_conn(struct ot_engine *engine, struct ot_conn *conn,
    const struct session *session, unsigned dir, const struct ot_mark *mark,
    const char *detail, bool once)
{
	struct ot_place place =
	    ot_frame_place(engine, mark->frame, mark->time_ns);
	struct event_live *e =
	    second_event(engine, conn, session, dir, detail, &place);

	if (e)
		e->sum.count += once;
}

void
ot_fold_conn_event(struct ot_engine *engine, const struct ot_conn *conn,
    const struct session *session, const char *kind, const char *detail)
{
	struct ot_place place =
	    ot_frame_place(engine, conn->first_frame, session->began_ns);
	struct ot_event_sum key = event_key(engine, conn, session, kind,
	    session->level[0].proto ? session->level[0].proto->name
				    : "unknown");
	unsigned client = (unsigned)session->client_dir;

	key.source = conn->end[client];
	key.destination = conn->end[!client];
	key.detail = ot_str(detail);
	struct event_live *e = event_get(engine, shard_of(conn), &key, &place);

	if (e)
		e->sum.count++;
}

void
ot_fold_attempt(
    struct ot_engine *engine, const struct ot_flow_sum *flow, uint64_t refused)
{
	static const struct ot_place nowhere;
	const struct ot_place *place =
	    flow->evidence.count ? &flow->evidence.at[0] : &nowhere;
	struct ot_event_sum key = {
		.sensor = flow->sensor,
		.site = flow->site,
		.kind = ot_str("attempts"),
		.transport = flow->network.transport,
		.vlan = flow->network.vlan,
		.source = flow->client.addr,
		.first = OT_TIME_NONE,
		.last = OT_TIME_NONE,
	};
	struct ot_attempt attempt = {
		.address = flow->server.addr,
		.port = flow->server.port,
		.packets = flow->client.packets + flow->server.packets,
		.bytes = flow->client.bytes + flow->server.bytes,
		.refused = refused,
		.first = flow->first,
		.last = flow->last,
		.evidence = flow->evidence,
	};
	struct event_live *e = event_get(engine,
	    ot_shard(&flow->client.addr, &flow->server.addr), &key, place);

	if (!e)
		return;
	e->sum.count += attempt.packets;
	if (attempt.last > e->sum.last)
		e->sum.last = attempt.last;
	ot_list_add(
	    &engine->arena, &ot_attempt_shape, &e->sum.attempts, &attempt);
}

/* ---- certificates ---- */

/* Years that a nanosecond count cannot reach are its last one. */
static int64_t
nanoseconds(int64_t s)
{
	const int64_t most = INT64_MAX / OT_SECOND_NS;

	return (s > most ? most : s < -most ? -most : s) * OT_SECOND_NS;
}

void
ot_fold_certificate(
    struct ot_engine *engine, struct live *live, const struct ot_certificate *c)
{
	struct ot_arena *arena = &engine->frame; /* the list copies it */
	struct ot_certificate_sum sum = {
		.sha256 = ot_text_decode(arena, c->sha256),
		.by = c->by_server ? OT_SELF : OT_PEER,
		.subject = ot_text_decode(arena, c->subject),
		.issuer = ot_text_decode(arena, c->issuer),
		.names = ot_text_decode(arena, c->names),
		.serial = ot_text_decode(arena, c->serial),
		.key = ot_text_decode(arena, c->key),
		.signature = ot_text_decode(arena, c->signature),
		.not_before = nanoseconds(c->not_before_s),
		.not_after = nanoseconds(c->not_after_s),
		.self_signed = c->self_signed,
		.count = 1,
	};

	ot_list_add(&engine->arena, &ot_certificate_shape,
	    &live->sum.security.certificates, &sum);
}

/* ---- into the store ---- */

static bool
take(struct ot_store *store, enum ot_store_type type,
    const struct ot_shape *shape, const void *from)
{
	void *sum = ot_store_add(store, type);

	return sum && ot_shape_copy(&store->arena, shape, sum, from);
}

/* An attempt is no flow: its source has an event. Nor is a record whose
 * connections have all got a better name. */
static bool
take_live(struct ot_engine *engine, struct ot_store *store, struct live *live)
{
	struct ot_arena *arena = live->spilled ? live->spilled : &engine->arena;
	bool ok = ops_settle(engine, arena, live);

	if (live->sum.first != OT_TIME_NONE || live->sum.ops.count)
		ok &= take(store, OT_STORE_FLOW, &ot_flow_shape, &live->sum);
	return ok;
}

bool
ot_fold_take(struct ot_engine *engine, struct ot_store *store)
{
	const struct chain *c;
	bool ok = true;

	for (uint32_t i = 0; i < engine->live_cap; i++)
		for (struct chain *l = engine->lives[i]; l; l = l->next)
			ok &= take_live(engine, store, (struct live *)l);
	for (uint32_t i = 0; i < engine->fact_cap; i++)
		for (c = engine->facts[i]; c; c = c->next)
			ok &= take(store, OT_STORE_FACT, &ot_fact_shape,
			    &((const struct fact_live *)c)->sum);
	for (uint32_t i = 0; i < engine->event_cap; i++)
		for (c = engine->events[i]; c; c = c->next)
			ok &= take(store, OT_STORE_EVENT, &ot_event_shape,
			    &((const struct event_live *)c)->sum);
	ot_fold_drop(engine);
	return ok;
}

static void
drop_live(struct live *live)
{
	for (uint32_t i = 0; i < live->op_cap; i++)
		if (live->ops[i])
			op_free(live->ops[i]);
	ot_heap_free(live->ops);
	if (live->spilled)
		ot_arena_done(live->spilled);
	ot_heap_free(live->spilled);
}

void
ot_fold_drop(struct ot_engine *engine)
{
	for (struct live *l = engine->oldest, *next; l; l = next) {
		next = l->newer;
		drop_live(l);
		ot_heap_free(l);
	}
	drop_live(&engine->nowhere);
	engine->nowhere = (struct live){ .sum.first = OT_TIME_NONE,
		.sum.last = OT_TIME_NONE };
	ot_heap_free(engine->lives);
	ot_heap_free(engine->facts);
	ot_heap_free(engine->events);
	engine->lives = engine->facts = engine->events = NULL;
	engine->oldest = engine->newest = NULL;
	engine->live_count = engine->live_cap = 0;
	memset(engine->shard_flows, 0, sizeof(engine->shard_flows));
	memset(engine->shard_facts, 0, sizeof(engine->shard_facts));
	memset(engine->shard_events, 0, sizeof(engine->shard_events));
	engine->fact_count = engine->fact_cap = 0;
	engine->event_count = engine->event_cap = 0;
}
