/*
 * BACnet properties: reading and writing them (ANSI/ASHRAE 135-2020, clauses
 * 15.5, 15.7, 15.9 and 15.10), what they are for, and what those of a device
 * object say of the device (clause 12.11).
 */
#include "proto/bacnet.h"

enum property {
	P_ALL = 8,
	P_APPLICATION_SOFTWARE = 12,
	P_DESCRIPTION = 28,
	P_FIRMWARE = 44,
	P_LOCATION = 58,
	P_MODEL = 70,
	P_OBJECT_IDENTIFIER = 75,
	P_OBJECT_LIST = 76,
	P_OBJECT_NAME = 77,
	P_OBJECT_TYPE = 79,
	P_OPTIONAL = 80,
	P_PRESENT_VALUE = 85,
	P_PROGRAM_CHANGE = 90,
	P_OBJECT_TYPES = 96,
	P_SERVICES = 97,
	P_PROTOCOL_VERSION = 98,
	P_REQUIRED = 105,
	P_STATUS = 112,
	P_VENDOR_ID = 120,
	P_VENDOR = 121,
	P_PROTOCOL_REVISION = 139,
	P_PROFILE = 168,
	P_STRUCTURED_OBJECT_LIST = 209,
	P_PROPERTY_LIST = 371,
	P_SERIAL = 372,
};

enum { TYPE_PROGRAM = 16 };

/* Objects whose present value acts on the process: outputs, values, commands,
 * lights and doors. A bit for each type. */
static const uint64_t actors =
    1ULL << 1 | 1ULL << 2 | 1ULL << 4 | 1ULL << 5 | 1ULL << 7 | 1ULL << 14 |
    1ULL << 19 | 1ULL << 30 | 0xfffULL << 39 | 1ULL << 54 | 1ULL << 55;

/* Properties of a device that tell which one it is. */
static const struct {
	uint16_t property;
	uint8_t key;
} naming[] = {
	{ P_VENDOR, OT_K_VENDOR },
	{ P_VENDOR_ID, OT_K_VENDOR_ID },
	{ P_MODEL, OT_K_MODEL },
	{ P_FIRMWARE, OT_K_FIRMWARE },
	{ P_APPLICATION_SOFTWARE, OT_K_SOFTWARE },
	{ P_SERIAL, OT_K_SERIAL },
	{ P_OBJECT_NAME, OT_K_NAME },
	{ P_LOCATION, OT_K_LOCATION },
	{ P_DESCRIPTION, OT_K_DESCRIPTION },
	{ P_PROFILE, OT_K_PROFILE },
	{ P_PROTOCOL_VERSION, OT_K_PROFILE },
	{ P_PROTOCOL_REVISION, OT_K_PROFILE },
	/* lists of what it holds */
	{ P_OBJECT_IDENTIFIER, OT_KEYS },
	{ P_OBJECT_LIST, OT_KEYS },
	{ P_OBJECT_TYPE, OT_KEYS },
	{ P_OBJECT_TYPES, OT_KEYS },
	{ P_SERVICES, OT_KEYS },
	{ P_STRUCTURED_OBJECT_LIST, OT_KEYS },
	{ P_PROPERTY_LIST, OT_KEYS },
};

enum { NAMING = sizeof(naming) / sizeof(*naming) };

/* BACnetDeviceStatus, clause 21. */
static const struct ot_name statuses[] = { { 0, "operational" },
	{ 1, "operational read only" }, { 2, "download required" },
	{ 3, "download in progress" }, { 4, "non operational" },
	{ 5, "backup in progress" }, { 0 } };

/* BACnetProgramRequest, clause 21. */
static const uint8_t program_verbs[] = { OT_WRITE, OT_PROGRAM, OT_MODE, OT_MODE,
	OT_MODE, OT_PROGRAM };

void
ot_bac_aim(struct ot_object *object, const struct ot_bac_property *p)
{
	object->space = OT_BAC_OBJECT;
	object->n[0] = p->type;
	object->n[1] = p->instance;
	if (!p->has_property)
		return;
	object->space = p->has_index ? OT_BAC_ELEMENT : OT_BAC_PROPERTY;
	object->n[2] = p->property;
	object->n[3] = p->index;
	if (!p->priority)
		return;
	object->space = p->has_index ? OT_BAC_ELEMENT_AT : OT_BAC_PROPERTY_AT;
	object->first = p->priority;
	object->count = 1;
}

/* The place in `naming`, or NAMING. */
static unsigned
naming_of(const struct ot_bac_property *p)
{
	unsigned i = 0;

	if (p->type != OT_BAC_TYPE_DEVICE)
		return NAMING;
	while (i < NAMING && naming[i].property != p->property)
		i++;
	return i;
}

enum ot_verb
ot_bac_read_verb(const struct ot_bac_property *p)
{
	return p->has_property && naming_of(p) < NAMING ? OT_IDENTIFY : OT_READ;
}

static enum ot_verb
write_verb(const struct ot_bac_property *p, struct ot_buf value)
{
	if (p->property == P_PRESENT_VALUE && p->type < 64 &&
	    actors >> p->type & 1)
		return OT_CONTROL;
	if (p->property != P_PROGRAM_CHANGE || p->type != TYPE_PROGRAM)
		return OT_WRITE;
	struct ot_bac_tag tag = ot_bac_peek(&value);
	uint8_t change = ot_peek(&tag.value, 0);

	return !tag.context && tag.number == OT_BAC_ENUMERATED &&
		       tag.len == 1 && change < sizeof(program_verbs)
		   ? (enum ot_verb)program_verbs[change]
		   : OT_WRITE;
}

/* ---- requests ---- */

static void
property_at(struct ot_buf *b, uint8_t n, struct ot_bac_property *p)
{
	struct ot_buf value;

	ot_bac_must(b, ot_bac_context(b, n, &value));
	p->property = ot_ok(b) ? ot_bac_unsigned(value) : 0;
	p->has_property = true;
	p->has_index = ot_bac_context(b, n + 1, &value);
	p->index = p->has_index ? ot_bac_unsigned(value) : 0;
}

static void
object_at(struct ot_buf *b, uint8_t n, struct ot_bac_property *p)
{
	struct ot_buf value;

	if (ot_bac_must(b, ot_bac_context(b, n, &value)))
		ot_bac_object_id(value, p);
}

void
ot_bac_read(struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op)
{
	struct ot_bac_property p = { 0 };

	object_at(b, 0, &p);
	property_at(b, 1, &p);
	ot_bac_aim(&op->object, &p);
	op->verb = ot_bac_read_verb(&p);
	ot_bac_ask(m, op);
}

void
ot_bac_read_multiple(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op)
{
	struct ot_buf list;

	while (b->left) {
		struct ot_bac_property p = { 0 };

		object_at(b, 0, &p);
		ot_bac_must(b, ot_bac_inside(b, 1, &list));
		while (ot_ok(b) && list.left) {
			property_at(&list, 0, &p);
			ot_bac_aim(&op->object, &p);
			op->verb = ot_bac_read_verb(&p);
			if (ot_ok(b))
				ot_bac_ask(m, op);
		}
	}
}

/* The value and the priority that follow a property; then what is written. */
static void
write_one(struct ot_buf *b, uint8_t value_at, struct ot_bac_property *p,
    const struct ot_bac_message *m, struct ot_op *op)
{
	struct ot_buf value, priority;

	if (!ot_bac_must(b, ot_bac_inside(b, value_at, &value)))
		return;
	if (ot_bac_context(b, value_at + 1, &priority))
		p->priority = (uint8_t)ot_bac_unsigned(priority);
	ot_bac_aim(&op->object, p);
	op->verb = write_verb(p, value);
	if (!ot_ok(b))
		return;
	ot_bac_ask(m, op);
	ot_emit_event(m->pdu, &(struct ot_event){ .kind = "write request",
				  .detail = ot_bac_value(m->pdu, value),
				  .object = op->object });
}

void
ot_bac_write(struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op)
{
	struct ot_bac_property p = { 0 };

	object_at(b, 0, &p);
	property_at(b, 1, &p);
	write_one(b, 3, &p, m, op);
}

void
ot_bac_write_multiple(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op)
{
	struct ot_buf list;

	while (b->left) {
		struct ot_bac_property p = { 0 };

		object_at(b, 0, &p);
		ot_bac_must(b, ot_bac_inside(b, 1, &list));
		while (ot_ok(b) && list.left) {
			p.priority = 0;
			property_at(&list, 0, &p);
			write_one(&list, 2, &p, m, op);
		}
	}
}

/* ---- answers ---- */

/* A device object's number is the device's own, if it has one. */
static void
say_uid(const struct ot_bac_message *m, const char *message, uint32_t instance)
{
	if (instance != OT_BAC_ANY_INSTANCE)
		ot_bac_say(
		    m, OT_K_UID, message, ot_format(m->pdu, "%u", instance));
}

static struct ot_text
naming_text(const struct ot_bac_message *m, const struct ot_bac_property *p,
    struct ot_buf value)
{
	struct ot_text text = ot_bac_value(m->pdu, value);

	if (p->property == P_PROTOCOL_VERSION ||
	    p->property == P_PROTOCOL_REVISION)
		return ot_format(m->pdu, "%s %.*s",
		    p->property == P_PROTOCOL_VERSION ? "protocol version"
						      : "protocol revision",
		    (int)text.len, (const char *)text.p);
	return ot_text_trim(text);
}

/* What a property of a device says of it. */
static void
identity(const struct ot_bac_message *m, const struct ot_bac_property *p,
    struct ot_buf value, const char *message)
{
	unsigned i = naming_of(p);
	struct ot_bac_tag tag = ot_bac_peek(&value);
	struct ot_bac_property self = { 0 };

	if (p->type != OT_BAC_TYPE_DEVICE || p->has_index || tag.context)
		return;
	if (p->property == P_STATUS && tag.number == OT_BAC_ENUMERATED) {
		const char *status =
		    ot_name(statuses, ot_bac_unsigned(tag.value));

		if (status)
			ot_bac_say(m, OT_K_STATE, message, ot_text(status));
	} else if (p->property == P_OBJECT_IDENTIFIER &&
		   tag.number == OT_BAC_OBJECT_ID) {
		ot_bac_object_id(tag.value, &self);
		say_uid(m, message, self.instance);
	} else if (i < NAMING && naming[i].key != OT_KEYS) {
		ot_bac_say(m, (enum ot_key)naming[i].key, message,
		    naming_text(m, p, value));
		say_uid(m, message, p->instance);
	}
}

void
ot_bac_read_answer(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_reply *reply)
{
	struct ot_bac_property p = { 0 };
	struct ot_buf value;

	object_at(b, 0, &p);
	property_at(b, 1, &p);
	if (!ot_ok(b))
		return;
	ot_bac_aim(&reply->as.object, &p);
	reply->as.verb = ot_bac_read_verb(&p);
	ot_bac_reply(m, reply);
	if (ot_bac_must(b, ot_bac_inside(b, 3, &value)))
		identity(m, &p, value, reply->as.name);
}

static bool
is_group(uint32_t property)
{
	return property == P_ALL || property == P_REQUIRED ||
	       property == P_OPTIONAL;
}

static bool
asks_for(const struct ot_op *asked, const struct ot_bac_property *p)
{
	const struct ot_object *o = &asked->object;
	bool element =
	    o->space == OT_BAC_ELEMENT || o->space == OT_BAC_ELEMENT_AT;

	/* a device may be asked as "any" and answers with its own number */
	return o->n[0] == p->type &&
	       (o->n[1] == p->instance || o->n[1] == OT_BAC_ANY_INSTANCE) &&
	       (is_group(o->n[2]) ||
		   (o->n[2] == p->property && element == p->has_index &&
		       o->n[3] == p->index));
}

/* Results come in the order of what was asked; a group of properties is one
 * item and many results (clause 15.7.3). */
struct results {
	uint64_t pair;
	uint32_t item; /* asked for and not yet answered */
	struct ot_reply *reply;
};

static void
answered(const struct ot_bac_message *m, struct results *r)
{
	r->reply->item = r->item++;
	ot_bac_reply(m, r->reply);
	r->reply->error = NULL;
	r->reply->error_code = 0;
}

/* One result, whose error stands in the reply. */
static void
result(const struct ot_bac_message *m, struct results *r,
    const struct ot_bac_property *p)
{
	const struct ot_op *asked = ot_asked_item(m->pdu, r->pair, r->item);

	ot_bac_aim(&r->reply->as.object, p);
	r->reply->as.verb = ot_bac_read_verb(p);
	if (!ot_asked(m->pdu, r->pair)) {
		r->reply->item = 0;
		ot_bac_reply(m, r->reply);
	} else if (asked && !is_group(asked->object.n[2]) &&
		   asks_for(asked, p)) {
		answered(m, r);
	}
	r->reply->error = NULL;
	r->reply->error_code = 0;
}

/* BACnetPropertyAccessError: class, code. */
static void
error(struct ot_buf *b, struct ot_reply *reply)
{
	(void)ot_bac_application(b, OT_BAC_ENUMERATED);
	uint32_t code =
	    ot_bac_unsigned(ot_bac_application(b, OT_BAC_ENUMERATED));

	reply->error = ot_name(ot_bac_errors, code);
	reply->error_code = code;
}

/* ReadAccessResult: the properties of one object. */
static void
results_of(struct ot_buf *list, const struct ot_bac_message *m,
    struct results *r, struct ot_bac_property *p)
{
	struct ot_buf value;

	while (list->left) {
		property_at(list, 2, p);
		if (ot_bac_inside(list, 4, &value)) {
			result(m, r, p);
			identity(m, p, value, r->reply->as.name);
		} else if (ot_bac_must(list, ot_bac_inside(list, 5, &value))) {
			error(&value, r->reply);
			result(m, r, p);
		}
	}
	const struct ot_op *asked = ot_asked_item(m->pdu, r->pair, r->item);

	if (ot_ok(list) && asked && is_group(asked->object.n[2]))
		answered(m, r);
}

void
ot_bac_read_multiple_answer(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_reply *reply)
{
	struct results r = { m->pair, 1, reply };
	struct ot_buf list;

	while (b->left) {
		struct ot_bac_property p = { 0 };

		object_at(b, 0, &p);
		if (ot_bac_must(b, ot_bac_inside(b, 1, &list)))
			results_of(&list, m, &r, &p);
	}
	/* what is left was answered in another order */
	while (ot_ok(b) && ot_asked_item(m->pdu, m->pair, r.item))
		answered(m, &r);
}

bool
ot_bac_write_multiple_error(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_reply *reply)
{
	struct ot_bac_property p = { 0 };
	struct ot_buf reference;
	const struct ot_op *asked;
	struct ot_reply done = *reply;
	uint32_t failed = 1;

	if (!ot_bac_inside(b, 1, &reference))
		return false;
	object_at(&reference, 0, &p);
	property_at(&reference, 1, &p);
	while ((asked = ot_asked_item(m->pdu, m->pair, failed)) &&
	       !asks_for(asked, &p))
		failed++;
	if (!asked)
		return false;
	done.error = NULL;
	done.error_code = 0;
	for (done.item = 1; done.item < failed; done.item++)
		ot_bac_reply(m, &done);
	for (reply->item = failed; ot_asked_item(m->pdu, m->pair, reply->item);
	     reply->item++)
		ot_bac_reply(m, reply);
	return true;
}
