/*
 * GOOSE: IEC 61850-8-1 clause 18 and annex C, its routable form IEC TR
 * 61850-90-5, and GSE management. A publisher sends the values of a data set
 * over and over; a new stNum says that one of them has changed.
 */
#include "proto/iec61850.h"

extern const struct ot_proto ot_proto_goose;

enum {
	ETHERTYPE_GOOSE = 0x88b8,
	ETHERTYPE_MANAGEMENT = 0x88b9,
	SESSION = 0xa1,
	TAG_MANAGEMENT = 0x60,
	TAG_GOOSE = 0x61,
};

static const struct ot_port ports[] = {
	{ "eth", ETHERTYPE_GOOSE, ETHERTYPE_MANAGEMENT },
	{ "udp", 102, 102 },
	{ NULL, 0, 0 },
};

enum { SPACE_BLOCK = 1, SPACE_APPID };

static const struct ot_space spaces[] = {
	{ "%t" },
	{ "appid %0x" },
	{ NULL },
};

/* goosePdu; clause 18.1. */
enum field {
	GOCB_REF = 0x80,
	TIME_ALLOWED_TO_LIVE,
	DATA_SET,
	GO_ID,
	T,
	ST_NUM,
	SQ_NUM,
	SIMULATION,
	CONF_REV,
	NDS_COM,
	ENTRIES,
	ALL_DATA = 0xab,
};

/* The fields without which a message is none. */
#define NEEDED                                                                 \
	(1U << (GOCB_REF & 0xf) | 1U << (TIME_ALLOWED_TO_LIVE & 0xf) |         \
	    1U << (DATA_SET & 0xf) | 1U << (T & 0xf) | 1U << (ST_NUM & 0xf) |  \
	    1U << (SQ_NUM & 0xf) | 1U << (CONF_REV & 0xf) |                    \
	    1U << (ENTRIES & 0xf) | 1U << (ALL_DATA & 0xf))

struct message {
	struct ot_text block, data_set, id;
	uint32_t live_ms, state, sequence, revision;
	bool simulated, commission; /* ndsCom */
};

static uint32_t
number(struct ot_buf b)
{
	uint64_t n = ot_ber_uint(b);

	ot_expect(&b, n <= UINT32_MAX);
	return (uint32_t)n;
}

/* The values themselves are the application's: they are only counted. */
static uint32_t
count(struct ot_buf b)
{
	uint32_t n = 0;

	for (; b.left; n++)
		ot_ber_skip(&b);
	return n;
}

static void
field(struct message *m, uint32_t tag, struct ot_buf value, uint32_t counts[2])
{
	switch (tag) {
	case GOCB_REF:
		m->block = ot_61850_reference(value);
		break;
	case TIME_ALLOWED_TO_LIVE:
		m->live_ms = number(value);
		break;
	case DATA_SET:
		m->data_set = ot_61850_reference(value);
		break;
	case GO_ID:
		m->id = ot_text_of(&value, OT_LATIN1);
		break;
	case ST_NUM:
		m->state = number(value);
		break;
	case SQ_NUM:
		m->sequence = number(value);
		break;
	case SIMULATION:
		m->simulated |= ot_ber_bool(value);
		break;
	case CONF_REV:
		m->revision = number(value);
		break;
	case NDS_COM:
		m->commission = ot_ber_bool(value);
		break;
	case ENTRIES:
		counts[0] = number(value);
		break;
	case ALL_DATA:
		counts[1] = count(value);
		break;
	}
}

/* Fields that are not known are passed over; each known one comes once. */
static bool
read_message(struct ot_buf b, struct message *m)
{
	uint32_t counts[2] = { 0, 0 }, seen = 0;

	while (b.left) {
		uint32_t tag;
		struct ot_buf value = ot_ber_next(&b, &tag);
		bool known =
		    (tag >= GOCB_REF && tag <= ENTRIES) || tag == ALL_DATA;
		uint32_t bit = known ? 1U << (tag & 0xf) : 0;

		ot_expect(&b, !(seen & bit));
		seen |= bit;
		field(m, tag, value, counts);
	}
	ot_expect(&b, (seen & NEEDED) == NEEDED);
	ot_expect(&b, counts[0] == counts[1]);
	return ot_ok(&b);
}

/* ---- streams */

static struct ot_object
object_of(const struct ot_pdu *pdu, const struct message *m)
{
	return (struct ot_object){ .space = SPACE_BLOCK,
		.text = ot_format(pdu, "%.*s data set %.*s", (int)m->block.len,
		    (const char *)m->block.p, (int)m->data_set.len,
		    (const char *)m->data_set.p) };
}

static void
notice(const struct ot_pdu *pdu, const struct message *m, const char *kind,
    struct ot_text detail)
{
	ot_emit_event(pdu,
	    &(struct ot_event){
		.kind = kind, .detail = detail, .object = object_of(pdu, m) });
}

/* Numbers that go back are a restart, or someone else who sends in the
 * publisher's name; those that skip were not captured. NULL: as it should be,
 * or the same frame mirrored twice. */
static const char *
order_of(const struct ot_pdu *pdu, const struct ot_61850_stream *s,
    const struct message *m)
{
	bool same = m->state == s->state;
	bool back = m->state < s->state || (same && m->sequence <= s->sequence);

	if (same && m->sequence == s->sequence &&
	    pdu->time_ns - s->time_ns < OT_61850_COPY_NS)
		return NULL;
	if (back && m->state <= 1 && m->sequence <= 1)
		return "goose restart";
	if (back)
		return same ? "goose sqNum went back" : "goose stNum went back";
	return (same ? m->sequence - s->sequence : m->state - s->state) > 1
		   ? "goose messages missed"
		   : NULL;
}

/* Against the message before. */
static void
compare(const struct ot_pdu *pdu, const struct ot_61850_stream *s,
    const struct message *m)
{
	struct ot_text none = { 0 };
	const char *order = order_of(pdu, s, m);

	if (order)
		notice(pdu, m, order, none);
	if (m->state > s->state)
		notice(pdu, m, "goose state change", none);
	if (m->revision != s->revision)
		notice(pdu, m, "goose confRev change",
		    ot_format(pdu, "%u to %u", s->revision, m->revision));
	if (pdu->time_ns - s->time_ns > (int64_t)s->live_ms * 1000000)
		notice(pdu, m, "goose time allowed to live expired", none);
}

static void
identity(const struct ot_pdu *pdu, const struct message *m)
{
	struct ot_fact fact = { .message = "goose",
		.by = pdu->group ? OT_BROADCAST : OT_SELF };
	const uint8_t *slash =
	    m->block.len ? memchr(m->block.p, '/', m->block.len) : NULL;

	if (slash && slash > m->block.p) {
		fact.key = OT_K_NAME;
		fact.value = (struct ot_text){ m->block.p,
			(size_t)(slash - m->block.p), OT_LATIN1 };
		ot_emit_fact(pdu, &fact);
	}
	fact.nested = ot_format(
	    pdu, "goose %.*s", (int)m->block.len, (const char *)m->block.p);
	fact.key = OT_K_TAG;
	fact.value = ot_text_trim(m->id);
	if (fact.value.len)
		ot_emit_fact(pdu, &fact);
	fact.key = OT_K_REVISION;
	fact.value = ot_format(pdu, "confRev %u", m->revision);
	ot_emit_fact(pdu, &fact);
}

/* One operation for the stream and one for each change, whatever the number
 * of messages that repeat it. */
static void
publish(const struct ot_pdu *pdu, const struct message *m, uint16_t appid)
{
	struct ot_61850_stream *s =
	    ot_61850_stream(ot_state(pdu), m->block, appid);
	bool known = s->used;

	if (known)
		compare(pdu, s, m);
	if (!known || m->revision != s->revision)
		identity(pdu, m);
	/* of a stream that is new nothing is set */
	if (m->simulated != s->simulated)
		notice(pdu, m, "goose simulation",
		    ot_text(m->simulated ? "on" : "off"));
	if (m->commission && !s->commission)
		notice(
		    pdu, m, "goose needs commissioning", (struct ot_text){ 0 });
	if (!known || m->state != s->state)
		ot_emit_op(pdu, &(struct ot_op){ .verb = OT_CONTROL,
				    .name = "publish",
				    .flags = OT_OP_NO_ANSWER,
				    .object = object_of(pdu, m) });
	s->used = true;
	s->time_ns = pdu->time_ns;
	s->live_ms = m->live_ms;
	s->state = m->state;
	s->sequence = m->sequence;
	s->revision = m->revision;
	s->simulated = m->simulated;
	s->commission = m->commission;
}

/* ---- GSE management: what control blocks and elements are there */

static const char *
request_name(uint32_t tag)
{
	static const struct ot_name names[] = { { 0xa1, "get go reference" },
		{ 0xa2, "get goose element number" },
		{ 0xa3, "get gs reference" }, { 0xa4, "get gsse data offset" },
		{ 0, NULL } };
	const char *name = ot_name(names, tag);

	return name ? name : "gse management";
}

/* stateID, security, then requests or responses. */
static void
management(
    struct ot_buf b, const struct ot_pdu *pdu, const struct ot_61850_apdu *apdu)
{
	struct ot_buf body = ot_ber_get(&b, TAG_MANAGEMENT);
	uint32_t id = number(ot_ber_get(&body, 0x80)), tag;
	struct ot_buf security;

	ot_ber_optional(&body, 0xa3, &security);
	struct ot_buf what = ot_ber_next(&body, &tag);

	ot_expect(&body, tag == 0xa1 || tag == 0xa2);
	struct ot_op op = { .pair = id,
		.verb = OT_IDENTIFY,
		.name = request_name(ot_ber_peek(&what)),
		.object = { .space = SPACE_APPID, .n = { apdu->appid } } };
	if (!ot_ok(&body))
		return;
	if (tag == 0xa1)
		ot_emit_op(pdu, &op);
	else
		ot_emit_reply(pdu, &(struct ot_reply){ .as = op });
}

/* ---- PDUs */

/* Is all of it as it should be? What is remembered of streams must not come
 * from a PDU that is withdrawn. */
static bool
is_whole(struct ot_61850 all)
{
	struct ot_61850_apdu apdu;

	while (ot_61850_next(&all, &apdu)) {
		struct message m = { 0 };

		if (ot_ber_peek(&apdu.ber) == TAG_GOOSE)
			read_message(ot_ber_get(&apdu.ber, TAG_GOOSE), &m);
	}
	return ot_ok(&all.left);
}

static void
dissect(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_61850 all = ot_61850_open(b, pdu);
	struct ot_61850_apdu apdu;

	if (!is_whole(all))
		return;
	while (ot_61850_next(&all, &apdu)) {
		struct message m = { .simulated = apdu.simulated };

		if (ot_ber_peek(&apdu.ber) == TAG_MANAGEMENT)
			management(apdu.ber, pdu, &apdu);
		else if (read_message(ot_ber_get(&apdu.ber, TAG_GOOSE), &m))
			publish(pdu, &m, apdu.appid);
	}
	if (ot_ok(b))
		ot_61850_security(pdu, all.keyed);
}

/* Does a GSE management PDU bear responses? */
static bool
is_response(struct ot_buf b)
{
	ot_skip(&b, OT_61850_HEADER);
	struct ot_buf body = ot_ber_get(&b, TAG_MANAGEMENT);

	while (body.left) {
		uint32_t tag;

		ot_ber_next(&body, &tag);
		if (tag == 0xa2)
			return true;
	}
	return false;
}

/* Publishers are clients: they act on the subscribers. */
static bool
probe(struct ot_buf b, const struct ot_pdu *pdu)
{
	if (pdu->ethertype && pdu->ethertype != ETHERTYPE_GOOSE &&
	    pdu->ethertype != ETHERTYPE_MANAGEMENT)
		return false;
	if (pdu->ethertype && ot_61850_probe(b, pdu, SESSION, TAG_MANAGEMENT))
		return pdu->to_server == !is_response(b);
	return pdu->to_server && ot_61850_probe(b, pdu, SESSION, TAG_GOOSE);
}

const struct ot_proto ot_proto_goose = {
	.name = "goose",
	.over = { "eth", "udp" },
	.strength = OT_STRONG,
	.ports = ports,
	.spaces = spaces,
	.state_size = sizeof(struct ot_61850_state),
	.probe = probe,
	.dissect = dissect,
};
