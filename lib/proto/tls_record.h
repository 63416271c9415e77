/*
 * The TLS record header (RFC 8446 section 5.1), for protocols that change to
 * TLS inside their own connection: such a protocol cuts the records out in its
 * pdu_len and hands each, whole, to the carrier "starttls".
 */
#ifndef OT_PROTO_TLS_RECORD_H
#define OT_PROTO_TLS_RECORD_H

#include "base/buf.h"

enum {
	OT_TLS_HEADER = 5,
	OT_TLS_RECORD_MAX = 18432, /* RFC 5246 6.2.3: 2^14 + 2048 */
};

/* Octets of the record at the start of the window, header included; 0 if more
 * are needed to tell, -1 if there is none. */
static inline long
ot_tls_record(const struct ot_buf *b)
{
	if (b->left && (ot_peek(b, 0) < 20 || ot_peek(b, 0) > 24))
		return -1;
	if (b->left > 1 && ot_peek(b, 1) != 3)
		return -1;
	if (b->left < OT_TLS_HEADER)
		return 0;
	if (ot_peek(b, 2) > 4 || ot_peek16be(b, 3) > OT_TLS_RECORD_MAX)
		return -1;
	return OT_TLS_HEADER + ot_peek16be(b, 3);
}

#endif
