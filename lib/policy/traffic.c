/*
 * What was seen, as sets of a space: each operation of each flow by its ends,
 * service, verb and object. Time, protection and sizes are left open: a row
 * that asks for them was used all the same.
 */
#include "policy/question.h"

/* The sets of a traffic in the making. */
struct maker {
	struct ot_universe *space;
	uint32_t p;
	const struct ot_set **sets;
	size_t count, room;
};

static void
put(struct maker *m, const struct ot_set *set)
{
	if (m->count == m->room) {
		size_t room = m->room ? 2 * m->room : 256;
		const struct ot_set **sets =
		    ot_alloc_array(m->space->arena, room, sizeof(*sets));

		if (!sets) {
			m->space->d.lost = true;
			return;
		}
		if (m->count)
			memcpy(sets, m->sets, m->count * sizeof(*sets));
		m->sets = sets;
		m->room = room;
	}
	m->sets[m->count++] = set;
}

/* A conversation's services: by port whatever is inside, and by each name,
 * whatever the port. A name that only the port suggests is no name. */
static const struct ot_set *
services_of(struct maker *m, const struct ot_flow_sum *flow, bool likely)
{
	struct ot_span spans[OT_AXES_MAX] = { { NULL, 0 } };
	uint64_t wire =
	    (uint64_t)flow->network.transport << 32 | flow->server.port;
	const struct ot_set *set;

	spans[OT_X_WIRE] = ot_span_one(m->space, wire, wire);
	set = ot_set_box(&m->space->d, spans);
	spans[OT_X_WIRE] = (struct ot_span){ NULL, 0 };
	for (uint32_t i = 0; i <= flow->also.count; i++) {
		struct ot_str name =
		    i ? flow->also.at[i - 1].text : flow->network.protocol;
		uint64_t value = ot_universe_protocol(m->space, name);

		if (!value || (!i && flow->named_by > OT_NAMED_HINT && !likely))
			continue;
		spans[OT_X_PROTOCOL] = ot_span_one(m->space, value, value);
		set = ot_set_unite(
		    &m->space->d, set, ot_set_box(&m->space->d, spans));
	}
	return set;
}

static void
take_acts(struct maker *m, const struct ot_flow_sum *flow,
    const struct ot_span *ends, bool likely)
{
	const struct ot_set *services = services_of(m, flow, likely);
	struct ot_diagram *d = &m->space->d;

	for (uint32_t i = 0; i < flow->ops.count; i++) {
		const struct ot_op_sum *op = flow->ops.at[i];
		struct ot_span spans[OT_AXES_MAX] = { { NULL, 0 } };

		memcpy(spans, ends, OT_X_WIRE * sizeof(*spans));
		spans[OT_X_VERB] = ot_span_one(m->space, op->verb, op->verb);
		if (!op->truncated)
			(void)ot_universe_object(m->space, op->object, spans);
		put(m, ot_set_common(d, services, ot_set_box(d, spans)));
	}
	if (!flow->ops.count && likely)
		put(m, ot_set_common(d, services, ot_set_box(d, ends)));
}

static uint32_t
candidates(const struct ot_zone_end *end)
{
	return end->candidate_count > 1 ? end->candidate_count : 1;
}

static bool
atom_of(const struct maker *m, const struct ot_zone_end *end, uint32_t i,
    const struct ot_addr *addr, uint32_t *atom)
{
	struct ot_rules_end e = {
		end->candidate_count > 1 ? end->candidates[i]->id : end->zone,
		end->asset, addr
	};

	return ot_universe_atom(m->space, m->p, &e, atom);
}

/* An attempt that nobody answered is no use of a conduit. */
static bool
answered(const struct ot_flow_sum *flow)
{
	return flow->network.transport != OT_TCP || flow->ops.count ||
	       flow->connections.established || flow->connections.midstream ||
	       flow->client.payload || flow->server.payload;
}

static void
take_flow(struct maker *m, const struct ot_flow_sum *flow,
    const struct ot_zone_pair *pair, bool likely)
{
	struct ot_span ends[OT_AXES_MAX] = { { NULL, 0 } };
	uint32_t from, to;

	if (pair->client.group || pair->server.group || !answered(flow))
		return;
	for (uint32_t i = 0; i < candidates(&pair->client); i++)
		for (uint32_t k = 0; k < candidates(&pair->server); k++) {
			if (!atom_of(m, &pair->client, i, &flow->client.addr,
				&from) ||
			    !atom_of(
				m, &pair->server, k, &flow->server.addr, &to))
				continue;
			ends[OT_X_FROM] = ot_span_one(m->space, from, from);
			ends[OT_X_TO] = ot_span_one(m->space, to, to);
			take_acts(m, flow, ends, likely);
		}
}

static const struct ot_set *
all_of(struct ot_universe *space, uint32_t p,
    const struct ot_question *question, bool likely)
{
	const struct ot_list *flows = &question->store->list[OT_STORE_FLOW];
	struct maker m = { .space = space, .p = p };

	for (uint32_t i = 0; i < flows->count && ot_universe_ok(space); i++)
		take_flow(&m, flows->at[i], &question->notes->flows[i], likely);
	return ot_set_unite_all(&space->d, m.sets, m.count);
}

bool
ot_traffic_of(struct ot_universe *space, uint32_t p,
    const struct ot_question *question, struct ot_traffic *traffic)
{
	bool objects[OT_AXES_MAX] = { false };

	for (uint32_t i = 0; i < space->d.axes; i++)
		objects[i] =
		    (i >= OT_X_WORD && i < OT_X_VALUE) || i >= OT_X_FLAG;
	traffic->sure = all_of(space, p, question, false);
	traffic->likely = all_of(space, p, question, true);
	traffic->sure_acts = ot_set_forget(&space->d, traffic->sure, objects);
	traffic->likely_acts =
	    ot_set_forget(&space->d, traffic->likely, objects);
	return !space->d.lost;
}
