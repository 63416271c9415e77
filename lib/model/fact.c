/*
 * The fact record: its fields, its key and how it merges.
 */
#include "model/fact.h"

#define TYPE			     struct ot_fact_sum
#define F(member, kind, rule, flags) OT_FIELD(TYPE, member, kind, rule, flags)

static const struct ot_field fields[] = {
	F(sensor, STR, KEEP, 0),
	F(site, STR, KEEP, 0),
	F(subject, ADDR, KEEP, 0),
	F(nested, STR, KEEP, 0),
	{ .key = "fact",
	    .kind = OT_F_WORD,
	    .rule = OT_KEEP,
	    .at = offsetof(TYPE, key),
	    .names = ot_key_names },
	F(value, STR, KEEP, 0),
	F(protocol, STR, KEEP, 0),
	F(message, STR, KEEP, 0),
	OT_FIELD_WORD(TYPE, by, KEEP, ot_by_names),
	F(count, U64, SUM, OT_ALWAYS),
	F(first, TIME, MIN, 0),
	F(last, TIME, MAX, 0),
	F(evidence, EVIDENCE, UNITE, 0),
};

static int
cmp(const void *a, const void *b)
{
	const struct ot_fact_sum *x = a, *y = b;
	int c = ot_str_cmp(x->sensor, y->sensor);

	if (!c)
		c = ot_str_cmp(x->site, y->site);
	if (!c)
		c = ot_addr_cmp(&x->subject, &y->subject);
	if (!c)
		c = ot_str_cmp(x->nested, y->nested);
	if (!c)
		c = x->key - y->key;
	if (!c)
		c = ot_str_cmp(x->value, y->value);
	if (!c)
		c = ot_str_cmp(x->protocol, y->protocol);
	if (!c)
		c = ot_str_cmp(x->message, y->message);
	if (!c)
		c = x->by - y->by;
	return c;
}

const struct ot_shape ot_fact_shape = {
	.size = sizeof(TYPE), OT_SHAPE_OF(fields), .cmp = cmp
};
