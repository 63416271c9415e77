/*
 * The frames behind records, cut out of their captures.
 */
#ifndef OT_ENGINE_EXTRACT_H
#define OT_ENGINE_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct ot_extract_options {
	const char *records;	   /* a file, or "-" */
	const char *output;	   /* one pcapng for all; or NULL, then */
	const char *folder;	   /* one for each record, in here */
	struct ot_str application; /* what the files say wrote them */
	/* Told of each message for a person; may be NULL. */
	void (*warn)(void *user, const char *message);
	void *user;
};

/* Read the records, look up the frames that they cite in the captures
 * (operands as of ot_engine_run), write them by input and number, each with
 * comments that name who cites it. A frame that is not there, an input that is
 * not the one that the records were made of: each is told, the rest is written,
 * and the result is -OT_ERR_INPUT. */
int ot_extract(const struct ot_extract_options *options,
    const char *const *operands, size_t count, struct ot_error *error);

#endif
