/*
 * The second copies of PRP and HSR (IEC 62439-3): the same source, sequence
 * number and bytes, by the other LAN, within the time for which nodes remember.
 * What differs in its bytes is no copy: nobody can hide a frame behind a
 * sequence number.
 */
#include "net/decoder.h"

#include "base/arena.h"
#include "base/hash.h"

enum { SLOTS = 1 << 13 };

#define FORGET_NS (400 * INT64_C(1000000)) /* EntryForgetTime */

struct twin {
	uint64_t content; /* hash of source, number and bytes */
	int64_t time_ns;
	uint8_t lan;
	bool used;
};

struct ot_twins {
	uint64_t key[2];
	struct twin slots[SLOTS];
};

static struct ot_twins *
twins(struct ot_decoder *decoder)
{
	if (!decoder->twins) {
		decoder->twins = ot_heap(1, sizeof(*decoder->twins));
		if (decoder->twins)
			ot_hash_key(decoder->twins->key);
	}
	return decoder->twins;
}

bool
ot_twin(struct ot_walk *w, const struct ot_addr *src, uint16_t seq, uint8_t lan,
    struct ot_buf content)
{
	struct ot_twins *t = twins(w->decoder);

	if (!t)
		return false;
	struct {
		struct ot_addr src;
		uint8_t seq[2];
		uint8_t bytes[8];
	} id = { .src = *src, .seq = { (uint8_t)(seq >> 8), (uint8_t)seq } };
	uint64_t bytes = ot_hash_keyed(t->key, content.p, content.left);

	memcpy(id.bytes, &bytes, sizeof(id.bytes));
	uint64_t hash = ot_hash_keyed(t->key, &id, sizeof(id));
	/* the place must not be the key's choice: which pair is parted by a
	 * frame between them would differ from run to run */
	struct twin *slot =
	    &t->slots[(ot_hash_fixed(src, sizeof(*src)) + seq) % SLOTS];
	int64_t now = w->packet->time_ns;

	if (slot->used && slot->content == hash && now >= slot->time_ns &&
	    !ot_is_over(now, slot->time_ns, FORGET_NS) &&
	    (lan == 0 || lan != slot->lan)) {
		slot->used = false; /* a pair is two */
		return true;
	}
	*slot = (struct twin){ hash, now, lan, true };
	return false;
}

void
ot_twins_free(struct ot_twins *twins)
{
	ot_heap_free(twins);
}
