/*
 * Hashes. The digests are for evidence and for the fingerprints that the field
 * has agreed on (JA3 is MD5); the keyed hash is for tables that packets fill.
 */
#ifndef OT_BASE_HASH_H
#define OT_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define OT_MD5_LEN    16
#define OT_SHA1_LEN   20
#define OT_SHA256_LEN 32

struct ot_md5 {
	uint32_t h[4];
	uint64_t len;
	uint8_t block[64];
};

void ot_md5_init(struct ot_md5 *md5);
void ot_md5_add(struct ot_md5 *md5, const void *p, size_t len);
void ot_md5_end(struct ot_md5 *md5, uint8_t out[static OT_MD5_LEN]);

void ot_sha1(const void *p, size_t len, uint8_t out[static OT_SHA1_LEN]);

/* FIPS 180-4; uses the processor's SHA instructions where it has them. */
struct ot_sha256 {
	uint32_t h[8];
	uint64_t len;
	uint8_t block[64];
};

void ot_sha256_init(struct ot_sha256 *sha);
void ot_sha256_add(struct ot_sha256 *sha, const void *p, size_t len);
void ot_sha256_end(struct ot_sha256 *sha, uint8_t out[static OT_SHA256_LEN]);

/* Lower-case hex: 2 * len characters and a NUL. */
void ot_hex(char *out, const uint8_t *p, size_t len);

/* Keyed hash of a table (SipHash-1-3). The key is random for each run; it
 * only places entries and never reaches an output. */
uint64_t ot_hash_keyed(const uint64_t key[static 2], const void *p, size_t len);

/* Plain mixing for keys that are not hostile, and for shards (FNV-like, the
 * same in every run). */
uint64_t ot_hash_fixed(const void *p, size_t len);

/* A random key from the system; a constant one where there is none. */
void ot_hash_key(uint64_t key[static 2]);

#endif
