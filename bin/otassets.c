/*
 * otassets: what is on the network.
 */
#include "tool.h"

#include <stdio.h>

static const char help[] =
    "usage: otassets [options] [STREAM]\n"
    "Add what is on the network to a record stream: from otcap, from files, "
    "or\n"
    "from standard input.\n"
    "\n"
    "  -z, --policy POLICY    folder or file of the policy: its registry says\n"
    "                         what is known, its sites where addresses belong\n"
    "  -o, --output FILE      write there; .zst and .gz compress\n"
    "  -f, --format F[=FILE]  ndjson or text; may be given more than once\n"
    "  -q, -v                 fewer, more messages\n"
    "      --color[=WHEN], --progress[=WHEN]  always, never, auto\n"
    "  -h, --help; --version\n"
    "\n"
    "Status: 0 done, 2 usage or policy wrong, 3 input unreadable or cut.\n"
    "Manual: otassets(1), records: otzt-records(5).\n";

static const struct option options[] = {
	TOOL_OPTIONS,
	{ NULL, 0, NULL, 0 },
};

int
main(int argc, char **argv)
{
	struct tool tool;
	int letter;

	tool_init(&tool, "otassets", help, argv);
	while ((letter = getopt_long(
		    argc, argv, TOOL_LETTERS, options, NULL)) != -1)
		tool_option(&tool, letter, optarg);
	tool_confine(&tool, argv + optind, argc - optind);
	if ((!tool.policy ||
		tool_result(&tool, ot_run_policy(tool.run, tool.policy))) &&
	    tool_read(&tool, argv + optind, argc - optind) &&
	    tool_result(&tool, ot_run_assets(tool.run)))
		tool_write(&tool);
	return tool_end(&tool);
}
