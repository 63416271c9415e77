/*
 * Targets of HTTP requests (RFC 9112 section 3.2) as the objects of
 * operations: host and path, without what can be secret.
 */
#include "proto/http_target.h"

/* Text put together in the PDU's memory. */
struct line {
	uint8_t *p;
	size_t len, cap;
};

static void
add(struct line *l, struct ot_text t)
{
	size_t len = t.len < l->cap - l->len ? t.len : l->cap - l->len;

	if (len)
		memcpy(l->p + l->len, t.p, len);
	l->len += len;
}

/* A path without its parameters (RFC 3986 section 3.3), which can hold session
 * ids. */
static void
add_path(struct line *l, struct ot_text path)
{
	while (path.len) {
		size_t end = ot_http_find(path, ";");

		add(l, ot_http_cut(path, end));
		path = ot_http_rest(path, end);
		path = ot_http_rest(path, ot_http_find(path, "/"));
	}
}

/* The names of a query, without their values; what has no name is a value. */
static void
add_query(struct line *l, struct ot_text query)
{
	const char *mark = "?";

	while (query.len) {
		size_t end = ot_http_find(query, "&");
		struct ot_text part = ot_http_cut(query, end);
		size_t value = ot_http_find(part, "=");

		if (value && value < part.len) {
			add(l, ot_text(mark));
			add(l, ot_http_cut(part, value));
			mark = "&";
		}
		query = ot_http_rest(query, end + 1);
	}
}

/* Authority without its user information, which can hold a password. */
static struct ot_text
host_of(struct ot_text authority)
{
	size_t user = ot_http_find(authority, "@");

	return user < authority.len ? ot_http_rest(authority, user + 1)
				    : authority;
}

/* RFC 9112 section 3.2: origin-form, absolute-form, authority-form (CONNECT),
 * asterisk-form. */
void
ot_http_split(
    const struct ot_http_head *head, struct ot_text *host, struct ot_text *path)
{
	size_t scheme = ot_http_find(head->target, "://");

	*host = head->host;
	*path = head->target;
	if (ot_http_starts(head->target, "/")) {
		return;
	} else if (ot_http_is(head->method, "CONNECT") &&
		   scheme == head->target.len) {
		*host = host_of(head->target);
		*path = ot_text("");
	} else if (scheme < head->target.len) {
		*path = ot_http_rest(head->target, scheme + 3);

		size_t end = ot_http_find(*path, "/");

		*host = host_of(ot_http_cut(*path, end));
		*path = ot_http_rest(*path, end);
	}
}

struct ot_text
ot_http_target(
    const struct ot_pdu *pdu, struct ot_text host, struct ot_text path)
{
	struct line l = { ot_scratch(pdu, OT_LIMIT_TEXT), 0, OT_LIMIT_TEXT };
	size_t query = ot_http_find(path, "?");

	if (!l.p)
		return ot_text("");
	add(&l, host);
	if (host.len && path.len)
		add(&l, ot_text(" "));
	add_path(&l, ot_http_cut(path, query));
	add_query(&l, ot_http_rest(path, query + 1));
	return (struct ot_text){ l.p, l.len, OT_UTF8 };
}
