/*
 * lib/capture/reader.c: what a file is, what is known of it, how it ends.
 */
#include "capture_file.h"

#include "base/time.h"

static void
small(struct bytes *b)
{
	pcap_header(b, 0xa1b2c3d4, 1, 0);
	for (uint8_t n = 1; n <= 3; n++)
		pcap_record(b, n, 40, n, 0);
}

static void
refused(const char *content, size_t len, const char *why)
{
	struct bytes b = { 0 };

	add(&b, content, len);
	struct result r = read_bytes(&b);

	ck_assert_int_eq(r.code, -OT_ERR_INPUT);
	ck_assert_int_eq(r.error.code, OT_ERR_INPUT);
	ck_assert_ptr_nonnull(strstr(r.error.text, path));
	ck_assert_ptr_nonnull(strstr(r.error.text, ": not a capture ("));
	ck_assert_ptr_nonnull(strstr(r.error.text, why));
	drop(&b);
}

START_TEST(empty_file_is_told_as_empty)
{
	refused("", 0, "it is empty");
}
END_TEST

START_TEST(other_files_are_refused_with_what_to_do)
{
	refused("ab", 2, "only 2 bytes");
	refused("hello, world", 12, "it begins with 68 65 6c 6c");
	refused("\xfd\x37\x7a\x58\x5a\0...", 9, "xz -dc");
	refused("\x04\x22\x4d\x18...", 7, "lz4 -dc");
	refused("\x0a\x0d\x0d\x0a\0\0\0\0\1\2\3\4", 12, "it begins with 0a");
}
END_TEST

START_TEST(missing_file_and_folder_cannot_be_read)
{
	struct result r = read_path(path, NULL);

	ck_assert_int_eq(r.code, -OT_ERR_IO);
	ck_assert_ptr_nonnull(strstr(r.error.text, "No such file"));
	r = read_path(folder, NULL);
	ck_assert_int_eq(r.code, -OT_ERR_IO);
	ck_assert_ptr_nonnull(strstr(r.error.text, "is a folder"));
}
END_TEST

START_TEST(info_counts_and_hashes)
{
	struct bytes b = { 0 };
	struct ot_sha256 sha;
	uint8_t want[OT_SHA256_LEN];

	small(&b);
	ot_sha256_init(&sha);
	ot_sha256_add(&sha, b.p, b.len);
	ot_sha256_end(&sha, want);
	struct result r = read_bytes(&b);

	ck_assert_uint_eq(r.info.frames, 3);
	ck_assert_uint_eq(r.info.bytes, 120);
	ck_assert_uint_eq(r.info.file_bytes, b.len);
	ck_assert(r.info.hashed);
	ck_assert_mem_eq(r.info.sha256, want, sizeof(want));
	ck_assert_ptr_null(r.info.compression);
	ck_assert_uint_eq(r.interfaces, 1);
	drop(&b);
}
END_TEST

START_TEST(no_hash_where_none_is_wanted)
{
	struct bytes b = { 0 };

	small(&b);
	write_file(&b);
	struct result r =
	    read_path(path, &(struct ot_capture_options){ .no_hash = true });

	ck_assert_uint_eq(r.frames, 3);
	ck_assert(!r.info.hashed);
	ck_assert_uint_eq(r.info.file_bytes, b.len);
	drop(&b);
}
END_TEST

START_TEST(end_stays_the_end)
{
	struct bytes b = { 0 };
	struct ot_frame f;

	small(&b);
	struct ot_capture *c = open_bytes(&b);

	while (ot_capture_next(c, &f, NULL) > 0)
		continue;
	ck_assert_int_eq(ot_capture_next(c, &f, NULL), 0);
	ck_assert(ot_capture_info(c)->hashed);
	ot_capture_close(c);
	drop(&b);
}
END_TEST

START_TEST(standard_input_is_read_like_a_file)
{
	struct bytes b = { 0 };
	int ends[2];

	small(&b);
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(write(ends[1], b.p, b.len), (ssize_t)b.len);
	close(ends[1]);
	ck_assert_int_eq(dup2(ends[0], 0), 0);
	close(ends[0]);
	struct result r = read_path("-", NULL);

	ck_assert_uint_eq(r.frames, 3);
	ck_assert(r.info.hashed);
	drop(&b);
}
END_TEST

START_TEST(closing_early_is_no_trouble)
{
	struct bytes b = { 0 };
	struct ot_frame f;

	pcap_header(&b, 0xa1b2c3d4, 1, 0);
	for (int n = 0; n < 100; n++)
		pcap_record(&b, 1, 100000, 1, 0);
	struct ot_capture *c = open_bytes(&b);

	for (int n = 0; n < 50; n++)
		ck_assert_int_eq(ot_capture_next(c, &f, NULL), 1);
	ot_capture_close(c);
	drop(&b);
}
END_TEST

START_TEST(stop_ends_without_damage)
{
	struct bytes b = { 0 };
	struct ot_frame f;

	pcap_header(&b, 0xa1b2c3d4, 1, 0);
	for (int n = 0; n < 100; n++)
		pcap_record(&b, 1, 100000, 1, 0);
	struct ot_capture *c = open_bytes(&b);

	ck_assert_int_eq(ot_capture_next(c, &f, NULL), 1);
	ot_capture_stop(c);
	while (ot_capture_next(c, &f, NULL) > 0)
		continue;
	ck_assert(!ot_capture_info(c)->damaged);
	ck_assert(!ot_capture_info(c)->hashed);
	ot_capture_close(c);
	drop(&b);
}
END_TEST

START_TEST(first_time_sorts_files)
{
	struct bytes b = { 0 };
	int64_t t = 5;

	ck_assert_int_lt(ot_capture_first_time(&t, path, NULL), 0);
	ck_assert_int_eq(t, 5);
	small(&b);
	write_file(&b);
	ck_assert_int_eq(ot_capture_first_time(&t, path, NULL), 0);
	ck_assert_int_eq(t, OT_SECOND_NS + 7000);
	b.len = 24;
	write_file(&b);
	ck_assert_int_eq(ot_capture_first_time(&t, path, NULL), 0);
	ck_assert_int_eq(t, OT_TIME_NONE);
	drop(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		empty_file_is_told_as_empty,
		other_files_are_refused_with_what_to_do,
		missing_file_and_folder_cannot_be_read,
		info_counts_and_hashes,
		no_hash_where_none_is_wanted,
		end_stays_the_end,
		standard_input_is_read_like_a_file,
		closing_early_is_no_trouble,
		stop_ends_without_damage,
		first_time_sorts_files,
	};

	return RUN("reader", tests, make_folder, remove_folder);
}
