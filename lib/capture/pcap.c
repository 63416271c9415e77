/*
 * The classic capture file: draft-ietf-opsawg-pcap, in both byte orders, with
 * times in microseconds or nanoseconds; and the variant of the patched libpcap
 * of 1999 (magic a1b2cd34), whose record headers are 8 bytes longer. AIX wrote
 * files of its own under the magic of all others.
 */
#include "capture/reader.h"

enum {
	HEADER = 24, /* section 4, "File Header" */
	RECORD = 16, /* section 5, "Packet Record" */
	RECORD_PATCHED = 24,
	MAJOR = 2,
	MAJOR_DGUX = 543,	/* DG/UX tcpdump; turned like the oldest */
	LINK_MASK = 0x03ffffff, /* above it: the length of the FCS */
	AIX_MINOR = 2,
};

#define MAGIC_MICRO   0xa1b2c3d4U
#define MAGIC_NANO    0xa1b23c4dU
#define MAGIC_PATCHED 0xa1b2cd34U

/* What a frame may be at most where the header does not say more: libpcap's
 * MAXIMUM_SNAPLEN. A greater length is no length but damage. */
#define LONGEST 262144U

/* libpcap before 2.3 wrote the two lengths the other way round; 2.3 was
 * written by both. */
enum order { ORDER_NORMAL, ORDER_EITHER, ORDER_TURNED };

struct pcap {
	bool big;
	size_t record; /* length of a record header */
	uint32_t unit_ns;
	uint32_t longest;
	enum order order;
	uint32_t link_type;
};

static bool
magic(uint32_t m)
{
	return m == MAGIC_MICRO || m == MAGIC_NANO || m == MAGIC_PATCHED;
}

static bool
probe(const struct ot_buf *b)
{
	return magic(ot_peek32be(b, 0)) || magic(ot_peek32le(b, 0));
}

static enum order
order(uint16_t major, uint16_t minor)
{
	if (major == MAJOR_DGUX || minor < 3)
		return ORDER_TURNED;
	return minor == 3 ? ORDER_EITHER : ORDER_NORMAL;
}

/* AIX: version 2.2, times in nanoseconds, and for a link type one of RFC 1573,
 * of which no other writer of 2.2 has the number: that is how it is told. Gives
 * the LINKTYPE_ value, or -1. */
static int
aix_link_type(uint32_t magic_number, uint16_t minor, uint32_t if_type)
{
	static const struct {
		uint32_t if_type;
		int link_type;
	} types[] = { { 6, 1 }, { 9, 6 }, { 15, 10 }, { 24, 0 } };

	if (magic_number != MAGIC_MICRO || minor != AIX_MINOR)
		return -1;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (types[i].if_type == if_type)
			return types[i].link_type;
	}
	return -1;
}

static int
open_pcap(struct ot_capture *c, struct ot_error *error)
{
	struct pcap *own = ot_alloc(&c->arena, sizeof(*own));

	if (!own)
		return ot_error_set(
		    error, OT_ERR_MEMORY, "%s: no memory", c->name);
	if (!ot_source_has(c->source, HEADER))
		return ot_error_set(error, OT_ERR_INPUT,
		    "%s: not a capture (a pcap header cut after %zu bytes)",
		    c->name, ot_source_left(c->source));

	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = ot_buf(c->source->p, HEADER, &fault);

	own->big = magic(ot_peek32be(&b, 0));
	uint32_t m = ot_u32(&b, own->big);
	uint16_t major = ot_u16(&b, own->big);
	uint16_t minor = ot_u16(&b, own->big);

	if (major != MAJOR && major != MAJOR_DGUX)
		return ot_error_set(error, OT_ERR_INPUT,
		    "%s: not a capture (pcap version %u.%u is unknown)",
		    c->name, (unsigned)major, (unsigned)minor);
	ot_skip(&b, 8); /* zone and accuracy: nobody ever set them */
	uint32_t snap_len = ot_u32(&b, own->big);

	own->link_type = ot_u32(&b, own->big) & LINK_MASK;
	own->record = m == MAGIC_PATCHED ? RECORD_PATCHED : RECORD;
	own->unit_ns = m == MAGIC_NANO ? 1 : 1000;
	own->order = order(major, minor);
	int aix = major == MAJOR ? aix_link_type(m, minor, own->link_type) : -1;

	if (aix >= 0) {
		own->link_type = (uint32_t)aix;
		own->unit_ns = 1;
	}
	own->longest = snap_len > LONGEST ? snap_len : LONGEST;
	if (own->longest > OT_LIMIT_FRAME)
		own->longest = OT_LIMIT_FRAME;
	if (!ot_capture_add_interface(c, own->link_type, snap_len))
		return ot_error_set(
		    error, OT_ERR_MEMORY, "%s: no memory", c->name);
	c->own = own;
	c->source->p += HEADER;
	return 0;
}

/* The length fields of old files. */
static void
turn(const struct pcap *own, struct ot_frame *f)
{
	uint32_t captured = f->captured;

	if (own->order == ORDER_EITHER && captured <= f->wire)
		return;
	f->captured = f->wire;
	f->wire = captured;
}

static inline uint32_t
number(const struct pcap *own, const struct ot_buf *b, size_t at)
{
	return own->big ? ot_peek32be(b, at) : ot_peek32le(b, at);
}

static int
next(struct ot_capture *c, struct ot_frame *f, struct ot_error *error)
{
	const struct pcap *own = c->own;
	struct ot_source *s = c->source;

	if (!ot_source_has(s, own->record))
		return ot_capture_short(c, "a record's header", error);

	enum ot_fault fault = OT_FAULT_NONE;
	const struct ot_buf b = ot_buf(s->p, RECORD, &fault);
	uint32_t seconds = number(own, &b, 0);
	uint32_t fraction = number(own, &b, 4);

	f->captured = number(own, &b, 8);
	f->wire = number(own, &b, 12);
	if (own->order != ORDER_NORMAL)
		turn(own, f);
	if (f->captured > own->longest)
		return ot_capture_damaged(
		    c, "a captured length of %u", (unsigned)f->captured);
	if (!ot_source_has(s, own->record + f->captured))
		return ot_capture_short(c, "a record", error);
	f->bytes = s->p + own->record;
	f->link_type = own->link_type;
	f->interface = 0;
	f->time_ns =
	    (int64_t)seconds * OT_SECOND_NS + (int64_t)fraction * own->unit_ns;
	f->no_time = false;
	f->flags = 0;
	s->p += own->record + f->captured;
	ot_capture_give(c, f);
	return 1;
}

const struct ot_format ot_format_pcap = {
	.format = OT_PCAP,
	.probe = probe,
	.open = open_pcap,
	.next = next,
};
