/*
 * Addresses and networks (base/addr.h).
 */
#include <check.h>
#include <stdlib.h>

#include "base/addr.h"

static struct ot_addr
addr(const char *text)
{
	struct ot_addr a;

	ck_assert_msg(ot_addr_parse(&a, ot_str(text)), "%s", text);
	return a;
}

static const char *
printed(const char *text)
{
	static char out[OT_ADDR_TEXT];
	struct ot_addr a = addr(text);

	ck_assert_uint_eq(ot_addr_print(out, &a), strlen(out));
	return out;
}

START_TEST(ipv6_prints_as_rfc_5952)
{
	static const char *const pairs[][2] = {
		{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
		{ "2001:0DB8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
		{ "2001:db8:0:0:0:1:0:0", "2001:db8::1:0:0" },
		{ "1:0:0:2:0:0:0:3", "1:0:0:2::3" },
		{ "0:0:0:0:0:0:0:0", "::" },
		{ "::1", "::1" },
		{ "1::", "1::" },
		{ "fe80::", "fe80::" },
		{ "1:2:3:4:5:6:7:0", "1:2:3:4:5:6:7:0" },
		{ "1:2:3:4:5:6:0:0", "1:2:3:4:5:6::" },
		{ "::ffff:c000:0201", "::ffff:192.0.2.1" },
		{ "1111:2222:3333:4444:5555:6666:7777:8888",
		    "1111:2222:3333:4444:5555:6666:7777:8888" },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		ck_assert_str_eq(printed(pairs[i][0]), pairs[i][1]);
}
END_TEST

START_TEST(macs_in_every_usual_spelling)
{
	ck_assert_str_eq(printed("00:1B:1b:00:00:0F"), "00:1b:1b:00:00:0f");
	ck_assert_str_eq(printed("00-1B-1B-00-00-0F"), "00:1b:1b:00:00:0f");
	ck_assert_str_eq(printed("001b.1b00.000f"), "00:1b:1b:00:00:0f");
}
END_TEST

START_TEST(ipv4_and_addresses_of_other_links)
{
	ck_assert_str_eq(printed("255.255.255.255"), "255.255.255.255");
	static const char *const links[] = { "can:0x123", "can:0x000",
		"can:0x00000123", "can:0x1fffffff",
		"extended:00:12:4b:00:01:02:03:ff", "short:1a62.ffff",
		"serial:0", "station:255", "station:18446744073709551615" };

	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		ck_assert_str_eq(printed(links[i]), links[i]);
}
END_TEST

START_TEST(what_is_no_address_leaves_out_alone)
{
	static const char *const bad[] = { "", "1.2.3", "1.2.3.4.5",
		"1.2.3.256", "01.2.3.4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4/8",
		"::1%eth0", "1:2:3:4:5:6:7", "1::2::3",
		":::", "12345::", "00:1b:1b:00:00", "00:1b-1b:00:00:0f",
		"0g:1b:1b:00:00:0f", "00:1b:1b:00:00:0f:", "001b.1b00:000f",
		"link:0", "station:", "station:-1", "station:01",
		"station:18446744073709551616", "can:291", "can:0x12",
		"can:0x800", "can:0x20000000", "can:0x0000012g",
		"extended:00:12:4b:00:01:02:03",
		"extended:00:12:4b:00:01:02:03-ff", "short:1a62",
		"short:1a62:0001", "short:1a6g.0001", "plc-1",
		"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa" };
	struct ot_addr a = { .kind = 99 };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(!ot_addr_parse(&a, ot_str(bad[i])), "%s", bad[i]);
	ck_assert(!ot_addr_parse(&a, (struct ot_str){ "1.2.3.4\0", 8 }));
	ck_assert_uint_eq(a.kind, 99);
}
END_TEST

START_TEST(no_address_prints_as_nothing)
{
	struct ot_addr none = { .kind = OT_ADDR_NONE };
	char out[OT_ADDR_TEXT];

	ck_assert_uint_eq(ot_addr_print(out, &none), 0);
	ck_assert_str_eq(out, "");
	ck_assert(!ot_addr_unspecified(&none));
	ck_assert(!ot_addr_public(&none));
}
END_TEST

START_TEST(order_is_by_kind_then_number)
{
	static const char *const sorted[] = { "9.0.0.0", "10.0.0.1", "10.0.0.2",
		"::", "2001:db8::1", "00:00:00:00:00:01", "ff:ff:ff:ff:ff:ff",
		"station:255", "station:256" };

	for (size_t i = 1; i < sizeof(sorted) / sizeof(*sorted); i++) {
		struct ot_addr a = addr(sorted[i - 1]), b = addr(sorted[i]);

		ck_assert_int_lt(ot_addr_cmp(&a, &b), 0);
		ck_assert(!ot_addr_eq(&a, &b));
	}
}
END_TEST

static void
check_each(bool (*is)(const struct ot_addr *), bool want, const char *const *p)
{
	for (; *p; p++) {
		struct ot_addr a = addr(*p);

		ck_assert_msg(is(&a) == want, "%s", *p);
	}
}

START_TEST(kinds_of_addresses)
{
	check_each(ot_addr_unspecified, true,
	    (const char *[]){ "0.0.0.0", "::", "00:00:00:00:00:00", NULL });
	check_each(ot_addr_unspecified, false,
	    (const char *[]){ "0.0.0.1", "::1", "station:0", NULL });
	check_each(ot_addr_broadcast, true,
	    (const char *[]){ "255.255.255.255", "ff:ff:ff:ff:ff:ff", NULL });
	check_each(ot_addr_broadcast, false,
	    (const char *[]){ "10.255.255.255",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL });
	check_each(ot_addr_multicast, true,
	    (const char *[]){ "224.0.0.1", "239.255.255.255", "ff02::1",
		"01:00:5e:00:00:01", NULL });
	check_each(ot_addr_multicast, false,
	    (const char *[]){ "223.255.255.255", "240.0.0.0", "255.255.255.255",
		"fe80::1", "ff:ff:ff:ff:ff:ff", "00:1b:1b:00:00:01",
		"station:1", NULL });
	check_each(ot_addr_link_local, true,
	    (const char *[]){ "169.254.0.1", "fe80::1", "febf::1", NULL });
	check_each(ot_addr_link_local, false,
	    (const char *[]){ "169.253.0.1", "fec0::1", NULL });
	check_each(ot_addr_loopback, true,
	    (const char *[]){ "127.0.0.1", "127.255.0.1", "::1", NULL });
	check_each(ot_addr_loopback, false,
	    (const char *[]){ "128.0.0.1", "::", NULL });
}
END_TEST

START_TEST(public_is_what_the_internet_reaches)
{
	check_each(ot_addr_public, true,
	    (const char *[]){ "8.8.8.8", "9.255.255.255", "11.0.0.0",
		"100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0",
		"192.0.2.1", "192.169.0.0", "198.17.255.255", "198.20.0.0",
		"198.51.100.1", "203.0.113.1", "223.255.255.255", "2001:db8::1",
		"2a00::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
		"2002:808:808::1", NULL });
	check_each(ot_addr_public, false,
	    (const char *[]){ "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1",
		"169.254.1.1", "172.16.0.1", "172.31.255.255", "192.0.0.8",
		"192.168.1.1", "198.18.0.1", "198.19.255.255", "224.0.0.1",
		"240.0.0.1", "255.255.255.255", "::", "::1", "fc00::1",
		"fd12::1", "fe80::1", "ff02::1", "2001:2::1", "::ffff:10.0.0.1",
		"64:ff9b::10.0.0.1", "2002:a00:1::1", "00:1b:1b:00:00:01",
		"station:1", NULL });
}
END_TEST

START_TEST(macs_that_a_vendor_gave_out)
{
	check_each(ot_addr_mac_global, true,
	    (const char *[]){ "00:1b:1b:00:00:01", "00:00:00:00:00:01", NULL });
	check_each(ot_addr_mac_global, false,
	    (const char *[]){ "02:00:00:00:00:01", "01:00:5e:00:00:01",
		"ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00", "10.0.0.1", NULL });
}
END_TEST

START_TEST(networks_hold_their_addresses)
{
	const char *why = NULL;
	struct ot_net net;
	struct ot_addr in = addr("10.1.127.255"), out = addr("10.1.128.0"),
		       v6 = addr("::");
	char text[OT_ADDR_TEXT + 4];

	ck_assert(ot_net_parse(&net, ot_str("10.1.0.0/17"), &why));
	ck_assert(ot_net_has(&net, &in));
	ck_assert(!ot_net_has(&net, &out));
	ck_assert(!ot_net_has(&net, &v6));
	ck_assert_uint_eq(ot_net_print(text, &net), 11);
	ck_assert_str_eq(text, "10.1.0.0/17");
	ck_assert(ot_net_parse(&net, ot_str("0.0.0.0/0"), &why));
	ck_assert(ot_net_has(&net, &out));
	ck_assert(!ot_net_has(&net, &v6));
}
END_TEST

START_TEST(a_bare_address_is_a_network_of_one)
{
	const char *why = NULL;
	struct ot_addr one = addr("2001:db8::1"), two = addr("2001:db8::2");
	struct ot_net net;

	ck_assert(ot_net_parse(&net, ot_str("2001:db8::1"), &why));
	ck_assert_uint_eq(net.bits, 128);
	ck_assert(ot_net_has(&net, &one));
	ck_assert(!ot_net_has(&net, &two));
}
END_TEST

START_TEST(networks_that_are_none_say_why)
{
	static const char *const bad[][2] = {
		{ "10.0.0/8", "not an IPv4 or IPv6 address" },
		{ "", "not an IPv4 or IPv6 address" },
		{ "00:1b:1b:00:00:01", "not an IPv4 or IPv6 address" },
		{ "10.0.0.0/33", "the prefix length is not 0 to 32" },
		{ "10.0.0.0/", "the prefix length is not 0 to 32" },
		{ "10.0.0.0/08", "the prefix length is not 0 to 32" },
		{ "10.0.0.0/-1", "the prefix length is not 0 to 32" },
		{ "::/129", "the prefix length is not 0 to 128" },
		{ "10.0.0.1/8", "bits behind the prefix are not zero" },
		{ "10.128.0.0/8", "bits behind the prefix are not zero" },
		{ "::1/127", "bits behind the prefix are not zero" },
	};
	struct ot_net net = { .bits = 77 };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		const char *why = NULL;

		ck_assert(!ot_net_parse(&net, ot_str(bad[i][0]), &why));
		ck_assert_str_eq(why, bad[i][1]);
	}
	ck_assert_uint_eq(net.bits, 77);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("addr");
	TCase *tcase = tcase_create("addr");

	tcase_add_test(tcase, ipv6_prints_as_rfc_5952);
	tcase_add_test(tcase, macs_in_every_usual_spelling);
	tcase_add_test(tcase, ipv4_and_addresses_of_other_links);
	tcase_add_test(tcase, what_is_no_address_leaves_out_alone);
	tcase_add_test(tcase, no_address_prints_as_nothing);
	tcase_add_test(tcase, order_is_by_kind_then_number);
	tcase_add_test(tcase, kinds_of_addresses);
	tcase_add_test(tcase, public_is_what_the_internet_reaches);
	tcase_add_test(tcase, macs_that_a_vendor_gave_out);
	tcase_add_test(tcase, networks_hold_their_addresses);
	tcase_add_test(tcase, a_bare_address_is_a_network_of_one);
	tcase_add_test(tcase, networks_that_are_none_say_why);
	suite_add_tcase(suite, tcase);

	SRunner *runner = srunner_create(suite);

	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);

	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
