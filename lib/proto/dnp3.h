/*
 * DNP3 (IEEE Std 1815-2012), inside its own files: dnp3.c has the link and the
 * transport function, dnp3_application.c the fragments, dnp3_object.c what
 * stands in them.
 */
#ifndef OT_PROTO_DNP3_H
#define OT_PROTO_DNP3_H

#include "proto/proto.h"

/* How objects are written; the order of the spaces in dnp3.c. */
enum ot_dnp3_space {
	OT_DNP3_NONE,
	OT_DNP3_GROUP,
	OT_DNP3_INDEX,
	OT_DNP3_RANGE,
	OT_DNP3_ALL,
	OT_DNP3_FILE,
};

enum ot_dnp3_group {
	OT_DNP3_G_ATTRIBUTE = 0,
	OT_DNP3_G_CROB = 12,
	OT_DNP3_G_ANALOG_OUTPUT = 41,
	OT_DNP3_G_TIME = 50,
	OT_DNP3_G_DELAY = 52,
	OT_DNP3_G_FILE = 70,
	OT_DNP3_G_IIN = 80,
	OT_DNP3_G_AUTHENTICATION = 120,
};

/* A fragment that was put together, and whose it is. */
struct ot_dnp3_fragment {
	uint16_t master, outstation; /* link addresses */
	bool from_master;
	bool broadcast;
};

/* An object header; clause 4.2.2.7. */
struct ot_dnp3_header {
	uint8_t group, variation;
	uint8_t index_len; /* bytes of the index before each object */
	uint8_t size_len;  /* or of its size */
	bool all;	   /* no range: all objects */
	bool ranged;	   /* first to first + count - 1 */
	uint64_t first, count;
};

/* Kept for a connection. */
struct ot_dnp3_state {
	bool stated;	    /* its security */
	bool authenticated; /* secure authentication was seen */
	/* The segments of a fragment that is being put together. */
	struct ot_dnp3_segments {
		bool active;
		uint8_t next; /* sequence number */
		uint32_t key;
	} segments[2]; /* by direction */
	/* The fragments of a response: their numbers count on, the number
	 * of the request is that of the first. */
	struct ot_dnp3_series {
		bool active;
		uint8_t number;
		uint16_t master, outstation;
	} series;
};

void ot_dnp3_fragment(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_dnp3_fragment *fragment);

struct ot_dnp3_header ot_dnp3_header(struct ot_buf *b);

/* Bits of one object, 0 for those without data; < 0 where it is not known. */
int ot_dnp3_bits(uint8_t group, uint8_t variation);

/* The objects of a header without indexes or sizes: skip their data. False
 * where their length is not known: nothing after can be read. */
bool ot_dnp3_skip(struct ot_buf *b, const struct ot_dnp3_header *header);

/* The file that an object of group 70 names; empty where it names none. */
struct ot_text ot_dnp3_file(struct ot_buf b, uint8_t variation);

/* The user of an authentication object of group 70, whose password is in
 * clear. */
struct ot_text ot_dnp3_user(struct ot_buf b);

/* What a control relay output block asks for: "latch on", "trip pulse on". */
struct ot_text ot_dnp3_control(struct ot_buf b, const struct ot_pdu *pdu);

/* The device attributes of a header of group 0. */
void ot_dnp3_attributes(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_dnp3_header *header, struct ot_text nested);

#endif
