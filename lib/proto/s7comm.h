/*
 * S7 communication, inside its own files: s7comm.c has the header and the
 * jobs, the others what a job or user data holds.
 */
#ifndef OT_PROTO_S7COMM_H
#define OT_PROTO_S7COMM_H

#include "base/hash.h"
#include "proto/proto.h"

/* How objects are written; the order of ot_s7_spaces. */
enum ot_s7_space {
	OT_S7_NONE,
	OT_S7_DB,
	OT_S7_DI,
	OT_S7_I,
	OT_S7_Q,
	OT_S7_M,
	OT_S7_L,
	OT_S7_V,
	OT_S7_P,
	OT_S7_C,
	OT_S7_T,
	OT_S7_AREA,
	OT_S7_SYMBOL,
	OT_S7_NCK,
	OT_S7_SYNTAX,
	OT_S7_BLOCK,
	OT_S7_BLOCKS,
	OT_S7_SZL,
	OT_S7_PI,
};

enum { OT_S7_BLOCK_TEXT = 16 };

/* A block on its way. */
struct ot_s7_transfer {
	bool active; /* its start was seen */
	uint8_t name_len;
	uint8_t name[OT_S7_BLOCK_TEXT];
	uint64_t announced; /* bytes of load memory; 0 where not said */
	uint64_t bytes;
	struct ot_sha256 sha256;
};

/* Kept for a connection. */
struct ot_s7_state {
	bool stated;		    /* its security */
	uint16_t szl_id, szl_index; /* of the list that is being read */
	const char *block_type;	    /* of the list that is being read; static */
	struct ot_s7_transfer download, upload;
};

/* Read a list of count variable specifications of a job or a subscription, and
 * say an operation for each address in it: op is its pattern. data: what a
 * write puts there, or NULL. */
void ot_s7_items(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op,
    unsigned count, const struct ot_buf *data);

/* The same for the items of a variable table (group 1). */
void ot_s7_table_items(
    struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op);

/* "DB10 P" from the eight characters of type, number and file system. */
struct ot_text ot_s7_block(struct ot_buf name, const struct ot_pdu *pdu);

/* "DB" from the two characters of the type. */
const char *ot_s7_block_type(struct ot_buf name);

/* User data: parameter and data, after the header. */
void ot_s7_userdata(struct ot_buf *param, struct ot_buf *data,
    const struct ot_pdu *pdu, uint16_t reference);

/* What a system status list says of the module. */
void ot_s7_szl(struct ot_buf *b, const struct ot_pdu *pdu);

/* Errors of headers and of user data; NULL where none is known. */
const char *ot_s7_error(uint16_t code);

#endif
