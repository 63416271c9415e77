/*
 * What tells a thing's nature, as data: fingerprints.csv (from what a host
 * says), roles.csv (from what it does), vendors.csv (one name for each maker)
 * and the tables of ids that they refer to; otzt-fingerprints(5).
 */
#ifndef OT_ASSET_RULES_H
#define OT_ASSET_RULES_H

#include "base/err.h"
#include "base/map.h"
#include "base/vocab.h"
#include "model/record.h"

enum {
	OT_ASSET_SETS = 8,  /* values that one rule sets */
	OT_ASSET_STARS = 8, /* stars of one pattern */
};

struct ot_asset_node;

/* A statement about a host: a fact, a facet of its security, a certificate,
 * the owner of its MAC, a cell of the registry. */
struct ot_asset_statement {
	struct ot_asset_node *node;
	struct ot_str key, value, nested, protocol, message;
	uint8_t by; /* enum ot_by */
	uint64_t count;
	const struct ot_evidence *evidence; /* NULL: none */
};

struct ot_asset_set {
	struct ot_str key, value;
};

/* A rule of fingerprints.csv. Without sets it says how much the statement
 * itself is worth. */
struct ot_asset_rule {
	struct ot_asset_rule *next; /* of this key, in the order of the file */
	struct ot_str id, key;
	struct ot_str protocols, message, by, pattern; /* empty: any */
	struct ot_asset_set sets[OT_ASSET_SETS];
	uint32_t set_count;
	uint32_t confidence; /* percent */
	struct ot_str example;
};

enum ot_asset_end {
	OT_ASSET_SERVER, /* serves these protocols */
	OT_ASSET_CLIENT, /* asks for them */
	OT_ASSET_BOTH,	 /* does both */
	OT_ASSET_PUBLIC, /* has a public address and no MAC here */
	OT_ASSET_ROUTER, /* sends for others */
	OT_ASSET_ENDS,
};

/* A rule of roles.csv. */
struct ot_asset_deed_rule {
	struct ot_str id;
	enum ot_asset_end end;
	struct ot_str protocols; /* blanks between; empty: any */
	uint32_t verbs;		 /* a bit each: one of them was done; 0: any */
	uint32_t without;	 /* none of them was done */
	uint64_t peers, ops;	 /* at least */
	struct ot_str role, class_, level;
	uint32_t confidence;
};

struct ot_asset_rules {
	struct ot_map by_key;	/* struct ot_asset_rule, the first of its key */
	struct ot_list rules;	/* struct ot_asset_rule, all */
	struct ot_list deeds;	/* struct ot_asset_deed_rule */
	struct ot_list vendors; /* struct ot_asset_set: pattern, name */
	struct ot_map tables;	/* "vendors_cip" and an id: its name */
};

/* Read the files of a folder; texts are the arena's. Errors name file, line
 * and column. */
int ot_asset_rules_load(struct ot_asset_rules *rules, struct ot_arena *arena,
    const char *folder, struct ot_error *error);
void ot_asset_rules_done(struct ot_asset_rules *rules);

/* The first rule of this statement's key; then through next. */
const struct ot_asset_rule *ot_asset_rule_first(
    const struct ot_asset_rules *rules, struct ot_str key);

/* What the stars of the pattern stood for is caught. */
bool ot_asset_rule_match(const struct ot_asset_rule *rule,
    const struct ot_asset_statement *statement,
    struct ot_str caught[static OT_ASSET_STARS]);

/* The value that a rule sets: $1 is what the first star caught, @TABLE the
 * name of the statement's id. {NULL, 0} where the table does not know it. */
struct ot_str ot_asset_rule_value(struct ot_arena *arena,
    const struct ot_asset_rules *rules, struct ot_str value,
    struct ot_str stated, const struct ot_str *caught);

/* The one name of a maker. */
struct ot_str ot_asset_vendor(
    const struct ot_asset_rules *rules, struct ot_str name);

/* Is word one of a list with blanks between? An empty list has all. */
bool ot_asset_listed(struct ot_str list, struct ot_str word);

#endif
