/*
 * User data of S7 communication: the function groups of programming devices
 * and operator panels, their requests, answers and reports.
 */
#include "proto/s7comm.h"

enum {
	HEAD = 0x000112, /* before the parameter's own length */
	PAIR = 1,	 /* bit 32 and up: apart from the jobs' references */
};

enum group {
	G_MODE = 0,
	G_PROGRAMMER = 1,
	G_CYCLIC = 2,
	G_BLOCK = 3,
	G_CPU = 4,
	G_SECURITY = 5,
	G_PBC = 6,
	G_TIME = 7,
	G_NC = 15,
};

enum { CPU_READ_SZL = 1, SECURITY_PASSWORD = 1 };

/* What a sub-function of a group is. */
static const struct subfunction {
	uint8_t group, sub, verb, flags;
	const char *name;
} subfunctions[] = {
	{ G_PROGRAMMER, 0x01, OT_DIAGNOSE, 0, "block status" },
	{ G_PROGRAMMER, 0x02, OT_DIAGNOSE, 0, "variable status" },
	{ G_PROGRAMMER, 0x03, OT_DIAGNOSE, 0, "output istack" },
	{ G_PROGRAMMER, 0x04, OT_DIAGNOSE, 0, "output bstack" },
	{ G_PROGRAMMER, 0x05, OT_DIAGNOSE, 0, "output lstack" },
	{ G_PROGRAMMER, 0x06, OT_DIAGNOSE, 0, "time measurement" },
	{ G_PROGRAMMER, 0x07, OT_CONTROL, 0, "force selection" },
	{ G_PROGRAMMER, 0x08, OT_WRITE, 0, "modify variable" },
	{ G_PROGRAMMER, 0x09, OT_CONTROL, 0, "force" },
	{ G_PROGRAMMER, 0x0a, OT_CONTROL, 0, "breakpoint" },
	{ G_PROGRAMMER, 0x0b, OT_MODE, 0, "exit hold" },
	{ G_PROGRAMMER, 0x0c, OT_MODE, 0, "memory reset" },
	{ G_PROGRAMMER, 0x0d, OT_CONTROL, 0, "disable job" },
	{ G_PROGRAMMER, 0x0e, OT_CONTROL, 0, "enable job" },
	{ G_PROGRAMMER, 0x0f, OT_CONTROL, 0, "delete job" },
	{ G_PROGRAMMER, 0x10, OT_DIAGNOSE, 0, "read job list" },
	{ G_PROGRAMMER, 0x11, OT_DIAGNOSE, 0, "read job" },
	{ G_PROGRAMMER, 0x12, OT_CONTROL, 0, "replace job" },
	{ G_PROGRAMMER, 0x13, OT_DIAGNOSE, 0, "block status v2" },
	{ G_PROGRAMMER, 0x16, OT_IDENTIFY, 0, "flash led" },
	{ G_CYCLIC, 0x01, OT_READ, 0, "cyclic transfer" },
	{ G_CYCLIC, 0x04, OT_READ, 0, "unsubscribe" },
	{ G_CYCLIC, 0x05, OT_READ, 0, "change driven transfer" },
	{ G_CYCLIC, 0x07, OT_READ, 0, "modify change driven transfer" },
	{ G_CYCLIC, 0x08, OT_READ, 0, "read data record" },
	{ G_BLOCK, 0x01, OT_IDENTIFY, 0, "list blocks" },
	{ G_BLOCK, 0x02, OT_IDENTIFY, 0, "list blocks of type" },
	{ G_BLOCK, 0x03, OT_IDENTIFY, 0, "get block info" },
	{ G_CPU, CPU_READ_SZL, OT_DIAGNOSE, 0, "read szl" },
	{ G_CPU, 0x02, OT_EVENT, OT_OP_ALTERS, "message service" },
	{ G_CPU, 0x03, OT_EVENT, 0, "diagnostic message" },
	{ G_CPU, 0x05, OT_EVENT, 0, "alarm_8 indication" },
	{ G_CPU, 0x06, OT_EVENT, 0, "notify indication" },
	{ G_CPU, 0x07, OT_EVENT, OT_OP_ALTERS, "alarm_8 lock" },
	{ G_CPU, 0x08, OT_EVENT, OT_OP_ALTERS, "alarm_8 unlock" },
	{ G_CPU, 0x09, OT_EVENT, 0, "scan indication" },
	{ G_CPU, 0x0b, OT_EVENT, OT_OP_ALTERS, "alarm acknowledge" },
	{ G_CPU, 0x0c, OT_EVENT, 0, "alarm acknowledge indication" },
	{ G_CPU, 0x0d, OT_EVENT, 0, "alarm lock indication" },
	{ G_CPU, 0x0e, OT_EVENT, 0, "alarm unlock indication" },
	{ G_CPU, 0x11, OT_EVENT, 0, "alarm_sq indication" },
	{ G_CPU, 0x12, OT_EVENT, 0, "alarm_s indication" },
	{ G_CPU, 0x13, OT_READ, 0, "alarm query" },
	{ G_CPU, 0x16, OT_EVENT, 0, "notify_8 indication" },
	{ G_SECURITY, SECURITY_PASSWORD, OT_AUTH, 0, "plc password" },
	{ G_SECURITY, 0x02, OT_AUTH, 0, "clear plc password" },
	{ G_TIME, 0x01, OT_TIME, 0, "read clock" },
	{ G_TIME, 0x02, OT_TIME, OT_OP_ALTERS, "set clock" },
	{ G_TIME, 0x03, OT_TIME, 0, "read clock following" },
	{ G_TIME, 0x04, OT_TIME, OT_OP_ALTERS, "set clock" },
	{ G_NC, 0x01, OT_PROGRAM, 0, "nc request download" },
	{ G_NC, 0x02, OT_PROGRAM, 0, "nc download block" },
	{ G_NC, 0x03, OT_PROGRAM, 0, "nc continue download" },
	{ G_NC, 0x04, OT_PROGRAM, 0, "nc download ended" },
	{ G_NC, 0x06, OT_UPLOAD, 0, "nc start upload" },
	{ G_NC, 0x07, OT_UPLOAD, 0, "nc upload" },
	{ G_NC, 0x08, OT_UPLOAD, 0, "nc continue upload" },
};

/* Operating modes that a PLC reports (group 0). */
static const struct ot_name modes[] = {
	{ 0, "stop" },
	{ 1, "warm restart" },
	{ 2, "run" },
	{ 3, "hot restart" },
	{ 4, "hold" },
	{ 6, "cold restart" },
	{ 9, "run redundant" },
	{ 11, "link-up" },
	{ 12, "update" },
	{ 0, NULL },
};

/* The parameter, read. */
struct parameter {
	uint8_t type, group, sub, sequence;
	bool more; /* further units follow */
	uint16_t error;
};

static struct parameter
read_parameter(struct ot_buf *b)
{
	struct parameter p = { 0 };

	uint32_t head = ot_u24be(b);
	uint8_t len = ot_u8(b);
	/* Mode transitions have another head, and no length behind it. */
	struct ot_buf body = ot_split(b, head == HEAD ? len : b->left);
	ot_skip(&body, 1); /* method */
	uint8_t kind = ot_u8(&body);
	p.type = kind >> 4;
	p.group = kind & 0x0f;
	p.sub = ot_u8(&body);
	p.sequence = ot_u8(&body);
	if (body.left) {
		ot_skip(&body, 1); /* number of the unit's message */
		p.more = ot_u8(&body) != 0;
		p.error = ot_u16be(&body);
	}
	return p;
}

static struct ot_op
op_of(const struct parameter *p, uint16_t reference)
{
	struct ot_op op = { .pair = (uint64_t)PAIR << 32 |
				    (uint64_t)reference << 16 |
				    (uint64_t)p->group << 8 | p->sub,
		.verb = OT_UNKNOWN,
		.name = "unknown function",
		.has_code = true,
		.code = p->group,
		.sub = OT_SUB(p->sub) };

	if (p->group == G_PBC) {
		op.verb = OT_WRITE;
		op.name = "bsend";
	}
	for (size_t i = 0; i < sizeof(subfunctions) / sizeof(*subfunctions);
	     i++)
		if (subfunctions[i].group == p->group &&
		    subfunctions[i].sub == p->sub) {
			op.verb = (enum ot_verb)subfunctions[i].verb;
			op.name = subfunctions[i].name;
			op.flags = subfunctions[i].flags;
		}
	return op;
}

/* Return code, transport size and length before the data; the length counts
 * bytes for octet strings, the only transport size that is used here. */
static struct ot_buf
payload(struct ot_buf *b)
{
	if (!b->left)
		return *b;
	ot_skip(b, 2);
	return ot_split(b, ot_u16be(b));
}

/* Which lists tell what a device is, whatever extract is asked for. */
static bool
identifies(uint16_t id)
{
	return (id & 0xff) == 0x11 || (id & 0xff) == 0x1c;
}

/* A list that needs several units is asked for once; the later requests are
 * empty. */
static void
aim_szl(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	struct ot_s7_state *state = ot_state(pdu);

	if (b->left) {
		state->szl_id = ot_u16be(b);
		state->szl_index = ot_u16be(b);
	}
	if (!ot_ok(b))
		return;
	if (identifies(state->szl_id))
		op->verb = OT_IDENTIFY;
	op->object.space = OT_S7_SZL;
	op->object.text = ot_format(pdu, "0x%04x", state->szl_id);
	op->object.n[1] = state->szl_index;
}

static void
aim_block(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	struct ot_s7_state *state = ot_state(pdu);

	if (op->sub == OT_SUB(2)) {
		if (b->left)
			state->block_type = ot_s7_block_type(*b);
		if (!state->block_type)
			return;
		op->object.space = OT_S7_BLOCKS;
		op->object.text = ot_text(state->block_type);
	} else if (op->sub == OT_SUB(3) && b->left == 8) {
		op->object.space = OT_S7_BLOCK;
		op->object.text = ot_s7_block(*b, pdu);
	}
}

/* Items of a subscription: their number, time base, factor, addresses. */
static void
request_cyclic(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	uint16_t count = ot_u16be(b);

	ot_skip(b, 2);
	ot_s7_items(b, pdu, op, count, NULL);
}

/* Variable tables: lengths of both parts, then triggers, then items. */
static void
request_table(struct ot_buf *b, const struct ot_pdu *pdu, struct ot_op *op)
{
	uint16_t len = ot_u16be(b);

	ot_skip(b, 2);
	ot_skip(b, len);
	ot_s7_table_items(b, pdu, op);
}

/* Eight bytes that anyone can decode; they stay here. */
static void
password(const struct ot_pdu *pdu)
{
	struct ot_s7_state *state = ot_state(pdu);

	if (!state->stated)
		ot_emit_security(pdu, OT_S_PROTECTION, ot_text("none"));
	state->stated = true;
	ot_emit_security(pdu, OT_S_AUTH, ot_text("weak"));
	ot_emit_security(pdu, OT_S_AUTH_METHOD, ot_text("password"));
}

static void
request(struct ot_buf *data, const struct ot_pdu *pdu,
    const struct parameter *p, struct ot_op *op)
{
	struct ot_buf b = payload(data);

	if (p->group == G_CYCLIC && b.left &&
	    (p->sub == 1 || p->sub == 5 || p->sub == 7)) {
		request_cyclic(&b, pdu, op);
		return;
	}
	if (p->group == G_PROGRAMMER && b.left &&
	    (p->sub == 0x02 || p->sub == 0x08)) {
		request_table(&b, pdu, op);
		return;
	}
	if (p->group == G_CPU && p->sub == CPU_READ_SZL)
		aim_szl(&b, pdu, op);
	else if (p->group == G_BLOCK)
		aim_block(&b, pdu, op);
	if (!ot_ok(&b))
		return;
	ot_emit_op(pdu, op);
	if (p->group == G_SECURITY && p->sub == SECURITY_PASSWORD)
		password(pdu);
}

static void
answer(struct ot_buf *data, const struct ot_pdu *pdu, const struct parameter *p,
    struct ot_reply *reply)
{
	struct ot_buf b = payload(data);
	uint32_t key =
	    (uint32_t)p->group << 16 | (uint32_t)p->sub << 8 | p->sequence;

	reply->error_code = p->error;
	reply->error = p->error ? ot_s7_error(p->error) : NULL;
	if (!ot_ok(&b))
		return;
	if (p->group == G_SECURITY && p->sub == SECURITY_PASSWORD)
		ot_emit_event(pdu,
		    &(struct ot_event){ .kind = "login",
			.detail = ot_text(p->error ? "failed" : "succeeded") });
	ot_emit_reply(pdu, reply);
	if (p->group != G_CPU || p->sub != CPU_READ_SZL)
		return;
	if (p->error)
		ot_gather_drop(pdu, key);
	else if (ot_gather(pdu, key, &b, !p->more))
		ot_s7_szl(&b, pdu);
}

/* What nobody asked for just now. */
static void
push(const struct ot_pdu *pdu, const struct parameter *p, struct ot_op *op)
{
	const char *mode = ot_name(modes, p->sub);

	op->flags |= OT_OP_NO_ANSWER;
	if (p->group != G_MODE) {
		if (p->group == G_PROGRAMMER)
			op->verb = OT_DIAGNOSE; /* what a job found */
		ot_emit_op(pdu, op);
		return;
	}
	op->verb = OT_EVENT;
	op->name = "mode transition";
	ot_emit_op(pdu, op);
	ot_emit_event(
	    pdu, &(struct ot_event){ .kind = "mode change",
		     .detail = mode ? ot_text(mode)
				    : ot_format(pdu, "mode %u", p->sub) });
}

void
ot_s7_userdata(struct ot_buf *param, struct ot_buf *data,
    const struct ot_pdu *pdu, uint16_t reference)
{
	struct parameter p = read_parameter(param);
	struct ot_op op = op_of(&p, reference);

	if (!ot_ok(param))
		return;
	/* The types of numerical controls (3, 7, 11) are 3 more. */
	switch (p.type & 0x0c) {
	case 0:
		push(pdu, &p, &op);
		break;
	case 4:
		request(data, pdu, &p, &op);
		break;
	case 8:
		answer(data, pdu, &p, &(struct ot_reply){ .as = op });
		break;
	default:
		ot_emit_op(pdu, &op);
		break;
	}
}
