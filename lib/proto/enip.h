/*
 * The encapsulation of EtherNet/IP, read by enip and by what it carries
 * (ODVA Volume 2, clauses 2-3 encapsulation header, 2-6 common packet format).
 * CIP is handed the whole encapsulation PDU, because an unconnected message
 * is paired by the context in its header.
 */
#ifndef OT_PROTO_ENIP_H
#define OT_PROTO_ENIP_H

#include "proto/proto.h"

enum ot_enip_command {
	OT_ENIP_NOP = 0x00,
	OT_ENIP_LIST_SERVICES = 0x04,
	OT_ENIP_LIST_IDENTITY = 0x63,
	OT_ENIP_LIST_INTERFACES = 0x64,
	OT_ENIP_REGISTER = 0x65,
	OT_ENIP_UNREGISTER = 0x66,
	OT_ENIP_RR_DATA = 0x6f,
	OT_ENIP_UNIT_DATA = 0x70,
	OT_ENIP_INDICATE = 0x72,
	OT_ENIP_CANCEL = 0x73,
	OT_ENIP_START_DTLS = 0xc8,
};

enum ot_enip_item_type {
	OT_ENIP_ITEM_NULL = 0x00,
	OT_ENIP_ITEM_IDENTITY = 0x0c,
	OT_ENIP_ITEM_SECURITY = 0x86,
	OT_ENIP_ITEM_CONNECTION = 0xa1,
	OT_ENIP_ITEM_CONNECTED = 0xb1,
	OT_ENIP_ITEM_UNCONNECTED = 0xb2,
	OT_ENIP_ITEM_SOCKET_OT = 0x8000,
	OT_ENIP_ITEM_SEQUENCED = 0x8002,
};

enum { OT_ENIP_HEAD = 24, OT_ENIP_ITEMS = 16 };

struct ot_enip {
	uint16_t command;
	uint32_t session;
	uint32_t status;
	uint64_t context; /* the client's; the answer echoes it */
	uint32_t options;
	struct ot_buf body;
};

struct ot_enip_item {
	uint16_t type;
	struct ot_buf body;
};

/* What the items of SendRRData and SendUnitData carry. */
struct ot_enip_carried {
	bool message; /* an item with a CIP message was there */
	bool connected;
	uint32_t connection; /* its id, where connected */
	uint16_t sequence;   /* of the connection */
	uint16_t port_ot;    /* where O->T data is to be sent; 0: not said */
	struct ot_buf body;  /* the CIP message */
};

/* A part of n bytes; of what the snap length left of them. */
static inline struct ot_buf
ot_enip_split(struct ot_buf *b, size_t n, const struct ot_pdu *pdu)
{
	return ot_split(b, pdu->cut && n > b->left ? b->left : n);
}

static inline struct ot_enip
ot_enip_head(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_enip e = { .command = ot_u16le(b) };
	uint16_t len = ot_u16le(b);

	e.session = ot_u32le(b);
	e.status = ot_u32le(b);
	e.context = ot_u64le(b);
	e.options = ot_u32le(b);
	e.body = ot_enip_split(b, len, pdu);
	return e;
}

static inline struct ot_enip_item
ot_enip_item(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_enip_item item = { .type = ot_u16le(b) };
	uint16_t len = ot_u16le(b);

	item.body = ot_enip_split(b, len, pdu);
	return item;
}

static inline void
ot_enip_carry(struct ot_enip_carried *c, struct ot_enip_item item)
{
	switch (item.type) {
	case OT_ENIP_ITEM_CONNECTION:
		c->connection = ot_u32le(&item.body);
		break;
	case OT_ENIP_ITEM_CONNECTED:
		c->connected = true;
		c->sequence = ot_u16le(&item.body);
		c->message = true;
		c->body = item.body;
		break;
	case OT_ENIP_ITEM_UNCONNECTED:
		c->message = true;
		c->body = item.body;
		break;
	case OT_ENIP_ITEM_SOCKET_OT:
		ot_skip(&item.body, 2); /* address family */
		c->port_ot = ot_u16be(&item.body);
		break;
	}
}

/* Read the body of SendRRData or SendUnitData. */
static inline struct ot_enip_carried
ot_enip_carried(struct ot_buf *b, const struct ot_pdu *pdu)
{
	struct ot_enip_carried c = { .body = *b };

	c.body.left = 0;
	ot_expect(b, ot_u32le(b) == 0); /* interface handle: CIP */
	ot_skip(b, 2);			/* timeout */
	uint16_t count = ot_u16le(b);

	if (count > OT_ENIP_ITEMS)
		ot_fail(b, OT_FAULT_LIMIT);
	for (; count > 0 && ot_ok(b); count--)
		ot_enip_carry(&c, ot_enip_item(b, pdu));
	return c;
}

static inline const char *
ot_enip_status(uint32_t status)
{
	static const struct ot_name names[] = {
		{ 0x01, "invalid command" },
		{ 0x02, "no memory resources" },
		{ 0x03, "incorrect data" },
		{ 0x64, "invalid session handle" },
		{ 0x65, "invalid length" },
		{ 0x69, "unsupported protocol revision" },
		{ 0x6a, "encapsulated service not allowed on this port" },
		{ 0, NULL },
	};

	return ot_name(names, status);
}

#endif
