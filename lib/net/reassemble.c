/*
 * Datagrams from fragments: RFC 791 section 3.2, RFC 8200 section 4.5. The
 * first copy of a byte stays; a copy that differs is counted. What never
 * becomes whole is told as incomplete, after 30 s of capture time, where room
 * is needed, and at the end.
 */
#include "net/decoder.h"

#include "base/arena.h"
#include "base/hash.h"
#include "base/time.h"

enum {
	UNIT = 8,	 /* fragments begin and end at such borders */
	LONGEST = 65535, /* bytes of a datagram */
	UNITS = (LONGEST + UNIT - 1) / UNIT,
	BUCKETS = 4096,
	SMALLEST = 2048, /* bytes made room for at first */
};

#define EXPIRY_NS (30 * OT_SECOND_NS)
#define UNKNOWN	  UINT32_MAX

/* Hashed and compared as bytes. */
struct key {
	struct ot_addr src, dst;
	uint32_t id;
	uint32_t protocol; /* 0 in IPv6, where it is no part of the key */
};

struct datagram {
	struct datagram *chain;		/* of its bucket */
	struct datagram *older, *newer; /* by the first fragment that came */
	struct key key;
	struct ot_packet packet; /* of that fragment */
	int64_t first_ns;
	uint8_t protocol; /* of the fragment with offset 0 */
	bool overlap;	  /* counted already */
	uint8_t *bytes;
	uint32_t cap;
	uint32_t total;	 /* length, UNKNOWN until the last fragment */
	uint32_t end;	 /* of what came */
	uint32_t cut_at; /* the first byte that no capture held */
	uint32_t units;	 /* how many came */
	uint64_t seen[UNITS / 64 + 1];
};

struct ot_fragments {
	uint64_t key[2];
	struct datagram *buckets[BUCKETS];
	struct datagram *oldest, *newest;
	struct datagram *told; /* whole, in use until the next frame */
	unsigned count;
	size_t memory;
};

struct ot_fragments *
ot_fragments_new(void)
{
	struct ot_fragments *f = ot_heap(1, sizeof(*f));

	if (f)
		ot_hash_key(f->key);
	return f;
}

static struct datagram **
bucket(struct ot_fragments *f, const struct key *key)
{
	return &f->buckets[ot_hash_keyed(f->key, key, sizeof(*key)) % BUCKETS];
}

static struct datagram *
find(struct ot_fragments *f, const struct key *key)
{
	struct datagram *d = *bucket(f, key);

	while (d && memcmp(&d->key, key, sizeof(*key)) != 0)
		d = d->chain;
	return d;
}

/* Take it out of the table and the list; the memory stays. */
static void
unlink_datagram(struct ot_fragments *f, struct datagram *d)
{
	struct datagram **at = bucket(f, &d->key);

	while (*at != d)
		at = &(*at)->chain;
	*at = d->chain;
	*(d->older ? &d->older->newer : &f->oldest) = d->newer;
	*(d->newer ? &d->newer->older : &f->newest) = d->older;
	f->count--;
	f->memory -= sizeof(*d) + d->cap;
}

static void
release(struct datagram *d)
{
	ot_heap_free(d->bytes);
	ot_heap_free(d);
}

/* Of an incomplete datagram: only if its first bytes came. */
static void
ports(const struct datagram *d, struct ot_packet *p)
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
tell_incomplete(struct ot_decoder *decoder, struct datagram *d)
{
	if (d->seen[0] & 1)
		d->packet.ip_protocol = d->protocol;
	set_incomplete(&d->packet);
	ports(d, &d->packet);
	unlink_datagram(decoder->fragments, d);
	decoder->sink(decoder->user, &d->packet);
	release(d);
}

void
ot_fragments_flush(struct ot_decoder *decoder)
{
	while (decoder->fragments->oldest)
		tell_incomplete(decoder, decoder->fragments->oldest);
}

static void
free_told(struct ot_fragments *f)
{
	while (f->told) {
		struct datagram *d = f->told;

		f->told = d->chain;
		release(d);
	}
}

void
ot_fragments_tick(struct ot_decoder *decoder, int64_t now_ns)
{
	struct ot_fragments *f = decoder->fragments;

	if (f->told)
		free_told(f);
	while (f->oldest && ot_is_over(now_ns, f->oldest->first_ns, EXPIRY_NS))
		tell_incomplete(decoder, f->oldest);
	decoder->waiting = f->oldest != NULL;
}

void
ot_fragments_free(struct ot_fragments *f)
{
	if (!f)
		return;
	free_told(f);
	while (f->oldest) {
		struct datagram *d = f->oldest;

		unlink_datagram(f, d);
		release(d);
	}
	ot_heap_free(f);
}

/* Let the oldest go until there is room for so many bytes more, and for one
 * more datagram where none has to stay. */
static void
make_room(struct ot_decoder *decoder, size_t bytes, const struct datagram *stay)
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

static struct datagram *
add(struct ot_walk *w, const struct key *key)
{
	struct ot_fragments *f = w->decoder->fragments;

	make_room(w->decoder, sizeof(struct datagram), NULL);
	struct datagram *d = ot_heap(1, sizeof(*d));

	if (!d)
		return NULL;
	struct datagram **at = bucket(f, key);

	d->key = *key;
	d->packet = *w->packet;
	d->packet.frames = 0;
	d->packet.bytes = 0;
	d->packet.ip_bytes = 0;
	d->first_ns = w->packet->time_ns;
	d->total = d->cut_at = UNKNOWN;
	d->chain = *at;
	*at = d;
	d->older = f->newest;
	*(f->newest ? &f->newest->newer : &f->oldest) = d;
	f->newest = d;
	f->count++;
	f->memory += sizeof(*d);
	return d;
}

/* Room for the first len bytes. */
static bool
reserve(struct ot_decoder *decoder, struct datagram *d, uint32_t len)
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
	d->cap = cap;
	return true;
}

/* One unit, of which `from` holds n bytes of `len`. True if it differs from a
 * copy that came before. */
static bool
place_unit(struct datagram *d, uint32_t at, struct ot_buf *from, uint32_t len)
{
	uint64_t bit = UINT64_C(1) << (at / UNIT % 64);
	uint64_t *word = &d->seen[at / UNIT / 64];
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

/* A fragment of len bytes at offset, of which the window has the first. */
static bool
place(struct ot_decoder *decoder, struct datagram *d, struct ot_buf from,
    uint32_t offset, uint32_t len)
{
	bool differs = false;

	if (!reserve(decoder, d, offset + len))
		return false;
	for (uint32_t at = 0; at < len; at += UNIT) {
		uint32_t rest = len - at < UNIT ? len - at : UNIT;

		differs |= place_unit(d, offset + at, &from, rest);
	}
	if (offset + len > d->end)
		d->end = offset + len;
	if (differs && !d->overlap) {
		d->overlap = true;
		decoder->counts.fragments_overlapping++;
	}
	return true;
}

/* What lies behind the end that is known already is not the datagram's. */
static uint32_t
clip(const struct datagram *d, uint32_t offset, uint32_t len)
{
	if (d->total == UNKNOWN || offset + len <= d->total)
		return len;
	return offset < d->total ? d->total - offset : 0;
}

static void
learn_total(struct ot_decoder *decoder, struct datagram *d, uint32_t total)
{
	if (d->total != UNKNOWN)
		return;
	d->total = total;
	if (d->end > total) { /* others went further: they came first */
		d->total = d->end;
		if (!d->overlap)
			decoder->counts.fragments_overlapping++;
		d->overlap = true;
	}
}

static bool
is_whole(const struct datagram *d)
{
	return d->total != UNKNOWN && d->units == (d->total + UNIT - 1) / UNIT;
}

/* Go on in the datagram, which is now whole. */
static enum ot_walked
walk_whole(struct ot_walk *w, struct datagram *d)
{
	struct ot_fragments *f = w->decoder->fragments;
	struct ot_packet *p = w->packet;
	uint32_t captured = d->cut_at < d->total ? d->cut_at : d->total;

	unlink_datagram(f, d);
	d->chain = f->told;
	f->told = d;
	p->frames = d->packet.frames;
	p->bytes = d->packet.bytes;
	p->ip_bytes = d->packet.ip_bytes;
	p->fragmented = true;
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
	set_incomplete(w->packet);
	if (w->packet->transport == OT_IP)
		w->packet->src_port = w->packet->dst_port =
		    w->packet->ip_protocol;
	return OT_WALKED_PACKET;
}

static struct datagram *
datagram_of(struct ot_walk *w, uint32_t id)
{
	const struct ot_packet *p = w->packet;
	struct key key;

	memset(&key, 0, sizeof(key)); /* gaps too */
	key.src = p->src;
	key.dst = p->dst;
	key.id = id;
	key.protocol = p->src.kind == OT_ADDR_IPV4 ? p->ip_protocol : 0;
	struct datagram *d = find(w->decoder->fragments, &key);

	return d ? d : add(w, &key);
}

static void
count(struct datagram *d, const struct ot_packet *p)
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
		wire -= wire % UNIT;
	if ((more && wire == 0) || offset + wire > LONGEST)
		return alone(w);
	struct datagram *d = datagram_of(w, key_id);

	if (!d)
		return alone(w);
	w->decoder->waiting = true;
	uint32_t len = clip(d, offset, (uint32_t)wire);

	if (!place(w->decoder, d, w->b, offset, len))
		return alone(w);
	if (!more)
		learn_total(w->decoder, d, offset + len);
	if (offset == 0)
		d->protocol = p->ip_protocol;
	count(d, p);
	if (is_whole(d))
		return walk_whole(w, d);
	p->account = ot_ip_account(ot_ip_transport(p->ip_protocol));
	return OT_WALKED_WAITS;
}
