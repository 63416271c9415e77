/*
 * lib/capture/digest.c: the hash beside the reader is that of the bytes, with
 * and without a thread.
 */
#include "capture/digest.h"

#include <string.h>

#include "suite.h"

enum { SIZE = 1000, STRIDE = 1100, COUNT = 3 };

static uint8_t ring[COUNT * STRIDE];

/* Fill the ring as a reader does, in pieces, and compare. */
static void
compare(size_t len, size_t piece)
{
	struct ot_ring where = { ring, STRIDE, SIZE, COUNT };
	struct ot_digest *d = ot_digest_new(&where);
	struct ot_sha256 sha;
	uint8_t got[OT_SHA256_LEN], want[OT_SHA256_LEN];

	ck_assert_ptr_nonnull(d);
	ot_sha256_init(&sha);
	for (size_t at = 0; at < len;) {
		size_t in_block = at % SIZE;
		size_t n = piece < SIZE - in_block ? piece : SIZE - in_block;
		uint8_t *to = ring + at / SIZE % COUNT * STRIDE + in_block;

		if (n > len - at)
			n = len - at;
		if (in_block == 0 && at)
			ot_digest_wait(d, at > (COUNT - 1) * SIZE
					      ? at - (COUNT - 1) * SIZE
					      : 0);
		memset(to, (int)(at % 251), n);
		ot_sha256_add(&sha, to, n);
		ot_digest_add(d, n);
		at += n;
	}
	ot_sha256_end(&sha, want);
	ot_digest_end(d, got);
	ot_digest_free(d);
	ck_assert_mem_eq(got, want, sizeof(want));
}

START_TEST(nothing_at_all)
{
	compare(0, 1);
}
END_TEST

START_TEST(one_block_without_a_thread)
{
	compare(1, 1);
	compare(SIZE - 1, 77);
	compare(SIZE, SIZE);
}
END_TEST

START_TEST(many_blocks_with_a_thread)
{
	compare(SIZE + 1, 77);
	compare(SIZE * COUNT, SIZE);
	compare(SIZE * 100, SIZE);
	compare(SIZE * 100 + 3, 13);
}
END_TEST

START_TEST(freed_before_its_end)
{
	struct ot_ring where = { ring, STRIDE, SIZE, COUNT };
	struct ot_digest *d = ot_digest_new(&where);

	ot_digest_add(d, SIZE);
	ot_digest_wait(d, 0);
	ot_digest_free(d);
	ot_digest_free(NULL);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		nothing_at_all,
		one_block_without_a_thread,
		many_blocks_with_a_thread,
		freed_before_its_end,
	};

	return RUN("digest", tests, NULL, NULL);
}
