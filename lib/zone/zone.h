/*
 * Which zone each asset and each end of a conversation belongs to, and zones
 * made from the traffic where nobody has declared any (DESIGN.md section 4).
 * Rows come from the caller; nothing is opened here.
 */
#ifndef OT_ZONE_ZONE_H
#define OT_ZONE_ZONE_H

#include "model/asset.h"
#include "model/policy.h"
#include "model/store.h"
#include "model/zone.h"

/* The two zones that no row declares: public addresses outside every zone
 * (kind external, level 5), and all other ends outside every zone (kind
 * unknown, no level). */
#define OT_ZONE_INTERNET   "internet"
#define OT_ZONE_UNASSIGNED "unassigned"

/* One end as it was placed. */
struct ot_zone_end {
	struct ot_str zone; /* a row's id, internet or unassigned; where several
			     * sites claim the end, the first candidate */
	struct ot_str site; /* of the row, else where the end was seen; {NULL,
			     * 0} of the internet and where none is known */
	struct ot_str asset; /* its id; {NULL, 0}: none known, a group */
	const struct ot_zone_row *row; /* NULL: internet, unassigned */
	/* All rows that may be meant, row first. 0, or 2 and more: then a
	 * verdict that all share stands, else it cannot be told. */
	const struct ot_zone_row *const *candidates;
	uint32_t candidate_count;
	const char *by; /* what decided, for a person: "longest prefix" */
	bool group;	/* broadcast or multicast: the zone is the sender's */
};

/* Of one flow. */
struct ot_zone_pair {
	struct ot_zone_end client, server;
};

/* Of one event: attempts have one for each of event->attempts too. */
struct ot_zone_event {
	struct ot_zone_end source, destination;
	struct ot_zone_end *attempts;
};

/* What somebody should look at (ZON-021). */
enum ot_zone_trouble {
	OT_ZONE_NO_ZONE,    /* an asset that no row claims */
	OT_ZONE_CONFLICT,   /* rows of equal rank claim an asset: zones */
	OT_ZONE_CANDIDATES, /* several other sites claim an asset: zones */
	OT_ZONE_CAPTURE,    /* a capture in which no row can match */
	OT_ZONE_VLAN,	    /* a tag that the zone in which it was seen does not
			     * declare, or two tags where it declares none */
};

struct ot_zone_note {
	enum ot_zone_trouble trouble;
	const struct ot_asset *asset;	      /* the first three */
	const struct ot_capture_sum *capture; /* OT_ZONE_CAPTURE */
	struct ot_strings zones; /* those that claim, in the policy's order; of
				  * a tag the zone */
	struct ot_str sensor;	 /* OT_ZONE_VLAN */
	struct ot_vlans vlan;	 /* OT_ZONE_VLAN: the stack */
	struct ot_evidence evidence; /* OT_ZONE_VLAN */
	uint64_t packets;	     /* OT_ZONE_VLAN */
};

struct ot_zone_notes {
	/* As many, and in the same order, as the store's lists. */
	struct ot_zone_pair *flows;
	struct ot_zone_event *events;
	struct ot_list notes; /* struct ot_zone_note */
};

/* Give every asset (zone, zone_by, zone of its addresses) and both ends of
 * every flow (zone; asset, where it had none or belongs to another site) a
 * zone; add one record for each row of the policy and for internet and
 * unassigned, if anything is in them, to zones (struct ot_zone_sum, by id).
 * The store must not be settled again before notes are used. policy may be
 * NULL. All memory is the arena's. */
int ot_zones_assign(struct ot_arena *arena, const struct ot_policy *policy,
    const struct ot_list *assets, struct ot_store *store, struct ot_list *zones,
    struct ot_zone_notes *notes, struct ot_error *error);

/* The row of that id, or NULL. */
const struct ot_zone_row *ot_zone_row(
    const struct ot_policy *policy, struct ot_str id);

/* The row of a site, or NULL. */
const struct ot_site_row *ot_zone_site(
    const struct ot_policy *policy, struct ot_str id);

/* The site where something was seen: said by the record, else that of the
 * sensor, else {NULL, 0}. A policy with one site that names no sensors has all
 * of them. */
struct ot_str ot_zone_seen(
    const struct ot_policy *policy, struct ot_str site, struct ot_str sensor);

/* Level and kind of a zone by its id; internet and unassigned have theirs.
 * level -1: none. */
int ot_zone_level(const struct ot_policy *policy, struct ot_str id);
struct ot_str ot_zone_kind(const struct ot_policy *policy, struct ot_str id);

/* The kinds that a zone can have, NULL at the end. */
extern const char *const ot_zone_kinds[];

/* Is the text of a row's `match` one that can be judged? Alternatives are
 * separated by ';', tokens that must all hold by blanks. NULL if so, else what
 * is wrong with *token, a view of it. */
const char *ot_zone_match_wrong(struct ot_str match, struct ot_str *token);

/* One pair that the proposal leaves to a person (review.csv). */
struct ot_review {
	struct ot_str from, to, client, server, service, verbs, reason;
	uint64_t packets;
	int64_t first;
	struct ot_evidence evidence;
};

/* Zones and the least conduits at service strictness that cover the traffic;
 * what a person should look at goes to review (struct ot_review) and is not
 * allowed. policy->proposed is set. The same input gives the same rows. Where
 * given has sites, zones or a registry, these are kept and only the conduits
 * are made; given may be NULL. */
int ot_zones_propose(struct ot_arena *arena, const struct ot_policy *given,
    const struct ot_list *assets, struct ot_store *store,
    struct ot_policy *policy, struct ot_list *review, struct ot_error *error);

#endif
