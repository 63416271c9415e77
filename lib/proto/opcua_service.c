/*
 * The services of OPC UA: OPC 10000-4, their encodings OPC 10000-6 annex C.
 */
#include "proto/opcua.h"

enum { OBJECT_TEXT = 1 }; /* the only space: opcua.c */

enum {
	ITEMS = 64, /* operations of one message; the rest is one more */
	ARGUMENTS = 8,
	ATTRIBUTE_VALUE = 13,
	SERVICE_FAULT = 397,
	READ = 631,
	WRITE = 673,
	CALL = 712,
	ACTIVATE_SESSION = 467,
	PUBLISH = 826,
	ADD_NODES = 488,
	STATE_CHANGE = 12886, /* RequestServerStateChange of the server, */
	STATE_CHANGE_OF_TYPE = 12883,
	STATE_CHANGE_METHOD = 12888,
};

/* What the arrays of a service hold, in the letters of ot_opcua_skip. Those of
 * requests have more: N the node that it is about, P its parent, M the method,
 * A the attribute, D the DataValue, V the arguments, H an ExtensionObject that
 * begins with the node. Those of results begin with their StatusCode, a 4,
 * or are DataValues. */
static const struct service {
	uint32_t request, response;
	const char *name;
	uint8_t verb, flags;
	const char *before; /* of the items */
	const char *item;   /* NULL: none that are told apart */
	const char *result;
	ot_opcua_reader *asks, *answers;
} services[] = {
	{ 410, 413, "test stack", OT_DIAGNOSE, 0, "", NULL, NULL, NULL, NULL },
	{ 416, 419, "test stack extended", OT_DIAGNOSE, 0, "", NULL, NULL, NULL,
	    NULL },
	{ 422, 425, "find servers", OT_IDENTIFY, 0, "", NULL, NULL, NULL,
	    ot_opcua_found_servers },
	{ 428, 431, "get endpoints", OT_IDENTIFY, 0, "", NULL, NULL, NULL,
	    ot_opcua_endpoints },
	{ 437, 440, "register server", OT_NAME, OT_OP_ALTERS, "", NULL, NULL,
	    ot_opcua_register_server, NULL },
	{ 446, 449, "open secure channel", OT_SESSION, 0, "", NULL, NULL,
	    ot_opcua_open_request, NULL },
	{ 452, 455, "close secure channel", OT_SESSION, OT_OP_NO_ANSWER, "",
	    NULL, NULL, NULL, NULL },
	{ 461, 464, "create session", OT_SESSION, 0, "", NULL, NULL,
	    ot_opcua_create_session, ot_opcua_session_created },
	{ 467, 470, "activate session", OT_AUTH, 0, "", NULL, NULL,
	    ot_opcua_activate_session, NULL },
	{ 473, 476, "close session", OT_SESSION, 0, "", NULL, NULL, NULL,
	    NULL },
	{ 479, 482, "cancel", OT_SESSION, 0, "", NULL, NULL, NULL, NULL },
	{ 488, 491, "add nodes", OT_WRITE, 0, "", "PnNq4en", "4n", NULL, NULL },
	{ 494, 497, "add references", OT_WRITE, 0, "", "Nn1sn4", "4", NULL,
	    NULL },
	{ 500, 503, "delete nodes", OT_WRITE, 0, "", "N1", "4", NULL, NULL },
	{ 506, 509, "delete references", OT_WRITE, 0, "", "Nn1n1", "4", NULL,
	    NULL },
	{ 527, 530, "browse", OT_IDENTIFY, 0, "n844", "N4n144", "4s[n1nql4n]",
	    NULL, NULL },
	{ 533, 536, "browse next", OT_IDENTIFY, 0, "", NULL, "4s[n1nql4n]",
	    NULL, NULL },
	{ 554, 557, "translate browse paths", OT_IDENTIFY, 0, "", "N[n11q]",
	    "4[n4]", NULL, NULL },
	{ 560, 563, "register nodes", OT_SESSION, 0, "", "N", NULL, NULL,
	    NULL },
	{ 566, 569, "unregister nodes", OT_SESSION, 0, "", "N", NULL, NULL,
	    NULL },
	{ 615, 618, "query first", OT_READ, 0, "", NULL, NULL, NULL, NULL },
	{ 621, 624, "query next", OT_READ, 0, "", NULL, NULL, NULL, NULL },
	{ 631, 634, "read", OT_READ, 0, "84", "NAsq", "d", NULL, NULL },
	{ 664, 667, "history read", OT_READ, 0, "e41", "Nsqs", "4se", NULL,
	    NULL },
	{ 673, 676, "write", OT_WRITE, 0, "", "NAsD", "4", NULL, NULL },
	{ 700, 703, "history update", OT_WRITE, 0, "", "H", "4[4][i]", NULL,
	    NULL },
	{ 712, 715, "call", OT_CONTROL, 0, "", "NMV", "4[4][i][v]", NULL,
	    NULL },
	{ 751, 754, "create monitored items", OT_READ, 0, "44", "NAsq448e41",
	    "4484e", NULL, NULL },
	{ 763, 766, "modify monitored items", OT_READ, 0, "", NULL, "484e",
	    NULL, NULL },
	{ 769, 772, "set monitoring mode", OT_READ, 0, "", NULL, "4", NULL,
	    NULL },
	{ 775, 778, "set triggering", OT_READ, 0, "", NULL, "4", NULL, NULL },
	{ 781, 784, "delete monitored items", OT_READ, 0, "", NULL, "4", NULL,
	    NULL },
	{ 787, 790, "create subscription", OT_READ, 0, "", NULL, NULL, NULL,
	    NULL },
	{ 793, 796, "modify subscription", OT_READ, 0, "", NULL, NULL, NULL,
	    NULL },
	{ 799, 802, "set publishing mode", OT_READ, 0, "", NULL, "4", NULL,
	    NULL },
	/* Answered when there is news, which may be never. */
	{ 826, 829, "publish", OT_READ, OT_OP_NO_ANSWER, "", NULL, NULL, NULL,
	    NULL },
	{ 832, 835, "republish", OT_READ, 0, "", NULL, NULL, NULL, NULL },
	{ 841, 844, "transfer subscriptions", OT_READ, 0, "", NULL, "4[4]",
	    NULL, NULL },
	{ 847, 850, "delete subscriptions", OT_READ, 0, "", NULL, "4", NULL,
	    NULL },
	{ 12208, 12209, "find servers on network", OT_IDENTIFY, 0, "", NULL,
	    NULL, NULL, NULL },
	{ 12211, 12212, "register server", OT_NAME, OT_OP_ALTERS, "", NULL,
	    NULL, ot_opcua_register_server, NULL },
};

static const struct service fault = { 0, SERVICE_FAULT, "service fault",
	OT_UNKNOWN, 0, "", NULL, NULL, NULL, NULL };

static const struct service unknown = { 0, 0, "unknown service", OT_UNKNOWN, 0,
	"", NULL, NULL, NULL, NULL };

static const struct service *
service_of(uint32_t type, bool response)
{
	for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++)
		if (type ==
		    (response ? services[i].response : services[i].request))
			return &services[i];
	return NULL;
}

bool
ot_opcua_is_request(uint32_t type)
{
	return service_of(type, false);
}

bool
ot_opcua_is_response(uint32_t type)
{
	return type == SERVICE_FAULT || service_of(type, true);
}

/* What is being read, for the functions below. */
struct reading {
	const struct ot_pdu *pdu;
	struct ot_opcua_state *state;
	const struct ot_opcua_message *message;
	const struct service *service;
};

static struct ot_op
op_of(const struct reading *r)
{
	return (struct ot_op){ .pair = r->message->pair,
		.verb = (enum ot_verb)r->service->verb,
		.name = r->service->name,
		.has_code = true,
		.code = r->service->request ? r->service->request
					    : r->message->type,
		.flags = r->service->flags };
}

/* ---- requests */

struct item {
	struct ot_opcua_node node, parent, method;
	uint32_t attribute; /* 0: the service is about no attribute */
	struct ot_opcua_data data;
	struct ot_buf arguments;
};

static void
extended(struct ot_buf *b, struct item *item)
{
	struct ot_opcua_node type;
	struct ot_buf body = ot_opcua_extension(b, &type);

	item->node = ot_opcua_node(&body);
}

static struct ot_buf
arguments(struct ot_buf *b)
{
	struct ot_buf from = *b;

	ot_opcua_skip(b, "[v]");
	from.left = ot_ok(b) ? from.left - b->left : 0;
	return from;
}

static void
read_item(struct ot_buf *b, const char *shape, struct item *item)
{
	while (*shape && ot_ok(b)) {
		switch (*shape) {
		case 'N':
			item->node = ot_opcua_node(b);
			break;
		case 'P':
			item->parent = ot_opcua_node(b);
			break;
		case 'M':
			item->method = ot_opcua_node(b);
			break;
		case 'A':
			item->attribute = ot_u32le(b);
			break;
		case 'D':
			item->data = ot_opcua_data(b);
			break;
		case 'V':
			item->arguments = arguments(b);
			break;
		case 'H':
			extended(b, item);
			break;
		default:
			shape = ot_opcua_skip_one(b, shape);
			continue;
		}
		shape++;
	}
}

/* Attributes that say who may do what; OPC 10000-3, clause 5: WriteMask and
 * UserWriteMask, AccessLevel and UserAccessLevel, Executable and
 * UserExecutable, RolePermissions to AccessLevelEx. */
static bool
grants(uint32_t attribute)
{
	return attribute == 6 || attribute == 7 || attribute == 17 ||
	       attribute == 18 || attribute == 21 || attribute == 22 ||
	       (attribute >= 24 && attribute <= 27);
}

static bool
changes_state(const struct ot_opcua_node *method)
{
	return ot_opcua_is(method, STATE_CHANGE) ||
	       ot_opcua_is(method, STATE_CHANGE_OF_TYPE) ||
	       ot_opcua_is(method, STATE_CHANGE_METHOD);
}

/* Some operations are what their node makes of them. */
static void
specialise(struct ot_op *op, const struct item *item)
{
	const struct ot_opcua_node *node = &item->node;

	if (op->code == READ && node->id == OT_OPCUA_NUMBER && !node->ns &&
	    ot_opcua_is_identity(node->number)) {
		op->verb = OT_IDENTIFY;
	} else if (op->code == WRITE && grants(item->attribute)) {
		op->verb = OT_AUTH;
		op->flags |= OT_OP_ALTERS;
	} else if (op->code == CALL && changes_state(&item->method)) {
		op->verb = OT_MODE;
	}
}

/* A node that is to be added may leave its number to the server. */
static bool
is_null(const struct ot_opcua_node *node)
{
	return node->id == OT_OPCUA_NUMBER && !node->number;
}

static void
aim(struct ot_op *op, const struct ot_pdu *pdu, const struct item *item)
{
	bool below = op->code == ADD_NODES && is_null(&item->node);
	struct ot_text node =
	    ot_opcua_node_text(pdu, below ? &item->parent : &item->node);

	op->object.space = OBJECT_TEXT;
	if (op->code == CALL) {
		struct ot_text method = ot_opcua_node_text(pdu, &item->method);

		op->object.text = ot_format(pdu, "call %.*s on %.*s",
		    (int)method.len, (const char *)method.p, (int)node.len,
		    (const char *)node.p);
	} else if (item->attribute && item->attribute != ATTRIBUTE_VALUE) {
		op->object.text = ot_format(pdu, "%.*s attribute %u",
		    (int)node.len, (const char *)node.p, item->attribute);
	} else {
		op->object.text = node;
	}
}

static struct ot_text
argument_list(const struct ot_pdu *pdu, struct ot_buf list)
{
	uint32_t count = ot_opcua_count(&list);
	struct ot_text all = ot_text(count ? "arguments" : "no arguments");

	for (uint32_t i = 0; i < count && i < ARGUMENTS && ot_ok(&list); i++) {
		struct ot_text value = ot_opcua_value(list, pdu);

		all = ot_format(pdu, "%.*s%s %.*s", (int)all.len,
		    (const char *)all.p, i ? "," : "", (int)value.len,
		    (const char *)value.p);
		ot_opcua_skip(&list, "v");
	}
	return all;
}

/* What is written and called with. A client that writes without end would
 * leave no room for other events: the first are told, then that there are
 * more. */
static void
say_values(
    const struct reading *r, const struct ot_op *op, const struct item *item)
{
	struct ot_event event = { .kind = op->code == WRITE ? "value written"
					  : op->verb == OT_MODE
					      ? "mode change"
					      : "control command",
		.object = op->object };

	if ((op->code != WRITE && op->code != CALL) ||
	    r->state->values > OT_OPCUA_VALUES)
		return;
	if (r->state->values++ == OT_OPCUA_VALUES) {
		event.kind = "value written";
		event.detail = ot_text("further values are not kept");
		event.object = (struct ot_object){ 0 };
	} else if (op->code == CALL) {
		event.detail = argument_list(r->pdu, item->arguments);
	} else {
		event.detail = item->data.has_value
				   ? ot_opcua_value(item->data.value, r->pdu)
				   : ot_text("no value");
	}
	ot_emit_event(r->pdu, &event);
}

static void
remember_read(const struct reading *r, const struct item *item, uint32_t i)
{
	struct ot_opcua_state *state = r->state;

	if (item->attribute != ATTRIBUTE_VALUE)
		return;
	state->reads[state->next_read] = (struct ot_opcua_read){
		.pair = r->message->pair, .item = i, .node = item->node.number
	};
	state->next_read = (uint8_t)((state->next_read + 1) % OT_OPCUA_READS);
}

/* One operation an item, as many as have room; the others are one more, with
 * the verb of the worst of them. */
static void
request_items(struct ot_buf *b, const struct reading *r)
{
	uint32_t count = ot_opcua_count(b);
	struct ot_op rest = op_of(r);

	if (!count)
		ot_emit_op(r->pdu, &rest);
	for (uint32_t i = 0; i < count && ot_ok(b); i++) {
		struct ot_op op = op_of(r);
		struct item item = { 0 };

		read_item(b, r->service->item, &item);
		if (!ot_ok(b))
			return;
		specialise(&op, &item);
		if (op.verb == OT_IDENTIFY && op.code == READ)
			remember_read(r, &item, i);
		if (i >= ITEMS) {
			rest.verb = op.verb < rest.verb ? op.verb : rest.verb;
			rest.flags |= op.flags;
			continue;
		}
		aim(&op, r->pdu, &item);
		ot_emit_op(r->pdu, &op);
		say_values(r, &op, &item);
	}
	if (count > ITEMS) {
		rest.object.space = OBJECT_TEXT;
		rest.object.text =
		    ot_format(r->pdu, "more:%u", count - (uint32_t)ITEMS);
		ot_emit_op(r->pdu, &rest);
	}
}

static void
remember_publish(const struct reading *r)
{
	struct ot_opcua_state *state = r->state;

	state->publishes[state->next_publish] = r->message->pair;
	state->next_publish =
	    (uint8_t)((state->next_publish + 1) % OT_OPCUA_PUBLISHES);
}

static bool
is_publish(const struct ot_opcua_state *state, uint64_t pair)
{
	for (unsigned i = 0; i < OT_OPCUA_PUBLISHES; i++)
		if (state->publishes[i] == pair)
			return true;
	return false;
}

static void
request(struct ot_buf *b, const struct reading *r)
{
	struct ot_op op = op_of(r);

	if (r->message->whole)
		ot_opcua_skip(b, "n844s4e"); /* RequestHeader */
	if (!ot_ok(b))
		return;
	if (r->service->item && r->message->whole) {
		ot_opcua_skip(b, r->service->before);
		request_items(b, r);
		return;
	}
	ot_emit_op(r->pdu, &op);
	if (op.code == PUBLISH)
		remember_publish(r);
	if (r->service->asks && r->message->whole)
		r->service->asks(b, r->pdu, r->state);
}

/* ---- responses */

static void
say_identity(const struct reading *r, uint32_t item, struct ot_opcua_data data)
{
	for (unsigned i = 0; i < OT_OPCUA_READS; i++) {
		struct ot_opcua_read *read = &r->state->reads[i];

		if (read->pair != r->message->pair || read->item != item)
			continue;
		read->pair = 0;
		if (data.has_value && !ot_opcua_refuses(data.status))
			ot_opcua_identity(r->pdu, read->node, data.value);
	}
}

/* The status of a result, whose other fields are read over. */
static uint32_t
read_result(struct ot_buf *b, const struct reading *r, uint32_t i)
{
	struct ot_opcua_data data;
	uint32_t status;

	if (*r->service->result == 'd') {
		data = ot_opcua_data(b);
		if (ot_ok(b) && r->service->request == READ)
			say_identity(r, i, data);
		return data.status;
	}
	status = ot_u32le(b);
	ot_opcua_skip(b, r->service->result + 1);
	return status;
}

static void
refuse(struct ot_reply *reply, uint32_t status)
{
	reply->error = ot_opcua_status(status);
	reply->error_code = ot_opcua_refuses(status) ? status : 0;
}

/* Each result by itself. Those that had no room for an operation of their own
 * answer the one that stands for them, with their first error. */
static void
say_each(struct ot_buf *b, const struct reading *r, struct ot_reply *reply,
    uint32_t count)
{
	uint32_t first = 0;

	for (uint32_t i = 0; i < count && ot_ok(b); i++) {
		uint32_t status = read_result(b, r, i);

		if (i < ITEMS) {
			reply->item = i + 1;
			refuse(reply, status);
			ot_emit_reply(r->pdu, reply);
		} else if (ot_opcua_refuses(status) && !first) {
			first = status;
		}
	}
	if (count > ITEMS) {
		reply->item = ITEMS + 1;
		refuse(reply, first);
		ot_emit_reply(r->pdu, reply);
	}
}

/* Results answer the items one by one. Where all are good, or the items are no
 * operations of their own, or nobody saw them, they are one answer. */
static void
results(struct ot_buf *b, const struct reading *r, struct ot_reply *reply)
{
	uint32_t count = ot_opcua_count(b);
	uint32_t first = 0;
	struct ot_buf items = *b;

	for (uint32_t i = 0; i < count && ot_ok(b); i++) {
		uint32_t status = read_result(b, r, i);

		if (ot_opcua_refuses(status) && !first)
			first = status;
	}
	if (!ot_ok(b))
		return;
	if (!first || !r->service->item || !ot_asked(r->pdu, reply->as.pair)) {
		refuse(reply, first);
		ot_emit_reply(r->pdu, reply);
		return;
	}
	say_each(&items, r, reply, count);
}

/* ResponseHeader: time, handle, result, and what explains it. */
static uint32_t
response_header(struct ot_buf *b)
{
	uint32_t result;

	ot_opcua_skip(b, "84");
	result = ot_u32le(b);
	ot_opcua_skip(b, "i[s]e");
	return result;
}

uint32_t
ot_opcua_result(struct ot_buf body, uint32_t type)
{
	if (!ot_opcua_is_response(type))
		return 0;
	ot_opcua_skip(&body, "84");
	return ot_u32le(&body);
}

static void
response(struct ot_buf *b, const struct reading *r)
{
	uint32_t result =
	    r->message->whole ? response_header(b) : r->message->result;
	bool refused = ot_opcua_refuses(result);
	struct ot_reply reply = { .as = op_of(r) };

	if (!ot_ok(b))
		return;
	refuse(&reply, result);
	if (r->service->request == ACTIVATE_SESSION)
		ot_opcua_logged_on(r->pdu, r->state, refused);
	if (!refused && r->service->flags & OT_OP_NO_ANSWER)
		return;
	if (!refused && r->service->result && r->message->whole) {
		results(b, r, &reply);
		return;
	}
	ot_emit_reply(r->pdu, &reply);
	if (!refused && r->service->answers && r->message->whole)
		r->service->answers(b, r->pdu, r->state);
}

/* A fault does not say of what. */
static const struct service *
answered(
    const struct ot_opcua_state *state, const struct ot_opcua_message *message)
{
	if (message->type != SERVICE_FAULT)
		return service_of(message->type, true);
	return is_publish(state, message->pair) ? service_of(PUBLISH, false)
						: &fault;
}

void
ot_opcua_message(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_opcua_message *message)
{
	struct ot_opcua_state *state = ot_state(pdu);
	/* A server says nothing that nobody asked for. */
	bool answers = ot_opcua_is_response(message->type) ||
		       (!pdu->to_server && !ot_opcua_is_request(message->type));
	const struct service *service = answers
					    ? answered(state, message)
					    : service_of(message->type, false);
	struct reading r = { pdu, state, message,
		service ? service : &unknown };

	if (answers)
		response(b, &r);
	else
		request(b, &r);
}
