/*
 * Connections as the conn.log of Zeek in JSON, one object a line
 * (https://docs.zeek.org, base/protocols/conn/main.zeek). Flows that are not
 * of one connection each are left out.
 */
#include "render/render.h"

#include "base/time.h"

enum { MICRO = 1000 };

static const struct {
	const char *ours, *theirs;
} services[] = {
	{ "dnp3", "dnp3_tcp" },
	{ "tls", "ssl" },
	{ "cotp", NULL },
	{ "unknown", NULL },
};

/* Seconds with six digits, as Zeek writes a time or an interval. */
static void
seconds(struct ot_jw *w, const char *key, int64_t ns)
{
	struct ot_sb sb = { 0 };
	int64_t whole = ns / OT_SECOND_NS, rest = ns % OT_SECOND_NS;

	if (rest < 0) {
		whole--;
		rest += OT_SECOND_NS;
	}
	ot_sb_printf(
	    &sb, "%lld.%06lld", (long long)whole, (long long)rest / MICRO);
	ot_jw_key(w, key);
	ot_jw_raw(w, ot_sb_str(&sb));
	ot_sb_done(&sb);
}

static void
text(struct ot_jw *w, const char *key, struct ot_str value)
{
	if (!value.len)
		return;
	ot_jw_key(w, key);
	ot_jw_str(w, value);
}

static void
number(struct ot_jw *w, const char *key, uint64_t value)
{
	ot_jw_key(w, key);
	ot_jw_u64(w, value);
}

static void
address(struct ot_jw *w, const char *key, const struct ot_addr *addr)
{
	char buffer[OT_ADDR_TEXT];

	text(w, key, (struct ot_str){ buffer, ot_addr_print(buffer, addr) });
}

/* Only what the content told; a port names nothing. */
static void
service(struct ot_jw *w, const struct ot_flow_sum *f)
{
	struct ot_str name = f->network.protocol;

	if (f->named_by != OT_NAMED_CONTENT)
		return;
	for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++)
		if (ot_str_eq(name, ot_str(services[i].ours)))
			name = ot_str(services[i].theirs);
	if (ot_str_eq(name, ot_str("dnp3_tcp")) &&
	    f->network.transport == OT_UDP)
		name = ot_str("dnp3_udp");
	text(w, "service", name);
}

/* The MAC that sent the most, of equals the first. */
static struct ot_str
mac_of(const struct ot_flow_end *end)
{
	struct ot_str mac = { 0 };
	uint64_t most = 0;

	for (uint32_t i = 0; i < end->mac.count; i++)
		if (end->mac.at[i].count > most) {
			most = end->mac.at[i].count;
			mac = end->mac.at[i].text;
		}
	return mac;
}

/* Has it ports, or what stands for them? Others have a number of IANA there. */
static bool
has_ports(const struct ot_flow_sum *f)
{
	return f->network.transport <= OT_SCTP ||
	       f->network.transport == OT_ICMP;
}

static void
ends(struct ot_jw *w, const struct ot_flow_sum *f)
{
	address(w, "id.orig_h", &f->client.addr);
	number(w, "id.orig_p", f->client.port);
	address(w, "id.resp_h", &f->server.addr);
	number(w, "id.resp_p", has_ports(f) ? f->server.port : 0);
	ot_jw_key(w, "proto");
	ot_jw_text(w, has_ports(f) ? ot_transport_names[f->network.transport]
				   : "unknown_transport");
}

static void
counts(struct ot_jw *w, const struct ot_flow_sum *f)
{
	const struct ot_flow_connection *c = &f->connection;

	if (c->duration) {
		seconds(w, "duration", (int64_t)c->duration);
		number(w, "orig_bytes", c->client_data);
		number(w, "resp_bytes", c->server_data);
	}
	text(w, "conn_state", c->state);
	number(w, "missed_bytes", f->tcp.gap_bytes);
	text(w, "history", c->history);
	number(w, "orig_pkts", f->client.packets);
	number(w, "orig_ip_bytes", c->client_ip_bytes);
	number(w, "resp_pkts", f->server.packets);
	number(w, "resp_ip_bytes", c->server_ip_bytes);
}

static void
link(struct ot_jw *w, const struct ot_flow_sum *f)
{
	static const char *const keys[] = { "vlan", "inner_vlan" };

	for (unsigned i = 0; i < f->network.vlan.count && i < 2; i++)
		number(w, keys[i], f->network.vlan.id[i]);
	text(w, "orig_l2_addr", mac_of(&f->client));
	text(w, "resp_l2_addr", mac_of(&f->server));
}

static void
connection(struct ot_render *r, const struct ot_flow_sum *f)
{
	struct ot_jw w = { .sb = &r->sb };

	ot_jw_open(&w, '{');
	seconds(&w, "ts", f->first);
	text(&w, "uid", f->connection.uid);
	ends(&w, f);
	service(&w, f);
	counts(&w, f);
	link(&w, f);
	text(&w, "community_id", f->network.community_id);
	text(&w, "sensor", f->sensor);
	ot_jw_close(&w, '}');
	ot_sb_putc(&r->sb, '\n');
	ot_render_flush(r, false);
}

static void
render(struct ot_render *r)
{
	const struct ot_list *flows = &r->report->store->list[OT_STORE_FLOW];

	for (uint32_t i = 0; i < flows->count; i++) {
		const struct ot_flow_sum *f = flows->at[i];

		if (f->connection.uid.len && ot_addr_is_ip(&f->client.addr))
			connection(r, f);
	}
}

const struct ot_renderer ot_renderer_zeek = {
	.name = "zeek",
	.title = "conn.log of Zeek in JSON, of otcap --connections",
	.render = render,
};
