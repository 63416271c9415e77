/*
 * lib/engine/story.c: Community IDs of the reference, states and histories of
 * connections told packet by packet.
 */
#include "engine/story.h"

#include "suite.h"

static struct ot_arena arena;
static struct ot_conn conn;
static struct ot_flow_sum sum;

static void
before(void)
{
	memset(&conn, 0, sizeof(conn));
	memset(&sum, 0, sizeof(sum));
}

static void
after(void)
{
	ot_arena_done(&arena);
}

/* ---- Community ID ---- */

/* A connection whose first packet goes from a to b. The smaller end, as the
 * table of connections sees it, need not be the one of smaller bytes. */
static void
ends(const char *a, uint32_t port_a, const char *b, uint32_t port_b,
    enum ot_transport transport)
{
	conn.transport = (uint8_t)transport;
	ck_assert(ot_addr_parse(&conn.end[0], ot_str(a)));
	ck_assert(ot_addr_parse(&conn.end[1], ot_str(b)));
	conn.port[0] = port_a;
	conn.port[1] = port_b;
}

static void
id_is(const char *expected)
{
	struct ot_conn turned = conn;
	char id[OT_COMMUNITY_ID];

	ck_assert(ot_community_id(id, &conn));
	ck_assert_str_eq(id, expected);
	for (unsigned i = 0; i < 2; i++) {
		turned.end[i] = conn.end[!i];
		turned.port[i] = conn.port[!i];
	}
	turned.first_dir = !conn.first_dir;
	ck_assert(ot_community_id(id, &turned));
	ck_assert_str_eq(id, expected);
}

/* From the reference values of the specification. */
START_TEST(ids_of_tcp_udp_and_sctp)
{
	ends("128.232.110.120", 34855, "66.35.250.204", 80, OT_TCP);
	id_is("1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
	ends("192.168.1.52", 54585, "8.8.8.8", 53, OT_UDP);
	id_is("1:d/FP5EW3wiY1vCndhwleRRKHowQ=");
	ends("192.168.170.8", 7, "192.168.170.56", 7, OT_SCTP);
	id_is("1:MP2EtRCAUIZvTw6MxJHLV7N7JDs=");
}
END_TEST

START_TEST(ids_of_icmp_by_type_and_answer_or_code)
{
	ends("192.168.0.89", 8, "192.168.0.1", 0, OT_ICMP);
	id_is("1:X0snYXpgwiv9TZtqg64sgzUn6Dk=");
	/* an answer that is seen first */
	ends("192.168.0.1", 0, "192.168.0.89", 8, OT_ICMP);
	id_is("1:X0snYXpgwiv9TZtqg64sgzUn6Dk=");
	ends("fe80::200:86ff:fe05:80da", 135, "fe80::260:97ff:fe07:69ea", 136,
	    OT_ICMP);
	id_is("1:dGHyGvjMfljg6Bppwm3bg0LO8TY=");
	/* one way: never ordered */
	ends("192.168.0.89", 20, "192.168.0.1", 0, OT_ICMP);
	id_is("1:3o2RFccXzUgjl7zDpqmY7yJi8rI=");
}
END_TEST

START_TEST(no_ids_without_ip)
{
	char id[OT_COMMUNITY_ID];

	conn.transport = OT_ETH;
	ck_assert(!ot_community_id(id, &conn));
}
END_TEST

/* ---- states and histories ---- */

static uint8_t
flags_of(const char *token)
{
	static const struct {
		char c;
		uint8_t flag;
	} names[] = { { 'S', OT_TCP_SYN }, { 'A', OT_TCP_ACK },
		{ 'F', OT_TCP_FIN }, { 'R', OT_TCP_RST } };
	uint8_t flags = 0;

	for (; *token && *token != ' '; token++)
		for (unsigned i = 0; i < 4; i++)
			if (*token == names[i].c)
				flags |= names[i].flag;
	return flags;
}

/* ">S <SA >A >5" are a SYN, its answer, an ACK and five bytes; direction 0 is
 * the client's. T is a repetition, W a window of zero. */
static void
tell(const char *packets, const char *state, const char *history)
{
	struct ot_story *story = ot_story_new();
	uint32_t seq[2] = { 1000, 2000 };
	int64_t now = 0;

	before();
	ends("10.0.0.1", 1024, "10.0.0.2", 502, OT_TCP);
	conn.first_dir = packets[0] == '<';
	for (const char *p = packets; p; p = strchr(p, ' ')) {
		p += *p == ' ';
		unsigned dir = *p == '<';
		const char *token = p + 1;
		struct ot_tcp_health health = { .retransmitted = *token == 'T',
			.zero_window = *token == 'W',
			.rtt_ns = -1 };
		struct ot_packet packet = { .transport = OT_TCP,
			.time_ns = ++now,
			.seq = seq[dir],
			.tcp_flags = flags_of(token),
			.wire = *token >= '1' && *token <= '9'
				    ? (uint32_t)(*token - '0')
				    : 0 };

		if (!packet.tcp_flags)
			packet.tcp_flags = OT_TCP_ACK;
		if (*token == 'T') {
			packet.wire = 1;
			packet.seq--;
		}
		packet.ip_bytes = 40 + packet.wire;
		if (*token == 'G') {
			ot_story_gap(story, dir);
			seq[dir] += 10;
			continue;
		}
		ot_story_count(story, dir, &packet);
		ot_story_packet(story, dir, &packet, &health);
		if (*token != 'T')
			seq[dir] += packet.wire +
				    ((packet.tcp_flags & OT_TCP_SYN) != 0) +
				    ((packet.tcp_flags & OT_TCP_FIN) != 0);
	}
	conn.last_ns = now;
	ck_assert(ot_story_tell(story, &arena, &conn, 0, &sum));
	ot_story_free(story);
	ck_assert_str_eq(sum.connection.state.p, state);
	ck_assert_str_eq(sum.connection.history.p, history);
}

START_TEST(how_connections_end)
{
	tell(">S", "S0", "S");
	tell(">S >A >5", "S0", "SAD");
	tell(">S <SA", "S1", "Sh");
	tell(">S <SA >A >5 <5", "S1", "ShADd");
	tell(">S <SA >A >5 <A >FA <FA >A", "SF", "ShADaFf");
	tell(">S <SA >A >FA <A", "S2", "ShAFa");
	tell(">S <SA >A <FA >A", "S3", "ShAf");
	tell(">S <RA", "REJ", "Sr");
	tell(">S <SA >R", "RSTO", "ShR");
	tell(">S <SA >A >5 <R", "RSTR", "ShADr");
	tell(">S >R", "RSTOS0", "SR");
	tell("<SA <R", "RSTRH", "^hr");
	tell(">S >FA", "SH", "SF");
	tell("<SA <FA", "SHR", "^hf");
	tell(">5 <5 >5", "OTH", "Dd");
}
END_TEST

START_TEST(letters_of_trouble)
{
	tell(">S <SA >A >5 >T", "S1", "ShADT");
	tell(">S <SA >A >5 <W", "S1", "ShADaw");
	tell(">S <SA >A <G <5", "S1", "ShAgd");
	tell(">SF", "SH", "Q");
	tell(">S <SA >FR", "RSTO", "ShI");
}
END_TEST

START_TEST(bytes_are_counted_by_sequence_numbers)
{
	tell(">S <SA >A >5 >T <G <5 >FA <FA >A", "SF", "ShADTgdFf");
	ck_assert_uint_eq(sum.connection.client_data, 5);
	ck_assert_uint_eq(sum.connection.server_data, 15);
	ck_assert_uint_eq(sum.connection.client_ip_bytes, 6 * 40 + 6);
	/* to the second FIN, not to the last ACK */
	ck_assert_int_eq((int64_t)sum.connection.duration, conn.last_ns - 1);
}
END_TEST

START_TEST(a_repetition_counts_by_powers_of_ten)
{
	struct ot_story *story = ot_story_new();
	struct ot_packet packet = {
		.transport = OT_TCP, .tcp_flags = OT_TCP_ACK, .wire = 1
	};
	struct ot_tcp_health health = { .retransmitted = 1 };

	before();
	ends("10.0.0.1", 1024, "10.0.0.2", 502, OT_TCP);
	for (unsigned i = 0; i < 1000; i++)
		ot_story_packet(story, 1, &packet, &health);
	ck_assert(ot_story_tell(story, &arena, &conn, 1, &sum));
	ck_assert_str_eq(sum.connection.history.p, "^TDTTT");
	ot_story_free(story);
}
END_TEST

START_TEST(datagrams_have_two_letters)
{
	struct ot_story *story = ot_story_new();
	struct ot_packet packet = { .transport = OT_UDP, .wire = 7 };

	before();
	ends("10.0.0.1", 1024, "10.0.0.2", 53, OT_UDP);
	ot_story_packet(story, 0, &packet, NULL);
	ck_assert(ot_story_tell(story, &arena, &conn, 0, &sum));
	ck_assert_str_eq(sum.connection.state.p, "S0");
	ot_story_packet(story, 1, &packet, NULL);
	ot_story_packet(story, 1, &packet, NULL);
	ck_assert(ot_story_tell(story, &arena, &conn, 0, &sum));
	ck_assert_str_eq(sum.connection.state.p, "SF");
	ck_assert_str_eq(sum.connection.history.p, "Dd");
	ck_assert_uint_eq(sum.connection.server_data, 14);
	ck_assert_uint_eq(sum.connection.uid.len, 17);
	ot_story_free(story);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		ids_of_tcp_udp_and_sctp,
		ids_of_icmp_by_type_and_answer_or_code,
		no_ids_without_ip,
		how_connections_end,
		letters_of_trouble,
		bytes_are_counted_by_sequence_numbers,
		a_repetition_counts_by_powers_of_ten,
		datagrams_have_two_letters,
	};

	return RUN("story", tests, before, after);
}
