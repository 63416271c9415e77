/*
 * What the framings of Modbus share: the functions, their requests and answers.
 * MODBUS Application Protocol Specification V1.1b3.
 */
#ifndef OT_PROTO_MODBUS_H
#define OT_PROTO_MODBUS_H

#include "proto/proto.h"

enum {
	OT_MODBUS_EXCEPTION = 0x80,
	OT_MODBUS_SERVER_ID = 17,
	OT_MODBUS_FILE_READ = 20,
	OT_MODBUS_FILE_WRITE = 21,
	OT_MODBUS_MEI = 43,
	OT_MODBUS_UMAS = 90,
	OT_MODBUS_IDENTIFICATION = 14, /* of OT_MODBUS_MEI */
};

/* Index in ot_modbus_spaces, from 1. */
enum ot_modbus_table {
	OT_MODBUS_NONE,
	OT_MODBUS_UNIT,
	OT_MODBUS_COILS,
	OT_MODBUS_DISCRETE,
	OT_MODBUS_INPUT,
	OT_MODBUS_HOLDING,
	OT_MODBUS_FILE,
	OT_MODBUS_FIFO,
};

extern const struct ot_space ot_modbus_spaces[];

/* How request and answer are built, after the function code. */
enum ot_modbus_shape {
	OT_MODBUS_OPEN,	  /* not known: any bytes, both ways */
	OT_MODBUS_READ,	  /* address, quantity; answer: count, bytes */
	OT_MODBUS_SINGLE, /* address, value; answer: the same */
	OT_MODBUS_MASK,	  /* address, and mask, or mask; answer: the same */
	OT_MODBUS_MULTI, /* address, quantity, count, bytes; answer: the first 2
			  */
	OT_MODBUS_BOTH,	 /* two of address, quantity; count, bytes; answer as
			    read */
	OT_MODBUS_STATUS,  /* nothing; answer: one byte */
	OT_MODBUS_COUNTER, /* nothing; answer: two words */
	OT_MODBUS_LIST,	   /* nothing; answer: count, bytes */
	OT_MODBUS_READ_FILES,
	OT_MODBUS_WRITE_FILES,
	OT_MODBUS_QUEUE,
	OT_MODBUS_DIAGNOSTICS,
	OT_MODBUS_ENCAPSULATED,
};

struct ot_modbus_function {
	const char *name;
	uint8_t verb, shape, table;
};

/* Kept for a connection: whether its security was stated. */
struct ot_modbus_state {
	bool stated;
};

/* Never NULL: codes without a name are an unknown function. */
const struct ot_modbus_function *ot_modbus_function(uint8_t code);

/* NULL: no such code. */
const char *ot_modbus_exception(uint8_t code);

/* Could length bytes from the unit on be a request, or an answer? Of a PDU that
 * was cut short the window holds less. */
bool ot_modbus_asks(const struct ot_buf *b, size_t length);
bool ot_modbus_answers(const struct ot_buf *b, size_t length);

/* What follows the unit. id: of the transaction, 0 where the framing has none.
 */
void ot_modbus_request(
    struct ot_buf *b, const struct ot_pdu *pdu, uint16_t id, uint8_t unit);
void ot_modbus_reply(
    struct ot_buf *b, const struct ot_pdu *pdu, uint16_t id, uint8_t unit);

/* Once a connection: the protocol has neither encryption nor authentication. */
void ot_modbus_security(const struct ot_buf *b, const struct ot_pdu *pdu);

/* "unit 3", or nothing for the addressed host itself. */
struct ot_text ot_modbus_nested(const struct ot_pdu *pdu, uint8_t unit);

/* Facts of the answers to 17 and 43/14, from their first byte on that has no
 * counterpart in the request. */
void ot_modbus_server_id(
    struct ot_buf *b, const struct ot_pdu *pdu, uint8_t unit);
void ot_modbus_identification(
    struct ot_buf *b, const struct ot_pdu *pdu, uint8_t unit);

#endif
