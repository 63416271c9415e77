/*
 * Selectors: what the rows of a policy claim, and how strongly. DESIGN.md
 * section 4: registry, MAC, /32 or /128, match, longest prefix, then with VLAN
 * before without, then with sensor before without.
 */
#include "zone/match.h"

#include "zone/zone.h"

const char *const ot_claim_names[] = { "none", "longest prefix", "match",
	"host address", "MAC address", "registry", NULL };

/* Rows of the registry that give a zone to one address of one site, or to one
 * id (under an address of no kind). */
struct ot_registered {
	const struct ot_asset_row *row;
	struct ot_registered *next;
};

enum { KEY_MAX = 512 };

static const struct ot_addr no_address;

/* A key of a table, in the arena: a text and some bytes. NULL without memory.
 */
static const char *
key_of(struct ot_arena *arena, struct ot_str text, const void *p, size_t len,
    size_t *key_len)
{
	char *key = ot_alloc(arena, text.len + len + 1);

	if (!key)
		return NULL;
	memcpy(key, p, len);
	if (text.len)
		memcpy(key + len, text.p, text.len);
	*key_len = text.len + len;
	return key;
}

static void
enter(struct ot_matcher *m, const struct ot_asset_row *row, struct ot_str text,
    const struct ot_addr *addr)
{
	struct ot_registered *entry = ot_alloc(m->arena, sizeof(*entry));
	size_t len = 0;
	const char *key = key_of(m->arena, text, addr, sizeof(*addr), &len);
	void **at = key && entry ? ot_map_at(&m->registry, key, len) : NULL;

	if (!at) {
		m->lost = true;
		return;
	}
	*entry = (struct ot_registered){ row, *at };
	*at = entry;
}

void
ot_matcher_init(struct ot_matcher *m, struct ot_arena *arena,
    const struct ot_policy *policy)
{
	*m = (struct ot_matcher){ .arena = arena, .policy = policy };
	for (uint32_t i = policy->asset_count; i-- > 0;) {
		const struct ot_asset_row *row = &policy->assets[i];

		if (row->zone.len == 0)
			continue;
		enter(m, row, row->id, &no_address);
		for (uint32_t k = 0; k < row->ip_count; k++)
			enter(m, row, row->site, &row->ips[k]);
		for (uint32_t k = 0; k < row->mac_count; k++)
			enter(m, row, row->site, &row->macs[k]);
	}
}

void
ot_matcher_done(struct ot_matcher *m)
{
	ot_map_done(&m->scopes);
	ot_map_done(&m->registry);
}

/* ---- claims ---- */

void
ot_claim_add(struct ot_matcher *m, struct ot_claim *claim, uint32_t rank,
    const struct ot_zone_row *row)
{
	if (rank < claim->rank)
		return;
	if (rank > claim->rank) {
		claim->rank = rank;
		claim->count = claim->room = 0;
	}
	for (uint32_t i = 0; i < claim->count; i++)
		if (claim->rows[i] == row)
			return;
	if (claim->count == claim->room) {
		uint32_t room = claim->room ? claim->room * 2 : 1;
		const struct ot_zone_row **rows =
		    ot_alloc_array(m->arena, room, sizeof(const void *));

		if (!rows) {
			m->lost = true;
			return;
		}
		for (uint32_t i = 0; i < claim->count; i++)
			rows[i] = claim->rows[i];
		claim->rows = rows;
		claim->room = room;
	}
	claim->rows[claim->count++] = row;
}

void
ot_claim_merge(
    struct ot_matcher *m, struct ot_claim *into, const struct ot_claim *from)
{
	for (uint32_t i = 0; i < from->count; i++)
		ot_claim_add(m, into, from->rank, from->rows[i]);
}

static uint32_t
rank_of(enum ot_claim_by by, uint32_t finer)
{
	return (uint32_t)by << 16 | finer;
}

/* ---- scopes ---- */

static bool
tag_declared(const struct ot_zone_row *row, const struct ot_vlans *vlan)
{
	for (unsigned i = 0; i < vlan->count; i++)
		for (uint32_t k = 0; k < row->vlan_count; k++)
			if (row->vlans[k] == vlan->id[i])
				return true;
	return false;
}

static bool
sensor_declared(const struct ot_zone_row *row, struct ot_str sensor)
{
	for (uint32_t i = 0; i < row->sensors.count; i++)
		if (ot_str_glob(row->sensors.at[i], sensor))
			return true;
	return false;
}

/* A row without a site is a row of any site. */
static bool
of_site(const struct ot_zone_row *row, struct ot_str site)
{
	return row->site.len == 0 || ot_str_eq(row->site, site);
}

static bool
can_match(const struct ot_zone_row *row, const struct ot_scope *scope)
{
	return of_site(row, scope->site) &&
	       (row->vlan_count == 0 || tag_declared(row, &scope->vlan)) &&
	       (row->sensors.count == 0 || sensor_declared(row, scope->sensor));
}

static struct ot_scope *
new_scope(struct ot_matcher *m, struct ot_str site, struct ot_str sensor,
    const struct ot_vlans *vlan)
{
	const struct ot_policy *policy = m->policy;
	struct ot_scope *scope = ot_alloc(m->arena, sizeof(*scope));
	size_t count = 0;

	if (!scope)
		return NULL;
	scope->site = ot_zone_seen(policy, site, sensor);
	scope->sensor = sensor;
	scope->realm = scope->site.len ? scope->site : sensor;
	if (vlan)
		scope->vlan = *vlan;
	scope->rows = ot_alloc_array(
	    m->arena, (size_t)policy->zone_count + 1, sizeof(const void *));
	if (!scope->rows)
		return NULL;
	for (uint32_t i = 0; i < policy->zone_count; i++)
		if (can_match(&policy->zones[i], scope))
			scope->rows[count++] = &policy->zones[i];
	return scope;
}

const struct ot_scope *
ot_matcher_scope(struct ot_matcher *m, struct ot_str site, struct ot_str sensor,
    const struct ot_vlans *vlan)
{
	struct ot_sb sb = { 0 };
	size_t len = 0;
	const char *key;
	void **at;

	ot_sb_add(&sb, site.p, site.len);
	ot_sb_putc(&sb, '\0');
	ot_sb_add(&sb, sensor.p, sensor.len);
	ot_sb_putc(&sb, '\0');
	if (vlan)
		for (unsigned i = 0; i < vlan->count; i++)
			ot_sb_printf(&sb, "%u ", vlan->id[i]);
	struct ot_scope *known =
	    sb.lost ? NULL : ot_map_get(&m->scopes, sb.p, sb.len);

	if (!known && !sb.lost) {
		key = key_of(m->arena, ot_sb_str(&sb), "", 0, &len);
		known = key ? new_scope(m, site, sensor, vlan) : NULL;
		at = known ? ot_map_at(&m->scopes, key, len) : NULL;
		if (at)
			*at = known;
		else
			known = NULL;
	}
	ot_sb_done(&sb);
	if (!known)
		m->lost = true;
	return known;
}

/* ---- selectors ---- */

/* The finer order of a prefix: its length, a row without networks below all
 * of them; with tags before without; with sensors before without. */
static void
claim_prefix(struct ot_matcher *m, const struct ot_zone_row *row,
    uint32_t length, bool whole, struct ot_claim *claim)
{
	enum ot_claim_by by = whole ? OT_CLAIM_HOST : OT_CLAIM_PREFIX;
	uint32_t finer = length << 2;

	if (row->vlan_count)
		finer |= 2;
	if (row->sensors.count)
		finer |= 1;
	ot_claim_add(m, claim, rank_of(by, finer), row);
}

/* Claim by the longest network of a row that holds the address. */
static void
claim_networks(struct ot_matcher *m, const struct ot_zone_row *row,
    const struct ot_addr *addr, struct ot_claim *claim)
{
	unsigned all = addr->kind == OT_ADDR_IPV4 ? 32 : 128;
	int longest = -1;

	for (uint32_t i = 0; i < row->network_count; i++)
		if (ot_net_has(&row->networks[i], addr) &&
		    row->networks[i].bits > longest)
			longest = row->networks[i].bits;
	if (longest >= 0)
		claim_prefix(m, row, (uint32_t)longest + 1,
		    (unsigned)longest == all, claim);
}

void
ot_match_address(struct ot_matcher *m, const struct ot_scope *scope,
    const struct ot_addr *addr, bool on_link, struct ot_claim *claim)
{
	for (const struct ot_zone_row **row = scope->rows; *row; row++) {
		if ((*row)->network_count)
			claim_networks(m, *row, addr, claim);
		else if (on_link &&
			 ((*row)->vlan_count || (*row)->sensors.count))
			claim_prefix(m, *row, 0, false, claim);
	}
}

void
ot_match_mac(struct ot_matcher *m, struct ot_str site,
    const struct ot_addr *mac, struct ot_claim *claim)
{
	for (uint32_t i = 0; i < m->policy->zone_count; i++) {
		const struct ot_zone_row *row = &m->policy->zones[i];

		for (uint32_t k = 0; k < row->mac_count; k++)
			if (of_site(row, site) &&
			    ot_addr_eq(&row->macs[k], mac))
				ot_claim_add(
				    m, claim, rank_of(OT_CLAIM_MAC, 0), row);
	}
}

static const struct ot_registered *
registered(
    const struct ot_matcher *m, struct ot_str site, const struct ot_addr *addr)
{
	char key[KEY_MAX];

	if (site.len + sizeof(*addr) > sizeof(key))
		return NULL;
	memcpy(key, addr, sizeof(*addr));
	if (site.len)
		memcpy(key + sizeof(*addr), site.p, site.len);
	return ot_map_get(&m->registry, key, sizeof(*addr) + site.len);
}

static void
claim_registered(struct ot_matcher *m, const struct ot_asset_row *row,
    struct ot_claim *claim)
{
	const struct ot_zone_row *zone = ot_zone_row(m->policy, row->zone);

	if (zone)
		ot_claim_add(m, claim, rank_of(OT_CLAIM_REGISTRY, 0), zone);
}

void
ot_match_registry(struct ot_matcher *m, struct ot_str site,
    const struct ot_addr *addr, struct ot_claim *claim)
{
	for (const struct ot_registered *r = registered(m, site, addr); r;
	     r = r->next)
		claim_registered(m, r->row, claim);
	if (site.len == 0)
		return;
	for (const struct ot_registered *r = registered(m, ot_str(""), addr); r;
	     r = r->next)
		claim_registered(m, r->row, claim);
}

const struct ot_asset_row *
ot_match_registered(
    const struct ot_matcher *m, struct ot_str site, const struct ot_addr *addr)
{
	const struct ot_registered *r = registered(m, site, addr);

	return r ? r->row : NULL;
}

/* An asset of the registry is called "registry:ID", or "registry:SITE/ID". */
static struct ot_str
registry_id(struct ot_str id, bool with_site)
{
	static const char mark[] = "registry:";
	size_t len = sizeof(mark) - 1;
	const char *slash;

	if (id.len <= len || memcmp(id.p, mark, len) != 0)
		return with_site ? (struct ot_str){ NULL, 0 } : id;
	id = (struct ot_str){ id.p + len, id.len - len };
	slash = with_site ? memchr(id.p, '/', id.len) : NULL;
	if (slash) {
		len = (size_t)(slash - id.p) + 1;
		id = (struct ot_str){ id.p + len, id.len - len };
	}
	return id;
}

void
ot_match_registry_id(
    struct ot_matcher *m, struct ot_str id, struct ot_claim *claim)
{
	const struct ot_registered *r =
	    registered(m, registry_id(id, false), &no_address);

	if (!r)
		r = registered(m, registry_id(id, true), &no_address);
	for (; r; r = r->next)
		claim_registered(m, r->row, claim);
}

/* ---- other sites ---- */

static void
claim_at(struct ot_matcher *m, struct ot_str site, const struct ot_addr *addr,
    struct ot_claim *claim)
{
	for (uint32_t i = 0; i < m->policy->zone_count; i++) {
		const struct ot_zone_row *row = &m->policy->zones[i];

		if (ot_str_eq(row->site, site))
			claim_networks(m, row, addr, claim);
	}
	for (const struct ot_registered *r = registered(m, site, addr); r;
	     r = r->next)
		claim_registered(m, r->row, claim);
}

void
ot_match_elsewhere(struct ot_matcher *m, struct ot_str site,
    const struct ot_addr *addr, struct ot_claim *claim)
{
	if (!ot_addr_is_ip(addr))
		return;
	for (uint32_t i = 0; i < m->policy->site_count; i++) {
		struct ot_str other = m->policy->sites[i].id;
		struct ot_claim there = { 0 };

		if (ot_str_eq(other, site))
			continue;
		claim_at(m, other, addr, &there);
		/* no site is stronger than another */
		for (uint32_t k = 0; k < there.count; k++)
			ot_claim_add(m, claim, rank_of(OT_CLAIM_PREFIX, 0),
			    there.rows[k]);
	}
}
