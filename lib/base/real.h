/*
 * Numbers with a fraction as text, the same in every locale.
 */
#ifndef OT_BASE_REAL_H
#define OT_BASE_REAL_H

#include <stdbool.h>

#include "base/str.h"

#define OT_REAL_TEXT 40 /* room for a number as text, NUL included */

/* The shortest JSON number that is read as the same double again. x must be
 * finite. Gives the length. */
size_t ot_real_print(char out[static OT_REAL_TEXT], double x);

/* A JSON number. False, with *out left alone, where s is none or is too great
 * for a double. */
bool ot_real_parse(double *out, struct ot_str s);

#endif
