/*
 * Operands into records: files, folders, interfaces; one thread or several.
 *
 * With several threads one reads and fills blocks; every worker walks every
 * block and works on its own shards (DESIGN.md section 7). What they find is
 * merged by key, so that neither their number nor their pace changes a byte.
 */
#include "engine/engine.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "engine/operand.h"
#include "model/join.h"

enum {
	BLOCK_BYTES = 1 << 20,
	BLOCK_FRAMES = 8192,
	BLOCKS = 4,
	WORKERS_MAX = 64,
};

static struct ot_capture *_Atomic live_capture;

void
ot_engine_stop(void)
{
	struct ot_capture *capture = live_capture;

	if (capture)
		ot_capture_stop(capture);
}

/* ---- blocks ---- */

struct block {
	struct ot_frame frames[BLOCK_FRAMES];
	struct ot_str sensors[BLOCK_FRAMES];
	uint32_t count;
	size_t used;
	uint8_t *bytes;
	size_t cap;
	unsigned readers; /* workers that have not walked it yet */
};

/* What the threads share: blocks, filled and walked in a ring. */
struct ring {
	pthread_mutex_t lock;
	pthread_cond_t filled, walked;
	struct block *blocks[BLOCKS];
	uint64_t made; /* blocks filled so far */
	bool over;
	unsigned workers;
};

struct worker {
	pthread_t thread;
	struct ring *ring;
	struct ot_engine *engine;
	struct ot_str site;
};

static void
walk(struct ot_engine *engine, const struct block *b, struct ot_str site)
{
	for (uint32_t i = 0; i < b->count; i++) {
		if (!i || b->sensors[i].p != b->sensors[i - 1].p)
			ot_engine_sensor(engine, b->sensors[i], site);
		ot_engine_frame(engine, &b->frames[i]);
	}
	ot_engine_drain(engine);
}

static void *
work(void *user)
{
	struct worker *w = user;
	struct ring *ring = w->ring;

	for (uint64_t next = 0;; next++) {
		pthread_mutex_lock(&ring->lock);
		while (ring->made == next && !ring->over)
			pthread_cond_wait(&ring->filled, &ring->lock);
		bool over = ring->made == next;

		pthread_mutex_unlock(&ring->lock);
		if (over)
			return NULL;
		struct block *b = ring->blocks[next % BLOCKS];

		walk(w->engine, b, w->site);
		pthread_mutex_lock(&ring->lock);
		b->readers--;
		pthread_cond_signal(&ring->walked);
		pthread_mutex_unlock(&ring->lock);
	}
}

/* The block to be filled next, once all workers have walked it. */
static struct block *
next_block(struct ring *ring)
{
	struct block *b = ring->blocks[ring->made % BLOCKS];

	pthread_mutex_lock(&ring->lock);
	while (b->readers)
		pthread_cond_wait(&ring->walked, &ring->lock);
	pthread_mutex_unlock(&ring->lock);
	b->count = 0;
	b->used = 0;
	return b;
}

static void
publish(struct ring *ring, struct block *b)
{
	pthread_mutex_lock(&ring->lock);
	b->readers = ring->workers;
	ring->made++;
	pthread_cond_broadcast(&ring->filled);
	pthread_mutex_unlock(&ring->lock);
}

/* ---- a run over one operand ---- */

struct run {
	const struct ot_engine_options *options;
	struct ot_store *store;
	struct ot_engine *engines[WORKERS_MAX];
	unsigned workers;
	bool *damaged;
	struct ot_str name; /* of the file that is read, as records call it */
	struct ot_str sensor, site;
	struct ot_capture_sum *last; /* the capture record of the last file */
	uint64_t bytes;
	uint64_t file, files; /* index of the one that is read, how many */
};

static void
warn(const struct run *run, const char *name, const char *what)
{
	char text[1024];

	if (!run->options->warn)
		return;
	snprintf(text, sizeof(text), "%s: %s", name, what);
	run->options->warn(run->options->user, text);
}

/* The base name without its suffixes: "site/lagos.pcapng.zst" is "lagos". */
static struct ot_str
stem(struct ot_str path)
{
	struct ot_str s = path;

	for (size_t i = 0; i < path.len; i++)
		if (path.p[i] == '/')
			s = (struct ot_str){ path.p + i + 1, path.len - i - 1 };
	for (size_t i = 1; i < s.len; i++)
		if (s.p[i] == '.') {
			s.len = i;
			break;
		}
	return s;
}

static struct ot_str
folder_of(struct ot_str path)
{
	size_t end = path.len, start;

	while (end && path.p[end - 1] != '/')
		end--;
	if (!end)
		return ot_str(".");
	start = --end;
	while (start && path.p[start - 1] != '/')
		start--;
	return (struct ot_str){ path.p + start, end - start };
}

static struct ot_str
sensor_of(struct run *run, struct ot_capture *capture, struct ot_str path,
    uint32_t interface)
{
	const struct ot_engine_options *o = run->options;
	struct ot_arena *arena = &run->store->arena;
	char text[32];

	switch (o->sensor_from) {
	case OT_SENSOR_FILE:
		return ot_str_keep(arena, stem(path));
	case OT_SENSOR_FOLDER:
		return ot_str_keep(arena, folder_of(path));
	case OT_SENSOR_INTERFACE: {
		const struct ot_interface *i =
		    ot_capture_interface(capture, interface);

		if (i && i->name.len)
			return ot_text_decode(arena, i->name);
		snprintf(
		    text, sizeof(text), "interface %u", (unsigned)interface);
		return ot_str_keep(arena, ot_str(text));
	}
	case OT_SENSOR_GIVEN:
		break;
	}
	return o->sensor;
}

/* The sensor of each interface, made when its first frame comes. */
struct sensors {
	struct ot_str *at;
	uint32_t count;
};

static struct ot_str
sensor_for(struct run *run, struct ot_capture *capture, struct ot_str path,
    struct sensors *s, uint32_t interface)
{
	if (run->options->sensor_from != OT_SENSOR_INTERFACE)
		return run->sensor;
	while (s->count <= interface) {
		struct ot_str *at =
		    ot_heap_grow(s->at, s->count + 1, sizeof(*at));

		if (!at)
			return run->sensor;
		s->at = at;
		at[s->count] = sensor_of(run, capture, path, s->count);
		s->count++;
	}
	return s->at[interface];
}

static void
leaving(void *user)
{
	ot_engine_drain(user);
}

static int
read_alone(struct run *run, struct ot_capture *capture, struct ot_str path,
    struct sensors *sensors, struct ot_error *error)
{
	struct ot_engine *engine = run->engines[0];
	struct ot_frame frame;
	uint32_t interface = UINT32_MAX;
	uint64_t frames = 0;
	int e;

	ot_capture_watch(capture, leaving, engine);
	while ((e = ot_capture_next(capture, &frame, error)) > 0) {
		if (frame.interface != interface) {
			interface = frame.interface;
			if (!ot_engine_sensor(engine,
				sensor_for(
				    run, capture, path, sensors, interface),
				run->site))
				return ot_error_set(
				    error, OT_ERR_MEMORY, "out of memory");
		}
		frame.number = ot_frame_in(run->file, frame.number);
		ot_engine_frame(engine, &frame);
		run->bytes += frame.captured;
		if (!(++frames & 0xffff) && run->options->progress)
			run->options->progress(run->options->user, run->bytes);
		if (frames == run->options->frames_max)
			break;
	}
	ot_engine_drain(engine);
	ot_capture_watch(capture, NULL, NULL);
	return e < 0 ? e : 0;
}

/* Copy a frame into a block; false where it has no room. */
static bool
put(struct block *b, const struct ot_frame *frame, struct ot_str sensor)
{
	if (b->count == BLOCK_FRAMES ||
	    (b->count && b->used + frame->captured > b->cap))
		return false;
	if (b->used + frame->captured > b->cap) {
		uint8_t *bytes = ot_heap_grow(b->bytes, frame->captured, 1);

		if (!bytes)
			return false;
		b->bytes = bytes;
		b->cap = frame->captured;
	}
	b->frames[b->count] = *frame;
	b->frames[b->count].bytes = b->bytes + b->used;
	b->sensors[b->count] = sensor;
	if (frame->captured)
		memcpy(b->bytes + b->used, frame->bytes, frame->captured);
	b->used += frame->captured;
	b->count++;
	return true;
}

static int
fill(struct run *run, struct ring *ring, struct ot_capture *capture,
    struct ot_str path, struct sensors *sensors, struct ot_error *error)
{
	struct block *b = next_block(ring);
	struct ot_frame frame;
	uint64_t frames = 0;
	int e;

	while ((e = ot_capture_next(capture, &frame, error)) > 0) {
		struct ot_str sensor =
		    sensor_for(run, capture, path, sensors, frame.interface);

		frame.number = ot_frame_in(run->file, frame.number);
		if (!put(b, &frame, sensor)) {
			publish(ring, b);
			b = next_block(ring);
			if (!put(b, &frame, sensor))
				return ot_error_set(
				    error, OT_ERR_MEMORY, "out of memory");
		}
		run->bytes += frame.captured;
		if (!(++frames & 0xffff) && run->options->progress)
			run->options->progress(run->options->user, run->bytes);
		if (frames == run->options->frames_max)
			break;
	}
	publish(ring, b);
	return e < 0 ? e : 0;
}

static void
ring_done(struct ring *ring)
{
	for (unsigned i = 0; i < BLOCKS; i++) {
		if (ring->blocks[i])
			ot_heap_free(ring->blocks[i]->bytes);
		ot_heap_free(ring->blocks[i]);
	}
}

static bool
ring_init(struct ring *ring, unsigned workers)
{
	*ring = (struct ring){ .workers = workers };
	for (unsigned i = 0; i < BLOCKS; i++) {
		struct block *b = ring->blocks[i] = ot_heap(1, sizeof(*b));

		if (!b || !(b->bytes = ot_heap(BLOCK_BYTES, 1))) {
			ring_done(ring);
			return false;
		}
		b->cap = BLOCK_BYTES;
	}
	pthread_mutex_init(&ring->lock, NULL);
	pthread_cond_init(&ring->filled, NULL);
	pthread_cond_init(&ring->walked, NULL);
	return true;
}

static int
read_together(struct run *run, struct ot_capture *capture, struct ot_str path,
    struct sensors *sensors, struct ot_error *error)
{
	struct worker workers[WORKERS_MAX];
	struct ring ring;
	unsigned started = 0;

	if (!ring_init(&ring, run->workers))
		return ot_error_set(error, OT_ERR_MEMORY, "out of memory");
	for (; started < run->workers; started++) {
		struct worker *w = &workers[started];

		*w = (struct worker){ .ring = &ring,
			.engine = run->engines[started],
			.site = run->site };
		if (pthread_create(&w->thread, NULL, work, w))
			break;
	}
	int e =
	    started == run->workers
		? fill(run, &ring, capture, path, sensors, error)
		: ot_error_set(error, OT_ERR_MEMORY, "cannot start a thread");

	pthread_mutex_lock(&ring.lock);
	ring.over = true;
	pthread_cond_broadcast(&ring.filled);
	pthread_mutex_unlock(&ring.lock);
	for (unsigned i = 0; i < started; i++)
		pthread_join(workers[i].thread, NULL);
	pthread_mutex_destroy(&ring.lock);
	pthread_cond_destroy(&ring.filled);
	pthread_cond_destroy(&ring.walked);
	ring_done(&ring);
	return e;
}

/* ---- the capture record ---- */

static const char *const formats[] = {
	[OT_PCAP] = "pcap", [OT_PCAPNG] = "pcapng", [OT_LIVE] = "live"
};

/* Names of https://www.tcpdump.org/linktypes.html. */
static struct ot_str
link_type_name(struct ot_arena *arena, uint32_t link_type)
{
	static const struct ot_name names[] = {
		{ 0, "null" },
		{ 1, "ethernet" },
		{ 6, "ieee802_5" },
		{ 8, "slip" },
		{ 9, "ppp" },
		{ 10, "fddi" },
		{ 12, "raw" },
		{ 14, "raw" },
		{ 50, "ppp_hdlc" },
		{ 100, "atm_rfc1483" },
		{ 101, "raw" },
		{ 104, "c_hdlc" },
		{ 105, "ieee802_11" },
		{ 107, "frelay" },
		{ 108, "loop" },
		{ 113, "linux_sll" },
		{ 117, "pflog" },
		{ 119, "ieee802_11_prism" },
		{ 122, "ip_over_fc" },
		{ 123, "sunatm" },
		{ 127, "ieee802_11_radiotap" },
		{ 129, "arcnet_linux" },
		{ 163, "ieee802_11_avs" },
		{ 165, "bacnet_ms_tp" },
		{ 178, "juniper_ether" },
		{ 187, "bluetooth_hci_h4" },
		{ 189, "usb_linux" },
		{ 192, "ppi" },
		{ 195, "ieee802_15_4_withfcs" },
		{ 201, "bluetooth_hci_h4_with_phdr" },
		{ 209, "i2c_linux" },
		{ 212, "lin" },
		{ 215, "ieee802_15_4_nonask_phy" },
		{ 220, "usb_linux_mmapped" },
		{ 227, "can_socketcan" },
		{ 228, "ipv4" },
		{ 229, "ipv6" },
		{ 230, "ieee802_15_4_nofcs" },
		{ 239, "nflog" },
		{ 240, "netanalyzer" },
		{ 241, "netanalyzer_transparent" },
		{ 242, "ipoib" },
		{ 249, "usbpcap" },
		{ 250, "rtac_serial" },
		{ 251, "bluetooth_le_ll" },
		{ 257, "profibus_dl" },
		{ 266, "usb_darwin" },
		{ 276, "linux_sll2" },
		{ 283, "ieee802_15_4_tap" },
		{ 0, NULL },
	};
	const char *name = ot_name(names, link_type);
	char text[24];

	if (!name) {
		snprintf(
		    text, sizeof(text), "linktype %u", (unsigned)link_type);
		name = text;
	}
	return ot_str_keep(arena, ot_str(name));
}

static bool
describe_interfaces(
    struct run *run, struct ot_capture *capture, struct ot_capture_sum *sum)
{
	struct ot_arena *arena = &run->store->arena;

	for (uint32_t i = 0; i < ot_capture_interfaces(capture); i++) {
		const struct ot_interface *from =
		    ot_capture_interface(capture, i);
		struct ot_capture_interface *to = ot_alloc(arena, sizeof(*to));

		if (!to || !ot_list_push(arena, &sum->interfaces, to))
			return false;
		if (from->name.len)
			to->name = ot_text_decode(arena, from->name);
		if (run->options->sensor_from == OT_SENSOR_INTERFACE)
			to->sensor =
			    sensor_of(run, capture, (struct ot_str){ 0 }, i);
		to->link_type = link_type_name(arena, from->link_type);
		to->snap_len = from->snap_len;
		to->received = from->received;
		to->dropped = from->dropped;
	}
	return true;
}

/* Where each interface is a sensor, one alone is the capture's. */
static void
take_sensor(struct ot_capture_sum *sum)
{
	const struct ot_list *all = &sum->interfaces;

	for (uint32_t i = 0; i < all->count; i++) {
		const struct ot_capture_interface *at = all->at[i];

		if (i && !ot_str_eq(at->sensor, sum->sensor)) {
			sum->sensor = (struct ot_str){ 0 };
			return;
		}
		sum->sensor = at->sensor;
	}
}

static bool
describe(struct run *run, struct ot_capture *capture)
{
	const struct ot_capture_info *info = ot_capture_info(capture);
	struct ot_arena *arena = &run->store->arena;
	struct ot_capture_sum *sum = ot_store_add(run->store, OT_STORE_CAPTURE);
	char hex[2 * OT_SHA256_LEN + 1];

	if (!sum)
		return false;
	*sum = *ot_engine_account(run->engines[0]);
	/* these are of the whole operand: see totals() */
	sum->duplicates = sum->connections = sum->one_sided = 0;
	sum->sensor = run->sensor;
	sum->site = run->site;
	sum->file = run->name;
	if (info->hashed) {
		ot_hex(hex, info->sha256, sizeof(info->sha256));
		sum->sha256 = ot_str_keep(arena, ot_str(hex));
	}
	sum->file_bytes = info->file_bytes;
	sum->format = ot_str(formats[info->format]);
	if (info->compression)
		sum->compression = ot_str(info->compression);
	sum->comments = info->comments;
	sum->secrets = info->secrets;
	sum->unknown_blocks = info->unknown_blocks;
	if (info->damaged) {
		sum->damaged = ot_str_keep(arena, ot_str(info->trouble));
		*run->damaged = true;
		warn(run, run->name.p, info->trouble);
	}
	run->last = sum;
	if (!describe_interfaces(run, capture, sum))
		return false;
	if (run->options->sensor_from == OT_SENSOR_INTERFACE)
		take_sensor(sum);
	return true;
}

static void
take_names(struct run *run, struct ot_capture *capture)
{
	for (size_t i = 0; i < ot_capture_name_count(capture); i++) {
		const struct ot_capture_name *n = ot_capture_name(capture, i);
		struct ot_addr addr = n->address_len == 4
					  ? ot_addr_ipv4(n->address)
					  : ot_addr_ipv6(n->address);

		ot_engine_name(run->engines[0], &addr, n->name);
	}
}

/* Did frames of a capture have this sensor? */
static bool
has_sensor(const struct ot_capture_sum *c, struct ot_str sensor)
{
	for (uint32_t i = 0; i < c->interfaces.count; i++) {
		const struct ot_capture_interface *at = c->interfaces.at[i];

		if (at->sensor.p && ot_str_eq(at->sensor, sensor))
			return true;
	}
	return ot_str_eq(c->sensor, sensor);
}

/* Evidence names a file: two of one name and sensor could not be told apart. */
static int
refuse_twice(
    const struct run *run, struct ot_str sensor, struct ot_error *error)
{
	const struct ot_list *captures = &run->store->list[OT_STORE_CAPTURE];

	for (uint32_t i = 0; i < captures->count; i++) {
		const struct ot_capture_sum *c = captures->at[i];

		if (ot_str_eq(c->file, run->name) && has_sensor(c, sensor))
			return ot_error_set(error, OT_ERR_USAGE,
			    "%s: two inputs have this name; give them "
			    "different sensors",
			    run->name.p);
	}
	return 0;
}

/* ---- files, folders, interfaces ---- */

static int
read_capture(struct run *run, struct ot_capture *capture, struct ot_str path,
    struct ot_error *error)
{
	struct sensors sensors = { 0 };
	int e;

	/* what its interfaces are is only known once it was read */
	bool by_interface = run->options->sensor_from == OT_SENSOR_INTERFACE;

	run->sensor = by_interface ? (struct ot_str){ 0 }
				   : sensor_of(run, capture, path, 0);
	run->site = run->options->site_from_folder
			? ot_str_keep(&run->store->arena, folder_of(path))
			: run->options->site;
	e = by_interface ? 0 : refuse_twice(run, run->sensor, error);
	if (e)
		return e;
	run->file = run->files++;
	for (unsigned i = 0; i < run->workers; i++) {
		if (!ot_engine_file(run->engines[i], run->name) ||
		    !ot_engine_sensor(run->engines[i], run->sensor, run->site))
			return ot_error_set(
			    error, OT_ERR_MEMORY, "out of memory");
	}
	e = run->workers == 1
		? read_alone(run, capture, path, &sensors, error)
		: read_together(run, capture, path, &sensors, error);
	ot_heap_free(sensors.at);
	for (uint32_t i = 0;
	     !e && by_interface && i < ot_capture_interfaces(capture); i++)
		e = refuse_twice(run, sensor_of(run, capture, path, i), error);
	if (e)
		return e;
	take_names(run, capture);
	if (!describe(run, capture))
		return ot_error_set(error, OT_ERR_MEMORY, "out of memory");
	return 0;
}

/* name is how records call the file. */
static int
read_file(
    struct run *run, const char *path, const char *name, struct ot_error *error)
{
	struct ot_capture_options options = { .no_hash = run->options->no_hash,
		.filter = run->options->filter };
	struct ot_capture *capture;
	int e = ot_capture_open(&capture, path, &options, error);

	if (e)
		return e;
	run->name = ot_str_keep(&run->store->arena, ot_str(name));
	e = read_capture(
	    run, capture, ot_str_keep(&run->store->arena, ot_str(path)), error);
	ot_capture_close(capture);
	return e;
}

static int
read_live(struct run *run, const char *interface, struct ot_error *error)
{
	struct ot_capture_options options = { .no_hash = true,
		.filter = run->options->filter };
	struct ot_capture *capture;
	int e = ot_capture_open_live(&capture, interface, &options, error);

	if (e)
		return e;
	run->name = ot_str_keep(&run->store->arena, ot_str(interface));
	live_capture = capture;
	e = read_capture(run, capture,
	    ot_str_keep(&run->store->arena, ot_str(interface)), error);
	live_capture = NULL;
	ot_capture_close(capture);
	return e;
}

static void
left_out(void *user, const char *why, bool unreadable)
{
	struct run *run = user;

	*run->damaged |= unreadable;
	warn(run, why, "left out");
}

static int
read_operand(
    struct run *run, const struct ot_operand *operand, struct ot_error *error)
{
	struct ot_input_files files;

	if (operand->live)
		return read_live(run, operand->path, error);
	int e = ot_input_files(
	    &files, &run->store->arena, operand->path, left_out, run, error);

	for (uint32_t i = 0; !e && i < files.count; i++)
		e = read_file(run, files.at[i].path, files.at[i].name, error);
	ot_input_files_done(&files);
	return e;
}

/* Fresh engines for each operand: it is read by itself. */
static int
run_operand(
    struct run *run, const struct ot_operand *operand, struct ot_error *error)
{
	int e = 0;

	run->last = NULL;
	run->files = 0;
	for (unsigned i = 0; i < run->workers && !e; i++) {
		run->engines[i] = ot_engine_new(run->options, i);
		if (!run->engines[i])
			e = ot_error_set(error, OT_ERR_MEMORY, "out of memory");
	}
	if (!e)
		e = read_operand(run, operand, error);
	for (unsigned i = 0; i < run->workers && !e; i++)
		if (!ot_engine_take(run->engines[i], run->store) ||
		    (run->last && !ot_engine_totals(run->engines[i],
				      &run->store->arena, run->last)))
			e = ot_error_set(error, OT_ERR_MEMORY, "out of memory");
	for (unsigned i = 0; i < run->workers; i++) {
		ot_engine_free(run->engines[i]);
		run->engines[i] = NULL;
	}
	return e;
}

int
ot_engine_run(struct ot_store *store, const struct ot_engine_options *options,
    const struct ot_operand *operands, size_t count, bool *damaged,
    struct ot_error *error)
{
	struct run run = { .options = options,
		.store = store,
		.damaged = damaged,
		.workers = options->threads < WORKERS_MAX ? options->threads
							  : WORKERS_MAX };
	struct ot_error why = { 0 };
	size_t unread = 0;

	for (size_t i = 0; i < count; i++) {
		struct ot_error one = { 0 };
		int e = run_operand(&run, &operands[i], &one);

		if (!e)
			continue;
		if (e != -OT_ERR_IO && e != -OT_ERR_INPUT) {
			*error = one;
			return e;
		}
		/* an input that cannot be read does not hide the others */
		if (unread++ && options->warn)
			options->warn(options->user, why.text);
		why = one;
	}
	if (!ot_store_settle(store) || !ot_join(store))
		return ot_error_set(error, OT_ERR_MEMORY, "out of memory");
	if (unread)
		*error = why;
	return unread ? -(int)why.code : 0;
}
