/*
 * Where the records of a capture file begin, for a test that cuts and turns
 * them; it reads as little as that needs.
 */
#ifndef TESTS_CONFORMANCE_LAYOUT_H
#define TESTS_CONFORMANCE_LAYOUT_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"

struct content {
	uint8_t *p;
	size_t len;
};

static inline struct content
load(const char *from)
{
	struct content c = { 0 };
	struct stat st;
	FILE *f = fopen(from, "rb");

	if (f && fstat(fileno(f), &st) == 0)
		c.p = malloc((size_t)st.st_size + 1);
	if (c.p)
		c.len = fread(c.p, 1, (size_t)st.st_size, f);
	if (f)
		fclose(f);
	return c;
}

static inline void
store_at(const char *to, const uint8_t *p, size_t len)
{
	FILE *f = fopen(to, "wb");

	if (!f || fwrite(p, 1, len, f) != len || fclose(f) != 0) {
		fprintf(stderr, "forms: %s: cannot be written\n", to);
		exit(99);
	}
}

struct layout {
	bool pcapng, big;
	size_t header; /* of a pcap record */
	size_t *at;    /* borders: begins of records, and the last end */
	bool *frame;   /* is it one? */
	size_t count, cap;
};

static inline uint32_t
u32_at(const struct content *c, size_t at, bool big)
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = ot_buf(c->p + at, at + 4 <= c->len ? 4 : 0, &fault);

	return big ? ot_u32be(&b) : ot_u32le(&b);
}

static inline void
border(struct layout *l, size_t at, bool frame)
{
	if (l->count == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 64;
		l->at = realloc(l->at, l->cap * sizeof(*l->at));
		l->frame = realloc(l->frame, l->cap * sizeof(*l->frame));
	}
	l->at[l->count] = at;
	l->frame[l->count++] = frame;
}

static inline void
walk_pcap(struct layout *l, const struct content *c)
{
	size_t at = 24;

	while (at + l->header <= c->len) {
		size_t len = l->header + u32_at(c, at + 8, l->big);

		if (at + len > c->len)
			break;
		border(l, at, true);
		at += len;
	}
	border(l, at, false);
}

static inline void
walk_pcapng(struct layout *l, const struct content *c)
{
	size_t at = 0;

	while (at + 12 <= c->len) {
		uint32_t type = u32_at(c, at, false);

		if (type == 0x0a0d0d0a)
			l->big = u32_at(c, at + 8, true) == 0x1a2b3c4d;
		else
			type = u32_at(c, at, l->big);
		size_t len = u32_at(c, at + 4, l->big);

		if (len < 12 || at + len > c->len)
			break;
		border(l, at, type == 2 || type == 3 || type == 6);
		at += len;
	}
	border(l, at, false);
}

/* False where it is neither. */
static inline bool
lay_out(struct layout *l, const struct content *c)
{
	uint32_t be = u32_at(c, 0, true), le = u32_at(c, 0, false);

	*l = (struct layout){ .header = 16 };
	l->pcapng = be == 0x0a0d0d0a;
	l->big = be == 0xa1b2c3d4 || be == 0xa1b23c4d || be == 0xa1b2cd34;
	if (be == 0xa1b2cd34 || le == 0xa1b2cd34)
		l->header = 24;
	if (l->pcapng)
		walk_pcapng(l, c);
	else if (l->big || le == 0xa1b2c3d4 || le == 0xa1b23c4d ||
		 le == 0xa1b2cd34)
		walk_pcap(l, c);
	return l->count > 0;
}

static inline void
layout_done(struct layout *l)
{
	free(l->at);
	free(l->frame);
}

#endif
