/*
 * The flow record: its fields, its key and how it merges.
 */
#include "model/flow.h"

#define F(member, kind, rule, flags) OT_FIELD(TYPE, member, kind, rule, flags)

static int
three(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* ---- op ---- */

#define TYPE struct ot_op_sum
static const struct ot_field op_fields[] = {
	OT_FIELD_WORD(TYPE, verb, KEEP, ot_verb_names),
	F(name, STR, KEEP, 0),
	F(code, STR, KEEP, 0),
	F(object, STR, KEEP, OT_NULLABLE),
	F(reading, STR, KEEP, 0),
	F(truncated, BOOL, KEEP, 0),
	F(alters, BOOL, UNITE, 0),
	OT_FIELD_AS("request", TYPE, unasked, NOT, KEEP, 0),
	F(count, U64, SUM, OT_ALWAYS),
	F(errors, COUNTS, UNITE, 0),
	F(unanswered, U64, SUM, 0),
	F(first, TIME, MIN, 0),
	F(last, TIME, MAX, 0),
	F(slots, SLOTS, UNITE, 0),
	F(evidence, EVIDENCE, UNITE, 0),
	F(value, VALUE, UNITE, 0),
};

/* Those that stand for the rest come first, so that the cap never takes them;
 * then (verb, code, object). */
static int
op_cmp(const void *a, const void *b)
{
	const struct ot_op_sum *x = a, *y = b;
	int c = three(y->truncated, x->truncated);

	if (!c)
		c = three(x->verb, y->verb);
	if (!c)
		c = ot_str_cmp(x->code, y->code);
	if (!c)
		c = ot_str_cmp(x->object, y->object);
	if (!c)
		c = ot_str_cmp(x->name, y->name);
	if (!c)
		c = three(x->unasked, y->unasked);
	if (!c)
		c = ot_str_cmp(x->reading, y->reading);
	return c;
}

/* What has no room joins the op of its verb that stands for the rest. Answers
 * without a request stay apart: they never prove an allowance. */
static bool
op_spill(struct ot_arena *arena, void *list, const void *item)
{
	struct ot_op_sum rest = *(const struct ot_op_sum *)item;

	rest.name = rest.code = rest.object = (struct ot_str){ 0 };
	rest.truncated = true;
	struct ot_list *ops = list;
	struct ot_op_sum *there = ot_list_find(&ot_op_shape, ops, &rest);

	if (there)
		return ot_shape_merge(arena, &ot_op_shape, there, &rest);
	struct ot_op_sum *copy = ot_alloc(arena, sizeof(*copy));
	uint32_t at = 0;

	if (!copy || !ot_shape_copy(arena, &ot_op_shape, copy, &rest) ||
	    !ot_list_push(arena, ops, copy))
		return false;
	while (at < ops->count - 1 && op_cmp(ops->at[at], copy) < 0)
		at++;
	memmove(ops->at + at + 1, ops->at + at,
	    (ops->count - 1 - at) * sizeof(*ops->at));
	ops->at[at] = copy;
	return true;
}

static bool
op_is_rest(const void *item)
{
	const struct ot_op_sum *op = item;

	return op->truncated;
}

const struct ot_shape ot_op_shape = {
	.size = sizeof(TYPE),
	OT_SHAPE_OF(op_fields),
	.cmp = op_cmp,
	.cap = OT_LIMIT_OPS,
	.spill = op_spill,
	.is_rest = op_is_rest,
};
#undef TYPE

/* ---- session ---- */

#define TYPE struct ot_session_sum
static const struct ot_field session_fields[] = {
	F(start, TIME, KEEP, 0),
	F(end, TIME, MAX, 0),
	F(client_port, U32, KEEP, OT_ALWAYS),
	F(state, STR, KEEP, 0),
	F(bytes, U64, KEEP, OT_ALWAYS),
	F(user, STR, KEEP, 0),
	F(evidence, EVIDENCE, UNITE, 0),
};

static int
session_cmp(const void *a, const void *b)
{
	const struct ot_session_sum *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	int c = three(x->client_port, y->client_port);

	/* what does not merge belongs to the key, or the order would tell */
	if (!c)
		c = three(x->bytes, y->bytes);
	if (!c)
		c = ot_str_cmp(x->state, y->state);
	if (!c)
		c = ot_str_cmp(x->user, y->user);
	return c;
}

const struct ot_shape ot_session_shape = {
	.size = sizeof(TYPE),
	OT_SHAPE_OF(session_fields),
	.cmp = session_cmp,
	.cap = OT_LIMIT_SESSIONS,
};
#undef TYPE

/* ---- certificate ---- */

#define TYPE struct ot_certificate_sum
static const struct ot_field certificate_fields[] = {
	F(sha256, STR, KEEP, 0),
	OT_FIELD_WORD(TYPE, by, KEEP, ot_by_names),
	F(subject, STR, KEEP, 0),
	F(issuer, STR, KEEP, 0),
	F(names, STR, KEEP, 0),
	F(serial, STR, KEEP, 0),
	F(key, STR, KEEP, 0),
	F(signature, STR, KEEP, 0),
	F(not_before, TIME, KEEP, 0),
	F(not_after, TIME, KEEP, 0),
	F(self_signed, BOOL, KEEP, OT_ALWAYS),
	F(count, U64, SUM, OT_ALWAYS),
};

static int
certificate_cmp(const void *a, const void *b)
{
	const struct ot_certificate_sum *x = a, *y = b;
	int c = ot_str_cmp(x->sha256, y->sha256);

	return c ? c : three(x->by, y->by);
}

/* The rest is counted by its sightings. */
static bool
certificate_spill(struct ot_arena *arena, void *list, const void *item)
{
	const struct ot_certificate_sum *certificate = item;

	(void)arena;
	((struct ot_list *)list)->other += certificate->count;
	return true;
}

const struct ot_shape ot_certificate_shape = {
	.size = sizeof(TYPE),
	OT_SHAPE_OF(certificate_fields),
	.cmp = certificate_cmp,
	.cap = OT_LIMIT_SET,
	.spill = certificate_spill,
};
#undef TYPE

/* ---- tunnel ---- */

#define TYPE struct ot_tunnel_sum
static const struct ot_field tunnel_fields[] = {
	F(depth, U32, KEEP, OT_ALWAYS),
	OT_FIELD_WORD(TYPE, kind, KEEP, ot_tunnel_names),
	F(source, ADDR, KEEP, 0),
	F(destination, ADDR, KEEP, 0),
	F(id, U32, KEEP, 0),
	F(packets, U64, SUM, OT_ALWAYS),
};

static int
tunnel_cmp(const void *a, const void *b)
{
	const struct ot_tunnel_sum *x = a, *y = b;
	int c = three(x->depth, y->depth);

	if (!c)
		c = three(x->kind, y->kind);
	if (!c)
		c = ot_addr_cmp(&x->source, &y->source);
	if (!c)
		c = ot_addr_cmp(&x->destination, &y->destination);
	return c ? c : three(x->id, y->id);
}

/* The rest is counted by its packets. */
static bool
tunnel_spill(struct ot_arena *arena, void *list, const void *item)
{
	const struct ot_tunnel_sum *tunnel = item;

	(void)arena;
	((struct ot_list *)list)->other += tunnel->packets;
	return true;
}

const struct ot_shape ot_tunnel_shape = {
	.size = sizeof(TYPE),
	OT_SHAPE_OF(tunnel_fields),
	.cmp = tunnel_cmp,
	.cap = OT_LIMIT_THROUGH,
	.spill = tunnel_spill,
};
#undef TYPE

/* ---- the parts of a flow ---- */

#define TYPE struct ot_flow_net
static const struct ot_field net_fields[] = {
	OT_FIELD_WORD(TYPE, transport, KEEP, ot_transport_names),
	F(protocol, STR, KEEP, 0),
	F(vlan, VLANS, KEEP, 0),
	F(community_id, STR, KEEP, 0),
};
static const struct ot_shape net_shape = { .size = sizeof(TYPE),
	OT_SHAPE_OF(net_fields) };
#undef TYPE

#define TYPE struct ot_flow_end
static const struct ot_field end_fields[] = {
	OT_FIELD_AS("ip", TYPE, addr, IP, KEEP, 0),
	OT_FIELD_AS("address", TYPE, addr, ADDRESS, KEEP, 0),
	F(mac, COUNTS, UNITE, 0),
	F(port, U32, KEEP, 0),
	F(packets, U64, SUM, OT_ALWAYS),
	F(bytes, U64, SUM, OT_ALWAYS),
	F(payload, U64, SUM, OT_ALWAYS),
	F(ttl, COUNTS, UNITE, 0),
	F(asset, STR, KEEP, 0),
	F(zone, STR, KEEP, 0),
};
static const struct ot_shape end_shape = { .size = sizeof(TYPE),
	OT_SHAPE_OF(end_fields) };
#undef TYPE

#define TYPE struct ot_flow_connection
static const struct ot_field connection_fields[] = {
	F(uid, STR, KEEP, 0),
	F(state, STR, KEEP, 0),
	F(history, STR, KEEP, 0),
	F(duration, U64, KEEP, 0),
	F(client_data, U64, KEEP, 0),
	F(server_data, U64, KEEP, 0),
	F(client_ip_bytes, U64, KEEP, 0),
	F(server_ip_bytes, U64, KEEP, 0),
};
static const struct ot_shape connection_shape = { .size = sizeof(TYPE),
	OT_SHAPE_OF(connection_fields) };
#undef TYPE

#define TYPE struct ot_flow_connections
static const struct ot_field connections_fields[] = {
	F(attempted, U64, SUM, 0),
	F(established, U64, SUM, 0),
	F(refused, U64, SUM, 0),
	F(reset, U64, SUM, 0),
	F(closed, U64, SUM, 0),
	F(midstream, U64, SUM, 0),
};
static const struct ot_shape connections_shape = { .size = sizeof(TYPE),
	OT_SHAPE_OF(connections_fields) };
#undef TYPE

#define TYPE struct ot_flow_tcp
static const struct ot_field tcp_fields[] = {
	F(retransmitted, U64, SUM, 0),
	F(out_of_order, U64, SUM, 0),
	F(gap_bytes, U64, SUM, 0),
	F(zero_window, U64, SUM, 0),
	F(duplicate_acks, U64, SUM, 0),
	F(rtt, HIST, UNITE, 0),
	F(handshake, HIST, UNITE, 0),
};
static const struct ot_shape tcp_shape = { .size = sizeof(TYPE),
	OT_SHAPE_OF(tcp_fields) };
#undef TYPE

#define TYPE struct ot_flow_timing
static const struct ot_field timing_fields[] = {
	F(interval, HIST, UNITE, 0),
	F(response, HIST, UNITE, 0),
};
static const struct ot_shape timing_shape = { .size = sizeof(TYPE),
	OT_SHAPE_OF(timing_fields) };
#undef TYPE

#define TYPE struct ot_flow_security
#define FACET(name, index)                                                     \
	OT_FIELD_AS(name, TYPE, facet[index], COUNTS, UNITE, 0)
static const struct ot_field security_fields[] = {
	FACET("protection", OT_S_PROTECTION),
	FACET("version", OT_S_VERSION),
	FACET("cipher", OT_S_CIPHER),
	FACET("auth", OT_S_AUTH),
	FACET("auth_method", OT_S_AUTH_METHOD),
	FACET("user", OT_S_USER),
	FACET("server_name", OT_S_SERVER_NAME),
	FACET("alpn", OT_S_ALPN),
	FACET("ja3", OT_S_JA3),
	FACET("ja3s", OT_S_JA3S),
	FACET("ja4", OT_S_JA4),
	FACET("hassh", OT_S_HASSH),
	FACET("hassh_server", OT_S_HASSH_SERVER),
	OT_FIELD_SHAPE(TYPE, certificates, LIST, UNITE, &ot_certificate_shape),
};
#undef FACET
static const struct ot_shape security_shape = { .size = sizeof(TYPE),
	OT_SHAPE_OF(security_fields) };
#undef TYPE

#define TYPE struct ot_flow_coverage
static const struct ot_field coverage_fields[] = {
	F(decoded, U64, SUM, 0),
	F(identified, U64, SUM, 0),
	F(encrypted, U64, SUM, 0),
	F(unknown, U64, SUM, 0),
	F(partial, U64, SUM, 0),
	F(malformed, U64, SUM, 0),
	F(cut, U64, SUM, 0),
};
static const struct ot_shape coverage_shape = { .size = sizeof(TYPE),
	OT_SHAPE_OF(coverage_fields) };
#undef TYPE

/* ---- flow ---- */

#define TYPE struct ot_flow_sum
static const struct ot_field flow_fields[] = {
	F(sensor, STR, KEEP, 0),
	F(site, STR, KEEP, 0),
	OT_FIELD_SHAPE(TYPE, network, OBJECT, KEEP, &net_shape),
	OT_FIELD_SHAPE(TYPE, client, OBJECT, KEEP, &end_shape),
	OT_FIELD_SHAPE(TYPE, server, OBJECT, KEEP, &end_shape),
	F(also, COUNTS, UNITE, 0),
	OT_FIELD_WORD(TYPE, roles_by, MIN, ot_roles_by_names),
	OT_FIELD_WORD(TYPE, named_by, MIN, ot_named_by_names),
	F(first, TIME, MIN, 0),
	F(last, TIME, MAX, 0),
	F(slots, SLOTS, UNITE, 0),
	F(evidence, EVIDENCE, UNITE, 0),
	OT_FIELD_SHAPE(TYPE, connection, OBJECT, KEEP, &connection_shape),
	OT_FIELD_SHAPE(TYPE, connections, OBJECT, KEEP, &connections_shape),
	F(sides, COUNTS, UNITE, 0),
	OT_FIELD_SHAPE(TYPE, tcp, OBJECT, KEEP, &tcp_shape),
	OT_FIELD_SHAPE(TYPE, timing, OBJECT, KEEP, &timing_shape),
	OT_FIELD_SHAPE(TYPE, security, OBJECT, KEEP, &security_shape),
	OT_FIELD_SHAPE(TYPE, coverage, OBJECT, KEEP, &coverage_shape),
	F(duplicates, U64, SUM, 0),
	F(vlan_one_way, U64, SUM, 0),
	F(icmp_errors, U64, SUM, 0),
	F(fragments, U64, SUM, 0),
	OT_FIELD_SHAPE(TYPE, tunnels, LIST, UNITE, &ot_tunnel_shape),
	F(overlaps, U64, SUM, 0),
	OT_FIELD_SHAPE(TYPE, ops, LIST, UNITE, &ot_op_shape),
	OT_FIELD_SHAPE(TYPE, sessions, LIST, UNITE, &ot_session_shape),
};

/* The key, in the order of DESIGN.md section 3.1. */
static int
flow_cmp(const void *a, const void *b)
{
	const struct ot_flow_sum *x = a, *y = b;
	int c = ot_str_cmp(x->sensor, y->sensor);

	if (!c)
		c = ot_str_cmp(x->site, y->site);
	if (!c)
		c = ot_vlans_cmp(&x->network.vlan, &y->network.vlan);
	if (!c)
		c = ot_addr_cmp(&x->client.addr, &y->client.addr);
	if (!c)
		c = ot_addr_cmp(&x->server.addr, &y->server.addr);
	if (!c)
		c = three(x->network.transport, y->network.transport);
	if (!c)
		c = three(x->server.port, y->server.port);
	if (!c)
		c = ot_str_cmp(x->network.protocol, y->network.protocol);
	if (!c)
		c = three(x->client.port, y->client.port);
	/* connections one by one: by time, and each by itself */
	if (!c && x->connection.uid.len && y->connection.uid.len)
		c = (x->first > y->first) - (x->first < y->first);
	return c ? c : ot_str_cmp(x->connection.uid, y->connection.uid);
}

const struct ot_shape ot_flow_shape = {
	.size = sizeof(TYPE),
	OT_SHAPE_OF(flow_fields),
	.cmp = flow_cmp,
};
