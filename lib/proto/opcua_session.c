/*
 * What services say of applications, their endpoints and certificates, and of
 * users: OPC 10000-4, clauses 5.5 to 5.7 and 7; the server's own description
 * OPC 10000-5, clauses 6.3 and 12.
 */
#include "base/ber.h"

#include "proto/opcua.h"
#include "proto/x509.h"

/* Encodings of data types in ExtensionObjects. */
enum {
	TOKEN_ANONYMOUS = 321,
	TOKEN_USER = 324,
	TOKEN_CERTIFICATE = 327,
	TOKEN_ISSUED = 940,
	BUILD_INFO = 340,
	SERVER_STATUS = 864,
};

/* Nodes of the server object. */
enum {
	NODE_STATUS = 2256,
	NODE_STATE = 2259,
	NODE_BUILD_INFO = 2260,
	NODE_PRODUCT = 2261,
	NODE_PRODUCT_URI = 2262,
	NODE_VENDOR = 2263,
	NODE_SOFTWARE = 2264,
	NODE_BUILD = 2265,
	NODE_LAST = 2267,
};

enum { APPLICATION_DISCOVERY = 3 };

enum { USER_TOKEN_LAST = 3 }; /* of UserTokenType */

static void
say(const struct ot_pdu *pdu, enum ot_key key, struct ot_text value,
    const char *message)
{
	if (value.len)
		ot_emit_fact(pdu, &(struct ot_fact){ .key = key,
				      .value = value,
				      .message = message,
				      .by = OT_SELF });
}

/* ---- certificates */

void
ot_opcua_certificate(struct ot_buf der, const struct ot_pdu *pdu)
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf all = ot_buf(der.p, der.left, &fault);
	struct ot_certificate is;
	struct ot_text name;
	struct ot_buf first = all;

	ot_ber_skip(&all);
	first.left -= ot_ok(&all) ? all.left : 0;
	if (!der.left || !ot_ok(&all) || !ot_x509_read(&first, pdu, &is, &name))
		return;
	is.by_server = !pdu->to_server;
	ot_emit_certificate(pdu, &is);
	say(pdu, OT_K_NAME, ot_text_trim(name), "certificate");
}

/* ---- applications */

struct application {
	struct ot_text uri, product, name;
	uint32_t type;
};

/* ApplicationDescription */
static struct application
application(struct ot_buf *b)
{
	struct application a = { .uri = ot_opcua_text(b) };

	a.product = ot_opcua_text(b);
	a.name = ot_opcua_localized(b);
	a.type = ot_u32le(b);
	ot_opcua_skip(b, "ss[s]"); /* gateway, profile, discovery URLs */
	return a;
}

static void
say_application(
    const struct ot_pdu *pdu, const struct application *a, const char *message)
{
	say(pdu, OT_K_APP, a->uri, message);
	say(pdu, OT_K_PRODUCT, a->product, message);
	say(pdu, OT_K_NAME, a->name, message);
}

/* A discovery server tells of others too; of those only their own word
 * counts. */
void
ot_opcua_found_servers(
    struct ot_buf *b, const struct ot_pdu *pdu, struct ot_opcua_state *state)
{
	uint32_t count = ot_opcua_count(b);

	(void)state;
	for (uint32_t i = 0; i < count && ot_ok(b); i++) {
		struct application a = application(b);

		if (ot_ok(b) && (count == 1 || a.type == APPLICATION_DISCOVERY))
			say_application(pdu, &a, "find servers");
	}
}

/* RegisteredServer: the server itself speaks, as a client. */
void
ot_opcua_register_server(
    struct ot_buf *b, const struct ot_pdu *pdu, struct ot_opcua_state *state)
{
	struct application a = { .uri = ot_opcua_text(b) };

	(void)state;
	a.product = ot_opcua_text(b);
	for (uint32_t n = ot_opcua_count(b); n && ot_ok(b); n--)
		a.name = ot_opcua_localized(b);
	if (ot_ok(b))
		say_application(pdu, &a, "register server");
}

/* ---- endpoints */

static const char *
token_name(uint32_t type)
{
	static const char *const names[] = { "anonymous", "user name",
		"certificate", "issued token" };

	return type < sizeof(names) / sizeof(*names) ? names[type] : "unknown";
}

/* UserTokenPolicy[]: who may log on, and how. */
static struct ot_text
token_policies(struct ot_buf *b, const struct ot_pdu *pdu)
{
	uint32_t count = ot_opcua_count(b);
	struct ot_text all = ot_text("");
	uint32_t seen = 0;

	for (; count && ot_ok(b); count--) {
		uint32_t type;

		ot_opcua_skip(b, "s"); /* policy id */
		type = ot_u32le(b);
		ot_opcua_skip(b, "sss"); /* of the issued token, policy */
		if (type > USER_TOKEN_LAST || seen >> type & 1)
			continue;
		seen |= 1U << type;
		all = ot_format(pdu, "%.*s%s%s", (int)all.len,
		    (const char *)all.p, all.len ? ", " : "", token_name(type));
	}
	return all;
}

/* What stands behind '#' of a policy's URI. */
static struct ot_text
policy_name(struct ot_text uri)
{
	for (size_t i = uri.len; i; i--)
		if (uri.p[i - 1] == '#')
			return (
			    struct ot_text){ uri.p + i, uri.len - i, OT_UTF8 };
	return uri;
}

/* EndpointDescription[] */
void
ot_opcua_endpoints(
    struct ot_buf *b, const struct ot_pdu *pdu, struct ot_opcua_state *state)
{
	static const char *const modes[] = { "invalid mode", "no security",
		"sign", "sign and encrypt" };
	struct ot_buf before = { .left = 0 };

	(void)state;
	for (uint32_t n = ot_opcua_count(b); n && ot_ok(b); n--) {
		struct ot_text url = ot_opcua_text(b);
		struct application a = application(b);
		struct ot_buf certificate = ot_opcua_bytes(b);
		uint32_t mode = ot_u32le(b);
		struct ot_text policy = policy_name(ot_opcua_text(b));
		struct ot_text tokens = token_policies(b, pdu);

		ot_opcua_skip(b, "s1"); /* transport profile, level */
		if (!ot_ok(b))
			return;
		say(pdu, OT_K_URL, url, "endpoint");
		say_application(pdu, &a, "endpoint");
		say(pdu, OT_K_PROTECTION,
		    ot_format(pdu, "endpoint %.*s, %s: %.*s", (int)policy.len,
			(const char *)policy.p,
			modes[mode < sizeof(modes) / sizeof(*modes) ? mode : 0],
			(int)tokens.len, (const char *)tokens.p),
		    "endpoint");
		if (certificate.left != before.left ||
		    (before.left &&
			memcmp(certificate.p, before.p, before.left) != 0))
			ot_opcua_certificate(certificate, pdu);
		before = certificate;
	}
}

/* ---- sessions */

void
ot_opcua_open_request(
    struct ot_buf *b, const struct ot_pdu *pdu, struct ot_opcua_state *state)
{
	(void)pdu;
	ot_skip(b, 8); /* version, issue or renew */
	uint32_t mode = ot_u32le(b);

	if (ot_ok(b) && mode >= OT_OPCUA_MODE_NONE &&
	    mode <= OT_OPCUA_MODE_ENCRYPT)
		state->mode = (uint8_t)mode;
}

void
ot_opcua_create_session(
    struct ot_buf *b, const struct ot_pdu *pdu, struct ot_opcua_state *state)
{
	struct application a = application(b);

	(void)state;
	ot_opcua_skip(b, "ssss"); /* server, endpoint, session, nonce */
	struct ot_buf certificate = ot_opcua_bytes(b);
	ot_skip(b, 8 + 4); /* timeout, size of responses */
	if (!ot_ok(b))
		return;
	say_application(pdu, &a, "create session");
	ot_opcua_certificate(certificate, pdu);
}

void
ot_opcua_session_created(
    struct ot_buf *b, const struct ot_pdu *pdu, struct ot_opcua_state *state)
{
	ot_opcua_skip(b, "nn8s"); /* ids, timeout, nonce */
	struct ot_buf certificate = ot_opcua_bytes(b);

	if (ot_ok(b))
		ot_opcua_certificate(certificate, pdu);
	ot_opcua_endpoints(b, pdu, state);
}

static bool
contains(struct ot_text t, const char *what)
{
	size_t len = strlen(what);

	for (size_t i = 0; i + len <= t.len; i++)
		if (memcmp(t.p + i, what, len) == 0)
			return true;
	return false;
}

/* How well a secret is kept that is encrypted by this algorithm. */
static struct ot_text
strength(struct ot_text algorithm)
{
	return ot_text(!algorithm.len			? "clear"
		       : contains(algorithm, "rsa-1_5") ? "weak"
							: "strong");
}

/* Nothing of a secret leaves, but whether there is one. */
static void
user_token(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_text user, algorithm;
	bool empty;

	ot_opcua_skip(b, "s"); /* policy id */
	user = ot_opcua_text(b);
	empty = !ot_opcua_bytes(b).left; /* the password */
	algorithm = ot_opcua_text(b);
	if (!ot_ok(b))
		return;
	ot_emit_security(pdu, OT_S_AUTH, strength(algorithm));
	ot_emit_security(pdu, OT_S_AUTH_METHOD,
	    ot_text(empty ? "user name, empty password" : "user name"));
	if (user.len)
		ot_emit_security(pdu, OT_S_USER, user);
}

static void
certificate_token(struct ot_buf *b, const struct ot_pdu *pdu)
{
	ot_opcua_skip(b, "s");
	struct ot_buf certificate = ot_opcua_bytes(b);

	if (!ot_ok(b))
		return;
	ot_emit_security(pdu, OT_S_AUTH, ot_text("strong"));
	ot_emit_security(pdu, OT_S_AUTH_METHOD, ot_text("user certificate"));
	ot_opcua_certificate(certificate, pdu);
}

static void
issued_token(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_text algorithm;

	ot_opcua_skip(b, "ss"); /* policy id, the token */
	algorithm = ot_opcua_text(b);
	if (!ot_ok(b))
		return;
	ot_emit_security(pdu, OT_S_AUTH, strength(algorithm));
	ot_emit_security(pdu, OT_S_AUTH_METHOD, ot_text("issued token"));
}

void
ot_opcua_activate_session(
    struct ot_buf *b, const struct ot_pdu *pdu, struct ot_opcua_state *state)
{
	struct ot_opcua_node type;

	ot_opcua_skip(b, "ss[ss][s]"); /* signature, certificates, locales */
	struct ot_buf token = ot_opcua_extension(b, &type);
	ot_opcua_skip(b, "ss"); /* the token's signature */
	if (!ot_ok(b))
		return;
	state->token = OT_OPCUA_TOKEN_OTHER;
	if (ot_opcua_is(&type, TOKEN_USER)) {
		state->token = OT_OPCUA_TOKEN_USER;
		user_token(&token, pdu);
	} else if (ot_opcua_is(&type, TOKEN_CERTIFICATE)) {
		state->token = OT_OPCUA_TOKEN_CERTIFICATE;
		certificate_token(&token, pdu);
	} else if (ot_opcua_is(&type, TOKEN_ISSUED)) {
		state->token = OT_OPCUA_TOKEN_ISSUED;
		issued_token(&token, pdu);
	} else if (ot_opcua_is(&type, TOKEN_ANONYMOUS) ||
		   ot_opcua_is(&type, 0)) {
		state->token = OT_OPCUA_TOKEN_ANONYMOUS;
		ot_emit_security(pdu, OT_S_AUTH, ot_text("none"));
		ot_emit_security(pdu, OT_S_AUTH_METHOD, ot_text("anonymous"));
	} else {
		ot_emit_security(pdu, OT_S_AUTH, ot_text("unknown"));
	}
}

void
ot_opcua_logged_on(
    const struct ot_pdu *pdu, const struct ot_opcua_state *state, bool refused)
{
	static const char *const how[] = {
		[OT_OPCUA_TOKEN_UNSEEN] = "",
		[OT_OPCUA_TOKEN_OTHER] = ", unknown token",
		[OT_OPCUA_TOKEN_ANONYMOUS] = ", anonymous",
		[OT_OPCUA_TOKEN_USER] = ", user name",
		[OT_OPCUA_TOKEN_CERTIFICATE] = ", certificate",
		[OT_OPCUA_TOKEN_ISSUED] = ", issued token",
	};

	if (state->token > OT_OPCUA_TOKEN_ANONYMOUS || refused)
		ot_emit_event(pdu, &(struct ot_event){ .kind = "login",
				       .detail = ot_format(pdu, "%s%s",
					   refused ? "failed" : "succeeded",
					   how[state->token]) });
}

/* ---- the server object */

bool
ot_opcua_is_identity(uint32_t node)
{
	return node >= NODE_STATUS && node <= NODE_LAST;
}

static void
build_info(struct ot_buf *b, const struct ot_pdu *pdu)
{
	static const enum ot_key keys[] = { OT_K_PRODUCT, OT_K_VENDOR,
		OT_K_PRODUCT, OT_K_SOFTWARE, OT_K_REVISION };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		say(pdu, keys[i], ot_opcua_text(b), "build info");
	ot_skip(b, 8); /* its date */
}

static void
state_fact(const struct ot_pdu *pdu, uint32_t n)
{
	static const char *const states[] = { "running", "failed",
		"no configuration", "suspended", "shutdown", "test",
		"communication fault", "unknown" };

	if (n < sizeof(states) / sizeof(*states))
		say(pdu, OT_K_STATE, ot_text(states[n]), "server status");
}

static void
structure(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_opcua_node type;
	struct ot_buf body = ot_opcua_extension(b, &type);

	if (ot_opcua_is(&type, SERVER_STATUS)) {
		ot_skip(&body, 16); /* start, current time */
		state_fact(pdu, ot_u32le(&body));
		build_info(&body, pdu);
	} else if (ot_opcua_is(&type, BUILD_INFO)) {
		build_info(&body, pdu);
	}
}

static enum ot_key
key_of(uint32_t node)
{
	return node == NODE_VENDOR     ? OT_K_VENDOR
	       : node == NODE_SOFTWARE ? OT_K_SOFTWARE
	       : node == NODE_BUILD    ? OT_K_REVISION
				       : OT_K_PRODUCT;
}

void
ot_opcua_identity(
    const struct ot_pdu *pdu, uint32_t node, struct ot_buf variant)
{
	enum { INT32 = 6, STRING = 12, EXTENSION = 22 };
	uint8_t type = ot_u8(&variant);

	if (type == EXTENSION)
		structure(&variant, pdu);
	else if (type == INT32 && node == NODE_STATE)
		state_fact(pdu, ot_u32le(&variant));
	else if (type == STRING && node >= NODE_PRODUCT && node <= NODE_BUILD)
		say(pdu, key_of(node), ot_opcua_text(&variant), "build info");
}
