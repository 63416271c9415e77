/*
 * MMS (ISO 9506), inside its own files. mms_pdu.c has the PDUs, the others what
 * stands below and in them: mms_session.c session and presentation, mms_acse.c
 * ACSE; mms_service.c the requests; mms_answer.c the answers; mms_object.c
 * names; mms_value.c values; mms_identity.c what they say of a device;
 * mms_transfer.c files and domains on their way; mms_error.c errors.
 */
#ifndef OT_PROTO_MMS_H
#define OT_PROTO_MMS_H

#include "base/ber.h"
#include "base/hash.h"
#include "proto/proto.h"

/* Tags of MMSpdu; ISO 9506-2 clause 7. */
enum ot_mms_pdu {
	OT_MMS_REQUEST = 0xa0,
	OT_MMS_RESPONSE = 0xa1,
	OT_MMS_ERROR = 0xa2,
	OT_MMS_UNCONFIRMED = 0xa3,
	OT_MMS_REJECT = 0xa4,
	OT_MMS_CANCEL = 0x85,
	OT_MMS_CANCEL_RESPONSE = 0x86,
	OT_MMS_CANCEL_ERROR = 0xa7,
	OT_MMS_INITIATE = 0xa8,
	OT_MMS_INITIATE_RESPONSE = 0xa9,
	OT_MMS_INITIATE_ERROR = 0xaa,
	OT_MMS_CONCLUDE = 0x8b,
	OT_MMS_CONCLUDE_RESPONSE = 0x8c,
	OT_MMS_CONCLUDE_ERROR = 0xad,
};

/* Services that are more than a name in a table. */
enum ot_mms_service {
	OT_MMS_STATUS = 0,
	OT_MMS_GET_NAME_LIST = 1,
	OT_MMS_IDENTIFY = 2,
	OT_MMS_READ = 4,
	OT_MMS_WRITE = 5,
	OT_MMS_VARIABLE_ATTRIBUTES = 6,
	OT_MMS_INITIATE_DOWNLOAD = 26,
	OT_MMS_DOWNLOAD_SEGMENT = 27,
	OT_MMS_TERMINATE_DOWNLOAD = 28,
	OT_MMS_INITIATE_UPLOAD = 29,
	OT_MMS_UPLOAD_SEGMENT = 30,
	OT_MMS_TERMINATE_UPLOAD = 31,
	OT_MMS_FILE_OPEN = 72,
	OT_MMS_FILE_READ = 73,
	OT_MMS_FILE_CLOSE = 74,
	OT_MMS_FILE_RENAME = 75,
};

/* What an operation's answer bears: the invoke id, or one of these, of what has
 * none. */
#define OT_MMS_PAIR_ASSOCIATE ((uint64_t)1 << 32)
#define OT_MMS_PAIR_RELEASE   ((uint64_t)2 << 32)
#define OT_MMS_PAIR_INITIATE  ((uint64_t)3 << 32)
#define OT_MMS_PAIR_CONCLUDE  ((uint64_t)4 << 32)
#define OT_MMS_PAIR_CANCEL    ((uint64_t)5 << 32) /* with the invoke id */
#define OT_MMS_PAIR_NONE      ((uint64_t)6 << 32) /* no request fits */

/* How objects are written. */
enum ot_mms_space {
	OT_MMS_NO_OBJECT,
	OT_MMS_VARIABLE,
	OT_MMS_LIST,
	OT_MMS_TYPE,
	OT_MMS_DOMAIN,
	OT_MMS_PROGRAM,
	OT_MMS_FILE,
	OT_MMS_FILE_ID,
	OT_MMS_UPLOAD_ID,
	OT_MMS_SEMAPHORE,
	OT_MMS_STATION,
	OT_MMS_CONDITION,
	OT_MMS_ACTION,
	OT_MMS_ENROLLMENT,
	OT_MMS_JOURNAL,
	OT_MMS_ADDRESS,
	OT_MMS_REPORT,
	OT_MMS_CLASS,
	OT_MMS_AP_TITLE,
};

enum {
	OT_MMS_TRANSFERS = 4, /* of a connection that are followed at once */
	OT_MMS_TRANSFER_NAME = 128,
	OT_MMS_PLATE = 16, /* members of a name plate that are placed */
};

enum ot_mms_transfer_kind {
	OT_MMS_TRANSFER_NONE,
	OT_MMS_TRANSFER_FILE,
	OT_MMS_TRANSFER_UPLOAD,
	OT_MMS_TRANSFER_DOWNLOAD,
};

/* A file or a domain on its way. */
struct ot_mms_transfer {
	uint8_t kind;
	uint8_t name_len;
	bool whole; /* its last part went by */
	bool sized; /* its size was announced */
	uint8_t name[OT_MMS_TRANSFER_NAME];
	uint32_t id;	    /* file or upload state machine */
	uint64_t announced; /* bytes of the file */
	uint64_t bytes;
	uint32_t asked, answered; /* parts */
	struct ot_sha256 sha256;
};

/* Which member of a name plate says what: enum ot_key + 1; 0: nothing. */
struct ot_mms_plate {
	uint8_t count; /* 0: not known */
	uint8_t keys[OT_MMS_PLATE];
};

/* Kept for a connection. */
struct ot_mms_state {
	bool stated; /* that nothing is protected */
	uint8_t next_transfer;
	struct ot_mms_transfer transfers[OT_MMS_TRANSFERS];
	struct ot_mms_plate physical, logical;
};

/* ---- mms_session.c: session, presentation and ACSE around MMS PDUs */

/* Could these bytes be a session PDU with MMS in it, sent by the client
 * (to_server) or by the server? */
bool ot_mms_session_probe(struct ot_buf b, const struct ot_pdu *pdu);
void ot_mms_session(struct ot_buf *b, const struct ot_pdu *pdu);

/* ---- mms_acse.c */

/* An APDU with this tag; what MMS it bears is read too. */
void ot_mms_acse(struct ot_buf b, uint32_t tag, const struct ot_pdu *pdu);
void ot_mms_abort(const struct ot_pdu *pdu);

/* ---- mms_pdu.c */

bool ot_mms_probe(struct ot_buf b, const struct ot_pdu *pdu);
void ot_mms_pdu(struct ot_buf b, const struct ot_pdu *pdu);

/* ---- mms_service.c */

/* The operation of a service, without its object. */
struct ot_op ot_mms_op(uint64_t pair, uint32_t service);
/* Say what a request asks for. */
void ot_mms_request(
    struct ot_buf b, const struct ot_pdu *pdu, uint32_t id, uint32_t service);
/* What is done to a variable, by its name: a control model in it, or reports.
 * Changes verb and name of the operation. */
void ot_mms_act(struct ot_op *op);

/* ---- mms_answer.c */

void ot_mms_response(
    struct ot_buf b, const struct ot_pdu *pdu, uint32_t id, uint32_t service);
/* InformationReport, after its tag. */
void ot_mms_report(struct ot_buf b, const struct ot_pdu *pdu);

/* ---- mms_object.c */

/* An Identifier: the rest of the window as text. */
struct ot_text ot_mms_identifier(struct ot_buf b);
/* ObjectName: "domain/item", "item", "@item". */
struct ot_text ot_mms_name(struct ot_buf *b, const struct ot_pdu *pdu);
/* The strings of a FileName, after its tag. */
struct ot_text ot_mms_file_name(struct ot_buf b, const struct ot_pdu *pdu);

/* A VariableAccessSpecification: variables, or a list of them by its name. */
struct ot_mms_access {
	bool named;
	struct ot_object object; /* the named one */
	struct ot_buf list;
};
struct ot_mms_access ot_mms_access(struct ot_buf *b, const struct ot_pdu *pdu);
/* The next of them; false at the end. */
bool ot_mms_access_next(struct ot_mms_access *access, const struct ot_pdu *pdu,
    struct ot_object *object);

/* Is the text, or does it end with, this? */
bool ot_mms_is(struct ot_text t, const char *s);
bool ot_mms_ends(struct ot_text t, const char *s);
/* The functional constraint of a variable of IEC 61850: "CO" of
 * "IED1LD0/CSWI1$CO$Pos$Oper"; empty where it has none. */
struct ot_text ot_mms_constraint(struct ot_text name);

/* ---- mms_value.c */

/* The next Data as text, of bounded length. */
struct ot_text ot_mms_value(struct ot_buf *b, const struct ot_pdu *pdu);
/* What a control command holds: value, origin, test. */
struct ot_text ot_mms_command(struct ot_buf b, const struct ot_pdu *pdu);
/* LastApplError: why a command was refused. */
struct ot_text ot_mms_refusal(struct ot_buf b, const struct ot_pdu *pdu);

/* ---- mms_identity.c */

void ot_mms_say(const struct ot_pdu *pdu, enum ot_key key, struct ot_text value,
    const char *message);
/* What was read of this variable. */
void ot_mms_identity_read(
    struct ot_buf b, const struct ot_pdu *pdu, struct ot_text name);
/* Learn from the type of a variable where the name plates have what. */
void ot_mms_identity_type(
    struct ot_buf b, const struct ot_pdu *pdu, struct ot_text name);

/* ---- mms_transfer.c */

void ot_mms_transfer_open(const struct ot_pdu *pdu,
    enum ot_mms_transfer_kind kind, uint32_t id, struct ot_text name);
/* The one with this id, or (a download has none) this name; NULL. */
struct ot_mms_transfer *ot_mms_transfer_find(const struct ot_pdu *pdu,
    enum ot_mms_transfer_kind kind, uint32_t id, struct ot_text name);
struct ot_text ot_mms_transfer_name(
    const struct ot_pdu *pdu, const struct ot_mms_transfer *transfer);
void ot_mms_transfer_add(
    struct ot_mms_transfer *transfer, const struct ot_buf *part, bool last);
/* Say what went by, and forget it. */
void ot_mms_transfer_end(
    const struct ot_pdu *pdu, struct ot_mms_transfer *transfer);

/* ---- mms_error.c */

/* Errors as an answer gives them: name, or a number where none is known. */
struct ot_mms_error {
	const char *name;
	uint32_t code;
};
/* DataAccessError. */
struct ot_mms_error ot_mms_data_error(struct ot_buf contents);
/* ServiceError, after its tag. */
struct ot_mms_error ot_mms_service_error(struct ot_buf b);
/* rejectReason: its tag and contents. */
struct ot_mms_error ot_mms_reject_reason(uint32_t tag, struct ot_buf contents);

#endif
