/*
 * Zones of assets and of ends: DESIGN.md section 4, "Zones", "Kinds" and "A
 * broadcast, multicast or link-local end".
 *
 * Two passes over the records. The first learns what claims each address of a
 * site wherever it was seen there, so that a host that is claimed on its own
 * VLAN is known again behind the router; the second places the ends.
 */
#include "zone/assign.h"

#include "base/err.h"

enum { KEY_ROOM = 256 };

/* An asset while its zone is being found. */
struct member {
	struct ot_asset *asset;
	struct ot_claim bound; /* to the asset itself: registry, MAC, match */
	struct ot_claim claim; /* of all that is known of it at its site */
	struct ot_counts services;
};

/* An address within a site, or a sensor where no site is known. */
struct host {
	struct member *member;
	struct ot_claim claim; /* of the places where it was seen */
};

struct assign {
	struct ot_arena *arena;
	const struct ot_policy *policy;
	struct ot_matcher m;
	struct member *members; /* as many as assets */
	uint32_t member_count;
	struct ot_map by_id; /* struct member */
	struct ot_map hosts; /* struct host */
	struct ot_zone_notes *notes;
	bool lost;
};

/* An end as a record tells of it. */
struct seen {
	const struct ot_scope *scope;
	struct ot_addr
	    addr; /* the MAC for an address that is none of its own */
	const struct ot_counts *mac; /* NULL: not said */
	struct member *member;
	bool behind; /* a router's MAC carries it */
};

/* ---- hosts and members ---- */

static struct host *
host_at(struct assign *a, struct ot_str realm, const struct ot_addr *addr,
    bool make)
{
	char room[KEY_ROOM], *key = room;
	size_t len = sizeof(*addr) + realm.len;
	struct host *host;
	void **at;

	if (make || len > sizeof(room))
		key = ot_alloc(a->arena, len);
	if (!key) {
		a->lost = true;
		return NULL;
	}
	memcpy(key, addr, sizeof(*addr));
	if (realm.len)
		memcpy(key + sizeof(*addr), realm.p, realm.len);
	host = ot_map_get(&a->hosts, key, len);
	if (host || !make)
		return host;
	at = ot_map_at(&a->hosts, key, len);
	host = at ? ot_alloc(a->arena, sizeof(*host)) : NULL;
	if (host)
		*at = host;
	else
		a->lost = true;
	return host;
}

/* The same for one that may be known already, without a new key. */
static struct host *
host_made(struct assign *a, struct ot_str realm, const struct ot_addr *addr)
{
	struct host *host = host_at(a, realm, addr, false);

	return host ? host : host_at(a, realm, addr, true);
}

static void
enter_addresses(struct assign *a, struct member *member, struct ot_str sensor)
{
	struct ot_str site =
	    ot_zone_seen(a->policy, member->asset->site, sensor);
	const struct ot_list *list = &member->asset->addresses;

	for (uint32_t i = 0; i < list->count; i++) {
		const struct ot_asset_address *address = list->at[i];
		struct host *host =
		    host_at(a, site.len ? site : sensor, &address->addr, true);

		if (host && !host->member)
			host->member = member;
	}
}

static void
enter_member(struct assign *a, struct member *member)
{
	const struct ot_asset *asset = member->asset;
	void **at = asset->id.len
			? ot_map_at(&a->by_id, asset->id.p, asset->id.len)
			: NULL;

	if (at && !*at)
		*at = member;
	for (uint32_t i = 0; i < asset->sensors.count; i++)
		enter_addresses(a, member, asset->sensors.at[i].text);
	if (asset->sensors.count == 0)
		enter_addresses(a, member, (struct ot_str){ NULL, 0 });
}

static void
enter_members(struct assign *a, const struct ot_list *assets)
{
	a->members =
	    ot_alloc_array(a->arena, assets->count + 1, sizeof(*a->members));
	if (!a->members) {
		a->lost = true;
		return;
	}
	a->member_count = assets->count;
	for (uint32_t i = 0; i < assets->count; i++) {
		a->members[i].asset = assets->at[i];
		enter_member(a, &a->members[i]);
	}
}

/* ---- an end and who it is ---- */

static bool
is_group(const struct ot_addr *addr)
{
	return ot_addr_broadcast(addr) || ot_addr_multicast(addr);
}

/* The MAC that a set names most often; the smaller of equals. */
static bool
main_mac(const struct ot_counts *macs, struct ot_addr *out)
{
	uint64_t best = 0;

	for (uint32_t i = 0; macs && i < macs->count; i++) {
		struct ot_addr mac;

		if (macs->at[i].count > best &&
		    ot_addr_parse(&mac, macs->at[i].text) &&
		    mac.kind == OT_ADDR_MAC) {
			*out = mac;
			best = macs->at[i].count;
		}
	}
	return best != 0;
}

static struct member *
member_at(struct assign *a, struct ot_str realm, const struct ot_addr *addr)
{
	const struct host *host = host_at(a, realm, addr, false);

	return host ? host->member : NULL;
}

/* Is it a router whose MAC carries the packets of this end? */
static bool
behind_router(struct assign *a, const struct seen *seen)
{
	if (!ot_addr_is_ip(&seen->addr))
		return false;
	for (uint32_t i = 0; seen->mac && i < seen->mac->count; i++) {
		struct ot_addr mac;
		const struct member *via;

		if (!ot_addr_parse(&mac, seen->mac->at[i].text))
			continue;
		via = member_at(a, seen->scope->realm, &mac);
		if (via && via->asset->router && via != seen->member)
			return true;
	}
	return false;
}

/* The asset that the record names, if this address is its own. */
static struct member *
member_of(struct assign *a, struct ot_str id, const struct seen *seen)
{
	struct member *member =
	    id.len ? ot_map_get(&a->by_id, id.p, id.len) : NULL;

	return member ? member : member_at(a, seen->scope->realm, &seen->addr);
}

/* 0.0.0.0, :: and link-local addresses are the MAC's asset. False where there
 * is no end. */
static bool
see(struct assign *a, const struct ot_scope *scope, const struct ot_addr *addr,
    const struct ot_counts *mac, struct ot_str asset, struct seen *seen)
{
	if (!scope || addr->kind == OT_ADDR_NONE)
		return false;
	*seen = (struct seen){ .scope = scope, .addr = *addr, .mac = mac };
	if (ot_addr_unspecified(addr) || ot_addr_link_local(addr))
		(void)main_mac(mac, &seen->addr);
	seen->member = member_of(a, asset, seen);
	seen->behind = behind_router(a, seen);
	return true;
}

/* ---- claims ---- */

static void
claim_macs(struct assign *a, const struct seen *seen, struct ot_claim *claim)
{
	struct ot_addr mac;

	if (seen->addr.kind == OT_ADDR_MAC)
		ot_match_mac(&a->m, seen->scope->site, &seen->addr, claim);
	for (uint32_t i = 0; seen->mac && i < seen->mac->count; i++)
		if (ot_addr_parse(&mac, seen->mac->at[i].text)) {
			ot_match_registry(
			    &a->m, seen->scope->site, &mac, claim);
			ot_match_mac(&a->m, seen->scope->site, &mac, claim);
		}
}

/* What claims the end where it is seen. */
static void
claim_here(struct assign *a, const struct seen *seen, struct ot_claim *claim)
{
	bool on_link = !seen->behind && !ot_addr_public(&seen->addr);

	ot_match_registry(&a->m, seen->scope->site, &seen->addr, claim);
	if (!seen->behind && !ot_addr_public(&seen->addr))
		claim_macs(a, seen, claim);
	if (!ot_addr_unspecified(&seen->addr))
		ot_match_address(
		    &a->m, seen->scope, &seen->addr, on_link, claim);
}

/* ---- first pass ---- */

static void
learn_end(struct assign *a, const struct ot_scope *scope,
    const struct ot_flow_end *end, struct ot_str service)
{
	struct ot_claim claim = { 0 };
	struct seen seen;
	struct host *host;

	if (is_group(&end->addr) ||
	    !see(a, scope, &end->addr, &end->mac, end->asset, &seen))
		return;
	claim_here(a, &seen, &claim);
	host = host_made(a, scope->realm, &seen.addr);
	if (host)
		ot_claim_merge(&a->m, &host->claim, &claim);
	if (service.len && seen.member &&
	    !ot_counts_add(a->arena, &seen.member->services, service, 1))
		a->lost = true;
}

/* A service is the server's; what goes to a group is its publisher's. */
static void
learn_flow(struct assign *a, const struct ot_flow_sum *flow)
{
	const struct ot_scope *scope = ot_matcher_scope(
	    &a->m, flow->site, flow->sensor, &flow->network.vlan);
	bool group = is_group(&flow->server.addr);
	struct ot_str none = { NULL, 0 }, protocol = flow->network.protocol;

	learn_end(a, scope, &flow->client, group ? protocol : none);
	learn_end(a, scope, &flow->server, group ? none : protocol);
}

/* ---- assets ---- */

/* What is bound to the asset itself, wherever it is seen. A MAC is, where the
 * asset has no other: a host with two may stand in two zones. */
static void
bind_member(struct assign *a, struct member *member)
{
	const struct ot_asset *asset = member->asset;
	struct ot_str sensor = asset->sensors.count
				   ? asset->sensors.at[0].text
				   : (struct ot_str){ NULL, 0 };
	struct ot_str site = ot_zone_seen(a->policy, asset->site, sensor);
	const struct ot_addr *only = NULL;
	uint32_t macs = 0;

	ot_match_registry_id(&a->m, asset->id, &member->bound);
	for (uint32_t i = 0; i < asset->addresses.count; i++) {
		const struct ot_asset_address *at = asset->addresses.at[i];

		if (at->addr.kind != OT_ADDR_MAC)
			continue;
		only = &at->addr;
		macs++;
	}
	if (macs == 1) {
		ot_match_registry(&a->m, site, only, &member->bound);
		ot_match_mac(&a->m, site, only, &member->bound);
	}
	ot_match_asset(&a->m, site, asset, &member->services, &member->bound);
}

/* An asset that no flow shows: where its sensors and tags may have seen it. */
static void
claim_unseen(struct assign *a, struct member *member, struct ot_str sensor)
{
	const struct ot_asset *asset = member->asset;
	const struct ot_list *list = &asset->addresses;
	uint32_t tags = asset->vlans.count;

	for (uint32_t k = 0; k < tags || k == 0; k++) {
		struct ot_vlans vlan = { 0 };
		uint32_t id = 0;

		for (size_t i = 0; k < tags && i < asset->vlans.at[k].text.len;
		     i++)
			id = id * 10 +
			     (uint32_t)(asset->vlans.at[k].text.p[i] - '0');
		if (k < tags) {
			vlan.count = 1;
			vlan.id[0] = (uint16_t)(id & 0xfff);
		}
		const struct ot_scope *scope =
		    ot_matcher_scope(&a->m, asset->site, sensor, &vlan);

		for (uint32_t i = 0; scope && i < list->count; i++) {
			const struct ot_asset_address *at = list->at[i];
			struct seen seen = { .scope = scope,
				.addr = at->addr,
				.member = member };

			claim_here(a, &seen, &member->claim);
		}
	}
}

static void
claim_seen(struct assign *a, struct member *member, struct ot_str sensor)
{
	struct ot_str site =
	    ot_zone_seen(a->policy, member->asset->site, sensor);
	const struct ot_list *list = &member->asset->addresses;

	for (uint32_t i = 0; i < list->count; i++) {
		const struct ot_asset_address *at = list->at[i];
		const struct host *host =
		    host_at(a, site.len ? site : sensor, &at->addr, false);

		if (host)
			ot_claim_merge(&a->m, &member->claim, &host->claim);
	}
}

static void
claim_member(struct assign *a, struct member *member)
{
	const struct ot_counts *sensors = &member->asset->sensors;
	const struct ot_count none = { { NULL, 0 }, 0 };
	const struct ot_count *at = sensors->count ? sensors->at : &none;
	uint32_t count = sensors->count ? sensors->count : 1;

	bind_member(a, member);
	for (uint32_t i = 0; i < count; i++)
		claim_seen(a, member, at[i].text);
	for (uint32_t i = 0; member->claim.count == 0 && i < count; i++)
		claim_unseen(a, member, at[i].text);
	ot_claim_merge(&a->m, &member->claim, &member->bound);
}

/* ---- second pass ---- */

static void
put_row(struct ot_zone_end *end, const struct ot_zone_row *row, const char *by)
{
	end->row = row;
	end->zone = row->id;
	end->by = by;
	if (row->site.len)
		end->site = row->site;
}

static void
put_claim(struct ot_zone_end *end, const struct ot_claim *claim, const char *by)
{
	put_row(end, claim->rows[0], by);
	if (claim->count > 1) {
		end->candidates = claim->rows;
		end->candidate_count = claim->count;
	}
}

static void
put_outside(struct ot_zone_end *end, const struct ot_addr *addr)
{
	bool public = ot_addr_public(addr);

	end->zone = ot_str(public ? OT_ZONE_INTERNET : OT_ZONE_UNASSIGNED);
	end->by = public ? "public address" : "outside every zone";
	if (public)
		end->site = (struct ot_str){ NULL, 0 };
}

/* What an asset of the registry is called. */
static struct ot_str
registry_name(struct assign *a, struct ot_str id)
{
	static const char mark[] = "registry:";
	size_t len = sizeof(mark) - 1;
	char *p = ot_alloc(a->arena, len + id.len + 1);

	if (!p) {
		a->lost = true;
		return (struct ot_str){ NULL, 0 };
	}
	memcpy(p, mark, len);
	memcpy(p + len, id.p, id.len);
	return (struct ot_str){ p, len + id.len };
}

/* Claimed by one other site, an end is that site's host and asset. */
static void
adopt(struct assign *a, struct ot_zone_end *end, const struct ot_addr *addr)
{
	const struct member *member = member_at(a, end->row->site, addr);
	const struct ot_asset_row *row =
	    ot_match_registered(&a->m, end->row->site, addr);

	if (member)
		end->asset = member->asset->id;
	else if (row)
		end->asset = registry_name(a, row->id);
}

static void
put_elsewhere(struct assign *a, struct ot_zone_end *end,
    const struct ot_scope *scope, const struct ot_addr *addr)
{
	struct ot_claim claim = { 0 };

	ot_match_elsewhere(&a->m, scope->site, addr, &claim);
	if (claim.count == 0) {
		put_outside(end, addr);
		return;
	}
	put_claim(end, &claim, "network of another site");
	if (claim.count == 1)
		adopt(a, end, addr);
}

/* Two zones that match an asset leave it in none. */
static bool
undecided(const struct ot_claim *claim)
{
	return claim->count > 1 && ot_claim_by(claim) == OT_CLAIM_MATCH;
}

/* A MAC of something that stands in several zones: of which one its frames
 * are, the other end of the link tells. */
static const char on_link_by[] = "one of its zones";

static bool
in_several(const struct seen *seen)
{
	const struct member *member = seen->member;

	return seen->addr.kind == OT_ADDR_MAC && member &&
	       (member->asset->router || member->claim.count > 1);
}

static void
put_end(struct assign *a, const struct seen *seen, struct ot_zone_end *end)
{
	struct ot_claim claim = { 0 };
	const struct host *host;
	bool loose;

	end->site = seen->scope->site;
	if (seen->member)
		end->asset = seen->member->asset->id;
	claim_here(a, seen, &claim);
	host = host_at(a, seen->scope->realm, &seen->addr, false);
	loose = claim.count == 0 && in_several(seen);
	if (claim.count == 0 && host)
		claim = host->claim;
	if (claim.count == 0 && seen->member && !ot_addr_is_ip(&seen->addr))
		claim = seen->member->claim;
	if (seen->member && seen->member->bound.rank > claim.rank)
		claim = seen->member->bound;
	if (claim.count == 0) {
		put_elsewhere(a, end, seen->scope, &seen->addr);
		return;
	}
	if (undecided(&claim)) {
		end->zone = ot_str(OT_ZONE_UNASSIGNED);
		end->by = "several zones match";
		return;
	}
	put_claim(end, &claim, ot_claim_names[ot_claim_by(&claim)]);
	if (loose) {
		end->by = on_link_by;
		end->candidate_count = 0;
		end->candidates = NULL;
	}
}

static void
place(struct assign *a, const struct ot_scope *scope,
    const struct ot_addr *addr, const struct ot_counts *mac,
    struct ot_str asset, struct ot_zone_end *end)
{
	struct seen seen;

	if (is_group(addr)) {
		end->group = true;
		end->by = "group of its sender";
	} else if (see(a, scope, addr, mac, asset, &seen)) {
		put_end(a, &seen, end);
	}
}

/* A group, a link-local neighbour that nothing else places, and the near side
 * of a router are where the other end is. */
static void
follow(struct ot_zone_end *end, const struct ot_addr *addr,
    const struct ot_zone_end *sender)
{
	struct ot_str asset = end->asset;
	bool group = end->group, loose = end->by == on_link_by;

	if (!group && !loose && (end->row || !ot_addr_link_local(addr)))
		return;
	if (sender->group || !sender->zone.len || (loose && !sender->row))
		return;
	*end = *sender;
	end->asset = asset;
	end->group = group;
	end->by = group ? "group of its sender" : "link of the other end";
}

static void
finish_end(struct ot_zone_end *end, const struct ot_addr *addr)
{
	if (end->zone.len || addr->kind == OT_ADDR_NONE)
		return;
	end->zone = ot_str(OT_ZONE_UNASSIGNED);
	end->by = "outside every zone";
}

static void
place_pair(struct ot_zone_end *x, const struct ot_addr *x_addr,
    struct ot_zone_end *y, const struct ot_addr *y_addr)
{
	follow(y, y_addr, x);
	follow(x, x_addr, y);
	finish_end(x, x_addr);
	finish_end(y, y_addr);
}

static void
place_flow(
    struct assign *a, struct ot_flow_sum *flow, struct ot_zone_pair *pair)
{
	const struct ot_scope *scope = ot_matcher_scope(
	    &a->m, flow->site, flow->sensor, &flow->network.vlan);

	place(a, scope, &flow->client.addr, &flow->client.mac,
	    flow->client.asset, &pair->client);
	place(a, scope, &flow->server.addr, &flow->server.mac,
	    flow->server.asset, &pair->server);
	place_pair(&pair->client, &flow->client.addr, &pair->server,
	    &flow->server.addr);
	flow->client.zone = pair->client.zone;
	flow->server.zone = pair->server.zone;
	if (pair->client.asset.len)
		flow->client.asset = pair->client.asset;
	if (pair->server.asset.len)
		flow->server.asset = pair->server.asset;
}

static void
place_event(struct assign *a, const struct ot_event_sum *event,
    struct ot_zone_event *ends)
{
	const struct ot_scope *scope =
	    ot_matcher_scope(&a->m, event->site, event->sensor, &event->vlan);
	struct ot_str none = { NULL, 0 };

	place(a, scope, &event->source, NULL, none, &ends->source);
	place(a, scope, &event->destination, NULL, none, &ends->destination);
	place_pair(&ends->source, &event->source, &ends->destination,
	    &event->destination);
	if (event->attempts.count == 0)
		return;
	ends->attempts = ot_alloc_array(
	    a->arena, event->attempts.count, sizeof(*ends->attempts));
	if (!ends->attempts) {
		a->lost = true;
		return;
	}
	for (uint32_t i = 0; i < event->attempts.count; i++) {
		const struct ot_attempt *attempt = event->attempts.at[i];
		struct ot_zone_end *end = &ends->attempts[i];

		place(a, scope, &attempt->address, NULL, none, end);
		follow(end, &attempt->address, &ends->source);
		finish_end(end, &attempt->address);
	}
}

/* ---- notes ---- */

static struct ot_zone_note *
add_note(struct assign *a, enum ot_zone_trouble trouble)
{
	struct ot_zone_note *note = ot_alloc(a->arena, sizeof(*note));

	if (!note || !ot_list_push(a->arena, &a->notes->notes, note)) {
		a->lost = true;
		return NULL;
	}
	note->trouble = trouble;
	return note;
}

static void
note_asset(struct assign *a, enum ot_zone_trouble trouble,
    const struct ot_asset *asset, const struct ot_claim *claim)
{
	struct ot_zone_note *note = add_note(a, trouble);

	if (!note)
		return;
	note->asset = asset;
	for (uint32_t i = 0; claim && i < claim->count; i++)
		a->lost |=
		    !ot_strings_add(a->arena, &note->zones, claim->rows[i]->id);
}

/* Of rows of equal rank the one in which the asset speaks most. */
static const struct ot_zone_row *
busiest(const struct ot_asset *asset, const struct ot_claim *claim)
{
	const struct ot_zone_row *best = claim->rows[0];
	uint64_t most = 0;

	for (uint32_t i = 0; i < claim->count; i++) {
		uint64_t packets = 0;

		for (uint32_t k = 0; k < asset->addresses.count; k++) {
			const struct ot_asset_address *at =
			    asset->addresses.at[k];

			if (ot_str_eq(at->zone, claim->rows[i]->id))
				packets += at->packets;
		}
		if (packets > most) {
			most = packets;
			best = claim->rows[i];
		}
	}
	return best;
}

/* An asset that nothing of its own site claims: by its addresses. */
static void
settle_outside(struct assign *a, struct ot_asset *asset, struct ot_str site)
{
	struct ot_claim claim = { 0 };
	struct ot_zone_end end = { 0 };
	bool any = false, all_public = true;

	for (uint32_t i = 0; i < asset->addresses.count; i++) {
		const struct ot_asset_address *at = asset->addresses.at[i];

		if (!ot_addr_is_ip(&at->addr))
			continue;
		any = true;
		all_public &= ot_addr_public(&at->addr);
		ot_match_elsewhere(&a->m, site, &at->addr, &claim);
	}
	if (claim.count == 1) {
		put_claim(&end, &claim, "network of another site");
	} else if (claim.count) {
		end.zone = ot_str(OT_ZONE_UNASSIGNED);
		end.by = "several sites claim it";
		note_asset(a, OT_ZONE_CANDIDATES, asset, &claim);
	} else if (any && all_public) {
		end.zone = ot_str(OT_ZONE_INTERNET);
		end.by = "public address";
	} else {
		end.zone = ot_str(OT_ZONE_UNASSIGNED);
		end.by = "outside every zone";
		note_asset(a, OT_ZONE_NO_ZONE, asset, NULL);
	}
	asset->zone = end.zone;
	asset->zone_by = ot_str(end.by);
}

static void
place_addresses(struct assign *a, struct member *member, struct ot_str sensor)
{
	const struct ot_list *list = &member->asset->addresses;
	const struct ot_scope *scope =
	    ot_matcher_scope(&a->m, member->asset->site, sensor, NULL);

	for (uint32_t i = 0; scope && i < list->count; i++) {
		struct ot_asset_address *at = list->at[i];
		struct seen seen = {
			.scope = scope, .addr = at->addr, .member = member
		};
		struct ot_zone_end end = { 0 };

		put_end(a, &seen, &end);
		at->zone = end.zone;
	}
}

static void
settle_member(struct assign *a, struct member *member)
{
	struct ot_asset *asset = member->asset;
	const struct ot_claim *claim = &member->claim;
	struct ot_str sensor = asset->sensors.count
				   ? asset->sensors.at[0].text
				   : (struct ot_str){ NULL, 0 };

	place_addresses(a, member, sensor);
	if (claim->count == 0) {
		settle_outside(
		    a, asset, ot_zone_seen(a->policy, asset->site, sensor));
		return;
	}
	asset->zone_by = ot_str(ot_claim_names[ot_claim_by(claim)]);
	asset->zone = busiest(asset, claim)->id;
	if (undecided(claim)) {
		asset->zone = ot_str(OT_ZONE_UNASSIGNED);
		asset->zone_by = ot_str("several zones match");
	}
	/* a router stands in several zones by what it is */
	if (claim->count > 1 && !asset->router)
		note_asset(a, OT_ZONE_CONFLICT, asset, claim);
}

static bool
sensor_is_bound(
    const struct assign *a, struct ot_str at_site, struct ot_str sensor)
{
	struct ot_str site = ot_zone_seen(a->policy, at_site, sensor);

	for (uint32_t i = 0; i < a->policy->zone_count; i++) {
		const struct ot_zone_row *row = &a->policy->zones[i];
		bool here = row->sensors.count == 0;

		for (uint32_t k = 0; k < row->sensors.count; k++)
			here |= ot_str_glob(row->sensors.at[k], sensor);
		if (here && (row->site.len == 0 || ot_str_eq(row->site, site)))
			return true;
	}
	return false;
}

/* A capture is bound where some row could match what it shows. */
static void
note_capture(struct assign *a, const struct ot_capture_sum *capture)
{
	bool bound = sensor_is_bound(a, capture->site, capture->sensor);

	for (uint32_t i = 0; !bound && i < capture->interfaces.count; i++) {
		const struct ot_capture_interface *at =
		    capture->interfaces.at[i];

		bound = at->sensor.len &&
			sensor_is_bound(a, capture->site, at->sensor);
	}
	struct ot_zone_note *note = bound ? NULL : add_note(a, OT_ZONE_CAPTURE);

	if (note)
		note->capture = capture;
}

/* Is there a tag that no row of the site declares, or a second one where none
 * declares any? */
static bool
undeclared(const struct ot_policy *policy, struct ot_str site,
    const struct ot_vlans *vlan)
{
	bool any = false;

	for (uint32_t i = 0; i < policy->zone_count; i++) {
		const struct ot_zone_row *row = &policy->zones[i];

		if (row->site.len && !ot_str_eq(row->site, site))
			continue;
		any |= row->vlan_count != 0;
		for (uint32_t k = 0; k < row->vlan_count; k++)
			for (unsigned t = 0; t < vlan->count; t++)
				if (row->vlans[k] == vlan->id[t])
					return false;
	}
	return any ? vlan->count > 0 : vlan->count > 1;
}

static bool
strings_have(const struct ot_strings *strings, struct ot_str s)
{
	for (uint32_t i = 0; i < strings->count; i++)
		if (ot_str_eq(strings->at[i], s))
			return true;
	return false;
}

static struct ot_zone_note *
vlan_note(struct assign *a, struct ot_str sensor, const struct ot_vlans *vlan)
{
	const struct ot_list *list = &a->notes->notes;
	struct ot_zone_note *note;

	for (uint32_t i = 0; i < list->count; i++) {
		note = list->at[i];
		if (note->trouble == OT_ZONE_VLAN &&
		    ot_str_eq(note->sensor, sensor) &&
		    ot_vlans_cmp(&note->vlan, vlan) == 0)
			return note;
	}
	note = add_note(a, OT_ZONE_VLAN);
	if (note) {
		note->sensor = sensor;
		note->vlan = *vlan;
	}
	return note;
}

static void
note_vlan(struct assign *a, const struct ot_flow_sum *flow,
    const struct ot_zone_pair *pair)
{
	struct ot_str site = ot_zone_seen(a->policy, flow->site, flow->sensor);
	const struct ot_zone_end *ends[] = { &pair->client, &pair->server };
	struct ot_zone_note *note;

	if (flow->network.vlan.count == 0 || a->policy->zone_count == 0 ||
	    !undeclared(a->policy, site, &flow->network.vlan))
		return;
	note = vlan_note(a, flow->sensor, &flow->network.vlan);
	if (!note)
		return;
	note->packets += flow->client.packets + flow->server.packets;
	ot_evidence_merge(&note->evidence, &flow->evidence);
	for (unsigned i = 0; i < 2; i++)
		if (!strings_have(&note->zones, ends[i]->zone))
			a->lost |= !ot_strings_add(
			    a->arena, &note->zones, ends[i]->zone);
}

/* ---- the whole ---- */

static void
assign(struct assign *a, const struct ot_list *assets, struct ot_store *store)
{
	const struct ot_list *flows = &store->list[OT_STORE_FLOW];
	const struct ot_list *events = &store->list[OT_STORE_EVENT];
	const struct ot_list *captures = &store->list[OT_STORE_CAPTURE];

	enter_members(a, assets);
	for (uint32_t i = 0; i < flows->count; i++)
		learn_flow(a, flows->at[i]);
	for (uint32_t i = 0; i < a->member_count; i++)
		claim_member(a, &a->members[i]);
	for (uint32_t i = 0; i < a->member_count; i++)
		settle_member(a, &a->members[i]);
	for (uint32_t i = 0; i < flows->count; i++) {
		place_flow(a, flows->at[i], &a->notes->flows[i]);
		note_vlan(a, flows->at[i], &a->notes->flows[i]);
	}
	for (uint32_t i = 0; i < events->count; i++)
		place_event(a, events->at[i], &a->notes->events[i]);
	for (uint32_t i = 0; i < captures->count; i++)
		note_capture(a, captures->at[i]);
}

int
ot_zones_assign(struct ot_arena *arena, const struct ot_policy *policy,
    const struct ot_list *assets, struct ot_store *store, struct ot_list *zones,
    struct ot_zone_notes *notes, struct ot_error *error)
{
	static const struct ot_policy none;
	struct assign a = { .arena = arena,
		.policy = policy ? policy : &none,
		.notes = notes };

	*notes = (struct ot_zone_notes){ 0 };
	notes->flows =
	    ot_alloc_array(arena, (size_t)store->list[OT_STORE_FLOW].count + 1,
		sizeof(*notes->flows));
	notes->events =
	    ot_alloc_array(arena, (size_t)store->list[OT_STORE_EVENT].count + 1,
		sizeof(*notes->events));
	ot_matcher_init(&a.m, arena, a.policy);
	if (notes->flows && notes->events)
		assign(&a, assets, store);
	else
		a.lost = true;
	a.lost |= a.m.lost;
	ot_matcher_done(&a.m);
	ot_map_done(&a.by_id);
	ot_map_done(&a.hosts);
	if (!a.lost)
		a.lost = !ot_zones_total(
		    arena, a.policy, assets, store, notes, zones);
	return a.lost ? ot_error_set(error, OT_ERR_MEMORY, "out of memory") : 0;
}
