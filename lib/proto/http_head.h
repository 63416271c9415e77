/*
 * The head of an HTTP/1.x message (RFC 9112 sections 2 to 6): its start line
 * and the fields that libotzt reads. UPnP and others use the same form.
 */
#ifndef OT_PROTO_HTTP_HEAD_H
#define OT_PROTO_HTTP_HEAD_H

#include "proto/proto.h"

/* Texts are views of the window, empty where there is none. */
struct ot_http_head {
	struct ot_text method, target; /* of a request */
	uint16_t status;	       /* of a response, else 0 */
	uint8_t minor;		       /* HTTP/1.minor */
	int64_t length;		       /* Content-Length, -1 without */
	bool chunked;		       /* the last transfer coding */
	bool upgrade;		       /* Connection names Upgrade */
	struct ot_text host, agent, server, powered_by, upgrade_to;
	struct ot_text authorization, proxy_authorization, authenticate;
	struct ot_text type, coding; /* Content-Type, Content-Encoding */
};

/* Octets of the head with its empty line; 0 if that is not in the window. */
size_t ot_http_head_len(const struct ot_buf *b);

/* Read start line and fields as far as whole lines go. False if the start
 * line is neither a request's nor a response's. */
bool ot_http_head_read(struct ot_buf *b, struct ot_http_head *head);

/* Without regard to case. */
bool ot_http_is(struct ot_text t, const char *word);
bool ot_http_starts(struct ot_text t, const char *word);

/* The first place of a word, or t.len. */
size_t ot_http_find(struct ot_text t, const char *word);

/* t without its first n bytes and the blanks after them. */
struct ot_text ot_http_after(struct ot_text t, size_t n);

/* The first len bytes, and what follows them. */
static inline struct ot_text
ot_http_cut(struct ot_text t, size_t len)
{
	return (struct ot_text){ t.p, len < t.len ? len : t.len, t.coding };
}

static inline struct ot_text
ot_http_rest(struct ot_text t, size_t len)
{
	return len < t.len
		   ? (struct ot_text){ t.p + len, t.len - len, t.coding }
		   : ot_text("");
}

#endif
