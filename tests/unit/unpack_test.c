/*
 * zstd and gzip both ways (base/unpack.h). Frames by hand are from RFC 8878
 * section 3.1 and RFC 1952.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/unpack.h"

enum { ROOM = 1 << 20 };

struct bytes {
	uint8_t p[ROOM];
	size_t len;
};

static struct bytes plain, packed, again;

/* Text that packs, of n bytes, in plain. */
static void
fill_plain(size_t n)
{
	uint32_t x = 1;

	for (size_t i = 0; i < n; i++) {
		x = x * 1103515245 + 12345;
		plain.p[i] = (uint8_t)("read write "[(x >> 24) % 11]);
	}
	plain.len = n;
}

/* Append plain as one frame to packed, by steps of in and out bytes. */
static void
pack(enum ot_packing packing, size_t in_step, size_t out_step)
{
	struct ot_pack *pack = NULL;
	size_t given;

	ck_assert_int_eq(ot_pack_open(&pack, packing, NULL), 0);
	for (size_t at = 0; at < plain.len;) {
		const uint8_t *in = plain.p + at;
		size_t n = plain.len - at < in_step ? plain.len - at : in_step;

		at += n;
		do {
			ck_assert_int_eq(
			    ot_pack_run(pack, &in, &n, packed.p + packed.len,
				out_step, &given, NULL),
			    0);
			packed.len += given;
		} while (given);
		ck_assert_uint_eq(n, 0);
	}
	do {
		ck_assert_int_eq(ot_pack_end(pack, packed.p + packed.len,
				     out_step, &given, NULL),
		    0);
		packed.len += given;
	} while (given);
	ot_pack_close(pack);
}

/* Unpack packed to again: 0 whole, 1 cut, negative damaged. */
static int
unpack(size_t in_step, size_t out_step)
{
	struct ot_unpack *unpack = NULL;
	struct ot_error error;
	int rc = 0;

	again.len = 0;
	ck_assert_int_eq(ot_unpack_open(&unpack,
			     ot_packing_of(packed.p, packed.len), &error),
	    0);
	for (size_t at = 0; at < packed.len && rc == 0;) {
		const uint8_t *in = packed.p + at;
		size_t given = 1;
		size_t n =
		    packed.len - at < in_step ? packed.len - at : in_step;

		at += n;
		while (given && rc == 0) {
			given = 0;
			rc = ot_unpack_run(unpack, &in, &n, again.p + again.len,
			    out_step, &given, &error);
			again.len += given;
		}
	}
	if (rc == 0 && !ot_unpack_ended(unpack))
		rc = 1;
	ot_unpack_close(unpack);
	return rc;
}

static void
append(const char *p, size_t n)
{
	memcpy(packed.p + packed.len, p, n);
	packed.len += n;
}

static void
check_both_ways(enum ot_packing packing)
{
	static const size_t steps[][2] = { { ROOM / 4, ROOM / 4 }, { 1, 100 },
		{ 1000, 1 }, { 65536, 65536 }, { 7, 13 } };

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		packed.len = 0;
		fill_plain(200000);
		pack(packing, steps[i][0], steps[i][1]);
		ck_assert_int_eq(unpack(steps[i][0], steps[i][1]), 0);
		ck_assert_uint_eq(again.len, plain.len);
		ck_assert_mem_eq(again.p, plain.p, plain.len);
	}
}

START_TEST(zstd_both_ways_in_steps_of_every_size)
{
	check_both_ways(OT_PACKING_ZSTD);
}
END_TEST

START_TEST(none_copies_both_ways)
{
	check_both_ways(OT_PACKING_NONE);
}
END_TEST

START_TEST(the_same_input_gives_the_same_bytes)
{
	static struct bytes first;

	fill_plain(100000);
	packed.len = 0;
	pack(OT_PACKING_ZSTD, ROOM, ROOM / 2);
	first = packed;
	packed.len = 0;
	pack(OT_PACKING_ZSTD, ROOM, 100);
	ck_assert_uint_eq(packed.len, first.len);
	ck_assert_mem_eq(packed.p, first.p, first.len);
}
END_TEST

START_TEST(nothing_packed_is_a_whole_frame)
{
	fill_plain(0);
	packed.len = 0;
	pack(OT_PACKING_ZSTD, 1, 100);
	ck_assert_uint_gt(packed.len, 0);
	ck_assert_int_eq(unpack(ROOM, ROOM / 2), 0);
	ck_assert_uint_eq(again.len, 0);
}
END_TEST

START_TEST(zstd_frames_and_skippable_frames_follow_each_other)
{
	fill_plain(1000);
	packed.len = 0;
	append("\x50\x2a\x4d\x18\x03\0\0\0abc", 11);
	pack(OT_PACKING_ZSTD, ROOM, 1000);
	append("\x5f\x2a\x4d\x18\0\0\0\0", 8);
	pack(OT_PACKING_ZSTD, ROOM, 1000);
	for (size_t step = 1; step < 3000; step = step * 3 + 1) {
		ck_assert_int_eq(unpack(step, 500), 0);
		ck_assert_uint_eq(again.len, 2000);
		ck_assert_mem_eq(again.p + 1000, plain.p, 1000);
	}
}
END_TEST

START_TEST(zstd_cut_anywhere_is_not_ended)
{
	fill_plain(3000);
	packed.len = 0;
	pack(OT_PACKING_ZSTD, ROOM, ROOM / 2);
	for (size_t len = packed.len - 1; len >= 4; len--) {
		packed.len = len;
		ck_assert_int_eq(unpack(ROOM, ROOM / 2), 1);
	}
}
END_TEST

START_TEST(zstd_damage_is_told_after_the_blocks_before_it)
{
	fill_plain(400000); /* blocks of 128 KiB */
	packed.len = 0;
	pack(OT_PACKING_ZSTD, ROOM, ROOM / 2);
	for (size_t i = 0; i < 8; i++)
		packed.p[packed.len - 20 - i] ^= 0xff;
	ck_assert_int_eq(unpack(ROOM, ROOM / 2), -OT_ERR_INPUT);
	ck_assert_uint_ge(again.len, 131072);
	ck_assert_mem_eq(again.p, plain.p, 131072);
}
END_TEST

START_TEST(zstd_text_behind_a_frame_is_damage)
{
	fill_plain(1000);
	packed.len = 0;
	pack(OT_PACKING_ZSTD, ROOM, 1000);
	append("garbage", 7);
	ck_assert_int_eq(unpack(ROOM, ROOM / 2), -OT_ERR_INPUT);
	ck_assert_uint_eq(again.len, 1000);
}
END_TEST

START_TEST(packings_are_known_by_sight)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum ot_packing packing;
	} files[] = {
		{ "\x28\xb5\x2f\xfd", 4, OT_PACKING_ZSTD },
		{ "\x57\x2a\x4d\x18", 4, OT_PACKING_ZSTD },
		{ "\x1f\x8b\x08", 3, OT_PACKING_GZIP },
		{ "\xfd"
		  "7zXZ\0",
		    6, OT_PACKING_XZ },
		{ "\x04\x22\x4d\x18", 4, OT_PACKING_LZ4 },
		{ "\x28\xb5\x2f", 3, OT_PACKING_NONE },
		{ "\xd4\xc3\xb2\xa1", 4, OT_PACKING_NONE },
		{ "{", 1, OT_PACKING_NONE },
		{ "", 0, OT_PACKING_NONE },
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		ck_assert_int_eq(ot_packing_of((const uint8_t *)files[i].bytes,
				     files[i].len),
		    files[i].packing);
	ck_assert_str_eq(ot_packing_names[OT_PACKING_ZSTD], "zstd");
	ck_assert_str_eq(ot_packing_names[OT_PACKING_LZ4], "lz4");
}
END_TEST

START_TEST(packings_of_outputs_are_known_by_name)
{
	ck_assert_int_eq(
	    ot_packing_of_name(ot_str("a.json.zst")), OT_PACKING_ZSTD);
	ck_assert_int_eq(ot_packing_of_name(ot_str("a.gz")), OT_PACKING_GZIP);
	ck_assert_int_eq(ot_packing_of_name(ot_str("a.json")), OT_PACKING_NONE);
	ck_assert_int_eq(ot_packing_of_name(ot_str("zst")), OT_PACKING_NONE);
	ck_assert_int_eq(ot_packing_of_name(ot_str("")), OT_PACKING_NONE);
}
END_TEST

START_TEST(what_is_not_read_says_what_to_do)
{
	struct ot_unpack *unpack = NULL;
	struct ot_error error;

	ck_assert_int_eq(
	    ot_unpack_open(&unpack, OT_PACKING_XZ, &error), -OT_ERR_INPUT);
	ck_assert_ptr_nonnull(strstr(error.text, "xz -d"));
	ck_assert_int_eq(
	    ot_unpack_open(&unpack, OT_PACKING_LZ4, &error), -OT_ERR_INPUT);
	ck_assert_ptr_null(unpack);
	ot_unpack_close(NULL);
	ot_pack_close(NULL);
}
END_TEST

/* gzip is an option of the build; without it there is nothing to test. */
static bool
gzip_is_there(void)
{
	struct ot_pack *pack = NULL;
	int rc = ot_pack_open(&pack, OT_PACKING_GZIP, NULL);

	ot_pack_close(pack);
	return rc == 0;
}

START_TEST(gzip_both_ways_in_steps_of_every_size)
{
	if (!gzip_is_there())
		return;
	check_both_ways(OT_PACKING_GZIP);
}
END_TEST

START_TEST(gzip_members_and_zeros_behind_the_last)
{
	if (!gzip_is_there())
		return;
	fill_plain(1000);
	packed.len = 0;
	pack(OT_PACKING_GZIP, ROOM, 1000);
	pack(OT_PACKING_GZIP, ROOM, 1000);
	append("\0\0\0\0\0\0\0\0", 8);
	for (size_t step = 1; step < 3000; step = step * 3 + 1) {
		ck_assert_int_eq(unpack(step, 500), 0);
		ck_assert_uint_eq(again.len, 2000);
		ck_assert_mem_eq(again.p + 1000, plain.p, 1000);
	}
}
END_TEST

START_TEST(gzip_cut_anywhere_is_not_ended)
{
	if (!gzip_is_there())
		return;
	fill_plain(3000);
	packed.len = 0;
	pack(OT_PACKING_GZIP, ROOM, ROOM / 2);
	for (size_t len = packed.len - 1; len >= 2; len--) {
		packed.len = len;
		ck_assert_int_eq(unpack(ROOM, ROOM / 2), 1);
	}
}
END_TEST

START_TEST(gzip_damage_is_told)
{
	if (!gzip_is_there())
		return;
	fill_plain(3000);
	packed.len = 0;
	pack(OT_PACKING_GZIP, ROOM, ROOM / 2);
	packed.p[packed.len - 6] ^= 1; /* the CRC */
	ck_assert_int_eq(unpack(ROOM, ROOM / 2), -OT_ERR_INPUT);
	ck_assert_uint_eq(again.len, 3000);
}
END_TEST

/* RFC 1952, 2.3.1: MTIME 0 is no time; no name, no comment. */
START_TEST(gzip_header_has_no_time_and_no_name)
{
	if (!gzip_is_there())
		return;
	fill_plain(10);
	packed.len = 0;
	pack(OT_PACKING_GZIP, ROOM, 1000);
	ck_assert_mem_eq(packed.p, "\x1f\x8b\x08\0\0\0\0\0", 8);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("unpack");
	TCase *tcase = tcase_create("unpack");

	tcase_add_test(tcase, zstd_both_ways_in_steps_of_every_size);
	tcase_add_test(tcase, none_copies_both_ways);
	tcase_add_test(tcase, the_same_input_gives_the_same_bytes);
	tcase_add_test(tcase, nothing_packed_is_a_whole_frame);
	tcase_add_test(
	    tcase, zstd_frames_and_skippable_frames_follow_each_other);
	tcase_add_test(tcase, zstd_cut_anywhere_is_not_ended);
	tcase_add_test(tcase, zstd_damage_is_told_after_the_blocks_before_it);
	tcase_add_test(tcase, zstd_text_behind_a_frame_is_damage);
	tcase_add_test(tcase, packings_are_known_by_sight);
	tcase_add_test(tcase, packings_of_outputs_are_known_by_name);
	tcase_add_test(tcase, what_is_not_read_says_what_to_do);
	tcase_add_test(tcase, gzip_both_ways_in_steps_of_every_size);
	tcase_add_test(tcase, gzip_members_and_zeros_behind_the_last);
	tcase_add_test(tcase, gzip_cut_anywhere_is_not_ended);
	tcase_add_test(tcase, gzip_damage_is_told);
	tcase_add_test(tcase, gzip_header_has_no_time_and_no_name);
	suite_add_tcase(suite, tcase);

	SRunner *runner = srunner_create(suite);

	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);

	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
