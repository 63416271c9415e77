/*
 * Packets into connections, connections into records.
 */
#include "engine/engine.h"

#include "engine/state.h"

/* ---- sessions ---- */

static struct session *
session_of(struct ot_engine *engine, struct ot_conn *conn)
{
	struct session *s = conn->user;

	if (s)
		return s;
	s = ot_heap(1, sizeof(*s));
	if (!s) {
		engine->limit_memory++;
		return NULL;
	}
	s->client_dir = -1;
	s->roles_by = OT_ROLES_FIRST;
	s->named_by = OT_NAMED_NONE;
	s->live = &engine->nowhere;
	s->began_ns = conn->first_ns;
	if (engine->options->connections && !(s->story = ot_story_new())) {
		engine->limit_memory++;
		ot_heap_free(s);
		return NULL;
	}
	conn->user = s;
	conn->shard = (uint8_t)ot_shard(&conn->end[0], &conn->end[1]);
	return s;
}

void
ot_levels_free(struct session *s)
{
	for (unsigned i = 0; i < LEVELS; i++)
		ot_heap_free(s->level[i].state);
	memset(s->level, 0, sizeof(s->level));
}

static void
session_free(struct ot_engine *engine, struct session *s)
{
	for (unsigned dir = 0; dir < 2; dir++)
		ot_second_drop(engine, s, dir);
	ot_parts_free(engine, s);
	ot_levels_free(s);
	ot_user_done(engine, s);
	for (unsigned dir = 0; dir < 2; dir++) {
		ot_counts_done(&engine->arena, &s->macs[dir]);
		ot_counts_done(&engine->arena, &s->ttls[dir]);
	}
	ot_slots_done(&engine->arena, &s->slots);
	ot_hist_done(&engine->arena, &s->tcp.rtt);
	ot_through_done(s);
	ot_story_free(s->story);
	ot_hist_done(&engine->arena, &s->tcp.handshake);
	ot_heap_free(s);
}

/* ---- counting ---- */

/* How many packets came with the MAC and TTL as they are. */
static void
fold_macs(struct ot_engine *engine, const struct ot_half *half,
    struct session *s, unsigned dir)
{
	struct ot_addr mac = ot_mac_addr(half->mac);
	uint64_t n = half->packets - s->mac_from[dir];
	char text[OT_ADDR_TEXT];

	if (n && half->mac)
		ot_counts_add(&engine->arena, &s->macs[dir],
		    (struct ot_str){ text, ot_addr_print(text, &mac) }, n);
	s->mac_from[dir] = half->packets;
}

static void
fold_ttls(struct ot_engine *engine, const struct ot_conn *conn,
    struct session *s, unsigned dir)
{
	const struct ot_half *half = &conn->half[dir];
	uint64_t n = half->packets - s->ttl_from[dir];
	struct ot_sb sb = { 0 };

	if (n && ot_addr_is_ip(&conn->end[0])) {
		ot_sb_u64(&sb, half->ttl);
		ot_counts_add(&engine->arena, &s->ttls[dir], ot_sb_str(&sb), n);
		ot_sb_done(&sb);
	}
	s->ttl_from[dir] = half->packets;
}

/* A MAC or TTL differs from the one before. */
__attribute__((cold, noinline)) static void
other_mac_or_ttl(struct ot_engine *engine, struct ot_conn *conn,
    struct session *s, unsigned dir, const struct ot_packet *p)
{
	struct ot_half *half = &conn->half[dir], *peer = &conn->half[!dir];

	fold_macs(engine, half, s, dir);
	fold_ttls(engine, conn, s, dir);
	half->mac = ot_mac_number(&p->src_mac);
	half->ttl = p->ttl;
	if (!peer->mac)
		peer->mac = ot_mac_number(&p->dst_mac);
}

__attribute__((cold, noinline)) static void
other_slot(struct ot_engine *engine, struct session *s, int64_t time_ns)
{
	int32_t slot = ot_slot(time_ns);

	ot_slots_add(&engine->arena, &s->slots, slot, slot);
	s->slot_from_ns = (int64_t)slot * 900 * OT_SECOND_NS;
	s->slot_to_ns = s->slot_from_ns + 900 * OT_SECOND_NS;
}

static inline void
count(struct ot_engine *engine, struct ot_conn *conn, struct session *s,
    unsigned dir, const struct ot_packet *p)
{
	struct ot_half *half = &conn->half[dir];

	if (half->mac != ot_mac_number(&p->src_mac) || half->ttl != p->ttl)
		other_mac_or_ttl(engine, conn, s, dir, p);
	half->packets += p->frames;
	half->bytes += p->bytes;
	half->payload += p->wire;
	if (p->time_ns < conn->first_ns)
		conn->first_ns = p->time_ns;
	if (p->time_ns > conn->last_ns)
		conn->last_ns = p->time_ns;
	if (p->time_ns < s->slot_from_ns || p->time_ns >= s->slot_to_ns)
		other_slot(engine, s, p->time_ns);
}

/* ---- data ---- */

/* Bytes that name nothing. The first segment of a connection that was open
 * before the capture may begin in the middle of a PDU. */
static void
not_known(struct ot_conn *conn, struct session *s, unsigned dir,
    const struct ot_mark *first, size_t len)
{
	if (conn->flags & OT_CONN_MIDSTREAM && !s->began[dir])
		s->partial_bytes += first->end;
	s->began[dir] = true;
	s->unknown_bytes += len;
}

static void
forget_pending(struct ot_conn *conn, struct session *s, unsigned dir)
{
	struct ot_pending *b = &conn->half[dir].pending;

	if (b->len)
		not_known(conn, s, dir, b->marks, b->len);
	ot_pending_consume(b, b->len);
}

static void
cut_pending(struct ot_engine *engine, struct ot_conn *conn, struct session *s,
    unsigned dir)
{
	struct ot_pending *b = &conn->half[dir].pending;

	if (b->len)
		ot_pending_consume(
		    b, ot_cut_stream(engine, conn, s, dir, 0, b->p, b->len,
			   b->marks, b->mark_count));
}

/* A stream has just got its name, which holds from an offset on: what waited is
 * read in its order. */
static size_t
cut_first(struct ot_engine *engine, struct ot_conn *conn, struct session *s,
    unsigned dir, size_t from, const uint8_t *p, size_t len,
    const struct ot_mark *marks, size_t mark_count)
{
	const struct ot_pending *other = &conn->half[!dir].pending;
	uint64_t frame = ot_mark_of(marks, mark_count, from + 1)->frame;
	bool mine_first = !other->len || frame < other->marks[0].frame;
	size_t used = 0;

	s->began[0] = s->began[1] = true;
	if (!mine_first)
		cut_pending(engine, conn, s, !dir);
	used = ot_cut_stream(
	    engine, conn, s, dir, from, p, len, marks, mark_count);
	if (mine_first)
		cut_pending(engine, conn, s, !dir);
	return used;
}

/* These bytes name nothing: try at the next segment, but not for ever. */
static void
tried(struct session *s, size_t len)
{
	s->tried_bytes += (uint32_t)len;
	if (++s->tried >= SEGMENTS_TRIED || s->tried_bytes >= OT_LIMIT_UNNAMED)
		s->state = NAMELESS;
}

/* Behind bytes that nobody knows a protocol may begin, where a segment does.
 * Gives the offset where one did, or where more must come to tell; else len. */
static size_t
find_upgrade(struct ot_engine *engine, struct ot_conn *conn, struct session *s,
    unsigned dir, const uint8_t *p, size_t len, const struct ot_mark *marks,
    size_t mark_count)
{
	size_t at = 0;

	for (size_t i = 0; i < mark_count && at < len; at = marks[i++].end) {
		enum ot_fault fault = OT_FAULT_NONE;

		if (ot_upgrade(engine, conn, s, dir,
			ot_buf(p + at, len - at, &fault)) != ALL_SAY_NO)
			return at;
	}
	return len;
}

/* What waited in the other direction was of another protocol, up to where it
 * may be of this one. */
static void
forget_before(struct ot_engine *engine, struct ot_conn *conn, struct session *s,
    unsigned dir)
{
	struct ot_pending *pending = &conn->half[dir].pending;
	struct ot_pdu pdu;
	size_t at = 0;

	ot_pdu_begin(&pdu, engine, conn, s, dir);
	for (size_t i = 0; at < pending->len; at = pending->marks[i++].end) {
		enum ot_fault fault = OT_FAULT_NONE;
		struct ot_buf b =
		    ot_buf(pending->p + at, pending->len - at, &fault);

		if (pdu.proto->pdu_len(b, &pdu) >= 0)
			break;
	}
	s->unknown_bytes += at;
	ot_pending_consume(pending, at);
}

static size_t
on_data(void *user, struct ot_conn *conn, unsigned dir, const uint8_t *p,
    size_t len, const struct ot_mark *marks, size_t mark_count)
{
	struct ot_engine *engine = user;
	struct session *s = conn->user;
	enum ot_fault fault = OT_FAULT_NONE;
	enum recognised now = ALL_SAY_NO;

	if (s->state == NAMED)
		return ot_cut_stream(
		    engine, conn, s, dir, 0, p, len, marks, mark_count);
	bool trying = s->state == TRYING;

	if (trying)
		now = ot_recognise(
		    engine, conn, s, dir, ot_buf(p, len, &fault), false);
	if (now == RECOGNISED)
		return cut_first(
		    engine, conn, s, dir, 0, p, len, marks, mark_count);
	size_t at =
	    find_upgrade(engine, conn, s, dir, p, len, marks, mark_count);

	if (s->state == NAMED) {
		s->unknown_bytes += at;
		forget_before(engine, conn, s, !dir);
		return cut_first(
		    engine, conn, s, dir, at, p, len, marks, mark_count);
	}
	if (now == STILL_OPEN) {
		if (len < OT_LIMIT_UNNAMED)
			return 0;
		s->state = NAMELESS;
	} else if (s->state == TRYING) {
		tried(s, at);
	}
	if (at)
		not_known(conn, s, dir, marks, at);
	if (trying)
		forget_pending(conn, s, !dir);
	return at;
}

static void
on_gap(
    void *user, struct ot_conn *conn, unsigned dir, uint64_t bytes, bool snap)
{
	struct ot_engine *engine = user;
	struct session *s = conn->user;
	enum ot_fault fault = OT_FAULT_NONE;

	if (!snap) {
		s->tcp.gap_bytes += bytes;
		if (s->story)
			ot_story_gap(s->story, dir);
	}
	if (s->second[dir])
		ot_second_end(engine, conn, s, dir);
	/* where every PDU is cut, its head must do for a name */
	if (s->state == TRYING && snap && conn->half[dir].pending.len &&
	    ot_recognise(engine, conn, s, dir, ot_buf(NULL, 0, &fault), true) ==
		RECOGNISED)
		cut_pending(engine, conn, s, !dir);
	if (s->state == NAMED) {
		ot_cut_gap(engine, conn, s, dir, bytes, snap);
		return;
	}
	s->unknown_bytes += conn->half[dir].pending.len;
	if (s->state == NAMELESS && s->retries++ < RETRIES) {
		s->state = TRYING;
		s->tried = s->tried_bytes = 0;
	}
}

static void
on_second(void *user, struct ot_conn *conn, unsigned dir,
    const struct ot_second *second)
{
	ot_second_stream(user, conn, conn->user, dir, second);
}

static void
on_more(void *user, struct ot_conn *conn, unsigned dir, const uint8_t *p,
    const struct ot_mark *mark)
{
	ot_second_more(user, conn, conn->user, dir, p, mark);
}

/* ---- datagrams ---- */

static void
datagrams_pending(
    struct ot_engine *engine, struct ot_conn *conn, struct session *s)
{
	uint32_t at[2] = { 0, 0 }, start[2] = { 0, 0 };

	for (;;) {
		const struct ot_pending *b[2] = { &conn->half[0].pending,
			&conn->half[1].pending };
		unsigned dir =
		    at[0] >= b[0]->mark_count ||
		    (at[1] < b[1]->mark_count &&
			b[1]->marks[at[1]].frame < b[0]->marks[at[0]].frame);

		if (at[dir] >= b[dir]->mark_count)
			break;
		const struct ot_mark *mark = &b[dir]->marks[at[dir]++];

		ot_cut_datagram(engine, conn, s, dir, b[dir]->p + start[dir],
		    mark->end - start[dir], mark->cut, mark);
		start[dir] = mark->end;
	}
	for (unsigned dir = 0; dir < 2; dir++)
		ot_pending_consume(
		    &conn->half[dir].pending, conn->half[dir].pending.len);
}

/* Datagrams of a conversation without a name wait until they have one. */
static void
wait_for_name(struct ot_engine *engine, struct ot_conn *conn, struct session *s,
    unsigned dir, const struct ot_packet *p)
{
	struct ot_pending *pending = &conn->half[dir].pending;
	enum ot_fault fault = OT_FAULT_NONE;

	if ((pending->len && pending->len + p->captured > OT_LIMIT_UNNAMED) ||
	    !ot_pending_add(
		pending, p->payload, p->captured, p->frame, p->time_ns)) {
		s->state = NAMELESS;
		s->unknown_bytes += p->captured;
		return;
	}
	pending->marks[pending->mark_count - 1].cut = p->cut;
	switch (ot_recognise(
	    engine, conn, s, dir, ot_buf(NULL, 0, &fault), false)) {
	case RECOGNISED:
		datagrams_pending(engine, conn, s);
		break;
	case STILL_OPEN:
		break;
	case ALL_SAY_NO:
		forget_pending(conn, s, 0);
		forget_pending(conn, s, 1);
		tried(s, p->captured);
		break;
	}
}

static void
on_datagram(struct ot_engine *engine, struct ot_conn *conn, struct session *s,
    unsigned dir, const struct ot_packet *p)
{
	struct ot_mark mark = { p->captured, p->frame, p->time_ns, p->cut };

	if (!p->captured)
		return;
	if (s->state == TRYING)
		wait_for_name(engine, conn, s, dir, p);
	else if (s->state == NAMED)
		ot_cut_datagram(engine, conn, s, dir, p->payload, p->captured,
		    p->cut, &mark);
	else
		s->unknown_bytes += p->captured;
}

/* ---- packets ---- */

static void
fold_health(struct ot_engine *engine, struct session *s,
    const struct ot_tcp_health *health)
{
	if (health->retransmitted | health->out_of_order | health->zero_window |
	    health->duplicate_acks) {
		s->tcp.retransmitted += health->retransmitted;
		s->tcp.out_of_order += health->out_of_order;
		s->tcp.zero_window += health->zero_window;
		s->tcp.duplicate_acks += health->duplicate_acks;
	}
	if (health->rtt_ns >= 0)
		ot_hist_add(&engine->arena, &s->tcp.rtt,
		    ot_hist_bin((uint64_t)health->rtt_ns), 1);
	if (health->handshake_ns >= 0)
		ot_hist_add(&engine->arena, &s->tcp.handshake,
		    ot_hist_bin((uint64_t)health->handshake_ns), 1);
}

/* Which of the 64 shards a packet belongs to: by its address pair, the same
 * in every run (DESIGN.md section 7). */
unsigned
ot_shard(const struct ot_addr *a, const struct ot_addr *b)
{
	return (unsigned)((ot_hash_fixed(a, sizeof(*a)) +
			      ot_hash_fixed(b, sizeof(*b))) >>
			  58);
}

/* A datagram counts when it is whole, but it began with its first fragment. */
static void
count_fragments(
    struct ot_conn *conn, struct session *s, const struct ot_packet *p)
{
	s->fragments += p->frames;
	if (p->first_ns < conn->first_ns)
		conn->first_ns = p->first_ns;
	if (conn->first_frame == p->frame)
		conn->first_frame = p->first_frame;
}

static void
take_second(struct ot_engine *engine, struct ot_conn *conn, struct session *s,
    unsigned dir, const struct ot_packet *p)
{
	if (!p->captured)
		ot_second_fragments(engine, conn, s, dir, p);
	else if (p->transport == OT_TCP)
		ot_flow_second(engine->flow, conn, dir, p);
	else
		ot_second_datagram(engine, conn, s, dir, p);
}

static void
take_packet(struct ot_engine *engine, const struct ot_packet *p)
{
	struct ot_tcp_health health;
	unsigned dir;
	uint32_t sensor =
	    p->tunnels ? ot_through_sensor(engine, p) : engine->sensor;
	struct ot_conn *conn = ot_flow_find(engine->flow, p, sensor, &dir);
	struct session *s = conn ? session_of(engine, conn) : NULL;

	if (!s) {
		engine->limit_memory++;
		return;
	}
	if (p->tunnels)
		ot_through_note(engine, s, dir, p);
	if (p->icmp_error) {
		/* it is a word to whoever sent what it quotes */
		s->icmp_errors += p->frames;
		count(engine, conn, s, !dir, p);
		return;
	}
	if (p->dubious) { /* its frames were counted with the first reading */
		take_second(engine, conn, s, dir, p);
		return;
	}
	count(engine, conn, s, dir, p);
	if (s->story)
		ot_story_count(s->story, dir, p);
	if (ot_flow_copy(engine->flow, conn, dir, p)) {
		s->duplicates += p->frames;
		return;
	}
	if (p->fragmented || p->incomplete)
		count_fragments(conn, s, p);
	if (p->incomplete) { /* what it would have said nobody knows */
		s->unknown_bytes += p->bytes;
		return;
	}
	if (p->transport == OT_TCP) {
		ot_flow_segment(engine->flow, conn, dir, p, &health);
		fold_health(engine, s, &health);
		if (s->story)
			ot_story_packet(s->story, dir, p, &health);
	} else if (p->transport == OT_UDP || p->transport >= OT_ETH) {
		on_datagram(engine, conn, s, dir, p);
	} else {
		s->unknown_bytes += p->captured;
	}
	if (s->story && p->transport != OT_TCP)
		ot_story_packet(s->story, dir, p, NULL);
}

void
ot_engine_drain(struct ot_engine *engine)
{
	for (uint32_t i = 0; i < engine->waiting_count; i++)
		take_packet(engine, &engine->waiting[i]);
	engine->waiting_count = 0;
}

static inline bool
is_mine(const struct ot_engine *engine, const struct ot_packet *p)
{
	return engine->options->threads <= 1 ||
	       ot_shard(&p->src, &p->dst) % engine->options->threads ==
		   engine->worker;
}

/* A packet that does not stay where it is. */
static void
on_packet(void *user, const struct ot_packet *p)
{
	struct ot_engine *engine = user;

	if (!is_mine(engine, p))
		return;
	ot_engine_drain(engine);
	take_packet(engine, p);
}

/* The packet of a frame. Packets wait for each other: to decode several, then
 * to work on several, goes a quarter faster than to and fro, for the code of
 * each half stays in the processor's instruction cache. Their order stays. */
static inline void
on_own(struct ot_engine *engine, const struct ot_packet *p)
{
	/* what was put together from fragments lies in the decoder's memory,
	 * which the next frame may take */
	if (p->fragmented || p != &engine->waiting[engine->waiting_count])
		on_packet(engine, p);
	else if (is_mine(engine, p) && ++engine->waiting_count == WAITING)
		ot_engine_drain(engine);
}

void
ot_engine_packet(struct ot_engine *engine, const struct ot_packet *p)
{
	on_packet(engine, p);
}

void
ot_engine_frame(struct ot_engine *engine, const struct ot_frame *frame)
{
	struct ot_packet *p = &engine->waiting[engine->waiting_count];
	struct frames *f = &engine->frames;
	int64_t time_ns = frame->time_ns;
	bool whole;

	f->of[ot_decode_into(
	    engine->decoder, p, frame, on_packet, engine, &whole)]++;
	if (whole)
		on_own(engine, p);
	f->count++;
	f->bytes += frame->wire;
	f->cut += frame->captured < frame->wire;
	f->tagged += p->vlans > 0;
	if (frame->no_time)
		return;
	if (time_ns < f->first_ns)
		f->first_ns = time_ns;
	if (time_ns > f->last_ns)
		f->last_ns = time_ns;
	f->back_steps += time_ns < f->before_ns;
	f->before_ns = time_ns;
}

/* ---- the end of a connection ---- */

static void
fold_end(struct ot_engine *engine, struct ot_flow_end *end,
    const struct ot_conn *conn, struct session *s, unsigned dir)
{
	const struct ot_half *half = &conn->half[dir];

	fold_macs(engine, half, s, dir);
	fold_ttls(engine, conn, s, dir);
	end->packets += half->packets;
	end->bytes += half->bytes;
	end->payload += half->payload;
	ot_counts_merge(&engine->arena, &end->mac, &s->macs[dir]);
	ot_counts_merge(&engine->arena, &end->ttl, &s->ttls[dir]);
}

static void
fold_connections(struct ot_flow_connections *c, const struct ot_conn *conn)
{
	if (conn->transport != OT_TCP)
		return;
	c->attempted += (conn->flags & OT_CONN_SYN) != 0;
	c->established += (conn->flags & OT_CONN_ESTABLISHED) != 0;
	c->refused += (conn->flags & OT_CONN_REFUSED) != 0;
	c->reset += (conn->flags & OT_CONN_RESET) != 0;
	c->midstream += (conn->flags & OT_CONN_MIDSTREAM) != 0;
	c->closed += conn->half[0].fin && conn->half[1].fin;
}

static const char *
sides_of(const struct ot_conn *conn, unsigned client)
{
	return conn->half[0].packets && conn->half[1].packets ? "both"
	       : conn->half[client].packets		      ? "client"
							      : "server";
}

static void
fold_tcp(struct ot_engine *engine, struct ot_flow_tcp *into,
    const struct ot_flow_tcp *from)
{
	into->retransmitted += from->retransmitted;
	into->out_of_order += from->out_of_order;
	into->gap_bytes += from->gap_bytes;
	into->zero_window += from->zero_window;
	into->duplicate_acks += from->duplicate_acks;
	ot_hist_merge(&engine->arena, &into->rtt, &from->rtt);
	ot_hist_merge(&engine->arena, &into->handshake, &from->handshake);
}

static const char *
state_of(const struct ot_conn *conn)
{
	return conn->flags & OT_CONN_RESET		? "reset"
	       : conn->half[0].fin && conn->half[1].fin ? "closed"
	       : conn->flags & OT_CONN_MIDSTREAM	? "midstream"
							: "open";
}

/* Connections in which something was done that is worth its own line. */
static void
fold_session(struct ot_engine *engine, struct ot_flow_sum *sum,
    const struct ot_conn *conn, const struct session *s,
    const struct ot_place *place)
{
	const uint32_t single = 1U << OT_ADMIN | 1U << OT_AUTH |
				1U << OT_PROGRAM | 1U << OT_FIRMWARE |
				1U << OT_MODE | 1U << OT_FILE;

	if (!(s->verbs & single) || conn->transport != OT_TCP)
		return;
	struct ot_session_sum session = {
		.start = conn->first_ns,
		.end = conn->last_ns,
		.client_port = conn->port[s->client_dir],
		.state = ot_str(state_of(conn)),
		.bytes = conn->half[0].bytes + conn->half[1].bytes,
		.user = s->user,
	};

	ot_evidence_add(&session.evidence, place);
	ot_list_add(
	    &engine->arena, &ot_session_shape, &sum->sessions, &session);
}

static void
fold_conn(struct ot_engine *engine, struct ot_flow_sum *sum,
    const struct ot_conn *conn, struct session *s)
{
	unsigned client = (unsigned)s->client_dir;
	struct ot_place place =
	    ot_frame_place(engine, conn->first_frame, s->began_ns);

	fold_end(engine, &sum->client, conn, s, client);
	fold_end(engine, &sum->server, conn, s, !client);
	if (sum->first == OT_TIME_NONE || conn->first_ns < sum->first)
		sum->first = conn->first_ns;
	if (sum->last == OT_TIME_NONE || conn->last_ns > sum->last)
		sum->last = conn->last_ns;
	ot_slots_merge(&engine->arena, &sum->slots, &s->slots);
	ot_evidence_add(&sum->evidence, &place);
	fold_connections(&sum->connections, conn);
	ot_counts_add(
	    &engine->arena, &sum->sides, ot_str(sides_of(conn, client)), 1);
	fold_tcp(engine, &sum->tcp, &s->tcp);
	/* what a connection without a name began with is as unknown as the
	 * rest of it */
	uint64_t partial = s->level[0].proto ? s->partial_bytes : 0;

	sum->coverage.partial += partial;
	sum->coverage.unknown += s->unknown_bytes - partial;
	sum->duplicates += s->duplicates;
	sum->icmp_errors += s->icmp_errors;
	sum->fragments += s->fragments;
	sum->overlaps += s->overlaps;
	sum->vlan_one_way += (conn->flags & OT_CONN_VLAN_ONE_WAY) != 0;
	fold_session(engine, sum, conn, s, &place);
}

/* A SYN that nobody answered. */
static bool
tcp_attempt(const struct ot_conn *conn, const struct session *s)
{
	return conn->transport == OT_TCP && conn->flags & OT_CONN_SYN &&
	       !conn->half[!conn->syn_dir].packets && !s->icmp_errors &&
	       !conn->half[conn->syn_dir].payload;
}

static void
end_done(struct ot_engine *engine, struct ot_flow_end *end)
{
	ot_counts_done(&engine->arena, &end->mac);
	ot_counts_done(&engine->arena, &end->ttl);
}

static void
end_attempt(
    struct ot_engine *engine, const struct ot_conn *conn, struct session *s)
{
	struct ot_flow_sum sum = { .sensor = engine->sensors[conn->sensor],
		.site = engine->sites[conn->sensor],
		.first = OT_TIME_NONE,
		.last = OT_TIME_NONE };
	unsigned client = (unsigned)s->client_dir;

	sum.network.transport = conn->transport;
	sum.network.vlan.count = conn->vlans;
	memcpy(sum.network.vlan.id, conn->vlan,
	    conn->vlans * sizeof(conn->vlan[0]));
	sum.client.addr = conn->end[client];
	sum.server.addr = conn->end[!client];
	sum.server.port = conn->port[!client];
	fold_conn(engine, &sum, conn, s);
	ot_fold_attempt(engine, &sum, 0);
	engine->attempt_frames += sum.client.packets;
	engine->attempt_bytes += sum.client.bytes;
	end_done(engine, &sum.client);
	end_done(engine, &sum.server);
	ot_slots_done(&engine->arena, &sum.slots);
	ot_counts_done(&engine->arena, &sum.sides);
	ot_hist_done(&engine->arena, &sum.tcp.rtt);
	ot_hist_done(&engine->arena, &sum.tcp.handshake);
}

/* The last chance for a name, and for what was cut at the end. */
static void
end_data(struct ot_engine *engine, struct ot_conn *conn, struct session *s)
{
	enum ot_fault fault = OT_FAULT_NONE;
	bool pending = conn->half[0].pending.len || conn->half[1].pending.len;

	if (s->state == TRYING && pending &&
	    ot_recognise(engine, conn, s, 0, ot_buf(NULL, 0, &fault), true) ==
		RECOGNISED) {
		if (conn->transport != OT_TCP) {
			datagrams_pending(engine, conn, s);
		} else {
			unsigned first =
			    conn->half[0].pending.len == 0 ||
			    (conn->half[1].pending.len &&
				conn->half[1].pending.marks[0].frame <
				    conn->half[0].pending.marks[0].frame);

			cut_pending(engine, conn, s, first);
			cut_pending(engine, conn, s, !first);
		}
	}
	for (unsigned dir = 0; dir < 2; dir++) {
		ot_second_end(engine, conn, s, dir);
		if (s->state == NAMED && conn->transport == OT_TCP)
			ot_cut_end(engine, conn, s, dir);
		else
			s->unknown_bytes += conn->half[dir].pending.len;
	}
}

static void
name_rest(struct ot_engine *engine, struct ot_conn *conn, struct session *s)
{
	ot_decide_roles(engine, conn, s);
	struct ot_str name = ot_name_by_port(engine, conn, s);

	s->named_by = name.p ? OT_NAMED_PORT : OT_NAMED_NONE;
	s->live = ot_live_get(
	    engine, conn, s, name.p ? name : ot_str("unknown"), NULL);
}

static void
on_end(void *user, struct ot_conn *conn)
{
	struct ot_engine *engine = user;
	struct session *s = conn->user;

	if (!s)
		return;
	end_data(engine, conn, s);
	if (tcp_attempt(conn, s) && !engine->options->connections) {
		ot_decide_roles(engine, conn, s);
		end_attempt(engine, conn, s);
	} else {
		if (!s->level[0].proto)
			name_rest(engine, conn, s);
		ot_pair_end(engine, s);
		s->live->answered |=
		    s->level[0].proto != NULL ||
		    (conn->half[0].packets && conn->half[1].packets) ||
		    conn->flags & OT_CONN_GROUP;
		fold_conn(engine, &s->live->sum, conn, s);
		ot_through_fold(engine, s, &s->live->sum);
		if (s->live != &engine->nowhere && s->story &&
		    !ot_story_tell(s->story, &engine->arena, conn,
			(unsigned)s->client_dir, &s->live->sum))
			engine->limit_memory++;
		engine->account.duplicates += s->duplicates;
		engine->account.connections++;
		engine->account.one_sided +=
		    !(conn->half[0].packets && conn->half[1].packets) &&
		    !(conn->flags & OT_CONN_GROUP);
	}
	session_free(engine, s);
	conn->user = NULL;
}

/* ---- the engine ---- */

/* A state for protocols that are only tried: as large as the largest. */
static bool
spare_state(struct ot_engine *engine)
{
	for (const struct ot_proto *const *p = ot_protocols; *p; p++)
		if ((*p)->state_size > engine->spare_size)
			engine->spare_size = (*p)->state_size;
	engine->spare_state = ot_heap(1, engine->spare_size);
	return engine->spare_state != NULL;
}

static void
forget_file(struct ot_engine *engine)
{
	engine->account = (struct ot_capture_sum){ 0 };
	engine->frames = (struct frames){ .first_ns = INT64_MAX,
		.last_ns = INT64_MIN,
		.before_ns = INT64_MIN };
}

struct ot_engine *
ot_engine_new(const struct ot_engine_options *options, unsigned worker)
{
	struct ot_engine *engine = ot_heap(1, sizeof(*engine));

	if (!engine)
		return NULL;
	engine->options = options;
	engine->worker = worker;
	engine->frame.limit = OT_LIMIT_FRAME_MEMORY;
	engine->arena.reuse = true;
	engine->nowhere.sum.first = engine->nowhere.sum.last = OT_TIME_NONE;
	engine->sink = (struct ot_flow_sink){ engine, on_data, on_gap, on_end,
		on_second, on_more, .messages = options->connections };
	engine->decoder = ot_decoder_new();
	engine->flow = ot_flow_new(&engine->sink);
	forget_file(engine);
	engine->said.engine = engine;
	if (!engine->decoder || !engine->flow || !ot_carriers_init(engine) ||
	    !spare_state(engine) ||
	    !ot_engine_sensor(engine, options->sensor, options->site)) {
		ot_engine_free(engine);
		return NULL;
	}
	return engine;
}

void
ot_engine_free(struct ot_engine *engine)
{
	if (!engine)
		return;
	if (engine->flow)
		ot_flow_end(engine->flow);
	ot_flow_free(engine->flow);
	ot_decoder_free(engine->decoder);
	ot_fold_drop(engine);
	ot_map_done(&engine->expects);
	ot_heap_free(engine->said.at);
	ot_heap_free(engine->spare_state);
	ot_heap_free(engine->sensors);
	ot_heap_free(engine->sites);
	ot_heap_free(engine->mirrors);
	ot_heap_free(engine->files);
	ot_arena_done(&engine->frame);
	ot_arena_done(&engine->arena);
	ot_heap_free(engine);
}

bool
ot_engine_file(struct ot_engine *engine, struct ot_str name)
{
	ot_decoder_told(engine->decoder, on_packet, engine);
	ot_engine_drain(engine);
	if (engine->file_count == engine->file_cap) {
		uint32_t cap = engine->file_cap ? engine->file_cap * 2 : 4;
		struct ot_str *files =
		    ot_heap_grow(engine->files, cap, sizeof(*files));

		if (!files)
			return false;
		engine->files = files;
		engine->file_cap = cap;
	}
	engine->files[engine->file_count++] = name;
	forget_file(engine);
	return true;
}

bool
ot_engine_sensor(
    struct ot_engine *engine, struct ot_str sensor, struct ot_str site)
{
	ot_engine_drain(engine);
	return ot_engine_sensor_number(engine, sensor, site, &engine->sensor);
}

bool
ot_engine_sensor_number(struct ot_engine *engine, struct ot_str sensor,
    struct ot_str site, uint32_t *number)
{
	for (uint32_t i = 0; i < engine->sensor_count; i++)
		if (ot_str_eq(engine->sensors[i], sensor) &&
		    ot_str_eq(engine->sites[i], site)) {
			*number = i;
			return true;
		}
	if (engine->sensor_count == engine->sensor_cap) {
		uint32_t cap = engine->sensor_cap ? engine->sensor_cap * 2 : 4;
		struct ot_str *sensors =
		    ot_heap_grow(engine->sensors, cap, sizeof(*sensors));

		if (sensors)
			engine->sensors = sensors;
		struct ot_str *sites =
		    ot_heap_grow(engine->sites, cap, sizeof(*sites));

		if (sites)
			engine->sites = sites;
		if (!sensors || !sites)
			return false;
		engine->sensor_cap = cap;
	}
	engine->sensors[engine->sensor_count] = sensor;
	engine->sites[engine->sensor_count] = site;
	*number = engine->sensor_count++;
	return true;
}

/* Where the account counts frames of each kind. */
#define COUNTER(member) offsetof(struct ot_capture_account, member)
static const size_t counters[OT_ACCOUNTS] = {
	[OT_ACC_TCP] = COUNTER(tcp),
	[OT_ACC_UDP] = COUNTER(udp),
	[OT_ACC_SCTP] = COUNTER(sctp),
	[OT_ACC_ICMP] = COUNTER(icmp),
	[OT_ACC_IP] = COUNTER(ip),
	[OT_ACC_LAYER2] = COUNTER(layer2),
	[OT_ACC_TWIN] = COUNTER(twin),
	[OT_ACC_LINK_TYPE] = COUNTER(link_type),
	[OT_ACC_MALFORMED] = COUNTER(malformed),
};
#undef COUNTER

const struct ot_capture_sum *
ot_engine_account(struct ot_engine *engine)
{
	const struct frames *f = &engine->frames;
	struct ot_capture_sum *a = &engine->account;
	bool timed = f->first_ns <= f->last_ns;

	for (unsigned i = 0; i < OT_ACCOUNTS; i++)
		*(uint64_t *)(void *)((char *)&a->account + counters[i]) =
		    f->of[i];
	a->frames = f->count;
	a->bytes = f->bytes;
	a->cut_frames = f->cut;
	a->tagged_frames = f->tagged;
	a->back_steps = f->back_steps;
	a->first = timed ? f->first_ns : OT_TIME_NONE;
	a->last = timed ? f->last_ns : OT_TIME_NONE;
	return a;
}

void
ot_engine_name(
    struct ot_engine *engine, const struct ot_addr *addr, struct ot_text name)
{
	ot_fold_name(engine, addr, name);
}

/* Datagrams that nothing answered and nothing understood, three at most, are
 * attempts; so are echoes without an answer. They are taken as they were made,
 * which in a shard is the same for any number of threads. */
static void
take_attempts(struct ot_engine *engine)
{
	for (struct live *l = engine->oldest; l; l = l->newer) {
		struct ot_flow_sum *sum = &l->sum;
		uint64_t packets = sum->client.packets + sum->server.packets;
		uint64_t bytes = sum->client.bytes + sum->server.bytes;

		if (!engine->options->connections && !l->answered &&
		    sum->first != OT_TIME_NONE &&
		    (sum->network.transport == OT_ICMP ||
			(sum->network.transport == OT_UDP && packets <= 3))) {
			ot_fold_attempt(engine, sum, 0);
			sum->first = OT_TIME_NONE;
			engine->attempt_frames += packets;
			engine->attempt_bytes += bytes;
		} else {
			engine->flow_frames += packets;
			engine->flow_bytes += bytes;
		}
	}
}

/* Frames of flows above the limit have no record, but a number. */
static void
take_nowhere(struct ot_engine *engine)
{
	const struct ot_flow_sum *sum = &engine->nowhere.sum;

	engine->limit_flows += sum->client.packets + sum->server.packets;
	engine->flow_frames += sum->client.packets + sum->server.packets;
	engine->flow_bytes += sum->client.bytes + sum->server.bytes;
}

bool
ot_engine_take(struct ot_engine *engine, struct ot_store *store)
{
	ot_decoder_flush(engine->decoder, on_packet, engine);
	ot_engine_drain(engine);
	ot_flow_end(engine->flow);
	take_attempts(engine);
	take_nowhere(engine);
	bool ok = ot_fold_take(engine, store);

	ot_map_done(&engine->expects);
	engine->file_count = 0;
	return ok;
}

static bool
limit(struct ot_arena *arena, struct ot_capture_sum *into, const char *name,
    uint64_t n)
{
	return !n || ot_counts_add(arena, &into->limits, ot_str(name), n);
}

bool
ot_engine_totals(struct ot_engine *engine, struct ot_arena *arena,
    struct ot_capture_sum *into)
{
	const struct ot_decoder_counts *d = ot_decoder_counts(engine->decoder);
	const struct ot_flow_counts *f = ot_flow_counts(engine->flow);

	/* every worker takes every frame apart, and meets the same limits */
	if (engine->worker == 0 &&
	    (!limit(arena, into, "fragments", d->fragments_dropped) ||
		!limit(arena, into, "depth", d->depth)))
		return false;
	into->flow_frames += engine->flow_frames;
	into->flow_bytes += engine->flow_bytes;
	into->attempt_frames += engine->attempt_frames;
	into->attempt_bytes += engine->attempt_bytes;
	into->duplicates += engine->account.duplicates;
	into->connections += engine->account.connections;
	into->one_sided += engine->account.one_sided;
	return limit(arena, into, "statements", engine->limit_said) &&
	       limit(arena, into, "requests", engine->limit_asked) &&
	       limit(arena, into, "gather", engine->limit_gather) &&
	       limit(arena, into, "facts", engine->limit_facts) &&
	       limit(arena, into, "events", engine->limit_events) &&
	       limit(arena, into, "expectations", engine->limit_expects) &&
	       limit(arena, into, "flows", engine->limit_flows) &&
	       limit(arena, into, "memory", engine->limit_memory) &&
	       limit(arena, into, "connections", f->conns_dropped) &&
	       limit(arena, into, "reorder", f->reorder_dropped) &&
	       limit(arena, into, "second readings", f->unread);
}
