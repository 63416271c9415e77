/*
 * The BACnet services and what they act on: ANSI/ASHRAE 135-2020, clauses 13
 * to 17; the choices are those of clause 21.
 */
#include "proto/bacnet.h"

enum {
	STATES = 8, /* of Reinitialize Device */
	REINITIALIZE = 20,
};

/* The object is in context tag n of the list. */
static bool
object_in(struct ot_buf *b, uint8_t n, struct ot_bac_property *p)
{
	while (b->left) {
		struct ot_bac_tag tag = ot_bac_tag(b);

		if (!tag.context || tag.opening || tag.number > n)
			return false;
		if (tag.number == n && ot_ok(b)) {
			ot_bac_object_id(tag.value, p);
			return ot_ok(b);
		}
	}
	return false;
}

static void
about_object(struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op,
    uint8_t n)
{
	struct ot_bac_property p = { 0 };

	if (object_in(b, n, &p))
		ot_bac_aim(&op->object, &p);
	ot_bac_ask(m, op);
}

static void
text_message(struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op)
{
	about_object(b, m, op, 0);
}

static void
object_in_1(struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op)
{
	about_object(b, m, op, 1);
}

static void
object_in_2(struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op)
{
	about_object(b, m, op, 2);
}

static void
life_safety(struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op)
{
	about_object(b, m, op, 3);
}

/* [0] object [1] property [2] index. */
static void
property(struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op)
{
	struct ot_bac_property p = { 0 };
	struct ot_buf value;

	if (!ot_bac_must(b, ot_bac_context(b, 0, &value)))
		return;
	ot_bac_object_id(value, &p);
	if (!ot_bac_must(b, ot_bac_context(b, 1, &value)))
		return;
	p.property = ot_bac_unsigned(value);
	p.has_property = true;
	p.has_index = ot_bac_context(b, 2, &value);
	p.index = p.has_index ? ot_bac_unsigned(value) : 0;
	ot_bac_aim(&op->object, &p);
	ot_bac_ask(m, op);
}

/* Clause 13.15: [1] object, [4] { [0] property [1] index }. */
static void
subscribe_property(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op)
{
	struct ot_bac_property p = { 0 };
	struct ot_buf value, reference;

	if (!ot_bac_must(b, object_in(b, 1, &p)))
		return;
	(void)ot_bac_context(b, 2, &value);
	(void)ot_bac_context(b, 3, &value);
	if (ot_bac_inside(b, 4, &reference) &&
	    ot_bac_must(b, ot_bac_context(&reference, 0, &value))) {
		p.property = ot_bac_unsigned(value);
		p.has_property = true;
		p.has_index = ot_bac_context(&reference, 1, &value);
		p.index = p.has_index ? ot_bac_unsigned(value) : 0;
	}
	ot_bac_aim(&op->object, &p);
	ot_bac_ask(m, op);
}

/* Clause 15.3: [0] { [0] type | [1] object }. */
static void
create(struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op)
{
	struct ot_bac_property p = { .instance = OT_BAC_ANY_INSTANCE };
	struct ot_buf which, value;

	if (!ot_bac_must(b, ot_bac_inside(b, 0, &which)))
		return;
	if (ot_bac_context(&which, 0, &value))
		p.type = (uint16_t)ot_bac_unsigned(value);
	else if (ot_bac_must(b, ot_bac_context(&which, 1, &value)))
		ot_bac_object_id(value, &p);
	ot_bac_aim(&op->object, &p);
	ot_bac_ask(m, op);
}

static void delete (
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op)
{
	struct ot_bac_property p = { 0 };
	struct ot_buf value = ot_bac_application(b, OT_BAC_OBJECT_ID);

	if (ot_ok(b))
		ot_bac_object_id(value, &p);
	ot_bac_aim(&op->object, &p);
	ot_bac_ask(m, op);
}

/* ---- files: clause 14 ---- */

/* Where an access begins; -1 is behind the end. */
static void
file_range(struct ot_op *op, uint8_t space, int32_t start, uint64_t count)
{
	op->object.space = start < 0 ? OT_BAC_FILE_END : space;
	op->object.first = start < 0 ? 0 : (uint64_t)start;
	op->object.count = count;
}

static int32_t
start_of(struct ot_buf *b)
{
	struct ot_buf value = ot_bac_application(b, OT_BAC_SIGNED);

	return ot_ok(b) ? ot_bac_signed(value) : 0;
}

static uint32_t
count_of(struct ot_buf *b)
{
	struct ot_buf value = ot_bac_application(b, OT_BAC_UNSIGNED);

	return ot_ok(b) ? ot_bac_unsigned(value) : 0;
}

static void
file_access(struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op,
    bool writes)
{
	struct ot_buf value = ot_bac_application(b, OT_BAC_OBJECT_ID);
	struct ot_bac_property p = { 0 };
	struct ot_buf access;
	bool stream;

	if (ot_ok(b))
		ot_bac_object_id(value, &p);
	ot_bac_aim(&op->object, &p);
	stream = ot_bac_inside(b, 0, &access);
	if (!stream && !ot_bac_must(b, ot_bac_inside(b, 1, &access)))
		return;
	int32_t start = start_of(&access);

	file_range(op, stream ? OT_BAC_FILE : OT_BAC_FILE_RECORDS, start,
	    stream && writes ? ot_bac_application(&access, OT_BAC_OCTETS).left
			     : count_of(&access));
	if (p.type != OT_BAC_TYPE_FILE)
		op->object.space = OT_BAC_OBJECT;
	ot_bac_ask(m, op);
}

static void
read_file(struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op)
{
	file_access(b, m, op, false);
}

static void
write_file(struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op)
{
	file_access(b, m, op, true);
}

/* ---- modes: clauses 16.1 and 16.4 ---- */

static const struct {
	const char *name;
	uint8_t verb;
} states[STATES] = {
	{ "coldstart", OT_MODE },
	{ "warmstart", OT_MODE },
	{ "start-backup", OT_UPLOAD },
	{ "end-backup", OT_UPLOAD },
	{ "start-restore", OT_PROGRAM },
	{ "end-restore", OT_PROGRAM },
	{ "abort-restore", OT_PROGRAM },
	{ "activate-changes", OT_MODE },
};

static const struct ot_name controls[] = { { 0, "enable" }, { 1, "disable" },
	{ 2, "disable-initiation" }, { 0 } };

/* Whether there is a password and how long it is, never which. */
static struct ot_text
password(struct ot_buf *b, uint8_t n, const struct ot_pdu *pdu)
{
	struct ot_buf value;

	if (!ot_bac_context(b, n, &value))
		return ot_text("no password");
	if (value.left <= 1) /* the first octet is the character set */
		return ot_text("empty password");
	return ot_format(
	    pdu, "password of %u octets", (unsigned)value.left - 1);
}

static void
mode_command(const struct ot_bac_message *m, const struct ot_op *op,
    const char *what, const char *how, struct ot_text secret)
{
	ot_bac_ask(m, op);
	ot_emit_event(m->pdu, &(struct ot_event){ .kind = "mode command",
				  .detail = ot_format(m->pdu, "%s%s, %.*s",
				      what ? what : "unknown", how,
				      (int)secret.len, (const char *)secret.p),
				  .object = ot_bac_said(op) });
}

/* [0] minutes, [1] what, [2] password. */
static void
communication_control(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op)
{
	struct ot_buf value;
	bool timed = ot_bac_context(b, 0, &value);
	uint32_t minutes = timed ? ot_bac_unsigned(value) : 0;

	if (!ot_bac_must(b, ot_bac_context(b, 1, &value)))
		return;
	uint32_t control = ot_bac_unsigned(value);

	op->sub = OT_SUB(control);
	struct ot_text how =
	    timed ? ot_format(m->pdu, " for %u min", minutes) : ot_text("");

	mode_command(m, op, ot_name(controls, control),
	    how.len ? (const char *)how.p : "", password(b, 2, m->pdu));
}

/* [0] state, [1] password. */
static void
reinitialize(struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op)
{
	struct ot_buf value;

	if (!ot_bac_must(b, ot_bac_context(b, 0, &value)))
		return;
	uint32_t state = ot_bac_unsigned(value);

	op->sub = OT_SUB(state);
	if (state < STATES)
		op->verb = (enum ot_verb)states[state].verb;
	mode_command(m, op, state < STATES ? states[state].name : NULL, "",
	    password(b, 1, m->pdu));
}

/* The command was obeyed. */
static void
mode_changed(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_reply *reply)
{
	const struct ot_op *asked = ot_asked(m->pdu, m->pair);
	const char *what = NULL;

	(void)b;
	ot_bac_reply(m, reply);
	if (!asked || !asked->sub)
		return;
	if (asked->code != REINITIALIZE)
		what = ot_name(controls, asked->sub - 1);
	else if (asked->sub - 1 < STATES)
		what = states[asked->sub - 1].name;
	if (what)
		ot_emit_event(m->pdu, &(struct ot_event){ .kind = "mode change",
					  .detail = ot_text(what) });
}

/* ---- others ---- */

/* Clause 16.2: [0] vendor, [1] the vendor's service. */
static void
private_transfer(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op)
{
	struct ot_buf vendor, service;

	if (!ot_bac_must(b, ot_bac_context(b, 0, &vendor)) ||
	    !ot_bac_must(b, ot_bac_context(b, 1, &service)))
		return;
	op->object.space = OT_BAC_VENDOR_SERVICE;
	op->object.n[0] = ot_bac_unsigned(vendor);
	op->object.n[1] = ot_bac_unsigned(service);
	ot_bac_ask(m, op);
}

/* Clause 15.11: [0] group, [1] priority. */
static void
write_group(struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op)
{
	struct ot_buf group, priority;

	if (!ot_bac_must(b, ot_bac_context(b, 0, &group)) ||
	    !ot_bac_must(b, ot_bac_context(b, 1, &priority)))
		return;
	op->object.space = OT_BAC_GROUP;
	op->object.n[0] = ot_bac_unsigned(group);
	op->object.first = ot_bac_unsigned(priority);
	op->object.count = 1;
	ot_bac_ask(m, op);
}

/* Date and time; clauses 16.7 and 16.8. */
static void
synchronize(struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op)
{
	struct ot_buf clock = *b;

	(void)ot_bac_application(b, OT_BAC_DATE);
	(void)ot_bac_application(b, OT_BAC_TIME);
	if (!ot_ok(b))
		return;
	ot_bac_ask(m, op);
	ot_emit_event(m->pdu, &(struct ot_event){ .kind = "clock set",
				  .detail = ot_bac_value(m->pdu, clock) });
}

/* ---- the tables: name, verb, flags, request, answer ---- */

#define ALTERS OT_OP_ALTERS

static const struct ot_bac_service confirmed[] = {
	[0] = { "acknowledge alarm", OT_EVENT, ALTERS, object_in_1, NULL },
	[1] = { "confirmed cov notification", OT_EVENT, 0, object_in_2, NULL },
	[2] = { "confirmed event notification", OT_EVENT, 0, object_in_2,
	    NULL },
	[3] = { "get alarm summary", OT_READ, 0, NULL, NULL },
	[4] = { "get enrollment summary", OT_READ, 0, NULL, NULL },
	[5] = { "subscribe cov", OT_READ, 0, object_in_1, NULL },
	[6] = { "atomic read file", OT_FILE, 0, read_file, NULL },
	[7] = { "atomic write file", OT_FILE, ALTERS, write_file, NULL },
	[8] = { "add list element", OT_WRITE, 0, property, NULL },
	[9] = { "remove list element", OT_WRITE, 0, property, NULL },
	[10] = { "create object", OT_WRITE, 0, create, NULL },
	[11] = { "delete object", OT_WRITE, 0, delete, NULL },
	[12] = { "read property", OT_READ, 0, ot_bac_read, ot_bac_read_answer },
	[13] = { "read property conditional", OT_READ, 0, NULL, NULL },
	[14] = { "read property multiple", OT_READ, 0, ot_bac_read_multiple,
	    ot_bac_read_multiple_answer },
	[15] = { "write property", OT_WRITE, 0, ot_bac_write, NULL },
	[16] = { "write property multiple", OT_WRITE, 0, ot_bac_write_multiple,
	    NULL },
	[17] = { "device communication control", OT_MODE, 0,
	    communication_control, mode_changed },
	[18] = { "confirmed private transfer", OT_UNKNOWN, 0, private_transfer,
	    NULL },
	[19] = { "confirmed text message", OT_EVENT, 0, text_message, NULL },
	[20] = { "reinitialize device", OT_MODE, 0, reinitialize,
	    mode_changed },
	[21] = { "vt open", OT_ADMIN, 0, NULL, NULL },
	[22] = { "vt close", OT_ADMIN, 0, NULL, NULL },
	[23] = { "vt data", OT_ADMIN, 0, NULL, NULL },
	[24] = { "authenticate", OT_AUTH, 0, NULL, NULL },
	[25] = { "request key", OT_AUTH, 0, NULL, NULL },
	[26] = { "read range", OT_READ, 0, property, NULL },
	[27] = { "life safety operation", OT_CONTROL, 0, life_safety, NULL },
	[28] = { "subscribe cov property", OT_READ, 0, subscribe_property,
	    NULL },
	[29] = { "get event information", OT_READ, 0, NULL, NULL },
	[30] = { "subscribe cov property multiple", OT_READ, 0, NULL, NULL },
	[31] = { "confirmed cov notification multiple", OT_EVENT, 0,
	    object_in_1, NULL },
	[32] = { "confirmed audit notification", OT_EVENT, 0, NULL, NULL },
	[33] = { "audit log query", OT_DIAGNOSE, 0, NULL, NULL },
};

static const struct ot_bac_service unconfirmed[] = {
	[0] = { "i am", OT_IDENTIFY, 0, ot_bac_i_am, NULL },
	[1] = { "i have", OT_IDENTIFY, 0, ot_bac_i_have, NULL },
	[2] = { "unconfirmed cov notification", OT_EVENT, 0, object_in_2,
	    NULL },
	[3] = { "unconfirmed event notification", OT_EVENT, 0, object_in_2,
	    NULL },
	[4] = { "unconfirmed private transfer", OT_UNKNOWN, 0, private_transfer,
	    NULL },
	[5] = { "unconfirmed text message", OT_EVENT, 0, text_message, NULL },
	[6] = { "time synchronization", OT_TIME, ALTERS, synchronize, NULL },
	[7] = { "who has", OT_IDENTIFY, 0, ot_bac_who_has, NULL },
	[8] = { "who is", OT_IDENTIFY, 0, ot_bac_who_is, NULL },
	[9] = { "utc time synchronization", OT_TIME, ALTERS, synchronize,
	    NULL },
	[10] = { "write group", OT_CONTROL, 0, write_group, NULL },
	[11] = { "unconfirmed cov notification multiple", OT_EVENT, 0,
	    object_in_1, NULL },
	[12] = { "unconfirmed audit notification", OT_EVENT, 0, NULL, NULL },
	[13] = { "who am i", OT_IDENTIFY, 0, ot_bac_who_am_i, NULL },
	[14] = { "you are", OT_NAME, ALTERS, NULL, NULL },
};

static const struct ot_bac_service unknown = { "unknown service", OT_UNKNOWN, 0,
	NULL, NULL };

const struct ot_bac_service *
ot_bac_confirmed(uint8_t choice)
{
	return choice < sizeof(confirmed) / sizeof(*confirmed)
		   ? &confirmed[choice]
		   : &unknown;
}

const struct ot_bac_service *
ot_bac_unconfirmed(uint8_t choice)
{
	return choice < sizeof(unconfirmed) / sizeof(*unconfirmed)
		   ? &unconfirmed[choice]
		   : &unknown;
}
