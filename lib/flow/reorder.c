/*
 * TCP segments put in order (RFC 9293 section 3.4). The first copy of a byte
 * wins; a hole is waited for until the peer has acknowledged what lies behind
 * it, or until too much waits.
 */
#include "flow/reorder.h"

#include "base/arena.h"
#include "flow/overlap.h"

enum {
	WAIT_SEGMENTS = 64, /* behind one hole */
	PATIENCE = 4,	    /* segments, once the peer acknowledged the hole */
	HOLE_NS = 1000000000,
	WINDOW = 1 << 30, /* the widest, RFC 7323 section 2.3 */
};

struct ot_segment {
	struct ot_segment *next;
	uint32_t seq, len, missing; /* missing: bytes that snap length cut */
	uint64_t frame;
	int64_t time_ns;
	uint8_t bytes[];
};

/* ---- pending bytes ---- */

bool
ot_pending_add(struct ot_pending *b, const uint8_t *p, size_t len,
    uint64_t frame, int64_t time_ns)
{
	if (len > UINT32_MAX / 4 - b->len)
		return false;
	if (b->len + len > b->cap) {
		uint32_t cap = b->cap ? b->cap : 256;

		while (cap < b->len + len)
			cap *= 2;
		uint8_t *more = ot_heap_grow(b->p, cap, 1);

		if (!more)
			return false;
		b->p = more;
		b->cap = cap;
	}
	if (b->mark_count == b->mark_cap) {
		uint32_t cap = b->mark_cap ? b->mark_cap * 2 : 4;
		struct ot_mark *more =
		    ot_heap_grow(b->marks, cap, sizeof(*more));

		if (!more)
			return false;
		b->marks = more;
		b->mark_cap = cap;
	}
	if (len)
		memcpy(b->p + b->len, p, len);
	b->len += (uint32_t)len;
	b->marks[b->mark_count++] =
	    (struct ot_mark){ b->len, frame, time_ns, false };
	return true;
}

void
ot_pending_consume(struct ot_pending *b, size_t n)
{
	uint32_t gone = 0;

	if (n >= b->len) {
		b->len = b->mark_count = 0;
		return;
	}
	memmove(b->p, b->p + n, b->len - n);
	b->len -= (uint32_t)n;
	while (gone < b->mark_count && b->marks[gone].end <= n)
		gone++;
	b->mark_count -= gone;
	for (uint32_t i = 0; i < b->mark_count; i++) {
		b->marks[i] = b->marks[i + gone];
		b->marks[i].end -= (uint32_t)n;
	}
}

void
ot_pending_done(struct ot_pending *b)
{
	ot_heap_free(b->p);
	ot_heap_free(b->marks);
	*b = (struct ot_pending){ 0 };
}

const struct ot_mark *
ot_mark_of(const struct ot_mark *marks, size_t count, size_t end)
{
	size_t i = 0;

	while (i + 1 < count && marks[i].end < end)
		i++;
	return &marks[i];
}

/* ---- delivery ---- */

/* The sink gets what is next in order, with what it left before; what it leaves
 * now is kept. */
static void
give(const struct ot_flow_sink *sink, struct ot_conn *c, unsigned dir,
    const uint8_t *p, const struct ot_mark *mark)
{
	struct ot_pending *pending = &c->half[dir].pending;
	uint32_t len = mark->end;
	size_t used;

	if (!pending->len) {
		used = sink->data(sink->user, c, dir, p, len, mark, 1);
		if (used < len)
			ot_pending_add(pending, p + used, len - (uint32_t)used,
			    mark->frame, mark->time_ns);
		return;
	}
	if (!ot_pending_add(pending, p, len, mark->frame, mark->time_ns)) {
		/* no memory: what was pending is lost */
		sink->gap(sink->user, c, dir, len, false);
		ot_pending_consume(pending, pending->len);
		return;
	}
	used = sink->data(sink->user, c, dir, pending->p, pending->len,
	    pending->marks, pending->mark_count);
	ot_pending_consume(pending, used);
}

static void
deliver(struct ot_reorder *reorder, const struct ot_flow_sink *sink,
    struct ot_conn *c, unsigned dir, const struct ot_copy *bytes)
{
	struct ot_half *h = &c->half[dir];
	struct ot_mark mark = { bytes->len, bytes->frame, bytes->time_ns,
		false };

	if (!bytes->len)
		return;
	ot_history_add(&reorder->history, c, dir, bytes->seq,
	    h->midway ? (uint32_t)OT_KEPT_MIDWAY : h->pending.len, bytes->p,
	    bytes->len);
	give(sink, c, dir, bytes->p, &mark);
	if (h->shadowed)
		sink->more(sink->user, c, dir, bytes->p, &mark);
}

static void
gap(const struct ot_flow_sink *sink, struct ot_conn *c, unsigned dir,
    uint64_t bytes, bool snap)
{
	sink->gap(sink->user, c, dir, bytes, snap);
	ot_pending_consume(&c->half[dir].pending, c->half[dir].pending.len);
}

/* ---- behind holes ---- */

static void
unlink_first(struct ot_reorder *reorder, struct ot_half *h)
{
	struct ot_segment *s = h->waiting;

	h->waiting = s->next;
	h->waiting_bytes -= s->len;
	h->waiting_count--;
	reorder->bytes -= s->len;
	ot_heap_free(s);
}

static void
free_other(
    struct ot_reorder *reorder, struct ot_half *h, struct ot_segment **at)
{
	struct ot_segment *s = *at;

	*at = s->next;
	h->other_count--;
	reorder->bytes -= s->len;
	ot_heap_free(s);
}

/* Second copies of what waited, once the first ones were given out. */
static void
read_others(struct ot_reorder *reorder, const struct ot_flow_sink *sink,
    struct ot_conn *c, unsigned dir)
{
	struct ot_half *h = &c->half[dir];
	struct ot_segment **at = &h->others;

	while (*at) {
		struct ot_segment *s = *at;

		if ((int32_t)(s->seq + s->len - h->next) > 0) {
			at = &s->next;
			continue;
		}
		ot_overlap(reorder, sink, c, dir,
		    &(struct ot_copy){
			s->bytes, s->seq, s->len, s->frame, s->time_ns });
		free_other(reorder, h, at);
	}
}

/* Bytes that waited, of which the first `old` came in another segment first. */
static void
give_segment(struct ot_reorder *reorder, const struct ot_flow_sink *sink,
    struct ot_conn *c, unsigned dir, const struct ot_segment *s, uint32_t old)
{
	struct ot_half *h = &c->half[dir];
	struct ot_copy copy = { s->bytes, s->seq, s->len, s->frame,
		s->time_ns };
	uint32_t end = s->seq + s->len + s->missing;

	if (old < s->len) {
		h->next = s->seq + s->len;
		deliver(reorder, sink, c, dir,
		    &(struct ot_copy){ s->bytes + old, s->seq + old,
			s->len - old, s->frame, s->time_ns });
	}
	if (s->missing && (int32_t)(end - h->next) > 0) {
		gap(sink, c, dir, end - h->next, true);
		h->next = end;
	}
	if (old < copy.len)
		copy.len = old;
	ot_overlap(reorder, sink, c, dir, &copy);
}

/* Give out what has become next in order. */
static void
drain(struct ot_reorder *reorder, const struct ot_flow_sink *sink,
    struct ot_conn *c, unsigned dir)
{
	struct ot_half *h = &c->half[dir];

	while (h->waiting && (int32_t)(h->waiting->seq - h->next) <= 0) {
		give_segment(reorder, sink, c, dir, h->waiting,
		    h->next - h->waiting->seq);
		unlink_first(reorder, h);
	}
	if (h->waiting)
		h->hole_ns = h->waiting->time_ns;
	if (h->others)
		read_others(reorder, sink, c, dir);
}

/* The hole in front of what waits will not be filled any more. */
static void
give_up_hole(struct ot_reorder *reorder, const struct ot_flow_sink *sink,
    struct ot_conn *c, unsigned dir)
{
	struct ot_half *h = &c->half[dir];
	uint32_t lost = h->waiting->seq - h->next;

	h->next = h->base = h->waiting->seq;
	gap(sink, c, dir, lost, false);
	drain(reorder, sink, c, dir);
}

/* Let a piece of a packet wait: len bytes from offset `from` on. */
static bool
add_piece(struct ot_reorder *reorder, struct ot_half *h, struct ot_segment **at,
    uint32_t seq, const struct ot_packet *p, uint32_t from, uint32_t len)
{
	struct ot_segment *s = ot_heap(1, sizeof(*s) + len);

	if (!s)
		return false;
	s->seq = seq + from;
	s->len = len;
	s->missing = from + len == p->captured ? p->wire - p->captured : 0;
	s->frame = p->frame;
	s->time_ns = p->time_ns;
	if (len)
		memcpy(s->bytes, p->payload + from, len);
	s->next = *at;
	*at = s;
	h->waiting_bytes += len;
	h->waiting_count++;
	reorder->bytes += len;
	return true;
}

/* A piece of a packet is the second copy of what waits in `there`. Kept where
 * it differs, until the first one can be read. */
static void
keep_other(struct ot_reorder *reorder, struct ot_half *h,
    const struct ot_segment *there, const struct ot_copy *copy)
{
	const uint8_t *first = there->bytes + (copy->seq - there->seq);

	if (!copy->len || memcmp(first, copy->p, copy->len) == 0)
		return;
	struct ot_segment *s = h->other_count < WAIT_SEGMENTS
				   ? ot_heap(1, sizeof(*s) + copy->len)
				   : NULL;

	if (!s) {
		reorder->unread++;
		return;
	}
	s->seq = copy->seq;
	s->len = copy->len;
	s->frame = copy->frame;
	s->time_ns = copy->time_ns;
	memcpy(s->bytes, copy->p, copy->len);
	struct ot_segment **at = &h->others;

	while (*at)
		at = &(*at)->next;
	*at = s;
	h->other_count++;
	reorder->bytes += s->len;
}

/* The bytes of a packet that no other one brought wait, in pieces between
 * those that wait already. */
static bool
wait_behind(struct ot_reorder *reorder, struct ot_half *h, uint32_t seq,
    const struct ot_packet *p, struct ot_tcp_health *health)
{
	struct ot_segment **at = &h->waiting;
	uint32_t used = 0;

	if (reorder->bytes + p->captured > OT_LIMIT_REORDER_ALL)
		return false;
	if (!h->waiting)
		h->hole_ns = p->time_ns;
	do {
		uint32_t left = p->captured - used, n = left;

		while (*at &&
		       (int32_t)((*at)->seq + (*at)->len - (seq + used)) <= 0)
			at = &(*at)->next;
		if (*at && (int32_t)((*at)->seq - (seq + used)) <= 0) {
			/* a second copy up to the end of this one */
			health->retransmitted = 1;
			n = (*at)->seq + (*at)->len - (seq + used);
			keep_other(reorder, h, *at,
			    &(struct ot_copy){ p->payload + used, seq + used,
				n < left ? n : left, p->frame, p->time_ns });
		} else {
			if (*at && (*at)->seq - (seq + used) < n)
				n = (*at)->seq - (seq + used);
			if (!add_piece(reorder, h, at, seq, p, used, n))
				return false;
		}
		used += n < left ? n : left;
	} while (used < p->captured);
	return true;
}

/* Has the hole been waited for long enough? If even what lies behind it was
 * acknowledged, the capture has missed it for good. */
static bool
hopeless(const struct ot_half *h, int64_t now_ns)
{
	const struct ot_segment *s = h->waiting;

	if (h->waiting_count > WAIT_SEGMENTS ||
	    h->waiting_bytes > OT_LIMIT_REORDER)
		return true;
	if (h->has_acked &&
	    (int32_t)(h->acked - (s->seq + s->len + s->missing)) >= 0)
		return true;
	return h->has_acked && (int32_t)(h->acked - s->seq) >= 0 &&
	       (h->waiting_count >= PATIENCE || now_ns - h->hole_ns > HOLE_NS);
}

/* ---- a segment ---- */

/* The acknowledgement that a segment carries is about the other direction. */
static void
take_ack(struct ot_conn *c, unsigned dir, const struct ot_packet *p,
    struct ot_tcp_health *health)
{
	struct ot_half *me = &c->half[dir], *peer = &c->half[!dir];

	if (!(p->tcp_flags & OT_TCP_ACK))
		return;
	if (!p->wire && me->has_acked && p->ack == me->last_ack &&
	    p->window == me->last_window &&
	    !(p->tcp_flags & (OT_TCP_SYN | OT_TCP_FIN | OT_TCP_RST)) &&
	    (int32_t)(peer->next - p->ack) > 0)
		health->duplicate_acks++;
	me->last_ack = p->ack;
	me->last_window = p->window;
	me->has_acked = true;
	if (!peer->has_acked || (int32_t)(p->ack - peer->acked) > 0)
		peer->acked = p->ack;
	peer->has_acked = true;
	if (peer->rtt_open && (int32_t)(p->ack - peer->rtt_seq) >= 0) {
		peer->rtt_open = false;
		health->rtt_ns = p->time_ns - peer->rtt_ns;
	}
}

static void
take_syn(struct ot_conn *c, unsigned dir, const struct ot_packet *p)
{
	struct ot_half *h = &c->half[dir];

	if (!(p->tcp_flags & OT_TCP_ACK)) {
		if (!(c->flags & OT_CONN_SYN)) {
			c->flags |= OT_CONN_SYN;
			c->syn_dir = (uint8_t)dir;
			c->isn = p->seq;
		}
		if (dir == c->syn_dir && p->seq == c->isn)
			c->syn_ns = p->time_ns;
	} else if (!(c->flags & OT_CONN_SYNACK)) {
		c->flags |= OT_CONN_SYNACK;
		if (!(c->flags & OT_CONN_SYN)) {
			/* its SYN was not captured, but the answer tells */
			c->flags |= OT_CONN_SYN;
			c->syn_dir = (uint8_t)!dir;
			c->isn = p->ack - 1;
			c->syn_ns = INT64_MIN;
		}
	}
	if (!h->started) {
		h->started = true;
		h->next = h->base = p->seq + 1;
		h->rtt_open = true;
		h->rtt_seq = h->next;
		h->rtt_ns = p->time_ns;
	}
}

static void
take_reset(struct ot_conn *c, unsigned dir)
{
	if (c->flags & OT_CONN_SYN && dir != c->syn_dir &&
	    !(c->flags & (OT_CONN_SYNACK | OT_CONN_ESTABLISHED)))
		c->flags |= OT_CONN_REFUSED;
	else
		c->flags |= OT_CONN_RESET;
}

/* Do these bytes lie before all that was read? Then they are no second copy. */
static bool
before_base(const struct ot_half *h, uint32_t seq, const struct ot_packet *p)
{
	bool keep_alive = p->wire == 1 && seq + 1 == h->base;

	return (int32_t)(seq - h->base) < 0 && !keep_alive;
}

/* Has the peer all bytes up to end? */
static bool
acknowledged(const struct ot_half *h, uint32_t end)
{
	return h->has_acked && (int32_t)(h->acked - end) >= 0;
}

/* A byte sent again to hear from the peer (RFC 9293 section 3.8.4). It may be
 * any: what the peer has it does not look at. */
static bool
keep_alive(const struct ot_half *h, uint32_t seq, const struct ot_packet *p)
{
	return p->wire == 1 && seq + 1 == h->next &&
	       (h->next == h->base || acknowledged(h, h->next));
}

/* Read on at seq, wherever that is. */
static void
go_to(struct ot_reorder *reorder, const struct ot_flow_sink *sink,
    struct ot_conn *c, unsigned dir, uint32_t seq)
{
	struct ot_half *h = &c->half[dir];

	while (h->waiting)
		give_up_hole(reorder, sink, c, dir);
	gap(sink, c, dir, 0, false);
	h->next = h->base = seq;
}

/* Bytes that the peer has, from before all that was read: they come late, or
 * again. The stream goes on where it was. */
static void
read_aside(struct ot_reorder *reorder, const struct ot_flow_sink *sink,
    struct ot_conn *c, unsigned dir, const struct ot_packet *p, uint32_t seq,
    struct ot_tcp_health *health)
{
	struct ot_half *h = &c->half[dir];
	struct ot_copy copy = { p->payload, seq, p->captured, p->frame,
		p->time_ns };
	bool known = ot_overlap_known(&reorder->history, c, dir, &copy);

	if (known)
		health->retransmitted++;
	else
		health->out_of_order++;
	if (known || h->pending.len || h->midway) {
		ot_overlap(reorder, sink, c, dir, &copy);
		return;
	}
	if (copy.len > h->base - seq)
		copy.len = h->base - seq;
	gap(sink, c, dir, 0, false);
	deliver(reorder, sink, c, dir, &copy);
	if (h->pending.len || h->midway)
		gap(sink, c, dir, 0, false);
	copy.p += copy.len;
	copy.seq += copy.len;
	copy.len = p->captured - copy.len;
	ot_overlap(reorder, sink, c, dir, &copy);
}

/* What a segment has that no other one brought, from offset `old` on, comes
 * next in order. */
static void
take_new(struct ot_reorder *reorder, const struct ot_flow_sink *sink,
    struct ot_conn *c, unsigned dir, const struct ot_packet *p, uint32_t seq,
    uint32_t old)
{
	struct ot_half *h = &c->half[dir];

	h->next = seq + p->wire;
	if (h->next - h->base > WINDOW)
		h->base = h->next - WINDOW;
	if (!h->rtt_open && !old) {
		h->rtt_open = true;
		h->rtt_seq = h->next;
		h->rtt_ns = p->time_ns;
	}
	if (old < p->captured)
		deliver(reorder, sink, c, dir,
		    &(struct ot_copy){ p->payload + old, seq + old,
			p->captured - old, p->frame, p->time_ns });
	if (p->captured < p->wire)
		gap(sink, c, dir,
		    p->wire - (old > p->captured ? old : p->captured), true);
	if (h->waiting)
		drain(reorder, sink, c, dir);
}

/* Payload whose place is known: in order, old, or ahead. */
static void
take_payload(struct ot_reorder *reorder, const struct ot_flow_sink *sink,
    struct ot_conn *c, unsigned dir, const struct ot_packet *p, uint32_t seq,
    struct ot_tcp_health *health, uint64_t *dropped)
{
	struct ot_half *h = &c->half[dir];

	if (keep_alive(h, seq, p))
		return;
	if (before_base(h, seq, p)) {
		if (acknowledged(h, seq + p->wire)) {
			read_aside(reorder, sink, c, dir, p, seq, health);
			return;
		}
		/* the stream is here, and what led away from it (a SYN that
		 * the peer did not take, segments outside of its window) was
		 * none of it */
		health->out_of_order++;
		go_to(reorder, sink, c, dir, seq);
	}
	if ((int32_t)(seq - h->next) > 0) {
		if (wait_behind(reorder, h, seq, p, health)) {
			if (hopeless(h, p->time_ns))
				give_up_hole(reorder, sink, c, dir);
			return;
		}
		/* no room to wait: read on without what is missing */
		*dropped += seq - h->next;
		go_to(reorder, sink, c, dir, seq);
	}
	uint32_t old = h->next - seq;

	if (!old) {
		health->out_of_order += h->waiting != NULL; /* fills a hole */
		take_new(reorder, sink, c, dir, p, seq, 0);
		return;
	}
	health->retransmitted += p->wire > 1 || seq + 1 != h->next;
	if (old < p->wire)
		take_new(reorder, sink, c, dir, p, seq, old);
	ot_overlap(reorder, sink, c, dir,
	    &(struct ot_copy){ p->payload, seq,
		old < p->captured ? old : p->captured, p->frame, p->time_ns });
}

/* The handshake is done, or both sides have sent data. */
static void
establish(struct ot_conn *c, unsigned dir, const struct ot_packet *p,
    struct ot_tcp_health *health)
{
	if (c->flags & OT_CONN_SYNACK && dir == c->syn_dir &&
	    p->tcp_flags & OT_TCP_ACK) {
		c->flags |= OT_CONN_ESTABLISHED;
		if (p->time_ns >= c->syn_ns && c->syn_ns != INT64_MIN)
			health->handshake_ns = p->time_ns - c->syn_ns;
	}
	if (c->half[0].payload && c->half[1].payload)
		c->flags |= OT_CONN_ESTABLISHED;
}

void
ot_stream_segment(struct ot_reorder *reorder, const struct ot_flow_sink *sink,
    struct ot_conn *c, unsigned dir, const struct ot_packet *p,
    struct ot_tcp_health *health, uint64_t *dropped)
{
	struct ot_half *h = &c->half[dir], *peer = &c->half[!dir];
	uint32_t seq = p->seq;

	*health = (struct ot_tcp_health){ .rtt_ns = -1, .handshake_ns = -1 };
	if (!p->window &&
	    !(p->tcp_flags & (OT_TCP_RST | OT_TCP_SYN | OT_TCP_FIN)))
		health->zero_window = 1;
	take_ack(c, dir, p, health);
	/* what the peer said comes before the answer to it */
	if (peer->waiting && hopeless(peer, p->time_ns))
		give_up_hole(reorder, sink, c, !dir);
	if (p->tcp_flags & OT_TCP_SYN) {
		take_syn(c, dir, p);
		seq++;
	}
	if (p->tcp_flags & OT_TCP_RST) {
		take_reset(c, dir);
		return; /* what it carries is a reason, not data */
	}
	if (!h->started) {
		h->started = true;
		h->next = h->base = seq;
		if (!(c->flags & OT_CONN_SYN))
			c->flags |= OT_CONN_MIDSTREAM;
	}
	if (p->wire)
		take_payload(reorder, sink, c, dir, p, seq, health, dropped);
	if (p->tcp_flags & OT_TCP_FIN)
		h->fin = true;
	if (!(c->flags & OT_CONN_ESTABLISHED))
		establish(c, dir, p, health);
}

void
ot_stream_second(struct ot_reorder *reorder, const struct ot_flow_sink *sink,
    struct ot_conn *c, unsigned dir, const struct ot_packet *p)
{
	ot_overlap(reorder, sink, c, dir,
	    &(struct ot_copy){ p->payload,
		p->seq + !!(p->tcp_flags & OT_TCP_SYN), p->captured, p->frame,
		p->time_ns });
}

void
ot_stream_finish(struct ot_reorder *reorder, const struct ot_flow_sink *sink,
    struct ot_conn *c)
{
	for (unsigned dir = 0; dir < 2; dir++)
		while (c->half[dir].waiting)
			give_up_hole(reorder, sink, c, dir);
}

void
ot_stream_drop(struct ot_reorder *reorder, struct ot_conn *c)
{
	for (unsigned dir = 0; dir < 2; dir++) {
		struct ot_half *h = &c->half[dir];

		while (h->waiting)
			unlink_first(reorder, h);
		while (h->others)
			free_other(reorder, h, &h->others);
		ot_pending_done(&h->pending);
	}
}
