/*
 * NTP and SNTP, versions 1 to 4: RFC 5905 (header, kiss codes), RFC 7822
 * (extension fields), RFC 1305 appendix C (authenticator of version 3),
 * RFC 8915 (NTS), RFC 9769 (interleaved modes); mode 6: RFC 9327; mode 7, the
 * private messages of ntpd: no standard, ntpd's own ntp_request.h.
 */
#include "proto/proto.h"

extern const struct ot_proto ot_proto_ntp;

static const struct ot_port ports[] = { { "udp", 123, 123 }, { 0 } };

enum space { ASSOCIATION = 1, VERSION };

static const struct ot_space spaces[] = { { "association %0u" },
	{ "version %0u" }, { 0 } };

enum mode {
	RESERVED,
	ACTIVE,
	PASSIVE,
	CLIENT,
	SERVER,
	BROADCAST,
	CONTROL,
	PRIVATE,
};

enum {
	VERSION_LAST = 4,
	LEAP_UNKNOWN = 3,
	STRATUM_UNSYNCHRONISED = 16,
	KEY_ID = 4,	     /* bytes before the digest */
	MAC_MAX = 24,	     /* version 4: what is longer is a field first */
	FIELD_MIN = 16,	     /* RFC 7822 section 3 */
	FIELD_NTS = 0x0404,  /* authenticator */
	FIELD_AUTOKEY = 2,   /* version of RFC 5906, the type's low byte */
	DIGEST_DES = 8,	     /* RFC 1305 appendix C */
	CONTROL_HEADER = 12, /* RFC 9327 section 2 */
	PRIVATE_HEADER = 8,
	PRIVATE_MAX = 216, /* longest request: data, time, key, digest */
};

/* A packet of modes 1 to 5; RFC 5905 section 7.3. */
struct header {
	uint8_t leap, version, mode, stratum;
	int8_t poll, precision; /* log2 seconds */
	const uint8_t *reference_id;
	uint64_t origin, receive, transmit;
};

/* What stands behind the header. */
struct tail {
	bool nts, autokey;
	bool mac;      /* a key id and digest bytes */
	bool signs;    /* not all of these are 0: MS-SNTP clients only ask */
	size_t digest; /* bytes; 0 with mac: a crypto-NAK */
};

/* What was said of a connection's security already. */
enum auth { AUTH_NONE, AUTH_KEY, AUTH_DES, AUTH_AUTOKEY, AUTH_NTS };

struct state {
	uint64_t receive, transmit; /* of the last request */
	unsigned stated;	    /* bit for each enum auth */
};

struct command {
	const char *name;
	bool alters;
};

/* RFC 9327 section 2, by opcode. */
static const struct command controls[32] = {
	[1] = { "read status", false },
	[2] = { "read variables", false },
	[3] = { "write variables", true },
	[4] = { "read clock variables", false },
	[5] = { "write clock variables", true },
	[6] = { "set trap", true },
	[7] = { "trap response", false },
	[8] = { "runtime configuration", true },
	[9] = { "export configuration", true },
	[10] = { "read mru list", false },
	[11] = { "read ordered list", false },
	[12] = { "request nonce", false },
	[31] = { "unset trap", true },
};

enum { READ_VARIABLES = 2, TRAP_RESPONSE = 7 };

/* By request code. 20 and 42, of two generations, list who asked: monlist. */
static const struct command privates[] = {
	[0] = { "peer list", false },
	[1] = { "peer list summary", false },
	[2] = { "peer info", false },
	[3] = { "peer stats", false },
	[4] = { "system info", false },
	[5] = { "system stats", false },
	[6] = { "io stats", false },
	[7] = { "memory stats", false },
	[8] = { "loop info", false },
	[9] = { "timer stats", false },
	[10] = { "configure", true },
	[11] = { "unconfigure", true },
	[12] = { "set system flag", true },
	[13] = { "clear system flag", true },
	[14] = { "monitor", true },
	[15] = { "no monitor", true },
	[16] = { "get restrictions", false },
	[17] = { "add restriction flags", true },
	[18] = { "remove restriction flags", true },
	[19] = { "unrestrict", true },
	[20] = { "monlist", false },
	[21] = { "reset stats", true },
	[22] = { "reset peer", true },
	[23] = { "reread keys", true },
	[24] = { "do dirty hack", true },
	[25] = { "do not dirty hack", true },
	[26] = { "trust key", true },
	[27] = { "untrust key", true },
	[28] = { "authentication info", false },
	[29] = { "list traps", false },
	[30] = { "add trap", true },
	[31] = { "clear trap", true },
	[32] = { "set request key", true },
	[33] = { "set control key", true },
	[34] = { "control stats", false },
	[35] = { "leap info", false },
	[36] = { "clock info", false },
	[37] = { "set clock fudge", true },
	[38] = { "kernel info", false },
	[39] = { "clock debug info", false },
	[41] = { "set precision", true },
	[42] = { "monlist", false },
	[43] = { "host name of association", false },
	[44] = { "interface stats", false },
	[45] = { "reload interfaces", true },
};

enum { PRIVATES = sizeof(privates) / sizeof(privates[0]) };

static uint8_t
mode_of(const struct ot_buf *b)
{
	return ot_peek(b, 0) & 7;
}

static uint8_t
version_of(const struct ot_buf *b)
{
	return ot_peek(b, 0) >> 3 & 7;
}

static bool
version_known(uint8_t version)
{
	return version >= 1 && version <= VERSION_LAST;
}

static struct header
header(struct ot_buf *b)
{
	struct header h = { .version = version_of(b), .mode = mode_of(b) };

	h.leap = ot_u8(b) >> 6;
	h.stratum = ot_u8(b);
	h.poll = (int8_t)ot_u8(b);
	h.precision = (int8_t)ot_u8(b);
	ot_skip(b, 8); /* root delay and dispersion */
	h.reference_id = ot_take(b, 4);
	ot_skip(b, 8); /* reference timestamp */
	h.origin = ot_u64be(b);
	h.receive = ot_u64be(b);
	h.transmit = ot_u64be(b);
	return h;
}

/* Lengths of key id and digest. Before version 4 nothing else can stand here:
 * DES, MD5, SHA-1, SHA-2, and the extended authenticator of MS-SNTP. */
static bool
mac_fits(uint8_t version, size_t len)
{
	static const uint8_t lens[] = { 0, 4, 20, 24, 12, 36, 52, 68, 72 };
	size_t count = version == VERSION_LAST ? 4 : sizeof(lens);

	for (size_t i = 0; i < count; i++)
		if (lens[i] == len)
			return true;
	return false;
}

static void
mac(struct ot_buf *b, struct tail *t)
{
	t->mac = b->left > 0;
	ot_skip(b, t->mac ? KEY_ID : 0);
	t->digest = b->left;
	while (b->left > 0)
		t->signs |= ot_u8(b) != 0;
}

static struct tail
tail(struct ot_buf *b, uint8_t version)
{
	struct tail t = { 0 };

	while (version == VERSION_LAST && b->left > MAC_MAX) {
		uint16_t type = ot_u16be(b);
		uint16_t len = ot_u16be(b);

		if (ot_expect(b, len >= FIELD_MIN && len % 4 == 0))
			ot_skip(b, len - 4U);
		t.nts |= type == FIELD_NTS;
		t.autokey |= (type & 0xff) == FIELD_AUTOKEY;
	}
	if (ot_expect(b, mac_fits(version, b->left)))
		mac(b, &t);
	return t;
}

/* ---- security ---- */

static void
state_auth(const struct ot_pdu *pdu, enum auth auth)
{
	static const struct {
		const char *auth, *method;
	} words[] = {
		[AUTH_NONE] = { "none", NULL },
		/* The length of a digest does not name its algorithm: MD5 and
		 * AES-CMAC have 16 bytes, SHA-1 and cut SHA-2 20. */
		[AUTH_KEY] = { "unknown", "symmetric key" },
		[AUTH_DES] = { "weak", "des" },
		[AUTH_AUTOKEY] = { "weak", "autokey" },
		[AUTH_NTS] = { "strong", "nts" },
	};
	struct state *state = ot_state(pdu);

	if (state->stated & 1U << auth)
		return;
	state->stated |= 1U << auth;
	ot_emit_security(pdu, OT_S_PROTECTION,
	    ot_text(auth == AUTH_NONE ? "none" : "integrity"));
	ot_emit_security(pdu, OT_S_AUTH, ot_text(words[auth].auth));
	if (words[auth].method)
		ot_emit_security(
		    pdu, OT_S_AUTH_METHOD, ot_text(words[auth].method));
}

static void
security(const struct ot_pdu *pdu, const struct tail *t)
{
	if (t->nts)
		state_auth(pdu, AUTH_NTS);
	else if (t->autokey)
		state_auth(pdu, AUTH_AUTOKEY);
	else if (!t->mac)
		state_auth(pdu, AUTH_NONE);
	else if (t->signs)
		state_auth(pdu, t->digest == DIGEST_DES ? AUTH_DES : AUTH_KEY);
}

/* ---- modes 1 to 5 ---- */

/* RFC 5905 section 7.4, RFC 8915 section 5.7: NULL where the reference id of
 * an answer of stratum 0 is no code. */
static const char *
kiss(uint32_t code)
{
	static const struct ot_name names[] = {
		{ 0x41435354, "kiss-o'-death ACST" },
		{ 0x41555448, "kiss-o'-death AUTH" },
		{ 0x4155544f, "kiss-o'-death AUTO" },
		{ 0x42435354, "kiss-o'-death BCST" },
		{ 0x43525950, "kiss-o'-death CRYP" },
		{ 0x44454e59, "kiss-o'-death DENY" },
		{ 0x44524f50, "kiss-o'-death DROP" },
		{ 0x52535452, "kiss-o'-death RSTR" },
		{ 0x494e4954, "kiss-o'-death INIT" },
		{ 0x4d435354, "kiss-o'-death MCST" },
		{ 0x4e4b4559, "kiss-o'-death NKEY" },
		{ 0x4e54534e, "kiss-o'-death NTSN" },
		{ 0x52415445, "kiss-o'-death RATE" },
		{ 0x524d4f54, "kiss-o'-death RMOT" },
		{ 0x53544550, "kiss-o'-death STEP" },
		{ 0 },
	};
	const char *name = ot_name(names, code);

	for (int shift = 0; shift < 32 && !name; shift += 8) {
		uint8_t c = (uint8_t)(code >> shift);

		if (c < 'A' || c > 'Z')
			return NULL;
	}
	return name ? name : "kiss-o'-death";
}

static const char *
refusal(const struct header *h, const struct tail *t)
{
	const uint8_t *id = h->reference_id;

	if (t->mac && t->digest == 0)
		return "crypto-nak";
	if (h->stratum != 0)
		return NULL;
	return kiss((uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 |
		    (uint32_t)id[2] << 8 | id[3]);
}

/* The reference id is a name at stratum 1, else four bytes that are the IPv4
 * address of the server's own source, or a hash of its IPv6 address. */
static struct ot_text
synchronisation(const struct ot_pdu *pdu, const struct header *h)
{
	const uint8_t *id = h->reference_id;
	int len = 0;

	if (h->leap == LEAP_UNKNOWN || h->stratum == 0 ||
	    h->stratum >= STRATUM_UNSYNCHRONISED)
		return ot_text("unsynchronised");
	if (h->stratum > 1)
		return ot_format(pdu, "stratum %u, reference id %u.%u.%u.%u",
		    h->stratum, id[0], id[1], id[2], id[3]);
	while (len < 4 && id[len] > 0x20 && id[len] < 0x7f)
		len++;
	if (len == 0)
		return ot_text("stratum 1");
	return ot_format(
	    pdu, "stratum 1, reference id %.*s", len, (const char *)id);
}

static void
server_facts(
    const struct ot_pdu *pdu, const struct header *h, const char *error)
{
	struct ot_fact fact = { .key = OT_K_ROLE,
		.value = ot_text("time server"),
		.message = h->mode == SERVER ? "server" : "broadcast",
		.by = pdu->group ? OT_BROADCAST : OT_SELF };

	ot_emit_fact(pdu, &fact);
	if (error)
		return;
	fact.key = OT_K_STATE;
	fact.value = synchronisation(pdu, h);
	ot_emit_fact(pdu, &fact);
}

/* The request of this mode, which an answer shows too. */
static struct ot_op
time_op(uint8_t mode, uint64_t pair)
{
	static const char *const names[] = { [ACTIVE] = "symmetric active",
		[CLIENT] = "client",
		[BROADCAST] = "broadcast" };

	return (struct ot_op){ .pair = pair,
		.verb = OT_TIME,
		.name = names[mode],
		.has_code = true,
		.code = mode };
}

static void
time_request(const struct ot_pdu *pdu, const struct header *h)
{
	struct state *state = ot_state(pdu);
	struct ot_op op = time_op(h->mode, h->transmit);

	if (pdu->group)
		op.flags |= OT_OP_MANY_ANSWERS;
	ot_emit_op(pdu, &op);
	state->receive = h->receive;
	state->transmit = h->transmit;
}

static void
time_broadcast(const struct ot_pdu *pdu)
{
	struct ot_op op = time_op(BROADCAST, 0);

	op.flags = OT_OP_NO_ANSWER;
	ot_emit_op(pdu, &op);
}

/* In interleaved mode the origin is the request's receive timestamp; RFC 9769
 * section 2. */
static uint64_t
time_answered(const struct ot_pdu *pdu, const struct header *h)
{
	const struct state *state = ot_state(pdu);

	if (h->origin != 0 && h->origin == state->receive &&
	    !ot_asked(pdu, h->origin))
		return state->transmit;
	return h->origin;
}

static void
time_reply(const struct ot_pdu *pdu, const struct header *h, const char *error)
{
	uint8_t asked = h->mode == SERVER ? CLIENT : ACTIVE;

	ot_emit_reply(pdu,
	    &(struct ot_reply){
		.as = time_op(asked, time_answered(pdu, h)), .error = error });
}

static void
time_packet(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct header h = header(b);
	struct tail t = { 0 };
	const char *error;

	if (!pdu->cut) /* else nobody knows where a field or digest ends */
		t = tail(b, h.version);
	if (!ot_ok(b))
		return;
	error = refusal(&h, &t);
	/* A symmetric packet asks, and answers the peer's last one. */
	if (h.mode == SERVER || h.mode == PASSIVE ||
	    (h.mode == ACTIVE && h.origin && ot_asked(pdu, h.origin)))
		time_reply(pdu, &h, error);
	if (h.mode == CLIENT || h.mode == ACTIVE)
		time_request(pdu, &h);
	else if (h.mode == BROADCAST)
		time_broadcast(pdu);
	if (h.mode == SERVER || h.mode == BROADCAST)
		server_facts(pdu, &h, error);
	if (!pdu->cut)
		security(pdu, &t);
}

/* ---- modes 6 and 7 ---- */

static void
command(struct ot_op *op, const struct command *c, uint8_t mode, uint8_t code)
{
	op->verb = c->name ? OT_DIAGNOSE : OT_UNKNOWN;
	op->name = c->name	     ? c->name
		   : mode == CONTROL ? "unknown opcode"
				     : "unknown request code";
	op->has_code = true;
	op->code = mode;
	op->sub = OT_SUB(code);
	op->flags = c->alters ? OT_OP_ALTERS : 0;
}

/* The next of a list of name="value", name=value or name, with commas
 * between; false where there is none whose end is seen. */
static bool
next_variable(
    struct ot_buf *b, bool more, struct ot_buf *name, struct ot_buf *value)
{
	while (b->left > 0 && (ot_peek(b, 0) <= ' ' || ot_peek(b, 0) == ','))
		ot_skip(b, 1);

	size_t comma = ot_find(b, ','), equals = ot_find(b, '=');
	bool quoted;

	*name = ot_split(b, equals < comma ? equals : comma);
	*value = *name;
	value->left = 0;
	if (equals > comma || b->left == 0)
		return name->left > 0;
	ot_skip(b, 1);
	quoted = ot_peek(b, 0) == '"';
	if (quoted)
		ot_skip(b, 1);

	size_t len = ot_find(b, quoted ? '"' : ',');

	if (len == b->left && (quoted || more))
		return false;
	*value = ot_split(b, len);
	if (quoted)
		ot_skip(b, 1);
	return true;
}

/* System variables, RFC 9327 section 3.1, as text. */
static void
variables(const struct ot_pdu *pdu, struct ot_buf b, bool more)
{
	struct ot_fact fact = { .message = "read variables", .by = OT_SELF };
	struct ot_buf name, value;

	while (next_variable(&b, more, &name, &value)) {
		if (name.left == 7 && ot_starts(&name, "version", 7))
			fact.key = OT_K_SOFTWARE;
		else if (name.left == 6 && ot_starts(&name, "system", 6))
			fact.key = OT_K_OS;
		else
			continue;
		fact.value = ot_text_trim(ot_text_of(&value, OT_LATIN1));
		if (fact.value.len)
			ot_emit_fact(pdu, &fact);
	}
}

/* RFC 9327 section 3; without E set it succeeded. */
static const char *
control_error(uint8_t code)
{
	static const struct ot_name names[] = { { 0, "unspecified" },
		{ 1, "authentication failure" },
		{ 2, "invalid message length or format" },
		{ 3, "invalid opcode" },
		{ 4, "unknown association identifier" },
		{ 5, "unknown variable name" }, { 6, "invalid variable value" },
		{ 7, "administratively prohibited" }, { 0 } };

	return ot_name(names, code);
}

/* RFC 9327 section 2: response, error, more and the opcode in one byte. */
enum { CONTROL_R = 0x80, CONTROL_E = 0x40, CONTROL_M = 0x20 };

struct control {
	uint8_t bits, opcode;
	uint16_t sequence, status, association, offset;
	struct ot_buf data;
};

/* Data are filled up to 4 bytes, or to 8 where an authenticator follows; then
 * comes nothing, or its key id and digest. */
static bool
control_closes(size_t data, size_t left)
{
	size_t fill = (4 - data % 4) % 4;
	size_t key_fill = (8 - (CONTROL_HEADER + data) % 8) % 8;

	if (left == 0 || left == fill)
		return true;
	return (left > fill && mac_fits(VERSION_LAST, left - fill)) ||
	       (left > key_fill && mac_fits(VERSION_LAST, left - key_fill));
}

static struct control
control_head(struct ot_buf *b)
{
	struct control c;

	ot_skip(b, 1); /* version and mode */
	c.bits = ot_u8(b);
	c.opcode = c.bits & 0x1f;
	c.sequence = ot_u16be(b);
	c.status = ot_u16be(b);
	c.association = ot_u16be(b);
	c.offset = ot_u16be(b);
	c.data = ot_split(b, ot_u16be(b));
	return c;
}

static void
control_reply(
    const struct ot_pdu *pdu, const struct control *c, const struct ot_op *op)
{
	struct ot_reply reply = { .as = *op,
		.more = (c->bits & CONTROL_M) != 0 };

	if (c->bits & CONTROL_E) {
		reply.error_code = c->status >> 8;
		reply.error = control_error((uint8_t)reply.error_code);
	}
	ot_emit_reply(pdu, &reply);
	if (c->opcode == READ_VARIABLES && !(c->bits & CONTROL_E) &&
	    c->association == 0 && c->offset == 0)
		variables(pdu, c->data, reply.more);
}

static void
control(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct control c = control_head(b);
	struct ot_op op = { .pair = (uint64_t)CONTROL << 56 |
				    (uint64_t)c.opcode << 16 | c.sequence };

	if (!pdu->cut)
		ot_expect(b, control_closes(c.data.left, b->left));
	if (!ot_ok(b))
		return;
	command(&op, &controls[c.opcode], CONTROL, c.opcode);
	if (c.association)
		op.object = (struct ot_object){ .space = ASSOCIATION,
			.n = { c.association } };
	if (c.opcode == TRAP_RESPONSE)
		op.flags |= OT_OP_NO_ANSWER;
	if (c.bits & CONTROL_R && c.opcode != TRAP_RESPONSE)
		control_reply(pdu, &c, &op);
	else
		ot_emit_op(pdu, &op);
	if (!pdu->cut)
		state_auth(pdu, b->left > KEY_ID ? AUTH_KEY : AUTH_NONE);
}

static const char *
private_error(uint8_t code)
{
	static const struct ot_name names[] = {
		{ 1, "incompatible implementation" },
		{ 2, "unimplemented request" }, { 3, "format error" },
		{ 4, "no data available" }, { 7, "authentication failure" },
		{ 0 }
	};

	return ot_name(names, code);
}

enum { PRIVATE_R = 0x80, PRIVATE_M = 0x40, PRIVATE_AUTH = 0x80 };

struct private
{
	uint8_t bits, auth, implementation, code, error;
	size_t data; /* bytes of its items */
};

static struct private private_head(struct ot_buf *b)
{
	struct private p = { .bits = ot_u8(b) };
	uint16_t count, size;

	p.auth = ot_u8(b) & PRIVATE_AUTH;
	p.implementation = ot_u8(b);
	p.code = ot_u8(b);
	count = ot_u16be(b);
	size = ot_u16be(b);
	p.error = (uint8_t)(count >> 12);
	p.data = (size_t)(count & 0xfff) * (size & 0xfff);
	return p;
}

/* Answers bear an index of their own where requests have a sequence number;
 * so the code alone pairs. */
static void private(struct ot_buf *b, const struct ot_pdu *pdu)
{
	static const struct command none = { 0 };
	struct private p = private_head(b);
	struct ot_op op = { .pair = (uint64_t)PRIVATE << 56 |
				    (uint64_t)p.implementation << 8 | p.code };

	if (!pdu->cut)
		ot_skip(b, p.data);
	if (!ot_ok(b))
		return;
	command(&op, p.code < PRIVATES ? &privates[p.code] : &none, PRIVATE,
	    p.code);
	if (p.bits & PRIVATE_R)
		ot_emit_reply(pdu, &(struct ot_reply){ .as = op,
				       .error = private_error(p.error),
				       .error_code = p.error,
				       .more = (p.bits & PRIVATE_M) != 0 });
	else
		ot_emit_op(pdu, &op);
	state_auth(pdu, p.auth ? AUTH_KEY : AUTH_NONE);
}

/* ---- all modes ---- */

/* Another version's layout is not known, and mode 0 has none. */
static void
unknown(const struct ot_pdu *pdu, uint8_t version, uint8_t mode)
{
	struct ot_op op = { .verb = OT_UNKNOWN,
		.name = "reserved mode",
		.has_code = true,
		.code = mode };

	if (!version_known(version)) {
		op.name = "unknown version";
		op.object =
		    (struct ot_object){ .space = VERSION, .n = { version } };
	}
	if (pdu->to_server)
		ot_emit_op(pdu, &op);
	else
		ot_emit_reply(pdu, &(struct ot_reply){ .as = op });
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	uint8_t mode = mode_of(b);

	if (!version_known(version_of(b)) || mode == RESERVED)
		unknown(pdu, version_of(b), mode);
	else if (mode == CONTROL)
		control(b, pdu);
	else if (mode == PRIVATE)
	private(b, pdu);
	else time_packet(b, pdu);
}

static bool
time_fits(struct ot_buf b, const struct ot_pdu *pdu)
{
	struct header h = header(&b);

	if (!pdu->cut)
		tail(&b, h.version);
	/* Poll and precision: wider than any implementation's bounds; 32 is
	 * what clients send that hide theirs. */
	return ot_ok(&b) && h.stratum <= STRATUM_UNSYNCHRONISED &&
	       h.poll >= -8 && h.poll <= 24 && h.precision <= 32;
}

static bool
control_fits(struct ot_buf b, const struct ot_pdu *pdu)
{
	struct control c = control_head(&b);

	return ot_ok(&b) && controls[c.opcode].name &&
	       !(c.bits & CONTROL_R) == pdu->to_server &&
	       (c.bits & CONTROL_R || !(c.bits & (CONTROL_E | CONTROL_M))) &&
	       (pdu->cut || control_closes(c.data.left, b.left));
}

/* A request may have room behind its items, an answer has none. */
static bool
private_fits(struct ot_buf b, const struct ot_pdu *pdu)
{
	size_t len = b.left;
	struct private p = private_head(&b);
	bool response = p.bits & PRIVATE_R;

	if (!ot_ok(&b) || p.code >= PRIVATES || !privates[p.code].name ||
	    p.implementation > 3 || response == pdu->to_server)
		return false;
	if (response)
		return pdu->cut || len == PRIVATE_HEADER + p.data;
	return p.error == 0 && !(p.bits & PRIVATE_M) && len <= PRIVATE_MAX &&
	       (pdu->cut || len >= PRIVATE_HEADER + p.data);
}

static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	if (!version_known(version_of(&b)))
		return false;
	switch ((enum mode)mode_of(&b)) {
	case ACTIVE: /* both peers may be */
		return time_fits(b, pdu);
	case CLIENT:
		return pdu->to_server && time_fits(b, pdu);
	case PASSIVE:
	case SERVER:
	case BROADCAST:
		return !pdu->to_server && time_fits(b, pdu);
	case CONTROL:
		return control_fits(b, pdu);
	case PRIVATE:
		return private_fits(b, pdu);
	case RESERVED:
		break;
	}
	return false;
}

const struct ot_proto ot_proto_ntp = {
	.name = "ntp",
	.over = { "udp" },
	.strength = OT_MEDIUM,
	.ports = ports,
	.spaces = spaces,
	.state_size = sizeof(struct state),
	.probe = probe,
	.dissect = dissect,
};
