/*
 * lib/net/plain.c: what it reads at one go is what the walk reads.
 */
#include "packets.h"

#include "net/decoder.h"

static unsigned plain_count;

/* Every member but padding: two packets that were cleared before. */
static void
same_by_both(const uint8_t *bytes, size_t captured, size_t wire)
{
	struct ot_packet plain, walked;
	uint8_t *copy = malloc(captured ? captured : 1);
	struct ot_frame frame = { .bytes = copy,
		.captured = (uint32_t)captured,
		.wire = (uint32_t)wire,
		.link_type = LINK_ETHERNET,
		.interface = 3,
		.number = 9,
		.time_ns = 77 };

	if (captured)
		memcpy(copy, bytes, captured);
	memset(&plain, 0, sizeof(plain));
	memset(&walked, 0, sizeof(walked));
	if (ot_plain(&plain, &frame)) {
		plain_count++;
		ck_assert_int_eq(
		    ot_walk_frame(decoder, &walked, &frame), OT_WALKED_PACKET);
		ck_assert_mem_eq(&plain, &walked, sizeof(plain));
	}
	free(copy);
}

/* Cut at every byte, and with every byte changed to every value. */
static void
same_however_changed(struct bytes *b)
{
	for (size_t n = 0; n <= b->len; n++) {
		same_by_both(b->p, n, b->len);
		same_by_both(b->p, n, n);
	}
	for (size_t i = 0; i < b->len; i++) {
		uint8_t was = b->p[i];

		for (unsigned value = 0; value < 256; value++) {
			b->p[i] = (uint8_t)value;
			same_by_both(b->p, b->len, b->len);
		}
		b->p[i] = was;
	}
	drop(b);
}

START_TEST(tcp_is_read_as_the_walk_does)
{
	struct bytes b = { 0 };

	ethernet(&b, 0x0800);
	ipv4(&b, 6, 20 + 5);
	tcp_text(&b, 502, "hello");
	same_however_changed(&b);
	ck_assert_uint_gt(plain_count, 1000);
}
END_TEST

START_TEST(udp_is_read_as_the_walk_does)
{
	struct bytes b = { 0 };

	plain_count = 0;
	ethernet(&b, 0x0800);
	ipv4(&b, 17, 8 + 5);
	udp_text(&b, 502, "hello");
	same_however_changed(&b);
	ck_assert_uint_gt(plain_count, 1000);
}
END_TEST

START_TEST(padding_behind_the_datagram_is_no_payload)
{
	struct bytes b = { 0 };

	ethernet(&b, 0x0800);
	ipv4(&b, 6, 20);
	tcp_text(&b, 502, "");
	fill(&b, 0xee, 6);
	same_by_both(b.p, b.len, b.len);
	same_however_changed(&b);
}
END_TEST

START_TEST(trailers_and_tunnels_are_left_to_the_walk)
{
	struct bytes b = { 0 };
	struct ot_packet p;
	struct ot_frame frame = { .link_type = LINK_ETHERNET };

	ethernet(&b, 0x0800);
	ipv4(&b, 17, 8 + 5);
	udp_text(&b, 4789, "hello");
	frame.bytes = b.p;
	frame.captured = frame.wire = (uint32_t)b.len;
	ck_assert(!ot_plain(&p, &frame));
	drop(&b);
	ethernet(&b, 0x0800);
	ipv4(&b, 6, 20 + 5);
	tcp_text(&b, 502, "hello");
	hex(&b, "00 01 a0 2f 88 fb");
	frame.bytes = b.p;
	frame.captured = frame.wire = (uint32_t)b.len;
	ck_assert(!ot_plain(&p, &frame));
	drop(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		tcp_is_read_as_the_walk_does,
		udp_is_read_as_the_walk_does,
		padding_behind_the_datagram_is_no_payload,
		trailers_and_tunnels_are_left_to_the_walk,
	};

	return RUN("plain", tests, begin, end);
}
