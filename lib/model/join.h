/*
 * What only all records together tell, applied once they are settled.
 */
#ifndef OT_MODEL_JOIN_H
#define OT_MODEL_JOIN_H

#include "model/store.h"

/* Flows whose roles rest on the first packet alone are turned and folded into
 * a record with better evidence for the same two ends; a flow without a name,
 * or with the name of an envelope, joins the named one (DESIGN.md section
 * 3.1). A function of the records alone. The store is settled before and
 * after. False without memory. */
bool ot_join(struct ot_store *store);

#endif
