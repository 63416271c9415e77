/*
 * The finding record: its fields and its order.
 */
#include "model/finding.h"

const char *const ot_severity_names[] = { "info", "low", "medium", "high",
	"critical", NULL };

#define TYPE			     struct ot_finding
#define F(member, kind, rule, flags) OT_FIELD(TYPE, member, kind, rule, flags)

static const struct ot_field fields[] = {
	F(check, STR, KEEP, 0),
	F(title, STR, KEEP, 0),
	F(verdict, STR, KEEP, 0),
	OT_FIELD_WORD(TYPE, severity, MAX, ot_severity_names),
	F(severity_steps, STRINGS, KEEP, 0),
	F(subject_kind, STR, KEEP, 0),
	F(subject, STR, KEEP, 0),
	F(discriminator, STR, KEEP, 0),
	F(message, STR, KEEP, 0),
	F(from_zone, STR, KEEP, 0),
	F(to_zone, STR, KEEP, 0),
	F(from, STR, KEEP, 0),
	F(to, STR, KEEP, 0),
	F(service, STR, KEEP, 0),
	F(rule, STR, KEEP, 0),
	F(file, STR, KEEP, 0),
	F(line, U32, KEEP, 0),
	F(column, U32, KEEP, 0),
	F(end_column, U32, KEEP, 0),
	F(evidence, EVIDENCE, UNITE, 0),
	F(count, U64, SUM, OT_ALWAYS),
	F(first, TIME, MIN, 0),
	F(last, TIME, MAX, 0),
	F(fingerprint, STR, KEEP, 0),
	F(aliases, STRINGS, KEEP, 0),
	F(status, STR, KEEP, 0),
	F(waiver, STR, KEEP, 0),
	F(missing, STRINGS, KEEP, 0),
	F(attack, STRINGS, KEEP, 0),
	F(sr, STRINGS, KEEP, 0),
	F(principle, STRINGS, KEEP, 0),
	F(remediation, STR, KEEP, 0),
};

/* Worst first, then by check, then by subject. */
static int
cmp(const void *a, const void *b)
{
	const struct ot_finding *x = a, *y = b;
	int c = y->severity - x->severity;

	if (!c)
		c = ot_str_cmp(x->check, y->check);
	if (!c)
		c = ot_str_cmp(x->subject, y->subject);
	if (!c)
		c = ot_str_cmp(x->discriminator, y->discriminator);
	if (!c)
		c = ot_str_cmp(x->verdict, y->verdict);
	if (!c)
		c = ot_str_cmp(x->fingerprint, y->fingerprint);
	return c;
}

const struct ot_shape ot_finding_shape = {
	.size = sizeof(TYPE), OT_SHAPE_OF(fields), .cmp = cmp
};
