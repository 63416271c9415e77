/*
 * Two kinds of text. struct ot_text is what a packet held: bytes and how to
 * read them. struct ot_str is UTF-8 that is fit for a record: controls and
 * what could not be decoded stand in it as \xNN, a backslash is doubled
 * (DESIGN.md section 3). Renderers still escape it for their medium.
 */
#ifndef OT_BASE_STR_H
#define OT_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"

struct ot_arena;

enum ot_coding {
	OT_LATIN1, /* also the fallback */
	OT_UTF8,
	OT_UTF16LE,
	OT_UTF16BE,
};

/* Bytes from a packet, borrowed. */
struct ot_text {
	const uint8_t *p;
	size_t len;
	enum ot_coding coding;
};

/* UTF-8, not NUL-ended unless ot_str_keep made it. p may be NULL: empty. */
struct ot_str {
	const char *p;
	size_t len;
};

static inline struct ot_str
ot_str(const char *s)
{
	return (struct ot_str){ s, s ? strlen(s) : 0 };
}

/* Bytewise order; a prefix comes first. */
int ot_str_cmp(struct ot_str a, struct ot_str b);

static inline bool
ot_str_eq(struct ot_str a, struct ot_str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

/* A copy in the arena, NUL-ended. {NULL, 0} without memory. */
struct ot_str ot_str_keep(struct ot_arena *arena, struct ot_str s);

/* Shell-like pattern: '*' any run, '?' one byte. */
bool ot_str_glob(struct ot_str pattern, struct ot_str s);

/* Distance in edits (insert, delete, change, swap), at most cap + 1:
 * for "did you mean". */
size_t ot_str_distance(struct ot_str a, struct ot_str b, size_t cap);

/* The rest of the window as text; the window is then empty. */
static inline struct ot_text
ot_text_of(struct ot_buf *b, enum ot_coding coding)
{
	struct ot_buf w = ot_rest(b);

	return (struct ot_text){ w.p, w.left, coding };
}

/* Text of a static string. */
static inline struct ot_text
ot_text(const char *s)
{
	return (struct ot_text){ (const uint8_t *)s, strlen(s), OT_UTF8 };
}

/* Identity text (PROTOCOLS.md section 1.10): cut at the first NUL and at 255
 * bytes, blanks trimmed at both ends. */
struct ot_text ot_text_trim(struct ot_text t);

/* Decode for a record, in the arena. {NULL, 0} without memory. */
struct ot_str ot_text_decode(struct ot_arena *arena, struct ot_text t);

/* The same into a buffer of cap bytes; gives the length, at most cap. */
size_t ot_text_decode_into(char *out, size_t cap, struct ot_text t);

/* A growing string. Zeroed is empty; ot_sb_done frees. Once memory ran out,
 * `lost` is set and appends do nothing. */
struct ot_sb {
	char *p; /* NUL-ended once anything was added */
	size_t len, cap;
	bool lost;
};

void ot_sb_add(struct ot_sb *sb, const char *p, size_t len);
/* Where len bytes and a NUL may be put behind sb->len, by the caller, who then
 * moves sb->len; NULL without memory. */
char *ot_sb_room(struct ot_sb *sb, size_t len);
void ot_sb_puts(struct ot_sb *sb, const char *s);
void ot_sb_putc(struct ot_sb *sb, char c);
void ot_sb_u64(struct ot_sb *sb, uint64_t n);
void ot_sb_printf(struct ot_sb *sb, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void ot_sb_done(struct ot_sb *sb);

static inline struct ot_str
ot_sb_str(const struct ot_sb *sb)
{
	return (struct ot_str){ sb->p, sb->len };
}

#endif
