/*
 * lib/flow/table.c: which packets make a connection, its epochs, its copies.
 */
#include "flow/flow.h"

#include <stdio.h>

#include "suite.h"

enum { MS = 1000000 };

static struct ot_flow *flow;
static uint64_t frame;
static struct ot_conn *ended[70000];
static uint64_t ended_first[70000];
static unsigned ended_count;

static size_t
on_data(void *user, struct ot_conn *c, unsigned dir, const uint8_t *p,
    size_t len, const struct ot_mark *marks, size_t mark_count)
{
	(void)user, (void)c, (void)dir, (void)p, (void)marks, (void)mark_count;
	return len;
}

static void
on_gap(void *user, struct ot_conn *c, unsigned dir, uint64_t bytes, bool snap)
{
	(void)user, (void)c, (void)dir, (void)bytes, (void)snap;
}

static void
on_end(void *user, struct ot_conn *c)
{
	(void)user;
	ended_first[ended_count] = c->first_frame;
	ended[ended_count++] = c;
}

static const struct ot_flow_sink sink = {
	.data = on_data, .gap = on_gap, .end = on_end
};

static void
before(void)
{
	flow = ot_flow_new(&sink);
	ck_assert_ptr_nonnull(flow);
	ended_count = 0;
	frame = 0;
}

static void
after(void)
{
	ot_flow_free(flow);
}

static struct ot_addr
addr(const char *text)
{
	struct ot_addr a = { 0 };

	ck_assert(ot_addr_parse(&a, ot_str(text)));
	return a;
}

static struct ot_packet
packet(enum ot_transport transport, const char *src, uint16_t src_port,
    const char *dst, uint16_t dst_port)
{
	frame++;
	return (struct ot_packet){ .time_ns = (int64_t)frame * 100 * MS,
		.frame = frame,
		.transport = transport,
		.src = addr(src),
		.dst = addr(dst),
		.src_port = src_port,
		.dst_port = dst_port,
		.ip = true,
		.ip_id = (uint16_t)frame };
}

static struct ot_packet
tcp(uint8_t flags, uint32_t seq)
{
	struct ot_packet p = packet(OT_TCP, "10.0.0.1", 49152, "10.0.0.2", 502);

	p.tcp_flags = flags;
	p.seq = seq;
	return p;
}

static struct ot_packet
turned(struct ot_packet p)
{
	struct ot_addr a = p.src;
	uint16_t port = p.src_port;

	p.src = p.dst;
	p.dst = a;
	p.src_port = p.dst_port;
	p.dst_port = port;
	return p;
}

/* What the engine does with a packet, as far as the table needs it. */
static struct ot_conn *
find_at(const struct ot_packet *p, uint32_t sensor, unsigned *dir)
{
	struct ot_tcp_health health;
	unsigned way;
	struct ot_conn *c = ot_flow_find(flow, p, sensor, &way);

	ck_assert_ptr_nonnull(c);
	c->half[way].packets++;
	if (p->transport == OT_TCP && !p->icmp_error)
		ot_flow_segment(flow, c, way, p, &health);
	if (dir)
		*dir = way;
	return c;
}

static struct ot_conn *
find(struct ot_packet p)
{
	return find_at(&p, 0, NULL);
}

/* ---- keys ---- */

START_TEST(both_directions_are_one_connection)
{
	unsigned there, back;
	struct ot_packet p = packet(OT_UDP, "10.0.0.9", 1000, "10.0.0.2", 53);
	struct ot_packet q = turned(p);
	struct ot_conn *c = find_at(&p, 0, &there);

	ck_assert_ptr_eq(find_at(&q, 0, &back), c);
	ck_assert_uint_eq(there, !back);
	ck_assert(ot_addr_eq(&c->end[there], &p.src));
	ck_assert_uint_eq(c->port[there], 1000);
	ck_assert_uint_eq(c->port[back], 53);
	ck_assert_uint_eq(c->first_dir, there);
}
END_TEST

START_TEST(a_host_that_talks_to_itself_has_two_directions)
{
	unsigned there, back;
	struct ot_packet p = packet(OT_UDP, "127.0.0.1", 9, "127.0.0.1", 7);
	struct ot_packet q = turned(p);

	ck_assert_ptr_eq(find_at(&p, 0, &there), find_at(&q, 0, &back));
	ck_assert_uint_ne(there, back);
}
END_TEST

START_TEST(any_part_of_the_key_makes_another_connection)
{
	struct ot_conn *c[8];

	c[0] = find(packet(OT_UDP, "10.0.0.1", 1, "10.0.0.2", 2));
	c[1] = find(packet(OT_TCP, "10.0.0.1", 1, "10.0.0.2", 2));
	c[2] = find(packet(OT_UDP, "10.0.0.3", 1, "10.0.0.2", 2));
	c[3] = find(packet(OT_UDP, "10.0.0.1", 1, "10.0.0.3", 2));
	c[4] = find(packet(OT_UDP, "10.0.0.1", 3, "10.0.0.2", 2));
	c[5] = find(packet(OT_UDP, "10.0.0.1", 1, "10.0.0.2", 3));
	c[6] = find(packet(OT_UDP, "10.0.0.1", 2, "10.0.0.2", 1));
	c[7] = find(packet(OT_UDP, "::a00:1", 1, "::a00:2", 2));
	for (unsigned i = 0; i < 8; i++)
		for (unsigned k = 0; k < i; k++)
			ck_assert_ptr_ne(c[i], c[k]);
}
END_TEST

START_TEST(layer_two_is_told_apart_by_its_type)
{
	struct ot_packet p =
	    packet(OT_ETH, "02:00:00:00:00:01", 0, "02:00:00:00:00:02", 0);
	struct ot_packet q = p;

	p.ether_type = 0x8892;
	q.ether_type = 0x88ba;
	struct ot_conn *c = find(p);

	ck_assert_ptr_ne(find(q), c);
	ck_assert_ptr_eq(find(turned(p)), c);
	ck_assert_uint_eq(c->port[0], 0x8892);
	ck_assert_uint_eq(c->port[1], 0x8892);
}
END_TEST

START_TEST(other_ip_protocols_are_told_apart_by_their_number)
{
	struct ot_packet p = packet(OT_IP, "10.0.0.1", 0, "10.0.0.2", 0);
	struct ot_packet q = p;

	p.ip_protocol = 89;
	q.ip_protocol = 50;
	ck_assert_ptr_ne(find(p), find(q));
}
END_TEST

/* ---- sensors and VLANs ---- */

START_TEST(what_another_sensor_saw_is_another_connection)
{
	struct ot_packet p = packet(OT_UDP, "10.0.0.1", 1, "10.0.0.2", 2);
	struct ot_conn *a = find_at(&p, 0, NULL), *b = find_at(&p, 1, NULL);

	ck_assert_ptr_ne(a, b);
	ck_assert_ptr_eq(find_at(&p, 0, NULL), a);
	ck_assert_ptr_eq(find_at(&p, 1, NULL), b);
}
END_TEST

static struct ot_packet
tagged(struct ot_packet p, uint16_t vlan)
{
	p.vlans = 1;
	p.vlan[0] = vlan;
	return p;
}

START_TEST(another_vlan_is_another_connection)
{
	struct ot_packet p = packet(OT_UDP, "10.0.0.1", 1, "10.0.0.2", 2);
	struct ot_conn *a = find(tagged(p, 10)), *b = find(tagged(p, 20));

	ck_assert_ptr_ne(a, b);
	ck_assert_ptr_eq(find(turned(tagged(p, 10))), a);
	ck_assert_ptr_eq(find(turned(tagged(p, 20))), b);
}
END_TEST

START_TEST(of_endless_tags_only_some_are_kept_and_the_rest_is_counted)
{
	struct ot_packet p = packet(OT_UDP, "10.0.0.1", 1, "10.0.0.2", 2);

	for (unsigned i = 0; i < 4000; i++) {
		p.time_ns = i * MS;
		find(tagged(p, (uint16_t)(1 + i)));
	}
	uint64_t gone = ot_flow_counts(flow)->conns_dropped;

	ck_assert_uint_eq(gone, ended_count);
	ck_assert_uint_ge(gone, 3900);
	ot_flow_end(flow);
	ck_assert_uint_eq(ended_count, 4000);
}
END_TEST

START_TEST(a_tag_in_one_direction_only_is_one_connection)
{
	for (unsigned turn = 0; turn < 2; turn++) {
		struct ot_packet p = packet(
		    OT_UDP, "10.0.0.1", (uint16_t)(1 + turn), "10.0.0.2", 9);
		struct ot_packet there = turn ? p : tagged(p, 10);
		struct ot_packet back = turned(turn ? tagged(p, 10) : p);
		struct ot_conn *c = find(there);

		ck_assert_ptr_eq(find(back), c);
		ck_assert_ptr_eq(find(there), c);
		ck_assert_ptr_eq(find(back), c);
		ck_assert_uint_ne(c->flags & OT_CONN_VLAN_ONE_WAY, 0);
		ck_assert_uint_eq(c->vlans, 1);
		ck_assert_uint_eq(c->vlan[0], 10);
	}
}
END_TEST

START_TEST(tagged_and_untagged_of_one_direction_are_two_connections)
{
	struct ot_packet p = packet(OT_UDP, "10.0.0.1", 1, "10.0.0.2", 2);
	struct ot_conn *plain = find(p);

	ck_assert_ptr_ne(find(tagged(p, 10)), plain);
	ck_assert_ptr_eq(find(turned(p)), plain);
}
END_TEST

/* ---- epochs ---- */

START_TEST(a_syn_with_another_number_begins_a_new_epoch)
{
	struct ot_conn *c = find(tcp(OT_TCP_SYN, 1000));

	find(turned(tcp(OT_TCP_SYN | OT_TCP_ACK, 5000)));
	ck_assert_uint_eq(ended_count, 0);
	c->user = &frame;
	ck_assert_ptr_eq(find(tcp(OT_TCP_SYN, 2000)), c);
	ck_assert_uint_eq(ended_count, 1);
	ck_assert_uint_eq(ended_first[0], 1);
	ck_assert_ptr_null(c->user);
	ck_assert_uint_eq(c->first_frame, 3);
	ck_assert_uint_eq(c->isn, 2000);
	ck_assert_uint_eq(c->flags & OT_CONN_SYNACK, 0);
}
END_TEST

START_TEST(a_syn_again_with_the_same_number_is_a_retransmission)
{
	find(tcp(OT_TCP_SYN, 1000));
	find(tcp(OT_TCP_SYN, 1000));
	find(turned(tcp(OT_TCP_SYN | OT_TCP_ACK, 5000)));
	find(tcp(OT_TCP_SYN, 1000));
	ck_assert_uint_eq(ended_count, 0);
}
END_TEST

START_TEST(a_syn_behind_what_began_before_the_capture_is_a_new_epoch)
{
	find(tcp(OT_TCP_ACK, 77));
	find(tcp(OT_TCP_SYN, 1000));
	ck_assert_uint_eq(ended_count, 1);
}
END_TEST

START_TEST(syns_from_both_sides_are_a_simultaneous_open)
{
	struct ot_conn *c = find(tcp(OT_TCP_SYN, 1000));

	find(turned(tcp(OT_TCP_SYN, 5000)));
	ck_assert_uint_eq(ended_count, 0);
	ck_assert(ot_addr_eq(
	    &c->end[c->syn_dir], &(struct ot_addr[]){ addr("10.0.0.1") }[0]));
}
END_TEST

START_TEST(a_syn_from_the_other_side_of_what_was_reset_is_a_new_epoch)
{
	find(tcp(OT_TCP_SYN, 1000));
	find(turned(tcp(OT_TCP_SYN | OT_TCP_ACK, 5000)));
	find(tcp(OT_TCP_RST, 1001));
	find(turned(tcp(OT_TCP_SYN, 9000)));
	ck_assert_uint_eq(ended_count, 1);
}
END_TEST

START_TEST(a_syn_with_a_reset_or_quoted_by_icmp_begins_nothing)
{
	struct ot_packet quoted = tcp(OT_TCP_SYN, 3000);

	find(tcp(OT_TCP_SYN, 1000));
	find(tcp(OT_TCP_SYN | OT_TCP_RST, 2000));
	quoted.icmp_error = true;
	find(quoted);
	ck_assert_uint_eq(ended_count, 0);
}
END_TEST

/* ---- copies ---- */

START_TEST(the_same_packet_within_ten_milliseconds_is_a_copy)
{
	struct ot_packet p = packet(OT_UDP, "10.0.0.1", 1, "10.0.0.2", 2);
	struct ot_conn *c = find(p);

	ck_assert(!ot_flow_copy(flow, c, 0, &p));
	p.time_ns += 9 * MS;
	ck_assert(ot_flow_copy(flow, c, 0, &p));
	p.time_ns += 2 * MS;
	ck_assert(!ot_flow_copy(flow, c, 0, &p));
}
END_TEST

START_TEST(packets_that_differ_or_have_no_ip_id_are_no_copies)
{
	struct ot_packet p = packet(OT_UDP, "10.0.0.1", 1, "10.0.0.2", 2);
	struct ot_conn *c = find(p);
	struct ot_packet q = p;

	ck_assert(!ot_flow_copy(flow, c, 0, &p));
	ck_assert(!ot_flow_copy(flow, c, 1, &p));
	q.ip_id++;
	ck_assert(!ot_flow_copy(flow, c, 0, &q));
	q = p;
	q.checksum = 7;
	ck_assert(!ot_flow_copy(flow, c, 0, &q));
	q = p;
	q.payload = (const uint8_t *)"a";
	q.captured = 1;
	ck_assert(!ot_flow_copy(flow, c, 0, &q));
	p.ip_id = 0;
	ck_assert(!ot_flow_copy(flow, c, 0, &p));
	ck_assert(!ot_flow_copy(flow, c, 0, &p));
	p.ip_id = 9;
	p.ip = false;
	ck_assert(!ot_flow_copy(flow, c, 0, &p));
	ck_assert(!ot_flow_copy(flow, c, 0, &p));
}
END_TEST

START_TEST(other_bytes_under_the_same_checksum_are_no_copy)
{
	struct ot_packet p = packet(OT_UDP, "10.0.0.1", 1, "10.0.0.2", 2);
	struct ot_conn *c = find(p);

	p.checksum = 0x1234;
	p.payload = (const uint8_t *)"reading 100 registers";
	p.captured = p.wire = 21;
	ck_assert(!ot_flow_copy(flow, c, 0, &p));
	p.payload = (const uint8_t *)"writing 100 registers";
	ck_assert(!ot_flow_copy(flow, c, 0, &p));
	p.payload = (const uint8_t *)"writing 100 register!";
	ck_assert(!ot_flow_copy(flow, c, 0, &p));
	ck_assert(ot_flow_copy(flow, c, 0, &p));
}
END_TEST

/* ---- many ---- */

START_TEST(many_connections_are_all_found_again_and_end_as_they_began)
{
	static struct ot_conn *conns[60000];

	for (unsigned i = 0; i < 60000; i++)
		conns[i] = find(packet(OT_UDP, i % 2 ? "10.0.0.1" : "10.9.0.1",
		    (uint16_t)(i + 1), "10.0.0.2", 53));
	for (unsigned i = 0; i < 60000; i++) {
		struct ot_packet p =
		    packet(OT_UDP, i % 2 ? "10.0.0.1" : "10.9.0.1",
			(uint16_t)(i + 1), "10.0.0.2", 53);

		ck_assert_ptr_eq(find(turned(p)), conns[i]);
	}
	ot_flow_end(flow);
	ck_assert_uint_eq(ended_count, 60000);
	for (unsigned i = 0; i < 60000; i++)
		ck_assert_uint_eq(ended_first[i], i + 1);
	ck_assert_uint_eq(ot_flow_counts(flow)->conns_dropped, 0);
}
END_TEST

START_TEST(after_the_end_the_table_is_empty_and_can_be_used_again)
{
	struct ot_packet p = packet(OT_UDP, "10.0.0.1", 1, "10.0.0.2", 2);

	find(p);
	ot_flow_end(flow);
	p.frame = 99;
	ck_assert_uint_eq(find(p)->first_frame, 99);
	ot_flow_end(flow);
	ck_assert_uint_eq(ended_count, 2);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		both_directions_are_one_connection,
		a_host_that_talks_to_itself_has_two_directions,
		any_part_of_the_key_makes_another_connection,
		layer_two_is_told_apart_by_its_type,
		other_ip_protocols_are_told_apart_by_their_number,
		what_another_sensor_saw_is_another_connection,
		another_vlan_is_another_connection,
		of_endless_tags_only_some_are_kept_and_the_rest_is_counted,
		a_tag_in_one_direction_only_is_one_connection,
		tagged_and_untagged_of_one_direction_are_two_connections,
		a_syn_with_another_number_begins_a_new_epoch,
		a_syn_again_with_the_same_number_is_a_retransmission,
		a_syn_behind_what_began_before_the_capture_is_a_new_epoch,
		syns_from_both_sides_are_a_simultaneous_open,
		a_syn_from_the_other_side_of_what_was_reset_is_a_new_epoch,
		a_syn_with_a_reset_or_quoted_by_icmp_begins_nothing,
		the_same_packet_within_ten_milliseconds_is_a_copy,
		packets_that_differ_or_have_no_ip_id_are_no_copies,
		other_bytes_under_the_same_checksum_are_no_copy,
		many_connections_are_all_found_again_and_end_as_they_began,
		after_the_end_the_table_is_empty_and_can_be_used_again,
	};

	return RUN("table", tests, before, after);
}
