/*
 * Transfer of files: IEC 60870-5-101 clause 7.3.6, qualifiers in 7.2.6.
 */
#include "proto/iec104.h"

enum {
	NOT_READY = 0x80, /* in FRQ and SRQ */
	LOW_NIBBLE = 0x0f,
	CALL_DELETE = 4,
	PUSHED = OT_OP_ALTERS | OT_OP_NO_ANSWER,
};

/* What SCQ asks for, and the type that answers it. */
static const struct call {
	const char *name;
	uint8_t answer;
} calls[] = {
	{ "call directory", OT_IEC104_DIRECTORY },
	{ "select file", OT_IEC104_FILE_READY },
	{ "call file", OT_IEC104_SECTION_READY },
	{ "deactivate file", 0 },
	{ "delete file", 0 },
	{ "select section", OT_IEC104_SECTION_READY },
	{ "call section", OT_IEC104_LAST },
	{ "deactivate section", 0 },
};

/* AFQ. */
static const char *const acknowledgements[] = { "acknowledge file",
	"acknowledge file", "refuse file", "acknowledge section",
	"refuse section" };

/* What SCQ and AFQ complain of in their high nibble. */
static const struct ot_name complaints[] = {
	{ 1, "memory space not available" },
	{ 2, "checksum failed" },
	{ 3, "unexpected communication service" },
	{ 4, "unexpected name of file" },
	{ 5, "unexpected name of section" },
	{ 0, NULL },
};

static const struct ot_name unknowns[] = {
	{ 44, "unknown type identification" },
	{ 45, "unknown cause of transmission" },
	{ 46, "unknown common address" },
	{ 47, "unknown information object address" },
	{ 0, NULL },
};

/* A file, as an ASDU names it. */
struct file {
	const struct ot_pdu *pdu;
	const struct ot_iec104_asdu *asdu;
	uint32_t address;
	uint16_t name;
	uint8_t section; /* 0: the whole file */
};

static struct ot_op
op_of(const struct file *f, uint8_t answer)
{
	const struct ot_iec104_asdu *a = f->asdu;

	return (struct ot_op){ .pair = (uint64_t)answer << 40 |
				       (uint64_t)a->ca << 24 | f->address,
		.verb = OT_FILE,
		.name = a->type->name,
		.has_code = true,
		.code = a->id,
		.flags = answer ? 0 : OT_OP_NO_ANSWER,
		.object = {
		    .space = f->section ? OT_IEC104_SECTION : OT_IEC104_FILE,
		    .n = { a->ca, f->address, f->name, f->section } } };
}

static void
say_event(const struct file *f, const struct ot_op *op, const char *what)
{
	ot_emit_event(f->pdu, &(struct ot_event){ .kind = "file transfer",
				  .detail = ot_text(what),
				  .object = op->object });
}

/* What answers a call, or is said unasked: the controlling station sends a
 * file of its own. */
static void
answer(const struct file *f, const char *error)
{
	struct ot_reply reply = { .as = op_of(f, f->asdu->id), .error = error };

	if (ot_asked(f->pdu, reply.as.pair)) {
		ot_emit_reply(f->pdu, &reply);
		return;
	}
	reply.as.flags = f->pdu->to_server ? PUSHED : OT_OP_NO_ANSWER;
	ot_emit_op(f->pdu, &reply.as);
	if (f->pdu->to_server && f->asdu->id == OT_IEC104_FILE_READY)
		say_event(f, &reply.as, "write");
}

static void
call(struct ot_buf *b, const struct file *f)
{
	uint8_t qualifier = ot_u8(b);
	uint8_t n = qualifier & LOW_NIBBLE;
	const struct call *c =
	    n < sizeof(calls) / sizeof(*calls) ? &calls[n] : NULL;
	struct ot_op op = op_of(f, c ? c->answer : 0);
	const char *complaint = ot_name(complaints, qualifier >> 4);

	if (!ot_ok(b))
		return;
	op.name = c ? c->name : "unknown call";
	op.verb = c ? OT_FILE : OT_UNKNOWN;
	op.sub = OT_SUB(qualifier);
	if (n == CALL_DELETE)
		op.flags |= OT_OP_ALTERS;
	ot_emit_op(f->pdu, &op);
	if (complaint)
		say_event(f, &op, complaint);
	else if (n == CALL_DELETE || c == &calls[1])
		say_event(f, &op, n == CALL_DELETE ? "delete" : "read");
}

static void
acknowledge(struct ot_buf *b, const struct file *f)
{
	uint8_t qualifier = ot_u8(b);
	uint8_t n = qualifier & LOW_NIBBLE;
	struct ot_op op = op_of(f, 0);
	const char *complaint = ot_name(complaints, qualifier >> 4);

	if (!ot_ok(b))
		return;
	if (n < sizeof(acknowledgements) / sizeof(*acknowledgements))
		op.name = acknowledgements[n];
	op.sub = OT_SUB(qualifier);
	ot_emit_op(f->pdu, &op);
	if (complaint)
		say_event(f, &op, complaint);
}

static void
segment(struct ot_buf *b, const struct file *f)
{
	struct ot_op op = op_of(f, 0);

	ot_skip(b, ot_u8(b));
	op.flags = f->pdu->to_server ? PUSHED : OT_OP_NO_ANSWER;
	if (ot_ok(b))
		ot_emit_op(f->pdu, &op);
}

/* Entries of a directory, for consecutive addresses. */
static void
directory(struct ot_buf *b, struct file *f)
{
	const struct ot_iec104_asdu *a = f->asdu;

	for (unsigned i = 0; i < a->count && ot_ok(b); i++) {
		if (i && !a->sequence)
			ot_skip(b, 3); /* an address of its own */
		ot_skip(b, a->type->size);
	}
	if (!ot_ok(b))
		return;
	struct ot_reply reply = { .as = op_of(f, OT_IEC104_DIRECTORY) };

	reply.as.object = (struct ot_object){ .space = OT_IEC104_POINTS,
		.n = { a->ca },
		.first = f->address,
		.count = a->sequence && a->count ? a->count : 1 };
	if (ot_asked(f->pdu, reply.as.pair)) {
		ot_emit_reply(f->pdu, &reply);
	} else {
		reply.as.flags = OT_OP_NO_ANSWER;
		ot_emit_op(f->pdu, &reply.as);
	}
}

/* A query for a part of a log is answered as a file that is ready. */
static void
query_log(struct ot_buf *b, const struct file *f)
{
	struct ot_op op = op_of(f, OT_IEC104_FILE_READY);

	ot_skip(b, f->asdu->type->size - 2U); /* from and to */
	if (ot_ok(b))
		ot_emit_op(f->pdu, &op);
}

/* What the station sends back because it knows no such thing. */
static void
mirrored(const struct file *f, const char *error)
{
	static const uint8_t answers[] = { OT_IEC104_FILE_READY,
		OT_IEC104_SECTION_READY, OT_IEC104_LAST, OT_IEC104_DIRECTORY };
	struct ot_reply reply = { .as = op_of(f, 0), .error = error };

	for (size_t i = 0; i < sizeof(answers); i++) {
		struct ot_op op = op_of(f, answers[i]);

		if (ot_asked(f->pdu, op.pair))
			reply.as.pair = op.pair;
	}
	ot_emit_reply(f->pdu, &reply);
}

static void
named(struct ot_buf *b, struct file *f)
{
	uint8_t id = f->asdu->id;
	const char *unknown = ot_name(unknowns, f->asdu->cause);

	f->name = ot_u16le(b);
	if (id != OT_IEC104_FILE_READY && id != OT_IEC104_QUERY_LOG)
		f->section = ot_u8(b);
	if (!ot_ok(b))
		return;
	if (unknown) {
		ot_skip(b, b->left);
		mirrored(f, unknown);
	} else if (id == OT_IEC104_FILE_READY ||
		   id == OT_IEC104_SECTION_READY) {
		ot_skip(b, 3); /* length */
		answer(f, !(ot_u8(b) & NOT_READY)      ? NULL
			  : id == OT_IEC104_FILE_READY ? "file not ready"
						       : "section not ready");
	} else if (id == OT_IEC104_CALL) {
		call(b, f);
	} else if (id == OT_IEC104_LAST) {
		ot_skip(b, 2); /* qualifier, checksum */
		answer(f, NULL);
	} else if (id == OT_IEC104_ACKNOWLEDGE) {
		acknowledge(b, f);
	} else if (id == OT_IEC104_SEGMENT) {
		segment(b, f);
	} else {
		query_log(b, f);
	}
}

void
ot_iec104_files(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_iec104_asdu *asdu)
{
	struct file f = { .pdu = pdu, .asdu = asdu, .address = ot_u24le(b) };

	if (asdu->id == OT_IEC104_DIRECTORY)
		directory(b, &f);
	else
		named(b, &f);
	ot_expect(b, !b->left);
}
