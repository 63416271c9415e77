/*
 * From flows and attempts to crossings: which go from zone to zone, and what
 * the policy says of each operation (DESIGN.md sections 3.2, 4 and 6).
 */
#include "policy/crossing.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"

enum { COMBINATIONS = 16 }; /* of candidate zones, judged each */

/* What may be anything: the answers to this are worth more than the others. */
static const int rank_of[] = {
	[OT_ALLOWED] = 0, [OT_CANNOT_TELL] = 1, [OT_VIOLATION] = 2
};

/* A crossing in the making, and what decided its verdict so far. */
struct making {
	struct ot_crossing c;
	struct ot_judgement judgement;
	const struct ot_zone_row *server_row; /* NULL: internet, unassigned */
	uint32_t reasons;		      /* of what cannot be told */
	uint32_t notes; /* what was not seen, verdict or no verdict */
	bool judged;
};

struct builder {
	struct ot_arena *arena;
	const struct ot_crossing_input *input;
	const struct ot_rules *rules;
	const struct ot_policy *policy;
	struct ot_map map; /* key -> struct making */
	struct making **made;
	size_t made_count, made_room;
	bool lost; /* no memory */
};

/* One conversation with all that its transactions are judged by. */
struct judge {
	const struct ot_choice *choice[COMBINATIONS]; /* NULL: one zone */
	uint32_t count;
	bool too_many;
	const struct ot_choice *reverse; /* where the roles are a guess */
};

/* ---- ends ---- */

static bool
inside_conduits(const struct ot_zone_row *row)
{
	return row && row->inside_conduits;
}

static bool
crosses(const struct ot_str *from, const struct ot_str *to,
    const struct ot_zone_row *to_row)
{
	return !ot_str_eq(*from, *to) || inside_conduits(to_row);
}

static uint32_t
candidates(const struct ot_zone_end *end)
{
	return end->candidate_count > 1 ? end->candidate_count : 1;
}

/* The i-th zone that an end may be in. */
static struct ot_str
candidate(
    const struct ot_zone_end *end, uint32_t i, const struct ot_zone_row **row)
{
	*row = end->candidate_count > 1 ? end->candidates[i] : end->row;
	return end->candidate_count > 1 ? end->candidates[i]->id : end->zone;
}

/* Does any combination of candidates cross? A group's zone is its sender's. */
static bool
may_cross(const struct ot_zone_end *client, const struct ot_zone_end *server)
{
	if (client->group || server->group)
		return false;
	for (uint32_t i = 0; i < candidates(client); i++)
		for (uint32_t k = 0; k < candidates(server); k++) {
			const struct ot_zone_row *a, *b;
			struct ot_str from = candidate(client, i, &a);
			struct ot_str to = candidate(server, k, &b);

			if (crosses(&from, &to, b))
				return true;
		}
	return false;
}

static struct ot_rules_end
rules_end(const struct ot_zone_end *end, const struct ot_addr *addr)
{
	return (struct ot_rules_end){ end->zone, end->asset, addr };
}

/* The conversation of a flow as conduits see it, its ends in the first of
 * their zones. */
static struct ot_conversation
conversation_of(const struct ot_flow_sum *flow, const struct ot_zone_pair *ends)
{
	return (struct ot_conversation){
		.from = rules_end(&ends->client, &flow->client.addr),
		.to = rules_end(&ends->server, &flow->server.addr),
		.transport = flow->network.transport,
		.port = flow->server.port,
		.protocol = flow->network.protocol,
		.also = &flow->also,
		.named_by = flow->named_by,
		.protection = &flow->security.facet[OT_S_PROTECTION],
		.server_payload = flow->server.payload,
		.server_seen = flow->server.packets > 0,
	};
}

/* Who opened it is a guess: the first packet seen, of two that both sent. */
static bool
roles_guessed(const struct ot_flow_sum *flow)
{
	return flow->roles_by == OT_ROLES_FIRST &&
	       (flow->network.transport == OT_TCP || flow->server.packets);
}

static const struct ot_choice *
choose(struct builder *b, const struct ot_conversation *conversation)
{
	const struct ot_choice *choice =
	    ot_rules_choose(b->arena, b->rules, conversation, false);

	b->lost |= !choice;
	return choice;
}

static struct judge
judge_of(struct builder *b, struct ot_conversation conversation,
    const struct ot_zone_end *client, const struct ot_zone_end *server)
{
	struct judge judge = { .count = 0 };

	for (uint32_t i = 0; i < candidates(client); i++)
		for (uint32_t k = 0; k < candidates(server); k++) {
			const struct ot_zone_row *from, *to;

			if (judge.count == COMBINATIONS) {
				judge.too_many = true;
				continue;
			}
			conversation.from.zone = candidate(client, i, &from);
			conversation.to.zone = candidate(server, k, &to);
			judge.choice[judge.count++] =
			    crosses(&conversation.from.zone,
				&conversation.to.zone, to)
				? choose(b, &conversation)
				: NULL;
		}
	return judge;
}

/* ---- one act ---- */

static struct ot_judgement
cannot_tell(struct ot_judgement j, enum ot_reason reason)
{
	if (j.verdict == OT_VIOLATION)
		j.rule = j.nearest;
	j.nearest = NULL;
	j.verdict = OT_CANNOT_TELL;
	j.reasons |= 1U << reason;
	return j;
}

static struct ot_judgement
judge_one(const struct ot_choice *choice, const struct ot_act *act)
{
	if (!choice) /* within a zone all is allowed */
		return (struct ot_judgement){ .verdict = OT_ALLOWED };
	return ot_rules_judge(choice, act);
}

/* What all candidate zones agree on, else it cannot be told. */
static struct ot_judgement
judge_act(const struct judge *judge, const struct ot_act *act)
{
	struct ot_judgement j = judge_one(judge->choice[0], act);
	bool agreed = !judge->too_many;

	for (uint32_t i = 1; i < judge->count; i++)
		agreed &= judge_one(judge->choice[i], act).verdict == j.verdict;
	if (!agreed)
		j = cannot_tell(j, OT_REASON_CONFLICT);
	if (judge->reverse && judge->choice[0] &&
	    ot_rules_judge(judge->reverse, act).verdict != j.verdict)
		j = cannot_tell(j, OT_REASON_ROLES);
	return j;
}

/* ---- crossings by key ---- */

static void
key_add(struct ot_sb *sb, struct ot_str s)
{
	ot_sb_add(sb, s.p, s.len);
	ot_sb_putc(sb, 0);
}

static struct ot_str
address_text(struct ot_arena *arena, const struct ot_addr *addr)
{
	char text[OT_ADDR_TEXT];
	size_t len = ot_addr_print(text, addr);

	return ot_str_keep(arena, (struct ot_str){ text, len });
}

static struct making *
making_add(struct builder *b, const struct ot_crossing *key)
{
	struct making *m = ot_alloc(b->arena, sizeof(*m));

	if (b->made_count == b->made_room) {
		size_t room = b->made_room ? b->made_room * 2 : 64;
		struct making **made =
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

/* The crossing with this key: what is not summed of key is the key. */
static struct making *
making_get(struct builder *b, const struct ot_crossing *key)
{
	struct ot_sb sb = { 0 };
	struct making *m = NULL;

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

/* The worst verdict decides; of equals the first row of the policy. */
static void
decide(struct making *m, const struct ot_judgement *j)
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

static void
fold_op(struct builder *b, struct making *m, const struct ot_op_sum *op,
    const struct ot_judgement *j)
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

static void
fold_times(struct ot_crossing *c, int64_t first, int64_t last)
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

static void
fold_totals(struct ot_crossing *c, const struct ot_flow_sum *flow)
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
	fold_times(c, flow->first, flow->last);
	ot_evidence_merge(&c->evidence, &flow->evidence);
}

/* ---- flows ---- */

static bool
flow_attempt(const struct ot_flow_sum *flow)
{
	return flow->network.transport == OT_TCP &&
	       !flow->connections.established && !flow->connections.midstream &&
	       !flow->client.payload && !flow->server.payload &&
	       !flow->ops.count;
}

/* Protocols whose own transactions are their sessions: that what they carry is
 * encrypted hides nothing of them. */
static bool
carries_sealed(struct ot_str protocol)
{
	static const char *const names[] = { "tls", "dtls", "ssh", "quic",
		"isakmp", "esp", "wireguard", "openvpn", NULL };

	return ot_word(names, protocol) >= 0;
}

/* Reasons why there may have been operations that nobody saw. The end of the
 * PDU that a connection was in when the capture began is not one: that it was
 * open before is said by itself. */
static uint32_t
hidden(const struct ot_flow_sum *flow)
{
	const struct ot_flow_coverage *c = &flow->coverage;
	uint32_t reasons = 0;

	if (c->encrypted && !carries_sealed(flow->network.protocol))
		reasons |= 1U << OT_REASON_ENCRYPTED;
	/* what was malformed may have been an operation all the same, to
	 * whoever it was sent to */
	if (c->unknown || c->malformed)
		reasons |= 1U << OT_REASON_UNDECODED;
	/* the receiver may have joined the versions in a way that nobody read
	 */
	if (flow->overlaps)
		reasons |= 1U << OT_REASON_OVERLAP;
	return reasons;
}

static uint32_t
unseen(const struct ot_flow_sum *flow)
{
	uint32_t notes = 0;

	if (flow->tcp.gap_bytes)
		notes |= 1U << OT_REASON_GAP;
	if (flow->connections.midstream && !flow->connections.established)
		notes |= 1U << OT_REASON_MIDSTREAM;
	return notes;
}

static struct ot_crossing
crossing_key(struct builder *b, const struct ot_zone_end *client,
    const struct ot_zone_end *server, const struct ot_addr *from,
    const struct ot_addr *to)
{
	return (struct ot_crossing){
		.client_site = client->site,
		.client_zone = client->zone,
		.client = client->asset,
		.client_address = address_text(b->arena, from),
		.server_site = server->site,
		.server_zone = server->zone,
		.server = server->asset,
		.server_address = address_text(b->arena, to),
		.named_by = OT_NAMED_NONE,
		.roles_by = OT_ROLES_FIRST,
	};
}

static struct making *
flow_making(struct builder *b, const struct ot_flow_sum *flow,
    const struct ot_zone_pair *ends)
{
	struct ot_crossing key = crossing_key(b, &ends->client, &ends->server,
	    &flow->client.addr, &flow->server.addr);

	key.transport = flow->network.transport;
	key.port = flow->server.port;
	key.protocol = flow->network.protocol;
	key.sensor = flow->sensor;
	key.attempt = flow_attempt(flow);
	struct making *m = making_get(b, &key);

	if (m)
		m->server_row = ends->server.row;
	return m;
}

static struct judge
flow_judge(struct builder *b, const struct ot_flow_sum *flow,
    const struct ot_zone_pair *ends)
{
	struct ot_conversation conversation = conversation_of(flow, ends);

	conversation.attempt = flow_attempt(flow);
	struct judge judge =
	    judge_of(b, conversation, &ends->client, &ends->server);

	if (roles_guessed(flow)) {
		struct ot_rules_end from = conversation.from;

		conversation.from = conversation.to;
		conversation.to = from;
		conversation.port = flow->client.port;
		conversation.server_payload = flow->client.payload;
		conversation.server_seen = true;
		judge.reverse = choose(b, &conversation);
	}
	return judge;
}

static void
take_ops(struct builder *b, struct making *m, const struct judge *judge,
    const struct ot_flow_sum *flow)
{
	for (uint32_t i = 0; i < flow->ops.count; i++) {
		const struct ot_op_sum *op = flow->ops.at[i];
		struct ot_act act = { .verb = op->verb,
			.object = op->object,
			.truncated = op->truncated,
			.unasked = op->unasked,
			.first_ns = op->first,
			.last_ns = op->last,
			.slots = &op->slots };
		struct ot_judgement j = judge_act(judge, &act);

		decide(m, &j);
		fold_op(b, m, op, &j);
		b->lost |= !ot_counts_add(b->arena, &m->c.verbs,
		    ot_str(ot_verb_names[op->verb]), op->count);
	}
}

/* The conversation as such, where nothing or not all of it was understood. */
static void
take_whole(struct builder *b, struct making *m, const struct judge *judge,
    const struct ot_flow_sum *flow)
{
	struct ot_act act = { .verb = OT_UNKNOWN,
		.whole = true,
		.empty = !flow->client.payload && !flow->server.payload &&
			 flow->network.transport <= OT_SCTP,
		.hidden = hidden(flow),
		.first_ns = flow->first,
		.last_ns = flow->last,
		.slots = &flow->slots };
	struct ot_op_sum rest = { .verb = OT_UNKNOWN,
		.name = ot_str("what was not decoded"),
		.count = 1,
		.evidence = flow->evidence };
	struct ot_judgement j;

	if (!flow->ops.count) {
		j = judge_act(judge, &act);
		decide(m, &j);
		return;
	}
	if (!act.hidden)
		return;
	j = judge_act(judge, &act);
	if (j.verdict != OT_CANNOT_TELL)
		return; /* the operations have said as much */
	decide(m, &j);
	fold_op(b, m, &rest, &j);
}

static void
take_flow(struct builder *b, const struct ot_flow_sum *flow,
    const struct ot_zone_pair *ends)
{
	if (!may_cross(&ends->client, &ends->server))
		return;
	struct making *m = flow_making(b, flow, ends);

	if (!m)
		return;
	struct judge judge = flow_judge(b, flow, ends);

	if (b->lost)
		return;
	fold_totals(&m->c, flow);
	take_ops(b, m, &judge, flow);
	take_whole(b, m, &judge, flow);
	m->notes |= unseen(flow);
}

/* ---- events ---- */

static void
take_attempt(struct builder *b, const struct ot_event_sum *event,
    const struct ot_attempt *attempt, const struct ot_zone_end *from,
    const struct ot_zone_end *to)
{
	const struct ot_crossing_input *input = b->input;

	if (!may_cross(from, to))
		return;
	struct ot_crossing key =
	    crossing_key(b, from, to, &event->source, &attempt->address);

	key.transport = event->transport;
	key.port = attempt->port;
	key.sensor = event->sensor;
	key.attempt = true;
	key.roles_by = OT_ROLES_SYN;
	if (input->port_name)
		key.protocol = input->port_name(
		    input->user, event->transport, attempt->port);
	key.named_by = key.protocol.len ? OT_NAMED_PORT : OT_NAMED_NONE;
	if (!key.protocol.len)
		key.protocol = ot_str("unknown");
	struct ot_conversation conversation = {
		.from = rules_end(from, &event->source),
		.to = rules_end(to, &attempt->address),
		.transport = key.transport,
		.port = key.port,
		.protocol = key.protocol,
		.named_by = key.named_by,
		.attempt = true,
	};
	struct ot_act act = { .verb = OT_UNKNOWN,
		.whole = true,
		.empty = true,
		.first_ns = attempt->first,
		.last_ns = attempt->last };
	struct making *m = making_get(b, &key);
	struct judge judge = judge_of(b, conversation, from, to);

	if (b->lost)
		return;
	struct ot_judgement j = judge_act(&judge, &act);

	m->server_row = to->row;
	m->c.connections += attempt->packets;
	m->c.packets += attempt->packets;
	m->c.bytes += attempt->bytes;
	fold_times(&m->c, attempt->first, attempt->last);
	ot_evidence_merge(&m->c.evidence, &attempt->evidence);
	decide(m, &j);
}

/* The first flow whose key is not below this one's. */
static uint32_t
flow_from(const struct ot_list *flows, const struct ot_flow_sum *key)
{
	uint32_t lo = 0, hi = flows->count;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (ot_flow_shape.cmp(flows->at[mid], key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Which flow an event is about: same ends, sensor and VLANs; of several the
 * one that bears the event's protocol. Gives flows->count where there is
 * none. */
static uint32_t
flow_of(const struct ot_list *flows, const struct ot_event_sum *event,
    const struct ot_addr *client, const struct ot_addr *server)
{
	struct ot_flow_sum key = { .sensor = event->sensor,
		.site = event->site,
		.network = { .transport = event->transport,
		    .vlan = event->vlan },
		.client.addr = *client,
		.server = { .addr = *server, .port = event->port } };
	uint32_t found = flows->count;

	for (uint32_t i = flow_from(flows, &key); i < flows->count; i++) {
		const struct ot_flow_sum *flow = flows->at[i];

		key.network.protocol = flow->network.protocol;
		key.client.port = flow->client.port;
		if (ot_flow_shape.cmp(flow, &key) != 0)
			break;
		if (ot_str_eq(flow->network.protocol, event->protocol) ||
		    ot_counts_has(&flow->also, event->protocol))
			return i;
		if (found == flows->count)
			found = i;
	}
	return found;
}

/* Operations that may not have been: no proof of an allowance, but of a
 * violation where no conduit would allow them. Of those that were complete
 * before a fault the verb alone counts. */
static void
take_doubtful(
    struct builder *b, const struct ot_event_sum *event, enum ot_reason reason)
{
	const struct ot_list *flows = &b->input->store->list[OT_STORE_FLOW];
	uint32_t i = flow_of(flows, event, &event->source, &event->destination);

	if (!event->ops.count)
		return;
	if (i == flows->count)
		i = flow_of(flows, event, &event->destination, &event->source);
	if (i == flows->count)
		return;
	const struct ot_flow_sum *flow = flows->at[i];
	const struct ot_zone_pair *ends = &b->input->notes->flows[i];

	if (!may_cross(&ends->client, &ends->server))
		return;
	struct making *m = flow_making(b, flow, ends);

	if (!m)
		return;
	struct judge judge = flow_judge(b, flow, ends);

	for (uint32_t k = 0; k < event->ops.count && !b->lost; k++) {
		const struct ot_op_sum *op = event->ops.at[k];
		struct ot_act act = { .verb = op->verb,
			.first_ns = op->first,
			.last_ns = op->last,
			.slots = &op->slots };

		if (reason == OT_REASON_OVERLAP) {
			act.object = op->object;
			act.truncated = op->truncated;
		}
		struct ot_judgement j = judge_act(&judge, &act);

		if (j.verdict == OT_ALLOWED)
			j = cannot_tell(j, reason);
		decide(m, &j);
		fold_op(b, m, op, &j);
	}
}

static void
take_event(struct builder *b, const struct ot_event_sum *event,
    const struct ot_zone_event *ends)
{
	if (ot_str_eq(event->kind, ot_str("malformed"))) {
		take_doubtful(b, event, OT_REASON_UNDECODED);
		return;
	}
	if (ot_str_eq(event->kind, ot_str("overlap"))) {
		take_doubtful(b, event, OT_REASON_OVERLAP);
		return;
	}
	for (uint32_t i = 0; i < event->attempts.count && !b->lost; i++)
		take_attempt(b, event, event->attempts.at[i], &ends->source,
		    &ends->attempts[i]);
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
in_words(struct ot_arena *arena, const struct making *m)
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

static void
finish(struct builder *b, struct making *m)
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

static int
by_shape(const void *a, const void *b)
{
	return ot_crossing_shape.cmp(*(void *const *)a, *(void *const *)b);
}

static bool
hand_over(struct builder *b, struct ot_list *crossings)
{
	for (size_t i = 0; i < b->made_count && !b->lost; i++) {
		finish(b, b->made[i]);
		b->lost |= !ot_list_push(b->arena, crossings, &b->made[i]->c);
	}
	if (crossings->count)
		qsort(crossings->at, crossings->count, sizeof(*crossings->at),
		    by_shape);
	return !b->lost;
}

int
ot_crossings_build(struct ot_arena *arena,
    const struct ot_crossing_input *input, struct ot_list *crossings,
    struct ot_error *error)
{
	const struct ot_list *flows = &input->store->list[OT_STORE_FLOW];
	const struct ot_list *events = &input->store->list[OT_STORE_EVENT];
	struct ot_list made = { 0 };
	struct builder b = { .arena = arena,
		.input = input,
		.policy = input->policy,
		.rules = ot_rules_compile(arena, input->policy) };

	b.lost = !b.rules;
	for (uint32_t i = 0; i < flows->count && !b.lost; i++)
		take_flow(&b, flows->at[i], &input->notes->flows[i]);
	for (uint32_t i = 0; i < events->count && !b.lost; i++)
		take_event(&b, events->at[i], &input->notes->events[i]);
	bool ok = hand_over(&b, &made);

	ot_map_done(&b.map);
	if (!ok)
		return ot_error_set(
		    error, OT_ERR_MEMORY, "no memory for the crossings");
	*crossings = made;
	return 0;
}
