/*
 * otzones: what crosses between zones.
 */
#include "tool.h"

#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: otzones [options] [STREAM]\n"
    "       otzones propose -o FOLDER [options] [STREAM]\n"
    "Add zones and the crossings between them to a record stream, each "
    "crossing\n"
    "with the policy's verdict.\n"
    "\n"
    "  propose                make zones and conduits from the traffic, write\n"
    "                         them as a policy, and what a person should look\n"
    "                         at as review.csv\n"
    "  -z, --policy POLICY    folder or file of the policy; without one, "
    "zones\n"
    "                         are proposed from the traffic\n"
    "  -o, --output FILE      write there; .zst and .gz compress\n"
    "  -f, --format F[=FILE]  ndjson, text or crossings; may be repeated\n"
    "  -q, -v                 fewer, more messages\n"
    "      --color[=WHEN], --progress[=WHEN]  always, never, auto\n"
    "  -h, --help; --version\n"
    "\n"
    "Status: 0 done, 2 usage or policy wrong, 3 input unreadable or cut.\n"
    "Manual: otzones(1), policy: otzt-policy(5).\n";

static const struct option options[] = {
	TOOL_OPTIONS,
	{ NULL, 0, NULL, 0 },
};

static void
propose(struct tool *tool, char **operands, int count)
{
	const char *folder = tool->output;

	if (!folder)
		tool_usage(tool, "propose: -o FOLDER is missing");
	tool->output = NULL;
	if (tool_read(tool, operands, count) &&
	    tool_result(tool, ot_run_propose(tool->run, folder)) &&
	    tool->output_count)
		tool_write(tool);
}

int
main(int argc, char **argv)
{
	struct tool tool;
	bool proposing = argc > 1 && strcmp(argv[1], "propose") == 0;
	int letter;

	tool_init(&tool, "otzones", help, argv);
	if (proposing) {
		argv[1] = argv[0];
		argv++;
		argc--;
	}
	while ((letter = getopt_long(
		    argc, argv, TOOL_LETTERS, options, NULL)) != -1)
		tool_option(&tool, letter, optarg);
	if (!proposing)
		tool_confine(&tool, argv + optind, argc - optind);
	if (tool.policy &&
	    !tool_result(&tool, ot_run_policy(tool.run, tool.policy)))
		return tool_end(&tool);
	if (proposing)
		propose(&tool, argv + optind, argc - optind);
	else if (tool_read(&tool, argv + optind, argc - optind) &&
		 tool_result(&tool, ot_run_zones(tool.run)))
		tool_write(&tool);
	return tool_end(&tool);
}
