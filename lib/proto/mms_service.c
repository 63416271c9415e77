/*
 * Confirmed services of MMS as they are asked for: ISO 9506-2 clauses 9 to 18
 * and annex D. Their numbers are the tags of ConfirmedServiceRequest.
 */
#include "proto/mms.h"

/* Where a request has the name of what it is about. */
enum argument {
	ARG_NONE,
	ARG_IDENTIFIER,	 /* it is one, or its first field [0] is */
	ARG_NAME,	 /* it is an ObjectName */
	ARG_FIRST_NAME,	 /* its first field [0] is one */
	ARG_NAMES,	 /* a list of them, [1] or [0] */
	ARG_RENAME,	 /* class, ObjectName [1] */
	ARG_FILE,	 /* it is a FileName */
	ARG_FIRST_FILE,	 /* [0] is one */
	ARG_SECOND_FILE, /* [1] is one */
	ARG_FILE_ID,
	ARG_UPLOAD_ID,
	ARG_DOWNLOAD,
	ARG_NAME_LIST,
	ARG_VARIABLE, /* [0] ObjectName or [1] Address */
	ARG_READ,
	ARG_WRITE,
};

static const struct service {
	uint8_t verb, argument, space, flags;
	const char *name;
} services[] = {
	[0] = { OT_DIAGNOSE, ARG_NONE, 0, 0, "status" },
	{ OT_IDENTIFY, ARG_NAME_LIST, OT_MMS_CLASS, 0, "get name list" },
	{ OT_IDENTIFY, ARG_NONE, 0, 0, "identify" },
	{ OT_WRITE, ARG_RENAME, OT_MMS_VARIABLE, 0, "rename" },
	{ OT_READ, ARG_READ, OT_MMS_VARIABLE, 0, "read" },
	{ OT_WRITE, ARG_WRITE, OT_MMS_VARIABLE, 0, "write" },
	{ OT_IDENTIFY, ARG_VARIABLE, OT_MMS_VARIABLE, 0,
	    "get variable access attributes" },
	{ OT_WRITE, ARG_FIRST_NAME, OT_MMS_VARIABLE, 0,
	    "define named variable" },
	{ OT_WRITE, ARG_FIRST_NAME, OT_MMS_VARIABLE, 0,
	    "define scattered access" },
	{ OT_IDENTIFY, ARG_NAME, OT_MMS_VARIABLE, 0,
	    "get scattered access attributes" },
	{ OT_WRITE, ARG_NAMES, OT_MMS_VARIABLE, 0, "delete variable access" },
	{ OT_WRITE, ARG_NAME, OT_MMS_LIST, 0, "define named variable list" },
	{ OT_IDENTIFY, ARG_NAME, OT_MMS_LIST, 0,
	    "get named variable list attributes" },
	{ OT_WRITE, ARG_NAMES, OT_MMS_LIST, 0, "delete named variable list" },
	{ OT_WRITE, ARG_NAME, OT_MMS_TYPE, 0, "define named type" },
	{ OT_IDENTIFY, ARG_NAME, OT_MMS_TYPE, 0, "get named type attributes" },
	{ OT_WRITE, ARG_NAMES, OT_MMS_TYPE, 0, "delete named type" },
	{ OT_WRITE, ARG_IDENTIFIER, OT_MMS_STATION, 0, "input" },
	{ OT_WRITE, ARG_IDENTIFIER, OT_MMS_STATION, 0, "output" },
	{ OT_SESSION, ARG_FIRST_NAME, OT_MMS_SEMAPHORE, 0, "take control" },
	{ OT_SESSION, ARG_FIRST_NAME, OT_MMS_SEMAPHORE, 0,
	    "relinquish control" },
	{ OT_SESSION, ARG_FIRST_NAME, OT_MMS_SEMAPHORE, 0, "define semaphore" },
	{ OT_SESSION, ARG_NAME, OT_MMS_SEMAPHORE, 0, "delete semaphore" },
	{ OT_SESSION, ARG_NAME, OT_MMS_SEMAPHORE, 0,
	    "report semaphore status" },
	{ OT_SESSION, ARG_FIRST_NAME, OT_MMS_SEMAPHORE, 0,
	    "report pool semaphore status" },
	{ OT_SESSION, ARG_FIRST_NAME, OT_MMS_SEMAPHORE, 0,
	    "report semaphore entry status" },
	{ OT_PROGRAM, ARG_IDENTIFIER, OT_MMS_DOMAIN, 0,
	    "initiate download sequence" },
	{ OT_PROGRAM, ARG_DOWNLOAD, OT_MMS_DOMAIN, 0, "download segment" },
	{ OT_PROGRAM, ARG_DOWNLOAD, OT_MMS_DOMAIN, 0,
	    "terminate download sequence" },
	{ OT_UPLOAD, ARG_IDENTIFIER, OT_MMS_DOMAIN, 0,
	    "initiate upload sequence" },
	{ OT_UPLOAD, ARG_UPLOAD_ID, OT_MMS_DOMAIN, 0, "upload segment" },
	{ OT_UPLOAD, ARG_UPLOAD_ID, OT_MMS_DOMAIN, 0,
	    "terminate upload sequence" },
	{ OT_PROGRAM, ARG_IDENTIFIER, OT_MMS_DOMAIN, 0,
	    "request domain download" },
	{ OT_UPLOAD, ARG_IDENTIFIER, OT_MMS_DOMAIN, 0,
	    "request domain upload" },
	{ OT_PROGRAM, ARG_IDENTIFIER, OT_MMS_DOMAIN, 0, "load domain content" },
	{ OT_UPLOAD, ARG_IDENTIFIER, OT_MMS_DOMAIN, 0, "store domain content" },
	{ OT_PROGRAM, ARG_IDENTIFIER, OT_MMS_DOMAIN, 0, "delete domain" },
	{ OT_IDENTIFY, ARG_IDENTIFIER, OT_MMS_DOMAIN, 0,
	    "get domain attributes" },
	{ OT_PROGRAM, ARG_IDENTIFIER, OT_MMS_PROGRAM, 0,
	    "create program invocation" },
	{ OT_PROGRAM, ARG_IDENTIFIER, OT_MMS_PROGRAM, 0,
	    "delete program invocation" },
	{ OT_MODE, ARG_IDENTIFIER, OT_MMS_PROGRAM, 0, "start" },
	{ OT_MODE, ARG_IDENTIFIER, OT_MMS_PROGRAM, 0, "stop" },
	{ OT_MODE, ARG_IDENTIFIER, OT_MMS_PROGRAM, 0, "resume" },
	{ OT_MODE, ARG_IDENTIFIER, OT_MMS_PROGRAM, 0, "reset" },
	{ OT_MODE, ARG_IDENTIFIER, OT_MMS_PROGRAM, 0, "kill" },
	{ OT_IDENTIFY, ARG_IDENTIFIER, OT_MMS_PROGRAM, 0,
	    "get program invocation attributes" },
	{ OT_FILE, ARG_SECOND_FILE, OT_MMS_FILE, OT_OP_ALTERS, "obtain file" },
	{ OT_EVENT, ARG_FIRST_NAME, OT_MMS_CONDITION, OT_OP_ALTERS,
	    "define event condition" },
	{ OT_EVENT, ARG_NAMES, OT_MMS_CONDITION, OT_OP_ALTERS,
	    "delete event condition" },
	{ OT_EVENT, ARG_NAME, OT_MMS_CONDITION, 0,
	    "get event condition attributes" },
	{ OT_EVENT, ARG_NAME, OT_MMS_CONDITION, 0,
	    "report event condition status" },
	{ OT_EVENT, ARG_FIRST_NAME, OT_MMS_CONDITION, OT_OP_ALTERS,
	    "alter event condition monitoring" },
	{ OT_EVENT, ARG_FIRST_NAME, OT_MMS_CONDITION, OT_OP_ALTERS,
	    "trigger event" },
	{ OT_EVENT, ARG_FIRST_NAME, OT_MMS_ACTION, OT_OP_ALTERS,
	    "define event action" },
	{ OT_EVENT, ARG_NAMES, OT_MMS_ACTION, OT_OP_ALTERS,
	    "delete event action" },
	{ OT_EVENT, ARG_NAME, OT_MMS_ACTION, 0, "get event action attributes" },
	{ OT_EVENT, ARG_NAME, OT_MMS_ACTION, 0, "report event action status" },
	{ OT_EVENT, ARG_FIRST_NAME, OT_MMS_ENROLLMENT, OT_OP_ALTERS,
	    "define event enrollment" },
	{ OT_EVENT, ARG_NAMES, OT_MMS_ENROLLMENT, OT_OP_ALTERS,
	    "delete event enrollment" },
	{ OT_EVENT, ARG_FIRST_NAME, OT_MMS_ENROLLMENT, OT_OP_ALTERS,
	    "alter event enrollment" },
	{ OT_EVENT, ARG_NAME, OT_MMS_ENROLLMENT, 0,
	    "report event enrollment status" },
	{ OT_EVENT, ARG_NONE, 0, 0, "get event enrollment attributes" },
	{ OT_EVENT, ARG_FIRST_NAME, OT_MMS_ENROLLMENT, OT_OP_ALTERS,
	    "acknowledge event notification" },
	{ OT_READ, ARG_NONE, 0, 0, "get alarm summary" },
	{ OT_READ, ARG_NONE, 0, 0, "get alarm enrollment summary" },
	{ OT_DIAGNOSE, ARG_FIRST_NAME, OT_MMS_JOURNAL, 0, "read journal" },
	{ OT_DIAGNOSE, ARG_FIRST_NAME, OT_MMS_JOURNAL, OT_OP_ALTERS,
	    "write journal" },
	{ OT_DIAGNOSE, ARG_FIRST_NAME, OT_MMS_JOURNAL, OT_OP_ALTERS,
	    "initialize journal" },
	{ OT_DIAGNOSE, ARG_NAME, OT_MMS_JOURNAL, 0, "report journal status" },
	{ OT_DIAGNOSE, ARG_FIRST_NAME, OT_MMS_JOURNAL, OT_OP_ALTERS,
	    "create journal" },
	{ OT_DIAGNOSE, ARG_FIRST_NAME, OT_MMS_JOURNAL, OT_OP_ALTERS,
	    "delete journal" },
	{ OT_DIAGNOSE, ARG_NONE, 0, 0, "get capability list" },
	{ OT_FILE, ARG_FIRST_FILE, OT_MMS_FILE, 0, "file open" },
	{ OT_FILE, ARG_FILE_ID, OT_MMS_FILE, 0, "file read" },
	{ OT_FILE, ARG_FILE_ID, OT_MMS_FILE, 0, "file close" },
	{ OT_FILE, ARG_FIRST_FILE, OT_MMS_FILE, OT_OP_ALTERS, "file rename" },
	{ OT_FILE, ARG_FILE, OT_MMS_FILE, OT_OP_ALTERS, "file delete" },
	{ OT_FILE, ARG_FIRST_FILE, OT_MMS_FILE, 0, "file directory" },
};

static const struct service unknown = { OT_UNKNOWN, ARG_NONE, 0, 0,
	"unknown service" };

static const struct service *
service_of(uint32_t n)
{
	return n < sizeof(services) / sizeof(*services) ? &services[n]
							: &unknown;
}

struct ot_op
ot_mms_op(uint64_t pair, uint32_t n)
{
	const struct service *service = service_of(n);

	return (struct ot_op){ .pair = pair,
		.verb = (enum ot_verb)service->verb,
		.name = service->name,
		.has_code = true,
		.code = n,
		.flags = service->flags };
}

/* ---- what is done to a variable of IEC 61850 */

static const struct act {
	uint32_t service;
	const char *constraint, *element; /* element NULL: any */
	const char *name;		  /* NULL: that of the service */
	uint8_t verb, flags;
} acts[] = {
	{ OT_MMS_WRITE, "CO", "$Oper", "operate", OT_CONTROL, 0 },
	{ OT_MMS_WRITE, "CO", "$SBOw", "select with value", OT_CONTROL, 0 },
	{ OT_MMS_WRITE, "CO", "$Cancel", "cancel", OT_CONTROL, 0 },
	{ OT_MMS_READ, "CO", "$SBO", "select", OT_CONTROL, 0 },
	{ OT_MMS_WRITE, "RP", NULL, NULL, OT_EVENT, OT_OP_ALTERS },
	{ OT_MMS_WRITE, "BR", NULL, NULL, OT_EVENT, OT_OP_ALTERS },
	{ OT_MMS_WRITE, "LG", NULL, NULL, OT_EVENT, OT_OP_ALTERS },
};

/* Is the element the last part of the name, or does a part of it follow? */
static bool
has_element(struct ot_text name, const char *element)
{
	size_t len = strlen(element);

	for (size_t i = 0; i + len <= name.len; i++)
		if (memcmp(name.p + i, element, len) == 0 &&
		    (i + len == name.len || name.p[i + len] == '$'))
			return true;
	return false;
}

void
ot_mms_act(struct ot_op *op)
{
	struct ot_text constraint = ot_mms_constraint(op->object.text);

	if (op->object.space != OT_MMS_VARIABLE || !constraint.len)
		return;
	for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++) {
		const struct act *act = &acts[i];

		if (act->service != op->code ||
		    !ot_mms_is(constraint, act->constraint) ||
		    (act->element &&
			!has_element(op->object.text, act->element)))
			continue;
		op->verb = (enum ot_verb)act->verb;
		op->flags |= act->flags;
		if (act->name)
			op->name = act->name;
		return;
	}
}

/* ---- requests */

/* specificationWithResult, then what of the variables. */
static void
read_variables(struct ot_buf b, const struct ot_pdu *pdu, struct ot_op *op)
{
	struct ot_buf with_result, inner;
	struct ot_op pattern = *op;

	ot_ber_optional(&b, 0x80, &with_result);
	inner = ot_ber_get(&b, 0xa1);
	struct ot_mms_access access = ot_mms_access(&inner, pdu);

	while (ot_mms_access_next(&access, pdu, &op->object)) {
		ot_mms_act(op);
		ot_emit_op(pdu, op);
		*op = pattern;
	}
}

/* What was written stays visible; a command with who gave it. */
static void
written(const struct ot_pdu *pdu, const struct ot_op *op, struct ot_buf value)
{
	struct ot_event event = { .kind = "value written",
		.object = op->object };

	if (op->verb == OT_CONTROL) {
		struct ot_text what = ot_mms_command(value, pdu);

		event.kind = "control command";
		event.detail = ot_format(pdu, "%s %.*s", op->name,
		    (int)what.len, (const char *)what.p);
	} else {
		event.detail = ot_mms_value(&value, pdu);
	}
	if (ot_ok(&value))
		ot_emit_event(pdu, &event);
}

/* One value for each variable; for a list as many as it has. */
static void
write_variables(struct ot_buf b, const struct ot_pdu *pdu, struct ot_op *op)
{
	struct ot_mms_access access = ot_mms_access(&b, pdu);
	struct ot_buf values = ot_ber_get(&b, 0xa0);
	struct ot_op pattern = *op;

	while (ot_mms_access_next(&access, pdu, &op->object)) {
		struct ot_buf value = values;

		if (access.named)
			values.left = 0;
		else
			ot_ber_skip(&values);
		ot_mms_act(op);
		if (!ot_ok(&b))
			return;
		ot_emit_op(pdu, op);
		if (value.left)
			written(pdu, op, value);
		*op = pattern;
	}
}

/* Classes of objects; clause 8.2. */
static const char *const classes[] = { "named variables", "scattered accesses",
	"named variable lists", "named types", "semaphores", "event conditions",
	"event actions", "event enrollments", "journals", "domains",
	"program invocations", "operator stations" };

/* Class, then a scope: the device, a domain, or this association. */
static struct ot_text
name_list(struct ot_buf b, const struct ot_pdu *pdu)
{
	struct ot_buf class = ot_ber_get(&b, 0xa0);
	struct ot_buf scope = ot_ber_get(&b, 0xa1);
	uint32_t kind, where;
	int64_t n = ot_ber_int(ot_ber_next(&class, &kind));
	struct ot_text domain = ot_mms_identifier(ot_ber_next(&scope, &where));
	const char *name =
	    kind == 0x80 && n >= 0 &&
		    n < (int64_t)(sizeof(classes) / sizeof(*classes))
		? classes[n]
		: "objects";

	if (where == 0x81)
		return ot_format(pdu, "%s of %.*s", name, (int)domain.len,
		    (const char *)domain.p);
	return ot_text(name);
}

/* [1] ObjectNames, [0] where a service has no scope; none: all of a scope. */
static void
names(struct ot_buf b, const struct ot_pdu *pdu, struct ot_op *op)
{
	struct ot_buf list = b;

	while (b.left && (ot_ber_peek(&b) & 0xfe) != 0xa0)
		ot_ber_skip(&b);
	list.left = 0;
	if (b.left) {
		uint32_t tag;

		list = ot_ber_next(&b, &tag);
	}
	if (!list.left && ot_ok(&b)) {
		op->object.text = ot_text("all");
		ot_emit_op(pdu, op);
	}
	while (list.left) {
		op->object.text = ot_mms_name(&list, pdu);
		if (ot_ok(&list))
			ot_emit_op(pdu, op);
	}
}

static struct ot_text
identifier(struct ot_buf b)
{
	struct ot_buf first = b;

	if (ot_ber_whole(&b) == (int64_t)b.left || ot_ber_peek(&b) == 0x80)
		ot_ber_optional(&b, 0x80, &first);
	return ot_mms_identifier(first);
}

/* A file or an upload by its number: its name where that was seen. */
static void
by_number(struct ot_buf b, const struct ot_pdu *pdu, struct ot_op *op,
    enum ot_mms_transfer_kind kind)
{
	uint32_t id = (uint32_t)ot_ber_uint(b);
	struct ot_mms_transfer *t =
	    ot_mms_transfer_find(pdu, kind, id, ot_text(""));

	if (t) {
		op->object.text = ot_mms_transfer_name(pdu, t);
		t->asked += op->code == OT_MMS_FILE_READ ||
			    op->code == OT_MMS_UPLOAD_SEGMENT;
		return;
	}
	op->object.space =
	    kind == OT_MMS_TRANSFER_FILE ? OT_MMS_FILE_ID : OT_MMS_UPLOAD_ID;
	op->object.n[0] = id;
}

/* A download, of which the server asks for the parts. */
static void
download(struct ot_buf b, const struct ot_pdu *pdu, struct ot_op *op)
{
	struct ot_mms_transfer *t;

	op->object.text = identifier(b);
	t = ot_mms_transfer_find(
	    pdu, OT_MMS_TRANSFER_DOWNLOAD, 0, op->object.text);
	if (t && ot_ok(&b) && op->code == OT_MMS_DOWNLOAD_SEGMENT)
		t->asked++;
}

/* FileName in the field with this tag; empty where there is none. */
static struct ot_text
file_in(struct ot_buf b, const struct ot_pdu *pdu, uint32_t tag)
{
	while (b.left) {
		uint32_t is;
		struct ot_buf value = ot_ber_next(&b, &is);

		if (is == tag)
			return ot_mms_file_name(value, pdu);
	}
	return ot_text("");
}

static struct ot_text
name_in(struct ot_buf b, const struct ot_pdu *pdu, uint32_t tag)
{
	struct ot_buf field = ot_ber_get(&b, tag);

	return ot_mms_name(&field, pdu);
}

/* The object of a request that has one at most. */
static void
object(struct ot_buf b, const struct ot_pdu *pdu, struct ot_op *op,
    enum argument argument)
{
	switch (argument) {
	case ARG_IDENTIFIER:
		op->object.text = identifier(b);
		break;
	case ARG_NAME:
		op->object.text = ot_mms_name(&b, pdu);
		break;
	case ARG_FIRST_NAME:
		op->object.text = name_in(b, pdu, 0xa0);
		break;
	case ARG_RENAME:
		ot_ber_skip(&b);
		op->object.text = name_in(b, pdu, 0xa1);
		break;
	case ARG_FILE:
		op->object.text = ot_mms_file_name(b, pdu);
		break;
	case ARG_FIRST_FILE:
		op->object.text = file_in(b, pdu, 0xa0);
		break;
	case ARG_SECOND_FILE:
		op->object.text = file_in(b, pdu, 0xa1);
		break;
	case ARG_FILE_ID:
		by_number(b, pdu, op, OT_MMS_TRANSFER_FILE);
		break;
	case ARG_UPLOAD_ID:
		by_number(b, pdu, op, OT_MMS_TRANSFER_UPLOAD);
		break;
	case ARG_DOWNLOAD:
		download(b, pdu, op);
		break;
	case ARG_NAME_LIST:
		op->object.text = name_list(b, pdu);
		break;
	case ARG_VARIABLE:
		if (ot_ber_peek(&b) == 0xa0)
			op->object.text = name_in(b, pdu, 0xa0);
		else
			op->object.text = ot_text("by address");
		break;
	default:
		break;
	}
}

/* What a request begins, ends or renames. */
static void
effect(struct ot_buf b, const struct ot_pdu *pdu, const struct ot_op *op)
{
	struct ot_mms_transfer *t;
	struct ot_text to;

	if (op->code == OT_MMS_INITIATE_DOWNLOAD) {
		ot_mms_transfer_open(
		    pdu, OT_MMS_TRANSFER_DOWNLOAD, 0, op->object.text);
	} else if (op->code == OT_MMS_TERMINATE_DOWNLOAD) {
		t = ot_mms_transfer_find(
		    pdu, OT_MMS_TRANSFER_DOWNLOAD, 0, op->object.text);
		if (t)
			ot_mms_transfer_end(pdu, t);
	} else if (op->code == OT_MMS_FILE_RENAME) {
		to = file_in(b, pdu, 0xa1);
		ot_emit_event(pdu, &(struct ot_event){ .kind = "file rename",
				       .detail = to,
				       .object = op->object });
	}
}

void
ot_mms_request(
    struct ot_buf b, const struct ot_pdu *pdu, uint32_t id, uint32_t n)
{
	const struct service *service = service_of(n);
	struct ot_op op = ot_mms_op(id, n);

	op.object.space = service->space;
	if (service->argument == ARG_READ) {
		read_variables(b, pdu, &op);
	} else if (service->argument == ARG_WRITE) {
		write_variables(b, pdu, &op);
	} else if (service->argument == ARG_NAMES) {
		names(b, pdu, &op);
	} else {
		object(b, pdu, &op, (enum argument)service->argument);
		if (!ot_ok(&b))
			return;
		ot_emit_op(pdu, &op);
		effect(b, pdu, &op);
	}
}
