/*
 * The types of ASDUs: IEC 60870-5-101 clause 7.3, IEC 60870-5-104 clause 8,
 * IEC TS 60870-5-7 (authentication).
 */
#include "proto/iec104.h"

/* Bytes of time tags; IEC 60870-5-101, 7.2.6. */
enum { CP24 = 3, CP56 = 7 };

#define MONITOR(name, size)                                                    \
	{                                                                      \
		name, OT_READ, OT_IEC104_MONITOR, size, false                  \
	}
#define COMMAND(name, size)                                                    \
	{                                                                      \
		name, OT_CONTROL, OT_IEC104_COMMAND, size, true                \
	}
#define SYSTEM(name, verb, size, terminates)                                   \
	{                                                                      \
		name, verb, OT_IEC104_COMMAND, size, terminates                \
	}
#define AUTH(name)                                                             \
	{                                                                      \
		name, OT_AUTH, OT_IEC104_AUTH, 0, false                        \
	}
#define FILES(name, size)                                                      \
	{                                                                      \
		name, OT_FILE, OT_IEC104_FILES, size, false                    \
	}

static const struct ot_iec104_type types[] = {
	[1] = MONITOR("single-point information", 1),
	[2] = MONITOR("single-point information", 1 + CP24),
	[3] = MONITOR("double-point information", 1),
	[4] = MONITOR("double-point information", 1 + CP24),
	[5] = MONITOR("step position information", 2),
	[6] = MONITOR("step position information", 2 + CP24),
	[7] = MONITOR("bitstring of 32 bits", 5),
	[8] = MONITOR("bitstring of 32 bits", 5 + CP24),
	[9] = MONITOR("measured value, normalized", 3),
	[10] = MONITOR("measured value, normalized", 3 + CP24),
	[11] = MONITOR("measured value, scaled", 3),
	[12] = MONITOR("measured value, scaled", 3 + CP24),
	[13] = MONITOR("measured value, short float", 5),
	[14] = MONITOR("measured value, short float", 5 + CP24),
	[15] = MONITOR("integrated totals", 5),
	[16] = MONITOR("integrated totals", 5 + CP24),
	[20] = MONITOR("packed single-point information", 5),
	[21] = MONITOR("measured value, normalized without quality", 2),
	[30] = MONITOR("single-point information", 1 + CP56),
	[31] = MONITOR("double-point information", 1 + CP56),
	[32] = MONITOR("step position information", 2 + CP56),
	[33] = MONITOR("bitstring of 32 bits", 5 + CP56),
	[34] = MONITOR("measured value, normalized", 3 + CP56),
	[35] = MONITOR("measured value, scaled", 3 + CP56),
	[36] = MONITOR("measured value, short float", 5 + CP56),
	[37] = MONITOR("integrated totals", 5 + CP56),
	[38] = MONITOR("event of protection equipment", 3 + CP56),
	[39] = MONITOR("start events of protection equipment", 4 + CP56),
	[40] = MONITOR("output circuit of protection equipment", 4 + CP56),
	[41] = { "integrated totals of security statistics", OT_EVENT,
	    OT_IEC104_MONITOR, 5 + CP56, false },
	[45] = COMMAND("single command", 1),
	[46] = COMMAND("double command", 1),
	[47] = COMMAND("regulating step command", 1),
	[48] = COMMAND("set-point command, normalized", 3),
	[49] = COMMAND("set-point command, scaled", 3),
	[50] = COMMAND("set-point command, short float", 5),
	[51] = COMMAND("bitstring command", 4),
	[58] = COMMAND("single command", 1 + CP56),
	[59] = COMMAND("double command", 1 + CP56),
	[60] = COMMAND("regulating step command", 1 + CP56),
	[61] = COMMAND("set-point command, normalized", 3 + CP56),
	[62] = COMMAND("set-point command, scaled", 3 + CP56),
	[63] = COMMAND("set-point command, short float", 5 + CP56),
	[64] = COMMAND("bitstring command", 4 + CP56),
	[70] = { "end of initialization", OT_EVENT, OT_IEC104_MONITOR, 1,
	    false },
	[81] = AUTH("authentication challenge"),
	[82] = AUTH("authentication reply"),
	[83] = AUTH("aggressive mode authentication request"),
	[84] = AUTH("session key status request"),
	[85] = AUTH("session key status"),
	[86] = AUTH("session key change"),
	[87] = AUTH("authentication error"),
	[88] = AUTH("authentication type 88"),
	[89] = AUTH("authentication type 89"),
	[90] = AUTH("user status change"),
	[91] = AUTH("update key change request"),
	[92] = AUTH("update key change reply"),
	[93] = AUTH("update key change, symmetric"),
	[94] = AUTH("update key change, asymmetric"),
	[95] = AUTH("update key change confirmation"),
	[100] = SYSTEM("interrogation", OT_READ, 1, true),
	[101] = SYSTEM("counter interrogation", OT_READ, 1, true),
	[102] = SYSTEM("read", OT_READ, 0, false),
	[103] = SYSTEM("clock synchronization", OT_TIME, CP56, false),
	[105] = SYSTEM("reset process", OT_MODE, 1, false),
	[107] = SYSTEM("test command", OT_DIAGNOSE, 2 + CP56, false),
	[110] = SYSTEM("parameter, normalized", OT_WRITE, 3, false),
	[111] = SYSTEM("parameter, scaled", OT_WRITE, 3, false),
	[112] = SYSTEM("parameter, short float", OT_WRITE, 5, false),
	[113] = SYSTEM("parameter activation", OT_WRITE, 1, false),
	[120] = FILES("file ready", 6),
	[121] = FILES("section ready", 7),
	[122] = FILES("call file", 4),
	[123] = FILES("last section or segment", 5),
	[124] = FILES("acknowledge file", 4),
	[125] = FILES("segment", 4),
	[126] = FILES("directory", 6 + CP56),
	[127] = FILES("query log", 2 + 2 * CP56),
};

static const struct ot_iec104_type unknown = { "unknown type", OT_UNKNOWN,
	OT_IEC104_OTHER, 0, false };

const struct ot_iec104_type *
ot_iec104_type(uint8_t id)
{
	return id < sizeof(types) / sizeof(*types) && types[id].name
		   ? &types[id]
		   : &unknown;
}
