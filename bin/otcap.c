/*
 * otcap: captures to records.
 */
#include "tool.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char help[] =
    "usage: otcap [options] CAPTURE...\n"
    "       otcap [options] -i INTERFACE\n"
    "       otcap --merge STREAM...\n"
    "       otcap --extract [-o FILE] CAPTURE... < RECORDS\n"
    "Dissect captures (files, folders, - for standard input) into records.\n"
    "\n"
    "  -i, --interface IF     capture live until --duration, --frames or ^C\n"
    "      --duration N       live: stop after N seconds\n"
    "      --frames N         live: stop after N frames\n"
    "      --filter BPF       read only frames that the filter passes\n"
    "      --sensor NAME      name of the sensor that recorded\n"
    "      --sensor-from X    take it from each: file, folder, interface\n"
    "      --site NAME        site of the sensors\n"
    "      --site-from folder take it from each folder's name\n"
    "      --connections      a record for each connection, with its ids\n"
    "      --no-hash          do not hash the inputs\n"
    "      --merge            operands are record streams: merge them\n"
    "      --extract          write the frames that RECORDS cite, as pcapng\n"
    "      --extract-dir DIR  the same, a file for each finding\n"
    "  -j, --jobs N           threads, 1 by default; same output with any N\n"
    "  -o, --output FILE      write there; .zst and .gz compress\n"
    "  -f, --format F[=FILE]  ndjson, text, zeek …; may be given often\n"
    "  -q, -v                 fewer, more messages\n"
    "      --color[=WHEN], --progress[=WHEN]  always, never, auto\n"
    "  -h, --help; --version\n"
    "\n"
    "Status: 0 done, 2 usage, 3 an input unreadable, damaged or cut.\n"
    "Manual: otcap(1), records: otzt-records(5).\n";

enum {
	OPT_DURATION = 256,
	OPT_FRAMES,
	OPT_FILTER,
	OPT_SENSOR,
	OPT_SENSOR_FROM,
	OPT_SITE,
	OPT_SITE_FROM,
	OPT_CONNECTIONS,
	OPT_NO_HASH,
	OPT_MERGE,
	OPT_EXTRACT,
	OPT_EXTRACT_DIR,
};

static const struct option options[] = {
	TOOL_OPTIONS,
	{ "interface", required_argument, NULL, 'i' },
	{ "duration", required_argument, NULL, OPT_DURATION },
	{ "frames", required_argument, NULL, OPT_FRAMES },
	{ "filter", required_argument, NULL, OPT_FILTER },
	{ "sensor", required_argument, NULL, OPT_SENSOR },
	{ "sensor-from", required_argument, NULL, OPT_SENSOR_FROM },
	{ "site", required_argument, NULL, OPT_SITE },
	{ "site-from", required_argument, NULL, OPT_SITE_FROM },
	{ "connections", no_argument, NULL, OPT_CONNECTIONS },
	{ "no-hash", no_argument, NULL, OPT_NO_HASH },
	{ "merge", no_argument, NULL, OPT_MERGE },
	{ "extract", no_argument, NULL, OPT_EXTRACT },
	{ "extract-dir", required_argument, NULL, OPT_EXTRACT_DIR },
	{ NULL, 0, NULL, 0 },
};

struct request {
	struct tool tool;
	struct ot_capturing how;
	const char *interface;
	unsigned duration;
	const char *extract_dir;
	bool merge, extract;
};

static void
on_signal(int number)
{
	(void)number;
	ot_run_stop();
}

static void
take_option(struct request *r, int letter, char *argument)
{
	switch (letter) {
	case 'i':
		r->interface = argument;
		break;
	case OPT_DURATION:
		r->duration = tool_number(&r->tool, "--duration", argument);
		break;
	case OPT_FRAMES:
		r->how.frames = tool_number(&r->tool, "--frames", argument);
		break;
	case OPT_FILTER:
		r->how.filter = argument;
		break;
	case OPT_SENSOR:
		r->how.sensor = argument;
		break;
	case OPT_SENSOR_FROM:
		if (strcmp(argument, "file") != 0 &&
		    strcmp(argument, "folder") != 0 &&
		    strcmp(argument, "interface") != 0)
			tool_usage(&r->tool,
			    "--sensor-from: file, folder or interface, not "
			    "'%s'",
			    argument);
		r->how.sensor_from = argument;
		break;
	case OPT_SITE:
		r->how.site = argument;
		break;
	case OPT_SITE_FROM:
		if (strcmp(argument, "folder") != 0)
			tool_usage(&r->tool, "--site-from: folder, not '%s'",
			    argument);
		r->how.site_from_folder = true;
		break;
	case OPT_CONNECTIONS:
		r->how.connections = true;
		break;
	case OPT_NO_HASH:
		r->how.no_hash = true;
		break;
	case OPT_MERGE:
		r->merge = true;
		break;
	case OPT_EXTRACT_DIR:
		r->extract_dir = argument;
		r->extract = true;
		break;
	case OPT_EXTRACT:
		r->extract = true;
		break;
	default:
		tool_option(&r->tool, letter, argument);
	}
}

static int
read_live(struct request *r)
{
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	signal(SIGALRM, on_signal);
	if (r->duration)
		alarm(r->duration);
	return ot_run_capture(r->tool.run, &r->how, &r->interface, 1, true);
}

/* Records come by standard input, frames go out. */
static void
check_extract(const struct request *r, char **operands, size_t count)
{
	if (r->interface || r->merge)
		tool_usage(
		    &r->tool, "--extract goes with neither -i nor --merge");
	if (r->tool.output_count)
		tool_usage(&r->tool, "--extract writes pcapng: no -f");
	if (r->extract_dir && r->tool.output)
		tool_usage(&r->tool, "-o and --extract-dir: one of them");
	for (size_t i = 0; i < count; i++)
		if (strcmp(operands[i], "-") == 0)
			tool_usage(&r->tool,
			    "--extract reads records from standard input: "
			    "name the captures");
	if (isatty(STDIN_FILENO))
		tool_usage(&r->tool, "--extract: pipe records in");
	if (!r->extract_dir && !r->tool.output && isatty(STDOUT_FILENO))
		tool_usage(&r->tool, "--extract: -o FILE, or a pipe");
}

static int
extract(struct request *r, char **operands, size_t count)
{
	const char *output = r->tool.output ? r->tool.output : "-";

	return ot_run_extract(r->tool.run,
	    &(struct ot_extracting){ .records = "-",
		.output = r->extract_dir ? NULL : output,
		.folder = r->extract_dir },
	    (const char *const *)operands, count);
}

/* Before the process is confined. */
static void
make_folder(struct request *r)
{
	if (mkdir(r->extract_dir, 0777) == 0 || errno == EEXIST)
		return;
	tool_say(&r->tool, "%s: %s", r->extract_dir, strerror(errno));
	exit(OT_STATUS_INPUT);
}

int
main(int argc, char **argv)
{
	struct request r = { 0 };
	int letter, result;

	tool_init(&r.tool, "otcap", help, argv);
	while ((letter = getopt_long(
		    argc, argv, TOOL_LETTERS "i:", options, NULL)) != -1)
		take_option(&r, letter, optarg);
	char **operands = argv + optind;
	size_t count = (size_t)(argc - optind);

	if (r.interface && (count || r.merge))
		tool_usage(&r.tool, "-i goes with no operands");
	if (!r.interface && !count)
		tool_usage(
		    &r.tool, "no %s given", r.merge ? "stream" : "capture");
	if (!r.interface && (r.duration || r.how.frames))
		tool_usage(&r.tool, "--duration and --frames go with -i");
	if (r.extract)
		check_extract(&r, operands, count);
	for (unsigned i = 0; i < r.tool.output_count; i++)
		if (strcmp(r.tool.outputs[i].format, "zeek") == 0 &&
		    !r.how.connections && !r.merge)
			tool_usage(&r.tool, "-f zeek goes with --connections");
	if (r.extract_dir) {
		make_folder(&r);
		r.tool.output = r.extract_dir;
	}
	r.how.threads = r.tool.threads;
	r.how.progress = tool_progress;
	r.how.user = &r.tool;
	if (!r.interface)
		tool_confine(&r.tool, operands, (int)count);
	if (r.interface)
		result = read_live(&r);
	else if (r.merge)
		result = ot_run_merge(
		    r.tool.run, (const char *const *)operands, count);
	else if (r.extract)
		result = extract(&r, operands, count);
	else
		result = ot_run_capture(r.tool.run, &r.how,
		    (const char *const *)operands, count, false);
	if (tool_result(&r.tool, result) && ot_run_any(r.tool.run))
		tool_write(&r.tool);
	return tool_end(&r.tool);
}
