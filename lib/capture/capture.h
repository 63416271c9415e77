/*
 * Captures as a stream of frames: pcap and pcapng, from files, pipes, a live
 * interface; compressed with zstd or gzip. Memory is constant: blocks of about
 * 1 MiB, whatever the size of the file.
 */
#ifndef OT_CAPTURE_CAPTURE_H
#define OT_CAPTURE_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"

/* One captured frame. bytes are the reader's, until the next call; for whoever
 * watches, see ot_capture_watch, until leaving is called. */
struct ot_frame {
	const uint8_t *bytes;
	uint32_t captured;  /* bytes that are there */
	uint32_t wire;	    /* bytes that there were, never below captured */
	uint32_t link_type; /* LINKTYPE_ value */
	uint32_t interface; /* index in the capture's list */
	int64_t time_ns;
	uint64_t number; /* in its file, from 1, as Wireshark counts */
	bool no_time;	 /* SPB: carries no time; time_ns is the last seen */
	uint32_t flags;	 /* epb_flags, 0 where there are none */
};

/* One interface that frames came from. Texts are the capture's own. */
struct ot_interface {
	uint32_t link_type;
	uint32_t snap_len;		  /* 0: no limit */
	struct ot_text name, description; /* if_name, if_description */
	uint64_t received, dropped; /* ISB: isb_ifrecv; isb_ifdrop + isb_osdrop
				     * + epb_dropcount */
	bool statistics;	    /* the two above were stated */
};

/* A name that the file gives to an address (NRB). */
struct ot_capture_name {
	uint8_t address_len; /* 4 or 16 */
	uint8_t address[16];
	struct ot_text name;
};

struct ot_capture;

enum ot_capture_format { OT_PCAP, OT_PCAPNG, OT_LIVE };

/* What is known of a capture once it was read. */
struct ot_capture_info {
	enum ot_capture_format format;
	const char *compression; /* "zstd", "gzip" or NULL */
	uint64_t frames, bytes;	 /* read; bytes as on the wire */
	uint64_t comments, secrets, names, unknown_blocks, sections;
	uint64_t file_bytes; /* of the file as it lies there */
	bool hashed;
	uint8_t sha256[OT_SHA256_LEN]; /* of the file as it lies there */
	/* The file ends inside a record, or a record is damaged: all before it
	 * was given. Then `trouble` says what and where. */
	bool damaged;
	char trouble[256];
};

struct ot_capture_options {
	bool no_hash;
	const char *filter; /* BPF, or NULL */
};

/* Open a file; "-" is standard input. The format is found by content. On
 * failure -OT_ERR_IO (cannot be opened) or -OT_ERR_INPUT (no capture). */
int ot_capture_open(struct ot_capture **out, const char *path,
    const struct ot_capture_options *options, struct ot_error *error);

/* Open a live interface (libpcap). frames_max 0: no limit. */
int ot_capture_open_live(struct ot_capture **out, const char *interface,
    const struct ot_capture_options *options, struct ot_error *error);

/* The next frame: 1, or 0 at the end (or on a stop), or negative. A damaged
 * tail is an end, see ot_capture_info. */
int ot_capture_next(
    struct ot_capture *capture, struct ot_frame *frame, struct ot_error *error);

/* From now on frames stay where they are until leaving is called, so that
 * several can be looked at together; then, and at the end, they go. NULL ends
 * this. */
void ot_capture_watch(
    struct ot_capture *capture, void (*leaving)(void *user), void *user);

/* From a signal handler: make a live capture end. */
void ot_capture_stop(struct ot_capture *capture);

/* Valid until close; complete once ot_capture_next gave 0. */
const struct ot_capture_info *ot_capture_info(struct ot_capture *capture);
uint32_t ot_capture_interfaces(const struct ot_capture *capture);
const struct ot_interface *ot_capture_interface(
    const struct ot_capture *capture, uint32_t index);
size_t ot_capture_name_count(const struct ot_capture *capture);
const struct ot_capture_name *ot_capture_name(
    const struct ot_capture *capture, size_t index);

void ot_capture_close(struct ot_capture *capture);

/* The time of the first frame of a file, to sort a folder by; negative where
 * the file is no capture or cannot be read. */
int ot_capture_first_time(
    int64_t *out_ns, const char *path, struct ot_error *error);

#endif
