/*
 * ZON-021: check/zon_assets.c.
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
asset(const char *ip, uint64_t packets)
{
	struct ot_asset *a = ot_alloc(&p.arena, sizeof(*a));
	struct ot_asset_address address = { .addr = plant_addr(ip) };

	ck_assert_ptr_nonnull(a);
	a->id = ot_str("a");
	a->site = ot_str("s");
	a->packets = packets;
	a->first = a->last = plant_time;
	ck_assert(ot_list_add(
	    &p.arena, &ot_asset_address_shape, &a->addresses, &address));
	ck_assert(ot_list_push(&p.arena, &p.assets, a));
	return a;
}

START_TEST(a_device_without_a_zone)
{
	asset("192.168.7.7", 3);
	plant_check(&p);
	const struct ot_finding *f = plant_finding(&p, "ZON-021");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(f->severity, OT_SEVERITY_MEDIUM);
	ck_assert_text(
	    f->message, "192.168.7.7 sent 3 frames and is in no zone.");
}
END_TEST

START_TEST(one_that_hardly_spoke_is_left_alone)
{
	asset("192.168.7.7", 2);
	plant_check(&p);
	ck_assert_ptr_null(plant_finding(&p, "ZON-021"));
}
END_TEST

START_TEST(one_in_its_zone_is_no_finding)
{
	asset("10.2.0.7", 30);
	plant_check(&p);
	ck_assert_ptr_null(plant_finding(&p, "ZON-021"));
}
END_TEST

START_TEST(a_site_without_an_owner)
{
	p.site.owner = ot_str("");
	plant_check(&p);
	const struct ot_finding *f = plant_finding(&p, "ZON-021");

	ck_assert_int_eq(f->severity, OT_SEVERITY_LOW);
	ck_assert_text(f->message, "The site s has no owner.");
}
END_TEST

START_TEST(a_zone_without_a_name)
{
	p.zones[0].name = ot_str("");
	plant_check(&p);
	ck_assert_text(plant_finding(&p, "ZON-021")->message,
	    "The zone s/office has no name.");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_device_without_a_zone,
		one_that_hardly_spoke_is_left_alone,
		one_in_its_zone_is_no_finding,
		a_site_without_an_owner,
		a_zone_without_a_name,
	};

	return RUN("zon_assets", tests, begin, done);
}
