/*
 * Targets of HTTP requests.
 */
#ifndef OT_PROTO_HTTP_TARGET_H
#define OT_PROTO_HTTP_TARGET_H

#include "proto/http_head.h"

/* Host and path that a request asks for, by its target in any form, else by
 * its Host field; the path is empty for CONNECT. */
void ot_http_split(const struct ot_http_head *head, struct ot_text *host,
    struct ot_text *path);

/* "host path" in the PDU's memory, without values of the query, parameters of
 * the path and user information. Empty without memory. */
struct ot_text ot_http_target(
    const struct ot_pdu *pdu, struct ot_text host, struct ot_text path);

#endif
