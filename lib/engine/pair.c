/*
 * Requests wait for their answers: one table a connection, oldest first
 * (PROTOCOLS.md section 1.5).
 */
#include "engine/state.h"

#define EXPIRY_NS (30 * OT_SECOND_NS)

static struct asked *
entry(const struct asked_list *list, uint32_t i)
{
	return &list->at[(list->head + i) & (list->cap - 1)];
}

static bool
same(const struct asked *a, const struct ot_proto *proto, unsigned dir,
    uint64_t pair)
{
	return !a->done && a->op.pair == pair && a->proto == proto &&
	       a->dir == dir;
}

const struct ot_op *
ot_pair_find(const struct session *session, const struct ot_proto *proto,
    unsigned dir, uint64_t pair)
{
	for (uint32_t i = 0; i < session->asked.count; i++) {
		const struct asked *a = entry(&session->asked, i);

		if (same(a, proto, dir, pair))
			return &a->op;
	}
	return NULL;
}

bool
ot_pair_asks(const struct session *session, const struct ot_proto *proto,
    const struct ot_op *op)
{
	for (uint32_t i = 0; i < session->asked.count; i++) {
		const struct asked *a = entry(&session->asked, i);

		if (a->proto == proto && ot_op_same(&a->op, op))
			return true;
	}
	return false;
}

const struct ot_op *
ot_pair_item(const struct session *session, const struct ot_proto *proto,
    unsigned dir, uint64_t pair, uint32_t item)
{
	uint64_t pdu = 0;

	for (uint32_t i = 0; i < session->asked.count; i++) {
		const struct asked *a = entry(&session->asked, i);

		if (!same(a, proto, dir, pair))
			continue;
		if (pdu && a->pdu != pdu)
			break;
		pdu = a->pdu;
		if (a->item == item)
			return &a->op;
	}
	return NULL;
}

/* Done with this entry: those at the front that are done leave. */
static void
drop(struct asked_list *list, struct asked *a)
{
	ot_heap_free((void *)(uintptr_t)a->op.object.text.p);
	a->op.object.text.p = NULL;
	a->done = true;
	while (list->count && entry(list, 0)->done) {
		list->head = (list->head + 1) & (list->cap - 1);
		list->count--;
	}
	if (!list->count) /* where the cache knows it */
		list->head = 0;
}

static void
give_up(struct ot_engine *engine, struct session *session, struct asked *a)
{
	if (!a->answered)
		ot_fold_op(engine, session->live, a, 0, NULL, 0, false);
	drop(&session->asked, a);
}

static void
expire(struct ot_engine *engine, struct session *session, int64_t now_ns)
{
	struct asked_list *list = &session->asked;

	while (list->count && now_ns - entry(list, 0)->time_ns > EXPIRY_NS)
		give_up(engine, session, entry(list, 0));
}

static bool
grow(struct asked_list *list)
{
	uint32_t cap = list->cap ? list->cap * 2 : 4;
	struct asked *at = ot_heap(cap, sizeof(*at));

	if (!at)
		return false;
	for (uint32_t i = 0; i < list->count; i++)
		at[i] = *entry(list, i);
	ot_heap_free(list->at);
	list->at = at;
	list->cap = cap;
	list->head = 0;
	return true;
}

/* A copy of a text on the heap, at most OT_LIMIT_TEXT bytes. */
static bool
keep_text(struct ot_text *t)
{
	if (!t->len) {
		t->p = NULL; /* what is not NULL is on the heap */
		return true;
	}
	size_t len = t->len > OT_LIMIT_TEXT ? OT_LIMIT_TEXT : t->len;
	uint8_t *p = ot_heap(len, 1);

	if (!p)
		return false;
	memcpy(p, t->p, len);
	t->p = p;
	t->len = len;
	return true;
}

static bool
same_value(const struct ot_value *a, const struct ot_value *b)
{
	return a->count == b->count && a->not_finite == b->not_finite &&
	       a->last == b->last && a->min == b->min && a->max == b->max;
}

/* UDP has no sequence numbers: the same request again before its answer is a
 * retransmission, and counts once. A PDU that asks for one thing twice does
 * not repeat itself. */
static bool
repeated(const struct session *session, const struct ot_said *said,
    const struct saying *s)
{
	if (said->conn->transport != OT_UDP || !s->as.op.pair)
		return false;
	for (uint32_t i = 0; i < session->asked.count; i++) {
		const struct asked *a = entry(&session->asked, i);

		if (same(a, s->proto, said->dir, s->as.op.pair) &&
		    a->pdu != said->pdu && ot_op_same(&a->op, &s->as.op) &&
		    same_value(&a->op.value, &s->as.op.value))
			return true;
	}
	return false;
}

static void
asked_of(struct asked *a, const struct ot_said *said, const struct saying *s)
{
	a->proto = s->proto;
	a->dir = said->dir;
	a->done = a->answered = false;
	a->op = s->as.op;
	a->frame = said->frame;
	a->time_ns = said->time_ns;
	a->pdu = said->pdu;
	a->item = 0;
}

/* A request for which no answer is waited. */
static void
fold_alone(struct ot_engine *engine, struct session *session,
    const struct ot_said *said, const struct saying *s)
{
	struct asked a;

	asked_of(&a, said, s);
	ot_fold_op(engine, session->live, &a, 0, NULL, 0, false);
}

void
ot_pair_open(struct ot_engine *engine, struct session *session,
    const struct ot_said *said, const struct saying *s)
{
	struct asked_list *list = &session->asked;

	session->verbs |= 1U << s->as.op.verb;
	if (session->asked_ns && said->time_ns > session->asked_ns)
		ot_hist_add(&engine->arena, &session->live->sum.timing.interval,
		    ot_hist_bin((uint64_t)(said->time_ns - session->asked_ns)),
		    1);
	session->asked_ns = said->time_ns;
	if (s->as.op.flags & OT_OP_NO_ANSWER) {
		fold_alone(engine, session, said, s);
		return;
	}
	expire(engine, session, said->time_ns);
	if (list->count && repeated(session, said, s))
		return;
	if (list->count == OT_LIMIT_PAIRS) {
		engine->limit_asked++;
		give_up(engine, session, entry(list, 0));
	}
	if (list->count == list->cap && !grow(list)) {
		engine->limit_memory++;
		fold_alone(engine, session, said, s);
		return;
	}
	struct asked *a = entry(list, list->count);
	const struct asked *before =
	    list->count ? entry(list, list->count - 1) : NULL;

	asked_of(a, said, s);
	if (!keep_text(&a->op.object.text)) {
		engine->limit_memory++;
		fold_alone(engine, session, said, s);
		return;
	}
	a->item = before && before->pdu == a->pdu &&
			  before->op.pair == a->op.pair &&
			  before->proto == a->proto
		      ? before->item + 1
		      : 1;
	list->count++;
}

static void
answer(struct ot_engine *engine, struct session *session,
    const struct ot_said *said, struct asked *a, const struct ot_reply *reply)
{
	if (!a->answered) {
		int64_t took = said->time_ns - a->time_ns;

		ot_fold_op(engine, session->live, a, said->frame, reply->error,
		    reply->error_code, false);
		ot_hist_add(&engine->arena, &session->live->sum.timing.response,
		    ot_hist_bin(took > 0 ? (uint64_t)took : 0), 1);
	}
	a->answered = true;
	if (!reply->more && !(a->op.flags & OT_OP_MANY_ANSWERS))
		drop(&session->asked, a);
}

/* Answer the item-th open request of the pair, or (0) all those that one PDU
 * asked. False if none is open. */
static bool
answer_open(struct ot_engine *engine, struct session *session,
    const struct ot_said *said, const struct saying *s)
{
	const struct ot_reply *reply = &s->as.reply;
	struct asked_list *list = &session->asked;
	uint64_t pdu = 0;
	bool seen = false;

	for (uint32_t i = 0; i < list->count; i++) {
		uint32_t before = list->count;
		struct asked *a = entry(list, i);

		if (!same(a, s->proto, !said->dir, reply->as.pair))
			continue;
		if (seen && a->pdu != pdu)
			break;
		if (reply->item && a->item != reply->item)
			continue;
		pdu = a->pdu;
		seen = true;
		answer(engine, session, said, a, reply);
		if (reply->item)
			return true;
		/* entries that left the front moved the others up */
		i -= before - list->count;
	}
	return seen;
}

void
ot_pair_close(struct ot_engine *engine, struct session *session,
    const struct ot_said *said, const struct saying *s)
{
	const struct ot_reply *reply = &s->as.reply;

	session->verbs |= 1U << reply->as.verb;
	if (answer_open(engine, session, said, s))
		return;
	struct asked a = { .op = reply->as,
		.proto = s->proto,
		.frame = said->frame,
		.time_ns = said->time_ns };

	ot_fold_op(engine, session->live, &a, 0, reply->error,
	    reply->error_code, true);
}

void
ot_pair_end(struct ot_engine *engine, struct session *session)
{
	while (session->asked.count)
		give_up(engine, session, entry(&session->asked, 0));
	ot_heap_free(session->asked.at);
	session->asked = (struct asked_list){ 0 };
}
