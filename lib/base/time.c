/*
 * Times as text: RFC 3339, dates, and ranges of quarter hours (DESIGN.md
 * section 3). The calendar is the proleptic Gregorian one, UTC.
 */
#include "base/time.h"

#include <stdio.h>

enum { DAY_S = 86400, SLOT_S = 900 };

static int64_t
floor_div(int64_t n, int64_t by)
{
	return n / by - (n % by < 0);
}

static bool
leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days before the month (1 to 12; 13: the whole year). */
static int64_t
days_before(int64_t year, unsigned month)
{
	static const uint16_t before[] = { 0, 0, 31, 59, 90, 120, 151, 181, 212,
		243, 273, 304, 334, 365 };

	return before[month] + (month > 2 && leap(year));
}

/* Days from 0000-01-01 to the start of a year. */
static int64_t
days_to_year(int64_t year)
{
	int64_t y = year - 1; /* leap years up to and with this one */

	return 365 * year + floor_div(y, 4) - floor_div(y, 100) +
	       floor_div(y, 400) + 1;
}

static int64_t
days_of(int64_t year, unsigned month, unsigned day)
{
	return days_to_year(year) - days_to_year(1970) +
	       days_before(year, month) + (int64_t)day - 1;
}

struct date {
	int64_t year;
	unsigned month, day;
};

static struct date
date_of(int64_t days)
{
	struct date d = { .month = 1 };

	/* A guess that is never late, and early by a year at most. */
	d.year = 1970 + floor_div(days, days < 0 ? 365 : 366);
	while (days_of(d.year + 1, 1, 1) <= days)
		d.year++;
	days -= days_of(d.year, 1, 1);
	while (days_before(d.year, d.month + 1) <= days)
		d.month++;
	d.day = (unsigned)(days - days_before(d.year, d.month)) + 1;
	return d;
}

static size_t
printed(int len)
{
	return len > 0 ? (size_t)len : 0;
}

/* int64_t nanoseconds reach from 1677 to 2262: four digits hold any year. */
size_t
ot_time_print(char out[static OT_TIME_TEXT], int64_t t_ns)
{
	int64_t s = floor_div(t_ns, OT_SECOND_NS);
	int64_t days = floor_div(s, DAY_S);
	unsigned of_day = (unsigned)(s - days * DAY_S);
	int64_t ns = t_ns % OT_SECOND_NS;
	struct date d = date_of(days);

	if (ns < 0)
		ns += OT_SECOND_NS;
	return printed(
	    snprintf(out, OT_TIME_TEXT, "%04u-%02u-%02uT%02u:%02u:%02u.%09uZ",
		(unsigned)d.year % 10000, d.month, d.day, of_day / 3600,
		of_day / 60 % 60, of_day % 60, (unsigned)ns));
}

/* Takes text from the front of a string. */
struct cursor {
	const char *p;
	size_t left;
	bool bad;
};

static char
next(struct cursor *c)
{
	if (c->left == 0) {
		c->bad = true;
		return '\0';
	}
	c->left--;
	return *c->p++;
}

static void
mark(struct cursor *c, char a, char b)
{
	char got = next(c);

	if (got != a && got != b)
		c->bad = true;
}

static unsigned
digits(struct cursor *c, unsigned count)
{
	unsigned n = 0;

	while (count--) {
		char d = next(c);

		if (d < '0' || d > '9')
			c->bad = true;
		n = n * 10 + (unsigned)(d - '0') % 10;
	}
	return n;
}

/* The days since 1970 of YYYY-MM-DD. */
static int64_t
take_date(struct cursor *c)
{
	unsigned year = digits(c, 4);

	mark(c, '-', '-');
	unsigned month = digits(c, 2);

	mark(c, '-', '-');
	unsigned day = digits(c, 2);

	if (month < 1 || month > 12 || day < 1 ||
	    day > days_before(year, month + 1) - days_before(year, month)) {
		c->bad = true;
		return 0;
	}
	return days_of(year, month, day);
}

static int64_t
take_hours(struct cursor *c)
{
	unsigned hour = digits(c, 2);

	mark(c, ':', ':');
	unsigned minute = digits(c, 2);

	if (hour > 23 || minute > 59)
		c->bad = true;
	return hour * 3600 + minute * 60;
}

/* Digits behind the ninth are below what is kept. */
static int64_t
take_fraction(struct cursor *c)
{
	int64_t ns = 0, unit = OT_SECOND_NS;

	if (c->left == 0 || *c->p != '.')
		return 0;
	(void)next(c);
	do {
		unit /= 10;
		ns += digits(c, 1) * unit;
	} while (c->left && *c->p >= '0' && *c->p <= '9');
	return ns;
}

/* Z, or the seconds by which local time is ahead of UTC. */
static int64_t
take_offset(struct cursor *c)
{
	char sign = next(c);

	if (sign == 'Z' || sign == 'z')
		return 0;
	if (sign != '+' && sign != '-')
		c->bad = true;
	int64_t s = take_hours(c);

	return sign == '-' ? -s : s;
}

/* False where that lies outside of int64_t. */
static bool
nanoseconds(int64_t *out_ns, int64_t s, int64_t ns)
{
	if (s < 0) { /* so that the product does not leave the range first */
		s++;
		ns -= OT_SECOND_NS;
	}
	return !__builtin_mul_overflow(s, OT_SECOND_NS, &s) &&
	       !__builtin_add_overflow(s, ns, out_ns);
}

/* RFC 3339 section 5.6. A leap second is the first of the next minute. */
bool
ot_time_parse(int64_t *out_ns, struct ot_str text)
{
	struct cursor c = { text.p, text.len, false };
	int64_t s = take_date(&c) * DAY_S, t_ns;

	mark(&c, 'T', 't');
	s += take_hours(&c);
	mark(&c, ':', ':');
	unsigned second = digits(&c, 2);
	int64_t ns = take_fraction(&c);

	s += second - take_offset(&c);
	if (c.bad || c.left || second > 60 || !nanoseconds(&t_ns, s, ns))
		return false;
	*out_ns = t_ns;
	return true;
}

bool
ot_date_parse(int64_t *out_ns, struct ot_str text)
{
	struct cursor c = { text.p, text.len, false };
	int64_t s = take_date(&c) * DAY_S, t_ns;

	if (c.bad || c.left || !nanoseconds(&t_ns, s, 0))
		return false;
	*out_ns = t_ns;
	return true;
}

int32_t
ot_slot(int64_t t_ns)
{
	return (int32_t)floor_div(t_ns, SLOT_S * OT_SECOND_NS);
}

static const int64_t SLOTS_A_DAY = DAY_S / SLOT_S;

static unsigned
minute_of_day(int64_t slot)
{
	int64_t day = floor_div(slot, SLOTS_A_DAY);

	return (unsigned)(slot - day * SLOTS_A_DAY) * (SLOT_S / 60);
}

size_t
ot_slots_print(char out[static OT_SLOTS_TEXT], int32_t from, int32_t to)
{
	int64_t end = (int64_t)to + 1;
	int64_t day = floor_div(from, SLOTS_A_DAY);
	int64_t end_day = floor_div(end, SLOTS_A_DAY);
	unsigned minute = minute_of_day(from), end_minute = minute_of_day(end);
	struct date d = date_of(day), e = date_of(end_day);
	size_t len = printed(snprintf(out, OT_SLOTS_TEXT,
	    "%04u-%02u-%02uT%02u:%02uZ/", (unsigned)d.year % 10000, d.month,
	    d.day, minute / 60, minute % 60));

	if (end_day != day)
		len += printed(
		    snprintf(out + len, OT_SLOTS_TEXT - len, "%04u-%02u-%02uT",
			(unsigned)e.year % 10000, e.month, e.day));
	return len + printed(snprintf(out + len, OT_SLOTS_TEXT - len,
			 "%02u:%02uZ", end_minute / 60, end_minute % 60));
}

bool
ot_slots_parse(int32_t *from, int32_t *to, struct ot_str text)
{
	struct cursor c = { text.p, text.len, false };
	int64_t day = take_date(&c), end_day = day;

	mark(&c, 'T', 't');
	int64_t start = day * DAY_S + take_hours(&c);

	mark(&c, 'Z', 'z');
	mark(&c, '/', '/');
	if (c.left > 6) { /* more than HH:MMZ */
		end_day = take_date(&c);
		mark(&c, 'T', 't');
	}
	int64_t end = end_day * DAY_S + take_hours(&c);

	mark(&c, 'Z', 'z');
	if (c.bad || c.left || start % SLOT_S || end % SLOT_S || end <= start)
		return false;
	*from = (int32_t)floor_div(start, SLOT_S);
	*to = (int32_t)floor_div(end, SLOT_S) - 1;
	return true;
}
