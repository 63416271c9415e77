/*
 * Text: comparison, patterns, growing strings, and the decoding of what
 * packets held (DESIGN.md section 3, PROTOCOLS.md 1.10).
 */
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/utf.h"

int
ot_str_cmp(struct ot_str a, struct ot_str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

struct ot_str
ot_str_keep(struct ot_arena *arena, struct ot_str s)
{
	char *p = s.len < SIZE_MAX ? ot_alloc(arena, s.len + 1) : NULL;

	if (!p)
		return (struct ot_str){ NULL, 0 };
	if (s.len)
		memcpy(p, s.p, s.len);
	return (struct ot_str){ p, s.len };
}

/* On a mismatch go back to the last star only: an earlier one could not do
 * better, so that the time is at most pattern times text. */
bool
ot_str_glob(struct ot_str pattern, struct ot_str s)
{
	size_t i = 0, k = 0, star = SIZE_MAX, from = 0;

	while (i < s.len) {
		if (k < pattern.len && pattern.p[k] == '*') {
			star = k++;
			from = i;
		} else if (k < pattern.len &&
			   (pattern.p[k] == '?' || pattern.p[k] == s.p[i])) {
			k++;
			i++;
		} else if (star != SIZE_MAX) {
			k = star + 1;
			i = ++from;
		} else {
			return false;
		}
	}
	while (k < pattern.len && pattern.p[k] == '*')
		k++;
	return k == pattern.len;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

enum { WORD = 64 }; /* longer than any word that is looked up by distance */

/* Optimal string alignment: rows of the edit matrix, the two last are kept. */
size_t
ot_str_distance(struct ot_str a, struct ot_str b, size_t cap)
{
	size_t rows[3][WORD + 1];

	if (a.len > WORD || b.len > WORD)
		return ot_str_eq(a, b) ? 0 : cap + 1;
	for (size_t k = 0; k <= b.len; k++)
		rows[0][k] = k;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *row = rows[i % 3], *last = rows[(i + 2) % 3];
		const size_t *before = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t k = 1; k <= b.len; k++) {
			size_t cost = a.p[i - 1] != b.p[k - 1];

			row[k] = least(
			    least(last[k], row[k - 1]) + 1, last[k - 1] + cost);
			if (i > 1 && k > 1 && a.p[i - 1] == b.p[k - 2] &&
			    a.p[i - 2] == b.p[k - 1])
				row[k] = least(row[k], before[k - 2] + 1);
		}
	}
	return least(rows[a.len % 3][b.len], cap + 1);
}

static size_t
unit_size(const struct ot_text *t)
{
	return t->coding == OT_UTF16LE || t->coding == OT_UTF16BE ? 2 : 1;
}

/* The code unit at byte offset at. */
static unsigned
unit_at(const struct ot_text *t, size_t at)
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = ot_buf(t->p, t->len, &fault);

	if (t->coding == OT_UTF16LE)
		return ot_peek16le(&b, at);
	return t->coding == OT_UTF16BE ? ot_peek16be(&b, at) : ot_peek(&b, at);
}

static bool
blank_at(const struct ot_text *t, size_t at)
{
	unsigned unit = unit_at(t, at);

	return unit == ' ' || unit == '\t';
}

/* Is the unit at this offset the middle of a character? */
static bool
inner_at(const struct ot_text *t, size_t at)
{
	unsigned unit = unit_at(t, at);

	if (unit_size(t) == 2)
		return (unit & 0xfc00) == 0xdc00;
	return t->coding == OT_UTF8 && ot_utf8_tail((uint8_t)unit);
}

/* Cut at OT_LIMIT_TEXT bytes, before a character that would not fit. */
static void
text_cap(struct ot_text *t)
{
	size_t size = unit_size(t), len = OT_LIMIT_TEXT / size * size;

	if (t->len <= OT_LIMIT_TEXT)
		return;
	for (unsigned back = 0; back < 3 && inner_at(t, len); back++)
		len -= size;
	t->len = len;
}

static void
blanks_off_end(struct ot_text *t)
{
	size_t size = unit_size(t);

	while (
	    t->len >= size && t->len % size == 0 && blank_at(t, t->len - size))
		t->len -= size;
}

struct ot_text
ot_text_trim(struct ot_text t)
{
	size_t size = unit_size(&t);

	for (size_t at = 0; at + size <= t.len; at += size)
		if (unit_at(&t, at) == 0) {
			t.len = at;
			break;
		}
	while (t.len >= size && blank_at(&t, 0)) {
		t.p += size;
		t.len -= size;
	}
	blanks_off_end(&t);
	text_cap(&t);
	blanks_off_end(&t);
	return t;
}

/* Where decoded text goes; without p it is only measured. */
struct sink {
	char *p;
	size_t cap, len;
};

/* All n bytes or none. */
static bool
sink_put(struct sink *out, const char *p, size_t n)
{
	if (n > out->cap - out->len)
		return false;
	if (out->p)
		memcpy(out->p + out->len, p, n);
	out->len += n;
	return true;
}

static bool
sink_escape(struct sink *out, const uint8_t *bytes, size_t n)
{
	char text[16];
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		text[len++] = '\\';
		text[len++] = 'x';
		text[len++] = "0123456789abcdef"[bytes[i] >> 4];
		text[len++] = "0123456789abcdef"[bytes[i] & 15];
	}
	return sink_put(out, text, len);
}

/* C0, DEL, C1, and the characters that turn the direction of writing
 * (Unicode Bidi_Control), which could make a text read as another. */
static bool
is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c ||
	       code == 0x200e || code == 0x200f ||
	       (code >= 0x202a && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069);
}

static size_t
char_peek(const struct ot_buf *b, enum ot_coding coding, uint32_t *code)
{
	if (coding == OT_UTF8)
		return ot_utf8_peek(b, code);
	if (coding == OT_UTF16LE || coding == OT_UTF16BE)
		return ot_utf16_peek(b, coding == OT_UTF16BE, code);
	*code = ot_peek(b, 0);
	return b->left > 0;
}

/* One character, or what stands in the place of one. */
static bool
decode_one(struct sink *out, struct ot_buf *b, enum ot_coding coding)
{
	uint32_t code = 0;
	size_t bad = coding == OT_UTF16LE || coding == OT_UTF16BE ? 2 : 1;
	size_t len = char_peek(b, coding, &code);
	size_t n = len ? len : bad < b->left ? bad : b->left;
	const uint8_t *p = ot_take(b, n);
	char text[4];

	if (!p)
		return false;
	if (len == 0 || is_control(code))
		return sink_escape(out, p, n);
	if (code == '\\')
		return sink_put(out, "\\\\", 2);
	return sink_put(out, text, ot_utf8_put(text, code));
}

static void
decode(struct sink *out, struct ot_text t)
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = ot_buf(t.p, t.len, &fault);

	while (b.left && decode_one(out, &b, t.coding))
		;
}

struct ot_str
ot_text_decode(struct ot_arena *arena, struct ot_text t)
{
	struct sink out = { .cap = SIZE_MAX - 1 };

	decode(&out, t);
	out.cap = out.len;
	out.len = 0;
	out.p = ot_alloc(arena, out.cap + 1);
	if (!out.p)
		return (struct ot_str){ NULL, 0 };
	decode(&out, t);
	return (struct ot_str){ out.p, out.len };
}

size_t
ot_text_decode_into(char *out, size_t cap, struct ot_text t)
{
	struct sink sink = { .p = out, .cap = cap };

	decode(&sink, t);
	return sink.len;
}

static bool
sb_grow(struct ot_sb *sb, size_t len)
{
	size_t cap = sb->cap ? sb->cap : 64;
	char *p = NULL;

	if (!sb->lost && len < SIZE_MAX / 4 && sb->len < SIZE_MAX / 4) {
		while (cap - sb->len <= len)
			cap *= 2;
		p = realloc(sb->p, cap);
	}
	if (!p) {
		sb->lost = true;
		return false;
	}
	sb->p = p;
	sb->cap = cap;
	return true;
}

/* Room for len more bytes and a NUL. */
static inline bool
sb_room(struct ot_sb *sb, size_t len)
{
	if (len < sb->cap - sb->len && !sb->lost)
		return true;
	return sb_grow(sb, len);
}

char *
ot_sb_room(struct ot_sb *sb, size_t len)
{
	return sb_room(sb, len) ? sb->p + sb->len : NULL;
}

void
ot_sb_add(struct ot_sb *sb, const char *p, size_t len)
{
	if (!sb_room(sb, len))
		return;
	if (len)
		memcpy(sb->p + sb->len, p, len);
	sb->len += len;
	sb->p[sb->len] = '\0';
}

void
ot_sb_puts(struct ot_sb *sb, const char *s)
{
	ot_sb_add(sb, s, strlen(s));
}

void
ot_sb_putc(struct ot_sb *sb, char c)
{
	if (!sb_room(sb, 1))
		return;
	sb->p[sb->len++] = c;
	sb->p[sb->len] = '\0';
}

void
ot_sb_u64(struct ot_sb *sb, uint64_t n)
{
	char text[20]; /* digits of 2^64 - 1 */
	size_t at = sizeof(text);

	do {
		text[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	ot_sb_add(sb, text + at, sizeof(text) - at);
}

void
ot_sb_printf(struct ot_sb *sb, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0) {
		sb->lost = true;
		return;
	}
	if (!sb_room(sb, (size_t)len))
		return;
	va_start(ap, fmt);
	(void)vsnprintf(sb->p + sb->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	sb->len += (size_t)len;
}

void
ot_sb_done(struct ot_sb *sb)
{
	free(sb->p);
	*sb = (struct ot_sb){ .p = NULL };
}
