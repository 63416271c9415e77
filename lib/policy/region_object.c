/*
 * The objects that rows name, as sets: an axis for the symbol of each word and
 * one for its number (policy/covers.c says what a word covers).
 */
#include "policy/universe.h"

/* set := set + more. */
static void
add(struct ot_universe *space, const struct ot_set **set,
    const struct ot_set *more)
{
	*set = ot_set_unite(&space->d, *set, more);
}

/* set := what of it is in these too. */
static void
keep(struct ot_universe *space, const struct ot_set **set,
    const struct ot_set *these)
{
	*set = ot_set_common(&space->d, *set, these);
}

/* Does a word go on behind text, as "DB10.DBX" behind "DB10"? */
static bool
goes_on(struct ot_str word, struct ot_str text)
{
	return word.len > text.len && memcmp(word.p, text.p, text.len) == 0 &&
	       strchr(".:/$[", word.p[text.len]);
}

static const struct ot_set *
symbol_set(struct ot_universe *space, uint32_t i, uint64_t symbol,
    const struct ot_interval *number)
{
	const struct ot_set *set =
	    ot_universe_range(space, OT_X_WORD + 2 * i, symbol, symbol);

	if (number)
		keep(space, &set,
		    ot_universe_range(
			space, OT_X_WORD + 2 * i + 1, number->lo, number->hi));
	return set;
}

static bool
is_pattern(struct ot_str s)
{
	return memchr(s.p, '*', s.len) || memchr(s.p, '?', s.len);
}

/* Patterns of this place are conditions; a word that stands there as it is
 * says whether it meets them. */
static void
only_flags(struct ot_universe *space, uint32_t i, struct ot_str word,
    const struct ot_set **set)
{
	for (uint32_t f = 0; f < space->flag_count; f++) {
		const struct ot_flag *flag = &space->flags[f];

		if (flag->word != (int)i)
			continue;
		uint64_t is = ot_str_glob(flag->text, word);

		keep(space, set,
		    ot_universe_range(space, OT_X_FLAG + f, is, is));
	}
}

static bool
same_symbol(const struct ot_symbol *s, const struct ot_extent_word *word)
{
	return !s->extends && s->numeric == word->numeric &&
	       s->bits == word->bits &&
	       ot_str_eq(s->text, (struct ot_str){ word->text.p, word->head });
}

/* The word as it is, and every word that goes on behind it. */
static const struct ot_set *
literal_set(
    struct ot_universe *space, uint32_t i, const struct ot_extent_word *word)
{
	struct ot_interval number = { word->lo, word->hi };
	const struct ot_set *set = NULL, *itself = NULL;

	for (uint32_t k = 0; k < space->words[i].count; k++) {
		const struct ot_symbol *s = &space->words[i].at[k];

		if (same_symbol(s, word))
			itself = symbol_set(
			    space, i, k + 2, word->numeric ? &number : NULL);
		else if (ot_extent_goes_on(word) &&
			 (goes_on(s->text, word->text) ||
			     (s->extends && ot_str_eq(s->text, word->text))))
			add(space, &set, symbol_set(space, i, k + 2, NULL));
	}
	if (!word->numeric || word->lo == word->hi)
		only_flags(space, i, word->text, &itself);
	add(space, &set, itself);
	return set;
}

static const struct ot_set *
word_set(
    struct ot_universe *space, uint32_t i, const struct ot_extent_word *word)
{
	uint32_t axis = OT_X_WORD + 2 * i;
	const struct ot_set *any =
	    ot_universe_range(space, axis, 1, space->d.top[axis]);

	if (ot_str_eq(word->text, ot_str("*")))
		return any;
	if (!is_pattern(word->text))
		return literal_set(space, i, word);
	for (uint32_t f = 0; f < space->flag_count; f++)
		if (space->flags[f].word == (int)i &&
		    ot_str_eq(space->flags[f].text, word->text))
			keep(space, &any,
			    ot_universe_range(space, OT_X_FLAG + f, 1, 1));
	return any;
}

/* What never has an object is covered whatever the objects. */
static const struct ot_set *
objectless(struct ot_universe *space)
{
	const struct ot_set *set = ot_universe_verbs(
	    space, 1U << OT_SESSION | 1U << OT_AUTH | 1U << OT_IDENTIFY |
		       1U << OT_NAME | 1U << OT_DIAGNOSE);

	keep(space, &set, ot_universe_range(space, OT_X_WORD, 0, 0));
	return set;
}

const struct ot_set *
ot_universe_objects(struct ot_universe *space, const struct ot_conduit_row *row)
{
	const struct ot_set *set;

	if (!row->objects.count)
		return space->d.all;
	set = objectless(space);
	for (uint32_t i = 0; i < row->objects.count; i++) {
		struct ot_extent e = ot_extent_of(row->objects.at[i]);
		const struct ot_set *object = space->d.all;

		for (uint32_t k = 0; k < e.count; k++)
			keep(space, &object, word_set(space, k, &e.word[k]));
		if (e.count && e.whole)
			add(space, &set, object);
	}
	return set;
}

/* The longest text of the list that the word goes on behind, else 1. */
static uint64_t
other_word(const struct ot_symbols *list, struct ot_str word)
{
	uint64_t best = 1;
	size_t len = 0;

	for (uint32_t k = 0; k < list->count; k++)
		if (list->at[k].extends && list->at[k].text.len > len &&
		    goes_on(word, list->at[k].text)) {
			best = k + 2;
			len = list->at[k].text.len;
		}
	return best;
}

bool
ot_universe_object(
    struct ot_universe *space, struct ot_str object, struct ot_span *spans)
{
	struct ot_extent e = ot_extent_of(object);

	for (uint32_t i = 0; i < OT_COVER_WORDS; i++) {
		const struct ot_symbols *list = &space->words[i];
		uint64_t value =
		    i < e.count ? other_word(list, e.word[i].text) : 0;

		for (uint32_t k = 0; i < e.count && k < list->count; k++)
			if (same_symbol(&list->at[k], &e.word[i])) {
				value = k + 2;
				if (e.word[i].numeric)
					spans[OT_X_WORD + 2 * i + 1] =
					    ot_span_one(space, e.word[i].lo,
						e.word[i].hi);
			}
		spans[OT_X_WORD + 2 * i] = ot_span_one(space, value, value);
	}
	for (uint32_t f = 0; f < space->flag_count; f++) {
		int i = space->flags[f].word;
		bool is = i >= 0 && (uint32_t)i < e.count &&
			  ot_str_glob(space->flags[f].text, e.word[i].text);

		if (i >= 0)
			spans[OT_X_FLAG + f] = ot_span_one(space, is, is);
	}
	return e.whole;
}
