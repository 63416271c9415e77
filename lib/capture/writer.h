/*
 * pcapng (draft-ietf-opsawg-pcapng), written: one section, little-endian,
 * times in nanoseconds. The same frames give the same bytes.
 */
#ifndef OT_CAPTURE_WRITER_H
#define OT_CAPTURE_WRITER_H

#include "base/io.h"
#include "capture/capture.h"

struct ot_writer {
	struct ot_out *out; /* borrowed */
	struct ot_sb block; /* the one that is being made */
};

/* An interface as it is written. */
struct ot_writer_interface {
	uint32_t link_type, snap_len;
	struct ot_str name, description; /* UTF-8; empty: left out */
	int64_t offset_s; /* of all its times; for those before 1970 */
};

/* The header of the section. application: what writes it. */
int ot_writer_begin(struct ot_writer *writer, struct ot_out *out,
    struct ot_str application, struct ot_error *error);

/* Interfaces are numbered from 0 in the order in which they are added. */
int ot_writer_interface(struct ot_writer *writer,
    const struct ot_writer_interface *interface, struct ot_error *error);

/* A frame of an interface that was added; time_ns is less offset_s already.
 * Each comment becomes an option of its own. */
int ot_writer_frame(struct ot_writer *writer, const struct ot_frame *frame,
    const struct ot_str *comments, size_t count, struct ot_error *error);

void ot_writer_done(struct ot_writer *writer);

#endif
