/*
 * Connections, and their streams put in order.
 *
 * A connection is what two ends say to each other over one transport between
 * the same two ports, in one epoch (for TCP from a SYN or a first segment to
 * the next SYN with another sequence number). Flow knows bytes and gaps; what
 * the bytes mean is the engine's.
 */
#ifndef OT_FLOW_FLOW_H
#define OT_FLOW_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/limits.h"
#include "net/packet.h"

/* Up to which byte of a stream's buffer a frame brought the data. */
struct ot_mark {
	uint32_t end; /* offset behind its last byte */
	uint64_t frame;
	int64_t time_ns;
	bool cut; /* of a datagram: the snap length cut its end off */
};

/* Bytes in order that wait to be consumed. */
struct ot_pending {
	uint8_t *p;
	uint32_t len, cap;
	struct ot_mark *marks;
	uint32_t mark_count, mark_cap;
};

/* A segment behind a hole. */
struct ot_segment;

/* One direction of a connection; what every packet looks at stands first, in
 * 64 bytes. */
struct ot_half {
	/* counted by whoever uses the table */
	uint64_t packets, bytes, payload;
	uint64_t mac; /* by ot_mac_number, of the last packet */
	/* TCP */
	int64_t rtt_ns; /* when rtt_seq was sent */
	uint32_t next;	/* sequence number of the next byte */
	uint32_t base;	/* of the first that was read without a break */
	uint32_t acked; /* highest acknowledgement that the peer sent */
	uint32_t last_ack, rtt_seq;
	uint16_t last_window;
	uint8_t ttl; /* of the last packet, as mac */
	bool started : 1, fin : 1, has_acked : 1, rtt_open : 1;
	struct ot_segment *waiting; /* by sequence number */
	/* second copies of what waits, that differ */
	struct ot_segment *others;
	uint32_t other_count;
	bool midway;   /* the engine's: what comes next is in a PDU's middle */
	bool shadowed; /* the engine's: a second reading wants what comes */
	uint64_t kept; /* where its last bytes lie in the history */
	uint64_t work; /* bytes built for second readings */
	struct ot_pending pending;
	int64_t hole_ns; /* when the first waiting segment came */
	uint32_t waiting_bytes, waiting_count;
};

enum ot_conn_flag {
	OT_CONN_SYN = 1, /* a SYN was seen; syn_dir sent it */
	OT_CONN_SYNACK = 2,
	OT_CONN_ESTABLISHED = 4, /* handshake done or data both ways */
	OT_CONN_RESET = 8,
	OT_CONN_REFUSED = 16, /* RST answered a SYN */
	OT_CONN_MIDSTREAM = 32,
	OT_CONN_GROUP = 64, /* an end is a broadcast or multicast address */
	OT_CONN_VLAN_ONE_WAY = 128,
};

#define OT_COPIES 4

struct ot_conn {
	/* transport, ports and both addresses, the smaller end first */
	uint64_t key[5];
	void *user; /* the engine's; NULL in a new epoch */
	int64_t first_ns, last_ns;
	/* what was seen last, to know copies: print and time, see table.c */
	uint64_t copy[OT_COPIES];
	struct ot_conn *alt; /* the same key with other VLANs or interface */
	uint32_t number;     /* the table's */
	uint32_t sensor;
	uint16_t vlan[OT_LIMIT_VLANS];
	uint8_t vlans;
	uint8_t shard; /* the engine's: whose history its bytes are kept in */
	uint8_t flags, syn_dir, first_dir;
	uint8_t transport; /* enum ot_transport */
	uint8_t copy_next;
	struct ot_half half[2];
	struct ot_addr end[2]; /* end[0] sends in direction 0 */
	uint32_t port[2];
	uint64_t first_frame;
	uint32_t isn;	/* of the SYN */
	int64_t syn_ns; /* of the last one; INT64_MIN: not captured */
};

/* A MAC as a number; 0 where there is none. */
static inline uint64_t
ot_mac_number(const struct ot_addr *mac)
{
	uint64_t n;

	memcpy(&n, mac->b, sizeof(n)); /* bytes 6 and 7 are 0 */
	return mac->kind == OT_ADDR_MAC ? n | (uint64_t)1 << 56 : 0;
}

/* The MAC of such a number. */
static inline struct ot_addr
ot_mac_addr(uint64_t n)
{
	struct ot_addr mac = { .kind = n ? OT_ADDR_MAC : OT_ADDR_NONE };

	memcpy(mac.b, &n, 6);
	return mac;
}

/* TCP health of one segment, for the engine to fold. */
struct ot_tcp_health {
	uint32_t retransmitted, out_of_order, zero_window, duplicate_acks;
	int64_t rtt_ns;	      /* < 0: none measured */
	int64_t handshake_ns; /* the same: from SYN to the ACK of its answer */
};

/* A stretch of a stream as it would be if a later copy had won. What it points
 * to lasts for the call. */
struct ot_second {
	const uint8_t *first, *other;
	size_t first_len; /* <= len: behind it there is no first copy */
	size_t len;	  /* 0: it was too much work to read it */
	size_t from, to;  /* bytes that differ: of this copy the first, of all
			   * copies the end */
	bool aligned;	  /* a PDU begins at the first byte */
	bool compared;	  /* no: only with what is not there any more */
	bool acked;	  /* the receiver had these bytes when it came */
	uint32_t seq;	  /* of the first byte */
	uint64_t frame;	  /* of this copy */
	int64_t time_ns;
};

struct ot_flow_sink {
	void *user;
	/* Data in order; gives how many bytes were consumed. The rest comes
	 * again with what follows it. marks say which frame brought what. */
	size_t (*data)(void *user, struct ot_conn *conn, unsigned dir,
	    const uint8_t *p, size_t len, const struct ot_mark *marks,
	    size_t mark_count);
	/* bytes are missing here; what was pending is given up before. 0: the
	 * stream goes on elsewhere, and nobody knows how far that is. */
	void (*gap)(void *user, struct ot_conn *conn, unsigned dir,
	    uint64_t bytes, bool snap);
	/* The epoch is over: the last word on this connection. */
	void (*end)(void *user, struct ot_conn *conn);
	/* What was sent in two versions; NULL: nobody wants to know. */
	void (*second)(void *user, struct ot_conn *conn, unsigned dir,
	    const struct ot_second *second);
	/* Of a direction that is shadowed: bytes that data was given as new. */
	void (*more)(void *user, struct ot_conn *conn, unsigned dir,
	    const uint8_t *p, const struct ot_mark *mark);
	bool messages; /* each kind of ICMP message is its own connection */
};

struct ot_flow_counts {
	uint64_t conns_dropped;	  /* let go for want of room */
	uint64_t reorder_dropped; /* bytes behind a hole, no room to wait */
	uint64_t unread; /* second copies that were not read, for the work */
};

struct ot_flow;

/* sink is borrowed for life. NULL without memory. */
struct ot_flow *ot_flow_new(const struct ot_flow_sink *sink);
void ot_flow_free(struct ot_flow *flow);

/* The connection of a packet, made where there is none, and in which
 * direction the packet goes (0 or 1). A SYN that begins a new epoch ends the
 * old one first. NULL without memory. */
struct ot_conn *ot_flow_find(struct ot_flow *flow,
    const struct ot_packet *packet, uint32_t sensor, unsigned *dir);

/* Is it a copy of a packet seen less than 10 ms ago (SPAN of both ports: the
 * same bytes from the IP header on, IP id not 0)? Remembers it. */
bool ot_flow_copy(const struct ot_flow *flow, struct ot_conn *conn,
    unsigned dir, const struct ot_packet *packet);

/* Put one TCP segment in order; the sink gets what became readable. */
void ot_flow_segment(struct ot_flow *flow, struct ot_conn *conn, unsigned dir,
    const struct ot_packet *packet, struct ot_tcp_health *health);

/* A segment that a receiver may have got in place of another: only compared. */
void ot_flow_second(struct ot_flow *flow, struct ot_conn *conn, unsigned dir,
    const struct ot_packet *packet);

/* Keep bytes for later, as pending of this direction. False without room. */
bool ot_pending_add(struct ot_pending *pending, const uint8_t *p, size_t len,
    uint64_t frame, int64_t time_ns);

/* The first n bytes are done with. */
void ot_pending_consume(struct ot_pending *pending, size_t n);
void ot_pending_done(struct ot_pending *pending);

/* The mark of the frame that brought the byte before offset end. */
const struct ot_mark *ot_mark_of(
    const struct ot_mark *marks, size_t count, size_t end);

/* End all connections, in the order in which they began. */
void ot_flow_end(struct ot_flow *flow);

const struct ot_flow_counts *ot_flow_counts(const struct ot_flow *flow);

#endif
