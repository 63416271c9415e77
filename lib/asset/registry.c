/*
 * The registry: what its rows say to be one thing is one, and which row a
 * thing has. A row holds for its site; one without a site for all.
 */
#include "asset/build.h"

/* How much of a row an asset bears: a MAC says most. */
enum { BY_SERIAL = 1, BY_IP = 2, BY_MAC = 4 };

static bool
row_holds(const struct ot_asset_row *row, const struct ot_asset_scope *scope)
{
	/* where no site is known, the row's may be it */
	return row->site.len == 0 || !scope->site ||
	       ot_str_eq(row->site, scope->text);
}

/* All addresses of a row that are here become one node's. */
static void
unite_row(struct ot_asset_build *build, const struct ot_asset_row *row,
    const struct ot_asset_scope *scope)
{
	struct ot_asset_node *first = NULL, *node;

	for (uint32_t i = 0; i < row->ip_count + row->mac_count; i++) {
		const struct ot_addr *addr =
		    i < row->ip_count ? &row->ips[i]
				      : &row->macs[i - row->ip_count];

		node = ot_asset_node(build, scope, addr);
		if (!node || node->scope != scope)
			continue;
		if (first)
			ot_asset_unite(first, node);
		else
			first = node;
	}
}

void
ot_asset_registry_unite(struct ot_asset_build *build)
{
	const struct ot_asset_scope *scope = NULL;

	/* nodes are sorted by scope */
	for (uint32_t i = 0; i < build->nodes.count; i++) {
		const struct ot_asset_node *node = build->nodes.at[i];

		if (node->scope == scope)
			continue;
		scope = node->scope;
		for (uint32_t k = 0; k < build->options->row_count; k++) {
			const struct ot_asset_row *row =
			    &build->options->rows[k];

			/* by guess no two things are made one */
			if (row->site.len == 0 ||
			    ot_str_eq(row->site, scope->text))
				unite_row(build, row, scope);
		}
	}
}

/* Rows by one of their keys, chained. */
struct row_key {
	struct row_key *next;
	const struct ot_asset_row *row;
	unsigned weight;
};

static void
file_row(struct ot_asset_build *build, struct ot_map *map, const void *key,
    size_t len, struct row_key entry)
{
	struct row_key *kept = ot_asset_alloc(build, sizeof(*kept));
	void **at = kept ? ot_map_at(map, key, len) : NULL;

	if (!at) {
		build->lost = true;
		return;
	}
	entry.next = *at;
	*kept = entry;
	*at = kept;
}

static void
file_rows(struct ot_asset_build *build, struct ot_map *map)
{
	for (uint32_t i = 0; i < build->options->row_count; i++) {
		const struct ot_asset_row *row = &build->options->rows[i];

		for (uint32_t k = 0; k < row->ip_count; k++)
			file_row(build, map, &row->ips[k], sizeof(row->ips[k]),
			    (struct row_key){ NULL, row, BY_IP });
		for (uint32_t k = 0; k < row->mac_count; k++)
			file_row(build, map, &row->macs[k],
			    sizeof(row->macs[k]),
			    (struct row_key){ NULL, row, BY_MAC });
		if (row->serial.len)
			file_row(build, map, row->serial.p, row->serial.len,
			    (struct row_key){ NULL, row, BY_SERIAL });
	}
}

/* The rows that a group bears something of; few. */
struct bid {
	const struct ot_asset_row *row;
	unsigned weight;
};

enum { BIDS = 16 };

static uint32_t
bid(struct bid *bids, uint32_t count, const struct row_key *found,
    const struct ot_asset_scope *scope)
{
	for (; found; found = found->next) {
		uint32_t i = 0;

		if (!row_holds(found->row, scope))
			continue;
		while (i < count && bids[i].row != found->row)
			i++;
		if (i == BIDS)
			continue;
		if (i == count)
			bids[count++] = (struct bid){ found->row, 0 };
		bids[i].weight |= found->weight;
	}
	return count;
}

/* Same weight: the smaller id, unless they are of two sites. */
static const struct ot_asset_row *
best_of(const struct bid *bids, uint32_t count)
{
	const struct bid *best = NULL;
	bool torn = false;

	for (uint32_t i = 0; i < count; i++) {
		if (best && bids[i].weight < best->weight)
			continue;
		if (!best || bids[i].weight > best->weight) {
			best = &bids[i];
			torn = false;
			continue;
		}
		torn |= !ot_str_eq(bids[i].row->site, best->row->site);
		if (ot_str_cmp(bids[i].row->id, best->row->id) < 0)
			best = &bids[i];
	}
	return best && !torn ? best->row : NULL;
}

static void
take_row(struct ot_asset_group *g, const struct ot_asset_row *row)
{
	g->row = row;
	g->asset.registry = ot_str(row ? "registered" : "unregistered");
	if (!row)
		return;
	g->asset.importance = row->importance;
	g->asset.owner = row->owner;
	if (row->zone.len) {
		g->asset.zone = row->zone;
		g->asset.zone_by = ot_str("registry");
	}
}

/* What a row says is said by the thing itself: nobody knows better. */
static void
state_row(struct ot_asset_build *build, const struct ot_asset_group *g)
{
	const struct ot_asset_row *row = g->row;
	const struct {
		enum ot_key key;
		struct ot_str value;
	} cells[] = { { OT_K_NAME, row->name }, { OT_K_VENDOR, row->vendor },
		{ OT_K_MODEL, row->model }, { OT_K_FIRMWARE, row->firmware },
		{ OT_K_SERIAL, row->serial } };
	struct ot_asset_statement said = { .node = g->nodes[0],
		.protocol = ot_str("registry"),
		.by = OT_SELF,
		.count = 1 };

	for (size_t i = 0;
	     i < sizeof(cells) / sizeof(*cells) + row->roles.count; i++) {
		struct ot_asset_statement *kept;
		size_t n = sizeof(cells) / sizeof(*cells);

		said.key =
		    ot_str(ot_key_names[i < n ? cells[i].key : OT_K_ROLE]);
		said.value = i < n ? cells[i].value : row->roles.at[i - n];
		if (!said.value.len)
			continue;
		kept = ot_asset_alloc(build, sizeof(*kept));
		if (!kept)
			return;
		*kept = said;
		ot_asset_push(build, &build->statements, kept);
	}
}

/* The smallest serial number that each thing says to have. */
static void
find_serials(struct ot_asset_build *build)
{
	for (uint32_t i = 0; i < build->statements.count; i++) {
		const struct ot_asset_statement *s = build->statements.at[i];
		struct ot_asset_group *g = ot_asset_root(s->node)->group;

		if (g && s->by == OT_SELF && !s->nested.len &&
		    ot_str_eq(s->key, ot_str(ot_key_names[OT_K_SERIAL])) &&
		    (!g->serial.len || ot_str_cmp(s->value, g->serial) < 0))
			g->serial = s->value;
	}
}

void
ot_asset_registry_match(struct ot_asset_build *build)
{
	struct ot_map map = { 0 };

	if (!build->options->row_count)
		return;
	file_rows(build, &map);
	find_serials(build);
	for (uint32_t i = 0; i < build->groups.count; i++) {
		struct ot_asset_group *g = build->groups.at[i];
		struct bid bids[BIDS];
		uint32_t count = 0;

		for (uint32_t k = 0; k < g->node_count; k++)
			count = bid(bids, count,
			    ot_map_get(&map, &g->nodes[k]->addr,
				sizeof(g->nodes[k]->addr)),
			    g->scope);
		if (g->serial.len)
			count = bid(bids, count,
			    ot_map_get(&map, g->serial.p, g->serial.len),
			    g->scope);
		take_row(g, best_of(bids, count));
		if (g->row)
			state_row(build, g);
	}
	ot_map_done(&map);
}
