/*
 * The `match` of a zone: what an asset is, not where. "vendor=Siemens
 * class=plc; service=goose": alternatives are separated by ';', the tokens of
 * one must all hold. Case does not matter, '*' and '?' stand for any text.
 */
#include <ctype.h>

#include "zone/match.h"
#include "zone/zone.h"

struct token {
	struct ot_str key, value, whole;
};

/* Cut the next run of bytes that are not in marks off text. */
static struct ot_str
cut(struct ot_str *text, const char *marks)
{
	size_t from = 0, to;

	while (from < text->len && strchr(marks, text->p[from]))
		from++;
	for (to = from; to < text->len && !strchr(marks, text->p[to]); to++)
		continue;
	struct ot_str part = { text->p + from, to - from };

	*text = (struct ot_str){ text->p + to, text->len - to };
	return part;
}

static bool
next_token(struct ot_str *text, struct token *token)
{
	struct ot_str part = cut(text, " \t\r\n");
	const char *sign = part.len ? memchr(part.p, '=', part.len) : NULL;
	size_t len = sign ? (size_t)(sign - part.p) : part.len;

	*token = (struct token){ .whole = part, .key = { part.p, len } };
	if (sign)
		token->value = (struct ot_str){ sign + 1, part.len - len - 1 };
	return part.len != 0;
}

/* A pattern against the whole of a text, or its first words: vendors write
 * "Siemens" and "Siemens AG". */
static bool
says(struct ot_str pattern, struct ot_str text)
{
	char lower[2][OT_LIMIT_TEXT];
	struct ot_str p = { lower[0], 0 }, t = { lower[1], 0 };

	if (pattern.len > OT_LIMIT_TEXT || text.len > OT_LIMIT_TEXT)
		return false;
	for (; p.len < pattern.len; p.len++)
		lower[0][p.len] =
		    (char)tolower((unsigned char)pattern.p[p.len]);
	for (; t.len < text.len; t.len++) {
		if ((text.p[t.len] == ' ' || text.p[t.len] == ',') &&
		    ot_str_glob(p, t))
			return true;
		lower[1][t.len] = (char)tolower((unsigned char)text.p[t.len]);
	}
	return ot_str_glob(p, t);
}

static bool
says_vendor(const struct ot_asset *asset, const struct ot_counts *services,
    struct ot_str value)
{
	(void)services;
	return says(value, ot_asset_get(asset, "vendor"));
}

static bool
says_model(const struct ot_asset *asset, const struct ot_counts *services,
    struct ot_str value)
{
	(void)services;
	return says(value, ot_asset_get(asset, "model"));
}

static bool
says_role(const struct ot_asset *asset, const struct ot_counts *services,
    struct ot_str value)
{
	(void)services;
	for (uint32_t i = 0; i < asset->roles.count; i++)
		if (says(value,
			((const struct ot_role *)asset->roles.at[i])->role))
			return true;
	return false;
}

/* People call a role a class too: class=plc. */
static bool
says_class(const struct ot_asset *asset, const struct ot_counts *services,
    struct ot_str value)
{
	return says(value, asset->class_) || says_role(asset, services, value);
}

static bool
says_service(const struct ot_asset *asset, const struct ot_counts *services,
    struct ot_str value)
{
	(void)asset;
	for (uint32_t i = 0; i < services->count; i++)
		if (says(value, services->at[i].text))
			return true;
	return false;
}

static const struct {
	const char *key;
	bool (*says)(const struct ot_asset *asset,
	    const struct ot_counts *services, struct ot_str value);
} keys[] = {
	{ "vendor", says_vendor },
	{ "model", says_model },
	{ "class", says_class },
	{ "role", says_role },
	{ "service", says_service },
};

enum { KEYS = sizeof(keys) / sizeof(*keys) };

static size_t
key_of_token(const struct token *token)
{
	size_t i = 0;

	while (i < KEYS && !ot_str_eq(token->key, ot_str(keys[i].key)))
		i++;
	return i;
}

const char *
ot_zone_match_wrong(struct ot_str match, struct ot_str *token)
{
	while (match.len) {
		struct ot_str all = cut(&match, ";");
		struct token t;

		while (next_token(&all, &t)) {
			*token = t.whole;
			if (ot_str_eq(t.key, ot_str("tag")))
				return "match by tag is not supported yet";
			if (key_of_token(&t) == KEYS)
				return "match knows vendor=, model=, class=, "
				       "role= and service=";
			if (t.value.len == 0)
				return "a match needs a value behind '='";
		}
	}
	return NULL;
}

/* Do all tokens of one alternative hold? */
static bool
holds(struct ot_str all, const struct ot_asset *asset,
    const struct ot_counts *services)
{
	struct token token;
	bool any = false;

	while (next_token(&all, &token)) {
		size_t i = key_of_token(&token);

		if (i == KEYS || !keys[i].says(asset, services, token.value))
			return false;
		any = true;
	}
	return any;
}

void
ot_match_asset(struct ot_matcher *m, struct ot_str site,
    const struct ot_asset *asset, const struct ot_counts *services,
    struct ot_claim *claim)
{
	for (uint32_t i = 0; i < m->policy->zone_count; i++) {
		const struct ot_zone_row *row = &m->policy->zones[i];
		struct ot_str rest = row->match;
		bool here = row->site.len == 0 || ot_str_eq(row->site, site);

		while (here && rest.len)
			if (holds(cut(&rest, ";"), asset, services))
				ot_claim_add(m, claim,
				    (uint32_t)OT_CLAIM_MATCH << 16, row);
	}
}
