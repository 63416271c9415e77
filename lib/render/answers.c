/*
 * Answers as lines that editors can jump to, and as NDJSON.
 */
#include "render/answers.h"

#include "base/json.h"
#include "render/render.h"

static void
answer_text(const struct ot_answer *a, bool colour, struct ot_sb *sb)
{
	if (a->at.line) {
		ot_escape_terminal(sb, a->at.file);
		ot_sb_printf(sb, ":%u:%u: ", a->at.line, a->at.column);
	}
	if (colour)
		ot_sb_puts(sb, a->counts ? "\033[31m" : "\033[2m");
	ot_sb_puts(sb, a->kind);
	ot_sb_puts(sb, colour ? "\033[0m: " : ": ");
	ot_escape_terminal(sb, a->text);
	ot_sb_putc(sb, '\n');
}

void
ot_answers_text(const struct ot_answers *answers, bool colour, struct ot_sb *sb)
{
	for (uint32_t i = 0; i < answers->rows.count; i++)
		answer_text(answers->rows.at[i], colour, sb);
	if (answers->cut)
		ot_sb_puts(sb,
		    "stopped at limits.boxes: what is here holds, and there "
		    "may be more\n");
}

static void
answer_ndjson(const struct ot_answers *answers, const struct ot_answer *a,
    struct ot_jw *w)
{
	ot_jw_open(w, '{');
	ot_jw_key(w, "type");
	ot_jw_text(w, "answer");
	ot_jw_key(w, "question");
	ot_jw_text(w, answers->question);
	ot_jw_key(w, "kind");
	ot_jw_text(w, a->kind);
	ot_jw_key(w, "counts");
	ot_jw_bool(w, a->counts);
	if (a->id.len) {
		ot_jw_key(w, "id");
		ot_jw_str(w, a->id);
	}
	if (a->at.line) {
		ot_jw_key(w, "file");
		ot_jw_str(w, a->at.file);
		ot_jw_key(w, "line");
		ot_jw_u64(w, a->at.line);
		ot_jw_key(w, "column");
		ot_jw_u64(w, a->at.column);
	}
	for (int k = 0; a->has_region && k < OT_REGION_KEYS; k++)
		if (a->region[k].len) {
			ot_jw_key(w, ot_region_key_names[k]);
			ot_jw_str(w, a->region[k]);
		}
	ot_jw_key(w, "text");
	ot_jw_str(w, a->text);
	ot_jw_close(w, '}');
}

void
ot_answers_ndjson(const struct ot_answers *answers, struct ot_sb *sb)
{
	struct ot_jw w = { .sb = sb };

	for (uint32_t i = 0; i < answers->rows.count; i++) {
		answer_ndjson(answers, answers->rows.at[i], &w);
		ot_sb_putc(sb, '\n');
		w.comma = false;
	}
	ot_jw_open(&w, '{');
	ot_jw_key(&w, "type");
	ot_jw_text(&w, "answers");
	ot_jw_key(&w, "question");
	ot_jw_text(&w, answers->question);
	ot_jw_key(&w, "count");
	ot_jw_u64(&w, answers->rows.count);
	ot_jw_key(&w, "counting");
	ot_jw_u64(&w, answers->counting);
	ot_jw_key(&w, "complete");
	ot_jw_bool(&w, !answers->cut);
	ot_jw_close(&w, '}');
	ot_sb_putc(sb, '\n');
}
