/*
 * Data of a connection: kept until it has a name, then handed to its protocol.
 */
#include "engine/state.h"

/* ---- streams ---- */

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

size_t
ot_data_take(void *user, struct ot_conn *conn, unsigned dir, const uint8_t *p,
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

void
ot_data_gap(
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

void
ot_data_second(void *user, struct ot_conn *conn, unsigned dir,
    const struct ot_second *second)
{
	ot_second_stream(user, conn, conn->user, dir, second);
}

void
ot_data_more(void *user, struct ot_conn *conn, unsigned dir, const uint8_t *p,
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

void
ot_data_datagram(struct ot_engine *engine, struct ot_conn *conn,
    struct session *s, unsigned dir, const struct ot_packet *p)
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

/* ---- the end ---- */

void
ot_data_end(struct ot_engine *engine, struct ot_conn *conn, struct session *s)
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
