/*
 * Connections one by one. The states and letters are those of the conn.log of
 * Zeek (https://docs.zeek.org, base/protocols/conn); Community ID is
 * https://github.com/corelight/community-id-spec, version 1.
 */
#include "engine/story.h"

#include <stdio.h>

#include "base/hash.h"

enum {
	LETTERS = 128, /* 2 sides: 8 kinds, and each power of ten of others */
	ICMP_REST = 4, /* bytes behind the checksum that are header */
};

/* What one side of a TCP connection has come to. */
enum side {
	INACTIVE,
	SYN_SENT,
	PARTIAL, /* it speaks, but its SYN was not seen */
	ESTABLISHED,
	CLOSED,
	RESET,
};

/* Kinds of letters that stand once for each side. */
enum once {
	ONCE_SYN = 1,
	ONCE_SYN_ACK = 2,
	ONCE_ACK = 4,
	ONCE_DATA = 8,
	ONCE_FIN = 16,
	ONCE_RESET = 32,
	ONCE_MANY = 64,
	ONCE_INCONSISTENT = 128,
};

/* And that stand again with each power of ten. */
enum often { OFTEN_GAP, OFTEN_AGAIN, OFTEN_WINDOW, OFTENS };

struct ot_story {
	uint64_t ip_bytes[2], data[2];
	uint64_t often[2][OFTENS];
	uint32_t next[2]; /* behind the greatest sequence number */
	uint8_t side[2];  /* enum side */
	uint8_t once[2];
	bool started[2];
	bool closed;	   /* both sides have said FIN */
	int64_t closed_ns; /* when the second one did */
	uint8_t count;
	char letters[LETTERS]; /* upper case: of direction 1 */
};

struct ot_story *
ot_story_new(void)
{
	return ot_heap(1, sizeof(struct ot_story));
}

void
ot_story_free(struct ot_story *story)
{
	ot_heap_free(story);
}

/* ---- letters ---- */

static void
letter(struct ot_story *s, unsigned dir, char c)
{
	if (s->count < LETTERS)
		s->letters[s->count++] = (char)(dir ? c - 'a' + 'A' : c);
}

static void
once(struct ot_story *s, unsigned dir, enum once kind, char c)
{
	if (s->once[dir] & kind)
		return;
	s->once[dir] = (uint8_t)(s->once[dir] | kind);
	letter(s, dir, c);
}

static void
often(struct ot_story *s, unsigned dir, enum often kind, char c)
{
	uint64_t n = ++s->often[dir][kind], power = 1;

	while (power < n && power < UINT64_MAX / 10)
		power *= 10;
	if (power == n)
		letter(s, dir, c);
}

void
ot_story_gap(struct ot_story *s, unsigned dir)
{
	often(s, dir, OFTEN_GAP, 'g');
}

/* ---- packets ---- */

/* A side goes on from where it was; a SYN with ACK tells of both. */
static void
step(struct ot_story *s, unsigned dir, uint8_t flags)
{
	uint8_t *me = &s->side[dir], *peer = &s->side[!dir];

	if (flags & OT_TCP_RST) {
		*me = RESET;
	} else if (flags & OT_TCP_SYN) {
		if (*me == INACTIVE)
			*me = flags & OT_TCP_ACK ? ESTABLISHED : SYN_SENT;
		if (flags & OT_TCP_ACK && *peer == SYN_SENT)
			*peer = ESTABLISHED;
	} else if (*me == INACTIVE) {
		*me = PARTIAL;
	}
	if (flags & OT_TCP_FIN && *me != RESET)
		*me = CLOSED;
}

/* Bytes of the stream, by sequence numbers: gaps count, repetitions do not. */
static void
measure(struct ot_story *s, unsigned dir, const struct ot_packet *p)
{
	uint32_t begin = p->seq + ((p->tcp_flags & OT_TCP_SYN) != 0);
	uint32_t end = begin + p->wire;

	if (p->tcp_flags & OT_TCP_RST)
		return;
	if (!s->started[dir]) {
		s->started[dir] = true;
		s->next[dir] = begin;
	}
	int32_t ahead = (int32_t)(end - s->next[dir]);

	if (ahead > 0)
		s->data[dir] += (uint32_t)ahead;
	if (ahead >= 0) /* a FIN has a number, and is no data */
		s->next[dir] = end + ((p->tcp_flags & OT_TCP_FIN) != 0);
}

static void
take_tcp(struct ot_story *s, unsigned dir, const struct ot_packet *p,
    const struct ot_tcp_health *health)
{
	const uint8_t ends = OT_TCP_FIN | OT_TCP_RST;
	uint8_t flags = p->tcp_flags;

	if (flags & OT_TCP_SYN && flags & ends)
		once(s, dir, ONCE_MANY, 'q');
	else if ((flags & ends) == ends)
		once(s, dir, ONCE_INCONSISTENT, 'i');
	else if (flags & OT_TCP_SYN && flags & OT_TCP_ACK)
		once(s, dir, ONCE_SYN_ACK, 'h');
	else if (flags & OT_TCP_SYN)
		once(s, dir, ONCE_SYN, 's');
	else if (flags & OT_TCP_ACK && !p->wire && !(flags & ends))
		once(s, dir, ONCE_ACK, 'a');
	if (health->zero_window)
		often(s, dir, OFTEN_WINDOW, 'w');
	if (health->retransmitted)
		often(s, dir, OFTEN_AGAIN, 't');
	if (p->wire && !(flags & OT_TCP_RST))
		once(s, dir, ONCE_DATA, 'd');
	if ((flags & (ends | OT_TCP_SYN)) == OT_TCP_FIN)
		once(s, dir, ONCE_FIN, 'f');
	if ((flags & (ends | OT_TCP_SYN)) == OT_TCP_RST)
		once(s, dir, ONCE_RESET, 'r');
	step(s, dir, flags);
	if (s->side[0] == CLOSED && s->side[1] == CLOSED && !s->closed) {
		s->closed = true;
		s->closed_ns = p->time_ns;
	}
	measure(s, dir, p);
}

void
ot_story_count(struct ot_story *s, unsigned dir, const struct ot_packet *p)
{
	s->ip_bytes[dir] += p->ip_bytes;
}

void
ot_story_packet(struct ot_story *s, unsigned dir, const struct ot_packet *p,
    const struct ot_tcp_health *health)
{
	if (health) {
		take_tcp(s, dir, p, health);
		return;
	}
	if (p->transport == OT_UDP || p->transport == OT_SCTP)
		once(s, dir, ONCE_DATA, 'd');
	s->side[dir] = ESTABLISHED;
	s->data[dir] += p->transport == OT_ICMP && p->wire > ICMP_REST
			    ? p->wire - ICMP_REST
			: p->transport == OT_ICMP ? 0
						  : p->wire;
}

/* ---- how it ended ---- */

static const char *
reset_by_server(const struct ot_story *s, enum side client)
{
	bool silent = !s->data[0] && !s->data[1];

	if (client == SYN_SENT || (client == RESET && silent))
		return "REJ";
	return client == INACTIVE || client == PARTIAL ? "RSTRH" : "RSTR";
}

static const char *
state_of_tcp(const struct ot_story *s, enum side client, enum side server)
{
	bool client_open = client != INACTIVE && client != PARTIAL;
	bool server_open = server != INACTIVE && server != PARTIAL;

	if (server == RESET)
		return reset_by_server(s, client);
	if (client == RESET)
		return server_open ? "RSTO" : "RSTOS0";
	if (client == CLOSED && server == CLOSED)
		return "SF";
	if (client == CLOSED)
		return server_open ? "S2" : "SH";
	if (server == CLOSED)
		return client_open ? "S3" : "SHR";
	if (client == SYN_SENT && server == INACTIVE)
		return "S0";
	return client == ESTABLISHED && server == ESTABLISHED ? "S1" : "OTH";
}

static const char *
state_of(const struct ot_story *s, const struct ot_conn *conn, unsigned client)
{
	enum side mine = s->side[client], its = s->side[!client];

	if (conn->transport == OT_TCP)
		return state_of_tcp(s, mine, its);
	if (conn->transport != OT_UDP)
		return "OTH";
	if (mine)
		return its ? "SF" : "S0";
	return its ? "SHR" : "OTH";
}

/* The client's letters are the great ones. */
static struct ot_str
history(const struct ot_story *s, struct ot_arena *arena, unsigned client,
    bool flipped)
{
	char text[LETTERS + 1];
	size_t len = 0;

	if (flipped && s->count)
		text[len++] = '^';
	for (uint8_t i = 0; i < s->count; i++) {
		char c = s->letters[i];

		text[len++] = (char)(client ? c : c ^ 0x20);
	}
	return len ? ot_str_keep(arena, (struct ot_str){ text, len })
		   : (struct ot_str){ 0 };
}

/* ---- ids ---- */

static void
put16(uint8_t *at, uint32_t n)
{
	at[0] = (uint8_t)(n >> 8);
	at[1] = (uint8_t)n;
}

/* The IANA number; of ICMP by the family. */
static uint8_t
number_of(const struct ot_conn *conn)
{
	switch (conn->transport) {
	case OT_TCP:
		return 6;
	case OT_UDP:
		return 17;
	case OT_SCTP:
		return 132;
	case OT_ICMP:
		return conn->end[0].kind == OT_ADDR_IPV4 ? 1 : 58;
	default:
		return (uint8_t)conn->port[0];
	}
}

static void
base64(char *out, const uint8_t *p, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < len; i += 3) {
		uint32_t n = (uint32_t)p[i] << 16;

		n |= i + 1 < len ? (uint32_t)p[i + 1] << 8 : 0;
		n |= i + 2 < len ? p[i + 2] : 0;
		*out++ = digits[n >> 18];
		*out++ = digits[n >> 12 & 63];
		*out++ = i + 1 < len ? digits[n >> 6 & 63] : '=';
		*out++ = i + 2 < len ? digits[n & 63] : '=';
	}
	*out = '\0';
}

/* Are the ends of an ICMP message a pair, so that an answer has them turned?
 * Other messages have a code for the second one, and are never ordered. */
static bool
is_pair(const struct ot_conn *conn, unsigned first)
{
	return ot_icmp_answer(number_of(conn) == 58,
		   (uint8_t)conn->port[first]) == (int)conn->port[!first];
}

/* The end that comes first: the smaller one by its bytes, then its port. */
static unsigned
first_end(const struct ot_conn *conn, size_t width)
{
	int c = memcmp(conn->end[0].b, conn->end[1].b, width);

	if (conn->transport == OT_ICMP && !is_pair(conn, conn->first_dir))
		return conn->first_dir;
	return c > 0 || (c == 0 && conn->port[0] > conn->port[1]);
}

bool
ot_community_id(char out[static OT_COMMUNITY_ID], const struct ot_conn *conn)
{
	uint8_t bytes[2 + 16 + 16 + 2 + 4] = { 0 }, digest[OT_SHA1_LEN];
	size_t len = 2, width = conn->end[0].kind == OT_ADDR_IPV4 ? 4 : 16;
	unsigned first = first_end(conn, width);

	if (!ot_addr_is_ip(&conn->end[0]) || !ot_addr_is_ip(&conn->end[1]) ||
	    conn->end[0].kind != conn->end[1].kind)
		return false;
	/* of fragments without the first one the ports are not known */
	if (conn->transport <= OT_SCTP && !conn->port[0] && !conn->port[1])
		return false;
	memcpy(bytes + len, conn->end[first].b, width);
	memcpy(bytes + len + width, conn->end[!first].b, width);
	len += 2 * width;
	bytes[len] = number_of(conn);
	len += 2;
	if (conn->transport <= OT_SCTP || conn->transport == OT_ICMP) {
		put16(bytes + len, conn->port[first]);
		put16(bytes + len + 2, conn->port[!first]);
		len += 4;
	}
	ot_sha1(bytes, len, digest);
	memcpy(out, "1:", 2);
	base64(out + 2, digest, sizeof(digest));
	return true;
}

/* 17 digits of 62: what a connection is, when and where it began. */
static struct ot_str
uid_of(struct ot_arena *arena, const struct ot_conn *conn,
    const struct ot_flow_sum *sum)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz";
	struct ot_sb sb = { 0 };
	uint8_t digest[OT_SHA256_LEN];
	struct ot_sha256 sha;
	char text[18] = "C";
	unsigned from = conn->first_dir;

	ot_sb_add(&sb, sum->sensor.p, sum->sensor.len);
	ot_sb_printf(&sb, "\n%u %u %u %lld %llu", conn->transport,
	    (unsigned)conn->port[from], (unsigned)conn->port[!from],
	    (long long)conn->first_ns, (unsigned long long)conn->first_frame);
	for (unsigned i = 0; i < conn->vlans; i++)
		ot_sb_printf(&sb, " %u", conn->vlan[i]);
	ot_sha256_init(&sha);
	ot_sha256_add(&sha, sb.p, sb.len);
	ot_sha256_add(&sha, conn->end[from].b, sizeof(conn->end[from].b));
	ot_sha256_add(&sha, conn->end[!from].b, sizeof(conn->end[!from].b));
	ot_sha256_end(&sha, digest);
	for (unsigned i = 1; i < sizeof(text) - 1; i++)
		text[i] = digits[digest[i] % 62];
	struct ot_str uid =
	    sb.lost ? (struct ot_str){ 0 } : ot_str_keep(arena, ot_str(text));

	ot_sb_done(&sb);
	return uid;
}

bool
ot_story_tell(const struct ot_story *s, struct ot_arena *arena,
    const struct ot_conn *conn, unsigned client, struct ot_flow_sum *sum)
{
	struct ot_flow_connection *c = &sum->connection;
	int64_t end = s->closed ? s->closed_ns : conn->last_ns;
	char id[OT_COMMUNITY_ID];

	*c = (struct ot_flow_connection){
		.uid = uid_of(arena, conn, sum),
		.state = ot_str(state_of(s, conn, client)),
		.history = history(
		    s, arena, client, conn->first_dir != (uint8_t)client),
		.duration =
		    end > conn->first_ns ? (uint64_t)(end - conn->first_ns) : 0,
		.client_data = s->data[client],
		.server_data = s->data[!client],
		.client_ip_bytes = s->ip_bytes[client],
		.server_ip_bytes = s->ip_bytes[!client],
	};
	if (ot_community_id(id, conn))
		sum->network.community_id = ot_str_keep(arena, ot_str(id));
	return c->uid.p != NULL;
}
