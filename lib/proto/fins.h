/*
 * Omron FINS, inside its own files: fins.c has the header and the answers,
 * fins_command.c what the commands ask for.
 */
#ifndef OT_PROTO_FINS_H
#define OT_PROTO_FINS_H

#include "proto/proto.h"

/* How objects are written; the order of the spaces. */
enum ot_fins_space {
	OT_FINS_NONE,
	OT_FINS_ROUTE,
	OT_FINS_AREA,
	OT_FINS_OTHER_AREA,
	OT_FINS_PARAMETER,
	OT_FINS_PROGRAM,
	OT_FINS_PROGRAM_ALL,
	OT_FINS_TEXT,
};

extern const struct ot_name ot_fins_areas[];

struct ot_fins_command {
	uint16_t code;
	uint8_t verb, flags;
	const char *name;
	/* Reads the parameters and says the operation; NULL: it has none that
	 * say on what it acts. */
	void (*ask)(
	    struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op);
};

/* NULL: not known. */
const struct ot_fins_command *ot_fins_command(uint16_t code);

/* Say the operation; one that has no object but a route has it without the
 * blank behind it. */
static inline void
ot_fins_ask(const struct ot_pdu *pdu, const struct ot_op *op)
{
	struct ot_op copy = *op;

	if (copy.object.space == OT_FINS_ROUTE && copy.object.text.len)
		copy.object.text.len--;
	ot_emit_op(pdu, &copy);
}

#endif
