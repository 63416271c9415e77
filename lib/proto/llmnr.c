/*
 * LLMNR: RFC 4795. Hosts of one link ask each other by multicast for names;
 * a host answers for its own name only.
 */
#include "proto/dns_message.h"

extern const struct ot_proto ot_proto_llmnr;

enum { PORT = 5355 };

static const struct ot_port ports[] = { { "udp", PORT, PORT }, { 0 } };

enum { QUESTION = 1 };

static const struct ot_space spaces[] = { { "%t" }, { 0 } };

/* The layout is DNS's; only the port tells the two apart. */
static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	struct ot_buf head = b;
	struct dns_header h = dns_header(&head);
	uint16_t port = h.response ? pdu->src_port : pdu->dst_port;

	if (port != PORT || !ot_ok(&head) || h.opcode != DNS_QUERY ||
	    h.questions != 1 || h.response == pdu->to_server)
		return false;
	if (!h.response && (h.rcode != 0 || h.records[DNS_ANSWER] != 0))
		return false;
	return dns_closes(b, pdu);
}

static void
names(struct ot_buf *b, const struct ot_pdu *pdu, const struct ot_buf *message,
    uint32_t count)
{
	struct dns_record r;

	for (uint32_t i = 0; i < count && ot_ok(b); i++) {
		dns_record(b, message, &r);
		if (!ot_ok(b))
			return;

		struct ot_addr addr = dns_address(&r);

		if (dns_names_host(&addr))
			ot_emit_fact(pdu, &(struct ot_fact){ .key = OT_K_NAME,
					      .value = dns_text(&r.name),
					      .message = "response",
					      .by = OT_SELF,
					      .about = addr });
	}
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_buf message = *b;
	struct dns_header h = dns_header(b);
	struct dns_question q;
	uint8_t text[DNS_TEXT];

	ot_expect(b, h.questions == 1);
	dns_question(b, &message, &q);
	if (!ot_ok(b))
		return;

	struct ot_op op = { .pair = dns_pair(h.id, &q),
		.verb = OT_NAME,
		.name = "query",
		.has_code = true,
		.code = h.opcode,
		.flags = pdu->group ? OT_OP_MANY_ANSWERS : 0,
		.object = { .space = QUESTION,
		    .text = dns_question_text(pdu, &q, text) } };

	if (!h.response) {
		ot_emit_op(pdu, &op);
		return;
	}
	ot_emit_reply(pdu, &(struct ot_reply){ .as = op,
			       .error_code = h.rcode,
			       .error = dns_rcode_name(h.rcode) });
	names(b, pdu, &message, h.records[DNS_ANSWER]);
}

const struct ot_proto ot_proto_llmnr = {
	.name = "llmnr",
	.over = { "udp" },
	.strength = OT_MEDIUM,
	.ports = ports,
	.spaces = spaces,
	.probe = probe,
	.dissect = dissect,
};
