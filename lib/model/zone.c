/*
 * The zone and the crossing record: their fields and keys.
 */
#include "model/zone.h"

const char *const ot_verdict_names[] = { "allowed", "violation", "cannot-tell",
	NULL };

#define F(member, kind, rule, flags) OT_FIELD(TYPE, member, kind, rule, flags)

#define TYPE struct ot_zone_sum
static const struct ot_field zone_fields[] = {
	F(id, STR, KEEP, 0),
	F(site, STR, KEEP, 0),
	F(name, STR, KEEP, 0),
	F(kind, STR, KEEP, 0),
	F(level, STR, KEEP, 0),
	F(importance, STR, KEEP, 0),
	F(assets, STRINGS, KEEP, OT_ALWAYS),
	F(packets, U64, SUM, OT_ALWAYS),
	F(bytes, U64, SUM, OT_ALWAYS),
	F(inside_bytes, U64, SUM, OT_ALWAYS),
	F(file, STR, KEEP, 0),
	F(line, U32, KEEP, 0),
	F(column, U32, KEEP, 0),
	F(proposed, BOOL, KEEP, 0),
};

static int
zone_cmp(const void *a, const void *b)
{
	const struct ot_zone_sum *x = a, *y = b;

	return ot_str_cmp(x->id, y->id);
}

const struct ot_shape ot_zone_shape = {
	.size = sizeof(TYPE), OT_SHAPE_OF(zone_fields), .cmp = zone_cmp
};
#undef TYPE

#define TYPE struct ot_crossing_op
static const struct ot_field op_fields[] = {
	OT_FIELD_WORD(TYPE, verb, KEEP, ot_verb_names),
	F(name, STR, KEEP, 0),
	F(object, STR, KEEP, OT_NULLABLE),
	F(count, U64, SUM, OT_ALWAYS),
	F(errors, U64, SUM, 0),
	OT_FIELD_WORD(TYPE, verdict, MAX, ot_verdict_names),
	F(rule, STR, KEEP, 0),
	F(reason, STR, KEEP, 0),
	F(evidence, EVIDENCE, UNITE, 0),
};

static int
op_cmp(const void *a, const void *b)
{
	const struct ot_crossing_op *x = a, *y = b;
	int c = x->verb - y->verb;

	if (!c)
		c = ot_str_cmp(x->name, y->name);
	return c ? c : ot_str_cmp(x->object, y->object);
}

const struct ot_shape ot_crossing_op_shape = {
	.size = sizeof(TYPE), OT_SHAPE_OF(op_fields), .cmp = op_cmp
};
#undef TYPE

#define TYPE struct ot_crossing
static const struct ot_field crossing_fields[] = {
	F(client_site, STR, KEEP, 0),
	F(client_zone, STR, KEEP, 0),
	F(server_site, STR, KEEP, 0),
	F(server_zone, STR, KEEP, 0),
	F(client, STR, KEEP, 0),
	F(server, STR, KEEP, 0),
	F(client_address, STR, KEEP, 0),
	F(server_address, STR, KEEP, 0),
	OT_FIELD_WORD(TYPE, transport, KEEP, ot_transport_names),
	F(port, U32, KEEP, 0),
	F(protocol, STR, KEEP, 0),
	OT_FIELD_WORD(TYPE, named_by, MIN, ot_named_by_names),
	OT_FIELD_WORD(TYPE, roles_by, MIN, ot_roles_by_names),
	F(sensor, STR, KEEP, 0),
	F(verbs, COUNTS, UNITE, 0),
	OT_FIELD_SHAPE(TYPE, ops, LIST, UNITE, &ot_crossing_op_shape),
	F(connections, U64, SUM, 0),
	F(established, U64, SUM, 0),
	F(packets, U64, SUM, OT_ALWAYS),
	F(bytes, U64, SUM, OT_ALWAYS),
	F(attempt, BOOL, KEEP, 0),
	F(protection, STR, KEEP, 0),
	F(first, TIME, MIN, 0),
	F(last, TIME, MAX, 0),
	F(evidence, EVIDENCE, UNITE, 0),
	OT_FIELD_WORD(TYPE, verdict, MAX, ot_verdict_names),
	F(basis, STR, KEEP, 0),
	F(rule, STR, KEEP, 0),
	F(nearest, STR, KEEP, 0),
	F(failed, STR, KEEP, 0),
	F(file, STR, KEEP, 0),
	F(line, U32, KEEP, 0),
	F(column, U32, KEEP, 0),
	F(end_column, U32, KEEP, 0),
	F(reason, STR, KEEP, 0),
	F(missing, STRINGS, KEEP, 0),
};

static int
crossing_cmp(const void *a, const void *b)
{
	const struct ot_crossing *x = a, *y = b;
	int c = ot_str_cmp(x->client_zone, y->client_zone);

	if (!c)
		c = ot_str_cmp(x->server_zone, y->server_zone);
	if (!c)
		c = ot_str_cmp(x->client, y->client);
	if (!c)
		c = ot_str_cmp(x->server, y->server);
	if (!c)
		c = ot_str_cmp(x->client_address, y->client_address);
	if (!c)
		c = ot_str_cmp(x->server_address, y->server_address);
	if (!c)
		c = x->transport - y->transport;
	if (!c)
		c = (x->port > y->port) - (x->port < y->port);
	if (!c)
		c = ot_str_cmp(x->protocol, y->protocol);
	if (!c)
		c = ot_str_cmp(x->sensor, y->sensor);
	if (!c)
		c = x->attempt - y->attempt;
	return c;
}

const struct ot_shape ot_crossing_shape = {
	.size = sizeof(TYPE), OT_SHAPE_OF(crossing_fields), .cmp = crossing_cmp
};
