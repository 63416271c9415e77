/*
 * lib/capture/live.c: filters, and what cannot be opened. Where libpcap was
 * left out, both say so.
 */
#include "capture_file.h"

static bool
live(struct ot_error *error)
{
	struct ot_capture *c;

	return ot_capture_open_live(&c, "nosuchif0", NULL, error) !=
	       -OT_ERR_USAGE;
}

/* Two Ethernet frames with ARP, one with another type. */
static void
write_frames(void)
{
	struct bytes b = { 0 };

	pcap_header(&b, 0xa1b2c3d4, 1, 0);
	for (uint8_t n = 1; n <= 3; n++) {
		pcap_record(&b, n, 60, 0, 0);
		b.p[b.len - 60 + 12] = n == 2 ? 0x88 : 0x08;
		b.p[b.len - 60 + 13] = n == 2 ? 0xb5 : 0x06;
	}
	write_file(&b);
	drop(&b);
}

static struct result
filtered(const char *filter)
{
	write_frames();
	return read_path(
	    path, &(struct ot_capture_options){ .filter = filter });
}

START_TEST(filter_passes_what_matches_and_keeps_the_numbers)
{
	struct result r = filtered("arp");

	if (!live(NULL)) {
		ck_assert_int_eq(r.code, -OT_ERR_USAGE);
		return;
	}
	ck_assert_uint_eq(r.frames, 2);
	ck_assert_uint_eq(r.info.frames, 2);
	ck_assert_uint_eq(r.last.number, 3);
}
END_TEST

START_TEST(bad_filter_is_wrong_usage)
{
	struct result r = filtered("no such thing");

	ck_assert_int_eq(r.code, -OT_ERR_USAGE);
	ck_assert_ptr_nonnull(strstr(r.error.text, path));
}
END_TEST

START_TEST(unknown_interface_cannot_be_opened)
{
	struct ot_error error;

	ck_assert_int_eq(live(&error) ? OT_ERR_IO : OT_ERR_USAGE, error.code);
	ck_assert_ptr_nonnull(strstr(error.text, "nosuchif0"));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		filter_passes_what_matches_and_keeps_the_numbers,
		bad_filter_is_wrong_usage,
		unknown_interface_cannot_be_opened,
	};

	return RUN("live", tests, make_folder, remove_folder);
}
