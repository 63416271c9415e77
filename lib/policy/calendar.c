/*
 * Time windows of a week: reading them, and asking them.
 */
#include "policy/calendar.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/time.h"

const char *const ot_day_names[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat",
	"Sun", NULL };

enum {
	DAY = 24 * 60,
	PARTS = 64, /* days and times of one part, each */
	SPANS = 1024
};

struct parse {
	struct ot_str left;
	const char *wrong;
	struct ot_week_span spans[SPANS];
	uint32_t count;
};

static void
skip_blanks(struct ot_str *s)
{
	while (s->len && isspace((unsigned char)s->p[0])) {
		s->p++;
		s->len--;
	}
}

static bool
take(struct parse *p, char c)
{
	skip_blanks(&p->left);
	if (!p->left.len || p->left.p[0] != c)
		return false;
	p->left.p++;
	p->left.len--;
	return true;
}

static void
fail(struct parse *p, const char *wrong)
{
	if (!p->wrong)
		p->wrong = wrong;
	p->left.len = 0;
}

/* Three letters of a day, in any case; -1 where there is none. */
static int
day(struct parse *p)
{
	skip_blanks(&p->left);
	for (int i = 0; p->left.len >= 3 && ot_day_names[i]; i++) {
		bool same = true;

		for (size_t k = 0; k < 3; k++)
			same &= tolower((unsigned char)p->left.p[k]) ==
				tolower((unsigned char)ot_day_names[i][k]);
		if (same && (p->left.len == 3 ||
				!isalpha((unsigned char)p->left.p[3]))) {
			p->left.p += 3;
			p->left.len -= 3;
			return i;
		}
	}
	return -1;
}

static bool
daily(struct parse *p)
{
	static const char word[] = "daily";
	size_t len = sizeof(word) - 1;

	skip_blanks(&p->left);
	if (p->left.len < len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (tolower((unsigned char)p->left.p[i]) != word[i])
			return false;
	p->left.p += len;
	p->left.len -= len;
	return true;
}

/* A bit for each day. */
static uint32_t
days(struct parse *p)
{
	uint32_t bits = 0;

	if (daily(p))
		return 0x7f;
	do {
		int from = day(p), to = from;

		if (from >= 0 && take(p, '-'))
			to = day(p);
		if (from < 0 || to < 0) {
			fail(
			    p, "a day is Mon Tue Wed Thu Fri Sat Sun or daily");
			return 0;
		}
		for (int d = from;; d = (d + 1) % 7) {
			bits |= 1U << d;
			if (d == to)
				break;
		}
	} while (take(p, ','));
	return bits;
}

static bool
two_digits(struct parse *p, uint32_t *n)
{
	const char *s = p->left.p;
	size_t len = 0;

	while (len < p->left.len && len < 3 && isdigit((unsigned char)s[len]))
		len++;
	if (len < 1 || len > 2)
		return false;
	*n = (uint32_t)(s[0] - '0');
	if (len == 2)
		*n = *n * 10 + (uint32_t)(s[1] - '0');
	p->left.p += len;
	p->left.len -= len;
	return true;
}

/* Minutes of the day, up to 24:00. */
static uint32_t
minutes(struct parse *p)
{
	uint32_t h, m;

	skip_blanks(&p->left);
	if (!two_digits(p, &h) || !take(p, ':') || !two_digits(p, &m) ||
	    h > 24 || m > 59 || (h == 24 && m > 0)) {
		fail(p, "a time is HH:MM, from 00:00 to 24:00");
		return 0;
	}
	return h * 60 + m;
}

/* Minutes [from, to) of the week, which may go beyond its end. */
static void
span_add(struct parse *p, uint32_t from, uint32_t to)
{
	if (to > OT_WEEK_MINUTES) {
		span_add(p, 0, to - OT_WEEK_MINUTES);
		to = OT_WEEK_MINUTES;
	}
	if (p->count == SPANS) {
		fail(p, "too many times");
		return;
	}
	p->spans[p->count++] =
	    (struct ot_week_span){ (uint16_t)from, (uint16_t)(to - 1) };
}

static void
on_days(struct parse *p, uint32_t bits, uint32_t from, uint32_t to)
{
	if (to <= from)
		to += DAY;
	for (uint32_t d = 0; d < 7; d++)
		if (bits >> d & 1)
			span_add(p, d * DAY + from, d * DAY + to);
}

static void
part(struct parse *p)
{
	uint32_t bits = days(p), from, to;

	skip_blanks(&p->left);
	if (!p->left.len || p->left.p[0] == ';') {
		if (!p->wrong)
			on_days(p, bits, 0, DAY);
		return;
	}
	do {
		from = minutes(p);
		if (!p->wrong && !take(p, '-'))
			fail(p, "times are HH:MM-HH:MM");
		to = minutes(p);
		if (!p->wrong && from == to)
			fail(p, "the time ends where it begins");
		if (!p->wrong)
			on_days(p, bits, from, to);
	} while (take(p, ','));
}

static int
span_cmp(const void *a, const void *b)
{
	const struct ot_week_span *x = a, *y = b;

	return x->from != y->from ? x->from - y->from : x->to - y->to;
}

/* Sort; what touches is one. */
static void
settle(struct parse *p)
{
	uint32_t kept = 0;

	qsort(p->spans, p->count, sizeof(*p->spans), span_cmp);
	for (uint32_t i = 0; i < p->count; i++) {
		struct ot_week_span *last = kept ? &p->spans[kept - 1] : NULL;

		if (last && p->spans[i].from <= last->to + 1) {
			if (p->spans[i].to > last->to)
				last->to = p->spans[i].to;
		} else {
			p->spans[kept++] = p->spans[i];
		}
	}
	p->count = kept;
}

const char *
ot_calendar_read(struct ot_arena *arena, struct ot_str text,
    struct ot_calendar_row *row, bool *lost)
{
	struct parse p = { .left = text };
	struct ot_week_span *spans;

	do {
		part(&p);
		skip_blanks(&p.left);
	} while (take(&p, ';'));
	if (p.left.len)
		fail(&p, "something stands behind the times");
	if (p.wrong)
		return p.wrong;
	settle(&p);
	spans = ot_alloc_array(arena, p.count, sizeof(*spans));
	*lost |= !spans;
	if (!spans)
		return NULL;
	memcpy(spans, p.spans, p.count * sizeof(*spans));
	row->text = text;
	row->spans = spans;
	row->span_count = p.count;
	return NULL;
}

uint32_t
ot_slot_minute(const struct ot_zoneinfo *clock, int32_t slot)
{
	int64_t seconds = (int64_t)slot * 900;
	int64_t local =
	    seconds + ot_zoneinfo_offset(clock, seconds * OT_SECOND_NS);
	/* 1970-01-01 was a Thursday */
	int64_t minute = (local / 60 - (local % 60 < 0)) + 3 * DAY;

	return (uint32_t)(((minute % OT_WEEK_MINUTES) + OT_WEEK_MINUTES) %
			  OT_WEEK_MINUTES);
}

enum ot_within
ot_calendar_has(
    const struct ot_calendar_row *row, uint32_t minute, uint32_t count)
{
	uint32_t in = 0;

	for (uint32_t m = minute; m < minute + count; m++)
		for (uint32_t i = 0; i < row->span_count; i++)
			in += row->spans[i].from <= m % OT_WEEK_MINUTES &&
			      m % OT_WEEK_MINUTES <= row->spans[i].to;
	return in == count ? OT_WITHIN : in ? OT_PARTLY : OT_OUTSIDE;
}
