/*
 * The asset record: one thing on the network, what it is and why we think so.
 */
#ifndef OT_MODEL_ASSET_H
#define OT_MODEL_ASSET_H

#include "base/vocab.h"
#include "model/record.h"

/* One value of an attribute and where it came from. Of several values of one
 * key the first is the winner, the others are conflicts. */
struct ot_attribute {
	struct ot_str key; /* vendor, model, firmware, serial, name, os, … */
	struct ot_str value;
	struct ot_str nested; /* "unit 1", "slot 3": of a part behind it */
	uint32_t confidence;  /* percent */
	struct ot_str by;     /* "fact lldp advertisement", "oui", "registry",
			       * "fingerprint FP-012" */
	struct ot_evidence evidence;
};

struct ot_role {
	struct ot_str role;   /* plc, hmi, historian, router, dns-server, … */
	struct ot_str reason; /* "serves modbus to 3 clients" */
	uint32_t confidence;
};

/* One MAC or IP of an asset, where it was seen. */
struct ot_asset_address {
	struct ot_addr addr;
	uint64_t packets;
	struct ot_str zone; /* added by otzones: ends may differ */
};

struct ot_asset {
	struct ot_str id; /* stable between runs: strongest key */
	struct ot_str site;
	struct ot_counts sensors;  /* packets by sensor */
	struct ot_counts vlans;	   /* packets by innermost VLAN, "10" */
	struct ot_list addresses;  /* struct ot_asset_address: MACs and IPs */
	struct ot_list attributes; /* struct ot_attribute */
	struct ot_list roles;	   /* struct ot_role, best first */
	struct ot_str class_;	   /* controller, workstation, server, network,
				    * …, unknown; written as "class" */
	struct ot_str class_reason;
	struct ot_str level; /* Purdue: "0" … "5"; absent: unknown */
	struct ot_str level_reason;
	struct ot_str registry; /* registered, unregistered, absent without a
				 * registry */
	struct ot_str importance, owner; /* of the registry */
	struct ot_strings parts;	 /* nested things: "unit 1", "slot 3" */
	bool router; /* its MAC speaks for many addresses: never merged through
		      */
	uint64_t packets; /* sent */
	int64_t first, last;
	/* added by otzones */
	struct ot_str zone, zone_by;
};

extern const struct ot_shape ot_asset_shape; /* cmp: by id */
extern const struct ot_shape ot_attribute_shape;
extern const struct ot_shape ot_role_shape;
extern const struct ot_shape ot_asset_address_shape;

/* The winner of a key, {NULL, 0} where there is none. */
struct ot_str ot_asset_get(const struct ot_asset *asset, const char *key);

#endif
