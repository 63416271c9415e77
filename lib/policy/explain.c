/*
 * otzones explain: one transaction in words, and what the policy says of it.
 */
#include "policy/question.h"

#include "policy/reader.h"

struct asked {
	struct ot_str from, to, service, verb, object, time, encryption;
};

static const struct {
	const char *key;
	size_t at;
} keys[] = {
	{ "from", offsetof(struct asked, from) },
	{ "to", offsetof(struct asked, to) },
	{ "service", offsetof(struct asked, service) },
	{ "verb", offsetof(struct asked, verb) },
	{ "object", offsetof(struct asked, object) },
	{ "time", offsetof(struct asked, time) },
	{ "encryption", offsetof(struct asked, encryption) },
};

#define TEXT(s) (int)(s).len, (s).p

static int
read_words(struct asked *asked, const char *const *words, size_t count,
    struct ot_error *error)
{
	for (size_t i = 0; i < count; i++) {
		const char *mark = strchr(words[i], '=');
		size_t k = 0, n = sizeof(keys) / sizeof(keys[0]);

		while (
		    mark && k < n &&
		    !ot_str_eq(ot_str(keys[k].key),
			(struct ot_str){ words[i], (size_t)(mark - words[i]) }))
			k++;
		if (!mark || k == n)
			return ot_error_set(error, OT_ERR_USAGE,
			    "'%s' is not from=, to=, service=, verb=, object=, "
			    "time= or encryption=",
			    words[i]);
		struct ot_str value = ot_str(mark + 1);

		memcpy((char *)asked + keys[k].at, &value, sizeof(value));
	}
	if (!asked->from.len || !asked->to.len)
		return ot_error_set(
		    error, OT_ERR_USAGE, "from= and to= are needed");
	return 0;
}

/* ---- ends ---- */

/* The zone of an address: the registry's, else the longest prefix. An address
 * that several sites have is the first's; write the zone to mean another. */
static bool
place_address(const struct ot_policy *policy, const struct ot_addr *addr,
    struct ot_rules_end *end)
{
	int best = -1;

	for (uint32_t i = 0; i < policy->asset_count; i++)
		for (uint32_t k = 0; k < policy->assets[i].ip_count; k++)
			if (ot_addr_eq(&policy->assets[i].ips[k], addr) &&
			    policy->assets[i].zone.len) {
				end->zone = policy->assets[i].zone;
				end->asset = policy->assets[i].id;
				return true;
			}
	for (uint32_t i = 0; i < policy->zone_count; i++)
		for (uint32_t k = 0; k < policy->zones[i].network_count; k++) {
			const struct ot_net *net =
			    &policy->zones[i].networks[k];

			if (ot_net_has(net, addr) && (int)net->bits > best) {
				best = net->bits;
				end->zone = policy->zones[i].id;
			}
		}
	if (best < 0)
		end->zone = ot_str(ot_addr_public(addr) ? OT_ZONE_INTERNET
							: OT_ZONE_UNASSIGNED);
	return true;
}

static bool
place_asset(
    const struct ot_policy *policy, struct ot_str id, struct ot_rules_end *end)
{
	end->asset = id;
	for (uint32_t i = 0; i < policy->asset_count; i++)
		if (ot_str_eq(policy->assets[i].id, id)) {
			end->zone = policy->assets[i].zone;
			return true;
		}
	return false;
}

/* A zone by id or by a name that only one has. */
static bool
place_zone(const struct ot_policy *policy, struct ot_str text,
    struct ot_rules_end *end)
{
	uint32_t found = 0;

	end->zone = text;
	if (ot_zone_row(policy, text) ||
	    ot_str_eq(text, ot_str(OT_ZONE_INTERNET)) ||
	    ot_str_eq(text, ot_str(OT_ZONE_UNASSIGNED)))
		return true;
	for (uint32_t i = 0; i < policy->zone_count; i++)
		if (ot_str_eq(policy->zones[i].name, text)) {
			end->zone = policy->zones[i].id;
			found++;
		}
	return found == 1;
}

static int
place(const struct ot_policy *policy, struct ot_str text,
    struct ot_rules_end *end, struct ot_error *error)
{
	static const char mark[] = "asset:";
	size_t len = sizeof(mark) - 1;
	struct ot_addr addr;
	bool known;

	*end = (struct ot_rules_end){ .addr = NULL };
	if (ot_addr_parse(&addr, text))
		known = place_address(policy, &addr, end);
	else if (text.len > len && memcmp(text.p, mark, len) == 0)
		known = place_asset(policy,
		    (struct ot_str){ text.p + len, text.len - len }, end);
	else
		known = place_zone(policy, text, end);
	return known ? 0
		     : ot_error_set(error, OT_ERR_USAGE,
			   "%.*s is no zone, asset:ID or address of the policy",
			   TEXT(text));
}

/* ---- service, verb, time ---- */

/* "modbus", "tcp/502", or both with '+' between. */
static int
read_service(const struct ot_question *q, struct ot_str text,
    struct ot_conversation *c, struct ot_error *error)
{
	struct ot_reader quiet = { .arena = q->arena };
	static const struct ot_source nowhere;

	c->named_by = OT_NAMED_NONE;
	while (text.len) {
		const char *mark = memchr(text.p, '+', text.len);
		struct ot_str one = { text.p,
			mark ? (size_t)(mark - text.p) : text.len };
		struct ot_service_row row;

		text.p += one.len + (mark != NULL);
		text.len -= one.len + (mark != NULL);
		if (!one.len || !ot_read_service(&quiet, &nowhere, one, &row))
			return ot_error_set(error, OT_ERR_USAGE,
			    "%.*s is not a service, as modbus, tcp/502 or "
			    "modbus+tcp/502",
			    TEXT(one));
		if (row.kind == OT_SERVICE_PROTOCOL) {
			c->protocol = row.protocol;
			c->named_by = OT_NAMED_CONTENT;
		} else {
			c->transport = row.transport;
			c->port = row.first;
		}
	}
	return 0;
}

/* What the capture would show of it. */
static int
read_encryption(const struct ot_question *q, struct ot_str text,
    struct ot_conversation *c, struct ot_error *error)
{
	static const char *const words[] = { "none", "integrity", "encrypted",
		NULL };
	struct ot_counts *seen = ot_alloc(q->arena, sizeof(*seen));

	if (text.len && ot_word(words, text) < 0)
		return ot_error_set(error, OT_ERR_USAGE,
		    "encryption= is none, integrity or encrypted");
	if (!seen || (text.len && !ot_counts_add(q->arena, seen, text, 1)))
		return ot_error_set(error, OT_ERR_MEMORY, "out of memory");
	if (text.len)
		c->protection = seen;
	return 0;
}

static int
read_act(const struct asked *asked, struct ot_act *act, struct ot_error *error)
{
	int verb = ot_word(ot_verb_names, asked->verb);
	int64_t t;

	*act = (struct ot_act){ .verb = OT_UNKNOWN,
		.object = asked->object,
		.first_ns = OT_TIME_NONE,
		.last_ns = OT_TIME_NONE };
	if (asked->verb.len && verb < 0)
		return ot_error_set(error, OT_ERR_USAGE, "%.*s is not a verb",
		    TEXT(asked->verb));
	if (asked->verb.len)
		act->verb = (uint8_t)verb;
	else
		act->whole = act->empty = true; /* by ends and service alone */
	if (!asked->time.len)
		return 0;
	if (!ot_time_parse(&t, asked->time) && !ot_date_parse(&t, asked->time))
		return ot_error_set(error, OT_ERR_USAGE,
		    "%.*s is not a time, as 2026-03-02T06:15:00Z",
		    TEXT(asked->time));
	act->first_ns = act->last_ns = t;
	return 0;
}

/* ---- the answer ---- */

static bool
say(const struct ot_question *q, const struct ot_judgement *j,
    const struct ot_conversation *c, struct ot_answers *answers)
{
	const struct ot_conduit_row *row =
	    j->verdict == OT_VIOLATION ? j->nearest : j->rule;
	struct ot_answer *a = ot_answer_add(q->arena, answers,
	    ot_verdict_names[j->verdict], j->verdict == OT_VIOLATION);
	struct ot_sb sb = { 0 };
	bool ok;

	answers->untold |= j->verdict == OT_CANNOT_TELL;
	if (!a)
		return false;
	if (row) {
		a->at = row->at;
		a->id = row->id;
	}
	ot_sb_printf(
	    &sb, "%.*s -> %.*s: ", TEXT(c->from.zone), TEXT(c->to.zone));
	if (j->verdict == OT_ALLOWED && row)
		ot_sb_printf(&sb, "conduit %.*s allows it", TEXT(row->id));
	else if (j->verdict == OT_ALLOWED)
		ot_sb_puts(&sb, "within the zone all is allowed");
	else if (j->verdict == OT_VIOLATION && row)
		ot_sb_printf(&sb,
		    "no conduit allows it; of the nearest, %.*s, %s does not "
		    "match",
		    TEXT(row->id), ot_conduit_key_names[j->failed]);
	else if (j->verdict == OT_VIOLATION)
		ot_sb_puts(&sb, "no conduit allows it, and none is near");
	else
		ot_sb_printf(&sb,
		    "conduit %.*s may allow it:", row ? (int)row->id.len : 0,
		    row ? row->id.p : "");
	for (int i = 0; j->verdict == OT_CANNOT_TELL && i < OT_REASONS; i++)
		if (j->reasons >> i & 1)
			ot_sb_printf(&sb, " %s", ot_reason_names[i]);
	a->text = ot_str_keep(q->arena, ot_sb_str(&sb));
	ok = !sb.lost && a->text.p;
	ot_sb_done(&sb);
	return ok;
}

static bool
is_inside(const struct ot_policy *policy, const struct ot_conversation *c)
{
	const struct ot_zone_row *row = ot_zone_row(policy, c->to.zone);

	return ot_str_eq(c->from.zone, c->to.zone) &&
	       !(row && row->inside_conduits);
}

int
ot_policy_explain(const struct ot_question *question, const char *const *words,
    size_t count, struct ot_answers *answers, struct ot_error *error)
{
	struct asked asked = { .from = { NULL, 0 } };
	struct ot_conversation c = { .server_seen = true };
	struct ot_judgement j = { .verdict = OT_ALLOWED };
	const struct ot_policy *policy = question->policy;
	struct ot_act act;
	int e = read_words(&asked, words, count, error);

	answers->question = "explain";
	if (!e)
		e = place(policy, asked.from, &c.from, error);
	if (!e)
		e = place(policy, asked.to, &c.to, error);
	if (!e)
		e = read_service(question, asked.service, &c, error);
	if (!e)
		e = read_encryption(question, asked.encryption, &c, error);
	if (!e)
		e = read_act(&asked, &act, error);
	if (e)
		return e;
	if (!is_inside(policy, &c)) {
		const struct ot_rules *rules =
		    ot_rules_compile(question->arena, policy);
		const struct ot_choice *choice =
		    rules ? ot_rules_choose(question->arena, rules, &c, false)
			  : NULL;

		if (!choice)
			return ot_error_set(
			    error, OT_ERR_MEMORY, "out of memory");
		j = ot_rules_judge(choice, &act);
	}
	return say(question, &j, &c, answers)
		   ? 0
		   : ot_error_set(error, OT_ERR_MEMORY, "out of memory");
}
