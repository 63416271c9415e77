/*
 * Verdicts of policy/evaluate.c.
 */
#include "plant.h"

static struct plant p;

static void
begin(void)
{
	plant_begin(&p);
}

static void
done(void)
{
	plant_done(&p);
}

static struct ot_conversation
modbus(void)
{
	return (struct ot_conversation){
		.from.zone = ot_str("s/office"),
		.to.zone = ot_str("s/factory"),
		.transport = OT_TCP,
		.port = 502,
		.protocol = ot_str("modbus"),
		.named_by = OT_NAMED_CONTENT,
		.server_payload = 10,
		.server_seen = true,
	};
}

static struct ot_judgement
judge(struct ot_conversation c, struct ot_act act)
{
	const struct ot_rules *rules = ot_rules_compile(&p.arena, &p.policy);
	const struct ot_choice *choice =
	    ot_rules_choose(&p.arena, rules, &c, false);

	ck_assert_ptr_nonnull(choice);
	act.last_ns = plant_time;
	return ot_rules_judge(choice, &act);
}

static struct ot_act
act(enum ot_verb verb, const char *object)
{
	return (
	    struct ot_act){ .verb = (uint8_t)verb, .object = ot_str(object) };
}

static struct ot_conduit_row *
factory(const char *service, uint32_t verbs)
{
	return plant_conduit(&p, "c", "s/office", "s/factory", service, verbs);
}

START_TEST(without_conduits_nothing_is_allowed)
{
	struct ot_judgement j = judge(modbus(), act(OT_READ, NULL));

	ck_assert_int_eq(j.verdict, OT_VIOLATION);
	ck_assert_ptr_null(j.nearest);
}
END_TEST

START_TEST(an_empty_list_means_any)
{
	factory(NULL, 0);
	ck_assert_int_eq(
	    judge(modbus(), act(OT_UNKNOWN, NULL)).verdict, OT_ALLOWED);
}
END_TEST

START_TEST(a_list_of_verbs_means_only_those)
{
	factory("modbus", 1U << OT_READ);
	ck_assert_int_eq(
	    judge(modbus(), act(OT_READ, NULL)).verdict, OT_ALLOWED);
	struct ot_judgement j = judge(modbus(), act(OT_UNKNOWN, NULL));

	ck_assert_int_eq(j.verdict, OT_VIOLATION);
	ck_assert_int_eq(j.failed, OT_C_VERBS);
	ck_assert_ptr_eq(j.nearest, &p.conduits[0]);
}
END_TEST

START_TEST(answers_belong_to_the_request)
{
	plant_conduit(&p, "c", "s/factory", "s/office", "modbus", 0);
	ck_assert_int_eq(
	    judge(modbus(), act(OT_READ, NULL)).verdict, OT_VIOLATION);
}
END_TEST

START_TEST(the_nearest_row_and_the_key_that_failed)
{
	struct ot_conversation c = modbus();

	factory("s7comm", 0);
	struct ot_judgement j = judge(c, act(OT_READ, NULL));

	ck_assert_int_eq(j.failed, OT_C_SERVICES);
	plant_conduit(&p, "d", "s/office", "elsewhere", "modbus", 0);
	c.to.zone = ot_str("third");
	j = judge(c, act(OT_READ, NULL));
	ck_assert_int_eq(j.failed, OT_C_TO);
	ck_assert_text(j.nearest->id, "d");
	c.to.zone = ot_str("elsewhere");
	c.from.zone = ot_str("third");
	j = judge(c, act(OT_READ, NULL));
	ck_assert_int_eq(j.failed, OT_C_FROM);
}
END_TEST

START_TEST(a_name_by_port_alone_cannot_be_told)
{
	struct ot_conversation c = modbus();

	factory("modbus", 0);
	c.named_by = OT_NAMED_PORT;
	struct ot_judgement j = judge(c, act(OT_READ, NULL));

	ck_assert_int_eq(j.verdict, OT_CANNOT_TELL);
	ck_assert_uint_eq(j.reasons, 1U << OT_REASON_PORT);
	c.named_by = OT_NAMED_HINT;
	ck_assert_int_eq(judge(c, act(OT_READ, NULL)).verdict, OT_ALLOWED);
}
END_TEST

START_TEST(a_port_matches_whatever_is_inside)
{
	struct ot_conversation c = modbus();
	struct ot_conduit_row *row = factory(NULL, 0);

	plant_ports(&p, row, OT_TCP, 500, 510);
	c.protocol = ot_str("unknown");
	c.named_by = OT_NAMED_NONE;
	ck_assert_int_eq(judge(c, act(OT_READ, NULL)).verdict, OT_ALLOWED);
	c.port = 511;
	ck_assert_int_eq(judge(c, act(OT_READ, NULL)).verdict, OT_VIOLATION);
	c.port = 502;
	c.transport = OT_UDP;
	ck_assert_int_eq(judge(c, act(OT_READ, NULL)).verdict, OT_VIOLATION);
}
END_TEST

START_TEST(another_name_that_matched_is_a_name)
{
	struct ot_conversation c = modbus();
	struct ot_counts also = { 0 };

	factory("cip", 0);
	ck_assert(ot_counts_add(&p.arena, &also, ot_str("cip"), 1));
	c.protocol = ot_str("enip");
	c.also = &also;
	ck_assert_int_eq(judge(c, act(OT_READ, NULL)).verdict, OT_ALLOWED);
}
END_TEST

START_TEST(objects_of_several_rows_are_united)
{
	plant_object(&p, factory("modbus", 0), "unit 1 holding 100-149");
	plant_object(&p, factory("modbus", 0), "unit 1 holding 150-199");
	ck_assert_int_eq(
	    judge(modbus(), act(OT_WRITE, "unit 1 holding 140-160")).verdict,
	    OT_ALLOWED);
	struct ot_judgement j =
	    judge(modbus(), act(OT_WRITE, "unit 1 holding 190-200"));

	ck_assert_int_eq(j.verdict, OT_VIOLATION);
	ck_assert_int_eq(j.failed, OT_C_OBJECTS);
}
END_TEST

START_TEST(what_had_no_room_has_no_object)
{
	struct ot_act rest = act(OT_WRITE, NULL);

	plant_object(&p, factory("modbus", 0), "unit 1 holding 100-149");
	rest.truncated = true;
	struct ot_judgement j = judge(modbus(), rest);

	ck_assert_int_eq(j.verdict, OT_CANNOT_TELL);
	ck_assert_uint_eq(j.reasons, 1U << OT_REASON_LIMIT);
	ck_assert_int_eq(
	    judge(modbus(), act(OT_SESSION, NULL)).verdict, OT_ALLOWED);
	ck_assert_int_eq(
	    judge(modbus(), act(OT_WRITE, NULL)).verdict, OT_CANNOT_TELL);
}
END_TEST

START_TEST(an_answer_alone_proves_no_allowance)
{
	struct ot_act answer = act(OT_READ, NULL);

	factory("modbus", 1U << OT_READ);
	answer.unasked = true;
	ck_assert_int_eq(judge(modbus(), answer).verdict, OT_CANNOT_TELL);
	answer.verb = OT_WRITE;
	ck_assert_int_eq(judge(modbus(), answer).verdict, OT_VIOLATION);
}
END_TEST

START_TEST(encryption_that_is_required)
{
	struct ot_conversation c = modbus();
	struct ot_counts seen = { 0 };

	factory("modbus", 0)->encryption = ot_str("required");
	ck_assert_int_eq(judge(c, act(OT_READ, NULL)).verdict, OT_CANNOT_TELL);
	c.protection = &seen;
	ck_assert(ot_counts_add(&p.arena, &seen, ot_str("encrypted"), 1));
	ck_assert_int_eq(judge(c, act(OT_READ, NULL)).verdict, OT_ALLOWED);
	ck_assert(ot_counts_add(&p.arena, &seen, ot_str("none"), 1));
	struct ot_judgement j = judge(c, act(OT_READ, NULL));

	ck_assert_int_eq(j.verdict, OT_VIOLATION);
	ck_assert_int_eq(j.failed, OT_C_ENCRYPTION);
}
END_TEST

START_TEST(a_time_window_without_a_calendar)
{
	factory("modbus", 1U << OT_READ)->when = ot_str("shift");
	struct ot_judgement j = judge(modbus(), act(OT_READ, NULL));

	ck_assert_int_eq(j.verdict, OT_CANNOT_TELL);
	ck_assert_uint_eq(j.reasons, 1U << OT_REASON_CALENDAR);
	ck_assert_int_eq(
	    judge(modbus(), act(OT_WRITE, NULL)).verdict, OT_VIOLATION);
}
END_TEST

START_TEST(a_condition_that_nothing_judges)
{
	struct ot_conversation c = modbus();
	struct ot_conduit_row *row = factory("modbus", 1U << OT_READ);

	ck_assert(ot_strings_add(&p.arena, &row->unjudged, ot_str("max_rate")));
	struct ot_judgement j = judge(c, act(OT_READ, NULL));

	ck_assert_int_eq(j.verdict, OT_CANNOT_TELL);
	ck_assert_uint_eq(j.reasons, 1U << OT_REASON_CONDITION);
	ck_assert_ptr_eq(j.rule, row);
	ck_assert_int_eq(judge(c, act(OT_WRITE, NULL)).verdict, OT_VIOLATION);
	c.attempt = true;
	ck_assert_int_eq(judge(c, act(OT_READ, NULL)).verdict, OT_CANNOT_TELL);
	factory("modbus", 1U << OT_READ);
	ck_assert_int_eq(judge(c, act(OT_READ, NULL)).verdict, OT_ALLOWED);
}
END_TEST

START_TEST(one_way_lets_nothing_come_back)
{
	struct ot_conversation c = modbus();

	factory("modbus", 0)->oneway = true;
	ck_assert_int_eq(judge(c, act(OT_READ, NULL)).failed, OT_C_ONEWAY);
	c.server_payload = 0;
	ck_assert_int_eq(judge(c, act(OT_READ, NULL)).verdict, OT_ALLOWED);
	c.server_seen = false;
	ck_assert_int_eq(judge(c, act(OT_READ, NULL)).verdict, OT_CANNOT_TELL);
}
END_TEST

START_TEST(an_expired_row_has_no_effect)
{
	struct ot_conduit_row *row = factory("modbus", 1U << OT_READ);

	row->expires_ns = plant_time + 1;
	ck_assert_int_eq(
	    judge(modbus(), act(OT_READ, NULL)).verdict, OT_ALLOWED);
	row->expires_ns = plant_time;
	struct ot_judgement j = judge(modbus(), act(OT_WRITE, NULL));

	ck_assert_int_eq(j.verdict, OT_VIOLATION);
	ck_assert_int_eq(j.failed, OT_C_EXPIRES);
}
END_TEST

START_TEST(via_covers_both_legs_and_not_the_way)
{
	struct ot_conduit_row *row = factory("modbus", 0);
	struct ot_conversation c = modbus();

	ck_assert(ot_strings_add(&p.arena, &row->via, ot_str("jump-1")));
	ck_assert_int_eq(judge(c, act(OT_READ, NULL)).failed, OT_C_VIA);
	c.to = (struct ot_rules_end){ .zone = ot_str("dmz"),
		.asset = ot_str("registry:jump-1") };
	ck_assert_int_eq(judge(c, act(OT_READ, NULL)).verdict, OT_ALLOWED);
	c.from = c.to;
	c.to = modbus().to;
	ck_assert_int_eq(judge(c, act(OT_READ, NULL)).verdict, OT_ALLOWED);
}
END_TEST

START_TEST(an_asset_is_known_by_its_id_or_its_registered_address)
{
	struct ot_conversation c = modbus();
	struct ot_addr ip = plant_addr("10.1.0.9");

	plant_conduit(&p, "c", "asset:hist", "*", "modbus", 0);
	p.rows[0] = (struct ot_asset_row){ .id = ot_str("hist"),
		.zone = ot_str("s/office"),
		.ips = &ip,
		.ip_count = 1 };
	p.policy.asset_count = 1;
	ck_assert_int_eq(judge(c, act(OT_READ, NULL)).verdict, OT_VIOLATION);
	c.from.addr = &ip;
	ck_assert_int_eq(judge(c, act(OT_READ, NULL)).verdict, OT_ALLOWED);
	c.from.zone = ot_str("elsewhere"); /* the same address, another host */
	ck_assert_int_eq(judge(c, act(OT_READ, NULL)).verdict, OT_VIOLATION);
	c.from.asset = ot_str("registry:s/hist");
	ck_assert_int_eq(judge(c, act(OT_READ, NULL)).verdict, OT_ALLOWED);
}
END_TEST

START_TEST(what_was_not_decoded_cannot_be_told_of_a_list)
{
	struct ot_act whole = { .whole = true,
		.hidden = 1U << OT_REASON_ENCRYPTED };

	factory("modbus", 1U << OT_READ | 1U << OT_SESSION);
	struct ot_judgement j = judge(modbus(), whole);

	ck_assert_int_eq(j.verdict, OT_CANNOT_TELL);
	ck_assert_uint_eq(j.reasons, 1U << OT_REASON_ENCRYPTED);
	whole.empty = true; /* nothing was said */
	ck_assert_int_eq(judge(modbus(), whole).verdict, OT_ALLOWED);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		without_conduits_nothing_is_allowed,
		an_empty_list_means_any,
		a_list_of_verbs_means_only_those,
		answers_belong_to_the_request,
		the_nearest_row_and_the_key_that_failed,
		a_name_by_port_alone_cannot_be_told,
		a_port_matches_whatever_is_inside,
		another_name_that_matched_is_a_name,
		objects_of_several_rows_are_united,
		what_had_no_room_has_no_object,
		an_answer_alone_proves_no_allowance,
		encryption_that_is_required,
		a_time_window_without_a_calendar,
		a_condition_that_nothing_judges,
		one_way_lets_nothing_come_back,
		an_expired_row_has_no_effect,
		via_covers_both_legs_and_not_the_way,
		an_asset_is_known_by_its_id_or_its_registered_address,
		what_was_not_decoded_cannot_be_told_of_a_list,
	};

	return RUN("evaluate", tests, begin, done);
}
