/*
 * The contract between the engine and a dissector (STYLE.md section 5).
 *
 * A dissector is one constant struct ot_proto. It sees one whole PDU in one
 * bounded window and says what the PDU says; the engine finds the protocol,
 * cuts the stream, pairs requests with answers, and keeps or drops what was
 * said. A dissector owns nothing: no globals, no memory but ot_state(), no
 * clock, no output.
 */
#ifndef OT_PROTO_PROTO_H
#define OT_PROTO_PROTO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/vocab.h"

struct ot_name;
struct ot_proto;

/* How much one matching PDU proves; PROTOCOLS.md section 1.1. */
enum ot_strength { OT_WEAK, OT_MEDIUM, OT_STRONG };

/* A prior, no proof: ports of a transport, or ethertypes ("eth"), or
 * "llc" DSAP<<8|SSAP, or "snap" OUI<<16|type, or ids ("can"), or types of
 * frames ("wpan"). Ends with carrier NULL. */
struct ot_port {
	const char *carrier;
	uint64_t lo, hi; /* inclusive */
};

/* How an object of this space is written. In the format %0u … %3u is n[0] …
 * n[3] in decimal, %0x … %3x in hex with 0x, %0n … %3n its name in the
 * protocol's names[0] … names[3] or, without one, its decimal; %r is the range
 * first to first + count - 1 ("7", "7-9"), %t the text. A list ends with NULL.
 */
struct ot_space {
	const char *format; /* "unit %0u holding %r" */
};

/* What an operation acts on, kept as numbers until it is written. */
struct ot_object {
	uint8_t space; /* 0: no object; else 1 + index in spaces */
	uint32_t n[4];
	uint64_t first;
	uint64_t count;	     /* items from first on; 0: no range */
	struct ot_text text; /* a view of the PDU or of ot_format() */
};

/* Numbers that a write or a command sets, as the protocol means them: a
 * register's value, an output's state as 0 or 1. Zeroed: none is known. */
struct ot_value {
	uint32_t count; /* finite ones; of them: */
	double last, min, max;
	uint32_t not_finite;
};

static inline void
ot_value_add(struct ot_value *value, double x)
{
	if (!__builtin_isfinite(x)) {
		value->not_finite++;
		return;
	}
	if (!value->count || x < value->min)
		value->min = x;
	if (!value->count || x > value->max)
		value->max = x;
	value->last = x;
	value->count++;
}

enum ot_op_flag {
	OT_OP_ALTERS = 1,    /* "!": changes state though its verb need not */
	OT_OP_NO_ANSWER = 2, /* the protocol sends none */
	OT_OP_MANY_ANSWERS = 4, /* broadcast: any number of them */
};

/* A code is written in decimal where the protocol says so, else in hex;
 * with a sub-code as "43/14". */
#define OT_SUB(n) ((uint32_t)(n) + 1)

/* One operation that a PDU asks for. */
struct ot_op {
	uint64_t pair; /* what its answer bears too */
	enum ot_verb verb;
	const char *name; /* static; the standard's term, lower case */
	bool has_code;
	uint32_t code;
	uint32_t sub;	/* 0 none, else OT_SUB(sub-code) */
	uint32_t flags; /* of enum ot_op_flag */
	struct ot_object object;
	struct ot_value value; /* what it sets; no part of the key */
};

/* One answer. `as` is the operation as far as the answer itself shows it:
 * it becomes an op of its own ("request":false) where the request was not
 * captured, and is ignored where it was. as.pair must be set. */
struct ot_reply {
	struct ot_op as;
	const char *error;   /* static name of the error; NULL with error_code
			      * 0: the operation succeeded */
	uint32_t error_code; /* written as "code 0x…" where error is NULL */
	uint32_t item;	     /* 0: all open ops of this pair; else only the
			      * item-th of them, from 1 */
	bool more;	     /* further answers follow; keep the request */
};

/* One statement about a host. */
struct ot_fact {
	enum ot_key key;
	struct ot_text value;
	const char *message; /* static: the message that said it */
	enum ot_by by;
	struct ot_text nested; /* "unit 1", "slot 3": behind the subject */
	struct ot_addr about;  /* whose it is; kind NONE: the PDU's sender */
};

/* A notable thing with its time. */
struct ot_event {
	const char *kind; /* static: "program transfer", "mode change", … */
	struct ot_text detail;
	struct ot_object object;
};

/* An X.509 certificate, as its own word (RFC 5280). */
struct ot_certificate {
	struct ot_text subject, issuer; /* "CN=…, O=…" */
	struct ot_text names;	  /* subject alternative names, blank between */
	struct ot_text serial;	  /* hex */
	struct ot_text sha256;	  /* hex, of the DER */
	struct ot_text key;	  /* "rsa 2048", "ec secp256r1" */
	struct ot_text signature; /* "sha256WithRSAEncryption" */
	int64_t not_before_s, not_after_s; /* Unix seconds */
	bool self_signed;		   /* subject equals issuer */
	bool by_server;
};

/* A connection that this one foretells, between the same two addresses. */
struct ot_expect {
	enum ot_transport transport;
	uint16_t port;		 /* of the end that listens */
	bool listener_is_server; /* of this connection: who listens */
	const char *proto;	 /* its name */
};

/* What a dissector may know of the PDU besides its bytes. Read only. */
struct ot_pdu {
	const struct ot_proto *proto;
	const char *over; /* the carrier that gave it: "tcp", "udp", "cotp" */
	int64_t time_ns;
	bool
	    to_server; /* from client to server. While roles are open, probe is
			* asked once for each direction: answer for that one. */
	bool cut;      /* the snap length cut its end off */
	size_t rest;   /* bytes of this PDU that were not given */
	struct ot_addr src, dst;	 /* IP where there is one, else MAC */
	struct ot_addr src_mac, dst_mac; /* NONE where there is none */
	uint16_t src_port, dst_port;
	uint32_t ethertype;   /* of layer-2 PDUs, as in struct ot_port */
	bool group;	      /* dst is broadcast or multicast */
	struct ot_said *said; /* the engine's */
};

/* From pdu_len: the PDU ends where its direction of the stream ends. */
#define OT_PDU_TO_END 0x7fffffffffffL

struct ot_proto {
	const char *name;    /* of protocols.tsv */
	const char *over[8]; /* carriers: "tcp" "udp" "eth" "cotp" "tls" … */
	enum ot_strength strength;
	const struct ot_port *ports;
	const struct ot_space *spaces;
	const struct ot_name *names[4]; /* of objects' n[0] … n[3] */
	bool decimal;			/* codes are written in decimal */
	bool mutual;   /* one side alone never names it, whatever the port */
	bool envelope; /* its payload's name, if any, names the flow */
	size_t state_size; /* per connection; 0: stateless */
	/* Could these bytes be mine, sent in direction pdu->to_server? They
	 * are one PDU by pdu_len, or its head with pdu->rest more. */
	bool (*probe)(struct ot_buf b, const struct ot_pdu *pdu);
	/* Streams: could this protocol begin here, in a connection that spoke
	 * another before (STARTTLS)? As probe, but asked of the head only, at
	 * segments that no name explains. NULL: it never does. */
	bool (*begins)(struct ot_buf b, const struct ot_pdu *pdu);
	/* Streams: bytes of the next PDU; 0 more are needed to tell, < 0 not
	 * mine. Datagrams: may be NULL; else it cuts several PDUs out. Not
	 * called with an empty window; must not change state. */
	long (*pdu_len)(struct ot_buf b, const struct ot_pdu *pdu);
	/* Say what the PDU says. A fault left in the window withdraws all of
	 * it. Unread bytes are no fault. */
	void (*dissect)(struct ot_buf *b, const struct ot_pdu *pdu);
};

void ot_emit_op(const struct ot_pdu *pdu, const struct ot_op *op);
void ot_emit_reply(const struct ot_pdu *pdu, const struct ot_reply *reply);
void ot_emit_fact(const struct ot_pdu *pdu, const struct ot_fact *fact);
void ot_emit_event(const struct ot_pdu *pdu, const struct ot_event *event);
void ot_emit_security(
    const struct ot_pdu *pdu, enum ot_facet facet, struct ot_text value);
void ot_emit_certificate(
    const struct ot_pdu *pdu, const struct ot_certificate *certificate);

/* Give an inner PDU to the protocols over that carrier ("cotp", "enip"). The
 * window keeps its fault to itself: a malformed inner PDU leaves the outer
 * one whole. */
void ot_hand(
    const struct ot_pdu *pdu, const char *carrier, struct ot_buf *window);

/* Collect the parts of one PDU of this direction. The window's bytes are
 * appended under key (any number that the protocol chooses). With last, the
 * window becomes the whole and true is returned; the memory is the engine's
 * and lasts for this PDU. Otherwise false, and the window is empty. A part
 * that breaks the limit drops the whole and is counted: false. */
bool ot_gather(
    const struct ot_pdu *pdu, uint32_t key, struct ot_buf *window, bool last);

/* Forget what was gathered under key: a new first part came. */
void ot_gather_drop(const struct ot_pdu *pdu, uint32_t key);

/* The oldest open request that bears pair, or NULL. Its texts are copies that
 * last for this PDU. */
const struct ot_op *ot_asked(const struct ot_pdu *pdu, uint64_t pair);

/* The item-th (from 1) of the open requests that its PDU made, or NULL. */
const struct ot_op *ot_asked_item(
    const struct ot_pdu *pdu, uint64_t pair, uint32_t item);

/* This protocol's state_size bytes for this connection, zeroed at first. */
void *ot_state(const struct ot_pdu *pdu);

void ot_announce(const struct ot_pdu *pdu, const struct ot_expect *expect);

/* Text for a fact or an object, in the PDU's own memory: printf. At most
 * OT_LIMIT_TEXT bytes. The result is UTF-8. */
struct ot_text ot_format(const struct ot_pdu *pdu, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Bytes in lower-case hex, in the PDU's memory. */
struct ot_text ot_format_hex(
    const struct ot_pdu *pdu, const uint8_t *p, size_t len);

/* An address as text, in the PDU's memory. */
struct ot_text ot_format_addr(
    const struct ot_pdu *pdu, const struct ot_addr *addr);

/* Scratch for this PDU, zeroed; NULL above OT_LIMIT_FRAME_MEMORY. */
void *ot_scratch(const struct ot_pdu *pdu, size_t size);

/* Numbers with names: static tables that end with name NULL. */
struct ot_name {
	uint32_t n;
	const char *name;
};

static inline const char *
ot_name(const struct ot_name *table, uint32_t n)
{
	for (; table->name; table++)
		if (table->n == n)
			return table->name;
	return NULL;
}

/* All protocols, NULL at the end, in the order of protocols.am. */
extern const struct ot_proto *const ot_protocols[];

#endif
