/*
 * UTF-8 as RFC 3629 has it (shortest form, no surrogates, up to U+10FFFF) and
 * UTF-16 (RFC 2781), one character at a time.
 */
#ifndef OT_BASE_UTF_H
#define OT_BASE_UTF_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Is b one of the bytes 10xxxxxx? */
static inline bool
ot_utf8_tail(uint8_t b)
{
	return (b & 0xc0) == 0x80;
}

/* Length of the character at the start of the window, 1 to 4, and its code;
 * 0 where the bytes there are no character. Consumes nothing. */
static inline size_t
ot_utf8_peek(const struct ot_buf *b, uint32_t *code)
{
	uint8_t b0 = ot_peek(b, 0), b1 = ot_peek(b, 1);
	uint8_t b2 = ot_peek(b, 2), b3 = ot_peek(b, 3);

	if (b0 < 0x80) {
		*code = b0;
		return b->left > 0;
	}
	if (b0 < 0xc2 || b0 > 0xf4 || !ot_utf8_tail(b1))
		return 0;
	if (b0 < 0xe0) {
		*code = (uint32_t)(b0 & 0x1f) << 6 | (b1 & 0x3f);
		return 2;
	}
	if (!ot_utf8_tail(b2))
		return 0;
	if (b0 < 0xf0) {
		*code = (uint32_t)(b0 & 0x0f) << 12 |
			(uint32_t)(b1 & 0x3f) << 6 | (b2 & 0x3f);
		return *code < 0x800 || (*code >= 0xd800 && *code < 0xe000) ? 0
									    : 3;
	}
	if (!ot_utf8_tail(b3))
		return 0;
	*code = (uint32_t)(b0 & 0x07) << 18 | (uint32_t)(b1 & 0x3f) << 12 |
		(uint32_t)(b2 & 0x3f) << 6 | (b3 & 0x3f);
	return *code < 0x10000 || *code > 0x10ffff ? 0 : 4;
}

/* The same for UTF-16: length 2 or 4; 0 for half a pair or half a unit. */
static inline size_t
ot_utf16_peek(const struct ot_buf *b, bool big_endian, uint32_t *code)
{
	uint32_t first = big_endian ? ot_peek16be(b, 0) : ot_peek16le(b, 0);
	uint32_t second = big_endian ? ot_peek16be(b, 2) : ot_peek16le(b, 2);

	if (b->left < 2)
		return 0;
	*code = first;
	if (first < 0xd800 || first > 0xdfff)
		return 2;
	if (first > 0xdbff || b->left < 4 || (second & 0xfc00) != 0xdc00)
		return 0;
	*code = 0x10000 + ((first & 0x3ff) << 10 | (second & 0x3ff));
	return 4;
}

/* Write code as UTF-8; gives its length. code is no surrogate. */
static inline size_t
ot_utf8_put(char out[static 4], uint32_t code)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

#endif
