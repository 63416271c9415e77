/*
 * Datagrams that wait for fragments. For reassemble.c and rejoin.c only.
 */
#ifndef OT_NET_FRAGMENTS_H
#define OT_NET_FRAGMENTS_H

#include "net/decoder.h"

enum {
	OT_UNIT = 8,	    /* fragments begin and end at such borders */
	OT_LONGEST = 65535, /* bytes of a datagram */
	OT_UNITS = (OT_LONGEST + OT_UNIT - 1) / OT_UNIT,
	OT_BUCKETS = 4096,
};

#define OT_LENGTH_UNKNOWN UINT32_MAX

/* Hashed and compared as bytes. */
struct ot_fragment_key {
	struct ot_addr src, dst;
	uint32_t id;
	uint32_t protocol; /* 0 in IPv6, where it is no part of the key */
};

struct ot_datagram {
	struct ot_datagram *chain;	   /* of its bucket */
	struct ot_datagram *older, *newer; /* by the first fragment that came */
	struct ot_fragment_key key;
	struct ot_packet packet; /* of that fragment */
	int64_t first_ns;
	uint8_t protocol; /* of the fragment with offset 0 */
	bool overlap;	  /* copies disagree; counted already */
	bool incomplete;  /* was told so */
	uint8_t *bytes;
	uint8_t *other; /* as the last copies have it, once they differ */
	uint32_t cap;
	uint32_t total;	 /* length, unknown until the last fragment */
	uint32_t end;	 /* of what came */
	uint32_t cut_at; /* the first byte that no capture held */
	uint32_t units;	 /* how many came */
	unsigned depth;	 /* of the walk that joined it */
	uint64_t seen[OT_UNITS / 64 + 1];
};

struct ot_fragments {
	uint64_t key[2];
	struct ot_datagram *buckets[OT_BUCKETS];
	struct ot_datagram *oldest, *newest;
	struct ot_datagram *told; /* whole, in use until the next frame */
	unsigned count;
	size_t memory;
	/* told a while ago, newest first: a late fragment may belong to them */
	struct ot_datagram *past;
	unsigned past_count;
	size_t past_memory;
};

void ot_datagram_free(struct ot_datagram *datagram);
bool ot_datagram_whole(const struct ot_datagram *datagram);

/* rejoin.c */

/* These bytes are the last copy of their place. */
void ot_rejoin_lay(
    struct ot_datagram *datagram, struct ot_buf from, uint32_t offset);

/* Tell the other version of what was told whole. */
void ot_rejoin_tell(struct ot_decoder *decoder, struct ot_datagram *datagram);

/* A datagram that was told is done with: it is kept for a while, or freed. One
 * that is incomplete is tried with what was told before it. */
void ot_rejoin_keep(struct ot_decoder *decoder, struct ot_datagram *datagram);

void ot_rejoin_done(struct ot_fragments *fragments);

#endif
