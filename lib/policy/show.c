/*
 * Boxes in words: for each axis what it is narrowed to, in the words of
 * policies and records.
 */
#include "policy/universe.h"

#include "policy/calendar.h"

/* A list that shows the rest of its values where it holds most of them. */
struct list {
	struct ot_sb *sb;
	bool any, rest;
	const char *between;
};

static void
item(struct list *l, struct ot_str text)
{
	if (l->rest && !l->any)
		ot_sb_puts(l->sb, "all but ");
	if (l->any)
		ot_sb_puts(l->sb, l->between);
	ot_sb_add(l->sb, text.p, text.len);
	l->any = true;
}

static uint64_t
span_size(const struct ot_span *span)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < span->count; i++)
		n += span->at[i].hi - span->at[i].lo + 1;
	return n;
}

static bool
span_has(const struct ot_span *span, uint64_t value)
{
	for (uint32_t i = 0; i < span->count; i++)
		if (span->at[i].lo <= value && value <= span->at[i].hi)
			return true;
	return !span->count;
}

/* ---- ends ---- */

/* Are there assets of its zone that some row names? */
static bool
has_assets(const struct ot_universe *space, const struct ot_atom *atom)
{
	const struct ot_atom *end = space->atoms + space->atom_count;

	return (atom > space->atoms && atom[-1].zone[0] == atom->zone[0]) ||
	       (atom + 1 < end && atom[1].zone[0] == atom->zone[0]);
}

static void
atom_text(const struct ot_universe *space, const struct ot_atom *atom,
    struct ot_sb *sb)
{
	struct ot_str zone = space->zones[atom->zone[0]];

	if (atom->asset < space->asset_count) {
		ot_sb_puts(sb, "asset:");
		zone = space->assets[atom->asset];
	}
	ot_sb_add(sb, zone.p, zone.len);
	if (atom->asset == space->asset_count && has_assets(space, atom))
		ot_sb_puts(sb, " (others)");
}

/* Do all atoms of this one's zone lie in the span, as far as they are in or
 * out as it is? Then the zone's name stands for them. */
static bool
zone_whole(const struct ot_universe *space, const struct ot_span *span,
    uint32_t first, bool in)
{
	for (uint32_t i = first;
	     i < space->atom_count &&
	     space->atoms[i].zone[0] == space->atoms[first].zone[0];
	     i++)
		if (span_has(span, i) != in)
			return false;
	return true;
}

static void
ends_show(const struct ot_universe *space, const struct ot_span *span,
    struct ot_sb *sb)
{
	struct list l = { .sb = sb,
		.between = " ",
		.rest = span_size(span) > space->atom_count / 2 };
	uint32_t i = 0;

	if (!span->count)
		ot_sb_putc(sb, '*');
	while (span->count && i < space->atom_count) {
		const struct ot_atom *atom = &space->atoms[i];
		bool first =
		    i == 0 || space->atoms[i - 1].zone[0] != atom->zone[0];
		struct ot_sb text = { 0 };

		if (first && zone_whole(space, span, i, !l.rest)) {
			item(&l, space->zones[atom->zone[0]]);
			while (i < space->atom_count &&
			       space->atoms[i].zone[0] == atom->zone[0])
				i++;
			continue;
		}
		i++;
		if (span_has(span, i - 1) == l.rest)
			continue;
		atom_text(space, atom, &text);
		item(&l, ot_sb_str(&text));
		ot_sb_done(&text);
	}
}

/* ---- services and verbs ---- */

static void
wires_show(const struct ot_span *span, struct list *l)
{
	static const char *const words[] = { "tcp", "udp", "sctp", "icmp", "ip",
		"ethertype" };

	for (uint32_t i = 0; i < span->count; i++)
		for (uint64_t t = span->at[i].lo >> 32;
		     t <= span->at[i].hi >> 32 && t < OT_TRANSPORTS; t++) {
			uint64_t lo = t << 32, hi = lo | UINT32_MAX;
			uint64_t most = t == OT_ETH  ? 0x1ffffff
					: t == OT_IP ? 255
						     : 65535;
			struct ot_sb sb = { 0 };

			if (span->at[i].lo > lo)
				lo = span->at[i].lo;
			if (span->at[i].hi < hi)
				hi = span->at[i].hi;
			lo &= UINT32_MAX;
			hi &= UINT32_MAX;
			if (lo > most)
				continue;
			ot_sb_puts(&sb, words[t]);
			if (lo == hi)
				ot_sb_printf(&sb,
				    t == OT_ETH ? "/0x%llx" : "/%llu",
				    (unsigned long long)lo);
			else if (lo > 0 || hi < most)
				ot_sb_printf(&sb, "/%llu-%llu",
				    (unsigned long long)lo,
				    (unsigned long long)(hi < most ? hi
								   : most));
			item(l, ot_sb_str(&sb));
			ot_sb_done(&sb);
		}
}

static void
services_show(
    const struct ot_universe *space, const struct ot_box *box, struct ot_sb *sb)
{
	const struct ot_span *protocols = &box->spans[OT_X_PROTOCOL],
			     *wires = &box->spans[OT_X_WIRE];
	struct list l = { .sb = sb,
		.between = " ",
		.rest = protocols->count && span_has(protocols, 0) };

	for (uint32_t i = 1; protocols->count && i <= space->protocol_count;
	     i++)
		if (span_has(protocols, i) != l.rest)
			item(&l, space->protocols[i - 1]);
	if (protocols->count && wires->count)
		ot_sb_puts(sb, " on ");
	if (wires->count) {
		struct list w = { .sb = sb, .between = " " };

		wires_show(wires, &w);
	}
}

static void
verbs_show(
    const struct ot_universe *space, const struct ot_box *box, struct ot_sb *sb)
{
	const struct ot_span *span = &box->spans[OT_X_VERB];
	struct list l = {
		.sb = sb, .between = " ", .rest = span_size(span) > OT_VERBS / 2
	};

	(void)space;
	for (uint32_t v = 0; span->count && v < OT_VERBS; v++)
		if (span_has(span, v) != l.rest)
			item(&l, ot_str(ot_verb_names[v]));
}

/* ---- objects ---- */

static void
number_show(
    const struct ot_symbol *s, const struct ot_interval *on, struct ot_sb *sb)
{
	unsigned long long lo = on->lo, hi = on->hi;

	if (s->bits && lo == hi)
		ot_sb_printf(sb, "%llu.%llu", lo / 8, lo % 8);
	else if (s->bits && hi < UINT64_MAX)
		ot_sb_printf(
		    sb, "%llu.%llu..%llu.%llu", lo / 8, lo % 8, hi / 8, hi % 8);
	else if (lo == hi)
		ot_sb_printf(sb, "%llu", lo);
	else if (hi == UINT64_MAX)
		ot_sb_printf(sb, "%llu-", lo);
	else
		ot_sb_printf(sb, "%llu-%llu", lo, hi);
}

static void
symbol_show(
    const struct ot_symbol *s, const struct ot_span *numbers, struct list *l)
{
	struct ot_sb sb = { 0 };

	if (s->extends || !s->numeric || !numbers->count) {
		ot_sb_add(&sb, s->text.p, s->text.len);
		ot_sb_puts(&sb, s->extends ? "…" : s->numeric ? "#" : "");
		item(l, ot_sb_str(&sb));
		ot_sb_done(&sb);
		return;
	}
	for (uint32_t i = 0; i < numbers->count; i++) {
		sb.len = 0;
		ot_sb_add(&sb, s->text.p, s->text.len);
		number_show(s, &numbers->at[i], &sb);
		item(l, ot_sb_str(&sb));
	}
	ot_sb_done(&sb);
}

/* "unit", "100-199", "{a|b}", "!{a}": one place of an object. */
static void
word_show(const struct ot_universe *space, uint32_t i, const struct ot_box *box,
    struct ot_sb *sb)
{
	const struct ot_symbols *list = &space->words[i];
	const struct ot_span *symbols = &box->spans[OT_X_WORD + 2 * i],
			     *numbers = symbols + 1;
	bool rest = symbols->count && span_has(symbols, 1);
	bool many = rest || span_size(symbols) > 1 || numbers->count > 1;
	struct list l = { .sb = sb, .between = "|" };

	if (!symbols->count) {
		ot_sb_puts(sb, "*");
		return;
	}
	if (many)
		ot_sb_puts(sb, rest ? "!{" : "{");
	if (span_has(symbols, 0) != rest)
		item(&l, ot_str("(none)"));
	for (uint32_t k = 0; k < list->count; k++)
		if (span_has(symbols, k + 2) != rest &&
		    (!list->at[k].extends || !rest))
			symbol_show(&list->at[k], numbers, &l);
	if (many)
		ot_sb_puts(sb, "}");
}

static void
objects_show(
    const struct ot_universe *space, const struct ot_box *box, struct ot_sb *sb)
{
	const struct ot_span *first = &box->spans[OT_X_WORD];
	uint32_t last = OT_COVER_WORDS;

	while (last > 0 && !box->spans[OT_X_WORD + 2 * (last - 1)].count)
		last--;
	if (last && span_size(first) == 1 && span_has(first, 0)) {
		ot_sb_puts(sb, "(none)");
		return;
	}
	for (uint32_t i = 0; i < last; i++) {
		const struct ot_span *s = &box->spans[OT_X_WORD + 2 * i];

		if (s->count && span_size(s) == 1 && span_has(s, 0))
			break; /* here it ends */
		if (i)
			ot_sb_putc(sb, ' ');
		word_show(space, i, box, sb);
	}
}

/* ---- times and conditions ---- */

static void
week_show(const struct ot_span *span, struct ot_sb *sb)
{
	for (uint32_t i = 0; i < span->count; i++) {
		unsigned from = (unsigned)span->at[i].lo;
		unsigned to = (unsigned)span->at[i].hi + 1;
		bool day = (to - 1) / 1440 == from / 1440;

		ot_sb_printf(sb, "%s%s %02u:%02u-", i ? "; " : "",
		    ot_day_names[from / 1440], from % 1440 / 60, from % 60);
		if (!day)
			ot_sb_printf(sb, "%s ", ot_day_names[(to - 1) / 1440]);
		to -= (to - 1) / 1440 * 1440;
		ot_sb_printf(sb, "%02u:%02u", to / 60, to % 60);
	}
}

static void
time_show(const struct ot_span *span, struct ot_sb *sb)
{
	char text[OT_TIME_TEXT];

	for (uint32_t i = 0; i < span->count; i++) {
		const struct ot_interval *on = &span->at[i];
		int64_t origin = OT_TIME_NONE;

		if (i)
			ot_sb_puts(sb, ", ");
		if (on->lo > 0) {
			(void)ot_time_print(
			    text, (int64_t)(on->lo + (uint64_t)origin));
			ot_sb_printf(sb, "from %s", text);
		}
		if (on->hi < UINT64_MAX) {
			(void)ot_time_print(
			    text, (int64_t)(on->hi + 1 + (uint64_t)origin));
			ot_sb_printf(
			    sb, "%sbefore %s", on->lo ? " " : "", text);
		}
	}
}

static void
protection_show(
    const struct ot_universe *space, const struct ot_box *box, struct ot_sb *sb)
{
	static const char *const words[] = { "none", "integrity", "encrypted" };
	const struct ot_span *span = &box->spans[OT_X_PROTECTION];
	struct list l = { .sb = sb, .between = " " };

	(void)space;
	for (uint32_t i = 0; span->count && i < 3; i++)
		if (span_has(span, i))
			item(&l, ot_str(words[i]));
}

static void
range_show(const char *name, const struct ot_span *span, struct ot_sb *sb)
{
	if (!span->count)
		return;
	if (sb->len && sb->p[sb->len - 1] != ' ')
		ot_sb_putc(sb, ' ');
	ot_sb_puts(sb, name);
	for (uint32_t i = 0; i < span->count; i++) {
		const struct ot_interval *on = &span->at[i];

		ot_sb_printf(
		    sb, "%s%llu", i ? "," : "", (unsigned long long)on->lo);
		if (on->hi == UINT64_MAX)
			ot_sb_putc(sb, '-');
		else if (on->hi > on->lo)
			ot_sb_printf(sb, "-%llu", (unsigned long long)on->hi);
	}
}

static void
conditions_show(
    const struct ot_universe *space, const struct ot_box *box, struct ot_sb *sb)
{
	struct list l = { .sb = sb, .between = "; " };

	for (uint32_t f = 0; f < space->flag_count; f++) {
		const struct ot_flag *flag = &space->flags[f];
		const struct ot_span *span = &box->spans[OT_X_FLAG + f];
		struct ot_sb text = { 0 };

		if (!span->count)
			continue;
		ot_sb_puts(&text, span_has(span, 1) ? "" : "not ");
		if (flag->word >= 0)
			ot_sb_printf(&text, "word %d is ", flag->word + 1);
		ot_sb_add(&text, flag->text.p, flag->text.len);
		item(&l, ot_sb_str(&text));
		ot_sb_done(&text);
	}
}

/* ---- the keys ---- */

typedef void key_show(const struct ot_universe *space, const struct ot_box *box,
    struct ot_sb *sb);

static void
from_show(
    const struct ot_universe *space, const struct ot_box *box, struct ot_sb *sb)
{
	ends_show(space, &box->spans[OT_X_FROM], sb);
}

static void
to_show(
    const struct ot_universe *space, const struct ot_box *box, struct ot_sb *sb)
{
	ends_show(space, &box->spans[OT_X_TO], sb);
}

static void
until_show(
    const struct ot_universe *space, const struct ot_box *box, struct ot_sb *sb)
{
	(void)space;
	time_show(&box->spans[OT_X_UNTIL], sb);
}

static void
when_show(
    const struct ot_universe *space, const struct ot_box *box, struct ot_sb *sb)
{
	(void)space;
	week_show(&box->spans[OT_X_WEEK], sb);
}

static void
values_show(
    const struct ot_universe *space, const struct ot_box *box, struct ot_sb *sb)
{
	(void)space;
	range_show("", &box->spans[OT_X_VALUE], sb);
}

static void
sizes_show(
    const struct ot_universe *space, const struct ot_box *box, struct ot_sb *sb)
{
	(void)space;
	range_show("bytes ", &box->spans[OT_X_BYTES], sb);
	range_show("rate ", &box->spans[OT_X_RATE], sb);
	range_show("answer ", &box->spans[OT_X_ANSWER], sb);
}

static void
oneway_show(
    const struct ot_universe *space, const struct ot_box *box, struct ot_sb *sb)
{
	const struct ot_span *span = &box->spans[OT_X_BACK];

	(void)space;
	if (span->count)
		ot_sb_puts(sb, span_has(span, 0) ? "yes" : "no");
}

static key_show *const shows[] = {
	[OT_R_FROM] = from_show,
	[OT_R_TO] = to_show,
	[OT_R_SERVICES] = services_show,
	[OT_R_VERBS] = verbs_show,
	[OT_R_OBJECTS] = objects_show,
	[OT_R_VALUES] = values_show,
	[OT_R_ENCRYPTION] = protection_show,
	[OT_R_WHEN] = when_show,
	[OT_R_UNTIL] = until_show,
	[OT_R_ONEWAY] = oneway_show,
	[OT_R_SIZES] = sizes_show,
	[OT_R_CONDITIONS] = conditions_show,
};

void
ot_box_show(const struct ot_universe *space, const struct ot_box *box,
    enum ot_region_key key, struct ot_sb *sb)
{
	shows[key](space, box, sb);
}

void
ot_box_line(
    const struct ot_universe *space, const struct ot_box *box, struct ot_sb *sb)
{
	from_show(space, box, sb);
	ot_sb_puts(sb, " -> ");
	to_show(space, box, sb);
	for (int key = OT_R_SERVICES; key < OT_REGION_KEYS; key++) {
		struct ot_sb one = { 0 };

		shows[key](space, box, &one);
		if (one.len) {
			ot_sb_printf(sb, "; %s ", ot_region_key_names[key]);
			ot_sb_add(sb, one.p, one.len);
		}
		ot_sb_done(&one);
	}
}

bool
ot_box_answer(const struct ot_universe *space, const struct ot_box *box,
    struct ot_answer *answer)
{
	struct ot_sb sb = { 0 };
	bool ok = true;

	ot_sb_add(&sb, answer->text.p, answer->text.len);
	ot_box_line(space, box, &sb);
	answer->text = ot_str_keep(space->arena, ot_sb_str(&sb));
	answer->has_region = true;
	for (int key = 0; key < OT_REGION_KEYS; key++) {
		sb.len = 0;
		shows[key](space, box, &sb);
		answer->region[key] = ot_str_keep(space->arena, ot_sb_str(&sb));
		ok &= answer->region[key].p != NULL;
	}
	ok &= !sb.lost && answer->text.p;
	ot_sb_done(&sb);
	return ok;
}
