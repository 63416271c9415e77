/*
 * A small report made by hand, with the nasty text wherever text from outside
 * can stand: two zones, a crossing with two verdicts, a refused attempt, three
 * findings, one rule that held, one that did not, one without traffic.
 */
#ifndef TESTS_UNIT_SAMPLE_REPORT_H
#define TESTS_UNIT_SAMPLE_REPORT_H

#include <check.h>

#include "model/stream.h"
#include "render/render.h"

/* What would break out of HTML, XML, JSON, a terminal or a CI log; then a
 * vertical tab, U+FFFE, a byte that is no UTF-8, and U+202E. */
#define NASTY                                                                  \
	"::error::<script>'\"&\\x41\\\\]]>-->\x1b[31m\x0b\n\xef\xbf\xbe\xff"   \
	"\xc2\x9b\xe2\x80\xae"

struct sample {
	struct ot_arena arena;
	struct ot_store store;
	struct ot_policy policy;
	struct ot_service_row service;
	struct ot_conduit_row conduits[3];
	struct ot_rule_result rules[3];
	struct ot_check_row checks[2];
	struct ot_list inputs, assets, zones, crossings, findings;
	struct ot_report report;
	struct ot_sb out;
};

static inline void *
sample_push(struct sample *s, struct ot_list *list, size_t size)
{
	void *item = ot_alloc(&s->arena, size);

	ck_assert(item && ot_list_push(&s->arena, list, item));
	return item;
}

static inline struct ot_place
sample_place(int second, uint64_t frame, uint64_t reply)
{
	return (struct ot_place){ second * OT_SECOND_NS, ot_str("a b.pcap"),
		frame, reply };
}

static inline void
sample_zone(struct sample *s, const char *id, const char *level)
{
	struct ot_zone_sum *zone =
	    sample_push(s, &s->zones, sizeof(struct ot_zone_sum));

	zone->id = ot_str(id);
	zone->level = ot_str(level);
	zone->kind = ot_str(NASTY);
}

static inline struct ot_crossing *
sample_crossing(struct sample *s, enum ot_verdict verdict)
{
	struct ot_crossing *c =
	    sample_push(s, &s->crossings, sizeof(struct ot_crossing));

	c->client_zone = ot_str("lagos/offices");
	c->server_zone = ot_str("lagos/factory");
	c->client = ot_str(NASTY);
	c->server = ot_str("plc");
	c->transport = OT_TCP;
	c->port = 502;
	c->protocol = ot_str("modbus");
	c->verdict = (uint8_t)verdict;
	c->basis = ot_str("none");
	c->reason = ot_str(NASTY);
	c->file = ot_str("zones/z.csv");
	c->line = 3;
	return c;
}

static inline void
sample_op(struct sample *s, struct ot_crossing *c, enum ot_verb verb,
    enum ot_verdict verdict, const char *rule, uint64_t frame)
{
	struct ot_crossing_op *op =
	    sample_push(s, &c->ops, sizeof(struct ot_crossing_op));
	struct ot_place place = sample_place((int)frame, frame, 0);

	op->verb = (uint8_t)verb;
	op->verdict = (uint8_t)verdict;
	op->rule = ot_str(rule);
	op->count = 1;
	ot_evidence_add(&op->evidence, &place);
}

static inline struct ot_finding *
sample_finding(struct sample *s, const char *verdict, const char *status)
{
	struct ot_finding *f =
	    sample_push(s, &s->findings, sizeof(struct ot_finding));
	struct ot_place place = sample_place(1, 17, 19);

	f->check = ot_str("ZON-001");
	f->title = ot_str("Zone crossing without a conduit");
	f->message = ot_str(NASTY);
	f->severity = OT_SEVERITY_HIGH;
	f->verdict = ot_str(verdict);
	f->status = ot_str(status);
	f->from_zone = ot_str("lagos/offices");
	f->to_zone = ot_str("lagos/factory");
	f->fingerprint = ot_str("otf1-0123456789abcdef0123456789abcdef");
	f->first = f->last = OT_TIME_NONE;
	ot_evidence_add(&f->evidence, &place);
	return f;
}

static inline void
sample_rules(struct sample *s)
{
	static const char *const ids[] = { "held", "broken", "unused" };

	s->service.text = ot_str("modbus");
	for (uint32_t i = 0; i < 3; i++) {
		s->conduits[i] = (struct ot_conduit_row){ .id = ot_str(ids[i]),
			.at = { .file = ot_str("zones/c.csv"), .line = i + 2 },
			.from = ot_str("lagos/offices"),
			.to = ot_str("lagos/factory"),
			.services = &s->service,
			.service_count = 1,
			.verbs = 1U << OT_READ,
			.reason = ot_str(NASTY) };
		s->rules[i].conduit = &s->conduits[i];
	}
	s->rules[0].used = 1;
	s->policy = (struct ot_policy){ .name = ot_str(NASTY),
		.path = ot_str("zones"),
		.sha256 = ot_str("aac0"),
		.conduits = s->conduits,
		.conduit_count = 3 };
}

static inline void
sample_records(struct sample *s)
{
	struct ot_capture_sum *capture =
	    ot_store_add(&s->store, OT_STORE_CAPTURE);
	struct ot_flow_sum *flow = ot_store_add(&s->store, OT_STORE_FLOW);
	struct ot_asset *asset =
	    sample_push(s, &s->assets, sizeof(struct ot_asset));
	struct ot_input *input =
	    sample_push(s, &s->inputs, sizeof(struct ot_input));

	ck_assert(capture && flow);
	capture->file = ot_str(NASTY);
	capture->frames = 1234567;
	capture->damaged = ot_str(NASTY);
	flow->network.protocol = ot_str("modbus");
	flow->server.port = 502;
	flow->connection.uid = ot_str("C0123456789abcdef");
	flow->connection.state = ot_str("SF");
	flow->coverage.decoded = 999;
	flow->coverage.unknown = 1;
	ck_assert(ot_addr_parse(&flow->client.addr, ot_str("::1")));
	ck_assert(ot_addr_parse(&flow->server.addr, ot_str("10.0.0.1")));
	asset->id = ot_str(NASTY);
	asset->class_ = ot_str(NASTY);
	input->name = ot_str("a b.pcap");
}

static inline void
sample_init(struct sample *s)
{
	*s = (struct sample){ .arena = { .blocks = NULL } };
	sample_rules(s);
	sample_records(s);
	sample_zone(s, "lagos/factory", "1");
	sample_zone(s, "lagos/offices", "4");

	struct ot_crossing *c = sample_crossing(s, OT_VIOLATION);

	sample_op(s, c, OT_WRITE, OT_VIOLATION, "", 9);
	sample_op(s, c, OT_READ, OT_ALLOWED, "held", 5);
	sample_op(s, c, OT_SESSION, OT_ALLOWED, "held", 4);
	c->nearest = ot_str("broken");
	c->failed = ot_str("verbs");
	c = sample_crossing(s, OT_VIOLATION);
	c->attempt = true;
	c->port = 445;
	c->protocol = ot_str("");
	c->nearest = ot_str("broken");
	c->failed = ot_str("services");
	sample_finding(s, "violation", "open");
	sample_finding(s, "cannot-tell", "open")->check = ot_str("ZON-002");
	sample_finding(s, "violation", "waived")->waiver = ot_str(NASTY);
	s->checks[0] = (struct ot_check_row){ .id = ot_str("COV-008"),
		.title = ot_str("Limit reached"),
		.severity = ot_str("medium"),
		.sr = ot_str("-") };
	s->checks[1] = (struct ot_check_row){ .id = ot_str("ZON-001"),
		.title = ot_str("Zone crossing without a conduit"),
		.severity = ot_str("high"),
		.attack = ot_str("T0886"),
		.sr = ot_str("SR 5.1,ZCR 3.1"),
		.remediation = ot_str(NASTY) };
	s->report = (struct ot_report){ .tool = ot_str("otcheck"),
		.version = ot_str("0.1.0"),
		.policy = &s->policy,
		.inputs = &s->inputs,
		.store = &s->store,
		.assets = &s->assets,
		.zones = &s->zones,
		.crossings = &s->crossings,
		.findings = &s->findings,
		.rules = s->rules,
		.rule_count = 3,
		.checks = s->checks,
		.check_count = 2,
		.first = 0,
		.last = 905 * OT_SECOND_NS };
}

static inline void
sample_done(struct sample *s)
{
	ot_store_done(&s->store);
	ot_arena_done(&s->arena);
	ot_sb_done(&s->out);
}

static inline int
sample_write(void *user, struct ot_str bytes, struct ot_error *error)
{
	(void)error;
	ot_sb_add(user, bytes.p, bytes.len);
	return 0;
}

/* The report in that format, NUL-ended; the sample's until the next call. */
static inline const char *
sample_render(struct sample *s, const char *format)
{
	struct ot_error error;

	s->out.len = 0;
	ck_assert_int_eq(ot_render_report(&s->report, format, false,
			     sample_write, &s->out, &error),
	    0);
	ck_assert(!s->out.lost && s->out.len);
	return s->out.p;
}

static inline unsigned
count_of(const char *text, const char *what)
{
	unsigned count = 0;

	for (; (text = strstr(text, what)); text += strlen(what))
		count++;
	return count;
}

#define HAS(text, what)	    ck_assert_msg(strstr(text, what), "no %s", what)
#define HAS_NOT(text, what) ck_assert_msg(!strstr(text, what), "a %s", what)

#endif
