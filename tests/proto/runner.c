/*
 * Runs protocol cases (STYLE.md section 8) through the engine: the statements
 * of each case are compared with those that it expects; then the case runs cut
 * at every length and with every byte changed, where nothing may be said of a
 * PDU that the end cut off, and nothing may crash.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "engine/engine.h"
#include "engine/object.h"
#include "net/packet.h"

enum { LINES = 512, BYTES = 1 << 16, SAYINGS = 512 };

struct line {
	bool to_server;
	uint8_t *bytes;
	size_t len;
	size_t captured; /* after `cut` */
	size_t gap;	 /* bytes lost before it */
	bool group;	 /* its destination is a group */
};

struct test_case {
	const char *path;
	const char *over;
	uint32_t ethertype;
	uint16_t port;
	uint16_t vlan;
	bool midstream;
	struct line lines[LINES];
	size_t count;
	char *expected[SAYINGS];
	size_t expected_count;
};

/* What a run said, as lines of JSON. */
struct heard {
	char *said[SAYINGS];
	size_t count;
};

/* ---- reading a case ---- */

static void
die(const char *path, int number, const char *why)
{
	fprintf(stderr, "%s:%d: %s\n", path, number, why);
	exit(99);
}

static size_t
hex(const char *text, uint8_t *out, const char *path, int number)
{
	size_t n = 0;

	while (*text && *text != '#') {
		char pair[3] = { text[0], text[1], 0 };
		char *end;

		if (*text == ' ' || *text == '\t') {
			text++;
			continue;
		}
		out[n++] = (uint8_t)strtoul(pair, &end, 16);
		if (end != pair + 2)
			die(path, number, "not hex");
		text += 2;
	}
	return n;
}

static bool
word(char **at, const char *w)
{
	size_t len = strlen(w);

	if (strncmp(*at, w, len) != 0 || ((*at)[len] && (*at)[len] != ' '))
		return false;
	*at += len;
	while (**at == ' ')
		(*at)++;
	return true;
}

static void
read_case(struct test_case *c, const char *path)
{
	static char text[BYTES];
	static uint8_t bytes[BYTES];
	FILE *f = fopen(path, "r");
	size_t cut = SIZE_MAX, gap = 0;
	bool group = false;
	int number = 0;

	*c = (struct test_case){ .path = path };
	if (!f)
		die(path, 0, "cannot be read");
	while (fgets(text, sizeof(text), f)) {
		char *at = text;

		number++;
		text[strcspn(text, "\n")] = 0;
		if (word(&at, "over")) {
			char *type = strchr(at, ' ');

			if (type)
				*type++ = 0;
			c->over = strdup(at);
			c->ethertype =
			    type ? (uint32_t)strtoul(type, NULL, 0) : 0;
		} else if (word(&at, "port")) {
			c->port = (uint16_t)strtoul(at, NULL, 10);
		} else if (word(&at, "vlan")) {
			c->vlan = (uint16_t)strtoul(at, NULL, 10);
		} else if (word(&at, "midstream")) {
			c->midstream = true;
		} else if (word(&at, "group")) {
			group = true;
		} else if (word(&at, "gap")) {
			gap = (size_t)strtoul(at, NULL, 10);
		} else if (word(&at, "cut")) {
			cut = (size_t)strtoul(at, NULL, 10);
		} else if (*at == '>' || *at == '<') {
			struct line *l = &c->lines[c->count++];

			if (c->count == LINES)
				die(path, number, "too many lines");
			l->to_server = *at == '>';
			l->len = hex(at + 1, bytes, path, number);
			l->bytes = malloc(l->len + 1);
			memcpy(l->bytes, bytes, l->len);
			l->captured = cut < l->len ? cut : l->len;
			l->gap = gap;
			l->group = group;
			cut = SIZE_MAX;
			gap = 0;
			group = false;
		} else if (*at == '=') {
			if (c->expected_count == SAYINGS)
				die(path, number, "too many expectations");
			c->expected[c->expected_count++] = strdup(at + 1);
		} else if (*at && *at != '#') {
			die(path, number, "what is this?");
		}
	}
	fclose(f);
	if (!c->over)
		die(path, number, "no line `over`");
	if (strcmp(c->over, "cotp") == 0)
		c->port = 102;
}

static void
free_case(struct test_case *c)
{
	for (size_t i = 0; i < c->count; i++)
		free(c->lines[i].bytes);
	for (size_t i = 0; i < c->expected_count; i++)
		free(c->expected[i]);
	free((void *)(uintptr_t)c->over);
}

/* ---- what is heard ---- */

struct sentence {
	struct ot_sb sb;
	struct ot_jw w;
};

static void
begin(struct sentence *s)
{
	*s = (struct sentence){ 0 };
	s->w.sb = &s->sb;
	ot_jw_open(&s->w, '{');
}

static void
end(struct sentence *s, struct heard *h)
{
	ot_jw_close(&s->w, '}');
	if (h->count < SAYINGS)
		h->said[h->count++] = s->sb.p;
	else
		ot_sb_done(&s->sb);
}

static void
text_member(struct sentence *s, const char *key, struct ot_text value)
{
	static char out[4 * 8192];

	if (value.len > 8192)
		value.len = 8192;
	size_t len = ot_text_decode_into(out, sizeof(out), value);

	ot_jw_key(&s->w, key);
	ot_jw_str(&s->w, (struct ot_str){ out, len });
}

static void
sb_member(struct sentence *s, const char *key, struct ot_sb *sb)
{
	if (sb->len) {
		ot_jw_key(&s->w, key);
		ot_jw_str(&s->w, ot_sb_str(sb));
	}
	ot_sb_done(sb);
}

/* One number, or all of what several come to. */
static void
value_member(struct sentence *s, const struct ot_value *v)
{
	if (!v->count && !v->not_finite)
		return;
	ot_jw_key(&s->w, "value");
	if (v->count == 1 && !v->not_finite) {
		ot_jw_real(&s->w, v->last);
		return;
	}
	ot_jw_open(&s->w, '{');
	if (v->count) {
		ot_jw_key(&s->w, "last");
		ot_jw_real(&s->w, v->last);
		ot_jw_key(&s->w, "min");
		ot_jw_real(&s->w, v->min);
		ot_jw_key(&s->w, "max");
		ot_jw_real(&s->w, v->max);
	}
	if (v->not_finite) {
		ot_jw_key(&s->w, "not_finite");
		ot_jw_u64(&s->w, v->not_finite);
	}
	ot_jw_close(&s->w, '}');
}

static void
op_members(
    struct sentence *s, const struct ot_proto *proto, const struct ot_op *op)
{
	struct ot_sb code = { 0 }, object = { 0 };

	ot_jw_key(&s->w, "op");
	ot_jw_text(&s->w, op->name);
	ot_jw_key(&s->w, "verb");
	ot_jw_text(&s->w, ot_verb_names[op->verb]);
	ot_code_print(&code, proto, op);
	sb_member(s, "code", &code);
	ot_object_print(&object, proto, &op->object);
	sb_member(s, "object", &object);
	value_member(s, &op->value);
}

static void
error_member(struct sentence *s, const struct ot_reply *reply)
{
	char code[32];

	if (!reply->error && !reply->error_code)
		return;
	snprintf(code, sizeof(code), "code 0x%02x", reply->error_code);
	ot_jw_key(&s->w, "error");
	ot_jw_text(&s->w, reply->error ? reply->error : code);
}

static void
on_op(void *user, const struct ot_pdu *pdu, const struct ot_op *op)
{
	struct sentence s;

	begin(&s);
	op_members(&s, pdu->proto, op);
	end(&s, user);
}

static void
on_reply(void *user, const struct ot_pdu *pdu, const struct ot_op *asked,
    const struct ot_reply *reply)
{
	struct sentence s;

	if (asked && !reply->error && !reply->error_code)
		return;
	begin(&s);
	if (asked) {
		ot_jw_key(&s.w, "reply");
		ot_jw_text(&s.w, asked->name);
	} else {
		op_members(&s, pdu->proto, &reply->as);
		ot_jw_key(&s.w, "request");
		ot_jw_bool(&s.w, false);
	}
	error_member(&s, reply);
	end(&s, user);
}

static void
on_fact(void *user, const struct ot_pdu *pdu, const struct ot_fact *fact)
{
	struct sentence s;
	char about[OT_ADDR_TEXT];

	(void)pdu;
	begin(&s);
	ot_jw_key(&s.w, "fact");
	ot_jw_text(&s.w, ot_key_names[fact->key]);
	text_member(&s, "value", fact->value);
	if (fact->nested.len)
		text_member(&s, "nested", fact->nested);
	ot_jw_key(&s.w, "by");
	ot_jw_text(&s.w, ot_by_names[fact->by]);
	if (fact->about.kind != OT_ADDR_NONE) {
		ot_addr_print(about, &fact->about);
		ot_jw_key(&s.w, "about");
		ot_jw_text(&s.w, about);
	}
	end(&s, user);
}

static void
on_event(void *user, const struct ot_pdu *pdu, const struct ot_event *event)
{
	struct sentence s;
	struct ot_sb object = { 0 };

	begin(&s);
	ot_jw_key(&s.w, "event");
	ot_jw_text(&s.w, event->kind);
	if (event->detail.len)
		text_member(&s, "detail", event->detail);
	ot_object_print(&object, pdu->proto, &event->object);
	sb_member(&s, "object", &object);
	end(&s, user);
}

static void
on_security(void *user, const struct ot_pdu *pdu, enum ot_facet facet,
    struct ot_text value)
{
	struct sentence s;

	(void)pdu;
	begin(&s);
	ot_jw_key(&s.w, "security");
	ot_jw_text(&s.w, ot_facet_names[facet]);
	text_member(&s, "value", value);
	end(&s, user);
}

static void
on_certificate(void *user, const struct ot_pdu *pdu,
    const struct ot_certificate *certificate)
{
	struct sentence s;

	(void)pdu;
	begin(&s);
	text_member(&s, "certificate", certificate->subject);
	text_member(&s, "issuer", certificate->issuer);
	text_member(&s, "key", certificate->key);
	end(&s, user);
}

static void
on_malformed(void *user, const struct ot_pdu *pdu)
{
	struct sentence s;

	begin(&s);
	ot_jw_key(&s.w, "malformed");
	ot_jw_text(&s.w, pdu->proto->name);
	end(&s, user);
}

static void
forget(struct heard *h)
{
	for (size_t i = 0; i < h->count; i++)
		ot_heap_free(h->said[i]);
	h->count = 0;
}

/* ---- running a case ---- */

static const uint8_t ip[2][4] = { { 10, 0, 0, 1 }, { 10, 0, 0, 2 } };
static const uint8_t mac[2][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 } };
static const uint8_t group_mac[6] = { 1, 0, 0x5e, 0, 0, 1 };
static const uint8_t group_ip[4] = { 224, 0, 0, 1 };

struct player {
	const struct test_case *c;
	struct ot_engine *engine;
	uint32_t seq[2];
	uint64_t frame;
};

static struct ot_packet
packet_of(struct player *p, bool to_server)
{
	const struct test_case *c = p->c;
	int transport = ot_word(ot_transport_names, ot_str(c->over));
	bool eth = transport >= OT_ETH; /* or another link */
	unsigned me = !to_server;
	struct ot_packet k = {
		.time_ns = (int64_t)++p->frame * 1000000,
		.frame = p->frame,
		.frames = 1,
		.transport =
		    transport < 0 ? OT_TCP : (enum ot_transport)transport,
		.src_mac = ot_addr_mac(mac[me]),
		.dst_mac = ot_addr_mac(mac[!me]),
		.window = 1024,
		.ip = !eth,
		.ip_id = (uint16_t)p->frame,
		.ttl = 64,
		.checksum = (uint16_t)p->frame,
	};

	k.src = eth ? k.src_mac : ot_addr_ipv4(ip[me]);
	k.dst = eth ? k.dst_mac : ot_addr_ipv4(ip[!me]);
	if (eth) {
		k.ether_type = c->ethertype;
	} else {
		k.src_port = to_server ? 49152 : c->port;
		k.dst_port = to_server ? c->port : 49152;
	}
	if (c->vlan) {
		k.vlans = 1;
		k.vlan[0] = c->vlan;
	}
	return k;
}

static void
send_tcp(struct player *p, bool to_server, uint8_t flags, const uint8_t *bytes,
    size_t captured, size_t wire)
{
	struct ot_packet k = packet_of(p, to_server);
	unsigned me = !to_server;

	k.tcp_flags = flags;
	k.seq = p->seq[me];
	k.ack = p->seq[!me];
	k.payload = bytes;
	k.captured = (uint32_t)captured;
	k.wire = (uint32_t)wire;
	k.cut = captured < wire;
	k.bytes = 54 + wire;
	p->seq[me] += (uint32_t)wire + (flags & OT_TCP_SYN ? 1 : 0);
	ot_engine_packet(p->engine, &k);
}

static void
send_line(struct player *p, const struct line *l, const uint8_t *bytes,
    size_t len, size_t captured)
{
	const struct test_case *c = p->c;
	static uint8_t wrapped[BYTES];
	bool cotp = strcmp(c->over, "cotp") == 0;

	if (cotp) { /* TPKT and a COTP data unit around it */
		size_t whole = len + 7;
		const uint8_t head[7] = { 3, 0, (uint8_t)(whole >> 8),
			(uint8_t)whole, 2, 0xf0, 0x80 };

		memcpy(wrapped, head, sizeof(head));
		memcpy(wrapped + sizeof(head), bytes, len);
		bytes = wrapped;
		len = whole;
		captured += sizeof(head);
	}
	if (cotp || strcmp(c->over, "tcp") == 0) {
		p->seq[!l->to_server] += (uint32_t)l->gap;
		send_tcp(p, l->to_server, OT_TCP_ACK, bytes, captured, len);
		return;
	}
	struct ot_packet k = packet_of(p, l->to_server);

	if (l->group) {
		k.group = true;
		k.dst_mac = ot_addr_mac(group_mac);
		k.dst = k.ip ? ot_addr_ipv4(group_ip) : k.dst_mac;
	}
	k.payload = bytes;
	k.captured = (uint32_t)captured;
	k.wire = (uint32_t)len;
	k.cut = captured < len;
	k.bytes = 42 + len;
	ot_engine_packet(p->engine, &k);
}

/* Play the lines before `count`, of the last one only the first `part` bytes;
 * byte `flip` of line `changed` is replaced. */
struct play {
	size_t count, part, changed, flip;
	uint8_t value;
};

static void
play(const struct test_case *c, const struct play *how, struct heard *h)
{
	static uint8_t bytes[BYTES];
	const struct ot_tap tap = { .user = h,
		.op = on_op,
		.reply = on_reply,
		.fact = on_fact,
		.event = on_event,
		.security = on_security,
		.certificate = on_certificate,
		.malformed = on_malformed };
	const struct ot_engine_options options = { .threads = 1, .tap = &tap };
	struct player p = { .c = c, .seq = { 1000, 5000 } };
	struct ot_store store = { 0 };

	p.engine = ot_engine_new(&options, 0);
	if (!p.engine)
		die(c->path, 0, "no memory");
	ot_engine_file(p.engine, ot_str("case"));
	if (!c->midstream &&
	    (strcmp(c->over, "tcp") == 0 || strcmp(c->over, "cotp") == 0)) {
		send_tcp(&p, true, OT_TCP_SYN, NULL, 0, 0);
		send_tcp(&p, false, OT_TCP_SYN | OT_TCP_ACK, NULL, 0, 0);
		send_tcp(&p, true, OT_TCP_ACK, NULL, 0, 0);
	}
	for (size_t i = 0; i < how->count; i++) {
		const struct line *l = &c->lines[i];
		size_t len = i + 1 == how->count && how->part < l->len
				 ? how->part
				 : l->len;

		memcpy(bytes, l->bytes, l->len);
		if (i == how->changed)
			bytes[how->flip] = how->value;
		send_line(
		    &p, l, bytes, len, l->captured < len ? l->captured : len);
	}
	if (!ot_engine_take(p.engine, &store) || !ot_store_settle(&store))
		die(c->path, 0, "no memory");
	ot_engine_free(p.engine);
	ot_store_done(&store);
}

/* ---- comparing ---- */

static size_t
members(const struct ot_json *object)
{
	size_t n = 0;

	for (const struct ot_json *m = object->first; m; m = m->next)
		n++;
	return n;
}

/* Two objects with the same members, in any order. */
static bool
same(const char *a, const char *b)
{
	struct ot_arena arena = { 0 };
	struct ot_json *x = ot_json_parse(&arena, ot_str(a), 0, NULL, NULL);
	struct ot_json *y = ot_json_parse(&arena, ot_str(b), 0, NULL, NULL);
	bool equal = x && y && members(x) == members(y);

	for (const struct ot_json *m = equal ? x->first : NULL; m;
	     m = m->next) {
		char key[64];
		size_t len = m->key.len < 63 ? m->key.len : 63;

		memcpy(key, m->key.p, len);
		key[len] = 0;
		const struct ot_json *o = ot_json_get(y, key);

		if (!o || o->kind != m->kind ||
		    !ot_str_eq(o->string, m->string))
			equal = false;
	}
	ot_arena_done(&arena);
	return equal;
}

static bool
compare(const struct test_case *c, const struct heard *h)
{
	bool good = c->expected_count == h->count;

	for (size_t i = 0; good && i < h->count; i++)
		good = same(c->expected[i], h->said[i]);
	if (good)
		return true;
	printf("%s: expected and said differ:\n", c->path);
	for (size_t i = 0; i < c->expected_count || i < h->count; i++) {
		const char *e =
		    i < c->expected_count ? c->expected[i] : " nothing";
		const char *s = i < h->count ? h->said[i] : "nothing";

		printf("  %s %s\n    %s\n",
		    i < c->expected_count && i < h->count && same(e, s)
			? "ok  "
			: "DIFF",
		    e + 1, s);
	}
	return false;
}

/* Of a stream that ends early nothing may be said that the whole does not say
 * at that place. */
static bool
prefix(const struct test_case *c, const struct heard *part,
    const struct heard *whole, const struct play *how)
{
	for (size_t i = 0; i < part->count; i++)
		if (i >= whole->count ||
		    strcmp(part->said[i], whole->said[i]) != 0) {
			printf("%s: line %zu cut at %zu says what the whole "
			       "does not:\n    %s\n",
			    c->path, how->count, how->part, part->said[i]);
			return false;
		}
	return true;
}

static bool
cut_everywhere(const struct test_case *c, const struct heard *whole)
{
	bool stream =
	    strcmp(c->over, "tcp") == 0 || strcmp(c->over, "cotp") == 0;
	bool good = true;

	for (size_t i = 0; i < c->count; i++)
		for (size_t k = 0; k < c->lines[i].len; k++) {
			struct play how = {
				.count = i + 1, .part = k, .changed = SIZE_MAX
			};
			struct heard part = { .count = 0 };

			/* a COTP unit is wrapped whole: shorter is another */
			play(c, &how, &part);
			if (good && stream && strcmp(c->over, "cotp") != 0)
				good = prefix(c, &part, whole, &how);
			forget(&part);
		}
	return good;
}

static void
change_everything(const struct test_case *c)
{
	for (size_t i = 0; i < c->count; i++)
		for (size_t k = 0; k < c->lines[i].len; k++) {
			uint8_t b = c->lines[i].bytes[k];
			const uint8_t values[4] = { 0, 0xff, b ^ 1, b ^ 0x80 };

			for (int v = 0; v < 4; v++) {
				struct heard h = { .count = 0 };

				if (values[v] == b)
					continue;
				play(c,
				    &(struct play){
					c->count, SIZE_MAX, i, k, values[v] },
				    &h);
				forget(&h);
			}
		}
}

static bool
run_case(const char *path)
{
	static struct test_case c;
	struct heard whole = { .count = 0 };

	read_case(&c, path);
	play(&c, &(struct play){ c.count, SIZE_MAX, SIZE_MAX, 0, 0 }, &whole);
	bool good = compare(&c, &whole);

	good = cut_everywhere(&c, &whole) && good;
	change_everything(&c);
	forget(&whole);
	free_case(&c);
	return good;
}

int
main(int argc, char **argv)
{
	int passed = 0, failed = 0;

	for (int i = 1; i < argc; i++) {
		if (run_case(argv[i]))
			passed++;
		else
			failed++;
	}
	printf("# %d passed, %d failed, 0 skipped\n", passed, failed);
	return failed > 0;
}
