/*
 * Times as text: RFC 3339, dates, and ranges of quarter hours (DESIGN.md
 * section 3). The calendar is the proleptic Gregorian one, UTC.
 */
#include "base/time.h"

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

enum { CYCLE_DAYS = 146097, CENTURY_DAYS = 36524, FOUR_YEARS = 1460 };

/* In years that begin with March the leap day is the last one, and the months
 * have 153 days in each five. */
static struct date
date_of(int64_t days)
{
	int64_t march = days + days_to_year(1970) - days_before(0, 3);
	int64_t cycle = floor_div(march, CYCLE_DAYS);
	unsigned of_cycle = (unsigned)(march - cycle * CYCLE_DAYS);
	unsigned year =
	    (of_cycle - of_cycle / FOUR_YEARS + of_cycle / CENTURY_DAYS -
		of_cycle / (CYCLE_DAYS - 1)) /
	    365;
	unsigned day = of_cycle - (365 * year + year / 4 - year / 100);
	unsigned month = (5 * day + 2) / 153; /* from March */

	return (struct date){
		.year = cycle * 400 + year + (month >= 10),
		.month = month < 10 ? month + 3 : month - 9,
		.day = day - (153 * month + 2) / 5 + 1,
	};
}

/* A number of so many digits and a mark behind it. By hand: a capture's
 * records hold times by the hundred thousand, and printf is slow. */
static char *
put(char *out, unsigned n, unsigned count, char behind)
{
	for (unsigned i = count; i--; n /= 10)
		out[i] = (char)('0' + n % 10);
	out[count] = behind;
	return out + count + 1;
}

static char *
put_date(char *out, const struct date *d)
{
	out = put(out, (unsigned)d->year % 10000, 4, '-');
	out = put(out, d->month, 2, '-');
	return put(out, d->day, 2, 'T');
}

static size_t
end_of(char *end, const char *out)
{
	*end = '\0';
	return (size_t)(end - out);
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
	char *p = put_date(out, &d);

	p = put(p, of_day / 3600, 2, ':');
	p = put(p, of_day / 60 % 60, 2, ':');
	p = put(p, of_day % 60, 2, '.');
	return end_of(put(p, (unsigned)ns, 9, 'Z'), out);
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
	char *p = put_date(out, &d);

	p = put(p, minute / 60, 2, ':');
	p = put(p, minute % 60, 2, 'Z');
	*p++ = '/';
	if (end_day != day)
		p = put_date(p, &e);
	p = put(p, end_minute / 60, 2, ':');
	return end_of(put(p, end_minute % 60, 2, 'Z'), out);
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
