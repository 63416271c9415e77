/*
 * The association: ACSE, ISO 8650-1 (X.227). Who calls whom, how it proves
 * that it may, and how it ends. The first MMS PDUs are its user information.
 */
#include "proto/mms.h"

enum acse {
	AARQ = 0x60, /* associate request */
	AARE = 0x61, /* and its answer */
	RLRQ = 0x62, /* release */
	RLRE = 0x63,
	ABRT = 0x64,
};

enum {
	USER_INFORMATION = 0xbe,
	EXTERNAL = 0x28,
	PASSWORD = 0x80, /* Authentication-value: charstring */
	ACCEPTED = 0,
};

/* What matters of an AARQ or AARE. */
struct association {
	struct ot_buf called, calling; /* AP titles, empty or not */
	struct ot_buf mechanism;
	struct ot_buf value; /* of authentication */
	bool proves;	     /* it has one */
	bool refused;
	uint32_t diagnostic;
};

/* associate-source-diagnostic of the service user; X.227 clause 9.1. */
static const struct ot_name diagnostics[] = {
	{ 1, "no reason given" },
	{ 2, "application context name not supported" },
	{ 3, "calling ap title not recognized" },
	{ 4, "calling ap invocation identifier not recognized" },
	{ 5, "calling ae qualifier not recognized" },
	{ 6, "calling ae invocation identifier not recognized" },
	{ 7, "called ap title not recognized" },
	{ 8, "called ap invocation identifier not recognized" },
	{ 9, "called ae qualifier not recognized" },
	{ 10, "called ae invocation identifier not recognized" },
	{ 11, "authentication mechanism name not recognized" },
	{ 12, "authentication mechanism name required" },
	{ 13, "authentication failure" },
	{ 14, "authentication required" },
	{ 0, NULL },
};

/* id-password: ISO 8650-1 annex B. What IEC 62351-4 adds is not known here. */
static const char password_oid[] = "2.2.3.1";

static struct ot_text
oid(struct ot_buf b, const struct ot_pdu *pdu)
{
	char text[128];
	int len = (int)ot_ber_print_oid(text, sizeof(text), b);

	return ot_format(pdu, "%.*s", len, text);
}

/* AP-title: form 2 is an object identifier; form 1, a name, is left out. */
static struct ot_buf
ap_title(struct ot_buf b)
{
	struct ot_buf title = b;

	title.left = 0;
	ot_ber_optional(&b, OT_BER_OID, &title);
	return title;
}

/* result-source-diagnostic: of the user [1] or the provider [2]. */
static uint32_t
diagnostic(struct ot_buf b)
{
	uint32_t tag;
	struct ot_buf source = ot_ber_next(&b, &tag);
	int64_t n = ot_ber_int(ot_ber_get(&source, OT_BER_INTEGER));

	return tag == 0xa1 ? (uint32_t)n : 0;
}

static void
request_field(struct association *a, uint32_t tag, struct ot_buf value)
{
	switch (tag) {
	case 0xa2:
		a->called = ap_title(value);
		break;
	case 0xa6:
		a->calling = ap_title(value);
		break;
	case 0x8b:
		a->mechanism = value;
		break;
	case 0xac:
		a->value = value;
		a->proves = true;
		break;
	}
}

static void
answer_field(struct association *a, uint32_t tag, struct ot_buf value)
{
	switch (tag) {
	case 0xa2:
		a->refused =
		    ot_ber_int(ot_ber_get(&value, OT_BER_INTEGER)) != ACCEPTED;
		break;
	case 0xa3:
		a->diagnostic = diagnostic(value);
		break;
	case 0xa4:
		a->called = ap_title(value);
		break;
	}
}

static void
mechanism(const struct ot_pdu *pdu, const struct association *a)
{
	struct ot_text name = oid(a->mechanism, pdu);
	bool password = ot_mms_is(name, password_oid);

	ot_emit_security(
	    pdu, OT_S_AUTH, ot_text(password ? "clear" : "unknown"));
	ot_emit_security(pdu, OT_S_AUTH_METHOD,
	    password   ? ot_text("password")
	    : name.len ? name
		       : ot_text("without mechanism"));
}

/* The password itself does not leave; that it is empty does. */
static void
prove(const struct ot_pdu *pdu, struct association *a)
{
	uint32_t tag;

	if (!a->proves) {
		ot_emit_security(pdu, OT_S_AUTH, ot_text("none"));
		return;
	}
	struct ot_buf secret = ot_ber_next(&a->value, &tag);

	mechanism(pdu, a);
	if (tag == PASSWORD && secret.left == 0)
		ot_emit_event(
		    pdu, &(struct ot_event){ .kind = "empty password" });
}

static struct ot_op
associate_op(const struct ot_pdu *pdu, const struct association *a)
{
	struct ot_op op = { .pair = OT_MMS_PAIR_ASSOCIATE,
		.verb = a->proves ? OT_AUTH : OT_SESSION,
		.name = "associate" };

	if (a->called.left)
		op.object = (struct ot_object){ .space = OT_MMS_AP_TITLE,
			.text = oid(a->called, pdu) };
	return op;
}

static void
say_title(const struct ot_pdu *pdu, struct ot_buf title, const char *message)
{
	if (title.left)
		ot_mms_say(pdu, OT_K_NETID, oid(title, pdu), message);
}

static void
say_request(const struct ot_pdu *pdu, struct association *a)
{
	struct ot_op op = associate_op(pdu, a);

	ot_emit_op(pdu, &op);
	say_title(pdu, a->calling, "associate request");
	prove(pdu, a);
}

static void
say_answer(const struct ot_pdu *pdu, const struct association *a)
{
	const struct ot_op *asked = ot_asked(pdu, OT_MMS_PAIR_ASSOCIATE);
	struct ot_reply reply = { .as = associate_op(pdu, a) };

	if (a->refused) {
		reply.error = ot_name(diagnostics, a->diagnostic);
		if (!reply.error)
			reply.error = "rejected";
	}
	if (asked && asked->verb == OT_AUTH)
		ot_emit_event(pdu,
		    &(struct ot_event){ .kind = "login",
			.detail =
			    ot_text(a->refused ? "failed" : "succeeded") });
	ot_emit_reply(pdu, &reply);
	say_title(pdu, a->called, "associate response");
}

/* EXTERNAL: syntax, context, descriptor, then the PDU. */
static void
user_information(struct ot_buf b, const struct ot_pdu *pdu)
{
	while (b.left) {
		struct ot_buf one = ot_ber_get(&b, EXTERNAL);

		while (one.left) {
			uint32_t tag;
			struct ot_buf value = ot_ber_next(&one, &tag);

			if (tag == 0xa0)
				ot_mms_pdu(value, pdu);
		}
	}
}

static void
associate(struct ot_buf b, const struct ot_pdu *pdu, bool request)
{
	struct ot_buf empty = b, user;

	empty.left = 0;
	user = empty;
	struct association a = { .called = empty,
		.calling = empty,
		.mechanism = empty,
		.value = empty };

	while (b.left) {
		uint32_t tag;
		struct ot_buf value = ot_ber_next(&b, &tag);

		if (tag == USER_INFORMATION)
			user = value;
		else if (request)
			request_field(&a, tag, value);
		else
			answer_field(&a, tag, value);
	}
	if (!ot_ok(&b))
		return;
	if (request)
		say_request(pdu, &a);
	else
		say_answer(pdu, &a);
	if (ot_ok(&b))
		user_information(user, pdu);
}

void
ot_mms_abort(const struct ot_pdu *pdu)
{
	ot_emit_op(pdu, &(struct ot_op){ .verb = OT_SESSION,
			    .name = "abort",
			    .flags = OT_OP_NO_ANSWER });
}

void
ot_mms_acse(struct ot_buf b, uint32_t tag, const struct ot_pdu *pdu)
{
	struct ot_op release = { .pair = OT_MMS_PAIR_RELEASE,
		.verb = OT_SESSION,
		.name = "release" };

	switch (tag) {
	case AARQ:
	case AARE:
		associate(b, pdu, tag == AARQ);
		break;
	case RLRQ:
		ot_emit_op(pdu, &release);
		break;
	case RLRE:
		ot_emit_reply(pdu, &(struct ot_reply){ .as = release });
		break;
	case ABRT:
		ot_mms_abort(pdu);
		break;
	}
}
