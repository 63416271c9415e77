/*
 * HTTP/1.x heads: RFC 9112 sections 2.2 (lines; a bare LF is accepted), 3
 * (request line), 4 (status line), 5 (fields), 6.1 and 6.2 (transfer coding,
 * length).
 */
#include "proto/http_head.h"

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static bool
blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct ot_buf
window(struct ot_text t, enum ot_fault *fault)
{
	return ot_buf(t.p, t.len, fault);
}

bool
ot_http_starts(struct ot_text t, const char *word)
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = window(t, &fault);

	for (; *word; word++)
		if (b.left == 0 || lower(ot_u8(&b)) != lower((uint8_t)*word))
			return false;
	return true;
}

bool
ot_http_is(struct ot_text t, const char *word)
{
	return t.len == strlen(word) && ot_http_starts(t, word);
}

struct ot_text
ot_http_after(struct ot_text t, size_t n)
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = window(t, &fault);

	ot_skip(&b, n < b.left ? n : b.left);
	while (b.left && blank(ot_peek(&b, 0)))
		ot_skip(&b, 1);
	return ot_text_of(&b, t.coding);
}

size_t
ot_http_find(struct ot_text t, const char *word)
{
	enum ot_fault fault = OT_FAULT_NONE;

	for (struct ot_buf b = window(t, &fault); b.left; ot_skip(&b, 1))
		if (lower(ot_peek(&b, 0)) == lower((uint8_t)*word) &&
		    ot_http_starts(
			(struct ot_text){ b.p, b.left, t.coding }, word))
			return t.len - b.left;
	return t.len;
}

/* The next line without its end; false if it has none. */
static bool
next_line(struct ot_buf *b, struct ot_buf *line)
{
	size_t len = ot_find(b, '\n');

	if (len == b->left)
		return false;
	*line = ot_split(b, len);
	ot_skip(b, 1);
	if (len && ot_peek(line, len - 1) == '\r')
		line->left--;
	return true;
}

size_t
ot_http_head_len(const struct ot_buf *b)
{
	struct ot_buf rest = *b;
	struct ot_buf line;

	while (next_line(&rest, &line))
		if (line.left == 0)
			return b->left - rest.left;
	return 0;
}

/* Up to the next blank, which is consumed too. */
static struct ot_text
next_word(struct ot_buf *b)
{
	struct ot_buf w = ot_split(b, ot_find(b, ' '));

	if (b->left)
		ot_skip(b, 1);
	return ot_text_of(&w, OT_UTF8);
}

/* HTTP-version of this major number 1 */
static bool
read_version(struct ot_buf *b, struct ot_http_head *head)
{
	uint8_t minor = ot_peek(b, 7);

	if (!ot_starts(b, "HTTP/1.", 7) || minor < '0' || minor > '9')
		return false;
	head->minor = (uint8_t)(minor - '0');
	ot_skip(b, 8);
	return true;
}

static bool
read_status(struct ot_buf *line, struct ot_http_head *head)
{
	if (!read_version(line, head) || ot_peek(line, 0) != ' ')
		return false;
	ot_skip(line, 1);
	for (int i = 0; i < 3; i++) {
		uint8_t c = ot_peek(line, (size_t)i);

		if (c < '0' || c > '9')
			return false;
		head->status = (uint16_t)(head->status * 10 + (c - '0'));
	}
	return head->status >= 100;
}

/* The target may hold blanks that a careless client did not encode, so the
 * version is sought from the end. */
static bool
read_request(struct ot_buf *line, struct ot_http_head *head)
{
	head->method = next_word(line);

	size_t len = line->left;

	while (len && ot_peek(line, len - 1) != ' ')
		len--;
	if (len < 2 || head->method.len == 0) {
		head->target = ot_text_of(line, OT_UTF8);
		return false;
	}

	struct ot_buf target = ot_split(line, len - 1);

	ot_skip(line, 1);
	head->target = ot_text_of(&target, OT_UTF8);
	return read_version(line, head);
}

/* Decimal, as far as digits go; -1 without any or above 2^46. */
static int64_t
number(struct ot_text t)
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = window(t, &fault);
	int64_t n = -1;

	while (ot_peek(&b, 0) >= '0' && ot_peek(&b, 0) <= '9') {
		n = (n < 0 ? 0 : n * 10) + (ot_u8(&b) - '0');
		if (n > INT64_C(1) << 46)
			return -1;
	}
	return n;
}

/* Chunked counts as the last coding only. */
static bool
ends_chunked(struct ot_text t)
{
	size_t at = ot_http_find(t, "chunked");

	return at < t.len && ot_http_after(t, at + 7).len == 0;
}

static const struct field {
	const char *name;
	size_t offset; /* of its text in struct ot_http_head */
} fields[] = {
#define FIELD(name, member)                                                    \
	{                                                                      \
		name, offsetof(struct ot_http_head, member)                    \
	}
	FIELD("host", host),
	FIELD("user-agent", agent),
	FIELD("server", server),
	FIELD("x-powered-by", powered_by),
	FIELD("upgrade", upgrade_to),
	FIELD("authorization", authorization),
	FIELD("proxy-authorization", proxy_authorization),
	FIELD("www-authenticate", authenticate),
	FIELD("proxy-authenticate", authenticate),
	FIELD("content-type", type),
	FIELD("content-encoding", coding),
#undef FIELD
	{ NULL, 0 },
};

static void
keep(struct ot_http_head *head, const struct field *field, struct ot_text t)
{
	memcpy((char *)head + field->offset, &t, sizeof(t));
}

static void
read_field(struct ot_buf line, struct ot_http_head *head)
{
	struct ot_buf name = ot_split(&line, ot_find(&line, ':'));
	struct ot_text key = ot_text_of(&name, OT_UTF8);

	if (line.left == 0 || key.len == 0 || blank(ot_peek(&line, 0)))
		return;
	while (line.left > 1 && blank(ot_peek(&line, line.left - 1)))
		line.left--;

	struct ot_text value = ot_http_after(ot_text_of(&line, OT_UTF8), 1);

	if (ot_http_is(key, "content-length"))
		head->length = head->length < 0 ? number(value) : head->length;
	else if (ot_http_is(key, "transfer-encoding"))
		head->chunked = ends_chunked(value);
	else if (ot_http_is(key, "connection"))
		head->upgrade = ot_http_find(value, "upgrade") < value.len;
	else
		for (const struct field *f = fields; f->name; f++)
			if (ot_http_is(key, f->name))
				keep(head, f, value);
}

bool
ot_http_head_read(struct ot_buf *b, struct ot_http_head *head)
{
	struct ot_buf line;

	*head = (struct ot_http_head){ .length = -1 };
	for (const struct field *f = fields; f->name; f++)
		keep(head, f, ot_text(""));
	if (!next_line(b, &line))
		line = ot_rest(b);
	if (ot_starts(&line, "HTTP/", 5) ? !read_status(&line, head)
					 : !read_request(&line, head))
		return false;
	while (next_line(b, &line) && line.left)
		read_field(line, head);
	return true;
}
