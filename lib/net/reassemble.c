/*
 * Datagrams from fragments: RFC 791 section 3.2, RFC 8200 section 4.5. The
 * first copy of a byte stays; how a copy that differs could be read stands in
 * rejoin.c. What never becomes whole is told as incomplete, after 30 s of
 * capture time, where room is needed, and at the end.
 */
#include "net/fragments.h"

#include "base/arena.h"
#include "base/hash.h"
#include "base/time.h"

enum { SMALLEST = 2048 }; /* bytes made room for at first */

#define EXPIRY_NS (30 * OT_SECOND_NS)

struct ot_fragments *
ot_fragments_new(void)
{
	struct ot_fragments *f = ot_heap(1, sizeof(*f));

	if (f)
		ot_hash_key(f->key);
	return f;
}

static struct ot_datagram **
bucket(struct ot_fragments *f, const struct ot_fragment_key *key)
{
	return &f->buckets[ot_hash_keyed(f->key, key, sizeof(*key)) %
			   OT_BUCKETS];
}

static struct ot_datagram *
find(struct ot_fragments *f, const struct ot_fragment_key *key)
{
	struct ot_datagram *d = *bucket(f, key);

	while (d && memcmp(&d->key, key, sizeof(*key)) != 0)
		d = d->chain;
	return d;
}

/* Take it out of the table and the list; the memory stays. */
static void
unlink_datagram(struct ot_fragments *f, struct ot_datagram *d)
{
	struct ot_datagram **at = bucket(f, &d->key);

	while (*at != d)
		at = &(*at)->chain;
	*at = d->chain;
	*(d->older ? &d->older->newer : &f->oldest) = d->newer;
	*(d->newer ? &d->newer->older : &f->newest) = d->older;
	f->count--;
	f->memory -= sizeof(*d) + d->cap + (d->other ? d->cap : 0);
}

void
ot_datagram_free(struct ot_datagram *d)
{
	ot_heap_free(d->bytes);
	ot_heap_free(d->other);
	ot_heap_free(d);
}

/* Of an incomplete datagram: only if its first bytes came. */
static void
ports(const struct ot_datagram *d, struct ot_packet *p)
{
	enum ot_fault fault = OT_FAULT_NONE;
	size_t len = d->cut_at < d->end ? d->cut_at : d->end;

	p->src_port = p->dst_port = 0;
	if (p->transport == OT_IP)
		p->src_port = p->dst_port = p->ip_protocol;
	else if (p->transport != OT_ICMP && (d->seen[0] & 1) && len >= 4) {
		struct ot_buf b = ot_buf(d->bytes, len, &fault);

		p->src_port = ot_u16be(&b);
		p->dst_port = ot_u16be(&b);
	}
}

static void
set_incomplete(struct ot_packet *p)
{
	p->incomplete = true;
	p->transport = ot_ip_transport(p->ip_protocol);
	p->account = ot_ip_account(p->transport);
	p->payload = (const uint8_t *)"";
	p->captured = p->wire = 0;
}

static void
tell_incomplete(struct ot_decoder *decoder, struct ot_datagram *d)
{
	if (d->seen[0] & 1)
		d->packet.ip_protocol = d->protocol;
	set_incomplete(&d->packet);
	ports(d, &d->packet);
	unlink_datagram(decoder->fragments, d);
	decoder->sink(decoder->user, &d->packet);
	d->packet.incomplete = false;
	d->incomplete = true;
	ot_rejoin_keep(decoder, d);
}

void
ot_fragments_told(struct ot_decoder *decoder)
{
	struct ot_fragments *f = decoder->fragments;

	while (f->told) {
		struct ot_datagram *d = f->told;

		f->told = d->chain;
		if (d->overlap)
			ot_rejoin_tell(decoder, d);
		ot_rejoin_keep(decoder, d);
	}
}

void
ot_fragments_flush(struct ot_decoder *decoder)
{
	ot_fragments_told(decoder);
	while (decoder->fragments->oldest)
		tell_incomplete(decoder, decoder->fragments->oldest);
}

void
ot_fragments_tick(struct ot_decoder *decoder, int64_t now_ns)
{
	struct ot_fragments *f = decoder->fragments;

	if (f->told)
		ot_fragments_told(decoder);
	while (f->oldest && ot_is_over(now_ns, f->oldest->first_ns, EXPIRY_NS))
		tell_incomplete(decoder, f->oldest);
	decoder->waiting = f->oldest != NULL;
}

void
ot_fragments_free(struct ot_fragments *f)
{
	if (!f)
		return;
	while (f->told) {
		struct ot_datagram *d = f->told;

		f->told = d->chain;
		ot_datagram_free(d);
	}
	ot_rejoin_done(f);
	while (f->oldest) {
		struct ot_datagram *d = f->oldest;

		unlink_datagram(f, d);
		ot_datagram_free(d);
	}
	ot_heap_free(f);
}

/* Let the oldest go until there is room for so many bytes more, and for one
 * more datagram where none has to stay. */
static void
make_room(
    struct ot_decoder *decoder, size_t bytes, const struct ot_datagram *stay)
{
	struct ot_fragments *f = decoder->fragments;
	unsigned most = OT_LIMIT_DATAGRAMS - (stay ? 0 : 1);

	while (
	    f->oldest && f->oldest != stay &&
	    (f->count > most || f->memory + bytes > OT_LIMIT_DATAGRAMS_ALL)) {
		decoder->counts.fragments_dropped++;
		tell_incomplete(decoder, f->oldest);
	}
}

static struct ot_datagram *
add(struct ot_walk *w, const struct ot_fragment_key *key)
{
	struct ot_fragments *f = w->decoder->fragments;

	make_room(w->decoder, sizeof(struct ot_datagram), NULL);
	struct ot_datagram *d = ot_heap(1, sizeof(*d));

	if (!d)
		return NULL;
	struct ot_datagram **at = bucket(f, key);

	d->key = *key;
	d->packet = *w->packet;
	d->packet.frames = 0;
	d->packet.bytes = 0;
	d->packet.ip_bytes = 0;
	d->first_ns = w->packet->time_ns;
	d->packet.first_ns = w->packet->time_ns;
	d->packet.first_frame = w->packet->frame;
	d->total = d->cut_at = OT_LENGTH_UNKNOWN;
	d->chain = *at;
	*at = d;
	d->older = f->newest;
	*(f->newest ? &f->newest->newer : &f->oldest) = d;
	f->newest = d;
	f->count++;
	f->memory += sizeof(*d);
	return d;
}

/* The same for the other version, where there is one. */
static bool
reserve_other(struct ot_decoder *decoder, struct ot_datagram *d, uint32_t cap)
{
	if (!d->other)
		return true;
	uint8_t *grown = ot_heap_grow(d->other, cap, 1);

	if (!grown)
		return false;
	memset(grown + d->cap, 0, cap - d->cap);
	decoder->fragments->memory += cap - d->cap;
	d->other = grown;
	return true;
}

/* Room for the first len bytes. */
static bool
reserve(struct ot_decoder *decoder, struct ot_datagram *d, uint32_t len)
{
	uint32_t cap = d->cap ? d->cap : SMALLEST;

	if (len <= d->cap)
		return true;
	while (cap < len)
		cap *= 2;
	make_room(decoder, cap - d->cap, d);
	uint8_t *grown = ot_heap_grow(d->bytes, cap, 1);

	if (!grown)
		return false;
	memset(grown + d->cap, 0, cap - d->cap);
	decoder->fragments->memory += cap - d->cap;
	d->bytes = grown;
	if (!reserve_other(decoder, d, cap))
		return false;
	d->cap = cap;
	return true;
}

/* One unit, of which `from` holds n bytes of `len`. True if it differs from a
 * copy that came before. */
static bool
place_unit(
    struct ot_datagram *d, uint32_t at, struct ot_buf *from, uint32_t len)
{
	uint64_t bit = UINT64_C(1) << (at / OT_UNIT % 64);
	uint64_t *word = &d->seen[at / OT_UNIT / 64];
	size_t n = from->left < len ? from->left : len;
	const uint8_t *p = ot_take(from, n);

	if (*word & bit)
		return at + n <= d->cut_at && memcmp(d->bytes + at, p, n) != 0;
	*word |= bit;
	d->units++;
	memcpy(d->bytes + at, p, n);
	if (n < len && at + n < d->cut_at)
		d->cut_at = at + (uint32_t)n;
	return false;
}

static void
disagree(struct ot_decoder *decoder, struct ot_datagram *d)
{
	if (!d->overlap)
		decoder->counts.fragments_overlapping++;
	d->overlap = true;
}

/* A fragment of len bytes at offset, of which the window has the first. */
static bool
place(struct ot_decoder *decoder, struct ot_datagram *d, struct ot_buf from,
    uint32_t offset, uint32_t len)
{
	bool differs = false;
	struct ot_buf whole = from;

	if (!reserve(decoder, d, offset + len))
		return false;
	for (uint32_t at = 0; at < len; at += OT_UNIT) {
		uint32_t rest = len - at < OT_UNIT ? len - at : OT_UNIT;

		differs |= place_unit(d, offset + at, &from, rest);
	}
	if (offset + len > d->end)
		d->end = offset + len;
	if (whole.left > len)
		whole.left = len;
	if (differs && !d->other)
		decoder->fragments->memory += d->cap;
	if (differs || d->other)
		ot_rejoin_lay(d, whole, offset);
	if (differs)
		disagree(decoder, d);
	return true;
}

/* What lies behind the end that is known already is not the datagram's. */
static uint32_t
clip(const struct ot_datagram *d, uint32_t offset, uint32_t len)
{
	if (d->total == OT_LENGTH_UNKNOWN || offset + len <= d->total)
		return len;
	return offset < d->total ? d->total - offset : 0;
}

static void
learn_total(struct ot_decoder *decoder, struct ot_datagram *d, uint32_t total)
{
	if (d->total != OT_LENGTH_UNKNOWN)
		return;
	d->total = total;
	if (d->end > total) { /* others went further: they came first */
		d->total = d->end;
		disagree(decoder, d);
	}
}

bool
ot_datagram_whole(const struct ot_datagram *d)
{
	return d->total != OT_LENGTH_UNKNOWN &&
	       d->units == (d->total + OT_UNIT - 1) / OT_UNIT;
}

/* Go on in the datagram, which is now whole. */
static enum ot_walked
walk_whole(struct ot_walk *w, struct ot_datagram *d)
{
	struct ot_fragments *f = w->decoder->fragments;
	struct ot_packet *p = w->packet;
	uint32_t captured = d->cut_at < d->total ? d->cut_at : d->total;

	unlink_datagram(f, d);
	d->chain = f->told;
	f->told = d;
	d->depth = w->depth;
	p->frames = d->packet.frames;
	p->bytes = d->packet.bytes;
	p->ip_bytes = d->packet.ip_bytes;
	p->fragmented = true;
	p->first_ns = d->packet.first_ns;
	p->first_frame = d->packet.first_frame;
	p->ip_protocol = d->protocol;
	w->b = ot_buf(d->bytes, captured, &w->fault);
	w->missing = d->total - captured;
	if (p->src.kind == OT_ADDR_IPV6)
		return ot_ipv6_next(w, d->protocol);
	return ot_ip_protocol(w, d->protocol);
}

/* No place for it: a packet that only counts. */
static enum ot_walked
alone(struct ot_walk *w)
{
	w->decoder->counts.fragments_dropped++;
	w->packet->first_ns = w->packet->time_ns;
	w->packet->first_frame = w->packet->frame;
	set_incomplete(w->packet);
	if (w->packet->transport == OT_IP)
		w->packet->src_port = w->packet->dst_port =
		    w->packet->ip_protocol;
	return OT_WALKED_PACKET;
}

static struct ot_datagram *
datagram_of(struct ot_walk *w, uint32_t id)
{
	const struct ot_packet *p = w->packet;
	struct ot_fragment_key key;

	memset(&key, 0, sizeof(key)); /* gaps too */
	key.src = p->src;
	key.dst = p->dst;
	key.id = id;
	key.protocol = p->src.kind == OT_ADDR_IPV4 ? p->ip_protocol : 0;
	struct ot_datagram *d = find(w->decoder->fragments, &key);

	return d ? d : add(w, &key);
}

static void
count(struct ot_datagram *d, const struct ot_packet *p)
{
	d->packet.frames += p->frames;
	d->packet.bytes += p->bytes;
	d->packet.ip_bytes += p->ip_bytes;
	d->packet.time_ns = p->time_ns;
	d->packet.frame = p->frame;
}

enum ot_walked
ot_fragment(struct ot_walk *w, uint32_t key_id, uint32_t offset, bool more)
{
	struct ot_packet *p = w->packet;
	uint64_t wire = ot_walk_wire(w);

	if (more) /* as receivers do */
		wire -= wire % OT_UNIT;
	if ((more && wire == 0) || offset + wire > OT_LONGEST)
		return alone(w);
	struct ot_datagram *d = datagram_of(w, key_id);

	if (!d)
		return alone(w);
	w->decoder->waiting = true;
	uint32_t len = clip(d, offset, (uint32_t)wire);

	if (len < wire ||
	    (!more && d->total != OT_LENGTH_UNKNOWN && offset + len < d->total))
		disagree(w->decoder, d); /* about the end */
	if (!place(w->decoder, d, w->b, offset, len))
		return alone(w);
	if (!more)
		learn_total(w->decoder, d, offset + len);
	if (offset == 0)
		d->protocol = p->ip_protocol;
	count(d, p);
	if (ot_datagram_whole(d))
		return walk_whole(w, d);
	p->account = ot_ip_account(ot_ip_transport(p->ip_protocol));
	return OT_WALKED_WAITS;
}
