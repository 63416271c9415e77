/*
 * The engine: from frames to flow, fact, event and capture records. It
 * recognises protocols, cuts streams into PDUs, pairs requests with answers,
 * folds what dissectors say, and keeps the account of frames.
 */
#ifndef OT_ENGINE_ENGINE_H
#define OT_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "capture/capture.h"
#include "model/store.h"
#include "proto/proto.h"

/* A name that a port suggests where the content told none (data/ports.csv). */
struct ot_port_name {
	uint8_t transport; /* enum ot_transport */
	uint32_t port;	   /* or ethertype, or IP protocol */
	struct ot_str name;
};

struct ot_ports;

/* How the inputs are told apart. */
enum ot_sensor_from {
	OT_SENSOR_GIVEN, /* the same name, or none, for all */
	OT_SENSOR_FILE,	 /* the file's name without its suffixes */
	OT_SENSOR_FOLDER,
	OT_SENSOR_INTERFACE,
};

/* For tests of dissectors: told of everything that a PDU said, in order, once
 * it was kept or dropped. */
struct ot_tap {
	void *user;
	void (*op)(
	    void *user, const struct ot_pdu *pdu, const struct ot_op *op);
	void (*reply)(void *user, const struct ot_pdu *pdu,
	    const struct ot_op *asked, const struct ot_reply *reply);
	void (*fact)(
	    void *user, const struct ot_pdu *pdu, const struct ot_fact *fact);
	void (*event)(
	    void *user, const struct ot_pdu *pdu, const struct ot_event *event);
	void (*security)(void *user, const struct ot_pdu *pdu,
	    enum ot_facet facet, struct ot_text value);
	void (*certificate)(void *user, const struct ot_pdu *pdu,
	    const struct ot_certificate *certificate);
	void (*malformed)(void *user, const struct ot_pdu *pdu);
};

struct ot_engine_options {
	bool no_hash;
	unsigned threads;   /* at least 1 */
	const char *filter; /* BPF, or NULL */
	enum ot_sensor_from sensor_from;
	struct ot_str sensor, site;
	bool site_from_folder;
	bool connections;	      /* a record for each connection */
	const struct ot_ports *ports; /* or NULL */
	const struct ot_tap *tap;
	uint64_t frames_max; /* live; 0: no limit */
	/* Told of each message for a person ("a.pcap: …"); may be NULL. */
	void (*warn)(void *user, const char *message);
	/* Told of bytes read so far, now and then; may be NULL. */
	void (*progress)(void *user, uint64_t bytes);
	void *user;
};

/* One operand of the command line. */
struct ot_operand {
	const char *path; /* a file, a folder, "-", or an interface */
	bool live;
};

/* Read the operands and add their records to the store, settled. Damaged input
 * is not an error: it is told to warn, counted, and *damaged is set. */
int ot_engine_run(struct ot_store *store,
    const struct ot_engine_options *options, const struct ot_operand *operands,
    size_t count, bool *damaged, struct ot_error *error);

/* Make a live capture end; safe in a signal handler. */
void ot_engine_stop(void);

/* ---- below: for ot_engine_run, tests and fuzzing ---- */

/* One worker's state for one operand. */
struct ot_engine;

struct ot_engine *ot_engine_new(
    const struct ot_engine_options *options, unsigned worker);
void ot_engine_free(struct ot_engine *engine);

/* A new file begins; its frames are named so. Texts are borrowed until the
 * records were taken, also below. False without memory. */
bool ot_engine_file(struct ot_engine *engine, struct ot_str name);

/* Frames are numbered through all files, for what one begins another may end:
 * the index of the file, from 0, stands above the number in it. */
enum { OT_FRAME_BITS = 40 };

static inline uint64_t
ot_frame_in(uint64_t file, uint64_t number)
{
	return file << OT_FRAME_BITS | number;
}

/* The number in its file. */
static inline uint64_t
ot_frame_number(uint64_t frame)
{
	return frame & (ot_frame_in(1, 0) - 1);
}

/* The frames that come now were seen by this sensor, at this site. */
bool ot_engine_sensor(
    struct ot_engine *engine, struct ot_str sensor, struct ot_str site);

/* Take a frame, whose number is of ot_frame_in. Its bytes must stay until
 * ot_engine_drain, which works off what waits. */
void ot_engine_frame(struct ot_engine *engine, const struct ot_frame *frame);
void ot_engine_drain(struct ot_engine *engine);

/* One packet by itself, for tests of dissectors. */
struct ot_packet;
void ot_engine_packet(struct ot_engine *engine, const struct ot_packet *packet);

/* What was counted since ot_engine_file: frames, bytes, times, account. */
const struct ot_capture_sum *ot_engine_account(struct ot_engine *engine);

/* A name that the capture file itself gives to an address. */
void ot_engine_name(
    struct ot_engine *engine, const struct ot_addr *addr, struct ot_text name);

/* End all connections and put the records into the store; then the engine is
 * empty. False without memory. */
bool ot_engine_take(struct ot_engine *engine, struct ot_store *store);

/* What ot_engine_take found: frames and bytes in flows and in attempts,
 * copies, one-sided connections, limits that were met; added to *into. */
bool ot_engine_totals(struct ot_engine *engine, struct ot_arena *arena,
    struct ot_capture_sum *into);

#endif
