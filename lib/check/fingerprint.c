/*
 * One finding, one id: what a finding is about as 128 bits that stay the same
 * from run to run (CHECKS.md section 5).
 */
#include "check/run.h"

#include <stdlib.h>

#include "base/hash.h"

enum {
	KEYS = 6,	/* of one asset */
	HEX = 32,	/* digits that are kept */
	SEPARATOR = 31, /* byte 1f */
};

/* What an end may be known by, strongest first. */
struct keys {
	struct ot_str at[KEYS];
	uint32_t count;
};

static void
add_key(struct ot_check_run *run, struct keys *keys, const char *kind,
    struct ot_str a, struct ot_str b)
{
	struct ot_sb sb = { 0 };

	if (!a.len || keys->count == KEYS)
		return;
	ot_sb_puts(&sb, kind);
	ot_sb_add(&sb, a.p, a.len);
	if (b.len) {
		ot_sb_putc(&sb, '/');
		ot_sb_add(&sb, b.p, b.len);
	}
	struct ot_str key = ot_str_keep(run->arena, ot_sb_str(&sb));

	run->lost |= sb.lost || !key.p;
	ot_sb_done(&sb);
	keys->at[keys->count++] = key;
}

static bool
starts(struct ot_str s, const char *with)
{
	size_t len = strlen(with);

	return s.len >= len && memcmp(s.p, with, len) == 0;
}

/* What the registry calls it: an id is "registry:SCOPE/ID" where the row was
 * met in several scopes. */
static struct ot_str
registry_id(const struct ot_check_run *run, struct ot_str id)
{
	size_t at = sizeof("registry:") - 1;
	struct ot_str whole = { id.p + at, id.len - at };

	for (; at < id.len; at++) {
		struct ot_str row = { id.p + at, id.len - at };
		bool starts_here = row.p == whole.p || row.p[-1] == '/';

		if (starts_here && ot_map_get(&run->registry, row.p, row.len))
			return row;
	}
	return whole;
}

static void
add_address(struct ot_check_run *run, struct keys *keys, const char *kind,
    const struct ot_addr *addr)
{
	char text[OT_ADDR_TEXT];
	size_t len = ot_addr_print(text, addr);

	add_key(run, keys, kind, (struct ot_str){ text, len },
	    (struct ot_str){ 0 });
}

/* The smallest address of an asset that will do as a key; NULL: none. */
static const struct ot_addr *
best_address(const struct ot_asset *asset, bool mac)
{
	const struct ot_addr *best = NULL;

	for (uint32_t i = 0; i < asset->addresses.count; i++) {
		const struct ot_asset_address *a = asset->addresses.at[i];
		bool fits = mac ? ot_addr_mac_global(&a->addr)
				: ot_addr_is_ip(&a->addr) &&
				      !ot_addr_link_local(&a->addr);

		if (fits && (!best || ot_addr_cmp(&a->addr, best) < 0))
			best = &a->addr;
	}
	return best;
}

static struct keys
keys_of(struct ot_check_run *run, const struct ot_subject_end *end)
{
	const struct ot_asset *asset = end->record;
	const struct ot_str nothing = { 0 };
	struct keys keys = { .count = 0 };
	const struct ot_addr *mac, *ip;

	if (!asset) {
		add_key(run, &keys, "",
		    end->asset.len ? end->asset : end->address, nothing);
		return keys;
	}
	struct ot_str serial = ot_asset_get(asset, "serial");
	struct ot_str vendor = ot_asset_get(asset, "vendor");

	if (starts(asset->id, "registry:"))
		add_key(run, &keys, "registry:", registry_id(run, asset->id),
		    nothing);
	if (serial.len && vendor.len)
		add_key(run, &keys, "serial:", vendor, serial);
	mac = asset->router ? NULL : best_address(asset, true);
	if (mac)
		add_address(run, &keys, "mac:", mac);
	add_key(run, &keys, "name:", ot_asset_get(asset, "name"), nothing);
	ip = best_address(asset, false);
	if (ip)
		add_address(run, &keys, "", ip);
	if (!keys.count)
		add_key(run, &keys, "", asset->id, nothing);
	return keys;
}

static void
hash_part(struct ot_sha256 *sha, struct ot_str s)
{
	const uint8_t separator = SEPARATOR;

	ot_sha256_add(sha, &separator, 1);
	if (s.len)
		ot_sha256_add(sha, s.p, s.len);
}

static struct ot_str
hash_of(struct ot_check_run *run, const struct ot_check *check,
    const struct ot_subject *subject, struct ot_str client,
    struct ot_str server)
{
	struct ot_str id = ot_str(check->id);
	uint8_t digest[OT_SHA256_LEN];
	char text[5 + HEX + 1] = "otf1-";
	struct ot_sha256 sha;

	ot_sha256_init(&sha);
	ot_sha256_add(&sha, id.p, id.len);
	hash_part(&sha, ot_str(subject->kind));
	if (client.p) {
		hash_part(&sha, subject->client.zone);
		hash_part(&sha, client);
	}
	if (server.p) {
		hash_part(&sha, subject->server.zone);
		hash_part(&sha, server);
	}
	if (subject->what.len)
		hash_part(&sha, subject->what);
	hash_part(&sha, subject->discriminator);
	ot_sha256_end(&sha, digest);
	ot_hex(text + 5, digest, HEX / 2);
	struct ot_str kept = ot_str_keep(run->arena, ot_str(text));

	run->lost |= !kept.p;
	return kept;
}

static int
text_cmp(const void *a, const void *b)
{
	return ot_str_cmp(*(const struct ot_str *)a, *(const struct ot_str *)b);
}

static bool
has_end(const struct ot_subject_end *end)
{
	return end->asset.len || end->address.len;
}

/* Keys of an end; of an end that there is not, one that is not hashed. */
static struct keys
subject_keys(struct ot_check_run *run, const struct ot_subject_end *end)
{
	return has_end(end) ? keys_of(run, end) : (struct keys){ .count = 1 };
}

struct ot_str
ot_fingerprint(struct ot_check_run *run, const struct ot_check *check,
    const struct ot_subject *subject, struct ot_strings *aliases)
{
	struct keys client = subject_keys(run, &subject->client);
	struct keys server = subject_keys(run, &subject->server);

	for (uint32_t i = 0; aliases && i < client.count; i++)
		for (uint32_t k = 0; k < server.count; k++)
			if (i || k)
				run->lost |=
				    !ot_strings_add(run->arena, aliases,
					hash_of(run, check, subject,
					    client.at[i], server.at[k]));
	if (aliases && aliases->count)
		qsort(aliases->at, aliases->count, sizeof(*aliases->at),
		    text_cmp);
	return hash_of(run, check, subject, client.at[0], server.at[0]);
}
