/*
 * Fuzzing of the protocols: the first byte chooses one of the table, the second
 * how it is carried; then come chunks of bytes with a byte of control and two
 * of length before each. Every chunk is given to the protocol by itself, as a
 * PDU of a connection that is named, and to the engine, as what a frame holds.
 * tests/fuzz/seeds.py writes the same form.
 */
#include "engine/state.h"
#include "fuzz.h"
#include "model/join.h"

enum { /* of the second byte */
	CARRIER = 3,
	OVER_TCP = 0,
	OVER_UDP = 1,
	OVER_ETH = 2,
	OVER_COTP = 3,
	MIDSTREAM = 4,
	TO_GROUP = 8,
	VLAN = 16,
	PORT = 32, /* that of the protocol, as a prior */
};

enum { /* of the control byte */
	FROM_SERVER = 1,
	GAP = 2,
	CUT = 4,
	TWICE = 8,
	AHEAD = 16, /* its first half comes behind its second */
};

struct player {
	struct ot_engine *engine;
	const struct ot_proto *proto;
	unsigned how;
	uint16_t port;
	uint32_t ethertype;
	uint32_t seq[2];
	uint64_t frame;
	/* a connection of its own that bears the protocol's name */
	struct ot_conn conn;
	struct session session;
};

static const char *const carriers[] = { "tcp", "udp", "eth", "tcp" };

/* The first port of the protocol over this carrier, or 0. */
static uint32_t
port_of(const struct ot_proto *proto, const char *carrier)
{
	for (const struct ot_port *p = proto->ports; p && p->carrier; p++)
		if (strcmp(p->carrier, carrier) == 0)
			return (uint32_t)p->lo;
	return 0;
}

/* ---- the protocol by itself ---- */

static void
name_conn(struct player *p)
{
	static const uint8_t ip[2][4] = { { 10, 0, 0, 1 }, { 10, 0, 0, 2 } };
	struct session *s = &p->session;

	p->conn.transport = (p->how & CARRIER) == OVER_UDP   ? OT_UDP
			    : (p->how & CARRIER) == OVER_ETH ? OT_ETH
							     : OT_TCP;
	for (unsigned i = 0; i < 2; i++)
		p->conn.end[i] = ot_addr_ipv4(ip[i]);
	s->state = NAMED;
	s->level[0].proto = p->proto;
	s->level[0].carrier = carriers[p->how & CARRIER];
	s->live = ot_live_get(
	    p->engine, &p->conn, s, ot_str(p->proto->name), p->proto);
}

static void
leave_conn(struct player *p)
{
	ot_pair_end(p->engine, &p->session);
	ot_parts_free(p->engine, &p->session);
	for (unsigned i = 0; i < LEVELS; i++)
		ot_heap_free(p->session.level[i].state);
}

static void
ask(struct player *p, unsigned dir, const uint8_t *bytes, size_t len)
{
	struct ot_mark mark = { (uint32_t)len, p->frame, 1, false };
	struct ot_pdu pdu;

	ot_pdu_begin(&pdu, p->engine, &p->conn, &p->session, dir);
	for (unsigned turn = 0; turn < 2; turn++) {
		enum ot_fault fault = OT_FAULT_NONE;

		pdu.to_server = turn;
		if (p->proto->pdu_len && len) {
			long n =
			    p->proto->pdu_len(ot_buf(bytes, len, &fault), &pdu);

			must(n <= OT_PDU_TO_END);
		}
		fault = OT_FAULT_NONE;
		(void)p->proto->probe(ot_buf(bytes, len, &fault), &pdu);
	}
	ot_pdu_begin(&pdu, p->engine, &p->conn, &p->session, dir);
	(void)ot_pdu_dissect(&pdu, bytes, len, 0, false, &mark);
}

/* ---- the engine ---- */

static struct ot_packet
packet_of(struct player *p, unsigned dir)
{
	static const uint8_t ip[2][4] = { { 10, 0, 0, 3 }, { 10, 0, 0, 4 } };
	static const uint8_t group_ip[4] = { 224, 0, 0, 1 };
	static const uint8_t mac[2][6] = { { 2, 0, 0, 0, 0, 1 },
		{ 2, 0, 0, 0, 0, 2 } };
	static const uint8_t group_mac[6] = { 1, 0, 0x5e, 0, 0, 1 };
	unsigned carrier = p->how & CARRIER;

	p->frame++;
	struct ot_packet k = {
		.time_ns = (int64_t)p->frame * 1000000,
		.frame = p->frame,
		.frames = 1,
		.transport = carrier == OVER_ETH   ? OT_ETH
			     : carrier == OVER_UDP ? OT_UDP
						   : OT_TCP,
		.src_mac = ot_addr_mac(mac[dir]),
		.dst_mac = ot_addr_mac(mac[!dir]),
		.window = 1024,
		.ip = carrier != OVER_ETH,
		.ttl = 64,
		.ether_type = p->ethertype,
		.src_port = dir ? p->port : 49152,
		.dst_port = dir ? 49152 : p->port,
		.vlans = p->how & VLAN ? 1 : 0,
		.vlan = { 10 },
	};

	if (p->how & TO_GROUP && k.transport != OT_TCP) {
		k.group = true;
		k.dst_mac = ot_addr_mac(group_mac);
	}
	k.src = k.ip ? ot_addr_ipv4(ip[dir]) : k.src_mac;
	k.dst = !k.ip	  ? k.dst_mac
		: k.group ? ot_addr_ipv4(group_ip)
			  : ot_addr_ipv4(ip[!dir]);
	return k;
}

static void
put(struct player *p, unsigned dir, const uint8_t *bytes, size_t captured,
    size_t wire, uint8_t flags)
{
	struct ot_packet k = packet_of(p, dir);

	k.tcp_flags = flags;
	k.seq = p->seq[dir];
	k.ack = p->seq[!dir];
	k.payload = bytes;
	k.captured = (uint32_t)captured;
	k.wire = (uint32_t)wire;
	k.cut = captured < wire;
	k.bytes = 54 + wire;
	ot_engine_packet(p->engine, &k);
}

static void
handshake(struct player *p)
{
	put(p, 0, NULL, 0, 0, OT_TCP_SYN);
	p->seq[0]++;
	put(p, 1, NULL, 0, 0, OT_TCP_SYN | OT_TCP_ACK);
	p->seq[1]++;
	put(p, 0, NULL, 0, 0, OT_TCP_ACK);
}

static void
chunk(struct player *p, unsigned control, const uint8_t *bytes, size_t len)
{
	unsigned dir = control & FROM_SERVER;
	size_t captured = control & CUT ? len / 2 : len;

	if (control & GAP)
		p->seq[dir] += control >> 4;
	if (control & AHEAD && captured == len) {
		size_t half = len / 2;

		p->seq[dir] += (uint32_t)half;
		put(p, dir, bytes + half, len - half, len - half, OT_TCP_ACK);
		p->seq[dir] -= (uint32_t)half;
		put(p, dir, bytes, half, half, OT_TCP_ACK);
	} else {
		put(p, dir, bytes, captured, len, OT_TCP_ACK);
	}
	if (control & TWICE)
		put(p, dir, bytes, captured, len, OT_TCP_ACK);
	p->seq[dir] += (uint32_t)len;
}

/* TPKT and a COTP data unit around it. */
static size_t
wrap(uint8_t *out, const uint8_t *bytes, size_t len)
{
	size_t whole = len + 7;
	const uint8_t head[7] = { 3, 0, (uint8_t)(whole >> 8), (uint8_t)whole,
		2, 0xf0, 0x80 };

	memcpy(out, head, sizeof(head));
	memcpy(out + sizeof(head), bytes, len);
	return whole;
}

static void
play(struct player *p, const uint8_t *data, size_t size)
{
	while (size >= 3) {
		unsigned control = data[0];
		size_t len = data[1] | (size_t)data[2] << 8;

		data += 3;
		size -= 3;
		if (len > size)
			len = size;
		/* of just its length, so that a read behind it is seen */
		uint8_t *bytes = malloc(len + 7);

		must(bytes != NULL);
		size_t n = (p->how & CARRIER) == OVER_COTP
			       ? wrap(bytes, data, len)
			       : len;

		if (n == len && len)
			memcpy(bytes, data, len);
		bytes = realloc(bytes, n ? n : 1);
		must(bytes != NULL);
		ask(p, control & FROM_SERVER, bytes, n);
		chunk(p, control, bytes, n);
		free(bytes);
		data += len;
		size -= len;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct ot_engine_options options = { .threads = 1 };
	struct player p = { .seq = { 1000, 0xffffff00 } };
	struct ot_store store = { 0 };
	unsigned protocols = 0;

	if (size < 2)
		return 0;
	while (ot_protocols[protocols])
		protocols++;
	p.proto = ot_protocols[data[0] % protocols];
	p.how = data[1];
	const char *carrier = carriers[p.how & CARRIER];

	p.ethertype = port_of(p.proto, carrier);
	p.port = (p.how & CARRIER) == OVER_COTP ? 102
		 : p.how & PORT ? (uint16_t)port_of(p.proto, carrier)
				: 4711;
	p.engine = ot_engine_new(&options, 0);
	must(p.engine != NULL);
	must(ot_engine_file(p.engine, ot_str("fuzz")));
	name_conn(&p);
	if (carrier == carriers[OVER_TCP] && !(p.how & MIDSTREAM))
		handshake(&p);
	play(&p, data + 2, size - 2);
	leave_conn(&p);
	must(ot_engine_take(p.engine, &store));
	must(ot_store_settle(&store) && ot_join(&store));
	round_trip(&store);
	ot_engine_free(p.engine);
	ot_store_done(&store);
	return 0;
}
