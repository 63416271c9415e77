/*
 * The engine as a whole: made, given files and sensors, asked for its records.
 */
#include "engine/engine.h"

#include "engine/state.h"

/* A state for protocols that are only tried: as large as the largest. */
static bool
spare_state(struct ot_engine *engine)
{
	for (const struct ot_proto *const *p = ot_protocols; *p; p++)
		if ((*p)->state_size > engine->spare_size)
			engine->spare_size = (*p)->state_size;
	engine->spare_state = ot_heap(1, engine->spare_size);
	return engine->spare_state != NULL;
}

static void
forget_file(struct ot_engine *engine)
{
	engine->account = (struct ot_capture_sum){ 0 };
	engine->frames = (struct frames){ .first_ns = INT64_MAX,
		.last_ns = INT64_MIN,
		.before_ns = INT64_MIN };
}

struct ot_engine *
ot_engine_new(const struct ot_engine_options *options, unsigned worker)
{
	struct ot_engine *engine = ot_heap(1, sizeof(*engine));

	if (!engine)
		return NULL;
	engine->options = options;
	engine->worker = worker;
	engine->frame.limit = OT_LIMIT_FRAME_MEMORY;
	engine->arena.reuse = true;
	engine->nowhere.sum.first = engine->nowhere.sum.last = OT_TIME_NONE;
	engine->sink = (struct ot_flow_sink){ engine, ot_data_take, ot_data_gap,
		ot_conn_end, ot_data_second, ot_data_more,
		.messages = options->connections };
	engine->decoder = ot_decoder_new();
	engine->flow = ot_flow_new(&engine->sink);
	forget_file(engine);
	engine->said.engine = engine;
	if (!engine->decoder || !engine->flow || !ot_carriers_init(engine) ||
	    !spare_state(engine) ||
	    !ot_engine_sensor(engine, options->sensor, options->site)) {
		ot_engine_free(engine);
		return NULL;
	}
	return engine;
}

void
ot_engine_free(struct ot_engine *engine)
{
	if (!engine)
		return;
	if (engine->flow)
		ot_flow_end(engine->flow);
	ot_flow_free(engine->flow);
	ot_decoder_free(engine->decoder);
	ot_fold_drop(engine);
	ot_map_done(&engine->expects);
	ot_heap_free(engine->said.at);
	ot_heap_free(engine->spare_state);
	ot_heap_free(engine->sensors);
	ot_heap_free(engine->sites);
	ot_heap_free(engine->mirrors);
	ot_heap_free(engine->files);
	ot_arena_done(&engine->frame);
	ot_arena_done(&engine->arena);
	ot_heap_free(engine);
}

bool
ot_engine_file(struct ot_engine *engine, struct ot_str name)
{
	ot_decoder_told(engine->decoder, ot_packet_take, engine);
	ot_engine_drain(engine);
	if (engine->file_count == engine->file_cap) {
		uint32_t cap = engine->file_cap ? engine->file_cap * 2 : 4;
		struct ot_str *files =
		    ot_heap_grow(engine->files, cap, sizeof(*files));

		if (!files)
			return false;
		engine->files = files;
		engine->file_cap = cap;
	}
	engine->files[engine->file_count++] = name;
	forget_file(engine);
	return true;
}

bool
ot_engine_sensor(
    struct ot_engine *engine, struct ot_str sensor, struct ot_str site)
{
	ot_engine_drain(engine);
	return ot_engine_sensor_number(engine, sensor, site, &engine->sensor);
}

bool
ot_engine_sensor_number(struct ot_engine *engine, struct ot_str sensor,
    struct ot_str site, uint32_t *number)
{
	for (uint32_t i = 0; i < engine->sensor_count; i++)
		if (ot_str_eq(engine->sensors[i], sensor) &&
		    ot_str_eq(engine->sites[i], site)) {
			*number = i;
			return true;
		}
	if (engine->sensor_count == engine->sensor_cap) {
		uint32_t cap = engine->sensor_cap ? engine->sensor_cap * 2 : 4;
		struct ot_str *sensors =
		    ot_heap_grow(engine->sensors, cap, sizeof(*sensors));

		if (sensors)
			engine->sensors = sensors;
		struct ot_str *sites =
		    ot_heap_grow(engine->sites, cap, sizeof(*sites));

		if (sites)
			engine->sites = sites;
		if (!sensors || !sites)
			return false;
		engine->sensor_cap = cap;
	}
	engine->sensors[engine->sensor_count] = sensor;
	engine->sites[engine->sensor_count] = site;
	*number = engine->sensor_count++;
	return true;
}

/* Where the account counts frames of each kind. */
#define COUNTER(member) offsetof(struct ot_capture_account, member)
static const size_t counters[OT_ACCOUNTS] = {
	[OT_ACC_TCP] = COUNTER(tcp),
	[OT_ACC_UDP] = COUNTER(udp),
	[OT_ACC_SCTP] = COUNTER(sctp),
	[OT_ACC_ICMP] = COUNTER(icmp),
	[OT_ACC_IP] = COUNTER(ip),
	[OT_ACC_LAYER2] = COUNTER(layer2),
	[OT_ACC_TWIN] = COUNTER(twin),
	[OT_ACC_LINK_TYPE] = COUNTER(link_type),
	[OT_ACC_MALFORMED] = COUNTER(malformed),
};
#undef COUNTER

const struct ot_capture_sum *
ot_engine_account(struct ot_engine *engine)
{
	const struct frames *f = &engine->frames;
	struct ot_capture_sum *a = &engine->account;
	bool timed = f->first_ns <= f->last_ns;

	for (unsigned i = 0; i < OT_ACCOUNTS; i++)
		*(uint64_t *)(void *)((char *)&a->account + counters[i]) =
		    f->of[i];
	a->frames = f->count;
	a->bytes = f->bytes;
	a->cut_frames = f->cut;
	a->tagged_frames = f->tagged;
	a->back_steps = f->back_steps;
	a->first = timed ? f->first_ns : OT_TIME_NONE;
	a->last = timed ? f->last_ns : OT_TIME_NONE;
	return a;
}

void
ot_engine_name(
    struct ot_engine *engine, const struct ot_addr *addr, struct ot_text name)
{
	ot_fold_name(engine, addr, name);
}

/* Datagrams that nothing answered and nothing understood, three at most, are
 * attempts; so are echoes without an answer. They are taken as they were made,
 * which in a shard is the same for any number of threads. */
static void
take_attempts(struct ot_engine *engine)
{
	for (struct live *l = engine->oldest; l; l = l->newer) {
		struct ot_flow_sum *sum = &l->sum;
		uint64_t packets = sum->client.packets + sum->server.packets;
		uint64_t bytes = sum->client.bytes + sum->server.bytes;

		if (!engine->options->connections && !l->answered &&
		    sum->first != OT_TIME_NONE &&
		    (sum->network.transport == OT_ICMP ||
			(sum->network.transport == OT_UDP && packets <= 3))) {
			ot_fold_attempt(engine, sum, 0);
			sum->first = OT_TIME_NONE;
			engine->attempt_frames += packets;
			engine->attempt_bytes += bytes;
		} else {
			engine->flow_frames += packets;
			engine->flow_bytes += bytes;
		}
	}
}

/* Frames of flows above the limit have no record, but a number. */
static void
take_nowhere(struct ot_engine *engine)
{
	const struct ot_flow_sum *sum = &engine->nowhere.sum;

	engine->limit_flows += sum->client.packets + sum->server.packets;
	engine->flow_frames += sum->client.packets + sum->server.packets;
	engine->flow_bytes += sum->client.bytes + sum->server.bytes;
}

bool
ot_engine_take(struct ot_engine *engine, struct ot_store *store)
{
	ot_decoder_flush(engine->decoder, ot_packet_take, engine);
	ot_engine_drain(engine);
	ot_flow_end(engine->flow);
	take_attempts(engine);
	take_nowhere(engine);
	bool ok = ot_fold_take(engine, store);

	ot_map_done(&engine->expects);
	engine->file_count = 0;
	return ok;
}

static bool
limit(struct ot_arena *arena, struct ot_capture_sum *into, const char *name,
    uint64_t n)
{
	return !n || ot_counts_add(arena, &into->limits, ot_str(name), n);
}

bool
ot_engine_totals(struct ot_engine *engine, struct ot_arena *arena,
    struct ot_capture_sum *into)
{
	const struct ot_decoder_counts *d = ot_decoder_counts(engine->decoder);
	const struct ot_flow_counts *f = ot_flow_counts(engine->flow);

	/* every worker takes every frame apart, and meets the same limits */
	if (engine->worker == 0 &&
	    (!limit(arena, into, "fragments", d->fragments_dropped) ||
		!limit(arena, into, "depth", d->depth)))
		return false;
	into->flow_frames += engine->flow_frames;
	into->flow_bytes += engine->flow_bytes;
	into->attempt_frames += engine->attempt_frames;
	into->attempt_bytes += engine->attempt_bytes;
	into->duplicates += engine->account.duplicates;
	into->connections += engine->account.connections;
	into->one_sided += engine->account.one_sided;
	return limit(arena, into, "statements", engine->limit_said) &&
	       limit(arena, into, "requests", engine->limit_asked) &&
	       limit(arena, into, "gather", engine->limit_gather) &&
	       limit(arena, into, "facts", engine->limit_facts) &&
	       limit(arena, into, "events", engine->limit_events) &&
	       limit(arena, into, "expectations", engine->limit_expects) &&
	       limit(arena, into, "flows", engine->limit_flows) &&
	       limit(arena, into, "memory", engine->limit_memory) &&
	       limit(arena, into, "connections", f->conns_dropped) &&
	       limit(arena, into, "reorder", f->reorder_dropped) &&
	       limit(arena, into, "second readings", f->unread);
}
