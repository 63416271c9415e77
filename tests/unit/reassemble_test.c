/*
 * lib/net/reassemble.c: fragments in every order, holes, overlap, limits.
 */
#include "packets.h"

#include "base/time.h"

enum { MORE = 0x2000 };

/* A UDP datagram of 8 + 24 bytes, which is cut into pieces. */
static void
whole(struct bytes *b)
{
	udp_text(b, 502, "abcdefghijklmnopqrstuvwx");
}

/* Bytes [from, to) of it as a fragment; the last if to is 32. */
static void
piece(struct bytes *b, size_t from, size_t to)
{
	struct bytes all = { 0 };

	whole(&all);
	b->len = 0;
	ipv4_from(
	    b, 1, 17, (uint16_t)(from / 8 | (to < 32 ? MORE : 0)), to - from);
	add(b, all.p + from, to - from);
	drop(&all);
}

static void
waits(size_t from, size_t to)
{
	struct bytes b = { 0 };

	piece(&b, from, to);
	ck_assert_int_eq(decode(&b, LINK_RAW), OT_ACC_UDP);
	ck_assert_uint_eq(told_count, 0);
	drop(&b);
}

static const struct ot_packet *
completes(size_t from, size_t to, unsigned frames)
{
	struct bytes b = { 0 };

	piece(&b, from, to);
	ck_assert_int_eq(decode(&b, LINK_RAW), OT_ACC_UDP);
	ck_assert_uint_eq(told_count, 1);
	ck_assert_uint_eq(told[0].frames, frames);
	ck_assert_uint_eq(told[0].frame, frame_number);
	drop(&b);
	return &told[0];
}

static void
is_whole(const struct ot_packet *p)
{
	ck_assert(p->fragmented);
	ck_assert(!p->incomplete);
	ck_assert(!p->cut);
	ck_assert_uint_eq(p->src_port, 1000);
	ck_assert_uint_eq(p->dst_port, 502);
	payload_is(p, "abcdefghijklmnopqrstuvwx");
	ck_assert_uint_eq(p->wire, 24);
}

START_TEST(fragments_in_every_order)
{
	static const size_t orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 },
		{ 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	static const size_t at[] = { 0, 8, 24, 32 };

	for (size_t i = 0; i < 6; i++) {
		const size_t *o = orders[i];

		waits(at[o[0]], at[o[0] + 1]);
		waits(at[o[1]], at[o[1] + 1]);
		const struct ot_packet *p =
		    completes(at[o[2]], at[o[2] + 1], 3);

		is_whole(p);
		ck_assert_uint_eq(p->bytes, 32 + 3 * 20);
	}
}
END_TEST

START_TEST(copies_that_agree_are_counted_in_frames_only)
{
	waits(0, 16);
	waits(0, 16);
	waits(8, 16);
	is_whole(completes(16, 32, 4));
	ck_assert_uint_eq(ot_decoder_counts(decoder)->fragments_overlapping, 0);
}
END_TEST

START_TEST(overlap_that_differs_is_counted_and_the_first_stays)
{
	struct bytes b = { 0 };

	waits(0, 16);
	piece(&b, 8, 32);
	b.p[20] ^= 0xff; /* byte 8 of the datagram: 'a' */
	ck_assert_int_eq(decode(&b, LINK_RAW), OT_ACC_UDP);
	ck_assert_uint_eq(told_count, 1);
	is_whole(&told[0]);
	ck_assert(!told[0].dubious);
	ck_assert_uint_eq(ot_decoder_counts(decoder)->fragments_overlapping, 1);
	/* the last copies are told as a second reading, without frames */
	told_count = 0;
	ot_decoder_flush(decoder, keep, NULL);
	ck_assert_uint_eq(told_count, 1);
	ck_assert(told[0].dubious);
	payload_is(&told[0], "\x9e"
			     "bcdefghijklmnopqrstuvwx");
	ck_assert_uint_eq(told[0].frames, 0);
	ck_assert_uint_eq(told[0].bytes, 0);
	drop(&b);
}
END_TEST

START_TEST(hole_is_told_as_incomplete_at_the_end)
{
	waits(0, 8);
	waits(24, 32);
	ot_decoder_flush(decoder, keep, NULL);
	ck_assert_uint_eq(told_count, 1);
	ck_assert(told[0].incomplete);
	ck_assert_uint_eq(told[0].frames, 2);
	ck_assert_uint_eq(told[0].bytes, 28 + 28);
	ck_assert_uint_eq(told[0].src_port, 1000);
	ck_assert_uint_eq(told[0].dst_port, 502);
	ck_assert_uint_eq(told[0].captured, 0);
	ck_assert_int_eq(told[0].account, OT_ACC_UDP);
	ends_are(&told[0], "10.0.0.1", "10.0.0.99");
	told_count = 0;
	ot_decoder_flush(decoder, keep, NULL);
	ck_assert_uint_eq(told_count, 0);
}
END_TEST

START_TEST(without_offset_0_there_are_no_ports)
{
	waits(8, 32);
	ot_decoder_flush(decoder, keep, NULL);
	ck_assert_uint_eq(told_count, 1);
	ck_assert_uint_eq(told[0].src_port, 0);
	ck_assert_int_eq(told[0].transport, OT_UDP);
}
END_TEST

START_TEST(after_30_seconds_it_is_incomplete)
{
	struct bytes b = { 0 };

	waits(0, 8);
	frame_time = 30 * OT_SECOND_NS;
	ipv4(&b, 17, 8 + 2);
	udp_text(&b, 502, "ok");
	(void)one(&b, LINK_RAW);
	frame_time++;
	ck_assert_int_eq(decode(&b, LINK_RAW), OT_ACC_UDP);
	ck_assert_uint_eq(told_count, 2);
	ck_assert(told[0].incomplete);
	ck_assert_uint_eq(told[0].frame, 1);
	payload_is(&told[1], "ok");
	drop(&b);
}
END_TEST

START_TEST(fragment_cut_by_the_snap_length_cuts_the_datagram)
{
	struct bytes b = { 0 };

	piece(&b, 0, 16);
	ck_assert_int_eq(decode_cut(&b, LINK_RAW, 20 + 11), OT_ACC_UDP);
	const struct ot_packet *p = completes(16, 32, 2);

	payload_is(p, "abc");
	ck_assert_uint_eq(p->wire, 24);
	ck_assert(p->cut);
	drop(&b);
}
END_TEST

START_TEST(bytes_behind_the_last_fragment_are_not_the_datagrams)
{
	struct bytes b = { 0 };

	waits(16, 32);
	ipv4_from(&b, 1, 17, 4 | MORE, 8);
	fill(&b, 0x66, 8);
	ck_assert_int_eq(decode(&b, LINK_RAW), OT_ACC_UDP);
	is_whole(completes(0, 16, 3));
	/* where it ends is in doubt; there is nothing else to read */
	told_count = 0;
	ot_decoder_flush(decoder, keep, NULL);
	ck_assert_uint_eq(told_count, 1);
	ck_assert(told[0].dubious);
	ck_assert_uint_eq(told[0].captured, 0);
	drop(&b);
}
END_TEST

START_TEST(fragment_that_comes_after_the_whole_makes_another_version)
{
	struct bytes b = { 0 };

	waits(0, 16);
	is_whole(completes(16, 32, 2));
	piece(&b, 16, 32);
	b.p[20] ^= 0xff; /* 'i' */
	ck_assert_int_eq(decode(&b, LINK_RAW), OT_ACC_UDP);
	ck_assert_uint_eq(told_count, 0);
	ot_decoder_flush(decoder, keep, NULL);
	ck_assert_uint_eq(told_count, 2);
	ck_assert(told[0].incomplete);
	ck_assert(told[1].dubious);
	payload_is(&told[1], "abcdefgh\x96jklmnopqrstuvwx");
	drop(&b);
}
END_TEST

START_TEST(fragment_that_comes_again_after_the_whole_makes_none)
{
	waits(0, 16);
	is_whole(completes(16, 32, 2));
	waits(16, 32);
	ot_decoder_flush(decoder, keep, NULL);
	ck_assert_uint_eq(told_count, 1);
	ck_assert(told[0].incomplete);
}
END_TEST

START_TEST(datagram_above_64_k_is_let_go)
{
	struct bytes b = { 0 };

	ipv4_from(&b, 1, 17, 0x1fff, 16);
	fill(&b, 1, 16);
	const struct ot_packet *p = one(&b, LINK_RAW);

	ck_assert(p->incomplete);
	ck_assert_uint_eq(ot_decoder_counts(decoder)->fragments_dropped, 1);
	drop(&b);
}
END_TEST

START_TEST(longest_datagram_becomes_whole)
{
	struct bytes b = { 0 };
	size_t total = 65528, step = 1480;
	unsigned frames = 0;

	for (size_t at = 0; at < total; at += step) {
		size_t len = total - at < step ? total - at : step;
		uint16_t more = at + len < total ? MORE : 0;

		b.len = 0;
		ipv4_from(&b, 1, 17, (uint16_t)(at / 8 | more), len);
		if (at == 0)
			udp(&b, 1, 2, total - 8);
		fill(&b, 5, len - (at ? 0 : 8));
		frames++;
		ck_assert_int_eq(decode(&b, LINK_RAW), OT_ACC_UDP);
		ck_assert_uint_eq(told_count, !more);
	}
	ck_assert_uint_eq(told[0].captured, total - 8);
	ck_assert_uint_eq(told[0].frames, frames);
	drop(&b);
}
END_TEST

START_TEST(more_datagrams_than_the_limit_let_the_oldest_go)
{
	struct bytes b = { 0 };

	for (unsigned n = 0; n < OT_LIMIT_DATAGRAMS + 3; n++) {
		b.len = 0;
		ipv4_from(&b, 1, 17, MORE, 8);
		b.p[4] = (uint8_t)(n >> 8);
		b.p[5] = (uint8_t)n;
		udp(&b, (uint16_t)n, 502, 0);
		(void)decode(&b, LINK_RAW);
		ck_assert_uint_eq(told_count, n >= OT_LIMIT_DATAGRAMS);
	}
	ck_assert_uint_eq(told[0].src_port, 2);
	ck_assert(told[0].incomplete);
	ck_assert_uint_eq(ot_decoder_counts(decoder)->fragments_dropped, 3);
	drop(&b);
}
END_TEST

static void
ipv6_piece(struct bytes *b, size_t from, size_t to, uint8_t next)
{
	struct bytes all = { 0 };

	whole(&all);
	b->len = 0;
	ipv6(b, 44, 8 + to - from);
	u8(b, next);
	u8(b, 0);
	u16(b, (uint16_t)(from | (to < 32)));
	u32(b, 0xcafe);
	add(b, all.p + from, to - from);
	drop(&all);
}

START_TEST(ipv6_protocol_is_that_of_the_first_fragment)
{
	struct bytes b = { 0 };

	ipv6_piece(&b, 16, 32, 6);
	ck_assert_int_eq(decode(&b, LINK_RAW), OT_ACC_TCP);
	ipv6_piece(&b, 0, 16, 17);
	ck_assert_int_eq(decode(&b, LINK_RAW), OT_ACC_UDP);
	ck_assert_uint_eq(told_count, 1);
	is_whole(&told[0]);
	ck_assert_uint_eq(told[0].ip_protocol, 17);
	torture(&b, LINK_RAW);
	drop(&b);
}
END_TEST

START_TEST(fragments_of_another_sender_are_another_datagram)
{
	struct bytes b = { 0 };

	waits(0, 16);
	piece(&b, 16, 32);
	b.p[15] = 2;
	ck_assert_int_eq(decode(&b, LINK_RAW), OT_ACC_UDP);
	ck_assert_uint_eq(told_count, 0);
	is_whole(completes(16, 32, 2));
	drop(&b);
}
END_TEST

START_TEST(tunnel_in_fragments_gives_the_inner_packet)
{
	struct bytes inner = { 0 }, b = { 0 };

	ipv4_from(&inner, 7, 17, 0, 8 + 2);
	udp_text(&inner, 502, "ok");
	ipv4_from(&b, 1, 4, MORE, 16);
	add(&b, inner.p, 16);
	(void)decode(&b, LINK_RAW);
	ck_assert_uint_eq(told_count, 0);
	b.len = 0;
	ipv4_from(&b, 1, 4, 2, inner.len - 16);
	add(&b, inner.p + 16, inner.len - 16);
	(void)decode(&b, LINK_RAW);
	ck_assert_uint_eq(told_count, 1);
	ends_are(&told[0], "10.0.0.7", "10.0.0.99");
	ck_assert_uint_eq(told[0].frames, 2);
	payload_is(&told[0], "ok");
	drop(&inner);
	drop(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		fragments_in_every_order,
		copies_that_agree_are_counted_in_frames_only,
		overlap_that_differs_is_counted_and_the_first_stays,
		hole_is_told_as_incomplete_at_the_end,
		without_offset_0_there_are_no_ports,
		after_30_seconds_it_is_incomplete,
		fragment_cut_by_the_snap_length_cuts_the_datagram,
		bytes_behind_the_last_fragment_are_not_the_datagrams,
		fragment_that_comes_after_the_whole_makes_another_version,
		fragment_that_comes_again_after_the_whole_makes_none,
		datagram_above_64_k_is_let_go,
		longest_datagram_becomes_whole,
		more_datagrams_than_the_limit_let_the_oldest_go,
		ipv6_protocol_is_that_of_the_first_fragment,
		fragments_of_another_sender_are_another_datagram,
		tunnel_in_fragments_gives_the_inner_packet,
	};

	return RUN("reassemble", tests, begin, end);
}
