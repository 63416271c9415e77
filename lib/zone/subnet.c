/*
 * Zones from what stands on a link together: the VLANs and subnets of the
 * assets (DESIGN.md section 4, "Proposal"). A subnet is as wide as DHCP said,
 * else /24 or /64; those of one VLAN are one zone; its level is the lowest of
 * what is inside.
 *
 * Where no record names a site, sensors that see the same host on the link are
 * of one site, all others of different ones.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"
#include "zone/propose.h"

enum { BITS_IPV4 = 24, BITS_IPV6 = 64, NO_LEVEL = 9 };

/* One subnet, and later the zone that it is part of. */
struct subnet {
	struct ot_str site;
	struct ot_net net;
	bool on_link;	       /* some host of it was seen with its own MAC */
	bool untagged;	       /* some such host was seen without tags */
	struct ot_counts tags; /* packets by VLAN */
	int level;	       /* the lowest inside, or NO_LEVEL */
	uint32_t zone;	       /* index of the zone's first subnet */
};

struct proposal {
	struct ot_arena *arena;
	struct ot_policy *policy;
	const struct ot_list *assets;
	const struct ot_store *store;
	struct ot_list subnets; /* struct subnet */
	struct ot_list zones;	/* struct ot_zone_row */
	struct ot_list sites;	/* struct ot_site_row */
	bool lost;
};

/* ---- sites ---- */

static struct ot_str
first_sensor(const struct ot_asset *asset)
{
	return asset->sensors.count ? asset->sensors.at[0].text
				    : (struct ot_str){ NULL, 0 };
}

static struct ot_site_row *
site_of(const struct proposal *p, struct ot_str id)
{
	for (uint32_t i = 0; i < p->sites.count; i++)
		if (ot_str_eq(((struct ot_site_row *)p->sites.at[i])->id, id))
			return p->sites.at[i];
	return NULL;
}

static bool
has_sensor(const struct ot_site_row *site, struct ot_str sensor)
{
	for (uint32_t i = 0; i < site->sensors.count; i++)
		if (ot_str_eq(site->sensors.at[i], sensor))
			return true;
	return false;
}

static void
add_sensor(struct proposal *p, struct ot_str id, struct ot_str sensor)
{
	struct ot_site_row *site = site_of(p, id);

	if (!site) {
		site = ot_alloc(p->arena, sizeof(*site));
		if (!site || !ot_list_push(p->arena, &p->sites, site)) {
			p->lost = true;
			return;
		}
		site->id = id;
	}
	if (sensor.len && !has_sensor(site, sensor))
		p->lost |= !ot_strings_add(p->arena, &site->sensors, sensor);
}

/* Sites that the records name. False where some name none. */
static bool
sites_named(struct proposal *p)
{
	const struct ot_list *flows = &p->store->list[OT_STORE_FLOW];

	for (uint32_t i = 0; i < flows->count; i++) {
		const struct ot_flow_sum *flow = flows->at[i];

		if (flow->site.len == 0)
			return false;
		add_sensor(p, flow->site, flow->sensor);
	}
	return flows->count != 0;
}

/* An address that one thing has: no router's, no shared one (RFC 5798). */
static bool
own_mac(const struct ot_addr *mac)
{
	static const uint8_t shared[] = { 0, 0, 0x5e };

	return ot_addr_mac_global(mac) &&
	       memcmp(mac->b, shared, sizeof(shared)) != 0;
}

/* The MAC and the first IP of a host that stands on the link. */
static bool
host_key(const struct ot_asset *asset, struct ot_addr key[static 2])
{
	bool mac = false, ip = false;

	if (asset->router)
		return false;
	for (uint32_t i = 0; i < asset->addresses.count; i++) {
		const struct ot_asset_address *at = asset->addresses.at[i];

		if (!ip && ot_addr_is_ip(&at->addr) &&
		    !ot_addr_link_local(&at->addr)) {
			key[0] = at->addr;
			ip = true;
		}
		if (!mac && own_mac(&at->addr)) {
			key[1] = at->addr;
			mac = true;
		}
	}
	return mac && ip;
}

/* Let two sensors be of one site: the one whose id is smaller. */
static void
join_sites(struct proposal *p, struct ot_str a, struct ot_str b)
{
	struct ot_site_row *into = NULL, *from = NULL;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < p->sites.count; i++) {
		struct ot_site_row *site = p->sites.at[i];

		if (has_sensor(site, a))
			into = site;
		if (has_sensor(site, b))
			from = site;
	}
	if (!into || !from || into == from)
		return;
	if (ot_str_cmp(from->id, into->id) < 0) {
		struct ot_site_row *swap = into;

		into = from;
		from = swap;
	}
	for (uint32_t i = 0; i < from->sensors.count; i++)
		p->lost |= !ot_strings_add(
		    p->arena, &into->sensors, from->sensors.at[i]);
	for (uint32_t i = 0; i < p->sites.count; i++)
		if (p->sites.at[i] != from)
			p->sites.at[kept++] = p->sites.at[i];
	p->sites.count = kept;
}

static void
sites_by_hosts(struct proposal *p)
{
	struct ot_map seen = { 0 };

	for (uint32_t i = 0; i < p->assets->count; i++) {
		const struct ot_asset *asset = p->assets->at[i];
		struct ot_addr *key = ot_alloc_array(p->arena, 2, sizeof(*key));
		void **at;

		if (!key) {
			p->lost = true;
			break;
		}
		if (!host_key(asset, key))
			continue;
		at = ot_map_at(&seen, key, 2 * sizeof(*key));
		if (!at) {
			p->lost = true;
			break;
		}
		if (!*at)
			*at = p->assets->at[i];
		for (uint32_t k = 0; k < asset->sensors.count; k++)
			join_sites(
			    p, first_sensor(*at), asset->sensors.at[k].text);
	}
	ot_map_done(&seen);
}

/* A site for each group of sensors; none where all are of one. */
static void
sites_found(struct proposal *p)
{
	const struct ot_list *flows = &p->store->list[OT_STORE_FLOW];

	for (uint32_t i = 0; i < flows->count; i++) {
		const struct ot_flow_sum *flow = flows->at[i];

		if (flow->sensor.len == 0) {
			p->sites.count = 0;
			return;
		}
		add_sensor(p, flow->sensor, flow->sensor);
	}
	sites_by_hosts(p);
	if (p->sites.count < 2)
		p->sites.count = 0;
}

static int
by_text(const void *a, const void *b)
{
	return ot_str_cmp(*(const struct ot_str *)a, *(const struct ot_str *)b);
}

static int
by_site(const void *a, const void *b)
{
	const struct ot_site_row *const *x = a, *const *y = b;

	return ot_str_cmp((*x)->id, (*y)->id);
}

static void
make_sites(struct proposal *p)
{
	struct ot_site_row *rows;

	if (!sites_named(p)) {
		p->sites.count = 0;
		sites_found(p);
	}
	rows =
	    ot_alloc_array(p->arena, (size_t)p->sites.count + 1, sizeof(*rows));
	if (!rows) {
		p->lost = true;
		return;
	}
	if (p->sites.count)
		qsort(
		    p->sites.at, p->sites.count, sizeof(*p->sites.at), by_site);
	for (uint32_t i = 0; i < p->sites.count; i++) {
		rows[i] = *(struct ot_site_row *)p->sites.at[i];
		if (rows[i].sensors.count)
			qsort(rows[i].sensors.at, rows[i].sensors.count,
			    sizeof(*rows[i].sensors.at), by_text);
	}
	p->policy->sites = rows;
	p->policy->site_count = p->sites.count;
}

/* ---- subnets ---- */

static struct ot_str
site_seen(const struct proposal *p, const struct ot_asset *asset)
{
	return ot_zone_seen(p->policy, asset->site, first_sensor(asset));
}

static bool
on_link(const struct ot_asset *asset)
{
	for (uint32_t i = 0; i < asset->addresses.count; i++)
		if (((const struct ot_asset_address *)asset->addresses.at[i])
			->addr.kind == OT_ADDR_MAC)
			return true;
	return false;
}

/* An address that stands in a subnet of the plant. */
static bool
of_plant(const struct ot_addr *addr)
{
	return ot_addr_is_ip(addr) && !ot_addr_public(addr) &&
	       !ot_addr_link_local(addr) && !ot_addr_loopback(addr) &&
	       !ot_addr_multicast(addr) && !ot_addr_broadcast(addr) &&
	       !ot_addr_unspecified(addr);
}

static struct ot_net
net_of(const struct ot_addr *addr, unsigned bits)
{
	struct ot_net net = { *addr, (uint8_t)bits };

	for (unsigned i = bits; i < 8 * sizeof(net.addr.b); i++)
		net.addr.b[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
	return net;
}

static struct subnet *
subnet_of(
    const struct proposal *p, struct ot_str site, const struct ot_addr *addr)
{
	struct subnet *best = NULL;

	for (uint32_t i = 0; i < p->subnets.count; i++) {
		struct subnet *s = p->subnets.at[i];

		if (ot_str_eq(s->site, site) && ot_net_has(&s->net, addr) &&
		    (!best || s->net.bits > best->net.bits))
			best = s;
	}
	return best;
}

static struct subnet *
add_subnet(struct proposal *p, struct ot_str site, struct ot_net net)
{
	struct subnet *s;

	for (uint32_t i = 0; i < p->subnets.count; i++) {
		s = p->subnets.at[i];
		if (ot_str_eq(s->site, site) && s->net.bits == net.bits &&
		    ot_addr_eq(&s->net.addr, &net.addr))
			return s;
	}
	s = ot_alloc(p->arena, sizeof(*s));
	if (!s || !ot_list_push(p->arena, &p->subnets, s)) {
		p->lost = true;
		return NULL;
	}
	*s = (struct subnet){ .site = site, .net = net, .level = NO_LEVEL };
	return s;
}

/* The length of a mask: ones, then zeros. 0 where it is none. */
static unsigned
mask_bits(struct ot_str text)
{
	struct ot_addr mask;
	uint32_t n = 0;

	if (!ot_addr_parse(&mask, text) || mask.kind != OT_ADDR_IPV4)
		return 0;
	for (unsigned i = 0; i < 4; i++)
		n = n << 8 | mask.b[i];
	if (n == 0 || (~n & (~n + 1)))
		return 0;
	return (unsigned)__builtin_popcount(n);
}

static bool
has_address(const struct ot_asset *asset, const struct ot_addr *addr)
{
	for (uint32_t i = 0; i < asset->addresses.count; i++)
		if (ot_addr_eq(&((const struct ot_asset_address *)
				       asset->addresses.at[i])
				    ->addr,
			addr))
			return true;
	return false;
}

/* What DHCP said of the subnet of whoever asked. Widths of more than a /16
 * and of single hosts (VPNs) are no broadcast domains. */
static void
take_mask(struct proposal *p, const struct ot_fact_sum *fact)
{
	unsigned bits = mask_bits(fact->value);
	struct ot_str site = ot_zone_seen(p->policy, fact->site, fact->sensor);

	if (bits < 16 || bits > 30)
		return;
	for (uint32_t i = 0; i < p->assets->count; i++) {
		const struct ot_asset *asset = p->assets->at[i];

		if (!has_address(asset, &fact->subject) ||
		    !ot_str_eq(site_seen(p, asset), site))
			continue;
		for (uint32_t k = 0; k < asset->addresses.count; k++) {
			const struct ot_asset_address *at =
			    asset->addresses.at[k];

			if (at->addr.kind == OT_ADDR_IPV4 &&
			    of_plant(&at->addr))
				(void)add_subnet(
				    p, site, net_of(&at->addr, bits));
		}
	}
}

static int
level_of(const struct ot_asset *asset)
{
	return asset->level.len == 1 && !asset->router ? asset->level.p[0] - '0'
						       : NO_LEVEL;
}

static void
take_address(struct proposal *p, const struct ot_asset *asset,
    const struct ot_addr *addr)
{
	struct ot_str site = site_seen(p, asset);
	struct subnet *s = subnet_of(p, site, addr);

	if (!s)
		s = add_subnet(p, site,
		    net_of(addr,
			addr->kind == OT_ADDR_IPV4 ? BITS_IPV4 : BITS_IPV6));
	if (!s)
		return;
	if (level_of(asset) < s->level)
		s->level = level_of(asset);
	if (!on_link(asset))
		return;
	s->on_link = true;
	s->untagged |= asset->vlans.count == 0;
	p->lost |= !ot_counts_merge(p->arena, &s->tags, &asset->vlans);
}

/* Subnets that another site has on its links are that site's. */
static bool
foreign(const struct proposal *p, const struct subnet *s)
{
	for (uint32_t i = 0; i < p->subnets.count && !s->on_link; i++) {
		const struct subnet *other = p->subnets.at[i];

		if (other->on_link && !ot_str_eq(other->site, s->site) &&
		    (ot_net_has(&other->net, &s->net.addr) ||
			ot_net_has(&s->net, &other->net.addr)))
			return true;
	}
	return false;
}

static int
by_subnet(const void *a, const void *b)
{
	const struct subnet *const *x = a, *const *y = b;
	int c = ot_str_cmp((*x)->site, (*y)->site);

	if (!c)
		c = ot_addr_cmp(&(*x)->net.addr, &(*y)->net.addr);
	return c ? c : (*x)->net.bits - (*y)->net.bits;
}

/* Remote subnets that nobody has on a link belong to no site; once each. */
static void
keep_subnets(struct proposal *p)
{
	uint32_t kept = 0, count = p->subnets.count;

	for (uint32_t i = 0; i < count; i++) {
		struct subnet *s = p->subnets.at[i];

		if (!foreign(p, s))
			p->subnets.at[kept++] = s;
	}
	p->subnets.count = kept;
	for (uint32_t i = 0; i < kept; i++) {
		struct subnet *s = p->subnets.at[i];

		if (!s->on_link)
			s->site = (struct ot_str){ NULL, 0 };
	}
	if (kept)
		qsort(p->subnets.at, kept, sizeof(*p->subnets.at), by_subnet);
	count = kept;
	kept = 0;
	for (uint32_t i = 0; i < count; i++) {
		struct subnet *s = p->subnets.at[i], *last = NULL;

		if (kept &&
		    by_subnet(&p->subnets.at[kept - 1], &p->subnets.at[i]) == 0)
			last = p->subnets.at[kept - 1];
		if (last && s->level < last->level)
			last->level = s->level;
		if (!last)
			p->subnets.at[kept++] = s;
	}
	p->subnets.count = kept;
}

static void
make_subnets(struct proposal *p)
{
	const struct ot_list *facts = &p->store->list[OT_STORE_FACT];

	for (uint32_t i = 0; i < facts->count; i++)
		if (((const struct ot_fact_sum *)facts->at[i])->key ==
		    OT_K_MASK)
			take_mask(p, facts->at[i]);
	for (uint32_t i = 0; i < p->assets->count; i++) {
		const struct ot_asset *asset = p->assets->at[i];

		for (uint32_t k = 0; k < asset->addresses.count; k++) {
			const struct ot_asset_address *at =
			    asset->addresses.at[k];

			if (of_plant(&at->addr))
				take_address(p, asset, &at->addr);
		}
	}
	keep_subnets(p);
}

/* ---- zones ---- */

/* The VLAN that most of a subnet is in; 0: none. */
static unsigned
main_tag(const struct ot_counts *tags)
{
	uint64_t most = 0;
	unsigned best = 0;

	for (uint32_t i = 0; i < tags->count; i++) {
		unsigned id = 0;

		for (size_t k = 0; k < tags->at[i].text.len; k++)
			id = id * 10 + (unsigned)(tags->at[i].text.p[k] - '0');
		if (tags->at[i].count > most ||
		    (tags->at[i].count == most && id < best)) {
			most = tags->at[i].count;
			best = id;
		}
	}
	return best & 0xfff;
}

static void
join_subnets(struct proposal *p, uint32_t a, uint32_t b)
{
	for (uint32_t i = 0; i < p->subnets.count; i++) {
		struct subnet *s = p->subnets.at[i];

		if (s->zone == (a > b ? a : b))
			s->zone = a < b ? a : b;
	}
}

static uint32_t
zone_of_address(const struct proposal *p, const struct ot_asset *asset,
    enum ot_addr_kind kind)
{
	for (uint32_t i = 0; i < asset->addresses.count; i++) {
		const struct ot_asset_address *at = asset->addresses.at[i];
		const struct subnet *s =
		    at->addr.kind == kind
			? subnet_of(p, site_seen(p, asset), &at->addr)
			: NULL;

		if (s && s->on_link)
			return s->zone;
	}
	return UINT32_MAX;
}

/* Subnets of one VLAN are one zone, and so are the IPv4 and the IPv6 subnet of
 * one host. */
static void
group_subnets(struct proposal *p)
{
	for (uint32_t i = 0; i < p->subnets.count; i++) {
		struct subnet *s = p->subnets.at[i];
		unsigned tag = main_tag(&s->tags);

		s->zone = i;
		for (uint32_t k = 0; tag && k < i; k++) {
			const struct subnet *t = p->subnets.at[k];

			if (main_tag(&t->tags) == tag &&
			    ot_str_eq(t->site, s->site))
				s->zone = t->zone;
		}
	}
	for (uint32_t i = 0; i < p->assets->count; i++) {
		const struct ot_asset *asset = p->assets->at[i];
		uint32_t a, b;

		if (asset->router || !on_link(asset))
			continue;
		a = zone_of_address(p, asset, OT_ADDR_IPV4);
		b = zone_of_address(p, asset, OT_ADDR_IPV6);
		if (a != UINT32_MAX && b != UINT32_MAX && a != b)
			join_subnets(p, a, b);
	}
}

static struct ot_str
text_of(struct proposal *p, struct ot_str site, const char *name)
{
	struct ot_sb sb = { 0 };
	struct ot_str kept;

	ot_sb_add(&sb, site.p, site.len);
	if (site.len)
		ot_sb_putc(&sb, '/');
	ot_sb_puts(&sb, name);
	kept = ot_str_keep(p->arena, ot_sb_str(&sb));
	p->lost |= sb.lost || !kept.p;
	ot_sb_done(&sb);
	return kept;
}

static struct ot_zone_row *
new_zone(struct proposal *p, struct ot_str site, const char *name)
{
	struct ot_zone_row *row = ot_alloc(p->arena, sizeof(*row));

	if (!row || !ot_list_push(p->arena, &p->zones, row)) {
		p->lost = true;
		return NULL;
	}
	row->id = text_of(p, site, name);
	row->name = text_of(p, (struct ot_str){ NULL, 0 }, name);
	row->site = site;
	row->level = -1;
	return row;
}

static void
set_level(struct ot_zone_row *row, int level)
{
	static const char *const kinds[] = { "control", "control",
		"supervision", "operations", "enterprise", "enterprise" };

	if (level < 0 || level > 5)
		return;
	row->level = level;
	row->kind = ot_str(kinds[level]);
}

static void
set_vlan(struct proposal *p, struct ot_zone_row *row, unsigned tag)
{
	row->vlans = ot_alloc_array(p->arena, 1, sizeof(*row->vlans));
	if (!row->vlans) {
		p->lost = true;
		return;
	}
	row->vlans[0] = (uint16_t)tag;
	row->vlan_count = 1;
}

static void
fill_zone(struct proposal *p, struct ot_zone_row *row, uint32_t zone)
{
	bool untagged = false;
	int level = NO_LEVEL;
	unsigned tag = 0;

	row->networks =
	    ot_alloc_array(p->arena, p->subnets.count, sizeof(*row->networks));
	if (!row->networks) {
		p->lost = true;
		return;
	}
	for (uint32_t i = 0; i < p->subnets.count; i++) {
		const struct subnet *s = p->subnets.at[i];

		if (s->zone != zone)
			continue;
		row->networks[row->network_count++] = s->net;
		untagged |= s->untagged || s->tags.count != 1;
		if (!tag)
			tag = main_tag(&s->tags);
		if (s->level < level)
			level = s->level;
	}
	set_level(row, level);
	/* with the tag as a selector only where all that is inside has it */
	if (tag && !untagged)
		set_vlan(p, row, tag);
}

static void
zones_of_subnets(struct proposal *p)
{
	for (uint32_t i = 0; i < p->subnets.count; i++) {
		const struct subnet *s = p->subnets.at[i];
		char name[OT_ADDR_TEXT + 8];
		struct ot_zone_row *row;
		unsigned tag = 0;

		if (s->zone != i)
			continue;
		for (uint32_t k = i; k < p->subnets.count && !tag; k++) {
			const struct subnet *t = p->subnets.at[k];

			if (t->zone == i)
				tag = main_tag(&t->tags);
		}
		if (tag)
			(void)snprintf(name, sizeof(name), "vlan-%u", tag);
		else
			(void)ot_net_print(name, &s->net);
		row = new_zone(p, s->site, name);
		if (row)
			fill_zone(p, row, i);
	}
}

/* ---- things without an IP address ---- */

static bool
layer2_only(const struct ot_asset *asset)
{
	for (uint32_t i = 0; i < asset->addresses.count; i++) {
		const struct ot_asset_address *at = asset->addresses.at[i];

		if (at->addr.kind != OT_ADDR_MAC &&
		    !ot_addr_link_local(&at->addr))
			return false;
	}
	return asset->addresses.count != 0;
}

static bool
zone_has_tag(
    const struct proposal *p, const struct ot_zone_row *row, unsigned tag)
{
	char name[16];

	(void)p;
	(void)snprintf(name, sizeof(name), "vlan-%u", tag);
	return ot_str_eq(row->name, ot_str(name));
}

/* The zone of a VLAN at a site; where there is none, one without networks. */
static struct ot_zone_row *
zone_of_tag(struct proposal *p, struct ot_str site, unsigned tag)
{
	struct ot_zone_row *row;
	char name[16];

	for (uint32_t i = 0; i < p->zones.count; i++) {
		row = p->zones.at[i];
		if (ot_str_eq(row->site, site) && zone_has_tag(p, row, tag))
			return row;
	}
	(void)snprintf(name, sizeof(name), "vlan-%u", tag);
	row = new_zone(p, site, name);
	if (row)
		set_vlan(p, row, tag);
	return row;
}

/* The only zone of a site that stands on a link, or NULL. */
static struct ot_zone_row *
only_zone(const struct proposal *p, struct ot_str site)
{
	struct ot_zone_row *only = NULL;

	for (uint32_t i = 0; i < p->zones.count; i++) {
		struct ot_zone_row *row = p->zones.at[i];

		if (!ot_str_eq(row->site, site))
			continue;
		if (only)
			return NULL;
		only = row;
	}
	return only;
}

static void
add_macs(
    struct proposal *p, struct ot_zone_row *row, const struct ot_asset *asset)
{
	size_t room = row->mac_count + (size_t)asset->addresses.count;
	struct ot_addr *macs = ot_alloc_array(p->arena, room, sizeof(*macs));

	if (!macs) {
		p->lost = true;
		return;
	}
	if (row->mac_count)
		memcpy(macs, row->macs, row->mac_count * sizeof(*macs));
	row->macs = macs;
	for (uint32_t i = 0; i < asset->addresses.count; i++) {
		const struct ot_asset_address *at = asset->addresses.at[i];

		if (at->addr.kind == OT_ADDR_MAC)
			row->macs[row->mac_count++] = at->addr;
	}
	if (level_of(asset) < (row->level < 0 ? NO_LEVEL : row->level))
		set_level(row, level_of(asset));
}

static void
place_layer2(struct proposal *p)
{
	for (uint32_t i = 0; i < p->assets->count; i++) {
		const struct ot_asset *asset = p->assets->at[i];
		struct ot_str site = site_seen(p, asset);
		unsigned tag = main_tag(&asset->vlans);
		struct ot_zone_row *row;

		if (!layer2_only(asset))
			continue;
		row = tag ? zone_of_tag(p, site, tag) : only_zone(p, site);
		if (row)
			add_macs(p, row, asset);
	}
}

/* ---- the whole ---- */

static int
by_zone(const void *a, const void *b)
{
	const struct ot_zone_row *const *x = a, *const *y = b;

	return ot_str_cmp((*x)->id, (*y)->id);
}

static void
keep_zones(struct proposal *p)
{
	struct ot_zone_row *rows =
	    ot_alloc_array(p->arena, (size_t)p->zones.count + 1, sizeof(*rows));

	if (!rows) {
		p->lost = true;
		return;
	}
	if (p->zones.count)
		qsort(
		    p->zones.at, p->zones.count, sizeof(*p->zones.at), by_zone);
	for (uint32_t i = 0; i < p->zones.count; i++)
		rows[i] = *(struct ot_zone_row *)p->zones.at[i];
	p->policy->zones = rows;
	p->policy->zone_count = p->zones.count;
}

bool
ot_propose_zones(struct ot_arena *arena, const struct ot_list *assets,
    const struct ot_store *store, struct ot_policy *policy)
{
	struct proposal p = { .arena = arena,
		.policy = policy,
		.assets = assets,
		.store = store };

	make_sites(&p);
	if (!p.lost)
		make_subnets(&p);
	group_subnets(&p);
	zones_of_subnets(&p);
	place_layer2(&p);
	keep_zones(&p);
	return !p.lost;
}
