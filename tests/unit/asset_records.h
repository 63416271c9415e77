/*
 * Records made by hand for the tests of lib/asset.
 */
#ifndef OT_TESTS_ASSET_RECORDS_H
#define OT_TESTS_ASSET_RECORDS_H

#include <check.h>
#include <stdlib.h>

#include "asset/asset.h"
#include "suite.h"

struct records {
	struct ot_store store;
	struct ot_arena arena;
	struct ot_list assets;
	struct ot_assets_options options;
	const char *sensor, *site;
};

static inline struct ot_addr
addr(const char *text)
{
	struct ot_addr a;

	ck_assert(ot_addr_parse(&a, ot_str(text)));
	return a;
}

static inline void
records_begin(struct records *r)
{
	*r = (struct records){ .options.data = getenv("OTZT_DATA") };
}

static inline void
records_done(struct records *r)
{
	ot_store_done(&r->store);
	ot_arena_done(&r->arena);
}

/* One packet each way of an end: "10.0.0.1", "02:…" or NULL, TTL or NULL. */
static inline void
flow_end(struct records *r, struct ot_flow_end *end, const char *ip,
    const char *mac, const char *ttl)
{
	end->addr = addr(ip);
	end->packets = 10;
	end->bytes = 1000;
	end->payload = 400;
	if (mac)
		ck_assert(
		    ot_counts_add(&r->store.arena, &end->mac, ot_str(mac), 10));
	if (ttl)
		ck_assert(
		    ot_counts_add(&r->store.arena, &end->ttl, ot_str(ttl), 10));
}

static inline struct ot_flow_sum *
flow(struct records *r, const char *protocol)
{
	struct ot_flow_sum *f = ot_store_add(&r->store, OT_STORE_FLOW);

	ck_assert_ptr_nonnull(f);
	f->sensor = ot_str(r->sensor);
	f->site = ot_str(r->site);
	f->network.protocol = ot_str(protocol);
	f->first = 1000;
	f->last = 2000;
	return f;
}

/* A conversation of two hosts on one link. */
static inline struct ot_flow_sum *
talk(struct records *r, const char *client, const char *client_mac,
    const char *server, const char *server_mac)
{
	struct ot_flow_sum *f = flow(r, "unknown");

	flow_end(r, &f->client, client, client_mac, NULL);
	flow_end(r, &f->server, server, server_mac, NULL);
	return f;
}

static inline void
op(struct records *r, struct ot_flow_sum *f, enum ot_verb verb, uint64_t count)
{
	struct ot_op_sum *o = ot_alloc(&r->store.arena, sizeof(*o));

	ck_assert_ptr_nonnull(o);
	o->verb = (uint8_t)verb;
	o->name = ot_str("operation");
	o->count = count;
	ck_assert(ot_list_push(&r->store.arena, &f->ops, o));
}

static inline struct ot_fact_sum *
fact(struct records *r, const char *subject, enum ot_key key, const char *value,
    const char *protocol)
{
	struct ot_fact_sum *f = ot_store_add(&r->store, OT_STORE_FACT);

	ck_assert_ptr_nonnull(f);
	f->sensor = ot_str(r->sensor);
	f->site = ot_str(r->site);
	f->subject = addr(subject);
	f->key = (uint8_t)key;
	f->value = ot_str(value);
	f->protocol = ot_str(protocol);
	f->message = ot_str("message");
	f->count = 1;
	f->first = f->last = 1500;
	ot_evidence_add(
	    &f->evidence, &(struct ot_place){ 1500, ot_str("a.pcap"), 7, 0 });
	return f;
}

/* What ARP says of a host: both ways. */
static inline void
claim(struct records *r, const char *mac, const char *ip)
{
	(void)fact(r, mac, OT_K_IP, ip, "arp");
	(void)fact(r, ip, OT_K_MAC, mac, "arp");
}

static inline void
build(struct records *r)
{
	struct ot_error error = { 0 };

	r->assets = (struct ot_list){ 0 };
	ck_assert_msg(ot_assets_build(&r->arena, &r->options, &r->store,
			  &r->assets, &error) == 0,
	    "%s", error.text);
}

static inline const struct ot_asset *
asset_of(const struct records *r, const char *id)
{
	for (uint32_t i = 0; i < r->assets.count; i++) {
		const struct ot_asset *a = r->assets.at[i];

		if (ot_str_eq(a->id, ot_str(id)))
			return a;
	}
	ck_abort_msg("no asset %s", id);
	return NULL;
}

static inline bool
has(const struct ot_asset *asset, const char *address)
{
	struct ot_asset_address key = { .addr = addr(address) };

	return ot_list_find(&ot_asset_address_shape, &asset->addresses, &key) !=
	       NULL;
}

static inline const struct ot_role *
role_of(const struct ot_asset *asset, const char *role)
{
	for (uint32_t i = 0; i < asset->roles.count; i++) {
		const struct ot_role *r = asset->roles.at[i];

		if (ot_str_eq(r->role, ot_str(role)))
			return r;
	}
	return NULL;
}

#define ASSERT_STR(s, text)                                                    \
	ck_assert_msg(ot_str_eq((s), ot_str(text)), "\"%.*s\" is not \"%s\"",  \
	    (int)(s).len, (s).len ? (s).p : "", (text))

#endif
