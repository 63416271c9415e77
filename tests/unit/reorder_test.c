/*
 * lib/flow/reorder.c: segments in every order, holes, overlap, limits.
 */
#include "flow/reorder.h"

#include <stdio.h>

#include "suite.h"

enum { MS = 1000000, WINDOW = 1024 };

static struct ot_reorder reorder;
static struct ot_conn conn;
static struct ot_tcp_health health;
static uint64_t dropped, frame;
static int64_t now_ns;

/* What the sink was told: "0:abc" data, "0[5]" a gap, "0[5s]" one that the
 * snap length cut. */
static char told[4096];
static size_t consume; /* how much of what is given the sink takes */
static uint64_t last_mark;
static size_t given, gaps;

static void
tell(const char *text)
{
	snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s%s",
	    told[0] ? " " : "", text);
}

static size_t
on_data(void *user, struct ot_conn *c, unsigned dir, const uint8_t *p,
    size_t len, const struct ot_mark *marks, size_t mark_count)
{
	char text[128];

	(void)user;
	ck_assert_ptr_eq(c, &conn);
	ck_assert_uint_gt(mark_count, 0);
	ck_assert_uint_eq(marks[mark_count - 1].end, len);
	last_mark = ot_mark_of(marks, mark_count, len)->frame;
	given += len;
	snprintf(text, sizeof(text), "%u:%.*s", dir, len < 40 ? (int)len : 40,
	    (const char *)p);
	tell(text);
	return len < consume ? len : consume;
}

static void
on_gap(void *user, struct ot_conn *c, unsigned dir, uint64_t bytes, bool snap)
{
	char text[64];

	(void)user;
	ck_assert_ptr_eq(c, &conn);
	gaps++;
	snprintf(text, sizeof(text), "%u[%llu%s]", dir,
	    (unsigned long long)bytes, snap ? "s" : "");
	tell(text);
}

static void
on_end(void *user, struct ot_conn *c)
{
	(void)user;
	(void)c;
}

static const struct ot_flow_sink sink = {
	.data = on_data, .gap = on_gap, .end = on_end
};

static void
before(void)
{
	reorder = (struct ot_reorder){ 0 };
	memset(&conn, 0, sizeof(conn));
	dropped = frame = 0;
	now_ns = 0;
	told[0] = 0;
	consume = SIZE_MAX;
	given = gaps = 0;
}

static void
after(void)
{
	ot_stream_drop(&reorder, &conn);
	ck_assert_uint_eq(reorder.bytes, 0);
	ot_history_done(&reorder.history);
}

/* A segment; the engine counts it first, as here. */
static void
segment(unsigned dir, uint32_t seq, const void *bytes, uint32_t captured,
    uint32_t wire, uint8_t flags, uint32_t ack)
{
	struct ot_packet p = { .time_ns = now_ns,
		.frame = ++frame,
		.transport = OT_TCP,
		.tcp_flags = flags,
		.seq = seq,
		.ack = ack,
		.window = WINDOW,
		.payload = bytes,
		.captured = captured,
		.wire = wire };

	now_ns += MS;
	conn.half[dir].packets++;
	conn.half[dir].payload += wire;
	ot_stream_segment(&reorder, &sink, &conn, dir, &p, &health, &dropped);
}

static void
text(unsigned dir, uint32_t seq, const char *bytes)
{
	uint32_t len = (uint32_t)strlen(bytes);

	segment(dir, seq, bytes, len, len, OT_TCP_PSH, 0);
}

static void
ack(unsigned dir, uint32_t seq, uint32_t number)
{
	segment(dir, seq, "", 0, 0, OT_TCP_ACK, number);
}

/* SYN, SYN and ACK, ACK: client's next is 1001, server's 5001. */
static void
handshake(void)
{
	segment(0, 1000, "", 0, 0, OT_TCP_SYN, 0);
	segment(1, 5000, "", 0, 0, OT_TCP_SYN | OT_TCP_ACK, 1001);
	segment(0, 1001, "", 0, 0, OT_TCP_ACK, 5001);
}

static void
is_told(const char *expected)
{
	ck_assert_str_eq(told, expected);
	told[0] = 0;
}

/* ---- order ---- */

START_TEST(in_order_goes_straight_through)
{
	handshake();
	text(0, 1001, "abc");
	text(0, 1004, "def");
	text(1, 5001, "xyz");
	is_told("0:abc 0:def 1:xyz");
	ck_assert_uint_eq(last_mark, 6);
	ck_assert_uint_eq(
	    conn.flags & (OT_CONN_SYN | OT_CONN_SYNACK | OT_CONN_ESTABLISHED),
	    OT_CONN_SYN | OT_CONN_SYNACK | OT_CONN_ESTABLISHED);
	ck_assert_uint_eq(conn.flags & OT_CONN_MIDSTREAM, 0);
	ck_assert_uint_eq(conn.syn_dir, 0);
}
END_TEST

START_TEST(out_of_order_waits_for_what_is_missing)
{
	handshake();
	text(0, 1004, "def");
	text(0, 1007, "ghi");
	is_told("");
	text(0, 1001, "abc");
	ck_assert_uint_eq(health.out_of_order, 1);
	is_told("0:abc 0:def 0:ghi");
	ck_assert_uint_eq(reorder.bytes, 0);
}
END_TEST

START_TEST(every_order_of_five_segments_gives_the_same_stream)
{
	for (unsigned n = 0; n < 120; n++) {
		unsigned left[5] = { 0, 1, 2, 3, 4 }, rest = n;
		char all[16] = "";

		after();
		before();
		handshake();
		for (unsigned i = 5; i > 0; i--) {
			unsigned pick = rest % i, k = left[pick];
			char one[3] = { (char)('a' + 2 * k),
				(char)('b' + 2 * k), 0 };

			rest /= i;
			left[pick] = left[i - 1];
			text(0, 1001 + 2 * k, one);
		}
		for (const char *at = told; (at = strchr(at, ':'));)
			strncat(all, ++at, 2);
		ck_assert_str_eq(all, "abcdefghij");
		ck_assert_uint_eq(gaps, 0);
	}
}
END_TEST

START_TEST(the_sequence_number_wraps)
{
	segment(0, 0xfffffffc, "", 0, 0, OT_TCP_SYN, 0);
	text(0, 0xfffffffd, "abc");
	text(0, 3, "ghi");
	text(0, 0, "def");
	is_told("0:abc 0:def 0:ghi");
}
END_TEST

/* ---- copies ---- */

START_TEST(a_retransmission_gives_nothing_and_is_counted)
{
	handshake();
	text(0, 1001, "abc");
	text(0, 1001, "abc");
	ck_assert_uint_eq(health.retransmitted, 1);
	is_told("0:abc");
}
END_TEST

START_TEST(a_retransmission_with_more_gives_what_is_new)
{
	handshake();
	text(0, 1001, "abc");
	text(0, 1001, "abcdef");
	is_told("0:abc 0:def");
}
END_TEST

START_TEST(of_bytes_that_overlap_the_first_copy_wins)
{
	handshake();
	text(0, 1001, "abcd");
	text(0, 1003, "XYef");
	is_told("0:abcd 0:ef");
}
END_TEST

START_TEST(a_segment_that_overlaps_what_waits_is_cut)
{
	handshake();
	text(0, 1004, "def");
	text(0, 1001, "abcDEFg");
	is_told("0:abcDEFg");
	ck_assert_uint_eq(reorder.bytes, 0);
}
END_TEST

START_TEST(a_longer_copy_behind_a_hole_adds_its_end)
{
	handshake();
	text(0, 1004, "de");
	text(0, 1004, "DEf");
	text(0, 1004, "d");
	text(0, 1001, "abc");
	is_told("0:abc 0:de 0:f");
}
END_TEST

START_TEST(of_bytes_that_overlap_behind_a_hole_the_first_copy_wins)
{
	handshake();
	text(0, 1006, "fg");
	text(0, 1010, "j");
	text(0, 1004, "dEFGHIJK"); /* before, between, behind */
	text(0, 1003, "CDE");
	text(0, 1001, "ab");
	is_told("0:ab 0:C 0:dE 0:fg 0:HI 0:j 0:K");
	ck_assert_uint_eq(reorder.bytes, 0);
	ck_assert_uint_eq(conn.half[0].next, 1012);
}
END_TEST

START_TEST(pieces_behind_a_hole_wrap_with_the_sequence_number)
{
	segment(0, 0xfffffff0, "", 0, 0, OT_TCP_SYN, 0);
	text(0, 0xfffffffe, "no");
	text(0, 0xfffffffc, "lmNOpq");
	text(0, 0xfffffff1, "abcdefghijk");
	is_told("0:abcdefghijk 0:lm 0:no 0:pq");
}
END_TEST

START_TEST(a_keep_alive_is_no_retransmission_and_no_data)
{
	handshake();
	text(0, 1001, "abc");
	segment(0, 1003, "", 0, 0, OT_TCP_ACK, 5001);
	ck_assert_uint_eq(health.retransmitted, 0);
	segment(0, 1003, "\0", 1, 1, OT_TCP_ACK, 5001);
	ck_assert_uint_eq(health.retransmitted, 0);
	is_told("0:abc");
	text(0, 1004, "def");
	is_told("0:def");
}
END_TEST

START_TEST(what_a_forged_syn_would_make_old_is_read)
{
	segment(0, 1000 + (1U << 30), "", 0, 0, OT_TCP_SYN, 0);
	text(0, 1001, "abc");
	is_told("0[0] 0:abc");
	text(0, 1004, "def");
	is_told("0:def");
}
END_TEST

START_TEST(half_of_all_numbers_away_is_neither_lost_nor_undefined)
{
	handshake();
	text(0, 1001U + (1U << 31), "abc");
	is_told("0[0] 0:abc");
	text(0, 1001, "def"); /* the stream goes on where it was */
	is_told("0:def");
}
END_TEST

START_TEST(segments_outside_of_the_window_do_not_hide_the_stream)
{
	handshake();
	for (uint32_t i = 0; i < 66; i++)
		text(0, 1001 + (1U << 30) + 2 * i, "x");
	told[0] = 0;
	text(0, 1001, "abc");
	ck_assert_ptr_nonnull(strstr(told, "0[0] 0:abc"));
	told[0] = 0;
	text(0, 1004, "def");
	is_told("0:def");
}
END_TEST

/* ---- holes ---- */

START_TEST(a_hole_that_the_peer_acknowledged_with_what_follows_is_given_up)
{
	handshake();
	text(0, 1004, "def");
	is_told("");
	ack(1, 5001, 1007);
	is_told("0[3] 0:def");
	/* what was missing comes late: it was never read, and is no copy */
	text(0, 1001, "abc");
	is_told("0[0] 0:abc");
	ck_assert_uint_eq(health.retransmitted, 0);
	ck_assert_uint_eq(health.out_of_order, 1);
}
END_TEST

START_TEST(a_hole_acknowledged_alone_waits_a_little)
{
	handshake();
	text(0, 1004, "d");
	ack(1, 5001, 1004);
	is_told("");
	text(0, 1005, "e");
	text(0, 1006, "f");
	is_told("");
	text(0, 1007, "g");
	is_told("0[3] 0:d 0:e 0:f 0:g");
}
END_TEST

START_TEST(a_hole_acknowledged_alone_waits_no_longer_than_a_second)
{
	handshake();
	text(0, 1004, "d");
	ack(1, 5001, 1004);
	now_ns += 1100 * MS;
	ack(1, 5001, 1004);
	is_told("0[3] 0:d");
}
END_TEST

START_TEST(a_hole_that_nobody_acknowledged_waits)
{
	handshake();
	text(0, 1004, "d");
	now_ns += 3600LL * 1000 * MS;
	ack(1, 5001, 1001);
	is_told("");
	text(0, 1001, "abc");
	is_told("0:abc 0:d");
}
END_TEST

START_TEST(too_many_segments_behind_a_hole_give_it_up)
{
	handshake();
	for (uint32_t i = 0; i < 66; i++)
		text(0, 1002 + i, "x");
	ck_assert_uint_eq(gaps, 1);
	ck_assert_uint_ge(given, 65);
	ck_assert_uint_eq(conn.half[0].waiting_count, 0);
}
END_TEST

START_TEST(too_many_bytes_behind_a_hole_give_it_up)
{
	static uint8_t bytes[OT_LIMIT_REORDER / 4];

	handshake();
	for (uint32_t i = 0; i < 5; i++)
		segment(0, 1002 + i * (uint32_t)sizeof(bytes), bytes,
		    sizeof(bytes), sizeof(bytes), 0, 0);
	ck_assert_uint_eq(gaps, 1);
	ck_assert_uint_eq(given, 5 * sizeof(bytes));
	ck_assert_uint_eq(reorder.bytes, 0);
}
END_TEST

START_TEST(without_room_in_all_streams_together_a_hole_is_not_waited_for)
{
	handshake();
	reorder.bytes = OT_LIMIT_REORDER_ALL;
	text(0, 1004, "def");
	ck_assert_uint_eq(dropped, 3); /* what is missing */
	ck_assert_uint_eq(conn.half[0].waiting_count, 0);
	reorder.bytes = 0;
	text(0, 1007, "g");
	is_told("0[0] 0:def 0:g");
}
END_TEST

START_TEST(two_holes_become_two_gaps_at_the_end)
{
	handshake();
	text(0, 1003, "c");
	text(0, 1006, "f");
	ot_stream_finish(&reorder, &sink, &conn);
	is_told("0[2] 0:c 0[2] 0:f");
}
END_TEST

START_TEST(both_directions_are_finished)
{
	handshake();
	text(1, 5002, "y");
	text(0, 1002, "b");
	ot_stream_finish(&reorder, &sink, &conn);
	is_told("0[1] 0:b 1[1] 1:y");
}
END_TEST

START_TEST(what_the_peer_said_behind_a_hole_comes_before_the_answer)
{
	handshake();
	text(0, 1004, "ask");
	/* the answer acknowledges the request whose start is missing */
	segment(1, 5001, "answer", 6, 6, OT_TCP_ACK, 1007);
	is_told("0[3] 0:ask 1:answer");
}
END_TEST

/* ---- snap length ---- */

START_TEST(what_the_snap_length_cut_is_a_gap_of_its_own_kind)
{
	handshake();
	segment(0, 1001, "abc", 3, 10, OT_TCP_PSH, 0);
	text(0, 1011, "next");
	is_told("0:abc 0[7s] 0:next");
}
END_TEST

START_TEST(a_cut_segment_behind_a_hole_keeps_its_gap)
{
	handshake();
	segment(0, 1004, "d", 1, 3, OT_TCP_PSH, 0);
	text(0, 1007, "gh");
	text(0, 1001, "abc");
	is_told("0:abc 0:d 0[2s] 0:gh");
}
END_TEST

START_TEST(a_retransmission_of_which_only_old_bytes_were_captured_is_a_gap)
{
	handshake();
	text(0, 1001, "abcd");
	segment(0, 1001, "ab", 2, 6, OT_TCP_PSH, 0);
	is_told("0:abcd 0[2s]");
}
END_TEST

START_TEST(segments_without_any_captured_byte_are_gaps)
{
	handshake();
	segment(0, 1001, "", 0, 5, OT_TCP_PSH, 0);
	is_told("0[5s]");
	ck_assert_uint_eq(conn.half[0].next, 1006);
}
END_TEST

/* ---- what the sink leaves ---- */

START_TEST(what_the_sink_leaves_comes_again_with_what_follows)
{
	handshake();
	consume = 0;
	text(0, 1001, "abc");
	text(0, 1004, "def");
	is_told("0:abc 0:abcdef");
	consume = 4;
	text(0, 1007, "g");
	is_told("0:abcdefg");
	ck_assert_uint_eq(conn.half[0].pending.len, 3);
	consume = SIZE_MAX;
	text(0, 1008, "h");
	is_told("0:efgh");
	ck_assert_uint_eq(conn.half[0].pending.len, 0);
}
END_TEST

START_TEST(a_gap_gives_up_what_is_pending)
{
	handshake();
	consume = 0;
	text(0, 1001, "abc");
	text(0, 1005, "ef");
	ack(1, 5001, 1007);
	is_told("0:abc 0[1] 0:ef");
	ck_assert_uint_eq(conn.half[0].pending.len, 2);
}
END_TEST

START_TEST(marks_tell_which_frame_brought_what)
{
	struct ot_pending p = { 0 };

	ck_assert(ot_pending_add(&p, (const uint8_t *)"abc", 3, 7, 70));
	ck_assert(ot_pending_add(&p, (const uint8_t *)"de", 2, 8, 80));
	ck_assert_uint_eq(ot_mark_of(p.marks, p.mark_count, 1)->frame, 7);
	ck_assert_uint_eq(ot_mark_of(p.marks, p.mark_count, 3)->frame, 7);
	ck_assert_uint_eq(ot_mark_of(p.marks, p.mark_count, 4)->frame, 8);
	ck_assert_uint_eq(ot_mark_of(p.marks, p.mark_count, 9)->frame, 8);
	ot_pending_consume(&p, 1);
	ck_assert_uint_eq(p.mark_count, 2);
	ck_assert_uint_eq(p.marks[0].end, 2);
	ot_pending_consume(&p, 2);
	ck_assert_uint_eq(p.mark_count, 1);
	ck_assert_uint_eq(p.len, 2);
	ck_assert_mem_eq(p.p, "de", 2);
	ot_pending_consume(&p, 9);
	ck_assert_uint_eq(p.len, 0);
	ot_pending_done(&p);
}
END_TEST

/* ---- begin and end ---- */

START_TEST(what_began_before_the_capture_starts_at_its_first_segment)
{
	text(1, 70000, "xyz");
	text(0, 100, "abc");
	text(1, 70003, "uvw");
	is_told("1:xyz 0:abc 1:uvw");
	ck_assert_uint_ne(conn.flags & OT_CONN_MIDSTREAM, 0);
	ck_assert_uint_eq(conn.flags & OT_CONN_SYN, 0);
	ck_assert_uint_ne(conn.flags & OT_CONN_ESTABLISHED, 0);
}
END_TEST

START_TEST(an_answer_to_a_syn_that_was_not_captured_tells_of_it)
{
	segment(1, 5000, "", 0, 0, OT_TCP_SYN | OT_TCP_ACK, 1001);
	ck_assert_uint_eq(conn.syn_dir, 0);
	ck_assert_uint_eq(conn.isn, 1000);
	ck_assert_uint_eq(conn.flags & OT_CONN_MIDSTREAM, 0);
	segment(0, 1001, "abc", 3, 3, OT_TCP_ACK, 5001);
	is_told("0:abc");
	ck_assert_uint_ne(conn.flags & OT_CONN_ESTABLISHED, 0);
}
END_TEST

START_TEST(data_in_a_syn_is_data)
{
	segment(0, 1000, "abc", 3, 3, OT_TCP_SYN, 0);
	text(0, 1004, "def");
	is_told("0:abc 0:def");
}
END_TEST

START_TEST(a_simultaneous_open_is_one_connection_of_whoever_was_first)
{
	segment(0, 1000, "", 0, 0, OT_TCP_SYN, 0);
	segment(1, 5000, "", 0, 0, OT_TCP_SYN, 0);
	segment(0, 1000, "", 0, 0, OT_TCP_SYN | OT_TCP_ACK, 5001);
	segment(1, 5000, "", 0, 0, OT_TCP_SYN | OT_TCP_ACK, 1001);
	text(0, 1001, "abc");
	text(1, 5001, "xyz");
	is_told("0:abc 1:xyz");
	ck_assert_uint_eq(conn.syn_dir, 0);
	ck_assert_uint_ne(conn.flags & OT_CONN_ESTABLISHED, 0);
}
END_TEST

START_TEST(a_reset_that_answers_a_syn_refuses)
{
	segment(0, 1000, "", 0, 0, OT_TCP_SYN, 0);
	segment(1, 0, "", 0, 0, OT_TCP_RST | OT_TCP_ACK, 1001);
	ck_assert_uint_ne(conn.flags & OT_CONN_REFUSED, 0);
	ck_assert_uint_eq(conn.flags & OT_CONN_RESET, 0);
}
END_TEST

START_TEST(a_reset_of_what_is_open_carries_no_data)
{
	handshake();
	text(0, 1001, "abc");
	segment(1, 5001, "why", 3, 3, OT_TCP_RST, 0);
	ck_assert_uint_eq(conn.flags & OT_CONN_REFUSED, 0);
	ck_assert_uint_ne(conn.flags & OT_CONN_RESET, 0);
	is_told("0:abc");
}
END_TEST

START_TEST(a_reset_by_whoever_sent_the_syn_is_no_refusal)
{
	segment(0, 1000, "", 0, 0, OT_TCP_SYN, 0);
	segment(0, 1001, "", 0, 0, OT_TCP_RST, 0);
	ck_assert_uint_eq(conn.flags & OT_CONN_REFUSED, 0);
	ck_assert_uint_ne(conn.flags & OT_CONN_RESET, 0);
}
END_TEST

START_TEST(a_fin_may_carry_data_and_each_side_has_its_own)
{
	handshake();
	segment(0, 1001, "bye", 3, 3, OT_TCP_FIN | OT_TCP_ACK, 5001);
	is_told("0:bye");
	ck_assert(conn.half[0].fin);
	ck_assert(!conn.half[1].fin);
	segment(1, 5001, "more", 4, 4, OT_TCP_ACK, 1005);
	is_told("1:more");
}
END_TEST

/* ---- health ---- */

START_TEST(acknowledgements_that_repeat_while_data_is_missing_are_counted)
{
	handshake();
	text(0, 1001, "abc");
	ack(1, 5001, 1001);
	ack(1, 5001, 1001);
	ck_assert_uint_eq(health.duplicate_acks, 1);
	ack(1, 5001, 1004);
	ck_assert_uint_eq(health.duplicate_acks, 0);
	ack(1, 5001, 1004); /* nothing is missing */
	ck_assert_uint_eq(health.duplicate_acks, 0);
}
END_TEST

START_TEST(round_trips_are_measured_from_data_to_its_acknowledgement)
{
	segment(0, 1000, "", 0, 0, OT_TCP_SYN, 0);
	ck_assert_int_lt(health.rtt_ns, 0);
	segment(1, 5000, "", 0, 0, OT_TCP_SYN | OT_TCP_ACK, 1001);
	ck_assert_int_eq(health.rtt_ns, MS);
	now_ns += 9 * MS;
	segment(0, 1001, "", 0, 0, OT_TCP_ACK, 5001);
	ck_assert_int_eq(health.rtt_ns, 10 * MS);
	text(0, 1001, "abc");
	ack(1, 5001, 1002); /* not all of it */
	ck_assert_int_lt(health.rtt_ns, 0);
	ack(1, 5001, 1004);
	ck_assert_int_eq(health.rtt_ns, 2 * MS);
}
END_TEST

START_TEST(a_closed_window_is_counted_but_not_that_of_a_reset)
{
	struct ot_packet p = { .transport = OT_TCP, .tcp_flags = OT_TCP_ACK };

	ot_stream_segment(&reorder, &sink, &conn, 0, &p, &health, &dropped);
	ck_assert_uint_eq(health.zero_window, 1);
	p.tcp_flags = OT_TCP_RST;
	ot_stream_segment(&reorder, &sink, &conn, 0, &p, &health, &dropped);
	ck_assert_uint_eq(health.zero_window, 0);
	p.tcp_flags = OT_TCP_FIN | OT_TCP_ACK;
	ot_stream_segment(&reorder, &sink, &conn, 0, &p, &health, &dropped);
	ck_assert_uint_eq(health.zero_window, 0);
}
END_TEST

START_TEST(a_copy_of_what_waits_is_a_retransmission)
{
	handshake();
	text(0, 1004, "def");
	ck_assert_uint_eq(health.retransmitted, 0);
	text(0, 1004, "def");
	ck_assert_uint_eq(health.retransmitted, 1);
	text(0, 1001, "abc");
	ck_assert_uint_eq(health.retransmitted, 0);
	ck_assert_uint_eq(health.out_of_order, 1);
}
END_TEST

START_TEST(a_handshake_is_measured_from_the_last_syn)
{
	segment(0, 1000, "", 0, 0, OT_TCP_SYN, 0);
	segment(0, 1000, "", 0, 0, OT_TCP_SYN, 0);
	segment(1, 5000, "", 0, 0, OT_TCP_SYN | OT_TCP_ACK, 1001);
	ck_assert_int_eq(health.handshake_ns, -1);
	segment(0, 1001, "", 0, 0, OT_TCP_ACK, 5001);
	ck_assert_int_eq(health.handshake_ns, 2 * MS);
	segment(0, 1001, "", 0, 0, OT_TCP_ACK, 5001);
	ck_assert_int_eq(health.handshake_ns, -1);
}
END_TEST

START_TEST(without_its_syn_no_handshake_is_measured)
{
	segment(1, 5000, "", 0, 0, OT_TCP_SYN | OT_TCP_ACK, 1001);
	segment(0, 1001, "", 0, 0, OT_TCP_ACK, 5001);
	ck_assert_int_eq(health.handshake_ns, -1);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		in_order_goes_straight_through,
		out_of_order_waits_for_what_is_missing,
		every_order_of_five_segments_gives_the_same_stream,
		the_sequence_number_wraps,
		a_retransmission_gives_nothing_and_is_counted,
		a_retransmission_with_more_gives_what_is_new,
		of_bytes_that_overlap_the_first_copy_wins,
		a_segment_that_overlaps_what_waits_is_cut,
		a_longer_copy_behind_a_hole_adds_its_end,
		of_bytes_that_overlap_behind_a_hole_the_first_copy_wins,
		pieces_behind_a_hole_wrap_with_the_sequence_number,
		a_keep_alive_is_no_retransmission_and_no_data,
		a_hole_that_the_peer_acknowledged_with_what_follows_is_given_up,
		a_hole_acknowledged_alone_waits_a_little,
		a_hole_acknowledged_alone_waits_no_longer_than_a_second,
		what_a_forged_syn_would_make_old_is_read,
		half_of_all_numbers_away_is_neither_lost_nor_undefined,
		segments_outside_of_the_window_do_not_hide_the_stream,
		a_hole_that_nobody_acknowledged_waits,
		too_many_segments_behind_a_hole_give_it_up,
		too_many_bytes_behind_a_hole_give_it_up,
		without_room_in_all_streams_together_a_hole_is_not_waited_for,
		two_holes_become_two_gaps_at_the_end,
		both_directions_are_finished,
		what_the_peer_said_behind_a_hole_comes_before_the_answer,
		what_the_snap_length_cut_is_a_gap_of_its_own_kind,
		a_cut_segment_behind_a_hole_keeps_its_gap,
		a_retransmission_of_which_only_old_bytes_were_captured_is_a_gap,
		segments_without_any_captured_byte_are_gaps,
		what_the_sink_leaves_comes_again_with_what_follows,
		a_gap_gives_up_what_is_pending,
		marks_tell_which_frame_brought_what,
		what_began_before_the_capture_starts_at_its_first_segment,
		an_answer_to_a_syn_that_was_not_captured_tells_of_it,
		data_in_a_syn_is_data,
		a_simultaneous_open_is_one_connection_of_whoever_was_first,
		a_reset_that_answers_a_syn_refuses,
		a_reset_of_what_is_open_carries_no_data,
		a_reset_by_whoever_sent_the_syn_is_no_refusal,
		a_fin_may_carry_data_and_each_side_has_its_own,
		acknowledgements_that_repeat_while_data_is_missing_are_counted,
		round_trips_are_measured_from_data_to_its_acknowledgement,
		a_closed_window_is_counted_but_not_that_of_a_reset,
		a_copy_of_what_waits_is_a_retransmission,
		a_handshake_is_measured_from_the_last_syn,
		without_its_syn_no_handshake_is_measured,
	};

	return RUN("reorder", tests, before, after);
}
