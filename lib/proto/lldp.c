/*
 * LLDP: IEEE 802.1AB clause 8 (TLVs) and Annex D (IEEE 802.1), ANSI/TIA-1057
 * (media endpoints), IEC 61158-6-10 (PROFINET), ODVA CIP volume 2 (CIP).
 */
#include "proto/proto.h"

extern const struct ot_proto ot_proto_lldp;

static const struct ot_port ports[] = { { "eth", 0x88cc, 0x88cc }, { 0 } };

enum tlv {
	END = 0,
	CHASSIS_ID = 1,
	PORT_ID = 2,
	TIME_TO_LIVE = 3,
	PORT_DESCRIPTION = 4,
	SYSTEM_NAME = 5,
	SYSTEM_DESCRIPTION = 6,
	SYSTEM_CAPABILITIES = 7,
	MANAGEMENT_ADDRESS = 8,
	ORGANIZATION = 127,
};

enum organization {
	IEEE_8021 = 0x0080c2,
	MEDIA = 0x0012bb,
	PROFINET = 0x000ecf,
	ODVA = 0x00216c,
};

/* Subtypes of chassis and port ids; what is not here is text. */
enum { CHASSIS_MAC = 4, CHASSIS_NETWORK = 5, CHASSIS_LOCAL = 7 };
enum { PORT_MAC = 3, PORT_NETWORK = 4, PORT_LOCAL = 7 };

/* IANA address families. */
enum { FAMILY_IPV4 = 1, FAMILY_IPV6 = 2 };

/* Kept until it is known whether the sender is a PROFINET device. */
struct station {
	struct ot_text chassis, port; /* where their ids are local */
	bool profinet;
};

/* The header of the TLV at offset i: its type, and its length in *len. */
static uint8_t
peek_tlv(const struct ot_buf *b, size_t i, size_t *len)
{
	uint16_t header = ot_peek16be(b, i);

	*len = header & 0x1ff;
	return (uint8_t)(header >> 9);
}

/* The three that must come first, in this order. Nobody answers, so that the
 * sender is always the client. */
static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	size_t chassis, port, ttl;

	if (!pdu->to_server || peek_tlv(&b, 0, &chassis) != CHASSIS_ID ||
	    chassis < 2 || chassis > 256)
		return false;
	if (peek_tlv(&b, 2 + chassis, &port) != PORT_ID || port < 2 ||
	    port > 256)
		return false;
	return peek_tlv(&b, 4 + chassis + port, &ttl) == TIME_TO_LIVE &&
	       ttl >= 2;
}

static struct ot_buf
take_tlv(struct ot_buf *b, uint8_t *type)
{
	uint16_t header = ot_u16be(b);

	*type = (uint8_t)(header >> 9);
	return ot_split(b, header & 0x1ff);
}

static void
say(const struct ot_pdu *pdu, enum ot_key key, struct ot_text value)
{
	if (value.len > 0)
		ot_emit_fact(
		    pdu, &(struct ot_fact){ .key = key,
			     .value = value,
			     .message = "lldp advertisement",
			     .by = pdu->group ? OT_BROADCAST : OT_SELF });
}

static struct ot_text
text(struct ot_buf *b)
{
	return ot_text_trim(ot_text_of(b, OT_UTF8));
}

static void
say_addr(const struct ot_pdu *pdu, enum ot_key key, const struct ot_addr *addr)
{
	if (addr->kind != OT_ADDR_NONE && !ot_addr_unspecified(addr))
		say(pdu, key, ot_format_addr(pdu, addr));
}

static struct ot_addr
mac_of(struct ot_buf *b)
{
	const uint8_t *p = ot_take(b, 6);

	return p ? ot_addr_mac(p) : (struct ot_addr){ 0 };
}

/* A family and an address; NONE for a family that is not IP. */
static struct ot_addr
network_address(struct ot_buf *b)
{
	uint8_t family = ot_u8(b);
	const uint8_t *p;

	if (family != FAMILY_IPV4 && family != FAMILY_IPV6)
		return (struct ot_addr){ 0 };
	p = ot_take(b, family == FAMILY_IPV4 ? 4 : 16);
	if (!p)
		return (struct ot_addr){ 0 };
	return family == FAMILY_IPV4 ? ot_addr_ipv4(p) : ot_addr_ipv6(p);
}

static void
chassis_id(const struct ot_pdu *pdu, struct ot_buf b, struct station *station)
{
	uint8_t subtype = ot_u8(&b);
	struct ot_addr addr;

	switch (subtype) {
	case CHASSIS_MAC:
		addr = mac_of(&b);
		say_addr(pdu, OT_K_MAC, &addr);
		break;
	case CHASSIS_NETWORK:
		addr = network_address(&b);
		say_addr(pdu, OT_K_IP, &addr);
		break;
	case CHASSIS_LOCAL:
		station->chassis = text(&b);
		say(pdu, OT_K_UID, station->chassis);
		break;
	default:
		say(pdu, OT_K_UID, text(&b));
	}
}

static void
port_id(const struct ot_pdu *pdu, struct ot_buf b, struct station *station)
{
	uint8_t subtype = ot_u8(&b);
	struct ot_addr addr;

	switch (subtype) {
	case PORT_MAC:
		addr = mac_of(&b);
		say_addr(pdu, OT_K_PORT, &addr);
		break;
	case PORT_NETWORK:
		addr = network_address(&b);
		say_addr(pdu, OT_K_PORT, &addr);
		break;
	case PORT_LOCAL:
		station->port = text(&b);
		say(pdu, OT_K_PORT, station->port);
		break;
	default:
		say(pdu, OT_K_PORT, text(&b));
	}
}

/* IEEE 802.1AB table 8-4, the bits that are enabled. */
static void
capabilities(const struct ot_pdu *pdu, struct ot_buf b)
{
	static const char *const roles[] = { "other", "repeater", "bridge",
		"wlan access point", "router", "telephone",
		"docsis cable device", "station", "c-vlan component",
		"s-vlan component", "two-port mac relay" };

	ot_skip(&b, 2); /* what it could do */

	uint16_t enabled = ot_u16be(&b);

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (enabled >> i & 1)
			say(pdu, OT_K_ROLE, ot_text(roles[i]));
}

static void
management_address(const struct ot_pdu *pdu, struct ot_buf b)
{
	struct ot_buf address = ot_split(&b, ot_u8(&b));
	struct ot_addr ip = network_address(&address);

	ot_skip(&b, 5);		/* interface numbering, number */
	ot_skip(&b, ot_u8(&b)); /* object identifier */
	if (ot_ok(&b))
		say_addr(pdu, OT_K_IP, &ip);
}

/* Annex D.2.1 and D.2.3. */
static void
ieee_8021(const struct ot_pdu *pdu, uint8_t subtype, struct ot_buf b)
{
	uint16_t id;

	if (subtype != 1 && subtype != 3)
		return;
	id = ot_u16be(&b);
	if (subtype == 3) {
		struct ot_buf window = ot_split(&b, ot_u8(&b));
		struct ot_text name = text(&window);

		if (ot_ok(&b))
			say(pdu, OT_K_VLAN,
			    ot_format(pdu, "%u %.*s", id, (int)name.len,
				(const char *)name.p));
	} else if (id != 0 && ot_ok(&b)) {
		say(pdu, OT_K_VLAN, ot_format(pdu, "%u", id));
	}
}

/* The inventory of ANSI/TIA-1057 clause 10.2.6. */
static void
media(const struct ot_pdu *pdu, uint8_t subtype, struct ot_buf b)
{
	static const enum ot_key keys[] = { OT_K_HARDWARE, OT_K_FIRMWARE,
		OT_K_SOFTWARE, OT_K_SERIAL, OT_K_VENDOR, OT_K_MODEL, OT_K_TAG };

	if (subtype >= 5 && subtype <= 11)
		say(pdu, keys[subtype - 5], text(&b));
}

enum { PROFINET_ALIAS = 3, PROFINET_CHASSIS = 5 };

static void
profinet(const struct ot_pdu *pdu, uint8_t subtype, struct ot_buf b)
{
	struct ot_addr mac;

	if (subtype == PROFINET_ALIAS) {
		say(pdu, OT_K_NEIGHBOUR, text(&b));
	} else if (subtype == PROFINET_CHASSIS) {
		mac = mac_of(&b);
		say_addr(pdu, OT_K_MAC, &mac);
	}
}

enum { ODVA_IDENTIFICATION = 1, ODVA_MAC = 2, ODVA_LABEL = 3 };

/* Little endian, as CIP has it. The top bit of the major revision asks for
 * compatible devices and is no part of it. */
static void
odva_identification(const struct ot_pdu *pdu, struct ot_buf b)
{
	uint16_t vendor = ot_u16le(&b);
	uint16_t type = ot_u16le(&b);
	uint16_t code = ot_u16le(&b);
	uint8_t major = ot_u8(&b);
	uint8_t minor = ot_u8(&b);
	uint32_t serial = ot_u32le(&b);

	if (!ot_ok(&b))
		return;
	say(pdu, OT_K_VENDOR_ID, ot_format(pdu, "%u", vendor));
	say(pdu, OT_K_DEVICE_TYPE, ot_format(pdu, "%u", type));
	say(pdu, OT_K_PRODUCT_CODE, ot_format(pdu, "%u", code));
	say(pdu, OT_K_REVISION, ot_format(pdu, "%u.%u", major & 0x7fu, minor));
	say(pdu, OT_K_SERIAL, ot_format(pdu, "%08x", serial));
}

static void
odva(const struct ot_pdu *pdu, uint8_t subtype, struct ot_buf b)
{
	struct ot_addr mac;

	if (subtype == ODVA_IDENTIFICATION) {
		odva_identification(pdu, b);
	} else if (subtype == ODVA_MAC) {
		mac = mac_of(&b);
		say_addr(pdu, OT_K_MAC, &mac);
	} else if (subtype == ODVA_LABEL) {
		say(pdu, OT_K_PORT, text(&b));
	}
}

static void
organization(const struct ot_pdu *pdu, struct ot_buf b, struct station *station)
{
	uint32_t oui = ot_u24be(&b);
	uint8_t subtype = ot_u8(&b);

	switch (oui) {
	case IEEE_8021:
		ieee_8021(pdu, subtype, b);
		break;
	case MEDIA:
		media(pdu, subtype, b);
		break;
	case PROFINET:
		station->profinet = true;
		profinet(pdu, subtype, b);
		break;
	case ODVA:
		odva(pdu, subtype, b);
		break;
	}
}

/* A PROFINET device's chassis id is its name of station and its port id is
 * "port-001", or, with several interfaces, its port id has the name behind:
 * "port-001.name". */
static void
name_of_station(const struct ot_pdu *pdu, const struct station *station)
{
	struct ot_text name = station->chassis;
	const uint8_t *dot = NULL;

	if (!station->profinet)
		return;
	if (station->port.len > 0)
		dot = memchr(station->port.p, '.', station->port.len);
	if (dot) {
		name = station->port;
		name.len -= (size_t)(dot + 1 - name.p);
		name.p = dot + 1;
	}
	say(pdu, OT_K_NAME, name);
}

static void
optional(const struct ot_pdu *pdu, uint8_t type, struct ot_buf b,
    struct station *station)
{
	switch (type) {
	case PORT_DESCRIPTION:
		say(pdu, OT_K_PORT, text(&b));
		break;
	case SYSTEM_NAME:
		say(pdu, OT_K_NAME, text(&b));
		break;
	case SYSTEM_DESCRIPTION:
		say(pdu, OT_K_DESCRIPTION, text(&b));
		break;
	case SYSTEM_CAPABILITIES:
		capabilities(pdu, b);
		break;
	case MANAGEMENT_ADDRESS:
		management_address(pdu, b);
		break;
	case ORGANIZATION:
		organization(pdu, b, station);
		break;
	}
}

/* Without an end TLV the frame ends it; 802.1AB made it optional in 2016. */
static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct station station = { .profinet = false };
	uint8_t type;
	struct ot_buf chassis = take_tlv(b, &type);

	ot_expect(b, type == CHASSIS_ID && chassis.left >= 2);

	struct ot_buf port = take_tlv(b, &type);

	ot_expect(b, type == PORT_ID && port.left >= 2);

	struct ot_buf ttl = take_tlv(b, &type);

	ot_expect(b, type == TIME_TO_LIVE);

	bool leaving = ot_u16be(&ttl) == 0;

	if (!ot_ok(b))
		return;
	ot_emit_op(
	    pdu, &(struct ot_op){ .verb = OT_IDENTIFY,
		     .name = leaving ? "lldp shutdown" : "lldp advertisement",
		     .flags = OT_OP_NO_ANSWER });
	chassis_id(pdu, chassis, &station);
	port_id(pdu, port, &station);
	while (b->left >= 2) {
		struct ot_buf value = take_tlv(b, &type);

		if (type == END)
			break;
		optional(pdu, type, value, &station);
	}
	if (ot_ok(b))
		name_of_station(pdu, &station);
}

const struct ot_proto ot_proto_lldp = {
	.name = "lldp",
	.over = { "eth" },
	.strength = OT_STRONG,
	.ports = ports,
	.probe = probe,
	.dissect = dissect,
};
