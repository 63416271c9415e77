/*
 * Mitsubishi MC protocol and SLMP, inside its own files: melsec.c has the
 * frames, melsec_command.c the commands and devices.
 */
#ifndef OT_PROTO_MELSEC_H
#define OT_PROTO_MELSEC_H

#include "proto/proto.h"

/* How objects are written; the order of the spaces. The text is a route,
 * "net 1 pc 2 ", or empty, or all that there is. */
enum ot_mel_space {
	OT_MEL_NONE,
	OT_MEL_ROUTE,
	OT_MEL_DEVICE,
	OT_MEL_TEXT,
	OT_MEL_BUFFER,
};

/* A frame's numbers are binary, low byte first, or hex digits. */
struct ot_mel_frame {
	const struct ot_pdu *pdu;
	bool ascii;
	uint16_t command, sub;
};

struct ot_mel_command {
	uint16_t code;
	uint8_t verb, flags, shape;
	const char *name;
};

extern const struct ot_name ot_mel_devices[];

/* NULL: not known. */
const struct ot_mel_command *ot_mel_command(uint16_t code);

/* Read what the command acts on and say it; op is its pattern. */
void ot_mel_ask(
    struct ot_buf *b, const struct ot_mel_frame *f, struct ot_op *op);

/* The next number of so many bytes, twice as many digits. */
uint32_t ot_mel_number(struct ot_buf *b, bool ascii, unsigned bytes);

#endif
