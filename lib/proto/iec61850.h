/*
 * What GOOSE and sampled values share: the header behind the ethertype (IEC
 * 61850-8-1 annex C, 9-2 annex A) and the session of their routable forms over
 * UDP (IEC TR 61850-90-5 clause 8), each with one APDU or several in it.
 */
#ifndef OT_PROTO_IEC61850_H
#define OT_PROTO_IEC61850_H

#include "base/ber.h"
#include "proto/proto.h"

enum {
	OT_61850_HEADER = 8,	     /* APPID to the second reserved field */
	OT_61850_SIMULATED = 0x8000, /* of the first reserved field */
	OT_61850_CLTP = 0x0140,	     /* X.234: unit data, no parameters */
	OT_61850_COMMON = 0x80,	     /* the common session header */
	OT_61850_PAYLOAD = 6,	     /* type to length, before an APDU */
	OT_61850_REFERENCE = 129,    /* VisibleString129 */
	OT_61850_STREAMS = 16,	     /* remembered of one conversation */
};

/* Frames at layer 2 have no number by which the same one, mirrored twice, could
 * be told: the same content within this time is no news. */
#define OT_61850_COPY_NS ((int64_t)10 * 1000000)

/* The APDUs of one PDU. */
struct ot_61850 {
	bool routed;
	bool keyed; /* of a routed one: a key signs it */
	struct ot_buf left;
};

struct ot_61850_apdu {
	uint16_t appid;
	bool simulated;
	struct ot_buf ber;
};

/* What is remembered of a control block between two of its messages. */
struct ot_61850_stream {
	int64_t time_ns;
	uint32_t state, sequence; /* stNum, sqNum; of samples smpCnt */
	uint32_t revision, live_ms;
	uint16_t appid;
	uint8_t synchronized;
	bool used, simulated, commission;
	uint8_t id_len;
	uint8_t id[OT_61850_REFERENCE];
};

struct ot_61850_state {
	bool stated; /* its security */
	struct ot_61850_stream streams[OT_61850_STREAMS];
};

static inline bool
ot_61850_is(const struct ot_61850_stream *s, struct ot_text id, uint16_t appid)
{
	return s->used && s->appid == appid && s->id_len == id.len &&
	       memcmp(s->id, id.p, id.len) == 0;
}

/* The stream of this id; else a free place, at worst that of the one which was
 * silent the longest, with used false. The id has at most 129 octets. */
static inline struct ot_61850_stream *
ot_61850_stream(struct ot_61850_state *state, struct ot_text id, uint16_t appid)
{
	struct ot_61850_stream *place = &state->streams[0];

	for (unsigned i = 0; i < OT_61850_STREAMS; i++) {
		struct ot_61850_stream *s = &state->streams[i];

		if (ot_61850_is(s, id, appid))
			return s;
		if (place->used && (!s->used || s->time_ns < place->time_ns))
			place = s;
	}
	*place = (struct ot_61850_stream){ .appid = appid,
		.id_len = (uint8_t)id.len };
	memcpy(place->id, id.p, id.len);
	return place;
}

/* A reference: neither empty nor longer than its type. */
static inline struct ot_text
ot_61850_reference(struct ot_buf b)
{
	ot_expect(&b, b.left > 0 && b.left <= OT_61850_REFERENCE);
	ot_expect(&b, ot_find(&b, 0) == b.left);
	return ot_text_of(&b, OT_LATIN1);
}

/* Session identifier, common header, key, user data. */
static inline struct ot_61850
ot_61850_session(struct ot_buf *b)
{
	struct ot_61850 all = { .routed = true };

	ot_skip(b, 3); /* unit data, session identifier */
	struct ot_buf header = ot_split(b, ot_u8(b));

	ot_expect(&header, ot_u8(&header) == OT_61850_COMMON);
	ot_skip(&header, 1 + 4 + 4 + 2); /* lengths, number, version */
	ot_skip(&header, 4 + 2);	 /* times of the keys */
	all.keyed = ot_u32be(&header) != 0;
	ot_skip(&header, ot_u8(&header)); /* initialization vector */

	uint32_t len = ot_u32be(b);

	all.left = ot_split(b, len);
	return all;
}

static inline struct ot_61850
ot_61850_open(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_61850 all = { .left = *b };

	return pdu->ethertype ? all : ot_61850_session(b);
}

/* The next APDU; false at the end. A frame has one, padding behind it. */
static inline bool
ot_61850_next(struct ot_61850 *all, struct ot_61850_apdu *apdu)
{
	struct ot_buf *b = &all->left;
	size_t len;

	if (!b->left)
		return false;
	if (all->routed) {
		ot_skip(b, 1); /* payload type: the session has it too */
		apdu->simulated = ot_u8(b) != 0;
		apdu->appid = ot_u16be(b);
		len = ot_u16be(b);
		apdu->ber = ot_split(b, len);
		return ot_ok(b);
	}
	apdu->appid = ot_u16be(b);
	len = ot_u16be(b);
	apdu->simulated = ot_u16be(b) & OT_61850_SIMULATED;
	ot_skip(b, 2); /* the second reserved field */
	ot_expect(b, len >= OT_61850_HEADER);
	apdu->ber = ot_split(b, len - OT_61850_HEADER);
	b->left = 0;
	return ot_ok(b);
}

/* Neither form protects anything, but for the key of a routed one. */
static inline void
ot_61850_security(const struct ot_pdu *pdu, bool keyed)
{
	struct ot_61850_state *state = ot_state(pdu);

	if (state->stated)
		return;
	state->stated = true;
	ot_emit_security(
	    pdu, OT_S_PROTECTION, ot_text(keyed ? "integrity" : "none"));
	ot_emit_security(pdu, OT_S_AUTH, ot_text(keyed ? "strong" : "none"));
}

/* Could these bytes be such a PDU? */
static inline bool
ot_61850_probe(
    struct ot_buf b, const struct ot_pdu *pdu, uint8_t session, uint8_t tag)
{
	if (pdu->ethertype)
		return ot_peek16be(&b, 2) > OT_61850_HEADER &&
		       ot_peek(&b, OT_61850_HEADER) == tag;
	if (ot_peek16be(&b, 0) != OT_61850_CLTP || ot_peek(&b, 2) != session ||
	    ot_peek(&b, 4) != OT_61850_COMMON)
		return false;

	struct ot_61850 all = ot_61850_session(&b);

	return ot_peek(&all.left, OT_61850_PAYLOAD) == tag ||
	       (pdu->cut && !ot_ok(&b));
}

#endif
