/*
 * What the parts of the asset builder share. Records become nodes, links and
 * statements (observe.c); nodes become groups (identity.c, registry.c);
 * statements and flows become values, roles, classes and levels of the groups
 * (rules.c, deeds.c); groups become assets (group.c).
 */
#ifndef OT_ASSET_BUILD_H
#define OT_ASSET_BUILD_H

#include "asset/asset.h"
#include "asset/oui.h"
#include "asset/rules.h"
#include "base/map.h"

/* Where addresses are unique. */
struct ot_asset_scope {
	uint32_t
	    number; /* in the order of sighting: for keys, never for order */
	struct ot_str text;
	bool site; /* a site's; else a sensor's */
};

/* One address in one scope. */
struct ot_asset_node {
	const struct ot_asset_scope *scope;
	struct ot_addr addr;
	uint32_t rank; /* its place in the order of (scope, address) */
	struct ot_asset_node *parent; /* of the same thing, smaller rank */
	struct ot_asset_group *group;
	uint64_t packets; /* sent under this address */
	int64_t first, last;
	struct ot_counts sensors, vlans;
	bool seen;	/* an end of a flow, or a host that a fact is about */
	bool gateway;	/* somebody calls it a router */
	bool broadcast; /* by the mask of a neighbour */
	bool foreign;	/* MAC: sends for an address of another site */
	bool router;	/* MAC: sends for others */
	bool thing;	/* of a root: the group is an asset */
	uint32_t count; /* MAC: IPv4 addresses that it sends for; later, of
			 * a root: nodes of the group */
};

/* A MAC and an IP that are told or seen to belong together. */
struct ot_asset_link {
	struct ot_asset_node *mac, *ip;
	uint64_t packets; /* sent by the MAC under the IP */
	uint64_t claims;  /* said by the host itself */
	uint64_t rumours; /* said by a peer */
	uint8_t ttl;	  /* the greatest seen; 0: none */
	bool beyond;	  /* a public IP spoke to a private one */
};

/* One thing: nodes that are the same. */
struct ot_asset_group {
	struct ot_asset asset;
	const struct ot_asset_scope *scope;
	uint32_t rank;
	struct ot_asset_node **nodes; /* by rank */
	uint32_t node_count;
	const struct ot_asset_row *row; /* of the registry, or NULL */
	struct ot_counts parts;
	uint32_t class_confidence, level_confidence;
	struct ot_str serial; /* the number that it says to have */
	struct ot_str ids[8]; /* strongest first */
	uint32_t id_count, id_at;
};

/* A value of an attribute of a group. */
struct ot_asset_value {
	struct ot_asset_group *group;
	struct ot_str key, value, nested;
	struct ot_str source; /* "fact lldp lldp advertisement" */
	uint8_t by;	      /* enum ot_by */
	bool promoted;	      /* of the only part that the thing has */
	uint32_t confidence;
	uint64_t count;
	const struct ot_evidence *evidence; /* NULL: none */
};

struct ot_asset_build {
	const struct ot_assets_options *options;
	const struct ot_store *store;
	struct ot_arena scratch; /* until the assets are copied */
	const struct ot_asset_rules *rules;
	struct ot_oui oui;
	struct ot_map scopes, places; /* names and (scope, address) */
	struct ot_map pairs;	      /* (MAC, IP) */
	struct ot_list nodes, links, groups, values;
	struct ot_list statements; /* struct ot_asset_statement */
	struct ot_list macs; /* struct ot_asset_link: two MACs of one thing */
	bool lost;	     /* memory ran out */
};

/* observe.c */
void ot_asset_observe(struct ot_asset_build *build);
const struct ot_asset_scope *ot_asset_scope(
    struct ot_asset_build *build, struct ot_str sensor, struct ot_str site);
/* The node of an address where it was seen; NULL if nobody saw it there. */
struct ot_asset_node *ot_asset_node(const struct ot_asset_build *build,
    const struct ot_asset_scope *scope, const struct ot_addr *addr);
/* A unicast address that can be somebody's. */
bool ot_asset_host(const struct ot_addr *addr);
/* Whose flow end this is: the node of its address, or of its MAC where the
 * address is unspecified; NULL for groups. */
struct ot_asset_node *ot_asset_end(struct ot_asset_build *build,
    const struct ot_flow_sum *flow, const struct ot_flow_end *end);

/* identity.c */
void ot_asset_identify(struct ot_asset_build *build);
struct ot_asset_node *ot_asset_root(struct ot_asset_node *node);
void ot_asset_unite(struct ot_asset_node *a, struct ot_asset_node *b);
void ot_asset_name(struct ot_asset_build *build); /* ids of all groups */

/* registry.c */
void ot_asset_registry_unite(struct ot_asset_build *build);
void ot_asset_registry_match(struct ot_asset_build *build);

/* judge.c */
void ot_asset_judge(struct ot_asset_build *build);
void ot_asset_vote_class(struct ot_asset_group *group, struct ot_str class_,
    uint32_t confidence, struct ot_str reason);
void ot_asset_vote_level(struct ot_asset_group *group, struct ot_str level,
    uint32_t confidence, struct ot_str reason);
void ot_asset_vote_role(struct ot_asset_build *build,
    struct ot_asset_group *group, const struct ot_role *role);
/* Text of the scratch arena, by printf. */
struct ot_str ot_asset_text(struct ot_asset_build *build, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* deeds.c */
void ot_asset_deeds(struct ot_asset_build *build);

/* group.c */
void ot_asset_groups(struct ot_asset_build *build);
void ot_asset_values(struct ot_asset_build *build);

static inline void *
ot_asset_alloc(struct ot_asset_build *build, size_t size)
{
	void *p = ot_alloc(&build->scratch, size);

	build->lost |= !p;
	return p;
}

static inline void
ot_asset_push(struct ot_asset_build *build, struct ot_list *list, void *item)
{
	build->lost |= !ot_list_push(&build->scratch, list, item);
}

#endif
