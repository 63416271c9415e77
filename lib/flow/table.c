/*
 * The table of connections: open addressing over a keyed hash of the ends,
 * load at most a half; connections lie in chunks and never move.
 */
#include "flow/flow.h"
#include "flow/reorder.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"

enum {
	CHUNK = 256,
	COPY_TICKS = 76, /* of 2^17 ns: 10 ms */
	ALTERNATES = 64,
};

struct slot {
	uint32_t tag;	/* upper half of the hash */
	uint32_t index; /* 0: free; else 1 + number of the connection */
};

struct ot_flow {
	const struct ot_flow_sink *sink;
	uint64_t hash_key[2];
	struct slot *slots;
	uint32_t slot_count; /* a power of two */
	struct ot_conn **chunks;
	uint32_t chunk_count;
	uint32_t made;	/* connections ever taken from chunks */
	uint32_t live;	/* connections in the table, alternates too */
	uint32_t *idle; /* numbers to be used again */
	uint32_t idle_count, idle_cap;
	struct ot_reorder reorder;
	struct ot_flow_counts counts;
};

static inline uint64_t
mix(uint64_t a, uint64_t b)
{
	__extension__ typedef unsigned __int128 wide;
	wide m = (wide)a * b;

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

/* Multiply and fold (as wyhash does), with a secret key: placement cannot be
 * foreseen by whoever writes packets. */
static inline uint64_t
hash_of(const struct ot_flow *flow, const uint64_t key[5])
{
	uint64_t k0 = flow->hash_key[0], k1 = flow->hash_key[1];
	uint64_t h = mix(key[0] ^ k0, key[4] ^ k1);

	if (!(key[1] | key[2] | key[3])) /* two words, see key_of_ipv4 */
		return h;
	h = mix(key[1] ^ h, key[2] ^ k0);
	return mix(key[3] ^ h, k1 ^ 0x9e3779b97f4a7c15U);
}

static struct ot_conn *
conn_at(const struct ot_flow *flow, uint32_t number)
{
	return &flow->chunks[number / CHUNK][number % CHUNK];
}

struct ot_flow *
ot_flow_new(const struct ot_flow_sink *sink)
{
	struct ot_flow *flow = ot_heap(1, sizeof(*flow));

	if (!flow)
		return NULL;
	flow->sink = sink;
	flow->slot_count = 1024;
	flow->slots = ot_heap(flow->slot_count, sizeof(*flow->slots));
	if (!flow->slots) {
		ot_heap_free(flow);
		return NULL;
	}
	ot_hash_key(flow->hash_key);
	flow->hash_key[0] |= 1;
	flow->hash_key[1] |= 1;
	return flow;
}

void
ot_flow_free(struct ot_flow *flow)
{
	if (!flow)
		return;
	for (uint32_t i = 0; i < flow->made; i++)
		ot_stream_drop(&flow->reorder, conn_at(flow, i));
	for (uint32_t i = 0; i < flow->chunk_count; i++)
		ot_heap_free(flow->chunks[i]);
	ot_heap_free(flow->chunks);
	ot_heap_free(flow->slots);
	ot_heap_free(flow->idle);
	ot_history_done(&flow->reorder.history);
	ot_heap_free(flow);
}

const struct ot_flow_counts *
ot_flow_counts(const struct ot_flow *flow)
{
	return &flow->counts;
}

/* ---- keys ---- */

/* The two ports of a packet; layer 2 has its type at both ends, other IP
 * protocols their number, ICMP none, or its types. */
static uint32_t
port_of(const struct ot_flow *flow, const struct ot_packet *p, bool src)
{
	switch (p->transport) {
	case OT_TCP:
	case OT_UDP:
	case OT_SCTP:
		return src ? p->src_port : p->dst_port;
	case OT_IP:
		return p->ip_protocol;
	case OT_ETH:
	case OT_CAN:
	case OT_SERIAL:
	case OT_WPAN:
		return p->ether_type;
	case OT_ICMP:
		if (flow->sink->messages)
			return src ? p->src_port : p->dst_port;
		return 0;
	default:
		return 0;
	}
}

/* Transport and kinds of address. */
static inline uint64_t
kinds_of(const struct ot_packet *p, unsigned lo, unsigned hi)
{
	return (uint64_t)p->transport << 60 | (uint64_t)lo << 57 |
	       (uint64_t)hi << 54;
}

/* The key of two IPv4 addresses with ports, which stand in two words. Which
 * way a packet goes nobody can foresee: no branch on it. */
static inline bool
key_of_ipv4(uint64_t key[5], const struct ot_packet *p)
{
	uint32_t x, y;

	memcpy(&x, p->src.b, sizeof(x));
	memcpy(&y, p->dst.b, sizeof(y));
	uint64_t src = (uint64_t)x << 16 | p->src_port;
	uint64_t dst = (uint64_t)y << 16 | p->dst_port;
	uint64_t swap = (src ^ dst) & (0 - (uint64_t)(src > dst));
	uint64_t lo = src ^ swap, hi = dst ^ swap;

	key[0] = lo >> 16 << 32 | hi >> 16;
	key[1] = key[2] = key[3] = 0;
	key[4] = kinds_of(p, OT_ADDR_IPV4, OT_ADDR_IPV4) | (lo & 0xffff) << 16 |
		 (hi & 0xffff);
	return src > dst;
}

/* The key, the smaller end first; true if the packet comes from the other. */
static inline bool
key_of(const struct ot_flow *flow, uint64_t key[5], const struct ot_packet *p)
{
	if (p->src.kind == OT_ADDR_IPV4 && p->dst.kind == OT_ADDR_IPV4 &&
	    p->transport <= OT_SCTP)
		return key_of_ipv4(key, p);
	uint32_t sp = port_of(flow, p, true), dp = port_of(flow, p, false);
	int c = ot_addr_cmp(&p->src, &p->dst);
	bool turned = c > 0 || (c == 0 && sp > dp);
	const struct ot_addr *lo = turned ? &p->dst : &p->src;
	const struct ot_addr *hi = turned ? &p->src : &p->dst;

	memcpy(&key[0], lo->b, 16);
	memcpy(&key[2], hi->b, 16);
	key[4] = kinds_of(p, lo->kind, hi->kind);
	if (p->transport > OT_ICMP)
		key[4] |= sp;
	else if (turned)
		key[4] |= (uint64_t)dp << 16 | sp;
	else
		key[4] |= (uint64_t)sp << 16 | dp;
	return turned;
}

static inline bool
key_eq(const uint64_t a[5], const uint64_t b[5])
{
	return ((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]) |
		   (a[4] ^ b[4])) == 0;
}

static bool
vlans_eq(const struct ot_conn *c, const struct ot_packet *p)
{
	return c->vlans == p->vlans &&
	       (!c->vlans || memcmp(c->vlan, p->vlan,
				 c->vlans * sizeof(c->vlan[0])) == 0);
}

/* ---- the table itself ---- */

static bool
rehash(struct ot_flow *flow)
{
	uint32_t count = flow->slot_count * 2;
	struct slot *slots = ot_heap(count, sizeof(*slots));

	if (!slots)
		return false;
	for (uint32_t i = 0; i < flow->slot_count; i++) {
		if (!flow->slots[i].index)
			continue;
		uint64_t h =
		    hash_of(flow, conn_at(flow, flow->slots[i].index - 1)->key);
		uint32_t at = (uint32_t)h & (count - 1);

		while (slots[at].index)
			at = (at + 1) & (count - 1);
		slots[at] = flow->slots[i];
	}
	ot_heap_free(flow->slots);
	flow->slots = slots;
	flow->slot_count = count;
	return true;
}

static bool
new_chunk(struct ot_flow *flow)
{
	struct ot_conn **chunks =
	    ot_heap_grow(flow->chunks, flow->chunk_count + 1, sizeof(*chunks));

	if (!chunks)
		return false;
	flow->chunks = chunks;
	chunks[flow->chunk_count] = ot_heap(CHUNK, sizeof(struct ot_conn));
	if (!chunks[flow->chunk_count])
		return false;
	flow->chunk_count++;
	return true;
}

/* An unused connection that knows its number, or NULL without memory. */
static struct ot_conn *
take(struct ot_flow *flow)
{
	uint32_t number;

	if (flow->idle_count) {
		number = flow->idle[--flow->idle_count];
	} else {
		if (flow->made == flow->chunk_count * CHUNK && !new_chunk(flow))
			return NULL;
		number = flow->made++;
	}
	conn_at(flow, number)->number = number;
	return conn_at(flow, number);
}

static void
begin(const struct ot_flow *flow, struct ot_conn *c, const struct ot_packet *p,
    uint32_t sensor, bool turned)
{
	struct ot_conn *alt = c->alt;
	uint32_t number = c->number;
	uint64_t key[5];

	memcpy(key, c->key, sizeof(key));
	memset(c, 0, sizeof(*c));
	memcpy(c->key, key, sizeof(key));
	c->alt = alt;
	c->number = number;
	c->sensor = sensor;
	c->vlans = p->vlans;
	memcpy(c->vlan, p->vlan, sizeof(c->vlan));
	c->transport = (uint8_t)p->transport;
	c->end[turned] = p->src;
	c->end[!turned] = p->dst;
	c->port[turned] = port_of(flow, p, true);
	c->port[!turned] = port_of(flow, p, false);
	c->first_dir = turned;
	c->first_ns = c->last_ns = p->time_ns;
	c->first_frame = p->frame;
	if (p->group)
		c->flags |= OT_CONN_GROUP;
}

static void
end_conn(struct ot_flow *flow, struct ot_conn *c)
{
	ot_stream_finish(&flow->reorder, flow->sink, c);
	flow->sink->end(flow->sink->user, c);
	ot_stream_drop(&flow->reorder, c);
	c->user = NULL;
}

static int
by_last(const void *a, const void *b)
{
	const struct ot_conn *const *x = a, *const *y = b;

	if ((*x)->last_ns != (*y)->last_ns)
		return (*x)->last_ns < (*y)->last_ns ? -1 : 1;
	return memcmp((*x)->key, (*y)->key, sizeof((*x)->key));
}

static int
by_first(const void *a, const void *b)
{
	const struct ot_conn *const *x = a, *const *y = b;

	if ((*x)->first_frame != (*y)->first_frame)
		return (*x)->first_frame < (*y)->first_frame ? -1 : 1;
	return memcmp((*x)->key, (*y)->key, sizeof((*x)->key));
}

/* All heads of the table, as an array on the heap. */
static struct ot_conn **
heads(const struct ot_flow *flow, uint32_t *count)
{
	struct ot_conn **all =
	    ot_heap(flow->live ? flow->live : 1, sizeof(*all));

	*count = 0;
	for (uint32_t i = 0; all && i < flow->slot_count; i++)
		if (flow->slots[i].index)
			all[(*count)++] =
			    conn_at(flow, flow->slots[i].index - 1);
	return all;
}

static void
end_chain(struct ot_flow *flow, struct ot_conn *head)
{
	for (struct ot_conn *c = head; c; c = c->alt)
		end_conn(flow, c);
}

static void
empty(struct ot_flow *flow)
{
	memset(flow->slots, 0, flow->slot_count * sizeof(*flow->slots));
	flow->live = 0;
	flow->made = 0;
	flow->idle_count = 0;
	ot_history_clear(&flow->reorder.history);
}

void
ot_flow_end(struct ot_flow *flow)
{
	uint32_t count;
	struct ot_conn **all = heads(flow, &count);

	if (all)
		qsort(all, count, sizeof(*all), by_first);
	for (uint32_t i = 0; all && i < count; i++)
		end_chain(flow, all[i]);
	ot_heap_free(all);
	for (uint32_t i = 0; i < flow->made; i++)
		memset(conn_at(flow, i), 0, sizeof(struct ot_conn));
	empty(flow);
}

/* Without memory for the list the number is not used again. */
static void
give_back(struct ot_flow *flow, uint32_t number)
{
	if (flow->idle_count == flow->idle_cap) {
		uint32_t cap = flow->idle_cap ? flow->idle_cap * 2 : 256;
		uint32_t *idle = ot_heap_grow(flow->idle, cap, sizeof(*idle));

		if (!idle)
			return;
		flow->idle = idle;
		flow->idle_cap = cap;
	}
	flow->idle[flow->idle_count++] = number;
}

/* Take one chain out of the table; the slots behind its head close up. */
static void
take_out(struct ot_flow *flow, const struct ot_conn *head)
{
	uint32_t mask = flow->slot_count - 1;
	uint32_t at = (uint32_t)hash_of(flow, head->key) & mask;

	while (flow->slots[at].index != head->number + 1)
		at = (at + 1) & mask;
	for (const struct ot_conn *c = head; c; c = c->alt) {
		give_back(flow, c->number);
		flow->live--;
	}
	for (uint32_t next = (at + 1) & mask; flow->slots[next].index;
	     next = (next + 1) & mask) {
		uint32_t home = (uint32_t)hash_of(
		    flow, conn_at(flow, flow->slots[next].index - 1)->key);

		if (((next - home) & mask) >= ((next - at) & mask)) {
			flow->slots[at] = flow->slots[next];
			at = next;
		}
	}
	flow->slots[at] = (struct slot){ 0 };
}

/* No room: the quarter that was silent for longest goes. */
static void
make_room(struct ot_flow *flow)
{
	uint32_t count;
	struct ot_conn **all = heads(flow, &count);

	if (!all)
		return;
	qsort(all, count, sizeof(*all), by_last);
	for (uint32_t i = 0; i < count / 4; i++) {
		end_chain(flow, all[i]);
		take_out(flow, all[i]);
		flow->counts.conns_dropped++;
	}
	ot_heap_free(all);
}

/* Is this packet the untagged way of a tagged connection, or the reverse? */
static bool
other_way(const struct ot_conn *c, const struct ot_packet *p, unsigned dir)
{
	return (c->vlans == 0) != (p->vlans == 0) && c->half[!dir].packets &&
	       (!c->half[dir].packets || c->flags & OT_CONN_VLAN_ONE_WAY);
}

/* The member of a chain that carries this packet's VLANs. */
static struct ot_conn *
pick(struct ot_conn *head, const struct ot_packet *p, uint32_t sensor,
    unsigned dir)
{
	for (struct ot_conn *c = head; c; c = c->alt)
		if (c->sensor == sensor && vlans_eq(c, p) &&
		    !(c->flags & OT_CONN_VLAN_ONE_WAY &&
			c->half[!dir].packets && !c->half[dir].packets))
			return c;
	for (struct ot_conn *c = head; c; c = c->alt)
		if (c->sensor == sensor && other_way(c, p, dir)) {
			c->flags |= OT_CONN_VLAN_ONE_WAY;
			if (p->vlans) { /* the tag belongs to the key */
				c->vlans = p->vlans;
				memcpy(c->vlan, p->vlan, sizeof(c->vlan));
			}
			return c;
		}
	return NULL;
}

/* Tags cost a sender nothing: of too many the one that was silent for longest
 * makes room. */
static struct ot_conn *
replace_alt(struct ot_flow *flow, struct ot_conn *head,
    const struct ot_packet *p, uint32_t sensor, bool turned)
{
	struct ot_conn *oldest = head;

	for (struct ot_conn *c = head->alt; c; c = c->alt)
		if (c->last_ns < oldest->last_ns)
			oldest = c;
	end_conn(flow, oldest);
	flow->counts.conns_dropped++;
	begin(flow, oldest, p, sensor, turned);
	return oldest;
}

static struct ot_conn *
add_alt(struct ot_flow *flow, struct ot_conn *head, const struct ot_packet *p,
    uint32_t sensor, bool turned)
{
	unsigned count = 0;

	for (const struct ot_conn *c = head; c; c = c->alt)
		count++;
	if (count == ALTERNATES || flow->live >= OT_LIMIT_CONNS)
		return replace_alt(flow, head, p, sensor, turned);
	struct ot_conn *c = take(flow);

	if (!c)
		return NULL;
	flow->live++;
	memcpy(c->key, head->key, sizeof(c->key));
	c->alt = head->alt;
	begin(flow, c, p, sensor, turned);
	head->alt = c;
	return c;
}

static struct ot_conn *
add(struct ot_flow *flow, const uint64_t key[5], uint64_t h,
    const struct ot_packet *p, uint32_t sensor, bool turned)
{
	if (flow->live >= OT_LIMIT_CONNS)
		make_room(flow);
	if (flow->live * 2 >= flow->slot_count && !rehash(flow))
		return NULL;
	struct ot_conn *c = take(flow);

	if (!c)
		return NULL;
	uint32_t mask = flow->slot_count - 1, at = (uint32_t)h & mask;

	while (flow->slots[at].index)
		at = (at + 1) & mask;
	flow->slots[at] = (struct slot){ (uint32_t)(h >> 32), c->number + 1 };
	flow->live++;
	memcpy(c->key, key, sizeof(c->key));
	c->alt = NULL;
	begin(flow, c, p, sensor, turned);
	return c;
}

static bool
new_epoch(const struct ot_conn *c, unsigned dir, const struct ot_packet *p)
{
	if (p->transport != OT_TCP ||
	    (p->tcp_flags & (OT_TCP_SYN | OT_TCP_ACK | OT_TCP_RST)) !=
		OT_TCP_SYN)
		return false;
	if (!(c->flags & OT_CONN_SYN))
		return c->half[0].packets || c->half[1].packets;
	if (c->syn_dir != dir) /* simultaneous open, unless it was over */
		return c->flags & (OT_CONN_RESET | OT_CONN_ESTABLISHED);
	return c->isn != p->seq;
}

struct ot_conn *
ot_flow_find(struct ot_flow *flow, const struct ot_packet *p, uint32_t sensor,
    unsigned *dir)
{
	uint64_t key[5];
	bool turned = key_of(flow, key, p);
	uint64_t h = hash_of(flow, key);
	uint32_t mask = flow->slot_count - 1, at = (uint32_t)h & mask;

	*dir = turned;
	for (; flow->slots[at].index; at = (at + 1) & mask) {
		if (flow->slots[at].tag != (uint32_t)(h >> 32))
			continue;
		struct ot_conn *head = conn_at(flow, flow->slots[at].index - 1);

		if (!key_eq(head->key, key))
			continue;
		struct ot_conn *c = head;

		if (head->sensor != sensor || !vlans_eq(head, p) || head->alt ||
		    head->flags & OT_CONN_VLAN_ONE_WAY)
			c = pick(head, p, sensor, turned);
		if (!c)
			return add_alt(flow, head, p, sensor, turned);
		if (p->transport == OT_TCP && !p->icmp_error &&
		    new_epoch(c, turned, p)) {
			end_conn(flow, c);
			begin(flow, c, p, sensor, turned);
		}
		return c;
	}
	return add(flow, key, h, p, sensor, turned);
}

static inline uint64_t
word(const uint8_t *p)
{
	uint64_t n;

	memcpy(&n, p, sizeof(n));
	return n;
}

static uint64_t
add_few(uint64_t h, uint64_t k, const uint8_t *p, uint32_t len)
{
	uint64_t n = 0;

	if (len >= 8)
		return mix(h ^ word(p), word(p + len - 8) ^ k);
	for (uint32_t i = 0; i < len; i++)
		n = n << 8 | p[i];
	return mix(h ^ n, k);
}

/* Words of 8 bytes, never put together from smaller ones in memory: to read
 * what was just written in parts stalls the processor. The last 16 bytes may
 * count twice in part. */
static uint64_t
add_bytes(uint64_t h, uint64_t k, const uint8_t *p, uint32_t len)
{
	if (len < 16)
		return len ? add_few(h, k, p, len) : h;
	for (uint32_t at = 0; at + 16 < len; at += 16)
		h = mix(h ^ word(p + at), word(p + at + 8) ^ k);
	return mix(h ^ word(p + len - 16), word(p + len - 8) ^ k);
}

/* What a copy has the same, its bytes too: a checksum is what the sender says,
 * and would hide whatever he sends twice under one. The key is secret, so that
 * nobody can find other bytes with the same print. */
static uint64_t
print_of(const struct ot_flow *flow, unsigned dir, const struct ot_packet *p)
{
	uint64_t k0 = flow->hash_key[0], k1 = flow->hash_key[1];
	uint64_t h = mix(((uint64_t)p->ip_id << 48 | (uint64_t)p->ttl << 40 |
			     (uint64_t)dir << 32 | p->wire) ^
			     k0,
	    ((uint64_t)p->seq << 32 | p->ack) ^ k1);

	h = mix(
	    h ^ k1, ((uint64_t)p->checksum << 48 | (uint64_t)p->window << 32 |
			(uint64_t)p->tcp_flags << 16) ^
			k0);
	return mix(add_bytes(h, k1, p->payload, p->captured) ^ p->captured, k0);
}

bool
ot_flow_copy(const struct ot_flow *flow, struct ot_conn *c, unsigned dir,
    const struct ot_packet *p)
{
	if (!p->ip || p->ip_id == 0)
		return false;
	/* 40 bits of print, 24 of time: they come round after half an hour */
	uint64_t tick = (uint64_t)p->time_ns >> 17 & 0xffffff;
	uint64_t print = print_of(flow, dir, p) << 24 | tick;

	for (unsigned i = 0; i < OT_COPIES; i++) {
		uint64_t differ = c->copy[i] ^ print;

		if (differ >> 24)
			continue;
		uint64_t since = (tick - c->copy[i]) & 0xffffff;

		if (since <= COPY_TICKS || 0x1000000 - since <= COPY_TICKS)
			return true;
	}
	c->copy[c->copy_next++ % OT_COPIES] = print;
	return false;
}

void
ot_flow_segment(struct ot_flow *flow, struct ot_conn *conn, unsigned dir,
    const struct ot_packet *packet, struct ot_tcp_health *health)
{
	ot_stream_segment(&flow->reorder, flow->sink, conn, dir, packet, health,
	    &flow->counts.reorder_dropped);
	flow->counts.unread = flow->reorder.unread;
}

void
ot_flow_second(struct ot_flow *flow, struct ot_conn *conn, unsigned dir,
    const struct ot_packet *packet)
{
	ot_stream_second(&flow->reorder, flow->sink, conn, dir, packet);
	flow->counts.unread = flow->reorder.unread;
}
