/*
 * MQTT, inside its own files: mqtt.c has the packets, mqtt_sparkplug.c the
 * topics and payloads of Sparkplug B.
 */
#ifndef OT_PROTO_MQTT_H
#define OT_PROTO_MQTT_H

#include "proto/proto.h"

/* What a topic of Sparkplug makes of a publication; verb OT_UNKNOWN and no
 * name where the topic is none. */
struct ot_sparkplug {
	const char *name;
	enum ot_verb verb;
	struct ot_text node; /* "group/node", "group/node/device" */
};

/* A number of one to four bytes, seven bits each, the lowest first. */
uint32_t ot_mqtt_varint(struct ot_buf *b);

struct ot_sparkplug ot_sparkplug_topic(
    const struct ot_pdu *pdu, struct ot_text topic);

/* What the payload says: who a node is in its birth, what a command sets. */
void ot_sparkplug_payload(struct ot_buf payload, const struct ot_pdu *pdu,
    const struct ot_sparkplug *topic, const struct ot_object *object);

#endif
