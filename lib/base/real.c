/*
 * Numbers with a fraction. The C library writes and reads them by the locale,
 * which a program that uses this library may have set.
 */
#include "base/real.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS = 15, DIGITS_MOST = 17, PARSED = 512 };

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Put a point where the locale has its own mark. */
static size_t
pointed(char *text)
{
	const char *mark = localeconv()->decimal_point;
	size_t len = strlen(mark);
	char *at = strstr(text, mark);

	if (at) {
		memmove(at + 1, at + len, strlen(at + len) + 1);
		*at = '.';
	}
	return strlen(text);
}

size_t
ot_real_print(char out[static OT_REAL_TEXT], double x)
{
	for (int digits = DIGITS; digits <= DIGITS_MOST; digits++) {
		snprintf(out, OT_REAL_TEXT, "%.*g", digits, x);
		if (strtod(out, NULL) == x)
			break;
	}
	return x == 0 ? (size_t)snprintf(out, OT_REAL_TEXT, "0") : pointed(out);
}

static size_t
digits(struct ot_str s, size_t from)
{
	size_t i = from;

	while (i < s.len && is_digit(s.p[i]))
		i++;
	return i - from;
}

/* RFC 8259 section 6; sets *point to where the fraction begins, or to the
 * length. */
static bool
is_number(struct ot_str s, size_t *point)
{
	size_t i = s.len && s.p[0] == '-', n = digits(s, i);

	if (!n || (n > 1 && s.p[i] == '0'))
		return false;
	i += n;
	*point = s.len;
	if (i < s.len && s.p[i] == '.') {
		*point = i++;
		n = digits(s, i);
		if (!n)
			return false;
		i += n;
	}
	if (i < s.len && (s.p[i] == 'e' || s.p[i] == 'E')) {
		i++;
		i += i < s.len && (s.p[i] == '+' || s.p[i] == '-');
		n = digits(s, i);
		if (!n)
			return false;
		i += n;
	}
	return i == s.len;
}

bool
ot_real_parse(double *out, struct ot_str s)
{
	const char *mark = localeconv()->decimal_point;
	char text[PARSED];
	size_t point;

	if (!is_number(s, &point) || s.len + strlen(mark) >= sizeof(text))
		return false;
	int whole = (int)point;

	if (point < s.len)
		snprintf(text, sizeof(text), "%.*s%s%.*s", whole, s.p, mark,
		    (int)(s.len - point - 1), s.p + point + 1);
	else
		snprintf(text, sizeof(text), "%.*s", whole, s.p);
	double x = strtod(text, NULL);

	if (!isfinite(x))
		return false;
	*out = x;
	return true;
}
