/*
 * Answers to questions about a policy: what otzones lint, diff, explain and
 * the like found, each for a person and with its place.
 */
#ifndef OT_MODEL_ANSWER_H
#define OT_MODEL_ANSWER_H

#include "model/policy.h"

/* A region of what may happen, in the words of policies: keys of the record,
 * in this order; an empty one is any. */
enum ot_region_key {
	OT_R_FROM,
	OT_R_TO,
	OT_R_SERVICES,
	OT_R_VERBS,
	OT_R_OBJECTS,
	OT_R_VALUES,
	OT_R_ENCRYPTION,
	OT_R_WHEN,
	OT_R_UNTIL,
	OT_R_ONEWAY,
	OT_R_SIZES,
	OT_R_CONDITIONS,
	OT_REGION_KEYS,
};
extern const char *const ot_region_key_names[];

struct ot_answer {
	const char *kind;    /* "covered", "allowed", … */
	bool counts;	     /* for the exit status; else for information */
	struct ot_source at; /* line 0: nowhere */
	struct ot_str id;    /* of the row that it is about */
	struct ot_str text;  /* one line */
	bool has_region;
	struct ot_str region[OT_REGION_KEYS];
};

struct ot_answers {
	const char *question; /* "lint", "diff", … */
	struct ot_list rows;  /* struct ot_answer, as they are told */
	uint64_t counting;    /* those that count */
	bool untold;	      /* something could not be told */
	/* limits.boxes was met: what is there is right, but not all */
	bool cut;
};

/* A new answer at the end, or NULL without memory. */
struct ot_answer *ot_answer_add(struct ot_arena *arena,
    struct ot_answers *answers, const char *kind, bool counts);

/* Its text; false without memory. */
bool ot_answer_say(struct ot_arena *arena, struct ot_answer *answer,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
