/*
 * MMS, ISO 9506-2, as IEC 61850-8-1 and IEC 60870-6 (TASE.2, ICCP) use it:
 * over ISO session, presentation and ACSE, or, without them, right in the
 * transport.
 */
#include "proto/mms.h"

extern const struct ot_proto ot_proto_mms;

static const struct ot_space spaces[] = {
	[OT_MMS_VARIABLE - 1] = { "%t" },
	[OT_MMS_LIST - 1] = { "list %t" },
	[OT_MMS_TYPE - 1] = { "type %t" },
	[OT_MMS_DOMAIN - 1] = { "domain %t" },
	[OT_MMS_PROGRAM - 1] = { "program %t" },
	[OT_MMS_FILE - 1] = { "file \"%t\"" },
	[OT_MMS_FILE_ID - 1] = { "file id %0u" },
	[OT_MMS_UPLOAD_ID - 1] = { "upload id %0u" },
	[OT_MMS_SEMAPHORE - 1] = { "semaphore %t" },
	[OT_MMS_STATION - 1] = { "operator station %t" },
	[OT_MMS_CONDITION - 1] = { "event condition %t" },
	[OT_MMS_ACTION - 1] = { "event action %t" },
	[OT_MMS_ENROLLMENT - 1] = { "event enrollment %t" },
	[OT_MMS_JOURNAL - 1] = { "journal %t" },
	[OT_MMS_ADDRESS - 1] = { "address %t" },
	[OT_MMS_REPORT - 1] = { "report %t" },
	[OT_MMS_CLASS - 1] = { "%t" },
	[OT_MMS_AP_TITLE - 1] = { "ap title %t" },
	[OT_MMS_AP_TITLE] = { NULL },
};

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	return ot_mms_session_probe(b, pdu) || ot_mms_probe(b, pdu);
}

/* Nothing below protects anything; TLS would hide it. */
static void
state_security(const struct ot_pdu *pdu)
{
	struct ot_mms_state *state = ot_state(pdu);

	if (state->stated)
		return;
	state->stated = true;
	ot_emit_security(pdu, OT_S_PROTECTION, ot_text("none"));
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	if (ot_peek(b, 0) & 0x80)
		ot_mms_pdu(*b, pdu);
	else
		ot_mms_session(b, pdu);
	if (ot_ok(b))
		state_security(pdu);
}

const struct ot_proto ot_proto_mms = {
	.name = "mms",
	.over = { "cotp" },
	.strength = OT_MEDIUM,
	.spaces = spaces,
	.decimal = true,
	.envelope = true,
	.state_size = sizeof(struct ot_mms_state),
	.probe = probe,
	.dissect = dissect,
};
