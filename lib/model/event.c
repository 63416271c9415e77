/*
 * The event record: its fields, its key and how it merges.
 */
#include "model/event.h"

#define F(member, kind, rule, flags) OT_FIELD(TYPE, member, kind, rule, flags)

#define TYPE struct ot_attempt
static const struct ot_field attempt_fields[] = {
	F(address, ADDR, KEEP, 0),
	F(port, U32, KEEP, OT_ALWAYS),
	F(packets, U64, SUM, OT_ALWAYS),
	F(bytes, U64, SUM, OT_ALWAYS),
	F(refused, U64, SUM, 0),
	F(first, TIME, MIN, 0),
	F(last, TIME, MAX, 0),
	F(evidence, EVIDENCE, UNITE, 0),
};

static int
attempt_cmp(const void *a, const void *b)
{
	const struct ot_attempt *x = a, *y = b;
	int c = ot_addr_cmp(&x->address, &y->address);

	return c ? c : (x->port > y->port) - (x->port < y->port);
}

/* Targets without room add up beside the list. */
static bool
attempt_spill(struct ot_arena *arena, void *list, const void *item)
{
	struct ot_event_sum *event =
	    (struct ot_event_sum *)(void *)((char *)list -
					    offsetof(
						struct ot_event_sum, attempts));
	const struct ot_attempt *attempt = item;

	(void)arena;
	event->other_packets += attempt->packets;
	event->other_bytes += attempt->bytes;
	return true;
}

const struct ot_shape ot_attempt_shape = {
	.size = sizeof(TYPE),
	OT_SHAPE_OF(attempt_fields),
	.cmp = attempt_cmp,
	.cap = OT_LIMIT_ATTEMPTS,
	.spill = attempt_spill,
};
#undef TYPE

#define TYPE struct ot_event_sum
static const struct ot_field fields[] = {
	F(sensor, STR, KEEP, 0),
	F(site, STR, KEEP, 0),
	OT_FIELD_AS("event", TYPE, kind, STR, KEEP, 0),
	OT_FIELD_WORD(TYPE, transport, KEEP, ot_transport_names),
	F(protocol, STR, KEEP, 0),
	F(vlan, VLANS, KEEP, 0),
	F(source, ADDR, KEEP, 0),
	F(destination, ADDR, KEEP, 0),
	F(port, U32, KEEP, 0),
	F(detail, STR, KEEP, 0),
	F(object, STR, KEEP, 0),
	F(count, U64, SUM, OT_ALWAYS),
	F(first, TIME, MIN, 0),
	F(last, TIME, MAX, 0),
	F(evidence, EVIDENCE, UNITE, 0),
	OT_FIELD_SHAPE(TYPE, ops, LIST, UNITE, &ot_op_shape),
	OT_FIELD_SHAPE(TYPE, attempts, LIST, UNITE, &ot_attempt_shape),
	F(other_packets, U64, SUM, 0),
	F(other_bytes, U64, SUM, 0),
};

static int
cmp(const void *a, const void *b)
{
	const struct ot_event_sum *x = a, *y = b;
	int c = ot_str_cmp(x->sensor, y->sensor);

	if (!c)
		c = ot_str_cmp(x->site, y->site);
	if (!c)
		c = ot_str_cmp(x->kind, y->kind);
	if (!c)
		c = ot_vlans_cmp(&x->vlan, &y->vlan);
	if (!c)
		c = ot_addr_cmp(&x->source, &y->source);
	if (!c)
		c = ot_addr_cmp(&x->destination, &y->destination);
	if (!c)
		c = x->transport - y->transport;
	if (!c)
		c = (x->port > y->port) - (x->port < y->port);
	if (!c)
		c = ot_str_cmp(x->protocol, y->protocol);
	if (!c)
		c = ot_str_cmp(x->detail, y->detail);
	if (!c)
		c = ot_str_cmp(x->object, y->object);
	return c;
}

const struct ot_shape ot_event_shape = {
	.size = sizeof(TYPE), OT_SHAPE_OF(fields), .cmp = cmp
};
