/*
 * PROFINET DCP: IEC 61158-6-10 clause 4.3. A controller or an engineering
 * tool finds devices by multicast and gives them names and addresses.
 */
#include "proto/proto.h"

extern const struct ot_proto ot_proto_pn_dcp;

static const struct ot_port ports[] = { { "eth", 0x8892, 0x8892 }, { 0 } };

enum { NAME_OF_STATION = 1, IP, ALIAS, SUBJECT };

static const struct ot_space spaces[] = { { "name-of-station \"%t\"" },
	{ "ip %t" }, { "alias \"%t\"" }, { "%t" }, { 0 } };

enum frame_id {
	FRAME_HELLO = 0xfefc,
	FRAME_GET_SET = 0xfefd,
	FRAME_IDENTIFY = 0xfefe,
	FRAME_IDENTIFIED = 0xfeff,
};

enum service { GET = 3, SET = 4, IDENTIFY = 5, HELLO = 6 };
enum service_type { REQUEST = 0, SUCCESS = 1, UNSUPPORTED = 5 };

/* Option and suboption in one number. */
enum subject {
	MAC_ADDRESS = 0x0101,
	IP_PARAMETER = 0x0102,
	IP_SUITE = 0x0103,
	TYPE_OF_STATION = 0x0201,
	STATION_NAME = 0x0202,
	DEVICE_ID = 0x0203,
	DEVICE_ROLE = 0x0204,
	ALIAS_NAME = 0x0206,
	DEVICE_INSTANCE = 0x0207,
	OEM_DEVICE_ID = 0x0208,
	DHCP_HOST_NAME = 0x030c,
	START_TRANSACTION = 0x0501,
	END_TRANSACTION = 0x0502,
	SIGNAL = 0x0503,
	RESPONSE = 0x0504,
	FACTORY_RESET = 0x0505,
	RESET_TO_FACTORY = 0x0506,
	DEVICE_INITIATIVE = 0x0601,
	ALL = 0xffff,
};

struct header {
	uint16_t frame_id;
	uint8_t service, type;
	uint32_t xid;
	const char *message;
};

struct block {
	uint16_t subject;
	struct ot_buf data;
};

/* What may be set, and what that does. */
struct setting {
	uint16_t subject;
	enum ot_verb verb;
	const char *name;
	uint32_t flags;
};

static const struct setting *
setting_of(uint16_t subject)
{
	static const struct setting settings[] = {
		{ IP_PARAMETER, OT_NAME, "set ip parameter", OT_OP_ALTERS },
		{ IP_SUITE, OT_NAME, "set full ip suite", OT_OP_ALTERS },
		{ STATION_NAME, OT_NAME, "set name of station", OT_OP_ALTERS },
		{ ALIAS_NAME, OT_NAME, "set alias name", OT_OP_ALTERS },
		{ START_TRANSACTION, OT_SESSION, "start transaction", 0 },
		{ END_TRANSACTION, OT_SESSION, "end transaction", 0 },
		{ SIGNAL, OT_IDENTIFY, "signal", 0 },
		{ FACTORY_RESET, OT_MODE, "reset factory settings", 0 },
		{ RESET_TO_FACTORY, OT_MODE, "reset to factory", 0 },
		{ DEVICE_INITIATIVE, OT_WRITE, "set device initiative", 0 },
	};
	static const struct setting dhcp = { 0, OT_NAME, "set dhcp parameter",
		OT_OP_ALTERS };
	static const struct setting other = { 0, OT_UNKNOWN, "set", 0 };

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (settings[i].subject == subject)
			return &settings[i];
	return subject >> 8 == 3 ? &dhcp : &other;
}

static const char *
subject_name(uint16_t subject)
{
	static const struct ot_name names[] = { { MAC_ADDRESS, "mac address" },
		{ IP_PARAMETER, "ip parameter" }, { IP_SUITE, "full ip suite" },
		{ TYPE_OF_STATION, "type of station" },
		{ STATION_NAME, "name of station" }, { DEVICE_ID, "device id" },
		{ DEVICE_ROLE, "device role" }, { 0x0205, "device options" },
		{ ALIAS_NAME, "alias name" },
		{ DEVICE_INSTANCE, "device instance" },
		{ OEM_DEVICE_ID, "oem device id" },
		{ 0x020a, "rsi properties" },
		{ DEVICE_INITIATIVE, "device initiative" }, { ALL, "all" },
		{ 0 } };

	return ot_name(names, subject);
}

static bool
service_fits(uint16_t frame_id, uint8_t service, uint8_t type)
{
	switch (frame_id) {
	case FRAME_HELLO:
		return service == HELLO && type == REQUEST;
	case FRAME_GET_SET:
		return (service == GET || service == SET) &&
		       (type == REQUEST || type == SUCCESS ||
			   type == UNSUPPORTED);
	case FRAME_IDENTIFY:
		return service == IDENTIFY && type == REQUEST;
	case FRAME_IDENTIFIED:
		return service == IDENTIFY && type == SUCCESS;
	}
	return false;
}

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint8_t type = ot_peek(&b, 3);

	return pdu->ethertype == ports[0].lo &&
	       service_fits(ot_peek16be(&b, 0), ot_peek(&b, 2), type) &&
	       (type == REQUEST) == pdu->to_server &&
	       (pdu->cut ||
		   (b.left >= 12 && ot_peek16be(&b, 10) <= b.left - 12));
}

/* Blocks begin at even offsets. */
static struct block
next_block(struct ot_buf *b)
{
	struct block block = { .subject = ot_u16be(b) };
	uint16_t len = ot_u16be(b);

	block.data = ot_split(b, len);
	if (len % 2 && b->left > 0)
		ot_skip(b, 1);
	return block;
}

static void
say(const struct ot_pdu *pdu, const struct header *h, enum ot_key key,
    struct ot_text value)
{
	if (value.len > 0)
		ot_emit_fact(
		    pdu, &(struct ot_fact){ .key = key,
			     .value = value,
			     .message = h->message,
			     .by = pdu->group ? OT_BROADCAST : OT_SELF });
}

static void
say_addr(const struct ot_pdu *pdu, const struct header *h, enum ot_key key,
    const struct ot_addr *addr)
{
	if (addr->kind != OT_ADDR_NONE && !ot_addr_unspecified(addr))
		say(pdu, h, key, ot_format_addr(pdu, addr));
}

static struct ot_text
text(struct ot_buf *b)
{
	return ot_text_trim(ot_text_of(b, OT_LATIN1));
}

static struct ot_addr
ipv4(struct ot_buf *b)
{
	const uint8_t *p = ot_take(b, 4);

	return p ? ot_addr_ipv4(p) : (struct ot_addr){ 0 };
}

enum { IP_CONFLICT = 0x80 }; /* of the block info */

static void
ip_parameter(const struct ot_pdu *pdu, const struct header *h, uint16_t info,
    struct ot_buf b)
{
	struct ot_addr ip = ipv4(&b);
	struct ot_addr mask = ipv4(&b);
	struct ot_addr gateway = ipv4(&b);

	if (!ot_ok(&b))
		return;
	say_addr(pdu, h, OT_K_IP, &ip);
	say_addr(pdu, h, OT_K_MASK, &mask);
	say_addr(pdu, h, OT_K_GATEWAY, &gateway);
	if (info & IP_CONFLICT)
		ot_emit_event(
		    pdu, &(struct ot_event){ .kind = "address conflict",
			     .detail = ot_format_addr(pdu, &ip) });
}

static void
device_role(const struct ot_pdu *pdu, const struct header *h, uint8_t bits)
{
	static const char *const roles[] = { "io-device", "io-controller",
		"io-multidevice", "io-supervisor" };

	for (unsigned i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (bits >> i & 1)
			say(pdu, h, OT_K_ROLE, ot_text(roles[i]));
}

/* A maker and what it calls the device. */
static void
device_id(const struct ot_pdu *pdu, const struct header *h, struct ot_buf b)
{
	uint16_t vendor = ot_u16be(&b);
	uint16_t device = ot_u16be(&b);

	if (!ot_ok(&b))
		return;
	say(pdu, h, OT_K_VENDOR_ID, ot_format(pdu, "0x%04x", vendor));
	say(pdu, h, OT_K_PRODUCT_CODE, ot_format(pdu, "0x%04x", device));
}

static void
device_instance(
    const struct ot_pdu *pdu, const struct header *h, struct ot_buf b)
{
	uint8_t high = ot_u8(&b);
	uint8_t low = ot_u8(&b);

	if (ot_ok(&b))
		say(pdu, h, OT_K_SLOT, ot_format(pdu, "%u.%u", high, low));
}

/* What a device says of itself: a block info, then the value. */
static void
property(const struct ot_pdu *pdu, const struct header *h, uint16_t subject,
    struct ot_buf b)
{
	uint16_t info = ot_u16be(&b);
	const uint8_t *mac;
	struct ot_addr addr;

	switch (subject) {
	case MAC_ADDRESS:
		mac = ot_take(&b, 6);
		addr = mac ? ot_addr_mac(mac) : (struct ot_addr){ 0 };
		say_addr(pdu, h, OT_K_MAC, &addr);
		break;
	case IP_PARAMETER:
	case IP_SUITE:
		ip_parameter(pdu, h, info, b);
		break;
	case TYPE_OF_STATION:
		say(pdu, h, OT_K_MODEL, text(&b));
		break;
	case STATION_NAME:
	case DHCP_HOST_NAME:
		say(pdu, h, OT_K_NAME, text(&b));
		break;
	case DEVICE_ID:
	case OEM_DEVICE_ID:
		device_id(pdu, h, b);
		break;
	case DEVICE_ROLE:
		device_role(pdu, h, ot_u8(&b));
		break;
	case ALIAS_NAME:
		/* The peer's port and name: "port-001.name". */
		say(pdu, h, OT_K_NEIGHBOUR, text(&b));
		break;
	case DEVICE_INSTANCE:
		device_instance(pdu, h, b);
		break;
	}
}

static void
properties(const struct ot_pdu *pdu, const struct header *h, struct ot_buf b)
{
	while (b.left > 0) {
		struct block block = next_block(&b);

		if (ot_ok(&b) && block.subject != RESPONSE)
			property(pdu, h, block.subject, block.data);
	}
}

static struct ot_object
subject_object(const struct ot_pdu *pdu, uint16_t subject)
{
	const char *name = subject_name(subject);

	return (struct ot_object){ .space = SUBJECT,
		.text = name ? ot_text(name)
			     : ot_format(pdu, "option %u/%u", subject >> 8,
				   subject & 0xffu) };
}

/* What is named, as an object: the value where it has one of its own. */
static struct ot_object
object_of(const struct ot_pdu *pdu, uint16_t subject, struct ot_buf value)
{
	struct ot_addr ip;

	switch (subject) {
	case STATION_NAME:
		return (struct ot_object){ .space = NAME_OF_STATION,
			.text = text(&value) };
	case ALIAS_NAME:
		return (
		    struct ot_object){ .space = ALIAS, .text = text(&value) };
	case IP_PARAMETER:
	case IP_SUITE:
		ip = ipv4(&value);
		if (!ot_ok(&value))
			break;
		return (struct ot_object){ .space = IP,
			.text = ot_format_addr(pdu, &ip) };
	}
	return subject_object(pdu, subject);
}

/* Tools use one transaction id over and over, for one service after another. */
static struct ot_op
operation(const struct header *h)
{
	return (struct ot_op){ .pair = (uint64_t)h->service << 32 | h->xid,
		.verb = OT_IDENTIFY,
		.name = h->message,
		.has_code = true,
		.code = h->service };
}

static struct ot_op
set_operation(const struct header *h, uint16_t subject)
{
	const struct setting *setting = setting_of(subject);
	struct ot_op op = operation(h);

	op.verb = setting->verb;
	op.name = setting->name;
	op.flags = setting->flags;
	return op;
}

static void
get_request(const struct ot_pdu *pdu, const struct header *h, struct ot_buf b)
{
	while (b.left > 0) {
		uint16_t subject = ot_u16be(&b);
		struct ot_op op = operation(h);

		op.object = subject_object(pdu, subject);
		if (ot_ok(&b))
			ot_emit_op(pdu, &op);
	}
}

/* One operation for each block. Nothing in the protocol proves who sends it. */
static void
set_request(const struct ot_pdu *pdu, const struct header *h, struct ot_buf b)
{
	ot_emit_security(pdu, OT_S_AUTH, ot_text("none"));
	while (b.left > 0) {
		struct block block = next_block(&b);
		struct ot_op op = set_operation(h, block.subject);

		ot_skip(&block.data, 2); /* qualifier: for good or not */
		if (op.verb == OT_NAME || op.verb == OT_UNKNOWN)
			op.object = object_of(pdu, block.subject, block.data);
		if (ot_ok(&b))
			ot_emit_op(pdu, &op);
	}
}

/* One operation, whatever the number of filters that must all hold. */
static void
identify_request(
    const struct ot_pdu *pdu, const struct header *h, struct ot_buf b)
{
	struct ot_op op = operation(h);

	op.flags = OT_OP_MANY_ANSWERS;
	while (b.left > 0) {
		struct block block = next_block(&b);

		if (op.object.space == 0 || block.subject == STATION_NAME)
			op.object = object_of(pdu, block.subject, block.data);
	}
	if (ot_ok(&b))
		ot_emit_op(pdu, &op);
}

static const char *
block_error(uint8_t code)
{
	static const struct ot_name names[] = { { 1, "option not supported" },
		{ 2, "suboption not supported or no data set" },
		{ 3, "suboption not set" }, { 4, "resource error" },
		{ 5, "set not possible by local reasons" },
		{ 6, "in operation, set not possible" }, { 0 } };

	return ot_name(names, code);
}

/* The result for one block of a request; blocks answer in their order. */
static struct ot_reply
block_reply(const struct header *h, struct block block)
{
	struct ot_reply reply = { .as = operation(h) };
	uint16_t subject = block.subject;
	uint8_t code = 0;

	if (subject == RESPONSE) {
		subject = ot_u16be(&block.data);
		code = ot_u8(&block.data);
	}
	if (h->service == SET)
		reply.as = set_operation(h, subject);
	reply.error = block_error(code);
	reply.error_code = code;
	return reply;
}

/* If all blocks succeeded, one answer to the whole request: devices leave
 * blocks out. Otherwise an answer for each. */
static void
result(const struct ot_pdu *pdu, const struct header *h, struct ot_buf b)
{
	struct ot_buf look = b;
	struct ot_reply reply = { .as = operation(h) };
	bool failed = false;
	uint32_t item = 0;

	while (look.left > 0) {
		struct ot_reply one = block_reply(h, next_block(&look));

		if (item++ == 0)
			reply = one;
		failed |= one.error_code != 0;
	}
	if (!ot_ok(&look))
		return;
	if (!failed) {
		ot_emit_reply(pdu, &reply);
		return;
	}
	for (uint32_t i = 1; i <= item; i++) {
		reply = block_reply(h, next_block(&b));
		reply.item = item == 1 ? 0 : i;
		ot_emit_reply(pdu, &reply);
	}
}

static void
request(const struct ot_pdu *pdu, const struct header *h, struct ot_buf b)
{
	struct ot_op op = operation(h);

	switch (h->service) {
	case GET:
		get_request(pdu, h, b);
		break;
	case SET:
		set_request(pdu, h, b);
		break;
	case IDENTIFY:
		identify_request(pdu, h, b);
		break;
	case HELLO:
		op.flags = OT_OP_NO_ANSWER;
		ot_emit_op(pdu, &op);
		properties(pdu, h, b);
		break;
	}
}

static void
response(const struct ot_pdu *pdu, const struct header *h, struct ot_buf b)
{
	if (h->type == UNSUPPORTED) {
		ot_emit_reply(pdu, &(struct ot_reply){ .as = operation(h),
				       .error = "service not supported" });
		return;
	}
	if (h->service == IDENTIFY)
		ot_emit_reply(pdu, &(struct ot_reply){ .as = operation(h) });
	else
		result(pdu, h, b);
	if (h->service != SET)
		properties(pdu, h, b);
}

/* Frames of real time between the same stations: pn_rt.c. */
static bool
is_other(uint16_t frame_id)
{
	return frame_id < FRAME_HELLO || frame_id > FRAME_IDENTIFIED;
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	if (is_other(ot_peek16be(b, 0))) {
		ot_hand(pdu, "pn_dcp", b);
		return;
	}
	static const struct ot_name messages[] = { { GET, "get" },
		{ SET, "set" }, { IDENTIFY, "identify" }, { HELLO, "hello" },
		{ 0 } };
	struct header h = { .frame_id = ot_u16be(b) };

	h.service = ot_u8(b);
	h.type = ot_u8(b);
	h.xid = ot_u32be(b);
	ot_skip(b, 2); /* response delay */

	size_t len = ot_u16be(b);
	struct ot_buf blocks =
	    pdu->cut && len > b->left ? ot_rest(b) : ot_split(b, len);

	if (!ot_ok(b) ||
	    !ot_expect(b, service_fits(h.frame_id, h.service, h.type)))
		return;
	h.message = ot_name(messages, h.service);
	if (h.type == REQUEST)
		request(pdu, &h, blocks);
	else
		response(pdu, &h, blocks);
}

const struct ot_proto ot_proto_pn_dcp = {
	.name = "pn_dcp",
	.over = { "eth", "pn_rt" },
	.strength = OT_STRONG,
	.ports = ports,
	.spaces = spaces,
	.envelope = true,
	.probe = probe,
	.dissect = dissect,
};
