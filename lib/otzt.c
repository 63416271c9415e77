/*
 * The public interface: a run over one record stream.
 */
#include "otzt.h"

#include <stdio.h>
#include <stdlib.h>

#include "asset/asset.h"
#include "base/io.h"
#include "base/sandbox.h"
#include "base/zoneinfo.h"
#include "check/check.h"
#include "engine/engine.h"
#include "engine/extract.h"
#include "engine/ports.h"
#include "model/join.h"
#include "model/merge.h"
#include "model/stream.h"
#include "policy/crossing.h"
#include "policy/limits.h"
#include "policy/load.h"
#include "policy/plan.h"
#include "policy/question.h"
#include "render/answers.h"
#include "render/plan.h"
#include "render/render.h"
#include "zone/zone.h"

#define VERSION	  PACKAGE_VERSION
#define IEEE_DATA "/usr/share/ieee-data"

enum { PROTOCOLS_MAX = 1024, PATHS_MAX = 4200, FORMATS_MAX = 32 };

struct ot_run {
	const char *tool;
	ot_message *message;
	void *user;
	struct ot_error error;
	struct ot_stream stream;
	struct ot_part *parts; /* of a merge: their records are the stream's */
	size_t part_count;
	struct ot_policy policy;
	bool has_policy;
	struct ot_ports ports;
	bool has_ports;
	bool has_notes;
	struct ot_zone_notes notes;
	struct ot_catalogue catalogue;
	struct ot_check_result checked;
	struct ot_answers answers;
};

const char *
ot_version(void)
{
	return VERSION;
}

/* Where the tables of lib/data lie. */
static const char *
data_folder(void)
{
	const char *folder = getenv("OTZT_DATA");

	return folder && *folder ? folder : OT_DATADIR;
}

static int
status_of(int e)
{
	switch ((enum ot_err) - e) {
	case OT_ERR_NONE:
		return OT_OK;
	case OT_ERR_USAGE:
		return -OT_STATUS_USAGE;
	case OT_ERR_IO:
	case OT_ERR_INPUT:
		return -OT_STATUS_INPUT;
	case OT_ERR_PIPE:
		return -OT_STATUS_PIPE;
	case OT_ERR_MEMORY:
	case OT_ERR_BUG:
		break;
	}
	return -OT_STATUS_BUG;
}

static int
no_memory(struct ot_run *run)
{
	return ot_error_set(&run->error, OT_ERR_MEMORY, "out of memory");
}

struct ot_run *
ot_run_new(const char *tool, ot_message *message, void *user)
{
	struct ot_run *run = ot_heap(1, sizeof(*run));

	if (!run)
		return NULL;
	run->tool = tool;
	run->message = message;
	run->user = user;
	run->stream.arena = &run->stream.store.arena;
	return run;
}

void
ot_run_free(struct ot_run *run)
{
	if (!run)
		return;
	for (size_t i = 0; i < run->part_count; i++)
		ot_stream_done(&run->parts[i].stream);
	ot_heap_free(run->parts);
	ot_stream_done(&run->stream);
	ot_heap_free(run);
}

const char *
ot_run_error(const struct ot_run *run)
{
	return run->error.text;
}

static void
tell(void *user, const char *text)
{
	struct ot_run *run = user;

	if (run->message)
		run->message(run->user, text);
}

/* Each tool appends itself once. */
static bool
sign(struct ot_run *run)
{
	char text[64];
	const struct ot_strings *tools = &run->stream.tools;

	snprintf(text, sizeof(text), "%s %s", run->tool, VERSION);
	if (tools->count &&
	    ot_str_eq(tools->at[tools->count - 1], ot_str(text)))
		return true;
	return ot_strings_add(
	    run->stream.arena, &run->stream.tools, ot_str(text));
}

static int
load_ports(struct ot_run *run)
{
	if (run->has_ports)
		return 0;
	int e = ot_ports_load(
	    &run->ports, run->stream.arena, data_folder(), &run->error);

	run->has_ports = !e;
	return e;
}

/* ---- captures ---- */

static bool
add_inputs(struct ot_stream *stream)
{
	const struct ot_list *captures = &stream->store.list[OT_STORE_CAPTURE];
	bool ok = true;

	for (uint32_t i = 0; i < captures->count; i++) {
		const struct ot_capture_sum *c = captures->at[i];

		ok &=
		    ot_list_add(stream->arena, &ot_input_shape, &stream->inputs,
			&(struct ot_input){ .name = c->file,
			    .sha256 = c->sha256,
			    .bytes = c->file_bytes });
	}
	return ok;
}

static enum ot_sensor_from
sensor_from(const char *from)
{
	if (!from)
		return OT_SENSOR_GIVEN;
	return strcmp(from, "interface") == 0 ? OT_SENSOR_INTERFACE
	       : strcmp(from, "file") == 0    ? OT_SENSOR_FILE
					      : OT_SENSOR_FOLDER;
}

int
ot_run_capture(struct ot_run *run, const struct ot_capturing *how,
    const char *const *paths, size_t count, bool live)
{
	struct ot_engine_options options = { .no_hash = how->no_hash,
		.threads = how->threads ? how->threads : 1,
		.filter = how->filter,
		.sensor_from = sensor_from(how->sensor_from),
		.sensor = ot_str(how->sensor),
		.site = ot_str(how->site),
		.site_from_folder = how->site_from_folder,
		.connections = how->connections,
		.ports = &run->ports,
		.frames_max = how->frames,
		.warn = tell,
		.user = run };
	struct ot_operand *operands =
	    ot_alloc_array(run->stream.arena, count, sizeof(*operands));
	bool damaged = false;
	int e = load_ports(run);

	if (e)
		return status_of(e);
	if (!operands)
		return status_of(no_memory(run));
	for (size_t i = 0; i < count; i++)
		operands[i] = (struct ot_operand){ paths[i], live };
	e = ot_engine_run(&run->stream.store, &options, operands, count,
	    &damaged, &run->error);
	if (!sign(run) || !add_inputs(&run->stream))
		e = no_memory(run);
	run->stream.any = run->stream.complete = run->stream.inputs.count > 0;
	if (!e && damaged)
		e = ot_error_set(&run->error, OT_ERR_INPUT,
		    "some input was damaged: what could be read is there");
	return status_of(e);
}

int
ot_run_extract(struct ot_run *run, const struct ot_extracting *what,
    const char *const *paths, size_t count)
{
	char application[64];

	snprintf(application, sizeof(application), "%s %s", run->tool, VERSION);
	return status_of(
	    ot_extract(&(struct ot_extract_options){ .records = what->records,
			   .output = what->output,
			   .folder = what->folder,
			   .application = ot_str(application),
			   .warn = tell,
			   .user = run },
		paths, count, &run->error));
}

void
ot_run_stop(void)
{
	ot_engine_stop();
}

/* ---- streams ---- */

/* One line into each of several streams. */
static int
read_line(struct ot_stream *const *streams, size_t count, struct ot_str line,
    struct ot_error *why)
{
	int e = 0;

	for (size_t i = 0; i < count && !e; i++)
		e = ot_stream_read_line(streams[i], line, why);
	return e;
}

static int
read_streams(struct ot_stream *const *streams, size_t count, const char *path,
    struct ot_error *error)
{
	struct ot_error why = { 0 };
	struct ot_str line;
	struct ot_in *in;
	const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
	int e = ot_in_open(&in, path, error);

	if (e)
		return e;
	for (size_t i = 0; i < count; i++)
		streams[i]->complete = false;
	while ((e = ot_in_line(in, &line, error)) > 0) {
		if (!line.len)
			continue;
		e = read_line(streams, count, line, &why);
		if (e) {
			e = ot_error_set(error, why.code, "%s: %sline %llu: %s",
			    name,
			    streams[0]->any ? "" : "not a record stream: ",
			    (unsigned long long)ot_in_count(in), why.text);
			break;
		}
	}
	ot_in_close(in);
	if (e)
		return e;
	if (!streams[0]->any)
		return ot_error_set(error, OT_ERR_INPUT,
		    "%s: not a record stream: no stream record", name);
	if (!streams[0]->complete)
		return ot_error_set(error, OT_ERR_INPUT,
		    "%s: the stream has no end record: it is cut", name);
	return 0;
}

static int
read_stream(struct ot_stream *stream, const char *path, struct ot_error *error)
{
	return read_streams(&stream, 1, path, error);
}

int
ot_run_read(struct ot_run *run, const char *path)
{
	int e = read_stream(&run->stream, path, &run->error);

	if (!sign(run))
		e = no_memory(run);
	return status_of(e);
}

int
ot_run_read_both(struct ot_run *run, struct ot_run *other, const char *path)
{
	struct ot_stream *const streams[] = { &run->stream, &other->stream };

	return status_of(read_streams(streams, 2, path, &run->error));
}

int
ot_run_merge(struct ot_run *run, const char *const *paths, size_t count)
{
	bool damaged = false;
	int e = 0;

	run->parts = ot_heap(count, sizeof(*run->parts));
	if (!run->parts)
		return status_of(no_memory(run));
	run->part_count = count;
	for (size_t i = 0; i < count && !e; i++) {
		struct ot_part *part = &run->parts[i];

		part->name = paths[i];
		e = read_stream(&part->stream, paths[i], &run->error);
		if (e == -OT_ERR_INPUT || e == -OT_ERR_IO) {
			tell(run, run->error.text);
			damaged = true;
			e = 0;
		}
	}
	if (!e)
		e = ot_merge(
		    &run->stream, run->parts, count, tell, run, &run->error);
	if (!e && damaged)
		e = ot_error_set(&run->error, OT_ERR_INPUT,
		    "some streams were cut or unreadable: what could be read "
		    "is there");
	return status_of(e);
}

bool
ot_run_any(const struct ot_run *run)
{
	return run->stream.any;
}

/* ---- policy ---- */

/* All names that a service may have, NULL at the end. */
static bool
service_names(struct ot_run *run, const char **names)
{
	size_t count = 0;

	for (const struct ot_proto *const *p = ot_protocols; *p; p++)
		names[count++] = (*p)->name;
	for (size_t i = 0; i < run->ports.count && count < PROTOCOLS_MAX - 1;
	     i++)
		names[count++] = run->ports.at[i].name.p;
	names[count] = NULL;
	return true;
}

static void
complain(void *user, const struct ot_source *at, const char *message)
{
	char text[1024];

	snprintf(text, sizeof(text), "%.*s:%u:%u: %s", (int)at->file.len,
	    at->file.p ? at->file.p : "", (unsigned)at->line,
	    (unsigned)at->column, message);
	tell(user, text);
}

int
ot_run_policy(struct ot_run *run, const char *path)
{
	const char **names =
	    ot_alloc_array(run->stream.arena, PROTOCOLS_MAX, sizeof(*names));
	const char *const *limits = NULL;
	int e = load_ports(run);

	if (!e)
		e = ot_limit_names_load(
		    &limits, run->stream.arena, data_folder(), &run->error);
	if (e)
		return status_of(e);
	if (!names || !service_names(run, names))
		return status_of(no_memory(run));
	e = ot_policy_load(run->stream.arena, &run->policy, path,
	    &(struct ot_policy_names){ .protocols = names,
		.checks = ot_check_ids(),
		.limits = limits },
	    complain, run, &run->error);
	run->has_policy = !e;
	for (uint32_t i = 0; !e && i < run->policy.inputs.count; i++)
		if (!ot_list_add(run->stream.arena, &ot_input_shape,
			&run->stream.inputs, run->policy.inputs.at[i]))
			e = no_memory(run);
	return status_of(e);
}

/* ---- assets, zones, findings ---- */

/* Records that name no site are of the site whose sensors the policy names:
 * addresses are unique in a site, so what two of its sensors saw is one. */
static bool
place_records(struct ot_run *run)
{
	struct ot_store *store = &run->stream.store;

	for (int t = 0; t < OT_STORE_TYPES; t++) {
		struct ot_list *list = &store->list[t];

		for (uint32_t i = 0; i < list->count; i++) {
			struct ot_str *sensor, *site;

			ot_store_origin(
			    (enum ot_store_type)t, list->at[i], &sensor, &site);
			*site = ot_zone_seen(&run->policy, *site, *sensor);
		}
		store->settled[t] = 0; /* the site is part of the key */
	}
	return ot_store_settle(store);
}

static int
make_assets(struct ot_run *run)
{
	struct ot_assets_options options = { .data = data_folder(),
		.ieee = IEEE_DATA,
		.note = tell,
		.user = run };

	if (run->stream.assets.count)
		return 0;
	if (run->has_policy && !place_records(run))
		return no_memory(run);
	if (run->has_policy) {
		options.rows = run->policy.assets;
		options.row_count = run->policy.asset_count;
		options.zones = run->policy.zones;
		options.zone_count = run->policy.zone_count;
	}
	int e = ot_assets_build(run->stream.arena, &options, &run->stream.store,
	    &run->stream.assets, &run->error);

	if (!e && !ot_assets_label(&run->stream.store, &run->stream.assets))
		e = no_memory(run);
	return e;
}

int
ot_run_assets(struct ot_run *run)
{
	return status_of(make_assets(run));
}

static struct ot_str
port_name(void *user, uint8_t transport, uint32_t port)
{
	const struct ot_run *run = user;

	return ot_ports_name(&run->ports, transport, port);
}

static int
judge(struct ot_run *run)
{
	struct ot_stream *stream = &run->stream;

	stream->zones = stream->crossings = (struct ot_list){ 0 };
	int e = ot_zones_assign(stream->arena, &run->policy, &stream->assets,
	    &stream->store, &stream->zones, &run->notes, &run->error);

	if (e)
		return e;
	run->has_notes = true;
	return ot_crossings_build(stream->arena,
	    &(struct ot_crossing_input){ .policy = &run->policy,
		.store = &stream->store,
		.notes = &run->notes,
		.port_name = port_name,
		.user = run },
	    &stream->crossings, &run->error);
}

static int
propose(struct ot_run *run, struct ot_list *review)
{
	struct ot_policy policy = { 0 };
	int e = ot_zones_propose(run->stream.arena,
	    run->has_policy ? &run->policy : NULL, &run->stream.assets,
	    &run->stream.store, &policy, review, &run->error);

	if (!e)
		run->policy = policy;
	return e;
}

static int
make_zones(struct ot_run *run)
{
	struct ot_list review = { 0 };
	int e = load_ports(run);

	if (!e)
		e = make_assets(run);
	if (!e && !run->has_policy) {
		if (run->stream.zones.count)
			return 0; /* an earlier tool had the policy */
		tell(run, "no policy given: zones are proposed from the "
			  "traffic, and no device is called unauthorised");
		e = propose(run, &review);
		run->has_policy = !e;
	}
	return e ? e : judge(run);
}

int
ot_run_zones(struct ot_run *run)
{
	return status_of(make_zones(run));
}

int
ot_run_check(struct ot_run *run)
{
	struct ot_stream *stream = &run->stream;
	int e = make_zones(run);

	if (!e)
		e = ot_catalogue_load(
		    &run->catalogue, stream->arena, data_folder(), &run->error);
	if (!e)
		e = ot_checks_run(stream->arena,
		    &(struct ot_check_input){ .catalogue = &run->catalogue,
			.policy = run->has_policy ? &run->policy : NULL,
			.store = &stream->store,
			.assets = &stream->assets,
			.zones = &stream->zones,
			.crossings = &stream->crossings,
			.notes = run->has_notes ? &run->notes : NULL,
			.report_ns = OT_TIME_NONE },
		    &run->checked, &run->error);
	if (!e)
		stream->findings = run->checked.findings;
	return status_of(e);
}

int
ot_run_propose(struct ot_run *run, const char *folder)
{
	struct ot_list review = { 0 };
	int e = load_ports(run);

	if (!e)
		e = make_assets(run);
	if (!e)
		e = propose(run, &review);
	if (!e)
		e = ot_policy_write(&run->policy, &review, folder, &run->error);
	if (e)
		return status_of(e);
	run->has_policy = true;
	return status_of(judge(run));
}

/* ---- questions ---- */

/* The greatest time of any record: what "now" is for a stream. */
static int64_t
newest(const struct ot_stream *stream)
{
	const struct ot_list *captures = &stream->store.list[OT_STORE_CAPTURE],
			     *flows = &stream->store.list[OT_STORE_FLOW];
	int64_t last = OT_TIME_NONE;

	for (uint32_t i = 0; i < captures->count; i++) {
		const struct ot_capture_sum *c = captures->at[i];

		if (c->last > last)
			last = c->last;
	}
	for (uint32_t i = 0; i < flows->count; i++) {
		const struct ot_flow_sum *f = flows->at[i];

		if (f->last > last)
			last = f->last;
	}
	return last;
}

/* What a question is asked about: the policy, and the stream if any was
 * read. */
static int
question_of(struct ot_run *run, struct ot_question *q)
{
	int e = 0;

	*q = (struct ot_question){ .arena = run->stream.arena,
		.policy = &run->policy,
		.now_ns = OT_TIME_NONE };
	if (!run->has_policy)
		return ot_error_set(&run->error, OT_ERR_USAGE,
		    "there is no policy: give one with -z");
	run->answers = (struct ot_answers){ .question = "" };
	if (!run->stream.any)
		return 0;
	e = make_zones(run);
	q->store = &run->stream.store;
	q->notes = &run->notes;
	q->assets = &run->stream.assets;
	q->now_ns = newest(&run->stream);
	return e;
}

int
ot_run_lint(struct ot_run *run, const char *now)
{
	struct ot_question q;
	int e = question_of(run, &q);

	if (!e && now && !ot_time_parse(&q.now_ns, ot_str(now)) &&
	    !ot_date_parse(&q.now_ns, ot_str(now)))
		e = ot_error_set(&run->error, OT_ERR_USAGE,
		    "%s is not a day or a time, as 2026-03-02", now);
	if (!e && !ot_policy_lint(&q, &run->answers))
		e = no_memory(run);
	return status_of(e);
}

int
ot_run_exposure(struct ot_run *run)
{
	struct ot_question q;
	int e = question_of(run, &q);

	if (!e && !q.store)
		e = ot_error_set(&run->error, OT_ERR_USAGE,
		    "no input: give a stream, or pipe one in");
	if (!e && !ot_policy_exposure(&q, &run->answers))
		e = no_memory(run);
	return status_of(e);
}

int
ot_run_assert(struct ot_run *run)
{
	struct ot_question q;
	int e = question_of(run, &q);

	if (!e && !ot_policy_assert(&q, &run->answers))
		e = no_memory(run);
	return status_of(e);
}

int
ot_run_explain(struct ot_run *run, const char *const *words, size_t count)
{
	struct ot_question q;
	int e = question_of(run, &q);

	if (!e)
		e = ot_policy_explain(
		    &q, words, count, &run->answers, &run->error);
	return status_of(e);
}

int
ot_run_diff(struct ot_run *run, struct ot_run *before)
{
	struct ot_question q, old;
	int e = question_of(run, &q);

	if (!e) {
		e = question_of(before, &old);
		if (e)
			run->error = before->error;
	}
	if (!e && (!ot_policy_diff(&old, q.policy, &run->answers) ||
		      (q.store &&
			  !ot_policy_changes(q.arena, &before->stream.crossings,
			      &run->stream.crossings, &run->answers))))
		e = no_memory(run);
	return status_of(e);
}

int
ot_run_reach(struct ot_run *run, const char *const *words, size_t count)
{
	struct ot_question q;
	int e = question_of(run, &q);

	if (!e)
		e = ot_plan_reach(q.arena, q.policy, words, count,
		    &run->answers, &run->error);
	return status_of(e);
}

uint64_t
ot_run_answers(const struct ot_run *run, bool *complete, bool *untold)
{
	*complete = !run->answers.cut;
	*untold = run->answers.untold;
	return run->answers.counting;
}

int
ot_run_write_answers(
    struct ot_run *run, bool records, const char *path, bool colour)
{
	struct ot_sb sb = { 0 };
	struct ot_out *out;
	int e = ot_out_open(&out, path, &run->error);

	if (e)
		return status_of(e);
	if (records)
		ot_answers_ndjson(&run->answers, &sb);
	else
		ot_answers_text(&run->answers, colour, &sb);
	e = sb.lost ? no_memory(run)
		    : ot_out_write(out, sb.p ? sb.p : "", sb.len, &run->error);
	if (!e)
		e = ot_out_commit(out, &run->error);
	ot_out_close(out);
	ot_sb_done(&sb);
	return status_of(e);
}

/* ---- documents ---- */

/* The i-th port by which a protocol is known; of one that lies within another,
 * the ports of that one. Carriers are few and do not go in circles. */
static bool
port_of(void *user, struct ot_str protocol, size_t i, uint8_t *transport,
    uint32_t *port)
{
	const struct ot_run *run = user;
	const struct ot_proto *const *p = ot_protocols;
	size_t at = 0;

	for (size_t k = 0; k < run->ports.count; k++) {
		const struct ot_port_name *name = &run->ports.at[k];

		if (!ot_str_eq(name->name, protocol) || at++ != i)
			continue;
		*transport = name->transport;
		*port = name->port;
		return true;
	}
	while (*p && !ot_str_eq(ot_str((*p)->name), protocol))
		p++;
	for (size_t k = 0; !at && *p && k < 8 && (*p)->over[k]; k++)
		if (ot_str_eq(ot_str((*p)->over[k]), ot_str("cotp")))
			return port_of(
			    user, ot_str("tpkt"), i, transport, port);
	return false;
}

typedef bool document_render(
    struct ot_run *run, const char *format, struct ot_sb *sb);

static bool
render_plan(struct ot_run *run, const char *format, struct ot_sb *sb,
    bool (*render)(
	const struct ot_plan *plan, const char *format, struct ot_sb *sb))
{
	const struct ot_list *seen =
	    run->stream.any ? &run->stream.crossings : NULL;
	struct ot_plan plan;

	return ot_plan_make(run->stream.arena, &run->policy, seen, &plan) &&
	       render(&plan, format, sb);
}

static bool
render_matrix(struct ot_run *run, const char *format, struct ot_sb *sb)
{
	return render_plan(run, format, sb, ot_matrix_render);
}

static bool
render_map(struct ot_run *run, const char *format, struct ot_sb *sb)
{
	return render_plan(run, format, sb, ot_map_render);
}

static bool
render_export(struct ot_run *run, const char *format, struct ot_sb *sb)
{
	struct ot_question q = { .arena = run->stream.arena,
		.policy = &run->policy };

	return ot_policy_export(&q, format, port_of, run, sb, &run->answers);
}

static const struct document {
	const char *name;
	const char *const *formats;
	document_render *render;
} documents[] = {
	{ "matrix", ot_matrix_names, render_matrix },
	{ "map", ot_map_names, render_map },
	{ "export", ot_export_names, render_export },
};

static const struct document *
document_of(const char *name)
{
	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++)
		if (strcmp(documents[i].name, name) == 0)
			return &documents[i];
	return NULL;
}

const char *const *
ot_document_formats(const char *document)
{
	const struct document *d = document_of(document);

	return d ? d->formats : NULL;
}

int
ot_run_document(struct ot_run *run, const char *document, const char *format,
    const char *path)
{
	const struct document *d = document_of(document);
	struct ot_sb sb = { 0 };
	struct ot_question q;
	struct ot_out *out = NULL;
	int e = question_of(run, &q);

	if (!e && (!d || ot_word(d->formats, ot_str(format)) < 0))
		e = ot_error_set(&run->error, OT_ERR_USAGE,
		    "%s has no format %s", document, format);
	if (!e && (!d->render(run, format, &sb) || sb.lost))
		e = no_memory(run);
	if (!e)
		e = ot_out_open(&out, path, &run->error);
	if (!e)
		e = ot_out_write(out, sb.p ? sb.p : "", sb.len, &run->error);
	if (!e)
		e = ot_out_commit(out, &run->error);
	ot_out_close(out);
	ot_sb_done(&sb);
	return status_of(e);
}

/* ---- output ---- */

const char *const *
ot_formats(void)
{
	static const char *formats[FORMATS_MAX];
	size_t count = 0;

	formats[count++] = "ndjson";
	for (const struct ot_renderer *const *r = ot_renderers;
	     *r && count < FORMATS_MAX - 1; r++)
		formats[count++] = (*r)->name;
	formats[count] = NULL;
	return formats;
}

static int
write_out(void *user, struct ot_str bytes, struct ot_error *error)
{
	return ot_out_write(user, bytes.p, bytes.len, error);
}

static struct ot_report
report_of(const struct ot_run *run)
{
	const struct ot_list *captures =
	    &run->stream.store.list[OT_STORE_CAPTURE];
	struct ot_report report = { .tool = ot_str(run->tool),
		.version = ot_str(VERSION),
		.policy = run->has_policy ? &run->policy : NULL,
		.inputs = &run->stream.inputs,
		.store = &run->stream.store,
		.assets = &run->stream.assets,
		.zones = &run->stream.zones,
		.crossings = &run->stream.crossings,
		.findings = &run->stream.findings,
		.rules = run->checked.rules,
		.rule_count = run->checked.rule_count,
		.checks = run->checked.checks,
		.check_count = run->checked.check_count,
		.first = OT_TIME_NONE,
		.last = OT_TIME_NONE };

	for (uint32_t i = 0; i < captures->count; i++) {
		const struct ot_capture_sum *c = captures->at[i];

		if (c->first != OT_TIME_NONE &&
		    (report.first == OT_TIME_NONE || c->first < report.first))
			report.first = c->first;
		if (c->last != OT_TIME_NONE && c->last > report.last)
			report.last = c->last;
	}
	return report;
}

int
ot_run_write(
    struct ot_run *run, const char *format, const char *path, bool colour)
{
	struct ot_report report = report_of(run);
	struct ot_out *out;
	int e = ot_out_open(&out, path, &run->error);

	if (e)
		return status_of(e);
	e = strcmp(format, "ndjson") == 0
		? ot_stream_write(&run->stream, write_out, out, &run->error)
		: ot_render_report(
		      &report, format, colour, write_out, out, &run->error);
	if (!e)
		e = ot_out_commit(out, &run->error);
	ot_out_close(out);
	return status_of(e);
}

uint64_t
ot_run_violations(const struct ot_run *run, const char *severity)
{
	int least = ot_word(ot_severity_names, ot_str(severity));
	uint64_t count = 0;

	if (least < 0)
		return UINT64_MAX;
	for (uint32_t i = 0; i < run->stream.findings.count; i++) {
		const struct ot_finding *f = run->stream.findings.at[i];

		count += f->severity >= least &&
			 ot_str_eq(f->verdict, ot_str("violation")) &&
			 !ot_str_eq(f->status, ot_str("waived"));
	}
	return count;
}

uint64_t
ot_run_undecided(const struct ot_run *run)
{
	uint64_t count = 0;

	for (uint32_t i = 0; i < run->stream.findings.count; i++) {
		const struct ot_finding *f = run->stream.findings.at[i];

		count += ot_str_eq(f->verdict, ot_str("cannot-tell"));
	}
	return count;
}

void
ot_run_confine(struct ot_run *run, const char *const *reads, size_t read_count,
    const char *const *writes, size_t write_count, char *what, size_t cap)
{
	const char **inputs =
	    ot_alloc_array(run->stream.arena, read_count + 4, sizeof(*inputs));
	const char **outputs = ot_alloc_array(
	    run->stream.arena, write_count + 1, sizeof(*outputs));

	if (!inputs || !outputs)
		return;
	memcpy(inputs, reads, read_count * sizeof(*reads));
	memcpy(outputs, writes, write_count * sizeof(*writes));
	inputs[read_count++] = data_folder();
	inputs[read_count++] = IEEE_DATA;
	inputs[read_count++] = OT_ZONEINFO_FOLDER;
	inputs[read_count] = NULL;
	ot_sandbox_enter(
	    &(struct ot_sandbox){ .inputs = inputs, .outputs = outputs }, what,
	    cap);
}
