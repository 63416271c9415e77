/*
 * zstd by libzstd and gzip by zlib, behind one interface. Alone includes
 * their headers.
 */

#include "base/unpack.h"

#include <limits.h>
#include <zstd.h>
#ifdef HAVE_ZLIB
#define ZLIB_CONST
#include <zlib.h>
#endif

#include "base/arena.h"

enum { ZSTD_LEVEL = 3, GZIP_LEVEL = 6 };
enum { ZSTD_FIRST = 5 }; /* the shortest frame header with its magic */

const char *const ot_packing_names[] = {
	[OT_PACKING_NONE] = "none",
	[OT_PACKING_ZSTD] = "zstd",
	[OT_PACKING_GZIP] = "gzip",
	[OT_PACKING_XZ] = "xz",
	[OT_PACKING_LZ4] = "lz4",
	NULL,
};

enum ot_packing
ot_packing_of(const uint8_t *p, size_t n)
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = ot_buf(p, n, &fault);

	if (ot_starts(&b, "\x28\xb5\x2f\xfd", 4))
		return OT_PACKING_ZSTD;
	/* a skippable frame, RFC 8878 section 3.1.2 */
	if ((ot_peek(&b, 0) & 0xf0) == 0x50 && ot_peek(&b, 1) == 0x2a &&
	    ot_peek16be(&b, 2) == 0x4d18)
		return OT_PACKING_ZSTD;
	if (ot_starts(&b, "\x1f\x8b", 2))
		return OT_PACKING_GZIP;
	if (ot_starts(&b, "\xfd\x37\x7a\x58\x5a\x00", 6))
		return OT_PACKING_XZ;
	if (ot_starts(&b, "\x04\x22\x4d\x18", 4) ||
	    ot_starts(&b, "\x02\x21\x4c\x18", 4)) /* the old format */
		return OT_PACKING_LZ4;
	return OT_PACKING_NONE;
}

enum ot_packing
ot_packing_of_name(struct ot_str name)
{
	if (ot_str_glob(ot_str("*.zst"), name))
		return OT_PACKING_ZSTD;
	if (ot_str_glob(ot_str("*.gz"), name))
		return OT_PACKING_GZIP;
	return OT_PACKING_NONE;
}

/* What a run works on: input that is taken, output that is filled. */
struct work {
	const uint8_t *in;
	size_t in_left;
	uint8_t *out;
	size_t cap, len;
};

static void
copy(struct work *w)
{
	size_t n = w->in_left < w->cap ? w->in_left : w->cap;

	if (n)
		memcpy(w->out, w->in, n);
	w->in += n;
	w->in_left -= n;
	w->len = n;
}

struct ot_unpack {
	enum ot_packing packing;
	bool ended; /* between two frames */
	ZSTD_DCtx *zstd;
	size_t zstd_wants; /* input bytes up to the end of the next block */
	bool zstd_holds;   /* output that did not fit */
#ifdef HAVE_ZLIB
	z_stream gzip;
#endif
};

/* Why this packing cannot be used here, or NULL. */
static const char *
refusal(enum ot_packing packing)
{
	switch (packing) {
	case OT_PACKING_NONE:
	case OT_PACKING_ZSTD:
		return NULL;
	case OT_PACKING_GZIP:
#ifdef HAVE_ZLIB
		return NULL;
#else
		return "gzip is not built in: use gzip or zstd beside this";
#endif
	case OT_PACKING_XZ:
		return "xz is not read: decompress it first (xz -d)";
	case OT_PACKING_LZ4:
		return "lz4 is not read: decompress it first (lz4 -d)";
	}
	return "unknown compression";
}

static int
no_memory(struct ot_error *error)
{
	return ot_error_set(error, OT_ERR_MEMORY, "no memory for compression");
}

#ifdef HAVE_ZLIB

enum { GZIP_WINDOW = 15 + 16 }; /* 32 KiB, with a gzip header */

/* zlib counts in unsigned int. */
static uInt
clamp(size_t n)
{
	return n < UINT_MAX ? (uInt)n : UINT_MAX;
}

static bool
gzip_unpack_open(struct ot_unpack *unpack)
{
	return inflateInit2(&unpack->gzip, GZIP_WINDOW) == Z_OK;
}

static bool
gzip_pack_open(z_stream *z)
{
	return deflateInit2(z, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, 8,
		   Z_DEFAULT_STRATEGY) == Z_OK;
}

/* Point z at the work; take says what it has done since. */
static void
gzip_give(z_stream *z, const struct work *w)
{
	z->next_in = w->in;
	z->avail_in = clamp(w->in_left);
	z->next_out = w->out + w->len;
	z->avail_out = clamp(w->cap - w->len);
}

static void
gzip_take(const z_stream *z, struct work *w)
{
	w->in_left -= (size_t)(z->next_in - w->in);
	w->in = z->next_in;
	w->len = (size_t)(z->next_out - w->out);
}

/* A member has ended: zeros may pad (as gzip's own -d allows, for tapes), or
 * the next member begins. */
static void
gzip_between(struct ot_unpack *unpack, struct work *w)
{
	while (w->in_left && *w->in == 0) {
		w->in++;
		w->in_left--;
	}
	if (w->in_left && inflateReset(&unpack->gzip) == Z_OK)
		unpack->ended = false;
}

static int
gzip_unpack(struct ot_unpack *unpack, struct work *w, struct ot_error *error)
{
	int rc;

	if (unpack->ended)
		gzip_between(unpack, w);
	if (unpack->ended)
		return 0;
	gzip_give(&unpack->gzip, w);
	rc = inflate(&unpack->gzip, Z_NO_FLUSH);
	gzip_take(&unpack->gzip, w);
	if (rc == Z_STREAM_END)
		unpack->ended = true;
	else if (rc == Z_MEM_ERROR)
		return no_memory(error);
	else if (rc != Z_OK && rc != Z_BUF_ERROR)
		return ot_error_set(error, OT_ERR_INPUT,
		    "damaged gzip data: %s",
		    unpack->gzip.msg ? unpack->gzip.msg : "no such format");
	return 0;
}

#endif

int
ot_unpack_open(
    struct ot_unpack **out, enum ot_packing packing, struct ot_error *error)
{
	const char *why = refusal(packing);
	struct ot_unpack *unpack;
	bool ok = true;

	if (why)
		return ot_error_set(error, OT_ERR_INPUT, "%s", why);
	unpack = ot_heap(1, sizeof(*unpack));
	if (!unpack)
		return no_memory(error);
	unpack->packing = packing;
	unpack->zstd_wants = ZSTD_FIRST;
	if (packing == OT_PACKING_ZSTD)
		ok = (unpack->zstd = ZSTD_createDCtx()) != NULL;
#ifdef HAVE_ZLIB
	if (packing == OT_PACKING_GZIP)
		ok = gzip_unpack_open(unpack);
#endif
	if (!ok) {
		ot_heap_free(unpack);
		return no_memory(error);
	}
	*out = unpack;
	return 0;
}

/* libzstd forgets on an error what the same call had written before. One
 * block a call, and what it holds back apart, keep all that precedes the
 * damage. */
static int
zstd_unpack(struct ot_unpack *unpack, struct work *w, struct ot_error *error)
{
	ZSTD_inBuffer in = { w->in, w->in_left, 0 };
	ZSTD_outBuffer out = { w->out, w->cap, w->len };
	size_t rc;

	if (unpack->zstd_holds)
		in.size = 0;
	else if (in.size > unpack->zstd_wants)
		in.size = unpack->zstd_wants;
	if (unpack->ended && in.size == 0)
		return 0; /* else the library would ask for a next frame */
	rc = ZSTD_decompressStream(unpack->zstd, &out, &in);
	w->in += in.pos;
	w->in_left -= in.pos;
	w->len = out.pos;
	if (ZSTD_isError(rc))
		return ot_error_set(error, OT_ERR_INPUT,
		    "damaged zstd data: %s", ZSTD_getErrorName(rc));
	unpack->ended = rc == 0;
	unpack->zstd_holds = out.pos == out.size;
	unpack->zstd_wants = rc ? rc : ZSTD_FIRST;
	return 0;
}

static int
step(struct ot_unpack *unpack, struct work *w, struct ot_error *error)
{
#ifdef HAVE_ZLIB
	if (unpack->packing == OT_PACKING_GZIP)
		return gzip_unpack(unpack, w, error);
#endif
	if (unpack->packing == OT_PACKING_ZSTD)
		return zstd_unpack(unpack, w, error);
	copy(w);
	return 0;
}

int
ot_unpack_run(struct ot_unpack *unpack, const uint8_t **in, size_t *in_left,
    uint8_t *out, size_t cap, size_t *given, struct ot_error *error)
{
	struct work w = { *in, *in_left, out, cap, 0 };
	int rc;

	do {
		rc = step(unpack, &w, error);
	} while (rc == 0 && w.len == 0 && w.in_left);
	if (rc < 0 && w.len == 0)
		return rc;
	/* what came before the damage first; it will be met again */
	*in = w.in;
	*in_left = w.in_left;
	*given = w.len;
	return 0;
}

bool
ot_unpack_ended(const struct ot_unpack *unpack)
{
	return unpack->ended || unpack->packing == OT_PACKING_NONE;
}

void
ot_unpack_close(struct ot_unpack *unpack)
{
	if (!unpack)
		return;
	ZSTD_freeDCtx(unpack->zstd);
#ifdef HAVE_ZLIB
	if (unpack->packing == OT_PACKING_GZIP)
		inflateEnd(&unpack->gzip);
#endif
	ot_heap_free(unpack);
}

struct ot_pack {
	enum ot_packing packing;
	bool ended;
	ZSTD_CCtx *zstd;
#ifdef HAVE_ZLIB
	z_stream gzip;
#endif
};

static bool
zstd_pack_open(struct ot_pack *pack)
{
	pack->zstd = ZSTD_createCCtx();
	return pack->zstd &&
	       !ZSTD_isError(ZSTD_CCtx_setParameter(
		   pack->zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL)) &&
	       !ZSTD_isError(
		   ZSTD_CCtx_setParameter(pack->zstd, ZSTD_c_checksumFlag, 1));
}

int
ot_pack_open(
    struct ot_pack **out, enum ot_packing packing, struct ot_error *error)
{
	const char *why = refusal(packing);
	struct ot_pack *pack;
	bool ok = true;

	if (why)
		return ot_error_set(error, OT_ERR_USAGE, "%s", why);
	pack = ot_heap(1, sizeof(*pack));
	if (!pack)
		return no_memory(error);
	pack->packing = packing;
	if (packing == OT_PACKING_ZSTD)
		ok = zstd_pack_open(pack);
#ifdef HAVE_ZLIB
	if (packing == OT_PACKING_GZIP)
		ok = gzip_pack_open(&pack->gzip);
#endif
	if (!ok) {
		ZSTD_freeCCtx(pack->zstd);
		ot_heap_free(pack);
		return no_memory(error);
	}
	*out = pack;
	return 0;
}

static int
zstd_pack(struct ot_pack *pack, struct work *w, ZSTD_EndDirective end,
    struct ot_error *error)
{
	ZSTD_inBuffer in = { w->in, w->in_left, 0 };
	ZSTD_outBuffer out = { w->out, w->cap, w->len };
	size_t rc = ZSTD_compressStream2(pack->zstd, &out, &in, end);

	w->in += in.pos;
	w->in_left -= in.pos;
	w->len = out.pos;
	if (ZSTD_isError(rc))
		return ot_error_set(
		    error, OT_ERR_MEMORY, "zstd: %s", ZSTD_getErrorName(rc));
	pack->ended = end == ZSTD_e_end && rc == 0;
	return 0;
}

#ifdef HAVE_ZLIB
static int
gzip_pack(struct ot_pack *pack, struct work *w, int flush)
{
	gzip_give(&pack->gzip, w);
	/* Z_BUF_ERROR only says that there was nothing to do. */
	pack->ended = deflate(&pack->gzip, flush) == Z_STREAM_END;
	gzip_take(&pack->gzip, w);
	return 0;
}
#endif

static int
pack_step(struct ot_pack *pack, struct work *w, struct ot_error *error)
{
#ifdef HAVE_ZLIB
	if (pack->packing == OT_PACKING_GZIP)
		return gzip_pack(pack, w, Z_NO_FLUSH);
#endif
	if (pack->packing == OT_PACKING_ZSTD)
		return zstd_pack(pack, w, ZSTD_e_continue, error);
	copy(w);
	return 0;
}

int
ot_pack_run(struct ot_pack *pack, const uint8_t **in, size_t *in_left,
    uint8_t *out, size_t cap, size_t *given, struct ot_error *error)
{
	struct work w = { *in, *in_left, out, cap, 0 };

	while (w.len == 0 && w.in_left) {
		int rc = pack_step(pack, &w, error);

		if (rc < 0)
			return rc;
	}
	*in = w.in;
	*in_left = w.in_left;
	*given = w.len;
	return 0;
}

int
ot_pack_end(struct ot_pack *pack, uint8_t *out, size_t cap, size_t *given,
    struct ot_error *error)
{
	struct work w = { (const uint8_t *)"", 0, out, cap, 0 };
	int rc = 0;

	if (pack->ended || pack->packing == OT_PACKING_NONE) {
		*given = 0;
		return 0;
	}
	if (pack->packing == OT_PACKING_ZSTD)
		rc = zstd_pack(pack, &w, ZSTD_e_end, error);
#ifdef HAVE_ZLIB
	if (pack->packing == OT_PACKING_GZIP)
		rc = gzip_pack(pack, &w, Z_FINISH);
#endif
	if (rc == 0)
		*given = w.len;
	return rc;
}

void
ot_pack_close(struct ot_pack *pack)
{
	if (!pack)
		return;
	ZSTD_freeCCtx(pack->zstd);
#ifdef HAVE_ZLIB
	if (pack->packing == OT_PACKING_GZIP)
		(void)deflateEnd(&pack->gzip);
#endif
	ot_heap_free(pack);
}
