/*
 * lib/capture/writer.c: what is written is read again, to the last bit.
 */
#include "capture/writer.h"

#include "capture_file.h"

static struct ot_error error;

static void
write_two(const struct ot_str *comments, size_t count)
{
	static const uint8_t bytes[] = { 1, 2, 3, 4, 5 };
	struct ot_writer w;
	struct ot_out *out;
	struct ot_writer_interface itf = { .link_type = 1,
		.snap_len = 96,
		.name = ot_str("eth0"),
		.description = ot_str("uplink") };
	struct ot_frame f = { .bytes = bytes,
		.captured = 5,
		.wire = 60,
		.interface = 0,
		.time_ns = 1772432100123456789 };

	ck_assert_int_eq(ot_out_open(&out, path, &error), 0);
	ck_assert_int_eq(
	    ot_writer_begin(&w, out, ot_str("otcap 1"), &error), 0);
	ck_assert_int_eq(ot_writer_interface(&w, &itf, &error), 0);
	ck_assert_int_eq(ot_writer_frame(&w, &f, comments, count, &error), 0);
	itf = (struct ot_writer_interface){ .link_type = 113, .offset_s = -2 };
	ck_assert_int_eq(ot_writer_interface(&w, &itf, &error), 0);
	f.interface = 1;
	f.flags = 2;
	f.time_ns = 500000000;
	ck_assert_int_eq(ot_writer_frame(&w, &f, NULL, 0, &error), 0);
	ck_assert_int_eq(ot_out_commit(out, &error), 0);
	ot_out_close(out);
	ot_writer_done(&w);
}

START_TEST(frames_come_back)
{
	struct ot_capture *c;
	struct ot_frame f;

	write_two(NULL, 0);
	ck_assert_int_eq(ot_capture_open(&c, path, NULL, &error), 0);
	ck_assert_int_eq(ot_capture_next(c, &f, &error), 1);
	ck_assert_uint_eq(f.captured, 5);
	ck_assert_uint_eq(f.wire, 60);
	ck_assert_uint_eq(f.bytes[4], 5);
	ck_assert_uint_eq(f.link_type, 1);
	ck_assert_int_eq(f.time_ns, 1772432100123456789);
	ck_assert_uint_eq(f.flags, 0);
	ck_assert_int_eq(ot_capture_next(c, &f, &error), 1);
	ck_assert_uint_eq(f.link_type, 113);
	ck_assert_int_eq(f.time_ns, -1500000000);
	ck_assert_uint_eq(f.flags, 2);
	ck_assert_int_eq(ot_capture_next(c, &f, &error), 0);
	ck_assert(!ot_capture_info(c)->damaged);
	ck_assert_uint_eq(ot_capture_info(c)->comments, 0);

	const struct ot_interface *itf = ot_capture_interface(c, 0);

	ck_assert_uint_eq(itf->snap_len, 96);
	ck_assert_mem_eq(itf->name.p, "eth0", 4);
	ck_assert_mem_eq(itf->description.p, "uplink", 6);
	ot_capture_close(c);
}
END_TEST

START_TEST(each_comment_is_an_option)
{
	char *long_text = calloc(1, 70000);
	struct ot_str comments[3] = { { "one", 3 }, { "three", 5 } };
	struct ot_capture *c;
	struct ot_frame f;

	/* an option has 16 bits for its length; no character is cut */
	memset(long_text, 'x', 69999);
	memcpy(long_text + 65534, "\xc3\xa4", 2);
	comments[2] = (struct ot_str){ long_text, 69999 };
	write_two(comments, 3);
	ck_assert_int_eq(ot_capture_open(&c, path, NULL, &error), 0);
	ck_assert_int_eq(ot_capture_next(c, &f, &error), 1);
	ck_assert_int_eq(ot_capture_next(c, &f, &error), 1);
	ck_assert_uint_eq(ot_capture_info(c)->comments, 3);
	ot_capture_close(c);
	free(long_text);
}
END_TEST

START_TEST(link_types_above_16_bits_are_refused)
{
	struct ot_writer w;
	struct ot_out *out;

	ck_assert_int_eq(ot_out_open(&out, path, &error), 0);
	ck_assert_int_eq(ot_writer_begin(&w, out, ot_str("x"), &error), 0);
	ck_assert_int_eq(
	    ot_writer_interface(&w,
		&(struct ot_writer_interface){ .link_type = 65536 }, &error),
	    -OT_ERR_INPUT);
	ot_out_close(out);
	ot_writer_done(&w);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		frames_come_back,
		each_comment_is_an_option,
		link_types_above_16_bits_are_refused,
	};

	return RUN("writer", tests, make_folder, remove_folder);
}
