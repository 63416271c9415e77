/*
 * A sender, or somebody between, may send the same stretch of a stream in two
 * versions; which one the receiver took is not in the capture (RFC 9293 section
 * 3.10.7.4 leaves it to the receiver). So both are read: the first copy is the
 * stream, and the last one is a second reading of the same place. One in the
 * middle was the last one when it came.
 */
#include "flow/overlap.h"

#include "base/arena.h"

#define NONE UINT32_MAX /* no offset; more than an enum holds */

enum {
	/* Bytes built for second readings of a direction: so many, and so many
	 * times its payload. More is told, but not read. */
	WORK_FREE = 1 << 20,
	WORK_FACTOR = 64,
};

/* The copy against the first ones. */
struct compared {
	uint32_t known; /* bytes that there is a first copy of */
	uint32_t from;	/* the first that differs, NONE: all agree */
	bool again;	/* this second copy was read before */
};

/* Two stretches of sequence numbers: where both are. False: nowhere. */
static bool
common(const struct ot_copy *c, const struct ot_kept *k, uint32_t *lo,
    uint32_t *hi)
{
	int32_t a = (int32_t)(k->seq - c->seq);
	int64_t end = (int64_t)a + k->len;

	*lo = a > 0 ? (uint32_t)a : 0;
	*hi = end < 0 ? 0 : end < c->len ? (uint32_t)end : c->len;
	return *lo < *hi;
}

static uint32_t
first_difference(const uint8_t *a, const uint8_t *b, uint32_t len)
{
	uint32_t i = 0;

	while (i < len && a[i] == b[i])
		i++;
	return i;
}

static struct compared
compare(const struct ot_history *history, const struct ot_conn *c, unsigned dir,
    const struct ot_copy *copy)
{
	struct compared r = { .from = NONE };
	struct ot_history_walk w;
	uint32_t lo, hi;

	ot_history_begin(&w, history, c, dir);
	while (r.known < copy->len && ot_history_next(&w)) {
		if (!common(copy, &w.kept, &lo, &hi))
			continue;
		const uint8_t *other = w.bytes + (copy->seq + lo - w.kept.seq);
		uint32_t same = first_difference(copy->p + lo, other, hi - lo);

		if (w.kept.lead & OT_KEPT_SECOND) {
			r.again |= same == copy->len;
			continue;
		}
		r.known += hi - lo;
		if (same < hi - lo && lo + same < r.from)
			r.from = lo + same;
	}
	return r;
}

bool
ot_overlap_known(const struct ot_history *history, const struct ot_conn *c,
    unsigned dir, const struct ot_copy *copy)
{
	return compare(history, c, dir, copy).known > 0;
}

/* Where the PDU begins that the byte at offset `at` of the copy belongs to, as
 * the first reading has it. False: what lies before is not kept. */
static bool
pdu_start(const struct ot_history *history, const struct ot_conn *c,
    unsigned dir, const struct ot_copy *copy, uint32_t at, uint32_t *start)
{
	struct ot_history_walk w;
	bool found = false;

	ot_history_begin(&w, history, c, dir);
	while (ot_history_next(&w)) {
		uint32_t before = copy->seq + at - w.kept.seq;

		if (w.kept.lead & OT_KEPT_SECOND)
			continue;
		found |= before < w.kept.len;
		if (!found || (int32_t)before < 0 ||
		    w.kept.lead & OT_KEPT_MIDWAY)
			continue;
		*start = w.kept.seq - w.kept.lead;
		return before + w.kept.lead <= OT_LIMIT_PDU;
	}
	return false;
}

enum { FIRST = 1, OTHER = 2 }; /* which copies of a byte there are */

struct stretch {
	uint8_t *first, *other, *have;
	uint32_t seq, len;
};

static void
lay(struct stretch *s, const struct ot_copy *piece, uint8_t which)
{
	struct ot_kept whole = { .seq = s->seq, .len = s->len };
	uint32_t lo, hi;

	if (!common(piece, &whole, &lo, &hi))
		return;
	uint32_t at = piece->seq + lo - s->seq;

	for (uint32_t i = 0; i < hi - lo; i++) {
		uint8_t missing = which & (uint8_t)~s->have[at + i];

		if (missing & FIRST)
			s->first[at + i] = piece->p[lo + i];
		if (missing & OTHER)
			s->other[at + i] = piece->p[lo + i];
		s->have[at + i] |= missing;
	}
}

/* Both readings of len bytes from seq on. */
static bool
build(struct stretch *s, const struct ot_history *history,
    const struct ot_conn *c, unsigned dir, const struct ot_copy *copy)
{
	struct ot_history_walk w;
	uint8_t *p = ot_heap(s->len, 3);

	if (!p)
		return false;
	s->first = p;
	s->other = p + s->len;
	s->have = p + 2 * (size_t)s->len;
	lay(s, copy, OTHER);
	ot_history_begin(&w, history, c, dir);
	while (ot_history_next(&w))
		lay(s,
		    &(struct ot_copy){
			.p = w.bytes, .seq = w.kept.seq, .len = w.kept.len },
		    w.kept.lead & OT_KEPT_SECOND ? OTHER : FIRST | OTHER);
	return true;
}

static uint32_t
run_of(const struct stretch *s, uint32_t from, uint8_t which)
{
	uint32_t n = from;

	while (n < s->len && s->have[n] & which)
		n++;
	return n;
}

/* What the engine is told of a stretch from offset `skip` on. */
static void
tell(const struct ot_flow_sink *sink, struct ot_conn *c, unsigned dir,
    const struct stretch *s, uint32_t skip, bool aligned,
    const struct ot_copy *copy)
{
	uint32_t end = run_of(s, skip, OTHER);
	struct ot_second second = {
		.first = s->first + skip,
		.first_len = run_of(s, skip, FIRST) - skip,
		.other = s->other + skip,
		.len = end - skip,
		.from = NONE,
		.aligned = aligned,
		.acked =
		    c->half[dir].has_acked &&
		    (int32_t)(c->half[dir].acked - copy->seq - copy->len) >= 0,
		.seq = s->seq + skip,
		.frame = copy->frame,
		.time_ns = copy->time_ns,
	};

	for (uint32_t i = skip; i < end; i++) {
		bool known = s->have[i] & FIRST;

		if (known && s->first[i] == s->other[i])
			continue;
		second.to = i + 1 - skip;
		if (s->seq + i - copy->seq >= copy->len)
			continue;
		second.compared |= known;
		if (second.from == NONE)
			second.from = i - skip;
	}
	if (second.from != NONE)
		sink->second(sink->user, c, dir, &second);
}

/* May so many bytes more be built? */
static bool
affordable(struct ot_half *h, uint32_t len)
{
	if (h->work > WORK_FREE + WORK_FACTOR * h->payload)
		return false;
	h->work += len;
	return true;
}

static void
read_again(struct ot_reorder *reorder, const struct ot_flow_sink *sink,
    struct ot_conn *c, unsigned dir, const struct ot_copy *copy, uint32_t from)
{
	const struct ot_half *h = &c->half[dir];
	struct stretch s = { .seq = copy->seq };
	uint32_t end = copy->seq + copy->len;
	bool aligned = pdu_start(&reorder->history, c, dir, copy, from, &s.seq);

	if (!aligned)
		s.seq = copy->seq;
	if ((int32_t)(h->next - end) > 0)
		end = h->next;
	s.len = end - s.seq;
	if (s.len > 2 * OT_LIMIT_PDU)
		s.len = 2 * OT_LIMIT_PDU;
	if (!affordable(&c->half[dir], s.len) ||
	    !build(&s, &reorder->history, c, dir, copy)) {
		reorder->unread++;
		sink->second(sink->user, c, dir,
		    &(struct ot_second){ .seq = copy->seq,
			.frame = copy->frame,
			.time_ns = copy->time_ns });
		return;
	}
	uint32_t skip = 0;

	/* a hole in front of it: the PDU's start is of no use */
	if ((int32_t)(s.seq + run_of(&s, 0, OTHER) - copy->seq) <= 0)
		skip = copy->seq - s.seq;
	tell(sink, c, dir, &s, skip, aligned && !skip, copy);
	ot_heap_free(s.first);
}

void
ot_overlap(struct ot_reorder *reorder, const struct ot_flow_sink *sink,
    struct ot_conn *c, unsigned dir, const struct ot_copy *copy)
{
	if (!sink->second || !copy->len)
		return;
	struct compared r = compare(&reorder->history, c, dir, copy);

	if (r.again || (r.from == NONE && r.known >= copy->len))
		return;
	ot_history_add(&reorder->history, c, dir, copy->seq, OT_KEPT_SECOND,
	    copy->p, copy->len);
	read_again(reorder, sink, c, dir, copy, r.from == NONE ? 0 : r.from);
}
