/*
 * Answers, and the words of their keys.
 */
#include "model/answer.h"

#include <stdarg.h>
#include <stdio.h>

const char *const ot_region_key_names[] = {
	[OT_R_FROM] = "from",
	[OT_R_TO] = "to",
	[OT_R_SERVICES] = "services",
	[OT_R_VERBS] = "verbs",
	[OT_R_OBJECTS] = "objects",
	[OT_R_VALUES] = "values",
	[OT_R_ENCRYPTION] = "encryption",
	[OT_R_WHEN] = "when",
	[OT_R_UNTIL] = "until",
	[OT_R_ONEWAY] = "oneway",
	[OT_R_SIZES] = "sizes",
	[OT_R_CONDITIONS] = "conditions",
	NULL,
};

struct ot_answer *
ot_answer_add(struct ot_arena *arena, struct ot_answers *answers,
    const char *kind, bool counts)
{
	struct ot_answer *answer = ot_alloc(arena, sizeof(*answer));

	if (!answer || !ot_list_push(arena, &answers->rows, answer))
		return NULL;
	answer->kind = kind;
	answer->counts = counts;
	answers->counting += counts;
	return answer;
}

bool
ot_answer_say(
    struct ot_arena *arena, struct ot_answer *answer, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	answer->text = ot_str_keep(arena, ot_str(text));
	return answer->text.p;
}
