/*
 * What the four tools share.
 */
#include "tool.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PATHS = 4096 };

static void
say(const struct tool *tool, const char *fmt, va_list args)
{
	if (tool->progress)
		fputs("\r\033[K", stderr);
	fprintf(stderr, "%s: ", tool->name);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
}

void
tool_say(const struct tool *tool, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(tool, fmt, args);
	va_end(args);
}

void
tool_usage(const struct tool *tool, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(tool, fmt, args);
	va_end(args);
	fprintf(stderr, "%s: try '%s -h'\n", tool->name, tool->name);
	exit(OT_STATUS_USAGE);
}

static void
on_message(void *user, const char *text)
{
	struct tool *tool = user;
	size_t room = sizeof(tool->held) - tool->held_len;

	if (!tool->quiet) {
		tool_say(tool, "%s", text);
	} else if (strlen(text) < room) {
		memcpy(tool->held + tool->held_len, text, strlen(text) + 1);
		tool->held_len += strlen(text) + 1;
	} else {
		tool->held_lost++;
	}
}

/* What -q held back is part of an error after all. */
static void
tell_held(struct tool *tool)
{
	for (size_t at = 0; at < tool->held_len;
	     at += strlen(tool->held + at) + 1)
		tool_say(tool, "%s", tool->held + at);
	if (tool->held_lost)
		tool_say(tool, "%zu messages more", tool->held_lost);
}

void
tool_init(struct tool *tool, const char *name, const char *help, char **argv)
{
	const char *no_colour = getenv("NO_COLOR");

	*tool = (struct tool){ .name = name, .help = help, .threads = 1 };
	snprintf(tool->argv0, sizeof(tool->argv0), "%s", name);
	argv[0] = tool->argv0;
	signal(SIGPIPE, SIG_IGN);
	tool->colour = isatty(STDOUT_FILENO) && !(no_colour && *no_colour);
	tool->progress = isatty(STDERR_FILENO);
	tool->run = ot_run_new(name, on_message, tool);
	if (!tool->run) {
		tool_say(tool, "out of memory");
		exit(OT_STATUS_BUG);
	}
}

unsigned
tool_number(const struct tool *tool, const char *option, const char *text)
{
	unsigned long n;

	errno = 0;
	n = strtoul(text, NULL, 10);
	if (!*text || text[strspn(text, "0123456789")])
		tool_usage(tool, "%s: '%s' is not a number", option, text);
	if (errno || n > UINT_MAX)
		tool_usage(tool, "%s: %s is too great", option, text);
	return (unsigned)n;
}

/* -f FORMAT[=FILE] */
static void
add_output(struct tool *tool, char *argument)
{
	char *path = strchr(argument, '=');
	const char *const *formats = ot_formats();

	if (path)
		*path++ = '\0';
	while (*formats && strcmp(*formats, argument) != 0)
		formats++;
	if (!*formats) {
		fprintf(stderr, "%s: unknown format '%s'; there are",
		    tool->name, argument);
		for (formats = ot_formats(); *formats; formats++)
			fprintf(stderr, " %s", *formats);
		fputc('\n', stderr);
		exit(OT_STATUS_USAGE);
	}
	if (tool->output_count == TOOL_OUTPUTS)
		tool_usage(tool, "too many outputs");
	tool->outputs[tool->output_count].format = argument;
	tool->outputs[tool->output_count++].path = path;
}

static bool
when(const struct tool *tool, const char *option, const char *argument,
    bool automatic)
{
	if (!argument || strcmp(argument, "always") == 0)
		return true;
	if (strcmp(argument, "never") == 0)
		return false;
	if (strcmp(argument, "auto") != 0)
		tool_usage(tool, "%s: always, never or auto, not '%s'", option,
		    argument);
	return automatic;
}

static _Noreturn void
print_end(const struct tool *tool)
{
	if (!fflush(stdout) || errno == EPIPE)
		exit(OT_OK);
	tool_say(tool, "standard output: %s", strerror(errno));
	exit(OT_STATUS_INPUT);
}

void
tool_option(struct tool *tool, int letter, char *argument)
{
	switch (letter) {
	case 'h':
		fputs(tool->help, stdout);
		print_end(tool);
	case 'V':
		printf("%s %s\n", tool->name, ot_version());
		print_end(tool);
	case 'o':
		tool->output = argument;
		break;
	case 'f':
		add_output(tool, argument);
		break;
	case 'q':
		tool->quiet = true;
		break;
	case 'v':
		tool->verbose = true;
		break;
	case 'j':
		tool->threads = tool_number(tool, "-j", argument);
		if (!tool->threads || tool->threads > 64)
			tool_usage(tool, "-j: from 1 to 64");
		break;
	case 'z':
		tool->policy = argument;
		break;
	case 'C':
		tool->colour = when(tool, "--color", argument, tool->colour);
		break;
	case 'P':
		tool->progress =
		    when(tool, "--progress", argument, tool->progress);
		break;
	default: /* getopt has said what is wrong */
		fprintf(stderr, "%s: try '%s -h'\n", tool->name, tool->name);
		exit(OT_STATUS_USAGE);
	}
}

/* Where several statuses hold: 70, 2, 3, 1, 4 (DESIGN.md section 5). */
void
tool_status(struct tool *tool, int status)
{
	static const int order[] = { OT_STATUS_BUG, OT_STATUS_USAGE,
		OT_STATUS_INPUT, OT_STATUS_FINDINGS, OT_STATUS_UNDECIDED };

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (tool->status == order[i])
			return;
		if (status == order[i]) {
			tool->status = status;
			return;
		}
	}
}

bool
tool_result(struct tool *tool, int result)
{
	if (result == -OT_STATUS_PIPE)
		exit(OT_OK); /* a closed pipe ends a tool quietly */
	if (result)
		tell_held(tool);
	tool->held_len = tool->held_lost = 0;
	if (!result)
		return true;
	tool_say(tool, "%s", ot_run_error(tool->run));
	tool_status(tool, -result);
	return result == -OT_STATUS_INPUT;
}

bool
tool_read(struct tool *tool, char **operands, int count)
{
	if (!count && isatty(STDIN_FILENO))
		tool_usage(tool, "no input: give a stream, or pipe one in");
	if (count > 1)
		tool_usage(tool, "one stream at a time; otcap --merge puts "
				 "several together");
	return tool_result(
		   tool, ot_run_read(tool->run, count ? operands[0] : "-")) &&
	       ot_run_any(tool->run);
}

void
tool_progress(void *user, uint64_t bytes)
{
	const struct tool *tool = user;
	static struct timespec start;
	struct timespec now;

	if (!tool->progress || tool->quiet)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!start.tv_sec)
		start = now;
	double seconds = (double)(now.tv_sec - start.tv_sec) +
			 (double)(now.tv_nsec - start.tv_nsec) / 1e9;

	fprintf(stderr, "\r\033[K%s: %.1f MB, %.0f MB/s", tool->name,
	    (double)bytes / 1e6,
	    seconds > 0 ? (double)bytes / 1e6 / seconds : 0.0);
}

void
tool_confine(struct tool *tool, char **operands, int count)
{
	static const char *reads[PATHS], *writes[PATHS];
	size_t read_count = 0, write_count = 0;
	char what[256];

	for (int i = 0; i < count && read_count < PATHS - 1; i++)
		reads[read_count++] = operands[i];
	if (tool->policy)
		reads[read_count++] = tool->policy;
	if (tool->output)
		writes[write_count++] = tool->output;
	for (unsigned i = 0; i < tool->output_count; i++)
		if (tool->outputs[i].path)
			writes[write_count++] = tool->outputs[i].path;
	if (count >= PATHS - 1)
		return; /* too many to name; stay as we are */
	ot_run_confine(tool->run, reads, read_count, writes, write_count, what,
	    sizeof(what));
	if (tool->verbose)
		tool_say(tool, "sandbox: %s", what);
}

static void
write_one(struct tool *tool, const char *format, const char *path)
{
	if (tool->status != OT_STATUS_USAGE)
		tool_result(tool, ot_run_write(tool->run, format, path,
				      tool->colour && strcmp(path, "-") == 0));
}

void
tool_write(struct tool *tool)
{
	const char *output = tool->output ? tool->output : "-";
	bool any = false;

	if (tool->progress && !tool->quiet)
		fputs("\r\033[K", stderr);
	for (unsigned i = 0; i < tool->output_count; i++) {
		any |= !tool->outputs[i].path;
		write_one(tool, tool->outputs[i].format,
		    tool->outputs[i].path ? tool->outputs[i].path : output);
	}
	if (any || (tool->output_count && !tool->output))
		return;
	bool table = !tool->output && isatty(STDOUT_FILENO);

	write_one(tool, table ? "text" : "ndjson", output);
}

int
tool_end(struct tool *tool)
{
	ot_run_free(tool->run);
	return tool->status;
}
