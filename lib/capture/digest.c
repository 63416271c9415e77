/*
 * SHA-256 (FIPS 180-4) beside the reader. Two counters that only grow say it
 * all: the bytes that lie in the ring and the bytes that were hashed.
 */
#include "capture/digest.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>

#include "base/arena.h"

struct ot_digest {
	struct ot_ring ring;
	struct ot_sha256 sha; /* the thread's, once there is one */
	uint64_t added, done;
	bool threaded, ended;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more, less;
};

/* Hash from byte `from` to `to` or to the end of its block, where it comes
 * first; give that place. */
static uint64_t
hash(struct ot_digest *d, uint64_t from, uint64_t to)
{
	size_t at = (size_t)(from % d->ring.size);
	size_t block = (size_t)(from / d->ring.size % d->ring.count);
	size_t len = d->ring.size - at;

	if (len > to - from)
		len = (size_t)(to - from);
	ot_sha256_add(
	    &d->sha, d->ring.first + block * d->ring.stride + at, len);
	return from + len;
}

static void
hash_all(struct ot_digest *d)
{
	while (d->done < d->added)
		d->done = hash(d, d->done, d->added);
}

static void *
run(void *user)
{
	struct ot_digest *d = user;

	pthread_mutex_lock(&d->lock);
	while (!d->ended || d->done < d->added) {
		uint64_t from = d->done, to = d->added;

		if (from == to) {
			pthread_cond_wait(&d->more, &d->lock);
			continue;
		}
		pthread_mutex_unlock(&d->lock);
		to = hash(d, from, to);
		pthread_mutex_lock(&d->lock);
		d->done = to;
		pthread_cond_signal(&d->less);
	}
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

/* Signals are the caller's: the thread takes none. */
static bool
start(struct ot_digest *d)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	d->threaded = pthread_create(&d->thread, NULL, run, d) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return d->threaded;
}

struct ot_digest *
ot_digest_new(const struct ot_ring *ring)
{
	struct ot_digest *d = ot_heap(1, sizeof(*d));

	if (!d)
		return NULL;
	d->ring = *ring;
	ot_sha256_init(&d->sha);
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->more, NULL);
	pthread_cond_init(&d->less, NULL);
	return d;
}

void
ot_digest_add(struct ot_digest *d, size_t len)
{
	pthread_mutex_lock(&d->lock);
	d->added += len;
	pthread_cond_signal(&d->more);
	pthread_mutex_unlock(&d->lock);
}

void
ot_digest_wait(struct ot_digest *d, uint64_t n)
{
	if (!d->threaded && !start(d)) {
		hash_all(d);
		return;
	}
	pthread_mutex_lock(&d->lock);
	while (d->done < n)
		pthread_cond_wait(&d->less, &d->lock);
	pthread_mutex_unlock(&d->lock);
}

static void
stop(struct ot_digest *d)
{
	if (!d->threaded)
		return;
	pthread_mutex_lock(&d->lock);
	d->ended = true;
	pthread_cond_signal(&d->more);
	pthread_mutex_unlock(&d->lock);
	pthread_join(d->thread, NULL);
	d->threaded = false;
}

void
ot_digest_end(struct ot_digest *d, uint8_t out[static OT_SHA256_LEN])
{
	stop(d);
	hash_all(d);
	ot_sha256_end(&d->sha, out);
}

void
ot_digest_free(struct ot_digest *d)
{
	if (!d)
		return;
	stop(d);
	pthread_mutex_destroy(&d->lock);
	pthread_cond_destroy(&d->more);
	pthread_cond_destroy(&d->less);
	ot_heap_free(d);
}
