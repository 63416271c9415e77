/*
 * Files and domains on their way (ISO 9506-1 clauses 11 and annex D): a file
 * that is read, a domain that is uploaded or downloaded. The digest is said
 * only where no byte can be missing.
 */
#include "proto/mms.h"

static const struct kind {
	const char *event, *done;
	uint8_t space;
} kinds[] = {
	[OT_MMS_TRANSFER_FILE] = { "file transfer", "read of", OT_MMS_FILE },
	[OT_MMS_TRANSFER_UPLOAD] = { "program transfer", "upload of",
	    OT_MMS_DOMAIN },
	[OT_MMS_TRANSFER_DOWNLOAD] = { "program transfer", "download of",
	    OT_MMS_DOMAIN },
};

struct ot_text
ot_mms_transfer_name(
    const struct ot_pdu *pdu, const struct ot_mms_transfer *transfer)
{
	return ot_format(
	    pdu, "%.*s", transfer->name_len, (const char *)transfer->name);
}

void
ot_mms_transfer_open(const struct ot_pdu *pdu, enum ot_mms_transfer_kind kind,
    uint32_t id, struct ot_text name)
{
	struct ot_mms_state *state = ot_state(pdu);
	struct ot_mms_transfer *t = ot_mms_transfer_find(pdu, kind, id, name);

	if (!t)
		t = &state
			 ->transfers[state->next_transfer++ % OT_MMS_TRANSFERS];
	if (name.len > OT_MMS_TRANSFER_NAME)
		name.len = OT_MMS_TRANSFER_NAME;
	*t = (struct ot_mms_transfer){
		.kind = (uint8_t)kind, .id = id, .name_len = (uint8_t)name.len
	};
	if (name.len)
		memcpy(t->name, name.p, name.len);
	ot_sha256_init(&t->sha256);
}

struct ot_mms_transfer *
ot_mms_transfer_find(const struct ot_pdu *pdu, enum ot_mms_transfer_kind kind,
    uint32_t id, struct ot_text name)
{
	struct ot_mms_state *state = ot_state(pdu);
	bool by_name = kind == OT_MMS_TRANSFER_DOWNLOAD;

	if (name.len > OT_MMS_TRANSFER_NAME)
		name.len = OT_MMS_TRANSFER_NAME;
	for (unsigned i = 0; i < OT_MMS_TRANSFERS; i++) {
		struct ot_mms_transfer *t = &state->transfers[i];

		if (t->kind == kind &&
		    (by_name ? t->name_len == name.len &&
				   memcmp(t->name, name.p, name.len) == 0
			     : t->id == id))
			return t;
	}
	return NULL;
}

void
ot_mms_transfer_add(
    struct ot_mms_transfer *transfer, const struct ot_buf *part, bool last)
{
	transfer->answered++;
	transfer->bytes += part->left;
	transfer->whole |= last;
	ot_sha256_add(&transfer->sha256, part->p, part->left);
}

/* The last part went by, each part that was asked for came, and where the size
 * was announced it is right. */
static bool
is_complete(const struct ot_mms_transfer *t)
{
	return t->whole && t->asked == t->answered &&
	       (!t->sized || t->bytes == t->announced);
}

void
ot_mms_transfer_end(const struct ot_pdu *pdu, struct ot_mms_transfer *transfer)
{
	const struct kind *kind = &kinds[transfer->kind];
	struct ot_text name = ot_mms_transfer_name(pdu, transfer);
	struct ot_event event = { .kind = kind->event,
		.object = { .space = kind->space, .text = name } };
	uint8_t digest[OT_SHA256_LEN];

	if (is_complete(transfer)) {
		ot_sha256_end(&transfer->sha256, digest);
		struct ot_text hex = ot_format_hex(pdu, digest, sizeof(digest));

		event.detail =
		    ot_format(pdu, "%s %.*s, %llu bytes, sha256 %.*s",
			kind->done, (int)name.len, (const char *)name.p,
			(unsigned long long)transfer->bytes, (int)hex.len,
			(const char *)hex.p);
	} else {
		event.detail = ot_format(pdu, "%s %.*s, %llu bytes seen",
		    kind->done, (int)name.len, (const char *)name.p,
		    (unsigned long long)transfer->bytes);
	}
	transfer->kind = OT_MMS_TRANSFER_NONE;
	ot_emit_event(pdu, &event);
}
