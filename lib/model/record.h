/*
 * What a record is made of: one table of fields for each kind of struct. From
 * the table come its JSON, its reader and its merge rule, so that the three
 * cannot disagree.
 */
#ifndef OT_MODEL_RECORD_H
#define OT_MODEL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/json.h"
#include "base/time.h"
#include "base/vocab.h"
#include "model/values.h"

enum ot_field_kind {
	OT_F_U64,      /* uint64_t */
	OT_F_U32,      /* uint32_t */
	OT_F_I64,      /* int64_t */
	OT_F_BOOL,     /* bool */
	OT_F_NOT,      /* bool; written as false where it is set */
	OT_F_STR,      /* struct ot_str; {NULL, 0} is absent */
	OT_F_WORD,     /* uint8_t, an index in names */
	OT_F_IP,       /* struct ot_addr, written where it is IPv4 or IPv6 */
	OT_F_ADDRESS,  /* struct ot_addr, written where it is another kind */
	OT_F_ADDR,     /* struct ot_addr of any kind but NONE */
	OT_F_TIME,     /* int64_t nanoseconds; OT_TIME_NONE is absent */
	OT_F_COUNTS,   /* struct ot_counts */
	OT_F_HIST,     /* struct ot_hist */
	OT_F_SLOTS,    /* struct ot_slots */
	OT_F_EVIDENCE, /* struct ot_evidence */
	OT_F_VALUE,    /* struct ot_value_sum */
	OT_F_VLANS,    /* struct ot_vlans */
	OT_F_OBJECT,   /* a struct, by shape */
	OT_F_LIST,     /* struct ot_list of structs, by shape */
	OT_F_STRINGS,  /* struct ot_strings */
};

/* How two values become one. Keys are equal, or there is nothing to merge. */
enum ot_rule {
	OT_KEEP, /* part of the key, or the same in all parts */
	OT_SUM,
	OT_MIN, /* the smaller; of words the better one */
	OT_MAX,
	OT_UNITE, /* as the kind does: counts, histograms, slots, places, lists
		   */
};

enum ot_field_flag {
	OT_ALWAYS = 1,	 /* written even where it is 0, false or empty */
	OT_NULLABLE = 2, /* written as null where it is absent */
};

struct ot_shape;

struct ot_field {
	const char *key;
	enum ot_field_kind kind;
	enum ot_rule rule;
	size_t at; /* offset in the struct */
	unsigned flags;
	const struct ot_shape *shape; /* OBJECT, LIST */
	const char *const *names;     /* WORD */
};

struct ot_shape {
	size_t size;
	const struct ot_field
	    *fields; /* in the order in which they are written */
	size_t count;
	/* Order of list items and of records of one type; NULL: as they came.
	 */
	int (*cmp)(const void *a, const void *b);
	/* Of lists: how many items are kept, the smallest; 0: all. */
	uint32_t cap;
	/* Where an item that has no room goes; NULL: other counts it. */
	bool (*spill)(struct ot_arena *arena, void *list, const void *item);
	/* Does an item stand for those without room? Such items come first by
	 * cmp and take no room; NULL: none does. */
	bool (*is_rest)(const void *item);
	/* Is an item never another one, however alike they are? NULL: no. */
	bool (*apart)(const void *item);
};

struct ot_vlans {
	uint8_t count;
	uint16_t id[OT_LIMIT_VLANS]; /* outermost first */
};

struct ot_strings {
	struct ot_str *at; /* as they came */
	uint32_t count, room;
};

struct ot_list {
	void **at; /* sorted by the shape's cmp, if it has one */
	uint32_t count, room;
	uint64_t other; /* items that had no room; written as KEY_other */
};

/* Write the fields of a struct as members of the object that is open. */
void ot_shape_write(
    struct ot_jw *w, const struct ot_shape *shape, const void *from);

/* Read them from an object; texts are copied into the arena. Unknown members
 * are left alone. -OT_ERR_INPUT with line and column where a value is not of
 * its kind. */
int ot_shape_read(struct ot_arena *arena, const struct ot_shape *shape,
    void *into, const struct ot_json *object, struct ot_error *error);

/* into := into + from. False without memory. */
bool ot_shape_merge(struct ot_arena *arena, const struct ot_shape *shape,
    void *into, const void *from);

/* Put a copy of item into a list, or merge it into its equal. */
bool ot_list_add(struct ot_arena *arena, const struct ot_shape *shape,
    struct ot_list *list, const void *item);

/* The item equal to key by the shape's cmp, or NULL. */
void *ot_list_find(
    const struct ot_shape *shape, const struct ot_list *list, const void *key);

/* Append without order, for lists without cmp. */
bool ot_list_push(struct ot_arena *arena, struct ot_list *list, void *item);

bool ot_strings_add(
    struct ot_arena *arena, struct ot_strings *strings, struct ot_str s);

/* Deep copy: every text and list is the arena's own. */
bool ot_shape_copy(struct ot_arena *arena, const struct ot_shape *shape,
    void *into, const void *from);

int ot_vlans_cmp(const struct ot_vlans *a, const struct ot_vlans *b);

/* Tables are written with this: F(struct ot_op_sum, count, U64, SUM, 0). */
#define OT_FIELD(type, member, kind_, rule_, flags_)                           \
	{                                                                      \
		.key = #member, .kind = OT_F_##kind_, .rule = OT_##rule_,      \
		.at = offsetof(type, member), .flags = (flags_)                \
	}
#define OT_FIELD_AS(name, type, member, kind_, rule_, flags_)                  \
	{                                                                      \
		.key = name, .kind = OT_F_##kind_, .rule = OT_##rule_,         \
		.at = offsetof(type, member), .flags = (flags_)                \
	}
#define OT_FIELD_WORD(type, member, rule_, names_)                             \
	{                                                                      \
		.key = #member, .kind = OT_F_WORD, .rule = OT_##rule_,         \
		.at = offsetof(type, member), .names = names_                  \
	}
#define OT_FIELD_SHAPE(type, member, kind_, rule_, shape_)                     \
	{                                                                      \
		.key = #member, .kind = OT_F_##kind_, .rule = OT_##rule_,      \
		.at = offsetof(type, member), .shape = shape_                  \
	}
#define OT_SHAPE_OF(fields_)                                                   \
	.fields = fields_, .count = sizeof(fields_) / sizeof((fields_)[0])

#endif
