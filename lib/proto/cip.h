/*
 * What the files of the CIP dissector share: paths, services, status, facts
 * and connections (ODVA Volume 1, chapters 2, 3, 5 and appendices A to C).
 */
#ifndef OT_PROTO_CIP_H
#define OT_PROTO_CIP_H

#include "proto/proto.h"

/* Object classes that are told apart. */
enum ot_cip_class {
	OT_CIP_IDENTITY = 0x01,
	OT_CIP_ROUTER = 0x02,
	OT_CIP_ASSEMBLY = 0x04,
	OT_CIP_MANAGER = 0x06, /* connection manager */
	OT_CIP_FILE = 0x37,
	OT_CIP_SAFETY = 0x39, /* safety supervisor */
	OT_CIP_EVENT_LOG = 0x41,
	OT_CIP_TIME_SYNC = 0x43,
	OT_CIP_MODBUS = 0x44,
	OT_CIP_RING = 0x47,	   /* device level ring */
	OT_CIP_SECURITY = 0x5d,	   /* first of the security classes */
	OT_CIP_CREDENTIALS = 0x62, /* last of them */
	OT_CIP_LOGIX_FIRST = 0x64,
	OT_CIP_PCCC = 0x67,
	OT_CIP_LOGIX_LAST = 0x70,
	OT_CIP_PROGRAM = 0x68,
	OT_CIP_SYMBOL = 0x6b,
	OT_CIP_TEMPLATE = 0x6c,
	OT_CIP_CLOCK = 0x8b, /* Logix wall clock */
	OT_CIP_CONTROLLER = 0x8e,
	OT_CIP_FIRMWARE = 0xa1,
	OT_CIP_LOGIX_EXTRA = 0xac,
	OT_CIP_PORT = 0xf4,
	OT_CIP_TCPIP = 0xf5,
	OT_CIP_ETHERNET = 0xf6,
	OT_CIP_LLDP = 0x10a, /* LLDP data table */
};

#define OT_CIP_NO_CLASS 0xffffffffu /* an answer alone does not show it */

enum ot_cip_code {
	OT_CIP_GET_ALL = 0x01,
	OT_CIP_GET_LIST = 0x03,
	OT_CIP_SET_LIST = 0x04,
	OT_CIP_RESET = 0x05,
	OT_CIP_MULTIPLE = 0x0a,
	OT_CIP_GET_SINGLE = 0x0e,
	OT_CIP_READ_TAG = 0x4c,
	OT_CIP_WRITE_TAG = 0x4d,
	OT_CIP_CLOSE = 0x4e, /* forward close */
	OT_CIP_READ_FRAGMENT = 0x52,
	OT_CIP_UNCONNECTED = 0x52, /* on the connection manager */
	OT_CIP_WRITE_FRAGMENT = 0x53,
	OT_CIP_OPEN = 0x54, /* forward open */
	OT_CIP_LARGE_OPEN = 0x5b,
};

struct ot_cip_service {
	enum ot_verb verb;
	uint32_t flags; /* of enum ot_op_flag */
	const char *name;
};

/* A service on an object of that class, which may be inside one of another
 * class (else outer is the same, or no class). */
struct ot_cip_service ot_cip_service(
    uint8_t code, uint32_t class, uint32_t outer);

/* General status; with status 1 the extended status of the connection
 * manager. NULL: no name. */
const char *ot_cip_status(uint8_t status, uint16_t extended);

/* Electronic key: what a client expects of the target. */
struct ot_cip_key {
	uint16_t vendor, type, product;
	uint8_t major, minor; /* the top bit of major: compatible will do */
};

enum ot_cip_segment_kind {
	OT_CIP_SEG_PORT,
	OT_CIP_SEG_CLASS,
	OT_CIP_SEG_INSTANCE,
	OT_CIP_SEG_MEMBER,
	OT_CIP_SEG_POINT,
	OT_CIP_SEG_ATTRIBUTE,
	OT_CIP_SEG_KEY,
	OT_CIP_SEG_SYMBOL,
	OT_CIP_SEG_SAFETY,
	OT_CIP_SEG_OTHER, /* known, and no part of a name */
	OT_CIP_SEG_RESERVED,
};

/* One segment of a padded EPATH. */
struct ot_cip_segment {
	enum ot_cip_segment_kind kind;
	uint32_t n;	     /* the logical value; a port's number */
	struct ot_buf bytes; /* link address, symbol, key */
};

/* The next segment; after one of a reserved type the rest has no meaning. */
struct ot_cip_segment ot_cip_segment(struct ot_buf *epath);

/* Which parts a path had. */
enum ot_cip_part {
	OT_CIP_HAS_CLASS = 1,
	OT_CIP_HAS_INSTANCE = 2,
	OT_CIP_HAS_ATTRIBUTE = 4,
	OT_CIP_HAS_MEMBER = 8,
	OT_CIP_HAS_POINT = 16,
	OT_CIP_HAS_TAG = 32,
	OT_CIP_INNER_CLASS = 64, /* a second class, behind an instance */
	OT_CIP_INNER_INSTANCE = 128,
	OT_CIP_MIXED = 256, /* more than a space of numbers holds */
};

/* A padded EPATH (Volume 1, appendix C). Views of the PDU. */
struct ot_cip_path {
	unsigned parts; /* of enum ot_cip_part */
	uint32_t class[2], instance[2];
	uint32_t attribute, member;
	uint32_t point[2]; /* connection points */
	unsigned points;
	struct ot_text tag;
	bool unknown; /* a segment of a reserved type ended the reading */
	bool safety;  /* a safety network segment was there */
	bool has_key;
	struct ot_cip_key key;
	struct ot_buf route;  /* its port segments */
	struct ot_buf target; /* what follows them */
};

struct ot_cip_path ot_cip_path(struct ot_buf *epath);

/* The class that a service on this path acts on; a tag is a symbol. */
uint32_t ot_cip_path_class(const struct ot_cip_path *path);

/* "1,0" or "1,0,2,10.0.0.1": port and link of each hop. */
struct ot_text ot_cip_route(const struct ot_pdu *pdu, struct ot_buf segments);

/* What a path names, behind a route that may be empty. */
struct ot_object ot_cip_object(const struct ot_pdu *pdu,
    const struct ot_cip_path *path, struct ot_text route);

/* Add the number of elements to an object that is a tag. */
void ot_cip_elements(struct ot_object *object, uint16_t count);

/* Add consecutive attributes to an object that has none. */
void ot_cip_attributes(
    struct ot_object *object, uint16_t first, uint16_t count);

/* The class, instance and attribute of an object made above. */
struct ot_cip_target {
	uint32_t class; /* OT_CIP_NO_CLASS: none */
	uint32_t instance;
	uint32_t attribute; /* 0: none */
};

struct ot_cip_target ot_cip_target(const struct ot_object *object);
struct ot_text ot_cip_object_route(const struct ot_object *object);
struct ot_object ot_cip_connection_object(uint32_t id);
extern const struct ot_space ot_cip_spaces[];

/* Of whom facts are, and who says so. */
struct ot_cip_who {
	const char *message;
	enum ot_by by;
	struct ot_text nested;
	struct ot_addr about;
};

void ot_cip_say(const struct ot_pdu *pdu, const struct ot_cip_who *who,
    enum ot_key key, struct ot_text value);

/* Identity attributes 1 to 7, one after another, and their state. */
void ot_cip_identity(
    struct ot_buf *b, const struct ot_pdu *pdu, const struct ot_cip_who *who);
void ot_cip_state(
    struct ot_buf *b, const struct ot_pdu *pdu, const struct ot_cip_who *who);

/* The facts in an answer's data, where its request asked for attributes. */
void ot_cip_attributes_said(struct ot_buf *b, const struct ot_pdu *pdu,
    uint8_t code, const struct ot_cip_target *target, struct ot_cip_who who);

/* A connection that a Forward Open asked for. */
struct ot_cip_connection {
	uint32_t ot, to;	 /* ids, once it is open */
	uint32_t originator;	 /* serial number */
	uint16_t vendor, serial; /* with it, the connection's own name */
	uint16_t size_ot, size_to;
	uint8_t transport; /* class 0 to 3 */
	uint8_t flags;	   /* of enum ot_cip_connection_flag */
	uint8_t route_len;
	uint8_t route[20]; /* port segments, and keys among them */
};

enum ot_cip_connection_flag {
	OT_CIP_ASKED = 1,
	OT_CIP_OPENED = 2,
	OT_CIP_MULTICAST = 4, /* T->O */
	OT_CIP_IS_SAFETY = 8,
	OT_CIP_FAR = 16, /* the route was longer than its place */
};

enum { OT_CIP_CONNECTIONS = 16, OT_CIP_STREAMS = 48 };

/* Of one transport connection: the CIP connections inside a TCP session, the
 * streams of I/O between two UDP ports. */
struct ot_cip_connections {
	struct ot_cip_connection at[OT_CIP_CONNECTIONS];
	unsigned next; /* the place that is used again next */
	struct ot_cip_streams {
		uint32_t id[OT_CIP_STREAMS];
		unsigned count, next;
	} streams[2]; /* from client, from server */
};

/* The open connection with that id: O->T of requests, T->O of answers. */
const struct ot_cip_connection *ot_cip_connection(
    const struct ot_pdu *pdu, uint32_t id, bool request);

/* The rest of a Forward Open or Forward Close request; gives its object. */
struct ot_object ot_cip_open(
    struct ot_buf *b, const struct ot_pdu *pdu, uint8_t code);
struct ot_object ot_cip_close(struct ot_buf *b, const struct ot_pdu *pdu);

/* The data of a Forward Open's answer. */
void ot_cip_opened(
    struct ot_buf *b, const struct ot_pdu *pdu, uint16_t port_ot);

/* A datagram of implicit messages. */
bool ot_cip_io_probe(struct ot_buf b);
void ot_cip_io(struct ot_buf *b, const struct ot_pdu *pdu);

#endif
