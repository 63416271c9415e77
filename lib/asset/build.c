/*
 * From records to assets, step by step (asset/build.h names the parts).
 */
#include "asset/build.h"

#include <stdlib.h>

static void
note(const struct ot_assets_options *options, const char *text)
{
	if (options->note)
		options->note(options->user, text);
}

/* The registries are large: only read for MACs that can be in them. */
static void
load_makers(struct ot_asset_build *build)
{
	const char *folder = build->options->ieee;
	bool wanted = false;
	int found;

	for (uint32_t i = 0; !wanted && i < build->nodes.count; i++)
		wanted = ot_addr_mac_global(
		    &((struct ot_asset_node *)build->nodes.at[i])->addr);
	if (!folder || !wanted)
		return;
	found = ot_oui_load(&build->oui, &build->scratch, folder);
	build->lost |= found < 0;
	if (found == 0)
		note(build->options,
		    "no registry of the IEEE found (Debian: ieee-data): "
		    "no vendor by MAC");
}

static int
by_id(const void *a, const void *b)
{
	return ot_asset_shape.cmp(*(void *const *)a, *(void *const *)b);
}

/* The assets in memory that outlives the builder. */
static bool
hand_over(
    struct ot_asset_build *build, struct ot_arena *arena, struct ot_list *made)
{
	for (uint32_t i = 0; i < build->groups.count; i++) {
		const struct ot_asset_group *g = build->groups.at[i];
		struct ot_asset *asset = ot_alloc(arena, sizeof(*asset));

		if (!asset ||
		    !ot_shape_copy(arena, &ot_asset_shape, asset, &g->asset) ||
		    !ot_list_push(arena, made, asset))
			return false;
	}
	if (made->count)
		qsort(made->at, made->count, sizeof(void *), by_id);
	return true;
}

static void
steps(struct ot_asset_build *build)
{
	ot_asset_observe(build);
	load_makers(build);
	ot_asset_registry_unite(build);
	ot_asset_identify(build);
	ot_asset_groups(build);
	ot_asset_registry_match(build);
	ot_asset_judge(build);
	ot_asset_deeds(build);
	ot_asset_values(build);
	ot_asset_name(build);
}

int
ot_assets_build(struct ot_arena *arena, const struct ot_assets_options *options,
    const struct ot_store *store, struct ot_list *assets,
    struct ot_error *error)
{
	struct ot_asset_rules rules = { 0 };
	struct ot_asset_build build = {
		.options = options, .store = store, .rules = &rules
	};
	struct ot_list made = { 0 };
	int rc =
	    ot_asset_rules_load(&rules, &build.scratch, options->data, error);

	if (rc == 0)
		steps(&build);
	if (rc == 0 && (build.lost || !hand_over(&build, arena, &made)))
		rc =
		    ot_error_set(error, OT_ERR_MEMORY, "assets: out of memory");
	if (rc == 0)
		*assets = made;
	ot_oui_done(&build.oui);
	ot_map_done(&build.scopes);
	ot_map_done(&build.places);
	ot_map_done(&build.pairs);
	ot_asset_rules_done(&rules);
	ot_arena_done(&build.scratch);
	return rc;
}
