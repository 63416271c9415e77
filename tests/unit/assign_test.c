/*
 * Zones of assets and ends, and the totals of the zones (zone/assign.c,
 * match.c, row.c, totals.c; DESIGN.md section 4).
 */
#include "folder.h"

#include "suite.h"
#include "zone_records.h"

static struct ot_zone_notes plant_notes;

static void
assign(const struct ot_policy *by)
{
	struct ot_error error;

	plant_zones = (struct ot_list){ .count = 0 };
	ck_assert_int_eq(ot_zones_assign(&plant.arena, by, &plant_assets,
			     &plant, &plant_zones, &plant_notes, &error),
	    0);
}

static void
open_both(void)
{
	folder_open();
	plant_open();
}

static void
close_both(void)
{
	plant_close();
	folder_close();
}

/* Two sites with one address plan, and the rows of a zones.csv. */
static void
rows(const char *csv)
{
	folder_put("zones.csv", csv);
	ck_assert_str_eq(
	    errors_of("{\"otzt\":1,\"sites\":[{\"id\":\"a\",\"sensors\":"
		      "[\"a\",\"a-*\"]},{\"id\":\"b\",\"sensors\":[\"b\"]},"
		      "{\"id\":\"c\",\"sensors\":[\"c\"]}],"
		      "\"zones\":\"zones.csv\"}"),
	    "");
}

static const struct ot_zone_pair *
pair_of(const struct ot_flow_sum *flow)
{
	const struct ot_list *flows = &plant.list[OT_STORE_FLOW];

	for (uint32_t i = 0; i < flows->count; i++)
		if (flows->at[i] == flow)
			return &plant_notes.flows[i];
	ck_abort_msg("no such flow");
}

#define CLIENT(flow, id)                                                       \
	ck_assert_msg(is(pair_of(flow)->client.zone, id), "%.*s",              \
	    (int)pair_of(flow)->client.zone.len, pair_of(flow)->client.zone.p)
#define SERVER(flow, id)                                                       \
	ck_assert_msg(is(pair_of(flow)->server.zone, id), "%.*s",              \
	    (int)pair_of(flow)->server.zone.len, pair_of(flow)->server.zone.p)

static uint32_t
notes_of(enum ot_zone_trouble trouble)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < plant_notes.notes.count; i++)
		n += ((const struct ot_zone_note *)plant_notes.notes.at[i])
			 ->trouble == trouble;
	return n;
}

START_TEST(the_longest_prefix_wins)
{
	struct ot_flow_sum *flow;

	rows("id,site,networks\nwide,a,10.0.0.0/8\nnarrow,a,10.1.0.0/16\n"
	     "host,a,10.1.1.1\n");
	flow = put_flow("a", 0, "10.2.0.1", "10.1.2.1", "http");
	assign(&policy);
	CLIENT(flow, "wide");
	SERVER(flow, "narrow");
	ck_assert(is(flow->client.zone, "wide"));
	flow = put_flow("a", 0, "10.1.1.1", "10.1.2.1", "http");
	assign(&policy);
	CLIENT(flow, "host");
}
END_TEST

START_TEST(tags_then_sensors_break_ties)
{
	struct ot_flow_sum *plain, *tagged, *sensed, *both;

	rows("id,site,networks,vlans,sensors\nn,a,10.0.0.0/8,,\n"
	     "v,a,10.0.0.0/8,7,\ns,a,10.0.0.0/8,,a-1\n");
	plain = put_flow("a", 0, "10.2.0.1", "10.2.0.2", "http");
	tagged = put_flow("a", 7, "10.2.0.3", "10.2.0.4", "http");
	sensed = put_flow("a-1", 0, "10.2.0.5", "10.2.0.6", "http");
	both = put_flow("a-1", 7, "10.2.0.7", "10.2.0.8", "http");
	assign(&policy);
	CLIENT(plain, "n");
	CLIENT(tagged, "v");
	CLIENT(sensed, "s");
	CLIENT(both, "v");
}
END_TEST

START_TEST(all_selectors_of_a_row_must_match)
{
	struct ot_flow_sum *flow;

	rows("id,site,networks,vlans,sensors\nz,a,10.0.0.0/8,7,a-1\n");
	flow = put_flow("a-1", 8, "10.2.0.1", "10.2.0.2", "http");
	assign(&policy);
	CLIENT(flow, "unassigned");
	ck_assert_uint_eq(notes_of(OT_ZONE_VLAN), 1);
}
END_TEST

START_TEST(a_host_is_known_again_behind_the_router)
{
	struct ot_flow_sum *near, *far;

	rows("id,site,networks,vlans\nx,a,10.1.0.0/16,1\n"
	     "y,a,10.2.0.0/16,2\n");
	near = put_flow("a", 1, "10.1.0.1", "10.2.0.1", "http");
	far = put_flow("a", 2, "10.1.0.1", "10.2.0.1", "http");
	assign(&policy);
	CLIENT(near, "x");
	SERVER(near, "y");
	CLIENT(far, "x");
	SERVER(far, "y");
	ck_assert_uint_eq(notes_of(OT_ZONE_VLAN), 0);
}
END_TEST

START_TEST(another_site_is_asked_by_networks_alone)
{
	struct ot_flow_sum *flow;

	rows("id,site,networks,vlans,sensors\nza,a,10.1.0.0/16,,\n"
	     "zb,b,10.2.0.0/16,9,b\n");
	put_asset("srv", "b", "b", "10.2.0.1");
	flow = put_flow("a", 0, "10.1.0.1", "10.2.0.1", "http");
	assign(&policy);
	SERVER(flow, "zb");
	ck_assert(is(pair_of(flow)->server.site, "b"));
	ck_assert(is(flow->server.asset, "srv"));
}
END_TEST

START_TEST(what_two_sites_claim_has_candidates)
{
	struct ot_flow_sum *c, *a;
	const struct ot_zone_end *end;

	rows("id,site,networks\na/f,a,10.20.0.0/24\nb/f,b,10.20.0.0/24\n"
	     "c/g,c,10.1.0.0/16\n");
	put_asset("ip:c/10.20.0.11", "c", "c", "10.20.0.11");
	c = put_flow("c", 0, "10.1.0.1", "10.20.0.11", "http");
	a = put_flow("a", 0, "10.20.0.11", "10.1.0.1", "http");
	assign(&policy);
	end = &pair_of(c)->server;
	SERVER(c, "a/f");
	ck_assert_uint_eq(end->candidate_count, 2);
	ck_assert(is(end->candidates[1]->id, "b/f"));
	CLIENT(a, "a/f");
	ck_assert_uint_eq(pair_of(a)->client.candidate_count, 0);
	SERVER(a, "c/g");
	ck_assert_uint_eq(notes_of(OT_ZONE_CANDIDATES), 1);
	ck_assert(is(
	    ((const struct ot_asset *)plant_assets.at[0])->zone, "unassigned"));
}
END_TEST

START_TEST(public_addresses_are_the_internet)
{
	struct ot_flow_sum *flow;

	rows("id,site,networks,vlans\nz,a,10.0.0.0/8,\nv,a,,5\n");
	flow = put_flow("a", 5, "203.0.113.7", "192.168.7.1", "http");
	assign(&policy);
	CLIENT(flow, "internet");
	SERVER(flow, "v");
	ck_assert_int_eq(ot_zone_level(&policy, ot_str("internet")), 5);
	ck_assert(is(ot_zone_kind(&policy, ot_str("internet")), "external"));
	ck_assert_int_eq(ot_zone_level(&policy, ot_str("unassigned")), -1);
}
END_TEST

START_TEST(a_mac_outranks_networks_but_not_through_a_router)
{
	struct ot_flow_sum *own, *behind;

	rows("id,site,networks,macs\nnet,a,10.1.0.0/16,\n"
	     "mac,a,,00:00:bc:00:00:01 00:00:bc:00:00:02\n");
	put_asset("plc", "a", "a", "10.1.0.5 00:00:bc:00:00:01");
	put_asset("gw", "a", "a", "10.1.0.254 00:00:bc:00:00:02")->router =
	    true;
	own = put_flow("a", 0, "10.1.0.5", "10.1.0.9", "http");
	ck_assert(ot_counts_add(
	    &plant.arena, &own->client.mac, ot_str("00:00:bc:00:00:01"), 1));
	behind = put_flow("a", 0, "10.1.0.7", "10.1.0.254", "http");
	ck_assert(ot_counts_add(
	    &plant.arena, &behind->client.mac, ot_str("00:00:bc:00:00:02"), 1));
	ck_assert(ot_counts_add(
	    &plant.arena, &behind->server.mac, ot_str("00:00:bc:00:00:02"), 1));
	assign(&policy);
	CLIENT(own, "mac");
	CLIENT(behind, "net");
	SERVER(behind, "mac");
	ck_assert(
	    is(((const struct ot_asset *)plant_assets.at[0])->zone, "mac"));
}
END_TEST

START_TEST(the_registry_outranks_all)
{
	struct ot_flow_sum *flow, *other;

	folder_put("zones.csv", "id,site,networks,macs\n"
				"net,a,10.1.0.0/16,00:00:bc:00:00:01\n"
				"far,b,10.1.0.0/16,\nreg,a,,\n");
	folder_put("registry.csv", "id,ip,zone\nplc,10.1.0.5,reg\n");
	ck_assert_str_eq(
	    errors_of("{\"otzt\":1,\"sites\":[{\"id\":\"a\",\"sensors\":"
		      "[\"a\"]},{\"id\":\"b\",\"sensors\":[\"b\"]}],"
		      "\"zones\":\"zones.csv\","
		      "\"assets\":\"registry.csv\"}"),
	    "");
	put_asset("registry:plc", "a", "a", "10.1.0.5 00:00:bc:00:00:01");
	flow = put_flow("a", 0, "10.1.0.5", "10.1.0.9", "http");
	other = put_flow("b", 0, "10.1.0.5", "10.1.0.9", "http");
	assign(&policy);
	CLIENT(flow, "reg");
	ck_assert(is(pair_of(flow)->client.asset, "registry:plc"));
	SERVER(flow, "net");
	CLIENT(other, "far");
}
END_TEST

START_TEST(groups_are_where_their_sender_is)
{
	struct ot_flow_sum *multicast, *broadcast, *local;

	rows("id,site,networks\nz,a,10.1.0.0/16\ny,a,10.2.0.0/16\n");
	put_asset("x", "a", "a", "10.2.0.1 00:00:bc:00:00:01");
	multicast = put_flow("a", 0, "10.1.0.1", "239.1.1.1", "mdns");
	broadcast = put_flow("a", 0, "10.2.0.1", "ff:ff:ff:ff:ff:ff", "x");
	local = put_flow("a", 0, "fe80::1", "ff02::1", "icmp");
	ck_assert(ot_counts_add(
	    &plant.arena, &local->client.mac, ot_str("00:00:bc:00:00:01"), 3));
	assign(&policy);
	SERVER(multicast, "z");
	ck_assert(pair_of(multicast)->server.group);
	SERVER(broadcast, "y");
	CLIENT(local, "y");
	SERVER(local, "y");
}
END_TEST

START_TEST(no_address_is_the_macs_asset)
{
	struct ot_flow_sum *flow;

	rows("id,site,networks\nz,a,10.1.0.0/16\n");
	put_asset("x", "a", "a", "10.1.0.1 00:00:bc:00:00:01");
	flow = put_flow("a", 0, "0.0.0.0", "255.255.255.255", "dhcp");
	ck_assert(ot_counts_add(
	    &plant.arena, &flow->client.mac, ot_str("00:00:bc:00:00:01"), 1));
	assign(&policy);
	CLIENT(flow, "z");
	SERVER(flow, "z");
	ck_assert(is(pair_of(flow)->client.asset, "x"));
}
END_TEST

START_TEST(a_router_answers_in_the_zone_that_asks)
{
	struct ot_flow_sum *x, *y;

	rows("id,site,networks\nz,a,10.1.0.0/16\ny,a,10.2.0.0/16\n");
	put_asset("h", "a", "a", "10.1.0.1 00:00:bc:00:00:01");
	put_asset("i", "a", "a", "10.2.0.1 00:00:bc:00:00:02");
	put_asset("r", "a", "a", "10.1.0.254 10.2.0.254 00:00:bc:00:00:03")
	    ->router = true;
	x = put_flow("a", 0, "00:00:bc:00:00:01", "00:00:bc:00:00:03", "arp");
	y = put_flow("a", 0, "00:00:bc:00:00:02", "00:00:bc:00:00:03", "arp");
	assign(&policy);
	CLIENT(x, "z");
	SERVER(x, "z");
	SERVER(y, "y");
	ck_assert_uint_eq(notes_of(OT_ZONE_CONFLICT), 0);
}
END_TEST

START_TEST(two_matches_leave_an_asset_unassigned)
{
	struct ot_asset *asset;
	struct ot_flow_sum *flow;

	rows("id,site,networks,match\nnet,a,10.0.0.0/8,\np,a,,class=plc\n"
	     "q,a,,class=pl*\n");
	asset = put_asset("x", "a", "a", "10.1.0.1");
	asset->class_ = ot_str("plc");
	flow = put_flow("a", 0, "10.1.0.1", "10.1.0.2", "http");
	assign(&policy);
	CLIENT(flow, "unassigned");
	SERVER(flow, "net");
	ck_assert(is(asset->zone, "unassigned"));
	ck_assert_uint_eq(notes_of(OT_ZONE_CONFLICT), 1);
}
END_TEST

START_TEST(a_host_in_two_zones_is_a_conflict)
{
	struct ot_asset *asset;

	rows("id,site,networks\nz,a,10.1.0.0/16\ny,a,10.2.0.0/16\n");
	asset = put_asset("x", "a", "a", "10.1.0.1 10.2.0.1");
	((struct ot_asset_address *)asset->addresses.at[1])->packets = 9;
	assign(&policy);
	ck_assert(is(asset->zone, "y"));
	ck_assert(
	    is(((struct ot_asset_address *)asset->addresses.at[0])->zone, "z"));
	ck_assert_uint_eq(notes_of(OT_ZONE_CONFLICT), 1);
}
END_TEST

START_TEST(a_capture_without_a_zone)
{
	struct ot_capture_sum *capture;

	rows("id,site,networks,sensors\nz,a,10.1.0.0/16,a-*\n");
	capture = ot_store_add(&plant, OT_STORE_CAPTURE);
	capture->sensor = ot_str("b");
	capture = ot_store_add(&plant, OT_STORE_CAPTURE);
	capture->sensor = ot_str("a-7");
	assign(&policy);
	ck_assert_uint_eq(notes_of(OT_ZONE_CAPTURE), 1);
}
END_TEST

START_TEST(attempts_have_zones_too)
{
	struct ot_event_sum *event;
	struct ot_attempt attempts[2] = {
		{ .address = addr_of("10.2.0.9"), .packets = 3, .bytes = 180 },
		{ .address = addr_of("8.8.8.8"), .packets = 1, .bytes = 60 },
	};

	rows("id,site,networks\nz,a,10.1.0.0/16\ny,a,10.2.0.0/16\n");
	event = ot_store_add(&plant, OT_STORE_EVENT);
	event->sensor = ot_str("a");
	event->kind = ot_str("attempts");
	event->source = addr_of("10.1.0.1");
	for (unsigned i = 0; i < 2; i++)
		ck_assert(
		    ot_list_push(&plant.arena, &event->attempts, &attempts[i]));
	assign(&policy);
	ck_assert(is(plant_notes.events[0].source.zone, "z"));
	ck_assert(is(plant_notes.events[0].attempts[0].zone, "y"));
	ck_assert(is(plant_notes.events[0].attempts[1].zone, "internet"));
}
END_TEST

static const struct ot_zone_sum *
total_of(const char *id)
{
	struct ot_zone_sum key = { .id = ot_str(id) };

	return ot_list_find(&ot_zone_shape, &plant_zones, &key);
}

START_TEST(totals)
{
	rows("id,site,networks,kind,level\nz,a,10.1.0.0/16,control,1\n"
	     "y,a,10.2.0.0/16,,\n");
	put_asset("x", "a", "a", "10.1.0.1");
	put_flow("a", 0, "10.1.0.1", "10.1.0.2", "http");
	put_flow("a", 0, "10.1.0.1", "8.8.8.8", "http");
	assign(&policy);
	ck_assert_uint_eq(plant_zones.count, 3);
	ck_assert_uint_eq(total_of("z")->packets, 20);
	ck_assert_uint_eq(total_of("z")->bytes, 2000);
	ck_assert_uint_eq(total_of("z")->inside_bytes, 1000);
	ck_assert(is(total_of("z")->level, "1"));
	ck_assert_uint_eq(total_of("z")->line, 2);
	ck_assert_uint_eq(total_of("z")->assets.count, 1);
	ck_assert_uint_eq(total_of("y")->packets, 0);
	ck_assert_uint_eq(total_of("internet")->bytes, 1000);
	ck_assert_ptr_null(total_of("unassigned"));
}
END_TEST

START_TEST(without_a_policy)
{
	struct ot_flow_sum *flow =
	    put_flow(NULL, 0, "10.1.0.1", "8.8.8.8", "http");

	assign(NULL);
	CLIENT(flow, "unassigned");
	SERVER(flow, "internet");
}
END_TEST

START_TEST(one_site_without_sensors_has_all)
{
	struct ot_flow_sum *flow;

	ck_assert_str_eq(
	    errors_of("{\"otzt\":1,\"sites\":[{\"id\":\"a\"}],\"zones\":["
		      "{\"id\":\"z\",\"site\":\"a\","
		      "\"vlans\":[3]}]}"),
	    "");
	flow = put_flow("any", 3, "10.1.0.1", "10.1.0.2", "http");
	assign(&policy);
	CLIENT(flow, "z");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		the_longest_prefix_wins,
		tags_then_sensors_break_ties,
		all_selectors_of_a_row_must_match,
		a_host_is_known_again_behind_the_router,
		another_site_is_asked_by_networks_alone,
		what_two_sites_claim_has_candidates,
		public_addresses_are_the_internet,
		a_mac_outranks_networks_but_not_through_a_router,
		the_registry_outranks_all,
		groups_are_where_their_sender_is,
		no_address_is_the_macs_asset,
		a_router_answers_in_the_zone_that_asks,
		two_matches_leave_an_asset_unassigned,
		a_host_in_two_zones_is_a_conflict,
		a_capture_without_a_zone,
		attempts_have_zones_too,
		totals,
		without_a_policy,
		one_site_without_sensors_has_all,
	};

	return RUN("assign", tests, open_both, close_both);
}
