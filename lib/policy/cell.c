/*
 * Cells of a policy: what each kind of key may hold (otzt-policy(5)).
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

#include "policy/calendar.h"
#include "policy/reader.h"
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

static void
unknown_word(struct ot_reader *r, const struct ot_cell *item, const char *what,
    const char *const *names)
{
	char shown[OT_SHOWN], hint[OT_HINT];
	const char *nearest = ot_nearest(names, item->text);

	ot_wrong(r, &item->at, "%s is not %s%s", ot_shown(shown, item->text),
	    what, nearest ? ot_hint(hint, nearest) : choice(hint, names));
}

/* ---- the items of a cell ---- */

struct items {
	struct ot_reader *r;
	struct ot_cell cell;
	const char *marks;	    /* that separate items of a text */
	const struct ot_json *next; /* of a JSON list */
	size_t at;		    /* in a text */
};

static struct items
items_of(struct ot_reader *r, const struct ot_cell *cell, const char *marks)
{
	struct items it = { .r = r, .cell = *cell, .marks = marks };

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
next_json(struct items *it, struct ot_cell *item)
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
next_text(struct items *it, struct ot_cell *item)
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

static bool
next_item(struct items *it, struct ot_cell *item)
{
	while (it->next)
		if (next_json(it, item))
			return true;
	while (it->at < it->cell.text.len)
		if (next_text(it, item))
			return true;
	return false;
}

static const char list_marks[] = "; \t\r\n";

static size_t
count_items(struct ot_reader *r, const struct ot_cell *cell, const char *marks)
{
	struct ot_reader quiet = *r;
	struct items it;
	struct ot_cell item;
	size_t count = 0;

	quiet.complain = NULL;
	it = items_of(&quiet, cell, marks);
	while (next_item(&it, &item))
		count++;
	return count;
}

/* Room for the items of a cell behind those that there are. */
static void *
room_for(struct ot_reader *r, size_t more, const void *old, uint32_t count,
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
static bool
one_text(struct ot_reader *r, const struct ot_cell *cell, bool number)
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

	if (!one_text(r, cell, false))
		return false;
	if (ot_word(names, cell->text) < 0) {
		(void)snprintf(
		    what, sizeof(what), "one of the values of %s", cell->key);
		unknown_word(r, cell, what, names);
		return false;
	}
	*into = cell->text;
	return true;
}

/* ---- plain values ---- */

void
ot_read_text(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	if (one_text(r, cell, false))
		*(struct ot_str *)into = cell->text;
}

void
ot_read_first_text(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	struct ot_str *text = into;

	if (text->len == 0 && one_text(r, cell, true))
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

	if (!one_text(r, cell, true))
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
static bool
number(struct ot_str s, uint32_t most, uint32_t *out)
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

	if (!one_text(r, cell, true))
		return;
	if (number(cell->text, 5, &level))
		*(int *)into = (int)level;
	else
		ot_wrong(r, &cell->at, "%s is not a level from 0 to 5",
		    ot_shown(shown, cell->text));
}

/* Security levels of IEC 62443-3-3: one, or one for each requirement. */
void
ot_read_sl(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	struct items it = items_of(r, cell, list_marks);
	struct ot_cell item;
	char shown[OT_SHOWN];
	uint32_t level;

	(void)into;
	if (cell->json && cell->json->kind != OT_JSON_ARRAY &&
	    !one_text(r, cell, true))
		return;
	while (next_item(&it, &item))
		if (!number(item.text, 4, &level))
			ot_wrong(r, &item.at,
			    "%s is not a security level from 0 to 4",
			    ot_shown(shown, item.text));
}

static bool
date(struct ot_reader *r, const struct ot_cell *cell, bool end, int64_t *out)
{
	char shown[OT_SHOWN];
	int64_t t;

	if (!one_text(r, cell, false))
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

/* ---- lists ---- */

/* Is it a list, or a text that holds one? */
static bool
list_like(struct ot_reader *r, const struct ot_cell *cell)
{
	const struct ot_json *v = cell->json;

	if (!v || v->kind == OT_JSON_ARRAY || v->kind == OT_JSON_STRING ||
	    v->kind == OT_JSON_NUMBER)
		return true;
	ot_wrong(r, &cell->at, "%s is a list of texts", cell->key);
	return false;
}

static void
read_list(struct ot_reader *r, const struct ot_cell *cell, const char *marks,
    struct ot_strings *into)
{
	struct items it = items_of(r, cell, marks);
	struct ot_cell item;

	if (!list_like(r, cell))
		return;
	while (next_item(&it, &item))
		r->lost |= !ot_strings_add(r->arena, into, item.text);
}

void
ot_read_strings(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	read_list(r, cell, list_marks, into);
}

/* "unit 1 holding 100-199": blanks belong to it. */
void
ot_read_objects(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	read_list(r, cell, ";", into);
}

void
ot_read_match(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	char shown[OT_SHOWN];
	struct ot_str token;
	const char *why;

	if (!one_text(r, cell, false))
		return;
	why = ot_zone_match_wrong(cell->text, &token);
	if (why)
		ot_wrong(r, &cell->at, "%s: %s", ot_shown(shown, token), why);
	else
		*(struct ot_str *)into = cell->text;
}

void
ot_read_networks(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	struct ot_zone_row *row = into;
	struct items it = items_of(r, cell, list_marks);
	size_t more = count_items(r, cell, list_marks);
	char shown[OT_SHOWN];
	struct ot_cell item;
	const char *why;

	if (!list_like(r, cell))
		return;
	row->networks = room_for(
	    r, more, row->networks, row->network_count, sizeof(struct ot_net));
	while (row->networks && next_item(&it, &item)) {
		struct ot_net *net = &row->networks[row->network_count];

		if (ot_net_parse(net, item.text, &why))
			row->network_count++;
		else
			ot_wrong(r, &item.at, "%s is not a network: %s",
			    ot_shown(shown, item.text), why);
	}
}

void
ot_read_vlans(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	struct ot_zone_row *row = into;
	struct items it = items_of(r, cell, list_marks);
	size_t more = count_items(r, cell, list_marks);
	char shown[OT_SHOWN];
	struct ot_cell item;
	uint32_t id;

	if (!list_like(r, cell))
		return;
	row->vlans =
	    room_for(r, more, row->vlans, row->vlan_count, sizeof(uint16_t));
	while (row->vlans && next_item(&it, &item))
		if (number(item.text, 4094, &id) && id > 0)
			row->vlans[row->vlan_count++] = (uint16_t)id;
		else
			ot_wrong(r, &item.at, "%s is not a VLAN from 1 to 4094",
			    ot_shown(shown, item.text));
}

/* Twelve digits in any of the ways in which they are grouped:
 * 00:1b:1b:22:00:12, 00-1b-…, 001b.1b22.0012, 00.1b.…, 001b1b-220012,
 * 001b1b220012, 00 1b …. */
static bool
parse_mac(struct ot_str s, struct ot_addr *out)
{
	uint8_t b[6] = { 0 };
	size_t digits = 0;

	for (size_t i = 0; i < s.len; i++) {
		int c = tolower((unsigned char)s.p[i]);

		if (strchr(":-. ", c) && c && digits % 2 == 0)
			continue;
		if (!isxdigit(c) || digits == 12)
			return false;
		b[digits / 2] = (uint8_t)(b[digits / 2] << 4 |
					  (c <= '9' ? c - '0' : c - 'a' + 10));
		digits++;
	}
	if (digits != 12)
		return false;
	*out = ot_addr_mac(b);
	return true;
}

struct macs {
	struct ot_addr **at;
	uint32_t *count;
};

/* A cell in which blanks may stand between MACs or inside of one. */
static void
read_macs(struct ot_reader *r, const struct ot_cell *cell, struct macs macs)
{
	static const char outer[] = ";,\r\n", inner[] = " \t";
	struct items it = items_of(r, cell, outer);
	size_t more = cell->text.len / 12 + count_items(r, cell, outer);
	char shown[OT_SHOWN];
	struct ot_cell part, item;

	if (!list_like(r, cell))
		return;
	*macs.at =
	    room_for(r, more, *macs.at, *macs.count, sizeof(struct ot_addr));
	while (*macs.at && next_item(&it, &part)) {
		struct items words = { .r = r, .cell = part, .marks = inner };

		/* its place is that of the text already */
		words.cell.json = NULL;
		if (parse_mac(part.text, &(*macs.at)[*macs.count])) {
			++*macs.count;
			continue;
		}
		while (next_item(&words, &item))
			if (parse_mac(item.text, &(*macs.at)[*macs.count]))
				++*macs.count;
			else
				ot_wrong(r, &item.at, "%s is not a MAC address",
				    ot_shown(shown, item.text));
	}
}

void
ot_read_macs(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	struct ot_zone_row *row = into;

	read_macs(r, cell, (struct macs){ &row->macs, &row->mac_count });
}

/* ---- services and verbs ---- */

struct service_form {
	const char *word;
	uint8_t transport;
	uint32_t most;
};

static const struct service_form forms[] = {
	{ "tcp", OT_TCP, 65535 },
	{ "udp", OT_UDP, 65535 },
	{ "sctp", OT_SCTP, 65535 },
	{ "ip", OT_IP, 255 },
	/* beyond 16 bits: LLC, as flow records write it */
	{ "ethertype", OT_ETH, 0x1ffffff },
};

/* Protocols of IP that flows have transports of their own for. */
static void
by_number(struct ot_service_row *row)
{
	static const struct {
		uint32_t number;
		uint8_t transport;
		uint32_t last;
	} own[] = { { 1, OT_ICMP, 0 }, { 6, OT_TCP, 65535 },
		{ 17, OT_UDP, 65535 }, { 58, OT_ICMP, 0 },
		{ 132, OT_SCTP, 65535 } };

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (row->transport == OT_IP && row->first == row->last &&
		    row->first == own[i].number) {
			row->transport = own[i].transport;
			row->first = 0;
			row->last = own[i].last;
			return;
		}
}

static bool
read_port(struct ot_reader *r, const struct ot_source *at, struct ot_str range,
    struct ot_service_row *out)
{
	const char *dash = memchr(range.p, '-', range.len);
	size_t len = dash ? (size_t)(dash - range.p) : range.len;
	struct ot_str first = { range.p, len }, last = first;
	char shown[OT_SHOWN];
	size_t i = 0;

	if (dash)
		last = (struct ot_str){ dash + 1, range.len - len - 1 };
	while (forms[i].transport != out->transport)
		i++;
	if (!number(first, forms[i].most, &out->first) ||
	    !number(last, forms[i].most, &out->last) ||
	    out->first > out->last) {
		ot_wrong(r, at, "%s is not %s/N or %s/N-M",
		    ot_shown(shown, out->text), forms[i].word, forms[i].word);
		return false;
	}
	by_number(out);
	return true;
}

static bool
read_protocol(struct ot_reader *r, const struct ot_source *at,
    struct ot_str name, struct ot_service_row *out)
{
	const char *const *known = r->names ? r->names->protocols : NULL;
	struct ot_cell item = { .at = *at, .text = name };

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (ot_str_eq(name, ot_str(forms[i].word))) {
			ot_wrong(
			    r, at, "write %s/ and a number", forms[i].word);
			return false;
		}
	if (known && ot_word(known, name) < 0) {
		unknown_word(r, &item, "a known service", known);
		return false;
	}
	out->kind = OT_SERVICE_PROTOCOL;
	out->protocol = name;
	return true;
}

bool
ot_read_service(struct ot_reader *r, const struct ot_source *at,
    struct ot_str text, struct ot_service_row *out)
{
	const char *slash = memchr(text.p, '/', text.len);
	size_t len = slash ? (size_t)(slash - text.p) : text.len;
	struct ot_str word = { text.p, len };
	char shown[OT_SHOWN];

	*out = (struct ot_service_row){ .text = text };
	if (ot_str_eq(text, ot_str("icmp"))) {
		out->kind = OT_SERVICE_PORT;
		out->transport = OT_ICMP;
		return true;
	}
	if (!slash)
		return read_protocol(r, at, text, out);
	out->kind = OT_SERVICE_PORT;
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (ot_str_eq(word, ot_str(forms[i].word))) {
			out->transport = forms[i].transport;
			return read_port(r, at,
			    (struct ot_str){ slash + 1, text.len - len - 1 },
			    out);
		}
	ot_wrong(r, at,
	    "%s is not a service: a protocol, or tcp/, udp/, sctp/, ip/ or "
	    "ethertype/ and a number",
	    ot_shown(shown, text));
	return false;
}

void
ot_read_services(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	struct ot_conduit_row *row = into;
	struct items it = items_of(r, cell, list_marks);
	size_t more = count_items(r, cell, list_marks);
	struct ot_cell item;

	if (!list_like(r, cell))
		return;
	row->services = room_for(
	    r, more, row->services, row->service_count, sizeof(*row->services));
	while (row->services && next_item(&it, &item))
		if (ot_read_service(r, &item.at, item.text,
			&row->services[row->service_count]))
			row->service_count++;
}

void
ot_read_verbs(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	struct items it = items_of(r, cell, list_marks);
	struct ot_cell item;
	uint32_t *verbs = into;

	if (!list_like(r, cell))
		return;
	while (next_item(&it, &item)) {
		int verb = ot_word(ot_verb_names, item.text);

		if (verb < 0)
			unknown_word(r, &item, "a verb", ot_verb_names);
		else
			*verbs |= UINT32_C(1) << verb;
	}
}

/* A key that narrows a conduit and that nothing judges yet: it is kept as
 * "key text". */
void
ot_read_unjudged(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	struct ot_conduit_row *row = into;
	struct ot_sb sb = { 0 };

	if (cell->json && cell->json->kind == OT_JSON_FALSE)
		return;
	ot_sb_puts(&sb, cell->key);
	ot_sb_putc(&sb, ' ');
	ot_sb_add(&sb, cell->text.p, cell->text.len);
	r->lost |=
	    sb.lost ||
	    !ot_strings_add(r->arena, &row->unjudged, ot_str(cell->key)) ||
	    !ot_strings_add(r->arena, &row->unjudged_texts, ot_sb_str(&sb));
	ot_sb_done(&sb);
}

void
ot_read_calendar(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	char shown[OT_SHOWN];
	const char *why =
	    ot_calendar_read(r->arena, cell->text, into, &r->lost);

	if (why)
		ot_wrong(r, &cell->at, "%s is not a time window: %s",
		    ot_shown(shown, cell->text), why);
}

/* ---- the registry ---- */

/* "10.1.30.1:Card 2 \ Addr 255" is a module behind 10.1.30.1; "10.1.30.1/24"
 * an address with its mask; 0.0.0.0 says that there is none. */
static struct ot_str
bare_ip(struct ot_str s, bool *module)
{
	const char *mark = memchr(s.p, '/', s.len);

	*module = false;
	if (!mark && memchr(s.p, '.', s.len)) {
		mark = memchr(s.p, ':', s.len);
		*module = mark && (size_t)(mark - s.p) > 6;
		if (!*module)
			mark = NULL;
	}
	return mark ? (struct ot_str){ s.p, (size_t)(mark - s.p) } : s;
}

static bool
says_nothing(struct ot_str s)
{
	static const char *const words[] = { "-", "n/a", "N/A", "unknown",
		"none", "0.0.0.0", "::", NULL };

	return ot_word(words, s) >= 0;
}

void
ot_read_asset_ips(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	static const char outer[] = ";,\r\n", inner[] = " \t";
	struct ot_asset_row *row = into;
	struct items it = items_of(r, cell, outer);
	size_t more = cell->text.len / 2 + count_items(r, cell, outer);
	char shown[OT_SHOWN];
	struct ot_cell part, item;

	if (!list_like(r, cell))
		return;
	row->ips =
	    room_for(r, more, row->ips, row->ip_count, sizeof(*row->ips));
	while (row->ips && next_item(&it, &part)) {
		struct items words = { .r = r, .cell = part, .marks = inner };
		bool module = false;

		words.cell.json = NULL;
		while (!module && next_item(&words, &item)) {
			struct ot_str text = bare_ip(item.text, &module);
			struct ot_addr addr;

			if (says_nothing(item.text) || says_nothing(text))
				continue;
			if (ot_addr_parse(&addr, text) && ot_addr_is_ip(&addr))
				row->ips[row->ip_count++] = addr;
			else
				ot_wrong(r, &item.at, "%s is not an IP address",
				    ot_shown(shown, item.text));
		}
	}
}

void
ot_read_asset_macs(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	struct ot_asset_row *row = into;

	if (says_nothing(cell->text))
		return;
	read_macs(r, cell, (struct macs){ &row->macs, &row->mac_count });
}

void
ot_read_asset_roles(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	read_list(r, cell, ",; \t\r\n", into);
}

/* Types of an inventory: "Programming device" is one. */
void
ot_read_asset_role(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	read_list(r, cell, ",;\r\n", into);
}
