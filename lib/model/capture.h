/*
 * The capture record: one input, and the account of its frames.
 */
#ifndef OT_MODEL_CAPTURE_H
#define OT_MODEL_CAPTURE_H

#include "model/record.h"

struct ot_capture_interface {
	struct ot_str name, sensor; /* sensor: where each has its own */
	struct ot_str link_type;
	uint64_t snap_len, received, dropped;
};

/* One counter for each end that a frame can have; they add up to frames. */
struct ot_capture_account {
	uint64_t tcp, udp, sctp, icmp, ip, layer2, twin, link_type, malformed;
};

struct ot_capture_sum {
	struct ot_str sensor, site;
	struct ot_str file, sha256;
	uint64_t file_bytes;
	struct ot_str format, compression;
	struct ot_list
	    interfaces; /* struct ot_capture_interface, as they came */
	int64_t first, last;
	uint64_t frames, bytes, cut_frames;
	struct ot_capture_account account;
	/* of the frames in flows and attempts: what the flow and event records
	 * of this input add up to. An input that shares flows with others of a
	 * folder has them in the folder's last capture record. */
	uint64_t flow_frames, flow_bytes, attempt_frames, attempt_bytes;
	uint64_t duplicates;
	uint64_t connections, one_sided;
	uint64_t tagged_frames;
	uint64_t comments, secrets, unknown_blocks;
	uint64_t back_steps;   /* frames whose time is before the one before */
	struct ot_str damaged; /* what is wrong with its end, and where */
	struct ot_counts limits; /* limits that were met, how often */
};

extern const struct ot_shape ot_capture_shape;

#endif
