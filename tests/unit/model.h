/*
 * Records as text and back, for the tests of lib/model.
 */
#ifndef TESTS_UNIT_MODEL_H
#define TESTS_UNIT_MODEL_H

#include <stdio.h>

#include "model/record.h"
#include "model/stream.h"
#include "suite.h"

static struct ot_arena arena;

static inline void
forget(void)
{
	ot_arena_done(&arena);
}

static inline struct ot_addr
addr(const char *text)
{
	struct ot_addr a = { 0 };

	ck_assert(ot_addr_parse(&a, ot_str(text)));
	return a;
}

/* A struct as its JSON object; the arena's. */
static inline const char *
written(const struct ot_shape *shape, const void *from)
{
	struct ot_sb sb = { 0 };
	struct ot_jw w = { .sb = &sb };

	ot_jw_open(&w, '{');
	ot_shape_write(&w, shape, from);
	ot_jw_close(&w, '}');
	struct ot_str kept = ot_str_keep(&arena, ot_sb_str(&sb));

	ot_sb_done(&sb);
	return kept.p;
}

static inline int
read_into(const struct ot_shape *shape, void *into, const char *text,
    struct ot_error *error)
{
	struct ot_json *object =
	    ot_json_parse(&arena, ot_str(text), 0, NULL, NULL);

	ck_assert_msg(object != NULL, "no JSON: %s", text);
	return ot_shape_read(&arena, shape, into, object, error);
}

/* Read from this text; the arena's. */
static inline void *
read_from(const struct ot_shape *shape, const char *text)
{
	struct ot_error error = { 0 };
	void *into = ot_alloc(&arena, shape->size);

	ck_assert_ptr_nonnull(into);
	ck_assert_msg(read_into(shape, into, text, &error) == 0, "%s: %s", text,
	    error.text);
	return into;
}

/* What is read is written as it was. */
static inline void
round_trip(const struct ot_shape *shape, const char *text)
{
	ck_assert_str_eq(written(shape, read_from(shape, text)), text);
}

/* It is refused, with exactly this message. */
static inline void
refused(const struct ot_shape *shape, const char *text, const char *message)
{
	struct ot_error error = { 0 };
	void *into = ot_alloc(&arena, shape->size);

	ck_assert_int_eq(read_into(shape, into, text, &error), -OT_ERR_INPUT);
	ck_assert_str_eq(error.text, message);
}

static inline void *
copied(const struct ot_shape *shape, const void *from)
{
	void *copy = ot_alloc(&arena, shape->size);

	ck_assert(ot_shape_copy(&arena, shape, copy, from));
	return copy;
}

/* Three texts read and merged, in every order and grouping, are this text. */
static inline void
merged(
    const struct ot_shape *shape, const char *const texts[3], const char *whole)
{
	static const unsigned orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 },
		{ 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

	for (unsigned i = 0; i < 6; i++) {
		const unsigned *o = orders[i];
		void *left = read_from(shape, texts[o[0]]);
		void *right = read_from(shape, texts[o[1]]);

		/* (a + b) + c */
		ck_assert(ot_shape_merge(
		    &arena, shape, left, read_from(shape, texts[o[1]])));
		ck_assert(ot_shape_merge(
		    &arena, shape, left, read_from(shape, texts[o[2]])));
		ck_assert_str_eq(written(shape, left), whole);
		/* a + (b + c) */
		ck_assert(ot_shape_merge(
		    &arena, shape, right, read_from(shape, texts[o[2]])));
		left = read_from(shape, texts[o[0]]);
		ck_assert(ot_shape_merge(&arena, shape, left, right));
		ck_assert_str_eq(written(shape, left), whole);
	}
}

/* ---- streams ---- */

static inline int
feed(struct ot_stream *stream, const char *line, struct ot_error *error)
{
	return ot_stream_read_line(stream, ot_str(line), error);
}

/* All lines of a text, each ending with a newline. */
static inline void
feed_all(struct ot_stream *stream, const char *text)
{
	struct ot_error error = { 0 };

	for (const char *end; (end = strchr(text, '\n')); text = end + 1)
		ck_assert_msg(ot_stream_read_line(stream,
				  (struct ot_str){ text, (size_t)(end - text) },
				  &error) == 0,
		    "%s: %s", text, error.text);
}

static inline int
into_sb(void *user, struct ot_str bytes, struct ot_error *error)
{
	struct ot_sb *sb = user;

	(void)error;
	ot_sb_add(sb, bytes.p, bytes.len);
	return 0;
}

static inline const char *
stream_text(const struct ot_stream *stream)
{
	struct ot_sb sb = { 0 };
	struct ot_error error = { 0 };

	ck_assert_int_eq(ot_stream_write(stream, into_sb, &sb, &error), 0);
	struct ot_str kept = ot_str_keep(&arena, ot_sb_str(&sb));

	ot_sb_done(&sb);
	return kept.p;
}

#define HEADER(inputs)                                                         \
	"{\"type\":\"stream\",\"schema\":\"otzt/1\",\"tools\":[\"t 1\"],"      \
	"\"inputs\":[" inputs "]}\n"

#endif
