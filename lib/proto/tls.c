/*
 * TLS and SSL 3.0 over streams: RFC 8446, RFC 5246 (records: section 6.2,
 * handshake: section 7.4, alerts: section 7.2), RFC 6101; the ClientHello in
 * the format of SSL 2.0 (RFC 5246 appendix E.2). What follows the change of
 * cipher is opaque: nothing is decrypted.
 */
#include "proto/proto.h"
#include "proto/tls_hello.h"
#include "proto/tls_record.h"
#include "proto/tls_suite.h"
#include "proto/x509.h"

enum {
	MESSAGE_HEADER = 4,
	OLD_HEADER = 13,   /* of an SSL 2.0 ServerHello */
	FINISHED_MIN = 32, /* of an encrypted Finished */
	FINISHED_MAX = 112,
	PAIR = 1,	     /* one handshake at a time */
	PROTOCOLS_KEPT = 16, /* of one list of ALPN */
};

enum content {
	CHANGE_CIPHER_SPEC = 20,
	ALERT = 21,
	HANDSHAKE = 22,
	APPLICATION_DATA = 23,
	HEARTBEAT = 24,
};

enum { SESSION_ID_MAX = 32 };

enum message {
	HELLO_REQUEST = 0,
	CLIENT_HELLO = 1,
	SERVER_HELLO = 2,
	NEW_SESSION_TICKET = 4,
	CERTIFICATE = 11,
	SERVER_KEY_EXCHANGE = 12,
	CERTIFICATE_REQUEST = 13,
	SERVER_HELLO_DONE = 14,
	CERTIFICATE_VERIFY = 15,
	CLIENT_KEY_EXCHANGE = 16,
	CERTIFICATE_URL = 21,
	CERTIFICATE_STATUS = 22,
	SUPPLEMENTAL_DATA = 23,
};

/* One direction. */
struct side {
	bool opaque; /* its cipher is on: handshake and alerts too */
	uint8_t header[MESSAGE_HEADER];
	uint32_t have; /* octets gathered of the open message */
};

struct state {
	struct side client, server;
	bool old;	/* SSL 2.0 was chosen */
	bool modern;	/* 1.3: ChangeCipherSpec means nothing */
	bool retry;	/* HelloRetryRequest: another ClientHello follows */
	bool protected; /* said */
	bool suite_known;
	uint16_t suite;
};

static const struct ot_name versions[] = {
	{ 0x0002, "SSL 2.0" },
	{ 0x0300, "SSL 3.0" },
	{ 0x0301, "TLS 1.0" },
	{ 0x0302, "TLS 1.1" },
	{ 0x0303, "TLS 1.2" },
	{ 0x0304, "TLS 1.3" },
	{ 0, NULL },
};

static const struct ot_port ports[] = {
	{ "tcp", 443, 443 },
	{ "tcp", 802, 802 }, /* Modbus */
	{ "tcp", 990, 995 },
	{ "tcp", 2221, 2221 }, /* EtherNet/IP */
	{ "tcp", 3782, 3782 }, /* MMS */
	{ "tcp", 4843, 4843 }, /* OPC UA */
	{ "tcp", 4911, 4911 }, /* Fox */
	{ "tcp", 8443, 8443 },
	{ "tcp", 8883, 8883 },	 /* MQTT */
	{ "tcp", 19998, 19999 }, /* IEC 60870-5-104, DNP3 */
	{ NULL, 0, 0 },
};

static struct side *
side_of(struct state *st, const struct ot_pdu *pdu)
{
	return pdu->to_server ? &st->client : &st->server;
}

/* SSL 2.0: 0x80 | length, type, … RFC 5246 E.2 keeps its ClientHello: type 1,
 * version, three lengths that close. */
static bool
is_old_client_hello(const struct ot_buf *b)
{
	uint16_t suites = ot_peek16be(b, 5);
	uint16_t challenge = ot_peek16be(b, 9);

	return ot_peek(b, 2) == CLIENT_HELLO &&
	       (ot_peek16be(b, 3) == 0x0002 ||
		   (ot_peek(b, 3) == 3 && ot_peek(b, 4) <= 4)) &&
	       suites && suites % 3 == 0 && challenge >= 16 &&
	       challenge <= 32 &&
	       (ot_peek16be(b, 0) & 0x7fff) ==
		   9 + suites + ot_peek16be(b, 7) + challenge;
}

/* The SSL Protocol, version 2.0: type 4, session id hit, certificate type 1
 * X.509, version, three lengths that close. */
static bool
is_old_server_hello(const struct ot_buf *b)
{
	return ot_peek(b, 2) == 4 && ot_peek(b, 3) <= 1 && ot_peek(b, 4) <= 1 &&
	       ot_peek16be(b, 5) == 0x0002 &&
	       (ot_peek16be(b, 0) & 0x7fff) == 11 + ot_peek16be(b, 7) +
						   ot_peek16be(b, 9) +
						   ot_peek16be(b, 11);
}

/* Octets of an SSL 2.0 hello; 0 if more are needed to tell, -1 if not one. */
static long
old_hello_len(const struct ot_buf *b, bool to_server)
{
	if (!(ot_peek(b, 0) & 0x80))
		return -1;
	if (b->left < OLD_HEADER)
		return 0;
	if (to_server ? is_old_client_hello(b) : is_old_server_hello(b))
		return 2 + (ot_peek16be(b, 0) & 0x7fff);
	return -1;
}

/* Messages that each side sends in the clear. */
static bool
is_message(uint8_t type, bool to_server)
{
	switch (type) {
	case CLIENT_HELLO:
	case CLIENT_KEY_EXCHANGE:
	case CERTIFICATE_VERIFY:
	case CERTIFICATE_URL:
		return to_server;
	case HELLO_REQUEST:
	case SERVER_HELLO:
	case NEW_SESSION_TICKET:
	case SERVER_KEY_EXCHANGE:
	case CERTIFICATE_REQUEST:
	case SERVER_HELLO_DONE:
	case CERTIFICATE_STATUS:
		return !to_server;
	default:
		return type == CERTIFICATE || type == SUPPLEMENTAL_DATA;
	}
}

static bool
is_handshake(const struct ot_buf *b, bool to_server)
{
	uint8_t type = ot_peek(b, 5);
	uint32_t len = ot_peek32be(b, 5) & 0xffffff;

	if (!is_message(type, to_server) || len > OT_LIMIT_GATHER)
		return false;
	if (type == CLIENT_HELLO || type == SERVER_HELLO)
		return ot_peek(b, 9) == 3 && len >= 38;
	return true;
}

/* The least that a cipher adds to a record is the 16 octets of a MAC. */
static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint16_t len = ot_peek16be(&b, 3);

	if (old_hello_len(&b, pdu->to_server) > 0)
		return true;
	if (ot_tls_record(&b) <= 0)
		return false;
	switch (ot_peek(&b, 0)) {
	case CHANGE_CIPHER_SPEC:
		return len == 1 && ot_peek(&b, 5) == 1;
	case ALERT:
		return len > 16 || (len == 2 && (ot_peek(&b, 5) - 1U) <= 1 &&
				       ot_tls_alert(ot_peek(&b, 6)));
	case HANDSHAKE:
		return is_handshake(&b, pdu->to_server) ||
		       (len >= FINISHED_MIN && len <= FINISHED_MAX &&
			   !is_message(ot_peek(&b, 5), pdu->to_server));
	default:
		return len > 16;
	}
}

/* A hello, alone in its record or the first message of it, or the first part.
 */
static bool
begins(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint8_t hello = pdu->to_server ? CLIENT_HELLO : SERVER_HELLO;
	uint32_t len = ot_peek32be(&b, 5) & 0xffffff;

	return ot_peek(&b, 0) == HANDSHAKE && ot_peek(&b, 5) == hello &&
	       is_handshake(&b, pdu->to_server) && ot_peek(&b, 10) <= 4 &&
	       len < OT_TLS_RECORD_MAX && ot_peek(&b, 43) <= SESSION_ID_MAX;
}

/* After the hellos of SSL 2.0 all that is left is keys and ciphertext. */
static long
pdu_len(struct ot_buf b, const struct ot_pdu *pdu)
{
	const struct state *st = ot_state(pdu);

	if (st && st->old)
		return OT_PDU_TO_END;
	if (ot_peek(&b, 0) & 0x80)
		return old_hello_len(&b, pdu->to_server);
	return ot_tls_record(&b);
}

static bool
has_word(const char *name, const char *word)
{
	size_t len = strlen(word);

	for (; strlen(name) >= len; name++)
		if (memcmp(name, word, len) == 0)
			return true;
	return false;
}

static bool
suite_has(const struct state *st, const char *word)
{
	const char *name = st->suite_known ? ot_tls_suite(st->suite) : NULL;

	return name && has_word(name, word);
}

/* RFC 9150: suites of 1.3 that only protect integrity. */
static bool
is_plain_suite(const struct state *st)
{
	return suite_has(st, "_WITH_NULL_") ||
	       (st->suite_known &&
		   (st->suite == 0xc0b4 || st->suite == 0xc0b5));
}

/* Once: the cipher is on. */
static void
say_protected(struct state *st, const struct ot_pdu *pdu)
{
	if (st->protected)
		return;
	st->protected = true;
	ot_emit_security(pdu, OT_S_PROTECTION,
	    ot_text(is_plain_suite(st) ? "integrity" : "encrypted"));
}

static struct ot_op
hello_op(void)
{
	return (struct ot_op){
		.pair = PAIR, .verb = OT_SESSION, .name = "client hello"
	};
}

/* RFC 8446 drafts numbered their versions 0x7f00 + draft. */
static struct ot_text
version_text(const struct ot_pdu *pdu, uint16_t version)
{
	const char *name = ot_name(versions, version);

	if (name)
		return ot_text(name);
	if (version >> 8 == 0x7f)
		return ot_format(
		    pdu, "TLS 1.3 draft %u", (unsigned int)version & 0xff);
	return ot_format(pdu, "0x%04x", (unsigned int)version);
}

static void
say_protocols(const struct ot_tls_hello *hello, const struct ot_pdu *pdu)
{
	struct ot_buf list = hello->protocols;

	for (int i = 0; list.left && i < PROTOCOLS_KEPT; i++) {
		struct ot_text name = ot_tls_protocol(&list);

		if (ot_ok(&list) && name.len)
			ot_emit_security(pdu, OT_S_ALPN, name);
	}
}

static void
client_hello(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_tls_hello hello;

	ot_tls_client_hello(b, &hello);
	if (!ot_ok(b))
		return;

	struct ot_op op = hello_op();

	ot_emit_op(pdu, &op);
	if (hello.server_name.len)
		ot_emit_security(pdu, OT_S_SERVER_NAME, hello.server_name);
	say_protocols(&hello, pdu);
	ot_emit_security(pdu, OT_S_JA3, ot_tls_ja3(&hello, pdu));

	struct ot_text ja4 = ot_tls_ja4(&hello, pdu, 't');

	if (ja4.len)
		ot_emit_security(pdu, OT_S_JA4, ja4);
}

static void
say_suite(const struct state *st, const struct ot_pdu *pdu)
{
	const char *name = ot_tls_suite(st->suite);

	ot_emit_security(pdu, OT_S_CIPHER,
	    name ? ot_text(name)
		 : ot_format(pdu, "0x%04x", (unsigned int)st->suite));
	if (suite_has(st, "_anon_"))
		ot_emit_security(pdu, OT_S_AUTH, ot_text("none"));
	if (suite_has(st, "_PSK_"))
		ot_emit_security(pdu, OT_S_AUTH_METHOD, ot_text("psk"));
}

static void
server_hello(struct ot_buf *b, const struct ot_pdu *pdu, struct state *st)
{
	struct ot_tls_hello hello;

	ot_tls_server_hello(b, &hello);
	if (!ot_ok(b))
		return;
	st->retry = hello.retry;
	st->modern = hello.best == 0x0304 || hello.best >> 8 == 0x7f;
	st->suite = hello.suite;
	st->suite_known = true;
	ot_emit_reply(pdu, &(struct ot_reply){ .as = hello_op() });
	ot_emit_security(pdu, OT_S_VERSION, version_text(pdu, hello.best));
	say_suite(st, pdu);
	say_protocols(&hello, pdu);
	ot_emit_security(pdu, OT_S_JA3S, ot_tls_ja3s(&hello, pdu));
}

static void
certificate(struct ot_buf *der, const struct ot_pdu *pdu, bool own)
{
	struct ot_certificate is;
	struct ot_text name;

	if (!ot_x509_read(der, pdu, &is, &name))
		return;
	is.by_server = !pdu->to_server;
	ot_emit_certificate(pdu, &is);
	name = ot_text_trim(name);
	if (own && name.len)
		ot_emit_fact(pdu, &(struct ot_fact){ .key = OT_K_NAME,
				      .value = name,
				      .message = "certificate",
				      .by = OT_SELF });
}

/* RFC 5246 7.4.2: the sender's own certificate comes first. */
static void
certificates(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_buf list = ot_split(b, ot_u24be(b));

	for (bool own = true; list.left; own = false) {
		struct ot_buf der = ot_split(&list, ot_u24be(&list));

		certificate(&der, pdu, own);
	}
}

static void
message(struct ot_buf *b, const struct ot_pdu *pdu, struct state *st)
{
	uint8_t type = ot_u8(b);
	uint32_t len = ot_u24be(b);
	struct ot_buf body = ot_split(b, b->left < len ? b->left : len);

	if (type == CLIENT_HELLO && pdu->to_server)
		client_hello(&body, pdu);
	else if (type == SERVER_HELLO && !pdu->to_server)
		server_hello(&body, pdu, st);
	else if (type == CERTIFICATE)
		certificates(&body, pdu);
	else if (type == CERTIFICATE_VERIFY && pdu->to_server) {
		ot_emit_security(pdu, OT_S_AUTH, ot_text("strong"));
		ot_emit_security(pdu, OT_S_AUTH_METHOD, ot_text("certificate"));
	}
}

static void
forget(struct side *side, const struct ot_pdu *pdu)
{
	if (side->have)
		ot_gather_drop(pdu, 0);
	side->have = 0;
}

/* Octets of the open message, header included; 0 until its header is whole.
 * Takes what the header lacks from the window without consuming it. */
static uint32_t
open_length(struct side *side, const struct ot_buf *b)
{
	size_t at = 0;

	for (uint32_t i = side->have; i < MESSAGE_HEADER; i++, at++) {
		if (at == b->left)
			return 0;
		side->header[i] = ot_peek(b, at);
	}
	return MESSAGE_HEADER + ((uint32_t)side->header[1] << 16 |
				    (uint32_t)side->header[2] << 8 |
				    side->header[3]);
}

/* The next message, of this record alone or gathered from several. False if
 * its end is still to come. */
static bool
next_message(struct ot_buf *b, const struct ot_pdu *pdu, struct side *side,
    struct ot_buf *whole)
{
	uint32_t len = open_length(side, b);

	if (!ot_expect(b, len <= OT_LIMIT_GATHER)) {
		forget(side, pdu);
		return false;
	}
	if (side->have == 0 && len && (len <= b->left || pdu->cut)) {
		*whole = ot_split(b, len <= b->left ? len : b->left);
		return true;
	}
	if (side->have == 0)
		ot_gather_drop(pdu, 0);

	bool last = len && len - side->have <= b->left;

	*whole = last ? ot_split(b, len - side->have) : ot_rest(b);
	side->have = last ? 0 : side->have + (uint32_t)whole->left;
	/* what was dropped at a limit is not whole */
	return ot_gather(pdu, 0, whole, last) && whole->left == len;
}

/* Messages of a type that cannot come in the clear are the first sign of a
 * cipher whose beginning was not captured. */
static void
handshake(struct ot_buf *b, const struct ot_pdu *pdu, struct state *st)
{
	struct side *side = side_of(st, pdu);
	struct ot_buf whole;

	while (b->left && !side->opaque) {
		if (side->have == 0 &&
		    !is_message(ot_peek(b, 0), pdu->to_server))
			return;
		if (next_message(b, pdu, side, &whole))
			message(&whole, pdu, st);
	}
	if (pdu->cut)
		forget(side, pdu);
}

static void
change_cipher_spec(const struct ot_pdu *pdu, struct state *st)
{
	if (st->modern || st->retry)
		return;
	side_of(st, pdu)->opaque = true;
	if (!pdu->to_server)
		say_protected(st, pdu);
}

/* A fatal alert to the client refuses its hello, if that is still open. */
static void
alert(struct ot_buf *b, const struct ot_pdu *pdu, struct state *st)
{
	if (side_of(st, pdu)->opaque || b->left != 2)
		return;

	uint8_t level = ot_u8(b);
	uint8_t description = ot_u8(b);
	const char *name = ot_tls_alert(description);

	if (level != 2)
		return;
	if (!pdu->to_server && ot_asked(pdu, PAIR))
		ot_emit_reply(pdu, &(struct ot_reply){ .as = hello_op(),
				       .error = name,
				       .error_code = description });
	else
		ot_emit_event(
		    pdu, &(struct ot_event){ .kind = "alert",
			     .detail = name ? ot_text(name)
					    : ot_format(pdu, "code 0x%02x",
						  (unsigned int)description) });
}

/* Its suites have three octets, so it has no JA3. */
static void
old_client_hello(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_op op = hello_op();

	ot_skip(b, 3); /* type, version */

	uint16_t suites = ot_u16be(b);
	uint16_t session = ot_u16be(b);
	uint16_t challenge = ot_u16be(b);

	ot_skip(b, (size_t)suites + session + challenge);
	if (ot_ok(b))
		ot_emit_op(pdu, &op);
}

static void
old_server_hello(struct ot_buf *b, const struct ot_pdu *pdu, struct state *st)
{
	ot_skip(b, 5); /* type, session id hit, certificate type, version */

	uint16_t len = ot_u16be(b);

	ot_skip(b, 4); /* lengths of what follows the certificate */

	struct ot_buf der = ot_split(b, len);

	if (!ot_ok(b))
		return;
	st->old = true;
	ot_emit_reply(pdu, &(struct ot_reply){ .as = hello_op() });
	ot_emit_security(pdu, OT_S_VERSION, ot_text("SSL 2.0"));
	if (der.left)
		certificate(&der, pdu, true);
}

static void
old_hello(struct ot_buf *b, const struct ot_pdu *pdu, struct state *st)
{
	ot_skip(b, 2); /* length */
	if (pdu->to_server)
		old_client_hello(b, pdu);
	else
		old_server_hello(b, pdu, st);
}

static void
record(struct ot_buf *b, const struct ot_pdu *pdu, struct state *st)
{
	uint8_t type = ot_u8(b);

	ot_skip(b, 2); /* version: of the record layer only */

	size_t len = ot_u16be(b);
	struct ot_buf body =
	    ot_split(b, pdu->cut && len > b->left ? b->left : len);

	if (type == HANDSHAKE) {
		handshake(&body, pdu, st);
		return;
	}
	forget(side_of(st, pdu), pdu);
	if (type == CHANGE_CIPHER_SPEC)
		change_cipher_spec(pdu, st);
	else if (type == ALERT)
		alert(&body, pdu, st);
	else if (type == APPLICATION_DATA)
		say_protected(st, pdu);
}

/* A carrier that is not a stream may give several records at once. */
static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct state *st = ot_state(pdu);

	if (!st)
		return;
	if (st->old)
		say_protected(st, pdu);
	else if (ot_peek(b, 0) & 0x80)
		old_hello(b, pdu, st);
	else
		while (ot_tls_record(b) > 0)
			record(b, pdu, st);
}

extern const struct ot_proto ot_proto_tls;
const struct ot_proto ot_proto_tls = {
	.name = "tls",
	.over = { "tcp", "cotp", "starttls" },
	.strength = OT_STRONG,
	.ports = ports,
	.state_size = sizeof(struct state),
	.probe = probe,
	.begins = begins,
	.pdu_len = pdu_len,
	.dissect = dissect,
};
