/*
 * The BACnet services by which devices find each other: ANSI/ASHRAE 135-2020,
 * clauses 16.9 to 16.11.
 */
#include "proto/bacnet.h"

static uint32_t
unsigned_of(struct ot_buf *b)
{
	struct ot_buf value = ot_bac_application(b, OT_BAC_UNSIGNED);

	return ot_ok(b) ? ot_bac_unsigned(value) : 0;
}

static struct ot_bac_property
object_of(struct ot_buf *b)
{
	struct ot_bac_property p = { 0 };
	struct ot_buf value = ot_bac_application(b, OT_BAC_OBJECT_ID);

	if (ot_ok(b))
		ot_bac_object_id(value, &p);
	return p;
}

static struct ot_text
string_of(struct ot_buf *b)
{
	struct ot_buf value = ot_bac_application(b, OT_BAC_STRING);

	return ot_ok(b) ? ot_text_trim(ot_bac_string(value)) : ot_text("");
}

/* A number that is a device's own. */
static void
say_device(const struct ot_bac_message *m, const char *message,
    const struct ot_bac_property *device)
{
	if (device->type == OT_BAC_TYPE_DEVICE &&
	    device->instance != OT_BAC_ANY_INSTANCE)
		ot_bac_say(m, OT_K_UID, message,
		    ot_format(m->pdu, "%u", device->instance));
}

/* Device, longest APDU, segmentation, vendor. */
void
ot_bac_i_am(struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op)
{
	struct ot_bac_property device = object_of(b);

	ot_bac_aim(&op->object, &device);
	(void)unsigned_of(b);
	(void)ot_bac_application(b, OT_BAC_ENUMERATED);
	uint32_t vendor = unsigned_of(b);

	if (!ot_ok(b))
		return;
	ot_bac_ask(m, op);
	say_device(m, op->name, &device);
	ot_bac_say(
	    m, OT_K_VENDOR_ID, op->name, ot_format(m->pdu, "%u", vendor));
}

/* Device, object, the object's name. */
void
ot_bac_i_have(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op)
{
	struct ot_bac_property device = object_of(b);
	struct ot_bac_property object = object_of(b);
	struct ot_text name = string_of(b);

	ot_bac_aim(&op->object, &object);
	if (!ot_ok(b))
		return;
	ot_bac_ask(m, op);
	say_device(m, op->name, &device);
	if (object.type == OT_BAC_TYPE_DEVICE)
		ot_bac_say(m, OT_K_NAME, op->name, name);
}

/* Devices [0] to [1], either all or both. */
static bool
devices(struct ot_buf *b, struct ot_object *object)
{
	struct ot_buf low, high;

	if (!ot_bac_context(b, 0, &low) ||
	    !ot_bac_must(b, ot_bac_context(b, 1, &high)))
		return false;
	uint32_t from = ot_bac_unsigned(low);
	uint32_t to = ot_bac_unsigned(high);

	if (to < from || !ot_ok(b))
		return false;
	object->space = OT_BAC_DEVICES;
	object->first = from;
	object->count = (uint64_t)to - from + 1;
	return true;
}

void
ot_bac_who_is(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op)
{
	(void)devices(b, &op->object);
	ot_bac_ask(m, op);
}

void
ot_bac_who_has(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op)
{
	struct ot_object unused = { 0 };
	struct ot_bac_property p = { 0 };
	struct ot_buf value;

	(void)devices(b, &unused);
	if (ot_bac_context(b, 2, &value)) {
		ot_bac_object_id(value, &p);
		ot_bac_aim(&op->object, &p);
	} else if (ot_bac_must(b, ot_bac_context(b, 3, &value))) {
		op->object.space = OT_BAC_NAME;
		op->object.text = ot_text_trim(ot_bac_string(value));
	}
	ot_bac_ask(m, op);
}

/* A device that has no number yet; vendor, model, serial number. */
void
ot_bac_who_am_i(
    struct ot_buf *b, const struct ot_bac_message *m, struct ot_op *op)
{
	uint32_t vendor = unsigned_of(b);
	struct ot_text model = string_of(b);
	struct ot_text serial = string_of(b);

	if (!ot_ok(b))
		return;
	ot_bac_ask(m, op);
	ot_bac_say(
	    m, OT_K_VENDOR_ID, op->name, ot_format(m->pdu, "%u", vendor));
	ot_bac_say(m, OT_K_MODEL, op->name, model);
	ot_bac_say(m, OT_K_SERIAL, op->name, serial);
}
