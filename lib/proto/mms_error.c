/*
 * Errors of MMS: ServiceError (ISO 9506-2 clause 7.4.4), DataAccessError
 * (14.4.3), reasons of a reject (7.4.6).
 */
#include "proto/mms.h"

#define ERROR(class, code) ((uint32_t)(class) << 8 | (code))

/* Class (the tag of errorClass) and code. */
static const struct ot_name service_errors[] = {
	{ ERROR(0, 0), "vmd state: other" },
	{ ERROR(0, 1), "vmd state: vmd state conflict" },
	{ ERROR(0, 2), "vmd state: vmd operational problem" },
	{ ERROR(0, 3), "vmd state: domain transfer problem" },
	{ ERROR(0, 4), "vmd state: state machine id invalid" },
	{ ERROR(1, 0), "application reference: other" },
	{ ERROR(1, 1), "application reference: application unreachable" },
	{ ERROR(1, 2), "application reference: connection lost" },
	{ ERROR(1, 3), "application reference: application reference invalid" },
	{ ERROR(1, 4), "application reference: context unsupported" },
	{ ERROR(2, 0), "definition: other" },
	{ ERROR(2, 1), "definition: object undefined" },
	{ ERROR(2, 2), "definition: invalid address" },
	{ ERROR(2, 3), "definition: type unsupported" },
	{ ERROR(2, 4), "definition: type inconsistent" },
	{ ERROR(2, 5), "definition: object exists" },
	{ ERROR(2, 6), "definition: object attribute inconsistent" },
	{ ERROR(3, 0), "resource: other" },
	{ ERROR(3, 1), "resource: memory unavailable" },
	{ ERROR(3, 2), "resource: processor resource unavailable" },
	{ ERROR(3, 3), "resource: mass storage unavailable" },
	{ ERROR(3, 4), "resource: capability unavailable" },
	{ ERROR(3, 5), "resource: capability unknown" },
	{ ERROR(4, 0), "service: other" },
	{ ERROR(4, 1), "service: primitives out of sequence" },
	{ ERROR(4, 2), "service: object state conflict" },
	{ ERROR(4, 3), "service: pdu size" },
	{ ERROR(4, 4), "service: continuation invalid" },
	{ ERROR(4, 5), "service: object constraint conflict" },
	{ ERROR(5, 0), "service preempt: other" },
	{ ERROR(5, 1), "service preempt: timeout" },
	{ ERROR(5, 2), "service preempt: deadlock" },
	{ ERROR(5, 3), "service preempt: cancel" },
	{ ERROR(6, 0), "time resolution: other" },
	{ ERROR(6, 1), "time resolution: unsupportable time resolution" },
	{ ERROR(7, 0), "access: other" },
	{ ERROR(7, 1), "access: object access unsupported" },
	{ ERROR(7, 2), "access: object non existent" },
	{ ERROR(7, 3), "access: object access denied" },
	{ ERROR(7, 4), "access: object invalidated" },
	{ ERROR(8, 0), "initiate: other" },
	{ ERROR(8, 3),
	    "initiate: max services outstanding calling insufficient" },
	{ ERROR(8, 4),
	    "initiate: max services outstanding called insufficient" },
	{ ERROR(8, 5), "initiate: service cbb insufficient" },
	{ ERROR(8, 6), "initiate: parameter cbb insufficient" },
	{ ERROR(8, 7), "initiate: nesting level insufficient" },
	{ ERROR(9, 0), "conclude: other" },
	{ ERROR(9, 1), "conclude: further communication required" },
	{ ERROR(10, 0), "cancel: other" },
	{ ERROR(10, 1), "cancel: invoke id unknown" },
	{ ERROR(10, 2), "cancel: cancel not possible" },
	{ ERROR(11, 0), "file: other" },
	{ ERROR(11, 1), "file: filename ambiguous" },
	{ ERROR(11, 2), "file: file busy" },
	{ ERROR(11, 3), "file: filename syntax error" },
	{ ERROR(11, 4), "file: content type invalid" },
	{ ERROR(11, 5), "file: position invalid" },
	{ ERROR(11, 6), "file: file access denied" },
	{ ERROR(11, 7), "file: file non existent" },
	{ ERROR(11, 8), "file: duplicate filename" },
	{ ERROR(11, 9), "file: insufficient space in filestore" },
	{ ERROR(12, 0), "others" },
	{ 0, NULL },
};

static const struct ot_name data_errors[] = {
	{ 0, "object invalidated" },
	{ 1, "hardware fault" },
	{ 2, "temporarily unavailable" },
	{ 3, "object access denied" },
	{ 4, "object undefined" },
	{ 5, "invalid address" },
	{ 6, "type unsupported" },
	{ 7, "type inconsistent" },
	{ 8, "object attribute inconsistent" },
	{ 9, "object access unsupported" },
	{ 10, "object non existent" },
	{ 11, "object value invalid" },
	{ 0, NULL },
};

/* Which PDU (the tag of rejectReason) and why. */
static const struct ot_name reasons[] = {
	{ ERROR(1, 0), "rejected: other" },
	{ ERROR(1, 1), "rejected: unrecognized service" },
	{ ERROR(1, 2), "rejected: unrecognized modifier" },
	{ ERROR(1, 3), "rejected: invalid invoke id" },
	{ ERROR(1, 4), "rejected: invalid argument" },
	{ ERROR(1, 5), "rejected: invalid modifier" },
	{ ERROR(1, 6), "rejected: max services outstanding exceeded" },
	{ ERROR(1, 8), "rejected: max recursion exceeded" },
	{ ERROR(1, 9), "rejected: value out of range" },
	{ ERROR(2, 0), "response rejected: other" },
	{ ERROR(2, 1), "response rejected: unrecognized service" },
	{ ERROR(2, 2), "response rejected: invalid invoke id" },
	{ ERROR(2, 3), "response rejected: invalid result" },
	{ ERROR(2, 5), "response rejected: max recursion exceeded" },
	{ ERROR(2, 6), "response rejected: value out of range" },
	{ ERROR(3, 0), "error rejected: other" },
	{ ERROR(3, 1), "error rejected: unrecognized service" },
	{ ERROR(3, 2), "error rejected: invalid invoke id" },
	{ ERROR(3, 3), "error rejected: invalid service error" },
	{ ERROR(3, 4), "error rejected: value out of range" },
	{ ERROR(4, 0), "unconfirmed rejected: other" },
	{ ERROR(4, 1), "unconfirmed rejected: unrecognized service" },
	{ ERROR(4, 2), "unconfirmed rejected: invalid argument" },
	{ ERROR(4, 3), "unconfirmed rejected: max recursion exceeded" },
	{ ERROR(4, 4), "unconfirmed rejected: value out of range" },
	{ ERROR(5, 0), "pdu error: unknown pdu type" },
	{ ERROR(5, 1), "pdu error: invalid pdu" },
	{ ERROR(5, 2), "pdu error: illegal acse mapping" },
	{ ERROR(6, 0), "cancel rejected: other" },
	{ ERROR(6, 1), "cancel rejected: invalid invoke id" },
	{ ERROR(11, 0), "conclude rejected: other" },
	{ ERROR(11, 1), "conclude rejected: invalid argument" },
	{ 0, NULL },
};

/* A code beyond a byte is none that has a name. */
static struct ot_mms_error
look_up(const struct ot_name *table, uint32_t class, int64_t code)
{
	uint32_t n = ERROR(class, (uint32_t)code & 0xff);

	if (code < 0 || code > 0xff)
		return (struct ot_mms_error){ NULL, n | 0x10000 };
	return (struct ot_mms_error){ ot_name(table, n), n };
}

struct ot_mms_error
ot_mms_data_error(struct ot_buf contents)
{
	return look_up(data_errors, 0, ot_ber_int(contents));
}

/* errorClass, then what more the server says. */
struct ot_mms_error
ot_mms_service_error(struct ot_buf b)
{
	struct ot_buf class = ot_ber_get(&b, 0xa0);
	uint32_t tag;
	struct ot_buf code = ot_ber_next(&class, &tag);

	ot_expect(&b, tag >= 0x80 && tag <= 0x9f);
	return look_up(service_errors, tag & 0x1f, ot_ber_int(code));
}

struct ot_mms_error
ot_mms_reject_reason(uint32_t tag, struct ot_buf contents)
{
	ot_expect(&contents, tag >= 0x81 && tag <= 0x9e);
	return look_up(reasons, tag & 0x1f, ot_ber_int(contents));
}
