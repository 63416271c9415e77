/*
 * pcapng (draft-ietf-opsawg-pcapng): any number of sections, each in its own
 * byte order and with interfaces of its own, which are numbered through here.
 * Blocks read: section header, interface description, enhanced, simple and
 * obsolete packet (appendix A), name resolution, interface statistics.
 * Decryption secrets are counted and never kept; all others are passed over.
 */
#include "capture/reader.h"
#include "capture/stamp.h"

enum {
	BLOCK_IDB = 1,
	BLOCK_PACKET = 2,
	BLOCK_SPB = 3,
	BLOCK_NRB = 4,
	BLOCK_ISB = 5,
	BLOCK_EPB = 6,
	BLOCK_DSB = 10,
	BLOCK_SHB = 0x0a0d0d0a,
	BLOCK_FRAME = 12, /* type and length before, length behind the body */
};

#define BYTE_ORDER_MAGIC 0x1a2b3c4dU

enum { OPT_END, OPT_COMMENT };
enum { IF_NAME = 2, IF_DESCRIPTION = 3, IF_TSRESOL = 9, IF_TSOFFSET = 14 };
enum { EPB_FLAGS = 2, EPB_DROPCOUNT = 4 };
enum { ISB_RECEIVED = 4, ISB_DROPPED = 5, ISB_OS_DROPPED = 7 };
enum { NRB_END, NRB_IPV4, NRB_IPV6 };

/* An interface and how to read its times. */
struct interface {
	struct ot_interface *public;
	uint32_t index; /* over all sections */
	struct ot_stamp stamp;
	uint64_t dropped_here;	 /* epb_dropcount, added up */
	uint64_t dropped_stated; /* of the last statistics */
};

struct pcapng {
	bool big;
	struct interface *interfaces; /* of this section */
	uint32_t count, cap;
};

/* What a reader of a block did. */
enum did {
	DID_SKIP,
	DID_GIVE,
	DID_SHORT,
	DID_NO_INTERFACE,
	DID_VERSION,
	DID_LIMIT,
};

struct block {
	uint32_t type;
	enum did (*read)(
	    struct ot_capture *c, struct ot_buf *b, struct ot_frame *f);
};

static size_t
padding(size_t len)
{
	return (4 - len % 4) % 4;
}

/* The next option, its value in a window of its own. The last one of a block
 * may lack its padding. */
static bool
option(struct ot_capture *c, struct ot_buf *b, uint16_t *code,
    struct ot_buf *value)
{
	const struct pcapng *own = c->own;

	if (b->left < 4)
		return false;
	*code = ot_u16(b, own->big);
	uint16_t len = ot_u16(b, own->big);

	if (*code == OPT_END)
		return false;
	*value = ot_split(b, len);
	size_t pad = padding(len);

	ot_skip(b, pad < b->left ? pad : b->left);
	if (!ot_ok(b))
		return false;
	c->info.comments += *code == OPT_COMMENT;
	return true;
}

/* Options of which only the comments matter. */
static void
comments(struct ot_capture *c, struct ot_buf *b)
{
	uint16_t code;
	struct ot_buf value;

	while (option(c, b, &code, &value))
		continue;
}

static void
describe(struct ot_capture *c, struct interface *itf, struct ot_buf *b)
{
	const struct pcapng *own = c->own;
	uint16_t code;
	struct ot_buf value;

	while (option(c, b, &code, &value)) {
		if (code == IF_NAME)
			itf->public->name =
			    ot_capture_keep(c, ot_text_of(&value, OT_UTF8));
		else if (code == IF_DESCRIPTION)
			itf->public->description =
			    ot_capture_keep(c, ot_text_of(&value, OT_UTF8));
		else if (code == IF_TSRESOL && value.left == 1)
			ot_stamp_resolution(&itf->stamp, ot_u8(&value));
		else if (code == IF_TSOFFSET && value.left == 8)
			ot_stamp_offset(
			    &itf->stamp, (int64_t)ot_u64(&value, own->big));
	}
}

/* Room for one more interface of this section. */
static bool
grow(struct pcapng *own)
{
	if (own->count < own->cap)
		return true;
	uint32_t cap = own->cap ? own->cap * 2 : 8;
	void *grown =
	    ot_heap_grow(own->interfaces, cap, sizeof(*own->interfaces));

	if (!grown)
		return false;
	own->interfaces = grown;
	own->cap = cap;
	return true;
}

static enum did
read_interface(struct ot_capture *c, struct ot_buf *b, struct ot_frame *f)
{
	struct pcapng *own = c->own;
	uint16_t link_type = ot_u16(b, own->big);

	(void)f;
	ot_skip(b, 2);
	uint32_t snap_len = ot_u32(b, own->big);

	if (!ot_ok(b))
		return DID_SHORT;
	if (!grow(own))
		return DID_LIMIT;
	struct interface *itf = &own->interfaces[own->count];

	*itf = (struct interface){ .index = c->interface_count };
	ot_stamp_resolution(&itf->stamp, OT_STAMP_MICRO);
	itf->public = ot_capture_add_interface(c, link_type, snap_len);
	if (!itf->public)
		return DID_LIMIT;
	own->count++;
	describe(c, itf, b);
	return DID_SKIP;
}

static void
update_drops(struct interface *itf)
{
	itf->public->dropped = itf->dropped_stated + itf->dropped_here;
}

static enum did
read_statistics(struct ot_capture *c, struct ot_buf *b, struct ot_frame *f)
{
	struct pcapng *own = c->own;
	uint32_t id = ot_u32(b, own->big);
	uint16_t code;
	struct ot_buf value;

	(void)f;
	ot_skip(b, 8); /* when they were taken */
	if (!ot_ok(b))
		return DID_SHORT;
	if (id >= own->count)
		return DID_NO_INTERFACE;
	struct interface *itf = &own->interfaces[id];
	uint64_t dropped = 0;

	while (option(c, b, &code, &value)) {
		if (value.left != 8)
			continue;
		if (code == ISB_RECEIVED) {
			itf->public->received = ot_u64(&value, own->big);
			itf->public->statistics = true;
		} else if (code == ISB_DROPPED || code == ISB_OS_DROPPED) {
			dropped += ot_u64(&value, own->big);
			itf->public->statistics = true;
		}
	}
	itf->dropped_stated = dropped; /* counted since the capture began */
	update_drops(itf);
	return DID_SKIP;
}

static void
read_names(struct ot_capture *c, struct ot_buf record, size_t address_len)
{
	struct ot_buf address = ot_split(&record, address_len);

	while (record.left) {
		struct ot_buf name = ot_split(&record, ot_find(&record, 0));

		ot_skip(&record, record.left ? 1 : 0);
		if (name.left)
			ot_capture_add_name(
			    c, address, ot_text_of(&name, OT_UTF8));
	}
}

static enum did
read_resolution(struct ot_capture *c, struct ot_buf *b, struct ot_frame *f)
{
	const struct pcapng *own = c->own;

	(void)f;
	while (b->left >= 4) {
		uint16_t type = ot_u16(b, own->big);
		uint16_t len = ot_u16(b, own->big);

		if (type == NRB_END)
			break;
		struct ot_buf record = ot_split(b, len);

		ot_skip(b, padding(len));
		if (type == NRB_IPV4 && len > 4)
			read_names(c, record, 4);
		else if (type == NRB_IPV6 && len > 16)
			read_names(c, record, 16);
	}
	if (!ot_ok(b))
		return DID_SHORT;
	comments(c, b);
	return DID_SKIP;
}

static enum did
read_secrets(struct ot_capture *c, struct ot_buf *b, struct ot_frame *f)
{
	(void)b;
	(void)f;
	c->info.secrets++;
	return DID_SKIP;
}

static void
packet_options(struct ot_capture *c, struct interface *itf, struct ot_buf *b,
    struct ot_frame *f)
{
	const struct pcapng *own = c->own;
	uint16_t code;
	struct ot_buf value;

	while (option(c, b, &code, &value)) {
		if (code == EPB_FLAGS && value.left == 4)
			f->flags = ot_u32(&value, own->big);
		else if (code == EPB_DROPCOUNT && value.left == 8) {
			itf->dropped_here += ot_u64(&value, own->big);
			update_drops(itf);
			itf->public->statistics = true;
		}
	}
}

/* What enhanced and obsolete packet blocks share: from the time on. */
static enum did
read_stamped(
    struct ot_capture *c, struct ot_buf *b, struct ot_frame *f, uint32_t id)
{
	struct pcapng *own = c->own;
	uint64_t stamp = (uint64_t)ot_u32(b, own->big) << 32;

	stamp |= ot_u32(b, own->big);
	f->captured = ot_u32(b, own->big);
	f->wire = ot_u32(b, own->big);
	struct ot_buf data = ot_split(b, f->captured);

	if (!ot_ok(b))
		return DID_SHORT;
	if (id >= own->count)
		return DID_NO_INTERFACE;
	struct interface *itf = &own->interfaces[id];

	f->time_ns = ot_stamp_ns(&itf->stamp, stamp);
	f->bytes = data.p;
	f->link_type = itf->public->link_type;
	f->interface = itf->index;
	f->no_time = false;
	f->flags = 0;
	if (b->left > padding(f->captured)) {
		ot_skip(b, padding(f->captured));
		packet_options(c, itf, b, f);
	}
	return DID_GIVE;
}

static enum did
read_enhanced(struct ot_capture *c, struct ot_buf *b, struct ot_frame *f)
{
	const struct pcapng *own = c->own;

	return read_stamped(c, b, f, ot_u32(b, own->big));
}

#define DROPS_UNKNOWN 0xffffU

static enum did
read_obsolete(struct ot_capture *c, struct ot_buf *b, struct ot_frame *f)
{
	struct pcapng *own = c->own;
	uint16_t id = ot_u16(b, own->big);
	uint16_t drops = ot_u16(b, own->big);
	enum did did = read_stamped(c, b, f, id);

	if (did == DID_GIVE && drops != DROPS_UNKNOWN && drops) {
		own->interfaces[id].dropped_here += drops;
		own->interfaces[id].public->statistics = true;
		update_drops(&own->interfaces[id]);
	}
	return did;
}

/* The captured length is not stated: what the snap length left of the wire. */
static enum did
read_simple(struct ot_capture *c, struct ot_buf *b, struct ot_frame *f)
{
	const struct pcapng *own = c->own;

	f->wire = ot_u32(b, own->big);
	if (!ot_ok(b))
		return DID_SHORT;
	if (own->count == 0)
		return DID_NO_INTERFACE;
	const struct interface *itf = &own->interfaces[0];

	f->captured = f->wire;
	if (itf->public->snap_len && f->captured > itf->public->snap_len)
		f->captured = itf->public->snap_len;
	f->bytes = ot_split(b, f->captured).p;
	f->link_type = itf->public->link_type;
	f->interface = itf->index;
	f->time_ns = c->last_ns;
	f->no_time = true;
	f->flags = 0;
	return ot_ok(b) ? DID_GIVE : DID_SHORT;
}

/* Section header: the byte order was read already, interfaces begin anew. */
static enum did
read_section(struct ot_capture *c, struct ot_buf *b, struct ot_frame *f)
{
	struct pcapng *own = c->own;

	(void)f;
	ot_skip(b, 4); /* magic */
	uint16_t major = ot_u16(b, own->big);
	uint16_t minor = ot_u16(b, own->big);

	ot_skip(b, 8); /* section length */
	if (!ot_ok(b))
		return DID_SHORT;
	if (major != 1 || (minor != 0 && minor != 2))
		return DID_VERSION;
	own->count = 0;
	c->info.sections++;
	comments(c, b);
	return DID_SKIP;
}

static const struct block blocks[] = {
	{ BLOCK_EPB, read_enhanced },
	{ BLOCK_IDB, read_interface },
	{ BLOCK_SPB, read_simple },
	{ BLOCK_PACKET, read_obsolete },
	{ BLOCK_ISB, read_statistics },
	{ BLOCK_NRB, read_resolution },
	{ BLOCK_SHB, read_section },
	{ BLOCK_DSB, read_secrets },
};

static const struct block *
block_of(uint32_t type)
{
	for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); i++) {
		if (blocks[i].type == type)
			return &blocks[i];
	}
	return NULL;
}

/* The head of a block: 1, or what next() is to return. */
static int
head(
    struct ot_capture *c, uint32_t *type, uint64_t *len, struct ot_error *error)
{
	struct pcapng *own = c->own;
	struct ot_source *s = c->source;

	if (!ot_source_has(s, BLOCK_FRAME))
		return ot_capture_short(c, "a block", error);
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = ot_buf(s->p, BLOCK_FRAME, &fault);

	if (ot_peek32be(&b, 0) == BLOCK_SHB) {
		own->big = ot_peek32be(&b, 8) == BYTE_ORDER_MAGIC;
		if (!own->big && ot_peek32le(&b, 8) != BYTE_ORDER_MAGIC)
			return ot_capture_damaged(
			    c, "a section without a byte order");
	}
	*type = ot_u32(&b, own->big);
	*len = ot_u32(&b, own->big);
	if (*len < BLOCK_FRAME)
		return ot_capture_damaged(
		    c, "a block length of %u", (unsigned)*len);
	return 1;
}

/* Does the length stand behind the block again? */
static bool
closes(const struct ot_capture *c, const uint8_t *p, uint64_t len)
{
	const struct pcapng *own = c->own;
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = ot_buf(p, 4, &fault);

	return ot_u32(&b, own->big) == len;
}

/* Some writers left the padding out of the length that they wrote. */
static uint64_t
padded(uint64_t len)
{
	return len + padding((size_t)len);
}

/* Journal entries, custom blocks, system calls: no frames, but Wireshark
 * numbers them like frames, and we number as it does. */
static bool
is_numbered(uint32_t type)
{
	static const uint32_t numbered[] = { 0x9, 0xbad, 0x40000bad, 0x204,
		0x208, 0x216, 0x217, 0x221, 0x222 };

	for (size_t i = 0; i < sizeof(numbered) / sizeof(*numbered); i++) {
		if (numbered[i] == type)
			return true;
	}
	return false;
}

static int
pass_over(
    struct ot_capture *c, uint32_t type, uint64_t len, struct ot_error *error)
{
	struct ot_source *s = c->source;

	if (!ot_source_skip(s, padded(len) - 4) || !ot_source_has(s, 4))
		return ot_capture_short(c, "a block", error);
	if (!closes(c, s->p, len))
		return ot_capture_damaged(c, "a block whose lengths differ");
	s->p += 4;
	c->info.unknown_blocks++;
	c->number += is_numbered(type);
	return 1;
}

static int
outcome(struct ot_capture *c, enum did did, struct ot_frame *f)
{
	switch (did) {
	case DID_SKIP:
		return 1;
	case DID_GIVE:
		ot_capture_give(c, f);
		return 1;
	case DID_SHORT:
		return ot_capture_damaged(c, "a block too short for its kind");
	case DID_NO_INTERFACE:
		return ot_capture_damaged(c, "an interface that is not there");
	case DID_VERSION:
		return ot_capture_damaged(c, "a section of unknown version");
	case DID_LIMIT:
		break;
	}
	return ot_capture_damaged(c, "no room for one more interface");
}

/* One block. *did says whether f was filled. */
static int
read_block(struct ot_capture *c, struct ot_frame *f, enum did *did,
    struct ot_error *error)
{
	struct ot_source *s = c->source;
	uint32_t type = 0;
	uint64_t len = 0;
	int got = head(c, &type, &len, error);

	*did = DID_SKIP;
	if (got <= 0)
		return got;
	const struct block *block = block_of(type);

	if (!block)
		return pass_over(c, type, len, error);
	if (len > OT_LIMIT_FRAME)
		return ot_capture_damaged(
		    c, "a block length of %u", (unsigned)len);
	if (!ot_source_has(s, (size_t)padded(len)))
		return ot_capture_short(c, "a block", error);
	const uint8_t *p = s->p;

	if (!closes(c, p + padded(len) - 4, len))
		return ot_capture_damaged(c, "a block whose lengths differ");
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b =
	    ot_buf(p + 8, (size_t)padded(len) - BLOCK_FRAME, &fault);

	*did = block->read(c, &b, f);
	got = outcome(c, *did, f);
	if (got > 0)
		s->p += padded(len);
	return got;
}

static int
next(struct ot_capture *c, struct ot_frame *f, struct ot_error *error)
{
	enum did did;
	int got;

	do
		got = read_block(c, f, &did, error);
	while (got > 0 && did != DID_GIVE);
	return got;
}

static bool
probe(const struct ot_buf *b)
{
	return ot_peek32be(b, 0) == BLOCK_SHB &&
	       (ot_peek32be(b, 8) == BYTE_ORDER_MAGIC ||
		   ot_peek32le(b, 8) == BYTE_ORDER_MAGIC);
}

static int
open_pcapng(struct ot_capture *c, struct ot_error *error)
{
	c->own = ot_alloc(&c->arena, sizeof(struct pcapng));
	if (!c->own)
		return ot_error_set(
		    error, OT_ERR_MEMORY, "%s: no memory", c->name);
	return 0;
}

static void
done(struct ot_capture *c)
{
	struct pcapng *own = c->own;

	if (own)
		ot_heap_free(own->interfaces);
}

const struct ot_format ot_format_pcapng = {
	.format = OT_PCAPNG,
	.probe = probe,
	.open = open_pcapng,
	.next = next,
	.done = done,
};
