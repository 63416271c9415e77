/*
 * Which addresses are one thing, which MACs are routers', and what the thing
 * is called.
 *
 * A MAC and the IP that it sends for are one, unless the MAC sends for others:
 * then it is a router's, and only what the router says to be its own is merged
 * with it.
 */
#include "asset/build.h"

#include <stdlib.h>

enum {
	MANY = 3,	   /* addresses that make a sender suspicious */
	PROXY_CLAIMS = 16, /* more IPv4 addresses than this nobody has: it
			    * answers ARP in the name of others */
	MAX_HOPS = 30,
};

/* ---- union of nodes ---- */

struct ot_asset_node *
ot_asset_root(struct ot_asset_node *node)
{
	while (node->parent) {
		if (node->parent->parent)
			node->parent = node->parent->parent;
		node = node->parent;
	}
	return node;
}

/* The smaller rank is the root, so that order of unions does not matter. */
void
ot_asset_unite(struct ot_asset_node *a, struct ot_asset_node *b)
{
	a = ot_asset_root(a);
	b = ot_asset_root(b);
	if (a->rank < b->rank)
		b->parent = a;
	else if (b->rank < a->rank)
		a->parent = b;
}

/* ---- routers ---- */

static bool
same_subnet(const struct ot_addr *a, const struct ot_addr *b)
{
	return a->kind == b->kind &&
	       memcmp(a->b, b->b, a->kind == OT_ADDR_IPV4 ? 3 : 8) == 0;
}

/* Routers that a packet has passed, from the usual first values of TTLs;
 * -1: cannot be told. */
static int
hops(uint8_t ttl)
{
	static const int first[] = { 32, 64, 128, 255 };

	for (size_t i = 0; ttl && i < sizeof(first) / sizeof(*first); i++)
		if (ttl <= first[i])
			return first[i] - ttl <= MAX_HOPS ? first[i] - ttl : -1;
	return -1;
}

/* What the links of one MAC show. */
struct habits {
	unsigned count[2], subnets[2]; /* IPv4, IPv6; link-local ones apart */
	unsigned claimed;	       /* IPv4 addresses that it says it has */
	unsigned strangers;   /* not claimed, in no subnet of a claimed one */
	bool near[2], far[2]; /* by their TTLs */
	bool beyond;
};

static bool
is_claimed(const struct ot_asset_link *link)
{
	return link->claims || link->rumours;
}

/* Does the MAC claim an address of this subnet? Links are sorted by IP. */
static bool
at_home(struct ot_asset_link **links, uint32_t count, uint32_t at)
{
	const struct ot_addr *addr = &links[at]->ip->addr;

	for (uint32_t i = at; i-- > 0;) {
		if (!same_subnet(&links[i]->ip->addr, addr))
			break;
		if (is_claimed(links[i]))
			return true;
	}
	for (uint32_t i = at + 1; i < count; i++) {
		if (!same_subnet(&links[i]->ip->addr, addr))
			break;
		if (is_claimed(links[i]))
			return true;
	}
	return false;
}

static void
watch(struct habits *h, const struct ot_asset_link *link,
    const struct ot_addr *before)
{
	bool v6 = link->ip->addr.kind == OT_ADDR_IPV6;
	int passed = hops(link->ttl);

	h->count[v6]++;
	h->subnets[v6] += !before || !same_subnet(before, &link->ip->addr);
	h->claimed += !v6 && is_claimed(link);
	h->beyond |= link->beyond && !is_claimed(link);
	h->near[v6] |= passed == 0;
	h->far[v6] |= passed > 0 && !is_claimed(link);
}

static struct habits
habits_of(struct ot_asset_link **links, uint32_t count)
{
	struct habits h = { 0 };
	const struct ot_addr *before = NULL;
	bool known = false; /* is the subnet of `before` claimed? */

	for (uint32_t i = 0; i < count; i++) {
		const struct ot_addr *addr = &links[i]->ip->addr;

		if (ot_addr_link_local(addr))
			continue;
		watch(&h, links[i], before);
		if (!before || !same_subnet(before, addr))
			known =
			    is_claimed(links[i]) || at_home(links, count, i);
		h.strangers += addr->kind == OT_ADDR_IPV4 && !known &&
			       links[i]->packets > 0;
		before = addr;
	}
	return h;
}

static bool
is_router(const struct ot_asset_node *mac, const struct habits *h)
{
	bool mixed = (h->near[0] && h->far[0]) || (h->near[1] && h->far[1]);

	return mac->gateway || h->beyond || h->claimed > PROXY_CLAIMS ||
	       (h->claimed && h->strangers) ||
	       (h->count[0] >= MANY && h->subnets[0] > 1) ||
	       (h->count[1] >= MANY && h->subnets[1] > 1) || mixed;
}

/* Calls with each run of links of one MAC. best: by the rank of an IP, the link
 * that makes it one with a MAC. */
static void
for_each_mac(struct ot_asset_build *build, struct ot_asset_link **best,
    void (*call)(struct ot_asset_link **links, uint32_t count,
	struct ot_asset_link **best))
{
	struct ot_asset_link **at = (struct ot_asset_link **)build->links.at;
	uint32_t from = 0;

	for (uint32_t i = 1; i <= build->links.count; i++) {
		if (i < build->links.count && at[i]->mac == at[from]->mac)
			continue;
		call(at + from, i - from, best);
		from = i;
	}
}

static void
find_router(
    struct ot_asset_link **links, uint32_t count, struct ot_asset_link **best)
{
	struct ot_asset_node *mac = links[0]->mac;
	struct habits h = habits_of(links, count);

	(void)best; /* routers are found before */
	mac->count = h.count[0];
	for (uint32_t i = 0; i < count; i++)
		mac->gateway |= links[i]->ip->gateway && is_claimed(links[i]);
	mac->router = is_router(mac, &h);
}

/* Those that need no links to show it. */
static void
called_routers(struct ot_asset_build *build)
{
	for (uint32_t i = 0; i < build->nodes.count; i++) {
		struct ot_asset_node *node = build->nodes.at[i];

		node->router |= node->addr.kind == OT_ADDR_MAC &&
				(node->gateway || node->foreign);
	}
}

/* ---- MAC and IP ---- */

/* The addresses that a router claims in one subnet: its own, or those of
 * others for whom it answers ARP? Only one of them can be its own. */
static bool
answers_for_others(struct ot_asset_link **links, uint32_t count, uint32_t at)
{
	unsigned claimed = 0, gateways = 0;
	uint32_t i = at;

	while (
	    i > 0 && same_subnet(&links[i - 1]->ip->addr, &links[at]->ip->addr))
		i--;
	for (; i < count &&
	       same_subnet(&links[i]->ip->addr, &links[at]->ip->addr);
	     i++) {
		claimed += is_claimed(links[i]);
		gateways += is_claimed(links[i]) && links[i]->ip->gateway;
	}
	return claimed > 1 && !(gateways == 1 && links[at]->ip->gateway);
}

/* May the two be one thing, for all that this MAC's links show? */
static bool
fits(struct ot_asset_link **links, uint32_t count, uint32_t at)
{
	const struct ot_asset_link *link = links[at];
	const struct ot_addr *ip = &link->ip->addr;

	if (ot_addr_link_local(ip))
		return true;
	if (is_claimed(link))
		return !link->mac->router || ip->kind == OT_ADDR_IPV6 ||
		       !answers_for_others(links, count, at);
	if (link->mac->router)
		return link->ip->gateway;
	return ip->kind == OT_ADDR_IPV6 || link->mac->count == 1;
}

static int
three(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* Which of two MACs is rather the IP's? Whole order, the better is less. */
static int
by_right(const struct ot_asset_link *x, const struct ot_asset_link *y)
{
	int c = three(x->mac->router, y->mac->router);

	if (!c)
		c = three(y->claims, x->claims);
	if (!c)
		c = three(y->rumours, x->rumours);
	if (!c)
		c = three(y->ttl, x->ttl); /* nearer */
	if (!c)
		c = three(y->packets, x->packets);
	return c ? c : three(x->mac->rank, y->mac->rank);
}

static void
choose(
    struct ot_asset_link **links, uint32_t count, struct ot_asset_link **best)
{
	for (uint32_t i = 0; i < count; i++) {
		struct ot_asset_link **now = &best[links[i]->ip->rank];

		if (fits(links, count, i) &&
		    (!*now || by_right(links[i], *now) < 0))
			*now = links[i];
	}
}

/* Two MACs for one IP, and packets of one have passed more routers: that one
 * is a router's. */
static void
farther(struct ot_asset_build *build, struct ot_asset_link **best)
{
	for (uint32_t i = 0; i < build->links.count; i++) {
		struct ot_asset_link *link = build->links.at[i];
		const struct ot_asset_link *other = best[link->ip->rank];
		int passed = hops(link->ttl);

		if (other && other != link && !is_claimed(link) && passed > 0 &&
		    hops(other->ttl) >= 0 && hops(other->ttl) < passed)
			link->mac->router = true;
	}
}

void
ot_asset_identify(struct ot_asset_build *build)
{
	uint32_t count = build->nodes.count;
	struct ot_asset_link **best =
	    ot_alloc_array(&build->scratch, count + 1, sizeof(*best));

	if (!best) {
		build->lost = true;
		return;
	}
	for_each_mac(build, best, find_router);
	called_routers(build);
	for_each_mac(build, best, choose);
	farther(build, best);
	memset(best, 0, count * sizeof(*best));
	for_each_mac(build, best, choose);
	for (uint32_t i = 0; i < count; i++)
		if (best[i])
			ot_asset_unite(best[i]->mac, best[i]->ip);
	for (uint32_t i = 0; i < build->macs.count; i++) {
		const struct ot_asset_link *link = build->macs.at[i];

		ot_asset_unite(link->mac, link->ip);
	}
}

/* ---- ids ---- */

static void
add_id(struct ot_asset_build *build, struct ot_asset_group *g, const char *kind,
    struct ot_str scope, struct ot_str text)
{
	if (g->id_count < sizeof(g->ids) / sizeof(*g->ids))
		g->ids[g->id_count++] = ot_asset_text(build, "%s:%.*s%s%.*s",
		    kind, (int)scope.len, scope.len ? scope.p : "",
		    scope.len ? "/" : "", (int)text.len, text.p);
}

/* Without and with the scope, for those that two scopes may share. */
static void
add_both(struct ot_asset_build *build, struct ot_asset_group *g,
    const char *kind, struct ot_str text)
{
	add_id(build, g, kind, (struct ot_str){ 0 }, text);
	if (g->scope->text.len)
		add_id(build, g, kind, g->scope->text, text);
}

static struct ot_str
address_text(struct ot_asset_build *build, const struct ot_asset_node *node)
{
	char text[OT_ADDR_TEXT];

	(void)ot_addr_print(text, &node->addr);
	return ot_asset_text(build, "%s", text);
}

static const char *
kind_of(const struct ot_asset_node *node)
{
	return node->addr.kind == OT_ADDR_MAC	 ? "mac"
	       : node->addr.kind == OT_ADDR_LINK ? "link"
						 : "ip";
}

/* The best address of a group: one that is not only the link's. */
static const struct ot_asset_node *
best_address(const struct ot_asset_group *g)
{
	for (uint32_t i = 0; i < g->node_count; i++)
		if (ot_addr_is_ip(&g->nodes[i]->addr) &&
		    !ot_addr_link_local(&g->nodes[i]->addr))
			return g->nodes[i];
	return g->nodes[0];
}

static void
add_ids(struct ot_asset_build *build, struct ot_asset_group *g)
{
	const struct ot_asset_node *best = best_address(g);
	struct ot_str vendor = ot_asset_get(&g->asset, "vendor");

	if (g->row)
		add_both(build, g, "registry", g->row->id);
	if (g->serial.len && vendor.len)
		add_both(build, g, "serial",
		    ot_asset_text(build, "%.*s/%.*s", (int)vendor.len, vendor.p,
			(int)g->serial.len, g->serial.p));
	for (uint32_t i = 0; i < g->node_count; i++) {
		const struct ot_asset_node *node = g->nodes[i];

		if (ot_addr_mac_global(&node->addr) && !node->router) {
			add_both(build, g, "mac", address_text(build, node));
			break;
		}
	}
	add_id(
	    build, g, kind_of(best), g->scope->text, address_text(build, best));
}

static int
by_id(const void *a, const void *b)
{
	const struct ot_asset_group *x = *(void *const *)a;
	const struct ot_asset_group *y = *(void *const *)b;
	int c = ot_str_cmp(x->ids[x->id_at], y->ids[y->id_at]);

	return c ? c : three(x->rank, y->rank);
}

/* Where two have one id, both take their next one; the last is an address in
 * its scope, which nobody shares. */
static bool
part_twins(struct ot_asset_group **sorted, uint32_t count)
{
	bool parted = false;

	for (uint32_t i = 0, end; i < count; i = end) {
		for (end = i + 1;
		     end < count && ot_str_eq(sorted[i]->ids[sorted[i]->id_at],
					sorted[end]->ids[sorted[end]->id_at]);)
			end++;
		for (uint32_t k = i; end - i > 1 && k < end; k++) {
			if (sorted[k]->id_at + 1 < sorted[k]->id_count) {
				sorted[k]->id_at++;
				parted = true;
			}
		}
	}
	return parted;
}

void
ot_asset_name(struct ot_asset_build *build)
{
	struct ot_asset_group **sorted = ot_alloc_array(
	    &build->scratch, build->groups.count + 1, sizeof(*sorted));
	uint32_t count = build->groups.count;

	if (!sorted) {
		build->lost = true;
		return;
	}
	if (!count)
		return;
	for (uint32_t i = 0; i < count; i++) {
		sorted[i] = build->groups.at[i];
		add_ids(build, sorted[i]);
	}
	do
		qsort(sorted, count, sizeof(*sorted), by_id);
	while (part_twins(sorted, count));
	for (uint32_t i = 0; i < count; i++)
		sorted[i]->asset.id = sorted[i]->ids[sorted[i]->id_at];
}
