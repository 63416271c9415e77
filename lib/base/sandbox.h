/*
 * What the process may still do once its options are read: Landlock for files
 * and TCP, seccomp for the rest (DESIGN.md section 8). It holds for the thread
 * that calls and those that it starts later, so: before any thread.
 */
#ifndef OT_BASE_SANDBOX_H
#define OT_BASE_SANDBOX_H

#include <stddef.h>

/* Lists of paths, NULL at the end; either list may be NULL. A path that does
 * not exist opens nothing. */
struct ot_sandbox {
	/* files, and folders with all that is beneath them, to be read */
	const char *const *inputs;
	/* files as given to ot_out_open, or folders: in the folder of each file
	 * and beneath each folder files are made, written, renamed, removed */
	const char *const *outputs;
};

/* No new privileges; no file but these; no exec, no socket, no ptrace. What the
 * kernel does not offer is left out. text (cap bytes, 64 are enough) says what
 * is in force: "landlock abi 4, seccomp", or that there is none. */
void ot_sandbox_enter(const struct ot_sandbox *sandbox, char *text, size_t cap);

#endif
