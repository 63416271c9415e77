/*
 * Cells of a policy: what each kind of key may hold (otzt-policy(5)).
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

#include "policy/calendar.h"
#include "policy/cells.h"
#include "zone/zone.h"

/* ---- messages ---- */

void
ot_wrong(struct ot_reader *r, const struct ot_source *at, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	r->errors++;
	if (!r->complain)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	r->complain(r->user, at, text);
}

const char *
ot_shown(char out[static OT_SHOWN], struct ot_str s)
{
	size_t n = 0;

	out[n++] = '"';
	for (size_t i = 0; i < s.len && n < OT_SHOWN - 6; i++)
		out[n++] = (unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f
			       ? '?'
			       : s.p[i];
	/* a cut leaves no part of a character */
	if (s.len + 1 > n) {
		while (n > 1 && ((unsigned char)out[n - 1] & 0xc0) == 0x80)
			n--;
		if (n > 1 && (unsigned char)out[n - 1] >= 0xc0)
			n--;
		memcpy(out + n, "...", 3);
		n += 3;
	}
	out[n++] = '"';
	out[n] = '\0';
	return out;
}

enum { WORD_MAX = 64 };

const char *
ot_nearest(const char *const *names, struct ot_str word)
{
	char lower[WORD_MAX];
	struct ot_str s = { lower, 0 };
	const char *best = NULL;
	size_t least = 2 + word.len / 4;

	if (word.len > sizeof(lower))
		return NULL;
	if (least > 4)
		least = 4;
	for (; s.len < word.len; s.len++)
		lower[s.len] = (char)tolower((unsigned char)word.p[s.len]);
	for (; names && *names; names++) {
		size_t d = ot_str_distance(s, ot_str(*names), least);
		size_t as_is = ot_str_distance(word, ot_str(*names), least);

		if (as_is < d)
			d = as_is;
		if (d < least && **names) {
			least = d;
			best = *names;
		}
	}
	return best;
}

const char *
ot_hint(char out[static OT_HINT], const char *nearest)
{
	out[0] = '\0';
	if (nearest)
		(void)snprintf(
		    out, OT_HINT, "; did you mean \"%.64s\"?", nearest);
	return out;
}

/* "; there are A B C", where they are few. */
static const char *
choice(char out[static OT_HINT], const char *const *names)
{
	size_t len = (size_t)snprintf(out, OT_HINT, "; there are");

	for (; *names && len < OT_HINT; names++)
		if (**names)
			len += (size_t)snprintf(
			    out + len, OT_HINT - len, " %s", *names);
	if (len >= OT_HINT)
		*out = '\0';
	return out;
}

void
ot_unknown_word(struct ot_reader *r, const struct ot_cell *item,
    const char *what, const char *const *names)
{
	char shown[OT_SHOWN], hint[OT_HINT];
	const char *nearest = ot_nearest(names, item->text);

	ot_wrong(r, &item->at, "%s is not %s%s", ot_shown(shown, item->text),
	    what, nearest ? ot_hint(hint, nearest) : choice(hint, names));
}

/* ---- the items of a cell ---- */

struct ot_items
ot_items_of(struct ot_reader *r, const struct ot_cell *cell, const char *marks)
{
	struct ot_items it = { .r = r, .cell = *cell, .marks = marks };

	if (cell->json && cell->json->kind == OT_JSON_ARRAY) {
		it.next = cell->json->first;
		it.at = cell->text.len;
	}
	return it;
}

/* A place inside a text: behind the quote in JSON. */
static struct ot_source
inside(const struct ot_cell *cell, size_t from, size_t len)
{
	struct ot_source at = cell->at;
	unsigned quote = cell->json && cell->json->kind == OT_JSON_STRING;

	at.column += (uint32_t)from + quote;
	at.end_line = at.line;
	at.end_column = at.column + (uint32_t)len;
	return at;
}

static bool
next_json(struct ot_items *it, struct ot_cell *item)
{
	const struct ot_json *v = it->next;

	it->next = v->next;
	*item = it->cell;
	item->json = v;
	item->at.line = v->line;
	item->at.column = v->column;
	item->at.end_line = v->end_line;
	item->at.end_column = v->end_column;
	item->text = v->kind == OT_JSON_STRING ? v->string : v->raw;
	if (v->kind == OT_JSON_STRING || v->kind == OT_JSON_NUMBER)
		return true;
	ot_wrong(it->r, &item->at, "%s is a list of texts", it->cell.key);
	return false;
}

/* The next run of a text between marks, without blanks around it. */
static bool
next_text(struct ot_items *it, struct ot_cell *item)
{
	struct ot_str text = it->cell.text;
	size_t from = it->at, to;

	while (from < text.len && strchr(it->marks, text.p[from]))
		from++;
	for (to = from; to < text.len && !strchr(it->marks, text.p[to]);)
		to++;
	it->at = to;
	while (from < to && isspace((unsigned char)text.p[from]))
		from++;
	while (from < to && isspace((unsigned char)text.p[to - 1]))
		to--;
	*item = it->cell;
	item->text = (struct ot_str){ text.p + from, to - from };
	item->at = inside(&it->cell, from, to - from);
	return from < to;
}

bool
ot_next_item(struct ot_items *it, struct ot_cell *item)
{
	while (it->next)
		if (next_json(it, item))
			return true;
	while (it->at < it->cell.text.len)
		if (next_text(it, item))
			return true;
	return false;
}

const char ot_list_marks[] = "; \t\r\n";

size_t
ot_count_items(
    struct ot_reader *r, const struct ot_cell *cell, const char *marks)
{
	struct ot_reader quiet = *r;
	struct ot_items it;
	struct ot_cell item;
	size_t count = 0;

	quiet.complain = NULL;
	it = ot_items_of(&quiet, cell, marks);
	while (ot_next_item(&it, &item))
		count++;
	return count;
}

/* Room for the items of a cell behind those that there are. */
void *
ot_room_for(struct ot_reader *r, size_t more, const void *old, uint32_t count,
    size_t size)
{
	char *p = ot_alloc_array(r->arena, count + more + 1, size);

	if (!p)
		r->lost = true;
	else if (count)
		memcpy(p, old, count * size);
	return p;
}

/* The one text of a cell; a number's digits too where those are allowed. */
bool
ot_one_text(struct ot_reader *r, const struct ot_cell *cell, bool number)
{
	const struct ot_json *v = cell->json;

	if (!v || v->kind == OT_JSON_STRING ||
	    (number && v->kind == OT_JSON_NUMBER))
		return true;
	ot_wrong(r, &cell->at, "%s is a text%s", cell->key,
	    number ? " or a number" : "");
	return false;
}

static bool
one_of(struct ot_reader *r, const struct ot_cell *cell,
    const char *const *names, struct ot_str *into)
{
	char what[OT_HINT];

	if (!ot_one_text(r, cell, false))
		return false;
	if (ot_word(names, cell->text) < 0) {
		(void)snprintf(
		    what, sizeof(what), "one of the values of %s", cell->key);
		ot_unknown_word(r, cell, what, names);
		return false;
	}
	*into = cell->text;
	return true;
}

/* ---- plain values ---- */

void
ot_read_text(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	if (ot_one_text(r, cell, false))
		*(struct ot_str *)into = cell->text;
}

void
ot_read_first_text(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	struct ot_str *text = into;

	if (text->len == 0 && ot_one_text(r, cell, true))
		*text = cell->text;
}

/* Names that other rows and other files use: no words of the language of
 * ends. */
void
ot_read_id(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	static const char *const taken[] = { OT_ZONE_INTERNET,
		OT_ZONE_UNASSIGNED, "*", NULL };
	static const char *const forms[] = {
		"asset:", "kind:", "role:", "group:", "level"
	};
	struct ot_str id = cell->text;
	char shown[OT_SHOWN];
	bool wrong = ot_word(taken, id) >= 0;

	if (!ot_one_text(r, cell, true))
		return;
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		size_t len = strlen(forms[i]);

		if (id.len > len && memcmp(id.p, forms[i], len) == 0)
			wrong |= i < 4 || strchr("<=>", id.p[len]) != NULL;
	}
	if (wrong)
		ot_wrong(r, &cell->at,
		    "%s cannot be an id: it has a meaning of its own in from "
		    "and to",
		    ot_shown(shown, id));
	else
		*(struct ot_str *)into = id;
}

void
ot_read_bool(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	static const char *const words[] = { "no", "false", "yes", "true",
		NULL };
	char lower[8] = "";
	int word;

	if (cell->json) {
		enum ot_json_kind kind = cell->json->kind;

		if (kind == OT_JSON_TRUE || kind == OT_JSON_FALSE)
			*(bool *)into = kind == OT_JSON_TRUE;
		else
			ot_wrong(
			    r, &cell->at, "%s is true or false", cell->key);
		return;
	}
	for (size_t i = 0; i < cell->text.len && i < sizeof(lower) - 1; i++)
		lower[i] = (char)tolower((unsigned char)cell->text.p[i]);
	word = ot_word(words, ot_str(lower));
	if (word < 0)
		ot_wrong(r, &cell->at, "%s is yes or no", cell->key);
	else
		*(bool *)into = word >= 2;
}

void
ot_read_kind(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	(void)one_of(r, cell, ot_zone_kinds, into);
}

void
ot_read_importance(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	static const char *const words[] = { "low", "normal", "high", NULL };

	(void)one_of(r, cell, words, into);
}

void
ot_read_encryption(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	static const char *const words[] = { "required", "end-to-end",
		"integrity", "none", NULL };

	(void)one_of(r, cell, words, into);
}

void
ot_read_severity(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	static const char *const words[] = { "info", "low", "medium", "high",
		"critical", NULL };

	(void)one_of(r, cell, words, into);
}

void
ot_read_inside(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	static const char *const words[] = { "all", "conduits", NULL };
	struct ot_str word;

	if (one_of(r, cell, words, &word))
		*(bool *)into = ot_str_eq(word, ot_str("conduits"));
}

/* A whole number up to most; false where it is none. */
bool
ot_whole_number(struct ot_str s, uint32_t most, uint32_t *out)
{
	bool hex = s.len > 2 && s.p[0] == '0' && (s.p[1] | 0x20) == 'x';
	uint64_t n = 0;

	for (size_t i = hex ? 2 : 0; i < s.len; i++) {
		int c = tolower((unsigned char)s.p[i]);
		int digit = c >= '0' && c <= '9'	  ? c - '0'
			    : hex && c >= 'a' && c <= 'f' ? c - 'a' + 10
							  : -1;

		if (digit < 0)
			return false;
		n = n * (hex ? 16 : 10) + (uint64_t)digit;
		if (n > most)
			return false;
	}
	*out = (uint32_t)n;
	return s.len != 0;
}

void
ot_read_level(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	char shown[OT_SHOWN];
	uint32_t level;

	if (!ot_one_text(r, cell, true))
		return;
	if (ot_whole_number(cell->text, 5, &level))
		*(int *)into = (int)level;
	else
		ot_wrong(r, &cell->at, "%s is not a level from 0 to 5",
		    ot_shown(shown, cell->text));
}

/* Security levels of IEC 62443-3-3: one, or one for each requirement. */
void
ot_read_sl(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	struct ot_items it = ot_items_of(r, cell, ot_list_marks);
	struct ot_cell item;
	char shown[OT_SHOWN];
	uint32_t level;

	(void)into;
	if (cell->json && cell->json->kind != OT_JSON_ARRAY &&
	    !ot_one_text(r, cell, true))
		return;
	while (ot_next_item(&it, &item))
		if (!ot_whole_number(item.text, 4, &level))
			ot_wrong(r, &item.at,
			    "%s is not a security level from 0 to 4",
			    ot_shown(shown, item.text));
}

static bool
date(struct ot_reader *r, const struct ot_cell *cell, bool end, int64_t *out)
{
	char shown[OT_SHOWN];
	int64_t t;

	if (!ot_one_text(r, cell, false))
		return false;
	if (ot_date_parse(&t, cell->text)) {
		*out = end ? t + 24 * 3600 * OT_SECOND_NS : t;
		return true;
	}
	if (ot_time_parse(out, cell->text))
		return true;
	ot_wrong(r, &cell->at, "%s is not a date: YYYY-MM-DD",
	    ot_shown(shown, cell->text));
	return false;
}

void
ot_read_date_from(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	(void)date(r, cell, false, into);
}

void
ot_read_date_to(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	(void)date(r, cell, true, into);
}
