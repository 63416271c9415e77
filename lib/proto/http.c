/*
 * HTTP/1.x: RFC 9110 (methods, status codes), RFC 9112 section 6 (length of a
 * body), 7.1 (chunked), RFC 4918 (WebDAV), RFC 6455 (WebSocket), and the
 * preface of HTTP/2 (RFC 9113 section 3.4). What follows an upgrade
 * or CONNECT is opaque, unless it is TLS.
 *
 * A message whose body is chunked is cut into its head and a PDU for each
 * chunk, so that the length of each is known.
 */
#include "proto/http_auth.h"
#include "proto/http_head.h"
#include "proto/http_target.h"
#include "proto/tls_record.h"

enum {
	HEAD_MAX = 64 * 1024,
	CHUNK_LINE_MAX = 1024,
	TITLE_MAX = 1024,
	TITLE_PIECES = 4, /* chunks that are searched for it */
	OPEN_MAX = 64,	  /* pipelined requests that are remembered */
	PAIR = 1,	  /* answers come in the order of the requests */
};

enum space { SPACE_NONE, SPACE_TARGET };

static const struct ot_space spaces[] = {
	{ "%t" }, /* host path */
	{ NULL },
};

struct state {
	bool chunks[2];	 /* by to_server: the next PDU is a chunk */
	uint8_t pieces;	 /* of a page where its title may still be */
	uint8_t version; /* minor of the answers said, and 1 */
	bool asked;	 /* CONNECT or an upgrade */
	bool tunnel;	 /* and it was granted */
	bool said;	 /* protection */
	uint8_t open;	 /* requests without an answer, first in bit 0 */
	uint64_t heads;	 /* which of them are HEAD */
	uint64_t connects;
};

static const struct method {
	const char *name;
	const char *op;
	enum ot_verb verb;
	bool alters;
} methods[] = {
	{ "GET", "get", OT_READ, false },
	{ "HEAD", "head", OT_READ, false },
	{ "POST", "post", OT_WRITE, false },
	{ "PUT", "put", OT_WRITE, false },
	{ "PATCH", "patch", OT_WRITE, false },
	{ "DELETE", "delete", OT_WRITE, false },
	{ "OPTIONS", "options", OT_IDENTIFY, false },
	{ "TRACE", "trace", OT_DIAGNOSE, false },
	{ "CONNECT", "connect", OT_SESSION, false },
	{ "PROPFIND", "propfind", OT_FILE, false },
	{ "PROPPATCH", "proppatch", OT_FILE, true },
	{ "MKCOL", "mkcol", OT_FILE, true },
	{ "COPY", "copy", OT_FILE, true },
	{ "MOVE", "move", OT_FILE, true },
	{ "LOCK", "lock", OT_FILE, true },
	{ "UNLOCK", "unlock", OT_FILE, true },
	{ "REPORT", "report", OT_FILE, false },
	{ "SEARCH", "search", OT_FILE, false },
	{ "SUBSCRIBE", "subscribe", OT_EVENT, true },
	{ "UNSUBSCRIBE", "unsubscribe", OT_EVENT, true },
	{ "NOTIFY", "notify", OT_EVENT, false },
	{ "RPC_IN_DATA", "rpc in data", OT_SESSION, false },
	{ "RPC_OUT_DATA", "rpc out data", OT_SESSION, false },
	{ NULL, NULL, OT_UNKNOWN, false },
};

/* RFC 9110 section 15.5 and 15.6, RFC 4918, RFC 6585, RFC 7725. */
static const struct ot_name errors[] = {
	{ 400, "bad request" },
	{ 401, "unauthorized" },
	{ 402, "payment required" },
	{ 403, "forbidden" },
	{ 404, "not found" },
	{ 405, "method not allowed" },
	{ 406, "not acceptable" },
	{ 407, "proxy authentication required" },
	{ 408, "request timeout" },
	{ 409, "conflict" },
	{ 410, "gone" },
	{ 411, "length required" },
	{ 412, "precondition failed" },
	{ 413, "content too large" },
	{ 414, "uri too long" },
	{ 415, "unsupported media type" },
	{ 416, "range not satisfiable" },
	{ 417, "expectation failed" },
	{ 421, "misdirected request" },
	{ 422, "unprocessable content" },
	{ 423, "locked" },
	{ 424, "failed dependency" },
	{ 425, "too early" },
	{ 426, "upgrade required" },
	{ 428, "precondition required" },
	{ 429, "too many requests" },
	{ 431, "request header fields too large" },
	{ 451, "unavailable for legal reasons" },
	{ 500, "internal server error" },
	{ 501, "not implemented" },
	{ 502, "bad gateway" },
	{ 503, "service unavailable" },
	{ 504, "gateway timeout" },
	{ 505, "http version not supported" },
	{ 507, "insufficient storage" },
	{ 508, "loop detected" },
	{ 511, "network authentication required" },
	{ 0, NULL },
};

static const struct ot_port ports[] = {
	{ "tcp", 80, 81 },
	{ "tcp", 631, 631 },   /* IPP */
	{ "tcp", 3128, 3128 }, /* proxies */
	{ "tcp", 5985, 5985 }, /* WinRM */
	{ "tcp", 7878, 7878 }, /* MTConnect */
	{ "tcp", 8000, 8000 },
	{ "tcp", 8080, 8081 },
	{ "tcp", 8088, 8088 },
	{ NULL, 0, 0 },
};

/* RFC 9113 section 3.4, as far as it looks like a request. */
static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
enum { PREFACE_LEN = sizeof(preface) - 1 };

static const struct method *
method_of(struct ot_text name)
{
	const struct method *m = methods;

	while (m->name && !(strlen(m->name) == name.len &&
			      memcmp(m->name, name.p, name.len) == 0))
		m++;
	return m;
}

/* Could a message begin so? A request's method is a token that all clients
 * write in capitals. */
static bool
begins_message(const struct ot_buf *b, bool to_server)
{
	static const char version[] = "HTTP/1.";

	for (size_t i = 0; i < b->left; i++) {
		uint8_t c = ot_peek(b, i);

		if (!to_server && i == sizeof(version) - 1)
			return true;
		if (!to_server && c != (uint8_t)version[i])
			return false;
		if (to_server && c == ' ' && i)
			return true;
		if (to_server &&
		    !((c >= 'A' && c <= 'Z') || c == '_' || (c == '-' && i)))
			return false;
		if (i == 24)
			return false;
	}
	return true;
}

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	struct ot_http_head head;
	bool whole = ot_find(&b, '\n') < b.left;

	if (!begins_message(&b, pdu->to_server) || b.left < 12)
		return false;
	if (pdu->to_server && ot_starts(&b, preface, PREFACE_LEN))
		return true;
	if (ot_http_head_read(&b, &head))
		return pdu->to_server ? method_of(head.method)->name != NULL
				      : head.status != 0;
	/* a request line that is longer than what was given */
	return pdu->to_server && !whole && pdu->rest &&
	       method_of(head.method)->name;
}

/* RFC 9112 section 6.3: no body whatever the fields say. */
static bool
bodiless(const struct state *st, const struct ot_http_head *head)
{
	if (head->status < 200 || head->status == 204 || head->status == 304)
		return true;
	if (st->open == 0)
		return false;
	return (st->heads & 1) || (st->connects & 1 && head->status < 300);
}

static int
hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The size that a chunk's line gives, and where its data begin; -1 if this is
 * no such line, -2 if its end is not there yet. */
static int64_t
chunk_size(const struct ot_buf *b, size_t *data)
{
	int64_t size = 0;
	size_t at = 0;

	for (; hex_digit(ot_peek(b, at)) >= 0; at++) {
		size = size << 4 | hex_digit(ot_peek(b, at));
		if (size > INT64_C(1) << 46)
			return -1;
	}

	uint8_t after = ot_peek(b, at);
	size_t end = ot_find(b, '\n');

	if (at < b->left &&
	    (at == 0 || (after != ';' && after != ' ' && after != '\t' &&
			    after != '\r' && after != '\n')))
		return -1;
	if (end == b->left)
		return end > CHUNK_LINE_MAX ? -1 : -2;
	*data = end + 1;
	return size;
}

/* RFC 9112 section 7.1: the last chunk has no data but may have trailers. */
static long
chunk_len(struct ot_buf b)
{
	size_t at;
	int64_t size = chunk_size(&b, &at);

	if (size < 0)
		return size == -2 ? 0 : -1;
	if (size == 0) {
		ot_skip(&b, at);

		size_t trailers = ot_http_head_len(&b);

		return trailers		   ? (long)(at + trailers)
		       : b.left > HEAD_MAX ? -1
					   : 0;
	}
	if (b.left < at + 1 || (int64_t)(b.left - at) <= size)
		return (long)((int64_t)at + size + 2);

	/* the end of line after the data, whose CR may be missing */
	return (long)((int64_t)at + size +
		      (ot_peek(&b, at + (size_t)size) == '\n' ? 1 : 2));
}

/* Is the start line, if it is there, one of a message? */
static bool
has_start(struct ot_buf b, bool to_server)
{
	struct ot_http_head head;
	size_t end = ot_find(&b, '\n');

	if (end == b.left)
		return true;
	b.left = end + 1;
	return ot_http_head_read(&b, &head) && (head.status == 0) == to_server;
}

static long
message_len(const struct state *st, struct ot_buf b, bool to_server)
{
	struct ot_http_head head;

	if (to_server && ot_starts(&b, "PRI * HTTP/2.0\r\n", 16))
		return PREFACE_LEN;
	if (!has_start(b, to_server))
		return -1;

	size_t len = ot_http_head_len(&b);
	struct ot_buf rest = b;

	if (len == 0)
		return b.left > HEAD_MAX ? -1 : 0;
	if (!ot_http_head_read(&rest, &head))
		return -1;
	if (!to_server && bodiless(st, &head))
		return (long)len;
	if (head.chunked)
		return (long)len;
	if (head.length >= 0)
		return (long)((int64_t)len + head.length);
	return to_server ? (long)len : OT_PDU_TO_END;
}

/* TLS in a tunnel is cut into records; all else has no known end. */
static long
tunnel_len(const struct ot_buf *b)
{
	long len = ot_tls_record(b);

	return len < 0 ? OT_PDU_TO_END : len;
}

/* No method consists of hex digits alone, so a message that begins while a
 * chunk is expected, after a loss, is not taken for one. */
static bool
is_chunk(const struct state *st, const struct ot_buf *b, bool to_server)
{
	size_t at;

	return st->chunks[to_server] && chunk_size(b, &at) != -1;
}

/* While a name is looked for nothing is remembered: what looks like a chunk is
 * then no reason against HTTP. */
static bool
may_be_chunk(const struct state *st, const struct ot_buf *b)
{
	size_t at;

	return !st->said && chunk_size(b, &at) != -1;
}

static long
pdu_len(struct ot_buf b, const struct ot_pdu *pdu)
{
	const struct state *st = ot_state(pdu);

	if (!st)
		return -1;
	if (st->tunnel)
		return tunnel_len(&b);
	if (is_chunk(st, &b, pdu->to_server))
		return chunk_len(b);
	if (ot_peek(&b, 0) == '\r' || ot_peek(&b, 0) == '\n')
		return 1; /* RFC 9112 section 2.2 */
	if (begins_message(&b, pdu->to_server))
		return message_len(st, b, pdu->to_server);
	if (pdu->to_server && st->asked)
		return tunnel_len(&b);
	return may_be_chunk(st, &b) ? 0 : -1;
}

static bool
is_upgrade(const struct ot_http_head *head)
{
	return head->upgrade && head->upgrade_to.len &&
	       !ot_http_starts(head->upgrade_to, "h2c");
}

static void
say_op(const struct ot_pdu *pdu, const struct ot_http_head *head,
    struct ot_text host, struct ot_text path)
{
	const struct method *m = method_of(head->method);
	enum ot_verb verb = m->verb;

	if (is_upgrade(head))
		verb = OT_SESSION;
	else if (m->name && ot_http_starts(path, "/wsman"))
		verb = OT_ADMIN;

	struct ot_text target = ot_http_target(pdu, host, path);

	ot_emit_op(pdu,
	    &(struct ot_op){ .pair = PAIR,
		.verb = verb,
		.name = m->name ? m->op : "unknown method",
		.flags = m->alters ? OT_OP_ALTERS : 0,
		.object = { .space = target.len ? SPACE_TARGET : SPACE_NONE,
		    .text = target } });
}

static void
say_fact(const struct ot_pdu *pdu, enum ot_key key, struct ot_text value,
    const char *message)
{
	value = ot_text_trim(value);
	if (value.len)
		ot_emit_fact(pdu, &(struct ot_fact){ .key = key,
				      .value = value,
				      .message = message,
				      .by = OT_SELF });
}

/* A name, not an address; its port is cut off. */
static struct ot_text
host_name(struct ot_text host)
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_text name = ot_http_cut(host, ot_http_find(host, ":"));
	struct ot_buf b = ot_buf(name.p, name.len, &fault);
	bool letters = false;

	while (b.left) {
		uint8_t c = ot_u8(&b);

		if (c == '[' || c <= ' ' || c >= 0x7f)
			return ot_text("");
		letters |= c > '9';
	}
	return letters ? name : ot_text("");
}

/* The client's word for the server that it asks directly. */
static void
say_host(const struct ot_pdu *pdu, struct ot_text host, bool direct)
{
	struct ot_text name = ot_text_trim(host_name(host));

	if (host.len)
		ot_emit_security(pdu, OT_S_SERVER_NAME, ot_text_trim(host));
	if (direct && name.len && !pdu->group)
		ot_emit_fact(pdu,
		    &(struct ot_fact){ .key = ot_http_find(name, ".") < name.len
						  ? OT_K_FQDN
						  : OT_K_NAME,
			.value = name,
			.message = "host",
			.by = OT_PEER,
			.about = pdu->dst });
}

/* Remember what frames the answer. */
static void
open_request(struct state *st, const struct ot_http_head *head)
{
	uint64_t bit;

	if (st->open >= OPEN_MAX)
		return;
	bit = UINT64_C(1) << st->open++;
	st->heads &= bit - 1;
	st->connects &= bit - 1;
	if (ot_http_is(head->method, "HEAD"))
		st->heads |= bit;
	if (ot_http_is(head->method, "CONNECT"))
		st->connects |= bit;
}

static void
request(struct ot_buf *b, const struct ot_pdu *pdu, struct state *st)
{
	struct ot_http_head head;
	struct ot_text host, path;

	if (ot_starts(b, preface, PREFACE_LEN)) {
		st->tunnel = true;
		ot_emit_security(pdu, OT_S_VERSION, ot_text("HTTP/2"));
		return;
	}
	if (!ot_http_head_read(b, &head) && !pdu->rest && !pdu->cut) {
		ot_fail(b, OT_FAULT_VALUE);
		return;
	}
	ot_http_split(&head, &host, &path);
	open_request(st, &head);
	st->chunks[true] = head.chunked;
	st->asked = is_upgrade(&head) || ot_http_is(head.method, "CONNECT");
	say_op(pdu, &head, host, path);
	say_host(pdu, host, ot_http_starts(head.target, "/"));
	say_fact(pdu, OT_K_APP, head.agent, "user-agent");
	ot_http_credentials(pdu, head.authorization);
	ot_http_credentials(pdu, head.proxy_authorization);
}

static bool
white(struct ot_text t, size_t at)
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = ot_buf(t.p, t.len, &fault);
	uint8_t c = ot_peek(&b, at);

	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The title of a page, if it is whole in this piece of it. */
static void
say_title(const struct ot_pdu *pdu, struct state *st, struct ot_buf page)
{
	struct ot_text t = ot_text_of(&page, OT_UTF8);

	st->pieces--;
	t = ot_http_rest(t, ot_http_find(t, "<title"));
	t = ot_http_rest(t, ot_http_find(t, ">") + 1);
	t = ot_http_cut(t, TITLE_MAX);

	size_t end = ot_http_find(t, "</title");

	if (end == t.len)
		return;
	st->pieces = 0;
	t = ot_http_after(ot_http_cut(t, end), 0);
	while (t.len && white(t, t.len - 1))
		t.len--;
	say_fact(pdu, OT_K_DESCRIPTION, t, "title");
}

static bool
is_page(const struct ot_http_head *head)
{
	return ot_http_starts(head->type, "text/html") &&
	       (head->coding.len == 0 || ot_http_is(head->coding, "identity"));
}

/* The answer itself does not show what was asked. */
static void
say_reply(const struct ot_pdu *pdu, uint16_t status)
{
	struct ot_reply reply = { .as = { .pair = PAIR,
				      .verb = OT_UNKNOWN,
				      .name = "unknown method" } };

	if (status >= 400) {
		reply.error = ot_name(errors, status);
		reply.error_code = status;
	}
	ot_emit_reply(pdu, &reply);
}

static void
say_version(const struct ot_pdu *pdu, struct state *st, uint8_t minor)
{
	if (st->version == minor + 1)
		return;
	st->version = (uint8_t)(minor + 1);
	ot_emit_security(pdu, OT_S_VERSION,
	    minor == 1 ? ot_text("HTTP/1.1")
		       : ot_format(pdu, "HTTP/1.%u", (unsigned int)minor));
}

/* Where the engine knows of no open request, those remembered were lost. */
static void
close_request(
    struct state *st, const struct ot_pdu *pdu, const struct ot_http_head *head)
{
	if (!ot_asked(pdu, PAIR))
		st->open = 0;
	if (head->status == 101 ||
	    (st->open && st->connects & 1 && head->status < 300))
		st->tunnel = true;
	if (st->open) {
		st->open--;
		st->heads >>= 1;
		st->connects >>= 1;
	}
}

static void
response(struct ot_buf *b, const struct ot_pdu *pdu, struct state *st)
{
	struct ot_http_head head;

	if (!ot_http_head_read(b, &head)) {
		ot_fail(b, OT_FAULT_VALUE);
		return;
	}
	if (head.status < 200 && head.status != 101)
		return; /* the final one is still to come */
	st->chunks[false] = head.chunked && !bodiless(st, &head);
	st->pieces = is_page(&head) ? TITLE_PIECES : 0;
	close_request(st, pdu, &head);
	say_reply(pdu, head.status);
	say_version(pdu, st, head.minor);
	say_fact(pdu, OT_K_APP, head.server, "server");
	say_fact(pdu, OT_K_APP, head.powered_by, "x-powered-by");
	say_fact(pdu, OT_K_DESCRIPTION,
	    ot_http_challenge(pdu, head.authenticate), "realm");
	if (st->pieces && b->left)
		say_title(pdu, st, *b);
}

/* After the last chunk comes a message again. */
static void
chunk(struct ot_buf *b, const struct ot_pdu *pdu, struct state *st)
{
	size_t at = 0;
	int64_t size = chunk_size(b, &at);

	if (size <= 0)
		st->chunks[pdu->to_server] = false;
	if (size <= 0 || pdu->to_server || !st->pieces)
		return;
	ot_skip(b, at);
	say_title(pdu, st, *b);
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct state *st = ot_state(pdu);

	if (!st)
		return;
	if (!st->tunnel && is_chunk(st, b, pdu->to_server)) {
		chunk(b, pdu, st);
		return;
	}
	if (st->tunnel || !begins_message(b, pdu->to_server)) {
		if (ot_tls_record(b) > 0)
			ot_hand(pdu, "starttls", b);
		return;
	}
	if (!st->said)
		ot_emit_security(pdu, OT_S_PROTECTION, ot_text("none"));
	st->said = true;
	if (pdu->to_server)
		request(b, pdu, st);
	else
		response(b, pdu, st);
}

extern const struct ot_proto ot_proto_http;
const struct ot_proto ot_proto_http = {
	.name = "http",
	.over = { "tcp" },
	.strength = OT_STRONG,
	.decimal = true, /* status codes */
	.ports = ports,
	.spaces = spaces,
	.state_size = sizeof(struct state),
	.probe = probe,
	.pdu_len = pdu_len,
	.dissect = dissect,
};
