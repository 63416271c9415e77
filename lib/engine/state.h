/*
 * The engine's own structs, shared by its files and by nobody else.
 */
#ifndef OT_ENGINE_STATE_H
#define OT_ENGINE_STATE_H

#include "base/map.h"
#include "engine/engine.h"
#include "engine/object.h"
#include "engine/story.h"
#include "flow/flow.h"
#include "net/packet.h"

enum {
	LEVELS = 4,	     /* protocols in protocols of one connection */
	CARRIERS = 16,	     /* kinds of carriers that the protocols name */
	SEGMENTS_TRIED = 24, /* starts at which a name is looked for */
	WAITING = 64,	     /* packets decoded before they are worked on */
	FAILURES = 8,	     /* framing failures in a row that end a name */
	UPGRADE = 64, /* bytes that tell a protocol inside a connection */
	RETRIES = 4,  /* gaps after which a nameless one is tried again */
	PARTS = 64,   /* PDUs of one connection that are gathered at once */
	SHARDS = 64,  /* DESIGN.md section 7 */
	SHARD_FLOWS = OT_LIMIT_FLOWS / SHARDS,
};

/* ---- what a PDU says, until it is committed ---- */

enum saying_kind {
	SAID_OP,
	SAID_REPLY,
	SAID_FACT,
	SAID_EVENT,
	SAID_SECURITY,
	SAID_CERTIFICATE,
};

struct saying {
	enum saying_kind kind;
	const struct ot_proto *proto;
	union {
		struct ot_op op;
		struct ot_reply reply;
		struct ot_fact fact;
		struct ot_event event;
		struct {
			enum ot_facet facet;
			struct ot_text value;
		} security;
		struct ot_certificate certificate;
	} as;
};

/* The place of the PDU and what was said so far. */
struct ot_said {
	struct ot_engine *engine;
	struct ot_conn *conn;
	struct session *session;
	unsigned dir;
	unsigned depth; /* level of the protocol that speaks now */
	uint64_t frame;
	uint64_t pdu; /* counts PDUs */
	int64_t time_ns;
	struct saying *at;
	uint32_t count, cap;
	uint64_t dropped; /* statements above OT_LIMIT_SAID */
	bool second;	  /* a second reading: nothing of it may stay */
	bool failed;	  /* an inner PDU was malformed */
};

/* ---- requests that wait for their answers ---- */

struct asked {
	const struct ot_proto *proto;
	unsigned dir;
	bool done, answered;
	struct ot_op op; /* its text is on the heap */
	uint64_t frame;
	int64_t time_ns;
	uint64_t pdu;  /* which PDU asked */
	uint32_t item; /* among those of that PDU with its pair, from 1 */
};

struct asked_list {
	struct asked *at; /* a ring, oldest first */
	uint32_t head, count, cap;
};

/* ---- parts of PDUs ---- */

struct part {
	struct part *next;
	const struct ot_proto *proto;
	uint32_t key;
	unsigned dir;
	uint8_t *p;
	size_t len, cap;
	bool whole; /* given out: freed behind this PDU */
};

/* ---- operations of a flow, in numbers ---- */

/* What every PDU changes stands together with the last place of the evidence,
 * whose times are the first and last. */
struct op_live {
	uint64_t hash;
	const struct ot_proto *proto;
	struct ot_op op; /* its text is on the heap */
	struct ot_evidence evidence;
	int32_t slot; /* the last one in slots, NO_SLOT: look there */
	uint64_t count;
	uint64_t unanswered;
	struct ot_slots slots;
	struct ot_counts errors;
	bool unasked;
	struct ot_value_sum value;
};

#define NO_SLOT INT32_MIN

/* Records in the making lie in hash chains; each begins with this. */
struct chain {
	struct chain *next;
	uint64_t hash;
};

struct fact_live {
	struct chain chain;
	unsigned shard;
	struct ot_fact_sum sum;
};

struct event_live {
	struct chain chain;
	unsigned shard;
	struct ot_event_sum sum;
};

/* A flow record in the making; connections with one key share it. What every
 * PDU changes, the first members of sum, stands near its front. */
struct live {
	struct chain chain;
	struct live *newer;	/* the one made after it, of any key */
	struct op_live *recent; /* the last one, or NULL */
	struct ot_flow_sum sum;
	const struct ot_proto *proto;
	bool answered;	      /* something came back, or it was understood */
	struct op_live **ops; /* open addressing, a power of two */
	uint32_t op_count, op_cap;
	struct ot_arena *spilled; /* holds sum.ops, once they are many */
};

/* ---- a connection as the engine sees it ---- */

enum session_state { TRYING, NAMED, NAMELESS };

struct level {
	const struct ot_proto *proto;
	const char *carrier;
	void *state; /* heap, state_size bytes */
};

/* What every packet looks at stands first, then what every PDU does. */
struct session {
	struct live *live;
	int64_t slot_from_ns, slot_to_ns;
	uint8_t state;	/* enum session_state */
	int client_dir; /* -1: not decided */
	uint8_t roles_by, named_by;
	bool resync[2];
	bool began[2]; /* its first bytes were read, or given up */
	bool encrypted;
	uint32_t verbs; /* a bit for each verb seen */
	uint32_t failures;
	int64_t asked_ns; /* time of the last request, 0: none */
	uint64_t skip[2]; /* bytes of a PDU that is not read to its end */
	struct second *second[2]; /* readings that go on, or NULL */
	struct asked_list asked;
	struct part *parts;
	struct level level[LEVELS];
	struct ot_story *story; /* where each connection is a record */
	struct ot_flow_tcp tcp;
	uint32_t tried, tried_bytes, retries;
	struct ot_slots slots;
	/* packets of a direction when its present MAC (TTL) came */
	uint64_t mac_from[2], ttl_from[2];
	struct ot_counts macs[2], ttls[2];
	int64_t began_ns;	/* of its first frame, not the earliest */
	uint64_t unknown_bytes; /* payload before a name was found */
	uint64_t partial_bytes; /* of it: the first of a side, midstream */
	uint64_t duplicates, icmp_errors, fragments, overlaps;
	struct ot_str user;
	struct through *through; /* heap; NULL: through no tunnel */
};

/* A connection that another one foretold; hashed and compared as bytes. */
struct expect {
	struct ot_addr listener, other;
	uint16_t port;
	uint16_t transport;
};

struct carrier {
	const char *name;
	const struct ot_proto **protos; /* S, M, W; in each by the table */
	uint32_t count;
};

/* What is counted of every frame of a file. */
struct frames {
	uint64_t of[OT_ACCOUNTS];
	uint64_t count, bytes, cut, tagged, back_steps;
	int64_t first_ns, last_ns; /* the smaller is the greater: no times */
	int64_t before_ns;	   /* of the frame before */
};

struct ot_engine {
	const struct ot_engine_options *options;
	unsigned worker;
	struct ot_decoder *decoder;
	struct ot_flow *flow;
	struct ot_flow_sink sink;
	struct ot_arena arena; /* records in the making, until taken */
	struct ot_arena frame; /* scratch of one PDU */
	struct carrier carriers[CARRIERS];
	uint32_t carrier_count;
	struct ot_str *files; /* by index, the last one is read now */
	uint32_t file_count, file_cap;
	struct ot_packet waiting[WAITING];
	uint32_t waiting_count;
	struct ot_str *sensors, *sites; /* by sensor number */
	uint32_t sensor_count, sensor_cap, sensor;
	uint32_t *mirrors;   /* by ERSPAN session: 1 + sensor number */
	struct live nowhere; /* what is said where there is no memory */
	struct chain **lives;
	struct live *oldest, *newest; /* of them */
	uint32_t live_count, live_cap;
	struct chain **facts;
	uint32_t fact_count, fact_cap;
	struct chain **events;
	uint32_t event_count, event_cap;
	struct ot_said said;
	void *spare_state; /* for ot_state where there is no other */
	size_t spare_size;
	struct ot_map expects;	      /* struct expect to struct ot_proto */
	uint32_t shard_flows[SHARDS]; /* of lives */
	/* the last one is of what the capture file itself says */
	uint32_t shard_facts[SHARDS + 1], shard_events[SHARDS];
	struct frames frames;	       /* of the file so far */
	struct ot_capture_sum account; /* the same, and what else is known */
	uint64_t gathered;	       /* bytes in parts */
	uint64_t flow_frames, flow_bytes, attempt_frames, attempt_bytes;
	uint64_t limit_said, limit_asked, limit_gather, limit_facts,
	    limit_events, limit_expects, limit_flows, limit_memory;
};

/* session.c */
/* Count the packets that came with the MAC (TTL) as it is. */
void ot_session_macs(struct ot_engine *engine, const struct ot_half *half,
    struct session *session, unsigned dir);
void ot_session_ttls(struct ot_engine *engine, const struct ot_conn *conn,
    struct session *session, unsigned dir);
/* Which of the shards two ends belong to, the same in every run. */
unsigned ot_shard(const struct ot_addr *a, const struct ot_addr *b);
/* A packet that does not stay where it is: an ot_packet_sink. */
void ot_packet_take(void *engine, const struct ot_packet *packet);

/* data.c: the first four are what flow calls, see struct ot_flow_sink */
size_t ot_data_take(void *engine, struct ot_conn *conn, unsigned dir,
    const uint8_t *p, size_t len, const struct ot_mark *marks,
    size_t mark_count);
void ot_data_gap(void *engine, struct ot_conn *conn, unsigned dir,
    uint64_t bytes, bool snap);
void ot_data_second(void *engine, struct ot_conn *conn, unsigned dir,
    const struct ot_second *second);
void ot_data_more(void *engine, struct ot_conn *conn, unsigned dir,
    const uint8_t *p, const struct ot_mark *mark);
void ot_data_datagram(struct ot_engine *engine, struct ot_conn *conn,
    struct session *session, unsigned dir, const struct ot_packet *packet);
/* The last chance for a name, and for what was cut at the end. */
void ot_data_end(
    struct ot_engine *engine, struct ot_conn *conn, struct session *session);

/* end.c */
/* What flow calls at the end of a connection. */
void ot_conn_end(void *engine, struct ot_conn *conn);
/* Forget its protocols, and what they remember. */
void ot_levels_free(struct session *session);

/* engine.c */
/* The number of a sensor, new or not. False without memory. */
bool ot_engine_sensor_number(struct ot_engine *engine, struct ot_str sensor,
    struct ot_str site, uint32_t *number);

/* through.c: of packets that came through tunnels */
void ot_through_note(struct ot_engine *engine, struct session *session,
    unsigned dir, const struct ot_packet *packet);
/* Into the flow record, at the end of a connection. */
void ot_through_fold(
    struct ot_engine *engine, struct session *session, struct ot_flow_sum *sum);
void ot_through_done(struct session *session);
/* The sensor that saw it: a remote mirror has a name of its own, where the
 * options give none. */
uint32_t ot_through_sensor(
    struct ot_engine *engine, const struct ot_packet *packet);

/* recognise.c */
bool ot_carriers_init(struct ot_engine *engine);
const struct carrier *ot_carrier(
    const struct ot_engine *engine, const char *name);
bool ot_port_prior(const struct ot_proto *proto, const char *carrier,
    const struct ot_conn *conn);
enum recognised { RECOGNISED, STILL_OPEN, ALL_SAY_NO };
/* Try to name a stream or datagrams by what is pending or given. last: no
 * more will come. */
enum recognised ot_recognise(struct ot_engine *engine, struct ot_conn *conn,
    struct session *session, unsigned dir, struct ot_buf given, bool last);
/* Does another protocol begin here, in a connection that spoke one before, or
 * none that is known? Then it is named. STILL_OPEN: the first UPGRADE bytes
 * will tell. */
enum recognised ot_upgrade(struct ot_engine *engine, struct ot_conn *conn,
    struct session *session, unsigned dir, struct ot_buf b);
void ot_decide_roles(
    struct ot_engine *engine, struct ot_conn *conn, struct session *session);
struct ot_str ot_name_by_port(const struct ot_engine *engine,
    const struct ot_conn *conn, const struct session *session);

/* pdu.c */
void ot_pdu_of(struct ot_pdu *pdu, const struct ot_conn *conn,
    const struct session *session, const struct ot_proto *proto, unsigned dir);
/* Prepare what a dissector may know of the PDUs of one direction. */
void ot_pdu_begin(struct ot_pdu *pdu, struct ot_engine *engine,
    struct ot_conn *conn, struct session *session, unsigned dir);
/* Hand one PDU, of a pdu so prepared, to the protocol of level 0, and keep what
 * it said. False if it was malformed. */
bool ot_pdu_dissect(struct ot_pdu *pdu, const uint8_t *p, size_t len,
    uint64_t rest, bool cut, const struct ot_mark *mark);
/* Hand one PDU over and keep nothing: what it said stands in pdu->said until
 * the next one. False if it was malformed. */
bool ot_pdu_try(struct ot_pdu *pdu, const uint8_t *p, size_t len, size_t rest,
    const struct ot_mark *mark);
void ot_parts_free(struct ot_engine *engine, struct session *session);
/* What was given out whole for this PDU is done with. */
void ot_parts_sweep(struct ot_engine *engine, struct session *session);
void ot_user_done(struct ot_engine *engine, struct session *session);

/* cut.c: data of a named connection */
/* Cut PDUs out of p, of which `from` bytes are done with; gives how many are
 * afterwards. */
size_t ot_cut_stream(struct ot_engine *engine, struct ot_conn *conn,
    struct session *session, unsigned dir, size_t from, const uint8_t *p,
    size_t len, const struct ot_mark *marks, size_t mark_count);
void ot_cut_gap(struct ot_engine *engine, struct ot_conn *conn,
    struct session *session, unsigned dir, uint64_t bytes, bool snap);
void ot_cut_end(struct ot_engine *engine, struct ot_conn *conn,
    struct session *session, unsigned dir);
void ot_cut_datagram(struct ot_engine *engine, struct ot_conn *conn,
    struct session *session, unsigned dir, const uint8_t *p, size_t len,
    bool cut, const struct ot_mark *mark);

/* What pdu_len says of these bytes; datagrams have one PDU without it. */
long ot_cut_length(const struct ot_pdu *pdu, const uint8_t *p, size_t len);
/* Could a PDU begin at p? Its header must fit, and what follows it too. */
bool ot_cut_begins(struct ot_pdu *pdu, const uint8_t *p, size_t len);
/* The offset of the next plausible PDU, or of what may be the start of one, cut
 * off by the end; or len. */
size_t ot_cut_start(struct ot_pdu *pdu, const uint8_t *p, size_t len);

/* second.c */
/* A stretch of a stream in another version. */
void ot_second_stream(struct ot_engine *engine, struct ot_conn *conn,
    struct session *session, unsigned dir, const struct ot_second *second);
/* What follows it in both versions. */
void ot_second_more(struct ot_engine *engine, struct ot_conn *conn,
    struct session *session, unsigned dir, const uint8_t *p,
    const struct ot_mark *mark);
/* Nothing follows. */
void ot_second_end(struct ot_engine *engine, struct ot_conn *conn,
    struct session *session, unsigned dir);
void ot_second_drop(
    struct ot_engine *engine, struct session *session, unsigned dir);
/* Fragments that a receiver can join in two ways, with nothing to read. */
void ot_second_fragments(struct ot_engine *engine, struct ot_conn *conn,
    struct session *session, unsigned dir, const struct ot_packet *packet);
/* A datagram as another copy of its fragments has it. */
void ot_second_datagram(struct ot_engine *engine, struct ot_conn *conn,
    struct session *session, unsigned dir, const struct ot_packet *packet);

/* pair.c */
/* Is this asked and not answered yet? */
bool ot_pair_asks(const struct session *session, const struct ot_proto *proto,
    const struct ot_op *op);
void ot_pair_open(struct ot_engine *engine, struct session *session,
    const struct ot_said *said, const struct saying *saying);
void ot_pair_close(struct ot_engine *engine, struct session *session,
    const struct ot_said *said, const struct saying *saying);
void ot_pair_end(struct ot_engine *engine, struct session *session);
const struct ot_op *ot_pair_find(const struct session *session,
    const struct ot_proto *proto, unsigned dir, uint64_t pair);
const struct ot_op *ot_pair_item(const struct session *session,
    const struct ot_proto *proto, unsigned dir, uint64_t pair, uint32_t item);

/* fold.c */
/* Where a frame lies. */
struct ot_place ot_frame_place(
    const struct ot_engine *engine, uint64_t frame, int64_t time_ns);
struct live *ot_live_get(struct ot_engine *engine, const struct ot_conn *conn,
    const struct session *session, struct ot_str protocol,
    const struct ot_proto *proto);
/* Is the same asked, to the last byte? */
bool ot_op_same(const struct ot_op *a, const struct ot_op *b);
/* An operation with its outcome; reply 0: unanswered. */
void ot_fold_op(struct ot_engine *engine, struct live *live,
    const struct asked *asked, uint64_t reply_frame, const char *error,
    uint32_t error_code, bool unasked);
void ot_fold_fact(struct ot_engine *engine, const struct ot_said *said,
    const struct ot_pdu *pdu, const struct saying *saying);
/* A name that the capture file itself gives to an address. */
void ot_fold_name(
    struct ot_engine *engine, const struct ot_addr *addr, struct ot_text name);
void ot_fold_event(struct ot_engine *engine, const struct ot_said *said,
    const struct ot_pdu *pdu, const struct saying *saying);
/* A PDU whose statements from `from` on are withdrawn. */
void ot_fold_malformed(struct ot_engine *engine, const struct ot_said *said,
    const struct ot_pdu *pdu, uint32_t from, enum ot_fault fault);
/* A conversation that was only tried: into its source's attempts. */
void ot_fold_attempt(
    struct ot_engine *engine, const struct ot_flow_sum *flow, uint64_t refused);
void ot_fold_certificate(struct ot_engine *engine, struct live *live,
    const struct ot_certificate *certificate);
/* A notable thing of a whole connection. */
void ot_fold_conn_event(struct ot_engine *engine, const struct ot_conn *conn,
    const struct session *session, const char *kind, const char *detail);
/* Does the flow have this operation? */
bool ot_fold_has(const struct live *live, const struct ot_proto *proto,
    const struct ot_op *op);
/* What one PDU of a second reading said. once: the event has not been counted
 * for this reading. */
void ot_fold_second(struct ot_engine *engine, const struct ot_said *said,
    const char *detail, bool once);
/* The same, where there was nothing to read. */
void ot_fold_second_conn(struct ot_engine *engine, struct ot_conn *conn,
    const struct session *session, unsigned dir, const struct ot_mark *mark,
    const char *detail, bool once);
bool ot_fold_take(struct ot_engine *engine, struct ot_store *store);
/* Forget the records in the making. */
void ot_fold_drop(struct ot_engine *engine);

#endif
