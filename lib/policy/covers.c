/*
 * Does the object that a conduit names cover the object of an operation? Both
 * are text as PROTOCOLS.md section 2 writes targets: container, object, range
 * ("unit 1 holding 100-109", "%MW100-109", "DB10.DBX0.0+20").
 *
 * A row covers what begins with its words; its numbers are ranges, and '*' and
 * '?' stand in its words as in a pattern. What is of another form cannot be
 * told; it is never taken as covered.
 */
#include "policy/evaluate.h"

#include "base/hash.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* Digits at the end of s[from..*end); *end goes in front of them. */
static bool
number_before(struct ot_str s, size_t *end, uint64_t *n)
{
	size_t at = *end;
	uint64_t value = 0;

	while (at > 0 && is_digit(s.p[at - 1]))
		at--;
	if (at == *end || *end - at > 18)
		return false;
	for (size_t i = at; i < *end; i++)
		value = value * 10 + (uint64_t)(s.p[i] - '0');
	*end = at;
	*n = value;
	return true;
}

/* In front of a range stands nothing, or what PLCs call their areas: no name,
 * for in "line1-3" the 3 ends no range. */
static bool
is_area(struct ot_str s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!is_upper(s.p[i]) && !is_digit(s.p[i]) && s.p[i] != '%' &&
		    s.p[i] != ':' && s.p[i] != '.')
			return false;
	return true;
}

/* "0x10" or "0x10-0x1F". */
static bool
hex(struct ot_str s, size_t *at, uint64_t *n)
{
	size_t from = *at + 2;
	uint64_t value = 0;

	if (s.len < from + 1 || s.p[*at] != '0' || s.p[*at + 1] != 'x')
		return false;
	for (*at = from; *at < s.len && *at - from < 15; (*at)++) {
		char c = s.p[*at];
		int digit = is_digit(c)		   ? c - '0'
			    : c >= 'a' && c <= 'f' ? c - 'a' + 10
			    : c >= 'A' && c <= 'F' ? c - 'A' + 10
						   : -1;

		if (digit < 0)
			break;
		value = value << 4 | (uint64_t)digit;
	}
	*n = value;
	return *at > from;
}

static bool
hex_word(struct ot_str s, uint64_t *lo, uint64_t *hi)
{
	size_t at = 0;

	if (!hex(s, &at, lo))
		return false;
	*hi = *lo;
	if (at < s.len && s.p[at] == '-') {
		at++;
		if (!hex(s, &at, hi))
			return false;
	}
	return at == s.len && *lo <= *hi;
}

/* "DBX0.0" in front of *end: byte and bit as a number of bits. */
static bool
bits_before(struct ot_str s, size_t *end, uint64_t *bits)
{
	size_t at = *end;
	uint64_t bit, byte;

	if (!number_before(s, &at, &bit) || bit > 7 || at == 0 ||
	    s.p[--at] != '.' || !number_before(s, &at, &byte) || at == 0 ||
	    !is_upper(s.p[at - 1]))
		return false;
	*end = at;
	*bits = byte * 8 + bit;
	return true;
}

/* What stands in front of '+' or '-' at the end of a word, and where. */
static bool
start_before(struct ot_str s, size_t *end, uint64_t *from, uint64_t *unit)
{
	size_t at = *end;

	*unit = 8;
	if (!bits_before(s, &at, from)) {
		*unit = 1;
		if (!number_before(s, &at, from))
			return false;
	}
	if (!is_area(s, at))
		return false;
	*end = at;
	return true;
}

/* A word's trailing number or range. */
static bool
decimal_word(struct ot_extent_word *word)
{
	struct ot_str s = word->text;
	size_t at = s.len;
	uint64_t n, from, unit;

	if (bits_before(s, &at, &word->lo)) {
		word->hi = word->lo;
		word->head = at;
		return word->bits = true;
	}
	if (!number_before(s, &at, &n))
		return false;
	word->lo = word->hi = n;
	word->head = at;
	char mark = at ? s.p[at - 1] : 0;
	size_t before = at ? at - 1 : 0;

	if ((mark != '+' && mark != '-') ||
	    !start_before(s, &before, &from, &unit))
		return true;
	if (mark == '+' && n > 0) { /* that many from there on */
		word->lo = from;
		word->hi = from + n * unit - 1;
		word->head = before;
		word->bits = unit == 8;
	} else if (mark == '-' && unit == 1 && from <= n) {
		word->lo = from;
		word->head = before;
	}
	return true;
}

struct ot_extent
ot_extent_of(struct ot_str text)
{
	struct ot_extent e = { .whole = true };
	size_t at = 0;

	for (;;) {
		while (at < text.len && text.p[at] == ' ')
			at++;
		if (at == text.len)
			return e;
		if (e.count == OT_COVER_WORDS) {
			e.whole = false;
			return e;
		}
		size_t from = at;

		while (at < text.len && text.p[at] != ' ')
			at++;
		struct ot_extent_word *word = &e.word[e.count++];

		word->text = (struct ot_str){ text.p + from, at - from };
		word->head = word->text.len;
		if (hex_word(word->text, &word->lo, &word->hi)) {
			word->head = 0;
			word->numeric = true;
		} else {
			word->numeric = decimal_word(word);
		}
	}
}

static bool
has(struct ot_str s, const char *set)
{
	for (size_t i = 0; i < s.len; i++)
		if (strchr(set, s.p[i]))
			return true;
	return false;
}

bool
ot_extent_goes_on(const struct ot_extent_word *word)
{
	return !word->numeric || (word->head > 0 && word->lo == word->hi);
}

/* "DB10" holds "DB10.DBX0.0+20"; "Foo[0-9]" and "Foo[3]", and "DB1-20" and
 * "DB10.DBX0.0", cannot be told. */
static enum ot_cover
other_form(
    const struct ot_extent_word *row, const struct ot_extent_word *object)
{
	struct ot_str r = row->text, o = object->text;

	if (ot_extent_goes_on(row) && r.len < o.len &&
	    memcmp(r.p, o.p, r.len) == 0 && strchr(".:/$[", o.p[r.len]))
		return OT_COVER_ALL;
	if (row->numeric && row->lo < row->hi && row->head < o.len &&
	    memcmp(r.p, o.p, row->head) == 0)
		return OT_COVER_MAYBE;
	for (size_t i = 0; i < r.len && i < o.len; i++) {
		if (r.p[i] == '[' && o.p[i] == '[')
			return OT_COVER_MAYBE;
		if (r.p[i] != o.p[i])
			break;
	}
	return OT_COVER_NO;
}

static struct ot_str
head_of(const struct ot_extent_word *word)
{
	return (struct ot_str){ word->text.p, word->head };
}

static enum ot_cover
word_covers(const struct ot_extent_word *row,
    const struct ot_extent_word *object, bool last, uint64_t *lo, uint64_t *hi)
{
	if (has(row->text, "*?"))
		return ot_str_glob(row->text, object->text) ? OT_COVER_ALL
							    : OT_COVER_NO;
	if (row->numeric != object->numeric ||
	    !ot_str_eq(head_of(row), head_of(object)))
		return other_form(row, object);
	if (row->bits != object->bits)
		return OT_COVER_MAYBE;
	if (!row->numeric || (row->lo <= object->lo && object->hi <= row->hi))
		return OT_COVER_ALL;
	if (row->hi < object->lo || object->hi < row->lo || !last)
		return OT_COVER_NO;
	*lo = row->lo > object->lo ? row->lo : object->lo;
	*hi = row->hi < object->hi ? row->hi : object->hi;
	return OT_COVER_PART;
}

/* Does the row's first word stand further behind? Then the row left out the
 * container, and which one it means cannot be told. */
static bool
begins_later(const struct ot_extent *row, const struct ot_extent *object)
{
	for (uint32_t i = 1; row->count && i < object->count; i++)
		if (!row->word[0].numeric && ot_str_eq(head_of(&row->word[0]),
						 head_of(&object->word[i])))
			return true;
	return false;
}

enum ot_cover
ot_extent_covers(const struct ot_extent *row, const struct ot_extent *object,
    uint64_t *lo, uint64_t *hi)
{
	enum ot_cover all = OT_COVER_ALL;
	uint32_t common =
	    row->count < object->count ? row->count : object->count;

	for (uint32_t i = 0; i < common; i++) {
		bool last = i + 1 == row->count && i + 1 == object->count;
		enum ot_cover one =
		    word_covers(&row->word[i], &object->word[i], last, lo, hi);

		if (one == OT_COVER_NO)
			return begins_later(row, object) ? OT_COVER_MAYBE
							 : OT_COVER_NO;
		if (one < all)
			all = one;
	}
	if (row->count > object->count || !row->whole || !object->whole ||
	    !row->count)
		return OT_COVER_MAYBE;
	return all;
}

static uint64_t
mix(uint64_t h, uint64_t n)
{
	h = (h ^ n) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

uint64_t
ot_extent_shape(const struct ot_extent *extent)
{
	uint32_t last = extent->count ? extent->count - 1 : 0;
	uint64_t h = extent->count;

	if (!extent->count || !extent->whole || !extent->word[last].numeric ||
	    begins_later(extent, extent))
		return 0;
	for (uint32_t i = 0; i < extent->count; i++) {
		const struct ot_extent_word *w = &extent->word[i];

		if (has(w->text, "*?"))
			return 0;
		h = mix(h, ot_hash_fixed(w->text.p, w->head));
		h = mix(h, (uint64_t)w->numeric << 1 | w->bits);
		if (i < last && w->numeric)
			h = mix(mix(h, w->lo), w->hi);
	}
	return h ? h : 1;
}
