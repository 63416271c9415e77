/*
 * X.509 certificates: RFC 5280 section 4.1 (structure), 4.1.2.4 (names),
 * 4.1.2.5 (validity), 4.2.1.6 (subject alternative names); RFC 3279, 4055,
 * 5480, 5758 and 8410 (keys and signatures). Nothing is verified: a
 * certificate is what its sender says of itself.
 */
#include "proto/x509.h"

#include "base/ber.h"
#include "base/hash.h"

enum {
	RDNS = 32,	   /* relative names kept of one name */
	NAMES_TEXT = 4095, /* bytes of all alternative names together */
};

/* UTF-8 that grows in the PDU's memory; what does not fit is left out. */
struct line {
	uint8_t *p;
	size_t len, cap;
};

static struct line
line(const struct ot_pdu *pdu, size_t cap)
{
	uint8_t *p = ot_scratch(pdu, cap);

	return (struct line){ p, 0, p ? cap : 0 };
}

static void
add(struct line *l, const void *p, size_t len)
{
	if (len > l->cap - l->len)
		len = l->cap - l->len;
	if (len)
		memcpy(l->p + l->len, p, len);
	l->len += len;
}

/* One character of the basic plane as UTF-8, whole or not at all. */
static void
add_character(struct line *l, uint32_t c)
{
	uint8_t utf8[3] = { (uint8_t)c };
	size_t len = 1;

	if (c >= 0x800) {
		utf8[0] = (uint8_t)(0xe0 | c >> 12);
		utf8[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		utf8[2] = (uint8_t)(0x80 | (c & 0x3f));
		len = 3;
	} else if (c >= 0x80) {
		utf8[0] = (uint8_t)(0xc0 | c >> 6);
		utf8[1] = (uint8_t)(0x80 | (c & 0x3f));
		len = 2;
	}
	if (len <= l->cap - l->len)
		add(l, utf8, len);
}

static struct ot_text
text_of(const struct line *l)
{
	return (struct ot_text){ l->p ? l->p : (const uint8_t *)"", l->len,
		OT_UTF8 };
}

/* A string of a name: X.680 types with the coding of each. */
static void
add_string(struct line *l, uint32_t tag, struct ot_buf contents)
{
	if (tag == OT_BER_UTF8_STRING) {
		add(l, contents.p, contents.left);
		return;
	}

	size_t width = tag == OT_BER_BMP_STRING		? 2
		       : tag == OT_BER_UNIVERSAL_STRING ? 4
							: 1;

	while (contents.left >= width) {
		uint32_t c = ot_u8(&contents);

		for (size_t i = 1; i < width; i++)
			c = c << 8 | ot_u8(&contents);
		add_character(l, c <= 0xffff ? c : 0xfffd);
	}
}

struct oid_name {
	const char *oid;
	const char *name;
};

/* RFC 4514 section 3, RFC 4519, PKCS #9; the jurisdiction of EV. */
static const struct oid_name attributes[] = {
	{ "2.5.4.3", "CN" },
	{ "2.5.4.4", "SN" },
	{ "2.5.4.5", "serialNumber" },
	{ "2.5.4.6", "C" },
	{ "2.5.4.7", "L" },
	{ "2.5.4.8", "ST" },
	{ "2.5.4.9", "STREET" },
	{ "2.5.4.10", "O" },
	{ "2.5.4.11", "OU" },
	{ "2.5.4.12", "title" },
	{ "2.5.4.13", "description" },
	{ "2.5.4.15", "businessCategory" },
	{ "2.5.4.17", "postalCode" },
	{ "2.5.4.41", "name" },
	{ "2.5.4.42", "GN" },
	{ "2.5.4.46", "dnQualifier" },
	{ "2.5.4.97", "organizationIdentifier" },
	{ "0.9.2342.19200300.100.1.1", "UID" },
	{ "0.9.2342.19200300.100.1.25", "DC" },
	{ "1.2.840.113549.1.9.1", "emailAddress" },
	{ "1.2.840.113549.1.9.2", "unstructuredName" },
	{ "1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL" },
	{ "1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST" },
	{ "1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC" },
	{ NULL, NULL },
};

static const struct oid_name signatures[] = {
	{ "1.2.840.113549.1.1.2", "md2WithRSAEncryption" },
	{ "1.2.840.113549.1.1.3", "md4WithRSAEncryption" },
	{ "1.2.840.113549.1.1.4", "md5WithRSAEncryption" },
	{ "1.2.840.113549.1.1.5", "sha1WithRSAEncryption" },
	{ "1.2.840.113549.1.1.10", "rsassaPss" },
	{ "1.2.840.113549.1.1.11", "sha256WithRSAEncryption" },
	{ "1.2.840.113549.1.1.12", "sha384WithRSAEncryption" },
	{ "1.2.840.113549.1.1.13", "sha512WithRSAEncryption" },
	{ "1.2.840.113549.1.1.14", "sha224WithRSAEncryption" },
	{ "1.3.14.3.2.29", "sha1WithRSAEncryption" },
	{ "1.2.840.10040.4.3", "dsa-with-sha1" },
	{ "2.16.840.1.101.3.4.3.1", "dsa-with-sha224" },
	{ "2.16.840.1.101.3.4.3.2", "dsa-with-sha256" },
	{ "1.2.840.10045.4.1", "ecdsa-with-SHA1" },
	{ "1.2.840.10045.4.3.1", "ecdsa-with-SHA224" },
	{ "1.2.840.10045.4.3.2", "ecdsa-with-SHA256" },
	{ "1.2.840.10045.4.3.3", "ecdsa-with-SHA384" },
	{ "1.2.840.10045.4.3.4", "ecdsa-with-SHA512" },
	{ "1.3.101.112", "Ed25519" },
	{ "1.3.101.113", "Ed448" },
	{ NULL, NULL },
};

static const struct oid_name curves[] = {
	{ "1.2.840.10045.3.1.1", "secp192r1" },
	{ "1.2.840.10045.3.1.7", "secp256r1" },
	{ "1.3.132.0.10", "secp256k1" },
	{ "1.3.132.0.33", "secp224r1" },
	{ "1.3.132.0.34", "secp384r1" },
	{ "1.3.132.0.35", "secp521r1" },
	{ "1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1" },
	{ "1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1" },
	{ "1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1" },
	{ "1.2.156.10197.1.301", "sm2" },
	{ NULL, NULL },
};

/* Keys whose size is of interest: what the number is the size of. */
static const struct oid_name keys[] = {
	{ "1.2.840.113549.1.1.1", "rsa" },
	{ "1.2.840.113549.1.1.10", "rsa-pss" },
	{ "1.2.840.10040.4.1", "dsa" },
	{ "1.2.840.10045.2.1", "ec" },
	{ "1.3.101.110", "x25519" },
	{ "1.3.101.111", "x448" },
	{ "1.3.101.112", "ed25519" },
	{ "1.3.101.113", "ed448" },
	{ NULL, NULL },
};

/* The name of an object identifier, else its arcs. */
static struct ot_text
oid_text(
    struct ot_buf oid, const struct ot_pdu *pdu, const struct oid_name *table)
{
	struct line l = line(pdu, 64);

	l.len = ot_ber_print_oid((char *)l.p, l.cap, oid);
	for (; table->oid; table++)
		if (strlen(table->oid) == l.len &&
		    memcmp(table->oid, l.p, l.len) == 0)
			return ot_text(table->name);
	return text_of(&l);
}

static bool
text_is(struct ot_text t, const char *word)
{
	return t.len == strlen(word) && memcmp(t.p, word, t.len) == 0;
}

/* AttributeTypeAndValue */
static void
add_attribute(struct line *l, struct ot_buf *set, const struct ot_pdu *pdu,
    struct ot_text *name)
{
	struct ot_buf attribute = ot_ber_get(set, OT_BER_SEQUENCE);
	struct ot_buf oid = ot_ber_get(&attribute, OT_BER_OID);
	struct ot_text type = oid_text(oid, pdu, attributes);
	uint32_t tag;
	struct ot_buf value = ot_ber_next(&attribute, &tag);

	if (!ot_ok(set))
		return;
	if (l->len)
		add(l, ", ", 2);
	add(l, type.p, type.len);
	add(l, "=", 1);

	size_t from = l->len;

	add_string(l, tag, value);
	if (name && name->len == 0 && l->len > from && text_is(type, "CN"))
		*name = (struct ot_text){ l->p + from, l->len - from, OT_UTF8 };
}

/* Name: the most specific part, which is encoded last, is written first, as
 * in RFC 4514 section 2.1. */
static struct ot_text
read_name(struct ot_buf b, const struct ot_pdu *pdu, struct ot_text *name)
{
	struct ot_buf sets[RDNS];
	size_t count = 0;
	struct line l = line(pdu, OT_LIMIT_TEXT);

	while (b.left) {
		struct ot_buf set = ot_ber_get(&b, OT_BER_SET);

		if (count == RDNS)
			ot_fail(&b, OT_FAULT_LIMIT);
		else
			sets[count++] = set;
	}
	while (count--)
		while (sets[count].left)
			add_attribute(&l, &sets[count], pdu, name);
	return text_of(&l);
}

/* A number of this many decimal digits. */
static int64_t
digits(struct ot_buf *b, int count)
{
	int64_t n = 0;

	while (count-- > 0) {
		uint8_t c = ot_u8(b);

		ot_expect(b, c >= '0' && c <= '9');
		n = n * 10 + (c - '0');
	}
	return n;
}

/* Days from 1970-01-01 in the Gregorian calendar: years begin in March, so
 * that the leap day is the last of its year. */
static int64_t
days(int64_t year, int64_t month, int64_t day)
{
	year -= month <= 2;

	int64_t era = year / 400;
	int64_t of_era = year - era * 400;
	int64_t of_year =
	    (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - 719468;
}

/* Time: UTCTime has two digits of the year, 50-99 for 1950-1999. Seconds may
 * be left out in certificates older than RFC 5280. What is no time is 0, for
 * it takes nothing from the rest of the certificate. */
static int64_t
read_time(struct ot_buf *b)
{
	enum ot_fault fault = OT_FAULT_NONE;
	uint32_t tag;
	struct ot_buf contents = ot_ber_next(b, &tag);
	struct ot_buf time = ot_buf(contents.p, contents.left, &fault);
	int64_t year = digits(&time, tag == OT_BER_GENERALIZED_TIME ? 4 : 2);

	if (tag != OT_BER_GENERALIZED_TIME)
		year += year < 50 ? 2000 : 1900;

	int64_t month = digits(&time, 2);
	int64_t day = digits(&time, 2);
	int64_t hour = digits(&time, 2);
	int64_t minute = digits(&time, 2);
	int64_t second = 0;

	if (ot_peek(&time, 0) >= '0' && ot_peek(&time, 0) <= '9')
		second = digits(&time, 2);
	if (!ot_ok(&time) || month < 1 || month > 12)
		return 0;
	return days(year, month, day) * 86400 + hour * 3600 + minute * 60 +
	       second;
}

/* Significant bits of an unsigned INTEGER. */
static unsigned int
integer_bits(struct ot_buf n)
{
	unsigned int bits = 0;

	while (n.left && ot_peek(&n, 0) == 0)
		ot_skip(&n, 1);
	if (n.left == 0)
		return 0;
	for (uint8_t top = ot_u8(&n); top; top = (uint8_t)(top >> 1))
		bits++;
	return bits + 8 * (unsigned int)n.left;
}

/* SubjectPublicKeyInfo */
static struct ot_text
read_key(struct ot_buf spki, const struct ot_pdu *pdu)
{
	struct ot_buf algorithm = ot_ber_get(&spki, OT_BER_SEQUENCE);
	struct ot_buf oid = ot_ber_get(&algorithm, OT_BER_OID);
	struct ot_text type = oid_text(oid, pdu, keys);
	struct ot_buf key = ot_ber_get(&spki, OT_BER_BIT_STRING);
	struct ot_buf parameters;
	unsigned int bits = 0;

	ot_skip(&key, 1); /* unused bits: none */
	if (text_is(type, "ec")) {
		if (!ot_ber_optional(&algorithm, OT_BER_OID, &parameters))
			return ot_text("ec explicit");

		struct ot_text curve = oid_text(parameters, pdu, curves);

		return ot_format(
		    pdu, "ec %.*s", (int)curve.len, (const char *)curve.p);
	}
	if (text_is(type, "rsa") || text_is(type, "rsa-pss")) {
		struct ot_buf numbers = ot_ber_get(&key, OT_BER_SEQUENCE);

		bits = integer_bits(ot_ber_get(&numbers, OT_BER_INTEGER));
	} else if (text_is(type, "dsa") &&
		   ot_ber_optional(&algorithm, OT_BER_SEQUENCE, &parameters)) {
		bits = integer_bits(ot_ber_get(&parameters, OT_BER_INTEGER));
	}
	if (bits == 0)
		return type;
	return ot_format(
	    pdu, "%.*s %u", (int)type.len, (const char *)type.p, bits);
}

/* GeneralName: [1] mail, [2] DNS, [6] URI, [7] address; others hold
 * structures that name no host. */
static struct ot_text
general_name(uint32_t tag, struct ot_buf value, const struct ot_pdu *pdu)
{
	struct ot_addr addr;

	switch (tag) {
	case 0x81:
	case 0x82:
	case 0x86:
		return ot_text_of(&value, OT_UTF8);
	case 0x87:
		if (value.left == 4)
			addr = ot_addr_ipv4(ot_take(&value, 4));
		else if (value.left == 16)
			addr = ot_addr_ipv6(ot_take(&value, 16));
		else
			return ot_text("");
		return ot_format_addr(pdu, &addr);
	default:
		return ot_text("");
	}
}

static struct ot_text
read_names(struct ot_buf extension, const struct ot_pdu *pdu)
{
	struct ot_buf b = ot_ber_get(&extension, OT_BER_SEQUENCE);
	struct line l = line(pdu, NAMES_TEXT);

	while (b.left) {
		uint32_t tag;
		struct ot_buf value = ot_ber_next(&b, &tag);
		struct ot_text name = general_name(tag, value, pdu);

		if (name.len == 0 || name.len + 1 > l.cap - l.len)
			continue;
		if (l.len)
			add(&l, " ", 1);
		add(&l, name.p, name.len);
	}
	return text_of(&l);
}

static void
read_extensions(struct ot_buf b, const struct ot_pdu *pdu,
    struct ot_certificate *certificate)
{
	static const uint8_t alternative_name[] = { 0x55, 0x1d, 0x11 };
	struct ot_buf list = ot_ber_get(&b, OT_BER_SEQUENCE);

	while (list.left) {
		struct ot_buf extension = ot_ber_get(&list, OT_BER_SEQUENCE);
		struct ot_buf oid = ot_ber_get(&extension, OT_BER_OID);
		struct ot_buf critical;

		(void)ot_ber_optional(&extension, OT_BER_BOOLEAN, &critical);

		struct ot_buf value =
		    ot_ber_get(&extension, OT_BER_OCTET_STRING);

		if (oid.left == sizeof(alternative_name) &&
		    ot_starts(&oid, alternative_name, sizeof(alternative_name)))
			certificate->names = read_names(value, pdu);
	}
}

/* CertificateSerialNumber: a positive INTEGER; the octet that only keeps it
 * positive is no part of the number. */
static struct ot_text
read_serial(struct ot_buf n, const struct ot_pdu *pdu)
{
	if (n.left > 1 && ot_peek(&n, 0) == 0)
		ot_skip(&n, 1);
	if (n.left > OT_LIMIT_TEXT / 2)
		n.left = OT_LIMIT_TEXT / 2;
	return ot_format_hex(pdu, n.p, n.left);
}

static bool
same(struct ot_buf a, struct ot_buf b)
{
	return a.left == b.left && ot_starts(&a, b.p, b.left);
}

/* TBSCertificate */
static void
read_body(struct ot_buf b, const struct ot_pdu *pdu,
    struct ot_certificate *certificate, struct ot_text *name)
{
	struct ot_buf part;

	(void)ot_ber_optional(&b, 0xa0, &part); /* version */
	certificate->serial = read_serial(ot_ber_get(&b, OT_BER_INTEGER), pdu);

	struct ot_buf algorithm = ot_ber_get(&b, OT_BER_SEQUENCE);

	certificate->signature =
	    oid_text(ot_ber_get(&algorithm, OT_BER_OID), pdu, signatures);

	struct ot_buf issuer = ot_ber_get(&b, OT_BER_SEQUENCE);
	struct ot_buf validity = ot_ber_get(&b, OT_BER_SEQUENCE);
	struct ot_buf subject = ot_ber_get(&b, OT_BER_SEQUENCE);
	struct ot_buf key = ot_ber_get(&b, OT_BER_SEQUENCE);

	certificate->issuer = read_name(issuer, pdu, NULL);
	certificate->not_before_s = read_time(&validity);
	certificate->not_after_s = read_time(&validity);
	certificate->subject = read_name(subject, pdu, name);
	certificate->self_signed = same(subject, issuer);
	certificate->key = read_key(key, pdu);
	(void)ot_ber_optional(&b, 0x81, &part); /* issuerUniqueID */
	(void)ot_ber_optional(&b, 0x82, &part); /* subjectUniqueID */
	if (ot_ber_optional(&b, 0xa3, &part))
		read_extensions(part, pdu, certificate);
}

bool
ot_x509_read(struct ot_buf *der, const struct ot_pdu *pdu,
    struct ot_certificate *certificate, struct ot_text *name)
{
	struct ot_sha256 sha;
	uint8_t digest[OT_SHA256_LEN];

	*certificate = (struct ot_certificate){ .names = ot_text("") };
	*name = ot_text("");
	ot_sha256_init(&sha);
	ot_sha256_add(&sha, der->p, der->left);
	ot_sha256_end(&sha, digest);

	struct ot_buf whole = ot_ber_get(der, OT_BER_SEQUENCE);
	struct ot_buf body = ot_ber_get(&whole, OT_BER_SEQUENCE);

	read_body(body, pdu, certificate, name);
	certificate->sha256 = ot_format_hex(pdu, digest, sizeof(digest));
	return ot_ok(der);
}
