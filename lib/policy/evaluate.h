/*
 * Conduits, compiled, and the verdict on one transaction (DESIGN.md section
 * 4). Conduits only allow: what is allowed is their union, and their order has
 * no meaning. Whether anything between two ends has to be allowed at all
 * (another zone, or a zone with inside=conduits) the caller knows.
 */
#ifndef OT_POLICY_EVALUATE_H
#define OT_POLICY_EVALUATE_H

#include "base/arena.h"
#include "model/policy.h"
#include "model/zone.h"

/* Why something cannot be told; CHECKS.md section 6. */
enum ot_reason {
	OT_REASON_CALENDAR,  /* a time window whose calendar or clock is not at
			      * hand,  or that ends within a quarter hour */
	OT_REASON_CONDITION, /* a key that narrows a row, and nothing judges */
	OT_REASON_CONFLICT,  /* candidate zones of an end differ in verdict */
	OT_REASON_PORT,	     /* the protocol is known by its port alone */
	OT_REASON_ROLES,     /* who opened the conversation is a guess */
	OT_REASON_MIDSTREAM, /* it was open before the capture began */
	OT_REASON_ENCRYPTED,
	OT_REASON_UNDECODED, /* or malformed, or an object in words unknown */
	OT_REASON_ONE_SIDED, /* one direction was not captured */
	OT_REASON_GAP,	     /* bytes in the middle were not captured */
	OT_REASON_LIMIT,     /* what is needed had no room in the record */
	OT_REASON_OVERLAP,   /* bytes were sent in two versions */
	OT_REASONS,
};
extern const char *const ot_reason_names[]; /* as they stand in `missing` */

/* What a conduit can ask, in the order in which a row is judged: the later
 * the key that failed, the nearer the row was. */
enum ot_conduit_key {
	OT_C_FROM,
	OT_C_TO,
	OT_C_VIA,
	OT_C_SERVICES,
	OT_C_EXPIRES,
	/* behind these a row in force matches by ends and service: what failed
	 * is the operation, not the crossing */
	OT_C_VERBS,
	OT_C_OBJECTS,
	OT_C_ENCRYPTION,
	OT_C_ONEWAY,
	OT_C_WHEN,
	OT_C_CONDITIONS, /* those in `unjudged`: none of them ever says no */
	OT_C_KEYS,
};
extern const char *const ot_conduit_key_names[];

struct ot_rules;

/* Conduits as sets that are found by their ends and service. The policy stays
 * the caller's and outlives the result; all memory is the arena's. NULL only
 * without memory. policy may be NULL: nothing is allowed. */
const struct ot_rules *ot_rules_compile(
    struct ot_arena *arena, const struct ot_policy *policy);

/* One end: its zone, and its asset where one is known. */
struct ot_rules_end {
	struct ot_str zone, asset;
	const struct ot_addr *addr; /* finds its row in the registry; or NULL */
};

/* A conversation, as far as all its transactions share it. */
struct ot_conversation {
	struct ot_rules_end from, to;
	uint8_t transport;	      /* enum ot_transport */
	uint32_t port;		      /* or IP protocol, or ethertype */
	struct ot_str protocol;	      /* {NULL, 0}: none known */
	const struct ot_counts *also; /* other names that matched; or NULL */
	uint8_t named_by;	      /* enum ot_named_by */
	const struct ot_counts *protection; /* as seen; or NULL */
	uint64_t server_payload;
	bool server_seen; /* any frame of the server was */
	bool attempt;	  /* nothing but unanswered or refused attempts */
};

/* One transaction of it, or with `whole` the conversation as such. */
struct ot_act {
	uint8_t verb;	      /* enum ot_verb */
	struct ot_str object; /* {NULL, 0}: it has none */
	bool whole;	 /* nothing was understood beyond its being there */
	bool empty;	 /* whole: and no payload was seen */
	bool truncated;	 /* stands for several objects */
	bool unasked;	 /* the request was not captured */
	uint32_t hidden; /* whole: reasons why there may have been more */
	int64_t first_ns, last_ns; /* OT_TIME_NONE: not known */
	/* the quarter hours in which it happened, for time windows; or NULL */
	const struct ot_slots *slots;
};

struct ot_judgement {
	enum ot_verdict verdict;
	const struct ot_conduit_row *rule; /* that allows it, or may; or NULL */
	const struct ot_conduit_row *nearest; /* of a violation; or NULL */
	enum ot_conduit_key failed;	      /* with nearest */
	uint32_t reasons;		      /* bits of enum ot_reason */
};

/* The rows that match a conversation by ends and service, found once for all
 * its transactions. */
struct ot_choice;

/* named: only rows that name `from` itself, no wildcard. The result is valid
 * until the arena goes. NULL only without memory. */
const struct ot_choice *ot_rules_choose(struct ot_arena *arena,
    const struct ot_rules *rules, const struct ot_conversation *conversation,
    bool named);

struct ot_judgement ot_rules_judge(
    const struct ot_choice *choice, const struct ot_act *act);

/* How an object relates to one that a row names (covers.c). */
enum ot_cover {
	OT_COVER_NO,
	OT_COVER_MAYBE, /* words of another form: cannot be told */
	OT_COVER_PART,	/* the last number's range overlaps: see lo and hi */
	OT_COVER_ALL,
};

/* An object's or pattern's text, "unit 1 holding 100-109", cut at blanks; the
 * words are views of the text. */
struct ot_extent_word {
	struct ot_str text;
	size_t head;	    /* bytes in front of its number */
	bool numeric, bits; /* bits: the number counts these, not bytes */
	uint64_t lo, hi;    /* both ends included */
};

enum { OT_COVER_WORDS = 12 };
struct ot_extent {
	struct ot_extent_word word[OT_COVER_WORDS];
	uint32_t count;
	bool whole; /* the text had no more words than there is room for */
};
struct ot_extent ot_extent_of(struct ot_str text);

/* Does a word hold what goes on behind it, as "DB10" holds "DB10.DBX0.0"? A
 * bare number or a range does not. */
bool ot_extent_goes_on(const struct ot_extent_word *word);

/* With OT_COVER_PART, lo and hi are the part of the last number's range of the
 * object that the row covers. */
enum ot_cover ot_extent_covers(const struct ot_extent *row,
    const struct ot_extent *object, uint64_t *lo, uint64_t *hi);

/* Two that end in a number and have one shape differ in that number alone: a
 * range that does not meet the other's does not cover it. 0: it has none. */
uint64_t ot_extent_shape(const struct ot_extent *extent);

#endif
