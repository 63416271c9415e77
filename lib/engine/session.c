/*
 * Packets into the sessions of their connections: counted, then read.
 */
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

/* ---- counting ---- */

/* How many packets came with the MAC and TTL as they are. */
void
ot_session_macs(struct ot_engine *engine, const struct ot_half *half,
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

void
ot_session_ttls(struct ot_engine *engine, const struct ot_conn *conn,
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

	ot_session_macs(engine, half, s, dir);
	ot_session_ttls(engine, conn, s, dir);
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
		ot_data_datagram(engine, conn, s, dir, p);
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
void
ot_packet_take(void *user, const struct ot_packet *p)
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
		ot_packet_take(engine, p);
	else if (is_mine(engine, p) && ++engine->waiting_count == WAITING)
		ot_engine_drain(engine);
}

void
ot_engine_packet(struct ot_engine *engine, const struct ot_packet *p)
{
	ot_packet_take(engine, p);
}

void
ot_engine_frame(struct ot_engine *engine, const struct ot_frame *frame)
{
	struct ot_packet *p = &engine->waiting[engine->waiting_count];
	struct frames *f = &engine->frames;
	int64_t time_ns = frame->time_ns;
	bool whole;

	f->of[ot_decode_into(
	    engine->decoder, p, frame, ot_packet_take, engine, &whole)]++;
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
