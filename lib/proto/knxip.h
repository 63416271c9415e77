/*
 * KNXnet/IP, inside its own files: knxip.c has the services, knxip_cemi.c the
 * telegrams that they carry.
 */
#ifndef OT_PROTO_KNXIP_H
#define OT_PROTO_KNXIP_H

#include "proto/proto.h"

/* How objects are written; the order of the spaces. */
enum ot_knx_space {
	OT_KNX_NONE,
	OT_KNX_GROUP,
	OT_KNX_DEVICE,
	OT_KNX_PROPERTY,
};

/* Kept for a connection. */
struct ot_knx_state {
	bool stated;
	bool secured; /* said so */
	bool asks;    /* its client's own telegrams were seen */
};

/* Say what a telegram asks for, under this pair; no answer: pair 0. */
void ot_knx_cemi(struct ot_buf *b, const struct ot_pdu *pdu, uint64_t pair);

/* "1.1.5" */
struct ot_text ot_knx_address(const struct ot_pdu *pdu, uint16_t address);

#endif
