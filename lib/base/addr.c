/*
 * Addresses and networks: text both ways (RFC 5952 for IPv6) and what kind
 * of address one is, by the IANA special-purpose registries (RFC 6890).
 */
#include "base/addr.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>

static unsigned
size_of_kind(unsigned kind)
{
	static const uint8_t sizes[] = {
		[OT_ADDR_NONE] = 0,
		[OT_ADDR_IPV4] = 4,
		[OT_ADDR_IPV6] = 16,
		[OT_ADDR_MAC] = 6,
		[OT_ADDR_LINK] = 9,
	};

	return kind < sizeof(sizes) ? sizes[kind] : 0;
}

static struct ot_addr
addr_of(enum ot_addr_kind kind, const uint8_t *b)
{
	struct ot_addr a = { .kind = (uint8_t)kind };

	memcpy(a.b, b, size_of_kind(kind));
	return a;
}

struct ot_addr
ot_addr_ipv4(const uint8_t b[static 4])
{
	return addr_of(OT_ADDR_IPV4, b);
}

struct ot_addr
ot_addr_ipv6(const uint8_t b[static 16])
{
	return addr_of(OT_ADDR_IPV6, b);
}

struct ot_addr
ot_addr_mac(const uint8_t b[static 6])
{
	return addr_of(OT_ADDR_MAC, b);
}

/* What does not fill the text is cut by snprintf, never by us: the longest
 * address has 45 characters. */
static size_t
printed(int len)
{
	return len > 0 ? (size_t)len : 0;
}

static char *
put_byte(char *out, unsigned n)
{
	if (n >= 100)
		*out++ = (char)('0' + n / 100);
	if (n >= 10)
		*out++ = (char)('0' + n / 10 % 10);
	*out++ = (char)('0' + n % 10);
	return out;
}

/* By hand, as for MACs: a capture's records hold addresses by the ten thousand,
 * and printf is slow. */
static size_t
print_dotted(char *out, const uint8_t *b)
{
	char *p = out;

	for (unsigned i = 0; i < 4; i++) {
		if (i)
			*p++ = '.';
		p = put_byte(p, b[i]);
	}
	*p = '\0';
	return (size_t)(p - out);
}

static size_t
print_mac(char *out, const uint8_t *b)
{
	static const char hex[] = "0123456789abcdef";
	char *p = out;

	for (unsigned i = 0; i < 6; i++) {
		*p++ = hex[b[i] >> 4];
		*p++ = hex[b[i] & 15];
		*p++ = i < 5 ? ':' : '\0';
	}
	return 17;
}

static unsigned
group(const uint8_t *b, unsigned i)
{
	return (unsigned)b[2 * i] << 8 | b[2 * i + 1];
}

static unsigned
zeros_from(const uint8_t *b, unsigned i)
{
	unsigned n = 0;

	while (i + n < 8 && group(b, i + n) == 0)
		n++;
	return n;
}

/* RFC 5952: the first of the longest runs of two or more zero groups becomes
 * "::"; IPv4-mapped addresses end dotted (section 5). */
static size_t
print_ipv6(char *out, size_t cap, const uint8_t *b)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	unsigned at = 8, run = 1;
	size_t len = 0;

	if (memcmp(b, mapped, sizeof(mapped)) == 0) {
		len = printed(snprintf(out, cap, "::ffff:"));
		return len + print_dotted(out + len, b + 12);
	}
	for (unsigned i = 0; i < 8; i++)
		if (zeros_from(b, i) > run) {
			at = i;
			run = zeros_from(b, i);
		}
	for (unsigned i = 0; i < 8; i++) {
		if (i == at) {
			len += printed(snprintf(out + len, cap - len, "::"));
			i += run - 1;
			continue;
		}
		const char *colon = i && i != at + run ? ":" : "";

		len += printed(
		    snprintf(out + len, cap - len, "%s%x", colon, group(b, i)));
	}
	return len;
}

static const char *const link_names[OT_LINKS] = {
	[OT_LINK_CAN] = "can:",
	[OT_LINK_EXTENDED] = "extended:",
	[OT_LINK_SERIAL] = "serial:",
	[OT_LINK_SHORT] = "short:",
	[OT_LINK_STATION] = "station:",
};

struct ot_addr
ot_addr_link(enum ot_link_kind kind, uint64_t number)
{
	struct ot_addr a = { .kind = OT_ADDR_LINK, .b = { (uint8_t)kind } };

	for (unsigned i = 0; i < 8; i++)
		a.b[1 + i] = (uint8_t)(number >> (56 - 8 * i));
	return a;
}

static uint64_t
link_number(const struct ot_addr *a)
{
	uint64_t n = 0;

	for (unsigned i = 1; i < size_of_kind(OT_ADDR_LINK); i++)
		n = n << 8 | a->b[i];
	return n;
}

static int
print_extended(char *out, size_t cap, const uint8_t *b)
{
	return snprintf(out, cap,
	    "extended:%02x:%02x:%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1],
	    b[2], b[3], b[4], b[5], b[6], b[7]);
}

static size_t
print_link(char *out, size_t cap, const struct ot_addr *a)
{
	uint64_t n = link_number(a);
	unsigned kind = a->b[0] < OT_LINKS ? a->b[0] : OT_LINK_STATION;

	if (kind == OT_LINK_EXTENDED)
		return printed(print_extended(out, cap, a->b + 1));
	if (kind == OT_LINK_SHORT)
		return printed(snprintf(out, cap,
		    "short:%04" PRIx64 ".%04" PRIx64, n >> 16, n & 0xffff));
	if (kind == OT_LINK_CAN)
		return printed(snprintf(out, cap,
		    n & OT_CAN_EXTENDED ? "can:0x%08" PRIx64
					: "can:0x%03" PRIx64,
		    n & ~(uint64_t)OT_CAN_EXTENDED));
	return printed(snprintf(out, cap, "%s%" PRIu64, link_names[kind], n));
}

size_t
ot_addr_print(char out[static OT_ADDR_TEXT], const struct ot_addr *a)
{
	const uint8_t *b = a->b;

	switch (a->kind) {
	case OT_ADDR_IPV4:
		return print_dotted(out, b);
	case OT_ADDR_IPV6:
		return print_ipv6(out, OT_ADDR_TEXT, b);
	case OT_ADDR_MAC:
		return print_mac(out, b);
	case OT_ADDR_LINK:
		return print_link(out, OT_ADDR_TEXT, a);
	default:
		out[0] = '\0';
		return 0;
	}
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Six pairs of hex digits, or three groups of four, as vendors write them:
 * 00:1b:1b:…, 00-1B-1B-…, 001b.1b…. */
static bool
parse_mac(struct ot_addr *out, struct ot_str s)
{
	size_t step = s.len == 14 ? 5 : 3;
	char mark = s.len == 14 ? '.' : s.len == 17 ? s.p[2] : '\0';
	uint8_t b[6] = { 0 };
	size_t digits = 0;

	if (mark != ':' && mark != '-' && (mark != '.' || step != 5))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		int digit = hex_digit(s.p[i]);

		if (i % step == step - 1) {
			if (s.p[i] != mark)
				return false;
			continue;
		}
		if (digit < 0)
			return false;
		b[digits / 2] = (uint8_t)(b[digits / 2] << 4 | digit);
		digits++;
	}
	*out = ot_addr_mac(b);
	return true;
}

static bool
parse_decimal(uint64_t *out, struct ot_str s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = (unsigned)(s.p[i] - '0');

		if (digit > 9 || __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, digit, &n))
			return false;
	}
	*out = n;
	return s.len > 0 && (s.p[0] != '0' || s.len == 1);
}

/* Digits only, as many as there are characters. */
static bool
parse_hex(uint64_t *out, const char *p, size_t len)
{
	*out = 0;
	for (size_t i = 0; i < len; i++) {
		if (hex_digit(p[i]) < 0)
			return false;
		*out = *out << 4 | (unsigned)hex_digit(p[i]);
	}
	return true;
}

static bool
parse_can(uint64_t *out, struct ot_str s)
{
	if ((s.len != 5 && s.len != 10) || memcmp(s.p, "0x", 2) != 0 ||
	    !parse_hex(out, s.p + 2, s.len - 2))
		return false;
	if (s.len == 5)
		return *out <= 0x7ff;
	bool fits = *out <= 0x1fffffff;

	*out |= OT_CAN_EXTENDED;
	return fits;
}

static bool
parse_extended(uint64_t *out, struct ot_str s)
{
	uint64_t byte = 0;

	*out = 0;
	if (s.len != 23)
		return false;
	for (size_t i = 0; i < s.len; i += 3) {
		if ((i && s.p[i - 1] != ':') || !parse_hex(&byte, s.p + i, 2))
			return false;
		*out = *out << 8 | byte;
	}
	return true;
}

static bool
parse_short(uint64_t *out, struct ot_str s)
{
	uint64_t pan = 0, addr = 0;

	if (s.len != 9 || s.p[4] != '.' || !parse_hex(&pan, s.p, 4) ||
	    !parse_hex(&addr, s.p + 5, 4))
		return false;
	*out = pan << 16 | addr;
	return true;
}

static bool
parse_link(struct ot_addr *out, struct ot_str s)
{
	static bool (*const parse[OT_LINKS])(uint64_t *, struct ot_str) = {
		[OT_LINK_CAN] = parse_can,
		[OT_LINK_EXTENDED] = parse_extended,
		[OT_LINK_SERIAL] = parse_decimal,
		[OT_LINK_SHORT] = parse_short,
		[OT_LINK_STATION] = parse_decimal,
	};
	uint64_t n = 0;

	for (unsigned k = 0; k < OT_LINKS; k++) {
		size_t len = strlen(link_names[k]);

		if (s.len <= len || memcmp(s.p, link_names[k], len) != 0)
			continue;
		if (!parse[k](&n, (struct ot_str){ s.p + len, s.len - len }))
			return false;
		*out = ot_addr_link((enum ot_link_kind)k, n);
		return true;
	}
	return false;
}

bool
ot_addr_parse(struct ot_addr *out, struct ot_str s)
{
	char text[OT_ADDR_TEXT];
	uint8_t b[16];

	if (s.len == 0 || s.len >= sizeof(text) || memchr(s.p, '\0', s.len))
		return false;
	if (parse_mac(out, s) || parse_link(out, s))
		return true;
	memcpy(text, s.p, s.len);
	text[s.len] = '\0';
	if (inet_pton(AF_INET, text, b) == 1)
		*out = ot_addr_ipv4(b);
	else if (inet_pton(AF_INET6, text, b) == 1)
		*out = ot_addr_ipv6(b);
	else
		return false;
	return true;
}

static bool
all_bytes(const struct ot_addr *a, uint8_t value)
{
	for (unsigned i = 0; i < size_of_kind(a->kind); i++)
		if (a->b[i] != value)
			return false;
	return true;
}

static bool
same_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned rest = bits % 8;

	if (memcmp(a, b, bits / 8) != 0)
		return false;
	return rest == 0 || ((a[bits / 8] ^ b[bits / 8]) >> (8 - rest)) == 0;
}

bool
ot_addr_unspecified(const struct ot_addr *a)
{
	return (ot_addr_is_ip(a) || a->kind == OT_ADDR_MAC) && all_bytes(a, 0);
}

bool
ot_addr_broadcast(const struct ot_addr *a)
{
	if (a->kind == OT_ADDR_LINK)
		return a->b[0] == OT_LINK_SHORT &&
		       (link_number(a) & 0xffff) == 0xffff;
	return (a->kind == OT_ADDR_IPV4 || a->kind == OT_ADDR_MAC) &&
	       all_bytes(a, 0xff);
}

bool
ot_addr_multicast(const struct ot_addr *a)
{
	if (a->kind == OT_ADDR_IPV4)
		return a->b[0] >> 4 == 0xe;
	if (a->kind == OT_ADDR_IPV6)
		return a->b[0] == 0xff;
	return a->kind == OT_ADDR_MAC && (a->b[0] & 1) && !ot_addr_broadcast(a);
}

bool
ot_addr_link_local(const struct ot_addr *a)
{
	if (a->kind == OT_ADDR_IPV4)
		return a->b[0] == 169 && a->b[1] == 254;
	return a->kind == OT_ADDR_IPV6 && a->b[0] == 0xfe &&
	       (a->b[1] & 0xc0) == 0x80;
}

bool
ot_addr_loopback(const struct ot_addr *a)
{
	static const uint8_t one[16] = { [15] = 1 };

	if (a->kind == OT_ADDR_IPV4)
		return a->b[0] == 127;
	return a->kind == OT_ADDR_IPV6 && memcmp(a->b, one, 16) == 0;
}

static bool
public_ipv4(const uint8_t *b)
{
	static const struct {
		uint8_t b[4];
		unsigned bits;
	} ours[] = {
		{ { 0 }, 8 },	       /* this network, RFC 791 */
		{ { 10 }, 8 },	       /* private, RFC 1918 */
		{ { 100, 64 }, 10 },   /* shared by a carrier, RFC 6598 */
		{ { 127 }, 8 },	       /* loopback, RFC 1122 */
		{ { 169, 254 }, 16 },  /* link local, RFC 3927 */
		{ { 172, 16 }, 12 },   /* private, RFC 1918 */
		{ { 192, 0, 0 }, 24 }, /* protocol assignments, RFC 6890 */
		{ { 192, 168 }, 16 },  /* private, RFC 1918 */
		{ { 198, 18 }, 15 },   /* benchmarks, RFC 2544 */
		{ { 224 }, 4 },	       /* multicast, RFC 5771 */
		{ { 240 }, 4 },	       /* reserved, RFC 1112; broadcast */
	};

	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		if (same_bits(b, ours[i].b, ours[i].bits))
			return false;
	return true;
}

/* Global unicast is 2000::/3 (RFC 4291, 2.4). Addresses that stand for an
 * IPv4 address are what that is. */
static bool
public_ipv6(const uint8_t *b)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t nat64[12] = { 0, 0x64, 0xff, 0x9b }; /* RFC 6052 */
	static const uint8_t sixto4[2] = { 0x20, 0x02 };	  /* RFC 3056 */
	static const uint8_t bench[6] = { 0x20, 0x01, 0, 2 };	  /* RFC 5180 */

	if (same_bits(b, mapped, 96) || same_bits(b, nat64, 96))
		return public_ipv4(b + 12);
	if (same_bits(b, sixto4, 16))
		return public_ipv4(b + 2);
	return b[0] >> 5 == 1 && !same_bits(b, bench, 48);
}

bool
ot_addr_public(const struct ot_addr *a)
{
	if (a->kind == OT_ADDR_IPV4)
		return public_ipv4(a->b);
	return a->kind == OT_ADDR_IPV6 && public_ipv6(a->b);
}

bool
ot_addr_mac_global(const struct ot_addr *a)
{
	return a->kind == OT_ADDR_MAC && (a->b[0] & 3) == 0 &&
	       !ot_addr_unspecified(a);
}

/* One to three digits without a leading zero; -1 for anything else. */
static int
prefix_bits(struct ot_str s)
{
	int bits = 0;

	if (s.len == 0 || s.len > 3 || (s.len > 1 && s.p[0] == '0'))
		return -1;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		bits = bits * 10 + (s.p[i] - '0');
	}
	return bits;
}

static bool
host_bits_zero(const struct ot_addr *a, unsigned bits)
{
	for (unsigned i = bits; i < 8 * size_of_kind(a->kind); i++)
		if (a->b[i / 8] >> (7 - i % 8) & 1)
			return false;
	return true;
}

bool
ot_net_parse(struct ot_net *out, struct ot_str s, const char **why)
{
	const char *slash = s.len ? memchr(s.p, '/', s.len) : NULL;
	struct ot_str host = { s.p, slash ? (size_t)(slash - s.p) : s.len };
	struct ot_addr a;

	if (!ot_addr_parse(&a, host) || !ot_addr_is_ip(&a)) {
		*why = "not an IPv4 or IPv6 address";
		return false;
	}
	int most = 8 * (int)size_of_kind(a.kind), bits = most;

	if (slash)
		bits = prefix_bits(
		    (struct ot_str){ slash + 1, s.len - host.len - 1 });
	if (bits < 0 || bits > most) {
		*why = a.kind == OT_ADDR_IPV4
			   ? "the prefix length is not 0 to 32"
			   : "the prefix length is not 0 to 128";
		return false;
	}
	if (!host_bits_zero(&a, (unsigned)bits)) {
		*why = "bits behind the prefix are not zero";
		return false;
	}
	*out = (struct ot_net){ a, (uint8_t)bits };
	return true;
}

bool
ot_net_has(const struct ot_net *net, const struct ot_addr *a)
{
	return net->addr.kind == a->kind && ot_addr_is_ip(a) &&
	       same_bits(net->addr.b, a->b, net->bits);
}

size_t
ot_net_print(char out[static OT_ADDR_TEXT + 4], const struct ot_net *net)
{
	size_t len = ot_addr_print(out, &net->addr);

	return len + printed(snprintf(
			 out + len, OT_ADDR_TEXT + 4 - len, "/%u", net->bits));
}
