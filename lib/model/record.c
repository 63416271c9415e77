/*
 * Writing, reading and merging of records by their tables of fields;
 * otzt-records(5).
 */
#include "model/record.h"

#include <inttypes.h>
#include <stdio.h>

static const void *
member(const void *s, const struct ot_field *f)
{
	return (const char *)s + f->at;
}

static void *
member_rw(void *s, const struct ot_field *f)
{
	return (char *)s + f->at;
}

int
ot_vlans_cmp(const struct ot_vlans *a, const struct ot_vlans *b)
{
	for (unsigned i = 0; i < a->count && i < b->count; i++)
		if (a->id[i] != b->id[i])
			return a->id[i] < b->id[i] ? -1 : 1;
	return (a->count > b->count) - (a->count < b->count);
}

/* ---- lists ---- */

bool
ot_list_push(struct ot_arena *arena, struct ot_list *list, void *item)
{
	if (list->count == list->room) {
		uint32_t room = list->room ? list->room * 2 : 4;
		void **at = ot_alloc_array(arena, room, sizeof(*at));

		if (!at)
			return false;
		if (list->count)
			memcpy(at, list->at, list->count * sizeof(*at));
		list->at = at;
		list->room = room;
	}
	list->at[list->count++] = item;
	return true;
}

bool
ot_strings_add(
    struct ot_arena *arena, struct ot_strings *strings, struct ot_str s)
{
	if (strings->count == strings->room) {
		uint32_t room = strings->room ? strings->room * 2 : 4;
		struct ot_str *at = ot_alloc_array(arena, room, sizeof(*at));

		if (!at)
			return false;
		if (strings->count)
			memcpy(at, strings->at, strings->count * sizeof(*at));
		strings->at = at;
		strings->room = room;
	}
	strings->at[strings->count++] = ot_str_keep(arena, s);
	return true;
}

/* Index of the first item not below key. */
static uint32_t
list_find(
    const struct ot_shape *shape, const struct ot_list *list, const void *key)
{
	uint32_t lo = 0, hi = list->count;

	/* sorted input comes in order: try the end first */
	if (hi && shape->cmp(list->at[hi - 1], key) < 0)
		return hi;
	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;

		if (shape->cmp(list->at[mid], key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

void *
ot_list_find(
    const struct ot_shape *shape, const struct ot_list *list, const void *key)
{
	uint32_t i = list_find(shape, list, key);

	return i < list->count && shape->cmp(list->at[i], key) == 0
		   ? list->at[i]
		   : NULL;
}

static bool
spill(struct ot_arena *arena, const struct ot_shape *shape,
    struct ot_list *list, const void *item)
{
	if (shape->spill)
		return shape->spill(arena, list, item);
	list->other++;
	return true;
}

/* Is the list full? Items that stand for the rest come first and do not
 * count. */
static bool
is_full(const struct ot_shape *shape, const struct ot_list *list)
{
	uint32_t rest = 0;

	if (!shape->cap || list->count < shape->cap)
		return false;
	while (shape->is_rest && rest < list->count &&
	       shape->is_rest(list->at[rest]))
		rest++;
	return list->count - rest >= shape->cap;
}

static void *
copy_of(struct ot_arena *arena, const struct ot_shape *shape, const void *item)
{
	void *copy = ot_alloc(arena, shape->size);

	return copy && ot_shape_copy(arena, shape, copy, item) ? copy : NULL;
}

/* Give back the memory of a copy, as far as texts and values hold it. */
static void
copy_done(struct ot_arena *arena, const struct ot_shape *shape, void *copy)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct ot_field *f = &shape->fields[i];
		void *at = member_rw(copy, f);
		const struct ot_str *s = at;

		if (f->kind == OT_F_STR)
			ot_give_back(
			    arena, (void *)(uintptr_t)s->p, s->len + 1);
		else if (f->kind == OT_F_COUNTS)
			ot_counts_done(arena, at);
		else if (f->kind == OT_F_HIST)
			ot_hist_done(arena, at);
		else if (f->kind == OT_F_SLOTS)
			ot_slots_done(arena, at);
	}
	ot_give_back(arena, copy, shape->size);
}

bool
ot_list_add(struct ot_arena *arena, const struct ot_shape *shape,
    struct ot_list *list, const void *item)
{
	if (!shape->cmp) {
		void *copy = copy_of(arena, shape, item);

		return copy && ot_list_push(arena, list, copy);
	}
	uint32_t i = list_find(shape, list, item);

	if (i < list->count && shape->cmp(list->at[i], item) == 0 &&
	    !(shape->apart && shape->apart(item)))
		return ot_shape_merge(arena, shape, list->at[i], item);
	if (is_full(shape, list) && !(shape->is_rest && shape->is_rest(item))) {
		if (i == list->count)
			return spill(arena, shape, list, item);
		void *last = list->at[list->count - 1];

		if (!spill(arena, shape, list, last))
			return false;
		/* what was spilled may have gone into this list again */
		list->count--;
		if (arena->reuse)
			copy_done(arena, shape, last);
		i = list_find(shape, list, item);
	}
	void *copy = copy_of(arena, shape, item);

	if (!copy || !ot_list_push(arena, list, copy))
		return false;
	memmove(list->at + i + 1, list->at + i,
	    (list->count - 1 - i) * sizeof(*list->at));
	list->at[i] = copy;
	return true;
}

/* ---- merging ---- */

#define MERGE_NUMBER(type, into, from, rule)                                   \
	do {                                                                   \
		type *a = (into);                                              \
		type b = *(const type *)(from);                                \
		if ((rule) == OT_SUM)                                          \
			*a = (type)(*a + b);                                   \
		else if ((rule) == OT_MIN ? b < *a                             \
					  : (rule) == OT_MAX && b > *a)        \
			*a = b;                                                \
	} while (0)

static void
merge_time(int64_t *into, int64_t from, enum ot_rule rule)
{
	if (from == OT_TIME_NONE)
		return;
	if (*into == OT_TIME_NONE || (rule == OT_MIN && from < *into) ||
	    (rule == OT_MAX && from > *into))
		*into = from;
}

static bool
merge_list(struct ot_arena *arena, const struct ot_shape *shape,
    struct ot_list *into, const struct ot_list *from)
{
	bool ok = true;

	into->other += from->other;
	for (uint32_t i = 0; i < from->count; i++)
		ok &= ot_list_add(arena, shape, into, from->at[i]);
	return ok;
}

static bool
merge_field(struct ot_arena *arena, const struct ot_field *f, void *into,
    const void *from)
{
	switch (f->kind) {
	case OT_F_U64:
		MERGE_NUMBER(uint64_t, into, from, f->rule);
		return true;
	case OT_F_U32:
		MERGE_NUMBER(uint32_t, into, from, f->rule);
		return true;
	case OT_F_I64:
		MERGE_NUMBER(int64_t, into, from, f->rule);
		return true;
	case OT_F_WORD:
		MERGE_NUMBER(uint8_t, into, from, f->rule);
		return true;
	case OT_F_BOOL:
	case OT_F_NOT:
		*(bool *)into |= *(const bool *)from && f->rule != OT_KEEP;
		return true;
	case OT_F_TIME:
		merge_time(into, *(const int64_t *)from, f->rule);
		return true;
	case OT_F_COUNTS:
		return ot_counts_merge(arena, into, from);
	case OT_F_HIST:
		return ot_hist_merge(arena, into, from);
	case OT_F_SLOTS:
		return ot_slots_merge(arena, into, from);
	case OT_F_EVIDENCE:
		ot_evidence_merge(into, from);
		return true;
	case OT_F_VALUE:
		ot_value_merge(into, from);
		return true;
	case OT_F_OBJECT:
		return ot_shape_merge(arena, f->shape, into, from);
	case OT_F_LIST:
		return merge_list(arena, f->shape, into, from);
	case OT_F_STR:
	case OT_F_IP:
	case OT_F_ADDRESS:
	case OT_F_ADDR:
	case OT_F_VLANS:
	case OT_F_STRINGS:
		break;
	}
	return true;
}

bool
ot_shape_merge(struct ot_arena *arena, const struct ot_shape *shape, void *into,
    const void *from)
{
	bool ok = true;

	for (size_t i = 0; i < shape->count; i++) {
		const struct ot_field *f = &shape->fields[i];

		if (f->rule != OT_KEEP || f->kind == OT_F_OBJECT)
			ok &= merge_field(
			    arena, f, member_rw(into, f), member(from, f));
	}
	return ok;
}

/* ---- copying ---- */

static bool
copy_field(struct ot_arena *arena, const struct ot_field *f, void *into,
    const void *from)
{
	switch (f->kind) {
	case OT_F_STR: {
		const struct ot_str *s = from;
		struct ot_str kept = { 0 };

		if (s->p) {
			kept = ot_str_keep(arena, *s);
			if (!kept.p)
				return false;
		}
		*(struct ot_str *)into = kept;
		return true;
	}
	case OT_F_COUNTS:
		*(struct ot_counts *)into = (struct ot_counts){ 0 };
		return ot_counts_merge(arena, into, from);
	case OT_F_HIST:
		*(struct ot_hist *)into = (struct ot_hist){ 0 };
		return ot_hist_merge(arena, into, from);
	case OT_F_SLOTS:
		*(struct ot_slots *)into = (struct ot_slots){ 0 };
		return ot_slots_merge(arena, into, from);
	case OT_F_OBJECT:
		return ot_shape_copy(arena, f->shape, into, from);
	case OT_F_LIST:
		*(struct ot_list *)into = (struct ot_list){ 0 };
		return merge_list(arena, f->shape, into, from);
	case OT_F_STRINGS: {
		const struct ot_strings *s = from;
		bool ok = true;

		*(struct ot_strings *)into = (struct ot_strings){ 0 };
		for (uint32_t i = 0; i < s->count; i++)
			ok &= ot_strings_add(arena, into, s->at[i]);
		return ok;
	}
	case OT_F_U64:
	case OT_F_U32:
	case OT_F_I64:
	case OT_F_BOOL:
	case OT_F_NOT:
	case OT_F_WORD:
	case OT_F_IP:
	case OT_F_ADDRESS:
	case OT_F_ADDR:
	case OT_F_TIME:
	case OT_F_VLANS:
	case OT_F_VALUE:
	case OT_F_EVIDENCE: /* names of files live as long as the run */
		break;
	}
	return true;
}

bool
ot_shape_copy(struct ot_arena *arena, const struct ot_shape *shape, void *into,
    const void *from)
{
	bool ok = true;

	memmove(into, from, shape->size);
	for (size_t i = 0; i < shape->count; i++) {
		const struct ot_field *f = &shape->fields[i];

		ok &= copy_field(arena, f, member_rw(into, f), member(from, f));
	}
	return ok;
}

/* ---- writing ---- */

static void
write_other(struct ot_jw *w, const char *key, uint64_t other)
{
	char name[64];

	if (!other)
		return;
	snprintf(name, sizeof(name), "%s_other", key);
	ot_jw_key(w, name);
	ot_jw_u64(w, other);
}

static void
write_time(struct ot_jw *w, int64_t t_ns)
{
	char text[OT_TIME_TEXT];
	size_t len = ot_time_print(text, t_ns);

	ot_jw_str(w, (struct ot_str){ text, len });
}

static void
write_counts(
    struct ot_jw *w, const struct ot_field *f, const struct ot_counts *c)
{
	if (!c->count && !(f->flags & OT_ALWAYS))
		return;
	ot_jw_key(w, f->key);
	ot_jw_open(w, '{');
	for (uint32_t i = 0; i < c->count; i++) {
		ot_jw_key_str(w, c->at[i].text);
		ot_jw_u64(w, c->at[i].count);
	}
	ot_jw_close(w, '}');
	write_other(w, f->key, c->other);
}

static void
write_hist(struct ot_jw *w, const struct ot_field *f, const struct ot_hist *h)
{
	if (!h->count)
		return;
	ot_jw_key(w, f->key);
	ot_jw_open(w, '{');
	for (uint32_t i = 0; i < h->count; i++) {
		ot_jw_key_u64(w, h->at[i].bin);
		ot_jw_u64(w, h->at[i].count);
	}
	ot_jw_close(w, '}');
}

static void
write_slots(struct ot_jw *w, const struct ot_field *f, const struct ot_slots *s)
{
	char text[OT_SLOTS_TEXT];

	if (!s->count)
		return;
	ot_jw_key(w, f->key);
	ot_jw_open(w, '[');
	for (uint32_t i = 0; i < s->count; i++) {
		size_t len = ot_slots_print(text, s->at[i].from, s->at[i].to);

		ot_jw_str(w, (struct ot_str){ text, len });
	}
	ot_jw_close(w, ']');
	write_other(w, f->key, s->other);
}

static void
write_place(struct ot_jw *w, const struct ot_place *p)
{
	ot_jw_key(w, "time");
	write_time(w, p->time_ns);
	ot_jw_key(w, "file");
	ot_jw_str(w, p->file);
	ot_jw_key(w, "frame");
	ot_jw_u64(w, p->frame);
}

static void
write_evidence(
    struct ot_jw *w, const struct ot_field *f, const struct ot_evidence *e)
{
	if (!e->count)
		return;
	ot_jw_key(w, f->key);
	ot_jw_open(w, '[');
	for (uint32_t i = 0; i < e->count; i++) {
		const struct ot_place *p = &e->at[i];

		ot_jw_open(w, '{');
		write_place(w, p);
		if (p->reply) {
			ot_jw_key(w, "reply");
			ot_jw_u64(w, p->reply);
		}
		ot_jw_close(w, '}');
	}
	ot_jw_close(w, ']');
}

static void
write_real(struct ot_jw *w, const char *key, double value)
{
	ot_jw_key(w, key);
	ot_jw_real(w, value);
}

static void
write_value(
    struct ot_jw *w, const struct ot_field *f, const struct ot_value_sum *v)
{
	if (!v->known && !v->not_finite)
		return;
	ot_jw_key(w, f->key);
	ot_jw_open(w, '{');
	if (v->known) {
		write_real(w, "last", v->last);
		write_real(w, "min", v->min);
		write_real(w, "max", v->max);
		write_place(w, &v->at);
	}
	if (v->not_finite) {
		ot_jw_key(w, "not_finite");
		ot_jw_u64(w, v->not_finite);
	}
	ot_jw_close(w, '}');
}

static void
write_vlans(struct ot_jw *w, const struct ot_field *f, const struct ot_vlans *v)
{
	if (!v->count)
		return;
	ot_jw_key(w, f->key);
	ot_jw_open(w, '{');
	ot_jw_key(w, "id");
	ot_jw_open(w, '[');
	for (unsigned i = 0; i < v->count; i++)
		ot_jw_u64(w, v->id[i]);
	ot_jw_close(w, ']');
	ot_jw_close(w, '}');
}

static void
write_addr(struct ot_jw *w, const struct ot_field *f, const struct ot_addr *a)
{
	char text[OT_ADDR_TEXT];
	bool ip = ot_addr_is_ip(a);

	if (a->kind == OT_ADDR_NONE || (f->kind == OT_F_IP && !ip) ||
	    (f->kind == OT_F_ADDRESS && ip))
		return;
	size_t len = ot_addr_print(text, a);

	ot_jw_key(w, f->key);
	ot_jw_str(w, (struct ot_str){ text, len });
}

static void
write_str(struct ot_jw *w, const struct ot_field *f, const struct ot_str *s)
{
	if (!s->p && !(f->flags & OT_NULLABLE))
		return;
	ot_jw_key(w, f->key);
	if (s->p)
		ot_jw_str(w, *s);
	else
		ot_jw_null(w);
}

static void
write_number(struct ot_jw *w, const struct ot_field *f, uint64_t n)
{
	if (!n && !(f->flags & OT_ALWAYS))
		return;
	ot_jw_key(w, f->key);
	ot_jw_u64(w, n);
}

/* An object that would be empty is left out: its bracket is taken back. */
static void
write_object(struct ot_jw *w, const struct ot_field *f, const void *from)
{
	size_t len = w->sb->len;
	bool comma = w->comma;

	ot_jw_key(w, f->key);
	ot_jw_open(w, '{');
	size_t inside = w->sb->len;

	ot_shape_write(w, f->shape, from);
	if (w->sb->len == inside && !(f->flags & OT_ALWAYS) && !w->sb->lost) {
		w->sb->len = len;
		w->comma = comma;
		return;
	}
	ot_jw_close(w, '}');
}

static void
write_list(struct ot_jw *w, const struct ot_field *f, const struct ot_list *l)
{
	if (!l->count && !(f->flags & OT_ALWAYS))
		return;
	ot_jw_key(w, f->key);
	ot_jw_open(w, '[');
	for (uint32_t i = 0; i < l->count; i++) {
		ot_jw_open(w, '{');
		ot_shape_write(w, f->shape, l->at[i]);
		ot_jw_close(w, '}');
	}
	ot_jw_close(w, ']');
	write_other(w, f->key, l->other);
}

static void
write_strings(
    struct ot_jw *w, const struct ot_field *f, const struct ot_strings *s)
{
	if (!s->count && !(f->flags & OT_ALWAYS))
		return;
	ot_jw_key(w, f->key);
	ot_jw_open(w, '[');
	for (uint32_t i = 0; i < s->count; i++)
		ot_jw_str(w, s->at[i]);
	ot_jw_close(w, ']');
}

static void
write_field(struct ot_jw *w, const struct ot_field *f, const void *from)
{
	switch (f->kind) {
	case OT_F_U64:
		write_number(w, f, *(const uint64_t *)from);
		break;
	case OT_F_U32:
		write_number(w, f, *(const uint32_t *)from);
		break;
	case OT_F_I64:
		if (*(const int64_t *)from || f->flags & OT_ALWAYS) {
			ot_jw_key(w, f->key);
			ot_jw_i64(w, *(const int64_t *)from);
		}
		break;
	case OT_F_BOOL:
		if (*(const bool *)from || f->flags & OT_ALWAYS) {
			ot_jw_key(w, f->key);
			ot_jw_bool(w, *(const bool *)from);
		}
		break;
	case OT_F_NOT:
		if (*(const bool *)from) {
			ot_jw_key(w, f->key);
			ot_jw_bool(w, false);
		}
		break;
	case OT_F_STR:
		write_str(w, f, from);
		break;
	case OT_F_WORD:
		ot_jw_key(w, f->key);
		ot_jw_text(w, f->names[*(const uint8_t *)from]);
		break;
	case OT_F_IP:
	case OT_F_ADDRESS:
	case OT_F_ADDR:
		write_addr(w, f, from);
		break;
	case OT_F_TIME:
		if (*(const int64_t *)from != OT_TIME_NONE) {
			ot_jw_key(w, f->key);
			write_time(w, *(const int64_t *)from);
		}
		break;
	case OT_F_COUNTS:
		write_counts(w, f, from);
		break;
	case OT_F_HIST:
		write_hist(w, f, from);
		break;
	case OT_F_SLOTS:
		write_slots(w, f, from);
		break;
	case OT_F_EVIDENCE:
		write_evidence(w, f, from);
		break;
	case OT_F_VALUE:
		write_value(w, f, from);
		break;
	case OT_F_VLANS:
		write_vlans(w, f, from);
		break;
	case OT_F_OBJECT:
		write_object(w, f, from);
		break;
	case OT_F_LIST:
		write_list(w, f, from);
		break;
	case OT_F_STRINGS:
		write_strings(w, f, from);
		break;
	}
}

void
ot_shape_write(struct ot_jw *w, const struct ot_shape *shape, const void *from)
{
	for (size_t i = 0; i < shape->count; i++)
		write_field(
		    w, &shape->fields[i], member(from, &shape->fields[i]));
}

/* ---- reading ---- */

static int
wrong(const struct ot_json *v, const char *key, const char *wanted,
    struct ot_error *error)
{
	return ot_error_set(error, OT_ERR_INPUT, "%u:%u: \"%s\" is not %s",
	    v->line, v->column, key, wanted);
}

static bool
read_number(const struct ot_json *v, uint64_t max, uint64_t *n)
{
	return ot_json_u64(v, n) && *n <= max;
}

static int
read_counts(struct ot_arena *arena, const struct ot_field *f,
    struct ot_counts *c, const struct ot_json *v, struct ot_error *error)
{
	uint64_t n;

	if (v->kind != OT_JSON_OBJECT)
		return wrong(v, f->key, "an object of counts", error);
	for (const struct ot_json *m = v->first; m; m = m->next) {
		if (!ot_json_u64(m, &n))
			return wrong(m, f->key, "an object of counts", error);
		if (!ot_counts_add(arena, c, m->key, n))
			return ot_error_set(
			    error, OT_ERR_MEMORY, "out of memory");
	}
	return 0;
}

static bool
read_bin(uint16_t *bin, struct ot_str key)
{
	unsigned n = 0;

	for (size_t i = 0; i < key.len && n <= UINT16_MAX; i++) {
		if (key.p[i] < '0' || key.p[i] > '9')
			return false;
		n = n * 10 + (unsigned)(key.p[i] - '0');
	}
	*bin = (uint16_t)n;
	return key.len && n <= UINT16_MAX;
}

static int
read_hist(struct ot_arena *arena, const struct ot_field *f, struct ot_hist *h,
    const struct ot_json *v, struct ot_error *error)
{
	uint64_t n;
	uint16_t bin;

	if (v->kind != OT_JSON_OBJECT)
		return wrong(v, f->key, "a histogram", error);
	for (const struct ot_json *m = v->first; m; m = m->next) {
		if (!ot_json_u64(m, &n) || !read_bin(&bin, m->key))
			return wrong(m, f->key, "a histogram", error);
		if (!ot_hist_add(arena, h, bin, n))
			return ot_error_set(
			    error, OT_ERR_MEMORY, "out of memory");
	}
	return 0;
}

static int
read_slots(struct ot_arena *arena, const struct ot_field *f, struct ot_slots *s,
    const struct ot_json *v, struct ot_error *error)
{
	int32_t from, to;

	if (v->kind != OT_JSON_ARRAY)
		return wrong(v, f->key, "a list of slots", error);
	for (const struct ot_json *m = v->first; m; m = m->next) {
		if (m->kind != OT_JSON_STRING ||
		    !ot_slots_parse(&from, &to, m->string))
			return wrong(m, f->key, "a range of slots", error);
		if (!ot_slots_add(arena, s, from, to))
			return ot_error_set(
			    error, OT_ERR_MEMORY, "out of memory");
	}
	return 0;
}

/* Its time, file and frame. */
static bool
read_place(struct ot_arena *arena, struct ot_place *p, const struct ot_json *v)
{
	const struct ot_json *t = ot_json_get(v, "time");
	const struct ot_json *file = ot_json_get(v, "file");

	if (!t || t->kind != OT_JSON_STRING ||
	    !ot_time_parse(&p->time_ns, t->string) || !file ||
	    file->kind != OT_JSON_STRING ||
	    !ot_json_u64(ot_json_get(v, "frame"), &p->frame))
		return false;
	/* most places of a record are in one file */
	if (!p->file.p || !ot_str_eq(p->file, file->string))
		p->file = ot_str_keep(arena, file->string);
	return true;
}

static int
read_evidence(struct ot_arena *arena, const struct ot_field *f,
    struct ot_evidence *e, const struct ot_json *v, struct ot_error *error)
{
	if (v->kind != OT_JSON_ARRAY)
		return wrong(v, f->key, "a list of places", error);
	for (const struct ot_json *m = v->first; m; m = m->next) {
		const struct ot_json *reply = ot_json_get(m, "reply");
		struct ot_place p = { .file = e->at[0].file };

		if (!read_place(arena, &p, m) ||
		    (reply && !ot_json_u64(reply, &p.reply)))
			return wrong(m, f->key, "a place", error);
		ot_evidence_add(e, &p);
	}
	return 0;
}

static int
read_value(struct ot_arena *arena, const struct ot_field *f,
    struct ot_value_sum *value, const struct ot_json *v, struct ot_error *error)
{
	const struct ot_json *odd = ot_json_get(v, "not_finite");
	struct ot_value_sum sum = { .known = ot_json_get(v, "last") };

	if (sum.known && (!ot_json_real(ot_json_get(v, "last"), &sum.last) ||
			     !ot_json_real(ot_json_get(v, "min"), &sum.min) ||
			     !ot_json_real(ot_json_get(v, "max"), &sum.max) ||
			     !read_place(arena, &sum.at, v)))
		return wrong(v, f->key,
		    "the last, min and max of numbers and "
		    "their place",
		    error);
	if (odd && !ot_json_u64(odd, &sum.not_finite))
		return wrong(odd, "not_finite", "a number", error);
	ot_value_merge(value, &sum);
	return 0;
}

static int
read_vlans(const struct ot_field *f, struct ot_vlans *vlans,
    const struct ot_json *v, struct ot_error *error)
{
	const struct ot_json *id = ot_json_get(v, "id");
	uint64_t n;

	if (!id || id->kind != OT_JSON_ARRAY)
		return wrong(v, f->key, "an object with a list id", error);
	for (const struct ot_json *m = id->first; m; m = m->next) {
		if (!read_number(m, 4095, &n) || vlans->count == OT_LIMIT_VLANS)
			return wrong(m, f->key, "a VLAN", error);
		vlans->id[vlans->count++] = (uint16_t)n;
	}
	return 0;
}

static int
read_list(struct ot_arena *arena, const struct ot_field *f,
    struct ot_list *list, const struct ot_json *v, struct ot_error *error)
{
	if (v->kind != OT_JSON_ARRAY)
		return wrong(v, f->key, "a list", error);
	for (const struct ot_json *m = v->first; m; m = m->next) {
		void *item = ot_alloc(arena, f->shape->size);

		if (!item)
			return ot_error_set(
			    error, OT_ERR_MEMORY, "out of memory");
		int e = ot_shape_read(arena, f->shape, item, m, error);

		if (e)
			return e;
		/* a sorted list that was read stays sorted and bounded */
		bool ok = f->shape->cmp
			      ? ot_list_add(arena, f->shape, list, item)
			      : ot_list_push(arena, list, item);

		if (!ok)
			return ot_error_set(
			    error, OT_ERR_MEMORY, "out of memory");
	}
	return 0;
}

static int
read_strings(struct ot_arena *arena, const struct ot_field *f,
    struct ot_strings *strings, const struct ot_json *v, struct ot_error *error)
{
	if (v->kind != OT_JSON_ARRAY)
		return wrong(v, f->key, "a list of strings", error);
	for (const struct ot_json *m = v->first; m; m = m->next) {
		if (m->kind != OT_JSON_STRING)
			return wrong(m, f->key, "a list of strings", error);
		if (!ot_strings_add(arena, strings, m->string))
			return ot_error_set(
			    error, OT_ERR_MEMORY, "out of memory");
	}
	return 0;
}

static int
read_text(struct ot_arena *arena, const struct ot_field *f, void *into,
    const struct ot_json *v, struct ot_error *error)
{
	if (v->kind == OT_JSON_NULL && f->flags & OT_NULLABLE)
		return 0;
	if (v->kind != OT_JSON_STRING)
		return wrong(v, f->key, "a string", error);
	switch (f->kind) {
	case OT_F_STR:
		*(struct ot_str *)into = ot_str_keep(arena, v->string);
		return 0;
	case OT_F_TIME:
		if (!ot_time_parse(into, v->string))
			return wrong(v, f->key, "a time", error);
		return 0;
	case OT_F_WORD: {
		int word = ot_word(f->names, v->string);

		if (word < 0)
			return wrong(v, f->key, "a known word", error);
		*(uint8_t *)into = (uint8_t)word;
		return 0;
	}
	default:
		if (!ot_addr_parse(into, v->string))
			return wrong(v, f->key, "an address", error);
		return 0;
	}
}

static int
read_field(struct ot_arena *arena, const struct ot_field *f, void *into,
    const struct ot_json *v, struct ot_error *error)
{
	uint64_t n;

	switch (f->kind) {
	case OT_F_U64:
		return ot_json_u64(v, into)
			   ? 0
			   : wrong(v, f->key, "a number", error);
	case OT_F_U32:
		if (!read_number(v, UINT32_MAX, &n))
			return wrong(v, f->key, "a number", error);
		*(uint32_t *)into = (uint32_t)n;
		return 0;
	case OT_F_I64:
		return ot_json_i64(v, into)
			   ? 0
			   : wrong(v, f->key, "a number", error);
	case OT_F_BOOL:
	case OT_F_NOT:
		if (v->kind != OT_JSON_TRUE && v->kind != OT_JSON_FALSE)
			return wrong(v, f->key, "true or false", error);
		*(bool *)into =
		    (v->kind == OT_JSON_TRUE) == (f->kind == OT_F_BOOL);
		return 0;
	case OT_F_STR:
	case OT_F_WORD:
	case OT_F_IP:
	case OT_F_ADDRESS:
	case OT_F_ADDR:
	case OT_F_TIME:
		return read_text(arena, f, into, v, error);
	case OT_F_COUNTS:
		return read_counts(arena, f, into, v, error);
	case OT_F_HIST:
		return read_hist(arena, f, into, v, error);
	case OT_F_SLOTS:
		return read_slots(arena, f, into, v, error);
	case OT_F_EVIDENCE:
		return read_evidence(arena, f, into, v, error);
	case OT_F_VALUE:
		return read_value(arena, f, into, v, error);
	case OT_F_VLANS:
		return read_vlans(f, into, v, error);
	case OT_F_OBJECT:
		return ot_shape_read(arena, f->shape, into, v, error);
	case OT_F_LIST:
		return read_list(arena, f, into, v, error);
	case OT_F_STRINGS:
		return read_strings(arena, f, into, v, error);
	}
	return 0;
}

/* The overflow of a bounded field, from KEY_other. */
static int
read_other(const struct ot_field *f, void *into, const struct ot_json *object,
    struct ot_error *error)
{
	char name[64];
	uint64_t *other;

	switch (f->kind) {
	case OT_F_COUNTS:
		other = &((struct ot_counts *)into)->other;
		break;
	case OT_F_SLOTS:
		other = &((struct ot_slots *)into)->other;
		break;
	case OT_F_LIST:
		other = &((struct ot_list *)into)->other;
		break;
	default:
		return 0;
	}
	snprintf(name, sizeof(name), "%s_other", f->key);
	const struct ot_json *v = ot_json_get(object, name);
	uint64_t n;

	if (!v)
		return 0;
	if (!ot_json_u64(v, &n))
		return wrong(v, name, "a number", error);
	*other += n;
	return 0;
}

int
ot_shape_read(struct ot_arena *arena, const struct ot_shape *shape, void *into,
    const struct ot_json *object, struct ot_error *error)
{
	if (object->kind != OT_JSON_OBJECT)
		return wrong(object, "record", "an object", error);
	for (size_t i = 0; i < shape->count; i++) {
		const struct ot_field *f = &shape->fields[i];
		void *at = member_rw(into, f);

		if (f->kind == OT_F_TIME)
			*(int64_t *)at = OT_TIME_NONE;
		const struct ot_json *v = ot_json_get(object, f->key);

		if (!v)
			continue;
		int e = read_field(arena, f, at, v, error);

		if (!e)
			e = read_other(f, at, object, error);
		if (e)
			return e;
	}
	return 0;
}
