/*
 * The BER reader of base/ber.h against X.690.
 */
#include <check.h>

#include "base/ber.h"
#include "suite.h"

static enum ot_fault fault;

static struct ot_buf
window(const void *p, size_t len)
{
	fault = OT_FAULT_NONE;
	return ot_buf(p, len, &fault);
}

#define WINDOW(s) window(s, sizeof(s) - 1)

START_TEST(next_reads_short_and_long_lengths)
{
	struct ot_buf b = WINDOW("\x30\x81\x04\x02\x02\x01\x00\x05\x00");
	uint32_t tag;
	struct ot_buf seq = ot_ber_next(&b, &tag);

	ck_assert_uint_eq(tag, OT_BER_SEQUENCE);
	ck_assert_uint_eq(seq.left, 4);
	ck_assert_int_eq(ot_ber_int(ot_ber_get(&seq, OT_BER_INTEGER)), 256);
	ck_assert_uint_eq(ot_ber_peek(&b), OT_BER_NULL);
	ot_ber_skip(&b);
	ck_assert_uint_eq(b.left, 0);
	ck_assert(ot_ok(&b));
}
END_TEST

START_TEST(high_tag_numbers_keep_their_octets)
{
	struct ot_buf b = WINDOW("\xbf\x48\x00\x9f\x81\x00\x01\x07");

	ck_assert_uint_eq(ot_ber_peek(&b), 0xbf48);
	ck_assert_uint_eq(ot_ber_get(&b, 0xbf48).left, 0);
	ck_assert_uint_eq(ot_ber_get(&b, 0x9f8100).left, 1);
	ck_assert(ot_ok(&b));
}
END_TEST

START_TEST(tag_without_end_is_a_fault)
{
	struct ot_buf cut = WINDOW("\x1f\x81");
	struct ot_buf b = cut;

	(void)ot_ber_tag(&b);
	ck_assert_int_eq(fault, OT_FAULT_SHORT);
	b = WINDOW("\x1f\x81\x82\x83\x84\x01");
	(void)ot_ber_tag(&b);
	ck_assert_int_eq(fault, OT_FAULT_VALUE);
}
END_TEST

START_TEST(length_above_window_is_a_fault)
{
	struct ot_buf b = WINDOW("\x04\x05"
				 "abcd");
	struct ot_buf v = ot_ber_get(&b, OT_BER_OCTET_STRING);

	ck_assert_uint_eq(v.left, 0);
	ck_assert_int_eq(fault, OT_FAULT_SHORT);
	b = WINDOW("\x04\x84\xff\xff\xff\xff"
		   "abcd");
	v = ot_ber_get(&b, OT_BER_OCTET_STRING);
	ck_assert_uint_eq(v.left, 0);
	ck_assert_int_eq(fault, OT_FAULT_SHORT);
}
END_TEST

START_TEST(indefinite_and_oversized_lengths_are_faults)
{
	struct ot_buf b = WINDOW("\x30\x80\x00\x00");

	(void)ot_ber_get(&b, OT_BER_SEQUENCE);
	ck_assert_int_eq(fault, OT_FAULT_VALUE);
	b = WINDOW("\x30\x85\x00\x00\x00\x00\x01\x00");
	(void)ot_ber_get(&b, OT_BER_SEQUENCE);
	ck_assert_int_eq(fault, OT_FAULT_VALUE);
}
END_TEST

START_TEST(wrong_tag_is_a_fault)
{
	struct ot_buf b = WINDOW("\x02\x01\x00");

	(void)ot_ber_get(&b, OT_BER_OID);
	ck_assert_int_eq(fault, OT_FAULT_VALUE);
	ck_assert_uint_eq(b.left, 0);
}
END_TEST

START_TEST(optional_reads_only_its_tag)
{
	struct ot_buf b = WINDOW("\xa0\x01\x07\x02\x01\x05");
	struct ot_buf v;

	ck_assert(!ot_ber_optional(&b, OT_BER_INTEGER, &v));
	ck_assert(ot_ber_optional(&b, 0xa0, &v));
	ck_assert_uint_eq(ot_u8(&v), 7);
	ck_assert(ot_ber_optional(&b, OT_BER_INTEGER, &v));
	ck_assert(!ot_ber_optional(&b, OT_BER_INTEGER, &v));
	ck_assert(ot_ok(&b));
}
END_TEST

START_TEST(whole_counts_without_reading)
{
	struct ot_buf b = WINDOW("\x30\x82\x01\x00");

	ck_assert_int_eq(ot_ber_whole(&b), 260);
	b.left = 3;
	ck_assert_int_eq(ot_ber_whole(&b), 0);
	b.left = 1;
	ck_assert_int_eq(ot_ber_whole(&b), 0);
	b = WINDOW("\x60\x05");
	ck_assert_int_eq(ot_ber_whole(&b), 7);
	b = WINDOW("\x30\x80");
	ck_assert_int_eq(ot_ber_whole(&b), -1);
	b = WINDOW("\x30\x84\xff\xff\xff\xff");
	ck_assert_int_eq(ot_ber_whole(&b), 6 + (int64_t)UINT32_MAX);
	b = WINDOW("\x1f\xff\xff\xff\xff");
	ck_assert_int_eq(ot_ber_whole(&b), -1);
}
END_TEST

START_TEST(integers_have_signs_and_bounds)
{
	ck_assert_int_eq(ot_ber_int(WINDOW("\xff")), -1);
	ck_assert_int_eq(ot_ber_int(WINDOW("\x00\x80")), 128);
	ck_assert_int_eq(
	    ot_ber_int(WINDOW("\x80\x00\x00\x00\x00\x00\x00\x00")), INT64_MIN);
	ck_assert_int_eq(fault, OT_FAULT_NONE);
	(void)ot_ber_int(WINDOW(""));
	ck_assert_int_eq(fault, OT_FAULT_VALUE);
	(void)ot_ber_int(WINDOW("\x00\x80\x00\x00\x00\x00\x00\x00\x00"));
	ck_assert_int_eq(fault, OT_FAULT_VALUE);
	ck_assert_uint_eq(
	    ot_ber_uint(WINDOW("\x00\x80\x00\x00\x00\x00\x00\x00\x00")),
	    UINT64_C(1) << 63);
	ck_assert_int_eq(fault, OT_FAULT_NONE);
	(void)ot_ber_uint(WINDOW("\x01\x80\x00\x00\x00\x00\x00\x00\x00"));
	ck_assert_int_eq(fault, OT_FAULT_VALUE);
	ck_assert(ot_ber_bool(WINDOW("\x01")));
	ck_assert(!ot_ber_bool(WINDOW("\x00")));
	ck_assert_int_eq(fault, OT_FAULT_NONE);
}
END_TEST

static void
oid_is(struct ot_buf contents, const char *text)
{
	char out[64];
	size_t len = ot_ber_print_oid(out, sizeof(out), contents);

	ck_assert_uint_eq(len, strlen(text));
	ck_assert_mem_eq(out, text, len);
}

START_TEST(oids_print_their_arcs)
{
	oid_is(WINDOW("\x2b\x06\x01\x04\x01\x82\x37"), "1.3.6.1.4.1.311");
	oid_is(WINDOW("\x55\x04\x03"), "2.5.4.3");
	oid_is(WINDOW("\x88\x37\x03"), "2.999.3");
	oid_is(WINDOW("\x2b\x8f\xff\xff\xff\x7f"), "1.3.4294967295");
	oid_is(WINDOW(""), "");
	ck_assert_int_eq(fault, OT_FAULT_NONE);
}
END_TEST

START_TEST(oid_arc_above_32_bits_is_a_fault)
{
	char out[8];

	(void)ot_ber_print_oid(
	    out, sizeof(out), WINDOW("\x2b\x90\x80\x80\x80\x00"));
	ck_assert_int_eq(fault, OT_FAULT_VALUE);
	(void)ot_ber_print_oid(out, sizeof(out), WINDOW("\x2b\x86"));
	ck_assert_int_eq(fault, OT_FAULT_SHORT);
}
END_TEST

START_TEST(oid_is_cut_at_cap)
{
	char out[4];

	ck_assert_uint_eq(
	    ot_ber_print_oid(out, sizeof(out), WINDOW("\x2b\x87\x67\x01")), 4);
	ck_assert_mem_eq(out, "1.3.", 4);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		next_reads_short_and_long_lengths,
		high_tag_numbers_keep_their_octets,
		tag_without_end_is_a_fault,
		length_above_window_is_a_fault,
		indefinite_and_oversized_lengths_are_faults,
		wrong_tag_is_a_fault,
		optional_reads_only_its_tag,
		whole_counts_without_reading,
		integers_have_signs_and_bounds,
		oids_print_their_arcs,
		oid_arc_above_32_bits_is_a_fault,
		oid_is_cut_at_cap,
	};

	return RUN("ber", tests, NULL, NULL);
}
