/*
 * policy.json: its settings, and which of its members are tables.
 */
#include "policy/loader.h"

static bool
is_object(struct ot_load *l, const struct ot_json *value, const char *key)
{
	struct ot_source at = ot_json_source(l, value);

	if (value->kind == OT_JSON_OBJECT)
		return true;
	ot_wrong(&l->r, &at, "%s is an object", key);
	return false;
}

static void
unknown_name(struct ot_load *l, const struct ot_json *v, const char *what,
    const char *const *names)
{
	struct ot_source at = ot_key_source(l, v);
	char shown[OT_SHOWN], hint[OT_HINT];

	ot_wrong(&l->r, &at, "%s is not %s%s", ot_shown(shown, v->key), what,
	    ot_hint(hint, ot_nearest(names, v->key)));
}

/* A bounded set keeps its smallest names; that some are lost is no policy. */
static void
all_kept(struct ot_load *l, const struct ot_json *object,
    const struct ot_counts *kept)
{
	struct ot_source at = ot_json_source(l, object);

	if (kept->count == OT_LIMIT_SET && object->first)
		ot_wrong(&l->r, &at,
		    "more than %d settings: the rest would be lost",
		    OT_LIMIT_SET - 1);
}

static void
read_checks(struct ot_load *l, const struct ot_json *object)
{
	const char *const *known = l->r.names ? l->r.names->checks : NULL;

	if (!is_object(l, object, "checks"))
		return;
	for (const struct ot_json *v = object->first; v; v = v->next) {
		struct ot_source at = ot_json_source(l, v);
		bool on = ot_str_eq(v->string, ot_str("on"));

		if (ot_own_key(v->key))
			continue;
		if (known && ot_word(known, v->key) < 0)
			unknown_name(l, v, "a check", known);
		else if (v->kind != OT_JSON_STRING ||
			 (!on && !ot_str_eq(v->string, ot_str("off"))))
			ot_wrong(&l->r, &at,
			    "a check is \"on\" or \"off\"; other settings "
			    "are not supported yet");
		else
			l->r.lost |= !ot_counts_add(
			    l->r.arena, &l->r.policy->checks, v->key, on);
	}
	all_kept(l, object, &l->r.policy->checks);
}

static void
read_limits(struct ot_load *l, const struct ot_json *object)
{
	const char *const *known = l->r.names ? l->r.names->limits : NULL;

	if (!is_object(l, object, "limits"))
		return;
	for (const struct ot_json *v = object->first; v; v = v->next) {
		struct ot_source at = ot_json_source(l, v);
		uint64_t n;

		if (ot_own_key(v->key))
			continue;
		if (known && ot_word(known, v->key) < 0)
			unknown_name(l, v, "a limit", known);
		else if (!ot_json_u64(v, &n))
			ot_wrong(&l->r, &at, "a limit is a whole number");
		else
			l->r.lost |= !ot_counts_add(
			    l->r.arena, &l->r.policy->limits, v->key, n);
	}
	all_kept(l, object, &l->r.policy->limits);
}

static void
read_calendar(
    struct ot_load *l, const struct ot_json *v, struct ot_calendar_row *row)
{
	struct ot_cell cell = ot_json_cell(l, v, "a calendar");

	*row = (struct ot_calendar_row){ .at = ot_json_source(l, v),
		.name = v->key };
	if (v->kind != OT_JSON_STRING)
		ot_wrong(&l->r, &row->at,
		    "a calendar is a text: \"Mon-Fri 06:00-22:00\"");
	else
		ot_read_calendar(&l->r, &cell, row);
}

static void
read_calendars(struct ot_load *l, const struct ot_json *object)
{
	struct ot_policy *policy = l->r.policy;
	uint32_t count = 0;

	if (!is_object(l, object, "calendars"))
		return;
	for (const struct ot_json *v = object->first; v; v = v->next)
		count++;
	policy->calendars = ot_alloc_array(
	    l->r.arena, (size_t)count + 1, sizeof(*policy->calendars));
	l->r.lost |= !policy->calendars;
	for (const struct ot_json *v = object->first; v && policy->calendars;
	     v = v->next)
		if (!ot_own_key(v->key))
			read_calendar(
			    l, v, &policy->calendars[policy->calendar_count++]);
}

static void
read_version(struct ot_load *l, const struct ot_json *value)
{
	struct ot_source at = ot_json_source(l, value);
	uint64_t version;

	if (!ot_json_u64(value, &version) || version != 1)
		ot_wrong(&l->r, &at,
		    "this version of libotzt reads policies with \"otzt\": 1");
}

static void
read_name(struct ot_load *l, const struct ot_json *value)
{
	struct ot_cell cell = ot_json_cell(l, value, "name");

	ot_read_text(&l->r, &cell, &l->r.policy->name);
}

/* Known; what it says is used by editors, or by other commands. */
static void
read_nothing(struct ot_load *l, const struct ot_json *value)
{
	(void)l;
	(void)value;
}

static const struct {
	const char *key;
	void (*read)(struct ot_load *l, const struct ot_json *value);
} settings[] = {
	{ "otzt", read_version },
	{ "name", read_name },
	{ "checks", read_checks },
	{ "limits", read_limits },
	{ "calendars", read_calendars },
	{ "groups", read_nothing },
	{ "indicators", read_nothing },
	{ "baseline", read_nothing },
	{ "advisories", read_nothing },
	{ "$schema", read_nothing },
};

enum { SETTINGS = sizeof(settings) / sizeof(*settings), TABLES_MOST = 32 };

static void
unknown_key(struct ot_load *l, const struct ot_json *v)
{
	const char *names[SETTINGS + TABLES_MOST + 1];
	size_t n = 0;

	if (ot_own_key(v->key))
		return;
	for (size_t i = 0; i < SETTINGS; i++)
		names[n++] = settings[i].key;
	for (size_t i = 0; ot_tables[i].key && i < TABLES_MOST; i++)
		names[n++] = ot_tables[i].key;
	names[n] = NULL;
	unknown_name(l, v, "a key of a policy", names);
}

static void
read_member(struct ot_load *l, const struct ot_json *v)
{
	for (size_t i = 0; i < SETTINGS; i++)
		if (ot_str_eq(v->key, ot_str(settings[i].key))) {
			settings[i].read(l, v);
			return;
		}
	for (size_t i = 0; ot_tables[i].key; i++)
		if (ot_str_eq(v->key, ot_str(ot_tables[i].key))) {
			ot_read_table(l, &ot_tables[i], v);
			return;
		}
	unknown_key(l, v);
}

void
ot_read_policy(struct ot_load *l, struct ot_str text)
{
	struct ot_json *root = ot_json_parse(
	    l->r.arena, text, OT_JSON_COMMENTS, ot_on_text_error, l);
	struct ot_source at;

	if (!root) {
		l->r.lost |= l->r.errors == 0;
		return;
	}
	at = ot_json_source(l, root);
	if (root->kind != OT_JSON_OBJECT) {
		ot_wrong(&l->r, &at, "a policy is an object");
		return;
	}
	if (!ot_json_get(root, "otzt"))
		ot_wrong(&l->r, &at, "a policy says its version: \"otzt\": 1");
	for (const struct ot_json *v = root->first; v; v = v->next)
		read_member(l, v);
	ot_resolve(&l->r);
}
