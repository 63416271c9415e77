/*
 * JSON (RFC 8259): the writer, the scanner with places and recovery, and the
 * wrapper around cJSON for records of foreign types.
 */
#include "base/json.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/map.h"
#include "base/real.h"
#include "base/utf.h"

/* What a byte asks for inside a string. */
enum class {
	PLAIN,
	CONTROL, /* below 0x20 */
	DEL,
	QUOTE,
	BACKSLASH,
	HIGH, /* from 0x80: UTF-8 or not */
};

static inline enum class
class_of(uint8_t c)
{
	static const uint8_t classes[0x80] = {
		[0x7f] = DEL, ['"'] = QUOTE, ['\\'] = BACKSLASH,
	};

	if (c < 0x20)
		return CONTROL;
	return c < 0x80 ? (enum class)classes[c] : HIGH;
}

/* Has the word a byte that is 0? At least for the lowest such byte its high bit
 * is set, and for none when there is no such byte. */
static inline uint64_t
zero_bytes(uint64_t word)
{
	return (word - 0x0101010101010101) & ~word & 0x8080808080808080;
}

/* Are the eight bytes at p all plain? */
static inline bool
eight_plain(const uint8_t *p)
{
	const uint64_t each = 0x0101010101010101;
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return ((word | ((word - each * 0x20) & ~word)) & each * 0x80) == 0 &&
	       (zero_bytes(word ^ each * '"') | zero_bytes(word ^ each * '\\') |
		   zero_bytes(word ^ each * 0x7f)) == 0;
}

/* Bytes at the start of the window that stand for themselves. */
static inline size_t
plain_run(const struct ot_buf *b)
{
	size_t n = 0;

	while (b->left - n >= 8 && eight_plain(b->p + n))
		n += 8;
	while (n < b->left && class_of(ot_peek(b, n)) == PLAIN)
		n++;
	return n;
}

static void
escape_byte(struct ot_sb *sb, uint8_t c)
{
	static const char letters[0x20] = {
		['\b'] = 'b',
		['\f'] = 'f',
		['\n'] = 'n',
		['\r'] = 'r',
		['\t'] = 't',
	};
	char text[6] = { '\\', 'u', '0', '0', "0123456789abcdef"[c >> 4],
		"0123456789abcdef"[c & 15] };
	size_t len = 6;

	if (c == '"' || c == '\\' || (c < 0x20 && letters[c])) {
		text[1] = c < 0x20 ? letters[c] : (char)c;
		len = 2;
	}
	ot_sb_add(sb, text, len);
}

/* One character from 0x80, or the byte that is none. */
static void
escape_high(struct ot_sb *sb, struct ot_buf *b)
{
	uint32_t code = 0;
	size_t len = ot_utf8_peek(b, &code);
	const uint8_t *p = ot_take(b, len ? len : 1);

	if (len == 0)
		ot_sb_puts(sb, "\xef\xbf\xbd");
	else if (code == 0x2028 || code == 0x2029)
		ot_sb_puts(sb, code == 0x2028 ? "\\u2028" : "\\u2029");
	else
		ot_sb_add(sb, (const char *)p, len);
}

void
ot_json_escape(struct ot_sb *sb, struct ot_str s)
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = ot_buf(s.p, s.len, &fault);

	while (b.left) {
		size_t run = plain_run(&b);

		if (run)
			ot_sb_add(sb, (const char *)ot_take(&b, run), run);
		if (b.left == 0)
			break;
		if (class_of(ot_peek(&b, 0)) == HIGH)
			escape_high(sb, &b);
		else
			escape_byte(sb, ot_u8(&b));
	}
}

static void
before_value(struct ot_jw *w)
{
	if (w->comma)
		ot_sb_putc(w->sb, ',');
	w->comma = true;
}

void
ot_jw_open(struct ot_jw *w, char bracket)
{
	before_value(w);
	ot_sb_putc(w->sb, bracket);
	w->comma = false;
}

void
ot_jw_close(struct ot_jw *w, char bracket)
{
	ot_sb_putc(w->sb, bracket);
	w->comma = true;
}

void
ot_jw_key(struct ot_jw *w, const char *key)
{
	ot_jw_key_str(w, ot_str(key));
}

/* A string of plain bytes only, with its comma and what follows: most are. It
 * goes in at once; false if it is another, or there is no room. */
static bool
put_plain(struct ot_jw *w, struct ot_str s, const char *behind, size_t len)
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = ot_buf(s.p, s.len, &fault);
	char *p;

	if (plain_run(&b) < s.len || !(p = ot_sb_room(w->sb, s.len + 2 + len)))
		return false;
	if (w->comma)
		*p++ = ',';
	*p++ = '"';
	if (s.len)
		memcpy(p, s.p, s.len);
	memcpy(p + s.len, behind, len + 1);
	w->sb->len = (size_t)(p + s.len + len - w->sb->p);
	return true;
}

void
ot_jw_key_str(struct ot_jw *w, struct ot_str key)
{
	if (!put_plain(w, key, "\":", 2)) {
		ot_jw_str(w, key);
		ot_sb_putc(w->sb, ':');
	}
	w->comma = false;
}

void
ot_jw_key_u64(struct ot_jw *w, uint64_t key)
{
	before_value(w);
	ot_sb_putc(w->sb, '"');
	ot_sb_u64(w->sb, key);
	ot_sb_add(w->sb, "\":", 2);
	w->comma = false;
}

void
ot_jw_str(struct ot_jw *w, struct ot_str value)
{
	if (!put_plain(w, value, "\"", 1)) {
		before_value(w);
		ot_sb_putc(w->sb, '"');
		ot_json_escape(w->sb, value);
		ot_sb_putc(w->sb, '"');
	}
	w->comma = true;
}

void
ot_jw_text(struct ot_jw *w, const char *value)
{
	ot_jw_str(w, ot_str(value));
}

void
ot_jw_u64(struct ot_jw *w, uint64_t value)
{
	before_value(w);
	ot_sb_u64(w->sb, value);
}

void
ot_jw_i64(struct ot_jw *w, int64_t value)
{
	before_value(w);
	if (value < 0)
		ot_sb_putc(w->sb, '-');
	ot_sb_u64(w->sb, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void
ot_jw_real(struct ot_jw *w, double value)
{
	char text[OT_REAL_TEXT];
	size_t len = ot_real_print(text, value);

	ot_jw_raw(w, (struct ot_str){ text, len });
}

void
ot_jw_bool(struct ot_jw *w, bool value)
{
	ot_jw_raw(w, ot_str(value ? "true" : "false"));
}

void
ot_jw_null(struct ot_jw *w)
{
	ot_jw_raw(w, ot_str("null"));
}

void
ot_jw_raw(struct ot_jw *w, struct ot_str json)
{
	before_value(w);
	ot_sb_add(w->sb, json.p, json.len);
}

enum {
	DEPTH_MAX = 64,	   /* arrays and objects inside each other */
	ERRORS_MAX = 100,  /* told of one text */
	KEYS_COMPARED = 8, /* keys of one object until they are hashed */
};

struct place {
	unsigned line, column;
};

struct scan {
	struct ot_buf b; /* read by peeks: never faults */
	enum ot_fault fault;
	const uint8_t *line_start;
	unsigned line, depth, errors, flags;
	bool stop;  /* the end, no memory, or too many errors */
	bool quiet; /* what is skipped is not judged */
	bool cut;   /* the last string had no end on its line */
	bool nul;   /* some string has a \u0000 */
	struct ot_arena *arena;
	ot_json_complain *complain;
	void *user;
};

static void
scan_init(struct scan *s, struct ot_str text)
{
	*s = (struct scan){ .line = 1 };
	s->b = ot_buf(text.p, text.len, &s->fault);
	s->line_start = s->b.p;
}

static struct place
here(const struct scan *s)
{
	return (
	    struct place){ s->line, (unsigned)(s->b.p - s->line_start) + 1 };
}

static void
tell(struct scan *s, struct place at, const char *message)
{
	if (s->stop || s->quiet)
		return;
	if (s->errors++ == ERRORS_MAX) {
		s->stop = true;
		message = "more errors behind this one are not shown";
	}
	if (s->complain)
		s->complain(s->user, at.line, at.column, message);
}

__attribute__((format(printf, 3, 4))) static void
complain(struct scan *s, struct place at, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	tell(s, at, text);
}

static void
no_memory(struct scan *s)
{
	tell(s, here(s), "no memory for this text");
	s->stop = true;
}

/* "expected X, not Y", where Y is the next byte. Behind the end there is
 * nothing more to say. */
static void
expected(struct scan *s, const char *what)
{
	uint8_t c = ot_peek(&s->b, 0);

	if (s->b.left == 0) {
		complain(s, here(s), "expected %s, not the end", what);
		s->stop = true;
	} else if (c > 0x20 && c < 0x7f) {
		complain(s, here(s), "expected %s, not '%c'", what, c);
	} else {
		complain(s, here(s), "expected %s, not byte 0x%02x", what, c);
	}
}

static void
newline(struct scan *s)
{
	ot_skip(&s->b, 1);
	s->line++;
	s->line_start = s->b.p;
}

static void
skip_block_comment(struct scan *s)
{
	struct place start = here(s);

	ot_skip(&s->b, 2);
	while (s->b.left && !ot_starts(&s->b, "*/", 2)) {
		if (ot_peek(&s->b, 0) == '\n')
			newline(s);
		else
			ot_skip(&s->b, 1);
	}
	if (s->b.left)
		ot_skip(&s->b, 2);
	else
		complain(s, start, "this comment has no end");
}

static void
skip_space(struct scan *s)
{
	bool comments = s->flags & OT_JSON_COMMENTS;

	while (s->b.left) {
		uint8_t c = ot_peek(&s->b, 0);

		if (c == '\n')
			newline(s);
		else if (c == ' ' || c == '\t' || c == '\r')
			ot_skip(&s->b, 1);
		else if (comments && ot_starts(&s->b, "//", 2))
			ot_skip(&s->b, ot_find(&s->b, '\n'));
		else if (comments && ot_starts(&s->b, "/*", 2))
			skip_block_comment(s);
		else
			return;
	}
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

/* The number of \uXXXX at offset at; -1 where there is none. */
static int32_t
unicode_at(const struct ot_buf *b, size_t at)
{
	int32_t code = 0;

	if (ot_peek(b, at) != '\\' || ot_peek(b, at + 1) != 'u')
		return -1;
	for (size_t i = 2; i < 6; i++) {
		int digit = hex_digit(ot_peek(b, at + i));

		if (digit < 0)
			return -1;
		code = code << 4 | digit;
	}
	return code;
}

/* Length of the escape at the start of the window and the character that it
 * stands for; 0 for one that RFC 8259 section 7 does not have. */
static size_t
escape_peek(const struct ot_buf *b, uint32_t *code)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	uint8_t letter = ot_peek(b, 1);
	const char *at = letter ? strchr(from, letter) : NULL;
	int32_t first, second;

	if (at) {
		*code = (uint32_t)to[at - from];
		return 2;
	}
	first = unicode_at(b, 0);
	if (first < 0)
		return 0;
	*code = (uint32_t)first;
	if (first < 0xd800 || first > 0xdfff)
		return 6;
	second = unicode_at(b, 6);
	if (first > 0xdbff || second < 0xdc00 || second > 0xdfff)
		return 0;
	*code =
	    0x10000 + (uint32_t)((first - 0xd800) << 10 | (second - 0xdc00));
	return 12;
}

/* Over one character of a string; false with an error told. */
static bool
string_char(struct scan *s, bool *escaped)
{
	uint32_t code = 0;
	size_t len = 1;

	switch (class_of(ot_peek(&s->b, 0))) {
	case HIGH:
		len = ot_utf8_peek(&s->b, &code);
		if (len == 0)
			complain(s, here(s), "byte 0x%02x is not UTF-8",
			    ot_peek(&s->b, 0));
		break;
	case BACKSLASH:
		*escaped = true;
		len = escape_peek(&s->b, &code);
		if (len == 0)
			complain(s, here(s), "there is no such escape");
		s->nul |= len && code == 0;
		break;
	case CONTROL:
		complain(s, here(s),
		    "a control character (0x%02x) must be escaped",
		    ot_peek(&s->b, 0));
		len = 0;
		break;
	default:
		break;
	}
	ot_skip(&s->b, len ? len : 1);
	return len > 0;
}

/* What was written with escapes, a copy in the arena. */
static struct ot_str
unescape(struct scan *s, struct ot_str text)
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = ot_buf(text.p, text.len, &fault);
	char *out = ot_alloc(s->arena, text.len + 1); /* never grows */
	size_t len = 0;

	if (!out) {
		no_memory(s);
		return (struct ot_str){ NULL, 0 };
	}
	while (b.left) {
		size_t run = ot_find(&b, '\\');
		uint32_t code = 0;

		memcpy(out + len, ot_take(&b, run), run);
		len += run;
		if (b.left == 0)
			break;
		ot_skip(&b, escape_peek(&b, &code));
		len += ot_utf8_put(out + len, code);
	}
	return (struct ot_str){ out, len };
}

/* Over a string, quotes included; *inside is its text as it stood. All that
 * is wrong in it is told; false then, or where it has no end. */
static bool
string_over(struct scan *s, struct ot_str *inside, bool *escaped)
{
	struct place start = here(s);
	bool good = true;

	ot_skip(&s->b, 1);
	inside->p = (const char *)s->b.p;
	*escaped = false;
	for (;;) {
		ot_skip(&s->b, plain_run(&s->b));
		uint8_t c = ot_peek(&s->b, 0);

		if (c == '"')
			break;
		if (s->b.left == 0 || c == '\n' || c == '\r') {
			tell(s, start, "this string has no end on its line");
			s->cut = !s->quiet;
			return false;
		}
		if (!string_char(s, escaped))
			good = false;
	}
	inside->len = (size_t)((const char *)s->b.p - inside->p);
	ot_skip(&s->b, 1);
	return good;
}

static bool
string(struct scan *s, struct ot_str *out)
{
	struct ot_str inside;
	bool escaped;

	if (!string_over(s, &inside, &escaped))
		return false;
	*out = escaped ? unescape(s, inside) : inside;
	return true;
}

static size_t
digits(struct scan *s)
{
	size_t n = 0;

	while (ot_peek(&s->b, n) >= '0' && ot_peek(&s->b, n) <= '9')
		n++;
	ot_skip(&s->b, n);
	return n;
}

/* May c stand in a number or a word? */
static bool
wordlike(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '.' || c == '+' || c == '-' ||
	       c == '_';
}

/* RFC 8259 section 6. */
static bool
number(struct scan *s)
{
	struct place start = here(s);
	bool good;

	if (ot_peek(&s->b, 0) == '-')
		ot_skip(&s->b, 1);
	bool zero = ot_peek(&s->b, 0) == '0';
	size_t whole = digits(s);

	good = whole > 0 && !(zero && whole > 1);
	if (ot_peek(&s->b, 0) == '.') {
		ot_skip(&s->b, 1);
		good = digits(s) && good;
	}
	if ((ot_peek(&s->b, 0) | 0x20) == 'e') {
		ot_skip(&s->b, 1);
		if (ot_peek(&s->b, 0) == '+' || ot_peek(&s->b, 0) == '-')
			ot_skip(&s->b, 1);
		good = digits(s) && good;
	}
	good = good && !wordlike(ot_peek(&s->b, 0));
	if (!good)
		tell(s, start, "this is not a number");
	return good;
}

static bool
word(struct scan *s, struct ot_json *value)
{
	static const struct {
		const char *text;
		enum ot_json_kind kind;
	} words[] = { { "null", OT_JSON_NULL }, { "false", OT_JSON_FALSE },
		{ "true", OT_JSON_TRUE } };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		size_t len = strlen(words[i].text);

		if (ot_starts(&s->b, words[i].text, len) &&
		    !wordlike(ot_peek(&s->b, len))) {
			ot_skip(&s->b, len);
			value->kind = words[i].kind;
			return true;
		}
	}
	expected(s, "a value");
	return false;
}

/* After an error: on to the next comma or closing bracket that belongs to
 * the array or object at hand. Strings are stepped over without a word. */
static void
recover(struct scan *s)
{
	unsigned nested = 0;
	struct ot_str inside;
	bool escaped;

	s->quiet = true;
	for (skip_space(s); s->b.left && !s->stop; skip_space(s)) {
		uint8_t c = ot_peek(&s->b, 0);
		bool closing = c == ']' || c == '}';

		if (nested == 0 && (closing || c == ','))
			break;
		if (c == '[' || c == '{')
			nested++;
		if (closing)
			nested--;
		if (c == '"')
			(void)string_over(s, &inside, &escaped);
		else
			ot_skip(&s->b, 1);
	}
	s->quiet = false;
}

static bool value(struct scan *s, struct ot_json *out);

static struct ot_json *
json_new(struct scan *s)
{
	struct ot_json *json = ot_alloc(s->arena, sizeof(*json));

	if (!json)
		no_memory(s);
	return json;
}

/* The keys of one object so far. The first few are compared one by one; the
 * hashed table comes with the next. */
struct keys {
	struct ot_map map;
	unsigned count;
};

static const struct ot_json *
keys_find(
    const struct keys *keys, const struct ot_json *first, struct ot_str key)
{
	if (keys->count > KEYS_COMPARED)
		return ot_map_get(&keys->map, key.p, key.len);
	for (; first; first = first->next)
		if (ot_str_eq(first->key, key))
			return first;
	return NULL;
}

static bool
keys_put(struct keys *keys, struct ot_json *member)
{
	void **at = ot_map_at(&keys->map, member->key.p, member->key.len);

	if (at)
		*at = member;
	return at != NULL;
}

static void
keys_add(struct scan *s, struct keys *keys, struct ot_json *first,
    struct ot_json *member)
{
	bool good = true;

	if (++keys->count <= KEYS_COMPARED)
		return;
	if (keys->map.count == 0)
		for (; good && first; first = first->next)
			good = keys_put(keys, first);
	if (!good || !keys_put(keys, member))
		no_memory(s);
}

/* A member "key": value. */
static bool
member(struct scan *s, struct ot_json *out, struct keys *keys,
    struct ot_json *first)
{
	const char *start = (const char *)s->b.p;
	struct place at = here(s);
	const struct ot_json *same;

	out->key_line = at.line;
	out->key_column = at.column;
	if (ot_peek(&s->b, 0) != '"') {
		expected(s, "a key in double quotes");
		return false;
	}
	if (!string(s, &out->key))
		return false;
	same = keys_find(keys, first, out->key);
	if (same)
		complain(s, at, "this key stands here twice, first at %u:%u",
		    same->key_line, same->key_column);
	skip_space(s);
	if (ot_peek(&s->b, 0) != ':') {
		expected(s, "a colon");
		return false;
	}
	ot_skip(&s->b, 1);
	skip_space(s);
	if (!value(s, out))
		return false;
	out->raw_member =
	    (struct ot_str){ start, (size_t)((const char *)s->b.p - start) };
	if (!same)
		keys_add(s, keys, first, out);
	return true;
}

/* Behind an item: over the comma or the closing bracket. True: another item
 * follows. A comma that was forgotten is told and thought to be there; one
 * that a string without end took along is not missed. */
static bool
separator(struct scan *s, char close)
{
	const char *what = close == ']' ? "',' or ']'" : "',' or '}'";
	bool cut = s->cut;
	struct place at;
	uint8_t c;

	s->cut = false;
	skip_space(s);
	c = ot_peek(&s->b, 0);
	if (c != ',' && c != (uint8_t)close) {
		if (!cut)
			expected(s, what);
		if (c == '"')
			return !s->stop;
		recover(s);
		c = ot_peek(&s->b, 0);
	}
	at = here(s);
	if (s->b.left)
		ot_skip(&s->b, 1);
	if (c != ',')
		return false;
	skip_space(s);
	if (ot_peek(&s->b, 0) != (uint8_t)close)
		return !s->stop;
	tell(s, at, "nothing follows this comma");
	ot_skip(&s->b, 1);
	return false;
}

static void
items(struct scan *s, struct ot_json *out, char close)
{
	struct ot_json **end = &out->first;
	struct keys keys = { .count = 0 };

	do {
		struct ot_json *item = json_new(s);

		if (!item)
			break;
		if (out->kind == OT_JSON_OBJECT
			? member(s, item, &keys, out->first)
			: value(s, item)) {
			*end = item;
			end = &item->next;
		} else if (!s->cut) {
			recover(s);
		}
	} while (separator(s, close));
	ot_map_done(&keys.map);
}

/* An array or an object. What is wrong inside was told: it still is one. */
static void
container(struct scan *s, struct ot_json *out)
{
	struct place start = here(s);
	bool object = ot_u8(&s->b) == '{';
	char close = object ? '}' : ']';

	out->kind = object ? OT_JSON_OBJECT : OT_JSON_ARRAY;
	if (s->depth == DEPTH_MAX) {
		complain(s, start, "nested deeper than %d", DEPTH_MAX);
		s->stop = true;
		return;
	}
	s->depth++;
	skip_space(s);
	if (ot_peek(&s->b, 0) == (uint8_t)close)
		ot_skip(&s->b, 1);
	else
		items(s, out, close);
	s->depth--;
}

/* False where no value could be read; what was wrong is told. */
static bool
value(struct scan *s, struct ot_json *out)
{
	const char *start = (const char *)s->b.p;
	uint8_t c = ot_peek(&s->b, 0);
	struct place at = here(s);
	bool good = true;

	out->line = at.line;
	out->column = at.column;
	if (c == '{' || c == '[') {
		container(s, out);
	} else if (c == '"') {
		out->kind = OT_JSON_STRING;
		good = string(s, &out->string);
	} else if (c == '-' || (c >= '0' && c <= '9')) {
		out->kind = OT_JSON_NUMBER;
		good = number(s);
	} else {
		good = word(s, out);
	}
	at = here(s);
	out->end_line = at.line;
	out->end_column = at.column;
	out->raw =
	    (struct ot_str){ start, (size_t)((const char *)s->b.p - start) };
	return good && !s->stop;
}

struct ot_json *
ot_json_parse(struct ot_arena *arena, struct ot_str text, unsigned flags,
    ot_json_complain *told, void *user)
{
	struct ot_json *json;
	struct scan s;

	scan_init(&s, text);
	s.arena = arena;
	s.flags = flags;
	s.complain = told;
	s.user = user;
	/* a mark that some editors put before text written by people */
	if ((flags & OT_JSON_COMMENTS) && ot_starts(&s.b, "\xef\xbb\xbf", 3)) {
		ot_skip(&s.b, 3);
		s.line_start = s.b.p;
	}
	json = json_new(&s);
	skip_space(&s);
	if (json && value(&s, json)) {
		skip_space(&s);
		if (s.b.left)
			expected(&s, "the end");
	}
	return s.errors || s.stop ? NULL : json;
}

const struct ot_json *
ot_json_get(const struct ot_json *object, const char *key)
{
	struct ot_str name = ot_str(key);

	if (!object || object->kind != OT_JSON_OBJECT)
		return NULL;
	for (const struct ot_json *m = object->first; m; m = m->next)
		if (ot_str_eq(m->key, name))
			return m;
	return NULL;
}

static bool
decimal(struct ot_str s, uint64_t *out)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = (unsigned)(s.p[i] - '0');

		if (digit > 9 || __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, digit, &n))
			return false;
	}
	*out = n;
	return s.len > 0;
}

bool
ot_json_u64(const struct ot_json *json, uint64_t *out)
{
	return json && json->kind == OT_JSON_NUMBER && decimal(json->raw, out);
}

bool
ot_json_i64(const struct ot_json *json, int64_t *out)
{
	struct ot_str s;
	uint64_t n = 0;

	if (!json || json->kind != OT_JSON_NUMBER)
		return false;
	s = json->raw;
	bool minus = *s.p == '-';

	if (minus) {
		s.p++;
		s.len--;
	}
	if (!decimal(s, &n) || n > (uint64_t)INT64_MAX + minus)
		return false;
	*out = minus ? (int64_t)(0 - n) : (int64_t)n;
	return true;
}

bool
ot_json_real(const struct ot_json *json, double *out)
{
	return json && json->kind == OT_JSON_NUMBER &&
	       ot_real_parse(out, json->raw);
}

struct refused {
	struct place at;
	char text[200];
};

static void
refuse(void *user, unsigned line, unsigned column, const char *message)
{
	struct refused *r = user;

	if (r->text[0])
		return;
	r->at = (struct place){ line, column };
	(void)snprintf(r->text, sizeof(r->text), "%s", message);
}

/* cJSON takes any byte in a string, cuts it at \u0000, reads numbers as strtod
 * does and controls as blanks: so each token is looked at beforehand. */
static bool
tokens_strict(struct scan *s)
{
	struct ot_str inside;
	bool escaped;

	for (skip_space(s); s->b.left && !s->errors; skip_space(s)) {
		struct place at = here(s);
		uint8_t c = ot_peek(&s->b, 0);

		if (c == '"')
			(void)string_over(s, &inside, &escaped);
		else if (c == '-' || (c >= '0' && c <= '9'))
			(void)number(s);
		else if (c < 0x20 || c > 0x7e)
			expected(s, "JSON");
		else
			ot_skip(&s->b, 1);
		if (s->nul)
			tell(s, at, "a string with \\u0000");
	}
	return s->errors == 0;
}

static const char *keys_differ(const cJSON *json, unsigned depth);

/* Why the members of this object may not be passed on, or NULL. */
static const char *
keys_of_one_differ(const cJSON *object, struct ot_map *seen)
{
	for (const cJSON *m = object->child; m; m = m->next) {
		void **at = ot_map_at(seen, m->string, strlen(m->string));

		if (!at)
			return "no memory";
		if (*at)
			return "a key stands in one object twice";
		*at = m->string;
	}
	return NULL;
}

static const char *
keys_differ(const cJSON *json, unsigned depth)
{
	struct ot_map seen = { .cap = 0 };
	const char *why = NULL;

	if (depth > DEPTH_MAX)
		return "nested too deep";
	if (cJSON_IsObject(json))
		why = keys_of_one_differ(json, &seen);
	ot_map_done(&seen);
	for (const cJSON *m = json->child; m && !why; m = m->next)
		if (m->child)
			why = keys_differ(m, depth + 1);
	return why;
}

int
ot_json_foreign(struct ot_str text, struct ot_error *error)
{
	struct refused r = { .text = "" };
	const char *end = NULL, *why = NULL;
	struct scan s;
	cJSON *json;

	scan_init(&s, text);
	s.complain = refuse;
	s.user = &r;
	if (!tokens_strict(&s))
		return ot_error_set(
		    error, OT_ERR_INPUT, "column %u: %s", r.at.column, r.text);
	json = cJSON_ParseWithLengthOpts(text.p, text.len, &end, 0);
	if (!json)
		return ot_error_set(error, OT_ERR_INPUT, "not JSON");
	for (; end < text.p + text.len && !why; end++)
		if (!strchr(" \t\r\n", *end))
			why = "more than one value";
	if (!cJSON_IsObject(json))
		why = "not an object";
	if (!why)
		why = keys_differ(json, 1);
	cJSON_Delete(json);
	return why ? ot_error_set(error, OT_ERR_INPUT, "%s", why) : 0;
}
