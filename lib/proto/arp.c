/*
 * ARP over Ethernet for IPv4: RFC 826 (packet), RFC 5227 (probes and
 * announcements), RFC 903 (RARP), RFC 2390 (InARP).
 */
#include "base/hash.h"
#include "proto/proto.h"

extern const struct ot_proto ot_proto_arp;

enum {
	ARP_REQUEST = 1,
	ARP_REPLY = 2,
	RARP_REQUEST = 3,
	RARP_REPLY = 4,
	INARP_REQUEST = 8,
	INARP_REPLY = 9,
};

static const struct ot_port ports[] = { { "eth", 0x0806, 0x0806 },
	{ "eth", 0x8035, 0x8035 }, { 0 } };

enum { WHO_HAS = 1, WHO_IS, IS_AT };

static const struct ot_space spaces[] = { { "who-has %t" }, { "who-is %t" },
	{ "is-at %t" }, { 0 } };

struct packet {
	uint16_t operation;
	struct ot_addr sender_mac, sender_ip, target_mac, target_ip;
};

/* Hardware type 6 is what some bridges from other IEEE 802 media write. */
static bool
header_fits(const struct ot_buf *b)
{
	uint16_t hardware = ot_peek16be(b, 0);

	return (hardware == 1 || hardware == 6) &&
	       ot_peek16be(b, 2) == 0x0800 && ot_peek(b, 4) == 6 &&
	       ot_peek(b, 5) == 4;
}

static bool
is_request(uint16_t operation)
{
	return operation == ARP_REQUEST || operation == RARP_REQUEST ||
	       operation == INARP_REQUEST;
}

static bool
is_reply(uint16_t operation)
{
	return operation == ARP_REPLY || operation == RARP_REPLY ||
	       operation == INARP_REPLY;
}

/* A reply to everybody has nobody for a client but its sender. */
static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint16_t operation = ot_peek16be(&b, 6);

	if (!header_fits(&b) || (b.left < 28 && !pdu->cut))
		return false;
	if (is_reply(operation))
		return pdu->to_server == pdu->group;
	return is_request(operation) && pdu->to_server;
}

static struct ot_addr
mac_of(struct ot_buf *b)
{
	const uint8_t *p = ot_take(b, 6);

	return p ? ot_addr_mac(p) : (struct ot_addr){ 0 };
}

static struct ot_addr
ip_of(struct ot_buf *b)
{
	const uint8_t *p = ot_take(b, 4);

	return p ? ot_addr_ipv4(p) : (struct ot_addr){ 0 };
}

static uint64_t
ip_bits(const struct ot_addr *ip)
{
	return (uint64_t)ip->b[0] << 24 | (uint64_t)ip->b[1] << 16 |
	       (uint64_t)ip->b[2] << 8 | ip->b[3];
}

/* The asked address above the asker's; a reply has the two swapped. */
static uint64_t
pair_of(const struct ot_addr *asked, const struct ot_addr *asker)
{
	return ip_bits(asked) << 32 | ip_bits(asker);
}

static uint64_t
mac_pair(const struct ot_addr *mac)
{
	return ot_hash_fixed(mac->b, 6);
}

static struct ot_object
address(const struct ot_pdu *pdu, uint8_t space, const struct ot_addr *addr)
{
	return (struct ot_object){ .space = space,
		.text = ot_format_addr(pdu, addr) };
}

static bool
is_host_mac(const struct ot_addr *mac)
{
	return !ot_addr_unspecified(mac) && !ot_addr_broadcast(mac) &&
	       !ot_addr_multicast(mac);
}

static bool
is_host_ip(const struct ot_addr *ip)
{
	return !ot_addr_unspecified(ip) && !ot_addr_broadcast(ip) &&
	       !ot_addr_multicast(ip) && !ot_addr_loopback(ip);
}

static void
binding(const struct ot_pdu *pdu, const char *message,
    const struct ot_addr *mac, const struct ot_addr *ip)
{
	enum ot_by by = pdu->group ? OT_BROADCAST : OT_SELF;

	if (!is_host_mac(mac) || !is_host_ip(ip))
		return;
	ot_emit_fact(pdu, &(struct ot_fact){ .key = OT_K_IP,
			      .value = ot_format_addr(pdu, ip),
			      .message = message,
			      .by = by,
			      .about = *mac });
	ot_emit_fact(pdu, &(struct ot_fact){ .key = OT_K_MAC,
			      .value = ot_format_addr(pdu, mac),
			      .message = message,
			      .by = by,
			      .about = *ip });
}

/* Bridges and proxies do this for good reasons, spoofers for bad ones. */
static void
frame_source(const struct ot_pdu *pdu, const struct packet *arp)
{
	struct ot_text sender, source;

	if (pdu->src_mac.kind != OT_ADDR_MAC ||
	    ot_addr_eq(&pdu->src_mac, &arp->sender_mac))
		return;
	sender = ot_format_addr(pdu, &arp->sender_mac);
	source = ot_format_addr(pdu, &pdu->src_mac);
	ot_emit_event(
	    pdu, &(struct ot_event){ .kind = "arp sender is not the frame's",
		     .detail = ot_format(pdu, "sender %.*s frame %.*s",
			 (int)sender.len, (const char *)sender.p,
			 (int)source.len, (const char *)source.p) });
}

static void
request(const struct ot_pdu *pdu, const struct packet *arp)
{
	struct ot_op op = { .verb = OT_NAME,
		.has_code = true,
		.code = arp->operation,
		.name = "request",
		.pair = pair_of(&arp->target_ip, &arp->sender_ip),
		.object = address(pdu, WHO_HAS, &arp->target_ip),
		.flags = pdu->group ? OT_OP_MANY_ANSWERS : 0 };

	if (arp->operation == RARP_REQUEST || arp->operation == INARP_REQUEST) {
		op.name = arp->operation == RARP_REQUEST ? "reverse request"
							 : "inverse request";
		op.pair = mac_pair(&arp->target_mac);
		op.object = address(pdu, WHO_IS, &arp->target_mac);
	} else if (ot_addr_unspecified(&arp->sender_ip)) {
		op.name = "probe";
	} else if (ot_addr_eq(&arp->sender_ip, &arp->target_ip)) {
		op.name = "announcement";
		op.object.space = IS_AT;
		op.flags = OT_OP_NO_ANSWER | OT_OP_ALTERS;
	}
	ot_emit_op(pdu, &op);
}

/* An answer that nobody asked for changes the tables of those who hear it. */
static void
reply(const struct ot_pdu *pdu, const struct packet *arp)
{
	struct ot_op op = { .verb = OT_NAME,
		.has_code = true,
		.code = arp->operation,
		.name = "reply",
		.flags = OT_OP_ALTERS,
		.pair = pair_of(&arp->sender_ip, &arp->target_ip),
		.object = address(pdu, IS_AT, &arp->sender_ip) };

	if (arp->operation == RARP_REPLY) {
		op.name = "reverse reply";
		op.pair = mac_pair(&arp->target_mac);
		op.object = address(pdu, WHO_IS, &arp->target_mac);
	} else if (arp->operation == INARP_REPLY) {
		op.name = "inverse reply";
		op.pair = mac_pair(&arp->sender_mac);
	} else if (pdu->group || ot_addr_eq(&arp->sender_ip, &arp->target_ip)) {
		op.name = "gratuitous reply";
		op.flags |= OT_OP_NO_ANSWER;
		ot_emit_op(pdu, &op);
		return;
	}
	ot_emit_reply(pdu, &(struct ot_reply){ .as = op });
}

/* A RARP server says which address the asker shall have. */
static void
assignment(const struct ot_pdu *pdu, const struct packet *arp)
{
	if (is_host_mac(&arp->target_mac) && is_host_ip(&arp->target_ip))
		ot_emit_fact(
		    pdu, &(struct ot_fact){ .key = OT_K_IP,
			     .value = ot_format_addr(pdu, &arp->target_ip),
			     .message = "reverse reply",
			     .by = OT_PEER,
			     .about = arp->target_mac });
}

static void
unknown(const struct ot_pdu *pdu, const struct packet *arp)
{
	ot_emit_op(pdu, &(struct ot_op){ .verb = OT_UNKNOWN,
			    .name = "unknown operation",
			    .has_code = true,
			    .code = arp->operation,
			    .flags = OT_OP_NO_ANSWER });
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct packet arp;

	ot_expect(b, header_fits(b));
	ot_skip(b, 6);
	arp.operation = ot_u16be(b);
	arp.sender_mac = mac_of(b);
	arp.sender_ip = ip_of(b);
	arp.target_mac = mac_of(b);
	arp.target_ip = ip_of(b);
	if (!ot_ok(b))
		return;
	if (is_request(arp.operation))
		request(pdu, &arp);
	else if (is_reply(arp.operation))
		reply(pdu, &arp);
	else
		unknown(pdu, &arp);
	if (arp.operation == RARP_REPLY)
		assignment(pdu, &arp);
	binding(pdu, is_request(arp.operation) ? "request" : "reply",
	    &arp.sender_mac, &arp.sender_ip);
	frame_source(pdu, &arp);
}

const struct ot_proto ot_proto_arp = {
	.name = "arp",
	.over = { "eth" },
	.strength = OT_STRONG,
	.ports = ports,
	.spaces = spaces,
	.probe = probe,
	.dissect = dissect,
};
