/*
 * otzones: what crosses between zones, and what a policy says.
 */
#include "tool.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char help[] =
    "usage: otzones [options] [STREAM]\n"
    "       otzones propose -o FOLDER [options] [STREAM]\n"
    "       otzones lint|exposure|assert -z POLICY [options] [STREAM]\n"
    "       otzones diff|equiv [options] OLD NEW [STREAM]\n"
    "       otzones matrix|map|export -z POLICY [-f FORMAT] [STREAM]\n"
    "       otzones explain|reach -z POLICY [options] KEY=VALUE ...\n"
    "Add zones and the crossings between them to a record stream, each "
    "crossing\n"
    "with the policy's verdict; or ask the policy.\n"
    "\n"
    "  propose   make zones and conduits from the traffic, write them as a\n"
    "            policy, and what a person should look at as review.csv\n"
    "  lint      rows that say nothing, too much, or nothing any more\n"
    "  diff      what NEW allows and OLD does not, and the reverse\n"
    "  equiv     do OLD and NEW allow the same?\n"
    "  explain   the rule for from= to= service= verb= object= time=, or the\n"
    "            nearest and the key that failed\n"
    "  exposure  what is allowed and nobody did\n"
    "  assert    do the policy's assertions hold?\n"
    "  reach     who gets where: from= to= verb=\n"
    "  matrix    zone by zone; -f text, csv, markdown or html\n"
    "  map       -f svg, dot or mermaid\n"
    "  export    -f nftables or pcap; what these cannot say as messages\n"
    "\n"
    "  -z, --policy POLICY    folder or file of the policy; without one, "
    "zones\n"
    "                         are proposed from the traffic\n"
    "      --now DAY          lint: instead of the stream's last time\n"
    "  -o, --output FILE      write there; .zst and .gz compress\n"
    "  -f, --format F[=FILE]  ndjson, text or crossings; may be repeated;\n"
    "                         of answers ndjson or text\n"
    "  -q, -v                 fewer, more messages\n"
    "      --color[=WHEN], --progress[=WHEN]  always, never, auto\n"
    "  -h, --help; --version\n"
    "\n"
    "Status: 0 done, 1 an answer to act on, 2 usage or policy wrong, 3 input\n"
    "unreadable or cut, 4 an answer that could not be told.\n"
    "Manual: otzones(1), policy: otzt-policy(5).\n";

enum { OPT_NOW = 256 };

static const struct option options[] = {
	TOOL_OPTIONS,
	{ "now", required_argument, NULL, OPT_NOW },
	{ NULL, 0, NULL, 0 },
};

/* What is asked, beside the tool's own options. */
struct asking {
	struct tool *tool;
	const char *now;
	const char *document, *format; /* its own formats */
	char **operands;
	int count;
};

/* ---- the stream ---- */

static void
propose(struct asking *a)
{
	struct tool *tool = a->tool;
	const char *folder = tool->output;

	if (!folder)
		tool_usage(tool, "propose: -o FOLDER is missing");
	tool->output = NULL;
	if (tool_read(tool, a->operands, a->count) &&
	    tool_result(tool, ot_run_propose(tool->run, folder)) &&
	    tool->output_count)
		tool_write(tool);
}

static void
zones(struct asking *a)
{
	struct tool *tool = a->tool;

	if (tool_read(tool, a->operands, a->count) &&
	    tool_result(tool, ot_run_zones(tool->run)))
		tool_write(tool);
}

/* ---- questions ---- */

/* A stream is an operand, or what comes through a pipe or from a file. */
static bool
piped(void)
{
	struct stat st;

	return fstat(STDIN_FILENO, &st) == 0 &&
	       (S_ISFIFO(st.st_mode) || (S_ISREG(st.st_mode) && st.st_size));
}

/* The stream of a question that can do without. */
static bool
read_some(struct asking *a)
{
	return (!a->count && !piped()) ||
	       tool_read(a->tool, a->operands, a->count);
}

static void
write_answers(struct tool *tool, bool records, const char *path)
{
	tool_result(tool, ot_run_write_answers(tool->run, records, path,
			      tool->colour && strcmp(path, "-") == 0));
}

/* Answers in each format that was asked for; records into a pipe. */
static void
answer(struct tool *tool)
{
	const char *output = tool->output ? tool->output : "-";
	bool complete, untold, terminal = !tool->output && isatty(1);
	uint64_t counting = ot_run_answers(tool->run, &complete, &untold);

	for (unsigned i = 0; i < tool->output_count; i++) {
		const char *format = tool->outputs[i].format;
		const char *path = tool->outputs[i].path;

		if (strcmp(format, "ndjson") != 0 &&
		    strcmp(format, "text") != 0)
			tool_usage(tool, "-f: answers are ndjson or text");
		write_answers(
		    tool, strcmp(format, "ndjson") == 0, path ? path : output);
	}
	if (!tool->output_count)
		write_answers(tool, !terminal, output);
	if (counting)
		tool_status(tool, OT_STATUS_FINDINGS);
	if (!complete || untold)
		tool_status(tool, OT_STATUS_UNDECIDED);
}

static void
lint(struct asking *a)
{
	struct tool *tool = a->tool;

	if (read_some(a) && tool_result(tool, ot_run_lint(tool->run, a->now)))
		answer(tool);
}

static void
exposure(struct asking *a)
{
	struct tool *tool = a->tool;

	if (tool_read(tool, a->operands, a->count) &&
	    tool_result(tool, ot_run_exposure(tool->run)))
		answer(tool);
}

static void
assertions(struct asking *a)
{
	struct tool *tool = a->tool;

	if (tool_result(tool, ot_run_assert(tool->run)))
		answer(tool);
}

static void
explain(struct asking *a)
{
	struct tool *tool = a->tool;

	if (tool_result(
		tool, ot_run_explain(tool->run,
			  (const char *const *)a->operands, (size_t)a->count)))
		answer(tool);
}

static void
reach(struct asking *a)
{
	struct tool *tool = a->tool;

	if (tool_result(
		tool, ot_run_reach(tool->run, (const char *const *)a->operands,
			  (size_t)a->count)))
		answer(tool);
}

/* What the target of an export cannot say goes to people. */
static void
document(struct asking *a)
{
	struct tool *tool = a->tool;
	const char *format =
	    a->format ? a->format : ot_document_formats(a->document)[0];

	if (read_some(a) &&
	    tool_result(tool, ot_run_document(tool->run, a->document, format,
				  tool->output ? tool->output : "-")) &&
	    !tool->quiet && strcmp(a->document, "export") == 0)
		write_answers(tool, false, "/dev/stderr");
}

static void
on_old_message(void *user, const char *text)
{
	tool_say(user, "%s", text);
}

/* OLD and NEW, and a stream that both judge. */
static void
diff(struct asking *a)
{
	struct tool *tool = a->tool;
	struct ot_run *old = ot_run_new(tool->name, on_old_message, tool);
	bool ok = old != NULL;
	int e;

	if (!ok)
		tool_status(tool, OT_STATUS_BUG);
	e = ok ? ot_run_policy(old, a->operands[0]) : 0;
	if (e) {
		tool_say(tool, "%s", ot_run_error(old));
		tool_status(tool, -e);
		ok = false;
	}
	ok = ok && tool_result(tool, ot_run_policy(tool->run, a->operands[1]));
	if (ok && (a->count == 3 || piped()))
		ok = tool_result(
		    tool, ot_run_read_both(tool->run, old,
			      a->count == 3 ? a->operands[2] : "-"));
	if (ok && tool_result(tool, ot_run_diff(tool->run, old)))
		answer(tool);
	ot_run_free(old);
}

/* ---- commands ---- */

enum wants { STREAM, POLICY, WORDS, POLICIES };

static const struct command {
	const char *name;
	void (*run)(struct asking *a);
	enum wants wants; /* what its operands are */
} commands[] = {
	{ "propose", propose, STREAM },
	{ "lint", lint, POLICY },
	{ "exposure", exposure, POLICY },
	{ "assert", assertions, POLICY },
	{ "explain", explain, WORDS },
	{ "reach", reach, WORDS },
	{ "matrix", document, POLICY },
	{ "map", document, POLICY },
	{ "export", document, POLICY },
	{ "diff", diff, POLICIES },
	{ "equiv", diff, POLICIES },
};

static const struct command *
command_of(const char *word)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(commands[i].name, word) == 0)
			return &commands[i];
	return NULL;
}

static const char *
document_format(const struct asking *a, const char *format)
{
	const char *const *formats = ot_document_formats(a->document);

	for (; *formats; formats++)
		if (strcmp(*formats, format) == 0)
			return format;
	tool_usage(a->tool, "%s: there is no format '%s'; see otzones -h",
	    a->document, format);
}

static void
check_operands(const struct asking *a, const struct command *command)
{
	struct tool *tool = a->tool;

	if (command && (command->wants == POLICY || command->wants == WORDS) &&
	    !tool->policy)
		tool_usage(tool, "%s: -z POLICY is missing", command->name);
	if (command && command->wants == POLICIES &&
	    (a->count < 2 || a->count > 3))
		tool_usage(tool, "%s: OLD and NEW, and perhaps a STREAM",
		    command->name);
}

int
main(int argc, char **argv)
{
	struct tool tool;
	struct asking a = { .tool = &tool };
	const struct command *command = argc > 1 ? command_of(argv[1]) : NULL;
	int letter;

	tool_init(&tool, "otzones", help, argv);
	if (command && command->run == document)
		a.document = command->name;
	if (command) {
		argv[1] = argv[0];
		argv++;
		argc--;
	}
	while ((letter = getopt_long(
		    argc, argv, TOOL_LETTERS, options, NULL)) != -1)
		if (letter == OPT_NOW)
			a.now = optarg;
		else if (letter == 'f' && a.document)
			a.format = document_format(&a, optarg);
		else
			tool_option(&tool, letter, optarg);
	a.operands = argv + optind;
	a.count = argc - optind;
	check_operands(&a, command);
	if (!command || command->run != propose)
		tool_confine(&tool, a.operands,
		    command && command->wants == WORDS ? 0 : a.count);
	if (tool.policy && (!command || command->wants != POLICIES) &&
	    !tool_result(&tool, ot_run_policy(tool.run, tool.policy)))
		return tool_end(&tool);
	if (command)
		command->run(&a);
	else
		zones(&a);
	return tool_end(&tool);
}
