/*
 * The policy as it was written: plain rows, each with its place.
 */
#ifndef OT_MODEL_POLICY_H
#define OT_MODEL_POLICY_H

#include "base/addr.h"
#include "base/vocab.h"
#include "model/record.h"

/* Where a row stands; lines and columns from 1. */
struct ot_source {
	struct ot_str
	    file; /* as it is shown: the policy operand and the name */
	uint32_t line, column;
	uint32_t end_line, end_column;
};

/* Minutes of a week, Monday 00:00 is 0; both ends included. */
enum { OT_WEEK_MINUTES = 7 * 24 * 60 };
struct ot_week_span {
	uint16_t from, to;
};

/* A time window that recurs every week, in the local time of a site. */
struct ot_calendar_row {
	struct ot_source at;
	struct ot_str name, text;
	struct ot_week_span *spans; /* sorted, apart from each other */
	uint32_t span_count;
};

struct ot_zoneinfo;

struct ot_site_row {
	struct ot_source at;
	struct ot_str id, name, timezone, owner;
	const struct ot_zoneinfo *clock; /* its local time; NULL: not known */
	struct ot_strings sensors;	 /* patterns */
};

struct ot_zone_row {
	struct ot_source at;
	struct ot_str id;		/* given, or site/name */
	struct ot_str site, name, kind; /* kind: "" is unknown */
	int level;			/* -1: none */
	struct ot_net *networks;
	uint32_t network_count;
	uint16_t *vlans;
	uint32_t vlan_count;
	struct ot_addr *macs;
	uint32_t mac_count;
	struct ot_strings sensors; /* patterns */
	struct ot_str match, importance, owner, consequence;
	bool inside_conduits; /* "inside":"conduits" */
};

/* How a conduit names a service. */
enum ot_service_kind { OT_SERVICE_PROTOCOL, OT_SERVICE_PORT };

struct ot_service_row {
	enum ot_service_kind kind;
	struct ot_str text; /* as written */
	struct ot_str protocol;
	uint8_t transport;    /* enum ot_transport */
	uint32_t first, last; /* ports, or number, or ethertype */
};

struct ot_conduit_row {
	struct ot_source at;
	struct ot_str id, from, to; /* zone id, "internet", "asset:ID", "*" */
	struct ot_service_row *services;
	uint32_t service_count;
	uint32_t verbs; /* a bit for each enum ot_verb; 0: any */
	struct ot_strings objects, via;
	struct ot_str encryption, when, reason, owner, ticket;
	const struct ot_calendar_row *calendar; /* of when; NULL: any time */
	int64_t expires_ns;			/* OT_TIME_NONE: never */
	bool oneway;
	/* keys of the row that narrow it and that nothing judges yet (values,
	 * authentication, if, …): what it covers cannot be told; and what they
	 * say, as it stands */
	struct ot_strings unjudged, unjudged_texts;
};

struct ot_asset_row {
	struct ot_source at;
	struct ot_str id, name, zone, vendor, model, firmware, serial,
	    importance, owner;
	struct ot_addr *ips;
	uint32_t ip_count;
	struct ot_addr *macs;
	uint32_t mac_count;
	struct ot_strings roles;
	struct ot_str site; /* of its zone, if it has one */
};

struct ot_waiver_row {
	struct ot_source at;
	struct ot_str check, subject, from, to, asset, service, fingerprint,
	    owner, ticket, reason, max_severity;
	int64_t since_ns, until_ns; /* OT_TIME_NONE: not given */
};

/* What must never, or always, be allowed: a region like a conduit's. */
struct ot_assertion_row {
	struct ot_source at;
	struct ot_str id, owner, reason;
	bool always;
	/* Its ends may also be kind:K, level<=N and the like, site:S. */
	struct ot_conduit_row region;
};

struct ot_policy {
	struct ot_str name, path;
	struct ot_str sha256; /* over its files, in the order of their names */
	struct ot_site_row *sites;
	uint32_t site_count;
	struct ot_zone_row *zones;
	uint32_t zone_count;
	struct ot_conduit_row *conduits;
	uint32_t conduit_count;
	struct ot_asset_row *assets;
	uint32_t asset_count;
	struct ot_waiver_row *waivers;
	uint32_t waiver_count;
	struct ot_calendar_row *calendars;
	uint32_t calendar_count;
	struct ot_assertion_row *assertions;
	uint32_t assertion_count;
	struct ot_list inputs;	 /* struct ot_input: the files read */
	struct ot_counts checks; /* settings by check id: 0 off, 1 on */
	struct ot_counts limits; /* by name */
	bool proposed;		 /* made from the traffic: nobody wrote it */
};

#endif
