/*
 * Values that merge; DESIGN.md section 3, "Mergeable" and "Bounded".
 */
#include "model/values.h"

/* Where count items have room for one more: at itself, or a copy of it; the
 * old memory goes back to the arena. */
static void *
grown(struct ot_arena *arena, void *at, uint32_t count, uint32_t *room,
    size_t size)
{
	if (count < *room)
		return at;
	uint32_t more = *room ? *room * 2 : 2;
	void *p = ot_alloc_array(arena, more, size);

	if (!p)
		return NULL;
	if (count)
		memcpy(p, at, count * size);
	ot_give_back(arena, at, *room * size);
	*room = more;
	return p;
}

/* Index of the first item not below text. */
static uint32_t
counts_find(const struct ot_counts *counts, struct ot_str text)
{
	uint32_t lo = 0, hi = counts->count;

	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;

		if (ot_str_cmp(counts->at[mid].text, text) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool
ot_counts_has(const struct ot_counts *counts, struct ot_str text)
{
	uint32_t i = counts_find(counts, text);

	return i < counts->count && ot_str_eq(counts->at[i].text, text);
}

static void
text_done(struct ot_arena *arena, struct ot_str text)
{
	ot_give_back(arena, (void *)(uintptr_t)text.p, text.len + 1);
}

bool
ot_counts_add(struct ot_arena *arena, struct ot_counts *counts,
    struct ot_str text, uint64_t n)
{
	uint32_t i = counts_find(counts, text);

	if (i < counts->count && ot_str_eq(counts->at[i].text, text)) {
		counts->at[i].count += n;
		return true;
	}
	if (counts->count == OT_LIMIT_SET) {
		if (i == counts->count) {
			counts->other += n;
			return true;
		}
		const struct ot_count *last = &counts->at[--counts->count];

		counts->other += last->count;
		text_done(arena, last->text);
	}
	void *room = grown(arena, counts->at, counts->count, &counts->room,
	    sizeof(*counts->at));

	if (!room)
		return false;
	counts->at = room;
	struct ot_str kept = ot_str_keep(arena, text);

	if (text.len && !kept.p)
		return false;
	memmove(counts->at + i + 1, counts->at + i,
	    (counts->count - i) * sizeof(*counts->at));
	counts->at[i] = (struct ot_count){ kept, n };
	counts->count++;
	return true;
}

bool
ot_counts_merge(struct ot_arena *arena, struct ot_counts *into,
    const struct ot_counts *from)
{
	bool ok = true;

	into->other += from->other;
	for (uint32_t i = 0; i < from->count; i++)
		ok &= ot_counts_add(
		    arena, into, from->at[i].text, from->at[i].count);
	return ok;
}

void
ot_counts_done(struct ot_arena *arena, struct ot_counts *counts)
{
	for (uint32_t i = 0; i < counts->count; i++)
		text_done(arena, counts->at[i].text);
	ot_give_back(arena, counts->at, counts->room * sizeof(*counts->at));
	*counts = (struct ot_counts){ 0 };
}

uint16_t
ot_hist_bin(uint64_t ns)
{
	if (ns < 16)
		return (uint16_t)ns;
	unsigned top = 63U - (unsigned)__builtin_clzll(ns);

	return (uint16_t)((top - 3) * 16 + ((ns >> (top - 4)) & 15));
}

uint64_t
ot_hist_floor(uint16_t bin)
{
	if (bin < 16)
		return bin;
	unsigned top = bin / 16U + 3;

	return top > 63 ? UINT64_MAX : (16 + (uint64_t)(bin % 16)) << (top - 4);
}

bool
ot_hist_add(
    struct ot_arena *arena, struct ot_hist *hist, uint16_t bin, uint64_t n)
{
	uint32_t lo = 0, hi = hist->count;

	if (hist->last < hist->count && hist->at[hist->last].bin == bin) {
		hist->at[hist->last].count += n;
		return true;
	}
	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;

		if (hist->at[mid].bin < bin)
			lo = mid + 1;
		else
			hi = mid;
	}
	hist->last = lo;
	if (lo < hist->count && hist->at[lo].bin == bin) {
		hist->at[lo].count += n;
		return true;
	}
	void *room =
	    grown(arena, hist->at, hist->count, &hist->room, sizeof(*hist->at));

	if (!room)
		return false;
	hist->at = room;
	memmove(hist->at + lo + 1, hist->at + lo,
	    (hist->count - lo) * sizeof(*hist->at));
	hist->at[lo] = (struct ot_bin){ bin, n };
	hist->count++;
	return true;
}

bool
ot_hist_merge(
    struct ot_arena *arena, struct ot_hist *into, const struct ot_hist *from)
{
	bool ok = true;

	for (uint32_t i = 0; i < from->count; i++)
		ok &= ot_hist_add(
		    arena, into, from->at[i].bin, from->at[i].count);
	return ok;
}

void
ot_hist_done(struct ot_arena *arena, struct ot_hist *hist)
{
	ot_give_back(arena, hist->at, hist->room * sizeof(*hist->at));
	*hist = (struct ot_hist){ 0 };
}

uint64_t
ot_hist_total(const struct ot_hist *hist)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < hist->count; i++)
		total += hist->at[i].count;
	return total;
}

uint64_t
ot_hist_permille(const struct ot_hist *hist, unsigned permille)
{
	uint64_t total = ot_hist_total(hist), seen = 0;

	for (uint32_t i = 0; i < hist->count; i++) {
		seen += hist->at[i].count;
		if (seen >= total - total / 1000 * (1000 - permille) -
				total % 1000 * (1000 - permille) / 1000)
			return ot_hist_floor(hist->at[i].bin);
	}
	return 0;
}

static void
slots_trim(struct ot_slots *slots)
{
	while (slots->count > OT_LIMIT_SLOTS) {
		const struct ot_range *r = &slots->at[--slots->count];

		slots->other += (uint64_t)((int64_t)r->to - r->from + 1);
	}
}

bool
ot_slots_add(
    struct ot_arena *arena, struct ot_slots *slots, int32_t from, int32_t to)
{
	uint32_t i = slots->count;

	/* time mostly moves on: look from the end */
	while (i > 0 && (int64_t)slots->at[i - 1].from > (int64_t)to + 1)
		i--;
	if (i > 0 && (int64_t)slots->at[i - 1].to + 1 >= from) {
		/* touches range i - 1 and perhaps some before it */
		struct ot_range *r = &slots->at[i - 1];

		if (r->to < to)
			r->to = to;
		if (r->from > from)
			r->from = from;
		uint32_t j = i - 1;

		while (j > 0 && (int64_t)slots->at[j - 1].to + 1 >=
				    slots->at[i - 1].from) {
			j--;
			if (slots->at[j].from < r->from)
				r->from = slots->at[j].from;
		}
		if (j < i - 1) {
			slots->at[j] = *r;
			memmove(slots->at + j + 1, slots->at + i,
			    (slots->count - i) * sizeof(*slots->at));
			slots->count -= i - 1 - j;
		}
		return true;
	}
	void *room = grown(
	    arena, slots->at, slots->count, &slots->room, sizeof(*slots->at));

	if (!room)
		return false;
	slots->at = room;
	memmove(slots->at + i + 1, slots->at + i,
	    (slots->count - i) * sizeof(*slots->at));
	slots->at[i] = (struct ot_range){ from, to };
	slots->count++;
	slots_trim(slots);
	return true;
}

bool
ot_slots_merge(
    struct ot_arena *arena, struct ot_slots *into, const struct ot_slots *from)
{
	bool ok = true;

	into->other += from->other;
	for (uint32_t i = 0; i < from->count; i++)
		ok &=
		    ot_slots_add(arena, into, from->at[i].from, from->at[i].to);
	return ok;
}

void
ot_slots_done(struct ot_arena *arena, struct ot_slots *slots)
{
	ot_give_back(arena, slots->at, slots->room * sizeof(*slots->at));
	*slots = (struct ot_slots){ 0 };
}

int
ot_place_cmp(const struct ot_place *a, const struct ot_place *b)
{
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	int c = ot_str_cmp(a->file, b->file);

	if (c)
		return c;
	if (a->frame != b->frame)
		return a->frame < b->frame ? -1 : 1;
	return 0;
}

void
ot_evidence_add(struct ot_evidence *evidence, const struct ot_place *p)
{
	uint32_t i = evidence->count;

	while (i > 0 && ot_place_cmp(&evidence->at[i - 1], p) > 0)
		i--;
	if (i > 0 && ot_place_cmp(&evidence->at[i - 1], p) == 0) {
		/* one place, two sayings: prefer the one with an answer */
		struct ot_place *same = &evidence->at[i - 1];

		if (!same->reply || (p->reply && p->reply < same->reply))
			same->reply = p->reply;
		return;
	}
	if (evidence->count <= OT_LIMIT_EVIDENCE) {
		memmove(evidence->at + i + 1, evidence->at + i,
		    (evidence->count - i) * sizeof(*evidence->at));
		evidence->at[i] = *p;
		evidence->count++;
		return;
	}
	/* full: the last one is the greatest, the others the smallest */
	if (i == evidence->count) {
		evidence->at[OT_LIMIT_EVIDENCE] = *p;
		return;
	}
	if (i >= OT_LIMIT_EVIDENCE)
		return;
	memmove(evidence->at + i + 1, evidence->at + i,
	    (OT_LIMIT_EVIDENCE - 1 - i) * sizeof(*evidence->at));
	evidence->at[i] = *p;
}

void
ot_evidence_merge(struct ot_evidence *into, const struct ot_evidence *from)
{
	for (uint32_t i = 0; i < from->count; i++)
		ot_evidence_add(into, &from->at[i]);
}

static bool
is_later(const struct ot_value_sum *a, const struct ot_value_sum *b)
{
	int c = ot_place_cmp(&a->at, &b->at);

	return c ? c > 0 : a->last > b->last;
}

void
ot_value_merge(struct ot_value_sum *into, const struct ot_value_sum *from)
{
	into->not_finite += from->not_finite;
	if (!from->known)
		return;
	if (!into->known || is_later(from, into)) {
		into->last = from->last;
		into->at = from->at;
	}
	if (!into->known || from->min < into->min)
		into->min = from->min;
	if (!into->known || from->max > into->max)
		into->max = from->max;
	into->known = true;
}
