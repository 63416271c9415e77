/*
 * BER and DER (X.690) on a bounded window: identifier octets, definite length,
 * contents as a window of its own.
 *
 * A tag is its identifier octets as one big-endian number, so that it reads as
 * in the specifications: 0x30 SEQUENCE, 0xa0 [0] constructed, 0xbf48 [72]
 * constructed. The indefinite form of a length (8.1.3.6) is a fault: no
 * protocol read here uses it.
 */
#ifndef OT_BASE_BER_H
#define OT_BASE_BER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Universal tags (X.680 table 1) with the form that they have in DER. */
enum ot_ber_tag {
	OT_BER_BOOLEAN = 0x01,
	OT_BER_INTEGER = 0x02,
	OT_BER_BIT_STRING = 0x03,
	OT_BER_OCTET_STRING = 0x04,
	OT_BER_NULL = 0x05,
	OT_BER_OID = 0x06,
	OT_BER_ENUMERATED = 0x0a,
	OT_BER_UTF8_STRING = 0x0c,
	OT_BER_NUMERIC_STRING = 0x12,
	OT_BER_PRINTABLE_STRING = 0x13,
	OT_BER_TELETEX_STRING = 0x14,
	OT_BER_IA5_STRING = 0x16,
	OT_BER_UTC_TIME = 0x17,
	OT_BER_GENERALIZED_TIME = 0x18,
	OT_BER_VISIBLE_STRING = 0x1a,
	OT_BER_UNIVERSAL_STRING = 0x1c,
	OT_BER_BMP_STRING = 0x1e,
	OT_BER_SEQUENCE = 0x30,
	OT_BER_SET = 0x31,
};

/* Octets of the identifier at the start, at most 4; 0 if it does not end
 * there. 8.1.2.4: bits 5-1 all ones mean that more octets follow, the last of
 * them with bit 8 clear. */
static inline size_t
ot_ber_tag_len(const struct ot_buf *b)
{
	size_t len = 1;

	if (b->left == 0)
		return 0;
	if ((ot_peek(b, 0) & 0x1f) != 0x1f)
		return 1;
	while (len < 4 && len < b->left && ot_peek(b, len) & 0x80)
		len++;
	return len < 4 && len < b->left ? len + 1 : 0;
}

/* The tag at the start, nothing consumed; 0 at the end. */
static inline uint32_t
ot_ber_peek(const struct ot_buf *b)
{
	size_t len = ot_ber_tag_len(b);
	uint32_t tag = 0;

	for (size_t i = 0; i < len; i++)
		tag = tag << 8 | ot_peek(b, i);
	return tag;
}

static inline uint32_t
ot_ber_tag(struct ot_buf *b)
{
	size_t len = ot_ber_tag_len(b);
	uint32_t tag = ot_ber_peek(b);

	if (len == 0)
		ot_fail(b, b->left < 4 ? OT_FAULT_SHORT : OT_FAULT_VALUE);
	ot_skip(b, len);
	return tag;
}

/* 8.1.3: the length octets. Contents above 4 GiB are a fault. */
static inline size_t
ot_ber_length(struct ot_buf *b)
{
	uint8_t first = ot_u8(b);
	size_t len = 0;

	if (first < 0x80)
		return first;
	if (!ot_expect(b, first > 0x80 && first <= 0x84))
		return 0;
	for (int i = first & 0x7f; i > 0; i--)
		len = len << 8 | ot_u8(b);
	return len;
}

/* The next element: its tag and its contents. */
static inline struct ot_buf
ot_ber_next(struct ot_buf *b, uint32_t *tag)
{
	*tag = ot_ber_tag(b);
	return ot_split(b, ot_ber_length(b));
}

/* The contents of the next element, which must have this tag. */
static inline struct ot_buf
ot_ber_get(struct ot_buf *b, uint32_t tag)
{
	ot_expect(b, ot_ber_tag(b) == tag);
	return ot_split(b, ot_ber_length(b));
}

/* The same, if the next element has this tag; else false and nothing read. */
static inline bool
ot_ber_optional(struct ot_buf *b, uint32_t tag, struct ot_buf *contents)
{
	if (ot_ber_peek(b) != tag)
		return false;
	*contents = ot_ber_get(b, tag);
	return ot_ok(b);
}

static inline void
ot_ber_skip(struct ot_buf *b)
{
	uint32_t tag;

	(void)ot_ber_next(b, &tag);
}

/* All of the element at the start, nothing consumed: its octets from the
 * identifier to the end of its contents. 0: more are needed to tell; -1: not
 * BER. For stream lengths and probes. */
static inline int64_t
ot_ber_whole(const struct ot_buf *b)
{
	size_t at = ot_ber_tag_len(b);
	int64_t len = 0;

	if (at == 0)
		return b->left < 4 ? 0 : -1;
	if (b->left <= at)
		return 0;

	uint8_t first = ot_peek(b, at++);
	size_t octets = first < 0x80 ? 0 : first & 0x7fU;

	if (first == 0x80 || octets > 4)
		return -1;
	if (b->left < at + octets)
		return 0;
	if (first < 0x80)
		len = first;
	for (size_t i = 0; i < octets; i++)
		len = len << 8 | ot_peek(b, at + i);
	return (int64_t)(at + octets) + len;
}

/* 8.3: contents of an INTEGER or ENUMERATED, two's complement, 1-8 octets. */
static inline int64_t
ot_ber_int(struct ot_buf contents)
{
	uint64_t n = ot_peek(&contents, 0) & 0x80 ? UINT64_MAX : 0;

	if (!ot_expect(&contents, contents.left >= 1 && contents.left <= 8))
		return 0;
	while (contents.left)
		n = n << 8 | ot_u8(&contents);
	return (int64_t)n;
}

/* Contents of an INTEGER that cannot be negative: a Counter64 has 9 octets
 * when its highest bit is set. */
static inline uint64_t
ot_ber_uint(struct ot_buf contents)
{
	uint64_t n = 0;

	if (contents.left == 9)
		ot_expect(&contents, ot_u8(&contents) == 0);
	if (!ot_expect(&contents, contents.left >= 1 && contents.left <= 8))
		return 0;
	while (contents.left)
		n = n << 8 | ot_u8(&contents);
	return n;
}

/* 8.2: any value but 0 is true. */
static inline bool
ot_ber_bool(struct ot_buf contents)
{
	ot_expect(&contents, contents.left == 1);
	return ot_u8(&contents) != 0;
}

/* 8.19.2: one subidentifier, base 128, at most 2^32 - 1 (RFC 2578 section
 * 3.5). */
static inline uint32_t
ot_ber_arc(struct ot_buf *b)
{
	uint32_t n = 0;
	uint8_t octet;

	do {
		octet = ot_u8(b);
		if (!ot_expect(b, n <= UINT32_MAX >> 7))
			return 0;
		n = n << 7 | (octet & 0x7f);
	} while (octet & 0x80);
	return n;
}

static inline size_t
ot_ber_print_arc(char *out, size_t cap, size_t at, uint32_t n)
{
	char digits[10];
	size_t count = 0;

	if (at && at < cap)
		out[at++] = '.';
	do
		digits[count++] = (char)('0' + n % 10);
	while (n /= 10);
	while (count && at < cap)
		out[at++] = digits[--count];
	return at;
}

/* Contents of an OBJECT IDENTIFIER as "1.3.6.1", not NUL-ended; gives the
 * length, at most cap: what does not fit is left out. */
static inline size_t
ot_ber_print_oid(char *out, size_t cap, struct ot_buf contents)
{
	size_t at = 0;

	if (contents.left == 0)
		return 0;

	/* 8.19.4: the first subidentifier holds two arcs */
	uint32_t first = ot_ber_arc(&contents);
	uint32_t root = first < 80 ? first / 40 : 2;

	at = ot_ber_print_arc(out, cap, at, root);
	at = ot_ber_print_arc(out, cap, at, first - root * 40);
	while (contents.left)
		at = ot_ber_print_arc(out, cap, at, ot_ber_arc(&contents));
	return at;
}

#endif
