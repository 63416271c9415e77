/*
 * What lives from frame to frame: fragments, and the numbers of PRP and HSR.
 * For lib/net only.
 */
#ifndef OT_NET_DECODER_H
#define OT_NET_DECODER_H

#include "net/walk.h"

struct ot_fragments;
struct ot_twins;

struct ot_decoder {
	struct ot_packet packet; /* of the frame at hand */
	struct ot_fragments *fragments;
	bool waiting;		/* some of them: ot_fragments_tick has work */
	struct ot_twins *twins; /* made when the first one comes */
	struct ot_decoder_counts counts;
	ot_packet_sink *sink; /* of the call at hand */
	void *user;
};

/* Was `since` more than `span` before `now`? Times are what a file says: any.
 */
static inline bool
ot_is_over(int64_t now_ns, int64_t since_ns, int64_t span_ns)
{
	return now_ns > since_ns &&
	       (uint64_t)now_ns - (uint64_t)since_ns > (uint64_t)span_ns;
}

struct ot_fragments *ot_fragments_new(void);
void ot_fragments_free(struct ot_fragments *fragments);

/* Before each frame, while decoder->waiting: ot_fragments_told, then what
 * expired. */
void ot_fragments_tick(struct ot_decoder *decoder, int64_t now_ns);

/* What the last frame completed was told: now in its other versions. */
void ot_fragments_told(struct ot_decoder *decoder);

/* Tell all that waits. */
void ot_fragments_flush(struct ot_decoder *decoder);

/* Read the commonest frame at one go: Ethernet, IPv4 without options or
 * fragments, TCP or UDP. False, whatever the packet then holds, for any other:
 * the walk reads all, and the same from this one. */
bool ot_plain(struct ot_packet *packet, const struct ot_frame *frame);

/* Walk the layers of a frame from its link on. */
enum ot_walked ot_walk_frame(struct ot_decoder *decoder,
    struct ot_packet *packet, const struct ot_frame *frame);

void ot_twins_free(struct ot_twins *twins);

#endif
