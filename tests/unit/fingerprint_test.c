/*
 * The ids of findings: check/fingerprint.c.
 */
#include "plant.h"

static struct plant p;

static void
begin(void)
{
	plant_begin(&p);
}

static void
done(void)
{
	plant_done(&p);
}
static struct ot_asset *
asset(const char *id, const char *ip, const char *mac)
{
	struct ot_asset *a = ot_alloc(&p.arena, sizeof(*a));
	struct ot_asset_address one = { .addr = plant_addr(ip) };
	struct ot_asset_address two = { .addr = plant_addr(mac) };

	ck_assert_ptr_nonnull(a);
	a->id = ot_str(id);
	ck_assert(ot_list_add(
	    &p.arena, &ot_asset_address_shape, &a->addresses, &one));
	ck_assert(ot_list_add(
	    &p.arena, &ot_asset_address_shape, &a->addresses, &two));
	return a;
}

static struct ot_str
print_of(
    const struct ot_asset *client, const char *what, struct ot_strings *aliases)
{
	static const struct ot_check check = { .id = "ZON-001" };
	struct ot_check_run run = { .arena = &p.arena };
	struct ot_subject subject = { .kind = "pair",
		.client = { .zone = ot_str("s/office"),
		    .asset = client ? client->id : ot_str(NULL),
		    .address = ot_str("10.1.0.5"),
		    .record = client },
		.server = { .zone = ot_str("s/factory"),
		    .address = ot_str("10.2.0.5") },
		.what = ot_str(what) };

	return ot_fingerprint(&run, &check, &subject, aliases);
}

/* SHA-256 of "ZON-001" 1f "pair" 1f "s/office" 1f "10.1.0.5" 1f "s/factory" 1f
 * "10.2.0.5" 1f "modbus" 1f, by sha256sum. */
START_TEST(it_is_the_hash_of_its_parts)
{
	ck_assert_text(print_of(NULL, "modbus", NULL),
	    "otf1-cdaaafc23805fabac6d5eeaf1e555cf5");
}
END_TEST

START_TEST(another_subject_is_another_id)
{
	ck_assert(!ot_str_eq(
	    print_of(NULL, "modbus", NULL), print_of(NULL, "s7comm", NULL)));
}
END_TEST

START_TEST(an_asset_that_becomes_better_known_keeps_its_findings)
{
	struct ot_asset *a =
	    asset("mac:18:66:da:21:00:10", "10.1.0.5", "18:66:da:21:00:10");
	struct ot_strings aliases = { 0 };
	struct ot_str before = print_of(a, "modbus", NULL), after;
	bool had = false;

	a->id = ot_str("registry:hist");
	after = print_of(a, "modbus", &aliases);
	ck_assert(!ot_str_eq(before, after));
	for (uint32_t i = 0; i < aliases.count; i++)
		had |= ot_str_eq(aliases.at[i], before);
	ck_assert(had);
	ck_assert_uint_eq(aliases.count, 2); /* its MAC, its address */
}
END_TEST

START_TEST(a_routers_mac_is_no_key)
{
	struct ot_asset *a =
	    asset("ip:10.1.0.5", "10.1.0.5", "18:66:da:21:00:10");

	a->router = true;
	ck_assert_text(print_of(a, "modbus", NULL),
	    "otf1-cdaaafc23805fabac6d5eeaf1e555cf5");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		it_is_the_hash_of_its_parts,
		another_subject_is_another_id,
		an_asset_that_becomes_better_known_keeps_its_findings,
		a_routers_mac_is_no_key,
	};

	return RUN("fingerprint", tests, begin, done);
}
