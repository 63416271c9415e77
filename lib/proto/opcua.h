/*
 * OPC UA binary, inside its own files: opcua.c has the connection, the secure
 * channel and its chunks (OPC 10000-6, clauses 6.7 and 7.1), opcua_service.c
 * the services (OPC 10000-4), opcua_session.c what they say of applications
 * and users, opcua_value.c the encoding (OPC 10000-6, clause 5.2),
 * opcua_status.c the names of errors.
 */
#ifndef OT_PROTO_OPCUA_H
#define OT_PROTO_OPCUA_H

#include "proto/proto.h"

/* ---- encoding */

enum ot_opcua_id {
	OT_OPCUA_NUMBER,
	OT_OPCUA_STRING,
	OT_OPCUA_GUID,
	OT_OPCUA_OPAQUE
};

/* A NodeId; what an ExpandedNodeId has more is read and left. */
struct ot_opcua_node {
	enum ot_opcua_id id;
	uint16_t ns;
	uint32_t number; /* of OT_OPCUA_NUMBER */
	struct ot_buf bytes;
};

struct ot_opcua_data {
	uint32_t status; /* 0: good, or none was sent */
	bool has_value;
	struct ot_buf value; /* a Variant */
};

/* A String or ByteString; empty where it is null. */
struct ot_buf ot_opcua_bytes(struct ot_buf *b);
struct ot_text ot_opcua_text(struct ot_buf *b);
struct ot_text ot_opcua_localized(struct ot_buf *b);

/* The items of an array; 0 where it is null. */
uint32_t ot_opcua_count(struct ot_buf *b);

struct ot_opcua_node ot_opcua_node(struct ot_buf *b);

/* Is it a number of the namespace of OPC UA itself? */
bool ot_opcua_is(const struct ot_opcua_node *node, uint32_t number);

/* "ns=2;s=Foo" */
struct ot_text ot_opcua_node_text(
    const struct ot_pdu *pdu, const struct ot_opcua_node *node);

/* The body of an ExtensionObject, type its data type's encoding. */
struct ot_buf ot_opcua_extension(struct ot_buf *b, struct ot_opcua_node *type);

struct ot_opcua_data ot_opcua_data(struct ot_buf *b);

/* Read over what a shape says, a letter for each field: 1 2 4 8 and g (16)
 * bytes, s String or ByteString, n NodeId, q QualifiedName, l LocalizedText,
 * e ExtensionObject, v Variant, d DataValue, i DiagnosticInfo, [...] an
 * array of these. */
void ot_opcua_skip(struct ot_buf *b, const char *shape);

/* The same for the first field; gives the shape of the rest. */
const char *ot_opcua_skip_one(struct ot_buf *b, const char *shape);

/* A Variant as text: numbers as they are. Of texts and bytes only the length
 * is told, for they may be secret. */
struct ot_text ot_opcua_value(struct ot_buf variant, const struct ot_pdu *pdu);

/* ---- the channel */

enum ot_opcua_mode {
	OT_OPCUA_MODE_UNKNOWN,
	OT_OPCUA_MODE_NONE,
	OT_OPCUA_MODE_SIGN,
	OT_OPCUA_MODE_ENCRYPT,
};

enum ot_opcua_token {
	OT_OPCUA_TOKEN_UNSEEN,
	OT_OPCUA_TOKEN_OTHER, /* of no known kind */
	OT_OPCUA_TOKEN_ANONYMOUS,
	OT_OPCUA_TOKEN_USER,
	OT_OPCUA_TOKEN_CERTIFICATE,
	OT_OPCUA_TOKEN_ISSUED,
};

enum { OT_OPCUA_READS = 16, OT_OPCUA_VALUES = 64, OT_OPCUA_PUBLISHES = 32 };

/* Kept for a connection. */
struct ot_opcua_state {
	uint8_t policy; /* 1 + its index; 0: none was seen */
	uint8_t mode;	/* of enum ot_opcua_mode */
	uint8_t stated; /* bits by mode: told of its protection */
	bool opaque;	/* told that nothing can be read */
	uint8_t token;	/* of enum ot_opcua_token, the last one */
	uint8_t values; /* written values told of */
	/* The message that is being put together, by direction. */
	struct ot_opcua_start {
		bool active;
		bool lost; /* it cannot be put together */
		uint32_t request;
		uint32_t type;
		uint32_t result; /* of a response */
		size_t bytes;
	} starts[2];
	/* Reads of what the server says of itself. */
	struct ot_opcua_read {
		uint64_t pair; /* 0: none */
		uint32_t item;
		uint32_t node;
	} reads[OT_OPCUA_READS];
	uint8_t next_read;
	/* Publish requests that nobody waits for, but which may be refused. */
	uint64_t publishes[OT_OPCUA_PUBLISHES];
	uint8_t next_publish;
};

/* A message whose chunks were put together. */
struct ot_opcua_message {
	uint64_t pair;
	uint32_t type;	 /* number of the encoding */
	uint32_t result; /* of a response that is not whole */
	bool whole;	 /* else nothing but the above is known */
};

/* ---- services */

enum { OT_OPCUA_OPEN_REQUEST = 446, OT_OPCUA_OPEN_RESPONSE = 449 };

/* Is that the number of a request, or of a response? */
bool ot_opcua_is_request(uint32_t type);
bool ot_opcua_is_response(uint32_t type);

/* What the body says, behind its type. */
void ot_opcua_message(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_opcua_message *message);

/* The result of a response whose body begins here; 0 if it is no response. */
uint32_t ot_opcua_result(struct ot_buf body, uint32_t type);

/* ---- applications and users, from the bodies of their services */

typedef void ot_opcua_reader(
    struct ot_buf *b, const struct ot_pdu *pdu, struct ot_opcua_state *state);

ot_opcua_reader ot_opcua_open_request;
ot_opcua_reader ot_opcua_found_servers;
ot_opcua_reader ot_opcua_endpoints;
ot_opcua_reader ot_opcua_create_session;
ot_opcua_reader ot_opcua_session_created;
ot_opcua_reader ot_opcua_activate_session;
ot_opcua_reader ot_opcua_register_server;

/* How an attempt to log on ended. */
void ot_opcua_logged_on(
    const struct ot_pdu *pdu, const struct ot_opcua_state *state, bool refused);

/* Does that node of namespace 0 tell who the server is? */
bool ot_opcua_is_identity(uint32_t node);

/* What such a node was read as. */
void ot_opcua_identity(
    const struct ot_pdu *pdu, uint32_t node, struct ot_buf variant);

/* A certificate in DER, or a chain of them: the first is the owner's. */
void ot_opcua_certificate(struct ot_buf der, const struct ot_pdu *pdu);

/* ---- errors */

bool ot_opcua_refuses(uint32_t status);

/* "BadNodeIdUnknown"; NULL where it is not known or refuses nothing. */
const char *ot_opcua_status(uint32_t status);

#endif
