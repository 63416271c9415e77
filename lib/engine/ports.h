/*
 * Names that ports suggest: data/ports.csv.
 */
#ifndef OT_ENGINE_PORTS_H
#define OT_ENGINE_PORTS_H

#include "engine/engine.h"

struct ot_ports {
	struct ot_port_name *at; /* sorted by (transport, port) */
	size_t count;
};

/* Read ports.csv of that folder. */
int ot_ports_load(struct ot_ports *ports, struct ot_arena *arena,
    const char *folder, struct ot_error *error);

/* {NULL, 0} where the table has no name. */
struct ot_str ot_ports_name(
    const struct ot_ports *ports, uint8_t transport, uint32_t port);

#endif
