/*
 * Operations as text: only when a record is written.
 */
#ifndef OT_ENGINE_OBJECT_H
#define OT_ENGINE_OBJECT_H

#include "base/str.h"
#include "proto/proto.h"

/* "unit 1 holding 100-109"; nothing for an operation without an object. */
void ot_object_print(struct ot_sb *sb, const struct ot_proto *proto,
    const struct ot_object *object);

/* "43/14" or "0x4c"; nothing for an operation without a code. */
void ot_code_print(
    struct ot_sb *sb, const struct ot_proto *proto, const struct ot_op *op);

#endif
