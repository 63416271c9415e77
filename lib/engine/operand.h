/*
 * An operand of the command line as the files that it stands for.
 */
#ifndef OT_ENGINE_OPERAND_H
#define OT_ENGINE_OPERAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct ot_input_file {
	int64_t first_ns; /* of the files of a folder */
	const char *path;
	const char *name; /* as records call it */
};

struct ot_input_files {
	struct ot_input_file *at; /* on the heap */
	uint32_t count;
};

/* Told of a file of a folder that is left out. unreadable: it could not be
 * opened, so that what it is cannot be known. */
typedef void ot_left_out(void *user, const char *why, bool unreadable);

/* A file, or standard input, stands for itself and is called as it was given.
 * The regular files of a folder that are captures are sorted by the time of
 * their first frame, then by name, and called by their path below it. Texts
 * are the arena's; *files is to be given to ot_input_files_done. */
int ot_input_files(struct ot_input_files *files, struct ot_arena *arena,
    const char *operand, ot_left_out *left_out, void *user,
    struct ot_error *error);
void ot_input_files_done(struct ot_input_files *files);

#endif
