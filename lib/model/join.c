/*
 * Flows that belong together, brought together; DESIGN.md section 3.1.
 */
#include "model/join.h"

static struct ot_flow_sum *
flow_at(const struct ot_list *flows, uint32_t i)
{
	return flows->at[i];
}

/* Do two flows, the second perhaps turned, stand for the same two ends and the
 * same service port? Their protocols are not compared. */
static bool
same_ends(const struct ot_flow_sum *a, const struct ot_flow_sum *b, bool turned)
{
	const struct ot_flow_end *client = turned ? &b->server : &b->client;
	const struct ot_flow_end *server = turned ? &b->client : &b->server;

	return a->network.transport == b->network.transport &&
	       ot_vlans_cmp(&a->network.vlan, &b->network.vlan) == 0 &&
	       ot_addr_eq(&a->client.addr, &client->addr) &&
	       ot_addr_eq(&a->server.addr, &server->addr) &&
	       a->server.port == server->port &&
	       ot_str_eq(a->sensor, b->sensor) && ot_str_eq(a->site, b->site);
}

static bool
weak_roles(const struct ot_flow_sum *f)
{
	return f->roles_by == OT_ROLES_FIRST && f->client.port;
}

static bool
nameless(const struct ot_flow_sum *f)
{
	return f->named_by != OT_NAMED_CONTENT;
}

/* May `from` go into `into`, which has the same ends? */
static bool
joins(
    const struct ot_flow_sum *into, const struct ot_flow_sum *from, bool turned)
{
	if (into == from || into->connection.uid.len ||
	    from->connection.uid.len)
		return false;
	bool same_name =
	    ot_str_eq(into->network.protocol, from->network.protocol);
	bool better_name =
	    !nameless(into) && (nameless(from) || ot_counts_has(&into->also,
						      from->network.protocol));

	if (weak_roles(from))
		return !weak_roles(into) && (same_name || better_name);
	return !turned && !weak_roles(into) && better_name;
}

/* First index whose flow is not before this service of the two ends, in the
 * order of keys. */
static uint32_t
first_of(const struct ot_list *flows, const struct ot_flow_sum *like,
    const struct ot_flow_end *client, const struct ot_flow_end *server)
{
	struct ot_flow_sum key = { .sensor = like->sensor, .site = like->site };
	uint32_t lo = 0, hi = flows->count;

	key.network.vlan = like->network.vlan;
	key.network.transport = like->network.transport;
	key.client.addr = client->addr;
	key.server.addr = server->addr;
	key.server.port = server->port;
	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;

		if (ot_flow_shape.cmp(flows->at[mid], &key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The flow into which `from` goes, or NULL; not one that has gone itself. */
static struct ot_flow_sum *
find(const struct ot_list *flows, const bool *gone,
    const struct ot_flow_sum *from, bool turned)
{
	const struct ot_flow_end *client =
	    turned ? &from->server : &from->client;
	const struct ot_flow_end *server =
	    turned ? &from->client : &from->server;

	for (uint32_t i = first_of(flows, from, client, server);
	     i < flows->count && same_ends(flow_at(flows, i), from, turned);
	     i++)
		if (!gone[i] && joins(flow_at(flows, i), from, turned))
			return flow_at(flows, i);
	return NULL;
}

/* The other way round. What was done is still what was done: operations were
 * paired by their own direction. */
static void
turn(struct ot_flow_sum *f)
{
	struct ot_flow_end client = f->client;

	f->client = f->server;
	f->server = client;
}

static bool
fold(struct ot_store *store, struct ot_flow_sum *into,
    const struct ot_flow_sum *from, bool turned)
{
	struct ot_flow_sum copy;

	if (!ot_shape_copy(&store->arena, &ot_flow_shape, &copy, from))
		return false;
	if (turned)
		turn(&copy);
	return ot_shape_merge(&store->arena, &ot_flow_shape, into, &copy);
}

bool
ot_join(struct ot_store *store)
{
	struct ot_list *flows = &store->list[OT_STORE_FLOW];
	uint32_t kept = 0;
	bool ok = true;

	/* find() needs the list as it is: what goes is marked first */
	bool *gone = ot_alloc(&store->arena, flows->count + 1);

	if (!gone)
		return false;
	for (uint32_t i = 0; i < flows->count; i++) {
		struct ot_flow_sum *f = flow_at(flows, i);

		bool turned = false;
		struct ot_flow_sum *into = find(flows, gone, f, false);

		if (!into && weak_roles(f)) {
			turned = true;
			into = find(flows, gone, f, true);
		}
		if (into) {
			ok &= fold(store, into, f, turned);
			gone[i] = true;
		}
	}
	for (uint32_t i = 0; i < flows->count; i++)
		if (!gone[i])
			flows->at[kept++] = flows->at[i];
	flows->count = store->settled[OT_STORE_FLOW] = kept;
	return ok;
}
