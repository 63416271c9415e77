/*
 * IEC 60870-5-104, inside its own files: iec104.c has the APCI and the header
 * of the ASDU, iec104_asdu.c what an ASDU asks for and answers,
 * iec104_type.c the types, iec104_value.c the values of information elements,
 * iec104_file.c the transfer of files.
 */
#ifndef OT_PROTO_IEC104_H
#define OT_PROTO_IEC104_H

#include "proto/proto.h"

/* How objects are written; the order of the spaces in iec104.c. */
enum ot_iec104_space {
	OT_IEC104_NONE,
	OT_IEC104_STATION,
	OT_IEC104_POINTS,
	OT_IEC104_FILE,
	OT_IEC104_SECTION,
};

enum ot_iec104_type_id {
	OT_IEC104_SINGLE = 45,
	OT_IEC104_DOUBLE = 46,
	OT_IEC104_STEP = 47,
	OT_IEC104_NORMALIZED = 48,
	OT_IEC104_SCALED = 49,
	OT_IEC104_FLOAT = 50,
	OT_IEC104_BITSTRING = 51,
	OT_IEC104_TIME_TAGGED = 13, /* from a command to its twin */
	OT_IEC104_END_OF_INIT = 70,
	OT_IEC104_INTERROGATION = 100,
	OT_IEC104_COUNTER_INTERROGATION = 101,
	OT_IEC104_READ = 102,
	OT_IEC104_CLOCK = 103,
	OT_IEC104_RESET = 105,
	OT_IEC104_P_NORMALIZED = 110,
	OT_IEC104_P_SCALED = 111,
	OT_IEC104_P_FLOAT = 112,
	OT_IEC104_P_ACTIVATION = 113,
	OT_IEC104_FILE_READY = 120,
	OT_IEC104_SECTION_READY = 121,
	OT_IEC104_CALL = 122,
	OT_IEC104_LAST = 123,
	OT_IEC104_ACKNOWLEDGE = 124,
	OT_IEC104_SEGMENT = 125,
	OT_IEC104_DIRECTORY = 126,
	OT_IEC104_QUERY_LOG = 127,
};

/* Causes of transmission; IEC 60870-5-101, 7.2.3. */
enum ot_iec104_cause {
	OT_IEC104_SPONTANEOUS = 3,
	OT_IEC104_INITIALIZED = 4,
	OT_IEC104_REQUESTED = 5,
	OT_IEC104_ACTIVATION = 6,
	OT_IEC104_CONFIRMED = 7,
	OT_IEC104_DEACTIVATION = 8,
	OT_IEC104_DEACTIVATED = 9,
	OT_IEC104_TERMINATED = 10,
	OT_IEC104_RETURN_REMOTE = 11,
	OT_IEC104_RETURN_LOCAL = 12,
	OT_IEC104_UNKNOWN_TYPE = 44,
	OT_IEC104_UNKNOWN_OBJECT = 47,
};

/* What the ASDUs of a type are for. */
enum ot_iec104_kind {
	OT_IEC104_MONITOR, /* the controlled station says */
	OT_IEC104_COMMAND, /* the controlling one asks; it is confirmed */
	OT_IEC104_AUTH,	   /* IEC TS 60870-5-7; without objects */
	OT_IEC104_FILES,
	OT_IEC104_OTHER, /* of no standard */
};

struct ot_iec104_type {
	const char *name;
	uint8_t verb, kind;
	uint8_t size;	 /* bytes of the information elements */
	bool terminates; /* its end is told apart from its confirmation */
};

/* The header of an ASDU; IEC 60870-5-101, 7.2. */
struct ot_iec104_asdu {
	const struct ot_iec104_type *type;
	uint8_t id; /* of the type */
	uint8_t count;
	bool sequence; /* one address, then count elements */
	uint8_t cause;
	bool negative, test;
	uint8_t originator;
	uint16_t ca; /* common address */
};

enum {
	OT_IEC104_ALL_STATIONS = 0xffff,
	OT_IEC104_OPEN_ACTS = 16,
};

/* The last few of something, of one connection. */
struct ot_iec104_set {
	uint64_t pairs[OT_IEC104_OPEN_ACTS]; /* 0: none */
	uint8_t next;
};

/* Kept for a connection. */
struct ot_iec104_state {
	bool stated;		       /* its security */
	bool authenticated;	       /* a type of IEC TS 60870-5-7 was seen */
	uint32_t station;	       /* last told of: address + 1 */
	uint8_t originator;	       /* last told of */
	struct ot_iec104_set selected; /* a command waits for its execute */
	struct ot_iec104_set confirmed; /* the termination is to come */
};

/* The type of that number; never NULL. */
const struct ot_iec104_type *ot_iec104_type(uint8_t id);

/* What the information objects of an ASDU say, asks for or answer. */
void ot_iec104_objects(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_iec104_asdu *asdu);

/* The same for types 120 to 127. */
void ot_iec104_files(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_iec104_asdu *asdu);

/* Does the element of a command select only? Looks, and consumes nothing. */
bool ot_iec104_selects(const struct ot_buf *element, uint8_t type);

/* What the element of a command or a parameter wants, as text: "on, long
 * pulse", "threshold 12.5". Empty for types without a value. */
struct ot_text ot_iec104_value(
    struct ot_buf element, const struct ot_pdu *pdu, uint8_t type);

#endif
