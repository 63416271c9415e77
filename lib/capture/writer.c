/*
 * pcapng, written: section header (4.1), interface description (4.2), enhanced
 * packet (4.3); options as in 3.5.
 */
#include "capture/writer.h"

enum {
	BLOCK_IDB = 1,
	BLOCK_EPB = 6,
	BLOCK_SHB = 0x0a0d0d0a,
	OPTION_MAX = UINT16_MAX,
};

enum { OPT_END, OPT_COMMENT };
enum { SHB_USERAPPL = 4 };
enum { IF_NAME = 2, IF_DESCRIPTION = 3, IF_TSRESOL = 9, IF_TSOFFSET = 14 };
enum { EPB_FLAGS = 2 };

enum { NANOSECONDS = 9 }; /* if_tsresol: 10^-9 s */

static void
put(struct ot_sb *sb, uint64_t n, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		ot_sb_putc(sb, (char)(n >> 8 * i & 0xff));
}

static void
pad(struct ot_sb *sb)
{
	while (sb->len % 4 && !sb->lost)
		ot_sb_putc(sb, '\0');
}

/* Longest prefix of a text that an option can hold, cut between characters. */
static size_t
fitting(struct ot_str s)
{
	size_t len = s.len;

	if (len <= OPTION_MAX)
		return len;
	len = OPTION_MAX;
	while (len && ((unsigned char)s.p[len] & 0xc0) == 0x80)
		len--;
	return len;
}

static void
option(struct ot_sb *sb, uint16_t code, struct ot_str value)
{
	size_t len = fitting(value);

	put(sb, code, 2);
	put(sb, len, 2);
	ot_sb_add(sb, value.p, len);
	pad(sb);
}

static void
option_text(struct ot_sb *sb, uint16_t code, struct ot_str value)
{
	if (value.len)
		option(sb, code, value);
}

static void
option_number(struct ot_sb *sb, uint16_t code, uint64_t n, unsigned bytes)
{
	put(sb, code, 2);
	put(sb, bytes, 2);
	put(sb, n, bytes);
	pad(sb);
}

/* Type and length; the length is filled in at the end, when it is known. */
static void
begin(struct ot_writer *w, uint32_t type)
{
	w->block.len = 0;
	put(&w->block, type, 4);
	put(&w->block, 0, 4);
}

static int
end(struct ot_writer *w, struct ot_error *error)
{
	struct ot_sb *sb = &w->block;

	put(sb, sb->len + 4, 4);
	if (sb->lost || sb->len > UINT32_MAX)
		return ot_error_set(error, OT_ERR_MEMORY, "out of memory");
	memcpy(sb->p + 4, sb->p + sb->len - 4, 4);
	return ot_out_write(w->out, sb->p, sb->len, error);
}

int
ot_writer_begin(struct ot_writer *w, struct ot_out *out,
    struct ot_str application, struct ot_error *error)
{
	*w = (struct ot_writer){ .out = out };
	begin(w, BLOCK_SHB);
	put(&w->block, 0x1a2b3c4d, 4);
	put(&w->block, 1, 2); /* version 1.0 */
	put(&w->block, 0, 2);
	put(&w->block, UINT64_MAX, 8); /* the section's length is not stated */
	option_text(&w->block, SHB_USERAPPL, application);
	put(&w->block, OPT_END, 4);
	return end(w, error);
}

int
ot_writer_interface(struct ot_writer *w, const struct ot_writer_interface *itf,
    struct ot_error *error)
{
	if (itf->link_type > UINT16_MAX)
		return ot_error_set(error, OT_ERR_INPUT,
		    "link type %u has no place in pcapng",
		    (unsigned)itf->link_type);
	begin(w, BLOCK_IDB);
	put(&w->block, itf->link_type, 2);
	put(&w->block, 0, 2);
	put(&w->block, itf->snap_len, 4);
	option_text(&w->block, IF_NAME, itf->name);
	option_text(&w->block, IF_DESCRIPTION, itf->description);
	option_number(&w->block, IF_TSRESOL, NANOSECONDS, 1);
	if (itf->offset_s)
		option_number(
		    &w->block, IF_TSOFFSET, (uint64_t)itf->offset_s, 8);
	put(&w->block, OPT_END, 4);
	return end(w, error);
}

int
ot_writer_frame(struct ot_writer *w, const struct ot_frame *frame,
    const struct ot_str *comments, size_t count, struct ot_error *error)
{
	uint64_t stamp = (uint64_t)frame->time_ns;

	begin(w, BLOCK_EPB);
	put(&w->block, frame->interface, 4);
	put(&w->block, stamp >> 32, 4);
	put(&w->block, stamp & UINT32_MAX, 4);
	put(&w->block, frame->captured, 4);
	put(&w->block, frame->wire, 4);
	ot_sb_add(&w->block, (const char *)frame->bytes, frame->captured);
	pad(&w->block);
	if (frame->flags)
		option_number(&w->block, EPB_FLAGS, frame->flags, 4);
	for (size_t i = 0; i < count; i++)
		option_text(&w->block, OPT_COMMENT, comments[i]);
	if (frame->flags || count)
		put(&w->block, OPT_END, 4);
	return end(w, error);
}

void
ot_writer_done(struct ot_writer *w)
{
	ot_sb_done(&w->block);
}
