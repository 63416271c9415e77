/*
 * Credentials and challenges of HTTP.
 */
#ifndef OT_PROTO_HTTP_AUTH_H
#define OT_PROTO_HTTP_AUTH_H

#include "proto/http_head.h"

/* The value of Authorization: how a client proves who it is, and the name it
 * gives. */
void ot_http_credentials(const struct ot_pdu *pdu, struct ot_text value);

/* The value of WWW-Authenticate: the realm that the server names, or empty. A
 * token of NTLM or Kerberos goes to the protocols over "http". */
struct ot_text ot_http_challenge(
    const struct ot_pdu *pdu, struct ot_text value);

#endif
