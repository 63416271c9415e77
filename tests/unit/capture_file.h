/*
 * Capture files made by hand, in a folder that goes away with the test.
 */
#ifndef TESTS_UNIT_CAPTURE_FILE_H
#define TESTS_UNIT_CAPTURE_FILE_H

#include <unistd.h>

#include "bytes.h"
#include "capture/capture.h"
#include "suite.h"

static char folder[64];
static char path[128];

static inline void
make_folder(void)
{
	snprintf(folder, sizeof(folder), "/tmp/otzt-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/file", folder);
}

static inline void
remove_folder(void)
{
	(void)unlink(path);
	(void)rmdir(folder);
}

static inline void
write_file(const struct bytes *b)
{
	FILE *f = fopen(path, "wb");

	ck_assert_ptr_nonnull(f);
	if (b->len)
		ck_assert_uint_eq(fwrite(b->p, 1, b->len, f), b->len);
	ck_assert_int_eq(fclose(f), 0);
}

/* What a capture gave, all frames together. */
struct result {
	uint64_t frames, captured, wire;
	struct ot_frame last; /* its bytes are gone, apart from these: */
	uint8_t first_byte, last_byte;
	struct ot_capture_info info;
	uint32_t interfaces;
	struct ot_error error;
	int code; /* of open, else of the last next */
};

static inline void
take_all(struct ot_capture *c, struct result *r)
{
	struct ot_frame f;

	while ((r->code = ot_capture_next(c, &f, &r->error)) > 0) {
		r->frames++;
		r->captured += f.captured;
		r->wire += f.wire;
		r->last = f;
		r->first_byte = f.captured ? f.bytes[0] : 0;
		r->last_byte = f.captured ? f.bytes[f.captured - 1] : 0;
	}
	r->info = *ot_capture_info(c);
	r->interfaces = ot_capture_interfaces(c);
}

static inline struct result
read_path(const char *name, const struct ot_capture_options *options)
{
	struct result r = { 0 };
	struct ot_capture *c;

	r.code = ot_capture_open(&c, name, options, &r.error);
	if (r.code < 0)
		return r;
	take_all(c, &r);
	ot_capture_close(c);
	return r;
}

static inline struct result
read_bytes(const struct bytes *b)
{
	write_file(b);
	return read_path(path, NULL);
}

/* Open what was written, to look at more than a result. */
static inline struct ot_capture *
open_bytes(const struct bytes *b)
{
	struct ot_capture *c;

	write_file(b);
	ck_assert_int_eq(ot_capture_open(&c, path, NULL, NULL), 0);
	return c;
}

static inline void
pcap_header(struct bytes *b, uint32_t magic, uint32_t link_type, int big)
{
	add_number(b, magic, 4, big);
	add_number(b, 2, 2, big);
	add_number(b, 4, 2, big);
	add_number(b, 0, 8, big);
	add_number(b, 65535, 4, big);
	add_number(b, link_type, 4, big);
}

/* A record of len bytes, value each. */
static inline void
pcap_record(
    struct bytes *b, uint32_t seconds, uint32_t len, uint8_t value, int big)
{
	add_number(b, seconds, 4, big);
	add_number(b, 7, 4, big);
	add_number(b, len, 4, big);
	add_number(b, len, 4, big);
	fill(b, value, len);
}

#endif
