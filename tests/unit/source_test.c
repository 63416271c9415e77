/*
 * lib/capture/source.c and digest.c: records across the borders of blocks,
 * packed files.
 */
#include "capture/source.h"

#include "base/unpack.h"
#include "capture_file.h"

/* Byte n of a pattern that no block length repeats. */
static uint8_t
pattern(uint64_t n)
{
	return (uint8_t)(n * 31 + (n >> 8) * 7 + (n >> 16));
}

static void
make_pattern(struct bytes *b, size_t len)
{
	uint8_t *p = malloc(len);

	ck_assert_ptr_nonnull(p);
	for (size_t n = 0; n < len; n++)
		p[n] = pattern(n);
	add(b, p, len);
	free(p);
}

static void
walk(size_t len, size_t step, bool no_hash)
{
	struct bytes b = { 0 };
	struct ot_source *s;
	uint64_t at = 0, bytes;
	uint8_t got[OT_SHA256_LEN], want[OT_SHA256_LEN];
	struct ot_sha256 sha;

	make_pattern(&b, len);
	write_file(&b);
	ot_sha256_init(&sha);
	ot_sha256_add(&sha, b.p, b.len);
	ot_sha256_end(&sha, want);
	ck_assert_int_eq(ot_source_open(&s, path, no_hash, NULL), 0);
	while (ot_source_has(s, step) && ot_source_offset(s) == at &&
	       memcmp(s->p, b.p + at, step) == 0) {
		s->p += step;
		at += step;
	}
	ck_assert_uint_lt(ot_source_left(s), step);
	ck_assert_uint_eq(ot_source_left(s), len - at);
	ck_assert_int_eq(s->state, OT_SOURCE_END);
	ck_assert_int_eq(ot_source_finish(s, &bytes, got), !no_hash);
	if (!no_hash)
		ck_assert_mem_eq(got, want, sizeof(want));
	ck_assert_uint_eq(bytes, len);
	ot_source_close(s);
	drop(&b);
}

START_TEST(steps_of_every_kind_across_blocks)
{
	static const size_t steps[] = { 61, 1500, 65535, 65536, 65537, 100000,
		1 << 20, (1 << 20) + 1, 3000001 };

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		walk((5 << 20) + 123, steps[i], false);
		walk((5 << 20) + 123, steps[i], true);
	}
}
END_TEST

START_TEST(lengths_at_the_border_of_a_block)
{
	for (size_t len = (1 << 20) - 1; len <= (1 << 20) + 1; len++)
		walk(len, 1000, false);
	for (size_t len = (5 << 20) - 1; len <= (5 << 20) + 1; len++)
		walk(len, 1000, false);
	walk(1, 1, false);
}
END_TEST

START_TEST(long_and_short_records_mixed)
{
	struct bytes b = { 0 };
	struct ot_source *s;
	uint64_t at = 0;
	size_t n = 0;

	make_pattern(&b, 9 << 20);
	write_file(&b);
	ck_assert_int_eq(ot_source_open(&s, path, false, NULL), 0);
	for (;; n++) {
		size_t step = n % 50 == 49 ? 300000 : 1 + n * 37 % 2000;

		if (!ot_source_has(s, step))
			break;
		ck_assert_mem_eq(s->p, b.p + at, step);
		s->p += step;
		at += step;
	}
	ck_assert_uint_gt(at, 8 << 20);
	ot_source_close(s);
	drop(&b);
}
END_TEST

START_TEST(skip_passes_over_blocks)
{
	struct bytes b = { 0 };
	struct ot_source *s;

	make_pattern(&b, 4 << 20);
	write_file(&b);
	ck_assert_int_eq(ot_source_open(&s, path, false, NULL), 0);
	ck_assert(ot_source_skip(s, (3 << 20) + 5));
	ck_assert(ot_source_has(s, 1));
	ck_assert_uint_eq(*s->p, pattern((3 << 20) + 5));
	ck_assert(!ot_source_skip(s, 2 << 20));
	ot_source_close(s);
	drop(&b);
}
END_TEST

/* Packed, and cut at every so many bytes where that is asked for. */
static void
pack(struct bytes *out, const struct bytes *b, enum ot_packing packing)
{
	struct ot_pack *pack;
	const uint8_t *in = b->p;
	size_t left = b->len, given;
	uint8_t buffer[4096];

	ck_assert_int_eq(ot_pack_open(&pack, packing, NULL), 0);
	do {
		ck_assert_int_eq(ot_pack_run(pack, &in, &left, buffer,
				     sizeof(buffer), &given, NULL),
		    0);
		add(out, buffer, given);
	} while (given);
	do {
		ck_assert_int_eq(
		    ot_pack_end(pack, buffer, sizeof(buffer), &given, NULL), 0);
		add(out, buffer, given);
	} while (given);
	ot_pack_close(pack);
}

START_TEST(packed_files_give_their_content_and_the_hash_of_themselves)
{
	struct bytes b = { 0 }, packed = { 0 };
	struct ot_sha256 sha;
	uint8_t want[OT_SHA256_LEN];

	pcap_header(&b, 0xa1b2c3d4, 1, 0);
	for (uint32_t n = 0; n < 40000; n++)
		pcap_record(&b, n, 20 + n % 200, (uint8_t)n, 0);
	pack(&packed, &b, OT_PACKING_ZSTD);
	ot_sha256_init(&sha);
	ot_sha256_add(&sha, packed.p, packed.len);
	ot_sha256_end(&sha, want);
	struct result r = read_bytes(&packed);

	ck_assert_uint_eq(r.frames, 40000);
	ck_assert_uint_eq(r.last.number, 40000);
	ck_assert_str_eq(r.info.compression, "zstd");
	ck_assert_uint_eq(r.info.file_bytes, packed.len);
	ck_assert(r.info.hashed);
	ck_assert_mem_eq(r.info.sha256, want, sizeof(want));
	drop(&b);
	drop(&packed);
}
END_TEST

START_TEST(packed_file_that_is_cut_keeps_what_came)
{
	struct bytes b = { 0 }, packed = { 0 };

	pcap_header(&b, 0xa1b2c3d4, 1, 0);
	for (uint32_t n = 0; n < 2000; n++) /* several blocks */
		for (uint8_t i = 0; i < 30; i++)
			pcap_record(&b, n * n * n * 7919, 3, i, 0);
	pack(&packed, &b, OT_PACKING_ZSTD);
	packed.len -= 5;
	struct result r = read_bytes(&packed);

	ck_assert_int_eq(r.code, 0);
	ck_assert_uint_gt(r.frames, 0);
	ck_assert(r.info.damaged);
	ck_assert(r.info.hashed);
	drop(&b);
	drop(&packed);
}
END_TEST

START_TEST(packed_nothing_is_no_capture)
{
	struct bytes b = { 0 }, packed = { 0 };

	pack(&packed, &b, OT_PACKING_ZSTD);
	struct result r = read_bytes(&packed);

	ck_assert_int_eq(r.code, -OT_ERR_INPUT);
	drop(&packed);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		steps_of_every_kind_across_blocks,
		lengths_at_the_border_of_a_block,
		long_and_short_records_mixed,
		skip_passes_over_blocks,
		packed_files_give_their_content_and_the_hash_of_themselves,
		packed_file_that_is_cut_keeps_what_came,
		packed_nothing_is_no_capture,
	};

	return RUN("source", tests, make_folder, remove_folder);
}
