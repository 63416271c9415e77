/*
 * ClientHello and ServerHello: RFC 8446 sections 4.1.2, 4.1.3, 4.2.1
 * (supported_versions), RFC 6066 section 3 (server_name), RFC 7301 (ALPN),
 * RFC 8422 sections 5.1 (groups, point formats), RFC 5246 section 7.4.1.4.1
 * (signature_algorithms), RFC 8701 (GREASE). Fingerprints: JA3, JA3S, JA4.
 */
#include "proto/tls_hello.h"

#include "base/hash.h"

enum extension {
	EXT_SERVER_NAME = 0,
	EXT_GROUPS = 10,
	EXT_FORMATS = 11,
	EXT_SIGNATURES = 13,
	EXT_PROTOCOLS = 16,
	EXT_VERSIONS = 43,
};

/* RFC 8446 section 4.1.3: SHA-256 of "HelloRetryRequest". */
static const uint8_t retry_random[32] = { 0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a,
	0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2,
	0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8,
	0x33, 0x9c };

/* The next extension's contents. */
static struct ot_buf
next_extension(struct ot_buf *b, uint16_t *type)
{
	*type = ot_u16be(b);
	return ot_split(b, ot_u16be(b));
}

/* ServerNameList: host_name is its only type. */
static struct ot_text
read_server_name(struct ot_buf b)
{
	struct ot_buf list = ot_split(&b, ot_u16be(&b));

	while (list.left) {
		uint8_t type = ot_u8(&list);
		struct ot_buf name = ot_split(&list, ot_u16be(&list));

		if (type == 0)
			return ot_text_trim(ot_text_of(&name, OT_UTF8));
	}
	return ot_text("");
}

/* The highest of a client's list, by its number. */
static uint16_t
highest_version(struct ot_buf b)
{
	struct ot_buf list = ot_split(&b, ot_u8(&b));
	uint16_t best = 0;

	while (list.left) {
		uint16_t version = ot_u16be(&list);

		if (!ot_tls_grease(version) && version > best)
			best = version;
	}
	return best;
}

static void
client_extension(struct ot_tls_hello *hello, uint16_t type, struct ot_buf b)
{
	if (type == EXT_SERVER_NAME) {
		hello->named = true;
		if (b.left)
			hello->server_name = read_server_name(b);
	} else if (type == EXT_GROUPS) {
		hello->groups = ot_split(&b, ot_u16be(&b));
	} else if (type == EXT_FORMATS) {
		hello->formats = ot_split(&b, ot_u8(&b));
	} else if (type == EXT_SIGNATURES) {
		hello->signatures = ot_split(&b, ot_u16be(&b));
	} else if (type == EXT_PROTOCOLS) {
		hello->protocols = ot_split(&b, ot_u16be(&b));
	} else if (type == EXT_VERSIONS) {
		uint16_t best = highest_version(b);

		hello->best = best ? best : hello->best;
	}
}

static void
server_extension(struct ot_tls_hello *hello, uint16_t type, struct ot_buf b)
{
	if (type == EXT_PROTOCOLS)
		hello->protocols = ot_split(&b, ot_u16be(&b));
	else if (type == EXT_VERSIONS)
		hello->best = ot_u16be(&b);
}

static struct ot_tls_hello
no_hello(const struct ot_buf *b)
{
	struct ot_buf none = ot_buf(NULL, 0, b->fault);

	return (struct ot_tls_hello){ .suites = none,
		.extensions = none,
		.groups = none,
		.formats = none,
		.signatures = none,
		.protocols = none,
		.server_name = ot_text("") };
}

/* Extensions may be missing altogether before TLS 1.3. */
static void
read_extensions(struct ot_buf *b, struct ot_tls_hello *hello,
    void (*one)(struct ot_tls_hello *, uint16_t, struct ot_buf))
{
	if (b->left == 0)
		return;
	hello->extensions = ot_split(b, ot_u16be(b));
	for (struct ot_buf list = hello->extensions; list.left;) {
		uint16_t type;
		struct ot_buf contents = next_extension(&list, &type);

		one(hello, type, contents);
	}
}

void
ot_tls_client_hello(struct ot_buf *b, struct ot_tls_hello *hello)
{
	*hello = no_hello(b);
	hello->version = ot_u16be(b);
	hello->best = hello->version;
	ot_skip(b, 32);					/* random */
	ot_expect(b, ot_split(b, ot_u8(b)).left <= 32); /* session id */
	hello->suites = ot_split(b, ot_u16be(b));
	ot_expect(b, hello->suites.left % 2 == 0);
	(void)ot_split(b, ot_u8(b)); /* compression methods */
	read_extensions(b, hello, client_extension);
}

/* The drafts of TLS 1.3 before 22 put their version, 0x7f00 + draft, into the
 * fixed part, which had neither session id nor compression method. */
static bool
is_draft(uint16_t version)
{
	return version >> 8 == 0x7f;
}

void
ot_tls_server_hello(struct ot_buf *b, struct ot_tls_hello *hello)
{
	*hello = no_hello(b);
	hello->version = ot_u16be(b);
	hello->best = hello->version;

	struct ot_buf random = ot_split(b, 32);

	hello->retry = ot_starts(&random, retry_random, sizeof(retry_random));
	if (is_draft(hello->version)) {
		hello->suite = ot_u16be(b);
	} else {
		ot_expect(b, ot_split(b, ot_u8(b)).left <= 32); /* session */
		hello->suite = ot_u16be(b);
		ot_skip(b, 1); /* compression method */
	}
	read_extensions(b, hello, server_extension);
}

struct ot_text
ot_tls_protocol(struct ot_buf *protocols)
{
	struct ot_buf name = ot_split(protocols, ot_u8(protocols));

	return ot_text_of(&name, OT_UTF8);
}

/* A text that is only hashed. */
static void
add(struct ot_md5 *md5, const char *p, size_t len)
{
	ot_md5_add(md5, p, len);
}

static void
add_number(struct ot_md5 *md5, uint32_t n)
{
	char digits[10];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + n % 10);
	while (n /= 10);
	add(md5, digits + at, sizeof(digits) - at);
}

/* Numbers of this width, "-" between, without GREASE. */
static void
add_numbers(struct ot_md5 *md5, struct ot_buf list, size_t width)
{
	bool first = true;

	while (list.left) {
		uint16_t n = width == 1 ? ot_u8(&list) : ot_u16be(&list);

		if (width == 2 && ot_tls_grease(n))
			continue;
		if (!first)
			add(md5, "-", 1);
		add_number(md5, n);
		first = false;
	}
}

static void
add_extensions(struct ot_md5 *md5, struct ot_buf list, bool grease)
{
	bool first = true;

	while (list.left) {
		uint16_t type;

		(void)next_extension(&list, &type);
		if (!grease && ot_tls_grease(type))
			continue;
		if (!first)
			add(md5, "-", 1);
		add_number(md5, type);
		first = false;
	}
}

static struct ot_text
md5_text(struct ot_md5 *md5, const struct ot_pdu *pdu)
{
	uint8_t digest[OT_MD5_LEN];

	ot_md5_end(md5, digest);
	return ot_format_hex(pdu, digest, sizeof(digest));
}

struct ot_text
ot_tls_ja3(const struct ot_tls_hello *hello, const struct ot_pdu *pdu)
{
	struct ot_md5 md5;

	ot_md5_init(&md5);
	add_number(&md5, hello->version);
	add(&md5, ",", 1);
	add_numbers(&md5, hello->suites, 2);
	add(&md5, ",", 1);
	add_extensions(&md5, hello->extensions, false);
	add(&md5, ",", 1);
	add_numbers(&md5, hello->groups, 2);
	add(&md5, ",", 1);
	add_numbers(&md5, hello->formats, 1);
	return md5_text(&md5, pdu);
}

struct ot_text
ot_tls_ja3s(const struct ot_tls_hello *hello, const struct ot_pdu *pdu)
{
	struct ot_md5 md5;

	ot_md5_init(&md5);
	add_number(&md5, hello->version);
	add(&md5, ",", 1);
	add_number(&md5, hello->suite);
	add(&md5, ",", 1);
	add_extensions(&md5, hello->extensions, true);
	return md5_text(&md5, pdu);
}

/* Numbers of a hello without GREASE, in the PDU's memory. */
struct numbers {
	uint16_t *n;
	size_t count;
};

static void
keep(struct numbers *numbers, uint16_t n)
{
	if (!ot_tls_grease(n))
		numbers->n[numbers->count++] = n;
}

/* Shell's sort with Knuth's gaps: n^1.5 at worst, which a client's 32767
 * suites cannot make long. */
static void
sort(struct numbers *list)
{
	size_t gap = 1;

	while (gap < list->count / 3)
		gap = 3 * gap + 1;
	for (; gap; gap /= 3)
		for (size_t i = gap; i < list->count; i++) {
			uint16_t n = list->n[i];
			size_t at = i;

			for (; at >= gap && list->n[at - gap] > n; at -= gap)
				list->n[at] = list->n[at - gap];
			list->n[at] = n;
		}
}

/* Four hex digits each, "," between. */
static void
add_hex(struct ot_sha256 *sha, const struct numbers *list)
{
	for (size_t i = 0; i < list->count; i++) {
		uint8_t n[2] = { (uint8_t)(list->n[i] >> 8),
			(uint8_t)list->n[i] };
		char hex[5];

		if (i)
			ot_sha256_add(sha, ",", 1);
		ot_hex(hex, n, sizeof(n));
		ot_sha256_add(sha, hex, 4);
	}
}

/* The first 12 hex digits of the hash of a list, and of a second one after
 * "_" if that is not empty. */
static void
hash_lists(
    char out[static 13], const struct numbers *a, const struct numbers *b)
{
	struct ot_sha256 sha;
	uint8_t digest[OT_SHA256_LEN];

	memcpy(out, "000000000000", 13);
	if (a->count == 0)
		return;
	ot_sha256_init(&sha);
	add_hex(&sha, a);
	if (b && b->count) {
		ot_sha256_add(&sha, "_", 1);
		add_hex(&sha, b);
	}
	ot_sha256_end(&sha, digest);
	ot_hex(out, digest, 6);
}

static const struct ot_name ja4_versions[] = {
	{ 0x0002, "s2" },
	{ 0x0300, "s3" },
	{ 0x0301, "10" },
	{ 0x0302, "11" },
	{ 0x0303, "12" },
	{ 0x0304, "13" },
	{ 0xfeff, "d1" },
	{ 0xfefd, "d2" },
	{ 0xfefc, "d3" },
	{ 0, NULL },
};

static bool
alphanumeric(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

/* First and last character of the first protocol; of its hex where one of
 * them is neither letter nor digit; "00" where there is none. */
static void
ja4_protocol(char out[static 2], struct ot_buf list)
{
	static const char hex[] = "0123456789abcdef";
	size_t len = ot_peek(&list, 0);
	uint8_t first = ot_peek(&list, 1);
	uint8_t last = ot_peek(&list, len);

	if (len == 0) {
		memcpy(out, "00", 2);
	} else if (alphanumeric(first) && alphanumeric(last)) {
		out[0] = (char)first;
		out[1] = (char)last;
	} else {
		out[0] = hex[first >> 4];
		out[1] = hex[last & 15];
	}
}

struct lists {
	struct numbers suites, sorted, signatures;
	size_t extensions; /* all but GREASE, also those not sorted */
};

static bool
make_lists(struct lists *lists, const struct ot_tls_hello *hello,
    const struct ot_pdu *pdu)
{
	struct ot_buf suites = hello->suites;
	struct ot_buf extensions = hello->extensions;
	struct ot_buf signatures = hello->signatures;
	size_t room =
	    suites.left / 2 + extensions.left / 4 + signatures.left / 2 + 1;
	uint16_t *n = ot_scratch(pdu, room * sizeof(*n));

	if (!n)
		return false;
	*lists = (struct lists){ .suites.n = n };
	while (suites.left)
		keep(&lists->suites, ot_u16be(&suites));
	lists->sorted.n = n + lists->suites.count;
	while (extensions.left) {
		uint16_t type;

		(void)next_extension(&extensions, &type);
		if (!ot_tls_grease(type))
			lists->extensions++;
		if (type != EXT_SERVER_NAME && type != EXT_PROTOCOLS)
			keep(&lists->sorted, type);
	}
	lists->signatures.n = lists->sorted.n + lists->sorted.count;
	while (signatures.left)
		keep(&lists->signatures, ot_u16be(&signatures));
	sort(&lists->suites);
	sort(&lists->sorted);
	return true;
}

static unsigned int
two_digits(size_t n)
{
	return n > 99 ? 99 : (unsigned int)n;
}

struct ot_text
ot_tls_ja4(
    const struct ot_tls_hello *hello, const struct ot_pdu *pdu, char carrier)
{
	struct lists lists;
	char suites[13], extensions[13], protocol[2];
	const char *version = ot_name(ja4_versions, hello->best);

	if (!make_lists(&lists, hello, pdu))
		return ot_text("");
	ja4_protocol(protocol, hello->protocols);
	hash_lists(suites, &lists.suites, NULL);
	hash_lists(extensions, &lists.sorted, &lists.signatures);
	return ot_format(pdu, "%c%s%c%02u%02u%c%c_%s_%s", carrier,
	    version ? version : "00", hello->named ? 'd' : 'i',
	    two_digits(lists.suites.count), two_digits(lists.extensions),
	    protocol[0], protocol[1], suites, extensions);
}
