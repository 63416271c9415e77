/*
 * Sampled values: IEC 61850-9-2, and their routable form IEC TR 61850-90-5. A
 * merging unit sends what it measures, thousands of times a second.
 */
#include "proto/iec61850.h"

extern const struct ot_proto ot_proto_sv;

enum {
	ETHERTYPE = 0x88ba,
	SESSION = 0xa2,
	TAG_SAV = 0x60,
	TAG_COUNT = 0x80,
	TAG_ASDUS = 0xa2,
};

static const struct ot_port ports[] = {
	{ "eth", ETHERTYPE, ETHERTYPE },
	{ "udp", 102, 102 },
	{ NULL, 0, 0 },
};

enum { SPACE_STREAM = 1 };

static const struct ot_space spaces[] = {
	{ "svid %t" },
	{ NULL },
};

/* ASDU; 9-2 table 14. */
enum field {
	SV_ID = 0x80,
	DATA_SET,
	SAMPLE_COUNT,
	REVISION,
	REFRESH_TIME,
	SYNCHRONIZED,
	RATE,
	SAMPLES,
	MODE,
};

#define BIT(field) (1U << ((field)&0xf))
#define NEEDED                                                                 \
	(BIT(SV_ID) | BIT(SAMPLE_COUNT) | BIT(REVISION) | BIT(SYNCHRONIZED) |  \
	    BIT(SAMPLES))

struct asdu {
	struct ot_text id, data_set;
	uint32_t sample, revision;
	uint8_t synchronized;
	bool simulated;
};

static void
field(struct asdu *a, uint32_t tag, struct ot_buf value)
{
	switch (tag) {
	case SV_ID:
		a->id = ot_61850_reference(value);
		break;
	case DATA_SET:
		a->data_set = ot_61850_reference(value);
		break;
	case SAMPLE_COUNT:
		ot_expect(&value, value.left == 2);
		a->sample = ot_u16be(&value);
		break;
	case REVISION:
		ot_expect(&value, value.left == 4);
		a->revision = ot_u32be(&value);
		break;
	case SYNCHRONIZED:
		ot_expect(&value, value.left == 1);
		a->synchronized = ot_u8(&value);
		break;
	}
}

static bool
read_asdu(struct ot_buf b, struct asdu *a)
{
	uint32_t seen = 0;

	while (b.left) {
		uint32_t tag;
		struct ot_buf value = ot_ber_next(&b, &tag);
		uint32_t bit = tag >= SV_ID && tag <= MODE ? BIT(tag) : 0;

		ot_expect(&b, !(seen & bit));
		seen |= bit;
		field(a, tag, value);
	}
	ot_expect(&b, (seen & NEEDED) == NEEDED);
	return ot_ok(&b);
}

static struct ot_object
object_of(const struct ot_pdu *pdu, const struct asdu *a)
{
	struct ot_object object = { .space = SPACE_STREAM, .text = a->id };

	if (a->data_set.len)
		object.text = ot_format(pdu, "%.*s data set %.*s",
		    (int)a->id.len, (const char *)a->id.p, (int)a->data_set.len,
		    (const char *)a->data_set.p);
	return object;
}

static void
say(const struct ot_pdu *pdu, enum ot_key key, struct ot_text value,
    struct ot_text nested)
{
	if (value.len)
		ot_emit_fact(pdu, &(struct ot_fact){ .key = key,
				      .value = value,
				      .message = "sampled values",
				      .by = pdu->group ? OT_BROADCAST : OT_SELF,
				      .nested = nested });
}

/* smpSynch: 1 and from 5 on a clock of the place. */
static const char *
clock_name(uint8_t synchronized)
{
	return synchronized == 0   ? "clock not synchronized"
	       : synchronized == 2 ? "clock globally synchronized"
				   : "clock locally synchronized";
}

static void
identity(const struct ot_pdu *pdu, const struct asdu *a)
{
	struct ot_text nested =
	    ot_format(pdu, "svid %.*s", (int)a->id.len, (const char *)a->id.p);

	say(pdu, OT_K_NAME, ot_text_trim(a->id), (struct ot_text){ 0 });
	say(pdu, OT_K_REVISION, ot_format(pdu, "confRev %u", a->revision),
	    nested);
	say(pdu, OT_K_STATE, ot_text(clock_name(a->synchronized)), nested);
}

static void
notice(const struct ot_pdu *pdu, const struct asdu *a, const char *kind,
    struct ot_text detail)
{
	ot_emit_event(pdu,
	    &(struct ot_event){
		.kind = kind, .detail = detail, .object = object_of(pdu, a) });
}

/* The count goes up by one and begins again with 0 each second; the same once
 * more at once is the same frame, mirrored twice. */
static bool
jumped(const struct ot_pdu *pdu, const struct ot_61850_stream *s,
    const struct asdu *a)
{
	if (a->sample == s->sequence &&
	    pdu->time_ns - s->time_ns < OT_61850_COPY_NS)
		return false;
	return a->sample != 0 && a->sample != s->sequence + 1;
}

static void
compare(const struct ot_pdu *pdu, const struct ot_61850_stream *s,
    const struct asdu *a)
{
	if (jumped(pdu, s, a))
		notice(pdu, a, "sv sample count jumped", (struct ot_text){ 0 });
	if (a->revision != s->revision)
		notice(pdu, a, "sv confRev change",
		    ot_format(pdu, "%u to %u", s->revision, a->revision));
	if (a->synchronized != s->synchronized)
		notice(pdu, a, "sv clock change",
		    ot_text(clock_name(a->synchronized)));
}

static void
publish(const struct ot_pdu *pdu, const struct asdu *a, uint16_t appid)
{
	struct ot_61850_stream *s =
	    ot_61850_stream(ot_state(pdu), a->id, appid);
	bool known = s->used;
	bool same = known && a->revision == s->revision &&
		    a->synchronized == s->synchronized;

	if (known)
		compare(pdu, s, a);
	if (!same) {
		identity(pdu, a);
		ot_emit_op(pdu, &(struct ot_op){ .verb = OT_READ,
				    .name = "publish",
				    .flags = OT_OP_NO_ANSWER,
				    .object = object_of(pdu, a) });
	}
	/* of a stream that is new nothing is set */
	if (a->simulated != s->simulated)
		notice(pdu, a, "sv simulation",
		    ot_text(a->simulated ? "on" : "off"));
	s->used = true;
	s->time_ns = pdu->time_ns;
	s->sequence = a->sample;
	s->revision = a->revision;
	s->synchronized = a->synchronized;
	s->simulated = a->simulated;
}

/* noASDU, security, then as many ASDUs: the next of them. */
struct asdus {
	uint64_t count;
	struct ot_buf left;
};

static struct asdus
open_asdus(struct ot_buf b)
{
	struct ot_buf body = ot_ber_get(&b, TAG_SAV), security;
	struct asdus all = { .count =
				 ot_ber_uint(ot_ber_get(&body, TAG_COUNT)) };

	ot_ber_optional(&body, 0x81, &security);
	all.left = ot_ber_get(&body, TAG_ASDUS);
	return all;
}

static bool
next_asdu(struct asdus *all, struct asdu *a)
{
	if (!all->count || !ot_ok(&all->left)) {
		ot_expect(&all->left, all->left.left == 0);
		return false;
	}
	all->count--;
	*a = (struct asdu){ 0 };
	return read_asdu(ot_ber_get(&all->left, OT_BER_SEQUENCE), a);
}

/* Is all of it as it should be? What is remembered of streams must not come
 * from a PDU that is withdrawn. */
static bool
is_whole(struct ot_61850 all)
{
	struct ot_61850_apdu apdu;
	struct asdu a;

	while (ot_61850_next(&all, &apdu)) {
		struct asdus asdus = open_asdus(apdu.ber);

		while (next_asdu(&asdus, &a))
			;
	}
	return ot_ok(&all.left);
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_61850 all = ot_61850_open(b, pdu);
	struct ot_61850_apdu apdu;
	struct asdu a;

	if (!is_whole(all))
		return;
	while (ot_61850_next(&all, &apdu)) {
		struct asdus asdus = open_asdus(apdu.ber);

		while (next_asdu(&asdus, &a)) {
			a.simulated = apdu.simulated;
			publish(pdu, &a, apdu.appid);
		}
	}
	ot_61850_security(pdu, all.keyed);
}

/* A merging unit answers nobody in particular: it is the client of what it
 * tells, as every sender to a group is. */
static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	return (!pdu->ethertype || pdu->ethertype == ETHERTYPE) &&
	       pdu->to_server && ot_61850_probe(b, pdu, SESSION, TAG_SAV);
}

const struct ot_proto ot_proto_sv = {
	.name = "sv",
	.over = { "eth", "udp" },
	.strength = OT_STRONG,
	.ports = ports,
	.spaces = spaces,
	.state_size = sizeof(struct ot_61850_state),
	.probe = probe,
	.dissect = dissect,
};
