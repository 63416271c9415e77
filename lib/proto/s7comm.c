/*
 * S7 communication of SIMATIC S7-300 and 400 (and of S7-1200 and 1500 where it
 * is allowed): header, jobs and their answers. Siemens has published none of
 * it; the layouts are those on which Wireshark and the free S7 libraries
 * agree. User data is in s7comm_userdata.c.
 */
#include "proto/s7comm.h"

enum {
	PROTOCOL_ID = 0x32,
	HEADER = 10,
	HEADER_ERROR = 12, /* with class and code */
	ITEM_OK = 0xff,
	UNIT_HEADER = 4, /* length and 00FB before the bytes of a block */
};

enum rosctr {
	ROSCTR_JOB = 1,
	ROSCTR_ACK = 2,
	ROSCTR_ACK_DATA = 3,
	ROSCTR_USERDATA = 7,
};

enum function {
	F_READ = 0x04,
	F_WRITE = 0x05,
	F_REQUEST_DOWNLOAD = 0x1a,
	F_DOWNLOAD_BLOCK = 0x1b,
	F_DOWNLOAD_ENDED = 0x1c,
	F_START_UPLOAD = 0x1d,
	F_UPLOAD = 0x1e,
	F_END_UPLOAD = 0x1f,
	F_PI_SERVICE = 0x28,
	F_PLC_STOP = 0x29,
	F_SETUP = 0xf0,
};

static const struct ot_space spaces[] = {
	[OT_S7_DB - 1] = { "DB%0u.DBX%1u.%2u+%3u" },
	[OT_S7_DI - 1] = { "DI%0u.DIX%1u.%2u+%3u" },
	[OT_S7_I - 1] = { "I%1u.%2u+%3u" },
	[OT_S7_Q - 1] = { "Q%1u.%2u+%3u" },
	[OT_S7_M - 1] = { "M%1u.%2u+%3u" },
	[OT_S7_L - 1] = { "L%1u.%2u+%3u" },
	[OT_S7_V - 1] = { "V%1u.%2u+%3u" },
	[OT_S7_P - 1] = { "P%1u.%2u+%3u" },
	[OT_S7_C - 1] = { "C%1u+%3u" },
	[OT_S7_T - 1] = { "T%1u+%3u" },
	[OT_S7_AREA - 1] = { "area %0x %1u.%2u+%3u" },
	[OT_S7_SYMBOL - 1] = { "symbol %t" },
	[OT_S7_NCK - 1] = { "nck %0x column %1u line %2u module %3x" },
	[OT_S7_SYNTAX - 1] = { "syntax %0x" },
	[OT_S7_BLOCK - 1] = { "block %t" },
	[OT_S7_BLOCKS - 1] = { "blocks %t" },
	[OT_S7_SZL - 1] = { "szl %t index %1u" },
	[OT_S7_PI - 1] = { "pi %t" },
	[OT_S7_PI] = { NULL },
};

static const struct job {
	uint8_t code, verb;
	const char *name;
} jobs[] = {
	{ F_READ, OT_READ, "read var" },
	{ F_WRITE, OT_WRITE, "write var" },
	{ F_SETUP, OT_SESSION, "setup communication" },
	{ F_REQUEST_DOWNLOAD, OT_PROGRAM, "request download" },
	{ F_DOWNLOAD_BLOCK, OT_PROGRAM, "download block" },
	{ F_DOWNLOAD_ENDED, OT_PROGRAM, "download ended" },
	{ F_START_UPLOAD, OT_UPLOAD, "start upload" },
	{ F_UPLOAD, OT_UPLOAD, "upload" },
	{ F_END_UPLOAD, OT_UPLOAD, "end upload" },
	{ F_PI_SERVICE, OT_UNKNOWN, "pi service" },
	{ F_PLC_STOP, OT_MODE, "plc stop" },
};

static const struct job unknown = { 0, OT_UNKNOWN, "unknown function" };

/* Program invocation services; a name ends in * where it is a prefix. */
static const struct service {
	const char *service, *name;
	uint8_t verb, flags;
	bool blocks; /* the parameter is a list of blocks */
} services[] = {
	{ "_INSE", "insert block", OT_PROGRAM, 0, true },
	{ "_INS2", "insert block", OT_PROGRAM, 0, true },
	{ "_DELE", "delete block", OT_PROGRAM, 0, true },
	{ "_MODU", "copy ram to rom", OT_PROGRAM, 0, false },
	{ "_GARB", "compress memory", OT_PROGRAM, 0, false },
	{ "P_PROGRAM", "plc start", OT_MODE, 0, false },
	{ "_N_LOGIN_", "log in", OT_AUTH, 0, false },
	{ "_N_LOGOUT", "log out", OT_AUTH, 0, false },
	{ "_N_F_*", "nc file service", OT_FILE, OT_OP_ALTERS, false },
	{ "_N_*", "nc service", OT_CONTROL, 0, false },
};

static const struct service unknown_service = { "", "pi service", OT_UNKNOWN, 0,
	false };

/* Return codes of items. */
static const struct ot_name item_errors[] = {
	{ 0x01, "hardware error" },
	{ 0x03, "access not allowed" },
	{ 0x05, "invalid address" },
	{ 0x06, "data type not supported" },
	{ 0x07, "data type inconsistent" },
	{ 0x0a, "object does not exist" },
	{ 0, NULL },
};

/* The state of the connection that this PDU moves. */
static struct ot_s7_transfer *
transfer_of(const struct ot_pdu *pdu, uint8_t function)
{
	struct ot_s7_state *state = ot_state(pdu);

	return function >= F_START_UPLOAD ? &state->upload : &state->download;
}

static const struct job *
job_of(uint8_t function)
{
	for (size_t i = 0; i < sizeof(jobs) / sizeof(*jobs); i++)
		if (jobs[i].code == function)
			return &jobs[i];
	return &unknown;
}

static struct ot_op
op_of(uint16_t reference, uint8_t function)
{
	const struct job *job = job_of(function);

	return (struct ot_op){ .pair = reference,
		.verb = (enum ot_verb)job->verb,
		.name = job->name,
		.has_code = true,
		.code = function };
}

static struct ot_object
block_object(struct ot_text name)
{
	return (struct ot_object){ .space = name.len ? OT_S7_BLOCK : OT_S7_NONE,
		.text = name };
}

/* "_0800001P": a mark, then the name of the block. */
static struct ot_text
file_name(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_buf name = ot_split(b, ot_u8(b));

	ot_skip(&name, 1);
	return ot_s7_block(name, pdu);
}

/* ---- transfers of blocks */

static void
transfer_start(struct ot_s7_transfer *transfer, struct ot_text name)
{
	*transfer = (struct ot_s7_transfer){ .active = true };
	if (name.len > sizeof(transfer->name))
		name.len = sizeof(transfer->name);
	memcpy(transfer->name, name.p, name.len);
	transfer->name_len = (uint8_t)name.len;
	ot_sha256_init(&transfer->sha256);
}

static struct ot_text
transfer_name(const struct ot_pdu *pdu, const struct ot_s7_transfer *transfer)
{
	return ot_format(
	    pdu, "%.*s", transfer->name_len, (const char *)transfer->name);
}

/* A part of the block: length, 00FB, bytes. */
static void
transfer_add(struct ot_s7_transfer *transfer, struct ot_buf *data)
{
	struct ot_buf part = ot_split(data, ot_u16be(data) + (size_t)2);

	ot_skip(&part, 2);
	if (!ot_ok(data) || !transfer->active)
		return;
	transfer->bytes += part.left;
	ot_sha256_add(&transfer->sha256, part.p, part.left);
}

/* The whole block went by. Its digest is said only where no byte of it can
 * be missing. */
static void
transfer_end(const struct ot_pdu *pdu, struct ot_s7_transfer *transfer,
    const char *direction)
{
	uint8_t digest[OT_SHA256_LEN];
	struct ot_text name = transfer_name(pdu, transfer);
	struct ot_event event = { .kind = "program transfer",
		.object = block_object(name) };

	if (!transfer->active)
		return;
	transfer->active = false;
	if (transfer->bytes == transfer->announced) {
		ot_sha256_end(&transfer->sha256, digest);
		struct ot_text hex = ot_format_hex(pdu, digest, sizeof(digest));

		event.detail =
		    ot_format(pdu, "%s %.*s, %llu bytes, sha256 %.*s",
			direction, (int)name.len, (const char *)name.p,
			(unsigned long long)transfer->bytes, (int)hex.len,
			(const char *)hex.p);
	} else {
		event.detail = ot_format(pdu, "%s %.*s, %llu bytes seen",
		    direction, (int)name.len, (const char *)name.p,
		    (unsigned long long)transfer->bytes);
	}
	ot_emit_event(pdu, &event);
}

/* Decimal digits to the window's end. */
static uint64_t
decimal(struct ot_buf b)
{
	uint64_t n = 0;

	while (b.left)
		n = n * 10 + (ot_u8(&b) & 0x0fu);
	return n;
}

/* Function, status, 2 unknown, upload id or unknown, name; a request to
 * download adds the sizes: "1", load memory, work memory. */
static void
job_transfer(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	struct ot_s7_transfer *transfer = transfer_of(pdu, (uint8_t)op->code);
	bool named = op->code != F_UPLOAD && op->code != F_END_UPLOAD;
	struct ot_text name;

	ot_skip(b, 7);
	name = named ? file_name(b, pdu) : transfer_name(pdu, transfer);
	if (!ot_ok(b))
		return;
	op->object = block_object(name);
	ot_emit_op(pdu, op);
	if (op->code == F_REQUEST_DOWNLOAD) {
		struct ot_buf sizes = ot_split(b, b->left ? ot_u8(b) : 0);

		ot_skip(&sizes, sizes.left ? 1 : 0);
		struct ot_buf load = ot_split(&sizes, sizes.left / 2);
		if (!ot_ok(b))
			return;
		transfer_start(transfer, name);
		transfer->announced = decimal(load);
	} else if (op->code == F_START_UPLOAD) {
		transfer_start(transfer, name);
	} else if (op->code == F_DOWNLOAD_ENDED) {
		transfer_end(pdu, transfer, "download of");
	} else if (op->code == F_END_UPLOAD) {
		transfer_end(pdu, transfer, "upload of");
	}
}

/* ---- program invocation services */

static bool
matches(const char *pattern, const struct ot_buf *name)
{
	size_t len = strlen(pattern);

	if (len && pattern[len - 1] == '*')
		return ot_starts(name, pattern, len - 1);
	return name->left == len && ot_starts(name, pattern, len);
}

static const struct service *
service_of(const struct ot_buf *name)
{
	for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++)
		if (matches(services[i].service, name))
			return &services[i];
	return &unknown_service;
}

/* Count, 0, then names of eight characters. */
static void
service_blocks(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	unsigned count = ot_u8(b);

	ot_skip(b, 1);
	for (; count && ot_ok(b); count--) {
		op->object = block_object(ot_s7_block(ot_split(b, 8), pdu));
		if (ot_ok(b))
			ot_emit_op(pdu, op);
	}
}

/* Function, 7 unknown, parameter with its length, name with its length. */
static void
job_service(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	ot_skip(b, 7);
	struct ot_buf parameter = ot_split(b, ot_u16be(b));
	struct ot_buf name = ot_split(b, ot_u8(b));
	const struct service *service = service_of(&name);

	if (!ot_ok(b))
		return;
	op->name = service->name;
	op->verb = (enum ot_verb)service->verb;
	op->flags |= service->flags;
	if (service->blocks && ot_peek(&parameter, 0)) {
		service_blocks(&parameter, pdu, op);
		return;
	}
	op->object.space = OT_S7_PI;
	op->object.text = ot_text_trim(ot_text_of(&name, OT_LATIN1));
	ot_emit_op(pdu, op);
}

/* ---- jobs and their answers */

static void
job(struct ot_buf *b, const struct ot_buf *data, const struct ot_pdu *pdu,
    uint16_t reference)
{
	uint8_t function = ot_u8(b);
	struct ot_op op = op_of(reference, function);
	uint8_t count;

	if (!ot_ok(b))
		return;
	switch (function) {
	case F_READ:
	case F_WRITE:
		count = ot_u8(b);
		ot_s7_items(
		    b, pdu, &op, count, function == F_WRITE ? data : NULL);
		break;
	case F_REQUEST_DOWNLOAD:
	case F_DOWNLOAD_BLOCK:
	case F_DOWNLOAD_ENDED:
	case F_START_UPLOAD:
	case F_UPLOAD:
	case F_END_UPLOAD:
		job_transfer(b, pdu, &op);
		break;
	case F_PI_SERVICE:
		job_service(b, pdu, &op);
		break;
	default:
		ot_emit_op(pdu, &op);
		break;
	}
}

/* Bytes of an item's value; its length counts bits for some types. */
static size_t
value_len(uint8_t transport, uint16_t len)
{
	return transport >= 3 && transport <= 5 ? ((size_t)len + 7) / 8 : len;
}

static void
answer_item(const struct ot_pdu *pdu, struct ot_reply *reply, uint8_t code)
{
	reply->item++;
	reply->error = code == ITEM_OK ? NULL : ot_name(item_errors, code);
	reply->error_code = code == ITEM_OK ? 0 : code;
	/* Code 0 is reserved: no success either. */
	if (code == 0)
		reply->error = "reserved";
	ot_emit_reply(pdu, reply);
}

/* One return code for each item, with a value where it was read. */
static void
answer_items(struct ot_buf *param, struct ot_buf *data,
    const struct ot_pdu *pdu, struct ot_reply *reply)
{
	for (unsigned count = ot_u8(param); count && ot_ok(data); count--) {
		uint8_t code = ot_u8(data);

		if (reply->as.code == F_READ) {
			uint8_t transport = ot_u8(data);
			size_t len = value_len(transport, ot_u16be(data));

			if (code != ITEM_OK)
				len = 0; /* some say a length all the same */
			ot_skip(data, len);
			if (len % 2 && count > 1)
				ot_skip(data, 1);
		}
		if (ot_ok(data))
			answer_item(pdu, reply, code);
	}
}

static void
answer_transfer(struct ot_buf *param, struct ot_buf *data,
    const struct ot_pdu *pdu, uint8_t function)
{
	struct ot_s7_transfer *transfer = transfer_of(pdu, function);

	if (function == F_DOWNLOAD_BLOCK || function == F_UPLOAD) {
		transfer_add(transfer, data);
	} else if (function == F_START_UPLOAD && param->left > 7) {
		/* Status, 2 unknown, upload id, then the length of the block
		 * in digits. */
		ot_skip(param, 7);
		transfer->announced = decimal(ot_split(param, ot_u8(param)));
	}
}

static void
answer(struct ot_buf *param, struct ot_buf *data, const struct ot_pdu *pdu,
    uint16_t reference, uint16_t error)
{
	const struct ot_op *asked = ot_asked(pdu, reference);
	uint8_t function = param->left ? ot_u8(param)
			   : asked     ? (uint8_t)asked->code
				       : 0;
	struct ot_reply reply = { .as = op_of(reference, function) };

	/* The function must be echoed: else the request was not captured. */
	if (asked && asked->code != function)
		reply.as.pair |= (uint64_t)1 << 40;
	if (!ot_ok(param))
		return;
	if (error) {
		reply.error = ot_s7_error(error);
		reply.error_code = error;
		ot_emit_reply(pdu, &reply);
		return;
	}
	if ((function == F_READ || function == F_WRITE) && param->left) {
		answer_items(param, data, pdu, &reply);
		return;
	}
	ot_emit_reply(pdu, &reply);
	if (data->left || function == F_START_UPLOAD)
		answer_transfer(param, data, pdu, function);
}

/* The protocol protects nothing; s7comm_userdata.c says where a password was
 * used. */
static void
state_security(const struct ot_pdu *pdu)
{
	struct ot_s7_state *state = ot_state(pdu);

	if (state->stated)
		return;
	state->stated = true;
	ot_emit_security(pdu, OT_S_PROTECTION, ot_text("none"));
	ot_emit_security(pdu, OT_S_AUTH, ot_text("none"));
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	uint16_t error = 0;

	ot_skip(b, 1);
	uint8_t rosctr = ot_u8(b);
	ot_skip(b, 2); /* redundancy identification */
	uint16_t reference = ot_u16be(b);
	uint16_t param_len = ot_u16be(b);
	uint16_t data_len = ot_u16be(b);
	if (rosctr == ROSCTR_ACK || rosctr == ROSCTR_ACK_DATA)
		error = ot_u16be(b);
	struct ot_buf param = ot_split(b, param_len);
	struct ot_buf data =
	    ot_split(b, pdu->cut && data_len > b->left ? b->left : data_len);

	if (!ot_ok(b))
		return;
	if (rosctr == ROSCTR_JOB)
		job(&param, &data, pdu, reference);
	else if (rosctr == ROSCTR_USERDATA)
		ot_s7_userdata(&param, &data, pdu, reference);
	else
		answer(&param, &data, pdu, reference, error);
	if (ot_ok(b))
		state_security(pdu);
}

/* Who sends it? Jobs come from the client, but for the two with which a PLC
 * fetches the blocks of a download. */
static bool
from_client(const struct ot_buf *b, uint8_t rosctr)
{
	uint8_t function;

	if (rosctr == ROSCTR_USERDATA) /* request: 4 in the high bits */
		return ot_peek(b, HEADER + 5) >> 4 & 4;
	function = ot_peek(b, rosctr == ROSCTR_JOB ? HEADER : HEADER_ERROR);
	return (rosctr == ROSCTR_JOB) !=
	       (function == F_DOWNLOAD_BLOCK || function == F_DOWNLOAD_ENDED);
}

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint8_t rosctr = ot_peek(&b, 1);
	size_t header = rosctr == ROSCTR_ACK || rosctr == ROSCTR_ACK_DATA
			    ? HEADER_ERROR
			    : HEADER;
	size_t len = header + ot_peek16be(&b, 6) + ot_peek16be(&b, 8);

	if (b.left < HEADER || ot_peek(&b, 0) != PROTOCOL_ID ||
	    ot_peek16be(&b, 2) != 0 || len != b.left + pdu->rest)
		return false;
	if (rosctr != ROSCTR_JOB && rosctr != ROSCTR_ACK &&
	    rosctr != ROSCTR_ACK_DATA && rosctr != ROSCTR_USERDATA)
		return false;
	return pdu->to_server == from_client(&b, rosctr);
}

extern const struct ot_proto ot_proto_s7comm;

const struct ot_proto ot_proto_s7comm = {
	.name = "s7comm",
	.over = { "cotp" },
	.strength = OT_MEDIUM,
	.spaces = spaces,
	.state_size = sizeof(struct ot_s7_state),
	.probe = probe,
	.dissect = dissect,
};
