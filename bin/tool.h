/*
 * What the four tools share: options, messages, exit statuses, outputs.
 */
#ifndef OTZT_TOOL_H
#define OTZT_TOOL_H

#include <getopt.h>
#include <stdbool.h>

#include "otzt.h"

enum { TOOL_OUTPUTS = 16, TOOL_HELD = 32 * 1024 };

struct tool {
	const char *name;
	char argv0[16];	  /* the same, for getopt */
	const char *help; /* one screen, for -h */
	struct ot_run *run;
	const char *output; /* -o */
	struct {
		const char *format, *path; /* path NULL: the output */
	} outputs[TOOL_OUTPUTS];
	unsigned output_count;
	const char *policy;
	unsigned threads;
	bool quiet, verbose, colour, progress;
	/* -q: messages so far, told if what they are about fails */
	char held[TOOL_HELD];
	size_t held_len, held_lost;
	int status; /* the worst so far, by the order of DESIGN.md section 5 */
};

/* Options that mean the same in every tool, to begin a getopt_long table and
 * its letters with. */
#define TOOL_LETTERS "ho:f:qvj:z:"
#define TOOL_OPTIONS                                                           \
	{ "help", no_argument, NULL, 'h' },                                    \
	    { "version", no_argument, NULL, 'V' },                             \
	    { "output", required_argument, NULL, 'o' },                        \
	    { "format", required_argument, NULL, 'f' },                        \
	    { "quiet", no_argument, NULL, 'q' },                               \
	    { "verbose", no_argument, NULL, 'v' },                             \
	    { "jobs", required_argument, NULL, 'j' },                          \
	    { "policy", required_argument, NULL, 'z' },                        \
	    { "color", optional_argument, NULL, 'C' },                         \
	{                                                                      \
		"progress", optional_argument, NULL, 'P'                       \
	}

/* Prepare; ends the program without memory. argv[0] becomes the name, which
 * getopt puts before its messages. */
void tool_init(
    struct tool *tool, const char *name, const char *help, char **argv);

/* Take a shared option; ends the program for -h, --version and for what is
 * wrong. Options of the tool's own must be taken before. */
void tool_option(struct tool *tool, int letter, char *argument);

/* End with status 2 after a message. */
_Noreturn void tool_usage(const struct tool *tool, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* A message on standard error: "otcap: …". */
void tool_say(const struct tool *tool, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* A whole number of an option, or tool_usage. */
unsigned tool_number(
    const struct tool *tool, const char *option, const char *text);

/* Note the result of a library call; its messages are told. False if there is
 * nothing to go on with. */
bool tool_result(struct tool *tool, int result);

/* Note a status: the worst one stays. */
void tool_status(struct tool *tool, int status);

/* Read the record stream: the operand, or standard input. */
bool tool_read(struct tool *tool, char **operands, int count);

/* Progress for ot_capturing; user is the tool. */
void tool_progress(void *user, uint64_t bytes);

/* Confine the process to its operands and outputs. */
void tool_confine(struct tool *tool, char **operands, int count);

/* Write all outputs; records to a pipe, a table to a terminal, unless -f. */
void tool_write(struct tool *tool);

/* Free and give the exit status. */
int tool_end(struct tool *tool);

#endif
