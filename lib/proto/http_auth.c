/*
 * Credentials and challenges of HTTP: RFC 7617 (Basic), RFC 7616 (Digest),
 * RFC 6750 (Bearer), RFC 4559 (Negotiate). Of what is secret nothing leaves.
 */
#include "proto/http_auth.h"

static int
base64_digit(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

/* RFC 4648 section 4, up to the first character that is not of it. */
static struct ot_text
base64(const struct ot_pdu *pdu, struct ot_text t)
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = ot_buf(t.p, t.len, &fault);
	uint8_t *out = ot_scratch(pdu, t.len / 4 * 3 + 3);
	size_t len = 0;
	uint32_t bits = 0;

	if (!out)
		return ot_text("");
	for (int count = 0; base64_digit(ot_peek(&b, 0)) >= 0;) {
		bits = bits << 6 | (uint32_t)base64_digit(ot_u8(&b));
		count += 6;
		if (count >= 8) {
			count -= 8;
			out[len++] = (uint8_t)(bits >> count);
		}
	}
	return (struct ot_text){ out, len, OT_UTF8 };
}

/* A token of NTLM or Kerberos, for the protocols over "http". */
static void
hand_token(const struct ot_pdu *pdu, struct ot_text t)
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_text token = base64(pdu, t);
	struct ot_buf b = ot_buf(token.p, token.len, &fault);

	if (token.len)
		ot_hand(pdu, "http", &b);
}

/* The value of a parameter: name="value" or name=value. */
static struct ot_text
parameter(struct ot_text t, const char *name)
{
	struct ot_text value =
	    ot_http_rest(t, ot_http_find(t, name) + strlen(name));

	if (ot_http_starts(value, "\"")) {
		value = ot_http_rest(value, 1);
		return ot_http_cut(value, ot_http_find(value, "\""));
	}
	return ot_http_cut(value, ot_http_find(value, ","));
}

static void
say_user(const struct ot_pdu *pdu, struct ot_text user)
{
	user = ot_text_trim(user);
	if (user.len)
		ot_emit_security(pdu, OT_S_USER, user);
}

static const struct scheme {
	const char *name;
	const char *strength;
} schemes[] = {
	{ "basic", "clear" },
	{ "digest", "weak" },
	{ "ntlm", "weak" },
	{ "bearer", "clear" },
	{ "negotiate", "unknown" },
	{ NULL, "unknown" },
};

/* Credentials; only the user of Basic and Digest leaves. */
void
ot_http_credentials(const struct ot_pdu *pdu, struct ot_text t)
{
	struct ot_text name = ot_http_cut(t, ot_http_find(t, " "));
	struct ot_text rest = ot_http_after(t, name.len);
	const struct scheme *s = schemes;

	if (t.len == 0)
		return;
	while (s->name && !ot_http_is(name, s->name))
		s++;
	ot_emit_security(pdu, OT_S_AUTH, ot_text(s->strength));
	if (!s->name)
		return;
	ot_emit_security(pdu, OT_S_AUTH_METHOD, ot_text(s->name));
	if (ot_http_is(name, "basic")) {
		struct ot_text pair = base64(pdu, rest);

		say_user(pdu, ot_http_cut(pair, ot_http_find(pair, ":")));
	} else if (ot_http_is(name, "digest")) {
		say_user(pdu, parameter(rest, "username="));
	} else if (!ot_http_is(name, "bearer")) {
		hand_token(pdu, rest);
	}
}

struct ot_text
ot_http_challenge(const struct ot_pdu *pdu, struct ot_text value)
{
	if (!ot_http_starts(value, "ntlm ") &&
	    !ot_http_starts(value, "negotiate "))
		return parameter(value, "realm=");
	hand_token(pdu, ot_http_after(value, ot_http_find(value, " ")));
	return ot_text("");
}
