/*
 * The yardstick: read a pcap in blocks of 1 MiB and count packets and bytes of
 * each five-tuple of IPv4 in one table, nothing else.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 1 << 20, FRAME_MAX = 1 << 18 };

struct entry {
	uint64_t key[2]; /* addresses and ports, smaller end first */
	uint64_t packets, bytes;
};

struct table {
	struct entry *at;
	uint32_t count, cap;
};

static uint64_t
hash(const uint64_t key[2])
{
	uint64_t h =
	    (key[0] ^ key[1] * 0x9e3779b97f4a7c15U) * 0xff51afd7ed558ccdU;

	return h ^ h >> 32;
}

static struct entry *
slot(const struct table *t, const uint64_t key[2])
{
	uint32_t at = (uint32_t)hash(key) & (t->cap - 1);

	while (t->at[at].packets &&
	       (t->at[at].key[0] != key[0] || t->at[at].key[1] != key[1]))
		at = (at + 1) & (t->cap - 1);
	return &t->at[at];
}

static void
grow(struct table *t)
{
	struct table more = { NULL, t->count, t->cap ? t->cap * 2 : 1024 };

	more.at = calloc(more.cap, sizeof(*more.at));
	if (!more.at)
		exit(1);
	for (uint32_t i = 0; i < t->cap; i++)
		if (t->at[i].packets)
			*slot(&more, t->at[i].key) = t->at[i];
	free(t->at);
	*t = more;
}

static void
count(struct table *t, const uint8_t *p, uint32_t len)
{
	uint32_t src, dst, ports;
	uint64_t key[2];

	if (len < 38 || p[12] != 8 || p[13] != 0 || (p[14] & 0xf0) != 0x40)
		return;
	memcpy(&src, p + 26, 4);
	memcpy(&dst, p + 30, 4);
	memcpy(&ports, p + 14 + (p[14] & 15) * 4, 4);
	if (src > dst) {
		uint32_t x = src;

		src = dst;
		dst = x;
		ports = ports << 16 | ports >> 16;
	}
	key[0] = (uint64_t)src << 32 | dst;
	key[1] = (uint64_t)p[23] << 32 | ports;
	struct entry *e = slot(t, key);

	if (!e->packets) {
		if (++t->count * 2 > t->cap) {
			grow(t);
			e = slot(t, key);
		}
		e->key[0] = key[0];
		e->key[1] = key[1];
	}
	e->packets++;
	e->bytes += len;
}

int
main(int argc, char **argv)
{
	static uint8_t block[BLOCK + FRAME_MAX];
	struct table table = { 0 };
	size_t have = 0, skip = 24;
	uint64_t frames = 0, bytes = 0;
	int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;
	ssize_t n;

	if (fd < 0)
		return 2;
	grow(&table);
	while ((n = read(fd, block + have, BLOCK)) > 0) {
		size_t at = skip;
		uint32_t len;

		have += (size_t)n;
		skip = 0;
		while (have - at >= 16) {
			memcpy(&len, block + at + 8, 4);
			if (len > FRAME_MAX - 16 || have - at - 16 < len)
				break;
			count(&table, block + at + 16, len);
			frames++;
			bytes += len;
			at += 16 + len;
		}
		memmove(block, block + at, have - at);
		have -= at;
	}
	printf("%llu frames, %llu bytes, %u flows\n",
	    (unsigned long long)frames, (unsigned long long)bytes,
	    (unsigned)table.count);
	free(table.at);
	return 0;
}
