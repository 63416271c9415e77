/*
 * What carries MMS: the ISO session protocol (ISO 8327-1, X.225) and the
 * presentation protocol (ISO 8823-1, X.226), of which only the path to the user
 * data matters here.
 */
#include "proto/mms.h"

/* SPDU identifiers; X.225 clause 8.3. */
enum spdu {
	SPDU_DATA = 0x01, /* give tokens, too */
	SPDU_NOT_FINISHED = 0x08,
	SPDU_FINISH = 0x09,
	SPDU_DISCONNECT = 0x0a,
	SPDU_REFUSE = 0x0c,
	SPDU_CONNECT = 0x0d,
	SPDU_ACCEPT = 0x0e,
	SPDU_ABORT = 0x19,
	SPDU_ABORT_ACCEPT = 0x1a,
};

enum {
	LONG_LENGTH = 0xff, /* two octets of length follow */
	USER_DATA = 0xc1,
	EXTENDED_USER_DATA = 0xc2,
	CONNECT = 0x31, /* presentation CP, CPA: a SET */
	CONNECT_REJECT = 0x30,
	NORMAL_MODE = 0xa2,
	ABORT = 0xa0,	   /* ARU-PPDU */
	ENCODED = 0x61,	   /* fully-encoded-data */
	ACSE_FIRST = 0x60, /* AARQ to ABRT */
	ACSE_LAST = 0x64,
};

/* ---- presentation */

static void
apdu(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint32_t tag = ot_ber_peek(&b);

	if (tag >= ACSE_FIRST && tag <= ACSE_LAST)
		ot_mms_acse(ot_ber_get(&b, tag), tag, pdu);
	else
		ot_mms_pdu(b, pdu);
}

/* PDV-list: transfer syntax, context, then one value of ASN.1, or octets. */
static void
values(struct ot_buf b, const struct ot_pdu *pdu)
{
	struct ot_buf syntax;

	while (b.left) {
		struct ot_buf list = ot_ber_get(&b, OT_BER_SEQUENCE);
		uint32_t tag;

		ot_ber_optional(&list, OT_BER_OID, &syntax);
		ot_ber_get(&list, OT_BER_INTEGER);
		struct ot_buf value = ot_ber_next(&list, &tag);

		if (ot_ok(&b) && (tag == 0xa0 || tag == 0x81))
			apdu(value, pdu);
	}
}

/* The user data among the parameters of a connect, accept or abort. */
static void
parameters(struct ot_buf b, const struct ot_pdu *pdu)
{
	while (b.left) {
		uint32_t tag;
		struct ot_buf value = ot_ber_next(&b, &tag);

		if (tag == ENCODED)
			values(value, pdu);
	}
}

static void
presentation(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint32_t tag;

	if (!b.left)
		return;
	struct ot_buf contents = ot_ber_next(&b, &tag);

	switch (tag) {
	case ENCODED:
		values(contents, pdu);
		break;
	case CONNECT:
		while (contents.left && ot_ber_peek(&contents) != NORMAL_MODE)
			ot_ber_skip(&contents);
		if (contents.left)
			parameters(ot_ber_get(&contents, NORMAL_MODE), pdu);
		break;
	case CONNECT_REJECT:
	case ABORT:
		parameters(contents, pdu);
		break;
	default:
		break; /* abort by the provider, contexts: no user data */
	}
}

/* ---- session */

static size_t
length(struct ot_buf *b)
{
	size_t len = ot_u8(b);

	return len == LONG_LENGTH ? ot_u16be(b) : len;
}

/* The user data of an SPDU with parameters; empty where it has none. */
static struct ot_buf
user_data(struct ot_buf b)
{
	while (b.left) {
		uint8_t code = ot_u8(&b);
		struct ot_buf value = ot_split(&b, length(&b));

		if (code == USER_DATA || code == EXTENDED_USER_DATA)
			return value;
	}
	return b;
}

/* An end without an ACSE APDU that would say it. */
static void
end(struct ot_buf b, const struct ot_pdu *pdu, uint8_t spdu)
{
	struct ot_buf data = user_data(b);

	if (!ot_ok(&b))
		return;
	if (data.left) {
		presentation(data, pdu);
		return;
	}
	if (spdu == SPDU_REFUSE)
		ot_emit_reply(pdu,
		    &(struct ot_reply){ .as = { .pair = OT_MMS_PAIR_ASSOCIATE,
					    .verb = OT_SESSION,
					    .name = "associate" },
			.error = "session refused" });
	else if (spdu == SPDU_ABORT)
		ot_mms_abort(pdu);
}

/* Give tokens and data transfer come together, and only what follows both is
 * data (category 0, clause 6.3.7). */
static void
data_transfer(struct ot_buf *b, const struct ot_pdu *pdu)
{
	ot_skip(b, length(b));
	if (ot_peek(b, 0) == SPDU_DATA) {
		ot_skip(b, 1);
		ot_skip(b, length(b));
	}
	if (ot_ok(b))
		presentation(ot_rest(b), pdu);
}

void
ot_mms_session(struct ot_buf *b, const struct ot_pdu *pdu)
{
	uint8_t spdu = ot_u8(b);

	switch (spdu) {
	case SPDU_DATA:
		data_transfer(b, pdu);
		break;
	case SPDU_CONNECT:
	case SPDU_ACCEPT:
		presentation(user_data(ot_split(b, length(b))), pdu);
		break;
	case SPDU_FINISH:
	case SPDU_DISCONNECT:
	case SPDU_REFUSE:
	case SPDU_ABORT:
		end(ot_split(b, length(b)), pdu, spdu);
		break;
	case SPDU_NOT_FINISHED:
	case SPDU_ABORT_ACCEPT:
		break;
	default:
		ot_expect(b, false);
	}
}

/* ---- recognition */

/* The application context of MMS, 1.0.9506.2.3, in an AARQ or AARE. */
static bool
is_mms(struct ot_buf b)
{
	static const uint8_t context[] = { 0x06, 0x05, 0x28, 0xca, 0x22, 0x02,
		0x03 };

	while (b.left) {
		if (ot_starts(&b, context, sizeof(context)))
			return true;
		ot_skip(&b, 1);
	}
	return false;
}

/* The first value of user data in a data transfer. */
static bool
data_probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	static const uint8_t start[] = { 1, 0, 1, 0, ENCODED };

	if (!ot_starts(&b, start, sizeof(start)))
		return false;
	ot_skip(&b, 4);
	if (ot_ber_whole(&b) != (int64_t)b.left && !pdu->cut)
		return false;
	ot_ber_tag(&b);
	ot_ber_length(&b);
	if (ot_ber_tag(&b) != OT_BER_SEQUENCE)
		return false;
	ot_ber_length(&b);
	if (ot_ber_tag(&b) != OT_BER_INTEGER)
		return false;
	ot_skip(&b, ot_ber_length(&b));

	uint32_t tag = ot_ber_tag(&b);
	size_t len = ot_ber_length(&b);

	return tag == 0xa0 && ot_ok(&b) &&
	       ot_mms_probe(ot_split(&b, len < b.left ? len : b.left), pdu);
}

bool
ot_mms_session_probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint8_t spdu = ot_peek(&b, 0);

	if (spdu == SPDU_DATA)
		return data_probe(b, pdu);
	return (spdu == SPDU_CONNECT || spdu == SPDU_ACCEPT) &&
	       pdu->to_server == (spdu == SPDU_CONNECT) && is_mms(b);
}
