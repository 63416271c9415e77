/*
 * The HART commands: universal (HCF_SPEC-127) and common practice
 * (HCF_SPEC-151); those from 128 on are the device's own.
 */
#include "proto/hartip.h"

static const struct {
	const char *name;
	uint8_t verb, flags;
} commands[] = {
	[0] = { "read unique identifier", OT_IDENTIFY, 0 },
	[1] = { "read primary variable", OT_READ, 0 },
	[2] = { "read loop current and percent of range", OT_READ, 0 },
	[3] = { "read dynamic variables and loop current", OT_READ, 0 },
	[6] = { "write polling address", OT_NAME, OT_OP_ALTERS },
	[7] = { "read loop configuration", OT_DIAGNOSE, 0 },
	[8] = { "read dynamic variable classifications", OT_DIAGNOSE, 0 },
	[9] = { "read device variables with status", OT_READ, 0 },
	[11] = { "read unique identifier associated with tag", OT_IDENTIFY, 0 },
	[12] = { "read message", OT_READ, 0 },
	[13] = { "read tag, descriptor, date", OT_IDENTIFY, 0 },
	[14] = { "read primary variable transducer information", OT_DIAGNOSE,
	    0 },
	[15] = { "read device information", OT_IDENTIFY, 0 },
	[16] = { "read final assembly number", OT_IDENTIFY, 0 },
	[17] = { "write message", OT_WRITE, 0 },
	[18] = { "write tag, descriptor, date", OT_WRITE, 0 },
	[19] = { "write final assembly number", OT_WRITE, 0 },
	[20] = { "read long tag", OT_IDENTIFY, 0 },
	[21] = { "read unique identifier associated with long tag", OT_IDENTIFY,
	    0 },
	[22] = { "write long tag", OT_WRITE, 0 },
	[33] = { "read device variables", OT_READ, 0 },
	[34] = { "write primary variable damping value", OT_WRITE, 0 },
	[35] = { "write primary variable range values", OT_WRITE, 0 },
	[36] = { "set primary variable upper range value", OT_WRITE, 0 },
	[37] = { "set primary variable lower range value", OT_WRITE, 0 },
	[38] = { "reset configuration changed flag", OT_DIAGNOSE,
	    OT_OP_ALTERS },
	[39] = { "eeprom control", OT_WRITE, 0 },
	[40] = { "enter/exit fixed current mode", OT_CONTROL, 0 },
	[41] = { "perform self test", OT_DIAGNOSE, OT_OP_ALTERS },
	[42] = { "perform device reset", OT_MODE, 0 },
	[43] = { "set primary variable zero", OT_CONTROL, 0 },
	[44] = { "write primary variable units", OT_WRITE, 0 },
	[45] = { "trim loop current zero", OT_CONTROL, 0 },
	[46] = { "trim loop current gain", OT_CONTROL, 0 },
	[47] = { "write primary variable transfer function", OT_WRITE, 0 },
	[48] = { "read additional device status", OT_DIAGNOSE, 0 },
	[49] = { "write primary variable transducer serial number", OT_WRITE,
	    0 },
	[50] = { "read dynamic variable assignments", OT_DIAGNOSE, 0 },
	[51] = { "write dynamic variable assignments", OT_WRITE, 0 },
	[52] = { "set device variable zero", OT_CONTROL, 0 },
	[53] = { "write device variable units", OT_WRITE, 0 },
	[54] = { "read device variable information", OT_DIAGNOSE, 0 },
	[55] = { "write device variable damping value", OT_WRITE, 0 },
	[56] = { "write device variable transducer serial number", OT_WRITE,
	    0 },
	[57] = { "read unit tag, descriptor, date", OT_READ, 0 },
	[58] = { "write unit tag, descriptor, date", OT_WRITE, 0 },
	[59] = { "write number of response preambles", OT_WRITE, 0 },
	[60] = { "read analog channel and percent of range", OT_READ, 0 },
	[61] = { "read dynamic variables and primary variable analog channel",
	    OT_READ, 0 },
	[62] = { "read analog channels", OT_READ, 0 },
	[63] = { "read analog channel information", OT_DIAGNOSE, 0 },
	[64] = { "write analog channel additional damping value", OT_WRITE, 0 },
	[65] = { "write analog channel range values", OT_WRITE, 0 },
	[66] = { "enter/exit fixed analog channel mode", OT_CONTROL, 0 },
	[67] = { "trim analog channel zero", OT_CONTROL, 0 },
	[68] = { "trim analog channel gain", OT_CONTROL, 0 },
	[69] = { "write analog channel transfer function", OT_WRITE, 0 },
	[70] = { "read analog channel endpoint values", OT_DIAGNOSE, 0 },
	[71] = { "lock device", OT_AUTH, OT_OP_ALTERS },
	[72] = { "squawk", OT_IDENTIFY, 0 },
	[73] = { "find device", OT_IDENTIFY, 0 },
	[74] = { "read i/o system capabilities", OT_IDENTIFY, 0 },
	[75] = { "poll sub-device", OT_IDENTIFY, 0 },
	[76] = { "read lock device state", OT_DIAGNOSE, 0 },
	[77] = { "send command to sub-device", OT_UNKNOWN, 0 },
	[78] = { "read aggregated commands", OT_UNKNOWN, 0 },
	[79] = { "write device variable", OT_CONTROL, 0 },
	[80] = { "read device variable trim points", OT_DIAGNOSE, 0 },
	[81] = { "read device variable trim guidelines", OT_DIAGNOSE, 0 },
	[82] = { "write device variable trim point", OT_CONTROL, 0 },
	[83] = { "reset device variable trim", OT_CONTROL, 0 },
	[84] = { "read sub-device identity summary", OT_IDENTIFY, 0 },
	[85] = { "read i/o channel statistics", OT_DIAGNOSE, 0 },
	[86] = { "read sub-device statistics", OT_DIAGNOSE, 0 },
	[87] = { "write i/o system master mode", OT_WRITE, 0 },
	[88] = { "write i/o system retry count", OT_WRITE, 0 },
	[89] = { "set real-time clock", OT_TIME, OT_OP_ALTERS },
};

void
ot_hart_command(struct ot_op *op, uint16_t command)
{
	bool known = command < sizeof(commands) / sizeof(*commands) &&
		     commands[command].name;

	op->name = known ? commands[command].name : "unknown command";
	op->verb = known ? (enum ot_verb)commands[command].verb : OT_UNKNOWN;
	op->flags |= known ? commands[command].flags : 0;
	op->has_code = true;
	op->code = command;
}
