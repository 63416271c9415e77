/*
 * The transactions that policies speak of, as points with an axis for each
 * thing that a conduit can ask (DESIGN.md section 4, "Algebra"), and what
 * conduits, zones and traffic cover of them as sets of a diagram.
 *
 * Only what some row tells apart has values of its own. Ends are atoms: the
 * zones, and beside each zone those of its assets that some row names. One
 * space may hold two policies, so that their sets can be compared.
 */
#ifndef OT_POLICY_UNIVERSE_H
#define OT_POLICY_UNIVERSE_H

#include "model/answer.h"
#include "policy/box.h"
#include "policy/evaluate.h"

enum ot_axis {
	OT_X_FROM,
	OT_X_TO,
	OT_X_WIRE,     /* transport << 32 | port */
	OT_X_PROTOCOL, /* 0: one that no row names */
	OT_X_VERB,
	OT_X_WORD, /* of the object: for each word its symbol, its number */
	OT_X_VALUE = OT_X_WORD + 2 * OT_COVER_WORDS,
	OT_X_PROTECTION, /* none, integrity, encrypted */
	OT_X_WEEK,	 /* minute of the week, in the server's local time */
	OT_X_UNTIL,	 /* the time, from OT_TIME_NONE on */
	OT_X_BACK,	 /* 0: nothing but acknowledgements comes back */
	OT_X_BYTES,
	OT_X_RATE,
	OT_X_ANSWER,
	OT_X_FLAG, /* from here on: conditions, each true or not */
};

enum { OT_UNIVERSE_POLICIES = 2, OT_FLAGS_MAX = OT_AXES_MAX - OT_X_FLAG };

/* An end that no row divides further: a zone in each policy, and an asset, or
 * all of the zone's assets that no row names. */
struct ot_atom {
	uint32_t zone[OT_UNIVERSE_POLICIES]; /* number in space->zones */
	uint32_t asset; /* number in space->assets, or count */
};

/* What a word of an object can be; its place, from 2 on, is its value. 0: no
 * word, 1: another word. */
struct ot_symbol {
	struct ot_str text;
	bool numeric, bits;
	bool extends; /* a word that is not listed and goes on behind text */
};

struct ot_symbols {
	struct ot_symbol *at;
	uint32_t count, room;
};

struct ot_flag {
	struct ot_str text; /* "if stopped", or a pattern */
	int word;	    /* of a pattern: which word; else -1 */
};

struct ot_universe {
	struct ot_arena *arena;
	struct ot_diagram d;
	const struct ot_policy *policy[OT_UNIVERSE_POLICIES];
	uint32_t policies;
	struct ot_str *zones, *assets, *protocols; /* sorted */
	uint32_t zone_count, asset_count, protocol_count;
	const struct ot_zone_row *
	    *rows[OT_UNIVERSE_POLICIES]; /* by zone; NULL */
	struct ot_atom *atoms;
	uint32_t atom_count;
	struct ot_symbols words[OT_COVER_WORDS];
	struct ot_flag flags[OT_FLAGS_MAX];
	uint32_t flag_count;
	bool crowded; /* more ends or conditions than there may be */
};

/* How many stretches and boxes there may be where a policy has no
 * limits.boxes. */
enum { OT_BOXES_DEFAULT = 1 << 20 };
uint64_t ot_limit_boxes(const struct ot_policy *policy);

/* policies: 1 or 2; asked: rows beside those of the policies, or NULL. False
 * without memory. */
bool ot_universe_init(struct ot_universe *space, struct ot_arena *arena,
    const struct ot_policy *const *policies, uint32_t count,
    const struct ot_conduit_row *asked);
void ot_universe_done(struct ot_universe *space);

/* Is what its sets say complete? Not where limits.boxes was met. */
static inline bool
ot_universe_ok(const struct ot_universe *space)
{
	return !space->crowded && ot_diagram_ok(&space->d);
}

/* What one row of policy p covers. Ends that are no conduit's (kind:…,
 * level<=…) are understood too: with `maybe` an atom counts of which it cannot
 * be told. */
const struct ot_set *ot_universe_row(struct ot_universe *space, uint32_t p,
    const struct ot_conduit_row *row, bool maybe);

/* What its conduits cover together; and what is within zones where all is
 * allowed. */
const struct ot_set *ot_universe_conduits(
    struct ot_universe *space, uint32_t p);
const struct ot_set *ot_universe_inside(struct ot_universe *space, uint32_t p);

/* The atom of an end, by its zone, asset and address in policy p. */
bool ot_universe_atom(const struct ot_universe *space, uint32_t p,
    const struct ot_rules_end *end, uint32_t *atom);

/* The values of one known protocol; and of any object. */
uint64_t ot_universe_protocol(
    const struct ot_universe *space, struct ot_str name);
/* Constrain the axes of the object's words; false where it is in words that
 * have no place. */
bool ot_universe_object(
    struct ot_universe *space, struct ot_str object, struct ot_span *spans);

/* A condition whose text is a number or a range, as "max_bytes 1000", narrows
 * an axis; false for all others. */
bool ot_universe_sized(
    struct ot_str condition, uint32_t *axis, struct ot_interval *on);

/* Of region.c: points with a value of a range on one axis, and with one of
 * these verbs; of region_object.c: what the objects of a row cover. */
const struct ot_set *ot_universe_range(
    struct ot_universe *space, uint32_t axis, uint64_t lo, uint64_t hi);
const struct ot_set *ot_universe_verbs(
    struct ot_universe *space, uint32_t verbs);
const struct ot_set *ot_universe_objects(
    struct ot_universe *space, const struct ot_conduit_row *row);

/* One value, in the space's memory. */
struct ot_span ot_span_one(struct ot_universe *space, uint64_t lo, uint64_t hi);

/* ---- words for people and for records (show.c) ---- */

/* One key of a box, nothing where it is any. The words of an object are one. */
void ot_box_show(const struct ot_universe *space, const struct ot_box *box,
    enum ot_region_key key, struct ot_sb *sb);
/* The whole box in one line. */
void ot_box_line(const struct ot_universe *space, const struct ot_box *box,
    struct ot_sb *sb);
/* Put it into an answer: its keys, and the line behind the answer's text. */
bool ot_box_answer(const struct ot_universe *space, const struct ot_box *box,
    struct ot_answer *answer);

#endif
