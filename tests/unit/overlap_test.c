/*
 * lib/flow/overlap.c, lib/flow/history.c: bytes that came twice.
 */
#include "flow/overlap.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

static struct ot_reorder reorder;
static struct ot_conn conn;
static char told[4096];
static unsigned count;
static struct ot_second last;

static size_t
on_data(void *user, struct ot_conn *c, unsigned dir, const uint8_t *p,
    size_t len, const struct ot_mark *marks, size_t mark_count)
{
	(void)user;
	(void)c;
	(void)dir;
	(void)p;
	(void)marks;
	(void)mark_count;
	return len / 4 * 4; /* PDUs of four bytes */
}

static void
on_gap(void *user, struct ot_conn *c, unsigned dir, uint64_t bytes, bool snap)
{
	(void)user;
	(void)c;
	(void)dir;
	(void)bytes;
	(void)snap;
}

static void
on_end(void *user, struct ot_conn *c)
{
	(void)user;
	(void)c;
}

/* "first|other from-to" */
static void
on_second(
    void *user, struct ot_conn *c, unsigned dir, const struct ot_second *s)
{
	(void)user;
	(void)c;
	(void)dir;
	count++;
	last = *s;
	snprintf(told, sizeof(told), "%.*s|%.*s %zu-%zu", (int)s->first_len,
	    (const char *)s->first, (int)s->len, (const char *)s->other,
	    s->from, s->to);
}

static const struct ot_flow_sink sink = {
	.data = on_data, .gap = on_gap, .end = on_end, .second = on_second
};

static void
before(void)
{
	reorder = (struct ot_reorder){ 0 };
	memset(&conn, 0, sizeof(conn));
	told[0] = 0;
	count = 0;
}

static void
after(void)
{
	ot_stream_drop(&reorder, &conn);
	ot_history_done(&reorder.history);
}

static void
segment(uint32_t seq, const char *bytes)
{
	static uint64_t frame;
	struct ot_tcp_health health;
	uint64_t dropped = 0;
	struct ot_packet p = { .frame = ++frame,
		.transport = OT_TCP,
		.seq = seq,
		.payload = (const uint8_t *)bytes,
		.captured = (uint32_t)strlen(bytes),
		.wire = (uint32_t)strlen(bytes) };

	ot_stream_segment(&reorder, &sink, &conn, 0, &p, &health, &dropped);
	ck_assert_uint_eq(dropped, 0);
}

/* The peer has all bytes before this one. */
static void
acknowledge(uint32_t seq)
{
	struct ot_tcp_health health;
	uint64_t dropped = 0;
	struct ot_packet p = { .transport = OT_TCP,
		.tcp_flags = OT_TCP_ACK,
		.ack = seq,
		.seq = 1,
		.payload = (const uint8_t *)"" };

	ot_stream_segment(&reorder, &sink, &conn, 1, &p, &health, &dropped);
}

START_TEST(copies_that_agree_are_not_told)
{
	segment(100, "abcdefgh");
	segment(100, "abcdefgh");
	segment(103, "def");
	segment(100, "abcdefghijkl");
	ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(a_copy_that_differs_is_told_from_the_start_of_a_pdu)
{
	segment(100, "abcdefghijkl");
	segment(106, "X");
	ck_assert_str_eq(told, "abcdefghijkl|abcdefXhijkl 6-7");
	ck_assert(last.aligned);
	ck_assert(last.compared);
	ck_assert_uint_eq(last.seq, 100);
}
END_TEST

START_TEST(it_may_begin_in_an_earlier_segment)
{
	segment(100, "abcde");
	segment(105, "f");
	segment(106, "gh");
	segment(106, "XY");
	ck_assert_str_eq(told, "efgh|efXY 2-4");
	ck_assert(last.aligned);
}
END_TEST

START_TEST(the_last_copies_win_over_those_before)
{
	segment(100, "abcd");
	segment(100, "WX");
	ck_assert_str_eq(told, "abcd|WXcd 0-2");
	segment(102, "YZ");
	ck_assert_str_eq(told, "abcd|WXYZ 2-4");
}
END_TEST

START_TEST(a_second_copy_that_comes_again_is_told_once)
{
	segment(100, "abcd");
	segment(100, "WXYZ");
	segment(100, "WXYZ");
	ck_assert_uint_eq(count, 1);
}
END_TEST

START_TEST(new_bytes_behind_old_ones_are_both)
{
	segment(100, "abcd");
	segment(100, "WXYZefgh");
	ck_assert_str_eq(told, "abcdefgh|WXYZefgh 0-4");
}
END_TEST

START_TEST(of_what_waits_both_copies_are_read)
{
	segment(100, "abcd");
	segment(108, "ijkl");
	segment(108, "WXYZ");
	ck_assert_uint_eq(count, 0);
	segment(104, "efgh");
	ck_assert_str_eq(told, "ijkl|WXYZ 0-4");
}
END_TEST

START_TEST(what_waited_and_was_overtaken_is_the_second_copy)
{
	segment(100, "abcd");
	segment(108, "WXYZ");
	segment(104, "efghijkl");
	ck_assert_str_eq(told, "efghijkl|efghWXYZ 4-8");
}
END_TEST

START_TEST(a_byte_that_the_peer_has_is_a_keep_alive)
{
	segment(100, "abcd");
	acknowledge(104);
	segment(103, "X");
	ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(a_byte_that_the_peer_has_not_is_data)
{
	segment(100, "abcd");
	acknowledge(103);
	segment(103, "X");
	ck_assert_str_eq(told, "abcd|abcX 3-4");
}
END_TEST

START_TEST(what_is_not_kept_any_more_cannot_be_compared)
{
	char filler[1001];

	memset(filler, 'x', 1000);
	filler[1000] = 0;
	segment(100, "abcd");
	for (uint32_t i = 0; i < 300; i++)
		segment(104 + 1000 * i, filler);
	segment(100, "WXYZ");
	ck_assert_uint_eq(count, 1);
	ck_assert(!last.compared);
	ck_assert(!last.aligned);
	ck_assert_uint_eq(last.first_len, 0);
	ck_assert_uint_eq(last.len, 4);
}
END_TEST

START_TEST(connections_of_one_shard_do_not_mix)
{
	struct ot_conn other = { .half = { { .packets = 0 } } };

	segment(100, "abcd");
	struct ot_conn mine = conn;

	conn = other;
	segment(100, "WXYZ");
	ck_assert_uint_eq(count, 0);
	ot_stream_drop(&reorder, &conn);
	conn = mine;
	segment(100, "abcd");
	ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(the_work_is_bounded)
{
	char filler[3], long_pdu[4001];

	memset(long_pdu, 'x', 4000);
	long_pdu[4000] = 0;
	filler[1] = 0;
	segment(100, long_pdu);
	for (unsigned i = 0; i < 3000; i++) {
		filler[0] = (char)('a' + i % 20);
		segment(100 + i, filler);
	}
	ck_assert_uint_gt(reorder.unread, 0);
	ck_assert_uint_eq(last.len, 0); /* told all the same */
	ck_assert_uint_eq(count, 3000);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		copies_that_agree_are_not_told,
		a_copy_that_differs_is_told_from_the_start_of_a_pdu,
		it_may_begin_in_an_earlier_segment,
		the_last_copies_win_over_those_before,
		a_second_copy_that_comes_again_is_told_once,
		new_bytes_behind_old_ones_are_both,
		of_what_waits_both_copies_are_read,
		what_waited_and_was_overtaken_is_the_second_copy,
		a_byte_that_the_peer_has_is_a_keep_alive,
		a_byte_that_the_peer_has_not_is_data,
		what_is_not_kept_any_more_cannot_be_compared,
		connections_of_one_shard_do_not_mix,
		the_work_is_bounded,
	};

	return RUN("overlap", tests, before, after);
}
