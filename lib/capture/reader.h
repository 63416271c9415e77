/*
 * What capture.c and the readers of the formats share: the state of one open
 * capture. For lib/capture only.
 */
#ifndef OT_CAPTURE_READER_H
#define OT_CAPTURE_READER_H

#include <signal.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/time.h"
#include "capture/capture.h"
#include "capture/source.h"

struct ot_filter;

/* A format of captures. All functions may look at capture->own. */
struct ot_format {
	enum ot_capture_format format;
	/* Do the first bytes look like mine? For files. */
	bool (*probe)(const struct ot_buf *b);
	/* Read what stands before the first record. */
	int (*open)(struct ot_capture *capture, struct ot_error *error);
	/* The next frame: 1, 0 at the end, negative. */
	int (*next)(struct ot_capture *capture, struct ot_frame *frame,
	    struct ot_error *error);
	void (*stop)(struct ot_capture *capture); /* may be NULL */
	void (*done)(struct ot_capture *capture); /* may be NULL */
};

extern const struct ot_format ot_format_pcap, ot_format_pcapng;

struct ot_capture {
	const struct ot_format *format;
	void *own; /* the format's state, in the arena */
	struct ot_source *source;
	struct ot_filter *filter;
	const char *name; /* for messages */
	struct ot_capture_info info;
	/* The next frame, as things stand: the format's, or one around it. */
	int (*next)(struct ot_capture *capture, struct ot_frame *frame,
	    struct ot_error *error);
	uint64_t number; /* of the last frame, filtered ones counted */
	int64_t last_ns; /* its time */
	void (*leaving)(void *user); /* see ot_capture_watch */
	void *user;
	struct ot_arena arena; /* lives as long as the capture */
	struct ot_interface **interfaces;
	uint32_t interface_count, interface_cap;
	struct ot_capture_name *names;
	size_t name_count, name_cap;
};

/* A capture without a format or a source. NULL without memory. */
struct ot_capture *ot_capture_new(const char *name);

/* Add an interface; NULL without memory or above OT_LIMIT_INTERFACES. */
struct ot_interface *ot_capture_add_interface(
    struct ot_capture *capture, uint32_t link_type, uint32_t snap_len);

/* Keep a name, up to OT_LIMIT_NAMES of them; counts it in any case. */
void ot_capture_add_name(
    struct ot_capture *capture, struct ot_buf address, struct ot_text name);

/* A copy that lives as long as the capture; empty without memory. */
struct ot_text ot_capture_keep(struct ot_capture *capture, struct ot_text text);

/* The source holds no whole record any more: a clean end where it is empty,
 * else damage, or an error of reading. what: the record, for the message. */
int ot_capture_short(
    struct ot_capture *capture, const char *what, struct ot_error *error);

/* The record that would have been the next frame is damaged: note why and give
 * 0, the end. */
int ot_capture_damaged(struct ot_capture *capture, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Number the frame, whose other fields are filled. */
static inline void
ot_capture_give(struct ot_capture *capture, struct ot_frame *frame)
{
	if (frame->wire < frame->captured)
		frame->wire = frame->captured;
	frame->number = ++capture->number;
	capture->last_ns = frame->time_ns;
	capture->info.frames++;
	capture->info.bytes += frame->wire;
}

/* A BPF filter, compiled for each link type that comes. name: the capture's,
 * for messages; it must stay. */
int ot_filter_new(struct ot_filter **out, const char *name, const char *text,
    struct ot_error *error);
/* Compile it for a link type now: negative where it makes no sense there. */
int ot_filter_prepare(
    struct ot_filter *filter, uint32_t link_type, struct ot_error *error);
/* Does the frame pass? 1, 0, or negative as above. */
int ot_filter_pass(struct ot_filter *filter, const struct ot_frame *frame,
    struct ot_error *error);
void ot_filter_free(struct ot_filter *filter);

static inline uint16_t
ot_u16(struct ot_buf *b, bool big)
{
	return big ? ot_u16be(b) : ot_u16le(b);
}

static inline uint32_t
ot_u32(struct ot_buf *b, bool big)
{
	return big ? ot_u32be(b) : ot_u32le(b);
}

static inline uint64_t
ot_u64(struct ot_buf *b, bool big)
{
	return big ? ot_u64be(b) : ot_u64le(b);
}

#endif
