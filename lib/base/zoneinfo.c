/*
 * TZif (RFC 8536): the 64-bit block of version 2 and later, and its footer, a
 * rule as in POSIX TZ for the time behind the last transition.
 */
#include "base/zoneinfo.h"

#include "base/buf.h"
#include "base/io.h"
#include "base/time.h"

enum {
	FILE_MAX = 1 << 20,
	HEAD = 44,
	TYPES_MAX = 256,
	TRANSITIONS_MAX = 1 << 16,
	DAY = 24 * 3600,
	RULE_DAYS = 366
};

struct transition {
	int64_t at; /* seconds since 1970, UTC */
	int32_t offset;
};

/* A day on which the time changes: Mm.w.d, Jn or n. */
struct change {
	char form; /* 'M', 'J', 'n' */
	int month, week, day;
	int32_t seconds; /* of the local day; may be negative */
};

struct rule {
	bool any, changes;
	int32_t standard, summer;
	struct change begin, end; /* of summer time */
};

struct ot_zoneinfo {
	struct transition *at;
	uint32_t count;
	int32_t first; /* offset before the first transition */
	struct rule rule;
};

/* ---- the calendar ---- */

/* Days from 1970-01-01 to the first of a month, 1 to 12. */
static int64_t
days_to(int64_t year, int month)
{
	int64_t y = year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - 719468;
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int64_t
year_of(int64_t seconds)
{
	int64_t days = floor_div(seconds, DAY);
	int64_t year = 1970 + floor_div(days * 400, 146097);

	while (days_to(year, 1) > days)
		year--;
	while (days_to(year + 1, 1) <= days)
		year++;
	return year;
}

/* ---- the footer ---- */

static bool
take(struct ot_str *s, char c)
{
	if (!s->len || s->p[0] != c)
		return false;
	s->p++;
	s->len--;
	return true;
}

static bool
number(struct ot_str *s, int most, int *out)
{
	int n = 0;
	size_t i = 0;

	for (; i < s->len && s->p[i] >= '0' && s->p[i] <= '9'; i++) {
		n = n * 10 + (s->p[i] - '0');
		if (n > most)
			return false;
	}
	s->p += i;
	s->len -= i;
	*out = n;
	return i > 0;
}

/* [+-]h[h][:mm[:ss]] */
static bool
clock_time(struct ot_str *s, int32_t *seconds)
{
	bool minus = take(s, '-');
	int h, m = 0, sec = 0;

	if (!minus)
		(void)take(s, '+');
	if (!number(s, 167, &h) || (take(s, ':') && !number(s, 59, &m)) ||
	    (take(s, ':') && !number(s, 59, &sec)))
		return false;
	*seconds = h * 3600 + m * 60 + sec;
	if (minus)
		*seconds = -*seconds;
	return true;
}

/* An abbreviation: letters, or anything between angle brackets. */
static bool
abbreviation(struct ot_str *s)
{
	size_t len = 0;

	if (take(s, '<')) {
		while (len < s->len && s->p[len] != '>')
			len++;
		s->p += len;
		s->len -= len;
		return take(s, '>');
	}
	while (len < s->len && ((s->p[len] | 0x20) >= 'a') &&
	       ((s->p[len] | 0x20) <= 'z'))
		len++;
	s->p += len;
	s->len -= len;
	return len >= 3;
}

static bool
change_of(struct ot_str *s, struct change *c)
{
	*c = (struct change){ .form = 'n', .seconds = 7200 };
	if (take(s, 'M')) {
		c->form = 'M';
		if (!number(s, 12, &c->month) || c->month < 1 ||
		    !take(s, '.') || !number(s, 5, &c->week) || c->week < 1 ||
		    !take(s, '.') || !number(s, 6, &c->day))
			return false;
	} else {
		if (take(s, 'J'))
			c->form = 'J';
		if (!number(s, RULE_DAYS, &c->day))
			return false;
	}
	return !take(s, '/') || clock_time(s, &c->seconds);
}

/* "CET-1CEST,M3.5.0,M10.5.0/3"; offsets are west of UTC there. */
static bool
rule_of(struct ot_str s, struct rule *rule)
{
	*rule = (struct rule){ .any = s.len > 0 };
	if (!s.len)
		return true;
	if (!abbreviation(&s) || !clock_time(&s, &rule->standard))
		return false;
	rule->standard = -rule->standard;
	if (!s.len)
		return true;
	rule->changes = true;
	rule->summer = rule->standard + 3600;
	if (!abbreviation(&s))
		return false;
	if (s.len && s.p[0] != ',') {
		if (!clock_time(&s, &rule->summer))
			return false;
		rule->summer = -rule->summer;
	}
	return take(&s, ',') && change_of(&s, &rule->begin) && take(&s, ',') &&
	       change_of(&s, &rule->end) && !s.len;
}

static bool
leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* When it happens in a year, in seconds of the local clock. */
static int64_t
change_at(const struct change *c, int64_t year)
{
	int64_t first = days_to(year, c->form == 'M' ? c->month : 1), day;

	if (c->form == 'M') {
		int64_t next = c->month == 12 ? days_to(year + 1, 1)
					      : days_to(year, c->month + 1);
		int64_t weekday = ((first + 4) % 7 + 7) % 7;

		day = first + (c->day - weekday + 7) % 7 + 7 * (c->week - 1);
		while (day >= next) /* week 5: the last one */
			day -= 7;
	} else if (c->form == 'J') { /* the 29th of February never counts */
		day = first + c->day - 1 + (leap(year) && c->day >= 60);
	} else {
		day = first + c->day;
	}
	return day * DAY + c->seconds;
}

static int32_t
rule_offset(const struct rule *rule, int64_t seconds)
{
	if (!rule->changes)
		return rule->standard;
	int64_t year = year_of(seconds + rule->standard);
	int64_t begin = change_at(&rule->begin, year) - rule->standard;
	int64_t end = change_at(&rule->end, year) - rule->summer;
	bool summer = begin < end ? seconds >= begin && seconds < end
				  : seconds >= begin || seconds < end;

	return summer ? rule->summer : rule->standard;
}

/* ---- the table ---- */

struct counts {
	uint32_t utc, wall, leap, time, type, chars;
};

static struct counts
header(struct ot_buf *b, uint8_t *version)
{
	struct counts c = { 0 };

	ot_expect(b, ot_u32be(b) == 0x545a6966); /* TZif */
	*version = ot_u8(b);
	ot_skip(b, 15);
	c.utc = ot_u32be(b);
	c.wall = ot_u32be(b);
	c.leap = ot_u32be(b);
	c.time = ot_u32be(b);
	c.type = ot_u32be(b);
	c.chars = ot_u32be(b);
	ot_expect(b, c.time <= TRANSITIONS_MAX && c.type >= 1 &&
			 c.type <= TYPES_MAX && c.chars <= FILE_MAX &&
			 c.leap <= TRANSITIONS_MAX && c.utc <= TYPES_MAX &&
			 c.wall <= TYPES_MAX);
	return c;
}

static int64_t
time64(struct ot_buf *b)
{
	uint64_t high = ot_u32be(b);
	uint64_t n = high << 32 | ot_u32be(b);

	return (int64_t)n;
}

static void
table(struct ot_zoneinfo *zone, struct ot_buf *b, const struct counts *c)
{
	struct ot_buf kinds;
	int32_t offsets[TYPES_MAX] = { 0 };

	for (uint32_t i = 0; i < c->time && ot_ok(b); i++)
		zone->at[i].at = time64(b);
	kinds = ot_split(b, c->time);
	for (uint32_t i = 0; i < c->type && ot_ok(b); i++) {
		offsets[i] = (int32_t)ot_u32be(b);
		ot_expect(b, offsets[i] > -2 * DAY && offsets[i] < 2 * DAY);
		ot_skip(b, 2);
	}
	for (uint32_t i = 0; i < c->time && ot_ok(&kinds); i++) {
		uint8_t kind = ot_u8(&kinds);

		ot_expect(&kinds, kind < c->type);
		zone->at[i].offset = offsets[kind];
	}
	zone->first = offsets[0];
	zone->count = c->time;
	ot_skip(b, c->chars + (size_t)c->leap * 12 + c->wall + c->utc);
}

const struct ot_zoneinfo *
ot_zoneinfo_of(struct ot_arena *arena, struct ot_str bytes)
{
	struct ot_zoneinfo *zone = ot_alloc(arena, sizeof(*zone));
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = { (const uint8_t *)bytes.p, bytes.len, &fault };
	uint8_t version;
	struct counts c = header(&b, &version);

	/* the 32-bit block, for readers of old */
	ot_skip(&b, (size_t)c.time * 5 + (size_t)c.type * 6 + c.chars +
			(size_t)c.leap * 8 + c.wall + c.utc);
	c = header(&b, &version);
	ot_expect(&b, version >= '2' && c.time <= b.left / 9);
	if (!zone || !ot_ok(&b))
		return NULL;
	zone->at = ot_alloc_array(arena, (size_t)c.time + 1, sizeof(*zone->at));
	if (!zone->at)
		return NULL;
	table(zone, &b, &c);
	ot_expect(&b, ot_u8(&b) == '\n');
	const char *footer = (const char *)b.p;
	size_t len = 0;

	while (ot_ok(&b) && ot_u8(&b) != '\n') /* its end is a fault */
		len++;
	return ot_ok(&b) && rule_of((struct ot_str){ footer, len }, &zone->rule)
		   ? zone
		   : NULL;
}

int
ot_zoneinfo_load(const struct ot_zoneinfo **zone, struct ot_arena *arena,
    const char *folder, struct ot_str name, struct ot_error *error)
{
	struct ot_str path = ot_str_keep(arena, name), bytes;
	int e;

	if (!path.p)
		return ot_error_set(error, OT_ERR_MEMORY, "out of memory");
	e = ot_file_read(&bytes, arena, folder, path.p, FILE_MAX, error);
	if (e)
		return e;
	*zone = ot_zoneinfo_of(arena, bytes);
	return *zone ? 0
		     : ot_error_set(error, OT_ERR_INPUT,
			   "%s/%s is no table of a time zone", folder, path.p);
}

int32_t
ot_zoneinfo_offset(const struct ot_zoneinfo *zone, int64_t t_ns)
{
	int64_t seconds = floor_div(t_ns, OT_SECOND_NS);
	uint32_t lo = 0, hi = zone->count;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (zone->at[mid].at <= seconds)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == zone->count && zone->rule.any)
		return rule_offset(&zone->rule, seconds);
	return lo ? zone->at[lo - 1].offset : zone->first;
}
