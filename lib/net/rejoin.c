/*
 * Datagrams whose fragments can be joined in another way. Receivers differ in
 * which copy of a byte they take, in how long they wait (RFC 1122 section
 * 3.3.2: up to two minutes) and in what they drop; so the last copies are told
 * as a second reading, behind the first one.
 */
#include "base/arena.h"
#include "base/time.h"
#include "net/fragments.h"

enum {
	PAST = 128, /* datagrams kept once they were told */
	PAST_MEMORY = 4 << 20,
};

#define LONGEST_WAIT_NS (120 * OT_SECOND_NS)

/* ---- a version of its own ---- */

void
ot_rejoin_lay(struct ot_datagram *d, struct ot_buf from, uint32_t offset)
{
	if (!d->other) {
		d->other = ot_heap(d->cap, 1);
		if (!d->other)
			return;
		memcpy(d->other, d->bytes, d->end);
	}
	size_t n = from.left < d->cap - offset ? from.left : d->cap - offset;

	memcpy(d->other + offset, from.p, n);
}

/* Walk on in the datagram, as the frame's walk did in the first version. */
void
ot_rejoin_tell(struct ot_decoder *decoder, struct ot_datagram *d)
{
	struct ot_packet packet = d->packet;
	uint32_t captured = d->cut_at < d->total ? d->cut_at : d->total;
	struct ot_walk w = { .packet = &packet,
		.decoder = decoder,
		.missing = d->total - captured,
		.depth = d->depth };

	w.b = ot_buf(d->other ? d->other : d->bytes, captured, &w.fault);
	packet.frames = 0; /* they were counted */
	packet.bytes = 0;
	packet.ip_protocol = d->protocol;
	packet.fragmented = packet.dubious = true;
	packet.incomplete = false;
	enum ot_walked walked = packet.src.kind == OT_ADDR_IPV6
				    ? ot_ipv6_next(&w, d->protocol)
				    : ot_ip_protocol(&w, d->protocol);

	if (!d->other && !d->incomplete) /* only its end is in doubt */
		packet.captured = packet.wire = 0;
	if (walked == OT_WALKED_PACKET)
		decoder->sink(decoder->user, &packet);
}

/* ---- what was told before ---- */

static size_t
size_of(const struct ot_datagram *d)
{
	return sizeof(*d) + d->cap + (d->other ? d->cap : 0);
}

static struct ot_datagram **
find(struct ot_fragments *f, const struct ot_fragment_key *key)
{
	struct ot_datagram **at = &f->past;

	while (*at && memcmp(&(*at)->key, key, sizeof(*key)) != 0)
		at = &(*at)->chain;
	return at;
}

static struct ot_datagram *
take_out(struct ot_fragments *f, struct ot_datagram **at)
{
	struct ot_datagram *d = *at;

	*at = d->chain;
	f->past_count--;
	f->past_memory -= size_of(d);
	return d;
}

static bool
seen(const struct ot_datagram *d, uint32_t at)
{
	return d->seen[at / OT_UNIT / 64] >> (at / OT_UNIT % 64) & 1;
}

/* Where the later one has nothing, put what the earlier one had. Does it differ
 * from it in what both have? */
static bool
fill_in(struct ot_datagram *d, const struct ot_datagram *before)
{
	uint8_t *last = d->other ? d->other : d->bytes;
	bool differs = false;

	for (uint32_t at = 0; at < d->total; at += OT_UNIT) {
		uint32_t n = d->total - at < OT_UNIT ? d->total - at : OT_UNIT;

		if (!seen(before, at) || at + n > before->cap)
			continue;
		if (seen(d, at)) {
			differs |=
			    memcmp(last + at, before->bytes + at, n) != 0;
			continue;
		}
		memcpy(d->bytes + at, before->bytes + at, n);
		memcpy(last + at, before->bytes + at, n);
		d->seen[at / OT_UNIT / 64] |= UINT64_C(1)
					      << (at / OT_UNIT % 64);
		d->units++;
	}
	if (before->cut_at < d->cut_at)
		d->cut_at = before->cut_at;
	return differs;
}

static bool
grow_one(uint8_t **bytes, uint32_t from, uint32_t to)
{
	uint8_t *grown = ot_heap_grow(*bytes, to, 1);

	if (!grown)
		return false;
	memset(grown + from, 0, to - from);
	*bytes = grown;
	return true;
}

/* Room for as many bytes as the earlier one has. */
static bool
grow(struct ot_datagram *d, uint32_t cap)
{
	if (cap <= d->cap)
		return true;
	if (!grow_one(&d->bytes, d->cap, cap) ||
	    (d->other && !grow_one(&d->other, d->cap, cap)))
		return false;
	d->cap = cap;
	return true;
}

/* Does an incomplete datagram become whole with what was told before? */
static void
join(struct ot_decoder *decoder, struct ot_datagram *d,
    const struct ot_datagram *before)
{
	if (!grow(d, before->cap))
		return;
	if (d->total == OT_LENGTH_UNKNOWN)
		d->total = before->total;
	if (d->total == OT_LENGTH_UNKNOWN || d->total > d->cap)
		return;
	if (!seen(d, 0))
		d->protocol = before->protocol;
	bool differs = fill_in(d, before);

	if (ot_datagram_whole(d) && (differs || before->incomplete))
		ot_rejoin_tell(decoder, d);
}

void
ot_rejoin_keep(struct ot_decoder *decoder, struct ot_datagram *d)
{
	struct ot_fragments *f = decoder->fragments;
	struct ot_datagram **at = find(f, &d->key);

	if (*at) {
		struct ot_datagram *before = take_out(f, at);

		if (d->incomplete &&
		    !ot_is_over(d->first_ns, before->first_ns, LONGEST_WAIT_NS))
			join(decoder, d, before);
		ot_datagram_free(before);
	}
	d->chain = f->past;
	f->past = d;
	f->past_count++;
	f->past_memory += size_of(d);
	while (f->past_count > PAST || f->past_memory > PAST_MEMORY) {
		struct ot_datagram **last = &f->past;

		while ((*last)->chain)
			last = &(*last)->chain;
		ot_datagram_free(take_out(f, last));
	}
}

void
ot_rejoin_done(struct ot_fragments *f)
{
	while (f->past)
		ot_datagram_free(take_out(f, &f->past));
}
