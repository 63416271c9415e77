/*
 * PROFINET IO context management, inside its own files: pn_cm.c has DCE/RPC and
 * the services, pn_cm_connect.c the blocks of an application relation,
 * pn_cm_record.c what records say of a device, pn_cm_error.c errors.
 */
#ifndef OT_PROTO_PN_CM_H
#define OT_PROTO_PN_CM_H

#include "proto/proto.h"

/* IEC 61158-6-10 clause 5.2.1: the blocks that are read here. */
enum ot_pn_block {
	OT_PN_WRITE_REQUEST = 0x0008,
	OT_PN_READ_REQUEST = 0x0009,
	OT_PN_IM0 = 0x0020,
	OT_PN_IM1 = 0x0021,
	OT_PN_IM2 = 0x0022,
	OT_PN_IM3 = 0x0023,
	OT_PN_IM0_FILTER = 0x0030, /* submodules that have I&M0 */
	OT_PN_AR_REQUEST = 0x0101,
	OT_PN_IOCR_REQUEST = 0x0102,
	OT_PN_PORT_REAL = 0x020f,
	OT_PN_INTERFACE_REAL = 0x0240,
	OT_PN_MULTIPLE = 0x0400,
	OT_PN_WRITE_RESPONSE = 0x8008,
	OT_PN_READ_RESPONSE = 0x8009,
	OT_PN_AR_RESPONSE = 0x8101,
	OT_PN_IOCR_RESPONSE = 0x8102,
	OT_PN_MODULE_DIFF = 0x8104,
};

/* A block: type, then the contents behind its version. */
struct ot_pn_part {
	uint16_t type;
	size_t start; /* octets of the block before its contents */
	struct ot_buf contents;
};

/* The next block, big-endian as all of them are. */
static inline struct ot_pn_part
ot_pn_next(struct ot_buf *b)
{
	struct ot_pn_part part = { .type = ot_u16be(b), .start = 6 };
	size_t len = ot_u16be(b);

	part.contents = ot_split(b, len);
	ot_skip(&part.contents, 2); /* version, high and low */
	return part;
}

void ot_pn_say(const struct ot_pdu *pdu, enum ot_key key, struct ot_text value,
    const char *message, struct ot_text nested);

/* ---- pn_cm_connect.c */

/* A block of a connect request or its answer. */
void ot_pn_connect(const struct ot_pn_part *part, const struct ot_pdu *pdu);

/* ---- pn_cm_record.c */

/* The blocks of a record that was read of this slot and subslot. */
void ot_pn_record(
    struct ot_buf b, const struct ot_pdu *pdu, uint16_t slot, uint16_t subslot);

/* ---- pn_cm_error.c */

/* A PNIOStatus that is not 0; NULL where its name is not known. */
const char *ot_pn_error(uint32_t status);

#endif
