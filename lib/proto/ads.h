/*
 * Beckhoff ADS, inside its own files: ads.c has the AMS header and pairs
 * commands with answers, ads_command.c what they are for, ads_router.c the
 * datagrams of the router.
 */
#ifndef OT_PROTO_ADS_H
#define OT_PROTO_ADS_H

#include "proto/proto.h"

enum {
	OT_ADS_NETID = 6,
	OT_ADS_HANDLES = 32,   /* symbols of one connection that are known */
	OT_ADS_SYMBOL = 80,    /* bytes kept of a symbol's name */
	OT_ADS_SYSTEM = 10000, /* port of the system service */
};

/* How objects are written; the order of the spaces. The text of the first is
 * a NetId with a blank behind it, or empty. */
enum ot_ads_space {
	OT_ADS_NONE,
	OT_ADS_PORT,
	OT_ADS_PLACE,
	OT_ADS_TEXT,
};

enum ot_ads_command {
	OT_ADS_DEVICE_INFO = 1,
	OT_ADS_READ,
	OT_ADS_WRITE,
	OT_ADS_READ_STATE,
	OT_ADS_WRITE_CONTROL,
	OT_ADS_ADD_NOTIFICATION,
	OT_ADS_DELETE_NOTIFICATION,
	OT_ADS_NOTIFICATION,
	OT_ADS_READ_WRITE,
	OT_ADS_COMMANDS,
};

enum ot_ads_group {
	OT_ADS_HANDLE_BY_NAME = 0xf003,
	OT_ADS_VALUE_BY_HANDLE = 0xf005,
	OT_ADS_SUM_READ = 0xf080,
	OT_ADS_SUM_WRITE = 0xf081,
	OT_ADS_SUM_READ_WRITE = 0xf082,
};

struct ot_ads_symbol {
	uint16_t port;
	uint32_t handle;
	uint8_t len;
	uint8_t name[OT_ADS_SYMBOL];
};

/* Kept for a connection. */
struct ot_ads_state {
	bool stated, server_known, client_known;
	uint8_t server[OT_ADS_NETID]; /* the first that was spoken to */
	unsigned turn;
	struct ot_ads_symbol symbols[OT_ADS_HANDLES];
};

struct ot_ads_end {
	uint8_t netid[OT_ADS_NETID];
	uint16_t port;
};

/* Say what a command asks for; op is its pattern. */
void ot_ads_ask(struct ot_buf *b, const struct ot_pdu *pdu,
    const struct ot_ads_end *server, struct ot_op *op);

/* A handle was given out for the symbol that the request names. */
void ot_ads_learn(const struct ot_pdu *pdu, const struct ot_ads_end *server,
    uint32_t handle, const struct ot_op *asked);

/* What a command is called; its verb where nothing else decides. */
void ot_ads_name(struct ot_op *op, uint16_t command);

/* Of ADS states; NULL where there is none. */
const char *ot_ads_state_name(uint16_t state);
/* Of AMS and ADS errors. */
const char *ot_ads_error(uint32_t code);

struct ot_text ot_ads_netid(
    const struct ot_pdu *pdu, const uint8_t netid[OT_ADS_NETID]);

/* ads_router.c */
bool ot_ads_router_fits(struct ot_buf b, const struct ot_pdu *pdu);
void ot_ads_router(struct ot_buf *b, const struct ot_pdu *pdu);

#endif
