/*
 * Streams put together (DESIGN.md section 3): parts by falling number of
 * inputs, then by hash; what is there already is dropped, what shares only
 * some inputs is refused.
 */
#ifndef OT_MODEL_MERGE_H
#define OT_MODEL_MERGE_H

#include "model/stream.h"

/* One part, as it was read. */
struct ot_part {
	const char *name; /* of its file, for messages */
	struct ot_stream stream;
};

/* Merge parts into a stream that is empty; it takes records over from them,
 * so the parts must live as long. note is told of each part dropped.
 * -OT_ERR_INPUT for a part that shares only some inputs. */
int ot_merge(struct ot_stream *into, struct ot_part *parts, size_t count,
    void (*note)(void *user, const char *text), void *user,
    struct ot_error *error);

#endif
