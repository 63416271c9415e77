/*
 * Conduits as compile.c leaves them for evaluate.c.
 */
#ifndef OT_POLICY_RULES_H
#define OT_POLICY_RULES_H

#include "policy/evaluate.h"

/* Ends as numbers. */
enum {
	OT_END_ANY,		/* "*" */
	OT_END_FIRST,		/* zones, then assets: in their lists' order */
	OT_END_ALL = INT32_MAX, /* of entries for the nearest row only */
};

/* How an entry is found; in this order between two ends. */
enum ot_entry_kind {
	OT_ENTRY_PAIR, /* every row between two ends */
	OT_ENTRY_VIA,  /* a row that leads there, but by way of a jump host */
	OT_ENTRY_ANY,  /* any service */
	OT_ENTRY_PROTOCOL,
	OT_ENTRY_PORT,
	OT_ENTRY_RANGE, /* ports from service on to last */
};

struct ot_entry {
	uint32_t from, to;
	uint8_t kind, transport;
	uint32_t service; /* protocol's number, or port */
	uint32_t last;
	uint32_t rule;
};

struct ot_rule_objects {
	struct ot_extent *at;
	uint32_t count;
};

/* What rules most rows out at a glance: kept together, for a pair of ends may
 * have thousands. */
struct ot_glance {
	int64_t expires_ns;
	uint64_t shape, lo, hi; /* of its one object; shape 0: look closer */
	uint32_t verbs;
};

/* A row of the registry by one of its addresses. */
struct ot_registered {
	struct ot_addr addr;
	uint32_t row;
};

/* The local time of a zone: its site's. */
struct ot_zone_clock {
	struct ot_str zone;
	const struct ot_zoneinfo *clock;
};

struct ot_rules {
	const struct ot_policy *policy;
	uint32_t count;			 /* conduits */
	struct ot_rule_objects *objects; /* of each conduit */
	struct ot_glance *glances;	 /* of each conduit */
	/* texts, sorted: their place is their number */
	struct ot_str *zones, *assets, *protocols;
	uint32_t zone_count, asset_count, protocol_count;
	struct ot_entry *entries; /* sorted */
	size_t entry_count;
	struct ot_registered *registered; /* sorted */
	uint32_t registered_count;
	/* where rows have time windows: the clocks of zones, sorted by zone */
	struct ot_zone_clock *clocks;
	uint32_t clock_count;
	bool timed;
};

/* Entries that match by ends and service: a stretch of the sorted list, so
 * that a choice is small however many rows there are. */
struct ot_found {
	size_t from, to;
	bool port_only; /* by a name that only the port suggests */
	bool ranges;	/* of ports: each has to be looked at */
};

struct ot_choice {
	const struct ot_rules *rules;
	struct ot_conversation conversation;
	struct ot_found *spans;
	uint32_t count, room;
	bool lost; /* no memory */
	/* where there are no spans: the row that was nearest */
	uint32_t nearest;
	enum ot_conduit_key failed;
	const struct ot_zoneinfo *clock; /* of the server; NULL: not known */
};

static const uint32_t ot_no_rule = UINT32_MAX;

/* Does an entry of a stretch with ranges hold the conversation's port? */
static inline bool
ot_entry_in_range(const struct ot_choice *choice, const struct ot_entry *e)
{
	return e->last >= choice->conversation.port;
}

/* Order of entries; also between a key and an entry. */
int ot_entry_cmp(const void *a, const void *b);

/* The place of a text in a sorted list, or count. */
uint32_t ot_text_find(
    const struct ot_str *sorted, uint32_t count, struct ot_str text);

/* The number of a zone or asset that some conduit names; 0 where none does,
 * which no entry has but as OT_END_ANY. */
uint32_t ot_end_zone(const struct ot_rules *rules, struct ot_str zone);
uint32_t ot_end_asset(const struct ot_rules *rules, struct ot_str asset);

#endif
