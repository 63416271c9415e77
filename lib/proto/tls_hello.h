/*
 * Hellos of TLS (RFC 8446 section 4.1.2 and 4.1.3, RFC 5246 section 7.4.1)
 * and the fingerprints made of them; DTLS and QUIC carry the same.
 */
#ifndef OT_PROTO_TLS_HELLO_H
#define OT_PROTO_TLS_HELLO_H

#include "proto/proto.h"

/* The windows share the message's fault and see one field each. */
struct ot_tls_hello {
	uint16_t version;	  /* of the fixed part */
	uint16_t best;		  /* highest version offered, or the chosen */
	uint16_t suite;		  /* chosen; 0 in a client's */
	bool retry;		  /* HelloRetryRequest */
	bool named;		  /* server_name is there */
	struct ot_buf suites;	  /* offered; empty in a server's */
	struct ot_buf extensions; /* all of them, headers included */
	struct ot_buf groups, formats, signatures, protocols;
	struct ot_text server_name; /* empty if none */
};

/* Read the body of a ClientHello or ServerHello, without its 4-byte header. A
 * fault is left in the window. */
void ot_tls_client_hello(struct ot_buf *b, struct ot_tls_hello *hello);
void ot_tls_server_hello(struct ot_buf *b, struct ot_tls_hello *hello);

/* The next protocol of an ALPN list; empty at its end. */
struct ot_text ot_tls_protocol(struct ot_buf *protocols);

/* MD5 in hex, as their inventors defined them. */
struct ot_text ot_tls_ja3(
    const struct ot_tls_hello *hello, const struct ot_pdu *pdu);
struct ot_text ot_tls_ja3s(
    const struct ot_tls_hello *hello, const struct ot_pdu *pdu);

/* carrier: 't' TCP, 'd' DTLS, 'q' QUIC. Empty without memory. */
struct ot_text ot_tls_ja4(
    const struct ot_tls_hello *hello, const struct ot_pdu *pdu, char carrier);

/* RFC 8701: values that are offered only to be ignored. */
static inline bool
ot_tls_grease(uint16_t n)
{
	return (n & 0x0f0f) == 0x0a0a && n >> 8 == (n & 0xff);
}

#endif
