/*
 * The least conduits at service strictness that cover the traffic: one for
 * each pair of zones, with the services that were used between them. What no
 * answer or no repetition confirms is left to a person: attempts, refused
 * handshakes, connections in which nothing was said, single sightings.
 */
#include "zone/propose.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"

/* All traffic of one service between two zones. */
struct use {
	struct ot_str from, to, service;
	struct ot_service_row row;
	uint64_t conversations, transactions, packets;
	bool seen;		  /* more than attempts */
	struct ot_list sightings; /* struct sighting */
};

/* One conversation, as it would be listed. */
struct sighting {
	struct ot_review review;
	struct ot_str port; /* the service that its port alone would be */
};

struct cover {
	struct ot_arena *arena;
	struct ot_list uses; /* struct use, sorted */
	bool lost;
};

static int
use_cmp(const struct use *x, const struct use *y)
{
	int c = ot_str_cmp(x->from, y->from);

	if (!c)
		c = ot_str_cmp(x->to, y->to);
	return c ? c : ot_str_cmp(x->service, y->service);
}

static struct ot_str
keep(struct cover *c, const char *text)
{
	struct ot_str kept = ot_str_keep(c->arena, ot_str(text));

	c->lost |= !kept.p;
	return kept;
}

/* ---- services ---- */

/* Without a name from the content, a service is its port. */
static void
service_of(struct cover *c, struct use *use, const struct ot_flow_net *net,
    uint32_t port, bool named)
{
	char text[32];

	use->row = (struct ot_service_row){ .kind = OT_SERVICE_PORT,
		.transport = net->transport,
		.first = port,
		.last = port };
	if (named) {
		use->row.kind = OT_SERVICE_PROTOCOL;
		use->row.protocol = net->protocol;
		use->row.transport = 0;
		use->row.first = use->row.last = 0;
		use->service = net->protocol;
	} else if (net->transport == OT_ICMP) {
		use->row.first = use->row.last = 0;
		use->service = ot_str("icmp");
	} else if (net->transport == OT_ETH) {
		(void)snprintf(text, sizeof(text), "ethertype/0x%04x", port);
		use->service = keep(c, text);
	} else {
		(void)snprintf(text, sizeof(text), "%s/%u",
		    ot_transport_names[net->transport], port);
		use->service = keep(c, text);
	}
	use->row.text = use->service;
}

static bool
named_by_content(const struct ot_flow_sum *flow)
{
	return (flow->named_by == OT_NAMED_CONTENT ||
		   flow->named_by == OT_NAMED_HINT) &&
	       flow->network.protocol.len &&
	       !ot_str_eq(flow->network.protocol, ot_str("unknown"));
}

/* ---- uses ---- */

/* Where a use stands or would stand; *found: it is there. */
static uint32_t
use_at(const struct cover *c, const struct use *key, bool *found)
{
	uint32_t lo = 0, hi = c->uses.count;

	*found = false;
	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;
		int order = use_cmp(c->uses.at[mid], key);

		*found |= order == 0;
		if (order < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct use *
use_of(struct cover *c, const struct use *key)
{
	bool found;
	uint32_t at = use_at(c, key, &found);
	struct use *use;

	if (found)
		return c->uses.at[at];
	use = ot_alloc(c->arena, sizeof(*use));
	if (!use || !ot_list_push(c->arena, &c->uses, use)) {
		c->lost = true;
		return NULL;
	}
	*use = *key;
	memmove(c->uses.at + at + 1, c->uses.at + at,
	    (c->uses.count - 1 - at) * sizeof(*c->uses.at));
	c->uses.at[at] = use;
	return use;
}

static struct ot_str
verbs_of(struct cover *c, const struct ot_list *ops)
{
	struct ot_sb sb = { 0 };
	struct ot_str kept;
	uint32_t verbs = 0;

	for (uint32_t i = 0; i < ops->count; i++)
		verbs |= UINT32_C(1)
			 << ((const struct ot_op_sum *)ops->at[i])->verb;
	for (unsigned v = 0; v < OT_VERBS; v++)
		if (verbs >> v & 1) {
			if (sb.len)
				ot_sb_putc(&sb, ' ');
			ot_sb_puts(&sb, ot_verb_names[v]);
		}
	kept = ot_str_keep(c->arena, ot_sb_str(&sb));
	c->lost |= sb.lost || !kept.p;
	ot_sb_done(&sb);
	return kept;
}

static struct sighting *
add_sighting(struct cover *c, struct use *use, const struct ot_addr *client,
    const struct ot_addr *server)
{
	struct sighting *sighting = ot_alloc(c->arena, sizeof(*sighting));
	struct ot_review *review;
	char text[OT_ADDR_TEXT];

	if (!sighting || !ot_list_push(c->arena, &use->sightings, sighting)) {
		c->lost = true;
		return NULL;
	}
	review = &sighting->review;
	review->from = use->from;
	review->to = use->to;
	review->service = use->service;
	if (ot_addr_print(text, client))
		review->client = keep(c, text);
	if (ot_addr_print(text, server))
		review->server = keep(c, text);
	return sighting;
}

/* Reasons not to allow a conversation, the strongest first; NULL: none. */
static const char *
why_not(const struct ot_flow_sum *flow)
{
	const struct ot_flow_connections *n = &flow->connections;

	if (flow->network.transport != OT_TCP)
		return NULL;
	if (!n->established && !n->midstream)
		return n->refused ? "refused" : "never established";
	if (!flow->client.payload && !flow->server.payload)
		return "opened, nothing said";
	return NULL;
}

/* Requests and the like; that a session was begun is not one. */
static uint64_t
transactions(const struct ot_flow_sum *flow)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < flow->ops.count; i++) {
		const struct ot_op_sum *op = flow->ops.at[i];

		if (op->verb != OT_SESSION && op->verb != OT_AUTH)
			n += op->count;
	}
	return n;
}

static void
take_flow(struct cover *c, const struct ot_flow_sum *flow, struct ot_str from,
    struct ot_str to)
{
	struct use key = { .from = from, .to = to }, by_port = key;
	const char *why = why_not(flow);
	struct sighting *sighting;
	struct use *use;

	service_of(
	    c, &key, &flow->network, flow->server.port, named_by_content(flow));
	use = use_of(c, &key);
	if (!use)
		return;
	if (!why) {
		use->seen = true;
		use->conversations +=
		    flow->connections.established + flow->connections.midstream;
		use->transactions += transactions(flow);
		use->packets += flow->client.packets + flow->server.packets;
	}
	sighting = add_sighting(c, use, &flow->client.addr, &flow->server.addr);
	if (!sighting)
		return;
	service_of(c, &by_port, &flow->network, flow->server.port, false);
	sighting->port = by_port.service;
	sighting->review.verbs = verbs_of(c, &flow->ops);
	sighting->review.packets = flow->client.packets + flow->server.packets;
	sighting->review.first = flow->first;
	sighting->review.evidence = flow->evidence;
	sighting->review.reason = ot_str(why);
}

static void
take_attempt(struct cover *c, const struct ot_event_sum *event,
    const struct ot_attempt *attempt, struct ot_str from, struct ot_str to)
{
	struct use key = { .from = from, .to = to };
	struct ot_flow_net net = { .transport = event->transport };
	struct sighting *sighting;
	struct use *use;

	service_of(c, &key, &net, attempt->port, false);
	use = use_of(c, &key);
	sighting = use ? add_sighting(c, use, &event->source, &attempt->address)
		       : NULL;
	if (!sighting)
		return;
	sighting->port = key.service;
	sighting->review.packets = attempt->packets;
	sighting->review.first = attempt->first;
	sighting->review.evidence = attempt->evidence;
	sighting->review.reason =
	    ot_str(attempt->refused ? "refused" : "no answer");
}

/* Each pair of zones that the two ends may be in, where they differ. */
static uint32_t
zones_of(const struct ot_zone_end *end)
{
	return end->candidate_count ? end->candidate_count : 1;
}

static struct ot_str
zone_at(const struct ot_zone_end *end, uint32_t i)
{
	return end->candidate_count ? end->candidates[i]->id : end->zone;
}

static void
take_pair(struct cover *c, const struct ot_flow_sum *flow,
    const struct ot_zone_pair *pair)
{
	for (uint32_t i = 0; i < zones_of(&pair->client); i++)
		for (uint32_t k = 0; k < zones_of(&pair->server); k++) {
			struct ot_str from = zone_at(&pair->client, i),
				      to = zone_at(&pair->server, k);

			if (from.len && to.len && !ot_str_eq(from, to))
				take_flow(c, flow, from, to);
		}
}

static void
take_event(struct cover *c, const struct ot_event_sum *event,
    const struct ot_zone_event *ends)
{
	for (uint32_t n = 0; n < event->attempts.count; n++) {
		const struct ot_zone_end *to = &ends->attempts[n];
		const struct ot_zone_end *from = &ends->source;

		for (uint32_t i = 0; i < zones_of(from); i++)
			for (uint32_t k = 0; k < zones_of(to); k++)
				if (!ot_str_eq(
					zone_at(from, i), zone_at(to, k)))
					take_attempt(c, event,
					    event->attempts.at[n],
					    zone_at(from, i), zone_at(to, k));
	}
}

/* ---- conduits and what is left over ---- */

/* One transaction in one conversation, or a packet and its answer. */
static bool
single(const struct use *use)
{
	if (use->conversations > 1)
		return false;
	return use->transactions ? use->transactions == 1 : use->packets <= 2;
}

static bool
wanted(const struct use *use)
{
	return use->seen && !single(use);
}

/* Is there a conduit for the port, whatever is inside? */
static bool
port_allowed(const struct cover *c, const struct use *use, struct ot_str port)
{
	struct use key = { .from = use->from, .to = use->to, .service = port };
	bool found;
	uint32_t at = use_at(c, &key, &found);

	return found && wanted(c->uses.at[at]);
}

static void
review_use(struct cover *c, const struct use *use, struct ot_list *reviews)
{
	for (uint32_t i = 0; i < use->sightings.count; i++) {
		struct sighting *sighting = use->sightings.at[i];

		if (port_allowed(c, use, sighting->port))
			continue;
		if (!sighting->review.reason.len)
			sighting->review.reason = ot_str("seen once");
		c->lost |= !ot_list_push(c->arena, reviews, &sighting->review);
	}
}

static void
begin_conduit(
    struct cover *c, struct ot_conduit_row *row, const struct use *use)
{
	struct ot_sb sb = { 0 };

	ot_sb_printf(&sb, "%.*s > %.*s", (int)use->from.len, use->from.p,
	    (int)use->to.len, use->to.p);
	row->id = ot_str_keep(c->arena, ot_sb_str(&sb));
	c->lost |= sb.lost || !row->id.p;
	ot_sb_done(&sb);
	row->from = use->from;
	row->to = use->to;
	row->reason = ot_str("proposed from the traffic");
	row->expires_ns = OT_TIME_NONE;
	row->services =
	    ot_alloc_array(c->arena, c->uses.count, sizeof(*row->services));
	c->lost |= !row->services;
}

static void
make_conduits(
    struct cover *c, struct ot_policy *policy, struct ot_list *reviews)
{
	struct ot_conduit_row *rows =
	    ot_alloc_array(c->arena, (size_t)c->uses.count + 1, sizeof(*rows));
	struct ot_conduit_row *row = NULL;
	uint32_t count = 0;

	if (!rows) {
		c->lost = true;
		return;
	}
	for (uint32_t i = 0; i < c->uses.count; i++) {
		const struct use *use = c->uses.at[i];

		if (!wanted(use)) {
			review_use(c, use, reviews);
			continue;
		}
		if (!row || !ot_str_eq(row->from, use->from) ||
		    !ot_str_eq(row->to, use->to)) {
			row = &rows[count++];
			begin_conduit(c, row, use);
		}
		if (row->services)
			row->services[row->service_count++] = use->row;
	}
	policy->conduits = rows;
	policy->conduit_count = count;
}

static int
propose_zones(struct ot_arena *arena, const struct ot_policy *given,
    const struct ot_list *assets, const struct ot_store *store,
    struct ot_policy *policy)
{
	if (given && given->zone_count) {
		*policy = *given;
		policy->conduits = NULL;
		policy->conduit_count = 0;
		return 0;
	}
	*policy = (struct ot_policy){ .name = ot_str("proposed") };
	if (given) {
		policy->name = given->name.len ? given->name : policy->name;
		policy->sites = given->sites;
		policy->site_count = given->site_count;
	}
	return ot_propose_zones(arena, assets, store, policy) ? 0
							      : -OT_ERR_MEMORY;
}

int
ot_zones_propose(struct ot_arena *arena, const struct ot_policy *given,
    const struct ot_list *assets, struct ot_store *store,
    struct ot_policy *policy, struct ot_list *review, struct ot_error *error)
{
	const struct ot_list *flows = &store->list[OT_STORE_FLOW];
	const struct ot_list *events = &store->list[OT_STORE_EVENT];
	struct cover c = { .arena = arena };
	struct ot_policy made = { 0 };
	struct ot_zone_notes notes;
	struct ot_list zones = { 0 };
	int rc = propose_zones(arena, given, assets, store, &made);

	if (rc == 0)
		rc = ot_zones_assign(
		    arena, &made, assets, store, &zones, &notes, error);
	else
		(void)ot_error_set(error, OT_ERR_MEMORY, "out of memory");
	if (rc < 0)
		return rc;
	for (uint32_t i = 0; i < flows->count; i++)
		take_pair(&c, flows->at[i], &notes.flows[i]);
	for (uint32_t i = 0; i < events->count; i++)
		take_event(&c, events->at[i], &notes.events[i]);
	make_conduits(&c, &made, review);
	if (c.lost)
		return ot_error_set(error, OT_ERR_MEMORY, "out of memory");
	made.proposed = true;
	*policy = made;
	return 0;
}
