/*
 * The capture record: its fields and its key.
 */
#include "model/capture.h"

#define F(member, kind, rule, flags) OT_FIELD(TYPE, member, kind, rule, flags)

#define TYPE struct ot_capture_interface
static const struct ot_field interface_fields[] = {
	F(name, STR, KEEP, 0),
	F(sensor, STR, KEEP, 0),
	F(link_type, STR, KEEP, 0),
	F(snap_len, U64, KEEP, 0),
	F(received, U64, KEEP, 0),
	F(dropped, U64, KEEP, 0),
};
static const struct ot_shape interface_shape = { .size = sizeof(TYPE),
	OT_SHAPE_OF(interface_fields) };
#undef TYPE

#define TYPE struct ot_capture_account
static const struct ot_field account_fields[] = {
	F(tcp, U64, SUM, 0),
	F(udp, U64, SUM, 0),
	F(sctp, U64, SUM, 0),
	F(icmp, U64, SUM, 0),
	F(ip, U64, SUM, 0),
	F(layer2, U64, SUM, 0),
	F(twin, U64, SUM, 0),
	F(link_type, U64, SUM, 0),
	F(malformed, U64, SUM, 0),
};
static const struct ot_shape account_shape = { .size = sizeof(TYPE),
	OT_SHAPE_OF(account_fields) };
#undef TYPE

#define TYPE struct ot_capture_sum
static const struct ot_field fields[] = {
	F(sensor, STR, KEEP, 0),
	F(site, STR, KEEP, 0),
	F(file, STR, KEEP, 0),
	F(sha256, STR, KEEP, OT_NULLABLE),
	F(file_bytes, U64, KEEP, OT_ALWAYS),
	F(format, STR, KEEP, 0),
	F(compression, STR, KEEP, 0),
	OT_FIELD_SHAPE(TYPE, interfaces, LIST, KEEP, &interface_shape),
	F(first, TIME, MIN, 0),
	F(last, TIME, MAX, 0),
	F(frames, U64, SUM, OT_ALWAYS),
	F(bytes, U64, SUM, OT_ALWAYS),
	F(cut_frames, U64, SUM, 0),
	{ .key = "account",
	    .kind = OT_F_OBJECT,
	    .at = offsetof(TYPE, account),
	    .flags = OT_ALWAYS,
	    .shape = &account_shape },
	F(flow_frames, U64, SUM, OT_ALWAYS),
	F(flow_bytes, U64, SUM, OT_ALWAYS),
	F(attempt_frames, U64, SUM, OT_ALWAYS),
	F(attempt_bytes, U64, SUM, OT_ALWAYS),
	F(duplicates, U64, SUM, 0),
	F(connections, U64, SUM, OT_ALWAYS),
	F(one_sided, U64, SUM, OT_ALWAYS),
	F(tagged_frames, U64, SUM, 0),
	F(comments, U64, SUM, 0),
	F(secrets, U64, SUM, 0),
	F(unknown_blocks, U64, SUM, 0),
	F(back_steps, U64, SUM, 0),
	F(damaged, STR, KEEP, 0),
	F(limits, COUNTS, UNITE, 0),
};

static int
cmp(const void *a, const void *b)
{
	const struct ot_capture_sum *x = a, *y = b;
	int c = ot_str_cmp(x->sensor, y->sensor);

	if (!c)
		c = ot_str_cmp(x->site, y->site);
	if (!c)
		c = ot_str_cmp(x->file, y->file);
	if (!c)
		c = ot_str_cmp(x->sha256, y->sha256);
	return c;
}

const struct ot_shape ot_capture_shape = {
	.size = sizeof(TYPE), OT_SHAPE_OF(fields), .cmp = cmp
};
