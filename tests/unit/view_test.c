/*
 * The words that renderers share (render/view.c, view_crossings.c).
 */
#include "render/view.h"
#include "sample_report.h"
#include "suite.h"

static struct sample sample;
static struct ot_sb sb;

static void
init(void)
{
	sample_init(&sample);
	sb.len = 0;
}

static void
done(void)
{
	sample_done(&sample);
	ot_sb_done(&sb);
}

static const char *
taken(void)
{
	sb.len = 0;
	return sb.p;
}

START_TEST(ports_are_written_as_conduits_write_them)
{
	ot_view_port(&sb, OT_TCP, 502);
	ck_assert_str_eq(taken(), "tcp/502");
	ot_view_port(&sb, OT_IP, 50);
	ck_assert_str_eq(taken(), "ip/50");
	ot_view_port(&sb, OT_ETH, 0x88b8);
	ck_assert_str_eq(taken(), "ethertype/0x88b8");
	ot_view_port(&sb, OT_ETH, 0x1000042);
	ck_assert_str_eq(taken(), "llc/0x42");
	ot_view_port(&sb, OT_ICMP, 0);
	ck_assert_str_eq(taken(), "icmp");
}
END_TEST

START_TEST(a_name_by_port_alone_is_no_name)
{
	struct ot_crossing crossing = { .protocol = ot_str("http"),
		.port = 80,
		.named_by = OT_NAMED_PORT };

	ot_view_service(&sb, &crossing);
	ck_assert_str_eq(taken(), "tcp/80");
	crossing.named_by = OT_NAMED_CONTENT;
	ot_view_service(&sb, &crossing);
	ck_assert_str_eq(taken(), "http");
}
END_TEST

START_TEST(sizes_at_the_borders_of_units)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} sizes[] = { { 0, "0 B" }, { 999, "999 B" }, { 1000, "1.0 kB" },
		{ 99999, "99.9 kB" }, { 100000, "100 kB" },
		{ 999999, "999 kB" }, { 1000000, "1.0 MB" },
		{ UINT64_MAX, "18.4 EB" } };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		ot_view_bytes(&sb, sizes[i].bytes);
		ck_assert_str_eq(taken(), sizes[i].text);
	}
}
END_TEST

START_TEST(a_small_share_is_never_nothing_nor_a_large_one_all)
{
	ot_view_percent(&sb, 0, 0);
	ck_assert_str_eq(taken(), "0 %");
	ot_view_percent(&sb, 1, 1000000);
	ck_assert_str_eq(taken(), "<0.1 %");
	ot_view_percent(&sb, 999999, 1000000);
	ck_assert_str_eq(taken(), "99.9 %");
	ot_view_percent(&sb, 7, 7);
	ck_assert_str_eq(taken(), "100 %");
}
END_TEST

START_TEST(ops_of_one_rule_are_one_line_with_the_first_frame)
{
	uint32_t count;
	struct ot_view_crossing *rows =
	    ot_view_crossings(&sample.arena, &sample.report, &count);

	ck_assert_uint_eq(count, 3);
	ck_assert_uint_eq(rows[0].verdict, OT_VIOLATION);
	ck_assert_uint_eq(rows[0].verbs, 1U << OT_WRITE);
	ck_assert_uint_eq(rows[0].line, 3);
	ck_assert(rows[1].attempt && !rows[1].first);
	ck_assert_uint_eq(rows[2].verdict, OT_ALLOWED);
	ck_assert_uint_eq(rows[2].verbs, 1U << OT_READ | 1U << OT_SESSION);
	ck_assert_uint_eq(rows[2].first->frame, 4);
	ck_assert(ot_str_eq(rows[2].file, ot_str("zones/c.csv")));
	ck_assert_uint_eq(rows[2].line, 2);
}
END_TEST

START_TEST(no_crossing_is_no_line)
{
	uint32_t count = 1;

	sample.crossings.count = 0;
	ck_assert_ptr_nonnull(
	    ot_view_crossings(&sample.arena, &sample.report, &count));
	ck_assert_uint_eq(count, 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		ports_are_written_as_conduits_write_them,
		a_name_by_port_alone_is_no_name,
		sizes_at_the_borders_of_units,
		a_small_share_is_never_nothing_nor_a_large_one_all,
		ops_of_one_rule_are_one_line_with_the_first_frame,
		no_crossing_is_no_line,
	};

	return RUN("view", tests, init, done);
}
