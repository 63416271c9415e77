/*
 * mDNS: RFC 6762, with the services of DNS-SD: RFC 6763. What a host answers
 * by multicast it says of itself, asked or not.
 */
#include "proto/dns_message.h"

extern const struct ot_proto ot_proto_mdns;

enum { PORT = 5353 };

static const struct ot_port ports[] = { { "udp", PORT, PORT }, { 0 } };

enum { QUESTION = 1 };

static const struct ot_space spaces[] = { { "%t" }, { 0 } };

/* The layout is DNS's; only the port tells the two apart. An answer to the
 * group goes the way that the questions go. */
static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	struct ot_buf head = b;
	struct dns_header h = dns_header(&head);
	uint16_t port = h.response ? pdu->src_port : pdu->dst_port;

	if (port != PORT || !ot_ok(&head) || h.opcode != DNS_QUERY)
		return false;
	if (!h.response && h.questions == 0)
		return false;
	return pdu->to_server == (!h.response || pdu->group) &&
	       dns_closes(b, pdu);
}

static struct ot_op
operation(const struct ot_pdu *pdu, uint16_t id, struct dns_question *q,
    uint8_t text[static DNS_TEXT])
{
	q->class &= 0x7fff; /* the top bit wishes a unicast answer, or says
			     * that a record is the only one */
	return (struct ot_op){ .pair = dns_pair(id, q),
		.verb = OT_NAME,
		.name = "query",
		.has_code = true,
		.code = DNS_QUERY,
		/* what the group was asked is answered by announcements, and
		 * asked again at will, always with id 0 */
		.flags = pdu->group ? OT_OP_NO_ANSWER : OT_OP_MANY_ANSWERS,
		.object = { .space = QUESTION,
		    .text = dns_question_text(pdu, q, text) } };
}

static void
say(const struct ot_pdu *pdu, enum ot_key key, struct ot_text value,
    const struct ot_addr *about)
{
	bool own = ot_addr_eq(about, &pdu->src);

	if (value.len > 0)
		ot_emit_fact(
		    pdu, &(struct ot_fact){ .key = key,
			     .value = value,
			     .message = "response",
			     .by = pdu->group ? OT_BROADCAST : OT_SELF,
			     .about = own ? (struct ot_addr){ 0 } : *about });
}

static void
pointer(const struct ot_pdu *pdu, const struct ot_buf *message,
    struct dns_record *r)
{
	const struct ot_addr self = { 0 };
	struct dns_name target;

	dns_name(&r->data, message, &target);
	if (!ot_ok(&r->data))
		return;
	if (dns_ends(&r->name, "_services._dns-sd._udp.local"))
		say(pdu, OT_K_ROLE, dns_service(&target), &self);
	else if (!dns_ends(&r->name, ".arpa"))
		say(pdu, OT_K_ROLE, dns_service(&r->name), &self);
}

static bool
has_key(struct ot_text *pair, const char *key)
{
	size_t len = strlen(key);

	if (pair->len <= len || memcmp(pair->p, key, len) != 0)
		return false;
	pair->p += len;
	pair->len -= len;
	return true;
}

/* Strings "key=value" (RFC 6763 section 6); the keys of device info, of
 * casting and of printers. */
static void
description(const struct ot_pdu *pdu, struct ot_buf b)
{
	static const struct {
		const char *name;
		enum ot_key key;
	} keys[] = { { "model=", OT_K_MODEL }, { "md=", OT_K_MODEL },
		{ "ty=", OT_K_PRODUCT }, { "usb_MDL=", OT_K_MODEL },
		{ "usb_MFG=", OT_K_VENDOR }, { "mfg=", OT_K_VENDOR } };
	const struct ot_addr self = { 0 };

	while (b.left > 0) {
		struct ot_buf string = ot_split(&b, ot_u8(&b));
		struct ot_text pair = ot_text_of(&string, OT_UTF8);

		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			if (has_key(&pair, keys[i].name)) {
				say(pdu, keys[i].key, ot_text_trim(pair),
				    &self);
				break;
			}
	}
}

/* Processor, then system, each after its length (RFC 1035 section 3.3.2). */
static void
host_info(const struct ot_pdu *pdu, struct ot_buf b)
{
	const struct ot_addr self = { 0 };

	ot_skip(&b, ot_u8(&b));

	struct ot_buf system = ot_split(&b, ot_u8(&b));

	say(pdu, OT_K_OS, ot_text_trim(ot_text_of(&system, OT_UTF8)), &self);
}

static void
record(const struct ot_pdu *pdu, const struct ot_buf *message,
    struct dns_record *r)
{
	struct ot_addr addr = dns_address(r);

	if (dns_names_host(&addr))
		say(pdu, OT_K_FQDN, dns_text(&r->name), &addr);
	else if (r->type == DNS_PTR)
		pointer(pdu, message, r);
	else if (r->type == DNS_TXT)
		description(pdu, r->data);
	else if (r->type == DNS_HINFO)
		host_info(pdu, r->data);
}

/* Records are of the sender but for the authorities, which are NSEC. To one
 * asker, each answer is a reply to the question that it fits. */
static void
response(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_buf *message, const struct dns_header *h)
{
	uint32_t count = (uint32_t)h->records[DNS_ANSWER] +
			 h->records[DNS_AUTHORITY] + h->records[DNS_ADDITIONAL];
	struct dns_record r;
	uint8_t text[DNS_TEXT];

	if (pdu->group)
		ot_emit_op(pdu, &(struct ot_op){ .verb = OT_NAME,
				    .name = "announcement",
				    .flags = OT_OP_NO_ANSWER });
	for (uint32_t i = 0; i < count && ot_ok(b); i++) {
		dns_record(b, message, &r);
		if (!ot_ok(b))
			return;
		if (!pdu->group && i < h->records[DNS_ANSWER]) {
			struct dns_question q = { r.name, r.type, r.class };

			ot_emit_reply(
			    pdu, &(struct ot_reply){
				     .as = operation(pdu, h->id, &q, text) });
		}
		record(pdu, message, &r);
	}
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_buf message = *b;
	struct dns_header h = dns_header(b);
	struct dns_question q;
	uint8_t text[DNS_TEXT];

	for (uint32_t i = 0; i < h.questions && ot_ok(b); i++) {
		dns_question(b, &message, &q);

		struct ot_op op = operation(pdu, h.id, &q, text);

		if (ot_ok(b) && !h.response)
			ot_emit_op(pdu, &op);
	}
	if (ot_ok(b) && h.response)
		response(b, pdu, &message, &h);
}

const struct ot_proto ot_proto_mdns = {
	.name = "mdns",
	.over = { "udp" },
	.strength = OT_MEDIUM,
	.ports = ports,
	.spaces = spaces,
	.probe = probe,
	.dissect = dissect,
};
