/*
 * X.509 certificates (RFC 5280) for the dissectors that carry them.
 */
#ifndef OT_PROTO_X509_H
#define OT_PROTO_X509_H

#include "proto/proto.h"

/* Read one certificate from its DER, the whole window. Texts lie in the PDU's
 * memory or are views of the window. name is the last common name of the
 * subject, empty if it has none. False, with the window's fault set, if the
 * structure does not hold. by_server is left to the caller. */
bool ot_x509_read(struct ot_buf *der, const struct ot_pdu *pdu,
    struct ot_certificate *certificate, struct ot_text *name);

#endif
