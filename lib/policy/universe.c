/*
 * The axes of a space: which ends, protocols, words and conditions the rows of
 * its policies tell apart.
 */
#include "policy/universe.h"

#include <stdlib.h>

#include "policy/rules.h"
#include "zone/zone.h"

enum { ATOMS_MAX = 1 << 20 };

uint64_t
ot_limit_boxes(const struct ot_policy *policy)
{
	for (uint32_t i = 0; policy && i < policy->limits.count; i++)
		if (ot_str_eq(policy->limits.at[i].text, ot_str("boxes")))
			return policy->limits.at[i].count;
	return OT_BOXES_DEFAULT;
}

/* ---- all rows that the space has to tell apart ---- */

struct visit {
	struct ot_universe *space;
	const struct ot_conduit_row *asked;
	/* false ends it */
	bool (*row)(
	    struct ot_universe *space, const struct ot_conduit_row *row);
};

static bool
visit_all(const struct visit *v)
{
	for (uint32_t p = 0; p < v->space->policies; p++) {
		const struct ot_policy *policy = v->space->policy[p];

		for (uint32_t i = 0; i < policy->conduit_count; i++)
			if (!v->row(v->space, &policy->conduits[i]))
				return false;
		for (uint32_t i = 0; i < policy->assertion_count; i++)
			if (!v->row(v->space, &policy->assertions[i].region))
				return false;
	}
	return !v->asked || v->row(v->space, v->asked);
}

/* ---- names ---- */

static int
text_cmp(const void *a, const void *b)
{
	return ot_str_cmp(*(const struct ot_str *)a, *(const struct ot_str *)b);
}

static void
settle(struct ot_str *at, uint32_t *count)
{
	uint32_t kept = 0;

	if (*count)
		qsort(at, *count, sizeof(*at), text_cmp);
	for (uint32_t i = 0; i < *count; i++)
		if (!kept || !ot_str_eq(at[kept - 1], at[i]))
			at[kept++] = at[i];
	*count = kept;
}

static bool
zones_make(struct ot_universe *space)
{
	size_t room = 2;

	for (uint32_t p = 0; p < space->policies; p++)
		room += space->policy[p]->zone_count;
	space->zones =
	    ot_alloc_array(space->arena, room, sizeof(struct ot_str));
	if (!space->zones)
		return false;
	space->zones[space->zone_count++] = ot_str(OT_ZONE_INTERNET);
	space->zones[space->zone_count++] = ot_str(OT_ZONE_UNASSIGNED);
	for (uint32_t p = 0; p < space->policies; p++)
		for (uint32_t i = 0; i < space->policy[p]->zone_count; i++)
			space->zones[space->zone_count++] =
			    space->policy[p]->zones[i].id;
	settle(space->zones, &space->zone_count);
	for (uint32_t p = 0; p < space->policies; p++) {
		const struct ot_policy *policy = space->policy[p];

		space->rows[p] = ot_alloc_array(
		    space->arena, space->zone_count, sizeof(**space->rows));
		for (uint32_t i = 0; space->rows[p] && i < policy->zone_count;
		     i++)
			space->rows[p][ot_text_find(space->zones,
			    space->zone_count, policy->zones[i].id)] =
			    &policy->zones[i];
		if (!space->rows[p])
			return false;
	}
	return true;
}

static bool
is_marked(struct ot_str *end)
{
	static const char mark[] = "asset:";
	size_t len = sizeof(mark) - 1;

	if (end->len < len || memcmp(end->p, mark, len) != 0)
		return false;
	end->p += len;
	end->len -= len;
	return true;
}

static bool
is_zone(const struct ot_universe *space, struct ot_str s)
{
	return ot_text_find(space->zones, space->zone_count, s) <
	       space->zone_count;
}

static bool
count_names(struct ot_universe *space, const struct ot_conduit_row *row)
{
	space->asset_count += 2 + row->via.count;
	space->protocol_count += row->service_count;
	return true;
}

static bool
take_names(struct ot_universe *space, const struct ot_conduit_row *row)
{
	struct ot_str ends[] = { row->from, row->to };

	for (size_t i = 0; i < 2; i++)
		if (is_marked(&ends[i]))
			space->assets[space->asset_count++] = ends[i];
	for (uint32_t i = 0; i < row->via.count; i++) {
		struct ot_str jump = row->via.at[i];

		if (is_marked(&jump) || !is_zone(space, jump))
			space->assets[space->asset_count++] = jump;
	}
	for (uint32_t i = 0; i < row->service_count; i++)
		if (row->services[i].kind == OT_SERVICE_PROTOCOL)
			space->protocols[space->protocol_count++] =
			    row->services[i].protocol;
	return true;
}

static bool
names_make(struct ot_universe *space, const struct ot_conduit_row *asked)
{
	struct visit v = { space, asked, count_names };

	(void)visit_all(&v);
	space->assets = ot_alloc_array(space->arena,
	    (size_t)space->asset_count + 1, sizeof(struct ot_str));
	space->protocols = ot_alloc_array(space->arena,
	    (size_t)space->protocol_count + 1, sizeof(struct ot_str));
	space->asset_count = space->protocol_count = 0;
	if (!space->assets || !space->protocols)
		return false;
	v.row = take_names;
	(void)visit_all(&v);
	settle(space->assets, &space->asset_count);
	settle(space->protocols, &space->protocol_count);
	return true;
}

/* ---- atoms ---- */

/* The zone that the registry gives to an asset; zone_count: none. */
static uint32_t
registered_zone(
    const struct ot_universe *space, uint32_t p, struct ot_str asset)
{
	const struct ot_policy *policy = space->policy[p];

	for (uint32_t i = 0; i < policy->asset_count; i++)
		if (ot_str_eq(policy->assets[i].id, asset) &&
		    policy->assets[i].zone.len)
			return ot_text_find(space->zones, space->zone_count,
			    policy->assets[i].zone);
	return space->zone_count;
}

static void
atom_add(struct ot_universe *space, uint32_t a, uint32_t b, uint32_t asset)
{
	space->atoms[space->atom_count++] =
	    (struct ot_atom){ .zone = { a, b }, .asset = asset };
}

static int
atom_cmp(const void *a, const void *b)
{
	const struct ot_atom *x = a, *y = b;

	if (x->zone[0] != y->zone[0])
		return x->zone[0] < y->zone[0] ? -1 : 1;
	if (x->zone[1] != y->zone[1])
		return x->zone[1] < y->zone[1] ? -1 : 1;
	return (x->asset > y->asset) - (x->asset < y->asset);
}

/* An asset whose zone nobody has written may be in any. */
static void
place_asset(struct ot_universe *space, uint32_t asset, const uint32_t *placed)
{
	uint32_t none = space->zone_count;

	if (placed[0] != none && placed[1] != none) {
		atom_add(space, placed[0], placed[1], asset);
		return;
	}
	for (uint32_t z = 0; z < none; z++)
		atom_add(space, placed[0] == none ? z : placed[0],
		    placed[1] == none ? z : placed[1], asset);
}

static bool
atoms_make(struct ot_universe *space)
{
	uint64_t room = space->zone_count;
	uint32_t(*placed)[OT_UNIVERSE_POLICIES] = ot_alloc_array(
	    space->arena, (size_t)space->asset_count + 1, sizeof(*placed));

	if (!placed)
		return false;
	for (uint32_t i = 0; i < space->asset_count; i++) {
		for (uint32_t p = 0; p < OT_UNIVERSE_POLICIES; p++)
			placed[i][p] = registered_zone(space,
			    p < space->policies ? p : 0, space->assets[i]);
		room += placed[i][0] < space->zone_count &&
				placed[i][1] < space->zone_count
			    ? 1
			    : space->zone_count;
	}
	space->crowded |= room > ATOMS_MAX;
	if (space->crowded)
		room = space->zone_count;
	space->atoms =
	    ot_alloc_array(space->arena, (size_t)room, sizeof(*space->atoms));
	if (!space->atoms)
		return false;
	for (uint32_t z = 0; z < space->zone_count; z++)
		atom_add(space, z, z, space->asset_count);
	for (uint32_t i = 0; i < space->asset_count && !space->crowded; i++)
		place_asset(space, i, placed[i]);
	qsort(space->atoms, space->atom_count, sizeof(*space->atoms), atom_cmp);
	return true;
}

/* ---- words of objects ---- */

static bool
is_pattern(struct ot_str s)
{
	return memchr(s.p, '*', s.len) || memchr(s.p, '?', s.len);
}

static struct ot_symbol
symbol_of(const struct ot_extent_word *word)
{
	return (struct ot_symbol){ .text = { word->text.p, word->head },
		.numeric = word->numeric,
		.bits = word->bits };
}

static int
symbol_cmp(const void *a, const void *b)
{
	const struct ot_symbol *x = a, *y = b;
	int c = ot_str_cmp(x->text, y->text);

	if (c)
		return c;
	return (x->extends * 4 + x->numeric * 2 + x->bits) -
	       (y->extends * 4 + y->numeric * 2 + y->bits);
}

static bool
symbol_add(struct ot_universe *space, uint32_t i, struct ot_symbol symbol)
{
	struct ot_symbols *list = &space->words[i];

	if (list->count == list->room) {
		uint32_t room = list->room ? 2 * list->room : 8;
		struct ot_symbol *at =
		    ot_alloc_array(space->arena, room, sizeof(*at));

		if (!at)
			return false;
		if (list->count)
			memcpy(at, list->at, list->count * sizeof(*at));
		list->at = at;
		list->room = room;
	}
	list->at[list->count++] = symbol;
	return true;
}

static bool
flag_add(struct ot_universe *space, struct ot_str text, int word)
{
	for (uint32_t i = 0; i < space->flag_count; i++)
		if (space->flags[i].word == word &&
		    ot_str_eq(space->flags[i].text, text))
			return true;
	if (space->flag_count == OT_FLAGS_MAX)
		space->crowded = true;
	else
		space->flags[space->flag_count++] =
		    (struct ot_flag){ text, word };
	return true;
}

static bool
take_word(
    struct ot_universe *space, uint32_t i, const struct ot_extent_word *word)
{
	if (ot_str_eq(word->text, ot_str("*")))
		return true;
	if (is_pattern(word->text))
		return flag_add(space, word->text, (int)i);
	return symbol_add(space, i, symbol_of(word)) &&
	       (!ot_extent_goes_on(word) ||
		   symbol_add(space, i,
		       (struct ot_symbol){
			   .text = word->text, .extends = true }));
}

/* Keys whose text is a number or a range have axes; the others are
 * conditions. */
static bool
take_words(struct ot_universe *space, const struct ot_conduit_row *row)
{
	for (uint32_t i = 0; i < row->objects.count; i++) {
		struct ot_extent e = ot_extent_of(row->objects.at[i]);

		for (uint32_t k = 0; k < e.count; k++)
			if (!take_word(space, k, &e.word[k]))
				return false;
	}
	for (uint32_t i = 0; i < row->unjudged_texts.count; i++) {
		struct ot_str text = row->unjudged_texts.at[i];
		struct ot_interval on;
		uint32_t axis;

		if (!ot_universe_sized(text, &axis, &on) &&
		    !flag_add(space, text, -1))
			return false;
	}
	return true;
}

static void
words_settle(struct ot_symbols *list)
{
	uint32_t kept = 0;

	if (list->count)
		qsort(list->at, list->count, sizeof(*list->at), symbol_cmp);
	for (uint32_t i = 0; i < list->count; i++)
		if (!kept || symbol_cmp(&list->at[kept - 1], &list->at[i]) != 0)
			list->at[kept++] = list->at[i];
	list->count = kept;
}

static bool
words_make(struct ot_universe *space, const struct ot_conduit_row *asked)
{
	struct visit v = { space, asked, take_words };

	if (!visit_all(&v))
		return false;
	for (uint32_t i = 0; i < OT_COVER_WORDS; i++)
		words_settle(&space->words[i]);
	return true;
}

/* ---- the whole ---- */

static bool
diagram_make(struct ot_universe *space)
{
	uint64_t top[OT_AXES_MAX], most = 0;
	uint32_t axes = OT_X_FLAG + space->flag_count;

	for (uint32_t i = 0; i < axes; i++)
		top[i] = i < OT_X_FLAG ? UINT64_MAX : 1;
	top[OT_X_FROM] = top[OT_X_TO] = space->atom_count - 1;
	top[OT_X_WIRE] = (uint64_t)OT_TRANSPORTS << 32;
	top[OT_X_PROTOCOL] = space->protocol_count;
	top[OT_X_VERB] = OT_VERBS - 1;
	for (uint32_t i = 0; i < OT_COVER_WORDS; i++)
		top[OT_X_WORD + 2 * i] = space->words[i].count + 1;
	top[OT_X_PROTECTION] = 2;
	top[OT_X_WEEK] = OT_WEEK_MINUTES - 1;
	top[OT_X_BACK] = 1;
	for (uint32_t p = 0; p < space->policies; p++)
		if (ot_limit_boxes(space->policy[p]) > most)
			most = ot_limit_boxes(space->policy[p]);
	return ot_diagram_init(&space->d, space->arena, top, axes, most);
}

bool
ot_universe_init(struct ot_universe *space, struct ot_arena *arena,
    const struct ot_policy *const *policies, uint32_t count,
    const struct ot_conduit_row *asked)
{
	*space = (struct ot_universe){ .arena = arena, .policies = count };
	memcpy(space->policy, policies, count * sizeof(*policies));
	return zones_make(space) && names_make(space, asked) &&
	       atoms_make(space) && words_make(space, asked) &&
	       diagram_make(space);
}

void
ot_universe_done(struct ot_universe *space)
{
	ot_diagram_done(&space->d);
}
