/*
 * CIP services and status codes: names and verbs (ODVA Volume 1, appendix A
 * common services, appendix B status, chapter 3-5.5 connection manager status,
 * chapter 5 objects; Volume 5 safety supervisor; for Logix the vendor's manual
 * 1756-PM020). A code from 4B on means another thing on each class.
 */
#include "proto/cip.h"

/* What a common service does to the attributes of an object. */
enum effect { NEITHER, READS, WRITES };

static const struct common {
	const char *name;
	enum ot_verb verb;
	enum effect effect;
} common[] = {
	[0x01] = { "get attributes all", OT_READ, READS },
	[0x02] = { "set attributes all", OT_WRITE, WRITES },
	[0x03] = { "get attribute list", OT_READ, READS },
	[0x04] = { "set attribute list", OT_WRITE, WRITES },
	[0x05] = { "reset", OT_MODE, NEITHER },
	[0x06] = { "start", OT_MODE, NEITHER },
	[0x07] = { "stop", OT_MODE, NEITHER },
	[0x08] = { "create", OT_WRITE, WRITES },
	[0x09] = { "delete", OT_WRITE, WRITES },
	[0x0a] = { "multiple service packet", OT_UNKNOWN, NEITHER },
	[0x0d] = { "apply attributes", OT_WRITE, WRITES },
	[0x0e] = { "get attribute single", OT_READ, READS },
	[0x10] = { "set attribute single", OT_WRITE, WRITES },
	[0x11] = { "find next object instance", OT_IDENTIFY, NEITHER },
	[0x15] = { "restore", OT_WRITE, WRITES },
	[0x16] = { "save", OT_WRITE, WRITES },
	[0x17] = { "nop", OT_SESSION, NEITHER },
	[0x18] = { "get member", OT_READ, READS },
	[0x19] = { "set member", OT_WRITE, WRITES },
	[0x1a] = { "insert member", OT_WRITE, WRITES },
	[0x1b] = { "remove member", OT_WRITE, WRITES },
	[0x1c] = { "group sync", OT_TIME, NEITHER },
	[0x1d] = { "get connection point member list", OT_IDENTIFY, NEITHER },
};

/* Services that only their class explains. */
static const struct specific {
	uint16_t class;
	uint8_t code;
	uint8_t flags;
	enum ot_verb verb;
	const char *name;
} specific[] = {
	{ OT_CIP_SYMBOL, 0x4c, 0, OT_READ, "read tag" },
	{ OT_CIP_SYMBOL, 0x52, 0, OT_READ, "read tag fragmented" },
	{ OT_CIP_SYMBOL, 0x4d, 0, OT_WRITE, "write tag" },
	{ OT_CIP_SYMBOL, 0x53, 0, OT_WRITE, "write tag fragmented" },
	{ OT_CIP_SYMBOL, 0x4e, 0, OT_WRITE, "read modify write tag" },
	{ OT_CIP_SYMBOL, 0x55, 0, OT_IDENTIFY, "get instance attribute list" },
	{ OT_CIP_SYMBOL, 0x4b, 0, OT_IDENTIFY, "find all instances" },
	{ OT_CIP_TEMPLATE, 0x4c, 0, OT_IDENTIFY, "read template" },
	{ OT_CIP_MANAGER, 0x4e, 0, OT_SESSION, "forward close" },
	{ OT_CIP_MANAGER, 0x52, 0, OT_UNKNOWN, "unconnected send" },
	{ OT_CIP_MANAGER, 0x54, 0, OT_SESSION, "forward open" },
	{ OT_CIP_MANAGER, 0x56, 0, OT_DIAGNOSE, "get connection data" },
	{ OT_CIP_MANAGER, 0x57, 0, OT_DIAGNOSE, "search connection data" },
	{ OT_CIP_MANAGER, 0x5a, 0, OT_DIAGNOSE, "get connection owner" },
	{ OT_CIP_MANAGER, 0x5b, 0, OT_SESSION, "large forward open" },
	{ OT_CIP_FILE, 0x4b, 0, OT_FILE, "initiate upload" },
	{ OT_CIP_FILE, 0x4c, OT_OP_ALTERS, OT_FILE, "initiate download" },
	{ OT_CIP_FILE, 0x4d, 0, OT_FILE, "initiate partial read" },
	{ OT_CIP_FILE, 0x4e, OT_OP_ALTERS, OT_FILE, "initiate partial write" },
	{ OT_CIP_FILE, 0x4f, 0, OT_FILE, "upload transfer" },
	{ OT_CIP_FILE, 0x50, OT_OP_ALTERS, OT_FILE, "download transfer" },
	{ OT_CIP_FILE, 0x51, OT_OP_ALTERS, OT_FILE, "clear file" },
	{ OT_CIP_SAFETY, 0x4c, 0, OT_MODE, "recover" },
	{ OT_CIP_SAFETY, 0x4e, 0, OT_DIAGNOSE, "perform diagnostics" },
	{ OT_CIP_SAFETY, 0x4f, 0, OT_PROGRAM, "configure request" },
	{ OT_CIP_SAFETY, 0x50, 0, OT_PROGRAM, "validate configuration" },
	{ OT_CIP_SAFETY, 0x51, OT_OP_ALTERS, OT_AUTH, "set password" },
	{ OT_CIP_SAFETY, 0x52, 0, OT_PROGRAM, "lock configuration" },
	{ OT_CIP_SAFETY, 0x53, 0, OT_MODE, "mode change" },
	{ OT_CIP_SAFETY, 0x54, 0, OT_MODE, "safety reset" },
	{ OT_CIP_SAFETY, 0x55, OT_OP_ALTERS, OT_AUTH, "reset password" },
	{ OT_CIP_SAFETY, 0x56, OT_OP_ALTERS, OT_NAME, "propose tunid" },
	{ OT_CIP_SAFETY, 0x57, OT_OP_ALTERS, OT_NAME, "apply tunid" },
	{ OT_CIP_SAFETY, 0x58, OT_OP_ALTERS, OT_NAME, "propose tunid list" },
	{ OT_CIP_SAFETY, 0x59, OT_OP_ALTERS, OT_NAME, "apply tunid list" },
	{ OT_CIP_MODBUS, 0x4b, 0, OT_READ, "read discrete inputs" },
	{ OT_CIP_MODBUS, 0x4c, 0, OT_READ, "read coils" },
	{ OT_CIP_MODBUS, 0x4d, 0, OT_READ, "read input registers" },
	{ OT_CIP_MODBUS, 0x4e, 0, OT_READ, "read holding registers" },
	{ OT_CIP_MODBUS, 0x4f, 0, OT_WRITE, "write coils" },
	{ OT_CIP_MODBUS, 0x50, 0, OT_WRITE, "write holding registers" },
	{ OT_CIP_MODBUS, 0x51, 0, OT_UNKNOWN, "modbus passthrough" },
	{ OT_CIP_PCCC, 0x4b, 0, OT_UNKNOWN, "execute pccc" },
	{ OT_CIP_CONTROLLER, 0x5c, 0, OT_AUTH, "controller security" },
	{ OT_CIP_PROGRAM, 0x4d, 0, OT_CONTROL, "force" },
	{ OT_CIP_PROGRAM, 0x4e, 0, OT_CONTROL, "force" },
	{ OT_CIP_PROGRAM + 1, 0x4d, 0, OT_CONTROL, "force" },
	{ OT_CIP_PROGRAM + 1, 0x4e, 0, OT_CONTROL, "force" },
};

static enum ot_verb
read_verb(uint32_t class)
{
	switch (class) {
	case OT_CIP_IDENTITY:
		return OT_IDENTIFY;
	case OT_CIP_EVENT_LOG:
	case OT_CIP_RING:
	case OT_CIP_PORT:
	case OT_CIP_TCPIP:
	case OT_CIP_ETHERNET:
		return OT_DIAGNOSE;
	case OT_CIP_TIME_SYNC:
	case OT_CIP_CLOCK:
		return OT_TIME;
	}
	return OT_READ;
}

/* The classes that hold a Logix program. */
static bool
is_program(uint32_t class)
{
	return (class >= OT_CIP_LOGIX_FIRST && class <= OT_CIP_LOGIX_LAST) ||
	       class == OT_CIP_LOGIX_EXTRA;
}

static void
write_effect(struct ot_cip_service *service, uint8_t code, uint32_t class,
    uint32_t outer)
{
	if (is_program(class) || is_program(outer)) {
		service->verb = OT_PROGRAM;
		return;
	}
	if (class == OT_CIP_FIRMWARE) {
		service->verb = OT_FIRMWARE;
		return;
	}
	if (class == OT_CIP_TIME_SYNC || class == OT_CIP_CLOCK)
		service->verb = OT_TIME;
	else if (class >= OT_CIP_SECURITY && class <= OT_CIP_CREDENTIALS)
		service->verb = OT_AUTH;
	else if (class == OT_CIP_TCPIP)
		service->verb = OT_NAME;
	else if (class == OT_CIP_FILE && (code == 0x08 || code == 0x09))
		service->verb = OT_FILE;
	else
		return;
	service->flags = OT_OP_ALTERS;
}

static struct ot_cip_service
common_service(uint8_t code, uint32_t class, uint32_t outer)
{
	struct ot_cip_service service = { common[code].verb, 0,
		common[code].name };

	if (common[code].effect == READS)
		service.verb = read_verb(class);
	else if (common[code].effect == WRITES)
		write_effect(&service, code, class, outer);
	return service;
}

struct ot_cip_service
ot_cip_service(uint8_t code, uint32_t class, uint32_t outer)
{
	size_t i, count = sizeof(specific) / sizeof(specific[0]);

	if (code < sizeof(common) / sizeof(common[0]) && common[code].name)
		return common_service(code, class, outer);
	for (i = 0; i < count; i++)
		if (specific[i].code == code && specific[i].class == class)
			return (struct ot_cip_service){ specific[i].verb,
				specific[i].flags, specific[i].name };
	if (class == OT_CIP_FIRMWARE)
		return (struct ot_cip_service){ OT_FIRMWARE, 0,
			"firmware service" };
	return (struct ot_cip_service){ OT_UNKNOWN, 0, "unknown service" };
}

static const struct ot_name general[] = {
	{ 0x01, "connection failure" },
	{ 0x02, "resource unavailable" },
	{ 0x03, "invalid parameter value" },
	{ 0x04, "path segment error" },
	{ 0x05, "path destination unknown" },
	{ 0x06, "partial transfer" },
	{ 0x07, "connection lost" },
	{ 0x08, "service not supported" },
	{ 0x09, "invalid attribute value" },
	{ 0x0a, "attribute list error" },
	{ 0x0b, "already in requested mode or state" },
	{ 0x0c, "object state conflict" },
	{ 0x0d, "object already exists" },
	{ 0x0e, "attribute not settable" },
	{ 0x0f, "privilege violation" },
	{ 0x10, "device state conflict" },
	{ 0x11, "reply data too large" },
	{ 0x12, "fragmentation of a primitive value" },
	{ 0x13, "not enough data" },
	{ 0x14, "attribute not supported" },
	{ 0x15, "too much data" },
	{ 0x16, "object does not exist" },
	{ 0x17, "service fragmentation sequence not in progress" },
	{ 0x18, "no stored attribute data" },
	{ 0x19, "store operation failure" },
	{ 0x1a, "routing failure, request packet too large" },
	{ 0x1b, "routing failure, response packet too large" },
	{ 0x1c, "missing attribute list entry data" },
	{ 0x1d, "invalid attribute value list" },
	{ 0x1e, "embedded service error" },
	{ 0x1f, "vendor specific error" },
	{ 0x20, "invalid parameter" },
	{ 0x21, "write-once value or medium already written" },
	{ 0x22, "invalid reply received" },
	{ 0x23, "buffer overflow" },
	{ 0x24, "invalid message format" },
	{ 0x25, "key failure in path" },
	{ 0x26, "path size invalid" },
	{ 0x27, "unexpected attribute in list" },
	{ 0x28, "invalid member id" },
	{ 0x29, "member not settable" },
	{ 0x2a, "group 2 only server general failure" },
	{ 0x2b, "unknown modbus error" },
	{ 0x2c, "attribute not gettable" },
	{ 0, NULL },
};

static const struct ot_name connection[] = {
	{ 0x100, "connection in use or duplicate forward open" },
	{ 0x103, "transport class and trigger combination not supported" },
	{ 0x106, "ownership conflict" },
	{ 0x107, "target connection not found" },
	{ 0x108, "invalid network connection parameter" },
	{ 0x109, "invalid connection size" },
	{ 0x110, "target for connection not configured" },
	{ 0x111, "rpi not supported" },
	{ 0x112, "rpi values not acceptable" },
	{ 0x113, "out of connections" },
	{ 0x114, "vendor id or product code mismatch" },
	{ 0x115, "device type mismatch" },
	{ 0x116, "revision mismatch" },
	{ 0x117, "invalid produced or consumed application path" },
	{ 0x118, "invalid configuration application path" },
	{ 0x119, "non-listen only connection not opened" },
	{ 0x11a, "target object out of connections" },
	{ 0x11b, "rpi smaller than production inhibit time" },
	{ 0x11c, "transport class not supported" },
	{ 0x11d, "production trigger not supported" },
	{ 0x11e, "direction not supported" },
	{ 0x11f, "invalid o->t fixed or variable" },
	{ 0x120, "invalid t->o fixed or variable" },
	{ 0x121, "invalid o->t priority" },
	{ 0x122, "invalid t->o priority" },
	{ 0x123, "invalid o->t connection type" },
	{ 0x124, "invalid t->o connection type" },
	{ 0x125, "invalid o->t redundant owner" },
	{ 0x126, "invalid configuration size" },
	{ 0x127, "invalid o->t size" },
	{ 0x128, "invalid t->o size" },
	{ 0x129, "invalid configuration application path" },
	{ 0x12a, "invalid consuming application path" },
	{ 0x12b, "invalid producing application path" },
	{ 0x12c, "configuration symbol does not exist" },
	{ 0x12d, "consuming symbol does not exist" },
	{ 0x12e, "producing symbol does not exist" },
	{ 0x12f, "inconsistent application path combination" },
	{ 0x130, "inconsistent consume data format" },
	{ 0x131, "inconsistent produce data format" },
	{ 0x132, "null forward open not supported" },
	{ 0x203, "connection timed out" },
	{ 0x204, "unconnected request timed out" },
	{ 0x205, "parameter error in unconnected request" },
	{ 0x206, "message too large for unconnected send" },
	{ 0x207, "unconnected acknowledged without reply" },
	{ 0x301, "no buffer memory available" },
	{ 0x302, "network bandwidth not available for data" },
	{ 0x303, "no consumed connection id filter available" },
	{ 0x304, "not configured to send scheduled priority data" },
	{ 0x305, "schedule signature mismatch" },
	{ 0x306, "schedule signature validation not possible" },
	{ 0x311, "port not available" },
	{ 0x312, "link address not valid" },
	{ 0x315, "invalid segment in connection path" },
	{ 0x316, "forward close connection path mismatch" },
	{ 0x317, "scheduling not specified" },
	{ 0x318, "link address to self invalid" },
	{ 0x319, "secondary resources unavailable" },
	{ 0x31a, "rack connection already established" },
	{ 0x31b, "module connection already established" },
	{ 0x31c, "miscellaneous" },
	{ 0x31d, "redundant connection mismatch" },
	{ 0x31e, "no more configurable link consumer resources available" },
	{ 0x31f, "no configurable link consumer resources configured" },
	{ 0x800, "network link offline" },
	{ 0x801, "incompatible multicast rpi" },
	{ 0x802, "invalid safety connection size" },
	{ 0x803, "invalid safety connection format" },
	{ 0x804, "invalid time correction connection parameters" },
	{ 0x805, "invalid ping interval epi multiplier" },
	{ 0x806, "time coordination message minimum multiplier" },
	{ 0x807, "network time expectation multiplier" },
	{ 0x808, "timeout multiplier" },
	{ 0x809, "invalid maximum consumer number" },
	{ 0x80a, "invalid cpcrc" },
	{ 0x80b, "time correction connection id invalid" },
	{ 0x80c, "scid mismatch" },
	{ 0x80d, "tunid not set" },
	{ 0x80e, "tunid mismatch" },
	{ 0x80f, "configuration operation not allowed" },
	{ 0x810, "no target application data available" },
	{ 0x811, "no originator application data available" },
	{ 0x812, "node address changed since the network was scheduled" },
	{ 0x813, "not configured for off-subnet multicast" },
	{ 0x814, "invalid produce or consume data format" },
	{ 0, NULL },
};

const char *
ot_cip_status(uint8_t status, uint16_t extended)
{
	const char *name = NULL;

	if (status == 1 && extended)
		name = ot_name(connection, extended);
	return name ? name : ot_name(general, status);
}
