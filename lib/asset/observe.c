/*
 * What the records show of addresses: nodes, links between MACs and IPs, and
 * the statements about them.
 */
#include "asset/build.h"

#include <stdlib.h>

enum { KEY_LEN = sizeof(uint32_t) + sizeof(struct ot_addr) };

/* A node under one of its keys. */
struct place {
	uint8_t key[KEY_LEN];
	struct ot_asset_node *node;
};

bool
ot_asset_host(const struct ot_addr *addr)
{
	return addr->kind != OT_ADDR_NONE && !ot_addr_broadcast(addr) &&
	       !ot_addr_multicast(addr) && !ot_addr_unspecified(addr);
}

/* ---- scopes ---- */

const struct ot_asset_scope *
ot_asset_scope(
    struct ot_asset_build *build, struct ot_str sensor, struct ot_str site)
{
	struct ot_str name = site.len ? site : sensor;
	void **at = ot_map_at(&build->scopes, name.p, name.len);
	struct ot_asset_scope *scope = at ? *at : NULL;

	if (at && !scope) {
		scope = *at = ot_asset_alloc(build, sizeof(*scope));
		if (scope) {
			scope->number = (uint32_t)build->scopes.count;
			scope->text = name;
		}
	}
	if (!scope)
		build->lost = true;
	else if (site.len)
		scope->site = true;
	return scope;
}

static bool
row_claims(const struct ot_zone_row *row, const struct ot_addr *addr)
{
	for (uint32_t i = 0; i < row->network_count; i++)
		if (ot_net_has(&row->networks[i], addr))
			return true;
	return false;
}

/* Whose address it is: its own site's, or that of the only site that claims
 * it (DESIGN.md section 4, "Zones"). */
static const struct ot_asset_scope *
home_of(struct ot_asset_build *build, const struct ot_asset_scope *scope,
    const struct ot_addr *addr)
{
	struct ot_str other = { 0 };
	bool several = false;

	if (!scope->site || !ot_addr_is_ip(addr))
		return scope;
	for (uint32_t i = 0; i < build->options->zone_count; i++) {
		const struct ot_zone_row *row = &build->options->zones[i];

		if (row->site.len == 0 || !row_claims(row, addr))
			continue;
		if (ot_str_eq(row->site, scope->text))
			return scope;
		several |= other.len && !ot_str_eq(other, row->site);
		other = row->site;
	}
	return other.len && !several
		   ? ot_asset_scope(build, (struct ot_str){ 0 }, other)
		   : scope;
}

/* ---- nodes ---- */

static void
key_of(uint8_t key[static KEY_LEN], const struct ot_asset_scope *scope,
    const struct ot_addr *addr)
{
	memcpy(key, &scope->number, sizeof(scope->number));
	memcpy(key + sizeof(scope->number), addr, sizeof(*addr));
}

struct ot_asset_node *
ot_asset_node(const struct ot_asset_build *build,
    const struct ot_asset_scope *scope, const struct ot_addr *addr)
{
	uint8_t key[KEY_LEN];

	key_of(key, scope, addr);
	struct place *place = ot_map_get(&build->places, key, KEY_LEN);

	return place ? place->node : NULL;
}

static void
settle(struct ot_asset_build *build, const struct ot_asset_scope *scope,
    struct ot_asset_node *node)
{
	struct place *place = ot_asset_alloc(build, sizeof(*place));

	if (!place)
		return;
	key_of(place->key, scope, &node->addr);
	place->node = node;
	void **at = ot_map_at(&build->places, place->key, KEY_LEN);

	if (at)
		*at = place;
	else
		build->lost = true;
}

/* The node of an address, made where it is new. */
static struct ot_asset_node *
node_at(struct ot_asset_build *build, const struct ot_asset_scope *scope,
    const struct ot_addr *addr)
{
	struct ot_asset_node *node =
	    scope ? ot_asset_node(build, scope, addr) : NULL;

	if (node || !scope)
		return node;
	const struct ot_asset_scope *home = home_of(build, scope, addr);

	if (!home)
		return NULL;
	node = home == scope ? NULL : ot_asset_node(build, home, addr);
	if (!node) {
		node = ot_asset_alloc(build, sizeof(*node));
		if (!node)
			return NULL;
		node->scope = home;
		node->addr = *addr;
		node->first = node->last = OT_TIME_NONE;
		ot_asset_push(build, &build->nodes, node);
		settle(build, home, node);
	}
	if (home != scope)
		settle(build, scope, node);
	return node;
}

static void
spans(struct ot_asset_node *node, int64_t first, int64_t last)
{
	if (first != OT_TIME_NONE &&
	    (node->first == OT_TIME_NONE || first < node->first))
		node->first = first;
	if (last != OT_TIME_NONE &&
	    (node->last == OT_TIME_NONE || last > node->last))
		node->last = last;
}

static void
sighted(struct ot_asset_build *build, struct ot_asset_node *node,
    struct ot_str sensor, uint64_t packets)
{
	if (sensor.len &&
	    !ot_counts_add(&build->scratch, &node->sensors, sensor, packets))
		build->lost = true;
}

/* ---- links ---- */

static struct ot_asset_link *
link_at(struct ot_asset_build *build, struct ot_asset_node *mac,
    struct ot_asset_node *ip)
{
	struct ot_asset_link *link = NULL;
	const void *ends[2] = { mac, ip };
	void **at;

	if (mac->scope != ip->scope) {
		mac->foreign = true;
		return NULL;
	}
	link = ot_map_get(&build->pairs, ends, sizeof(ends));
	if (link)
		return link;
	link = ot_asset_alloc(build, sizeof(*link));
	if (!link)
		return NULL;
	link->mac = mac; /* these two pointers are the key */
	link->ip = ip;
	at = ot_map_at(&build->pairs, link, sizeof(ends));
	if (!at) {
		build->lost = true;
		return NULL;
	}
	*at = link;
	ot_asset_push(build, &build->links, link);
	return link;
}

/* ---- flows ---- */

static uint8_t
greatest_ttl(const struct ot_counts *ttl)
{
	unsigned greatest = 0;

	for (uint32_t i = 0; i < ttl->count; i++) {
		unsigned n = 0;

		for (size_t k = 0; k < ttl->at[i].text.len && n < 256; k++)
			n = n * 10 + (unsigned)(ttl->at[i].text.p[k] - '0');
		if (n < 256 && n > greatest)
			greatest = n;
	}
	return (uint8_t)greatest;
}

static bool
is_private(const struct ot_addr *addr)
{
	return ot_addr_is_ip(addr) && ot_asset_host(addr) &&
	       !ot_addr_public(addr);
}

/* A MAC that sent packets of an end. */
static void
sender(struct ot_asset_build *build, const struct ot_flow_sum *flow,
    const struct ot_flow_end *end, const struct ot_count *mac)
{
	const struct ot_flow_end *other =
	    end == &flow->client ? &flow->server : &flow->client;
	const struct ot_asset_scope *scope =
	    ot_asset_scope(build, flow->sensor, flow->site);
	struct ot_addr addr;

	if (!ot_addr_parse(&addr, mac->text) || addr.kind != OT_ADDR_MAC ||
	    !ot_asset_host(&addr))
		return;
	struct ot_asset_node *node = node_at(build, scope, &addr);

	if (!node)
		return;
	spans(node, flow->first, flow->last);
	sighted(build, node, flow->sensor, 0);
	if (ot_addr_unspecified(&end->addr)) {
		node->seen = true;
		node->packets += mac->count;
		sighted(build, node, flow->sensor, mac->count);
		return;
	}
	struct ot_asset_node *ip = ot_asset_host(&end->addr)
				       ? node_at(build, scope, &end->addr)
				       : NULL;
	struct ot_asset_link *link = ip ? link_at(build, node, ip) : NULL;

	if (!link)
		return;
	uint8_t ttl = greatest_ttl(&end->ttl);

	link->packets += mac->count;
	if (ttl > link->ttl)
		link->ttl = ttl;
	link->beyond |= ot_addr_public(&end->addr) && is_private(&other->addr);
}

static void
flow_end(struct ot_asset_build *build, const struct ot_flow_sum *flow,
    const struct ot_flow_end *end)
{
	const struct ot_vlans *vlans = &flow->network.vlan;
	struct ot_asset_node *node = NULL;

	if (ot_asset_host(&end->addr))
		node = node_at(build,
		    ot_asset_scope(build, flow->sensor, flow->site),
		    &end->addr);
	if (node) {
		node->seen = true;
		node->packets += end->packets;
		spans(node, flow->first, flow->last);
		sighted(build, node, flow->sensor, end->packets);
	}
	if (node && vlans->count && vlans->count <= OT_LIMIT_VLANS) {
		struct ot_str id =
		    ot_asset_text(build, "%u", vlans->id[vlans->count - 1]);

		if (!ot_counts_add(
			&build->scratch, &node->vlans, id, end->packets))
			build->lost = true;
	}
	if (ot_addr_is_ip(&end->addr))
		for (uint32_t i = 0; i < end->mac.count; i++)
			sender(build, flow, end, &end->mac.at[i]);
}

struct ot_asset_node *
ot_asset_end(struct ot_asset_build *build, const struct ot_flow_sum *flow,
    const struct ot_flow_end *end)
{
	const struct ot_asset_scope *scope =
	    ot_asset_scope(build, flow->sensor, flow->site);
	const struct ot_count *most = NULL;
	struct ot_addr addr = end->addr;

	if (!scope)
		return NULL;
	if (!ot_addr_unspecified(&addr))
		return ot_asset_host(&addr) ? ot_asset_node(build, scope, &addr)
					    : NULL;
	for (uint32_t i = 0; i < end->mac.count; i++)
		if (!most || end->mac.at[i].count > most->count)
			most = &end->mac.at[i];
	return most && ot_addr_parse(&addr, most->text)
		   ? ot_asset_node(build, scope, &addr)
		   : NULL;
}

/* ---- statements ---- */

static void
state(struct ot_asset_build *build, const struct ot_asset_statement *said)
{
	struct ot_asset_statement *kept = ot_asset_alloc(build, sizeof(*kept));

	if (!kept)
		return;
	*kept = *said;
	ot_asset_push(build, &build->statements, kept);
}

/* What the security of a flow tells of one of its ends. */
static void
facets(struct ot_asset_build *build, const struct ot_flow_sum *flow)
{
	static const struct {
		const char *key;
		enum ot_facet facet;
		bool server; /* whose it is */
	} of[] = {
		{ "facet:server_name", OT_S_SERVER_NAME, false },
		{ "facet:ja3", OT_S_JA3, false },
		{ "facet:ja4", OT_S_JA4, false },
		{ "facet:hassh", OT_S_HASSH, false },
		{ "facet:ja3s", OT_S_JA3S, true },
		{ "facet:hassh_server", OT_S_HASSH_SERVER, true },
	};

	for (size_t i = 0; i < sizeof(of) / sizeof(*of); i++) {
		const struct ot_counts *set =
		    &flow->security.facet[of[i].facet];

		if (!set->count ||
		    !ot_asset_rule_first(build->rules, ot_str(of[i].key)))
			continue;
		struct ot_asset_node *node = ot_asset_end(
		    build, flow, of[i].server ? &flow->server : &flow->client);

		for (uint32_t k = 0; node && k < set->count; k++)
			state(build, &(struct ot_asset_statement){ .node = node,
					 .key = ot_str(of[i].key),
					 .value = set->at[k].text,
					 .protocol = flow->network.protocol,
					 .by = OT_SELF,
					 .count = set->at[k].count,
					 .evidence = &flow->evidence });
	}
}

static void
certificates(struct ot_asset_build *build, const struct ot_flow_sum *flow)
{
	const struct ot_list *list = &flow->security.certificates;

	for (uint32_t i = 0; i < list->count; i++) {
		const struct ot_certificate_sum *c = list->at[i];
		struct ot_asset_node *node = ot_asset_end(build, flow,
		    c->by == OT_SELF ? &flow->server : &flow->client);

		if (node && c->subject.len)
			state(build, &(struct ot_asset_statement){ .node = node,
					 .key = ot_str("certificate"),
					 .value = c->subject,
					 .protocol = flow->network.protocol,
					 .by = OT_SELF,
					 .count = c->count,
					 .evidence = &flow->evidence });
	}
}

/* A MAC that has an IP, an IP that has a MAC, or two MACs of one host. True:
 * the fact is no more than that. */
static bool
binding(struct ot_asset_build *build, const struct ot_fact_sum *fact,
    struct ot_asset_node *subject)
{
	struct ot_asset_link *link;
	struct ot_addr addr;

	if (fact->nested.len ||
	    (fact->key != OT_K_MAC && fact->key != OT_K_IP) ||
	    !ot_addr_parse(&addr, fact->value) || !ot_asset_host(&addr) ||
	    (addr.kind == OT_ADDR_MAC) != (fact->key == OT_K_MAC))
		return false;
	bool mac = subject->addr.kind == OT_ADDR_MAC;

	if (addr.kind != OT_ADDR_MAC && !mac)
		return false; /* an IP behind an IP stays a statement */
	struct ot_asset_node *node = node_at(build, subject->scope, &addr);

	if (!node || node == subject)
		return true;
	if (mac && addr.kind == OT_ADDR_MAC) {
		link = ot_asset_alloc(build, sizeof(*link));
		if (!link || fact->by == OT_PEER)
			return true;
		link->mac = subject;
		link->ip = node;
		ot_asset_push(build, &build->macs, link);
		return true;
	}
	link =
	    mac ? link_at(build, subject, node) : link_at(build, node, subject);
	if (link && fact->by == OT_PEER)
		link->rumours += fact->count;
	else if (link)
		link->claims += fact->count;
	return true;
}

/* The MAC or IP of a fact says that this IP is its own. */
static bool
is_own(const struct ot_asset_build *build, struct ot_asset_node *subject,
    struct ot_asset_node *ip)
{
	const void *ends[2] = { subject, ip };
	const struct ot_asset_link *link =
	    ot_map_get(&build->pairs, ends, sizeof(ends));

	return subject == ip || (link && link->claims);
}

/* Somebody says where packets for elsewhere go. Devices without a gateway name
 * themselves. */
static void
gateway(struct ot_asset_build *build, const struct ot_fact_sum *fact,
    struct ot_asset_node *subject)
{
	struct ot_addr addr;

	if (fact->key == OT_K_ROLE && ot_str_eq(fact->value, ot_str("router")))
		subject->gateway = true;
	if (fact->key != OT_K_GATEWAY || !ot_addr_parse(&addr, fact->value) ||
	    !ot_addr_is_ip(&addr) || !ot_asset_host(&addr))
		return;
	struct ot_asset_node *node = node_at(build, subject->scope, &addr);

	if (node && !is_own(build, subject, node))
		node->gateway = true;
}

/* A mask tells the subnet's broadcast address: its host bits are all one. */
static void
broadcast(struct ot_asset_build *build, const struct ot_fact_sum *fact,
    const struct ot_asset_node *subject)
{
	struct ot_addr mask, addr = subject->addr;

	if (fact->key != OT_K_MASK || addr.kind != OT_ADDR_IPV4 ||
	    !ot_addr_parse(&mask, fact->value) || mask.kind != OT_ADDR_IPV4)
		return;
	for (size_t i = 0; i < 4; i++)
		addr.b[i] |= (uint8_t)~mask.b[i];
	struct ot_asset_node *node =
	    ot_asset_node(build, subject->scope, &addr);

	if (node && node != subject)
		node->broadcast = true;
}

/* What needs all links and nodes to be there. */
static void
observe_subnet(struct ot_asset_build *build, const struct ot_fact_sum *fact)
{
	struct ot_asset_node *node;

	if (!ot_asset_host(&fact->subject) ||
	    (fact->key != OT_K_ROLE && fact->key != OT_K_GATEWAY &&
		fact->key != OT_K_MASK))
		return;
	node = node_at(build, ot_asset_scope(build, fact->sensor, fact->site),
	    &fact->subject);
	if (!node)
		return;
	gateway(build, fact, node);
	broadcast(build, fact, node);
}

static void
observe_fact(struct ot_asset_build *build, const struct ot_fact_sum *fact)
{
	if (!ot_asset_host(&fact->subject))
		return;
	struct ot_asset_node *node = node_at(build,
	    ot_asset_scope(build, fact->sensor, fact->site), &fact->subject);

	if (!node)
		return;
	/* of hosts far away others say much: that makes no asset */
	if (fact->by != OT_PEER || !ot_addr_public(&fact->subject))
		node->seen = true;
	spans(node, fact->first, fact->last);
	sighted(build, node, fact->sensor, 0);
	if (binding(build, fact, node))
		return;
	state(build, &(struct ot_asset_statement){ .node = node,
			 .key = ot_str(ot_key_names[fact->key]),
			 .value = fact->value,
			 .nested = fact->nested,
			 .protocol = fact->protocol,
			 .message = fact->message,
			 .by = fact->by,
			 .count = fact->count,
			 .evidence = &fact->evidence });
}

/* Who only asked in vain has no flow but is there. */
static void
observe_event(struct ot_asset_build *build, const struct ot_event_sum *event)
{
	uint64_t packets = event->other_packets;

	if (!ot_str_eq(event->kind, ot_str("attempts")) ||
	    !ot_asset_host(&event->source))
		return;
	for (uint32_t i = 0; i < event->attempts.count; i++)
		packets +=
		    ((const struct ot_attempt *)event->attempts.at[i])->packets;
	struct ot_asset_node *node = node_at(build,
	    ot_asset_scope(build, event->sensor, event->site), &event->source);

	if (!node)
		return;
	node->seen = true;
	node->packets += packets;
	spans(node, event->first, event->last);
	sighted(build, node, event->sensor, packets);
}

/* ---- all of it ---- */

static int
by_place(const void *a, const void *b)
{
	const struct ot_asset_node *x = *(void *const *)a;
	const struct ot_asset_node *y = *(void *const *)b;
	int c = ot_str_cmp(x->scope->text, y->scope->text);

	return c ? c : ot_addr_cmp(&x->addr, &y->addr);
}

static int
by_ranks(const void *a, const void *b)
{
	const struct ot_asset_link *x = *(void *const *)a;
	const struct ot_asset_link *y = *(void *const *)b;

	if (x->mac->rank != y->mac->rank)
		return x->mac->rank < y->mac->rank ? -1 : 1;
	return (x->ip->rank > y->ip->rank) - (x->ip->rank < y->ip->rank);
}

/* Whether a scope is a site's must not depend on the order of records. */
static void
find_scopes(struct ot_asset_build *build)
{
	const struct ot_list *list = build->store->list;

	for (uint32_t i = 0; i < list[OT_STORE_FACT].count; i++) {
		const struct ot_fact_sum *f = list[OT_STORE_FACT].at[i];

		(void)ot_asset_scope(build, f->sensor, f->site);
	}
	for (uint32_t i = 0; i < list[OT_STORE_EVENT].count; i++) {
		const struct ot_event_sum *e = list[OT_STORE_EVENT].at[i];

		(void)ot_asset_scope(build, e->sensor, e->site);
	}
	for (uint32_t i = 0; i < list[OT_STORE_FLOW].count; i++) {
		const struct ot_flow_sum *f = list[OT_STORE_FLOW].at[i];

		(void)ot_asset_scope(build, f->sensor, f->site);
	}
}

void
ot_asset_observe(struct ot_asset_build *build)
{
	const struct ot_list *list = build->store->list;

	find_scopes(build);
	for (uint32_t i = 0; i < list[OT_STORE_FACT].count; i++)
		observe_fact(build, list[OT_STORE_FACT].at[i]);
	for (uint32_t i = 0; i < list[OT_STORE_EVENT].count; i++)
		observe_event(build, list[OT_STORE_EVENT].at[i]);
	for (uint32_t i = 0; i < list[OT_STORE_FLOW].count; i++) {
		const struct ot_flow_sum *flow = list[OT_STORE_FLOW].at[i];

		flow_end(build, flow, &flow->client);
		flow_end(build, flow, &flow->server);
		facets(build, flow);
		certificates(build, flow);
	}
	for (uint32_t i = 0; i < list[OT_STORE_FACT].count; i++)
		observe_subnet(build, list[OT_STORE_FACT].at[i]);
	if (build->nodes.count)
		qsort(build->nodes.at, build->nodes.count, sizeof(void *),
		    by_place);
	for (uint32_t i = 0; i < build->nodes.count; i++)
		((struct ot_asset_node *)build->nodes.at[i])->rank = i;
	if (build->links.count)
		qsort(build->links.at, build->links.count, sizeof(void *),
		    by_ranks);
}
