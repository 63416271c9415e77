/*
 * lib/capture/pcap.c: classic capture files of every kind.
 */
#include "capture_file.h"

static struct result
one_frame(uint32_t magic, int big)
{
	struct bytes b = { 0 };

	pcap_header(&b, magic, 1, big);
	pcap_record(&b, 1000, 60, 0xaa, big);
	struct result r = read_bytes(&b);

	drop(&b);
	ck_assert_int_eq(r.code, 0);
	ck_assert_uint_eq(r.frames, 1);
	ck_assert_uint_eq(r.captured, 60);
	ck_assert_uint_eq(r.last.link_type, 1);
	ck_assert_uint_eq(r.last.number, 1);
	ck_assert_uint_eq(r.first_byte, 0xaa);
	ck_assert(!r.info.damaged);
	ck_assert_int_eq(r.info.format, OT_PCAP);
	return r;
}

START_TEST(microseconds_in_both_byte_orders)
{
	for (int big = 0; big <= 1; big++) {
		struct result r = one_frame(0xa1b2c3d4, big);

		ck_assert_int_eq(r.last.time_ns, INT64_C(1000000007000));
	}
}
END_TEST

START_TEST(nanoseconds_in_both_byte_orders)
{
	for (int big = 0; big <= 1; big++) {
		struct result r = one_frame(0xa1b23c4d, big);

		ck_assert_int_eq(r.last.time_ns, INT64_C(1000000000007));
	}
}
END_TEST

START_TEST(patched_libpcap_has_longer_record_headers)
{
	struct bytes b = { 0 };

	pcap_header(&b, 0xa1b2cd34, 1, 0);
	for (uint8_t n = 1; n <= 2; n++) {
		add_number(&b, n, 4, 0);
		add_number(&b, 0, 4, 0);
		add_number(&b, 3, 4, 0);
		add_number(&b, 3, 4, 0);
		fill(&b, 0xee, 8); /* interface, protocol, kind */
		fill(&b, n, 3);
	}
	struct result r = read_bytes(&b);

	ck_assert_uint_eq(r.frames, 2);
	ck_assert_uint_eq(r.last_byte, 2);
	ck_assert_int_eq(r.last.time_ns, INT64_C(2000000000));
	drop(&b);
}
END_TEST

START_TEST(times_are_unsigned_until_2106)
{
	struct bytes b = { 0 };

	pcap_header(&b, 0xa1b2c3d4, 1, 0);
	pcap_record(&b, UINT32_MAX, 1, 1, 0);
	struct result r = read_bytes(&b);

	ck_assert_int_eq(
	    r.last.time_ns, INT64_C(4294967295) * 1000000000 + 7000);
	drop(&b);
}
END_TEST

START_TEST(link_type_without_the_bits_of_the_fcs)
{
	struct bytes b = { 0 };

	pcap_header(&b, 0xa1b2c3d4, 0x34000071, 0);
	pcap_record(&b, 1, 1, 1, 0);
	ck_assert_uint_eq(read_bytes(&b).last.link_type, 113);
	drop(&b);
}
END_TEST

START_TEST(frame_longer_than_its_wire_had_it_all)
{
	struct bytes b = { 0 };

	pcap_header(&b, 0xa1b2c3d4, 1, 0);
	add_number(&b, 0, 8, 0);
	add_number(&b, 10, 4, 0);
	add_number(&b, 4, 4, 0);
	fill(&b, 1, 10);
	struct result r = read_bytes(&b);

	ck_assert_uint_eq(r.captured, 10);
	ck_assert_uint_eq(r.wire, 10);
	drop(&b);
}
END_TEST

START_TEST(zero_length_records_are_frames)
{
	struct bytes b = { 0 };

	pcap_header(&b, 0xa1b2c3d4, 1, 0);
	for (int i = 0; i < 5; i++)
		pcap_record(&b, 1, 0, 0, 0);
	struct result r = read_bytes(&b);

	ck_assert_uint_eq(r.frames, 5);
	ck_assert_uint_eq(r.last.number, 5);
	ck_assert(!r.info.damaged);
	drop(&b);
}
END_TEST

START_TEST(cut_at_every_byte_keeps_what_was_whole)
{
	struct bytes b = { 0 };

	pcap_header(&b, 0xa1b2c3d4, 1, 0);
	pcap_record(&b, 1, 20, 1, 0);
	pcap_record(&b, 2, 30, 2, 0);
	size_t whole = b.len;

	for (b.len = 0; b.len <= whole; b.len++) {
		struct result r = read_bytes(&b);

		if (b.len < 24) {
			ck_assert_int_eq(r.code, -OT_ERR_INPUT);
			continue;
		}
		ck_assert_int_eq(r.code, 0);
		ck_assert_uint_eq(r.frames, b.len == whole ? 2
					    : b.len >= 60  ? 1
							   : 0);
		ck_assert_int_eq(r.info.damaged,
		    b.len != 24 && b.len != 60 && b.len != whole);
		ck_assert(r.info.hashed);
		ck_assert_uint_eq(r.info.file_bytes, b.len);
	}
	drop(&b);
}
END_TEST

START_TEST(absurd_length_ends_the_file_with_frame_and_offset)
{
	struct bytes b = { 0 };

	pcap_header(&b, 0xa1b2c3d4, 1, 0);
	pcap_record(&b, 1, 20, 1, 0);
	add_number(&b, 0, 8, 0);
	add_number(&b, 0x7fffffff, 4, 0);
	add_number(&b, 0x7fffffff, 4, 0);
	fill(&b, 1, 100);
	struct result r = read_bytes(&b);

	ck_assert_uint_eq(r.frames, 1);
	ck_assert(r.info.damaged);
	ck_assert_str_eq(r.info.trouble,
	    "frame 2 at offset 60: a captured length of 2147483647");
	ck_assert_uint_eq(r.info.file_bytes, b.len);
	drop(&b);
}
END_TEST

START_TEST(snap_length_raises_what_a_frame_may_be)
{
	struct bytes b = { 0 };

	pcap_header(&b, 0xa1b2c3d4, 1, 0);
	b.p[18] = 0x10; /* snap length 1114111 */
	pcap_record(&b, 1, 300000, 9, 0);
	ck_assert_uint_eq(read_bytes(&b).captured, 300000);
	b.p[18] = 0;
	ck_assert(read_bytes(&b).info.damaged);
	drop(&b);
}
END_TEST

START_TEST(version_2_3_may_have_its_lengths_turned)
{
	struct bytes b = { 0 };

	pcap_header(&b, 0xa1b2c3d4, 1, 0);
	b.p[6] = 3;
	add_number(&b, 0, 8, 0);
	add_number(&b, 9, 4, 0);
	add_number(&b, 4, 4, 0);
	fill(&b, 1, 4);
	struct result r = read_bytes(&b);

	ck_assert_uint_eq(r.captured, 4);
	ck_assert_uint_eq(r.wire, 9);
	drop(&b);
}
END_TEST

/* Version 2.2, a link type of RFC 1573, nanoseconds, lengths turned. */
static struct result
aix(uint32_t magic, uint8_t minor, uint32_t if_type)
{
	struct bytes b = { 0 };

	pcap_header(&b, magic, if_type, 0);
	b.p[6] = minor;
	add_number(&b, 1, 4, 0);
	add_number(&b, 123456789, 4, 0);
	add_number(&b, 9, 4, 0);
	add_number(&b, 4, 4, 0);
	fill(&b, 1, 4);
	struct result r = read_bytes(&b);

	drop(&b);
	return r;
}

START_TEST(aix_is_told_by_its_version_and_link_type)
{
	static const struct {
		uint32_t if_type, link_type;
	} types[] = { { 6, 1 }, { 9, 6 }, { 15, 10 }, { 24, 0 } };

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		struct result r = aix(0xa1b2c3d4, 2, types[i].if_type);

		ck_assert_uint_eq(r.last.link_type, types[i].link_type);
		ck_assert_int_eq(r.last.time_ns, INT64_C(1123456789));
		ck_assert_uint_eq(r.captured, 4);
		ck_assert_uint_eq(r.wire, 9);
	}
}
END_TEST

START_TEST(what_only_looks_like_aix_is_read_as_it_says)
{
	struct result r = aix(0xa1b2c3d4, 2, 1);

	ck_assert_uint_eq(r.last.link_type, 1);
	ck_assert_int_eq(r.last.time_ns, INT64_C(124456789000));
	ck_assert_uint_eq(aix(0xa1b2c3d4, 3, 6).last.link_type, 6);
	ck_assert_uint_eq(aix(0xa1b23c4d, 2, 6).last.link_type, 6);
}
END_TEST

START_TEST(unknown_version_is_no_capture)
{
	struct bytes b = { 0 };

	pcap_header(&b, 0xa1b2c3d4, 1, 0);
	b.p[4] = 1;
	struct result r = read_bytes(&b);

	ck_assert_int_eq(r.code, -OT_ERR_INPUT);
	ck_assert_ptr_nonnull(strstr(r.error.text, "pcap version 1.4"));
	drop(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		microseconds_in_both_byte_orders,
		nanoseconds_in_both_byte_orders,
		patched_libpcap_has_longer_record_headers,
		times_are_unsigned_until_2106,
		link_type_without_the_bits_of_the_fcs,
		frame_longer_than_its_wire_had_it_all,
		zero_length_records_are_frames,
		cut_at_every_byte_keeps_what_was_whole,
		absurd_length_ends_the_file_with_frame_and_offset,
		snap_length_raises_what_a_frame_may_be,
		version_2_3_may_have_its_lengths_turned,
		aix_is_told_by_its_version_and_link_type,
		what_only_looks_like_aix_is_read_as_it_says,
		unknown_version_is_no_capture,
	};

	return RUN("pcap", tests, make_folder, remove_folder);
}
