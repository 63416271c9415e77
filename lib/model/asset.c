/*
 * The asset record: its fields and its key. Assets are made anew from the
 * records of a whole run and never merged.
 */
#include "model/asset.h"

#define F(member, kind, rule, flags) OT_FIELD(TYPE, member, kind, rule, flags)

/* ---- attribute ---- */

#define TYPE struct ot_attribute
static const struct ot_field attribute_fields[] = {
	F(key, STR, KEEP, 0),
	F(value, STR, KEEP, 0),
	F(nested, STR, KEEP, 0),
	F(confidence, U32, KEEP, OT_ALWAYS),
	F(by, STR, KEEP, 0),
	F(evidence, EVIDENCE, UNITE, 0),
};

const struct ot_shape ot_attribute_shape = {
	.size = sizeof(TYPE),
	OT_SHAPE_OF(attribute_fields),
};
#undef TYPE

/* ---- role ---- */

#define TYPE struct ot_role
static const struct ot_field role_fields[] = {
	F(role, STR, KEEP, 0),
	F(reason, STR, KEEP, 0),
	F(confidence, U32, KEEP, OT_ALWAYS),
};

const struct ot_shape ot_role_shape = {
	.size = sizeof(TYPE),
	OT_SHAPE_OF(role_fields),
};
#undef TYPE

/* ---- address ---- */

#define TYPE struct ot_asset_address
static const struct ot_field address_fields[] = {
	OT_FIELD_AS("address", TYPE, addr, ADDR, KEEP, 0),
	F(packets, U64, SUM, OT_ALWAYS),
	F(zone, STR, KEEP, 0),
};

static int
address_cmp(const void *a, const void *b)
{
	const struct ot_asset_address *x = a, *y = b;

	return ot_addr_cmp(&x->addr, &y->addr);
}

const struct ot_shape ot_asset_address_shape = {
	.size = sizeof(TYPE),
	OT_SHAPE_OF(address_fields),
	.cmp = address_cmp,
};
#undef TYPE

/* ---- asset ---- */

#define TYPE struct ot_asset
static const struct ot_field asset_fields[] = {
	F(id, STR, KEEP, 0),
	F(site, STR, KEEP, 0),
	F(sensors, COUNTS, UNITE, 0),
	F(vlans, COUNTS, UNITE, 0),
	OT_FIELD_SHAPE(TYPE, addresses, LIST, UNITE, &ot_asset_address_shape),
	OT_FIELD_SHAPE(TYPE, attributes, LIST, KEEP, &ot_attribute_shape),
	OT_FIELD_SHAPE(TYPE, roles, LIST, KEEP, &ot_role_shape),
	OT_FIELD_AS("class", TYPE, class_, STR, KEEP, 0),
	F(class_reason, STR, KEEP, 0),
	F(level, STR, KEEP, 0),
	F(level_reason, STR, KEEP, 0),
	F(registry, STR, KEEP, 0),
	F(importance, STR, KEEP, 0),
	F(owner, STR, KEEP, 0),
	F(parts, STRINGS, KEEP, 0),
	F(router, BOOL, KEEP, 0),
	F(packets, U64, SUM, OT_ALWAYS),
	F(first, TIME, MIN, 0),
	F(last, TIME, MAX, 0),
	F(zone, STR, KEEP, 0),
	F(zone_by, STR, KEEP, 0),
};

static int
asset_cmp(const void *a, const void *b)
{
	const struct ot_asset *x = a, *y = b;

	return ot_str_cmp(x->id, y->id);
}

const struct ot_shape ot_asset_shape = {
	.size = sizeof(TYPE),
	OT_SHAPE_OF(asset_fields),
	.cmp = asset_cmp,
};

struct ot_str
ot_asset_get(const struct ot_asset *asset, const char *key)
{
	for (uint32_t i = 0; i < asset->attributes.count; i++) {
		const struct ot_attribute *a = asset->attributes.at[i];

		if (a->nested.len == 0 && ot_str_eq(a->key, ot_str(key)))
			return a->value;
	}
	return (struct ot_str){ 0 };
}
