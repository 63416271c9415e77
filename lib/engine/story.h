/*
 * What is kept of each connection where each is a record of its own: its ids,
 * how it went, packet by packet, and how it ended, in Zeek's words.
 */
#ifndef OT_ENGINE_STORY_H
#define OT_ENGINE_STORY_H

#include "base/arena.h"
#include "flow/flow.h"
#include "model/flow.h"
#include "net/packet.h"

/* By direction of the connection; which one comes from the client is known
 * at the end. */
struct ot_story;

/* On the heap; NULL without memory. */
struct ot_story *ot_story_new(void);
void ot_story_free(struct ot_story *story);

/* A packet came, a copy or not. */
void ot_story_count(
    struct ot_story *story, unsigned dir, const struct ot_packet *packet);

/* One that is no copy; health is of TCP, or NULL. */
void ot_story_packet(struct ot_story *story, unsigned dir,
    const struct ot_packet *packet, const struct ot_tcp_health *health);

/* Bytes of this direction were lost. */
void ot_story_gap(struct ot_story *story, unsigned dir);

/* Tell it: fills what only a record of one connection has. False without
 * memory. */
bool ot_story_tell(const struct ot_story *story, struct ot_arena *arena,
    const struct ot_conn *conn, unsigned client, struct ot_flow_sum *sum);

/* Community ID version 1, seed 0; {NULL, 0} where the ends are no IP
 * addresses. ports as they are in the connection. */
#define OT_COMMUNITY_ID 31 /* room for it, NUL included */
bool ot_community_id(
    char out[static OT_COMMUNITY_ID], const struct ot_conn *conn);

#endif
