/*
 * BACnet, inside its own files: bacnet.c has the virtual link and the network
 * layer, bacnet_apdu.c the kinds of APDU and their segments, bacnet_service.c
 * the services, bacnet_property.c the properties, bacnet_value.c tags and
 * values. Clauses are those of ANSI/ASHRAE 135-2020.
 */
#ifndef OT_PROTO_BACNET_H
#define OT_PROTO_BACNET_H

#include "proto/proto.h"

/* How objects are written; the order of ot_bac_spaces. The text is a route,
 * "net 5 addr 3 ", or empty. */
enum ot_bac_space {
	OT_BAC_NONE,
	OT_BAC_ROUTE,
	OT_BAC_OBJECT,
	OT_BAC_DEVICES,
	OT_BAC_PROPERTY,
	OT_BAC_ELEMENT,
	OT_BAC_PROPERTY_AT,
	OT_BAC_ELEMENT_AT,
	OT_BAC_FILE,
	OT_BAC_FILE_RECORDS,
	OT_BAC_FILE_END,
	OT_BAC_NAME,
	OT_BAC_VENDOR_SERVICE,
	OT_BAC_GROUP,
	OT_BAC_NETWORK,
	OT_BAC_TABLE_ENTRY,
};

enum {
	OT_BAC_TYPE_FILE = 10,
	OT_BAC_TYPE_DEVICE = 8,
	OT_BAC_ANY_INSTANCE = 0x3fffff, /* 12.11: a device that is not set up */
	OT_BAC_SEGMENTED = 8,		/* messages gathered at once */
};

/* A message of which segments have come. */
struct ot_bac_segments {
	bool active;
	uint8_t next; /* sequence number that must follow */
	uint64_t pair;
};

/* Kept for a connection. */
struct ot_bac_state {
	bool stated; /* its security */
	bool router; /* that its sender routes, by direction */
	unsigned turn;
	struct ot_bac_segments segments[OT_BAC_SEGMENTED];
};

/* A network address; clause 6.2.2. */
struct ot_bac_address {
	bool given;
	uint16_t net;
	uint8_t len; /* 0: the network itself, or all its stations */
	const uint8_t *p;
};

/* What the layers below say of an APDU. */
struct ot_bac_message {
	const struct ot_pdu *pdu;
	const enum ot_fault *fault; /* of its bytes */
	struct ot_bac_address to, from;
	struct ot_addr source; /* of a forwarded one; NONE: the sender */
	bool broadcast;
	uint64_t pair;
};

/* A tag and what it holds; clause 20.2.1. */
struct ot_bac_tag {
	uint8_t number;
	bool context, opening, closing;
	uint32_t len; /* of an application BOOLEAN: its value */
	struct ot_buf value;
};

/* An object and one of its properties. */
struct ot_bac_property {
	uint16_t type;
	uint32_t instance, property;
	bool has_property, has_index;
	uint32_t index;
	uint8_t priority; /* 0: not given */
};

/* A service that is confirmed or not. */
struct ot_bac_service {
	const char *name;
	uint8_t verb, flags;
	/* Reads the request and says it; NULL: it has no object. */
	void (*request)(
	    struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op);
	/* Reads a good answer and says it; NULL: it tells nothing. */
	void (*answer)(struct ot_buf *b, const struct ot_bac_message *m,
	    struct ot_reply *reply);
};

extern const struct ot_name ot_bac_object_types[];
extern const struct ot_name ot_bac_properties[];
extern const struct ot_name ot_bac_errors[];
extern const struct ot_name ot_bac_rejects[];
extern const struct ot_name ot_bac_aborts[];

/* bacnet_mstp.c */
bool ot_bac_mstp_fits(const struct ot_buf *b, bool cut);
bool ot_bac_mstp(struct ot_buf *b, const struct ot_bac_message *m);

/* bacnet_apdu.c */
void ot_bac_apdu(struct ot_buf *b, struct ot_bac_message *m);
bool ot_bac_apdu_fits(const struct ot_buf *b, const struct ot_pdu *pdu);
/* "net 5 addr 3"; empty for what is on the same link. */
struct ot_text ot_bac_nested(
    const struct ot_pdu *pdu, const struct ot_bac_address *address);
/* The same with a blank behind it, as objects begin. */
struct ot_text ot_bac_route(
    const struct ot_pdu *pdu, const struct ot_bac_address *address);
/* A statement about the APDU's sender. */
void ot_bac_say(const struct ot_bac_message *m, enum ot_key key,
    const char *message, struct ot_text value);

/* An object as it is said: where there is only a route, without the blank. */
static inline struct ot_object
ot_bac_said(const struct ot_op *op)
{
	struct ot_object object = op->object;

	if (object.space == OT_BAC_ROUTE && object.text.len)
		object.text.len--;
	return object;
}

/* Say a request, or an answer, that was read without a fault: of one that was
 * cut, what was not read is not guessed. */
static inline void
ot_bac_ask(const struct ot_bac_message *m, const struct ot_op *op)
{
	struct ot_op copy = *op;

	copy.object = ot_bac_said(op);
	if (*m->fault == OT_FAULT_NONE)
		ot_emit_op(m->pdu, &copy);
}

static inline void
ot_bac_reply(const struct ot_bac_message *m, const struct ot_reply *reply)
{
	struct ot_reply copy = *reply;

	copy.as.object = ot_bac_said(&reply->as);
	if (*m->fault == OT_FAULT_NONE)
		ot_emit_reply(m->pdu, &copy);
}

/* bacnet_service.c */
const struct ot_bac_service *ot_bac_confirmed(uint8_t choice);
const struct ot_bac_service *ot_bac_unconfirmed(uint8_t choice);

/* bacnet_announce.c: unconfirmed services by which devices find each other */
void ot_bac_i_am(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op);
void ot_bac_i_have(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op);
void ot_bac_who_has(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op);
void ot_bac_who_is(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op);
void ot_bac_who_am_i(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op);

/* bacnet_property.c */
/* Point the op at an object, and at its property where there is one. */
void ot_bac_aim(struct ot_object *object, const struct ot_bac_property *p);
enum ot_verb ot_bac_read_verb(const struct ot_bac_property *p);
void ot_bac_read(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op);
void ot_bac_read_multiple(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op);
void ot_bac_write(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op);
void ot_bac_write_multiple(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op);
void ot_bac_read_answer(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_reply *reply);
void ot_bac_read_multiple_answer(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_reply *reply);
/* After class and code: the write that failed first. Those before it were
 * done. False where it is not said. */
bool ot_bac_write_multiple_error(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_reply *reply);

/* What must come next came, or else the message is malformed or cut. */
static inline bool
ot_bac_must(struct ot_buf *b, bool came)
{
	if (!came)
		ot_fail(b, b->left ? OT_FAULT_VALUE : OT_FAULT_SHORT);
	return came;
}

/* bacnet_value.c */
struct ot_bac_tag ot_bac_tag(struct ot_buf *b);
struct ot_bac_tag ot_bac_peek(const struct ot_buf *b);
/* The contents of context tag n, if that is next. */
bool ot_bac_context(struct ot_buf *b, uint8_t n, struct ot_buf *value);
/* What stands between opening and closing tag n, if that is next. */
bool ot_bac_inside(struct ot_buf *b, uint8_t n, struct ot_buf *inside);
/* The contents of the next element, which must have this application tag. */
struct ot_buf ot_bac_application(struct ot_buf *b, uint8_t number);
uint32_t ot_bac_unsigned(struct ot_buf value);
int32_t ot_bac_signed(struct ot_buf value);
/* Type and instance of an object identifier; clause 20.2.14. */
void ot_bac_object_id(struct ot_buf value, struct ot_bac_property *p);
/* Of a CharacterString: its set, then its text; clause 20.2.9. */
struct ot_text ot_bac_string(struct ot_buf value);
/* Values as text: "72.5", "null", "{ … }". */
struct ot_text ot_bac_value(const struct ot_pdu *pdu, struct ot_buf value);

enum ot_bac_application {
	OT_BAC_NULL,
	OT_BAC_BOOLEAN,
	OT_BAC_UNSIGNED,
	OT_BAC_SIGNED,
	OT_BAC_REAL,
	OT_BAC_DOUBLE,
	OT_BAC_OCTETS,
	OT_BAC_STRING,
	OT_BAC_BITS,
	OT_BAC_ENUMERATED,
	OT_BAC_DATE,
	OT_BAC_TIME,
	OT_BAC_OBJECT_ID,
};

#endif
