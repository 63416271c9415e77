/*
 * lib/capture/pcapng.c: sections, interfaces and blocks of every kind.
 */
#include "capture_file.h"

/* A block with its padding and both lengths. */
static void
block(struct bytes *b, uint32_t type, const struct bytes *body, int big)
{
	size_t pad = (4 - body->len % 4) % 4;
	size_t len = 12 + body->len + pad;

	add_number(b, type, 4, big);
	add_number(b, len, 4, big);
	add_all(b, body);
	fill(b, 0, pad);
	add_number(b, len, 4, big);
}

static void
option(struct bytes *b, uint16_t code, const void *p, uint16_t len, int big)
{
	add_number(b, code, 2, big);
	add_number(b, len, 2, big);
	add(b, p, len);
	fill(b, 0, (4U - len % 4U) % 4U);
}

static void
section(struct bytes *b, int big)
{
	struct bytes body = { 0 };

	add_number(&body, 0x1a2b3c4d, 4, big);
	add_number(&body, 1, 2, big);
	add_number(&body, 0, 2, big);
	fill(&body, 0xff, 8);
	block(b, 0x0a0d0d0a, &body, big);
	drop(&body);
}

static void
interface(struct bytes *b, uint16_t link_type, uint32_t snap_len,
    const struct bytes *options, int big)
{
	struct bytes body = { 0 };

	add_number(&body, link_type, 2, big);
	add_number(&body, 0, 2, big);
	add_number(&body, snap_len, 4, big);
	if (options)
		add_all(&body, options);
	block(b, 1, &body, big);
	drop(&body);
}

static void
packet(struct bytes *b, uint32_t itf, uint64_t stamp, uint32_t len, int big)
{
	struct bytes body = { 0 };

	add_number(&body, itf, 4, big);
	add_number(&body, stamp >> 32, 4, big);
	add_number(&body, stamp & UINT32_MAX, 4, big);
	add_number(&body, len, 4, big);
	add_number(&body, len + 1, 4, big);
	fill(&body, (uint8_t)itf, len);
	block(b, 6, &body, big);
	drop(&body);
}

START_TEST(both_byte_orders)
{
	for (int big = 0; big <= 1; big++) {
		struct bytes b = { 0 };

		section(&b, big);
		interface(&b, 113, 96, NULL, big);
		packet(&b, 0, 5000001, 61, big);
		struct result r = read_bytes(&b);

		ck_assert_uint_eq(r.frames, 1);
		ck_assert_int_eq(r.last.time_ns, INT64_C(5000001000));
		ck_assert_uint_eq(r.last.link_type, 113);
		ck_assert_uint_eq(r.captured, 61);
		ck_assert_uint_eq(r.wire, 62);
		ck_assert(!r.info.damaged);
		ck_assert_int_eq(r.info.format, OT_PCAPNG);
		drop(&b);
	}
}
END_TEST

START_TEST(sections_have_interfaces_of_their_own_numbered_through)
{
	struct bytes b = { 0 };

	section(&b, 0);
	interface(&b, 1, 0, NULL, 0);
	interface(&b, 101, 0, NULL, 0);
	packet(&b, 1, 1, 8, 0);
	section(&b, 1);
	interface(&b, 113, 0, NULL, 1);
	packet(&b, 0, 2, 8, 1);
	struct ot_capture *c = open_bytes(&b);
	struct ot_frame f;

	ck_assert_int_eq(ot_capture_next(c, &f, NULL), 1);
	ck_assert_uint_eq(f.interface, 1);
	ck_assert_uint_eq(f.link_type, 101);
	ck_assert_int_eq(ot_capture_next(c, &f, NULL), 1);
	ck_assert_uint_eq(f.interface, 2);
	ck_assert_uint_eq(f.link_type, 113);
	ck_assert_uint_eq(f.number, 2);
	ck_assert_int_eq(ot_capture_next(c, &f, NULL), 0);
	ck_assert_uint_eq(ot_capture_info(c)->sections, 2);
	ck_assert_uint_eq(ot_capture_interfaces(c), 3);
	ck_assert_uint_eq(ot_capture_interface(c, 0)->link_type, 1);
	ck_assert_ptr_null(ot_capture_interface(c, 3));
	ot_capture_close(c);
	drop(&b);
}
END_TEST

START_TEST(interface_of_an_earlier_section_is_damage)
{
	struct bytes b = { 0 };

	section(&b, 0);
	interface(&b, 1, 0, NULL, 0);
	packet(&b, 0, 1, 8, 0);
	section(&b, 0);
	packet(&b, 0, 1, 8, 0);
	struct result r = read_bytes(&b);

	ck_assert_uint_eq(r.frames, 1);
	ck_assert(r.info.damaged);
	drop(&b);
}
END_TEST

START_TEST(interface_options)
{
	struct bytes b = { 0 }, o = { 0 };

	option(&o, 2, "eth7", 4, 0);
	option(&o, 1, "a comment", 9, 0);
	option(&o, 3, "cell 4", 6, 0);
	option(&o, 9, "\x03", 1, 0);		    /* milliseconds */
	option(&o, 14, "\x0a\0\0\0\0\0\0\0", 8, 0); /* 10 s more */
	section(&b, 0);
	interface(&b, 1, 96, &o, 0);
	packet(&b, 0, 1500, 8, 0);
	struct ot_capture *c = open_bytes(&b);
	struct ot_frame f;

	ck_assert_int_eq(ot_capture_next(c, &f, NULL), 1);
	ck_assert_int_eq(f.time_ns, INT64_C(11500000000));
	const struct ot_interface *itf = ot_capture_interface(c, 0);

	ck_assert_uint_eq(itf->snap_len, 96);
	ck_assert_uint_eq(itf->name.len, 4);
	ck_assert_mem_eq(itf->name.p, "eth7", 4);
	ck_assert_mem_eq(itf->description.p, "cell 4", 6);
	ck_assert_uint_eq(ot_capture_info(c)->comments, 1);
	ot_capture_close(c);
	drop(&b);
	drop(&o);
}
END_TEST

START_TEST(binary_resolution)
{
	struct bytes b = { 0 }, o = { 0 };

	option(&o, 9, "\x8a", 1, 0); /* 2^-10 s */
	section(&b, 0);
	interface(&b, 1, 0, &o, 0);
	packet(&b, 0, 1024 * 3 + 512, 8, 0);
	ck_assert_int_eq(read_bytes(&b).last.time_ns, INT64_C(3500000000));
	drop(&b);
	drop(&o);
}
END_TEST

START_TEST(option_that_lies_costs_no_frame)
{
	struct bytes b = { 0 }, o = { 0 };

	add_number(&o, 2, 2, 0);
	add_number(&o, 5000, 2, 0);
	section(&b, 0);
	interface(&b, 1, 0, &o, 0);
	packet(&b, 0, 1, 8, 0);
	struct result r = read_bytes(&b);

	ck_assert_uint_eq(r.frames, 1);
	ck_assert(!r.info.damaged);
	drop(&b);
	drop(&o);
}
END_TEST

START_TEST(simple_packets_are_cut_by_the_snap_length_and_have_no_time)
{
	struct bytes b = { 0 }, body = { 0 };

	section(&b, 0);
	interface(&b, 1, 10, NULL, 0);
	packet(&b, 0, 77, 8, 0);
	add_number(&body, 1500, 4, 0);
	fill(&body, 3, 10);
	block(&b, 3, &body, 0);
	struct result r = read_bytes(&b);

	ck_assert_uint_eq(r.frames, 2);
	ck_assert(r.last.no_time);
	ck_assert_int_eq(r.last.time_ns, 77000);
	ck_assert_uint_eq(r.last.captured, 10);
	ck_assert_uint_eq(r.last.wire, 1500);
	drop(&b);
	drop(&body);
}
END_TEST

START_TEST(obsolete_packet_block_with_drops)
{
	struct bytes b = { 0 }, body = { 0 };

	section(&b, 1);
	interface(&b, 1, 0, NULL, 1);
	u16(&body, 0);
	u16(&body, 3); /* drops */
	u32(&body, 0);
	u32(&body, 9);
	u32(&body, 5);
	u32(&body, 6);
	fill(&body, 4, 5);
	block(&b, 2, &body, 1);
	struct ot_capture *c = open_bytes(&b);
	struct ot_frame f;

	ck_assert_int_eq(ot_capture_next(c, &f, NULL), 1);
	ck_assert_int_eq(f.time_ns, 9000);
	ck_assert_uint_eq(f.captured, 5);
	ck_assert_uint_eq(f.wire, 6);
	ck_assert_uint_eq(ot_capture_interface(c, 0)->dropped, 3);
	ot_capture_close(c);
	drop(&b);
	drop(&body);
}
END_TEST

START_TEST(packet_options_give_flags_drops_and_comments)
{
	struct bytes b = { 0 }, body = { 0 };

	section(&b, 0);
	interface(&b, 1, 0, NULL, 0);
	fill(&body, 0, 12);
	add_number(&body, 5, 4, 0);
	add_number(&body, 5, 4, 0);
	fill(&body, 1, 5);
	fill(&body, 0, 3);
	option(&body, 1, "look", 4, 0);
	option(&body, 2, "\x02\0\0\0", 4, 0);
	option(&body, 4, "\x07\0\0\0\0\0\0\0", 8, 0);
	option(&body, 0, "", 0, 0);
	block(&b, 6, &body, 0);
	struct ot_capture *c = open_bytes(&b);
	struct ot_frame f;

	ck_assert_int_eq(ot_capture_next(c, &f, NULL), 1);
	ck_assert_uint_eq(f.flags, 2);
	ck_assert_uint_eq(ot_capture_info(c)->comments, 1);
	ck_assert_uint_eq(ot_capture_interface(c, 0)->dropped, 7);
	ck_assert(ot_capture_interface(c, 0)->statistics);
	ot_capture_close(c);
	drop(&b);
	drop(&body);
}
END_TEST

START_TEST(last_statistics_hold)
{
	struct bytes b = { 0 };

	section(&b, 0);
	interface(&b, 1, 0, NULL, 0);
	for (uint8_t n = 1; n <= 2; n++) {
		struct bytes body = { 0 };
		uint8_t value[8] = { (uint8_t)(n * 10) };

		fill(&body, 0, 12);
		option(&body, 4, value, 8, 0); /* received */
		value[0] = n;
		option(&body, 5, value, 8, 0); /* dropped by the interface */
		option(&body, 7, value, 8, 0); /* by the system */
		block(&b, 5, &body, 0);
		drop(&body);
	}
	struct ot_capture *c = open_bytes(&b);
	struct ot_frame f;

	ck_assert_int_eq(ot_capture_next(c, &f, NULL), 0);
	ck_assert_uint_eq(ot_capture_interface(c, 0)->received, 20);
	ck_assert_uint_eq(ot_capture_interface(c, 0)->dropped, 4);
	ot_capture_close(c);
	drop(&b);
}
END_TEST

START_TEST(names_of_addresses)
{
	struct bytes b = { 0 }, body = { 0 };

	section(&b, 0);
	hex(&body, "01 00 0e 00 0a 00 00 01");
	add(&body, "plc-1\0plc\0", 10);
	fill(&body, 0, 2);
	hex(&body, "02 00 13 00");
	fill(&body, 0xfe, 16);
	add(&body, "v6\0", 3);
	fill(&body, 0, 1);
	hex(&body, "00 00 00 00");
	block(&b, 4, &body, 0);
	struct ot_capture *c = open_bytes(&b);
	struct ot_frame f;

	ck_assert_int_eq(ot_capture_next(c, &f, NULL), 0);
	ck_assert_uint_eq(ot_capture_name_count(c), 3);
	ck_assert_uint_eq(ot_capture_info(c)->names, 3);
	ck_assert_mem_eq(ot_capture_name(c, 0)->address, "\x0a\0\0\x01", 4);
	ck_assert_mem_eq(ot_capture_name(c, 0)->name.p, "plc-1", 5);
	ck_assert_mem_eq(ot_capture_name(c, 1)->name.p, "plc", 3);
	ck_assert_uint_eq(ot_capture_name(c, 2)->address_len, 16);
	ot_capture_close(c);
	drop(&b);
	drop(&body);
}
END_TEST

START_TEST(secrets_are_counted_and_unknown_blocks_passed_over)
{
	struct bytes b = { 0 }, body = { 0 };

	section(&b, 0);
	interface(&b, 1, 0, NULL, 0);
	fill(&body, 1, 200);
	block(&b, 10, &body, 0);
	block(&b, 0x777, &body, 0);
	packet(&b, 0, 1, 8, 0);
	struct result r = read_bytes(&b);

	ck_assert_uint_eq(r.info.secrets, 1);
	ck_assert_uint_eq(r.info.unknown_blocks, 1);
	ck_assert_uint_eq(r.last.number, 1);
	drop(&b);
	drop(&body);
}
END_TEST

START_TEST(journal_and_custom_blocks_take_a_number_as_in_wireshark)
{
	struct bytes b = { 0 }, body = { 0 };

	section(&b, 0);
	interface(&b, 1, 0, NULL, 0);
	fill(&body, 1, 8);
	block(&b, 9, &body, 0);
	block(&b, 0xbad, &body, 0);
	packet(&b, 0, 1, 8, 0);
	struct result r = read_bytes(&b);

	ck_assert_uint_eq(r.frames, 1);
	ck_assert_uint_eq(r.last.number, 3);
	drop(&b);
	drop(&body);
}
END_TEST

START_TEST(unknown_block_longer_than_any_buffer_is_passed_over)
{
	struct bytes b = { 0 }, body = { 0 };

	section(&b, 0);
	interface(&b, 1, 0, NULL, 0);
	fill(&body, 1, 3 << 20);
	block(&b, 0x777, &body, 0);
	packet(&b, 0, 1, 8, 0);
	ck_assert_uint_eq(read_bytes(&b).frames, 1);
	drop(&b);
	drop(&body);
}
END_TEST

START_TEST(packet_longer_than_its_block_is_damage)
{
	struct bytes b = { 0 };

	section(&b, 0);
	interface(&b, 1, 0, NULL, 0);
	packet(&b, 0, 1, 8, 0);
	size_t at = b.len;

	packet(&b, 0, 1, 8, 0);
	b.p[at + 20] = 9; /* captured: into the padding, of which is none */
	struct result r = read_bytes(&b);

	ck_assert_uint_eq(r.frames, 1);
	ck_assert(r.info.damaged);
	ck_assert_ptr_nonnull(strstr(r.info.trouble, "frame 2 at offset"));
	drop(&b);
}
END_TEST

START_TEST(lengths_that_differ_are_damage)
{
	struct bytes b = { 0 };

	section(&b, 0);
	interface(&b, 1, 0, NULL, 0);
	packet(&b, 0, 1, 8, 0);
	b.p[b.len - 4]++;
	struct result r = read_bytes(&b);

	ck_assert_uint_eq(r.frames, 0);
	ck_assert(r.info.damaged);
	drop(&b);
}
END_TEST

START_TEST(length_without_its_padding_is_read)
{
	struct bytes b = { 0 };

	section(&b, 0);
	interface(&b, 1, 0, NULL, 0);
	packet(&b, 0, 1, 9, 0); /* 3 bytes of padding: 44 bytes */
	size_t at = b.len - 44;

	b.p[at + 4] = b.p[b.len - 4] = 41;
	packet(&b, 0, 1, 8, 0);
	ck_assert_uint_eq(read_bytes(&b).frames, 2);
	drop(&b);
}
END_TEST

START_TEST(cut_at_every_byte_keeps_what_was_whole)
{
	struct bytes b = { 0 };
	uint64_t frames = 0;

	section(&b, 0);
	interface(&b, 1, 0, NULL, 0);
	packet(&b, 0, 1, 8, 0);
	packet(&b, 0, 1, 9, 0);
	size_t whole = b.len;

	for (b.len = 13; b.len <= whole; b.len++) {
		struct result r = read_bytes(&b);

		ck_assert_int_eq(r.code, 0);
		ck_assert_uint_ge(r.frames, frames);
		frames = r.frames;
	}
	ck_assert_uint_eq(frames, 2);
	drop(&b);
}
END_TEST

START_TEST(every_byte_changed_neither_crashes_nor_hangs)
{
	struct bytes b = { 0 }, o = { 0 };

	option(&o, 2, "eth7", 4, 0);
	option(&o, 9, "\x03", 1, 0);
	section(&b, 0);
	interface(&b, 1, 0, &o, 0);
	packet(&b, 0, 1, 8, 0);
	for (size_t i = 0; i < b.len; i++) {
		uint8_t was = b.p[i];
		const uint8_t values[] = { 0, 0xff, was ^ 1, was ^ 0x80 };

		for (size_t n = 0; n < sizeof(values); n++) {
			b.p[i] = values[n];
			ck_assert_uint_le(read_bytes(&b).frames, 1);
		}
		b.p[i] = was;
	}
	drop(&b);
	drop(&o);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		both_byte_orders,
		sections_have_interfaces_of_their_own_numbered_through,
		interface_of_an_earlier_section_is_damage,
		interface_options,
		binary_resolution,
		option_that_lies_costs_no_frame,
		simple_packets_are_cut_by_the_snap_length_and_have_no_time,
		obsolete_packet_block_with_drops,
		packet_options_give_flags_drops_and_comments,
		last_statistics_hold,
		names_of_addresses,
		secrets_are_counted_and_unknown_blocks_passed_over,
		journal_and_custom_blocks_take_a_number_as_in_wireshark,
		unknown_block_longer_than_any_buffer_is_passed_over,
		packet_longer_than_its_block_is_damage,
		lengths_that_differ_are_damage,
		length_without_its_padding_is_read,
		cut_at_every_byte_keeps_what_was_whole,
		every_byte_changed_neither_crashes_nor_hangs,
	};

	return RUN("pcapng", tests, make_folder, remove_folder);
}
