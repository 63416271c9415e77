/*
 * HART-IP, inside its own files: hartip.c has the messages, hartip_command.c
 * the commands, hartip_identity.c what answers say of a device.
 */
#ifndef OT_PROTO_HARTIP_H
#define OT_PROTO_HARTIP_H

#include "proto/proto.h"

enum { OT_HART_ADDRESS = 5 };

enum ot_hart_command {
	OT_HART_UNIQUE_ID = 0,
	OT_HART_UNIQUE_ID_BY_TAG = 11,
	OT_HART_TAG = 13,
	OT_HART_LONG_TAG = 20,
	OT_HART_UNIQUE_ID_BY_LONG_TAG = 21,
	OT_HART_EXTENDED = 31, /* the command's number is in its data */
	OT_HART_SUB_DEVICE = 77,
	OT_HART_AGGREGATED = 78,
	OT_HART_SUB_DEVICE_ID = 84,
};

/* Whom a command is for, or from. */
struct ot_hart_device {
	bool unique; /* else by its polling address */
	uint8_t poll;
	uint8_t id[OT_HART_ADDRESS];
};

/* Kept for a connection. */
struct ot_hart_state {
	bool stated;
	bool self_known;
	uint8_t self[OT_HART_ADDRESS]; /* of the host itself */
};

/* Point the op at this command: its name, verb and code. */
void ot_hart_command(struct ot_op *op, uint16_t command);

/* What a good answer says, its data after the status. */
void ot_hart_identity(struct ot_buf *data, const struct ot_pdu *pdu,
    const struct ot_hart_device *device, uint16_t command);

#endif
