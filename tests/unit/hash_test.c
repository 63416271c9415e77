/*
 * Digests against RFC 1321 and FIPS 180, the table hash against SipHash.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

static const char alphabet[] =
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

static const char *
md5(const char *text)
{
	static char hex[2 * OT_MD5_LEN + 1];
	uint8_t out[OT_MD5_LEN];
	struct ot_md5 state;

	ot_md5_init(&state);
	ot_md5_add(&state, text, strlen(text));
	ot_md5_end(&state, out);
	ot_hex(hex, out, sizeof(out));
	return hex;
}

static const char *
sha1(const char *text)
{
	static char hex[2 * OT_SHA1_LEN + 1];
	uint8_t out[OT_SHA1_LEN];

	ot_sha1(text, strlen(text), out);
	ot_hex(hex, out, sizeof(out));
	return hex;
}

static const char *
sha256(const char *text)
{
	static char hex[2 * OT_SHA256_LEN + 1];
	uint8_t out[OT_SHA256_LEN];
	struct ot_sha256 state;

	ot_sha256_init(&state);
	ot_sha256_add(&state, text, strlen(text));
	ot_sha256_end(&state, out);
	ot_hex(hex, out, sizeof(out));
	return hex;
}

/* RFC 1321, A.5. */
START_TEST(md5_of_the_test_suite)
{
	ck_assert_str_eq(md5(""), "d41d8cd98f00b204e9800998ecf8427e");
	ck_assert_str_eq(md5("a"), "0cc175b9c0f1b6a831c399e269772661");
	ck_assert_str_eq(md5("abc"), "900150983cd24fb0d6963f7d28e17f72");
	ck_assert_str_eq(
	    md5("message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
	ck_assert_str_eq(md5("abcdefghijklmnopqrstuvwxyz"),
	    "c3fcd3d76192e4007dfb496cca67e13b");
	ck_assert_str_eq(md5("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvw"
			     "xyz0123456789"),
	    "d174ab98d277d9f5a5611c2c9f419d9f");
	ck_assert_str_eq(md5("1234567890123456789012345678901234567890123456789"
			     "0123456789012345678901234567890"),
	    "57edf4a22be3c955ac49da2e2107b67a");
}
END_TEST

/* FIPS 180-2, appendix A. */
START_TEST(sha1_of_the_examples)
{
	ck_assert_str_eq(sha1(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	ck_assert_str_eq(
	    sha1("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
	ck_assert_str_eq(
	    sha1(alphabet), "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
}
END_TEST

/* FIPS 180-2, appendix B. */
START_TEST(sha256_of_the_examples)
{
	ck_assert_str_eq(sha256(""),
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	ck_assert_str_eq(sha256("abc"),
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	ck_assert_str_eq(sha256(alphabet),
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}
END_TEST

/* The last example of both, in pieces of every odd size. */
START_TEST(a_million_letters_in_pieces)
{
	static char text[1000000];
	struct ot_sha256 sha;
	uint8_t out[OT_SHA256_LEN];
	char hex[2 * OT_SHA256_LEN + 1];
	size_t at = 0, step = 1;

	memset(text, 'a', sizeof(text));
	ot_sha256_init(&sha);
	while (at < sizeof(text)) {
		size_t n = sizeof(text) - at < step ? sizeof(text) - at : step;

		ot_sha256_add(&sha, text + at, n);
		at += n;
		step = step % 1001 + 2;
	}
	ot_sha256_end(&sha, out);
	ot_hex(hex, out, sizeof(out));
	ck_assert_str_eq(hex,
	    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	ot_sha1(text, sizeof(text), out);
	ot_hex(hex, out, OT_SHA1_LEN);
	ck_assert_str_eq(hex, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}
END_TEST

/* The padding changes its shape at 55, 56, 63 and 64 bytes of a block. */
START_TEST(pieces_do_not_change_a_digest)
{
	char text[200];

	memset(text, 'x', sizeof(text));
	for (size_t len = 0; len < sizeof(text); len++) {
		uint8_t whole[OT_MD5_LEN], parts[OT_MD5_LEN];
		struct ot_md5 state;

		ot_md5_init(&state);
		ot_md5_add(&state, text, len);
		ot_md5_end(&state, whole);
		ot_md5_init(&state);
		for (size_t i = 0; i < len; i++)
			ot_md5_add(&state, text + i, 1);
		ot_md5_add(&state, NULL, 0);
		ot_md5_end(&state, parts);
		ck_assert_mem_eq(whole, parts, OT_MD5_LEN);
	}
}
END_TEST

/* Key and message of the paper's appendix A (bytes 0, 1, 2 …); the values of
 * the 1-3 variant are those that Rust's and Python's hashes give. */
START_TEST(keyed_hash_is_siphash_1_3)
{
	static const uint64_t key[2] = { 0x0706050403020100,
		0x0f0e0d0c0b0a0908 };
	static const uint64_t zero[2] = { 0, 0 };
	uint8_t count[64];

	for (unsigned i = 0; i < sizeof(count); i++)
		count[i] = (uint8_t)i;
	ck_assert_uint_eq(ot_hash_keyed(key, count, 0), 0xabac0158050fc4dc);
	ck_assert_uint_eq(ot_hash_keyed(zero, "a", 1), 0x407448d2b89b1813);
	ck_assert_uint_eq(
	    ot_hash_keyed(zero, "1234567", 7), 0xa33d651594fdae81);
	ck_assert_uint_eq(
	    ot_hash_keyed(zero, "12345678", 8), 0x3489982430560a87);
	ck_assert_uint_eq(
	    ot_hash_keyed(zero, "123456789", 9), 0x0fbc0f0007965fcf);
	ck_assert_uint_eq(ot_hash_keyed(zero, count, 64), 0x75e05fd5bbc870c6);
}
END_TEST

START_TEST(keyed_hash_differs_by_key)
{
	uint64_t a[2], b[2];

	ot_hash_key(a);
	ot_hash_key(b);
	ck_assert_mem_ne(a, b, sizeof(a));
	ck_assert_uint_ne(
	    ot_hash_keyed(a, "abc", 3), ot_hash_keyed(b, "abc", 3));
}
END_TEST

START_TEST(fixed_hash_sees_every_byte_and_the_length)
{
	uint8_t bytes[40] = { 0 };
	uint64_t before = ot_hash_fixed(bytes, sizeof(bytes));

	ck_assert_uint_eq(before, ot_hash_fixed(bytes, sizeof(bytes)));
	ck_assert_uint_ne(before, ot_hash_fixed(bytes, 39));
	for (size_t len = 1; len <= sizeof(bytes); len++) {
		before = ot_hash_fixed(bytes, len);
		for (size_t i = 0; i < len; i++) {
			bytes[i] = 1;
			ck_assert_uint_ne(before, ot_hash_fixed(bytes, len));
			bytes[i] = 0;
		}
	}
}
END_TEST

/* 64 shards of neighbouring addresses: none holds twice its share. */
START_TEST(fixed_hash_spreads_neighbours)
{
	unsigned shards[64] = { 0 };

	for (uint32_t i = 0; i < 64000; i++)
		shards[ot_hash_fixed(&i, sizeof(i)) % 64]++;
	for (unsigned i = 0; i < 64; i++) {
		ck_assert_uint_gt(shards[i], 500);
		ck_assert_uint_lt(shards[i], 2000);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("hash");
	TCase *tcase = tcase_create("hash");

	tcase_add_test(tcase, md5_of_the_test_suite);
	tcase_add_test(tcase, sha1_of_the_examples);
	tcase_add_test(tcase, sha256_of_the_examples);
	tcase_add_test(tcase, a_million_letters_in_pieces);
	tcase_add_test(tcase, pieces_do_not_change_a_digest);
	tcase_add_test(tcase, keyed_hash_is_siphash_1_3);
	tcase_add_test(tcase, keyed_hash_differs_by_key);
	tcase_add_test(tcase, fixed_hash_sees_every_byte_and_the_length);
	tcase_add_test(tcase, fixed_hash_spreads_neighbours);
	suite_add_tcase(suite, tcase);

	SRunner *runner = srunner_create(suite);

	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);

	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
