/*
 * Tables of flows, assets and zones for a terminal.
 */
#include "base/vocab.h"
#include "render/columns.h"
#include "render/text.h"
#include "render/view.h"

#define COLUMNS(of) .column = of, .width = sizeof(of) / sizeof((of)[0])

static void
add_addr(struct ot_columns *table, const struct ot_addr *addr)
{
	char text[OT_ADDR_TEXT];

	ot_columns_add(table,
	    (struct ot_str){ text, ot_addr_print(text, addr) }, OT_PLAIN);
}

static void
add_flow(struct ot_columns *table, const struct ot_flow_sum *flow)
{
	struct ot_sb sb = { .p = NULL };

	add_addr(table, &flow->client.addr);
	add_addr(table, &flow->server.addr);
	ot_view_port(&sb, flow->network.transport, flow->server.port);
	ot_columns_take(table, &sb, OT_PLAIN);
	ot_columns_add(table, flow->network.protocol, OT_BOLD);
	ot_columns_u64(table, flow->client.packets + flow->server.packets);
	ot_view_bytes(&sb, flow->client.bytes + flow->server.bytes);
	ot_columns_take(table, &sb, OT_PLAIN);
	ot_view_verbs(&sb, ot_view_flow_verbs(flow));
	ot_columns_take(table, &sb, OT_PLAIN);
	ot_columns_add(
	    table, ot_str(ot_named_by_names[flow->named_by]), OT_DIM);
	ot_sb_done(&sb);
}

void
ot_text_flows(struct ot_render *render)
{
	static const struct ot_column columns[] = { { "CLIENT", 40, false },
		{ "SERVER", 40, false }, { "SERVICE", 0, false },
		{ "PROTOCOL", 16, false }, { "PACKETS", 0, true },
		{ "BYTES", 0, true }, { "VERBS", 40, false },
		{ "NAMED BY", 0, false } };
	struct ot_columns table = { .render = render, COLUMNS(columns) };
	const struct ot_list *flows =
	    &render->report->store->list[OT_STORE_FLOW];

	for (uint32_t i = 0; i < flows->count; i++)
		add_flow(&table, flows->at[i]);
	ot_columns_print(&table);
}

/* IP addresses first: the list of an asset has them before its MACs. */
static void
add_addresses(struct ot_columns *table, const struct ot_asset *asset)
{
	struct ot_sb sb = { .p = NULL };

	for (uint32_t i = 0; i < asset->addresses.count; i++) {
		const struct ot_asset_address *at = asset->addresses.at[i];
		char text[OT_ADDR_TEXT];

		ot_addr_print(text, &at->addr);
		if (i)
			ot_sb_putc(&sb, ' ');
		ot_sb_puts(&sb, text);
	}
	ot_columns_take(table, &sb, OT_PLAIN);
	ot_sb_done(&sb);
}

static void
add_roles(struct ot_columns *table, const struct ot_asset *asset)
{
	struct ot_sb sb = { .p = NULL };

	for (uint32_t i = 0; i < asset->roles.count; i++) {
		const struct ot_role *role = asset->roles.at[i];

		if (i)
			ot_sb_putc(&sb, ' ');
		ot_sb_add(&sb, role->role.p, role->role.len);
	}
	ot_columns_take(table, &sb, OT_PLAIN);
	ot_sb_done(&sb);
}

static void
add_asset(struct ot_columns *table, const struct ot_asset *asset)
{
	ot_columns_add(table, ot_view_asset(asset), OT_BOLD);
	add_addresses(table, asset);
	ot_columns_add(table, ot_asset_get(asset, "vendor"), OT_PLAIN);
	ot_columns_add(table, ot_asset_get(asset, "model"), OT_PLAIN);
	ot_columns_add(table, ot_asset_get(asset, "firmware"), OT_PLAIN);
	ot_columns_add(table, asset->class_, OT_PLAIN);
	ot_columns_add(table, asset->level, OT_PLAIN);
	add_roles(table, asset);
	ot_columns_add(table, asset->zone, OT_PLAIN);
}

void
ot_text_assets(struct ot_render *render)
{
	static const struct ot_column columns[] = { { "ASSET", 32, false },
		{ "ADDRESSES", 44, false }, { "VENDOR", 24, false },
		{ "MODEL", 24, false }, { "FIRMWARE", 16, false },
		{ "CLASS", 16, false }, { "LEVEL", 0, true },
		{ "ROLES", 32, false }, { "ZONE", 32, false } };
	struct ot_columns table = { .render = render, COLUMNS(columns) };
	const struct ot_list *assets = render->report->assets;

	for (uint32_t i = 0; i < assets->count; i++)
		add_asset(&table, assets->at[i]);
	ot_columns_print(&table);
}

static void
add_zone(struct ot_columns *table, const struct ot_zone_sum *zone)
{
	struct ot_sb sb = { .p = NULL };

	ot_columns_add(table, zone->id, OT_BOLD);
	ot_columns_add(table, zone->kind, OT_PLAIN);
	ot_columns_add(table, zone->level, OT_PLAIN);
	ot_columns_add(table, zone->importance, OT_PLAIN);
	ot_columns_u64(table, zone->assets.count);
	ot_view_bytes(&sb, zone->bytes);
	ot_columns_take(table, &sb, OT_PLAIN);
	ot_view_bytes(&sb, zone->inside_bytes);
	ot_columns_take(table, &sb, OT_PLAIN);
	ot_view_place(&sb, zone->file, zone->line);
	if (zone->proposed)
		ot_sb_puts(&sb, "proposed");
	ot_columns_take(table, &sb, OT_DIM);
	ot_sb_done(&sb);
}

void
ot_text_zones(struct ot_render *render)
{
	static const struct ot_column columns[] = { { "ZONE", 40, false },
		{ "KIND", 0, false }, { "LEVEL", 0, true },
		{ "IMPORTANCE", 0, false }, { "ASSETS", 0, true },
		{ "BYTES", 0, true }, { "INSIDE", 0, true },
		{ "DECLARED", 64, false } };
	struct ot_columns table = { .render = render, COLUMNS(columns) };
	const struct ot_list *zones = render->report->zones;

	for (uint32_t i = 0; i < zones->count; i++)
		add_zone(&table, zones->at[i]);
	ot_columns_print(&table);
	ot_sb_putc(&render->sb, '\n');
	ot_table_crossings(render);
}
