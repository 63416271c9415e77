/*
 * A plant's traffic for the benchmark, made from the project's own samples:
 * the small frames of each TCP conversation in them, played again and again
 * with other addresses, ports and sequence numbers.
 *
 * usage: generate FRAMES CONVERSATIONS HOSTS OUTPUT.pcap SAMPLE...
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/capture.h"

enum {
	ETHERNET = 14,
	SMALLEST = 60,
	LARGEST = 200,
	TEMPLATES = 64,
	TEMPLATE_FRAMES = 4096,
};

/* A frame of a template: Ethernet, IPv4, TCP, whatever it carries. */
struct piece {
	uint8_t bytes[LARGEST];
	uint32_t len, payload;
	bool from_client;
};

struct template
{
	uint32_t client, server; /* addresses */
	uint16_t client_port, server_port;
	struct piece *pieces;
	uint32_t count;
	uint32_t sent[2]; /* payload of one round, by from_client */
};

struct conversation {
	const struct template *t;
	uint32_t next; /* piece; before them the handshake */
	uint32_t handshake;
	uint32_t seq[2]; /* by from_client */
	uint16_t ip_id;
};

static struct template templates[TEMPLATES];
static uint32_t template_count;

static uint16_t
get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static void
put16(uint8_t *p, uint32_t n)
{
	p[0] = (uint8_t)(n >> 8);
	p[1] = (uint8_t)n;
}

static void
put32(uint8_t *p, uint32_t n)
{
	put16(p, n >> 16);
	put16(p + 2, n & 0xffff);
}

static struct template *
template_of(uint32_t a, uint16_t ap, uint32_t b, uint16_t bp, bool *client)
{
	for (uint32_t i = 0; i < template_count; i++) {
		struct template *t = &templates[i];

		if (t->client == a && t->client_port == ap && t->server == b &&
		    t->server_port == bp) {
			*client = true;
			return t;
		}
		if (t->client == b && t->client_port == bp && t->server == a &&
		    t->server_port == ap) {
			*client = false;
			return t;
		}
	}
	return NULL;
}

/* A SYN begins a template; then its segments without SYN, FIN and RST. */
static void
learn(const struct ot_frame *frame)
{
	const uint8_t *p = frame->bytes, *ip = p + ETHERNET, *tcp;
	bool client;

	if (frame->link_type != 1 || frame->captured < SMALLEST - 6 ||
	    frame->captured > LARGEST || get16(p + 12) != 0x0800 ||
	    ip[0] != 0x45 || ip[9] != 6)
		return;
	tcp = ip + 20;
	uint32_t src = get32(ip + 12), dst = get32(ip + 16);
	uint16_t sp = get16(tcp), dp = get16(tcp + 2);
	struct template *t = template_of(src, sp, dst, dp, &client);

	if ((tcp[13] & 0x12) == 0x02 && !t && template_count < TEMPLATES) {
		t = &templates[template_count++];
		*t = (struct template){ src, dst, sp, dp,
			calloc(TEMPLATE_FRAMES, sizeof(struct piece)), 0,
			{ 0, 0 } };
		return;
	}
	if (!t || tcp[13] & 0x07 || t->count == TEMPLATE_FRAMES)
		return;
	uint32_t headers = 20U + (tcp[12] >> 4) * 4U;
	uint32_t len = get16(ip + 2);

	if (len < headers || len + ETHERNET > frame->captured)
		return;
	struct piece *piece = &t->pieces[t->count++];

	memcpy(piece->bytes, p, frame->captured);
	piece->len = frame->captured;
	piece->payload = len - headers;
	piece->from_client = client;
	t->sent[client] += piece->payload;
}

static void
write_frame(FILE *out, uint64_t number, const uint8_t *bytes, uint32_t len)
{
	uint64_t us = number * 37;
	const uint32_t head[4] = { (uint32_t)(1700000000 + us / 1000000),
		(uint32_t)(us % 1000000), len < SMALLEST ? SMALLEST : len,
		len < SMALLEST ? SMALLEST : len };
	static const uint8_t zeros[SMALLEST];

	fwrite(head, sizeof(head), 1, out);
	fwrite(bytes, len, 1, out);
	if (len < SMALLEST)
		fwrite(zeros, SMALLEST - len, 1, out);
}

/* Give a frame this conversation's addresses and numbers. */
static void
dress(uint8_t *p, struct conversation *c, uint32_t number, uint32_t hosts,
    bool from_client)
{
	uint8_t *ip = p + ETHERNET, *tcp = ip + 20;
	uint32_t client = 0x0a000000 + 1 + number % (hosts - hosts / 5);
	uint32_t server = 0x0a010000 + 1 + number % (hosts / 5);
	uint16_t port = (uint16_t)(20000 + number % 40000);

	put16(ip + 4, ++c->ip_id ? c->ip_id : ++c->ip_id);
	put32(ip + 12, from_client ? client : server);
	put32(ip + 16, from_client ? server : client);
	put16(tcp, from_client ? port : c->t->server_port);
	put16(tcp + 2, from_client ? c->t->server_port : port);
	put32(tcp + 4, c->seq[from_client]);
	put32(tcp + 8, c->seq[!from_client]);
	memset(p, 2, 12);
	put32(p + 2, from_client ? server : client);
	put32(p + 8, from_client ? client : server);
}

static void
say_hello(FILE *out, uint64_t frame, struct conversation *c, uint32_t number,
    uint32_t hosts)
{
	static const uint8_t flags[3] = { 0x02, 0x12, 0x10 };
	uint8_t p[SMALLEST] = { 0 };
	bool from_client = c->handshake != 1;

	p[12] = 8;
	p[ETHERNET] = 0x45;
	put16(p + ETHERNET + 2, 40);
	p[ETHERNET + 8] = 64;
	p[ETHERNET + 9] = 6;
	p[ETHERNET + 32] = 0x50;
	p[ETHERNET + 33] = flags[c->handshake];
	put16(p + ETHERNET + 34, 8192);
	dress(p, c, number, hosts, from_client);
	if (c->handshake < 2)
		c->seq[from_client]++;
	write_frame(out, frame, p, SMALLEST);
	c->handshake++;
}

static void
say_next(FILE *out, uint64_t frame, struct conversation *c, uint32_t number,
    uint32_t hosts)
{
	const struct piece *piece = &c->t->pieces[c->next];
	uint8_t p[LARGEST];

	memcpy(p, piece->bytes, piece->len);
	dress(p, c, number, hosts, piece->from_client);
	c->seq[piece->from_client] += piece->payload;
	write_frame(out, frame, p, piece->len);
	c->next = (c->next + 1) % c->t->count;
}

static int
learn_from(const char *path)
{
	struct ot_capture_options options = { .no_hash = true };
	struct ot_capture *capture;
	struct ot_error error;
	struct ot_frame frame;

	if (ot_capture_open(&capture, path, &options, &error) < 0) {
		fprintf(stderr, "generate: %s\n", error.text);
		return 1;
	}
	while (ot_capture_next(capture, &frame, &error) > 0)
		learn(&frame);
	ot_capture_close(capture);
	return 0;
}

/* The template of a conversation, such that the mix of frames is that of the
 * samples: templates with many frames have as many more conversations. */
static const struct template *
pick(uint32_t number, uint32_t count)
{
	uint64_t all = 0, at = 0;

	for (uint32_t i = 0; i < template_count; i++)
		all += templates[i].count;
	for (uint32_t i = 0; i < template_count; i++) {
		at += templates[i].count;
		if ((number + 1) * all <= at * count)
			return &templates[i];
	}
	return &templates[template_count - 1];
}

/* Templates worth playing: those with payload both ways. */
static void
choose(void)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < template_count; i++)
		if (templates[i].count >= 4 && templates[i].sent[0] &&
		    templates[i].sent[1])
			templates[kept++] = templates[i];
	template_count = kept;
}

int
main(int argc, char **argv)
{
	static const uint8_t header[24] = { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0 };

	if (argc < 6) {
		fputs("usage: generate FRAMES CONVERSATIONS HOSTS OUTPUT "
		      "SAMPLE...\n",
		    stderr);
		return 2;
	}
	uint64_t frames = strtoull(argv[1], NULL, 10);
	uint32_t count = (uint32_t)strtoul(argv[2], NULL, 10);
	uint32_t hosts = (uint32_t)strtoul(argv[3], NULL, 10);
	FILE *out = fopen(argv[4], "wb");
	struct conversation *all = calloc(count ? count : 1, sizeof(*all));

	for (int i = 5; i < argc; i++)
		if (learn_from(argv[i]))
			return 1;
	choose();
	if (!out || !all || !template_count || hosts < 10 || !count) {
		fputs("generate: no output, or nothing to play\n", stderr);
		return 1;
	}
	for (uint32_t i = 0; i < count; i++) {
		all[i].t = pick(i, count);
		all[i].seq[0] = i * 7919;
		all[i].seq[1] = i * 104729;
	}
	fwrite(header, sizeof(header), 1, out);
	for (uint64_t n = 0; n < frames; n++) {
		uint32_t k = (uint32_t)(n % count);

		if (all[k].handshake < 3)
			say_hello(out, n, &all[k], k, hosts);
		else
			say_next(out, n, &all[k], k, hosts);
	}
	free(all);
	return fclose(out) != 0;
}
