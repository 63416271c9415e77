/*
 * otcheck: what the policy does not allow.
 */
#include "tool.h"

#include <stdio.h>

static const char help[] =
    "usage: otcheck [options] [STREAM]\n"
    "Judge a record stream by a policy: what it does not allow, with the "
    "frames\n"
    "that prove it, and what cannot be told.\n"
    "\n"
    "  -z, --policy POLICY    folder or file of the policy; without one, "
    "zones\n"
    "                         of the stream, or proposed from the traffic\n"
    "      --fail-on SEVERITY status 1 from there on: info low medium high\n"
    "                         critical; high by default\n"
    "      --strict           status 4 if there is no violation but something\n"
    "                         cannot be told\n"
    "  -o, --output FILE      write there; .zst and .gz compress\n"
    "  -f, --format F[=FILE]  ndjson, text, crossings, sarif, junit or html;\n"
    "                         may be given more than once\n"
    "  -q, -v                 fewer, more messages\n"
    "      --color[=WHEN], --progress[=WHEN]  always, never, auto\n"
    "  -h, --help; --version\n"
    "\n"
    "Status: 0 clean, 1 findings, 2 usage or policy wrong, 3 input unreadable\n"
    "or cut, 4 see --strict.\n"
    "Manual: otcheck(1), policy: otzt-policy(5).\n";

enum { OPT_FAIL_ON = 256, OPT_STRICT };

static const struct option options[] = {
	TOOL_OPTIONS,
	{ "fail-on", required_argument, NULL, OPT_FAIL_ON },
	{ "strict", no_argument, NULL, OPT_STRICT },
	{ NULL, 0, NULL, 0 },
};

static void
judge(struct tool *tool, const char *fail_on, bool strict)
{
	uint64_t violations = ot_run_violations(tool->run, fail_on);

	if (violations)
		tool_status(tool, OT_STATUS_FINDINGS);
	else if (strict && ot_run_undecided(tool->run))
		tool_status(tool, OT_STATUS_UNDECIDED);
}

int
main(int argc, char **argv)
{
	struct tool tool;
	const char *fail_on = "high";
	bool strict = false;
	int letter;

	tool_init(&tool, "otcheck", help, argv);
	while ((letter = getopt_long(
		    argc, argv, TOOL_LETTERS, options, NULL)) != -1)
		switch (letter) {
		case OPT_FAIL_ON:
			fail_on = optarg;
			if (ot_run_violations(tool.run, fail_on) == UINT64_MAX)
				tool_usage(&tool,
				    "--fail-on: info, low, medium, high or "
				    "critical, not '%s'",
				    optarg);
			break;
		case OPT_STRICT:
			strict = true;
			break;
		default:
			tool_option(&tool, letter, optarg);
		}
	tool_confine(&tool, argv + optind, argc - optind);
	if ((!tool.policy ||
		tool_result(&tool, ot_run_policy(tool.run, tool.policy))) &&
	    tool_read(&tool, argv + optind, argc - optind) &&
	    tool_result(&tool, ot_run_check(tool.run))) {
		judge(&tool, fail_on, strict);
		tool_write(&tool);
	}
	return tool_end(&tool);
}
