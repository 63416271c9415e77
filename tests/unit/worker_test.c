/*
 * lib/engine/worker.c: files and folders into records, by one thread or more.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"
#include "engine/engine.h"
#include "model/stream.h"
#include "suite.h"

static struct ot_store store;
static struct ot_arena arena;
static struct ot_error error;
static bool damaged;
static char folder[64];
static char warned[1024];
static char names[8][128];
static unsigned name_count;

static void
before(void)
{
	snprintf(folder, sizeof(folder), "/tmp/otzt-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	name_count = 0;
	warned[0] = 0;
	damaged = false;
	error = (struct ot_error){ 0 };
}

static void
after(void)
{
	for (unsigned i = 0; i < name_count; i++)
		(void)unlink(names[i]);
	(void)rmdir(folder);
	ot_store_done(&store);
	ot_arena_done(&arena);
}

static void
warn(void *user, const char *message)
{
	(void)user;
	snprintf(warned + strlen(warned), sizeof(warned) - strlen(warned),
	    "%s\n", message);
}

/* ---- captures ---- */

static void
le32(struct bytes *b, uint32_t n)
{
	add_number(b, n, 4, 0);
}

static void
header(struct bytes *b)
{
	hex(b, "d4 c3 b2 a1 02 00 04 00 00 00 00 00 00 00 00 00");
	le32(b, 65535);
	le32(b, 1);
}

/* A datagram from 10.0.0.host to 10.0.0.99 port 4711. */
static void
frame(struct bytes *b, uint32_t seconds, uint8_t host, const char *text)
{
	uint16_t len = (uint16_t)strlen(text);

	le32(b, seconds);
	le32(b, 0);
	le32(b, 42U + len);
	le32(b, 42U + len);
	hex(b, "02 00 00 00 00 99 02 00 00 00 00 01 08 00 45 00");
	u16(b, (uint16_t)(28 + len));
	hex(b, "00 00 00 00 40 11 00 00 0a 00 00");
	u8(b, host);
	hex(b, "0a 00 00 63 9c 40 12 67");
	u16(b, (uint16_t)(8 + len));
	hex(b, "00 00");
	add(b, text, len);
}

static const char *
path_of(const char *name)
{
	snprintf(names[name_count], sizeof(names[0]), "%s/%s", folder, name);
	return names[name_count++];
}

static const char *
write_bytes(const char *name, const struct bytes *b)
{
	const char *path = path_of(name);
	FILE *f = fopen(path, "wb");

	ck_assert_ptr_nonnull(f);
	if (b->len)
		ck_assert_uint_eq(fwrite(b->p, 1, b->len, f), b->len);
	ck_assert_int_eq(fclose(f), 0);
	return path;
}

/* count frames of some hosts from that second on. */
static const char *
write_capture(const char *name, uint32_t seconds, unsigned count)
{
	struct bytes b = { 0 };

	header(&b);
	for (unsigned i = 0; i < count; i++)
		frame(&b, seconds + i, (uint8_t)(1 + i % 5), "what is this");
	const char *path = write_bytes(name, &b);

	drop(&b);
	return path;
}

/* ---- runs ---- */

static int
run(const struct ot_engine_options *with, const char *const *paths,
    size_t count)
{
	struct ot_engine_options options = *with;
	struct ot_operand operands[8] = { { 0 } };

	options.warn = warn;
	if (!options.threads)
		options.threads = 1;
	for (size_t i = 0; i < count; i++)
		operands[i].path = paths[i];
	return ot_engine_run(
	    &store, &options, operands, count, &damaged, &error);
}

static int
into_sb(void *user, struct ot_str bytes, struct ot_error *e)
{
	(void)e;
	ot_sb_add(user, bytes.p, bytes.len);
	return 0;
}

/* What a run wrote; the store is empty again. */
static const char *
text(void)
{
	struct ot_stream stream = { .complete = true };
	struct ot_sb sb = { 0 };

	stream.store = store;
	ck_assert_int_eq(ot_stream_write(&stream, into_sb, &sb, &error), 0);
	struct ot_str kept = ot_str_keep(&arena, ot_sb_str(&sb));

	ot_sb_done(&sb);
	ot_store_done(&store);
	return kept.p;
}

static const struct ot_capture_sum *
capture_at(uint32_t i)
{
	ck_assert_uint_lt(i, store.list[OT_STORE_CAPTURE].count);
	return store.list[OT_STORE_CAPTURE].at[i];
}

static const struct ot_engine_options plain;

START_TEST(a_file_is_accounted_for)
{
	const char *path = write_capture("a.pcap", 1000, 20);

	ck_assert_int_eq(run(&plain, &path, 1), 0);
	const struct ot_capture_sum *c = capture_at(0);

	ck_assert(ot_str_eq(c->file, ot_str(path)));
	ck_assert_uint_eq(c->frames, 20);
	ck_assert_uint_eq(c->account.udp, 20);
	ck_assert_uint_eq(c->flow_frames, 20);
	ck_assert_uint_eq(c->bytes, 20 * 54);
	ck_assert_uint_eq(c->sha256.len, 64);
	ck_assert(ot_str_eq(c->format, ot_str("pcap")));
	ck_assert_int_eq(c->first, 1000 * OT_SECOND_NS);
	ck_assert_int_eq(c->last, 1019 * OT_SECOND_NS);
	ck_assert_uint_eq(store.list[OT_STORE_FLOW].count, 5);
	ck_assert(!damaged);
	ck_assert_str_eq(warned, "");
}
END_TEST

START_TEST(two_runs_two_threads_and_two_orders_write_the_same_bytes)
{
	const char *a = write_capture("a.pcap", 1000, 300);
	const char *b = write_capture("b.pcap", 900, 50);
	const char *const ab[] = { a, b }, *const ba[] = { b, a };
	const struct ot_engine_options two = { .threads = 2 },
				       seven = { .threads = 7 };

	ck_assert_int_eq(run(&plain, ab, 2), 0);
	const char *first = text();

	ck_assert_int_eq(run(&plain, ab, 2), 0);
	ck_assert_str_eq(text(), first);
	ck_assert_int_eq(run(&plain, ba, 2), 0);
	ck_assert_str_eq(text(), first);
	ck_assert_int_eq(run(&two, ab, 2), 0);
	ck_assert_str_eq(text(), first);
	ck_assert_int_eq(run(&seven, ba, 2), 0);
	ck_assert_str_eq(text(), first);
}
END_TEST

START_TEST(files_of_a_folder_continue_each_other_by_their_times)
{
	struct bytes b = { 0 };
	const char *path = folder;

	/* three datagrams of one host in three files: by time, not by name */
	header(&b);
	frame(&b, 3000, 1, "third");
	write_bytes("a.pcap", &b);
	b.len = 0;
	header(&b);
	frame(&b, 1000, 1, "first");
	write_bytes("b.pcap", &b);
	b.len = 0;
	header(&b);
	frame(&b, 2000, 1, "second");
	frame(&b, 2001, 1, "and more");
	write_bytes("c.pcap", &b);
	drop(&b);
	ck_assert_int_eq(run(&plain, &path, 1), 0);
	ck_assert_uint_eq(store.list[OT_STORE_CAPTURE].count, 3);
	ck_assert_uint_eq(store.list[OT_STORE_FLOW].count, 1);
	const struct ot_flow_sum *f = store.list[OT_STORE_FLOW].at[0];

	ck_assert_uint_eq(f->client.packets, 4);
	ck_assert_int_eq(f->evidence.at[0].time_ns, 1000 * OT_SECOND_NS);
	/* named by its path below the operand */
	ck_assert(ot_str_eq(f->evidence.at[0].file, ot_str("b.pcap")));
	ck_assert_str_eq(warned, "");
}
END_TEST

START_TEST(what_is_no_capture_in_a_folder_is_named_and_left_out)
{
	struct bytes b = { 0 };
	const char *path = folder;

	hex(&b, "de ad be ef 00 01 02 03");
	write_capture("a.pcap", 1000, 5);
	write_bytes("notes.txt", &b);
	drop(&b);
	ck_assert_int_eq(run(&plain, &path, 1), 0);
	ck_assert_uint_eq(store.list[OT_STORE_CAPTURE].count, 1);
	ck_assert(!damaged);
	ck_assert_ptr_nonnull(strstr(warned, "notes.txt"));
}
END_TEST

START_TEST(an_empty_folder_is_an_error)
{
	const char *path = folder;

	ck_assert_int_eq(run(&plain, &path, 1), -OT_ERR_INPUT);
	ck_assert_ptr_nonnull(strstr(error.text, folder));
}
END_TEST

START_TEST(a_damaged_tail_keeps_what_is_before_it)
{
	struct bytes b = { 0 };

	header(&b);
	frame(&b, 1000, 1, "whole");
	frame(&b, 1001, 1, "whole");
	frame(&b, 1002, 1, "cut");
	b.len -= 10;
	const char *path = write_bytes("a.pcap", &b);

	drop(&b);
	for (unsigned threads = 1; threads < 3; threads++) {
		struct ot_engine_options options = { .threads = threads };

		damaged = false;
		ck_assert_int_eq(run(&options, &path, 1), 0);
		ck_assert(damaged);
		ck_assert_uint_eq(capture_at(0)->frames, 2);
		ck_assert_uint_gt(capture_at(0)->damaged.len, 0);
		ck_assert_ptr_nonnull(strstr(warned, path));
		ot_store_done(&store);
	}
}
END_TEST

START_TEST(a_file_that_is_missing_or_no_capture_does_not_hide_the_others)
{
	struct bytes b = { 0 };
	const char *paths[3];

	hex(&b, "de ad be ef 00 01 02 03");
	paths[0] = write_bytes("x", &b);
	drop(&b);
	paths[1] = path_of("missing");
	paths[2] = write_capture("a.pcap", 1000, 5);
	ck_assert_int_lt(run(&plain, paths, 3), 0);
	ck_assert_ptr_nonnull(strstr(warned, paths[0]));
	ck_assert_ptr_nonnull(strstr(error.text, paths[1]));
	ck_assert_uint_eq(store.list[OT_STORE_CAPTURE].count, 1);
	ck_assert_uint_eq(capture_at(0)->frames, 5);
}
END_TEST

START_TEST(two_inputs_of_one_name_are_refused_unless_their_sensors_differ)
{
	const char *a = write_capture("a.pcap", 1000, 5);
	const char *const twice[] = { a, a };

	ck_assert_int_eq(run(&plain, twice, 2), -OT_ERR_USAGE);
	ck_assert_ptr_nonnull(strstr(error.text, a));
}
END_TEST

START_TEST(a_capture_without_frames_is_a_record)
{
	struct bytes b = { 0 };

	header(&b);
	const char *path = write_bytes("a.pcap", &b);

	drop(&b);
	ck_assert_int_eq(run(&plain, &path, 1), 0);
	ck_assert_uint_eq(capture_at(0)->frames, 0);
	ck_assert(capture_at(0)->first == OT_TIME_NONE);
	ck_assert(!damaged);
}
END_TEST

START_TEST(sensors_by_file_and_folder_and_site_by_folder)
{
	const char *path = write_capture("lagos.pcap.gz.old", 1000, 5);
	struct ot_engine_options options = { .sensor_from = OT_SENSOR_FILE,
		.site_from_folder = true };

	ck_assert_int_eq(run(&options, &path, 1), 0);
	ck_assert(ot_str_eq(capture_at(0)->sensor, ot_str("lagos")));
	ck_assert(
	    ot_str_eq(capture_at(0)->site, ot_str(strrchr(folder, '/') + 1)));
	ot_store_done(&store);
	options = (struct ot_engine_options){ .sensor_from = OT_SENSOR_FOLDER };
	ck_assert_int_eq(run(&options, &path, 1), 0);
	ck_assert(
	    ot_str_eq(capture_at(0)->sensor, ot_str(strrchr(folder, '/') + 1)));
	ot_store_done(&store);
	options =
	    (struct ot_engine_options){ .sensor_from = OT_SENSOR_INTERFACE };
	ck_assert_int_eq(run(&options, &path, 1), 0);
	ck_assert(ot_str_eq(capture_at(0)->sensor, ot_str("interface 0")));
}
END_TEST

/* ---- several interfaces in one pcapng ---- */

static void
block(struct bytes *b, uint32_t type, const struct bytes *body)
{
	uint32_t len = (uint32_t)(12 + body->len);

	le32(b, type);
	le32(b, len);
	add_all(b, body);
	le32(b, len);
}

static void
section(struct bytes *b)
{
	struct bytes body = { 0 };

	hex(&body, "4d 3c 2b 1a 01 00 00 00 ff ff ff ff ff ff ff ff");
	block(b, 0x0a0d0d0a, &body);
	drop(&body);
}

/* name: of four characters, or NULL */
static void
interface(struct bytes *b, uint16_t link_type, const char *name)
{
	struct bytes body = { 0 };

	add_number(&body, link_type, 2, 0);
	hex(&body, "00 00 00 00 00 00");
	if (name) {
		hex(&body, "02 00 04 00");
		add(&body, name, 4);
		hex(&body, "00 00 00 00");
	}
	block(b, 1, &body);
	drop(&body);
}

/* A datagram from 10.0.0.host, behind a header of the link. */
static void
enhanced(struct bytes *b, uint32_t id, const char *header, uint8_t host)
{
	struct bytes body = { 0 }, packet = { 0 };

	hex(&packet, header);
	hex(&packet, "45 00 00 20 00 00 00 00 40 11 00 00 0a 00 00");
	u8(&packet, host);
	hex(&packet, "0a 00 00 63 9c 40 12 67 00 0c 00 00 61 62 63 64");
	le32(&body, id);
	hex(&body, "00 00 00 00 00 00 00 00");
	le32(&body, (uint32_t)packet.len);
	le32(&body, (uint32_t)packet.len);
	add_all(&body, &packet);
	fill(&body, 0, (4 - packet.len % 4) % 4);
	block(b, 6, &body);
	drop(&packet);
	drop(&body);
}

#define ETHERNET "02 00 00 00 00 99 02 00 00 00 00 01 08 00"

static const char *
two_interfaces(const char *name)
{
	struct bytes b = { 0 };

	section(&b);
	interface(&b, 1, "eth1");
	interface(&b, 101, NULL);
	enhanced(&b, 1, "", 1); /* raw IP */
	enhanced(&b, 0, ETHERNET, 2);
	enhanced(&b, 1, "", 1);
	enhanced(&b, 0, ETHERNET, 2);
	const char *path = write_bytes(name, &b);

	drop(&b);
	return path;
}

/* The sensor that saw what this source tried. */
static void
source_is(const char *source, const char *sensor)
{
	const struct ot_list *events = &store.list[OT_STORE_EVENT];
	char text[OT_ADDR_TEXT];
	unsigned count = 0;

	for (uint32_t i = 0; i < events->count; i++) {
		const struct ot_event_sum *e = events->at[i];

		(void)ot_addr_print(text, &e->source);
		if (strcmp(text, source) != 0)
			continue;
		ck_assert(ot_str_eq(e->sensor, ot_str(sensor)));
		ck_assert_uint_eq(e->count, 2);
		count++;
	}
	ck_assert_uint_eq(count, 1);
}

static void
interface_is(uint32_t i, const char *sensor, const char *link_type)
{
	const struct ot_capture_interface *at = capture_at(0)->interfaces.at[i];

	ck_assert(ot_str_eq(at->sensor, ot_str(sensor)));
	ck_assert(ot_str_eq(at->link_type, ot_str(link_type)));
}

START_TEST(each_interface_is_its_own_sensor_whatever_its_link)
{
	const char *path = two_interfaces("a.pcapng");

	for (unsigned threads = 1; threads <= 2; threads++) {
		struct ot_engine_options options = {
			.sensor_from = OT_SENSOR_INTERFACE, .threads = threads
		};

		ck_assert_int_eq(run(&options, &path, 1), 0);
		ck_assert_uint_eq(capture_at(0)->frames, 4);
		ck_assert_uint_eq(capture_at(0)->account.udp, 4);
		ck_assert_ptr_null(capture_at(0)->sensor.p);
		interface_is(0, "eth1", "ethernet");
		interface_is(1, "interface 1", "raw");
		source_is("10.0.0.1", "interface 1");
		source_is("10.0.0.2", "eth1");
		ot_store_done(&store);
	}
}
END_TEST

START_TEST(one_interface_gives_its_sensor_to_the_capture)
{
	struct ot_engine_options options = { .sensor_from =
						 OT_SENSOR_INTERFACE };
	struct bytes b = { 0 };

	section(&b);
	interface(&b, 1, "eth1");
	enhanced(&b, 0, ETHERNET, 2);
	section(&b); /* the same again, as two files in a row have it */
	interface(&b, 1, "eth1");
	enhanced(&b, 0, ETHERNET, 2);
	const char *path = write_bytes("a.pcapng", &b);

	drop(&b);
	ck_assert_int_eq(run(&options, &path, 1), 0);
	ck_assert(ot_str_eq(capture_at(0)->sensor, ot_str("eth1")));
	source_is("10.0.0.2", "eth1");
}
END_TEST

START_TEST(one_name_twice_is_refused_where_an_interface_is_the_same)
{
	struct ot_engine_options options = { .sensor_from =
						 OT_SENSOR_INTERFACE };
	const char *a = two_interfaces("a.pcapng");
	const char *const twice[] = { a, a };

	ck_assert_int_eq(run(&options, twice, 2), -OT_ERR_USAGE);
	ck_assert_ptr_nonnull(strstr(error.text, a));
}
END_TEST

START_TEST(without_hashes_there_is_none)
{
	const char *path = write_capture("a.pcap", 1000, 5);

	ck_assert_int_eq(
	    run(&(struct ot_engine_options){ .no_hash = true }, &path, 1), 0);
	ck_assert_ptr_null(capture_at(0)->sha256.p);
}
END_TEST

START_TEST(a_run_may_stop_behind_some_frames)
{
	const char *path = write_capture("a.pcap", 1000, 50);

	for (unsigned threads = 1; threads < 3; threads++) {
		struct ot_engine_options options = { .threads = threads,
			.frames_max = 7 };

		ck_assert_int_eq(run(&options, &path, 1), 0);
		ck_assert_uint_eq(capture_at(0)->frames, 7);
		ot_store_done(&store);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_file_is_accounted_for,
		two_runs_two_threads_and_two_orders_write_the_same_bytes,
		files_of_a_folder_continue_each_other_by_their_times,
		what_is_no_capture_in_a_folder_is_named_and_left_out,
		an_empty_folder_is_an_error,
		a_damaged_tail_keeps_what_is_before_it,
		a_file_that_is_missing_or_no_capture_does_not_hide_the_others,
		two_inputs_of_one_name_are_refused_unless_their_sensors_differ,
		a_capture_without_frames_is_a_record,
		sensors_by_file_and_folder_and_site_by_folder,
		each_interface_is_its_own_sensor_whatever_its_link,
		one_interface_gives_its_sensor_to_the_capture,
		one_name_twice_is_refused_where_an_interface_is_the_same,
		without_hashes_there_is_none,
		a_run_may_stop_behind_some_frames,
	};

	return RUN("worker", tests, before, after);
}
