/*
 * Through which tunnels a connection was seen. Zones are decided by the inner
 * addresses; what was outside is told in the flow record. Only packets that
 * came through a tunnel get here.
 */
#include "engine/state.h"

#include <stdlib.h>

enum { ERSPAN_SESSIONS = 1024 };

/* The outer path of the packets that came last, not yet taken apart. */
struct path {
	uint8_t tunnels;
	struct ot_tunnel at[OT_LIMIT_TUNNELS];
	uint64_t packets;
};

struct through {
	struct path last[2];
	struct ot_tunnel_sum *at; /* sorted; the smallest are kept */
	uint32_t count, cap;
	uint64_t other; /* packets of those without room */
};

static int
by_key(const void *a, const void *b)
{
	return ot_tunnel_shape.cmp(a, b);
}

/* Room for one more at the place where it belongs; NULL, counted, where it is
 * greater than all that there is room for. */
static struct ot_tunnel_sum *
make_room(struct through *t, const struct ot_tunnel_sum *sum)
{
	uint32_t i = t->count;

	while (i && by_key(&t->at[i - 1], sum) > 0)
		i--;
	if (t->count == OT_LIMIT_THROUGH) {
		if (i == t->count)
			return NULL;
		t->other += t->at[--t->count].packets;
	}
	if (t->count == t->cap) {
		uint32_t cap = t->cap ? t->cap * 2 : 2;
		void *at = ot_heap_grow(t->at, cap, sizeof(*t->at));

		if (!at)
			return NULL;
		t->at = at;
		t->cap = cap;
	}
	memmove(t->at + i + 1, t->at + i, (t->count - i) * sizeof(*t->at));
	t->count++;
	return &t->at[i];
}

static void
add(struct through *t, const struct ot_tunnel_sum *sum)
{
	struct ot_tunnel_sum *at =
	    t->count ? bsearch(sum, t->at, t->count, sizeof(*t->at), by_key)
		     : NULL;

	if (at) {
		at->packets += sum->packets;
		return;
	}
	at = make_room(t, sum);
	if (at)
		*at = *sum;
	else
		t->other += sum->packets;
}

static unsigned
kept(uint8_t tunnels)
{
	return tunnels < OT_LIMIT_TUNNELS ? tunnels : OT_LIMIT_TUNNELS;
}

/* Take the path apart into its tunnels. The last place is the innermost's. */
static void
flush(struct through *t, struct path *path)
{
	unsigned count = kept(path->tunnels);

	for (unsigned i = 0; path->packets && i < count; i++) {
		const struct ot_tunnel *tunnel = &path->at[i];
		struct ot_tunnel_sum sum = {
			.depth = i + 1 < count ? i + 1 : path->tunnels,
			.kind = tunnel->kind,
			.id = tunnel->id,
			.source = tunnel->src,
			.destination = tunnel->dst,
			.packets = path->packets,
		};

		add(t, &sum);
	}
	path->packets = 0;
}

static bool
same(const struct path *path, const struct ot_packet *p)
{
	bool equal = path->tunnels == p->tunnels;

	for (unsigned i = 0; equal && i < ot_packet_path(p); i++) {
		const struct ot_tunnel *a = &path->at[i], *b = &p->tunnel[i];

		equal = a->kind == b->kind && a->id == b->id &&
			ot_addr_eq(&a->src, &b->src) &&
			ot_addr_eq(&a->dst, &b->dst);
	}
	return equal;
}

void
ot_through_note(struct ot_engine *engine, struct session *s, unsigned dir,
    const struct ot_packet *p)
{
	if (!s->through)
		s->through = ot_heap(1, sizeof(*s->through));
	if (!s->through) {
		engine->limit_memory++;
		return;
	}
	struct path *path = &s->through->last[dir];

	if (!same(path, p)) {
		flush(s->through, path);
		path->tunnels = p->tunnels;
		memcpy(
		    path->at, p->tunnel, ot_packet_path(p) * sizeof(*path->at));
	}
	path->packets += p->frames;
}

void
ot_through_fold(
    struct ot_engine *engine, struct session *s, struct ot_flow_sum *sum)
{
	struct through *t = s->through;

	if (!t)
		return;
	flush(t, &t->last[0]);
	flush(t, &t->last[1]);
	for (uint32_t i = 0; i < t->count; i++)
		if (!ot_list_add(&engine->arena, &ot_tunnel_shape,
			&sum->tunnels, &t->at[i]))
			engine->limit_memory++;
	sum->tunnels.other += t->other;
}

void
ot_through_done(struct session *s)
{
	if (s->through)
		ot_heap_free(s->through->at);
	ot_heap_free(s->through);
	s->through = NULL;
}

/* ---- mirrors ---- */

/* The session of a remote mirror, 0 where there is none. */
static uint32_t
mirror_of(const struct ot_packet *p)
{
	for (unsigned i = 0; i < ot_packet_path(p); i++)
		if (p->tunnel[i].kind == OT_TUNNEL_ERSPAN)
			return p->tunnel[i].id % ERSPAN_SESSIONS;
	return 0;
}

/* Only where nobody gave a name. */
static bool
is_named(const struct ot_engine_options *options)
{
	return options->sensor_from == OT_SENSOR_FILE ||
	       options->sensor_from == OT_SENSOR_FOLDER ||
	       (options->sensor_from == OT_SENSOR_GIVEN && options->sensor.len);
}

static bool
add_mirror(struct ot_engine *engine, uint32_t session, uint32_t *number)
{
	struct ot_sb sb = { 0 };

	ot_sb_printf(&sb, "erspan %u", (unsigned)session);
	struct ot_str name = ot_str_keep(&engine->arena, ot_sb_str(&sb));

	ot_sb_done(&sb);
	return name.p && ot_engine_sensor_number(engine, name,
			     engine->sites[engine->sensor], number);
}

uint32_t
ot_through_sensor(struct ot_engine *engine, const struct ot_packet *p)
{
	uint32_t session = mirror_of(p), number;

	if (!session || is_named(engine->options))
		return engine->sensor;
	if (!engine->mirrors)
		engine->mirrors =
		    ot_heap(ERSPAN_SESSIONS, sizeof(*engine->mirrors));
	if (!engine->mirrors)
		return engine->sensor;
	uint32_t *known = &engine->mirrors[session]; /* 0, or 1 + number */

	if (*known &&
	    ot_str_eq(engine->sites[*known - 1], engine->sites[engine->sensor]))
		return *known - 1;
	if (!add_mirror(engine, session, &number)) {
		engine->limit_memory++;
		return engine->sensor;
	}
	*known = number + 1;
	return number;
}
