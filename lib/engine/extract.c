/*
 * Captures are read one after the other, in the order of their names; what is
 * cited of them is kept in memory, which is little, for evidence is bounded.
 * Then it is written: an output appears whole or not at all.
 */
#include "engine/extract.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/time.h"
#include "capture/writer.h"
#include "engine/cited.h"
#include "engine/operand.h"

enum {
	COMMENTS = 64, /* who cites one frame; the rest is counted */
	TOLD = 8,      /* frames of one input that are told singly */
};

/* An interface of an input. */
struct face {
	struct ot_writer_interface as;
	struct ot_str file;
	int64_t least_ns;
	uint32_t input, index;
	uint32_t id; /* in the output; UINT32_MAX: not there yet */
};

struct kept {
	struct ot_frame frame; /* its bytes are the arena's */
	uint32_t face;
	uint32_t from, count; /* citations */
};

/* That a file of a record's own holds a frame. */
struct part {
	struct ot_str name;
	uint32_t kept;
};

struct extract {
	const struct ot_extract_options *options;
	struct ot_arena arena;
	struct ot_cited cited;
	struct ot_input_file *inputs; /* of all operands, by name */
	uint32_t input_count;
	struct face *faces;
	struct kept *kept;
	uint32_t face_count, kept_count;
	uint64_t bytes;
	uint64_t refused; /* frames above OT_LIMIT_EXTRACT */
	bool incomplete;
};

/* The capture that is read. */
struct reading {
	struct extract *x;
	struct ot_capture *capture;
	struct ot_str file; /* as the records call it */
	uint32_t input;
	uint32_t at, end; /* citations not yet come to */
};

static void
tell(struct extract *x, const char *name, const char *what)
{
	char text[1024];

	x->incomplete = true;
	if (!x->options->warn)
		return;
	snprintf(text, sizeof(text), "%s: %s", name, what);
	x->options->warn(x->options->user, text);
}

static int
no_memory(struct ot_error *error)
{
	return ot_error_set(error, OT_ERR_MEMORY, "out of memory");
}

/* ---- inputs ---- */

static void
left_out(void *user, const char *why, bool unreadable)
{
	if (unreadable)
		tell(user, why, "left out");
}

static int
by_name(const void *a, const void *b)
{
	const struct ot_input_file *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	return c ? c : strcmp(x->path, y->path);
}

static int
add_inputs(struct extract *x, const struct ot_input_files *files,
    struct ot_error *error)
{
	size_t count = (size_t)x->input_count + files->count;
	struct ot_input_file *at = ot_heap_grow(x->inputs, count, sizeof(*at));

	if (!at || count > UINT32_MAX)
		return no_memory(error);
	memcpy(at + x->input_count, files->at, files->count * sizeof(*at));
	x->inputs = at;
	x->input_count = (uint32_t)count;
	return 0;
}

static int
list_inputs(struct extract *x, const char *const *operands, size_t count,
    struct ot_error *error)
{
	for (size_t i = 0; i < count; i++) {
		struct ot_input_files files;
		struct ot_error why = { 0 };
		int e = ot_input_files(
		    &files, &x->arena, operands[i], left_out, x, &why);

		if (e == -OT_ERR_MEMORY)
			return no_memory(error);
		if (e)
			tell(x, why.text, "left out");
		else
			e = add_inputs(x, &files, error);
		ot_input_files_done(&files);
		if (e == -OT_ERR_MEMORY)
			return e;
	}
	if (x->input_count)
		qsort(x->inputs, x->input_count, sizeof(*x->inputs), by_name);
	return 0;
}

static bool
is_operand(const struct extract *x, struct ot_str name)
{
	for (uint32_t i = 0; i < x->input_count; i++)
		if (ot_str_eq(ot_str(x->inputs[i].name), name))
			return true;
	return false;
}

/* ---- frames ---- */

static int
face_of(struct reading *r, const struct ot_frame *f, uint32_t *face,
    struct ot_error *error)
{
	struct extract *x = r->x;
	const struct ot_interface *i =
	    ot_capture_interface(r->capture, f->interface);

	for (uint32_t k = x->face_count; k-- && x->faces[k].input == r->input;)
		if (x->faces[k].index == f->interface) {
			*face = k;
			return 0;
		}
	struct face *at =
	    ot_heap_grow(x->faces, x->face_count + 1, sizeof(*at));

	if (!at)
		return no_memory(error);
	x->faces = at;
	at[x->face_count] = (struct face){
		.as = { .link_type = f->link_type,
		    .snap_len = i ? i->snap_len : 0 },
		.file = r->file,
		.least_ns = f->time_ns,
		.input = r->input,
		.index = f->interface,
	};
	if (i && i->name.len)
		at[x->face_count].as.name = ot_text_decode(&x->arena, i->name);
	if (i && i->description.len)
		at[x->face_count].as.description =
		    ot_text_decode(&x->arena, i->description);
	*face = x->face_count++;
	return 0;
}

/* Room doubles where the count is a power of two. */
static int
keep(struct reading *r, const struct ot_frame *f, uint32_t from, uint32_t count,
    struct ot_error *error)
{
	struct extract *x = r->x;
	uint32_t face = 0;
	int e = face_of(r, f, &face, error);
	uint8_t *bytes = ot_alloc(&x->arena, f->captured + 1);

	if (e)
		return e;
	if (!(x->kept_count & (x->kept_count - 1))) {
		struct kept *at = ot_heap_grow(x->kept,
		    x->kept_count ? (size_t)x->kept_count * 2 : 1, sizeof(*at));

		if (!at)
			return no_memory(error);
		x->kept = at;
	}
	if (!bytes)
		return no_memory(error);
	if (f->captured)
		memcpy(bytes, f->bytes, f->captured);
	struct kept *k = &x->kept[x->kept_count++];

	*k = (struct kept){ *f, face, from, count };
	k->frame.bytes = bytes;
	if (f->time_ns < x->faces[face].least_ns)
		x->faces[face].least_ns = f->time_ns;
	x->bytes += f->captured;
	return 0;
}

/* Was a frame of this input kept? What was kept lies by input and number. */
static bool
was_kept(const struct extract *x, uint32_t input, uint64_t number)
{
	uint32_t lo = 0, hi = x->kept_count;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		const struct kept *k = &x->kept[mid];
		uint32_t of = x->faces[k->face].input;

		if (of == input && k->frame.number == number)
			return true;
		if (of < input || (of == input && k->frame.number < number))
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

/* Is it the frame that was meant? Two captures may have one name: then its time
 * tells. An answer states none; it is where its question is. */
static bool
fits(const struct extract *x, const struct ot_citation *c,
    const struct ot_frame *f, uint32_t input)
{
	if (c->asked && c->asked < c->frame)
		return was_kept(x, input, c->asked);
	return c->time_ns == OT_TIME_NONE || c->time_ns == f->time_ns;
}

/* Take a frame for all who mean it. */
static int
take(struct reading *r, const struct ot_frame *f, struct ot_error *error)
{
	struct extract *x = r->x;
	uint32_t from = r->at, fitting = 0;

	for (; r->at < r->end && x->cited.at[r->at].frame == f->number;
	     r->at++) {
		struct ot_citation *c = &x->cited.at[r->at];
		bool fit = fits(x, c, f, r->input);

		c->found |= fit;
		c->other_time |= !fit;
		fitting += fit;
	}
	if (!fitting)
		return 0;
	if (x->bytes + f->captured > OT_LIMIT_EXTRACT) {
		x->refused++;
		return 0;
	}
	return keep(r, f, from, r->at - from, error);
}

/* Read on as long as there are citations, or a hash is wanted. */
static int
read_frames(struct reading *r, bool hash, struct ot_error *error)
{
	struct ot_frame frame;
	int e;

	while ((hash || r->at < r->end) &&
	       (e = ot_capture_next(r->capture, &frame, error)) != 0) {
		if (e < 0)
			return e;
		while (r->at < r->end &&
		       r->x->cited.at[r->at].frame < frame.number)
			r->at++;
		if (r->at < r->end &&
		    r->x->cited.at[r->at].frame == frame.number &&
		    (e = take(r, &frame, error)) < 0)
			return e;
	}
	return 0;
}

/* ---- is it the capture that was meant? ---- */

static struct ot_str
hash_of(struct extract *x, struct ot_capture *capture)
{
	const struct ot_capture_info *info = ot_capture_info(capture);
	char hex[2 * OT_SHA256_LEN + 1];

	if (!info->hashed)
		return (struct ot_str){ 0 };
	ot_hex(hex, info->sha256, sizeof(info->sha256));
	return ot_str_keep(&x->arena, ot_str(hex));
}

/* Do the records state hashes of what they call so? */
static bool
has_hash(const struct extract *x, struct ot_str name)
{
	bool any = false;

	for (uint32_t i = 0; i < x->cited.input_count; i++) {
		const struct ot_cited_input *in = &x->cited.inputs[i];

		if (!ot_str_eq(in->name, name))
			continue;
		if (!in->sha256.len)
			return false;
		any = true;
	}
	return any;
}

/* The input of the records with this hash: of that name, or, with an empty
 * one, of a name that no operand has. */
static const struct ot_cited_input *
input_of(const struct extract *x, struct ot_str sha256, struct ot_str name)
{
	for (uint32_t i = 0; i < x->cited.input_count; i++) {
		const struct ot_cited_input *in = &x->cited.inputs[i];

		if (in->sha256.len && ot_str_eq(in->sha256, sha256) &&
		    (name.len ? ot_str_eq(in->name, name)
			      : !is_operand(x, in->name)))
			return in;
	}
	return NULL;
}

/* Forget what was taken of an input, whose places need no word more. */
static void
forget(struct extract *x, uint32_t kept, uint32_t faces, uint32_t from,
    uint32_t count)
{
	for (uint32_t i = from; i < from + count; i++)
		x->cited.at[i].found = true;
	while (x->kept_count > kept)
		x->bytes -= x->kept[--x->kept_count].frame.captured;
	x->face_count = faces;
}

/* ---- one input ---- */

static int
read_capture(struct reading *r, const char *path, struct ot_error *error)
{
	struct extract *x = r->x;
	bool hash = has_hash(x, r->file);
	struct ot_capture_options options = { .no_hash = !hash };
	uint32_t kept = x->kept_count, faces = x->face_count, from = r->at;
	int e = ot_capture_open(&r->capture, path, &options, error);

	if (e)
		return e;
	e = read_frames(r, hash, error);
	if (!e && hash && !input_of(x, hash_of(x, r->capture), r->file)) {
		tell(x, path,
		    "not the capture that the records were made of: its "
		    "sha256 is another");
		forget(x, kept, faces, from, r->end - from);
	}
	if (!e && ot_capture_info(r->capture)->damaged)
		tell(x, path, ot_capture_info(r->capture)->trouble);
	ot_capture_close(r->capture);
	return e;
}

/* A file that the records know by another name: by its hash. */
static int
name_by_hash(struct extract *x, const char *path, struct ot_str *name,
    struct ot_error *error)
{
	struct reading r = { .x = x };
	int e = ot_capture_open(
	    &r.capture, path, &(struct ot_capture_options){ 0 }, error);

	if (e)
		return e;
	e = read_frames(&r, true, error);
	const struct ot_cited_input *in =
	    e ? NULL : input_of(x, hash_of(x, r.capture), (struct ot_str){ 0 });

	if (in)
		*name = in->name;
	ot_capture_close(r.capture);
	return e;
}

/* Do the records cite captures whose names no operand has, and state hashes
 * of them? */
static bool
any_stray(const struct extract *x)
{
	uint32_t count;

	for (uint32_t i = 0; i < x->cited.input_count; i++) {
		const struct ot_cited_input *in = &x->cited.inputs[i];

		ot_cited_of(&x->cited, in->name, &count);
		if (count && in->sha256.len && !is_operand(x, in->name))
			return true;
	}
	return false;
}

static int
read_input(
    struct extract *x, uint32_t input, bool stray, struct ot_error *error)
{
	const struct ot_input_file *in = &x->inputs[input];
	struct reading r = { .x = x, .file = ot_str(in->name), .input = input };
	uint32_t count;
	int e = 0;

	r.at = ot_cited_of(&x->cited, r.file, &count);
	if (!count && stray) {
		e = name_by_hash(x, in->path, &r.file, error);
		r.at = ot_cited_of(&x->cited, r.file, &count);
	}
	r.end = r.at + count;
	return e || !count ? e : read_capture(&r, in->path, error);
}

static int
read_inputs(struct extract *x, struct ot_error *error)
{
	bool stray = any_stray(x);

	for (uint32_t i = 0; i < x->input_count; i++) {
		struct ot_error why = { 0 };
		int e = read_input(x, i, stray, &why);

		if (e == -OT_ERR_MEMORY) {
			*error = why;
			return e;
		}
		if (e)
			tell(x, why.text, "left out");
	}
	return 0;
}

/* ---- what was not there ---- */

static void
tell_missing(
    struct extract *x, struct ot_str file, uint32_t from, uint32_t count)
{
	uint64_t missing = 0, before = 0;
	char text[160];

	for (uint32_t i = from; i < from + count; i++) {
		const struct ot_citation *c = &x->cited.at[i];

		if (c->found || (missing && c->frame == before))
			continue;
		before = c->frame;
		if (++missing > TOLD)
			continue;
		snprintf(text, sizeof(text), "frame %llu %s",
		    (unsigned long long)c->frame,
		    !c->other_time ? "is not there"
		    : c->asked	   ? "answers a frame that is not there"
				   : "has another time than the one cited");
		tell(x, file.p, text);
	}
	if (missing > TOLD) {
		snprintf(text, sizeof(text), "%llu frames more are missing",
		    (unsigned long long)missing - TOLD);
		tell(x, file.p, text);
	}
}

static bool
none_found(const struct extract *x, uint32_t from, uint32_t count)
{
	for (uint32_t i = from; i < from + count; i++)
		if (x->cited.at[i].found)
			return false;
	return true;
}

static void
tell_all_missing(struct extract *x)
{
	uint32_t count;
	char text[80];

	for (uint32_t i = 0; i < x->cited.count; i += count) {
		struct ot_str file = x->cited.at[i].file;

		ot_cited_of(&x->cited, file, &count);
		if (is_operand(x, file) || !none_found(x, i, count)) {
			tell_missing(x, file, i, count);
			continue;
		}
		snprintf(text, sizeof(text),
		    "not among the captures; places cited in it: %u",
		    (unsigned)count);
		tell(x, file.p, text);
	}
}

static void
tell_refused(struct extract *x)
{
	char text[80];

	if (!x->refused)
		return;
	snprintf(text, sizeof(text), "%llu frames had no room",
	    (unsigned long long)x->refused);
	tell(x, "the records cite too much", text);
}

/* ---- writing ---- */

static void
comment(struct extract *x, const struct ot_citation *c, struct ot_str *out)
{
	struct ot_sb sb = { 0 };

	ot_sb_puts(&sb, x->cited.citers[c->citer].label.p);
	if (c->asked)
		ot_sb_puts(&sb, " (reply)");
	*out = ot_str_keep(&x->arena, ot_sb_str(&sb));
	ot_sb_done(&sb);
}

/* Where the frame is from, then who cites it. only: whose file this is. */
static size_t
comments(struct extract *x, const struct kept *k, struct ot_str only,
    struct ot_str out[COMMENTS + 2])
{
	struct ot_sb sb = { 0 };
	uint32_t input = x->faces[k->face].input;
	size_t count = 1, more = 0;

	ot_sb_printf(&sb, "%s frame %llu", x->faces[k->face].file.p,
	    (unsigned long long)k->frame.number);
	out[0] = ot_str_keep(&x->arena, ot_sb_str(&sb));
	sb.len = 0;
	for (uint32_t i = k->from; i < k->from + k->count; i++) {
		const struct ot_citation *c = &x->cited.at[i];

		if (!fits(x, c, &k->frame, input) ||
		    (only.p &&
			!ot_str_eq(x->cited.citers[c->citer].name, only)))
			continue;
		if (count <= COMMENTS)
			comment(x, c, &out[count++]);
		else
			more++;
	}
	if (more) {
		ot_sb_printf(&sb, "and %zu records more", more);
		out[count++] = ot_str_keep(&x->arena, ot_sb_str(&sb));
	}
	ot_sb_done(&sb);
	return count;
}

/* Times before 1970 are written as distances from an earlier second. */
static int64_t
offset_of(const struct face *face)
{
	return face->least_ns < 0 ? face->least_ns / OT_SECOND_NS - 1 : 0;
}

static int
write_frame(struct extract *x, struct ot_writer *w, const struct kept *k,
    uint32_t *ids, struct ot_str only, struct ot_error *error)
{
	struct face *face = &x->faces[k->face];
	struct ot_frame frame = k->frame;
	struct ot_str texts[COMMENTS + 2];
	int e = 0;

	if (face->id == UINT32_MAX) {
		face->id = (*ids)++;
		face->as.offset_s = offset_of(face);
		e = ot_writer_interface(w, &face->as, error);
	}
	if (e)
		return e;
	frame.interface = face->id;
	frame.time_ns -= face->as.offset_s * OT_SECOND_NS;
	return ot_writer_frame(
	    w, &frame, texts, comments(x, k, only, texts), error);
}

/* One file: of all frames, or of the parts that have one name. */
static int
write_file(struct extract *x, const char *path, const struct part *parts,
    uint32_t count, struct ot_error *error)
{
	struct ot_writer w = { 0 };
	struct ot_out *out = NULL;
	uint32_t ids = 0;
	int e = ot_out_open(&out, path, error);

	if (e)
		return e;
	for (uint32_t i = 0; i < x->face_count; i++)
		x->faces[i].id = UINT32_MAX;
	e = ot_writer_begin(&w, out, x->options->application, error);
	for (uint32_t i = 0; i < count && !e; i++)
		e = write_frame(x, &w, &x->kept[parts ? parts[i].kept : i],
		    &ids, parts ? parts[i].name : (struct ot_str){ 0 }, error);
	if (!e)
		e = ot_out_commit(out, error);
	ot_out_close(out);
	ot_writer_done(&w);
	return e;
}

static int
by_part(const void *a, const void *b)
{
	const struct part *x = a, *y = b;
	int c = ot_str_cmp(x->name, y->name);

	return c ? c : (x->kept > y->kept) - (x->kept < y->kept);
}

/* Which frames go into which file, each once. */
static uint32_t
make_parts(const struct extract *x, struct part *parts)
{
	uint32_t count = 0, kept = 0;

	for (uint32_t i = 0; i < x->kept_count; i++) {
		const struct kept *k = &x->kept[i];

		for (uint32_t c = k->from; c < k->from + k->count; c++)
			if (fits(x, &x->cited.at[c], &k->frame,
				x->faces[k->face].input))
				parts[count++] = (struct part){
					x->cited.citers[x->cited.at[c].citer]
					    .name,
					i
				};
	}
	if (count)
		qsort(parts, count, sizeof(*parts), by_part);
	for (uint32_t i = 0; i < count; i++)
		if (!kept || by_part(&parts[kept - 1], &parts[i]) != 0)
			parts[kept++] = parts[i];
	return kept;
}

static int
write_folder(struct extract *x, struct ot_error *error)
{
	/* two inputs of one name may share the citations of a frame */
	size_t room = 1;

	for (uint32_t i = 0; i < x->kept_count; i++)
		room += x->kept[i].count;
	struct part *parts = ot_heap(room, sizeof(*parts));
	uint32_t count = parts ? make_parts(x, parts) : 0, n;
	int e = parts ? 0 : no_memory(error);

	for (uint32_t i = 0; i < count && !e; i += n) {
		struct ot_sb sb = { 0 };

		for (n = 1; i + n < count &&
			    ot_str_eq(parts[i + n].name, parts[i].name);)
			n++;
		ot_sb_printf(
		    &sb, "%s/%s.pcapng", x->options->folder, parts[i].name.p);
		e = sb.lost ? no_memory(error)
			    : write_file(x, sb.p, &parts[i], n, error);
		ot_sb_done(&sb);
	}
	ot_heap_free(parts);
	return e;
}

/* ---- all of it ---- */

static void
extract_done(struct extract *x)
{
	ot_heap_free(x->inputs);
	ot_heap_free(x->faces);
	ot_heap_free(x->kept);
	ot_cited_done(&x->cited);
	ot_arena_done(&x->arena);
}

/* Records that are cut still say what to look for. */
static int
read_records(struct extract *x, struct ot_error *error)
{
	struct ot_error why = { 0 };
	int e = ot_cited_read(&x->cited, x->options->records, &why);

	if (e == -OT_ERR_INPUT && x->cited.count) {
		tell(x, why.text, "what was read before is looked for");
		e = 0;
	} else if (e) {
		*error = why;
	}
	if (x->cited.lost)
		tell(x, "the records",
		    "they cite too many places: the last are left out");
	return e;
}

int
ot_extract(const struct ot_extract_options *options,
    const char *const *operands, size_t count, struct ot_error *error)
{
	struct extract x = { .options = options };
	int e = read_records(&x, error);

	if (!e)
		e = list_inputs(&x, operands, count, error);
	if (!e)
		e = read_inputs(&x, error);
	if (!e) {
		tell_all_missing(&x);
		tell_refused(&x);
		e = options->output ? write_file(&x, options->output, NULL,
					  x.kept_count, error)
				    : write_folder(&x, error);
	}
	if (!e && x.incomplete)
		e = ot_error_set(error, OT_ERR_INPUT,
		    "not all that the records cite was found: what was found "
		    "is there");
	extract_done(&x);
	return e;
}
