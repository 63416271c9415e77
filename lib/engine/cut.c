/*
 * Streams and datagrams of a named connection, cut into PDUs; after a gap, the
 * place where the next PDU begins. PROTOCOLS.md section 1.4.
 */
#include "engine/state.h"

long
ot_cut_length(const struct ot_pdu *pdu, const uint8_t *p, size_t len)
{
	enum ot_fault fault = OT_FAULT_NONE;

	return pdu->proto->pdu_len
		   ? pdu->proto->pdu_len(ot_buf(p, len, &fault), pdu)
		   : (long)len;
}

bool
ot_cut_begins(struct ot_pdu *pdu, const uint8_t *p, size_t len)
{
	enum ot_fault fault = OT_FAULT_NONE;
	long n = ot_cut_length(pdu, p, len);

	if (n <= 0)
		return false;
	size_t have = (size_t)n < len ? (size_t)n : len;

	pdu->rest = (size_t)n - have;
	bool fits = pdu->proto->probe(ot_buf(p, have, &fault), pdu);

	pdu->rest = 0;
	return fits &&
	       (have == len || ot_cut_length(pdu, p + have, len - have) >= 0);
}

/* How far a protocol looks for the end of a PDU's head, at each offset: so that
 * the work for a frame is bounded by its bytes. */
static size_t
window(size_t left)
{
	return left < OT_LIMIT_HEAD ? left : OT_LIMIT_HEAD;
}

/* Is that the head of a PDU, too little of it to tell more? */
static bool
is_open(const struct ot_pdu *pdu, const uint8_t *p, size_t left)
{
	return left < OT_LIMIT_HEAD && ot_cut_length(pdu, p, left) == 0;
}

/* A weak protocol is trusted only at the start of a segment. */
size_t
ot_cut_start(struct ot_pdu *pdu, const uint8_t *p, size_t len)
{
	size_t scan = pdu->proto->strength == OT_WEAK && len > 1 ? 1 : len;

	for (size_t at = 0; at < scan; at++)
		if (ot_cut_begins(pdu, p + at, window(len - at)) ||
		    is_open(pdu, p + at, len - at))
			return at;
	return len;
}

static void
lose_name(
    struct ot_engine *engine, struct ot_conn *conn, struct session *session)
{
	ot_fold_conn_event(engine, conn, session, "framing lost",
	    "the protocol's framing failed eight times in a row");
	session->state = NAMELESS;
}

/* These bytes are no PDU. */
static void
misfit(struct ot_engine *engine, struct ot_conn *conn, struct session *session,
    unsigned dir)
{
	session->resync[dir] = true;
	if (++session->failures >= FAILURES)
		lose_name(engine, conn, session);
}

/* Over the end of a PDU that is not read to its end. */
static size_t
skip(struct session *session, unsigned dir, size_t left)
{
	struct ot_flow_coverage *c = &session->live->sum.coverage;
	size_t n =
	    session->skip[dir] < left ? (size_t)session->skip[dir] : left;

	session->skip[dir] -= n;
	*(session->encrypted ? &c->encrypted : &c->identified) += n;
	return n;
}

/* Where no PDU begins, another protocol may. */
static enum recognised
turn(struct ot_pdu *pdu, const uint8_t *p, size_t len)
{
	struct ot_said *said = pdu->said;
	enum ot_fault fault = OT_FAULT_NONE;
	enum recognised to = ot_upgrade(said->engine, said->conn, said->session,
	    said->dir, ot_buf(p, len, &fault));

	if (to == RECOGNISED)
		ot_pdu_begin(
		    pdu, said->engine, said->conn, said->session, said->dir);
	return to;
}

size_t
ot_cut_stream(struct ot_engine *engine, struct ot_conn *conn,
    struct session *session, unsigned dir, size_t from, const uint8_t *p,
    size_t len, const struct ot_mark *marks, size_t mark_count)
{
	struct ot_pdu pdu;

	ot_pdu_begin(&pdu, engine, conn, session, dir);
	size_t used = from;

	while (used < len && session->state == NAMED) {
		size_t left = len - used;

		if (session->skip[dir]) {
			used += skip(session, dir, left);
			continue;
		}
		long n = session->resync[dir]
			     ? -1
			     : ot_cut_length(&pdu, p + used, left);
		enum recognised to =
		    n < 0 ? turn(&pdu, p + used, left) : ALL_SAY_NO;

		if (to == RECOGNISED)
			continue;
		if (to == STILL_OPEN)
			break;
		if (session->resync[dir]) {
			size_t found = ot_cut_start(&pdu, p + used, left);

			session->live->sum.coverage.unknown += found;
			used += found;
			if (found == left ||
			    is_open(&pdu, p + used, left - found))
				break;
			session->resync[dir] = false;
			continue;
		}
		if (n < 0 || (n == 0 && left > OT_LIMIT_PDU)) {
			misfit(engine, conn, session, dir);
			continue;
		}
		if (n == 0 || ((size_t)n > left &&
				  (n <= OT_LIMIT_PDU || left < OT_LIMIT_HEAD)))
			break; /* the rest of it is still to come */
		size_t have = (size_t)n < left ? (size_t)n : left;

		if (n > OT_LIMIT_PDU && have > OT_LIMIT_HEAD)
			have = OT_LIMIT_HEAD;
		session->failures = 0;
		session->skip[dir] = (uint64_t)n - have;
		ot_pdu_dissect(&pdu, p + used, have, (uint64_t)n - have, false,
		    ot_mark_of(marks, mark_count, used + have));
		used += have;
	}
	if (session->state == NAMELESS) {
		session->live->sum.coverage.unknown += len - used;
		used = len;
	}
	conn->half[dir].midway = session->skip[dir] || session->resync[dir];
	return used;
}

/* The start of a PDU whose end is missing. */
static void
cut_short(struct ot_engine *engine, struct ot_conn *conn,
    struct session *session, unsigned dir, bool snap)
{
	const struct ot_pending *pending = &conn->half[dir].pending;

	if (!pending->len)
		return;
	if (session->resync[dir]) { /* no PDU is known to begin there */
		session->live->sum.coverage.unknown += pending->len;
		return;
	}
	if (!snap) {
		session->live->sum.coverage.identified += pending->len;
		session->live->sum.coverage.cut++;
		return;
	}
	struct ot_pdu pdu;

	ot_pdu_begin(&pdu, engine, conn, session, dir);
	ot_pdu_dissect(&pdu, pending->p, pending->len, 0, true,
	    &pending->marks[pending->mark_count - 1]);
}

void
ot_cut_gap(struct ot_engine *engine, struct ot_conn *conn,
    struct session *session, unsigned dir, uint64_t bytes, bool snap)
{
	const struct ot_pending *pending = &conn->half[dir].pending;

	if (bytes && session->skip[dir] >= bytes) {
		session->skip[dir] -= bytes;
		return;
	}
	session->skip[dir] = 0;
	conn->half[dir].midway = true;
	if (!pending->len || session->resync[dir]) {
		cut_short(engine, conn, session, dir, snap);
		session->resync[dir] = true;
		return;
	}
	/* a PDU whose length is known may end behind the gap */
	struct ot_pdu pdu;

	ot_pdu_begin(&pdu, engine, conn, session, dir);
	long n = bytes ? ot_cut_length(&pdu, pending->p, pending->len) : 0;

	bool ends = n > 0 && (uint64_t)n >= pending->len + bytes;

	if (ends)
		session->skip[dir] = (uint64_t)n - pending->len - bytes;
	cut_short(engine, conn, session, dir, snap);
	session->resync[dir] = !ends;
}

void
ot_cut_end(struct ot_engine *engine, struct ot_conn *conn,
    struct session *session, unsigned dir)
{
	const struct ot_pending *pending = &conn->half[dir].pending;

	if (!pending->len)
		return;
	struct ot_pdu pdu;

	ot_pdu_begin(&pdu, engine, conn, session, dir);
	long n = ot_cut_length(&pdu, pending->p, pending->len);

	if (n == OT_PDU_TO_END && !session->resync[dir])
		ot_pdu_dissect(&pdu, pending->p, pending->len, 0, false,
		    &pending->marks[pending->mark_count - 1]);
	else
		cut_short(engine, conn, session, dir, false);
}

void
ot_cut_datagram(struct ot_engine *engine, struct ot_conn *conn,
    struct session *session, unsigned dir, const uint8_t *p, size_t len,
    bool cut, const struct ot_mark *mark)
{
	if (session->state != NAMED) {
		session->live->sum.coverage.unknown += len;
		return;
	}
	/* of a named flow even a code that nobody knows is a PDU: what is not
	 * must show in its structure */
	struct ot_pdu pdu;

	ot_pdu_begin(&pdu, engine, conn, session, dir);
	size_t used = 0;

	while (used < len && session->state == NAMED) {
		long n = ot_cut_length(&pdu, p + used, len - used);
		bool whole = n > 0 && (size_t)n <= len - used;

		if (!whole && !cut) {
			session->live->sum.coverage.unknown += len - used;
			misfit(engine, conn, session, dir);
			break;
		}
		size_t take = whole ? (size_t)n : len - used;

		if (ot_pdu_dissect(&pdu, p + used, take, 0,
			cut && used + take == len, mark))
			session->failures = 0;
		else if (++session->failures >= FAILURES)
			lose_name(engine, conn, session);
		used += take;
	}
}
