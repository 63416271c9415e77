/*
 * From records to assets: which addresses are one thing, what that thing is,
 * and why (DESIGN.md sections 3.2 and 4).
 *
 * Addresses are unique within a scope: the site of a record, or its sensor
 * where no site is known. An address that the zones of its own site do not
 * claim, and those of exactly one other site do, is that site's.
 */
#ifndef OT_ASSET_ASSET_H
#define OT_ASSET_ASSET_H

#include "model/asset.h"
#include "model/policy.h"
#include "model/store.h"

struct ot_assets_options {
	const char *data; /* folder of fingerprints.csv, roles.csv, … */
	const char *ieee; /* folder of oui.csv, mam.csv, oui36.csv, iab.csv;
			   * NULL: no vendor by MAC */
	const struct ot_asset_row *rows; /* the registry */
	uint32_t row_count;		 /* 0: there is none */
	const struct ot_zone_row *zones; /* whose sites claim addresses */
	uint32_t zone_count;
	/* Told what was done without; may be NULL. */
	void (*note)(void *user, const char *text);
	void *user;
};

/* A function of the records alone, whatever their order. The assets are the
 * arena's, sorted by id. *assets is empty before; on failure it stays so. */
int ot_assets_build(struct ot_arena *arena,
    const struct ot_assets_options *options, const struct ot_store *store,
    struct ot_list *assets, struct ot_error *error);

/* Put the ids of the assets into both ends of each flow. The ids stay the
 * assets'. False without memory: some ends may then lack theirs. */
bool ot_assets_label(struct ot_store *store, const struct ot_list *assets);

#endif
