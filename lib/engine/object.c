/*
 * Operations as text: only when a record is written.
 */
#include "engine/object.h"

static void
range(struct ot_sb *sb, const struct ot_object *o)
{
	ot_sb_u64(sb, o->first);
	if (o->count > 1) {
		ot_sb_putc(sb, '-');
		ot_sb_u64(sb, o->first + o->count - 1);
	}
}

static void
named(struct ot_sb *sb, const struct ot_name *names, uint32_t n)
{
	const char *name = names ? ot_name(names, n) : NULL;

	if (name)
		ot_sb_puts(sb, name);
	else
		ot_sb_u64(sb, n);
}

static void
text(struct ot_sb *sb, struct ot_text t)
{
	char out[4 * OT_LIMIT_TEXT + 4];

	if (t.len > OT_LIMIT_TEXT)
		t.len = OT_LIMIT_TEXT;
	ot_sb_add(sb, out, ot_text_decode_into(out, sizeof(out), t));
}

/* One directive behind its '%'; gives the characters it takes. */
static size_t
directive(struct ot_sb *sb, const char *f, const struct ot_proto *proto,
    const struct ot_object *o)
{
	if (f[0] == 'r') {
		range(sb, o);
		return 1;
	}
	if (f[0] == 't') {
		text(sb, o->text);
		return 1;
	}
	if (f[0] >= '0' && f[0] <= '3' && f[1]) {
		uint32_t n = o->n[f[0] - '0'];

		if (f[1] == 'x')
			ot_sb_printf(sb, "0x%X", n);
		else if (f[1] == 'n')
			named(sb, proto->names[f[0] - '0'], n);
		else
			ot_sb_u64(sb, n);
		return 2;
	}
	ot_sb_putc(sb, '%');
	return 0;
}

void
ot_object_print(
    struct ot_sb *sb, const struct ot_proto *proto, const struct ot_object *o)
{
	if (!o->space || !proto->spaces)
		return;
	for (const char *f = proto->spaces[o->space - 1].format; f && *f;)
		if (*f == '%') {
			f++;
			f += directive(sb, f, proto, o);
		} else {
			ot_sb_putc(sb, *f++);
		}
}

void
ot_code_print(
    struct ot_sb *sb, const struct ot_proto *proto, const struct ot_op *op)
{
	if (!op->has_code)
		return;
	if (proto->decimal)
		ot_sb_printf(sb, "%u", op->code);
	else
		ot_sb_printf(sb, "0x%02x", op->code);
	if (op->sub && proto->decimal)
		ot_sb_printf(sb, "/%u", op->sub - 1);
	else if (op->sub)
		ot_sb_printf(sb, "/0x%02x", op->sub - 1);
}
