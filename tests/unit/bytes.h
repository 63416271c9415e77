/*
 * Bytes put together by hand, for tests of readers.
 */
#ifndef TESTS_UNIT_BYTES_H
#define TESTS_UNIT_BYTES_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bytes {
	uint8_t *p;
	size_t len, cap;
};

static inline void
add(struct bytes *b, const void *p, size_t len)
{
	if (b->len + len > b->cap) {
		b->cap = (b->len + len) * 2;
		b->p = realloc(b->p, b->cap);
		if (!b->p)
			abort();
	}
	if (len)
		memcpy(b->p + b->len, p, len);
	b->len += len;
}

static inline void
add_all(struct bytes *b, const struct bytes *more)
{
	add(b, more->p, more->len);
}

/* n bytes of value, most significant first if big. */
static inline void
add_number(struct bytes *b, uint64_t value, size_t n, int big)
{
	for (size_t i = 0; i < n; i++) {
		size_t shift = 8 * (big ? n - 1 - i : i);
		uint8_t byte = (uint8_t)(value >> shift);

		add(b, &byte, 1);
	}
}

static inline void
u8(struct bytes *b, uint8_t value)
{
	add(b, &value, 1);
}

static inline void
u16(struct bytes *b, uint16_t value)
{
	add_number(b, value, 2, 1);
}

static inline void
u32(struct bytes *b, uint32_t value)
{
	add_number(b, value, 4, 1);
}

static inline void
fill(struct bytes *b, uint8_t value, size_t n)
{
	while (n--)
		u8(b, value);
}

/* "01 02 0a": hex digits, blanks between. */
static inline void
hex(struct bytes *b, const char *text)
{
	unsigned value;
	int used;

	while (sscanf(text, " %2x%n", &value, &used) == 1) {
		u8(b, (uint8_t)value);
		text += used;
	}
}

static inline void
drop(struct bytes *b)
{
	free(b->p);
	*b = (struct bytes){ 0 };
}

#endif
