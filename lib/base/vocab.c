/*
 * The words of the records: verbs, keys, facets and the rest, in the order
 * of their enums (PROTOCOLS.md sections 2 and 3).
 */
#include "base/vocab.h"

#include <assert.h>

#define COUNT_OF(list) (sizeof(list) / sizeof(*(list)))

const char *const ot_verb_names[] = {
	[OT_FIRMWARE] = "firmware",
	[OT_PROGRAM] = "program",
	[OT_MODE] = "mode",
	[OT_CONTROL] = "control",
	[OT_ADMIN] = "admin",
	[OT_AUTH] = "auth",
	[OT_WRITE] = "write",
	[OT_TIME] = "time",
	[OT_FILE] = "file",
	[OT_UPLOAD] = "upload",
	[OT_EVENT] = "event",
	[OT_READ] = "read",
	[OT_DIAGNOSE] = "diagnose",
	[OT_IDENTIFY] = "identify",
	[OT_NAME] = "name",
	[OT_SESSION] = "session",
	[OT_UNKNOWN] = "unknown",
	NULL,
};
static_assert(COUNT_OF(ot_verb_names) == OT_VERBS + 1, "a word for each");

const char *const ot_key_names[] = {
	[OT_K_VENDOR] = "vendor",
	[OT_K_VENDOR_ID] = "vendor_id",
	[OT_K_MODEL] = "model",
	[OT_K_PRODUCT] = "product",
	[OT_K_ORDER] = "order",
	[OT_K_PRODUCT_CODE] = "product_code",
	[OT_K_DEVICE_TYPE] = "device_type",
	[OT_K_SERIAL] = "serial",
	[OT_K_FIRMWARE] = "firmware",
	[OT_K_HARDWARE] = "hardware",
	[OT_K_SOFTWARE] = "software",
	[OT_K_BOOTLOADER] = "bootloader",
	[OT_K_REVISION] = "revision",
	[OT_K_PROFILE] = "profile",
	[OT_K_NAME] = "name",
	[OT_K_FQDN] = "fqdn",
	[OT_K_DOMAIN] = "domain",
	[OT_K_USER] = "user",
	[OT_K_TAG] = "tag",
	[OT_K_LOCATION] = "location",
	[OT_K_DESCRIPTION] = "description",
	[OT_K_URL] = "url",
	[OT_K_APP] = "app",
	[OT_K_APP_VERSION] = "app_version",
	[OT_K_OS] = "os",
	[OT_K_MAC] = "mac",
	[OT_K_IP] = "ip",
	[OT_K_MASK] = "mask",
	[OT_K_GATEWAY] = "gateway",
	[OT_K_VLAN] = "vlan",
	[OT_K_PORT] = "port",
	[OT_K_SLOT] = "slot",
	[OT_K_UID] = "uid",
	[OT_K_NETID] = "netid",
	[OT_K_ROLE] = "role",
	[OT_K_STATE] = "state",
	[OT_K_KEY_SWITCH] = "key_switch",
	[OT_K_PROTECTION] = "protection",
	[OT_K_PROJECT] = "project",
	[OT_K_PROJECT_TIME] = "project_time",
	[OT_K_NEIGHBOUR] = "neighbour",
	[OT_K_OPTIONS] = "options",
	NULL,
};
static_assert(COUNT_OF(ot_key_names) == OT_KEYS + 1, "a word for each");

const char *const ot_by_names[] = {
	[OT_SELF] = "self",
	[OT_PEER] = "peer",
	[OT_BROADCAST] = "broadcast",
	NULL,
};
static_assert(COUNT_OF(ot_by_names) == OT_BYS + 1, "a word for each");

const char *const ot_facet_names[] = {
	[OT_S_PROTECTION] = "protection",
	[OT_S_VERSION] = "version",
	[OT_S_CIPHER] = "cipher",
	[OT_S_AUTH] = "auth",
	[OT_S_AUTH_METHOD] = "auth_method",
	[OT_S_USER] = "user",
	[OT_S_SERVER_NAME] = "server_name",
	[OT_S_ALPN] = "alpn",
	[OT_S_JA3] = "ja3",
	[OT_S_JA3S] = "ja3s",
	[OT_S_JA4] = "ja4",
	[OT_S_HASSH] = "hassh",
	[OT_S_HASSH_SERVER] = "hassh_server",
	NULL,
};
static_assert(COUNT_OF(ot_facet_names) == OT_FACETS + 1, "a word for each");

const char *const ot_roles_by_names[] = {
	[OT_ROLES_PROTOCOL] = "protocol",
	[OT_ROLES_SYN] = "syn",
	[OT_ROLES_PORT] = "port",
	[OT_ROLES_FIRST] = "first",
	NULL,
};

const char *const ot_named_by_names[] = {
	[OT_NAMED_CONTENT] = "content",
	[OT_NAMED_HINT] = "hint",
	[OT_NAMED_PORT] = "port",
	[OT_NAMED_NONE] = "none",
	NULL,
};

const char *const ot_transport_names[] = {
	[OT_TCP] = "tcp",
	[OT_UDP] = "udp",
	[OT_SCTP] = "sctp",
	[OT_ICMP] = "icmp",
	[OT_IP] = "ip",
	[OT_ETH] = "eth",
	[OT_CAN] = "can",
	[OT_SERIAL] = "serial",
	[OT_WPAN] = "wpan",
	NULL,
};
static_assert(
    COUNT_OF(ot_transport_names) == OT_TRANSPORTS + 1, "a word for each");

const char *const ot_tunnel_names[] = {
	[OT_TUNNEL_CAPWAP] = "capwap",
	[OT_TUNNEL_ERSPAN] = "erspan",
	[OT_TUNNEL_ETHERIP] = "etherip",
	[OT_TUNNEL_ETHERNET] = "ethernet",
	[OT_TUNNEL_GENEVE] = "geneve",
	[OT_TUNNEL_GRE] = "gre",
	[OT_TUNNEL_GTP] = "gtp",
	[OT_TUNNEL_IPIP] = "ipip",
	[OT_TUNNEL_L2TP] = "l2tp",
	[OT_TUNNEL_MPLS] = "mpls",
	[OT_TUNNEL_PBB] = "pbb",
	[OT_TUNNEL_PPPOE] = "pppoe",
	[OT_TUNNEL_PPTP] = "pptp",
	[OT_TUNNEL_TEREDO] = "teredo",
	[OT_TUNNEL_VXLAN] = "vxlan",
	[OT_TUNNEL_VXLAN_GPE] = "vxlan-gpe",
	NULL,
};
static_assert(COUNT_OF(ot_tunnel_names) == OT_TUNNELS + 1, "a word for each");

bool
ot_verb_alters(enum ot_verb verb)
{
	return verb == OT_FIRMWARE || verb == OT_PROGRAM || verb == OT_MODE ||
	       verb == OT_CONTROL || verb == OT_WRITE;
}

int
ot_word(const char *const *names, struct ot_str word)
{
	for (int i = 0; names[i]; i++)
		if (ot_str_eq(ot_str(names[i]), word))
			return i;
	return -1;
}
