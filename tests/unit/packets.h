/*
 * Frames made by hand, and the packets that the decoder tells of them.
 */
#ifndef TESTS_UNIT_PACKETS_H
#define TESTS_UNIT_PACKETS_H

#include "bytes.h"
#include "capture/capture.h"
#include "net/packet.h"
#include "suite.h"

enum { LINK_NULL = 0, LINK_ETHERNET = 1, LINK_RAW = 101 };

static struct ot_decoder *decoder;

/* What was told since the last frame; payloads copied. */
static struct ot_packet told[8];
static uint8_t payloads[8][66000];
static unsigned told_count;

static uint64_t frame_number;
static int64_t frame_time;

static inline void
begin(void)
{
	decoder = ot_decoder_new();
	ck_assert_ptr_nonnull(decoder);
	frame_number = 0;
	frame_time = 0;
	told_count = 0;
}

static inline void
end(void)
{
	ot_decoder_free(decoder);
}

static inline void
keep(void *user, const struct ot_packet *packet)
{
	(void)user;
	ck_assert_uint_lt(told_count, 8);
	ck_assert_uint_le(packet->captured, packet->wire);
	told[told_count] = *packet;
	memcpy(payloads[told_count], packet->payload, packet->captured);
	told[told_count].payload = payloads[told_count];
	told_count++;
}

/* The frame in a buffer of just its length, so that a sanitizer sees a read
 * behind it. */
static inline enum ot_account
decode_cut(const struct bytes *b, uint32_t link_type, size_t captured)
{
	uint8_t *copy = malloc(captured ? captured : 1);

	if (captured)
		memcpy(copy, b->p, captured);
	struct ot_frame frame = { .bytes = copy,
		.captured = (uint32_t)captured,
		.wire = (uint32_t)b->len,
		.link_type = link_type,
		.number = ++frame_number,
		.time_ns = frame_time };

	told_count = 0;
	enum ot_account account = ot_decode(decoder, &frame, keep, NULL);

	free(copy);
	return account;
}

static inline enum ot_account
decode(const struct bytes *b, uint32_t link_type)
{
	return decode_cut(b, link_type, b->len);
}

/* One frame that is one packet. */
static inline const struct ot_packet *
one(const struct bytes *b, uint32_t link_type)
{
	enum ot_account account = decode(b, link_type);

	ck_assert_uint_eq(told_count, 1);
	ck_assert_int_eq(told[0].account, account);
	ck_assert_uint_eq(told[0].frames, 1);
	ck_assert_uint_eq(told[0].bytes, b->len);
	return &told[0];
}

/* Cut at every byte and with every byte changed: no crash, and every frame is
 * in exactly one account. */
static inline void
torture(const struct bytes *b, uint32_t link_type)
{
	for (size_t n = 0; n <= b->len; n++)
		(void)decode_cut(b, link_type, n);
	for (size_t i = 0; i < b->len; i++) {
		uint8_t was = b->p[i];
		const uint8_t values[] = { 0, 0xff, was ^ 1, was ^ 0x80 };

		for (size_t n = 0; n < sizeof(values); n++) {
			b->p[i] = values[n];
			(void)decode(b, link_type);
		}
		b->p[i] = was;
	}
}

static inline void
address_is(const struct ot_addr *addr, const char *text)
{
	char got[OT_ADDR_TEXT] = "none";

	if (addr->kind != OT_ADDR_NONE)
		ot_addr_print(got, addr);
	ck_assert_str_eq(got, text);
}

static inline void
ends_are(const struct ot_packet *p, const char *src, const char *dst)
{
	address_is(&p->src, src);
	address_is(&p->dst, dst);
}

static inline void
payload_is(const struct ot_packet *p, const char *text)
{
	ck_assert_uint_eq(p->captured, strlen(text));
	ck_assert_mem_eq(p->payload, text, strlen(text));
}

/* Up to the type, which is added by the caller. */
static inline void
macs(struct bytes *b)
{
	hex(b, "00 1b 1b 00 00 02  00 1b 1b 00 00 01");
}

static inline void
ethernet(struct bytes *b, uint16_t type)
{
	macs(b);
	u16(b, type);
}

/* From 10.0.0.last_byte to 10.0.0.99. */
static inline void
ipv4_from(struct bytes *b, uint8_t last, uint8_t protocol, uint16_t fragment,
    size_t payload)
{
	hex(b, "45 00");
	u16(b, (uint16_t)(20 + payload));
	hex(b, "12 34");
	u16(b, fragment);
	u8(b, 64);
	u8(b, protocol);
	hex(b, "00 00 0a 00 00");
	u8(b, last);
	hex(b, "0a 00 00 63");
}

static inline void
ipv4(struct bytes *b, uint8_t protocol, size_t payload)
{
	ipv4_from(b, 1, protocol, 0, payload);
}

/* From 2001:db8::1 to 2001:db8::2. */
static inline void
ipv6(struct bytes *b, uint8_t next, size_t payload)
{
	hex(b, "60 00 00 00");
	u16(b, (uint16_t)payload);
	u8(b, next);
	u8(b, 63);
	hex(b, "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01");
	hex(b, "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02");
}

static inline void
udp(struct bytes *b, uint16_t src, uint16_t dst, size_t payload)
{
	u16(b, src);
	u16(b, dst);
	u16(b, (uint16_t)(8 + payload));
	hex(b, "be ef");
}

static inline void
udp_text(struct bytes *b, uint16_t dst, const char *text)
{
	udp(b, 1000, dst, strlen(text));
	add(b, text, strlen(text));
}

/* Flags PSH and ACK. */
static inline void
tcp_text(struct bytes *b, uint16_t dst, const char *text)
{
	u16(b, 40000);
	u16(b, dst);
	hex(b, "01 02 03 04  05 06 07 08  50 18 20 00  ab cd 00 00");
	add(b, text, strlen(text));
}

#endif
