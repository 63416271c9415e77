/*
 * MMS PDUs, ISO 9506-2 clause 7: what begins and ends an association, requests
 * and answers by their invoke id, what nobody asked for.
 */
#include "proto/mms.h"

static uint32_t
unsigned32(struct ot_buf contents)
{
	uint64_t n = ot_ber_uint(contents);

	ot_expect(&contents, n <= UINT32_MAX);
	return (uint32_t)n;
}

/* The number of a service from its context tag: "9f 48" is 72. */
static uint32_t
service_of(struct ot_buf *b, uint32_t tag)
{
	uint32_t n = tag < 0x100     ? tag & 0x1f
		     : tag < 0x10000 ? tag & 0x7f
				     : (tag & 0x7f00) >> 1 | (tag & 0x7f);
	uint32_t first = tag < 0x100	 ? tag
			 : tag < 0x10000 ? tag >> 8
					 : tag >> 16;

	ot_expect(b, (first & 0xc0) == 0x80);
	return n;
}

/* ---- PDUs without a service */

static struct ot_op
session_op(uint64_t pair, const char *name)
{
	return (struct ot_op){ .pair = pair, .verb = OT_SESSION, .name = name };
}

static void
ask(const struct ot_pdu *pdu, uint64_t pair, const char *name)
{
	struct ot_op op = session_op(pair, name);

	ot_emit_op(pdu, &op);
}

static void
grant(const struct ot_pdu *pdu, uint64_t pair, const char *name)
{
	ot_emit_reply(pdu, &(struct ot_reply){ .as = session_op(pair, name) });
}

static void
refuse(
    struct ot_buf b, const struct ot_pdu *pdu, uint64_t pair, const char *name)
{
	struct ot_mms_error error = ot_mms_service_error(b);

	if (ot_ok(&b))
		ot_emit_reply(
		    pdu, &(struct ot_reply){ .as = session_op(pair, name),
			     .error = error.name,
			     .error_code = error.code });
}

/* Sizes and numbers that both ends can do with, then the detail: the version
 * first. */
static void
initiate(struct ot_buf b, const struct ot_pdu *pdu, bool request)
{
	struct ot_buf detail;

	while (b.left && ot_ber_peek(&b) != 0xa4)
		ot_ber_skip(&b);
	if (ot_ber_optional(&b, 0xa4, &detail)) {
		int64_t version = ot_ber_int(ot_ber_get(&detail, 0x80));

		if (!request && ot_ok(&detail))
			ot_emit_security(pdu, OT_S_VERSION,
			    ot_format(pdu, "MMS %d", (int)(version & 0xffff)));
	}
	if (!ot_ok(&b))
		return;
	if (request)
		ask(pdu, OT_MMS_PAIR_INITIATE, "initiate");
	else
		grant(pdu, OT_MMS_PAIR_INITIATE, "initiate");
}

/* ---- PDUs with an invoke id */

static void
request(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint32_t id = unsigned32(ot_ber_get(&b, OT_BER_INTEGER)), tag;
	struct ot_buf modifiers;

	ot_ber_optional(&b, OT_BER_SEQUENCE, &modifiers);
	struct ot_buf what = ot_ber_next(&b, &tag);

	if (ot_ok(&b))
		ot_mms_request(what, pdu, id, service_of(&b, tag));
}

static void
response(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint32_t id = unsigned32(ot_ber_get(&b, OT_BER_INTEGER)), tag;
	struct ot_buf what = ot_ber_next(&b, &tag);
	uint32_t service = ot_ok(&b) ? service_of(&b, tag) : 0;

	if (ot_ok(&b))
		ot_mms_response(what, pdu, id, service);
}

/* The request with this id was not done; which it was only it tells. */
static void
fail(const struct ot_pdu *pdu, uint32_t id, struct ot_mms_error error)
{
	const struct ot_op *asked = ot_asked(pdu, id);
	struct ot_reply reply = { .error = error.name,
		.error_code = error.code };

	if (asked)
		reply.as = *asked;
	else
		reply.as = (struct ot_op){ .pair = id,
			.verb = OT_UNKNOWN,
			.name = "unknown service" };
	ot_emit_reply(pdu, &reply);
}

/* invokeID, modifierPosition, serviceError. */
static void
error(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint32_t id = unsigned32(ot_ber_get(&b, 0x80));
	struct ot_buf position;

	ot_ber_optional(&b, 0x81, &position);
	struct ot_mms_error why = ot_mms_service_error(ot_ber_get(&b, 0xa2));

	if (ot_ok(&b))
		fail(pdu, id, why);
}

static void
reject(struct ot_buf b, const struct ot_pdu *pdu)
{
	struct ot_buf id;
	bool answers = ot_ber_optional(&b, 0x80, &id);
	uint32_t tag;
	struct ot_buf reason = ot_ber_next(&b, &tag);
	struct ot_mms_error why = ot_mms_reject_reason(tag, reason);

	if (!ot_ok(&b))
		return;
	if (answers)
		fail(pdu, unsigned32(id), why);
	else
		ot_emit_event(pdu,
		    &(struct ot_event){ .kind = "mms reject",
			.detail = ot_text(why.name ? why.name : "unknown") });
}

static void
unconfirmed(struct ot_buf b, const struct ot_pdu *pdu)
{
	static const char *const names[] = { "information report",
		"unsolicited status", "event notification" };
	uint32_t tag;
	struct ot_buf what = ot_ber_next(&b, &tag);
	uint32_t service = service_of(&b, tag);

	if (!ot_ok(&b))
		return;
	if (service == 0) {
		ot_mms_report(what, pdu);
		return;
	}
	ot_emit_op(
	    pdu, &(struct ot_op){ .verb = service < 3 ? OT_EVENT : OT_UNKNOWN,
		     .name = service < 3 ? names[service]
					 : "unknown unconfirmed service",
		     .has_code = true,
		     .code = service,
		     .flags = OT_OP_NO_ANSWER });
}

static void
cancel(struct ot_buf b, const struct ot_pdu *pdu, uint32_t tag)
{
	uint32_t id = tag == OT_MMS_CANCEL_ERROR
			  ? unsigned32(ot_ber_get(&b, 0x80))
			  : unsigned32(b);
	uint64_t pair = OT_MMS_PAIR_CANCEL | id;

	if (!ot_ok(&b))
		return;
	if (tag == OT_MMS_CANCEL)
		ask(pdu, pair, "cancel");
	else if (tag == OT_MMS_CANCEL_RESPONSE)
		grant(pdu, pair, "cancel");
	else
		refuse(ot_ber_get(&b, 0xa1), pdu, pair, "cancel");
}

static void
by_tag(struct ot_buf b, const struct ot_pdu *pdu, uint32_t tag)
{
	switch (tag) {
	case OT_MMS_REQUEST:
		request(b, pdu);
		break;
	case OT_MMS_RESPONSE:
		response(b, pdu);
		break;
	case OT_MMS_ERROR:
		error(b, pdu);
		break;
	case OT_MMS_UNCONFIRMED:
		unconfirmed(b, pdu);
		break;
	case OT_MMS_REJECT:
		reject(b, pdu);
		break;
	case OT_MMS_CANCEL:
	case OT_MMS_CANCEL_RESPONSE:
	case OT_MMS_CANCEL_ERROR:
		cancel(b, pdu, tag);
		break;
	case OT_MMS_INITIATE:
	case OT_MMS_INITIATE_RESPONSE:
		initiate(b, pdu, tag == OT_MMS_INITIATE);
		break;
	case OT_MMS_INITIATE_ERROR:
		refuse(b, pdu, OT_MMS_PAIR_INITIATE, "initiate");
		break;
	case OT_MMS_CONCLUDE:
		ask(pdu, OT_MMS_PAIR_CONCLUDE, "conclude");
		break;
	case OT_MMS_CONCLUDE_RESPONSE:
		grant(pdu, OT_MMS_PAIR_CONCLUDE, "conclude");
		break;
	case OT_MMS_CONCLUDE_ERROR:
		refuse(b, pdu, OT_MMS_PAIR_CONCLUDE, "conclude");
		break;
	default:
		ot_expect(&b, false);
	}
}

void
ot_mms_pdu(struct ot_buf b, const struct ot_pdu *pdu)
{
	struct ot_buf inner = b;
	uint32_t tag;
	struct ot_buf contents = ot_ber_next(&b, &tag);

	if (ot_ok(&b))
		by_tag(contents, pdu, tag);
	if (ot_ok(&b))
		ot_hand(pdu, "mms", &inner);
}

/* ---- recognition */

/* A PLC fetches a download itself: these requests come from the server. */
static bool
from_client(struct ot_buf b)
{
	uint32_t tag;

	ot_ber_skip(&b);
	ot_ber_next(&b, &tag);

	uint32_t service = service_of(&b, tag);

	return service != OT_MMS_DOWNLOAD_SEGMENT &&
	       service != OT_MMS_TERMINATE_DOWNLOAD;
}

/* Does the element at the start reach to the end, as far as it was captured? */
static bool
closes(const struct ot_buf *b, const struct ot_pdu *pdu)
{
	int64_t whole = ot_ber_whole(b), left = (int64_t)b->left;

	return whole == left || ((pdu->cut || pdu->rest) && whole > left);
}

/* An invoke id of one to five octets, then a context tag. */
static bool
has_id(struct ot_buf b, uint8_t tag)
{
	uint8_t len = ot_peek(&b, 1);

	return ot_peek(&b, 0) == tag && len >= 1 && len <= 5 &&
	       (ot_peek(&b, 2U + len) & 0xc0) == 0x80;
}

bool
ot_mms_probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	if (!closes(&b, pdu))
		return false;

	uint32_t tag = ot_ber_tag(&b);
	size_t len = ot_ber_length(&b);
	struct ot_buf contents = ot_split(&b, len < b.left ? len : b.left);

	switch (tag) {
	case OT_MMS_REQUEST:
		return has_id(contents, OT_BER_INTEGER) &&
		       pdu->to_server == from_client(contents);
	case OT_MMS_RESPONSE:
		return has_id(contents, OT_BER_INTEGER) &&
		       pdu->to_server == !from_client(contents);
	case OT_MMS_ERROR:
		return has_id(contents, 0x80) && !pdu->to_server;
	case OT_MMS_UNCONFIRMED:
		return ot_peek(&contents, 0) == 0xa0 && !pdu->to_server;
	case OT_MMS_INITIATE:
	case OT_MMS_INITIATE_RESPONSE:
		return (ot_peek(&contents, 0) & 0xfe) == 0x80 &&
		       pdu->to_server == (tag == OT_MMS_INITIATE);
	default:
		return false;
	}
}
