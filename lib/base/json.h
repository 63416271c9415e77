/*
 * JSON: a streaming writer, and a scanner that gives each value its place.
 *
 * The scanner reads policies (with // and block comments) and records. It is
 * strict (RFC 8259; UTF-8 checked, duplicate keys refused, depth limited) and
 * goes on after an error where it can, so that all errors are told, not the
 * first.
 */
#ifndef OT_BASE_JSON_H
#define OT_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* Writes into sb; commas and colons by itself. Nothing is checked but
 * nesting: the caller writes key, value, key, value … inside objects. */
struct ot_jw {
	struct ot_sb *sb;
	bool comma; /* the next value needs one before it */
};

void ot_jw_open(struct ot_jw *w, char bracket);	 /* '{' or '[' */
void ot_jw_close(struct ot_jw *w, char bracket); /* '}' or ']' */
void ot_jw_key(struct ot_jw *w, const char *key);
void ot_jw_key_str(struct ot_jw *w, struct ot_str key);
void ot_jw_key_u64(struct ot_jw *w, uint64_t key); /* as a string */
void ot_jw_str(struct ot_jw *w, struct ot_str value);
void ot_jw_text(struct ot_jw *w, const char *value);
void ot_jw_u64(struct ot_jw *w, uint64_t value);
void ot_jw_i64(struct ot_jw *w, int64_t value);
void ot_jw_real(struct ot_jw *w, double value); /* finite */
void ot_jw_bool(struct ot_jw *w, bool value);
void ot_jw_null(struct ot_jw *w);
/* A value that is JSON already, as it stands. */
void ot_jw_raw(struct ot_jw *w, struct ot_str json);

/* Escape for a JSON string: " \ C0 DEL U+2028 U+2029; what is not UTF-8
 * becomes U+FFFD. Without the quotes. */
void ot_json_escape(struct ot_sb *sb, struct ot_str s);

enum ot_json_kind {
	OT_JSON_NULL,
	OT_JSON_FALSE,
	OT_JSON_TRUE,
	OT_JSON_NUMBER,
	OT_JSON_STRING,
	OT_JSON_ARRAY,
	OT_JSON_OBJECT,
};

/* One value. Members of an object and items of an array are a list through
 * next, in the order of the text. All memory is the arena's. */
struct ot_json {
	enum ot_json_kind kind;
	unsigned line, column; /* of its first byte, from 1; columns in bytes */
	unsigned key_line, key_column; /* of its key, in an object */
	unsigned end_line, end_column; /* just behind its last byte */
	struct ot_str key;	       /* unescaped; in an object */
	struct ot_str string;	       /* unescaped, of a string */
	struct ot_str raw; /* its text as it stood, a view of the input */
	struct ot_str raw_member; /* with its key, in an object; a view */
	struct ot_json *first, *next;
};

/* Told of each error; place counts from 1. */
typedef void ot_json_complain(
    void *user, unsigned line, unsigned column, const char *message);

enum ot_json_flag { OT_JSON_COMMENTS = 1 };

/* Parse text as one value. NULL if there was any error (all were told to
 * complain, which may be NULL). text must outlive the result. */
struct ot_json *ot_json_parse(struct ot_arena *arena, struct ot_str text,
    unsigned flags, ot_json_complain *complain, void *user);

/* The member of that name, or NULL; object may be NULL or of another kind. */
const struct ot_json *ot_json_get(
    const struct ot_json *object, const char *key);

/* A whole number without sign, point or exponent; false leaves *out alone. */
bool ot_json_u64(const struct ot_json *value, uint64_t *out);
bool ot_json_i64(const struct ot_json *value, int64_t *out);

/* Any number that a double holds; false leaves *out alone. */
bool ot_json_real(const struct ot_json *value, double *out);

/* Is text, a record of a type that nobody here knows, one JSON object that
 * may be passed on? Reads it with cJSON behind a wrapper that refuses what
 * cJSON is lenient about: invalid UTF-8, duplicate keys, trailing bytes,
 * strings cut at \u0000. */
int ot_json_foreign(struct ot_str text, struct ot_error *error);

#endif
