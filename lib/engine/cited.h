/*
 * The frames that records cite as evidence, read from a record stream or from
 * any part of one.
 */
#ifndef OT_ENGINE_CITED_H
#define OT_ENGINE_CITED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* Who cites: a record, or an operation of one. Texts are UTF-8 without
 * controls. */
struct ot_citer {
	struct ot_str label; /* "ZON-001 otf1-12de… paris -> lagos, http" */
	struct ot_str name;  /* of the record, fit for a file: "otf1-12de…" */
	bool finding;
};

struct ot_citation {
	struct ot_str file;
	uint64_t frame;
	int64_t time_ns; /* OT_TIME_NONE: not said */
	uint64_t asked;	 /* of an answer: the frame that asked; else 0 */
	uint32_t citer;
	/* for whoever looks for it */
	bool found;
	bool other_time; /* there, but not at that time */
};

/* A capture that the stream was made of. */
struct ot_cited_input {
	struct ot_str name, sha256; /* sha256 empty: not known */
};

struct ot_cited {
	struct ot_arena arena;
	struct ot_citer *citers;
	struct ot_citation *at; /* by file, frame, time, citer, asked */
	struct ot_cited_input *inputs;
	uint32_t citer_count, count, input_count;
	uint32_t citer_cap, cap, input_cap;
	uint64_t lost; /* citations above OT_LIMIT_CITATIONS */
};

/* Read records, one a line, "-" for standard input. A place is an object with
 * `file` and `frame`, wherever it stands. Where there are findings, only
 * findings cite: what they rest on stands in the stream beside them.
 * -OT_ERR_INPUT for a line that is no JSON object and for a stream without
 * its end; what was read before stays. */
int ot_cited_read(
    struct ot_cited *cited, const char *path, struct ot_error *error);

void ot_cited_done(struct ot_cited *cited);

/* The citations of a file: gives the first, and how many. */
uint32_t ot_cited_of(
    const struct ot_cited *cited, struct ot_str file, uint32_t *count);

#endif
