/*
 * The face of the readers: which format a file has, what is known of it, the
 * end of it. The formats themselves are in pcap.c, pcapng.c and live.c.
 */
#include "capture/reader.h"

#include <stdarg.h>
#include <stdio.h>

enum { PROBED = 24 }; /* the longest header that a probe looks at */

static const struct ot_format *const formats[] = {
	&ot_format_pcap,
	&ot_format_pcapng,
};

/* What people take for a capture, and what to do with it. */
static const struct other {
	const char *magic;
	size_t len;
	const char *hint;
} others[] = {
	{ "\xfd\x37\x7a\x58\x5a\x00", 6,
	    "packed by xz; unpack it through a pipe: xz -dc" },
	{ "\x04\x22\x4d\x18", 4,
	    "packed by lz4; unpack it through a pipe: lz4 -dc" },
	{ "BZh", 3, "packed by bzip2; unpack it through a pipe: bzip2 -dc" },
	{ "PK\x03\x04", 4, "a zip archive; unpack it first" },
	{ "snoop\0\0\0", 8, "a snoop file; convert it with editcap" },
	{ "GMBU", 4, "a Network Monitor file; convert it with editcap" },
	{ "RTSS", 4, "a Network Monitor file; convert it with editcap" },
	{ "ustar", 5, "an archive; unpack it first" },
};

struct ot_capture *
ot_capture_new(const char *name)
{
	struct ot_capture *c = ot_heap(1, sizeof(*c));

	if (c)
		c->name = ot_str_keep(&c->arena, ot_str(name)).p;
	if (c && !c->name) {
		ot_capture_close(c);
		c = NULL;
	}
	return c;
}

struct ot_interface *
ot_capture_add_interface(
    struct ot_capture *c, uint32_t link_type, uint32_t snap_len)
{
	if (c->interface_count == OT_LIMIT_INTERFACES)
		return NULL;
	if (c->interface_count == c->interface_cap) {
		uint32_t cap = c->interface_cap ? c->interface_cap * 2 : 8;
		void *grown =
		    ot_heap_grow(c->interfaces, cap, sizeof(*c->interfaces));

		if (!grown)
			return NULL;
		c->interfaces = grown;
		c->interface_cap = cap;
	}
	struct ot_interface *itf = ot_alloc(&c->arena, sizeof(*itf));

	if (!itf)
		return NULL;
	itf->link_type = link_type;
	itf->snap_len = snap_len;
	c->interfaces[c->interface_count++] = itf;
	return itf;
}

struct ot_text
ot_capture_keep(struct ot_capture *c, struct ot_text text)
{
	struct ot_str s = { (const char *)text.p, text.len };

	s = ot_str_keep(&c->arena, s);
	return (struct ot_text){ (const uint8_t *)s.p, s.len, text.coding };
}

void
ot_capture_add_name(
    struct ot_capture *c, struct ot_buf address, struct ot_text name)
{
	c->info.names++;
	if (c->name_count == OT_LIMIT_NAMES)
		return;
	if (c->name_count == c->name_cap) {
		size_t cap = c->name_cap ? c->name_cap * 2 : 16;
		void *grown = ot_heap_grow(c->names, cap, sizeof(*c->names));

		if (!grown)
			return;
		c->names = grown;
		c->name_cap = cap;
	}
	struct ot_capture_name *n = &c->names[c->name_count];

	*n = (struct ot_capture_name){ .address_len = (uint8_t)address.left };
	for (size_t i = 0; i < n->address_len; i++)
		n->address[i] = ot_peek(&address, i);
	n->name = ot_capture_keep(c, name);
	c->name_count += n->name.p != NULL;
}

int
ot_capture_damaged(struct ot_capture *c, const char *fmt, ...)
{
	char why[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	c->info.damaged = true;
	snprintf(c->info.trouble, sizeof(c->info.trouble),
	    "frame %llu at offset %llu: %s", (unsigned long long)c->number + 1,
	    (unsigned long long)ot_source_offset(c->source), why);
	return 0;
}

int
ot_capture_short(struct ot_capture *c, const char *what, struct ot_error *error)
{
	struct ot_source *s = c->source;

	switch (s->state) {
	case OT_SOURCE_FAILED:
		return ot_error_set(
		    error, OT_ERR_IO, "%s: %s", c->name, s->trouble);
	case OT_SOURCE_DAMAGED:
		return ot_capture_damaged(c, "%s", s->trouble);
	case OT_SOURCE_OPEN:
	case OT_SOURCE_END:
		break;
	}
	if (ot_source_left(s) == 0 || s->stop)
		return 0;
	return ot_capture_damaged(c, "the file ends within %s", what);
}

/* A message for a file that no reader knows. */
static int
refuse(struct ot_capture *c, const struct ot_buf *b, struct ot_error *error)
{
	if (c->source->state == OT_SOURCE_FAILED)
		return ot_error_set(
		    error, OT_ERR_IO, "%s: %s", c->name, c->source->trouble);
	if (c->source->state == OT_SOURCE_DAMAGED)
		return ot_error_set(error, OT_ERR_INPUT,
		    "%s: not a capture (%s)", c->name, c->source->trouble);
	if (b->left == 0)
		return ot_error_set(error, OT_ERR_INPUT,
		    "%s: not a capture (it is empty)", c->name);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		if (ot_starts(b, others[i].magic, others[i].len))
			return ot_error_set(error, OT_ERR_INPUT,
			    "%s: not a capture (%s)", c->name, others[i].hint);
	}
	if (b->left < 4)
		return ot_error_set(error, OT_ERR_INPUT,
		    "%s: not a capture (it has only %zu bytes)", c->name,
		    b->left);
	return ot_error_set(error, OT_ERR_INPUT,
	    "%s: not a capture (it begins with %02x %02x %02x %02x)", c->name,
	    ot_peek(b, 0), ot_peek(b, 1), ot_peek(b, 2), ot_peek(b, 3));
}

static int
recognise(struct ot_capture *c, struct ot_error *error)
{
	enum ot_fault fault = OT_FAULT_NONE;

	(void)ot_source_has(c->source, PROBED);
	struct ot_buf b =
	    ot_buf(c->source->p, ot_source_left(c->source), &fault);

	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		if (formats[i]->probe(&b)) {
			c->format = formats[i];
			c->next = formats[i]->next;
			c->info.format = formats[i]->format;
			return c->format->open(c, error);
		}
	}
	return refuse(c, &b, error);
}

static int
next_filtered(
    struct ot_capture *c, struct ot_frame *frame, struct ot_error *error)
{
	for (;;) {
		int got = c->format->next(c, frame, error);

		if (got <= 0)
			return got;
		got = ot_filter_pass(c->filter, frame, error);
		if (got)
			return got;
		c->info.frames--; /* as if it had not been there */
		c->info.bytes -= frame->wire;
	}
}

/* Where the link type is known already, a bad filter is told at once. */
static int
add_filter(struct ot_capture *c, const char *text, struct ot_error *error)
{
	int got = ot_filter_new(&c->filter, c->name, text, error);

	c->next = next_filtered;
	if (got == 0 && c->interface_count)
		got = ot_filter_prepare(
		    c->filter, c->interfaces[0]->link_type, error);
	return got;
}

int
ot_capture_open(struct ot_capture **out, const char *path,
    const struct ot_capture_options *options, struct ot_error *error)
{
	const char *name = strcmp(path, "-") ? path : "standard input";
	struct ot_capture *c = ot_capture_new(name);

	if (!c)
		return ot_error_set(
		    error, OT_ERR_MEMORY, "%s: no memory", name);
	int got = ot_source_open(
	    &c->source, path, options && options->no_hash, error);

	if (got == 0)
		got = recognise(c, error);
	if (got == 0 && options && options->filter)
		got = add_filter(c, options->filter, error);
	if (got < 0) {
		ot_capture_close(c);
		return got;
	}
	c->info.compression = c->source->compression;
	*out = c;
	return 0;
}

static int
ended(struct ot_capture *c, struct ot_frame *frame, struct ot_error *error)
{
	(void)c;
	(void)frame;
	(void)error;
	return 0;
}

static void
end(struct ot_capture *c)
{
	if (c->next != ended && c->source)
		c->info.hashed = ot_source_finish(
		    c->source, &c->info.file_bytes, c->info.sha256);
	c->next = ended;
}

int
ot_capture_next(
    struct ot_capture *c, struct ot_frame *frame, struct ot_error *error)
{
	int got = c->next(c, frame, error);

	if (got == 0)
		end(c);
	return got;
}

void
ot_capture_watch(struct ot_capture *c, void (*leaving)(void *user), void *user)
{
	c->leaving = leaving;
	c->user = user;
	if (c->source) {
		c->source->leaving = leaving;
		c->source->user = user;
	}
}

void
ot_capture_stop(struct ot_capture *c)
{
	if (c->source)
		ot_source_stop(c->source);
	if (c->format && c->format->stop)
		c->format->stop(c);
}

const struct ot_capture_info *
ot_capture_info(struct ot_capture *c)
{
	return &c->info;
}

uint32_t
ot_capture_interfaces(const struct ot_capture *c)
{
	return c->interface_count;
}

const struct ot_interface *
ot_capture_interface(const struct ot_capture *c, uint32_t index)
{
	return index < c->interface_count ? c->interfaces[index] : NULL;
}

size_t
ot_capture_name_count(const struct ot_capture *c)
{
	return c->name_count;
}

const struct ot_capture_name *
ot_capture_name(const struct ot_capture *c, size_t index)
{
	return index < c->name_count ? &c->names[index] : NULL;
}

void
ot_capture_close(struct ot_capture *c)
{
	if (!c)
		return;
	if (c->format && c->format->done)
		c->format->done(c);
	ot_filter_free(c->filter);
	ot_source_close(c->source);
	ot_heap_free(c->interfaces);
	ot_heap_free(c->names);
	ot_arena_done(&c->arena);
	ot_heap_free(c);
}

int
ot_capture_first_time(int64_t *out_ns, const char *path, struct ot_error *error)
{
	struct ot_capture *c;
	struct ot_frame frame;
	int got = ot_capture_open(
	    &c, path, &(struct ot_capture_options){ .no_hash = true }, error);

	if (got < 0)
		return got;
	got = ot_capture_next(c, &frame, error);
	if (got >= 0)
		*out_ns = got > 0 ? frame.time_ns : OT_TIME_NONE;
	ot_capture_close(c);
	return got < 0 ? got : 0;
}
