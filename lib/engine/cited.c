/*
 * Places in records. What a record is need not be known: any object with a
 * file and the number of a frame in it is a place, and what stands around it
 * is who cites it.
 */
#include "engine/cited.h"

#include <stdlib.h>

#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/time.h"

enum { LABEL = 240, NAME = 100, WORDS = 8 };

/* What names a record: members, a point goes one object down. */
struct words {
	const char *type;
	bool silent; /* the type itself is not worth a word */
	const char *member[WORDS];
};

static const struct words records[] = {
	{ "finding", true, { "check", "fingerprint", "subject" } },
	{ "flow", false,
	    { "client.ip", "client.address", "client.port", "server.ip",
		"server.address", "server.port", "network.protocol" } },
	{ "crossing", false,
	    { "client_zone", "server_zone", "client_address", "server_address",
		"port", "protocol" } },
	{ "fact", false, { "subject", "nested", "fact", "value" } },
	{ "event", false,
	    { "event", "source", "destination", "port", "detail" } },
};

/* What names an operation, an attempt, a session inside of a record. */
static const struct words inner = { NULL, true,
	{ "name", "object", "address", "port", "state" } };

/* Objects from the record down to the one at hand. */
struct trail {
	const struct trail *up;
	const struct ot_json *object;
	uint32_t *citer; /* of this object; UINT32_MAX: none yet */
};

struct reading {
	struct ot_cited *cited;
	uint64_t line;
	bool findings; /* one was there */
	bool stream, complete;
	bool lost; /* no memory */
};

/* ---- labels ---- */

/* Text of records, but no control may reach whoever prints a comment. */
static void
add_clean(struct ot_sb *sb, struct ot_str s)
{
	for (size_t i = 0; i < s.len && sb->len < LABEL; i++) {
		unsigned char c = (unsigned char)s.p[i];

		ot_sb_putc(sb, c < 0x20 || c == 0x7f ? '?' : s.p[i]);
	}
	/* not in the middle of a character */
	if (sb->len == LABEL)
		while (sb->len && ((unsigned char)sb->p[sb->len - 1] & 0x80))
			sb->len--;
}

static void
add_word(struct ot_sb *sb, struct ot_str word)
{
	if (sb->len && word.len)
		ot_sb_putc(sb, ' ');
	add_clean(sb, word);
}

static const struct ot_json *
member(const struct ot_json *object, const char *path)
{
	const char *point = strchr(path, '.');
	char head[16];

	if (!point)
		return ot_json_get(object, path);
	size_t len = (size_t)(point - path);

	if (len >= sizeof(head))
		return NULL;
	memcpy(head, path, len);
	head[len] = '\0';
	return ot_json_get(ot_json_get(object, head), point + 1);
}

static void
add_words(
    struct ot_sb *sb, const struct words *words, const struct ot_json *object)
{
	if (!words->silent)
		add_word(sb, ot_str(words->type));
	for (unsigned i = 0; i < WORDS && words->member[i]; i++) {
		const struct ot_json *m = member(object, words->member[i]);

		if (m && m->kind == OT_JSON_STRING)
			add_word(sb, m->string);
		else if (m && m->kind == OT_JSON_NUMBER)
			add_word(sb, m->raw);
	}
}

static struct ot_str
text_of(const struct ot_json *object, const char *key)
{
	const struct ot_json *m = ot_json_get(object, key);

	return m && m->kind == OT_JSON_STRING ? m->string
					      : (struct ot_str){ 0 };
}

static void
label_record(struct ot_sb *sb, const struct ot_json *record)
{
	struct ot_str type = text_of(record, "type");

	for (size_t i = 0; i < sizeof(records) / sizeof(*records); i++)
		if (ot_str_eq(type, ot_str(records[i].type))) {
			add_words(sb, &records[i], record);
			return;
		}
	if (type.len)
		add_word(sb, type);
	else
		add_words(sb, &inner, record);
}

/* A name for the file of a record's own: nothing that a path could be made
 * of. */
static struct ot_str
name_record(struct reading *r, const struct ot_json *record)
{
	struct ot_str type = text_of(record, "type");
	struct ot_str print = text_of(record, "fingerprint");
	struct ot_sb sb = { 0 };

	if (print.len)
		ot_sb_add(&sb, print.p, print.len < NAME ? print.len : NAME);
	else
		ot_sb_printf(&sb, "%.*s-%llu",
		    (int)(type.len < NAME ? type.len : NAME),
		    type.len ? type.p : "record", (unsigned long long)r->line);
	for (size_t i = 0; i < sb.len; i++) {
		bool plain = (sb.p[i] >= '0' && sb.p[i] <= '9') ||
			     (sb.p[i] >= 'a' && sb.p[i] <= 'z') ||
			     (sb.p[i] >= 'A' && sb.p[i] <= 'Z') ||
			     sb.p[i] == '-';

		if (!plain)
			sb.p[i] = '_';
	}
	struct ot_str name = ot_str_keep(&r->cited->arena, ot_sb_str(&sb));

	ot_sb_done(&sb);
	return name;
}

/* ---- citers and citations ---- */

static uint32_t
more(uint32_t cap)
{
	return cap ? cap * 2 : 64;
}

/* A table with room for one more item; NULL without memory, and it stays. */
static void *
room(void *at, uint32_t count, uint32_t *cap, size_t size)
{
	if (count < *cap)
		return at;
	void *grown = ot_heap_grow(at, more(*cap), size);

	if (grown)
		*cap = more(*cap);
	return grown;
}

/* The citer of an object, made when the first place is found in it. */
static uint32_t
citer_of(struct reading *r, const struct trail *t)
{
	struct ot_cited *c = r->cited;
	const struct trail *root = t;
	struct ot_sb sb = { 0 };

	if (*t->citer != UINT32_MAX)
		return *t->citer;
	while (root->up)
		root = root->up;
	struct ot_citer *citers =
	    room(c->citers, c->citer_count, &c->citer_cap, sizeof(*citers));

	if (!citers) {
		r->lost = true;
		return 0;
	}
	c->citers = citers;
	label_record(&sb, root->object);
	if (t != root) {
		ot_sb_putc(&sb, ':');
		add_words(&sb, &inner, t->object);
	}
	struct ot_citer *citer = &citers[c->citer_count];

	*citer =
	    (struct ot_citer){ .label = ot_str_keep(&c->arena, ot_sb_str(&sb)),
		    .name = name_record(r, root->object),
		    .finding = ot_str_eq(
			text_of(root->object, "type"), ot_str("finding")) };
	r->lost |= sb.lost || !citer->name.p;
	ot_sb_done(&sb);
	*t->citer = c->citer_count++;
	return *t->citer;
}

static void
cite(struct reading *r, struct ot_citation citation)
{
	struct ot_cited *c = r->cited;

	if (c->count == OT_LIMIT_CITATIONS) {
		c->lost++;
		return;
	}
	struct ot_citation *at = room(c->at, c->count, &c->cap, sizeof(*at));

	if (!at) {
		r->lost = true;
		return;
	}
	c->at = at;
	at[c->count++] = citation;
}

/* The names of files are few, and repeat. */
static struct ot_str
keep_file(struct ot_cited *c, struct ot_str file)
{
	if (c->count && ot_str_eq(c->at[c->count - 1].file, file))
		return c->at[c->count - 1].file;
	return ot_str_keep(&c->arena, file);
}

/* Is the object a place? Then it is taken. */
static bool
take_place(struct reading *r, const struct ot_json *o, const struct trail *t)
{
	struct ot_str file = text_of(o, "file"), time = text_of(o, "time");
	struct ot_citation c = { .time_ns = OT_TIME_NONE };
	uint64_t reply = 0;

	if (!file.len || !ot_json_u64(ot_json_get(o, "frame"), &c.frame))
		return false;
	if (!c.frame) /* what the capture file says itself is in no frame */
		return true;
	c.file = keep_file(r->cited, file);
	c.citer = citer_of(r, t);
	r->lost |= !c.file.p;
	ot_time_parse(&c.time_ns, time);
	if (r->lost)
		return true;
	cite(r, c);
	if (ot_json_u64(ot_json_get(o, "reply"), &reply) && reply) {
		c.asked = c.frame;
		c.frame = reply;
		c.time_ns = OT_TIME_NONE;
		cite(r, c);
	}
	return true;
}

/* The scanner limits how deep values are nested. */
static void
walk(struct reading *r, const struct ot_json *value, const struct trail *up)
{
	uint32_t citer = UINT32_MAX;
	struct trail here = { up, value, &citer };
	const struct trail *t = up;

	if (value->kind == OT_JSON_OBJECT) {
		if (take_place(r, value, up ? up : &here))
			return;
		t = &here;
	} else if (value->kind != OT_JSON_ARRAY) {
		return;
	}
	for (const struct ot_json *m = value->first; m && !r->lost; m = m->next)
		walk(r, m, t);
}

/* ---- lines ---- */

static int
no_memory(struct ot_error *error)
{
	return ot_error_set(error, OT_ERR_MEMORY, "out of memory");
}

/* The stream record names the captures. */
static void
take_inputs(struct reading *r, const struct ot_json *header)
{
	struct ot_cited *c = r->cited;
	const struct ot_json *inputs = ot_json_get(header, "inputs");

	r->stream = true;
	for (const struct ot_json *m = inputs ? inputs->first : NULL; m;
	     m = m->next) {
		struct ot_cited_input *at =
		    room(c->inputs, c->input_count, &c->input_cap, sizeof(*at));

		if (!at) {
			r->lost = true;
			return;
		}
		c->inputs = at;
		at[c->input_count++] = (struct ot_cited_input){
			ot_str_keep(&c->arena, text_of(m, "name")),
			ot_str_keep(&c->arena, text_of(m, "sha256"))
		};
	}
}

static void
take_record(struct reading *r, const struct ot_json *record)
{
	struct ot_str type = text_of(record, "type");

	if (ot_str_eq(type, ot_str("stream"))) {
		take_inputs(r, record);
	} else if (ot_str_eq(type, ot_str("end"))) {
		r->complete = true;
	} else if (ot_str_eq(type, ot_str("finding"))) {
		r->findings = true;
		walk(r, record, NULL);
	} else if (!r->findings) {
		walk(r, record, NULL);
	}
}

struct complaint {
	unsigned column;
	char text[200];
};

static void
complain(void *user, unsigned line, unsigned column, const char *message)
{
	struct complaint *c = user;
	size_t len = strlen(message);

	(void)line;
	if (c->column)
		return;
	if (len >= sizeof(c->text))
		len = sizeof(c->text) - 1;
	memcpy(c->text, message, len);
	c->column = column;
}

static int
take_line(struct reading *r, struct ot_str line, const char *name,
    struct ot_error *error)
{
	struct ot_arena scratch = { 0 };
	struct complaint c = { 0 };
	const struct ot_json *record =
	    ot_json_parse(&scratch, line, 0, complain, &c);
	int e = 0;

	if (!record)
		e = ot_error_set(error, OT_ERR_INPUT,
		    "%s: line %llu: column %u: %s", name,
		    (unsigned long long)r->line, c.column,
		    c.column ? c.text : "no JSON");
	else if (record->kind != OT_JSON_OBJECT)
		e = ot_error_set(error, OT_ERR_INPUT,
		    "%s: line %llu: not a record", name,
		    (unsigned long long)r->line);
	else
		take_record(r, record);
	ot_arena_done(&scratch);
	return !e && r->lost ? no_memory(error) : e;
}

static int
read_lines(struct reading *r, struct ot_in *in, const char *name,
    struct ot_error *error)
{
	struct ot_str line;
	int e;

	while ((e = ot_in_line(in, &line, error)) > 0) {
		r->line = ot_in_count(in);
		if (line.len)
			e = take_line(r, line, name, error);
		if (e < 0)
			return e;
	}
	if (!e && r->stream && !r->complete)
		return ot_error_set(error, OT_ERR_INPUT,
		    "%s: the stream has no end record: it is cut", name);
	return e;
}

/* ---- order ---- */

static int
by_place(const void *a, const void *b)
{
	const struct ot_citation *x = a, *y = b;
	int c = ot_str_cmp(x->file, y->file);

	if (c)
		return c;
	if (x->frame != y->frame)
		return x->frame < y->frame ? -1 : 1;
	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	if (x->citer != y->citer)
		return x->citer < y->citer ? -1 : 1;
	return (x->asked > y->asked) - (x->asked < y->asked);
}

/* Findings alone, where there are any; each place of a citer once. */
static void
settle(struct ot_cited *c, bool findings)
{
	uint32_t kept = 0;

	if (c->count)
		qsort(c->at, c->count, sizeof(*c->at), by_place);
	for (uint32_t i = 0; i < c->count; i++) {
		if (findings && !c->citers[c->at[i].citer].finding)
			continue;
		if (kept && by_place(&c->at[kept - 1], &c->at[i]) == 0)
			continue;
		c->at[kept++] = c->at[i];
	}
	c->count = kept;
}

int
ot_cited_read(struct ot_cited *cited, const char *path, struct ot_error *error)
{
	struct reading r = { .cited = cited };
	const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
	struct ot_in *in;
	int e = ot_in_open(&in, path, error);

	if (e)
		return e;
	e = read_lines(&r, in, name, error);
	ot_in_close(in);
	settle(cited, r.findings);
	return e;
}

void
ot_cited_done(struct ot_cited *c)
{
	ot_heap_free(c->citers);
	ot_heap_free(c->at);
	ot_heap_free(c->inputs);
	ot_arena_done(&c->arena);
	*c = (struct ot_cited){ 0 };
}

uint32_t
ot_cited_of(const struct ot_cited *c, struct ot_str file, uint32_t *count)
{
	uint32_t lo = 0, hi = c->count, end;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (ot_str_cmp(c->at[mid].file, file) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (end = lo; end < c->count && ot_str_eq(c->at[end].file, file);)
		end++;
	*count = end - lo;
	return lo;
}
