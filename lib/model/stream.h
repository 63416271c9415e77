/*
 * The record stream: NDJSON between the tools (DESIGN.md section 3).
 */
#ifndef OT_MODEL_STREAM_H
#define OT_MODEL_STREAM_H

#include "model/asset.h"
#include "model/finding.h"
#include "model/store.h"
#include "model/zone.h"

/* A file that a tool read: a capture, a policy, a registry. */
struct ot_input {
	struct ot_str name, sha256; /* sha256 {NULL, 0}: null */
	uint64_t bytes;
};
extern const struct ot_shape ot_input_shape;

/* A line that the tools here do not know, passed on as it stands. */
struct ot_unknown {
	struct ot_str type, line;
};

/* A stream in memory. */
struct ot_stream {
	struct ot_arena *arena; /* &store.arena */
	struct ot_strings tools;
	struct ot_list inputs; /* struct ot_input */
	struct ot_store store; /* capture, fact, event, flow */
	struct ot_list assets; /* struct ot_asset */
	struct ot_list zones, crossings, findings;
	struct ot_list unknown; /* struct ot_unknown, as they came */
	struct ot_list
	    extra;     /* struct ot_extra: unknown keys of known records */
	bool complete; /* an end record was there */
	bool any;      /* a stream record was there */
};

/* Unknown members of a known record: ",\"x\":1" as they stood. */
struct ot_extra {
	const void *record; /* the struct that they belong to */
	struct ot_str members;
};

/* Read one line into the stream. -OT_ERR_INPUT with the place in the line. */
int ot_stream_read_line(
    struct ot_stream *stream, struct ot_str line, struct ot_error *error);

/* Write the stream to sb, in its order, flushing through write whenever sb has
 * grown; the `end` record only if complete. */
typedef int ot_stream_write_fn(
    void *user, struct ot_str bytes, struct ot_error *error);
int ot_stream_write(const struct ot_stream *stream, ot_stream_write_fn *write,
    void *user, struct ot_error *error);

void ot_stream_done(struct ot_stream *stream);

#endif
