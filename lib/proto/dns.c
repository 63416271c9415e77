/*
 * DNS over UDP and TCP: RFC 1035 (queries), RFC 1996 (notify), RFC 2136
 * (update), RFC 5936 (zone transfer), RFC 6891 (extended return codes).
 */
#include "proto/dns_message.h"

extern const struct ot_proto ot_proto_dns;

static const struct ot_port ports[] = { { "udp", 53, 53 }, { "tcp", 53, 53 },
	{ 0 } };

enum {
	QUESTION = 1,
	QUESTION_MIN = 5, /* the root, type, class */
	RECORD_MIN = 11,  /* the root, type, class, TTL, length */
};

static const struct ot_space spaces[] = { { "%t" }, { 0 } };

/* The last query, for answers that leave the question out, and how far the
 * zone transfer that it asked for has come. */
struct state {
	uint64_t pair;
	uint16_t id;
	bool asked;
	bool transfer;
	uint8_t boundaries; /* SOA records seen: the second ends a transfer */
};

/* Over TCP each message follows its length (RFC 1035 section 4.2.2). */
static bool
has_length(const struct ot_pdu *pdu)
{
	return memcmp(pdu->over, "tcp", 4) == 0;
}

static bool
header_fits(const struct dns_header *h)
{
	bool asks_one = h->opcode == DNS_QUERY || h->opcode == DNS_NOTIFY ||
			h->opcode == DNS_UPDATE;

	if ((!asks_one && h->opcode != DNS_STATUS) || h->reserved)
		return false;
	if (h->response)
		return h->questions <= 1;
	if (h->rcode != 0 || h->questions != asks_one)
		return false;
	/* A query has nothing to answer with, but an incremental transfer
	 * names the version it has. */
	return h->opcode != DNS_QUERY ||
	       (h->records[DNS_ANSWER] == 0 && h->records[DNS_AUTHORITY] <= 1 &&
		   h->records[DNS_ADDITIONAL] <= 4);
}

/* mDNS and LLMNR differ by their ports only; NetBIOS names by being 32
 * letters from A to P, asked for by a type of their own (RFC 1002). */
static bool
other_kin(const struct ot_pdu *pdu, const struct ot_buf *question)
{
	const uint16_t own[] = { 5353, 5355 };

	for (int i = 0; i < 2; i++)
		if (pdu->src_port == own[i] || pdu->dst_port == own[i])
			return true;
	if (ot_peek(question, 0) != 32)
		return false;
	for (size_t i = 1; i <= 32; i++)
		if (ot_peek(question, i) < 'A' || ot_peek(question, i) > 'P')
			return false;
	return true;
}

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	struct ot_buf head;
	struct dns_header h;

	if (has_length(pdu)) {
		uint16_t len = ot_u16be(&b);

		if (len != b.left + pdu->rest && !pdu->cut)
			return false;
	}
	head = b;
	h = dns_header(&head);
	return ot_ok(&head) && h.response == !pdu->to_server &&
	       header_fits(&h) && !other_kin(pdu, &head) && dns_closes(b, pdu);
}

/* Octets of the shortest message with the counts of a header that stands
 * behind its length: what is not there yet counts for nothing. */
static size_t
shortest(const struct ot_buf *b)
{
	size_t questions = ot_peek16be(b, 6), records = 0;

	for (size_t at = 8; at < 14; at += 2)
		records += ot_peek16be(b, at);
	return DNS_HEADER + questions * QUESTION_MIN + records * RECORD_MIN;
}

static long
pdu_len(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint16_t len = ot_peek16be(&b, 0);

	if (!has_length(pdu))
		return (long)b.left;
	if (b.left >= 2 && len < shortest(&b))
		return -1;
	return b.left < 2 + DNS_HEADER ? 0 : len + 2;
}

static const char *
opcode_name(uint8_t opcode)
{
	static const struct ot_name names[] = { { DNS_QUERY, "query" },
		{ DNS_INVERSE, "inverse query" }, { DNS_STATUS, "status" },
		{ DNS_NOTIFY, "notify" }, { DNS_UPDATE, "update" },
		{ DNS_STATEFUL, "stateful operation" }, { 0 } };

	return ot_name(names, opcode);
}

/* The operation that the header and the question, if there is one, show. */
static struct ot_op
operation(const struct ot_pdu *pdu, const struct dns_header *h,
    const struct dns_question *q, uint8_t text[static DNS_TEXT])
{
	const char *name = opcode_name(h->opcode);
	struct ot_op op = { .pair = h->id,
		.verb = name ? OT_NAME : OT_UNKNOWN,
		.name = name ? name : "unknown opcode",
		.has_code = true,
		.code = h->opcode,
		.flags = h->opcode == DNS_UPDATE ? OT_OP_ALTERS : 0 };

	if (!q)
		return op;
	op.pair = dns_pair(h->id, q);
	op.object.space = QUESTION;
	op.object.text = dns_question_text(pdu, q, text);
	if (h->opcode == DNS_QUERY && q->type == DNS_AXFR)
		op.name = "zone transfer";
	else if (h->opcode == DNS_QUERY && q->type == DNS_IXFR)
		op.name = "incremental zone transfer";
	return op;
}

/* The upper bits of the return code stand in the OPT record, at the end. This
 * looks ahead with a fault of its own: the reply is said before the records
 * are read for good. */
static uint32_t
return_code(struct ot_buf b, struct ot_buf message, const struct dns_header *h)
{
	enum ot_fault fault = OT_FAULT_NONE;
	uint32_t before =
	    (uint32_t)h->records[DNS_ANSWER] + h->records[DNS_AUTHORITY];
	uint32_t all = before + h->records[DNS_ADDITIONAL];
	struct dns_record r;

	if (h->records[DNS_ADDITIONAL] == 0)
		return h->rcode;
	b.fault = message.fault = &fault;
	for (uint32_t i = 0; i < all && ot_ok(&b); i++) {
		dns_record(&b, &message, &r);
		if (i >= before && ot_ok(&b) && r.type == DNS_OPT)
			return (r.ttl >> 24) << 4 | h->rcode;
	}
	return h->rcode;
}

static void
host_name(const struct ot_pdu *pdu, const struct dns_name *name,
    const struct ot_addr *about, const char *message)
{
	bool dotted = memchr(name->text, '.', name->len) != NULL;

	ot_emit_fact(
	    pdu, &(struct ot_fact){ .key = dotted ? OT_K_FQDN : OT_K_NAME,
		     .value = dns_text(name),
		     .message = message,
		     .by = ot_addr_eq(about, &pdu->src) ? OT_SELF : OT_PEER,
		     .about = *about });
}

/* "4.3.2.1.in-addr.arpa" (RFC 1035 section 3.5). */
static struct ot_addr
reverse_ipv4(const struct dns_name *name)
{
	size_t len = name->len - strlen(".in-addr.arpa");
	struct ot_addr none = { 0 };
	uint8_t b[4] = { 0 };
	unsigned value = 0, digits = 0, octets = 0;

	for (size_t i = 0; i <= len; i++) {
		uint8_t c = i < len ? name->text[i] : '.';

		if (c >= '0' && c <= '9' && digits < 3) {
			value = value * 10 + c - '0';
			digits++;
			continue;
		}
		if (c != '.' || digits == 0 || value > 255 || octets == 4)
			return none;
		b[3 - octets++] = (uint8_t)value;
		value = digits = 0;
	}
	return octets == 4 ? ot_addr_ipv4(b) : none;
}

/* 32 nibbles, the last first (RFC 3596 section 2.5). */
static struct ot_addr
reverse_ipv6(const struct dns_name *name)
{
	struct ot_addr none = { 0 };
	uint8_t b[16] = { 0 };

	if (name->len != 64 + strlen("ip6.arpa"))
		return none;
	for (size_t i = 0; i < 32; i++) {
		uint8_t c = dns_lower(name->text[2 * i]);
		bool digit = c >= '0' && c <= '9';

		if ((!digit && (c < 'a' || c > 'f')) ||
		    name->text[2 * i + 1] != '.')
			return none;
		c = (uint8_t)(digit ? c - '0' : c - 'a' + 10);
		b[15 - i / 2] |= (uint8_t)(i % 2 ? c << 4 : c);
	}
	return ot_addr_ipv6(b);
}

static void
reverse(const struct ot_pdu *pdu, const struct ot_buf *message,
    struct dns_record *r, const char *said)
{
	struct ot_addr about = { 0 };
	struct dns_name target;

	if (dns_ends(&r->name, ".in-addr.arpa"))
		about = reverse_ipv4(&r->name);
	else if (dns_ends(&r->name, ".ip6.arpa"))
		about = reverse_ipv6(&r->name);
	dns_name(&r->data, message, &target);
	if (ot_ok(&r->data) && dns_names_host(&about))
		host_name(pdu, &target, &about, said);
}

/* Hosts that records name for a service, until their addresses come. */
struct services {
	size_t count;
	struct {
		struct dns_name target, owner;
		bool is_server; /* of names: an NS record */
	} at[8];
};

/* Remember the target of an SRV (RFC 2782) or NS record. */
static void
service(const struct ot_buf *message, struct dns_record *r,
    struct services *services)
{
	if (services->count == sizeof(services->at) / sizeof(services->at[0]))
		return;
	if (r->type == DNS_SRV)
		ot_skip(&r->data, 6); /* priority, weight, port */
	dns_name(&r->data, message, &services->at[services->count].target);
	services->at[services->count].owner = r->name;
	services->at[services->count].is_server = r->type == DNS_NS;
	if (ot_ok(&r->data))
		services->count++;
}

static void
roles(const struct ot_pdu *pdu, const struct dns_name *name,
    const struct ot_addr *about, const struct services *services)
{
	for (size_t i = 0; i < services->count; i++) {
		struct ot_text role = ot_text("dns server");

		if (!services->at[i].is_server)
			role = dns_service(&services->at[i].owner);
		if (role.len > 0 && dns_same(name, &services->at[i].target))
			ot_emit_fact(pdu, &(struct ot_fact){ .key = OT_K_ROLE,
					      .value = role,
					      .message = "answer",
					      .by = OT_PEER,
					      .about = *about });
	}
}

/* What a record says about the host at an address. */
static void
record(const struct ot_pdu *pdu, const struct ot_buf *message,
    struct dns_record *r, const char *said)
{
	struct ot_addr addr = dns_address(r);

	if (dns_names_host(&addr))
		host_name(pdu, &r->name, &addr, said);
	else if (r->type == DNS_PTR && r->class == DNS_IN)
		reverse(pdu, message, r, said);
}

static void
records(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_buf *message, uint32_t count)
{
	struct services services = { .count = 0 };
	struct dns_record r;

	for (uint32_t i = 0; i < count && ot_ok(b); i++) {
		dns_record(b, message, &r);
		if (!ot_ok(b))
			return;

		struct ot_addr addr = dns_address(&r);

		record(pdu, message, &r, "answer");
		if (r.class == DNS_IN &&
		    (r.type == DNS_SRV || r.type == DNS_NS))
			service(message, &r, &services);
		else if (dns_names_host(&addr))
			roles(pdu, &r.name, &addr, &services);
	}
}

/* The update section, which stands where answers have their authorities:
 * class IN adds, ANY and NONE delete (RFC 2136 section 2.5). */
static void
update(struct ot_buf *b, const struct ot_pdu *pdu, const struct ot_buf *message,
    const struct dns_header *h)
{
	struct dns_record r;
	uint32_t prerequisites = h->records[DNS_ANSWER];

	for (uint32_t i = 0; i < prerequisites && ot_ok(b); i++)
		dns_record(b, message, &r);
	for (uint32_t i = 0; i < h->records[DNS_AUTHORITY] && ot_ok(b); i++) {
		dns_record(b, message, &r);
		if (ot_ok(b) && r.class == DNS_IN && r.data.left > 0)
			record(pdu, message, &r, "update");
	}
	for (uint32_t i = 0; i < h->records[DNS_ADDITIONAL] && ot_ok(b); i++)
		dns_record(b, message, &r);
}

static void
request(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_buf *message, const struct dns_header *h)
{
	struct state *state = ot_state(pdu);
	struct dns_question q;
	uint8_t text[DNS_TEXT];
	struct ot_op op = operation(pdu, h, NULL, text);

	for (uint32_t i = 0; i < h->questions; i++) {
		dns_question(b, message, &q);
		if (!ot_ok(b))
			return;
		op = operation(pdu, h, &q, text);
		ot_emit_op(pdu, &op);
	}
	if (h->questions == 0)
		ot_emit_op(pdu, &op);
	*state = (struct state){ .pair = op.pair,
		.id = h->id,
		.asked = true,
		.transfer = h->questions == 1 && h->opcode == DNS_QUERY &&
			    q.type == DNS_AXFR };
	if (h->opcode == DNS_UPDATE)
		update(b, pdu, message, h);
}

/* A transfer may take many messages; it ends with the SOA that began it
 * (RFC 5936 section 2.2). Looks ahead, as return_code does. */
static bool
transfer_goes_on(struct ot_buf b, struct ot_buf message,
    const struct dns_header *h, struct state *state)
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct dns_record r;

	if (!state->transfer || h->id != state->id || h->rcode != 0 ||
	    h->records[DNS_ANSWER] == 0)
		return false;
	b.fault = message.fault = &fault;
	for (uint32_t i = 0; i < h->records[DNS_ANSWER] && ot_ok(&b); i++) {
		dns_record(&b, &message, &r);
		if (ot_ok(&b) && r.type == DNS_SOA && state->boundaries < 2)
			state->boundaries++;
	}
	return state->boundaries < 2;
}

static void
response(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_buf *message, const struct dns_header *h)
{
	struct state *state = ot_state(pdu);
	struct ot_reply reply = { .error = NULL };
	struct dns_question q;
	uint8_t text[DNS_TEXT];

	for (uint32_t i = 0; i < h->questions && ot_ok(b); i++)
		dns_question(b, message, &q);
	if (!ot_ok(b))
		return;
	reply.as = operation(pdu, h, h->questions ? &q : NULL, text);
	if (h->questions == 0 && state->asked && h->id == state->id)
		reply.as.pair = state->pair;

	uint32_t rcode = return_code(*b, *message, h);

	reply.error = dns_rcode_name(rcode);
	reply.error_code = rcode;
	reply.more = transfer_goes_on(*b, *message, h, state);
	ot_emit_reply(pdu, &reply);
	if (h->opcode != DNS_QUERY)
		return;
	if (rcode == 0 || reply.error)
		ot_emit_fact(pdu, &(struct ot_fact){ .key = OT_K_ROLE,
				      .value = ot_text("dns server"),
				      .message = "answer",
				      .by = OT_SELF });
	records(b, pdu, message,
	    (uint32_t)h->records[DNS_ANSWER] + h->records[DNS_AUTHORITY] +
		h->records[DNS_ADDITIONAL]);
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_buf message;
	struct dns_header h;

	if (has_length(pdu))
		ot_skip(b, 2);
	message = *b;
	h = dns_header(b);
	if (!ot_ok(b))
		return;
	if (h.response)
		response(b, pdu, &message, &h);
	else
		request(b, pdu, &message, &h);
}

const struct ot_proto ot_proto_dns = {
	.name = "dns",
	.over = { "udp", "tcp" },
	.strength = OT_MEDIUM,
	.ports = ports,
	.spaces = spaces,
	.state_size = sizeof(struct state),
	.probe = probe,
	.pdu_len = pdu_len,
	.dissect = dissect,
};
