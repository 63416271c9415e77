/*
 * What CIP objects say of a device: Identity (class 01, Volume 1 clause 5A-2),
 * TCP/IP Interface (F5, Volume 2 clause 5-4), Ethernet Link (F6, 5-5), and of
 * its neighbours: LLDP Data Table (10A, 5-15).
 */
#include "proto/cip.h"

void
ot_cip_say(const struct ot_pdu *pdu, const struct ot_cip_who *who,
    enum ot_key key, struct ot_text value)
{
	if (value.len == 0)
		return;
	ot_emit_fact(pdu, &(struct ot_fact){ .key = key,
			      .value = value,
			      .message = who->message,
			      .by = who->by,
			      .nested = who->nested,
			      .about = who->about });
}

static void
say_number(const struct ot_pdu *pdu, const struct ot_cip_who *who,
    enum ot_key key, uint32_t n)
{
	ot_cip_say(pdu, who, key, ot_format(pdu, "%u", n));
}

/* An unset address is all zero and says nothing. */
static void
say_address(const struct ot_pdu *pdu, const struct ot_cip_who *who,
    enum ot_key key, struct ot_addr addr)
{
	if (!ot_addr_unspecified(&addr))
		ot_cip_say(pdu, who, key, ot_format_addr(pdu, &addr));
}

static void
number(struct ot_buf *b, const struct ot_pdu *pdu, const struct ot_cip_who *who,
    enum ot_key key)
{
	uint16_t n = ot_u16le(b);

	if (ot_ok(b))
		say_number(pdu, who, key, n);
}

static void
revision(
    struct ot_buf *b, const struct ot_pdu *pdu, const struct ot_cip_who *who)
{
	unsigned major = ot_u8(b), minor = ot_u8(b);

	if (ot_ok(b))
		ot_cip_say(pdu, who, OT_K_REVISION,
		    ot_format(pdu, "%u.%u", major, minor));
}

static void
serial(struct ot_buf *b, const struct ot_pdu *pdu, const struct ot_cip_who *who)
{
	uint32_t n = ot_u32le(b);

	if (ot_ok(b) && n != 0)
		ot_cip_say(pdu, who, OT_K_SERIAL, ot_format(pdu, "0x%08x", n));
}

/* SHORT_STRING: a length byte, then Latin-1. */
static void
short_string(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_cip_who *who, enum ot_key key)
{
	struct ot_buf text = ot_split(b, ot_u8(b));

	if (ot_ok(b))
		ot_cip_say(
		    pdu, who, key, ot_text_trim(ot_text_of(&text, OT_LATIN1)));
}

/* STRING: a length of two bytes; the next field is at an even offset. */
static void
string(struct ot_buf *b, const struct ot_pdu *pdu, const struct ot_cip_who *who,
    enum ot_key key)
{
	uint16_t len = ot_u16le(b);
	struct ot_buf text = ot_split(b, len);

	if (len % 2 && b->left > 0)
		ot_skip(b, 1);
	if (ot_ok(b))
		ot_cip_say(
		    pdu, who, key, ot_text_trim(ot_text_of(&text, OT_LATIN1)));
}

/* An IPv4 address as UDINT: least significant byte first. */
static void
address(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_cip_who *who, enum ot_key key)
{
	uint32_t n = ot_u32le(b);
	const uint8_t bytes[4] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16),
		(uint8_t)(n >> 8), (uint8_t)n };

	if (ot_ok(b))
		say_address(pdu, who, key, ot_addr_ipv4(bytes));
}

void
ot_cip_state(
    struct ot_buf *b, const struct ot_pdu *pdu, const struct ot_cip_who *who)
{
	static const struct ot_name states[] = {
		{ 0, "nonexistent" },
		{ 1, "device self testing" },
		{ 2, "standby" },
		{ 3, "operational" },
		{ 4, "major recoverable fault" },
		{ 5, "major unrecoverable fault" },
		{ 0, NULL },
	};
	uint8_t n = ot_u8(b);
	const char *name = ot_name(states, n);

	if (!ot_ok(b) || n == 0xff) /* FF: not supported */
		return;
	if (name)
		ot_cip_say(pdu, who, OT_K_STATE, ot_text(name));
	else
		say_number(pdu, who, OT_K_STATE, n);
}

/* Each of these reads one attribute and is false where its length is not
 * known, so that nothing behind it can be read. */
static bool
identity_attribute(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_cip_who *who, uint32_t id)
{
	switch (id) {
	case 1:
		number(b, pdu, who, OT_K_VENDOR_ID);
		return true;
	case 2:
		number(b, pdu, who, OT_K_DEVICE_TYPE);
		return true;
	case 3:
		number(b, pdu, who, OT_K_PRODUCT_CODE);
		return true;
	case 4:
		revision(b, pdu, who);
		return true;
	case 5:
		ot_skip(b, 2); /* status bits */
		return true;
	case 6:
		serial(b, pdu, who);
		return true;
	case 7:
		short_string(b, pdu, who, OT_K_PRODUCT);
		return true;
	case 8:
		ot_cip_state(b, pdu, who);
		return true;
	}
	return false;
}

void
ot_cip_identity(
    struct ot_buf *b, const struct ot_pdu *pdu, const struct ot_cip_who *who)
{
	uint32_t id;

	for (id = 1; id <= 7; id++)
		(void)identity_attribute(b, pdu, who, id);
}

static bool
tcpip_attribute(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_cip_who *who, uint32_t id)
{
	switch (id) {
	case 1: /* status */
	case 2: /* capability */
	case 3: /* control */
		ot_skip(b, 4);
		return true;
	case 4: /* path of the physical link */
		ot_skip(b, 2u * ot_u16le(b));
		return true;
	case 5:
		address(b, pdu, who, OT_K_IP);
		address(b, pdu, who, OT_K_MASK);
		address(b, pdu, who, OT_K_GATEWAY);
		ot_skip(b, 8); /* name servers */
		string(b, pdu, who, OT_K_DOMAIN);
		return true;
	case 6:
		string(b, pdu, who, OT_K_NAME);
		return true;
	}
	return false;
}

static struct ot_addr
mac(struct ot_buf *b)
{
	const uint8_t *p = ot_take(b, 6);

	return p ? ot_addr_mac(p) : (struct ot_addr){ .kind = OT_ADDR_NONE };
}

static bool
ethernet_attribute(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_cip_who *who, uint32_t id)
{
	struct ot_addr addr;

	switch (id) {
	case 1: /* speed */
	case 2: /* flags */
		ot_skip(b, 4);
		return true;
	case 3:
		addr = mac(b);
		if (ot_ok(b))
			say_address(pdu, who, OT_K_MAC, addr);
		return true;
	case 10:
		short_string(b, pdu, who, OT_K_PORT);
		return true;
	}
	return false;
}

/* From the MAC on, the facts are about the neighbour that has it. */
static bool
lldp_attribute(struct ot_buf *b, const struct ot_pdu *pdu,
    struct ot_cip_who *who, uint32_t id)
{
	bool known = who->about.kind == OT_ADDR_MAC;
	uint8_t count;

	switch (id) {
	case 1: /* number of the Ethernet link */
	case 4: /* time to live */
		ot_skip(b, 2);
		return true;
	case 2:
		who->about = mac(b);
		if (ot_ok(b)) {
			struct ot_cip_who self = *who;

			self.about = (struct ot_addr){ 0 };
			say_address(pdu, &self, OT_K_NEIGHBOUR, who->about);
			who->by = OT_PEER;
		}
		return true;
	case 3:
		if (known)
			short_string(b, pdu, who, OT_K_PORT);
		else
			ot_skip(b, ot_u8(b));
		return true;
	case 5: /* capabilities */
		ot_skip(b, 4);
		return true;
	case 6:
		for (count = ot_u8(b); count > 0 && ot_ok(b); count--)
			if (known)
				address(b, pdu, who, OT_K_IP);
			else
				ot_skip(b, 4);
		return true;
	case 7:
		if (!known)
			return false;
		number(b, pdu, who, OT_K_VENDOR_ID);
		number(b, pdu, who, OT_K_DEVICE_TYPE);
		number(b, pdu, who, OT_K_PRODUCT_CODE);
		revision(b, pdu, who);
		serial(b, pdu, who);
		return true;
	}
	return false;
}

static bool
attribute(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_cip_who *who,
    uint32_t class, uint32_t id)
{
	switch (class) {
	case OT_CIP_IDENTITY:
		return identity_attribute(b, pdu, who, id);
	case OT_CIP_TCPIP:
		return tcpip_attribute(b, pdu, who, id);
	case OT_CIP_ETHERNET:
		return ethernet_attribute(b, pdu, who, id);
	case OT_CIP_LLDP:
		return lldp_attribute(b, pdu, who, id);
	}
	return false;
}

/* Get_Attributes_All: attributes in the order of their numbers, as far as
 * the answer goes. */
static void
all(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_cip_who *who,
    uint32_t class)
{
	uint32_t id, last = class == OT_CIP_TCPIP      ? 6
			    : class == OT_CIP_ETHERNET ? 3
						       : 7;

	for (id = 1; id <= last && b->left > 0; id++)
		if (!attribute(b, pdu, who, class, id))
			return;
}

/* Get_Attribute_List: count, then number, status and value of each. */
static void
list(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_cip_who *who,
    uint32_t class)
{
	uint16_t count = ot_u16le(b);

	for (; count > 0 && ot_ok(b); count--) {
		uint16_t id = ot_u16le(b);
		uint16_t status = ot_u16le(b);

		if (status == 0 && !attribute(b, pdu, who, class, id))
			return;
	}
}

void
ot_cip_attributes_said(struct ot_buf *b, const struct ot_pdu *pdu, uint8_t code,
    const struct ot_cip_target *target, struct ot_cip_who who)
{
	switch (target->class) {
	case OT_CIP_IDENTITY:
	case OT_CIP_TCPIP:
	case OT_CIP_ETHERNET:
	case OT_CIP_LLDP:
		break;
	default:
		return;
	}
	if (target->instance == 0) /* the class, not a device */
		return;
	if (target->class == OT_CIP_IDENTITY && target->instance > 1 &&
	    who.nested.len == 0)
		who.nested = ot_format(pdu, "identity %u", target->instance);
	if (code == OT_CIP_GET_ALL)
		all(b, pdu, &who, target->class);
	else if (code == OT_CIP_GET_LIST)
		list(b, pdu, &who, target->class);
	else if (code == OT_CIP_GET_SINGLE)
		(void)attribute(b, pdu, &who, target->class, target->attribute);
}
