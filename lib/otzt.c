/*
 * The public interface: a run over one record stream.
 */
#include "otzt.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/io.h"
#include "base/sandbox.h"
#include "engine/engine.h"
#include "model/join.h"
#include "model/stream.h"

#define VERSION PACKAGE_VERSION

struct ot_run {
	const char *tool;
	ot_message *message;
	void *user;
	struct ot_error error;
	struct ot_stream stream;
};

const char *
ot_version(void)
{
	return VERSION;
}

static int
status_of(int e)
{
	switch ((enum ot_err)-e) {
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

	snprintf(text, sizeof(text), "%s %s", run->tool, VERSION);
	return ot_strings_add(run->stream.arena, &run->stream.tools, ot_str(text));
}

/* ---- captures ---- */

static bool
add_inputs(struct ot_stream *stream)
{
	const struct ot_list *captures =
	    &stream->store.list[OT_STORE_CAPTURE];
	bool ok = true;

	for (uint32_t i = 0; i < captures->count; i++) {
		const struct ot_capture_sum *c = captures->at[i];

		ok &= ot_list_add(stream->arena, &ot_input_shape,
		    &stream->inputs,
		    &(struct ot_input){
			.name = c->file,
			.sha256 = c->sha256,
			.bytes = c->file_bytes,
		    });
	}
	return ok;
}

static enum ot_sensor_from
sensor_from(const char *from)
{
	if (!from)
		return OT_SENSOR_GIVEN;
	return from[0] == 'i' ? OT_SENSOR_INTERFACE
	    : from[1] == 'i'  ? OT_SENSOR_FILE
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
		.frames_max = how->frames,
		.warn = tell,
		.user = run };
	struct ot_operand *operands =
	    ot_alloc_array(run->stream.arena, count, sizeof(*operands));
	bool damaged = false;

	if (!operands)
		return status_of(ot_error_set(
		    &run->error, OT_ERR_MEMORY, "out of memory"));
	for (size_t i = 0; i < count; i++)
		operands[i] = (struct ot_operand){ paths[i], live };
	int e = ot_engine_run(&run->stream.store, &options, operands, count,
	    &damaged, &run->error);

	if (!sign(run) || !add_inputs(&run->stream))
		e = ot_error_set(&run->error, OT_ERR_MEMORY, "out of memory");
	run->stream.any = run->stream.complete = true;
	if (!e && damaged)
		e = ot_error_set(&run->error, OT_ERR_INPUT,
		    "some input was damaged: what could be read is there");
	return status_of(e);
}

void
ot_run_stop(void)
{
	ot_engine_stop();
}

/* ---- streams ---- */

static int
read_stream(struct ot_stream *stream, const char *path, struct ot_error *error)
{
	struct ot_error why = { 0 };
	struct ot_str line;
	struct ot_in *in;
	int e = ot_in_open(&in, path, error);

	if (e)
		return e;
	while ((e = ot_in_line(in, &line, error)) > 0) {
		if (!line.len)
			continue;
		e = ot_stream_read_line(stream, line, &why);
		if (e) {
			e = ot_error_set(error, why.code, "%s: line %llu: %s",
			    path, (unsigned long long)ot_in_count(in),
			    why.text);
			break;
		}
	}
	ot_in_close(in);
	if (e)
		return e;
	if (!stream->any)
		return ot_error_set(error, OT_ERR_INPUT,
		    "%s: not a record stream (no stream record)", path);
	return 0;
}

int
ot_run_read(struct ot_run *run, const char *path)
{
	int e = read_stream(&run->stream, path, &run->error);

	if (!sign(run))
		e = ot_error_set(&run->error, OT_ERR_MEMORY, "out of memory");
	if (!e && !run->stream.complete)
		e = ot_error_set(&run->error, OT_ERR_INPUT,
		    "%s: the stream has no end record: it is cut", path);
	return status_of(e);
}

static int
write_out(void *user, struct ot_str bytes, struct ot_error *error)
{
	return ot_out_write(user, bytes.p, bytes.len, error);
}

const char *const *
ot_formats(void)
{
	static const char *const formats[] = { "ndjson", NULL };

	return formats;
}

int
ot_run_write(
    struct ot_run *run, const char *format, const char *path, bool colour)
{
	struct ot_out *out;
	int e = ot_out_open(&out, path, &run->error);

	(void)format;
	(void)colour;
	if (e)
		return status_of(e);
	e = ot_stream_write(&run->stream, write_out, out, &run->error);
	if (!e)
		e = ot_out_commit(out, &run->error);
	ot_out_close(out);
	return status_of(e);
}

int
ot_run_merge(struct ot_run *run, const char *const *paths, size_t count)
{
	(void)run;
	(void)paths;
	(void)count;
	return 0;
}

void
ot_run_confine(struct ot_run *run, const char *const *reads,
    size_t read_count, const char *const *writes, size_t write_count,
    char *what, size_t cap)
{
	(void)run;
	(void)reads;
	(void)read_count;
	(void)writes;
	(void)write_count;
	(void)what;
	(void)cap;
}
