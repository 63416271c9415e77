/*
 * SNMP: RFC 1157 (version 1), RFC 1901 (2c), RFC 3412 section 6 and RFC 3414
 * section 2.4 (3, user-based security); over UDP and TCP (RFC 3430).
 */
#include "proto/snmp.h"

extern const struct ot_proto ot_proto_snmp;

enum version { VERSION_1, VERSION_2C, VERSION_3 = 3 };

enum {
	MESSAGE_MAX = 65536,
	FLAG_AUTH = 1,
	FLAG_PRIV = 2,
	FLAG_REPORTABLE = 4, /* who sends it is not the engine in charge */
	MODEL_USER = 3,
};

static const struct ot_port ports[] = { { "udp", 161, 162 },
	{ "tcp", 161, 162 }, { NULL, 0, 0 } };

static const struct ot_space spaces[] = { { "%t" }, { NULL } };

/* What was said of a connection's security already, a bit each. */
struct state {
	unsigned stated;
};

enum {
	SAID_CLEAR = 8,	  /* shifted by the version */
	SAID_DEFAULT = 1, /* a community that everybody knows */
	SAID_FLAGS = 16,  /* shifted by the flags of version 3 */
};

static bool
is_text(const struct ot_buf *b, const char *text)
{
	size_t len = strlen(text);

	return b->left == len && ot_starts(b, text, len);
}

/* A community is a password: only whether it is one that everybody knows. */
static void
community(const struct ot_pdu *pdu, const struct ot_buf *name)
{
	struct state *state = ot_state(pdu);
	bool reads = is_text(name, "public");
	bool writes = is_text(name, "private");

	if (!(reads || writes || !name->left) || state->stated & SAID_DEFAULT)
		return;
	state->stated |= SAID_DEFAULT;
	ot_emit_event(
	    pdu, &(struct ot_event){ .kind = "default community",
		     .detail = ot_text(reads	? "the usual one for reading"
				       : writes ? "the usual one for writing"
						: "empty") });
}

static void
message_1(struct ot_buf *b, const struct ot_pdu *pdu, int64_t version)
{
	struct state *state = ot_state(pdu);
	struct ot_buf name = ot_ber_get(b, OT_BER_OCTET_STRING);
	unsigned bit = (unsigned)SAID_CLEAR << (version == VERSION_2C ? 1 : 0);

	ot_snmp_pdu(b, pdu, 0);
	if (!ot_ok(b))
		return;
	if (!(state->stated & bit)) {
		state->stated |= bit;
		ot_emit_security(pdu, OT_S_VERSION,
		    ot_text(version == VERSION_1 ? "SNMPv1" : "SNMPv2c"));
		ot_emit_security(pdu, OT_S_PROTECTION, ot_text("none"));
		ot_emit_security(pdu, OT_S_AUTH, ot_text("clear"));
		ot_emit_security(pdu, OT_S_AUTH_METHOD, ot_text("community"));
	}
	community(pdu, &name);
}

/* ---- version 3 ---- */

struct user_security {
	struct ot_buf engine, user;
};

/* RFC 3414 section 2.4. */
static struct user_security
user_security(struct ot_buf *b)
{
	struct user_security u;
	struct ot_buf inside = ot_ber_get(b, OT_BER_SEQUENCE);

	u.engine = ot_ber_get(&inside, OT_BER_OCTET_STRING);
	(void)ot_ber_get(&inside, OT_BER_INTEGER); /* boots */
	(void)ot_ber_get(&inside, OT_BER_INTEGER); /* time */
	u.user = ot_ber_get(&inside, OT_BER_OCTET_STRING);
	return u;
}

/* Once for each user's level: a discovery without a user says nothing. */
static void
levels(const struct ot_pdu *pdu, uint8_t flags, struct ot_buf user)
{
	struct state *state = ot_state(pdu);
	unsigned bit = (unsigned)SAID_FLAGS << (1 + (flags & 3));

	if (!user.left || state->stated & bit)
		return;
	state->stated |= bit;
	ot_emit_security(pdu, OT_S_VERSION, ot_text("SNMPv3"));
	ot_emit_security(pdu, OT_S_PROTECTION,
	    ot_text(flags & FLAG_PRIV	? "encrypted"
		    : flags & FLAG_AUTH ? "integrity"
					: "none"));
	ot_emit_security(
	    pdu, OT_S_AUTH, ot_text(flags & FLAG_AUTH ? "strong" : "none"));
	ot_emit_security(pdu, OT_S_AUTH_METHOD, ot_text("usm"));
	ot_emit_security(pdu, OT_S_USER, ot_text_of(&user, OT_UTF8));
}

/* RFC 3412 section 6: header, security parameters, scoped PDU. */
static void
message_3(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_buf header = ot_ber_get(b, OT_BER_SEQUENCE);
	int64_t id = ot_ber_int(ot_ber_get(&header, OT_BER_INTEGER));

	(void)ot_ber_get(&header, OT_BER_INTEGER); /* longest message */
	struct ot_buf octet = ot_ber_get(&header, OT_BER_OCTET_STRING);
	uint8_t flags = ot_u8(&octet);
	int64_t model = ot_ber_int(ot_ber_get(&header, OT_BER_INTEGER));
	struct ot_buf parameters = ot_ber_get(b, OT_BER_OCTET_STRING);
	struct ot_buf scoped;

	if (!ot_ok(b))
		return;
	if (!(flags & FLAG_PRIV) &&
	    ot_ber_optional(b, OT_BER_SEQUENCE, &scoped)) {
		(void)ot_ber_get(&scoped, OT_BER_OCTET_STRING); /* engine */
		(void)ot_ber_get(&scoped, OT_BER_OCTET_STRING); /* context */
		ot_snmp_pdu(&scoped, pdu, (uint64_t)id << 1 | 1);
	} else {
		(void)ot_ber_get(b, OT_BER_OCTET_STRING); /* encrypted */
	}
	if (!ot_ok(b) || model != MODEL_USER)
		return;
	struct user_security u = user_security(&parameters);

	if (!ot_ok(b))
		return;
	levels(pdu, flags, u.user);
	if (!(flags & FLAG_REPORTABLE))
		ot_snmp_engine(pdu, u.engine);
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_buf message = ot_ber_get(b, OT_BER_SEQUENCE);
	int64_t version = ot_ber_int(ot_ber_get(&message, OT_BER_INTEGER));

	if (version == VERSION_3)
		message_3(&message, pdu);
	else if (ot_expect(b, version == VERSION_1 || version == VERSION_2C))
		message_1(&message, pdu, version);
}

/* ---- could it be? ---- */

/* Requests go to the server, and what nobody asked for does. */
static bool
pdu_fits(const struct ot_buf *b, const struct ot_pdu *pdu)
{
	uint32_t tag = ot_ber_peek(b);

	return tag >= OT_SNMP_GET && tag <= OT_SNMP_REPORT &&
	       ot_snmp_asks(tag) == pdu->to_server;
}

static bool
version_3_fits(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_buf header = ot_ber_get(b, OT_BER_SEQUENCE);

	(void)ot_ber_get(&header, OT_BER_INTEGER);
	(void)ot_ber_get(&header, OT_BER_INTEGER);
	struct ot_buf octet = ot_ber_get(&header, OT_BER_OCTET_STRING);
	uint8_t flags = ot_u8(&octet);

	(void)ot_ber_get(&header, OT_BER_INTEGER);
	(void)ot_ber_get(b, OT_BER_OCTET_STRING);
	if (!ot_ok(b) || octet.left || header.left)
		return false;
	if (flags & FLAG_PRIV)
		return ot_ber_peek(b) == OT_BER_OCTET_STRING &&
		       !(flags & FLAG_REPORTABLE) != pdu->to_server;
	struct ot_buf scoped = ot_ber_get(b, OT_BER_SEQUENCE);

	(void)ot_ber_get(&scoped, OT_BER_OCTET_STRING);
	(void)ot_ber_get(&scoped, OT_BER_OCTET_STRING);
	return ot_ok(b) && pdu_fits(&scoped, pdu);
}

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	int64_t whole = ot_ber_whole(&b);
	bool partial = pdu->cut || pdu->rest;

	if (ot_ber_peek(&b) != OT_BER_SEQUENCE || whole <= 0 ||
	    (partial ? (size_t)whole < b.left : (size_t)whole != b.left))
		return false;
	(void)ot_ber_tag(&b);
	(void)ot_ber_length(&b);
	struct ot_buf number = ot_ber_get(&b, OT_BER_INTEGER);

	if (!ot_ok(&b) || number.left != 1)
		return false;
	uint8_t version = ot_u8(&number);

	if (version == VERSION_3)
		return version_3_fits(&b, pdu);
	(void)ot_ber_get(&b, OT_BER_OCTET_STRING);
	return ot_ok(&b) && version <= VERSION_2C && pdu_fits(&b, pdu);
}

static long
pdu_len(struct ot_buf b, const struct ot_pdu *pdu)
{
	int64_t whole = ot_ber_whole(&b);

	if (memcmp(pdu->over, "tcp", 4) != 0)
		return (long)b.left;
	if (b.left && ot_peek(&b, 0) != OT_BER_SEQUENCE)
		return -1;
	return whole > MESSAGE_MAX ? -1 : (long)whole;
}

const struct ot_proto ot_proto_snmp = {
	.name = "snmp",
	.over = { "udp", "tcp" },
	.strength = OT_MEDIUM,
	.ports = ports,
	.spaces = spaces,
	.state_size = sizeof(struct state),
	.probe = probe,
	.pdu_len = pdu_len,
	.dissect = dissect,
};
