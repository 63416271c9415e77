/*
 * Who was given a MAC: the IEEE's registries as Debian's ieee-data has them.
 */
#ifndef OT_ASSET_OUI_H
#define OT_ASSET_OUI_H

#include "base/addr.h"
#include "base/arena.h"
#include "base/map.h"

struct ot_oui {
	struct ot_map names; /* from hex digits, upper case, to a text */
};

/* Read the registries of a folder. Gives how many of them were there; texts
 * are the arena's. Negative: no memory. */
int ot_oui_load(struct ot_oui *oui, struct ot_arena *arena, const char *folder);

/* The organisation, {NULL, 0} for MACs that nobody was given. */
struct ot_str ot_oui_vendor(
    const struct ot_oui *oui, const struct ot_addr *mac);

void ot_oui_done(struct ot_oui *oui);

#endif
