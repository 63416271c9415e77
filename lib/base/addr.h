/*
 * Addresses of every kind that an end of a flow can have. Their order is the
 * order of the records: IPv4, IPv6, MAC, then the link's own.
 */
#ifndef OT_BASE_ADDR_H
#define OT_BASE_ADDR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"

enum ot_addr_kind {
	OT_ADDR_NONE,
	OT_ADDR_IPV4,
	OT_ADDR_IPV6,
	OT_ADDR_MAC,
	OT_ADDR_LINK, /* of a link of another kind: see ot_addr_link */
};

/* Links whose addresses are numbers, and how these are written. */
enum ot_link_kind {
	OT_LINK_CAN,	  /* can:0x123, can:0x12345678 (29 bits) */
	OT_LINK_EXTENDED, /* extended:00:12:4b:… (EUI-64) */
	OT_LINK_SERIAL,	  /* serial:0 is what captured, serial:1 its peer */
	OT_LINK_SHORT,	  /* short:1a62.0001 (PAN and address, in hex) */
	OT_LINK_STATION,  /* station:12 */
	OT_LINKS,
};

#define OT_CAN_EXTENDED 0x80000000U /* in the number of a CAN id */

/* Bytes beyond the kind's size (4, 16, 6, 9) are zero, so that memcmp of
 * the whole is the order. */
struct ot_addr {
	uint8_t kind;
	uint8_t b[16];
};

#define OT_ADDR_TEXT 48 /* room for any address as text, NUL included */

struct ot_addr ot_addr_ipv4(const uint8_t b[static 4]);
struct ot_addr ot_addr_ipv6(const uint8_t b[static 16]);
struct ot_addr ot_addr_mac(const uint8_t b[static 6]);
struct ot_addr ot_addr_link(enum ot_link_kind kind, uint64_t number);

static inline int
ot_addr_cmp(const struct ot_addr *a, const struct ot_addr *b)
{
	return memcmp(a, b, sizeof(*a));
}

/* Word by word: this is asked for every packet. */
static inline bool
ot_addr_eq(const struct ot_addr *a, const struct ot_addr *b)
{
	uint64_t x[2], y[2];

	memcpy(x, a->b, sizeof(x));
	memcpy(y, b->b, sizeof(y));
	return a->kind == b->kind && ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
}

static inline bool
ot_addr_is_ip(const struct ot_addr *a)
{
	return a->kind == OT_ADDR_IPV4 || a->kind == OT_ADDR_IPV6;
}

/* Text as in records: dotted, RFC 5952, lower case with colons. */
size_t ot_addr_print(char out[static OT_ADDR_TEXT], const struct ot_addr *a);

/* Parse one address, whole; false leaves *out alone. */
bool ot_addr_parse(struct ot_addr *out, struct ot_str s);

bool ot_addr_unspecified(const struct ot_addr *a); /* 0.0.0.0 :: 00:… */
/* 255.255.255.255, ff:…, short:….ffff */
bool ot_addr_broadcast(const struct ot_addr *a);
bool ot_addr_multicast(const struct ot_addr *a);  /* broadcast excluded */
bool ot_addr_link_local(const struct ot_addr *a); /* 169.254/16, fe80::/10 */
bool ot_addr_loopback(const struct ot_addr *a);

/* Reachable over the internet. Documentation ranges count as public
 * (DESIGN.md section 4); RFC 1918, CGNAT, ULA and the like do not. */
bool ot_addr_public(const struct ot_addr *a);

/* A MAC that its vendor gave out once: unicast, not locally administered. */
bool ot_addr_mac_global(const struct ot_addr *a);

/* An IPv4 or IPv6 network. */
struct ot_net {
	struct ot_addr addr; /* host bits are zero */
	uint8_t bits;
};

/* "10.0.0.0/8", a bare address (all bits). False, with *why set to a static
 * text, on a bad address, a bad length, or host bits that are not zero. */
bool ot_net_parse(struct ot_net *out, struct ot_str s, const char **why);
bool ot_net_has(const struct ot_net *net, const struct ot_addr *a);
size_t ot_net_print(
    char out[static OT_ADDR_TEXT + 4], const struct ot_net *net);

#endif
