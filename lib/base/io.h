/*
 * Files: whole ones (policies), records line by line, and outputs that appear
 * complete or not at all. Compressed ones are recognised: inputs by their
 * first bytes, outputs by their name.
 */
#ifndef OT_BASE_IO_H
#define OT_BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* The whole of a file, in the arena, NUL-ended. With a folder, name is a
 * member of it: no path, link or ".." leads out of the folder. More bytes than
 * limit are an error. */
int ot_file_read(struct ot_str *out, struct ot_arena *arena, const char *folder,
    const char *name, size_t limit, struct ot_error *error);

/*
 * An output. The caller ignores SIGPIPE, so that a reader that has gone is
 * -OT_ERR_PIPE; all other trouble is -OT_ERR_IO. After the first failure
 * nothing more is written and ot_out_commit fails too.
 */
struct ot_out;

/* "-" is standard output; /dev/stdout and /dev/fd/N are the descriptors that
 * they name. A device or pipe is written to. Any other file is written beside
 * itself and put in place by ot_out_commit; a link is refused. */
int ot_out_open(struct ot_out **out, const char *path, struct ot_error *error);
int ot_out_write(
    struct ot_out *out, const void *p, size_t len, struct ot_error *error);

/* All of it is there now: write what is buffered and put the file in place.
 * Nothing may be written after this. */
int ot_out_commit(struct ot_out *out, struct ot_error *error);

/* Without a commit before it, the new file goes and an old one stays. NULL is
 * nothing. */
void ot_out_close(struct ot_out *out);

/* A stream of lines. Memory is constant, apart from the longest line. */
struct ot_in;

int ot_in_open(struct ot_in **in, const char *path, struct ot_error *error);

/* The next line, without its LF, a view until the next call: 1, or 0 at the
 * end. -OT_ERR_INPUT for a line above OT_LIMIT_LINE, and where compressed data
 * is damaged or cut: the lines before that were given. */
int ot_in_line(struct ot_in *in, struct ot_str *line, struct ot_error *error);

/* Lines given so far. */
uint64_t ot_in_count(const struct ot_in *in);

/* At the end: had the last line no LF? */
bool ot_in_open_end(const struct ot_in *in);

void ot_in_close(struct ot_in *in); /* may be NULL */

#endif
