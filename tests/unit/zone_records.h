/*
 * Assets and flows of a test of zones, by a few words each.
 */
#ifndef TESTS_UNIT_ZONE_RECORDS_H
#define TESTS_UNIT_ZONE_RECORDS_H

#include <check.h>

#include "model/asset.h"
#include "model/store.h"
#include "zone/zone.h"

static struct ot_store plant;
static struct ot_list plant_assets, plant_zones;

static inline struct ot_addr
addr_of(const char *text)
{
	struct ot_addr addr;

	ck_assert(ot_addr_parse(&addr, ot_str(text)));
	return addr;
}

static inline struct ot_str
absent_or(const char *text)
{
	return text && *text ? ot_str(text) : (struct ot_str){ NULL, 0 };
}

/* An asset of a site, seen by a sensor, with addresses separated by blanks. */
static inline struct ot_asset *
put_asset(
    const char *id, const char *site, const char *sensor, const char *list)
{
	struct ot_asset *asset = ot_alloc(&plant.arena, sizeof(*asset));
	char text[OT_ADDR_TEXT];

	ck_assert_ptr_nonnull(asset);
	asset->id = ot_str(id);
	asset->site = absent_or(site);
	if (sensor)
		ck_assert(ot_counts_add(
		    &plant.arena, &asset->sensors, ot_str(sensor), 1));
	while (*list) {
		size_t len = strcspn(list, " ");
		struct ot_asset_address *at =
		    ot_alloc(&plant.arena, sizeof(*at));

		memcpy(text, list, len);
		text[len] = '\0';
		at->addr = addr_of(text);
		at->packets = 1;
		ck_assert(ot_list_push(&plant.arena, &asset->addresses, at));
		list += len + (list[len] == ' ');
	}
	ck_assert(ot_list_push(&plant.arena, &plant_assets, asset));
	return asset;
}

static inline void
put_end(struct ot_flow_end *end, const char *addr)
{
	end->addr = addr_of(addr);
	end->packets = 5;
	end->bytes = 500;
	end->payload = 100;
}

/* A TCP conversation that was established, ten packets, 1000 bytes. */
static inline struct ot_flow_sum *
put_flow(const char *sensor, unsigned vlan, const char *client,
    const char *server, const char *protocol)
{
	struct ot_flow_sum *flow = ot_store_add(&plant, OT_STORE_FLOW);

	ck_assert_ptr_nonnull(flow);
	flow->sensor = absent_or(sensor);
	if (vlan) {
		flow->network.vlan.count = 1;
		flow->network.vlan.id[0] = (uint16_t)vlan;
	}
	flow->network.transport = OT_TCP;
	flow->network.protocol = ot_str(protocol);
	put_end(&flow->client, client);
	put_end(&flow->server, server);
	flow->server.port = 80;
	flow->connections.established = 2;
	return flow;
}

static inline void
plant_open(void)
{
	plant = (struct ot_store){ .settled = { 0 } };
	plant_assets = plant_zones = (struct ot_list){ .count = 0 };
}

static inline void
plant_close(void)
{
	ot_store_done(&plant);
}

#endif
