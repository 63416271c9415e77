/*
 * Which asset each end of a flow is.
 */
#include "asset/asset.h"

#include "base/map.h"

/* A name in which addresses are unique, and an address, as the bytes of a
 * key: first what kind of name it is. */
enum name { SITE = 's', SENSOR = 'n', ANYWHERE = '*' };

struct index {
	struct ot_map map; /* to struct ot_asset; to the index itself where
			    * several have the address */
	struct ot_arena arena;
	bool lost;
};

static struct ot_str
key_of(struct index *index, enum name kind, struct ot_str name,
    const struct ot_addr *addr)
{
	size_t len = 1 + name.len + sizeof(*addr);
	char *p = ot_alloc(&index->arena, len);

	if (!p) {
		index->lost = true;
		return (struct ot_str){ 0 };
	}
	p[0] = (char)kind;
	if (name.len)
		memcpy(p + 1, name.p, name.len);
	memcpy(p + 1 + name.len, addr, sizeof(*addr));
	return (struct ot_str){ p, len };
}

static void
put(struct index *index, struct ot_str key, struct ot_asset *asset)
{
	void **at = key.p ? ot_map_at(&index->map, key.p, key.len) : NULL;

	if (!at)
		index->lost = true;
	else
		*at = *at && *at != asset ? (void *)index : asset;
}

static void
file_asset(struct index *index, struct ot_asset *asset)
{
	const struct ot_str none = { 0 };

	for (uint32_t i = 0; i < asset->addresses.count; i++) {
		const struct ot_addr *addr =
		    &((struct ot_asset_address *)asset->addresses.at[i])->addr;

		put(index, key_of(index, ANYWHERE, none, addr), asset);
		if (asset->site.len)
			put(index, key_of(index, SITE, asset->site, addr),
			    asset);
		for (uint32_t k = 0; k < asset->sensors.count; k++)
			put(index,
			    key_of(
				index, SENSOR, asset->sensors.at[k].text, addr),
			    asset);
	}
}

static const struct ot_asset *
get(struct index *index, enum name kind, struct ot_str name,
    const struct ot_addr *addr)
{
	struct ot_str key = key_of(index, kind, name, addr);
	const void *found =
	    key.p ? ot_map_get(&index->map, key.p, key.len) : NULL;

	return found == index ? NULL : found;
}

/* The site's; else what this sensor saw of another site's; else whoever alone
 * has the address. */
static struct ot_str
owner_of(struct index *index, const struct ot_flow_sum *flow,
    const struct ot_addr *addr)
{
	const struct ot_asset *asset = NULL;

	if (flow->site.len)
		asset = get(index, SITE, flow->site, addr);
	if (!asset && flow->sensor.len)
		asset = get(index, SENSOR, flow->sensor, addr);
	if (!asset)
		asset = get(index, ANYWHERE, (struct ot_str){ 0 }, addr);
	return asset ? asset->id : (struct ot_str){ 0 };
}

/* An unspecified address is the MAC's that sent most of it. */
static void
label(struct index *index, const struct ot_flow_sum *flow,
    struct ot_flow_end *end)
{
	const struct ot_count *most = NULL;
	struct ot_addr addr = end->addr;

	for (uint32_t i = 0; i < end->mac.count; i++)
		if (!most || end->mac.at[i].count > most->count)
			most = &end->mac.at[i];
	if (ot_addr_unspecified(&addr) &&
	    (!most || !ot_addr_parse(&addr, most->text)))
		return;
	if (!ot_addr_broadcast(&addr) && !ot_addr_multicast(&addr))
		end->asset = owner_of(index, flow, &addr);
}

bool
ot_assets_label(struct ot_store *store, const struct ot_list *assets)
{
	struct ot_list *flows = &store->list[OT_STORE_FLOW];
	struct index index = { 0 };

	for (uint32_t i = 0; i < assets->count; i++)
		file_asset(&index, assets->at[i]);
	for (uint32_t i = 0; i < flows->count; i++) {
		struct ot_flow_sum *flow = flows->at[i];

		label(&index, flow, &flow->client);
		label(&index, flow, &flow->server);
	}
	ot_map_done(&index.map);
	ot_arena_done(&index.arena);
	return !index.lost;
}
