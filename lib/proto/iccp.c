/*
 * TASE.2 (ICCP), IEC 60870-6-503 and -802: MMS between control centres. What
 * tells it from other MMS is that a client reads the objects with which each
 * centre says what the bilateral table between them allows.
 */
#include "proto/mms.h"

extern const struct ot_proto ot_proto_iccp;

enum object { NONE, VERSION, FEATURES, TABLE_ID };

enum { WAITING = 4, READ_RESPONSE = 0xa4 };

/* Kept for a connection: reads of these objects that are not answered. */
struct state {
	uint8_t next;
	struct {
		uint8_t object;
		uint32_t id;
	} waiting[WAITING];
};

/* Names of 60870-6-503 clause 8; a table belongs to a domain. */
static enum object
object_of(struct ot_text name)
{
	return ot_mms_is(name, "TASE2_Version")	       ? VERSION
	       : ot_mms_is(name, "Supported_Features") ? FEATURES
	       : ot_mms_is(name, "Bilateral_Table_ID") ||
		       ot_mms_ends(name, "/Bilateral_Table_ID")
		   ? TABLE_ID
		   : NONE;
}

/* Which of them a request reads, if one alone. */
static enum object
asked_for(struct ot_buf *b, const struct ot_pdu *pdu, uint32_t *id)
{
	struct ot_buf with_result, read;
	struct ot_object object;

	*id = (uint32_t)ot_ber_uint(ot_ber_get(b, OT_BER_INTEGER));
	if (!ot_ber_optional(b, 0xa0 | OT_MMS_READ, &read))
		return NONE;
	ot_ber_optional(&read, 0x80, &with_result);
	struct ot_buf variables = ot_ber_get(&read, 0xa1);
	struct ot_mms_access access = ot_mms_access(&variables, pdu);

	if (access.named || !ot_mms_access_next(&access, pdu, &object))
		return NONE;
	return object_of(object.text);
}

static void
request(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct state *state = ot_state(pdu);
	uint32_t id;
	enum object object = asked_for(b, pdu, &id);

	if (object == NONE || !ot_ok(b))
		return;
	unsigned at = state->next++ % WAITING;

	state->waiting[at].object = (uint8_t)object;
	state->waiting[at].id = id;
}

/* The object that was asked for with this id; it is no longer waited for. */
static enum object
answered(const struct ot_pdu *pdu, uint32_t id)
{
	struct state *state = ot_state(pdu);

	for (unsigned i = 0; i < WAITING; i++)
		if (state->waiting[i].object && state->waiting[i].id == id) {
			enum object object =
			    (enum object)state->waiting[i].object;

			state->waiting[i].object = NONE;
			return object;
		}
	return NONE;
}

static void
response(struct ot_buf *b, const struct ot_pdu *pdu)
{
	uint32_t id = (uint32_t)ot_ber_uint(ot_ber_get(b, OT_BER_INTEGER));
	enum object object = answered(pdu, id);
	struct ot_buf read, specification;

	if (object == NONE || !ot_ber_optional(b, READ_RESPONSE, &read))
		return;
	ot_ber_optional(&read, 0xa0, &specification);
	struct ot_buf results = ot_ber_get(&read, 0xa1);

	if (ot_ber_peek(&results) == 0x80)
		return; /* refused */
	struct ot_text value = ot_mms_value(&results, pdu);

	if (!ot_ok(b))
		return;
	if (object == VERSION)
		ot_emit_security(pdu, OT_S_VERSION,
		    ot_format(pdu, "TASE.2 %.*s", (int)value.len,
			(const char *)value.p));
	else
		ot_mms_say(pdu, OT_K_PROFILE,
		    ot_format(pdu, "%s %.*s",
			object == FEATURES ? "TASE.2 features"
					   : "bilateral table",
			(int)value.len, (const char *)value.p),
		    "read");
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	uint32_t tag;
	struct ot_buf contents = ot_ber_next(b, &tag);

	if (tag == OT_MMS_REQUEST)
		request(&contents, pdu);
	else if (tag == OT_MMS_RESPONSE)
		response(&contents, pdu);
}

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	struct ot_buf contents;
	uint32_t id;

	return pdu->to_server &&
	       ot_ber_optional(&b, OT_MMS_REQUEST, &contents) &&
	       asked_for(&contents, pdu, &id) != NONE && ot_ok(&b);
}

const struct ot_proto ot_proto_iccp = {
	.name = "iccp",
	.over = { "mms" },
	.strength = OT_MEDIUM,
	.state_size = sizeof(struct state),
	.probe = probe,
	.dissect = dissect,
};
