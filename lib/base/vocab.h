/*
 * The words of the records, one list of each.
 */
#ifndef OT_BASE_VOCAB_H
#define OT_BASE_VOCAB_H

#include <stdbool.h>

#include "base/str.h"

/* What an operation does; PROTOCOLS.md section 2, in its order. */
enum ot_verb {
	OT_FIRMWARE,
	OT_PROGRAM,
	OT_MODE,
	OT_CONTROL,
	OT_ADMIN,
	OT_AUTH,
	OT_WRITE,
	OT_TIME,
	OT_FILE,
	OT_UPLOAD,
	OT_EVENT,
	OT_READ,
	OT_DIAGNOSE,
	OT_IDENTIFY,
	OT_NAME,
	OT_SESSION,
	OT_UNKNOWN,
	OT_VERBS, /* their count */
};

/* Firmware, program, mode, control and write alter by what they are. */
bool ot_verb_alters(enum ot_verb verb);

/* What a fact is about; PROTOCOLS.md section 3. */
enum ot_key {
	OT_K_VENDOR,
	OT_K_VENDOR_ID,
	OT_K_MODEL,
	OT_K_PRODUCT,
	OT_K_ORDER,
	OT_K_PRODUCT_CODE,
	OT_K_DEVICE_TYPE,
	OT_K_SERIAL,
	OT_K_FIRMWARE,
	OT_K_HARDWARE,
	OT_K_SOFTWARE,
	OT_K_BOOTLOADER,
	OT_K_REVISION,
	OT_K_PROFILE,
	OT_K_NAME,
	OT_K_FQDN,
	OT_K_DOMAIN,
	OT_K_USER,
	OT_K_TAG,
	OT_K_LOCATION,
	OT_K_DESCRIPTION,
	OT_K_URL,
	OT_K_APP,
	OT_K_APP_VERSION,
	OT_K_OS,
	OT_K_MAC,
	OT_K_IP,
	OT_K_MASK,
	OT_K_GATEWAY,
	OT_K_VLAN,
	OT_K_PORT,
	OT_K_SLOT,
	OT_K_UID,
	OT_K_NETID,
	OT_K_ROLE,
	OT_K_STATE,
	OT_K_KEY_SWITCH,
	OT_K_PROTECTION,
	OT_K_PROJECT,
	OT_K_PROJECT_TIME,
	OT_K_NEIGHBOUR,
	OT_K_OPTIONS, /* DHCP parameter request list: os by rule */
	OT_KEYS,
};

/* Who says so. */
enum ot_by { OT_SELF, OT_PEER, OT_BROADCAST, OT_BYS };

/* Facets of a connection's security; each is a set of texts. */
enum ot_facet {
	OT_S_PROTECTION, /* none integrity encrypted opaque unknown */
	OT_S_VERSION,	 /* of the protocol or its protection */
	OT_S_CIPHER,	 /* suite or algorithm chosen */
	OT_S_AUTH,	 /* none clear weak strong unknown */
	OT_S_AUTH_METHOD,
	OT_S_USER,
	OT_S_SERVER_NAME, /* SNI, Host, … asked for */
	OT_S_ALPN,
	OT_S_JA3,
	OT_S_JA3S,
	OT_S_JA4,
	OT_S_HASSH,
	OT_S_HASSH_SERVER,
	OT_FACETS,
};

/* How roles and names were found, best first. */
enum ot_roles_by {
	OT_ROLES_PROTOCOL,
	OT_ROLES_SYN,
	OT_ROLES_PORT,
	OT_ROLES_FIRST,
};

enum ot_named_by {
	OT_NAMED_CONTENT,
	OT_NAMED_HINT,
	OT_NAMED_PORT,
	OT_NAMED_NONE
};

enum ot_transport {
	OT_TCP,
	OT_UDP,
	OT_SCTP,
	OT_ICMP, /* ICMPv6 too */
	OT_IP,	 /* another IP protocol; the port is its number */
	OT_ETH,	 /* layer 2; the port is the ethertype or 0x1000000 | LLC */
	/* links that are no Ethernet and hand their payload on: */
	OT_CAN,	   /* the port is the id, as in the address */
	OT_SERIAL, /* the port is 0 */
	OT_WPAN,   /* IEEE 802.15.4; the port is the type of the frame */
	OT_TRANSPORTS,
};

/* How a frame is carried inside another. */
enum ot_tunnel_kind {
	OT_TUNNEL_CAPWAP,
	OT_TUNNEL_ERSPAN,
	OT_TUNNEL_ETHERIP,
	OT_TUNNEL_ETHERNET, /* a whole frame behind ethertype 6558 */
	OT_TUNNEL_GENEVE,
	OT_TUNNEL_GRE,
	OT_TUNNEL_GTP,
	OT_TUNNEL_IPIP, /* IP in IP, of either version */
	OT_TUNNEL_L2TP,
	OT_TUNNEL_MPLS,
	OT_TUNNEL_PBB,
	OT_TUNNEL_PPPOE,
	OT_TUNNEL_PPTP,
	OT_TUNNEL_TEREDO,
	OT_TUNNEL_VXLAN,
	OT_TUNNEL_VXLAN_GPE,
	OT_TUNNELS,
};

/* Lists of the words, NULL at the end, indexed by the enums above. */
extern const char *const ot_verb_names[];
extern const char *const ot_key_names[];
extern const char *const ot_by_names[];
extern const char *const ot_facet_names[];
extern const char *const ot_roles_by_names[];
extern const char *const ot_named_by_names[];
extern const char *const ot_transport_names[];
extern const char *const ot_tunnel_names[];

/* The index of a word in such a list, or -1. */
int ot_word(const char *const *names, struct ot_str word);

#endif
