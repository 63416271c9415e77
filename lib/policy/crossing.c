/*
 * From flows and attempts to crossings: which go from zone to zone, and what
 * the policy says of each operation (DESIGN.md sections 3.2, 4 and 6).
 */
#include "policy/crossing.h"

#include <stdlib.h>

#include "policy/crossing_make.h"

enum { COMBINATIONS = 16 }; /* of candidate zones, judged each */

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
choose(struct ot_maker *b, const struct ot_conversation *conversation)
{
	const struct ot_choice *choice =
	    ot_rules_choose(b->arena, b->rules, conversation, false);

	b->lost |= !choice;
	return choice;
}

static struct judge
judge_of(struct ot_maker *b, struct ot_conversation conversation,
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
crossing_key(struct ot_maker *b, const struct ot_zone_end *client,
    const struct ot_zone_end *server, const struct ot_addr *from,
    const struct ot_addr *to)
{
	return (struct ot_crossing){
		.client_site = client->site,
		.client_zone = client->zone,
		.client = client->asset,
		.client_address = ot_address_text(b->arena, from),
		.server_site = server->site,
		.server_zone = server->zone,
		.server = server->asset,
		.server_address = ot_address_text(b->arena, to),
		.named_by = OT_NAMED_NONE,
		.roles_by = OT_ROLES_FIRST,
	};
}

static struct ot_making *
flow_making(struct ot_maker *b, const struct ot_flow_sum *flow,
    const struct ot_zone_pair *ends)
{
	struct ot_crossing key = crossing_key(b, &ends->client, &ends->server,
	    &flow->client.addr, &flow->server.addr);

	key.transport = flow->network.transport;
	key.port = flow->server.port;
	key.protocol = flow->network.protocol;
	key.sensor = flow->sensor;
	key.attempt = flow_attempt(flow);
	struct ot_making *m = ot_making_get(b, &key);

	if (m)
		m->server_row = ends->server.row;
	return m;
}

static struct judge
flow_judge(struct ot_maker *b, const struct ot_flow_sum *flow,
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
take_ops(struct ot_maker *b, struct ot_making *m, const struct judge *judge,
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

		ot_making_decide(m, &j);
		ot_making_op(b, m, op, &j);
		b->lost |= !ot_counts_add(b->arena, &m->c.verbs,
		    ot_str(ot_verb_names[op->verb]), op->count);
	}
}

/* The conversation as such, where nothing or not all of it was understood. */
static void
take_whole(struct ot_maker *b, struct ot_making *m, const struct judge *judge,
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
		ot_making_decide(m, &j);
		return;
	}
	if (!act.hidden)
		return;
	j = judge_act(judge, &act);
	if (j.verdict != OT_CANNOT_TELL)
		return; /* the operations have said as much */
	ot_making_decide(m, &j);
	ot_making_op(b, m, &rest, &j);
}

static void
take_flow(struct ot_maker *b, const struct ot_flow_sum *flow,
    const struct ot_zone_pair *ends)
{
	if (!may_cross(&ends->client, &ends->server))
		return;
	struct ot_making *m = flow_making(b, flow, ends);

	if (!m)
		return;
	struct judge judge = flow_judge(b, flow, ends);

	if (b->lost)
		return;
	ot_making_totals(&m->c, flow);
	take_ops(b, m, &judge, flow);
	take_whole(b, m, &judge, flow);
	m->notes |= unseen(flow);
}

/* ---- events ---- */

static void
take_attempt(struct ot_maker *b, const struct ot_event_sum *event,
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
	struct ot_making *m = ot_making_get(b, &key);
	struct judge judge = judge_of(b, conversation, from, to);

	if (b->lost)
		return;
	struct ot_judgement j = judge_act(&judge, &act);

	m->server_row = to->row;
	m->c.connections += attempt->packets;
	m->c.packets += attempt->packets;
	m->c.bytes += attempt->bytes;
	ot_making_times(&m->c, attempt->first, attempt->last);
	ot_evidence_merge(&m->c.evidence, &attempt->evidence);
	ot_making_decide(m, &j);
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
    struct ot_maker *b, const struct ot_event_sum *event, enum ot_reason reason)
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
	struct ot_making *m = flow_making(b, flow, ends);

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
		ot_making_decide(m, &j);
		ot_making_op(b, m, op, &j);
	}
}

static void
take_event(struct ot_maker *b, const struct ot_event_sum *event,
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

static int
by_shape(const void *a, const void *b)
{
	return ot_crossing_shape.cmp(*(void *const *)a, *(void *const *)b);
}

static bool
hand_over(struct ot_maker *b, struct ot_list *crossings)
{
	for (size_t i = 0; i < b->made_count && !b->lost; i++) {
		ot_making_finish(b, b->made[i]);
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
	struct ot_maker b = { .arena = arena,
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
