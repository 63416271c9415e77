/*
 * The message that DNS, mDNS and LLMNR share: header, names, questions and
 * records (RFC 1035 section 4, RFC 6891, RFC 6762 section 18).
 */
#ifndef OT_PROTO_DNS_MESSAGE_H
#define OT_PROTO_DNS_MESSAGE_H

#include "base/hash.h"
#include "proto/proto.h"

enum {
	DNS_HEADER = 12,
	DNS_NAME = 255, /* bytes of a name on the wire */
	DNS_JUMPS = 128,
	DNS_TEXT = DNS_NAME + 16, /* "NAME TYPE65535" */
};

enum dns_opcode {
	DNS_QUERY = 0,
	DNS_INVERSE = 1,
	DNS_STATUS = 2,
	DNS_NOTIFY = 4,
	DNS_UPDATE = 5,
	DNS_STATEFUL = 6,
};

enum dns_type {
	DNS_A = 1,
	DNS_NS = 2,
	DNS_SOA = 6,
	DNS_PTR = 12,
	DNS_HINFO = 13,
	DNS_TXT = 16,
	DNS_AAAA = 28,
	DNS_SRV = 33,
	DNS_OPT = 41,
	DNS_IXFR = 251,
	DNS_AXFR = 252,
	DNS_ANY = 255,
};

/* The top bit of a class is mDNS's own (RFC 6762 sections 5.4 and 10.2). */
enum dns_class { DNS_IN = 1, DNS_CLASS_NONE = 254, DNS_CLASS_ANY = 255 };

enum dns_section { DNS_ANSWER, DNS_AUTHORITY, DNS_ADDITIONAL, DNS_SECTIONS };

struct dns_header {
	uint16_t id;
	bool response;
	bool reserved; /* the bit that must be zero (RFC 6895 section 2.1) */
	uint8_t opcode;
	uint8_t rcode; /* the low four bits */
	uint16_t questions;
	uint16_t records[DNS_SECTIONS];
};

/* Labels with dots between, without the last dot; the root is ".". */
struct dns_name {
	size_t len;
	uint8_t text[DNS_NAME];
};

struct dns_question {
	struct dns_name name;
	uint16_t type, class;
};

struct dns_record {
	struct dns_name name;
	uint16_t type, class;
	uint32_t ttl;
	struct ot_buf data;
};

static inline struct dns_header
dns_header(struct ot_buf *b)
{
	struct dns_header h = { .id = ot_u16be(b) };
	uint16_t flags = ot_u16be(b);

	h.response = flags >> 15;
	h.opcode = flags >> 11 & 15;
	h.reserved = flags >> 6 & 1;
	h.rcode = flags & 15;
	h.questions = ot_u16be(b);
	for (int i = 0; i < DNS_SECTIONS; i++)
		h.records[i] = ot_u16be(b);
	return h;
}

/* Append one label; the wire's limit of 255 bytes keeps it in the buffer. */
static inline void
dns_label(struct dns_name *out, const uint8_t *label, size_t len)
{
	if (out->len)
		out->text[out->len++] = '.';
	memcpy(out->text + out->len, label, len);
	out->len += len;
}

/* Read a name, which may point back into the message. Each pointer must lead
 * to before where its own part began, so that no chain of them loops. */
static inline void
dns_name(struct ot_buf *b, const struct ot_buf *message, struct dns_name *out)
{
	struct ot_buf at = *b;
	size_t limit = (size_t)(b->p - message->p);
	size_t wire = 0;
	int jumps = 0;

	out->len = 0;
	for (;;) {
		uint8_t n = ot_u8(&at);

		if (n >> 6 == 3) {
			size_t to = (size_t)(n & 0x3f) << 8 | ot_u8(&at);

			if (jumps == 0)
				*b = at;
			if (!ot_expect(b, to < limit && ++jumps <= DNS_JUMPS))
				return;
			limit = to;
			at = *message;
			ot_skip(&at, to);
			continue;
		}
		wire += n + 1u;
		if (!ot_expect(b, n >> 6 == 0 && wire <= DNS_NAME))
			return;

		const uint8_t *label = ot_take(&at, n);

		if (!label) {
			ot_fail(b, OT_FAULT_SHORT);
			return;
		}
		if (n == 0)
			break;
		dns_label(out, label, n);
	}
	if (jumps == 0)
		*b = at;
	if (out->len == 0)
		out->text[out->len++] = '.';
}

static inline void
dns_question(
    struct ot_buf *b, const struct ot_buf *message, struct dns_question *q)
{
	dns_name(b, message, &q->name);
	q->type = ot_u16be(b);
	q->class = ot_u16be(b);
}

static inline void
dns_record(struct ot_buf *b, const struct ot_buf *message, struct dns_record *r)
{
	dns_name(b, message, &r->name);
	r->type = ot_u16be(b);
	r->class = ot_u16be(b);
	r->ttl = ot_u32be(b);
	r->data = ot_split(b, ot_u16be(b));
}

static inline struct ot_text
dns_text(const struct dns_name *name)
{
	return (struct ot_text){ name->text, name->len, OT_UTF8 };
}

static inline uint8_t
dns_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

/* Does the name end with these labels (lower case, as ".in-addr.arpa")? */
static inline bool
dns_ends(const struct dns_name *name, const char *with)
{
	size_t len = strlen(with);

	if (name->len < len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (dns_lower(name->text[name->len - len + i]) !=
		    (uint8_t)with[i])
			return false;
	return true;
}

/* The part "_ipp._tcp" of "Instance._ipp._tcp.local"; empty without one. */
static inline struct ot_text
dns_service(const struct dns_name *name)
{
	const uint8_t *p = name->text;
	size_t end = name->len, at;

	for (at = 0; at < end; at++)
		if (p[at] == '_' && (at == 0 || p[at - 1] == '.'))
			break;

	size_t len = 0, labels = 0;

	while (at + len < end && (p[at + len] != '.' || ++labels < 2))
		len++;
	return (struct ot_text){ p + at, len, OT_UTF8 };
}

static inline bool
dns_same(const struct dns_name *a, const struct dns_name *b)
{
	if (a->len != b->len)
		return false;
	for (size_t i = 0; i < a->len; i++)
		if (dns_lower(a->text[i]) != dns_lower(b->text[i]))
			return false;
	return true;
}

static inline const char *
dns_type_name(uint16_t type)
{
	static const struct ot_name names[] = { { 1, "A" }, { 2, "NS" },
		{ 3, "MD" }, { 4, "MF" }, { 5, "CNAME" }, { 6, "SOA" },
		{ 7, "MB" }, { 8, "MG" }, { 9, "MR" }, { 10, "NULL" },
		{ 11, "WKS" }, { 12, "PTR" }, { 13, "HINFO" }, { 14, "MINFO" },
		{ 15, "MX" }, { 16, "TXT" }, { 17, "RP" }, { 18, "AFSDB" },
		{ 19, "X25" }, { 20, "ISDN" }, { 21, "RT" }, { 22, "NSAP" },
		{ 23, "NSAP-PTR" }, { 24, "SIG" }, { 25, "KEY" }, { 26, "PX" },
		{ 27, "GPOS" }, { 28, "AAAA" }, { 29, "LOC" }, { 30, "NXT" },
		{ 31, "EID" }, { 32, "NIMLOC" }, { 33, "SRV" }, { 34, "ATMA" },
		{ 35, "NAPTR" }, { 36, "KX" }, { 37, "CERT" }, { 38, "A6" },
		{ 39, "DNAME" }, { 40, "SINK" }, { 41, "OPT" }, { 42, "APL" },
		{ 43, "DS" }, { 44, "SSHFP" }, { 45, "IPSECKEY" },
		{ 46, "RRSIG" }, { 47, "NSEC" }, { 48, "DNSKEY" },
		{ 49, "DHCID" }, { 50, "NSEC3" }, { 51, "NSEC3PARAM" },
		{ 52, "TLSA" }, { 53, "SMIMEA" }, { 55, "HIP" }, { 59, "CDS" },
		{ 60, "CDNSKEY" }, { 61, "OPENPGPKEY" }, { 62, "CSYNC" },
		{ 63, "ZONEMD" }, { 64, "SVCB" }, { 65, "HTTPS" },
		{ 99, "SPF" }, { 104, "NID" }, { 105, "L32" }, { 106, "L64" },
		{ 107, "LP" }, { 108, "EUI48" }, { 109, "EUI64" },
		{ 249, "TKEY" }, { 250, "TSIG" }, { 251, "IXFR" },
		{ 252, "AXFR" }, { 253, "MAILB" }, { 254, "MAILA" },
		{ 255, "ANY" }, { 256, "URI" }, { 257, "CAA" }, { 32768, "TA" },
		{ 32769, "DLV" }, { 65281, "WINS" }, { 65282, "WINS-R" },
		{ 0 } };

	return ot_name(names, type);
}

/* Return codes, RFC 6895 section 2.3. */
static inline const char *
dns_rcode_name(uint32_t rcode)
{
	static const struct ot_name names[] = { { 1, "formerr" },
		{ 2, "servfail" }, { 3, "nxdomain" }, { 4, "notimp" },
		{ 5, "refused" }, { 6, "yxdomain" }, { 7, "yxrrset" },
		{ 8, "nxrrset" }, { 9, "notauth" }, { 10, "notzone" },
		{ 11, "dsotypeni" }, { 16, "badvers" }, { 17, "badkey" },
		{ 18, "badtime" }, { 19, "badmode" }, { 20, "badname" },
		{ 21, "badalg" }, { 22, "badtrunc" }, { 23, "badcookie" },
		{ 0 } };

	return ot_name(names, rcode);
}

/* "NAME TYPE" into out; types without a name as TYPE123 (RFC 3597). */
static inline struct ot_text
dns_question_text(const struct ot_pdu *pdu, const struct dns_question *q,
    uint8_t out[static DNS_TEXT])
{
	const char *known = dns_type_name(q->type);
	struct ot_text type =
	    known ? ot_text(known) : ot_format(pdu, "TYPE%u", q->type);
	size_t len = q->name.len;

	memcpy(out, q->name.text, len);
	out[len++] = ' ';
	if (type.len > DNS_TEXT - len)
		type.len = DNS_TEXT - len;
	memcpy(out + len, type.p, type.len);
	return (struct ot_text){ out, len + type.len, OT_UTF8 };
}

/* The same for the same id and question, whatever the case of its letters. */
static inline uint64_t
dns_pair(uint16_t id, const struct dns_question *q)
{
	uint8_t key[DNS_NAME + 6];
	size_t len = q->name.len;

	for (size_t i = 0; i < len; i++)
		key[i] = dns_lower(q->name.text[i]);
	key[len++] = (uint8_t)(id >> 8);
	key[len++] = (uint8_t)id;
	key[len++] = (uint8_t)(q->type >> 8);
	key[len++] = (uint8_t)q->type;
	key[len++] = (uint8_t)(q->class >> 8);
	key[len++] = (uint8_t)q->class;
	return ot_hash_fixed(key, len);
}

/* Can a host have this address? Answers of sinkholes and filters do not say
 * whose the address is. */
static inline bool
dns_names_host(const struct ot_addr *addr)
{
	return addr->kind != OT_ADDR_NONE && !ot_addr_unspecified(addr) &&
	       !ot_addr_loopback(addr) && !ot_addr_broadcast(addr) &&
	       !ot_addr_multicast(addr);
}

/* The address in an A or AAAA record of the internet class, else NONE. */
static inline struct ot_addr
dns_address(const struct dns_record *r)
{
	struct ot_buf data = r->data;
	size_t len = r->type == DNS_A ? 4 : r->type == DNS_AAAA ? 16 : 0;
	const uint8_t *p;

	if (len == 0 || (r->class & 0x7fff) != DNS_IN ||
	    !ot_expect(&data, data.left == len))
		return (struct ot_addr){ 0 };
	p = ot_take(&data, len);
	if (!p)
		return (struct ot_addr){ 0 };
	return len == 4 ? ot_addr_ipv4(p) : ot_addr_ipv6(p);
}

/* Do the header's counts and the bytes agree to the last byte? Some resolvers
 * fill the datagram up with zeros. Where the end is not there, they must agree
 * as far as they go, and the counts be plausible. */
static inline bool
dns_closes(struct ot_buf message, const struct ot_pdu *pdu)
{
	bool whole = !pdu->cut && pdu->rest == 0;
	struct ot_buf b = message;
	struct dns_header h = dns_header(&b);
	struct dns_question q;
	struct dns_record r;
	uint32_t records = 0;

	for (int i = 0; i < DNS_SECTIONS; i++)
		records += h.records[i];
	if (!whole && (h.questions > 64 || records > 64))
		return false;
	for (uint32_t i = 0; i < h.questions && ot_ok(&b); i++)
		dns_question(&b, &message, &q);
	if (!whole && *b.fault == OT_FAULT_SHORT)
		return b.p > message.p + DNS_HEADER;
	for (uint32_t i = 0; i < records && ot_ok(&b); i++)
		dns_record(&b, &message, &r);
	if (!whole && *b.fault == OT_FAULT_SHORT)
		return true;
	while (whole && b.left > 0 && ot_peek(&b, 0) == 0)
		ot_skip(&b, 1);
	return ot_ok(&b) && (b.left == 0 || !whole);
}

#endif
