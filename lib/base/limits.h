/*
 * Every bound on what input can make the library do. Whoever reaches one
 * counts it; DESIGN.md section 8.
 */
#ifndef OT_BASE_LIMITS_H
#define OT_BASE_LIMITS_H

enum {
	OT_LIMIT_DEPTH = 12,	  /* layers of a frame, nested PDUs */
	OT_LIMIT_VLANS = 4,	  /* tags kept of one frame */
	OT_LIMIT_TUNNELS = 4,	  /* encapsulations kept of one frame */
	OT_LIMIT_THROUGH = 32,	  /* tunnels of one flow */
	OT_LIMIT_PDU = 66 * 1024, /* longest PDU that is handed over whole */
	OT_LIMIT_HEAD = 4096,	  /* what is given of a longer one */
	OT_LIMIT_UNNAMED = 8192,  /* bytes a side kept until a name is found */
	OT_LIMIT_SAID = 256,	  /* statements kept of one PDU, each kind */
	OT_LIMIT_FRAME_MEMORY = 1 << 20,  /* scratch for one PDU */
	OT_LIMIT_CONNS = 1 << 22,	  /* live connections of a run */
	OT_LIMIT_REORDER = 256 * 1024,	  /* bytes a side waiting for a hole */
	OT_LIMIT_REORDER_ALL = 256 << 20, /* the same, all connections */
	OT_LIMIT_GATHER = 256 * 1024,	  /* one PDU gathered from parts */
	OT_LIMIT_GATHER_ALL = 64 << 20,
	OT_LIMIT_DATAGRAMS = 4096, /* IP datagrams waiting for fragments */
	OT_LIMIT_DATAGRAMS_ALL = 64 << 20, /* bytes of all of them */
	OT_LIMIT_PAIRS = 256,		   /* open requests of one connection */
	OT_LIMIT_FLOWS = 1 << 20,	   /* records of a run */
	OT_LIMIT_OPS = 1024,		   /* operations of one flow */
	OT_LIMIT_EVIDENCE = 8,	  /* smallest places kept, beside the last */
	OT_LIMIT_SET = 64,	  /* strings of one set */
	OT_LIMIT_SLOTS = 1024,	  /* ranges of quarter hours of one thing */
	OT_LIMIT_SESSIONS = 64,	  /* sessions of one flow */
	OT_LIMIT_ATTEMPTS = 64,	  /* targets of one source */
	OT_LIMIT_TEXT = 255,	  /* bytes of one text from a packet */
	OT_LIMIT_FRAME = 1 << 24, /* captured bytes of one frame */
	OT_LIMIT_INTERFACES = 1 << 16, /* of one capture, all sections */
	OT_LIMIT_NAMES = 1 << 16,      /* names kept of one capture */
	OT_LIMIT_LINE = 16 << 20,      /* bytes of one record of a stream */
	OT_LIMIT_CITATIONS = 1 << 22,  /* places whose frames are extracted */
	OT_LIMIT_EXTRACT = 1 << 30,    /* bytes of frames of one extract */
};

#endif
