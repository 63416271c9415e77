/*
 * The record stream, read and written; DESIGN.md section 3.
 */
#include "model/stream.h"

#include "base/map.h"

#define SCHEMA "otzt/1"

#define TYPE struct ot_input
static const struct ot_field input_fields[] = {
	OT_FIELD(TYPE, name, STR, KEEP, 0),
	OT_FIELD(TYPE, sha256, STR, KEEP, OT_NULLABLE),
	OT_FIELD(TYPE, bytes, U64, KEEP, OT_ALWAYS),
};
#undef TYPE

static int
input_cmp(const void *a, const void *b)
{
	const struct ot_input *x = a, *y = b;
	int c = ot_str_cmp(x->name, y->name);

	if (!c)
		c = ot_str_cmp(x->sha256, y->sha256);
	return c ? c : (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

/* A null hash equals nothing: two files may have one name. */
static bool
input_apart(const void *item)
{
	const struct ot_input *input = item;

	return !input->sha256.p;
}

const struct ot_shape ot_input_shape = {
	.size = sizeof(struct ot_input),
	OT_SHAPE_OF(input_fields),
	.cmp = input_cmp,
	.apart = input_apart,
};

#define TYPE struct ot_stream
static const struct ot_field header_fields[] = {
	OT_FIELD(TYPE, tools, STRINGS, KEEP, OT_ALWAYS),
	{ .key = "inputs",
	    .kind = OT_F_LIST,
	    .at = offsetof(TYPE, inputs),
	    .flags = OT_ALWAYS,
	    .shape = &ot_input_shape },
};
#undef TYPE
static const struct ot_shape header_shape = { .size = sizeof(struct ot_stream),
	OT_SHAPE_OF(header_fields) };

/* The types of a stream, in its order. */
struct type {
	const char *name;
	const struct ot_shape *shape;
	int store;   /* enum ot_store_type, or -1 */
	size_t list; /* else the list in the stream */
};

static const struct type types[] = {
	{ "capture", &ot_capture_shape, OT_STORE_CAPTURE, 0 },
	{ "asset", &ot_asset_shape, -1, offsetof(struct ot_stream, assets) },
	{ "fact", &ot_fact_shape, OT_STORE_FACT, 0 },
	{ "event", &ot_event_shape, OT_STORE_EVENT, 0 },
	{ "flow", &ot_flow_shape, OT_STORE_FLOW, 0 },
	{ "zone", &ot_zone_shape, -1, offsetof(struct ot_stream, zones) },
	{ "crossing", &ot_crossing_shape, -1,
	    offsetof(struct ot_stream, crossings) },
	{ "finding", &ot_finding_shape, -1,
	    offsetof(struct ot_stream, findings) },
};

enum { TYPES = sizeof(types) / sizeof(types[0]) };

static struct ot_list *
list_of(struct ot_stream *stream, const struct type *t)
{
	return t->store >= 0
		   ? &stream->store.list[t->store]
		   : (struct ot_list *)(void *)((char *)stream + t->list);
}

static const struct ot_list *
list_of_const(const struct ot_stream *stream, const struct type *t)
{
	return t->store >= 0
		   ? &stream->store.list[t->store]
		   : (const struct ot_list *)(const void *)((const char *)
								stream +
							    t->list);
}

/* ---- reading ---- */

static bool
is_other(const struct ot_field *f, struct ot_str member)
{
	size_t len = strlen(f->key);

	return (f->kind == OT_F_COUNTS || f->kind == OT_F_SLOTS ||
		   f->kind == OT_F_LIST) &&
	       member.len == len + 6 && memcmp(member.p, f->key, len) == 0 &&
	       memcmp(member.p + len, "_other", 6) == 0;
}

static bool
known(const struct ot_shape *shape, struct ot_str member)
{
	if (ot_str_eq(member, ot_str("type")) ||
	    (shape == &header_shape && ot_str_eq(member, ot_str("schema"))))
		return true;
	for (size_t i = 0; i < shape->count; i++)
		if (ot_str_eq(member, ot_str(shape->fields[i].key)) ||
		    is_other(&shape->fields[i], member))
			return true;
	return false;
}

/* Members that no field reads are kept as they stood. */
static int
keep_extra(struct ot_stream *stream, const struct ot_shape *shape,
    const void *record, const struct ot_json *object, struct ot_error *error)
{
	struct ot_sb sb = { 0 };

	for (const struct ot_json *m = object->first; m; m = m->next) {
		if (known(shape, m->key))
			continue;
		ot_sb_putc(&sb, ',');
		ot_sb_add(&sb, m->raw_member.p, m->raw_member.len);
	}
	if (!sb.len)
		return 0;
	struct ot_extra *extra = ot_alloc(stream->arena, sizeof(*extra));
	bool ok = extra && ot_list_push(stream->arena, &stream->extra, extra);

	if (ok) {
		extra->record = record;
		extra->members = ot_str_keep(stream->arena, ot_sb_str(&sb));
	}
	ot_sb_done(&sb);
	return ok ? 0 : ot_error_set(error, OT_ERR_MEMORY, "out of memory");
}

static int
read_known(struct ot_stream *stream, const struct type *t,
    const struct ot_json *object, struct ot_error *error)
{
	void *record = t->store >= 0 ? ot_store_add(&stream->store,
					   (enum ot_store_type)t->store)
				     : ot_alloc(stream->arena, t->shape->size);

	if (!record || (t->store < 0 && !ot_list_push(stream->arena,
					    list_of(stream, t), record)))
		return ot_error_set(error, OT_ERR_MEMORY, "out of memory");
	int e = ot_shape_read(stream->arena, t->shape, record, object, error);

	return e ? e : keep_extra(stream, t->shape, record, object, error);
}

static int
read_header(struct ot_stream *stream, const struct ot_json *object,
    struct ot_error *error)
{
	const struct ot_json *schema = ot_json_get(object, "schema");

	if (!schema || schema->kind != OT_JSON_STRING ||
	    !ot_str_eq(schema->string, ot_str(SCHEMA)))
		return ot_error_set(error, OT_ERR_INPUT,
		    "the stream is not of schema %s", SCHEMA);
	if (stream->any)
		return ot_error_set(error, OT_ERR_INPUT,
		    "a second stream begins: otcap --merge puts streams "
		    "together");
	stream->any = true;
	int e =
	    ot_shape_read(stream->arena, &header_shape, stream, object, error);

	return e ? e : keep_extra(stream, &header_shape, stream, object, error);
}

static int
read_unknown(struct ot_stream *stream, struct ot_str type, struct ot_str line,
    struct ot_error *error)
{
	int e = ot_json_foreign(line, error);

	if (e)
		return e;
	struct ot_unknown *u = ot_alloc(stream->arena, sizeof(*u));

	if (!u || !ot_list_push(stream->arena, &stream->unknown, u))
		return ot_error_set(error, OT_ERR_MEMORY, "out of memory");
	u->type = ot_str_keep(stream->arena, type);
	u->line = ot_str_keep(stream->arena, line);
	return 0;
}

struct complaint {
	struct ot_error *error;
};

static void
complain(void *user, unsigned line, unsigned column, const char *message)
{
	struct complaint *c = user;

	(void)line;
	if (c->error && !c->error->code)
		ot_error_set(
		    c->error, OT_ERR_INPUT, "column %u: %s", column, message);
}

int
ot_stream_read_line(
    struct ot_stream *stream, struct ot_str line, struct ot_error *error)
{
	struct ot_arena scratch = { 0 };
	struct ot_error own = { 0 };
	struct complaint c = { &own };

	if (!stream->arena)
		stream->arena = &stream->store.arena;
	struct ot_json *object = ot_json_parse(&scratch, line, 0, complain, &c);
	const struct ot_json *type = ot_json_get(object, "type");
	int e = 0;

	if (!object)
		e = ot_error_set(
		    error, OT_ERR_INPUT, "%s", own.code ? own.text : "no JSON");
	else if (!type || type->kind != OT_JSON_STRING)
		e = ot_error_set(
		    error, OT_ERR_INPUT, "a record without a type");
	else if (stream->complete)
		e = ot_error_set(
		    error, OT_ERR_INPUT, "a record behind the end record");
	else if (ot_str_eq(type->string, ot_str("stream")))
		e = read_header(stream, object, error);
	else if (ot_str_eq(type->string, ot_str("end")))
		stream->complete = true;
	else {
		const struct type *t = NULL;

		for (int i = 0; i < TYPES; i++)
			if (ot_str_eq(type->string, ot_str(types[i].name)))
				t = &types[i];
		e = t ? read_known(stream, t, object, error)
		      : read_unknown(stream, type->string, line, error);
	}
	ot_arena_done(&scratch);
	return e;
}

/* ---- writing ---- */

struct writer {
	struct ot_sb sb;
	struct ot_map extra; /* struct ot_extra by the address of its record */
	ot_stream_write_fn *write;
	void *user;
	struct ot_error *error;
};

enum { FLUSH = 1 << 16 };

static int
flush(struct writer *w, size_t above)
{
	if (w->sb.lost)
		return ot_error_set(w->error, OT_ERR_MEMORY, "out of memory");
	if (w->sb.len <= above)
		return 0;
	int e = w->write(w->user, ot_sb_str(&w->sb), w->error);

	w->sb.len = 0;
	return e;
}

static bool
map_extra(struct writer *w, const struct ot_stream *stream)
{
	for (uint32_t i = 0; i < stream->extra.count; i++) {
		struct ot_extra *extra = stream->extra.at[i];
		void **at =
		    ot_map_at(&w->extra, &extra->record, sizeof(extra->record));

		if (!at)
			return false;
		*at = extra;
	}
	return true;
}

static void
write_extra(struct writer *w, const void *record)
{
	const struct ot_extra *extra =
	    ot_map_get(&w->extra, &record, sizeof(record));

	if (extra)
		ot_sb_add(&w->sb, extra->members.p, extra->members.len);
}

static int
write_record(struct writer *w, const struct type *t, const void *record)
{
	struct ot_jw jw = { .sb = &w->sb };

	ot_jw_open(&jw, '{');
	ot_jw_key(&jw, "type");
	ot_jw_text(&jw, t->name);
	ot_shape_write(&jw, t->shape, record);
	write_extra(w, record);
	ot_jw_close(&jw, '}');
	ot_sb_putc(&w->sb, '\n');
	return flush(w, FLUSH);
}

static int
write_header(struct writer *w, const struct ot_stream *stream)
{
	struct ot_jw jw = { .sb = &w->sb };

	ot_jw_open(&jw, '{');
	ot_jw_key(&jw, "type");
	ot_jw_text(&jw, "stream");
	ot_jw_key(&jw, "schema");
	ot_jw_text(&jw, SCHEMA);
	ot_shape_write(&jw, &header_shape, stream);
	write_extra(w, stream);
	ot_jw_close(&jw, '}');
	ot_sb_putc(&w->sb, '\n');
	return flush(w, FLUSH);
}

static int
write_unknown(struct writer *w, const struct ot_stream *stream)
{
	int e = 0;

	for (uint32_t i = 0; !e && i < stream->unknown.count; i++) {
		const struct ot_unknown *u = stream->unknown.at[i];

		ot_sb_add(&w->sb, u->line.p, u->line.len);
		ot_sb_putc(&w->sb, '\n');
		e = flush(w, FLUSH);
	}
	return e;
}

static int
write_end(struct writer *w, const struct ot_stream *stream)
{
	struct ot_jw jw = { .sb = &w->sb };

	ot_jw_open(&jw, '{');
	ot_jw_key(&jw, "type");
	ot_jw_text(&jw, "end");
	ot_jw_key(&jw, "records");
	ot_jw_open(&jw, '{');
	for (int i = 0; i < TYPES; i++) {
		uint32_t n = list_of_const(stream, &types[i])->count;

		if (n) {
			ot_jw_key(&jw, types[i].name);
			ot_jw_u64(&jw, n);
		}
	}
	if (stream->unknown.count) {
		ot_jw_key(&jw, "unknown");
		ot_jw_u64(&jw, stream->unknown.count);
	}
	ot_jw_close(&jw, '}');
	ot_jw_close(&jw, '}');
	ot_sb_putc(&w->sb, '\n');
	return 0;
}

int
ot_stream_write(const struct ot_stream *stream, ot_stream_write_fn *write,
    void *user, struct ot_error *error)
{
	struct writer w = { .write = write, .user = user, .error = error };
	int e = map_extra(&w, stream)
		    ? write_header(&w, stream)
		    : ot_error_set(error, OT_ERR_MEMORY, "out of memory");

	for (int i = 0; !e && i < TYPES; i++) {
		const struct ot_list *list = list_of_const(stream, &types[i]);

		for (uint32_t k = 0; !e && k < list->count; k++)
			e = write_record(&w, &types[i], list->at[k]);
	}
	if (!e)
		e = write_unknown(&w, stream);
	if (!e && stream->complete)
		e = write_end(&w, stream);
	if (!e)
		e = flush(&w, 0);
	ot_map_done(&w.extra);
	ot_sb_done(&w.sb);
	return e;
}

void
ot_stream_done(struct ot_stream *stream)
{
	ot_store_done(&stream->store);
	*stream = (struct ot_stream){ 0 };
}
