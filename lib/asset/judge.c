/*
 * What the statements about a thing are worth, and what the fingerprints make
 * of them: values of attributes, and votes for its class, level and roles.
 */
#include "asset/build.h"

#include <stdarg.h>
#include <stdio.h>

struct ot_str
ot_asset_text(struct ot_asset_build *build, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	char *p = len < 0 ? NULL : ot_asset_alloc(build, (size_t)len + 1);

	if (!p) {
		build->lost = true;
		return ot_str("");
	}
	va_start(ap, fmt);
	(void)vsnprintf(p, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return (struct ot_str){ p, (size_t)len };
}

/* ---- votes: the surer one wins, then the smaller text ---- */

static bool
outvotes(uint32_t confidence, struct ot_str value, struct ot_str reason,
    const struct ot_role *now)
{
	int c = ot_str_cmp(value, now->role);

	if (confidence != now->confidence)
		return confidence > now->confidence;
	return c < 0 || (c == 0 && ot_str_cmp(reason, now->reason) < 0);
}

void
ot_asset_vote_class(struct ot_asset_group *g, struct ot_str class_,
    uint32_t confidence, struct ot_str reason)
{
	struct ot_role now = { g->asset.class_, g->asset.class_reason,
		g->class_confidence };

	if (!class_.len || !outvotes(confidence, class_, reason, &now))
		return;
	g->asset.class_ = class_;
	g->asset.class_reason = reason;
	g->class_confidence = confidence;
}

void
ot_asset_vote_level(struct ot_asset_group *g, struct ot_str level,
    uint32_t confidence, struct ot_str reason)
{
	struct ot_role now = { g->asset.level, g->asset.level_reason,
		g->level_confidence };

	if (!level.len || !outvotes(confidence, level, reason, &now))
		return;
	g->asset.level = level;
	g->asset.level_reason = reason;
	g->level_confidence = confidence;
}

void
ot_asset_vote_role(struct ot_asset_build *build, struct ot_asset_group *g,
    const struct ot_role *role)
{
	struct ot_role *kept;

	if (!role->role.len)
		return;
	for (uint32_t i = 0; i < g->asset.roles.count; i++) {
		kept = g->asset.roles.at[i];
		if (!ot_str_eq(kept->role, role->role))
			continue;
		if (outvotes(role->confidence, role->role, role->reason, kept))
			*kept = *role;
		return;
	}
	kept = ot_asset_alloc(build, sizeof(*kept));
	if (!kept)
		return;
	*kept = *role;
	ot_asset_push(build, &g->asset.roles, kept);
}

/* ---- one statement ---- */

static struct ot_str
source_of(struct ot_asset_build *build, const struct ot_asset_statement *said)
{
	if (said->evidence == NULL)
		return said->protocol; /* oui, registry */
	return ot_asset_text(build, "fact %.*s%s%.*s", (int)said->protocol.len,
	    said->protocol.p, said->message.len ? " " : "",
	    (int)said->message.len, said->message.len ? said->message.p : "");
}

static const struct ot_asset_rule *
worth(const struct ot_asset_rule *rule, const struct ot_asset_statement *said)
{
	struct ot_str caught[OT_ASSET_STARS];

	while (rule &&
	       (rule->set_count || !ot_asset_rule_match(rule, said, caught)))
		rule = rule->next;
	return rule;
}

/* By the first rule for it that sets nothing: of its key, then of "*". */
static uint32_t
confidence_of(
    const struct ot_asset_build *build, const struct ot_asset_statement *said)
{
	const struct ot_asset_rules *rules = build->rules;
	const struct ot_asset_rule *rule =
	    worth(ot_asset_rule_first(rules, said->key), said);

	if (!rule)
		rule = worth(ot_asset_rule_first(rules, ot_str("*")), said);
	return rule ? rule->confidence : 1;
}

static void
add_value(struct ot_asset_build *build, const struct ot_asset_value *value)
{
	struct ot_asset_value *kept;

	if (!value->value.len)
		return;
	kept = ot_asset_alloc(build, sizeof(*kept));
	if (!kept)
		return;
	*kept = *value;
	if (ot_str_eq(kept->key, ot_str(ot_key_names[OT_K_VENDOR])))
		kept->value = ot_asset_vendor(build->rules, kept->value);
	ot_asset_push(build, &build->values, kept);
}

/* What one rule makes of a statement. */
static void
apply(struct ot_asset_build *build, const struct ot_asset_rule *rule,
    const struct ot_asset_statement *said, const struct ot_str *caught)
{
	struct ot_asset_group *g = ot_asset_root(said->node)->group;
	struct ot_str reason = ot_asset_text(build, "%.*s %.*s (%.*s)",
	    (int)said->key.len, said->key.p, (int)said->value.len,
	    said->value.p, (int)rule->id.len, rule->id.p);

	for (uint32_t i = 0; i < rule->set_count; i++) {
		struct ot_str key = rule->sets[i].key;
		struct ot_str value = ot_asset_rule_value(&build->scratch,
		    build->rules, rule->sets[i].value, said->value, caught);

		if (ot_str_eq(key, ot_str("class")))
			ot_asset_vote_class(g, value, rule->confidence, reason);
		else if (ot_str_eq(key, ot_str("level")))
			ot_asset_vote_level(g, value, rule->confidence, reason);
		else if (ot_str_eq(key, ot_str("role")))
			ot_asset_vote_role(build, g,
			    &(struct ot_role){
				value, reason, rule->confidence });
		else
			add_value(build, &(struct ot_asset_value){ .group = g,
					     .key = key,
					     .value = value,
					     .nested = said->nested,
					     .source = ot_asset_text(build,
						 "fingerprint %.*s",
						 (int)rule->id.len, rule->id.p),
					     .by = said->by,
					     .confidence = rule->confidence,
					     .count = said->count,
					     .evidence = said->evidence });
	}
}

/* Is it an attribute as it stands? Others only feed the rules. */
static bool
is_attribute(const struct ot_asset_statement *said)
{
	int key = ot_word(ot_key_names, said->key);

	return key >= 0 && key != OT_K_ROLE && key != OT_K_OPTIONS;
}

static void
judge(struct ot_asset_build *build, const struct ot_asset_statement *said)
{
	struct ot_asset_group *g = ot_asset_root(said->node)->group;
	struct ot_str caught[OT_ASSET_STARS];
	bool known = false;

	if (!g)
		return;
	if (is_attribute(said))
		add_value(build, &(struct ot_asset_value){ .group = g,
				     .key = said->key,
				     .value = said->value,
				     .nested = said->nested,
				     .source = source_of(build, said),
				     .by = said->by,
				     .confidence = confidence_of(build, said),
				     .count = said->count,
				     .evidence = said->evidence });
	for (const struct ot_asset_rule *rule =
		 ot_asset_rule_first(build->rules, said->key);
	     rule; rule = rule->next) {
		if (!rule->set_count ||
		    !ot_asset_rule_match(rule, said, caught))
			continue;
		apply(build, rule, said, caught);
		known = true;
	}
	/* the registry's own words for roles stand */
	if (!known && g->row && !said->evidence &&
	    ot_str_eq(said->key, ot_str(ot_key_names[OT_K_ROLE])))
		ot_asset_vote_role(build, g,
		    &(struct ot_role){ said->value, said->protocol,
			confidence_of(build, said) });
	if (said->nested.len &&
	    !ot_counts_add(&build->scratch, &g->parts, said->nested, 1))
		build->lost = true;
}

/* The maker of the network card is mostly that of the thing. */
static void
judge_mac(struct ot_asset_build *build, struct ot_asset_node *node)
{
	struct ot_str vendor = ot_oui_vendor(&build->oui, &node->addr);

	if (vendor.len)
		judge(build, &(struct ot_asset_statement){ .node = node,
				 .key = ot_str(ot_key_names[OT_K_VENDOR]),
				 .value = vendor,
				 .protocol = ot_str("oui"),
				 .by = OT_PEER,
				 .count = 1 });
}

void
ot_asset_judge(struct ot_asset_build *build)
{
	for (uint32_t i = 0; i < build->statements.count; i++)
		judge(build, build->statements.at[i]);
	for (uint32_t i = 0; i < build->nodes.count; i++) {
		struct ot_asset_node *node = build->nodes.at[i];

		if (node->addr.kind == OT_ADDR_MAC)
			judge_mac(build, node);
	}
}
