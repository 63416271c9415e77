/*
 * SNMP, inside its own files: snmp.c has the messages and their security,
 * snmp_pdu.c the operations, snmp_identity.c what objects say of a device.
 */
#ifndef OT_PROTO_SNMP_H
#define OT_PROTO_SNMP_H

#include "base/ber.h"
#include "proto/proto.h"

enum { OT_SNMP_OID = 128 }; /* sub-identifiers, RFC 3416 section 2 */

enum ot_snmp_tag {
	OT_SNMP_GET = 0xa0,
	OT_SNMP_GET_NEXT = 0xa1,
	OT_SNMP_RESPONSE = 0xa2,
	OT_SNMP_SET = 0xa3,
	OT_SNMP_TRAP_1 = 0xa4,
	OT_SNMP_BULK = 0xa5,
	OT_SNMP_INFORM = 0xa6,
	OT_SNMP_TRAP = 0xa7,
	OT_SNMP_REPORT = 0xa8,
};

/* An object's name and its value. */
struct ot_snmp_binding {
	size_t count;
	uint32_t oid[OT_SNMP_OID];
	uint32_t tag;
	struct ot_buf value;
};

/* Does the name begin with these count sub-identifiers? */
static inline bool
ot_snmp_under(
    const struct ot_snmp_binding *b, const uint32_t *with, size_t count)
{
	return b->count >= count && memcmp(b->oid, with, count * 4) == 0;
}

/* snmp_pdu.c: pair is 0 where the PDU's own request id pairs it. */
void ot_snmp_pdu(struct ot_buf *b, const struct ot_pdu *pdu, uint64_t pair);
bool ot_snmp_asks(uint32_t tag);

/* snmp_identity.c */
struct ot_text ot_snmp_value(
    const struct ot_pdu *pdu, const struct ot_snmp_binding *b);
void ot_snmp_identity(const struct ot_pdu *pdu, const struct ot_snmp_binding *b,
    const char *message);
/* An engine id is its sender's own. */
void ot_snmp_engine(const struct ot_pdu *pdu, struct ot_buf id);

#endif
