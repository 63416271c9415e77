/*
 * From a frame to its innermost packet: starts the walk at the link, and gives
 * the frame its account.
 */
#include "net/decoder.h"

#include "base/arena.h"

const char *const ot_account_names[] = {
	[OT_ACC_TCP] = "tcp",
	[OT_ACC_UDP] = "udp",
	[OT_ACC_SCTP] = "sctp",
	[OT_ACC_ICMP] = "icmp",
	[OT_ACC_IP] = "ip",
	[OT_ACC_LAYER2] = "layer2",
	[OT_ACC_TWIN] = "twin",
	[OT_ACC_LINK_TYPE] = "link_type",
	[OT_ACC_MALFORMED] = "malformed",
	NULL,
};

struct ot_decoder *
ot_decoder_new(void)
{
	struct ot_decoder *decoder = ot_heap(1, sizeof(*decoder));

	if (!decoder)
		return NULL;
	decoder->fragments = ot_fragments_new();
	if (!decoder->fragments) {
		ot_decoder_free(decoder);
		return NULL;
	}
	return decoder;
}

void
ot_decoder_free(struct ot_decoder *decoder)
{
	if (!decoder)
		return;
	ot_fragments_free(decoder->fragments);
	ot_twins_free(decoder->twins);
	ot_heap_free(decoder);
}

bool
ot_walk_deeper(struct ot_walk *w)
{
	if (w->depth == OT_LIMIT_DEPTH) {
		w->decoder->counts.depth++;
		return false;
	}
	w->depth++;
	return true;
}

/* Where a walk can go back to. */
struct place {
	struct ot_packet packet;
	struct ot_buf b;
	uint64_t missing;
};

static struct place
place_of(const struct ot_walk *w)
{
	return (struct place){ *w->packet, w->b, w->missing };
}

static void
go_back(struct ot_walk *w, const struct place *place)
{
	*w->packet = place->packet;
	w->b = place->b;
	w->missing = place->missing;
	w->fault = OT_FAULT_NONE;
}

enum ot_walked
ot_walk_try(struct ot_walk *w, ot_layer *layer)
{
	struct place place = place_of(w);
	enum ot_walked walked = layer(w);

	if (walked == OT_WALKED_NOTHING)
		go_back(w, &place);
	return walked;
}

/* One more tunnel, between the ends that the packet has now. */
static void
add_tunnel(struct ot_walk *w, enum ot_tunnel_kind kind)
{
	struct ot_packet *p = w->packet;

	p->tunnels++;
	*ot_walk_tunnel(w) = (struct ot_tunnel){
		.kind = (uint8_t)kind,
		.src = p->ip ? p->src : p->src_mac,
		.dst = p->ip ? p->dst : p->dst_mac,
	};
}

enum ot_walked
ot_walk_into(struct ot_walk *w, enum ot_tunnel_kind kind, ot_layer *layer)
{
	struct place place = place_of(w);
	struct ot_packet *p = w->packet;

	if (!ot_walk_deeper(w))
		return OT_WALKED_NOTHING;
	add_tunnel(w, kind);
	p->src_mac = p->dst_mac = p->src = p->dst = (struct ot_addr){ 0 };
	p->ip = false;
	w->broadcast = false;
	enum ot_walked walked = layer(w);

	if (walked == OT_WALKED_NOTHING)
		go_back(w, &place);
	return walked;
}

enum ot_walked
ot_walk_done(
    struct ot_walk *w, enum ot_transport transport, enum ot_account account)
{
	struct ot_packet *p = w->packet;

	p->transport = transport;
	p->account = account;
	p->payload = w->b.p;
	p->captured = (uint32_t)w->b.left;
	p->wire = (uint32_t)ot_walk_wire(w);
	p->cut = w->missing > 0;
	return OT_WALKED_PACKET;
}

enum ot_walked
ot_walk_layer2(struct ot_walk *w, uint32_t ether_type)
{
	return ot_walk_link(w, OT_ETH, ether_type);
}

enum ot_walked
ot_walk_link(struct ot_walk *w, enum ot_transport transport, uint32_t port)
{
	struct ot_packet *p = w->packet;

	p->src = p->src_mac;
	p->dst = p->dst_mac;
	p->src_port = p->dst_port = 0;
	p->ether_type = port;
	p->ip = false;
	p->ip_protocol = p->ttl = 0;
	p->ip_id = 0;
	p->checksum = 0;
	p->group =
	    (p->dst.kind == OT_ADDR_MAC && (p->dst.b[0] & 1)) || w->broadcast;
	return ot_walk_done(w, transport, OT_ACC_LAYER2);
}

static enum ot_account
account_of(enum ot_walked walked, const struct ot_packet *packet)
{
	switch (walked) {
	case OT_WALKED_PACKET:
	case OT_WALKED_WAITS:
		return packet->account;
	case OT_WALKED_TWIN:
		return OT_ACC_TWIN;
	case OT_WALKED_UNKNOWN:
		return OT_ACC_LINK_TYPE;
	case OT_WALKED_NOTHING:
		break;
	}
	return OT_ACC_MALFORMED;
}

static void
begin(struct ot_packet *p, const struct ot_frame *frame)
{
	const struct ot_addr none = { 0 };

	p->time_ns = frame->time_ns;
	p->frame = frame->number;
	p->interface = frame->interface;
	p->frames = 1;
	p->bytes = frame->wire;
	p->ip_bytes = 0;
	p->src = p->dst = p->src_mac = p->dst_mac = none;
	p->src_port = p->dst_port = 0;
	p->ip_protocol = p->ttl = 0;
	p->ip_id = p->checksum = 0;
	p->ip = p->cut = p->group = false;
	p->tcp_flags = 0;
	p->window = 0;
	p->seq = p->ack = 0;
	memset((char *)p + OT_PACKET_RARE, 0, OT_PACKET_RARE_LEN);
}

enum ot_walked
ot_walk_frame(struct ot_decoder *decoder, struct ot_packet *packet,
    const struct ot_frame *frame)
{
	struct ot_walk w = { .packet = packet,
		.decoder = decoder,
		.frame = frame,
		.missing = frame->wire - frame->captured };

	w.b = ot_buf(frame->bytes, frame->captured, &w.fault);
	begin(packet, frame);
	return ot_link(&w, frame->link_type);
}

enum ot_account
ot_decode_into(struct ot_decoder *decoder, struct ot_packet *packet,
    const struct ot_frame *frame, ot_packet_sink *sink, void *user, bool *whole)
{
	decoder->sink = sink;
	decoder->user = user;
	if (decoder->waiting)
		ot_fragments_tick(decoder, frame->time_ns);
	*whole = ot_plain(packet, frame);
	if (*whole)
		return packet->account;
	enum ot_walked walked = ot_walk_frame(decoder, packet, frame);

	*whole = walked == OT_WALKED_PACKET;
	return account_of(walked, packet);
}

enum ot_account
ot_decode(struct ot_decoder *decoder, const struct ot_frame *frame,
    ot_packet_sink *sink, void *user)
{
	bool whole;
	enum ot_account account = ot_decode_into(
	    decoder, &decoder->packet, frame, sink, user, &whole);

	if (whole)
		sink(user, &decoder->packet);
	return account;
}

void
ot_decoder_told(struct ot_decoder *decoder, ot_packet_sink *sink, void *user)
{
	decoder->sink = sink;
	decoder->user = user;
	ot_fragments_told(decoder);
}

void
ot_decoder_flush(struct ot_decoder *decoder, ot_packet_sink *sink, void *user)
{
	decoder->sink = sink;
	decoder->user = user;
	ot_fragments_flush(decoder);
}

const struct ot_decoder_counts *
ot_decoder_counts(const struct ot_decoder *decoder)
{
	return &decoder->counts;
}
