/*
 * A plant of two zones, made by hand, for the tests of lib/policy and
 * lib/check: s/office is 10.1.0.0/24, s/factory 10.2.0.0/24.
 */
#ifndef OT_TESTS_PLANT_H
#define OT_TESTS_PLANT_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "check/run.h"
#include "policy/crossing.h"
#include "suite.h"

enum { ROWS = 32 };

struct plant {
	struct ot_arena arena;
	struct ot_store store;
	struct ot_policy policy;
	struct ot_zone_row zones[2];
	struct ot_net nets[2];
	struct ot_site_row site;
	struct ot_conduit_row conduits[ROWS];
	struct ot_service_row services[ROWS];
	struct ot_asset_row rows[ROWS];
	struct ot_waiver_row waivers[ROWS];
	struct ot_list assets, zone_sums, crossings;
	struct ot_zone_notes notes;
	struct ot_catalogue catalogue;
	struct ot_check_result result;
	int64_t report_ns;
};

static const int64_t plant_time = INT64_C(1767225600) * OT_SECOND_NS;

static inline struct ot_addr
plant_addr(const char *text)
{
	struct ot_addr a;

	ck_assert(ot_addr_parse(&a, ot_str(text)));
	return a;
}

static inline void
plant_zone(struct plant *p, unsigned i, const char *id, const char *name,
    const char *kind, const char *net)
{
	const char *why;

	ck_assert(ot_net_parse(&p->nets[i], ot_str(net), &why));
	p->zones[i] = (struct ot_zone_row){
		.at = { ot_str("p/zones.csv"), 2 + i, 1, 2 + i, 40 },
		.id = ot_str(id),
		.site = ot_str("s"),
		.name = ot_str(name),
		.kind = ot_str(kind),
		.level = 1,
		.networks = &p->nets[i],
		.network_count = 1,
	};
}

static inline void
plant_begin(struct plant *p)
{
	*p = (struct plant){ .report_ns = OT_TIME_NONE };
	plant_zone(p, 0, "s/office", "Office", "enterprise", "10.1.0.0/24");
	plant_zone(p, 1, "s/factory", "Factory", "control", "10.2.0.0/24");
	p->site = (struct ot_site_row){ .id = ot_str("s"),
		.name = ot_str("S"),
		.timezone = ot_str("UTC"),
		.owner = ot_str("o") };
	p->policy.name = ot_str("test");
	p->policy.sites = &p->site;
	p->policy.site_count = 1;
	p->policy.zones = p->zones;
	p->policy.zone_count = 2;
	p->policy.conduits = p->conduits;
	p->policy.assets = p->rows;
	p->policy.waivers = p->waivers;
}

static inline void
plant_done(struct plant *p)
{
	ot_store_done(&p->store);
	ot_arena_done(&p->arena);
}

/* service: a protocol, or NULL for any. */
static inline struct ot_conduit_row *
plant_conduit(struct plant *p, const char *id, const char *from, const char *to,
    const char *service, uint32_t verbs)
{
	uint32_t i = p->policy.conduit_count++;
	struct ot_conduit_row *row = &p->conduits[i];

	ck_assert_uint_lt(i, ROWS);
	*row = (struct ot_conduit_row){
		.at = { ot_str("p/conduits.csv"), 2 + i, 1, 2 + i, 20 },
		.id = ot_str(id),
		.from = ot_str(from),
		.to = ot_str(to),
		.verbs = verbs,
		.owner = ot_str("o"),
		.reason = ot_str("r"),
		.expires_ns = OT_TIME_NONE,
	};
	if (service) {
		p->services[i] = (struct ot_service_row){
			.kind = OT_SERVICE_PROTOCOL,
			.text = ot_str(service),
			.protocol = ot_str(service),
		};
		row->services = &p->services[i];
		row->service_count = 1;
	}
	return row;
}

static inline void
plant_ports(struct plant *p, struct ot_conduit_row *row, uint8_t transport,
    uint32_t first, uint32_t last)
{
	uint32_t i = (uint32_t)(row - p->conduits);

	p->services[i] = (struct ot_service_row){ .kind = OT_SERVICE_PORT,
		.transport = transport,
		.first = first,
		.last = last };
	row->services = &p->services[i];
	row->service_count = 1;
}

static inline void
plant_object(struct plant *p, struct ot_conduit_row *row, const char *object)
{
	ck_assert(ot_strings_add(&p->arena, &row->objects, ot_str(object)));
}

/* A TCP conversation on port 502, one connection, payload both ways. */
static inline struct ot_flow_sum *
plant_flow(struct plant *p, const char *client, const char *server,
    const char *protocol)
{
	struct ot_flow_sum *f = ot_store_add(&p->store, OT_STORE_FLOW);
	struct ot_place place = {
		.time_ns = plant_time, .file = ot_str("a.pcap"), .frame = 7
	};

	ck_assert_ptr_nonnull(f);
	f->network.transport = OT_TCP;
	f->network.protocol = ot_str(protocol);
	f->client.addr = plant_addr(client);
	f->server.addr = plant_addr(server);
	f->server.port = 502;
	f->client.packets = f->server.packets = 5;
	f->client.bytes = f->server.bytes = 500;
	f->client.payload = f->server.payload = 100;
	f->named_by = OT_NAMED_CONTENT;
	f->roles_by = OT_ROLES_PROTOCOL;
	f->connections.attempted = f->connections.established = 1;
	f->first = plant_time;
	f->last = plant_time + OT_SECOND_NS;
	ot_evidence_add(&f->evidence, &place);
	ck_assert(ot_counts_add(&p->store.arena, &f->sides, ot_str("both"), 1));
	return f;
}

static inline void
plant_op(struct plant *p, struct ot_flow_sum *f, enum ot_verb verb,
    const char *name, const char *object)
{
	struct ot_op_sum op = { .verb = (uint8_t)verb,
		.name = ot_str(name),
		.object = ot_str(object),
		.count = 3,
		.first = plant_time,
		.last = plant_time + OT_SECOND_NS };
	struct ot_place place = { .time_ns = plant_time,
		.file = ot_str("a.pcap"),
		.frame = 9,
		.reply = 10 };

	ot_evidence_add(&op.evidence, &place);
	ck_assert(ot_list_add(&p->store.arena, &ot_op_shape, &f->ops, &op));
}

static inline void
plant_cross(struct plant *p)
{
	struct ot_error error;

	ck_assert(ot_store_settle(&p->store));
	ck_assert_int_eq(ot_zones_assign(&p->arena, &p->policy, &p->assets,
			     &p->store, &p->zone_sums, &p->notes, &error),
	    0);
	ck_assert_int_eq(ot_crossings_build(&p->arena,
			     &(struct ot_crossing_input){ .policy = &p->policy,
				 .store = &p->store,
				 .notes = &p->notes },
			     &p->crossings, &error),
	    0);
}

static inline void
plant_check(struct plant *p)
{
	struct ot_error error;

	plant_cross(p);
	ck_assert_int_eq(ot_catalogue_load(&p->catalogue, &p->arena,
			     getenv("OTZT_DATA"), &error),
	    0);
	ck_assert_int_eq(
	    ot_checks_run(&p->arena,
		&(struct ot_check_input){ .catalogue = &p->catalogue,
		    .policy = &p->policy,
		    .store = &p->store,
		    .assets = &p->assets,
		    .zones = &p->zone_sums,
		    .crossings = &p->crossings,
		    .notes = &p->notes,
		    .report_ns = p->report_ns },
		&p->result, &error),
	    0);
}

static inline const struct ot_crossing *
plant_crossing(const struct plant *p, uint32_t i)
{
	ck_assert_uint_lt(i, p->crossings.count);
	return p->crossings.at[i];
}

/* The only finding of a check; NULL where there is none. */
static inline const struct ot_finding *
plant_finding(const struct plant *p, const char *check)
{
	const struct ot_finding *found = NULL;

	for (uint32_t i = 0; i < p->result.findings.count; i++) {
		const struct ot_finding *f = p->result.findings.at[i];

		if (!ot_str_eq(f->check, ot_str(check)))
			continue;
		ck_assert_ptr_null(found);
		found = f;
	}
	return found;
}

static inline bool
plant_says(struct ot_str text, const char *part)
{
	size_t len = strlen(part);

	for (size_t i = 0; i + len <= text.len; i++)
		if (memcmp(text.p + i, part, len) == 0)
			return true;
	return false;
}

#define ck_assert_text(a, b)                                                   \
	ck_assert_msg(ot_str_eq((a), ot_str(b)), "%.*s is not %s",             \
	    (int)(a).len, (a).p ? (a).p : "", (b))

#endif
