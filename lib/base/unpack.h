/*
 * Compressed streams, both ways: zstd (RFC 8878) and, where zlib was found
 * when this was built, gzip (RFC 1952). Memory is that of one window, 128 MiB
 * at most; how much comes out is for the caller to limit.
 */
#ifndef OT_BASE_UNPACK_H
#define OT_BASE_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum ot_packing {
	OT_PACKING_NONE,
	OT_PACKING_ZSTD,
	OT_PACKING_GZIP,
	OT_PACKING_XZ,	/* known by sight, not read */
	OT_PACKING_LZ4, /* the same */
};

/* "none", "zstd", …, indexed by the above; NULL at the end. */
extern const char *const ot_packing_names[];

enum { OT_PACKING_MAGIC = 6 }; /* bytes that tell one from the other */

/* By the first n bytes of a file. */
enum ot_packing ot_packing_of(const uint8_t *p, size_t n);

/* By the end of a file's name: .zst, .gz; none for any other. */
enum ot_packing ot_packing_of_name(struct ot_str name);

struct ot_unpack;

/* A packing of none copies. What is not read is -OT_ERR_INPUT, with a text
 * that says what to do. */
int ot_unpack_open(
    struct ot_unpack **out, enum ot_packing packing, struct ot_error *error);

/* Takes from *in what it can and writes at most cap bytes to out. *given is 0
 * only when all of the input was taken and nothing is left inside: it wants
 * more. Frames of zstd (skippable ones too) and members of gzip may follow
 * each other; zeros behind the last member are skipped. A damaged stream is
 * -OT_ERR_INPUT, after what came before the damage was given. */
int ot_unpack_run(struct ot_unpack *unpack, const uint8_t **in, size_t *in_left,
    uint8_t *out, size_t cap, size_t *given, struct ot_error *error);

/* Did the input, all of it given, end where a frame did? Else it was cut. */
bool ot_unpack_ended(const struct ot_unpack *unpack);

void ot_unpack_close(struct ot_unpack *unpack); /* may be NULL */

struct ot_pack;

/* The same input gives the same bytes: no time, no name. */
int ot_pack_open(
    struct ot_pack **out, enum ot_packing packing, struct ot_error *error);

/* As ot_unpack_run: given 0 means that all of the input was taken. */
int ot_pack_run(struct ot_pack *pack, const uint8_t **in, size_t *in_left,
    uint8_t *out, size_t cap, size_t *given, struct ot_error *error);

/* The rest and the end of the frame: call until given is 0. */
int ot_pack_end(struct ot_pack *pack, uint8_t *out, size_t cap, size_t *given,
    struct ot_error *error);

void ot_pack_close(struct ot_pack *pack); /* may be NULL */

#endif
