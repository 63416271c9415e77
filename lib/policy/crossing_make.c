/*
 * What becomes of a crossing as flows and attempts are added to it.
 */
#include "policy/crossing_make.h"

#include <stdio.h>

/* What may be anything: the answers to this are worth more than the others. */
static const int rank_of[] = {
	[OT_ALLOWED] = 0, [OT_CANNOT_TELL] = 1, [OT_VIOLATION] = 2
};

/* ---- crossings by key ---- */

static void
key_add(struct ot_sb *sb, struct ot_str s)
{
	ot_sb_add(sb, s.p, s.len);
	ot_sb_putc(sb, 0);
}

struct ot_str
ot_address_text(struct ot_arena *arena, const struct ot_addr *addr)
{
	char text[OT_ADDR_TEXT];
	size_t len = ot_addr_print(text, addr);

	return ot_str_keep(arena, (struct ot_str){ text, len });
}

static struct ot_making *
making_add(struct ot_maker *b, const struct ot_crossing *key)
{
	struct ot_making *m = ot_alloc(b->arena, sizeof(*m));

	if (b->made_count == b->made_room) {
		size_t room = b->made_room ? b->made_room * 2 : 64;
		struct ot_making **made =
		    ot_alloc_array(b->arena, room, sizeof(*made));

		if (made && b->made_count)
			memcpy(made, b->made, b->made_count * sizeof(*made));
		b->made = made;
		b->made_room = made ? room : 0;
	}
	if (!m || !b->made)
		return NULL;
	m->c = *key;
	m->c.first = m->c.last = OT_TIME_NONE;
	m->c.verdict = OT_ALLOWED;
	b->made[b->made_count++] = m;
	return m;
}

struct ot_making *
ot_making_get(struct ot_maker *b, const struct ot_crossing *key)
{
	struct ot_sb sb = { 0 };
	struct ot_making *m = NULL;

	key_add(&sb, key->client_zone);
	key_add(&sb, key->server_zone);
	key_add(&sb, key->client);
	key_add(&sb, key->server);
	key_add(&sb, key->client_address);
	key_add(&sb, key->server_address);
	key_add(&sb, key->protocol);
	key_add(&sb, key->sensor);
	ot_sb_printf(&sb, "%u %u %d", key->transport, key->port, key->attempt);
	if (!sb.lost) {
		struct ot_str bytes = ot_sb_str(&sb);

		m = ot_map_get(&b->map, bytes.p, bytes.len);
		if (!m) {
			struct ot_str kept = ot_str_keep(b->arena, bytes);
			void **at = kept.p
					? ot_map_at(&b->map, kept.p, kept.len)
					: NULL;

			if (at)
				*at = m = making_add(b, key);
		}
	}
	ot_sb_done(&sb);
	b->lost |= !m;
	return m;
}

/* ---- folding ---- */

/* The place of a row in the policy; behind all others where there is none. */
static bool
row_before(const struct ot_conduit_row *a, const struct ot_conduit_row *b)
{
	return a && (!b || a < b);
}

void
ot_making_decide(struct ot_making *m, const struct ot_judgement *j)
{
	const struct ot_judgement *was = &m->judgement;
	int more = rank_of[j->verdict] - rank_of[was->verdict];

	if (more == 0) {
		const struct ot_conduit_row *a =
		    j->verdict == OT_VIOLATION ? j->nearest : j->rule;
		const struct ot_conduit_row *o =
		    j->verdict == OT_VIOLATION ? was->nearest : was->rule;

		more = row_before(a, o) || (a == o && j->failed > was->failed);
	}
	if (!m->judged || more > 0)
		m->judgement = *j;
	m->judged = true;
	m->c.verdict = (uint8_t)m->judgement.verdict;
	if (j->verdict == OT_CANNOT_TELL)
		m->reasons |= j->reasons;
}

/* The names of reasons, in their order. */
static struct ot_str
reasons_text(struct ot_arena *arena, uint32_t reasons)
{
	char text[256];
	size_t len = 0;

	for (int i = 0; i < OT_REASONS; i++)
		if (reasons >> i & 1)
			len += (size_t)snprintf(text + len, sizeof(text) - len,
			    "%s%s", len ? " " : "", ot_reason_names[i]);
	return ot_str_keep(arena, (struct ot_str){ text, len });
}

static struct ot_str
op_reason(struct ot_arena *arena, const struct ot_judgement *j)
{
	if (j->verdict == OT_CANNOT_TELL)
		return reasons_text(arena, j->reasons);
	if (j->verdict == OT_VIOLATION && j->nearest)
		return ot_str(ot_conduit_key_names[j->failed]);
	return j->verdict == OT_VIOLATION ? ot_str("conduits")
					  : (struct ot_str){ 0 };
}

static uint64_t
errors_of(const struct ot_op_sum *op)
{
	uint64_t n = op->errors.other;

	for (uint32_t i = 0; i < op->errors.count; i++)
		n += op->errors.at[i].count;
	return n;
}

void
ot_making_op(struct ot_maker *b, struct ot_making *m,
    const struct ot_op_sum *op, const struct ot_judgement *j)
{
	const struct ot_conduit_row *row =
	    j->verdict == OT_VIOLATION ? j->nearest : j->rule;
	struct ot_crossing_op sum = { .verb = op->verb,
		.name = op->name,
		.object = op->object,
		.count = op->count,
		.errors = errors_of(op),
		.verdict = (uint8_t)j->verdict,
		.rule = row ? row->id : (struct ot_str){ 0 },
		.reason = op_reason(b->arena, j),
		.evidence = op->evidence };
	struct ot_crossing_op *there =
	    ot_list_find(&ot_crossing_op_shape, &m->c.ops, &sum);

	if (!there) {
		b->lost |= !ot_list_add(
		    b->arena, &ot_crossing_op_shape, &m->c.ops, &sum);
		return;
	}
	int more = rank_of[sum.verdict] - rank_of[there->verdict];

	there->count += sum.count;
	there->errors += sum.errors;
	if (more > 0)
		there->evidence = sum.evidence;
	else if (more == 0)
		ot_evidence_merge(&there->evidence, &sum.evidence);
	if (more > 0 || (more == 0 && ot_str_cmp(sum.rule, there->rule) < 0)) {
		there->verdict = sum.verdict;
		there->rule = sum.rule;
		there->reason = sum.reason;
	}
}

void
ot_making_times(struct ot_crossing *c, int64_t first, int64_t last)
{
	if (first != OT_TIME_NONE &&
	    (c->first == OT_TIME_NONE || first < c->first))
		c->first = first;
	if (last != OT_TIME_NONE && (c->last == OT_TIME_NONE || last > c->last))
		c->last = last;
}

/* The weakest protection that was seen stands for all. */
static struct ot_str
weaker(struct ot_str a, struct ot_str b)
{
	static const char *const weakest_first[] = { "none", "integrity",
		"unknown", "opaque", "encrypted", NULL };
	int x = ot_word(weakest_first, a), y = ot_word(weakest_first, b);

	return y < 0 || (x >= 0 && x < y) ? a : b;
}

void
ot_making_totals(struct ot_crossing *c, const struct ot_flow_sum *flow)
{
	const struct ot_counts *protection =
	    &flow->security.facet[OT_S_PROTECTION];
	uint64_t both = 0, all = 0;

	for (uint32_t i = 0; i < flow->sides.count; i++) {
		const struct ot_count *side = &flow->sides.at[i];

		all += side->count;
		if (ot_str_eq(side->text, ot_str("both")))
			both += side->count;
	}
	c->connections += all;
	c->established +=
	    flow->network.transport == OT_TCP
		? flow->connections.established + flow->connections.midstream
		: both;
	c->packets += flow->client.packets + flow->server.packets;
	c->bytes += flow->client.bytes + flow->server.bytes;
	for (uint32_t i = 0; i < protection->count; i++)
		c->protection = weaker(c->protection, protection->at[i].text);
	if (flow->named_by < c->named_by)
		c->named_by = flow->named_by;
	if (flow->roles_by < c->roles_by)
		c->roles_by = flow->roles_by;
	ot_making_times(c, flow->first, flow->last);
	ot_evidence_merge(&c->evidence, &flow->evidence);
}

/* ---- the end ---- */

static void
place(struct ot_crossing *c, const struct ot_source *at)
{
	c->file = at->file;
	c->line = at->line;
	c->column = at->column;
	c->end_column = at->end_line == at->line ? at->end_column : 0;
}

static struct ot_str
in_words(struct ot_arena *arena, const struct ot_making *m)
{
	const struct ot_judgement *j = &m->judgement;
	struct ot_sb sb = { 0 };

	if (j->verdict == OT_ALLOWED && j->rule) {
		ot_sb_puts(&sb, "conduit ");
		ot_sb_add(&sb, j->rule->id.p, j->rule->id.len);
	} else if (j->verdict == OT_ALLOWED) {
		ot_sb_puts(&sb, "within the zone");
	} else if (j->verdict == OT_VIOLATION && j->nearest) {
		ot_sb_puts(&sb, "no conduit allows it; of the nearest, ");
		ot_sb_add(&sb, j->nearest->id.p, j->nearest->id.len);
		ot_sb_printf(&sb, ", %s does not match",
		    ot_conduit_key_names[j->failed]);
	} else if (j->verdict == OT_VIOLATION) {
		ot_sb_puts(&sb, "no conduit allows it");
	} else {
		struct ot_str why = reasons_text(arena, m->reasons);

		if (j->rule) {
			ot_sb_puts(&sb, "conduit ");
			ot_sb_add(&sb, j->rule->id.p, j->rule->id.len);
			ot_sb_puts(&sb, " may allow it: ");
		}
		ot_sb_add(&sb, why.p, why.len);
	}
	struct ot_str kept = ot_str_keep(arena, ot_sb_str(&sb));

	ot_sb_done(&sb);
	return kept;
}

void
ot_making_finish(struct ot_maker *b, struct ot_making *m)
{
	const struct ot_judgement *j = &m->judgement;
	struct ot_crossing *c = &m->c;
	uint32_t missing = m->reasons | m->notes;
	const struct ot_conduit_row *row =
	    j->verdict == OT_VIOLATION ? j->nearest : j->rule;
	bool learned = b->policy && b->policy->proposed;

	c->basis = ot_str(j->verdict != OT_ALLOWED ? "none"
			  : learned		   ? "learned"
						   : "declared");
	if (row && j->verdict == OT_VIOLATION) {
		c->nearest = row->id;
		c->failed = ot_str(ot_conduit_key_names[j->failed]);
	} else if (row) {
		c->rule = row->id;
	}
	if (row)
		place(c, &row->at);
	else if (m->server_row)
		place(c, &m->server_row->at);
	c->reason = in_words(b->arena, m);
	for (int i = 0; i < OT_REASONS; i++)
		if (missing >> i & 1)
			b->lost |= !ot_strings_add(
			    b->arena, &c->missing, ot_str(ot_reason_names[i]));
}
