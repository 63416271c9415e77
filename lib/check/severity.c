/*
 * How bad a finding is: its branch, then steps (CHECKS.md section 4).
 */
#include "check/run.h"

#include <stdio.h>

enum { STEPS_UP = 2 };

static bool
one_of(struct ot_str s, const char *const *words)
{
	return ot_word(words, s) >= 0;
}

/* Without a policy the zones are those of the stream. */
static const struct ot_zone_sum *
zone_of(const struct ot_check_run *run, const struct ot_subject_end *end)
{
	const struct ot_list *zones = run->input->zones;

	for (uint32_t i = 0; zones && i < zones->count; i++) {
		const struct ot_zone_sum *zone = zones->at[i];

		if (ot_str_eq(zone->id, end->zone))
			return zone;
	}
	return NULL;
}

static struct ot_str
kind_of(const struct ot_check_run *run, const struct ot_subject_end *end)
{
	if (run->input->policy)
		return ot_zone_kind(run->input->policy, end->zone);
	const struct ot_zone_sum *zone = zone_of(run, end);

	return zone && zone->kind.len ? zone->kind : ot_str("unknown");
}

/* OT zones, and those through which one comes to them. */
static bool
matters(const struct ot_check_run *run, const struct ot_subject_end *end)
{
	static const char *const kinds[] = { "safety", "control", "supervision",
		"operations", "dmz", "access", NULL };

	return one_of(kind_of(run, end), kinds);
}

static bool
is_outer(const struct ot_check_run *run, const struct ot_subject_end *end)
{
	static const char *const kinds[] = { "guest", "external", NULL };

	return one_of(kind_of(run, end), kinds);
}

/* The asset's, else its zone's. */
static struct ot_str
importance(const struct ot_check_run *run, const struct ot_subject_end *end)
{
	if (end->record && end->record->importance.len)
		return end->record->importance;
	if (run->input->policy) {
		const struct ot_zone_row *row =
		    ot_zone_row(run->input->policy, end->zone);

		return row ? row->importance : (struct ot_str){ 0 };
	}
	const struct ot_zone_sum *zone = zone_of(run, end);

	return zone ? zone->importance : (struct ot_str){ 0 };
}

static bool
important(const struct ot_check_run *run, const struct ot_subject_end *end,
    const char *level)
{
	return ot_str_eq(importance(run, end), ot_str(level));
}

static bool
unregistered(const struct ot_subject_end *end)
{
	return end->record &&
	       ot_str_eq(end->record->registry, ot_str("unregistered"));
}

static void
say(struct ot_check_run *run, struct ot_draft *draft, const char *step,
    const char *why)
{
	char text[160];
	int len = snprintf(text, sizeof(text), "%s: %s", step, why);

	run->lost |= !ot_strings_add(run->arena, &draft->finding.severity_steps,
	    (struct ot_str){ text, (size_t)len });
}

/* Each step up, while there is room; gives how many there were. */
static int
steps_up(struct ot_check_run *run, struct ot_draft *draft)
{
	const struct ot_subject_end *client = &draft->client,
				    *server = &draft->server;
	bool safety = ot_str_eq(kind_of(run, server), ot_str("safety"));
	bool high = important(run, server, "high");
	bool outer = is_outer(run, client) || is_outer(run, server);
	int up = 0;

	if (safety || high) {
		say(run, draft, "+1",
		    safety ? "the server's zone is for safety"
			   : "the server's importance is high");
		up++;
	}
	if (unregistered(client) || unregistered(server)) {
		say(run, draft, "+1", "an end is not in the registry");
		up++;
	}
	if (outer && !draft->named && up < STEPS_UP) {
		say(run, draft, "+1",
		    "an end is a guest, external or the internet, and no "
		    "conduit names it");
		up++;
	}
	return up;
}

static int
steps_down(struct ot_check_run *run, struct ot_draft *draft)
{
	const struct ot_subject_end *client = &draft->client,
				    *server = &draft->server;

	if (draft->check->keeps_severity)
		return 0;
	if (!matters(run, client) && !matters(run, server)) {
		say(run, draft, "-1", "no end is in an OT, dmz or access zone");
		return 1;
	}
	if (important(run, client, "low") && important(run, server, "low")) {
		say(run, draft, "-1", "the importance of all ends is low");
		return 1;
	}
	return 0;
}

void
ot_severity_steps(struct ot_check_run *run, struct ot_draft *draft)
{
	int severity = (int)draft->start;
	int most = draft->start == OT_SEVERITY_INFO ? OT_SEVERITY_LOW
						    : OT_SEVERITY_CRITICAL;

	say(run, draft, ot_severity_names[draft->start], draft->branch);
	if (draft->pair) {
		severity += steps_up(run, draft);
		severity -= steps_down(run, draft);
	}
	severity = severity > most		 ? most
		   : severity < OT_SEVERITY_INFO ? OT_SEVERITY_INFO
						 : severity;
	draft->finding.severity = (uint8_t)severity;
	if (draft->finding.severity_steps.count > 1)
		say(run, draft, ot_severity_names[severity], "in the end");
}
