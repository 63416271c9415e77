/*
 * Bad surroundings: what is returned when a file, the disk or the memory is at
 * fault. Bad input is not an error but data (STYLE.md section 6).
 */
#ifndef OT_BASE_ERR_H
#define OT_BASE_ERR_H

#include <stddef.h>

/* Returned negative: -OT_ERR_IO. Zero is success. */
enum ot_err {
	OT_ERR_NONE,
	OT_ERR_IO,     /* a file cannot be read or written */
	OT_ERR_MEMORY, /* no memory, or a limit of the run */
	OT_ERR_INPUT,  /* not a capture, not a stream, cut in the middle */
	OT_ERR_USAGE,  /* options or policy wrong */
	OT_ERR_PIPE,   /* the reader of our output has gone */
	OT_ERR_BUG,    /* an account that does not balance */
};

/* What went wrong and where, for one message to a person. */
struct ot_error {
	enum ot_err code;
	char text[512]; /* "plant.pcap: frame 17: …", no newline */
};

/* Fill *error (may be NULL) and give -code. */
int ot_error_set(struct ot_error *error, enum ot_err code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
