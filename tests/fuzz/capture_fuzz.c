/*
 * Fuzzing of whole captures: a file in memory, read as otcap reads it; the
 * account must add up, the records must come back as they were written, and two
 * threads must find what one does.
 */
#include "engine/engine.h"
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

static void
read_capture(struct ot_store *store, const char *path, unsigned threads)
{
	const struct ot_engine_options options = { .threads = threads };
	const struct ot_operand operand = { .path = path };
	struct ot_error error = { 0 };
	bool damaged = false;
	int e = ot_engine_run(store, &options, &operand, 1, &damaged, &error);

	must(e == 0 || e == -OT_ERR_INPUT);
}

static void
account(const struct ot_store *store)
{
	const struct ot_list *captures = &store->list[OT_STORE_CAPTURE];

	for (uint32_t i = 0; i < captures->count; i++) {
		const struct ot_capture_sum *c = captures->at[i];
		const struct ot_capture_account *a = &c->account;

		must(a->tcp + a->udp + a->sctp + a->icmp + a->ip + a->layer2 +
			 a->twin + a->link_type + a->malformed ==
		     c->frames);
		if (!c->limits.count)
			must(c->flow_frames + c->attempt_frames + a->twin +
				 a->link_type + a->malformed ==
			     c->frames);
	}
}

static uint64_t
packets(const struct ot_store *store)
{
	const struct ot_list *flows = &store->list[OT_STORE_FLOW];
	const struct ot_list *events = &store->list[OT_STORE_EVENT];
	uint64_t n = 0;

	for (uint32_t i = 0; i < flows->count; i++) {
		const struct ot_flow_sum *f = flows->at[i];

		n += f->client.packets + f->server.packets;
	}
	for (uint32_t i = 0; i < events->count; i++) {
		const struct ot_event_sum *e = events->at[i];

		for (uint32_t k = 0; k < e->attempts.count; k++)
			n += ((const struct ot_attempt *)e->attempts.at[k])
				 ->packets;
		n += e->other_packets;
	}
	return n;
}

static struct ot_sb
text(const struct ot_store *store)
{
	struct ot_stream stream = { .any = true, .complete = true };

	stream.store = *store; /* only read */
	return text_of(&stream);
}

static void
threads_agree(const struct ot_store *one, const char *path)
{
	struct ot_store two = { 0 };

	read_capture(&two, path, 2);
	struct ot_sb a = text(one), b = text(&two);

	same(&a, &b);
	ot_sb_done(&a);
	ot_sb_done(&b);
	ot_store_done(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	char path[32];
	struct ot_store store = { 0 };

	if (fd < 0)
		fd = memfd_create("capture", MFD_CLOEXEC);
	must(fd >= 0 && ftruncate(fd, 0) == 0);
	must(pwrite(fd, data, size, 0) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	read_capture(&store, path, 1);
	account(&store);
	if (store.list[OT_STORE_CAPTURE].count) {
		const struct ot_capture_sum *c =
		    store.list[OT_STORE_CAPTURE].at[0];

		if (!c->limits.count)
			must(packets(&store) ==
			     c->flow_frames + c->attempt_frames);
	}
	round_trip(&store);
	if (size && data[size - 1] % 16 == 0)
		threads_agree(&store, path);
	ot_store_done(&store);
	return 0;
}
