/*
 * SSH: RFC 4253 section 4.2 (version exchange), 6 (packets), 7.1 (KEXINIT),
 * 7.3 (NEWKEYS), 8 (Diffie-Hellman), RFC 5656 section 4 (ECDH), RFC 4419
 * (group exchange). All after NEWKEYS is ciphertext, and so is all of SSH-1
 * but its banner. Fingerprints: HASSH and hasshServer.
 */
#include "base/hash.h"
#include "proto/proto.h"

enum {
	BANNER_MAX = 255,   /* RFC 4253 4.2, line end included */
	PACKET_MAX = 35000, /* section 6.1 */
	CIPHERS_MAX = 512,  /* kept of the list that came first */
};

enum message {
	KEXINIT = 20,
	NEWKEYS = 21,
	KEX_INIT = 30,	/* KEXDH_INIT, KEX_ECDH_INIT, GEX_REQUEST_OLD */
	KEX_REPLY = 31, /* KEXDH_REPLY, KEX_ECDH_REPLY, GEX_GROUP */
	GEX_INIT = 32,
	GEX_REPLY = 33,
	GEX_REQUEST = 34,
};

/* What an answer answers. */
enum pair { PAIR_BANNER = 1, PAIR_KEXINIT, PAIR_KEX, PAIR_GEX };

struct side {
	bool banner;
	bool kexinit;
	bool opaque; /* NEWKEYS seen, or packets that are none */
};

struct state {
	struct side client, server;
	bool old;	/* SSH-1 */
	bool protected; /* said */
	uint16_t ciphers_len;
	uint8_t ciphers[CIPHERS_MAX]; /* client to server, of who came first */
};

static const struct ot_port ports[] = {
	{ "tcp", 22, 22 },
	{ "tcp", 830, 830 }, /* NETCONF */
	{ "tcp", 2222, 2222 },
	{ NULL, 0, 0 },
};

static const struct operation {
	uint8_t message;
	const char *name;
	enum pair pair;
} operations[] = {
	{ KEXINIT, "key exchange init", PAIR_KEXINIT },
	{ KEX_INIT, "key exchange", PAIR_KEX },
	{ GEX_INIT, "group exchange init", PAIR_GEX },
	{ GEX_REQUEST, "group exchange request", PAIR_KEX },
	{ 0, NULL, 0 },
};

static struct side *
side_of(struct state *st, const struct ot_pdu *pdu)
{
	return pdu->to_server ? &st->client : &st->server;
}

static bool
is_banner(const struct ot_buf *b)
{
	return ot_starts(b, "SSH-", 4) &&
	       (ot_peek(b, 4) == '1' || ot_peek(b, 4) == '2') &&
	       ot_peek(b, 5) == '.';
}

/* Printable, as far as it was given. */
static bool
is_line(const struct ot_buf *b, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		uint8_t c = ot_peek(b, i);

		if (c < ' ' && c != '\t' && c != '\r' && c != '\n')
			return false;
	}
	return true;
}

/* A banner in text, or KEXINIT with both lengths that fit each other. */
static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	uint32_t len = ot_peek32be(&b, 0);
	uint8_t padding = ot_peek(&b, 4);

	(void)pdu; /* both sides speak alike */
	if (is_banner(&b))
		return is_line(&b, b.left);
	return len >= 64 && len <= 35000 && padding >= 4 && padding < len &&
	       ot_peek(&b, 5) == KEXINIT && (len + 4) % 8 == 0 &&
	       ot_peek32be(&b, 22) > 0 && ot_peek32be(&b, 22) < len;
}

static long
line_len(const struct ot_buf *b)
{
	size_t len = ot_find(b, '\n');

	if (len < b->left)
		return (long)len + 1;
	return b->left > BANNER_MAX ? -1 : 0;
}

/* RFC 4253 section 6: at least 16 octets, at least 4 of them padding. 0: more
 * are needed to tell, -1: no packet. */
static long
packet_len(const struct ot_buf *b)
{
	uint32_t len = ot_peek32be(b, 0);
	uint8_t padding = ot_peek(b, 4);

	if (b->left < 5)
		return 0;
	if (len < 12 || len > PACKET_MAX || padding < 4 || padding + 1U >= len)
		return -1;
	return 4 + (long)len;
}

/* RFC 4253 4.2: a server may send other lines before its banner. What is no
 * packet in an SSH connection is its ciphertext, whose beginning was not
 * captured. */
static long
pdu_len(struct ot_buf b, const struct ot_pdu *pdu)
{
	struct state *st = ot_state(pdu);
	size_t seen = b.left < 4 ? b.left : 4;

	if (!st)
		return -1;

	const struct side *side = side_of(st, pdu);

	if (side->opaque || (st->old && side->banner))
		return OT_PDU_TO_END;
	if (!side->banner && memcmp(b.p, "SSH-", seen) == 0)
		return line_len(&b);
	if (!side->banner && !pdu->to_server && st->client.banner &&
	    is_line(&b, b.left))
		return line_len(&b);

	long len = packet_len(&b);

	if (len < 0 && (side->banner || side->kexinit))
		return OT_PDU_TO_END;
	return len;
}

static void
say_fact(const struct ot_pdu *pdu, enum ot_key key, struct ot_text value,
    const char *message)
{
	value = ot_text_trim(value);
	if (value.len)
		ot_emit_fact(pdu, &(struct ot_fact){ .key = key,
				      .value = value,
				      .message = message,
				      .by = OT_SELF });
}

/* Where a version begins: a digit after the first "_", "-", "/" that one
 * follows; all of it is a name if there is none. */
static size_t
version_at(const struct ot_buf *b)
{
	for (size_t i = 1; i + 1 < b->left; i++) {
		uint8_t c = ot_peek(b, i);
		uint8_t next = ot_peek(b, i + 1);

		if ((c == '_' || c == '-' || c == '/') && next >= '0' &&
		    next <= '9')
			return i + 1;
	}
	return b->left;
}

/* softwareversion SP comments: the product with its version, and mostly the
 * system that it was built for. */
static void
say_software(const struct ot_pdu *pdu, struct ot_buf b)
{
	struct ot_buf software = ot_split(&b, ot_find(&b, ' '));
	size_t at = version_at(&software);
	size_t name = at < software.left ? at - 1 : at;
	struct ot_buf app = ot_split(&software, name);

	say_fact(pdu, OT_K_APP, ot_text_of(&app, OT_UTF8), "banner");
	if (software.left) {
		ot_skip(&software, 1);
		say_fact(pdu, OT_K_APP_VERSION, ot_text_of(&software, OT_UTF8),
		    "banner");
	}
	say_fact(pdu, OT_K_OS, ot_text_of(&b, OT_UTF8), "banner");
}

/* Each side sends its banner as soon as it can: only a server's that comes
 * after the client's answers it. */
static void
say_banner(const struct ot_pdu *pdu, struct state *st)
{
	struct ot_op op = { .pair = PAIR_BANNER,
		.verb = OT_ADMIN,
		.name = "version exchange" };

	if (pdu->to_server) {
		op.flags = st->server.banner ? OT_OP_NO_ANSWER : 0;
		ot_emit_op(pdu, &op);
	} else if (st->client.banner) {
		ot_emit_reply(pdu, &(struct ot_reply){ .as = op });
	}
}

static void
banner(struct ot_buf *b, const struct ot_pdu *pdu, struct state *st)
{
	struct ot_buf line = ot_split(b, ot_find(b, '\n'));

	if (line.left && ot_peek(&line, line.left - 1) == '\r')
		line.left--;
	ot_skip(&line, 4); /* "SSH-" */

	struct ot_buf version = ot_split(&line, ot_find(&line, '-'));

	if (!ot_ok(b))
		return;
	/* section 5: 1.99 is 2.0 for those who know it */
	st->old |=
	    ot_starts(&version, "1.", 2) && !ot_starts(&version, "1.99", 4);
	say_banner(pdu, st);
	side_of(st, pdu)->banner = true;
	ot_emit_security(pdu, OT_S_VERSION,
	    ot_format(pdu, "SSH %.*s",
		(int)(version.left < 8 ? version.left : 8),
		(const char *)version.p));
	if (line.left)
		ot_skip(&line, 1);
	say_software(pdu, line);
}

static void
add_list(struct ot_md5 *md5, struct ot_buf list, const char *after)
{
	ot_md5_add(md5, list.p, list.left);
	ot_md5_add(md5, after, strlen(after));
}

/* Is a name in a list of names? */
static bool
has_name(struct ot_buf list, struct ot_buf name)
{
	while (list.left) {
		struct ot_buf one = ot_split(&list, ot_find(&list, ','));

		if (one.left == name.left && ot_starts(&one, name.p, name.left))
			return true;
		if (list.left)
			ot_skip(&list, 1);
	}
	return false;
}

/* RFC 4253 7.1: the client's first name that the server knows too. */
static void
say_cipher(const struct ot_pdu *pdu, struct ot_buf client, struct ot_buf server)
{
	while (client.left) {
		struct ot_buf one = ot_split(&client, ot_find(&client, ','));

		if (has_name(server, one)) {
			ot_emit_security(
			    pdu, OT_S_CIPHER, ot_text_of(&one, OT_UTF8));
			return;
		}
		if (client.left)
			ot_skip(&client, 1);
	}
}

/* The list that comes second meets the one that was kept. */
static void
choose_cipher(struct ot_buf list, const struct ot_pdu *pdu, struct state *st)
{
	const struct side *other = pdu->to_server ? &st->server : &st->client;
	struct ot_buf kept = ot_buf(st->ciphers, st->ciphers_len, list.fault);

	if (!other->kexinit) {
		size_t len = list.left < CIPHERS_MAX ? list.left : CIPHERS_MAX;

		memcpy(st->ciphers, list.p, len);
		st->ciphers_len = (uint16_t)len;
	} else if (pdu->to_server) {
		say_cipher(pdu, list, kept);
	} else {
		say_cipher(pdu, kept, list);
	}
}

static struct ot_buf
name_list(struct ot_buf *b)
{
	return ot_split(b, ot_u32be(b));
}

/* hassh hashes what the client offers to send, hasshServer what the server
 * does. */
static void
kexinit(struct ot_buf *b, const struct ot_pdu *pdu, struct state *st)
{
	struct ot_buf lists[10];
	size_t from = pdu->to_server ? 0 : 1;
	struct ot_md5 md5;
	uint8_t digest[OT_MD5_LEN];

	ot_skip(b, 16); /* cookie */
	for (size_t i = 0; i < 10; i++)
		lists[i] = name_list(b);
	ot_skip(b, 5); /* guess, reserved */
	if (!ot_ok(b))
		return;
	ot_md5_init(&md5);
	add_list(&md5, lists[0], ";");	      /* key exchange */
	add_list(&md5, lists[2 + from], ";"); /* encryption */
	add_list(&md5, lists[4 + from], ";"); /* integrity */
	add_list(&md5, lists[6 + from], "");  /* compression */
	ot_md5_end(&md5, digest);
	ot_emit_security(pdu, pdu->to_server ? OT_S_HASSH : OT_S_HASSH_SERVER,
	    ot_format_hex(pdu, digest, sizeof(digest)));
	choose_cipher(lists[2], pdu, st);
	side_of(st, pdu)->kexinit = true;
}

/* RFC 4648 section 4 without "=", as fingerprints of keys are written. */
static void
base64(char out[static 44], const uint8_t digest[static OT_SHA256_LEN])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t len = 0;
	uint32_t bits = 0;
	int count = 0;

	for (size_t i = 0; i < OT_SHA256_LEN; i++) {
		bits = bits << 8 | digest[i];
		for (count += 8; count >= 6; count -= 6)
			out[len++] = letters[bits >> (count - 6) & 63];
	}
	out[len++] = letters[bits << (6 - count) & 63];
	out[len] = '\0';
}

/* RFC 4253 6.6: the key's own type is a string at its beginning. In a reply of
 * group exchange stands a number there. */
static void
host_key(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_buf key = ot_split(b, ot_u32be(b));
	struct ot_buf all = key;
	struct ot_sha256 sha;
	uint8_t digest[OT_SHA256_LEN];
	char text[44];
	uint32_t len = ot_peek32be(&key, 0);

	if (!ot_ok(b) || len < 4 || len > 64 || len + 4 > key.left)
		return;
	ot_skip(&key, 4);

	struct ot_buf type = ot_split(&key, len);

	ot_sha256_init(&sha);
	ot_sha256_add(&sha, all.p, all.left);
	ot_sha256_end(&sha, digest);
	base64(text, digest);
	say_fact(pdu, OT_K_UID,
	    ot_format(pdu, "%.*s SHA256:%s", (int)type.left,
		(const char *)type.p, text),
	    "host key");
}

static void
ask(const struct ot_pdu *pdu, uint8_t type)
{
	for (const struct operation *op = operations; op->name; op++)
		if (op->message == type)
			ot_emit_op(pdu, &(struct ot_op){ .pair = op->pair,
					    .verb = OT_ADMIN,
					    .name = op->name,
					    .has_code = true,
					    .code = type,
					    .flags = op->pair == PAIR_KEXINIT
							 ? OT_OP_NO_ANSWER
							 : 0 });
}

static void
answer(const struct ot_pdu *pdu, enum pair pair)
{
	const struct ot_op *asked = ot_asked(pdu, pair);

	ot_emit_reply(
	    pdu, &(struct ot_reply){
		     .as = { .pair = pair,
			 .verb = OT_ADMIN,
			 .name = asked ? asked->name : "key exchange" } });
}

static void
newkeys(const struct ot_pdu *pdu, struct state *st)
{
	side_of(st, pdu)->opaque = true;
	if (!st->protected)
		ot_emit_security(pdu, OT_S_PROTECTION, ot_text("encrypted"));
	st->protected = true;
}

static void
packet(struct ot_buf *b, const struct ot_pdu *pdu, struct state *st)
{
	size_t len = ot_u32be(b);
	size_t padding = ot_u8(b);
	size_t payload = len - 1 - padding;
	struct ot_buf body =
	    ot_split(b, pdu->cut && payload > b->left ? b->left : payload);
	uint8_t type = ot_u8(&body);

	if (pdu->to_server && ot_ok(b))
		ask(pdu, type);
	if (type == KEXINIT)
		kexinit(&body, pdu, st);
	else if (type == NEWKEYS)
		newkeys(pdu, st);
	else if (!pdu->to_server && (type == KEX_REPLY || type == GEX_REPLY)) {
		answer(pdu, type == KEX_REPLY ? PAIR_KEX : PAIR_GEX);
		host_key(&body, pdu);
	}
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct state *st = ot_state(pdu);

	if (!st)
		return;

	struct side *side = side_of(st, pdu);

	if (side->opaque || (st->old && side->banner))
		return;
	if (!side->banner && is_banner(b))
		banner(b, pdu, st);
	else if (packet_len(b) > 0)
		packet(b, pdu, st);
	else
		side->opaque = side->banner || side->kexinit;
}

extern const struct ot_proto ot_proto_ssh;
const struct ot_proto ot_proto_ssh = {
	.name = "ssh",
	.over = { "tcp" },
	.strength = OT_STRONG,
	.ports = ports,
	.decimal = true,
	.state_size = sizeof(struct state),
	.probe = probe,
	.pdu_len = pdu_len,
	.dissect = dissect,
};
