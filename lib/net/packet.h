/*
 * A frame taken apart: what lies between the link and the payload.
 */
#ifndef OT_NET_PACKET_H
#define OT_NET_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/vocab.h"

struct ot_frame;

enum ot_tcp_flag {
	OT_TCP_FIN = 1,
	OT_TCP_SYN = 2,
	OT_TCP_RST = 4,
	OT_TCP_PSH = 8,
	OT_TCP_ACK = 16,
	OT_TCP_URG = 32,
};

/* How a frame was accounted for; every frame has exactly one. The names in
 * the capture record stand in ot_account_names. */
enum ot_account {
	OT_ACC_TCP,
	OT_ACC_UDP,
	OT_ACC_SCTP,
	OT_ACC_ICMP,
	OT_ACC_IP, /* another IP protocol */
	OT_ACC_LAYER2,
	OT_ACC_TWIN,	  /* PRP/HSR twin, dropped */
	OT_ACC_LINK_TYPE, /* a link type that is not read */
	OT_ACC_MALFORMED, /* headers that lie or end too early */
	OT_ACCOUNTS,
};
extern const char *const ot_account_names[]; /* NULL at the end */

/* An encapsulation that was peeled: what it is, between which ends. */
struct ot_tunnel {
	uint8_t kind;		 /* enum ot_tunnel_kind */
	uint32_t id;		 /* see ot_tunnel_sum; 0 where it has none */
	struct ot_addr src, dst; /* IP, else MAC, else NONE */
};

/* The innermost packet of a frame. Views into the frame or, for a datagram
 * put together from fragments, into the decoder's memory: both until the next
 * frame. */
struct ot_packet {
	int64_t time_ns;
	uint64_t frame; /* number of the frame that completed it */
	uint32_t interface;
	uint32_t frames; /* frames it came in: 1, or the fragments */
	uint64_t bytes;	 /* their original lengths, added up */
	const uint8_t *payload;
	uint32_t captured;	 /* payload bytes that are there */
	uint32_t wire;		 /* payload bytes that there were */
	struct ot_addr src, dst; /* IP, else the link's, else NONE */
	/* of the link, MACs or its own; NONE where it has none */
	struct ot_addr src_mac, dst_mac;
	enum ot_account account;
	enum ot_transport transport;
	/* TCP UDP SCTP; ICMP: type, and type of the answer or else code */
	uint16_t src_port, dst_port;
	uint8_t ip_protocol; /* of the innermost IP header */
	uint8_t ttl;
	uint16_t ip_id;	   /* 0 in IPv6 */
	uint16_t checksum; /* of TCP/UDP/ICMP as sent: for copies */
	bool ip;
	bool cut;   /* the snap length cut payload off */
	bool group; /* dst is broadcast or multicast */
	/* TCP */
	uint8_t tcp_flags;
	uint16_t window;
	uint32_t seq, ack;
	uint32_t ip_bytes; /* of the innermost IP packets, headers too */
	/* What most packets have not: ot_packet_plain() clears it. */
	uint32_t ether_type; /* OT_ETH: an ethertype, 0x1000000 | DSAP<<8 | SSAP
			      * of LLC, 0x2000000 | type of SNAP (see snap);
			      * other links: see enum ot_transport */
	uint64_t snap;	     /* OT_ETH with SNAP: OUI<<16|type, else 0 */
	uint16_t vlan[OT_LIMIT_VLANS]; /* outermost first; id 0 is none */
	uint8_t vlans;		       /* tags kept */
	uint8_t tunnels;	       /* encapsulations peeled: see tunnel */
	bool fragmented;	       /* put together from fragments */
	uint64_t first_frame;	       /* of fragments: where it began, */
	int64_t first_ns;	       /* and when; frame completed it */
	bool incomplete; /* fragments that never became whole: counted only,
			  * no payload, ports 0 unless offset 0 was seen */
	bool dubious;	 /* second reading of fragments: in another version
			  * what came before, no frames of its own; without
			  * payload where they disagree only about its end */
	/* ICMP */
	uint8_t icmp_type, icmp_code;
	bool icmp_error; /* then src/dst/ports/transport are those of the
			  * quoted packet, and from is who sent the error */
	struct ot_addr icmp_from;
	/* The outer path, outermost first; of more than there is room for, the
	 * last place keeps the innermost. Behind `tunnels` it holds anything.
	 */
	struct ot_tunnel tunnel[OT_LIMIT_TUNNELS];
};

#define OT_PACKET_RARE	   offsetof(struct ot_packet, ether_type)
#define OT_PACKET_RARE_LEN (offsetof(struct ot_packet, tunnel) - OT_PACKET_RARE)

/* How many places of `tunnel` are filled. */
static inline unsigned
ot_packet_path(const struct ot_packet *packet)
{
	return packet->tunnels < OT_LIMIT_TUNNELS ? packet->tunnels
						  : OT_LIMIT_TUNNELS;
}

/* The type that answers an ICMP message, or that it answers; -1: none. */
int ot_icmp_answer(bool v6, uint8_t type);

struct ot_decoder;

/* limit notices: datagrams let go for want of room. */
struct ot_decoder_counts {
	uint64_t fragments_dropped, fragments_overlapping, depth;
};

struct ot_decoder *ot_decoder_new(void); /* NULL without memory */
void ot_decoder_free(struct ot_decoder *decoder);

/* Told of each packet. */
typedef void ot_packet_sink(void *user, const struct ot_packet *packet);

/* Take one frame apart and tell sink of what it completed: usually one packet;
 * none while fragments are missing (the frames come later with the whole, or
 * by ot_decoder_flush); first also an expired incomplete datagram. Gives the
 * account of this frame; frames that are no packet (TWIN, LINK_TYPE, MALFORMED)
 * reach no sink. */
enum ot_account ot_decode(struct ot_decoder *decoder,
    const struct ot_frame *frame, ot_packet_sink *sink, void *user);

/* The same; the frame's own packet is made where the caller keeps it, and is
 * told not to sink but by *whole. What is there is overwritten also where the
 * frame gives no packet. */
enum ot_account ot_decode_into(struct ot_decoder *decoder,
    struct ot_packet *packet, const struct ot_frame *frame,
    ot_packet_sink *sink, void *user, bool *whole);

/* The last frame was told: now what it may have completed otherwise, before
 * what follows. Told with the next frame at the latest. */
void ot_decoder_told(
    struct ot_decoder *decoder, ot_packet_sink *sink, void *user);

/* At the end: what waits for fragments is told as incomplete. */
void ot_decoder_flush(
    struct ot_decoder *decoder, ot_packet_sink *sink, void *user);

const struct ot_decoder_counts *ot_decoder_counts(
    const struct ot_decoder *decoder);

#endif
