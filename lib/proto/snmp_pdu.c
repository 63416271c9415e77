/*
 * SNMP operations: RFC 3416 (PDUs of versions 2 and 3), RFC 1157 section 4.1
 * (version 1 and its trap); RFC 3414 section 5 (what reports count).
 */
#include "proto/snmp.h"

enum {
	PDUS = OT_SNMP_REPORT - OT_SNMP_GET + 1,
	EXCEPTION_FIRST = 0x80, /* noSuchObject, noSuchInstance, endOfMibView */
	EXCEPTIONS = 3,
	IP_ADDRESS = 0x40,
	OBJECT = 1, /* the only space */
};

static const struct {
	const char *name;
	uint8_t verb;
} pdus[PDUS] = {
	{ "get request", OT_READ },
	{ "get next request", OT_READ },
	{ "response", OT_UNKNOWN },
	{ "set request", OT_WRITE },
	{ "trap", OT_EVENT },
	{ "get bulk request", OT_READ },
	{ "inform request", OT_EVENT },
	{ "snmpv2 trap", OT_EVENT },
	{ "report", OT_SESSION },
};

/* RFC 3416 section 3. */
static const struct ot_name statuses[] = { { 1, "tooBig" }, { 2, "noSuchName" },
	{ 3, "badValue" }, { 4, "readOnly" }, { 5, "genErr" },
	{ 6, "noAccess" }, { 7, "wrongType" }, { 8, "wrongLength" },
	{ 9, "wrongEncoding" }, { 10, "wrongValue" }, { 11, "noCreation" },
	{ 12, "inconsistentValue" }, { 13, "resourceUnavailable" },
	{ 14, "commitFailed" }, { 15, "undoFailed" },
	{ 16, "authorizationError" }, { 17, "notWritable" },
	{ 18, "inconsistentName" }, { 0 } };

static const char *const exceptions[EXCEPTIONS] = { "noSuchObject",
	"noSuchInstance", "endOfMibView" };

/* usmStats of RFC 3414 section 5, by their last arc but one. */
static const struct ot_name reports[] = { { 1, "unsupportedSecLevels" },
	{ 2, "notInTimeWindows" }, { 3, "unknownUserNames" },
	{ 4, "unknownEngineIDs" }, { 5, "wrongDigests" },
	{ 6, "decryptionErrors" }, { 0 } };

static const uint32_t usm_stats[] = { 1, 3, 6, 1, 6, 3, 15, 1, 1 };
static const uint32_t trap_oid[] = { 1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0 };
static const uint32_t mib_2[] = { 1, 3, 6, 1, 2, 1 };

enum { USM_STATS = 9, TRAP_OID = 11, MIB_2 = 6 };

/* Groups of MIB-2: who the device is; what its network does. */
static enum ot_verb
group_verb(const struct ot_snmp_binding *b)
{
	if (!ot_snmp_under(b, mib_2, MIB_2) || b->count == MIB_2)
		return OT_READ;
	switch (b->oid[MIB_2]) {
	case 1:	 /* system */
	case 47: /* entities */
		return OT_IDENTIFY;
	case 3:	 /* address translation */
	case 4:	 /* ip, its ARP table */
	case 6:	 /* tcp */
	case 7:	 /* udp */
	case 17: /* bridge, its table of addresses */
		return OT_DIAGNOSE;
	default:
		return OT_READ;
	}
}

bool
ot_snmp_asks(uint32_t tag)
{
	return tag != OT_SNMP_RESPONSE && tag != OT_SNMP_REPORT;
}

static struct ot_text
name_text(const struct ot_pdu *pdu, const struct ot_snmp_binding *b)
{
	char text[OT_LIMIT_TEXT];
	size_t len = 0;

	for (size_t i = 0; i < b->count; i++)
		len = ot_ber_print_arc(text, sizeof(text), len, b->oid[i]);
	return ot_format(pdu, "%.*s", (int)len, text);
}

static void
name_arcs(struct ot_buf oid, struct ot_snmp_binding *b)
{
	uint32_t first = oid.left ? ot_ber_arc(&oid) : 0;

	b->oid[0] = first < 80 ? first / 40 : 2;
	b->oid[1] = first - b->oid[0] * 40;
	for (b->count = 2; oid.left; b->count++) {
		if (!ot_expect(&oid, b->count < OT_SNMP_OID))
			return;
		b->oid[b->count] = ot_ber_arc(&oid);
	}
}

/* The next one of a list; false at its end, or when it is malformed. */
static bool
next(struct ot_buf *list, struct ot_snmp_binding *b)
{
	if (!list->left)
		return false;
	struct ot_buf one = ot_ber_get(list, OT_BER_SEQUENCE);

	name_arcs(ot_ber_get(&one, OT_BER_OID), b);
	b->value = ot_ber_next(&one, &b->tag);
	return ot_ok(list);
}

static struct ot_op
op_of(uint32_t tag, uint64_t pair)
{
	unsigned i = tag - OT_SNMP_GET;

	return (struct ot_op){ .pair = pair,
		.verb = (enum ot_verb)pdus[i].verb,
		.name = pdus[i].name,
		.has_code = true,
		.code = tag };
}

static void
aim(const struct ot_pdu *pdu, struct ot_op *op, const struct ot_snmp_binding *b)
{
	op->object.space = OBJECT;
	op->object.text = name_text(pdu, b);
}

/* One operation for each object. */
static void
ask(struct ot_buf list, const struct ot_pdu *pdu, struct ot_op *op)
{
	struct ot_snmp_binding b;

	if (!list.left) { /* asks who the engine is: RFC 3414 section 4 */
		op->verb = op->verb == OT_READ ? OT_SESSION : op->verb;
		ot_emit_op(pdu, op);
	}
	while (next(&list, &b)) {
		aim(pdu, op, &b);
		if (op->verb != OT_WRITE)
			op->verb = group_verb(&b);
		ot_emit_op(pdu, op);
		if (op->code == OT_SNMP_SET)
			ot_emit_event(
			    pdu, &(struct ot_event){ .kind = "write request",
				     .detail = ot_snmp_value(pdu, &b),
				     .object = op->object });
	}
}

/* A notification of version 2 or 3: which one is its second object. */
static void
notify(struct ot_buf list, const struct ot_pdu *pdu, struct ot_op *op)
{
	struct ot_buf walk = list;
	struct ot_snmp_binding b;

	while (next(&walk, &b))
		if (ot_snmp_under(&b, trap_oid, TRAP_OID) &&
		    b.tag == OT_BER_OID) {
			op->object.space = OBJECT;
			op->object.text = ot_snmp_value(pdu, &b);
		}
	if (!ot_ok(&walk))
		return;
	ot_emit_op(pdu, op);
	while (next(&list, &b))
		ot_snmp_identity(pdu, &b, op->name);
}

/* RFC 1157 section 4.1.6: enterprise, agent, generic and specific trap. */
static void
trap(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_op op = op_of(OT_SNMP_TRAP_1, 0);
	struct ot_snmp_binding enterprise = { .tag = OT_BER_OID };
	uint32_t tag;

	enterprise.value = ot_ber_get(b, OT_BER_OID);
	(void)ot_ber_get(b, IP_ADDRESS);
	int64_t generic = ot_ber_int(ot_ber_get(b, OT_BER_INTEGER));
	int64_t specific = ot_ber_int(ot_ber_get(b, OT_BER_INTEGER));

	(void)ot_ber_next(b, &tag); /* time, which some write as INTEGER */
	struct ot_buf list = ot_ber_get(b, OT_BER_SEQUENCE);

	if (!ot_ok(b))
		return;
	struct ot_text name = ot_snmp_value(pdu, &enterprise);

	op.flags = OT_OP_NO_ANSWER;
	op.object.space = OBJECT;
	op.object.text = ot_format(pdu, "%.*s %lld.%lld", (int)name.len,
	    (const char *)name.p, (long long)generic, (long long)specific);
	ot_emit_op(pdu, &op);
	while (next(&list, &enterprise))
		ot_snmp_identity(pdu, &enterprise, op.name);
}

/* ---- answers ---- */

static bool
is_exception(const struct ot_snmp_binding *b)
{
	return b->tag >= EXCEPTION_FIRST &&
	       b->tag < EXCEPTION_FIRST + EXCEPTIONS;
}

/* What was asked for is answered object by object; what comes after it, and
 * how many, in other requests is the agent's choice. */
static bool
answers_each(const struct ot_op *asked)
{
	return asked && asked->code == OT_SNMP_GET;
}

static void
respond(struct ot_buf list, const struct ot_pdu *pdu, struct ot_reply *reply)
{
	const struct ot_op *asked = ot_asked(pdu, reply->as.pair);
	bool each = answers_each(asked) && !reply->error_code;
	const char *message = asked ? asked->name : reply->as.name;
	struct ot_buf walk = list;
	struct ot_snmp_binding b;
	bool told = false;

	while (next(&walk, &b)) {
		if (each) {
			reply->item++;
			reply->error = is_exception(&b)
					   ? exceptions[b.tag - EXCEPTION_FIRST]
					   : NULL;
			ot_emit_reply(pdu, reply);
			told = true;
		} else if (!asked) {
			aim(pdu, &reply->as, &b);
			ot_emit_reply(pdu, reply);
			told = true;
		}
	}
	if (!ot_ok(&walk))
		return;
	if (!told)
		ot_emit_reply(pdu, reply);
	while (!reply->error_code && next(&list, &b))
		ot_snmp_identity(pdu, &b, message);
}

static void
report(struct ot_buf list, const struct ot_pdu *pdu, struct ot_reply *reply)
{
	struct ot_snmp_binding b;

	while (next(&list, &b))
		if (ot_snmp_under(&b, usm_stats, USM_STATS) &&
		    b.count > USM_STATS)
			reply->error = ot_name(reports, b.oid[USM_STATS]);
	if (ot_ok(&list))
		ot_emit_reply(pdu, reply);
}

/* ---- the PDU ---- */

static void
body(struct ot_buf *b, const struct ot_pdu *pdu, uint32_t tag, uint64_t pair)
{
	int64_t id = ot_ber_int(ot_ber_get(b, OT_BER_INTEGER));
	int64_t status = ot_ber_int(ot_ber_get(b, OT_BER_INTEGER));

	(void)ot_ber_get(b, OT_BER_INTEGER); /* error index, repetitions */
	struct ot_buf list = ot_ber_get(b, OT_BER_SEQUENCE);
	struct ot_op op = op_of(tag, pair ? pair : (uint64_t)id << 1 | 1);
	struct ot_reply reply = { .as = op };

	if (!ot_ok(b))
		return;
	switch ((enum ot_snmp_tag)tag) {
	case OT_SNMP_TRAP:
		op.flags = OT_OP_NO_ANSWER;
		notify(list, pdu, &op);
		break;
	case OT_SNMP_INFORM:
		notify(list, pdu, &op);
		break;
	case OT_SNMP_RESPONSE:
		reply.error_code = (uint32_t)status;
		reply.error = ot_name(statuses, reply.error_code);
		respond(list, pdu, &reply);
		break;
	case OT_SNMP_REPORT:
		report(list, pdu, &reply);
		break;
	default:
		ask(list, pdu, &op);
		break;
	}
}

void
ot_snmp_pdu(struct ot_buf *b, const struct ot_pdu *pdu, uint64_t pair)
{
	uint32_t tag;
	struct ot_buf inside = ot_ber_next(b, &tag);

	if (!ot_expect(b, tag >= OT_SNMP_GET && tag <= OT_SNMP_REPORT))
		return;
	if (tag == OT_SNMP_TRAP_1)
		trap(&inside, pdu);
	else
		body(&inside, pdu, tag, pair);
}
