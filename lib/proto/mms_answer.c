/*
 * What MMS services answer, and the reports that nobody asks for.
 */
#include "proto/mms.h"

/* ---- reading and writing */

/* AccessResult or a result of a write: [0] is a failure. */
static struct ot_mms_error
result(uint32_t tag, struct ot_buf contents)
{
	struct ot_mms_error none = { NULL, 0 };

	return tag == 0x80 ? ot_mms_data_error(contents) : none;
}

/* A list is one operation: it failed if one of its members did. */
static void
answer_list(struct ot_buf b, const struct ot_pdu *pdu, struct ot_reply *reply)
{
	while (b.left) {
		uint32_t tag;
		struct ot_buf one = ot_ber_next(&b, &tag);
		struct ot_mms_error error = result(tag, one);

		if (error.name || error.code) {
			reply->error = error.name;
			reply->error_code = error.code;
			break;
		}
	}
	if (ot_ok(&b))
		ot_emit_reply(pdu, reply);
}

static void
answer_item(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_reply *reply)
{
	struct ot_buf whole = *b;
	uint32_t tag;
	struct ot_buf one = ot_ber_next(b, &tag);
	struct ot_mms_error error = result(tag, one);
	const struct ot_op *asked =
	    ot_asked_item(pdu, reply->as.pair, reply->item);

	reply->error = error.name;
	reply->error_code = error.name ? 0 : error.code;
	if (!ot_ok(b))
		return;
	ot_emit_reply(pdu, reply);
	if (asked && reply->as.code == OT_MMS_READ && tag != 0x80)
		ot_mms_identity_read(whole, pdu, asked->object.text);
}

/* One result for each variable, in their order. */
static void
answer_items(struct ot_buf b, const struct ot_pdu *pdu, struct ot_reply *reply)
{
	const struct ot_op *asked = ot_asked(pdu, reply->as.pair);

	if (asked && asked->object.space == OT_MMS_LIST) {
		answer_list(b, pdu, reply);
		return;
	}
	for (reply->item = 1; b.left; reply->item++)
		answer_item(&b, pdu, reply);
}

/* ---- what a device is */

static void
identify(struct ot_buf b, const struct ot_pdu *pdu)
{
	static const enum ot_key keys[] = { OT_K_VENDOR, OT_K_MODEL,
		OT_K_REVISION };

	for (uint32_t i = 0; i < 3; i++) {
		struct ot_buf text = ot_ber_get(&b, 0x80 + i);

		if (ot_ok(&b))
			ot_mms_say(pdu, keys[i], ot_text_of(&text, OT_LATIN1),
			    "identify");
	}
}

static void
status(struct ot_buf b, const struct ot_pdu *pdu)
{
	static const char *const logical[] = { "state changes allowed",
		"no state changes allowed", "limited services permitted",
		"support services allowed" };
	static const char *const physical[] = { "operational",
		"partially operational", "inoperable", "needs commissioning" };
	int64_t l = ot_ber_int(ot_ber_get(&b, 0x80));
	int64_t p = ot_ber_int(ot_ber_get(&b, 0x81));

	if (ot_ok(&b) && l >= 0 && l < 4 && p >= 0 && p < 4)
		ot_mms_say(pdu, OT_K_STATE,
		    ot_format(pdu, "%s, %s", physical[p], logical[l]),
		    "status");
}

/* Of the domains the names: in IEC 61850 the logical devices of the IED. */
static void
name_list(struct ot_buf b, const struct ot_pdu *pdu, const struct ot_op *asked)
{
	struct ot_buf names = ot_ber_get(&b, 0xa0);

	while (names.left) {
		struct ot_text name = ot_mms_identifier(
		    ot_ber_get(&names, OT_BER_VISIBLE_STRING));

		if (asked && ot_ok(&names) &&
		    ot_mms_is(asked->object.text, "domains"))
			ot_mms_say(pdu, OT_K_NAME, name, "get name list");
	}
}

/* ---- files and domains */

static void
file_open(struct ot_buf b, const struct ot_pdu *pdu, const struct ot_op *asked)
{
	uint64_t id = ot_ber_uint(ot_ber_get(&b, 0x80));
	struct ot_buf attributes = ot_ber_get(&b, 0xa1);
	uint64_t size = ot_ber_uint(ot_ber_get(&attributes, 0x80));

	if (!ot_ok(&b) || !asked)
		return;
	ot_mms_transfer_open(
	    pdu, OT_MMS_TRANSFER_FILE, (uint32_t)id, asked->object.text);
	struct ot_mms_transfer *t = ot_mms_transfer_find(
	    pdu, OT_MMS_TRANSFER_FILE, (uint32_t)id, ot_text(""));
	if (t) {
		t->sized = true;
		t->announced = size;
	}
}

/* The bytes, whole or in an EXTERNAL, then whether more follow. */
static void
part(struct ot_buf b, struct ot_mms_transfer *t)
{
	uint32_t tag;
	struct ot_buf data = ot_ber_next(&b, &tag), more;
	bool last = ot_ber_optional(&b, 0x81, &more) && !ot_ber_bool(more);

	if (t && ot_ok(&b))
		ot_mms_transfer_add(t, &data, last);
}

/* Of which transfer this is a part or the end: the request says it, by a name
 * that it got when the request was read. */
static struct ot_mms_transfer *
transfer_of(const struct ot_pdu *pdu, const struct ot_op *asked,
    enum ot_mms_transfer_kind kind)
{
	struct ot_mms_state *state = ot_state(pdu);

	for (unsigned i = 0; asked && i < OT_MMS_TRANSFERS; i++) {
		struct ot_mms_transfer *t = &state->transfers[i];
		size_t len = asked->object.text.len;

		if (len > OT_MMS_TRANSFER_NAME)
			len = OT_MMS_TRANSFER_NAME;
		if (len && t->kind == kind && t->name_len == len &&
		    memcmp(t->name, asked->object.text.p, len) == 0)
			return t;
	}
	return NULL;
}

static void
transfer_end(const struct ot_pdu *pdu, const struct ot_op *asked,
    enum ot_mms_transfer_kind kind)
{
	struct ot_mms_transfer *t = transfer_of(pdu, asked, kind);

	if (t)
		ot_mms_transfer_end(pdu, t);
}

/* ---- responses */

static void
details(struct ot_buf b, const struct ot_pdu *pdu, uint32_t service,
    const struct ot_op *asked)
{
	switch (service) {
	case OT_MMS_STATUS:
		status(b, pdu);
		break;
	case OT_MMS_GET_NAME_LIST:
		name_list(b, pdu, asked);
		break;
	case OT_MMS_IDENTIFY:
		identify(b, pdu);
		break;
	case OT_MMS_VARIABLE_ATTRIBUTES:
		if (asked)
			ot_mms_identity_type(b, pdu, asked->object.text);
		break;
	case OT_MMS_DOWNLOAD_SEGMENT:
		part(b, transfer_of(pdu, asked, OT_MMS_TRANSFER_DOWNLOAD));
		break;
	case OT_MMS_INITIATE_UPLOAD:
		if (asked)
			ot_mms_transfer_open(pdu, OT_MMS_TRANSFER_UPLOAD,
			    (uint32_t)ot_ber_uint(ot_ber_get(&b, 0x80)),
			    asked->object.text);
		break;
	case OT_MMS_UPLOAD_SEGMENT:
		part(b, transfer_of(pdu, asked, OT_MMS_TRANSFER_UPLOAD));
		break;
	case OT_MMS_TERMINATE_UPLOAD:
		transfer_end(pdu, asked, OT_MMS_TRANSFER_UPLOAD);
		break;
	case OT_MMS_FILE_OPEN:
		file_open(b, pdu, asked);
		break;
	case OT_MMS_FILE_READ:
		part(b, transfer_of(pdu, asked, OT_MMS_TRANSFER_FILE));
		break;
	case OT_MMS_FILE_CLOSE:
		transfer_end(pdu, asked, OT_MMS_TRANSFER_FILE);
		break;
	}
}

void
ot_mms_response(
    struct ot_buf b, const struct ot_pdu *pdu, uint32_t id, uint32_t service)
{
	struct ot_reply reply = { .as = ot_mms_op(id, service) };
	const struct ot_op *asked = ot_asked(pdu, id);
	struct ot_buf specification;

	/* The service must be echoed: else the request was not captured. */
	if (asked && asked->code != service) {
		reply.as.pair = OT_MMS_PAIR_NONE;
		asked = NULL;
	}
	if (service == OT_MMS_READ) {
		ot_ber_optional(&b, 0xa0, &specification);
		answer_items(ot_ber_get(&b, 0xa1), pdu, &reply);
	} else if (service == OT_MMS_WRITE) {
		answer_items(b, pdu, &reply);
	} else {
		details(b, pdu, service, asked);
		if (ot_ok(&b))
			ot_emit_reply(pdu, &reply);
	}
}

/* ---- reports */

static struct ot_op
report_op(struct ot_object object)
{
	return (struct ot_op){ .verb = OT_EVENT,
		.name = "information report",
		.has_code = true,
		.code = 0,
		.flags = OT_OP_NO_ANSWER,
		.object = object };
}

/* A report of IEC 61850-8-1 (clause 17.2) is the list "RPT", whose first
 * member is the id of the report. */
static void
list_report(
    struct ot_buf results, const struct ot_pdu *pdu, struct ot_object list)
{
	uint32_t tag;
	struct ot_buf first = ot_ber_next(&results, &tag);
	struct ot_op op = report_op(list);

	if (ot_mms_is(list.text, "RPT") && tag == 0x8a && ot_ok(&results))
		op.object = (struct ot_object){ .space = OT_MMS_REPORT,
			.text = ot_text_of(&first, OT_LATIN1) };
	if (ot_ok(&results))
		ot_emit_op(pdu, &op);
}

/* The end of a command (clause 20.6): that it was done, or why not. */
static void
refused(const struct ot_pdu *pdu, struct ot_buf value)
{
	struct ot_text why = ot_mms_refusal(value, pdu);

	if (ot_ok(&value))
		ot_emit_event(
		    pdu, &(struct ot_event){
			     .kind = "control refused", .detail = why });
}

void
ot_mms_report(struct ot_buf b, const struct ot_pdu *pdu)
{
	struct ot_mms_access access = ot_mms_access(&b, pdu);
	struct ot_buf results = ot_ber_get(&b, 0xa0);
	struct ot_object object;

	if (access.named && ot_ok(&b)) {
		list_report(results, pdu, access.object);
		return;
	}
	while (ot_mms_access_next(&access, pdu, &object)) {
		struct ot_buf value = results;
		struct ot_op op = report_op(object);

		ot_ber_skip(&results);
		if (!ot_ok(&b))
			return;
		ot_emit_op(pdu, &op);
		if (ot_mms_is(object.text, "LastApplError"))
			refused(pdu, value);
	}
}
