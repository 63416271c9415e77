/*
 * What is libpcap's: live interfaces and BPF filters. Alone includes its
 * header; without it both say that they were left out.
 */

#include "capture/reader.h"

#ifdef HAVE_LIVE

#include <pcap/pcap.h>

enum {
	SNAP_LEN = 262144,
	TIMEOUT_MS = 100,
	BUFFER = 32 << 20, /* in the kernel */
	PROGRAMS = 64,	   /* link types of one filter */
};

/* Link types as files number them (LINKTYPE_) and as this libpcap does
 * (DLT_), where the two differ. */
static const struct link_type {
	uint32_t file;
	int here;
} link_types[] = {
	{ 100, DLT_ATM_RFC1483 },
	{ 101, DLT_RAW },
	{ 102, DLT_SLIP_BSDOS },
	{ 103, DLT_PPP_BSDOS },
	{ 106, DLT_ATM_CLIP },
};

static int
link_type_here(uint32_t file)
{
	for (size_t i = 0; i < sizeof(link_types) / sizeof(*link_types); i++) {
		if (link_types[i].file == file)
			return link_types[i].here;
	}
	return (int)file;
}

static uint32_t
link_type_in_file(int here)
{
	for (size_t i = 0; i < sizeof(link_types) / sizeof(*link_types); i++) {
		if (link_types[i].here == here)
			return link_types[i].file;
	}
	return (uint32_t)here;
}

struct ot_filter {
	const char *name; /* of the capture, borrowed */
	const char *text; /* in the arena */
	struct ot_arena arena;
	unsigned count;
	struct {
		uint32_t link_type;
		struct bpf_program code;
	} programs[PROGRAMS];
};

int
ot_filter_new(struct ot_filter **out, const char *name, const char *text,
    struct ot_error *error)
{
	struct ot_filter *filter = ot_heap(1, sizeof(*filter));

	if (filter)
		filter->text = ot_str_keep(&filter->arena, ot_str(text)).p;
	if (!filter || !filter->text) {
		ot_filter_free(filter);
		return ot_error_set(
		    error, OT_ERR_MEMORY, "%s: filter: no memory", name);
	}
	filter->name = name;
	*out = filter;
	return 0;
}

int
ot_filter_prepare(
    struct ot_filter *filter, uint32_t link_type, struct ot_error *error)
{
	if (filter->count == PROGRAMS)
		return ot_error_set(error, OT_ERR_MEMORY,
		    "%s: filter: more than %d link types", filter->name,
		    PROGRAMS);
	pcap_t *dead = pcap_open_dead(link_type_here(link_type), SNAP_LEN);

	if (!dead)
		return ot_error_set(error, OT_ERR_MEMORY,
		    "%s: filter: no memory", filter->name);
	int got = pcap_compile(dead, &filter->programs[filter->count].code,
	    filter->text, 1, PCAP_NETMASK_UNKNOWN);

	if (got < 0)
		got = ot_error_set(error, OT_ERR_USAGE,
		    "%s: filter, link type %u: %s", filter->name,
		    (unsigned)link_type, pcap_geterr(dead));
	else
		filter->programs[filter->count++].link_type = link_type;
	pcap_close(dead);
	return got;
}

int
ot_filter_pass(struct ot_filter *filter, const struct ot_frame *frame,
    struct ot_error *error)
{
	unsigned i = 0;

	while (i < filter->count &&
	       filter->programs[i].link_type != frame->link_type)
		i++;
	if (i == filter->count) {
		int got = ot_filter_prepare(filter, frame->link_type, error);

		if (got < 0)
			return got;
	}
	return bpf_filter(filter->programs[i].code.bf_insns, frame->bytes,
		   frame->wire, frame->captured) != 0;
}

void
ot_filter_free(struct ot_filter *filter)
{
	if (!filter)
		return;
	for (unsigned i = 0; i < filter->count; i++)
		pcap_freecode(&filter->programs[i].code);
	ot_arena_done(&filter->arena);
	ot_heap_free(filter);
}

struct live {
	pcap_t *pcap;
	bool nano;
	uint32_t link_type;
};

static void
take_statistics(struct ot_capture *c)
{
	const struct live *own = c->own;
	struct ot_interface *itf = c->interfaces[0];
	struct pcap_stat stat;

	if (pcap_stats(own->pcap, &stat) < 0)
		return;
	itf->received = stat.ps_recv;
	itf->dropped = (uint64_t)stat.ps_drop + stat.ps_ifdrop;
	itf->statistics = true;
}

static int
next(struct ot_capture *c, struct ot_frame *f, struct ot_error *error)
{
	const struct live *own = c->own;
	struct pcap_pkthdr *header;
	const u_char *bytes;
	int got;

	if (c->leaving) /* each frame takes the other's place */
		c->leaving(c->user);
	while ((got = pcap_next_ex(own->pcap, &header, &bytes)) == 0)
		take_statistics(c); /* nothing came for TIMEOUT_MS */
	if (got < 0)
		take_statistics(c);
	if (got == PCAP_ERROR_BREAK)
		return 0;
	if (got < 0)
		return ot_error_set(error, OT_ERR_IO, "%s: %s", c->name,
		    pcap_geterr(own->pcap));
	f->bytes = bytes;
	f->captured = header->caplen;
	f->wire = header->len;
	f->link_type = own->link_type;
	f->interface = 0;
	f->time_ns = (int64_t)header->ts.tv_sec * OT_SECOND_NS +
		     (int64_t)header->ts.tv_usec * (own->nano ? 1 : 1000);
	f->no_time = false;
	f->flags = 0;
	ot_capture_give(c, f);
	return 1;
}

static void
stop(struct ot_capture *c)
{
	const struct live *own = c->own;

	pcap_breakloop(own->pcap);
}

static void
done(struct ot_capture *c)
{
	const struct live *own = c->own;

	if (own && own->pcap)
		pcap_close(own->pcap);
}

static const struct ot_format ot_format_live = {
	.format = OT_LIVE,
	.next = next,
	.stop = stop,
	.done = done,
};

static int
set_filter(
    pcap_t *pcap, const char *name, const char *text, struct ot_error *error)
{
	struct bpf_program code;

	if (pcap_compile(pcap, &code, text, 1, PCAP_NETMASK_UNKNOWN) < 0)
		return ot_error_set(error, OT_ERR_USAGE, "%s: filter: %s", name,
		    pcap_geterr(pcap));
	int got = 0;

	if (pcap_setfilter(pcap, &code) < 0)
		got = ot_error_set(error, OT_ERR_IO, "%s: filter: %s", name,
		    pcap_geterr(pcap));
	pcap_freecode(&code);
	return got;
}

static int
activate(pcap_t *pcap, const char *name, struct ot_error *error)
{
	pcap_set_snaplen(pcap, SNAP_LEN);
	pcap_set_promisc(pcap, 1);
	pcap_set_timeout(pcap, TIMEOUT_MS);
	pcap_set_buffer_size(pcap, BUFFER);
	pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
	int got = pcap_activate(pcap);

	if (got >= 0)
		return 0;
	const char *why = pcap_geterr(pcap);

	return ot_error_set(error, OT_ERR_IO, "%s: %s", name,
	    *why ? why : pcap_statustostr(got));
}

static int
open_live(struct ot_capture *c, const struct ot_capture_options *options,
    struct ot_error *error)
{
	char why[PCAP_ERRBUF_SIZE];
	struct live *own = ot_alloc(&c->arena, sizeof(*own));

	if (!own)
		return ot_error_set(
		    error, OT_ERR_MEMORY, "%s: no memory", c->name);
	own->pcap = pcap_create(c->name, why);
	if (!own->pcap)
		return ot_error_set(error, OT_ERR_IO, "%s: %s", c->name, why);
	c->format = &ot_format_live;
	c->next = ot_format_live.next;
	c->own = own;
	int got = activate(own->pcap, c->name, error);

	if (got == 0 && options && options->filter)
		got = set_filter(own->pcap, c->name, options->filter, error);
	if (got < 0)
		return got;
	own->nano =
	    pcap_get_tstamp_precision(own->pcap) == PCAP_TSTAMP_PRECISION_NANO;
	own->link_type = link_type_in_file(pcap_datalink(own->pcap));
	struct ot_interface *itf =
	    ot_capture_add_interface(c, own->link_type, SNAP_LEN);

	if (!itf)
		return ot_error_set(
		    error, OT_ERR_MEMORY, "%s: no memory", c->name);
	itf->name = ot_capture_keep(c, ot_text(c->name));
	c->info.format = OT_LIVE;
	return 0;
}

int
ot_capture_open_live(struct ot_capture **out, const char *interface,
    const struct ot_capture_options *options, struct ot_error *error)
{
	struct ot_capture *c = ot_capture_new(interface);

	if (!c)
		return ot_error_set(
		    error, OT_ERR_MEMORY, "%s: no memory", interface);
	int got = open_live(c, options, error);

	if (got < 0) {
		ot_capture_close(c);
		return got;
	}
	*out = c;
	return 0;
}

#else

/* All that needs libpcap says the same. */
static int
left_out(const char *what, struct ot_error *error)
{
	return ot_error_set(
	    error, OT_ERR_USAGE, "%s: built without live capture", what);
}

int
ot_filter_new(struct ot_filter **out, const char *name, const char *text,
    struct ot_error *error)
{
	(void)out;
	(void)text;
	return left_out(name, error);
}

int
ot_filter_prepare(
    struct ot_filter *filter, uint32_t link_type, struct ot_error *error)
{
	(void)filter;
	(void)link_type;
	return left_out("filter", error);
}

int
ot_filter_pass(struct ot_filter *filter, const struct ot_frame *frame,
    struct ot_error *error)
{
	(void)filter;
	(void)frame;
	return left_out("filter", error);
}

void
ot_filter_free(struct ot_filter *filter)
{
	(void)filter;
}

int
ot_capture_open_live(struct ot_capture **out, const char *interface,
    const struct ot_capture_options *options, struct ot_error *error)
{
	(void)out;
	(void)options;
	return left_out(interface, error);
}

#endif
