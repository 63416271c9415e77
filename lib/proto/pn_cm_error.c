/*
 * PNIOStatus: IEC 61158-6-10 clause 5.2.6. ErrorCode, ErrorDecode, ErrorCode1,
 * ErrorCode2, an octet each.
 */
#include "proto/pn_cm.h"

enum { DECODE_RW = 0x80, DECODE_PNIO = 0x81 };

/* ErrorCode1 where a record was read or written. */
static const struct ot_name rw_errors[] = {
	{ 0xa0, "read error" },
	{ 0xa1, "write error" },
	{ 0xa2, "module failure" },
	{ 0xa7, "busy" },
	{ 0xa8, "version conflict" },
	{ 0xa9, "feature not supported" },
	{ 0xb0, "invalid index" },
	{ 0xb1, "write length error" },
	{ 0xb2, "invalid slot or subslot" },
	{ 0xb3, "type conflict" },
	{ 0xb4, "invalid area or api" },
	{ 0xb5, "state conflict" },
	{ 0xb6, "access denied" },
	{ 0xb7, "invalid range" },
	{ 0xb8, "invalid parameter" },
	{ 0xb9, "invalid type" },
	{ 0xba, "backup" },
	{ 0xc0, "read constrain conflict" },
	{ 0xc1, "write constrain conflict" },
	{ 0xc2, "resource busy" },
	{ 0xc3, "resource unavailable" },
	{ 0, NULL },
};

/* ErrorCode1 of the protocol: mostly which block is wrong. */
static const struct ot_name pnio_errors[] = {
	{ 1, "faulty ar block" },
	{ 2, "faulty iocr block" },
	{ 3, "faulty expected submodule block" },
	{ 4, "faulty alarm cr block" },
	{ 5, "faulty prm server block" },
	{ 6, "faulty mcr block" },
	{ 7, "faulty ar rpc block" },
	{ 8, "faulty record" },
	{ 9, "faulty ir info block" },
	{ 10, "faulty sr info block" },
	{ 20, "faulty control block" },
	{ 21, "faulty control block" },
	{ 40, "faulty release block" },
	{ 0, NULL },
};

const char *
ot_pn_error(uint32_t status)
{
	uint8_t decode = status >> 16 & 0xff;
	uint8_t code = status >> 8 & 0xff;

	return decode == DECODE_RW     ? ot_name(rw_errors, code)
	       : decode == DECODE_PNIO ? ot_name(pnio_errors, code)
				       : NULL;
}
