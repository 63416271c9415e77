/*
 * The flow record: one conversation (DESIGN.md section 3.1, otzt-records(5)).
 */
#ifndef OT_MODEL_FLOW_H
#define OT_MODEL_FLOW_H

#include "base/vocab.h"
#include "model/record.h"

/* One operation of a flow: a (verb, name, code, object) with all that is
 * known of it. `truncated` stands for all operations of its verb that had no
 * room; its object is null. */
struct ot_op_sum {
	uint8_t verb; /* enum ot_verb */
	struct ot_str name, code, object;
	struct ot_str reading; /* "second": of bytes that a receiver may not
				* have taken; only in an event */
	bool truncated;
	bool alters;
	bool unasked; /* answers whose request was not captured:
		       * "request":false */
	uint64_t count;
	struct ot_counts errors;
	uint64_t unanswered;
	int64_t first, last;
	struct ot_slots slots;
	struct ot_evidence evidence;
	struct ot_value_sum value; /* of writes and commands */
};

/* A connection kept singly because of what was done in it. */
struct ot_session_sum {
	int64_t start, end;
	uint32_t client_port;
	struct ot_str state; /* open, closed, reset, midstream */
	uint64_t bytes;
	struct ot_str user;
	struct ot_evidence evidence;
};

struct ot_certificate_sum {
	struct ot_str sha256, subject, issuer, names, serial, key, signature;
	int64_t not_before, not_after;
	bool self_signed;
	uint8_t
	    by; /* enum ot_by of whoever showed it: server self, client peer */
	uint64_t count;
};

/* A tunnel in which packets of the flow came. */
struct ot_tunnel_sum {
	uint32_t depth;			    /* 1: the outermost */
	uint8_t kind;			    /* enum ot_tunnel_kind */
	struct ot_addr source, destination; /* IP, else MAC, else NONE */
	/* VNI, session, TEID, key, label, I-SID, radio; of L2TP version 2 the
	 * tunnel's and the session's 16 bits; 0 where there is none */
	uint32_t id;
	uint64_t packets;
};

struct ot_flow_end {
	struct ot_addr addr;  /* written as ip or address */
	struct ot_counts mac; /* packets by MAC */
	uint32_t port; /* server; of a client only where roles rest on first */
	uint64_t packets, bytes, payload;
	struct ot_counts ttl;
	/* added by otassets and otzones */
	struct ot_str asset, zone;
};

struct ot_flow_net {
	uint8_t transport;	/* enum ot_transport */
	struct ot_str protocol; /* a protocol's name, or "unknown" */
	struct ot_vlans vlan;
	struct ot_str community_id; /* of one connection */
};

/* Where a flow is one connection. */
struct ot_flow_connection {
	struct ot_str uid, state, history;
	uint64_t duration; /* ns, to the second FIN, else the last packet */
	uint64_t client_data, server_data; /* payload without repetitions */
	uint64_t client_ip_bytes, server_ip_bytes;
};

struct ot_flow_connections {
	uint64_t attempted, established, refused, reset, closed, midstream;
};

struct ot_flow_tcp {
	uint64_t retransmitted, out_of_order, gap_bytes, zero_window,
	    duplicate_acks;
	struct ot_hist rtt;
	struct ot_hist handshake; /* from SYN to the client's first ACK */
};

struct ot_flow_timing {
	struct ot_hist interval; /* between requests of one connection */
	struct ot_hist response; /* from request to answer */
};

struct ot_flow_security {
	struct ot_counts facet[OT_FACETS];
	struct ot_list certificates; /* struct ot_certificate_sum */
};

/* Payload bytes by what became of them, and PDUs that did not become. */
struct ot_flow_coverage {
	uint64_t decoded, identified, encrypted, unknown;
	uint64_t partial; /* ends of PDUs that began before the capture */
	uint64_t malformed, cut; /* PDUs */
};

struct ot_flow_sum {
	struct ot_flow_coverage coverage; /* with timing: what packets change */
	struct ot_flow_timing timing;
	struct ot_str sensor, site;
	struct ot_flow_net network;
	struct ot_flow_end client, server;
	struct ot_counts also; /* other names that matched, inner protocols */
	uint8_t roles_by, named_by;
	int64_t first, last;
	struct ot_slots slots;
	struct ot_evidence evidence;
	struct ot_flow_connection connection;
	struct ot_flow_connections connections;
	struct ot_counts sides; /* connections by the side seen */
	struct ot_flow_tcp tcp;
	struct ot_flow_security security;
	uint64_t duplicates, vlan_one_way, icmp_errors, fragments;
	uint64_t overlaps;	 /* copies of sent bytes that differ */
	struct ot_list ops;	 /* struct ot_op_sum */
	struct ot_list sessions; /* struct ot_session_sum */
	struct ot_list tunnels;	 /* struct ot_tunnel_sum */
};

extern const struct ot_shape ot_flow_shape;
extern const struct ot_shape ot_op_shape;
extern const struct ot_shape ot_session_shape;
extern const struct ot_shape ot_certificate_shape;
extern const struct ot_shape ot_tunnel_shape;

/* Port of the server as the record means it: of a transport, the number of an
 * IP protocol, an ethertype. */

#endif
