/*
 * Two hosts that talk through the engine, for the tests of lib/engine.
 */
#ifndef TESTS_UNIT_TALK_H
#define TESTS_UNIT_TALK_H

#include "bytes.h"
#include "engine/engine.h"
#include "model/join.h"
#include "net/packet.h"
#include "suite.h"

enum { MS = 1000000 };

static struct ot_engine_options options;
static struct ot_engine *engine;
static struct ot_store store;

/* The conversation that talks now. */
static struct talk {
	const char *client, *server;
	uint16_t client_port, server_port;
	enum ot_transport transport;
	uint32_t ether_type, seq[2];
	uint16_t vlan;
} talk;

static uint64_t frame;
static int64_t now_ns;

static inline struct ot_addr
addr(const char *text)
{
	struct ot_addr a = { 0 };

	ck_assert(ot_addr_parse(&a, ot_str(text)));
	return a;
}

static inline void
conversation(
    enum ot_transport transport, uint16_t client_port, uint16_t server_port)
{
	talk = (struct talk){ .client = "10.0.0.1",
		.server = "10.0.0.2",
		.client_port = client_port,
		.server_port = server_port,
		.transport = transport,
		.seq = { 1000, 5000 } };
}

static inline void
start_with(const struct ot_engine_options *with)
{
	options = *with;
	options.threads = 1;
	engine = ot_engine_new(&options, 0);
	ck_assert_ptr_nonnull(engine);
	ck_assert(ot_engine_file(engine, ot_str("a.pcap")));
	frame = 0;
	now_ns = 0;
	conversation(OT_TCP, 49152, 502);
}

static inline void
start(void)
{
	start_with(&(struct ot_engine_options){ 0 });
}

static inline void
stop(void)
{
	ot_engine_free(engine);
	engine = NULL;
	ot_store_done(&store);
}

static inline struct ot_packet
packet(unsigned dir)
{
	frame++;
	now_ns += MS;
	struct ot_packet k = {
		.time_ns = now_ns,
		.frame = frame,
		.frames = 1,
		.transport = talk.transport,
		.src = addr(dir ? talk.server : talk.client),
		.dst = addr(dir ? talk.client : talk.server),
		.src_mac =
		    addr(dir ? "02:00:00:00:00:02" : "02:00:00:00:00:01"),
		.dst_mac =
		    addr(dir ? "02:00:00:00:00:01" : "02:00:00:00:00:02"),
		.src_port = dir ? talk.server_port : talk.client_port,
		.dst_port = dir ? talk.client_port : talk.server_port,
		.ether_type = talk.ether_type,
		.vlans = talk.vlan != 0,
		.vlan = { talk.vlan },
		.window = 1024,
		.ip = talk.transport != OT_ETH,
		.ip_id = (uint16_t)frame,
		.ttl = 64,
		.checksum = (uint16_t)frame,
	};

	k.group = ot_addr_multicast(&k.src) || ot_addr_multicast(&k.dst);
	return k;
}

/* A packet of which only the first bytes were captured. */
static inline void
send_cut(unsigned dir, uint8_t flags, const void *bytes, size_t captured,
    size_t wire)
{
	struct ot_packet k = packet(dir);
	uint8_t *copy = malloc(captured ? captured : 1);

	if (captured)
		memcpy(copy, bytes, captured);
	k.tcp_flags = flags;
	k.seq = talk.seq[dir];
	k.ack = talk.seq[!dir];
	k.payload = copy;
	k.captured = (uint32_t)captured;
	k.wire = (uint32_t)wire;
	k.cut = captured < wire;
	k.bytes = 60 + wire;
	talk.seq[dir] +=
	    (uint32_t)wire + (flags & (OT_TCP_SYN | OT_TCP_FIN) ? 1 : 0);
	ot_engine_packet(engine, &k);
	free(copy);
}

static inline void
send_bytes(unsigned dir, const void *bytes, size_t len)
{
	send_cut(dir, OT_TCP_ACK, bytes, len, len);
}

static inline void
say(unsigned dir, const char *text)
{
	send_bytes(dir, text, strlen(text));
}

/* Hex digits. */
static inline void
say_hex(unsigned dir, const char *digits)
{
	struct bytes b = { 0 };

	hex(&b, digits);
	send_bytes(dir, b.p, b.len);
	drop(&b);
}

static inline void
flags(unsigned dir, uint8_t tcp_flags)
{
	send_cut(dir, tcp_flags, NULL, 0, 0);
}

static inline void
handshake(void)
{
	flags(0, OT_TCP_SYN);
	flags(1, OT_TCP_SYN | OT_TCP_ACK);
	flags(0, OT_TCP_ACK);
}

/* ---- Modbus/TCP ---- */

/* Read holding registers of unit 1. */
static inline void
ask(uint16_t id, uint16_t first, uint16_t count)
{
	struct bytes b = { 0 };

	u16(&b, id);
	hex(&b, "00 00 00 06 01 03");
	u16(&b, first);
	u16(&b, count);
	send_bytes(0, b.p, b.len);
	drop(&b);
}

static inline void
answer(uint16_t id, uint8_t count)
{
	struct bytes b = { 0 };

	u16(&b, id);
	hex(&b, "00 00");
	u16(&b, (uint16_t)(3 + 2 * count));
	hex(&b, "01 03");
	u8(&b, (uint8_t)(2 * count));
	fill(&b, 7, 2U * count);
	send_bytes(1, b.p, b.len);
	drop(&b);
}

/* Exception 2. */
static inline void
refuse(uint16_t id)
{
	struct bytes b = { 0 };

	u16(&b, id);
	hex(&b, "00 00 00 03 01 83 02");
	send_bytes(1, b.p, b.len);
	drop(&b);
}

/* ---- records ---- */

static inline void
finish(void)
{
	ck_assert(ot_engine_take(engine, &store));
	ck_assert(ot_store_settle(&store) && ot_join(&store));
}

static inline const struct ot_flow_sum *
flow_at(uint32_t i)
{
	ck_assert_uint_lt(i, store.list[OT_STORE_FLOW].count);
	return store.list[OT_STORE_FLOW].at[i];
}

static inline const struct ot_event_sum *
event_at(uint32_t i)
{
	ck_assert_uint_lt(i, store.list[OT_STORE_EVENT].count);
	return store.list[OT_STORE_EVENT].at[i];
}

static inline const struct ot_op_sum *
op_at(const struct ot_flow_sum *flow, uint32_t i)
{
	ck_assert_uint_lt(i, flow->ops.count);
	return flow->ops.at[i];
}

static inline void
text_is(struct ot_str s, const char *text)
{
	char got[512];

	ck_assert_uint_lt(s.len, sizeof(got));
	if (s.len)
		memcpy(got, s.p, s.len);
	got[s.len] = 0;
	ck_assert_str_eq(got, text);
}

/* The run has one flow, of this name. */
static inline const struct ot_flow_sum *
only_flow(const char *protocol)
{
	finish();
	ck_assert_uint_eq(store.list[OT_STORE_FLOW].count, 1);
	text_is(flow_at(0)->network.protocol, protocol);
	return flow_at(0);
}

/* Limits that were met, and how often. */
static inline uint64_t
limit_count(const char *name)
{
	struct ot_capture_sum sum = { 0 };

	ck_assert(ot_engine_totals(engine, &store.arena, &sum));
	for (uint32_t i = 0; i < sum.limits.count; i++)
		if (ot_str_eq(sum.limits.at[i].text, ot_str(name)))
			return sum.limits.at[i].count;
	return 0;
}

#endif
