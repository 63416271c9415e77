/*
 * Errors of the surroundings, as a code and one line of text.
 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

int
ot_error_set(struct ot_error *error, enum ot_err code, const char *fmt, ...)
{
	va_list ap;

	if (error) {
		error->code = code;
		va_start(ap, fmt);
		(void)vsnprintf(error->text, sizeof(error->text), fmt, ap);
		va_end(ap);
	}
	return -(int)code;
}
