/*
 * Error codes of S7 communication: class and code of an answer's header, and of
 * the parameter of user data.
 */
#include "proto/s7comm.h"

/* Class and code of headers, and the error of user data. */
static const struct ot_name errors[] = {
	{ 0x0110, "invalid block number" },
	{ 0x0111, "invalid request length" },
	{ 0x0112, "invalid parameter" },
	{ 0x0113, "invalid block type" },
	{ 0x0114, "block not found" },
	{ 0x0115, "block already exists" },
	{ 0x0116, "block is write-protected" },
	{ 0x0117, "block too large" },
	{ 0x0119, "incorrect password" },
	{ 0x011c, "protocol error" },
	{ 0x011d, "too many blocks" },
	{ 0x0120, "end of block list" },
	{ 0x0140, "insufficient memory" },
	{ 0x0141, "lack of resources" },
	{ 0x8001, "not possible in this block state" },
	{ 0x8003, "block transfer error" },
	{ 0x8100, "service unknown to remote module" },
	{ 0x8104, "service not implemented" },
	{ 0x8204, "type of object inconsistent" },
	{ 0x8205, "copied block already exists" },
	{ 0x8301, "insufficient memory" },
	{ 0x8302, "too few resources" },
	{ 0x8304, "no further parallel upload" },
	{ 0x8305, "function not available" },
	{ 0x8306, "insufficient work memory" },
	{ 0x8307, "insufficient retentive memory" },
	{ 0x8401, "invalid service sequence" },
	{ 0x8402, "not possible in this object state" },
	{ 0x8404, "function cannot be performed" },
	{ 0x8405, "remote block is disabled" },
	{ 0x8500, "wrong frame" },
	{ 0x8503, "canceled by the module" },
	{ 0x8701, "invalid address" },
	{ 0x8702, "service not supported by the module" },
	{ 0x8703, "access refused" },
	{ 0x8704, "object damaged" },
	{ 0xd001, "illegal job number" },
	{ 0xd002, "illegal job variant" },
	{ 0xd003, "debugging not supported" },
	{ 0xd004, "illegal job status" },
	{ 0xd201, "syntax error in block name" },
	{ 0xd202, "syntax error in function parameters" },
	{ 0xd205, "linked block already exists in ram" },
	{ 0xd206, "linked block already exists in eprom" },
	{ 0xd208, "too many copied blocks" },
	{ 0xd209, "block not found" },
	{ 0xd20e, "no block available" },
	{ 0xd210, "block number too large" },
	{ 0xd240, "coordination rule violated" },
	{ 0xd241, "not permitted at this protection level" },
	{ 0xd242, "protection violation" },
	{ 0xd401, "information function not available" },
	{ 0xd402, "information function not available" },
	{ 0xd403, "already logged on" },
	{ 0xd404, "not logged on" },
	{ 0xd405, "time synchronisation error" },
	{ 0xd602, "incorrect password" },
	{ 0xd604, "already has this access right" },
	{ 0xd605, "no password set" },
	{ 0, NULL },
};

const char *
ot_s7_error(uint16_t code)
{
	return ot_name(errors, code);
}
