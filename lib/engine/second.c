/*
 * Second readings: what a stream or a datagram says if another copy of its
 * bytes is the one that the receiver took (DESIGN.md section 8). The PDUs that
 * the copies do not share are dissected on a copy of the connection's state, so
 * that nothing of it reaches the first reading. Their operations stand in one
 * event; they prove no allowance.
 *
 * Where the copies differ in the length of a PDU, the second reading goes on
 * until both begin a PDU at the same byte.
 */
#include "engine/state.h"

enum { LONGEST = 4 * OT_LIMIT_PDU }; /* bytes of a reading that goes on */

#define NOWHERE SIZE_MAX

/* A stretch in both copies, from a byte at which both begin a PDU. */
struct second {
	uint8_t *first, *other;
	size_t first_len, len, cap;
	size_t from, to;     /* what differs */
	size_t at_first, at; /* where each was cut up to */
	const char *detail;
	bool compared, told; /* told: its event was counted */
	bool acked;	     /* another copy was taken already */
	bool unread;	     /* a part of it is no PDU */
	struct ot_mark mark; /* of the copy, which ends at mark.end */
	struct ot_mark last; /* of what followed it */
};

static const char differs[] = "sent in two versions";
static const char differs_unread[] =
    "sent in two versions, of which one cannot be read";
static const char uncompared[] =
    "sent again when what was sent first was not at hand any more";
static const char too_much[] =
    "sent in two versions, too often to read each of them";
static const char fragments_differ[] =
    "fragments that a receiver can join in two ways";

/* ---- a connection as the second reading sees it ---- */

/* What was gathered of PDUs that are not whole yet. */
static bool
shadow_parts(
    struct ot_engine *engine, struct session *shadow, const struct session *s)
{
	struct part **at = &shadow->parts;

	for (const struct part *p = s->parts; p; p = p->next) {
		struct part *copy = ot_heap(1, sizeof(*copy));
		uint8_t *bytes = ot_heap(p->cap, 1);

		if (!copy || !bytes) {
			ot_heap_free(copy);
			ot_heap_free(bytes);
			return false;
		}
		*copy = *p;
		copy->next = NULL;
		copy->p = bytes;
		memcpy(bytes, p->p, p->len);
		engine->gathered += copy->cap;
		*at = copy;
		at = &copy->next;
	}
	return true;
}

/* A copy of the session that a dissector may change. */
static bool
shadow_session(
    struct ot_engine *engine, struct session *shadow, const struct session *s)
{
	*shadow = *s;
	shadow->parts = NULL;
	for (unsigned i = 0; i < LEVELS; i++)
		shadow->level[i].state = NULL;
	for (unsigned i = 0; i < LEVELS; i++) {
		const struct level *from = &s->level[i];

		if (!from->state)
			continue;
		void *copy = ot_heap(1, from->proto->state_size);

		if (!copy)
			return false;
		memcpy(copy, from->state, from->proto->state_size);
		shadow->level[i].state = copy;
	}
	return shadow_parts(engine, shadow, s);
}

static void
shadow_done(struct ot_engine *engine, struct session *shadow)
{
	ot_parts_free(engine, shadow);
	for (unsigned i = 0; i < LEVELS; i++)
		ot_heap_free(shadow->level[i].state);
}

/* Whose could these bytes be, in a connection without a name? A port must fit,
 * unless the protocol cannot be mistaken. */
static bool
guess(struct ot_engine *engine, struct ot_conn *conn, struct session *shadow,
    unsigned dir, struct ot_buf bytes)
{
	const char *name = conn->transport == OT_TCP   ? "tcp"
			   : conn->transport == OT_UDP ? "udp"
						       : "eth";
	const struct carrier *carrier = ot_carrier(engine, name);

	struct ot_pdu pdu;

	ot_decide_roles(engine, conn, shadow);
	ot_pdu_begin(&pdu, engine, conn, shadow, dir);
	for (uint32_t i = 0; carrier && i < carrier->count; i++) {
		pdu.proto = carrier->protos[i];
		pdu.over = carrier->name;
		if (pdu.proto->strength != OT_STRONG &&
		    !ot_port_prior(pdu.proto, name, conn))
			continue;
		if (!ot_cut_begins(&pdu, bytes.p, bytes.left))
			continue;
		shadow->level[0].proto = pdu.proto;
		shadow->level[0].carrier = carrier->name;
		return true;
	}
	return false;
}

/* ---- one PDU ---- */

/* Has the flow this operation already, by the first reading? */
static bool
known_op(const struct session *s, const struct saying *saying)
{
	return ot_fold_has(s->live, saying->proto, &saying->as.op) ||
	       ot_pair_asks(s, saying->proto, &saying->as.op);
}

/* What a PDU said becomes the event's; true if that was an operation. */
static void
tell(struct ot_engine *engine, const struct session *s, struct second *second,
    bool good)
{
	struct ot_said *said = &engine->said;

	second->unread |= !good;
	if (!second->compared) { /* most likely the same as at first */
		uint32_t kept = 0;

		for (uint32_t i = 0; i < said->count; i++)
			if (said->at[i].kind == SAID_OP &&
			    !known_op(s, &said->at[i]))
				said->at[kept++] = said->at[i];
		said->count = kept;
	}
	if (!second->compared && !said->count)
		return;
	ot_fold_second(engine, said, second->detail, !second->told);
	second->told = true;
}

static void
dissect(struct ot_engine *engine, struct session *s, struct second *second,
    struct ot_pdu *pdu, const uint8_t *p, size_t len, size_t rest)
{
	const struct ot_mark *mark = second->at + len <= second->mark.end
					 ? &second->mark
					 : &second->last;
	bool good = ot_pdu_try(pdu, p, len, rest, mark);

	tell(engine, s, second, good);
	if (engine->said.session->parts)
		ot_parts_sweep(engine, engine->said.session);
	ot_arena_reset(&engine->frame);
}

/* ---- streams ---- */

/* Cut the first reading up to the place where the other one is. */
static void
follow_first(struct second *second, struct ot_pdu *pdu)
{
	while (second->at_first < second->at) {
		size_t left = second->at_first < second->first_len
				  ? second->first_len - second->at_first
				  : 0;
		long n = left ? ot_cut_length(
				    pdu, second->first + second->at_first, left)
			      : -1;

		second->at_first =
		    n > 0 ? second->at_first + (size_t)n : NOWHERE;
	}
}

/* Read PDUs of the second reading. True once both readings are the same again,
 * or once there is nothing more to read. */
static bool
advance(struct ot_engine *engine, struct session *s, struct second *second,
    struct ot_pdu *pdu)
{
	while (second->at < second->len) {
		const uint8_t *p = second->other + second->at;
		size_t left = second->len - second->at;

		follow_first(second, pdu);
		if (second->at >= second->to &&
		    (second->at == second->at_first || !second->compared))
			return true;
		long n = ot_cut_length(pdu, p, left);

		if (n == OT_PDU_TO_END)
			return false;
		if (n < 0 || (n == 0 && left > OT_LIMIT_PDU)) {
			size_t skip = 1 + ot_cut_start(pdu, p + 1, left - 1);

			second->unread |= second->at + skip > second->from;
			second->at += skip;
			continue;
		}
		if (n == 0 || ((size_t)n > left &&
				  (n <= OT_LIMIT_PDU || left < OT_LIMIT_HEAD)))
			return false;
		size_t have = (size_t)n < left ? (size_t)n : left;

		if (n > OT_LIMIT_PDU && have > OT_LIMIT_HEAD)
			have = OT_LIMIT_HEAD;
		if (second->at + (size_t)n > second->from)
			dissect(
			    engine, s, second, pdu, p, have, (size_t)n - have);
		second->at += (size_t)n;
	}
	follow_first(second, pdu);
	return second->at >= second->to &&
	       (second->at == second->at_first || !second->compared);
}

/* Bytes of the second reading that are no whole PDU, and the event of one in
 * which there was nothing to read. */
static void
conclude(struct ot_engine *engine, struct ot_conn *conn, struct session *s,
    unsigned dir, struct second *second)
{
	bool rest = second->at < second->len && second->at < second->to;

	second->unread |= rest;
	if (!second->compared)
		s->overlaps += second->told;
	if (second->unread && !second->compared && !second->acked)
		s->unknown_bytes += second->to - second->from;
	if (second->compared && (second->unread || !second->told))
		ot_fold_second_conn(engine, conn, s, dir, &second->mark,
		    second->unread ? differs_unread : differs, !second->told);
}

static void
second_free(struct ot_engine *engine, struct second *second)
{
	engine->gathered -= 2 * second->cap;
	ot_heap_free(second->first);
	ot_heap_free(second->other);
	ot_heap_free(second);
}

static bool
room_for(struct ot_engine *engine, struct second *second, size_t len)
{
	size_t cap = second->cap ? second->cap : 256;

	if (len <= second->cap)
		return true;
	while (cap < len)
		cap *= 2;
	if (len > LONGEST ||
	    engine->gathered + 2 * (cap - second->cap) > OT_LIMIT_GATHER_ALL)
		return false;
	uint8_t *first = ot_heap_grow(second->first, cap, 1);

	if (first)
		second->first = first;
	uint8_t *other = ot_heap_grow(second->other, cap, 1);

	if (other)
		second->other = other;
	if (!first || !other)
		return false;
	engine->gathered += 2 * (cap - second->cap);
	second->cap = cap;
	return true;
}

static struct second *
second_new(struct ot_engine *engine, const struct ot_second *from)
{
	struct second *second = ot_heap(1, sizeof(*second));

	if (!second)
		return NULL;
	if (!room_for(engine, second, from->len)) {
		second_free(engine, second);
		return NULL;
	}
	memcpy(second->first, from->first, from->len);
	memcpy(second->other, from->other, from->len);
	second->len = from->len;
	second->first_len = from->first_len;
	second->from = from->from;
	second->to = from->to;
	second->at_first = from->aligned ? 0 : NOWHERE;
	second->compared = from->compared;
	second->acked = from->acked;
	second->detail = from->compared ? differs : uncompared;
	second->mark = (struct ot_mark){ .end = (uint32_t)from->len,
		.frame = from->frame,
		.time_ns = from->time_ns };
	return second;
}

/* Read on, on a copy of the session. True: it is done. */
static bool
read_on(struct ot_engine *engine, struct ot_conn *conn, struct session *s,
    unsigned dir, struct second *second, bool last)
{
	struct session shadow;
	struct ot_pdu pdu;
	enum ot_fault fault = OT_FAULT_NONE;
	bool done = last;

	if (s->state == TRYING && !last)
		return false; /* it may still get a name */
	if (shadow_session(engine, &shadow, s) &&
	    (shadow.level[0].proto ||
		guess(engine, conn, &shadow, dir,
		    ot_buf(second->other, second->len, &fault)))) {
		ot_pdu_begin(&pdu, engine, conn, &shadow, dir);
		engine->said.second = true;
		if (second->at == 0 && second->at_first == NOWHERE)
			second->at =
			    ot_cut_start(&pdu, second->other, second->len);
		done |= advance(engine, s, second, &pdu);
		engine->said.second = false;
	} else {
		second->unread = done = true;
	}
	shadow_done(engine, &shadow);
	return done;
}

static void
second_end(struct ot_engine *engine, struct ot_conn *conn, struct session *s,
    unsigned dir, bool read)
{
	struct second *second = s->second[dir];

	if (!second)
		return;
	if (read)
		read_on(engine, conn, s, dir, second, true);
	conclude(engine, conn, s, dir, second);
	second_free(engine, second);
	s->second[dir] = NULL;
	conn->half[dir].shadowed = false;
}

void
ot_second_drop(struct ot_engine *engine, struct session *s, unsigned dir)
{
	if (s->second[dir])
		second_free(engine, s->second[dir]);
	s->second[dir] = NULL;
}

void
ot_second_stream(struct ot_engine *engine, struct ot_conn *conn,
    struct session *s, unsigned dir, const struct ot_second *from)
{
	struct ot_mark mark = { .frame = from->frame,
		.time_ns = from->time_ns };
	struct second *second = from->len ? second_new(engine, from) : NULL;

	if (from->compared || !from->len)
		s->overlaps++;
	if (!second) {
		ot_fold_second_conn(
		    engine, conn, s, dir, &mark, too_much, true);
		return;
	}
	/* one that goes on still is contained in this one */
	second_end(engine, conn, s, dir, false);
	s->second[dir] = second;
	conn->half[dir].shadowed = true;
	if (read_on(engine, conn, s, dir, second, false))
		second_end(engine, conn, s, dir, false);
}

void
ot_second_more(struct ot_engine *engine, struct ot_conn *conn,
    struct session *s, unsigned dir, const uint8_t *p,
    const struct ot_mark *mark)
{
	struct second *second = s->second[dir];
	size_t len = mark->end;

	if (!second)
		return;
	if (!room_for(engine, second, second->len + len)) {
		engine->limit_gather++;
		second->unread = true;
		second_end(engine, conn, s, dir, false);
		return;
	}
	memcpy(second->first + second->len, p, len);
	memcpy(second->other + second->len, p, len);
	if (second->first_len == second->len)
		second->first_len += len;
	second->len += len;
	second->last = *mark;
	if (read_on(engine, conn, s, dir, second, false))
		second_end(engine, conn, s, dir, false);
}

void
ot_second_end(struct ot_engine *engine, struct ot_conn *conn, struct session *s,
    unsigned dir)
{
	second_end(engine, conn, s, dir, true);
}

/* ---- datagrams ---- */

void
ot_second_datagram(struct ot_engine *engine, struct ot_conn *conn,
    struct session *s, unsigned dir, const struct ot_packet *p)
{
	struct second second = { .len = p->captured,
		.to = p->captured,
		.compared = true,
		.detail = fragments_differ,
		.mark = { p->captured, p->frame, p->time_ns, p->cut } };
	enum ot_fault fault = OT_FAULT_NONE;
	struct session shadow;
	struct ot_pdu pdu;

	s->overlaps++;
	if (shadow_session(engine, &shadow, s) &&
	    (shadow.level[0].proto ||
		guess(engine, conn, &shadow, dir,
		    ot_buf(p->payload, p->captured, &fault)))) {
		ot_pdu_begin(&pdu, engine, conn, &shadow, dir);
		engine->said.second = true;
		while (second.at < second.len) {
			size_t left = second.len - second.at;
			long n =
			    ot_cut_length(&pdu, p->payload + second.at, left);

			if (n <= 0 || (size_t)n > left)
				break;
			dissect(engine, s, &second, &pdu,
			    p->payload + second.at, (size_t)n, 0);
			second.at += (size_t)n;
		}
		engine->said.second = false;
	}
	if (!second.told || second.at < second.len || second.unread)
		ot_fold_second_conn(engine, conn, s, dir, &second.mark,
		    fragments_differ, !second.told);
	shadow_done(engine, &shadow);
}

void
ot_second_fragments(struct ot_engine *engine, struct ot_conn *conn,
    struct session *s, unsigned dir, const struct ot_packet *p)
{
	struct ot_mark mark = { p->captured, p->frame, p->time_ns, p->cut };

	s->overlaps++;
	ot_fold_second_conn(
	    engine, conn, s, dir, &mark, fragments_differ, true);
}
