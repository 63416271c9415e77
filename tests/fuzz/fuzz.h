/*
 * What the fuzz targets share. With -DSTANDALONE a target reads the files that
 * its arguments name, for a crash to be looked at without libFuzzer.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/merge.h"

/* What does not hold ends the run: libFuzzer keeps the input. */
#define must(condition)                                                        \
	do {                                                                   \
		if (!(condition)) {                                            \
			fprintf(stderr, "%s:%d: must: %s\n", __FILE__,         \
			    __LINE__, #condition);                             \
			abort();                                               \
		}                                                              \
	} while (0)

static inline int
into_sb(void *user, struct ot_str bytes, struct ot_error *error)
{
	(void)error;
	ot_sb_add(user, bytes.p, bytes.len);
	return 0;
}

static inline struct ot_sb
text_of(const struct ot_stream *stream)
{
	struct ot_sb sb = { 0 };
	struct ot_error error = { 0 };

	must(ot_stream_write(stream, into_sb, &sb, &error) == 0);
	must(!sb.lost);
	return sb;
}

static inline void
read_text(struct ot_stream *stream, const struct ot_sb *text)
{
	struct ot_error error = { 0 };
	const char *at = text->p, *end = text->p + text->len;

	while (at < end) {
		const char *line = memchr(at, '\n', (size_t)(end - at));

		must(line != NULL);
		int e = ot_stream_read_line(
		    stream, (struct ot_str){ at, (size_t)(line - at) }, &error);

		if (e)
			fprintf(stderr, "%s\n%.*s\n", error.text,
			    (int)(line - at), at);
		must(e == 0);
		at = line + 1;
	}
}

static inline void
no_note(void *user, const char *text)
{
	(void)user;
	(void)text;
}

static inline void
same(const struct ot_sb *a, const struct ot_sb *b)
{
	if (a->len != b->len || memcmp(a->p, b->p, a->len) != 0)
		fprintf(stderr, "%s\n---\n%s\n", a->p, b->p);
	must(a->len == b->len && memcmp(a->p, b->p, a->len) == 0);
}

/* The records of a run, written, read, written again and merged with nothing:
 * the same bytes each time. */
static inline void
round_trip(const struct ot_store *store)
{
	struct ot_stream out = { .any = true, .complete = true }, whole = { 0 };
	struct ot_part part = { .name = "part" };
	struct ot_error error = { 0 };

	out.store = *store; /* only read */
	struct ot_sb first = text_of(&out);

	read_text(&part.stream, &first);
	struct ot_sb second = text_of(&part.stream);

	same(&first, &second);
	must(ot_merge(&whole, &part, 1, no_note, NULL, &error) == 0);
	struct ot_sb third = text_of(&whole);

	same(&first, &third);
	ot_sb_done(&first);
	ot_sb_done(&second);
	ot_sb_done(&third);
	ot_stream_done(&whole);
	ot_stream_done(&part.stream);
}

#ifdef STANDALONE
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");
		size_t cap = 1 << 20, len = 0, n;
		uint8_t *data = malloc(cap);

		must(f != NULL && data != NULL);
		while ((n = fread(data + len, 1, cap - len, f)) > 0) {
			len += n;
			if (len == cap)
				data = realloc(data, cap *= 2);
			must(data != NULL);
		}
		fclose(f);
		LLVMFuzzerTestOneInput(data, len);
		free(data);
	}
	return 0;
}
#endif

#endif
